#include "check/response.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "../support/party.h"
#include "check/dc_api.h"
#include "check/same_device.h"
#include "codec/base64url.h"
#include "codec/cbor.h"
#include "credential/mdoc_present.h"
#include "openid/handover.h"
#include "openid/vp_response.h"

/* Every way to ask and to answer, beside that of response_test.c. */

#define NS "urn:yufu:id:1"
#define ORIGIN "https://hotel.example"

static yf_bytes text_item(struct yf_arena *arena, const char *text)
{
	struct yf_buf buf = yf_buf_new(arena, 64);
	yf_bytes bytes = { 0 };

	yf_cbor_put_text(&buf, yf_str_of(text));
	yf_test_ok(yf_buf_bytes(&buf, &bytes));
	return bytes;
}

static yf_bytes portrait_item(struct yf_arena *arena)
{
	static const uint8_t jpeg[] = { 0xff, 0xd8, 0xff, 0xd9 };
	struct yf_buf buf = yf_buf_new(arena, 64);
	yf_bytes bytes = { 0 };

	yf_cbor_put_bytes(&buf, (yf_bytes){ jpeg, sizeof(jpeg) });
	yf_test_ok(yf_buf_bytes(&buf, &bytes));
	return bytes;
}

struct scene {
	struct yf_test_env *test;
	struct yf_test_party party;
	struct yf_test_card card;
	struct yf_key *device;
	yf_bytes mdoc;
	struct yf_request_made made;
	struct yf_request request;
};

static void issue_mdoc(struct scene *scene, struct yf_status_ref status)
{
	struct yf_arena *arena = scene->test->arena;
	const struct {
		const char *name;
		yf_bytes value;
	} items[] = {
		{ "family_name", text_item(arena, "Sample") },
		{ "given_name", text_item(arena, "Person") },
		{ "document_number", text_item(arena, "T00000001") },
		{ "portrait", portrait_item(arena) },
		{ "sex", text_item(arena, "x") },
	};
	struct yf_mdoc_element elements[YF_COUNT(items) + 1];
	const struct yf_mdoc_ask ask = {
		.doc_type = YF_STR("urn:yufu:id:1"),
		.holder = yf_key_public(scene->device),
		.signed_at_s = scene->test->now_s,
		.valid_from_s = scene->test->now_s,
		.valid_until_s = scene->test->now_s + 3600,
		.status = status,
		.elements = elements,
		.element_count = YF_COUNT(items),
	};

	for (size_t i = 0; i < YF_COUNT(items); i++)
		elements[i] = (struct yf_mdoc_element){
			YF_STR(NS), yf_str_of(items[i].name), items[i].value
		};
	yf_test_ok(yf_mdoc_issue(arena, &scene->test->env.issuer, &ask,
				 &scene->mdoc));
}

static void scene_open(struct scene *scene, struct yf_test_env *test)
{
	static const yf_str policies[] = { { "hotel", 5 } };
	static const yf_str returns[] = { { ORIGIN "/back?a=1",
					    sizeof(ORIGIN "/back?a=1") - 1 } };
	const struct yf_test_card_ask card = { 0 };
	const struct yf_party_ask ask = {
		.name = YF_STR("Hotel Example"),
		.policies = policies,
		.policy_count = 1,
		.returns = returns,
		.return_count = 1,
		.actor = YF_STR("operator"),
	};
	const struct yf_status_ref none = { .index = 0 };
	struct yf_party_added added = { 0 };

	*scene = (struct scene){ .test = test };
	yf_test_ok(yf_party_add(&test->env, test->arena, &ask, &added));
	yf_test_ok(yf_party_of_key(&test->env, test->arena, added.api_key,
				   &scene->party.party));
	yf_test_card_issue(test, &card, &scene->card);
	yf_test_ok(yf_key_new(&scene->device));
	issue_mdoc(scene, none);
}

static void scene_close(struct scene *scene)
{
	yf_key_free(scene->card.key);
	yf_key_free(scene->device);
}

static yf_err make(struct scene *scene, const struct yf_request_how_ask *how,
		   const struct yf_json *transactions)
{
	const struct yf_request_ask ask = { .policy = YF_STR("hotel"),
					    .transaction_data = transactions,
					    .how = *how };

	scene->made = (struct yf_request_made){ 0 };
	YF_TRY(yf_request_create(&scene->test->env, scene->test->arena,
				 &scene->party.party, &ask, &scene->made));
	return yf_request_load(&scene->test->env, scene->test->arena,
			       scene->made.id, &scene->request);
}

