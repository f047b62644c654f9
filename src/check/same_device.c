#include "check/same_device.h"

#include "codec/base64url.h"
#include "crypto/hash.h"

static yf_err secret_of(const struct yf_env *env, struct yf_arena *arena,
			yf_str id, const char *use, yf_str *out)
{
	const struct yf_secret *key = &env->keys.index;
	uint8_t hash[YF_SHA256_LEN];
	yf_str text = { 0 };

	YF_TRY(yf_str_format(arena, &text, "presentation/%.*s/%s", YF_ARG(id),
			     use));
	yf_hmac_sha256((yf_bytes){ key->bytes, sizeof(key->bytes) },
		       yf_bytes_of(text), hash);
	return yf_base64url_encode(arena, (yf_bytes){ hash, sizeof(hash) },
				   out);
}

yf_err yf_same_device_session(const struct yf_env *env, struct yf_arena *arena,
			      yf_str id, yf_str *out)
{
	return secret_of(env, arena, id, "session", out);
}

yf_err yf_same_device_return(const struct yf_env *env, struct yf_arena *arena,
			     const struct yf_request *request, yf_str *out)
{
	const yf_str address = request->how.return_uri;
	const char *join = memchr(address.ptr, '?', address.len) ? "&" : "?";
	yf_str code = { 0 };

	YF_TRY(secret_of(env, arena, request->id, "response_code", &code));
	return yf_str_format(arena, out, "%.*s%sresponse_code=%.*s",
			     YF_ARG(address), join, YF_ARG(code));
}

yf_err yf_same_device_check(const struct yf_env *env, struct yf_arena *arena,
			    const struct yf_request *request, yf_str session,
			    yf_str response_code)
{
	yf_str own_session = { 0 };
	yf_str own_code = { 0 };

	if (!request->how.return_uri.len)
		return YF_FAIL(DENIED);
	YF_TRY(secret_of(env, arena, request->id, "session", &own_session));
	YF_TRY(secret_of(env, arena, request->id, "response_code", &own_code));
	const bool same_session = yf_bytes_eq_secret(yf_bytes_of(session),
						     yf_bytes_of(own_session));
	const bool same_code = yf_bytes_eq_secret(yf_bytes_of(response_code),
						  yf_bytes_of(own_code));
	return same_session && same_code ? YF_OK : YF_FAIL(DENIED);
}
