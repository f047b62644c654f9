#pragma once

#include "crypto/key.h"
#include "openid/dcql.h"

/*
 * The credentials a holder has, each with the private key it is bound to: in
 * memory, and when a folder is given also there, as ID.pem (mode 0600) and
 * ID.json.  One thread at a time, and one process at a time: an open purse
 * holds FOLDER/lock.
 */
struct yf_purse;

enum { YF_PURSE_MAX = 4096 };

/* Views, valid until the purse is closed or the credential dropped. */
struct yf_held {
	yf_str id;   /* a UUID of the holder's own */
	yf_str card; /* the same for all copies of one batch */
	yf_dcql_format format;
	yf_str text; /* as issued: without key binding, or base64url of an mdoc
		      */
	yf_str issuer;
	yf_str configuration_id;
	yf_str type;       /* vct, or doctype of an mdoc */
	int64_t expires_s; /* 0 for never */
	const struct yf_key *key;
	/*
	 * Was presented: copies of a batch are for one use each, so that two
	 * relying parties cannot join what they saw.
	 */
	bool shown;
};

/*
 * folder   NULL: memory only; made with mode 0700 when it is not there
 * BUSY    another process has it open
 * IO, SYNTAX and KEY for files that are not ours, MEMORY
 */
YF_CHECKED yf_err yf_purse_open(const char *folder, struct yf_purse **out);
void yf_purse_close(struct yf_purse *purse);
void yf_purse_cleanup(struct yf_purse **purse);

/*
 * Copies the texts of `held` (its id and key are not looked at) and takes
 * `key` over, on success only.  TOO_LARGE over YF_PURSE_MAX, IO, MEMORY
 */
YF_CHECKED yf_err yf_purse_add(struct yf_purse *purse, int64_t now_s,
			       const struct yf_held *held, struct yf_key *key,
			       const struct yf_held **out);

size_t yf_purse_count(const struct yf_purse *purse);
const struct yf_held *yf_purse_at(const struct yf_purse *purse, size_t index);

/* Remembers that a copy was presented.  IO, MEMORY */
YF_CHECKED yf_err yf_purse_show(struct yf_purse *purse,
				const struct yf_held *held);

/*
 * Forgets a copy and its key.  `held` is no longer valid.
 * IO, NOT_FOUND
 */
YF_CHECKED yf_err yf_purse_remove(struct yf_purse *purse,
				  const struct yf_held *held);
