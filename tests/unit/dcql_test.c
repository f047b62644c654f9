#include "openid/dcql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"

#define SD(rest)                                                    \
	"{\"credentials\":[{\"id\":\"a\",\"format\":\"dc+sd-jwt\"," \
	"\"meta\":{\"vct_values\":[\"urn:x\"]}" rest "}]}"
#define MDOC(rest)                                                 \
	"{\"credentials\":[{\"id\":\"a\",\"format\":\"mso_mdoc\"," \
	"\"meta\":{\"doctype_value\":\"d\"}" rest "}]}"
#define TWO(rest)                                                              \
	"{\"credentials\":[{\"id\":\"a\",\"format\":\"dc+sd-jwt\",\"meta\":{"  \
	"\"vct_values\":[\"urn:x\"]}},{\"id\":\"b\",\"format\":\"dc+sd-jwt\"," \
	"\"meta\":{\"vct_values\":[\"urn:y\"]}}]" rest "}"

/* OpenID4VP 1.0 section 6: each rule, and its near miss. */
static const struct {
	const char *name;
	const char *text;
	yf_code want;
} queries[] = {
	{ "no claims", SD(""), YF_CODE_OK },
	{ "unknown members", SD(",\"x\":1"), YF_CODE_OK },
	{ "one claim", SD(",\"claims\":[{\"path\":[\"n\"]}]"), YF_CODE_OK },
	{ "null and index", SD(",\"claims\":[{\"path\":[\"n\",null,0]}]"),
	  YF_CODE_OK },
	{ "values of each kind",
	  SD(",\"claims\":[{\"path\":[\"n\"],\"values\":[\"a\",1,true]}]"),
	  YF_CODE_OK },
	{ "claim sets",
	  SD(",\"claims\":[{\"id\":\"p\",\"path\":[\"n\"]}],"
	     "\"claim_sets\":[[\"p\"]]"),
	  YF_CODE_OK },
	{ "authorities",
	  SD(",\"trusted_authorities\":[{\"type\":\"aki\","
	     "\"values\":[\"s9\"]}]"),
	  YF_CODE_OK },
	{ "flags",
	  SD(",\"multiple\":true,"
	     "\"require_cryptographic_holder_binding\":false"),
	  YF_CODE_OK },
	{ "mdoc",
	  MDOC(",\"claims\":[{\"path\":[\"n\",\"e\"],"
	       "\"intent_to_retain\":true}]"),
	  YF_CODE_OK },
	{ "credential sets",
	  TWO(",\"credential_sets\":[{\"options\":[[\"a\"],[\"b\"]]}]"),
	  YF_CODE_OK },

	{ "no object", "[]", YF_CODE_SYNTAX },
	{ "no credentials", "{}", YF_CODE_MISSING },
	{ "empty credentials", "{\"credentials\":[]}", YF_CODE_SYNTAX },
	{ "credentials no array", "{\"credentials\":{}}", YF_CODE_SYNTAX },
	{ "credential no object", "{\"credentials\":[1]}", YF_CODE_SYNTAX },
	{ "no id",
	  "{\"credentials\":[{\"format\":\"dc+sd-jwt\",\"meta\":{"
	  "\"vct_values\":[\"v\"]}}]}",
	  YF_CODE_MISSING },
	{ "empty id",
	  "{\"credentials\":[{\"id\":\"\",\"format\":\"dc+sd-jwt\",\"meta\":{"
	  "\"vct_values\":[\"v\"]}}]}",
	  YF_CODE_SYNTAX },
	{ "id with a dot",
	  "{\"credentials\":[{\"id\":\"a.b\",\"format\":\"dc+sd-jwt\",\"meta\":"
	  "{\"vct_values\":[\"v\"]}}]}",
	  YF_CODE_SYNTAX },
	{ "no format",
	  "{\"credentials\":[{\"id\":\"a\",\"meta\":{\"vct_values\":[\"v\"]}}]"
	  "}",
	  YF_CODE_MISSING },
	{ "old format",
	  "{\"credentials\":[{\"id\":\"a\",\"format\":\"vc+sd-jwt\",\"meta\":{"
	  "\"vct_values\":[\"v\"]}}]}",
	  YF_CODE_UNSUPPORTED },
	{ "no meta",
	  "{\"credentials\":[{\"id\":\"a\",\"format\":\"dc+sd-jwt\"}]}",
	  YF_CODE_MISSING },
	{ "meta without vct_values",
	  "{\"credentials\":[{\"id\":\"a\",\"format\":\"dc+sd-jwt\","
	  "\"meta\":{}}]}",
	  YF_CODE_MISSING },
	{ "empty vct_values",
	  "{\"credentials\":[{\"id\":\"a\",\"format\":\"dc+sd-jwt\",\"meta\":{"
	  "\"vct_values\":[]}}]}",
	  YF_CODE_SYNTAX },
	{ "vct_values of numbers",
	  "{\"credentials\":[{\"id\":\"a\",\"format\":\"dc+sd-jwt\",\"meta\":{"
	  "\"vct_values\":[1]}}]}",
	  YF_CODE_SYNTAX },
	{ "mdoc without doctype",
	  "{\"credentials\":[{\"id\":\"a\",\"format\":\"mso_mdoc\","
	  "\"meta\":{}}]}",
	  YF_CODE_MISSING },
	{ "multiple no bool", SD(",\"multiple\":1"), YF_CODE_SYNTAX },
	{ "empty claims", SD(",\"claims\":[]"), YF_CODE_SYNTAX },
	{ "claim without path", SD(",\"claims\":[{\"id\":\"p\"}]"),
	  YF_CODE_MISSING },
	{ "empty path", SD(",\"claims\":[{\"path\":[]}]"), YF_CODE_SYNTAX },
	{ "negative index", SD(",\"claims\":[{\"path\":[\"n\",-1]}]"),
	  YF_CODE_SYNTAX },
	{ "path of bools", SD(",\"claims\":[{\"path\":[true]}]"),
	  YF_CODE_SYNTAX },
	{ "empty values", SD(",\"claims\":[{\"path\":[\"n\"],\"values\":[]}]"),
	  YF_CODE_SYNTAX },
	{ "values of objects",
	  SD(",\"claims\":[{\"path\":[\"n\"],\"values\":[{}]}]"),
	  YF_CODE_SYNTAX },
	{ "values of reals",
	  SD(",\"claims\":[{\"path\":[\"n\"],\"values\":[1.5]}]"),
	  YF_CODE_SYNTAX },
	{ "claim id twice",
	  SD(",\"claims\":[{\"id\":\"p\",\"path\":[\"n\"]},"
	     "{\"id\":\"p\",\"path\":[\"m\"]}]"),
	  YF_CODE_DUPLICATE },
	{ "path twice",
	  SD(",\"claims\":[{\"path\":[\"n\",0]},{\"path\":[\"n\",0]}]"),
	  YF_CODE_DUPLICATE },
	{ "claim sets without claims", SD(",\"claim_sets\":[[\"p\"]]"),
	  YF_CODE_SYNTAX },
	{ "claim sets without ids",
	  SD(",\"claims\":[{\"path\":[\"n\"]}],\"claim_sets\":[[\"p\"]]"),
	  YF_CODE_MISSING },
	{ "claim set of nothing",
	  SD(",\"claims\":[{\"id\":\"p\",\"path\":[\"n\"]}],"
	     "\"claim_sets\":[[]]"),
	  YF_CODE_SYNTAX },
	{ "claim set of another id",
	  SD(",\"claims\":[{\"id\":\"p\",\"path\":[\"n\"]}],"
	     "\"claim_sets\":[[\"q\"]]"),
	  YF_CODE_SYNTAX },
	{ "authority without values",
	  SD(",\"trusted_authorities\":[{\"type\":\"aki\"}]"),
	  YF_CODE_MISSING },
	{ "empty authorities", SD(",\"trusted_authorities\":[]"),
	  YF_CODE_SYNTAX },
	{ "mdoc path of one", MDOC(",\"claims\":[{\"path\":[\"n\"]}]"),
	  YF_CODE_SYNTAX },
	{ "mdoc path with null", MDOC(",\"claims\":[{\"path\":[\"n\",null]}]"),
	  YF_CODE_SYNTAX },
	{ "intent_to_retain no bool",
	  MDOC(",\"claims\":[{\"path\":[\"n\",\"e\"],"
	       "\"intent_to_retain\":0}]"),
	  YF_CODE_SYNTAX },
	{ "empty credential sets", TWO(",\"credential_sets\":[]"),
	  YF_CODE_SYNTAX },
	{ "set without options", TWO(",\"credential_sets\":[{}]"),
	  YF_CODE_MISSING },
	{ "set of another id",
	  TWO(",\"credential_sets\":[{\"options\":[[\"c\"]]}]"),
	  YF_CODE_SYNTAX },
	{ "required no bool",
	  TWO(",\"credential_sets\":[{\"options\":[[\"a\"]],"
	      "\"required\":1}]"),
	  YF_CODE_SYNTAX },
	{ "credential id twice",
	  "{\"credentials\":[{\"id\":\"a\",\"format\":\"dc+sd-jwt\",\"meta\":{"
	  "\"vct_values\":[\"v\"]}},{\"id\":\"a\",\"format\":\"dc+sd-jwt\","
	  "\"meta\":{\"vct_values\":[\"v\"]}}]}",
	  YF_CODE_DUPLICATE },
};

