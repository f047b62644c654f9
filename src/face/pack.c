#include "face/pack.h"

#include "base/file.h"
#include "codec/json.h"
#include "face/graph_onnx.h"
#include "face/manifest.h"
#include "face/match.h"
#include "face/nets.h"
#include "face/plan_make.h"

enum {
	BIN_LEN_MAX = 32 * 1024 * 1024,
	LICENCE_LEN_MAX = 64 * 1024,
	DESCRIBE_PICTURES = 8,
};

/* One network of the package. */
struct source {
	struct yf_arena *arena;
	struct yf_manifest manifest;
	yf_str *problem;
};

struct tensor {
	const float *at;
	size_t len;
};

static yf_err load(struct yf_arena *arena, const char *folder, const char *name,
		   size_t len_max, yf_bytes *out)
{
	yf_str path;

	YF_TRY(yf_str_format(arena, &path, "%s/%s", folder, name));
	return yf_file_load(arena, path.ptr, len_max, out);
}

static yf_err source_open(struct yf_arena *arena, const char *folder,
			  const char *net, struct source *out)
{
	yf_bytes text, bin;
	yf_str name;

	out->arena = arena;
	YF_TRY(yf_str_format(arena, &name, "model/%s_model.bin", net));
	YF_TRY(load(arena, folder, name.ptr, BIN_LEN_MAX, &bin));
	YF_TRY(yf_str_format(arena, &name,
			     "model/%s_model-weights_manifest.json", net));
	YF_TRY(load(arena, folder, name.ptr, YF_JSON_LEN_MAX, &text));
	const yf_err err = yf_manifest_parse(arena, yf_str_from(text), bin,
					     &out->manifest);
	if (yf_failed(err))
		YF_TRY(yf_str_format(arena, out->problem, "%s/%.*s: %s", folder,
				     YF_ARG(name), yf_err_text(err)));
	return err;
}

static yf_err tensor_find(const struct source *source, yf_str prefix,
			  const char *suffix, size_t want, struct tensor *out)
{
	yf_str name;

	YF_TRY(yf_str_format(source->arena, &name, "%.*s%s", YF_ARG(prefix),
			     suffix));
	out->len = want;
	const yf_err err = yf_manifest_read(source->arena, &source->manifest,
					    name, want, &out->at);
	if (yf_failed(err))
		YF_TRY(yf_str_format(source->arena, source->problem,
				     "tensor %.*s: %s", YF_ARG(name),
				     yf_err_text(err)));
	return err;
}

/* --- the networks of face-api, as graphs --- */
struct builder {
	struct yf_graph graph;
	const struct source *source;
	uint32_t at; /* the last node */
};

static yf_err start(struct builder *builder, const struct source *source,
		    const float mean[static 3], uint32_t side)
{
	struct yf_node input =
		yf_node_of(YF_NODE_INPUT, YF_STR("input"), YF_NODE_NONE);

	YF_TRY(yf_graph_new(source->arena, 256, source->problem,
			    &builder->graph));
	builder->source = source;
	for (int c = 0; c < 3; c++) {
		builder->graph.mean[c] = mean[c];
		builder->graph.scale[c] = 1.0f / 255;
	}
	input.c = 3;
	input.h = input.w = side;
	return yf_graph_add(&builder->graph, &input, &builder->at);
}

static yf_err add(struct builder *builder, const struct yf_node *node)
{
	return yf_graph_add(&builder->graph, node, &builder->at);
}

/* How far a window reaches and where it begins. */
struct reach {
	uint32_t taps, stride;
	int32_t before; /* zeros before the first pixel */
	uint32_t after; /* and behind the last */
};

static void put_reach(const struct builder *builder, struct reach reach,
		      struct yf_node *node)
{
	const struct yf_node *in = &builder->graph.nodes[node->in];
	const uint32_t more = (uint32_t)reach.before + reach.after - reach.taps;

	node->taps_h = node->taps_w = reach.taps;
	node->stride = reach.stride;
	node->top = node->left = reach.before;
	node->h = (in->h + more) / reach.stride + 1;
	node->w = (in->w + more) / reach.stride + 1;
}

