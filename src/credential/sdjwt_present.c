#include "credential/sdjwt.h"
#include "crypto/hash.h"

/* `inner` is `outer` or a value in it. */
static bool contains(const struct yf_json *outer, const struct yf_json *inner)
{
	if (outer == inner)
		return true;
	if (outer->kind != YF_JSON_OBJECT && outer->kind != YF_JSON_ARRAY)
		return false;
	for (size_t i = 0; i < outer->count; i++)
		if (contains(&outer->items[i], inner))
			return true;
	return false;
}

static yf_err choose(struct yf_arena *arena,
		     const struct yf_sdjwt_claims *claims, size_t count,
		     const struct yf_claim_path *path, bool *chosen)
{
	const struct yf_json *const *values;
	size_t value_count = 0;

	YF_TRY(yf_claim_path_select(arena, claims->claims, path, &values,
				    &value_count));
	for (size_t i = 0; i < count; i++) {
		const struct yf_json *place = claims->disclosed[i].value;
		for (size_t j = 0; j < value_count && !chosen[i]; j++)
			chosen[i] = contains(place, values[j]) ||
				    contains(values[j], place);
	}
	return YF_OK;
}

yf_err yf_sdjwt_select(struct yf_arena *arena, yf_str sdjwt,
		       const struct yf_claim_path *paths, size_t path_count,
		       yf_str *out)
{
	struct yf_sdjwt parsed;
	struct yf_jws jws;
	struct yf_sdjwt_claims claims;

	YF_TRY(yf_sdjwt_parse(arena, sdjwt, &parsed));
	if (parsed.key_binding.len)
		return YF_FAIL(HOLDER);
	YF_TRY(yf_jws_parse(arena, parsed.issuer_jwt, &jws));
	YF_TRY(yf_sdjwt_process(arena, &parsed, jws.payload, &claims));

	bool *chosen = YF_NEW(arena, bool, parsed.disclosure_count);
	if (!chosen)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < path_count; i++)
		YF_TRY(choose(arena, &claims, parsed.disclosure_count,
			      &paths[i], chosen));

	struct yf_buf buf = yf_buf_new(arena, sdjwt.len);
	yf_buf_text(&buf, parsed.issuer_jwt);
	yf_buf_char(&buf, '~');
	for (size_t i = 0; i < parsed.disclosure_count; i++) {
		if (!chosen[i])
			continue;
		yf_buf_text(&buf, parsed.disclosures[i]);
		yf_buf_char(&buf, '~');
	}
	return yf_buf_str(&buf, out);
}

yf_err yf_sdjwt_bind(struct yf_arena *arena, const struct yf_signer *holder,
		     yf_str sdjwt, const struct yf_kb_ask *ask, yf_str *out)
{
	const struct yf_jws_header header = { .typ = YF_STR("kb+jwt") };
	char sd_hash[YF_SHA256_TEXT_LEN];
	yf_str payload, jwt;

	if (!yf_str_ends(sdjwt, YF_STR("~")))
		return YF_FAIL(SYNTAX);
	/* RFC 9901 4.3.1: over everything up to and with the last '~'. */
	yf_sha256_text(sdjwt, sd_hash);
	struct yf_json_out json = yf_json_out_new(arena, 256);
	yf_json_out_object(&json, NULL);
	yf_json_out_int(&json, "iat", ask->now_s);
	yf_json_out_str(&json, "aud", ask->audience);
	yf_json_out_str(&json, "nonce", ask->nonce);
	yf_json_out_str(&json, "sd_hash", (yf_str){ sd_hash, sizeof(sd_hash) });
	if (ask->transaction_hash_count) {
		yf_json_out_array(&json, "transaction_data_hashes");
		for (size_t i = 0; i < ask->transaction_hash_count; i++)
			yf_json_out_str(&json, NULL,
					ask->transaction_hashes[i]);
		yf_json_out_close(&json);
	}
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &payload));
	YF_TRY(yf_jws_sign(arena, holder, &header, payload, &jwt));

	struct yf_buf buf = yf_buf_new(arena, sdjwt.len + jwt.len);
	yf_buf_text(&buf, sdjwt);
	yf_buf_text(&buf, jwt);
	return yf_buf_str(&buf, out);
}
