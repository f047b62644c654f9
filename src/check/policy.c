#include "check/policy.h"

#define TEXT(locale, text)                   \
	{                                    \
		YF_STR(locale), YF_STR(text) \
	}

static const struct yf_policy table[] = {
	{
		.name = "hotel",
		.type = "id",
		.purpose = {
			TEXT("en", "Check-in: the hotel registers its guests"),
			TEXT("zh", "办理入住：酒店登记住客"),
			TEXT("th", "เช็คอิน: โรงแรมลงทะเบียนผู้เข้าพัก"),
			TEXT("vi", "Nhận phòng: đăng ký khách lưu trú"),
			TEXT("ru", "Заселение: гостиница регистрирует гостей"),
		},
		.claims = {
			{ "family_name", NULL },
			{ "given_name", NULL },
			{ "document_number", NULL },
			{ "picture", NULL },
		},
		.retention_s = 86400,
	},
	{
		.name = "cafe",
		.type = "id",
		.purpose = {
			TEXT("en", "Entry: to see that you are 18 or older"),
			TEXT("zh", "进入网吧：仅确认您已年满18周岁"),
			TEXT("th", "เข้าใช้: เพียงยืนยันว่าคุณอายุ 18 ปีขึ้นไป"),
			TEXT("vi", "Vào cửa: chỉ để biết bạn đã đủ 18 tuổi"),
			TEXT("ru", "Вход: проверить, что вам есть 18 лет"),
		},
		.claims = { { "age_equal_or_over.18", NULL } },
		.retention_s = 0,
	},
	{
		.name = "bank",
		.type = "id",
		.purpose = {
			TEXT("en", "Account opening: the law asks for it"),
			TEXT("zh", "开立账户：银行依法核实客户身份"),
			TEXT("th", "เปิดบัญชี: ระบุตัวตนลูกค้าตามกฎหมาย"),
			TEXT("vi", "Mở tài khoản: xác minh theo luật"),
			TEXT("ru", "Открытие счёта: требование закона"),
		},
		.claims = {
			{ "family_name", NULL },
			{ "given_name", NULL },
			{ "birthdate", NULL },
			{ "document_number", NULL },
			{ "personal_administrative_number", NULL },
			{ "picture", NULL },
			{ "assurance_level", "upgraded" },
		},
		.retention_s = 86400,
	},
	{
		.name = "railway",
		.type = "id",
		.purpose = {
			TEXT("en", "Boarding: whether the ticket is yours"),
			TEXT("zh", "检票：核对旅客与车票上的姓名"),
			TEXT("th", "ขึ้นรถไฟ: เทียบผู้โดยสารกับชื่อบนตั๋ว"),
			TEXT("vi", "Lên tàu: đối chiếu với tên trên vé"),
			TEXT("ru", "Посадка: сверка с именем в билете"),
		},
		.claims = {
			{ "family_name", NULL },
			{ "given_name", NULL },
			{ "document_number", NULL },
		},
		.retention_s = 0,
	},
	{
		.name = "rental",
		.type = "driving-licence",
		.purpose = {
			TEXT("en", "Car rental: whether you may drive it"),
			TEXT("zh", "租车：确认您可驾驶该车型"),
			TEXT("th", "เช่ารถ: ตรวจว่าคุณขับรถนี้ได้"),
			TEXT("vi", "Thuê xe: xem bạn được lái xe này không"),
			TEXT("ru", "Аренда авто: можно ли вам им управлять"),
		},
		.claims = {
			{ "family_name", NULL },
			{ "given_name", NULL },
			{ "picture", NULL },
			{ "document_number", NULL },
			{ "driving_privileges", NULL },
			{ "expiry_date", NULL },
		},
		.retention_s = 86400,
	},
	{
		.name = "employer",
		.type = "residence-permit",
		.purpose = {
			TEXT("en", "Work contract: whether you may live here"),
			TEXT("zh", "签订劳动合同：确认您可在此居留"),
			TEXT("th", "ทำสัญญาจ้าง: ตรวจสิทธิพำนักของคุณ"),
			TEXT("vi", "Ký hợp đồng: xem bạn được cư trú không"),
			TEXT("ru", "Трудовой договор: право жить здесь"),
		},
		.claims = {
			{ "family_name", NULL },
			{ "given_name", NULL },
			{ "picture", NULL },
			{ "permit_category", NULL },
			{ "date_of_expiry", NULL },
		},
		.retention_s = 86400,
	},
};

const struct yf_policy *yf_policy_at(size_t index)
{
	return index < YF_COUNT(table) ? &table[index] : NULL;
}

const struct yf_policy *yf_policy_find(yf_str name)
{
	for (size_t i = 0; i < YF_COUNT(table); i++)
		if (yf_str_is(name, table[i].name))
			return &table[i];
	return NULL;
}

int64_t yf_policy_delete_s(int64_t retention_s, int64_t now_s)
{
	return now_s + (retention_s ? retention_s : YF_POLICY_SHOWN_S);
}

/* --- as a query and as a grant --- */

static yf_err type_of(const struct yf_card_types *types,
		      const struct yf_policy *policy,
		      const struct yf_card_type **out)
{
	*out = yf_card_type_find(types, yf_str_of(policy->type));
	return *out ? YF_OK : YF_FAIL(UNKNOWN_CONFIGURATION);
}

