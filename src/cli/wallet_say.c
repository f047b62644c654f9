#include "cli/wallet_say.h"

#include <stdlib.h>

enum { VALUE_LEN_MAX = 200, PATH_LEN_MAX = 512, HOUR_S = 3600, DAY_S = 86400 };

/* Length of the character that starts here, and whether it is shown. */
static size_t take_char(yf_str text, bool *shown)
{
	const unsigned char *at = (const unsigned char *)text.ptr;
	const size_t len = at[0] < 0x80   ? 1
			   : at[0] < 0xe0 ? 2
			   : at[0] < 0xf0 ? 3
					  : 4;

	if (len > text.len)
		return *shown = false, 1;
	*shown = at[0] >= 0x20 && at[0] != 0x7f;
	/* C1 controls; U+200E..F, U+2028..E and U+2066..9 */
	if (len == 2 && at[0] == 0xc2 && at[1] < 0xa0)
		*shown = false;
	if (len == 3 && at[0] == 0xe2 && at[1] == 0x80 &&
	    (at[2] == 0x8e || at[2] == 0x8f ||
	     (at[2] >= 0xa8 && at[2] <= 0xae)))
		*shown = false;
	if (len == 3 && at[0] == 0xe2 && at[1] == 0x81 && at[2] >= 0xa6 &&
	    at[2] <= 0xa9)
		*shown = false;
	return len;
}

void yf_wallet_say(FILE *to, yf_str text)
{
	if (!yf_str_is_utf8(text)) {
		fputs("(not text)", to);
		return;
	}
	while (text.len) {
		bool shown;
		const size_t len = take_char(text, &shown);
		if (shown)
			fwrite(text.ptr, 1, len, to);
		else
			fputc('?', to);
		text = yf_str_skip(text, len);
	}
}

/* --- claims --- */

struct path {
	char text[PATH_LEN_MAX];
	size_t len;
};

/* A path that is too long is cut: it is only for reading. */
static void append(struct path *path, yf_str piece)
{
	if (path->len && path->len < PATH_LEN_MAX)
		path->text[path->len++] = '.';
	for (size_t i = 0; i < piece.len && path->len < PATH_LEN_MAX; i++)
		path->text[path->len++] = piece.ptr[i];
}

static void say_value(FILE *to, const struct yf_json *value)
{
	const yf_str text = value->string;

	switch (value->kind) {
	case YF_JSON_STRING:
		if (text.len <= VALUE_LEN_MAX)
			yf_wallet_say(to, text);
		else
			fprintf(to, "(%zu characters)", text.len);
		return;
	case YF_JSON_INT:
		fprintf(to, "%lld", (long long)value->integer);
		return;
	case YF_JSON_REAL:
		fprintf(to, "%g", value->real);
		return;
	case YF_JSON_BOOL:
		fputs(value->boolean ? "yes" : "no", to);
		return;
	case YF_JSON_NULL:
	case YF_JSON_ARRAY:
	case YF_JSON_OBJECT:
		fputs("-", to);
	}
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be */
static void say_tree(FILE *to, const struct path *above,
		     const struct yf_json *value)
{
	const bool inner = (value->kind == YF_JSON_OBJECT ||
			    value->kind == YF_JSON_ARRAY) &&
			   value->count;

	if (!inner) {
		fputs("    ", to);
		yf_wallet_say(to, (yf_str){ above->text, above->len });
		fputs(": ", to);
		say_value(to, value);
		fputc('\n', to);
		return;
	}
	for (size_t i = 0; i < value->count; i++) {
		struct path path = *above;
		char index[24];
		(void)snprintf(index, sizeof(index), "%zu", i);
		append(&path, value->kind == YF_JSON_OBJECT
				      ? value->items[i].name
				      : yf_str_of(index));
		say_tree(to, &path, &value->items[i]);
	}
}

void yf_wallet_say_claims(FILE *to, const struct yf_json *claims)
{
	const struct path root = { .len = 0 };

	if (claims->count)
		say_tree(to, &root, claims);
	else
		fputs("    nothing but that it is valid\n", to);
}

/* --- a request --- */

yf_str yf_wallet_purpose(const struct yf_registration *registration)
{
	const yf_str lang = yf_str_of(getenv("LANG"));
	const struct yf_registration_text *texts = registration->purpose;
	yf_str found = { 0 };

	for (size_t i = 0; i < registration->purpose_count; i++) {
		if (lang.len >= 2 && texts[i].locale.len >= 2 &&
		    memcmp(lang.ptr, texts[i].locale.ptr, 2) == 0)
			return texts[i].text;
		if (!found.len || yf_str_is(texts[i].locale, "en"))
			found = texts[i].text;
	}
	return found;
}

static void say_duration(FILE *to, int64_t seconds)
{
	if (seconds >= DAY_S && seconds % DAY_S == 0)
		fprintf(to, "%lld days", (long long)(seconds / DAY_S));
	else if (seconds >= HOUR_S && seconds % HOUR_S == 0)
		fprintf(to, "%lld hours", (long long)(seconds / HOUR_S));
	else
		fprintf(to, "%lld seconds", (long long)seconds);
}

static void say_party(FILE *to, const struct yf_request *request)
{
	const struct yf_registration *registration = &request->registration;

	fputs("Who:  ", to);
	yf_wallet_say(to, request->registered ? registration->name
					      : request->object.name);
	fputs("\n      ", to);
	yf_wallet_say(to, request->object.client_id);
	if (!request->registered) {
		fputs("\n      NOT REGISTERED: nobody says what it may ask\n",
		      to);
		return;
	}
	fputs("\n      registered\nWhy:  ", to);
	yf_wallet_say(to, yf_wallet_purpose(registration));
	if (registration->stated_purpose.len) {
		fputs("\n      it says itself: ", to);
		yf_wallet_say(to, registration->stated_purpose);
	}
	fputs("\nKept: ", to);
	say_duration(to, registration->retention_s);
	fputc('\n', to);
	if (request->over_asked)
		fputs("      ASKS FOR MORE than it is registered for\n", to);
}

void yf_wallet_say_request(FILE *to, const struct yf_request *request,
			   const struct yf_choices *choices)
{
	say_party(to, request);
	for (size_t i = 0; i < choices->count; i++) {
		fputs("What: ", to);
		yf_wallet_say(to, choices->at[i].held->type);
		fputc('\n', to);
		yf_wallet_say_claims(to, choices->at[i].claims);
	}
	for (size_t i = 0; i < request->transactions.count; i++) {
		fputs("You agree to: ", to);
		yf_wallet_say(to, request->transactions.at[i].text);
		fputc('\n', to);
	}
}
