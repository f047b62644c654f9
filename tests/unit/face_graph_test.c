#include "face/graph.h"

#include "../support/expect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Networks of a few nodes, computed as they stand and again after they were
 * made small: the same numbers, and as few nodes as were asked for.
 */
enum { SIDE = 5, CHANNELS = 3, NODES = 16, MAP_MAX = 8 * SIDE * SIDE };

struct maps {
	float at[NODES][MAP_MAX];
};

static const float *pixel(const struct yf_graph *graph, const struct maps *maps,
			  uint32_t of, int64_t y, int64_t x)
{
	const struct yf_node *node = &graph->nodes[of];

	if (y < 0 || x < 0 || y >= node->h || x >= node->w)
		return NULL;
	return maps->at[of] + ((size_t)y * node->w + (size_t)x) * node->c;
}

static float bend(const struct yf_node *node, uint32_t c, float v)
{
	switch (node->act) {
	case YF_ACT_NONE:
		return v;
	case YF_ACT_RELU:
		return fmaxf(v, 0);
	case YF_ACT_LEAKY:
		return v < 0 ? v * node->low : v;
	case YF_ACT_PRELU:
		return v < 0 ? v * node->slopes[c] : v;
	case YF_ACT_CLIP:
		return fminf(node->high, fmaxf(node->low, v));
	}
	return NAN;
}

static float windowed(const struct yf_graph *graph, const struct maps *maps,
		      const struct yf_node *node, uint32_t y, uint32_t x,
		      uint32_t o)
{
	const bool spread = node->kind == YF_NODE_DEPTHWISE;
	const uint32_t in_c = spread ? 1 : graph->nodes[node->in].c;
	float sum = node->bias ? node->bias[o] : 0;

	for (uint32_t c = 0; c < in_c; c++)
		for (uint32_t i = 0; i < node->taps_h * node->taps_w; i++) {
			const float *in =
				pixel(graph, maps, node->in,
				      (int64_t)y * node->stride +
					      i / node->taps_w - node->top,
				      (int64_t)x * node->stride +
					      i % node->taps_w - node->left);
			const float v = in ? in[spread ? o : c] : 0;
			sum += (node->relu ? fmaxf(v, 0) : v) *
			       node->weights[((size_t)o * in_c + c) *
						     node->taps_h *
						     node->taps_w +
					     i];
		}
	return sum;
}

static float value(const struct yf_graph *graph, const struct maps *maps,
		   const struct yf_node *node, uint32_t y, uint32_t x,
		   uint32_t c)
{
	const float *in = pixel(graph, maps, node->in, y, x);
	float v;

	if (node->kind == YF_NODE_PLACE) {
		in = pixel(graph, maps, node->in, (int64_t)y - node->top,
			   (int64_t)x - node->left);
		return in ? in[c] : 0;
	}
	if (node->kind == YF_NODE_ELEMENTWISE)
		v = in[c] * (node->scale ? node->scale[c] : 1) +
		    (node->shift ? node->shift[c] : 0);
	else
		v = windowed(graph, maps, node, y, x, c);
	if (node->mul != YF_NODE_NONE)
		v *= pixel(graph, maps, node->mul, y, x)[c];
	if (node->add != YF_NODE_NONE)
		v += pixel(graph, maps, node->add, y, x)[c];
	return bend(node, c, v);
}

/* The colours 0 to 255 that come in are the same each time. */
static void run(const struct yf_graph *graph, struct maps *maps)
{
	uint32_t seed = 7;

	for (uint32_t i = 0; i < graph->count; i++) {
		const struct yf_node *node = &graph->nodes[i];

		if (node->gone)
			continue;
		assert_true((size_t)node->c * node->h * node->w <= MAP_MAX);
		for (uint32_t k = 0; k < node->c * node->h * node->w; k++) {
			const uint32_t c = k % node->c, at = k / node->c;
			seed = seed * 1664525u + 1013904223u;
			const float colour = (float)(seed >> 24);

			maps->at[i][k] =
				node->kind == YF_NODE_INPUT
					? (colour - graph->mean[c]) *
						  graph->scale[c]
					: value(graph, maps, node, at / node->w,
						at % node->w, c);
		}
	}
}

/* --- networks --- */
struct bench {
	struct yf_arena *arena;
	struct yf_graph graph;
	yf_str problem;
	uint32_t at, seed;
};

static float *numbers(struct bench *bench, size_t count, float middle)
{
	float *out;

	OK(yf_graph_floats(&bench->graph, count, &out));
	for (size_t i = 0; i < count; i++) {
		bench->seed = bench->seed * 1664525u + 1013904223u;
		out[i] = middle + (float)(bench->seed >> 8) / (1 << 24) - 0.5f;
	}
	return out;
}

static void add(struct bench *bench, const struct yf_node *node)
{
	OK(yf_graph_add(&bench->graph, node, &bench->at));
}

