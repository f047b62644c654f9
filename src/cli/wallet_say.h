#pragma once

#include <stdio.h>

#include "holder/present.h"

/*
 * What the headless wallet tells a person.  Names, purposes and values are
 * texts of strangers: what could move the cursor, colour a line or turn the
 * direction of writing is printed as '?'.
 */
void yf_wallet_say(FILE *to, yf_str text);

/* Who asks, why, how long, what exactly, and what is agreed to. */
void yf_wallet_say_request(FILE *to, const struct yf_request *request,
			   const struct yf_choices *choices);

/* Each value on a line with its path; long ones are cut. */
void yf_wallet_say_claims(FILE *to, const struct yf_json *claims);

/* The purpose in the language of LANG, else in English, else the first. */
yf_str yf_wallet_purpose(const struct yf_registration *registration);
