#pragma once

#include "base/err.h"
#include "base/str.h"
#include "face/sight.h"
#include "face/template.h"

/*
 * Face work in a cage: the decoding of pictures and the engine, ours or a
 * vendor's, run in worker processes under seccomp, never in the caller.  A
 * worker that crashes, hangs or answers what its interface does not allow
 * costs one answer (FACE_WORKER, TIMEOUT or ENGINE) and is replaced.
 *
 * Pictures go to the worker and are wiped there.  Safe to use from many
 * threads.
 *
 * Opening looks at the files and starts nothing: a worker is started by the
 * first call that finds no idle one, which then takes longer.  A worker that
 * died while it was idle is replaced without costing an answer.
 *
 * There is no call that compares a face with more than one other; see
 * doc/rights.md.
 *
 * What every call can say beside its own codes:
 *
 * FACE_WORKER  the worker crashed; TIMEOUT it did not answer in time
 * ENGINE       the engine cannot be loaded or does not keep to its interface
 * MODEL        the engine refuses its model
 * SANDBOX      the system does not let the worker lock itself in
 * BUSY         all workers are taken for the whole deadline
 */
struct yf_face_pool;

enum { YF_FACE_MEMORY_LEN = 512 * 1024 * 1024 };

struct yf_face_pool_config {
	const char *program;     /* this binary, run as `yufu face-worker` */
	const char *engine_path; /* a vendor's shared object; NULL: ours */
	const char *folder;      /* of the engine's own files; may be NULL */
	const char *model_path;  /* NULL: the engine's own, in `folder` */
	unsigned workers;        /* 1..64 */
	int64_t deadline_ms;     /* per call, e.g. 3000 */
	size_t memory_len_max;   /* of one worker; 0: YF_FACE_MEMORY_LEN */
};

/*
 * CONFIG  a number is out of its range
 * IO      engine or model cannot be read
 * MODEL   the model of our engine is damaged
 */
YF_CHECKED yf_err yf_face_pool_open(const struct yf_face_pool_config *config,
				    struct yf_face_pool **out);
void yf_face_pool_close(struct yf_face_pool *pool);
void yf_face_pool_cleanup(struct yf_face_pool **pool);

/* Which engine answers; starts a worker if none ran yet. */
YF_CHECKED yf_err yf_face_pool_identity(struct yf_face_pool *pool,
					struct yf_face_identity *out);

enum { YF_FACE_JPEG_LEN_MAX = 4 * 1024 * 1024 };

/*
 * Measures one JPEG picture, in the pixels of the file.  A picture without
 * a usable face is an answer (out->answer), not an error.
 *
 * IMAGE      not a JPEG, or over 4096 x 4096
 * TOO_LARGE  over YF_FACE_JPEG_LEN_MAX
 */
YF_CHECKED yf_err yf_face_pool_quality(struct yf_face_pool *pool, yf_bytes jpeg,
				       struct yf_face_sight *out);

/* Added to the role, to measure an engine: see YUFU_FACE_MEASURE. */
enum { YF_FACE_MEASURE = YUFU_FACE_MEASURE };

/*
 * One template from 1..YUFU_FACE_IMAGES_MAX pictures of one person; `sights`
 * has `count` entries.  Pictures without a usable face are left out; when
 * none is left, out->len is 0.
 * IMAGE, TOO_LARGE  one of the pictures; RANGE  their number
 */
YF_CHECKED yf_err yf_face_pool_enrol(struct yf_face_pool *pool,
				     const yf_bytes *jpegs, size_t count,
				     enum yufu_face_role role,
				     struct yf_face_template *out,
				     struct yf_face_sight *sights);

struct yf_face_score {
	float score;     /* grows with likeness, the engine's own scale */
	float log10_fmr; /* what the engine claims, -12..0 */
};

/*
 * ENGINE_OTHER  one of them is of another engine, version or model
 * TEMPLATE      the engine does not take it for one of its own
 * MISSING       one of them is empty
 */
YF_CHECKED yf_err yf_face_pool_match(struct yf_face_pool *pool,
				     const struct yf_face_template *probe,
				     const struct yf_face_template *reference,
				     struct yf_face_score *out);

/*
 * The same for pairs that have nothing to do with each other: for measuring,
 * where a turn of the worker for each would take longer than the comparing.
 */
struct yf_face_pair {
	const struct yf_face_template *probe, *reference;
};
YF_CHECKED yf_err yf_face_pool_match_pairs(struct yf_face_pool *pool,
					   const struct yf_face_pair *pairs,
					   size_t count,
					   struct yf_face_score *out);

/*
 * A liveness session: held by the caller, plain data, wiped by it.  Starts
 * with the challenge filled in (steps from a CSPRNG, begun_us) and len 0.
 */
struct yf_face_session {
	struct yufu_face_challenge challenge;
	uint32_t width, height; /* of the last picture, pixels */
	uint32_t len;
	uint8_t bytes[YUFU_FACE_SESSION_LEN_MAX]; /* the engine's */
};

/*
 * One picture, or none (jpeg.len 0): only time passes.  The session is
 * written when it succeeds and only then.  `probe` is written when
 * out->state becomes PASSED; it may be NULL when there is no picture.
 *
 * IMAGE, TOO_LARGE  the picture
 * UNSUPPORTED       the engine has no challenge
 * SYNTAX            the session or its challenge is not sound
 */
YF_CHECKED yf_err yf_face_pool_challenge(struct yf_face_pool *pool,
					 struct yf_face_session *session,
					 yf_bytes jpeg, int64_t now_us,
					 struct yufu_face_progress *out,
					 struct yf_face_template *probe);

/*
 * Entry of the worker process (`yufu face-worker ENGINE FOLDER MODEL
 * MEMORY`, "" for none): serves on an inherited socket until it closes.  The
 * exit code of the process.
 */
int yf_face_worker_main(int socket_fd, char *const words[static 4]);
