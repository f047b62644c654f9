#pragma once

#include "face/plan.h"

/*
 * The SHA-256 of packed plans (face/plan.h), which the face engine itself
 * cannot compute: whoever packs or installs one does.
 */

/* Writes the digest into a plan that was just packed. */
void yf_plan_seal(yf_bytes file);

/* Whether the file is what was packed.  MODEL */
YF_CHECKED yf_err yf_plan_verify(yf_bytes file);

/*
 * The same of a file, and that it is sound.  Templates, reports and
 * certificates name a model by the digest that its file states: ask before
 * any of them is made or believed.
 * NOT_FOUND, IO, MODEL, MEMORY
 */
YF_CHECKED yf_err yf_plan_verify_file(const char *path);
