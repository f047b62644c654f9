#include "face/graph_onnx.h"

#include <float.h>
#include <math.h>

/*
 * What a name stands for: a constant, or the map of a node with the order in
 * which ONNX sees its numbers.  Rank 2 is [1, numbers].
 */
struct value {
	yf_str name;
	const struct yf_onnx_tensor *constant; /* NULL: a map */
	uint32_t node;
	uint32_t rank;      /* 2 or 4 */
	bool channels_last; /* of rank 4, or of the map that was flattened */
};

struct importer {
	struct yf_graph *graph;
	const struct yf_onnx *model;
	const struct yf_onnx_node *node; /* being imported */
	struct value *values;
	size_t count, room;
};

/* Never YF_OK; said here, too, for an analyzer that sees only this file. */
static yf_err fail(const struct importer *in, yf_err err, const char *what)
{
	yf_str where;

	YF_TRY(yf_str_format(in->graph->arena, &where, "%.*s %.*s",
			     YF_ARG(in->node->op), YF_ARG(in->node->name)));
	const yf_err told = yf_graph_fail(in->graph, err, what, where);
	return yf_failed(told) ? told : err;
}

#define UNSUPPORTED(in, what) fail((in), YF_FAIL(UNSUPPORTED), (what))

static yf_err add_value(struct importer *in, const struct value *value)
{
	if (in->count == in->room)
		return fail(in, YF_FAIL(TOO_LARGE), "too many outputs");
	in->values[in->count++] = *value;
	return YF_OK;
}

/* What is read was made shortly before: searched from the end. */
static const struct value *find_value(const struct importer *in, yf_str name)
{
	for (size_t i = in->count; i-- > 0;)
		if (yf_str_eq(in->values[i].name, name))
			return &in->values[i];
	return NULL;
}

static bool has_input(const struct importer *in, size_t index)
{
	return index < in->node->input_count && in->node->inputs[index].len;
}

static yf_err get_value(const struct importer *in, size_t index,
			struct value *out)
{
	if (!has_input(in, index))
		return fail(in, YF_FAIL(MISSING), "an input is left out");
	const struct value *found = find_value(in, in->node->inputs[index]);
	if (!found)
		return fail(in, YF_FAIL(MISSING), "nothing makes an input");
	*out = *found;
	return YF_OK;
}

static yf_err get_map(const struct importer *in, size_t index,
		      struct value *out)
{
	YF_TRY(get_value(in, index, out));
	return out->constant
		       ? UNSUPPORTED(in, "a constant where the picture goes")
		       : YF_OK;
}

/* A map whose second axis is the channel. */
static yf_err get_picture(const struct importer *in, size_t index,
			  struct value *out)
{
	YF_TRY(get_map(in, index, out));
	return out->rank == 4 && !out->channels_last
		       ? YF_OK
		       : UNSUPPORTED(in, "an input that is not [1, channels, "
					 "height, width]");
}

static yf_err get_floats(const struct importer *in, size_t index,
			 const struct yf_onnx_tensor **out)
{
	struct value value;

	YF_TRY(get_value(in, index, &value));
	if (!value.constant || !value.constant->floats)
		return UNSUPPORTED(in, "numbers that are not constant floats");
	*out = value.constant;
	return YF_OK;
}

static yf_err get_ints(const struct importer *in, size_t index,
		       const struct yf_onnx_tensor **out)
{
	struct value value;

	YF_TRY(get_value(in, index, &value));
	if (!value.constant || !value.constant->ints)
		return UNSUPPORTED(in,
				   "numbers that are not constant integers");
	*out = value.constant;
	return YF_OK;
}

static const struct yf_node *node_of(const struct importer *in,
				     const struct value *value)
{
	return &in->graph->nodes[value->node];
}

/* Adds the node that makes the first output; its order is that of `like`. */
static yf_err give(struct importer *in, const struct yf_node *node,
		   const struct value *like)
{
	struct value value = *like;

	value.constant = NULL;
	YF_TRY(yf_graph_add(in->graph, node, &value.node));
	value.name = in->node->outputs[0];
	return add_value(in, &value);
}

/* The first output is the same as `value`. */
static yf_err give_same(struct importer *in, struct value value)
{
	value.name = in->node->outputs[0];
	return add_value(in, &value);
}

static int64_t integer(const struct importer *in, const char *name,
		       int64_t fallback)
{
	const struct yf_onnx_attribute *a =
		yf_onnx_attribute_find(in->node, name);

	return a && a->has_integer ? a->integer : fallback;
}

static float real(const struct importer *in, const char *name, float fallback)
{
	const struct yf_onnx_attribute *a =
		yf_onnx_attribute_find(in->node, name);

	return a && a->has_real ? a->real : fallback;
}

/* A list of `count` integers, 0..4096 each; all `fallback` when left out. */
static yf_err integers(const struct importer *in, const char *name,
		       size_t count, int64_t fallback, uint32_t *out)
{
	const struct yf_onnx_attribute *a =
		yf_onnx_attribute_find(in->node, name);

	if (a && a->int_count != count)
		return UNSUPPORTED(in, "a window that is not two-dimensional");
	for (size_t i = 0; i < count; i++) {
		const int64_t value = a ? a->ints[i] : fallback;
		if (value < 0 || value > 4096)
			return UNSUPPORTED(in, "a window out of range");
		out[i] = (uint32_t)value;
	}
	return YF_OK;
}

