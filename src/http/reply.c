#include "http/reply.h"

#include "codec/json.h"
#include "http/route.h"

void yf_reply_text(struct yf_reply *reply, int status, const char *type,
		   yf_str text)
{
	reply->status = status;
	reply->content_type = yf_str_of(type);
	reply->body = text;
}

void yf_reply_json(struct yf_reply *reply, int status, yf_str json)
{
	yf_reply_text(reply, status, "application/json", json);
}

static bool is_header_text(yf_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.ptr[i];
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

yf_err yf_reply_header(const struct yf_exchange *x, struct yf_reply *reply,
		       const char *name, yf_str value)
{
	yf_str copy;

	if (!is_header_text(value))
		return YF_FAIL(SYNTAX);
	if (reply->header_count == YF_REPLY_HEADERS_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_str_copy(x->arena, value, &copy));
	reply->headers[reply->header_count++] =
		(struct yf_header){ yf_str_of(name), copy };
	return YF_OK;
}

yf_err yf_reply_redirect(const struct yf_exchange *x, struct yf_reply *reply,
			 int status, yf_str location)
{
	for (size_t i = 0; i < location.len; i++)
		if ((unsigned char)location.ptr[i] <= ' ' ||
		    (unsigned char)location.ptr[i] >= 0x7f)
			return YF_FAIL(SYNTAX);
	YF_TRY(yf_reply_header(x, reply, "Location", location));
	reply->status = status;
	return YF_OK;
}

/* RFC 6265 4.1.1: no CTL, white space, '"', ',', ';' or '\'. */
static bool is_cookie_text(yf_str value)
{
	for (size_t i = 0; i < value.len; i++) {
		const unsigned char c = (unsigned char)value.ptr[i];
		if (c <= ' ' || c >= 0x7f || c == '"' || c == ',' || c == ';' ||
		    c == '\\')
			return false;
	}
	return true;
}

yf_err yf_reply_cookie(const struct yf_exchange *x, struct yf_reply *reply,
		       const struct yf_cookie *cookie)
{
	struct yf_buf buf = yf_buf_new(x->arena, 128);
	yf_str value;

	if (!is_cookie_text(cookie->value) ||
	    !is_cookie_text(yf_str_of(cookie->path)))
		return YF_FAIL(SYNTAX);
	yf_buf_format(&buf, "%s=%.*s; Path=%s; HttpOnly; SameSite=%s",
		      cookie->name, YF_ARG(cookie->value), cookie->path,
		      cookie->lax ? "Lax" : "Strict");
	if (x->https)
		yf_buf_format(&buf, "; Secure");
	if (cookie->max_age_s >= 0)
		yf_buf_format(&buf, "; Max-Age=%lld",
			      (long long)cookie->max_age_s);
	YF_TRY(yf_buf_str(&buf, &value));
	return yf_reply_header(x, reply, "Set-Cookie", value);
}

static const struct {
	yf_code code;
	const char *name;
} oauth_names[] = {
	{ YF_CODE_INVALID_REQUEST, "invalid_request" },
	{ YF_CODE_INVALID_CLIENT, "invalid_client" },
	{ YF_CODE_INVALID_GRANT, "invalid_grant" },
	{ YF_CODE_INVALID_SCOPE, "invalid_scope" },
	{ YF_CODE_INVALID_DETAILS, "invalid_authorization_details" },
	{ YF_CODE_USE_ATTESTATION_CHALLENGE, "use_attestation_challenge" },
	{ YF_CODE_INVALID_ATTESTATION, "invalid_client_attestation" },
	{ YF_CODE_UNSUPPORTED_GRANT_TYPE, "unsupported_grant_type" },
	{ YF_CODE_UNSUPPORTED_RESPONSE_TYPE, "unsupported_response_type" },
	{ YF_CODE_INVALID_TOKEN, "invalid_token" },
	{ YF_CODE_INVALID_DPOP_PROOF, "invalid_dpop_proof" },
	{ YF_CODE_USE_DPOP_NONCE, "use_dpop_nonce" },
	{ YF_CODE_INVALID_PROOF, "invalid_proof" },
	{ YF_CODE_NONCE, "invalid_nonce" },
	{ YF_CODE_INVALID_CREDENTIAL_REQUEST, "invalid_credential_request" },
	{ YF_CODE_UNKNOWN_CONFIGURATION, "unknown_credential_configuration" },
	{ YF_CODE_UNKNOWN_IDENTIFIER, "unknown_credential_identifier" },
	{ YF_CODE_INVALID_ENCRYPTION, "invalid_encryption_parameters" },
	{ YF_CODE_REQUEST_DENIED, "credential_request_denied" },
	{ YF_CODE_NO_DATA, "credential_request_denied" },
	{ YF_CODE_OVER, "credential_request_denied" },
	{ YF_CODE_INVALID_NOTIFICATION_ID, "invalid_notification_id" },
	{ YF_CODE_INVALID_NOTIFICATION, "invalid_notification_request" },
	{ YF_CODE_INVALID_TRANSACTION_ID, "invalid_transaction_id" },
};

static const char *name_in_specification(yf_code code)
{
	for (size_t i = 0; i < YF_COUNT(oauth_names); i++)
		if (oauth_names[i].code == code)
			return oauth_names[i].name;
	return NULL;
}

const char *yf_oauth_name(yf_err err)
{
	const char *name = name_in_specification(err.code);

	if (name)
		return name;
	switch (yf_err_kind(err)) {
	case YF_KIND_DENIED:
		return "access_denied";
	case YF_KIND_UNAVAILABLE:
		return "temporarily_unavailable";
	case YF_KIND_INTERNAL:
		return "server_error";
	case YF_KIND_NONE:
	case YF_KIND_INPUT:
	case YF_KIND_NOT_FOUND:
	case YF_KIND_CONFLICT:
	case YF_KIND_LIMIT:
		break;
	}
	return "invalid_request";
}

static bool is_about_token(yf_code code)
{
	return code == YF_CODE_INVALID_TOKEN ||
	       code == YF_CODE_INVALID_DPOP_PROOF ||
	       code == YF_CODE_USE_DPOP_NONCE;
}

static int status_of_kind(yf_kind kind)
{
	switch (kind) {
	case YF_KIND_DENIED:
		return 403;
	case YF_KIND_NOT_FOUND:
		return 404;
	case YF_KIND_CONFLICT:
		return 409;
	case YF_KIND_UNAVAILABLE:
		return 503;
	case YF_KIND_NONE:
	case YF_KIND_INTERNAL:
		return 500;
	case YF_KIND_INPUT:
	case YF_KIND_LIMIT:
		break;
	}
	return 400;
}

int yf_status_of(yf_err err, unsigned flags)
{
	const yf_kind kind = yf_err_kind(err);

	if (err.code == YF_CODE_METHOD)
		return 405;
	if (err.code == YF_CODE_MEDIA_TYPE)
		return 415;
	if (err.code == YF_CODE_TOO_LARGE)
		return 413;
	if (err.code == YF_CODE_TOO_MANY)
		return 429;
	if (err.code == YF_CODE_INVALID_CLIENT)
		return 401;
	if (err.code == YF_CODE_INVALID_TOKEN ||
	    (is_about_token(err.code) && (flags & YF_ROUTE_RESOURCE)))
		return 401;
	/* RFC 6749 5.2: everything a client did wrong is 400. */
	if ((flags & (YF_ROUTE_OAUTH | YF_ROUTE_RESOURCE)) &&
	    (name_in_specification(err.code) || kind == YF_KIND_DENIED))
		return 400;
	return status_of_kind(kind);
}

/* "urn:yufu:problem:too_large" of TOO_LARGE. */
static yf_str problem_type(struct yf_arena *arena, yf_err err)
{
	yf_str type;

	if (yf_failed(yf_str_format(arena, &type, "urn:yufu:problem:%s",
				    yf_err_name(err))) ||
	    yf_failed(yf_str_lower(arena, type, &type)))
		return YF_STR("about:blank");
	return type;
}

static yf_err encode_problem(struct yf_arena *arena, yf_err err, int status,
			     yf_str detail, yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 512);
	yf_str next = yf_str_of(yf_err_advice(err));

	if (detail.len && yf_str_is_utf8(detail))
		YF_TRY(yf_str_format(arena, &next, "%.*s; %s", YF_ARG(detail),
				     yf_err_advice(err)));
	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "type", problem_type(arena, err));
	yf_json_out_text(&json, "title", yf_err_text(err));
	yf_json_out_int(&json, "status", status);
	yf_json_out_str(&json, "detail", next);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

