#include "check/judge.h"

#include "card/elements.h"
#include "card/status.h"
#include "codec/base64url.h"
#include "credential/mdoc_claims.h"

enum { CLOCK_SKEW_S = 60 };

/* --- status --- */

/* <url>/status/<n>, as we write it: exactly one text for each list. */
static bool is_our_list(const struct yf_env *env, struct yf_arena *arena,
			yf_str uri, int64_t *list)
{
	yf_str prefix = { 0 };
	yf_str own = { 0 };

	if (yf_failed(yf_str_format(arena, &prefix, "%.*s/status/",
				    YF_ARG(env->settings.url))) ||
	    !yf_str_starts(uri, prefix) ||
	    !yf_str_to_int(yf_str_skip(uri, prefix.len), list))
		return false;
	return !yf_failed(yf_status_uri(env, arena, *list, &own)) &&
	       yf_str_eq(uri, own);
}

/*
 * An error is the verdict.  Our own lists are read from the table; a list of
 * another issuer is not fetched here.
 */
static yf_err check_status(const struct yf_env *env, struct yf_arena *arena,
			   const struct yf_status_ref *ref)
{
	uint8_t status = YF_STATUS_VALID;
	int64_t list = 0;

	if (!ref->uri.len)
		return YF_OK;
	if (!is_our_list(env, arena, ref->uri, &list))
		return YF_FAIL(UNREACHABLE);
	YF_TRY(yf_status_read(env, list, ref->index, &status));
	switch (status) {
	case YF_STATUS_VALID:
		return YF_OK;
	case YF_STATUS_INVALID:
		return YF_FAIL(REVOKED);
	case YF_STATUS_SUSPENDED:
		return YF_FAIL(SUSPENDED);
	default:
		return YF_FAIL(UNSUPPORTED);
	}
}

/* --- what an issuer says beside the claims --- */

/* As people know the issuer: what its certificate says, else `iss`. */
static yf_str issuer_name(struct yf_arena *arena, const struct yf_chain *chain,
			  yf_str iss)
{
	struct yf_cert cert = { 0 };

	if (chain->count &&
	    !yf_failed(yf_cert_parse(arena, chain->certs[0], &cert))) {
		if (cert.organization.len)
			return cert.organization;
		if (cert.common_name.len)
			return cert.common_name;
	}
	return iss;
}

/*
 * An answer that discloses more than was asked is cut: the level counts as
 * asked, or as said by an issuer who does not let the holder withhold it.
 */
static yf_str level_of_vc(const struct yf_vc *vc, const struct yf_json *picked)
{
	const yf_str asked = yf_json_text(picked, "assurance_level");

	return asked.len ? asked : yf_json_text(vc->payload, "assurance_level");
}

static yf_str level_of_mdoc(const struct yf_json *picked)
{
	for (size_t i = 0; i < picked->count; i++) {
		const yf_str level =
			yf_json_text(&picked->items[i], "assurance_level");

		if (level.len)
			return level;
	}
	return (yf_str){ NULL, 0 };
}

/* Not asked and never cut: whoever relies on a card must learn it. */
static bool is_demo_vc(const struct yf_vc *vc)
{
	const struct yf_json *demo = yf_json_get(vc->payload, "demo");

	return demo && demo->kind == YF_JSON_BOOL && demo->boolean;
}

/* The holder may keep the element back, but not that its name space has
 * digests: it has no other element, and none unless it is true. */
static bool is_demo_mdoc(const struct yf_mdoc *mdoc)
{
	return yf_cbor_get(mdoc->mso->value_digests, YF_DEMO_NAME_SPACE) !=
	       NULL;
}

/* --- one presentation --- */

struct judge {
	const struct yf_env *env;
	struct yf_arena *arena;
	const struct yf_judge_ask *ask;
	int64_t now_s;
	struct yf_result_part *parts;
	size_t part_count;
	struct yf_result_transaction *transactions;
	uint64_t agreed;    /* a bit for each transaction */
	yf_err doubt;       /* what could not be found out; OK when nothing */
	yf_str unreachable; /* where it would have been */
};

/*
 * 6.1: require_cryptographic_holder_binding false asks for no key binding;
 * one that is there must still be right.
 */
