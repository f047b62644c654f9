#define _DEFAULT_SOURCE
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LINE_LEN = 1024 };

static _Atomic int threshold = YF_LOG_INFO;

void yf_log_threshold(yf_log_level level)
{
	threshold = (int)level;
}

/* A quote or control character in a message must not forge a field. */
static size_t quote(char *line, size_t at, const char *text)
{
	for (; *text && at < LINE_LEN - 160; text++) {
		const unsigned char c = (unsigned char)*text;
		const bool plain = c >= 0x20 && c != '"' && c != 0x7f;
		line[at++] = '\'';
		if (plain)
			line[at - 1] = *text;
	}
	return at;
}

static void write_line(yf_log_level level, yf_err err, const char *format,
		       va_list args)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	char text[LINE_LEN];
	char line[LINE_LEN];
	struct timespec now;
	struct tm utc;

	if ((int)level < threshold)
		return;
	vsnprintf(text, sizeof(text), format, args);
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);

	size_t at =
		strftime(line, sizeof(line), "time=%Y-%m-%dT%H:%M:%SZ ", &utc);
	at += (size_t)snprintf(line + at, sizeof(line) - at, "level=%s msg=\"",
			       names[level]);
	at = quote(line, at, text);
	line[at++] = '"';
	if (yf_failed(err)) {
		const int more = snprintf(line + at, sizeof(line) - at - 1,
					  " code=%s at=%s", yf_err_name(err),
					  err.where ? err.where : "?");
		if (more > 0 && (size_t)more < sizeof(line) - at - 1)
			at += (size_t)more;
	}
	line[at++] = '\n';
	/* One write, so that lines of threads do not mix. */
	if (write(STDERR_FILENO, line, at) < 0)
		return;
}

void yf_log(yf_log_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(level, YF_OK, format, args);
	va_end(args);
}

void yf_log_err(yf_log_level level, yf_err err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(level, err, format, args);
	va_end(args);
}
