#pragma once

#include "codec/json.h"

/*
 * A credential offer, OpenID4VCI 1.0 section 4.1.1.  It is never signed:
 * nothing in it is believed, all of it is only where to go next.
 */
enum { YF_OFFER_LEN_MAX = 16 * 1024, YF_OFFER_CONFIGURATIONS_MAX = 16 };

struct yf_credential_offer {
	yf_str issuer; /* credential_issuer */
	yf_str configurations[YF_OFFER_CONFIGURATIONS_MAX];
	size_t configuration_count; /* at least 1 */
	bool has_authorization_code;
	yf_str issuer_state;        /* empty when absent */
	yf_str pre_authorized_code; /* empty when that grant is absent */
	/* The tx_code object is there: a code MUST be sent. */
	bool wants_tx_code;
	int64_t tx_code_len; /* 0: not said */
	/* Of the grant that is used: which of several; empty when absent. */
	yf_str authorization_server;
};

/*
 * Without `grants` the authorization code flow is meant.
 *
 * MISSING, SYNTAX, TOO_LARGE, and the codes of yf_json_parse()
 */
YF_CHECKED yf_err yf_offer_parse(struct yf_arena *arena, yf_str json,
				 struct yf_credential_offer *out);
