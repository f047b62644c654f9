#include "card/metadata_api.h"

#include "card/claims.h"
#include "card/grant.h"
#include "codec/json.h"
#include "env/env.h"
#include "http/reply.h"

/* --- the path rule --- */

/*
 * https://h/p is described at /.well-known/NAME/p and nowhere else, https://h
 * at /.well-known/NAME.
 */
static yf_err check_path(const struct yf_env *env, const struct yf_exchange *x)
{
	const yf_str rest = yf_exchange_param(x, "rest");
	const yf_str wanted = env->settings.path;

	if (!wanted.len)
		return rest.len ? YF_FAIL(NOT_FOUND) : YF_OK;
	return rest.len && yf_str_eq(rest, yf_str_skip(wanted, 1))
		       ? YF_OK
		       : YF_FAIL(NOT_FOUND);
}

static yf_err start(const struct yf_env *env, const struct yf_exchange *x,
		    struct yf_json_out *out)
{
	YF_TRY(check_path(env, x));
	*out = yf_json_out_new(x->arena, 4096);
	yf_json_out_object(out, NULL);
	return YF_OK;
}

static yf_err finish(struct yf_json_out *out, struct yf_reply *reply)
{
	yf_str text;

	yf_json_out_close(out);
	YF_TRY(yf_json_out_end(out, &text));
	yf_reply_json(reply, 200, text);
	reply->cache_control = YF_STR("public, max-age=300");
	return YF_OK;
}

static yf_err put_address(const struct yf_env *env, const struct yf_exchange *x,
			  struct yf_json_out *out, const char *name,
			  const char *path)
{
	yf_str address;

	YF_TRY(yf_str_format(x->arena, &address, "%.*s%s",
			     YF_ARG(env->settings.url), path));
	yf_json_out_str(out, name, address);
	return YF_OK;
}

static void put_list(struct yf_json_out *out, const char *name,
		     const char *const *items, size_t count)
{
	yf_json_out_array(out, name);
	for (size_t i = 0; i < count; i++)
		yf_json_out_text(out, NULL, items[i]);
	yf_json_out_close(out);
}

static void put_one(struct yf_json_out *out, const char *name, const char *item)
{
	put_list(out, name, &item, 1);
}

/* --- the credential issuer --- */

struct label {
	const char *path;
	const char *en, *zh, *th, *vi, *ru;
};

static const struct label labels[] = {
	{ "family_name", "Family name", "姓", "นามสกุล", "Họ", "Фамилия" },
	{ "given_name", "Given name", "名", "ชื่อ", "Tên", "Имя" },
	{ "family_name_latin", "Family name (Latin)", "姓（拉丁字母）",
	  "นามสกุล (อักษรละติน)", "Họ (chữ Latinh)", "Фамилия (латиницей)" },
	{ "given_name_latin", "Given name (Latin)", "名（拉丁字母）",
	  "ชื่อ (อักษรละติน)", "Tên (chữ Latinh)", "Имя (латиницей)" },
	{ "birthdate", "Date of birth", "出生日期", "วันเกิด", "Ngày sinh",
	  "Дата рождения" },
	{ "sex", "Sex", "性别", "เพศ", "Giới tính", "Пол" },
	{ "place_of_birth", "Place of birth", "出生地", "สถานที่เกิด", "Nơi sinh",
	  "Место рождения" },
	{ "nationalities", "Nationality", "国籍", "สัญชาติ", "Quốc tịch",
	  "Гражданство" },
	{ "picture", "Portrait", "照片", "รูปถ่าย", "Ảnh chân dung",
	  "Фотография" },
	{ "personal_administrative_number", "ID number", "身份号码",
	  "เลขประจำตัว", "Số định danh", "Личный номер" },
	{ "document_number", "Card number", "证件编号", "หมายเลขบัตร", "Số thẻ",
	  "Номер карты" },
	{ "issuing_authority", "Issued by", "签发机关", "ผู้ออกบัตร", "Nơi cấp",
	  "Кем выдано" },
	{ "issuing_country", "Issuing country", "签发国", "ประเทศที่ออก",
	  "Quốc gia cấp", "Страна выдачи" },
	{ "date_of_issuance", "Issued on", "签发日期", "วันที่ออก", "Ngày cấp",
	  "Дата выдачи" },
	{ "date_of_expiry", "Valid until", "有效期至", "วันหมดอายุ",
	  "Có giá trị đến", "Действительно до" },
	{ "assurance_level", "Level", "等级", "ระดับ", "Mức", "Уровень" },
	{ "age_equal_or_over", "Age checks", "年龄验证", "การตรวจสอบอายุ",
	  "Kiểm tra độ tuổi", "Проверка возраста" },
};

static void put_label(struct yf_json_out *out, const char *locale,
		      const char *name)
{
	yf_json_out_object(out, NULL);
	yf_json_out_text(out, "locale", locale);
	yf_json_out_text(out, "name", name);
	yf_json_out_close(out);
}

