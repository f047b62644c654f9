#include "fetch/fetch.h"

#include <stdlib.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/log.h"

#define KIB ((size_t)1024)
#define BODY_ROOM (4 * KIB)

struct yf_fetch {
	CURL *curl;
	unsigned connect_ms_max;
	unsigned total_ms_max;
	size_t body_len_max;
	size_t header_len_max;
	unsigned redirects_max;
	char *ca_file;
};

/* What arrives during one call. */
struct arrival {
	const struct yf_fetch *fetch;
	struct yf_arena *arena;
	struct yf_buf body;
	struct yf_fetch_header *headers;
	size_t header_count;
	size_t header_len;
	yf_err err;
};

static size_t or_default(size_t value, size_t otherwise)
{
	return value ? value : otherwise;
}

yf_err yf_fetch_new(const struct yf_fetch_options *options,
		    struct yf_fetch **out)
{
	/* Counted and, since curl 7.84, safe from several threads. */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return YF_FAIL(IO);
	struct yf_fetch *fetch = calloc(1, sizeof(*fetch));
	if (!fetch) {
		curl_global_cleanup();
		return YF_FAIL(MEMORY);
	}
	fetch->connect_ms_max =
		(unsigned)or_default(options->connect_ms_max, 5000);
	fetch->total_ms_max =
		(unsigned)or_default(options->total_ms_max, 15000);
	fetch->body_len_max = or_default(options->body_len_max, 1024 * KIB);
	fetch->header_len_max = or_default(options->header_len_max, 32 * KIB);
	fetch->redirects_max = options->redirects_max;
	fetch->curl = curl_easy_init();
	if (fetch->curl && options->cookies)
		curl_easy_setopt(fetch->curl, CURLOPT_COOKIEFILE, "");
	if (options->ca_file)
		fetch->ca_file = strdup(options->ca_file);
	if (!fetch->curl || (options->ca_file && !fetch->ca_file)) {
		yf_fetch_free(fetch);
		return YF_FAIL(MEMORY);
	}
	*out = fetch;
	return YF_OK;
}

void yf_fetch_free(struct yf_fetch *fetch)
{
	if (!fetch)
		return;
	curl_easy_cleanup(fetch->curl);
	curl_global_cleanup();
	free(fetch->ca_file);
	free(fetch);
}

void yf_fetch_cleanup(struct yf_fetch **fetch)
{
	yf_fetch_free(*fetch);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
	struct arrival *arrival = ctx;
	const size_t len = size * count;

	if (len > arrival->fetch->body_len_max - arrival->body.len) {
		arrival->err = YF_FAIL(TOO_LARGE);
		return 0;
	}
	yf_buf_put(&arrival->body, (yf_bytes){ (const uint8_t *)bytes, len });
	if (yf_failed(arrival->body.err)) {
		arrival->err = arrival->body.err;
		return 0;
	}
	return len;
}

static yf_err keep_header(struct arrival *arrival, yf_str line)
{
	struct yf_fetch_header *header =
		&arrival->headers[arrival->header_count];
	yf_str name;

	/* Each reply on the way (100, redirects) starts anew. */
	if (yf_str_starts(line, YF_STR("HTTP/"))) {
		arrival->header_count = 0;
		return YF_OK;
	}
	if (!yf_str_cut(&line, ':', &name))
		return YF_OK;
	if (arrival->header_count == YF_FETCH_HEADERS_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_str_copy(arrival->arena, yf_str_trim(name), &header->name));
	YF_TRY(yf_str_copy(arrival->arena, yf_str_trim(line), &header->value));
	arrival->header_count++;
	return YF_OK;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
	struct arrival *arrival = ctx;
	const size_t len = size * count;

	arrival->header_len += len;
	arrival->err = arrival->header_len > arrival->fetch->header_len_max
			       ? YF_FAIL(TOO_LARGE)
			       : keep_header(arrival, (yf_str){ bytes, len });
	return yf_failed(arrival->err) ? 0 : len;
}

