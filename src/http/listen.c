#define _GNU_SOURCE
#include "http/listen.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/answer.h"
#include "http/clients.h"
#include "http/pool.h"
#include "http/socket.h"

#define KIB ((size_t)1024)
#define REPLY_HEADER_LEN (8 * KIB) /* room beside header_len_max */
/* Of a body that is refused, so much is read before the reply: a socket closed
 * with unread bytes would take the reply with it. */
#define SKIP_LEN_MAX (KIB * 1024 * 8)
#define STREAM_BLOCK_LEN (2 * KIB)

enum {
	TICK_MS = 250,
	FRESH_MS = 300,
};

struct yf_listener {
	struct yf_site site;
	struct yf_events *events;
	struct yf_clients clients;
	struct yf_pool *pool;
	struct MHD_Daemon *daemon;
	uint16_t port;
	bool https;
	bool behind_proxy;
	size_t header_len_max;
	size_t arena_len_max;
	size_t bodies_len_max;
	atomic_size_t bodies_len;
	atomic_bool draining;
	pthread_t watchdog;
	bool watched;
	pthread_mutex_t lock; /* guards `stopping` */
	pthread_cond_t stop;
	bool stopping;
	atomic_uint_least64_t requests;
	atomic_uint_least64_t replies[6];
	atomic_uint_least64_t refused;
	atomic_uint_least64_t timed_out;
};

/* One request, from its first line to the last byte of its reply. */
struct job {
	struct yf_task task; /* first: the pool hands it back */
	struct yf_listener *listener;
	struct MHD_Connection *connection;
	struct yf_client *client;
	struct yf_arena *arena;
	struct yf_exchange x;
	struct yf_answer answer;
	struct yf_body_head head;
	uint8_t *body;
	size_t body_len;
	size_t body_room;
	size_t reserved; /* of bodies_len_max */
	size_t skipped;
	bool begun;
	bool handed_over;
	bool head_only;
};

static int64_t now_ms(void)
{
	const struct yf_clock clock = yf_clock_system();
	return yf_clock_mono_ms(&clock);
}

static void enter(struct job *job, yf_client_phase phase)
{
	yf_client_enter(&job->listener->clients, job->client, phase, now_ms());
}

/* --- a request comes in, on an IO thread --- */

static struct yf_client *client_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void on_connection(void *cls, struct MHD_Connection *connection,
			  void **socket_context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct yf_listener *listener = cls;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*socket_context)
			yf_client_remove(&listener->clients, *socket_context);
		*socket_context = NULL;
		return;
	}
	const union MHD_ConnectionInfo *fd = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	const union MHD_ConnectionInfo *address = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (fd)
		*socket_context = yf_client_add(
			&listener->clients, fd->connect_fd,
			address ? address->client_addr : NULL, now_ms());
}

/* With the raw target, before the library unescapes it in place. */
static void *on_target(void *cls, const char *target,
		       struct MHD_Connection *connection)
{
	struct yf_listener *listener = cls;
	struct yf_client *client = client_of(connection);
	struct job *job = client ? calloc(1, sizeof(*job)) : NULL;

	if (!job)
		return NULL;
	job->listener = listener;
	job->connection = connection;
	job->client = client;
	job->arena = yf_arena_new(listener->arena_len_max);
	job->x.arena = job->arena;
	if (!job->arena || yf_failed(yf_str_copy(job->arena, yf_str_of(target),
						 &job->x.target))) {
		yf_arena_free(job->arena);
		free(job);
		return NULL;
	}
	return job;
}

struct header_list {
	struct yf_arena *arena;
	struct yf_header *headers;
	size_t count;
	size_t len;
	yf_err err;
};

static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind,
				 const char *name, size_t name_len,
				 const char *value, size_t value_len)
{
	struct header_list *list = cls;
	struct yf_header *header = &list->headers[list->count];

	(void)kind;
	if (list->count == YF_HEADERS_MAX) {
		list->err = YF_FAIL(TOO_LARGE);
		return MHD_NO;
	}
	list->err = yf_str_copy(list->arena, (yf_str){ name, name_len },
				&header->name);
	if (!yf_failed(list->err))
		list->err =
			yf_str_copy(list->arena, (yf_str){ value, value_len },
				    &header->value);
	if (yf_failed(list->err))
		return MHD_NO;
	list->len += name_len + value_len + 4;
	list->count++;
	return MHD_YES;
}

