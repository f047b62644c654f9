#pragma once

#include "check/result.h"
#include "credential/status_list.h"

/*
 * Checking an SD-JWT VC with no network and no database: a credential as it
 * was issued, or a presentation.  Pure but for the cache of `trust`.
 */
enum { YF_OFFLINE_BINDING_S = 300, YF_OFFLINE_SKEW_S = 60 };

struct yf_offline_ask {
	yf_str text;
	struct yf_trust *trust;            /* NULL for none */
	const struct yf_trusted_key *keys; /* for credentials without x5c */
	size_t key_count;
	const yf_str *status_tokens; /* status lists fetched before */
	size_t status_count;
	int64_t now_s;
	/* Both: the key binding must be there and fit; none: not looked at. */
	yf_str nonce;
	yf_str audience;
};

typedef enum {
	YF_OFFLINE_STATUS_NONE, /* the credential has no status */
	YF_OFFLINE_STATUS_VALID,
	YF_OFFLINE_STATUS_REVOKED,
	YF_OFFLINE_STATUS_SUSPENDED,
	YF_OFFLINE_STATUS_UNDETERMINED, /* no list at hand says */
} yf_offline_status;

struct yf_offline {
	struct yf_result result;      /* verdict, reason, advice; no parts */
	const struct yf_json *claims; /* NULL when the signature does not hold
				       */
	yf_str vct;
	yf_str issuer; /* iss, or the name in its certificate */
	int64_t issued_at_s;
	int64_t expires_s;
	bool holder_proved;
	yf_offline_status status;
};

/*
 * Accepted, refused, or undetermined: with no trust at all (`untrusted`), or
 * with a status that no list at hand tells (`unreachable`).
 *
 * RANGE   only one of nonce and audience
 * MEMORY, CRYPTO
 */
YF_CHECKED yf_err yf_offline_check(struct yf_arena *arena,
				   const struct yf_offline_ask *ask,
				   struct yf_offline *out);

/* {verdict, reason, advice, claims, vct, issuer, issued_at, expires_at,
 * holder, status, checked_at}.  MEMORY */
YF_CHECKED yf_err yf_offline_encode(struct yf_arena *arena,
				    const struct yf_offline *done,
				    yf_str *json);

const char *yf_offline_status_name(yf_offline_status status);
