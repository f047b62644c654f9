#include "credential/mdoc_present.h"

#include "../support/expect.h"
#include "../support/house.h"
#include "../support/vector.h"
#include "base/civil.h"
#include "codec/hex.h"
#include "codec/tdate.h"
#include "crypto/hash.h"
#include "openid/handover.h"

#define PID "eu.europa.ec.eudi.pid.1"
#define MDL "org.iso.18013.5.1.mDL"
#define MDL_NS "org.iso.18013.5.1"
#define OWN_NS "org.example.own.1"
#define DOC_TYPE "org.example.id.1"

enum { NOW_S = HOUSE_NOW_S };

/* Midnight of a date, as `verify_at` of the vectors has it. */
static int64_t at_date(yf_str text)
{
	struct yf_civil date;

	OK(yf_civil_parse(text, &date));
	return yf_civil_seconds(date);
}

static yf_str text_of(const struct yf_mdoc_item *item)
{
	yf_str text;

	assert_non_null(item);
	OK(yf_cbor_take_text(item->value, &text));
	return text;
}

/* --- ISO 18013-5 Annex D.5 --- */

struct annex {
	struct yf_arena *arena;
	const struct yf_json *vector;
	struct yf_device_response response;
	struct yf_key *reader;
	struct yf_trusted_key signer;
	struct yf_mdoc_rule rule;
};

static bool annex_open(struct annex *annex)
{
	const struct yf_cbor *outer;
	struct yf_cert cert;

	*annex = (struct annex){ .arena = yf_arena_new(16 * 1024 * 1024) };
	annex->vector = vector_load(annex->arena, "iso18013-5-annex-d.json");
	if (!annex->vector)
		return false;
	OK(yf_device_response_parse(
		annex->arena,
		vector_hex(annex->arena, annex->vector, "DEVICE_RESPONSE"),
		&annex->response));
	OK(yf_key_from_scalar(vector_hex(annex->arena, annex->vector,
					 "EPHEMERAL_READER_KEY_D")
				      .ptr,
			      &annex->reader));
	/* The root of that certificate was not published. */
	OK(yf_cert_parse(annex->arena,
			 vector_hex(annex->arena, annex->vector, "DS_CERT"),
			 &cert));
	annex->signer.key = cert.key;
	OK(yf_cbor_parse(annex->arena,
			 vector_hex(annex->arena, annex->vector,
				    "SESSION_TRANSCRIPT_BYTES"),
			 YF_CBOR_LENIENT, &outer));
	annex->rule = (struct yf_mdoc_rule){
		.keys = &annex->signer,
		.key_count = 1,
		.now_s = at_date(YF_STR("2020-12-24")),
		.transcript = outer->first->string,
		.reader_key = annex->reader,
	};
	return true;
}

static void annex_close(struct annex *annex)
{
	yf_key_free(annex->reader);
	yf_arena_free(annex->arena);
}

static void annex_d(void **state)
{
	struct annex annex;
	struct yf_mdoc mdoc;
	yf_str date;
	yf_bytes portrait;

	(void)state;
	if (!annex_open(&annex)) {
		annex_close(&annex);
		skip();
	}
	assert_int_equal(annex.response.document_count, 1);
	assert_int_equal(annex.response.status, 0);
	const struct yf_mdoc_document *document = annex.response.documents;
	OK(yf_mdoc_verify(annex.arena, document, &annex.rule, NULL, &mdoc));
	assert_true(yf_str_is(mdoc.doc_type, MDL));
	assert_int_equal(mdoc.item_count, 6);
	assert_true(
		yf_str_is(text_of(yf_mdoc_find(mdoc.items, 6, YF_STR(MDL_NS),
					       YF_STR("family_name"))),
			  "Doe"));
	OK(yf_full_date_read(yf_mdoc_find(mdoc.items, 6, YF_STR(MDL_NS),
					  YF_STR("expiry_date"))
				     ->value,
			     &date));
	assert_true(yf_str_is(date, "2024-10-20"));
	OK(yf_cbor_take_bytes(
		yf_mdoc_find(mdoc.items, 6, YF_STR(MDL_NS), YF_STR("portrait"))
			->value,
		&portrait));
	assert_true(yf_bytes_eq(portrait,
				vector_hex(annex.arena, annex.vector,
					   "DEVICE_RESPONSE_PORTRAIT_DATA")));
	annex_close(&annex);
}

static void annex_d_refused(void **state)
{
	struct annex annex;
	struct yf_mdoc_finding finding;
	struct yf_mdoc mdoc;
	struct yf_key *other;

	(void)state;
	if (!annex_open(&annex)) {
		annex_close(&annex);
		skip();
	}
	const struct yf_mdoc_document *document = annex.response.documents;
	struct yf_mdoc_rule rule = annex.rule;
	rule.now_s = at_date(YF_STR("2021-10-02"));
	FAILS(yf_mdoc_verify(annex.arena, document, &rule, &finding, &mdoc),
	      EXPIRED);
	assert_string_equal(yf_mdoc_step_name(finding.step), "validity");
	rule.now_s = at_date(YF_STR("2020-10-01"));
	FAILS(yf_mdoc_verify(annex.arena, document, &rule, &finding, &mdoc),
	      NOT_YET);
	rule = annex.rule;
	rule.reader_key = NULL;
	FAILS(yf_mdoc_verify(annex.arena, document, &rule, NULL, &mdoc),
	      UNSUPPORTED);
	OK(yf_key_new(&other));
	rule.reader_key = other;
	FAILS(yf_mdoc_verify(annex.arena, document, &rule, &finding, &mdoc),
	      HOLDER);
	assert_string_equal(yf_mdoc_step_name(finding.step), "device_auth");
	const struct yf_trusted_key stranger = { .key = *yf_key_public(other) };
	rule = annex.rule;
	rule.keys = &stranger;
	FAILS(yf_mdoc_verify(annex.arena, document, &rule, NULL, &mdoc),
	      SIGNATURE);
	rule.key_count = 0;
	FAILS(yf_mdoc_verify(annex.arena, document, &rule, &finding, &mdoc),
	      UNTRUSTED);
	assert_string_equal(yf_mdoc_step_name(finding.step), "chain");
	rule = annex.rule;
	rule.transcript.len -= 1;
	FAILS(yf_mdoc_verify(annex.arena, document, &rule, NULL, &mdoc),
	      HOLDER);
	rule = annex.rule;
	rule.doc_types = (const yf_str[]){ YF_STR(PID), YF_STR(DOC_TYPE) };
	rule.doc_type_count = 2;
	FAILS(yf_mdoc_verify(annex.arena, document, &rule, NULL, &mdoc),
	      NOT_ASKED);
	yf_key_free(other);
	annex_close(&annex);
}