static yf_err take_headers(struct job *job)
{
	struct header_list list = { .arena = job->arena };

	list.headers = YF_NEW(job->arena, struct yf_header, YF_HEADERS_MAX);
	if (!list.headers)
		return YF_FAIL(MEMORY);
	MHD_get_connection_values_n(job->connection, MHD_HEADER_KIND, on_header,
				    &list);
	YF_TRY(list.err);
	job->x.headers = list.headers;
	job->x.header_count = list.count;
	if (list.len + job->x.target.len > job->listener->header_len_max)
		return YF_FAIL(TOO_LARGE);
	return YF_OK;
}

/*
 * A proxy of ours appends whom it saw, to the header (nginx) or as another
 * one (haproxy); what stands before came from outside.
 */
static yf_str peer_of(const struct job *job)
{
	const yf_str direct = yf_str_of(job->client->ip);
	const yf_str name = YF_STR("X-Forwarded-For");
	struct in6_addr six;
	yf_str rest = { NULL, 0 }, piece = { NULL, 0 };
	char text[INET6_ADDRSTRLEN];

	if (!job->listener->behind_proxy)
		return direct;
	for (size_t i = 0; i < job->x.header_count; i++)
		if (yf_str_eq_nocase(job->x.headers[i].name, name))
			rest = job->x.headers[i].value;
	while (yf_str_next(&rest, ',', &piece))
		;
	piece = yf_str_trim(piece);
	if (!piece.len || piece.len >= sizeof(text))
		return direct;
	memcpy(text, piece.ptr, piece.len);
	text[piece.len] = '\0';
	if (inet_pton(AF_INET, text, &six) != 1 &&
	    inet_pton(AF_INET6, text, &six) != 1)
		return direct;
	return piece;
}

/* The memory that bodies take is bounded over all connections. */
static yf_err reserve(struct job *job)
{
	struct yf_listener *listener = job->listener;
	const size_t len = job->head.chunked
				   ? job->answer.match.route->body_len_max
				   : (size_t)job->head.len;

	if (!job->head.present)
		return YF_OK;
	if (atomic_fetch_add(&listener->bodies_len, len) + len >
	    listener->bodies_len_max) {
		atomic_fetch_sub(&listener->bodies_len, len);
		atomic_fetch_add(&listener->refused, 1);
		return YF_FAIL(BUSY);
	}
	job->reserved = len;
	if (job->head.chunked)
		return YF_OK;
	job->body = YF_NEW(job->arena, uint8_t, len + 1);
	job->body_room = len;
	return job->body ? YF_OK : YF_FAIL(MEMORY);
}

static void begin(struct job *job, const char *method)
{
	struct yf_listener *listener = job->listener;

	job->begun = true;
	atomic_fetch_add(&listener->requests, 1);
	job->x.method = yf_method_of(yf_str_of(method));
	job->head_only = job->x.method == YF_HEAD;
	job->x.https = listener->https;
	yf_err err = take_headers(job);
	if (yf_failed(err)) {
		yf_answer_error(&job->x, &job->answer, err);
		/* RFC 6585 5 */
		if (err.code == YF_CODE_TOO_LARGE)
			job->answer.reply.status = 431;
		return;
	}
	job->x.peer = peer_of(job);
	job->head = yf_body_head_of(&job->x);
	yf_answer_begin(&listener->site, &job->x, job->head, &job->answer);
	if (job->answer.decided)
		return;
	err = reserve(job);
	if (yf_failed(err))
		yf_answer_error(&job->x, &job->answer, err);
}

