#include "card/issue.h"

#include "../support/citizen.h"
#include "../support/expect.h"
#include "card/claims.h"
#include "card/nonce.h"
#include "card/status.h"
#include "codec/base64url.h"
#include "codec/tdate.h"
#include "codec/base45.h"
#include "credential/tally.h"
#include "openid/proof.h"

#include <stdatomic.h>

enum { KEYS = 8, DAY_S = 86400 };

/* A citizen with evidence, a token and keys of their wallet. */
struct bed {
	struct yf_test_env *test;
	struct yf_person_ref person;
	yf_str token;
	struct yf_key *keys[KEYS];
};

static int open_bed(void **state)
{
	static struct bed bed;

	bed.test = yf_test_env_new();
	bed.person = citizen_new(bed.test, "N-1");
	citizen_prove(bed.test, &bed.person, YF_EVIDENCE_FACE_MATCH,
		      bed.test->now_s);
	bed.token = citizen_token(bed.test, &bed.person, "key");
	for (size_t i = 0; i < KEYS; i++)
		OK(yf_key_new(&bed.keys[i]));
	*state = &bed;
	return 0;
}

static int close_bed(void **state)
{
	struct bed *bed = *state;

	for (size_t i = 0; i < KEYS; i++)
		yf_key_free(bed->keys[i]);
	yf_test_env_free(bed->test);
	return 0;
}

#define BED_TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_bed, close_bed)

static yf_str fresh_nonce(const struct bed *bed)
{
	yf_str nonce = { NULL, 0 };

	OK(yf_nonce_make(&bed->test->env, bed->test->arena, YF_NONCE_CREDENTIAL,
			 &nonce));
	return nonce;
}

static struct yf_proof_ask right_proof(const struct bed *bed)
{
	return (struct yf_proof_ask){
		.issuer = bed->test->env.settings.url,
		.client_id = YF_STR(CITIZEN_WALLET),
		.nonce = fresh_nonce(bed),
		.now_s = bed->test->now_s,
	};
}

static yf_str prove(const struct bed *bed, const struct yf_key *key,
		    const struct yf_proof_ask *ask)
{
	const struct yf_signer signer = yf_signer_of_key(key);
	yf_str proof = { NULL, 0 };

	OK(yf_proof_make(bed->test->arena, &signer, ask, &proof));
	return proof;
}

static const struct yf_json *proofs_of(const struct bed *bed,
				       const yf_str *texts, size_t count)
{
	struct yf_json_out out = yf_json_out_new(bed->test->arena, 4096);
	const struct yf_json *tree = NULL;
	yf_str json;

	yf_json_out_object(&out, NULL);
	yf_json_out_array(&out, "jwt");
	for (size_t i = 0; i < count; i++)
		yf_json_out_str(&out, NULL, texts[i]);
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	OK(yf_json_out_end(&out, &json));
	OK(yf_json_parse(bed->test->arena, json, &tree));
	return tree;
}

/* Proofs of the first `count` keys under one nonce. */
static const struct yf_json *right_proofs(const struct bed *bed, size_t count)
{
	const struct yf_proof_ask ask = right_proof(bed);
	yf_str texts[KEYS];

	for (size_t i = 0; i < count; i++)
		texts[i] = prove(bed, bed->keys[i], &ask);
	return proofs_of(bed, texts, count);
}

static yf_err issue_as(const struct bed *bed, yf_str configuration,
		       const struct yf_json *proofs, yf_str *missing,
		       struct yf_issued *out)
{
	const struct yf_dpop dpop = citizen_dpop(bed->test, "key");
	const struct yf_issue_ask ask = {
		.access_token = bed->token,
		.dpop = &dpop,
		.configuration_id = configuration,
		.proofs = proofs,
		.detail = missing,
	};

	return yf_issue(&bed->test->env, bed->test->arena, &ask, out);
}

static yf_err issue(const struct bed *bed, const struct yf_json *proofs,
		    struct yf_issued *out)
{
	return issue_as(bed, YF_STR("id"), proofs, NULL, out);
}

static struct yf_vc verify_as(const struct bed *bed, yf_str credential,
			      yf_str vct)
{
	const struct yf_vc_rule rule = {
		.trust = bed->test->env.issuers,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.vcts = &vct,
		.vct_count = 1,
		.now_s = bed->test->now_s,
		.skew_s = 60,
		.binding = YF_BINDING_FORBIDDEN,
	};
	struct yf_vc vc = { 0 };

	OK(yf_vc_verify(bed->test->arena, credential, &rule, &vc));
	return vc;
}

static struct yf_vc verify(const struct bed *bed, yf_str credential)
{
	return verify_as(bed, credential, YF_STR("urn:yufu:id:1"));
}

static int64_t cards(const struct bed *bed)
{
	return yf_test_sql_int(bed->test, "SELECT count(*) FROM credential",
			       YF_BIND_NONE);
}

