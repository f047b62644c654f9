#include "card/claims.h"

#include <stdio.h>

#include "card/age.h"
#include "card/evidence.h"
#include "codec/base64url.h"

const int yf_card_ages[] = { 14, 16, 18, 21, 60, 65 };
const size_t yf_card_age_count = YF_COUNT(yf_card_ages);

static void put_if(struct yf_json_out *out, const char *name, yf_str value)
{
	if (value.len)
		yf_json_out_str(out, name, value);
}

static void put_place(struct yf_json_out *out, const struct yf_place *place)
{
	if (!place->country.len && !place->region.len && !place->locality.len)
		return;
	yf_json_out_object(out, "place_of_birth");
	put_if(out, "country", place->country);
	put_if(out, "region", place->region);
	put_if(out, "locality", place->locality);
	yf_json_out_close(out);
}

static void put_ages(struct yf_json_out *out, struct yf_civil birth,
		     struct yf_civil today)
{
	char name[8];

	yf_json_out_object(out, "age_equal_or_over");
	for (size_t i = 0; i < yf_card_age_count; i++) {
		snprintf(name, sizeof(name), "%d", yf_card_ages[i]);
		yf_json_out_bool(
			out, name,
			yf_age_at_least(birth, yf_card_ages[i], today));
	}
	yf_json_out_close(out);
}

static yf_err put_picture(struct yf_json_out *out, struct yf_arena *arena,
			  yf_bytes portrait)
{
	yf_str base64;
	yf_str url;

	if (!portrait.len)
		return YF_OK;
	YF_TRY(yf_base64_encode(arena, portrait, &base64));
	YF_TRY(yf_str_format(arena, &url, "data:image/jpeg;base64,%.*s",
			     YF_ARG(base64)));
	yf_json_out_str(out, "picture", url);
	return YF_OK;
}

static yf_err put_dates(struct yf_json_out *out, struct yf_arena *arena,
			const struct yf_card_face *face)
{
	yf_str text;

	YF_TRY(yf_civil_format(arena, face->person->birth_date, &text));
	yf_json_out_str(out, "birthdate", text);
	YF_TRY(yf_civil_format(arena, yf_civil_of(face->issued_s), &text));
	yf_json_out_str(out, "date_of_issuance", text);
	YF_TRY(yf_civil_format(arena, yf_civil_of(face->expires_s), &text));
	yf_json_out_str(out, "date_of_expiry", text);
	return YF_OK;
}

static void put_nationalities(struct yf_json_out *out,
			      const struct yf_person *person)
{
	if (!person->nationality_count)
		return;
	yf_json_out_array(out, "nationalities");
	for (size_t i = 0; i < person->nationality_count; i++)
		yf_json_out_str(out, NULL, person->nationalities[i]);
	yf_json_out_close(out);
}

yf_err yf_card_claims(struct yf_arena *arena, const struct yf_card_face *face,
		      const struct yf_json **claims)
{
	struct yf_json_out out =
		yf_json_out_new(arena, 2048 + face->portrait.len * 3 / 2);
	const struct yf_person *person = face->person;
	yf_str text;

	yf_json_out_object(&out, NULL);
	put_if(&out, "family_name", person->family_name);
	put_if(&out, "given_name", person->given_name);
	put_if(&out, "family_name_latin", person->family_name_latin);
	put_if(&out, "given_name_latin", person->given_name_latin);
	YF_TRY(put_dates(&out, arena, face));
	yf_json_out_int(&out, "sex", person->sex);
	put_place(&out, &person->place_of_birth);
	put_nationalities(&out, person);
	YF_TRY(put_picture(&out, arena, face->portrait));
	yf_json_out_str(&out, "personal_administrative_number",
			yf_id_number_str(&person->number));
	yf_json_out_str(&out, "document_number", face->document_number);
	yf_json_out_str(&out, "issuing_authority", face->issuing_authority);
	yf_json_out_str(&out, "issuing_country", face->issuing_country);
	yf_json_out_text(&out, "assurance_level", yf_level_name(face->level));
	if (face->demo)
		yf_json_out_bool(&out, "demo", true);
	put_ages(&out, person->birth_date, yf_civil_of(face->issued_s));
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	return yf_json_parse(arena, text, claims);
}

yf_err yf_card_disclosable(struct yf_arena *arena,
			   const struct yf_claim_path **out, size_t *count)
{
	/* Nationalities go one by one, places piece by piece: a holder may
	 * show the country of birth and keep the town. */
	static const char *const names[] = {
		"family_name",
		"given_name",
		"family_name_latin",
		"given_name_latin",
		"birthdate",
		"sex",
		"place_of_birth",
		"place_of_birth.country",
		"place_of_birth.region",
		"place_of_birth.locality",
		"nationalities",
		"nationalities.*",
		"picture",
		"personal_administrative_number",
		"document_number",
		"issuing_authority",
		"issuing_country",
		"date_of_issuance",
		"date_of_expiry",
		"assurance_level",
	};
	const size_t total = YF_COUNT(names) + yf_card_age_count;
	struct yf_claim_path *paths =
		YF_NEW(arena, struct yf_claim_path, total);
	yf_str age;

	if (!paths)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < YF_COUNT(names); i++)
		YF_TRY(yf_claim_path_of(arena, names[i], &paths[i]));
	for (size_t i = 0; i < yf_card_age_count; i++) {
		/* In the arena: a path is a view of its text. */
		YF_TRY(yf_str_format(arena, &age, "age_equal_or_over.%d",
				     yf_card_ages[i]));
		YF_TRY(yf_claim_path_of(arena, age.ptr,
					&paths[YF_COUNT(names) + i]));
	}
	*out = paths;
	*count = total;
	return YF_OK;
}