/* One number for each channel of a map: a scalar, or as many in its axis. */
static yf_err per_channel(const struct importer *in, const struct value *map,
			  const struct yf_onnx_tensor *constant, float **out)
{
	const struct yf_node *node = node_of(in, map);
	const uint32_t behind = map->rank == 4 && !map->channels_last ? 2 : 0;
	const bool one = constant->count == 1;
	bool fits =
		one || (constant->rank > behind && constant->count == node->c &&
			constant->dims[constant->rank - 1 - behind] ==
				(int64_t)node->c);

	if (map->rank == 2 && !one && (node->h != 1 || node->w != 1))
		fits = false;
	if (!fits)
		return UNSUPPORTED(in, "a constant that is not one number, "
				       "or one for each channel");
	YF_TRY(yf_graph_floats(in->graph, node->c, out));
	for (uint32_t c = 0; c < node->c; c++)
		(*out)[c] = constant->floats[one ? 0 : c];
	return YF_OK;
}

static struct yf_node elementwise(const struct importer *in,
				  const struct value *map)
{
	return yf_node_of(YF_NODE_ELEMENTWISE, in->node->name, map->node);
}

/* --- windows --- */
struct window {
	uint32_t taps[2], stride[2],
		pads[4]; /* pads: top, left, bottom, right */
	uint32_t out[2];
};

static yf_err auto_pads(const struct importer *in, const struct yf_node *from,
			struct window *w)
{
	const struct yf_onnx_attribute *a =
		yf_onnx_attribute_find(in->node, "auto_pad");
	const uint32_t sides[2] = { from->h, from->w };
	const bool upper = a && yf_str_is(a->text, "SAME_UPPER");
	const bool lower = a && yf_str_is(a->text, "SAME_LOWER");

	if (!a || !a->text.len || yf_str_is(a->text, "NOTSET"))
		return YF_OK;
	memset(w->pads, 0, sizeof(w->pads));
	if (yf_str_is(a->text, "VALID"))
		return YF_OK;
	if (!upper && !lower)
		return UNSUPPORTED(in, "an auto_pad that is not known");
	for (int k = 0; k < 2; k++) {
		const uint32_t out =
			(sides[k] + w->stride[k] - 1) / w->stride[k];
		const uint32_t reach = (out - 1) * w->stride[k] + w->taps[k];
		const uint32_t pad = reach > sides[k] ? reach - sides[k] : 0;
		w->pads[k] = upper ? pad / 2 : pad - pad / 2;
		w->pads[k + 2] = pad - w->pads[k];
	}
	return YF_OK;
}

static yf_err read_window(const struct importer *in, const struct yf_node *from,
			  const uint32_t taps[2], struct window *out)
{
	const bool up = integer(in, "ceil_mode", 0) != 0;
	const uint32_t sides[2] = { from->h, from->w };
	struct window w = { .taps = { taps[0], taps[1] } };
	uint32_t dilations[2];

	YF_TRY(integers(in, "strides", 2, 1, w.stride));
	YF_TRY(integers(in, "dilations", 2, 1, dilations));
	YF_TRY(integers(in, "pads", 4, 0, w.pads));
	if (dilations[0] != 1 || dilations[1] != 1)
		return UNSUPPORTED(in, "dilations");
	if (!w.stride[0] || w.stride[0] != w.stride[1] || w.stride[0] > 16)
		return UNSUPPORTED(in, "strides that differ, or over 16");
	YF_TRY(auto_pads(in, from, &w));
	for (int k = 0; k < 2; k++) {
		const uint32_t side = sides[k] + w.pads[k] + w.pads[k + 2];
		const uint32_t step = w.stride[k];
		if (!w.taps[k] || w.taps[k] > side)
			return fail(in, YF_FAIL(RANGE),
				    "a window larger than what it reads");
		w.out[k] = (side - w.taps[k] + (up ? step - 1 : 0)) / step + 1;
		if (up && (w.out[k] - 1) * step >= sides[k] + w.pads[k])
			w.out[k]--;
	}
	*out = w;
	return YF_OK;
}

static yf_err put_weights(const struct importer *in, struct yf_node *node,
			  const float *from, size_t count)
{
	YF_TRY(yf_graph_floats(in->graph, count, &node->weights));
	memcpy(node->weights, from, count * sizeof(float));
	return YF_OK;
}

static yf_err put_bias(const struct importer *in, size_t index,
		       struct yf_node *node)
{
	const struct yf_onnx_tensor *bias;

	if (!has_input(in, index))
		return YF_OK;
	YF_TRY(get_floats(in, index, &bias));
	if (bias->count != node->c)
		return fail(in, YF_FAIL(RANGE),
			    "a bias of another length than the channels");
	YF_TRY(yf_graph_floats(in->graph, node->c, &node->bias));
	memcpy(node->bias, bias->floats, node->c * sizeof(float));
	return YF_OK;
}

