#pragma once

#include "env/env.h"

/*
 * The record of acts: one row in the transaction of the act itself.  `detail`
 * is JSON without personal data; `actor` is "holder", "applicant" (who is not
 * proved to be the holder), "operator", "server" (what falls due), "demo" or
 * the id of a relying party.
 */
struct yf_act {
	int64_t shard; /* of the subject */
	const char *kind;
	yf_str actor;
	yf_str subject; /* id of the row acted on */
	yf_str detail;  /* empty for {} */
};

YF_CHECKED yf_err yf_act_put(struct yf_tx *tx, const struct yf_act *act,
			     int64_t now_s);
