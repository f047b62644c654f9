#include "holder/sender.h"

#include "crypto/signer.h"
#include "openid/dpop.h"

static yf_err post_once(struct yf_sender *sender, struct yf_arena *arena,
			const struct yf_fetch_ask *plain,
			struct yf_fetched *out)
{
	const struct yf_signer signer = yf_signer_of_key(sender->key);
	const struct yf_dpop_ask proof_ask = {
		.method = YF_STR("POST"),
		.url = plain->url,
		.access_token = sender->access_token,
		.nonce = sender->nonce,
		.now_s = yf_clock_now_s(sender->clock),
	};
	struct yf_fetch_header headers[4];
	struct yf_fetch_ask ask = *plain;
	yf_str proof;
	yf_str nonce;

	YF_TRY(yf_dpop_make(arena, &signer, &proof_ask, &proof));
	for (size_t i = 0; i < plain->header_count; i++)
		headers[i] = plain->headers[i];
	headers[ask.header_count].name = YF_STR("DPoP");
	headers[ask.header_count++].value = proof;
	if (sender->access_token.len) {
		headers[ask.header_count].name = YF_STR("Authorization");
		YF_TRY(yf_str_format(arena, &headers[ask.header_count++].value,
				     "DPoP %.*s",
				     YF_ARG(sender->access_token)));
	}
	ask.headers = headers;
	YF_TRY(yf_wire_send(sender->wire, arena, &ask, out));
	nonce = yf_fetched_header(out, "DPoP-Nonce");
	if (nonce.len)
		sender->nonce = nonce;
	return YF_OK;
}

/* RFC 9449 section 8 (400 with `error`) and section 9 (401 with a challenge) */
static bool wants_nonce(struct yf_arena *arena, const struct yf_fetched *reply)
{
	return (reply->status == 400 || reply->status == 401) &&
	       yf_wire_refusal(arena, reply).code == YF_CODE_USE_DPOP_NONCE;
}

yf_err yf_sender_post(struct yf_sender *sender, struct yf_arena *arena,
		      yf_str url, yf_str content_type, yf_str body,
		      struct yf_fetched *out)
{
	const struct yf_fetch_header headers[] = {
		{ YF_STR("Content-Type"), content_type },
		{ YF_STR("Accept"),
		  YF_STR("application/json, application/jwt") },
	};
	const struct yf_fetch_ask ask = {
		.method = "POST",
		.url = url,
		.headers = headers,
		.header_count = YF_COUNT(headers),
		.body = body,
	};
	const yf_str before = sender->nonce;
	struct yf_fetched reply;

	YF_TRY(post_once(sender, arena, &ask, &reply));
	if (wants_nonce(arena, &reply)) {
		if (!sender->nonce.len || yf_str_eq(sender->nonce, before))
			return YF_FAIL(USE_DPOP_NONCE);
		YF_TRY(post_once(sender, arena, &ask, &reply));
		if (wants_nonce(arena, &reply))
			return YF_FAIL(USE_DPOP_NONCE);
	}
	*out = reply;
	return YF_OK;
}
