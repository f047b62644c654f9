#include "../support/expect.h"
#include "../support/house.h"
#include "codec/base64url.h"
#include "openid/dpop.h"
#include "openid/pkce.h"
#include "openid/proof.h"

/* --- PKCE --- */

/* RFC 7636 appendix B. */
static void pkce_example(void **state)
{
	const yf_str verifier =
		YF_STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
	const yf_str challenge =
		YF_STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
	char got[YF_PKCE_CHALLENGE_LEN];

	(void)state;
	yf_pkce_challenge(verifier, got);
	assert_true(yf_str_eq((yf_str){ got, sizeof(got) }, challenge));
	OK(yf_pkce_check(verifier, challenge));
	OK(yf_pkce_challenge_check(challenge));
}

static void pkce_refusals(void **state)
{
	char verifier[YF_PKCE_VERIFIER_LEN], challenge[YF_PKCE_CHALLENGE_LEN];
	char bad[129];

	(void)state;
	yf_pkce_verifier_new(verifier);
	const yf_str v = { verifier, sizeof(verifier) };
	yf_pkce_challenge(v, challenge);
	const yf_str c = { challenge, sizeof(challenge) };
	OK(yf_pkce_check(v, c));
	for (size_t i = 0; i < v.len; i++) {
		memcpy(bad, verifier, v.len);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		FAILS(yf_pkce_check((yf_str){ bad, v.len }, c), INVALID_GRANT);
		memcpy(bad, challenge, c.len);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		FAILS(yf_pkce_check(v, (yf_str){ bad, c.len }), INVALID_GRANT);
		FAILS(yf_pkce_check((yf_str){ verifier, i }, c), SYNTAX);
		FAILS(yf_pkce_check(v, (yf_str){ challenge, i }),
		      INVALID_GRANT);
		FAILS(yf_pkce_challenge_check((yf_str){ challenge, i }),
		      SYNTAX);
	}
	/* method plain: the verifier is not its own challenge */
	FAILS(yf_pkce_check(v, v), INVALID_GRANT);
	memset(bad, 'a', sizeof(bad));
	FAILS(yf_pkce_check((yf_str){ bad, 129 }, c), SYNTAX);
	FAILS(yf_pkce_check((yf_str){ bad, 128 }, c), INVALID_GRANT);
	bad[5] = '+';
	FAILS(yf_pkce_check((yf_str){ bad, 60 }, c), SYNTAX);
}

/* --- DPoP --- */

/* RFC 9449 section 4.1: the proof for the token request. */
static void dpop_example(void **state)
{
	static const char proof[] =
		"eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik"
		"VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldW"
		"QV"
		"dCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUw"
		"Q2"
		"R2R1JEQSIsImNydiI6IlAtMjU2In19."
		"eyJqdGkiOiItQndDM0VTYzZhY2MybFRj"
		"IiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY2"
		"9t"
		"L3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-"
		"FdWP0A0zdr"
		"j8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	const struct yf_dpop_rule rule = {
		.method = YF_STR("POST"),
		.url = YF_STR("https://server.example.com/token?x=1#y"),
		.now_s = 1562262616,
		.age_s = 1,
	};
	struct yf_dpop got;

	(void)state;
	OK(yf_dpop_check(arena, yf_str_of(proof), &rule, &got));
	assert_true(yf_str_is(got.jkt,
			      "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"));
	assert_true(yf_str_is(got.jti, "-BwC3ESc6acc2lTc"));
	assert_int_equal(got.issued_at_s, 1562262616);
	assert_int_equal(got.nonce.len, 0);
}

static const struct {
	const char *a, *b;
	bool same;
} urls[] = {
	{ "https://a.example/x", "https://a.example/x", true },
	{ "https://a.example/x", "https://A.Example/x", true },
	{ "https://a.example/x", "https://a.example:443/x", true },
	{ "http://a.example/x", "http://a.example:80/x", true },
	{ "http://a.example/x", "http://a.example:443/x", false },
	{ "https://a.example/x", "https://a.example/x?q#f", true },
	{ "https://a.example/x#?", "https://a.example/x?#", true },
	{ "https://a.example", "https://a.example/", true },
	{ "https://a.example/%7Ex", "https://a.example/~x", true },
	{ "https://a.example/%c3%a9", "https://a.example/%C3%A9", true },
	{ "https://a.example/a%2fb", "https://a.example/a/b", false },
	{ "https://a.example/x", "https://a.example/X", false },
	{ "https://a.example/x", "https://a.example/x/", false },
	{ "https://a.example/x", "http://a.example/x", false },
	{ "https://a.example/x", "https://b.example/x", false },
	{ "https://a.example/x", "https://a.example:8443/x", false },
	{ "https://a.example/x", "https://u@a.example/x", false },
	{ "https://a.example/x", "a.example/x", false },
	{ "", "", false },
};