static void put_claims(struct yf_json_out *out)
{
	yf_json_out_array(out, "claims");
	for (size_t i = 0; i < YF_COUNT(labels); i++) {
		yf_json_out_object(out, NULL);
		put_one(out, "path", labels[i].path);
		yf_json_out_array(out, "display");
		put_label(out, "en", labels[i].en);
		put_label(out, "zh", labels[i].zh);
		put_label(out, "th", labels[i].th);
		put_label(out, "vi", labels[i].vi);
		put_label(out, "ru", labels[i].ru);
		yf_json_out_close(out);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
}

static void put_card_display(struct yf_json_out *out)
{
	static const struct {
		const char *locale, *name;
	} names[] = {
		{ "en", "Identity card" },          { "zh", "身份证" },
		{ "th", "บัตรประจำตัวประชาชน" },      { "vi", "Thẻ căn cước" },
		{ "ru", "Удостоверение личности" },
	};

	yf_json_out_array(out, "display");
	for (size_t i = 0; i < YF_COUNT(names); i++) {
		yf_json_out_object(out, NULL);
		yf_json_out_text(out, "name", names[i].name);
		yf_json_out_text(out, "locale", names[i].locale);
		yf_json_out_text(out, "background_color", "#6b7280");
		yf_json_out_text(out, "text_color", "#ffffff");
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
}

static void put_configuration(struct yf_json_out *out)
{
	yf_json_out_object(out, YF_ID_CONFIGURATION);
	yf_json_out_text(out, "format", "dc+sd-jwt");
	yf_json_out_text(out, "vct", YF_ID_VCT);
	yf_json_out_text(out, "scope", "id");
	put_one(out, "credential_signing_alg_values_supported", "ES256");
	put_one(out, "cryptographic_binding_methods_supported", "jwk");
	yf_json_out_object(out, "proof_types_supported");
	yf_json_out_object(out, "jwt");
	put_one(out, "proof_signing_alg_values_supported", "ES256");
	yf_json_out_close(out);
	yf_json_out_close(out);
	yf_json_out_object(out, "credential_metadata");
	put_card_display(out);
	put_claims(out);
	yf_json_out_close(out);
	yf_json_out_close(out);
}

yf_err yf_issuer_metadata_get(const struct yf_env *env, struct yf_exchange *x,
			      struct yf_reply *reply)
{
	struct yf_json_out out;

	YF_TRY(start(env, x, &out));
	yf_json_out_str(&out, "credential_issuer", env->settings.url);
	YF_TRY(put_address(env, x, &out, "credential_endpoint",
			   "/vci/credential"));
	YF_TRY(put_address(env, x, &out, "nonce_endpoint", "/vci/nonce"));
	YF_TRY(put_address(env, x, &out, "notification_endpoint",
			   "/vci/notification"));
	yf_json_out_object(&out, "batch_credential_issuance");
	yf_json_out_int(&out, "batch_size", env->settings.batch_size);
	yf_json_out_close(&out);
	yf_json_out_array(&out, "display");
	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "name", env->settings.name);
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	yf_json_out_object(&out, "credential_configurations_supported");
	put_configuration(&out);
	yf_json_out_close(&out);
	return finish(&out, reply);
}

/* --- the authorization server --- */

yf_err yf_server_metadata_get(const struct yf_env *env, struct yf_exchange *x,
			      struct yf_reply *reply)
{
	static const char *const grants[] = { YF_GRANT_CODE,
					      YF_GRANT_PRE_AUTHORIZED };
	struct yf_json_out out;

	YF_TRY(start(env, x, &out));
	yf_json_out_str(&out, "issuer", env->settings.url);
	YF_TRY(put_address(env, x, &out, "authorization_endpoint",
			   "/oauth/authorize"));
	YF_TRY(put_address(env, x, &out, "token_endpoint", "/oauth/token"));
	YF_TRY(put_address(env, x, &out,
			   "pushed_authorization_request_endpoint",
			   "/oauth/par"));
	yf_json_out_bool(&out, "require_pushed_authorization_requests", true);
	put_one(&out, "response_types_supported", "code");
	put_one(&out, "response_modes_supported", "query");
	put_list(&out, "grant_types_supported", grants, YF_COUNT(grants));
	put_one(&out, "scopes_supported", "id");
	put_one(&out, "code_challenge_methods_supported", "S256");
	put_one(&out, "token_endpoint_auth_methods_supported", "none");
	put_one(&out, "dpop_signing_alg_values_supported", "ES256");
	yf_json_out_bool(&out, "authorization_response_iss_parameter_supported",
			 true);
	yf_json_out_bool(
		&out, "pre-authorized_grant_anonymous_access_supported", true);
	return finish(&out, reply);
}

yf_err yf_resource_metadata_get(const struct yf_env *env, struct yf_exchange *x,
				struct yf_reply *reply)
{
	struct yf_json_out out;

	YF_TRY(start(env, x, &out));
	yf_json_out_str(&out, "resource", env->settings.url);
	yf_json_out_array(&out, "authorization_servers");
	yf_json_out_str(&out, NULL, env->settings.url);
	yf_json_out_close(&out);
	put_one(&out, "scopes_supported", "id");
	put_one(&out, "bearer_methods_supported", "header");
	put_one(&out, "dpop_signing_alg_values_supported", "ES256");
	yf_json_out_bool(&out, "dpop_bound_access_tokens_required", true);
	return finish(&out, reply);
}

yf_err yf_vc_issuer_metadata_get(const struct yf_env *env,
				 struct yf_exchange *x, struct yf_reply *reply)
{
	struct yf_json_out out;
	struct yf_public_key key;
	yf_str jwk;

	YF_TRY(start(env, x, &out));
	YF_TRY(yf_signer_public_key(&env->issuer, &key));
	yf_json_out_str(&out, "issuer", env->settings.url);
	yf_json_out_object(&out, "jwks");
	yf_json_out_array(&out, "keys");
	YF_TRY(yf_jwk_encode(x->arena, &key, &jwk));
	yf_json_out_raw(&out, NULL, jwk);
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	return finish(&out, reply);
}
