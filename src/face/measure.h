#pragma once

#include "face/look.h"
#include "face/sample.h"

/*
 * Light and sharpness of the face box, resampled to a square so that the
 * limits mean the same for every picture size; and the glance at the whole
 * picture.
 */
void yf_measure_light(const struct yf_pixels *pixels, struct yf_look *look);

/* Yaw, mouth and eye distance from the points of `look`. */
void yf_measure_points(struct yf_look *look);

/* A hash of all pixels.  Not cryptographic: it tells a frozen or repeated
 * camera frame, not a forged one. */
uint64_t yf_measure_hash(const struct yf_pixels *pixels);
