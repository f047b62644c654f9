#pragma once

#include "base/err.h"
#include "codec/json.h"
#include "face/look.h"
#include "face/sample.h"
#include "face/words.h"

/*
 * How good the picture of a face is, in the measures of <yufu/face.h>, named
 * as in ISO/IEC 29794-5.  Pure: numbers from a box, 68 points and pixels; no
 * network runs and nothing is learned, so it is cheap enough for each frame
 * of a live session.
 *
 * Own methods where the standard's are bound to its networks; the scales are
 * comparable with each other and not with those of another program:
 *
 *  pose       the generic head of face/shape.h laid over the points without
 *             perspective.  Against rendered heads of known pose
 *             (tests/unit/quality_test.c prints it): within 30 degrees of
 *             yaw, 15 of pitch and 20 of roll the error is a few degrees;
 *             doc/face.md has the figures.
 *  light      over an oval between brows and chin, laid by eyes and chin
 *  dynamic_range             entropy of its luma histogram, bits
 *  illumination_uniformity   overlap of the histograms of its halves
 *  natural_colour            distance in a*b* of its mean from the region in
 *                            which skin of every tone lies in even light
 *  background_uniformity     mean gradient beside the head and above it
 *  compression_artifacts     steps at the borders of 8 x 8 blocks against
 *                            those within, less 1
 *
 * `unified` is NaN: none of it was shown to predict false rejections yet.
 */

/*
 * `look` and `pixels` are of one picture in the same coordinates.  A look
 * without a face gives NaN everywhere and no defect.  The defects are those
 * that made the outcome; warnings may stand beside a usable face.
 */
void yf_quality_measure(const struct yf_pixels *pixels,
			const struct yf_look *look,
			struct yufu_face_quality *out);

/* What a look's outcome is called as a defect; 0 for NONE and FACE. */
uint32_t yf_quality_defect(yf_look_outcome outcome);

/*
 * What a portrait for a register should not have: stricter limits over what
 * any engine measured; what is NaN is not judged.  Bits of enum
 * yufu_face_defect, defects and warnings included.
 */
uint32_t yf_quality_portrait(const struct yufu_face_quality *quality);

/*
 * The one thing to mend first, of bits of enum yufu_face_defect; `none` when
 * there is nothing that a person before a camera can mend.
 */
enum yufu_face_hint yf_quality_hint(uint32_t defects, enum yufu_face_hint none);

/* What to do about one bit, in English, for the command line. */
const char *yf_quality_advice(uint32_t bit);

/* The members of an open object: numbers by name (null where not measured),
 * "defects" and "warnings" as arrays of words. */
void yf_quality_write(const struct yufu_face_quality *quality,
		      struct yf_json_out *out);

/* Only the array of words, e.g. of yf_quality_portrait(). */
void yf_quality_write_defects(uint32_t defects, const char *name,
			      struct yf_json_out *out);
