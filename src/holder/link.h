#pragma once

#include "base/str.h"

/*
 * What a person scans, taps or pastes.
 *
 *	openid-credential-offer://?credential_offer=JSON
 *	openid-credential-offer://?credential_offer_uri=URL
 *	openid4vp://?client_id=ID&request_uri=URL[&request_uri_method=post]
 *
 * (OpenID4VCI 1.0 section 4.1, OpenID4VP 1.0 section 5, RFC 9101 section 5),
 * and the same behind haip-vci:// and haip-vp://.
 */
typedef enum {
	YF_LINK_OFFER,
	YF_LINK_REQUEST,
} yf_link_kind;

enum { YF_LINK_LEN_MAX = 16 * 1024 };

struct yf_link {
	yf_link_kind kind;
	yf_str offer;     /* JSON by value; empty when by reference */
	yf_str reference; /* address to read the offer or request from */
	yf_str client_id; /* of a request */
	bool post;        /* it is asked for by POST */
};

/*
 * UNSUPPORTED  another scheme, or a request object by value
 * INVALID_REQUEST  a request_uri_method other than get and post
 * MISSING      neither, or for a request not both, of the parameters
 * CONFLICT     an offer by value and by reference
 * DUPLICATE, SYNTAX, TOO_LARGE, MEMORY
 */
YF_CHECKED yf_err yf_link_parse(struct yf_arena *arena, yf_str text,
				struct yf_link *out);