static yf_err grow_body(struct job *job, size_t len)
{
	const size_t len_max = job->answer.match.route->body_len_max;
	size_t room = job->body_room ? job->body_room : 4 * KIB;

	if (len > len_max - job->body_len)
		return YF_FAIL(TOO_LARGE);
	if (len <= job->body_room - job->body_len)
		return YF_OK;
	while (room - job->body_len < len)
		room *= 2;
	uint8_t *bigger = YF_NEW(job->arena, uint8_t, room);
	if (!bigger)
		return YF_FAIL(MEMORY);
	if (job->body_len)
		memcpy(bigger, job->body, job->body_len);
	job->body = bigger;
	job->body_room = room;
	return YF_OK;
}

/* False: the connection is to be closed. */
static bool take_body(struct job *job, const char *bytes, size_t len)
{
	if (job->answer.decided) {
		job->skipped += len;
		return job->skipped <= SKIP_LEN_MAX;
	}
	const yf_err err = grow_body(job, len);
	if (yf_failed(err)) {
		yf_answer_error(&job->x, &job->answer, err);
		return true;
	}
	memcpy(job->body + job->body_len, bytes, len);
	job->body_len += len;
	return true;
}

/* --- the reply goes out, on an IO thread --- */

static void wake_connection(void *ctx)
{
	MHD_resume_connection(ctx);
}

