#pragma once

#include <stdint.h>
#include <string.h>

/*
 * Characters that stand for themselves in a JSON string (RFC 8259 section 7),
 * found eight at a time.  Private to codec/.
 */
static inline bool yf_json_is_plain(char c)
{
	return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

/*
 * How many of the eight characters at `at`, from the first, are ASCII and
 * plain: the first that is neither ends the count.
 */
static inline unsigned yf_json_plain_of_eight(const char *at)
{
	const uint64_t ones = 0x0101010101010101, high = ones * 0x80;
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	const uint64_t quote = word ^ ones * '"';
	const uint64_t slash = word ^ ones * '\\';
	const uint64_t odd = (word | (word - ones * 0x20) | (quote - ones) |
			      (slash - ones)) &
			     high;
	/* The lowest mark is exact; borrows can only set higher ones. */
	if (!odd)
		return 8;
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		       ? (unsigned)__builtin_ctzll(odd) / 8
		       : 0;
}

/* The first character in at .. end that is not plain, or `end`. */
static inline const char *yf_json_skip_plain(const char *at, const char *end)
{
	while (end - at >= 8) {
		const unsigned count = yf_json_plain_of_eight(at);
		at += count;
		if (count == 8)
			continue;
		if (!yf_json_is_plain(*at))
			return at;
		at++;
	}
	while (at < end && yf_json_is_plain(*at))
		at++;
	return at;
}