static void a_batch(void **state)
{
	const struct bed *bed = *state;
	struct yf_vc vcs[KEYS];
	struct yf_issued issued;

	OK(issue(bed, right_proofs(bed, KEYS), &issued));
	assert_int_equal(issued.count, KEYS);
	for (size_t i = 0; i < KEYS; i++) {
		vcs[i] = verify(bed, issued.credentials[i]);
		assert_true(vcs[i].has_holder);
		assert_true(yf_public_key_eq(&vcs[i].holder,
					     yf_key_public(bed->keys[i])));
		assert_true(yf_str_is(vcs[i].issuer, "https://city.example"));
		assert_true(
			yf_str_is(yf_json_text(vcs[i].claims, "family_name"),
				  "\xe6\xa0\xb7"));
		assert_true(yf_str_is(
			yf_json_text(vcs[i].claims, "assurance_level"),
			"basic"));
		/* Whole days, the same for all: nobody is told by a time. */
		assert_int_equal(vcs[i].issued_at_s % DAY_S, 0);
		assert_int_equal(vcs[i].expires_s % DAY_S, 0);
		assert_true(vcs[i].issued_at_s <= bed->test->now_s);
		assert_true(vcs[i].expires_s > bed->test->now_s);
	}
	assert_int_equal(cards(bed), 1);
	assert_int_equal(yf_test_sql_int(bed->test,
					 "SELECT count(*) FROM status_slot",
					 YF_BIND_NONE),
			 KEYS);
	assert_int_equal(yf_test_sql_int(bed->test,
					 "SELECT count(*) FROM act WHERE kind ="
					 " 'card_issued' AND actor = 'holder'",
					 YF_BIND_NONE),
			 1);
}

/* What one claims object is, another is: but for what must differ. */
static void assert_same_data(const struct yf_json *a, const struct yf_json *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		const yf_str name = a->items[i].name;
		if (yf_str_is(name, "cnf") || yf_str_is(name, "status"))
			continue;
		const struct yf_json *other = yf_json_get_str(b, name);
		assert_non_null(other);
		assert_true(yf_json_eq(&a->items[i], other));
	}
}

static void copies_share_data_and_nothing_else(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(arena) arena = yf_arena_new(8 * 1024 * 1024);
	struct yf_sdjwt cut[KEYS];
	struct yf_vc vcs[KEYS];
	struct yf_issued issued;

	OK(issue(bed, right_proofs(bed, KEYS), &issued));
	for (size_t i = 0; i < KEYS; i++) {
		vcs[i] = verify(bed, issued.credentials[i]);
		OK(yf_sdjwt_parse(arena, issued.credentials[i], &cut[i]));
		for (size_t j = 0; j < i; j++) {
			assert_same_data(vcs[i].claims, vcs[j].claims);
			assert_false(yf_public_key_eq(&vcs[i].holder,
						      &vcs[j].holder));
			assert_true(vcs[i].status.index != vcs[j].status.index);
			assert_false(yf_str_eq(cut[i].issuer_jwt,
					       cut[j].issuer_jwt));
			for (size_t a = 0; a < cut[i].disclosure_count; a++)
				for (size_t b = 0; b < cut[j].disclosure_count;
				     b++)
					assert_false(yf_str_eq(
						cut[i].disclosures[a],
						cut[j].disclosures[b]));
		}
	}
}

/* Nothing of the person stands in what every verifier gets. */
static void all_is_disclosable(void **state)
{
	static const char *const always[] = {
		"iss",    "iat", "nbf",     "exp", "cnf",
		"status", "vct", "_sd_alg", "_sd", "age_equal_or_over",
	};
	const struct bed *bed = *state;
	struct yf_issued issued;

	OK(issue(bed, right_proofs(bed, 1), &issued));
	const struct yf_vc vc = verify(bed, issued.credentials[0]);
	for (size_t i = 0; i < vc.payload->count; i++) {
		bool known = false;
		for (size_t a = 0; a < YF_COUNT(always); a++)
			known = known ||
				yf_str_is(vc.payload->items[i].name, always[a]);
		if (!known)
			fail_msg("%.*s", YF_ARG(vc.payload->items[i].name));
	}
	/* The object of ages is there, its members are digests. */
	const struct yf_json *ages =
		yf_json_get(vc.payload, "age_equal_or_over");
	if (ages)
		for (size_t i = 0; i < ages->count; i++)
			assert_true(yf_str_is(ages->items[i].name, "_sd"));
}

static void the_level_is_the_evidence_of_who_saw_them(void **state)
{
	const struct bed *bed = *state;
	struct yf_issued issued;

	citizen_prove(bed->test, &bed->person, YF_EVIDENCE_OFFICER_VETTED,
		      bed->test->now_s);
	OK(issue(bed, right_proofs(bed, 1), &issued));
	const struct yf_vc faced = verify(bed, issued.credentials[0]);
	assert_true(yf_str_is(yf_json_text(faced.claims, "assurance_level"),
			      "basic"));

	/* A token of a pre-authorized code. */
	yf_test_sql(bed->test, "UPDATE access_token SET client_id = ''",
		    YF_BIND_NONE);
	OK(issue(bed, right_proofs(bed, 1), &issued));
	const struct yf_vc offered = verify(bed, issued.credentials[0]);
	assert_true(yf_str_is(yf_json_text(offered.claims, "assurance_level"),
			      "upgraded"));
}

