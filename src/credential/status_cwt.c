#include "credential/issuer_key.h"
#include "credential/status_token.h"
#include "crypto/cose.h"

/* Token Status List (draft 20) section 5.2: the list as a signed CWT. */
enum {
	CLAIM_SUB = 2,
	CLAIM_EXP = 4,
	CLAIM_IAT = 6,
	CLAIM_STATUS_LIST = 65533,
	CLAIM_TTL = 65534,
};

static const char token_typ[] = "application/statuslist+cwt";

/* --- making --- */

static void put_claims(struct yf_buf *buf, const struct yf_status_token *token,
		       yf_bytes lst)
{
	yf_cbor_put_map(buf, 3u + (token->expires_s ? 1u : 0u) +
				     (token->ttl_s ? 1u : 0u));
	yf_cbor_put_int(buf, CLAIM_SUB);
	yf_cbor_put_text(buf, token->uri);
	if (token->expires_s) {
		yf_cbor_put_int(buf, CLAIM_EXP);
		yf_cbor_put_int(buf, token->expires_s);
	}
	yf_cbor_put_int(buf, CLAIM_IAT);
	yf_cbor_put_int(buf, token->issued_at_s);
	yf_cbor_put_int(buf, CLAIM_STATUS_LIST);
	yf_cbor_put_map(buf, token->aggregation_uri.len ? 3 : 2);
	yf_cbor_put_text(buf, YF_STR("lst"));
	yf_cbor_put_bytes(buf, lst);
	yf_cbor_put_text(buf, YF_STR("bits"));
	yf_cbor_put_uint(buf, token->list.bits);
	if (token->aggregation_uri.len) {
		yf_cbor_put_text(buf, YF_STR("aggregation_uri"));
		yf_cbor_put_text(buf, token->aggregation_uri);
	}
	if (token->ttl_s) {
		yf_cbor_put_int(buf, CLAIM_TTL);
		yf_cbor_put_int(buf, token->ttl_s);
	}
}

yf_err yf_status_cwt_make(struct yf_arena *arena,
			  const struct yf_signer *signer,
			  const struct yf_status_token *token, yf_bytes *cwt)
{
	struct yf_chain chain = { .count = 0 };
	yf_bytes lst, payload;

	YF_TRY(yf_signer_chain(signer, &chain));
	YF_TRY(yf_status_list_pack(arena, &token->list, &lst));
	struct yf_buf claims = yf_buf_new(arena, lst.len + 128);
	put_claims(&claims, token, lst);
	YF_TRY(yf_buf_bytes(&claims, &payload));

	const struct yf_cose_ask ask = {
		.tagged = true,
		.typ = YF_STR(token_typ),
		.x5chain = &chain,
	};
	struct yf_buf buf = yf_buf_new(arena, payload.len + 1024);
	YF_TRY(yf_cose_sign1_put(&buf, signer, &ask, payload));
	return yf_buf_bytes(&buf, cwt);
}

/* --- verifying --- */

/* RFC 8392 section 2: NumericDate without its tag, perhaps with a fraction,
 * which is cut off. */
static yf_err take_number(const struct yf_cbor *item, int64_t *out)
{
	static const double most = 253402300800.0; /* the year 10000 */
	int64_t value = 0;

	if (yf_cbor_is(item, YF_CBOR_REAL)) {
		const double real = yf_cbor_real(item);
		if (!(real >= 0 && real < most))
			return YF_FAIL(RANGE);
		value = (int64_t)real;
	} else {
		YF_TRY(yf_cbor_take_int(item, &value));
	}
	if (value < 0 || (double)value >= most)
		return YF_FAIL(RANGE);
	*out = value;
	return YF_OK;
}

static yf_err take_optional(const struct yf_cbor *claims, int64_t claim,
			    int64_t *out)
{
	const struct yf_cbor *item = yf_cbor_get_int(claims, claim);

	return item ? take_number(item, out) : YF_OK;
}

static yf_err take_claims(struct yf_arena *arena, yf_bytes payload,
			  const struct yf_status_rule *rule,
			  struct yf_status_token *out)
{
	const struct yf_cbor *claims;
	int64_t bits = 0;
	yf_bytes lst;

	YF_TRY(yf_cbor_parse(arena, payload, YF_CBOR_LENIENT, &claims));
	const struct yf_cbor *sub = yf_cbor_get_int(claims, CLAIM_SUB);
	const struct yf_cbor *iat = yf_cbor_get_int(claims, CLAIM_IAT);
	const struct yf_cbor *list = yf_cbor_get_int(claims, CLAIM_STATUS_LIST);
	if (!sub || !iat || !list)
		return YF_FAIL(MISSING);
	YF_TRY(yf_cbor_take_text(sub, &out->uri));
	YF_TRY(take_number(iat, &out->issued_at_s));
	YF_TRY(take_optional(claims, CLAIM_EXP, &out->expires_s));
	YF_TRY(take_optional(claims, CLAIM_TTL, &out->ttl_s));
	YF_TRY(yf_status_token_check(out, rule));
	YF_TRY(yf_cbor_take_int(yf_cbor_get(list, "bits"), &bits));
	YF_TRY(yf_cbor_take_bytes(yf_cbor_get(list, "lst"), &lst));
	if (bits < 1 || bits > 8)
		return YF_FAIL(RANGE);
	return yf_status_list_unpack(arena, (unsigned)bits, lst, rule->len_max,
				     &out->list);
}

static yf_err check_typ(const struct yf_cose_sign1 *sign1)
{
	yf_str typ;

	if (yf_failed(yf_cbor_take_text(
		    yf_cbor_get_int(sign1->protected_map, YF_COSE_TYP),
		    &typ)) ||
	    !yf_str_is(typ, token_typ))
		return YF_FAIL(TYP);
	return YF_OK;
}

yf_err yf_status_cwt_verify(struct yf_arena *arena, yf_bytes cwt,
			    const struct yf_status_rule *rule,
			    struct yf_status_token *out)
{
	const struct yf_issuer_rule issuer_rule = {
		.trust = rule->trust,
		.eku = rule->eku,
		.keys = rule->keys,
		.key_count = rule->key_count,
		.now_s = rule->now_s,
	};
	struct yf_status_token token = { 0 };
	struct yf_cose_sign1 sign1;
	const struct yf_cbor *item;
	struct yf_issuer issuer;

	YF_TRY(yf_cbor_parse(arena, cwt, YF_CBOR_LENIENT, &item));
	YF_TRY(yf_cose_sign1_read(arena, item, YF_COSE_TAGGED, &sign1));
	YF_TRY(check_typ(&sign1));
	YF_TRY(yf_issuer_verify_cose(&sign1, &issuer_rule, &issuer));
	YF_TRY(take_claims(arena, sign1.payload, rule, &token));
	*out = token;
	return YF_OK;
}
