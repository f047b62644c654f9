#include "check/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "../support/party.h"
#include "check/check.h"
#include "codec/url.h"
#include "openid/registration.h"

static const char *const hotel_and_cafe[] = { "hotel", "cafe", NULL };
static const char *const cafe[] = { "cafe", NULL };

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

/* --- parties --- */

static void a_party_is_known_by_its_key_alone(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party hotel = { 0 };
	struct yf_party found = { 0 };
	yf_str other = { 0 };

	yf_test_party_add(test, "Hotel Example", hotel_and_cafe, &hotel);
	assert_true(yf_str_is(hotel.party.name, "Hotel Example"));
	assert_int_equal(hotel.party.policies.count, 2);
	assert_true(yf_str_starts(hotel.api_key, YF_STR(YF_API_KEY_PREFIX)));
	assert_true(yf_str_starts(hotel.party.client_id, YF_STR("x509_hash:")));

	/* every other key fails: a byte changed, cut, or the id itself */
	yf_test_ok(yf_str_copy(test->arena, hotel.api_key, &other));
	for (size_t i = 0; i < other.len; i++) {
		char key[128];

		memcpy(key, other.ptr, other.len);
		key[i] = key[i] == 'A' ? 'B' : 'A';
		assert_int_equal(yf_party_of_key(&test->env, test->arena,
						 (yf_str){ key, other.len },
						 &found)
					 .code,
				 YF_CODE_INVALID_TOKEN);
	}
	other.len--;
	assert_int_equal(
		yf_party_of_key(&test->env, test->arena, other, &found).code,
		YF_CODE_INVALID_TOKEN);
	assert_int_equal(
		yf_party_of_key(&test->env, test->arena, (yf_str){ 0 }, &found)
			.code,
		YF_CODE_INVALID_TOKEN);
}

static void its_act_is_in_the_same_database(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party hotel = { 0 };

	yf_test_party_add(test, "Hotel Example", hotel_and_cafe, &hotel);
	assert_int_equal(
		yf_test_sql_int(test,
				"SELECT count(*) FROM act WHERE subject = $1"
				" AND kind = 'relying_party_added'"
				" AND actor = 'operator'",
				YF_BIND(YF_TEXT(hotel.party.id))),
		1);
	/* the key itself is nowhere, only what is made of it */
	assert_int_equal(
		yf_test_sql_int(test,
				"SELECT count(*) FROM api_key"
				" WHERE hash = $1",
				YF_BIND(YF_BLOB(yf_bytes_of(hotel.api_key)))),
		0);
}

static void a_party_withdrawn_is_nobody(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party hotel = { 0 };
	struct yf_party found = { 0 };

	yf_test_party_add(test, "Hotel Example", hotel_and_cafe, &hotel);
	yf_test_sql(test, "UPDATE relying_party SET withdrawn_s = 1",
		    YF_BIND_NONE);
	assert_int_equal(
		yf_party_of_key(&test->env, test->arena, hotel.api_key, &found)
			.code,
		YF_CODE_INVALID_TOKEN);
	assert_int_equal(yf_party_load(&test->env, test->arena,
				       hotel.party.shard, hotel.party.id,
				       test->now_s, &found)
				 .code,
			 YF_CODE_NOT_FOUND);
}

static const struct {
	const char *name;
	yf_str party;
	yf_str policy;
	yf_code want;
} bad_parties[] = {
	{ "no name", YF_STR(""), YF_STR("hotel"), YF_CODE_NAME },
	{ "no text", YF_STR("\xff"), YF_STR("hotel"), YF_CODE_NAME },
	{ "too long",
	  YF_STR("0123456789012345678901234567890123456789"
		 "0123456789012345678901234"),
	  YF_STR("hotel"), YF_CODE_NAME },
	{ "no such policy", YF_STR("A"), YF_STR("casino"), YF_CODE_NOT_FOUND },
};

static void bad_parties_are_refused(void **state)
{
	struct yf_test_env *test = *state;

	for (size_t i = 0; i < YF_COUNT(bad_parties); i++) {
		const struct yf_party_ask ask = {
			.name = bad_parties[i].party,
			.policies = &bad_parties[i].policy,
			.policy_count = 1,
			.actor = YF_STR("operator"),
		};
		struct yf_party_added added = { 0 };

		print_message("  %s\n", bad_parties[i].name);
		assert_int_equal(
			yf_party_add(&test->env, test->arena, &ask, &added)
				.code,
			bad_parties[i].want);
	}
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT count(*) FROM relying_party",
					 YF_BIND_NONE),
			 0);
}

