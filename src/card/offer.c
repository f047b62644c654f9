#include "card/offer.h"

#include "base/civil.h"
#include "card/claims.h"
#include "card/grant.h"
#include "codec/json.h"
#include "codec/url.h"
#include "crypto/seal.h"
#include "env/act.h"

struct make {
	const struct yf_env *env;
	const struct yf_offer_ask *ask;
	const struct yf_card_type *type;
	struct yf_grant grant;
	struct yf_handle code;
	struct yf_handle id;
	yf_str id_text;
	yf_bytes sealed;
	int64_t now_s;
};

static yf_err put_vetting(struct yf_tx *tx, const struct make *make)
{
	const struct yf_offer_ask *ask = make->ask;
	const struct yf_evidence_ask evidence = {
		.kind = YF_EVIDENCE_OFFICER_VETTED,
		.engine = ask->actor,
		.detail = ask->vetted_reason,
		.made_s = make->now_s,
		.expires_s = make->now_s +
			     make->env->settings.evidence_days * YF_DAY_S,
	};

	const struct yf_act act = { ask->person.shard,
				    "person_vetted",
				    ask->actor,
				    ask->person.id,
				    { NULL, 0 } };

	if (!ask->vetted_reason.len)
		return YF_OK;
	YF_TRY(yf_evidence_put(tx, &ask->person, &evidence));
	return yf_act_put(tx, &act, make->now_s);
}

static yf_err put_offer(struct yf_tx *tx, void *ctx)
{
	const struct make *make = ctx;
	const struct yf_act act = { make->ask->person.shard,
				    "offer_made",
				    make->ask->actor,
				    make->ask->person.id,
				    { NULL, 0 } };

	YF_TRY(put_vetting(tx, make));
	YF_TRY(yf_grant_put(make->env, tx, &make->grant, &make->code,
			    make->now_s));
	YF_TRY(yf_tx_exec(tx,
			  "INSERT INTO offer (shard, id, sealed, expires_s)"
			  " VALUES ($1, $2, $3, $4)",
			  YF_BIND(YF_INT(make->id.shard),
				  YF_TEXT(make->id_text), YF_BLOB(make->sealed),
				  YF_INT(make->now_s + YF_OFFER_LIFE_S)),
			  NULL));
	return yf_act_put(tx, &act, make->now_s);
}

static yf_err write_object(const struct yf_env *env, struct yf_arena *arena,
			   const struct make *make, yf_str code, yf_str *json)
{
	struct yf_json_out out = yf_json_out_new(arena, 512);

	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "credential_issuer", env->settings.url);
	yf_json_out_array(&out, "credential_configuration_ids");
	yf_json_out_str(&out, NULL, make->type->name);
	if (make->type->doctype.len)
		yf_json_out_str(&out, NULL, make->type->mdoc_configuration);
	if (make->type->tally_doctype.len)
		yf_json_out_str(&out, NULL, make->type->tally_configuration);
	yf_json_out_close(&out);
	yf_json_out_object(&out, "grants");
	yf_json_out_object(&out, YF_GRANT_PRE_AUTHORIZED);
	yf_json_out_str(&out, "pre-authorized_code", code);
	if (make->grant.tx_code.len) {
		yf_json_out_object(&out, "tx_code");
		yf_json_out_text(&out, "input_mode", "numeric");
		yf_json_out_int(&out, "length", YF_TX_CODE_DIGITS);
		yf_json_out_close(&out);
	}
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	return yf_json_out_end(&out, json);
}

static yf_err context_of(struct yf_arena *arena, yf_str id, yf_bytes *out)
{
	yf_str text;

	YF_TRY(yf_str_format(arena, &text, "offer/%.*s", YF_ARG(id)));
	*out = yf_bytes_of(text);
	return YF_OK;
}

static yf_err write_uri(const struct yf_env *env, struct yf_arena *arena,
			yf_str id, yf_str *out)
{
	struct yf_buf uri = yf_buf_new(arena, 256);
	yf_str address;

	YF_TRY(yf_str_format(arena, &address, "%.*s/vci/offers/%.*s",
			     YF_ARG(env->settings.url), YF_ARG(id)));
	yf_buf_text(&uri, YF_STR("openid-credential-offer://?"
				 "credential_offer_uri="));
	yf_url_escape(&uri, address);
	return yf_buf_str(&uri, out);
}