/* The package has [row][column][in][out], graphs have the reverse. */
static yf_err put_filters(struct builder *builder, yf_str name,
			  const char *suffix, struct yf_node *node)
{
	const bool spread = node->kind == YF_NODE_DEPTHWISE;
	const size_t in_c = spread ? 1 : builder->graph.nodes[node->in].c;
	const size_t window = (size_t)node->taps_h * node->taps_w;
	const size_t depth = window * in_c;
	struct tensor filters;

	YF_TRY(tensor_find(builder->source, name, suffix, depth * node->c,
			   &filters));
	YF_TRY(yf_graph_floats(&builder->graph, filters.len, &node->weights));
	for (size_t i = 0; i < filters.len; i++) {
		const size_t o = i % node->c, c = i / node->c % in_c;
		const size_t k = i / node->c / in_c;
		node->weights[o * depth + c * window + k] = filters.at[i];
	}
	return YF_OK;
}

static yf_err put_numbers(struct builder *builder, yf_str name,
			  const char *suffix, uint32_t count, float **out)
{
	struct tensor tensor;

	YF_TRY(tensor_find(builder->source, name, suffix, count, &tensor));
	YF_TRY(yf_graph_floats(&builder->graph, count, out));
	memcpy(*out, tensor.at, count * sizeof(float));
	return YF_OK;
}

/* A convolution whose tensors are NAME SUFFIX and NAME BIAS. */
static yf_err conv(struct builder *builder, yf_str name, const char *filters,
		   const char *bias, struct reach reach, uint32_t channels)
{
	struct yf_node node = yf_node_of(YF_NODE_CONV, name, builder->at);

	node.c = channels;
	put_reach(builder, reach, &node);
	YF_TRY(put_filters(builder, name, filters, &node));
	if (bias)
		YF_TRY(put_numbers(builder, name, bias, channels, &node.bias));
	return add(builder, &node);
}

static yf_err act(struct builder *builder, yf_act kind, float low)
{
	struct yf_node node = yf_node_of(YF_NODE_ELEMENTWISE,
					 YF_STR("activation"), builder->at);

	node.act = kind;
	node.low = low;
	return add(builder, &node);
}

static yf_err plus(struct builder *builder, uint32_t other)
{
	struct yf_node node =
		yf_node_of(YF_NODE_ELEMENTWISE, YF_STR("sum"), builder->at);

	node.add = other;
	return add(builder, &node);
}

static yf_err pool(struct builder *builder, yf_node_kind kind,
		   struct reach reach)
{
	struct yf_node node = yf_node_of(kind, YF_STR("pool"), builder->at);

	node.c = builder->graph.nodes[builder->at].c;
	put_reach(builder, reach, &node);
	/* zeros behind are no part of a maximum, nor of a mean */
	node.count_inside = true;
	return add(builder, &node);
}

static yf_err mean_of_all(struct builder *builder)
{
	const struct yf_node *in = &builder->graph.nodes[builder->at];

	return pool(builder, YF_NODE_POOL_AVG,
		    (struct reach){ in->h, 1, 0, 0 });
}

/* Depthwise 3 x 3, then 1 x 1.  "same" for an even side and stride 2 pads at
 * the far edge only. */
static yf_err separable(struct builder *builder, yf_str name, uint32_t stride,
			uint32_t channels)
{
	struct yf_node node = yf_node_of(YF_NODE_DEPTHWISE, name, builder->at);

	node.c = builder->graph.nodes[builder->at].c;
	put_reach(builder, (struct reach){ 3, stride, stride == 1, 1 }, &node);
	YF_TRY(put_filters(builder, name, "/depthwise_filter", &node));
	YF_TRY(add(builder, &node));
	return conv(builder, name, "/pointwise_filter", "/bias",
		    (struct reach){ 1, 1, 0, 0 }, channels);
}

/* Each of four convolutions sees the ReLU of the sum of all before it. */
static yf_err dense_block(struct builder *builder, unsigned block,
			  uint32_t channels)
{
	const uint32_t stride = 2;
	yf_str name;

	YF_TRY(yf_str_format(builder->graph.arena, &name, "dense%u/conv0",
			     block));
	if (block == 0)
		YF_TRY(conv(builder, name, "/filters", "/bias",
			    (struct reach){ 3, stride, 0, 1 }, channels));
	else
		YF_TRY(separable(builder, name, stride, channels));
	YF_TRY(act(builder, YF_ACT_RELU, 0));
	uint32_t sum = builder->at;
	for (unsigned i = 1; i < 4; i++) {
		YF_TRY(yf_str_format(builder->graph.arena, &name,
				     "dense%u/conv%u", block, i));
		builder->at = sum;
		if (i > 1)
			YF_TRY(act(builder, YF_ACT_RELU, 0));
		YF_TRY(separable(builder, name, 1, channels));
		YF_TRY(plus(builder, sum));
		sum = builder->at;
	}
	return act(builder, YF_ACT_RELU, 0);
}

