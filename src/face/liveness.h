#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "face/look.h"
#include "face/shape.h"
#include "face/words.h"

/*
 * The liveness challenge: does a head that is there now do what it is asked?
 *
 * The page shows one step at a time.  Between steps, before the first and
 * after the last, the person looks straight at the camera, mouth closed, at
 * the usual distance ("neutral").  For each picture the caller feeds what the
 * engine saw and the server's time; times that a client claims have no place
 * here.  Pure: no IO, clock or random inside, plain data without pointers,
 * so that a session can be kept, copied and replayed in a test.
 *
 *	begin -> [neutral -> step -> neutral]... -> PASSED or FAILED
 *
 * Pictures of one session are fed one after another, in the order in which
 * they came, at 4 to 15 per second.
 *
 * What it stops: a printed or shown picture that is held still, moved or
 * turned; a recording that does not know the steps; still pictures shown one
 * after another; a second person who takes over.  What it does NOT stop: a
 * face drawn live by a computer into a virtual camera, a good mask, a picture
 * bent round a cylinder in skilled hands, a person under coercion.
 * Against the first only the trust in the capturing device helps.
 */

enum {
	YF_LIVENESS_DRAWN = 3,    /* steps of a drawn challenge */
	YF_LIVENESS_DRAWS = 24,   /* how many challenges there are to draw */
	YF_LIVENESS_KEPT_MAX = 5, /* descriptors kept for the match */
	YF_LIVENESS_HASHES = 384, /* pictures remembered, over 25 s at 15/s */

	YF_LIVENESS_START_MS = 12000, /* until the first neutral pose */
	YF_LIVENESS_STEP_MS = 6000, /* from showing a step to having done it */
	YF_LIVENESS_RETURN_MS = 5000,   /* back to neutral */
	YF_LIVENESS_SESSION_MS = 25000, /* from the first neutral pose on */
	YF_LIVENESS_REACTION_MS = 200,  /* a person needs at least this long */
};

/* Where the head was in one picture. */
struct yf_liveness_pose {
	float x, y, size; /* of the box, pixels */
	float yaw;
	int64_t at_ms;
};

/* What the step at hand has shown so far. */
struct yf_liveness_evidence {
	bool onset, reached, described;
	uint32_t run;           /* pictures in a row that reach */
	double relief, nearing; /* sums, see shape.h */
	uint32_t relief_count, nearing_count;
	double ahead, aside; /* sums of relief, and of how far it is turned */
	float narrowest;
};

/* Read it through the functions below; it may be copied. */
struct yf_liveness {
	enum yufu_face_step steps[YUFU_FACE_STEPS_MAX];
	uint32_t count, at;
	bool moving; /* a step is shown, not the neutral pose */
	enum yufu_face_state progress;
	enum yufu_face_reason reason;
	enum yufu_face_hint hint;

	int64_t begun_ms, shown_ms, fed_ms;
	int64_t started_ms; /* first neutral pose; -1 before */
	int64_t lost_ms;    /* no usable face since; -1 while there is one */
	int64_t wrong_ms;   /* another move since; -1 while there is none */
	enum yufu_face_reason lost; /* the last cause of it */

	bool tracked;     /* `pose` is that of the last picture */
	int64_t pause_ms; /* between it and the one before */
	struct yf_liveness_pose pose;
	uint32_t gaps, jumps, repeats, repeats_run, wrong_run;
	uint64_t hashes[YF_LIVENESS_HASHES]; /* of all pictures, a ring */
	uint32_t hashes_count;

	uint32_t neutral_run;
	uint32_t neutral_count;  /* pictures that `neutral` is the mean of */
	struct yf_shape neutral; /* the pose before the step at hand */
	float neutral_eyes;      /* eye distance in it, pixels */
	float neutral_yaw;
	float usual_eyes; /* in the neutral pose before; 0 at first */
	struct yf_liveness_evidence evidence;

	bool suspect; /* the last described picture was not alike */
	float first[YF_FACE_DESCRIPTOR];
	uint32_t described_count;
	float kept[YF_LIVENESS_KEPT_MAX][YF_FACE_DESCRIPTOR];
	float merit[YF_LIVENESS_KEPT_MAX];
	uint32_t kept_count;
};

/*
 * A challenge of three different steps in random order, from a number that is
 * uniform in 0 .. YF_LIVENESS_DRAWS - 1.  At least one of them is a turn,
 * because the turn is what a flat picture cannot do.
 */
struct yufu_face_challenge yf_liveness_draw(uint32_t number, uint64_t begun_us);

/* Are there 1..YUFU_FACE_STEPS_MAX steps, none neutral, one of them a turn? */
bool yf_liveness_accepts(const struct yufu_face_challenge *challenge);

/* A challenge that it accepts.  Times of the session are begun_us / 1000. */
void yf_liveness_begin(struct yf_liveness *session,
		       const struct yufu_face_challenge *challenge);

/* What the person is to be shown now. */
enum yufu_face_step yf_liveness_shown(const struct yf_liveness *session);

/* Until what is shown is too late, for the page; 0 when all is over. */
int64_t yf_liveness_left_ms(const struct yf_liveness *session, int64_t now_ms);

/*
 * Should the next picture be described (the dear part of the engine)?  About
 * one in the neutral poses and one in each step: seven for three steps.  A
 * session makes no progress past such a point until a description came, so
 * one that is missing delays and never weakens.
 */
bool yf_liveness_wants_descriptor(const struct yf_liveness *session);

/*
 * Takes what the engine saw in the next picture.  Pictures without a usable
 * face are borne for a while.  After PASSED or FAILED it changes nothing.
 */
enum yufu_face_state yf_liveness_feed(struct yf_liveness *session,
				      const struct yf_look *look,
				      int64_t now_ms);

/* For when no picture came: passes deadlines and nothing else. */
enum yufu_face_state yf_liveness_wait(struct yf_liveness *session,
				      int64_t now_ms);

/* YUFU_REASON_NONE until it failed. */
enum yufu_face_reason yf_liveness_why(const struct yf_liveness *session);
enum yufu_face_hint yf_liveness_advice(const struct yf_liveness *session);

/*
 * The unit mean of the best frontal descriptors, for the 1:1 match; what went
 * into it is the count, 0 (and `out` all zero) before the first.
 */
size_t yf_liveness_descriptor(const struct yf_liveness *session,
			      float out[static YF_FACE_DESCRIPTOR]);