static yf_err parse(struct yf_arena *arena, yf_str text, struct yf_dcql *out)
{
	const struct yf_json *tree = NULL;

	assert_false(yf_failed(yf_json_parse(arena, text, &tree)));
	return yf_dcql_parse(arena, tree, out);
}

static void parse_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(queries); i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		struct yf_dcql got = { 0 };

		print_message("  %s\n", queries[i].name);
		assert_int_equal(
			parse(arena, yf_str_of(queries[i].text), &got).code,
			queries[i].want);
		assert_int_equal(got.credential_count > 0,
				 queries[i].want == YF_CODE_OK);
	}
}

static void limits_hold(void **state)
{
	(void)state;
	YF_AUTO(arena) arena = yf_arena_new(1024 * 1024);
	struct yf_buf buf = yf_buf_new(arena, 4096);
	struct yf_dcql got = { 0 };
	yf_str text = { 0 };

	yf_buf_text(&buf, YF_STR("{\"credentials\":[{\"id\":\"a\",\"format\":"
				 "\"dc+sd-jwt\",\"meta\":{\"vct_values\":["
				 "\"v\"]},\"claims\":["));
	for (int i = 0; i <= YF_DCQL_CLAIMS_MAX; i++)
		yf_buf_format(&buf, "%s{\"path\":[\"n%d\"]}", i ? "," : "", i);
	yf_buf_text(&buf, YF_STR("]}]}"));
	assert_false(yf_failed(yf_buf_str(&buf, &text)));
	assert_int_equal(parse(arena, text, &got).code, YF_CODE_TOO_LARGE);
}

