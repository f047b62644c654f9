#include "card/type.h"

#include <stdio.h>

#include "codec/json.h"
#include "credential/always_shown.h"

enum {
	NAME_MAX_BYTES = 40,
	WORD_MAX_BYTES = 80,
	TEXT_MAX_CHARS = 200,
	PREFIX_MAX = 4,
	LOGO_MAX_BYTES = 64 * 1024,
	DAYS_MAX = 366,
	ORDER_MAX = 1000,
	PATH_MAX_STEPS = 4,
	WHERE_MAX = 96,
};

/* A file on its way: what messages need. */
struct reader {
	struct yf_arena *arena;
	yf_str file;
	yf_str *problem;
	char where[WHERE_MAX]; /* of the claim being read, or empty */
};

static yf_err refuse(const struct reader *r, const char *member,
		     const char *what)
{
	return yf_failed(yf_str_format(r->arena, r->problem, "%.*s: %s%s: %s",
				       YF_ARG(r->file), r->where, member, what))
		       ? YF_FAIL(MEMORY)
		       : YF_FAIL(CONFIG);
}

/* --- what a member may be --- */

static bool is_name(yf_str text)
{
	if (!text.len || text.len > NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-')
			return false;
	}
	return true;
}

static bool is_prefix(yf_str text)
{
	if (!text.len || text.len > PREFIX_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z') &&
		    !(text.ptr[i] >= '0' && text.ptr[i] <= '9'))
			return false;
	return true;
}

static bool is_color(yf_str text)
{
	if (text.len != 7 || text.ptr[0] != '#')
		return false;
	for (size_t i = 1; i < text.len; i++)
		if (!(text.ptr[i] >= '0' && text.ptr[i] <= '9') &&
		    !(text.ptr[i] >= 'a' && text.ptr[i] <= 'f'))
			return false;
	return true;
}

/* A URI of any scheme, without spaces and control characters. */
static bool is_uri(yf_str text, size_t len_max)
{
	yf_str rest = text;
	yf_str scheme;

	if (text.len > len_max || !yf_str_cut(&rest, ':', &scheme) ||
	    !scheme.len || !rest.len)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f)
			return false;
	return true;
}

/* Printed ASCII without spaces: identifiers of an mdoc, scopes. */
static bool is_word(yf_str text)
{
	if (!text.len || text.len > WORD_MAX_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f ||
		    text.ptr[i] == '"' || text.ptr[i] == '\\')
			return false;
	return true;
}

static bool is_shown_text(yf_str text)
{
	if (!text.len || yf_str_chars(text) > TEXT_MAX_CHARS)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ')
			return false;
	return true;
}

/* Members that nobody reads are mistakes, and mistakes are told. */
static yf_err only(const struct reader *r, const char *member,
		   const struct yf_json *object, const char *const *names,
		   size_t count)
{
	yf_str text;

	if (object->kind != YF_JSON_OBJECT)
		return refuse(r, member, "write an object: {...}");
	for (size_t i = 0; i < object->count; i++) {
		bool known = false;
		for (size_t k = 0; k < count && !known; k++)
			known = yf_str_is(object->items[i].name, names[k]);
		if (known)
			continue;
		YF_TRY(yf_str_format(r->arena, &text,
				     "there is no member \"%.*s\"; take it away"
				     " or correct its name",
				     YF_ARG(object->items[i].name)));
		return refuse(r, member, text.ptr);
	}
	return YF_OK;
}

static yf_err take_text(const struct reader *r, const struct yf_json *object,
			const char *name, bool required, yf_str *out)
{
	const struct yf_json *member = yf_json_get(object, name);

	if (!member)
		return required ? refuse(r, name, "is missing; add it") : YF_OK;
	if (member->kind != YF_JSON_STRING)
		return refuse(r, name, "write a text: \"...\"");
	*out = member->string;
	return YF_OK;
}

