#pragma once

#include "base/str.h"

/*
 * Outgoing HTTP and HTTPS with limits.  TLS certificates and host names are
 * always checked.  Only http and https; redirects are not followed unless
 * asked for, and then not from https to http.
 */
struct yf_fetch;

enum {
	YF_FETCH_HEADERS_MAX = 64,
	YF_FETCH_URL_LEN_MAX = 8192,
};

/* Zero in a number means the default beside it. */
struct yf_fetch_options {
	unsigned connect_ms_max; /* 5000 */
	unsigned total_ms_max;   /* 15000 */
	size_t body_len_max;     /* 1 MiB */
	size_t header_len_max;   /* 32 KiB */
	unsigned redirects_max;  /* 0: none */
	bool cookies;            /* keep cookies between calls, in memory */
	const char *ca_file;     /* PEM; NULL: those of the system */
};

struct yf_fetch_header {
	yf_str name;
	yf_str value;
};

struct yf_fetch_ask {
	const char *method; /* NULL: GET, or POST when there is a body */
	yf_str url;
	const struct yf_fetch_header *headers;
	size_t header_count;
	yf_str body; /* ptr NULL: none */
};

/* Arena memory. */
struct yf_fetched {
	int status;
	const struct yf_fetch_header *headers; /* of the last reply */
	size_t header_count;
	yf_str content_type; /* as sent; may be empty */
	yf_str body;
};

/* One thread at a time; connections are kept between calls.  MEMORY, IO */
YF_CHECKED yf_err yf_fetch_new(const struct yf_fetch_options *options,
			       struct yf_fetch **out);
void yf_fetch_free(struct yf_fetch *fetch);
void yf_fetch_cleanup(struct yf_fetch **fetch);

/*
 * Any status is a success here: the caller decides what 404 means.
 *
 * SYNTAX       the address or a header cannot be sent
 * UNSUPPORTED  a scheme other than http and https
 * UNREACHABLE  no name, no connection, no valid TLS, or cut off midway
 * TIMEOUT
 * TOO_LARGE    the reply is over a limit
 * MEMORY
 */
YF_CHECKED yf_err yf_fetch(struct yf_fetch *fetch, struct yf_arena *arena,
			   const struct yf_fetch_ask *ask,
			   struct yf_fetched *out);

/* The first header of that name, any case; ptr NULL when absent. */
yf_str yf_fetched_header(const struct yf_fetched *reply, const char *name);
