#pragma once

#include "base/str.h"

/*
 * Server-sent events (HTML standard, section 9.2): a reply that stays open
 * and holds no thread.
 *
 * A handler subscribes its reply to a topic, then looks at the state and puts
 * it as the first event: what is published in between is queued, so nothing
 * is missed.
 *
 *	YF_TRY(yf_events_subscribe(env->events, id, &reply->stream));
 *	... load the state ...
 *	yf_events_publish(env->events, id, "state", json);
 *
 * Streams get a comment line as heartbeat every 15 s of silence and end after
 * 10 minutes; browsers then connect again by themselves.
 */
struct yf_events;
struct yf_stream;

enum {
	YF_TOPIC_LEN_MAX = 64,
	/* Unsent; a slower reader is closed.  A result holds a portrait. */
	YF_STREAM_LEN_MAX = 1024 * 1024,
	YF_HEARTBEAT_MS = 15 * 1000,
	YF_STREAM_LIFE_MS = 10 * 60 * 1000,
};

/* MEMORY */
YF_CHECKED yf_err yf_events_new(unsigned streams_max, struct yf_events **out);
/* After the listeners that use it were stopped. */
void yf_events_free(struct yf_events *events);
void yf_events_cleanup(struct yf_events **events);

/*
 * `out` belongs to the reply it is stored in: http frees it, also when the
 * handler then fails.
 * BUSY       streams_max are open
 * TOO_LARGE  the topic is over YF_TOPIC_LEN_MAX
 * MEMORY
 */
YF_CHECKED yf_err yf_events_subscribe(struct yf_events *events, yf_str topic,
				      struct yf_stream **out);

/*
 * Sends to everyone on the topic; from any thread; does not wait.  Nobody
 * there is fine.  `name` is a token, or NULL; `data` may have several lines.
 */
void yf_events_publish(struct yf_events *events, yf_str topic, const char *name,
		       yf_str data);

/* Ends the streams of a topic once they have sent what is queued. */
void yf_events_end(struct yf_events *events, yf_str topic);
void yf_events_end_all(struct yf_events *events);

unsigned yf_events_open(struct yf_events *events);

/*
 * For listen.c: the sending side of a stream.
 */

/* Called without a lock held, once for each yf_stream_wait(). */
typedef void (*yf_stream_wake)(void *ctx);

/* Takes up to `len` bytes; 0 with *ended false means that none are there. */
size_t yf_stream_take(struct yf_stream *stream, char *out, size_t len,
		      bool *ended);

/*
 * Calls `wake` once, as soon as there is something to take: at once, on this
 * thread, when there is already.  Until then the stream is not freed.
 */
void yf_stream_wait(struct yf_stream *stream, yf_stream_wake wake, void *ctx);
void yf_stream_free(struct yf_stream *stream);

/* Heartbeats and ends; called every second or so with monotonic time. */
void yf_events_tick(struct yf_events *events, int64_t mono_ms);
