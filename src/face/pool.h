#pragma once

#include "base/err.h"
#include "base/str.h"
#include "face/look.h"

/*
 * Face work in a cage: JPEG decoding and the networks run in worker
 * processes under seccomp, never in the caller.  A worker that crashes or
 * hangs costs one answer (FACE_WORKER or TIMEOUT) and is replaced.
 *
 * The pictures go to the worker and are wiped there; only `struct yf_look`
 * comes back.  Safe to use from many threads.
 *
 * Opening checks the model's header and starts nothing: a worker is started
 * by the first look that finds no idle one, which then takes longer.
 * A worker that died while it was idle is replaced without costing an answer.
 */
struct yf_face_pool;

struct yf_face_pool_config {
	const char *program;    /* this binary, run as `yufu face-worker` */
	const char *model_path; /* build/face.model */
	unsigned workers;       /* 1..64 */
	int64_t deadline_ms;    /* per picture, e.g. 3000 */
};

/* IO when the model cannot be read, MODEL when it is damaged. */
YF_CHECKED yf_err yf_face_pool_open(const struct yf_face_pool_config *config,
				    struct yf_face_pool **out);
void yf_face_pool_close(struct yf_face_pool *pool);
void yf_face_pool_cleanup(struct yf_face_pool **pool);

enum { YF_FACE_JPEG_LEN_MAX = 4 * 1024 * 1024 };

/*
 * Looks at one JPEG picture.  A picture without a usable face is an answer
 * (out->outcome), not an error.
 *
 * IMAGE        not a JPEG, or over 4096 x 4096
 * TOO_LARGE    over YF_FACE_JPEG_LEN_MAX
 * FACE_WORKER  the worker crashed; TIMEOUT it did not answer in time
 * SANDBOX      the system does not let the worker lock itself in
 * BUSY         all workers are taken for the whole deadline
 */
YF_CHECKED yf_err yf_face_pool_look(struct yf_face_pool *pool, yf_bytes jpeg,
				    yf_face_depth depth, struct yf_look *out);

/* Engine id and version, part of every evidence and template, e.g.
 * "org.yufu.ref/1+turbojpeg". Static memory. */
const char *yf_face_engine_id(void);

/*
 * Entry of the worker process (`yufu face-worker`): serves on an inherited
 * socket until it closes.  The exit code of the process.
 */
int yf_face_worker_main(int socket_fd, const char *model_path);
