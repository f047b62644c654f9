#pragma once

#include "face/host.h"

/*
 * Between pool and worker: a socket pair for turns, and memory that both have
 * mapped for everything else.  Both ends are the same program, so the structs
 * travel as they are; the pool trusts nothing that it reads, copies it before
 * it checks it, and acts on the copy only.
 *
 * On start the worker sends a hello.  Then the pool writes the request into
 * the memory and sends a turn; the worker writes the reply and sends the turn
 * back.
 */
enum {
	YF_WIRE_SOCKET = 3, /* descriptors in the worker */
	YF_WIRE_MEMORY = 4,
	YF_WIRE_JPEG_LEN_MAX = 4 * 1024 * 1024,
	YF_WIRE_PAIRS_MAX = 256, /* of one match */
};

typedef enum {
	YF_WIRE_QUALITY,
	YF_WIRE_ENROL,
	YF_WIRE_MATCH,
	YF_WIRE_CHALLENGE,
	YF_WIRE_CALLS,
} yf_wire_call;

struct yf_wire_hello {
	uint32_t code;          /* yf_code */
	uint32_t has_challenge; /* instead of the bool in the facts */
	struct yf_host_facts facts;
};

struct yf_wire_turn {
	uint32_t call, code; /* yf_wire_call; yf_code, 0 on the way there */
};

struct yf_wire_pair {
	uint32_t probe_len, reference_len;
	uint8_t probe[YUFU_FACE_TEMPLATE_LEN_MAX];
	uint8_t reference[YUFU_FACE_TEMPLATE_LEN_MAX];
};

struct yf_wire_request {
	uint32_t role, count; /* pictures, or pairs */
	uint32_t jpeg_len[YUFU_FACE_IMAGES_MAX];
	struct yufu_face_challenge challenge;
	uint64_t now_us;
	uint32_t session_len; /* 0 before the first call */
	uint8_t session[YUFU_FACE_SESSION_LEN_MAX];
};

struct yf_wire_score {
	float score, log10_fmr;
};

struct yf_wire_reply {
	struct yf_face_sight sights[YUFU_FACE_IMAGES_MAX];
	struct yufu_face_progress progress;
	struct yf_wire_score scores[YF_WIRE_PAIRS_MAX];
	uint32_t template_len, session_len;
	uint8_t bytes[YUFU_FACE_TEMPLATE_LEN_MAX];
	uint8_t session[YUFU_FACE_SESSION_LEN_MAX];
};

/* The shared memory.  Pages are taken when they are touched. */
struct yf_wire {
	struct yf_wire_request request;
	struct yf_wire_reply reply;
	union {
		uint8_t jpegs[YUFU_FACE_IMAGES_MAX][YF_WIRE_JPEG_LEN_MAX];
		struct yf_wire_pair pairs[YF_WIRE_PAIRS_MAX];
	};
};
