#pragma once

#include <stdnoreturn.h>

#include "face/conform.h"
#include "face/fence.h"
#include "face/host.h"

/*
 * What the checks of face/conform.c share.  A check is a function that runs
 * in its own process and ends it with a verdict.
 */
struct yf_lab_verdict {
	uint32_t stage; /* how far it came before the verdict */
	uint32_t state; /* yf_conform_state */
	char why[YF_CONFORM_WHY_LEN];
	uint64_t digest; /* of what the engine answered; to compare processes */
};

enum {
	YF_LAB_STARTED,
	YF_LAB_OPENED, /* loaded, opened and locked in */
	YF_LAB_SAID,   /* the verdict is there */
};

struct yf_lab_picture {
	const char *name;
	struct yufu_face_image image;
	bool made; /* by us; otherwise a photograph */
};

enum {
	YF_LAB_PICTURES_MAX = 16,
	/* What an older host might have: a struct that ends before this. */
	YF_LAB_SHORT_QUALITY = offsetof(struct yufu_face_quality, points),
};

struct yf_lab {
	const struct yf_conform_config *config;
	struct yf_lab_picture pictures[YF_LAB_PICTURES_MAX];
	size_t picture_count;
	int report; /* verdicts go here */

	/* In the process of a check, once open. */
	struct yf_host *host;
	const struct yufu_face_engine *engine;
	struct yufu_face *state;
	const struct yf_host_facts *facts;
	struct yf_fence scratch, session, out;
	struct yf_fence small; /* YF_LAB_SHORT_QUALITY bytes */
	uint64_t slowest_us;
};

/* How the process is locked in while the check runs. */
typedef enum {
	YF_LAB_UNOPENED, /* the check loads the engine by itself */
	YF_LAB_CAGED,    /* as in the worker */
	YF_LAB_SEALED,   /* not even memory */
} yf_lab_lock;

struct yf_lab_check {
	const char *name, *means;
	yf_lab_lock lock;
	void (*run)(struct yf_lab *lab);
	unsigned runs; /* processes whose digests must agree; 0 is 1 */
};

extern const struct yf_lab_check yf_lab_checks[];
extern const size_t yf_lab_check_count;

/* Makes the pictures that need no camera.  MEMORY */
YF_CHECKED yf_err yf_lab_make_pictures(struct yf_lab *lab);
void yf_lab_free_pictures(struct yf_lab *lab);

/* Decodes the photographs, in a process of their own.  IO, MEMORY */
YF_CHECKED yf_err yf_lab_load_photographs(struct yf_lab *lab);

/* In this order; each ends the process with a verdict when it fails. */
void yf_lab_open(struct yf_lab *lab);
void yf_lab_furnish(struct yf_lab *lab); /* the fences */
void yf_lab_lock_in(struct yf_lab *lab, bool sealed);

/* --- verdicts: they end the process --- */

noreturn void yf_lab_pass(struct yf_lab *lab, uint64_t digest);
noreturn void yf_lab_skip(struct yf_lab *lab, const char *why);
noreturn void yf_lab_fail(struct yf_lab *lab, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* FNV-1a, to go on from `digest`; 0 at the beginning. */
uint64_t yf_lab_digest(uint64_t digest, const void *bytes, size_t len);

/*
 * The first exported name of a shared object that speaks of searching people
 * or of guessing about them, copied to `out`; false when there is none or
 * when the file is not ELF.
 */
bool yf_lab_find_symbol(const char *path, char *out, size_t room);
