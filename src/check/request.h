#pragma once

#include "check/request_how.h"

/*
 * Presentation requests: what a relying party asks of one holder, once.
 *
 *	waiting -> fetched -> answered
 *	       \________\---> expired
 */
enum {
	YF_REQUEST_LIFE_S = 300,
	YF_REQUEST_DCQL_MAX = 16 * 1024,
	YF_REQUEST_PURPOSE_MAX = 300, /* characters */
};

typedef enum {
	YF_REQUEST_WAITING,
	YF_REQUEST_FETCHED, /* a wallet has read it */
	YF_REQUEST_ANSWERED,
	YF_REQUEST_EXPIRED,
} yf_request_state;

/* One of the two: a registered policy, or a query of its own. */
struct yf_request_ask {
	yf_str policy;               /* empty for none */
	const struct yf_json *query; /* NULL for none */
	yf_str purpose;              /* beside a query: what it is for */
	/* Array of {type, text, credential_ids?}, or NULL for none */
	const struct yf_json *transaction_data;
	struct yf_request_how_ask how;
};

struct yf_request_made {
	yf_str id;
	yf_str uri;        /* openid4vp://?client_id=...&request_uri=... */
	yf_str wallet_uri; /* the same for this server's own wallet */
	int64_t expires_in_s;
	yf_str session; /* of a same-device request, else empty */
	yf_str digital; /* JSON for navigator.credentials.get(), or empty */
};

/* Arena memory. */
struct yf_request {
	int64_t shard;
	yf_str id;
	int64_t party_shard;
	yf_str party_id;
	struct yf_policies policies; /* what it rests on */
	yf_str purpose;
	const struct yf_json *dcql;
	struct yf_dcql query;
	yf_str nonce;
	yf_str wallet_state;
	yf_bytes key_sealed;
	yf_request_state state; /* as stored; see yf_request_state_at() */
	yf_bytes result_sealed;
	int64_t made_s;
	int64_t expires_s;
	int64_t delete_s;
	struct yf_request_how how;
	struct yf_transactions transactions;
};

/*
 * Whether a query may be asked by somebody registered for `policies`, and on
 * which of them it rests.  Pure.
 *
 * OVER_ASKED   it asks for more than they allow
 * UNSUPPORTED  it names authorities by another type than aki
 * the codes of yf_dcql_parse()
 */
YF_CHECKED yf_err yf_request_check(struct yf_arena *arena,
				   const struct yf_card_types *types,
				   const struct yf_policies *policies,
				   const struct yf_json *dcql,
				   struct yf_policies *rests_on);

/*
 * MISSING      neither policy nor query, or a query without purpose
 * SYNTAX       both of them
 * UNSUPPORTED  no such policy
 * OVER_ASKED   a policy that the party is not registered for
 * RANGE        the purpose is over YF_REQUEST_PURPOSE_MAX or not UTF-8
 * TOO_LARGE    the query is over YF_REQUEST_DCQL_MAX
 * the codes of yf_request_check(), yf_request_how_of() and
 * yf_transactions_make(); STORE, BUSY, CRYPTO, MEMORY
 */
YF_CHECKED yf_err yf_request_create(const struct yf_env *env,
				    struct yf_arena *arena,
				    const struct yf_party *party,
				    const struct yf_request_ask *ask,
				    struct yf_request_made *out);

/* NOT_FOUND, also once it is erased. */
YF_CHECKED yf_err yf_request_load(const struct yf_env *env,
				  struct yf_arena *arena, yf_str id,
				  struct yf_request *out);

/* The same for its party: NOT_FOUND for somebody else's. */
YF_CHECKED yf_err yf_request_load_own(const struct yf_env *env,
				      struct yf_arena *arena,
				      const struct yf_party *party, yf_str id,
				      struct yf_request *out);

/* What it is at `now_s`: an open request past its time is expired.  Pure. */
yf_request_state yf_request_state_at(const struct yf_request *request,
				     int64_t now_s);

/*
 * What a wallet gets, as often as it asks before it answers: the signed
 * request object, with its own nonce echoed when it sent one.  The first time
 * the request becomes `fetched`, and its party hears of it.
 *
 * NOT_FOUND, EXPIRED
 * REPLAYED  it was answered
 * RANGE     wallet_nonce is over 512 characters
 * the codes of yf_wallet_metadata_check(): the request stays as it is
 */
struct yf_wallet_says {
	yf_str nonce;    /* wallet_nonce; empty for none */
	yf_str metadata; /* wallet_metadata, JSON; empty for none */
};

YF_CHECKED yf_err yf_request_object(const struct yf_env *env,
				    struct yf_arena *arena, yf_str id,
				    const struct yf_wallet_says *wallet,
				    yf_str *jwt);

/*
 * The request object filled in, in a mode of its own.  What it is signed with
 * is the party's.
 */
YF_CHECKED yf_err yf_request_fill(const struct yf_env *env,
				  struct yf_arena *arena,
				  const struct yf_request *request,
				  const struct yf_party *party,
				  yf_response_mode mode,
				  struct yf_request_object *out);
YF_CHECKED yf_err yf_request_sign(const struct yf_env *env,
				  struct yf_arena *arena,
				  const struct yf_party *party,
				  const struct yf_request_object *object,
				  yf_str *jwt);

/* What a wallet answers a link to: <url>/vp/{id}/response.  MEMORY */
YF_CHECKED yf_err yf_request_response_uri(const struct yf_env *env,
					  struct yf_arena *arena, yf_str id,
					  yf_str *out);

/* The private key that its answer is encrypted to.  DECRYPT, KEY, MEMORY */
YF_CHECKED yf_err yf_request_key(const struct yf_env *env,
				 struct yf_arena *arena,
				 const struct yf_request *request,
				 struct yf_key **out);

/*
 * Stores the result, which closes the request, destroys its key and tells the
 * party.  Of several at once exactly one wins.
 *
 * REPLAYED  it was answered, or is expired by now
 */
YF_CHECKED yf_err yf_request_answer(const struct yf_env *env,
				    struct yf_arena *arena,
				    const struct yf_request *request,
				    yf_str result, int64_t delete_s);

/*
 * What its party sees: {id, state, result}.  What a same-device request was
 * answered with is withheld (result null, `withheld` true) until the browser
 * is back, unless it is a refusal, which shows nothing.  DECRYPT, MEMORY
 */
YF_CHECKED yf_err yf_request_view(const struct yf_env *env,
				  struct yf_arena *arena,
				  const struct yf_request *request,
				  yf_str *json);

/* The same for the session that came back: DENIED for any other. */
YF_CHECKED yf_err yf_request_release(const struct yf_env *env,
				     struct yf_arena *arena,
				     const struct yf_request *request,
				     yf_str session, yf_str response_code,
				     yf_str *json);
