#pragma once

#include "base/arena.h"
#include "base/str.h"

/* What caged workers keep in memory after they have looked at a picture. */
struct yf_worker_memory {
	double first_mb;   /* resident, everything shared counted whole */
	double further_mb; /* what one more worker adds to the machine */
	/* "pss", or "anonymous" where the system does not let us read that */
	const char *by;
};

/* As yf_face_pool_open() and yf_face_pool_quality(); IO without /proc. */
YF_CHECKED yf_err yf_bench_worker(struct yf_arena *arena, const char *model,
				  yf_bytes frame, struct yf_worker_memory *out);