static const struct yf_json *json_of(struct scene *scene, yf_str text)
{
	const struct yf_json *tree = NULL;

	yf_test_ok(yf_json_parse(scene->test->arena, text, &tree));
	return tree;
}

static const struct yf_json *view_of(struct scene *scene)
{
	return yf_test_view(scene->test, &scene->party, scene->made.id);
}

/* What a wallet signs over; each part can be another than the right one. */
struct session {
	const char *client_id;
	const char *nonce;
	const char *response_uri;
	const char *origin; /* instead of the first and third */
	bool without_thumbprint;
};

static yf_bytes transcript_of(struct scene *scene, const struct session *is)
{
	struct yf_arena *arena = scene->test->arena;
	const struct yf_request *request = &scene->request;
	uint8_t thumbprint[YF_HANDOVER_THUMBPRINT_LEN];
	const uint8_t *of_key = is->without_thumbprint ? NULL : thumbprint;
	YF_AUTO(key) key = NULL;
	yf_bytes out = { 0 };
	yf_str uri = { 0 };

	yf_test_ok(yf_request_key(&scene->test->env, arena, request, &key));
	yf_jwk_thumbprint(yf_key_public(key), thumbprint);
	yf_test_ok(yf_request_response_uri(&scene->test->env, arena,
					   request->id, &uri));
	const yf_str nonce = is->nonce ? yf_str_of(is->nonce) : request->nonce;
	if (is->origin) {
		yf_test_ok(yf_handover_dc_api(arena, yf_str_of(is->origin),
					      nonce, of_key, &out));
		return out;
	}
	yf_test_ok(yf_handover_redirect(
		arena,
		is->client_id ? yf_str_of(is->client_id)
			      : scene->party.party.client_id,
		nonce, of_key,
		is->response_uri ? yf_str_of(is->response_uri) : uri, &out));
	return out;
}

static yf_str present_mdoc(struct scene *scene, const struct session *is,
			   const struct yf_key *device, size_t shown)
{
	static const struct yf_mdoc_choice choices[] = {
		{ { NS, 13 }, { "family_name", 11 } },
		{ { NS, 13 }, { "given_name", 10 } },
		{ { NS, 13 }, { "document_number", 15 } },
		{ { NS, 13 }, { "portrait", 8 } },
		{ { NS, 13 }, { "sex", 3 } },
	};
	const struct yf_signer signer = yf_signer_of_key(device);
	const struct yf_mdoc_show show = {
		.issuer_signed = scene->mdoc,
		.choices = choices,
		.choice_count = shown,
		.transcript = transcript_of(scene, is),
		.device = &signer,
	};
	yf_bytes bytes = { 0 };
	yf_str text = { 0 };

	yf_test_ok(
		yf_device_response_make(scene->test->arena, &show, 1, &bytes));
	yf_test_ok(yf_base64url_encode(scene->test->arena, bytes, &text));
	return text;
}

static yf_str encrypt(struct scene *scene, const char *id, yf_str presentation)
{
	const struct yf_vp_answer answer = { yf_str_of(id), presentation };
	YF_AUTO(key) key = NULL;
	yf_str jwe = { 0 };

	yf_test_ok(yf_request_key(&scene->test->env, scene->test->arena,
				  &scene->request, &key));
	const struct yf_vp_ask ask = {
		.key = yf_key_public(key),
		.key_id = scene->request.id,
		.enc = YF_JWE_A256GCM,
		.state = scene->request.wallet_state,
		.answers = &answer,
		.count = 1,
	};
	yf_test_ok(yf_vp_response_make(scene->test->arena, &ask, &jwe));
	return jwe;
}

static yf_err post(struct scene *scene, const char *id, yf_str presentation,
		   struct yf_taken *out)
{
	const struct yf_answer answer = {
		.response = encrypt(scene, id, presentation),
	};

	return yf_response_take(&scene->test->env, scene->test->arena,
				scene->made.id, &answer, out);
}

/* --- mdoc --- */

