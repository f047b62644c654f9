#include "card/offer.h"

#include "../support/citizen.h"
#include "../support/expect.h"
#include "codec/json.h"
#include "codec/url.h"

static struct yf_offer_ask ask_for(const struct yf_person_ref *person)
{
	return (struct yf_offer_ask){
		.person = *person,
		.type = YF_STR("id"),
		.actor = YF_STR("operator"),
	};
}

/* The id at the end of the address that the offer names. */
static yf_str id_of(struct yf_test_env *test, const struct yf_offer *offer)
{
	const yf_str start = YF_STR("openid-credential-offer://?");
	const yf_str place = YF_STR("https://city.example/vci/offers/");
	struct yf_form form;
	yf_str address = { NULL, 0 };

	assert_true(yf_str_starts(offer->uri, start));
	OK(yf_form_parse(test->arena, yf_str_skip(offer->uri, start.len),
			 &form));
	assert_int_equal(form.count, 1);
	OK(yf_form_get(&form, "credential_offer_uri", &address));
	assert_true(yf_str_starts(address, place));
	return yf_str_skip(address, place.len);
}

static const struct yf_json *grant_of(struct yf_test_env *test, yf_str id)
{
	const struct yf_json *tree = NULL;
	yf_str json;

	OK(yf_offer_load(&test->env, test->arena, id, &json));
	OK(yf_json_parse(test->arena, json, &tree));
	assert_true(yf_str_is(yf_json_text(tree, "credential_issuer"),
			      "https://city.example"));
	const struct yf_json *ids =
		yf_json_get(tree, "credential_configuration_ids");
	assert_int_equal(ids->count, 3);
	assert_true(yf_str_is(ids->items[0].string, "id"));
	assert_true(yf_str_is(ids->items[1].string, "id_mso_mdoc"));
	assert_true(yf_str_is(ids->items[2].string, "id_tally"));
	const struct yf_json *grants = yf_json_get(tree, "grants");
	assert_int_equal(grants->count, 1);
	const struct yf_json *grant =
		yf_json_get(grants, YF_GRANT_PRE_AUTHORIZED);
	assert_non_null(grant);
	return grant;
}

static yf_err redeem(struct yf_test_env *test, yf_str code, yf_str tx_code,
		     yf_str *token)
{
	const struct yf_dpop dpop = citizen_dpop(test, "key");
	const struct yf_token_ask ask = {
		.grant_type = YF_STR(YF_GRANT_PRE_AUTHORIZED),
		.code = code,
		.tx_code = tx_code,
	};

	struct yf_token_made made = { 0 };
	const yf_err err =
		yf_token_exchange(&test->env, test->arena, &ask, &dpop, &made);

	*token = made.token;
	return err;
}

static void offered_and_redeemed(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref person = citizen_new(test, "A");
	const struct yf_offer_ask ask = ask_for(&person);
	struct yf_offer offer;
	struct yf_token token;
	yf_str text;

	citizen_prove(test, &person, YF_EVIDENCE_FACE_MATCH, test->now_s);
	OK(yf_offer_make(&test->env, test->arena, &ask, &offer));
	assert_int_equal(offer.tx_code.len, 0);
	assert_int_equal(offer.expires_s, test->now_s + YF_OFFER_LIFE_S);
	const struct yf_json *grant = grant_of(test, id_of(test, &offer));
	assert_null(yf_json_get(grant, "tx_code"));
	OK(redeem(test, yf_json_text(grant, "pre-authorized_code"),
		  (yf_str){ NULL, 0 }, &text));
	OK(yf_token_load(&test->env, test->arena, text, YF_STR("key"), &token));
	assert_true(yf_str_eq(token.person.id, person.id));
	assert_true(yf_str_is(token.type, "id"));
}

static void with_a_tx_code(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref person = citizen_new(test, "A");
	struct yf_offer_ask ask = ask_for(&person);
	struct yf_offer offer;
	yf_str text;

	citizen_prove(test, &person, YF_EVIDENCE_FACE_MATCH, test->now_s);
	ask.with_tx_code = true;
	OK(yf_offer_make(&test->env, test->arena, &ask, &offer));
	assert_int_equal(offer.tx_code.len, YF_TX_CODE_DIGITS);
	for (size_t i = 0; i < offer.tx_code.len; i++)
		assert_in_range(offer.tx_code.ptr[i], '0', '9');
	const struct yf_json *grant = grant_of(test, id_of(test, &offer));
	const struct yf_json *told = yf_json_get(grant, "tx_code");
	assert_non_null(told);
	assert_int_equal(yf_json_get(told, "length")->integer,
			 YF_TX_CODE_DIGITS);
	assert_true(yf_str_is(yf_json_text(told, "input_mode"), "numeric"));
	const yf_str code = yf_json_text(grant, "pre-authorized_code");
	FAILS(redeem(test, code, (yf_str){ NULL, 0 }, &text), INVALID_REQUEST);
	OK(redeem(test, code, offer.tx_code, &text));
}

