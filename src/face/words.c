#include "face/words.h"

#include "base/err.h"

static const char *pick(const char *const *names, size_t count, uint32_t number)
{
	return number < count && names[number] ? names[number] : "unknown";
}

const char *yf_face_step_name(uint32_t step)
{
	static const char *const names[] = {
		[YUFU_STEP_NEUTRAL] = "neutral",
		[YUFU_STEP_TURN_LEFT] = "turn_left",
		[YUFU_STEP_TURN_RIGHT] = "turn_right",
		[YUFU_STEP_OPEN_MOUTH] = "open_mouth",
		[YUFU_STEP_COME_CLOSER] = "come_closer",
		[YUFU_STEP_LOOK_UP] = "look_up",
	};

	return pick(names, YF_COUNT(names), step);
}

const char *yf_face_reason_name(uint32_t reason)
{
	static const char *const names[] = {
		[YUFU_REASON_NONE] = "ok",
		[YUFU_REASON_NO_FACE] = "no_face",
		[YUFU_REASON_MANY_FACES] = "many_faces",
		[YUFU_REASON_TOO_SMALL] = "too_small",
		[YUFU_REASON_TOO_DARK] = "too_dark",
		[YUFU_REASON_TOO_BRIGHT] = "too_bright",
		[YUFU_REASON_BLURRED] = "blurred",
		[YUFU_REASON_CUT_OFF] = "cut_off",
		[YUFU_REASON_TOO_FEW] = "too_few",
		[YUFU_REASON_TOO_SLOW] = "too_slow",
		[YUFU_REASON_TOO_FAST] = "too_fast",
		[YUFU_REASON_WRONG_MOVE] = "wrong_move",
		[YUFU_REASON_FLAT] = "flat",
		[YUFU_REASON_NO_PERSPECTIVE] = "no_perspective",
		[YUFU_REASON_JUMP] = "jump",
		[YUFU_REASON_FROZEN] = "frozen",
		[YUFU_REASON_ANOTHER_PERSON] = "another_person",
		[YUFU_REASON_NOT_LIVE] = "not_live",
		[YUFU_REASON_TIMING] = "timing",
	};

	return pick(names, YF_COUNT(names), reason);
}

const char *yf_face_hint_name(uint32_t hint)
{
	static const char *const names[] = {
		[YUFU_HINT_LOOK_STRAIGHT] = "look_straight",
		[YUFU_HINT_CLOSE_MOUTH] = "close_mouth",
		[YUFU_HINT_STEP_BACK] = "step_back",
		[YUFU_HINT_DO_STEP] = "do_step",
		[YUFU_HINT_A_BIT_MORE] = "a_bit_more",
		[YUFU_HINT_HOLD] = "hold",
		[YUFU_HINT_OTHER_MOVE] = "other_move",
		[YUFU_HINT_SHOW_FACE] = "show_face",
		[YUFU_HINT_BE_ALONE] = "be_alone",
		[YUFU_HINT_COME_NEARER] = "come_nearer",
		[YUFU_HINT_MORE_LIGHT] = "more_light",
		[YUFU_HINT_LESS_LIGHT] = "less_light",
		[YUFU_HINT_HOLD_STILL] = "hold_still",
		[YUFU_HINT_LIGHT_FROM_FRONT] = "light_from_front",
		[YUFU_HINT_OPEN_EYES] = "open_eyes",
	};

	return pick(names, YF_COUNT(names), hint);
}

const char *yf_face_defect_name(uint32_t bit)
{
	static const char *const names[YF_FACE_DEFECTS] = {
		"single_face_present",
		"inter_eye_distance",
		"head_size",
		"crop",
		"head_pose",
		"eyes_open",
		"mouth_closed",
		"under_exposure",
		"over_exposure",
		"dynamic_range",
		"illumination_uniformity",
		"sharpness",
		"natural_colour",
		"background_uniformity",
		"compression_artifacts",
	};

	for (uint32_t i = 0; i < YF_FACE_DEFECTS; i++) {
		if (bit == 1u << i)
			return names[i];
	}
	return "unknown";
}