/*
 * RFC 6749 5.2: "Values for the "error_description" parameter MUST NOT
 * include characters outside the set %x20-21 / %x23-5B / %x5D-7E."
 */
static void put_description(struct yf_buf *buf, yf_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		const bool allowed =
			c >= 0x20 && c <= 0x7e && c != '"' && c != '\\';
		if (allowed)
			yf_buf_char(buf, c);
		else
			yf_buf_char(buf, ' ');
	}
}

static yf_err encode_oauth(struct yf_arena *arena, yf_err err, yf_str detail,
			   yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 512);
	struct yf_buf buf = yf_buf_new(arena, 256);
	yf_str description;

	put_description(&buf, yf_str_of(yf_err_text(err)));
	if (detail.len) {
		put_description(&buf, YF_STR(": "));
		put_description(&buf, detail);
	}
	put_description(&buf, YF_STR("; "));
	put_description(&buf, yf_str_of(yf_err_advice(err)));
	YF_TRY(yf_buf_str(&buf, &description));
	yf_json_out_object(&json, NULL);
	yf_json_out_text(&json, "error", yf_oauth_name(err));
	yf_json_out_str(&json, "error_description", description);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

static void put_header(struct yf_reply *reply, const char *name, yf_str value)
{
	if (reply->header_count < YF_REPLY_HEADERS_MAX)
		reply->headers[reply->header_count++] =
			(struct yf_header){ yf_str_of(name), value };
}

