#pragma once

#include "base/str.h"

/* A calendar date, proleptic Gregorian, UTC. */
struct yf_civil {
	int year;
	int month; /* 1..12, 0: not known */
	int day;   /* 1..31, 0: not known */
};

struct yf_civil yf_civil_of(int64_t seconds);

/* Midnight at the start of a complete date, seconds UTC. */
int64_t yf_civil_seconds(struct yf_civil date);

enum { YF_DAY_S = 86400 };

int yf_civil_days_in_month(int year, int month);

/*
 * "YYYY-MM-DD", "YYYY-MM" or "YYYY": the parts that are known.
 * SYNTAX for anything else, a month or day that does not exist, or a year
 * before 1800.
 */
YF_CHECKED yf_err yf_civil_parse(yf_str text, struct yf_civil *out);

/* As text, with the parts that are known.  MEMORY */
YF_CHECKED yf_err yf_civil_format(struct yf_arena *arena, struct yf_civil date,
				  yf_str *out);
