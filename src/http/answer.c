#include "http/answer.h"

#include "base/log.h"
#include "http/events.h"
#include "http/reply.h"

static void put(struct yf_answer *answer, const char *name, yf_str value)
{
	if (answer->extra_count < YF_ANSWER_EXTRA_MAX)
		answer->extra[answer->extra_count++] =
			(struct yf_header){ yf_str_of(name), value };
}

static void put_cors(struct yf_answer *answer)
{
	put(answer, "Access-Control-Allow-Origin", YF_STR("*"));
	put(answer, "Access-Control-Expose-Headers",
	    YF_STR("DPoP-Nonce, WWW-Authenticate, Location, Retry-After, "
		   "ETag"));
}

/* On everything, whoever made it. */
static void put_common(const struct yf_exchange *x, struct yf_answer *answer)
{
	const struct yf_reply *reply = &answer->reply;
	const bool cors = (answer->match.flags & YF_ROUTE_CORS) != 0;

	put(answer, "X-Content-Type-Options", YF_STR("nosniff"));
	put(answer, "Referrer-Policy", YF_STR("no-referrer"));
	put(answer, "Permissions-Policy",
	    YF_STR("camera=(self), microphone=(), geolocation=()"));
	put(answer, "Content-Security-Policy",
	    reply->csp ? yf_str_of(reply->csp)
		       : YF_STR("default-src 'none'; frame-ancestors 'none'"));
	put(answer, "Cross-Origin-Resource-Policy",
	    cors ? YF_STR("cross-origin") : YF_STR("same-origin"));
	put(answer, "Cache-Control",
	    reply->cache_control.len ? reply->cache_control
				     : YF_STR("no-store"));
	if (x->https)
		put(answer, "Strict-Transport-Security",
		    YF_STR("max-age=31536000"));
	if (cors)
		put_cors(answer);
}

static bool takes_gzip(const struct yf_exchange *x)
{
	yf_str rest = yf_exchange_header(x, "Accept-Encoding");
	yf_str piece, name;

	while (yf_str_next(&rest, ',', &piece)) {
		if (!yf_str_cut(&piece, ';', &name)) {
			name = piece;
			piece = YF_STR("");
		}
		if (yf_str_eq_nocase(yf_str_trim(name), YF_STR("gzip")))
			return !yf_str_is(yf_str_trim(piece), "q=0");
	}
	return false;
}

/* RFC 9110 13.1.2: compared weakly. */
static bool has_it(const struct yf_exchange *x, const char *etag)
{
	yf_str rest = yf_exchange_header(x, "If-None-Match");
	yf_str piece;

	while (yf_str_next(&rest, ',', &piece)) {
		piece = yf_str_trim(piece);
		if (yf_str_is(piece, etag) || yf_str_is(piece, "*") ||
		    yf_str_is(piece, etag + 2))
			return true;
	}
	return false;
}

static void put_file(const struct yf_exchange *x, struct yf_answer *answer,
		     const struct yf_file *file)
{
	put(answer, "ETag", yf_str_of(file->etag));
	if (file->gzip.ptr)
		put(answer, "Vary", YF_STR("Accept-Encoding"));
	answer->reply.content_type = yf_str_of(file->content_type);
	answer->reply.cache_control = yf_str_of(file->cache_control);
	if (has_it(x, file->etag)) {
		answer->reply.status = 304;
		answer->body = (yf_bytes){ NULL, 0 };
	} else if (file->gzip.ptr && takes_gzip(x)) {
		put(answer, "Content-Encoding", YF_STR("gzip"));
		answer->body = file->gzip;
	} else {
		answer->body = file->body;
	}
}

static void finish(const struct yf_exchange *x, struct yf_answer *answer)
{
	struct yf_reply *reply = &answer->reply;

	if (!reply->status)
		reply->status = 200;
	answer->body = yf_bytes_of(reply->body);
	if (reply->stream)
		reply->content_type = YF_STR("text/event-stream");
	else if (reply->file)
		put_file(x, answer, reply->file);
	put_common(x, answer);
	answer->decided = true;
}

void yf_answer_error(struct yf_exchange *x, struct yf_answer *answer,
		     yf_err err)
{
	yf_stream_free(YF_MOVE(answer->reply.stream));
	answer->extra_count = 0;
	yf_reply_error(x->arena, &answer->reply, err, answer->match.flags);
	finish(x, answer);
}

static void answer_options(const struct yf_exchange *x,
			   struct yf_answer *answer, yf_str allow)
{
	answer->reply.status = 204;
	put(answer, "Allow", allow);
	if (answer->match.flags & YF_ROUTE_CORS) {
		put(answer, "Access-Control-Allow-Methods", allow);
		put(answer, "Access-Control-Allow-Headers",
		    YF_STR("Authorization, Content-Type, DPoP, Accept, "
			   "Accept-Language"));
		put(answer, "Access-Control-Max-Age", YF_STR("86400"));
	}
	finish(x, answer);
}

static void refuse_method(struct yf_exchange *x, struct yf_answer *answer,
			  unsigned allowed)
{
	yf_str allow;

	if (yf_failed(yf_route_allow(x->arena, allowed, &allow))) {
		yf_answer_error(x, answer, YF_FAIL(MEMORY));
		return;
	}
	if (x->method == YF_OPTIONS) {
		answer_options(x, answer, allow);
		return;
	}
	yf_answer_error(x, answer, YF_FAIL(METHOD));
	put(answer, "Allow", allow);
}

