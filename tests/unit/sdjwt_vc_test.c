#include "credential/sdjwt_vc.h"

#include "../support/expect.h"
#include "../support/house.h"
#include "base/file.h"
#include "crypto/hash.h"

#define AUDIENCE_TEXT "x509_hash:verifier"
#define NONCE_TEXT "n-0S6_WzA2Mj"

static const char person[] = "{\"given_name\":\"An\",\"age\":30}";

static const yf_str types[] = {
	{ "urn:yufu:id:1", 13 },
};

/* What the tests below change one thing of. */
static struct yf_vc_ask good_ask(struct house *house)
{
	struct yf_vc_ask ask = {
		.vct = YF_STR("urn:yufu:id:1"),
		.issuer = YF_STR("https://issuer.example"),
		.issued_at_s = HOUSE_NOW_S,
		.expires_s = HOUSE_NOW_S + 1000,
		.holder = yf_key_public(house->holder_key),
		.status = { YF_STR("https://issuer.example/status/1"), 4711 },
	};
	struct yf_claim_path *paths =
		YF_NEW(house->arena, struct yf_claim_path, 2);

	OK(yf_json_parse(house->arena, yf_str_of(person), &ask.claims));
	OK(yf_claim_path_of(house->arena, "given_name", &paths[0]));
	OK(yf_claim_path_of(house->arena, "age", &paths[1]));
	ask.disclosable = paths;
	ask.disclosable_count = 2;
	return ask;
}

static struct yf_vc_rule good_rule(const struct house *house)
{
	return (struct yf_vc_rule){
		.trust = house->trust,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.vcts = types,
		.vct_count = YF_COUNT(types),
		.now_s = HOUSE_NOW_S + 10,
		.skew_s = 60,
		.binding = YF_BINDING_REQUIRED,
		.audience = YF_STR(AUDIENCE_TEXT),
		.nonce = YF_STR(NONCE_TEXT),
		.binding_age_s = 300,
	};
}

static const struct yf_kb_ask good_kb = {
	.audience = { AUDIENCE_TEXT, sizeof(AUDIENCE_TEXT) - 1 },
	.nonce = { NONCE_TEXT, sizeof(NONCE_TEXT) - 1 },
	.now_s = HOUSE_NOW_S + 5,
};

static yf_str present(struct house *house, const struct yf_vc_ask *ask,
		      const struct yf_kb_ask *kb, const struct yf_signer *by)
{
	yf_str text;

	OK(yf_vc_issue(house->arena, &house->issuer, ask, &text));
	if (kb)
		OK(yf_sdjwt_bind(house->arena, by, text, kb, &text));
	return text;
}

static void accepts(void **state)
{
	struct house house;
	struct yf_vc vc;
	const struct yf_json *want;

	(void)state;
	house_open(&house);
	const struct yf_vc_ask ask = good_ask(&house);
	const struct yf_vc_rule rule = good_rule(&house);
	const yf_str text = present(&house, &ask, &good_kb, &house.holder);
	OK(yf_vc_verify(house.arena, text, &rule, &vc));
	OK(yf_json_parse(house.arena, yf_str_of(person), &want));
	assert_true(yf_json_eq(yf_json_get(vc.claims, "given_name"),
			       yf_json_get(want, "given_name")));
	assert_int_equal(yf_json_get(vc.claims, "age")->integer, 30);
	assert_null(yf_json_get(vc.payload, "age"));
	assert_true(yf_str_is(vc.vct, "urn:yufu:id:1"));
	assert_true(yf_str_is(vc.issuer, "https://issuer.example"));
	assert_true(vc.has_holder);
	assert_true(
		yf_public_key_eq(&vc.holder, yf_key_public(house.holder_key)));
	assert_int_equal(vc.expires_s, HOUSE_NOW_S + 1000);
	assert_int_equal(vc.issued_at_s, HOUSE_NOW_S);
	assert_int_equal(vc.status.index, 4711);
	assert_int_equal(vc.chain.count, 1);
	assert_true(yf_str_is(yf_json_text(vc.binding, "nonce"), NONCE_TEXT));
	OK(yf_vc_peek(house.arena, text, &vc));
	assert_null(vc.binding);
	house_close(&house);
}