static yf_err take_int(const struct reader *r, const struct yf_json *object,
		       const char *name, int64_t min, int64_t max, int64_t *out)
{
	const struct yf_json *member = yf_json_get(object, name);
	yf_str text;

	if (!member)
		return YF_OK;
	if (member->kind == YF_JSON_INT && member->integer >= min &&
	    member->integer <= max) {
		*out = member->integer;
		return YF_OK;
	}
	YF_TRY(yf_str_format(r->arena, &text,
			     "write a whole number, %lld to %lld",
			     (long long)min, (long long)max));
	return refuse(r, name, text.ptr);
}

/* --- texts in five languages --- */

static yf_err take_locales(const struct reader *r, const char *member,
			   const struct yf_json *object)
{
	const char *names[YF_LOCALES];

	for (int i = 0; i < YF_LOCALES; i++)
		names[i] = yf_locale_name((yf_locale)i);
	if (!object)
		return refuse(r, member, "is missing; add en, zh, th, vi, ru");
	return only(r, member, object, names, YF_LOCALES);
}

static yf_err take_one_text(const struct reader *r, const char *member,
			    const char *locale, const struct yf_json *value,
			    yf_str *out)
{
	char name[64];

	if (value && value->kind == YF_JSON_STRING &&
	    is_shown_text(value->string)) {
		*out = value->string;
		return YF_OK;
	}
	(void)snprintf(name, sizeof(name), "%s.%s", member, locale);
	return refuse(r, name, "write a text of 1 to 200 characters");
}

static yf_err take_names(const struct reader *r, const struct yf_json *object,
			 struct yf_type_text *out)
{
	YF_TRY(take_locales(r, "names", object));
	for (int i = 0; i < YF_LOCALES; i++) {
		const char *locale = yf_locale_name((yf_locale)i);
		YF_TRY(take_one_text(r, "names", locale,
				     yf_json_get(object, locale), &out->at[i]));
	}
	return YF_OK;
}

static yf_err take_display(const struct reader *r, const struct yf_json *object,
			   struct yf_card_type *out)
{
	static const char *const members[] = { "name", "description" };

	YF_TRY(take_locales(r, "display", object));
	for (int i = 0; i < YF_LOCALES; i++) {
		const char *locale = yf_locale_name((yf_locale)i);
		const struct yf_json *item = yf_json_get(object, locale);
		if (item)
			YF_TRY(only(r, "display", item, members,
				    YF_COUNT(members)));
		YF_TRY(take_one_text(r, "display.name", locale,
				     yf_json_get(item, "name"),
				     &out->display.at[i]));
		YF_TRY(take_one_text(r, "display.description", locale,
				     yf_json_get(item, "description"),
				     &out->description.at[i]));
	}
	return YF_OK;
}

static yf_err take_colors(const struct reader *r, const struct yf_json *object,
			  struct yf_type_colors *out)
{
	static const char *const levels[YF_TYPE_LEVELS] = { "basic",
							    "upgraded" };
	static const char *const members[] = { "background", "text" };

	if (!object)
		return refuse(r, "colors", "is missing; add basic, upgraded");
	YF_TRY(only(r, "colors", object, levels, YF_TYPE_LEVELS));
	for (size_t i = 0; i < YF_TYPE_LEVELS; i++) {
		const struct yf_json *item = yf_json_get(object, levels[i]);
		if (item)
			YF_TRY(only(r, "colors", item, members,
				    YF_COUNT(members)));
		out[i].background = yf_json_text(item, "background");
		out[i].text = yf_json_text(item, "text");
		if (!is_color(out[i].background) || !is_color(out[i].text))
			return refuse(r, "colors",
				      "each of basic and upgraded takes"
				      " background and text, written #rrggbb in"
				      " lower case");
	}
	return YF_OK;
}

static yf_err take_logo(const struct reader *r, const struct yf_json *object,
			struct yf_card_type *out)
{
	static const char *const members[] = { "uri", "alt_text" };

	if (!object)
		return YF_OK;
	YF_TRY(only(r, "logo", object, members, YF_COUNT(members)));
	out->logo_uri = yf_json_text(object, "uri");
	out->logo_text = yf_json_text(object, "alt_text");
	if (!is_uri(out->logo_uri, LOGO_MAX_BYTES) ||
	    (!yf_str_starts(out->logo_uri, YF_STR("https:")) &&
	     !yf_str_starts(out->logo_uri, YF_STR("data:image/"))) ||
	    !is_shown_text(out->logo_text))
		return refuse(r, "logo",
			      "uri takes https: or data:image/, alt_text says"
			      " what it shows");
	return YF_OK;
}

