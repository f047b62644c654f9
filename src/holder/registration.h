#pragma once

#include "holder/request.h"

/*
 * A relying party's registration certificate (doc/api.md): what a registrar
 * says this party may ask, and why.
 */
struct yf_registration {
	yf_str name;
	const struct yf_json *purpose;
	int64_t retention_s;
	struct yf_dcql_grant grants[YF_REQUEST_GRANTS_MAX];
	size_t grant_count;
};

/*
 * The first of format "jwt" in `verifier_info`, which must be good: the codes
 * are those of yf_request_verify().  MISSING when there is none.
 */
YF_CHECKED yf_err yf_registration_verify(struct yf_arena *arena,
					 const struct yf_json *verifier_info,
					 const struct yf_request_rule *rule,
					 struct yf_registration *out);