static const float mean_detect[3] = { 117.001f, 114.697f, 97.404f };
static const float mean_face[3] = { 122.782f, 117.001f, 104.298f };

static yf_err build_detect(const struct source *source, uint32_t side,
			   struct yf_graph *out)
{
	struct builder builder;
	yf_str name;

	YF_TRY(start(&builder, source, mean_detect, side));
	YF_TRY(conv(&builder, YF_STR("conv0"), "/filters", "/bias",
		    (struct reach){ 3, 1, 0, 0 }, 16));
	for (unsigned i = 0; i < 6; i++) {
		if (i) {
			YF_TRY(yf_str_format(source->arena, &name, "conv%u",
					     i));
			YF_TRY(separable(&builder, name, 1, 16u << i));
		}
		YF_TRY(act(&builder, YF_ACT_LEAKY, 0.1f));
		/* the last one keeps the size */
		const uint32_t stride = i < 5 ? 2 : 1;
		const uint32_t odd =
			builder.graph.nodes[builder.at].h % 2 || stride == 1;
		YF_TRY(pool(&builder, YF_NODE_POOL_MAX,
			    (struct reach){ 2, stride, 0, odd }));
	}
	YF_TRY(conv(&builder, YF_STR("conv8"), "/filters", "/bias",
		    (struct reach){ 1, 1, 0, 0 },
		    YF_DETECT_ANCHORS * YF_DETECT_VALUES));
	builder.graph.output = builder.at;
	*out = builder.graph;
	return yf_graph_simplify(out);
}

static yf_err build_points(const struct source *source, struct yf_graph *out)
{
	struct builder builder;

	YF_TRY(start(&builder, source, mean_face, YF_POINTS_SIDE));
	for (unsigned i = 0; i < 4; i++)
		YF_TRY(dense_block(&builder, i, 32u << i));
	YF_TRY(mean_of_all(&builder));
	YF_TRY(conv(&builder, YF_STR("fc"), "/weights", "/bias",
		    (struct reach){ 1, 1, 0, 0 }, 2 * YF_FACE_POINTS));
	builder.graph.output = builder.at;
	*out = builder.graph;
	return yf_graph_simplify(out);
}

/* A convolution and the scale behind it. */
static yf_err scaled(struct builder *builder, yf_str block, const char *which,
		     struct reach reach, uint32_t channels)
{
	struct yf_node scale;
	yf_str name;

	YF_TRY(yf_str_format(builder->graph.arena, &name, "%.*s%s",
			     YF_ARG(block), which));
	YF_TRY(conv(builder, name, "/conv/filters", "/conv/bias", reach,
		    channels));
	scale = yf_node_of(YF_NODE_ELEMENTWISE, name, builder->at);
	YF_TRY(put_numbers(builder, name, "/scale/weights", channels,
			   &scale.scale));
	YF_TRY(put_numbers(builder, name, "/scale/biases", channels,
			   &scale.shift));
	return add(builder, &scale);
}

/* Zeros behind, so that a map is as large as `like`. */
static yf_err grow(struct builder *builder, uint32_t like, uint32_t channels)
{
	const struct yf_node *now = &builder->graph.nodes[builder->at];
	const struct yf_node *goal = &builder->graph.nodes[like];
	struct yf_node node =
		yf_node_of(YF_NODE_PLACE, YF_STR("zeros"), builder->at);

	node.c = channels;
	node.h = goal->h;
	node.w = goal->w;
	return now->c == node.c && now->h == node.h && now->w == node.w
		       ? YF_OK
		       : add(builder, &node);
}

/* Two convolutions and what came in.  A block that halves adds the mean of
 * 2 x 2, with channels of zeros; its convolutions may give a row less. */
