#pragma once

#include <stdbool.h>

#include <yufu/face.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/*
 * A template of one person's face, as an engine made it.  It carries whose it
 * is and is compared only with one of the same engine, version and model:
 * numbers of two engines have nothing in common.
 *
 * A template can be turned back into a likeness: treat it as a picture of the
 * face.  It is stored sealed under its person's key or not at all.
 */

enum {
	YF_FACE_VERSION_LEN_MAX = YUFU_FACE_VERSION_LEN_MAX + 16,
	YF_FACE_TEMPLATE_ENCODED_MAX =
		3 + YUFU_FACE_ID_LEN_MAX + YF_FACE_VERSION_LEN_MAX +
		YUFU_FACE_HASH_LEN + 2 + YUFU_FACE_TEMPLATE_LEN_MAX,
};

/* Which engine answers; part of every template and evidence. */
struct yf_face_identity {
	char engine[YUFU_FACE_ID_LEN_MAX + 1]; /* "org.yufu.ref" */
	/* The engine's version, '+' and the decoder of the host, because the
	 * same file decoded otherwise is another face: "2+turbojpeg2". */
	char version[YF_FACE_VERSION_LEN_MAX + 1];
	uint8_t model_hash[YUFU_FACE_HASH_LEN];
	bool has_challenge; /* not part of what is compared */
};

/* Engine, version and model. */
bool yf_face_identity_eq(const struct yf_face_identity *a,
			 const struct yf_face_identity *b);

/* Are id and version 1..max of the letters that <yufu/face.h> allows? */
bool yf_face_is_id(yf_str text);
bool yf_face_is_version(yf_str text);

enum { YF_FACE_IDENTITY_TEXT_LEN = 160 };

/* "org.yufu.ref/2+turbojpeg2#0123456789abcdef": with the first 8 bytes of the
 * model's hash; for evidence, logs and people. */
void yf_face_identity_text(const struct yf_face_identity *identity,
			   char out[static YF_FACE_IDENTITY_TEXT_LEN]);

struct yf_face_template {
	struct yf_face_identity of;
	uint32_t len; /* 0: none */
	uint8_t bytes[YUFU_FACE_TEMPLATE_LEN_MAX];
};

/*
 * For storage: 1, then id and version with a length byte before each, the
 * model's hash, and the template with two length bytes (high first).
 *
 * MEMORY; MISSING  it is empty
 */
YF_CHECKED yf_err yf_face_template_encode(const struct yf_face_template *from,
					  struct yf_arena *arena,
					  yf_bytes *out);

/*
 * SYNTAX     not what encode() makes, whole and with nothing behind it
 * TOO_LARGE  over YF_FACE_TEMPLATE_ENCODED_MAX
 */
YF_CHECKED yf_err yf_face_template_decode(yf_bytes bytes,
					  struct yf_face_template *out);

/* Overwrites it. */
void yf_face_template_wipe(struct yf_face_template *at);