static void an_mdoc_is_the_other_option(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_request_how_ask how = { .dc_api = false };
	const struct session right = { .nonce = NULL };
	struct scene scene;
	struct yf_taken taken = { 0 };

	scene_open(&scene, test);
	yf_test_ok(make(&scene, &how, NULL));
	yf_test_ok(post(&scene, "id_mdoc",
			present_mdoc(&scene, &right, scene.device, 5), &taken));
	assert_int_equal(taken.result.verdict, YF_VERDICT_ACCEPTED);
	const struct yf_json *result = yf_json_get(view_of(&scene), "result");
	/* `sex` was shown and not asked */
	assert_true(yf_json_eq(
		yf_json_get(result, "claims"),
		json_of(&scene,
			YF_STR("{\"urn:yufu:id:1\":{\"family_name\":\"Sample\","
			       "\"given_name\":\"Person\","
			       "\"document_number\":\"T00000001\","
			       "\"portrait\":\"_9j_2Q\"}}"))));
	assert_true(yf_str_is(yf_json_text(result, "format"), "mso_mdoc"));
	assert_true(yf_str_is(yf_json_text(result, "type"), NS));
	assert_true(yf_str_is(yf_json_text(result, "issuer"), "Test City"));
	assert_true(yf_json_get(result, "holder_bound")->boolean);
	assert_false(yf_json_get(result, "demo")->boolean);
	scene_close(&scene);
}

static const struct {
	const char *name;
	struct session session;
	size_t shown;
	bool other_device;
	bool foreign_status;
	const char *reason;
	yf_verdict verdict;
} mdocs[] = {
	{ "another nonce",
	  { .nonce = "AAAAAAAAAAAAAAAAAAAAAAAAAAA" },
	  4,
	  false,
	  false,
	  "holder",
	  YF_VERDICT_REFUSED },
	{ "another client_id",
	  { .client_id = "x509_hash:AAAA" },
	  4,
	  false,
	  false,
	  "holder",
	  YF_VERDICT_REFUSED },
	{ "another response_uri",
	  { .response_uri = "https://elsewhere.example/vp" },
	  4,
	  false,
	  false,
	  "holder",
	  YF_VERDICT_REFUSED },
	{ "no thumbprint",
	  { .without_thumbprint = true },
	  4,
	  false,
	  false,
	  "holder",
	  YF_VERDICT_REFUSED },
	{ "of the DC API",
	  { .origin = ORIGIN },
	  4,
	  false,
	  false,
	  "holder",
	  YF_VERDICT_REFUSED },
	{ "another device",
	  { .nonce = NULL },
	  4,
	  true,
	  false,
	  "holder",
	  YF_VERDICT_REFUSED },
	{ "an element is missing",
	  { .nonce = NULL },
	  3,
	  false,
	  false,
	  "not_asked",
	  YF_VERDICT_REFUSED },
	{ "a status elsewhere",
	  { .nonce = NULL },
	  4,
	  false,
	  true,
	  "unreachable",
	  YF_VERDICT_UNDETERMINED },
};

static void mdoc_table(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_request_how_ask how = { .dc_api = false };
	const struct yf_status_ref elsewhere = {
		YF_STR("https://elsewhere.example/status/1"), 3
	};
	YF_AUTO(key) other = NULL;
	struct scene scene;

	scene_open(&scene, test);
	yf_test_ok(yf_key_new(&other));
	for (size_t i = 0; i < YF_COUNT(mdocs); i++) {
		struct yf_taken taken = { 0 };

		print_message("  %s\n", mdocs[i].name);
		yf_test_ok(make(&scene, &how, NULL));
		if (mdocs[i].foreign_status)
			issue_mdoc(&scene, elsewhere);
		yf_test_ok(
			post(&scene, "id_mdoc",
			     present_mdoc(&scene, &mdocs[i].session,
					  mdocs[i].other_device ? other
								: scene.device,
					  mdocs[i].shown),
			     &taken));
		assert_int_equal(taken.result.verdict, mdocs[i].verdict);
		assert_true(yf_str_is(taken.result.reason, mdocs[i].reason));
		if (mdocs[i].foreign_status)
			assert_true(yf_str_eq(taken.result.unreachable,
					      elsewhere.uri));
	}
	scene_close(&scene);
}

