#include <yufu/verify.h>

#include "../support/expect.h"
#include "../support/house.h"
#include "codec/base64url.h"
#include "credential/bundle.h"
#include "credential/mdoc_issue.h"
#include "credential/tally.h"
#include "crypto/jws.h"
#include "openid/handover.h"

#include <stdlib.h>

#define AUDIENCE "x509_hash:gate"
#define NONCE "n-0S6_WzA2Mj"
#define RESPONSE_URI "https://gate.example/answer"
#define LIST_URI "https://issuer.example/status/1"
#define DOC_TYPE "org.example.id.1"

enum { NOW_S = HOUSE_NOW_S, VALID = 3, REVOKED = 7, SUSPENDED = 9 };

/* A city, what it issued, and what was made of that. */
struct city {
	struct house house;
	yf_str pem;
	yf_str issued;
	yf_str shown; /* SD-JWT VC with key binding */
	yf_bytes mdoc;
	yf_bytes response; /* DeviceResponse for OpenID4VP */
	yf_str tally;
	yf_str status_jwt;
	yf_bytes status_cwt;
	yf_bytes bundle;
	struct yufu_verifier *verifier;
};

static const struct yufu_ask occasion = {
	.size = sizeof(occasion),
	.now_s = NOW_S + 10,
	.nonce = NONCE,
	.audience = AUDIENCE,
	.response_uri = RESPONSE_URI,
};

static const struct yufu_ask no_occasion = { .size = sizeof(no_occasion),
					     .now_s = NOW_S + 10 };

static const struct yf_mdoc_choice choices[] = {
	{ { DOC_TYPE, sizeof(DOC_TYPE) - 1 }, { "family_name", 11 } },
	{ { DOC_TYPE, sizeof(DOC_TYPE) - 1 }, { "age_over_18", 11 } },
};

/* --- building --- */

static yf_str issue_sdjwt(struct city *city, int64_t index)
{
	struct house *house = &city->house;
	struct yf_claim_path paths[2];
	yf_str text = { 0 };
	struct yf_vc_ask ask = {
		.vct = YF_STR("urn:example:id:1"),
		.issuer = YF_STR("https://issuer.example"),
		.issued_at_s = NOW_S,
		.expires_s = NOW_S + 1000,
		.holder = yf_key_public(house->holder_key),
		.status = { YF_STR(LIST_URI), index },
		.disclosable = paths,
		.disclosable_count = 2,
	};

	OK(yf_json_parse(house->arena,
			 YF_STR("{\"given_name\":\"An\",\"age\":30}"),
			 &ask.claims));
	OK(yf_claim_path_of(house->arena, "given_name", &paths[0]));
	OK(yf_claim_path_of(house->arena, "age", &paths[1]));
	OK(yf_vc_issue(house->arena, &house->issuer, &ask, &text));
	return text;
}

static void make_sdjwt(struct city *city)
{
	const struct yf_kb_ask kb = { .audience = YF_STR(AUDIENCE),
				      .nonce = YF_STR(NONCE),
				      .now_s = NOW_S + 5 };

	city->issued = issue_sdjwt(city, VALID);
	OK(yf_sdjwt_bind(city->house.arena, &city->house.holder, city->issued,
			 &kb, &city->shown));
}

