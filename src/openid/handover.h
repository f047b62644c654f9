#pragma once

#include "base/str.h"

/*
 * SessionTranscript: what ties a device's signature to one request, so that
 * it proves nothing anywhere else.  Both sides build it from what each of
 * them saw; where they differ, the signature does not verify (HOLDER).
 *
 * Every call gives one CBOR array, as yf_mdoc_rule.transcript and
 * yf_mdoc_show.transcript take it.
 */

/* SHA-256 thumbprint (RFC 7638) of the key that the answer is encrypted to:
 * yf_jwk_thumbprint(). */
enum { YF_HANDOVER_THUMBPRINT_LEN = 32 };

/*
 * OpenID4VP 1.0 appendix B.2.6.1, for answers by redirect or direct_post.
 *
 * client_id     with its prefix, as in the request
 * thumbprint    NULL when the answer is not encrypted
 * response_uri  response_uri or, without it, redirect_uri of the request
 *
 * MEMORY
 */
YF_CHECKED yf_err yf_handover_redirect(struct yf_arena *arena, yf_str client_id,
				       yf_str nonce, const uint8_t *thumbprint,
				       yf_str response_uri,
				       yf_bytes *transcript);

/*
 * OpenID4VP 1.0 appendix B.2.6.2, for the Digital Credentials API.
 *
 * origin  of the page that asked, e.g. "https://example.com", without the
 *         prefix "origin:"
 *
 * MEMORY
 */
YF_CHECKED yf_err yf_handover_dc_api(struct yf_arena *arena, yf_str origin,
				     yf_str nonce, const uint8_t *thumbprint,
				     yf_bytes *transcript);

/*
 * ISO 18013-5 section 9.1.5.1: [DeviceEngagementBytes, EReaderKeyBytes,
 * Handover], the first two in tag 24 around the bytes as they were sent.
 *
 * engagement  DeviceEngagement, one CBOR map
 * reader_key  EReaderKey.Pub, one COSE_Key
 *
 * MEMORY
 */
YF_CHECKED yf_err yf_handover_qr(struct yf_arena *arena, yf_bytes engagement,
				 yf_bytes reader_key, yf_bytes *transcript);

/* The same for NFC: the select message, and the request message or, for
 * static handover, nothing (empty). */
YF_CHECKED yf_err yf_handover_nfc(struct yf_arena *arena, yf_bytes engagement,
				  yf_bytes reader_key, yf_bytes select,
				  yf_bytes request, yf_bytes *transcript);
