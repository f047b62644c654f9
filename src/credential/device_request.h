#pragma once

#include "credential/mdoc.h"

/*
 * DeviceRequest, ISO 18013-5 section 8.3.2.1.2.1: which elements a reader
 * asks for, and, by section 9.1.4, who the reader is.
 */
struct yf_mdoc_wish {
	yf_str name_space;
	yf_str name;
	bool retain; /* intentToRetain */
};

#define YF_REQUEST_REGISTRATION "urn:yufu:registration"

/* One of docRequests. */
struct yf_doc_request {
	yf_str doc_type;
	const struct yf_mdoc_wish *wishes;
	size_t wish_count;
	yf_bytes items_request; /* ItemsRequestBytes, tag 24 and all */
	yf_str registration;    /* see yf_doc_ask; empty when there is none */
	bool has_reader_auth;
	struct yf_cose_sign1 reader_auth;
};

struct yf_device_request {
	struct yf_doc_request *requests;
	size_t count;
};

/*
 * SYNTAX     not a DeviceRequest
 * UNSUPPORTED  another version than 1.x
 * MISSING    readerAuth without x5chain in its unprotected header
 * the codes of yf_cose_sign1_read() and yf_cbor_parse(); TOO_LARGE over
 * YF_MDOC_DOCUMENTS_MAX or YF_MDOC_ITEMS_MAX
 */
YF_CHECKED yf_err yf_device_request_parse(struct yf_arena *arena,
					  yf_bytes bytes,
					  struct yf_device_request *out);

/*
 * Who asks: the chain of readerAuth up to an anchor, with the EKU of readers,
 * and its signature over this request in this session.
 *
 * HOLDER     it has no readerAuth
 * SIGNATURE  it was made by another key, or for another request or session
 * the codes of yf_trust_verify()
 */
YF_CHECKED yf_err yf_reader_auth_verify(struct yf_arena *arena,
					const struct yf_doc_request *request,
					yf_bytes transcript,
					struct yf_trust *trust, int64_t now_s,
					struct yf_trusted_leaf *out);

/* Only the signature, by a key that the caller chose.  HOLDER, SIGNATURE */
YF_CHECKED yf_err yf_reader_auth_check(struct yf_arena *arena,
				       const struct yf_doc_request *request,
				       yf_bytes transcript,
				       const struct yf_public_key *key);

/* What is asked of one document. */
struct yf_doc_ask {
	yf_str doc_type;
	const struct yf_mdoc_wish *wishes; /* at least one */
	size_t wish_count;
	const struct yf_signer *reader; /* with its chain; NULL for none */
	yf_bytes transcript;            /* when there is a reader */
	/* What a registrar lets the reader ask, openid/registration.h: in
	 * requestInfo as YF_REQUEST_REGISTRATION.  Empty for none. */
	yf_str registration;
};

/* RANGE without a wish, DUPLICATE for one twice, MISSING when the reader has
 * no chain; MEMORY, and what the signer says */
YF_CHECKED yf_err yf_device_request_make(struct yf_arena *arena,
					 const struct yf_doc_ask *asks,
					 size_t count, yf_bytes *out);
