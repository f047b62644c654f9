#include "face/sidecar.h"

#include "../support/expect.h"

#include "base/conf.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char least[] = "[model]\nid = a/1\nname = A\n"
			    "[alignment]\nkind = dlib-150\n"
			    "[output]\nsession_distance = 1.1\n";

#define POINTS                                                             \
	"kind = points\nleft_eye = 38.295 51.696\nright_eye = 73.5 51.5\n" \
	"nose = 56 71.7\nleft_mouth = 41.5 92.4\nright_mouth = 70.7 92\n"

/* Everything that may be said. */
static void whole(void **state)
{
	static const char text[] =
		"[model]\nid = org.example/1\nname = Example\n"
		"licence = MIT\nlicence_file = L.txt\nprovenance = made here\n"
		"[input]\ncolour = bgr\nmean = 1 2.5 -3\n"
		"deviation = 58.395 1 128\n[alignment]\n" POINTS
		"[output]\nlength = 512\nmirror = no\nsession_distance = 0.9\n"
		"[calibration]\nlimits = 0.8:-3 0.9:-2.5 1:-2\n"
		"measured = on nobody\n";
	YF_AUTO(arena) arena = yf_arena_new(1 << 18);
	struct yf_sidecar got;
	yf_str problem;

	(void)state;
	OK(yf_sidecar_parse(arena, "a.ini", yf_str_of(text), &got, &problem));
	assert_int_equal(problem.len, 0);
	assert_true(yf_str_is(got.id, "org.example/1"));
	assert_true(yf_str_is(got.licence_file, "L.txt"));
	assert_true(got.blue_first && !got.mirror);
	assert_true(got.mean[1] == 2.5f && got.mean[2] == -3);
	assert_true(got.deviation[0] == 58.395f);
	assert_int_equal(got.alignment.kind, YF_ALIGN_POINTS);
	assert_true(got.alignment.points[0][0] == 38.295f);
	assert_true(got.alignment.points[4][1] == 92);
	assert_int_equal(got.length, 512);
	assert_int_equal(got.calibration_count, 3);
	assert_true(got.calibration[1].distance == 0.9f &&
		    got.calibration[1].log10_fmr == -2.5f);
	assert_true(yf_str_is(got.calibration_where, "on nobody"));
}

/* What is left out has a value that says nothing. */
static void defaults(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1 << 18);
	struct yf_sidecar got;
	yf_str problem;

	(void)state;
	OK(yf_sidecar_parse(arena, "a.ini", yf_str_of(least), &got, &problem));
	assert_true(!got.blue_first && got.mirror && got.length == 0);
	assert_true(got.mean[0] == 0 && got.deviation[2] == 1);
	assert_int_equal(got.alignment.kind, YF_ALIGN_DLIB);
	assert_int_equal(got.calibration_count, 0);
	assert_int_equal(got.licence.len + got.provenance.len, 0);
}

