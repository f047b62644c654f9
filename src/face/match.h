#pragma once

/*
 * Recommended limits for 1:1 decisions on the distance of two descriptors
 * (yf_look_distance()): the same person when it is smaller.
 *
 * Measured on 9.16 million impostor pairs of LFW press photos with this
 * network: chip, mirror average, unit norm.  They are GLOBAL rates of that
 * collection and do not hold for every group: at the limit that gives 1e-4
 * overall, the false match rate among people with East Asian name tokens was
 * 3.8e-2, and 9e-5 among men with western first names, 400 times apart.  A
 * city sets its own limit from its own population (`yufu face bench`), uses
 * several frames, and lets a person decide in doubt; these numbers alone must
 * not issue a credential of high assurance.
 *
 * False non-matches grow as the limit shrinks: of single press photos 4.4 %
 * at 1e-3 and 16 % at 1e-4; of the unit mean of five independent photos 0.8 %
 * and 2.0 %.  Frames of one session are alike and gain less.
 */
#define YF_MATCH_FMR_1E2 0.424f
#define YF_MATCH_FMR_1E3 0.378f
#define YF_MATCH_FMR_1E4 0.338f
#define YF_MATCH_FMR_1E5 0.303f

/* Two frames of one camera session show the same person. */
#define YF_MATCH_SAME_SESSION 0.300f
