#include "face/sidecar.h"

#include <float.h>
#include <stdlib.h>

#include "base/conf.h"
#include "base/file.h"

enum { LICENCE_LEN_MAX = 64 * 1024 };

static const struct yf_conf_key keys[] = {
	{ "model", "id", NULL },
	{ "model", "name", NULL },
	{ "model", "licence", "" },
	{ "model", "licence_file", "" },
	{ "model", "provenance", "" },
	{ "input", "colour", "rgb" },
	{ "input", "mean", "0 0 0" },
	{ "input", "deviation", "1 1 1" },
	{ "alignment", "kind", NULL },
	{ "alignment", "left_eye", "" },
	{ "alignment", "right_eye", "" },
	{ "alignment", "nose", "" },
	{ "alignment", "left_mouth", "" },
	{ "alignment", "right_mouth", "" },
	{ "output", "length", "0" },
	{ "output", "mirror", "yes" },
	{ "output", "session_distance", NULL },
	{ "calibration", "limits", "" },
	{ "calibration", "measured", "" },
};

static yf_err wrong(struct yf_conf *conf, const char *section, const char *key,
		    const char *what)
{
	YF_TRY(yf_str_format(conf->arena, &conf->problem, "%s: [%s] %s: %s",
			     conf->path, section, key, what));
	return YF_FAIL(CONFIG);
}

static bool is_of_real(char c)
{
	return (c >= '0' && c <= '9') || c == '.' || c == '-';
}

/* A decimal fraction within +-limit; no other form of number. */
static bool to_real(yf_str text, double limit, float *out)
{
	char copy[32], *end;

	if (!text.len || text.len >= sizeof(copy))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!is_of_real(text.ptr[i]))
			return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	const double value = strtod(copy, &end);
	if (*end || !(value >= -limit && value <= limit))
		return false;
	*out = (float)value;
	return true;
}

static yf_err read_reals(struct yf_conf *conf, const char *section,
			 const char *key, size_t count, double limit,
			 float *out)
{
	yf_str rest = yf_conf_str(conf, section, key), piece;
	size_t found = 0;

	while (yf_str_next(&rest, ' ', &piece)) {
		if (!piece.len)
			continue;
		if (found == count || !to_real(piece, limit, &out[found]))
			return wrong(conf, section, key,
				     "not as many numbers as it takes");
		found++;
	}
	return found == count ? YF_OK
			      : wrong(conf, section, key,
				      "not as many numbers as it takes");
}

static yf_err read_input(struct yf_conf *conf, struct yf_sidecar *out)
{
	const yf_str colour = yf_conf_str(conf, "input", "colour");

	if (!yf_str_is(colour, "rgb") && !yf_str_is(colour, "bgr"))
		return wrong(conf, "input", "colour", "neither rgb nor bgr");
	out->blue_first = yf_str_is(colour, "bgr");
	YF_TRY(read_reals(conf, "input", "mean", 3, 1e4, out->mean));
	YF_TRY(read_reals(conf, "input", "deviation", 3, 1e6, out->deviation));
	for (int c = 0; c < 3; c++)
		if (!(out->deviation[c] >= 1e-4f))
			return wrong(conf, "input", "deviation",
				     "not above zero");
	return YF_OK;
}

static yf_err read_alignment(struct yf_conf *conf,
			     struct yf_plan_alignment *out)
{
	static const char *const points[5] = { "left_eye", "right_eye", "nose",
					       "left_mouth", "right_mouth" };
	const yf_str kind = yf_conf_str(conf, "alignment", "kind");

	out->kind = YF_ALIGN_DLIB;
	if (yf_str_is(kind, "dlib-150"))
		return YF_OK;
	if (!yf_str_is(kind, "points"))
		return wrong(conf, "alignment", "kind",
			     "neither points nor dlib-150");
	out->kind = YF_ALIGN_POINTS;
	for (size_t i = 0; i < 5; i++)
		YF_TRY(read_reals(conf, "alignment", points[i], 2, 2048,
				  out->points[i]));
	/* a similarity needs eyes that are apart */
	return out->points[1][0] - out->points[0][0] > 1
		       ? YF_OK
		       : wrong(conf, "alignment", "right_eye",
			       "not to the right of left_eye");
}

