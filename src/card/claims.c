#include "card/claims.h"

#include "card/age.h"
#include "card/evidence.h"
#include "card/handle.h"
#include "codec/base64url.h"

const int yf_card_ages[] = { 14, 16, 18, 21, 60, 65 };
const size_t yf_card_age_count = YF_COUNT(yf_card_ages);

yf_err yf_card_number_new(struct yf_arena *arena,
			  const struct yf_card_type *type, yf_str *out)
{
	yf_str code;

	YF_TRY(yf_spoken_code(arena, 2, &code));
	return yf_str_format(arena, out, "%.*s%.4s%.4s",
			     YF_ARG(type->number_prefix), code.ptr,
			     code.ptr + 5);
}

/* --- values: each of these gives NULL for what is not known --- */

static yf_err text_value(struct yf_arena *arena, yf_str text,
			 const struct yf_json **out)
{
	struct yf_json *value;

	*out = NULL;
	if (!text.len)
		return YF_OK;
	value = YF_NEW(arena, struct yf_json, 1);
	if (!value)
		return YF_FAIL(MEMORY);
	*value = yf_json_of_str(NULL, text);
	*out = value;
	return YF_OK;
}

static yf_err int_value(struct yf_arena *arena, int64_t number,
			const struct yf_json **out)
{
	struct yf_json *value = YF_NEW(arena, struct yf_json, 1);

	if (!value)
		return YF_FAIL(MEMORY);
	*value = yf_json_of_int(NULL, number);
	*out = value;
	return YF_OK;
}

static yf_err date_value(struct yf_arena *arena, struct yf_civil date,
			 const struct yf_json **out)
{
	yf_str text;

	YF_TRY(yf_civil_format(arena, date, &text));
	return text_value(arena, text, out);
}

static yf_err items_value(struct yf_arena *arena, yf_json_kind kind,
			  const struct yf_json *items, size_t count,
			  const struct yf_json **out)
{
	struct yf_json *value;

	*out = NULL;
	if (!count)
		return YF_OK;
	value = YF_NEW(arena, struct yf_json, 1);
	if (!value)
		return YF_FAIL(MEMORY);
	*value = yf_json_of_items(NULL, kind, items, count);
	*out = value;
	return YF_OK;
}

static yf_err place_value(struct yf_arena *arena, const struct yf_place *place,
			  const struct yf_json **out)
{
	struct yf_json *items = YF_NEW(arena, struct yf_json, 3);
	size_t count = 0;

	if (!items)
		return YF_FAIL(MEMORY);
	if (place->country.len)
		items[count++] = yf_json_of_str("country", place->country);
	if (place->region.len)
		items[count++] = yf_json_of_str("region", place->region);
	if (place->locality.len)
		items[count++] = yf_json_of_str("locality", place->locality);
	return items_value(arena, YF_JSON_OBJECT, items, count, out);
}

static yf_err nationalities_value(struct yf_arena *arena,
				  const struct yf_person *person,
				  const struct yf_json **out)
{
	struct yf_json *items =
		YF_NEW(arena, struct yf_json, YF_NATIONALITIES_MAX);

	if (!items)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < person->nationality_count; i++)
		items[i] = yf_json_of_str(NULL, person->nationalities[i]);
	return items_value(arena, YF_JSON_ARRAY, items,
			   person->nationality_count, out);
}

static yf_err ages_value(struct yf_arena *arena,
			 const struct yf_card_face *face,
			 const struct yf_json **out)
{
	const struct yf_civil today = yf_civil_of(face->issued_s);
	struct yf_json *items =
		YF_NEW(arena, struct yf_json, yf_card_age_count);
	yf_str name;

	if (!items)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < yf_card_age_count; i++) {
		YF_TRY(yf_str_format(arena, &name, "%d", yf_card_ages[i]));
		items[i] = yf_json_of_bool(
			name.ptr, yf_age_at_least(face->person->birth_date,
						  yf_card_ages[i], today));
	}
	return items_value(arena, YF_JSON_OBJECT, items, yf_card_age_count,
			   out);
}

