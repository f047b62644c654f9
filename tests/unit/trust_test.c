#include "check/bundle.h"
#include "check/party.h"
#include "check/trust_list.h"

#include "../support/expect.h"
#include "../support/party.h"
#include "base/civil.h"
#include "card/status.h"
#include "credential/bundle.h"
#include "crypto/jws.h"
#include "openid/request_object.h"

/* What a city publishes of whom it trusts, and how that changes in time. */

static const struct yf_json *trust_list(struct yf_test_env *test,
					struct yf_kept *kept)
{
	const struct yf_json *payload = NULL;
	struct yf_trusted_leaf leaf;
	struct yf_jws jws;

	OK(yf_trust_list_get(&test->env, test->arena, kept));
	OK(yf_jws_parse(test->arena, yf_str_from(kept->body), &jws));
	OK(yf_trust_verify(test->env.issuers, &jws.x5c, YF_EKU_DOCUMENT_SIGNER,
			   test->now_s, &leaf));
	OK(yf_jws_verify(&jws, &leaf.key));
	OK(yf_json_parse(test->arena, jws.payload, &payload));
	return payload;
}

static size_t parties(const struct yf_json *list)
{
	return yf_json_get(list, "relying_parties")->count;
}

static void add(struct yf_test_env *test, const char *name,
		struct yf_party_added *out)
{
	static const yf_str policies[] = { YF_STR("hotel"), YF_STR("cafe") };
	const struct yf_party_ask ask = { .name = yf_str_of(name),
					  .policies = policies,
					  .policy_count = 2,
					  .actor = YF_STR("operator") };

	OK(yf_party_add(&test->env, test->arena, &ask, out));
}

static void the_list_names_parties(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_party_added hotel, bank;
	struct yf_kept kept, before;

	add(test, "Hotel Example", &hotel);
	const struct yf_json *list = trust_list(test, &before);
	assert_int_equal(parties(list), 1);
	const struct yf_json *party =
		&yf_json_get(list, "relying_parties")->items[0];
	assert_true(yf_str_is(yf_json_text(party, "name"), "Hotel Example"));
	const struct yf_json *ids = yf_json_get(party, "client_ids");
	assert_int_equal(ids->count, 1);
	assert_true(yf_str_eq(ids->items[0].text, hotel.client_id));
	assert_int_equal(yf_json_get(party, "policies")->count, 2);
	assert_true(yf_json_get(yf_json_get(list, "policies"), "hotel") !=
		    NULL);
	/* The same bytes for everybody, until somebody comes or goes. */
	test->now_s += YF_TRUST_LIST_REST_S;
	(void)trust_list(test, &kept);
	assert_true(yf_bytes_eq(kept.body, before.body));
	add(test, "Bank Example", &bank);
	list = trust_list(test, &kept);
	assert_int_equal(parties(list), 2);
	assert_true(kept.sequence > before.sequence);
	yf_test_sql(test,
		    "UPDATE relying_party SET withdrawn_s = 1 WHERE id = $1",
		    YF_BIND(YF_TEXT(hotel.id)));
	test->now_s += YF_TRUST_LIST_REST_S;
	list = trust_list(test, &kept);
	assert_int_equal(parties(list), 1);
	party = &yf_json_get(list, "relying_parties")->items[0];
	assert_true(yf_str_is(yf_json_text(party, "name"), "Bank Example"));
}

/* --- certificates of relying parties --- */

static void renewed_before_it_ends(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_party_added hotel;
	struct yf_party party, later;
	struct yf_kept kept;
	const int64_t made_s = test->now_s;

	add(test, "Hotel Example", &hotel);
	OK(yf_party_of_key(&test->env, test->arena, hotel.api_key, &party));
	test->now_s = made_s +
		      (int64_t)(YF_PARTY_CERT_DAYS - YF_PARTY_RENEW_DAYS - 1) *
			      YF_DAY_S;
	OK(yf_party_renew(&test->env));
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT count(*) FROM relying_party"
					 " WHERE next_certificate IS NOT NULL",
					 YF_BIND_NONE),
			 0);
	test->now_s += 2 * YF_DAY_S;
	OK(yf_party_renew(&test->env));
	OK(yf_party_renew(&test->env)); /* once is enough */
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT count(*) FROM act WHERE"
					 " kind = 'certificate_renewed'",
					 YF_BIND_NONE),
			 1);
	/* The city's own root and issuer of this test end before: what is
	 * looked at is the row, and what the list would name. */
	const struct yf_party_listed *listed;
	size_t count;
	OK(yf_party_list(&test->env, test->arena, &listed, &count));
	assert_int_equal(listed[0].certificate_count, 2);
	assert_true(yf_bytes_eq(listed[0].certificates[0], party.certificate));
	/* Before its day the old one is used, afterwards the new one, and a
	 * request made before stays with the old one. */
	OK(yf_party_of_key(&test->env, test->arena, hotel.api_key, &later));
	assert_true(yf_bytes_eq(later.certificate, party.certificate));
	const int64_t before_s = test->now_s;
	test->now_s += YF_PARTY_NEXT_S;
	OK(yf_party_of_key(&test->env, test->arena, hotel.api_key, &later));
	assert_true(yf_bytes_eq(later.certificate, listed[0].certificates[1]));
	assert_false(yf_str_eq(later.client_id, party.client_id));
	OK(yf_party_load(&test->env, test->arena, party.shard, party.id,
			 before_s, &later));
	assert_true(yf_str_eq(later.client_id, party.client_id));
	(void)kept;
}