/* --- what may be asked --- */

#define QUERY(claims)                                                       \
	"{\"credentials\":[{\"id\":\"id\",\"format\":\"dc+sd-jwt\","        \
	"\"meta\":{\"vct_values\":[\"urn:yufu:id:1\"]},\"claims\":[" claims \
	"]}]}"

static const struct {
	const char *name;
	const char *policy;
	const char *query;
	const char *purpose;
	yf_code want;
} asks[] = {
	{ "its policy", "cafe", NULL, "", YF_CODE_OK },
	{ "a policy it has not", "hotel", NULL, "", YF_CODE_OVER_ASKED },
	{ "a policy nobody has", "casino", NULL, "", YF_CODE_UNSUPPORTED },
	{ "nothing", "", NULL, "", YF_CODE_MISSING },
	{ "its claim", "", QUERY("{\"path\":[\"age_equal_or_over\",\"18\"]}"),
	  "age", YF_CODE_OK },
	{ "without purpose", "",
	  QUERY("{\"path\":[\"age_equal_or_over\",\"18\"]}"), "",
	  YF_CODE_MISSING },
	{ "both", "cafe", QUERY("{\"path\":[\"age_equal_or_over\",\"18\"]}"),
	  "age", YF_CODE_SYNTAX },
	{ "another claim", "", QUERY("{\"path\":[\"family_name\"]}"), "name",
	  YF_CODE_OVER_ASKED },
	{ "one more claim", "",
	  QUERY("{\"path\":[\"age_equal_or_over\",\"18\"]},"
		"{\"path\":[\"picture\"]}"),
	  "age", YF_CODE_OVER_ASKED },
	{ "all ages", "", QUERY("{\"path\":[\"age_equal_or_over\"]}"), "age",
	  YF_CODE_OVER_ASKED },
	{ "another type", "",
	  "{\"credentials\":[{\"id\":\"id\",\"format\":\"dc+sd-jwt\","
	  "\"meta\":{\"vct_values\":[\"urn:yufu:id:1\",\"urn:x\"]},"
	  "\"claims\":[{\"path\":[\"age_equal_or_over\",\"18\"]}]}]}",
	  "age", YF_CODE_OVER_ASKED },
	{ "an mdoc", "",
	  "{\"credentials\":[{\"id\":\"id\",\"format\":\"mso_mdoc\","
	  "\"meta\":{\"doctype_value\":\"org.iso.18013.5.1.mDL\"},"
	  "\"claims\":[{\"path\":[\"org.iso.18013.5.1\",\"portrait\"]}]}]}",
	  "age", YF_CODE_OVER_ASKED },
	{ "in a second credential", "",
	  "{\"credentials\":[{\"id\":\"a\",\"format\":\"dc+sd-jwt\","
	  "\"meta\":{\"vct_values\":[\"urn:yufu:id:1\"]},"
	  "\"claims\":[{\"path\":[\"age_equal_or_over\",\"18\"]}]},"
	  "{\"id\":\"b\",\"format\":\"dc+sd-jwt\","
	  "\"meta\":{\"vct_values\":[\"urn:yufu:id:1\"]},"
	  "\"claims\":[{\"path\":[\"birthdate\"]}]}]}",
	  "age", YF_CODE_OVER_ASKED },
	{ "without holder binding", "",
	  "{\"credentials\":[{\"id\":\"id\",\"format\":\"dc+sd-jwt\","
	  "\"meta\":{\"vct_values\":[\"urn:yufu:id:1\"]},"
	  "\"require_cryptographic_holder_binding\":false}]}",
	  "age", YF_CODE_OK },
	{ "by a trust list that is not consulted", "",
	  "{\"credentials\":[{\"id\":\"id\",\"format\":\"dc+sd-jwt\","
	  "\"meta\":{\"vct_values\":[\"urn:yufu:id:1\"]},"
	  "\"trusted_authorities\":[{\"type\":\"etsi_tl\","
	  "\"values\":[\"https://lotl.example\"]}]}]}",
	  "age", YF_CODE_UNSUPPORTED },
	{ "no DCQL", "", "{\"credentials\":[]}", "age", YF_CODE_SYNTAX },
};

