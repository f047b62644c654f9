#pragma once

#include "card/proof_table.h"
#include "env/env.h"

/*
 * Proofing as a use case: the login step of the authorization endpoint.  The
 * session is held by the caller; each call does one step of it.
 *
 * What is stored: the consent as given, that an attempt took place and how it
 * ended, the evidence of a match (engine and version, time), a number for a
 * service point.  Pictures, descriptors and scores are not.
 */

#define YF_PROOF_NOTICE_VERSION 1

struct yf_proof_step {
	const struct yf_env *env;
	struct yf_arena *arena;
	struct yf_proof_session *session;
};

/*
 * Number and name.  Where face matches count for nothing (card/face_rule.h)
 * the session is refused then with NO_CERTIFICATE and a number for a service
 * point: an answer, not an error.
 * NOT_MATCHED  the pair is not in the register; it does not say which part
 * TOO_MANY     YF_PROOF_IDENTIFY_TRIES; the session is refused
 * CONFLICT     wrong phase
 */
YF_CHECKED yf_err yf_proof_identify(const struct yf_proof_step *step,
				    yf_str number, yf_str name);

/*
 * Consent to the face check.
 * RANGE   another version of the notice, or a text_sha256 that is none
 */
YF_CHECKED yf_err yf_proof_consent(const struct yf_proof_step *step,
				   int64_t version, yf_str locale,
				   yf_str text_sha256);

/*
 * Starts an attempt with freshly drawn steps; `accessible` is the variant
 * with fewer moves and more time for each, as the person chose.  When the
 * register has no portrait with a face, the person failed too often today, or
 * face matches count for nothing meanwhile, the session is refused with that
 * reason instead: an answer, not an error.
 */
YF_CHECKED yf_err yf_proof_attempt(const struct yf_proof_step *step,
				   bool accessible);

/*
 * One picture.  One that comes sooner than YF_PROOF_FRAME_GAP_MS after the
 * last is not looked at: the answer is what the last one gave.  On success
 * `redirect` is the address with the code; the evidence, the consent, the
 * attempt and the code are one transaction.
 *
 * IMAGE, TOO_LARGE  the picture cannot be read: send another one
 * FACE_WORKER, TIMEOUT, BUSY  our side: send another one
 */
YF_CHECKED yf_err yf_proof_frame(const struct yf_proof_step *step,
				 yf_bytes jpeg, yf_str *redirect);

/*
 * What only the page knows, or the person's wish for the other way; to wish
 * it again changes nothing.
 *
 * reason    NETWORK, NO_CAMERA, CAMERA_REFUSED or DECLINED
 * CONFLICT  it is over, or no face was asked for yet (but DECLINED)
 */
YF_CHECKED yf_err yf_proof_trouble(const struct yf_proof_step *step,
				   yf_proof_reason reason);

/* The way back to the wallet without a card.  MEMORY, CONFLICT (passed) */
YF_CHECKED yf_err yf_proof_cancel(const struct yf_proof_step *step,
				  yf_str *redirect);

/* How proofing fares: attempts, sessions and people counted apart. */
struct yf_proof_count {
	char outcome[32];
	int64_t attempts, sessions, people;
};

enum { YF_PROOF_OUTCOMES_MAX = 32 };

YF_CHECKED yf_err yf_proof_counted(
	const struct yf_env *env,
	struct yf_proof_count out[static YF_PROOF_OUTCOMES_MAX], size_t *count);