static void garbage_for_an_mdoc_is_refused(void **state)
{
	static const char *const texts[] = { "x", "AAAA", "oA", "====", "" };
	struct yf_test_env *test = *state;
	const struct yf_request_how_ask how = { .dc_api = false };
	struct scene scene;

	scene_open(&scene, test);
	for (size_t i = 0; i < YF_COUNT(texts); i++) {
		struct yf_taken taken = { 0 };

		yf_test_ok(make(&scene, &how, NULL));
		yf_test_ok(
			post(&scene, "id_mdoc", yf_str_of(texts[i]), &taken));
		assert_int_equal(taken.result.verdict, YF_VERDICT_REFUSED);
		assert_true(yf_str_is(taken.result.reason, "syntax"));
	}
	scene_close(&scene);
}

/* --- the Digital Credentials API --- */

static yf_err hand_on(struct scene *scene, const char *protocol,
		      yf_str response, struct yf_taken *out)
{
	struct yf_json_out json = yf_json_out_new(scene->test->arena, 4096);
	struct yf_answer answer = { 0 };
	yf_str text = { 0 };

	yf_json_out_object(&json, NULL);
	yf_json_out_text(&json, "protocol", protocol);
	yf_json_out_object(&json, "data");
	yf_json_out_str(&json, "response", response);
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	yf_test_ok(yf_json_out_end(&json, &text));
	YF_TRY(yf_dc_api_answer(scene->test->arena, text, &answer));
	return yf_response_take_dc_api(&scene->test->env, scene->test->arena,
				       &scene->request, &answer, out);
}

static yf_str bind_to(struct scene *scene, const char *audience)
{
	const struct yf_request_object object = {
		.query = scene->request.dcql, .nonce = scene->request.nonce
	};
	const struct yf_test_show show = { .card = &scene->card,
					   .request = &object,
					   .audience = audience };

	return yf_test_present(scene->test, &show);
}

static void the_browser_says_who_asks(void **state)
{
	static const struct {
		const char *name, *protocol, *id, *audience;
		struct session session;
		const char *reason; /* NULL: accepted */
	} rows[] = {
		{ "SD-JWT",
		  YF_DC_API_SIGNED,
		  "id",
		  "origin:" ORIGIN,
		  { .nonce = NULL },
		  NULL },
		{ "mdoc",
		  YF_DC_API_UNSIGNED,
		  "id_mdoc",
		  NULL,
		  { .origin = ORIGIN },
		  NULL },
		{ "SD-JWT of another page",
		  YF_DC_API_SIGNED,
		  "id",
		  "origin:https://evil.example",
		  { .nonce = NULL },
		  "audience" },
		{ "SD-JWT for a link",
		  YF_DC_API_SIGNED,
		  "id",
		  "x509_hash:x",
		  { .nonce = NULL },
		  "audience" },
		{ "mdoc of another page",
		  YF_DC_API_SIGNED,
		  "id_mdoc",
		  NULL,
		  { .origin = "https://evil.example" },
		  "holder" },
		{ "mdoc for a link",
		  YF_DC_API_SIGNED,
		  "id_mdoc",
		  NULL,
		  { .origin = NULL },
		  "holder" },
	};
	const struct yf_request_how_ask how = { .dc_api = true,
						.origin = YF_STR(ORIGIN) };
	struct yf_test_env *test = *state;
	struct scene scene;

	scene_open(&scene, test);
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		struct yf_taken taken = { 0 };

		print_message("  %s\n", rows[i].name);
		yf_test_ok(make(&scene, &how, NULL));
		const yf_str shown =
			rows[i].audience
				? bind_to(&scene, rows[i].audience)
				: present_mdoc(&scene, &rows[i].session,
					       scene.device, 4);
		yf_test_ok(hand_on(&scene, rows[i].protocol,
				   encrypt(&scene, rows[i].id, shown), &taken));
		assert_int_equal(taken.result.verdict,
				 rows[i].reason ? YF_VERDICT_REFUSED
						: YF_VERDICT_ACCEPTED);
		if (rows[i].reason)
			assert_true(
				yf_str_is(taken.result.reason, rows[i].reason));
		/* spent, by either way */
		yf_test_ok(yf_request_load(&test->env, test->arena,
					   scene.made.id, &scene.request));
		assert_int_equal(hand_on(&scene, rows[i].protocol,
					 YF_STR("a.b.c.d.e"), &taken)
					 .code,
				 YF_CODE_REPLAYED);
	}
	scene_close(&scene);
}