/* Each side derives the MAC key of Annex D.5.3 from its own private key. */
static void mac_keys_agree(void **state)
{
	struct annex annex;
	struct yf_secret at_reader, at_device;
	struct yf_key *device;

	(void)state;
	if (!annex_open(&annex)) {
		annex_close(&annex);
		skip();
	}
	OK(yf_key_from_scalar(
		vector_hex(annex.arena, annex.vector, "STATIC_DEVICE_KEY_D")
			.ptr,
		&device));
	OK(yf_mdoc_mac_key(annex.reader, yf_key_public(device),
			   annex.rule.transcript, &at_reader));
	OK(yf_mdoc_mac_key(device, yf_key_public(annex.reader),
			   annex.rule.transcript, &at_device));
	assert_true(yf_secret_eq(&at_reader, &at_device));
	yf_key_free(device);
	annex_close(&annex);
}

/* --- wallets of others --- */

/* OpenID4VP 1.0; maps with longer heads than needed and keys in their own
 * order. */
static void animo(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	struct yf_device_response response;
	struct yf_mdoc mdoc;
	struct yf_trust *made;

	(void)state;
	const struct yf_json *vector = vector_load(arena, "mdoc/animo.json");
	if (!vector)
		skip();
	const struct yf_json *session = yf_json_get(vector, "session");
	const struct yf_json *certs =
		yf_json_get(vector, "trusted_certificates_pem");
	OK(yf_trust_new(&made));
	YF_AUTO(trust) trust = made;
	OK(yf_trust_add_pem(trust, certs->items[1].string));
	struct yf_mdoc_rule rule = {
		.trust = trust,
		.now_s = at_date(yf_json_text(vector, "verify_at")),
	};
	OK(yf_handover_redirect(
		arena, yf_json_text(session, "client_id"),
		yf_json_text(session, "nonce"),
		vector_hex(arena, session, "jwk_thumbprint_hex").ptr,
		yf_json_text(session, "response_uri"), &rule.transcript));
	OK(yf_device_response_parse(
		arena, vector_hex(arena, vector, "deviceResponse_hex"),
		&response));
	OK(yf_mdoc_verify(arena, response.documents, &rule, NULL, &mdoc));
	assert_true(yf_str_is(mdoc.doc_type, PID));
	assert_true(yf_str_is(
		text_of(yf_mdoc_find(mdoc.items, mdoc.item_count, YF_STR(PID),
				     YF_STR("given_name"))),
		"Erika"));
	/* One character of what the verifier sent, and it proves nothing. */
	OK(yf_handover_redirect(arena, yf_json_text(session, "client_id"),
				yf_json_text(session, "nonce"), NULL,
				yf_json_text(session, "response_uri"),
				&rule.transcript));
	FAILS(yf_mdoc_verify(arena, response.documents, &rule, NULL, &mdoc),
	      HOLDER);
}

static void put_hash_of_two(struct yf_buf *buf, struct yf_arena *arena,
			    yf_str a, yf_str b)
{
	struct yf_buf info = yf_buf_new(arena, 128);
	uint8_t digest[YF_SHA256_LEN];
	yf_bytes bytes;

	yf_cbor_put_array(&info, 2);
	yf_cbor_put_text(&info, a);
	yf_cbor_put_text(&info, b);
	OK(yf_buf_bytes(&info, &bytes));
	yf_sha256(bytes, digest);
	yf_cbor_put_bytes(buf, (yf_bytes){ digest, sizeof(digest) });
}

/* ISO/IEC TS 18013-7:2024 Annex B, the handover before OpenID4VP 1.0. */
static yf_bytes old_transcript(struct yf_arena *arena,
			       const struct yf_json *session)
{
	struct yf_buf buf = yf_buf_new(arena, 128);
	const yf_str own = yf_json_text(session, "mdoc_generated_nonce");
	yf_bytes bytes;

	yf_cbor_put_array(&buf, 3);
	yf_cbor_put_null(&buf);
	yf_cbor_put_null(&buf);
	yf_cbor_put_array(&buf, 3);
	put_hash_of_two(&buf, arena, yf_json_text(session, "client_id"), own);
	put_hash_of_two(&buf, arena, yf_json_text(session, "response_uri"),
			own);
	yf_cbor_put_text(&buf, yf_json_text(session, "nonce"));
	OK(yf_buf_bytes(&buf, &bytes));
	return bytes;
}

static void ubique(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	struct yf_device_response response;
	struct yf_chain chain;
	struct yf_cert cert;
	struct yf_mdoc mdoc;

	(void)state;
	const struct yf_json *vector = vector_load(arena, "mdoc/ubique.json");
	if (!vector)
		skip();
	const struct yf_json *certs =
		yf_json_get(vector, "trusted_certificates_pem");
	OK(yf_chain_from_pem(arena, certs->items[0].string, &chain));
	OK(yf_cert_parse(arena, chain.certs[0], &cert));
	const struct yf_trusted_key signer = { .key = cert.key };
	const struct yf_mdoc_rule rule = {
		.keys = &signer,
		.key_count = 1,
		.now_s = at_date(yf_json_text(vector, "verify_at")),
		.transcript =
			old_transcript(arena, yf_json_get(vector, "session")),
	};
	OK(yf_device_response_parse(
		arena, vector_hex(arena, vector, "deviceResponse_hex"),
		&response));
	OK(yf_mdoc_verify(arena, response.documents, &rule, NULL, &mdoc));
	assert_true(yf_str_is(mdoc.doc_type, MDL));
	assert_true(yf_str_is(text_of(mdoc.items), "Jones"));
}