static void without_evidence(void **state)
{
	struct bed *bed = *state;
	struct yf_issued issued;

	yf_test_sql(bed->test, "UPDATE evidence SET withdrawn_s = $1",
		    YF_BIND(YF_INT(bed->test->now_s)));
	FAILS(issue(bed, right_proofs(bed, 1), &issued), REQUEST_DENIED);
	yf_test_sql(bed->test, "DELETE FROM evidence", YF_BIND_NONE);
	FAILS(issue(bed, right_proofs(bed, 1), &issued), REQUEST_DENIED);
	assert_int_equal(cards(bed), 0);
}

static void names_of_the_request(void **state)
{
	const struct bed *bed = *state;
	const struct yf_json *proofs = right_proofs(bed, 1);
	const struct yf_str_row {
		yf_str configuration, identifier;
		const char *want;
	} rows[] = {
		{ { NULL, 0 }, { NULL, 0 }, "INVALID_CREDENTIAL_REQUEST" },
		{ YF_STR("id"), YF_STR("id"), "INVALID_CREDENTIAL_REQUEST" },
		{ { NULL, 0 }, YF_STR("id"), "UNKNOWN_IDENTIFIER" },
		{ YF_STR("other"), { NULL, 0 }, "UNKNOWN_CONFIGURATION" },
		{ YF_STR(""), { NULL, 0 }, "UNKNOWN_CONFIGURATION" },
	};

	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		const struct yf_dpop dpop = citizen_dpop(bed->test, "key");
		const struct yf_issue_ask ask = {
			.access_token = bed->token,
			.dpop = &dpop,
			.configuration_id = rows[i].configuration,
			.identifier = rows[i].identifier,
			.proofs = proofs,
		};
		struct yf_issued issued;
		assert_string_equal(
			yf_err_name(yf_issue(&bed->test->env, bed->test->arena,
					     &ask, &issued)),
			rows[i].want);
	}
}

static void tokens(void **state)
{
	struct bed *bed = *state;
	const struct yf_json *proofs = right_proofs(bed, 1);
	const struct yf_dpop other = citizen_dpop(bed->test, "other");
	struct yf_issue_ask ask = {
		.access_token = bed->token,
		.dpop = &other,
		.configuration_id = YF_STR("id"),
		.proofs = proofs,
	};
	struct yf_issued issued;

	FAILS(yf_issue(&bed->test->env, bed->test->arena, &ask, &issued),
	      INVALID_TOKEN);
	const struct yf_dpop own = citizen_dpop(bed->test, "key");
	ask.dpop = &own;
	ask.access_token = YF_STR("unknown");
	FAILS(yf_issue(&bed->test->env, bed->test->arena, &ask, &issued),
	      INVALID_TOKEN);
	ask.access_token = bed->token;
	bed->test->now_s += YF_TOKEN_LIFE_S;
	FAILS(yf_issue(&bed->test->env, bed->test->arena, &ask, &issued),
	      INVALID_TOKEN);
}

static void dpop_used_twice(void **state)
{
	const struct bed *bed = *state;
	const struct yf_dpop dpop = citizen_dpop(bed->test, "key");
	struct yf_issue_ask ask = {
		.access_token = bed->token,
		.dpop = &dpop,
		.configuration_id = YF_STR("id"),
		.proofs = right_proofs(bed, 1),
	};
	struct yf_issued issued;

	OK(yf_issue(&bed->test->env, bed->test->arena, &ask, &issued));
	ask.proofs = right_proofs(bed, 1);
	FAILS(yf_issue(&bed->test->env, bed->test->arena, &ask, &issued),
	      INVALID_DPOP_PROOF);
	assert_int_equal(cards(bed), 1);
}

static yf_err issue_json(const struct bed *bed, const char *json)
{
	const struct yf_json *tree = NULL;
	struct yf_issued issued;

	if (json)
		OK(yf_json_parse(bed->test->arena, yf_str_of(json), &tree));
	return issue(bed, tree, &issued);
}

static void shapes_of_proofs(void **state)
{
	static const char *const shapes[] = {
		NULL,
		"{}",
		"[]",
		"\"x\"",
		"{\"jwt\":[]}",
		"{\"jwt\":\"x\"}",
		"{\"jwt\":[1]}",
		"{\"jwt\":[null]}",
		"{\"jwt\":[\"\"]}",
		"{\"jwt\":[\"a.b.c\"]}",
		"{\"ldp_vp\":[{}]}",
		"{\"attestation\":[\"a.b.c\"]}",
		"{\"jwt\":[\"a\"],\"ldp_vp\":[{}]}",
	};

	for (size_t i = 0; i < YF_COUNT(shapes); i++) {
		print_message("  %s\n", shapes[i] ? shapes[i] : "(none)");
		FAILS(issue_json(*state, shapes[i]), INVALID_PROOF);
	}
}