/* --- claims --- */

static const struct {
	const char *name;
	yf_source_kind kind;
} sources[] = {
	{ "family_name", YF_SOURCE_FAMILY_NAME },
	{ "given_name", YF_SOURCE_GIVEN_NAME },
	{ "family_name_latin", YF_SOURCE_FAMILY_NAME_LATIN },
	{ "given_name_latin", YF_SOURCE_GIVEN_NAME_LATIN },
	{ "birth_date", YF_SOURCE_BIRTH_DATE },
	{ "sex", YF_SOURCE_SEX },
	{ "place_of_birth", YF_SOURCE_PLACE_OF_BIRTH },
	{ "nationalities", YF_SOURCE_NATIONALITIES },
	{ "portrait", YF_SOURCE_PORTRAIT },
	{ "personal_administrative_number", YF_SOURCE_NUMBER },
	{ "document_number", YF_SOURCE_DOCUMENT_NUMBER },
	{ "issuing_authority", YF_SOURCE_ISSUING_AUTHORITY },
	{ "issuing_country", YF_SOURCE_ISSUING_COUNTRY },
	{ "un_distinguishing_sign", YF_SOURCE_UN_SIGN },
	{ "issue_date", YF_SOURCE_ISSUE_DATE },
	{ "expiry_date", YF_SOURCE_EXPIRY_DATE },
	{ "assurance_level", YF_SOURCE_LEVEL },
	{ "ages", YF_SOURCE_AGES },
};

/* attributes.NAME[.NAME]: nothing of a path but members. */
static yf_err take_attribute(const struct reader *r, const char *member,
			     yf_str text, struct yf_source *out)
{
	yf_str rest = text;
	yf_str head;
	const char *path;

	if (!yf_str_cut(&rest, '.', &head) || !yf_str_is(head, "attributes") ||
	    !rest.len || yf_str_count(rest, '*') || yf_str_count(rest, '#'))
		return refuse(r, member,
			      "no such source; doc/types.md lists them, and"
			      " attributes.NAME is one of the person's own");
	YF_TRY(yf_str_to_c(r->arena, rest, &path));
	out->kind = YF_SOURCE_ATTRIBUTE;
	const yf_err err = yf_claim_path_of(r->arena, path, &out->path);
	if (err.code == YF_CODE_MEMORY)
		return err;
	return yf_failed(err) || out->path.count > PATH_MAX_STEPS
		       ? refuse(r, member,
				"write attributes.NAME or"
				" attributes.NAME.MEMBER")
		       : YF_OK;
}

static yf_err take_source(const struct reader *r, const struct yf_json *claim,
			  struct yf_source *out)
{
	const struct yf_json *value = yf_json_get(claim, "value");

	YF_TRY(take_text(r, claim, "source", false, &out->name));
	if ((value != NULL) == (out->name.ptr != NULL))
		return refuse(r, "source",
			      "write either \"source\" or \"value\"");
	if (value) {
		if (value->kind != YF_JSON_STRING &&
		    value->kind != YF_JSON_INT && value->kind != YF_JSON_BOOL)
			return refuse(r, "value",
				      "write a text, a whole"
				      " number, true or false");
		out->kind = YF_SOURCE_VALUE;
		out->name = YF_STR("value");
		out->value = value;
		return YF_OK;
	}
	for (size_t i = 0; i < YF_COUNT(sources); i++)
		if (yf_str_is(out->name, sources[i].name)) {
			out->kind = sources[i].kind;
			return YF_OK;
		}
	return take_attribute(r, "source", out->name, out);
}

static yf_err take_path(const struct reader *r, const struct yf_json *claim,
			struct yf_claim_path *out)
{
	const yf_err err =
		yf_claim_path_parse(r->arena, yf_json_get(claim, "path"), out);

