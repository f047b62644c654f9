#pragma once

#include "base/str.h"

/*
 * What `yufu face bench` measured of one engine with one model on one
 * collection of pictures: report.json, and the input of an engine's
 * certificate.  The form is described in doc/face.md, "The report".
 *
 * It holds counts and rates and never a score of a person or the name of
 * a picture.  Decoding checks the form and that the numbers can be true (no
 * more errors than trials, shares within 0..1, thresholds in order), not that
 * somebody measured them: that is what the signature on a certificate is for.
 */
enum {
	YF_REPORT_VERSION = 1,
	YF_REPORT_LEN_MAX = 1024 * 1024,
	YF_REPORT_LIMITS_MAX = 16,
	YF_REPORT_GROUPS_MAX = 32,
	YF_REPORT_CLAIMS_MAX = 8,
	YF_REPORT_REASONS_MAX = 16,
	YF_REPORT_NAME_LEN_MAX = 64, /* of an engine, a group, a reason */
	YF_REPORT_DATA_LEN_MAX = 2000,
	YF_REPORT_HASH_LEN = 32,
};

/* Impostor pairs that an FMR needs, times it, before it may be stated: so
 * many false matches are expected among them ("rule of 30"). */
enum { YF_REPORT_IMPOSTORS_OVER_FMR = 30 };

/*
 * Errors among trials.  `at_most` is always there: with 95 % confidence the
 * share is not above it, were the trials independent.  `value` is the share
 * and is only `known` where the trials carry it: of an FMR, at least
 * 30 / max(the FMR aimed at, the one measured) impostor pairs; of an FNMR and
 * FTE, at least one trial.  The interval is 95 % of a bootstrap over people;
 * where there was no error at all it ends at `at_most`.
 */
struct yf_rate {
	uint64_t errors, trials;
	double at_most;
	bool known;
	double value;
	bool has_interval;
	double low, high;
};

struct yf_report_group {
	yf_str name;
	uint32_t people, pictures;   /* with a face that was found */
	uint64_t genuine, impostors; /* pairs within the group */
};

/*
 * One threshold: a pair counts as the same person when its score is at least
 * `score`.  It is the lowest at which at most `target` of all impostor pairs
 * match; where there are fewer than 30 / target impostors there is no limit.
 * Pairs of a group are those of two people who both belong to it.
 */
struct yf_report_limit {
	double target; /* 0.01, 0.003, 0.001, ... falling */
	double score;
	struct yf_rate fmr;
	struct yf_rate fnmr; /* its interval re-estimates the threshold */
	/* The same at this global threshold, for each of report.groups. */
	const struct yf_rate *group_fmr;
	const struct yf_rate *group_fnmr;
	/* Highest group value over the lowest and over all; 0: not known,
	 * because a group has too few pairs or the divisor is 0. */
	double worst_over_best, worst_over_all;
};

typedef enum {
	YF_CLAIM_CANNOT_TELL, /* fewer than 30 / claim impostor pairs */
	YF_CLAIM_HOLDS,       /* what was measured does not contradict it */
	YF_CLAIM_FAILS,       /* more false matches than it allows */
} yf_claim;

/* The engine's own log10 FMR, -2 to -6, against what was measured. */
struct yf_report_claim {
	int64_t log10_fmr;
	bool reached; /* the engine gives such a claim for some pair here */
	double score; /* the lowest with this claim */
	struct yf_rate fmr;
	struct yf_rate fnmr;
	yf_claim verdict;
};

struct yf_report_reason {
	yf_str name; /* "none", "unreadable", ... */
	uint64_t pictures;
};

struct yf_face_report {
	yf_str software;    /* "yufu 0.1.0" */
	int64_t measured_s; /* when, seconds UTC */
	yf_str data;        /* what the pictures are; empty: nobody said */
	yf_str list;        /* file name of the pair list, without its folder */

	yf_str engine;  /* id */
	yf_str version; /* as in templates: the engine's, '+', the decoder */
	uint8_t model_hash[YF_REPORT_HASH_LEN];

	bool cross; /* impostors: all pairs of different people */
	uint32_t people, pictures;
	uint64_t genuine, impostors; /* pairs; impostors: both faces found */

	/* Pictures without a template.  Genuine pairs with one of them count
	 * as false non-matches in every FNMR. */
	struct yf_rate failure_to_extract;
	const struct yf_report_reason *reasons;
	size_t reason_count;
	uint64_t genuine_failed; /* genuine pairs lost to them */

	bool has_eer;
	double eer;        /* smallest max(FMR, FNMR) over all thresholds */
	bool has_accuracy; /* over the pairs of the list, failures counted */
	double accuracy;
	int64_t folds;         /* 0: threshold chosen on the list itself */
	double accuracy_error; /* standard error over the folds */

	const struct yf_report_group *groups;
	size_t group_count;
	const struct yf_report_limit *limits;
	size_t limit_count;
	const struct yf_report_claim *claims;
	size_t claim_count;

	double picture_p50_ms, picture_p99_ms; /* from file to template */
	double picture_cpu_ms; /* of all processors, mean; 0: not measured */
	double match_ns;       /* one comparison, mean; 0: not measured */
	uint64_t worker_peak;  /* bytes resident, of one worker; 0 not known */
	int64_t jobs;
};

/* The words of report.json: "holds", "fails", "cannot_tell". */
const char *yf_claim_name(yf_claim claim);

/* MEMORY */
YF_CHECKED yf_err yf_face_report_encode(const struct yf_face_report *report,
					struct yf_arena *arena, yf_str *json);

/*
 * Views into the arena.
 *
 * SYNTAX       not JSON, not a report, a member of another kind, or control
 *              characters in a text
 * MISSING      a member is not there
 * UNSUPPORTED  another version of the form
 * RANGE        a number that cannot be: see above
 * FACE_IMPOSTORS  a limit with fewer than 30 / target impostor pairs
 * TOO_LARGE    over one of the limits above
 * MEMORY
 */
YF_CHECKED yf_err yf_face_report_decode(struct yf_arena *arena, yf_str json,
					struct yf_face_report *out);

/* The limit with this target (within rounding); NULL when the impostors did
 * not reach it. */
const struct yf_report_limit *
yf_face_report_limit(const struct yf_face_report *report, double target);