static ssize_t on_stream(void *cls, uint64_t at, char *out, size_t len)
{
	struct job *job = cls;
	struct yf_stream *stream = job->answer.reply.stream;
	bool ended;

	(void)at;
	const size_t taken = yf_stream_take(stream, out, len, &ended);
	if (taken)
		return (ssize_t)taken;
	if (ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	/* First asleep, then able to be woken. */
	MHD_suspend_connection(job->connection);
	yf_stream_wait(stream, wake_connection, job->connection);
	return 0;
}

static void add_header(struct MHD_Response *response, yf_str name, yf_str value)
{
	char small[512];
	char *text = value.len < sizeof(small) ? small : malloc(value.len + 1);

	if (!text)
		return;
	if (value.len)
		memcpy(text, value.ptr, value.len);
	text[value.len] = '\0';
	/* Names are constants, so NUL-terminated. */
	if (MHD_add_response_header(response, name.ptr, text) != MHD_YES)
		yf_log(YF_LOG_WARN, "reply header %s was refused", name.ptr);
	if (text != small)
		free(text);
}

static struct MHD_Response *response_of(struct job *job)
{
	const struct yf_answer *answer = &job->answer;
	const struct yf_reply *reply = &answer->reply;
	struct MHD_Response *response;

	if (reply->stream && !job->head_only) {
		response = MHD_create_response_from_callback(
			MHD_SIZE_UNKNOWN, STREAM_BLOCK_LEN, on_stream, job,
			NULL);
	} else {
		/* The library only reads it; it lives until on_completed(). */
		void *body = (void *)(uintptr_t)answer->body.ptr;
		response = MHD_create_response_from_buffer(
			answer->body.len, body, MHD_RESPMEM_PERSISTENT);
	}
	if (!response)
		return NULL;
	if (reply->content_type.len)
		add_header(response, YF_STR("Content-Type"),
			   reply->content_type);
	for (size_t i = 0; i < answer->extra_count; i++)
		add_header(response, answer->extra[i].name,
			   answer->extra[i].value);
	for (size_t i = 0; i < reply->header_count; i++)
		add_header(response, reply->headers[i].name,
			   reply->headers[i].value);
	/* Where a request ends that cannot be read is a guess, and a proxy
	 * before us may guess otherwise: what it sends behind it is not ours.
	 */
	if (!answer->readable || atomic_load(&job->listener->draining))
		add_header(response, YF_STR("Connection"), YF_STR("close"));
	return response;
}

static enum MHD_Result send_answer(struct job *job)
{
	struct yf_listener *listener = job->listener;
	struct yf_answer *answer = &job->answer;

	/* A stream that starts now would not be ended by the stop. */
	if (answer->reply.stream && atomic_load(&listener->draining))
		yf_answer_error(&job->x, answer, YF_FAIL(BUSY));
	struct MHD_Response *response = response_of(job);
	if (!response)
		return MHD_NO;
	const int status = answer->reply.status;
	const enum MHD_Result result =
		MHD_queue_response(job->connection, (unsigned)status, response);
	MHD_destroy_response(response);
	if (result == MHD_YES) {
		atomic_fetch_add(&listener->replies[status / 100 % 6], 1);
		enter(job, answer->reply.stream ? YF_CLIENT_LISTENS
						: YF_CLIENT_TAKES);
	}
	return result;
}

/* --- a worker runs it --- */

static void on_work(struct yf_task *task)
{
	/* `task` is the first member. */
	struct job *job = (struct job *)(void *)task;

	yf_answer_run(&job->listener->site, &job->x, &job->answer);
	MHD_resume_connection(job->connection);
}

static enum MHD_Result hand_over(struct job *job)
{
	struct yf_listener *listener = job->listener;

	job->handed_over = true;
	job->x.body = (yf_str){ (const char *)job->body, job->body_len };
	enter(job, YF_CLIENT_RUNS);
	/* First asleep: a worker may be done before we return. */
	MHD_suspend_connection(job->connection);
	const yf_err err = yf_pool_put(listener->pool, &job->task);
	if (yf_failed(err)) {
		atomic_fetch_add(&listener->refused, 1);
		yf_answer_error(&job->x, &job->answer, err);
		MHD_resume_connection(job->connection);
	}
	return MHD_YES;
}

/* NOLINTBEGIN(readability-function-size): the library's signature */
/* Called with the header, then for each piece of body, then at its end, and
 * again when a worker has resumed the connection. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection,
				  const char *url, const char *method,
				  const char *version, const char *body,
				  size_t *body_len, void **ctx)
{
	struct job *job = *ctx;

	(void)cls;
	(void)connection;
	(void)url;
	(void)version;
	if (!job)
		return MHD_NO;
	if (!job->begun) {
		begin(job, method);
		if (job->answer.decided &&
		    (job->head.len > SKIP_LEN_MAX ||
		     yf_exchange_header(&job->x, "Expect").ptr))
			return send_answer(job);
		enter(job, YF_CLIENT_SENDS);
		return MHD_YES;
	}
	if (*body_len) {
		const bool go_on = take_body(job, body, *body_len);
		*body_len = 0;
		return go_on ? MHD_YES : MHD_NO;
	}
	if (job->answer.decided)
		return send_answer(job);
	assert(!job->handed_over);
	return hand_over(job);
}

/* NOLINTEND(readability-function-size) */

static void on_completed(void *cls, struct MHD_Connection *connection,
			 void **ctx, enum MHD_RequestTerminationCode code)
{
	struct yf_listener *listener = cls;
	struct job *job = *ctx;

	(void)connection;
	if (!job)
		return;
	*ctx = NULL;
	if (code == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED)
		atomic_fetch_add(&listener->timed_out, 1);
	enter(job, YF_CLIENT_WAITS);
	atomic_fetch_sub(&listener->bodies_len, job->reserved);
	yf_stream_free(job->answer.reply.stream);
	yf_arena_free(job->arena);
	free(job);
}

/* --- start and stop --- */

static void on_library_log(void *cls, const char *format, va_list args)
{
	char line[256];

	(void)cls;
	vsnprintf(line, sizeof(line), format, args);
	yf_log(YF_LOG_DEBUG, "http: %s", line);
}

static void *watch(void *ctx)
{
	struct yf_listener *listener = ctx;
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	pthread_mutex_lock(&listener->lock);
	while (!listener->stopping) {
		at.tv_nsec += TICK_MS * 1000000L;
		if (at.tv_nsec >= 1000000000L) {
			at.tv_sec++;
			at.tv_nsec -= 1000000000L;
		}
		while (!listener->stopping &&
		       pthread_cond_timedwait(&listener->stop, &listener->lock,
					      &at) != ETIMEDOUT)
			;
		pthread_mutex_unlock(&listener->lock);
		atomic_fetch_add(
			&listener->timed_out,
			yf_clients_sweep(&listener->clients, now_ms()));
		if (listener->events)
			yf_events_tick(listener->events, now_ms());
		pthread_mutex_lock(&listener->lock);
	}
	pthread_mutex_unlock(&listener->lock);
	return NULL;
}

static size_t or_default(size_t value, size_t otherwise)
{
	return value ? value : otherwise;
}

static void set_limits(struct yf_listener *listener,
		       const struct yf_listen_options *options)
{
	const int64_t idle_ms =
		(int64_t)or_default(options->idle_s_max, 15) * 1000;
	const int64_t request_ms =
		(int64_t)or_default(options->request_s_max, 30) * 1000;
	int64_t *ms_max = listener->clients.ms_max;

	/* The library ends who is silent; this ends who is slow. */
	ms_max[YF_CLIENT_WAITS] = idle_ms + request_ms;
	ms_max[YF_CLIENT_SENDS] = request_ms;
	ms_max[YF_CLIENT_TAKES] =
		(int64_t)or_default(options->reply_s_max, 300) * 1000;
	listener->header_len_max =
		or_default(options->header_len_max, 16 * KIB);
	listener->bodies_len_max =
		or_default(options->bodies_len_max, KIB * 1024 * 64);
	listener->arena_len_max =
		or_default(options->arena_len_max, KIB * 1024 * 8);
}

static yf_err start_daemon(struct yf_listener *listener,
			   const struct yf_listen_options *options, int fd)
{
	const bool tls = options->tls_cert && options->tls_key;
	const unsigned io_threads =
		(unsigned)or_default(options->io_threads, 1);
	struct MHD_OptionItem more[6];
	size_t count = 0;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD |
			 MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC |
			 MHD_USE_ERROR_LOG;

	if (tls) {
		if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
			return YF_FAIL(UNSUPPORTED);
		flags |= MHD_USE_TLS;
		more[count++] = (struct MHD_OptionItem){
			MHD_OPTION_HTTPS_MEM_CERT, 0,
			(void *)(uintptr_t)options->tls_cert
		};
		more[count++] = (struct MHD_OptionItem){
			MHD_OPTION_HTTPS_MEM_KEY, 0,
			(void *)(uintptr_t)options->tls_key
		};
	}
	/* A pool of one is no pool. */
	if (io_threads > 1)
		more[count++] =
			(struct MHD_OptionItem){ MHD_OPTION_THREAD_POOL_SIZE,
						 io_threads, NULL };
	/* Behind a proxy everybody has the same address. */
	if (!options->behind_proxy)
		more[count++] = (struct MHD_OptionItem){
			MHD_OPTION_PER_IP_CONNECTION_LIMIT,
			(intptr_t)or_default(options->connections_of_ip_max,
					     128),
			NULL
		};
	more[count] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
	listener->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, listener,
		MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK,
		on_target, listener, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
		listener, MHD_OPTION_NOTIFY_CONNECTION, on_connection, listener,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		listener->header_len_max + REPLY_HEADER_LEN,
		MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)or_default(options->connections_max, 1024),
		MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)or_default(options->idle_s_max, 15), MHD_OPTION_ARRAY,
		more, MHD_OPTION_END);
	return listener->daemon ? YF_OK : tls ? YF_FAIL(CONFIG) : YF_FAIL(IO);
}

