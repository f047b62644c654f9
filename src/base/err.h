#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * One result type for the whole tree.  A function that can fail returns
 * yf_err and delivers its result through its last parameter, `out`, which it
 * writes only on success.  A function that cannot fail returns its value.
 * bool answers questions; it never reports failure.
 *
 * It is a struct so that the compiler refuses to mix it with bool, int or
 * size_t, and two words wide so that it still travels in registers.
 */
typedef enum {
	YF_CODE_OK = 0,
#define YF_ERR(name, kind, text, advice) YF_CODE_##name,
#include "base/err.def"
#undef YF_ERR
	YF_CODE_COUNT
} yf_code;

typedef struct {
	yf_code code;
	const char *where; /* file:line; for the log, never the wire */
} yf_err;

/* What callers branch on.  http/ maps each kind to one status. */
typedef enum {
	YF_KIND_NONE,
	YF_KIND_INPUT,
	YF_KIND_DENIED,
	YF_KIND_NOT_FOUND,
	YF_KIND_CONFLICT,
	YF_KIND_LIMIT,
	YF_KIND_UNAVAILABLE,
	YF_KIND_INTERNAL,
} yf_kind;

yf_kind yf_err_kind(yf_err err);

/* The registry name, e.g. "TOO_LARGE"; static memory, never NULL. */
const char *yf_err_name(yf_err err);

/* One sentence each: what is wrong, and what to do next. Static memory. */
const char *yf_err_text(yf_err err);
const char *yf_err_advice(yf_err err);

#define YF_CHECKED __attribute__((warn_unused_result))

#define YF_STRINGIFY_(x) #x
#define YF_STRINGIFY(x) YF_STRINGIFY_(x)

#define YF_OK ((yf_err){ YF_CODE_OK, NULL })
#define YF_FAIL(name) \
	((yf_err){ YF_CODE_##name, __FILE__ ":" YF_STRINGIFY(__LINE__) })

static inline bool yf_failed(yf_err err)
{
	return err.code != YF_CODE_OK;
}

/* The only macro in the tree that hides a return. */
#define YF_TRY(call)                             \
	do {                                     \
		const yf_err try_err_ = (call);  \
		if (try_err_.code != YF_CODE_OK) \
			return try_err_;         \
	} while (0)

/* An owned handle, freed at the end of its scope unless moved out. */
#define YF_AUTO(noun) \
	__attribute__((cleanup(yf_##noun##_cleanup))) struct yf_##noun *

/* Give up ownership: yields the pointer and leaves NULL behind. */
#define YF_MOVE(ptr)                            \
	__extension__({                         \
		__typeof__(ptr) moved_ = (ptr); \
		(ptr) = NULL;                   \
		moved_;                         \
	})

#define YF_COUNT(array) (sizeof(array) / sizeof((array)[0]))
