/*
 * face_frames FOLDER
 *
 * What several pictures of a probe gain: the share of genuine comparisons
 * that fall below fixed limits, with probes of 1, 2, 3 and 5 pictures.
 *
 * FOLDER holds NAME_NUMBER.jpg; a person is what stands before the last `_`.
 * Each picture of a person with enough of them is the portrait once, and the
 * k after it (in the order of names, around) are the probe.  The limits are
 * what the engine claims, 1e-2 .. 1e-4.  Beside it the measured false matches
 * among the same probes and other people's portraits, where there are
 * impostors enough (30 / FMR).
 *
 * Then the same for rendered sessions of the demo's sitters, whose frames are
 * alike: the mean score against their portrait.
 *
 * One JSON object a line.  Exit 1 when something cannot be read.
 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "demo/camera.h"
#include "demo/head.h"
#include "demo/sitter.h"
#include "face/pool.h"

static const char samples[] = "build/demo";
static const uint32_t sizes[] = { 1, 2, 3, 5 };
static const float limits[] = { -2, -3, -4 };

enum {
	PICTURES_MAX = 4096,
	NAME_MAX_LEN = 128,
	TRIALS_MAX = 2048,
	ARENA_LEN = 64 * 1024 * 1024,
	FRAMES = 20,
};

struct picture {
	char name[NAME_MAX_LEN];
	size_t person_len;
};

struct bench {
	struct yf_face_pool *pool;
	const char *folder;
	struct picture *pictures;
	size_t count;
	struct yf_face_template *probes, *portraits;
	size_t *people; /* of each trial: index of its person's first picture */
	size_t trials;
};

