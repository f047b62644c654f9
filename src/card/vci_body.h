#pragma once

#include "codec/json.h"
#include "crypto/jwe.h"
#include "env/env.h"
#include "http/exchange.h"

/*
 * Bodies of the credential and deferred endpoints, in the clear or encrypted:
 * OpenID4VCI 1.0 section 10.
 */
enum { YF_VCI_BODY_MAX = 128 * 1024 };

struct yf_vci_body {
	yf_str json;
	bool encrypted;
};

/*
 * application/json, or application/jwt with a JWE for one of our request keys.
 *
 * MEDIA_TYPE
 * INVALID_ENCRYPTION  it does not open, is packed to more than
 *                     YF_VCI_BODY_MAX, or is in the clear where the
 *                     configuration wants encryption
 */
YF_CHECKED yf_err yf_vci_body_open(const struct yf_env *env,
				   const struct yf_exchange *x,
				   struct yf_vci_body *out);

/* How an answer is to be encrypted; `wanted` false: it is not. */
struct yf_vci_encryption {
	bool wanted;
	struct yf_public_key key;
	yf_str kid;
	yf_jwe_enc enc;
	bool zip;
};

/*
 * credential_response_encryption of a request; NULL when absent.  Also of one
 * that was kept as JSON.
 *
 * INVALID_ENCRYPTION  not the form or values of the metadata; in a request
 *                     that came in the clear: then anybody on the way could
 *                     have put their own key there (section 10); absent
 *                     where the configuration wants it
 */
YF_CHECKED yf_err yf_vci_encryption_take(const struct yf_env *env,
					 const struct yf_json *tree,
					 bool encrypted,
					 struct yf_vci_encryption *out);

/* As JSON, to be kept and taken again; empty when it is not wanted. */
YF_CHECKED yf_err
yf_vci_encryption_encode(struct yf_arena *arena,
			 const struct yf_vci_encryption *encryption,
			 yf_str *out);

/* The answer in either form.  What yf_jwe_encrypt() says */
YF_CHECKED yf_err
yf_vci_body_answer(const struct yf_exchange *x, int status, yf_str json,
		   const struct yf_vci_encryption *encryption,
		   struct yf_reply *reply);

/* credential_request_encryption and credential_response_encryption of the
 * issuer's metadata; nothing where there is no request key. */
YF_CHECKED yf_err yf_vci_encryption_put(const struct yf_env *env,
					struct yf_json_out *out);
