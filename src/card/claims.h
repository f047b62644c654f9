#pragma once

#include "card/type.h"
#include "credential/sdjwt_vc.h"
#include "register/person.h"

/*
 * What a card of a type says of a person: the values of its claims, and these
 * as claims of an SD-JWT VC.  Pure, but for the card number.
 */
struct yf_card_face {
	const struct yf_person *person;
	yf_bytes portrait; /* JPEG; empty: no picture claim */
	yf_level level;
	bool demo; /* for demonstration only: a claim that nobody can hide */
	yf_str document_number;
	yf_str issuing_authority;
	yf_str issuing_country;
	int64_t issued_s;
	int64_t expires_s;
};

/* A new card number of the type: its prefix and eight characters.  MEMORY */
YF_CHECKED yf_err yf_card_number_new(struct yf_arena *arena,
				     const struct yf_card_type *type,
				     yf_str *out);

/* In the order of the type's claims; NULL where the person has none.  That of
 * the portrait only says that there is one: each format has its own form. */
struct yf_card_values {
	const struct yf_json *at[YF_TYPE_CLAIMS_MAX];
};

/*
 * NO_DATA  a mandatory one is not there: `missing` names their sources
 * MEMORY
 */
YF_CHECKED yf_err yf_card_values(struct yf_arena *arena,
				 const struct yf_card_type *type,
				 const struct yf_card_face *face,
				 struct yf_card_values *out, yf_str *missing);

/*
 * When a card of this type ends that is issued at `issued_s`: after the days
 * of its type, or with the document that it shows.
 *
 * NO_DATA  the document's end is not in the register, or is no date:
 *          `missing` names it
 * OVER     it is past
 */
YF_CHECKED yf_err yf_card_ends(const struct yf_card_type *type,
			       const struct yf_person *person, int64_t issued_s,
			       int64_t *out, yf_str *missing);

/* The claims of an SD-JWT VC, and what of them a holder may keep back. */
struct yf_card_claims {
	const struct yf_json *object;
	const struct yf_claim_path *disclosable;
	size_t disclosable_count;
};

/*
 * With `demo`, which is there, and true, when the face match behind the card
 * is for demonstration only: on a card of any type, and never withheld.
 * MEMORY
 */
YF_CHECKED yf_err yf_card_claims(struct yf_arena *arena,
				 const struct yf_card_type *type,
				 const struct yf_card_face *face,
				 const struct yf_card_values *values,
				 struct yf_card_claims *out);

/* Ages that a card can prove without the birth date, ascending. */
extern const int yf_card_ages[];
extern const size_t yf_card_age_count;
