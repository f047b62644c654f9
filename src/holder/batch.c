#include "holder/batch.h"

#include "codec/base64url.h"
#include "credential/mdoc.h"
#include "holder/standing.h"
#include "openid/proof.h"

void yf_batch_wipe(struct yf_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		yf_key_free(batch->keys[i]);
	batch->count = 0;
}

yf_err yf_batch_fill(struct yf_batch *batch, size_t count)
{
	if (count == 0 || count > YF_RECEIVE_BATCH_MAX)
		return YF_FAIL(RANGE);
	while (batch->count < count) {
		YF_TRY(yf_key_new(&batch->keys[batch->count]));
		batch->count++;
	}
	return YF_OK;
}

/* --- asking --- */

/* OpenID4VCI 1.0 section 7: POST with an empty body. */
static yf_err nonce_of(const struct yf_wire *wire, struct yf_arena *arena,
		       yf_str endpoint, yf_str *out)
{
	const struct yf_fetch_ask ask = {
		.method = "POST",
		.url = endpoint,
		.body = YF_STR(""),
	};
	const struct yf_json_field fields[] = {
		YF_JSON_STR("c_nonce", out),
		YF_JSON_END,
	};
	struct yf_fetched reply;

	if (!endpoint.len)
		return YF_OK;
	YF_TRY(yf_wire_send(wire, arena, &ask, &reply));
	if (reply.status != 200)
		return yf_wire_refusal(arena, &reply);
	return yf_json_decode(arena, reply.body, fields);
}

/* Section 8.2: `jwk` with its alg, and `enc`. */
static void put_encryption(struct yf_json_out *json,
			   const struct yf_issuer_metadata *issuer,
			   const struct yf_key *key)
{
	const struct yf_public_key *public = key ? yf_key_public(key) : NULL;

	if (!public)
		return;
	yf_json_out_object(json, "credential_response_encryption");
	yf_json_out_object(json, "jwk");
	yf_json_out_text(json, "kty", "EC");
	yf_json_out_text(json, "crv", "P-256");
	yf_json_out_base64url(json, "x", (yf_bytes){ public->x, 32 });
	yf_json_out_base64url(json, "y", (yf_bytes){ public->y, 32 });
	yf_json_out_text(json, "use", "enc");
	yf_json_out_text(json, "alg", "ECDH-ES");
	yf_json_out_text(json, "kid", "answer");
	yf_json_out_close(json);
	yf_json_out_text(json, "enc",
			 issuer->encryption.response_enc == YF_JWE_A256GCM
				 ? "A256GCM"
				 : "A128GCM");
	yf_json_out_close(json);
}

static yf_err body_of(const struct yf_batch *batch, struct yf_sender *sender,
		      struct yf_arena *arena, const struct yf_batch_ask *ask,
		      const struct yf_key *answer_key, yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 1024 * batch->count);
	struct yf_proof_ask proof_ask = {
		.issuer = ask->issuer->issuer,
		.client_id = ask->client_id,
		.now_s = yf_clock_now_s(sender->clock),
	};
	yf_str proof;

	YF_TRY(nonce_of(sender->wire, arena, ask->issuer->nonce_endpoint,
			&proof_ask.nonce));
	yf_json_out_object(&json, NULL);
	if (ask->identifier.len)
		yf_json_out_str(&json, "credential_identifier",
				ask->identifier);
	else
		yf_json_out_str(&json, "credential_configuration_id",
				ask->configuration->id);
	yf_json_out_object(&json, "proofs");
	yf_json_out_array(&json, "jwt");
	for (size_t i = 0; i < batch->count; i++) {
		const struct yf_signer signer =
			yf_signer_of_key(batch->keys[i]);
		YF_TRY(yf_proof_make(arena, &signer, &proof_ask, &proof));
		yf_json_out_str(&json, NULL, proof);
	}
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	put_encryption(&json, ask->issuer, answer_key);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