static void wrong_proofs(void **state)
{
	const struct bed *bed = *state;
	struct yf_issued issued;
	yf_str proof;

	struct yf_proof_ask ask = right_proof(bed);
	ask.issuer = YF_STR("https://other.example");
	proof = prove(bed, bed->keys[0], &ask);
	FAILS(issue(bed, proofs_of(bed, &proof, 1), &issued), INVALID_PROOF);

	ask = right_proof(bed);
	ask.client_id = YF_STR("other");
	proof = prove(bed, bed->keys[0], &ask);
	FAILS(issue(bed, proofs_of(bed, &proof, 1), &issued), INVALID_PROOF);

	ask = right_proof(bed);
	ask.now_s -= 3600;
	proof = prove(bed, bed->keys[0], &ask);
	FAILS(issue(bed, proofs_of(bed, &proof, 1), &issued), INVALID_PROOF);

	ask = right_proof(bed);
	ask.now_s += 3600;
	proof = prove(bed, bed->keys[0], &ask);
	FAILS(issue(bed, proofs_of(bed, &proof, 1), &issued), INVALID_PROOF);

	ask = right_proof(bed);
	ask.nonce = (yf_str){ NULL, 0 };
	proof = prove(bed, bed->keys[0], &ask);
	FAILS(issue(bed, proofs_of(bed, &proof, 1), &issued), INVALID_PROOF);

	ask = right_proof(bed);
	proof = prove(bed, bed->keys[0], &ask);
	char *flipped = YF_NEW(bed->test->arena, char, proof.len);
	memcpy(flipped, proof.ptr, proof.len);
	flipped[proof.len - 20] = flipped[proof.len - 20] == 'A' ? 'B' : 'A';
	proof.ptr = flipped;
	FAILS(issue(bed, proofs_of(bed, &proof, 1), &issued), INVALID_PROOF);
	assert_int_equal(cards(bed), 0);
}

static void one_wrong_spoils_all(void **state)
{
	const struct bed *bed = *state;
	struct yf_proof_ask ask = right_proof(bed);
	struct yf_issued issued;
	yf_str proofs[2];

	proofs[0] = prove(bed, bed->keys[0], &ask);
	ask.issuer = YF_STR("https://other.example");
	proofs[1] = prove(bed, bed->keys[1], &ask);
	FAILS(issue(bed, proofs_of(bed, proofs, 2), &issued), INVALID_PROOF);
	assert_int_equal(cards(bed), 0);
}

static void the_same_key_twice(void **state)
{
	const struct bed *bed = *state;
	const struct yf_proof_ask ask = right_proof(bed);
	struct yf_issued issued;
	yf_str proofs[2];

	proofs[0] = prove(bed, bed->keys[0], &ask);
	proofs[1] = prove(bed, bed->keys[0], &ask);
	FAILS(issue(bed, proofs_of(bed, proofs, 2), &issued), INVALID_PROOF);
}

/* The same types, with `count` copies in a batch. */
static struct yf_card_types types_with_batches(const struct bed *bed,
					       int64_t count)
{
	const struct yf_card_types *from = bed->test->env.types;
	struct yf_card_type *types =
		YF_NEW(bed->test->arena, struct yf_card_type, from->count);

	assert_non_null(types);
	memcpy(types, from->at, from->count * sizeof(*types));
	for (size_t i = 0; i < from->count; i++)
		types[i].batch_size = count;
	return (struct yf_card_types){ types, from->count };
}

static void too_many(void **state)
{
	struct bed *bed = *state;
	struct yf_issued issued;

	const struct yf_card_types types = types_with_batches(bed, 3);

	bed->test->env.types = &types;
	FAILS(issue(bed, right_proofs(bed, 4), &issued), INVALID_PROOF);
	OK(issue(bed, right_proofs(bed, 3), &issued));
	assert_int_equal(issued.count, 3);
}

/* OpenID4VCI 8.3: another type allows more than this one. */
static void fewer_than_asked(void **state)
{
	struct bed *bed = *state;
	struct yf_card_types types = types_with_batches(bed, 3);
	struct yf_card_type *at =
		YF_NEW(bed->test->arena, struct yf_card_type, types.count);
	struct yf_issued issued;

	memcpy(at, types.at, types.count * sizeof(*at));
	at[1].batch_size = 5;
	types.at = at;
	bed->test->env.types = &types;
	assert_false(yf_str_is(at[1].name, "id"));
	OK(issue(bed, right_proofs(bed, 5), &issued));
	assert_int_equal(issued.count, 3);
	FAILS(issue(bed, right_proofs(bed, 6), &issued), INVALID_PROOF);
}

