#define _GNU_SOURCE
#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "http/reply.h"

/* Goal: whatever bytes arrive, in whatever order and number, the answer is
 * the right one and the listener stays up. */

enum { REPLY_LEN_MAX = 256 * 1024, WAIT_MS = 8000 };

struct yf_env {
	struct yf_events *events;
	atomic_int running;
};

static void sleep_ms(long ms)
{
	const struct timespec pause = { ms / 1000, ms % 1000 * 1000000L };
	nanosleep(&pause, NULL);
}

/* --- what the listener under test serves --- */

static yf_err on_hello(const struct yf_env *env, struct yf_exchange *x,
		       struct yf_reply *reply)
{
	yf_str text;

	(void)env;
	YF_TRY(yf_str_format(x->arena, &text, "hello %.*s",
			     YF_ARG(yf_exchange_param(x, "name"))));
	yf_reply_text(reply, 200, "text/plain", text);
	return YF_OK;
}

static yf_err on_echo(const struct yf_env *env, struct yf_exchange *x,
		      struct yf_reply *reply)
{
	(void)env;
	yf_reply_text(reply, 200, "application/octet-stream", x->body);
	return YF_OK;
}

static yf_err on_form(const struct yf_env *env, struct yf_exchange *x,
		      struct yf_reply *reply)
{
	struct yf_form form;
	yf_str value;

	(void)env;
	YF_TRY(yf_exchange_form(x, &form));
	YF_TRY(yf_form_get(&form, "a", &value));
	yf_reply_text(reply, 200, "text/plain", value);
	return YF_OK;
}

static yf_err on_slow(const struct yf_env *env, struct yf_exchange *x,
		      struct yf_reply *reply)
{
	struct yf_env *shared = (struct yf_env *)(uintptr_t)env;

	(void)x;
	atomic_fetch_add(&shared->running, 1);
	sleep_ms(400);
	atomic_fetch_sub(&shared->running, 1);
	yf_reply_text(reply, 200, "text/plain", YF_STR("slow"));
	return YF_OK;
}

static yf_err on_fail(const struct yf_env *env, struct yf_exchange *x,
		      struct yf_reply *reply)
{
	const yf_str which = yf_exchange_param(x, "which");

	(void)env;
	reply->detail = YF_STR("the \"detail\" \xe9\xb1\xbc");
	if (yf_str_is(which, "nonce"))
		YF_TRY(yf_reply_header(x, reply, "DPoP-Nonce", YF_STR("n1")));
	if (yf_str_is(which, "memory"))
		while (YF_NEW(x->arena, char, 64))
			;
	return yf_str_is(which, "grant")      ? YF_FAIL(INVALID_GRANT)
	       : yf_str_is(which, "nonce")    ? YF_FAIL(USE_DPOP_NONCE)
	       : yf_str_is(which, "memory")   ? YF_FAIL(MEMORY)
	       : yf_str_is(which, "conflict") ? YF_FAIL(CONFLICT)
	       : yf_str_is(which, "busy")     ? YF_FAIL(BUSY)
					      : YF_FAIL(DENIED);
}

static yf_err on_events(const struct yf_env *env, struct yf_exchange *x,
			struct yf_reply *reply)
{
	const yf_str topic = yf_exchange_param(x, "topic");

	YF_TRY(yf_events_subscribe(env->events, topic, &reply->stream));
	yf_events_publish(env->events, topic, "state", YF_STR("first\nline"));
	return YF_OK;
}

static yf_err on_split(const struct yf_env *env, struct yf_exchange *x,
		       struct yf_reply *reply)
{
	(void)env;
	return yf_reply_redirect(x, reply, 302, yf_exchange_param(x, "to"));
}

static yf_err on_cookie(const struct yf_env *env, struct yf_exchange *x,
			struct yf_reply *reply)
{
	const struct yf_cookie cookie = { "s", YF_STR("v"), "/", 60, false };
	const yf_str value = yf_exchange_cookie(x, "s");

	(void)env;
	YF_TRY(yf_reply_cookie(x, reply, &cookie));
	yf_reply_text(reply, 200, "text/plain",
		      value.ptr ? value : YF_STR("(none)"));
	return YF_OK;
}

static yf_err on_peer(const struct yf_env *env, struct yf_exchange *x,
		      struct yf_reply *reply)
{
	(void)env;
	yf_reply_text(reply, 200, "text/plain", x->peer);
	return YF_OK;
}

