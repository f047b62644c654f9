#include "register/person.h"

#include "codec/json.h"
#include "register/name.h"

static bool is_country(yf_str text)
{
	return text.len == 2 && text.ptr[0] >= 'A' && text.ptr[0] <= 'Z' &&
	       text.ptr[1] >= 'A' && text.ptr[1] <= 'Z';
}

static yf_err check_names(const struct yf_person *person)
{
	const yf_str texts[] = {
		person->family_name,           person->given_name,
		person->family_name_latin,     person->given_name_latin,
		person->place_of_birth.region, person->place_of_birth.locality,
	};

	for (size_t i = 0; i < YF_COUNT(texts); i++)
		YF_TRY(yf_name_check(texts[i]));
	return person->family_name.len || person->given_name.len
		       ? YF_OK
		       : YF_FAIL(MISSING);
}

/* With the parts that are known: no day without a month. */
static bool is_date(struct yf_civil date)
{
	if (date.year <= 0 || date.month < 0 || date.month > 12 || date.day < 0)
		return false;
	if (!date.month)
		return !date.day;
	return date.day <= yf_civil_days_in_month(date.year, date.month);
}

static bool is_attribute_name(yf_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!(name.ptr[i] >= 'a' && name.ptr[i] <= 'z') &&
		    !(i && name.ptr[i] >= '0' && name.ptr[i] <= '9') &&
		    !(i && name.ptr[i] == '_'))
			return false;
	return name.len > 0;
}

/* `left`: how many more values there may be. */
static yf_err check_value(const struct yf_json *value, size_t *left)
{
	if (!*left)
		return YF_FAIL(ATTRIBUTE);
	--*left;
	if (value->kind == YF_JSON_NULL)
		return YF_FAIL(ATTRIBUTE);
	if (value->kind == YF_JSON_STRING)
		return value->string.len && yf_str_chars(value->string) <=
						    YF_ATTRIBUTE_CHARS_MAX
			       ? YF_OK
			       : YF_FAIL(ATTRIBUTE);
	if (value->kind != YF_JSON_ARRAY && value->kind != YF_JSON_OBJECT)
		return YF_OK;
	for (size_t i = 0; i < value->count; i++) {
		if (value->kind == YF_JSON_OBJECT &&
		    !is_attribute_name(value->items[i].name))
			return YF_FAIL(ATTRIBUTE);
		YF_TRY(check_value(&value->items[i], left));
	}
	return YF_OK;
}

static yf_err check_attributes(const struct yf_json *attributes)
{
	size_t left = YF_ATTRIBUTE_VALUES_MAX;

	if (!attributes)
		return YF_OK;
	if (attributes->kind != YF_JSON_OBJECT ||
	    attributes->count > YF_ATTRIBUTES_MAX)
		return YF_FAIL(ATTRIBUTE);
	return check_value(attributes, &left);
}

yf_err yf_person_check(const struct yf_person *person)
{
	YF_TRY(check_names(person));
	if (!is_date(person->birth_date))
		return YF_FAIL(BIRTH_DATE);
	if (person->sex != 0 && person->sex != 1 && person->sex != 2 &&
	    person->sex != 9)
		return YF_FAIL(SEX);
	if (person->place_of_birth.country.len &&
	    !is_country(person->place_of_birth.country))
		return YF_FAIL(COUNTRY);
	if (person->nationality_count > YF_NATIONALITIES_MAX)
		return YF_FAIL(COUNTRY);
	for (size_t i = 0; i < person->nationality_count; i++)
		if (!is_country(person->nationalities[i]))
			return YF_FAIL(COUNTRY);
	YF_TRY(check_attributes(person->attributes));
	return person->number.len ? YF_OK : YF_FAIL(MISSING);
}

static yf_err take_nationalities(const struct yf_json *value,
				 struct yf_person *out)
{
	if (!value)
		return YF_OK;
	if (value->kind == YF_JSON_STRING) {
		out->nationalities[0] = value->string;
		out->nationality_count = value->string.len ? 1 : 0;
		return YF_OK;
	}
	if (value->kind != YF_JSON_ARRAY || value->count > YF_NATIONALITIES_MAX)
		return YF_FAIL(COUNTRY);
	for (size_t i = 0; i < value->count; i++) {
		if (value->items[i].kind != YF_JSON_STRING)
			return YF_FAIL(COUNTRY);
		out->nationalities[i] = value->items[i].string;
	}
	out->nationality_count = value->count;
	return YF_OK;
}