static void make_mdoc(struct city *city)
{
	struct house *house = &city->house;
	static const uint8_t is_true[] = { 0xf5 };
	static const uint8_t doe[] = { 0x63, 'D', 'o', 'e' };
	const struct yf_mdoc_element elements[] = {
		{ YF_STR(DOC_TYPE),
		  YF_STR("family_name"),
		  { doe, sizeof(doe) } },
		{ YF_STR(DOC_TYPE),
		  YF_STR("age_over_18"),
		  { is_true, sizeof(is_true) } },
	};
	const struct yf_mdoc_ask ask = {
		.doc_type = YF_STR(DOC_TYPE),
		.holder = yf_key_public(house->holder_key),
		.signed_at_s = NOW_S,
		.valid_from_s = NOW_S,
		.valid_until_s = NOW_S + 1000,
		.status = { YF_STR(LIST_URI), VALID },
		.elements = elements,
		.element_count = YF_COUNT(elements),
	};
	struct yf_mdoc_show show = { .choices = choices,
				     .choice_count = YF_COUNT(choices),
				     .device = &house->holder };
	const struct yf_tally_ask tally = {
		.choices = choices,
		.choice_count = YF_COUNT(choices),
		.device = &house->holder,
		.now_s = NOW_S,
		.purpose = YF_STR("hotel"),
	};
	struct yf_tally_ask shown = tally;

	OK(yf_mdoc_issue(house->arena, &house->issuer, &ask, &city->mdoc));
	OK(yf_handover_redirect(house->arena, YF_STR(AUDIENCE), YF_STR(NONCE),
				NULL, YF_STR(RESPONSE_URI), &show.transcript));
	show.issuer_signed = city->mdoc;
	OK(yf_device_response_make(house->arena, &show, 1, &city->response));
	shown.issuer_signed = city->mdoc;
	OK(yf_tally_make(house->arena, &shown, &city->tally));
}

static void make_lists(struct city *city)
{
	struct house *house = &city->house;
	struct yf_status_token token = { .uri = YF_STR(LIST_URI),
					 .issued_at_s = NOW_S,
					 .expires_s = NOW_S + 600 };
	struct yf_bundle_list list = { .uri = YF_STR(LIST_URI), .bits = 2 };
	struct yf_chain chain = { 0 };

	OK(yf_status_list_new(house->arena, 2, 64, &token.list));
	OK(yf_status_list_set(&token.list, REVOKED, YF_STATUS_INVALID));
	OK(yf_status_list_set(&token.list, SUSPENDED, YF_STATUS_SUSPENDED));
	OK(yf_status_token_make(house->arena, &house->issuer, &token,
				&city->status_jwt));
	OK(yf_status_cwt_make(house->arena, &house->issuer, &token,
			      &city->status_cwt));
	OK(yf_status_list_pack(house->arena, &token.list, &list.lst));
	OK(yf_signer_chain(&house->issuer, &chain));
	const struct yf_bundle bundle = {
		.issuer = YF_STR("https://issuer.example"),
		.sequence = 41,
		.made_s = NOW_S,
		.not_before_s = NOW_S,
		.expires_s = NOW_S + 600,
		.issuers = &house->root,
		.issuer_count = 1,
		.signers = chain.certs,
		.signer_count = 1,
		.lists = &list,
		.list_count = 1,
	};
	OK(yf_bundle_make(house->arena, &house->issuer, &bundle,
			  &city->bundle));
}

static struct yufu_verifier *trusting(const struct city *city)
{
	struct yufu_verifier *verifier = NULL;

	assert_int_equal(yufu_verifier_new(&verifier), 0);
	assert_int_equal(yufu_verifier_trust(verifier, city->pem.ptr,
					     city->pem.len, NOW_S),
			 0);
	return verifier;
}

static int setup(void **state)
{
	struct city *city = calloc(1, sizeof(*city));

	house_open(&city->house);
	const struct yf_chain root = { { city->house.root }, 1 };
	OK(yf_chain_to_pem(city->house.arena, &root, &city->pem));
	make_sdjwt(city);
	make_mdoc(city);
	make_lists(city);
	city->verifier = trusting(city);
	assert_int_equal(yufu_verifier_bundle(city->verifier, city->bundle.ptr,
					      city->bundle.len, NOW_S + 10),
			 0);
	*state = city;
	return 0;
}

static int teardown(void **state)
{
	struct city *city = *state;

	yufu_verifier_free(city->verifier);
	house_close(&city->house);
	free(city);
	return 0;
}

/* --- asking --- */

static struct yufu_result *present(const struct yufu_verifier *verifier,
				   yf_bytes shown, const struct yufu_ask *ask)
{
	struct yufu_result *result = NULL;

	assert_int_equal(yufu_verify_presentation(verifier, shown.ptr,
						  shown.len, ask, &result),
			 0);
	return result;
}

