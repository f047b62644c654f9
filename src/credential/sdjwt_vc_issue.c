#include "credential/sdjwt_vc.h"

#include "codec/base64url.h"
#include "credential/always_shown.h"

/* Written from the ask, so `claims` must not have them. */
static const char *const own_members[] = {
	"iss", "sub", "vct", "iat", "nbf", "exp", "cnf", "status",
};

enum { OWN_MAX = YF_COUNT(own_members) };

static yf_err check_ask(const struct yf_vc_ask *ask)
{
	if (!ask->vct.len || ask->status.index < 0)
		return YF_FAIL(RANGE);
	if (ask->claims->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	for (size_t i = 0; i < YF_COUNT(own_members); i++)
		if (yf_json_get(ask->claims, own_members[i]))
			return YF_FAIL(SYNTAX);
	return YF_OK;
}

static yf_err make_cnf(struct yf_arena *arena, const struct yf_public_key *key,
		       struct yf_json *out)
{
	struct yf_json *jwk = YF_NEW(arena, struct yf_json, 1);
	struct yf_json *items = YF_NEW(arena, struct yf_json, 4);
	yf_str x, y;

	if (!jwk || !items)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_base64url_encode(arena, (yf_bytes){ key->x, 32 }, &x));
	YF_TRY(yf_base64url_encode(arena, (yf_bytes){ key->y, 32 }, &y));
	items[0] = yf_json_of_str("kty", YF_STR("EC"));
	items[1] = yf_json_of_str("crv", YF_STR("P-256"));
	items[2] = yf_json_of_str("x", x);
	items[3] = yf_json_of_str("y", y);
	*jwk = yf_json_of_items("jwk", YF_JSON_OBJECT, items, 4);
	*out = yf_json_of_items("cnf", YF_JSON_OBJECT, jwk, 1);
	return YF_OK;
}

static yf_err make_status(struct yf_arena *arena,
			  const struct yf_status_ref *ref, struct yf_json *out)
{
	struct yf_json *list = YF_NEW(arena, struct yf_json, 1);
	struct yf_json *items = YF_NEW(arena, struct yf_json, 2);

	if (!list || !items)
		return YF_FAIL(MEMORY);
	items[0] = yf_json_of_int("idx", ref->index);
	items[1] = yf_json_of_str("uri", ref->uri);
	*list = yf_json_of_items("status_list", YF_JSON_OBJECT, items, 2);
	*out = yf_json_of_items("status", YF_JSON_OBJECT, list, 1);
	return YF_OK;
}

static yf_err put_own(struct yf_arena *arena, const struct yf_vc_ask *ask,
		      struct yf_json *items, size_t *count)
{
	size_t n = 0;

	if (ask->issuer.len)
		items[n++] = yf_json_of_str("iss", ask->issuer);
	if (ask->subject.len)
		items[n++] = yf_json_of_str("sub", ask->subject);
	items[n++] = yf_json_of_str("vct", ask->vct);
	items[n++] = yf_json_of_int("iat", ask->issued_at_s);
	if (ask->not_before_s)
		items[n++] = yf_json_of_int("nbf", ask->not_before_s);
	if (ask->expires_s)
		items[n++] = yf_json_of_int("exp", ask->expires_s);
	if (ask->holder)
		YF_TRY(make_cnf(arena, ask->holder, &items[n++]));
	if (ask->status.uri.len)
		YF_TRY(make_status(arena, &ask->status, &items[n++]));
	*count = n;
	return YF_OK;
}

/* RFC 9901 9.7: what the verifier's rules need must not be hidden. */
static yf_err check_shown(const struct yf_vc_ask *ask)
{
	for (size_t i = 0; i < ask->disclosable_count; i++)
		if (yf_is_always_shown(ask->disclosable[i].steps[0].name))
			return YF_FAIL(SYNTAX);
	return YF_OK;
}

yf_err yf_vc_issue(struct yf_arena *arena, const struct yf_signer *signer,
		   const struct yf_vc_ask *ask, yf_str *out)
{
	struct yf_json *items;
	size_t count = 0;

	YF_TRY(check_ask(ask));
	YF_TRY(check_shown(ask));
	items = YF_NEW(arena, struct yf_json, OWN_MAX + ask->claims->count);
	if (!items)
		return YF_FAIL(MEMORY);
	YF_TRY(put_own(arena, ask, items, &count));
	if (ask->claims->count)
		memcpy(items + count, ask->claims->items,
		       ask->claims->count * sizeof(*items));
	const struct yf_json claims = yf_json_of_items(
		NULL, YF_JSON_OBJECT, items, count + ask->claims->count);
	const struct yf_sdjwt_ask sdjwt = {
		.typ = YF_STR("dc+sd-jwt"),
		.claims = &claims,
		.disclosable = ask->disclosable,
		.disclosable_count = ask->disclosable_count,
		.decoys = ask->decoys,
		.with_x5c = true,
	};
	return yf_sdjwt_issue(arena, signer, &sdjwt, out);
}
