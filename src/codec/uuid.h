#pragma once

#include "base/str.h"

/*
 * UUID version 7, RFC 9562 section 5.7: ids made by the process, ordered by
 * time.  They say when something was made: never hand one to somebody who
 * must not learn that, and never use one as a secret.
 */
enum { YF_UUID_TEXT_LEN = 36 };

typedef struct {
	char text[YF_UUID_TEXT_LEN + 1]; /* lower case, NUL-terminated */
} yf_uuid;

yf_uuid yf_uuid_new(int64_t now_s);

/* A view; `uuid` must outlive it. */
static inline yf_str yf_uuid_str(const yf_uuid *uuid)
{
	return (yf_str){ uuid->text, YF_UUID_TEXT_LEN };
}

/* 8-4-4-4-12 lower-case hex digits, any version. */
bool yf_uuid_is(yf_str text);
