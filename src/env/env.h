#pragma once

#include "base/clock.h"
#include "base/secret.h"
#include "crypto/signer.h"
#include "crypto/trust.h"
#include "db/db.h"
#include "http/events.h"
#include "http/limit.h"

/*
 * What a use case may touch.  server/ builds one, hands it to every handler,
 * and nothing else is shared: there are no globals.  Everything in it may be
 * used from several threads at once.
 */

/* Buckets of the `shard` columns; never changed after the first row. */
enum { YF_SHARDS = 1024 };

struct yf_card_documents;
struct yf_card_types;
struct yf_city;
struct yf_face_pool;
struct yf_face_rule;
struct yf_files;
struct yf_listener;
struct yf_proofing;

/* Keys derived from keys/master.key, each for one use. */
struct yf_env_keys {
	struct yf_secret seal; /* wraps person keys, seals what has no person */
	struct yf_secret index; /* HMAC of numbers and codes, for look-up */
	struct yf_secret nonce; /* HMAC of c_nonce and DPoP nonces */
};

/* From yufu.ini; texts live as long as the environment. */
struct yf_settings {
	yf_str url;         /* public address, no '/' at its end: issuer id */
	yf_str origin;      /* scheme://host[:port] of url */
	yf_str path;        /* of url, empty when there is none */
	yf_str name;        /* of the city, as people read it */
	yf_str country;     /* two letters, issuing_country */
	yf_str number_rule; /* register/id_number.h */
	bool demo;          /* started by `yufu demo` */
	int64_t card_days;  /* how long a copy of a card is valid */
	int64_t evidence_days;
	int64_t attempt_days; /* rows of proof attempts are kept */
	int64_t act_days;     /* and those of acts */
	int64_t batch_size;
	int64_t refresh_days; /* life of a refresh token; 0: there are none */
	/* client_id=redirect_uri pairs beside the own wallet's */
	const struct yf_client *clients;
	size_t client_count;
	/* OpenID4VC HAIP 1.0: every client is attested */
	bool haip;
	bool encryption_required; /* of credential requests and responses */
};

/* An OAuth client without a secret.  A loopback redirect address fits any port
 * (RFC 8252 section 7.3). */
struct yf_client {
	yf_str id;
	yf_str redirect_uri;
	bool attested; /* it authenticates by a client attestation, always */
};

/* What wallets encrypt credential requests to; the texts live as long. */
struct yf_request_key {
	const struct yf_key *key; /* NULL: none */
	yf_str kid;
};

struct yf_env {
	struct yf_clock clock;
	struct yf_db *db;
	struct yf_events *events;
	struct yf_face_pool *face;
	/* What a match is worth, card/face_rule.h; NULL: nothing */
	const struct yf_face_rule *face_rule;
	const struct yf_files *files;      /* the web pages */
	struct yf_listener *listener;      /* the public one, for metrics */
	const struct yf_card_types *types; /* what is issued, card/type.h */
	/* What the well-known addresses serve, card/documents.h */
	const struct yf_card_documents *documents;
	struct yf_proofing *proofing; /* sessions under way, card/proofing.h */
	/* What one client address may begin without being known; may be NULL */
	struct yf_limit *begins;
	struct yf_city *city; /* of the demo, or NULL */
	struct yf_env_keys keys;
	struct yf_signer issuer; /* credentials, status lists, trust list */
	/* Certificates of the issuer that hold: the signer's, the one that
	 * follows, and those that signed before and have not ended. */
	const yf_bytes *issuer_leaves;
	size_t issuer_leaf_count;
	struct yf_signer registrar; /* registration certificates */
	/* The CA of the registrar: signs certificates of relying parties. */
	const struct yf_key *registrar_ca_key;
	yf_bytes issuer_root;    /* DER */
	yf_bytes registrar_root; /* DER */
	struct yf_trust *issuers;
	struct yf_trust *registrars;
	struct yf_trust *wallet_roots; /* attest wallets; NULL: nobody does */
	struct yf_trust *key_roots;    /* attest keys; NULL: nobody does */
	/* The newest first, then the one before it. */
	struct yf_request_key request_keys[2];
	struct yf_settings settings;
};

static inline int64_t yf_env_now_s(const struct yf_env *env)
{
	return yf_clock_now_s(&env->clock);
}

/* The bucket of a key of at least 4 bytes that are evenly spread (a hash). */
static inline int64_t yf_shard_of(const uint8_t hash[static 4])
{
	return (int64_t)(((uint32_t)hash[0] << 8 | hash[1]) % YF_SHARDS);
}
