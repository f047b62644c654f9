#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <yufu/face.h>

/*
 * Stable words for the numbers of <yufu/face.h>, for the wire, the log and
 * the pages: "turn_left", "too_dark", "hold", "inter_eye_distance".  Numbers
 * may come from a vendor's engine: for one that is not in the header the word
 * is "unknown".
 */
const char *yf_face_step_name(uint32_t step);
const char *yf_face_reason_name(uint32_t reason);
const char *yf_face_hint_name(uint32_t hint);

enum { YF_FACE_DEFECTS = 15 };

/* Of one bit of enum yufu_face_defect. */
const char *yf_face_defect_name(uint32_t bit);

/* "no face found" rather than "challenge failed": no fault of the person. */
static inline bool yf_face_saw_no_face(uint32_t reason)
{
	return reason > YUFU_REASON_NONE && reason < YUFU_REASON_TOO_SLOW;
}