/* --- our own --- */

/* {"a": 1}-like values, encoded. */
static yf_bytes text_value(struct yf_arena *arena, const char *text)
{
	struct yf_buf buf = yf_buf_new(arena, 32);
	yf_bytes bytes;

	yf_cbor_put_text(&buf, yf_str_of(text));
	OK(yf_buf_bytes(&buf, &bytes));
	return bytes;
}

static yf_bytes date_value(struct yf_arena *arena, const char *date)
{
	struct yf_buf buf = yf_buf_new(arena, 32);
	yf_bytes bytes;

	yf_full_date_put(&buf, yf_str_of(date));
	OK(yf_buf_bytes(&buf, &bytes));
	return bytes;
}

enum { ELEMENTS = 5 };

/* A house with an mdoc of five elements in two name spaces. */
struct home {
	struct house house;
	struct yf_mdoc_element elements[ELEMENTS];
	yf_str device_spaces[1];
	struct yf_mdoc_ask ask;
	yf_bytes issued;
	yf_bytes transcript;
	struct yf_mdoc_rule rule;
};

static void home_open(struct home *home)
{
	house_open(&home->house);
	struct yf_arena *arena = home->house.arena;
	const struct yf_mdoc_element elements[ELEMENTS] = {
		{ YF_STR(DOC_TYPE), YF_STR("family_name"),
		  text_value(arena, "Mustermann") },
		{ YF_STR(MDL_NS), YF_STR("issuing_country"),
		  text_value(arena, "XX") },
		{ YF_STR(DOC_TYPE), YF_STR("birth_date"),
		  date_value(arena, "1990-02-28") },
		{ YF_STR(DOC_TYPE), YF_STR("given_name"),
		  text_value(arena, "Katharina") },
		{ YF_STR(MDL_NS), YF_STR("document_number"),
		  text_value(arena, "T22000129") },
	};
	memcpy(home->elements, elements, sizeof(elements));
	home->device_spaces[0] = YF_STR(OWN_NS);
	home->ask = (struct yf_mdoc_ask){
		.doc_type = YF_STR(DOC_TYPE),
		.holder = yf_key_public(home->house.holder_key),
		.signed_at_s = NOW_S,
		.valid_from_s = NOW_S,
		.valid_until_s = NOW_S + 3600,
		.status = { YF_STR("https://issuer.example/status/1"), 4711 },
		.elements = home->elements,
		.element_count = ELEMENTS,
		.device_name_spaces = home->device_spaces,
		.device_name_space_count = 1,
	};
	OK(yf_mdoc_issue(arena, &home->house.issuer, &home->ask,
			 &home->issued));
	OK(yf_handover_redirect(arena, YF_STR("x509_hash:abc"), YF_STR("n"),
				NULL, YF_STR("https://verifier.example/r"),
				&home->transcript));
	home->rule = (struct yf_mdoc_rule){
		.trust = home->house.trust,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.now_s = NOW_S,
		.skew_s = 60,
		.transcript = home->transcript,
	};
}

static const struct yf_mdoc_choice two_choices[] = {
	{ { DOC_TYPE, sizeof(DOC_TYPE) - 1 }, { "birth_date", 10 } },
	{ { MDL_NS, sizeof(MDL_NS) - 1 }, { "issuing_country", 15 } },
};

static struct yf_mdoc_show show_of(const struct home *home)
{
	return (struct yf_mdoc_show){
		.issuer_signed = home->issued,
		.choices = two_choices,
		.choice_count = YF_COUNT(two_choices),
		.transcript = home->transcript,
		.device = &home->house.holder,
	};
}

static yf_bytes present(struct home *home, const struct yf_mdoc_show *show)
{
	yf_bytes bytes;

	OK(yf_device_response_make(home->house.arena, show, 1, &bytes));
	return bytes;
}

/* Parses and verifies the first document. */
static yf_err check(struct yf_arena *arena, yf_bytes bytes,
		    const struct yf_mdoc_rule *rule,
		    struct yf_mdoc_finding *finding, struct yf_mdoc *out)
{
	struct yf_device_response *response =
		YF_NEW(arena, struct yf_device_response, 1);

	assert_non_null(response);
	YF_TRY(yf_device_response_parse(arena, bytes, response));
	if (!response->document_count)
		return YF_FAIL(MISSING);
	return yf_mdoc_verify(arena, response->documents, rule, finding, out);
}

static void issue_by_the_letter(void **state)
{
	struct home home;
	struct yf_issuer_signed mdoc;
	const struct yf_cbor *map, *mso, *item;
	struct yf_mdoc got;
	static const char *const order[] = { "digestID", "random",
					     "elementIdentifier",
					     "elementValue" };

	(void)state;
	home_open(&home);
	struct yf_arena *arena = home.house.arena;
	OK(yf_cbor_parse(arena, home.issued, YF_CBOR_DETERMINISTIC, &map));
	const struct yf_cbor *auth = yf_cbor_get(map, "issuerAuth");
	assert_true(yf_cbor_is(auth, YF_CBOR_ARRAY)); /* untagged */
	const struct yf_cbor *chain =
		yf_cbor_get_int(yf_cbor_at(auth, 1), YF_COSE_X5CHAIN);
	assert_true(yf_cbor_is(chain, YF_CBOR_BYTES));
	OK(yf_cbor_parse(arena, yf_cbor_at(auth, 2)->string,
			 YF_CBOR_DETERMINISTIC, &mso));
	OK(yf_cbor_open(arena, mso, YF_CBOR_DETERMINISTIC, &mso));
	OK(yf_issuer_signed_parse(arena, home.issued, &mdoc));
	OK(yf_mdoc_verify_issued(&mdoc, &home.rule, NULL, &got));
	assert_int_equal(got.item_count, ELEMENTS);
	assert_true(yf_str_is(got.mso->status.uri,
			      "https://issuer.example/status/1"));
	assert_int_equal(got.mso->status.index, 4711);
	assert_true(got.mso->valid_until_s == NOW_S + 3600);
	assert_true(yf_public_key_eq(&got.mso->device_key, home.ask.holder));
	for (size_t i = 0; i < got.item_count; i++) {
		OK(yf_cbor_parse(arena, got.items[i].raw, YF_CBOR_PREFERRED,
				 &item));
		OK(yf_cbor_open(arena, item, YF_CBOR_PREFERRED, &item));
		assert_int_equal(item->count, 4);
		const struct yf_cbor *key = item->first;
		for (size_t j = 0; j < YF_COUNT(order); j++) {
			assert_true(
				yf_str_is(yf_str_from(key->string), order[j]));
			key = key->next->next;
		}
	}
	house_close(&home.house);
}