/* `seal_to` NULL: as plain JSON. */
static yf_err post(struct yf_sender *sender, struct yf_arena *arena,
		   const struct yf_issuer_metadata *seal_to, yf_str url,
		   yf_str body, struct yf_fetched *reply)
{
	yf_str jwe;

	if (!seal_to)
		return yf_sender_post(sender, arena, url,
				      YF_STR("application/json"), body, reply);
	const struct yf_jwe_ask header = {
		.enc = seal_to->encryption.request_enc,
		.kid = seal_to->encryption.key_id,
	};
	YF_TRY(yf_jwe_encrypt(arena, &seal_to->encryption.key, &header,
			      yf_bytes_of(body), &jwe));
	return yf_sender_post(sender, arena, url, YF_STR("application/jwt"),
			      jwe, reply);
}

static yf_err open_reply(struct yf_arena *arena, const struct yf_fetched *reply,
			 const struct yf_key *answer_key,
			 const struct yf_json **out)
{
	struct yf_jwe jwe;
	yf_bytes plain = yf_bytes_of(reply->body);

	if (!answer_key && !yf_wire_is_type(reply, "application/json"))
		return YF_FAIL(MEDIA_TYPE);
	if (answer_key) {
		if (!yf_wire_is_type(reply, "application/jwt"))
			return YF_FAIL(INVALID_ENCRYPTION);
		YF_TRY(yf_jwe_parse(arena, yf_str_trim(reply->body), &jwe));
		YF_TRY(yf_jwe_decrypt(arena, &jwe, answer_key, &plain));
	}
	return yf_json_parse(arena, yf_str_from(plain), out);
}

static yf_err take_later(const struct yf_json *body,
			 struct yf_batch_answer *out)
{
	const struct yf_json_field fields[] = {
		YF_JSON_STR("transaction_id", &out->transaction_id),
		YF_JSON_NUM("interval", &out->interval_s),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(body, fields));
	if (!out->transaction_id.len || out->interval_s <= 0)
		return YF_FAIL(SYNTAX);
	return YF_OK;
}

static yf_err take_answer(const struct yf_batch *batch, struct yf_arena *arena,
			  const struct yf_fetched *reply,
			  const struct yf_key *answer_key,
			  struct yf_batch_answer *out)
{
	struct yf_batch_answer got = { 0 };
	const struct yf_json *body;
	const struct yf_json *list;

	/* Errors are never encrypted (section 8.3.1.2). */
	if (reply->status != 200 && reply->status != 202)
		return yf_wire_refusal(arena, reply);
	YF_TRY(open_reply(arena, reply, answer_key, &body));
	if (reply->status == 202) {
		YF_TRY(take_later(body, &got));
		*out = got;
		return YF_OK;
	}
	list = yf_json_get(body, "credentials");
	if (!list || list->kind != YF_JSON_ARRAY || list->count == 0)
		return YF_FAIL(MISSING);
	if (list->count > batch->count)
		return YF_FAIL(TOO_LARGE);
	got.credentials = list;
	got.notification_id = yf_json_text(body, "notification_id");
	*out = got;
	return YF_OK;
}

static yf_err answer_key_for(const struct yf_issuer_metadata *issuer,
			     struct yf_key **out)
{
	return issuer->encryption.usable ? yf_key_new(out) : YF_OK;
}

yf_err yf_batch_request(const struct yf_batch *batch, struct yf_sender *sender,
			struct yf_arena *arena, const struct yf_batch_ask *ask,
			struct yf_batch_answer *out)
{
	const yf_str url = ask->issuer->credential_endpoint;
	YF_AUTO(key) answer_key = NULL;
	struct yf_fetched reply = { 0 };
	yf_str body;

