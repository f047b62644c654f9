#include "face/plan_make.h"

#include <stdlib.h>

enum {
	ALIGN = 64,
	PAGE = 4096,
	FLOAT_ALIGN = 16, /* floats in a cache line */
	BAND = 8,
	BAND_FLOATS_MIN = 16 * 1024, /* smaller maps stay in the cache whole */
	WINOGRAD_PIXELS_MIN = 64,
	TAPS_MAX = 7,
};

/* A run of bytes of the file; equal ones are written once. */
struct block {
	const void *at;
	size_t len, align;
	uint64_t offset;
};

struct maker {
	struct yf_arena *arena;
	struct block *blocks;
	size_t count, room;
	uint64_t len; /* of the file so far */
};

static yf_err add_block(struct maker *maker, const void *at, size_t len,
			size_t align, uint64_t *out)
{
	if (maker->count == maker->room)
		return YF_FAIL(TOO_LARGE);
	for (size_t i = 0; i < maker->count; i++) {
		const struct block *known = &maker->blocks[i];
		if (known->len == len && known->offset % align == 0 &&
		    memcmp(known->at, at, len) == 0) {
			*out = known->offset;
			return YF_OK;
		}
	}
	maker->len = (maker->len + align - 1) / align * align;
	if (len > YF_PLAN_LEN_MAX - maker->len)
		return YF_FAIL(TOO_LARGE);
	maker->blocks[maker->count++] =
		(struct block){ at, len, align, maker->len };
	*out = maker->len;
	maker->len += len;
	return YF_OK;
}

/* One graph on its way to a program. */
struct layout {
	struct maker *maker;
	struct yf_graph *graph;
	const struct yf_plan_part *part;
	uint32_t *map;  /* of each node */
	uint32_t *last; /* the last node that reads it, by node */
	struct yf_plan_map *maps;
	uint32_t *from, *to; /* first and last job that touches it, by map */
	uint32_t map_count;
	struct yf_plan_job *jobs;
	uint64_t (*offsets)[3];
	uint32_t job_count;
	uint64_t floats, work;
};

static uint32_t panels(uint32_t channels)
{
	return (channels + YF_PANEL - 1) / YF_PANEL * YF_PANEL;
}

static bool is_windowed(const struct yf_node *node)
{
	return node->kind == YF_NODE_CONV || node->kind == YF_NODE_DEPTHWISE;
}

/*
 * Kernels take square windows with one origin for rows and columns: any other
 * window stands somewhere in a larger one of zeros.
 */
struct window {
	uint32_t taps;
	int32_t origin;
	uint32_t row, column; /* of the given weights in it */
};

static struct window window_of(const struct yf_node *node)
{
	const int32_t origin =
		-(node->top > node->left ? node->top : node->left);
	const uint32_t row = (uint32_t)(-node->top - origin);
	const uint32_t column = (uint32_t)(-node->left - origin);
	const uint32_t high = node->taps_h + row, wide = node->taps_w + column;

	return (struct window){ high > wide ? high : wide, origin, row,
				column };
}

static bool is_winograd(const struct yf_graph *graph,
			const struct yf_node *node)
{
	const struct yf_node *in = &graph->nodes[node->in];
	const struct window w = window_of(node);

	return node->kind == YF_NODE_CONV && in->kind != YF_NODE_INPUT &&
	       w.taps == 3 && node->taps_h == 3 && node->taps_w == 3 &&
	       w.origin == -1 && node->stride == 1 && node->h == in->h &&
	       node->w == in->w && node->h * node->w >= WINOGRAD_PIXELS_MIN;
}

static void need_halo(struct yf_plan_map *map, const struct yf_node *reader,
		      const struct window *w)
{
	const uint32_t outs[2] = { reader->h, reader->w };
	const uint32_t sides[2] = { map->h, map->w };

	for (int k = 0; k < 2; k++) {
		const int64_t before = -w->origin;
		const int64_t after = (int64_t)(outs[k] - 1) * reader->stride +
				      w->origin + w->taps - sides[k];
		if (before > map->halo)
			map->halo = (uint32_t)before;
		if (after > map->halo)
			map->halo = (uint32_t)after;
	}
}