static const struct yf_route routes[] = {
	{ YF_GET, "/peer", on_peer, 0, NULL, 0 },
	{ YF_GET, "/hello/{name}", on_hello, 0, NULL, YF_ROUTE_CORS },
	{ YF_POST, "/echo", on_echo, 64 * 1024, NULL, 0 },
	{ YF_POST, "/form", on_form, 1024, "application/x-www-form-urlencoded",
	  0 },
	{ YF_GET, "/slow", on_slow, 0, NULL, 0 },
	{ YF_GET, "/fail/{which}", on_fail, 0, NULL, 0 },
	{ YF_GET, "/oauth/{which}", on_fail, 0, NULL, YF_ROUTE_OAUTH },
	{ YF_GET, "/resource/{which}", on_fail, 0, NULL, YF_ROUTE_RESOURCE },
	{ YF_GET, "/events/{topic}", on_events, 0, NULL, 0 },
	{ YF_GET, "/to/{to}", on_split, 0, NULL, 0 },
	{ YF_GET, "/cookie", on_cookie, 0, NULL, 0 },
};
static const struct yf_routes tables[] = { YF_ROUTES(routes) };

struct house {
	struct yf_env env;
	struct yf_listener *listener;
	uint16_t port;
};

static void open_house(struct house *house, struct yf_listen_options options)
{
	*house = (struct house){ 0 };
	assert_false(yf_failed(yf_events_new(64, &house->env.events)));
	options.address = "127.0.0.1:0";
	options.env = &house->env;
	options.tables = tables;
	options.table_count = YF_COUNT(tables);
	options.events = house->env.events;
	assert_false(yf_failed(yf_listen_start(&options, &house->listener)));
	house->port = yf_listen_port(house->listener);
	assert_int_not_equal(house->port, 0);
}

static void close_house(struct house *house)
{
	yf_listen_stop(house->listener, 3000);
	assert_int_equal(yf_events_open(house->env.events), 0);
	yf_events_free(house->env.events);
}

/* --- a client that sends any bytes --- */

static int dial(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(port) };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)(void *)&address,
				 sizeof(address)),
			 0);
	return fd;
}

/* False when the other side has closed. */
static bool say(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len) {
		const ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
		at += sent;
		len -= (size_t)sent;
	}
	return true;
}

static bool say_text(int fd, const char *text)
{
	return say(fd, text, strlen(text));
}

/* Reads until `until` is there (or, NULL, until the end); the text so far. */
static size_t hear(int fd, char *out, const char *until, int wait_ms)
{
	size_t len = 0;

	out[0] = '\0';
	while (len < REPLY_LEN_MAX - 1) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
		if (poll(&poll_fd, 1, wait_ms) <= 0)
			break;
		const ssize_t got =
			recv(fd, out + len, REPLY_LEN_MAX - 1 - len, 0);
		if (got <= 0)
			break;
		len += (size_t)got;
		out[len] = '\0';
		if (until && strstr(out, until))
			break;
	}
	return len;
}

typedef enum { STAY, HANG_UP } manner;

/* HANG_UP: ends its side after what it says, as who breaks off does. */
static char *ask_bytes(uint16_t port, const void *bytes, size_t len, manner how)
{
	char *reply = malloc(REPLY_LEN_MAX);
	const int fd = dial(port);

	assert_non_null(reply);
	(void)say(fd, bytes, len);
	if (how == HANG_UP)
		shutdown(fd, SHUT_WR);
	hear(fd, reply, NULL, WAIT_MS);
	close(fd);
	return reply;
}

static char *ask(uint16_t port, const char *text)
{
	return ask_bytes(port, text, strlen(text), STAY);
}

#define HOST "Host: a\r\nConnection: close\r\n"

/* --- tests --- */

