#pragma once

#include "credential/status_list.h"

/*
 * What the two forms of a status list token have in common, private to
 * credential/: whether it is the list that a credential names, and its time.
 *
 * AUDIENCE, EXPIRED, NOT_YET
 */
YF_CHECKED yf_err yf_status_token_check(const struct yf_status_token *token,
					const struct yf_status_rule *rule);