	if (err.code == YF_CODE_MEMORY)
		return err;
	if (yf_failed(err) || out->count > PATH_MAX_STEPS)
		return refuse(r, "path", "write 1 to 4 names: [\"...\"]");
	for (size_t i = 0; i < out->count; i++) {
		const struct yf_claim_step *step = &out->steps[i];
		if (step->kind != YF_CLAIM_MEMBER || !is_word(step->name))
			return refuse(r, "path",
				      "write names of members:"
				      " ASCII, without spaces");
		if (yf_str_is(step->name, "_sd") ||
		    yf_str_is(step->name, "...") ||
		    yf_str_is(step->name, "_sd_alg"))
			return refuse(r, "path", "RFC 9901 keeps this name");
	}
	/* iss, exp, cnf, status ... are the issuer's to write. */
	if (yf_is_always_shown(out->steps[0].name) ||
	    yf_str_is(out->steps[0].name, YF_CLAIM_DEMO) ||
	    yf_str_is(out->steps[0].name, "sub") ||
	    yf_str_is(out->steps[0].name, "iat"))
		return refuse(r, "path",
			      "every credential has this of its own;"
			      " take another name");
	return YF_OK;
}

static yf_err take_word(const struct reader *r, const struct yf_json *object,
			const char *name, const char *const *words,
			size_t count, size_t *out)
{
	struct yf_buf text = yf_buf_new(r->arena, 128);
	yf_str value = { 0 };
	yf_bytes all;

	YF_TRY(take_text(r, object, name, false, &value));
	for (size_t i = 0; i < count; i++)
		if (!value.ptr || yf_str_is(value, words[i])) {
			*out = i;
			return YF_OK;
		}
	yf_buf_text(&text, YF_STR("write one of"));
	for (size_t i = 0; i < count; i++)
		yf_buf_format(&text, " %s", words[i]);
	yf_buf_char(&text, '\0');
	YF_TRY(yf_buf_bytes(&text, &all));
	return refuse(r, name, (const char *)all.ptr);
}

static yf_err take_dates(const struct reader *r, const struct yf_json *array,
			 struct yf_type_element *out)
{
	if (!array)
		return YF_OK;
	if (array->kind != YF_JSON_ARRAY || array->count > YF_TYPE_DATES_MAX)
		return refuse(r, "mdoc.dates",
			      "write up to 8 names of members"
			      " that hold dates");
	for (size_t i = 0; i < array->count; i++) {
		if (array->items[i].kind != YF_JSON_STRING)
			return refuse(r, "mdoc.dates",
				      "write names: [\"...\"]");
		out->dates[i] = array->items[i].string;
	}
	out->date_count = array->count;
	return YF_OK;
}

/* What a portrait is in bytes and ages in elements, others are not. */
static yf_err check_encoding(const struct reader *r,
			     const struct yf_type_claim *claim)
{
	const yf_element_encoding encoding = claim->element.encoding;
	const yf_source_kind kind = claim->source.kind;

	if ((encoding == YF_ELEMENT_BSTR) != (kind == YF_SOURCE_PORTRAIT))
		return refuse(r, "mdoc.encoding",
			      "bstr is for the portrait, and it for bstr");
	if ((encoding == YF_ELEMENT_AGES) != (kind == YF_SOURCE_AGES))
		return refuse(r, "mdoc.encoding",
			      "ages is for the source ages, and it for ages");
	return YF_OK;
}

