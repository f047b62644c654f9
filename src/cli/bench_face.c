#include "cli/bench_face.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "cli/bench_worker.h"
#include "demo/head.h"
#include "demo/sitter.h"
#include "face/compare.h"
#include "face/engine.h"

enum {
	ROUNDS_MAX = 101,
	FRAMES = 60,
	DESCRIBED = 5,
	TEMPLATE_LEN = 128,
	TEMPLATES = 64,
};

struct bench {
	struct yf_arena *arena;
	struct yf_plan *plan;
	unsigned rounds;
	struct yf_json_out *out;
	bool *kept;
};

static double cpu_s(void)
{
	struct timespec at;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
	return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
	const double left = *(const double *)a;
	const double right = *(const double *)b;

	return (left > right) - (left < right);
}

static double middle(double *values, unsigned count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

/* A row stays open for what else it says. */
static void put_row(struct bench *bench, const char *what, double value,
		    const char *unit, double limit, double ratio)
{
	yf_json_out_object(bench->out, NULL);
	yf_json_out_text(bench->out, "what", what);
	yf_json_out_real(bench->out, "value", value);
	yf_json_out_text(bench->out, "unit", unit);
	yf_json_out_real(bench->out, "limit", limit);
	yf_json_out_real(bench->out, "ratio", ratio);
	yf_json_out_bool(bench->out, "kept", ratio >= 1);
	*bench->kept = *bench->kept && ratio >= 1;
}

/* --- the recognition network --- */

struct work {
	double defined, done; /* multiply-adds of one picture */
};

static void add_job(struct work *work, const struct yf_program *program,
		    const struct yf_plan_job *job)
{
	const double in = program->maps[job->in].c;
	const double out = program->maps[job->out].c;
	const double spots = (double)job->rows * job->columns;
	const double taps = (double)job->taps * job->taps;
	const uint32_t high = (job->rows + 1) / 2,
		       wide = (job->columns + 1) / 2;
	const double tiles = (double)high * wide;

	if (job->kind == YF_JOB_CONV) {
		work->defined += taps * in * out * spots;
		work->done += taps * in * out * spots;
	} else if (job->kind == YF_JOB_WINOGRAD) {
		work->defined += 9 * in * out * spots;
		work->done += YF_WINOGRAD_SPOTS * in * out * tiles;
	} else if (job->kind == YF_JOB_DEPTHWISE) {
		work->defined += taps * in * spots;
		work->done += taps * in * spots;
	}
}

static struct work work_of(const struct yf_program *program)
{
	struct work work = { 0 };

	for (uint32_t i = 0; i < program->job_count; i++)
		add_job(&work, program, &program->jobs[i]);
	return work;
}

/* Multiply-adds a second, in registers only. */
static double peak_of(const struct yf_kernel *kernel)
{
	enum { SPINS = 400000, LANES_MAX = 16 };
	float seed[2 * LANES_MAX];

	for (int i = 0; i < LANES_MAX; i++) {
		seed[i] = 0.5f;
		seed[LANES_MAX + i] = 0.25f;
	}
	const double start = cpu_s();
	const uint64_t each = kernel->spin(SPINS, seed);
	return (double)each * SPINS / (cpu_s() - start);
}

static void fill(const struct yf_map *chips)
{
	uint32_t seed = 1;

	for (uint32_t n = 0; n < chips->n; n++)
		for (uint32_t y = 0; y < chips->h; y++)
			for (uint32_t x = 0; x < chips->w * chips->c; x++) {
				seed = seed * 1664525u + 1013904223u;
				yf_map_pixel(chips, n, (int32_t)y, 0)[x] =
					(float)(seed >> 8) / (1 << 24) - 0.5f;
			}
}

static double seconds_of(const struct yf_program *program,
			 const struct yf_kernel *kernel, float *memory,
			 uint32_t n)
{
	const struct yf_map in = yf_program_input(program, memory, n);

	fill(&in);
	const double start = cpu_s();
	yf_program_run(program, kernel, memory, n);
	return cpu_s() - start;
}

/* Peak and network in turns; the middle of the ratios. */
static void share_of(struct bench *bench, const struct yf_program *program,
		     const struct yf_kernel *kernel, float *memory, uint32_t n)
{
	static const double share_min = 0.74;
	double ratios[ROUNDS_MAX], times[ROUNDS_MAX], peaks[ROUNDS_MAX];
	const struct work work = work_of(program);
	char what[96];

	seconds_of(program, kernel, memory, n);
	for (unsigned i = 0; i < bench->rounds; i++) {
		peaks[i] = peak_of(kernel);
		times[i] = seconds_of(program, kernel, memory, n);
		ratios[i] = work.defined * n / times[i] / peaks[i];
	}
	const double share = middle(ratios, bench->rounds);
	snprintf(what, sizeof(what), "recognition, %s, %s: share of the peak",
		 kernel->name, n == 1 ? "one chip" : "with mirror image");
	put_row(bench, what, share, "1", share_min, share / share_min);
	yf_json_out_real(bench->out, "done", share * work.done / work.defined);
	yf_json_out_real(bench->out, "ms", middle(times, bench->rounds) * 1e3);
	yf_json_out_real(bench->out, "peak_gflops",
			 middle(peaks, bench->rounds) * 2e-9);
	yf_json_out_close(bench->out);
}

static yf_err shares(struct bench *bench)
{
	const struct yf_program *program =
		yf_plan_find(bench->plan, YF_PROGRAM_DESCRIBE, 0);

	if (!program || program->pictures_max < 2)
		return YF_FAIL(MODEL);
	const size_t len = yf_program_floats(program, 2) * sizeof(float);
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; yf_kernels[i]; i++) {
		/* The portable one is for processors without a better one. */
		if (!yf_kernel_runs(yf_kernels[i]) || (i && !yf_kernels[i + 1]))
			continue;
		share_of(bench, program, yf_kernels[i], at, 1);
		share_of(bench, program, yf_kernels[i], at, 2);
	}
	munmap(at, len);
	return YF_OK;
}

