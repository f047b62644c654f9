#include "crypto/cose.h"

#include <stdlib.h>

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

static void as_key(struct yf_arena *arena, const struct yf_cbor *item)
{
	struct yf_public_key key, again;
	const struct yf_cbor *read;
	yf_bytes bytes;

	if (yf_failed(yf_cose_key_parse(item, &key)))
		return;
	struct yf_buf buf = yf_buf_new(arena, 80);
	yf_cose_key_put(&buf, &key);
	expect(!yf_failed(yf_buf_bytes(&buf, &bytes)));
	expect(!yf_failed(
		yf_cbor_parse(arena, bytes, YF_CBOR_DETERMINISTIC, &read)));
	expect(!yf_failed(yf_cose_key_parse(read, &again)));
	expect(yf_public_key_eq(&key, &again));
}

/*
 * Properties: one item is never both a signature and a MAC, nothing verifies
 * under a key that signed nothing, and a key that was read reads back.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(32 * 1024 * 1024);
	static const struct yf_secret secret = { { 7 } };
	const struct yf_cbor *item;
	struct yf_cose_sign1 sign1;
	struct yf_cose_mac0 mac0;

	if (!arena || yf_failed(yf_cbor_parse(arena, (yf_bytes){ data, len },
					      YF_CBOR_LENIENT, &item)))
		return 0;
	as_key(arena, item);
	const bool signed_one = !yf_failed(
		yf_cose_sign1_read(arena, item, YF_COSE_EITHER, &sign1));
	const bool maced = !yf_failed(yf_cose_mac0_read(arena, item, &mac0));
	expect(!signed_one || !maced);
	if (signed_one) {
		yf_err err =
			yf_cose_sign1_verify(&sign1, sign1.payload, a_key());
		expect(err.code == YF_CODE_SIGNATURE);
		expect(sign1.x5chain.count <= YF_CHAIN_MAX);
		expect(!sign1.detached || !sign1.payload.len);
		expect(sign1.protected_map->kind == YF_CBOR_MAP);
	}
	if (maced) {
		yf_err err = yf_cose_mac0_verify(&mac0, mac0.payload, &secret);
		expect(err.code == YF_CODE_SIGNATURE);
	}
	return 0;
}