static void nonces(void **state)
{
	struct bed *bed = *state;
	const struct yf_json *proofs = right_proofs(bed, 2);
	struct yf_proof_ask ask = right_proof(bed);
	struct yf_issued issued;
	yf_str proof;

	OK(issue(bed, proofs, &issued));
	FAILS(issue(bed, proofs, &issued), NONCE);
	assert_int_equal(cards(bed), 1);

	OK(yf_nonce_make(&bed->test->env, bed->test->arena, YF_NONCE_DPOP,
			 &ask.nonce));
	proof = prove(bed, bed->keys[0], &ask);
	FAILS(issue(bed, proofs_of(bed, &proof, 1), &issued), NONCE);

	ask.nonce = YF_STR("made-up");
	proof = prove(bed, bed->keys[0], &ask);
	FAILS(issue(bed, proofs_of(bed, &proof, 1), &issued), NONCE);

	ask = right_proof(bed);
	bed->test->now_s += YF_NONCE_AGE_S + 1;
	ask.now_s = bed->test->now_s;
	proof = prove(bed, bed->keys[0], &ask);
	FAILS(issue(bed, proofs_of(bed, &proof, 1), &issued), NONCE);
	assert_int_equal(cards(bed), 1);
}

/* A token is for one wallet's batches, not for a factory. */
static void a_token_is_spent(void **state)
{
	const struct bed *bed = *state;
	struct yf_issued issued;

	for (int i = 0; i < YF_TOKEN_COPIES_MAX / KEYS; i++)
		OK(issue(bed, right_proofs(bed, KEYS), &issued));
	FAILS(issue(bed, right_proofs(bed, 1), &issued), REQUEST_DENIED);
	assert_int_equal(cards(bed), YF_TOKEN_COPIES_MAX / KEYS);
}

/* --- types and formats --- */

static void take_token(struct bed *bed, yf_str type)
{
	const char *name;

	OK(yf_str_to_c(bed->test->arena, type, &name));
	bed->token = citizen_token_of(bed->test, &bed->person, name, "key");
}

static void every_type_as_sdjwt(void **state)
{
	struct bed *bed = *state;
	const struct yf_card_types *types = bed->test->env.types;

	for (size_t i = 0; i < types->count; i++) {
		const struct yf_card_type *type = &types->at[i];
		struct yf_issued issued;
		yf_str missing = { 0 };
		take_token(bed, type->name);
		OK(issue_as(bed, type->name, right_proofs(bed, 2), &missing,
			    &issued));
		const struct yf_vc vc =
			verify_as(bed, issued.credentials[0], type->vct);
		for (size_t c = 0; c < type->claim_count; c++)
			if (type->claims[c].mandatory)
				assert_non_null(yf_json_get_str(
					vc.claims,
					type->claims[c].path.steps[0].name));
	}
}

static const struct yf_mdoc_item *item_of(const struct yf_issuer_signed *mdoc,
					  const struct yf_type_element *element,
					  yf_str name)
{
	for (size_t i = 0; i < mdoc->item_count; i++)
		if (yf_str_eq(mdoc->items[i].name, name) &&
		    yf_str_eq(mdoc->items[i].name_space, element->name_space))
			return &mdoc->items[i];
	return NULL;
}

static void check_mdoc(const struct bed *bed, const struct yf_card_type *type,
		       yf_str credential, size_t key)
{
	struct yf_issuer_signed mdoc;
	yf_bytes bytes;

	OK(yf_base64url_decode(bed->test->arena, credential, &bytes));
	OK(yf_issuer_signed_parse(bed->test->arena, bytes, &mdoc));
	assert_true(yf_str_eq(mdoc.mso.doc_type, type->doctype));
	assert_true(yf_public_key_eq(&mdoc.mso.device_key,
				     yf_key_public(bed->keys[key])));
	assert_true(mdoc.mso.status.uri.len > 0);
	assert_int_equal(mdoc.mso.signed_at_s % DAY_S, 0);
	for (size_t c = 0; c < type->claim_count; c++) {
		const struct yf_type_claim *claim = &type->claims[c];
		const struct yf_type_element *element = &claim->element;
		if (!claim->mandatory || !element->name.len)
			continue;
		const yf_str name = element->encoding == YF_ELEMENT_AGES
					    ? YF_STR("age_over_18")
					    : element->name;
		const struct yf_mdoc_item *item = item_of(&mdoc, element, name);
		if (!item)
			fail_msg("%.*s", YF_ARG(name));
		if (element->encoding == YF_ELEMENT_FULL_DATE)
			assert_non_null(
				yf_cbor_tagged(item->value, YF_TAG_FULL_DATE));
		if (element->encoding == YF_ELEMENT_BSTR)
			assert_true(yf_cbor_is(item->value, YF_CBOR_BYTES));
		if (element->encoding == YF_ELEMENT_UINT)
			assert_true(yf_cbor_is(item->value, YF_CBOR_UINT));
	}
}