static void begin(struct bench *bench)
{
	struct yf_node input =
		yf_node_of(YF_NODE_INPUT, YF_STR("x"), YF_NODE_NONE);

	bench->arena = yf_arena_new(1 << 20);
	bench->seed = 1;
	OK(yf_graph_new(bench->arena, NODES, &bench->problem, &bench->graph));
	for (int c = 0; c < 3; c++) {
		bench->graph.mean[c] = 127.5f;
		bench->graph.scale[c] = 1 / 128.0f;
	}
	input.c = CHANNELS;
	input.h = input.w = SIDE;
	add(bench, &input);
}

static void conv(struct bench *bench, yf_node_kind kind, uint32_t taps,
		 int32_t before)
{
	struct yf_node node = yf_node_of(kind, YF_STR("conv"), bench->at);
	const struct yf_node *in = &bench->graph.nodes[bench->at];
	const bool spread = kind == YF_NODE_DEPTHWISE;

	node.c = spread ? in->c : 4;
	node.taps_h = node.taps_w = taps;
	node.top = node.left = before;
	node.h = in->h + 2 * (uint32_t)before - taps + 1;
	node.w = in->w + 2 * (uint32_t)before - taps + 1;
	node.weights = numbers(
		bench, (size_t)node.c * (spread ? 1 : in->c) * taps * taps, 0);
	add(bench, &node);
}

static void norm(struct bench *bench)
{
	struct yf_node node =
		yf_node_of(YF_NODE_ELEMENTWISE, YF_STR("norm"), bench->at);
	const uint32_t c = bench->graph.nodes[bench->at].c;

	node.scale = numbers(bench, c, 1);
	node.shift = numbers(bench, c, 0);
	add(bench, &node);
}

static void act(struct bench *bench, yf_act kind)
{
	struct yf_node node =
		yf_node_of(YF_NODE_ELEMENTWISE, YF_STR("act"), bench->at);

	node.act = kind;
	node.low = kind == YF_ACT_CLIP ? -0.2f : 0.1f;
	node.high = 0.3f;
	if (kind == YF_ACT_PRELU)
		node.slopes =
			numbers(bench, bench->graph.nodes[bench->at].c, 0);
	add(bench, &node);
}

static void plus(struct bench *bench, uint32_t other)
{
	struct yf_node node =
		yf_node_of(YF_NODE_ELEMENTWISE, YF_STR("sum"), bench->at);

	node.add = other;
	add(bench, &node);
}

static void pad(struct bench *bench)
{
	struct yf_node node =
		yf_node_of(YF_NODE_PLACE, YF_STR("pad"), bench->at);
	const struct yf_node *in = &bench->graph.nodes[bench->at];

	node.c = in->c;
	node.h = in->h + 2;
	node.w = in->w + 2;
	node.top = node.left = 1;
	add(bench, &node);
}

static void norm_behind(struct bench *b)
{
	conv(b, YF_NODE_CONV, 3, 1);
	norm(b);
	act(b, YF_ACT_PRELU);
}

static void norm_twice(struct bench *b)
{
	conv(b, YF_NODE_CONV, 3, 1);
	norm(b);
	norm(b);
	act(b, YF_ACT_CLIP);
}

static void norm_of_input(struct bench *b)
{
	norm(b);
	conv(b, YF_NODE_CONV, 3, 1);
}

static void norm_ahead(struct bench *b)
{
	conv(b, YF_NODE_CONV, 1, 0);
	act(b, YF_ACT_RELU);
	norm(b);
	conv(b, YF_NODE_CONV, 3, 0);
}

/* The zeros of the padding come behind the norm: it has to stay. */
static void norm_before_padding(struct bench *b)
{
	conv(b, YF_NODE_CONV, 1, 0);
	act(b, YF_ACT_RELU);
	norm(b);
	conv(b, YF_NODE_CONV, 3, 1);
}

static void spread(struct bench *b)
{
	conv(b, YF_NODE_DEPTHWISE, 3, 1);
	norm(b);
	act(b, YF_ACT_LEAKY);
}

static void padded(struct bench *b)
{
	pad(b);
	conv(b, YF_NODE_CONV, 3, 0);
}

static void residual(struct bench *b)
{
	conv(b, YF_NODE_CONV, 1, 0);
	const uint32_t before = b->at;
	conv(b, YF_NODE_CONV, 3, 1);
	plus(b, before);
	act(b, YF_ACT_RELU);
}

/* What is added is used twice: it stays. */
static void doubled(struct bench *b)
{
	conv(b, YF_NODE_CONV, 1, 0);
	plus(b, b->at);
}

/* Two read the convolution: its norm cannot become part of it. */
static void shared(struct bench *b)
{
	conv(b, YF_NODE_CONV, 1, 0);
	const uint32_t before = b->at;
	norm(b);
	plus(b, before);
}

static void relu_as_it_reads(struct bench *b)
{
	conv(b, YF_NODE_CONV, 1, 0);
	const uint32_t before = b->at;
	act(b, YF_ACT_RELU);
	conv(b, YF_NODE_DEPTHWISE, 3, 1);
	plus(b, before);
}

