#pragma once

#include "base/str.h"

/*
 * ID numbers: the syntax of each country as a row of a table.
 *
 * A number that passes is well formed; it says nothing about a person.
 * Callers tell strangers only "does not follow the rule", never which digit.
 * Pure.
 */

enum { YF_ID_NUMBER_LEN_MAX = 32 };

/* A number in the form that is stored and compared. */
typedef struct {
	char text[YF_ID_NUMBER_LEN_MAX + 1];
	size_t len;
} yf_id_number;

/*
 * rule    name of a row: "CN" (GB 11643, 18 digits), "TH" (13 digits), "VN"
 *         (12 digits), "RU-SNILS" (11 digits), "RU-INN" (12 digits) or "none"
 *         (1 to 32 letters, digits and '-')
 * text    as a person writes it: spaces and separators are dropped, a CN check
 *         letter may be lower case
 *
 * UNSUPPORTED  no such rule
 * NUMBER       the number does not follow the rule
 */
YF_CHECKED yf_err yf_id_number_parse(const char *rule, yf_str text,
				     yf_id_number *out);

bool yf_id_number_rule_exists(const char *rule);

static inline yf_str yf_id_number_str(const yf_id_number *number)
{
	return (yf_str){ number->text, number->len };
}

/*
 * What a number says of its bearer.  A register may hold rows where it
 * disagrees with the document (numbers are corrected late, sexes change):
 * a contradiction is a warning for the operator, never a refusal.
 */
struct yf_id_number_hint {
	bool has_birth_date;
	int year, month, day; /* month 0: the number tells the year only */
	bool has_sex;
	int sex; /* 1 male, 2 female, ISO/IEC 5218 */
};

struct yf_id_number_hint yf_id_number_hint(const char *rule,
					   const yf_id_number *number);
