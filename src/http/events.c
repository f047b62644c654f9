#define _DEFAULT_SOURCE
#include "http/events.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/secret.h"

struct yf_stream {
	struct yf_events *events;
	struct yf_stream *next;
	struct yf_stream *next_to_wake;
	char topic[YF_TOPIC_LEN_MAX];
	size_t topic_len;
	char *text; /* unsent */
	size_t len;
	size_t room;
	bool ended;
	bool waiting;
	yf_stream_wake wake;
	void *ctx;
	int64_t born_ms; /* of the first tick it saw; 0 before */
	int64_t beat_ms; /* last sign of life */
};

struct yf_events {
	pthread_mutex_t lock;
	struct yf_stream *first;
	unsigned open;
	unsigned open_max;
};

yf_err yf_events_new(unsigned streams_max, struct yf_events **out)
{
	struct yf_events *events = calloc(1, sizeof(*events));

	if (!events)
		return YF_FAIL(MEMORY);
	pthread_mutex_init(&events->lock, NULL);
	events->open_max = streams_max;
	*out = events;
	return YF_OK;
}

void yf_events_free(struct yf_events *events)
{
	if (!events)
		return;
	assert(!events->first);
	pthread_mutex_destroy(&events->lock);
	free(events);
}

void yf_events_cleanup(struct yf_events **events)
{
	yf_events_free(*events);
}

/*
 * Somebody who waits is woken after the lock is left, for the other side
 * takes it in turn.  The stream cannot go meanwhile: yf_stream_wait().
 */
static void mark(struct yf_stream *stream, struct yf_stream **to_wake)
{
	if (!stream->waiting)
		return;
	stream->waiting = false;
	stream->next_to_wake = *to_wake;
	*to_wake = stream;
}

static void wake_all(struct yf_stream *to_wake)
{
	for (struct yf_stream *next; to_wake; to_wake = next) {
		next = to_wake->next_to_wake;
		to_wake->wake(to_wake->ctx);
	}
}

/* False when the reader is too slow or memory is out. */
static bool append(struct yf_stream *stream, yf_str text)
{
	if (text.len > YF_STREAM_LEN_MAX - stream->len)
		return false;
	if (text.len > stream->room - stream->len) {
		const size_t room = stream->len + text.len + 256;
		char *bigger = malloc(room);
		if (!bigger)
			return false;
		if (stream->text) {
			memcpy(bigger, stream->text, stream->len);
			yf_wipe(stream->text, stream->room);
		}
		free(stream->text);
		stream->text = bigger;
		stream->room = room;
	}
	memcpy(stream->text + stream->len, text.ptr, text.len);
	stream->len += text.len;
	return true;
}

/* "event: name", each line of data behind "data: ", an empty line. */
static void append_event(struct yf_stream *stream, const char *name,
			 yf_str data)
{
	const size_t before = stream->len;
	bool fits = true;
	yf_str line;

	if (name)
		fits = append(stream, YF_STR("event: ")) &&
		       append(stream, yf_str_of(name)) &&
		       append(stream, YF_STR("\n"));
	if (!data.ptr)
		data = YF_STR("");
	while (fits && yf_str_next(&data, '\n', &line))
		fits = append(stream, YF_STR("data: ")) &&
		       append(stream, line) && append(stream, YF_STR("\n"));
	fits = fits && append(stream, YF_STR("\n"));
	if (!fits) {
		/* Half an event would be read as another one. */
		stream->len = before;
		stream->ended = true;
	}
}

static bool is_on(const struct yf_stream *stream, yf_str topic)
{
	return yf_str_eq((yf_str){ stream->topic, stream->topic_len }, topic);
}