static const struct {
	const char *name;
	const char *request;
	const char *want[4]; /* each is somewhere in the reply */
} requests[] = {
	{ "a parameter, unescaped",
	  "GET /hello/a%20b HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 200", "hello a b", "X-Content-Type-Options: nosniff",
	    "Cache-Control: no-store" } },
	{ "CORS where the route says so",
	  "GET /hello/x HTTP/1.1\r\n" HOST "\r\n",
	  { "Access-Control-Allow-Origin: *" } },
	{ "preflight",
	  "OPTIONS /hello/x HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 204", "Access-Control-Allow-Headers: Authorization",
	    "Allow: GET, HEAD, OPTIONS" } },
	{ "HEAD has the length and no body",
	  "HEAD /hello/x HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 200", "Content-Length: 7", "\r\n\r\n" } },
	{ "unknown address",
	  "GET /nowhere HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 404", "application/problem+json",
	    "urn:yufu:problem:not_found", "\"detail\"" } },
	{ "wrong method",
	  "DELETE /echo HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 405", "Allow: POST, OPTIONS",
	    "urn:yufu:problem:method" } },
	{ "unknown method",
	  "BREW /echo HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 405" } },
	{ "escaped slash is no separator",
	  "GET /hello/a%2fb HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 404" } },
	{ "escaped NUL fits nothing",
	  "GET /hello/a%00b HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 404" } },
	{ "broken escape in the query",
	  "GET /hello/x?a=%zz HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 400", "urn:yufu:problem:syntax" } },
	{ "absolute form",
	  "GET http://a/hello/x HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 200", "hello x" } },
	{ "echo",
	  "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc",
	  { "HTTP/1.1 200", "\r\n\r\nabc" } },
	{ "chunked",
	  "POST /echo HTTP/1.1\r\n" HOST
	  "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
	  { "HTTP/1.1 200", "\r\n\r\nabc" } },
	{ "two framings",
	  "POST /echo HTTP/1.1\r\n" HOST
	  "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
	  "0\r\n\r\n",
	  { "HTTP/1.1 400" } },
	{ "two lengths",
	  "POST /echo HTTP/1.1\r\n" HOST
	  "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
	  { "HTTP/1.1 400" } },
	{ "a length that is none",
	  "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3x\r\n\r\nabc",
	  { "HTTP/1.1 400" } },
	{ "too long, announced",
	  "POST /form HTTP/1.1\r\n" HOST "Content-Length: 1025\r\n"
	  "Expect: 100-continue\r\n\r\n",
	  { "HTTP/1.1 413", "urn:yufu:problem:too_large" } },
	{ "a body where none is taken",
	  "GET /slow HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx",
	  { "HTTP/1.1 413" } },
	{ "another content type",
	  "POST /form HTTP/1.1\r\n" HOST
	  "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\na=b",
	  { "HTTP/1.1 415", "urn:yufu:problem:media_type" } },
	{ "a form, with parameters in the type",
	  "POST /form HTTP/1.1\r\n" HOST
	  "Content-Type: Application/X-WWW-Form-Urlencoded; charset=utf-8\r\n"
	  "Content-Length: 7\r\n\r\na=%41+b",
	  { "HTTP/1.1 200", "\r\n\r\nA b" } },
	{ "the same parameter twice",
	  "POST /form HTTP/1.1\r\n" HOST
	  "Content-Type: application/x-www-form-urlencoded\r\n"
	  "Content-Length: 7\r\n\r\na=1&a=2",
	  { "HTTP/1.1 400", "urn:yufu:problem:duplicate" } },
	{ "problem details",
	  "GET /fail/denied HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 403", "\"status\":403", "the \\\"detail\\\"",
	    "urn:yufu:problem:denied" } },
	{ "conflict",
	  "GET /fail/conflict HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 409" } },
	{ "busy says when to come back",
	  "GET /fail/busy HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 503", "Retry-After: 2" } },
	{ "an error without any memory left",
	  "GET /fail/memory HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 500", "urn:yufu:problem:memory" } },
	{ "an OAuth error, in its characters",
	  "GET /oauth/grant HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 400", "\"error\":\"invalid_grant\"",
	    "the  detail    " } },
	{ "DPoP nonce at the token endpoint",
	  "GET /oauth/nonce HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 400", "DPoP-Nonce: n1", "use_dpop_nonce" } },
	{ "DPoP nonce at a resource",
	  "GET /resource/nonce HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 401", "DPoP-Nonce: n1",
	    "WWW-Authenticate: DPoP error=\"use_dpop_nonce\"" } },
	{ "no header is split",
	  "GET /to/a%0d%0aX-Evil:1 HTTP/1.1\r\n" HOST "\r\n",
	  { "HTTP/1.1 400" } },
	{ "a cookie",
	  "GET /cookie HTTP/1.1\r\n" HOST "Cookie: x=1; s=\"abc\"\r\n\r\n",
	  { "HTTP/1.1 200", "\r\n\r\nabc",
	    "Set-Cookie: s=v; Path=/; HttpOnly; SameSite=Strict; "
	    "Max-Age=60" } },
	{ "a cookie planted beside another",
	  "GET /cookie HTTP/1.1\r\n" HOST "Cookie: s=1; s=2\r\n\r\n",
	  { "\r\n\r\n(none)" } },
	{ "no Host", "GET /hello/x HTTP/1.1\r\n\r\n", { "HTTP/1.1 400" } },
	{ "HTTP/1.0", "GET /hello/x HTTP/1.0\r\n\r\n", { "200", "hello x" } },
};

