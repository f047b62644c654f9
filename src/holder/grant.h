#pragma once

#include "holder/metadata.h"
#include "holder/offer.h"
#include "holder/sender.h"

/*
 * From an offer or a wish to an access token: PAR, the login step and the
 * token endpoint, or a pre-authorized code.
 */

/*
 * The step that a person does: at the authorization endpoint they prove who
 * they are.  A browser, the tour or a test carries it out.
 */
struct yf_login {
	/*
	 * wire      keeps cookies between calls
	 * url       the authorization endpoint with its parameters
	 * redirect  where the server sent the person in the end, with the
	 *           query; arena memory
	 */
	yf_err (*run)(void *self, struct yf_arena *arena,
		      const struct yf_wire *wire, yf_str url, yf_str *redirect);
	void *self;
};

struct yf_grant_ask {
	const struct yf_server_metadata *server;
	yf_str client_id;
	yf_str redirect_uri;
	yf_str scope;
	yf_str issuer_state;          /* empty for none */
	const struct yf_login *login; /* of the authorization code flow */
	yf_str pre_authorized_code;   /* empty: the authorization code flow */
	yf_str tx_code;               /* empty for none */
};

struct yf_granted {
	yf_str access_token;
	yf_str refresh_token; /* empty when none was given */
	/* As in the token response; NULL when there are none. */
	const struct yf_json *authorization_details;
	yf_str client_id; /* empty: it went anonymously */
};

/*
 * Section 6.2: the first credential_identifier of that configuration.  Empty
 * when the server named none: then the configuration id is sent.
 */
yf_str yf_grant_identifier(const struct yf_granted *granted,
			   yf_str configuration_id);

/*
 * `sender` carries the DPoP key; its nonce is the authorization server's
 * afterwards.
 *
 * UNSUPPORTED  no login step was given, or the server has no such flow
 * CONFLICT     state or iss of the answer are not ours (RFC 9207), or the
 *              redirect goes elsewhere
 * DENIED       the person or the server said no
 * TYP          the token is not of type DPoP
 * INVALID_GRANT and others that the server names, MISSING, SYNTAX, MEMORY
 */
YF_CHECKED yf_err yf_grant(struct yf_sender *sender, struct yf_arena *arena,
			   const struct yf_grant_ask *ask,
			   struct yf_granted *out);

/*
 * A new token for an old refresh token (RFC 6749 section 6), under the same
 * DPoP key.  Where the server gives no new refresh token the old one stays.
 * The codes of yf_grant().
 */
YF_CHECKED yf_err yf_grant_refresh(struct yf_sender *sender,
				   struct yf_arena *arena,
				   yf_str token_endpoint, yf_str client_id,
				   yf_str refresh_token,
				   struct yf_granted *out);

/*
 * The authorization code in an answer, or the error it carries.
 * The codes of yf_grant().
 */
YF_CHECKED yf_err yf_grant_answer(struct yf_arena *arena, yf_str redirect,
				  yf_str redirect_uri, yf_str state,
				  yf_str issuer, yf_str *code);