/* Over many issuings each element gets each number; values never repeat. */
static void digest_ids_tell_nothing(void **state)
{
	struct home home;
	unsigned seen[3] = { 0 };

	(void)state;
	home_open(&home);
	for (unsigned i = 0; i < 64; i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		struct yf_issuer_signed mdoc;
		yf_bytes bytes;

		OK(yf_mdoc_issue(arena, &home.house.issuer, &home.ask, &bytes));
		OK(yf_issuer_signed_parse(arena, bytes, &mdoc));
		const struct yf_mdoc_item *item =
			yf_mdoc_find(mdoc.items, mdoc.item_count,
				     YF_STR(DOC_TYPE), YF_STR("given_name"));
		assert_true(item->digest_id < 3);
		seen[item->digest_id]++;
	}
	assert_true(seen[0] && seen[1] && seen[2]);
	house_close(&home.house);
}

static void present_and_verify(void **state)
{
	struct home home;
	struct yf_mdoc got;

	(void)state;
	home_open(&home);
	struct yf_arena *arena = home.house.arena;
	const struct yf_mdoc_show show = show_of(&home);
	const yf_bytes bytes = present(&home, &show);
	const struct yf_cbor *item;

	OK(yf_cbor_parse(arena, bytes, YF_CBOR_DETERMINISTIC, &item));
	OK(check(arena, bytes, &home.rule, NULL, &got));
	assert_int_equal(got.item_count, 2);
	assert_null(yf_mdoc_find(got.items, 2, YF_STR(DOC_TYPE),
				 YF_STR("family_name")));
	assert_null(yf_mdoc_find(got.items, 2, YF_STR(MDL_NS),
				 YF_STR("birth_date")));
	assert_non_null(yf_mdoc_find(got.items, 2, YF_STR(DOC_TYPE),
				     YF_STR("birth_date")));
	house_close(&home.house);
}

static void present_by_mac(void **state)
{
	struct home home;
	struct yf_mdoc got;
	struct yf_secret key;

	(void)state;
	home_open(&home);
	struct yf_arena *arena = home.house.arena;
	struct yf_mdoc_show show = show_of(&home);
	OK(yf_mdoc_mac_key(home.house.holder_key,
			   yf_key_public(home.house.other_key), home.transcript,
			   &key));
	show.device = NULL;
	show.mac_key = &key;
	const yf_bytes bytes = present(&home, &show);
	FAILS(check(arena, bytes, &home.rule, NULL, &got), UNSUPPORTED);
	home.rule.reader_key = home.house.other_key;
	OK(check(arena, bytes, &home.rule, NULL, &got));
	home.rule.reader_key = home.house.root_key;
	FAILS(check(arena, bytes, &home.rule, NULL, &got), HOLDER);
	house_close(&home.house);
}

/* Nothing of the issuer's shown, and two documents in one answer. */
static void shapes(void **state)
{
	struct home home;
	struct yf_device_response response;
	struct yf_mdoc got;
	yf_bytes bytes;

	(void)state;
	home_open(&home);
	struct yf_arena *arena = home.house.arena;
	struct yf_mdoc_show shows[2] = { show_of(&home), show_of(&home) };
	shows[1].choice_count = 0;
	OK(yf_device_response_make(arena, shows, 2, &bytes));
	OK(yf_device_response_parse(arena, bytes, &response));
	assert_int_equal(response.document_count, 2);
	OK(yf_mdoc_verify(arena, &response.documents[1], &home.rule, NULL,
			  &got));
	assert_int_equal(got.item_count, 0);
	OK(yf_device_response_make(arena, NULL, 0, &bytes));
	OK(yf_device_response_parse(arena, bytes, &response));
	assert_int_equal(response.document_count, 0);
	FAILS(yf_device_response_make(arena, shows, YF_MDOC_DOCUMENTS_MAX + 1,
				      &bytes),
	      TOO_LARGE);
	const struct yf_mdoc_choice unknown = { YF_STR(DOC_TYPE),
						YF_STR("eye_colour") };
	shows[0].choices = &unknown;
	shows[0].choice_count = 1;
	FAILS(yf_device_response_make(arena, shows, 1, &bytes), NOT_FOUND);
	shows[0] = show_of(&home);
	shows[0].issuer_signed.len--;
	FAILS(yf_device_response_make(arena, shows, 1, &bytes), SYNTAX);
	house_close(&home.house);
}

/* --- elements that the device signs itself --- */

