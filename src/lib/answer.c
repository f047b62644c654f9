#include "lib/check.h"

#include <stdlib.h>

#include "codec/base64url.h"
#include "credential/tally.h"

/* The public questions, and the answers that they give. */

struct kept_text {
	struct kept_text *next;
	yf_str path;
	const char *text;
};

struct yufu_result {
	struct yf_arena *arena;
	enum yufu_verdict verdict;
	yf_str json;
	const struct yf_json *tree;
	struct kept_text *texts; /* that were asked for before */
};

/* --- what is asked --- */

static bool is_text(const char *text)
{
	return !text ||
	       strnlen(text, YUFU_TEXT_LEN_MAX + 1) <= YUFU_TEXT_LEN_MAX;
}

/* What a newer caller sets behind our end must be zero. */
static bool has_only_known(const struct yufu_ask *ask)
{
	const uint8_t *bytes = (const uint8_t *)ask;

	for (size_t i = sizeof(*ask); i < ask->size; i++)
		if (bytes[i])
			return false;
	return true;
}

static bool take_ask(const struct yufu_ask *ask, struct yufu_ask *out)
{
	enum { SIZE_MAX_SANE = 4096 };

	*out = (struct yufu_ask){ .size = sizeof(*out) };
	if (!ask)
		return true;
	if (ask->size < sizeof(ask->size) || ask->size > SIZE_MAX_SANE ||
	    !has_only_known(ask))
		return false;
	memcpy(out, ask, ask->size < sizeof(*out) ? ask->size : sizeof(*out));
	return out->now_s >= 0 && !out->nonce == !out->audience &&
	       !(out->transcript && out->nonce) &&
	       (out->transcript || !out->transcript_len) &&
	       (!out->transcript || out->transcript_len) &&
	       out->transcript_len <= YUFU_TRANSCRIPT_LEN_MAX &&
	       is_text(out->type) && is_text(out->nonce) &&
	       is_text(out->audience) && is_text(out->response_uri) &&
	       is_text(out->thumbprint) && is_text(out->purpose);
}

/* --- what is answered --- */

void yufu_result_free(struct yufu_result *result)
{
	if (!result)
		return;
	yf_arena_free(result->arena);
	free(result);
}

static void drop_result(struct yufu_result **result)
{
	yufu_result_free(*result);
}

#define AUTO_RESULT __attribute__((cleanup(drop_result))) struct yufu_result

static int open_result(const struct yufu_verifier *verifier,
		       const struct yufu_ask *ask, struct yf_report *report,
		       struct yufu_result **out)
{
	*report = (struct yf_report){ .verifier = verifier };
	if (!verifier || !take_ask(ask, &report->ask))
		return YUFU_BAD_ARGUMENT;
	struct yufu_result *result = calloc(1, sizeof(*result));
	if (!result)
		return YUFU_NO_MEMORY;
	result->arena = yf_arena_new(YUFU_MEMORY_MAX);
	if (!result->arena) {
		yufu_result_free(result);
		return YUFU_NO_MEMORY;
	}
	report->now_s = yufu_now_s(report->ask.now_s);
	report->arena = result->arena;
	*out = result;
	return YUFU_OK;
}

static void refuse(struct yf_report *report, yf_err err, const char *advice)
{
	static const char *const form[] = { "form" };

	yf_report_plan(report, NULL, form, YF_COUNT(form));
	report->err = err;
	report->advice = yf_str_of(advice);
	yf_report_fail(report, "form", err, YF_STR(""));
}

/* What cannot be read again is no answer: too deep, or too large. */
static yf_err encode(struct yf_report *report, struct yufu_result *result)
{
	YF_TRY(yf_report_encode(report, &result->json));
	return yf_json_parse(result->arena, result->json, &result->tree);
}

static yf_err finish(struct yf_report *report, struct yufu_result *result)
{
	if (yf_err_kind(report->err) == YF_KIND_INTERNAL)
		return report->err;
	const yf_err err = encode(report, result);
	if (yf_err_kind(err) == YF_KIND_INTERNAL)
		return err;
	if (yf_failed(err)) {
		/* Nothing that it says of itself can be said again. */
		*report = (struct yf_report){ .arena = report->arena,
					      .verifier = report->verifier,
					      .now_s = report->now_s };
		refuse(report, err, NULL);
		YF_TRY(encode(report, result));
	}
	result->verdict = yf_report_verdict(report);
	return YF_OK;
}

static int give(struct yf_report *report, struct yufu_result **result,
		struct yufu_result **out)
{
	const int error = yufu_error_of(finish(report, *result));

	if (error)
		return error;
	*out = YF_MOVE(*result);
	return YUFU_OK;
}

/* --- the questions --- */

static bool is_cbor_map(yf_bytes bytes)
{
	return bytes.len && bytes.ptr[0] >> 5 == 5;
}

