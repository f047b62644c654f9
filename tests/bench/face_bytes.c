/*
 * face_bytes MODEL FOLDER
 *
 * What templates of one byte a number cost: the share of pairs of one person
 * that are missed at the limit of a false match rate, with the numbers of the
 * network and with templates made of them, each at its own limit.
 *
 * FOLDER holds NAME_NUMBER.jpg; a person is what stands before the last `_`.
 * One JSON object a line.  Exit 1 when templates miss more than one pair more,
 * or something cannot be read.
 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "face/compare.h"
#include "face/engine.h"

enum { PICTURES_MAX = 1024, NAME_LEN_MAX = 128, JPEG_LEN_MAX = 4 << 20 };

/* The fewest impostors that carry a rate. */
static const double impostors_min = 30;
static const double rates[] = { 1e-2, 1e-3, 1e-4 };

struct picture {
	char name[NAME_LEN_MAX];
	size_t person_len;
	float numbers[YF_FACE_DESCRIPTOR];
	int8_t bytes[YF_FACE_DESCRIPTOR];
	uint32_t len; /* 0: no face was found */
};

/* Distances of pairs, rising once they are sorted. */
struct pairs {
	float *at;
	size_t count;
};

struct bench {
	struct picture *pictures;
	size_t count;
	struct pairs same[2], other[2]; /* by numbers, by bytes */
	double furthest;                /* of the two distances of a pair */
};

