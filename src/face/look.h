#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * What the engine saw in one picture.  Plain data: it crosses the border to
 * the sandboxed worker as bytes and is all that leaves it.
 */

enum {
	YF_FACE_POINTS = 68,
	YF_FACE_DESCRIPTOR = 512, /* at most; the rest is zero */
	YF_LOOK_GLANCE = 16 * 12,
};

/* Ordinary answers about a picture; none of them is an error. */
typedef enum {
	YF_LOOK_FACE,      /* exactly one face that can be used */
	YF_LOOK_NONE,      /* no face */
	YF_LOOK_MANY,      /* several faces of comparable size */
	YF_LOOK_TOO_SMALL, /* the face has too few pixels */
	YF_LOOK_TOO_DARK,  /* too little light on the face */
	YF_LOOK_TOO_BRIGHT,
	YF_LOOK_BLURRED,
	YF_LOOK_CUT_OFF, /* the face reaches over the edge of the picture */
} yf_look_outcome;

/* How much of it is wanted. */
typedef enum {
	YF_FACE_LANDMARKS,   /* box, points, measures */
	YF_FACE_DESCRIPTION, /* and the descriptor of a YF_LOOK_FACE */
	/*
	 * And a descriptor from one pass, without the mirror image: a third
	 * cheaper and less exact, enough to see that the frames of a session
	 * show one person (YF_MATCH_SAME_SESSION), not to compare with a
	 * portrait.
	 */
	YF_FACE_TRACKING,
	/*
	 * And the descriptor of the main face whatever the outcome is, as long
	 * as there is one: for measuring the engine, never for deciding.
	 */
	YF_FACE_MEASUREMENT,
} yf_face_depth;

struct yf_look {
	yf_look_outcome outcome;
	uint32_t width, height; /* of the picture, pixels */
	float box[4];           /* x, y, width, height, pixels */
	float score;            /* of the detector, 0..1 */

	/* The 68 points of the iBUG scheme, pixels, in picture coordinates. */
	float points[YF_FACE_POINTS][2];

	/*
	 * yaw: nose tip between the jaw ends, -1..1, 0 from the front; positive
	 * when the person turned to THEIR left (the nose moves to the right of
	 * an unmirrored picture).
	 * mouth: opening height over width, inner lips, 0 closed.
	 * eye_distance: between the eye centres, pixels.
	 */
	float yaw, mouth, eye_distance;

	float brightness; /* mean luma of the face box, 0..255 */
	/* Variance of the Laplacian over the face box, shrunk to at most 128
	 * pixels a side so that it means the same in every picture. */
	float sharpness;
	uint64_t pixels_hash; /* of the decoded pixels: repeated frames show */
	/*
	 * Mean luma of 16 x 12 fields of the picture in 1/32, the lowest eight
	 * bits of it: a picture that was encoded again is within a few of
	 * these, the next one of a camera is not.
	 */
	uint8_t glance[YF_LOOK_GLANCE];

	/*
	 * Unit norm, mean of the face and its mirror image; all zero unless it
	 * was asked for (yf_face_depth, which also says when it is not the
	 * mean).
	 */
	float descriptor[YF_FACE_DESCRIPTOR];
	uint32_t descriptor_len; /* numbers that the model gives */
	/* At most so far apart are two frames of one person's session with
	 * this model; 0 when no engine made this. */
	float session_distance;
};

/* Root mean square difference of two glances, in grey levels; it wraps, so
 * it is small for the same picture and means nothing where it is large. */
float yf_look_apart(const uint8_t a[static YF_LOOK_GLANCE],
		    const uint8_t b[static YF_LOOK_GLANCE]);

/* Euclidean distance of two unit descriptors, 0..2. */
float yf_look_distance(const float a[static YF_FACE_DESCRIPTOR],
		       const float b[static YF_FACE_DESCRIPTOR]);