static void note_reader(struct layout *layout, uint32_t of, uint32_t reader)
{
	if (of != YF_NODE_NONE)
		layout->last[of] = reader;
}

static yf_err unsupported(const struct layout *layout,
			  const struct yf_node *node, const char *what)
{
	return yf_graph_fail(layout->graph, YF_FAIL(UNSUPPORTED), what,
			     node->name);
}

/* Whether the kernels can do it. */
static yf_err check_node(const struct layout *layout,
			 const struct yf_node *node)
{
	const struct yf_node *in = &layout->graph->nodes[node->in];
	const bool any =
		node->kind == YF_NODE_CONV || node->kind == YF_NODE_PLACE;

	if (is_windowed(node) && window_of(node).taps > TAPS_MAX)
		return unsupported(layout, node, "a window of more than 7 x 7");
	if (in->kind == YF_NODE_INPUT && !any)
		return unsupported(layout, node,
				   "an operation on the picture that is not "
				   "part of a convolution");
	return YF_OK;
}

static yf_err find_maps(struct layout *layout)
{
	const struct yf_graph *graph = layout->graph;

	for (uint32_t i = 0; i < graph->count; i++) {
		const struct yf_node *node = &graph->nodes[i];
		if (node->gone)
			continue;
		layout->map[i] = layout->map_count;
		layout->last[i] = i;
		layout->maps[layout->map_count++] = (struct yf_plan_map){
			node->h, node->w,
			node->kind == YF_NODE_INPUT ? node->c : panels(node->c),
			0, 0
		};
		if (node->kind == YF_NODE_INPUT)
			continue;
		YF_TRY(check_node(layout, node));
		note_reader(layout, node->in, i);
		note_reader(layout, node->add, i);
		note_reader(layout, node->mul, i);
		if (is_windowed(node)) {
			const struct window w = window_of(node);
			need_halo(&layout->maps[layout->map[node->in]], node,
				  &w);
		}
	}
	layout->last[graph->output] = graph->count;
	return YF_OK;
}

static bool same_map(const struct yf_plan_map *a, const struct yf_plan_map *b)
{
	return a->h == b->h && a->w == b->w && a->c == b->c;
}

/* Whether node `at` may write where `of` is: nobody reads that later, and the
 * node reads it nowhere but at the same place. */
static bool may_replace(const struct layout *layout, uint32_t of, uint32_t at)
{
	const struct yf_node *node = &layout->graph->nodes[at];

	if (of == YF_NODE_NONE || layout->last[of] != at ||
	    layout->graph->nodes[of].kind == YF_NODE_INPUT ||
	    !same_map(&layout->maps[layout->map[of]],
		      &layout->maps[layout->map[at]]))
		return false;
	if (node->kind == YF_NODE_ELEMENTWISE)
		return true;
	return node->in != of;
}

/* Results take the place of what they are added to. */
static void replace_maps(struct layout *layout)
{
	const struct yf_graph *graph = layout->graph;

	for (uint32_t i = 0; i < graph->count; i++) {
		const struct yf_node *node = &graph->nodes[i];
		uint32_t of = node->add;

		if (node->gone || node->kind == YF_NODE_INPUT)
			continue;
		if (node->kind == YF_NODE_ELEMENTWISE &&
		    !may_replace(layout, of, i))
			of = node->in;
		if (!may_replace(layout, of, i))
			continue;
		struct yf_plan_map *kept = &layout->maps[layout->map[of]];
		const uint32_t halo = layout->maps[layout->map[i]].halo;
		if (halo > kept->halo)
			kept->halo = halo;
		layout->map[i] = layout->map[of];
	}
}

