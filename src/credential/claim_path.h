#pragma once

#include "codec/json.h"

/*
 * A claims path pointer, OpenID4VP 1.0 section 7 and OpenID4VCI 1.0 appendix
 * C: strings select members, non-negative integers elements, null all
 * elements of an array.
 */
enum { YF_CLAIM_PATH_MAX = 16 };

typedef enum {
	YF_CLAIM_MEMBER,
	YF_CLAIM_ELEMENT,
	YF_CLAIM_ALL,
} yf_claim_step_kind;

struct yf_claim_step {
	yf_claim_step_kind kind;
	yf_str name;  /* of a MEMBER */
	size_t index; /* of an ELEMENT */
};

struct yf_claim_path {
	const struct yf_claim_step *steps;
	size_t count; /* at least 1 */
};

/*
 * From its JSON array.  SYNTAX for an empty array or a piece of another kind,
 * TOO_DEEP over YF_CLAIM_PATH_MAX, MEMORY.
 */
YF_CHECKED yf_err yf_claim_path_parse(struct yf_arena *arena,
				      const struct yf_json *array,
				      struct yf_claim_path *out);

/*
 * For paths written in source: pieces joined by '.', "*" for all elements,
 * "#2" for element 2, e.g. "address.locality", "nationalities.*".  The codes
 * of yf_claim_path_parse().
 */
YF_CHECKED yf_err yf_claim_path_of(struct yf_arena *arena, const char *text,
				   struct yf_claim_path *out);

/* The inverse of yf_claim_path_parse(). */
void yf_claim_path_put(struct yf_json_out *out, const char *name,
		       const struct yf_claim_path *path);

/*
 * The values that a path selects, in document order.  NOT_FOUND when there is
 * none, SYNTAX when a piece meets a value of the wrong kind (OpenID4VP 1.0
 * section 7.1: abort processing), MEMORY.
 */
YF_CHECKED yf_err yf_claim_path_select(struct yf_arena *arena,
				       const struct yf_json *claims,
				       const struct yf_claim_path *path,
				       const struct yf_json *const **values,
				       size_t *count);
