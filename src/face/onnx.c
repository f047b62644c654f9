#include "face/onnx.h"

#include <math.h>

/*
 * Protocol buffers: a message is a row of fields, each a key (number and wire
 * type) and a value.  Lengths are checked against what is left before anything
 * is believed, so that a count in the file never sizes an allocation by itself:
 * every element of a repeated field takes at least one byte.
 */
typedef enum {
	WIRE_VARINT = 0,
	WIRE_FIXED64 = 1,
	WIRE_BYTES = 2,
	WIRE_FIXED32 = 5,
} wire;

struct field {
	uint32_t number;
	wire wire;
	uint64_t value; /* VARINT, FIXED */
	yf_bytes bytes; /* BYTES */
};

/* TensorProto.DataType */
enum {
	TYPE_FLOAT = 1,
	TYPE_INT32 = 6,
	TYPE_INT64 = 7,
	TYPE_FLOAT16 = 10,
	TYPE_DOUBLE = 11,
};

struct reader {
	struct yf_arena *arena;
	yf_str *problem;
	size_t floats_left; /* of all tensors together */
};

static bool take_varint(yf_bytes *rest, uint64_t *out)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 10 && i < rest->len; i++) {
		value |= (uint64_t)(rest->ptr[i] & 0x7f) << (7 * i);
		if (rest->ptr[i] & 0x80)
			continue;
		rest->ptr += i + 1;
		rest->len -= i + 1;
		*out = value;
		return true;
	}
	return false;
}

static uint64_t little(const uint8_t *at, unsigned len)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < len; i++)
		value |= (uint64_t)at[i] << (8 * i);
	return value;
}

static bool take_bytes(yf_bytes *rest, uint64_t len, yf_bytes *out)
{
	if (len > rest->len)
		return false;
	*out = (yf_bytes){ rest->ptr, (size_t)len };
	rest->ptr += len;
	rest->len -= (size_t)len;
	return true;
}

/* The next field; SYNTAX when it is not whole. */
static yf_err take_field(yf_bytes *rest, struct field *out)
{
	struct field field = { 0 };
	uint64_t key, len = 0;

	if (!take_varint(rest, &key) || key >> 3 == 0 || key >> 3 > UINT32_MAX)
		return YF_FAIL(SYNTAX);
	field.number = (uint32_t)(key >> 3);
	field.wire = (wire)(key & 7);
	if (field.wire == WIRE_VARINT) {
		if (!take_varint(rest, &field.value))
			return YF_FAIL(SYNTAX);
	} else if (field.wire == WIRE_BYTES) {
		if (!take_varint(rest, &len) ||
		    !take_bytes(rest, len, &field.bytes))
			return YF_FAIL(SYNTAX);
	} else if (field.wire == WIRE_FIXED32 || field.wire == WIRE_FIXED64) {
		const unsigned width = field.wire == WIRE_FIXED32 ? 4 : 8;
		if (!take_bytes(rest, width, &field.bytes))
			return YF_FAIL(SYNTAX);
		field.value = little(field.bytes.ptr, width);
	} else {
		return YF_FAIL(SYNTAX);
	}
	*out = field;
	return YF_OK;
}

/* How often a field occurs, at most `most` times. */
static yf_err count_fields(yf_bytes rest, uint32_t number, size_t most,
			   size_t *out)
{
	size_t count = 0;

	while (rest.len) {
		struct field field;

		YF_TRY(take_field(&rest, &field));
		count += field.number == number;
	}
	if (count > most)
		return YF_FAIL(TOO_LARGE);
	*out = count;
	return YF_OK;
}

static yf_err say(const struct reader *reader, yf_err err, const char *what,
		  yf_str name)
{
	const yf_str shown = { name.ptr, name.len < 200 ? name.len : 200 };
	const yf_err made = yf_str_format(reader->arena, reader->problem,
					  "%s \"%.*s\"", what, YF_ARG(shown));

	return yf_failed(made) ? made : err;
}

static yf_err take_name(const struct field *field, yf_str *out)
{
	const yf_str name = yf_str_from(field->bytes);

	if (field->wire != WIRE_BYTES)
		return YF_FAIL(SYNTAX);
	if (name.len > YF_ONNX_NAME_MAX)
		return YF_FAIL(TOO_LARGE);
	if (!yf_str_is_utf8(name))
		return YF_FAIL(SYNTAX);
	*out = name;
	return YF_OK;
}

