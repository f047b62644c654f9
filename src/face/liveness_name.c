#include "face/liveness.h"

const char *yf_liveness_step_name(yf_liveness_step step)
{
	static const char *const names[] = {
		[YF_STEP_NEUTRAL] = "neutral",
		[YF_STEP_TURN_LEFT] = "turn_left",
		[YF_STEP_TURN_RIGHT] = "turn_right",
		[YF_STEP_OPEN_MOUTH] = "open_mouth",
		[YF_STEP_COME_CLOSER] = "come_closer",
	};

	return names[step];
}

const char *yf_liveness_reason_name(yf_liveness_reason reason)
{
	static const char *const names[] = {
		[YF_LIVENESS_OK] = "ok",
		[YF_LIVENESS_NO_FACE] = "no_face",
		[YF_LIVENESS_MANY_FACES] = "many_faces",
		[YF_LIVENESS_TOO_SMALL] = "too_small",
		[YF_LIVENESS_TOO_DARK] = "too_dark",
		[YF_LIVENESS_TOO_BRIGHT] = "too_bright",
		[YF_LIVENESS_BLURRED] = "blurred",
		[YF_LIVENESS_CUT_OFF] = "cut_off",
		[YF_LIVENESS_TOO_FEW] = "too_few",
		[YF_LIVENESS_TOO_SLOW] = "too_slow",
		[YF_LIVENESS_TOO_FAST] = "too_fast",
		[YF_LIVENESS_WRONG_MOVE] = "wrong_move",
		[YF_LIVENESS_FLAT] = "flat",
		[YF_LIVENESS_NO_PERSPECTIVE] = "no_perspective",
		[YF_LIVENESS_JUMP] = "jump",
		[YF_LIVENESS_FROZEN] = "frozen",
		[YF_LIVENESS_ANOTHER_PERSON] = "another_person",
	};

	return names[reason];
}

const char *yf_liveness_hint_name(yf_liveness_hint hint)
{
	static const char *const names[] = {
		[YF_HINT_LOOK_STRAIGHT] = "look_straight",
		[YF_HINT_CLOSE_MOUTH] = "close_mouth",
		[YF_HINT_STEP_BACK] = "step_back",
		[YF_HINT_DO_STEP] = "do_step",
		[YF_HINT_A_BIT_MORE] = "a_bit_more",
		[YF_HINT_HOLD] = "hold",
		[YF_HINT_OTHER_MOVE] = "other_move",
		[YF_HINT_SHOW_FACE] = "show_face",
		[YF_HINT_BE_ALONE] = "be_alone",
		[YF_HINT_COME_NEARER] = "come_nearer",
		[YF_HINT_MORE_LIGHT] = "more_light",
		[YF_HINT_LESS_LIGHT] = "less_light",
		[YF_HINT_HOLD_STILL] = "hold_still",
	};

	return names[hint];
}
