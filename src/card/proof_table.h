#pragma once

#include "card/proof_session.h"

/*
 * The proofing sessions under way, in memory and bounded: pictures come ten
 * a second and nothing of a session outlives it, so there is nothing that a
 * database would keep.  A restart ends them; the wallet starts again.
 *
 * A session is held by one request at a time.
 */
struct yf_proofing;

enum { YF_PROOF_SESSIONS_MAX = 8192 };

/* MEMORY */
YF_CHECKED yf_err yf_proofing_new(struct yf_proofing **out);
void yf_proofing_free(struct yf_proofing *proofing);
void yf_proofing_cleanup(struct yf_proofing **proofing);

/*
 * A new session, held.  Expired ones make room.
 * BUSY  YF_PROOF_SESSIONS_MAX are under way
 */
YF_CHECKED yf_err yf_proof_open(struct yf_proofing *proofing,
				const struct yf_handle *cookie,
				const struct yf_par *par, int64_t now_s,
				struct yf_proof_session **out);

/*
 * The session of a cookie, held.
 * NOT_FOUND  there is none, or its time is over
 * CONFLICT   another request holds it
 */
YF_CHECKED yf_err yf_proof_take(struct yf_proofing *proofing,
				const struct yf_handle *cookie, int64_t now_s,
				struct yf_proof_session **out);

/* Lets it go again. */
void yf_proof_release(struct yf_proofing *proofing,
		      struct yf_proof_session *session);

/* Wipes and frees those whose time is over; called every minute. */
void yf_proofing_sweep(struct yf_proofing *proofing, int64_t now_s);

size_t yf_proof_open_count(struct yf_proofing *proofing);
