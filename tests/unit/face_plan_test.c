#define _DEFAULT_SOURCE
#include "face/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "card/plan_file.h"
#include "face/pack.h"
#include "face/reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char package[] = "node_modules/@vladmandic/face-api";

struct packed {
	struct yf_arena *arena;
	uint8_t *file; /* page aligned, as mmap gives it */
	size_t len;
};

static int pack(void **state)
{
	static struct packed packed;
	yf_bytes file;
	yf_str problem;

	packed.arena = yf_arena_new(YF_PACK_ARENA_LEN);
	if (!packed.arena ||
	    yf_failed(yf_face_pack(packed.arena, package, &file, &problem)))
		return -1;
	yf_plan_seal(file);
	packed.len = file.len;
	packed.file = aligned_alloc(4096, (packed.len + 4095) / 4096 * 4096);
	if (!packed.file)
		return -1;
	memcpy(packed.file, file.ptr, packed.len);
	*state = &packed;
	return 0;
}

static int unpack(void **state)
{
	struct packed *packed = *state;

	free(packed->file);
	yf_arena_free(packed->arena);
	return 0;
}

static yf_err check(const struct packed *packed, size_t len)
{
	YF_AUTO(plan) plan = NULL;

	return yf_plan_check((yf_bytes){ packed->file, len }, &plan);
}

static void whole(void **state)
{
	const struct packed *packed = *state;
	const yf_bytes file = { packed->file, packed->len };
	YF_AUTO(plan) plan = NULL;

	assert_false(yf_failed(yf_plan_check(file, &plan)));
	assert_true(yf_str_starts(plan->licence, YF_STR("MIT License")));
	assert_true(plan->provenance.len > 20);
	assert_int_equal(plan->output, 128);
	assert_true(plan->mirror);
	assert_non_null(yf_plan_find(plan, YF_PROGRAM_DETECT, 416));
	assert_non_null(yf_plan_find(plan, YF_PROGRAM_POINTS, 112));
	assert_non_null(yf_plan_find(plan, YF_PROGRAM_DESCRIBE, 150));
	assert_null(yf_plan_find(plan, YF_PROGRAM_DETECT, 417));
	assert_false(yf_failed(yf_plan_verify(file)));
	packed->file[packed->len - 1] ^= 1;
	assert_int_equal(yf_plan_verify(file).code, YF_CODE_MODEL);
	packed->file[packed->len - 1] ^= 1;
}

/* Between the rows, beyond them, and without any. */
static void calibrated(void **state)
{
	const struct packed *packed = *state;
	YF_AUTO(plan) plan = NULL;

	assert_false(yf_failed(
		yf_plan_check((yf_bytes){ packed->file, packed->len }, &plan)));
	assert_true(yf_plan_log10_fmr(plan, 0.1f) == -5);
	assert_true(yf_plan_log10_fmr(plan, 0.338f) == -4);
	const float between = yf_plan_log10_fmr(plan, 0.35f);
	assert_true(between > -4 && between < -3);
	assert_true(yf_plan_log10_fmr(plan, 0.5f) == 0);
	assert_true(yf_plan_log10_fmr(plan, 0.0f / 0.0f) == 0);
	plan->calibration_count = 0;
	assert_true(yf_plan_log10_fmr(plan, 0.1f) == 0);
}

static void cut_short(void **state)
{
	const struct packed *packed = *state;
	const size_t lens[] = {
		0, 1, 7, 8, 4095, 4096, 4097, packed->len / 2, packed->len - 1
	};

	for (size_t i = 0; i < YF_COUNT(lens); i++)
		assert_int_equal(check(packed, lens[i]).code, YF_CODE_MODEL);
}

