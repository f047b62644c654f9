#pragma once

#include "base/civil.h"
#include "codec/json.h"
#include "register/id_number.h"

/*
 * A person as the register has them, and the rules such an entry keeps.
 * Pure; SQL is in person_store.c.
 */

enum {
	YF_NATIONALITIES_MAX = 4,
	YF_ATTRIBUTES_MAX = 32,
	YF_ATTRIBUTE_CHARS_MAX = 150,  /* of any text in one */
	YF_ATTRIBUTE_VALUES_MAX = 256, /* in all of them together */
};

struct yf_place {
	yf_str country; /* two letters, or empty */
	yf_str region;
	yf_str locality;
};

/* Texts are UTF-8 as on the document.  Either name may be empty (mononyms),
 * not both. */
struct yf_person {
	yf_str family_name;
	yf_str given_name;
	yf_str family_name_latin;
	yf_str given_name_latin;
	struct yf_civil birth_date; /* with the precision that is known */
	int sex;                    /* ISO/IEC 5218: 0, 1, 2, 9 */
	struct yf_place place_of_birth;
	yf_str nationalities[YF_NATIONALITIES_MAX];
	size_t nationality_count;
	yf_id_number number;
	/*
	 * What types of credential need beside the above (doc/types.md): an
	 * object of names (a letter, then a-z, 0-9, '_') with any JSON value
	 * but null, or NULL.
	 */
	const struct yf_json *attributes;
};

/*
 * From a JSON object with the members of EU PID mdoc (family_name, given_name,
 * birth_date, sex, place_of_birth{country,region,locality}, nationality as
 * text or array, personal_administrative_number) plus family_name_latin,
 * given_name_latin and attributes (an object).
 *
 * rule   of the ID number, see id_number.h
 *
 * NAME, BIRTH_DATE, SEX, COUNTRY, NUMBER, ATTRIBUTE  that member breaks its
 * rule MISSING    a name, the birth date or the number is not there the codes
 * of yf_json_parse(); UNSUPPORTED for an unknown rule
 */
YF_CHECKED yf_err yf_person_decode(struct yf_arena *arena, const char *rule,
				   yf_str json, struct yf_person *out);

/* The same object back.  MEMORY */
YF_CHECKED yf_err yf_person_encode(struct yf_arena *arena,
				   const struct yf_person *person, yf_str *out);

/* Every rule above on a filled struct. */
YF_CHECKED yf_err yf_person_check(const struct yf_person *person);

/*
 * Is `name` this person's?  Family and given name in either order, in the
 * original or the Latin script, compared by key (name.h).  MEMORY, NAME
 */
YF_CHECKED yf_err yf_person_is_named(struct yf_arena *arena,
				     const struct yf_person *person,
				     yf_str name, bool *out);
