#define _DEFAULT_SOURCE
#include "face/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Everything that the executor later takes for granted is checked here, once:
 * sizes are bounded before they are multiplied, in 64 bits.
 */
enum {
	MAP_SIDE_MAX = 2048,
	MAP_CHANNELS_MAX = 1 << 24,
	HALO_MAX = 64,
	TAPS_MAX = 7,
	WINDOW_MAX = 2048, /* of a pool */
	STRIDE_MAX = 16,
	WEIGHT_ALIGN = 64,
};

struct yf_plan_file { /* a plan whose file was mapped here */
	struct yf_plan plan;
	bool mapped;
};

static float get_float(const uint8_t *at)
{
	float value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static bool inside(uint64_t at, uint64_t len, uint64_t end)
{
	return at >= YF_PLAN_HEAD_LEN && at <= end && len <= end - at;
}

uint64_t yf_plan_weights(const struct yf_plan_job *job,
			 const struct yf_plan_map *in,
			 const struct yf_plan_map *out)
{
	const uint64_t window = (uint64_t)job->taps * job->taps;

	if (job->kind == YF_JOB_CONV)
		return window * in->c * out->c;
	if (job->kind == YF_JOB_WINOGRAD)
		return (uint64_t)YF_WINOGRAD_SPOTS * in->c * out->c;
	return job->kind == YF_JOB_DEPTHWISE ? window * out->c : out->c;
}

static uint64_t map_floats(const struct yf_plan_map *map)
{
	return ((uint64_t)map->h + (size_t)2 * map->halo) *
	       ((uint64_t)map->w + (size_t)2 * map->halo) * map->c;
}

static bool read_map(const uint8_t *at, uint64_t floats,
		     struct yf_plan_map *out)
{
	const struct yf_plan_map map = {
		(uint32_t)yf_plan_get(at, 4),
		(uint32_t)yf_plan_get(at + 4, 4),
		(uint32_t)yf_plan_get(at + 8, 4),
		(uint32_t)yf_plan_get(at + 12, 4),
		yf_plan_get(at + 16, 8),
	};

	if (!map.h || !map.w || !map.c || map.h > MAP_SIDE_MAX ||
	    map.w > MAP_SIDE_MAX || map.c > MAP_CHANNELS_MAX ||
	    map.halo > HALO_MAX || map.at % 16 != 0 || map.at > floats ||
	    map_floats(&map) > floats - map.at)
		return false;
	*out = map;
	return true;
}

void yf_plan_put_job(uint8_t out[static YF_JOB_LEN],
		     const struct yf_plan_job *job, const uint64_t at[static 3])
{
	const uint32_t numbers[] = {
		job->kind, job->in,      job->out,    job->add,
		job->mul,  job->taps,    job->stride, (uint32_t)job->origin,
		job->rows, job->columns, job->act,    0,
		0,         job->flags,   job->span,   job->band,
		job->row,  job->column,
	};
	uint8_t *to = out;

	memset(out, 0, YF_JOB_LEN);
	for (size_t i = 0; i < YF_COUNT(numbers); i++, to += 4)
		yf_plan_put(to, 4, numbers[i]);
	/* two places are floats */
	memcpy(out + 44, &job->low, sizeof(float));
	memcpy(out + 48, &job->high, sizeof(float));
	/* a placed part needs no offsets, and nothing else has channels */
	if (job->kind == YF_JOB_PLACE) {
		yf_plan_put(out + 72, 4, job->channel);
		yf_plan_put(out + 76, 4, job->channels);
		return;
	}
	for (size_t i = 0; i < 3; i++)
		yf_plan_put(out + 72 + 8 * i, 8, at[i]);
}

struct loader {
	yf_bytes file;
	struct yf_program *program;
};

static bool read_floats(const struct loader *loader, uint64_t at,
			uint64_t count, const float **out)
{
	*out = NULL;
	if (!at)
		return true;
	if (at % WEIGHT_ALIGN != 0 ||
	    !inside(at, count * sizeof(float), loader->file.len))
		return false;
	*out = (const float *)(const void *)(loader->file.ptr + at);
	return true;
}

static const struct yf_plan_map *map_of(const struct loader *loader,
					uint32_t index)
{
	return index < loader->program->map_count
		       ? &loader->program->maps[index]
		       : NULL;
}

static bool has_panels(const struct yf_plan_map *map)
{
	return map->c % YF_PANEL == 0;
}

static bool same_shape(const struct yf_plan_map *a, const struct yf_plan_map *b)
{
	return a->h == b->h && a->w == b->w && a->c == b->c;
}

/* Whether all that a window reads along one side is there: `count` outputs of
 * a map of `side` with that halo. */
static bool reaches(const struct yf_plan_job *job, uint32_t count,
		    uint32_t side, uint32_t halo)
{
	const int64_t last =
		(int64_t)(count - 1) * job->stride + job->origin + job->taps;

	return count >= 1 && job->origin >= -(int64_t)halo &&
	       last <= (int64_t)side + halo;
}

/* Whether each window of a pool sees at least one pixel. */
static bool sees(const struct yf_plan_job *job, uint32_t count, uint32_t side)
{
	const int64_t first = (int64_t)(count - 1) * job->stride + job->origin;

	return count >= 1 && job->taps >= 1 && job->taps <= WINDOW_MAX &&
	       job->origin <= 0 && job->origin > -(int64_t)job->taps &&
	       first < (int64_t)side;
}

static bool check_window(const struct loader *loader,
			 const struct yf_plan_job *job,
			 const struct yf_plan_map *in,
			 const struct yf_plan_map *out)
{
	const struct yf_plan_map *add = map_of(loader, job->add);
	const bool depthwise = job->kind == YF_JOB_DEPTHWISE;

	if (job->taps < 1 || job->taps > TAPS_MAX || !has_panels(out) ||
	    !reaches(job, job->columns, in->w, in->halo) ||
	    job->columns > out->w)
		return false;
	/* rows of a span are checked with it */
	if (!job->span &&
	    (!reaches(job, job->rows, in->h, in->halo) || job->rows > out->h))
		return false;
	if (depthwise && (in->c != out->c || job->columns != out->w ||
			  (!job->span && job->rows != out->h)))
		return false;
	/* the sum is read where the output is written */
	if (job->add != YF_PLAN_NONE &&
	    (!add || !same_shape(add, out) || add->halo != out->halo))
		return false;
	if (job->kind != YF_JOB_WINOGRAD)
		return job->weights && (depthwise || job->bias);
	return job->weights && job->bias && has_panels(in) && job->taps == 3 &&
	       job->stride == 1 && job->origin == -1 && in->halo >= 1 &&
	       job->rows <= in->h && job->columns <= in->w &&
	       loader->program->work >= (uint64_t)YF_WINOGRAD_SPOTS *
						YF_WINOGRAD_TILES *
						((uint64_t)in->c + out->c);
}

static bool check_beside(const struct loader *loader, uint32_t index,
			 const struct yf_plan_map *out)
{
	const struct yf_plan_map *map = map_of(loader, index);

	return index == YF_PLAN_NONE ||
	       (map && map->c == out->c &&
		((map->h == 1 && map->w == 1) || same_shape(map, out)));
}

static bool check_place(const struct yf_plan_job *job,
			const struct yf_plan_map *in,
			const struct yf_plan_map *out)
{
	return job->channels <= in->c && job->channels <= out->c &&
	       job->channel <= out->c - job->channels && in->h <= out->h &&
	       in->w <= out->w && job->row <= out->h - in->h &&
	       job->column <= out->w - in->w;
}

static bool check_job(const struct loader *loader,
		      const struct yf_plan_job *job)
{
	const struct yf_plan_map *in = map_of(loader, job->in);
	const struct yf_plan_map *out = map_of(loader, job->out);

	if (!in || !out || !job->stride || job->stride > STRIDE_MAX)
		return false;
	if (job->act == YF_ACT_PRELU && !job->slopes)
		return false;
	switch (job->kind) {
	case YF_JOB_CONV:
	case YF_JOB_WINOGRAD:
	case YF_JOB_DEPTHWISE:
		return check_window(loader, job, in, out);
	case YF_JOB_ELEMENTWISE:
		return has_panels(out) && same_shape(in, out) &&
		       check_beside(loader, job->add, out) &&
		       check_beside(loader, job->mul, out);
	case YF_JOB_POOL_MAX:
	case YF_JOB_POOL_AVG:
		return has_panels(out) && in->c == out->c &&
		       (job->span || sees(job, out->h, in->h)) &&
		       sees(job, out->w, in->w);
	case YF_JOB_PLACE:
		return check_place(job, in, out);
	case YF_JOB_FLATTEN:
		return out->h == 1 && out->w == 1 &&
		       (uint64_t)in->h * in->w * in->c <= out->c;
	case YF_JOB_KINDS:
		break;
	}
	return false;
}

/*
 * Jobs that go through their pictures together: one or two convolutions of
 * stride 1 and a maximum of 2 x 2.  `rows` of the convolutions are those of
 * the whole; their outputs hold a band.
 */
static bool check_span(const struct yf_program *program, uint32_t first)
{
	const struct yf_plan_job *jobs = &program->jobs[first];
	const uint32_t span = jobs->span, band = jobs->band;

	if (span < 2 || span > 3 || span > program->job_count - first ||
	    !band || band % 2 || program->pictures_max != 1)
		return false;
	for (uint32_t i = 0; i < span; i++) {
		const struct yf_plan_job *job = &jobs[i];
		const struct yf_plan_map *in = &program->maps[job->in];
		const struct yf_plan_map *out = &program->maps[job->out];
		const bool last = i == span - 1;

		if (!i && !reaches(job, job->rows, in->h, in->halo))
			return false;
		if (job->span != span || job->band != band ||
		    job->add != YF_PLAN_NONE || job->rows != jobs->rows ||
		    (i && (job->in != job[-1].out || job->origin != 0)))
			return false;
		if (!last && (job->stride != 1 || out->h != band ||
			      (job->kind != YF_JOB_CONV &&
			       job->kind != YF_JOB_DEPTHWISE) ||
			      (i && job->taps != 1)))
			return false;
		if (last && (job->kind != YF_JOB_POOL_MAX || job->taps != 2 ||
			     job->stride != 2 || in->h != band ||
			     out->h != (job->rows + 1) / 2))
			return false;
	}
	return true;
}

/* A job in the middle of a span is checked with its first. */
static bool check_spans(const struct yf_program *program)
{
	for (uint32_t i = 0; i < program->job_count; i++) {
		if (!program->jobs[i].span)
			continue;
		if (!check_span(program, i))
			return false;
		i += program->jobs[i].span - 1;
	}
	return true;
}

static bool read_job(const struct loader *loader, const uint8_t *at,
		     struct yf_plan_job *out)
{
	const uint8_t *n = at;
	struct yf_plan_job job = { 0 };

	job.kind = (yf_job_kind)yf_plan_get(n, 4);
	job.in = (uint32_t)yf_plan_get(n + 4, 4);
	job.out = (uint32_t)yf_plan_get(n + 8, 4);
	job.add = (uint32_t)yf_plan_get(n + 12, 4);
	job.mul = (uint32_t)yf_plan_get(n + 16, 4);
	job.taps = (uint32_t)yf_plan_get(n + 20, 4);
	job.stride = (uint32_t)yf_plan_get(n + 24, 4);
	job.origin = (int32_t)(uint32_t)yf_plan_get(n + 28, 4);
	job.rows = (uint32_t)yf_plan_get(n + 32, 4);
	job.columns = (uint32_t)yf_plan_get(n + 36, 4);
	job.act = (yf_act)yf_plan_get(n + 40, 4);
	job.low = get_float(n + 44);
	job.high = get_float(n + 48);
	job.flags = (uint32_t)yf_plan_get(n + 52, 4);
	job.span = (uint32_t)yf_plan_get(n + 56, 4);
	job.band = (uint32_t)yf_plan_get(n + 60, 4);
	job.row = (uint32_t)yf_plan_get(n + 64, 4);
	job.column = (uint32_t)yf_plan_get(n + 68, 4);
	const struct yf_plan_map *in = map_of(loader, job.in);
	const struct yf_plan_map *result = map_of(loader, job.out);
	if ((unsigned)job.kind >= YF_JOB_KINDS ||
	    (unsigned)job.act > YF_ACT_CLIP || !in || !result ||
	    (job.add != YF_PLAN_NONE && !map_of(loader, job.add)) ||
	    (job.mul != YF_PLAN_NONE && !map_of(loader, job.mul)) ||
	    job.taps > WINDOW_MAX || job.rows > MAP_SIDE_MAX ||
	    job.columns > MAP_SIDE_MAX || job.origin < -WINDOW_MAX ||
	    job.origin > WINDOW_MAX)
		return false;
	if (job.kind == YF_JOB_PLACE) {
		job.channel = (uint32_t)yf_plan_get(n + 72, 4);
		job.channels = (uint32_t)yf_plan_get(n + 76, 4);
	} else if (!read_floats(loader, yf_plan_get(n + 72, 8),
				yf_plan_weights(&job, in, result),
				&job.weights) ||
		   !read_floats(loader, yf_plan_get(n + 80, 8), result->c,
				&job.bias) ||
		   !read_floats(loader, yf_plan_get(n + 88, 8), result->c,
				&job.slopes)) {
		return false;
	}
	*out = job;
	return check_job(loader, out);
}

static yf_err read_tables(const struct loader *loader, uint64_t maps_at,
			  uint64_t jobs_at)
{
	struct yf_program *program = loader->program;
	const uint64_t end = loader->file.len;

	if (!program->job_count || program->job_count > YF_PLAN_JOBS_MAX ||
	    !program->map_count || program->map_count > YF_PLAN_MAPS_MAX ||
	    !inside(maps_at, (uint64_t)program->map_count * YF_MAP_LEN, end) ||
	    !inside(jobs_at, (uint64_t)program->job_count * YF_JOB_LEN, end))
		return YF_FAIL(MODEL);
	program->maps = calloc(program->map_count, sizeof(*program->maps));
	program->jobs = calloc(program->job_count, sizeof(*program->jobs));
	if (!program->maps || !program->jobs)
		return YF_FAIL(MEMORY);
	for (uint32_t i = 0; i < program->map_count; i++)
		if (!read_map(loader->file.ptr + maps_at +
				      (uint64_t)i * YF_MAP_LEN,
			      program->floats, &program->maps[i]))
			return YF_FAIL(MODEL);
	for (uint32_t i = 0; i < program->job_count; i++)
		if (!read_job(loader,
			      loader->file.ptr + jobs_at +
				      (uint64_t)i * YF_JOB_LEN,
			      &program->jobs[i]))
			return YF_FAIL(MODEL);
	return check_spans(program) ? YF_OK : YF_FAIL(MODEL);
}

static yf_err read_program(yf_bytes file, const uint8_t *at,
			   struct yf_program *out)
{
	const struct loader loader = { file, out };

	out->kind = (yf_program_kind)yf_plan_get(at, 4);
	out->job_count = (uint32_t)yf_plan_get(at + 4, 4);
	out->map_count = (uint32_t)yf_plan_get(at + 8, 4);
	out->input = (uint32_t)yf_plan_get(at + 12, 4);
	out->output = (uint32_t)yf_plan_get(at + 16, 4);
	out->pictures_max = (uint32_t)yf_plan_get(at + 20, 4);
	out->blue_first = yf_plan_get(at + 24, 4) == 1;
	out->floats = yf_plan_get(at + 48, 8);
	out->work = yf_plan_get(at + 56, 8);
	for (size_t c = 0; c < 3; c++) {
		out->mean[c] = get_float(at + 64 + 4 * c);
		out->scale[c] = get_float(at + 76 + 4 * c);
		if (!isfinite(out->mean[c]) || !isfinite(out->scale[c]))
			return YF_FAIL(MODEL);
	}
	if ((unsigned)out->kind > YF_PROGRAM_DESCRIBE || !out->pictures_max ||
	    out->pictures_max > YF_PLAN_PICTURES_MAX || out->floats % 16 ||
	    out->floats > YF_PLAN_FLOATS_MAX ||
	    out->work > YF_PLAN_FLOATS_MAX || yf_plan_get(at + 24, 4) > 1)
		return YF_FAIL(MODEL);
	YF_TRY(read_tables(&loader, yf_plan_get(at + 32, 8),
			   yf_plan_get(at + 40, 8)));
	if (out->input >= out->map_count || out->output >= out->map_count)
		return YF_FAIL(MODEL);
	return out->maps[out->input].c == 3 ? YF_OK : YF_FAIL(MODEL);
}

static yf_err read_texts(struct yf_plan *plan)
{
	yf_str *const texts[YF_PLAN_TEXTS] = { &plan->id, &plan->name,
					       &plan->licence,
					       &plan->provenance,
					       &plan->calibration_where };

	for (size_t i = 0; i < YF_PLAN_TEXTS; i++) {
		const uint8_t *row = plan->file.ptr + YF_PLAN_TEXTS_AT + 16 * i;
		const uint64_t at = yf_plan_get(row, 8);
		const uint64_t len = yf_plan_get(row + 8, 8);

		if (len > YF_PLAN_TEXT_MAX || !inside(at, len, plan->file.len))
			return YF_FAIL(MODEL);
		*texts[i] = (yf_str){ (const char *)plan->file.ptr + at,
				      (size_t)len };
		/* They are shown to who decides about the licence. */
		if (!yf_str_is_printable(*texts[i], true))
			return YF_FAIL(MODEL);
	}
	return plan->id.len && plan->id.len <= 256 && plan->name.len <= 256
		       ? YF_OK
		       : YF_FAIL(MODEL);
}

static yf_err read_recognition(struct yf_plan *plan)
{
	const uint8_t *at = plan->file.ptr + YF_PLAN_RECOGNITION_AT;
	const uint8_t *rows = plan->file.ptr + YF_PLAN_CALIBRATION_AT;

	plan->alignment.kind = (yf_align_kind)yf_plan_get(at, 4);
	plan->mirror = yf_plan_get(at + 4, 4) == 1;
	plan->output = (uint32_t)yf_plan_get(at + 8, 4);
	plan->calibration_count = (uint32_t)yf_plan_get(at + 12, 4);
	if ((unsigned)plan->alignment.kind > YF_ALIGN_POINTS ||
	    plan->output > YF_PLAN_OUTPUT_MAX ||
	    plan->calibration_count > YF_PLAN_CALIBRATION_MAX)
		return YF_FAIL(MODEL);
	plan->session_distance = get_float(plan->file.ptr + YF_PLAN_SESSION_AT);
	if (!(plan->session_distance >= 0 && plan->session_distance <= 2))
		return YF_FAIL(MODEL);
	for (size_t i = 0; i < 10; i++) {
		const float value = get_float(at + 16 + 4 * i);
		if (!(fabsf(value) <= 2 * MAP_SIDE_MAX))
			return YF_FAIL(MODEL);
		plan->alignment.points[i / 2][i % 2] = value;
	}
	for (uint32_t i = 0; i < plan->calibration_count; i++) {
		const struct yf_plan_limit row = {
			get_float(rows + (size_t)8 * i),
			get_float(rows + (size_t)8 * i + 4),
		};
		const struct yf_plan_limit *before =
			i ? &plan->calibration[i - 1] : NULL;

		if (!(row.distance > 0 && row.distance <= 2) ||
		    !(row.log10_fmr <= 0 && row.log10_fmr >= -12) ||
		    (before && (row.distance <= before->distance ||
				row.log10_fmr < before->log10_fmr)))
			return YF_FAIL(MODEL);
		plan->calibration[i] = row;
	}
	return YF_OK;
}

static yf_err check_head(yf_bytes file)
{
	const uint32_t one = 1;

	if (file.len < YF_PLAN_HEAD_LEN || file.len > YF_PLAN_LEN_MAX ||
	    memcmp(file.ptr, YF_PLAN_MAGIC, 8) != 0 ||
	    yf_plan_get(file.ptr + 8, 4) != YF_PLAN_VERSION ||
	    yf_plan_get(file.ptr + 48, 8) != file.len)
		return YF_FAIL(MODEL);
	return *(const uint8_t *)&one == 1 ? YF_OK : YF_FAIL(MODEL);
}

/* A describer gives as many numbers as the plan says. */
static bool check_output(const struct yf_plan *plan)
{
	const struct yf_program *program =
		yf_plan_find(plan, YF_PROGRAM_DESCRIBE, 0);

	if (!program)
		return plan->output == 0;
	const struct yf_plan_map *map = &program->maps[program->output];
	return plan->output > 0 && map->h == 1 && map->w == 1 &&
	       plan->output <= map->c;
}

static yf_err read_plan(struct yf_plan *plan)
{
	const uint64_t count = yf_plan_get(plan->file.ptr + 12, 4);

	YF_TRY(read_texts(plan));
	YF_TRY(read_recognition(plan));
	if (!count || count > YF_PLAN_PROGRAMS_MAX)
		return YF_FAIL(MODEL);
	plan->programs = calloc(count, sizeof(*plan->programs));
	if (!plan->programs)
		return YF_FAIL(MEMORY);
	plan->program_count = (uint32_t)count;
	for (uint32_t i = 0; i < count; i++)
		YF_TRY(read_program(plan->file,
				    plan->file.ptr + YF_PLAN_PROGRAMS_AT +
					    (size_t)i * YF_PROGRAM_LEN,
				    &plan->programs[i]));
	return check_output(plan) ? YF_OK : YF_FAIL(MODEL);
}

yf_err yf_plan_check(yf_bytes file, struct yf_plan **out)
{
	YF_AUTO(plan) plan = NULL;

	YF_TRY(check_head(file));
	struct yf_plan_file *made = calloc(1, sizeof(*made));
	if (!made)
		return YF_FAIL(MEMORY);
	plan = &made->plan;
	plan->file = file;
	plan->digest =
		(yf_bytes){ file.ptr + YF_PLAN_DIGEST_AT, YF_PLAN_DIGEST_LEN };
	YF_TRY(read_plan(plan));
	*out = YF_MOVE(plan);
	return YF_OK;
}

static yf_err map_file(int fd, yf_bytes *out)
{
	struct stat info;

	if (fstat(fd, &info) || !S_ISREG(info.st_mode))
		return YF_FAIL(IO);
	if (info.st_size < YF_PLAN_HEAD_LEN || info.st_size > YF_PLAN_LEN_MAX)
		return YF_FAIL(MODEL);
	const size_t len = (size_t)info.st_size;
	void *at = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return YF_FAIL(IO);
	*out = (yf_bytes){ at, len };
	return YF_OK;
}

static void unmap(yf_bytes file)
{
	munmap((void *)(uintptr_t)file.ptr, file.len);
}

yf_err yf_plan_open(const char *path, struct yf_plan **out)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	yf_bytes file;

	if (fd < 0)
		return errno == ENOENT ? YF_FAIL(NOT_FOUND) : YF_FAIL(IO);
	yf_err err = map_file(fd, &file);
	close(fd);
	YF_TRY(err);
	err = yf_plan_check(file, out);
	if (yf_failed(err)) {
		unmap(file);
		return err;
	}
	((struct yf_plan_file *)*out)->mapped = true;
	return YF_OK;
}