static void run_all(const struct yf_plan *plan)
{
	for (uint32_t i = 0; i < plan->program_count; i++) {
		const struct yf_program *program = &plan->programs[i];
		const size_t floats = yf_program_floats(program, 1);
		float *memory = aligned_alloc(64, floats * sizeof(float) + 64 -
							  floats * 4 % 64);
		assert_non_null(memory);
		memset(memory, 0, floats * sizeof(float));
		const struct yf_map in = yf_program_input(program, memory, 1);
		assert_true(in.at >= memory && in.c == 3);
		yf_program_run(program, yf_kernel_best(), memory, 1);
		free(memory);
	}
}

/* Bits of the header and of the tables: refused, or harmless when it runs
 * (the address sanitizer watches). */
static void flipped(void **state)
{
	struct packed *packed = *state;
	const yf_bytes file = { packed->file, packed->len };
	YF_AUTO(plan) plan = NULL;
	size_t refused = 0, ran = 0, tried = 0;
	const uint8_t *row = packed->file + YF_PLAN_PROGRAMS_AT +
			     3 * YF_PROGRAM_LEN; /* the landmarks */
	const size_t jobs = yf_plan_get(row + 4, 4);
	const size_t jobs_at = yf_plan_get(row + 40, 8);

	for (size_t bit = 0; bit < (48 + jobs * YF_JOB_LEN) * 8; bit += 5) {
		const size_t at =
			bit / 8 < 48 ? bit / 8 : jobs_at + bit / 8 - 48;
		if (at >= YF_PLAN_DIGEST_AT && at < YF_PLAN_BODY_AT)
			continue;
		packed->file[at] ^= (uint8_t)(1u << bit % 8);
		const yf_err err = yf_plan_check(file, &plan);
		tried++;
		refused += yf_failed(err);
		if (at < 12)
			assert_int_equal(err.code, YF_CODE_MODEL);
		if (!yf_failed(err) && ++ran % 40 == 0)
			run_all(plan);
		yf_plan_close(YF_MOVE(plan));
		packed->file[at] ^= (uint8_t)(1u << bit % 8);
	}
	print_message("  %zu of %zu flips refused\n", refused, tried);
	assert_true(refused > tried / 3);
	assert_false(yf_failed(check(packed, packed->len)));
}

static void from_a_file(void **state)
{
	const struct packed *packed = *state;
	const char path[] = "build/face_plan_test.model";
	struct yf_plan *plan;

	assert_int_equal(yf_plan_open("build/absent.model", &plan).code,
			 YF_CODE_NOT_FOUND);
	assert_int_equal(yf_plan_open("build", &plan).code, YF_CODE_IO);
	assert_false(yf_failed(yf_file_save(
		path, (yf_bytes){ packed->file, packed->len - 64 }, 0644)));
	assert_int_equal(yf_plan_open(path, &plan).code, YF_CODE_MODEL);
	assert_false(yf_failed(yf_file_save(
		path, (yf_bytes){ packed->file, packed->len }, 0644)));
	assert_false(yf_failed(yf_plan_open(path, &plan)));
	assert_int_equal(plan->file.len, packed->len);
	yf_plan_close(plan);
	remove(path);
}

/* What `make` packed is what is packed here, and its digest is right. */
static void as_built(void **state)
{
	const struct packed *packed = *state;
	YF_AUTO(plan) plan = NULL;

	if (!yf_file_exists("build/face.model")) {
		print_message("SKIPPED build/face.model is not built\n");
		skip();
	}
	assert_false(yf_failed(yf_plan_open("build/face.model", &plan)));
	assert_int_equal(plan->file.len, packed->len);
	assert_memory_equal(plan->file.ptr, packed->file, packed->len);
	assert_false(yf_failed(yf_plan_verify(plan->file)));
}

/* The hash that our engine gives when `folder` finds the faces. */
static void hash_of(const char *folder, const char *model,
		    uint8_t out[static YUFU_FACE_HASH_LEN])
{
	const struct yufu_face_config config = { .size = sizeof(config),
						 .folder = folder,
						 .model = model };
	struct yufu_face_opened opened = { .size = sizeof(opened) };
	struct yufu_face *state;

	assert_int_equal(yf_reference_engine.open(&config, &state, &opened),
			 YUFU_FACE_OK);
	memcpy(out, opened.model_hash, YUFU_FACE_HASH_LEN);
	yf_reference_engine.close(state);
}

