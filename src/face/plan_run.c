#include <assert.h>
#include <string.h>

#include "face/plan.h"

/*
 * Nothing is checked here that yf_plan_check() has checked, and nothing is
 * allocated.
 */
struct run {
	const struct yf_program *program;
	const struct yf_kernel *kernel;
	float *memory, *work;
	uint32_t n;
};

static struct yf_map map_at(const struct run *run, uint32_t index)
{
	const struct yf_plan_map *map = &run->program->maps[index];

	return (struct yf_map){ run->memory + map->at * run->n,
				run->n,
				map->h,
				map->w,
				map->c,
				map->halo };
}

size_t yf_program_floats(const struct yf_program *program, uint32_t n)
{
	return program->floats * n + program->work;
}

uint32_t yf_program_height(const struct yf_program *program)
{
	return program->maps[program->input].h;
}

uint32_t yf_program_width(const struct yf_program *program)
{
	return program->maps[program->input].w;
}

struct yf_map yf_program_input(const struct yf_program *program, float *memory,
			       uint32_t n)
{
	const struct run run = { .program = program, .memory = memory, .n = n };
	const struct yf_map map = map_at(&run, program->input);

	assert(n >= 1 && n <= program->pictures_max);
	yf_map_zero_halo(&map);
	return map;
}

/* The maps of one job. */
struct sides {
	struct yf_map in, out, add, mul;
};

static const struct yf_map *or_none(uint32_t index, const struct yf_map *map)
{
	return index == YF_PLAN_NONE ? NULL : map;
}

static void convolve(const struct run *run, const struct yf_plan_job *job,
		     const struct sides *sides, uint32_t rows)
{
	const struct yf_conv conv = {
		.in = &sides->in,
		.out = &sides->out,
		.add = or_none(job->add, &sides->add),
		.weights = job->weights,
		.bias = job->bias,
		.taps = job->taps,
		.stride = job->stride,
		.origin = job->origin,
		.rows = rows,
		.columns = job->columns,
		.act = { job->act, job->low, job->high, job->slopes },
	};

	if (job->kind == YF_JOB_CONV) {
		run->kernel->conv(&conv);
		return;
	}
	run->kernel->winograd(&(struct yf_winograd){
		.conv = &conv,
		.in = run->work,
		.out = run->work + (size_t)YF_WINOGRAD_SPOTS *
					   YF_WINOGRAD_TILES * sides->in.c,
	});
}

static void spread(const struct run *run, const struct yf_plan_job *job,
		   const struct sides *sides)
{
	run->kernel->depthwise(&(struct yf_depthwise){
		.in = &sides->in,
		.out = &sides->out,
		.weights = job->weights,
		.bias = job->bias,
		.add = or_none(job->add, &sides->add),
		.taps = job->taps,
		.stride = job->stride,
		.origin = job->origin,
		.relu = job->flags & YF_JOB_RELU,
		.act = { job->act, job->low, job->high, job->slopes },
	});
}

static void each(const struct run *run, const struct yf_plan_job *job,
		 const struct sides *sides)
{
	run->kernel->elementwise(&(struct yf_elementwise){
		.in = &sides->in,
		.out = &sides->out,
		.scale = job->weights,
		.shift = job->bias,
		.mul = or_none(job->mul, &sides->mul),
		.add = or_none(job->add, &sides->add),
		.act = { job->act, job->low, job->high, job->slopes },
	});
}

static void pool(const struct run *run, const struct yf_plan_job *job,
		 const struct sides *sides)
{
	if (job->kind == YF_JOB_POOL_MAX)
		run->kernel->pool_max(&(struct yf_pool_max){
			&sides->in, &sides->out, job->taps, job->stride,
			job->origin });
	else
		run->kernel->pool_avg(&(struct yf_pool_avg){
			&sides->in, &sides->out, job->taps, job->stride,
			job->origin, job->flags & YF_JOB_INSIDE });
}

