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

/* The claim of the type that `path` is, or is a part of; NULL for none. */
static const struct yf_type_claim *claim_of(const struct yf_card_type *type,
					    const struct yf_claim_path *path)
{
	for (size_t i = 0; i < type->claim_count; i++) {
		const struct yf_claim_path *own = &type->claims[i].path;
		size_t same = 0;

		while (same < own->count && same < path->count &&
		       yf_str_eq(own->steps[same].name, path->steps[same].name))
			same++;
		if (same == own->count)
			return &type->claims[i];
	}
	return NULL;
}

/*
 * [namespace, element] of the same value in the mdoc of the type.  NOT_FOUND
 * when it has none: elements are whole, but for ages, which are one each.
 */
static yf_err element_path(struct yf_arena *arena,
			   const struct yf_card_type *type,
			   const struct yf_claim_path *path,
			   struct yf_claim_path *out)
{
	const struct yf_type_claim *claim = claim_of(type, path);
	struct yf_claim_step *steps = YF_NEW(arena, struct yf_claim_step, 2);
	yf_str age = { 0 };

	if (!steps)
		return YF_FAIL(MEMORY);
	if (!claim || !claim->element.name.len)
		return YF_FAIL(NOT_FOUND);
	if (claim->element.encoding == YF_ELEMENT_AGES) {
		if (path->count != claim->path.count + 1)
			return YF_FAIL(NOT_FOUND);
		age = path->steps[claim->path.count].name;
	} else if (path->count != claim->path.count) {
		return YF_FAIL(NOT_FOUND);
	}
	steps[0] = (struct yf_claim_step){ .kind = YF_CLAIM_MEMBER,
					   .name = claim->element.name_space };
	steps[1].kind = YF_CLAIM_MEMBER;
	YF_TRY(yf_str_format(arena, &steps[1].name, "%.*s%.*s",
			     YF_ARG(claim->element.name), YF_ARG(age)));
	*out = (struct yf_claim_path){ steps, 2 };
	return YF_OK;
}

yf_err yf_policy_grants(struct yf_arena *arena,
			const struct yf_card_types *types,
			const struct yf_policy *policy,
			struct yf_policy_grants *out)
{
	struct yf_claim_path *paths =
		YF_NEW(arena, struct yf_claim_path, YF_POLICY_CLAIMS_MAX);
	struct yf_claim_path *elements =
		YF_NEW(arena, struct yf_claim_path, YF_POLICY_CLAIMS_MAX);
	const struct yf_card_type *type;
	bool mdoc = true;
	size_t count = 0;

	if (!paths || !elements)
		return YF_FAIL(MEMORY);
	YF_TRY(type_of(types, policy, &type));
	mdoc = type->doctype.len > 0;
	for (; policy->claims[count].path; count++) {
		YF_TRY(yf_claim_path_of(arena, policy->claims[count].path,
					&paths[count]));
		const yf_err err = element_path(arena, type, &paths[count],
						&elements[count]);
		mdoc = mdoc && !yf_failed(err);
		if (err.code == YF_CODE_MEMORY)
			return err;
	}
	*out = (struct yf_policy_grants){
		.at = { { .vct = type->vct,
			  .paths = paths,
			  .path_count = count },
			{ .doctype = type->doctype,
			  .paths = elements,
			  .path_count = count } },
		.count = mdoc ? 2 : 1,
	};
	return YF_OK;
}

static void put_meta(struct yf_json_out *json,
		     const struct yf_dcql_grant *grant)
{
	yf_json_out_text(json, "format",
			 grant->doctype.len ? "mso_mdoc" : "dc+sd-jwt");
	yf_json_out_object(json, "meta");
	if (grant->doctype.len) {
		yf_json_out_str(json, "doctype_value", grant->doctype);
	} else {
		yf_json_out_array(json, "vct_values");
		yf_json_out_str(json, NULL, grant->vct);
		yf_json_out_close(json);
	}
	yf_json_out_close(json);
}

/* One credential query: the grant, with the values that the policy wants. */
static void put_credential(struct yf_json_out *json, yf_str id,
			   const struct yf_policy *policy,
			   const struct yf_dcql_grant *grant)
{
	yf_json_out_object(json, NULL);
	yf_json_out_str(json, "id", id);
	put_meta(json, grant);
	yf_json_out_array(json, "claims");
	for (size_t i = 0; i < grant->path_count; i++) {
		yf_json_out_object(json, NULL);
		yf_claim_path_put(json, "path", &grant->paths[i]);
		if (grant->doctype.len)
			yf_json_out_bool(json, "intent_to_retain",
					 policy->retention_s > 0);
		if (policy->claims[i].value) {
			yf_json_out_array(json, "values");
			yf_json_out_text(json, NULL, policy->claims[i].value);
			yf_json_out_close(json);
		}
		yf_json_out_close(json);
	}
	yf_json_out_close(json);
	yf_json_out_close(json);
}

/* 6.4.2: any one of the credentials will do. */
static void put_either(struct yf_json_out *json, const yf_str *ids,
		       size_t count)
{
	yf_json_out_array(json, "credential_sets");
	yf_json_out_object(json, NULL);
	yf_json_out_array(json, "options");
	for (size_t i = 0; i < count; i++) {
		yf_json_out_array(json, NULL);
		yf_json_out_str(json, NULL, ids[i]);
		yf_json_out_close(json);
	}
	yf_json_out_close(json);
	yf_json_out_close(json);
	yf_json_out_close(json);
}

yf_err yf_policy_query(struct yf_arena *arena,
		       const struct yf_card_types *types,
		       const struct yf_policy *policy,
		       yf_policy_formats formats, const struct yf_json **out)
{
	struct yf_json_out json = yf_json_out_new(arena, 512);
	struct yf_policy_grants grants = { .count = 0 };
	yf_str ids[YF_POLICY_GRANTS_MAX] = { yf_str_of(policy->type) };
	yf_str text = { 0 };

	YF_TRY(yf_policy_grants(arena, types, policy, &grants));
	YF_TRY(yf_str_format(arena, &ids[1], "%s_mdoc", policy->type));
	if (formats == YF_POLICY_SD_JWT)
		grants.count = 1;
	yf_json_out_object(&json, NULL);
	yf_json_out_array(&json, "credentials");
	for (size_t i = 0; i < grants.count; i++)
		put_credential(&json, ids[i], policy, &grants.at[i]);
	yf_json_out_close(&json);
	if (grants.count > 1)
		put_either(&json, ids, grants.count);
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &text));
	return yf_json_parse(arena, text, out);
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
	struct yf_dcql_grant all[YF_POLICIES_MAX * YF_POLICY_GRANTS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < policies->count; i++) {
		struct yf_policy_grants grants = { .count = 0 };

		YF_TRY(yf_policy_grants(arena, types, policies->at[i],
					&grants));
		for (size_t k = 0; k < grants.count; k++)
			all[count++] = grants.at[k];
		if (yf_failed(yf_dcql_within(query, grants.at, grants.count)))
			continue;
		*out = (struct yf_policies){ { policies->at[i] }, 1 };
		return YF_OK;
	}
	YF_TRY(yf_dcql_within(query, all, count));
	*out = *policies;
	return YF_OK;
}
