#include "codec/base64url.h"
#include "credential/mdoc_claims.h"
#include "holder/present.h"

/* What a credential says and who issued it, in the form of a query. */
struct content {
	const struct yf_json *claims;
	struct yf_chain chain;
};

static yf_err read_mdoc(struct yf_arena *arena, yf_str text,
			struct content *out)
{
	struct yf_issuer_signed issued;
	yf_bytes bytes;

	YF_TRY(yf_base64url_decode(arena, text, &bytes));
	YF_TRY(yf_issuer_signed_parse(arena, bytes, &issued));
	out->chain = issued.issuer_auth.x5chain;
	return yf_mdoc_claims(arena, issued.items, issued.item_count,
			      &out->claims);
}

static yf_err read_content(struct yf_arena *arena, const struct yf_held *held,
			   struct content *out)
{
	struct yf_vc vc;

	if (held->format == YF_DCQL_MDOC)
		return read_mdoc(arena, held->text, out);
	YF_TRY(yf_vc_peek(arena, held->text, &vc));
	out->claims = vc.claims;
	out->chain = vc.chain;
	return YF_OK;
}

static bool accepts(const struct yf_dcql_credential *query,
		    const struct yf_held *held)
{
	if (query->format != held->format)
		return false;
	if (query->format == YF_DCQL_MDOC)
		return yf_str_eq(query->doctype, held->type);
	for (size_t i = 0; i < query->vct_count; i++)
		if (yf_str_eq(query->vcts[i], held->type))
			return true;
	return false;
}

static yf_err take_paths(struct yf_arena *arena,
			 const struct yf_dcql_credential *query, uint64_t match,
			 struct yf_choice *out)
{
	struct yf_claim_path *paths =
		YF_NEW(arena, struct yf_claim_path, query->claim_count + 1);

	if (!paths)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < query->claim_count; i++)
		if (match >> i & 1)
			paths[out->path_count++] = query->claims[i].path;
	out->paths = paths;
	return YF_OK;
}

/* --- of one credential query --- */

struct chooser {
	struct yf_holder *holder;
	struct yf_arena *arena;
	const struct yf_dcql *query;
	yf_str only;
	struct yf_choices *choices;
	yf_err why; /* it did not work, where NOT_ASKED says too little */
};

/* NOT_ASKED when this credential does not fit the query. */
static yf_err fit(struct chooser *chooser,
		  const struct yf_dcql_credential *query,
		  const struct yf_held *held, struct yf_choice *out)
{
	struct yf_choice choice = { .query = query, .held = held };
	struct content content = { 0 };
	uint64_t match;

	choice.index = (size_t)(query - chooser->query->credentials);
	if (!accepts(query, held) ||
	    (chooser->only.len && !yf_str_eq(chooser->only, held->id) &&
	     !yf_str_eq(chooser->only, held->card)))
		return YF_FAIL(NOT_ASKED);
	YF_TRY(read_content(chooser->arena, held, &content));
	YF_TRY(yf_dcql_authority(chooser->arena, query, &content.chain));
	YF_TRY(yf_dcql_match(chooser->arena, query, content.claims, &match));
	if (held->expires_s &&
	    held->expires_s <= yf_holder_now_s(chooser->holder)) {
		chooser->why = YF_FAIL(EXPIRED);
		return YF_FAIL(NOT_ASKED);
	}
	YF_TRY(yf_dcql_pick(chooser->arena, query, match, content.claims,
			    &choice.claims));
	YF_TRY(take_paths(chooser->arena, query, match, &choice));
	*out = choice;
	return YF_OK;
}

static bool is_used(const struct chooser *chooser, const struct yf_held *held)
{
	for (size_t i = 0; i < chooser->choices->count; i++)
		if (chooser->choices->at[i].held == held)
			return true;
	return held->shown;
}

/* A query that takes several has a copy of this card already. */
static bool has_card(const struct chooser *chooser,
		     const struct yf_dcql_credential *query, yf_str card)
{
	for (size_t i = 0; i < chooser->choices->count; i++)
		if (chooser->choices->at[i].query == query &&
		    yf_str_eq(chooser->choices->at[i].held->card, card))
			return true;
	return false;
}

