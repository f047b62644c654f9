#pragma once

#include "card/level.h"
#include "credential/claim_path.h"
#include "env/env.h"
#include "openid/key_attestation.h"

/*
 * Credential types as data: one JSON file in types/ makes one, without code
 * (doc/types.md).  Read and checked once at start, read-only from then on,
 * shared by all threads.
 */
enum {
	YF_TYPES_MAX = 32,
	YF_TYPE_CLAIMS_MAX = 64,
	YF_TYPE_DATES_MAX = 8,
	YF_TYPE_FILE_MAX = 256 * 1024,
	YF_TYPE_BATCH_MAX = 32,
	YF_TYPE_LEVELS = 2, /* basic, upgraded */
};

/* --- texts in the five languages of the house --- */

typedef enum {
	YF_LOCALE_EN,
	YF_LOCALE_ZH,
	YF_LOCALE_TH,
	YF_LOCALE_VI,
	YF_LOCALE_RU,
	YF_LOCALES,
} yf_locale;

/* "en", ...; static memory. */
const char *yf_locale_name(yf_locale locale);

struct yf_type_text {
	yf_str at[YF_LOCALES]; /* never empty */
};

/* --- claims --- */

/* Of every type when it is due, written by the issuer: card/claims.h. */
#define YF_CLAIM_DEMO "demo"

/* Where a value comes from. */
typedef enum {
	/* the register, see register/person.h */
	YF_SOURCE_FAMILY_NAME,
	YF_SOURCE_GIVEN_NAME,
	YF_SOURCE_FAMILY_NAME_LATIN,
	YF_SOURCE_GIVEN_NAME_LATIN,
	YF_SOURCE_BIRTH_DATE,
	YF_SOURCE_SEX,
	YF_SOURCE_PLACE_OF_BIRTH,
	YF_SOURCE_NATIONALITIES,
	YF_SOURCE_PORTRAIT,
	YF_SOURCE_NUMBER,
	YF_SOURCE_ATTRIBUTE, /* at `path` of the person's attributes */
	/* made when the card is issued */
	YF_SOURCE_DOCUMENT_NUMBER,
	YF_SOURCE_ISSUING_AUTHORITY,
	YF_SOURCE_ISSUING_COUNTRY,
	YF_SOURCE_UN_SIGN,
	YF_SOURCE_ISSUE_DATE,
	YF_SOURCE_EXPIRY_DATE,
	YF_SOURCE_LEVEL,
	YF_SOURCE_AGES,
	YF_SOURCE_VALUE, /* written in the type file */
} yf_source_kind;

struct yf_source {
	yf_source_kind kind;
	yf_str name;                 /* as the file writes it */
	struct yf_claim_path path;   /* of an ATTRIBUTE, below "attributes" */
	const struct yf_json *value; /* of a VALUE */
};

/* What a holder may keep back of a claim in an SD-JWT. */
typedef enum {
	YF_DISCLOSE_WHOLE, /* the claim as one */
	YF_DISCLOSE_PARTS, /* each member or element, the rest is shown */
	YF_DISCLOSE_BOTH,  /* as one, and in it each part */
	YF_DISCLOSE_NEVER, /* always shown */
} yf_disclose;

/* How a value stands in an mdoc. */
typedef enum {
	YF_ELEMENT_VALUE,     /* as JSON has it */
	YF_ELEMENT_FULL_DATE, /* tag 1004 */
	YF_ELEMENT_TDATE,     /* tag 0 */
	YF_ELEMENT_BSTR,      /* bytes: the portrait */
	YF_ELEMENT_UINT,
	YF_ELEMENT_AGES, /* one element a year: age_over_18, ... */
} yf_element_encoding;

struct yf_type_element {
	yf_str name; /* empty: not in the mdoc */
	yf_str name_space;
	yf_element_encoding encoding;
	bool tally; /* also in the tally; bytes as their SHA-256, NAME_hash */
	/* Members, at any depth, whose texts are full-dates. */
	yf_str dates[YF_TYPE_DATES_MAX];
	size_t date_count;
};

struct yf_type_claim {
	struct yf_claim_path path; /* members only */
	struct yf_source source;
	bool mandatory;
	yf_disclose disclose;
	struct yf_type_element element;
	struct yf_type_text names;
};

/* --- a type --- */

typedef enum {
	YF_FORMAT_SD_JWT, /* dc+sd-jwt */
	YF_FORMAT_MDOC,   /* mso_mdoc */
	YF_FORMAT_TALLY,  /* mso_mdoc with few elements: credential/tally.h */
} yf_card_format;

struct yf_type_colors {
	yf_str background; /* "#rrggbb" */
	yf_str text;
};

struct yf_card_type {
	yf_str name; /* of the file, of the SD-JWT configuration */
	yf_str mdoc_configuration;  /* NAME_mso_mdoc; empty: SD-JWT only */
	yf_str tally_configuration; /* NAME_tally; empty: no tally */
	yf_str vct;
	yf_str metadata_path; /* "/types/NAME" */
	yf_str scope;
	yf_str doctype;       /* empty: SD-JWT only */
	yf_str tally_doctype; /* empty: no tally */
	yf_level level;       /* at least, to be issued */
	int64_t order;        /* among the others: the lowest is shown first */
	int64_t days;         /* that a copy is valid */
	int64_t batch_size;
	bool approval; /* an operator approves each: card/deferred.h */
	bool keys_attested; /* proofs come with a key attestation */
	struct yf_key_needs key_needs;
	yf_str number_prefix; /* of the card number */
	bool has_end;         /* `end` says when the document ends */
	struct yf_source end; /* a date among the attributes */
	struct yf_type_text display;
	struct yf_type_text description;
	struct yf_type_colors colors[YF_TYPE_LEVELS];
	yf_str logo_uri; /* empty: none */
	yf_str logo_text;
	const struct yf_type_claim *claims;
	size_t claim_count;
};

/* The colours of that level; of basic when there is none. */
const struct yf_type_colors *
yf_card_type_colors(const struct yf_card_type *type, yf_level level);

struct yf_card_types {
	const struct yf_card_type *at;
	size_t count;
};

/*
 * One type from the text of its file.  `file` names it in messages, and
 * without its folder and ".json" is the name that the type must have.
 * Pure; defaults (days, batch size) and the vct come from `settings`.
 *
 * CONFIG  `problem` names file, member and what to do
 * MEMORY
 */
YF_CHECKED yf_err yf_card_type_parse(struct yf_arena *arena, yf_str file,
				     yf_str text,
				     const struct yf_settings *settings,
				     struct yf_card_type *out, yf_str *problem);

/*
 * The *.json of `folders`: a name that comes again replaces the earlier.  They
 * stand by their `order`, then by name.  A folder that is not there has no
 * types.
 *
 * CONFIG  as above; also two types with one vct, doctype or scope, over
 *         YF_TYPES_MAX, or none at all
 * IO, MEMORY
 */
YF_CHECKED yf_err yf_card_types_load(struct yf_arena *arena,
				     const yf_str *folders, size_t count,
				     const struct yf_settings *settings,
				     struct yf_card_types *out,
				     yf_str *problem);

/* The most copies that one request of any type may ask for. */
size_t yf_card_types_batch(const struct yf_card_types *types);

/* NULL when there is none. */
const struct yf_card_type *yf_card_type_find(const struct yf_card_types *types,
					     yf_str name);
const struct yf_card_type *
yf_card_type_of_scope(const struct yf_card_types *types, yf_str scope);
const struct yf_card_type *
yf_card_type_of_configuration(const struct yf_card_types *types, yf_str id,
			      yf_card_format *format);
