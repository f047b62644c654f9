#include "check/response.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "../support/party.h"
#include "card/status.h"
#include "check/check.h"
#include "crypto/jwe.h"

/* A desk, a holder and an open request between them. */
struct scene {
	struct yf_test_env *test;
	struct yf_test_party party;
	struct yf_test_card card;
	struct yf_request_made made;
	struct yf_request_object object;
};

static void scene_open(struct scene *scene, struct yf_test_env *test,
		       const char *policy)
{
	const char *const policies[] = { "hotel", "cafe", "bank", NULL };
	const struct yf_test_card_ask ask = { 0 };

	scene->test = test;
	yf_test_party_add(test, "Hotel Example", policies, &scene->party);
	yf_test_card_issue(test, &ask, &scene->card);
	yf_test_ask(test, &scene->party, policy, &scene->made, &scene->object);
}

static void scene_close(struct scene *scene)
{
	yf_key_free(scene->card.key);
}

static struct yf_test_show show_of(const struct scene *scene)
{
	return (struct yf_test_show){ .card = &scene->card,
				      .request = &scene->object };
}

static yf_err take_answer(const struct yf_env *env, struct yf_arena *arena,
			  yf_str id, const struct yf_answer *answer,
			  struct yf_result *out)
{
	struct yf_taken taken = { .redirect_uri = { NULL, 0 } };
	const yf_err err = yf_response_take(env, arena, id, answer, &taken);

	if (!yf_failed(err))
		*out = taken.result;
	return err;
}

static yf_err take(struct scene *scene, yf_str jwe, struct yf_result *out)
{
	const struct yf_answer answer = { .response = jwe };

	return take_answer(&scene->test->env, scene->test->arena,
			   scene->made.id, &answer, out);
}

static const struct yf_json *result_of(struct scene *scene)
{
	return yf_json_get(
		yf_test_view(scene->test, &scene->party, scene->made.id),
		"result");
}

static int setup(void **state)
{
	*state = yf_test_env_new();
	return 0;
}

static int teardown(void **state)
{
	yf_test_env_free(*state);
	return 0;
}

/* --- accepted --- */

static void assert_claims(struct scene *scene, const char *want)
{
	const struct yf_json *tree = NULL;

	yf_test_ok(yf_json_parse(scene->test->arena, yf_str_of(want), &tree));
	assert_true(yf_json_eq(yf_json_get(result_of(scene), "claims"), tree));
}

static void the_hotel_gets_four_claims(void **state)
{
	struct yf_test_env *test = *state;
	struct scene scene = { 0 };
	struct yf_result result = { 0 };
	struct yf_stream *stream = NULL;
	static char text[65536];
	bool ended = false;

	scene_open(&scene, test, "hotel");
	const struct yf_test_show show = show_of(&scene);
	yf_test_ok(
		yf_events_subscribe(test->env.events, scene.made.id, &stream));
	yf_test_ok(take(&scene, yf_test_answer(test, &show), &result));
	assert_int_equal(result.verdict, YF_VERDICT_ACCEPTED);
	assert_claims(&scene,
		      "{\"family_name\":\"\xe6\xa0\xb7\","
		      "\"given_name\":\"\xe6\x9c\xac\","
		      "\"document_number\":\"T00000001\","
		      "\"picture\":\"data:image/jpeg;base64,/9j/2Q==\"}");

	const struct yf_json *stored = result_of(&scene);
	assert_true(yf_str_is(yf_json_text(stored, "verdict"), "accepted"));
	assert_int_equal(yf_json_get(stored, "reason")->kind, YF_JSON_NULL);
	assert_true(yf_str_is(yf_json_text(stored, "issuer"), "Test City"));
	assert_int_equal(yf_json_get(stored, "checked_at")->integer,
			 test->now_s);
	assert_int_equal(yf_json_get(stored, "delete_at")->integer,
			 test->now_s + 86400);
	assert_true(yf_stream_take(stream, text, sizeof(text) - 1, &ended) > 0);
	assert_non_null(strstr(text, "event: state\n"));
	assert_non_null(strstr(text, "\"verdict\":\"accepted\""));
	yf_stream_free(stream);
	scene_close(&scene);
}

