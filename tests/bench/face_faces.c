/*
 * face_faces FOLDER [PICTURE.jpg...]
 *
 * Pictures of 250 x 250 for the bench: those named, or faces cut from the
 * demo pictures of the npm package; N.jpg and what it decodes to, N.rgb.
 * Prints how many.
 *
 * face_faces --time FOLDER MODEL COUNT
 *
 * Milliseconds of the processor from JPEG to descriptor, one pass of the
 * network without the mirror image, in this process: the mean of ROUNDS times
 * these COUNT pictures.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../support/picture.h"
#include "base/file.h"
#include "face/engine.h"
#include "face/image.h"

enum { SIDE = 250, ROUNDS = 32, PICTURES_MAX = 64 };

static const struct picture_crop crops[] = {
	{ 6, 1334, 192, 500 }, { 6, 980, 200, 500 }, { 6, 96, 398, 500 },
	{ 1, 1304, 90, 500 },  { 3, 921, 121, 500 }, { 5, 122, 792, 500 },
};

static yf_err save(struct yf_arena *arena, const char *folder, unsigned number,
		   const char *ending, yf_bytes bytes)
{
	yf_str path;

	YF_TRY(yf_str_format(arena, &path, "%s/%u.%s", folder, number, ending));
	return yf_file_save(path.ptr, bytes, 0644);
}

static yf_err add(struct yf_arena *arena, struct yf_decoder *decoder,
		  const char *folder, unsigned number, yf_bytes jpeg)
{
	struct yf_image image;

	YF_TRY(yf_decode(decoder, jpeg, &image));
	if (image.width != SIDE || image.height != SIDE)
		return YF_FAIL(RANGE);
	YF_TRY(save(arena, folder, number, "jpg", jpeg));
	return save(arena, folder, number, "rgb",
		    (yf_bytes){ image.pixels.rgb, SIDE * SIDE * 3 });
}

static yf_err run(const char *folder, int count, char **paths)
{
	YF_AUTO(decoder) decoder = NULL;
	const int total = count ? count : (int)YF_COUNT(crops);

	YF_TRY(yf_decoder_new(&decoder));
	YF_TRY(yf_file_folder(folder, 0755));
	for (int i = 0; i < total; i++) {
		YF_AUTO(arena) arena = yf_arena_new(64u << 20);
		yf_bytes jpeg;

		if (count) {
			YF_TRY(yf_file_load(arena, paths[i], 4 << 20, &jpeg));
		} else {
			const struct yf_pixels whole =
				picture_pixels(arena, &crops[i]);
			const struct yf_pixels small =
				picture_shrink(arena, &whole, SIDE);
			jpeg = picture_jpeg(arena, &small, 0);
		}
		YF_TRY(add(arena, decoder, folder, (unsigned)i, jpeg));
	}
	printf("%d\n", total);
	return YF_OK;
}

static double cpu_ms(void)
{
	struct timespec at;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return (double)at.tv_sec * 1e3 + (double)at.tv_nsec * 1e-6;
}

static yf_err describe(struct yf_engine *engine, yf_bytes jpeg)
{
	struct yf_look look;

	YF_TRY(yf_engine_look(engine, jpeg, YF_FACE_TRACKING, &look));
	yf_engine_wipe(engine);
	return look.outcome == YF_LOOK_FACE ? YF_OK : YF_FAIL(MISSING);
}

static yf_err take_time(const char *folder, const char *model, int count)
{
	YF_AUTO(arena) arena = yf_arena_new(64u << 20);
	YF_AUTO(plan) plan = NULL;
	YF_AUTO(engine) engine = NULL;
	yf_bytes jpegs[PICTURES_MAX];
	yf_str path;

	if (!arena || count < 1 || count > PICTURES_MAX)
		return YF_FAIL(RANGE);
	YF_TRY(yf_plan_open(model, &plan));
	YF_TRY(yf_engine_new(plan, NULL, yf_kernel_best(), &engine));
	for (int i = 0; i < count; i++) {
		YF_TRY(yf_str_format(arena, &path, "%s/%d.jpg", folder, i));
		YF_TRY(yf_file_load(arena, path.ptr, 4 << 20, &jpegs[i]));
		YF_TRY(describe(engine, jpegs[i]));
	}
	const double start = cpu_ms();
	for (int i = 0; i < ROUNDS * count; i++)
		YF_TRY(describe(engine, jpegs[i % count]));
	printf("%.4f\n", (cpu_ms() - start) / ROUNDS / count);
	return YF_OK;
}

int main(int argc, char **argv)
{
	const bool timed = argc == 5 && strcmp(argv[1], "--time") == 0;

	if (argc < 2) {
		fputs("usage: face_faces FOLDER [PICTURE...]\n"
		      "       face_faces --time FOLDER MODEL COUNT\n",
		      stderr);
		return 2;
	}
	const yf_err err = timed ? take_time(argv[2], argv[3], atoi(argv[4]))
				 : run(argv[1], argc - 2, argv + 2);
	if (!yf_failed(err))
		return 0;
	fprintf(stderr, "face_faces: %s at %s\n", yf_err_text(err), err.where);
	return 1;
}
