#include "../support/env.h"
#include "../support/expect.h"
#include "openid/authorization_details.h"
#include "openid/client_attestation.h"
#include "openid/key_attestation.h"

#include <stdio.h>

enum { JSON_MAX = 8192 };

/* A provider with roots, and the key of a wallet. */
struct bed {
	struct yf_test_env *test;
	struct yf_key *root;
	struct yf_trust *roots;
	struct yf_signer provider;
	struct yf_chain chain;
	struct yf_key *wallet;
	yf_str jwk;
};

static int open_bed(void **state)
{
	static struct bed bed;
	yf_bytes der;

	bed.test = yf_test_env_new();
	der = yf_test_root(bed.test, "Provider root", &bed.root);
	OK(yf_trust_new(&bed.roots));
	OK(yf_trust_add(bed.roots, der));
	bed.provider =
		yf_test_signer(bed.test, "provider", bed.root, der, NULL);
	OK(yf_signer_chain(&bed.provider, &bed.chain));
	OK(yf_key_new(&bed.wallet));
	OK(yf_jwk_encode(bed.test->arena, yf_key_public(bed.wallet), &bed.jwk));
	*state = &bed;
	return 0;
}

static int close_bed(void **state)
{
	struct bed *bed = *state;

	yf_key_free(bed->wallet);
	yf_key_free(bed->root);
	yf_trust_free(bed->roots);
	yf_test_env_free(bed->test);
	return 0;
}

#define BED_TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_bed, close_bed)

static yf_str sign(const struct bed *bed, const struct yf_signer *signer,
		   const char *typ, bool chain, const char *json)
{
	const struct yf_jws_header header = { .typ = yf_str_of(typ),
					      .x5c = chain ? &bed->chain
							   : NULL };
	yf_str jws = { NULL, 0 };

	OK(yf_jws_sign(bed->test->arena, signer, &header, yf_str_of(json),
		       &jws));
	return jws;
}

static const char *format(struct bed *bed, const char *text)
{
	yf_str out = { NULL, 0 };
	char json[JSON_MAX];
	size_t at = 0;

	/* @ stands for the time, # for the wallet's key. */
	for (; *text; text++) {
		assert_true(at + 256 < sizeof(json));
		if (*text == '@')
			at += (size_t)snprintf(json + at, sizeof(json) - at,
					       "%lld",
					       (long long)bed->test->now_s);
		else if (*text == '#')
			at += (size_t)snprintf(json + at, sizeof(json) - at,
					       "%.*s", YF_ARG(bed->jwk));
		else
			json[at++] = *text;
	}
	OK(yf_str_copy(bed->test->arena, (yf_str){ json, at }, &out));
	return out.ptr;
}

#define CLIENT "{\"sub\":\"w\",\"exp\":9999999999,\"cnf\":{\"jwk\":#}}"
#define POP "{\"aud\":\"https://a.example\",\"jti\":\"1\",\"iat\":@}"

static yf_err check(struct bed *bed, yf_str attestation, yf_str pop,
		    struct yf_client_attestation *out)
{
	const struct yf_client_attestation_rule rule = {
		.roots = bed->roots,
		.issuer = YF_STR("https://a.example"),
		.now_s = bed->test->now_s,
		.age_s = 300,
		.skew_s = 60,
	};

	return yf_client_attestation_check(bed->test->arena, attestation, pop,
					   &rule, out);
}

static yf_err client(struct bed *bed, const char *attestation, const char *pop)
{
	const struct yf_signer wallet = yf_signer_of_key(bed->wallet);
	struct yf_client_attestation out;

	return check(bed,
		     sign(bed, &bed->provider, YF_ATTESTATION_TYP, true,
			  format(bed, attestation)),
		     sign(bed, &wallet, YF_ATTESTATION_POP_TYP, false,
			  format(bed, pop)),
		     &out);
}

static void clients(void **state)
{
	static const struct {
		const char *name, *attestation, *pop;
		bool right;
	} rows[] = {
		{ "right", CLIENT, POP, true },
		{ "sub empty",
		  "{\"sub\":\"\",\"exp\":9999999999,\"cnf\":{\"jwk\":#}}", POP,
		  false },
		{ "exp a text",
		  "{\"sub\":\"w\",\"exp\":\"9\",\"cnf\":{\"jwk\":#}}", POP,
		  false },
		{ "exp now less the skew",
		  "{\"sub\":\"w\",\"exp\":1789999940,"
		  "\"cnf\":{\"jwk\":#}}",
		  POP, false },
		{ "exp within the skew",
		  "{\"sub\":\"w\",\"exp\":1789999941,"
		  "\"cnf\":{\"jwk\":#}}",
		  POP, true },
		{ "a member twice",
		  "{\"sub\":\"w\",\"sub\":\"w\",\"exp\":9999999999,"
		  "\"cnf\":{\"jwk\":#}}",
		  POP, false },
		{ "aud missing", CLIENT, "{\"jti\":\"1\",\"iat\":@}", false },
		{ "aud among others", CLIENT,
		  "{\"aud\":[1,\"https://a.example\"],\"jti\":\"1\","
		  "\"iat\":@}",
		  true },
		{ "aud with a slash", CLIENT,
		  "{\"aud\":\"https://a.example/\",\"jti\":\"1\",\"iat\":@}",
		  false },
		{ "jti empty", CLIENT,
		  "{\"aud\":\"https://a.example\",\"jti\":\"\",\"iat\":@}",
		  false },
		{ "iss another", CLIENT,
		  "{\"aud\":\"https://a.example\",\"jti\":\"1\",\"iat\":@,"
		  "\"iss\":\"x\"}",
		  false },
		{ "no JSON", CLIENT, "{", false },
	};
	struct bed *bed = *state;

	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		print_message("  %s\n", rows[i].name);
		const yf_err err =
			client(bed, rows[i].attestation, rows[i].pop);
		assert_string_equal(yf_err_name(err),
				    rows[i].right ? "OK"
						  : "INVALID_ATTESTATION");
	}
}

