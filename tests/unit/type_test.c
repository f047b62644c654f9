#define _DEFAULT_SOURCE
#include "card/type.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/env.h"
#include "../support/expect.h"
#include "base/file.h"
#include "card/type_document.h"

enum { ARENA_LEN = 8 * 1024 * 1024 };

#define NAMES                                                             \
	"\"names\":{\"en\":\"a\",\"zh\":\"b\",\"th\":\"c\",\"vi\":\"d\"," \
	"\"ru\":\"e\"}"
#define TEXT "{\"name\":\"n\",\"description\":\"d\"}"
#define DISPLAY                                                     \
	"\"display\":{\"en\":" TEXT ",\"zh\":" TEXT ",\"th\":" TEXT \
	",\"vi\":" TEXT ",\"ru\":" TEXT "}"
#define COLORS                                                            \
	"\"colors\":{\"basic\":{\"background\":\"#6b7280\",\"text\":"     \
	"\"#ffffff\"},\"upgraded\":{\"background\":\"#00aa00\",\"text\":" \
	"\"#000000\"}}"
#define HEAD "{\"name\":\"pass\",\"number_prefix\":\"P\"," DISPLAY "," COLORS
#define CLAIM(more) "{\"path\":[\"a\"],\"source\":\"sex\"," NAMES more "}"
#define CLAIMS(list) ",\"claims\":[" list "]}"
#define TYPE(more) HEAD more CLAIMS(CLAIM(""))
#define OF_CLAIM(claim) HEAD CLAIMS(claim)
#define MDOC ",\"mdoc\":{\"doctype\":\"d.o.c\",\"namespace\":\"n.s\"}"