static const struct yf_json *attribute_value(const struct yf_person *person,
					     const struct yf_claim_path *path)
{
	const struct yf_json *value = person->attributes;

	for (size_t i = 0; i < path->count && value; i++)
		value = yf_json_get_str(value, path->steps[i].name);
	return value;
}

/*
 * Distinguishing signs of vehicles in international traffic, where they are
 * not the two letters of the country.  A type of one's own writes another as
 * a "value".
 */
static yf_str un_sign(yf_str country)
{
	static const struct {
		const char *country, *sign;
	} signs[] = {
		{ "AT", "A" },   { "BE", "B" },   { "CN", "CHN" },
		{ "DE", "D" },   { "ES", "E" },   { "FR", "F" },
		{ "HU", "H" },   { "ID", "RI" },  { "IN", "IND" },
		{ "IT", "I" },   { "JP", "J" },   { "KH", "K" },
		{ "KR", "ROK" }, { "LA", "LAO" }, { "MN", "MGL" },
		{ "MY", "MAL" }, { "NO", "N" },   { "PH", "RP" },
		{ "PT", "P" },   { "RU", "RUS" }, { "SE", "S" },
		{ "SG", "SGP" }, { "TH", "T" },
	};

	for (size_t i = 0; i < YF_COUNT(signs); i++)
		if (yf_str_is(country, signs[i].country))
			return yf_str_of(signs[i].sign);
	return country;
}

static yf_err value_of_register(struct yf_arena *arena,
				const struct yf_source *source,
				const struct yf_card_face *face,
				const struct yf_json **out)
{
	static const struct yf_json present = { .kind = YF_JSON_BOOL,
						.boolean = true };
	const struct yf_person *person = face->person;
	const struct {
		yf_source_kind kind;
		yf_str text;
	} texts[] = {
		{ YF_SOURCE_FAMILY_NAME, person->family_name },
		{ YF_SOURCE_GIVEN_NAME, person->given_name },
		{ YF_SOURCE_FAMILY_NAME_LATIN, person->family_name_latin },
		{ YF_SOURCE_GIVEN_NAME_LATIN, person->given_name_latin },
		{ YF_SOURCE_NUMBER, yf_id_number_str(&person->number) },
		{ YF_SOURCE_DOCUMENT_NUMBER, face->document_number },
		{ YF_SOURCE_ISSUING_AUTHORITY, face->issuing_authority },
		{ YF_SOURCE_ISSUING_COUNTRY, face->issuing_country },
		{ YF_SOURCE_UN_SIGN, un_sign(face->issuing_country) },
	};

	for (size_t i = 0; i < YF_COUNT(texts); i++)
		if (texts[i].kind == source->kind)
			return text_value(arena, texts[i].text, out);
	if (source->kind == YF_SOURCE_ATTRIBUTE)
		*out = attribute_value(person, &source->path);
	else if (source->kind == YF_SOURCE_VALUE)
		*out = source->value;
	else /* the portrait */
		*out = face->portrait.len ? &present : NULL;
	return YF_OK;
}

static yf_err value_of(struct yf_arena *arena, const struct yf_source *source,
		       const struct yf_card_face *face,
		       const struct yf_json **out)
{
	const struct yf_person *person = face->person;

	*out = NULL;
	switch (source->kind) {
	case YF_SOURCE_BIRTH_DATE:
		return date_value(arena, person->birth_date, out);
	case YF_SOURCE_SEX:
		return int_value(arena, person->sex, out);
	case YF_SOURCE_PLACE_OF_BIRTH:
		return place_value(arena, &person->place_of_birth, out);
	case YF_SOURCE_NATIONALITIES:
		return nationalities_value(arena, person, out);
	case YF_SOURCE_ISSUE_DATE:
		return date_value(arena, yf_civil_of(face->issued_s), out);
	case YF_SOURCE_EXPIRY_DATE:
		return date_value(arena, yf_civil_of(face->expires_s), out);
	case YF_SOURCE_LEVEL:
		return text_value(arena, yf_str_of(yf_level_name(face->level)),
				  out);
	case YF_SOURCE_AGES:
		return ages_value(arena, face, out);
	case YF_SOURCE_FAMILY_NAME:
	case YF_SOURCE_GIVEN_NAME:
	case YF_SOURCE_FAMILY_NAME_LATIN:
	case YF_SOURCE_GIVEN_NAME_LATIN:
	case YF_SOURCE_PORTRAIT:
	case YF_SOURCE_NUMBER:
	case YF_SOURCE_ATTRIBUTE:
	case YF_SOURCE_DOCUMENT_NUMBER:
	case YF_SOURCE_ISSUING_AUTHORITY:
	case YF_SOURCE_ISSUING_COUNTRY:
	case YF_SOURCE_UN_SIGN:
	case YF_SOURCE_VALUE:
		break;
	}
	return value_of_register(arena, source, face, out);
}