static void url_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(urls); i++) {
		YF_AUTO(arena) arena = yf_arena_new(4096);
		const yf_str a = yf_str_of(urls[i].a);
		const yf_str b = yf_str_of(urls[i].b);
		print_message("  %s %s\n", urls[i].a, urls[i].b);
		assert_true(yf_dpop_same_url(arena, a, b) == urls[i].same);
		assert_true(yf_dpop_same_url(arena, b, a) == urls[i].same);
	}
}

static const struct yf_dpop_rule dpop_rule = {
	.method = { "POST", 4 },
	.url = { "https://a.example/vci/credential", 32 },
	.access_token = { "token", 5 },
	.now_s = HOUSE_NOW_S,
	.age_s = 300,
	.skew_s = 60,
};

static const struct yf_dpop_ask dpop_ask = {
	.method = { "POST", 4 },
	.url = { "https://a.example/vci/credential?x", 34 },
	.access_token = { "token", 5 },
	.nonce = { "fresh", 5 },
	.now_s = HOUSE_NOW_S,
};

static void dpop_round_trip(void **state)
{
	struct house house;
	struct yf_dpop got;
	yf_str proof, jkt;

	(void)state;
	house_open(&house);
	OK(yf_dpop_make(house.arena, &house.holder, &dpop_ask, &proof));
	OK(yf_dpop_check(house.arena, proof, &dpop_rule, &got));
	OK(yf_jwk_thumbprint_text(house.arena, yf_key_public(house.holder_key),
				  &jkt));
	assert_true(yf_str_eq(got.jkt, jkt));
	assert_true(yf_str_is(got.nonce, "fresh"));
	assert_int_equal(got.jti.len, 22);
	for (size_t i = 0; i < proof.len; i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		char *bad = YF_NEW(arena, char, proof.len);
		memcpy(bad, proof.ptr, proof.len);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		FAILS(yf_dpop_check(arena, (yf_str){ bad, proof.len },
				    &dpop_rule, &got),
		      INVALID_DPOP_PROOF);
		FAILS(yf_dpop_check(arena, (yf_str){ proof.ptr, i }, &dpop_rule,
				    &got),
		      INVALID_DPOP_PROOF);
	}
	house_close(&house);
}

static void dpop_rules(void **state)
{
	struct house house;
	struct yf_dpop got;
	struct yf_dpop_rule rules[6];
	struct yf_dpop_ask ask;
	yf_str proof;

	(void)state;
	house_open(&house);
	OK(yf_dpop_make(house.arena, &house.holder, &dpop_ask, &proof));
	for (size_t i = 0; i < YF_COUNT(rules); i++)
		rules[i] = dpop_rule;
	rules[0].method = YF_STR("GET");
	rules[1].url = YF_STR("https://a.example/vci/deferred");
	rules[2].access_token = YF_STR("tokem");
	rules[3].now_s = HOUSE_NOW_S + 361;
	rules[4].now_s = HOUSE_NOW_S - 61;
	rules[5].method = YF_STR("post");
	for (size_t i = 0; i < YF_COUNT(rules); i++)
		FAILS(yf_dpop_check(house.arena, proof, &rules[i], &got),
		      INVALID_DPOP_PROOF);
	ask = dpop_ask;
	ask.access_token = YF_STR("");
	OK(yf_dpop_make(house.arena, &house.holder, &ask, &proof));
	FAILS(yf_dpop_check(house.arena, proof, &dpop_rule, &got),
	      INVALID_DPOP_PROOF);
	struct yf_dpop_rule at_token = dpop_rule;
	at_token.access_token = YF_STR("");
	OK(yf_dpop_check(house.arena, proof, &at_token, &got));
	at_token.now_s = HOUSE_NOW_S + 360;
	OK(yf_dpop_check(house.arena, proof, &at_token, &got));
	house_close(&house);
}

/* --- proofs of a kind the check must refuse --- */

static yf_str sign_as(struct house *house, const char *typ, bool with_jwk,
		      const char *kid, const char *payload)
{
	const struct yf_jws_header header = {
		.typ = yf_str_of(typ),
		.kid = yf_str_of(kid),
		.jwk = with_jwk ? yf_key_public(house->holder_key) : NULL,
	};
	yf_str jwt;

	OK(yf_jws_sign(house->arena, &house->holder, &header,
		       yf_str_of(payload), &jwt));
	return jwt;
}

