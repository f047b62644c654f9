#pragma once

#include "check/party.h"
#include "openid/request_object.h"
#include "openid/transaction_data.h"

/*
 * How a request is asked, beside what: all zero is what HAIP 1.0 says.  Pure,
 * but for what a party is registered for.
 */
typedef enum {
	YF_PREFIX_X509_HASH,
	YF_PREFIX_X509_SAN_DNS, /* the name of this server */
} yf_client_prefix;

struct yf_request_how {
	yf_client_prefix prefix;
	bool plain;        /* the answer is not encrypted */
	bool post;         /* request_uri_method=post in the link */
	yf_str return_uri; /* same-device flow; empty for none */
	yf_str origin;     /* Digital Credentials API; empty for none */
	const struct yf_json *transaction_data; /* NULL for none */
};

/* As a party sends it; what is empty or false is the default. */
struct yf_request_how_ask {
	yf_str client_id_prefix;   /* x509_hash, x509_san_dns */
	yf_str response_mode;      /* direct_post.jwt, direct_post */
	yf_str request_uri_method; /* get, post */
	bool same_device;
	yf_str return_uri; /* of same_device */
	bool dc_api;
	yf_str origin; /* of dc_api */
};

/*
 * UNSUPPORTED  a prefix, mode or method that is none of these; x509_san_dns
 *              while the party's certificate has no name of this server
 * MISSING      same_device without return_uri, dc_api without origin
 * SYNTAX       return_uri or origin without them; both ways in one request
 * DENIED       an address or origin that is not registered for the party
 * MEMORY
 */
YF_CHECKED yf_err yf_request_how_of(const struct yf_env *env,
				    struct yf_arena *arena,
				    const struct yf_party *party,
				    const struct yf_request_how_ask *ask,
				    struct yf_request_how *out);

/* The column `options`.  MEMORY; SYNTAX of what we did not write */
YF_CHECKED yf_err yf_request_how_encode(struct yf_arena *arena,
					const struct yf_request_how *how,
					yf_str *json);
YF_CHECKED yf_err yf_request_how_parse(struct yf_arena *arena, yf_str json,
				       struct yf_request_how *out);

/* client_id with its prefix.  UNSUPPORTED as above, MEMORY */
YF_CHECKED yf_err yf_request_client_id(const struct yf_env *env,
				       struct yf_arena *arena,
				       const struct yf_party *party,
				       const struct yf_request_how *how,
				       yf_str *out);