static yf_err residual(struct builder *builder, yf_str name, bool halves,
		       uint32_t channels)
{
	static const struct reach same = { 3, 1, 1, 1 }, half = { 3, 2, 0, 0 };
	uint32_t from = builder->at, mean;

	YF_TRY(scaled(builder, name, "/conv1", halves ? half : same, channels));
	YF_TRY(act(builder, YF_ACT_RELU, 0));
	const uint32_t mid = builder->at;
	if (halves) {
		builder->at = from;
		YF_TRY(pool(builder, YF_NODE_POOL_AVG,
			    (struct reach){ 2, 2, 0, 0 }));
		mean = builder->at;
		YF_TRY(grow(builder, mean, channels));
		from = builder->at;
		builder->at = mid;
	}
	YF_TRY(scaled(builder, name, "/conv2", same, channels));
	YF_TRY(grow(builder, from, channels));
	YF_TRY(plus(builder, from));
	return act(builder, YF_ACT_RELU, 0);
}

static yf_err build_describe(const struct source *source, struct yf_graph *out)
{
	static const struct {
		const char *name;
		uint32_t channels;
		bool halves;
	} blocks[] = {
		{ "conv32_1", 32, false },
		{ "conv32_2", 32, false },
		{ "conv32_3", 32, false },
		{ "conv64_down", 64, true },
		{ "conv64_1", 64, false },
		{ "conv64_2", 64, false },
		{ "conv64_3", 64, false },
		{ "conv128_down", 128, true },
		{ "conv128_1", 128, false },
		{ "conv128_2", 128, false },
		{ "conv256_down", 256, true },
		{ "conv256_1", 256, false },
		{ "conv256_2", 256, false },
		{ "conv256_down_out", 256, true },
	};
	struct builder builder;

	YF_TRY(start(&builder, source, mean_face, YF_CHIP_SIDE));
	YF_TRY(scaled(&builder, YF_STR("conv32_down"), "",
		      (struct reach){ 7, 2, 0, 0 }, 32));
	YF_TRY(act(&builder, YF_ACT_RELU, 0));
	YF_TRY(pool(&builder, YF_NODE_POOL_MAX, (struct reach){ 3, 2, 0, 0 }));
	for (size_t i = 0; i < YF_COUNT(blocks); i++)
		YF_TRY(residual(&builder, yf_str_of(blocks[i].name),
				blocks[i].halves, blocks[i].channels));
	YF_TRY(mean_of_all(&builder));
	YF_TRY(conv(&builder, YF_STR("fc"), "", NULL,
		    (struct reach){ 1, 1, 0, 0 }, 128));
	builder.graph.output = builder.at;
	*out = builder.graph;
	return yf_graph_simplify(out);
}

/* What doc/face.md says of these weights, in the plan itself. */
static const struct yf_plan about_face_api = {
	.id = { "org.yufu.ref/2", 14 },
	.name = { "face-api", 8 },
	.alignment = { .kind = YF_ALIGN_DLIB },
	.mirror = true,
	.output = 128,
	.session_distance = YF_MATCH_FMR_1E2,
	.calibration = { { YF_MATCH_FMR_1E5, -5 },
			 { YF_MATCH_FMR_1E4, -4 },
			 { YF_MATCH_FMR_1E3, -3 },
			 { YF_MATCH_FMR_1E2, -2 } },
	.calibration_count = 4,
};

static const char face_api_provenance[] =
	"The networks of the npm package @vladmandic/face-api. The describer "
	"descends from the one of dlib, whose training pictures were collected "
	"on the internet without asking the people in them.";
static const char face_api_measured[] =
	"9.16 million pairs of different people in the press photographs of "
	"LFW. Groups differ: at 0.338 (1e-4 overall) 3.8e-2 among people with "
	"East Asian name tokens, 9e-5 among men with western first names.";

