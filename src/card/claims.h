#pragma once

#include "card/level.h"
#include "credential/sdjwt_vc.h"
#include "register/person.h"

/*
 * What the identity card says, as claims of SD-JWT VC named like the EU PID
 * (spec/domain.md A4), and which of them a holder may withhold: all but `demo`,
 * which is there, and true, when the face match behind the card is for
 * demonstration only.  Pure.
 */
#define YF_ID_VCT "urn:yufu:id:1"
#define YF_ID_CONFIGURATION "id"

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

/* The claims object.  MEMORY */
YF_CHECKED yf_err yf_card_claims(struct yf_arena *arena,
				 const struct yf_card_face *face,
				 const struct yf_json **out);

/* Ages that the card can prove without the birth date, ascending. */
extern const int yf_card_ages[];
extern const size_t yf_card_age_count;

/*
 * The disclosable paths of any card.  Those that a card has no claim for are
 * ignored by the issuer.  MEMORY
 */
YF_CHECKED yf_err yf_card_disclosable(struct yf_arena *arena,
				      const struct yf_claim_path **out,
				      size_t *count);