/* "distance:log10 ..." by rising distance. */
static yf_err read_calibration(struct yf_conf *conf, struct yf_sidecar *out)
{
	yf_str rest = yf_conf_str(conf, "calibration", "limits"), piece, left;
	const char *const form = "not rows of distance:log10 that rise";

	out->calibration_count = 0;
	while (yf_str_next(&rest, ' ', &piece)) {
		struct yf_plan_limit row;

		if (!piece.len)
			continue;
		if (out->calibration_count == YF_PLAN_CALIBRATION_MAX ||
		    !yf_str_cut(&piece, ':', &left) ||
		    !to_real(left, 2, &row.distance) ||
		    !to_real(piece, 12, &row.log10_fmr) || row.distance <= 0 ||
		    row.log10_fmr > 0)
			return wrong(conf, "calibration", "limits", form);
		if (out->calibration_count) {
			const struct yf_plan_limit *before =
				&out->calibration[out->calibration_count - 1];
			if (row.distance <= before->distance ||
			    row.log10_fmr < before->log10_fmr)
				return wrong(conf, "calibration", "limits",
					     form);
		}
		out->calibration[out->calibration_count++] = row;
	}
	out->calibration_where = yf_conf_str(conf, "calibration", "measured");
	if (out->calibration_count && !out->calibration_where.len)
		return wrong(conf, "calibration", "measured",
			     "limits without a word on where they come from");
	return YF_OK;
}

static yf_err read_all(struct yf_conf *conf, struct yf_sidecar *out)
{
	int64_t length;

	out->id = yf_conf_str(conf, "model", "id");
	out->name = yf_conf_str(conf, "model", "name");
	out->licence = yf_conf_str(conf, "model", "licence");
	out->licence_file = yf_conf_str(conf, "model", "licence_file");
	out->provenance = yf_conf_str(conf, "model", "provenance");
	if (!out->id.len || out->id.len > 128)
		return wrong(conf, "model", "id", "not of 1 to 128 characters");
	if (!out->name.len || out->name.len > 128)
		return wrong(conf, "model", "name",
			     "not of 1 to 128 characters");
	YF_TRY(read_input(conf, out));
	YF_TRY(read_alignment(conf, &out->alignment));
	YF_TRY(yf_conf_int(conf, "output", "length", 0, YF_PLAN_OUTPUT_MAX,
			   &length));
	out->length = (uint32_t)length;
	YF_TRY(yf_conf_bool(conf, "output", "mirror", &out->mirror));
	YF_TRY(read_reals(conf, "output", "session_distance", 1, 2,
			  &out->session_distance));
	if (out->session_distance <= 0)
		return wrong(conf, "output", "session_distance",
			     "not above zero");
	return read_calibration(conf, out);
}

yf_err yf_sidecar_parse(struct yf_arena *arena, const char *path, yf_str text,
			struct yf_sidecar *out, yf_str *problem)
{
	struct yf_conf conf = { .arena = arena, .path = path };
	struct yf_sidecar sidecar = { 0 };

	*problem = (yf_str){ "", 0 };
	yf_err err =
		yf_conf_parse(arena, path, text, keys, YF_COUNT(keys), &conf);
	if (!yf_failed(err))
		err = read_all(&conf, &sidecar);
	if (yf_failed(err)) {
		*problem = conf.problem;
		return err;
	}
	*out = sidecar;
	return YF_OK;
}

/* The licence stands beside the sidecar; its name leads nowhere else. */
static yf_err load_licence(struct yf_arena *arena, const char *path,
			   struct yf_sidecar *sidecar, yf_str *problem)
{
	const char *slash = strrchr(path, '/');
	const int folder = slash ? (int)(slash - path + 1) : 0;
	yf_bytes text;
	yf_str where;

	if (!sidecar->licence_file.len)
		return YF_OK;
	YF_TRY(yf_str_format(arena, &where, "%.*s%.*s", folder, path,
			     YF_ARG(sidecar->licence_file)));
	const bool plain = !memchr(sidecar->licence_file.ptr, '/',
				   sidecar->licence_file.len);
	const yf_err err =
		plain ? yf_file_load(arena, where.ptr, LICENCE_LEN_MAX, &text)
		      : YF_FAIL(CONFIG);
	if (!yf_failed(err) && yf_str_is_printable(yf_str_from(text), true)) {
		sidecar->licence_text = yf_str_from(text);
		return YF_OK;
	}
	YF_TRY(yf_str_format(arena, problem,
			     "%s: [model] licence_file: no text file of that "
			     "name beside it",
			     path));
	return yf_failed(err) ? err : YF_FAIL(CONFIG);
}

yf_err yf_sidecar_load(struct yf_arena *arena, const char *path,
		       struct yf_sidecar *out, yf_str *problem)
{
	struct yf_sidecar sidecar;
	yf_bytes text;

	*problem = (yf_str){ "", 0 };
	YF_TRY(yf_file_load(arena, path, YF_CONF_LEN_MAX, &text));
	YF_TRY(yf_sidecar_parse(arena, path, yf_str_from(text), &sidecar,
				problem));
	YF_TRY(load_licence(arena, path, &sidecar, problem));
	*out = sidecar;
	return YF_OK;
}