static yf_err put_claim(struct yf_arena *arena, struct yf_json_out *json,
			const struct yf_policy_claim *claim)
{
	struct yf_claim_path path = { 0 };

	YF_TRY(yf_claim_path_of(arena, claim->path, &path));
	yf_json_out_object(json, NULL);
	yf_claim_path_put(json, "path", &path);
	if (claim->value) {
		yf_json_out_array(json, "values");
		yf_json_out_text(json, NULL, claim->value);
		yf_json_out_close(json);
	}
	yf_json_out_close(json);
	return YF_OK;
}

yf_err yf_policy_query(struct yf_arena *arena,
		       const struct yf_card_types *types,
		       const struct yf_policy *policy,
		       const struct yf_json **out)
{
	const struct yf_card_type *type;
	struct yf_json_out json = yf_json_out_new(arena, 512);
	yf_str text = { 0 };

	YF_TRY(type_of(types, policy, &type));
	yf_json_out_object(&json, NULL);
	yf_json_out_array(&json, "credentials");
	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "id", type->name);
	yf_json_out_text(&json, "format", "dc+sd-jwt");
	yf_json_out_object(&json, "meta");
	yf_json_out_array(&json, "vct_values");
	yf_json_out_str(&json, NULL, type->vct);
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	yf_json_out_array(&json, "claims");
	for (size_t i = 0; policy->claims[i].path; i++)
		YF_TRY(put_claim(arena, &json, &policy->claims[i]));
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &text));
	return yf_json_parse(arena, text, out);
}

yf_err yf_policy_grant(struct yf_arena *arena,
		       const struct yf_card_types *types,
		       const struct yf_policy *policy,
		       struct yf_dcql_grant *out)
{
	const struct yf_card_type *type;
	struct yf_claim_path *paths =
		YF_NEW(arena, struct yf_claim_path, YF_POLICY_CLAIMS_MAX);
	size_t count = 0;

	if (!paths)
		return YF_FAIL(MEMORY);
	YF_TRY(type_of(types, policy, &type));
	for (; policy->claims[count].path; count++)
		YF_TRY(yf_claim_path_of(arena, policy->claims[count].path,
					&paths[count]));
	*out = (struct yf_dcql_grant){ .vct = type->vct,
					.paths = paths,
					.path_count = count };
	return YF_OK;
}

/* --- several --- */

const struct yf_policy *yf_policies_find(const struct yf_policies *policies,
					 yf_str name)
{
	for (size_t i = 0; i < policies->count; i++)
		if (yf_str_is(name, policies->at[i]->name))
			return policies->at[i];
	return NULL;
}

static yf_err add(struct yf_policies *policies, yf_str name)
{
	const struct yf_policy *found = yf_policy_find(name);

	if (!found)
		return YF_FAIL(NOT_FOUND);
	if (yf_policies_find(policies, name))
		return YF_FAIL(DUPLICATE);
	if (policies->count == YF_POLICIES_MAX)
		return YF_FAIL(TOO_LARGE);
	policies->at[policies->count++] = found;
	return YF_OK;
}

yf_err yf_policies_of(const yf_str *names, size_t count,
		      struct yf_policies *out)
{
	struct yf_policies policies = { .count = 0 };

	for (size_t i = 0; i < count; i++)
		YF_TRY(add(&policies, names[i]));
	if (!policies.count)
		return YF_FAIL(RANGE);
	*out = policies;
	return YF_OK;
}

yf_err yf_policies_parse(struct yf_arena *arena, yf_str json,
			 struct yf_policies *out)
{
	const struct yf_json *names = NULL;
	struct yf_policies policies = { .count = 0 };

	YF_TRY(yf_json_parse(arena, json, &names));
	if (names->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	for (size_t i = 0; i < names->count; i++)
		YF_TRY(add(&policies, names->items[i].string));
	if (!policies.count)
		return YF_FAIL(RANGE);
	*out = policies;
	return YF_OK;
}

yf_err yf_policies_encode(struct yf_arena *arena,
			  const struct yf_policies *policies, yf_str *json)
{
	struct yf_json_out out = yf_json_out_new(arena, 64);

	yf_json_out_array(&out, NULL);
	for (size_t i = 0; i < policies->count; i++)
		yf_json_out_text(&out, NULL, policies->at[i]->name);
	yf_json_out_close(&out);
	return yf_json_out_end(&out, json);
}

yf_err yf_policies_cover(struct yf_arena *arena,
			 const struct yf_card_types *types,
			 const struct yf_policies *policies,
			 const struct yf_dcql *query, struct yf_policies *out)
{
	struct yf_dcql_grant grants[YF_POLICIES_MAX];

	for (size_t i = 0; i < policies->count; i++) {
		YF_TRY(yf_policy_grant(arena, types, policies->at[i],
				       &grants[i]));
		if (yf_failed(yf_dcql_within(query, &grants[i], 1)))
			continue;
		*out = (struct yf_policies){ { policies->at[i] }, 1 };
		return YF_OK;
	}
	YF_TRY(yf_dcql_within(query, grants, policies->count));
	*out = *policies;
	return YF_OK;
}