/* A score depends on the networks that find the face too. */
static void hash_of_finder_and_describer(void **state)
{
	const struct packed *packed = *state;
	const yf_bytes file = { packed->file, packed->len };
	uint8_t *heads = packed->file + YF_PLAN_PROGRAMS_AT;
	uint8_t *digest = packed->file + YF_PLAN_DIGEST_AT;
	uint8_t own[YUFU_FACE_HASH_LEN], one[sizeof(own)], two[sizeof(own)];
	uint8_t head[YF_PLAN_HEAD_LEN];
	char folder[] = "/tmp/yufu-plan-XXXXXX";
	char finder[64], describer[64];
	uint8_t *last;

	assert_non_null(mkdtemp(folder));
	snprintf(finder, sizeof(finder), "%s/face.model", folder);
	snprintf(describer, sizeof(describer), "%s/d.model", folder);
	assert_false(yf_failed(yf_file_save(finder, file, 0600)));
	assert_false(yf_failed(yf_plan_verify_file(finder)));
	hash_of(folder, NULL, own);
	assert_memory_equal(own, digest, sizeof(own));

	/* a describer alone */
	memcpy(head, packed->file, sizeof(head));
	last = heads + (yf_plan_get(packed->file + 12, 4) - 1) * YF_PROGRAM_LEN;
	assert_int_equal(yf_plan_get(last, 4), YF_PROGRAM_DESCRIBE);
	memmove(heads, last, YF_PROGRAM_LEN);
	yf_plan_put(packed->file + 12, 4, 1);
	yf_plan_seal(file);
	assert_false(yf_failed(yf_file_save(describer, file, 0600)));
	memcpy(packed->file, head, sizeof(head));
	hash_of(folder, describer, one);
	assert_memory_not_equal(one, own, sizeof(own));

	/* found by other networks, though described by the same */
	packed->file[packed->len - 1] ^= 1;
	assert_false(yf_failed(yf_file_save(finder, file, 0600)));
	assert_int_equal(yf_plan_verify_file(finder).code, YF_CODE_MODEL);
	yf_plan_seal(file);
	assert_false(yf_failed(yf_file_save(finder, file, 0600)));
	packed->file[packed->len - 1] ^= 1;
	memcpy(packed->file, head, sizeof(head));
	assert_false(yf_failed(yf_plan_verify_file(finder)));
	hash_of(folder, describer, two);
	assert_memory_not_equal(one, two, sizeof(two));

	unlink(finder);
	unlink(describer);
	rmdir(folder);
}

/* Too little memory at any point is an error, never a file. */
static void little_memory(void **state)
{
	(void)state;
	for (size_t limit = 1 << 10; limit < 64 << 20; limit *= 4) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		yf_bytes file = { NULL, 0 };
		yf_str problem;
		const yf_err err =
			yf_face_pack(arena, package, &file, &problem);

		assert_int_equal(err.code, YF_CODE_MEMORY);
		assert_null(file.ptr);
	}
}

static void another_package(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1 << 20);
	yf_bytes file;
	yf_str problem;

	(void)state;
	assert_int_equal(yf_face_pack(arena, "tests", &file, &problem).code,
			 YF_CODE_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(calibrated),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(flipped),
		cmocka_unit_test(from_a_file),
		cmocka_unit_test(hash_of_finder_and_describer),
		cmocka_unit_test(little_memory),
		cmocka_unit_test(as_built),
		cmocka_unit_test(another_package),
	};
	if (!yf_file_exists(package)) {
		print_message("SKIPPED %s is not installed\n", package);
		return 0;
	}
	return cmocka_run_group_tests(tests, pack, unpack);
}