static void requests_for_the_browser(void **state)
{
	const struct yf_request_how_ask how = { .dc_api = true,
						.origin = YF_STR(ORIGIN) };
	struct yf_test_env *test = *state;
	struct yf_taken taken = { 0 };
	struct scene scene;

	scene_open(&scene, test);
	yf_test_ok(make(&scene, &how, NULL));
	const struct yf_json *requests =
		yf_json_get(json_of(&scene, scene.made.digital), "requests");
	assert_int_equal(requests->count, 2);
	const struct yf_json *plain = yf_json_get(&requests->items[1], "data");
	assert_null(yf_json_get(plain, "client_id"));
	assert_null(yf_json_get(plain, "response_uri"));
	assert_null(yf_json_get(plain, "state"));
	assert_true(
		yf_str_is(yf_json_text(plain, "response_mode"), "dc_api.jwt"));
	const yf_str jwt = yf_json_text(
		yf_json_get(&requests->items[0], "data"), "request");
	struct yf_jws jws = { 0 };
	yf_test_ok(yf_jws_parse(test->arena, jwt, &jws));
	const struct yf_json *object = json_of(&scene, jws.payload);
	assert_true(yf_str_is(
		yf_json_get(object, "expected_origins")->items[0].string,
		ORIGIN));
	assert_true(yf_str_eq(yf_json_text(object, "client_id"),
			      scene.party.party.client_id));
	assert_null(yf_json_get(object, "state"));
	assert_int_equal(hand_on(&scene, "openid4vp", YF_STR("x"), &taken).code,
			 YF_CODE_UNSUPPORTED);

	/* a request for a link is not answered by the browser */
	const struct yf_request_how_ask link = { .dc_api = false };
	yf_test_ok(make(&scene, &link, NULL));
	assert_int_equal(
		hand_on(&scene, YF_DC_API_SIGNED, YF_STR("x"), &taken).code,
		YF_CODE_INVALID_REQUEST);
	scene_close(&scene);
}

/* --- the same device --- */

static void only_who_started_it_gets_the_result(void **state)
{
	const struct yf_request_how_ask how = {
		.same_device = true, .return_uri = YF_STR(ORIGIN "/back?a=1")
	};
	const struct session right = { .nonce = NULL };
	const yf_str lead = YF_STR(ORIGIN "/back?a=1&response_code=");
	struct yf_test_env *test = *state;
	struct yf_taken taken = { 0 };
	struct scene scene;
	yf_str json = { 0 };

	scene_open(&scene, test);
	yf_test_ok(make(&scene, &how, NULL));
	const yf_str session = scene.made.session;
	yf_test_ok(post(&scene, "id_mdoc",
			present_mdoc(&scene, &right, scene.device, 4), &taken));
	assert_int_equal(taken.result.verdict, YF_VERDICT_ACCEPTED);
	assert_true(yf_str_starts(taken.redirect_uri, lead));
	const yf_str code = yf_str_skip(taken.redirect_uri, lead.len);
	assert_true(code.len >= 22);
	assert_int_equal(yf_json_get(view_of(&scene), "result")->kind,
			 YF_JSON_NULL);
	assert_true(yf_json_get(view_of(&scene), "withheld")->boolean);

	yf_test_ok(yf_request_load(&test->env, test->arena, scene.made.id,
				   &scene.request));
	struct scene other = scene;
	yf_test_ok(make(&other, &how, NULL));
	const struct {
		yf_str session, code;
		yf_code want;
	} rows[] = {
		{ other.made.session, code, YF_CODE_DENIED },
		{ session, YF_STR(""), YF_CODE_DENIED },
		{ YF_STR(""), code, YF_CODE_DENIED },
		{ code, session, YF_CODE_DENIED },
		{ session, session, YF_CODE_DENIED },
		{ session, code, YF_CODE_OK },
	};
	for (size_t i = 0; i < YF_COUNT(rows); i++)
		assert_int_equal(yf_request_release(&test->env, test->arena,
						    &scene.request,
						    rows[i].session,
						    rows[i].code, &json)
					 .code,
				 rows[i].want);
	assert_true(yf_str_is(
		yf_json_text(yf_json_get(json_of(&scene, json), "result"),
			     "verdict"),
		"accepted"));
	scene_close(&scene);
}

