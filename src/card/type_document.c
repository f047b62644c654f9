#include "card/type_document.h"

#include <stdio.h>

#include "card/claims.h"
#include "card/evidence.h"

enum { ROOM = 16 * 1024 };

static void put_names(struct yf_json_out *out, const char *member,
		      const struct yf_type_text *names, const char *suffix)
{
	char text[256];

	yf_json_out_array(out, "display");
	for (int i = 0; i < YF_LOCALES; i++) {
		yf_json_out_object(out, NULL);
		yf_json_out_text(out, "locale", yf_locale_name((yf_locale)i));
		if (!suffix[0]) {
			yf_json_out_str(out, member, names->at[i]);
		} else {
			(void)snprintf(text, sizeof(text), "%.*s %s",
				       YF_ARG(names->at[i]), suffix);
			yf_json_out_text(out, member, text);
		}
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
}

static void put_path(struct yf_json_out *out, const struct yf_claim_path *path)
{
	yf_json_out_array(out, "path");
	for (size_t i = 0; i < path->count; i++)
		yf_json_out_str(out, NULL, path->steps[i].name);
	yf_json_out_close(out);
}

static void put_logo(struct yf_json_out *out, const struct yf_card_type *type,
		     const char *uri)
{
	if (!type->logo_uri.len)
		return;
	yf_json_out_object(out, "logo");
	yf_json_out_str(out, uri, type->logo_uri);
	yf_json_out_str(out, "alt_text", type->logo_text);
	yf_json_out_close(out);
}

static void put_colors(struct yf_json_out *out,
		       const struct yf_type_colors *colors)
{
	yf_json_out_str(out, "background_color", colors->background);
	yf_json_out_str(out, "text_color", colors->text);
}

/* --- OpenID4VCI --- */

static void put_display(struct yf_json_out *out,
			const struct yf_card_type *type)
{
	yf_json_out_array(out, "display");
	for (int i = 0; i < YF_LOCALES; i++) {
		yf_json_out_object(out, NULL);
		yf_json_out_str(out, "name", type->display.at[i]);
		yf_json_out_text(out, "locale", yf_locale_name((yf_locale)i));
		yf_json_out_str(out, "description", type->description.at[i]);
		put_logo(out, type, "uri");
		put_colors(out, yf_card_type_colors(type, YF_LEVEL_BASIC));
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
}

static void put_levels(struct yf_json_out *out, const struct yf_card_type *type)
{
	static const yf_level levels[] = { YF_LEVEL_BASIC, YF_LEVEL_UPGRADED };

	yf_json_out_object(out, "levels");
	for (size_t i = 0; i < YF_COUNT(levels); i++) {
		yf_json_out_object(out, yf_level_name(levels[i]));
		put_colors(out, yf_card_type_colors(type, levels[i]));
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
}

static void put_element_path(struct yf_json_out *out,
			     const struct yf_type_element *element)
{
	yf_json_out_array(out, "path");
	yf_json_out_str(out, NULL, element->name_space);
	yf_json_out_str(out, NULL, element->name);
	yf_json_out_close(out);
}

/* An mdoc has an element for each age. */
static void put_age_elements(struct yf_json_out *out,
			     const struct yf_type_claim *claim)
{
	char name[128];
	char age[8];

	for (size_t i = 0; i < yf_card_age_count; i++) {
		(void)snprintf(name, sizeof(name), "%.*s%d",
			       YF_ARG(claim->element.name), yf_card_ages[i]);
		(void)snprintf(age, sizeof(age), "%d+", yf_card_ages[i]);
		struct yf_type_element element = claim->element;
		element.name = yf_str_of(name);
		yf_json_out_object(out, NULL);
		put_element_path(out, &element);
		yf_json_out_bool(out, "mandatory", claim->mandatory);
		put_names(out, "name", &claim->names, age);
		yf_json_out_close(out);
	}
}

/* The bytes of a portrait are in a tally as their hash. */
static void put_element(struct yf_json_out *out,
			const struct yf_type_element *element,
			yf_card_format format)
{
	struct yf_type_element hash = *element;
	char name[128];

	if (format != YF_FORMAT_TALLY || element->encoding != YF_ELEMENT_BSTR) {
		put_element_path(out, element);
		return;
	}
	(void)snprintf(name, sizeof(name), "%.*s_hash", YF_ARG(element->name));
	hash.name = yf_str_of(name);
	put_element_path(out, &hash);
}

static void put_claim(struct yf_json_out *out,
		      const struct yf_type_claim *claim, yf_card_format format)
{
	const bool mdoc = format != YF_FORMAT_SD_JWT;

	if ((mdoc && !claim->element.name.len) ||
	    (format == YF_FORMAT_TALLY && !claim->element.tally))
		return;
	if (mdoc && claim->element.encoding == YF_ELEMENT_AGES) {
		put_age_elements(out, claim);
		return;
	}
	yf_json_out_object(out, NULL);
	if (mdoc)
		put_element(out, &claim->element, format);
	else
		put_path(out, &claim->path);
	yf_json_out_bool(out, "mandatory", claim->mandatory);
	put_names(out, "name", &claim->names, "");
	yf_json_out_close(out);
}

void yf_type_put_metadata(struct yf_json_out *out,
			  const struct yf_card_type *type,
			  yf_card_format format)
{
	yf_json_out_object(out, "credential_metadata");
	put_display(out, type);
	yf_json_out_array(out, "claims");
	for (size_t i = 0; i < type->claim_count; i++)
		put_claim(out, &type->claims[i], format);
	yf_json_out_close(out);
	put_levels(out, type);
	yf_json_out_close(out);
}

/* --- SD-JWT VC --- */

static void put_rendering(struct yf_json_out *out,
			  const struct yf_card_type *type)
{
	yf_json_out_array(out, "display");
	for (int i = 0; i < YF_LOCALES; i++) {
		yf_json_out_object(out, NULL);
		yf_json_out_text(out, "locale", yf_locale_name((yf_locale)i));
		yf_json_out_str(out, "name", type->display.at[i]);
		yf_json_out_str(out, "description", type->description.at[i]);
		yf_json_out_object(out, "rendering");
		yf_json_out_object(out, "simple");
		put_logo(out, type, "uri");
		put_colors(out, yf_card_type_colors(type, YF_LEVEL_BASIC));
		yf_json_out_close(out);
		yf_json_out_close(out);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
}

/* Has each card the same parts of it?  Attributes are the person's own. */
static bool parts_are_known(const struct yf_type_claim *claim)
{
	return claim->source.kind == YF_SOURCE_PLACE_OF_BIRTH ||
	       claim->source.kind == YF_SOURCE_NATIONALITIES ||
	       claim->source.kind == YF_SOURCE_AGES;
}

static const char *sd_of(const struct yf_type_claim *claim)
{
	switch (claim->disclose) {
	case YF_DISCLOSE_WHOLE:
	case YF_DISCLOSE_BOTH:
		return "always";
	case YF_DISCLOSE_PARTS:
		return parts_are_known(claim) ? "never" : "allowed";
	case YF_DISCLOSE_NEVER:
		break;
	}
	return "never";
}

static void put_part(struct yf_json_out *out, const struct yf_type_claim *claim,
		     const char *part, const char *suffix)
{
	yf_json_out_object(out, NULL);
	yf_json_out_array(out, "path");
	for (size_t i = 0; i < claim->path.count; i++)
		yf_json_out_str(out, NULL, claim->path.steps[i].name);
	if (part)
		yf_json_out_text(out, NULL, part);
	else
		yf_json_out_null(out, NULL);
	yf_json_out_close(out);
	yf_json_out_text(out, "sd", "always");
	put_names(out, "label", &claim->names, suffix);
	yf_json_out_close(out);
}

static void put_parts(struct yf_json_out *out,
		      const struct yf_type_claim *claim)
{
	static const char *const places[] = { "country", "region", "locality" };
	char age[8];
	char suffix[16];

	if (claim->source.kind == YF_SOURCE_NATIONALITIES)
		put_part(out, claim, NULL, "");
	for (size_t i = 0; claim->source.kind == YF_SOURCE_PLACE_OF_BIRTH &&
			   i < YF_COUNT(places);
	     i++)
		put_part(out, claim, places[i], "");
	for (size_t i = 0;
	     claim->source.kind == YF_SOURCE_AGES && i < yf_card_age_count;
	     i++) {
		(void)snprintf(age, sizeof(age), "%d", yf_card_ages[i]);
		(void)snprintf(suffix, sizeof(suffix), "%s+", age);
		put_part(out, claim, age, suffix);
	}
}

static void put_described(struct yf_json_out *out,
			  const struct yf_type_claim *claim)
{
	yf_json_out_object(out, NULL);
	put_path(out, &claim->path);
	put_names(out, "label", &claim->names, "");
	yf_json_out_bool(out, "mandatory", claim->mandatory);
	yf_json_out_text(out, "sd", sd_of(claim));
	yf_json_out_close(out);
	if (claim->disclose == YF_DISCLOSE_PARTS ||
	    claim->disclose == YF_DISCLOSE_BOTH)
		put_parts(out, claim);
}

yf_err yf_type_document(struct yf_arena *arena, const struct yf_card_type *type,
			yf_str *text)
{
	struct yf_json_out out = yf_json_out_new(arena, ROOM);

	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "vct", type->vct);
	yf_json_out_str(&out, "name", type->display.at[YF_LOCALE_EN]);
	yf_json_out_str(&out, "description",
			type->description.at[YF_LOCALE_EN]);
	put_rendering(&out, type);
	yf_json_out_array(&out, "claims");
	for (size_t i = 0; i < type->claim_count; i++)
		put_described(&out, &type->claims[i]);
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	return yf_json_out_end(&out, text);
}