static bool is_line(yf_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.ptr[i];
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static void slist_cleanup(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

static yf_err add_headers(struct yf_arena *arena,
			  const struct yf_fetch_ask *ask,
			  struct curl_slist **list)
{
	for (size_t i = 0; i < ask->header_count; i++) {
		const struct yf_fetch_header *header = &ask->headers[i];
		yf_str line;
		if (!header->name.len || !is_line(header->name) ||
		    !is_line(header->value))
			return YF_FAIL(SYNTAX);
		/* "Name;" is how curl is told of an empty value. */
		YF_TRY(header->value.len
			       ? yf_str_format(arena, &line, "%.*s: %.*s",
					       YF_ARG(header->name),
					       YF_ARG(header->value))
			       : yf_str_format(arena, &line, "%.*s;",
					       YF_ARG(header->name)));
		struct curl_slist *longer = curl_slist_append(*list, line.ptr);
		if (!longer)
			return YF_FAIL(MEMORY);
		*list = longer;
	}
	/* No waiting for "100 Continue", which some servers never send. */
	struct curl_slist *longer = curl_slist_append(*list, "Expect:");
	if (!longer)
		return YF_FAIL(MEMORY);
	*list = longer;
	return YF_OK;
}

static void set_limits(const struct yf_fetch *fetch, CURL *curl)
{
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)fetch->connect_ms_max);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)fetch->total_ms_max);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION,
			 fetch->redirects_max ? 1L : 0L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)fetch->redirects_max);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "yufu");
	if (fetch->ca_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, fetch->ca_file);
}

static void set_ask(CURL *curl, const struct yf_fetch_ask *ask, const char *url,
		    const struct curl_slist *headers)
{
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	/* A redirect must not step down from https. */
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR,
			 strncmp(url, "https:", 6) == 0 ? "https"
							: "http,https");
	/*
	 * Forget the last request; curl_easy_reset() would do, but leaks the
	 * cookie option (curl 7.88).
	 */
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL);
	curl_easy_setopt(curl, CURLOPT_NOBODY, 0L);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, NULL);
	/* Setting POSTFIELDS, even to nothing, asks for POST. */
	curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	if (ask->body.ptr) {
		curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)ask->body.len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, ask->body.ptr);
	}
	if (!ask->method)
		return;
	if (strcmp(ask->method, "HEAD") == 0)
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	else if (strcmp(ask->method, "GET") != 0 || ask->body.ptr)
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, ask->method);
}

static yf_err err_of(CURLcode code)
{
	switch ((int)code) {
	case CURLE_OK:
		return YF_OK;
	case CURLE_URL_MALFORMAT:
		return YF_FAIL(SYNTAX);
	case CURLE_UNSUPPORTED_PROTOCOL:
		return YF_FAIL(UNSUPPORTED);
	case CURLE_OPERATION_TIMEDOUT:
		return YF_FAIL(TIMEOUT);
	case CURLE_OUT_OF_MEMORY:
		return YF_FAIL(MEMORY);
	default:
		yf_log(YF_LOG_DEBUG, "fetch: %s", curl_easy_strerror(code));
		return YF_FAIL(UNREACHABLE);
	}
}

yf_err yf_fetch(struct yf_fetch *fetch, struct yf_arena *arena,
		const struct yf_fetch_ask *ask, struct yf_fetched *out)
{
	struct curl_slist *headers __attribute__((cleanup(slist_cleanup))) =
		NULL;
	struct arrival arrival = { .fetch = fetch, .arena = arena };
	CURL *curl = fetch->curl;
	const char *url;
	long status = 0;

	if (ask->url.len > YF_FETCH_URL_LEN_MAX || !is_line(ask->url))
		return YF_FAIL(SYNTAX);
	YF_TRY(yf_str_to_c(arena, ask->url, &url));
	YF_TRY(add_headers(arena, ask, &headers));
	arrival.body = yf_buf_new(arena, BODY_ROOM);
	arrival.headers =
		YF_NEW(arena, struct yf_fetch_header, YF_FETCH_HEADERS_MAX);
	if (!arrival.headers)
		return YF_FAIL(MEMORY);
	set_limits(fetch, curl);
	set_ask(curl, ask, url, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &arrival);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &arrival);
	const CURLcode code = curl_easy_perform(curl);
	/* Nothing may keep pointing at the list. */
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
	YF_TRY(arrival.err);
	YF_TRY(err_of(code));
	yf_bytes body = { (const uint8_t *)"", 0 };
	if (arrival.body.len)
		YF_TRY(yf_buf_bytes(&arrival.body, &body));
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	*out = (struct yf_fetched){ .status = (int)status,
				    .headers = arrival.headers,
				    .header_count = arrival.header_count,
				    .body = yf_str_from(body) };
	out->content_type = yf_fetched_header(out, "Content-Type");
	return YF_OK;
}

yf_str yf_fetched_header(const struct yf_fetched *reply, const char *name)
{
	for (size_t i = 0; i < reply->header_count; i++)
		if (yf_str_eq_nocase(reply->headers[i].name, yf_str_of(name)))
			return reply->headers[i].value;
	return (yf_str){ NULL, 0 };
}