static const struct {
	const char *name, *typ;
	bool with_jwk;
	const char *payload;
	const char *want;
} dpops[] = {
	{ "good", "dpop+jwt", true,
	  "{\"jti\":\"1\",\"htm\":\"GET\",\"htu\":\"https://a.example/\","
	  "\"iat\":1800000000}",
	  "OK" },
	{ "typ", "JWT", true,
	  "{\"jti\":\"1\",\"htm\":\"GET\",\"htu\":\"https://a.example/\","
	  "\"iat\":1800000000}",
	  "INVALID_DPOP_PROOF" },
	{ "no jwk", "dpop+jwt", false,
	  "{\"jti\":\"1\",\"htm\":\"GET\",\"htu\":\"https://a.example/\","
	  "\"iat\":1800000000}",
	  "INVALID_DPOP_PROOF" },
	{ "no jti", "dpop+jwt", true,
	  "{\"htm\":\"GET\",\"htu\":\"https://a.example/\","
	  "\"iat\":1800000000}",
	  "INVALID_DPOP_PROOF" },
	{ "empty jti", "dpop+jwt", true,
	  "{\"jti\":\"\",\"htm\":\"GET\",\"htu\":\"https://a.example/\","
	  "\"iat\":1800000000}",
	  "INVALID_DPOP_PROOF" },
	{ "no htm", "dpop+jwt", true,
	  "{\"jti\":\"1\",\"htu\":\"https://a.example/\","
	  "\"iat\":1800000000}",
	  "INVALID_DPOP_PROOF" },
	{ "no htu", "dpop+jwt", true,
	  "{\"jti\":\"1\",\"htm\":\"GET\",\"iat\":1800000000}",
	  "INVALID_DPOP_PROOF" },
	{ "no iat", "dpop+jwt", true,
	  "{\"jti\":\"1\",\"htm\":\"GET\",\"htu\":\"https://a.example/\"}",
	  "INVALID_DPOP_PROOF" },
	{ "iat text", "dpop+jwt", true,
	  "{\"jti\":\"1\",\"htm\":\"GET\",\"htu\":\"https://a.example/\","
	  "\"iat\":\"1800000000\"}",
	  "INVALID_DPOP_PROOF" },
	{ "iat twice", "dpop+jwt", true,
	  "{\"jti\":\"1\",\"htm\":\"GET\",\"htu\":\"https://a.example/\","
	  "\"iat\":1800000000,\"iat\":1}",
	  "INVALID_DPOP_PROOF" },
};

static void dpop_table(void **state)
{
	const struct yf_dpop_rule rule = {
		.method = YF_STR("GET"),
		.url = YF_STR("https://a.example/"),
		.now_s = HOUSE_NOW_S,
		.age_s = 1,
	};
	struct house house;
	struct yf_dpop got;

	(void)state;
	house_open(&house);
	for (size_t i = 0; i < YF_COUNT(dpops); i++) {
		print_message("  %s\n", dpops[i].name);
		const yf_str jwt =
			sign_as(&house, dpops[i].typ, dpops[i].with_jwk, "",
				dpops[i].payload);
		assert_string_equal(yf_err_name(yf_dpop_check(house.arena, jwt,
							      &rule, &got)),
				    dpops[i].want);
	}
	house_close(&house);
}

#define PROOF_TYP "openid4vci-proof+jwt"
#define GOOD "{\"aud\":\"https://a.example\",\"iat\":1800000000"