static yf_binding_rule binding_of(const struct yf_dcql_credential *asked,
				  yf_str text)
{
	if (asked->holder_binding || !yf_str_ends(text, YF_STR("~")))
		return YF_BINDING_REQUIRED;
	return YF_BINDING_FORBIDDEN;
}

static yf_err verify_vc(const struct judge *judge,
			const struct yf_dcql_credential *asked, yf_str text,
			struct yf_vc *out)
{
	const struct yf_vc_rule rule = {
		.trust = judge->env->issuers,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.vcts = asked->vcts,
		.vct_count = asked->vct_count,
		.now_s = judge->now_s,
		.skew_s = CLOCK_SKEW_S,
		.binding = binding_of(asked, text),
		.audience = judge->ask->audience,
		.nonce = judge->ask->request->nonce,
		.binding_age_s = YF_REQUEST_LIFE_S,
	};

	return yf_vc_verify(judge->arena, text, &rule, out);
}

static yf_err take_transactions(struct judge *judge,
				const struct yf_dcql_credential *asked,
				size_t index, const struct yf_vc *vc)
{
	const struct yf_transactions *all = &judge->ask->request->transactions;
	uint64_t agreed = 0;

	YF_TRY(yf_transactions_signed(judge->arena, all, index, vc->binding,
				      &agreed));
	for (size_t i = 0; i < all->count; i++)
		if (agreed >> i & 1)
			judge->transactions[i] = (struct yf_result_transaction){
				all->at[i].type, all->at[i].text, asked->id
			};
	judge->agreed |= agreed;
	return YF_OK;
}

static yf_err match_claims(struct judge *judge,
			   const struct yf_dcql_credential *asked,
			   const struct yf_chain *chain,
			   const struct yf_json *claims,
			   struct yf_result_part *part)
{
	uint64_t match = 0;

	YF_TRY(yf_dcql_authority(judge->arena, asked, chain));
	YF_TRY(yf_dcql_match(judge->arena, asked, claims, &match));
	return yf_dcql_pick(judge->arena, asked, match, claims, &part->claims);
}

static yf_err judge_status(struct judge *judge, const struct yf_status_ref *ref)
{
	const yf_err status = check_status(judge->env, judge->arena, ref);

	if (status.code != YF_CODE_UNREACHABLE)
		return status;
	judge->doubt = status;
	judge->unreachable = ref->uri;
	return YF_OK;
}

static yf_err judge_vc(struct judge *judge,
		       const struct yf_dcql_credential *asked, size_t index,
		       yf_str text)
{
	struct yf_result_part *part = &judge->parts[judge->part_count];
	struct yf_vc vc = { 0 };

	YF_TRY(verify_vc(judge, asked, text, &vc));
	YF_TRY(match_claims(judge, asked, &vc.chain, vc.claims, part));
	YF_TRY(take_transactions(judge, asked, index, &vc));
	part->id = asked->id;
	part->issuer = issuer_name(judge->arena, &vc.chain, vc.issuer);
	part->assurance_level = level_of_vc(&vc, part->claims);
	part->demo = is_demo_vc(&vc);
	part->format = YF_STR("dc+sd-jwt");
	part->type = vc.vct;
	part->holder_bound = vc.binding != NULL;
	judge->part_count++;
	return judge_status(judge, &vc.status);
}

/* HAIP 1.0 5: one DeviceResponse for each mdoc. */
static yf_err read_document(struct yf_arena *arena, yf_str text,
			    const struct yf_mdoc_document **out)
{
	struct yf_device_response response = { 0 };
	yf_bytes bytes = { 0 };

	YF_TRY(yf_base64url_decode(arena, text, &bytes));
	YF_TRY(yf_device_response_parse(arena, bytes, &response));
	if (response.status != YF_MDOC_STATUS_OK ||
	    response.document_count != 1)
		return YF_FAIL(NOT_ASKED);
	*out = &response.documents[0];
	return YF_OK;
}

