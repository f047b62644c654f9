#pragma once

#include "openid/dcql.h"

/*
 * `transaction_data`, OpenID4VP 1.0 sections 5.1 and 8.4: what the person
 * agrees to with this presentation, beside what is shown.  The holder's key
 * signs a hash of it in the key binding of an SD-JWT (appendix B.3.3).
 *
 * Appendix B.2 leaves it to each type to say how an mdoc carries it: the
 * types here do not, so that a request that has them asks for SD-JWTs.
 */
enum {
	YF_TRANSACTIONS_MAX = 8,
	YF_TRANSACTION_LEN_MAX = 8 * 1024, /* as base64url */
	YF_TRANSACTION_TEXT_MAX = 300,     /* characters */
};

/*
 * The one type: {type, credential_ids, text}.  `text` is what the person
 * reads and agrees to, in whatever language the two of them share.
 */
#define YF_TRANSACTION_PURPOSE "urn:yufu:transaction:purpose"

struct yf_transaction {
	yf_str encoded; /* base64url as received: what is hashed */
	yf_str type;
	yf_str text;
	uint64_t credentials; /* of the query, a bit each: any one of them */
};

struct yf_transactions {
	const struct yf_transaction *at;
	size_t count;
};

/*
 * Reads the parameter; NULL gives none.
 *
 * SYNTAX       no array of base64url of objects, credential_ids empty, or
 *              one that the query does not have
 * MISSING      type, credential_ids or text
 * UNSUPPORTED  another type, hashes other than sha-256, or a credential that
 *              is no SD-JWT or not bound to a holder
 * RANGE        the text is empty, no UTF-8 or over its limit
 * TOO_LARGE, DUPLICATE, TOO_DEEP, MEMORY
 */
YF_CHECKED yf_err yf_transactions_parse(struct yf_arena *arena,
					const struct yf_json *array,
					const struct yf_dcql *query,
					struct yf_transactions *out);

/*
 * The parameter from what a party says: an array of objects {type, text,
 * credential_ids?}.  Without credential_ids any SD-JWT of the query will do.
 * The codes of yf_transactions_parse()
 */
YF_CHECKED yf_err yf_transactions_make(struct yf_arena *arena,
				       const struct yf_json *ask,
				       const struct yf_dcql *query,
				       const struct yf_json **out);

/* base64url(SHA-256) of `encoded`.  MEMORY */
YF_CHECKED yf_err yf_transaction_hash(struct yf_arena *arena, yf_str encoded,
				      yf_str *out);

/*
 * What a key binding says about the transactions of its request.
 *
 * index    of the credential query that it answers
 * binding  payload of the KB-JWT; NULL when there is none
 * out      a bit for each transaction that it signs
 *
 * HOLDER  a hash that is none of this request's, or of a transaction that
 *         this credential was not asked for; another algorithm
 */
YF_CHECKED yf_err yf_transactions_signed(
	struct yf_arena *arena, const struct yf_transactions *transactions,
	size_t index, const struct yf_json *binding, uint64_t *out);
