#include "face/graph.h"

#include <math.h>

yf_err yf_graph_new(struct yf_arena *arena, uint32_t room, yf_str *problem,
		    struct yf_graph *out)
{
	if (room > YF_GRAPH_NODES_MAX)
		return YF_FAIL(TOO_LARGE);
	*out = (struct yf_graph){
		.arena = arena,
		.problem = problem,
		.nodes = YF_NEW(arena, struct yf_node, room),
		.room = room,
		.output = YF_NODE_NONE,
		.scale = { 1, 1, 1 },
	};
	return out->nodes ? YF_OK : YF_FAIL(MEMORY);
}

yf_err yf_graph_fail(const struct yf_graph *graph, yf_err err, const char *what,
		     yf_str name)
{
	const yf_str shown = { name.ptr, name.len < 200 ? name.len : 200 };
	const yf_err made =
		yf_str_format(graph->arena, graph->problem, "%s, in \"%.*s\"",
			      what, YF_ARG(shown));

	return yf_failed(made) ? made : err;
}

struct yf_node yf_node_of(yf_node_kind kind, yf_str name, uint32_t in)
{
	return (struct yf_node){
		.kind = kind,
		.name = name,
		.in = in,
		.add = YF_NODE_NONE,
		.mul = YF_NODE_NONE,
		.taps_h = 1,
		.taps_w = 1,
		.stride = 1,
		.act = YF_ACT_NONE,
	};
}

yf_err yf_graph_add(struct yf_graph *graph, const struct yf_node *node,
		    uint32_t *out)
{
	struct yf_node made = *node;

	if (graph->count == graph->room)
		return yf_graph_fail(graph, YF_FAIL(TOO_LARGE),
				     "more operations than a network may have",
				     node->name);
	if (!made.c) {
		const struct yf_node *in = &graph->nodes[made.in];
		made.c = in->c;
		made.h = in->h;
		made.w = in->w;
	}
	if (!made.c || !made.h || !made.w || made.c > YF_GRAPH_CHANNELS_MAX ||
	    made.h > YF_GRAPH_SIDE_MAX || made.w > YF_GRAPH_SIDE_MAX ||
	    (uint64_t)made.c * made.h * made.w > YF_GRAPH_MAP_MAX)
		return yf_graph_fail(graph, YF_FAIL(TOO_LARGE),
				     "a feature map that is empty or too large",
				     node->name);
	graph->nodes[graph->count] = made;
	*out = graph->count++;
	return YF_OK;
}

yf_err yf_graph_floats(struct yf_graph *graph, size_t count, float **out)
{
	if (count > YF_GRAPH_WEIGHTS_MAX - graph->weights)
		return YF_FAIL(TOO_LARGE);
	*out = YF_NEW(graph->arena, float, count ? count : 1);
	if (!*out)
		return YF_FAIL(MEMORY);
	graph->weights += count;
	return YF_OK;
}

static uint32_t uses(const struct yf_graph *graph, uint32_t of)
{
	uint32_t count = graph->output == of;

	for (uint32_t i = of; i < graph->count; i++) {
		const struct yf_node *node = &graph->nodes[i];
		if (node->gone)
			continue;
		count += node->kind != YF_NODE_INPUT && node->in == of;
		count += node->add == of;
		count += node->mul == of;
	}
	return count;
}

/* Whoever read `from` reads `to`. */
static void redirect(struct yf_graph *graph, uint32_t from, uint32_t to)
{
	for (uint32_t i = 0; i < graph->count; i++) {
		struct yf_node *node = &graph->nodes[i];
		if (node->in == from)
			node->in = to;
		if (node->add == from)
			node->add = to;
		if (node->mul == from)
			node->mul = to;
	}
	if (graph->output == from)
		graph->output = to;
	graph->nodes[from].gone = true;
}

static void drop_unread(struct yf_graph *graph)
{
	for (uint32_t i = graph->count; i-- > 0;)
		if (graph->nodes[i].kind != YF_NODE_INPUT && !uses(graph, i))
			graph->nodes[i].gone = true;
}

static bool is_windowed(const struct yf_node *node)
{
	return node->kind == YF_NODE_CONV || node->kind == YF_NODE_DEPTHWISE;
}

static bool is_affine(const struct yf_node *node)
{
	return node->kind == YF_NODE_ELEMENTWISE && node->act == YF_ACT_NONE &&
	       node->add == YF_NODE_NONE && node->mul == YF_NODE_NONE;
}

static float scale_of(const struct yf_node *node, uint32_t c)
{
	return node->scale ? node->scale[c] : 1;
}

static float shift_of(const struct yf_node *node, uint32_t c)
{
	return node->shift ? node->shift[c] : 0;
}

static yf_err zeros(struct yf_graph *graph, uint32_t count, float **at)
{
	return *at ? YF_OK : yf_graph_floats(graph, count, at);
}