	YF_TRY(answer_key_for(ask->issuer, &answer_key));
	for (int tries = 0; tries < 2; tries++) {
		YF_TRY(body_of(batch, sender, arena, ask, answer_key, &body));
		YF_TRY(post(sender, arena, answer_key ? ask->issuer : NULL, url,
			    body, &reply));
		/* 8.3.1.2: after invalid_nonce "retrieve a new c_nonce". */
		if (reply.status != 400 ||
		    yf_wire_refusal(arena, &reply).code != YF_CODE_NONCE)
			break;
	}
	return take_answer(batch, arena, &reply, answer_key, out);
}

yf_err yf_batch_ask_again(const struct yf_batch *batch,
			  struct yf_sender *sender, struct yf_arena *arena,
			  const struct yf_batch_ask *ask, yf_str transaction_id,
			  struct yf_batch_answer *out)
{
	const yf_str url = ask->issuer->deferred_endpoint;
	struct yf_json_out json = yf_json_out_new(arena, 512);
	YF_AUTO(key) answer_key = NULL;
	struct yf_fetched reply;
	yf_str body;

	if (!url.len)
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(answer_key_for(ask->issuer, &answer_key));
	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "transaction_id", transaction_id);
	put_encryption(&json, ask->issuer, answer_key);
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &body));
	YF_TRY(post(sender, arena, answer_key ? ask->issuer : NULL, url, body,
		    &reply));
	return take_answer(batch, arena, &reply, answer_key, out);
}

/* --- checking --- */

/* What both formats tell once they are verified. */
struct proved {
	struct yf_public_key holder;
	struct yf_status_ref status;
	int64_t expires_s;
};

static yf_err prove_sd_jwt(struct yf_holder *holder, struct yf_arena *arena,
			   const struct yf_batch_ask *ask,
			   const struct yf_trust_list *trust, yf_str text,
			   struct proved *out)
{
	const struct yf_vc_rule rule = {
		.trust = yf_trust_list_issuers(trust),
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.vcts = &ask->configuration->type,
		.vct_count = 1,
		.now_s = yf_holder_now_s(holder),
		.skew_s = YF_HOLDER_SKEW_S,
		.binding = YF_BINDING_FORBIDDEN,
	};
	struct yf_vc vc;

	YF_TRY(yf_vc_verify(arena, text, &rule, &vc));
	if (!vc.has_holder)
		return YF_FAIL(HOLDER);
	if (vc.issuer.len && !yf_str_eq(vc.issuer, ask->issuer->issuer))
		return YF_FAIL(CONFLICT);
	*out = (struct proved){ vc.holder, vc.status, vc.expires_s };
	return YF_OK;
}

static yf_err prove_mdoc(struct yf_holder *holder, struct yf_arena *arena,
			 const struct yf_batch_ask *ask,
			 const struct yf_trust_list *trust, yf_str text,
			 struct proved *out)
{
	const struct yf_mdoc_rule rule = {
		.trust = yf_trust_list_issuers(trust),
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.doc_types = &ask->configuration->type,
		.doc_type_count = 1,
		.now_s = yf_holder_now_s(holder),
		.skew_s = YF_HOLDER_SKEW_S,
	};
	struct yf_issuer_signed issued;
	struct yf_mdoc mdoc;
	yf_bytes bytes;

	YF_TRY(yf_base64url_decode(arena, text, &bytes));
	YF_TRY(yf_issuer_signed_parse(arena, bytes, &issued));
	YF_TRY(yf_mdoc_verify_issued(&issued, &rule, NULL, &mdoc));
	*out = (struct proved){ mdoc.mso->device_key, mdoc.mso->status,
				mdoc.mso->valid_until_s };
	return YF_OK;
}

/* Which of our keys it is bound to; each may be used once. */
static yf_err key_of(const struct yf_batch *batch,
		     const struct yf_public_key *holder,
		     bool used[static YF_RECEIVE_BATCH_MAX], size_t *out)
{
	for (size_t i = 0; i < batch->count; i++)
		if (!used[i] &&
		    yf_public_key_eq(yf_key_public(batch->keys[i]), holder)) {
			used[i] = true;
			*out = i;
			return YF_OK;
		}
	return YF_FAIL(HOLDER);
}

