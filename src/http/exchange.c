#include "http/exchange.h"

static const struct {
	yf_method method;
	const char *name;
} methods[] = {
	{ YF_GET, "GET" },   { YF_POST, "POST" },     { YF_PUT, "PUT" },
	{ YF_HEAD, "HEAD" }, { YF_DELETE, "DELETE" }, { YF_OPTIONS, "OPTIONS" },
};

yf_method yf_method_of(yf_str name)
{
	for (size_t i = 0; i < YF_COUNT(methods); i++)
		if (yf_str_is(name, methods[i].name))
			return methods[i].method;
	return YF_METHOD_OTHER;
}

const char *yf_method_name(yf_method method)
{
	for (size_t i = 0; i < YF_COUNT(methods); i++)
		if (methods[i].method == method)
			return methods[i].name;
	return "other";
}

static size_t count_of(const struct yf_exchange *x, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < x->header_count; i++)
		count += yf_str_eq_nocase(x->headers[i].name, yf_str_of(name));
	return count;
}

yf_str yf_exchange_header(const struct yf_exchange *x, const char *name)
{
	for (size_t i = 0; i < x->header_count; i++)
		if (yf_str_eq_nocase(x->headers[i].name, yf_str_of(name)))
			return x->headers[i].value;
	return (yf_str){ NULL, 0 };
}

yf_err yf_exchange_header_once(const struct yf_exchange *x, const char *name,
			       yf_str *out)
{
	if (count_of(x, name) > 1)
		return YF_FAIL(DUPLICATE);
	*out = yf_exchange_header(x, name);
	return YF_OK;
}

yf_str yf_exchange_param(const struct yf_exchange *x, const char *name)
{
	for (size_t i = 0; i < x->param_count; i++)
		if (yf_str_is(x->params[i].name, name))
			return x->params[i].value;
	return YF_STR("");
}

/* RFC 6265 4.1.1: cookie-value may stand in double quotes. */
static yf_str unquote(yf_str value)
{
	if (value.len >= 2 && value.ptr[0] == '"' &&
	    value.ptr[value.len - 1] == '"')
		return (yf_str){ value.ptr + 1, value.len - 2 };
	return value;
}

yf_str yf_exchange_cookie(const struct yf_exchange *x, const char *name)
{
	const yf_str none = { NULL, 0 };
	yf_str found = none;
	size_t count = 0;

	for (size_t i = 0; i < x->header_count; i++) {
		yf_str rest = x->headers[i].value;
		yf_str piece, key;
		if (!yf_str_eq_nocase(x->headers[i].name, YF_STR("Cookie")))
			continue;
		while (yf_str_next(&rest, ';', &piece)) {
			if (++count > YF_COOKIES_MAX)
				return none;
			if (!yf_str_cut(&piece, '=', &key) ||
			    !yf_str_is(yf_str_trim(key), name))
				continue;
			const yf_str value = unquote(yf_str_trim(piece));
			if (found.ptr && !yf_str_eq(found, value))
				return none;
			found = value;
		}
	}
	return found;
}

yf_err yf_exchange_form(const struct yf_exchange *x, struct yf_form *out)
{
	if (!yf_str_is(x->content_type, "application/x-www-form-urlencoded"))
		return YF_FAIL(MEDIA_TYPE);
	return yf_form_parse(x->arena, x->body, out);
}

/*
 * RFC 9112 3.2.2: "a server MUST accept the absolute-form in requests".
 * Only its path and query count here.
 */
static yf_str strip_origin(yf_str target)
{
	size_t at;

	if (yf_str_starts(target, YF_STR("http://")))
		at = 7;
	else if (yf_str_starts(target, YF_STR("https://")))
		at = 8;
	else
		return target;
	while (at < target.len && target.ptr[at] != '/' &&
	       target.ptr[at] != '?')
		at++;
	return yf_str_skip(target, at);
}

static yf_err split_target(struct yf_exchange *x)
{
	yf_str rest = strip_origin(x->target);

	for (size_t i = 0; i < rest.len; i++)
		if ((unsigned char)rest.ptr[i] <= ' ' || rest.ptr[i] == 0x7f ||
		    rest.ptr[i] == '#')
			return YF_FAIL(SYNTAX);
	if (!yf_str_cut(&rest, '?', &x->path)) {
		x->path = rest;
		rest = YF_STR("");
	}
	/* "http://host" has no path, and "*" is no path of ours. */
	if (!x->path.len)
		x->path = YF_STR("/");
	if (x->path.ptr[0] != '/' && !yf_str_is(x->path, "*"))
		return YF_FAIL(SYNTAX);
	if (x->path.len > YF_PATH_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	return yf_form_parse(x->arena, rest, &x->query);
}

/* No control character, white space or colon: what a name must not hold. */
static bool is_token(yf_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.ptr[i] <= ' ' || name.ptr[i] == 0x7f ||
		    name.ptr[i] == ':')
			return false;
	return name.len > 0;
}

/*
 * RFC 9112 6.3: a message with both Transfer-Encoding and Content-Length, or
 * with two lengths, "ought to be handled as an error": a proxy before us may
 * see another end of the request than we do.
 */
static yf_err check_framing(const struct yf_exchange *x)
{
	const size_t codings = count_of(x, "Transfer-Encoding");
	const size_t lengths = count_of(x, "Content-Length");

	/* RFC 9112 5.1: "A server MUST reject [...] any received request
	 * message that contains whitespace between a header field name and
	 * colon". */
	for (size_t i = 0; i < x->header_count; i++)
		if (!is_token(x->headers[i].name))
			return YF_FAIL(SYNTAX);
	if (count_of(x, "Host") > 1 || codings + lengths > 1)
		return YF_FAIL(SYNTAX);
	if (codings &&
	    !yf_str_eq_nocase(yf_exchange_header(x, "Transfer-Encoding"),
			      YF_STR("chunked")))
		return YF_FAIL(SYNTAX);
	const yf_str length = yf_exchange_header(x, "Content-Length");
	for (size_t i = 0; i < length.len; i++)
		if (length.ptr[i] < '0' || length.ptr[i] > '9')
			return YF_FAIL(SYNTAX);
	return YF_OK;
}

static yf_err media_type(struct yf_exchange *x)
{
	yf_str value, type;

	YF_TRY(yf_exchange_header_once(x, "Content-Type", &value));
	if (!yf_str_cut(&value, ';', &type))
		type = value;
	return yf_str_lower(x->arena, yf_str_trim(type), &x->content_type);
}

/* RFC 9110 11.4: credentials = auth-scheme 1*SP token68; any case. */
static yf_err authorization(struct yf_exchange *x)
{
	yf_str value, scheme;

	YF_TRY(yf_exchange_header_once(x, "Authorization", &value));
	if (!yf_str_cut(&value, ' ', &scheme))
		return YF_OK;
	if (yf_str_eq_nocase(scheme, YF_STR("Bearer")))
		x->bearer = yf_str_trim(value);
	else if (yf_str_eq_nocase(scheme, YF_STR("DPoP")))
		x->dpop_token = yf_str_trim(value);
	return YF_OK;
}

yf_err yf_exchange_prepare(struct yf_exchange *x)
{
	YF_TRY(split_target(x));
	YF_TRY(check_framing(x));
	YF_TRY(media_type(x));
	return authorization(x);
}