/* --- one thing wrong at a time --- */

struct scene {
	struct house *house;
	struct yf_vc_ask ask;
	struct yf_kb_ask kb;
	struct yf_vc_rule rule;
	struct yf_signer binder;
	bool unbound;
};

static void as_it_is(struct scene *s)
{
	(void)s;
}

static void another_type(struct scene *s)
{
	s->ask.vct = YF_STR("urn:other:1");
}

static void any_type(struct scene *s)
{
	another_type(s);
	s->rule.vct_count = 0;
}

static void is_over(struct scene *s)
{
	s->rule.now_s = s->ask.expires_s + 60;
	s->kb.now_s = s->rule.now_s;
}

static void is_just_not_over(struct scene *s)
{
	s->rule.now_s = s->ask.expires_s + 59;
	s->kb.now_s = s->rule.now_s;
}

static void has_no_end(struct scene *s)
{
	is_over(s);
	s->ask.expires_s = 0;
}

static void chain_is_over(struct scene *s)
{
	s->rule.now_s = HOUSE_NOW_S + HOUSE_YEAR_S + 1;
}

static void not_before(struct scene *s)
{
	s->ask.not_before_s = s->rule.now_s + 61;
}

static void within_skew(struct scene *s)
{
	s->ask.not_before_s = s->rule.now_s + 60;
	s->ask.issued_at_s = s->rule.now_s + 60;
}

static void from_the_future(struct scene *s)
{
	s->ask.issued_at_s = s->rule.now_s + 61;
}

static void other_root(struct scene *s)
{
	s->rule.trust = NULL;
}

static void other_eku(struct scene *s)
{
	s->rule.eku = YF_EKU_READER;
}

static void other_audience(struct scene *s)
{
	s->kb.audience = YF_STR("x509_hash:verifieR");
}

static void other_nonce(struct scene *s)
{
	s->kb.nonce = YF_STR("n-0S6_WzA2Mk");
}

static void other_holder(struct scene *s)
{
	s->binder = s->house->other;
}

static void old_binding(struct scene *s)
{
	s->kb.now_s = s->rule.now_s - 361;
}

static void binding_ahead(struct scene *s)
{
	s->kb.now_s = s->rule.now_s + 61;
}

static void no_binding(struct scene *s)
{
	s->unbound = true;
}

static void no_cnf(struct scene *s)
{
	s->ask.holder = NULL;
}

static void no_cnf_unchecked(struct scene *s)
{
	no_cnf(s);
	s->rule.binding = YF_BINDING_UNCHECKED;
}

static void forbidden(struct scene *s)
{
	s->rule.binding = YF_BINDING_FORBIDDEN;
}

static void forbidden_and_absent(struct scene *s)
{
	forbidden(s);
	no_binding(s);
}

static const struct {
	const char *name;
	void (*change)(struct scene *scene);
	const char *want;
} scenes[] = {
	{ "as it is", as_it_is, "OK" },
	{ "another type", another_type, "NOT_ASKED" },
	{ "any type", any_type, "OK" },
	{ "is over", is_over, "EXPIRED" },
	{ "is just not over", is_just_not_over, "OK" },
	{ "has no end", has_no_end, "OK" },
	{ "chain is over", chain_is_over, "EXPIRED" },
	{ "not before", not_before, "NOT_YET" },
	{ "within skew", within_skew, "OK" },
	{ "from the future", from_the_future, "NOT_YET" },
	{ "no root", other_root, "UNTRUSTED" },
	{ "other EKU", other_eku, "UNTRUSTED" },
	{ "other audience", other_audience, "AUDIENCE" },
	{ "other nonce", other_nonce, "NONCE" },
	{ "other holder", other_holder, "HOLDER" },
	{ "old binding", old_binding, "HOLDER" },
	{ "binding ahead", binding_ahead, "HOLDER" },
	{ "no binding", no_binding, "HOLDER" },
	{ "no cnf", no_cnf, "HOLDER" },
	{ "no cnf, unchecked", no_cnf_unchecked, "OK" },
	{ "forbidden", forbidden, "HOLDER" },
	{ "forbidden and absent", forbidden_and_absent, "OK" },
};