static void the_cafe_gets_one_and_loses_it_soon(void **state)
{
	struct yf_test_env *test = *state;
	struct scene scene = { 0 };
	struct yf_result result = { 0 };
	struct yf_request request = { 0 };

	scene_open(&scene, test, "cafe");
	const struct yf_test_show show = show_of(&scene);
	yf_test_ok(take(&scene, yf_test_answer(test, &show), &result));
	assert_claims(&scene, "{\"age_equal_or_over\":{\"18\":true}}");
	assert_int_equal(
		yf_json_get(result_of(&scene), "assurance_level")->kind,
		YF_JSON_NULL);
	test->now_s += YF_POLICY_SHOWN_S;
	assert_int_equal(yf_request_load(&test->env, test->arena, scene.made.id,
					 &request)
				 .code,
			 YF_CODE_NOT_FOUND);
	yf_test_ok(yf_check_sweep(&test->env));
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT count(*) FROM presentation",
					 YF_BIND_NONE),
			 0);
	scene_close(&scene);
}

static void what_was_not_asked_is_cut(void **state)
{
	static const char *const everything[] = {
		"family_name",
		"given_name",
		"birthdate",
		"picture",
		"document_number",
		"personal_administrative_number",
		"sex",
		"assurance_level",
		"age_equal_or_over.18",
		"age_equal_or_over.65",
		"nationalities",
		NULL,
	};
	struct yf_test_env *test = *state;
	struct scene scene = { 0 };
	struct yf_result result = { 0 };

	scene_open(&scene, test, "cafe");
	struct yf_test_show show = show_of(&scene);
	show.paths = everything;
	yf_test_ok(take(&scene, yf_test_answer(test, &show), &result));
	assert_int_equal(result.verdict, YF_VERDICT_ACCEPTED);
	assert_claims(&scene, "{\"age_equal_or_over\":{\"18\":true}}");
	assert_int_equal(
		yf_json_get(result_of(&scene), "assurance_level")->kind,
		YF_JSON_NULL);
	scene_close(&scene);
}

/* No name, and nothing of the wallet's bytes, is in the row as it lies. */
static void the_result_is_sealed(void **state)
{
	struct yf_test_env *test = *state;
	struct scene scene = { 0 };
	struct yf_result result = { 0 };
	struct yf_request request = { 0 };
	const yf_str number = YF_STR("T00000001");

	scene_open(&scene, test, "hotel");
	const struct yf_test_show show = show_of(&scene);
	yf_test_ok(take(&scene, yf_test_answer(test, &show), &result));
	yf_test_ok(yf_request_load(&test->env, test->arena, scene.made.id,
				   &request));
	assert_true(request.result_sealed.len > number.len);
	for (size_t i = 0; i + number.len <= request.result_sealed.len; i++)
		assert_memory_not_equal(request.result_sealed.ptr + i,
					number.ptr, number.len);
	assert_int_equal(request.key_sealed.len, 0);

	/* and it opens for no other request */
	yf_test_sql(test, "UPDATE presentation SET id = 'moved', shard = $1",
		    YF_BIND(YF_INT(request.shard)));
	request.id = YF_STR("moved");
	yf_str json = { 0 };
	assert_int_equal(
		yf_request_view(&test->env, test->arena, &request, &json).code,
		YF_CODE_DECRYPT);
	scene_close(&scene);
}

static yf_str flip(struct yf_arena *arena, yf_str text, size_t at)
{
	yf_str copy = { 0 };
	char *bytes = NULL;

	yf_test_ok(yf_str_copy(arena, text, &copy));
	bytes = YF_NEW(arena, char, copy.len);
	memcpy(bytes, copy.ptr, copy.len);
	bytes[at] = bytes[at] == 'A' ? 'B' : 'A';
	return (yf_str){ bytes, copy.len };
}

/* --- refused, each for its own reason --- */

struct wrong {
	const char *name;
	void (*spoil)(struct scene *scene, struct yf_test_show *show);
	const char *verdict;
	const char *reason;
};

