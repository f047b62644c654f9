#include "check/request_how.h"

#include "codec/url.h"

static yf_err prefix_of(yf_str name, yf_client_prefix *out)
{
	if (!name.len || yf_str_is(name, "x509_hash"))
		*out = YF_PREFIX_X509_HASH;
	else if (yf_str_is(name, "x509_san_dns"))
		*out = YF_PREFIX_X509_SAN_DNS;
	else
		return YF_FAIL(UNSUPPORTED);
	return YF_OK;
}

static yf_err mode_of(yf_str name, bool *plain)
{
	*plain = yf_str_is(name, "direct_post");
	return !name.len || *plain || yf_str_is(name, "direct_post.jwt")
		       ? YF_OK
		       : YF_FAIL(UNSUPPORTED);
}

static yf_err method_of(yf_str name, bool *post)
{
	*post = yf_str_is(name, "post");
	return !name.len || *post || yf_str_is(name, "get")
		       ? YF_OK
		       : YF_FAIL(UNSUPPORTED);
}

static yf_err check_ways(const struct yf_request_how_ask *ask)
{
	if ((ask->same_device && !ask->return_uri.len) ||
	    (ask->dc_api && !ask->origin.len))
		return YF_FAIL(MISSING);
	if ((!ask->same_device && ask->return_uri.len) ||
	    (!ask->dc_api && ask->origin.len) ||
	    (ask->same_device && ask->dc_api))
		return YF_FAIL(SYNTAX);
	return YF_OK;
}

yf_err yf_request_how_of(const struct yf_env *env, struct yf_arena *arena,
			 const struct yf_party *party,
			 const struct yf_request_how_ask *ask,
			 struct yf_request_how *out)
{
	struct yf_request_how how = { .return_uri = ask->return_uri,
				      .origin = ask->origin };
	yf_str client_id = { 0 };

	YF_TRY(prefix_of(ask->client_id_prefix, &how.prefix));
	YF_TRY(mode_of(ask->response_mode, &how.plain));
	YF_TRY(method_of(ask->request_uri_method, &how.post));
	YF_TRY(check_ways(ask));
	if (ask->same_device &&
	    !yf_party_returns_to(env, party, ask->return_uri))
		return YF_FAIL(DENIED);
	if (ask->dc_api && !yf_party_has_origin(env, arena, party, ask->origin))
		return YF_FAIL(DENIED);
	YF_TRY(yf_request_client_id(env, arena, party, &how, &client_id));
	*out = how;
	return YF_OK;
}

yf_err yf_request_client_id(const struct yf_env *env, struct yf_arena *arena,
			    const struct yf_party *party,
			    const struct yf_request_how *how, yf_str *out)
{
	struct yf_url url = { 0 };

	if (how->prefix == YF_PREFIX_X509_HASH) {
		*out = party->client_id;
		return YF_OK;
	}
	/* 5.9.3: the FQDN of response_uri "MUST match the Client Identifier" */
	YF_TRY(yf_url_parse(env->settings.url, &url));
	return yf_client_id_of_dns(arena, party->certificate, url.host, out);
}

/* --- the column --- */

yf_err yf_request_how_encode(struct yf_arena *arena,
			     const struct yf_request_how *how, yf_str *json)
{
	struct yf_json_out out = yf_json_out_new(arena, 256);

	yf_json_out_object(&out, NULL);
	if (how->prefix == YF_PREFIX_X509_SAN_DNS)
		yf_json_out_text(&out, "client_id_prefix", "x509_san_dns");
	if (how->plain)
		yf_json_out_text(&out, "response_mode", "direct_post");
	if (how->post)
		yf_json_out_text(&out, "request_uri_method", "post");
	if (how->return_uri.len)
		yf_json_out_str(&out, "return_uri", how->return_uri);
	if (how->origin.len)
		yf_json_out_str(&out, "origin", how->origin);
	if (how->transaction_data)
		yf_json_out_tree(&out, "transaction_data",
				 how->transaction_data);
	yf_json_out_close(&out);
	return yf_json_out_end(&out, json);
}

yf_err yf_request_how_parse(struct yf_arena *arena, yf_str json,
			    struct yf_request_how *out)
{
	struct yf_request_how how = { .plain = false };
	yf_str prefix = { 0 };
	yf_str mode = { 0 };
	yf_str method = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR_OPT("client_id_prefix", &prefix),
		YF_JSON_STR_OPT("response_mode", &mode),
		YF_JSON_STR_OPT("request_uri_method", &method),
		YF_JSON_STR_OPT("return_uri", &how.return_uri),
		YF_JSON_STR_OPT("origin", &how.origin),
		YF_JSON_ANY_OPT("transaction_data", &how.transaction_data),
		YF_JSON_END,
	};

	YF_TRY(yf_json_decode(arena, json, fields));
	YF_TRY(prefix_of(prefix, &how.prefix));
	YF_TRY(mode_of(mode, &how.plain));
	YF_TRY(method_of(method, &how.post));
	*out = how;
	return YF_OK;
}