static void scene_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(scenes); i++) {
		struct house house;
		struct yf_vc vc = { 0 };

		print_message("  %s\n", scenes[i].name);
		house_open(&house);
		struct scene scene = {
			.house = &house,
			.ask = good_ask(&house),
			.kb = good_kb,
			.rule = good_rule(&house),
			.binder = house.holder,
		};
		scenes[i].change(&scene);
		const yf_str text = present(&house, &scene.ask,
					    scene.unbound ? NULL : &scene.kb,
					    &scene.binder);
		assert_string_equal(yf_err_name(yf_vc_verify(house.arena, text,
							     &scene.rule, &vc)),
				    scenes[i].want);
		if (strcmp(scenes[i].want, "OK") != 0)
			assert_null(vc.claims);
		house_close(&house);
	}
}

static void issue_refusals(void **state)
{
	static const char *const taken[] = { "iss",    "vct", "exp", "cnf",
					     "status", "iat", "nbf", "sub" };
	struct house house;
	yf_str text;

	(void)state;
	house_open(&house);
	const struct yf_vc_ask good = good_ask(&house);
	for (size_t i = 0; i < YF_COUNT(taken); i++) {
		struct yf_vc_ask ask = good;
		yf_str json;
		OK(yf_str_format(house.arena, &json, "{\"%s\":1}", taken[i]));
		OK(yf_json_parse(house.arena, json, &ask.claims));
		FAILS(yf_vc_issue(house.arena, &house.issuer, &ask, &text),
		      SYNTAX);
	}
	struct yf_vc_ask ask = good;
	struct yf_claim_path path;
	OK(yf_claim_path_of(house.arena, "cnf.jwk", &path));
	ask.disclosable = &path;
	ask.disclosable_count = 1;
	FAILS(yf_vc_issue(house.arena, &house.issuer, &ask, &text), SYNTAX);
	ask = good;
	ask.vct = YF_STR("");
	FAILS(yf_vc_issue(house.arena, &house.issuer, &ask, &text), RANGE);
	ask = good;
	ask.status.index = -1;
	FAILS(yf_vc_issue(house.arena, &house.issuer, &ask, &text), RANGE);
	house_close(&house);
}