yf_err yf_card_values(struct yf_arena *arena, const struct yf_card_type *type,
		      const struct yf_card_face *face,
		      struct yf_card_values *out, yf_str *missing)
{
	struct yf_buf names = yf_buf_new(arena, 128);
	struct yf_card_values values = { 0 };

	for (size_t i = 0; i < type->claim_count; i++) {
		const struct yf_type_claim *claim = &type->claims[i];
		YF_TRY(value_of(arena, &claim->source, face, &values.at[i]));
		if (values.at[i] || !claim->mandatory)
			continue;
		if (names.len)
			yf_buf_text(&names, YF_STR(", "));
		yf_buf_text(&names, claim->source.name);
	}
	if (names.len) {
		YF_TRY(yf_buf_str(&names, missing));
		return YF_FAIL(NO_DATA);
	}
	*out = values;
	return YF_OK;
}

yf_err yf_card_ends(const struct yf_card_type *type,
		    const struct yf_person *person, int64_t issued_s,
		    int64_t *out, yf_str *missing)
{
	int64_t ends_s = issued_s + type->days * YF_DAY_S;
	const struct yf_json *value;
	struct yf_civil date;

	if (type->has_end) {
		value = attribute_value(person, &type->end.path);
		if (!value || value->kind != YF_JSON_STRING ||
		    yf_failed(yf_civil_parse(value->string, &date)) ||
		    !date.day) {
			*missing = type->end.name;
			return YF_FAIL(NO_DATA);
		}
		/* Good for the whole of its last day. */
		const int64_t last_s = yf_civil_seconds(date) + YF_DAY_S;
		if (last_s <= issued_s)
			return YF_FAIL(OVER);
		if (last_s < ends_s)
			ends_s = last_s;
	}
	*out = ends_s;
	return YF_OK;
}

/* --- as claims of an SD-JWT VC --- */

struct build {
	struct yf_arena *arena;
	const struct yf_card_type *type;
	struct yf_card_values values;
	bool demo;
};

/* What stands for the portrait becomes a data: URL. */
static yf_err put_picture(struct build *build, yf_bytes portrait, size_t index)
{
	yf_str base64;
	yf_str url;

	YF_TRY(yf_base64_encode(build->arena, portrait, &base64));
	YF_TRY(yf_str_format(build->arena, &url, "data:image/jpeg;base64,%.*s",
			     YF_ARG(base64)));
	return text_value(build->arena, url, &build->values.at[index]);
}

static bool is_below(const struct yf_claim_path *path,
		     const struct yf_claim_path *prefix, size_t depth)
{
	if (path->count <= depth)
		return false;
	for (size_t i = 0; i < depth; i++)
		if (!yf_str_eq(path->steps[i].name, prefix->steps[i].name))
			return false;
	return true;
}

static bool is_there(const struct yf_json *items, size_t count, yf_str name)
{
	for (size_t i = 0; i < count; i++)
		if (yf_str_eq(items[i].name, name))
			return true;
	return false;
}

/* The members below the first `depth` steps of `prefix`. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as a path, at most four */
static yf_err build_object(const struct build *build,
			   const struct yf_claim_path *prefix, size_t depth,
			   struct yf_json *out)
{
	const struct yf_card_type *type = build->type;
	struct yf_json *items =
		YF_NEW(build->arena, struct yf_json, type->claim_count + 1);
	size_t count = 0;