static void every_type_as_mdoc(void **state)
{
	struct bed *bed = *state;
	const struct yf_card_types *types = bed->test->env.types;

	for (size_t i = 0; i < types->count; i++) {
		const struct yf_card_type *type = &types->at[i];
		struct yf_issued issued;
		yf_str missing = { 0 };
		take_token(bed, type->name);
		OK(issue_as(bed, type->mdoc_configuration, right_proofs(bed, 2),
			    &missing, &issued));
		for (size_t k = 0; k < issued.count; k++)
			check_mdoc(bed, type, issued.credentials[k], k);
		/* One token, both formats. */
		OK(issue_as(bed, type->name, right_proofs(bed, 1), &missing,
			    &issued));
	}
}

#define ID_SPACE "urn:yufu:id:1"

/* From issuing to what a hotel's scanner proves, within the 1,300 bytes that
 * a phone scans at arm's length. */
static void a_tally(void **state)
{
	static const struct yf_mdoc_choice choices[] = {
		{ YF_STR(ID_SPACE), YF_STR("family_name") },
		{ YF_STR(ID_SPACE), YF_STR("given_name") },
		{ YF_STR(ID_SPACE), YF_STR("assurance_level") },
		{ YF_STR(ID_SPACE), YF_STR("age_over_18") },
		{ YF_STR(ID_SPACE), YF_STR("portrait_hash") },
	};
	struct bed *bed = *state;
	struct yf_arena *arena = bed->test->arena;
	const struct yf_signer device = yf_signer_of_key(bed->keys[0]);
	struct yf_tally_ask ask = {
		.choices = choices,
		.choice_count = YF_COUNT(choices),
		.device = &device,
		.now_s = bed->test->now_s,
		.purpose = YF_STR("hotel"),
	};
	struct yf_issued issued;
	struct yf_tally tally;
	struct yf_chain chain;
	yf_bytes packed;
	yf_str text;

	OK(issue_as(bed, YF_STR("id_tally"), right_proofs(bed, 1), NULL,
		    &issued));
	OK(yf_base64url_decode(arena, issued.credentials[0],
			       &ask.issuer_signed));
	OK(yf_tally_make(arena, &ask, &text));
	OK(yf_base45_decode(arena, yf_str_skip(text, YF_TALLY_PREFIX.len),
			    &packed));
	print_message("a tally of an id: %zu bytes, %zu characters\n",
		      packed.len, text.len);
	assert_true(packed.len <= 1300);
	OK(yf_signer_chain(&bed->test->env.issuer, &chain));
	const struct yf_tally_rule rule = {
		.trust = bed->test->env.issuers,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.signers = chain.certs,
		.signer_count = 1,
		.now_s = bed->test->now_s + 20,
		.skew_s = YF_TALLY_SKEW_S,
	};
	OK(yf_tally_verify(arena, text, &rule, NULL, &tally));
	assert_true(yf_str_is(tally.mdoc.doc_type, "urn:yufu:id:tally:1"));
	assert_int_equal(tally.mdoc.item_count, YF_COUNT(choices));
	assert_true(tally.mdoc.mso->status.uri.len > 0);
}

/* ISO 18013-5 7.2.4: DrivingPrivileges, its dates full-dates. */
static void the_licence_says_what_may_be_driven(void **state)
{
	struct bed *bed = *state;
	const struct yf_type_element element = { .name_space = YF_STR(
							 "org.iso.18013.5.1") };
	struct yf_issuer_signed mdoc;
	struct yf_issued issued;
	yf_bytes bytes;

	take_token(bed, YF_STR("driving-licence"));
	OK(issue_as(bed, YF_STR("driving-licence_mso_mdoc"),
		    right_proofs(bed, 1), NULL, &issued));
	OK(yf_base64url_decode(bed->test->arena, issued.credentials[0],
			       &bytes));
	OK(yf_issuer_signed_parse(bed->test->arena, bytes, &mdoc));
	const struct yf_mdoc_item *item =
		item_of(&mdoc, &element, YF_STR("driving_privileges"));
	assert_non_null(item);
	const struct yf_cbor *first = yf_cbor_at(item->value, 0);
	yf_str code;
	yf_str date;
	OK(yf_cbor_take_text(yf_cbor_get(first, "vehicle_category_code"),
			     &code));
	assert_true(yf_str_is(code, "B"));
	OK(yf_full_date_read(yf_cbor_get(first, "expiry_date"), &date));
	assert_true(yf_str_is(date, "2030-02-02"));
}

/* A token for one type buys no other. */
static void tokens_are_for_a_type(void **state)
{
	struct bed *bed = *state;
	struct yf_issued issued;

	FAILS(issue_as(bed, YF_STR("driving-licence"), right_proofs(bed, 1),
		       NULL, &issued),
	      UNKNOWN_CONFIGURATION);
	FAILS(issue_as(bed, YF_STR("driving-licence_mso_mdoc"),
		       right_proofs(bed, 1), NULL, &issued),
	      UNKNOWN_CONFIGURATION);
	assert_int_equal(cards(bed), 0);
}

