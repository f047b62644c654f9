#include "codec/base64url.h"
#include "crypto/hash.h"
#include "crypto/key.h"

/* RFC 7518 6.2.2, 6.3.2 and 6.4: what must never be in a public key. */
static const char *const private_members[] = {
	"d", "k", "p", "q", "dp", "dq", "qi", "oth",
};

yf_err yf_jwk_parse(const struct yf_json *jwk, struct yf_public_key *out)
{
	struct yf_public_key key;

	if (!jwk || jwk->kind != YF_JSON_OBJECT ||
	    !yf_str_is(yf_json_text(jwk, "kty"), "EC") ||
	    !yf_str_is(yf_json_text(jwk, "crv"), "P-256"))
		return YF_FAIL(KEY);
	for (size_t i = 0; i < YF_COUNT(private_members); i++)
		if (yf_json_get(jwk, private_members[i]))
			return YF_FAIL(KEY);

	const struct yf_json *alg = yf_json_get(jwk, "alg");
	if (alg && (alg->kind != YF_JSON_STRING ||
		    (!yf_str_is(alg->string, "ES256") &&
		     !yf_str_is(alg->string, "ECDH-ES"))))
		return YF_FAIL(KEY);

	/* RFC 7518 6.2.1.2: the full size of a coordinate, zeros included. */
	if (yf_failed(yf_base64url_decode_into(yf_json_text(jwk, "x"), key.x,
					       sizeof(key.x))) ||
	    yf_failed(yf_base64url_decode_into(yf_json_text(jwk, "y"), key.y,
					       sizeof(key.y))))
		return YF_FAIL(KEY);
	YF_TRY(yf_public_key_check(&key));
	*out = key;
	return YF_OK;
}

void yf_jwk_put(struct yf_json_out *out, const char *name,
		const struct yf_public_key *key)
{
	yf_json_out_object(out, name);
	yf_json_out_text(out, "kty", "EC");
	yf_json_out_text(out, "crv", "P-256");
	yf_json_out_base64url(out, "x", (yf_bytes){ key->x, 32 });
	yf_json_out_base64url(out, "y", (yf_bytes){ key->y, 32 });
	yf_json_out_close(out);
}

yf_err yf_jwk_encode(struct yf_arena *arena, const struct yf_public_key *key,
		     yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 160);

	yf_jwk_put(&json, NULL, key);
	return yf_json_out_end(&json, out);
}

void yf_jwk_thumbprint(const struct yf_public_key *key, uint8_t out[static 32])
{
	/* RFC 7638 3: the required members in the order of their names. */
	static const char head[] = "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"";
	static const char middle[] = "\",\"y\":\"";
	static const char tail[] = "\"}";
	uint8_t x[YF_BASE64URL_LEN(32)];
	uint8_t y[YF_BASE64URL_LEN(32)];

	yf_base64url_write((yf_bytes){ key->x, 32 }, (char *)x);
	yf_base64url_write((yf_bytes){ key->y, 32 }, (char *)y);
	const yf_bytes parts[] = {
		yf_bytes_of(YF_STR(head)),   { x, sizeof(x) },
		yf_bytes_of(YF_STR(middle)), { y, sizeof(y) },
		yf_bytes_of(YF_STR(tail)),
	};
	yf_sha256_parts(parts, YF_COUNT(parts), out);
}

yf_err yf_jwk_thumbprint_text(struct yf_arena *arena,
			      const struct yf_public_key *key, yf_str *out)
{
	uint8_t digest[32];

	yf_jwk_thumbprint(key, digest);
	return yf_base64url_encode(arena, (yf_bytes){ digest, sizeof(digest) },
				   out);
}