static void place(const struct yf_plan_job *job, const struct sides *sides)
{
	const struct yf_map *in = &sides->in, *out = &sides->out;

	if (job->flags & YF_JOB_CLEAR)
		memset(out->at, 0, yf_map_floats(out) * sizeof(float));
	for (uint32_t n = 0; n < in->n; n++)
		for (uint32_t i = 0; i < in->h * in->w; i++) {
			const int32_t y = (int32_t)(i / in->w);
			const int32_t x = (int32_t)(i % in->w);
			memmove(yf_map_pixel(out, n, y + (int32_t)job->row,
					     x + (int32_t)job->column) +
					job->channel,
				yf_map_pixel(in, n, y, x),
				job->channels * sizeof(float));
		}
}

static void flatten(const struct sides *sides)
{
	const struct yf_map *in = &sides->in, *out = &sides->out;
	const size_t row = (size_t)in->w * in->c;

	for (uint32_t n = 0; n < in->n; n++) {
		float *to = yf_map_pixel(out, n, 0, 0);
		for (uint32_t y = 0; y < in->h; y++)
			memmove(to + y * row,
				yf_map_pixel(in, n, (int32_t)y, 0),
				row * sizeof(float));
		memset(to + in->h * row, 0,
		       (out->c - in->h * row) * sizeof(float));
	}
}

static void run_job(const struct run *run, const struct yf_plan_job *job,
		    const struct sides *sides, uint32_t rows)
{
	switch (job->kind) {
	case YF_JOB_CONV:
	case YF_JOB_WINOGRAD:
		convolve(run, job, sides, rows);
		break;
	case YF_JOB_DEPTHWISE:
		spread(run, job, sides);
		break;
	case YF_JOB_ELEMENTWISE:
		each(run, job, sides);
		break;
	case YF_JOB_POOL_MAX:
	case YF_JOB_POOL_AVG:
		pool(run, job, sides);
		break;
	case YF_JOB_PLACE:
		place(job, sides);
		break;
	case YF_JOB_FLATTEN:
		flatten(sides);
		break;
	case YF_JOB_KINDS:
		break;
	}
}

static struct sides sides_of(const struct run *run,
			     const struct yf_plan_job *job)
{
	struct sides sides = { .in = map_at(run, job->in),
			       .out = map_at(run, job->out) };

	if (job->add != YF_PLAN_NONE)
		sides.add = map_at(run, job->add);
	if (job->mul != YF_PLAN_NONE)
		sides.mul = map_at(run, job->mul);
	/* What is placed into a map that is there leaves its halo. */
	if (job->kind != YF_JOB_PLACE)
		yf_map_zero_halo(&sides.out);
	return sides;
}

/* Rows [top, top + rows) of the convolutions through all jobs of a span. */
static void run_band(const struct run *run, const struct yf_plan_job *jobs,
		     uint32_t top, uint32_t rows)
{
	const uint32_t span = jobs->span;

	for (uint32_t i = 0; i < span; i++) {
		const struct yf_map in = map_at(run, jobs[i].in);
		const struct yf_map out = map_at(run, jobs[i].out);
		struct sides sides = { .in = in, .out = out };

		sides.in = i ? in : yf_map_band(&in, top, rows);
		sides.in.h = rows;
		if (i == span - 1)
			sides.out = yf_map_band(&out, top / 2, (rows + 1) / 2);
		else
			sides.out.h = rows;
		run_job(run, &jobs[i], &sides, rows);
	}
}

static void run_span(const struct run *run, const struct yf_plan_job *jobs)
{
	for (uint32_t i = 0; i < jobs->span; i++) {
		const struct yf_map out = map_at(run, jobs[i].out);
		yf_map_zero_halo(&out);
	}
	for (uint32_t top = 0; top < jobs->rows; top += jobs->band) {
		const uint32_t left = jobs->rows - top;
		run_band(run, jobs, top, left < jobs->band ? left : jobs->band);
	}
}

struct yf_map yf_program_run(const struct yf_program *program,
			     const struct yf_kernel *kernel, float *memory,
			     uint32_t n)
{
	const struct run run = { program, kernel, memory,
				 memory + program->floats * n, n };

	assert(n >= 1 && n <= program->pictures_max);
	for (uint32_t i = 0; i < program->job_count; i++) {
		const struct yf_plan_job *job = &program->jobs[i];
		if (job->span) {
			run_span(&run, job);
			i += job->span - 1;
			continue;
		}
		const struct sides sides = sides_of(&run, job);
		run_job(&run, job, &sides, job->rows);
	}
	return map_at(&run, program->output);
}