/* --- what is agreed to --- */

static yf_str bind_hashes(struct scene *scene, const yf_str *hashes,
			  size_t count)
{
	const struct yf_signer holder = yf_signer_of_key(scene->card.key);
	const struct yf_kb_ask ask = {
		.audience = scene->party.party.client_id,
		.nonce = scene->request.nonce,
		.now_s = scene->test->now_s,
		.transaction_hashes = hashes,
		.transaction_hash_count = count,
	};
	const struct yf_dcql_credential *asked =
		scene->request.query.credentials;
	struct yf_claim_path paths[8];
	yf_str selected = { 0 };
	yf_str bound = { 0 };

	for (size_t i = 0; i < asked->claim_count; i++)
		paths[i] = asked->claims[i].path;
	yf_test_ok(yf_sdjwt_select(scene->test->arena, scene->card.sdjwt, paths,
				   asked->claim_count, &selected));
	yf_test_ok(yf_sdjwt_bind(scene->test->arena, &holder, selected, &ask,
				 &bound));
	return bound;
}

static void the_holder_signs_what_was_read(void **state)
{
	static const char asked[] =
		"[{\"type\":\"urn:yufu:transaction:purpose\","
		"\"text\":\"Room 12, two nights\"}]";
	const struct yf_request_how_ask how = { .dc_api = false };
	struct yf_test_env *test = *state;
	struct yf_taken taken = { 0 };
	struct scene scene;
	yf_str hash = { 0 };
	yf_str of_content = { 0 };

	scene_open(&scene, test);
	const struct yf_json *transactions = json_of(&scene, yf_str_of(asked));
	yf_test_ok(make(&scene, &how, transactions));
	assert_int_equal(scene.request.query.credential_count, 1);
	yf_test_ok(yf_transaction_hash(
		test->arena, scene.request.transactions.at[0].encoded, &hash));
	yf_test_ok(post(&scene, "id", bind_hashes(&scene, &hash, 1), &taken));
	assert_int_equal(taken.result.verdict, YF_VERDICT_ACCEPTED);
	const struct yf_json *result = yf_json_get(view_of(&scene), "result");
	const struct yf_json *agreed =
		&yf_json_get(result, "transaction_data")->items[0];
	assert_true(
		yf_str_is(yf_json_text(agreed, "text"), "Room 12, two nights"));
	assert_true(yf_str_is(yf_json_text(agreed, "credential_id"), "id"));

	yf_test_ok(make(&scene, &how, transactions));
	yf_test_ok(post(&scene, "id", bind_hashes(&scene, NULL, 0), &taken));
	assert_true(yf_str_is(taken.result.reason, "not_asked"));

	/* over what it decodes to, not over the string */
	yf_bytes content = { 0 };
	yf_test_ok(make(&scene, &how, transactions));
	yf_test_ok(yf_base64url_decode(test->arena,
				       scene.request.transactions.at[0].encoded,
				       &content));
	yf_test_ok(yf_transaction_hash(test->arena, yf_str_from(content),
				       &of_content));
	yf_test_ok(post(&scene, "id", bind_hashes(&scene, &of_content, 1),
			&taken));
	assert_true(yf_str_is(taken.result.reason, "holder"));
	scene_close(&scene);
}

/* --- how it may be asked --- */