static struct yf_key *spare_key(struct scene *scene)
{
	/* in place of the holder's, which the scene frees */
	struct yf_key *key = NULL;

	yf_test_ok(yf_key_new(&key));
	yf_key_free(scene->card.key);
	scene->card.key = key;
	return key;
}

static void new_card(struct scene *scene, const struct yf_test_card_ask *ask)
{
	yf_key_free(scene->card.key);
	yf_test_card_issue(scene->test, ask, &scene->card);
}

static void wrong_nonce(struct scene *scene, struct yf_test_show *show)
{
	(void)scene;
	show->nonce = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
}

static void wrong_audience(struct scene *scene, struct yf_test_show *show)
{
	(void)scene;
	show->audience =
		"x509_hash:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
}

static void audience_without_prefix(struct scene *scene,
				    struct yf_test_show *show)
{
	const yf_str id = scene->object.client_id;

	show->audience = id.ptr + strlen("x509_hash:");
}

static void wrong_key(struct scene *scene, struct yf_test_show *show)
{
	show->key = spare_key(scene);
}

static void no_binding(struct scene *scene, struct yf_test_show *show)
{
	(void)scene;
	show->without_binding = true;
}

static void old_binding(struct scene *scene, struct yf_test_show *show)
{
	show->bound_at_s = scene->test->now_s - 365 * 86400;
}

static void future_binding(struct scene *scene, struct yf_test_show *show)
{
	show->bound_at_s = scene->test->now_s + 365 * 86400;
}

static void expired_card(struct scene *scene, struct yf_test_show *show)
{
	const struct yf_test_card_ask ask = {
		.expires_s = scene->test->now_s - 3600,
	};

	(void)show;
	new_card(scene, &ask);
}

static void unknown_root(struct scene *scene, struct yf_test_show *show)
{
	struct yf_test_env *test = scene->test;
	YF_AUTO(key) key = NULL;
	const yf_bytes root = yf_test_root(test, "Another city", &key);
	const struct yf_signer issuer = yf_test_signer(
		test, "stranger", key, root, YF_EKU_DOCUMENT_SIGNER);
	const struct yf_test_card_ask ask = { .issuer = &issuer };

	(void)show;
	new_card(scene, &ask);
}

static void no_document_signer(struct scene *scene, struct yf_test_show *show)
{
	struct yf_test_env *test = scene->test;
	const struct yf_signer issuer =
		yf_test_signer(test, "reader", test->issuer_root_key,
			       test->env.issuer_root, YF_EKU_READER);
	const struct yf_test_card_ask ask = { .issuer = &issuer };

	(void)show;
	new_card(scene, &ask);
}

static void another_type(struct scene *scene, struct yf_test_show *show)
{
	const struct yf_test_card_ask ask = { .vct = "urn:yufu:pass:1" };

	(void)show;
	new_card(scene, &ask);
}

static void too_little(struct scene *scene, struct yf_test_show *show)
{
	static const char *const paths[] = { "family_name", "given_name",
					     "document_number", NULL };

	(void)scene;
	show->paths = paths;
}

/* The last byte but three of the issuer's signature. */
static void altered_card(struct scene *scene, struct yf_test_show *show)
{
	const yf_str card = scene->card.sdjwt;
	const char *end = memchr(card.ptr, '~', card.len);

	(void)show;
	scene->card.sdjwt =
		flip(scene->test->arena, card, (size_t)(end - card.ptr) - 4);
}

static void foreign_status(struct scene *scene, struct yf_test_show *show)
{
	const struct yf_test_card_ask ask = {
		.status_uri = YF_STR("https://elsewhere.example/status/1"),
		.status_index = 3,
	};

	(void)show;
	new_card(scene, &ask);
}

static void no_such_list(struct scene *scene, struct yf_test_show *show)
{
	const struct yf_test_card_ask ask = {
		.status_uri = YF_STR("https://city.example/status/77"),
		.status_index = 3,
	};

	(void)show;
	new_card(scene, &ask);
}

