#include "credential/numeric_date.h"

#define YEAR_10000 253402300800

yf_err yf_numeric_date_take(const struct yf_json *object, const char *name,
			    int64_t *out)
{
	const struct yf_json *member = yf_json_get(object, name);
	int64_t value = 0;

	if (!member)
		return YF_OK;
	if (member->kind == YF_JSON_REAL) {
		if (!(member->real >= 0 && member->real < (double)YEAR_10000))
			return YF_FAIL(RANGE);
		value = (int64_t)member->real;
	} else if (member->kind == YF_JSON_INT) {
		value = member->integer;
	} else {
		return YF_FAIL(SYNTAX);
	}
	if (value < 0 || value >= YEAR_10000)
		return YF_FAIL(RANGE);
	*out = value;
	return YF_OK;
}

bool yf_numeric_date_after(int64_t a, int64_t b, int64_t by)
{
	int64_t limit;

	if (__builtin_add_overflow(b, by, &limit))
		return by < 0;
	return a > limit;
}