static void request_table(void **state)
{
	struct house house;

	(void)state;
	open_house(&house, (struct yf_listen_options){ 0 });
	for (size_t i = 0; i < YF_COUNT(requests); i++) {
		char *reply = ask(house.port, requests[i].request);
		print_message("  %s\n", requests[i].name);
		for (size_t j = 0; j < 4 && requests[i].want[j]; j++)
			if (!strstr(reply, requests[i].want[j]))
				fail_msg("%s: no \"%s\" in:\n%s",
					 requests[i].name, requests[i].want[j],
					 reply);
		free(reply);
	}
	char *reply = ask(house.port,
			  "GET /to/a%0d%0aX-Evil:1 HTTP/1.1\r\n" HOST "\r\n");
	assert_null(strstr(reply, "X-Evil"));
	free(reply);
	close_house(&house);
}

static void assert_alive(uint16_t port)
{
	char *reply = ask(port, "GET /hello/x HTTP/1.1\r\n" HOST "\r\n");

	assert_non_null(strstr(reply, "hello x"));
	free(reply);
}

/* Every prefix of a good request, and every byte of it flipped. */
static void truncated_and_damaged(void **state)
{
	static const char good[] =
		"POST /echo?a=b HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\n"
		"Content-Type: text/plain; x=y\r\nConnection: close\r\n"
		"Content-Length: 5\r\n\r\nhello";
	const size_t len = sizeof(good) - 1;
	struct house house;
	char damaged[sizeof(good)];

	(void)state;
	open_house(&house, (struct yf_listen_options){ .idle_s_max = 1 });
	for (size_t cut = 0; cut < len; cut += 3) {
		char *reply = ask_bytes(house.port, good, cut, HANG_UP);
		assert_null(strstr(reply, "HTTP/1.1 200"));
		free(reply);
	}
	for (size_t at = 0; at < len; at += 2) {
		memcpy(damaged, good, sizeof(good));
		damaged[at] = (char)(damaged[at] ^ 0x80);
		free(ask_bytes(house.port, damaged, len, HANG_UP));
	}
	assert_alive(house.port);
	close_house(&house);
}

static void garbage(void **state)
{
	struct house house;
	unsigned seed = 1;
	char bytes[3000];

	(void)state;
	open_house(&house, (struct yf_listen_options){ .idle_s_max = 1 });
	for (size_t round = 0; round < 40; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (char)rand_r(&seed);
		char *reply =
			ask_bytes(house.port, bytes, sizeof(bytes), HANG_UP);
		assert_null(strstr(reply, "HTTP/1.1 2"));
		free(reply);
	}
	assert_alive(house.port);
	close_house(&house);
}

static void oversize(void **state)
{
	struct house house;
	char *big = malloc(200 * 1024);

	(void)state;
	assert_non_null(big);
	open_house(&house,
		   (struct yf_listen_options){ .header_len_max = 8192 });
	/* A header over the limit. */
	size_t len =
		(size_t)sprintf(big, "GET /hello/x HTTP/1.1\r\n" HOST "X: ");
	memset(big + len, 'a', 9000);
	strcpy(big + len + 9000, "\r\n\r\n");
	char *reply = ask(house.port, big);
	assert_true(strstr(reply, "HTTP/1.1 431") ||
		    strstr(reply, "HTTP/1.1 413"));
	free(reply);
	/* A body over the limit, chunked: nobody announced it. */
	len = (size_t)sprintf(big,
			      "POST /form HTTP/1.1\r\n" HOST "Content-Type: "
			      "application/x-www-form-urlencoded\r\n"
			      "Transfer-Encoding: chunked\r\n\r\n1000\r\n");
	memset(big + len, 'a', 4096);
	strcpy(big + len + 4096, "\r\n0\r\n\r\n");
	reply = ask(house.port, big);
	assert_non_null(strstr(reply, "HTTP/1.1 413"));
	free(reply);
	/* A body over the limit that is sent before the refusal is read. */
	len = (size_t)sprintf(big, "POST /echo HTTP/1.1\r\n" HOST
				   "Content-Length: 150000\r\n\r\n");
	memset(big + len, 'a', 150000);
	reply = ask_bytes(house.port, big, len + 150000, STAY);
	assert_non_null(strstr(reply, "HTTP/1.1 413"));
	assert_non_null(strstr(reply, "urn:yufu:problem:too_large"));
	free(reply);
	/* The largest that is allowed. */
	len = (size_t)sprintf(big, "POST /echo HTTP/1.1\r\n" HOST
				   "Content-Length: 65536\r\n\r\n");
	memset(big + len, 'a', 65536);
	reply = ask_bytes(house.port, big, len + 65536, STAY);
	assert_non_null(strstr(reply, "HTTP/1.1 200"));
	assert_true(strlen(strstr(reply, "\r\n\r\n")) == 65536 + 4);
	free(reply);
	free(big);
	assert_alive(house.port);
	close_house(&house);
}

