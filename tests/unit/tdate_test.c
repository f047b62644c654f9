#include "codec/tdate.h"

#include "../support/expect.h"

static const struct {
	int64_t seconds;
	const char *text;
} times[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ -1, "1969-12-31T23:59:59Z" },
	{ 951827696, "2000-02-29T12:34:56Z" },
	{ 1601559002, "2020-10-01T13:30:02Z" },
	{ 253402300799, "9999-12-31T23:59:59Z" },
};

static void both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(times); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		struct yf_buf buf = yf_buf_new(arena, 32);
		const struct yf_cbor *item;
		int64_t seconds;
		yf_bytes bytes;
		yf_str text;

		yf_tdate_put(&buf, times[i].seconds);
		OK(yf_buf_bytes(&buf, &bytes));
		OK(yf_cbor_parse(arena, bytes, YF_CBOR_DETERMINISTIC, &item));
		OK(yf_cbor_take_text(yf_cbor_tagged(item, YF_TAG_DATE_TIME),
				     &text));
		assert_true(yf_str_is(text, times[i].text));
		OK(yf_tdate_read(item, &seconds));
		assert_true(seconds == times[i].seconds);
	}
}

static void out_of_range(void **state)
{
	static const int64_t bad[] = { 253402300800, -62167219201, INT64_MAX,
				       INT64_MIN };
	static const char *const dates[] = { "", "2020", "2020-02",
					     "2021-02-29", "2020-02-29Z" };
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
	yf_bytes bytes;

	(void)state;
	for (size_t i = 0; i < YF_COUNT(bad); i++) {
		struct yf_buf buf = yf_buf_new(arena, 32);
		yf_tdate_put(&buf, bad[i]);
		FAILS(yf_buf_bytes(&buf, &bytes), RANGE);
	}
	for (size_t i = 0; i < YF_COUNT(dates); i++) {
		struct yf_buf buf = yf_buf_new(arena, 32);
		yf_full_date_put(&buf, yf_str_of(dates[i]));
		FAILS(yf_buf_bytes(&buf, &bytes), RANGE);
	}
}

static yf_err read_text(struct yf_arena *arena, uint64_t tag, const char *text,
			bool full)
{
	struct yf_buf buf = yf_buf_new(arena, 32);
	const struct yf_cbor *item;
	int64_t seconds;
	yf_bytes bytes;
	yf_str date;

	yf_cbor_put_tag(&buf, tag);
	yf_cbor_put_text(&buf, yf_str_of(text));
	OK(yf_buf_bytes(&buf, &bytes));
	OK(yf_cbor_parse(arena, bytes, YF_CBOR_LENIENT, &item));
	return full ? yf_full_date_read(item, &date)
		    : yf_tdate_read(item, &seconds);
}

static const struct {
	uint64_t tag;
	const char *text;
	bool full;
	const char *want;
} texts[] = {
	{ 0, "2020-10-01T13:30:02Z", false, "OK" },
	{ 0, "2020-10-01T23:59:59Z", false, "OK" },
	{ 1, "2020-10-01T13:30:02Z", false, "SYNTAX" },
	{ 1004, "2020-10-01T13:30:02Z", false, "SYNTAX" },
	{ 0, "2020-10-01t13:30:02z", false, "SYNTAX" },
	{ 0, "2020-10-01 13:30:02Z", false, "SYNTAX" },
	{ 0, "2020-10-01T13:30:02", false, "SYNTAX" },
	{ 0, "2020-10-01T13:30:02.0Z", false, "SYNTAX" },
	{ 0, "2020-10-01T13:30:2+Z", false, "SYNTAX" },
	{ 0, "2020-10-01T24:00:00Z", false, "SYNTAX" },
	{ 0, "2020-10-01T13:60:00Z", false, "SYNTAX" },
	{ 0, "2020-10-01T13:30:60Z", false, "SYNTAX" },
	{ 0, "2020-13-01T13:30:02Z", false, "SYNTAX" },
	{ 0, "2020-10-32T13:30:02Z", false, "SYNTAX" },
	{ 0, "2021-02-29T13:30:02Z", false, "SYNTAX" },
	{ 0, "", false, "SYNTAX" },
	{ 1004, "2020-02-29", true, "OK" },
	{ 1004, "2021-02-29", true, "SYNTAX" },
	{ 0, "2020-02-29", true, "SYNTAX" },
	{ 1004, "2020-02", true, "SYNTAX" },
	{ 1004, "2020-02-29T00:00:00Z", true, "SYNTAX" },
	{ 1004, "2020-2-29", true, "SYNTAX" },
};

static void text_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(texts); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);

		print_message("  %s\n", texts[i].text);
		assert_string_equal(
			yf_err_name(read_text(arena, texts[i].tag,
					      texts[i].text, texts[i].full)),
			texts[i].want);
	}
	int64_t seconds;
	FAILS(yf_tdate_read(NULL, &seconds), SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(out_of_range),
		cmocka_unit_test(text_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
