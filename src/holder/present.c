#include "holder/present.h"

#include "base/random.h"
#include "codec/base64url.h"
#include "codec/url.h"
#include "holder/link.h"

static const char request_type[] = "application/oauth-authz-req+jwt";
static const char form_type[] = "application/x-www-form-urlencoded";

/* Section 10: what this wallet can do. */
static const char wallet_metadata[] =
	"{\"vp_formats_supported\":{"
	"\"dc+sd-jwt\":{\"sd-jwt_alg_values\":[\"ES256\"],"
	"\"kb-jwt_alg_values\":[\"ES256\"]},"
	"\"mso_mdoc\":{\"issuerauth_alg_values\":[-7,-9],"
	"\"deviceauth_alg_values\":[-7,-9]}},"
	"\"client_id_prefixes_supported\":[\"x509_hash\",\"x509_san_dns\"],"
	"\"request_object_signing_alg_values_supported\":[\"ES256\"],"
	"\"response_types_supported\":[\"vp_token\"],"
	"\"response_modes_supported\":[\"direct_post.jwt\",\"direct_post\"]}";

/* --- reading --- */

static yf_err nonce_new(struct yf_arena *arena, yf_str *out)
{
	uint8_t random[24];

	yf_random_fill(random, sizeof(random));
	return yf_base64url_encode(arena, (yf_bytes){ random, sizeof(random) },
				   out);
}

/* `wallet_nonce` is empty for GET. */
static yf_err fetch_request(struct yf_holder *holder, struct yf_arena *arena,
			    const struct yf_link *link, yf_str wallet_nonce,
			    yf_str *jws)
{
	const struct yf_fetch_header headers[] = {
		{ YF_STR("Accept"), yf_str_of(request_type) },
		{ YF_STR("Content-Type"), yf_str_of(form_type) },
	};
	struct yf_buf form = yf_buf_new(arena, 1024);
	struct yf_fetch_ask ask = {
		.url = link->reference,
		.headers = headers,
		.header_count = link->post ? 2 : 1,
	};
	struct yf_fetched reply;

	if (link->post) {
		yf_form_put(&form, "wallet_metadata",
			    yf_str_of(wallet_metadata));
		yf_form_put(&form, "wallet_nonce", wallet_nonce);
		YF_TRY(yf_buf_str(&form, &ask.body));
		ask.method = "POST";
	}
	YF_TRY(yf_wire_send(&holder->options.wire, arena, &ask, &reply));
	if (reply.status != 200)
		return yf_wire_refusal(arena, &reply);
	if (!yf_wire_is_type(&reply, request_type))
		return YF_FAIL(MEDIA_TYPE);
	*jws = yf_str_trim(reply.body);
	return YF_OK;
}

yf_err yf_holder_read(struct yf_holder *holder, struct yf_arena *arena,
		      yf_str text, struct yf_vp_refusal *refusal,
		      struct yf_request *out)
{
	struct yf_request_from from = {
		.unregistered_too = holder->options.unregistered_too,
		.over_asking_too = holder->options.over_asking_too,
		.now_s = yf_holder_now_s(holder),
		.skew_s = YF_HOLDER_SKEW_S,
	};
	const struct yf_trust_list *trust;
	struct yf_link link;
	yf_str jws = { 0 };

	*refusal = (struct yf_vp_refusal){ 0 };
	YF_TRY(yf_link_parse(arena, text, &link));
	if (link.kind != YF_LINK_REQUEST)
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(yf_holder_trust(holder, arena, &trust));
	from.client_id = link.client_id;
	from.registrars = yf_trust_list_registrars(trust);
	if (link.post)
		YF_TRY(nonce_new(arena, &from.wallet_nonce));
	YF_TRY(fetch_request(holder, arena, &link, from.wallet_nonce, &jws));
	return yf_request_verify(arena, jws, &from, refusal, out);
}

/* --- sending --- */

static yf_err error_form(struct yf_arena *arena, const char *error,
			 yf_str state, yf_str *form)
{
	struct yf_buf buf = yf_buf_new(arena, 128);

	yf_form_put(&buf, "error", yf_str_of(error));
	if (state.len)
		yf_form_put(&buf, "state", state);
	return yf_buf_str(&buf, form);
}

yf_err yf_holder_decline(struct yf_arena *arena,
			 const struct yf_request *request, yf_str *form)
{
	return error_form(arena, "access_denied", request->object.state, form);
}

static yf_err post_form(struct yf_holder *holder, struct yf_arena *arena,
			yf_str url, yf_str form, struct yf_fetched *reply)
{
	const struct yf_fetch_header type = { YF_STR("Content-Type"),
					      yf_str_of(form_type) };
	const struct yf_fetch_ask ask = {
		.method = "POST",
		.url = url,
		.headers = &type,
		.header_count = 1,
		.body = form,
	};
	return yf_wire_send(&holder->options.wire, arena, &ask, reply);
}

yf_err yf_holder_post(struct yf_holder *holder, struct yf_arena *arena,
		      const struct yf_request *request, yf_str form,
		      yf_str *redirect_uri)
{
	struct yf_fetched reply;
	yf_str next = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR_OPT("redirect_uri", &next),
		YF_JSON_END,
	};

	YF_TRY(post_form(holder, arena, request->object.response_uri, form,
			 &reply));
	if (reply.status != 200)
		return yf_wire_refusal(arena, &reply);
	YF_TRY(yf_json_decode(arena, reply.body, fields));
	*redirect_uri = next;
	return YF_OK;
}

void yf_holder_refuse(struct yf_holder *holder, struct yf_arena *arena,
		      const struct yf_vp_refusal *refusal)
{
	struct yf_fetched reply;
	yf_str form;

	if (!refusal->response_uri.len || !refusal->error)
		return;
	if (!yf_failed(
		    error_form(arena, refusal->error, refusal->state, &form)) &&
	    yf_failed(post_form(holder, arena, refusal->response_uri, form,
				&reply)))
		return;
}