static yf_err find(struct chooser *chooser,
		   const struct yf_dcql_credential *query)
{
	const struct yf_purse *purse = chooser->holder->purse;
	struct yf_choices *choices = chooser->choices;
	const size_t before = choices->count;

	/* Fresh copies first; whether shown ones may follow, was decided. */
	for (int used_too = 0; used_too < 2; used_too++)
		for (size_t i = 0; i < yf_purse_count(purse); i++) {
			const struct yf_held *held = yf_purse_at(purse, i);
			if (is_used(chooser, held) != (used_too == 1) ||
			    has_card(chooser, query, held->card))
				continue;
			if (choices->count == YF_CHOICES_MAX)
				return YF_FAIL(TOO_LARGE);
			const yf_err err = fit(chooser, query, held,
					       &choices->at[choices->count]);
			if (err.code == YF_CODE_NOT_ASKED)
				continue;
			YF_TRY(err);
			if (used_too && !chooser->holder->options.reuse) {
				chooser->why = YF_FAIL(REPLAYED);
				continue;
			}
			choices->count++;
			if (!query->multiple)
				return YF_OK;
		}
	return choices->count > before ? YF_OK : YF_FAIL(NOT_ASKED);
}

/* --- of the query as a whole --- */

static bool is_answered(const struct yf_choices *choices,
			const struct yf_dcql_credential *query)
{
	for (size_t i = 0; i < choices->count; i++)
		if (choices->at[i].query == query)
			return true;
	return false;
}

/* All credentials of an option, or, with NOT_ASKED, none of them. */
static yf_err find_option(struct chooser *chooser,
			  const struct yf_dcql_option *option)
{
	const size_t before = chooser->choices->count;

	for (size_t i = 0; i < option->count; i++) {
		const struct yf_dcql_credential *credential =
			&chooser->query->credentials[option->at[i]];
		if (is_answered(chooser->choices, credential))
			continue;
		const yf_err err = find(chooser, credential);
		if (yf_failed(err)) {
			chooser->choices->count = before;
			return err;
		}
	}
	return YF_OK;
}

static yf_err find_set(struct chooser *chooser, const struct yf_dcql_set *set)
{
	for (size_t i = 0; i < set->option_count; i++) {
		const yf_err err = find_option(chooser, &set->options[i]);
		if (err.code != YF_CODE_NOT_ASKED)
			return err;
	}
	return YF_FAIL(NOT_ASKED);
}

static yf_err find_sets(struct chooser *chooser)
{
	const struct yf_dcql *query = chooser->query;

	for (size_t i = 0; i < query->set_count; i++)
		if (query->sets[i].required)
			YF_TRY(find_set(chooser, &query->sets[i]));
	/* With nothing but wishes the first that we can meet is met. */
	for (size_t i = 0; i < query->set_count && !chooser->choices->count;
	     i++) {
		const yf_err err = find_set(chooser, &query->sets[i]);
		if (err.code != YF_CODE_NOT_ASKED)
			YF_TRY(err);
	}
	return chooser->choices->count ? YF_OK : YF_FAIL(NOT_ASKED);
}

static yf_err find_all(struct chooser *chooser)
{
	const struct yf_dcql *query = chooser->query;

	if (query->set_count)
		return find_sets(chooser);
	for (size_t i = 0; i < query->credential_count; i++)
		YF_TRY(find(chooser, &query->credentials[i]));
	return YF_OK;
}

yf_err yf_holder_choose(struct yf_holder *holder, struct yf_arena *arena,
			const struct yf_request *request, yf_str only,
			struct yf_choices *out)
{
	struct yf_choices got = { 0 };
	struct chooser chooser = {
		.holder = holder,
		.arena = arena,
		.query = &request->query,
		.only = only,
		.choices = &got,
		.why = YF_OK,
	};
	const yf_err err = find_all(&chooser);

	if (err.code == YF_CODE_NOT_ASKED && yf_failed(chooser.why))
		return chooser.why;
	YF_TRY(err);
	*out = got;
	return YF_OK;
}
