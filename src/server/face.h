#pragma once

#include "face/pool.h"
#include "server/home.h"

/*
 * What a face match is worth in this deployment: the certificate that
 * yufu.ini names, checked against the engine that runs, becomes the rule that
 * decides.  The operator is told on standard error, whatever it is; a
 * certificate that does not serve closes the face check and nothing else.
 *
 * MEMORY, and what keeps the engine from telling who it is.
 */
YF_CHECKED yf_err yf_serving_face_rule(struct yf_home *home,
				       struct yf_face_pool *pool,
				       struct yf_face_rule *out);
