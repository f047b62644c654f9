#pragma once

#include "check/policy.h"
#include "env/kept.h"

/*
 * Relying parties: who may ask, and which policies they are registered for.
 * A party has a key and a certificate of the registrar to sign requests with,
 * and an API key to make them.  The API key is shown once; the table holds its
 * HMAC, in a row of its own, so that an old key works beside a new one for a
 * time.
 */
enum {
	YF_PARTY_NAME_MAX = 64, /* characters: a certificate holds it */
	YF_PARTY_CERT_DAYS = 825,
	YF_PARTY_RETURNS_MAX = 16,
	YF_PARTY_RETURN_LEN_MAX = 1024,
};

/* What every API key starts with, so that people and scanners know it. */
#define YF_API_KEY_PREFIX "yufu_rp_"

struct yf_party_ask {
	yf_str name;
	const yf_str *policies; /* names */
	size_t policy_count;
	/* Addresses that its visitors may be sent back to; the pages of their
	 * origins may use the Digital Credentials API. */
	const yf_str *returns;
	size_t return_count;
	yf_str actor; /* of the act: "operator", "demo" */
};

struct yf_party_added {
	yf_str id;
	yf_str api_key;
	yf_str client_id;
};

/* Arena memory. */
struct yf_party {
	int64_t shard;
	yf_str id;
	yf_str name;
	struct yf_policies policies;
	yf_bytes certificate; /* DER */
	yf_str client_id;     /* x509_hash:... */
	yf_bytes key_sealed;
	const struct yf_json *returns; /* array of addresses */
};

/*
 * Makes key, certificate and API key and saves them with the act, in one
 * transaction.
 *
 * NAME       empty, over YF_PARTY_NAME_MAX characters, or not UTF-8
 * UNSUPPORTED  an address to return to that is neither https nor of this
 *            machine
 * SYNTAX, TOO_LARGE  of such an address
 * NOT_FOUND, DUPLICATE, RANGE  of the policies, see yf_policies_of()
 * STORE, BUSY, CRYPTO, MEMORY
 */
YF_CHECKED yf_err yf_party_add(const struct yf_env *env, struct yf_arena *arena,
			       const struct yf_party_ask *ask,
			       struct yf_party_added *out);

/* INVALID_TOKEN for a key that is unknown or of a party withdrawn. */
YF_CHECKED yf_err yf_party_of_key(const struct yf_env *env,
				  struct yf_arena *arena, yf_str api_key,
				  struct yf_party *out);

/*
 * As it is at `at_s`: a request keeps the certificate that it was made with,
 * also when the next one came into use meanwhile.
 * NOT_FOUND also when it is withdrawn.
 */
YF_CHECKED yf_err yf_party_load(const struct yf_env *env,
				struct yf_arena *arena, int64_t shard,
				yf_str id, int64_t at_s, struct yf_party *out);

/* One party as the trust list names it. */
struct yf_party_listed {
	yf_str name;
	struct yf_policies policies;
	yf_bytes certificates[2]; /* the present one, and the next */
	size_t certificate_count;
};

/* All that are not withdrawn, in a fixed order.  STORE, MEMORY */
YF_CHECKED yf_err yf_party_list(const struct yf_env *env,
				struct yf_arena *arena,
				const struct yf_party_listed **out,
				size_t *count);

/* Inside a read: SHA-256 over who is registered and as what. */
YF_CHECKED yf_err yf_party_state(struct yf_tx *tx,
				 uint8_t out[static YF_KEPT_STATE]);

/*
 * Certificates that end within YF_PARTY_RENEW_DAYS get a successor for the
 * same key, with an act.  It is in the trust list at once and in use
 * YF_PARTY_NEXT_S later; a few hundred at a time.  Called by the sweep.
 */
enum {
	YF_PARTY_RENEW_DAYS = 30,
	/* Longer than anybody keeps a trust list without asking again. */
	YF_PARTY_NEXT_S = 86400,
};
YF_CHECKED yf_err yf_party_renew(const struct yf_env *env);

/*
 * A new API key; those before work until `until_s`, not after.  With an act.
 * NOT_FOUND; RANGE when until_s lies in the past; CONFLICT when an earlier
 * key works still: its time is told by yf_party_key_until()
 */
YF_CHECKED yf_err yf_party_rotate_key(const struct yf_env *env,
				      struct yf_arena *arena, yf_str id,
				      int64_t until_s, yf_str *api_key);

/* When the last of the earlier keys ends; 0 when none works. */
YF_CHECKED yf_err yf_party_key_until(const struct yf_env *env, yf_str id,
				     int64_t *until_s);

/* Its signing key, held by the caller.  DECRYPT, KEY, MEMORY */
YF_CHECKED yf_err yf_party_key(const struct yf_env *env, struct yf_arena *arena,
			       const struct yf_party *party,
			       struct yf_key **out);

/* A request as its registration names it. */
struct yf_party_request {
	yf_str client_id;                   /* that it has */
	const struct yf_policies *policies; /* that it rests on */
	yf_str stated; /* what the party says about it; empty for nothing */
};

/* The registration certificate (openid/registration.h) for a request, signed
 * by the registrar. */
YF_CHECKED yf_err yf_party_registration(const struct yf_env *env,
					struct yf_arena *arena,
					const struct yf_party *party,
					const struct yf_party_request *request,
					yf_str *jwt);

/*
 * Whether its visitors may be sent back to `uri`: an address it is registered
 * with, or a page below /check/ of this server.
 */
bool yf_party_returns_to(const struct yf_env *env, const struct yf_party *party,
			 yf_str uri);

/* Whether pages of `origin` may ask for it: this server's, or that of an
 * address it is registered with. */
bool yf_party_has_origin(const struct yf_env *env, struct yf_arena *arena,
			 const struct yf_party *party, yf_str origin);

/* The shortest retention of the policies. */
int64_t yf_party_retention_s(const struct yf_policies *policies);
