#pragma once

#include "card/grant.h"
#include "card/proofing.h"

/* The rows of proofing.  Each is one transaction. */

/*
 * A move of this attempt was shown, after pictures of a face: from here on it
 * has a row, "broken_off" until it ends.  Who sees which moves are asked for
 * and goes away has drawn a challenge, and that is counted.
 */
YF_CHECKED yf_err yf_proof_store_shown(const struct yf_proof_step *step);

/* The attempt with its outcome and, the first time, a service-point ticket. */
YF_CHECKED yf_err yf_proof_store_failure(const struct yf_proof_step *step,
					 const char *outcome);

/*
 * Consent, evidence, attempt, act and code.
 * TOO_MANY  sessions at once brought the person over YF_PROOF_PERSON_DAY_MAX
 *           meanwhile; nothing is written
 */
YF_CHECKED yf_err yf_proof_store_success(const struct yf_proof_step *step,
					 const struct yf_grant *grant,
					 const struct yf_handle *code);

/*
 * Attempts of the person in the last 24 hours, of any session, that failed
 * before the camera; what never came to a picture is not counted.
 */
YF_CHECKED yf_err
yf_proof_store_failures_today(const struct yf_proof_step *step, int64_t *out);
