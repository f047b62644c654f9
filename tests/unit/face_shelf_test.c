#define _DEFAULT_SOURCE
#include "face/shelf.h"

#include "../support/expect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

struct bed {
	struct yf_arena *arena;
	char folder[32];
};

static void put(const struct bed *bed, const char *name, const char *text)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", bed->folder, name);
	OK(yf_file_save(path, yf_bytes_of(yf_str_of(text)), 0644));
}

static int open_bed(void **state)
{
	struct bed *bed = calloc(1, sizeof(*bed));

	assert_non_null(bed);
	bed->arena = yf_arena_new(1 << 20);
	assert_non_null(mkdtemp(strcpy(bed->folder, "/tmp/yufu-shelf-XXXXXX")));
	*state = bed;
	return 0;
}

static int close_bed(void **state)
{
	static const char *const files[] = { "a.model", "b.model", "current",
					     "x.txt", ".c.model" };
	struct bed *bed = *state;

	for (size_t i = 0; i < YF_COUNT(files); i++) {
		char path[128];
		(void)snprintf(path, sizeof(path), "%s/%s", bed->folder,
			       files[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(bed->folder), 0);
	yf_arena_free(bed->arena);
	free(bed);
	return 0;
}

#define BED_TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_bed, close_bed)

static void names(void **state)
{
	static const struct {
		const char *name;
		bool ok;
	} cases[] = {
		{ "MobileFaceNet", true }, { "a", true },
		{ "net_1.2-b", true },     { "", false },
		{ ".hidden", false },      { "-flag", false },
		{ "a/b", false },          { "..", false },
		{ "a b", false },          { "current", false },
		{ "reference", false },    { "n\xc3\xa9t", false },
		{ "a\n", false },
	};

	(void)state;
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		print_message("  %s\n", cases[i].name);
		assert_int_equal(
			yf_face_model_is_name(yf_str_of(cases[i].name)),
			cases[i].ok);
	}
}

static yf_str found(const struct bed *bed, const char *wanted)
{
	yf_str path, name;

	OK(yf_face_model_find(bed->arena, bed->folder, wanted, &path, &name));
	return name;
}

static void nothing_installed(void **state)
{
	struct bed *bed = *state;
	const struct yf_face_model_item *items;
	yf_str path, name;
	size_t count;

	assert_int_equal(found(bed, NULL).len, 0);
	assert_int_equal(found(bed, "reference").len, 0);
	OK(yf_face_model_find(bed->arena, NULL, NULL, &path, &name));
	assert_int_equal(path.len, 0);
	OK(yf_face_model_find(bed->arena, "/nowhere/at/all", NULL, &path,
			      &name));
	assert_int_equal(path.len, 0);
	FAILS(yf_face_model_find(bed->arena, bed->folder, "a", &path, &name),
	      NOT_FOUND);
	OK(yf_face_model_list(bed->arena, "/nowhere/at/all", &items, &count));
	assert_int_equal(count, 0);
	FAILS(yf_face_model_use(bed->arena, bed->folder, YF_STR("a")),
	      NOT_FOUND);
	FAILS(yf_face_model_use(bed->arena, bed->folder, YF_STR("../a")),
	      RANGE);
	FAILS(yf_face_model_remove(bed->arena, bed->folder, YF_STR("a")),
	      NOT_FOUND);
}

static void installed_and_current(void **state)
{
	struct bed *bed = *state;
	const struct yf_face_model_item *items;
	yf_str path, name;
	size_t count;

	put(bed, "b.model", "b");
	put(bed, "a.model", "a");
	put(bed, "x.txt", "x");
	put(bed, ".c.model", "c");
	assert_int_equal(found(bed, NULL).len, 0);
	OK(yf_face_model_use(bed->arena, bed->folder, YF_STR("b")));
	assert_true(yf_str_is(found(bed, NULL), "b"));
	assert_true(yf_str_is(found(bed, "a"), "a"));
	assert_int_equal(found(bed, "reference").len, 0);
	OK(yf_face_model_list(bed->arena, bed->folder, &items, &count));
	assert_int_equal(count, 2);
	assert_true(yf_str_is(items[0].name, "a") && !items[0].current);
	assert_true(yf_str_is(items[1].name, "b") && items[1].current);
	/* A file by its path. */
	OK(yf_face_model_find(bed->arena, bed->folder, items[0].path.ptr, &path,
			      &name));
	assert_true(yf_str_eq(path, items[0].path));
	FAILS(yf_face_model_remove(bed->arena, bed->folder, YF_STR("b")),
	      CONFLICT);
	OK(yf_face_model_remove(bed->arena, bed->folder, YF_STR("a")));
	OK(yf_face_model_use(bed->arena, bed->folder, YF_STR("reference")));
	OK(yf_face_model_use(bed->arena, bed->folder, YF_STR("reference")));
	assert_int_equal(found(bed, NULL).len, 0);
	OK(yf_face_model_remove(bed->arena, bed->folder, YF_STR("b")));
}

/* Never silently another network than the one that was chosen. */
static void a_current_that_is_gone(void **state)
{
	struct bed *bed = *state;
	yf_str path, name;

	put(bed, "current", "a\n");
	FAILS(yf_face_model_find(bed->arena, bed->folder, NULL, &path, &name),
	      NOT_FOUND);
	put(bed, "current", "../../etc/passwd\n");
	FAILS(yf_face_model_find(bed->arena, bed->folder, NULL, &path, &name),
	      NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		BED_TEST(nothing_installed),
		BED_TEST(installed_and_current),
		BED_TEST(a_current_that_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