static yf_err take_element(const struct reader *r, const struct yf_json *object,
			   yf_str name_space, struct yf_type_claim *claim)
{
	static const char *const members[] = { "element", "namespace",
					       "encoding", "dates", "tally" };
	static const char *const encodings[] = {
		[YF_ELEMENT_VALUE] = "value",
		[YF_ELEMENT_FULL_DATE] = "full-date",
		[YF_ELEMENT_TDATE] = "tdate",
		[YF_ELEMENT_BSTR] = "bstr",
		[YF_ELEMENT_UINT] = "uint",
		[YF_ELEMENT_AGES] = "ages",
	};
	struct yf_type_element *out = &claim->element;
	const struct yf_json *tally;
	size_t encoding = 0;

	if (!object)
		return YF_OK;
	if (!name_space.len)
		return refuse(r, "mdoc",
			      "the type has no doctype; give it one,"
			      " or take this away");
	YF_TRY(only(r, "mdoc", object, members, YF_COUNT(members)));
	out->name_space = name_space;
	YF_TRY(take_text(r, object, "element", true, &out->name));
	YF_TRY(take_text(r, object, "namespace", false, &out->name_space));
	if (!is_word(out->name) || !is_word(out->name_space))
		return refuse(r, "mdoc",
			      "element and namespace are ASCII,"
			      " without spaces");
	YF_TRY(take_word(r, object, "encoding", encodings, YF_COUNT(encodings),
			 &encoding));
	out->encoding = (yf_element_encoding)encoding;
	tally = yf_json_get(object, "tally");
	if (tally && tally->kind != YF_JSON_BOOL)
		return refuse(r, "mdoc.tally", "write true or false");
	out->tally = tally && tally->boolean;
	YF_TRY(take_dates(r, yf_json_get(object, "dates"), out));
	return check_encoding(r, claim);
}

static yf_err take_claim(const struct reader *r, const struct yf_json *item,
			 yf_str name_space, struct yf_type_claim *out)
{
	static const char *const members[] = { "path",      "source", "value",
					       "mandatory", "mdoc",   "names",
					       "disclose" };
	static const char *const discloses[] = {
		[YF_DISCLOSE_WHOLE] = "whole",
		[YF_DISCLOSE_PARTS] = "parts",
		[YF_DISCLOSE_BOTH] = "both",
		[YF_DISCLOSE_NEVER] = "never",
	};
	const struct yf_json *mandatory;
	size_t disclose = 0;

	YF_TRY(only(r, "", item, members, YF_COUNT(members)));
	YF_TRY(take_path(r, item, &out->path));
	YF_TRY(take_source(r, item, &out->source));
	mandatory = yf_json_get(item, "mandatory");
	if (mandatory && mandatory->kind != YF_JSON_BOOL)
		return refuse(r, "mandatory", "write true or false");
	out->mandatory = mandatory && mandatory->boolean;
	YF_TRY(take_word(r, item, "disclose", discloses, YF_COUNT(discloses),
			 &disclose));
	out->disclose = (yf_disclose)disclose;
	YF_TRY(take_element(r, yf_json_get(item, "mdoc"), name_space, out));
	return take_names(r, yf_json_get(item, "names"), &out->names);
}

/* Is one the beginning of the other?  Then one would overwrite the other. */
static bool collide(const struct yf_claim_path *a,
		    const struct yf_claim_path *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++)
		if (!yf_str_eq(a->steps[i].name, b->steps[i].name))
			return false;
	return true;
}

static yf_err check_apart(const struct reader *r,
			  const struct yf_type_claim *claims, size_t index)
{
	const struct yf_type_claim *own = &claims[index];

	for (size_t i = 0; i < index; i++) {
		if (collide(&claims[i].path, &own->path))
			return refuse(r, "path", "another claim is there");
		if (own->element.name.len &&
		    yf_str_eq(claims[i].element.name, own->element.name) &&
		    yf_str_eq(claims[i].element.name_space,
			      own->element.name_space))
			return refuse(r, "mdoc.element",
				      "another claim has this element");
	}
	return YF_OK;
}

static yf_err take_claims(struct reader *r, const struct yf_json *array,
			  yf_str name_space, struct yf_card_type *out)
{
	struct yf_type_claim *claims;

	if (!array || array->kind != YF_JSON_ARRAY || !array->count ||
	    array->count > YF_TYPE_CLAIMS_MAX)
		return refuse(r, "claims", "write 1 to 64 claims: [{...}]");
	claims = YF_NEW(r->arena, struct yf_type_claim, array->count);
	if (!claims)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < array->count; i++) {
		(void)snprintf(r->where, sizeof(r->where), "claims[%zu].", i);
		YF_TRY(take_claim(r, &array->items[i], name_space, &claims[i]));
		YF_TRY(check_apart(r, claims, i));
	}
	r->where[0] = '\0';
	out->claims = claims;
	out->claim_count = array->count;
	return YF_OK;
}

