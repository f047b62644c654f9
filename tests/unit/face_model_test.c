#include "face/model.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "crypto/hash.h"
#include "face/pack.h"

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
	uint8_t *file;

	packed.arena = yf_arena_new(YF_PACK_ARENA_LEN);
	if (!packed.arena ||
	    yf_failed(yf_face_pack(packed.arena, package, &file, &packed.len)))
		return -1;
	packed.file = aligned_alloc(4096, (packed.len + 4095) / 4096 * 4096);
	if (!packed.file)
		return -1;
	memcpy(packed.file, file, packed.len);
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
	struct yf_model_view view;

	return yf_model_check((yf_bytes){ packed->file, len }, &view);
}

static void whole(void **state)
{
	const struct packed *packed = *state;
	struct yf_model_view view;

	assert_false(yf_failed(yf_model_check(
		(yf_bytes){ packed->file, packed->len }, &view)));
	assert_true(yf_str_starts(view.licence, YF_STR("MIT License")));
	for (size_t i = 0; i < YF_LAYERS; i++) {
		const size_t len = yf_layer_weights(&yf_layer_forms[i]);
		double sum = 0;
		for (size_t k = 0; k < len; k++)
			sum += (double)(view.layers[i].weights[k] *
					view.layers[i].weights[k]);
		assert_true(sum > 0 && sum < 1e9);
	}
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

/*
 * Each bit of the header that means something: refused, or (a licence or
 * layer moved to another place that is inside the file) harmless.
 */
static void flipped(void **state)
{
	struct packed *packed = *state;
	const size_t end = YF_MODEL_TABLE_AT + YF_LAYERS * 16;
	size_t refused = 0;

	for (size_t bit = 0; bit < end * 8; bit++) {
		struct yf_model_view view;

		packed->file[bit / 8] ^= (uint8_t)(1u << bit % 8);
		const yf_err err = yf_model_check(
			(yf_bytes){ packed->file, packed->len }, &view);
		refused += yf_failed(err);
		if (bit / 8 < 24)
			assert_int_equal(err.code, YF_CODE_MODEL);
		for (size_t i = 0; !yf_failed(err) && i < YF_LAYERS; i++) {
			const struct yf_layer_form *form = &yf_layer_forms[i];
			const uint8_t *last =
				(const uint8_t *)(view.layers[i].weights +
						  yf_layer_weights(form));
			assert_true((const uint8_t *)view.layers[i].bias >=
				    packed->file + YF_MODEL_HEAD_LEN);
			assert_true(last <= packed->file + packed->len);
		}
		packed->file[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	print_message("  %zu of %zu flips refused\n", refused, end * 8);
	assert_true(refused > end * 4);
	assert_false(yf_failed(check(packed, packed->len)));
}

static void from_a_file(void **state)
{
	const struct packed *packed = *state;
	const char path[] = "build/face_model_test.model";
	struct yf_model *model;

	assert_int_equal(yf_model_open("build/absent.model", &model).code,
			 YF_CODE_NOT_FOUND);
	assert_int_equal(yf_model_open("build", &model).code, YF_CODE_IO);
	assert_false(yf_failed(yf_file_save(
		path, (yf_bytes){ packed->file, packed->len - 64 }, 0644)));
	assert_int_equal(yf_model_open(path, &model).code, YF_CODE_MODEL);
	assert_false(yf_failed(yf_file_save(
		path, (yf_bytes){ packed->file, packed->len }, 0644)));
	assert_false(yf_failed(yf_model_open(path, &model)));
	assert_int_equal(model->file.len, packed->len);
	yf_model_close(model);
	remove(path);
}

/* What `make` packed is what is packed here, and its digest is right. */
static void as_built(void **state)
{
	const struct packed *packed = *state;
	const size_t after = YF_MODEL_DIGEST_AT + YF_SHA256_LEN;
	uint8_t digest[YF_SHA256_LEN];
	YF_AUTO(model) model = NULL;

	if (!yf_file_exists("build/face.model")) {
		print_message("SKIPPED build/face.model is not built\n");
		skip();
	}
	assert_false(yf_failed(yf_model_open("build/face.model", &model)));
	assert_int_equal(model->file.len, packed->len);
	assert_memory_equal(model->file.ptr, packed->file, YF_MODEL_DIGEST_AT);
	assert_memory_equal(model->file.ptr + after, packed->file + after,
			    packed->len - after);
	yf_sha256((yf_bytes){ model->file.ptr + YF_MODEL_HEAD_LEN,
			      model->file.len - YF_MODEL_HEAD_LEN },
		  digest);
	assert_memory_equal(digest, model->view.digest.ptr, sizeof(digest));
}

/* Too little memory at any point is an error, never a file. */
static void little_memory(void **state)
{
	(void)state;
	for (size_t limit = 1 << 10; limit < 64 << 20; limit *= 4) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		uint8_t *file = NULL;
		size_t len;
		const yf_err err = yf_face_pack(arena, package, &file, &len);

		assert_int_equal(err.code, YF_CODE_MEMORY);
		assert_null(file);
	}
}

static void another_package(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1 << 20);
	uint8_t *file;
	size_t len;

	(void)state;
	assert_int_equal(yf_face_pack(arena, "tests", &file, &len).code,
			 YF_CODE_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(flipped),
		cmocka_unit_test(from_a_file),
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