static yf_err claim_slot(struct yf_tx *tx, void *ctx)
{
	const struct yf_status_slot slot = { 1, 42 };
	const int64_t *now_s = ctx;

	YF_TRY(yf_tx_exec(tx,
			  "INSERT INTO credential (shard, id, person_id,"
			  " configuration_id, document_number, level, status,"
			  " notification, issued_s, expires_s) VALUES (5,"
			  " 'card', 'p', 'id', 'T1', 'basic', 0, '', $1, $2)",
			  YF_BIND(YF_INT(*now_s), YF_INT(*now_s + 9999)),
			  NULL));
	return yf_status_claim(tx, &slot, 1, 5, YF_STR("card"), *now_s);
}

static void card_with_status(struct scene *scene, yf_status status)
{
	struct yf_test_env *test = scene->test;
	const struct yf_test_card_ask ask = {
		.status_uri = YF_STR("https://city.example/status/1"),
		.status_index = 42,
	};

	yf_test_ok(yf_db_write(test->env.db, claim_slot, &test->now_s));
	if (status != YF_STATUS_VALID)
		yf_test_ok(yf_status_set(&test->env, YF_STR("card"), status,
					 YF_STR("operator")));
	new_card(scene, &ask);
}

static void valid_status(struct scene *scene, struct yf_test_show *show)
{
	(void)show;
	card_with_status(scene, YF_STATUS_VALID);
}

static void revoked(struct scene *scene, struct yf_test_show *show)
{
	(void)show;
	card_with_status(scene, YF_STATUS_INVALID);
}

static void suspended(struct scene *scene, struct yf_test_show *show)
{
	(void)show;
	card_with_status(scene, YF_STATUS_SUSPENDED);
}

static const struct wrong wrongs[] = {
	{ "nonce of another request", wrong_nonce, "refused", "nonce" },
	{ "for somebody else", wrong_audience, "refused", "audience" },
	{ "audience without its prefix", audience_without_prefix, "refused",
	  "audience" },
	{ "signed by another key", wrong_key, "refused", "holder" },
	{ "without key binding", no_binding, "refused", "holder" },
	{ "bound a year ago", old_binding, "refused", "holder" },
	{ "bound in a year", future_binding, "refused", "holder" },
	{ "expired", expired_card, "refused", "expired" },
	{ "unknown root", unknown_root, "refused", "untrusted" },
	{ "leaf of another use", no_document_signer, "refused", "untrusted" },
	{ "an altered card", altered_card, "refused", "signature" },
	{ "another type", another_type, "refused", "not_asked" },
	{ "a claim is missing", too_little, "refused", "not_asked" },
	{ "revoked", revoked, "refused", "revoked" },
	{ "suspended", suspended, "refused", "suspended" },
	{ "a list that is not there", no_such_list, "refused", "not_found" },
	{ "a status elsewhere", foreign_status, "undetermined", "unreachable" },
	{ "a valid status", valid_status, "accepted", NULL },
};

static void check_wrong(const struct wrong *wrong)
{
	struct yf_test_env *test = yf_test_env_new();
	struct scene scene = { 0 };
	struct yf_result result = { 0 };

	print_message("  %s\n", wrong->name);
	scene_open(&scene, test, "hotel");
	struct yf_test_show show = show_of(&scene);
	wrong->spoil(&scene, &show);
	yf_test_ok(take(&scene, yf_test_answer(test, &show), &result));

	const struct yf_json *stored = result_of(&scene);
	assert_true(yf_str_is(yf_json_text(stored, "verdict"), wrong->verdict));
	if (wrong->reason) {
		assert_true(yf_str_is(yf_json_text(stored, "reason"),
				      wrong->reason));
		assert_true(yf_json_text(stored, "advice").len > 0);
	}
	/* who is refused has shown nothing */
	assert_int_equal(yf_json_get(stored, "claims")->count,
			 !strcmp(wrong->verdict, "refused") ? 0 : 4);
	scene_close(&scene);
	yf_test_env_free(test);
}

static void refusal_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(wrongs); i++)
		check_wrong(&wrongs[i]);
}

