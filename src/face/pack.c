#include "face/pack.h"

#include "base/file.h"
#include "codec/json.h"
#include "face/model.h"

enum { BIN_LEN_MAX = 32 * 1024 * 1024, TENSOR_LEN_MAX = 4 * 1024 * 1024 };

/* One network of the package. */
struct source {
	struct yf_arena *arena;
	const struct yf_json *weights; /* of the manifest, in file order */
	yf_bytes bin;
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
	yf_bytes text;
	yf_str name;
	const struct yf_json *tree;

	YF_TRY(yf_str_format(arena, &name, "model/%s_model.bin", net));
	YF_TRY(load(arena, folder, name.ptr, BIN_LEN_MAX, &out->bin));
	YF_TRY(yf_str_format(arena, &name,
			     "model/%s_model-weights_manifest.json", net));
	YF_TRY(load(arena, folder, name.ptr, YF_JSON_LEN_MAX, &text));
	YF_TRY(yf_json_parse(arena, yf_str_from(text), &tree));
	if (tree->kind != YF_JSON_ARRAY || tree->count != 1)
		return YF_FAIL(SYNTAX);
	out->weights = yf_json_get(&tree->items[0], "weights");
	out->arena = arena;
	return out->weights && out->weights->kind == YF_JSON_ARRAY
		       ? YF_OK
		       : YF_FAIL(MISSING);
}

static double number(const struct yf_json *object, const char *name)
{
	const struct yf_json *value = yf_json_get(object, name);

	if (!value)
		return 0;
	return value->kind == YF_JSON_REAL ? value->real
					   : (double)value->integer;
}

static yf_err tensor_len(const struct yf_json *row, size_t *out)
{
	const struct yf_json *shape = yf_json_get(row, "shape");
	size_t len = 1;

	if (!shape || shape->kind != YF_JSON_ARRAY)
		return YF_FAIL(MISSING);
	for (size_t i = 0; i < shape->count; i++) {
		const int64_t side = shape->items[i].integer;
		if (side < 1 || side > TENSOR_LEN_MAX)
			return YF_FAIL(RANGE);
		len *= (size_t)side;
		if (len > TENSOR_LEN_MAX)
			return YF_FAIL(RANGE);
	}
	*out = len;
	return YF_OK;
}

static yf_err tensor_read(struct yf_arena *arena, const struct yf_json *row,
			  yf_bytes raw, size_t len, struct tensor *out)
{
	const struct yf_json *quantized = yf_json_get(row, "quantization");
	const double scale = number(quantized, "scale");
	const double min = number(quantized, "min");
	float *values = YF_NEW(arena, float, len);

	if (!values)
		return YF_FAIL(MEMORY);
	if (!quantized)
		memcpy(values, raw.ptr, len * sizeof(float));
	for (size_t i = 0; quantized && i < len; i++)
		values[i] = (float)(raw.ptr[i] * scale + min);
	*out = (struct tensor){ values, len };
	return YF_OK;
}

/* The tensors follow each other in the file in the order of the manifest. */
static yf_err tensor_find(const struct source *source, const char *prefix,
			  const char *suffix, size_t want, struct tensor *out)
{
	size_t at = 0;
	yf_str name;

	YF_TRY(yf_str_format(source->arena, &name, "%s%s", prefix, suffix));
	for (size_t i = 0; i < source->weights->count; i++) {
		const struct yf_json *row = &source->weights->items[i];
		const struct yf_json *quantized =
			yf_json_get(row, "quantization");
		size_t len;

		if (quantized &&
		    !yf_str_is(yf_json_text(quantized, "dtype"), "uint8"))
			return YF_FAIL(UNSUPPORTED);
		YF_TRY(tensor_len(row, &len));
		const size_t bytes = quantized ? len : len * sizeof(float);
		if (bytes > source->bin.len - at)
			return YF_FAIL(RANGE);
		const yf_bytes raw = { source->bin.ptr + at, bytes };
		at += bytes;
		if (!yf_str_eq(yf_json_text(row, "name"), name))
			continue;
		return len == want
			       ? tensor_read(source->arena, row, raw, len, out)
			       : YF_FAIL(RANGE);
	}
	return YF_FAIL(MISSING);
}

/* What a layer is made of; scale and shift are empty where there are none. */
struct parts {
	struct tensor filters, bias, scale, shift;
};

