#pragma once

#include "codec/json.h"

/*
 * The answer to a check: accepted, refused with a reason, or undetermined with
 * what could not be reached.  Never two of them, and never a fourth.  Pure.
 */
typedef enum {
	YF_VERDICT_ACCEPTED,
	YF_VERDICT_REFUSED,
	YF_VERDICT_UNDETERMINED,
} yf_verdict;

const char *yf_verdict_name(yf_verdict verdict);

/* What one presentation gave, cut to what was asked. */
struct yf_result_part {
	yf_str id; /* of the credential query */
	const struct yf_json *claims;
	yf_str assurance_level; /* empty when it was not disclosed */
	yf_str issuer;          /* empty when unknown */
	bool demo;              /* the issuer says: for demonstration only */
	yf_str format;          /* dc+sd-jwt, mso_mdoc */
	yf_str type;            /* vct or docType */
	bool holder_bound;      /* the holder proved to be the one */
};

/* What the holder agreed to, OpenID4VP 1.0 section 8.4. */
struct yf_result_transaction {
	yf_str type;
	yf_str text;
	yf_str credential_id; /* whose key signed it */
};

struct yf_result {
	yf_verdict verdict;
	yf_str reason; /* empty for an accepted one */
	yf_str advice; /* what to do next; empty likewise */
	const struct yf_result_part *parts; /* none when refused */
	size_t part_count;
	const struct yf_result_transaction *transactions;
	size_t transaction_count;
	/* What would have told, of an undetermined one; empty otherwise. */
	yf_str unreachable;
	int64_t checked_at_s;
	int64_t delete_at_s;
};

/*
 * The verdict that an error stands for, with its reason (the name of
 * base/err.def in lower case) and advice.  What is our own failing or
 * another system's is undetermined, everything else refused.  MEMORY
 */
YF_CHECKED yf_err yf_result_of_err(struct yf_arena *arena, yf_err err,
				   struct yf_result *out);

/* The name of an error in lower case.  MEMORY */
YF_CHECKED yf_err yf_reason_of(struct yf_arena *arena, yf_err err, yf_str *out);

/*
 * What the wallet said instead of an answer (OpenID4VP 1.0 section 8.5):
 * access_denied is a refusal, `declined`; any other error means that it could
 * not answer.  SYNTAX for a text that is no error code; MEMORY
 */
YF_CHECKED yf_err yf_result_of_wallet_error(struct yf_arena *arena,
					    yf_str error,
					    struct yf_result *out);

/*
 * {verdict, reason, advice, unreachable, claims, assurance_level, issuer,
 * demo, format, type, holder_bound, checked_at, delete_at}; with several parts
 * also `credentials`, one object each; with transactions `transaction_data`.
 * MEMORY
 */
YF_CHECKED yf_err yf_result_encode(struct yf_arena *arena,
				   const struct yf_result *result,
				   yf_str *json);
