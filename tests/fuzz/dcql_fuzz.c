#include "openid/dcql.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* A query always stays inside grants of exactly its own claims. */
static void check_own_grants(struct yf_arena *arena,
			     const struct yf_dcql *query)
{
	for (size_t i = 0; i < query->credential_count; i++) {
		const struct yf_dcql_credential *asked = &query->credentials[i];
		const struct yf_dcql alone = { asked, 1, NULL, 0 };
		struct yf_dcql_grant *grants = YF_NEW(
			arena, struct yf_dcql_grant, asked->vct_count + 1);
		struct yf_claim_path *paths = YF_NEW(
			arena, struct yf_claim_path, asked->claim_count + 1);

		if (!grants || !paths)
			return;
		for (size_t k = 0; k < asked->claim_count; k++)
			paths[k] = asked->claims[k].path;
		for (size_t k = 0; k < asked->vct_count; k++)
			grants[k] = (struct yf_dcql_grant){
				.vct = asked->vcts[k],
				.paths = paths,
				.path_count = asked->claim_count,
			};
		if (asked->format == YF_DCQL_MDOC)
			grants[0] = (struct yf_dcql_grant){
				.doctype = asked->doctype,
				.paths = paths,
				.path_count = asked->claim_count,
			};
		must(!yf_failed(yf_dcql_within(
			&alone, grants,
			asked->format == YF_DCQL_MDOC ? 1 : asked->vct_count)));
		if (asked->claim_count && asked->vct_count) {
			grants[0].path_count = 0;
			must(yf_failed(yf_dcql_within(&alone, grants,
						      asked->vct_count)) ||
			     asked->vct_count > 1);
		}
	}
}

/*
 * Each path of a match selects the same values in the cut as in the whole,
 * and the cut satisfies the query again.
 */
static void check_pick(struct yf_arena *arena,
		       const struct yf_dcql_credential *query,
		       const struct yf_json *claims)
{
	const struct yf_json *cut = NULL;
	uint64_t match = 0;
	uint64_t again = 0;

	if (yf_failed(yf_dcql_match(arena, query, claims, &match)) ||
	    yf_failed(yf_dcql_pick(arena, query, match, claims, &cut)))
		return;
	for (size_t i = 0; i < query->claim_count; i++) {
		const struct yf_json *const *a = NULL;
		const struct yf_json *const *b = NULL;
		size_t a_count = 0;
		size_t b_count = 0;

		if (!(match >> i & 1))
			continue;
		if (yf_failed(yf_claim_path_select(arena, claims,
						   &query->claims[i].path, &a,
						   &a_count)))
			return;
		const yf_err err = yf_claim_path_select(
			arena, cut, &query->claims[i].path, &b, &b_count);
		if (err.code == YF_CODE_MEMORY)
			return;
		must(!yf_failed(err) && a_count == b_count);
		for (size_t k = 0; k < a_count; k++)
			must(yf_json_eq(a[k], b[k]));
	}
	const yf_err err = yf_dcql_match(arena, query, cut, &again);
	must(err.code == YF_CODE_MEMORY || (!yf_failed(err) && again == match));
}

static void check_sets(const struct yf_dcql *query)
{
	const uint64_t all = (UINT64_C(1) << query->credential_count) - 1;

	must(yf_dcql_satisfied(query, all));
	for (size_t i = 0; i < query->set_count; i++)
		for (size_t k = 0; k < query->sets[i].option_count; k++)
			for (size_t n = 0; n < query->sets[i].options[k].count;
			     n++)
				must(query->sets[i].options[k].at[n] <
				     query->credential_count);
}

/* A query and, behind the first line feed, the claims of a credential. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(4 * 1024 * 1024);
	yf_str rest = { (const char *)data, len };
	yf_str head = rest;
	const struct yf_json *tree = NULL;
	const struct yf_json *claims = NULL;
	struct yf_dcql query = { 0 };
	const bool both = yf_str_cut(&rest, '\n', &head);

	if (!arena || yf_failed(yf_json_parse(arena, head, &tree)))
		return 0;
	if (yf_failed(yf_dcql_parse(arena, tree, &query))) {
		must(!query.credential_count);
		return 0;
	}
	check_own_grants(arena, &query);
	check_sets(&query);
	if (!both || yf_failed(yf_json_parse(arena, rest, &claims)))
		return 0;
	for (size_t i = 0; i < query.credential_count; i++)
		check_pick(arena, &query.credentials[i], claims);
	return 0;
}
