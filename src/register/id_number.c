#include "register/id_number.h"

/* --- check digits; each takes a number of the row's length --- */

static int digit(const char *text, size_t i)
{
	return text[i] - '0';
}

/* GB 11643: weighted sum mod 11 picks the character. */
static bool check_cn(const char *text)
{
	static const int weights[] = { 7, 9, 10, 5,  8, 4, 2, 1, 6,
				       3, 7, 9,  10, 5, 8, 4, 2 };
	int sum = 0;

	for (size_t i = 0; i < 17; i++)
		sum += digit(text, i) * weights[i];
	return text[17] == "10X98765432"[sum % 11];
}

/* A first digit 0 is a person without full registration: accepted. */
static bool check_th(const char *text)
{
	int sum = 0;

	for (size_t i = 0; i < 12; i++)
		sum += digit(text, i) * (13 - (int)i);
	return digit(text, 12) == (11 - sum % 11) % 10;
}

static bool check_none(const char *text)
{
	(void)text;
	return true;
}

/* Numbers up to 001-001-998 were given out before there was a check. */
static bool check_snils(const char *text)
{
	int sum = 0;
	int number = 0;

	for (size_t i = 0; i < 9; i++) {
		sum += digit(text, i) * (9 - (int)i);
		number = number * 10 + digit(text, i);
	}
	const int check = digit(text, 9) * 10 + digit(text, 10);
	return number <= 1001998 || check == sum % 101 % 100;
}

static int inn_digit(const char *text, const int *weights, size_t count)
{
	int sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += digit(text, i) * weights[i];
	return sum % 11 % 10;
}

static bool check_inn(const char *text)
{
	static const int weights[] = { 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8 };

	return digit(text, 10) == inn_digit(text, weights + 1, 10) &&
	       digit(text, 11) == inn_digit(text, weights, 11);
}

/* --- what a number tells --- */

static int number_at(const char *text, size_t from, size_t len)
{
	int value = 0;

	for (size_t i = from; i < from + len; i++)
		value = value * 10 + digit(text, i);
	return value;
}

static struct yf_id_number_hint hint_cn(const char *text)
{
	return (struct yf_id_number_hint){
		.has_birth_date = true,
		.year = number_at(text, 6, 4),
		.month = number_at(text, 10, 2),
		.day = number_at(text, 12, 2),
		.has_sex = true,
		.sex = digit(text, 16) % 2 ? 1 : 2,
	};
}

/* The fourth digit holds century and sex: 0, 1 the 20th, 2, 3 the 21st. */
static struct yf_id_number_hint hint_vn(const char *text)
{
	return (struct yf_id_number_hint){
		.has_birth_date = true,
		.year = 1900 + digit(text, 3) / 2 * 100 + number_at(text, 4, 2),
		.has_sex = true,
		.sex = digit(text, 3) % 2 ? 2 : 1,
	};
}

static struct yf_id_number_hint hint_none(const char *text)
{
	(void)text;
	return (struct yf_id_number_hint){ 0 };
}

/* --- the table: a country is a row --- */

typedef enum {
	DIGITS,       /* digits only */
	DIGITS_CHECK, /* digits, and a last character that may be X */
	FREE,         /* letters, digits and '-', any length up to the limit */
} number_form;

static const struct rule {
	const char *name;
	number_form form;
	size_t len;
	bool (*check)(const char *text);
	struct yf_id_number_hint (*hint)(const char *text);
} rules[] = {
	{ "CN", DIGITS_CHECK, 18, check_cn, hint_cn },
	{ "TH", DIGITS, 13, check_th, hint_none },
	{ "VN", DIGITS, 12, check_none, hint_vn },
	{ "RU-SNILS", DIGITS, 11, check_snils, hint_none },
	{ "RU-INN", DIGITS, 12, check_inn, hint_none },
	{ "none", FREE, 0, check_none, hint_none },
};

static const struct rule *find(const char *name)
{
	for (size_t i = 0; i < YF_COUNT(rules); i++)
		if (yf_str_is(yf_str_of(rules[i].name), name))
			return &rules[i];
	return NULL;
}

bool yf_id_number_rule_exists(const char *rule)
{
	return find(rule) != NULL;
}

static char upper(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_separator(char c, number_form form)
{
	return c == ' ' || (form != FREE && (c == '-' || c == '.'));
}

static bool is_allowed(const struct rule *rule, char c, size_t at)
{
	if (is_digit(c))
		return true;
	if (rule->form == DIGITS_CHECK)
		return c == 'X' && at == rule->len - 1;
	return rule->form == FREE && (c == '-' || (c >= 'A' && c <= 'Z'));
}

yf_err yf_id_number_parse(const char *rule_name, yf_str text, yf_id_number *out)
{
	const struct rule *rule = find(rule_name);
	yf_id_number number = { .len = 0 };

	if (!rule)
		return YF_FAIL(UNSUPPORTED);
	for (size_t i = 0; i < text.len; i++) {
		const char c = upper(text.ptr[i]);
		if (is_separator(c, rule->form))
			continue;
		if (number.len == YF_ID_NUMBER_LEN_MAX ||
		    !is_allowed(rule, c, number.len))
			return YF_FAIL(NUMBER);
		number.text[number.len++] = c;
	}
	if (!number.len || (rule->len && number.len != rule->len) ||
	    !rule->check(number.text))
		return YF_FAIL(NUMBER);
	*out = number;
	return YF_OK;
}

struct yf_id_number_hint yf_id_number_hint(const char *rule_name,
					   const yf_id_number *number)
{
	const struct rule *rule = find(rule_name);
	return rule ? rule->hint(number->text) : hint_none("");
}
