#include "card/issue.h"

#include "base/civil.h"
#include "card/claims.h"
#include "card/deferred.h"
#include "card/details.h"
#include "card/dpop_gate.h"
#include "card/elements.h"
#include "card/evidence.h"
#include "card/nonce.h"
#include "card/status.h"
#include "codec/base64url.h"
#include "codec/uuid.h"
#include "env/act.h"
#include "openid/proof.h"

enum {
	PROOF_AGE_S = 300,
	SKEW_S = 60,
	TRIES = 4, /* should status entries be taken between pick and claim */
	DECOYS = 4,
	NONCES_MAX = 2 * YF_BATCH_MAX,
};

/* One issuance on its way. */
struct batch {
	const struct yf_env *env;
	struct yf_arena *arena;
	const struct yf_dpop *dpop;
	yf_str *detail;
	struct yf_token token;
	yf_str configuration_id;
	const struct yf_card_type *type;
	yf_card_format format;
	struct yf_public_key keys[YF_BATCH_MAX];
	size_t count;
	yf_str nonces[NONCES_MAX]; /* to be spent */
	size_t nonce_count;
	struct yf_status_slot slots[YF_BATCH_MAX];
	struct yf_card_face face;
	yf_str id;
	int64_t now_s;
	/* What waited for an operator; NULL for what did not. */
	const struct yf_deferred *deferred;
};

/* OpenID4VCI 8.2: exactly one of the two; the identifier "MUST be used" when
 * the token response gave some, and must not otherwise. */
static yf_err check_names(struct batch *batch, const struct yf_issue_ask *ask)
{
	if ((ask->configuration_id.ptr != NULL) ==
	    (ask->identifier.ptr != NULL))
		return YF_FAIL(INVALID_CREDENTIAL_REQUEST);
	if (ask->identifier.ptr)
		return yf_details_configuration(batch->token.details,
						ask->identifier,
						&batch->configuration_id)
			       ? YF_OK
			       : YF_FAIL(UNKNOWN_IDENTIFIER);
	if (batch->token.details.len)
		return YF_FAIL(INVALID_CREDENTIAL_REQUEST);
	batch->configuration_id = ask->configuration_id;
	return YF_OK;
}

static yf_err find_type(struct batch *batch)
{
	batch->type = yf_card_type_of_configuration(
		batch->env->types, batch->configuration_id, &batch->format);
	return batch->type && yf_str_eq(batch->type->name, batch->token.type)
		       ? YF_OK
		       : YF_FAIL(UNKNOWN_CONFIGURATION);
}

/* --- proofs --- */

static bool has_key(const struct batch *batch, const struct yf_public_key *key)
{
	for (size_t i = 0; i < batch->count; i++)
		if (yf_public_key_eq(&batch->keys[i], key))
			return true;
	return false;
}

/* Copies with one key could be linked: each has its own. */
static void add_key(struct batch *batch, const struct yf_public_key *key)
{
	if (batch->count < YF_BATCH_MAX && !has_key(batch, key))
		batch->keys[batch->count++] = *key;
}

/* One c_nonce may serve all proofs of a batch: it is spent once. */
static yf_err add_nonce(struct batch *batch, yf_str nonce)
{
	YF_TRY(yf_nonce_check(batch->env, YF_NONCE_CREDENTIAL, nonce));
	for (size_t i = 0; i < batch->nonce_count; i++)
		if (yf_str_eq(batch->nonces[i], nonce))
			return YF_OK;
	if (batch->nonce_count == NONCES_MAX)
		return YF_FAIL(INVALID_PROOF);
	batch->nonces[batch->nonce_count++] = nonce;
	return YF_OK;
}

static yf_err check_attestation(struct batch *batch, yf_str jwt, bool with_jwt,
				struct yf_key_attestation *out)
{
	const struct yf_key_attestation_rule rule = {
		.roots = batch->env->key_roots,
		.needs = &batch->type->key_needs,
		.now_s = batch->now_s,
		.skew_s = SKEW_S,
		.with_jwt = with_jwt,
	};