/* The bank wants an upgraded card: the verifier compares, not the wallet. */
static void a_basic_card_is_not_enough_for_the_bank(void **state)
{
	static const char upgraded[] =
		"{\"family_name\":\"A\",\"given_name\":\"B\","
		"\"birthdate\":\"1990-01-02\",\"document_number\":\"T2\","
		"\"personal_administrative_number\":\"TEST-2\","
		"\"picture\":\"data:,\",\"assurance_level\":\"upgraded\"}";
	const struct yf_test_card_ask ask = { .claims = upgraded };
	struct yf_test_env *test = *state;
	struct scene scene = { 0 };
	struct yf_result result = { 0 };

	scene_open(&scene, test, "bank");
	struct yf_test_show show = show_of(&scene);
	yf_test_ok(take(&scene, yf_test_answer(test, &show), &result));
	assert_int_equal(result.verdict, YF_VERDICT_REFUSED);
	assert_true(yf_str_is(result.reason, "not_asked"));

	yf_test_ask(test, &scene.party, "bank", &scene.made, &scene.object);
	new_card(&scene, &ask);
	show = show_of(&scene);
	yf_test_ok(take(&scene, yf_test_answer(test, &show), &result));
	assert_int_equal(result.verdict, YF_VERDICT_ACCEPTED);
	assert_true(
		yf_str_is(yf_json_text(result_of(&scene), "assurance_level"),
			  "upgraded"));
	scene_close(&scene);
}

/* Nobody asks for it and no holder can leave it out. */
static void for_demonstration_only(void **state)
{
	static const char demo[] =
		"{\"age_equal_or_over\":{\"18\":true},"
		"\"assurance_level\":\"basic\",\"demo\":true}";
	const struct yf_test_card_ask ask = { .claims = demo };
	struct yf_test_env *test = *state;
	struct scene scene = { 0 };
	struct yf_result result = { 0 };

	scene_open(&scene, test, "cafe");
	struct yf_test_show show = show_of(&scene);
	yf_test_ok(take(&scene, yf_test_answer(test, &show), &result));
	assert_false(yf_json_get(result_of(&scene), "demo")->boolean);

	yf_test_ask(test, &scene.party, "cafe", &scene.made, &scene.object);
	new_card(&scene, &ask);
	show = show_of(&scene);
	yf_test_ok(take(&scene, yf_test_answer(test, &show), &result));
	assert_int_equal(result.verdict, YF_VERDICT_ACCEPTED);
	assert_true(yf_json_get(result_of(&scene), "demo")->boolean);
	assert_claims(&scene, "{\"age_equal_or_over\":{\"18\":true}}");
	scene_close(&scene);
}

/* --- what does not count as an answer --- */

static void assert_not_taken(struct scene *scene, yf_str jwe, yf_code want)
{
	struct yf_result result = { 0 };

	assert_int_equal(take(scene, jwe, &result).code, want);
	assert_int_equal(result.checked_at_s, 0);
	assert_true(
		yf_str_is(yf_json_text(yf_test_view(scene->test, &scene->party,
						    scene->made.id),
				       "state"),
			  "fetched"));
}

static void garbage_costs_nobody_his_turn(void **state)
{
	struct yf_test_env *test = *state;
	struct scene scene = { 0 };
	struct yf_result result = { 0 };
	YF_AUTO(key) other = NULL;

	scene_open(&scene, test, "hotel");
	struct yf_test_show show = show_of(&scene);
	const yf_str right = yf_test_answer(test, &show);

	assert_not_taken(&scene, YF_STR("garbage"), YF_CODE_SYNTAX);
	assert_not_taken(&scene, YF_STR("a.b.c.d.e"), YF_CODE_SYNTAX);
	assert_not_taken(&scene, flip(test->arena, right, right.len - 3),
			 YF_CODE_DECRYPT);
	assert_not_taken(&scene, (yf_str){ right.ptr, right.len / 2 },
			 YF_CODE_SYNTAX);

	yf_test_ok(yf_key_new(&other));
	show.encrypt_to = yf_key_public(other);
	assert_not_taken(&scene, yf_test_answer(test, &show), YF_CODE_DECRYPT);
	show = show_of(&scene);
	show.kid = "another";
	assert_not_taken(&scene, yf_test_answer(test, &show), YF_CODE_DECRYPT);
	show = show_of(&scene);
	show.state = "another";
	assert_not_taken(&scene, yf_test_answer(test, &show),
			 YF_CODE_INVALID_REQUEST);
	show = show_of(&scene);
	show.query_id = "another";
	assert_not_taken(&scene, yf_test_answer(test, &show),
			 YF_CODE_NOT_ASKED);

	yf_test_ok(take(&scene, right, &result));
	assert_int_equal(result.verdict, YF_VERDICT_ACCEPTED);
	scene_close(&scene);
}