static yf_err import_conv(struct importer *in)
{
	const struct yf_onnx_tensor *weights;
	const int64_t groups = integer(in, "group", 1);
	struct value from;
	struct window w;

	YF_TRY(get_picture(in, 0, &from));
	YF_TRY(get_floats(in, 1, &weights));
	const struct yf_node *map = node_of(in, &from);
	const bool depthwise = groups != 1;
	if (depthwise && (groups != map->c || weights->dims[0] != map->c))
		return UNSUPPORTED(in, "groups that are not single channels");
	if (weights->rank != 4 || weights->dims[0] < 1 ||
	    weights->dims[0] > YF_GRAPH_CHANNELS_MAX ||
	    weights->dims[1] != (depthwise ? 1 : (int64_t)map->c) ||
	    weights->dims[2] > 64 || weights->dims[3] > 64)
		return fail(in, YF_FAIL(RANGE),
			    "weights that do not fit the input");
	const uint32_t taps[2] = { (uint32_t)weights->dims[2],
				   (uint32_t)weights->dims[3] };
	YF_TRY(read_window(in, map, taps, &w));
	struct yf_node node =
		yf_node_of(depthwise ? YF_NODE_DEPTHWISE : YF_NODE_CONV,
			   in->node->name, from.node);
	node.c = (uint32_t)weights->dims[0];
	node.h = w.out[0];
	node.w = w.out[1];
	node.taps_h = taps[0];
	node.taps_w = taps[1];
	node.stride = w.stride[0];
	node.top = (int32_t)w.pads[0];
	node.left = (int32_t)w.pads[1];
	YF_TRY(put_weights(in, &node, weights->floats, weights->count));
	YF_TRY(put_bias(in, 2, &node));
	return give(in, &node, &from);
}

static yf_err import_pool(struct importer *in, yf_node_kind kind)
{
	const bool inside = integer(in, "count_include_pad", 0) == 0;
	struct value from;
	struct window w;
	uint32_t taps[2];

	YF_TRY(get_picture(in, 0, &from));
	YF_TRY(integers(in, "kernel_shape", 2, 0, taps));
	const struct yf_node *map = node_of(in, &from);
	YF_TRY(read_window(in, map, taps, &w));
	if (taps[0] != taps[1] || w.pads[0] != w.pads[1])
		return UNSUPPORTED(in, "a window that is not square");
	for (int k = 0; k < 4; k++)
		if (w.pads[k] >= taps[0])
			return UNSUPPORTED(in, "padding as wide as the window");
	if (!inside && integer(in, "ceil_mode", 0))
		return UNSUPPORTED(in, "ceil_mode with count_include_pad");
	if (in->node->output_count > 1 && in->node->outputs[1].len)
		return UNSUPPORTED(in, "a second output");
	struct yf_node node = yf_node_of(kind, in->node->name, from.node);
	node.c = map->c;
	node.h = w.out[0];
	node.w = w.out[1];
	node.taps_h = node.taps_w = taps[0];
	node.stride = w.stride[0];
	node.top = node.left = (int32_t)w.pads[0];
	node.count_inside = inside;
	return give(in, &node, &from);
}

static yf_err import_pool_max(struct importer *in)
{
	return import_pool(in, YF_NODE_POOL_MAX);
}

static yf_err import_pool_avg(struct importer *in)
{
	return import_pool(in, YF_NODE_POOL_AVG);
}

static yf_err import_pool_whole(struct importer *in)
{
	struct value from;

	YF_TRY(get_picture(in, 0, &from));
	const struct yf_node *map = node_of(in, &from);
	struct yf_node node =
		yf_node_of(YF_NODE_POOL_AVG, in->node->name, from.node);
	node.c = map->c;
	node.h = node.w = 1;
	node.taps_h = node.taps_w = map->h > map->w ? map->h : map->w;
	node.count_inside = true;
	return give(in, &node, &from);
}

/* Zeros around, and channels of zeros behind. */
static yf_err import_pad(struct importer *in)
{
	const struct yf_onnx_attribute *mode =
		yf_onnx_attribute_find(in->node, "mode");
	const struct yf_onnx_attribute *list =
		yf_onnx_attribute_find(in->node, "pads");
	const struct yf_onnx_tensor *given;
	const int64_t *pads = list ? list->ints : NULL;
	size_t count = list ? list->int_count : 0;
	float fill = real(in, "value", 0);
	struct value from;

	YF_TRY(get_picture(in, 0, &from));
	if (mode && mode->text.len && !yf_str_is(mode->text, "constant"))
		return UNSUPPORTED(in, "padding that is not constant");
	if (!list) {
		YF_TRY(get_ints(in, 1, &given));
		pads = given->ints;
		count = given->count;
	}
	if (has_input(in, 2)) {
		YF_TRY(get_floats(in, 2, &given));
		fill = given->count == 1 ? given->floats[0] : 1;
	}
	if (has_input(in, 3) || count != 8 || fill != 0)
		return UNSUPPORTED(in, "padding with axes, or not with zeros");
	for (size_t i = 0; i < 8; i++)
		if (pads[i] < 0 || pads[i] > YF_GRAPH_SIDE_MAX ||
		    (i % 4 == 0 && pads[i]))
			return UNSUPPORTED(in, "padding out of range");
	const struct yf_node *map = node_of(in, &from);
	struct yf_node node =
		yf_node_of(YF_NODE_PLACE, in->node->name, from.node);
	node.channel = (uint32_t)pads[1];
	node.top = (int32_t)pads[2];
	node.left = (int32_t)pads[3];
	node.c = map->c + (uint32_t)(pads[1] + pads[5]);
	node.h = map->h + (uint32_t)(pads[2] + pads[6]);
	node.w = map->w + (uint32_t)(pads[3] + pads[7]);
	return give(in, &node, &from);
}

