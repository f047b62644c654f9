#pragma once

#include "card/type.h"
#include "openid/registration.h"

/*
 * What relying parties may ask, as a table: adding a row adds a policy.  A
 * policy is a purpose that a person can read, the claims it needs, and how
 * long the party may keep them.  Pure.
 */
enum {
	YF_POLICY_CLAIMS_MAX = 16,
	YF_POLICY_TEXTS = 5,
	/* A result that may not be kept is there this long, to be shown. */
	YF_POLICY_SHOWN_S = 300,
};

struct yf_policy_claim {
	const char *path;  /* as yf_claim_path_of() takes it */
	const char *value; /* that it must have; NULL for any */
};

struct yf_policy {
	const char *name;
	const char *type; /* of credential, card/type.h */
	struct yf_registration_text purpose[YF_POLICY_TEXTS];
	struct yf_policy_claim
		claims[YF_POLICY_CLAIMS_MAX]; /* path NULL ends */
	int64_t retention_s;                  /* 0: shown, not kept */
};

/* NULL when there is none of that name. */
const struct yf_policy *yf_policy_find(yf_str name);

/* All of them, for listing. */
const struct yf_policy *yf_policy_at(size_t index); /* NULL past the end */

/* When a result of `now_s` is erased here. */
int64_t yf_policy_delete_s(int64_t retention_s, int64_t now_s);

typedef enum {
	YF_POLICY_ANY_FORMAT, /* an SD-JWT VC or an mdoc: any wallet can */
	YF_POLICY_SD_JWT,
} yf_policy_formats;

/*
 * The DCQL query that asks what the policy needs.  The SD-JWT VC comes first;
 * an mdoc is the other option of a credential set, when the type has one and
 * it says all that is asked.
 *
 * UNKNOWN_CONFIGURATION (no such type here), MEMORY
 */
YF_CHECKED yf_err yf_policy_query(struct yf_arena *arena,
				  const struct yf_card_types *types,
				  const struct yf_policy *policy,
				  yf_policy_formats formats,
				  const struct yf_json **out);

/*
 * The same claims as grants, without the values: of the SD-JWT VC, and of the
 * mdoc when there is one.
 */
enum { YF_POLICY_GRANTS_MAX = 2 };

struct yf_policy_grants {
	struct yf_dcql_grant at[YF_POLICY_GRANTS_MAX];
	size_t count;
};

/* The same codes */
YF_CHECKED yf_err yf_policy_grants(struct yf_arena *arena,
				   const struct yf_card_types *types,
				   const struct yf_policy *policy,
				   struct yf_policy_grants *out);

/*
 * Names of policies, as a table column holds them: a JSON array of texts.
 *
 * NOT_FOUND  a name that is not in the table
 * DUPLICATE  one twice
 * RANGE      none at all
 * SYNTAX, TOO_LARGE, MEMORY
 */
enum { YF_POLICIES_MAX = 16 };

struct yf_policies {
	const struct yf_policy *at[YF_POLICIES_MAX];
	size_t count;
};

YF_CHECKED yf_err yf_policies_of(const yf_str *names, size_t count,
				 struct yf_policies *out);
YF_CHECKED yf_err yf_policies_parse(struct yf_arena *arena, yf_str json,
				    struct yf_policies *out);
YF_CHECKED yf_err yf_policies_encode(struct yf_arena *arena,
				     const struct yf_policies *policies,
				     yf_str *json);

/* The one of that name among them; NULL when it is not. */
const struct yf_policy *yf_policies_find(const struct yf_policies *policies,
					 yf_str name);

/*
 * Which of the policies a query rests on: the first one that covers it alone,
 * otherwise all of them together.
 *
 * OVER_ASKED  it asks for more than they allow
 */
YF_CHECKED yf_err yf_policies_cover(struct yf_arena *arena,
				    const struct yf_card_types *types,
				    const struct yf_policies *policies,
				    const struct yf_dcql *query,
				    struct yf_policies *out);
