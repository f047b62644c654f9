#include "crypto/jwe.h"

#include "base/random.h"
#include "codec/base64url.h"
#include "codec/deflate.h"
#include "crypto/gcm.h"
#include "crypto/hash.h"

static const struct {
	const char *name;
	size_t key_len;
} encs[] = {
	[YF_JWE_A128GCM] = { "A128GCM", 16 },
	[YF_JWE_A256GCM] = { "A256GCM", 32 },
};

yf_err yf_jwe_enc_parse(yf_str name, yf_jwe_enc *out)
{
	if (yf_str_is(name, "A128GCM"))
		*out = YF_JWE_A128GCM;
	else if (yf_str_is(name, "A256GCM"))
		*out = YF_JWE_A256GCM;
	else
		return YF_FAIL(UNSUPPORTED);
	return YF_OK;
}

static void put_u32(uint8_t out[static 4], size_t value)
{
	out[0] = (uint8_t)(value >> 24);
	out[1] = (uint8_t)(value >> 16);
	out[2] = (uint8_t)(value >> 8);
	out[3] = (uint8_t)value;
}

/*
 * RFC 7518 4.6.2: one round of the Concat KDF, as both key lengths fit one
 * digest.  AlgorithmID is the enc, apu and apv are as decoded, each behind
 * its length; SuppPubInfo is the key length in bits.
 */
static void derive(const struct yf_secret *shared, yf_jwe_enc enc, yf_bytes apu,
		   yf_bytes apv, struct yf_secret *key)
{
	const yf_str name = yf_str_of(encs[enc].name);
	const uint8_t round[4] = { 0, 0, 0, 1 };
	uint8_t name_len[4], apu_len[4], apv_len[4], bits[4];

	put_u32(name_len, name.len);
	put_u32(apu_len, apu.len);
	put_u32(apv_len, apv.len);
	put_u32(bits, encs[enc].key_len * 8);
	const yf_bytes parts[] = {
		{ round, 4 },    { shared->bytes, sizeof(shared->bytes) },
		{ name_len, 4 }, yf_bytes_of(name),
		{ apu_len, 4 },  apu,
		{ apv_len, 4 },  apv,
		{ bits, 4 },
	};
	yf_sha256_parts(parts, YF_COUNT(parts), key->bytes);
}

/* --- reading --- */

static yf_err take_bytes(struct yf_arena *arena, const struct yf_json *header,
			 const char *name, yf_bytes *out)
{
	const struct yf_json *member = yf_json_get(header, name);

	if (!member)
		return YF_OK;
	if (member->kind != YF_JSON_STRING)
		return YF_FAIL(SYNTAX);
	return yf_base64url_decode(arena, member->string, out);
}

static yf_err take_header(struct yf_arena *arena, struct yf_jwe *out)
{
	yf_bytes json;
	yf_str alg = { NULL, 0 };
	yf_str enc = { NULL, 0 };

	if (out->header_text.len > YF_JWE_HEADER_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_base64url_decode(arena, out->header_text, &json));
	YF_TRY(yf_json_parse(arena, yf_str_from(json), &out->header));
	const struct yf_json_field fields[] = {
		YF_JSON_STR_OPT("alg", &alg),
		YF_JSON_STR_OPT("enc", &enc),
		YF_JSON_STR_OPT("kid", &out->kid),
		YF_JSON_END,
	};
	YF_TRY(yf_json_take_fields(out->header, fields));
	if (!yf_str_is(alg, "ECDH-ES"))
		return YF_FAIL(ALGORITHM);
	YF_TRY(yf_jwe_enc_parse(enc, &out->enc));
	const struct yf_json *zip = yf_json_get(out->header, "zip");
	if (zip && !yf_str_is(yf_json_text(out->header, "zip"), "DEF"))
		return YF_FAIL(UNSUPPORTED);
	out->zip = zip != NULL;
	if (yf_json_get(out->header, "crit"))
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(yf_jwk_parse(yf_json_get(out->header, "epk"), &out->epk));
	YF_TRY(take_bytes(arena, out->header, "apu", &out->apu));
	return take_bytes(arena, out->header, "apv", &out->apv);
}