static const struct {
	const char *name;
	struct yf_request_how_ask how;
	const char *transactions;
	yf_code want;
} hows[] = {
	{ "as always", { .dc_api = false }, NULL, YF_CODE_OK },
	{ "by the name of the server",
	  { .client_id_prefix = YF_STR("x509_san_dns") },
	  NULL,
	  YF_CODE_OK },
	{ "a prefix of others",
	  { .client_id_prefix = YF_STR("redirect_uri") },
	  NULL,
	  YF_CODE_UNSUPPORTED },
	{ "a mode of others",
	  { .response_mode = YF_STR("fragment") },
	  NULL,
	  YF_CODE_UNSUPPORTED },
	{ "a method of others",
	  { .request_uri_method = YF_STR("put") },
	  NULL,
	  YF_CODE_UNSUPPORTED },
	{ "back to nowhere", { .same_device = true }, NULL, YF_CODE_MISSING },
	{ "back to a stranger",
	  { .same_device = true,
	    .return_uri = YF_STR("https://evil.example/back") },
	  NULL,
	  YF_CODE_DENIED },
	{ "back to our own page",
	  { .same_device = true,
	    .return_uri = YF_STR("https://city.example/check/back") },
	  NULL,
	  YF_CODE_OK },
	{ "an address without the flow",
	  { .return_uri = YF_STR(ORIGIN "/back?a=1") },
	  NULL,
	  YF_CODE_SYNTAX },
	{ "a page of a stranger",
	  { .dc_api = true, .origin = YF_STR("https://evil.example") },
	  NULL,
	  YF_CODE_DENIED },
	{ "our own page",
	  { .dc_api = true, .origin = YF_STR("https://city.example") },
	  NULL,
	  YF_CODE_OK },
	{ "both at once",
	  { .dc_api = true,
	    .origin = YF_STR(ORIGIN),
	    .same_device = true,
	    .return_uri = YF_STR(ORIGIN "/back?a=1") },
	  NULL,
	  YF_CODE_SYNTAX },
	{ "a transaction of an unknown type",
	  { .dc_api = false },
	  "[{\"type\":\"payment\",\"text\":\"x\"}]",
	  YF_CODE_UNSUPPORTED },
	{ "without a text",
	  { .dc_api = false },
	  "[{\"type\":\"urn:yufu:transaction:purpose\"}]",
	  YF_CODE_MISSING },
	{ "for a credential that is not asked",
	  { .dc_api = false },
	  "[{\"type\":\"urn:yufu:transaction:purpose\",\"text\":\"x\","
	  "\"credential_ids\":[\"id_mdoc\"]}]",
	  YF_CODE_SYNTAX },
	{ "none at all", { .dc_api = false }, "[]", YF_CODE_SYNTAX },
	{ "the same twice",
	  { .dc_api = false },
	  "[{\"type\":\"urn:yufu:transaction:purpose\",\"text\":\"x\"},"
	  "{\"type\":\"urn:yufu:transaction:purpose\",\"text\":\"x\"}]",
	  YF_CODE_DUPLICATE },
};

static void how_table(void **state)
{
	struct yf_test_env *test = *state;
	struct scene scene;

	scene_open(&scene, test);
	for (size_t i = 0; i < YF_COUNT(hows); i++) {
		const struct yf_json *transactions =
			hows[i].transactions
				? json_of(&scene,
					  yf_str_of(hows[i].transactions))
				: NULL;

		print_message("  %s\n", hows[i].name);
		assert_int_equal(make(&scene, &hows[i].how, transactions).code,
				 hows[i].want);
	}
	scene_close(&scene);
}

static void a_name_is_that_of_the_answers_address(void **state)
{
	const struct yf_request_how_ask how = { .client_id_prefix = YF_STR(
							"x509_san_dns") };
	const struct session right = { .client_id =
					       "x509_san_dns:city.example" };
	struct yf_test_env *test = *state;
	struct yf_taken taken = { 0 };
	struct scene scene;

	scene_open(&scene, test);
	yf_test_ok(make(&scene, &how, NULL));
	assert_true(yf_str_starts(
		scene.made.uri,
		YF_STR("openid4vp://?client_id=x509_san_dns%3Acity.example&")));
	yf_test_ok(post(&scene, "id_mdoc",
			present_mdoc(&scene, &right, scene.device, 4), &taken));
	assert_int_equal(taken.result.verdict, YF_VERDICT_ACCEPTED);
	scene_close(&scene);
}