/* A sum is read where the result is written: both with the same halo. */
static void level_halos(struct layout *layout)
{
	const struct yf_graph *graph = layout->graph;
	bool changed = true;

	while (changed) {
		changed = false;
		for (uint32_t i = 0; i < graph->count; i++) {
			const struct yf_node *node = &graph->nodes[i];
			if (node->gone || !is_windowed(node) ||
			    node->add == YF_NODE_NONE)
				continue;
			struct yf_plan_map *a = &layout->maps[layout->map[i]];
			struct yf_plan_map *b =
				&layout->maps[layout->map[node->add]];
			if (a->halo == b->halo)
				continue;
			a->halo = b->halo =
				a->halo > b->halo ? a->halo : b->halo;
			changed = true;
		}
	}
}

/* --- weights --- */
static yf_err new_floats(const struct layout *layout, size_t count, float **out)
{
	*out = YF_NEW(layout->maker->arena, float, count);
	return *out ? YF_OK : YF_FAIL(MEMORY);
}

static yf_err add_floats(struct layout *layout, const float *at, size_t count,
			 uint64_t *out)
{
	return add_block(layout->maker, at, count * sizeof(float), ALIGN, out);
}

/* One number for each channel, zero for those that fill the panel. */
static yf_err add_channels(struct layout *layout, const float *numbers,
			   uint32_t c, bool always, uint64_t *out)
{
	float *at;

	*out = 0;
	if (!numbers && !always)
		return YF_OK;
	YF_TRY(new_floats(layout, panels(c), &at));
	if (numbers)
		memcpy(at, numbers, c * sizeof(float));
	return add_floats(layout, at, panels(c), out);
}

/* G w G^T with G = 1 0 0, 1/2 1/2 1/2, 1/2 -1/2 1/2, 0 0 1. */
static void transform(const float w[static 9], float out[static 16])
{
	float rows[4][3];

	for (int k = 0; k < 3; k++) {
		rows[0][k] = w[k];
		rows[1][k] = (w[k] + w[3 + k] + w[6 + k]) / 2;
		rows[2][k] = (w[k] - w[3 + k] + w[6 + k]) / 2;
		rows[3][k] = w[6 + k];
	}
	for (size_t k = 0; k < 4; k++) {
		out[4 * k] = rows[k][0];
		out[4 * k + 1] = (rows[k][0] + rows[k][1] + rows[k][2]) / 2;
		out[4 * k + 2] = (rows[k][0] - rows[k][1] + rows[k][2]) / 2;
		out[4 * k + 3] = rows[k][2];
	}
}

/* [4 x 4][out / 16][in][16] */
static void lay_winograd(const struct yf_node *node, uint32_t in_c, float *at)
{
	const size_t deep = panels(in_c);
	const size_t spot = deep * panels(node->c);

	for (size_t o = 0; o < node->c; o++)
		for (size_t c = 0; c < in_c; c++) {
			float spots[YF_WINOGRAD_SPOTS];
			float *to = at + o / YF_PANEL * deep * YF_PANEL +
				    c * YF_PANEL + o % YF_PANEL;

			transform(node->weights + (o * in_c + c) * 9, spots);
			for (size_t k = 0; k < YF_WINOGRAD_SPOTS; k++)
				to[k * spot] = spots[k];
		}
}

/* [out / 16][row][column][in][16] */
static void lay_panels(const struct yf_node *node, uint32_t in_c,
		       uint32_t map_c, const struct window *w, float *at)
{
	const size_t window = (size_t)node->taps_h * node->taps_w;
	const size_t depth = (size_t)w->taps * w->taps * map_c;

	for (size_t o = 0; o < node->c; o++) {
		const float *from = node->weights + o * in_c * window;
		float *panel =
			at + o / YF_PANEL * depth * YF_PANEL + o % YF_PANEL;
		for (size_t k = 0; k < window; k++) {
			const size_t y = k / node->taps_w + w->row;
			const size_t x = k % node->taps_w + w->column;
			float *to =
				panel + (y * w->taps + x) * map_c * YF_PANEL;
			for (size_t c = 0; c < in_c; c++)
				to[c * YF_PANEL] = from[c * window + k];
		}
	}
}