/* IEEE 754 binary16. */
static float from_half(uint16_t bits)
{
	const int exponent = bits >> 10 & 31;
	const float fraction = (float)(bits & 1023);
	float value = exponent ? ldexpf(1024 + fraction, exponent - 25)
			       : ldexpf(fraction, -24);

	if (exponent == 31)
		value = fraction > 0 ? NAN : INFINITY;
	return bits >> 15 ? -value : value;
}

static float from_bits(uint64_t bits)
{
	const uint32_t low = (uint32_t)bits;
	float value;

	memcpy(&value, &low, sizeof(value));
	return value;
}

static float from_double(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return (float)value;
}

/*
 * A repeated number, packed or not: appended to a list that has room for
 * `room`.  `width` 0: varint.
 */
struct numbers {
	uint64_t *at;
	size_t count, room;
};

static yf_err take_numbers(const struct field *field, unsigned width,
			   struct numbers *list)
{
	yf_bytes rest = field->bytes;

	if (field->wire != WIRE_BYTES) {
		if (list->count == list->room)
			return YF_FAIL(SYNTAX);
		list->at[list->count++] = field->value;
		return YF_OK;
	}
	while (rest.len) {
		uint64_t value;

		if (list->count == list->room)
			return YF_FAIL(SYNTAX);
		if (width == 0) {
			if (!take_varint(&rest, &value))
				return YF_FAIL(SYNTAX);
		} else {
			yf_bytes one;
			if (!take_bytes(&rest, width, &one))
				return YF_FAIL(SYNTAX);
			value = little(one.ptr, width);
		}
		list->at[list->count++] = value;
	}
	return YF_OK;
}

/* All of a repeated number in a message. */
static yf_err read_numbers(struct reader *reader, yf_bytes message,
			   uint32_t number, unsigned width, size_t room,
			   struct numbers *out)
{
	struct numbers list = { NULL, 0, room };
	yf_bytes rest = message;

	if (room > message.len)
		return YF_FAIL(SYNTAX);
	list.at = YF_NEW(reader->arena, uint64_t, room ? room : 1);
	if (!list.at)
		return YF_FAIL(MEMORY);
	while (rest.len) {
		struct field field;

		YF_TRY(take_field(&rest, &field));
		if (field.number == number)
			YF_TRY(take_numbers(&field, width, &list));
	}
	*out = list;
	return YF_OK;
}

/* How many a repeated number can at most have: the bytes of its fields. */
static yf_err numbers_room(yf_bytes rest, uint32_t number, size_t *out)
{
	size_t room = 0;

	while (rest.len) {
		struct field field;

		YF_TRY(take_field(&rest, &field));
		if (field.number != number)
			continue;
		room += field.wire == WIRE_BYTES ? field.bytes.len : 1;
	}
	*out = room;
	return YF_OK;
}

/* --- tensors --- */
enum {
	TENSOR_DIMS = 1,
	TENSOR_TYPE = 2,
	TENSOR_FLOATS = 4,
	TENSOR_INT32S = 5,
	TENSOR_INT64S = 7,
	TENSOR_NAME = 8,
	TENSOR_RAW = 9,
	TENSOR_DOUBLES = 10,
	TENSOR_EXTERNAL = 13,
	TENSOR_PLACE = 14,
};