static const struct {
	const char *name, *typ;
	bool with_jwk;
	const char *kid;
	const char *payload;
	const char *want;
} proofs[] = {
	{ "good", PROOF_TYP, true, "",
	  GOOD ",\"nonce\":\"n\",\"iss\":\"wallet\"}", "OK" },
	{ "anonymous", PROOF_TYP, true, "", GOOD ",\"nonce\":\"n\"}", "OK" },
	{ "no nonce: the store judges", PROOF_TYP, true, "", GOOD "}", "OK" },
	{ "other client", PROOF_TYP, true, "", GOOD ",\"iss\":\"x\"}",
	  "INVALID_PROOF" },
	{ "typ", "JWT", true, "", GOOD "}", "INVALID_PROOF" },
	{ "no key", PROOF_TYP, false, "", GOOD "}", "INVALID_PROOF" },
	{ "kid only", PROOF_TYP, false, "k", GOOD "}", "INVALID_PROOF" },
	{ "kid and jwk", PROOF_TYP, true, "k", GOOD "}", "INVALID_PROOF" },
	{ "other audience", PROOF_TYP, true, "",
	  "{\"aud\":\"https://b.example\",\"iat\":1800000000}",
	  "INVALID_PROOF" },
	{ "audience list", PROOF_TYP, true, "",
	  "{\"aud\":[\"https://a.example\"],\"iat\":1800000000}",
	  "INVALID_PROOF" },
	{ "no iat", PROOF_TYP, true, "", "{\"aud\":\"https://a.example\"}",
	  "INVALID_PROOF" },
	{ "old", PROOF_TYP, true, "",
	  "{\"aud\":\"https://a.example\",\"iat\":1799999639}",
	  "INVALID_PROOF" },
	{ "ahead", PROOF_TYP, true, "",
	  "{\"aud\":\"https://a.example\",\"iat\":1800000061}",
	  "INVALID_PROOF" },
	{ "iat far out", PROOF_TYP, true, "",
	  "{\"aud\":\"https://a.example\",\"iat\":-9223372036854775808}",
	  "INVALID_PROOF" },
	{ "nonce no text", PROOF_TYP, true, "", GOOD ",\"nonce\":1}",
	  "INVALID_PROOF" },
	{ "no object", PROOF_TYP, true, "", "[]", "INVALID_PROOF" },
};

static const struct yf_proof_rule proof_rule = {
	.issuer = { "https://a.example", 17 },
	.client_id = { "wallet", 6 },
	.now_s = HOUSE_NOW_S,
	.age_s = 300,
	.skew_s = 60,
};

static void proof_table(void **state)
{
	struct house house;
	struct yf_proof got;

	(void)state;
	house_open(&house);
	for (size_t i = 0; i < YF_COUNT(proofs); i++) {
		print_message("  %s\n", proofs[i].name);
		const yf_str jwt =
			sign_as(&house, proofs[i].typ, proofs[i].with_jwk,
				proofs[i].kid, proofs[i].payload);
		assert_string_equal(
			yf_err_name(yf_proof_check(house.arena, jwt,
						   &proof_rule, &got)),
			proofs[i].want);
	}
	house_close(&house);
}

static void proof_round_trip(void **state)
{
	const struct yf_proof_ask ask = {
		.issuer = YF_STR("https://a.example"),
		.client_id = YF_STR("wallet"),
		.nonce = YF_STR("c-nonce"),
		.now_s = HOUSE_NOW_S,
	};
	struct house house;
	struct yf_proof got;
	yf_str jwt;

	(void)state;
	house_open(&house);
	OK(yf_proof_make(house.arena, &house.holder, &ask, &jwt));
	OK(yf_proof_check(house.arena, jwt, &proof_rule, &got));
	assert_true(
		yf_public_key_eq(&got.key, yf_key_public(house.holder_key)));
	assert_true(yf_str_is(got.nonce, "c-nonce"));
	assert_true(yf_str_is(got.client_id, "wallet"));
	for (size_t i = 0; i < jwt.len; i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		char *bad = YF_NEW(arena, char, jwt.len);
		memcpy(bad, jwt.ptr, jwt.len);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		FAILS(yf_proof_check(arena, (yf_str){ bad, jwt.len },
				     &proof_rule, &got),
		      INVALID_PROOF);
		FAILS(yf_proof_check(arena, (yf_str){ jwt.ptr, i }, &proof_rule,
				     &got),
		      INVALID_PROOF);
	}
	house_close(&house);
}

static void survives_every_allocation_failure(void **state)
{
	struct house house;
	bool done = false;

	(void)state;
	house_open(&house);
	for (size_t limit = 0; !done; limit += 64) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		struct yf_dpop got;
		yf_str proof;
		yf_err err =
			yf_dpop_make(arena, &house.holder, &dpop_ask, &proof);
		if (!yf_failed(err))
			err = yf_dpop_check(arena, proof, &dpop_rule, &got);
		done = !yf_failed(err);
		if (!done)
			assert_int_equal(err.code, YF_CODE_MEMORY);
	}
	house_close(&house);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pkce_example),
		cmocka_unit_test(pkce_refusals),
		cmocka_unit_test(dpop_example),
		cmocka_unit_test(url_table),
		cmocka_unit_test(dpop_round_trip),
		cmocka_unit_test(dpop_rules),
		cmocka_unit_test(dpop_table),
		cmocka_unit_test(proof_table),
		cmocka_unit_test(proof_round_trip),
		cmocka_unit_test(survives_every_allocation_failure),
	};
	return cmocka_run_group_tests_name("openid/pkce, dpop, proof", tests,
					   NULL, NULL);
}