	YF_TRY(yf_key_attestation_check(batch->arena, jwt, &rule, out));
	/* F.3: without a proof of possession the nonce alone says that it is
	 * fresh. */
	if (!out->nonce.len)
		return with_jwt ? YF_OK : YF_FAIL(INVALID_PROOF);
	return add_nonce(batch, out->nonce);
}

/* F.1: "issue a Credential for each cryptographic public key specified in the
 * attested_keys claim"; the one that signed the proof is among them. */
static yf_err add_attested(struct batch *batch, const struct yf_proof *proof)
{
	struct yf_key_attestation attestation;
	bool own = false;

	YF_TRY(check_attestation(batch, proof->key_attestation, true,
				 &attestation));
	for (size_t i = 0; i < attestation.key_count; i++)
		own = own ||
		      yf_public_key_eq(&attestation.keys[i], &proof->key);
	if (!own)
		return YF_FAIL(INVALID_PROOF);
	add_key(batch, &proof->key);
	for (size_t i = 0; i < attestation.key_count; i++)
		add_key(batch, &attestation.keys[i]);
	return YF_OK;
}

static yf_err check_jwt(struct batch *batch, const struct yf_json *jwt)
{
	const struct yf_proof_rule rule = {
		.issuer = batch->env->settings.url,
		.client_id = batch->token.client_id,
		.now_s = batch->now_s,
		.age_s = PROOF_AGE_S,
		.skew_s = SKEW_S,
	};
	struct yf_proof proof;

	if (jwt->kind != YF_JSON_STRING)
		return YF_FAIL(INVALID_PROOF);
	YF_TRY(yf_proof_check(batch->arena, jwt->string, &rule, &proof));
	/* OpenID4VCI 8.2.2: the nonce endpoint exists, so there is a nonce. */
	if (!proof.nonce.len)
		return YF_FAIL(INVALID_PROOF);
	YF_TRY(add_nonce(batch, proof.nonce));
	/* Where nobody is trusted to attest keys, an attestation says nothing:
	 * the proof is taken as if it had come without. */
	if (proof.key_attestation.len && batch->env->key_roots)
		return add_attested(batch, &proof);
	if (batch->type->keys_attested || has_key(batch, &proof.key))
		return YF_FAIL(INVALID_PROOF);
	add_key(batch, &proof.key);
	return YF_OK;
}

static yf_err check_jwts(struct batch *batch, const struct yf_json *jwts)
{
	if (jwts->kind != YF_JSON_ARRAY || !jwts->count ||
	    jwts->count > yf_card_types_batch(batch->env->types))
		return YF_FAIL(INVALID_PROOF);
	for (size_t i = 0; i < jwts->count; i++)
		YF_TRY(check_jwt(batch, &jwts->items[i]));
	return YF_OK;
}

/* 8.2: "attestation: Array containing exactly one element". */
static yf_err check_attested(struct batch *batch, const struct yf_json *jwts)
{
	struct yf_key_attestation attestation;

	if (!batch->env->key_roots || jwts->kind != YF_JSON_ARRAY ||
	    jwts->count != 1 || jwts->items[0].kind != YF_JSON_STRING)
		return YF_FAIL(INVALID_PROOF);
	YF_TRY(check_attestation(batch, jwts->items[0].string, false,
				 &attestation));
	for (size_t i = 0; i < attestation.key_count; i++)
		add_key(batch, &attestation.keys[i]);
	return YF_OK;
}

static yf_err check_proofs(struct batch *batch, const struct yf_json *proofs)
{
	/* "proofs: Object [...] containing exactly one parameter named as the
	 * proof type" */
	if (!proofs || proofs->kind != YF_JSON_OBJECT || proofs->count != 1)
		return YF_FAIL(INVALID_PROOF);
	const struct yf_json *jwts = yf_json_get(proofs, "jwt");
	const struct yf_json *attested = yf_json_get(proofs, "attestation");
	if (!jwts && !attested)
		return YF_FAIL(INVALID_PROOF);
	YF_TRY(jwts ? check_jwts(batch, jwts)
		    : check_attested(batch, attested));
	/* OpenID4VCI 8.3: as many as proofs, "unless the Issuer decides to
	 * issue fewer Credentials". */
	if (batch->count > (size_t)batch->type->batch_size)
		batch->count = (size_t)batch->type->batch_size;
	return YF_OK;
}

