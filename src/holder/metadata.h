#pragma once

#include "crypto/jwe.h"
#include "openid/dcql.h"

/*
 * Sections 8.2.1 and 12.2.4: how requests and credentials may be encrypted.
 * Whoever asks for an encrypted answer encrypts the request too, so that
 * nobody between can put another key in it.
 */
struct yf_issuer_encryption {
	bool usable;              /* both ways */
	bool required;            /* one of them is */
	struct yf_public_key key; /* to encrypt requests to */
	yf_str key_id;
	yf_jwe_enc request_enc;
	yf_jwe_enc response_enc;
};

/*
 * What the holder takes from an issuer's metadata (OpenID4VCI 1.0 section
 * 12.2) and its authorization server's (RFC 8414).
 */
struct yf_issuer_metadata {
	yf_str issuer;
	yf_str authorization_server; /* the first; the issuer when none named */
	yf_str credential_endpoint;
	yf_str nonce_endpoint;        /* empty when absent */
	yf_str deferred_endpoint;     /* empty when absent */
	yf_str notification_endpoint; /* empty when absent */
	int64_t batch_size;           /* 1 when batches are not offered */
	struct yf_issuer_encryption encryption;
	const struct yf_json *authorization_servers; /* NULL when absent */
	const struct yf_json *configurations;
};

struct yf_server_metadata {
	yf_str issuer;
	yf_str par_endpoint;       /* empty when absent */
	yf_str authorize_endpoint; /* empty when absent */
	yf_str token_endpoint;
	bool anonymous; /* pre-authorized_grant_anonymous_access_supported */
};

/* One credential configuration that this holder can use. */
struct yf_configuration {
	yf_str id;
	yf_dcql_format format;
	yf_str type;  /* vct, or doctype of an mdoc */
	yf_str scope; /* empty when absent */
};

/*
 * The address of a well-known document: its segment is inserted before the
 * path of the identifier, whose last '/' is dropped (RFC 8414 section 3.1).
 * SYNTAX, UNSUPPORTED, MEMORY
 */
YF_CHECKED yf_err yf_well_known(struct yf_arena *arena, yf_str identifier,
				const char *name, yf_str *out);

/*
 * CONFLICT  the identifier in it is not byte by byte `issuer`
 * UNSUPPORTED  it demands encryption and names no key or enc that we can use
 * MISSING, SYNTAX, RANGE (batch_size under 2)
 */
YF_CHECKED yf_err yf_issuer_metadata_take(const struct yf_json *tree,
					  yf_str issuer,
					  struct yf_issuer_metadata *out);

/*
 * CONFLICT     as above
 * UNSUPPORTED  with an authorization endpoint: no PAR, no PKCE S256, no `iss`
 *              in its answers, or no DPoP with ES256 (HAIP 1.0 section 4)
 * MISSING, SYNTAX
 */
YF_CHECKED yf_err yf_server_metadata_take(const struct yf_json *tree,
					  yf_str issuer,
					  struct yf_server_metadata *out);

/*
 * UNKNOWN_CONFIGURATION  no such id
 * UNSUPPORTED  neither dc+sd-jwt bound to a jwk nor mso_mdoc bound to a
 *              cose_key, no ES256 jwt proofs, or it wants a key attestation
 */
YF_CHECKED yf_err yf_configuration_find(const struct yf_issuer_metadata *from,
					yf_str id,
					struct yf_configuration *out);