static yf_err add_side(const struct field *field, uint32_t *rank,
		       int64_t dims[static YF_ONNX_RANK_MAX])
{
	uint64_t sides[YF_ONNX_RANK_MAX];
	struct numbers list = { sides, *rank, YF_ONNX_RANK_MAX };

	if (*rank > YF_ONNX_RANK_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(take_numbers(field, 0, &list));
	for (size_t i = *rank; i < list.count; i++) {
		if (sides[i] > INT32_MAX)
			return YF_FAIL(TOO_LARGE);
		dims[i] = (int64_t)sides[i];
	}
	*rank = (uint32_t)list.count;
	return YF_OK;
}

struct raw_tensor {
	struct yf_onnx_tensor shape;
	int64_t type;
	yf_bytes raw;
	bool has_raw, elsewhere;
};

static yf_err read_shape(struct reader *reader, yf_bytes message,
			 struct raw_tensor *out)
{
	struct raw_tensor t = { 0 };

	while (message.len) {
		struct field field;

		YF_TRY(take_field(&message, &field));
		if (field.number == TENSOR_DIMS)
			YF_TRY(add_side(&field, &t.shape.rank, t.shape.dims));
		else if (field.number == TENSOR_TYPE)
			t.type = (int64_t)field.value;
		else if (field.number == TENSOR_NAME)
			YF_TRY(take_name(&field, &t.shape.name));
		else if (field.number == TENSOR_EXTERNAL)
			t.elsewhere = true;
		else if (field.number == TENSOR_PLACE)
			t.elsewhere = t.elsewhere || field.value == 1;
		if (field.number == TENSOR_RAW) {
			t.raw = field.bytes;
			t.has_raw = field.wire == WIRE_BYTES;
		}
	}
	t.shape.count = 1;
	for (uint32_t i = 0; i < t.shape.rank; i++)
		if (__builtin_mul_overflow(t.shape.count,
					   (size_t)t.shape.dims[i],
					   &t.shape.count))
			return YF_FAIL(TOO_LARGE);
	if (t.shape.count > reader->floats_left)
		return say(reader, YF_FAIL(SYNTAX),
			   "more numbers than bytes in", t.shape.name);
	reader->floats_left -= t.shape.count;
	if (t.elsewhere)
		return say(reader, YF_FAIL(UNSUPPORTED),
			   "weights in another file:", t.shape.name);
	*out = t;
	return YF_OK;
}

/* Where a type of number stands when not raw, and in how many bytes each. */
struct form {
	uint32_t number;
	unsigned raw_width, width; /* width: when not raw; 0: varints */
};

/* Every number of a tensor as it stands. */
static yf_err read_values(struct reader *reader, yf_bytes message,
			  const struct raw_tensor *t, struct form form,
			  struct numbers *out)
{
	struct numbers list = { NULL, 0, t->shape.count };

	if (t->has_raw && t->raw.len / form.raw_width == t->shape.count &&
	    t->raw.len % form.raw_width == 0) {
		list.at = YF_NEW(reader->arena, uint64_t, list.room + 1);
		if (!list.at)
			return YF_FAIL(MEMORY);
		for (size_t i = 0; i < list.room; i++)
			list.at[i] = little(t->raw.ptr + i * form.raw_width,
					    form.raw_width);
		list.count = list.room;
	} else if (t->has_raw) {
		return YF_FAIL(SYNTAX);
	} else {
		YF_TRY(read_numbers(reader, message, form.number, form.width,
				    list.room, &list));
	}
	if (list.count != t->shape.count)
		return YF_FAIL(SYNTAX);
	*out = list;
	return YF_OK;
}

static struct form form_of_floats(int64_t type)
{
	if (type == TYPE_FLOAT16)
		return (struct form){ TENSOR_INT32S, 2, 0 };
	if (type == TYPE_DOUBLE)
		return (struct form){ TENSOR_DOUBLES, 8, 8 };
	return (struct form){ TENSOR_FLOATS, 4, 4 };
}

/* Floats from raw float32 without the detour, because those are the bulk. */
static yf_err read_floats(struct reader *reader, yf_bytes message,
			  struct raw_tensor *t)
{
	const size_t count = t->shape.count;
	const bool half = t->type == TYPE_FLOAT16;
	const bool wide = t->type == TYPE_DOUBLE;
	float *floats = YF_NEW(reader->arena, float, count + 1);
	struct numbers list;

	if (!floats)
		return YF_FAIL(MEMORY);
	t->shape.floats = floats;
	if (t->type == TYPE_FLOAT && t->has_raw &&
	    t->raw.len == count * sizeof(float)) {
		memcpy(floats, t->raw.ptr, t->raw.len);
		return YF_OK;
	}
	YF_TRY(read_values(reader, message, t, form_of_floats(t->type), &list));
	for (size_t i = 0; i < count; i++)
		floats[i] = half   ? from_half((uint16_t)list.at[i])
			    : wide ? from_double(list.at[i])
				   : from_bits(list.at[i]);
	return YF_OK;
}

static yf_err read_ints(struct reader *reader, yf_bytes message,
			struct raw_tensor *t)
{
	const bool narrow = t->type == TYPE_INT32;
	const struct form form = { narrow ? TENSOR_INT32S : TENSOR_INT64S,
				   narrow ? 4 : 8, 0 };
	int64_t *ints = YF_NEW(reader->arena, int64_t, t->shape.count + 1);
	struct numbers list;

	if (!ints)
		return YF_FAIL(MEMORY);
	YF_TRY(read_values(reader, message, t, form, &list));
	for (size_t i = 0; i < t->shape.count; i++)
		ints[i] = narrow ? (int32_t)(uint32_t)list.at[i]
				 : (int64_t)list.at[i];
	t->shape.ints = ints;
	return YF_OK;
}

static yf_err read_tensor(struct reader *reader, yf_bytes message,
			  struct yf_onnx_tensor *out)
{
	struct raw_tensor t;
	yf_err err;

	YF_TRY(read_shape(reader, message, &t));
	if (t.type == TYPE_FLOAT || t.type == TYPE_FLOAT16 ||
	    t.type == TYPE_DOUBLE)
		err = read_floats(reader, message, &t);
	else if (t.type == TYPE_INT32 || t.type == TYPE_INT64)
		err = read_ints(reader, message, &t);
	else
		return say(reader, YF_FAIL(UNSUPPORTED),
			   "numbers of a type that is not read in",
			   t.shape.name);
	if (err.code == YF_CODE_SYNTAX)
		return say(reader, err, "shape and numbers differ in",
			   t.shape.name);
	YF_TRY(err);
	*out = t.shape;
	return YF_OK;
}

/* --- nodes --- */
enum {
	ATTRIBUTE_NAME = 1,
	ATTRIBUTE_REAL = 2,
	ATTRIBUTE_INTEGER = 3,
	ATTRIBUTE_TEXT = 4,
	ATTRIBUTE_TENSOR = 5,
	ATTRIBUTE_GRAPH = 6,
	ATTRIBUTE_FLOATS = 7,
	ATTRIBUTE_INTS = 8,
	ATTRIBUTE_GRAPHS = 11,
};

static yf_err read_lists(struct reader *reader, yf_bytes message,
			 struct yf_onnx_attribute *out)
{
	struct numbers list;
	size_t room;

	YF_TRY(numbers_room(message, ATTRIBUTE_INTS, &room));
	if (room) {
		YF_TRY(read_numbers(reader, message, ATTRIBUTE_INTS, 0, room,
				    &list));
		/* the same 64 bits, signed */
		out->ints = (const int64_t *)(const void *)list.at;
		out->int_count = list.count;
	}
	YF_TRY(numbers_room(message, ATTRIBUTE_FLOATS, &room));
	if (!room)
		return YF_OK;
	YF_TRY(read_numbers(reader, message, ATTRIBUTE_FLOATS, 4, room, &list));
	float *floats = YF_NEW(reader->arena, float, list.count + 1);
	if (!floats)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < list.count; i++)
		floats[i] = from_bits(list.at[i]);
	out->floats = floats;
	out->float_count = list.count;
	return YF_OK;
}