static yf_err load_level(struct batch *batch)
{
	struct yf_carried carried;

	YF_TRY(yf_evidence_level(batch->env, &batch->token.person, &carried));
	/* A pre-authorized code names no client, an authorization code does. */
	const struct yf_card_level level =
		yf_level_of_card(&carried, batch->token.client_id.len);
	batch->face.level = level.level;
	batch->face.demo = level.demo;
	return batch->face.level == YF_LEVEL_NONE ||
			       batch->face.level < batch->type->level
		       ? YF_FAIL(REQUEST_DENIED)
		       : YF_OK;
}

static yf_err load_person(struct batch *batch, struct yf_person *person)
{
	const struct yf_env *env = batch->env;
	struct yf_card_face *face = &batch->face;
	struct yf_person_all read;

	YF_TRY(yf_register_read_all(env, batch->arena, &batch->token.person,
				    YF_STR("holder"), "issuing", &read));
	*person = read.person;
	face->portrait = read.portrait;
	YF_TRY(yf_card_number_new(batch->arena, batch->type,
				  &face->document_number));
	face->person = person;
	face->issuing_authority = env->settings.name;
	face->issuing_country = env->settings.country;
	/* Whole days: the times of copies tell nothing about their holder. */
	face->issued_s = batch->now_s - batch->now_s % YF_DAY_S;
	return YF_OK;
}

/* What a card says, in the form of its format. */
struct content {
	struct yf_card_claims claims;     /* of an SD-JWT VC */
	struct yf_card_elements elements; /* of an mdoc */
};

static yf_err make_content(struct batch *batch, struct content *out)
{
	struct yf_card_face *face = &batch->face;
	const struct yf_card_type *type = batch->type;
	struct yf_card_values values;
	yf_str unused;
	yf_str *missing = batch->detail ? batch->detail : &unused;

	YF_TRY(yf_card_ends(type, face->person, face->issued_s,
			    &face->expires_s, missing));
	YF_TRY(yf_card_values(batch->arena, type, face, &values, missing));
	if (batch->format != YF_FORMAT_SD_JWT)
		return yf_card_elements(
			batch->arena,
			&(struct yf_card_elements_ask){ type, batch->format,
							face, &values },
			&out->elements, missing);
	return yf_card_claims(batch->arena, type, face, &values, &out->claims);
}

static yf_err sign_sdjwt(struct batch *batch,
			 const struct yf_card_claims *claims, size_t index,
			 yf_str *out)
{
	const struct yf_status_slot *slot = &batch->slots[index];
	struct yf_vc_ask ask = {
		.vct = batch->type->vct,
		.issuer = batch->env->settings.url,
		.issued_at_s = batch->face.issued_s,
		.expires_s = batch->face.expires_s,
		.holder = &batch->keys[index],
		.status = { .index = slot->idx },
		.claims = claims->object,
		.disclosable = claims->disclosable,
		.disclosable_count = claims->disclosable_count,
		.decoys = DECOYS,
	};

	YF_TRY(yf_status_uri(batch->env, batch->arena, slot->list,
			     &ask.status.uri));
	return yf_vc_issue(batch->arena, &batch->env->issuer, &ask, out);
}

static yf_err sign_mdoc(struct batch *batch,
			const struct yf_card_elements *elements, size_t index,
			yf_str *out)
{
	const struct yf_status_slot *slot = &batch->slots[index];
	struct yf_mdoc_ask ask = {
		.doc_type = batch->format == YF_FORMAT_TALLY
				    ? batch->type->tally_doctype
				    : batch->type->doctype,
		.holder = &batch->keys[index],
		.signed_at_s = batch->face.issued_s,
		.valid_from_s = batch->face.issued_s,
		.valid_until_s = batch->face.expires_s,
		.status = { .index = slot->idx },
		.elements = elements->at,
		.element_count = elements->count,
	};
	yf_bytes issuer_signed;

	YF_TRY(yf_status_uri(batch->env, batch->arena, slot->list,
			     &ask.status.uri));
	YF_TRY(yf_mdoc_issue(batch->arena, &batch->env->issuer, &ask,
			     &issuer_signed));
	/* OpenID4VCI A.2.4: "base64url-encoded [...] IssuerSigned" */
	return yf_base64url_encode(batch->arena, issuer_signed, out);
}