/* --- templates and models --- */

static double match_ns(const int8_t templates[TEMPLATES][TEMPLATE_LEN])
{
	enum { ROUNDS = 50 };
	float sum = 0;
	const double start = cpu_s();

	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < TEMPLATES; i++)
			for (int k = 0; k < TEMPLATES; k++)
				sum += yf_template_distance(templates[i],
							    templates[k],
							    TEMPLATE_LEN);
	const double spent = cpu_s() - start;
	/* what nobody reads need not be computed */
	return sum < 0 ? 0 : spent * 1e9 / ROUNDS / TEMPLATES / TEMPLATES;
}

static void match(struct bench *bench)
{
	static const double limit_ns = 10;
	int8_t templates[TEMPLATES][TEMPLATE_LEN];
	double times[ROUNDS_MAX];
	uint32_t seed = 1;

	for (int i = 0; i < TEMPLATES; i++)
		for (int k = 0; k < TEMPLATE_LEN; k++) {
			seed = seed * 1664525u + 1013904223u;
			templates[i][k] =
				(int8_t)((int)(seed >> 16) % 255 - 127);
		}
	for (unsigned i = 0; i < bench->rounds; i++)
		times[i] = match_ns(templates);
	const double ns = middle(times, bench->rounds);
	put_row(bench, "match of two templates of 128 bytes", ns, "ns",
		limit_ns, limit_ns / ns);
	yf_json_out_real(bench->out, "best", times[0]);
	yf_json_out_close(bench->out);
}

static yf_err open_model(struct bench *bench, const char *path)
{
	static const double limit_ms = 5;
	double times[ROUNDS_MAX];

	for (unsigned i = 0; i < bench->rounds; i++) {
		YF_AUTO(plan) plan = NULL;
		const double start = cpu_s();
		YF_TRY(yf_plan_open(path, &plan));
		times[i] = (cpu_s() - start) * 1e3;
	}
	const double ms = middle(times, bench->rounds);
	put_row(bench, "open a packed model", ms, "ms", limit_ms,
		limit_ms / ms);
	yf_json_out_close(bench->out);
	return YF_OK;
}

/* --- a session --- */