/* The draft 23 form, a text instead of an array, and other plain texts. */
static const struct {
	const char *name;
	const char *plain;
	yf_code want;
} plains[] = {
	{ "no JSON", "vp_token", YF_CODE_SYNTAX },
	{ "no vp_token", "{\"state\":\"s\"}", YF_CODE_MISSING },
	{ "a text", "{\"vp_token\":\"a.b.c~\"}", YF_CODE_SYNTAX },
	{ "a text in it", "{\"vp_token\":{\"id\":\"a.b.c~\"}}",
	  YF_CODE_SYNTAX },
	{ "nothing", "{\"vp_token\":{}}", YF_CODE_NOT_ASKED },
	{ "an empty array", "{\"vp_token\":{\"id\":[]}}", YF_CODE_SYNTAX },
	{ "two of one", "{\"vp_token\":{\"id\":[\"a\",\"b\"]}}",
	  YF_CODE_NOT_ASKED },
	{ "a number", "{\"vp_token\":{\"id\":[1]}}", YF_CODE_SYNTAX },
	{ "twice", "{\"vp_token\":{\"id\":[\"a\"],\"id\":[\"a\"]}}",
	  YF_CODE_DUPLICATE },
	{ "state missing", "{\"vp_token\":{\"id\":[\"a\"]}}",
	  YF_CODE_INVALID_REQUEST },
};

static void plain_text_table(void **state)
{
	struct yf_test_env *test = *state;
	struct scene scene = { 0 };

	scene_open(&scene, test, "hotel");
	for (size_t i = 0; i < YF_COUNT(plains); i++) {
		const struct yf_jwe_ask ask = { .enc = YF_JWE_A256GCM,
						.kid = scene.object.key_id };
		yf_str jwe = { 0 };

		print_message("  %s\n", plains[i].name);
		yf_test_ok(yf_jwe_encrypt(
			test->arena, &scene.object.key, &ask,
			yf_bytes_of(yf_str_of(plains[i].plain)), &jwe));
		assert_not_taken(&scene, jwe, plains[i].want);
	}
	scene_close(&scene);
}

/* --- once --- */

static void a_second_answer_changes_nothing(void **state)
{
	struct yf_test_env *test = *state;
	struct scene scene = { 0 };
	struct yf_result result = { 0 };
	struct yf_request_object object = { 0 };
	yf_str jwt = { 0 };

	scene_open(&scene, test, "hotel");
	const struct yf_test_show show = show_of(&scene);
	const yf_str jwe = yf_test_answer(test, &show);
	const struct yf_answer decline = { .error = YF_STR("access_denied"),
					   .state = scene.object.state };

	yf_test_ok(take(&scene, jwe, &result));
	assert_int_equal(take(&scene, jwe, &result).code, YF_CODE_REPLAYED);
	assert_int_equal(take_answer(&test->env, test->arena, scene.made.id,
				     &decline, &result)
				 .code,
			 YF_CODE_REPLAYED);
	assert_true(yf_str_is(yf_json_text(result_of(&scene), "verdict"),
			      "accepted"));
	assert_int_equal(yf_request_object(&test->env, test->arena,
					   scene.made.id, &yf_test_wallet, &jwt)
				 .code,
			 YF_CODE_REPLAYED);

	/* nor does it open another request of the same party */
	yf_test_ask(test, &scene.party, "hotel", &scene.made, &object);
	assert_not_taken(&scene, jwe, YF_CODE_DECRYPT);
	scene_close(&scene);
}

