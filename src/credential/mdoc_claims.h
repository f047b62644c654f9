#pragma once

#include "credential/mdoc.h"

/*
 * The elements of an mdoc as claims in JSON, as DCQL names them (OpenID4VP
 * 1.0 section 7.2): {namespace:{element:value}}, in the order received.
 *
 *	text, tdate, full-date   text, as it stands
 *	integers                 number; what does not fit int64, text
 *	bytes                    base64url
 *	null, undefined          null
 *	another tag              what it is on
 *	keys that are integers   their decimal text
 *
 * items  proved before by yf_mdoc_verify() or yf_mdoc_verify_issued()
 *
 * UNSUPPORTED  a simple value or key that JSON has no word for
 * SYNTAX       a number that is not finite
 * DUPLICATE, TOO_LARGE, TOO_DEEP, MEMORY
 */
YF_CHECKED yf_err yf_mdoc_claims(struct yf_arena *arena,
				 const struct yf_mdoc_item *items, size_t count,
				 const struct yf_json **out);