/* "/wallet" to "/wallet/", so that the page's relative links hold. */
static yf_err redirect_to_folder(yf_str mount, struct yf_exchange *x,
				 struct yf_answer *answer)
{
	yf_str location;

	YF_TRY(yf_str_format(x->arena, &location, "%.*s%.*s/", YF_ARG(mount),
			     YF_ARG(x->path)));
	YF_TRY(yf_reply_redirect(x, &answer->reply, 308, location));
	finish(x, answer);
	return YF_OK;
}

/* A route keeps its address to itself, however that is escaped. */
static yf_err check_unrouted(const struct yf_site *site, struct yf_exchange *x,
			     yf_str path)
{
	struct yf_route_match match;

	YF_TRY(yf_route_find(x->arena, site->tables, site->table_count,
			     x->method, path, &match));
	return match.outcome == YF_ROUTE_UNKNOWN ? YF_OK : YF_FAIL(NOT_FOUND);
}

static yf_err answer_file(const struct yf_site *site, struct yf_exchange *x,
			  struct yf_answer *answer)
{
	yf_str path;

	if (!site->files)
		return YF_FAIL(NOT_FOUND);
	YF_TRY(yf_url_unescape(x->arena, x->path, false, &path));
	YF_TRY(check_unrouted(site, x, path));
	const struct yf_file *file = yf_files_find(site->files, path);
	if (!file && !yf_files_is_folder(site->files, path))
		return YF_FAIL(NOT_FOUND);
	if (x->method != YF_GET && x->method != YF_HEAD) {
		refuse_method(x, answer, YF_GET | YF_HEAD | YF_OPTIONS);
		return YF_OK;
	}
	if (!file)
		return redirect_to_folder(site->mount, x, answer);
	answer->reply.file = file;
	if (file->page)
		answer->reply.csp = yf_files_csp(site->files);
	finish(x, answer);
	return YF_OK;
}

struct yf_body_head yf_body_head_of(const struct yf_exchange *x)
{
	const yf_str length = yf_exchange_header(x, "Content-Length");
	struct yf_body_head head = { 0 };

	if (yf_exchange_header(x, "Transfer-Encoding").ptr) {
		head.present = true;
		head.chunked = true;
		return head;
	}
	for (size_t i = 0; i < length.len; i++)
		if (__builtin_mul_overflow(head.len, 10u, &head.len) ||
		    __builtin_add_overflow(head.len,
					   (unsigned char)(length.ptr[i] - '0'),
					   &head.len))
			head.len = UINT64_MAX / 16;
	head.present = head.len > 0;
	return head;
}

static yf_err check_body(const struct yf_exchange *x,
			 const struct yf_route *route, struct yf_body_head body)
{
	if (!body.present)
		return YF_OK;
	if (!route->body_len_max || body.len > route->body_len_max)
		return YF_FAIL(TOO_LARGE);
	if (route->content_type &&
	    !yf_str_is(x->content_type, route->content_type))
		return YF_FAIL(MEDIA_TYPE);
	return YF_OK;
}

static void take_off(yf_str mount, struct yf_exchange *x)
{
	if (!mount.len || !yf_str_starts(x->path, mount))
		return;
	const yf_str rest = yf_str_skip(x->path, mount.len);
	if (rest.len && rest.ptr[0] == '/')
		x->path = rest;
}

static yf_err begin(const struct yf_site *site, struct yf_exchange *x,
		    struct yf_body_head body, struct yf_answer *answer)
{
	YF_TRY(yf_exchange_prepare(x));
	take_off(site->mount, x);
	answer->readable = true;
	YF_TRY(yf_route_find(x->arena, site->tables, site->table_count,
			     x->method, x->path, &answer->match));
	switch (answer->match.outcome) {
	case YF_ROUTE_UNKNOWN:
		return answer_file(site, x, answer);
	case YF_ROUTE_METHOD:
		refuse_method(x, answer, answer->match.allowed);
		return YF_OK;
	case YF_ROUTE_FOUND:
		break;
	}
	memcpy(x->params, answer->match.params, sizeof(x->params));
	x->param_count = answer->match.param_count;
	return check_body(x, answer->match.route, body);
}

void yf_answer_begin(const struct yf_site *site, struct yf_exchange *x,
		     struct yf_body_head body, struct yf_answer *answer)
{
	const yf_err err = begin(site, x, body, answer);

	if (yf_failed(err))
		yf_answer_error(x, answer, err);
}

void yf_answer_run(const struct yf_site *site, struct yf_exchange *x,
		   struct yf_answer *answer)
{
	const struct yf_route *route = answer->match.route;

	if (x->method == YF_HEAD)
		x->method = YF_GET;
	/* One environment for the whole request: yf_listen_use(). */
	const struct yf_env *env =
		__atomic_load_n(&site->env, __ATOMIC_ACQUIRE);
	const yf_err err = route->handler(env, x, &answer->reply);
	if (!yf_failed(err)) {
		const struct yf_file *file = answer->reply.file;

		/* a page has its policy at whatever address it comes */
		if (file && file->page && !answer->reply.csp)
			answer->reply.csp = yf_files_csp(site->files);
		finish(x, answer);
		return;
	}
	/* The pattern and not the path: paths carry identifiers. */
	if (yf_err_kind(err) == YF_KIND_INTERNAL)
		yf_log_err(YF_LOG_ERROR, err, "%s %s failed",
			   yf_method_name(route->method), route->pattern);
	yf_answer_error(x, answer, err);
}
