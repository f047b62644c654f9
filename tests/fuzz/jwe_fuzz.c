#include "crypto/jwe.h"

#include <stdlib.h>

#include "codec/base64url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool held)
{
	if (!held)
		abort();
}

static const struct yf_key *a_key(void)
{
	static struct yf_key *key;

	if (!key)
		expect(!yf_failed(yf_key_new(&key)));
	return key;
}

static void expect_part(struct yf_arena *arena, yf_str *rest, yf_bytes bytes)
{
	yf_str text;

	expect(!yf_failed(yf_base64url_encode(arena, bytes, &text)));
	expect(yf_str_starts(*rest, text));
	*rest = yf_str_skip(*rest, text.len);
	if (rest->len) {
		expect(rest->ptr[0] == '.');
		*rest = yf_str_skip(*rest, 1);
	}
}

/*
 * Properties: a JWE that parses is header..iv.ciphertext.tag, and nothing
 * opens with a key to which nothing was encrypted.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	const yf_str text = { (const char *)data, len };
	struct yf_jwe jwe;
	yf_bytes plain;

	if (!arena || yf_failed(yf_jwe_parse(arena, text, &jwe)))
		return 0;
	expect(yf_str_starts(text, jwe.header_text));
	yf_str rest = yf_str_skip(text, jwe.header_text.len);
	expect(yf_str_starts(rest, YF_STR("..")));
	rest = yf_str_skip(rest, 2);
	expect_part(arena, &rest, jwe.iv);
	expect_part(arena, &rest, jwe.ciphertext);
	expect_part(arena, &rest, jwe.tag);
	expect(rest.len == 0);
	expect(!yf_failed(yf_public_key_check(&jwe.epk)));
	const yf_err err = yf_jwe_decrypt(arena, &jwe, a_key(), &plain);
	expect(err.code == YF_CODE_DECRYPT);
	return 0;
}
