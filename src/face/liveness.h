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
 * What it asks of each step: it begins neither before a person can have read
 * it nor long after, it is complete soon after it began, the head moves no
 * faster than heads do, turns with the depth of a head, grows with the
 * perspective of one, and is of the same person all the time, the last
 * neutral pose included.  A picture that was there before, or the same one
 * encoded again, is no evidence of anything.
 *
 * What it stops: a printed or shown picture that is held still, moved or
 * turned; a recording that does not know the steps; still pictures shown one
 * after another; a second person who takes over.  What it does NOT stop: a
 * face drawn live by a computer into a virtual camera, pieces of a recording
 * played live to the steps, a good mask, a picture bent round a cylinder in
 * skilled hands, a person under coercion.  Against the first two only the
 * trust in the capturing device helps.
 */

enum {
	YF_LIVENESS_DRAWN = 3,    /* steps of a drawn challenge */
	YF_LIVENESS_EASY = 2,     /* of an accessible one */
	YF_LIVENESS_DRAWS = 24,   /* how many challenges there are to draw */
	YF_LIVENESS_KEPT_MAX = 5, /* descriptors kept for the match */
	YF_LIVENESS_HASHES = 320, /* pictures remembered, over 20 s at 15/s */
	YF_LIVENESS_GLANCE_MS = 110, /* one of these is looked at again */
	YF_LIVENESS_GLANCES = 184,   /* so many in 20 s */

	YF_LIVENESS_SESSION_MS = 20000, /* from the beginning to the end */
	YF_LIVENESS_START_MS = 8000,    /* of it until the first neutral pose */
	YF_LIVENESS_REACTION_MS = 250,  /* a person needs at least this long */

	/* Until the step has begun, from there until it is complete, and back
	 * to neutral; and the same in the accessible variant. */
	YF_LIVENESS_ONSET_MS = 3000,
	YF_LIVENESS_COMPLETE_MS = 3000,
	YF_LIVENESS_RETURN_MS = 4000,
	YF_LIVENESS_EASY_ONSET_MS = 5000,
	YF_LIVENESS_EASY_COMPLETE_MS = 5000,
	YF_LIVENESS_EASY_RETURN_MS = 6000,
};

/* Where the head was in one picture. */
struct yf_liveness_pose {
	float x, y, size; /* of the box, pixels */
	float yaw, mouth;
	int64_t at_ms;
};

/* What the step at hand has shown so far. */
struct yf_liveness_evidence {
	uint32_t reached, described;
	int64_t onset_ms;       /* -1 before */
	uint32_t run;           /* pictures in a row that reach */
	double relief, nearing; /* sums, see shape.h */
	uint32_t relief_count, nearing_count;
	double ahead, aside; /* sums of relief, and of how far it is turned */
	float narrowest;
};

/*
 * Read it through the functions below; it may be copied, and travels as the
 * session bytes of the plug-in interface.  Truth values are numbers, because
 * bytes that were tampered with may hold anything.
 */
struct yf_liveness {
	uint32_t steps[YUFU_FACE_STEPS_MAX];
	uint32_t count, at;
	uint32_t accessible;
	uint32_t moving;   /* a step is shown, not the neutral pose */
	uint32_t progress; /* enum yufu_face_state */
	uint32_t reason;
	uint32_t hint;

	int64_t begun_ms, shown_ms, fed_ms;
	int64_t started_ms; /* first neutral pose; -1 before */
	int64_t lost_ms;    /* no usable face since; -1 while there is one */
	int64_t wrong_ms;   /* another move since; -1 while there is none */
	uint32_t lost;      /* the last reason of it */

	uint32_t tracked; /* `pose` is that of the last picture */
	int64_t pause_ms; /* between it and the one before */
	struct yf_liveness_pose pose;
	uint32_t gaps, jumps, wrong_run;
	int64_t rhythm_ms;  /* the last pause */
	uint32_t bursts;    /* pictures that came as no camera gives them */
	uint32_t metronome; /* pauses in a row that are the same */

	uint32_t repeats, repeats_run, alike,
		fresh;                       /* the last two: of shown */
	uint64_t hashes[YF_LIVENESS_HASHES]; /* of all pictures, a ring */
	uint32_t hashes_count;
	uint32_t glances_count;
	int64_t glances_ms[YF_LIVENESS_GLANCES];
	uint8_t glances[YF_LIVENESS_GLANCES][YF_LOOK_GLANCE];

	uint32_t neutral_run;
	uint32_t neutral_count;  /* pictures that `neutral` is the mean of */
	struct yf_shape neutral; /* the pose before the step at hand */
	float neutral_eyes;      /* eye distance in it, pixels */
	float neutral_yaw;
	float usual_eyes; /* in the neutral pose before; 0 at first */
	struct yf_liveness_evidence evidence;

	uint32_t suspect; /* the last described picture was not alike */
	float first[YF_FACE_DESCRIPTOR];
	uint32_t described_count;
	float kept[YF_LIVENESS_KEPT_MAX][YF_FACE_DESCRIPTOR];
	float merit[YF_LIVENESS_KEPT_MAX];
	uint32_t kept_count;
};

_Static_assert(sizeof(struct yf_liveness) <= YUFU_FACE_SESSION_LEN_MAX,
	       "a session travels as the bytes of the plug-in interface");

/*
 * A challenge from a number that is uniform in 0 .. YF_LIVENESS_DRAWS - 1:
 * three different steps in random order, at least one of them a turn, because
 * the turn is what a flat picture cannot do.
 *
 * The accessible variant has two: one turn, and the mouth or coming closer,
 * in random order, with more time for each.  It is easier to guess, 1 of 8
 * instead of 1 of 24, and asks for half the moves; depth, one person, rhythm
 * and repetition are judged as strictly.
 *
 * YUFU_STEP_LOOK_UP is not drawn: nodding is seen (tests/unit/quality_test.c)
 * but its size differs by half from person to person.
 */
struct yufu_face_challenge yf_liveness_draw(uint32_t number, bool accessible,
					    uint64_t begun_us);

/* Are there 1..YUFU_FACE_STEPS_MAX steps, each one of the four that are
 * drawn, one of them a turn? */
bool yf_liveness_accepts(const struct yufu_face_challenge *challenge);

/* A challenge that it accepts.  Times of the session are begun_us / 1000. */
void yf_liveness_begin(struct yf_liveness *session,
		       const struct yufu_face_challenge *challenge);

/*
 * Could these bytes be a session of that challenge?  Ask before anything else
 * is done with a session that was out of one's hands; what follows is safe
 * then, though a forger of the bytes may still pass.
 */
bool yf_liveness_is_sound(const struct yf_liveness *session,
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
 * All of it for the plug-in interface.  `quality` is of the last picture and
 * may be NULL; what a person could mend in it is said before the challenge
 * begins ("more light from the front"), where nothing else is to be said.
 */
void yf_liveness_report(const struct yf_liveness *session, int64_t now_ms,
			const struct yufu_face_quality *quality,
			struct yufu_face_progress *out);

/*
 * The unit mean of the best frontal descriptors, for the 1:1 match; what went
 * into it is the count, 0 (and `out` all zero) before the first.
 */
size_t yf_liveness_descriptor(const struct yf_liveness *session,
			      float out[static YF_FACE_DESCRIPTOR]);