static yf_err sign_copies(struct batch *batch, const struct content *content,
			  yf_str *credentials)
{
	for (size_t i = 0; i < batch->count; i++)
		YF_TRY(batch->format != YF_FORMAT_SD_JWT
			       ? sign_mdoc(batch, &content->elements, i,
					   &credentials[i])
			       : sign_sdjwt(batch, &content->claims, i,
					    &credentials[i]));
	return YF_OK;
}

static yf_err spend_nonces(struct yf_tx *tx, const struct batch *batch)
{
	for (size_t i = 0; i < batch->nonce_count; i++) {
		const yf_err err =
			yf_spend(tx, YF_NONCE_CREDENTIAL, batch->nonces[i],
				 batch->now_s + YF_NONCE_AGE_S);
		if (err.code == YF_CODE_REPLAYED)
			return YF_FAIL(NONCE);
		YF_TRY(err);
	}
	return YF_OK;
}

static yf_err put_card(struct yf_tx *tx, const struct batch *batch)
{
	const struct yf_person_ref *person = &batch->token.person;

	return yf_tx_exec(
		tx,
		"INSERT INTO credential (shard, id, person_id,"
		" configuration_id, document_number, level, status,"
		" notification, issued_s, expires_s, demo, grant_hash)"
		" VALUES ($1, $2, $3, $4, $5, $6, 0, '', $7, $8, $9, $10)",
		YF_BIND(YF_INT(person->shard), YF_TEXT(batch->id),
			YF_TEXT(person->id), YF_TEXT(batch->configuration_id),
			YF_TEXT(batch->face.document_number),
			YF_TEXT(yf_str_of(yf_level_name(batch->face.level))),
			YF_INT(batch->now_s), YF_INT(batch->face.expires_s),
			YF_INT(batch->face.demo),
			YF_BLOB(batch->token.grant_hash)),
		NULL);
}

static yf_err count_on_token(struct yf_tx *tx, const struct batch *batch)
{
	int64_t changed = 0;

	YF_TRY(yf_tx_exec(tx,
			  "UPDATE access_token SET issued = issued + $1"
			  " WHERE shard = $2 AND hash = $3 AND expires_s > $4"
			  " AND issued + $1 <= $5",
			  YF_BIND(YF_INT((int64_t)batch->count),
				  YF_INT(batch->token.handle.shard),
				  YF_BLOB(yf_handle_hash(&batch->token.handle)),
				  YF_INT(batch->now_s),
				  YF_INT(YF_TOKEN_COPIES_MAX)),
			  &changed));
	/* It was good a moment ago, when it was loaded. */
	return changed ? YF_OK : YF_FAIL(REQUEST_DENIED);
}

/* What came with the request, once. */
static yf_err spend(struct yf_tx *tx, const struct batch *batch)
{
	YF_TRY(yf_dpop_spend(tx, batch->dpop, batch->now_s));
	YF_TRY(spend_nonces(tx, batch));
	return batch->deferred ? yf_deferred_take(tx, batch->deferred)
			       : count_on_token(tx, batch);
}

static yf_err save(struct yf_tx *tx, void *ctx)
{
	const struct batch *batch = ctx;
	const int64_t shard = batch->token.person.shard;
	const struct yf_act act = {
		shard, "card_issued", YF_STR("holder"), batch->id, { NULL, 0 }
	};

	YF_TRY(spend(tx, batch));
	YF_TRY(put_card(tx, batch));
	YF_TRY(yf_status_claim(tx, batch->slots, batch->count, shard, batch->id,
			       batch->now_s));
	return yf_act_put(tx, &act, batch->now_s);
}

