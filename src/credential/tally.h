#pragma once

#include "credential/mdoc_present.h"

/*
 * Tally: a card shown as a QR code, with no network on either side.  It is an
 * ISO 18013-5 DeviceResponse that the device signed over a window of time and
 * a purpose, packed for a QR code.  doc/tally.md has the format for others.
 *
 *	text   "YF1:" base45(zlib(Tally))
 *	Tally  [1, window, purpose, signer, DeviceResponse]
 *	SessionTranscript  [null, null, ["yufu-tally-1", window, purpose]]
 *
 * `signer` names the certificate that a verifier has from its bundle, so that
 * the chain need not be in the code; it is empty when the chain is.
 *
 * It proves that the device key of the card signed within the window, for
 * this purpose.  It does not prove that the person who shows it is its
 * holder: look at the portrait.  A picture of it that is passed on within the
 * window is as good as it: who keeps the `id` of what was seen for two
 * windows takes each but once, at one place.  Elements can be left out by
 * whoever passes it on, none can be put in: ask for those that you need.
 */
enum {
	YF_TALLY_WINDOW_S = 60,
	YF_TALLY_REFRESH_S = 30,  /* how often a wallet draws a new one */
	YF_TALLY_SKEW_S = 30,     /* of the clocks, unless a rule says else */
	YF_TALLY_TEXT_MAX = 4296, /* alphanumeric in one QR code, 40-L */
	YF_TALLY_LEN_MAX = 16384, /* unpacked */
	YF_TALLY_PURPOSE_MAX = 32,
	YF_TALLY_SIGNER_LEN = 8, /* first bytes of SHA-256 of the leaf's DER */
};

#define YF_TALLY_PREFIX YF_STR("YF1:")

/* What the device signs over, one CBOR array.  MEMORY */
YF_CHECKED yf_err yf_tally_transcript(struct yf_arena *arena, int64_t window_s,
				      yf_str purpose, yf_bytes *out);

/* --- showing --- */

struct yf_tally_ask {
	yf_bytes issuer_signed; /* the mdoc as issued */
	const struct yf_mdoc_choice *choices;
	size_t choice_count;
	const struct yf_signer *device;
	int64_t now_s; /* the window begins here */
	yf_str purpose;
	bool with_chain; /* for who has no bundle: some 600 bytes more */
};

/*
 * RANGE      the purpose is no name of a-z, 0-9, '-' and '_'; a time before
 *            1970
 * TOO_LARGE  it does not fit into one QR code
 * the codes of yf_device_response_make()
 */
YF_CHECKED yf_err yf_tally_make(struct yf_arena *arena,
				const struct yf_tally_ask *ask, yf_str *text);

/* --- verifying --- */

struct yf_tally_rule {
	/* Who is believed, as in yf_mdoc_rule. */
	struct yf_trust *trust;
	const char *eku;
	const struct yf_trusted_key *keys;
	size_t key_count;
	/* Leaves of document signers at hand, DER: those of the bundle.  They
	 * are proved against `trust` as one in the code would be. */
	const yf_bytes *signers;
	size_t signer_count;
	const yf_str *doc_types; /* accepted types; count 0 for any */
	size_t doc_type_count;
	const yf_str *purposes; /* accepted purposes; count 0 for any */
	size_t purpose_count;
	int64_t now_s;
	int64_t skew_s;
	/* What the bundle knows of the time: `now_s` outside of it is a wrong
	 * clock, or an old bundle.  0 for no bound. */
	int64_t clock_from_s;
	int64_t clock_until_s;
};

struct yf_tally {
	yf_str purpose;
	int64_t window_s; /* its first second */
	/* Of this device key, window and purpose: seen again, it is a copy. */
	uint8_t id[32];
	/* What was proved.  Its status is not looked up: mdoc.mso->status. */
	struct yf_mdoc mdoc;
};

/*
 * CLOCK      now_s is outside the bounds
 * SYNTAX     not that text
 * UNSUPPORTED  another version
 * NOT_YET, EXPIRED  the window; also the codes of yf_mdoc_verify()
 * AUDIENCE   made for a purpose that is not accepted
 * SIGNER     its certificate is not among `signers`
 * MISSING    it shows no element at all
 * TOO_LARGE  unpacks to more than YF_TALLY_LEN_MAX
 * the codes of yf_device_response_parse() and yf_mdoc_verify()
 *
 * CLOCK and SIGNER (kind UNAVAILABLE) leave it open; the others refuse.
 *
 * finding  where yf_mdoc_verify() stopped; may be NULL
 */
YF_CHECKED yf_err yf_tally_verify(struct yf_arena *arena, yf_str text,
				  const struct yf_tally_rule *rule,
				  struct yf_mdoc_finding *finding,
				  struct yf_tally *out);

/* Whether a text is meant to be one: to tell it from other formats. */
bool yf_tally_is(yf_str text);
