#include "face/onnx.h"

#include "../support/expect.h"

#include "face/graph_onnx.h"

#include <math.h>
#include <string.h>

/* --- protocol buffers, written by hand --- */
struct proto {
	uint8_t at[1024];
	size_t len;
};

static void put_varint(struct proto *to, uint64_t value)
{
	for (; value > 127; value >>= 7)
		to->at[to->len++] = (uint8_t)(value | 128);
	to->at[to->len++] = (uint8_t)value;
}

static void put_number(struct proto *to, unsigned field, uint64_t value)
{
	put_varint(to, field << 3);
	put_varint(to, value);
}

static void put_bytes(struct proto *to, unsigned field, const void *bytes,
		      size_t len)
{
	put_varint(to, field << 3 | 2);
	put_varint(to, len);
	if (len)
		memcpy(to->at + to->len, bytes, len);
	to->len += len;
}

static void put_text(struct proto *to, unsigned field, const char *text)
{
	put_bytes(to, field, text, strlen(text));
}

static void put_message(struct proto *to, unsigned field,
			const struct proto *message)
{
	put_bytes(to, field, message->at, message->len);
}

/* ValueInfoProto of a tensor of that shape. */
static struct proto value_of(const char *name, const unsigned *sides,
			     size_t rank)
{
	struct proto out = { .len = 0 }, shape = out, tensor = out, type = out;

	for (size_t i = 0; i < rank; i++) {
		struct proto side = { .len = 0 };
		if (sides[i])
			put_number(&side, 1, sides[i]);
		else
			put_text(&side, 2, "N");
		put_message(&shape, 1, &side);
	}
	put_number(&tensor, 1, 1);
	put_message(&tensor, 2, &shape);
	put_message(&type, 1, &tensor);
	put_text(&out, 1, name);
	put_message(&out, 2, &type);
	return out;
}

enum { FLOAT = 1, UINT8 = 2, INT32 = 6, INT64 = 7, HALF = 10, DOUBLE = 11 };
enum { IN_FLOATS = 4, IN_INT32S = 5, IN_INT64S = 7, IN_RAW = 9 };

static struct proto tensor_of(const char *name, unsigned type, unsigned count,
			      unsigned field, const void *bytes, size_t len)
{
	struct proto out = { .len = 0 };

	put_number(&out, 1, count);
	put_number(&out, 2, type);
	put_text(&out, 8, name);
	put_bytes(&out, field, bytes, len);
	return out;
}

static struct proto node_of(const char *op, const char *in, const char *out)
{
	struct proto node = { .len = 0 };

	put_text(&node, 1, in);
	put_text(&node, 2, out);
	put_text(&node, 3, "here");
	put_text(&node, 4, op);
	return node;
}

static struct proto model_of(const struct proto *graph, uint64_t opset)
{
	struct proto model = { .len = 0 }, version = model;

	put_number(&version, 2, opset);
	put_message(&model, 7, graph);
	put_message(&model, 8, &version);
	return model;
}

/* Input x of 1 x 3 x 2 x 2 (the first open), output y. */
static void put_ends(struct proto *graph)
{
	const struct proto in = value_of("x", (unsigned[]){ 0, 3, 2, 2 }, 4);
	const struct proto out = value_of("y", (unsigned[]){ 1, 3 }, 2);

	put_message(graph, 11, &in);
	put_message(graph, 12, &out);
}

static struct proto averaging(void)
{
	struct proto graph = { .len = 0 };
	const struct proto node = node_of("GlobalAveragePool", "x", "y");

	put_message(&graph, 1, &node);
	put_ends(&graph);
	return model_of(&graph, 13);
}

static yf_err parse(struct yf_arena *arena, const struct proto *model,
		    struct yf_onnx *out, yf_str *problem)
{
	return yf_onnx_parse(arena, (yf_bytes){ model->at, model->len }, out,
			     problem);
}

static void whole(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1 << 20);
	const struct proto model = averaging();
	struct yf_onnx onnx;
	yf_str problem;

	(void)state;
	OK(parse(arena, &model, &onnx, &problem));
	assert_int_equal(onnx.opset, 13);
	assert_int_equal(onnx.node_count, 1);
	assert_true(yf_str_is(onnx.nodes[0].op, "GlobalAveragePool"));
	assert_true(yf_str_is(onnx.nodes[0].name, "here"));
	assert_int_equal(onnx.nodes[0].input_count, 1);
	assert_int_equal(onnx.input_count, 1);
	assert_int_equal(onnx.inputs[0].rank, 4);
	assert_int_equal(onnx.inputs[0].dims[0], 0);
	assert_int_equal(onnx.inputs[0].dims[1], 3);
	assert_int_equal(onnx.outputs[0].dims[1], 3);
	assert_null(yf_onnx_attribute_find(&onnx.nodes[0], "axis"));
}

