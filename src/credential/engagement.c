#include "credential/engagement.h"

#include "codec/base64url.h"

/* Keys of the maps, and the only cipher suite that there is. */
enum {
	KEY_VERSION = 0,
	KEY_SECURITY = 1,
	KEY_METHODS = 2,
	CIPHER_SUITE = 1,
	HTTP_URI = 0,
	TCP_HOST = 0,
	TCP_PORT = 1,
	PORT_MAX = 65535,
};

static const yf_str qr_prefix = { "mdoc:", 5 };

/* --- reading --- */

static yf_err read_security(struct yf_arena *arena,
			    const struct yf_cbor *security,
			    struct yf_engagement *out)
{
	const struct yf_cbor *key;
	int64_t suite = 0;

	YF_TRY(yf_cbor_take_int(yf_cbor_at(security, 0), &suite));
	if (suite != CIPHER_SUITE)
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(yf_cbor_open(arena, yf_cbor_at(security, 1), YF_CBOR_LENIENT,
			    &key));
	return yf_cose_key_parse(key, &out->device_key);
}

static yf_err read_method(const struct yf_cbor *method,
			  struct yf_retrieval *out)
{
	const struct yf_cbor *options = yf_cbor_at(method, 2);

	YF_TRY(yf_cbor_take_int(yf_cbor_at(method, 0), &out->type));
	YF_TRY(yf_cbor_take_int(yf_cbor_at(method, 1), &out->version));
	if (!yf_cbor_is(options, YF_CBOR_MAP))
		return YF_FAIL(SYNTAX);
	out->options = options->raw;
	if (out->type == YF_RETRIEVAL_HTTP)
		return yf_cbor_take_text(yf_cbor_get_int(options, HTTP_URI),
					 &out->uri);
	if (out->type != YF_RETRIEVAL_TCP)
		return YF_OK;
	YF_TRY(yf_cbor_take_text(yf_cbor_get_int(options, TCP_HOST),
				 &out->host));
	YF_TRY(yf_cbor_take_int(yf_cbor_get_int(options, TCP_PORT),
				&out->port));
	return out->port < 1 || out->port > PORT_MAX ? YF_FAIL(RANGE) : YF_OK;
}

static yf_err read_methods(const struct yf_cbor *methods,
			   struct yf_engagement *out)
{
	if (!methods)
		return YF_OK;
	if (methods->kind != YF_CBOR_ARRAY)
		return YF_FAIL(SYNTAX);
	if (methods->count > YF_RETRIEVAL_MAX)
		return YF_FAIL(TOO_LARGE);
	for (const struct yf_cbor *at = methods->first; at; at = at->next)
		YF_TRY(read_method(at, &out->methods[out->method_count++]));
	return YF_OK;
}

yf_err yf_engagement_parse(struct yf_arena *arena, yf_bytes bytes,
			   struct yf_engagement *out)
{
	struct yf_engagement engagement = { .raw = bytes };
	const struct yf_cbor *map;
	yf_str version;

	if (bytes.len > YF_ENGAGEMENT_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_cbor_parse(arena, bytes, YF_CBOR_LENIENT, &map));
	YF_TRY(yf_cbor_take_text(yf_cbor_get_int(map, KEY_VERSION), &version));
	if (!yf_str_starts(version, YF_STR("1.")))
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(read_security(arena, yf_cbor_get_int(map, KEY_SECURITY),
			     &engagement));
	YF_TRY(read_methods(yf_cbor_get_int(map, KEY_METHODS), &engagement));
	*out = engagement;
	return YF_OK;
}

yf_err yf_engagement_from_qr(struct yf_arena *arena, yf_str text,
			     struct yf_engagement *out)
{
	yf_bytes bytes;

	if (text.len > 2 * YF_ENGAGEMENT_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	if (!yf_str_starts(text, qr_prefix))
		return YF_FAIL(SYNTAX);
	YF_TRY(yf_base64url_decode(arena, yf_str_skip(text, qr_prefix.len),
				   &bytes));
	return yf_engagement_parse(arena, bytes, out);
}

/* --- writing --- */

static void put_options(struct yf_buf *buf, const struct yf_retrieval *method)
{
	if (method->type == YF_RETRIEVAL_HTTP) {
		yf_cbor_put_map(buf, 1);
		yf_cbor_put_int(buf, HTTP_URI);
		yf_cbor_put_text(buf, method->uri);
	} else if (method->type == YF_RETRIEVAL_TCP) {
		yf_cbor_put_map(buf, 2);
		yf_cbor_put_int(buf, TCP_HOST);
		yf_cbor_put_text(buf, method->host);
		yf_cbor_put_int(buf, TCP_PORT);
		yf_cbor_put_int(buf, method->port);
	} else {
		yf_cbor_put_raw(buf, method->options);
	}
}

yf_err yf_engagement_encode(struct yf_arena *arena,
			    const struct yf_public_key *device_key,
			    const struct yf_retrieval *methods, size_t count,
			    yf_bytes *out)
{
	struct yf_buf buf = yf_buf_new(arena, 192);

	if (count > YF_RETRIEVAL_MAX)
		return YF_FAIL(TOO_LARGE);
	yf_cbor_put_map(&buf, count ? 3 : 2);
	yf_cbor_put_int(&buf, KEY_VERSION);
	yf_cbor_put_text(&buf, YF_STR("1.0"));
	yf_cbor_put_int(&buf, KEY_SECURITY);
	yf_cbor_put_array(&buf, 2);
	yf_cbor_put_int(&buf, CIPHER_SUITE);
	const size_t at = yf_cbor_open_embedded(&buf);
	yf_cose_key_put(&buf, device_key);
	yf_cbor_close_embedded(&buf, at);
	if (count) {
		yf_cbor_put_int(&buf, KEY_METHODS);
		yf_cbor_put_array(&buf, count);
	}
	for (size_t i = 0; i < count; i++) {
		yf_cbor_put_array(&buf, 3);
		yf_cbor_put_int(&buf, methods[i].type);
		yf_cbor_put_int(&buf, methods[i].version);
		put_options(&buf, &methods[i]);
	}
	yf_bytes bytes;
	YF_TRY(yf_buf_bytes(&buf, &bytes));
	if (bytes.len > YF_ENGAGEMENT_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	*out = bytes;
	return YF_OK;
}

yf_err yf_engagement_to_qr(struct yf_arena *arena, yf_bytes bytes, yf_str *text)
{
	yf_str encoded;

	YF_TRY(yf_base64url_encode(arena, bytes, &encoded));
	return yf_str_format(arena, text, "%.*s%.*s", YF_ARG(qr_prefix),
			     YF_ARG(encoded));
}