/* A payload that the issuer signs as it stands, and what is thought of it. */
static const struct {
	const char *name;
	const char *typ;
	const char *payload;
	const char *want;
} payloads[] = {
	{ "good", "dc+sd-jwt", "{\"vct\":\"urn:yufu:id:1\"}", "OK" },
	{ "draft typ", "vc+sd-jwt", "{\"vct\":\"urn:yufu:id:1\"}", "TYP" },
	{ "no typ", "", "{\"vct\":\"urn:yufu:id:1\"}", "TYP" },
	{ "JWT", "JWT", "{\"vct\":\"urn:yufu:id:1\"}", "TYP" },
	{ "no vct", "dc+sd-jwt", "{}", "MISSING" },
	{ "vct no text", "dc+sd-jwt", "{\"vct\":1}", "SYNTAX" },
	{ "known as", "dc+sd-jwt",
	  "{\"vct\":\"urn:x\",\"aka_vcts\":[\"urn:y\",\"urn:yufu:id:1\"]}",
	  "OK" },
	{ "not known as", "dc+sd-jwt",
	  "{\"vct\":\"urn:x\",\"aka_vcts\":[\"urn:y\"]}", "NOT_ASKED" },
	{ "exp with fraction", "dc+sd-jwt",
	  "{\"vct\":\"urn:yufu:id:1\",\"exp\":1800000100.5}", "OK" },
	{ "exp no number", "dc+sd-jwt",
	  "{\"vct\":\"urn:yufu:id:1\",\"exp\":\"1800000100\"}", "SYNTAX" },
	{ "exp beyond all years", "dc+sd-jwt",
	  "{\"vct\":\"urn:yufu:id:1\",\"exp\":9223372036854775807}", "RANGE" },
	{ "exp huge", "dc+sd-jwt", "{\"vct\":\"urn:yufu:id:1\",\"exp\":1e300}",
	  "RANGE" },
	{ "exp in the past", "dc+sd-jwt",
	  "{\"vct\":\"urn:yufu:id:1\",\"exp\":1}", "EXPIRED" },
	{ "exp negative", "dc+sd-jwt", "{\"vct\":\"urn:yufu:id:1\",\"exp\":-1}",
	  "RANGE" },
	{ "cnf with a symmetric key", "dc+sd-jwt",
	  "{\"vct\":\"urn:yufu:id:1\",\"cnf\":{\"jwk\":{\"kty\":\"oct\","
	  "\"k\":\"AA\"}}}",
	  "KEY" },
	{ "cnf no object", "dc+sd-jwt",
	  "{\"vct\":\"urn:yufu:id:1\",\"cnf\":[]}", "SYNTAX" },
	{ "cnf by kid", "dc+sd-jwt",
	  "{\"vct\":\"urn:yufu:id:1\",\"cnf\":{\"kid\":\"1\"}}", "OK" },
	{ "status without uri", "dc+sd-jwt",
	  "{\"vct\":\"urn:yufu:id:1\",\"status\":{\"status_list\":"
	  "{\"idx\":1}}}",
	  "SYNTAX" },
	{ "status index negative", "dc+sd-jwt",
	  "{\"vct\":\"urn:yufu:id:1\",\"status\":{\"status_list\":"
	  "{\"idx\":-1,\"uri\":\"u\"}}}",
	  "SYNTAX" },
	{ "status of another kind", "dc+sd-jwt",
	  "{\"vct\":\"urn:yufu:id:1\",\"status\":{\"x\":{}}}", "UNSUPPORTED" },
	{ "no JSON", "dc+sd-jwt", "{", "SYNTAX" },
};

static yf_str sign_payload(struct house *house, const char *typ, yf_str payload,
			   const char *tail)
{
	struct yf_chain chain;
	yf_str jwt;

	OK(yf_signer_chain(&house->issuer, &chain));
	const struct yf_jws_header header = { .typ = yf_str_of(typ),
					      .x5c = &chain };
	OK(yf_jws_sign(house->arena, &house->issuer, &header, payload, &jwt));
	OK(yf_str_format(house->arena, &jwt, "%.*s~%s", YF_ARG(jwt), tail));
	return jwt;
}

static void payload_table(void **state)
{
	struct house house;

	(void)state;
	house_open(&house);
	for (size_t i = 0; i < YF_COUNT(payloads); i++) {
		struct yf_vc_rule rule = good_rule(&house);
		struct yf_vc vc;

		print_message("  %s\n", payloads[i].name);
		rule.binding = YF_BINDING_UNCHECKED;
		const yf_str text =
			sign_payload(&house, payloads[i].typ,
				     yf_str_of(payloads[i].payload), "");
		assert_string_equal(yf_err_name(yf_vc_verify(house.arena, text,
							     &rule, &vc)),
				    payloads[i].want);
	}
	house_close(&house);
}

