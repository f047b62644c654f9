/* SPDX-License-Identifier: Apache-2.0 */
#ifndef YUFU_VERIFY_H
#define YUFU_VERIFY_H

#include <stddef.h>
#include <stdint.h>

/*
 * Checking cards with no network: what a gate, a till or an app embeds.
 * Link with -lyufu (pkg-config yufu); yufu-verify(3) is the man page.
 *
 *	struct yufu_verifier *verifier;
 *	struct yufu_result *result;
 *
 *	yufu_verifier_new(&verifier);
 *	yufu_verifier_trust(verifier, pem, pem_len, 0);
 *	if (yufu_verify_presentation(verifier, text, len, NULL, &result) == 0 &&
 *	    yufu_result_verdict(result) == YUFU_ACCEPTED)
 *		open_the_door();
 *
 * There are no sockets, files, threads, signals, environment variables or
 * globals in here: bytes in, an answer out.
 *
 * Two things may go wrong, and are kept apart.  What a stranger shows gets a
 * result, always with one of three verdicts, whatever its bytes are.  A call
 * that could not be made (enum yufu_error, negative) is the caller's or the
 * machine's fault, decides nothing, and writes no out parameter.
 *
 * Threads: a verifier is filled by one thread; after that any number may call
 * yufu_verify_*() with it at once.  To change what is trusted, fill a new one
 * and give up the old one when nobody uses it.  A result belongs to one
 * thread at a time.
 *
 * Memory: nothing that is passed in is kept; all of it is copied.  What
 * yufu_result_text() returns lives as long as the result.  A verification
 * needs at most YUFU_MEMORY_MAX and is wiped with its result.
 *
 * Versions: structs begin with their size, which the caller sets; what a
 * newer library adds is taken as 0 from an older caller, and what a newer
 * caller sets and this library does not know is BAD_ARGUMENT, never ignored.
 */
#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define YUFU_API __attribute__((visibility("default")))
#else
#define YUFU_API
#endif

enum {
	YUFU_INPUT_LEN_MAX = 2 * 1024 * 1024,  /* of what is shown */
	YUFU_TRUST_LEN_MAX = 1024 * 1024,      /* of one call */
	YUFU_BUNDLE_LEN_MAX = 4 * 1024 * 1024, /* of a bundle */
	YUFU_STATUS_LEN_MAX = 8 * 1024 * 1024, /* of one status list token */
	YUFU_ROOTS_MAX = 1024,
	YUFU_KEYS_MAX = 256,
	YUFU_STATUS_LISTS_MAX = 64,
	YUFU_TEXT_LEN_MAX = 4096, /* of a text in struct yufu_ask */
	YUFU_TRANSCRIPT_LEN_MAX = 64 * 1024,
	YUFU_MEMORY_MAX = 64 * 1024 * 1024,
};

enum yufu_verdict {
	YUFU_ACCEPTED = 0,     /* every check that was asked for holds */
	YUFU_REFUSED = 1,      /* one does not */
	YUFU_UNDETERMINED = 2, /* not known: do not take it for either */
};

enum yufu_error {
	YUFU_OK = 0,
	YUFU_BAD_ARGUMENT = -1,
	YUFU_NO_MEMORY = -2,
	YUFU_BAD_FORMAT = -3,
	YUFU_TOO_LARGE = -4,
	YUFU_BAD_KEY = -5,
	YUFU_BAD_SIGNATURE = -6,
	YUFU_UNTRUSTED = -7,
	YUFU_EXPIRED = -8,
	YUFU_NOT_YET = -9,
	YUFU_OLDER = -10, /* than a bundle that was taken before */
	YUFU_UNSUPPORTED = -11,
	YUFU_INTERNAL = -12,
};

struct yufu_verifier;
struct yufu_result;

/*
 * What the caller knows of the occasion.  Zero everything but `size`; a NULL
 * instead of the whole struct is the same as all zeros.
 */
struct yufu_ask {
	size_t size;   /* sizeof(struct yufu_ask) */
	int64_t now_s; /* seconds since 1970 UTC; 0: the machine's clock */
	/* vct or docType that it must be; NULL for any. */
	const char *type;
	/*
	 * Both or none.  The holder must have proved the key of the card for
	 * this nonce and audience (client_id, or "origin:..." of a page) within
	 * the last five minutes.  With none the holder is not looked at, and
	 * the result says "holder": "unchecked".
	 */
	const char *nonce;
	const char *audience;
	/* Of an mdoc also the response_uri, unless the audience is an origin,
	 * and the thumbprint (RFC 7638, base64url) of the key that the answer
	 * was encrypted to, when it was. */
	const char *response_uri;
	const char *thumbprint;
	/* Or, instead of these four, an mdoc's SessionTranscript: one CBOR
	 * array. */
	const void *transcript;
	size_t transcript_len;
	/* Of a tally: the purpose that it must be for; NULL for any. */
	const char *purpose;
};

