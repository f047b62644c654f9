#include "credential/sdjwt_vc.h"

#include "credential/always_shown.h"
#include "credential/issuer_key.h"
#include "credential/key_binding.h"
#include "credential/numeric_date.h"

/* --- reading --- */

yf_err yf_status_ref_parse(const struct yf_json *payload,
			   struct yf_status_ref *out)
{
	const struct yf_json *status = yf_json_get(payload, "status");
	struct yf_status_ref ref = { 0 };

	if (!status) {
		*out = ref;
		return YF_OK;
	}
	if (status->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	if (!yf_json_get(status, "status_list"))
		return YF_FAIL(UNSUPPORTED);
	const struct yf_json_field fields[] = {
		YF_JSON_STR("status_list.uri", &ref.uri),
		YF_JSON_NUM("status_list.idx", &ref.index),
		YF_JSON_END,
	};
	if (yf_failed(yf_json_take_fields(status, fields)) || !ref.uri.len ||
	    ref.index < 0)
		return YF_FAIL(SYNTAX);
	*out = ref;
	return YF_OK;
}

static yf_err take_holder(const struct yf_json *payload, struct yf_vc *out)
{
	const struct yf_json *cnf = yf_json_get(payload, "cnf");
	const struct yf_json *jwk = yf_json_get(cnf, "jwk");

	if (cnf && cnf->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	if (!jwk)
		return YF_OK;
	YF_TRY(yf_jwk_parse(jwk, &out->holder));
	out->has_holder = true;
	return YF_OK;
}

/* What rules look at is read from what was signed, not from disclosures. */
static yf_err take_claims(const struct yf_sdjwt_claims *claims,
			  struct yf_vc *out)
{
	const struct yf_json *payload = claims->payload;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("vct", &out->vct),
		YF_JSON_STR_OPT("iss", &out->issuer),
		YF_JSON_END,
	};

	out->payload = payload;
	out->claims = claims->claims;
	YF_TRY(yf_json_take_fields(payload, fields));
	if (!out->vct.len)
		return YF_FAIL(MISSING);
	YF_TRY(yf_numeric_date_take(claims->claims, "iat", &out->issued_at_s));
	YF_TRY(yf_numeric_date_take(payload, "nbf", &out->not_before_s));
	YF_TRY(yf_numeric_date_take(payload, "exp", &out->expires_s));
	YF_TRY(yf_status_ref_parse(payload, &out->status));
	return take_holder(payload, out);
}

static yf_err check_always_shown(const struct yf_sdjwt *sdjwt,
				 const struct yf_sdjwt_claims *claims)
{
	for (size_t i = 0; i < sdjwt->disclosure_count; i++) {
		const struct yf_sdjwt_disclosed *one = &claims->disclosed[i];
		if (yf_is_always_shown(one->name) &&
		    one->value == yf_json_get_str(claims->claims, one->name))
			return YF_FAIL(SYNTAX);
	}
	return YF_OK;
}

static yf_err open_claims(struct yf_arena *arena, const struct yf_sdjwt *sdjwt,
			  const struct yf_jws *jws, struct yf_vc *out)
{
	struct yf_sdjwt_claims claims;

	YF_TRY(yf_sdjwt_process(arena, sdjwt, jws->payload, &claims));
	YF_TRY(check_always_shown(sdjwt, &claims));
	YF_TRY(take_claims(&claims, out));
	out->chain = jws->x5c;
	return YF_OK;
}

static yf_err open_issuer_jwt(struct yf_arena *arena,
			      const struct yf_sdjwt *sdjwt, struct yf_jws *out)
{
	YF_TRY(yf_jws_parse(arena, sdjwt->issuer_jwt, out));
	return yf_str_is(out->typ, "dc+sd-jwt") ? YF_OK : YF_FAIL(TYP);
}

yf_err yf_vc_peek(struct yf_arena *arena, yf_str text, struct yf_vc *out)
{
	struct yf_sdjwt sdjwt;
	struct yf_jws jws;
	struct yf_vc vc = { 0 };

	YF_TRY(yf_sdjwt_parse(arena, text, &sdjwt));
	YF_TRY(open_issuer_jwt(arena, &sdjwt, &jws));
	YF_TRY(open_claims(arena, &sdjwt, &jws, &vc));
	*out = vc;
	return YF_OK;
}

/* --- rules --- */

static yf_err check_times(const struct yf_vc *vc, const struct yf_vc_rule *rule)
{
	/* RFC 7519 4.1.4: "on or after which the JWT MUST NOT be accepted". */
	if (vc->expires_s &&
	    !yf_numeric_date_after(vc->expires_s, rule->now_s, -rule->skew_s))
		return YF_FAIL(EXPIRED);
	if (yf_numeric_date_after(vc->not_before_s, rule->now_s,
				  rule->skew_s) ||
	    yf_numeric_date_after(vc->issued_at_s, rule->now_s, rule->skew_s))
		return YF_FAIL(NOT_YET);
	return YF_OK;
}

static bool is_accepted(const struct yf_vc_rule *rule, yf_str type)
{
	for (size_t i = 0; i < rule->vct_count; i++)
		if (yf_str_eq(rule->vcts[i], type))
			return true;
	return false;
}

static yf_err check_type(const struct yf_vc *vc, const struct yf_vc_rule *rule)
{
	const struct yf_json *others = yf_json_get(vc->payload, "aka_vcts");

	if (!rule->vct_count || is_accepted(rule, vc->vct))
		return YF_OK;
	if (others && others->kind == YF_JSON_ARRAY)
		for (size_t i = 0; i < others->count; i++)
			if (others->items[i].kind == YF_JSON_STRING &&
			    is_accepted(rule, others->items[i].string))
				return YF_OK;
	return YF_FAIL(NOT_ASKED);
}

/* "The decision [...] MUST NOT be based on whether a KB-JWT is provided". */
static yf_err check_binding(struct yf_arena *arena,
			    const struct yf_sdjwt *sdjwt,
			    const struct yf_vc_rule *rule, struct yf_vc *vc)
{
	switch (rule->binding) {
	case YF_BINDING_UNCHECKED:
		return YF_OK;
	case YF_BINDING_FORBIDDEN:
		return sdjwt->key_binding.len ? YF_FAIL(HOLDER) : YF_OK;
	case YF_BINDING_REQUIRED:
		break;
	}
	if (!sdjwt->key_binding.len || !vc->has_holder)
		return YF_FAIL(HOLDER);
	return yf_key_binding_verify(arena, sdjwt, &vc->holder, rule,
				     &vc->binding);
}

/* Tells an untrusted chain from a signature that is wrong. */
static yf_err check_issuer(const struct yf_jws *jws,
			   const struct yf_vc_rule *rule, yf_vc_step *step,
			   struct yf_public_key *key)
{
	const struct yf_issuer_rule issuer = {
		.trust = rule->trust,
		.eku = rule->eku,
		.keys = rule->keys,
		.key_count = rule->key_count,
		.now_s = rule->now_s,
	};
	const yf_err err = yf_issuer_verify(jws, &issuer, key);

