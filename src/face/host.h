#pragma once

#include <stddef.h>

#include <yufu/face.h>

#include "base/err.h"
#include "base/str.h"
#include "face/sight.h"
#include "face/template.h"

/*
 * A face engine in this process: loads it, checks what it says about itself,
 * opens it, and calls it with arguments and results checked.  Only the worker
 * and tests use it: an engine of others runs in a cage (face/cage.h) or not
 * at all.  One thread at a time.
 *
 * Whatever the engine returns is looked at before anybody acts on it: codes
 * that do not exist, lengths beyond what was promised, numbers that are
 * infinite, a face without a box, a rate outside of -12..0 are ENGINE.  Its
 * scratch, its session and its template stand between pages that nobody may
 * touch, so that a write past their end ends the process instead of going
 * unseen.  What is not checked here is what `yufu face conform` is for.
 */
struct yf_host;

/* The decoder of the pictures, part of every version; see face/image.h. */
#define YF_HOST_DECODER "turbojpeg2"

struct yf_host_facts {
	struct yf_face_identity of;
	uint32_t template_len, session_len;
	uint64_t scratch_len;
};

/*
 * path  of a vendor's shared object; NULL is the reference engine, which is
 *       part of this program.
 *
 * NOT_FOUND  there is no such file
 * ENGINE     not loadable, without yufu_face_engine_v1(), of another ABI, or
 *            its table is not sound
 */
YF_CHECKED yf_err yf_host_load(const char *path, struct yf_host **out);

/* An engine whose table is here already; it must stay. */
YF_CHECKED yf_err yf_host_adopt(const struct yufu_face_engine *table,
				struct yf_host **out);
void yf_host_close(struct yf_host *host);
void yf_host_cleanup(struct yf_host **host);

/*
 * Once.  `folder` and `model` may be NULL.
 * MODEL   the engine refuses its model
 * MEMORY  there is too little; ENGINE it does not keep to the interface
 */
YF_CHECKED yf_err yf_host_open(struct yf_host *host, const char *folder,
			       const char *model, uint64_t memory_len_max);

/* After open(). */
const struct yf_host_facts *yf_host_facts(const struct yf_host *host);

/* What is behind it, for face/conform.h, which asks what must not be asked. */
const struct yufu_face_engine *yf_host_table(const struct yf_host *host);
struct yufu_face *yf_host_state(const struct yf_host *host);

/* ENGINE; out->width and height are those of the picture. */
YF_CHECKED yf_err yf_host_quality(struct yf_host *host,
				  const struct yufu_face_image *image,
				  struct yf_face_sight *out);

/* 1..YUFU_FACE_IMAGES_MAX pictures of one face. */
struct yf_host_pictures {
	const struct yufu_face_image *images;
	uint32_t count, role;
};

/* As many sights as pictures. */
YF_CHECKED yf_err yf_host_enrol(struct yf_host *host,
				const struct yf_host_pictures *of,
				struct yf_face_sight *sights,
				uint8_t out[static YUFU_FACE_TEMPLATE_LEN_MAX],
				uint32_t *out_len);

/* TEMPLATE  one of them is not one of this engine's; ENGINE */
YF_CHECKED yf_err yf_host_match(struct yf_host *host, yf_bytes probe,
				yf_bytes reference,
				struct yufu_face_match *out);

/*
 * What a session sees next; `image` may be NULL.  The sizes and reserved
 * members of the challenge are set by yf_host_challenge().
 */
struct yf_host_turn {
	const struct yufu_face_challenge *asked;
	const struct yufu_face_image *image;
	uint64_t now_us;
};

/*
 * `session` has facts.session_len bytes.
 * UNSUPPORTED  it has no challenge
 * SYNTAX       the session's bytes or the challenge are not sound
 * ENGINE
 */
YF_CHECKED yf_err yf_host_challenge(
	struct yf_host *host, uint8_t *session, const struct yf_host_turn *turn,
	struct yufu_face_progress *out,
	uint8_t probe[static YUFU_FACE_TEMPLATE_LEN_MAX], uint32_t *probe_len);

/*
 * What the pool asks of a reply once more, because a worker may have been
 * taken over: could an engine have measured this, and said this?
 */
bool yf_host_is_quality(const struct yufu_face_quality *quality,
			yf_face_answer answer);
bool yf_host_is_progress(const struct yufu_face_challenge *challenge,
			 const struct yufu_face_progress *progress,
			 bool has_image, uint32_t probe_len,
			 uint32_t probe_len_max);
