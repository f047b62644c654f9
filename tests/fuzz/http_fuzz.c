#include "http/answer.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "http/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/*
 * Input: method byte, target line, header lines, an empty line, body.
 *
 * Properties: every request gets a status of HTTP, no header of a reply holds
 * a control character whatever a handler copies into it, errors are JSON, a
 * parameter is not empty and finds its route again when it is escaped.
 */

struct yf_env {
	yf_err err;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Copies everything it can reach into its reply. */
static yf_err on_any(const struct yf_env *env, struct yf_exchange *x,
		     struct yf_reply *reply)
{
	const yf_str id = yf_exchange_param(x, "id");
	const yf_str cookie = yf_exchange_cookie(x, "s");
	const struct yf_cookie back = { "s", cookie, "/", 1, false };
	struct yf_form form;
	yf_str value;

	reply->detail = x->body;
	YF_TRY(yf_reply_header(x, reply, "X-Id", id));
	YF_TRY(yf_reply_redirect(x, reply, 302, x->body));
	YF_TRY(yf_reply_cookie(x, reply, &back));
	YF_TRY(yf_exchange_form(x, &form));
	require(form.count <= YF_FORM_PAIRS_MAX);
	YF_TRY(yf_form_get(&form, "a", &value));
	return env->err;
}

static const struct yf_route routes[] = {
	{ YF_GET, "/a", on_any, 0, NULL, YF_ROUTE_CORS },
	{ YF_POST, "/a/{id}", on_any, 4096, NULL, YF_ROUTE_OAUTH },
	{ YF_GET, "/a/{id}/b", on_any, 0, NULL, YF_ROUTE_RESOURCE },
	{ YF_POST, "/t/{x}/{id...}", on_any, 4096,
	  "application/x-www-form-urlencoded", 0 },
};
static const struct yf_routes tables[] = { YF_ROUTES(routes) };

static size_t take_headers(struct yf_arena *arena, yf_str *rest,
			   struct yf_header *headers)
{
	size_t count = 0;
	yf_str line;

	(void)arena;
	while (yf_str_cut(rest, '\n', &line) && line.len) {
		yf_str name;
		if (count == YF_HEADERS_MAX || !yf_str_cut(&line, ':', &name))
			continue;
		/* The library gives none of these. */
		if (memchr(line.ptr, '\0', line.len) ||
		    memchr(name.ptr, '\0', name.len))
			continue;
		headers[count++] =
			(struct yf_header){ name, yf_str_trim(line) };
	}
	return count;
}

static void check_header(const struct yf_header *header)
{
	for (size_t i = 0; i < header->value.len; i++) {
		const unsigned char c = (unsigned char)header->value.ptr[i];
		require(c >= ' ' || c == '\t');
		require(c != 0x7f);
	}
}

static void check_answer(const struct yf_answer *answer)
{
	require(answer->decided);
	require(answer->reply.status >= 200 && answer->reply.status < 600);
	require(answer->reply.header_count <= YF_REPLY_HEADERS_MAX);
	require(answer->extra_count < YF_ANSWER_EXTRA_MAX);
	for (size_t i = 0; i < answer->reply.header_count; i++)
		check_header(&answer->reply.headers[i]);
	for (size_t i = 0; i < answer->extra_count; i++)
		check_header(&answer->extra[i]);
	if (answer->reply.status < 400 || !answer->body.len)
		return;
	/* All errors are JSON of ours, so plain in its control characters. */
	require(answer->body.ptr[0] == '{');
	for (size_t i = 0; i < answer->body.len; i++)
		require(answer->body.ptr[i] >= ' ');
}

/* "/a/{id}" with its value escaped is the same route and value. */
static void check_round_trip(struct yf_arena *arena,
			     const struct yf_exchange *x,
			     const struct yf_route_match *match)
{
	struct yf_buf buf = yf_buf_new(arena, 64);
	struct yf_route_match again;
	yf_str path;

	for (size_t i = 0; i < match->param_count; i++) {
		require(match->params[i].value.len > 0);
		require(!memchr(match->params[i].value.ptr, '\0',
				match->params[i].value.len));
	}
	if (match->param_count != 1)
		return;
	yf_buf_text(&buf, YF_STR("/a/"));
	yf_url_escape(&buf, match->params[0].value);
	if (yf_str_ends(yf_str_of(match->route->pattern), YF_STR("/b")))
		yf_buf_text(&buf, YF_STR("/b"));
	if (yf_failed(yf_buf_str(&buf, &path)) ||
	    yf_failed(yf_route_find(arena, tables, 1, x->method, path, &again)))
		return;
	require(again.outcome == YF_ROUTE_FOUND);
	require(again.route == match->route);
	require(yf_str_eq(again.params[0].value, match->params[0].value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const yf_method methods[] = { YF_GET,         YF_POST,
					     YF_PUT,         YF_DELETE,
					     YF_HEAD,        YF_OPTIONS,
					     YF_METHOD_OTHER };
	const struct yf_env env = { len % 2 ? YF_OK : YF_FAIL(INVALID_GRANT) };
	const struct yf_site site = { .env = &env,
				      .tables = tables,
				      .table_count = YF_COUNT(tables) };
	YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
	struct yf_header headers[YF_HEADERS_MAX];
	struct yf_exchange x = { .arena = arena, .headers = headers };
	struct yf_answer answer = { 0 };

	if (!arena || !len)
		return 0;
	yf_str rest = { (const char *)data + 1, len - 1 };
	x.method = methods[data[0] % YF_COUNT(methods)];
	if (!yf_str_cut(&rest, '\n', &x.target))
		return 0;
	x.header_count = take_headers(arena, &rest, headers);
	const struct yf_body_head head = yf_body_head_of(&x);
	yf_answer_begin(&site, &x, head, &answer);
	if (!answer.decided) {
		require(answer.match.outcome == YF_ROUTE_FOUND);
		require(x.path.ptr[0] == '/' && x.path.len <= YF_PATH_LEN_MAX);
		require(head.chunked ||
			head.len <= answer.match.route->body_len_max);
		check_round_trip(arena, &x, &answer.match);
		x.body = rest;
		yf_answer_run(&site, &x, &answer);
	}
	check_answer(&answer);
	return 0;
}
