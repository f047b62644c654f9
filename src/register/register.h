#pragma once

#include "env/env.h"
#include "register/person.h"

/*
 * The register of people: what other wings may see of it.
 *
 * Fields and portrait are sealed under a key of the person's own, which is
 * wrapped by a master key outside the database; numbers are found by an HMAC.
 * Reading a person is an act and leaves its row in the same transaction.
 */

enum { YF_PORTRAIT_LEN_MAX = 512 * 1024 };

/* Which row; `id` in arena memory. */
struct yf_person_ref {
	int64_t shard;
	yf_str id;
};

/*
 * Adds an entry.
 *
 * portrait   JPEG, or empty when there is none
 *
 * CONFLICT   the number is in the register already
 * TOO_LARGE  the portrait is over YF_PORTRAIT_LEN_MAX
 * STORE, BUSY, MEMORY, and the codes of yf_person_check()
 */
YF_CHECKED yf_err yf_register_add(const struct yf_env *env,
				  struct yf_arena *arena,
				  const struct yf_person *person,
				  yf_bytes portrait, yf_str actor,
				  struct yf_person_ref *out);

/* By number; reveals nothing of the entry, so it leaves no act.  NOT_FOUND */
YF_CHECKED yf_err yf_register_find(const struct yf_env *env,
				   struct yf_arena *arena,
				   const yf_id_number *number,
				   struct yf_person_ref *out);

/*
 * The entry.  `why` is a short word for the act, e.g. "proofing".
 * NOT_FOUND, DECRYPT (another master key, or a damaged row), STORE, MEMORY
 */
YF_CHECKED yf_err yf_register_read(const struct yf_env *env,
				   struct yf_arena *arena,
				   const struct yf_person_ref *ref,
				   yf_str actor, const char *why,
				   struct yf_person *out);

struct yf_person_all {
	struct yf_person person;
	yf_bytes portrait; /* empty when there is none */
};

/* Both at once, under one act.  The codes of yf_register_read() */
YF_CHECKED yf_err yf_register_read_all(const struct yf_env *env,
				       struct yf_arena *arena,
				       const struct yf_person_ref *ref,
				       yf_str actor, const char *why,
				       struct yf_person_all *out);

/* The portrait; empty when there is none.  The codes of yf_register_read() */
YF_CHECKED yf_err yf_register_portrait(const struct yf_env *env,
				       struct yf_arena *arena,
				       const struct yf_person_ref *ref,
				       yf_str actor, const char *why,
				       yf_bytes *out);

/*
 * Removes the entry with its key: what was sealed under it stays closed for
 * ever.  Inside the transaction of card/erase.h, which removes the rest.
 * NOT_FOUND
 */
YF_CHECKED yf_err yf_register_erase(struct yf_tx *tx,
				    const struct yf_person_ref *ref);

/* Entries in the register. */
YF_CHECKED yf_err yf_register_count(const struct yf_env *env, int64_t *out);
