#pragma once

#include "credential/device_request.h"
#include "credential/engagement.h"
#include "credential/mdoc_present.h"
#include "credential/session.h"
#include "openid/registration.h"

/*
 * ISO 18013-5 between a device and a reader in one room, without Bluetooth:
 * the device shows an engagement as QR code, the reader sends one message
 * and gets one.  What carries the two, the caller chooses: the body of a
 * POST with application/cbor (retrieval by HTTP), or a frame on TCP.  Pure
 * but for fresh keys.
 */

/* --- the device --- */

/* Close it with yf_proximity_close(). */
struct yf_proximity {
	struct yf_key *key; /* EDeviceKey */
	yf_bytes engagement;
	bool started;
	struct yf_session session;
	yf_bytes transcript; /* once a reader came */
};

/*
 * methods  where readers reach this device
 * qr       text of the code to show; it, and what is in `out`, are of `arena`
 *
 * The codes of yf_engagement_encode(); CRYPTO
 */
YF_CHECKED yf_err yf_proximity_open(struct yf_arena *arena,
				    const struct yf_retrieval *methods,
				    size_t count, struct yf_proximity *out,
				    yf_str *qr);
void yf_proximity_close(struct yf_proximity *device);

/* Who asks for what: of everything here it was proved that it was that
 * reader, and that a registrar lets it ask. */
struct yf_proximity_ask {
	struct yf_device_request request;
	struct yf_registration registration; /* of the first of its parts */
};

struct yf_proximity_rule {
	struct yf_trust *registrars;
	int64_t now_s;
	int64_t skew_s;
};

/*
 * The first message of a reader.  A device talks to one reader: CONFLICT for
 * a second.
 *
 * SYNTAX, KEY  not a SessionEstablishment, or no DeviceRequest in it
 * DECRYPT    made for another engagement
 * HOLDER     a part of it has no readerAuth
 * SIGNATURE, UNTRUSTED, EXPIRED, NOT_YET  of the reader or its registration
 * MISSING    there is no registration
 * AUDIENCE   the registration is another reader's
 * OVER_ASKED it asks for an element that is not in the registration
 */
YF_CHECKED yf_err yf_proximity_read(struct yf_arena *arena,
				    struct yf_proximity *device,
				    yf_bytes message,
				    const struct yf_proximity_rule *rule,
				    struct yf_proximity_ask *out);

/*
 * What the person agreed to show, and the end of the session.  `shows` need
 * no transcript: that of the session is put in.  The codes of
 * yf_device_response_make(); RANGE without a session or over
 * YF_MDOC_DOCUMENTS_MAX
 */
YF_CHECKED yf_err yf_proximity_answer(struct yf_arena *arena,
				      struct yf_proximity *device,
				      const struct yf_mdoc_show *shows,
				      size_t count, yf_bytes *message);

/* SessionData that ends it: the status for `err` (section 9.1.1.4), 20 for
 * whatever is not about the message itself.  MEMORY */
YF_CHECKED yf_err yf_proximity_refuse(struct yf_arena *arena, yf_err err,
				      yf_bytes *message);

/* --- the reader --- */

/* Close it with yf_proximity_reader_close(). */
struct yf_proximity_reader {
	struct yf_key *key; /* EReaderKey */
	struct yf_session session;
	yf_bytes transcript;
	struct yf_engagement engagement; /* where to send the message */
};

/*
 * From the text of the code to the message for one of its methods.
 * `asks` need no transcript.  The codes of yf_engagement_from_qr(),
 * yf_device_request_make() and yf_session_start()
 */
YF_CHECKED yf_err yf_proximity_reader_open(struct yf_arena *arena, yf_str qr,
					   const struct yf_doc_ask *asks,
					   size_t count,
					   struct yf_proximity_reader *out,
					   yf_bytes *message);
void yf_proximity_reader_close(struct yf_proximity_reader *reader);

/*
 * What came back, each document verified by `rule` (its transcript and reader
 * key are put in).
 *
 * docs       room for YF_MDOC_DOCUMENTS_MAX
 * DENIED     the device ended the session without an answer
 * DECRYPT    not of this session
 * the codes of yf_session_data_parse(), yf_device_response_parse() and
 * yf_mdoc_verify()
 */
YF_CHECKED yf_err yf_proximity_take(struct yf_arena *arena,
				    struct yf_proximity_reader *reader,
				    yf_bytes message,
				    const struct yf_mdoc_rule *rule,
				    struct yf_mdoc *docs, size_t *count);