static void survives_every_allocation_failure(void **state)
{
	const yf_str text = yf_str_of(
		TWO(",\"credential_sets\":[{\"options\":[[\"a\",\"b\"]]}]"));
	YF_AUTO(arena) whole = yf_arena_new(64 * 1024);
	const struct yf_json *tree = NULL;
	size_t failures = 0;
	(void)state;

	assert_false(yf_failed(yf_json_parse(whole, text, &tree)));
	for (size_t limit = 0;; limit += 16) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		struct yf_dcql got = { 0 };
		const yf_err err = yf_dcql_parse(arena, tree, &got);

		if (!yf_failed(err))
			break;
		assert_int_equal(err.code, YF_CODE_MEMORY);
		assert_int_equal(got.credential_count, 0);
		failures++;
	}
	assert_true(failures > 0);
}

/* --- what may be asked --- */

static const struct {
	const char *name;
	const char *granted; /* as yf_claim_path_of() */
	const char *asked;   /* JSON path */
	yf_code want;
} grants[] = {
	{ "the same", "n", "[\"n\"]", YF_CODE_OK },
	{ "below it", "n", "[\"n\",\"m\"]", YF_CODE_OK },
	{ "above it", "n.m", "[\"n\"]", YF_CODE_OVER_ASKED },
	{ "beside it", "n.m", "[\"n\",\"o\"]", YF_CODE_OVER_ASKED },
	{ "another", "n", "[\"m\"]", YF_CODE_OVER_ASKED },
	{ "one of all", "n.*", "[\"n\",3]", YF_CODE_OK },
	{ "all of one", "n.#3", "[\"n\",null]", YF_CODE_OVER_ASKED },
	{ "a member of all", "n.*", "[\"n\",\"m\"]", YF_CODE_OVER_ASKED },
	{ "another element", "n.#3", "[\"n\",2]", YF_CODE_OVER_ASKED },
};

static void within_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(grants); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		struct yf_claim_path path = { 0 };
		struct yf_dcql query = { 0 };
		yf_str text = { 0 };

		print_message("  %s\n", grants[i].name);
		assert_false(yf_failed(yf_str_format(
			arena, &text, SD(",\"claims\":[{\"path\":%s}]"),
			grants[i].asked)));
		assert_false(yf_failed(parse(arena, text, &query)));
		assert_false(yf_failed(
			yf_claim_path_of(arena, grants[i].granted, &path)));
		const struct yf_dcql_grant right = { .vct = YF_STR("urn:x"),
						     .paths = &path,
						     .path_count = 1 };
		const struct yf_dcql_grant wrong = { .vct = YF_STR("urn:y"),
						     .paths = &path,
						     .path_count = 1 };
		assert_int_equal(yf_dcql_within(&query, &right, 1).code,
				 grants[i].want);
		assert_int_equal(yf_dcql_within(&query, &wrong, 1).code,
				 YF_CODE_OVER_ASKED);
		assert_int_equal(yf_dcql_within(&query, NULL, 0).code,
				 YF_CODE_OVER_ASKED);
	}
}

