#include "credential/tally.h"

#include <stdlib.h>
#include <zlib.h>

#include "codec/base45.h"

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

/* Nobody signed with that key. */
static void check(struct yf_arena *arena, yf_str text)
{
	static const uint8_t der[] = { 0x30, 0 };
	struct yf_trusted_key trusted = { .key = *yf_key_public(a_key()) };
	const yf_bytes leaf = { der, sizeof(der) };
	const struct yf_tally_rule rule = {
		.keys = &trusted,
		.key_count = 1,
		.signers = &leaf,
		.signer_count = 1,
		.now_s = 1800000000,
		.skew_s = INT32_MAX,
	};
	struct yf_mdoc_finding finding;
	struct yf_tally tally;

	const yf_err err =
		yf_tally_verify(arena, text, &rule, &finding, &tally);
	expect(yf_failed(err));
	expect(yf_err_kind(err) != YF_KIND_INTERNAL);
}

/* A text as it would be scanned, or what is packed in one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(32 * 1024 * 1024);
	uint8_t room[8192];
	uLongf packed = sizeof(room);
	yf_str base45, text;
	yf_bytes back;

	if (!arena)
		return 0;
	check(arena, (yf_str){ (const char *)data, len });
	if (compress2(room, &packed, data, len, 1) != Z_OK)
		return 0;
	const yf_bytes bytes = { room, packed };
	expect(!yf_failed(yf_base45_encode(arena, bytes, &base45)));
	expect(!yf_failed(yf_base45_decode(arena, base45, &back)));
	expect(yf_bytes_eq(back, bytes));
	expect(!yf_failed(
		yf_str_format(arena, &text, "YF1:%.*s", YF_ARG(base45))));
	check(arena, text);
	return 0;
}