static void device_elements(void **state)
{
	struct home home;
	struct yf_mdoc_finding finding;
	struct yf_mdoc got;
	yf_bytes bytes;

	(void)state;
	home_open(&home);
	struct yf_arena *arena = home.house.arena;
	struct yf_mdoc_element elements[] = {
		{ YF_STR(OWN_NS), YF_STR("purpose"),
		  text_value(arena, "gate") },
		{ YF_STR(OWN_NS), YF_STR("window"), text_value(arena, "9") },
	};
	struct yf_mdoc_show show = show_of(&home);
	show.device_elements = elements;
	show.device_element_count = 2;
	OK(check(arena, present(&home, &show), &home.rule, NULL, &got));
	assert_int_equal(got.device_item_count, 2);
	assert_true(yf_str_is(
		text_of(yf_mdoc_find(got.device_items, 2, YF_STR(OWN_NS),
				     YF_STR("purpose"))),
		"gate"));
	/* A name space that the issuer did not give to the device. */
	elements[1].name_space = YF_STR(DOC_TYPE);
	FAILS(check(arena, present(&home, &show), &home.rule, &finding, &got),
	      HOLDER);
	assert_string_equal(yf_mdoc_step_name(finding.step), "device_item");
	assert_true(yf_str_is(finding.name, "window"));
	elements[1] = elements[0];
	FAILS(yf_device_response_make(arena, &show, 1, &bytes), DUPLICATE);
	elements[1].value.len = 1;
	FAILS(yf_device_response_make(arena, &show, 1, &bytes), SYNTAX);
	house_close(&home.house);
}

/* --- what is refused --- */

static void other_keys(void **state)
{
	struct home home;
	struct yf_mdoc_finding finding;
	struct yf_mdoc got;
	struct yf_trust *made;

	(void)state;
	home_open(&home);
	struct yf_arena *arena = home.house.arena;
	struct yf_mdoc_show show = show_of(&home);
	show.device = &home.house.other;
	FAILS(check(arena, present(&home, &show), &home.rule, &finding, &got),
	      HOLDER);
	assert_string_equal(yf_mdoc_step_name(finding.step), "device_auth");
	show = show_of(&home);
	const yf_bytes bytes = present(&home, &show);
	struct yf_mdoc_rule rule = home.rule;
	OK(yf_trust_new(&made));
	YF_AUTO(trust) empty = made;
	rule.trust = empty;
	FAILS(check(arena, bytes, &rule, &finding, &got), UNTRUSTED);
	assert_string_equal(yf_mdoc_step_name(finding.step), "chain");
	rule = home.rule;
	rule.eku = YF_EKU_READER;
	FAILS(check(arena, bytes, &rule, NULL, &got), UNTRUSTED);
	rule = home.rule;
	OK(yf_handover_redirect(arena, YF_STR("x509_hash:abc"), YF_STR("m"),
				NULL, YF_STR("https://verifier.example/r"),
				&rule.transcript));
	FAILS(check(arena, bytes, &rule, NULL, &got), HOLDER);
	house_close(&home.house);
}

static const struct {
	const char *name;
	int64_t now_s;
	int64_t skew_s;
	const char *want;
} times[] = {
	{ "at the start", NOW_S, 0, "OK" },
	{ "a second before", NOW_S - 1, 0, "NOT_YET" },
	{ "a second before, with tolerance", NOW_S - 1, 1, "OK" },
	{ "at the end", NOW_S + 3600, 0, "EXPIRED" },
	{ "a second before the end", NOW_S + 3599, 0, "OK" },
	{ "after the end, with tolerance", NOW_S + 3630, 60, "OK" },
	{ "long after", NOW_S + 7200, 60, "EXPIRED" },
	{ "the certificate is over", NOW_S + 2ll * HOUSE_YEAR_S, 60,
	  "EXPIRED" },
	{ "before the certificate", NOW_S - 2ll * HOUSE_YEAR_S, 60, "NOT_YET" },
};

static void time_table(void **state)
{
	struct home home;
	struct yf_mdoc got;

	(void)state;
	home_open(&home);
	struct yf_mdoc_show show = show_of(&home);
	const yf_bytes bytes = present(&home, &show);
	for (size_t i = 0; i < YF_COUNT(times); i++) {
		home.rule.now_s = times[i].now_s;
		home.rule.skew_s = times[i].skew_s;
		print_message("  %s\n", times[i].name);
		assert_string_equal(yf_err_name(check(home.house.arena, bytes,
						      &home.rule, NULL, &got)),
				    times[i].want);
	}
	house_close(&home.house);
}

/* The certificate must have been valid when it signed, and of the country. */
static void certificate_and_mdoc(void **state)
{
	struct home home;
	struct yf_mdoc_finding finding;
	struct yf_mdoc got;

	(void)state;
	home_open(&home);
	struct yf_mdoc_show show = show_of(&home);
	home.ask.signed_at_s = NOW_S - 2 * 86400;
	OK(yf_mdoc_issue(home.house.arena, &home.house.issuer, &home.ask,
			 &show.issuer_signed));
	FAILS(check(home.house.arena, present(&home, &show), &home.rule,
		    &finding, &got),
	      UNTRUSTED);
	assert_string_equal(yf_mdoc_step_name(finding.step), "validity");

	home.ask.signed_at_s = NOW_S;
	home.elements[1].value = text_value(home.house.arena, "XY");
	OK(yf_mdoc_issue(home.house.arena, &home.house.issuer, &home.ask,
			 &show.issuer_signed));
	FAILS(check(home.house.arena, present(&home, &show), &home.rule,
		    &finding, &got),
	      UNTRUSTED);
	assert_string_equal(yf_mdoc_step_name(finding.step), "country");
	assert_true(yf_str_is(finding.name, "issuing_country"));
	house_close(&home.house);
}

/*
 * What a flip may change without being noticed is what nobody signs: status
 * 0 or 1, version "1.0" or "1.1", and the name `nameSpaces` of ten letters,
 * without which nothing is shown, as a holder may choose to.
 */
static void flipped(void **state)
{
	struct home home;
	struct yf_mdoc got;
	size_t accepted = 0, hidden = 0;

	(void)state;
	home_open(&home);
	struct yf_mdoc_show show = show_of(&home);
	const yf_bytes bytes = present(&home, &show);
	for (size_t i = 0; i < bytes.len; i++) {
		YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
		yf_bytes copy;

		OK(yf_bytes_copy(arena, bytes, &copy));
		((uint8_t *)(uintptr_t)copy.ptr)[i] ^= 1;
		if (yf_failed(check(arena, copy, &home.rule, NULL, &got)))
			continue;
		accepted++;
		hidden += got.item_count == 0;
		assert_true(got.item_count == 0 || got.item_count == 2);
	}
	assert_int_equal(accepted, 12);
	assert_int_equal(hidden, 10);
	house_close(&home.house);
}

