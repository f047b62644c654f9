#pragma once

#include "env/env.h"

/*
 * The keys that sign, by generation: issuer.{key,pem} is the first, then
 * issuer-2, issuer-3, ... and the same of the registrar.  A generation is
 * announced from the moment that its .pem is there, signs from
 * YF_KEY_BACKDATE_S after its certificate begins until the next one does, and
 * counts until its certificate ends.  Nothing else is stored: what signs is a
 * question of the files and the clock, so that every process agrees.
 */
enum {
	YF_KEY_FILES_MAX = 256,  /* generations of a role */
	YF_KEY_BACKDATE_S = 300, /* for clocks that are behind */
	YF_KEY_LEAF_DAYS = 825,
	/* Longer than anybody keeps /trust or jwt-vc-issuer. */
	YF_KEY_DELAY_S = 7200,
};

typedef enum {
	YF_KEY_NEXT,    /* announced, signs later */
	YF_KEY_SIGNS,   /* the one that signs */
	YF_KEY_RETIRED, /* signed before; what it signed holds */
	YF_KEY_ENDED,   /* nothing that it signed holds any more */
} yf_key_state;

struct yf_key_file {
	yf_str name; /* "issuer-2" */
	int64_t number;
	yf_key_state state;
	bool has_key;
	yf_bytes certificate;
	int64_t from_s;  /* signs from */
	int64_t until_s; /* its certificate ends */
};

const char *yf_key_state_name(yf_key_state state);

/* "issuer" or "registrar". */
bool yf_key_is_role(yf_str role);

/* Where keys are, and what is said to people after an error. */
struct yf_key_place {
	const char *folder;
	yf_str *problem;
};

/*
 * All generations of a role in order, as they stand at now_s.
 * NOT_FOUND when none can sign; the codes of reading files: `problem` says
 * which.
 */
YF_CHECKED yf_err yf_key_files_scan(struct yf_arena *arena,
				    const struct yf_key_place *place,
				    const char *role, int64_t now_s,
				    struct yf_key_file **out, size_t *count);

/* The one that signs. */
const struct yf_key_file *yf_key_files_signer(const struct yf_key_file *files,
					      size_t count);

/*
 * Makes the next generation, which signs delay_s from now; with an act.  An
 * attempt that was interrupted before announced nothing and is made anew.
 *
 * CONFLICT   one is announced already and does not sign yet
 * UNSUPPORTED  no such role
 * RANGE      delay_s below 0 or over 30 days, or the root ends before
 * TOO_LARGE  over YF_KEY_FILES_MAX
 */
YF_CHECKED yf_err yf_key_rotate(const struct yf_env *env,
				struct yf_arena *arena,
				const struct yf_key_place *place, yf_str role,
				int64_t delay_s, struct yf_key_file *out);

/*
 * Removes the private keys of generations that no longer sign since
 * YF_KEY_DELAY_S, and all of those that ended; with an act each.
 */
YF_CHECKED yf_err yf_key_prune(const struct yf_env *env, struct yf_arena *arena,
			       const struct yf_key_place *place, yf_str role,
			       size_t *removed);
