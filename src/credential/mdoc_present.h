#pragma once

#include "credential/mdoc_issue.h"

/*
 * The holder's side: choosing elements of an mdoc as it was issued, and
 * proving possession of its device key.
 */
struct yf_mdoc_choice {
	yf_str name_space;
	yf_str name;
};

/* One document to be shown. */
struct yf_mdoc_show {
	yf_bytes issuer_signed; /* as issued, all elements */
	const struct yf_mdoc_choice *choices;
	size_t choice_count;
	/* Elements that the device signs itself; usually none. */
	const struct yf_mdoc_element *device_elements;
	size_t device_element_count;
	yf_bytes transcript; /* SessionTranscript, one CBOR array */
	/* deviceSignature by this key; NULL for deviceMac by `mac_key`. */
	const struct yf_signer *device;
	const struct yf_secret *mac_key; /* of yf_mdoc_mac_key() */
};

/*
 * A DeviceResponse with status 0.
 *
 * NOT_FOUND  a choice is not in its mdoc
 * DUPLICATE  a device element twice
 * SYNTAX     a device element's value is not one CBOR item
 * the codes of yf_issuer_signed_parse(); MEMORY, and what the signer says
 */
YF_CHECKED yf_err yf_device_response_make(struct yf_arena *arena,
					  const struct yf_mdoc_show *shows,
					  size_t count, yf_bytes *out);

/*
 * EMacKey, section 9.1.3.5: HKDF over ECDH of the mdoc's device key and the
 * reader's ephemeral key.  Each side gives its own private key.  KEY, CRYPTO
 */
YF_CHECKED yf_err yf_mdoc_mac_key(const struct yf_key *own,
				  const struct yf_public_key *peer,
				  yf_bytes transcript, struct yf_secret *out);
