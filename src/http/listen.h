#pragma once

#include "http/events.h"
#include "http/files.h"
#include "http/route.h"

/*
 * A listening address and what answers there.
 *
 * IO threads take requests apart within the limits; complete requests wait in
 * a bounded queue for the workers, which run handlers.  A handler may thus
 * block (database, crypto), and a slow client holds no worker.
 *
 * What a stranger sends meets these limits, in this order:
 *   connections, connections of one address    closed at once
 *   header_len_max                             431 or 413
 *   no route                                   404, 405 with Allow
 *   body_len_max of the route                  413
 *   content type of the route                  415
 *   header, then body, within request_s_max    closed
 *   bodies_len_max over all connections        503
 *   queue_max                                  503 with Retry-After
 *   arena_len_max                              500
 */
struct yf_listener;

/* Zero in a number means the default beside it. */
struct yf_listen_options {
	const char *address; /* "127.0.0.1:8080", "[::]:8080"; port 0: any */
	const struct yf_env *env;
	const struct yf_routes *tables; /* outlive the listener */
	size_t table_count;
	const struct yf_files *files; /* GET where no route fits, or NULL */
	/* Path of the public address, "/city", or empty: taken off before
	 * routing.  A proxy may do that too: paths without it fit as well. */
	yf_str mount;
	struct yf_events *events; /* streams to end on stop, or NULL */
	const char *tls_cert;     /* PEM text, both or none */
	const char *tls_key;
	bool public_https; /* TLS ends at a proxy before us */
	bool behind_proxy; /* client address: last of X-Forwarded-For */

	unsigned io_threads;            /* 1 */
	unsigned workers;               /* 16 */
	unsigned queue_max;             /* 256 */
	unsigned connections_max;       /* 1024 */
	unsigned connections_of_ip_max; /* 128 */
	unsigned idle_s_max;            /* between bytes: 15 */
	unsigned request_s_max;         /* header, and again body: 30 */
	unsigned reply_s_max;           /* to take the reply: 300 */
	size_t header_len_max;          /* 16 KiB */
	size_t bodies_len_max;          /* 64 MiB */
	size_t arena_len_max;           /* 8 MiB a request */
};

/*
 * CONFIG       the address cannot be read or used, the key pair is unusable
 * UNSUPPORTED  TLS is asked for and the library was built without
 * IO           the address is in use or not permitted
 * MEMORY
 */
YF_CHECKED yf_err yf_listen_start(const struct yf_listen_options *options,
				  struct yf_listener **out);

/* The real port, also when 0 was asked for. */
uint16_t yf_listen_port(const struct yf_listener *listener);

/*
 * Requests that start from now on get this environment; those under way keep
 * the one that they have, so both must last until yf_listen_stop().
 */
void yf_listen_use(struct yf_listener *listener, const struct yf_env *env);

/*
 * Stops and frees: takes no more connections, answers each request that was
 * accepted (also those still in the socket's backlog), ends event streams,
 * closes.  A client that sends nothing is waited for at most grace_ms.
 */
void yf_listen_stop(struct yf_listener *listener, unsigned grace_ms);
void yf_listener_cleanup(struct yf_listener **listener); /* 5 s of grace */

/* For /metrics and /readyz. */
struct yf_listen_counts {
	uint64_t connections; /* since the start */
	uint64_t requests;
	uint64_t replies[6]; /* by class: [2] is 2xx */
	uint64_t refused;    /* 503: queue or bodies full */
	uint64_t timed_out;
	unsigned open;    /* connections now */
	unsigned waiting; /* requests in the queue now */
	unsigned running; /* handlers now */
};

struct yf_listen_counts yf_listen_counts(struct yf_listener *listener);