static void ask_table(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party party = { 0 };

	yf_test_party_add(test, "Cafe Example", cafe, &party);
	for (size_t i = 0; i < YF_COUNT(asks); i++) {
		struct yf_request_ask ask = {
			.policy = yf_str_of(asks[i].policy),
			.purpose = yf_str_of(asks[i].purpose),
		};
		struct yf_request_made made = { 0 };

		print_message("  %s\n", asks[i].name);
		if (asks[i].query)
			yf_test_ok(yf_json_parse(test->arena,
						 yf_str_of(asks[i].query),
						 &ask.query));
		assert_int_equal(yf_request_create(&test->env, test->arena,
						   &party.party, &ask, &made)
					 .code,
				 asks[i].want);
		assert_int_equal(made.id.len > 0, asks[i].want == YF_CODE_OK);
	}
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT count(*) FROM presentation",
					 YF_BIND_NONE),
			 3);
}

/* --- the request object --- */

static void the_wallet_gets_what_was_registered(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party hotel = { 0 };
	struct yf_request_made made = { 0 };
	struct yf_request_object object = { 0 };
	struct yf_registration registration = { 0 };
	struct yf_registration_rule rule = {
		.registrars = test->env.registrars,
		.now_s = test->now_s,
		.skew_s = 60,
	};
	struct yf_dcql query = { 0 };

	yf_test_party_add(test, "Hotel Example", hotel_and_cafe, &hotel);
	yf_test_ask(test, &hotel, "hotel", &made, &object);
	assert_int_equal(made.expires_in_s, 300);
	assert_int_equal(object.expires_s, test->now_s + 300);
	assert_true(made.id.len >= 22);
	assert_true(object.nonce.len >= 22);
	assert_true(object.state.len >= 22);
	assert_true(yf_str_starts(object.response_uri,
				  YF_STR("https://city.example/vp/")));
	assert_true(yf_str_ends(object.response_uri, YF_STR("/response")));

	rule.client_id = object.client_id;
	yf_test_ok(yf_registration_check(test->arena, object.registration,
					 &rule, &registration));
	assert_true(yf_str_is(registration.name, "Hotel Example"));
	assert_int_equal(registration.retention_s, 86400);
	assert_int_equal(registration.purpose_count, 5);
	assert_true(yf_str_is(registration.purpose[0].locale, "en"));
	assert_int_equal(registration.grants[0].path_count, 4);
	yf_test_ok(yf_dcql_parse(test->arena, object.query, &query));
	yf_test_ok(yf_dcql_within(&query, registration.grants,
				  registration.grant_count));

	rule.client_id = YF_STR("x509_hash:somebody");
	assert_int_equal(yf_registration_check(test->arena, object.registration,
					       &rule, &registration)
				 .code,
			 YF_CODE_AUDIENCE);
	rule.client_id = object.client_id;
	rule.now_s = test->now_s + 2 * 3600;
	assert_int_equal(yf_registration_check(test->arena, object.registration,
					       &rule, &registration)
				 .code,
			 YF_CODE_EXPIRED);
	rule.now_s = test->now_s;
	rule.registrars = test->env.issuers;
	assert_int_equal(yf_registration_check(test->arena, object.registration,
					       &rule, &registration)
				 .code,
			 YF_CODE_UNTRUSTED);
}

/* A party holds a certificate of the registrar's root, and is no registrar. */
static void a_party_registers_nobody(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party hotel = { 0 };
	struct yf_signer registrar = test->env.registrar;
	struct yf_registration registration = { 0 };
	struct yf_registration_rule rule = {
		.registrars = test->env.registrars,
		.now_s = test->now_s,
		.skew_s = 60,
	};
	yf_str jwt = { 0 };

	yf_test_party_add(test, "Hotel Example", hotel_and_cafe, &hotel);
	rule.client_id = hotel.party.client_id;
	const struct yf_party_request named = { rule.client_id,
						&hotel.party.policies,
						{ 0 } };
	yf_test_ok(yf_party_registration(&test->env, test->arena, &hotel.party,
					 &named, &jwt));
	yf_test_ok(
		yf_registration_check(test->arena, jwt, &rule, &registration));

	test->env.registrar =
		yf_test_signer(test, "party", test->env.registrar_ca_key,
			       test->env.registrar_root, YF_EKU_READER);
	yf_test_ok(yf_party_registration(&test->env, test->arena, &hotel.party,
					 &named, &jwt));
	assert_int_equal(
		yf_registration_check(test->arena, jwt, &rule, &registration)
			.code,
		YF_CODE_UNTRUSTED);
	test->env.registrar = registrar;
}