static yf_err check_level(const struct yf_env *env,
			  const struct yf_offer_ask *ask,
			  const struct yf_card_type *type)
{
	struct yf_carried carried;

	if (ask->vetted_reason.len)
		return yf_str_is_utf8(ask->vetted_reason) &&
				       yf_str_chars(ask->vetted_reason) <=
					       YF_VETTED_CHARS_MAX
			       ? YF_OK
			       : YF_FAIL(RANGE);
	YF_TRY(yf_evidence_level(env, &ask->person, &carried));
	return carried.level == YF_LEVEL_NONE || carried.level < type->level
		       ? YF_FAIL(REQUEST_DENIED)
		       : YF_OK;
}

/* Now and not in the wallet: what it would say is in the register. */
static yf_err check_data(const struct yf_env *env, struct yf_arena *arena,
			 const struct yf_offer_ask *ask,
			 const struct yf_card_type *type)
{
	const int64_t now_s = yf_env_now_s(env);
	struct yf_card_face face = {
		.level = YF_LEVEL_BASIC,
		.document_number = type->number_prefix,
		.issuing_authority = env->settings.name,
		.issuing_country = env->settings.country,
		.issued_s = now_s - now_s % YF_DAY_S,
	};
	struct yf_card_values values;
	struct yf_person_all read;
	yf_str unused;
	yf_str *missing = ask->detail ? ask->detail : &unused;

	YF_TRY(yf_register_read_all(env, arena, &ask->person, ask->actor,
				    "offer", &read));
	face.person = &read.person;
	face.portrait = read.portrait;
	YF_TRY(yf_card_ends(type, &read.person, face.issued_s, &face.expires_s,
			    missing));
	return yf_card_values(arena, type, &face, &values, missing);
}

yf_err yf_offer_make(const struct yf_env *env, struct yf_arena *arena,
		     const struct yf_offer_ask *ask, struct yf_offer *out)
{
	struct make make = {
		.env = env,
		.ask = ask,
		.grant = { .kind = YF_GRANT_PRE_AUTHORIZED,
			   .person = ask->person,
			   .type = ask->type,
			   .life_s = YF_OFFER_LIFE_S },
		.now_s = yf_env_now_s(env),
	};
	struct yf_offer offer = { .expires_s = make.now_s + YF_OFFER_LIFE_S };
	yf_bytes context;
	yf_str code;
	yf_str json;

	make.type = yf_card_type_find(env->types, ask->type);
	if (!make.type)
		return YF_FAIL(UNKNOWN_CONFIGURATION);
	YF_TRY(check_level(env, ask, make.type));
	YF_TRY(check_data(env, arena, ask, make.type));
	if (ask->with_tx_code)
		YF_TRY(yf_digits_code(arena, YF_TX_CODE_DIGITS,
				      &make.grant.tx_code));
	YF_TRY(yf_handle_new(arena, &code, &make.code));
	YF_TRY(yf_handle_new(arena, &make.id_text, &make.id));
	YF_TRY(write_object(env, arena, &make, code, &json));
	YF_TRY(context_of(arena, make.id_text, &context));
	YF_TRY(yf_seal(arena, &env->keys.seal, yf_bytes_of(json), context,
		       &make.sealed));
	YF_TRY(write_uri(env, arena, make.id_text, &offer.uri));
	YF_TRY(yf_db_write(env->db, put_offer, &make));
	offer.tx_code = make.grant.tx_code;
	*out = offer;
	return YF_OK;
}

struct load {
	struct yf_arena *arena;
	struct yf_handle handle;
	yf_str id;
	int64_t now_s;
	yf_bytes sealed;
};

static yf_err load_offer(struct yf_tx *tx, void *ctx)
{
	struct load *load = ctx;
	YF_AUTO(rows) row = NULL;

	YF_TRY(yf_tx_find(tx,
			  "SELECT sealed FROM offer WHERE shard = $1"
			  " AND id = $2 AND expires_s > $3",
			  YF_BIND(YF_INT(load->handle.shard), YF_TEXT(load->id),
				  YF_INT(load->now_s)),
			  &row));
	return yf_row_blob_copy(row, 0, load->arena, &load->sealed);
}

yf_err yf_offer_load(const struct yf_env *env, struct yf_arena *arena,
		     yf_str id, yf_str *json)
{
	struct load load = { .arena = arena,
			     .handle = yf_handle_of(id),
			     .id = id,
			     .now_s = yf_env_now_s(env) };
	yf_bytes context;
	yf_bytes plain;

	YF_TRY(yf_db_read(env->db, load_offer, &load));
	YF_TRY(context_of(arena, id, &context));
	YF_TRY(yf_unseal(arena, &env->keys.seal, load.sealed, context, &plain));
	*json = yf_str_from(plain);
	return YF_OK;
}
