#include "face/template.h"

#include <stdio.h>

#include "base/secret.h"

enum { ENCODING = 1 };

bool yf_face_identity_eq(const struct yf_face_identity *a,
			 const struct yf_face_identity *b)
{
	return strcmp(a->engine, b->engine) == 0 &&
	       strcmp(a->version, b->version) == 0 &&
	       memcmp(a->model_hash, b->model_hash, sizeof(a->model_hash)) == 0;
}

static bool is_made_of(yf_str text, size_t len_max, const char *beside)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    (!c || !strchr(beside, c)))
			return false;
	}
	return text.len >= 1 && text.len <= len_max;
}

bool yf_face_is_id(yf_str text)
{
	return is_made_of(text, YUFU_FACE_ID_LEN_MAX, ".-");
}

bool yf_face_is_version(yf_str text)
{
	return is_made_of(text, YF_FACE_VERSION_LEN_MAX, ".+-");
}

void yf_face_identity_text(const struct yf_face_identity *identity,
			   char out[static YF_FACE_IDENTITY_TEXT_LEN])
{
	const int len = snprintf(out, YF_FACE_IDENTITY_TEXT_LEN, "%s/%s#",
				 identity->engine, identity->version);

	for (size_t i = 0; i < 8; i++)
		snprintf(out + len + 2 * i, 3, "%02x", identity->model_hash[i]);
}

static uint8_t *put_text(uint8_t *at, const char *text, size_t len)
{
	*at++ = (uint8_t)len;
	memcpy(at, text, len);
	return at + len;
}

yf_err yf_face_template_encode(const struct yf_face_template *from,
			       struct yf_arena *arena, yf_bytes *out)
{
	const size_t id_len = strlen(from->of.engine);
	const size_t version_len = strlen(from->of.version);
	const size_t len = 3 + id_len + version_len +
			   sizeof(from->of.model_hash) + 2 + from->len;

	if (!from->len || from->len > sizeof(from->bytes))
		return YF_FAIL(MISSING);
	uint8_t *bytes = YF_NEW(arena, uint8_t, len);
	if (!bytes)
		return YF_FAIL(MEMORY);
	uint8_t *at = bytes;
	*at++ = ENCODING;
	at = put_text(at, from->of.engine, id_len);
	at = put_text(at, from->of.version, version_len);
	memcpy(at, from->of.model_hash, sizeof(from->of.model_hash));
	at += sizeof(from->of.model_hash);
	*at++ = (uint8_t)(from->len >> 8);
	*at++ = (uint8_t)from->len;
	memcpy(at, from->bytes, from->len);
	*out = (yf_bytes){ bytes, len };
	return YF_OK;
}

static bool take(yf_bytes *from, void *out, size_t len)
{
	if (from->len < len)
		return false;
	memcpy(out, from->ptr, len);
	*from = (yf_bytes){ from->ptr + len, from->len - len };
	return true;
}

/* A text with its length before it; `out` is zero and has room for any. */
static bool take_text(yf_bytes *from, char *out, size_t len_max)
{
	uint8_t len;

	return take(from, &len, 1) && len <= len_max && take(from, out, len) &&
	       strlen(out) == len;
}

yf_err yf_face_template_decode(yf_bytes bytes, struct yf_face_template *out)
{
	struct yf_face_template read = { .len = 0 };
	uint8_t encoding, high_low[2];

	if (bytes.len > YF_FACE_TEMPLATE_ENCODED_MAX)
		return YF_FAIL(TOO_LARGE);
	if (!take(&bytes, &encoding, 1) || encoding != ENCODING ||
	    !take_text(&bytes, read.of.engine, YUFU_FACE_ID_LEN_MAX) ||
	    !take_text(&bytes, read.of.version, YF_FACE_VERSION_LEN_MAX) ||
	    !yf_face_is_id(yf_str_of(read.of.engine)) ||
	    !yf_face_is_version(yf_str_of(read.of.version)) ||
	    !take(&bytes, read.of.model_hash, sizeof(read.of.model_hash)) ||
	    !take(&bytes, high_low, sizeof(high_low)))
		return YF_FAIL(SYNTAX);
	read.len = (uint32_t)high_low[0] << 8 | high_low[1];
	if (!read.len || read.len > sizeof(read.bytes) ||
	    bytes.len != read.len || !take(&bytes, read.bytes, read.len))
		return YF_FAIL(SYNTAX);
	*out = read;
	return YF_OK;
}

void yf_face_template_wipe(struct yf_face_template *at)
{
	yf_wipe(at, sizeof(*at));
}