/* --- tensors --- */
#define RAW(...) \
	(const uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ })

static const struct {
	const char *name;
	unsigned type, count, field;
	const uint8_t *bytes;
	size_t len;
	double first, last; /* of the numbers */
	yf_code code;
	const char *problem;
} tensors[] = {
	{ "float32", FLOAT, 2, IN_RAW, RAW(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0), 1,
	  -2, YF_CODE_OK, "" },
	{ "float32 as a list", FLOAT, 1, IN_FLOATS, RAW(0, 0, 0x80, 0x3f), 1, 1,
	  YF_CODE_OK, "" },
	{ "float16", HALF, 3, IN_RAW, RAW(0, 0x3c, 0, 0x7c, 1, 0x80), 1,
	  -0x1p-24, YF_CODE_OK, "" },
	{ "float16 as a list", HALF, 2, IN_INT32S,
	  RAW(0x80, 0x78, 0x80, 0x80, 0x03), 1, -2, YF_CODE_OK, "" },
	{ "double", DOUBLE, 1, IN_RAW, RAW(0, 0, 0, 0, 0, 0, 0xf8, 0x3f), 1.5,
	  1.5, YF_CODE_OK, "" },
	{ "int32", INT32, 1, IN_RAW, RAW(0xfe, 0xff, 0xff, 0xff), -2, -2,
	  YF_CODE_OK, "" },
	{ "int64 as a list", INT64, 2, IN_INT64S,
	  RAW(5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), 5,
	  -1, YF_CODE_OK, "" },
	{ "a byte too few", FLOAT, 1, IN_RAW, RAW(0, 0, 0x80), 0, 0,
	  YF_CODE_SYNTAX, "shape and numbers differ in \"w\"" },
	{ "a byte too many", FLOAT, 1, IN_RAW, RAW(0, 0, 0x80, 0x3f, 0), 0, 0,
	  YF_CODE_SYNTAX, "shape and numbers differ in \"w\"" },
	{ "a list too short", INT64, 3, IN_INT64S, RAW(1, 2), 0, 0,
	  YF_CODE_SYNTAX, "shape and numbers differ in \"w\"" },
	{ "a list too long", INT64, 1, IN_INT64S, RAW(1, 2), 0, 0,
	  YF_CODE_SYNTAX, "shape and numbers differ in \"w\"" },
	{ "more than the file", FLOAT, 1000000, IN_RAW, RAW(0, 0, 0, 0), 0, 0,
	  YF_CODE_SYNTAX, "more numbers than bytes in \"w\"" },
	{ "another type", UINT8, 1, IN_RAW, RAW(7), 0, 0, YF_CODE_UNSUPPORTED,
	  "numbers of a type that is not read in \"w\"" },
	{ "in another file", FLOAT, 1, 13, RAW(10, 0), 0, 0,
	  YF_CODE_UNSUPPORTED, "weights in another file: \"w\"" },
};

static double number(const struct yf_onnx_tensor *tensor, size_t i)
{
	return tensor->floats ? (double)tensor->floats[i]
			      : (double)tensor->ints[i];
}

static void every_tensor(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(tensors); i++) {
		YF_AUTO(arena) arena = yf_arena_new(1 << 20);
		struct proto graph = { .len = 0 };
		const struct proto tensor = tensor_of(
			"w", tensors[i].type, tensors[i].count,
			tensors[i].field, tensors[i].bytes, tensors[i].len);
		struct yf_onnx onnx;
		yf_str problem;

		put_message(&graph, 5, &tensor);
		put_ends(&graph);
		const struct proto model = model_of(&graph, 9);
		const yf_err err = parse(arena, &model, &onnx, &problem);
		print_message("  %s\n", tensors[i].name);
		assert_int_equal(err.code, tensors[i].code);
		assert_true(yf_str_is(problem, tensors[i].problem));
		if (yf_failed(err))
			continue;
		const struct yf_onnx_tensor *got = &onnx.tensors[0];
		assert_int_equal(got->count, tensors[i].count);
		assert_true(!got->floats != !got->ints);
		assert_true(number(got, 0) == tensors[i].first);
		assert_true(number(got, got->count - 1) == tensors[i].last);
	}
}