/* --- the type --- */

static yf_err take_identity(const struct reader *r, const struct yf_json *tree,
			    const struct yf_settings *settings,
			    struct yf_card_type *out)
{
	yf_str file = r->file;
	yf_str piece;

	YF_TRY(take_text(r, tree, "name", true, &out->name));
	if (!is_name(out->name))
		return refuse(r, "name", "write 1 to 40 of a-z, 0-9 and '-'");
	while (yf_str_cut(&file, '/', &piece))
		continue;
	if (file.len != out->name.len + 5 || !yf_str_starts(file, out->name))
		return refuse(r, "name", "write the file's name without .json");
	YF_TRY(yf_str_format(r->arena, &out->metadata_path, "/types/%.*s",
			     YF_ARG(out->name)));
	YF_TRY(yf_str_format(r->arena, &out->vct, "%.*s%.*s",
			     YF_ARG(settings->url),
			     YF_ARG(out->metadata_path)));
	YF_TRY(take_text(r, tree, "vct", false, &out->vct));
	if (!is_uri(out->vct, 512))
		return refuse(r, "vct",
			      "write a URI, or leave it out: then it"
			      " is the address of its description");
	out->scope = out->name;
	YF_TRY(take_text(r, tree, "scope", false, &out->scope));
	return is_word(out->scope)
		       ? YF_OK
		       : refuse(r, "scope", "write ASCII without spaces");
}

static yf_err take_mdoc(const struct reader *r, const struct yf_json *object,
			struct yf_card_type *out, yf_str *name_space)
{
	static const char *const members[] = { "doctype", "namespace",
					       "tally" };

	if (!object)
		return YF_OK;
	YF_TRY(only(r, "mdoc", object, members, YF_COUNT(members)));
	YF_TRY(take_text(r, object, "doctype", true, &out->doctype));
	YF_TRY(take_text(r, object, "namespace", true, name_space));
	if (!is_word(out->doctype) || !is_word(*name_space))
		return refuse(r, "mdoc",
			      "doctype and namespace are ASCII,"
			      " without spaces");
	YF_TRY(yf_str_format(r->arena, &out->mdoc_configuration,
			     "%.*s_mso_mdoc", YF_ARG(out->name)));
	YF_TRY(take_text(r, object, "tally", false, &out->tally_doctype));
	if (!out->tally_doctype.len)
		return YF_OK;
	if (!is_word(out->tally_doctype) ||
	    yf_str_eq(out->tally_doctype, out->doctype))
		return refuse(r, "mdoc.tally",
			      "write a doctype of its own, ASCII"
			      " without spaces");
	return yf_str_format(r->arena, &out->tally_configuration, "%.*s_tally",
			     YF_ARG(out->name));
}

static yf_err take_rules(const struct reader *r, const struct yf_json *tree,
			 const struct yf_settings *settings,
			 struct yf_card_type *out)
{
	static const char *const levels[] = { "basic", "upgraded" };
	size_t level = 0;

	YF_TRY(take_word(r, tree, "level", levels, YF_COUNT(levels), &level));
	out->level = level ? YF_LEVEL_UPGRADED : YF_LEVEL_BASIC;
	out->order = ORDER_MAX;
	YF_TRY(take_int(r, tree, "order", 0, ORDER_MAX, &out->order));
	out->days = settings->card_days;
	YF_TRY(take_int(r, tree, "days", 1, DAYS_MAX, &out->days));
	out->batch_size = settings->batch_size;
	YF_TRY(take_int(r, tree, "batch_size", 1, YF_TYPE_BATCH_MAX,
			&out->batch_size));
	YF_TRY(take_text(r, tree, "number_prefix", true, &out->number_prefix));
	if (!is_prefix(out->number_prefix))
		return refuse(r, "number_prefix",
			      "write 1 to 4 of A-Z and 0-9");
	YF_TRY(take_text(r, tree, "ends", false, &out->end.name));
	out->has_end = out->end.name.ptr != NULL;
	return out->has_end
		       ? take_attribute(r, "ends", out->end.name, &out->end)
		       : YF_OK;
}