/* --- each number by itself --- */
static yf_err import_norm(struct importer *in)
{
	const struct yf_onnx_tensor *parts[4];
	const float epsilon = real(in, "epsilon", 1e-5f);
	struct value from;

	YF_TRY(get_map(in, 0, &from));
	if (integer(in, "training_mode", 0))
		return UNSUPPORTED(in, "training mode");
	for (size_t i = 0; i < 4; i++) {
		float *unused;
		YF_TRY(get_floats(in, i + 1, &parts[i]));
		if (parts[i]->count != node_of(in, &from)->c ||
		    parts[i]->rank != 1)
			return fail(in, YF_FAIL(RANGE),
				    "numbers that are not one a channel");
		(void)unused;
	}
	if (from.channels_last && from.rank == 4)
		return UNSUPPORTED(in, "channels that come last");
	struct yf_node node = elementwise(in, &from);
	const uint32_t channels = node_of(in, &from)->c;
	YF_TRY(yf_graph_floats(in->graph, channels, &node.scale));
	YF_TRY(yf_graph_floats(in->graph, channels, &node.shift));
	for (uint32_t c = 0; c < channels; c++) {
		const double deviation =
			sqrt((double)parts[3]->floats[c] + (double)epsilon);
		const double scale = (double)parts[0]->floats[c] / deviation;
		node.scale[c] = (float)scale;
		node.shift[c] = (float)((double)parts[1]->floats[c] -
					(double)parts[2]->floats[c] * scale);
	}
	return give(in, &node, &from);
}

static yf_err import_relu(struct importer *in)
{
	struct value from;

	YF_TRY(get_map(in, 0, &from));
	struct yf_node node = elementwise(in, &from);
	node.act = YF_ACT_RELU;
	return give(in, &node, &from);
}

static yf_err import_leaky(struct importer *in)
{
	struct value from;

	YF_TRY(get_map(in, 0, &from));
	struct yf_node node = elementwise(in, &from);
	node.act = YF_ACT_LEAKY;
	node.low = real(in, "alpha", 0.01f);
	return give(in, &node, &from);
}

static yf_err import_prelu(struct importer *in)
{
	const struct yf_onnx_tensor *slopes;
	struct value from;

	YF_TRY(get_map(in, 0, &from));
	YF_TRY(get_floats(in, 1, &slopes));
	struct yf_node node = elementwise(in, &from);
	node.act = YF_ACT_PRELU;
	YF_TRY(per_channel(in, &from, slopes, &node.slopes));
	return give(in, &node, &from);
}

/* Bounds are attributes before opset 11 and inputs since. */
static yf_err import_clip(struct importer *in)
{
	float bounds[2] = { real(in, "min", -FLT_MAX),
			    real(in, "max", FLT_MAX) };
	const struct yf_onnx_tensor *given;
	struct value from;

	YF_TRY(get_map(in, 0, &from));
	for (size_t i = 0; i < 2; i++) {
		if (!has_input(in, i + 1))
			continue;
		YF_TRY(get_floats(in, i + 1, &given));
		if (given->count != 1)
			return UNSUPPORTED(in, "a bound that is not a number");
		bounds[i] = given->floats[0];
	}
	struct yf_node node = elementwise(in, &from);
	node.act = YF_ACT_CLIP;
	node.low = fmaxf(bounds[0], -FLT_MAX);
	node.high = fminf(bounds[1], FLT_MAX);
	return give(in, &node, &from);
}

typedef enum { ADD, SUB, MUL, DIV } arithmetic;

static float compute(arithmetic what, float a, float b)
{
	if (what == ADD || what == SUB)
		return what == ADD ? a + b : a - b;
	return what == MUL ? a * b : a / b;
}

/* Two constants of one shape, or one of them a number. */
static yf_err fold_constants(struct importer *in, arithmetic what,
			     const struct yf_onnx_tensor *a,
			     const struct yf_onnx_tensor *b)
{
	struct yf_onnx_tensor *made =
		YF_NEW(in->graph->arena, struct yf_onnx_tensor, 1);
	const struct yf_onnx_tensor *large = a->count >= b->count ? a : b;
	float *floats;

	if (!made)
		return YF_FAIL(MEMORY);
	if (!a->floats || !b->floats)
		return UNSUPPORTED(in, "arithmetic of integers");
	if (a->count != 1 && b->count != 1 &&
	    (a->rank != b->rank ||
	     memcmp(a->dims, b->dims, sizeof(a->dims)) != 0))
		return UNSUPPORTED(in, "constants of different shapes");
	YF_TRY(yf_graph_floats(in->graph, large->count, &floats));
	for (size_t i = 0; i < large->count; i++)
		floats[i] = compute(what, a->floats[a->count == 1 ? 0 : i],
				    b->floats[b->count == 1 ? 0 : i]);
	*made = *large;
	made->floats = floats;
	return give_same(in, (struct value){ .constant = made });
}

/* map op constant, and constant op map. */
static yf_err with_constant(struct importer *in, arithmetic what,
			    const struct value *map,
			    const struct yf_onnx_tensor *constant, bool first)
{
	struct yf_node node = elementwise(in, map);
	const uint32_t channels = node_of(in, map)->c;
	float *numbers;

	if (!constant->floats)
		return UNSUPPORTED(in, "arithmetic of integers");
	if (first && what == DIV)
		return UNSUPPORTED(in, "a constant divided by a map");
	YF_TRY(per_channel(in, map, constant, &numbers));
	for (uint32_t c = 0; c < channels; c++) {
		if (what == SUB && !first)
			numbers[c] = -numbers[c];
		if (what == DIV)
			numbers[c] = 1 / numbers[c];
	}
	if (what == MUL || what == DIV)
		node.scale = numbers;
	else
		node.shift = numbers;
	if (first && what == SUB) {
		YF_TRY(yf_graph_floats(in->graph, channels, &node.scale));
		for (uint32_t c = 0; c < channels; c++)
			node.scale[c] = -1;
	}
	return give(in, &node, map);
}

