#include "base/civil.h"

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int yf_civil_days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days since 0000-03-01, so that the leap day ends a year. */
static int64_t days_since_march_0(struct yf_civil date)
{
	const int64_t year = date.year - (date.month <= 2);
	const int64_t month = (date.month + 9) % 12;

	return year * 365 + year / 4 - year / 100 + year / 400 +
	       (month * 153 + 2) / 5 + date.day - 1;
}

enum { DAYS_TO_1970 = 719468, DAYS_IN_400_YEARS = 146097 };

int64_t yf_civil_seconds(struct yf_civil date)
{
	return (days_since_march_0(date) - DAYS_TO_1970) * YF_DAY_S;
}

struct yf_civil yf_civil_of(int64_t seconds)
{
	int64_t days =
		seconds / YF_DAY_S - (seconds % YF_DAY_S < 0) + DAYS_TO_1970;
	const int64_t era = days / DAYS_IN_400_YEARS;
	days -= era * DAYS_IN_400_YEARS;

	const int64_t year =
		(days - days / 1460 + days / 36524 - days / 146096) / 365;
	const int64_t day_of_year = days - (365 * year + year / 4 - year / 100);
	const int64_t month = (5 * day_of_year + 2) / 153;
	struct yf_civil date = {
		.year = (int)(year + era * 400 + (month >= 10)),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
	};
	return date;
}

static bool take_digits(yf_str text, size_t from, size_t len, int *out)
{
	int value = 0;

	for (size_t i = from; i < from + len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		value = value * 10 + (text.ptr[i] - '0');
	}
	*out = value;
	return true;
}

yf_err yf_civil_parse(yf_str text, struct yf_civil *out)
{
	struct yf_civil date = { 0 };

	if ((text.len != 4 && text.len != 7 && text.len != 10) ||
	    !take_digits(text, 0, 4, &date.year) || date.year < 1800)
		return YF_FAIL(SYNTAX);
	if (text.len >= 7 &&
	    (text.ptr[4] != '-' || !take_digits(text, 5, 2, &date.month) ||
	     date.month < 1 || date.month > 12))
		return YF_FAIL(SYNTAX);
	if (text.len == 10 &&
	    (text.ptr[7] != '-' || !take_digits(text, 8, 2, &date.day) ||
	     date.day < 1 ||
	     date.day > yf_civil_days_in_month(date.year, date.month)))
		return YF_FAIL(SYNTAX);
	*out = date;
	return YF_OK;
}

yf_err yf_civil_format(struct yf_arena *arena, struct yf_civil date,
		       yf_str *out)
{
	if (!date.month)
		return yf_str_format(arena, out, "%04d", date.year);
	if (!date.day)
		return yf_str_format(arena, out, "%04d-%02d", date.year,
				     date.month);
	return yf_str_format(arena, out, "%04d-%02d-%02d", date.year,
			     date.month, date.day);
}
