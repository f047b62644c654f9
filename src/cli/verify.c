#include "cli/args.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/file.h"
#include "check/offline.h"

/*
 * Checks an SD-JWT VC, as issued or as presented, with no network.  The exit
 * code: 0 accepted, 1 refused, 2 could not tell (a usage error too).
 */
enum {
	ARENA_LEN = 64 * 1024 * 1024, /* status lists are unpacked in it */
	TEXT_LEN_MAX = 1024 * 1024,
	STATUS_LEN_MAX = 8 * 1024 * 1024,
	TRUST_LEN_MAX = 1024 * 1024,
	KEYS_MAX = 256,
	STATUS_TOKENS_MAX = 64,
};

static const char usage[] =
	"usage: yufu verify [--trust FILE] [--status FILE] [--at TIME]\n"
	"                   [--nonce N --audience A] [--json] FILE|-\n"
	"       --trust   PEM certificates of CAs, or a JWK or JWK set\n"
	"       --status  status list tokens, one a line, as /status/N gives\n"
	"       --at      seconds UTC, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ";

struct options {
	const char *trust;
	const char *status;
	const char *at;
	const char *nonce;
	const char *audience;
	const char *file;
	bool json;
};

static bool parse_options(int argc, char **argv, struct options *out)
{
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "trust", .value = &out->trust },
		{ .name = "status", .value = &out->status },
		{ .name = "at", .value = &out->at },
		{ .name = "nonce", .value = &out->nonce },
		{ .name = "audience", .value = &out->audience },
		{ .name = "json", .flag = &out->json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc, argv, options, usage, 1, 1, &words))
		return false;
	out->file = words.at[0];
	if (!out->nonce == !out->audience)
		return true;
	(void)fprintf(stderr, "yufu: --nonce and --audience go together\n%s\n",
		      usage);
	return false;
}

/* --- what it reads --- */

static yf_err read_stdin(struct yf_arena *arena, yf_bytes *out)
{
	struct yf_buf buf = yf_buf_new(arena, 16384);

	for (;;) {
		uint8_t chunk[4096];
		const ssize_t got = read(STDIN_FILENO, chunk, sizeof(chunk));

		if (got < 0)
			return YF_FAIL(IO);
		if (!got)
			return yf_buf_bytes(&buf, out);
		if (buf.len + (size_t)got > TEXT_LEN_MAX)
			return YF_FAIL(TOO_LARGE);
		yf_buf_put(&buf, (yf_bytes){ chunk, (size_t)got });
	}
}

static yf_err load_text(struct yf_arena *arena, const char *path,
			size_t len_max, yf_str *out)
{
	yf_bytes bytes = { 0 };

	if (!strcmp(path, "-"))
		YF_TRY(read_stdin(arena, &bytes));
	else
		YF_TRY(yf_file_load(arena, path, len_max, &bytes));
	*out = yf_str_trim(yf_str_from(bytes));
	return YF_OK;
}

/* "hh:mm:ss" as seconds, or -1. */
static int64_t seconds_of_day(yf_str text)
{
	int64_t total = 0;
	yf_str piece = { 0 };
	int count = 0;

	while (yf_str_next(&text, ':', &piece)) {
		const int64_t limit = count ? 60 : 24;

		if (piece.len != 2 || piece.ptr[0] < '0' ||
		    piece.ptr[0] > '9' || piece.ptr[1] < '0' ||
		    piece.ptr[1] > '9')
			return -1;
		const int64_t value =
			(piece.ptr[0] - '0') * 10 + (piece.ptr[1] - '0');
		if (value >= limit)
			return -1;
		total = total * 60 + value;
		count++;
	}
	return count == 3 ? total : -1;
}

static yf_err parse_time(yf_str text, int64_t *out)
{
	struct yf_civil date = { 0 };
	yf_str day = { 0 };
	int64_t of_day = 0;

	if (yf_str_to_int(text, out))
		return YF_OK;
	if (yf_str_cut(&text, 'T', &day)) {
		if (!yf_str_ends(text, YF_STR("Z")))
			return YF_FAIL(SYNTAX);
		of_day = seconds_of_day((yf_str){ text.ptr, text.len - 1 });
	} else {
		day = text;
	}
	YF_TRY(yf_civil_parse(day, &date));
	if (of_day < 0 || !date.month || !date.day)
		return YF_FAIL(SYNTAX);
	*out = yf_civil_seconds(date) + of_day;
	return YF_OK;
}

static yf_err add_key(const struct yf_json *jwk, struct yf_trusted_key *out)
{
	out->kid = yf_json_text(jwk, "kid");
	return yf_jwk_parse(jwk, &out->key);
}

/* A JWK, or a set: other keys of a set than P-256 are passed over. */
static yf_err load_keys(struct yf_arena *arena, yf_str text,
			struct yf_offline_ask *ask)
{
	struct yf_trusted_key *keys =
		YF_NEW(arena, struct yf_trusted_key, KEYS_MAX);
	const struct yf_json *tree = NULL;

	if (!keys)
		return YF_FAIL(MEMORY);
	ask->keys = keys;
	YF_TRY(yf_json_parse(arena, text, &tree));
	const struct yf_json *set = yf_json_get(tree, "keys");
	if (!set) {
		YF_TRY(add_key(tree, &keys[0]));
		ask->key_count = 1;
		return YF_OK;
	}
	for (size_t i = 0; i < set->count && ask->key_count < KEYS_MAX; i++)
		if (!yf_failed(add_key(&set->items[i], &keys[ask->key_count])))
			ask->key_count++;
	return ask->key_count ? YF_OK : YF_FAIL(KEY);
}