static bool is_point(const struct yf_node *node)
{
	return node->h == 1 && node->w == 1;
}

static yf_err negate(struct importer *in, struct value *map)
{
	struct yf_node node = elementwise(in, map);
	const uint32_t channels = node_of(in, map)->c;

	YF_TRY(yf_graph_floats(in->graph, channels, &node.scale));
	for (uint32_t c = 0; c < channels; c++)
		node.scale[c] = -1;
	return yf_graph_add(in->graph, &node, &map->node);
}

/* Two maps of one shape, or one of them a number for each channel. */
static yf_err with_map(struct importer *in, arithmetic what, struct value a,
		       struct value b)
{
	const struct yf_node *x = node_of(in, &a), *y = node_of(in, &b);

	if (what == DIV)
		return UNSUPPORTED(in, "a map divided by a map");
	if (a.rank != b.rank ||
	    (a.channels_last != b.channels_last && !is_point(x) &&
	     !is_point(y)) ||
	    x->c != y->c)
		return UNSUPPORTED(in, "maps of different shapes");
	if (what == SUB)
		YF_TRY(negate(in, &b));
	const bool swap =
		is_point(node_of(in, &a)) && !is_point(node_of(in, &b));
	const struct value *whole = swap ? &b : &a, *other = swap ? &a : &b;
	const struct yf_node *large = node_of(in, whole);
	const struct yf_node *small = node_of(in, other);
	if (!is_point(small) && (large->h != small->h || large->w != small->w))
		return UNSUPPORTED(in, "maps of different shapes");
	struct yf_node node = elementwise(in, whole);
	if (what == MUL)
		node.mul = other->node;
	else
		node.add = other->node;
	return give(in, &node, whole);
}

static yf_err import_arithmetic(struct importer *in, arithmetic what)
{
	struct value a, b;

	YF_TRY(get_value(in, 0, &a));
	YF_TRY(get_value(in, 1, &b));
	if (a.constant && b.constant)
		return fold_constants(in, what, a.constant, b.constant);
	if (b.constant)
		return with_constant(in, what, &a, b.constant, false);
	if (a.constant)
		return with_constant(in, what, &b, a.constant, true);
	return with_map(in, what, a, b);
}

static yf_err import_add(struct importer *in)
{
	return import_arithmetic(in, ADD);
}

static yf_err import_sub(struct importer *in)
{
	return import_arithmetic(in, SUB);
}

static yf_err import_mul(struct importer *in)
{
	return import_arithmetic(in, MUL);
}

static yf_err import_div(struct importer *in)
{
	return import_arithmetic(in, DIV);
}

/* --- shapes --- */
static size_t numbers_of(const struct yf_node *node)
{
	return (size_t)node->c * node->h * node->w;
}

/* A constant with the same numbers and another shape. */
static yf_err reshape_constant(struct importer *in,
			       const struct yf_onnx_tensor *from,
			       const int64_t *dims, size_t rank)
{
	struct yf_onnx_tensor *made =
		YF_NEW(in->graph->arena, struct yf_onnx_tensor, 1);
	size_t product = 1, open = rank;

	if (!made)
		return YF_FAIL(MEMORY);
	if (rank > YF_ONNX_RANK_MAX)
		return UNSUPPORTED(in, "a shape of too many sides");
	*made = *from;
	made->rank = (uint32_t)rank;
	memset(made->dims, 0, sizeof(made->dims));
	for (size_t i = 0; i < rank; i++) {
		const int64_t side = dims[i] == 0 && i < from->rank
					     ? from->dims[i]
					     : dims[i];
		made->dims[i] = side;
		if (side == -1 && open == rank)
			open = i;
		else if (side < 1 || side > INT32_MAX ||
			 __builtin_mul_overflow(product, (size_t)side,
						&product))
			return fail(in, YF_FAIL(RANGE), "a shape");
	}
	if (open < rank && from->count % product == 0) {
		made->dims[open] = (int64_t)(from->count / product);
		product = from->count;
	}
	if (product != from->count)
		return fail(in, YF_FAIL(RANGE), "a shape of another size");
	return give_same(in, (struct value){ .constant = made });
}

/* Shapes that mean the same map: [1, all], or what it is already. */
static yf_err reshape_map(struct importer *in, struct value map,
			  const int64_t *dims, size_t rank)
{
	const struct yf_node *node = node_of(in, &map);
	const int64_t all = (int64_t)numbers_of(node);
	const int64_t now[4] = { 1, map.rank == 2 ? all : (int64_t)node->c,
				 (int64_t)node->h, (int64_t)node->w };
	int64_t want[4] = { 1, 1, 1, 1 }, product = 1;
	size_t open = 4;

	if (rank != 2 && rank != 4)
		return UNSUPPORTED(in, "a shape of other than 2 or 4 sides");
	for (size_t i = 0; i < rank; i++) {
		want[i] = dims[i] == 0 && i < map.rank ? now[i] : dims[i];
		if (want[i] == -1 && open == 4)
			open = i;
		else if (want[i] < 1 || want[i] > all)
			return UNSUPPORTED(in, "this shape");
		else
			product *= want[i];
	}
	if (open < 4)
		want[open] = product <= all ? all / product : 0;
	const bool flat = want[0] == 1 && want[1] == all;
	if (rank == 2 && flat) {
		map.rank = 2;
		return give_same(in, map);
	}
	/* a vector as a map of one pixel, or nothing changes */
	const bool point =
		flat && want[2] == 1 && want[3] == 1 && is_point(node);
	const bool same = map.rank == 4 && !map.channels_last &&
			  memcmp(want, now, sizeof(now)) == 0;
	if (rank != 4 || (!point && !same))
		return UNSUPPORTED(in, "a shape that moves numbers");
	map.rank = 4;
	map.channels_last = map.channels_last && same;
	return give_same(in, map);
}