/* In the clear where that was asked, and only there. */
static void in_the_clear(void **state)
{
	const struct yf_request_how_ask plain = { .response_mode = YF_STR(
							  "direct_post") };
	const struct yf_request_how_ask secret = { .dc_api = false };
	const struct session right = { .without_thumbprint = true };
	struct yf_test_env *test = *state;
	struct yf_taken taken = { 0 };
	struct scene scene;
	yf_str text = { 0 };

	scene_open(&scene, test);
	for (int asked_plain = 0; asked_plain < 2; asked_plain++) {
		yf_test_ok(make(&scene, asked_plain ? &plain : &secret, NULL));
		yf_test_ok(yf_str_format(
			test->arena, &text, "{\"id_mdoc\":[\"%.*s\"]}",
			YF_ARG(present_mdoc(&scene, &right, scene.device, 4))));
		const struct yf_answer answer = {
			.vp_token = json_of(&scene, text),
			.state = scene.request.wallet_state,
		};
		const yf_err err =
			yf_response_take(&test->env, test->arena, scene.made.id,
					 &answer, &taken);
		assert_int_equal(err.code,
				 asked_plain ? YF_CODE_OK
					     : YF_CODE_INVALID_ENCRYPTION);
	}
	assert_int_equal(taken.result.verdict, YF_VERDICT_ACCEPTED);
	yf_test_ok(make(&scene, &plain, NULL));
	assert_int_equal(post(&scene, "id_mdoc", text, &taken).code,
			 YF_CODE_INVALID_ENCRYPTION);
	scene_close(&scene);
}

/* --- what a wallet says of itself --- */

static const struct {
	const char *metadata;
	yf_code want;
} wallets[] = {
	{ "", YF_CODE_OK },
	{ "{}", YF_CODE_OK },
	{ "{\"x\":[1,{\"y\":null}]}", YF_CODE_OK },
	{ "{\"vp_formats_supported\":{\"dc+sd-jwt\":{}}}", YF_CODE_OK },
	{ "{\"vp_formats_supported\":{\"mso_mdoc\":{}}}", YF_CODE_OK },
	{ "{\"vp_formats_supported\":{\"jwt_vc_json\":{}}}",
	  YF_CODE_UNSUPPORTED },
	{ "{\"vp_formats_supported\":{\"dc+sd-jwt\":"
	  "{\"sd-jwt_alg_values\":[\"EdDSA\"]}}}",
	  YF_CODE_UNSUPPORTED },
	{ "{\"client_id_prefixes_supported\":[\"redirect_uri\"]}",
	  YF_CODE_UNSUPPORTED },
	{ "{\"client_id_prefixes_supported\":[\"x509_hash\"]}", YF_CODE_OK },
	{ "{\"request_object_signing_alg_values_supported\":[\"RS256\"]}",
	  YF_CODE_UNSUPPORTED },
	{ "{\"response_modes_supported\":[\"direct_post\"]}",
	  YF_CODE_UNSUPPORTED },
	{ "{\"vp_formats_supported\":1}", YF_CODE_SYNTAX },
	{ "[]", YF_CODE_SYNTAX },
	{ "hello", YF_CODE_SYNTAX },
};

static void wallet_table(void **state)
{
	const struct yf_request_how_ask how = { .request_uri_method =
							YF_STR("post") };
	struct yf_test_env *test = *state;
	struct scene scene;

	scene_open(&scene, test);
	yf_test_ok(make(&scene, &how, NULL));
	assert_true(yf_str_ends(scene.made.uri,
				YF_STR("&request_uri_method=post")));
	for (size_t i = 0; i < YF_COUNT(wallets); i++) {
		const struct yf_wallet_says wallet = {
			.nonce = YF_STR("n"),
			.metadata = yf_str_of(wallets[i].metadata),
		};
		yf_str jwt = { 0 };

		print_message("  %s\n", wallets[i].metadata);
		assert_int_equal(yf_request_object(&test->env, test->arena,
						   scene.made.id, &wallet, &jwt)
					 .code,
				 wallets[i].want);
	}
	scene_close(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENV_TEST(an_mdoc_is_the_other_option),
		ENV_TEST(mdoc_table),
		ENV_TEST(garbage_for_an_mdoc_is_refused),
		ENV_TEST(the_browser_says_who_asks),
		ENV_TEST(requests_for_the_browser),
		ENV_TEST(only_who_started_it_gets_the_result),
		ENV_TEST(the_holder_signs_what_was_read),
		ENV_TEST(how_table),
		ENV_TEST(a_name_is_that_of_the_answers_address),
		ENV_TEST(in_the_clear),
		ENV_TEST(wallet_table),
	};
	return cmocka_run_group_tests_name("check, all ways", tests, NULL,
					   NULL);
}
