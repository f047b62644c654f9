/*
 * golden MODEL KERNEL FOLDER PICTURE.jpg...
 *
 * For each picture and network: the pixels that go in, as bytes, and the
 * numbers that come out, as floats, in FOLDER.  golden.mjs gives the same
 * pixels to face-api and compares.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "face/engine.h"
#include "face/image.h"
#include "face/landmarks.h"

struct golden {
	struct yf_arena *arena;
	struct yf_nets nets;
	const char *folder;
	unsigned picture;
};

static yf_err save(struct golden *golden, const char *what, const void *mem,
		   size_t len)
{
	yf_str path;

	YF_TRY(yf_str_format(golden->arena, &path, "%s/%u.%s", golden->folder,
			     golden->picture, what));
	return yf_file_save(path.ptr, (yf_bytes){ mem, len }, 0644);
}

/* Samples, rounds to bytes, saves those, and gives them to the network. */
static yf_err prepare(struct golden *golden, const char *name,
		      const struct yf_pixels *pixels,
		      const struct yf_affine *where, const float mean[3],
		      const struct yf_map *map)
{
	static const float black[3] = { 0, 0, 0 };
	const size_t len = (size_t)map->h * map->w * 3;
	uint8_t *bytes = YF_NEW(golden->arena, uint8_t, len), *at = bytes;
	char what[32];

	if (!bytes)
		return YF_FAIL(MEMORY);
	yf_sample(pixels, where, yf_sample_reach(where), black, map, 0);
	for (uint32_t y = 0; y < map->h; y++)
		for (uint32_t x = 0; x < map->w; x++, at += 3) {
			float *pixel =
				yf_map_pixel(map, 0, (int32_t)y, (int32_t)x);
			for (int c = 0; c < 3; c++) {
				at[c] = (uint8_t)lrintf(pixel[c] * 255);
				pixel[c] = ((float)at[c] - mean[c]) / 255;
			}
		}
	snprintf(what, sizeof(what), "%s.rgb", name);
	return save(golden, what, bytes, len);
}

/* Runs a program on a square of the picture, and saves `count` numbers of
 * each pixel that comes out. */
static yf_err run_on(struct golden *golden, const struct yf_program *program,
		     const char *name, const struct yf_pixels *pixels,
		     const struct yf_affine *where, size_t count)
{
	const struct yf_map in = yf_nets_input(&golden->nets, program, 1);
	char what[40];
	size_t len = 0;

	YF_TRY(prepare(golden, name, pixels, where, program->mean, &in));
	const struct yf_map out = yf_nets_run(&golden->nets, program, 1);
	float *values =
		YF_NEW(golden->arena, float, (size_t)out.h *out.w *count);
	if (!values)
		return YF_FAIL(MEMORY);
	for (uint32_t y = 0; y < out.h; y++)
		for (uint32_t x = 0; x < out.w; x++, len += count)
			memcpy(&values[len],
			       yf_map_pixel(&out, 0, (int32_t)y, (int32_t)x),
			       count * sizeof(float));
	snprintf(what, sizeof(what), "%s.f32", name);
	return save(golden, what, values, len * sizeof(float));
}

static yf_err detect(struct golden *golden, const struct yf_pixels *pixels,
		     uint32_t size)
{
	const float side =
		(float)(pixels->w > pixels->h ? pixels->w : pixels->h);
	const struct yf_affine where = yf_affine_square(0, 0, side, size);
	char name[32];

	snprintf(name, sizeof(name), "detect%u", size);
	return run_on(golden, yf_nets_detector(&golden->nets, size), name,
		      pixels, &where,
		      (size_t)YF_DETECT_ANCHORS * YF_DETECT_VALUES);
}

static yf_err points(struct golden *golden, const struct yf_pixels *pixels,
		     const struct yf_look *look)
{
	const struct yf_affine where = yf_affine_square(
		look->box[0], look->box[1], look->box[2], YF_POINTS_SIDE);

	return run_on(golden, golden->nets.points, "points", pixels, &where,
		      (size_t)2 * YF_FACE_POINTS);
}

static yf_err describe(struct golden *golden, const struct yf_pixels *pixels,
		       const struct yf_look *look)
{
	const struct yf_affine where = yf_affine_square(
		look->box[0], look->box[1], look->box[2], YF_CHIP_SIDE);

	return run_on(golden, golden->nets.describe, "describe", pixels, &where,
		      golden->nets.output);
}

static yf_err one(struct golden *golden, struct yf_engine *engine,
		  struct yf_decoder *decoder, const char *path)
{
	struct yf_image image;
	struct yf_look look;
	yf_bytes jpeg;

	YF_TRY(yf_file_load(golden->arena, path, 4 << 20, &jpeg));
	YF_TRY(yf_decode(decoder, jpeg, &image));
	yf_engine_look_at(engine, &image.pixels, YF_FACE_LANDMARKS, &look);
	/* The networks must agree on pixels that show no face, too. */
	if (look.outcome == YF_LOOK_NONE)
		look.box[2] = (float)image.pixels.h;
	YF_TRY(save(golden, "full.rgb", image.pixels.rgb,
		    (size_t)image.pixels.w * image.pixels.h * 3));
	YF_TRY(detect(golden, &image.pixels, 128));
	YF_TRY(detect(golden, &image.pixels, 416));
	YF_TRY(points(golden, &image.pixels, &look));
	YF_TRY(describe(golden, &image.pixels, &look));
	printf("%u %u %u\n", golden->picture, image.pixels.w, image.pixels.h);
	golden->picture++;
	return YF_OK;
}

static yf_err run(int argc, char **argv)
{
	YF_AUTO(arena) arena = yf_arena_new(512u << 20);
	YF_AUTO(plan) plan = NULL;
	YF_AUTO(engine) engine = NULL;
	YF_AUTO(decoder) decoder = NULL;
	const struct yf_kernel *kernel = yf_kernel_find(argv[2]);
	struct golden golden = { .arena = arena, .folder = argv[3] };

	if (!kernel)
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(yf_plan_open(argv[1], &plan));
	YF_TRY(yf_engine_new(plan, NULL, kernel, &engine));
	YF_TRY(yf_nets_find(plan, NULL, kernel, &golden.nets));
	YF_TRY(yf_decoder_new(&decoder));
	golden.nets.memory =
		aligned_alloc(64, yf_nets_floats(&golden.nets) * sizeof(float));
	if (!golden.nets.memory)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_file_folder(argv[3], 0755));
	for (int i = 4; i < argc; i++)
		YF_TRY(one(&golden, engine, decoder, argv[i]));
	free(golden.nets.memory);
	return YF_OK;
}

int main(int argc, char **argv)
{
	if (argc < 5) {
		fputs("usage: golden MODEL KERNEL FOLDER PICTURE...\n", stderr);
		return 2;
	}
	const yf_err err = run(argc, argv);
	if (!yf_failed(err))
		return 0;
	fprintf(stderr, "golden: %s at %s\n", yf_err_text(err), err.where);
	return err.code == YF_CODE_UNSUPPORTED ? 3 : 1;
}