static yf_err import_reshape(struct importer *in)
{
	const struct yf_onnx_attribute *old =
		yf_onnx_attribute_find(in->node, "shape");
	const struct yf_onnx_tensor *shape = NULL;
	struct value from;

	YF_TRY(get_value(in, 0, &from));
	if (integer(in, "allowzero", 0))
		return UNSUPPORTED(in, "allowzero");
	if (!old)
		YF_TRY(get_ints(in, 1, &shape));
	const int64_t *dims = old ? old->ints : shape->ints;
	const size_t rank = old ? old->int_count : shape->count;
	return from.constant ? reshape_constant(in, from.constant, dims, rank)
			     : reshape_map(in, from, dims, rank);
}

static yf_err import_flatten(struct importer *in)
{
	static const int64_t flat[2] = { 1, -1 };
	struct value from;

	YF_TRY(get_map(in, 0, &from));
	if (integer(in, "axis", 1) != 1)
		return UNSUPPORTED(in, "an axis other than 1");
	return reshape_map(in, from, flat, 2);
}

static yf_err transpose_matrix(struct importer *in,
			       const struct yf_onnx_tensor *from)
{
	struct yf_onnx_tensor *made =
		YF_NEW(in->graph->arena, struct yf_onnx_tensor, 1);
	float *floats;

	if (!made)
		return YF_FAIL(MEMORY);
	if (from->rank != 2 || !from->floats)
		return UNSUPPORTED(in, "a constant that is no matrix");
	YF_TRY(yf_graph_floats(in->graph, from->count, &floats));
	const size_t rows = (size_t)from->dims[0];
	const size_t columns = (size_t)from->dims[1];
	for (size_t i = 0; i < from->count; i++)
		floats[i % columns * rows + i / columns] = from->floats[i];
	*made = *from;
	made->floats = floats;
	made->dims[0] = from->dims[1];
	made->dims[1] = from->dims[0];
	return give_same(in, (struct value){ .constant = made });
}

static yf_err import_transpose(struct importer *in)
{
	static const int64_t last[4] = { 0, 2, 3, 1 },
			     second[4] = { 0, 3, 1, 2 };
	const struct yf_onnx_attribute *order =
		yf_onnx_attribute_find(in->node, "perm");
	struct value from;

	YF_TRY(get_value(in, 0, &from));
	if (from.constant) {
		if (order && (order->int_count != 2 || order->ints[0] != 1 ||
			      order->ints[1] != 0))
			return UNSUPPORTED(in, "this order of a constant");
		return transpose_matrix(in, from.constant);
	}
	if (from.rank != 4 || !order || order->int_count != 4)
		return UNSUPPORTED(in, "this order");
	const int64_t *wanted = from.channels_last ? second : last;
	if (memcmp(order->ints, wanted, sizeof(last)) != 0)
		return UNSUPPORTED(in, "this order");
	from.channels_last = !from.channels_last;
	return give_same(in, from);
}

/* Channels behind each other: each part is placed into what the ones before
 * it made. */
static yf_err import_concat(struct importer *in)
{
	const int64_t axis = integer(in, "axis", 1);
	struct value first, made;
	uint32_t channels = 0;

	YF_TRY(get_map(in, 0, &first));
	const int64_t right = first.rank == 2 || !first.channels_last ? 1 : 3;
	if (axis != right && axis != right - (int64_t)first.rank)
		return UNSUPPORTED(in, "an axis that is not the channel");
	const struct yf_node *like = node_of(in, &first);
	for (size_t i = 0; i < in->node->input_count; i++) {
		struct value part;
		YF_TRY(get_map(in, i, &part));
		const struct yf_node *node = node_of(in, &part);
		if (part.rank != first.rank ||
		    part.channels_last != first.channels_last ||
		    node->h != like->h || node->w != like->w ||
		    (first.rank == 2 && !is_point(node)))
			return UNSUPPORTED(in, "parts of different shapes");
		channels += node->c;
		if (channels > YF_GRAPH_CHANNELS_MAX)
			return fail(in, YF_FAIL(TOO_LARGE), "channels");
	}
	made = first;
	for (size_t i = 0, at = 0; i < in->node->input_count; i++) {
		struct value part;
		YF_TRY(get_map(in, i, &part));
		const struct yf_node *node = node_of(in, &part);
		struct yf_node place =
			yf_node_of(YF_NODE_PLACE, in->node->name, part.node);
		place.c = channels;
		place.h = node->h;
		place.w = node->w;
		place.channel = (uint32_t)at;
		place.add = i ? made.node : YF_NODE_NONE;
		at += node->c;
		YF_TRY(yf_graph_add(in->graph, &place, &made.node));
	}
	return give_same(in, made);
}

/* --- vectors --- */
/* The largest window that a convolution may have. */
enum { TAPS_MAX = 7 };

/*
 * out = W x of a flattened map, as a convolution over the whole map where it
 * is small, else of one long pixel.  `matrix` is [out][all] when `rows`, else
 * [all][out], in the order in which ONNX flattened.
 */
