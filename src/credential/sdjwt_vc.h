#pragma once

#include "credential/sdjwt.h"
#include "crypto/trust.h"

/*
 * SD-JWT VC (draft 19) with the rules of HAIP 1.0: what an issuer puts in and
 * what a verifier checks.  The status list itself is credential/status_list.h.
 */

/* Where the status of a credential stands; Token Status List section 6. */
struct yf_status_ref {
	yf_str uri; /* empty when the credential has none */
	int64_t index;
};

/* --- issuing --- */

struct yf_vc_ask {
	yf_str vct;
	yf_str issuer;  /* iss; empty to leave it out */
	yf_str subject; /* sub; empty to leave it out */
	int64_t issued_at_s;
	int64_t not_before_s;               /* 0 to leave it out */
	int64_t expires_s;                  /* 0 to leave it out */
	const struct yf_public_key *holder; /* cnf.jwk; NULL to leave it out */
	struct yf_status_ref status;
	/* The other claims: an object without the names above. */
	const struct yf_json *claims;
	const struct yf_claim_path *disclosable;
	size_t disclosable_count;
	size_t decoys;
};

/*
 * Signed with the signer's chain in x5c.
 *
 * SYNTAX   `claims` is no object or has a member that this writes itself, or
 *          a path hides what must be shown (iss, exp, cnf, vct, status, ...)
 * RANGE    vct is empty, or the status index negative
 * the codes of yf_sdjwt_issue()
 */
YF_CHECKED yf_err yf_vc_issue(struct yf_arena *arena,
			      const struct yf_signer *signer,
			      const struct yf_vc_ask *ask, yf_str *out);

/* --- verifying --- */

typedef enum {
	YF_BINDING_REQUIRED,  /* a presentation: HOLDER without key binding */
	YF_BINDING_FORBIDDEN, /* an issuance: HOLDER with one */
	YF_BINDING_UNCHECKED, /* whatever is there is not looked at */
} yf_binding_rule;

/* A key trusted without a certificate (jwt-vc-issuer, `--trust` JWK set). */
struct yf_trusted_key {
	yf_str kid; /* empty matches any */
	struct yf_public_key key;
};

struct yf_vc_rule {
	struct yf_trust *trust; /* for x5c; NULL when only `keys` count */
	const char *eku;        /* that the leaf must carry; NULL for any */
	const struct yf_trusted_key *keys; /* for credentials without x5c */
	size_t key_count;
	const yf_str *vcts; /* accepted types; count 0 for any */
	size_t vct_count;
	int64_t now_s;
	int64_t skew_s; /* tolerated difference of clocks, e.g. 60 */
	yf_binding_rule binding;
	yf_str audience;       /* that the key binding must be for */
	yf_str nonce;          /* that it must carry */
	int64_t binding_age_s; /* how old it may be, e.g. 300 */
};

/* Views into the text, and arena memory. */
struct yf_vc {
	const struct yf_json *claims;  /* all, processed */
	const struct yf_json *payload; /* as signed */
	yf_str vct;
	yf_str issuer;               /* iss; empty when absent */
	int64_t issued_at_s;         /* 0 when absent */
	int64_t not_before_s;        /* 0 when absent */
	int64_t expires_s;           /* 0 when absent */
	struct yf_status_ref status; /* not looked up */
	struct yf_chain chain;       /* count 0 when a trusted key signed */
	struct yf_public_key issuer_key;
	bool has_holder;
	struct yf_public_key holder;   /* cnf.jwk */
	const struct yf_json *binding; /* payload of the KB-JWT, or NULL */
};

/*
 * Every rule in one call; an answer with an error has no claims.
 *
 * TYP         typ is not dc+sd-jwt, or the key binding's not kb+jwt
 * ALGORITHM   either alg is not ES256
 * UNTRUSTED   the chain or the key is not trusted (see yf_trust_verify())
 * SIGNATURE   the issuer's signature is wrong
 * EXPIRED, NOT_YET   exp, nbf, iat, or the chain, against now_s
 * NOT_ASKED   vct is not one of `vcts`
 * DIGEST      as in yf_sdjwt_process(), or sd_hash is of another presentation
 * DUPLICATE, UNSUPPORTED  as in yf_sdjwt_process()
 * HOLDER      the key binding is missing, forbidden, not signed by cnf, too
 *             old or from the future, or there is no cnf to check it with
 * AUDIENCE, NONCE    of the key binding
 * SYNTAX, MISSING, KEY, TOO_LARGE, TOO_DEEP, MEMORY
 */
YF_CHECKED yf_err yf_vc_verify(struct yf_arena *arena, yf_str text,
			       const struct yf_vc_rule *rule,
			       struct yf_vc *out);

/* Where it stopped, for a person who asks why; in the order of the checks. */
typedef enum {
	YF_VC_FORM,
	YF_VC_CHAIN,       /* certificates or keys of the issuer */
	YF_VC_SIGNATURE,   /* of the issuer */
	YF_VC_DISCLOSURES, /* and their digests */
	YF_VC_TYPE,
	YF_VC_VALIDITY,
	YF_VC_BINDING, /* of the holder */
} yf_vc_step;

/* The same; `step` is filled on an error. */
YF_CHECKED yf_err yf_vc_verify_steps(struct yf_arena *arena, yf_str text,
				     const struct yf_vc_rule *rule,
				     yf_vc_step *step, struct yf_vc *out);

/*
 * Reads without proving anything: for a wallet that shows what it holds, and
 * to learn who claims to have issued.  SYNTAX, MISSING, ...
 */
YF_CHECKED yf_err yf_vc_peek(struct yf_arena *arena, yf_str text,
			     struct yf_vc *out);

/*
 * The status reference of a payload; uri empty when it has none.  SYNTAX when
 * `status` is there and of the wrong shape, UNSUPPORTED for a mechanism other
 * than status_list.
 */
YF_CHECKED yf_err yf_status_ref_parse(const struct yf_json *payload,
				      struct yf_status_ref *out);
