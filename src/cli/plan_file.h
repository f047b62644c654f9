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