static void unread(struct bench *b)
{
	conv(b, YF_NODE_CONV, 1, 0);
	const uint32_t before = b->at;
	conv(b, YF_NODE_CONV, 3, 1);
	norm(b);
	b->at = before;
}

static const struct {
	const char *name;
	void (*build)(struct bench *bench);
	uint32_t left; /* nodes, without the input */
} networks[] = {
	{ "norm and activation behind", norm_behind, 1 },
	{ "two norms and bounds", norm_twice, 1 },
	{ "norm of the input", norm_of_input, 1 },
	{ "norm ahead", norm_ahead, 2 },
	{ "norm before padding", norm_before_padding, 3 },
	{ "depthwise", spread, 1 },
	{ "padding", padded, 1 },
	{ "residual", residual, 2 },
	{ "added to itself", doubled, 2 },
	{ "shared", shared, 2 },
	{ "activation as it reads", relu_as_it_reads, 2 },
	{ "unread", unread, 1 },
};

static void same_numbers_with_less(void **state)
{
	static struct maps was, is;

	(void)state;
	for (size_t i = 0; i < YF_COUNT(networks); i++) {
		struct bench b = { 0 };
		uint32_t left = 0;
		float apart = 0;

		begin(&b);
		networks[i].build(&b);
		b.graph.output = b.at;
		run(&b.graph, &was);
		const struct yf_node end = b.graph.nodes[b.at];
		OK(yf_graph_simplify(&b.graph));
		run(&b.graph, &is);
		for (uint32_t k = 1; k < b.graph.count; k++)
			left += !b.graph.nodes[k].gone;
		for (uint32_t k = 0; k < end.c * end.h * end.w; k++)
			apart = fmaxf(apart, fabsf(was.at[b.at][k] -
						   is.at[b.graph.output][k]));
		print_message("  %s: %u nodes, %g apart\n", networks[i].name,
			      left, (double)apart);
		assert_true(apart < 1e-5f);
		assert_int_equal(left, networks[i].left);
		yf_arena_free(b.arena);
	}
}

/* --- limits --- */
static const struct {
	const char *name;
	uint32_t c, h, w;
	yf_code code;
} shapes[] = {
	{ "like the input", 0, 0, 0, YF_CODE_OK },
	{ "the tallest", 1, YF_GRAPH_SIDE_MAX, 1, YF_CODE_OK },
	{ "taller", 1, YF_GRAPH_SIDE_MAX + 1, 1, YF_CODE_TOO_LARGE },
	{ "too wide", 1, 1, YF_GRAPH_SIDE_MAX + 1, YF_CODE_TOO_LARGE },
	{ "no rows", 1, 0, 1, YF_CODE_TOO_LARGE },
	{ "too deep", YF_GRAPH_CHANNELS_MAX + 1, 1, 1, YF_CODE_TOO_LARGE },
	{ "too much in all", YF_GRAPH_CHANNELS_MAX, 1024, 1024,
	  YF_CODE_TOO_LARGE },
};

static void limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(shapes); i++) {
		struct bench b = { 0 };
		struct yf_node node;
		uint32_t at;

		begin(&b);
		node = yf_node_of(YF_NODE_ELEMENTWISE, YF_STR("me"), b.at);
		node.c = shapes[i].c;
		node.h = shapes[i].h;
		node.w = shapes[i].w;
		print_message("  %s\n", shapes[i].name);
		assert_int_equal(yf_graph_add(&b.graph, &node, &at).code,
				 shapes[i].code);
		if (shapes[i].code != YF_CODE_OK)
			assert_true(yf_str_is(b.problem,
					      "a feature map that is empty or "
					      "too large, in \"me\""));
		yf_arena_free(b.arena);
	}
}

static void too_many(void **state)
{
	struct bench b = { 0 };
	struct yf_graph graph;
	float *out;
	uint32_t at;

	(void)state;
	begin(&b);
	for (int i = 1; i < NODES; i++)
		act(&b, YF_ACT_RELU);
	const struct yf_node node =
		yf_node_of(YF_NODE_ELEMENTWISE, YF_STR("last"), b.at);
	FAILS(yf_graph_add(&b.graph, &node, &at), TOO_LARGE);
	assert_true(yf_str_is(b.problem,
			      "more operations than a network may have, in "
			      "\"last\""));
	FAILS(yf_graph_new(b.arena, YF_GRAPH_NODES_MAX + 1, &b.problem, &graph),
	      TOO_LARGE);
	FAILS(yf_graph_floats(&b.graph, YF_GRAPH_WEIGHTS_MAX + 1, &out),
	      TOO_LARGE);
	FAILS(yf_graph_floats(&b.graph, 1 << 20, &out), MEMORY);
	yf_arena_free(b.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_numbers_with_less),
		cmocka_unit_test(limits),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests_name("face/graph", tests, NULL, NULL);
}