static const struct {
	const char *name, *text;
	const char *problem; /* a piece of it; NULL: it is right */
} files[] = {
	{ "the least", TYPE(""), NULL },
	{ "all",
	  TYPE(MDOC ",\"vct\":\"urn:x:1\",\"scope\":\"s\",\"level\":"
		    "\"upgraded\",\"days\":7,\"batch_size\":4,\"order\":"
		    "3,\"ends\":\"attributes.p.until\",\"logo\":{\"uri\":"
		    "\"https://x.example/l.svg\",\"alt_text\":\"l\"}"),
	  NULL },
	{ "an attribute",
	  OF_CLAIM(
		  "{\"path\":[\"a\",\"b\"],\"source\":\"attributes.x.y\"," NAMES
		  "}"),
	  NULL },
	{ "a value", OF_CLAIM("{\"path\":[\"a\"],\"value\":\"x\"," NAMES "}"),
	  NULL },
	{ "nothing", "", "is no JSON" },
	{ "cut", "{\"name\":\"pass\"", "is no JSON" },
	{ "an array", "[]", "write an object" },
	{ "a member twice", "{\"name\":\"pass\",\"name\":\"pass\"}", "twice" },
	{ "an unknown member", TYPE(",\"colour\":1"), "\"colour\"" },
	{ "another name", "{\"name\":\"other\"}",
	  "types/pass.json: name: write the file's name" },
	{ "a name with a path", "{\"name\":\"../pass\"}", "name: write 1 to" },
	{ "no name", "{}", "name: is missing" },
	{ "no prefix",
	  "{\"name\":\"pass\"," DISPLAY "," COLORS CLAIMS(CLAIM("")),
	  "number_prefix: is missing" },
	{ "no colours",
	  "{\"name\":\"pass\",\"number_prefix\":\"P\"," DISPLAY CLAIMS(
		  CLAIM("")),
	  "colors: is missing" },
	{ "vct without scheme", TYPE(",\"vct\":\"pass\""), "vct: write a URI" },
	{ "vct with a space", TYPE(",\"vct\":\"urn:a b\""), "vct: write" },
	{ "a level of its own", TYPE(",\"level\":\"gold\""),
	  "level: write one of basic upgraded" },
	{ "no days", TYPE(",\"days\":0"), "days: write a whole number, 1" },
	{ "too many copies", TYPE(",\"batch_size\":33"), "batch_size: write" },
	{ "days as text", TYPE(",\"days\":\"7\""), "days: write" },
	{ "ends nowhere", TYPE(",\"ends\":\"expiry_date\""), "ends: no such" },
	{ "a logo of plain http",
	  TYPE(",\"logo\":{\"uri\":\"http://x/l\",\"alt_text\":\"l\"}"),
	  "logo: uri takes" },
	{ "no claims", HEAD ",\"claims\":[]}", "claims: write 1 to 64" },
	{ "no names", OF_CLAIM("{\"path\":[\"a\"],\"source\":\"sex\"}"),
	  "claims[0].names: is missing" },
	{ "a language is missing",
	  OF_CLAIM("{\"path\":[\"a\"],\"source\":\"sex\",\"names\":{\"en\":"
		   "\"a\"}}"),
	  "claims[0].names.zh: write" },
	{ "a language too many",
	  OF_CLAIM("{\"path\":[\"a\"],\"source\":\"sex\",\"names\":{\"fr\":"
		   "\"a\"}}"),
	  "\"fr\"" },
	{ "an unknown source",
	  OF_CLAIM("{\"path\":[\"a\"],\"source\":\"shoe_size\"," NAMES "}"),
	  "claims[0].source: no such source" },
	{ "source and value",
	  OF_CLAIM("{\"path\":[\"a\"],\"source\":\"sex\",\"value\":1," NAMES
		   "}"),
	  "write either" },
	{ "neither", OF_CLAIM("{\"path\":[\"a\"]," NAMES "}"), "write either" },
	{ "a value that is an object",
	  OF_CLAIM("{\"path\":[\"a\"],\"value\":{\"_sd\":[]}," NAMES "}"),
	  "claims[0].value: write a text" },
	{ "no path", OF_CLAIM("{\"source\":\"sex\"," NAMES "}"),
	  "claims[0].path: write 1 to 4" },
	{ "a path with an element",
	  OF_CLAIM("{\"path\":[\"a\",0],\"source\":\"sex\"," NAMES "}"),
	  "claims[0].path: write names" },
	{ "a path of RFC 9901",
	  OF_CLAIM("{\"path\":[\"_sd\"],\"source\":\"sex\"," NAMES "}"),
	  "RFC 9901" },
	{ "a path of the issuer's",
	  OF_CLAIM("{\"path\":[\"cnf\"],\"source\":\"sex\"," NAMES "}"),
	  "of its own" },
	{ "the mark of a demonstration",
	  OF_CLAIM("{\"path\":[\"demo\"],\"value\":false," NAMES "}"),
	  "of its own" },
	{ "a path twice", OF_CLAIM(CLAIM("") "," CLAIM("")),
	  "claims[1].path: another claim" },
	{ "a path in a path",
	  OF_CLAIM(CLAIM(
		  "") ",{\"path\":[\"a\",\"b\"],\"source\":\"sex\"," NAMES "}"),
	  "claims[1].path: another claim" },
	{ "mandatory as text", OF_CLAIM(CLAIM(",\"mandatory\":\"yes\"")),
	  "claims[0].mandatory: write true" },
	{ "an element without doctype",
	  OF_CLAIM(CLAIM(",\"mdoc\":{\"element\":\"a\"}")),
	  "claims[0].mdoc: the type has no doctype" },
	{ "an unknown encoding",
	  HEAD MDOC CLAIMS(
		  CLAIM(",\"mdoc\":{\"element\":\"a\",\"encoding\":\"hex\"}")),
	  "claims[0].encoding: write one of value" },
	{ "a number as bytes",
	  HEAD MDOC CLAIMS(
		  CLAIM(",\"mdoc\":{\"element\":\"a\",\"encoding\":\"bstr\"}")),
	  "bstr is for the portrait" },
};

static const struct yf_settings settings = {
	.url = YF_STR("https://city.example"),
	.card_days = 14,
	.batch_size = 8,
};