static void an_old_api_key_for_a_time(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_party_added hotel;
	struct yf_party party;
	int64_t until_s = -1;
	yf_str key, again;

	add(test, "Hotel Example", &hotel);
	const int64_t until = test->now_s + 3600;
	FAILS(yf_party_rotate_key(&test->env, test->arena, YF_STR("nobody"),
				  until, &key),
	      NOT_FOUND);
	FAILS(yf_party_rotate_key(&test->env, test->arena, hotel.id,
				  test->now_s - 1, &key),
	      RANGE);
	OK(yf_party_rotate_key(&test->env, test->arena, hotel.id, until, &key));
	assert_false(yf_str_eq(key, hotel.api_key));
	OK(yf_party_of_key(&test->env, test->arena, key, &party));
	assert_true(yf_str_eq(party.id, hotel.id));
	OK(yf_party_of_key(&test->env, test->arena, hotel.api_key, &party));
	FAILS(yf_party_rotate_key(&test->env, test->arena, hotel.id, until,
				  &again),
	      CONFLICT);
	OK(yf_party_key_until(&test->env, hotel.id, &until_s));
	assert_int_equal(until_s, until);
	test->now_s = until;
	FAILS(yf_party_of_key(&test->env, test->arena, hotel.api_key, &party),
	      INVALID_TOKEN);
	OK(yf_party_of_key(&test->env, test->arena, key, &party));
	OK(yf_party_key_until(&test->env, hotel.id, &until_s));
	assert_int_equal(until_s, 0);
	OK(yf_party_rotate_key(&test->env, test->arena, hotel.id,
			       test->now_s + 1, &again));
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT count(*) FROM act WHERE"
					 " kind = 'api_key_rotated'"
					 " AND actor = 'operator'",
					 YF_BIND_NONE),
			 2);
}

/* --- the bundle --- */

static yf_err claim(struct yf_tx *tx, void *ctx)
{
	const struct yf_status_slot *slot = ctx;

	return yf_status_claim(tx, slot, 1, 3, YF_STR("c"), YF_TEST_NOW_S);
}

static void the_bundle_of_the_city(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_status_slot slot = { 2, 70000 };
	struct yf_bundle_rule rule = { .trust = test->env.issuers,
				       .now_s = test->now_s,
				       .skew_s = 60 };
	struct yf_bundle bundle;
	struct yf_kept kept, later;
	uint8_t status;

	OK(yf_city_bundle(&test->env, test->arena, &kept));
	OK(yf_bundle_open(test->arena, kept.body, &rule, &bundle));
	assert_int_equal(bundle.list_count, 0);
	for (slot.list = 2; slot.list <= 10; slot.list += 8)
		OK(yf_db_write(test->env.db, claim, &slot));
	/* A new list is in it after the time of rest. */
	test->now_s += YF_BUNDLE_REST_S - 1;
	OK(yf_city_bundle(&test->env, test->arena, &later));
	assert_true(yf_bytes_eq(kept.body, later.body));
	test->now_s += 1;
	OK(yf_city_bundle(&test->env, test->arena, &later));
	rule.now_s = test->now_s;
	rule.sequence_min = kept.sequence + 1;
	FAILS(yf_bundle_open(test->arena, kept.body, &rule, &bundle), REPLAYED);
	OK(yf_bundle_open(test->arena, later.body, &rule, &bundle));
	assert_true(yf_str_eq(bundle.issuer, test->env.settings.url));
	assert_int_equal(bundle.expires_s, test->now_s + YF_BUNDLE_LIFE_S);
	/* In the order of their addresses: 10 before 2. */
	assert_int_equal(bundle.list_count, 2);
	assert_true(yf_str_is(bundle.lists[0].uri,
			      "https://city.example/status/10"));
	OK(yf_bundle_status(test->arena, &bundle,
			    YF_STR("https://city.example/status/2"), 70000,
			    &status));
	assert_int_equal(status, YF_STATUS_VALID);
	assert_int_equal(bundle.signer_count, 1);
	assert_true(
		yf_bytes_eq(bundle.registrars[0], test->env.registrar_root));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENV_TEST(the_list_names_parties),
		ENV_TEST(renewed_before_it_ends),
		ENV_TEST(an_old_api_key_for_a_time),
		ENV_TEST(the_bundle_of_the_city),
	};
	return cmocka_run_group_tests_name("check/trust", tests, NULL, NULL);
}
