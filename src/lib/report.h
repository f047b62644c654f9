#pragma once

#include "lib/verifier.h"

/*
 * The answer to one question while it is worked out, and what explains it.
 * Private to lib/.  Everything lives in the arena of the result.
 */
enum { YF_REPORT_STEPS_MAX = 8, YF_REPORT_DOCUMENTS_MAX = 16 };

typedef enum {
	YF_STEP_NOT_REACHED,
	YF_STEP_PASSED,
	YF_STEP_FAILED,
	YF_STEP_UNCHECKED, /* nobody asked for it, or there is nothing */
	YF_STEP_UNKNOWN,   /* it could not be told */
} yf_step_state;

struct yf_report_step {
	const char *name;
	yf_step_state state;
	yf_str detail;
};

/* The certificate that signed, or claims to have. */
struct yf_report_cert {
	bool there;
	yf_str subject;
	yf_str issuer;
	yf_str serial;
	yf_str sha256;
	yf_str root; /* whose signature is on the last of the chain */
	int64_t valid_from_s;
	int64_t valid_until_s;
};

struct yf_report_status {
	bool there;
	yf_str uri;
	int64_t index;      /* -1: of the list as a whole */
	const char *value;  /* "valid", "revoked", ...; "undetermined" */
	const char *source; /* "token", "bundle"; NULL when there was none */
	int64_t made_s;
	int64_t expires_s; /* 0: it does not say */
	int64_t entries;
};

struct yf_report_tally {
	bool there;
	yf_str id;
	yf_str purpose;
	int64_t window_s;
};

struct yf_report {
	struct yf_arena *arena;
	const struct yufu_verifier *verifier;
	struct yufu_ask ask;
	int64_t now_s;
	const char *format; /* NULL when it is none that is known */
	yf_err err;         /* YF_OK: accepted */
	yf_str advice;      /* better than that of the error; or empty */
	yf_str type;
	yf_str issuer;
	int64_t issued_at_s;
	int64_t valid_from_s; /* 0 when there is no such bound */
	int64_t valid_until_s;
	yf_str claims; /* JSON of what was proved; empty for none */
	yf_str documents[YF_REPORT_DOCUMENTS_MAX]; /* JSON, when several */
	size_t document_count;
	struct yf_report_cert cert;
	int64_t digests;      /* that were looked for */
	int64_t digests_good; /* and found */
	yf_str digest_bad;    /* the first that was not */
	bool holder_proved;
	const char *holder_by; /* "key_binding", "device_signature"; or NULL */
	struct yf_report_status status;
	struct yf_report_tally tally;
	struct yf_report_step steps[YF_REPORT_STEPS_MAX];
	size_t step_count;
};

/* The steps of a format, in order; none is reached yet. */
void yf_report_plan(struct yf_report *report, const char *format,
		    const char *const *names, size_t count);

/* What is said is one sentence; out of memory shows in `err` at the end. */
void yf_report_step(struct yf_report *report, const char *name,
		    yf_step_state state, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same with what `err` says before it. */
void yf_report_fail(struct yf_report *report, const char *name, yf_err err,
		    yf_str detail);

/* "2026-11-22T01:02:03Z"; "never" for 0. */
yf_str yf_report_time(struct yf_report *report, int64_t time_s);

/* Which certificate it is; one that cannot be read is left out. */
void yf_report_chain(struct yf_report *report, const struct yf_chain *chain);

/* One sentence each, of what is known by now. */
yf_str yf_report_say_cert(struct yf_report *report);
yf_str yf_report_say_times(struct yf_report *report);
yf_str yf_report_say_digests(struct yf_report *report);

/* printf into the arena; empty when that is spent. */
yf_str yf_report_say(struct yf_report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

enum yufu_verdict yf_report_verdict(const struct yf_report *report);

/* All of it as one JSON object: yufu-verify(3).  MEMORY */
YF_CHECKED yf_err yf_report_encode(const struct yf_report *report,
				   yf_str *json);
