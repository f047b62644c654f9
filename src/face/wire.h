#pragma once

#include "base/err.h"
#include "face/look.h"

/*
 * Between pool and worker: a socket pair for these two messages, and memory
 * that both have mapped for the picture.  Both ends are the same program, so
 * the structs travel as they are; the pool trusts nothing that it reads.
 *
 * On start the worker sends one reply that says whether it is ready.
 */
enum {
	YF_WIRE_SOCKET = 3, /* descriptors in the worker */
	YF_WIRE_MEMORY = 4,
};

struct yf_wire_request {
	uint32_t jpeg_len; /* bytes at the start of the memory */
	uint32_t depth;    /* yf_face_depth */
};

struct yf_wire_reply {
	uint32_t code; /* yf_code */
	struct yf_look look;
};
