#include "codec/tdate.h"

#include "base/civil.h"

enum { DATE_LEN = 10, TDATE_LEN = 20 };

/* The first and last second that four digits of a year can say. */
static const int64_t first_s = -62167219200;
static const int64_t last_s = 253402300799;

static void put_digits(char *out, size_t count, int value)
{
	while (count--) {
		out[count] = (char)('0' + value % 10);
		value /= 10;
	}
}

void yf_tdate_put(struct yf_buf *buf, int64_t seconds)
{
	char text[TDATE_LEN];

	if (seconds < first_s || seconds > last_s) {
		buf->err = YF_FAIL(RANGE);
		return;
	}
	const struct yf_civil day = yf_civil_of(seconds);
	const int rest = (int)(seconds - yf_civil_seconds(day));
	yf_cbor_put_tag(buf, YF_TAG_DATE_TIME);
	put_digits(text, 4, day.year);
	text[4] = '-';
	put_digits(text + 5, 2, day.month);
	text[7] = '-';
	put_digits(text + 8, 2, day.day);
	text[DATE_LEN] = 'T';
	put_digits(text + 11, 2, rest / 3600);
	text[13] = ':';
	put_digits(text + 14, 2, rest / 60 % 60);
	text[16] = ':';
	put_digits(text + 17, 2, rest % 60);
	text[19] = 'Z';
	yf_cbor_put_text(buf, (yf_str){ text, sizeof(text) });
}

static bool take_pair(yf_str text, size_t at, int most, int *out)
{
	const int tens = text.ptr[at] - '0';
	const int ones = text.ptr[at + 1] - '0';

	if (tens < 0 || tens > 9 || ones < 0 || ones > 9)
		return false;
	*out = tens * 10 + ones;
	return *out <= most;
}

static bool take_time(yf_str text, int *out)
{
	int hours = 0, minutes = 0, seconds = 0;

	if (text.ptr[DATE_LEN] != 'T' || text.ptr[13] != ':' ||
	    text.ptr[16] != ':' || text.ptr[19] != 'Z' ||
	    !take_pair(text, 11, 23, &hours) ||
	    !take_pair(text, 14, 59, &minutes) ||
	    !take_pair(text, 17, 59, &seconds))
		return false;
	*out = hours * 3600 + minutes * 60 + seconds;
	return true;
}

static yf_err take_day(yf_str text, struct yf_civil *out)
{
	YF_TRY(yf_civil_parse((yf_str){ text.ptr, DATE_LEN }, out));
	return out->day ? YF_OK : YF_FAIL(SYNTAX);
}

yf_err yf_tdate_read(const struct yf_cbor *item, int64_t *seconds)
{
	struct yf_civil day;
	yf_str text;
	int rest = 0;

	YF_TRY(yf_cbor_take_text(yf_cbor_tagged(item, YF_TAG_DATE_TIME),
				 &text));
	if (text.len != TDATE_LEN || !take_time(text, &rest))
		return YF_FAIL(SYNTAX);
	YF_TRY(take_day(text, &day));
	*seconds = yf_civil_seconds(day) + rest;
	return YF_OK;
}

void yf_full_date_put(struct yf_buf *buf, yf_str date)
{
	struct yf_civil day;

	if (date.len != DATE_LEN || yf_failed(take_day(date, &day))) {
		buf->err = YF_FAIL(RANGE);
		return;
	}
	yf_cbor_put_tag(buf, YF_TAG_FULL_DATE);
	yf_cbor_put_text(buf, date);
}

yf_err yf_full_date_read(const struct yf_cbor *item, yf_str *date)
{
	struct yf_civil day;
	yf_str text;

	YF_TRY(yf_cbor_take_text(yf_cbor_tagged(item, YF_TAG_FULL_DATE),
				 &text));
	if (text.len != DATE_LEN)
		return YF_FAIL(SYNTAX);
	YF_TRY(take_day(text, &day));
	*date = text;
	return YF_OK;
}
