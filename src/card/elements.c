#include "card/elements.h"

#include <stdlib.h>

#include "base/civil.h"
#include "codec/cbor.h"
#include "codec/tdate.h"
#include "crypto/hash.h"

struct build {
	struct yf_arena *arena;
	const struct yf_card_face *face;
	yf_card_format format;
	struct yf_mdoc_element *at;
	size_t count;
};

static struct yf_civil latest(struct yf_civil date)
{
	if (!date.month)
		date.month = 12;
	if (!date.day)
		date.day = yf_civil_days_in_month(date.year, date.month);
	return date;
}

static yf_err put_full_date(struct yf_arena *arena, struct yf_buf *buf,
			    yf_str text)
{
	struct yf_civil date;
	yf_str day;

	YF_TRY(yf_civil_parse(text, &date));
	YF_TRY(yf_civil_format(arena, latest(date), &day));
	yf_full_date_put(buf, day);
	return YF_OK;
}

static bool is_date(const struct yf_type_element *element, yf_str name)
{
	for (size_t i = 0; i < element->date_count; i++)
		if (yf_str_eq(element->dates[i], name))
			return true;
	return false;
}

/* RFC 8949 4.2.1: by the bytes of the encoded key, so shorter ones first. */
static int compare_keys(const void *left, const void *right)
{
	const struct yf_json *const *a = left;
	const struct yf_json *const *b = right;

	if ((*a)->name.len != (*b)->name.len)
		return (*a)->name.len < (*b)->name.len ? -1 : 1;
	return memcmp((*a)->name.ptr, (*b)->name.ptr, (*a)->name.len);
}

static yf_err put_value(struct yf_arena *arena, struct yf_buf *buf,
			const struct yf_type_element *element,
			const struct yf_json *value);

/* NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be */
static yf_err put_map(struct yf_arena *arena, struct yf_buf *buf,
		      const struct yf_type_element *element,
		      const struct yf_json *value)
{
	const struct yf_json **sorted =
		YF_NEW(arena, const struct yf_json *, value->count);

	if (!sorted)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < value->count; i++)
		sorted[i] = &value->items[i];
	if (value->count)
		qsort(sorted, value->count, sizeof(const struct yf_json *),
		      compare_keys);
	yf_cbor_put_map(buf, value->count);
	for (size_t i = 0; i < value->count; i++) {
		yf_cbor_put_text(buf, sorted[i]->name);
		YF_TRY(put_value(arena, buf, element, sorted[i]));
	}
	return YF_OK;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be */
static yf_err put_value(struct yf_arena *arena, struct yf_buf *buf,
			const struct yf_type_element *element,
			const struct yf_json *value)
{
	switch (value->kind) {
	case YF_JSON_NULL:
		yf_cbor_put_null(buf);
		return YF_OK;
	case YF_JSON_BOOL:
		yf_cbor_put_bool(buf, value->boolean);
		return YF_OK;
	case YF_JSON_INT:
		yf_cbor_put_int(buf, value->integer);
		return YF_OK;
	case YF_JSON_REAL:
		yf_cbor_put_real(buf, value->real);
		return YF_OK;
	case YF_JSON_STRING:
		if (is_date(element, value->name))
			return put_full_date(arena, buf, value->string);
		yf_cbor_put_text(buf, value->string);
		return YF_OK;
	case YF_JSON_ARRAY:
		yf_cbor_put_array(buf, value->count);
		for (size_t i = 0; i < value->count; i++)
			YF_TRY(put_value(arena, buf, element,
					 &value->items[i]));
		return YF_OK;
	case YF_JSON_OBJECT:
		break;
	}
	return put_map(arena, buf, element, value);
}

/* A tally has no room for a portrait, but for what it is to be. */
static void put_portrait(const struct build *build, struct yf_buf *buf)
{
	uint8_t hash[YF_SHA256_LEN];

	if (build->format != YF_FORMAT_TALLY) {
		yf_cbor_put_bytes(buf, build->face->portrait);
		return;
	}
	yf_sha256(build->face->portrait, hash);
	yf_cbor_put_bytes(buf, (yf_bytes){ hash, sizeof(hash) });
}