/* [row][column][channel] */
static void lay_depthwise(const struct yf_node *node, const struct window *w,
			  float *at)
{
	const size_t window = (size_t)node->taps_h * node->taps_w;

	for (size_t c = 0; c < node->c; c++)
		for (size_t k = 0; k < window; k++) {
			const size_t y = k / node->taps_w + w->row;
			const size_t x = k % node->taps_w + w->column;
			at[(y * w->taps + x) * panels(node->c) + c] =
				node->weights[c * window + k];
		}
}

static yf_err add_weights(struct layout *layout, const struct yf_node *node,
			  const struct yf_plan_job *job, uint64_t *out)
{
	const struct yf_plan_map *in = &layout->maps[job->in];
	const uint32_t in_c = layout->graph->nodes[node->in].c;
	const struct window w = window_of(node);
	const size_t count =
		(size_t)yf_plan_weights(job, in, &layout->maps[job->out]);
	float *at;

	YF_TRY(new_floats(layout, count, &at));
	if (job->kind == YF_JOB_WINOGRAD)
		lay_winograd(node, in_c, at);
	else if (job->kind == YF_JOB_CONV)
		lay_panels(node, in_c, in->c, &w, at);
	else
		lay_depthwise(node, &w, at);
	return add_floats(layout, at, count, out);
}

/* --- jobs --- */
static yf_job_kind job_kind(const struct layout *layout,
			    const struct yf_node *node)
{
	static const yf_job_kind kinds[] = {
		[YF_NODE_CONV] = YF_JOB_CONV,
		[YF_NODE_DEPTHWISE] = YF_JOB_DEPTHWISE,
		[YF_NODE_ELEMENTWISE] = YF_JOB_ELEMENTWISE,
		[YF_NODE_POOL_MAX] = YF_JOB_POOL_MAX,
		[YF_NODE_POOL_AVG] = YF_JOB_POOL_AVG,
		[YF_NODE_PLACE] = YF_JOB_PLACE,
		[YF_NODE_FLATTEN] = YF_JOB_FLATTEN,
	};

	return is_winograd(layout->graph, node) ? YF_JOB_WINOGRAD
						: kinds[node->kind];
}

static uint32_t map_or_none(const struct layout *layout, uint32_t node)
{
	return node == YF_NODE_NONE ? YF_PLAN_NONE : layout->map[node];
}

static void need_work(struct layout *layout, const struct yf_plan_job *job)
{
	const uint64_t work =
		(uint64_t)YF_WINOGRAD_SPOTS * YF_WINOGRAD_TILES *
		((uint64_t)layout->maps[job->in].c + layout->maps[job->out].c);

	if (job->kind == YF_JOB_WINOGRAD && work > layout->work)
		layout->work = work;
}

/* What is placed into is made first, unless it is there already. */
static void prepare_place(struct layout *layout, const struct yf_node *node,
			  struct yf_plan_job *job)
{
	job->row = (uint32_t)node->top;
	job->column = (uint32_t)node->left;
	job->channel = node->channel;
	job->channels = layout->graph->nodes[node->in].c;
	if (node->add == YF_NODE_NONE) {
		job->flags = YF_JOB_CLEAR;
	} else if (job->add != job->out) {
		struct yf_plan_job copy = *job;
		copy.in = job->add;
		copy.add = YF_PLAN_NONE;
		copy.row = copy.column = copy.channel = 0;
		copy.channels = node->c;
		copy.flags = YF_JOB_CLEAR;
		layout->jobs[layout->job_count++] = copy;
	}
	job->add = YF_PLAN_NONE;
}

