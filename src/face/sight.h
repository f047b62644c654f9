#pragma once

#include <stdint.h>

#include <yufu/face.h>

/*
 * What was seen in one picture.  Plain data: it crosses the border to the
 * caged worker as bytes.
 */

/* Ordinary answers about a picture; none of them is an error. */
typedef enum {
	YF_FACE_USABLE = YUFU_FACE_OK,        /* one face that can be used */
	YF_FACE_NONE = YUFU_FACE_NO_FACE,     /* no face */
	YF_FACE_MANY = YUFU_FACE_MANY_FACES,  /* several of comparable size */
	YF_FACE_UNUSABLE = YUFU_FACE_QUALITY, /* see quality.defects */
} yf_face_answer;

struct yf_face_sight {
	yf_face_answer answer;
	uint32_t width, height; /* of the picture, pixels */
	struct yufu_face_quality quality;
};

/* "face", "none", "many", "unusable": for the wire and the log. */
const char *yf_face_answer_name(yf_face_answer answer);

/* The answer that these measures stand for: no box is no face. */
yf_face_answer yf_face_answer_of(const struct yufu_face_quality *quality);

/* Of a picture without a face: every number is NaN. */
struct yufu_face_quality yf_face_quality_none(void);