static void check_any(struct yf_report *report, yf_bytes bytes)
{
	const yf_str text = yf_str_trim(yf_str_from(bytes));
	yf_bytes decoded = { 0 };

	if (bytes.len > YUFU_INPUT_LEN_MAX)
		refuse(report, YF_FAIL(TOO_LARGE), NULL);
	else if (is_cbor_map(bytes))
		yf_check_mdoc(report, bytes);
	else if (yf_tally_is(text))
		refuse(report, YF_FAIL(UNSUPPORTED),
		       "this is a tally: ask yufu_verify_tally()");
	else if (memchr(text.ptr ? text.ptr : "", '~', text.len))
		yf_check_sdjwt(report, text);
	else if (!yf_failed(
			 yf_base64url_decode(report->arena, text, &decoded)) &&
		 is_cbor_map(decoded))
		yf_check_mdoc(report, decoded);
	else
		refuse(report, YF_FAIL(SYNTAX),
		       "give an SD-JWT VC (with its '~'), an mdoc as CBOR or "
		       "base64url, or a tally");
}

int yufu_verify_presentation(const struct yufu_verifier *verifier,
			     const void *data, size_t len,
			     const struct yufu_ask *ask,
			     struct yufu_result **out)
{
	AUTO_RESULT *result = NULL;
	struct yf_report report;

	if (!data || !out)
		return YUFU_BAD_ARGUMENT;
	const int error = open_result(verifier, ask, &report, &result);
	if (error)
		return error;
	check_any(&report, (yf_bytes){ data, len });
	return give(&report, &result, out);
}

int yufu_verify_tally(const struct yufu_verifier *verifier, const void *data,
		      size_t len, const struct yufu_ask *ask,
		      struct yufu_result **out)
{
	AUTO_RESULT *result = NULL;
	struct yf_report report;

	if (!data || !out)
		return YUFU_BAD_ARGUMENT;
	const int error = open_result(verifier, ask, &report, &result);
	if (error)
		return error;
	const yf_str text = yf_str_trim(yf_str_from((yf_bytes){ data, len }));
	if (len > YUFU_INPUT_LEN_MAX)
		refuse(&report, YF_FAIL(TOO_LARGE), NULL);
	else
		yf_check_tally(&report, text);
	return give(&report, &result, out);
}

int yufu_verify_status(const struct yufu_verifier *verifier, const char *uri,
		       int64_t index, const struct yufu_ask *ask,
		       struct yufu_result **out)
{
	static const char *const steps[] = { "status" };
	AUTO_RESULT *result = NULL;
	struct yf_report report;
	yf_str wanted = yf_str_of(uri);

	if (!out || !verifier || index < -1 || !is_text(uri))
		return YUFU_BAD_ARGUMENT;
	if (!uri && verifier->list_count)
		wanted = verifier->lists[verifier->list_count - 1].uri;
	if (!wanted.len)
		return YUFU_BAD_ARGUMENT;
	const int error = open_result(verifier, ask, &report, &result);
	if (error)
		return error;
	yf_report_plan(&report, "status", steps, YF_COUNT(steps));
	yf_check_status_list(&report, wanted, index);
	return give(&report, &result, out);
}

/* --- reading the answer --- */

enum yufu_verdict yufu_result_verdict(const struct yufu_result *result)
{
	return result ? result->verdict : YUFU_UNDETERMINED;
}

static const struct yf_json *find(const struct yf_json *tree, yf_str path)
{
	yf_str piece = { 0 };

	while (tree && yf_str_next(&path, '.', &piece)) {
		int64_t at = -1;
		if (tree->kind != YF_JSON_ARRAY)
			tree = yf_json_get_str(tree, piece);
		else if (yf_str_to_int(piece, &at) && at >= 0 &&
			 (uint64_t)at < tree->count)
			tree = &tree->items[at];
		else
			tree = NULL;
	}
	return tree;
}

static yf_err write_text(struct yf_arena *arena, const struct yf_json *value,
			 yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 64);
	yf_str text = value->string;

	if (value->kind != YF_JSON_STRING) {
		yf_json_out_tree(&json, NULL, value);
		YF_TRY(yf_json_out_end(&json, &text));
	}
	return yf_str_copy(arena, text, out);
}

/* A caller that asks in a loop must not fill the arena. */
static const char *keep(struct yufu_result *result, yf_str path, yf_str text)
{
	struct kept_text *kept = YF_NEW(result->arena, struct kept_text, 1);
	yf_str copy = { 0 };

	if (!kept || yf_failed(yf_str_copy(result->arena, path, &copy)))
		return NULL;
	*kept = (struct kept_text){ result->texts, copy, text.ptr };
	result->texts = kept;
	return kept->text;
}

const char *yufu_result_text(struct yufu_result *result, const char *path)
{
	const yf_str wanted = yf_str_of(path);
	yf_str text = { 0 };

	if (!result || !is_text(path))
		return NULL;
	for (const struct kept_text *kept = result->texts; kept;
	     kept = kept->next)
		if (yf_str_eq(kept->path, wanted))
			return kept->text;
	if (!wanted.len) {
		if (yf_failed(yf_str_copy(result->arena, result->json, &text)))
			return NULL;
		return keep(result, wanted, text);
	}
	const struct yf_json *value = find(result->tree, wanted);
	if (!value || value->kind == YF_JSON_NULL ||
	    yf_failed(write_text(result->arena, value, &text)))
		return NULL;
	return keep(result, wanted, text);
}
