#pragma once

#include <stdio.h>

#include "base/str.h"

/*
 * The whole job in a terminal, against a running demo city and by its public
 * addresses only: a person is enrolled, gets the card by a face scan, shows it
 * to a hotel and to a café; and what must go wrong does.  Each step says what
 * was sent and what was checked.
 */
struct yf_tour_party {
	yf_str name;
	yf_str policy;
	yf_str api_key;
};

enum { YF_TOUR_PARTIES_MAX = 8 };

struct yf_tour_ask {
	yf_str url; /* of the city, without '/' at its end */
	/* One with policy "hotel" and one with "cafe" at least. */
	struct yf_tour_party parties[YF_TOUR_PARTIES_MAX];
	size_t party_count;
	bool json;   /* one object on `out`, prose on `err` */
	bool colour; /* `out` (or `err`) is a terminal */
	FILE *out;
	FILE *err;
};

/* Exit status: 0 when every step had the expected outcome, 1 otherwise. */
int yf_tour(const struct yf_tour_ask *ask);