static void too_many_headers(void **state)
{
	struct house house;
	char text[8192];

	(void)state;
	open_house(&house, (struct yf_listen_options){ 0 });
	size_t len = (size_t)sprintf(text, "GET /hello/x HTTP/1.1\r\n" HOST);
	for (int i = 0; i < 80; i++)
		len += (size_t)sprintf(text + len, "X-%d: y\r\n", i);
	strcpy(text + len, "\r\n");
	char *reply = ask(house.port, text);
	assert_non_null(strstr(reply, "HTTP/1.1 431"));
	free(reply);
	close_house(&house);
}

/* A byte now and then must not hold a connection for ever. */
static void slowloris(void **state)
{
	static const char *const starts[] = {
		"GET /hello/x HTTP/1.1\r\nHost: a\r\nX: ",
		"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n"
		"\r\n",
	};
	struct house house;

	(void)state;
	open_house(&house, (struct yf_listen_options){ .idle_s_max = 1,
						       .request_s_max = 1 });
	for (size_t i = 0; i < YF_COUNT(starts); i++) {
		const int fd = dial(house.port);
		int rounds = 0;
		char byte;
		assert_true(say(fd, starts[i], strlen(starts[i])));
		for (; rounds < 100; rounds++) {
			sleep_ms(50);
			if (!say(fd, "a", 1) ||
			    recv(fd, &byte, 1, MSG_DONTWAIT) == 0)
				break;
		}
		assert_true(rounds < 80);
		close(fd);
	}
	assert_true(yf_listen_counts(house.listener).timed_out >= 2);
	assert_alive(house.port);
	close_house(&house);
}

static void silence_is_ended(void **state)
{
	struct house house;
	char reply[REPLY_LEN_MAX];

	(void)state;
	open_house(&house, (struct yf_listen_options){ .idle_s_max = 1 });
	const int fd = dial(house.port);
	assert_int_equal(hear(fd, reply, NULL, WAIT_MS), 0);
	close(fd);
	close_house(&house);
}

static size_t count_of(const char *text, const char *what)
{
	size_t count = 0;

	while ((text = strstr(text, what))) {
		count++;
		text += strlen(what);
	}
	return count;
}

static void pipelined_and_kept_alive(void **state)
{
	static const char two[] = "GET /hello/one HTTP/1.1\r\nHost: a\r\n\r\n"
				  "POST /echo HTTP/1.1\r\nHost: "
				  "a\r\nContent-Length: 3\r\n\r\ntwo";
	struct house house;
	char reply[REPLY_LEN_MAX];

	(void)state;
	open_house(&house, (struct yf_listen_options){ 0 });
	const int fd = dial(house.port);
	for (int round = 0; round < 20; round++) {
		assert_true(say(fd, two, sizeof(two) - 1));
		hear(fd, reply, "\r\n\r\ntwo", WAIT_MS);
		assert_int_equal(count_of(reply, "HTTP/1.1 200"), 2);
		assert_true(strstr(reply, "hello one") <
			    strstr(reply, "\r\n\r\ntwo"));
	}
	close(fd);
	assert_int_equal(yf_listen_counts(house.listener).requests, 40);
	close_house(&house);
}

#define SMUGGLED "GET /hello/smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