/* Never only "invalid": a reason, what to do, and which step it was. */
static void explains(struct yufu_result *result)
{
	const char *json = yufu_result_text(result, NULL);

	assert_non_null(json);
	assert_non_null(yufu_result_text(result, "steps.0.step"));
	if (yufu_result_verdict(result) == YUFU_ACCEPTED) {
		assert_null(yufu_result_text(result, "reason"));
		assert_null(strstr(json, "\"failed\""));
		assert_null(strstr(json, "\"not_reached\""));
		return;
	}
	assert_non_null(yufu_result_text(result, "reason"));
	assert_non_null(yufu_result_text(result, "advice"));
	assert_true(strstr(json, "\"failed\"") || strstr(json, "\"unknown\""));
}

static void expect(struct yufu_result *result, enum yufu_verdict verdict,
		   const char *reason)
{
	const char *said = yufu_result_text(result, "reason");

	if (yufu_result_verdict(result) != verdict)
		print_message("%s\n", yufu_result_text(result, NULL));
	explains(result);
	assert_int_equal(yufu_result_verdict(result), verdict);
	if (reason)
		assert_string_equal(said, reason);
	else
		assert_null(said);
	yufu_result_free(result);
}

static void is_member(struct yufu_result *result, const char *path,
		      const char *value)
{
	const char *said = yufu_result_text(result, path);

	if (!value) {
		assert_null(said);
		return;
	}
	assert_non_null(said);
	assert_string_equal(said, value);
}

/* --- what holds --- */

static void an_sdjwt_is_explained(void **state)
{
	const struct city *city = *state;
	struct yufu_result *result =
		present(city->verifier, yf_bytes_of(city->shown), &occasion);

	is_member(result, "verdict", "accepted");
	is_member(result, "format", "dc+sd-jwt");
	is_member(result, "type", "urn:example:id:1");
	is_member(result, "claims.given_name", "An");
	is_member(result, "claims.age", "30");
	is_member(result, "holder", "proved");
	is_member(result, "holder_by", "key_binding");
	is_member(result, "status", "valid");
	is_member(result, "status_list.uri", LIST_URI);
	is_member(result, "status_list.index", "3");
	is_member(result, "status_list.source", "bundle");
	is_member(result, "status_list.age", "10");
	is_member(result, "certificate.subject",
		  "CN=Test issuer,O=City of Test,C=XX");
	is_member(result, "certificate.root", "CN=Test root,C=XX");
	is_member(result, "digests.matched", "2");
	is_member(result, "digests.mismatch", NULL);
	is_member(result, "nothing", NULL);
	is_member(result, "steps.99.step", NULL);
	assert_ptr_equal(yufu_result_text(result, "claims"),
			 yufu_result_text(result, "claims"));
	expect(result, YUFU_ACCEPTED, NULL);
	expect(present(city->verifier, yf_bytes_of(city->issued), &no_occasion),
	       YUFU_ACCEPTED, NULL);
}

static void an_mdoc_is_explained(void **state)
{
	const struct city *city = *state;
	struct yufu_result *result =
		present(city->verifier, city->response, &occasion);
	yf_str text = { 0 };

	is_member(result, "format", "mso_mdoc");
	is_member(result, "type", DOC_TYPE);
	is_member(result, "holder_by", "device_signature");
	is_member(result, "certificate.root", "CN=Test root,C=XX");
	assert_non_null(strstr(yufu_result_text(result, "claims"), "\"Doe\""));
	expect(result, YUFU_ACCEPTED, NULL);
	OK(yf_base64url_encode(city->house.arena, city->response, &text));
	expect(present(city->verifier, yf_bytes_of(text), &occasion),
	       YUFU_ACCEPTED, NULL);
	expect(present(city->verifier, city->response, &no_occasion),
	       YUFU_ACCEPTED, NULL);
	expect(present(city->verifier, city->mdoc, &no_occasion), YUFU_ACCEPTED,
	       NULL);
	/* A card as issued is not shown by anybody. */
	expect(present(city->verifier, city->mdoc, &occasion), YUFU_REFUSED,
	       "holder");
}

