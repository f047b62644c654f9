#include "crypto/jws.h"

#include <stdlib.h>

#include "codec/base64url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool held)
{
	if (!held)
		abort();
}

static const struct yf_public_key *a_key(void)
{
	static struct yf_key *key;

	if (!key)
		expect(!yf_failed(yf_key_new(&key)));
	return yf_key_public(key);
}

/*
 * Properties: a JWS that parses is its signing input, a dot and its
 * signature, and nothing verifies under a key that signed nothing.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	const yf_str text = { (const char *)data, len };
	struct yf_jws jws;
	yf_str signature;

	if (!arena || yf_failed(yf_jws_parse(arena, text, &jws)))
		return 0;
	expect(!yf_failed(yf_base64url_encode(
		arena, (yf_bytes){ jws.signature, sizeof(jws.signature) },
		&signature)));
	expect(text.len == jws.signing_input.len + 1 + signature.len);
	expect(yf_str_starts(text, jws.signing_input));
	expect(yf_str_ends(text, signature));
	expect(!jws.has_jwk || !yf_failed(yf_public_key_check(&jws.jwk)));
	expect(jws.x5c.count <= YF_CHAIN_MAX);
	const yf_err err = yf_jws_verify(&jws, a_key());
	expect(err.code == YF_CODE_SIGNATURE);
	return 0;
}