/* scale (w x + b) + shift = (scale w) x + (scale b + shift) */
static yf_err fold_back(struct yf_graph *graph, struct yf_node *host,
			const struct yf_node *affine)
{
	const uint32_t in_c =
		host->kind == YF_NODE_CONV ? graph->nodes[host->in].c : 1;
	const size_t depth = (size_t)in_c * host->taps_h * host->taps_w;

	YF_TRY(zeros(graph, host->c, &host->bias));
	for (uint32_t o = 0; o < host->c; o++) {
		const float scale = scale_of(affine, o);

		host->bias[o] = scale * host->bias[o] + shift_of(affine, o);
		for (size_t k = 0; k < depth; k++)
			host->weights[o * depth + k] *= scale;
	}
	return YF_OK;
}

/* The same for an elementwise host. */
static yf_err compose(struct yf_graph *graph, struct yf_node *host,
		      const struct yf_node *affine)
{
	const bool had_scale = host->scale != NULL;

	YF_TRY(zeros(graph, host->c, &host->scale));
	YF_TRY(zeros(graph, host->c, &host->shift));
	for (uint32_t c = 0; c < host->c; c++) {
		const float scale = scale_of(affine, c);

		host->scale[c] = scale * (had_scale ? host->scale[c] : 1);
		host->shift[c] = scale * host->shift[c] + shift_of(affine, c);
	}
	return YF_OK;
}

/* Whether a map is finished by its sum alone: nothing comes after it yet. */
static bool is_open(const struct yf_node *node)
{
	return (is_windowed(node) || node->kind == YF_NODE_ELEMENTWISE) &&
	       node->act == YF_ACT_NONE;
}

static bool is_sum(const struct yf_node *node)
{
	return node->kind == YF_NODE_ELEMENTWISE && !node->scale &&
	       !node->shift && node->mul == YF_NODE_NONE &&
	       node->add != YF_NODE_NONE && node->act == YF_ACT_NONE;
}

static bool is_bare_act(const struct yf_node *node)
{
	return node->kind == YF_NODE_ELEMENTWISE && !node->scale &&
	       !node->shift && node->mul == YF_NODE_NONE &&
	       node->add == YF_NODE_NONE && node->act != YF_ACT_NONE;
}

static bool same_shape(const struct yf_node *a, const struct yf_node *b)
{
	return a->c == b->c && a->h == b->h && a->w == b->w;
}

/*
 * A sum becomes the end of whichever of its two is computed later: the other
 * is there by then.
 */
static bool absorb_sum(struct yf_graph *graph, uint32_t at)
{
	struct yf_node *sum = &graph->nodes[at];
	const uint32_t later = sum->in > sum->add ? sum->in : sum->add;
	const uint32_t other = sum->in > sum->add ? sum->add : sum->in;
	struct yf_node *host = &graph->nodes[later];

	if (later == other || !is_open(host) || host->add != YF_NODE_NONE ||
	    uses(graph, later) != 1 || !same_shape(host, &graph->nodes[other]))
		return false;
	host->add = other;
	redirect(graph, at, later);
	return true;
}

/* What an elementwise node does, done by the node before it. */
static yf_err absorb(struct yf_graph *graph, uint32_t at, bool *changed)
{
	struct yf_node *node = &graph->nodes[at];

	if (is_sum(node)) {
		*changed = absorb_sum(graph, at) || *changed;
		return YF_OK;
	}
	struct yf_node *host = &graph->nodes[node->in];
	if (!is_open(host) || uses(graph, node->in) != 1)
		return YF_OK;
	if (is_bare_act(node)) {
		host->act = node->act;
		host->low = node->low;
		host->high = node->high;
		host->slopes = node->slopes;
	} else if (is_affine(node) && host->add == YF_NODE_NONE &&
		   host->mul == YF_NODE_NONE) {
		YF_TRY(is_windowed(host) ? fold_back(graph, host, node)
					 : compose(graph, host, node));
	} else {
		return YF_OK;
	}
	redirect(graph, at, node->in);
	*changed = true;
	return YF_OK;
}

/* Whether no window of it reaches over the edge. */
static bool is_unpadded(const struct yf_graph *graph,
			const struct yf_node *node)
{
	const struct yf_node *in = &graph->nodes[node->in];

	return node->top <= 0 && node->left <= 0 &&
	       (int64_t)(node->h - 1) * node->stride + node->taps_h -
			       node->top <=
		       in->h &&
	       (int64_t)(node->w - 1) * node->stride + node->taps_w -
			       node->left <=
		       in->w;
}