static yf_err parts_find(const struct source *source,
			 const struct yf_layer_form *form, struct parts *out)
{
	static const struct {
		const char *filters, *bias, *scale, *shift;
	} names[] = {
		[YF_LAYER_CONV] = { "/filters", "/bias", NULL, NULL },
		[YF_LAYER_SCALED] = { "/conv/filters", "/conv/bias",
				      "/scale/weights", "/scale/biases" },
		[YF_LAYER_WINOGRAD] = { "/conv/filters", "/conv/bias",
					"/scale/weights", "/scale/biases" },
		[YF_LAYER_DEPTHWISE] = { "/depthwise_filter", NULL, NULL,
					 NULL },
		[YF_LAYER_POINTWISE] = { "/pointwise_filter", "/bias", NULL,
					 NULL },
		[YF_LAYER_FULL] = { "/weights", "/bias", NULL, NULL },
		[YF_LAYER_MATRIX] = { "", NULL, NULL, NULL },
	};
	const size_t out_len = form->kind == YF_LAYER_DEPTHWISE ? 1 : form->out;
	const size_t len = (size_t)form->taps * form->taps * form->in * out_len;

	*out = (struct parts){ 0 };
	YF_TRY(tensor_find(source, form->name, names[form->kind].filters, len,
			   &out->filters));
	if (names[form->kind].bias)
		YF_TRY(tensor_find(source, form->name, names[form->kind].bias,
				   form->out, &out->bias));
	if (!names[form->kind].scale)
		return YF_OK;
	YF_TRY(tensor_find(source, form->name, names[form->kind].scale,
			   form->out, &out->scale));
	return tensor_find(source, form->name, names[form->kind].shift,
			   form->out, &out->shift);
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

/* Filters are [tap][in][out] in the package. */
static void lay_transformed(const struct yf_layer_form *form,
			    const float *filters, size_t o, float scale,
			    float *weights)
{
	const size_t spot = (size_t)form->in * yf_layer_channels(form);
	float *at = weights + o / YF_PANEL * form->in * YF_PANEL + o % YF_PANEL;

	for (size_t c = 0; c < form->in; c++, at += YF_PANEL) {
		float taps[9], spots[YF_WINOGRAD_SPOTS];

		for (size_t k = 0; k < 9; k++)
			taps[k] = scale *
				  filters[(k * form->in + c) * form->out + o];
		transform(taps, spots);
		for (size_t k = 0; k < YF_WINOGRAD_SPOTS; k++)
			at[k * spot] = spots[k];
	}
}

static void lay_panels(const struct yf_layer_form *form, const float *filters,
		       size_t o, float scale, float *weights)
{
	const size_t depth = (size_t)form->taps * form->taps * form->in;
	float *at = weights + o / YF_PANEL * depth * YF_PANEL + o % YF_PANEL;

	for (size_t k = 0; k < depth; k++)
		at[k * YF_PANEL] = scale * filters[k * form->out + o];
}

/* scale * (w x + b) + shift = (scale w) x + (scale b + shift) */
static void lay_out(const struct yf_layer_form *form, const struct parts *parts,
		    float *at)
{
	float *weights = at + yf_layer_biases(form);

	if (form->kind == YF_LAYER_DEPTHWISE) {
		memcpy(weights, parts->filters.at,
		       parts->filters.len * sizeof(float));
		return;
	}
	for (size_t o = 0; o < form->out; o++) {
		const float scale = parts->scale.at ? parts->scale.at[o] : 1;
		const float shift = parts->shift.at ? parts->shift.at[o] : 0;
		const float bias = parts->bias.at ? parts->bias.at[o] : 0;

		at[o] = scale * bias + shift;
		if (form->kind == YF_LAYER_WINOGRAD)
			lay_transformed(form, parts->filters.at, o, scale,
					weights);
		else
			lay_panels(form, parts->filters.at, o, scale, weights);
	}
}

static uint64_t aligned(uint64_t at)
{
	return (at + YF_MODEL_ALIGN - 1) / YF_MODEL_ALIGN * YF_MODEL_ALIGN;
}

/* Writes the table of layers; the end of the file. */
static uint64_t plan(uint8_t *head, uint64_t licence_len)
{
	uint64_t at = aligned(YF_MODEL_HEAD_LEN + licence_len);

	for (size_t i = 0; i < YF_LAYERS; i++) {
		const struct yf_layer_form *form = &yf_layer_forms[i];
		uint8_t *row = head + YF_MODEL_TABLE_AT + i * 16;
		const uint64_t len = ((uint64_t)yf_layer_biases(form) +
				      yf_layer_weights(form)) *
				     sizeof(float);

		yf_model_put(row, 8, at);
		yf_model_put(row + 8, 8, len);
		at = aligned(at + len);
	}
	memcpy(head, YF_MODEL_MAGIC, YF_MODEL_MAGIC_LEN);
	yf_model_put(head + 8, 4, YF_MODEL_VERSION);
	yf_model_put(head + 12, 4, YF_LAYERS);
	yf_model_put(head + 16, 8, at);
	yf_model_put(head + 24, 8, YF_MODEL_HEAD_LEN);
	yf_model_put(head + 32, 8, licence_len);
	return at;
}

static yf_err pack_net(struct yf_arena *arena, const char *folder,
		       const char *net, size_t first, size_t count,
		       uint8_t *file)
{
	struct source source;

	YF_TRY(source_open(arena, folder, net, &source));
	for (size_t i = first; i < first + count; i++) {
		const uint8_t *row = file + YF_MODEL_TABLE_AT + i * 16;
		void *at = file + yf_model_get(row, 8);
		struct parts parts;

		YF_TRY(parts_find(&source, &yf_layer_forms[i], &parts));
		lay_out(&yf_layer_forms[i], &parts, at);
	}
	return YF_OK;
}

yf_err yf_face_pack(struct yf_arena *arena, const char *folder, uint8_t **out,
		    size_t *out_len)
{
	static const struct {
		const char *name;
		size_t first, count;
	} nets[YF_NETS] = {
		{ "tiny_face_detector", YF_DETECT_FIRST, YF_DETECT_LAYERS },
		{ "face_landmark_68", YF_POINTS_FIRST, YF_POINTS_LAYERS },
		{ "face_recognition", YF_DESCRIBE_FIRST, YF_DESCRIBE_LAYERS },
	};
	uint8_t head[YF_MODEL_HEAD_LEN] = { 0 };
	yf_bytes licence;

	YF_TRY(load(arena, folder, "LICENSE", (size_t)64 * 1024, &licence));
	const size_t len = (size_t)plan(head, licence.len);
	uint8_t *file = YF_NEW(arena, uint8_t, len);
	if (!file)
		return YF_FAIL(MEMORY);
	memcpy(file, head, sizeof(head));
	memcpy(file + YF_MODEL_HEAD_LEN, licence.ptr, licence.len);
	for (size_t i = 0; i < YF_NETS; i++)
		YF_TRY(pack_net(arena, folder, nets[i].name, nets[i].first,
				nets[i].count, file));
	*out = file;
	*out_len = len;
	return YF_OK;
}
