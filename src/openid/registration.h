#pragma once

#include "crypto/jws.h"
#include "crypto/trust.h"
#include "openid/dcql.h"

/*
 * A registration certificate of a relying party: what it may ask and why, as
 * a registrar says.  It travels in `verifier_info` (OpenID4VP 1.0 section 5.1)
 * as {"format":"jwt","data":JWS}; typ rc-rp+jwt.
 *
 *	{iss, sub, name, purpose:{en,...}, stated_purpose?, retention_s, iat,
 *	 exp, credentials:[{format, meta:{vct_values} or {doctype_value},
 *	 claims:[{path}]}]}
 */
enum {
	YF_REGISTRATION_TEXTS_MAX = 16,
	YF_REGISTRATION_GRANTS_MAX = 32,
};

struct yf_registration_text {
	yf_str locale; /* BCP 47, e.g. "en" */
	yf_str text;
};

struct yf_registration {
	yf_str issuer;    /* of the registrar */
	yf_str client_id; /* of the party, with its prefix */
	yf_str name;
	const struct yf_registration_text *purpose;
	size_t purpose_count;
	/* What the party itself says about this request; empty for nothing.
	 * The registrar carries it and does not vouch for it. */
	yf_str stated_purpose;
	int64_t retention_s; /* how long the party may keep what it gets */
	int64_t issued_at_s;
	int64_t expires_s;
	const struct yf_dcql_grant *grants;
	size_t grant_count;
};

/* With the registrar's chain in x5c.  MEMORY, and what the signer says */
YF_CHECKED yf_err
yf_registration_make(struct yf_arena *arena, const struct yf_signer *registrar,
		     const struct yf_registration *registration, yf_str *jwt);

struct yf_registration_rule {
	struct yf_trust *registrars;
	yf_str client_id; /* that it must be for */
	int64_t now_s;
	int64_t skew_s;
};

/*
 * What a wallet does before it shows who asks.
 *
 * TYP, ALGORITHM, UNTRUSTED, SIGNATURE, EXPIRED, NOT_YET
 * UNTRUSTED  also when a relying party's own certificate signed it
 * AUDIENCE   it is for another client_id
 * TOO_LARGE, MISSING, SYNTAX, MEMORY
 */
YF_CHECKED yf_err yf_registration_check(struct yf_arena *arena, yf_str jwt,
					const struct yf_registration_rule *rule,
					struct yf_registration *out);
