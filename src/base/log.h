#pragma once

#include "base/err.h"

/*
 * The operator's log: one line an event on standard error, logfmt.
 * It never carries personal data, tokens, keys or face scores.
 */
typedef enum {
	YF_LOG_DEBUG,
	YF_LOG_INFO,
	YF_LOG_WARN,
	YF_LOG_ERROR,
} yf_log_level;

/* Process-wide threshold, set once at start before threads; default INFO. */
void yf_log_threshold(yf_log_level level);

/* level=info msg="..." ; the text is printf-formatted and quoted. */
void yf_log(yf_log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same with code= and at= of an error. */
void yf_log_err(yf_log_level level, yf_err err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
