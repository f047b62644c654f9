#pragma once

#include "card/client_auth.h"
#include "card/handle.h"
#include "env/env.h"
#include "openid/dpop.h"
#include "register/register.h"

/*
 * Codes that become access tokens, once: authorization codes (RFC 6749 4.1)
 * and pre-authorized codes (OpenID4VCI 1.0 section 6).
 */
enum {
	YF_CODE_LIFE_S = 60,
	YF_TOKEN_LIFE_S = 600,
	YF_TX_CODE_TRIES_MAX = 5,
	YF_TX_CODE_DIGITS = 6,
};

#define YF_GRANT_REFRESH "refresh_token"
#define YF_GRANT_CODE "authorization_code"
#define YF_GRANT_PRE_AUTHORIZED \
	"urn:ietf:params:oauth:grant-type:pre-authorized_code"

/* A code to be: whom and what it stands for. */
struct yf_grant {
	const char *kind; /* YF_GRANT_... */
	struct yf_person_ref person;
	yf_str type;         /* name of the credential type, card/type.h */
	yf_str details;      /* card/details.h; empty: asked by scope */
	yf_str client_id;    /* empty for pre-authorized */
	yf_str redirect_uri; /* empty for pre-authorized */
	yf_str code_challenge;
	yf_str dpop_jkt; /* key it is bound to; empty for any */
	yf_str tx_code;  /* empty: none is asked for */
	int64_t life_s;
};

/* Inside the transaction of the act that earns the code. */
YF_CHECKED yf_err yf_grant_put(const struct yf_env *env, struct yf_tx *tx,
			       const struct yf_grant *grant,
			       const struct yf_handle *handle, int64_t now_s);

struct yf_token_ask {
	yf_str grant_type;
	yf_str code; /* or pre-authorized_code */
	yf_str client_id;
	yf_str redirect_uri;
	yf_str code_verifier;
	yf_str tx_code; /* ptr NULL when absent */
	yf_str details; /* authorization_details; ptr NULL when absent */
	const struct yf_client_auth *auth; /* NULL: a public client */
};

/* Arena memory. */
struct yf_token_made {
	yf_str token;
	yf_str type; /* what it is good for */
	yf_str details; /* card/details.h: what to tell of them */
	yf_str refresh; /* refresh token, card/refresh.h; empty for none */
};

/*
 * Exchanges a code for an access token bound to the key of `dpop`.  A code
 * that comes twice erases the tokens of its first use (RFC 6749 4.1.2); wrong
 * transaction codes are counted, and the count is on disk before the answer.
 *
 * UNSUPPORTED_GRANT_TYPE
 * INVALID_REQUEST     a parameter is missing; tx_code where none is expected,
 *                     or none where one is
 * INVALID_GRANT       unknown, used, expired, another client, redirect
 *                     address, key or verifier; wrong tx_code
 * INVALID_DETAILS     of another card, or more than was granted
 * INVALID_DPOP_PROOF  its jti was used
 */
YF_CHECKED yf_err yf_token_exchange(const struct yf_env *env,
				    struct yf_arena *arena,
				    const struct yf_token_ask *ask,
				    const struct yf_dpop *dpop,
				    struct yf_token_made *out);

/* What a token stands for; arena memory.  It is good for every configuration
 * of its type. */
struct yf_token {
	struct yf_handle handle;
	struct yf_person_ref person;
	yf_str type;
	yf_str client_id;
	yf_str details;
	yf_bytes grant_hash; /* of the code that it came from */
};

/* INVALID_TOKEN  unknown, expired, or bound to another key */
YF_CHECKED yf_err yf_token_load(const struct yf_env *env,
				struct yf_arena *arena, yf_str token,
				yf_str jkt, struct yf_token *out);