static void a_transcript_does_as_well(void **state)
{
	const struct city *city = *state;
	struct yufu_ask ask = no_occasion;
	yf_bytes transcript = { 0 };

	OK(yf_handover_redirect(city->house.arena, YF_STR(AUDIENCE),
				YF_STR(NONCE), NULL, YF_STR(RESPONSE_URI),
				&transcript));
	ask.transcript = transcript.ptr;
	ask.transcript_len = transcript.len;
	expect(present(city->verifier, city->response, &ask), YUFU_ACCEPTED,
	       NULL);
	/* It is no session of an SD-JWT, and must not pass for one. */
	expect(present(city->verifier, yf_bytes_of(city->shown), &ask),
	       YUFU_REFUSED, "unsupported");
}

static void a_tally_is_explained(void **state)
{
	const struct city *city = *state;
	struct yufu_result *result = NULL;
	struct yufu_ask ask = no_occasion;

	ask.purpose = "hotel";
	assert_int_equal(yufu_verify_tally(city->verifier, city->tally.ptr,
					   city->tally.len, &ask, &result),
			 0);
	is_member(result, "format", "tally");
	is_member(result, "tally.purpose", "hotel");
	assert_int_equal(strlen(yufu_result_text(result, "tally.id")), 64);
	is_member(result, "holder", "proved");
	expect(result, YUFU_ACCEPTED, NULL);

	ask.purpose = "bank";
	assert_int_equal(yufu_verify_tally(city->verifier, city->tally.ptr,
					   city->tally.len, &ask, &result),
			 0);
	expect(result, YUFU_REFUSED, "audience");
	ask = no_occasion;
	ask.now_s = NOW_S + 300;
	assert_int_equal(yufu_verify_tally(city->verifier, city->tally.ptr,
					   city->tally.len, &ask, &result),
			 0);
	expect(result, YUFU_REFUSED, "expired");
	/* Past the bundle nobody knows. */
	ask.now_s = NOW_S + 601;
	assert_int_equal(yufu_verify_tally(city->verifier, city->tally.ptr,
					   city->tally.len, &ask, &result),
			 0);
	expect(result, YUFU_UNDETERMINED, "clock");
	expect(present(city->verifier, yf_bytes_of(city->tally), &no_occasion),
	       YUFU_REFUSED, "unsupported");
}

/* --- what does not --- */

static const struct {
	const char *name;
	struct yufu_ask ask;
	const char *reason;
	enum yufu_verdict verdict;
} occasions[] = {
	{ "another nonce",
	  { .now_s = NOW_S + 10, .nonce = "other", .audience = AUDIENCE },
	  "nonce",
	  YUFU_REFUSED },
	{ "another audience",
	  { .now_s = NOW_S + 10, .nonce = NONCE, .audience = "other" },
	  "audience",
	  YUFU_REFUSED },
	{ "another type",
	  { .now_s = NOW_S + 10, .type = "urn:example:id:2" },
	  "not_asked",
	  YUFU_REFUSED },
	{ "too late", { .now_s = NOW_S + 2000 }, "expired", YUFU_REFUSED },
	{ "too early", { .now_s = NOW_S - 2000 }, "not_yet", YUFU_REFUSED },
	{ "the bundle is over",
	  { .now_s = NOW_S + 700 },
	  "unreachable",
	  YUFU_UNDETERMINED },
	{ "shown too long ago",
	  { .now_s = NOW_S + 500, .nonce = NONCE, .audience = AUDIENCE },
	  "holder",
	  YUFU_REFUSED },
};

static void occasions_matter(void **state)
{
	const struct city *city = *state;

	for (size_t i = 0; i < YF_COUNT(occasions); i++) {
		struct yufu_ask ask = occasions[i].ask;

		print_message("  %s\n", occasions[i].name);
		ask.size = sizeof(ask);
		expect(present(city->verifier, yf_bytes_of(city->shown), &ask),
		       occasions[i].verdict, occasions[i].reason);
	}
	struct yufu_ask ask = occasion;
	ask.response_uri = "https://other.example/answer";
	expect(present(city->verifier, city->response, &ask), YUFU_REFUSED,
	       "holder");
	ask = occasion;
	ask.thumbprint = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	expect(present(city->verifier, city->response, &ask), YUFU_REFUSED,
	       "holder");
	ask = occasion;
	ask.now_s = NOW_S + 2000;
	expect(present(city->verifier, city->response, &ask), YUFU_REFUSED,
	       "expired");
}

