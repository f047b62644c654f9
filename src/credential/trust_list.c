#include "credential/trust_list.h"

#include <stdlib.h>

#include "crypto/jws.h"

struct yf_trust_list {
	struct yf_trust *issuers;
	struct yf_trust *registrars;
	int64_t expires_s;
};

void yf_trust_list_free(struct yf_trust_list *list)
{
	if (!list)
		return;
	yf_trust_free(list->issuers);
	yf_trust_free(list->registrars);
	free(list);
}

void yf_trust_list_cleanup(struct yf_trust_list **list)
{
	yf_trust_list_free(*list);
}

struct yf_trust *yf_trust_list_issuers(const struct yf_trust_list *list)
{
	return list->issuers;
}

struct yf_trust *yf_trust_list_registrars(const struct yf_trust_list *list)
{
	return list->registrars;
}

int64_t yf_trust_list_expires_s(const struct yf_trust_list *list)
{
	return list->expires_s;
}

yf_err yf_trust_list_of_pem(yf_str pem, struct yf_trust_list **out)
{
	YF_AUTO(trust_list) list = calloc(1, sizeof(*list));

	if (!list)
		return YF_FAIL(MEMORY);
	list->expires_s = INT64_MAX;
	YF_TRY(yf_trust_new(&list->issuers));
	YF_TRY(yf_trust_new(&list->registrars));
	YF_TRY(yf_trust_add_pem(list->issuers, pem));
	YF_TRY(yf_trust_add_pem(list->registrars, pem));
	*out = YF_MOVE(list);
	return YF_OK;
}

static yf_err add_roots(struct yf_arena *arena, const struct yf_json *entries,
			struct yf_trust *to)
{
	if (!entries || entries->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	if (entries->count > YF_TRUST_LIST_ENTRIES_MAX)
		return YF_FAIL(TOO_LARGE);
	for (size_t i = 0; i < entries->count; i++) {
		const struct yf_json *x5c =
			yf_json_get(&entries->items[i], "x5c");
		struct yf_chain roots;
		if (!x5c)
			return YF_FAIL(MISSING);
		YF_TRY(yf_x5c_parse(arena, x5c, &roots));
		for (size_t root = 0; root < roots.count; root++)
			YF_TRY(yf_trust_add(to, roots.certs[root]));
	}
	return YF_OK;
}

static yf_err fill(struct yf_arena *arena, yf_str payload,
		   const struct yf_trust_list_rule *rule,
		   struct yf_trust_list *list)
{
	const struct yf_json *issuers = NULL;
	const struct yf_json *registrars = NULL;
	int64_t issued_at_s = 0;
	const struct yf_json_field fields[] = {
		YF_JSON_NUM("iat", &issued_at_s),
		YF_JSON_NUM("exp", &list->expires_s),
		YF_JSON_ANY("issuers", &issuers),
		YF_JSON_ANY("registrars", &registrars),
		YF_JSON_END,
	};

	YF_TRY(yf_json_decode(arena, payload, fields));
	if (!rule->expired_too) {
		if (issued_at_s > rule->now_s + rule->skew_s)
			return YF_FAIL(NOT_YET);
		if (list->expires_s <= rule->now_s - rule->skew_s)
			return YF_FAIL(EXPIRED);
	}
	YF_TRY(yf_trust_new(&list->issuers));
	YF_TRY(yf_trust_new(&list->registrars));
	YF_TRY(add_roots(arena, issuers, list->issuers));
	return add_roots(arena, registrars, list->registrars);
}

/* The signer's certificate, judged at the time the list is to be used. */
static yf_err signer_of(const struct yf_jws *jws, struct yf_trust *roots,
			const struct yf_trust_list_rule *rule,
			struct yf_public_key *out)
{
	struct yf_trusted_leaf leaf;
	struct yf_cert cert;
	YF_AUTO(arena) scratch = yf_arena_new(64u << 10);

	if (!scratch)
		return YF_FAIL(MEMORY);
	if (jws->x5c.count == 0)
		return YF_FAIL(UNTRUSTED);
	const yf_err err =
		yf_trust_verify(roots, &jws->x5c, NULL, rule->now_s, &leaf);
	if (!yf_failed(err)) {
		*out = leaf.key;
		return YF_OK;
	}
	if (err.code != YF_CODE_EXPIRED || !rule->expired_too)
		return err;
	YF_TRY(yf_cert_parse(scratch, jws->x5c.certs[0], &cert));
	*out = cert.key;
	return YF_OK;
}

yf_err yf_trust_list_open(struct yf_arena *arena, yf_str text,
			  const struct yf_trust_list_rule *rule,
			  struct yf_trust_list **out)
{
	struct yf_jws jws;
	struct yf_public_key key;
	YF_AUTO(trust_list) list = calloc(1, sizeof(*list));

	if (!list)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_jws_parse(arena, text, &jws));
	if (!yf_str_is(jws.typ, "trust-list+jwt"))
		return YF_FAIL(TYP);
	YF_TRY(fill(arena, jws.payload, rule, list));
	YF_TRY(signer_of(&jws, rule->known ? rule->known : list->issuers, rule,
			 &key));
	YF_TRY(yf_jws_verify(&jws, &key));
	*out = YF_MOVE(list);
	return YF_OK;
}
