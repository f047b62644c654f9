#pragma once

#include "check/request.h"
#include "holder.h"

/* Relying parties and their requests, for tests. */

struct yf_test_party {
	struct yf_party party;
	yf_str api_key;
};

/* A wallet that says nothing of itself. */
extern const struct yf_wallet_says yf_test_wallet;

/* `policies` is NULL-terminated. */
void yf_test_party_add(struct yf_test_env *test, const char *name,
		       const char *const *policies, struct yf_test_party *out);

/* Asks by policy and reads the request as a wallet does. */
void yf_test_ask(struct yf_test_env *test, const struct yf_test_party *party,
		 const char *policy, struct yf_request_made *made,
		 struct yf_request_object *object);

/* What the party sees now: {id, state, result}. */
const struct yf_json *yf_test_view(struct yf_test_env *test,
				   const struct yf_test_party *party,
				   yf_str id);