static void truncated(void **state)
{
	struct home home;
	struct yf_device_response response;
	struct yf_issuer_signed mdoc;

	(void)state;
	home_open(&home);
	struct yf_mdoc_show show = show_of(&home);
	const yf_bytes bytes = present(&home, &show);
	for (size_t len = 0; len < bytes.len; len++) {
		YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
		FAILS(yf_device_response_parse(
			      arena, (yf_bytes){ bytes.ptr, len }, &response),
		      SYNTAX);
	}
	for (size_t len = 0; len < home.issued.len; len++) {
		YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
		FAILS(yf_issuer_signed_parse(
			      arena, (yf_bytes){ home.issued.ptr, len }, &mdoc),
		      SYNTAX);
	}
	house_close(&home.house);
}

/* Each arena too small says so; the first that suffices gives the answer. */
static void out_of_memory(void **state)
{
	struct home home;
	struct yf_device_response response;
	size_t room = 0;
	yf_err err = YF_FAIL(MEMORY);

	(void)state;
	home_open(&home);
	struct yf_mdoc_show show = show_of(&home);
	const yf_bytes bytes = present(&home, &show);
	for (; yf_failed(err); room += 64) {
		YF_AUTO(arena) arena = yf_arena_new(room);
		err = yf_device_response_parse(arena, bytes, &response);
		if (yf_failed(err))
			FAILS(err, MEMORY);
	}
	err = YF_FAIL(MEMORY);
	for (room = 0; yf_failed(err); room += 64) {
		YF_AUTO(arena) arena = yf_arena_new(room);
		yf_bytes made;
		err = yf_mdoc_issue(arena, &home.house.issuer, &home.ask,
				    &made);
		if (yf_failed(err))
			FAILS(err, MEMORY);
	}
	house_close(&home.house);
}

/* --- issuers that do not keep to the letter --- */

struct forge {
	const char *name;
	const char *want; /* of parsing, or else of verifying */
	const char *version, *algorithm;
	const char *dates[3]; /* signed, validFrom, validUntil */
	const char *status;   /* hexadecimal */
	const char *item;     /* members of the item instead of its own */
	size_t random_len;
	bool plain_date, plain_payload, bare_item, tagged, detached;
	bool no_chain, other_digest, no_digest, twice, private_key;
};

static void put_date(struct yf_buf *buf, const struct forge *forge, size_t at,
		     const char *usual)
{
	const char *text = forge->dates[at] ? forge->dates[at] : usual;

	if (!forge->plain_date)
		yf_cbor_put_tag(buf, YF_TAG_DATE_TIME);
	yf_cbor_put_text(buf, yf_str_of(text));
}

static void put_hex(struct yf_buf *buf, struct yf_arena *arena, const char *hex)
{
	yf_bytes bytes;

	OK(yf_hex_decode(arena, yf_str_of(hex), &bytes));
	yf_cbor_put_raw(buf, bytes);
}

static void put_forged_item(struct yf_buf *buf, struct yf_arena *arena,
			    const struct forge *forge,
			    uint8_t digest[static YF_SHA256_LEN])
{
	static const uint8_t random[32] = { 7 };
	const size_t start = buf->len;
	const size_t at = forge->bare_item ? 0 : yf_cbor_open_embedded(buf);

	if (forge->item) {
		put_hex(buf, arena, forge->item);
	} else {
		yf_cbor_put_map(buf, 4);
		yf_cbor_put_text(buf, YF_STR("random"));
		yf_cbor_put_bytes(buf, (yf_bytes){ random, forge->random_len });
		yf_cbor_put_text(buf, YF_STR("digestID"));
		yf_cbor_put_uint(buf, 3);
		yf_cbor_put_text(buf, YF_STR("elementValue"));
		yf_cbor_put_bool(buf, true);
		yf_cbor_put_text(buf, YF_STR("elementIdentifier"));
		yf_cbor_put_text(buf, YF_STR("age_over_18"));
	}
	if (!forge->bare_item)
		yf_cbor_close_embedded(buf, at);
	yf_sha256((yf_bytes){ buf->ptr + start, buf->len - start }, digest);
	digest[0] ^= forge->other_digest;
}

static void put_forged_mso(struct yf_buf *buf, const struct home *home,
			   const struct forge *forge,
			   const uint8_t digest[static YF_SHA256_LEN])
{
	struct yf_arena *arena = home->house.arena;
	const size_t at = forge->plain_payload ? 0 : yf_cbor_open_embedded(buf);

	yf_cbor_put_map(buf, forge->status ? 7 : 6);
	yf_cbor_put_text(buf, YF_STR("version"));
	yf_cbor_put_text(buf, yf_str_of(forge->version));
	yf_cbor_put_text(buf, YF_STR("digestAlgorithm"));
	yf_cbor_put_text(buf, yf_str_of(forge->algorithm));
	yf_cbor_put_text(buf, YF_STR("valueDigests"));
	yf_cbor_put_map(buf, 1);
	yf_cbor_put_text(buf, YF_STR(DOC_TYPE));
	yf_cbor_put_map(buf, 1);
	yf_cbor_put_uint(buf, forge->no_digest ? 4 : 3);
	yf_cbor_put_bytes(buf, (yf_bytes){ digest, YF_SHA256_LEN });
	yf_cbor_put_text(buf, YF_STR("deviceKeyInfo"));
	yf_cbor_put_map(buf, 1);
	yf_cbor_put_text(buf, YF_STR("deviceKey"));
	if (forge->private_key)
		put_hex(buf, arena, "a301022001234101");
	else
		yf_cose_key_put(buf, home->ask.holder);
	yf_cbor_put_text(buf, YF_STR("docType"));
	yf_cbor_put_text(buf, YF_STR(DOC_TYPE));
	yf_cbor_put_text(buf, YF_STR("validityInfo"));
	yf_cbor_put_map(buf, 3);
	yf_cbor_put_text(buf, YF_STR("signed"));
	put_date(buf, forge, 0, "2027-01-15T08:00:00Z");
	yf_cbor_put_text(buf, YF_STR("validFrom"));
	put_date(buf, forge, 1, "2027-01-15T08:00:00Z");
	yf_cbor_put_text(buf, YF_STR("validUntil"));
	put_date(buf, forge, 2, "2027-01-16T08:00:00Z");
	if (forge->status) {
		yf_cbor_put_text(buf, YF_STR("status"));
		put_hex(buf, arena, forge->status);
	}
	if (!forge->plain_payload)
		yf_cbor_close_embedded(buf, at);
}

