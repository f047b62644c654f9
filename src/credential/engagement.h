#pragma once

#include "crypto/cose.h"

/*
 * DeviceEngagement, ISO 18013-5 section 8.2.1.1: what a device shows in a QR
 * code so that a reader can reach it and talk to it alone.
 */
enum { YF_RETRIEVAL_MAX = 8, YF_ENGAGEMENT_LEN_MAX = 4096 };

/* Types of retrieval methods; others are read and left to the caller. */
enum {
	YF_RETRIEVAL_NFC = 1,
	YF_RETRIEVAL_BLE = 2,
	YF_RETRIEVAL_WIFI_AWARE = 3,
	YF_RETRIEVAL_HTTP = 4,  /* ISO/IEC TS 18013-7 */
	YF_RETRIEVAL_TCP = -10, /* of Multipaz, for test rigs */
};

struct yf_retrieval {
	int64_t type;
	int64_t version;
	yf_str uri;       /* of HTTP: option 0 */
	yf_str host;      /* of TCP: option 0 */
	int64_t port;     /* of TCP: option 1 */
	yf_bytes options; /* of another type: one CBOR map, encoded */
};

struct yf_engagement {
	yf_bytes raw; /* as received: what the transcript takes */
	struct yf_public_key device_key; /* EDeviceKey */
	struct yf_retrieval methods[YF_RETRIEVAL_MAX];
	size_t method_count;
};

/*
 * SYNTAX     not a DeviceEngagement, or options of HTTP or TCP that are not
 *            of their kind
 * UNSUPPORTED  another version than 1.x, another cipher suite than 1
 * KEY        EDeviceKey is not a public P-256 key
 * RANGE      a port that is none
 * TOO_LARGE  over YF_RETRIEVAL_MAX or YF_ENGAGEMENT_LEN_MAX
 * the codes of yf_cbor_parse()
 */
YF_CHECKED yf_err yf_engagement_parse(struct yf_arena *arena, yf_bytes bytes,
				      struct yf_engagement *out);

/* Section 8.2.2.3: "mdoc:" and base64url without padding. */
YF_CHECKED yf_err yf_engagement_from_qr(struct yf_arena *arena, yf_str text,
					struct yf_engagement *out);

/* MEMORY; TOO_LARGE as above */
YF_CHECKED yf_err yf_engagement_encode(struct yf_arena *arena,
				       const struct yf_public_key *device_key,
				       const struct yf_retrieval *methods,
				       size_t count, yf_bytes *out);
YF_CHECKED yf_err yf_engagement_to_qr(struct yf_arena *arena, yf_bytes bytes,
				      yf_str *text);
