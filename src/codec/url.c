#include "codec/url.h"

#include "codec/hex.h"

static bool is_clean(yf_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7f)
			return false;
	return true;
}

static yf_err parse_authority(yf_str authority, struct yf_url *out)
{
	size_t colon = authority.len;

	/* RFC 9110 4.2.4: user information in an http URI is an attack. */
	if (yf_str_count(authority, '@'))
		return YF_FAIL(SYNTAX);
	for (size_t i = authority.len; i > 0; i--) {
		if (authority.ptr[i - 1] == ']')
			break;
		if (authority.ptr[i - 1] == ':') {
			colon = i - 1;
			break;
		}
	}
	out->host = (yf_str){ authority.ptr, colon };
	out->port = (yf_str){ NULL, 0 };
	if (colon < authority.len) {
		int64_t port = 0;
		out->port = yf_str_skip(authority, colon + 1);
		if (!yf_str_to_int(out->port, &port) || port < 1 ||
		    port > 65535)
			return YF_FAIL(SYNTAX);
	}
	return out->host.len ? YF_OK : YF_FAIL(SYNTAX);
}

yf_err yf_url_parse(yf_str text, struct yf_url *out)
{
	struct yf_url url = { 0 };
	yf_str rest = text;

	if (!is_clean(text) || yf_str_count(text, '#') ||
	    !yf_str_cut(&rest, ':', &url.scheme))
		return YF_FAIL(SYNTAX);
	if (!yf_str_is(url.scheme, "https") && !yf_str_is(url.scheme, "http"))
		return YF_FAIL(UNSUPPORTED);
	if (!yf_str_starts(rest, YF_STR("//")))
		return YF_FAIL(SYNTAX);
	rest = yf_str_skip(rest, 2);

	yf_str before = rest;
	if (yf_str_cut(&rest, '?', &before))
		url.query = rest;
	yf_str authority = before;
	const char *slash =
		before.len ? memchr(before.ptr, '/', before.len) : NULL;
	if (slash) {
		authority.len = (size_t)(slash - before.ptr);
		url.path = yf_str_skip(before, authority.len);
	}
	YF_TRY(parse_authority(authority, &url));
	*out = url;
	return YF_OK;
}

yf_err yf_url_origin(struct yf_arena *arena, const struct yf_url *url,
		     yf_str *out)
{
	return yf_str_format(arena, out, "%.*s://%.*s%s%.*s",
			     YF_ARG(url->scheme), YF_ARG(url->host),
			     url->port.len ? ":" : "", YF_ARG(url->port));
}

bool yf_url_is_loopback(const struct yf_url *url)
{
	yf_str rest = url->host;
	yf_str first;
	int64_t octet;

	if (yf_str_is(url->host, "localhost") || yf_str_is(url->host, "[::1]"))
		return true;
	if (yf_str_count(rest, '.') != 3 || !yf_str_cut(&rest, '.', &first) ||
	    !yf_str_is(first, "127"))
		return false;
	while (yf_str_next(&rest, '.', &first))
		if (!yf_str_to_int(first, &octet) || octet < 0 || octet > 255)
			return false;
	return true;
}

static bool is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

void yf_url_escape(struct yf_buf *buf, yf_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_unreserved(text.ptr[i]))
			yf_buf_char(buf, text.ptr[i]);
		else
			yf_buf_format(buf, "%%%02X",
				      (unsigned)(unsigned char)text.ptr[i]);
	}
}

yf_err yf_url_unescape(struct yf_arena *arena, yf_str text, bool form,
		       yf_str *out)
{
	char *plain = YF_NEW(arena, char, text.len + 1);
	size_t len = 0;

	if (!plain)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c == '%') {
			if (text.len - i < 3)
				return YF_FAIL(SYNTAX);
			const int high = yf_hex_digit(text.ptr[i + 1]);
			const int low = yf_hex_digit(text.ptr[i + 2]);
			if (high < 0 || low < 0)
				return YF_FAIL(SYNTAX);
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && form) {
			c = ' ';
		}
		plain[len++] = c;
	}
	*out = (yf_str){ plain, len };
	return YF_OK;
}

yf_err yf_form_parse(struct yf_arena *arena, yf_str text, struct yf_form *out)
{
	*out = (struct yf_form){ 0 };
	if (!text.len)
		return YF_OK;

	const size_t count = yf_str_count(text, '&') + 1;
	if (count > YF_FORM_PAIRS_MAX)
		return YF_FAIL(TOO_LARGE);
	struct yf_form_pair *pairs = YF_NEW(arena, struct yf_form_pair, count);
	if (!pairs)
		return YF_FAIL(MEMORY);

	yf_str piece;
	size_t filled = 0;
	while (yf_str_next(&text, '&', &piece)) {
		yf_str name = piece;
		yf_str value = { piece.ptr + piece.len, 0 };
		if (yf_str_cut(&piece, '=', &name))
			value = piece;
		if (!name.len)
			continue;
		YF_TRY(yf_url_unescape(arena, name, true, &pairs[filled].name));
		YF_TRY(yf_url_unescape(arena, value, true,
				       &pairs[filled].value));
		filled++;
	}
	out->pairs = pairs;
	out->count = filled;
	return YF_OK;
}

yf_err yf_form_get(const struct yf_form *form, const char *name, yf_str *out)
{
	bool found = false;

	*out = (yf_str){ NULL, 0 };
	for (size_t i = 0; i < form->count; i++) {
		if (!yf_str_is(form->pairs[i].name, name))
			continue;
		if (found)
			return YF_FAIL(DUPLICATE);
		found = true;
		*out = form->pairs[i].value;
	}
	return YF_OK;
}

void yf_form_put(struct yf_buf *buf, const char *name, yf_str value)
{
	if (buf->len)
		yf_buf_char(buf, '&');
	yf_url_escape(buf, yf_str_of(name));
	yf_buf_char(buf, '=');
	yf_url_escape(buf, value);
}