/* Signs until the status entries that it picked are still free. */
static yf_err sign_and_save(struct batch *batch, const struct content *content,
			    yf_str *credentials)
{
	yf_err err = YF_OK;

	for (int i = 0; i < TRIES; i++) {
		YF_TRY(yf_status_pick(batch->env, batch->count, batch->slots));
		YF_TRY(sign_copies(batch, content, credentials));
		err = yf_db_write(batch->env->db, save, batch);
		if (err.code != YF_CODE_CONFLICT)
			break;
	}
	return err;
}

static yf_err make_copies(struct batch *batch, struct yf_issued *out)
{
	struct content content = { 0 };
	yf_str *credentials = YF_NEW(batch->arena, yf_str, batch->count);
	const yf_uuid id = yf_uuid_new(batch->now_s);

	if (!credentials)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_str_copy(batch->arena, yf_uuid_str(&id), &batch->id));
	YF_TRY(make_content(batch, &content));
	YF_TRY(sign_and_save(batch, &content, credentials));
	out->credentials = credentials;
	out->count = batch->count;
	out->notification_id = batch->id;
	return YF_OK;
}

/* --- what waits --- */

static yf_err write_content(const struct batch *batch, yf_str encryption,
			    yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(batch->arena, 4096);

	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "configuration_id", batch->configuration_id);
	yf_json_out_array(&json, "keys");
	for (size_t i = 0; i < batch->count; i++)
		yf_jwk_put(&json, NULL, &batch->keys[i]);
	yf_json_out_close(&json);
	if (encryption.len)
		yf_json_out_str(&json, "encryption", encryption);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

static yf_err read_content(struct batch *batch, yf_str content,
			   yf_str *encryption)
{
	const struct yf_json *keys = NULL;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("configuration_id", &batch->configuration_id),
		YF_JSON_ANY("keys", &keys),
		YF_JSON_STR_OPT("encryption", encryption),
		YF_JSON_END,
	};

	YF_TRY(yf_json_decode(batch->arena, content, fields));
	if (keys->kind != YF_JSON_ARRAY || keys->count > YF_BATCH_MAX)
		return YF_FAIL(BUG);
	for (size_t i = 0; i < keys->count; i++)
		YF_TRY(yf_jwk_parse(&keys->items[i],
				    &batch->keys[batch->count++]));
	return YF_OK;
}

struct keep {
	const struct batch *batch;
	struct yf_deferred deferred;
	yf_bytes sealed;
};

static yf_err save_request(struct yf_tx *tx, void *ctx)
{
	const struct keep *keep = ctx;

	YF_TRY(spend(tx, keep->batch));
	return yf_deferred_put(tx, &keep->deferred, keep->sealed,
			       keep->batch->now_s);
}

static yf_err defer(const struct batch *batch, yf_str encryption,
		    struct yf_issued *out)
{
	const yf_uuid id = yf_uuid_new(batch->now_s);
	struct keep keep = {
		.batch = batch,
		.deferred = { .person = batch->token.person,
			      .type = batch->type->name,
			      .client_id = batch->token.client_id,
			      .jkt = batch->dpop->jkt },
	};
	struct yf_deferred *deferred = &keep.deferred;

	YF_TRY(yf_str_copy(batch->arena, yf_uuid_str(&id), &deferred->id));
	YF_TRY(yf_handle_new(batch->arena, &out->transaction_id,
			     &deferred->handle));
	YF_TRY(write_content(batch, encryption, &deferred->content));
	YF_TRY(yf_deferred_seal(batch->env, batch->arena, deferred,
				&keep.sealed));
	return yf_db_write(batch->env->db, save_request, &keep);
}

/* Also who only asks how it stands shows a DPoP proof of their own. */
static yf_err spend_dpop(struct yf_tx *tx, void *ctx)
{
	const struct batch *batch = ctx;

	return yf_dpop_spend(tx, batch->dpop, batch->now_s);
}

