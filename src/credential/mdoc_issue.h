#pragma once

#include "credential/mdoc.h"

/*
 * Making an mdoc.  Every map but IssuerSignedItem has its keys in the order
 * of RFC 8949 section 4.2.1; that one has digestID, random,
 * elementIdentifier, elementValue, so that peers that encode again before
 * they hash agree with us.
 */

/* One element to be issued, or to be signed by the device. */
struct yf_mdoc_element {
	yf_str name_space;
	yf_str name;
	/* One CBOR item, as codec/cbor.h and codec/tdate.h write them:
	 * full-date for a birth_date, bytes for a portrait, ... */
	yf_bytes value;
};

struct yf_mdoc_ask {
	yf_str doc_type;
	const struct yf_public_key *holder;
	int64_t signed_at_s;
	int64_t valid_from_s;
	int64_t valid_until_s;
	int64_t expected_update_s; /* 0 to leave it out */
	struct yf_status_ref status;
	const struct yf_mdoc_element *elements;
	size_t element_count;
	/* Name spaces in which the device may sign elements of its own. */
	const yf_str *device_name_spaces;
	size_t device_name_space_count;
};

/*
 * IssuerSigned, signed with the signer's chain in x5chain.  Digest ids are
 * in random order and each random is 128 bits, so that neither tells
 * anything about elements that are not shown.
 *
 * SYNTAX     a value is not one CBOR item in preferred encoding
 * DUPLICATE  an element twice
 * RANGE      a name is empty; no element; times not in order or, as dates,
 *            not in the years 0 to 9999; the status index negative
 * MISSING    the signer has no certificate
 * TOO_LARGE  over YF_MDOC_ITEMS_MAX
 * MEMORY, and what the signer says
 */
YF_CHECKED yf_err yf_mdoc_issue(struct yf_arena *arena,
				const struct yf_signer *signer,
				const struct yf_mdoc_ask *ask, yf_bytes *out);