static yf_err full(struct importer *in, const struct value *from,
		   const struct yf_onnx_tensor *matrix, bool rows, float alpha,
		   struct yf_node *out)
{
	const struct yf_node map = *node_of(in, from);
	const size_t all = numbers_of(&map), pixels = (size_t)map.h * map.w;
	/* a flattened map has the channels that fill its panels, too */
	const size_t deep =
		((size_t)map.c + YF_PANEL - 1) / YF_PANEL * YF_PANEL;
	const size_t wide = (size_t)matrix->dims[rows ? 0 : 1];
	const bool small = map.h == map.w && map.h <= TAPS_MAX;
	uint32_t at = from->node;
	float *w;

	if (matrix->rank != 2 || matrix->dims[rows ? 1 : 0] != (int64_t)all ||
	    !wide || wide > YF_GRAPH_CHANNELS_MAX)
		return fail(in, YF_FAIL(RANGE), "a matrix of another size");
	if (!small) {
		struct yf_node line =
			yf_node_of(YF_NODE_FLATTEN, in->node->name, from->node);
		if (pixels * deep > YF_GRAPH_CHANNELS_MAX)
			return fail(in, YF_FAIL(TOO_LARGE),
				    "a map too large to be flattened");
		line.c = (uint32_t)(pixels * deep);
		line.h = line.w = 1;
		YF_TRY(yf_graph_add(in->graph, &line, &at));
	}
	const size_t length = small ? all : pixels * deep;
	YF_TRY(yf_graph_floats(in->graph, wide * length, &w));
	*out = yf_node_of(YF_NODE_CONV, in->node->name, at);
	out->c = (uint32_t)wide;
	out->h = out->w = 1;
	out->taps_h = out->taps_w = small ? map.h : 1;
	out->weights = w;
	for (size_t i = 0; i < wide * length; i++) {
		const size_t o = i / length, k = i % length;
		/* where ONNX has channel c of pixel p */
		const size_t c = small ? k / pixels : k % deep;
		const size_t p = small ? k % pixels : k / deep;
		if (c >= map.c)
			continue;
		const size_t from_k =
			from->channels_last ? p * map.c + c : c * pixels + p;
		w[i] = alpha * matrix->floats[rows ? o * all + from_k
						   : from_k * wide + o];
	}
	return YF_OK;
}

static yf_err give_vector(struct importer *in, const struct yf_node *node)
{
	return give(in, node, &(struct value){ .rank = 2 });
}

static yf_err import_gemm(struct importer *in)
{
	const struct yf_onnx_tensor *matrix;
	struct yf_node node;
	struct value from;

	YF_TRY(get_map(in, 0, &from));
	YF_TRY(get_floats(in, 1, &matrix));
	if (from.rank != 2 || integer(in, "transA", 0))
		return UNSUPPORTED(in, "an input that is not [1, numbers]");
	YF_TRY(full(in, &from, matrix, integer(in, "transB", 0) != 0,
		    real(in, "alpha", 1), &node));
	const float beta = real(in, "beta", 1);
	if (has_input(in, 2)) {
		const struct yf_onnx_tensor *bias;
		YF_TRY(get_floats(in, 2, &bias));
		if (bias->count != node.c && bias->count != 1)
			return fail(in, YF_FAIL(RANGE), "a bias");
		YF_TRY(yf_graph_floats(in->graph, node.c, &node.bias));
		for (uint32_t o = 0; o < node.c; o++)
			node.bias[o] =
				beta * bias->floats[bias->count == 1 ? 0 : o];
	}
	return give_vector(in, &node);
}

static yf_err import_matmul(struct importer *in)
{
	const struct yf_onnx_tensor *matrix;
	struct yf_node node;
	struct value from;

	YF_TRY(get_map(in, 0, &from));
	YF_TRY(get_floats(in, 1, &matrix));
	if (from.rank != 2)
		return UNSUPPORTED(in, "an input that is not [1, numbers]");
	YF_TRY(full(in, &from, matrix, false, 1, &node));
	return give_vector(in, &node);
}

static yf_err import_nothing(struct importer *in)
{
	struct value from;

	YF_TRY(get_value(in, 0, &from));
	if (in->node->output_count > 1 && in->node->outputs[1].len &&
	    has_input(in, 2)) {
		const struct value *training =
			find_value(in, in->node->inputs[2]);
		if (training && !training->constant)
			return UNSUPPORTED(in, "training mode");
	}
	return give_same(in, from);
}

static yf_err import_constant(struct importer *in)
{
	const struct yf_onnx_node *node = in->node;
	struct yf_onnx_tensor *made =
		YF_NEW(in->graph->arena, struct yf_onnx_tensor, 1);
	const struct yf_onnx_attribute *a =
		node->attribute_count ? &node->attributes[0] : NULL;
	float *one;
	int64_t *whole = YF_NEW(in->graph->arena, int64_t, 1);

	if (!made || !whole)
		return YF_FAIL(MEMORY);
	if (!a || node->attribute_count != 1)
		return UNSUPPORTED(in, "a constant of another form");
	made->count = 1;
	if (a->tensor) {
		*made = *a->tensor;
	} else if (yf_str_is(a->name, "value_float") && a->has_real) {
		YF_TRY(yf_graph_floats(in->graph, 1, &one));
		*one = a->real;
		made->floats = one;
	} else if (yf_str_is(a->name, "value_int") && a->has_integer) {
		*whole = a->integer;
		made->ints = whole;
	} else if (a->float_count || a->int_count) {
		made->rank = 1;
		made->count = a->float_count ? a->float_count : a->int_count;
		made->dims[0] = (int64_t)made->count;
		made->floats = a->floats;
		made->ints = a->float_count ? NULL : a->ints;
	} else {
		return UNSUPPORTED(in, "a constant of another form");
	}
	return give_same(in, (struct value){ .constant = made });
}