static yf_err spend_proof(struct batch *batch)
{
	return yf_db_write(batch->env->db, spend_dpop, batch);
}

/* --- the two ways to a card --- */

static yf_err open_batch(const struct yf_env *env, struct yf_arena *arena,
			 yf_str access_token, const struct yf_dpop *dpop,
			 struct batch **out)
{
	struct batch *batch = YF_NEW(arena, struct batch, 1);

	if (!batch)
		return YF_FAIL(MEMORY);
	batch->env = env;
	batch->arena = arena;
	batch->dpop = dpop;
	batch->now_s = yf_env_now_s(env);
	YF_TRY(yf_token_load(env, arena, access_token, dpop->jkt,
			     &batch->token));
	*out = batch;
	return YF_OK;
}

yf_err yf_issue(const struct yf_env *env, struct yf_arena *arena,
		const struct yf_issue_ask *ask, struct yf_issued *out)
{
	struct batch *batch;
	struct yf_person person;

	*out = (struct yf_issued){ 0 };
	YF_TRY(open_batch(env, arena, ask->access_token, ask->dpop, &batch));
	batch->detail = ask->detail;
	YF_TRY(check_names(batch, ask));
	YF_TRY(find_type(batch));
	YF_TRY(check_proofs(batch, ask->proofs));
	YF_TRY(load_level(batch));
	YF_TRY(load_person(batch, &person));
	return batch->type->approval ? defer(batch, ask->encryption, out)
				     : make_copies(batch, out);
}

static yf_err deliver(struct batch *batch, struct yf_issued *out)
{
	struct yf_person person;

	YF_TRY(find_type(batch));
	YF_TRY(load_level(batch));
	YF_TRY(load_person(batch, &person));
	return make_copies(batch, out);
}

yf_err yf_issue_deferred(const struct yf_env *env, struct yf_arena *arena,
			 const struct yf_deferred_ask *ask,
			 struct yf_issued *out)
{
	struct batch *batch;
	struct yf_deferred deferred;

	*out = (struct yf_issued){ 0 };
	YF_TRY(open_batch(env, arena, ask->access_token, ask->dpop, &batch));
	batch->detail = ask->detail;
	YF_TRY(yf_deferred_find(env, arena, ask->transaction_id, &batch->token,
				ask->dpop->jkt, &deferred));
	YF_TRY(read_content(batch, deferred.content, &out->encryption));
	batch->deferred = &deferred;
	switch (deferred.state) {
	case YF_DEFERRED_WAITING:
		out->transaction_id = ask->transaction_id;
		return spend_proof(batch);
	case YF_DEFERRED_REFUSED:
		if (ask->detail)
			*ask->detail = deferred.reason;
		return YF_FAIL(REQUEST_DENIED);
	case YF_DEFERRED_APPROVED:
	case YF_DEFERRED_DELIVERED:
		break;
	}
	return deliver(batch, out);
}

struct notice {
	const struct yf_token *token;
	const struct yf_dpop *dpop;
	yf_str id;
	yf_str event;
	int64_t now_s;
};

static yf_err put_notice(struct yf_tx *tx, void *ctx)
{
	const struct notice *notice = ctx;
	int64_t changed = 0;

	YF_TRY(yf_dpop_spend(tx, notice->dpop, notice->now_s));
	YF_TRY(yf_tx_exec(tx,
			  "UPDATE credential SET notification = $1"
			  " WHERE shard = $2 AND id = $3 AND person_id = $4",
			  YF_BIND(YF_TEXT(notice->event),
				  YF_INT(notice->token->person.shard),
				  YF_TEXT(notice->id),
				  YF_TEXT(notice->token->person.id)),
			  &changed));
	return changed ? YF_OK : YF_FAIL(INVALID_NOTIFICATION_ID);
}

yf_err yf_issue_notify(const struct yf_env *env, const struct yf_token *token,
		       const struct yf_dpop *dpop, yf_str notification_id,
		       yf_str event)
{
	struct notice notice = { token, dpop, notification_id, event,
				 yf_env_now_s(env) };

	return yf_db_write(env->db, put_notice, &notice);
}