static void file_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(files); i++) {
		YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
		struct yf_card_type type;
		yf_str problem = { 0 };
		const char *text = "";
		const yf_err err = yf_card_type_parse(
			arena, YF_STR("types/pass.json"),
			yf_str_of(files[i].text), &settings, &type, &problem);

		OK(yf_str_to_c(arena, problem, &text));
		print_message("  %s: %s\n", files[i].name, text);
		if (!files[i].problem) {
			OK(err);
			continue;
		}
		FAILS(err, CONFIG);
		assert_int_equal(strncmp(text, "types/pass.json: ", 17), 0);
		if (!strstr(text, files[i].problem))
			fail_msg("%s: no \"%s\" in: %s", files[i].name,
				 files[i].problem, text);
	}
}

/* What the file does not say comes from the settings. */
static void defaults(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	struct yf_card_type type;
	yf_str problem;
	(void)state;

	OK(yf_card_type_parse(arena, YF_STR("pass.json"), YF_STR(TYPE("")),
			      &settings, &type, &problem));
	assert_true(yf_str_is(type.vct, "https://city.example/types/pass"));
	assert_true(yf_str_is(type.scope, "pass"));
	assert_int_equal(type.days, 14);
	assert_int_equal(type.batch_size, 8);
	assert_int_equal(type.level, YF_LEVEL_BASIC);
	assert_int_equal(type.doctype.len, 0);
	assert_int_equal(type.claims[0].disclose, YF_DISCLOSE_WHOLE);
	assert_false(type.claims[0].mandatory);
}

static void what_comes_with_the_program(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	const struct yf_card_types *types = yf_test_types(arena);
	yf_card_format format = YF_FORMAT_MDOC;
	(void)state;

	/* The first is what who names none gets. */
	assert_int_equal(types->count, 3);
	assert_true(yf_str_is(types->at[0].name, "id"));
	/* Cards out there, and who asks for them, rest on these. */
	assert_true(yf_str_is(types->at[0].vct, "urn:yufu:id:1"));
	assert_ptr_equal(
		yf_card_type_of_configuration(types, YF_STR("id"), &format),
		&types->at[0]);
	assert_int_equal(format, YF_FORMAT_SD_JWT);
	assert_true(yf_str_is(
		yf_card_type_find(types, YF_STR("residence-permit"))->vct,
		"https://city.example/types/residence-permit"));
	assert_null(yf_card_type_find(types, YF_STR("")));
	assert_null(yf_card_type_of_configuration(types, YF_STR(""), &format));
	assert_null(yf_card_type_of_scope(types, YF_STR("")));
}

/* --- folders --- */

struct folder {
	char path[32];
	char file[64];
};

static void folder_new(struct folder *folder, const char *name,
		       const char *text)
{
	strcpy(folder->path, "/tmp/yufu-types-XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	(void)snprintf(folder->file, sizeof(folder->file), "%s/%s",
		       folder->path, name);
	OK(yf_file_save(folder->file, yf_bytes_of(yf_str_of(text)), 0600));
}

static void folder_remove(const struct folder *folder)
{
	assert_int_equal(unlink(folder->file), 0);
	assert_int_equal(rmdir(folder->path), 0);
}

static yf_err load(struct yf_arena *arena, const char *own,
		   struct yf_card_types *out, yf_str *problem)
{
	const yf_str folders[] = { YF_STR("types"), yf_str_of(own) };

	return yf_card_types_load(arena, folders, YF_COUNT(folders), &settings,
				  out, problem);
}

static void a_type_of_ones_own(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	struct yf_card_types types;
	struct folder folder;
	yf_str problem;
	(void)state;

	folder_new(&folder, "pass.json", TYPE(""));
	OK(load(arena, folder.path, &types, &problem));
	assert_int_equal(types.count, 4);
	assert_non_null(yf_card_type_find(&types, YF_STR("pass")));
	folder_remove(&folder);
	OK(load(arena, folder.path, &types, &problem));
	assert_int_equal(types.count, 3);
}