static struct yufu_result *ask_for(const struct city *city, yf_bytes shown,
				   const struct yufu_ask *ask, bool tally)
{
	struct yufu_result *result = NULL;

	if (!tally)
		return present(city->verifier, shown, ask);
	assert_int_equal(yufu_verify_tally(city->verifier, shown.ptr, shown.len,
					   ask, &result),
			 0);
	return result;
}

/*
 * Each byte matters, and each has its reason.  But for `unsigned_max` of them,
 * which nobody signed and which change nothing that is said.
 */
static void flipped_bytes_are_refused(const struct city *city, yf_bytes shown,
				      const struct yufu_ask *ask, bool tally,
				      size_t unsigned_max)
{
	uint8_t *copy = malloc(shown.len);
	struct yufu_result *whole = ask_for(city, shown, ask, tally);
	size_t taken = 0;

	for (size_t i = 0; i < shown.len; i++) {
		memcpy(copy, shown.ptr, shown.len);
		copy[i] ^= (uint8_t)(1u << i % 7);
		struct yufu_result *result = ask_for(
			city, (yf_bytes){ copy, shown.len }, ask, tally);
		explains(result);
		if (yufu_result_verdict(result) != YUFU_ACCEPTED) {
			assert_null(yufu_result_text(result, "claims"));
		} else {
			taken++;
			print_message("  byte %zu of %zu is taken\n", i,
				      shown.len);
			assert_string_equal(yufu_result_text(result, "claims"),
					    yufu_result_text(whole, "claims"));
		}
		yufu_result_free(result);
	}
	assert_true(taken <= unsigned_max);
	yufu_result_free(whole);
	free(copy);
}

static void each_byte_of_an_sdjwt(void **state)
{
	const struct city *city = *state;

	flipped_bytes_are_refused(city, yf_bytes_of(city->shown), &occasion,
				  false, 0);
}

static void each_byte_of_an_mdoc(void **state)
{
	const struct city *city = *state;

	/* The minor version of the envelope is nobody's. */
	flipped_bytes_are_refused(city, city->response, &occasion, false, 1);
}

static void each_byte_of_a_tally(void **state)
{
	const struct city *city = *state;

	/* The same, and what the compression leaves free. */
	flipped_bytes_are_refused(city, yf_bytes_of(city->tally), &no_occasion,
				  true, 4);
}

static void each_truncation_is_refused(void **state)
{
	const struct city *city = *state;
	const yf_bytes shown[] = { yf_bytes_of(city->shown), city->response,
				   city->mdoc };

	for (size_t which = 0; which < YF_COUNT(shown); which++)
		for (size_t len = 0; len < shown[which].len; len += 3) {
			struct yufu_result *result = present(
				city->verifier,
				(yf_bytes){ shown[which].ptr, len }, &occasion);
			explains(result);
			assert_int_equal(yufu_result_verdict(result),
					 YUFU_REFUSED);
			assert_null(yufu_result_text(result, "claims"));
			yufu_result_free(result);
		}
}

static void nobody_and_somebody_else_trusted(void **state)
{
	const struct city *city = *state;
	struct yufu_verifier *verifier = NULL;
	struct house other;
	yf_str pem = { 0 };

	assert_int_equal(yufu_verifier_new(&verifier), 0);
	expect(present(verifier, yf_bytes_of(city->shown), &occasion),
	       YUFU_UNDETERMINED, "untrusted");
	expect(present(verifier, city->response, &occasion), YUFU_UNDETERMINED,
	       "untrusted");
	assert_int_equal(yufu_verifier_bundle(verifier, city->bundle.ptr,
					      city->bundle.len, NOW_S),
			 YUFU_UNTRUSTED);
	house_open(&other);
	const struct yf_chain root = { { other.root }, 1 };
	OK(yf_chain_to_pem(other.arena, &root, &pem));
	assert_int_equal(yufu_verifier_trust(verifier, pem.ptr, pem.len, NOW_S),
			 0);
	expect(present(verifier, yf_bytes_of(city->shown), &occasion),
	       YUFU_REFUSED, "untrusted");
	expect(present(verifier, city->response, &occasion), YUFU_REFUSED,
	       "untrusted");
	house_close(&other);
	yufu_verifier_free(verifier);
}