static yf_err judge_mdoc(struct judge *judge,
			 const struct yf_dcql_credential *asked, yf_str text)
{
	const struct yf_mdoc_rule rule = {
		.trust = judge->env->issuers,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.doc_types = &asked->doctype,
		.doc_type_count = 1,
		.now_s = judge->now_s,
		.skew_s = CLOCK_SKEW_S,
		.transcript = judge->ask->transcript,
	};
	struct yf_result_part *part = &judge->parts[judge->part_count];
	const struct yf_mdoc_document *document = NULL;
	const struct yf_json *claims = NULL;
	struct yf_mdoc mdoc = { 0 };

	YF_TRY(read_document(judge->arena, text, &document));
	YF_TRY(yf_mdoc_verify(judge->arena, document, &rule, NULL, &mdoc));
	YF_TRY(yf_mdoc_claims(judge->arena, mdoc.items, mdoc.item_count,
			      &claims));
	YF_TRY(match_claims(judge, asked, &mdoc.chain, claims, part));
	part->id = asked->id;
	part->issuer =
		issuer_name(judge->arena, &mdoc.chain, (yf_str){ NULL, 0 });
	part->assurance_level = level_of_mdoc(part->claims);
	part->demo = is_demo_mdoc(&mdoc);
	part->format = YF_STR("mso_mdoc");
	part->type = mdoc.doc_type;
	part->holder_bound = true;
	judge->part_count++;
	return judge_status(judge, &mdoc.mso->status);
}

static yf_err judge_entry(struct judge *judge, const struct yf_vp_entry *entry)
{
	for (size_t i = 0; i < entry->count; i++) {
		const yf_str text = entry->presentations[i];

		if (entry->query->format == YF_DCQL_MDOC)
			YF_TRY(judge_mdoc(judge, entry->query, text));
		else
			YF_TRY(judge_vc(judge, entry->query, entry->index,
					text));
	}
	return YF_OK;
}

/* In the order of the query, whatever the order of the answer. */
static yf_err judge_all(struct judge *judge,
			const struct yf_vp_response *response)
{
	const struct yf_request *request = judge->ask->request;
	const size_t asked = request->query.credential_count;
	const uint64_t agreed_all =
		(UINT64_C(1) << request->transactions.count) - 1;
	uint64_t answered = 0;

	for (size_t index = 0; index < asked; index++) {
		for (size_t i = 0; i < response->count; i++) {
			const struct yf_vp_entry *entry = &response->entries[i];

			if (entry->index != index)
				continue;
			YF_TRY(judge_entry(judge, entry));
			answered |= UINT64_C(1) << index;
		}
	}
	if (!yf_dcql_satisfied(&request->query, answered) ||
	    judge->agreed != agreed_all)
		return YF_FAIL(NOT_ASKED);
	return judge->doubt;
}

/* --- the verdict --- */

static bool is_our_failing(yf_err err)
{
	const yf_kind kind = yf_err_kind(err);

	return kind == YF_KIND_INTERNAL ||
	       (kind == YF_KIND_UNAVAILABLE && err.code != YF_CODE_UNREACHABLE);
}

static size_t presentations_of(const struct yf_vp_response *response)
{
	size_t count = 0;

	for (size_t i = 0; i < response->count; i++)
		count += response->entries[i].count;
	return count;
}

yf_err yf_judge(const struct yf_env *env, struct yf_arena *arena,
		const struct yf_judge_ask *ask,
		const struct yf_vp_response *response, struct yf_result *out)
{
	const size_t transactions = ask->request->transactions.count;
	struct judge judge = {
		.env = env,
		.arena = arena,
		.ask = ask,
		.now_s = yf_env_now_s(env),
		.parts = YF_NEW(arena, struct yf_result_part,
				presentations_of(response)),
		.transactions = YF_NEW(arena, struct yf_result_transaction,
				       transactions + 1),
	};

	if (!judge.parts || !judge.transactions)
		return YF_FAIL(MEMORY);
	const yf_err verdict = judge_all(&judge, response);
	if (is_our_failing(verdict))
		return verdict;
	out->verdict = YF_VERDICT_ACCEPTED;
	if (yf_failed(verdict))
		YF_TRY(yf_result_of_err(arena, verdict, out));
	if (out->verdict == YF_VERDICT_REFUSED)
		return YF_OK;
	out->parts = judge.parts;
	out->part_count = judge.part_count;
	out->transactions = judge.transactions;
	out->transaction_count = transactions;
	out->unreachable = judge.unreachable;
	return YF_OK;
}
