#include "openid/dpop.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool held)
{
	if (!held)
		abort();
}

/*
 * Two addresses in two lines, and a proof.  Properties: comparing is
 * symmetric, an address that equals another equals itself, and no proof is
 * good for a request of another method.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct yf_dpop_rule rule = { .method = YF_STR(""),
					   .url = YF_STR("https://a.example") };
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	yf_str rest = { (const char *)data, len };
	struct yf_dpop dpop;
	yf_str first;

	if (!arena)
		return 0;
	const yf_err err = yf_dpop_check(arena, rest, &rule, &dpop);
	expect(err.code == YF_CODE_INVALID_DPOP_PROOF);
	if (!yf_str_cut(&rest, '\n', &first))
		return 0;
	const bool same = yf_dpop_same_url(arena, first, rest);
	expect(yf_dpop_same_url(arena, rest, first) == same);
	if (same)
		expect(yf_dpop_same_url(arena, first, first) &&
		       yf_dpop_same_url(arena, rest, rest));
	return 0;
}