yf_err yf_jwe_parse_zip(struct yf_arena *arena, yf_str text, struct yf_jwe *out)
{
	struct yf_jwe jwe = { 0 };
	yf_str rest = text;
	yf_str key, iv, ciphertext;

	if (text.len > YF_JWE_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	/* RFC 7516 5.2 and RFC 7518 4.6: direct agreement, an empty key. */
	if (!yf_str_cut(&rest, '.', &jwe.header_text) ||
	    !yf_str_cut(&rest, '.', &key) || key.len ||
	    !yf_str_cut(&rest, '.', &iv) ||
	    !yf_str_cut(&rest, '.', &ciphertext) || yf_str_count(rest, '.'))
		return YF_FAIL(SYNTAX);
	YF_TRY(take_header(arena, &jwe));
	YF_TRY(yf_base64url_decode(arena, iv, &jwe.iv));
	YF_TRY(yf_base64url_decode(arena, ciphertext, &jwe.ciphertext));
	YF_TRY(yf_base64url_decode(arena, rest, &jwe.tag));
	/* RFC 7518 5.3: 96 and 128 bits; a short tag would be guessable. */
	if (jwe.iv.len != YF_GCM_NONCE_LEN || jwe.tag.len != YF_GCM_TAG_LEN)
		return YF_FAIL(SYNTAX);
	*out = jwe;
	return YF_OK;
}

yf_err yf_jwe_parse(struct yf_arena *arena, yf_str text, struct yf_jwe *out)
{
	struct yf_jwe jwe;

	YF_TRY(yf_jwe_parse_zip(arena, text, &jwe));
	if (jwe.zip)
		return YF_FAIL(UNSUPPORTED);
	*out = jwe;
	return YF_OK;
}

yf_err yf_jwe_decrypt(struct yf_arena *arena, const struct yf_jwe *jwe,
		      const struct yf_key *key, yf_bytes *plain)
{
	YF_AUTO_SECRET shared = { 0 };
	YF_AUTO_SECRET content = { 0 };
	uint8_t *text = YF_NEW(arena, uint8_t, jwe->ciphertext.len + 1);

	if (!text)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_key_agree(key, &jwe->epk, &shared));
	derive(&shared, jwe->enc, jwe->apu, jwe->apv, &content);
	YF_TRY(yf_gcm_decrypt(
		(yf_bytes){ content.bytes, encs[jwe->enc].key_len },
		jwe->iv.ptr, yf_bytes_of(jwe->header_text), jwe->ciphertext,
		jwe->tag.ptr, text));
	const yf_bytes opened = { text, jwe->ciphertext.len };
	if (jwe->zip)
		return yf_inflate(arena, opened, YF_JWE_ZIP_MAX, plain);
	*plain = opened;
	return YF_OK;
}

/* --- writing --- */

static yf_err encode_header(struct yf_arena *arena,
			    const struct yf_jwe_ask *ask,
			    const struct yf_public_key *epk, yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 384);

	yf_json_out_object(&json, NULL);
	yf_json_out_text(&json, "alg", "ECDH-ES");
	yf_json_out_text(&json, "enc", encs[ask->enc].name);
	if (ask->kid.len)
		yf_json_out_str(&json, "kid", ask->kid);
	if (ask->zip)
		yf_json_out_text(&json, "zip", "DEF");
	if (ask->cty.len)
		yf_json_out_str(&json, "cty", ask->cty);
	yf_jwk_put(&json, "epk", epk);
	if (ask->apu.len)
		yf_json_out_base64url(&json, "apu", ask->apu);
	if (ask->apv.len)
		yf_json_out_base64url(&json, "apv", ask->apv);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

static yf_err join(struct yf_arena *arena, yf_str header, yf_bytes iv,
		   yf_bytes ciphertext, yf_bytes tag, yf_str *out)
{
	const yf_bytes parts[] = { iv, ciphertext, tag };
	struct yf_buf buf = yf_buf_new(
		arena, header.len + 64 + YF_BASE64URL_LEN(ciphertext.len));

	yf_buf_text(&buf, header);
	yf_buf_char(&buf, '.');
	for (size_t i = 0; i < YF_COUNT(parts); i++) {
		yf_buf_char(&buf, '.');
		char *at = (char *)yf_buf_extend(
			&buf, YF_BASE64URL_LEN(parts[i].len));
		if (at)
			yf_base64url_write(parts[i], at);
	}
	return yf_buf_str(&buf, out);
}

yf_err yf_jwe_encrypt(struct yf_arena *arena, const struct yf_public_key *to,
		      const struct yf_jwe_ask *ask, yf_bytes plain, yf_str *out)
{
	YF_AUTO_SECRET shared = { 0 };
	YF_AUTO_SECRET content = { 0 };
	struct yf_key *made;
	yf_str json, header;
	uint8_t nonce[YF_GCM_NONCE_LEN], tag[YF_GCM_TAG_LEN];

	if (ask->zip)
		YF_TRY(yf_deflate(arena, plain, &plain));
	if (plain.len > YF_JWE_LEN_MAX / 4 * 3 - YF_JWE_HEADER_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_key_new(&made));
	YF_AUTO(key) ephemeral = made;
	YF_TRY(yf_key_agree(ephemeral, to, &shared));
	derive(&shared, ask->enc, ask->apu, ask->apv, &content);

	YF_TRY(encode_header(arena, ask, yf_key_public(ephemeral), &json));
	YF_TRY(yf_base64url_encode(arena, yf_bytes_of(json), &header));
	if (header.len > YF_JWE_HEADER_MAX)
		return YF_FAIL(TOO_LARGE);
	uint8_t *text = YF_NEW(arena, uint8_t, plain.len + 1);
	if (!text)
		return YF_FAIL(MEMORY);
	yf_random_fill(nonce, sizeof(nonce));
	YF_TRY(yf_gcm_encrypt(
		(yf_bytes){ content.bytes, encs[ask->enc].key_len }, nonce,
		yf_bytes_of(header), plain, text, tag));
	return join(arena, header, (yf_bytes){ nonce, sizeof(nonce) },
		    (yf_bytes){ text, plain.len },
		    (yf_bytes){ tag, sizeof(tag) }, out);
}