static yf_err add_job(struct layout *layout, uint32_t index)
{
	const struct yf_node *node = &layout->graph->nodes[index];
	const struct window w = window_of(node);
	struct yf_plan_job job = {
		.kind = job_kind(layout, node),
		.in = layout->map[node->in],
		.out = layout->map[index],
		.add = map_or_none(layout, node->add),
		.mul = map_or_none(layout, node->mul),
		.taps = w.taps,
		.stride = node->stride,
		.origin = w.origin,
		.rows = node->h,
		.columns = node->w,
		.act = node->act,
		.low = node->low,
		.high = node->high,
		.flags = (node->relu ? YF_JOB_RELU : 0) |
			 (node->count_inside ? YF_JOB_INSIDE : 0),
	};

	need_work(layout, &job);
	if (job.kind == YF_JOB_PLACE)
		prepare_place(layout, node, &job);
	uint64_t *at = layout->offsets[layout->job_count];
	if (is_windowed(node)) {
		YF_TRY(add_weights(layout, node, &job, &at[0]));
		YF_TRY(add_channels(layout, node->bias, node->c,
				    node->kind == YF_NODE_CONV, &at[1]));
	} else if (node->kind == YF_NODE_ELEMENTWISE) {
		YF_TRY(add_channels(layout, node->scale, node->c, false,
				    &at[0]));
		YF_TRY(add_channels(layout, node->shift, node->c, false,
				    &at[1]));
	}
	if (node->act == YF_ACT_PRELU)
		YF_TRY(add_channels(layout, node->slopes, node->c, true,
				    &at[2]));
	layout->jobs[layout->job_count++] = job;
	return YF_OK;
}

static bool is_pool_half(const struct yf_plan_job *job)
{
	return job->kind == YF_JOB_POOL_MAX && job->taps == 2 &&
	       job->stride == 2 && job->origin == 0;
}

static bool is_chained(const struct layout *layout, uint32_t at)
{
	const struct yf_plan_job *job = &layout->jobs[at];

	/* nobody else reads what is between */
	return at + 1 < layout->job_count && job[1].in == job->out &&
	       layout->to[job->out] == at + 1 && layout->from[job->out] == at;
}

/*
 * [depthwise], convolution, maximum of 2 x 2: the map before the maximum is
 * four times as large as the one after it and is never whole in memory.
 */
static void find_spans(struct layout *layout)
{
	for (uint32_t i = 0; i < layout->job_count; i++) {
		struct yf_plan_job *job = &layout->jobs[i];
		const bool spread = job->kind == YF_JOB_DEPTHWISE;
		const uint32_t span = spread ? 3 : 2;
		const struct yf_plan_job *conv = &job[spread ? 1 : 0];
		bool fits =
			layout->part->pictures_max == 1 &&
			i + span <= layout->job_count &&
			conv->kind == YF_JOB_CONV &&
			(!spread || (conv->taps == 1 && conv->origin == 0)) &&
			is_pool_half(&conv[1]);

		for (uint32_t k = 0; fits && k < span - 1; k++)
			fits = is_chained(layout, i + k) &&
			       job[k].stride == 1 && job[k].add == YF_PLAN_NONE;
		if (!fits || job->rows <= BAND ||
		    conv->rows * conv->columns * layout->maps[conv->out].c <
			    BAND_FLOATS_MIN)
			continue;
		const uint32_t rows = job->rows;
		for (uint32_t k = 0; k < span; k++) {
			job[k].span = span;
			job[k].band = BAND;
			job[k].rows = rows;
			if (k < span - 1)
				layout->maps[job[k].out].h = BAND;
		}
		i += span - 1;
	}
}

/* --- memory --- */
static void touch(struct layout *layout, uint32_t map, uint32_t first,
		  uint32_t last)
{
	if (map == YF_PLAN_NONE)
		return;
	if (first < layout->from[map])
		layout->from[map] = first;
	if (last > layout->to[map])
		layout->to[map] = last;
}

