#pragma once

#include "credential/sdjwt_vc.h"
#include "crypto/cose.h"

/*
 * ISO 18013-5 mdoc: what an issuer signed, what a device presents, and every
 * check on them.  Making them is credential/mdoc_issue.h and
 * credential/mdoc_present.h; what a SessionTranscript is for a protocol,
 * openid/handover.h and credential/session.h.
 *
 * Reading proves nothing.  Every digest and signature is checked over the
 * bytes as they were received, in whatever well-formed encoding.
 */
enum {
	YF_MDOC_LEN_MAX = 2 * 1024 * 1024, /* of a DeviceResponse */
	YF_MDOC_ITEMS_MAX = 512,           /* of one document */
	YF_MDOC_DOCUMENTS_MAX = 16,        /* of one DeviceResponse */
	YF_MDOC_RANDOM_MIN = 16,           /* section 9.1.2.5 */
	YF_MDOC_STATUS_OK = 0,             /* section 8.3.2.1.2.3 */
};

/* One element of data: IssuerSignedItem, or DeviceSignedItem. */
struct yf_mdoc_item {
	yf_str name_space;
	yf_str name; /* elementIdentifier */
	const struct yf_cbor *value;
	/* Of an issuer's item only. */
	uint64_t digest_id;
	yf_bytes raw; /* IssuerSignedItemBytes: what the digest is over */
};

/* MobileSecurityObject, section 9.1.2.4. */
struct yf_mso {
	yf_str doc_type;
	struct yf_public_key device_key;
	int64_t signed_at_s;
	int64_t valid_from_s;
	int64_t valid_until_s;
	int64_t expected_update_s; /* 0 when absent */
	struct yf_status_ref status;
	const struct yf_cbor *value_digests;
	const struct yf_cbor *key_authorizations; /* NULL when absent */
};

/* IssuerSigned, section 8.3.2.1.2.2: what an issuer hands out. */
struct yf_issuer_signed {
	const struct yf_mdoc_item *items; /* in the order received */
	size_t item_count;
	struct yf_cose_sign1 issuer_auth;
	yf_bytes issuer_auth_raw;
	struct yf_mso mso;
};

/*
 * SYNTAX     not IssuerSigned: a required member is missing or of another
 *            kind, a date that is no tdate, issuerAuth tagged or detached or
 *            its payload not in tag 24
 * ALGORITHM  not ES256, or digests other than SHA-256
 * MISSING    no x5chain in the unprotected header (section 9.1.2.4)
 * KEY        the device key is not a public P-256 key
 * RANGE      a `random` under 16 bytes; times of validity out of order
 * DUPLICATE  an element twice in a name space; a map key twice
 * UNSUPPORTED  another version; a status mechanism other than status_list
 * TOO_LARGE, TOO_DEEP, MEMORY
 */
YF_CHECKED yf_err yf_issuer_signed_parse(struct yf_arena *arena, yf_bytes bytes,
					 struct yf_issuer_signed *out);

typedef enum {
	YF_DEVICE_SIGNATURE,
	YF_DEVICE_MAC,
} yf_device_auth;

/* One of `documents`. */
struct yf_mdoc_document {
	yf_str doc_type;
	struct yf_issuer_signed issuer_signed;
	const struct yf_mdoc_item *device_items; /* signed by the device */
	size_t device_item_count;
	yf_bytes device_name_spaces; /* DeviceNameSpacesBytes as received */
	yf_device_auth auth;
	struct yf_cose_sign1 signature; /* of YF_DEVICE_SIGNATURE */
	struct yf_cose_mac0 mac;        /* of YF_DEVICE_MAC */
	const struct yf_cbor *errors;   /* NULL when absent */
};

/* DeviceResponse, section 8.3.2.1.2.2. */
struct yf_device_response {
	struct yf_mdoc_document *documents;
	size_t document_count;
	const struct yf_cbor *document_errors; /* NULL when absent */
	int64_t status;                        /* 0: OK */
};