/* Each ends somewhere else for another reader, such as a proxy before us. */
static const struct {
	const char *name;
	const char *headers;
	const char *rest;
} framings[] = {
	{ "two framings", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
	  "0\r\n\r\n" SMUGGLED },
	{ "two lengths", "Content-Length: 3\r\nContent-Length: 50\r\n",
	  "abc" SMUGGLED },
	{ "the same length twice", "Content-Length: 3\r\nContent-Length: 3\r\n",
	  "abc" SMUGGLED },
	{ "a signed length", "Content-Length: +3\r\n", "abc" SMUGGLED },
	{ "an unknown coding", "Transfer-Encoding: identity\r\n", SMUGGLED },
	{ "a coding twice",
	  "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n",
	  "0\r\n\r\n" SMUGGLED },
	{ "a space before the colon", "Content-Length : 3\r\n",
	  "abc" SMUGGLED },
	{ "two hosts", "Host: b\r\nContent-Length: 0\r\n", SMUGGLED },
};

/* Nothing behind a request whose end is in doubt is read as a request. */
static void nothing_is_smuggled(void **state)
{
	struct house house;
	struct yf_buf buf;
	yf_str text;
	YF_AUTO(arena) arena = yf_arena_new(1 << 20);

	(void)state;
	open_house(&house, (struct yf_listen_options){ 0 });
	for (size_t i = 0; i < 2 * YF_COUNT(framings); i++) {
		const size_t at = i / 2;

		print_message("  %s\n", framings[at].name);
		buf = yf_buf_new(arena, 1024);
		yf_buf_format(&buf, "POST /echo HTTP/1.1\r\nHost: a\r\n");
		/* More headers than are looked at hide the bad ones. */
		for (size_t k = 0; i % 2 && k < YF_HEADERS_MAX; k++)
			yf_buf_format(&buf, "X-%zu: y\r\n", k);
		yf_buf_format(&buf, "%s\r\n%s", framings[at].headers,
			      framings[at].rest);
		assert_false(yf_failed(yf_buf_str(&buf, &text)));
		char *reply =
			ask_bytes(house.port, text.ptr, text.len, HANG_UP);
		assert_null(strstr(reply, "HTTP/1.1 200"));
		assert_null(strstr(reply, "smuggled"));
		free(reply);
	}
	assert_alive(house.port);
	close_house(&house);
}

/* A proxy appends to the header or adds another: the last one is ours. */
static const struct {
	const char *headers;
	const char *peer;
} peers[] = {
	{ "", "127.0.0.1" },
	{ "X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1" },
	{ "X-Forwarded-For: 192.0.2.1, 192.0.2.2\r\n", "192.0.2.2" },
	{ "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2\r\n",
	  "192.0.2.2" },
	{ "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: me\r\n",
	  "127.0.0.1" },
};

static void the_peer_is_who_the_proxy_saw(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * YF_COUNT(peers); i++) {
		const bool behind_proxy = i % 2;
		struct house house;
		char request[256], want[64];

		open_house(&house, (struct yf_listen_options){
					   .behind_proxy = behind_proxy });
		snprintf(request, sizeof(request),
			 "GET /peer HTTP/1.1\r\n" HOST "%s\r\n",
			 peers[i / 2].headers);
		snprintf(want, sizeof(want), "\r\n\r\n%s",
			 behind_proxy ? peers[i / 2].peer : "127.0.0.1");
		char *reply = ask(house.port, request);
		const char *body = strstr(reply, "\r\n\r\n");
		assert_non_null(body);
		assert_string_equal(body, want);
		free(reply);
		close_house(&house);
	}
}

struct caller {
	uint16_t port;
	const char *request;
	const char *want;
	unsigned rounds;
	unsigned good;
};

static void *call(void *ctx)
{
	struct caller *caller = ctx;

	for (unsigned i = 0; i < caller->rounds; i++) {
		char *reply = ask(caller->port, caller->request);
		caller->good += strstr(reply, caller->want) != NULL;
		free(reply);
	}
	return NULL;
}

static unsigned call_from_many(const struct caller *model, size_t count)
{
	pthread_t threads[128];
	struct caller callers[128];
	unsigned good = 0;

	assert_true(count <= 128);
	for (size_t i = 0; i < count; i++) {
		callers[i] = *model;
		assert_int_equal(
			pthread_create(&threads[i], NULL, call, &callers[i]),
			0);
	}
	for (size_t i = 0; i < count; i++) {
		pthread_join(threads[i], NULL);
		good += callers[i].good;
	}
	return good;
}

