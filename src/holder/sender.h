#pragma once

#include "base/clock.h"
#include "crypto/key.h"
#include "holder/wire.h"

/*
 * Requests with DPoP proofs (RFC 9449) under one key.  The nonce that a server
 * gives is used from then on; when it asks for one (`use_dpop_nonce`), the
 * request is sent once more with it, and never a third time.
 */
struct yf_sender {
	const struct yf_wire *wire;
	const struct yf_clock *clock;
	const struct yf_key *key;
	yf_str nonce;        /* arena memory; empty until a server gives one */
	yf_str access_token; /* empty: no Authorization header */
};

/*
 * A reply of any status, as yf_wire_send().  USE_DPOP_NONCE when the server
 * asks for a nonce and gives none, or asks again.
 */
YF_CHECKED yf_err yf_sender_post(struct yf_sender *sender,
				 struct yf_arena *arena, yf_str url,
				 yf_str content_type, yf_str body,
				 struct yf_fetched *out);