static void it_comes_too_late(void **state)
{
	struct yf_test_env *test = *state;
	struct scene scene = { 0 };
	struct yf_result result = { 0 };

	scene_open(&scene, test, "hotel");
	test->now_s += 300;
	const struct yf_test_show show = show_of(&scene);
	assert_int_equal(
		take(&scene, yf_test_answer(test, &show), &result).code,
		YF_CODE_EXPIRED);
	assert_true(yf_str_is(
		yf_json_text(yf_test_view(test, &scene.party, scene.made.id),
			     "state"),
		"expired"));
	scene_close(&scene);
}

enum { THREADS = 8 };

struct racer {
	const struct yf_test_env *test;
	yf_str id;
	yf_str jwe;
	yf_code got;
};

static void *race(void *ctx)
{
	struct racer *racer = ctx;
	YF_AUTO(arena) arena = yf_arena_new(4 * 1024 * 1024);
	const struct yf_answer answer = { .response = racer->jwe };
	struct yf_result result = { 0 };

	racer->got = take_answer(&racer->test->env, arena, racer->id, &answer,
				 &result)
			     .code;
	return NULL;
}

static void of_many_at_once_one_wins(void **state)
{
	struct yf_test_env *test = *state;
	struct scene scene = { 0 };
	struct racer racers[THREADS];
	pthread_t threads[THREADS];
	int won = 0;

	scene_open(&scene, test, "hotel");
	const struct yf_test_show show = show_of(&scene);
	for (int i = 0; i < THREADS; i++)
		racers[i] = (struct racer){ test, scene.made.id,
					    yf_test_answer(test, &show),
					    YF_CODE_COUNT };
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (int i = 0; i < THREADS; i++) {
		won += racers[i].got == YF_CODE_OK;
		if (racers[i].got != YF_CODE_OK)
			assert_int_equal(racers[i].got, YF_CODE_REPLAYED);
	}
	assert_int_equal(won, 1);
	assert_true(yf_str_is(yf_json_text(result_of(&scene), "verdict"),
			      "accepted"));
	scene_close(&scene);
}

/* --- the holder says no --- */

static const struct {
	const char *error;
	const char *verdict;
	const char *reason;
} errors[] = {
	{ "access_denied", "refused", "declined" },
	{ "wallet_unavailable", "undetermined", "wallet_unavailable" },
	{ "vp_formats_not_supported", "undetermined",
	  "vp_formats_not_supported" },
};

static void the_holder_may_say_no(void **state)
{
	struct yf_test_env *test = *state;
	struct scene scene = { 0 };

	scene_open(&scene, test, "hotel");
	for (size_t i = 0; i < YF_COUNT(errors); i++) {
		struct yf_answer answer = {
			.error = yf_str_of(errors[i].error),
			.state = YF_STR("another"),
		};
		struct yf_result result = { 0 };

		print_message("  %s\n", errors[i].error);
		yf_test_ask(test, &scene.party, "hotel", &scene.made,
			    &scene.object);
		assert_int_equal(take_answer(&test->env, test->arena,
					     scene.made.id, &answer, &result)
					 .code,
				 YF_CODE_INVALID_REQUEST);
		answer.state = scene.object.state;
		yf_test_ok(take_answer(&test->env, test->arena, scene.made.id,
				       &answer, &result));
		assert_true(
			yf_str_is(yf_json_text(result_of(&scene), "verdict"),
				  errors[i].verdict));
		assert_true(yf_str_is(yf_json_text(result_of(&scene), "reason"),
				      errors[i].reason));
	}
	scene_close(&scene);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_hotel_gets_four_claims),
		TEST(the_cafe_gets_one_and_loses_it_soon),
		TEST(what_was_not_asked_is_cut),
		TEST(the_result_is_sealed),
		cmocka_unit_test(refusal_table),
		TEST(a_basic_card_is_not_enough_for_the_bank),
		TEST(for_demonstration_only),
		TEST(garbage_costs_nobody_his_turn),
		TEST(plain_text_table),
		TEST(a_second_answer_changes_nothing),
		TEST(it_comes_too_late),
		TEST(of_many_at_once_one_wins),
		TEST(the_holder_may_say_no),
	};
	return cmocka_run_group_tests_name("check/response", tests, NULL, NULL);
}