/* A list that cannot be had is no reason: it was issued this moment. */
static yf_err check_standing(struct yf_holder *holder, struct yf_arena *arena,
			     const struct yf_status_ref *ref,
			     struct yf_standing_list *cache)
{
	yf_standing standing;

	YF_TRY(yf_holder_standing(holder, arena, ref, cache, &standing));
	if (standing == YF_STANDING_REVOKED)
		return YF_FAIL(REVOKED);
	return standing == YF_STANDING_SUSPENDED ? YF_FAIL(SUSPENDED) : YF_OK;
}

static yf_err allot(struct yf_arena *arena, size_t count,
		    struct yf_batch_checked *out)
{
	out->held = YF_NEW(arena, struct yf_held, count);
	out->keys = YF_NEW(arena, size_t, count);
	out->count = count;
	return out->held && out->keys ? YF_OK : YF_FAIL(MEMORY);
}

yf_err yf_batch_check(const struct yf_batch *batch, struct yf_holder *holder,
		      struct yf_arena *arena, const struct yf_batch_ask *ask,
		      const struct yf_json *credentials,
		      struct yf_batch_checked *out)
{
	const bool mdoc = ask->configuration->format == YF_DCQL_MDOC;
	bool used[YF_RECEIVE_BATCH_MAX] = { false };
	struct yf_standing_list lists = { 0 };
	const struct yf_trust_list *trust;
	struct yf_batch_checked got;
	struct proved proved;

	YF_TRY(yf_holder_trust(holder, arena, &trust));
	YF_TRY(allot(arena, credentials->count, &got));
	for (size_t i = 0; i < got.count; i++) {
		const yf_str text =
			yf_json_text(&credentials->items[i], "credential");
		if (!text.len)
			return YF_FAIL(SYNTAX);
		YF_TRY((mdoc ? prove_mdoc : prove_sd_jwt)(
			holder, arena, ask, trust, text, &proved));
		YF_TRY(key_of(batch, &proved.holder, used, &got.keys[i]));
		YF_TRY(check_standing(holder, arena, &proved.status, &lists));
		got.held[i] = (struct yf_held){
			.format = ask->configuration->format,
			.text = text,
			.issuer = ask->issuer->issuer,
			.configuration_id = ask->configuration->id,
			.type = ask->configuration->type,
			.expires_s = proved.expires_s,
		};
	}
	*out = got;
	return YF_OK;
}

yf_err yf_batch_keep(struct yf_batch *batch, struct yf_holder *holder,
		     const struct yf_batch_checked *checked,
		     struct yf_received *out)
{
	const int64_t now_s = yf_holder_now_s(holder);
	yf_str card = { 0 };

	if (checked->count > YF_RECEIVED_MAX - out->count)
		return YF_FAIL(TOO_LARGE);
	for (size_t i = 0; i < checked->count; i++) {
		struct yf_held held = checked->held[i];
		const struct yf_held **kept = &out->held[out->count];
		held.card = card;
		YF_TRY(yf_purse_add(holder->purse, now_s, &held,
				    batch->keys[checked->keys[i]], kept));
		batch->keys[checked->keys[i]] = NULL;
		out->count++;
		card = (*kept)->card;
	}
	return YF_OK;
}

void yf_batch_notify(struct yf_sender *sender, struct yf_arena *arena,
		     const struct yf_issuer_metadata *issuer,
		     yf_str notification_id, const char *event)
{
	struct yf_json_out json = yf_json_out_new(arena, 128);
	struct yf_fetched reply;
	yf_str body;

	if (!issuer->notification_endpoint.len || !notification_id.len)
		return;
	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "notification_id", notification_id);
	yf_json_out_text(&json, "event", event);
	yf_json_out_close(&json);
	if (!yf_failed(yf_json_out_end(&json, &body)) &&
	    yf_failed(yf_sender_post(sender, arena,
				     issuer->notification_endpoint,
				     YF_STR("application/json"), body, &reply)))
		return;
}
