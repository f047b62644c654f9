#include "card/issue.h"

#include "base/civil.h"
#include "card/claims.h"
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
};

/* One issuance on its way. */
struct batch {
	const struct yf_env *env;
	struct yf_arena *arena;
	const struct yf_issue_ask *ask;
	struct yf_token token;
	struct yf_proof proofs[YF_BATCH_MAX];
	struct yf_status_slot slots[YF_BATCH_MAX];
	size_t count;
	const struct yf_card_type *type;
	yf_card_format format;
	struct yf_card_face face;
	yf_str id;
	int64_t now_s;
};

static yf_err check_request(struct batch *batch)
{
	const struct yf_issue_ask *ask = batch->ask;
	const struct yf_card_types *types = batch->env->types;

	/* OpenID4VCI 8.2: exactly one of the two; identifiers are used only
	 * when the token response gave some, which ours never does. */
	if ((ask->configuration_id.ptr != NULL) ==
	    (ask->identifier.ptr != NULL))
		return YF_FAIL(INVALID_CREDENTIAL_REQUEST);
	if (ask->identifier.ptr)
		return YF_FAIL(UNKNOWN_IDENTIFIER);
	batch->type = yf_card_type_of_configuration(
		types, ask->configuration_id, &batch->format);
	if (!batch->type || !yf_str_eq(batch->type->name, batch->token.type))
		return YF_FAIL(UNKNOWN_CONFIGURATION);
	return YF_OK;
}

static bool has_key(const struct batch *batch, const struct yf_public_key *key)
{
	for (size_t i = 0; i < batch->count; i++)
		if (yf_public_key_eq(&batch->proofs[i].key, key))
			return true;
	return false;
}

static yf_err check_proof(struct batch *batch, const struct yf_json *jwt)
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
	/* Copies with one key could be linked: each has its own. */
	if (has_key(batch, &proof.key))
		return YF_FAIL(INVALID_PROOF);
	/* OpenID4VCI 8.2.2: the nonce endpoint exists, so there is a nonce. */
	if (!proof.nonce.len)
		return YF_FAIL(INVALID_PROOF);
	YF_TRY(yf_nonce_check(batch->env, YF_NONCE_CREDENTIAL, proof.nonce));
	batch->proofs[batch->count++] = proof;
	return YF_OK;
}

static yf_err check_proofs(struct batch *batch)
{
	const struct yf_json *proofs = batch->ask->proofs;

	/* "proofs: Object [...] containing exactly one parameter named as the
	 * proof type" */
	if (!proofs || proofs->kind != YF_JSON_OBJECT || proofs->count != 1)
		return YF_FAIL(INVALID_PROOF);
	const struct yf_json *jwts = yf_json_get(proofs, "jwt");
	if (!jwts || jwts->kind != YF_JSON_ARRAY || !jwts->count ||
	    jwts->count > yf_card_types_batch(batch->env->types))
		return YF_FAIL(INVALID_PROOF);
	for (size_t i = 0; i < jwts->count; i++)
		YF_TRY(check_proof(batch, &jwts->items[i]));
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

	YF_TRY(yf_register_read_all(env, batch->arena, &batch->token.person,
				    YF_STR("holder"), "issuing", person,
				    &face->portrait));
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
	yf_str *missing = batch->ask->detail ? batch->ask->detail : &unused;

	YF_TRY(yf_card_ends(type, face->person, face->issued_s,
			    &face->expires_s, missing));
	YF_TRY(yf_card_values(batch->arena, type, face, &values, missing));
	if (batch->format != YF_FORMAT_SD_JWT)
		return yf_card_elements(batch->arena, type, batch->format, face,
					&values, &out->elements, missing);
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
		.holder = &batch->proofs[index].key,
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
		.holder = &batch->proofs[index].key,
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

/* One c_nonce may serve all proofs of a batch: it is spent once. */
static yf_err spend_nonces(struct yf_tx *tx, const struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		bool seen = false;
		for (size_t j = 0; j < i && !seen; j++)
			seen = yf_str_eq(batch->proofs[j].nonce,
					 batch->proofs[i].nonce);
		if (seen)
			continue;
		const yf_err err = yf_spend(tx, YF_NONCE_CREDENTIAL,
					    batch->proofs[i].nonce,
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
		" notification, issued_s, expires_s, demo)"
		" VALUES ($1, $2, $3, $4, $5, $6, 0, '', $7, $8, $9)",
		YF_BIND(YF_INT(person->shard), YF_TEXT(batch->id),
			YF_TEXT(person->id),
			YF_TEXT(batch->ask->configuration_id),
			YF_TEXT(batch->face.document_number),
			YF_TEXT(yf_str_of(yf_level_name(batch->face.level))),
			YF_INT(batch->now_s), YF_INT(batch->face.expires_s),
			YF_INT(batch->face.demo)),
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

static yf_err save(struct yf_tx *tx, void *ctx)
{
	const struct batch *batch = ctx;
	const int64_t shard = batch->token.person.shard;
	const struct yf_act act = {
		shard, "card_issued", YF_STR("holder"), batch->id, { NULL, 0 }
	};

	YF_TRY(yf_dpop_spend(tx, batch->ask->dpop, batch->now_s));
	YF_TRY(spend_nonces(tx, batch));
	YF_TRY(count_on_token(tx, batch));
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

yf_err yf_issue(const struct yf_env *env, struct yf_arena *arena,
		const struct yf_issue_ask *ask, struct yf_issued *out)
{
	struct batch *batch = YF_NEW(arena, struct batch, 1);
	struct yf_person person;

	if (!batch)
		return YF_FAIL(MEMORY);
	batch->env = env;
	batch->arena = arena;
	batch->ask = ask;
	batch->now_s = yf_env_now_s(env);
	YF_TRY(yf_token_load(env, arena, ask->access_token, ask->dpop->jkt,
			     &batch->token));
	YF_TRY(check_request(batch));
	YF_TRY(check_proofs(batch));
	YF_TRY(load_level(batch));
	YF_TRY(load_person(batch, &person));
	return make_copies(batch, out);
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
