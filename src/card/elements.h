#pragma once

#include "card/claims.h"
#include "credential/mdoc_issue.h"

/*
 * The values of a card as elements of an mdoc.  Pure.
 *
 * An mdoc has no dates with unknown parts: a birth date of which only month
 * or year is known becomes the latest day that it can be, as the ages are
 * counted (card/age.h).
 */

/* Where the element `demo` stands, see yf_card_claims(). */
#define YF_DEMO_NAME_SPACE "urn:yufu:1"

struct yf_card_elements {
	const struct yf_mdoc_element *at;
	size_t count;
};

/* What is to be said, and of whom. */
struct yf_card_elements_ask {
	const struct yf_card_type *type;
	yf_card_format format; /* YF_FORMAT_MDOC or YF_FORMAT_TALLY */
	const struct yf_card_face *face;
	const struct yf_card_values *values;
};

/*
 * format   YF_FORMAT_MDOC for all, YF_FORMAT_TALLY for those of a tally
 *
 * NO_DATA  a value in the register is not what its encoding needs: `missing`
 *          names the source
 * MEMORY
 */
YF_CHECKED yf_err yf_card_elements(struct yf_arena *arena,
				   const struct yf_card_elements_ask *ask,
				   struct yf_card_elements *out,
				   yf_str *missing);