/* SYNTAX when the value is not what the encoding needs. */
static yf_err put_encoded(const struct build *build, struct yf_buf *buf,
			  const struct yf_type_element *element,
			  const struct yf_json *value)
{
	struct yf_civil date;

	switch (element->encoding) {
	case YF_ELEMENT_FULL_DATE:
		return value->kind == YF_JSON_STRING
			       ? put_full_date(build->arena, buf, value->string)
			       : YF_FAIL(SYNTAX);
	case YF_ELEMENT_TDATE:
		if (value->kind != YF_JSON_STRING)
			return YF_FAIL(SYNTAX);
		YF_TRY(yf_civil_parse(value->string, &date));
		yf_tdate_put(buf, yf_civil_seconds(latest(date)));
		return YF_OK;
	case YF_ELEMENT_BSTR:
		put_portrait(build, buf);
		return YF_OK;
	case YF_ELEMENT_UINT:
		if (value->kind != YF_JSON_INT || value->integer < 0)
			return YF_FAIL(SYNTAX);
		yf_cbor_put_int(buf, value->integer);
		return YF_OK;
	case YF_ELEMENT_VALUE:
	case YF_ELEMENT_AGES: /* comes as its single ages */
		break;
	}
	return put_value(build->arena, buf, element, value);
}

static yf_err add(struct build *build, const struct yf_type_element *element,
		  yf_str name, const struct yf_json *value)
{
	struct yf_buf buf = yf_buf_new(build->arena, 64);
	struct yf_mdoc_element *out = &build->at[build->count];

	YF_TRY(put_encoded(build, &buf, element, value));
	YF_TRY(yf_buf_bytes(&buf, &out->value));
	out->name_space = element->name_space;
	out->name = name;
	build->count++;
	return YF_OK;
}

/* age_over_18 and the others, an element each. */
static yf_err add_ages(struct build *build,
		       const struct yf_type_element *element,
		       const struct yf_json *ages)
{
	yf_str name;

	for (size_t i = 0; i < ages->count; i++) {
		YF_TRY(yf_str_format(build->arena, &name, "%.*s%.*s",
				     YF_ARG(element->name),
				     YF_ARG(ages->items[i].name)));
		YF_TRY(add(build, element, name, &ages->items[i]));
	}
	return YF_OK;
}

static yf_err add_one(struct build *build,
		      const struct yf_type_element *element,
		      const struct yf_json *value)
{
	yf_str name = element->name;

	if (build->format == YF_FORMAT_TALLY &&
	    element->encoding == YF_ELEMENT_BSTR)
		YF_TRY(yf_str_format(build->arena, &name, "%.*s_hash",
				     YF_ARG(element->name)));
	return add(build, element, name, value);
}

static yf_err add_claim(struct build *build, const struct yf_type_claim *claim,
			const struct yf_json *value, yf_str *missing)
{
	const struct yf_type_element *element = &claim->element;
	const yf_err err = element->encoding == YF_ELEMENT_AGES
				   ? add_ages(build, element, value)
				   : add_one(build, element, value);

	if (!yf_failed(err) || err.code == YF_CODE_MEMORY)
		return err;
	*missing = claim->source.name;
	return YF_FAIL(NO_DATA);
}

static yf_err add_demo(struct build *build)
{
	static const struct yf_json yes = { .kind = YF_JSON_BOOL,
					    .boolean = true };
	const struct yf_type_element element = { .name_space = YF_STR(
							 YF_DEMO_NAME_SPACE) };

	return add(build, &element, YF_STR(YF_CLAIM_DEMO), &yes);
}

static bool is_in(const struct yf_type_claim *claim, yf_card_format format)
{
	return claim->element.name.len &&
	       (format != YF_FORMAT_TALLY || claim->element.tally);
}

yf_err yf_card_elements(struct yf_arena *arena,
			const struct yf_card_elements_ask *ask,
			struct yf_card_elements *out, yf_str *missing)
{
	const struct yf_card_type *type = ask->type;
	struct build build = {
		.arena = arena,
		.face = ask->face,
		.format = ask->format,
		.at = YF_NEW(arena, struct yf_mdoc_element,
			     type->claim_count + yf_card_age_count + 1),
	};

	if (!build.at)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < type->claim_count; i++)
		if (ask->values->at[i] && is_in(&type->claims[i], ask->format))
			YF_TRY(add_claim(&build, &type->claims[i],
					 ask->values->at[i], missing));
	if (ask->face->demo)
		YF_TRY(add_demo(&build));
	*out = (struct yf_card_elements){ build.at, build.count };
	return YF_OK;
}