static void find_lives(struct layout *layout)
{
	for (uint32_t i = 0; i < layout->map_count; i++) {
		layout->from[i] = UINT32_MAX;
		layout->to[i] = 0;
	}
	touch(layout, layout->map[0], 0, 0); /* the input is there before */
	for (uint32_t i = 0; i < layout->job_count; i++) {
		const struct yf_plan_job *job = &layout->jobs[i];
		touch(layout, job->in, i, i);
		touch(layout, job->out, i, i);
		touch(layout, job->add, i, i);
		touch(layout, job->mul, i, i);
	}
	touch(layout, layout->map[layout->graph->output], layout->job_count - 1,
	      layout->job_count);
}

/* All maps of a span are there for all of it. */
static void stretch_lives(struct layout *layout)
{
	for (uint32_t i = 0; i < layout->job_count; i++) {
		const uint32_t span = layout->jobs[i].span;
		for (uint32_t k = 0; k < span; k++) {
			touch(layout, layout->jobs[i + k].in, i, i + span - 1);
			touch(layout, layout->jobs[i + k].out, i, i + span - 1);
		}
		if (span)
			i += span - 1;
	}
}

static uint64_t floats_of(const struct yf_plan_map *map)
{
	const uint64_t floats = ((uint64_t)map->h + (size_t)2 * map->halo) *
				((uint64_t)map->w + (size_t)2 * map->halo) *
				map->c;

	return (floats + FLOAT_ALIGN - 1) / FLOAT_ALIGN * FLOAT_ALIGN;
}

/* The lowest place that no map placed before has at the same time. */
static uint64_t find_place(const struct layout *layout, uint32_t map,
			   const uint32_t *placed, uint32_t count)
{
	const uint64_t len = floats_of(&layout->maps[map]);
	uint64_t at = 0;
	bool moved = true;

	while (moved) {
		moved = false;
		for (uint32_t i = 0; i < count; i++) {
			const uint32_t other = placed[i];
			const struct yf_plan_map *there = &layout->maps[other];
			const uint64_t end = there->at + floats_of(there);
			if (layout->to[other] < layout->from[map] ||
			    layout->from[other] > layout->to[map] ||
			    at + len <= there->at || at >= end)
				continue;
			at = end;
			moved = true;
		}
	}
	return at;
}

/* Large maps first: the small ones find room beside them. */
static yf_err place_maps(struct layout *layout)
{
	uint32_t *order =
		YF_NEW(layout->maker->arena, uint32_t, layout->map_count);
	uint32_t count = 0;

	if (!order)
		return YF_FAIL(MEMORY);
	for (uint32_t i = 0; i < layout->map_count; i++) {
		if (layout->from[i] == UINT32_MAX)
			continue; /* another map took its place */
		uint32_t k = count++;
		while (k > 0 && floats_of(&layout->maps[order[k - 1]]) <
					floats_of(&layout->maps[i])) {
			order[k] = order[k - 1];
			k--;
		}
		order[k] = i;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct yf_plan_map *map = &layout->maps[order[i]];
		map->at = find_place(layout, order[i], order, i);
		if (map->at + floats_of(map) > layout->floats)
			layout->floats = map->at + floats_of(map);
	}
	return layout->floats <= YF_PLAN_FLOATS_MAX ? YF_OK
						    : YF_FAIL(TOO_LARGE);
}