/* Added to `least`, or instead of it. */
static const struct {
	const char *name, *text;
	bool alone;
	const char *problem;
} wrong[] = {
	{ "nothing", "", true, "a.ini:0: [model] id: is missing" },
	{ "no distance",
	  "[model]\nid = a\nname = A\n[alignment]\n"
	  "kind = dlib-150\n",
	  true, "a.ini:0: [output] session_distance: is missing" },
	{ "an empty name",
	  "[model]\nid = a\nname =\n[alignment]\n"
	  "kind = dlib-150\n[output]\nsession_distance = 1\n",
	  true, "a.ini: [model] name: not of 1 to 128 characters" },
	{ "a key that is none", "[model]\nage = 7\n", false,
	  "a.ini:9: [model] age: no such key" },
	{ "a key twice", "[output]\nsession_distance = 1\n", false,
	  "a.ini:9: [output] session_distance: is there twice" },
	{ "no line", "what\n", false,
	  "a.ini:8: [] : is neither [section] nor key = value" },
	{ "a third colour", "[input]\ncolour = hsv\n", false,
	  "a.ini: [input] colour: neither rgb nor bgr" },
	{ "two of three", "[input]\nmean = 1 2\n", false,
	  "a.ini: [input] mean: not as many numbers as it takes" },
	{ "four of three", "[input]\nmean = 1 2 3 4\n", false,
	  "a.ini: [input] mean: not as many numbers as it takes" },
	{ "a word", "[input]\nmean = 1 nan 3\n", false,
	  "a.ini: [input] mean: not as many numbers as it takes" },
	{ "a power", "[input]\nmean = 1 1e3 3\n", false,
	  "a.ini: [input] mean: not as many numbers as it takes" },
	{ "no deviation", "[input]\ndeviation = 1 0 1\n", false,
	  "a.ini: [input] deviation: not above zero" },
	{ "a negative one", "[input]\ndeviation = 1 1 -1\n", false,
	  "a.ini: [input] deviation: not above zero" },
	{ "too long an output", "[output]\nlength = 513\n", false, NULL },
	{ "a mirror that is neither", "[output]\nmirror = maybe\n", false,
	  NULL },
	{ "limits that fall",
	  "[calibration]\nlimits = 0.9:-2 0.8:-3\n"
	  "measured = x\n",
	  false,
	  "a.ini: [calibration] limits: not rows of distance:log10 that rise" },
	{ "rates that fall",
	  "[calibration]\nlimits = 0.8:-2 0.9:-3\n"
	  "measured = x\n",
	  false,
	  "a.ini: [calibration] limits: not rows of distance:log10 that rise" },
	{ "a rate above one", "[calibration]\nlimits = 0.8:1\nmeasured = x\n",
	  false,
	  "a.ini: [calibration] limits: not rows of distance:log10 that rise" },
	{ "farther than there is",
	  "[calibration]\nlimits = 2.5:-1\n"
	  "measured = x\n",
	  false,
	  "a.ini: [calibration] limits: not rows of distance:log10 that rise" },
	{ "seventeen rows",
	  "[calibration]\nlimits = 0.01:-9 0.02:-9 0.03:-9 "
	  "0.04:-9 0.05:-9 0.06:-9 0.07:-9 0.08:-9 0.09:-9 0.1:-9 0.11:-9 "
	  "0.12:-9 0.13:-9 0.14:-9 0.15:-9 0.16:-9 0.17:-9\nmeasured = x\n",
	  false,
	  "a.ini: [calibration] limits: not rows of distance:log10 that rise" },
	{ "measured nowhere", "[calibration]\nlimits = 0.8:-3\n", false,
	  "a.ini: [calibration] measured: limits without a word on where they"
	  " come from" },
	{ "no alignment",
	  "[model]\nid = a\nname = A\n[alignment]\nkind = hand\n"
	  "[output]\nsession_distance = 1\n",
	  true, "a.ini: [alignment] kind: neither points nor dlib-150" },
	{ "a point left out",
	  "[model]\nid = a\nname = A\n[alignment]\n"
	  "kind = points\nleft_eye = 1 2\n[output]\nsession_distance = 1\n",
	  true,
	  "a.ini: [alignment] right_eye: not as many numbers as it takes" },
	{ "eyes the wrong way",
	  "[model]\nid = a\nname = A\n[alignment]\n"
	  "kind = points\nleft_eye = 70 2\nright_eye = 30 2\nnose = 1 1\n"
	  "left_mouth = 1 1\nright_mouth = 2 2\n[output]\n"
	  "session_distance = 1\n",
	  true, "a.ini: [alignment] right_eye: not to the right of left_eye" },
	{ "no distance within a session",
	  "[model]\nid = a\nname = A\n"
	  "[alignment]\nkind = dlib-150\n[output]\nsession_distance = 0\n",
	  true, "a.ini: [output] session_distance: not above zero" },
};

static void every_mistake(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(wrong); i++) {
		YF_AUTO(arena) arena = yf_arena_new(1 << 18);
		struct yf_sidecar got;
		yf_str text, problem;

		OK(yf_str_format(arena, &text, "%s%s",
				 wrong[i].alone ? "" : least, wrong[i].text));
		const yf_err err =
			yf_sidecar_parse(arena, "a.ini", text, &got, &problem);
		print_message("  %s: %.*s\n", wrong[i].name, YF_ARG(problem));
		assert_int_equal(err.code, YF_CODE_CONFIG);
		assert_true(problem.len > 0);
		if (wrong[i].problem)
			assert_true(yf_str_is(problem, wrong[i].problem));
	}
}