/* RFC 9110 11.6.1: a 401 has a challenge. */
static void put_challenge(struct yf_arena *arena, struct yf_reply *reply,
			  yf_err err, unsigned flags)
{
	yf_str value;

	if (!(flags & YF_ROUTE_RESOURCE))
		value = YF_STR("Bearer");
	else if (yf_failed(yf_str_format(arena, &value,
					 "DPoP error=\"%s\", algs=\"ES256\"",
					 yf_oauth_name(err))))
		value = YF_STR("DPoP algs=\"ES256\"");
	put_header(reply, "WWW-Authenticate", value);
}

void yf_reply_error(struct yf_arena *arena, struct yf_reply *reply, yf_err err,
		    unsigned flags)
{
	const bool oauth = (flags & (YF_ROUTE_OAUTH | YF_ROUTE_RESOURCE)) != 0;
	const int status = yf_status_of(err, flags);

	reply->status = status;
	reply->cache_control = (yf_str){ NULL, 0 };
	reply->csp = NULL;
	reply->file = NULL;
	if (status == 401)
		put_challenge(arena, reply, err, flags);
	if (status == 503)
		put_header(reply, "Retry-After", YF_STR("2"));
	if (status == 429)
		put_header(reply, "Retry-After", YF_STR("60"));
	if (oauth) {
		reply->content_type = YF_STR("application/json");
		if (yf_failed(encode_oauth(arena, err, reply->detail,
					   &reply->body)))
			reply->body = YF_STR("{\"error\":\"server_error\"}");
		return;
	}
	reply->content_type = YF_STR("application/problem+json");
	if (yf_failed(encode_problem(arena, err, status, reply->detail,
				     &reply->body)))
		reply->body = YF_STR("{\"type\":\"urn:yufu:problem:memory\"}");
}