static yf_bytes forge_one(const struct home *home, const struct forge *forge)
{
	struct yf_arena *arena = home->house.arena;
	struct yf_buf item = yf_buf_new(arena, 256);
	struct yf_buf mso = yf_buf_new(arena, 512);
	struct yf_buf buf = yf_buf_new(arena, 2048);
	uint8_t digest[YF_SHA256_LEN];
	struct yf_chain chain;
	yf_bytes item_bytes, mso_bytes, out;

	put_forged_item(&item, arena, forge, digest);
	OK(yf_buf_bytes(&item, &item_bytes));
	put_forged_mso(&mso, home, forge, digest);
	OK(yf_buf_bytes(&mso, &mso_bytes));
	OK(yf_signer_chain(&home->house.issuer, &chain));
	const struct yf_cose_ask ask = {
		.tagged = forge->tagged,
		.detached = forge->detached,
		.x5chain = forge->no_chain ? NULL : &chain,
	};
	yf_cbor_put_map(&buf, 2);
	yf_cbor_put_text(&buf, YF_STR("nameSpaces"));
	yf_cbor_put_map(&buf, 1);
	yf_cbor_put_text(&buf, YF_STR(DOC_TYPE));
	yf_cbor_put_array(&buf, forge->twice ? 2 : 1);
	yf_cbor_put_raw(&buf, item_bytes);
	if (forge->twice)
		yf_cbor_put_raw(&buf, item_bytes);
	yf_cbor_put_text(&buf, YF_STR("issuerAuth"));
	OK(yf_cose_sign1_put(&buf, &home->house.issuer, &ask, mso_bytes));
	OK(yf_buf_bytes(&buf, &out));
	return out;
}

#define USUAL .version = "1.0", .algorithm = "SHA-256", .random_len = 16

/* 15 January 2027, 08:00 is HOUSE_NOW_S. */
static const struct forge forges[] = {
	{ "as it should be, but for the order of keys", "OK", USUAL },
	{ "random of 32 bytes", "OK", .version = "1.0", .algorithm = "SHA-256",
	  .random_len = 32 },
	{ "random of 15 bytes", "RANGE", .version = "1.0",
	  .algorithm = "SHA-256", .random_len = 15 },
	{ "version 1.1", "OK", .version = "1.1", .algorithm = "SHA-256",
	  .random_len = 16 },
	{ "version 2.0", "UNSUPPORTED", .version = "2.0",
	  .algorithm = "SHA-256", .random_len = 16 },
	{ "SHA-1", "ALGORITHM", .version = "1.0", .algorithm = "SHA-1",
	  .random_len = 16 },
	{ "tagged COSE_Sign1", "SYNTAX", USUAL, .tagged = true },
	{ "detached payload", "SYNTAX", USUAL, .detached = true },
	{ "payload not in tag 24", "SYNTAX", USUAL, .plain_payload = true },
	{ "item not in tag 24", "SYNTAX", USUAL, .bare_item = true },
	{ "no x5chain", "MISSING", USUAL, .no_chain = true },
	{ "dates without tag 0", "SYNTAX", USUAL, .plain_date = true },
	{ "a date with fractions", "SYNTAX", USUAL,
	  .dates = { "2027-01-15T08:00:00.000Z" } },
	{ "a date with an offset", "SYNTAX", USUAL,
	  .dates = { "2027-01-15T08:00:00+00:00" } },
	{ "30 February", "SYNTAX", USUAL,
	  .dates = { NULL, NULL, "2027-02-30T08:00:00Z" } },
	{ "25 o'clock", "SYNTAX", USUAL,
	  .dates = { NULL, NULL, "2027-02-20T25:00:00Z" } },
	{ "only a day", "SYNTAX", USUAL,
	  .dates = { NULL, NULL, "2027-02-20" } },
	{ "validFrom before signed", "RANGE", USUAL,
	  .dates = { NULL, "2027-01-15T07:59:59Z" } },
	{ "validUntil at validFrom", "RANGE", USUAL,
	  .dates = { NULL, NULL, "2027-01-15T08:00:00Z" } },
	{ "another digest", "DIGEST", USUAL, .other_digest = true },
	{ "no digest", "DIGEST", USUAL, .no_digest = true },
	{ "the element twice", "DUPLICATE", USUAL, .twice = true },
	{ "a private device key", "KEY", USUAL, .private_key = true },
	{ "status", "OK", USUAL,
	  .status = "a16b7374617475735f6c697374a26369647801637572696175" },
	{ "identifier list", "UNSUPPORTED", USUAL,
	  .status = "a16f6964656e7469666965725f6c697374a0" },
	{ "status without idx", "SYNTAX", USUAL,
	  .status = "a16b7374617475735f6c697374a1637572696175" },
	{ "status with a negative idx", "SYNTAX", USUAL,
	  .status = "a16b7374617475735f6c697374a26369647820637572696175" },
	{ "status is text", "SYNTAX", USUAL, .status = "6161" },
	{ "the item is an array", "SYNTAX", USUAL, .item = "80" },
	{ "an empty item", "SYNTAX", USUAL, .item = "a0" },
	{ "a key twice in the item", "DUPLICATE", USUAL,
	  .item = "a2646e616d6501646e616d6502" },
	{ "an item with more behind", "SYNTAX", USUAL, .item = "a000" },
};

