#pragma once

#include "credential/mdoc.h"
#include "lib/report.h"

/*
 * One function a format, private to lib/: each plans its steps, fills the
 * report and sets `report->err`, whatever the bytes are.  Only what is the
 * machine's fault (MEMORY, CRYPTO, BUG) may come in `err` as such.
 */
void yf_check_sdjwt(struct yf_report *report, yf_str text);
void yf_check_mdoc(struct yf_report *report, yf_bytes bytes);
void yf_check_tally(struct yf_report *report, yf_str text);

/* Looks the entry up in the lists at hand, and fills `report->status`. */
void yf_check_status_list(struct yf_report *report, yf_str uri, int64_t index);

/* The last step of a card: its status, if it has one. */
void yf_check_status_ref(struct yf_report *report,
			 const struct yf_status_ref *ref);

/* {name space: {element: value}}.  TOO_DEEP, MEMORY */
YF_CHECKED yf_err yf_mdoc_claims(struct yf_arena *arena,
				 const struct yf_mdoc *mdoc, yf_str *json);