static void another_format_is_over_asked(void **state)
{
	(void)state;
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	struct yf_dcql query = { 0 };
	const struct yf_dcql_grant grant = { .vct = YF_STR("d") };

	assert_false(yf_failed(parse(arena, yf_str_of(MDOC("")), &query)));
	assert_int_equal(yf_dcql_within(&query, &grant, 1).code,
			 YF_CODE_OVER_ASKED);
}

/* --- what was answered --- */

static const char claims[] =
	"{\"n\":\"Doe\",\"zip\":\"90210\",\"age\":{\"18\":true,\"21\":false},"
	"\"list\":[{\"k\":1,\"l\":2},{\"l\":3},{\"k\":4}],\"num\":7,"
	"\"secret\":\"s\"}";

static const struct {
	const char *name;
	const char *asked; /* members behind meta */
	yf_code want;
	const char *picked;
} matches[] = {
	{ "nothing asked", "", YF_CODE_OK, "{}" },
	{ "a claim", ",\"claims\":[{\"path\":[\"n\"]}]", YF_CODE_OK,
	  "{\"n\":\"Doe\"}" },
	{ "a claim that is not there", ",\"claims\":[{\"path\":[\"m\"]}]",
	  YF_CODE_NOT_ASKED, NULL },
	{ "the right value",
	  ",\"claims\":[{\"path\":[\"zip\"],\"values\":[\"1\",\"90210\"]}]",
	  YF_CODE_OK, "{\"zip\":\"90210\"}" },
	{ "another value",
	  ",\"claims\":[{\"path\":[\"zip\"],\"values\":[\"1\"]}]",
	  YF_CODE_NOT_ASKED, NULL },
	{ "a value of another kind",
	  ",\"claims\":[{\"path\":[\"num\"],\"values\":[\"7\"]}]",
	  YF_CODE_NOT_ASKED, NULL },
	{ "a bool that is false",
	  ",\"claims\":[{\"path\":[\"age\",\"21\"],\"values\":[true]}]",
	  YF_CODE_NOT_ASKED, NULL },
	{ "a part of an object", ",\"claims\":[{\"path\":[\"age\",\"18\"]}]",
	  YF_CODE_OK, "{\"age\":{\"18\":true}}" },
	{ "a wrong turn", ",\"claims\":[{\"path\":[\"n\",\"x\"]}]",
	  YF_CODE_NOT_ASKED, NULL },
	{ "an element keeps its place",
	  ",\"claims\":[{\"path\":[\"list\",1,\"l\"]}]", YF_CODE_OK,
	  "{\"list\":[{},{\"l\":3}]}" },
	{ "a member of all", ",\"claims\":[{\"path\":[\"list\",null,\"k\"]}]",
	  YF_CODE_OK, "{\"list\":[{\"k\":1},{},{\"k\":4}]}" },
	{ "past the end", ",\"claims\":[{\"path\":[\"list\",3]}]",
	  YF_CODE_NOT_ASKED, NULL },
	{ "two", ",\"claims\":[{\"path\":[\"n\"]},{\"path\":[\"num\"]}]",
	  YF_CODE_OK, "{\"n\":\"Doe\",\"num\":7}" },
	{ "the first set that fits",
	  ",\"claims\":[{\"id\":\"m\",\"path\":[\"m\"]},{\"id\":\"n\","
	  "\"path\":[\"n\"]},{\"id\":\"z\",\"path\":[\"zip\"]}],"
	  "\"claim_sets\":[[\"m\",\"n\"],[\"z\"],[\"n\"]]",
	  YF_CODE_OK, "{\"zip\":\"90210\"}" },
	{ "no set fits",
	  ",\"claims\":[{\"id\":\"m\",\"path\":[\"m\"]},{\"id\":\"n\","
	  "\"path\":[\"n\"]}],\"claim_sets\":[[\"m\",\"n\"]]",
	  YF_CODE_NOT_ASKED, NULL },
};