static void two_requests_share_nothing(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party party = { 0 };
	struct yf_request_made made[2] = { 0 };
	struct yf_request_object object[2] = { 0 };

	yf_test_party_add(test, "Cafe Example", cafe, &party);
	for (int i = 0; i < 2; i++)
		yf_test_ask(test, &party, "cafe", &made[i], &object[i]);
	assert_false(yf_str_eq(made[0].id, made[1].id));
	assert_false(yf_str_eq(object[0].nonce, object[1].nonce));
	assert_false(yf_str_eq(object[0].state, object[1].state));
	assert_false(yf_public_key_eq(&object[0].key, &object[1].key));
	assert_true(yf_str_eq(object[0].client_id, object[1].client_id));
}

/* Conformance module request-uri-fetched-twice. */
static void it_is_served_again_and_told_once(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party party = { 0 };
	const struct yf_request_ask ask = { .policy = YF_STR("cafe") };
	struct yf_request_made made = { 0 };
	struct yf_request_object first = { 0 };
	struct yf_request_object again = { 0 };
	struct yf_stream *stream = NULL;
	char text[1024] = "";
	bool ended = false;
	yf_str jwt = { 0 };

	yf_test_party_add(test, "Cafe Example", cafe, &party);
	yf_test_ok(yf_request_create(&test->env, test->arena, &party.party,
				     &ask, &made));
	assert_true(yf_str_is(
		yf_json_text(yf_test_view(test, &party, made.id), "state"),
		"waiting"));
	yf_test_ok(yf_events_subscribe(test->env.events, made.id, &stream));
	yf_test_ok(yf_request_object(&test->env, test->arena, made.id,
				     &yf_test_wallet, &jwt));
	yf_test_read_request(test, made.uri, jwt, &first);
	assert_true(yf_str_is(
		yf_json_text(yf_test_view(test, &party, made.id), "state"),
		"fetched"));
	assert_true(yf_stream_take(stream, text, sizeof(text) - 1, &ended) > 0);
	assert_non_null(strstr(text, "\"state\":\"fetched\""));

	yf_test_ok(yf_request_object(&test->env, test->arena, made.id,
				     &yf_test_wallet, &jwt));
	yf_test_read_request(test, made.uri, jwt, &again);
	assert_true(yf_str_eq(first.nonce, again.nonce));
	assert_true(yf_public_key_eq(&first.key, &again.key));
	assert_int_equal(yf_stream_take(stream, text, sizeof(text) - 1, &ended),
			 0);
	yf_stream_free(stream);
}

/* What a wallet must refuse; each is the right object with one thing wrong. */
static void a_wallet_refuses_what_does_not_fit(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party party = { 0 };
	struct yf_test_party other = { 0 };
	const struct yf_request_ask ask = { .policy = YF_STR("cafe") };
	struct yf_request_made made = { 0 };
	struct yf_request_object got = { 0 };
	yf_str jwt = { 0 };

	yf_test_party_add(test, "Cafe Example", cafe, &party);
	yf_test_party_add(test, "Cafe Other", cafe, &other);
	yf_test_ok(yf_request_create(&test->env, test->arena, &party.party,
				     &ask, &made));
	const struct yf_wallet_says wallet = { .nonce =
						       YF_STR("wallet-nonce") };
	yf_test_ok(yf_request_object(&test->env, test->arena, made.id, &wallet,
				     &jwt));
	const struct yf_request_rule right = {
		.parties = test->env.registrars,
		.client_id = party.party.client_id,
		.wallet_nonce = YF_STR("wallet-nonce"),
		.now_s = test->now_s,
		.skew_s = 60,
	};
	struct yf_request_rule rule = right;

	yf_test_ok(yf_request_object_check(test->arena, jwt, &rule, &got));
	assert_true(yf_str_is(got.wallet_nonce, "wallet-nonce"));
	rule.client_id = other.party.client_id;
	assert_int_equal(
		yf_request_object_check(test->arena, jwt, &rule, &got).code,
		YF_CODE_INVALID_CLIENT);
	rule = right;
	rule.wallet_nonce = YF_STR("another");
	assert_int_equal(
		yf_request_object_check(test->arena, jwt, &rule, &got).code,
		YF_CODE_NONCE);
	rule = right;
	rule.parties = test->env.issuers;
	assert_int_equal(
		yf_request_object_check(test->arena, jwt, &rule, &got).code,
		YF_CODE_UNTRUSTED);
	rule = right;
	rule.now_s = test->now_s + 361;
	assert_int_equal(
		yf_request_object_check(test->arena, jwt, &rule, &got).code,
		YF_CODE_EXPIRED);
}

