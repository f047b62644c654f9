#pragma once

#include "base/str.h"
#include "face/list.h"

/*
 * When are two faces one person, and what is that worth?  The level rule of a
 * deployment names the worst false match rate (FMR) that it accepts, overall
 * and in any group of people; a certificate (card/face_certificate.h) says at
 * which score the engine keeps it.  Pure: whoever holds certificate and
 * settings gets the same rule.
 *
 * What it does not prove: the rates are those of the people and the pictures
 * that were measured.
 */

/* A rate is worth something from 30 expected errors on ("rule of 30",
 * ISO/IEC 19795-1): that many impostor pairs over the rate. */
enum { YF_FACE_ERRORS_MIN = 30 };

struct yf_face_certificate;

/* What was measured at one score. */
struct yf_face_point {
	double score;      /* pairs that score at least this match */
	double fmr;        /* share of impostor pairs that do */
	int64_t impostors; /* pairs it rests on */
	bool has_groups;
	double group_fmr;        /* of the worst group */
	int64_t group_impostors; /* pairs of the SMALLEST group */
};

/* [face] fmr_max_millionths, fmr_max_group_millionths, demo */
struct yf_face_limits {
	double fmr_max;
	double group_fmr_max;
	bool demo;
};

typedef enum {
	YF_FACE_CLOSED,    /* no face match counts: the service point is open */
	YF_FACE_DEMO,      /* matches count for demonstration only */
	YF_FACE_CERTIFIED, /* a certificate carries them */
} yf_face_standing;

/* "closed", "demo", "certified"; static memory. */
const char *yf_face_standing_name(yf_face_standing standing);

struct yf_face_rule {
	struct yf_face_limits limits;
	yf_err why;        /* why nothing is certified; OK when it is */
	int64_t expires_s; /* of the certificate; 0 for none */
	/* Of a certified rule: the lowest score that keeps both limits, and
	 * what was measured there. */
	double score_min;
	double fmr;
	double group_fmr;
	/* To be shown, and decides nothing: the certificate that was found,
	 * read and as it was signed; NULL and empty for none. */
	const struct yf_face_certificate *certificate;
	yf_str signed_text;
};

/*
 * points   of a certificate that was verified and fits the engine, in order
 *          of rising score; none when there is no such certificate
 * missing  why there is none; not looked at when there are points
 *
 * The rule's `why` is one of
 * FACE_IMPOSTORS  the points rest on too few pairs for these limits, overall
 *                 or in a group: what cannot be told does not count as good
 * FACE_GROUPS     no groups were measured, or one that is everybody
 * FACE_FMR, FACE_GROUP_FMR  no point keeps the limit
 */
struct yf_face_rule yf_face_rule_make(const struct yf_face_limits *limits,
				      const struct yf_face_point *points,
				      size_t count, int64_t expires_s,
				      yf_err missing);

/* A NULL rule is closed: an environment that was given none. */
yf_face_standing yf_face_rule_standing(const struct yf_face_rule *rule,
				       int64_t now_s);

/* Why it is not certified now: OK when it is.  FACE_EXPIRED, and the codes
 * above. */
yf_err yf_face_rule_why(const struct yf_face_rule *rule, int64_t now_s);

/*
 * The decision on one comparison.  Certified: by the score.  Demo: by what
 * the engine claims of itself.  Closed, or a score or claim that is NaN: no.
 */
bool yf_face_decide(const struct yf_face_rule *rule, double score,
		    double log10_fmr, int64_t now_s);

/* For lists (face/list.h): the rate of the worst group, since a household or
 * a shop's staff may be of one.  FACE_UNCERTIFIED */
YF_CHECKED yf_err yf_face_rule_list(const struct yf_face_rule *rule,
				    int64_t now_s,
				    struct yf_face_list_rule *out);
