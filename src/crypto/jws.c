#include "crypto/jws.h"

#include "codec/base64url.h"
#include "crypto/hash.h"

static yf_err take_key(struct yf_arena *arena, const struct yf_json *header,
		       struct yf_jws *out)
{
	const struct yf_json *jwk = yf_json_get(header, "jwk");
	const struct yf_json *x5c = yf_json_get(header, "x5c");

	if (jwk) {
		YF_TRY(yf_jwk_parse(jwk, &out->jwk));
		out->has_jwk = true;
	}
	return x5c ? yf_x5c_parse(arena, x5c, &out->x5c) : YF_OK;
}

static yf_err take_header(struct yf_arena *arena, yf_str text,
			  struct yf_jws *out)
{
	yf_bytes json;
	yf_str alg = { NULL, 0 };

	if (text.len > YF_JWS_HEADER_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_base64url_decode(arena, text, &json));
	YF_TRY(yf_json_parse(arena, yf_str_from(json), &out->header));
	const struct yf_json_field fields[] = {
		YF_JSON_STR_OPT("alg", &alg),
		YF_JSON_STR_OPT("typ", &out->typ),
		YF_JSON_STR_OPT("kid", &out->kid),
		YF_JSON_END,
	};
	YF_TRY(yf_json_take_fields(out->header, fields));
	if (!yf_str_is(alg, "ES256"))
		return YF_FAIL(ALGORITHM);
	/* RFC 7515 4.1.11: not understood means invalid; none is here. */
	if (yf_json_get(out->header, "crit") || yf_json_get(out->header, "b64"))
		return YF_FAIL(UNSUPPORTED);
	return take_key(arena, out->header, out);
}

yf_err yf_jws_parse(struct yf_arena *arena, yf_str text, struct yf_jws *out)
{
	struct yf_jws jws = { 0 };
	yf_str header;
	yf_str payload;
	yf_bytes decoded;
	yf_str rest = text;

	if (text.len > YF_JWS_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	if (!yf_str_cut(&rest, '.', &header) ||
	    !yf_str_cut(&rest, '.', &payload) || yf_str_count(rest, '.'))
		return YF_FAIL(SYNTAX);
	YF_TRY(take_header(arena, header, &jws));
	YF_TRY(yf_base64url_decode(arena, payload, &decoded));
	YF_TRY(yf_base64url_decode_into(rest, jws.signature,
					sizeof(jws.signature)));
	jws.payload = yf_str_from(decoded);
	jws.signing_input = (yf_str){ text.ptr, header.len + 1 + payload.len };
	*out = jws;
	return YF_OK;
}

yf_err yf_jws_verify(const struct yf_jws *jws, const struct yf_public_key *key)
{
	return yf_verify(key, yf_bytes_of(jws->signing_input), jws->signature);
}

static yf_err encode_header(struct yf_arena *arena,
			    const struct yf_jws_header *header, yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 256);

	yf_json_out_object(&json, NULL);
	yf_json_out_text(&json, "alg", "ES256");
	if (header->typ.len)
		yf_json_out_str(&json, "typ", header->typ);
	if (header->kid.len)
		yf_json_out_str(&json, "kid", header->kid);
	if (header->jwk)
		yf_jwk_put(&json, "jwk", header->jwk);
	if (header->x5c && header->x5c->count)
		yf_x5c_put(&json, "x5c", header->x5c);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

yf_err yf_jws_sign(struct yf_arena *arena, const struct yf_signer *signer,
		   const struct yf_jws_header *header, yf_str payload,
		   yf_str *out)
{
	yf_str head;
	uint8_t digest[YF_SHA256_LEN];
	uint8_t signature[YF_SIGNATURE_LEN];

	YF_TRY(encode_header(arena, header, &head));
	const size_t head_len = YF_BASE64URL_LEN(head.len);
	const size_t signed_len = head_len + 1 + YF_BASE64URL_LEN(payload.len);
	const size_t len = signed_len + 1 + YF_BASE64URL_LEN(YF_SIGNATURE_LEN);
	char *text = YF_NEW(arena, char, len);
	if (!text)
		return YF_FAIL(MEMORY);

	yf_base64url_write(yf_bytes_of(head), text);
	text[head_len] = '.';
	yf_base64url_write(yf_bytes_of(payload), text + head_len + 1);
	yf_sha256(yf_bytes_of((yf_str){ text, signed_len }), digest);
	YF_TRY(yf_signer_sign(signer, digest, signature));
	text[signed_len] = '.';
	yf_base64url_write((yf_bytes){ signature, sizeof(signature) },
			   text + signed_len + 1);
	*out = (yf_str){ text, len };
	return YF_OK;
}