/* NO_MEMORY */
YUFU_API int yufu_verifier_new(struct yufu_verifier **out);
/* NULL is taken. */
YUFU_API void yufu_verifier_free(struct yufu_verifier *verifier);

/*
 * Who is believed: PEM or DER certificates of authorities, a public P-256 JWK
 * or a set of them, or a trust list as GET /trust gives it.  May be called
 * several times.  A trust list must be signed under a root that is known
 * before; when none is known yet, under one of its own: then the caller
 * answers for where it came from, as for a PEM file.
 *
 * After an error nothing was added, but for a certificate before the bad one.
 *
 * now_s  as in struct yufu_ask: trust lists end
 *
 * BAD_ARGUMENT, NO_MEMORY, BAD_FORMAT, TOO_LARGE, BAD_KEY, BAD_SIGNATURE,
 * UNTRUSTED, EXPIRED, NOT_YET, UNSUPPORTED (a certificate of no authority)
 */
YUFU_API int yufu_verifier_trust(struct yufu_verifier *verifier,
				 const void *data, size_t len, int64_t now_s);

/*
 * A bundle as GET /bundle gives it: issuers' certificates, status lists and
 * the time they are good for, signed under a root that is known already.  A
 * newer one takes the place of the one before.
 *
 * The codes of yufu_verifier_trust(), and OLDER
 */
YUFU_API int yufu_verifier_bundle(struct yufu_verifier *verifier,
				  const void *data, size_t len, int64_t now_s);

/*
 * A status list token fetched before, as JWT or CWT.  Only its form is looked
 * at here; its signature and time are when it is used.
 *
 * BAD_ARGUMENT, NO_MEMORY, BAD_FORMAT, TOO_LARGE, UNSUPPORTED
 */
YUFU_API int yufu_verifier_status(struct yufu_verifier *verifier,
				  const void *data, size_t len);

/*
 * A card as issued, or a presentation of it: SD-JWT VC; ISO mdoc as
 * IssuerSigned or DeviceResponse, as CBOR or its base64url.  White space
 * around a text is cut off.
 *
 * It does not prove that the person who stands there is the holder: compare
 * the portrait.
 *
 * BAD_ARGUMENT  a NULL, a wrong `size`, one of nonce and audience alone
 * NO_MEMORY, INTERNAL
 */
YUFU_API int yufu_verify_presentation(const struct yufu_verifier *verifier,
				      const void *data, size_t len,
				      const struct yufu_ask *ask,
				      struct yufu_result **out);

/*
 * A tally, the text of the QR code that a wallet shows without a network
 * (doc/tally.md).  Whoever keeps "tally.id" for two minutes takes each once.
 * The codes of yufu_verify_presentation()
 */
YUFU_API int yufu_verify_tally(const struct yufu_verifier *verifier,
			       const void *data, size_t len,
			       const struct yufu_ask *ask,
			       struct yufu_result **out);

/*
 * What the lists at hand say of one entry: accepted for valid, refused for
 * revoked and suspended, undetermined when no list at hand tells.
 *
 * uri    as the card names it; NULL: the token that was added last
 * index  -1: only whether there is such a list, and holds
 */
YUFU_API int yufu_verify_status(const struct yufu_verifier *verifier,
				const char *uri, int64_t index,
				const struct yufu_ask *ask,
				struct yufu_result **out);

YUFU_API enum yufu_verdict
yufu_result_verdict(const struct yufu_result *result);

/*
 * A member of the answer by its path, e.g. "reason", "advice", "claims",
 * "certificate.subject"; NULL as path for all of it as one JSON object, whose
 * members are in yufu-verify(3).  Texts come as they are, anything else as
 * JSON; NULL when there is no such member or it is null.
 */
YUFU_API const char *yufu_result_text(struct yufu_result *result,
				      const char *path);

/* NULL is taken. */
YUFU_API void yufu_result_free(struct yufu_result *result);

/* What an enum yufu_error says and what to do: static memory, never NULL. */
YUFU_API const char *yufu_error_text(int error);

/* Of the library, e.g. "0.1.0"; static memory. */
YUFU_API const char *yufu_version(void);

#ifdef __cplusplus
}
#endif

#endif