static yf_err start(struct yf_listener *listener,
		    const struct yf_listen_options *options)
{
	int fd;

	YF_TRY(yf_pool_new((unsigned)or_default(options->workers, 16),
			   (unsigned)or_default(options->queue_max, 256),
			   on_work, &listener->pool));
	if (pthread_create(&listener->watchdog, NULL, watch, listener) != 0)
		return YF_FAIL(MEMORY);
	listener->watched = true;
	YF_TRY(yf_socket_listen(options->address, &fd, &listener->port));
	const yf_err err = start_daemon(listener, options, fd);
	if (yf_failed(err))
		close(fd);
	return err;
}

yf_err yf_listen_start(const struct yf_listen_options *options,
		       struct yf_listener **out)
{
	YF_AUTO(listener) listener = calloc(1, sizeof(*listener));
	pthread_condattr_t monotonic;

	if (!listener)
		return YF_FAIL(MEMORY);
	listener->site = (struct yf_site){ options->env, options->tables,
					   options->table_count, options->files,
					   options->mount };
	listener->events = options->events;
	listener->behind_proxy = options->behind_proxy;
	listener->https = options->public_https || options->tls_cert;
	yf_clients_init(&listener->clients);
	set_limits(listener, options);
	pthread_mutex_init(&listener->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&listener->stop, &monotonic);
	pthread_condattr_destroy(&monotonic);
	YF_TRY(start(listener, options));
	*out = YF_MOVE(listener);
	return YF_OK;
}

