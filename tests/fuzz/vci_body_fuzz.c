#include "card/vci_body.h"

#include <stdlib.h>

#include "codec/deflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { UNPACKED_MAX = 4096 };

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

/* What unpacks is bounded, and what is packed unpacks to itself. */
static void try_deflate(struct yf_arena *arena, yf_bytes input)
{
	yf_bytes out;
	yf_bytes packed;

	if (!yf_failed(yf_inflate(arena, input, UNPACKED_MAX, &out)))
		expect(out.len <= UNPACKED_MAX);
	expect(!yf_failed(yf_deflate(arena, input, &packed)));
	const yf_err err = yf_inflate(arena, packed, UNPACKED_MAX, &out);
	if (input.len > UNPACKED_MAX)
		expect(err.code == YF_CODE_TOO_LARGE);
	else
		expect(!yf_failed(err) && yf_bytes_eq(out, input));
}

static void try_body(const struct yf_env *env, struct yf_arena *arena,
		     yf_str body, bool right)
{
	const struct yf_exchange x = {
		.arena = arena,
		.body = body,
		.content_type = YF_STR("application/jwt"),
	};
	struct yf_vci_encryption encryption;
	struct yf_vci_body out;
	const struct yf_json *tree = NULL;
	yf_str again;

	const yf_err err = yf_vci_body_open(env, &x, &out);
	if (!right) {
		expect(err.code == YF_CODE_INVALID_ENCRYPTION);
		return;
	}
	if (yf_failed(err) || yf_failed(yf_json_parse(arena, out.json, &tree)))
		return;
	if (yf_failed(yf_vci_encryption_take(env, tree, true, &encryption)))
		return;
	/* What is kept is taken again as it was. */
	struct yf_vci_encryption kept;
	expect(!yf_failed(
		       yf_vci_encryption_encode(arena, &encryption, &again)) &&
	       !yf_failed(yf_json_parse(arena, again, &tree)) &&
	       !yf_failed(yf_vci_encryption_take(env, tree, true, &kept)));
	expect(yf_public_key_eq(&kept.key, &encryption.key) &&
	       kept.enc == encryption.enc && kept.zip == encryption.zip &&
	       yf_str_eq(kept.kid, encryption.kid));
}

/*
 * A body as a stranger sends it, then as the text of a JWE to our own key.
 * Properties: nothing opens that was not encrypted to us, and those above.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	const struct yf_env env = {
		.request_keys = { { a_key(), YF_STR("k") } },
	};
	const yf_bytes input = { data, len };
	yf_str jwe;

	if (!arena)
		return 0;
	try_body(&env, arena, yf_str_from(input), false);
	for (int zip = 0; zip < 2; zip++) {
		const struct yf_jwe_ask ask = { .kid = YF_STR("k"),
						.zip = zip };
		expect(!yf_failed(yf_jwe_encrypt(arena, yf_key_public(a_key()),
						 &ask, input, &jwe)));
		try_body(&env, arena, jwe, true);
	}
	try_deflate(arena, input);
	return 0;
}
