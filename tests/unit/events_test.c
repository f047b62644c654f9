#include "http/events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

/* Goal: what is published arrives whole and once, silence is filled, nothing
 * lasts or grows for ever.  With sockets: http_test.c. */

static void on_wake(void *ctx)
{
	++*(unsigned *)ctx;
}

static yf_str take(struct yf_stream *stream, char *out, size_t len, bool *ended)
{
	return (yf_str){ out, yf_stream_take(stream, out, len, ended) };
}

static void the_wire_form(void **state)
{
	static const struct {
		const char *name;
		yf_str data;
		const char *want;
	} cases[] = {
		{ "state", YF_STR("x"), "event: state\ndata: x\n\n" },
		{ NULL, YF_STR("x"), "data: x\n\n" },
		{ NULL, YF_STR("a\nb"), "data: a\ndata: b\n\n" },
		{ NULL, YF_STR(""), "data: \n\n" },
		{ "e", { NULL, 0 }, "event: e\ndata: \n\n" },
	};
	YF_AUTO(events) events = NULL;
	struct yf_stream *stream;
	char text[256];
	bool ended;

	(void)state;
	assert_false(yf_failed(yf_events_new(4, &events)));
	assert_false(
		yf_failed(yf_events_subscribe(events, YF_STR("t"), &stream)));
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		yf_events_publish(events, YF_STR("t"), cases[i].name,
				  cases[i].data);
		assert_true(yf_str_is(take(stream, text, sizeof(text), &ended),
				      cases[i].want));
		assert_false(ended);
	}
	/* Byte by byte is the same. */
	yf_events_publish(events, YF_STR("t"), NULL, YF_STR("yz"));
	for (const char *at = "data: yz\n\n"; *at; at++) {
		assert_int_equal(yf_stream_take(stream, text, 1, &ended), 1);
		assert_int_equal(text[0], *at);
	}
	yf_stream_free(stream);
}

static void woken_once(void **state)
{
	YF_AUTO(events) events = NULL;
	struct yf_stream *stream;
	unsigned woken = 0;
	char text[256];
	bool ended;

	(void)state;
	assert_false(yf_failed(yf_events_new(4, &events)));
	assert_false(
		yf_failed(yf_events_subscribe(events, YF_STR("t"), &stream)));
	yf_stream_wait(stream, on_wake, &woken);
	assert_int_equal(woken, 0);
	yf_events_publish(events, YF_STR("other"), NULL, YF_STR("x"));
	assert_int_equal(woken, 0);
	yf_events_publish(events, YF_STR("t"), NULL, YF_STR("x"));
	yf_events_publish(events, YF_STR("t"), NULL, YF_STR("y"));
	assert_int_equal(woken, 1);
	/* There is something already: at once. */
	yf_stream_wait(stream, on_wake, &woken);
	assert_int_equal(woken, 2);
	(void)take(stream, text, sizeof(text), &ended);
	yf_stream_wait(stream, on_wake, &woken);
	yf_events_end_all(events);
	assert_int_equal(woken, 3);
	(void)take(stream, text, sizeof(text), &ended);
	assert_true(ended);
	yf_stream_free(stream);
}

static void silence_and_age(void **state)
{
	YF_AUTO(events) events = NULL;
	struct yf_stream *stream;
	unsigned beats = 0;
	int64_t now_ms = 1000;
	char text[256];
	bool ended = false;

	(void)state;
	assert_false(yf_failed(yf_events_new(4, &events)));
	assert_false(
		yf_failed(yf_events_subscribe(events, YF_STR("t"), &stream)));
	for (; !ended && now_ms < 2 * YF_STREAM_LIFE_MS; now_ms += 1000) {
		yf_events_tick(events, now_ms);
		const yf_str beat = take(stream, text, sizeof(text), &ended);
		assert_true(!beat.len || yf_str_is(beat, ":\n\n"));
		beats += beat.len > 0;
	}
	assert_true(ended);
	assert_in_range(now_ms, YF_STREAM_LIFE_MS, YF_STREAM_LIFE_MS + 3000);
	assert_int_equal(beats, YF_STREAM_LIFE_MS / YF_HEARTBEAT_MS - 1);
	yf_stream_free(stream);
}

static void bounds(void **state)
{
	YF_AUTO(events) events = NULL;
	struct yf_stream *streams[3] = { NULL };
	char text[YF_STREAM_LEN_MAX + 1], topic[YF_TOPIC_LEN_MAX + 1];
	bool ended = false;
	size_t len = 0;

	(void)state;
	memset(topic, 't', sizeof(topic));
	assert_false(yf_failed(yf_events_new(2, &events)));
	for (size_t i = 0; i < 2; i++)
		assert_false(yf_failed(
			yf_events_subscribe(events, YF_STR("t"), &streams[i])));
	assert_int_equal(
		yf_events_subscribe(events, YF_STR("t"), &streams[2]).code,
		YF_CODE_BUSY);
	assert_int_equal(yf_events_subscribe(events,
					     (yf_str){ topic, sizeof(topic) },
					     &streams[2])
				 .code,
			 YF_CODE_TOO_LARGE);
	/* Who does not read is ended, with whole events only. */
	for (size_t i = 0; i < YF_STREAM_LEN_MAX; i++)
		yf_events_publish(events, YF_STR("t"), "e", YF_STR("0123456"));
	len = yf_stream_take(streams[0], text, sizeof(text), &ended);
	assert_true(len > YF_STREAM_LEN_MAX - 64 && len <= YF_STREAM_LEN_MAX);
	assert_true(yf_str_ends((yf_str){ text, len },
				YF_STR("event: e\ndata: 0123456\n\n")));
	assert_int_equal(yf_stream_take(streams[0], text, 1, &ended), 0);
	assert_true(ended);
	assert_int_equal(yf_events_open(events), 2);
	yf_stream_free(streams[0]);
	yf_stream_free(streams[1]);
	assert_int_equal(yf_events_open(events), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wire_form),
		cmocka_unit_test(woken_once),
		cmocka_unit_test(silence_and_age),
		cmocka_unit_test(bounds),
	};
	return cmocka_run_group_tests_name("http/events", tests, NULL, NULL);
}