static yf_err read_attribute(struct reader *reader, yf_bytes message,
			     struct yf_onnx_attribute *out)
{
	struct yf_onnx_attribute a = { 0 };
	yf_bytes rest = message;

	while (rest.len) {
		struct field field;

		YF_TRY(take_field(&rest, &field));
		if (field.number == ATTRIBUTE_NAME) {
			YF_TRY(take_name(&field, &a.name));
		} else if (field.number == ATTRIBUTE_REAL) {
			a.real = from_bits(field.value);
			a.has_real = true;
		} else if (field.number == ATTRIBUTE_INTEGER) {
			a.integer = (int64_t)field.value;
			a.has_integer = true;
		} else if (field.number == ATTRIBUTE_TEXT) {
			YF_TRY(take_name(&field, &a.text));
		} else if (field.number == ATTRIBUTE_TENSOR && !a.tensor) {
			struct yf_onnx_tensor *tensor =
				YF_NEW(reader->arena, struct yf_onnx_tensor, 1);
			if (!tensor)
				return YF_FAIL(MEMORY);
			YF_TRY(read_tensor(reader, field.bytes, tensor));
			a.tensor = tensor;
		} else if (field.number == ATTRIBUTE_GRAPH ||
			   field.number == ATTRIBUTE_GRAPHS) {
			return say(reader, YF_FAIL(UNSUPPORTED),
				   "a graph within the attribute", a.name);
		}
	}
	YF_TRY(read_lists(reader, message, &a));
	*out = a;
	return YF_OK;
}

enum {
	NODE_INPUT = 1,
	NODE_OUTPUT = 2,
	NODE_NAME = 3,
	NODE_OP = 4,
	NODE_ATTRIBUTE = 5,
	NODE_DOMAIN = 7,
};

