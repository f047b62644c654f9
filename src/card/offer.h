#pragma once

#include "card/evidence.h"
#include "register/register.h"

/*
 * An operator's credential offer: pre-authorized code grant, OpenID4VCI 1.0
 * sections 4.1 and 3.5.
 */
enum { YF_OFFER_LIFE_S = 600, YF_VETTED_CHARS_MAX = 200 };

struct yf_offer_ask {
	struct yf_person_ref person;
	yf_str type; /* name, card/type.h */
	bool with_tx_code;
	/* In-person vetting recorded with the offer; empty for none. */
	yf_str vetted_reason;
	yf_str actor;
	/* Beside NO_DATA: what is not there.  May be NULL. */
	yf_str *detail;
};

struct yf_offer {
	yf_str uri; /* openid-credential-offer://?credential_offer_uri=… */
	yf_str tx_code; /* empty when none */
	int64_t expires_s;
};

/*
 * Makes an offer of every format of the type, with the evidence and the act, in
 * one transaction.
 *
 * REQUEST_DENIED         the evidence carries not the level of the type, and
 *                        nobody vetted
 * UNKNOWN_CONFIGURATION  no such type
 * NO_DATA                the register lacks what the type says: see `detail`
 * OVER                   the document that it shows has ended
 * RANGE                  vetted_reason is no text, or over
 *                        YF_VETTED_CHARS_MAX
 */
YF_CHECKED yf_err yf_offer_make(const struct yf_env *env,
				struct yf_arena *arena,
				const struct yf_offer_ask *ask,
				struct yf_offer *out);

/* The offer object of /vci/offers/{id}.  NOT_FOUND, also when expired */
YF_CHECKED yf_err yf_offer_load(const struct yf_env *env,
				struct yf_arena *arena, yf_str id,
				yf_str *json);