static yf_err load_trust(struct yf_arena *arena, const char *path,
			 struct yf_trust **trust, struct yf_offline_ask *ask)
{
	yf_str text = { 0 };

	YF_TRY(load_text(arena, path, TRUST_LEN_MAX, &text));
	if (yf_str_starts(text, YF_STR("{")))
		return load_keys(arena, text, ask);
	YF_TRY(yf_trust_new(trust));
	YF_TRY(yf_trust_add_pem(*trust, text));
	ask->trust = *trust;
	return YF_OK;
}

static yf_err load_status(struct yf_arena *arena, const char *path,
			  struct yf_offline_ask *ask)
{
	yf_str *tokens = YF_NEW(arena, yf_str, STATUS_TOKENS_MAX);
	yf_str text = { 0 };
	yf_str line = { 0 };

	if (!tokens)
		return YF_FAIL(MEMORY);
	YF_TRY(load_text(arena, path, STATUS_LEN_MAX, &text));
	while (yf_str_next(&text, '\n', &line)) {
		if (!yf_str_trim(line).len)
			continue;
		if (ask->status_count == STATUS_TOKENS_MAX)
			return YF_FAIL(TOO_LARGE);
		tokens[ask->status_count++] = yf_str_trim(line);
	}
	ask->status_tokens = tokens;
	return YF_OK;
}

/* `bad` is the file or option that an error is about. */
static yf_err load_ask(struct yf_arena *arena, const struct options *options,
		       struct yf_trust **trust, struct yf_offline_ask *ask,
		       const char **bad)
{
	const struct yf_clock clock = yf_clock_system();

	ask->now_s = yf_clock_now_s(&clock);
	ask->nonce = yf_str_of(options->nonce);
	ask->audience = yf_str_of(options->audience);
	*bad = options->at;
	if (options->at)
		YF_TRY(parse_time(yf_str_of(options->at), &ask->now_s));
	*bad = options->trust;
	if (options->trust)
		YF_TRY(load_trust(arena, options->trust, trust, ask));
	*bad = options->status;
	if (options->status)
		YF_TRY(load_status(arena, options->status, ask));
	*bad = options->file;
	return load_text(arena, options->file, TEXT_LEN_MAX, &ask->text);
}

/* --- what it says --- */

static void print_claims(struct yf_arena *arena, const struct yf_json *claims)
{
	for (size_t i = 0; i < claims->count; i++) {
		const struct yf_json *item = &claims->items[i];
		struct yf_json_out out = yf_json_out_new(arena, 64);
		yf_str text = { 0 };

		yf_json_out_tree(&out, NULL, item);
		if (yf_failed(yf_json_out_end(&out, &text)))
			return;
		(void)printf("  %.*s: %.*s%s\n", YF_ARG(item->name),
			     text.len > 100 ? 100 : (int)text.len, text.ptr,
			     text.len > 100 ? "..." : "");
	}
}

static void print_text(struct yf_arena *arena, const struct yf_offline *done)
{
	const struct yf_result *result = &done->result;

	(void)printf("%s", yf_verdict_name(result->verdict));
	if (result->reason.len)
		(void)printf(" (%.*s): %.*s", YF_ARG(result->reason),
			     YF_ARG(result->advice));
	(void)printf("\nholder: %s, status: %s\n",
		     done->holder_proved ? "proved" : "unchecked",
		     yf_offline_status_name(done->status));
	if (!done->claims)
		return;
	(void)printf("type: %.*s\nissuer: %.*s\nclaims:\n", YF_ARG(done->vct),
		     YF_ARG(done->issuer));
	print_claims(arena, done->claims);
}

static int print(struct yf_arena *arena, const struct options *options,
		 const struct yf_offline *done)
{
	static const int exits[] = {
		[YF_VERDICT_ACCEPTED] = YF_EXIT_OK,
		[YF_VERDICT_REFUSED] = YF_EXIT_REFUSED,
		[YF_VERDICT_UNDETERMINED] = YF_EXIT_FAILED,
	};
	yf_str json = { 0 };

	if (!options->json)
		print_text(arena, done);
	else if (yf_failed(yf_offline_encode(arena, done, &json)))
		return YF_EXIT_FAILED;
	else
		(void)printf("%.*s\n", YF_ARG(json));
	return exits[done->result.verdict];
}

/* What could not even be read leaves it open: neither good nor bad. */
static int print_failure(struct yf_arena *arena, const struct options *options,
			 yf_err err, const char *bad)
{
	struct yf_offline done = { .status = YF_OFFLINE_STATUS_UNDETERMINED };

	const int code = yf_cli_fail("verify", err, yf_str_of(bad));

	if (!options->json ||
	    yf_failed(yf_result_of_err(arena, err, &done.result)))
		return code;
	done.result.verdict = YF_VERDICT_UNDETERMINED;
	return print(arena, options, &done);
}

int yf_cli_verify(int argc, char **argv)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	YF_AUTO(trust) trust = NULL;
	struct options options = { 0 };
	struct yf_offline_ask ask = { 0 };
	struct yf_offline done = { 0 };
	const char *bad = NULL;

	if (!parse_options(argc, argv, &options))
		return YF_EXIT_FAILED;
	if (!arena)
		return YF_EXIT_FAILED;
	yf_err err = load_ask(arena, &options, &trust, &ask, &bad);
	if (!yf_failed(err))
		err = yf_offline_check(arena, &ask, &done);
	if (yf_failed(err))
		return print_failure(arena, &options, err, bad);
	return print(arena, &options, &done);
}