/* --- status --- */

static void status_is_told_apart(void **state)
{
	struct city *city = *state;
	const struct {
		int64_t index;
		enum yufu_verdict verdict;
		const char *reason;
	} entries[] = {
		{ VALID, YUFU_ACCEPTED, NULL },
		{ REVOKED, YUFU_REFUSED, "revoked" },
		{ SUSPENDED, YUFU_REFUSED, "suspended" },
		{ 100000, YUFU_REFUSED, "range" },
		{ -1, YUFU_ACCEPTED, NULL },
	};

	for (size_t i = 0; i < YF_COUNT(entries); i++) {
		struct yufu_result *result = NULL;
		assert_int_equal(yufu_verify_status(city->verifier, LIST_URI,
						    entries[i].index,
						    &no_occasion, &result),
				 0);
		expect(result, entries[i].verdict, entries[i].reason);
	}
	struct yufu_result *result =
		present(city->verifier, yf_bytes_of(issue_sdjwt(city, REVOKED)),
			&no_occasion);
	is_member(result, "status", "revoked");
	assert_non_null(yufu_result_text(result, "claims"));
	expect(result, YUFU_REFUSED, "revoked");
	assert_int_equal(yufu_verify_status(city->verifier,
					    "https://other.example/1", 1,
					    &no_occasion, &result),
			 0);
	assert_non_null(strstr(yufu_result_text(result, "advice"),
			       "https://other.example/1"));
	expect(result, YUFU_UNDETERMINED, "unreachable");
}

static void tokens_do_without_a_bundle(void **state)
{
	const struct city *city = *state;
	const yf_bytes tokens[] = { yf_bytes_of(city->status_jwt),
				    city->status_cwt };

	for (size_t i = 0; i < YF_COUNT(tokens); i++) {
		struct yufu_verifier *verifier = trusting(city);
		struct yufu_result *result = NULL;
		struct yufu_ask ask = occasion;

		expect(present(verifier, yf_bytes_of(city->shown), &occasion),
		       YUFU_UNDETERMINED, "unreachable");
		assert_int_equal(
			yufu_verify_status(verifier, NULL, -1, NULL, &result),
			YUFU_BAD_ARGUMENT);
		assert_int_equal(yufu_verifier_status(verifier, tokens[i].ptr,
						      tokens[i].len),
				 0);
		result = present(verifier, yf_bytes_of(city->shown), &occasion);
		is_member(result, "status_list.source", "token");
		expect(result, YUFU_ACCEPTED, NULL);
		assert_int_equal(yufu_verify_status(verifier, NULL, -1,
						    &no_occasion, &result),
				 0);
		is_member(result, "status_list.uri", LIST_URI);
		expect(result, YUFU_ACCEPTED, NULL);
		ask.nonce = ask.audience = ask.response_uri = NULL;
		ask.now_s = NOW_S + 700;
		expect(present(verifier, yf_bytes_of(city->shown), &ask),
		       YUFU_UNDETERMINED, "unreachable");
		yufu_verifier_free(verifier);
	}
}

/* --- filling --- */

