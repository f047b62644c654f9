#include "crypto/trust.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool held)
{
	if (!held)
		abort();
}

/* A trust list whose one root signed nothing but itself. */
static struct yf_trust *a_trust(void)
{
	static struct yf_trust *trust;
	const struct yf_cert_ask ask = { .common_name = YF_STR("Root"),
					 .not_after_s = 4000000000 };
	struct yf_key *made;
	yf_bytes root;

	if (trust)
		return trust;
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	expect(!yf_failed(yf_key_new(&made)));
	YF_AUTO(key) key = made;
	expect(!yf_failed(yf_cert_make_root(arena, key, &ask, &root)));
	expect(!yf_failed(yf_trust_new(&trust)));
	expect(!yf_failed(yf_trust_add(trust, root)));
	return trust;
}

static void distrust(const struct yf_chain *chain)
{
	struct yf_trusted_leaf leaf;

	expect(yf_failed(
		yf_trust_verify(a_trust(), chain, NULL, 2000000000, &leaf)));
}

static void as_der(struct yf_arena *arena, yf_bytes der)
{
	const struct yf_chain chain = { .certs = { der }, .count = 1 };
	struct yf_chain again;
	struct yf_cert cert;
	yf_str pem;

	distrust(&chain);
	if (yf_failed(yf_cert_parse(arena, der, &cert)))
		return;
	expect(!yf_failed(yf_public_key_check(&cert.key)));
	expect(yf_str_is_utf8(cert.common_name));
	expect(!yf_failed(yf_chain_to_pem(arena, &chain, &pem)));
	expect(!yf_failed(yf_chain_from_pem(arena, pem, &again)));
	expect(again.count == 1 && yf_bytes_eq(again.certs[0], der));
}

static void as_text(struct yf_arena *arena, yf_str text)
{
	const struct yf_json *x5c;
	struct yf_chain chain;

	if (!yf_failed(yf_chain_from_pem(arena, text, &chain)))
		distrust(&chain);
	if (!yf_failed(yf_json_parse(arena, text, &x5c)) &&
	    !yf_failed(yf_x5c_parse(arena, x5c, &chain)))
		distrust(&chain);
}

/*
 * One certificate as DER, a chain as PEM or as x5c.  Properties: none is
 * trusted, keys are on the curve, PEM is another form of the same bytes.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);

	if (!arena)
		return 0;
	as_der(arena, (yf_bytes){ data, len });
	as_text(arena, (yf_str){ (const char *)data, len });
	return 0;
}