/* --- time and strangers --- */

static void somebody_elses_request_is_not_there(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party mine = { 0 };
	struct yf_test_party other = { 0 };
	struct yf_request_made made = { 0 };
	struct yf_request_object object = { 0 };
	struct yf_request request = { 0 };

	yf_test_party_add(test, "Cafe Example", cafe, &mine);
	yf_test_party_add(test, "Cafe Other", cafe, &other);
	yf_test_ask(test, &mine, "cafe", &made, &object);
	assert_int_equal(yf_request_load_own(&test->env, test->arena,
					     &other.party, made.id, &request)
				 .code,
			 YF_CODE_NOT_FOUND);
	assert_int_equal(yf_request_load_own(&test->env, test->arena,
					     &mine.party, YF_STR("nothing"),
					     &request)
				 .code,
			 YF_CODE_NOT_FOUND);
	assert_int_equal(yf_request_object(&test->env, test->arena,
					   YF_STR("nothing"), &yf_test_wallet,
					   &made.uri)
				 .code,
			 YF_CODE_NOT_FOUND);
}

static void it_expires_is_swept_and_erased(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party party = { 0 };
	struct yf_request_made made = { 0 };
	struct yf_request_object object = { 0 };
	struct yf_stream *stream = NULL;
	struct yf_request request = { 0 };
	char text[1024] = "";
	bool ended = false;
	yf_str jwt = { 0 };

	yf_test_party_add(test, "Cafe Example", cafe, &party);
	yf_test_ask(test, &party, "cafe", &made, &object);
	yf_test_ok(yf_events_subscribe(test->env.events, made.id, &stream));

	test->now_s += 299;
	yf_test_ok(yf_check_sweep(&test->env));
	assert_true(yf_str_is(
		yf_json_text(yf_test_view(test, &party, made.id), "state"),
		"fetched"));
	test->now_s += 1;
	assert_true(yf_str_is(
		yf_json_text(yf_test_view(test, &party, made.id), "state"),
		"expired"));
	assert_int_equal(yf_request_object(&test->env, test->arena, made.id,
					   &yf_test_wallet, &jwt)
				 .code,
			 YF_CODE_EXPIRED);
	yf_test_ok(yf_check_sweep(&test->env));
	assert_true(yf_stream_take(stream, text, sizeof(text) - 1, &ended) > 0);
	assert_non_null(strstr(text, "\"state\":\"expired\""));
	while (!ended)
		assert_true(yf_stream_take(stream, text, sizeof(text) - 1,
					   &ended) > 0 ||
			    ended);
	yf_stream_free(stream);
	/* its encryption key is gone already */
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT length(key_sealed)"
					 " FROM presentation",
					 YF_BIND_NONE),
			 0);

	test->now_s += YF_POLICY_SHOWN_S;
	assert_int_equal(
		yf_request_load(&test->env, test->arena, made.id, &request)
			.code,
		YF_CODE_NOT_FOUND);
	yf_test_ok(yf_check_sweep(&test->env));
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT count(*) FROM presentation",
					 YF_BIND_NONE),
			 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_party_is_known_by_its_key_alone),
		TEST(its_act_is_in_the_same_database),
		TEST(a_party_withdrawn_is_nobody),
		TEST(bad_parties_are_refused),
		TEST(ask_table),
		TEST(the_wallet_gets_what_was_registered),
		TEST(a_party_registers_nobody),
		TEST(two_requests_share_nothing),
		TEST(it_is_served_again_and_told_once),
		TEST(a_wallet_refuses_what_does_not_fit),
		TEST(somebody_elses_request_is_not_there),
		TEST(it_expires_is_swept_and_erased),
	};
	return cmocka_run_group_tests_name("check/request", tests, NULL, NULL);
}
