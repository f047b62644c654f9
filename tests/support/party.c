#include "party.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

const struct yf_wallet_says yf_test_wallet = { .nonce = { NULL, 0 } };

void yf_test_party_add(struct yf_test_env *test, const char *name,
		       const char *const *policies, struct yf_test_party *out)
{
	yf_str names[YF_POLICIES_MAX];
	struct yf_party_ask ask = { .name = yf_str_of(name),
				    .policies = names,
				    .actor = YF_STR("operator") };
	struct yf_party_added added = { 0 };

	for (; policies[ask.policy_count]; ask.policy_count++)
		names[ask.policy_count] = yf_str_of(policies[ask.policy_count]);
	yf_test_ok(yf_party_add(&test->env, test->arena, &ask, &added));
	out->api_key = added.api_key;
	yf_test_ok(yf_party_of_key(&test->env, test->arena, added.api_key,
				   &out->party));
	assert_true(yf_str_eq(out->party.id, added.id));
	assert_true(yf_str_eq(out->party.client_id, added.client_id));
}

void yf_test_ask(struct yf_test_env *test, const struct yf_test_party *party,
		 const char *policy, struct yf_request_made *made,
		 struct yf_request_object *object)
{
	const struct yf_request_ask ask = { .policy = yf_str_of(policy) };
	yf_str jwt = { 0 };

	yf_test_ok(yf_request_create(&test->env, test->arena, &party->party,
				     &ask, made));
	yf_test_ok(yf_request_object(&test->env, test->arena, made->id,
				     &yf_test_wallet, &jwt));
	yf_test_read_request(test, made->uri, jwt, object);
}

const struct yf_json *yf_test_view(struct yf_test_env *test,
				   const struct yf_test_party *party, yf_str id)
{
	struct yf_request request = { 0 };
	const struct yf_json *tree = NULL;
	yf_str json = { 0 };

	yf_test_ok(yf_request_load_own(&test->env, test->arena, &party->party,
				       id, &request));
	yf_test_ok(yf_request_view(&test->env, test->arena, &request, &json));
	yf_test_ok(yf_json_parse(test->arena, json, &tree));
	return tree;
}
