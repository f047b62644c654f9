#pragma once

#include "base/str.h"

/*
 * Proof Key for Code Exchange, RFC 7636, method S256 only.
 */
enum { YF_PKCE_VERIFIER_LEN = 43, YF_PKCE_CHALLENGE_LEN = 43 };

/* A fresh verifier: 256 random bits as base64url, no NUL. */
void yf_pkce_verifier_new(char out[static YF_PKCE_VERIFIER_LEN]);

/* BASE64URL(SHA256(verifier)), no NUL. */
void yf_pkce_challenge(yf_str verifier, char out[static YF_PKCE_CHALLENGE_LEN]);

/* A challenge is 43 characters of base64url.  SYNTAX */
YF_CHECKED yf_err yf_pkce_challenge_check(yf_str challenge);

/*
 * SYNTAX         the verifier is not 43 to 128 unreserved characters
 * INVALID_GRANT  it does not fit the challenge (RFC 7636 section 4.6)
 */
YF_CHECKED yf_err yf_pkce_check(yf_str verifier, yf_str challenge);