/* A disclosure must not bring a validity claim in (RFC 9901 9.7). */
static void hidden_control_claims(void **state)
{
	static const char *const names[] = { "iss", "nbf",    "exp",
					     "cnf", "status", "aka_vcts" };
	struct house house;

	(void)state;
	house_open(&house);
	for (size_t i = 0; i < YF_COUNT(names); i++) {
		struct yf_vc_rule rule = good_rule(&house);
		struct yf_vc vc;
		char digest[YF_SHA256_TEXT_LEN];
		yf_str json, payload, disclosure, tail;

		rule.binding = YF_BINDING_UNCHECKED;
		OK(yf_str_format(house.arena, &json, "[\"s\",\"%s\",1]",
				 names[i]));
		struct yf_json_out out = yf_json_out_new(house.arena, 64);
		yf_json_out_base64url(&out, NULL, yf_bytes_of(json));
		OK(yf_json_out_end(&out, &disclosure));
		disclosure = (yf_str){ disclosure.ptr + 1, disclosure.len - 2 };
		yf_sha256_text(disclosure, digest);
		OK(yf_str_format(house.arena, &payload,
				 "{\"vct\":\"urn:yufu:id:1\",\"_sd\":["
				 "\"%.43s\"]}",
				 digest));
		OK(yf_str_format(house.arena, &tail, "%.*s~",
				 YF_ARG(disclosure)));
		FAILS(yf_vc_verify(house.arena,
				   sign_payload(&house, "dc+sd-jwt", payload,
						tail.ptr),
				   &rule, &vc),
		      SYNTAX);
	}
	house_close(&house);
}

/* The binding is over these disclosures: fewer, more or others break it. */
static void binding_covers_presentation(void **state)
{
	struct house house;
	struct yf_vc vc;
	struct yf_sdjwt sdjwt;

	(void)state;
	house_open(&house);
	const struct yf_vc_ask ask = good_ask(&house);
	const struct yf_vc_rule rule = good_rule(&house);
	const yf_str text = present(&house, &ask, &good_kb, &house.holder);
	OK(yf_sdjwt_parse(house.arena, text, &sdjwt));
	yf_str fewer;
	OK(yf_str_format(house.arena, &fewer, "%.*s~%.*s~%.*s",
			 YF_ARG(sdjwt.issuer_jwt), YF_ARG(sdjwt.disclosures[0]),
			 YF_ARG(sdjwt.key_binding)));
	FAILS(yf_vc_verify(house.arena, fewer, &rule, &vc), DIGEST);
	/* An issuer JWT in the place of the binding is of another type. */
	yf_str odd;
	OK(yf_str_format(house.arena, &odd, "%.*s%.*s", YF_ARG(sdjwt.hashed),
			 YF_ARG(sdjwt.issuer_jwt)));
	FAILS(yf_vc_verify(house.arena, odd, &rule, &vc), TYP);
	house_close(&house);
}

static void every_byte_and_length(void **state)
{
	struct house house;

	(void)state;
	house_open(&house);
	const struct yf_vc_ask ask = good_ask(&house);
	const struct yf_vc_rule rule = good_rule(&house);
	const yf_str text = present(&house, &ask, &good_kb, &house.holder);
	for (size_t i = 0; i < text.len; i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		struct yf_vc vc = { 0 };
		char *bad = YF_NEW(arena, char, text.len);

		memcpy(bad, text.ptr, text.len);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		yf_err err = yf_vc_verify(arena, (yf_str){ bad, text.len },
					  &rule, &vc);
		assert_true(yf_failed(err));
		assert_true(yf_err_kind(err) == YF_KIND_DENIED ||
			    yf_err_kind(err) == YF_KIND_INPUT ||
			    yf_err_kind(err) == YF_KIND_LIMIT);
		assert_null(vc.claims);
		err = yf_vc_verify(arena, (yf_str){ text.ptr, i }, &rule, &vc);
		assert_true(yf_failed(err));
		assert_true(yf_err_kind(err) == YF_KIND_DENIED ||
			    yf_err_kind(err) == YF_KIND_INPUT);
	}
	house_close(&house);
}

static void survives_every_allocation_failure(void **state)
{
	struct house house;
	bool done = false;

	(void)state;
	house_open(&house);
	const struct yf_vc_ask ask = good_ask(&house);
	const struct yf_vc_rule rule = good_rule(&house);
	const yf_str text = present(&house, &ask, &good_kb, &house.holder);
	for (size_t limit = 0; !done; limit += 256) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		struct yf_vc vc = { 0 };
		const yf_err err = yf_vc_verify(arena, text, &rule, &vc);
		done = !yf_failed(err);
		if (!done) {
			assert_int_equal(err.code, YF_CODE_MEMORY);
			assert_null(vc.claims);
		}
	}
	house_close(&house);
}

