#include "credential/sdjwt.h"

#include <assert.h>

yf_err yf_sdjwt_parse(struct yf_arena *arena, yf_str text, struct yf_sdjwt *out)
{
	assert(arena && out);

	if (text.len > YF_SDJWT_LEN_MAX)
		return YF_FAIL(TOO_LARGE);

	/* RFC 9901 4: "~" separates the parts and ends the last disclosure. */
	struct yf_sdjwt parsed = { 0 };
	yf_str rest = text;
	if (!yf_str_cut(&rest, '~', &parsed.issuer_jwt) ||
	    !parsed.issuer_jwt.len)
		return YF_FAIL(SYNTAX);

	parsed.disclosure_count = yf_str_count(rest, '~');
	if (parsed.disclosure_count > YF_SDJWT_DISCLOSURE_MAX)
		return YF_FAIL(TOO_LARGE);

	yf_str *disclosures = YF_NEW(arena, yf_str, parsed.disclosure_count);
	if (!disclosures)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < parsed.disclosure_count; i++)
		if (!yf_str_cut(&rest, '~', &disclosures[i]) ||
		    !disclosures[i].len)
			return YF_FAIL(SYNTAX);

	parsed.disclosures = disclosures;
	parsed.key_binding = rest;
	parsed.hashed = (yf_str){ text.ptr, text.len - rest.len };
	*out = parsed;
	return YF_OK;
}
