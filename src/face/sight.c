#include "face/sight.h"

#include <math.h>

const char *yf_face_answer_name(yf_face_answer answer)
{
	static const char *const names[] = {
		[YF_FACE_USABLE] = "face",
		[YF_FACE_NONE] = "none",
		[YF_FACE_MANY] = "many",
		[YF_FACE_UNUSABLE] = "unusable",
	};

	return names[answer];
}

yf_face_answer yf_face_answer_of(const struct yufu_face_quality *quality)
{
	if (quality->defects & YUFU_DEFECT_SINGLE_FACE_PRESENT)
		return YF_FACE_MANY;
	if (isnan(quality->box[2]))
		return YF_FACE_NONE;
	return quality->defects ? YF_FACE_UNUSABLE : YF_FACE_USABLE;
}

struct yufu_face_quality yf_face_quality_none(void)
{
	struct yufu_face_quality none = {
		.size = sizeof(none),
		.unified = NAN,
		.score = NAN,
		.box = { NAN, NAN, NAN, NAN },
		.yaw = NAN,
		.pitch = NAN,
		.roll = NAN,
		.inter_eye_distance = NAN,
		.head_size = NAN,
		.eyes_open = NAN,
		.mouth_open = NAN,
		.luminance_mean = NAN,
		.luminance_sd = NAN,
		.under_exposure = NAN,
		.over_exposure = NAN,
		.dynamic_range = NAN,
		.illumination_uniformity = NAN,
		.sharpness = NAN,
		.natural_colour = NAN,
		.background_uniformity = NAN,
		.compression_artifacts = NAN,
	};

	for (int i = 0; i < YUFU_FACE_POINTS; i++)
		none.points[i][0] = none.points[i][1] = NAN;
	return none;
}