/* Each character of either changed, each length cut: refused. */
static void client_bytes(void **state)
{
	struct bed *bed = *state;
	const struct yf_signer wallet = yf_signer_of_key(bed->wallet);
	const yf_str whole[2] = {
		sign(bed, &bed->provider, YF_ATTESTATION_TYP, true,
		     format(bed, CLIENT)),
		sign(bed, &wallet, YF_ATTESTATION_POP_TYP, false,
		     format(bed, POP)),
	};
	struct yf_client_attestation out;

	OK(check(bed, whole[0], whole[1], &out));
	assert_true(yf_str_is(out.client_id, "w"));
	for (int which = 0; which < 2; which++)
		for (size_t i = 0; i < whole[which].len; i += 7) {
			yf_str parts[2] = { whole[0], whole[1] };
			char text[JSON_MAX];

			assert_true(whole[which].len < sizeof(text));
			memcpy(text, whole[which].ptr, whole[which].len);
			text[i] = text[i] == 'A' ? 'B' : 'A';
			parts[which].ptr = text;
			FAILS(check(bed, parts[0], parts[1], &out),
			      INVALID_ATTESTATION);
			parts[which] = (yf_str){ whole[which].ptr, i };
			FAILS(check(bed, parts[0], parts[1], &out),
			      INVALID_ATTESTATION);
		}
}

static yf_err keys(struct bed *bed, const char *json, bool with_jwt)
{
	const struct yf_key_needs needs = {
		.key_storage = { YF_STR("high"), YF_STR("moderate") },
		.key_storage_count = 2,
		.user_authentication = { YF_STR("high") },
		.user_authentication_count = 1,
	};
	const struct yf_key_attestation_rule rule = {
		.roots = bed->roots,
		.needs = &needs,
		.now_s = bed->test->now_s,
		.skew_s = 60,
		.with_jwt = with_jwt,
	};
	struct yf_key_attestation out;

	return yf_key_attestation_check(bed->test->arena,
					sign(bed, &bed->provider,
					     YF_KEY_ATTESTATION_TYP, true,
					     format(bed, json)),
					&rule, &out);
}

#define LEVELS \
	"\"key_storage\":[\"moderate\"],\"user_authentication\":[\"high\"]"

static void attested_keys(void **state)
{
	struct bed *bed = *state;

	OK(keys(bed, "{\"iat\":@,\"attested_keys\":[#]," LEVELS "}", false));
	FAILS(keys(bed, "{\"iat\":@,\"attested_keys\":[#]," LEVELS "}", true),
	      INVALID_PROOF);
	OK(keys(bed, "{\"iat\":@,\"exp\":@,\"attested_keys\":[#]," LEVELS "}",
		true));
	FAILS(keys(bed, "{\"iat\":@,\"attested_keys\":[#,#]," LEVELS "}",
		   false),
	      INVALID_PROOF);
	FAILS(keys(bed, "{\"iat\":@,\"attested_keys\":#," LEVELS "}", false),
	      INVALID_PROOF);
	FAILS(keys(bed,
		   "{\"iat\":@,\"attested_keys\":[#],\"key_storage\":"
		   "[\"moderate\"]}",
		   false),
	      INVALID_PROOF);
	FAILS(keys(bed,
		   "{\"iat\":@,\"attested_keys\":[#],\"key_storage\":"
		   "\"moderate\",\"user_authentication\":[\"high\"]}",
		   false),
	      INVALID_PROOF);
	FAILS(keys(bed, "{\"attested_keys\":[#]," LEVELS "}", false),
	      INVALID_PROOF);
}

static void details(void **state)
{
	struct bed *bed = *state;
	struct yf_authorization_details out;
	const char *json = "[{\"type\":\"openid_credential\","
			   "\"credential_configuration_id\":\"a\"},"
			   "{\"type\":\"openid_credential\","
			   "\"credential_configuration_id\":\"b\"},"
			   "{\"type\":\"openid_credential\","
			   "\"credential_configuration_id\":\"a\"}]";

	OK(yf_authorization_details_parse(bed->test->arena, yf_str_of(json),
					  YF_STR("https://a.example"), &out));
	assert_int_equal(out.count, 2);
	assert_true(yf_str_is(out.configuration_ids[1], "b"));
	for (size_t len = 0; len < strlen(json); len++)
		FAILS(yf_authorization_details_parse(
			      bed->test->arena, (yf_str){ json, len },
			      YF_STR("https://a.example"), &out),
		      INVALID_DETAILS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BED_TEST(clients),
		BED_TEST(client_bytes),
		BED_TEST(attested_keys),
		BED_TEST(details),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
