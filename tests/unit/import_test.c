#define _DEFAULT_SOURCE
#include "register/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/env.h"
#include "../support/expect.h"
#include "base/file.h"
#include "register/register.h"

enum { REFUSALS_MAX = 32 };

struct refusal {
	size_t line;
	char number[40];
	char code[32];
};

struct bed {
	struct yf_test_env *test;
	char path[64];
	char portraits[64];
	struct yf_import_counts counts;
	struct yf_import_counts shown; /* by the last call of progress */
	struct refusal refusals[REFUSALS_MAX];
	size_t refused;
};

static int open_bed(void **state)
{
	struct bed *bed = calloc(1, sizeof(*bed));

	assert_non_null(bed);
	bed->test = yf_test_env_new();
	(void)snprintf(bed->path, sizeof(bed->path), "%s/people.csv",
		       bed->test->folder);
	(void)snprintf(bed->portraits, sizeof(bed->portraits), "%s-portraits",
		       bed->test->folder);
	assert_int_equal(mkdir(bed->portraits, 0700), 0);
	*state = bed;
	return 0;
}

static void portrait_path(const struct bed *bed, const char *name,
			  char out[static 128])
{
	(void)snprintf(out, 128, "%s/%s", bed->portraits, name);
}

static int close_bed(void **state)
{
	static const char *const names[] = { "A1.jpg", "own.jpg", "large.jpg",
					     "folder" };
	struct bed *bed = *state;
	char path[128];

	for (size_t i = 0; i < YF_COUNT(names); i++) {
		portrait_path(bed, names[i], path);
		(void)remove(path);
	}
	assert_int_equal(rmdir(bed->portraits), 0);
	yf_test_env_free(bed->test);
	free(bed);
	return 0;
}

#define BED_TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_bed, close_bed)

static void show(void *ctx, const struct yf_import_counts *counts)
{
	struct bed *bed = ctx;

	bed->shown = *counts;
}

static void refuse(void *ctx, size_t line, yf_str number, yf_err err)
{
	struct bed *bed = ctx;
	struct refusal *refusal = &bed->refusals[bed->refused++];

	assert_true(bed->refused <= REFUSALS_MAX);
	refusal->line = line;
	(void)snprintf(refusal->number, sizeof(refusal->number), "%.*s",
		       YF_ARG(number));
	(void)snprintf(refusal->code, sizeof(refusal->code), "%s",
		       yf_err_name(err));
}

static yf_err run(struct bed *bed, const char *text, bool with_portraits)
{
	const struct yf_import_ask ask = {
		.path = bed->path,
		.portraits = with_portraits ? bed->portraits : NULL,
		.progress = show,
		.refused = refuse,
		.ctx = bed,
	};

	if (text)
		OK(yf_file_save(bed->path, yf_bytes_of(yf_str_of(text)), 0600));
	bed->refused = 0;
	return yf_import(&bed->test->env, &ask, &bed->counts);
}

static void assert_counts(const struct bed *bed, int64_t added, int64_t there,
			  int64_t refused)
{
	assert_int_equal(bed->counts.added, added);
	assert_int_equal(bed->counts.there, there);
	assert_int_equal(bed->counts.refused, refused);
	assert_int_equal(bed->refused, refused);
	assert_memory_equal(&bed->counts, &bed->shown, sizeof(bed->counts));
}

static struct yf_person read_person(const struct bed *bed, const char *number)
{
	struct yf_arena *arena = bed->test->arena;
	struct yf_person person = { 0 };
	struct yf_person_ref ref;
	yf_id_number parsed;

	OK(yf_id_number_parse("none", yf_str_of(number), &parsed));
	OK(yf_register_find(&bed->test->env, arena, &parsed, &ref));
	OK(yf_register_read(&bed->test->env, arena, &ref, YF_STR("test"),
			    "test", &person));
	return person;
}

#define HEADER \
	"family_name,given_name,birth_date,personal_administrative_number"