/* --- files that are none --- */
static void wrong_versions(void **state)
{
	static const struct {
		uint64_t opset;
		yf_code code;
	} cases[] = {
		{ 0, YF_CODE_UNSUPPORTED },  { 6, YF_CODE_UNSUPPORTED },
		{ 7, YF_CODE_OK },           { 21, YF_CODE_OK },
		{ 22, YF_CODE_UNSUPPORTED }, { ~0ull, YF_CODE_UNSUPPORTED }
	};

	(void)state;
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		YF_AUTO(arena) arena = yf_arena_new(1 << 20);
		struct proto graph = { .len = 0 };
		struct yf_onnx onnx;
		yf_str problem;

		put_ends(&graph);
		const struct proto model = model_of(&graph, cases[i].opset);
		assert_int_equal(parse(arena, &model, &onnx, &problem).code,
				 cases[i].code);
		assert_true(cases[i].code == YF_CODE_OK ||
			    yf_str_starts(problem, YF_STR("an opset outside")));
	}
}

static const struct {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	yf_code code;
} files[] = {
	{ "nothing", NULL, 0, YF_CODE_MISSING },
	{ "no graph", RAW(0x08, 8), YF_CODE_MISSING },
	{ "field 0", RAW(0x02, 0), YF_CODE_SYNTAX },
	{ "a group", RAW(0x0b), YF_CODE_SYNTAX },
	{ "a key without end", RAW(0x80), YF_CODE_SYNTAX },
	{ "longer than the file", RAW(0x3a, 9, 0), YF_CODE_SYNTAX },
	{ "a length of 2^63",
	  RAW(0x3a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1),
	  YF_CODE_SYNTAX },
	{ "a name that is not UTF-8",
	  RAW(0x3a, 5, 0x0a, 3, 0x22, 1, 0xff, 0x42, 2, 0x10, 9),
	  YF_CODE_SYNTAX },
};

static void wrong_bytes(void **state)
{

	(void)state;
	for (size_t i = 0; i < YF_COUNT(files); i++) {
		YF_AUTO(arena) arena = yf_arena_new(1 << 20);
		struct yf_onnx onnx;
		yf_str problem;
		const yf_bytes file = { files[i].bytes, files[i].len };

		print_message("  %s\n", files[i].name);
		assert_int_equal(
			yf_onnx_parse(arena, file, &onnx, &problem).code,
			files[i].code);
	}
}

/* The version is the last field: no beginning of a model is a model. */
static void cut_short(void **state)
{
	const struct proto model = averaging();

	(void)state;
	for (size_t len = 0; len < model.len; len++) {
		YF_AUTO(arena) arena = yf_arena_new(1 << 20);
		struct yf_onnx onnx;
		yf_str problem;

		assert_true(yf_failed(yf_onnx_parse(
			arena, (yf_bytes){ model.at, len }, &onnx, &problem)));
	}
}

static void memory_runs_out(void **state)
{
	const struct proto model = averaging();
	bool done = false;

	(void)state;
	for (size_t len = 0; len < 65536 && !done; len += 64) {
		YF_AUTO(arena) arena = yf_arena_new(len);
		struct yf_onnx onnx;
		struct yf_graph graph;
		yf_str problem;

		if (!arena)
			continue;
		yf_err err = parse(arena, &model, &onnx, &problem);
		if (!yf_failed(err))
			err = yf_graph_from_onnx(arena, &onnx, &graph,
						 &problem);
		done = !yf_failed(err);
		assert_true(done || err.code == YF_CODE_MEMORY);
	}
	assert_true(done);
}