static void forge_table(void **state)
{
	struct home home;

	(void)state;
	home_open(&home);
	for (size_t i = 0; i < YF_COUNT(forges); i++) {
		YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
		struct yf_issuer_signed mdoc;
		struct yf_mdoc got;

		print_message("  %s\n", forges[i].name);
		yf_err err = yf_issuer_signed_parse(
			arena, forge_one(&home, &forges[i]), &mdoc);
		if (!yf_failed(err))
			err = yf_mdoc_verify_issued(&mdoc, &home.rule, NULL,
						    &got);
		assert_string_equal(yf_err_name(err), forges[i].want);
	}
	house_close(&home.house);
}

/* docType around the MSO is not the one in it. */
static void another_doc_type(void **state)
{
	struct home home;
	struct yf_device_response response;
	struct yf_mdoc_finding finding;
	struct yf_mdoc got;

	(void)state;
	home_open(&home);
	struct yf_mdoc_show show = show_of(&home);
	OK(yf_device_response_parse(home.house.arena, present(&home, &show),
				    &response));
	response.documents[0].doc_type = YF_STR(PID);
	FAILS(yf_mdoc_verify(home.house.arena, response.documents, &home.rule,
			     &finding, &got),
	      TYP);
	assert_string_equal(yf_mdoc_step_name(finding.step), "doc_type");
	house_close(&home.house);
}

static const struct {
	const char *name;
	const char *hex;
	const char *want;
} responses[] = {
	{ "nothing to show", "a26776657273696f6e63312e306673746174757300",
	  "OK" },
	{ "an error", "a26776657273696f6e63312e30667374617475730a", "OK" },
	{ "no status", "a16776657273696f6e63312e30", "SYNTAX" },
	{ "no version", "a16673746174757300", "SYNTAX" },
	{ "version 2.0", "a26776657273696f6e63322e306673746174757300",
	  "UNSUPPORTED" },
	{ "status twice", "a26673746174757300667374617475730a", "DUPLICATE" },
	{ "documents empty",
	  "a369646f63756d656e7473806776657273696f6e63312e306673746174757300",
	  "SYNTAX" },
	{ "documents of numbers",
	  "a369646f63756d656e747381016776657273696f6e63312e3066737461747573"
	  "00",
	  "SYNTAX" },
	{ "no map", "80", "SYNTAX" },
	{ "more behind", "a26776657273696f6e63312e30667374617475730000",
	  "SYNTAX" },
};

static void response_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(responses); i++) {
		YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
		struct yf_device_response response;
		yf_bytes bytes;

		print_message("  %s\n", responses[i].name);
		OK(yf_hex_decode(arena, yf_str_of(responses[i].hex), &bytes));
		assert_string_equal(yf_err_name(yf_device_response_parse(
					    arena, bytes, &response)),
				    responses[i].want);
	}
}

static void issue_refusals(void **state)
{
	struct home home;
	yf_bytes bytes;

	(void)state;
	home_open(&home);
	struct yf_arena *arena = home.house.arena;
	const struct yf_signer *issuer = &home.house.issuer;
	struct yf_mdoc_ask ask = home.ask;
	ask.valid_from_s = NOW_S - 1;
	FAILS(yf_mdoc_issue(arena, issuer, &ask, &bytes), RANGE);
	ask = home.ask;
	ask.valid_until_s = NOW_S;
	FAILS(yf_mdoc_issue(arena, issuer, &ask, &bytes), RANGE);
	ask = home.ask;
	ask.valid_until_s = INT64_MAX;
	FAILS(yf_mdoc_issue(arena, issuer, &ask, &bytes), RANGE);
	ask = home.ask;
	ask.element_count = 0;
	FAILS(yf_mdoc_issue(arena, issuer, &ask, &bytes), RANGE);
	ask.element_count = YF_MDOC_ITEMS_MAX + 1;
	FAILS(yf_mdoc_issue(arena, issuer, &ask, &bytes), TOO_LARGE);
	ask = home.ask;
	ask.status.index = -1;
	FAILS(yf_mdoc_issue(arena, issuer, &ask, &bytes), RANGE);
	FAILS(yf_mdoc_issue(arena, &home.house.holder, &home.ask, &bytes),
	      MISSING);
	home.elements[3] = home.elements[0];
	FAILS(yf_mdoc_issue(arena, issuer, &home.ask, &bytes), DUPLICATE);
	home.elements[3].name = YF_STR("x");
	home.elements[3].value = yf_bytes_of(YF_STR("\x18\x01"));
	FAILS(yf_mdoc_issue(arena, issuer, &home.ask, &bytes), SYNTAX);
	home.elements[3].value.len = 0;
	FAILS(yf_mdoc_issue(arena, issuer, &home.ask, &bytes), SYNTAX);
	house_close(&home.house);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(annex_d),
		cmocka_unit_test(annex_d_refused),
		cmocka_unit_test(mac_keys_agree),
		cmocka_unit_test(animo),
		cmocka_unit_test(ubique),
		cmocka_unit_test(issue_by_the_letter),
		cmocka_unit_test(digest_ids_tell_nothing),
		cmocka_unit_test(present_and_verify),
		cmocka_unit_test(present_by_mac),
		cmocka_unit_test(shapes),
		cmocka_unit_test(device_elements),
		cmocka_unit_test(other_keys),
		cmocka_unit_test(time_table),
		cmocka_unit_test(certificate_and_mdoc),
		cmocka_unit_test(flipped),
		cmocka_unit_test(truncated),
		cmocka_unit_test(out_of_memory),
		cmocka_unit_test(forge_table),
		cmocka_unit_test(another_doc_type),
		cmocka_unit_test(response_table),
		cmocka_unit_test(issue_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