yf_err yf_face_pack(struct yf_arena *arena, const char *folder, yf_bytes *out,
		    yf_str *problem)
{
	static const uint32_t sides[YF_DETECT_SIDES] = YF_DETECT_SIDES_LIST;
	struct yf_graph graphs[YF_DETECT_SIDES + 2];
	struct yf_plan_part parts[YF_DETECT_SIDES + 2];
	struct source detect = { .problem = problem }, points = detect,
		      describe = detect;
	struct yf_plan about = about_face_api;
	yf_bytes licence;

	*problem = (yf_str){ "", 0 };
	about.provenance = yf_str_of(face_api_provenance);
	about.calibration_where = yf_str_of(face_api_measured);
	YF_TRY(load(arena, folder, "LICENSE", LICENCE_LEN_MAX, &licence));
	about.licence = yf_str_from(licence);
	YF_TRY(source_open(arena, folder, "tiny_face_detector", &detect));
	YF_TRY(source_open(arena, folder, "face_landmark_68", &points));
	YF_TRY(source_open(arena, folder, "face_recognition", &describe));
	for (size_t i = 0; i < YF_DETECT_SIDES; i++) {
		YF_TRY(build_detect(&detect, sides[i], &graphs[i]));
		parts[i] = (struct yf_plan_part){ YF_PROGRAM_DETECT, &graphs[i],
						  1, false };
	}
	YF_TRY(build_points(&points, &graphs[YF_DETECT_SIDES]));
	parts[YF_DETECT_SIDES] =
		(struct yf_plan_part){ YF_PROGRAM_POINTS,
				       &graphs[YF_DETECT_SIDES], 1, false };
	YF_TRY(build_describe(&describe, &graphs[YF_DETECT_SIDES + 1]));
	parts[YF_DETECT_SIDES + 1] =
		(struct yf_plan_part){ YF_PROGRAM_DESCRIBE,
				       &graphs[YF_DETECT_SIDES + 1],
				       DESCRIBE_PICTURES, false };
	return yf_plan_make(arena, &about, parts, YF_COUNT(parts), out);
}

/* --- ONNX --- */
static yf_err say(struct yf_arena *arena, yf_err err, const char *what,
		  yf_str *problem)
{
	const yf_err made = yf_str_format(arena, problem, "%s", what);

	return yf_failed(made) ? made : err;
}

static yf_err check_shape(struct yf_arena *arena, const struct yf_graph *graph,
			  const struct yf_sidecar *sidecar, yf_str *problem)
{
	const struct yf_node *in = &graph->nodes[0];
	const struct yf_node *out = &graph->nodes[graph->output];

	if (in->h != in->w || in->h < 16 || in->h > 512)
		return say(arena, YF_FAIL(UNSUPPORTED),
			   "the input is not a square of 16 to 512 pixels",
			   problem);
	if (out->c < 2 || out->c > YF_PLAN_OUTPUT_MAX)
		return say(arena, YF_FAIL(UNSUPPORTED),
			   "the output is not of 2 to 512 numbers", problem);
	if (sidecar->length && sidecar->length != out->c)
		return say(arena, YF_FAIL(RANGE),
			   "the output is not as long as the sidecar says",
			   problem);
	return YF_OK;
}

yf_err yf_face_pack_onnx(struct yf_arena *arena, yf_bytes model,
			 const struct yf_sidecar *sidecar, yf_bytes *out,
			 yf_str *problem)
{
	struct yf_plan about = {
		.id = sidecar->id,
		.name = sidecar->name,
		.licence = sidecar->licence_text.len ? sidecar->licence_text
						     : sidecar->licence,
		.provenance = sidecar->provenance,
		.alignment = sidecar->alignment,
		.mirror = sidecar->mirror,
		.session_distance = sidecar->session_distance,
		.calibration_count = sidecar->calibration_count,
		.calibration_where = sidecar->calibration_where,
	};
	struct yf_onnx onnx;
	struct yf_graph graph;

	memcpy(about.calibration, sidecar->calibration,
	       sizeof(about.calibration));
	YF_TRY(yf_onnx_parse(arena, model, &onnx, problem));
	YF_TRY(yf_graph_from_onnx(arena, &onnx, &graph, problem));
	for (int c = 0; c < 3; c++) {
		graph.mean[c] = sidecar->mean[c];
		graph.scale[c] = 1 / sidecar->deviation[c];
	}
	YF_TRY(yf_graph_simplify(&graph));
	YF_TRY(check_shape(arena, &graph, sidecar, problem));
	about.output = graph.nodes[graph.output].c;
	return yf_plan_make(arena, &about,
			    &(struct yf_plan_part){ YF_PROGRAM_DESCRIBE, &graph,
						    DESCRIBE_PICTURES,
						    sidecar->blue_first },
			    1, out);
}
