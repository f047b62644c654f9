#pragma once

#include "credential/claim_path.h"
#include "crypto/jws.h"

/*
 * SD-JWT, RFC 9901, compact serialization: cutting, issuing, presenting, and
 * turning a payload with its disclosures into claims.  Which payload members
 * a credential must have is credential/sdjwt_vc.h.
 */
enum {
	YF_SDJWT_LEN_MAX = 512 * 1024,
	YF_SDJWT_DISCLOSURE_MAX = 256,
	YF_SDJWT_DIGEST_MAX = 1024,
};

/* Every yf_str here is a view into the text given to yf_sdjwt_parse(). */
struct yf_sdjwt {
	yf_str issuer_jwt;
	const yf_str *disclosures; /* in presentation order, arena memory */
	size_t disclosure_count;
	yf_str hashed; /* up to and with the last '~': what sd_hash takes */
	yf_str key_binding; /* .len == 0 when absent */
};

/*
 * text     the whole presentation; must outlive `out`
 * arena    owns the disclosure array
 *
 * SYNTAX     not <jwt>~[<disclosure>~]*[<kb-jwt>], or an empty part
 * TOO_LARGE  over YF_SDJWT_LEN_MAX or YF_SDJWT_DISCLOSURE_MAX
 * MEMORY     the arena is spent
 */
YF_CHECKED yf_err yf_sdjwt_parse(struct yf_arena *arena, yf_str text,
				 struct yf_sdjwt *out);

/* --- issuing --- */

struct yf_sdjwt_ask {
	yf_str typ;
	const struct yf_json *claims; /* an object, as it shall come out */
	/*
	 * What is selectively disclosable.  A path and a longer one under it
	 * make a recursive disclosure.  A path that selects nothing is
	 * ignored, so that one list serves all cards of a type.
	 */
	const struct yf_claim_path *disclosable;
	size_t disclosable_count;
	size_t decoys; /* more digests in the top `_sd`, at most 64 */
	bool with_x5c; /* put the signer's chain in the header */
	yf_str kid;    /* empty for none */
};

/*
 * Signs the claims and gives <jwt>~<disclosure>~...~.  Salts are 128 random
 * bits; `_sd` arrays are sorted, so that their order tells nothing.
 *
 * SYNTAX     claims are no object, or have `_sd`, `_sd_alg` or `...` inside
 * TOO_LARGE  over YF_SDJWT_DISCLOSURE_MAX, YF_SDJWT_LEN_MAX or the decoys
 * MEMORY, and what the signer says
 */
YF_CHECKED yf_err yf_sdjwt_issue(struct yf_arena *arena,
				 const struct yf_signer *signer,
				 const struct yf_sdjwt_ask *ask, yf_str *out);

/* --- reading --- */

/* A disclosure that found its digest. */
struct yf_sdjwt_disclosed {
	yf_str text;                 /* base64url as received */
	yf_str name;                 /* ptr NULL for an array element */
	const struct yf_json *value; /* its place in `claims` */
	int parent;                  /* index of the disclosure it is in, -1 */
};

struct yf_sdjwt_claims {
	const struct yf_json *payload; /* as signed */
	const struct yf_json *claims;  /* without `_sd`, `_sd_alg`, `...` */
	const struct yf_sdjwt_disclosed *disclosed; /* one for each given */
};

/*
 * RFC 9901 section 7.1, steps 3 to 5, on a payload whose signature the caller
 * has verified: digests are taken over the disclosures as received.
 *
 * DIGEST       a disclosure that no digest names
 * DUPLICATE    a disclosed name is at its level already; a disclosure or a
 *              digest twice
 * SYNTAX       a disclosure that is no JSON array of 2 or 3 in the place for
 *              it, a disclosed name `_sd` or `...`, an `_sd` that is no array
 *              of SHA-256 digests, a member `...` that is no array element's
 * digest UNSUPPORTED  `_sd_alg` other than sha-256 TOO_LARGE, TOO_DEEP, MEMORY
 */
YF_CHECKED yf_err yf_sdjwt_process(struct yf_arena *arena,
				   const struct yf_sdjwt *sdjwt, yf_str payload,
				   struct yf_sdjwt_claims *out);

/* --- presenting --- */

/*
 * The holder's choice: the issuer's JWT with the disclosures that `paths`
 * need, those above and those below them, ending in '~'.
 *
 * sdjwt    as issued; HOLDER when it has a key binding (RFC 9901 7.2)
 * NOT_FOUND  a path selects nothing
 * the codes of yf_sdjwt_process(); the signature is not looked at
 */
YF_CHECKED yf_err yf_sdjwt_select(struct yf_arena *arena, yf_str sdjwt,
				  const struct yf_claim_path *paths,
				  size_t path_count, yf_str *out);

struct yf_kb_ask {
	yf_str audience;
	yf_str nonce;
	int64_t now_s;
	/* transaction_data_hashes (openid/transaction_data.h), or none */
	const yf_str *transaction_hashes;
	size_t transaction_hash_count;
};

/*
 * Appends a key binding JWT (RFC 9901 section 4.3) to a text that ends in
 * '~'.  SYNTAX, MEMORY, and what the signer says.
 */
YF_CHECKED yf_err yf_sdjwt_bind(struct yf_arena *arena,
				const struct yf_signer *holder, yf_str sdjwt,
				const struct yf_kb_ask *ask, yf_str *out);