static void too_long(void **state)
{
	static char text[YF_CONF_LEN_MAX + 1];
	YF_AUTO(arena) arena = yf_arena_new(1 << 18);
	struct yf_sidecar got;
	yf_str problem;

	(void)state;
	memset(text, '\n', sizeof(text));
	assert_int_equal(yf_sidecar_parse(arena, "a.ini",
					  (yf_str){ text, sizeof(text) }, &got,
					  &problem)
				 .code,
			 YF_CODE_TOO_LARGE);
}

static void memory_runs_out(void **state)
{
	bool done = false;

	(void)state;
	for (size_t len = 0; len < 65536 && !done; len += 64) {
		YF_AUTO(arena) arena = yf_arena_new(len);
		struct yf_sidecar got;
		yf_str problem;

		if (!arena)
			continue;
		const yf_err err = yf_sidecar_parse(
			arena, "a.ini", yf_str_of(least), &got, &problem);
		done = !yf_failed(err);
		assert_true(done || err.code == YF_CODE_MEMORY);
	}
	assert_true(done);
}

/* --- files --- */
static void save(struct yf_arena *arena, const char *folder, const char *name,
		 const char *text)
{
	yf_str path;

	OK(yf_str_format(arena, &path, "%s/%s", folder, name));
	OK(yf_file_save(path.ptr,
			(yf_bytes){ (const uint8_t *)text, strlen(text) },
			0644));
}

/* The licence stands beside the sidecar, and nowhere else. */
static void licences(void **state)
{
	static const struct {
		const char *name, *file;
		yf_code code;
	} cases[] = {
		{ "beside it", "L.txt", YF_CODE_OK },
		{ "not there", "M.txt", YF_CODE_NOT_FOUND },
		{ "elsewhere", "../L.txt", YF_CODE_CONFIG },
		{ "an absolute path", "/etc/hostname", YF_CODE_CONFIG },
		{ "no text", "bytes", YF_CODE_CONFIG },
	};
	char folder[] = "/tmp/yufu-sidecar-XXXXXX";
	YF_AUTO(arena) arena = yf_arena_new(1 << 20);
	yf_str path;

	(void)state;
	assert_non_null(mkdtemp(folder));
	save(arena, folder, "L.txt", "do as you like");
	save(arena, folder, "bytes", "\xff\xfe");
	OK(yf_str_format(arena, &path, "%s/a.ini", folder));
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		struct yf_sidecar got;
		yf_str text, problem;

		OK(yf_str_format(arena, &text, "%s[model]\nlicence_file = %s\n",
				 least, cases[i].file));
		save(arena, folder, "a.ini", text.ptr);
		print_message("  %s\n", cases[i].name);
		assert_int_equal(
			yf_sidecar_load(arena, path.ptr, &got, &problem).code,
			cases[i].code);
		assert_int_equal(problem.len > 0, cases[i].code != YF_CODE_OK);
		if (cases[i].code == YF_CODE_OK)
			assert_true(
				yf_str_is(got.licence_text, "do as you like"));
	}
	static const char *const files[] = { "a.ini", "L.txt", "bytes" };
	for (size_t i = 0; i < YF_COUNT(files); i++) {
		OK(yf_str_format(arena, &path, "%s/%s", folder, files[i]));
		unlink(path.ptr);
	}
	rmdir(folder);
}

/* Those that come with yufu. */
static void ours(void **state)
{
	static const char *const files[] = { "models/mobilefacenet.ini",
					     "models/sface.ini" };

	(void)state;
	for (size_t i = 0; i < YF_COUNT(files); i++) {
		YF_AUTO(arena) arena = yf_arena_new(1 << 20);
		struct yf_sidecar got;
		yf_str problem;

		const yf_err err =
			yf_sidecar_load(arena, files[i], &got, &problem);
		print_message("  %s: %.*s\n", files[i], YF_ARG(problem));
		OK(err);
		assert_int_equal(got.length, 128);
		assert_true(got.provenance.len > 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(defaults),
		cmocka_unit_test(every_mistake),
		cmocka_unit_test(too_long),
		cmocka_unit_test(memory_runs_out),
		cmocka_unit_test(licences),
		cmocka_unit_test(ours),
	};

	return cmocka_run_group_tests_name("face/sidecar", tests, NULL, NULL);
}
