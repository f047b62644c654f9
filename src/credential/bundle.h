#pragma once

#include "codec/cbor.h"
#include "credential/status_list.h"

/*
 * The bundle: one signed file with all that a verifier without a network
 * needs of a city, doc/bundle.md.  Trust anchors, the issuers' certificates
 * (so that a small code can name one by its hash), every status list, and the
 * bounds of the clock that they are good for.
 *
 * A COSE_Sign1 in tag 18, typ application/yufu-bundle+cwt, of CWT claims,
 * signed by an issuer under one of the roots that the verifier knows.
 */
enum {
	YF_BUNDLE_LEN_MAX = YF_CBOR_LEN_MAX,
	YF_BUNDLE_CERTS_MAX = 64, /* of each kind */
	YF_BUNDLE_LISTS_MAX = 4096,
};

/* zlib, as in a status list CWT; unpacked by yf_bundle_list(). */
struct yf_bundle_list {
	yf_str uri;
	unsigned bits;
	yf_bytes lst;
};

/* Certificates are DER.  Views into what was opened, and arena memory. */
struct yf_bundle {
	yf_str issuer;    /* iss: the city's address */
	int64_t sequence; /* of two bundles of a city the higher is newer */
	int64_t made_s;   /* iat: statuses are those of this moment */
	int64_t not_before_s;
	int64_t expires_s;
	const yf_bytes *issuers; /* roots of credentials */
	size_t issuer_count;
	const yf_bytes *signers; /* leaves under them that sign, or did */
	size_t signer_count;
	const yf_bytes *registrars; /* roots of relying parties */
	size_t registrar_count;
	const struct yf_bundle_list *lists;
	size_t list_count;
};

/*
 * The same bundle and key give the same bytes but for the signature.
 *
 * RANGE      times not in order, a negative sequence, no issuer's root
 * TOO_LARGE  over a limit above
 * MEMORY, and what the signer says
 */
YF_CHECKED yf_err yf_bundle_make(struct yf_arena *arena,
				 const struct yf_signer *signer,
				 const struct yf_bundle *bundle, yf_bytes *out);

struct yf_bundle_rule {
	struct yf_trust *trust; /* roots known before; NULL for none */
	const struct yf_trusted_key *keys; /* the same as keys */
	size_t key_count;
	int64_t now_s;
	int64_t skew_s;
	/* Of the last bundle taken from this city; 0 for none. */
	int64_t sequence_min;
	/* The most that it may be old, whatever its exp says; 0 for exp. */
	int64_t age_max_s;
};

/*
 * Opens a stranger's file.  The arena needs about its length in bytes.
 * `bytes` must outlive `out`.
 *
 * SYNTAX, DUPLICATE, TOO_DEEP, UNSUPPORTED  not such a file
 * TOO_LARGE  over a limit above
 * TYP        another kind of signed CBOR
 * UNTRUSTED, ALGORITHM, SIGNATURE  not by an issuer under those roots
 * EXPIRED    older than exp or age_max_s: fetch a new one; what it says of
 *            statuses is undetermined, not refused
 * NOT_YET    nbf or iat is to come: the clock here is wrong
 * REPLAYED   its sequence is below sequence_min: an older file
 * MISSING, RANGE, MEMORY
 */
YF_CHECKED yf_err yf_bundle_open(struct yf_arena *arena, yf_bytes bytes,
				 const struct yf_bundle_rule *rule,
				 struct yf_bundle *out);

/*
 * Unpacks one list into the arena (its length, at most len_max), to be kept
 * by who looks up often.  UNREACHABLE when the bundle has none of that uri;
 * the codes of yf_status_list_unpack().
 */
YF_CHECKED yf_err yf_bundle_list(struct yf_arena *arena,
				 const struct yf_bundle *bundle, yf_str uri,
				 size_t len_max, struct yf_status_list *out);

/* One entry.  UNREACHABLE: no such list; RANGE: no such entry in it. */
YF_CHECKED yf_err yf_bundle_status(struct yf_arena *arena,
				   const struct yf_bundle *bundle, yf_str uri,
				   int64_t index, uint8_t *status);

/*
 * The certificate whose DER has this SHA-256, among `signers`.  It counts
 * only when yf_trust_verify() takes it.  NOT_FOUND
 */
YF_CHECKED yf_err yf_bundle_signer(const struct yf_bundle *bundle,
				   const uint8_t hash[static 32],
				   yf_bytes *leaf);

/* Adds the issuers' (or registrars') roots to `trust`.  As yf_trust_add() */
YF_CHECKED yf_err yf_bundle_issuers(const struct yf_bundle *bundle,
				    struct yf_trust *trust);
YF_CHECKED yf_err yf_bundle_registrars(const struct yf_bundle *bundle,
				       struct yf_trust *trust);