/* Made up here, in a folder, and issued: no code knows it. */
static const char made_up[] =
	"{\"name\":\"pass\",\"number_prefix\":\"P\",\"level\":\"upgraded\","
	"\"mdoc\":{\"doctype\":\"x.pass\",\"namespace\":\"x.pass\"},"
	"\"display\":{\"en\":T,\"zh\":T,\"th\":T,\"vi\":T,\"ru\":T},"
	"\"colors\":{\"basic\":C,\"upgraded\":C},\"claims\":["
	"{\"path\":[\"pass\",\"kind\"],\"source\":\"attributes.pass\","
	"\"mandatory\":true,\"mdoc\":{\"element\":\"kind\"},\"names\":N},"
	"{\"path\":[\"pass\",\"number\"],\"source\":\"document_number\","
	"\"names\":N},"
	"{\"path\":[\"locker\"],\"source\":\"attributes.locker\",M"
	"\"names\":N}]}";

static yf_str fill(const struct bed *bed, const char *mandatory)
{
	struct yf_buf text = yf_buf_new(bed->test->arena, 4096);
	yf_str out = { 0 };

	for (const char *at = made_up; *at; at++) {
		const char *put = *at == 'T'   ? "{\"name\":\"n\","
						 "\"description\":\"d\"}"
				  : *at == 'C' ? "{\"background\":\"#000000\""
						 ",\"text\":\"#ffffff\"}"
				  : *at == 'N' ? "{\"en\":\"a\",\"zh\":\"b\","
						 "\"th\":\"c\",\"vi\":\"d\","
						 "\"ru\":\"e\"}"
				  : *at == 'M' ? mandatory
					       : NULL;
		if (put)
			yf_buf_text(&text, yf_str_of(put));
		else
			yf_buf_char(&text, *at);
	}
	OK(yf_buf_str(&text, &out));
	return out;
}

static struct yf_card_types with_made_up(const struct bed *bed,
					 const char *mandatory)
{
	struct yf_card_type *type =
		YF_NEW(bed->test->arena, struct yf_card_type, 1);
	yf_str problem = { 0 };

	assert_non_null(type);
	if (yf_failed(yf_card_type_parse(
		    bed->test->arena, YF_STR("pass.json"), fill(bed, mandatory),
		    &bed->test->env.settings, type, &problem)))
		fail_msg("%.*s", YF_ARG(problem));
	return (struct yf_card_types){ type, 1 };
}

static void a_made_up_type(void **state)
{
	struct bed *bed = *state;
	const struct yf_card_types types = with_made_up(bed, "");
	struct yf_issued issued;

	bed->test->env.types = &types;
	take_token(bed, YF_STR("pass"));
	/* A face alone does not carry its level. */
	FAILS(issue_as(bed, YF_STR("pass"), right_proofs(bed, 1), NULL,
		       &issued),
	      REQUEST_DENIED);
	citizen_prove(bed->test, &bed->person, YF_EVIDENCE_OFFICER_VETTED,
		      bed->test->now_s);
	yf_test_sql(bed->test, "UPDATE access_token SET client_id = ''",
		    YF_BIND_NONE);
	OK(issue_as(bed, YF_STR("pass"), right_proofs(bed, 1), NULL, &issued));
	const struct yf_vc vc =
		verify_as(bed, issued.credentials[0],
			  YF_STR("https://city.example/types/pass"));
	const struct yf_json *pass = yf_json_get(vc.claims, "pass");
	assert_true(yf_str_is(yf_json_text(pass, "kind"), "gold"));
	assert_true(yf_str_starts(yf_json_text(pass, "number"), YF_STR("P")));
	assert_null(yf_json_get(vc.claims, "locker"));
	OK(issue_as(bed, YF_STR("pass_mso_mdoc"), right_proofs(bed, 1), NULL,
		    &issued));
	check_mdoc(bed, &types.at[0], issued.credentials[0], 0);
}

static void what_is_missing_is_named(void **state)
{
	struct bed *bed = *state;
	const struct yf_card_types types =
		with_made_up(bed, "\"mandatory\":true,");
	struct yf_issued issued;
	yf_str missing = { 0 };

	bed->test->env.types = &types;
	take_token(bed, YF_STR("pass"));
	citizen_prove(bed->test, &bed->person, YF_EVIDENCE_OFFICER_VETTED,
		      bed->test->now_s);
	yf_test_sql(bed->test, "UPDATE access_token SET client_id = ''",
		    YF_BIND_NONE);
	FAILS(issue_as(bed, YF_STR("pass"), right_proofs(bed, 1), &missing,
		       &issued),
	      NO_DATA);
	assert_true(yf_str_is(missing, "attributes.locker"));
	assert_int_equal(cards(bed), 0);
}