	*step = err.code == YF_CODE_SIGNATURE ? YF_VC_SIGNATURE : YF_VC_CHAIN;
	return err;
}

yf_err yf_vc_verify_steps(struct yf_arena *arena, yf_str text,
			  const struct yf_vc_rule *rule, yf_vc_step *step,
			  struct yf_vc *out)
{
	struct yf_sdjwt sdjwt;
	struct yf_jws jws;
	struct yf_vc vc = { 0 };

	*step = YF_VC_FORM;
	YF_TRY(yf_sdjwt_parse(arena, text, &sdjwt));
	YF_TRY(open_issuer_jwt(arena, &sdjwt, &jws));
	YF_TRY(check_issuer(&jws, rule, step, &vc.issuer_key));
	*step = YF_VC_DISCLOSURES;
	YF_TRY(open_claims(arena, &sdjwt, &jws, &vc));
	*step = YF_VC_TYPE;
	YF_TRY(check_type(&vc, rule));
	*step = YF_VC_VALIDITY;
	YF_TRY(check_times(&vc, rule));
	*step = YF_VC_BINDING;
	YF_TRY(check_binding(arena, &sdjwt, rule, &vc));
	*out = vc;
	return YF_OK;
}

yf_err yf_vc_verify(struct yf_arena *arena, yf_str text,
		    const struct yf_vc_rule *rule, struct yf_vc *out)
{
	yf_vc_step unasked;

	return yf_vc_verify_steps(arena, text, rule, &unasked, out);
}
