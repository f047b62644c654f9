#pragma once

#include "openid/request_object.h"
#include "env.h"

/*
 * A holder for tests: gets a card from the issuer of the environment, reads
 * requests and answers them as a wallet does.
 */
struct yf_test_card {
	struct yf_key *key; /* freed by the test */
	yf_str sdjwt;
};

struct yf_test_card_ask {
	const struct yf_signer *issuer; /* NULL: the environment's */
	const char *claims; /* JSON; NULL: an adult with a basic card */
	const char *vct;    /* NULL: the identity card */
	int64_t expires_s;  /* 0: in an hour */
	yf_str status_uri;  /* empty: no status */
	int64_t status_index;
};

void yf_test_card_issue(struct yf_test_env *test,
			const struct yf_test_card_ask *ask,
			struct yf_test_card *out);

/* The request object behind `openid4vp://...`, checked as a wallet does. */
void yf_test_read_request(struct yf_test_env *test, yf_str uri, yf_str jwt,
			  struct yf_request_object *out);

struct yf_test_show {
	const struct yf_test_card *card;
	const struct yf_request_object *request;
	/* Instead of what is right; NULL or 0 for that. */
	const struct yf_key *key;
	const char *nonce;
	const char *audience;
	const char *state;
	const char *query_id;
	const char *kid;
	const char *const *paths; /* to disclose, NULL-terminated */
	int64_t bound_at_s;
	bool without_binding;
	const struct yf_public_key *encrypt_to;
};

/* The presentation, and the JWE with it. */
yf_str yf_test_present(struct yf_test_env *test,
		       const struct yf_test_show *show);
yf_str yf_test_answer(struct yf_test_env *test,
		      const struct yf_test_show *show);