/*
 * The codes of yf_issuer_signed_parse(); HOLDER when a document has neither
 * deviceSignature nor deviceMac, or both.
 */
YF_CHECKED yf_err yf_device_response_parse(struct yf_arena *arena,
					   yf_bytes bytes,
					   struct yf_device_response *out);

/* --- verifying --- */

struct yf_mdoc_rule {
	struct yf_trust *trust; /* NULL when only `keys` count */
	const char *eku;        /* that the leaf must carry; NULL for any */
	/* Document signers trusted without a chain; their kid is not used. */
	const struct yf_trusted_key *keys;
	size_t key_count;
	const yf_str *doc_types; /* accepted types; count 0 for any */
	size_t doc_type_count;
	int64_t now_s;
	int64_t skew_s; /* tolerated difference of clocks, e.g. 60 */
	/* For yf_mdoc_verify(): */
	yf_bytes transcript;             /* SessionTranscript, one CBOR array */
	const struct yf_key *reader_key; /* EReaderKey, for deviceMac; or NULL
					  */
};

/* Where it stopped, for a person who asks why. */
typedef enum {
	YF_MDOC_CHAIN,       /* certificates of the issuer */
	YF_MDOC_ISSUER_AUTH, /* the issuer's signature */
	YF_MDOC_DOC_TYPE,
	YF_MDOC_COUNTRY, /* issuing_country and the certificate's C */
	YF_MDOC_DIGEST,  /* of the element that is named */
	YF_MDOC_VALIDITY,
	YF_MDOC_DEVICE_AUTH,
	YF_MDOC_DEVICE_ITEM, /* signed without authorization */
} yf_mdoc_step;

struct yf_mdoc_finding {
	yf_mdoc_step step;
	yf_str name_space; /* of an element; empty otherwise */
	yf_str name;
};

/* "chain", "issuer_auth", ...; static memory. */
const char *yf_mdoc_step_name(yf_mdoc_step step);

/* What was proved; views into what was parsed. */
struct yf_mdoc {
	yf_str doc_type;
	const struct yf_mdoc_item *items; /* each with its digest right */
	size_t item_count;
	const struct yf_mdoc_item *device_items;
	size_t device_item_count;
	const struct yf_mso *mso; /* the status is not looked up */
	struct yf_chain chain;
	struct yf_public_key issuer_key;
};

/*
 * Section 9.3.1 for what the issuer signed, in one call: a credential as it
 * was issued, or a document without its device authentication.  It does not
 * prove that whoever sent it is its holder.
 *
 * UNTRUSTED  the chain or key is not trusted; the certificate was not valid
 *            when the mdoc was signed; issuing_country is not its country
 * SIGNATURE  the issuer's signature is wrong
 * NOT_ASKED  docType is not one of `doc_types`
 * DIGEST     an element has no digest, or another one
 * EXPIRED, NOT_YET  validityInfo, or the chain, against now_s
 *
 * finding  filled on an error; may be NULL
 */
YF_CHECKED yf_err
yf_mdoc_verify_issued(const struct yf_issuer_signed *issuer_signed,
		      const struct yf_mdoc_rule *rule,
		      struct yf_mdoc_finding *finding, struct yf_mdoc *out);

/*
 * The same and sections 9.1.3 and 9.3.1 for the device, over
 * `rule->transcript`.
 *
 * TYP          docType of the document is not that of the MSO
 * HOLDER       the device's signature or MAC is wrong (made by another key,
 *              or for another session), or it signed elements that
 *              keyAuthorizations does not name
 * UNSUPPORTED  a MAC, and there is no reader key
 */
YF_CHECKED yf_err yf_mdoc_verify(struct yf_arena *arena,
				 const struct yf_mdoc_document *document,
				 const struct yf_mdoc_rule *rule,
				 struct yf_mdoc_finding *finding,
				 struct yf_mdoc *out);

/* An element among items; NULL when it is not there. */
const struct yf_mdoc_item *yf_mdoc_find(const struct yf_mdoc_item *items,
					size_t count, yf_str name_space,
					yf_str name);