static void without_evidence(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref person = citizen_new(test, "A");
	struct yf_offer_ask ask = ask_for(&person);
	struct yf_offer offer;
	struct yf_carried carried;

	FAILS(yf_offer_make(&test->env, test->arena, &ask, &offer),
	      REQUEST_DENIED);
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT (SELECT count(*) FROM offer) +"
					 " (SELECT count(*) FROM grant_code) +"
					 " (SELECT count(*) FROM act WHERE kind"
					 " = 'offer_made')",
					 YF_BIND_NONE),
			 0);
	ask.vetted_reason = YF_STR("passport seen");
	OK(yf_offer_make(&test->env, test->arena, &ask, &offer));
	OK(yf_evidence_level(&test->env, &person, &carried));
	assert_int_equal(carried.level, YF_LEVEL_UPGRADED);
	assert_int_equal(
		yf_test_sql_int(test,
				"SELECT count(*) FROM evidence WHERE engine ="
				" 'operator' AND detail = 'passport seen'",
				YF_BIND_NONE),
		1);
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT count(*) FROM act WHERE kind ="
					 " 'offer_made' AND actor = 'operator'",
					 YF_BIND_NONE),
			 1);
}

static void what_is_no_offer(void **state)
{
	struct yf_test_env *test = *state;
	char long_reason[YF_VETTED_CHARS_MAX + 1];
	const struct yf_person_ref person = citizen_new(test, "A");
	struct yf_offer_ask ask = ask_for(&person);
	struct yf_offer offer;

	ask.vetted_reason = YF_STR("seen");
	ask.vetted_reason = YF_STR("\xff");
	FAILS(yf_offer_make(&test->env, test->arena, &ask, &offer), RANGE);
	ask.vetted_reason = (yf_str){ long_reason, sizeof(long_reason) };
	memset(long_reason, 'r', sizeof(long_reason));
	FAILS(yf_offer_make(&test->env, test->arena, &ask, &offer), RANGE);
	ask.vetted_reason = YF_STR("seen");
	ask.type = YF_STR("other");
	FAILS(yf_offer_make(&test->env, test->arena, &ask, &offer),
	      UNKNOWN_CONFIGURATION);
	assert_int_equal(yf_test_sql_int(test, "SELECT count(*) FROM evidence",
					 YF_BIND_NONE),
			 0);
}

static void its_time(void **state)
{
	struct yf_test_env *test = *state;
	const struct yf_person_ref person = citizen_new(test, "A");
	struct yf_offer_ask ask = ask_for(&person);
	struct yf_offer offer;
	yf_str json;
	yf_str text;

	ask.vetted_reason = YF_STR("seen");
	OK(yf_offer_make(&test->env, test->arena, &ask, &offer));
	const yf_str id = id_of(test, &offer);
	const yf_str code =
		yf_json_text(grant_of(test, id), "pre-authorized_code");
	FAILS(yf_offer_load(&test->env, test->arena, YF_STR("x"), &json),
	      NOT_FOUND);
	FAILS(yf_offer_load(&test->env, test->arena, YF_STR(""), &json),
	      NOT_FOUND);
	test->now_s += YF_OFFER_LIFE_S - 1;
	OK(yf_offer_load(&test->env, test->arena, id, &json));
	test->now_s++;
	FAILS(yf_offer_load(&test->env, test->arena, id, &json), NOT_FOUND);
	FAILS(redeem(test, code, (yf_str){ NULL, 0 }, &text), INVALID_GRANT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENV_TEST(offered_and_redeemed),
		ENV_TEST(with_a_tx_code),
		ENV_TEST(without_evidence),
		ENV_TEST(what_is_no_offer),
		ENV_TEST(its_time),
	};
	return cmocka_run_group_tests_name("card/offer", tests, NULL, NULL);
}
