#include "codec/deflate.h"

#include "../support/expect.h"

enum { ARENA = 8 * 1024 * 1024, LONG = 300000 };

static struct yf_arena *open_arena(void)
{
	struct yf_arena *arena = yf_arena_new(ARENA);

	assert_non_null(arena);
	return arena;
}

static void there_and_back(void **state)
{
	static const size_t lengths[] = { 0, 1, 2, 100, 16384, 16385, LONG };

	(void)state;
	for (size_t i = 0; i < YF_COUNT(lengths); i++) {
		YF_AUTO(arena) arena = open_arena();
		const size_t len = lengths[i];
		uint8_t *text = YF_NEW(arena, uint8_t, len + 1);
		yf_bytes packed = { 0 };
		yf_bytes out = { 0 };

		for (size_t at = 0; at < len; at++)
			text[at] = (uint8_t)(at * at >> 7);
		OK(yf_deflate(arena, (yf_bytes){ text, len }, &packed));
		OK(yf_inflate(arena, packed, len, &out));
		assert_true(yf_bytes_eq(out, (yf_bytes){ text, len }));
		/* One byte less than it is. */
		if (len)
			FAILS(yf_inflate(arena, packed, len - 1, &out),
			      TOO_LARGE);
	}
}

/* RFC 1951 by hand: a stored block of "hi", as others may pack. */
static void a_stored_block(void **state)
{
	static const uint8_t block[] = { 1, 2, 0, 0xfd, 0xff, 'h', 'i', 'x' };
	YF_AUTO(arena) arena = open_arena();
	const yf_bytes right = { block, 7 };
	yf_bytes out = { 0 };

	(void)state;
	OK(yf_inflate(arena, right, 2, &out));
	assert_true(yf_str_is(yf_str_from(out), "hi"));
	for (size_t len = 0; len < right.len; len++)
		FAILS(yf_inflate(arena, (yf_bytes){ block, len }, 2, &out),
		      SYNTAX);
	FAILS(yf_inflate(arena, (yf_bytes){ block, sizeof(block) }, 2, &out),
	      SYNTAX);
}

static void other_wrappers(void **state)
{
	static const uint8_t zlib[] = { 0x78, 0x9c, 0x03, 0, 0, 0, 0, 1 };
	static const uint8_t gzip[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };
	YF_AUTO(arena) arena = open_arena();
	yf_bytes out;

	(void)state;
	FAILS(yf_inflate(arena, (yf_bytes){ zlib, sizeof(zlib) }, 99, &out),
	      SYNTAX);
	FAILS(yf_inflate(arena, (yf_bytes){ gzip, sizeof(gzip) }, 99, &out),
	      SYNTAX);
}

/* A bomb costs no more than the bound, whatever it would become. */
static void a_bomb(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new((size_t)256 * 1024 * 1024);
	YF_AUTO(arena) small = yf_arena_new(256 * 1024);
	const size_t len = (size_t)64 * 1024 * 1024;
	uint8_t *zeros = arena ? YF_NEW(arena, uint8_t, len) : NULL;
	yf_bytes packed = { 0 };
	yf_bytes out;

	(void)state;
	assert_non_null(zeros);
	assert_non_null(small);
	OK(yf_deflate(arena, (yf_bytes){ zeros, len }, &packed));
	assert_true(packed.len < len / 500);
	FAILS(yf_inflate(small, packed, 64 * 1024, &out), TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(a_stored_block),
		cmocka_unit_test(other_wrappers),
		cmocka_unit_test(a_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