yf_err yf_events_subscribe(struct yf_events *events, yf_str topic,
			   struct yf_stream **out)
{
	if (topic.len > YF_TOPIC_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	struct yf_stream *stream = calloc(1, sizeof(*stream));
	if (!stream)
		return YF_FAIL(MEMORY);
	stream->events = events;
	memcpy(stream->topic, topic.ptr, topic.len);
	stream->topic_len = topic.len;

	pthread_mutex_lock(&events->lock);
	const bool full = events->open >= events->open_max;
	if (!full) {
		events->open++;
		stream->next = events->first;
		events->first = stream;
	}
	pthread_mutex_unlock(&events->lock);
	if (full) {
		free(stream);
		return YF_FAIL(BUSY);
	}
	*out = stream;
	return YF_OK;
}

void yf_events_publish(struct yf_events *events, yf_str topic, const char *name,
		       yf_str data)
{
	struct yf_stream *to_wake = NULL;

	pthread_mutex_lock(&events->lock);
	for (struct yf_stream *at = events->first; at; at = at->next) {
		if (at->ended || !is_on(at, topic))
			continue;
		append_event(at, name, data);
		mark(at, &to_wake);
	}
	pthread_mutex_unlock(&events->lock);
	wake_all(to_wake);
}

static void end(struct yf_events *events, const yf_str *topic)
{
	struct yf_stream *to_wake = NULL;

	pthread_mutex_lock(&events->lock);
	for (struct yf_stream *at = events->first; at; at = at->next) {
		if (topic && !is_on(at, *topic))
			continue;
		at->ended = true;
		mark(at, &to_wake);
	}
	pthread_mutex_unlock(&events->lock);
	wake_all(to_wake);
}

void yf_events_end(struct yf_events *events, yf_str topic)
{
	end(events, &topic);
}

void yf_events_end_all(struct yf_events *events)
{
	end(events, NULL);
}

unsigned yf_events_open(struct yf_events *events)
{
	pthread_mutex_lock(&events->lock);
	const unsigned open = events->open;
	pthread_mutex_unlock(&events->lock);
	return open;
}

void yf_events_tick(struct yf_events *events, int64_t mono_ms)
{
	struct yf_stream *to_wake = NULL;

	pthread_mutex_lock(&events->lock);
	for (struct yf_stream *at = events->first; at; at = at->next) {
		if (!at->born_ms)
			at->born_ms = at->beat_ms = mono_ms;
		const bool old = mono_ms - at->born_ms >= YF_STREAM_LIFE_MS;
		if (!old && mono_ms - at->beat_ms < YF_HEARTBEAT_MS)
			continue;
		if (old || (!at->ended && !append(at, YF_STR(":\n\n"))))
			at->ended = true;
		at->beat_ms = mono_ms;
		mark(at, &to_wake);
	}
	pthread_mutex_unlock(&events->lock);
	wake_all(to_wake);
}

size_t yf_stream_take(struct yf_stream *stream, char *out, size_t len,
		      bool *ended)
{
	pthread_mutex_lock(&stream->events->lock);
	if (len > stream->len)
		len = stream->len;
	if (len) {
		memcpy(out, stream->text, len);
		memmove(stream->text, stream->text + len, stream->len - len);
		stream->len -= len;
	}
	*ended = !len && stream->ended;
	pthread_mutex_unlock(&stream->events->lock);
	return len;
}

void yf_stream_wait(struct yf_stream *stream, yf_stream_wake wake, void *ctx)
{
	pthread_mutex_lock(&stream->events->lock);
	stream->wake = wake;
	stream->ctx = ctx;
	stream->waiting = !stream->len && !stream->ended;
	const bool at_once = !stream->waiting;
	pthread_mutex_unlock(&stream->events->lock);
	if (at_once)
		wake(ctx);
}

void yf_stream_free(struct yf_stream *stream)
{
	if (!stream)
		return;
	struct yf_events *events = stream->events;
	pthread_mutex_lock(&events->lock);
	assert(!stream->waiting);
	struct yf_stream **at = &events->first;
	while (*at != stream)
		at = &(*at)->next;
	*at = stream->next;
	events->open--;
	pthread_mutex_unlock(&events->lock);
	/* Answers of holders may stand in it. */
	if (stream->text)
		yf_wipe(stream->text, stream->room);
	free(stream->text);
	free(stream);
}