struct node_room {
	yf_str *inputs, *outputs;
	struct yf_onnx_attribute *attributes;
};

static yf_err node_room(struct reader *reader, yf_bytes message,
			struct node_room *out)
{
	size_t in, result, attributes;

	YF_TRY(count_fields(message, NODE_INPUT, YF_ONNX_LINKS_MAX, &in));
	YF_TRY(count_fields(message, NODE_OUTPUT, YF_ONNX_LINKS_MAX, &result));
	YF_TRY(count_fields(message, NODE_ATTRIBUTE, YF_ONNX_LINKS_MAX,
			    &attributes));
	out->inputs = YF_NEW(reader->arena, yf_str, in + 1);
	out->outputs = YF_NEW(reader->arena, yf_str, result + 1);
	out->attributes =
		YF_NEW(reader->arena, struct yf_onnx_attribute, attributes + 1);
	return out->inputs && out->outputs && out->attributes ? YF_OK
							      : YF_FAIL(MEMORY);
}

static yf_err read_node(struct reader *reader, yf_bytes message,
			struct yf_onnx_node *out)
{
	struct yf_onnx_node node = { 0 };
	struct node_room room;

	YF_TRY(node_room(reader, message, &room));
	node.inputs = room.inputs;
	node.outputs = room.outputs;
	node.attributes = room.attributes;
	while (message.len) {
		struct field field;

		YF_TRY(take_field(&message, &field));
		if (field.number == NODE_INPUT)
			YF_TRY(take_name(&field,
					 &room.inputs[node.input_count++]));
		else if (field.number == NODE_OUTPUT)
			YF_TRY(take_name(&field,
					 &room.outputs[node.output_count++]));
		else if (field.number == NODE_NAME)
			YF_TRY(take_name(&field, &node.name));
		else if (field.number == NODE_OP)
			YF_TRY(take_name(&field, &node.op));
		else if (field.number == NODE_DOMAIN)
			YF_TRY(take_name(&field, &node.domain));
		else if (field.number == NODE_ATTRIBUTE)
			YF_TRY(read_attribute(
				reader, field.bytes,
				&room.attributes[node.attribute_count++]));
	}
	*out = node;
	return YF_OK;
}

/* --- values: ValueInfoProto { 1 name, 2 type { 1 tensor { 2 shape { 1 side
 * { 1 value } } } } } --- */
static yf_err find_message(yf_bytes message, uint32_t number, yf_bytes *out)
{
	yf_bytes found = { NULL, 0 };

	while (message.len) {
		struct field field;

		YF_TRY(take_field(&message, &field));
		if (field.number == number && field.wire == WIRE_BYTES)
			found = field.bytes;
	}
	*out = found;
	return YF_OK;
}

static yf_err read_value(yf_bytes message, struct yf_onnx_value *out)
{
	struct yf_onnx_value value = { 0 };
	yf_bytes rest = message, shape;

	while (rest.len) {
		struct field field;

		YF_TRY(take_field(&rest, &field));
		if (field.number == 1)
			YF_TRY(take_name(&field, &value.name));
	}
	YF_TRY(find_message(message, 2, &shape));
	YF_TRY(find_message(shape, 1, &shape));
	YF_TRY(find_message(shape, 2, &shape));
	while (shape.len) {
		struct field side, field;

		YF_TRY(take_field(&shape, &side));
		if (side.number != 1)
			continue;
		if (value.rank == YF_ONNX_RANK_MAX)
			return YF_FAIL(TOO_LARGE);
		while (side.bytes.len) {
			YF_TRY(take_field(&side.bytes, &field));
			if (field.number == 1 && field.value <= INT32_MAX)
				value.dims[value.rank] = (int64_t)field.value;
		}
		value.rank++;
	}
	*out = value;
	return YF_OK;
}

/* --- graph and model --- */
enum {
	GRAPH_NODE = 1,
	GRAPH_TENSOR = 5,
	GRAPH_INPUT = 11,
	GRAPH_OUTPUT = 12,
	MODEL_GRAPH = 7,
	MODEL_OPSET = 8,
};

struct graph_room {
	struct yf_onnx_node *nodes;
	struct yf_onnx_tensor *tensors;
	struct yf_onnx_value *inputs, *outputs;
};