yf_err yf_person_decode(struct yf_arena *arena, const char *rule, yf_str json,
			struct yf_person *out)
{
	struct yf_person person = { 0 };
	const struct yf_json *nationality = NULL;
	yf_str birth_date = { 0 };
	yf_str number = { 0 };
	int64_t sex = 0;
	const struct yf_json_field fields[] = {
		YF_JSON_STR_OPT("family_name", &person.family_name),
		YF_JSON_STR_OPT("given_name", &person.given_name),
		YF_JSON_STR_OPT("family_name_latin", &person.family_name_latin),
		YF_JSON_STR_OPT("given_name_latin", &person.given_name_latin),
		YF_JSON_STR("birth_date", &birth_date),
		YF_JSON_NUM_OPT("sex", &sex),
		YF_JSON_STR_OPT("place_of_birth.country",
				&person.place_of_birth.country),
		YF_JSON_STR_OPT("place_of_birth.region",
				&person.place_of_birth.region),
		YF_JSON_STR_OPT("place_of_birth.locality",
				&person.place_of_birth.locality),
		YF_JSON_ANY_OPT("nationality", &nationality),
		YF_JSON_STR("personal_administrative_number", &number),
		YF_JSON_ANY_OPT("attributes", &person.attributes),
		YF_JSON_END,
	};

	YF_TRY(yf_json_decode(arena, json, fields));
	if (sex < 0 || sex > 9)
		return YF_FAIL(SEX);
	person.sex = (int)sex;
	YF_TRY(take_nationalities(nationality, &person));
	if (yf_failed(yf_civil_parse(birth_date, &person.birth_date)))
		return YF_FAIL(BIRTH_DATE);
	YF_TRY(yf_id_number_parse(rule, number, &person.number));
	YF_TRY(yf_person_check(&person));
	*out = person;
	return YF_OK;
}

static void put_if(struct yf_json_out *out, const char *name, yf_str value)
{
	if (value.len)
		yf_json_out_str(out, name, value);
}

yf_err yf_person_encode(struct yf_arena *arena, const struct yf_person *person,
			yf_str *text)
{
	struct yf_json_out out = yf_json_out_new(arena, 512);
	const struct yf_place *place = &person->place_of_birth;
	yf_str birth_date;

	YF_TRY(yf_civil_format(arena, person->birth_date, &birth_date));
	yf_json_out_object(&out, NULL);
	put_if(&out, "family_name", person->family_name);
	put_if(&out, "given_name", person->given_name);
	put_if(&out, "family_name_latin", person->family_name_latin);
	put_if(&out, "given_name_latin", person->given_name_latin);
	yf_json_out_str(&out, "birth_date", birth_date);
	yf_json_out_int(&out, "sex", person->sex);
	yf_json_out_object(&out, "place_of_birth");
	put_if(&out, "country", place->country);
	put_if(&out, "region", place->region);
	put_if(&out, "locality", place->locality);
	yf_json_out_close(&out);
	yf_json_out_array(&out, "nationality");
	for (size_t i = 0; i < person->nationality_count; i++)
		yf_json_out_str(&out, NULL, person->nationalities[i]);
	yf_json_out_close(&out);
	yf_json_out_str(&out, "personal_administrative_number",
			yf_id_number_str(&person->number));
	if (person->attributes)
		yf_json_out_tree(&out, "attributes", person->attributes);
	yf_json_out_close(&out);
	return yf_json_out_end(&out, text);
}

static yf_err pair_is(struct yf_arena *arena, yf_str first, yf_str second,
		      yf_str key, bool *out)
{
	struct yf_buf both = yf_buf_new(arena, first.len + second.len);
	yf_str text;
	yf_str pair_key;

	*out = false;
	if (!first.len && !second.len)
		return YF_OK;
	yf_buf_text(&both, first);
	yf_buf_text(&both, second);
	YF_TRY(yf_buf_str(&both, &text));
	YF_TRY(yf_name_key(arena, text, &pair_key));
	*out = yf_str_eq(pair_key, key);
	return YF_OK;
}

yf_err yf_person_is_named(struct yf_arena *arena,
			  const struct yf_person *person, yf_str name,
			  bool *out)
{
	const yf_str orders[][2] = {
		{ person->family_name, person->given_name },
		{ person->given_name, person->family_name },
		{ person->family_name_latin, person->given_name_latin },
		{ person->given_name_latin, person->family_name_latin },
	};
	yf_str key;

	*out = false;
	YF_TRY(yf_name_check(name));
	YF_TRY(yf_name_key(arena, name, &key));
	if (!key.len)
		return YF_OK;
	for (size_t i = 0; i < YF_COUNT(orders) && !*out; i++)
		YF_TRY(pair_is(arena, orders[i][0], orders[i][1], key, out));
	return YF_OK;
}
