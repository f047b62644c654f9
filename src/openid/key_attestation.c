#include "openid/key_attestation.h"

/* D.1: arrays of texts; one of those that do must be among them. */
static bool does(const struct yf_json *given, const yf_str *wanted,
		 size_t count)
{
	if (!count)
		return true;
	if (!given || given->kind != YF_JSON_ARRAY)
		return false;
	for (size_t i = 0; i < given->count; i++)
		for (size_t j = 0; j < count; j++)
			if (given->items[i].kind == YF_JSON_STRING &&
			    yf_str_eq(given->items[i].string, wanted[j]))
				return true;
	return false;
}

static yf_err take_keys(struct yf_arena *arena, const struct yf_json *array,
			struct yf_key_attestation *out)
{
	if (array->kind != YF_JSON_ARRAY || !array->count ||
	    array->count > YF_ATTESTED_KEYS_MAX)
		return YF_FAIL(RANGE);
	struct yf_public_key *keys =
		YF_NEW(arena, struct yf_public_key, array->count);
	if (!keys)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < array->count; i++) {
		YF_TRY(yf_jwk_parse(&array->items[i], &keys[i]));
		for (size_t j = 0; j < i; j++)
			if (yf_public_key_eq(&keys[i], &keys[j]))
				return YF_FAIL(DUPLICATE);
	}
	out->keys = keys;
	out->key_count = array->count;
	return YF_OK;
}

static yf_err check_times(const struct yf_key_attestation_rule *rule,
			  int64_t issued_at_s, int64_t expires_s)
{
	/* D.1, exp: "MUST be present if the attestation is used with the JWT
	 * proof type"; 0 stands for absent. */
	if (rule->with_jwt && !expires_s)
		return YF_FAIL(MISSING);
	if (expires_s && expires_s <= rule->now_s - rule->skew_s)
		return YF_FAIL(EXPIRED);
	return issued_at_s < 0 || issued_at_s > rule->now_s + rule->skew_s
		       ? YF_FAIL(NOT_YET)
		       : YF_OK;
}

static yf_err check(struct yf_arena *arena, yf_str jwt,
		    const struct yf_key_attestation_rule *rule,
		    struct yf_key_attestation *out)
{
	const struct yf_attested_rule attested = {
		.typ = YF_KEY_ATTESTATION_TYP,
		.roots = rule->roots,
		.now_s = rule->now_s,
		.skew_s = rule->skew_s,
	};
	const struct yf_key_needs *needs = rule->needs;
	const struct yf_json *keys = NULL;
	const struct yf_json *storage = NULL;
	const struct yf_json *user = NULL;
	int64_t issued_at_s = 0;
	int64_t expires_s = 0;
	struct yf_jws jws;
	const struct yf_json_field fields[] = {
		YF_JSON_NUM("iat", &issued_at_s),
		YF_JSON_NUM_OPT("exp", &expires_s),
		YF_JSON_ANY("attested_keys", &keys),
		YF_JSON_ANY_OPT("key_storage", &storage),
		YF_JSON_ANY_OPT("user_authentication", &user),
		YF_JSON_STR_OPT("nonce", &out->nonce),
		YF_JSON_END,
	};

	YF_TRY(yf_attested_verify(arena, jwt, &attested, &jws));
	YF_TRY(yf_json_decode(arena, jws.payload, fields));
	YF_TRY(check_times(rule, issued_at_s, expires_s));
	if (!does(storage, needs->key_storage, needs->key_storage_count) ||
	    !does(user, needs->user_authentication,
		  needs->user_authentication_count))
		return YF_FAIL(DENIED);
	return take_keys(arena, keys, out);
}

yf_err yf_key_attestation_check(struct yf_arena *arena, yf_str jwt,
				const struct yf_key_attestation_rule *rule,
				struct yf_key_attestation *out)
{
	struct yf_key_attestation made = { 0 };
	yf_err err = check(arena, jwt, rule, &made);

	if (yf_failed(err)) {
		if (yf_err_kind(err) != YF_KIND_INTERNAL)
			err.code = YF_CODE_INVALID_PROOF;
		return err;
	}
	*out = made;
	return YF_OK;
}
