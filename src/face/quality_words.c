#include <math.h>

#include "face/quality.h"

const char *yf_quality_advice(uint32_t bit)
{
	static const char *const advice[YF_FACE_DEFECTS] = {
		"only the one person should be in the picture",
		"come nearer, or use a camera with more pixels",
		"step back: the head fills the picture",
		"show the whole face, away from the edge",
		"look straight into the camera, head upright",
		"open the eyes",
		"close the mouth",
		"more light on the face",
		"less light on the face, out of the glare",
		"more even light; wipe the lens; no fog or veil",
		"light from the front, not from one side",
		"hold still and let the camera focus",
		"daylight or white light; no filter, no black and white",
		"a plain wall behind the person",
		"save the picture with less compression",
	};

	for (uint32_t i = 0; i < YF_FACE_DEFECTS; i++) {
		if (bit == 1u << i)
			return advice[i];
	}
	return "take another picture";
}

void yf_quality_write_defects(uint32_t defects, const char *name,
			      struct yf_json_out *out)
{
	yf_json_out_array(out, name);
	for (uint32_t i = 0; i < YF_FACE_DEFECTS; i++) {
		if (defects & 1u << i)
			yf_json_out_text(out, NULL,
					 yf_face_defect_name(1u << i));
	}
	yf_json_out_close(out);
}

static void put(struct yf_json_out *out, const char *name, float value)
{
	if (isfinite(value))
		yf_json_out_real(out, name, (double)value);
	else
		yf_json_out_null(out, name);
}

void yf_quality_write(const struct yufu_face_quality *q,
		      struct yf_json_out *out)
{
	yf_quality_write_defects(q->defects, "defects", out);
	yf_quality_write_defects(q->warnings, "warnings", out);
	put(out, "unified", q->unified);
	put(out, "yaw", q->yaw);
	put(out, "pitch", q->pitch);
	put(out, "roll", q->roll);
	put(out, "inter_eye_distance", q->inter_eye_distance);
	put(out, "head_size", q->head_size);
	put(out, "eyes_open", q->eyes_open);
	put(out, "mouth_open", q->mouth_open);
	put(out, "luminance_mean", q->luminance_mean);
	put(out, "luminance_sd", q->luminance_sd);
	put(out, "under_exposure", q->under_exposure);
	put(out, "over_exposure", q->over_exposure);
	put(out, "dynamic_range", q->dynamic_range);
	put(out, "illumination_uniformity", q->illumination_uniformity);
	put(out, "sharpness", q->sharpness);
	put(out, "natural_colour", q->natural_colour);
	put(out, "background_uniformity", q->background_uniformity);
	put(out, "compression_artifacts", q->compression_artifacts);
}
