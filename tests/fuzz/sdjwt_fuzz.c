#include "credential/sdjwt_vc.h"

#include <stdlib.h>

#include "codec/base64url.h"
#include "crypto/hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { LINES_MAX = 10 };

static void expect(bool held)
{
	if (!held)
		abort();
}

/* A parse that succeeds accounts for every byte; nobody here is trusted. */
static void as_text(struct yf_arena *arena, yf_str text)
{
	const struct yf_vc_rule rule = { .binding = YF_BINDING_UNCHECKED };
	struct yf_sdjwt got;
	struct yf_vc vc;

	if (!yf_failed(yf_sdjwt_parse(arena, text, &got))) {
		size_t sum = got.issuer_jwt.len + 1 + got.key_binding.len;
		for (size_t i = 0; i < got.disclosure_count; i++)
			sum += got.disclosures[i].len + 1;
		expect(sum == text.len);
		expect(got.hashed.len + got.key_binding.len == text.len);
	}
	expect(yf_failed(yf_vc_verify(arena, text, &rule, &vc)));
}

static bool has_digest_names(const struct yf_json *value)
{
	if (value->kind != YF_JSON_OBJECT && value->kind != YF_JSON_ARRAY)
		return false;
	for (size_t i = 0; i < value->count; i++) {
		const struct yf_json *item = &value->items[i];
		if (value->kind == YF_JSON_OBJECT &&
		    (yf_str_is(item->name, "_sd") ||
		     yf_str_is(item->name, "...")))
			return true;
		if (has_digest_names(item))
			return true;
	}
	return false;
}

static bool has_twice(const struct yf_json *value)
{
	if (value->kind != YF_JSON_OBJECT && value->kind != YF_JSON_ARRAY)
		return false;
	for (size_t i = 0; i < value->count; i++) {
		if (has_twice(&value->items[i]))
			return true;
		for (size_t j = 0; value->kind == YF_JSON_OBJECT && j < i; j++)
			if (yf_str_eq(value->items[i].name,
				      value->items[j].name))
				return true;
	}
	return false;
}

/* `line` with %0 to %9 replaced by the digests so far. */
static bool fill(struct yf_arena *arena, yf_str line, const yf_str *digests,
		 size_t count, yf_str *out)
{
	struct yf_buf buf = yf_buf_new(arena, line.len + 64);

	for (size_t i = 0; i < line.len; i++) {
		const size_t at = i + 1 < line.len && line.ptr[i] == '%'
					  ? (size_t)(line.ptr[i + 1] - '0')
					  : LINES_MAX;
		if (at < count) {
			yf_buf_text(&buf, digests[at]);
			i++;
		} else {
			yf_buf_char(&buf, line.ptr[i]);
		}
	}
	return !yf_failed(yf_buf_str(&buf, out));
}

/*
 * Lines of JSON: disclosures, then the payload.  What is processed has no
 * digests and no name twice, and each disclosure stands in it.
 */
static void as_lines(struct yf_arena *arena, yf_str rest)
{
	yf_str digests[LINES_MAX], texts[LINES_MAX], line, payload;
	char *hashes = YF_NEW(arena, char, LINES_MAX *YF_SHA256_TEXT_LEN);
	struct yf_sdjwt sdjwt = { .disclosures = texts };
	struct yf_sdjwt_claims got;

	while (sdjwt.disclosure_count < LINES_MAX &&
	       yf_str_cut(&rest, '\n', &line)) {
		const size_t at = sdjwt.disclosure_count;
		char *hash = hashes + at * YF_SHA256_TEXT_LEN;
		if (!hashes || !fill(arena, line, digests, at, &line) ||
		    yf_failed(yf_base64url_encode(arena, yf_bytes_of(line),
						  &texts[at])))
			return;
		yf_sha256_text(texts[at], hash);
		digests[at] = (yf_str){ hash, YF_SHA256_TEXT_LEN };
		sdjwt.disclosure_count++;
	}
	if (!fill(arena, rest, digests, sdjwt.disclosure_count, &payload) ||
	    yf_failed(yf_sdjwt_process(arena, &sdjwt, payload, &got)))
		return;
	expect(!has_digest_names(got.claims));
	expect(!has_twice(got.claims));
	for (size_t i = 0; i < sdjwt.disclosure_count; i++) {
		expect(got.disclosed[i].value != NULL);
		expect(got.disclosed[i].parent < (int)sdjwt.disclosure_count);
		expect(got.disclosed[i].parent != (int)i);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	const yf_str text = { (const char *)data, len };

	if (!arena)
		return 0;
	as_text(arena, text);
	as_lines(arena, text);
	return 0;
}
