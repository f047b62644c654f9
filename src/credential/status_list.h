#pragma once

#include "credential/sdjwt_vc.h"

/*
 * Token Status List (draft 20): a packed array of statuses, zlib compressed,
 * signed as a JWT for SD-JWT VC and as a CWT for mdoc.
 */
enum {
	YF_STATUS_BYTES_MAX = 16 * 1024 * 1024, /* unpacked */
};

/* Section 7.1; others are the application's or reserved. */
typedef enum {
	YF_STATUS_VALID = 0,
	YF_STATUS_INVALID = 1,
	YF_STATUS_SUSPENDED = 2,
} yf_status;

struct yf_status_list {
	unsigned bits; /* 1, 2, 4 or 8 for each entry */
	uint8_t *bytes;
	size_t len;
};

/*
 * All VALID; `count` is rounded up to whole bytes.  RANGE for other bits,
 * TOO_LARGE over YF_STATUS_BYTES_MAX, MEMORY.
 */
YF_CHECKED yf_err yf_status_list_new(struct yf_arena *arena, unsigned bits,
				     size_t count, struct yf_status_list *out);

/* Entries that the list has room for. */
size_t yf_status_list_count(const struct yf_status_list *list);

/* RANGE when the index is not in the list, or the value does not fit. */
YF_CHECKED yf_err yf_status_list_get(const struct yf_status_list *list,
				     int64_t index, uint8_t *status);
YF_CHECKED yf_err yf_status_list_set(struct yf_status_list *list, int64_t index,
				     uint8_t status);

/* zlib at level 9: `lst` of a CWT.  MEMORY */
YF_CHECKED yf_err yf_status_list_pack(struct yf_arena *arena,
				      const struct yf_status_list *list,
				      yf_bytes *lst);

/* base64url of the same: `lst` of a JWT.  MEMORY */
YF_CHECKED yf_err yf_status_list_encode(struct yf_arena *arena,
					const struct yf_status_list *list,
					yf_str *lst);

/*
 * len_max  bound of the unpacked bytes; the arena must have room for them
 *
 * SYNTAX     not base64url, not one zlib stream and nothing behind it
 * RANGE      bits other than 1, 2, 4, 8
 * TOO_LARGE  unpacks to more than len_max or YF_STATUS_BYTES_MAX
 * MEMORY
 */
YF_CHECKED yf_err yf_status_list_decode(struct yf_arena *arena, unsigned bits,
					yf_str lst, size_t len_max,
					struct yf_status_list *out);

/* The same without base64url. */
YF_CHECKED yf_err yf_status_list_unpack(struct yf_arena *arena, unsigned bits,
					yf_bytes lst, size_t len_max,
					struct yf_status_list *out);

/* --- the signed list --- */

/* How long one without exp is believed, or its ttl when that is longer. */
enum { YF_STATUS_AGE_S = 86400 };

struct yf_status_token {
	yf_str uri; /* sub: the address it is served from */
	int64_t issued_at_s;
	int64_t expires_s;      /* 0 for none */
	int64_t ttl_s;          /* 0 for none */
	yf_str aggregation_uri; /* where all lists are; empty for nothing */
	struct yf_status_list list;
};

/* typ statuslist+jwt, with the signer's chain in x5c (HAIP 1.0). */
YF_CHECKED yf_err yf_status_token_make(struct yf_arena *arena,
				       const struct yf_signer *signer,
				       const struct yf_status_token *token,
				       yf_str *jwt);

struct yf_status_rule {
	struct yf_trust *trust;
	const char *eku; /* that the leaf must carry; NULL for any */
	const struct yf_trusted_key *keys; /* for tokens without a chain */
	size_t key_count;
	yf_str uri; /* the `uri` of the credential: equal to sub, byte by byte
		     */
	int64_t now_s;
	int64_t skew_s;
	size_t len_max; /* of the unpacked list */
};

/*
 * TYP, ALGORITHM, UNTRUSTED, SIGNATURE, EXPIRED, NOT_YET, AUDIENCE (sub is
 * another uri), the codes of yf_status_list_decode(), MISSING
 */
YF_CHECKED yf_err yf_status_token_verify(struct yf_arena *arena, yf_str jwt,
					 const struct yf_status_rule *rule,
					 struct yf_status_token *out);

/*
 * The list as a CWT, section 5.2: COSE_Sign1 in tag 18 with typ
 * application/statuslist+cwt and the signer's chain in x5chain.
 */
YF_CHECKED yf_err yf_status_cwt_make(struct yf_arena *arena,
				     const struct yf_signer *signer,
				     const struct yf_status_token *token,
				     yf_bytes *cwt);

/* The codes of yf_status_token_verify(); DUPLICATE for a claim twice. */
YF_CHECKED yf_err yf_status_cwt_verify(struct yf_arena *arena, yf_bytes cwt,
				       const struct yf_status_rule *rule,
				       struct yf_status_token *out);