/* w (scale x + shift) + b = (w scale) x + (b + sum of w shift) */
static yf_err fold_ahead(struct yf_graph *graph, struct yf_node *host,
			 const struct yf_node *affine)
{
	const size_t window = (size_t)host->taps_h * host->taps_w;
	const uint32_t in_c = host->kind == YF_NODE_CONV ? affine->c : 1;

	YF_TRY(zeros(graph, host->c, &host->bias));
	for (uint32_t o = 0; o < host->c; o++)
		for (uint32_t i = 0; i < in_c; i++) {
			const uint32_t c =
				in_c == 1 && host->kind != YF_NODE_CONV ? o : i;
			float *w =
				host->weights + ((size_t)o * in_c + i) * window;
			float sum = 0;

			for (size_t k = 0; k < window; k++) {
				sum += w[k];
				w[k] *= scale_of(affine, c);
			}
			host->bias[o] += sum * shift_of(affine, c);
		}
	return YF_OK;
}

/* A scale and shift that only one unpadded convolution reads. */
static yf_err push_ahead(struct yf_graph *graph, uint32_t at, bool *changed)
{
	struct yf_node *affine = &graph->nodes[at];

	if (!is_affine(affine) || uses(graph, at) != 1)
		return YF_OK;
	for (uint32_t i = at + 1; i < graph->count; i++) {
		struct yf_node *host = &graph->nodes[i];

		if (host->gone || host->in != at || !is_windowed(host) ||
		    host->relu || !is_unpadded(graph, host))
			continue;
		YF_TRY(fold_ahead(graph, host, affine));
		redirect(graph, at, affine->in);
		*changed = true;
		break;
	}
	return YF_OK;
}

/* (colour - mean) scale' + shift, as another mean and scale of the input. */
static bool absorb_input(struct yf_graph *graph, uint32_t at)
{
	const struct yf_node *node = &graph->nodes[at];

	if (!is_affine(node) || graph->nodes[node->in].kind != YF_NODE_INPUT ||
	    node->c != 3 || uses(graph, node->in) != 1)
		return false;
	for (uint32_t c = 0; c < 3; c++)
		if (!(fabsf(scale_of(node, c) * graph->scale[c]) > 1e-12f))
			return false;
	for (uint32_t c = 0; c < 3; c++) {
		graph->mean[c] -= shift_of(node, c) /
				  (scale_of(node, c) * graph->scale[c]);
		graph->scale[c] *= scale_of(node, c);
	}
	redirect(graph, at, node->in);
	return true;
}

/* Zeros around a map, when only convolutions read it. */
static bool absorb_padding(struct yf_graph *graph, uint32_t at)
{
	const struct yf_node *pad = &graph->nodes[at];
	uint32_t count = 0;

	if (pad->kind != YF_NODE_PLACE || pad->channel ||
	    pad->add != YF_NODE_NONE || pad->c != graph->nodes[pad->in].c)
		return false;
	for (uint32_t i = at + 1; i < graph->count; i++)
		count += !graph->nodes[i].gone && graph->nodes[i].in == at &&
			 is_windowed(&graph->nodes[i]);
	if (!count || count != uses(graph, at))
		return false;
	for (uint32_t i = at + 1; i < graph->count; i++)
		if (!graph->nodes[i].gone && graph->nodes[i].in == at) {
			graph->nodes[i].top += pad->top;
			graph->nodes[i].left += pad->left;
		}
	redirect(graph, at, pad->in);
	return true;
}

/* A ReLU that only depthwise convolutions read: done as they read. */
static bool absorb_relu(struct yf_graph *graph, uint32_t at)
{
	const struct yf_node *relu = &graph->nodes[at];
	uint32_t count = 0;

	if (!is_bare_act(relu) || relu->act != YF_ACT_RELU)
		return false;
	for (uint32_t i = at + 1; i < graph->count; i++)
		count += !graph->nodes[i].gone && graph->nodes[i].in == at &&
			 graph->nodes[i].kind == YF_NODE_DEPTHWISE;
	if (!count || count != uses(graph, at))
		return false;
	for (uint32_t i = at + 1; i < graph->count; i++)
		if (!graph->nodes[i].gone && graph->nodes[i].in == at)
			graph->nodes[i].relu = true;
	redirect(graph, at, relu->in);
	return true;
}

/* A round sees most of what there is to see; a graph made to need one for each
 * node is left as it is then, which costs its user time and nobody else. */
enum { ROUNDS_MAX = 32 };

yf_err yf_graph_simplify(struct yf_graph *graph)
{
	bool changed = true;

	drop_unread(graph);
	for (uint32_t round = 0; changed && round < ROUNDS_MAX; round++) {
		changed = false;
		for (uint32_t i = 0; i < graph->count; i++) {
			if (graph->nodes[i].gone)
				continue;
			if (absorb_padding(graph, i) ||
			    absorb_input(graph, i)) {
				changed = true;
				continue;
			}
			if (graph->nodes[i].kind != YF_NODE_ELEMENTWISE)
				continue;
			YF_TRY(absorb(graph, i, &changed));
			if (!graph->nodes[i].gone)
				YF_TRY(push_ahead(graph, i, &changed));
		}
	}
	for (uint32_t i = 0; i < graph->count; i++)
		if (!graph->nodes[i].gone)
			absorb_relu(graph, i);
	return YF_OK;
}