/* --- what a graph is not made of --- */
static const struct {
	const char *name, *op, *in, *out, *attribute;
	uint64_t value;
	yf_code code;
	const char *problem;
} nodes[] = {
	{ "good", "GlobalAveragePool", "x", "y", NULL, 0, YF_CODE_OK, "" },
	{ "an operator that nobody knows", "Sigmoid", "x", "y", NULL, 0,
	  YF_CODE_UNSUPPORTED,
	  "an operator that is not supported, in \"Sigmoid here\"" },
	{ "an input from nowhere", "GlobalAveragePool", "z", "y", NULL, 0,
	  YF_CODE_MISSING,
	  "nothing makes an input, in \"GlobalAveragePool here\"" },
	{ "an input left out", "GlobalAveragePool", "", "y", NULL, 0,
	  YF_CODE_MISSING,
	  "an input is left out, in \"GlobalAveragePool here\"" },
	{ "no output", "GlobalAveragePool", "x", "", NULL, 0, YF_CODE_MISSING,
	  "no output, in \"GlobalAveragePool here\"" },
	{ "another output", "GlobalAveragePool", "x", "z", NULL, 0,
	  YF_CODE_MISSING, "nothing makes the output, in \"y\"" },
	{ "no vector", "Relu", "x", "y", NULL, 0, YF_CODE_UNSUPPORTED,
	  "an output that is no vector, in \"y\"" },
	{ "another axis", "Flatten", "x", "y", "axis", 2, YF_CODE_UNSUPPORTED,
	  "an axis other than 1, in \"Flatten here\"" },
	{ "a convolution without weights", "Conv", "x", "y", NULL, 0,
	  YF_CODE_MISSING, "an input is left out, in \"Conv here\"" },
	{ "a constant without one", "Constant", "x", "y", NULL, 0,
	  YF_CODE_UNSUPPORTED,
	  "a constant of another form, in \"Constant here\"" },
};

static void every_node(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(nodes); i++) {
		YF_AUTO(arena) arena = yf_arena_new(1 << 20);
		struct proto graph = { .len = 0 }, attribute = graph;
		struct proto node =
			node_of(nodes[i].op, nodes[i].in, nodes[i].out);
		struct yf_onnx onnx;
		struct yf_graph made;
		yf_str problem;

		if (nodes[i].attribute) {
			put_text(&attribute, 1, nodes[i].attribute);
			put_number(&attribute, 3, nodes[i].value);
			put_message(&node, 5, &attribute);
		}
		put_message(&graph, 1, &node);
		put_ends(&graph);
		const struct proto model = model_of(&graph, 13);
		OK(parse(arena, &model, &onnx, &problem));
		const yf_err err =
			yf_graph_from_onnx(arena, &onnx, &made, &problem);
		print_message("  %s: %.*s\n", nodes[i].name, YF_ARG(problem));
		assert_int_equal(err.code, nodes[i].code);
		assert_true(yf_str_is(problem, nodes[i].problem));
	}
}

static void wrong_ends(void **state)
{
	static const struct {
		const char *name;
		unsigned sides[4];
		size_t rank, inputs;
		yf_code code;
	} cases[] = {
		{ "good", { 1, 3, 2, 2 }, 4, 1, YF_CODE_OK },
		{ "none", { 1, 3, 2, 2 }, 4, 0, YF_CODE_MISSING },
		{ "two", { 1, 3, 2, 2 }, 4, 2, YF_CODE_UNSUPPORTED },
		{ "grey", { 1, 1, 2, 2 }, 4, 1, YF_CODE_UNSUPPORTED },
		{ "of open size", { 1, 3, 0, 0 }, 4, 1, YF_CODE_UNSUPPORTED },
		{ "too large", { 1, 3, 2000, 2 }, 4, 1, YF_CODE_UNSUPPORTED },
		{ "a vector", { 1, 12 }, 2, 1, YF_CODE_UNSUPPORTED },
	};

	(void)state;
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		YF_AUTO(arena) arena = yf_arena_new(1 << 20);
		struct proto graph = { .len = 0 };
		const struct proto node =
			node_of("GlobalAveragePool", "x", "y");
		const struct proto end = value_of("y", (unsigned[]){ 1, 3 }, 2);
		struct yf_onnx onnx;
		struct yf_graph made;
		yf_str problem;

		put_message(&graph, 1, &node);
		for (size_t k = 0; k < cases[i].inputs; k++) {
			const struct proto in =
				value_of(k ? "other" : "x", cases[i].sides,
					 cases[i].rank);
			put_message(&graph, 11, &in);
		}
		put_message(&graph, 12, &end);
		const struct proto model = model_of(&graph, 13);
		print_message("  %s\n", cases[i].name);
		OK(parse(arena, &model, &onnx, &problem));
		assert_int_equal(
			yf_graph_from_onnx(arena, &onnx, &made, &problem).code,
			cases[i].code);
		assert_int_equal(problem.len > 0, cases[i].code != YF_CODE_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(every_tensor),
		cmocka_unit_test(wrong_versions),
		cmocka_unit_test(wrong_bytes),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(memory_runs_out),
		cmocka_unit_test(every_node),
		cmocka_unit_test(wrong_ends),
	};

	return cmocka_run_group_tests_name("face/onnx", tests, NULL, NULL);
}