static int by_name(const void *a, const void *b)
{
	const struct picture *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int by_size(const void *a, const void *b)
{
	const float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static yf_err list(struct bench *bench, const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	if (!dir)
		return YF_FAIL(NOT_FOUND);
	while ((entry = readdir(dir)) && bench->count < PICTURES_MAX) {
		struct picture *picture = &bench->pictures[bench->count];
		const char *end = strrchr(entry->d_name, '_');
		const size_t len = strlen(entry->d_name);

		if (!end || len < 5 || len >= NAME_LEN_MAX ||
		    strcmp(entry->d_name + len - 4, ".jpg") != 0)
			continue;
		memcpy(picture->name, entry->d_name, len + 1);
		picture->person_len = (size_t)(end - entry->d_name);
		bench->count++;
	}
	closedir(dir);
	qsort(bench->pictures, bench->count, sizeof(*bench->pictures), by_name);
	return YF_OK;
}

static yf_err describe(struct yf_engine *engine, const char *folder,
		       struct picture *picture)
{
	YF_AUTO(arena) arena = yf_arena_new(2 * JPEG_LEN_MAX);
	struct yf_look look;
	yf_bytes jpeg;
	yf_str path;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_str_format(arena, &path, "%s/%s", folder, picture->name));
	YF_TRY(yf_file_load(arena, path.ptr, JPEG_LEN_MAX, &jpeg));
	YF_TRY(yf_engine_look(engine, jpeg, YF_FACE_MEASUREMENT, &look));
	if (look.outcome == YF_LOOK_NONE)
		return YF_OK;
	memcpy(picture->numbers, look.descriptor, sizeof(picture->numbers));
	if (yf_template_make(look.descriptor, look.descriptor_len,
			     picture->bytes))
		picture->len = look.descriptor_len;
	return YF_OK;
}

static float apart(const struct picture *a, const struct picture *b)
{
	float squares = 0;

	for (uint32_t i = 0; i < a->len; i++) {
		const float by = a->numbers[i] - b->numbers[i];
		squares += by * by;
	}
	return sqrtf(squares);
}

static bool same_person(const struct picture *a, const struct picture *b)
{
	return a->person_len == b->person_len &&
	       memcmp(a->name, b->name, a->person_len) == 0;
}

static yf_err compare(struct bench *bench)
{
	const size_t most = bench->count * bench->count / 2;

	for (int k = 0; k < 2; k++) {
		bench->same[k].at = calloc(most, sizeof(float));
		bench->other[k].at = calloc(most, sizeof(float));
		if (!bench->same[k].at || !bench->other[k].at)
			return YF_FAIL(MEMORY);
	}
	for (size_t i = 0; i < bench->count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct picture *a = &bench->pictures[i];
			const struct picture *b = &bench->pictures[j];
			struct pairs *to =
				same_person(a, b) ? bench->same : bench->other;

			if (!a->len || !b->len)
				continue;
			const float far[2] = {
				apart(a, b),
				yf_template_distance(a->bytes, b->bytes, a->len)
			};
			bench->furthest = fmax(bench->furthest,
					       (double)fabsf(far[0] - far[1]));
			for (int k = 0; k < 2; k++)
				to[k].at[to[k].count++] = far[k];
		}
	for (int k = 0; k < 2; k++) {
		qsort(bench->same[k].at, bench->same[k].count, sizeof(float),
		      by_size);
		qsort(bench->other[k].at, bench->other[k].count, sizeof(float),
		      by_size);
	}
	return YF_OK;
}

/* Pairs of one person that are at least as far apart as the first pair of two
 * people that must not match. */
static size_t missed(const struct bench *bench, int k, double rate)
{
	const size_t allowed = (size_t)(rate * (double)bench->other[k].count);
	const float limit = bench->other[k].at[allowed];
	size_t count = 0;

	for (size_t i = 0; i < bench->same[k].count; i++)
		count += bench->same[k].at[i] >= limit;
	return count;
}

static bool print(const struct bench *bench)
{
	bool good = bench->same[0].count && bench->other[0].count;

	for (size_t i = 0; i < YF_COUNT(rates) && good; i++) {
		const double pairs = (double)bench->same[0].count;

		/* Fewer cannot speak of it. */
		if ((double)bench->other[0].count < impostors_min / rates[i])
			break;
		const size_t numbers = missed(bench, 0, rates[i]);
		const size_t bytes = missed(bench, 1, rates[i]);
		printf("{\"what\":\"face: FNMR at FMR %g, templates of bytes"
		       " beside the numbers they are made of\",\"value\":%.5f,"
		       "\"limit\":%.5f,\"pairs\":%zu,\"impostors\":%zu,"
		       "\"missed\":%zu,\"missed_by_numbers\":%zu,"
		       "\"furthest\":%.5f}\n",
		       rates[i], (double)bytes / pairs, (double)numbers / pairs,
		       bench->same[0].count, bench->other[0].count, bytes,
		       numbers, bench->furthest);
		good = bytes <= numbers + 1;
	}
	return good;
}

static yf_err run(const char *model, const char *folder, bool *good)
{
	struct bench bench = { 0 };
	YF_AUTO(plan) plan = NULL;
	YF_AUTO(engine) engine = NULL;
	YF_AUTO(arena) arena = yf_arena_new(32u << 20);

	YF_TRY(yf_plan_open(model, &plan));
	YF_TRY(yf_engine_new(plan, NULL, yf_kernel_best(), &engine));
	bench.pictures = YF_NEW(arena, struct picture, PICTURES_MAX);
	if (!bench.pictures)
		return YF_FAIL(MEMORY);
	YF_TRY(list(&bench, folder));
	for (size_t i = 0; i < bench.count; i++)
		YF_TRY(describe(engine, folder, &bench.pictures[i]));
	const yf_err err = compare(&bench);
	*good = !yf_failed(err) && print(&bench);
	for (int k = 0; k < 2; k++) {
		free(bench.same[k].at);
		free(bench.other[k].at);
	}
	return err;
}

int main(int argc, char **argv)
{
	bool good = false;

	if (argc != 3) {
		fputs("usage: face_bytes MODEL FOLDER\n", stderr);
		return 2;
	}
	const yf_err err = run(argv[1], argv[2], &good);
	if (!yf_failed(err))
		return good ? 0 : 1;
	fprintf(stderr, "face_bytes: %s at %s\n", yf_err_text(err), err.where);
	return 1;
}
