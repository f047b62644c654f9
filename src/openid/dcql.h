#pragma once

#include "credential/claim_path.h"
#include "crypto/cert.h"

/*
 * The Digital Credentials Query Language, OpenID4VP 1.0 sections 6 and 7: what
 * a verifier asks.  Pure: reading a query, comparing it with what its sender
 * may ask, and comparing credentials with it.
 */
enum {
	YF_DCQL_CREDENTIALS_MAX = 16,
	YF_DCQL_CLAIMS_MAX = 64, /* of one credential: a bit each */
	YF_DCQL_ITEMS_MAX = 32,  /* of any other array */
	YF_DCQL_ID_MAX = 64,
};

typedef enum {
	YF_DCQL_SD_JWT, /* dc+sd-jwt */
	YF_DCQL_MDOC,   /* mso_mdoc */
} yf_dcql_format;

struct yf_dcql_claim {
	yf_str id; /* empty when absent */
	struct yf_claim_path path;
	const struct yf_json *values; /* array, or NULL for any value */
};

struct yf_dcql_authority {
	yf_str type; /* aki, etsi_tl, openid_federation */
	const yf_str *values;
	size_t value_count;
};

/* Indexes of claims or credentials that one option names. */
struct yf_dcql_option {
	const size_t *at;
	size_t count;
};

struct yf_dcql_credential {
	yf_str id;
	yf_dcql_format format;
	bool multiple;
	bool holder_binding; /* require_cryptographic_holder_binding */
	const yf_str *vcts;  /* of SD_JWT */
	size_t vct_count;
	yf_str doctype; /* of MDOC */
	const struct yf_dcql_authority *authorities;
	size_t authority_count;
	const struct yf_dcql_claim *claims;
	size_t claim_count;                      /* 0: no claim is asked for */
	const struct yf_dcql_option *claim_sets; /* in order of preference */
	size_t claim_set_count;
};

struct yf_dcql_set {
	const struct yf_dcql_option *options;
	size_t option_count;
	bool required;
};

struct yf_dcql {
	const struct yf_dcql_credential *credentials;
	size_t credential_count;
	const struct yf_dcql_set *sets; /* count 0: every credential */
	size_t set_count;
};

/*
 * Every rule of section 6.  Members that it does not name are ignored.
 *
 * MISSING      a required member is absent
 * SYNTAX       a member of the wrong kind, an empty array, an id with another
 *              character, a reference to an id that is not there, claim_sets
 *              without claims
 * DUPLICATE    an id twice, or the same path twice in one credential
 * UNSUPPORTED  a format other than the two above
 * TOO_LARGE    over one of the limits above
 * TOO_DEEP     a path over YF_CLAIM_PATH_MAX
 * MEMORY
 */
YF_CHECKED yf_err yf_dcql_parse(struct yf_arena *arena,
				const struct yf_json *query,
				struct yf_dcql *out);

/*
 * What somebody may ask of one type of credential in one format: an SD-JWT of
 * `vct`, or an mdoc of `doctype`; the other of the two is empty.
 */
struct yf_dcql_grant {
	yf_str vct;
	const struct yf_claim_path *paths; /* of an mdoc [namespace, element] */
	size_t path_count;
	yf_str doctype;
};

/*
 * Whether the query stays inside the grants: each type that it accepts is
 * granted, and each claim lies at or below a granted path of that type.
 *
 * OVER_ASKED  it does not
 */
YF_CHECKED yf_err yf_dcql_within(const struct yf_dcql *query,
				 const struct yf_dcql_grant *grants,
				 size_t grant_count);

/* The credential query of that id; NULL when there is none. */
const struct yf_dcql_credential *yf_dcql_find(const struct yf_dcql *query,
					      yf_str id);

/*
 * Which claims of the query these claims answer: all, or those of the first
 * claim set that they satisfy.  `values` are compared too (section 6.4.1: the
 * verifier must not rely on the wallet for that).
 *
 * out        a bit for each claim that belongs to the answer
 * NOT_ASKED  they do not satisfy it
 */
YF_CHECKED yf_err yf_dcql_match(struct yf_arena *arena,
				const struct yf_dcql_credential *query,
				const struct yf_json *claims, uint64_t *out);

/*
 * The claims cut to what `match` names: everything else is left out.  Each of
 * its paths selects in the cut what it selects in the whole; to keep their
 * places, elements of arrays that were not selected become empty.
 */
YF_CHECKED yf_err yf_dcql_pick(struct yf_arena *arena,
			       const struct yf_dcql_credential *query,
			       uint64_t match, const struct yf_json *claims,
			       const struct yf_json **out);

/*
 * `trusted_authorities`, type aki (section 6.1.1.1): one of the values is the
 * authority key identifier of a certificate in the chain.  Other types are
 * lists that are not consulted here: they fit nothing.
 *
 * NOT_ASKED  the query names authorities and none of them fits
 * the codes of yf_cert_parse()
 */
YF_CHECKED yf_err yf_dcql_authority(struct yf_arena *arena,
				    const struct yf_dcql_credential *query,
				    const struct yf_chain *chain);

/*
 * Section 6.4.2: whether the credentials that were answered (a bit each)
 * satisfy the query as a whole.
 */
bool yf_dcql_satisfied(const struct yf_dcql *query, uint64_t answered);
