#pragma once

#include "crypto/cert.h"
#include "crypto/key.h"
#include "holder/grant.h"

/*
 * A city of one thread behind a wire: it issues and asks like a real one,
 * checks what it gets by the rules of openid/, and can be told to do one thing
 * wrong.
 */
enum { FAKE_NOW = 1790000000, FAKE_BATCH = 4 };

typedef enum {
	FAULT_NONE,
	/* not wrong: what every holder must cope with */
	FAULT_DPOP_NONCE,
	FAULT_STALE_NONCE,
	FAULT_FEWER,
	/* wrong */
	FAULT_DPOP_NONCE_AGAIN,
	FAULT_STALE_NONCE_AGAIN,
	FAULT_OTHER_ISSUER,
	FAULT_NO_ISS,
	FAULT_BEARER,
	FAULT_OTHER_HOLDER,
	FAULT_SAME_TWICE,
	FAULT_OTHER_ROOT,
	FAULT_EXPIRED,
	FAULT_OTHER_TYPE,
	FAULT_BOUND,
	FAULT_TOO_MANY,
	FAULT_LATER,
	FAULT_TRUST_TYP,
	FAULT_TRUST_OLD,
	FAULT_TRUST_STRANGER, /* signed by a stranger */
	FAULT_TRUST_REPLACED, /* and naming the stranger as issuer */
	FAULT_LOGIN,
	/* requests */
	FAULT_REQUEST_TYPE,
	FAULT_REQUEST_CLIENT,
	FAULT_REQUEST_EKU,
	FAULT_REQUEST_EXPIRED,
	FAULT_REQUEST_OVER_ASKED,
	FAULT_REQUEST_OTHER_PARTY,
	FAULT_REQUEST_OWN_WORD, /* the party signs its registration itself */
	FAULT_REQUEST_NO_REGISTRATION,
	FAULT_REQUEST_PLAIN_HTTP,
	FAULT_REQUEST_HELD_BY_NONE,
} fake_fault;

struct fake_city {
	fake_fault fault;
	struct yf_arena *arena;
	struct yf_key *issuer_root_key, *issuer_key;
	struct yf_key *stranger_root_key, *stranger_key;
	struct yf_key *registrar_root_key, *registrar_key;
	struct yf_key *party_key, *answer_key;
	yf_bytes issuer_root, registrar_root, stranger_root;
	struct yf_chain issuer, registrar, party, stranger;
	/* of one issuance */
	yf_str challenge;
	yf_str jkt;
	unsigned asked_nonce;
	unsigned c_nonces;
	/* of one request */
	yf_str client_id;
	yf_str answer; /* decrypted */
	bool declined;
	yf_str told; /* the error that was posted in the place of an answer */
};

void fake_city_open(struct fake_city *city, struct yf_arena *arena);
void fake_city_close(struct fake_city *city);

struct yf_wire fake_city_wire(struct fake_city *city);
struct yf_login fake_city_login(struct fake_city *city);
struct yf_clock fake_city_clock(void);

/* openid4vp:// for a request of the city's relying party. */
yf_str fake_city_link(struct fake_city *city, struct yf_arena *arena);

#define FAKE_URL "https://city.example/p"
