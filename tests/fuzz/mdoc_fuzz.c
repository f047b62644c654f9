#include "credential/mdoc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool held)
{
	if (!held)
		abort();
}

/*
 * Properties of what parses as IssuerSigned: each item is a run of the input,
 * none is there twice, and an issuer whom nobody trusts proves nothing.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(32 * 1024 * 1024);
	const struct yf_mdoc_rule rule = { .now_s = 1800000000 };
	struct yf_issuer_signed mdoc;
	struct yf_mdoc_finding finding;
	struct yf_mdoc got;

	if (!arena || yf_failed(yf_issuer_signed_parse(
			      arena, (yf_bytes){ data, len }, &mdoc)))
		return 0;
	expect(mdoc.item_count <= YF_MDOC_ITEMS_MAX);
	expect(mdoc.issuer_auth.x5chain.count > 0);
	expect(mdoc.mso.valid_from_s < mdoc.mso.valid_until_s);
	expect(!mdoc.mso.status.uri.len || mdoc.mso.status.index >= 0);
	for (size_t i = 0; i < mdoc.item_count; i++) {
		const struct yf_mdoc_item *item = &mdoc.items[i];
		expect(item->raw.len > 2 && item->raw.ptr >= data &&
		       item->raw.ptr + item->raw.len <= data + len);
		expect(yf_mdoc_find(mdoc.items, mdoc.item_count,
				    item->name_space, item->name) == item);
	}
	const yf_err err = yf_mdoc_verify_issued(&mdoc, &rule, &finding, &got);
	expect(err.code == YF_CODE_UNTRUSTED);
	expect(finding.step == YF_MDOC_CHAIN);
	return 0;
}