static void what_a_verifier_does_not_take(void **state)
{
	const struct city *city = *state;
	struct yufu_verifier *verifier = NULL;
	static const struct {
		const char *text;
		int error;
	} trusts[] = {
		{ "", YUFU_BAD_FORMAT },
		{ "hello", YUFU_BAD_FORMAT },
		{ "{", YUFU_BAD_FORMAT },
		{ "{\"kty\":\"EC\"}", YUFU_BAD_KEY },
		{ "{\"keys\":[]}", YUFU_BAD_KEY },
		{ "{\"keys\":3}", YUFU_BAD_FORMAT },
		{ "eyJ.a.b", YUFU_BAD_FORMAT },
		{ "-----BEGIN CERTIFICATE-----\nAAAA\n"
		  "-----END CERTIFICATE-----\n",
		  YUFU_BAD_FORMAT },
	};
	static char large[YUFU_TRUST_LEN_MAX + 1];

	assert_int_equal(yufu_verifier_new(NULL), YUFU_BAD_ARGUMENT);
	assert_int_equal(yufu_verifier_new(&verifier), 0);
	for (size_t i = 0; i < YF_COUNT(trusts); i++) {
		print_message("  %s\n", trusts[i].text);
		assert_int_equal(yufu_verifier_trust(verifier, trusts[i].text,
						     strlen(trusts[i].text), 0),
				 trusts[i].error);
	}
	assert_int_equal(yufu_verifier_trust(verifier, large, sizeof(large), 0),
			 YUFU_TOO_LARGE);
	assert_int_equal(yufu_verifier_trust(verifier, NULL, 0, 0),
			 YUFU_BAD_ARGUMENT);
	assert_int_equal(yufu_verifier_trust(NULL, "", 0, 0),
			 YUFU_BAD_ARGUMENT);
	assert_int_equal(yufu_verifier_status(verifier, "x", 1),
			 YUFU_BAD_FORMAT);
	assert_int_equal(yufu_verifier_bundle(verifier, "x", 1, 0),
			 YUFU_BAD_FORMAT);
	assert_int_equal(yufu_verifier_trust(verifier, city->house.root.ptr,
					     city->house.root.len, NOW_S),
			 0);
	assert_int_equal(yufu_verifier_bundle(verifier, city->bundle.ptr,
					      city->bundle.len, NOW_S + 10000),
			 YUFU_EXPIRED);
	assert_int_equal(yufu_verifier_bundle(verifier, city->bundle.ptr,
					      city->bundle.len, NOW_S - 10000),
			 YUFU_NOT_YET);
	for (size_t i = 0; i < YUFU_STATUS_LISTS_MAX; i++)
		assert_int_equal(yufu_verifier_status(verifier,
						      city->status_cwt.ptr,
						      city->status_cwt.len),
				 0);
	assert_int_equal(yufu_verifier_status(verifier, city->status_cwt.ptr,
					      city->status_cwt.len),
			 YUFU_TOO_LARGE);
	yufu_verifier_free(verifier);
	yufu_verifier_free(NULL);
	yufu_result_free(NULL);
}

static void each_byte_of_a_bundle(void **state)
{
	const struct city *city = *state;
	struct yufu_verifier *verifier = trusting(city);
	uint8_t *copy = malloc(city->bundle.len);

	for (size_t i = 0; i < city->bundle.len; i++) {
		memcpy(copy, city->bundle.ptr, city->bundle.len);
		copy[i] ^= (uint8_t)(1u << i % 8);
		assert_int_not_equal(yufu_verifier_bundle(verifier, copy,
							  city->bundle.len,
							  NOW_S + 10),
				     0);
	}
	free(copy);
	/* None of them left anything behind. */
	expect(present(verifier, yf_bytes_of(city->shown), &occasion),
	       YUFU_UNDETERMINED, "unreachable");
	yufu_verifier_free(verifier);
}

static yf_str trust_list(struct city *city, int64_t expires_s)
{
	struct house *house = &city->house;
	struct yf_json_out json = yf_json_out_new(house->arena, 2048);
	const struct yf_chain root = { { house->root }, 1 };
	struct yf_chain chain = { 0 };
	yf_str payload = { 0 };
	yf_str jwt = { 0 };

	OK(yf_signer_chain(&house->issuer, &chain));
	yf_json_out_object(&json, NULL);
	yf_json_out_int(&json, "iat", NOW_S);
	yf_json_out_int(&json, "exp", expires_s);
	yf_json_out_array(&json, "issuers");
	yf_json_out_object(&json, NULL);
	yf_x5c_put(&json, "x5c", &root);
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	yf_json_out_array(&json, "registrars");
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	OK(yf_json_out_end(&json, &payload));
	const struct yf_jws_header header = { .typ = YF_STR("trust-list+jwt"),
					      .x5c = &chain };
	OK(yf_jws_sign(house->arena, &house->issuer, &header, payload, &jwt));
	return jwt;
}

