#include "face/manifest.h"

#include "../support/expect.h"

#include <string.h>

#define ROW(name, shape, more)                    \
	"{\"name\":\"" name "\",\"shape\":" shape \
	",\"dtype\":\"float32\"" more "}"
#define BYTES ",\"quantization\":{\"dtype\":\"uint8\",\"scale\":0.5,\"min\":-1}"
#define LIST(rows) "[{\"weights\":[" rows "]}]"

/* eight bytes and a float */
static const uint8_t bin[] = { 0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0x80, 0x3f };

static void whole(void **state)
{
	static const char text[] =
		LIST(ROW("a", "[2,2,2]", BYTES) "," ROW("b", "[1]", ""));
	YF_AUTO(arena) arena = yf_arena_new(1 << 18);
	struct yf_manifest manifest;
	const float *at;

	(void)state;
	OK(yf_manifest_parse(arena, yf_str_of(text),
			     (yf_bytes){ bin, sizeof(bin) }, &manifest));
	assert_int_equal(manifest.count, 2);
	OK(yf_manifest_read(arena, &manifest, YF_STR("a"), 8, &at));
	for (int i = 0; i < 8; i++)
		assert_true(at[i] == 0.5f * (float)i - 1);
	OK(yf_manifest_read(arena, &manifest, YF_STR("b"), 1, &at));
	assert_true(at[0] == 1);
	FAILS(yf_manifest_read(arena, &manifest, YF_STR("a"), 7, &at), RANGE);
	FAILS(yf_manifest_read(arena, &manifest, YF_STR("c"), 1, &at), MISSING);
}

static const struct {
	const char *name, *text;
	yf_code code;
} wrong[] = {
	{ "nothing", "", YF_CODE_SYNTAX },
	{ "no list", "{}", YF_CODE_SYNTAX },
	{ "two groups", "[{\"weights\":[]},{}]", YF_CODE_SYNTAX },
	{ "a number", "[7]", YF_CODE_MISSING },
	{ "no weights", LIST(""), YF_CODE_MISSING },
	{ "a weight that is none", LIST("7"), YF_CODE_MISSING },
	{ "no name", LIST(ROW("", "[1]", "")), YF_CODE_MISSING },
	{ "no shape", LIST("{\"name\":\"a\",\"dtype\":\"float32\"}"),
	  YF_CODE_MISSING },
	{ "a side of words", LIST(ROW("a", "[\"2\"]", "")), YF_CODE_RANGE },
	{ "half a side", LIST(ROW("a", "[1.5]", "")), YF_CODE_RANGE },
	{ "no side", LIST(ROW("a", "[0]", "")), YF_CODE_RANGE },
	{ "a side below", LIST(ROW("a", "[-1]", "")), YF_CODE_RANGE },
	{ "a product that wraps",
	  LIST(ROW("a", "[4194304,4194304,1048576]", "")), YF_CODE_RANGE },
	{ "more than there is", LIST(ROW("a", "[4]", "")), YF_CODE_RANGE },
	{ "the second beyond the end",
	  LIST(ROW("a", "[3]", "") "," ROW("b", "[1]", BYTES)), YF_CODE_RANGE },
	{ "another type",
	  LIST("{\"name\":\"a\",\"shape\":[1],\"dtype\":"
	       "\"int32\"}"),
	  YF_CODE_UNSUPPORTED },
	{ "other bytes",
	  LIST(ROW("a", "[1]",
		   ",\"quantization\":{\"dtype\":"
		   "\"uint16\",\"scale\":1,\"min\":0}")),
	  YF_CODE_UNSUPPORTED },
	{ "no scale",
	  LIST(ROW("a", "[1]",
		   ",\"quantization\":{\"dtype\":"
		   "\"uint8\",\"min\":0}")),
	  YF_CODE_RANGE },
	{ "a scale beyond a float",
	  LIST(ROW("a", "[1]",
		   ",\"quantization\":{"
		   "\"dtype\":\"uint8\",\"scale\":1e300,\"min\":0}")),
	  YF_CODE_RANGE },
};

static void every_mistake(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(wrong); i++) {
		YF_AUTO(arena) arena = yf_arena_new(1 << 18);
		struct yf_manifest manifest;

		print_message("  %s\n", wrong[i].name);
		assert_int_equal(
			yf_manifest_parse(arena, yf_str_of(wrong[i].text),
					  (yf_bytes){ bin, sizeof(bin) },
					  &manifest)
				.code,
			wrong[i].code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(every_mistake),
	};

	return cmocka_run_group_tests_name("face/manifest", tests, NULL, NULL);
}