void yf_plan_close(struct yf_plan *plan)
{
	struct yf_plan_file *file = (struct yf_plan_file *)plan;

	if (!plan)
		return;
	for (uint32_t i = 0; i < plan->program_count; i++) {
		free(plan->programs[i].maps);
		free(plan->programs[i].jobs);
	}
	free(plan->programs);
	if (file->mapped)
		unmap(plan->file);
	free(file);
}

void yf_plan_cleanup(struct yf_plan **plan)
{
	yf_plan_close(*plan);
}

const struct yf_program *yf_plan_find(const struct yf_plan *plan,
				      yf_program_kind kind, uint32_t side)
{
	for (uint32_t i = 0; i < plan->program_count; i++) {
		const struct yf_program *program = &plan->programs[i];
		if (program->kind == kind &&
		    (!side || yf_program_width(program) == side))
			return program;
	}
	return NULL;
}

float yf_plan_log10_fmr(const struct yf_plan *plan, float distance)
{
	const uint32_t count = plan->calibration_count;
	const struct yf_plan_limit *rows = plan->calibration;

	if (!count || !(distance <= rows[count - 1].distance))
		return 0;
	if (distance <= rows[0].distance)
		return rows[0].log10_fmr;
	uint32_t i = 1;
	while (distance > rows[i].distance)
		i++;
	const float part = (distance - rows[i - 1].distance) /
			   (rows[i].distance - rows[i - 1].distance);
	return rows[i - 1].log10_fmr +
	       part * (rows[i].log10_fmr - rows[i - 1].log10_fmr);
}
