#pragma once

#include "base/buf.h"
#include "base/str.h"

/*
 * CBOR, RFC 8949: reading what others sent without changing a byte of it, and
 * writing deterministically.
 *
 * Digests and signatures are taken over bytes as received, so every item
 * knows the bytes that it came from, and nothing is ever encoded again to be
 * hashed.
 */
enum {
	YF_CBOR_LEN_MAX = 4 * 1024 * 1024,
	YF_CBOR_DEPTH_MAX = 32,
	YF_CBOR_ITEMS_MAX = 32 * 1024, /* of one text, all levels together */
};

/* Tags that this house knows.  Others are read and left to the caller. */
enum {
	YF_TAG_DATE_TIME = 0, /* tdate: RFC 3339 text */
	YF_TAG_COSE_SIGN1 = 18,
	YF_TAG_EMBEDDED = 24,    /* CBOR in a byte string */
	YF_TAG_FULL_DATE = 1004, /* RFC 8943: "YYYY-MM-DD" */
};

typedef enum {
	YF_CBOR_UINT,
	YF_CBOR_NINT,
	YF_CBOR_BYTES,
	YF_CBOR_TEXT,
	YF_CBOR_ARRAY,
	YF_CBOR_MAP,
	YF_CBOR_TAG,
	YF_CBOR_BOOL,
	YF_CBOR_NULL,
	YF_CBOR_UNDEFINED,
	YF_CBOR_SIMPLE,
	YF_CBOR_REAL,
} yf_cbor_kind;

struct yf_cbor {
	yf_cbor_kind kind;
	bool boolean;
	/* UINT: the value; NINT: -1 minus the value; TAG, SIMPLE: which;
	 * REAL: the bits of it as binary64, see yf_cbor_real() */
	uint64_t number;
	/* BYTES, TEXT: the content.  A view; of an indefinite-length string
	 * with several chunks a copy in the arena. */
	yf_bytes string;
	/* From the first byte of its head to the last of its content. */
	yf_bytes raw;
	/*
	 * ARRAY: its items, each linked to the `next`.  MAP: key, value, key,
	 * value.  TAG: the one item it is on.
	 */
	const struct yf_cbor *first;
	const struct yf_cbor *next;
	size_t count; /* items of an ARRAY, pairs of a MAP */
};

/* What encodings of one value are taken. */
typedef enum {
	/* Whatever is well-formed: what others signed or hashed. */
	YF_CBOR_LENIENT,
	/* Definite lengths and shortest heads, RFC 8949 section 4.1. */
	YF_CBOR_PREFERRED,
	/* Also keys in the order of section 4.2.1. */
	YF_CBOR_DETERMINISTIC,
} yf_cbor_mode;

/*
 * bytes  exactly one item; must outlive the tree
 *
 * SYNTAX     not well-formed, cut off, a length past the end, text that is no
 *            UTF-8, bytes behind the item, or not as `mode` wants it
 * DUPLICATE  a map has the same key twice, in whatever encoding
 * UNSUPPORTED  a map has a key that is an array, a map or tagged
 * TOO_DEEP   over YF_CBOR_DEPTH_MAX
 * TOO_LARGE  over YF_CBOR_LEN_MAX or YF_CBOR_ITEMS_MAX
 * MEMORY
 */
YF_CHECKED yf_err yf_cbor_parse(struct yf_arena *arena, yf_bytes bytes,
				yf_cbor_mode mode, const struct yf_cbor **out);

/*
 * The item inside #6.24(bstr).  `outer` need not outlive it.  SYNTAX when
 * `outer` is NULL or no tag 24 on bytes; the codes of yf_cbor_parse()
 */
YF_CHECKED yf_err yf_cbor_open(struct yf_arena *arena,
			       const struct yf_cbor *outer, yf_cbor_mode mode,
			       const struct yf_cbor **out);

/*
 * Looking into a tree.  Each takes NULL and items of another kind, and then
 * finds nothing, so that a path can be walked without a check at each step.
 */
const struct yf_cbor *yf_cbor_get(const struct yf_cbor *map, const char *key);
const struct yf_cbor *yf_cbor_get_str(const struct yf_cbor *map, yf_str key);
const struct yf_cbor *yf_cbor_get_int(const struct yf_cbor *map, int64_t key);
/* Array items from 0. */
const struct yf_cbor *yf_cbor_at(const struct yf_cbor *array, size_t index);
/* What the tag is on. */
const struct yf_cbor *yf_cbor_tagged(const struct yf_cbor *item, uint64_t tag);

bool yf_cbor_is(const struct yf_cbor *item, yf_cbor_kind kind);

/* The value of a REAL. */
double yf_cbor_real(const struct yf_cbor *item);

/* The same value, however encoded; maps with the same order of keys. */
bool yf_cbor_eq(const struct yf_cbor *a, const struct yf_cbor *b);

/* SYNTAX when it is absent or of another kind; RANGE when it does not fit. */
YF_CHECKED yf_err yf_cbor_take_int(const struct yf_cbor *item, int64_t *out);
YF_CHECKED yf_err yf_cbor_take_text(const struct yf_cbor *item, yf_str *out);
YF_CHECKED yf_err yf_cbor_take_bytes(const struct yf_cbor *item, yf_bytes *out);

/*
 * Writing: heads are the shortest, lengths definite, so the output is
 * deterministic when the caller puts map keys in order.  Nothing fails before
 * yf_buf_bytes().  After _array(count) follow `count` items, after _map(count)
 * `count` pairs, after _tag() one item.
 */
void yf_cbor_put_uint(struct yf_buf *buf, uint64_t value);
void yf_cbor_put_int(struct yf_buf *buf, int64_t value);
void yf_cbor_put_bytes(struct yf_buf *buf, yf_bytes value);
void yf_cbor_put_text(struct yf_buf *buf, yf_str value);
void yf_cbor_put_array(struct yf_buf *buf, size_t count);
void yf_cbor_put_map(struct yf_buf *buf, size_t count);
void yf_cbor_put_tag(struct yf_buf *buf, uint64_t tag);
void yf_cbor_put_bool(struct yf_buf *buf, bool value);
void yf_cbor_put_null(struct yf_buf *buf);
/* The shortest of 16, 32 and 64 bits that keeps the value; one NaN. */
void yf_cbor_put_real(struct yf_buf *buf, double value);
/* One item that is encoded already: the caller answers for it. */
void yf_cbor_put_raw(struct yf_buf *buf, yf_bytes item);

/* Only the head of a byte string of `len`: its content follows. */
void yf_cbor_put_bytes_head(struct yf_buf *buf, size_t len);

/* #6.24(bstr) around an item that is encoded already. */
void yf_cbor_put_embedded(struct yf_buf *buf, yf_bytes item);

/*
 * The same around what is written between the two calls, which nest:
 *
 *	const size_t at = yf_cbor_open_embedded(&buf);
 *	yf_cbor_put_...
 *	yf_cbor_close_embedded(&buf, at);
 */
size_t yf_cbor_open_embedded(struct yf_buf *buf);
void yf_cbor_close_embedded(struct yf_buf *buf, size_t at);

/* A byte string around what is written in between: a signature's payload. */
size_t yf_cbor_open_bytes(struct yf_buf *buf);
void yf_cbor_close_bytes(struct yf_buf *buf, size_t at);

/* The head alone, for hashing in parts: at most 9 bytes. */
enum { YF_CBOR_HEAD_MAX = 9 };
size_t yf_cbor_bytes_head(size_t len, uint8_t out[static YF_CBOR_HEAD_MAX]);