static void ones_own_goes_before_ours(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	struct yf_card_types types;
	struct folder folder;
	yf_str problem;
	(void)state;

	folder_new(
		&folder, "driving-licence.json",
		"{\"name\":\"driving-licence\",\"number_prefix\":\"Q\"," DISPLAY
		"," COLORS CLAIMS(CLAIM("")));
	OK(load(arena, folder.path, &types, &problem));
	folder_remove(&folder);
	assert_int_equal(types.count, 3);
	assert_true(
		yf_str_is(yf_card_type_find(&types, YF_STR("driving-licence"))
				  ->number_prefix,
			  "Q"));
}

static const struct {
	const char *name, *file, *text, *problem;
} collisions[] = {
	{ "a broken file", "pass.json", "{", "is no JSON" },
	{ "the vct of another", "pass.json", TYPE(",\"vct\":\"urn:yufu:id:1\""),
	  "types id and pass: the same vct" },
	{ "the scope of another", "pass.json", TYPE(",\"scope\":\"id\""),
	  "types id and pass: the same scope" },
	{ "the doctype of another", "pass.json",
	  TYPE(",\"mdoc\":{\"doctype\":\"org.iso.18013.5.1.mDL\","
	       "\"namespace\":\"n\"}"),
	  "the same mdoc.doctype" },
};

static void types_that_collide(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(collisions); i++) {
		YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
		struct yf_card_types types;
		struct folder folder;
		yf_str problem = { 0 };
		const char *text = "";

		folder_new(&folder, collisions[i].file, collisions[i].text);
		const yf_err err = load(arena, folder.path, &types, &problem);
		folder_remove(&folder);
		FAILS(err, CONFIG);
		OK(yf_str_to_c(arena, problem, &text));
		if (!strstr(text, collisions[i].problem))
			fail_msg("%s: %s", collisions[i].name, text);
	}
}

static void no_types_at_all(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	static const yf_str nowhere = YF_STR("/nowhere");
	struct yf_card_types types;
	yf_str problem = { 0 };
	(void)state;

	FAILS(yf_card_types_load(arena, &nowhere, 1, &settings, &types,
				 &problem),
	      CONFIG);
	assert_true(problem.len > 0);
}

/* --- as SD-JWT VC type metadata --- */

static void described(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	const struct yf_card_types *types = yf_test_types(arena);
	(void)state;

	for (size_t i = 0; i < types->count; i++) {
		const struct yf_card_type *type = &types->at[i];
		const struct yf_json *tree = NULL;
		const struct yf_json *claims;
		yf_str text;

		OK(yf_type_document(arena, type, &text));
		OK(yf_json_parse(arena, text, &tree));
		assert_true(yf_str_eq(yf_json_text(tree, "vct"), type->vct));
		assert_int_equal(yf_json_get(tree, "display")->count,
				 YF_LOCALES);
		claims = yf_json_get(tree, "claims");
		assert_true(claims->count >= type->claim_count);
		for (size_t c = 0; c < claims->count; c++) {
			const yf_str sd = yf_json_text(&claims->items[c], "sd");
			assert_true(yf_str_is(sd, "always") ||
				    yf_str_is(sd, "allowed") ||
				    yf_str_is(sd, "never"));
			assert_int_equal(
				yf_json_get(&claims->items[c], "display")
					->count,
				YF_LOCALES);
		}
	}
}

static void out_of_memory(void **state)
{
	bool done = false;
	(void)state;

	for (size_t limit = 0; !done; limit += 1024) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		struct yf_card_type type;
		yf_str problem;
		if (!arena)
			continue;
		const yf_err err = yf_card_type_parse(
			arena, YF_STR("pass.json"), YF_STR(TYPE(MDOC)),
			&settings, &type, &problem);
		done = !yf_failed(err);
		if (!done)
			FAILS(err, MEMORY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_table),
		cmocka_unit_test(defaults),
		cmocka_unit_test(what_comes_with_the_program),
		cmocka_unit_test(a_type_of_ones_own),
		cmocka_unit_test(ones_own_goes_before_ours),
		cmocka_unit_test(types_that_collide),
		cmocka_unit_test(no_types_at_all),
		cmocka_unit_test(described),
		cmocka_unit_test(out_of_memory),
	};
	return cmocka_run_group_tests_name("card/type", tests, NULL, NULL);
}