static yf_err graph_room(struct reader *reader, yf_bytes graph,
			 struct graph_room *out)
{
	size_t nodes, tensors, in, result;

	YF_TRY(count_fields(graph, GRAPH_NODE, YF_ONNX_NODES_MAX, &nodes));
	YF_TRY(count_fields(graph, GRAPH_TENSOR, YF_ONNX_TENSORS_MAX,
			    &tensors));
	YF_TRY(count_fields(graph, GRAPH_INPUT, YF_ONNX_TENSORS_MAX, &in));
	YF_TRY(count_fields(graph, GRAPH_OUTPUT, YF_ONNX_TENSORS_MAX, &result));
	out->nodes = YF_NEW(reader->arena, struct yf_onnx_node, nodes + 1);
	out->tensors =
		YF_NEW(reader->arena, struct yf_onnx_tensor, tensors + 1);
	out->inputs = YF_NEW(reader->arena, struct yf_onnx_value, in + 1);
	out->outputs = YF_NEW(reader->arena, struct yf_onnx_value, result + 1);
	return out->nodes && out->tensors && out->inputs && out->outputs
		       ? YF_OK
		       : YF_FAIL(MEMORY);
}

static yf_err read_graph(struct reader *reader, yf_bytes graph,
			 struct yf_onnx *out)
{
	struct graph_room room;

	YF_TRY(graph_room(reader, graph, &room));
	while (graph.len) {
		struct field field;

		YF_TRY(take_field(&graph, &field));
		if (field.number == GRAPH_NODE)
			YF_TRY(read_node(reader, field.bytes,
					 &room.nodes[out->node_count++]));
		else if (field.number == GRAPH_TENSOR)
			YF_TRY(read_tensor(reader, field.bytes,
					   &room.tensors[out->tensor_count++]));
		else if (field.number == GRAPH_INPUT)
			YF_TRY(read_value(field.bytes,
					  &room.inputs[out->input_count++]));
		else if (field.number == GRAPH_OUTPUT)
			YF_TRY(read_value(field.bytes,
					  &room.outputs[out->output_count++]));
	}
	out->nodes = room.nodes;
	out->tensors = room.tensors;
	out->inputs = room.inputs;
	out->outputs = room.outputs;
	return YF_OK;
}

/* OperatorSetIdProto { 1 domain, 2 version }: the domain of ONNX itself is the
 * empty one or "ai.onnx". */
static yf_err read_opset(yf_bytes message, int64_t *out)
{
	yf_str domain = { NULL, 0 };
	int64_t version = 0;

	while (message.len) {
		struct field field;

		YF_TRY(take_field(&message, &field));
		if (field.number == 1)
			YF_TRY(take_name(&field, &domain));
		else if (field.number == 2)
			version = (int64_t)field.value;
	}
	if (!domain.len || yf_str_is(domain, "ai.onnx"))
		*out = version;
	return YF_OK;
}

yf_err yf_onnx_parse(struct yf_arena *arena, yf_bytes file, struct yf_onnx *out,
		     yf_str *problem)
{
	/* a number takes two bytes at least, but for int64s as varints */
	struct reader reader = { arena, problem, file.len };
	struct yf_onnx model = { 0 };
	yf_bytes graph = { NULL, 0 }, rest = file;

	*problem = (yf_str){ "", 0 };
	if (file.len > YF_ONNX_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	while (rest.len) {
		struct field field;

		YF_TRY(take_field(&rest, &field));
		if (field.number == MODEL_GRAPH && field.wire == WIRE_BYTES)
			graph = field.bytes;
		else if (field.number == MODEL_OPSET)
			YF_TRY(read_opset(field.bytes, &model.opset));
	}
	if (!graph.len)
		return YF_FAIL(MISSING);
	if (model.opset < YF_ONNX_OPSET_MIN || model.opset > YF_ONNX_OPSET_MAX)
		return say(&reader, YF_FAIL(UNSUPPORTED),
			   "an opset outside of 7 to 21", (yf_str){ "", 0 });
	YF_TRY(read_graph(&reader, graph, &model));
	*out = model;
	return YF_OK;
}

const struct yf_onnx_attribute *
yf_onnx_attribute_find(const struct yf_onnx_node *node, const char *name)
{
	for (size_t i = 0; i < node->attribute_count; i++)
		if (yf_str_is(node->attributes[i].name, name))
			return &node->attributes[i];
	return NULL;
}