static void a_trust_list_is_trusted(void **state)
{
	struct city *city = *state;
	struct yufu_verifier *verifier = NULL;
	const yf_str list = trust_list(city, NOW_S + 600);

	assert_int_equal(yufu_verifier_new(&verifier), 0);
	assert_int_equal(yufu_verifier_trust(verifier, list.ptr, list.len,
					     NOW_S + 10000),
			 YUFU_EXPIRED);
	assert_int_equal(
		yufu_verifier_trust(verifier, list.ptr, list.len, NOW_S), 0);
	assert_int_equal(yufu_verifier_bundle(verifier, city->bundle.ptr,
					      city->bundle.len, NOW_S),
			 0);
	expect(present(verifier, yf_bytes_of(city->shown), &occasion),
	       YUFU_ACCEPTED, NULL);
	yufu_verifier_free(verifier);
}

static void what_no_ask_may_say(void **state)
{
	const struct city *city = *state;
	struct {
		struct yufu_ask ask;
		uint64_t more;
	} newer = { .ask = { .size = sizeof(newer) } };
	const struct yufu_ask wrong[] = {
		{ .size = 0 },
		{ .size = 1 << 20 },
		{ .size = sizeof(occasion), .now_s = -1 },
		{ .size = sizeof(occasion), .nonce = NONCE },
		{ .size = sizeof(occasion), .audience = AUDIENCE },
		{ .size = sizeof(occasion), .transcript = NONCE },
		{ .size = sizeof(occasion), .transcript_len = 1 },
		{ .size = sizeof(occasion),
		  .transcript = NONCE,
		  .transcript_len = YUFU_TRANSCRIPT_LEN_MAX + 1 },
		{ .size = sizeof(occasion),
		  .transcript = NONCE,
		  .transcript_len = 1,
		  .nonce = NONCE,
		  .audience = AUDIENCE },
	};
	struct yufu_result *result = NULL;

	for (size_t i = 0; i < YF_COUNT(wrong); i++)
		assert_int_equal(yufu_verify_presentation(city->verifier, "x",
							  1, &wrong[i],
							  &result),
				 YUFU_BAD_ARGUMENT);
	assert_null(result);
	assert_int_equal(yufu_verify_presentation(city->verifier, "x", 1,
						  &newer.ask, &result),
			 0);
	expect(result, YUFU_REFUSED, "syntax");
	newer.more = 1;
	assert_int_equal(yufu_verify_presentation(city->verifier, "x", 1,
						  &newer.ask, &result),
			 YUFU_BAD_ARGUMENT);
	/* An older caller knows fewer members. */
	const struct yufu_ask older = { .size = offsetof(struct yufu_ask, type),
					.now_s = NOW_S,
					.type = "not looked at" };
	expect(present(city->verifier, yf_bytes_of(city->issued), &older),
	       YUFU_ACCEPTED, NULL);
	assert_int_equal(yufu_verify_presentation(NULL, "x", 1, NULL, &result),
			 YUFU_BAD_ARGUMENT);
	assert_int_equal(yufu_verify_presentation(city->verifier, NULL, 1, NULL,
						  &result),
			 YUFU_BAD_ARGUMENT);
	assert_int_equal(yufu_verify_tally(city->verifier, "x", 1, NULL, NULL),
			 YUFU_BAD_ARGUMENT);
	assert_int_equal(
		yufu_verify_status(city->verifier, "u", -2, NULL, &result),
		YUFU_BAD_ARGUMENT);
	for (int error = -20; error < 5; error++)
		assert_true(strlen(yufu_error_text(error)) > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_sdjwt_is_explained),
		cmocka_unit_test(an_mdoc_is_explained),
		cmocka_unit_test(a_transcript_does_as_well),
		cmocka_unit_test(a_tally_is_explained),
		cmocka_unit_test(occasions_matter),
		cmocka_unit_test(each_byte_of_an_sdjwt),
		cmocka_unit_test(each_byte_of_an_mdoc),
		cmocka_unit_test(each_byte_of_a_tally),
		cmocka_unit_test(each_truncation_is_refused),
		cmocka_unit_test(nobody_and_somebody_else_trusted),
		cmocka_unit_test(status_is_told_apart),
		cmocka_unit_test(tokens_do_without_a_bundle),
		cmocka_unit_test(what_a_verifier_does_not_take),
		cmocka_unit_test(each_byte_of_a_bundle),
		cmocka_unit_test(a_trust_list_is_trusted),
		cmocka_unit_test(what_no_ask_may_say),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