static void match_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(matches); i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		const struct yf_json *tree = NULL;
		const struct yf_json *picked = NULL;
		const struct yf_json *want = NULL;
		struct yf_dcql query = { 0 };
		uint64_t match = 0;
		yf_str text = { 0 };

		print_message("  %s\n", matches[i].name);
		assert_false(yf_failed(yf_str_format(arena, &text, SD("%s"),
						     matches[i].asked)));
		assert_false(yf_failed(parse(arena, text, &query)));
		assert_false(yf_failed(
			yf_json_parse(arena, yf_str_of(claims), &tree)));
		assert_int_equal(
			yf_dcql_match(arena, query.credentials, tree, &match)
				.code,
			matches[i].want);
		if (!matches[i].picked)
			continue;
		assert_false(yf_failed(yf_dcql_pick(arena, query.credentials,
						    match, tree, &picked)));
		assert_false(yf_failed(yf_json_parse(
			arena, yf_str_of(matches[i].picked), &want)));
		assert_true(yf_json_eq(picked, want));
	}
}

static const struct {
	const char *name;
	const char *sets;
	uint64_t answered;
	bool want;
} satisfied[] = {
	{ "both", "", 3, true },
	{ "one of two", "", 1, false },
	{ "an alternative",
	  ",\"credential_sets\":[{\"options\":[[\"a\"],"
	  "[\"b\"]]}]",
	  2, true },
	{ "neither", ",\"credential_sets\":[{\"options\":[[\"a\"],[\"b\"]]}]",
	  0, false },
	{ "half an option",
	  ",\"credential_sets\":[{\"options\":[[\"a\","
	  "\"b\"]]}]",
	  1, false },
	{ "optional",
	  ",\"credential_sets\":[{\"options\":[[\"a\"]]},"
	  "{\"options\":[[\"b\"]],\"required\":false}]",
	  1, true },
	{ "the optional one alone",
	  ",\"credential_sets\":[{\"options\":[[\"a\"]]},"
	  "{\"options\":[[\"b\"]],\"required\":false}]",
	  2, false },
};

static void satisfied_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(satisfied); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		struct yf_dcql query = { 0 };
		yf_str text = { 0 };

		print_message("  %s\n", satisfied[i].name);
		assert_false(yf_failed(yf_str_format(arena, &text, TWO("%s"),
						     satisfied[i].sets)));
		assert_false(yf_failed(parse(arena, text, &query)));
		assert_int_equal(
			yf_dcql_satisfied(&query, satisfied[i].answered),
			satisfied[i].want);
	}
}

/* --- the examples of the specification --- */

static const struct {
	const char *file;
	size_t credentials;
	size_t claims; /* of the first */
	size_t claim_sets;
	size_t sets;
} examples[] = {
	{ "simple.json", 1, 3, 0, 0 },
	{ "simple_mdoc.json", 1, 2, 0, 0 },
	{ "multi_credentials.json", 2, 3, 0, 0 },
	{ "claims_alternatives.json", 1, 5, 2, 0 },
	{ "credentials_alternatives.json", 5, 3, 0, 2 },
	{ "complex_mdoc.json", 4, 3, 0, 2 },
	{ "value_matching_simple.json", 1, 4, 0, 0 },
};

static void examples_of_the_specification(void **state)
{
	const char *folder = "../shared/vectors/openid4vp";
	(void)state;

	if (!yf_file_exists(folder)) {
		print_message("SKIPPED: %s is not there\n", folder);
		skip();
	}
	for (size_t i = 0; i < YF_COUNT(examples); i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		struct yf_dcql got = { 0 };
		yf_bytes text = { 0 };
		yf_str path = { 0 };

		print_message("  %s\n", examples[i].file);
		assert_false(yf_failed(yf_str_format(
			arena, &path, "%s/%s", folder, examples[i].file)));
		assert_false(
			yf_failed(yf_file_load(arena, path.ptr, 65536, &text)));
		assert_false(yf_failed(parse(arena, yf_str_from(text), &got)));
		assert_int_equal(got.credential_count, examples[i].credentials);
		assert_int_equal(got.credentials[0].claim_count,
				 examples[i].claims);
		assert_int_equal(got.credentials[0].claim_set_count,
				 examples[i].claim_sets);
		assert_int_equal(got.set_count, examples[i].sets);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_table),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(survives_every_allocation_failure),
		cmocka_unit_test(within_table),
		cmocka_unit_test(another_format_is_over_asked),
		cmocka_unit_test(match_table),
		cmocka_unit_test(satisfied_table),
		cmocka_unit_test(examples_of_the_specification),
	};
	return cmocka_run_group_tests_name("openid/dcql", tests, NULL, NULL);
}
