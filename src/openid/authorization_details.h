#pragma once

#include "codec/json.h"

/*
 * authorization_details of the type openid_credential, RFC 9396 and
 * OpenID4VCI 1.0 section 5.1.1.  Pure.
 */
enum {
	YF_DETAILS_MAX = 16,
	YF_DETAILS_LEN_MAX = 8 * 1024,
};

struct yf_authorization_details {
	/* credential_configuration_id of each, none twice; arena memory */
	yf_str configuration_ids[YF_DETAILS_MAX];
	size_t count;
};

/*
 * text    the parameter: a JSON array
 * issuer  credential issuer identifier: one of `locations` where there are any
 *
 * INVALID_DETAILS  no such array, of another type, with members that the type
 *                  does not have, or without a configuration
 * MEMORY
 */
YF_CHECKED yf_err
yf_authorization_details_parse(struct yf_arena *arena, yf_str text,
			       yf_str issuer,
			       struct yf_authorization_details *out);