static void whole_rows(void **state)
{
	struct bed *bed = *state;

	OK(run(bed,
	       "\xef\xbb\xbfpersonal_administrative_number,family_name,"
	       "given_name,family_name_latin,given_name_latin,birth_date,sex,"
	       "place_of_birth_country,place_of_birth_region,"
	       "place_of_birth_locality,nationality,note\r\n"
	       "A1,欧阳,\"修, \"\"the elder\"\"\",Ouyang,Xiu,1990-02,1,CN,R,"
	       "\"L\nM\",CN FR,ignored\r\n"
	       "A2,,สมชาย,,,1980,,,,,,\r\n",
	       false));
	/* A line end is no part of a name: the first row is refused. */
	assert_counts(bed, 1, 0, 1);
	assert_int_equal(bed->refusals[0].line, 2);
	assert_string_equal(bed->refusals[0].code, "NAME");
	assert_string_equal(bed->refusals[0].number, "A1");
	const struct yf_person mononym = read_person(bed, "A2");
	assert_true(yf_str_is(mononym.given_name, "สมชาย"));
	assert_int_equal(mononym.family_name.len, 0);
	assert_int_equal(mononym.birth_date.year, 1980);
	assert_int_equal(mononym.birth_date.month, 0);
	assert_int_equal(mononym.nationality_count, 0);

	OK(run(bed,
	       "personal_administrative_number,family_name,given_name,"
	       "birth_date,sex,nationality,place_of_birth_country,"
	       "place_of_birth_region,place_of_birth_locality\n"
	       "A1,欧阳,\"修, \"\"the elder\"\"\",1990-02,1,CN FR,CN,R,L\n",
	       false));
	assert_counts(bed, 1, 0, 0);
	const struct yf_person person = read_person(bed, "A1");
	assert_true(yf_str_is(person.given_name, "修, \"the elder\""));
	assert_int_equal(person.nationality_count, 2);
	assert_true(yf_str_is(person.nationalities[1], "FR"));
	assert_true(yf_str_is(person.place_of_birth.locality, "L"));
	assert_int_equal(person.sex, 1);
}

static const struct {
	const char *row;
	const char *code;
	const char *number;
} bad_rows[] = {
	{ "A,B,1990-13,X1", "BIRTH_DATE", "X1" },
	{ "A,B,,X2", "MISSING", "X2" },
	{ ",,1990,X3", "MISSING", "X3" },
	{ "A,B,1990,", "MISSING", "" },
	{ "A,B,1990,X/4", "NUMBER", "X/4" },
	{ "A,B,1990", "MISSING", "" },
	{ "A,B\"C,1990,X5", "SYNTAX", "" },
	{ "A,\"B\"C,1990,X6", "SYNTAX", "" },
	{ "A\tB,,1990,X7", "NAME", "X7" },
	{ "A,\xff,1990,X8", "SYNTAX", "" },
	{ "A,B\rC,1990,X9", "SYNTAX", "" },
};

/* Each bad row between two good ones: reported, and the next one is read. */
static void bad_ones(void **state)
{
	struct bed *bed = *state;
	char text[4096] = HEADER "\n";
	char row[128];

	for (size_t i = 0; i < YF_COUNT(bad_rows); i++) {
		(void)snprintf(row, sizeof(row), "%s\nA,B,1990,GOOD-%zu\n",
			       bad_rows[i].row, i);
		strcat(text, row);
	}
	OK(run(bed, text, false));
	assert_counts(bed, YF_COUNT(bad_rows), 0, YF_COUNT(bad_rows));
	for (size_t i = 0; i < YF_COUNT(bad_rows); i++) {
		print_message("  %s\n", bad_rows[i].row);
		assert_int_equal(bed->refusals[i].line, 2 + 2 * i);
		assert_string_equal(bed->refusals[i].code, bad_rows[i].code);
		assert_string_equal(bed->refusals[i].number,
				    bad_rows[i].number);
	}
}

static void an_open_quote(void **state)
{
	struct bed *bed = *state;

	OK(run(bed, HEADER "\nA,\"B,1990,1\nA,B,1990,2\nA,B,1990,3\n", false));
	assert_counts(bed, 2, 0, 1);
	assert_int_equal(bed->refusals[0].line, 2);
}

static void again_adds_nothing(void **state)
{
	struct bed *bed = *state;

	OK(run(bed, HEADER "\nA,B,1990,1\nC,D,1991,2\nE,F,soon,3\n", false));
	assert_counts(bed, 2, 0, 1);
	OK(run(bed, NULL, false));
	assert_counts(bed, 0, 2, 1);
	/* The same number twice in one file: the first stays. */
	OK(run(bed, HEADER "\nX,Y,1990,9\nZ,Z,1990,9\n", false));
	assert_counts(bed, 1, 1, 0);
	assert_true(yf_str_is(read_person(bed, "9").family_name, "X"));
}

/* A file that broke off in the middle, then the whole of it. */
static void interrupted(void **state)
{
	enum { ROWS = 1200 };
	struct bed *bed = *state;
	struct yf_buf buf = yf_buf_new(bed->test->arena, 65536);
	yf_str half = { NULL, 0 };
	yf_str whole = { NULL, 0 };

	yf_buf_text(&buf, YF_STR(HEADER "\n"));
	for (int i = 0; i < ROWS; i++) {
		yf_buf_format(&buf, "A,B,1990,N-%d\n", i);
		if (i == 699)
			OK(yf_buf_str(&buf, &half));
	}
	OK(yf_buf_str(&buf, &whole));
	OK(yf_str_copy(bed->test->arena, half, &half));
	OK(run(bed, half.ptr, false));
	assert_counts(bed, 700, 0, 0);
	OK(yf_str_copy(bed->test->arena, whole, &whole));
	OK(run(bed, whole.ptr, false));
	assert_counts(bed, ROWS - 700, 700, 0);
	int64_t count;
	OK(yf_register_count(&bed->test->env, &count));
	assert_int_equal(count, ROWS);
}