/* --- the file --- */
static yf_err add_tables(struct layout *layout, uint64_t *maps_at,
			 uint64_t *jobs_at)
{
	struct yf_arena *arena = layout->maker->arena;
	uint8_t *maps =
		YF_NEW(arena, uint8_t, (size_t)layout->map_count * YF_MAP_LEN);
	uint8_t *jobs =
		YF_NEW(arena, uint8_t, (size_t)layout->job_count * YF_JOB_LEN);

	if (!maps || !jobs)
		return YF_FAIL(MEMORY);
	for (uint32_t i = 0; i < layout->map_count; i++) {
		const struct yf_plan_map *map = &layout->maps[i];
		const bool used = layout->from[i] != UINT32_MAX;
		uint8_t *to = maps + (size_t)i * YF_MAP_LEN;

		yf_plan_put(to, 4, used ? map->h : 1);
		yf_plan_put(to + 4, 4, used ? map->w : 1);
		yf_plan_put(to + 8, 4, used ? map->c : 1);
		yf_plan_put(to + 12, 4, used ? map->halo : 0);
		yf_plan_put(to + 16, 8, used ? map->at : 0);
	}
	for (uint32_t i = 0; i < layout->job_count; i++)
		yf_plan_put_job(jobs + (size_t)i * YF_JOB_LEN, &layout->jobs[i],
				layout->offsets[i]);
	YF_TRY(add_block(layout->maker, maps,
			 (size_t)layout->map_count * YF_MAP_LEN, ALIGN,
			 maps_at));
	return add_block(layout->maker, jobs,
			 (size_t)layout->job_count * YF_JOB_LEN, ALIGN,
			 jobs_at);
}

static yf_err put_program(struct layout *layout, uint8_t *row)
{
	const uint32_t numbers[] = {
		layout->part->kind,
		layout->job_count,
		layout->map_count,
		layout->map[0],
		layout->map[layout->graph->output],
		layout->part->pictures_max,
		layout->part->blue_first,
	};
	uint64_t maps_at, jobs_at;

	YF_TRY(add_tables(layout, &maps_at, &jobs_at));
	for (size_t i = 0; i < YF_COUNT(numbers); i++)
		yf_plan_put(row + 4 * i, 4, numbers[i]);
	yf_plan_put(row + 32, 8, maps_at);
	yf_plan_put(row + 40, 8, jobs_at);
	yf_plan_put(row + 48, 8, layout->floats);
	yf_plan_put(row + 56, 8, layout->work);
	memcpy(row + 64, layout->graph->mean, 12);
	memcpy(row + 76, layout->graph->scale, 12);
	return YF_OK;
}

static yf_err new_layout(struct maker *maker, const struct yf_plan_part *part,
			 struct layout *out)
{
	struct yf_arena *arena = maker->arena;
	const size_t count = part->graph->count;

	*out = (struct layout){
		.maker = maker,
		.graph = part->graph,
		.part = part,
		.map = YF_NEW(arena, uint32_t, count),
		.last = YF_NEW(arena, uint32_t, count + 1),
		.maps = YF_NEW(arena, struct yf_plan_map, count),
		.from = YF_NEW(arena, uint32_t, count),
		.to = YF_NEW(arena, uint32_t, count),
		.jobs = YF_NEW(arena, struct yf_plan_job, 2 * count),
		.offsets = (uint64_t(*)[3])yf_arena_alloc(
			arena, sizeof(uint64_t[3]), 2 * count),
	};
	return out->map && out->last && out->maps && out->from && out->to &&
			       out->jobs && out->offsets
		       ? YF_OK
		       : YF_FAIL(MEMORY);
}

static yf_err make_program(struct maker *maker, const struct yf_plan_part *part,
			   uint8_t *row)
{
	struct layout layout;

	YF_TRY(new_layout(maker, part, &layout));
	YF_TRY(find_maps(&layout));
	replace_maps(&layout);
	level_halos(&layout);
	for (uint32_t i = 1; i < part->graph->count; i++)
		if (!part->graph->nodes[i].gone)
			YF_TRY(add_job(&layout, i));
	if (!layout.job_count)
		return unsupported(&layout, &part->graph->nodes[0],
				   "a network that does nothing");
	if (layout.job_count > YF_PLAN_JOBS_MAX ||
	    layout.map_count > YF_PLAN_MAPS_MAX)
		return YF_FAIL(TOO_LARGE);
	find_lives(&layout);
	find_spans(&layout);
	stretch_lives(&layout);
	YF_TRY(place_maps(&layout));
	return put_program(&layout, row);
}