void yf_listen_use(struct yf_listener *listener, const struct yf_env *env)
{
	__atomic_store_n(&listener->site.env, env, __ATOMIC_RELEASE);
}

uint16_t yf_listen_port(const struct yf_listener *listener)
{
	return listener->port;
}

/*
 * Whoever the kernel has greeted counts as accepted: closing the socket now
 * would reset those that are still in its backlog.
 */
static void empty_backlog(struct yf_listener *listener, int fd)
{
	for (;;) {
		struct sockaddr_storage address;
		socklen_t len = sizeof(address);
		const int peer = accept4(fd, (struct sockaddr *)&address, &len,
					 SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (peer < 0 && errno == EINTR)
			continue;
		if (peer < 0)
			return;
		/* It closes the socket when it refuses. */
		(void)MHD_add_connection(listener->daemon, peer,
					 (struct sockaddr *)&address, len);
	}
}

static void wait_until_quiet(struct yf_listener *listener, int64_t until_ms)
{
	const struct timespec pause = { 0, 10 * 1000000L };
	unsigned quiet = 0;

	/* Two looks: bytes may just be on their way from socket to parser. */
	while (quiet < 3 && now_ms() < until_ms) {
		nanosleep(&pause, NULL);
		if (listener->events)
			yf_events_end_all(listener->events);
		quiet = yf_clients_quiet(&listener->clients, now_ms(), FRESH_MS)
				? quiet + 1
				: 0;
	}
}

static void stop_daemon(struct yf_listener *listener, unsigned grace_ms)
{
	const int64_t until_ms = now_ms() + grace_ms;

	atomic_store(&listener->draining, true);
	const int fd = MHD_quiesce_daemon(listener->daemon);
	if (fd >= 0) {
		empty_backlog(listener, fd);
		close(fd);
	}
	wait_until_quiet(listener, until_ms);
	/* Who has not sent or taken everything by now will not; what runs is
	 * finished, and everything that sleeps is woken. */
	yf_clients_shut(&listener->clients);
	yf_pool_stop(listener->pool);
	wait_until_quiet(listener, now_ms() + 1000);
	MHD_stop_daemon(listener->daemon);
}

void yf_listen_stop(struct yf_listener *listener, unsigned grace_ms)
{
	if (!listener)
		return;
	if (listener->daemon)
		stop_daemon(listener, grace_ms);
	if (listener->watched) {
		pthread_mutex_lock(&listener->lock);
		listener->stopping = true;
		pthread_cond_signal(&listener->stop);
		pthread_mutex_unlock(&listener->lock);
		pthread_join(listener->watchdog, NULL);
	}
	yf_pool_free(listener->pool);
	pthread_cond_destroy(&listener->stop);
	pthread_mutex_destroy(&listener->lock);
	yf_clients_destroy(&listener->clients);
	free(listener);
}

void yf_listener_cleanup(struct yf_listener **listener)
{
	yf_listen_stop(*listener, 5000);
}

struct yf_listen_counts yf_listen_counts(struct yf_listener *listener)
{
	struct yf_listen_counts counts = {
		.requests = atomic_load(&listener->requests),
		.refused = atomic_load(&listener->refused),
		.timed_out = atomic_load(&listener->timed_out),
		.waiting = yf_pool_waiting(listener->pool),
		.running = yf_pool_running(listener->pool),
	};

	counts.open = yf_clients_open(&listener->clients, &counts.connections);
	for (size_t i = 0; i < YF_COUNT(counts.replies); i++)
		counts.replies[i] = atomic_load(&listener->replies[i]);
	return counts;
}