static void a_hundred_at_once(void **state)
{
	struct house house;

	(void)state;
	open_house(&house, (struct yf_listen_options){ .io_threads = 2 });
	const struct caller model = { house.port,
				      "POST /echo HTTP/1.1\r\n" HOST
				      "Content-Length: 5\r\n\r\nhello",
				      "\r\n\r\nhello", 10, 0 };
	assert_int_equal(call_from_many(&model, 100), 1000);
	assert_int_equal(yf_listen_counts(house.listener).replies[2], 1000);
	close_house(&house);
}

/* A full queue is said, and nobody waits for nothing. */
static void a_full_queue_is_busy(void **state)
{
	struct house house;

	(void)state;
	open_house(&house,
		   (struct yf_listen_options){ .workers = 1, .queue_max = 2 });
	const struct caller model = { house.port,
				      "GET /slow HTTP/1.1\r\n" HOST "\r\n",
				      "HTTP/1.1 503", 1, 0 };
	const unsigned refused = call_from_many(&model, 20);
	assert_in_range(refused, 10, 19);
	assert_int_equal(yf_listen_counts(house.listener).refused, refused);
	close_house(&house);
}

/* Stopped while it works: whoever was accepted gets an answer. */
static void a_stop_loses_nothing(void **state)
{
	enum { COUNT = 40 };
	static const char request[] = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
	struct house house;
	char reply[REPLY_LEN_MAX];
	int fds[COUNT];

	(void)state;
	open_house(&house, (struct yf_listen_options){ .workers = 8 });
	for (size_t i = 0; i < COUNT; i++) {
		fds[i] = dial(house.port);
		assert_true(say(fds[i], request, sizeof(request) - 1));
	}
	/* Some run, some are queued, some are not yet accepted. */
	yf_listen_stop(house.listener, 8000);
	for (size_t i = 0; i < COUNT; i++) {
		hear(fds[i], reply, NULL, WAIT_MS);
		assert_non_null(strstr(reply, "HTTP/1.1 200"));
		assert_non_null(strstr(reply, "\r\n\r\nslow"));
		close(fds[i]);
	}
	yf_events_free(house.env.events);
}

/* Each of three clients asks until it is told to go; no answer is cut off. */
struct streaming_caller {
	uint16_t port;
	unsigned answered;
	unsigned cut;
};

static void *call_until_closed(void *ctx)
{
	static const char request[] =
		"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
		"hello";
	struct streaming_caller *caller = ctx;
	char *reply = malloc(REPLY_LEN_MAX);
	const int fd = dial(caller->port);

	while (reply && say(fd, request, sizeof(request) - 1)) {
		const size_t len = hear(fd, reply, "\r\n\r\nhello", WAIT_MS);
		if (strstr(reply, "\r\n\r\nhello"))
			caller->answered++;
		else
			caller->cut += len > 0;
		if (!len || strstr(reply, "Connection: close"))
			break;
	}
	close(fd);
	free(reply);
	return NULL;
}

static void a_stop_under_load(void **state)
{
	enum { COUNT = 8 };
	struct streaming_caller callers[COUNT] = { 0 };
	pthread_t threads[COUNT];
	struct house house;

	(void)state;
	open_house(&house, (struct yf_listen_options){ 0 });
	for (size_t i = 0; i < COUNT; i++) {
		callers[i].port = house.port;
		pthread_create(&threads[i], NULL, call_until_closed,
			       &callers[i]);
	}
	sleep_ms(200);
	yf_listen_stop(house.listener, 3000);
	for (size_t i = 0; i < COUNT; i++) {
		pthread_join(threads[i], NULL);
		assert_true(callers[i].answered > 0);
		assert_int_equal(callers[i].cut, 0);
	}
	yf_events_free(house.env.events);
}