/* The demo's visitor turns the head to and fro before the camera. */
static yf_err shoot_all(struct bench *bench, struct yf_engine *engine,
			const char *samples, yf_bytes frames[static FRAMES])
{
	YF_AUTO(arena) arena = yf_arena_new(64u << 20);
	YF_AUTO(head) head = NULL;
	struct yf_look look;
	yf_bytes jpeg;
	size_t count;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_sitter_load(arena, yf_sitters(&count), samples, &jpeg));
	YF_TRY(yf_engine_look(engine, jpeg, YF_FACE_LANDMARKS, &look));
	YF_TRY(yf_head_open(jpeg, look.points, YF_HEAD_ROUND, &head));
	for (int i = 0; i < FRAMES; i++) {
		const int turn = i % 20 < 10 ? i % 20 : 20 - i % 20;
		const struct yf_head_pose pose = { .yaw = (float)turn * 2,
						   .growth = 1 };
		YF_AUTO(arena) room = yf_arena_new(4u << 20);

		if (!room)
			return YF_FAIL(MEMORY);
		YF_TRY(yf_head_shoot(head, &pose, (uint64_t)i, room, &jpeg));
		uint8_t *copy = YF_NEW(bench->arena, uint8_t, jpeg.len);
		if (!copy)
			return YF_FAIL(MEMORY);
		memcpy(copy, jpeg.ptr, jpeg.len);
		frames[i] = (yf_bytes){ copy, jpeg.len };
	}
	return YF_OK;
}

static yf_err session(struct bench *bench, const char *samples,
		      yf_bytes frames[static FRAMES])
{
	static const double limit_s = 0.5;
	YF_AUTO(engine) engine = NULL;
	double times[ROUNDS_MAX];
	int64_t seen = 0;
	const unsigned rounds = bench->rounds < 5 ? bench->rounds : 5;

	YF_TRY(yf_engine_new(bench->plan, NULL, yf_kernel_best(), &engine));
	YF_TRY(shoot_all(bench, engine, samples, frames));
	for (unsigned round = 0; round < rounds; round++) {
		const double start = cpu_s();

		seen = 0;
		for (int i = 0; i < FRAMES; i++) {
			const bool described = i % (FRAMES / DESCRIBED) == 0;
			struct yf_look look;
			YF_TRY(yf_engine_look(engine, frames[i],
					      described ? YF_FACE_MEASUREMENT
							: YF_FACE_LANDMARKS,
					      &look));
			yf_engine_wipe(engine);
			seen += look.outcome == YF_LOOK_FACE;
		}
		times[round] = cpu_s() - start;
	}
	const double spent = middle(times, rounds);
	put_row(bench,
		"session of 60 pictures of 640x480, five described with mirror",
		spent, "s", limit_s, limit_s / spent);
	yf_json_out_int(bench->out, "faces", seen);
	yf_json_out_close(bench->out);
	return YF_OK;
}

/* --- workers --- */

static yf_err memory(struct bench *bench, const char *path, yf_bytes frame)
{
	static const double first_mb = 48, further_mb = 8;
	struct yf_worker_memory got;

	YF_TRY(yf_bench_worker(bench->arena, path, frame, &got));
	put_row(bench, "resident memory of one worker", got.first_mb, "MB",
		first_mb, first_mb / got.first_mb);
	yf_json_out_close(bench->out);
	put_row(bench, "memory of each further worker", got.further_mb, "MB",
		further_mb, further_mb / got.further_mb);
	yf_json_out_text(bench->out, "measured", got.by);
	yf_json_out_close(bench->out);
	return YF_OK;
}

yf_err yf_bench_face(struct yf_arena *arena, const char *model,
		     const char *samples, unsigned rounds,
		     struct yf_json_out *out, bool *kept)
{
	YF_AUTO(plan) opened = NULL;
	yf_bytes frames[FRAMES];
	struct bench bench = {
		.arena = arena,
		.rounds = rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX,
		.out = out,
		.kept = kept,
	};

	*kept = true;
	YF_TRY(yf_plan_open(model, &opened));
	bench.plan = opened;
	YF_TRY(shares(&bench));
	match(&bench);
	YF_TRY(open_model(&bench, model));
	YF_TRY(session(&bench, samples, frames));
	return memory(&bench, model, frames[0]);
}
