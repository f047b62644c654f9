#include "holder/wire.h"

#include <assert.h>

#include "codec/url.h"

/* Names that are not a name of err.def in lower case. */
static const struct {
	const char *error;
	yf_code code;
} names[] = {
	{ "invalid_nonce", YF_CODE_NONCE },
	{ "access_denied", YF_CODE_DENIED },
	{ "unknown_credential_configuration", YF_CODE_UNKNOWN_CONFIGURATION },
	{ "unknown_credential_identifier", YF_CODE_UNKNOWN_IDENTIFIER },
	{ "invalid_encryption_parameters", YF_CODE_INVALID_ENCRYPTION },
	{ "credential_request_denied", YF_CODE_REQUEST_DENIED },
	{ "temporarily_unavailable", YF_CODE_BUSY },
	{ "server_error", YF_CODE_UNREACHABLE },
};

static yf_err fetch_send(void *self, struct yf_arena *arena,
			 const struct yf_fetch_ask *ask, struct yf_fetched *out)
{
	return yf_fetch(self, arena, ask, out);
}

struct yf_wire yf_wire_of_fetch(struct yf_fetch *fetch)
{
	return (struct yf_wire){ fetch_send, fetch };
}

yf_err yf_wire_send(const struct yf_wire *wire, struct yf_arena *arena,
		    const struct yf_fetch_ask *ask, struct yf_fetched *out)
{
	struct yf_url url;

	assert(wire && wire->send);
	YF_TRY(yf_url_parse(ask->url, &url));
	if (!yf_str_eq_nocase(url.scheme, YF_STR("https")) &&
	    !yf_url_is_loopback(&url))
		return YF_FAIL(UNSUPPORTED);
	return wire->send(wire->self, arena, ask, out);
}

bool yf_wire_is_type(const struct yf_fetched *reply, const char *want)
{
	yf_str rest = reply->content_type;
	yf_str type = rest;

	(void)yf_str_cut(&rest, ';', &type);
	return yf_str_eq_nocase(yf_str_trim(type), yf_str_of(want));
}

yf_err yf_wire_get_json(const struct yf_wire *wire, struct yf_arena *arena,
			yf_str url, const struct yf_json **out)
{
	const struct yf_fetch_header accept = { YF_STR("Accept"),
						YF_STR("application/json") };
	const struct yf_fetch_ask ask = {
		.url = url,
		.headers = &accept,
		.header_count = 1,
	};
	struct yf_fetched reply;
	const struct yf_json *tree;

	YF_TRY(yf_wire_send(wire, arena, &ask, &reply));
	if (reply.status != 200)
		return yf_wire_refusal(arena, &reply);
	if (!yf_wire_is_type(&reply, "application/json"))
		return YF_FAIL(MEDIA_TYPE);
	YF_TRY(yf_json_parse(arena, reply.body, &tree));
	if (tree->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	*out = tree;
	return YF_OK;
}

yf_code yf_wire_code(yf_str error)
{
	for (size_t i = 0; i < YF_COUNT(names); i++)
		if (yf_str_is(error, names[i].error))
			return names[i].code;
	for (int code = 1; code < YF_CODE_COUNT; code++) {
		const yf_err err = { (yf_code)code, NULL };
		if (yf_str_eq_nocase(error, yf_str_of(yf_err_name(err))))
			return (yf_code)code;
	}
	return YF_CODE_BUG;
}

/* RFC 6750 section 3: error="..." among the parameters of a challenge. */
static yf_str challenge_error(yf_str challenge)
{
	const yf_str mark = YF_STR("error=\"");

	for (size_t at = 0; at + mark.len < challenge.len; at++) {
		yf_str rest = yf_str_skip(challenge, at);
		yf_str error;
		if (!yf_str_starts(rest, mark))
			continue;
		rest = yf_str_skip(rest, mark.len);
		if (yf_str_cut(&rest, '"', &error))
			return error;
	}
	return (yf_str){ 0 };
}

static yf_str named_error(struct yf_arena *arena,
			  const struct yf_fetched *reply)
{
	const yf_str problem = YF_STR("urn:yufu:problem:");
	const struct yf_json *body;

	if (!yf_failed(yf_json_parse(arena, reply->body, &body))) {
		yf_str error = yf_json_text(body, "error");
		yf_str type = yf_json_text(body, "type");
		if (error.len)
			return error;
		if (yf_str_starts(type, problem))
			return yf_str_skip(type, problem.len);
	}
	return challenge_error(yf_fetched_header(reply, "WWW-Authenticate"));
}

static yf_err of_status(int status)
{
	if (status == 404)
		return YF_FAIL(NOT_FOUND);
	if (status == 429 || status == 503)
		return YF_FAIL(BUSY);
	if (status >= 500)
		return YF_FAIL(UNREACHABLE);
	return YF_FAIL(DENIED);
}

yf_err yf_wire_refusal(struct yf_arena *arena, const struct yf_fetched *reply)
{
	yf_err err = YF_FAIL(DENIED);
	const yf_code code = yf_wire_code(named_error(arena, reply));

	if (code == YF_CODE_BUG)
		return of_status(reply->status);
	err.code = code;
	return err;
}