static void events_arrive(void **state)
{
	struct house house;
	char reply[REPLY_LEN_MAX];

	(void)state;
	open_house(&house, (struct yf_listen_options){ .idle_s_max = 1 });
	const int fd = dial(house.port);
	assert_true(say_text(fd, "GET /events/t1 HTTP/1.1\r\nHost: a\r\n\r\n"));
	hear(fd, reply, "data: line\n\n", WAIT_MS);
	assert_non_null(strstr(reply, "Content-Type: text/event-stream"));
	assert_non_null(strstr(reply, "event: state\ndata: first\ndata: line"));
	/* Longer than any idle limit, and no thread is held. */
	sleep_ms(1500);
	assert_int_equal(yf_listen_counts(house.listener).running, 0);
	yf_events_publish(house.env.events, YF_STR("t2"), "no", YF_STR("x"));
	yf_events_publish(house.env.events, YF_STR("t1"), "done", YF_STR("y"));
	hear(fd, reply, "data: y\n\n", WAIT_MS);
	assert_non_null(strstr(reply, "event: done\ndata: y\n\n"));
	assert_null(strstr(reply, "event: no"));
	yf_events_end(house.env.events, YF_STR("t1"));
	hear(fd, reply, "0\r\n\r\n", WAIT_MS);
	assert_non_null(strstr(reply, "0\r\n\r\n"));
	close(fd);
	close_house(&house);
}

/* Many streams, published to from several threads, some hang up. */
static void *publish_loop(void *ctx)
{
	struct house *house = ctx;

	for (int i = 0; i < 200; i++)
		yf_events_publish(house->env.events, YF_STR("t"), "n",
				  YF_STR("0123456789"));
	return NULL;
}

static void events_under_load(void **state)
{
	enum { COUNT = 32 };
	struct house house;
	pthread_t threads[4];
	char reply[REPLY_LEN_MAX];
	int fds[COUNT];

	(void)state;
	open_house(&house, (struct yf_listen_options){ 0 });
	for (size_t i = 0; i < COUNT; i++) {
		fds[i] = dial(house.port);
		assert_true(say_text(
			fds[i], "GET /events/t HTTP/1.1\r\nHost: a\r\n\r\n"));
		hear(fds[i], reply, "data: line\n\n", WAIT_MS);
		assert_non_null(strstr(reply, "data: line"));
	}
	for (size_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, publish_loop, &house);
	for (size_t i = 0; i < COUNT; i += 2)
		close(fds[i]);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	yf_events_publish(house.env.events, YF_STR("t"), "last", YF_STR("z"));
	yf_listen_stop(house.listener, 3000);
	for (size_t i = 1; i < COUNT; i += 2) {
		hear(fds[i], reply, NULL, WAIT_MS);
		/* All of it, or ended as a slow reader: never half an event. */
		assert_true(strstr(reply, "data: 0123456789\n\n") != NULL);
		assert_true(count_of(reply, "event: n\n") ==
			    count_of(reply, "data: 0123456789\n\n"));
		close(fds[i]);
	}
	assert_int_equal(yf_events_open(house.env.events), 0);
	yf_events_free(house.env.events);
}

static void addresses(void **state)
{
	static const struct {
		const char *address;
		yf_code want;
	} cases[] = {
		{ "127.0.0.1:0", YF_CODE_OK },
		{ "[::1]:0", YF_CODE_OK },
		{ "localhost:0", YF_CODE_OK },
		{ "127.0.0.1", YF_CODE_CONFIG },
		{ "::1:8080", YF_CODE_CONFIG },
		{ ":80", YF_CODE_CONFIG },
		{ "127.0.0.1:x", YF_CODE_CONFIG },
		{ "127.0.0.1:70000", YF_CODE_CONFIG },
		{ "192.0.2.1:0", YF_CODE_IO },
	};

	(void)state;
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		YF_AUTO(listener) listener = NULL;
		const struct yf_listen_options options = {
			.address = cases[i].address,
			.tables = tables,
			.table_count = 1,
		};
		print_message("  %s\n", cases[i].address);
		assert_int_equal(yf_listen_start(&options, &listener).code,
				 cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_table),
		cmocka_unit_test(truncated_and_damaged),
		cmocka_unit_test(garbage),
		cmocka_unit_test(oversize),
		cmocka_unit_test(too_many_headers),
		cmocka_unit_test(slowloris),
		cmocka_unit_test(silence_is_ended),
		cmocka_unit_test(pipelined_and_kept_alive),
		cmocka_unit_test(nothing_is_smuggled),
		cmocka_unit_test(the_peer_is_who_the_proxy_saw),
		cmocka_unit_test(a_hundred_at_once),
		cmocka_unit_test(a_full_queue_is_busy),
		cmocka_unit_test(a_stop_loses_nothing),
		cmocka_unit_test(a_stop_under_load),
		cmocka_unit_test(events_arrive),
		cmocka_unit_test(events_under_load),
		cmocka_unit_test(addresses),
	};
	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