static const struct {
	const char *op;
	yf_err (*import)(struct importer *in);
} operators[] = {
	{ "Add", import_add },
	{ "AveragePool", import_pool_avg },
	{ "BatchNormalization", import_norm },
	{ "Clip", import_clip },
	{ "Concat", import_concat },
	{ "Constant", import_constant },
	{ "Conv", import_conv },
	{ "Div", import_div },
	{ "Dropout", import_nothing },
	{ "Flatten", import_flatten },
	{ "Gemm", import_gemm },
	{ "GlobalAveragePool", import_pool_whole },
	{ "Identity", import_nothing },
	{ "LeakyRelu", import_leaky },
	{ "MatMul", import_matmul },
	{ "MaxPool", import_pool_max },
	{ "Mul", import_mul },
	{ "PRelu", import_prelu },
	{ "Pad", import_pad },
	{ "Relu", import_relu },
	{ "Reshape", import_reshape },
	{ "Sub", import_sub },
	{ "Transpose", import_transpose },
};

static yf_err import_node(struct importer *in, const struct yf_onnx_node *node)
{
	in->node = node;
	if (!node->output_count || !node->outputs[0].len)
		return fail(in, YF_FAIL(MISSING), "no output");
	if (node->domain.len && !yf_str_is(node->domain, "ai.onnx"))
		return UNSUPPORTED(in, "an operator of another domain");
	for (size_t i = 0; i < YF_COUNT(operators); i++)
		if (yf_str_is(node->op, operators[i].op))
			return operators[i].import(in);
	return UNSUPPORTED(in, "an operator that is not supported");
}

/* The one input that is no initializer (old models list those, too). */
static yf_err import_input(struct importer *in)
{
	const struct yf_onnx_value *found = NULL;
	struct value value = { .rank = 4 };

	for (size_t i = 0; i < in->model->input_count; i++) {
		const struct yf_onnx_value *one = &in->model->inputs[i];
		if (find_value(in, one->name))
			continue;
		if (found)
			return yf_graph_fail(in->graph, YF_FAIL(UNSUPPORTED),
					     "a second input", one->name);
		found = one;
	}
	if (!found)
		return yf_graph_fail(in->graph, YF_FAIL(MISSING), "no input",
				     (yf_str){ "", 0 });
	value.channels_last = found->rank == 4 && found->dims[3] == 3;
	const int64_t *sides = &found->dims[value.channels_last ? 1 : 2];
	if (found->rank != 4 || found->dims[value.channels_last ? 3 : 1] != 3 ||
	    sides[0] < 1 || sides[0] > YF_GRAPH_SIDE_MAX || sides[1] < 1 ||
	    sides[1] > YF_GRAPH_SIDE_MAX)
		return yf_graph_fail(in->graph, YF_FAIL(UNSUPPORTED),
				     "an input that is not [1, 3, height, "
				     "width] of fixed size",
				     found->name);
	struct yf_node node =
		yf_node_of(YF_NODE_INPUT, found->name, YF_NODE_NONE);
	node.c = 3;
	node.h = (uint32_t)sides[0];
	node.w = (uint32_t)sides[1];
	YF_TRY(yf_graph_add(in->graph, &node, &value.node));
	value.name = found->name;
	in->values[in->count++] = value;
	return YF_OK;
}

static yf_err import_output(struct importer *in)
{
	const yf_str none = { "", 0 };

	if (in->model->output_count != 1)
		return yf_graph_fail(in->graph, YF_FAIL(UNSUPPORTED),
				     "not exactly one output", none);
	const struct value *found = find_value(in, in->model->outputs[0].name);
	if (!found || found->constant)
		return yf_graph_fail(in->graph, YF_FAIL(MISSING),
				     "nothing makes the output",
				     in->model->outputs[0].name);
	const struct yf_node *node = node_of(in, found);
	if (!is_point(node))
		return yf_graph_fail(in->graph, YF_FAIL(UNSUPPORTED),
				     "an output that is no vector",
				     in->model->outputs[0].name);
	in->graph->output = found->node;
	return YF_OK;
}

yf_err yf_graph_from_onnx(struct yf_arena *arena, const struct yf_onnx *model,
			  struct yf_graph *out, yf_str *problem)
{
	struct yf_graph graph;
	struct importer in = { .graph = &graph, .model = model };
	size_t links = 0;

	*problem = (yf_str){ "", 0 };
	/* a concatenation makes a node for each part; a difference two */
	for (size_t i = 0; i < model->node_count; i++)
		links += model->nodes[i].input_count + 1;
	if (links > YF_GRAPH_NODES_MAX - 1)
		links = YF_GRAPH_NODES_MAX - 1;
	YF_TRY(yf_graph_new(arena, (uint32_t)links + 1, problem, &graph));
	in.room = model->tensor_count + model->node_count + 1;
	in.values = YF_NEW(arena, struct value, in.room);
	if (!in.values)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < model->tensor_count; i++)
		in.values[in.count++] =
			(struct value){ .name = model->tensors[i].name,
					.constant = &model->tensors[i] };
	YF_TRY(import_input(&in));
	for (size_t i = 0; i < model->node_count; i++)
		YF_TRY(import_node(&in, &model->nodes[i]));
	YF_TRY(import_output(&in));
	*out = graph;
	return YF_OK;
}
