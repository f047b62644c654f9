#pragma once

#include "crypto/cose.h"

/*
 * An encrypted mdoc session, ISO 18013-5 section 9.1.1, over whatever carries
 * its messages: AES-256-GCM, a key for each direction, and counters in place
 * of random nonces, so that no message can be left out, repeated or turned
 * around unnoticed.  It proves that both sides stay the same; who they are
 * is reader authentication and device authentication inside of it.
 */
enum { YF_SESSION_MESSAGE_MAX = 2 * 1024 * 1024 };

typedef enum {
	YF_SESSION_READER,
	YF_SESSION_DEVICE,
} yf_session_side;

/* Holds keys: wipe it with yf_session_wipe() when it ends. */
struct yf_session {
	yf_session_side side;
	struct yf_secret reader_key; /* SKReader: from the reader */
	struct yf_secret device_key; /* SKDevice: from the device */
	uint32_t sent;
	uint32_t received;
};

/*
 * own, peer   EReaderKey and EDeviceKey, each side its own private one
 * transcript  SessionTranscript, one CBOR array: openid/handover.h
 *
 * KEY, MEMORY, CRYPTO
 */
YF_CHECKED yf_err yf_session_start(yf_session_side side,
				   const struct yf_key *own,
				   const struct yf_public_key *peer,
				   yf_bytes transcript, struct yf_session *out);
void yf_session_wipe(struct yf_session *session);

/* The next message to the other side.  TOO_LARGE, MEMORY, CRYPTO; RANGE when
 * the counter is spent. */
YF_CHECKED yf_err yf_session_seal(struct yf_arena *arena,
				  struct yf_session *session, yf_bytes plain,
				  yf_bytes *data);

/*
 * The next message of the other side.  DECRYPT when it is not that; then the
 * session must end with YF_SESSION_ENCRYPTION_ERROR.
 */
YF_CHECKED yf_err yf_session_open(struct yf_arena *arena,
				  struct yf_session *session, yf_bytes data,
				  yf_bytes *plain);

/* --- messages --- */

/* SessionEstablishment: from the reader, once. */
struct yf_session_establishment {
	struct yf_public_key reader_key; /* EReaderKey */
	yf_bytes reader_key_raw; /* COSE_Key as received, for the transcript */
	yf_bytes data;
};

/* SYNTAX, KEY, TOO_LARGE and the codes of yf_cbor_parse() */
YF_CHECKED yf_err
yf_session_establishment_parse(struct yf_arena *arena, yf_bytes bytes,
			       struct yf_session_establishment *out);

/* reader_key_raw  one COSE_Key, encoded: what the transcript has.  MEMORY */
YF_CHECKED yf_err yf_session_establishment_encode(struct yf_arena *arena,
						  yf_bytes reader_key_raw,
						  yf_bytes data, yf_bytes *out);

/* Section 9.1.1.4, table 20; others are to be taken as an end. */
enum {
	YF_SESSION_ENCRYPTION_ERROR = 10,
	YF_SESSION_CBOR_ERROR = 11,
	YF_SESSION_TERMINATION = 20,
};

/* SessionData: from either side; data, status or both. */
struct yf_session_data {
	yf_bytes data;  /* ptr NULL when absent */
	int64_t status; /* 0 when absent */
};

/* SYNTAX also when it has neither */
YF_CHECKED yf_err yf_session_data_parse(struct yf_arena *arena, yf_bytes bytes,
					struct yf_session_data *out);
YF_CHECKED yf_err yf_session_data_encode(struct yf_arena *arena,
					 const struct yf_session_data *message,
					 yf_bytes *out);
