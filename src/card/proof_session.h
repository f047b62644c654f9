#pragma once

#include "card/par.h"
#include "face/pool.h"
#include "face/words.h"
#include "register/register.h"

/*
 * One proofing session: the rules, pure.  What a person may do next, what a
 * failure costs, when the way without a face is shown: always from the first
 * failure on, and at any time when the person asks.
 *
 * A session lives in memory only and no picture or descriptor of it is ever
 * stored; what lasts is written by proofing.c.
 */
enum {
	YF_PROOF_LIFE_S = 900,
	YF_PROOF_IDENTIFY_TRIES = 5,
	YF_PROOF_FACE_TRIES = 3,    /* failures that speak against the person */
	YF_PROOF_ATTEMPTS_MAX = 12, /* of any outcome */
	YF_PROOF_PERSON_DAY_MAX = 20, /* failures of a person in 24 hours */
	YF_PROOF_FRAME_GAP_MS = 1000 / 15, /* more pictures tell no more */
	YF_TICKET_LIFE_S = 30 * 86400,
};

typedef enum {
	YF_PROOF_IDENTIFY, /* number and name */
	YF_PROOF_CONSENT,
	YF_PROOF_READY,  /* an attempt may start */
	YF_PROOF_FACE,   /* pictures come */
	YF_PROOF_PASSED, /* a code was issued */
	YF_PROOF_REFUSED,
	YF_PROOF_ELSEWHERE, /* the person takes the other way */
} yf_proof_phase;

/* Why an attempt ended, beside the reasons of the challenge. */
typedef enum {
	YF_PROOF_OK,
	YF_PROOF_CHALLENGE, /* see liveness_reason */
	YF_PROOF_NOT_MATCHED,
	YF_PROOF_NETWORK,
	YF_PROOF_NO_CAMERA,
	YF_PROOF_CAMERA_REFUSED,
	YF_PROOF_NO_PORTRAIT, /* the register has none with a face */
	YF_PROOF_DECLINED,
	YF_PROOF_TOO_OFTEN,      /* too many failures for this person today */
	YF_PROOF_NO_CERTIFICATE, /* face matches count for nothing here */
} yf_proof_reason;

struct yf_ticket {
	char number[16]; /* "K7M4-Q2PX", empty before the first failure */
	int64_t expires_s;
};

struct yf_proof_session {
	/* Who asked, and where the answer goes. */
	char *client_id; /* heap, freed by the table */
	char *redirect_uri;
	char *state;
	char *type;     /* of credential, card/type.h */
	char *details;  /* card/details.h */
	char *redirect; /* once passed; NULL before */
	char code_challenge[64];
	char dpop_jkt[64];
	struct yf_handle par;
	int64_t made_s;
	char id[40]; /* UUID, for the rows of its attempts */

	yf_proof_phase phase;
	int identify_tries; /* left */
	int face_tries;     /* left */
	int attempts;       /* started */

	bool has_person;
	int64_t person_shard;
	char person_id[40];

	char consent_locale[16];
	char consent_text[48]; /* SHA-256 of the notice as shown */
	int64_t consent_version;
	int64_t consent_s;

	yf_proof_reason reason; /* of the last failure */
	enum yufu_face_reason liveness_reason;
	struct yf_ticket ticket;

	bool accessible;  /* of the last attempt: fewer moves, more time */
	int64_t frame_ms; /* when the last picture came that was looked at */
	/* While pictures come: heap, wiped and freed by yf_proof_forget(). */
	struct yf_face_session *face;
	char attempt_id[40]; /* of its row, once a move was shown */
	struct yufu_face_progress progress; /* after the last of them */
	int64_t progress_ms;                /* on the monotonic clock */
	bool has_box;
	float box[4]; /* share of the picture */
	bool has_portrait;
	struct yf_face_template portrait; /* and which engine answered */
};

/* The word of the interface for the last failure; NULL when there was none. */
const char *yf_proof_reason_name(const struct yf_proof_session *session);
const char *yf_proof_phase_name(yf_proof_phase phase);

/*
 * Does this failure count against the person?  Darkness, distance, several
 * people, a bad network: no.  Another face, a picture held up: yes.
 */
bool yf_proof_counts(yf_proof_reason reason, enum yufu_face_reason liveness);

/* CONFLICT when the phase does not allow it. */
YF_CHECKED yf_err yf_proof_may(const struct yf_proof_session *session,
			       yf_proof_phase phase);

/* No face outlives the attempt, nor the portrait's the session. */
void yf_proof_forget(struct yf_proof_session *session);

/* After a failed attempt: the reason, the count, the next phase. */
void yf_proof_fail(struct yf_proof_session *session, yf_proof_reason reason,
		   enum yufu_face_reason liveness);

/*
 * An attempt begins: `face` and `progress` as the engine made them of the
 * challenge before the first picture.
 * CONFLICT (wrong phase), TOO_MANY (YF_PROOF_ATTEMPTS_MAX), MEMORY
 */
YF_CHECKED yf_err yf_proof_start(struct yf_proof_session *session,
				 const struct yf_face_session *face,
				 const struct yufu_face_progress *progress,
				 int64_t mono_ms);