static void put_about(const struct yf_plan *about, uint8_t *head)
{
	uint8_t *at = head + YF_PLAN_RECOGNITION_AT;

	yf_plan_put(at, 4, about->alignment.kind);
	yf_plan_put(at + 4, 4, about->mirror);
	yf_plan_put(at + 8, 4, about->output);
	yf_plan_put(at + 12, 4, about->calibration_count);
	memcpy(at + 16, about->alignment.points,
	       sizeof(about->alignment.points));
	memcpy(head + YF_PLAN_SESSION_AT, &about->session_distance,
	       sizeof(float));
	memcpy(head + YF_PLAN_CALIBRATION_AT, about->calibration,
	       about->calibration_count * sizeof(about->calibration[0]));
}

static yf_err put_texts(struct maker *maker, const struct yf_plan *about,
			uint8_t *head)
{
	const yf_str texts[YF_PLAN_TEXTS] = { about->id, about->name,
					      about->licence, about->provenance,
					      about->calibration_where };

	for (size_t i = 0; i < YF_PLAN_TEXTS; i++) {
		uint8_t *row = head + YF_PLAN_TEXTS_AT + 16 * i;
		uint64_t at;

		if (texts[i].len > YF_PLAN_TEXT_MAX)
			return YF_FAIL(TOO_LARGE);
		YF_TRY(add_block(maker, texts[i].ptr ? texts[i].ptr : "",
				 texts[i].len, 1, &at));
		yf_plan_put(row, 8, at);
		yf_plan_put(row + 8, 8, texts[i].len);
	}
	return YF_OK;
}

static yf_err assemble(struct maker *maker, const uint8_t *head, yf_bytes *out)
{
	uint8_t *file = YF_NEW(maker->arena, uint8_t, maker->len);

	if (!file)
		return YF_FAIL(MEMORY);
	memcpy(file, head, YF_PLAN_HEAD_LEN);
	for (size_t i = 0; i < maker->count; i++)
		if (maker->blocks[i].len)
			memcpy(file + maker->blocks[i].offset,
			       maker->blocks[i].at, maker->blocks[i].len);
	*out = (yf_bytes){ file, (size_t)maker->len };
	return YF_OK;
}

yf_err yf_plan_make(struct yf_arena *arena, const struct yf_plan *about,
		    const struct yf_plan_part *parts, size_t count,
		    yf_bytes *out)
{
	struct maker maker = { .arena = arena, .len = YF_PLAN_HEAD_LEN };
	const yf_str magic = YF_STR(YF_PLAN_MAGIC);
	uint8_t head[YF_PLAN_HEAD_LEN] = { 0 };

	if (!count || count > YF_PLAN_PROGRAMS_MAX)
		return YF_FAIL(TOO_LARGE);
	maker.room = YF_PLAN_TEXTS + 2 * count;
	for (size_t i = 0; i < count; i++)
		maker.room += (size_t)3 * parts[i].graph->count;
	maker.blocks = YF_NEW(arena, struct block, maker.room);
	if (!maker.blocks)
		return YF_FAIL(MEMORY);
	YF_TRY(put_texts(&maker, about, head));
	maker.len = (maker.len + PAGE - 1) / PAGE * PAGE;
	for (size_t i = 0; i < count; i++)
		YF_TRY(make_program(&maker, &parts[i],
				    head + YF_PLAN_PROGRAMS_AT +
					    i * YF_PROGRAM_LEN));
	maker.len = (maker.len + ALIGN - 1) / ALIGN * ALIGN;
	memcpy(head, magic.ptr, magic.len);
	yf_plan_put(head + 8, 4, YF_PLAN_VERSION);
	yf_plan_put(head + 12, 4, count);
	yf_plan_put(head + 48, 8, maker.len);
	put_about(about, head);
	return assemble(&maker, head, out);
}