/* A bare key, as `--trust` gives it: by kid, by no kid, and the wrong one. */
static void trusted_keys(void **state)
{
	struct house house;
	struct yf_vc vc;
	yf_str text;

	(void)state;
	house_open(&house);
	struct yf_sdjwt_ask ask = { .typ = YF_STR("dc+sd-jwt"),
				    .kid = YF_STR("k1") };
	OK(yf_json_parse(house.arena, YF_STR("{\"vct\":\"urn:yufu:id:1\"}"),
			 &ask.claims));
	OK(yf_sdjwt_issue(house.arena, &house.other, &ask, &text));
	const struct {
		struct yf_trusted_key key;
		const char *want;
	} rows[] = {
		{ { YF_STR("k1"), *yf_key_public(house.other_key) }, "OK" },
		{ { YF_STR(""), *yf_key_public(house.other_key) }, "OK" },
		{ { YF_STR("k2"), *yf_key_public(house.other_key) },
		  "UNTRUSTED" },
		{ { YF_STR("k1"), *yf_key_public(house.holder_key) },
		  "SIGNATURE" },
	};
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		struct yf_vc_rule rule = good_rule(&house);
		rule.binding = YF_BINDING_FORBIDDEN;
		rule.keys = &rows[i].key;
		rule.key_count = 1;
		assert_string_equal(yf_err_name(yf_vc_verify(house.arena, text,
							     &rule, &vc)),
				    rows[i].want);
	}
	house_close(&house);
}

/* The key-binding presentation of an independent implementation. */
static void third_party(void **state)
{
	static const char path[] = "../shared/vectors/rfc9901/third-party.json";
	YF_AUTO(arena) arena = yf_arena_new(8 * 1024 * 1024);
	const struct yf_json *file;
	struct yf_trusted_key key = { YF_STR(""), { { 0 }, { 0 } } };
	yf_bytes bytes;
	int bound = 0;

	(void)state;
	if (!yf_file_exists(path)) {
		print_message("SKIPPED: no %s\n", path);
		skip();
	}
	OK(yf_file_load(arena, path, 1024 * 1024, &bytes));
	OK(yf_json_parse(arena, yf_str_from(bytes), &file));
	OK(yf_jwk_parse(yf_json_get(file, "issuer_jwk"), &key.key));
	const struct yf_json *cases = yf_json_get(file, "cases");
	for (size_t i = 0; i < cases->count; i++) {
		const struct yf_json *one = &cases->items[i];
		if (!yf_json_get(one, "key_binding")->boolean)
			continue;
		struct yf_vc vc;
		struct yf_vc_rule rule = {
			.keys = &key,
			.key_count = 1,
			.now_s = 1795291373,
			.binding_age_s = 60,
			.audience = yf_json_text(file, "kb_aud"),
			.nonce = yf_json_text(file, "kb_nonce"),
		};
		const yf_str text = yf_json_text(one, "presentation");
		OK(yf_vc_verify(arena, text, &rule, &vc));
		assert_true(yf_str_is(yf_json_text(vc.claims, "given_name"),
				      "John"));
		rule.nonce = YF_STR("other");
		FAILS(yf_vc_verify(arena, text, &rule, &vc), NONCE);
		bound++;
	}
	assert_int_equal(bound, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts),
		cmocka_unit_test(scene_table),
		cmocka_unit_test(issue_refusals),
		cmocka_unit_test(payload_table),
		cmocka_unit_test(hidden_control_claims),
		cmocka_unit_test(binding_covers_presentation),
		cmocka_unit_test(every_byte_and_length),
		cmocka_unit_test(survives_every_allocation_failure),
		cmocka_unit_test(trusted_keys),
		cmocka_unit_test(third_party),
	};
	return cmocka_run_group_tests_name("credential/sdjwt_vc", tests, NULL,
					   NULL);
}