	if (!items)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < type->claim_count; i++) {
		const struct yf_claim_path *path = &type->claims[i].path;
		if (!build->values.at[i] || !is_below(path, prefix, depth) ||
		    is_there(items, count, path->steps[depth].name))
			continue;
		if (path->count == depth + 1)
			items[count] = *build->values.at[i];
		else
			YF_TRY(build_object(build, path, depth + 1,
					    &items[count]));
		items[count++].name = path->steps[depth].name;
	}
	if (!depth && build->demo)
		items[count++] = yf_json_of_bool(YF_CLAIM_DEMO, true);
	*out = yf_json_of_items(NULL, YF_JSON_OBJECT, items, count);
	return YF_OK;
}

static yf_err step_below(struct yf_arena *arena,
			 const struct yf_claim_path *path,
			 struct yf_claim_step last, struct yf_claim_path *out)
{
	struct yf_claim_step *steps =
		YF_NEW(arena, struct yf_claim_step, path->count + 1);

	if (!steps)
		return YF_FAIL(MEMORY);
	memcpy(steps, path->steps, path->count * sizeof(*steps));
	steps[path->count] = last;
	*out = (struct yf_claim_path){ steps, path->count + 1 };
	return YF_OK;
}

static bool has_parts(const struct yf_json *value)
{
	return (value->kind == YF_JSON_OBJECT ||
		value->kind == YF_JSON_ARRAY) &&
	       value->count > 0;
}

/* The paths of one claim; there is room for one more than its parts. */
static yf_err put_paths(struct yf_arena *arena,
			const struct yf_type_claim *claim,
			const struct yf_json *value, struct yf_claim_path *out,
			size_t *count)
{
	const bool parts = claim->disclose == YF_DISCLOSE_PARTS ||
			   claim->disclose == YF_DISCLOSE_BOTH;

	if (claim->disclose == YF_DISCLOSE_NEVER)
		return YF_OK;
	if (claim->disclose != YF_DISCLOSE_PARTS || !has_parts(value))
		out[(*count)++] = claim->path;
	if (!parts || !has_parts(value))
		return YF_OK;
	if (value->kind == YF_JSON_ARRAY)
		return step_below(
			arena, &claim->path,
			(struct yf_claim_step){ .kind = YF_CLAIM_ALL },
			&out[(*count)++]);
	for (size_t i = 0; i < value->count; i++)
		YF_TRY(step_below(
			arena, &claim->path,
			(struct yf_claim_step){ .kind = YF_CLAIM_MEMBER,
						.name = value->items[i].name },
			&out[(*count)++]));
	return YF_OK;
}

static yf_err build_paths(const struct build *build, struct yf_card_claims *out)
{
	const struct yf_card_type *type = build->type;
	struct yf_claim_path *paths;
	size_t room = 0;
	size_t count = 0;

	for (size_t i = 0; i < type->claim_count; i++)
		if (build->values.at[i])
			room += 1 + build->values.at[i]->count;
	paths = YF_NEW(build->arena, struct yf_claim_path, room);
	if (!paths)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < type->claim_count; i++)
		if (build->values.at[i])
			YF_TRY(put_paths(build->arena, &type->claims[i],
					 build->values.at[i], paths, &count));
	out->disclosable = paths;
	out->disclosable_count = count;
	return YF_OK;
}

yf_err yf_card_claims(struct yf_arena *arena, const struct yf_card_type *type,
		      const struct yf_card_face *face,
		      const struct yf_card_values *values,
		      struct yf_card_claims *out)
{
	struct build build = { arena, type, *values, face->demo };
	struct yf_card_claims claims = { 0 };
	struct yf_json *object = YF_NEW(arena, struct yf_json, 1);

	if (!object)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < type->claim_count; i++)
		if (values->at[i] &&
		    type->claims[i].source.kind == YF_SOURCE_PORTRAIT)
			YF_TRY(put_picture(&build, face->portrait, i));
	YF_TRY(build_object(&build, &(struct yf_claim_path){ 0 }, 0, object));
	claims.object = object;
	YF_TRY(build_paths(&build, &claims));
	*out = claims;
	return YF_OK;
}