static yf_err take_levels(const struct reader *r, const struct yf_json *object,
			  const char *name, yf_str *out, size_t *count)
{
	const struct yf_json *array = yf_json_get(object, name);

	if (!array)
		return YF_OK;
	if (array->kind != YF_JSON_ARRAY || !array->count ||
	    array->count > YF_ATTACK_LEVELS_MAX)
		return refuse(r, name, "write 1 to 8 levels: [\"iso_18045_high\"]");
	for (size_t i = 0; i < array->count; i++) {
		if (array->items[i].kind != YF_JSON_STRING ||
		    !is_word(array->items[i].string))
			return refuse(r, name, "write levels as texts, such as"
					       " \"iso_18045_high\"");
		out[(*count)++] = array->items[i].string;
	}
	return YF_OK;
}

static yf_err take_key_needs(const struct reader *r,
			     const struct yf_json *object,
			     struct yf_card_type *out)
{
	static const char *const members[] = { "key_storage",
					       "user_authentication" };
	struct yf_key_needs *needs = &out->key_needs;

	if (!object)
		return YF_OK;
	YF_TRY(only(r, "key_attestations_required", object, members,
		    YF_COUNT(members)));
	out->keys_attested = true;
	YF_TRY(take_levels(r, object, "key_storage", needs->key_storage,
			   &needs->key_storage_count));
	return take_levels(r, object, "user_authentication",
			   needs->user_authentication,
			   &needs->user_authentication_count);
}

static yf_err take_approval(const struct reader *r, const struct yf_json *tree,
			    struct yf_card_type *out)
{
	static const char *const words[] = { "none", "operator" };
	size_t word = 0;

	YF_TRY(take_word(r, tree, "approval", words, YF_COUNT(words), &word));
	out->approval = word == 1;
	return YF_OK;
}

static yf_err read_tree(struct reader *r, const struct yf_json *tree,
			const struct yf_settings *settings,
			struct yf_card_type *out)
{
	static const char *const members[] = {
		"name", "vct",        "mdoc",          "scope",   "level",
		"days", "batch_size", "ends",          "display", "colors",
		"logo", "claims",     "number_prefix", "order",
		"approval", "key_attestations_required",
	};
	yf_str name_space = { 0 };

	YF_TRY(only(r, "the file", tree, members, YF_COUNT(members)));
	YF_TRY(take_identity(r, tree, settings, out));
	YF_TRY(take_mdoc(r, yf_json_get(tree, "mdoc"), out, &name_space));
	YF_TRY(take_rules(r, tree, settings, out));
	YF_TRY(take_approval(r, tree, out));
	YF_TRY(take_key_needs(
		r, yf_json_get(tree, "key_attestations_required"), out));
	YF_TRY(take_display(r, yf_json_get(tree, "display"), out));
	YF_TRY(take_colors(r, yf_json_get(tree, "colors"), out->colors));
	YF_TRY(take_logo(r, yf_json_get(tree, "logo"), out));
	return take_claims(r, yf_json_get(tree, "claims"), name_space, out);
}

yf_err yf_card_type_parse(struct yf_arena *arena, yf_str file, yf_str text,
			  const struct yf_settings *settings,
			  struct yf_card_type *out, yf_str *problem)
{
	struct reader r = { .arena = arena, .file = file, .problem = problem };
	struct yf_card_type type = { 0 };
	const struct yf_json *tree = NULL;
	const yf_err err = yf_json_parse(arena, text, &tree);

	if (err.code == YF_CODE_MEMORY)
		return err;
	if (yf_failed(err))
		return refuse(&r, "the file",
			      err.code == YF_CODE_DUPLICATE
				      ? "a member stands twice in one object"
				      : "is no JSON; compare it with a file"
					" that comes with the program");
	YF_TRY(read_tree(&r, tree, settings, &type));
	*out = type;
	return YF_OK;
}
