#pragma once

#include "crypto/key.h"

/*
 * What both sides of one mdoc session derive from its SessionTranscript (one
 * CBOR array).  Private to credential/.
 */

/*
 * DeviceAuthenticationBytes, ISO 18013-5 section 9.1.3.4: what a device signs
 * or MACs.
 *
 * name_spaces  DeviceNameSpacesBytes, tag 24 and all
 *
 * MEMORY
 */
YF_CHECKED yf_err yf_device_auth_bytes(struct yf_arena *arena,
				       yf_bytes transcript, yf_str doc_type,
				       yf_bytes name_spaces, yf_bytes *out);

/*
 * Sections 9.1.1.5 and 9.1.3.5: HKDF-SHA-256 over ECDH with the salt
 * SHA-256(SessionTranscriptBytes).
 *
 * info  "EMacKey", "SKDevice" or "SKReader"
 *
 * KEY, MEMORY, CRYPTO
 */
YF_CHECKED yf_err yf_transcript_key(const struct yf_key *own,
				    const struct yf_public_key *peer,
				    yf_bytes transcript, yf_str info,
				    struct yf_secret *out);