static void files(void **state)
{
	struct bed *bed = *state;

	FAILS(run(bed, NULL, false), NOT_FOUND);
	FAILS(run(bed, "family_name,birth_date\nA,1990\n", false), MISSING);
	FAILS(run(bed, "personal_administrative_number\n1\n", false), MISSING);
	OK(run(bed, HEADER "\n", false));
	assert_counts(bed, 0, 0, 0);
	OK(run(bed, HEADER, false));
	assert_counts(bed, 0, 0, 0);
	FAILS(run(bed, "", false), IO);
}

/* --- portraits --- */

static void save_portrait(const struct bed *bed, const char *name, size_t len)
{
	char path[128];
	uint8_t *bytes = calloc(1, len);

	assert_non_null(bytes);
	bytes[0] = 0xff;
	portrait_path(bed, name, path);
	OK(yf_file_save(path, (yf_bytes){ bytes, len }, 0600));
	free(bytes);
}

static size_t portrait_len(const struct bed *bed, const char *number)
{
	struct yf_person_ref ref;
	yf_id_number parsed;
	yf_bytes portrait = { NULL, 0 };

	OK(yf_id_number_parse("none", yf_str_of(number), &parsed));
	OK(yf_register_find(&bed->test->env, bed->test->arena, &parsed, &ref));
	OK(yf_register_portrait(&bed->test->env, bed->test->arena, &ref,
				YF_STR("test"), "test", &portrait));
	return portrait.len;
}

static void portraits(void **state)
{
	struct bed *bed = *state;
	char folder[128];

	save_portrait(bed, "A1.jpg", 100);
	save_portrait(bed, "own.jpg", 200);
	save_portrait(bed, "large.jpg", YF_PORTRAIT_LEN_MAX + 1);
	portrait_path(bed, "folder", folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	OK(run(bed,
	       HEADER ",portrait\n"
		      "A,B,1990,A1,\n"
		      "A,B,1990,A2,own.jpg\n"
		      "A,B,1990,A3,\n"
		      "A,B,1990,A4,missing.jpg\n"
		      "A,B,1990,A5,../people.csv\n"
		      "A,B,1990,A6,/etc/hostname\n"
		      "A,B,1990,A7,..\n"
		      "A,B,1990,A8,.hidden\n"
		      "A,B,1990,A9,large.jpg\n"
		      "A,B,1990,B1,folder\n"
		      "A,B,1990,B2,x/../../people.csv\n"
		      "A,B,1990,B3,\n",
	       true));
	assert_int_equal(portrait_len(bed, "A1"), 100);
	assert_int_equal(portrait_len(bed, "A2"), 200);
	assert_int_equal(portrait_len(bed, "A3"), 0);
	assert_counts(bed, 4, 0, 8);
	for (size_t i = 0; i < bed->refused; i++)
		assert_string_equal(bed->refusals[i].code,
				    bed->refusals[i].line == 10 ? "TOO_LARGE"
								: "IMAGE");
	/* Without the folder nobody looks for pictures. */
	OK(run(bed, HEADER ",portrait\nA,B,1990,C1,missing.jpg\n", false));
	assert_counts(bed, 1, 0, 0);
}

/* A field beyond all measure is the row's fault and costs that row only. */
static void a_row_too_large(void **state)
{
	enum { FIELD = 9 * 1024 * 1024 };
	struct bed *bed = *state;
	const yf_str start = YF_STR(HEADER "\nA,\"\"\"");
	const yf_str end = YF_STR("\",1990,1\nA,B,1990,2\n");
	char *text = malloc(start.len + FIELD + end.len + 1);

	assert_non_null(text);
	memcpy(text, start.ptr, start.len);
	memset(text + start.len, 'x', FIELD);
	memcpy(text + start.len + FIELD, end.ptr, end.len + 1);
	OK(run(bed, text, false));
	free(text);
	assert_counts(bed, 1, 0, 1);
	assert_string_equal(bed->refusals[0].code, "TOO_LARGE");
	assert_int_equal(bed->refusals[0].line, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BED_TEST(whole_rows),    BED_TEST(bad_ones),
		BED_TEST(an_open_quote), BED_TEST(again_adds_nothing),
		BED_TEST(interrupted),   BED_TEST(files),
		BED_TEST(portraits),     BED_TEST(a_row_too_large),
	};
	return cmocka_run_group_tests_name("register/import", tests, NULL,
					   NULL);
}