static int by_name(const void *a, const void *b)
{
	const struct picture *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static yf_err list(struct bench *bench)
{
	DIR *dir = opendir(bench->folder);
	const struct dirent *entry;

	if (!dir)
		return YF_FAIL(NOT_FOUND);
	while ((entry = readdir(dir)) && bench->count < PICTURES_MAX) {
		struct picture *picture = &bench->pictures[bench->count];
		const char *end = strrchr(entry->d_name, '_');
		const size_t len = strlen(entry->d_name);

		if (!end || len < 5 || len >= NAME_MAX_LEN ||
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

static bool same_person(const struct picture *a, const struct picture *b)
{
	return a->person_len == b->person_len &&
	       memcmp(a->name, b->name, a->person_len) == 0;
}

static yf_err enrol(struct bench *bench, size_t first, size_t all, size_t from,
		    size_t count, enum yufu_face_role role,
		    struct yf_face_template *out)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	struct yf_face_sight sights[YUFU_FACE_IMAGES_MAX];
	yf_bytes jpegs[YUFU_FACE_IMAGES_MAX];

	if (!arena)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < count; i++) {
		const char *name =
			bench->pictures[first + (from + i) % all].name;
		yf_str path;
		YF_TRY(yf_str_format(arena, &path, "%s/%s", bench->folder,
				     name));
		YF_TRY(yf_file_load(arena, path.ptr, YF_FACE_JPEG_LEN_MAX,
				    &jpegs[i]));
	}
	return yf_face_pool_enrol(bench->pool, jpegs, count, role, out, sights);
}

static yf_err collect(struct bench *bench, size_t size)
{
	bench->trials = 0;
	for (size_t first = 0, all; first < bench->count; first += all) {
		all = 1;
		while (first + all < bench->count &&
		       same_person(&bench->pictures[first],
				   &bench->pictures[first + all]))
			all++;
		for (size_t i = 0; all > size && i < all; i++) {
			const size_t at = bench->trials;
			if (at == TRIALS_MAX)
				return YF_OK;
			YF_TRY(enrol(bench, first, all, i, 1,
				     YUFU_FACE_PORTRAIT,
				     &bench->portraits[at]));
			YF_TRY(enrol(bench, first, all, i + 1, size,
				     YUFU_FACE_PROBE, &bench->probes[at]));
			bench->people[at] = first;
			bench->trials++;
		}
	}
	return YF_OK;
}

struct tally {
	size_t genuine, missed[YF_COUNT(limits)], failed;
	size_t impostors, matched[YF_COUNT(limits)];
};

/* One probe against every portrait; a missing template matches nobody. */
static yf_err compare(struct bench *bench, size_t at, struct tally *tally)
{
	static struct yf_face_pair pairs[TRIALS_MAX];
	static struct yf_face_score scores[TRIALS_MAX];
	static size_t whose[TRIALS_MAX];
	size_t count = 0;

	if (!bench->probes[at].len || !bench->portraits[at].len) {
		tally->genuine++;
		tally->failed++;
		for (size_t k = 0; k < YF_COUNT(limits); k++)
			tally->missed[k]++;
	}
	for (size_t i = 0; bench->probes[at].len && i < bench->trials; i++) {
		const bool same = bench->people[i] == bench->people[at];
		if (!bench->portraits[i].len || (same && i != at))
			continue;
		pairs[count] = (struct yf_face_pair){ &bench->probes[at],
						      &bench->portraits[i] };
		whose[count++] = i;
	}
	if (!count)
		return YF_OK;
	YF_TRY(yf_face_pool_match_pairs(bench->pool, pairs, count, scores));
	for (size_t i = 0; i < count; i++) {
		const bool genuine = whose[i] == at;
		tally->genuine += genuine;
		tally->impostors += !genuine;
		for (size_t k = 0; k < YF_COUNT(limits); k++) {
			const bool in = scores[i].log10_fmr <= limits[k];
			tally->missed[k] += genuine && !in;
			tally->matched[k] += !genuine && in;
		}
	}
	return YF_OK;
}

static void print(size_t size, size_t people, const struct tally *tally)
{
	printf("{\"pictures\":%zu,\"people\":%zu,\"genuine\":%zu,"
	       "\"failed_to_extract\":%zu,\"impostors\":%zu",
	       size, people, tally->genuine, tally->failed, tally->impostors);
	for (size_t k = 0; k < YF_COUNT(limits); k++) {
		const double fmr = pow(10, (double)limits[k]);
		printf(",\"fnmr_at_claimed_1e%d\":%.4f", (int)limits[k],
		       (double)tally->missed[k] / (double)tally->genuine);
		/* Fewer cannot speak of it. */
		if ((double)tally->impostors >= 30 / fmr)
			printf(",\"fmr_measured_1e%d\":%.5f", (int)limits[k],
			       (double)tally->matched[k] /
				       (double)tally->impostors);
	}
	printf("}\n");
	fflush(stdout);
}

static yf_err photographs(struct bench *bench)
{
	YF_TRY(list(bench));
	for (size_t s = 0; s < YF_COUNT(sizes); s++) {
		struct tally tally = { 0 };
		size_t people = 0;

		YF_TRY(collect(bench, sizes[s]));
		for (size_t i = 0; i < bench->trials; i++) {
			people +=
				!i || bench->people[i] != bench->people[i - 1];
			YF_TRY(compare(bench, i, &tally));
		}
		if (tally.genuine)
			print(sizes[s], people, &tally);
		else
			fprintf(stderr, "face_frames: nobody has %u pictures\n",
				sizes[s] + 1);
	}
	return YF_OK;
}

/* --- rendered sessions --- */

static yf_err shoot(struct yf_arena *arena, struct yf_head *head,
		    yf_bytes frames[static FRAMES])
{
	struct yf_camera camera;

	yf_camera_begin(&camera, 0);
	for (int i = 0; i < FRAMES; i++) {
		/* Straight and near by turns, as in the challenge. */
		const int64_t now_ms = 5000 + 500 * (int64_t)i;
		yf_camera_show(&camera,
			       i / 5 % 2 ? YUFU_STEP_COME_CLOSER
					 : YUFU_STEP_NEUTRAL,
			       now_ms);
		const struct yf_head_pose pose =
			yf_camera_pose(&camera, now_ms);
		YF_TRY(yf_head_shoot(head, &pose, (uint64_t)i, arena,
				     &frames[i]));
	}
	return YF_OK;
}

static yf_err session(struct bench *bench, const struct yf_sitter *sitter,
		      double sums[static YF_COUNT(sizes)])
{
	YF_AUTO(arena) arena = yf_arena_new(4 * ARENA_LEN);
	YF_AUTO(head) head = NULL;
	struct yf_face_sight sights[YUFU_FACE_IMAGES_MAX];
	struct yf_face_template portrait, probe;
	struct yf_face_score score;
	yf_bytes frames[FRAMES];
	yf_bytes jpeg;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_sitter_load(arena, sitter, samples, &jpeg));
	YF_TRY(yf_face_pool_enrol(bench->pool, &jpeg, 1, YUFU_FACE_PORTRAIT,
				  &portrait, sights));
	YF_TRY(yf_head_open(jpeg, sights[0].quality.points, YF_HEAD_ROUND,
			    &head));
	YF_TRY(shoot(arena, head, frames));
	for (size_t s = 0; s < YF_COUNT(sizes); s++) {
		const size_t size = sizes[s];
		for (size_t i = 0; i < FRAMES; i++) {
			yf_bytes chosen[YUFU_FACE_IMAGES_MAX];
			for (size_t k = 0; k < size; k++)
				chosen[k] = frames[(i + 4 * k) % FRAMES];
			YF_TRY(yf_face_pool_enrol(bench->pool, chosen, size,
						  YUFU_FACE_PROBE, &probe,
						  sights));
			YF_TRY(yf_face_pool_match(bench->pool, &probe,
						  &portrait, &score));
			sums[s] += (double)score.score / FRAMES;
		}
	}
	return YF_OK;
}

static yf_err sessions(struct bench *bench)
{
	size_t count;
	const struct yf_sitter *sitters = yf_sitters(&count);

	for (size_t i = 0; i < count; i++) {
		double sums[YF_COUNT(sizes)] = { 0 };
		YF_TRY(session(bench, &sitters[i], sums));
		printf("{\"rendered\":\"%s\",\"trials\":%d", sitters[i].id,
		       FRAMES);
		for (size_t s = 0; s < YF_COUNT(sizes); s++)
			printf(",\"mean_score_of_%u\":%.4f", sizes[s], sums[s]);
		printf("}\n");
	}
	return YF_OK;
}

static yf_err run(struct bench *bench)
{
	const struct yf_face_pool_config config = { .program = "build/yufu",
						    .folder = "build",
						    .workers = 1,
						    .deadline_ms = 20000 };

	bench->pictures = calloc(PICTURES_MAX, sizeof(*bench->pictures));
	bench->probes = calloc(TRIALS_MAX, sizeof(*bench->probes));
	bench->portraits = calloc(TRIALS_MAX, sizeof(*bench->portraits));
	bench->people = calloc(TRIALS_MAX, sizeof(*bench->people));
	if (!bench->pictures || !bench->probes || !bench->portraits ||
	    !bench->people)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_face_pool_open(&config, &bench->pool));
	YF_TRY(photographs(bench));
	return sessions(bench);
}

int main(int argc, char **argv)
{
	struct bench bench = { .folder = argc == 2 ? argv[1] : NULL };

	if (!bench.folder) {
		fprintf(stderr, "usage: face_frames FOLDER\n");
		return 2;
	}
	const yf_err err = run(&bench);
	if (yf_failed(err))
		fprintf(stderr, "face_frames: %s; %s (%s)\n", yf_err_text(err),
			yf_err_advice(err), err.where);
	yf_face_pool_close(bench.pool);
	free(bench.pictures);
	free(bench.probes);
	free(bench.portraits);
	free(bench.people);
	return yf_failed(err);
}
