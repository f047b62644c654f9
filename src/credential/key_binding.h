#pragma once

#include "credential/sdjwt_vc.h"

/*
 * The key binding JWT of a presentation, RFC 9901 sections 4.3 and 7.3,
 * private to credential/.
 *
 * holder  the key of cnf
 *
 * HOLDER     not signed by it, too old or from the future
 * TYP, ALGORITHM, AUDIENCE, NONCE, DIGEST, MISSING, SYNTAX, ...
 */
YF_CHECKED yf_err yf_key_binding_verify(struct yf_arena *arena,
					const struct yf_sdjwt *sdjwt,
					const struct yf_public_key *holder,
					const struct yf_vc_rule *rule,
					const struct yf_json **payload);