/* The row is opened once: fields and portrait under one act. */
static void the_person_is_read_once(void **state)
{
	const struct bed *bed = *state;
	struct yf_issued issued;

	OK(issue(bed, right_proofs(bed, 1), &issued));
	assert_int_equal(yf_test_sql_int(bed->test,
					 "SELECT count(*) FROM act WHERE kind ="
					 " 'person_read'",
					 YF_BIND_NONE),
			 1);
}

struct racing {
	const struct bed *bed;
	const struct yf_json *proofs;
	struct yf_dpop dpops[8];
	atomic_int won;
	atomic_int refused;
};

static void race(void *ctx, size_t number)
{
	struct racing *r = ctx;
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	const struct yf_issue_ask ask = {
		.access_token = r->bed->token,
		.dpop = &r->dpops[number],
		.configuration_id = YF_STR("id"),
		.proofs = r->proofs,
	};
	struct yf_issued issued;
	const yf_err err = yf_issue(&r->bed->test->env, arena, &ask, &issued);

	if (!yf_failed(err))
		atomic_fetch_add(&r->won, 1);
	else if (err.code == YF_CODE_NONCE)
		atomic_fetch_add(&r->refused, 1);
}

static void of_many_at_once_one_wins(void **state)
{
	const struct bed *bed = *state;

	for (int i = 0; i < 3; i++) {
		struct racing r = { .bed = bed,
				    .proofs = right_proofs(bed, 2) };
		for (size_t d = 0; d < YF_COUNT(r.dpops); d++)
			r.dpops[d] = citizen_dpop(bed->test, "key");
		citizen_race(YF_COUNT(r.dpops), race, &r);
		assert_int_equal(atomic_load(&r.won), 1);
		assert_int_equal(atomic_load(&r.refused),
				 YF_COUNT(r.dpops) - 1);
		assert_int_equal(cards(bed), i + 1);
	}
}

static void notified(void **state)
{
	const struct bed *bed = *state;
	const struct yf_env *env = &bed->test->env;
	const struct yf_person_ref other = citizen_new(bed->test, "N-2");
	const yf_str other_token = citizen_token(bed->test, &other, "other");
	struct yf_issued issued;
	struct yf_token token;

	OK(issue(bed, right_proofs(bed, 1), &issued));
	OK(yf_token_load(env, bed->test->arena, bed->token, YF_STR("key"),
			 &token));
	for (int i = 0; i < 2; i++) {
		const struct yf_dpop dpop = citizen_dpop(bed->test, "key");
		OK(yf_issue_notify(env, &token, &dpop, issued.notification_id,
				   YF_STR("credential_accepted")));
		if (i)
			FAILS(yf_issue_notify(env, &token, &dpop,
					      issued.notification_id,
					      YF_STR("credential_accepted")),
			      INVALID_DPOP_PROOF);
	}
	assert_int_equal(
		yf_test_sql_int(bed->test,
				"SELECT count(*) FROM credential WHERE"
				" notification = 'credential_accepted'",
				YF_BIND_NONE),
		1);
	const struct yf_dpop dpop = citizen_dpop(bed->test, "key");
	FAILS(yf_issue_notify(env, &token, &dpop, YF_STR("unknown"),
			      YF_STR("credential_accepted")),
	      INVALID_NOTIFICATION_ID);
	/* Another person's: unknown, as far as they are concerned. */
	OK(yf_token_load(env, bed->test->arena, other_token, YF_STR("other"),
			 &token));
	const struct yf_dpop others = citizen_dpop(bed->test, "other");
	FAILS(yf_issue_notify(env, &token, &others, issued.notification_id,
			      YF_STR("credential_deleted")),
	      INVALID_NOTIFICATION_ID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BED_TEST(a_batch),
		BED_TEST(copies_share_data_and_nothing_else),
		BED_TEST(all_is_disclosable),
		BED_TEST(the_level_is_the_evidence_of_who_saw_them),
		BED_TEST(without_evidence),
		BED_TEST(names_of_the_request),
		BED_TEST(tokens),
		BED_TEST(dpop_used_twice),
		BED_TEST(shapes_of_proofs),
		BED_TEST(wrong_proofs),
		BED_TEST(one_wrong_spoils_all),
		BED_TEST(the_same_key_twice),
		BED_TEST(every_type_as_sdjwt),
		BED_TEST(every_type_as_mdoc),
		BED_TEST(a_tally),
		BED_TEST(the_licence_says_what_may_be_driven),
		BED_TEST(tokens_are_for_a_type),
		BED_TEST(a_made_up_type),
		BED_TEST(what_is_missing_is_named),
		BED_TEST(the_person_is_read_once),
		BED_TEST(too_many),
		BED_TEST(fewer_than_asked),
		BED_TEST(nonces),
		BED_TEST(a_token_is_spent),
		BED_TEST(of_many_at_once_one_wins),
		BED_TEST(notified),
	};
	return cmocka_run_group_tests_name("card/issue", tests, NULL, NULL);
}
