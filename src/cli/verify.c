#include "cli/args.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <unistd.h>
#include <yufu/verify.h>

#include "base/civil.h"
#include "base/file.h"
#include "check/result.h"

/*
 * Checks a card, a presentation of it, a tally or a status list with no
 * network: libyufu with files around it.  The exit code: 0 accepted, 1
 * refused, 2 could not tell (a usage error too).
 */
enum { ARENA_LEN = 32 * 1024 * 1024 };

static const char usage[] =
	"usage: yufu verify [--trust FILE] [--bundle FILE] [--status FILE]\n"
	"                   [--at TIME] [--type TYPE] [--purpose NAME]\n"
	"                   [--nonce N --audience A [--response-uri URI]\n"
	"                   [--thumbprint T] | --transcript FILE]\n"
	"                   [--json] FILE|-\n"
	"       --trust   PEM certificates of CAs, a JWK or JWK set, or a\n"
	"                 trust list as /trust gives it\n"
	"       --bundle  what /bundle gives\n"
	"       --status  status list tokens, one a line, as /status/N gives\n"
	"       --at      seconds UTC, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ";

struct options {
	const char *trust;
	const char *bundle;
	const char *status;
	const char *at;
	const char *type;
	const char *purpose;
	const char *nonce;
	const char *audience;
	const char *response_uri;
	const char *thumbprint;
	const char *transcript;
	const char *file;
	bool json;
};

static bool parse_options(int argc, char **argv, struct options *out)
{
	struct yf_words words;
	const char *wrong = NULL;
	const struct yf_option options[] = {
		{ .name = "trust", .value = &out->trust },
		{ .name = "bundle", .value = &out->bundle },
		{ .name = "status", .value = &out->status },
		{ .name = "at", .value = &out->at },
		{ .name = "type", .value = &out->type },
		{ .name = "purpose", .value = &out->purpose },
		{ .name = "nonce", .value = &out->nonce },
		{ .name = "audience", .value = &out->audience },
		{ .name = "response-uri", .value = &out->response_uri },
		{ .name = "thumbprint", .value = &out->thumbprint },
		{ .name = "transcript", .value = &out->transcript },
		{ .name = "json", .flag = &out->json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc, argv, options, usage, 1, 1, &words))
		return false;
	out->file = words.at[0];
	if (!out->nonce != !out->audience)
		wrong = "--nonce and --audience go together";
	else if ((out->response_uri || out->thumbprint) && !out->nonce)
		wrong = "--response-uri and --thumbprint need --nonce";
	else if (out->transcript && out->nonce)
		wrong = "--transcript takes the place of --nonce";
	if (!wrong)
		return true;
	(void)fprintf(stderr, "yufu: %s\n%s\n", wrong, usage);
	return false;
}

/* --- what could not be done --- */

/* `file` is what it is about; `error` is the library's when `err` is OK. */
struct trouble {
	yf_err err;
	int error;
	const char *file;
};

static struct trouble trouble_of(const char *file, yf_err err, int error)
{
	return (struct trouble){ err, error, file };
}

static bool is_trouble(const struct trouble *trouble)
{
	return yf_failed(trouble->err) || trouble->error;
}

static const char *reason_of_error(int error)
{
	static const char *const reasons[] = {
		[-YUFU_OK] = "ok",
		[-YUFU_BAD_ARGUMENT] = "range",
		[-YUFU_NO_MEMORY] = "memory",
		[-YUFU_BAD_FORMAT] = "syntax",
		[-YUFU_TOO_LARGE] = "too_large",
		[-YUFU_BAD_KEY] = "key",
		[-YUFU_BAD_SIGNATURE] = "signature",
		[-YUFU_UNTRUSTED] = "untrusted",
		[-YUFU_EXPIRED] = "expired",
		[-YUFU_NOT_YET] = "not_yet",
		[-YUFU_OLDER] = "replayed",
		[-YUFU_UNSUPPORTED] = "unsupported",
		[-YUFU_INTERNAL] = "crypto",
	};

	return reasons[-error];
}

/* What could not even be read leaves it open: neither good nor bad. */
static int print_trouble(struct yf_arena *arena, bool json,
			 const struct trouble *trouble)
{
	struct yf_json_out out = yf_json_out_new(arena, 512);
	const bool ours = yf_failed(trouble->err);
	yf_str reason = yf_str_of(ours ? "" : reason_of_error(trouble->error));
	const char *advice = ours ? yf_err_advice(trouble->err)
				  : yufu_error_text(trouble->error);
	yf_str text = { 0 };

	if (ours)
		(void)yf_cli_fail("verify", trouble->err,
				  yf_str_of(trouble->file));
	else
		(void)fprintf(stderr, "yufu: verify: %s: %s\n", trouble->file,
			      advice);
	if (!json ||
	    (ours && yf_failed(yf_reason_of(arena, trouble->err, &reason))))
		return YF_EXIT_FAILED;
	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "verdict", "undetermined");
	yf_json_out_str(&out, "reason", reason);
	yf_json_out_text(&out, "advice", advice);
	yf_json_out_text(&out, "file", trouble->file);
	yf_json_out_null(&out, "claims");
	yf_json_out_text(&out, "holder", "unchecked");
	yf_json_out_text(&out, "status", "undetermined");
	yf_json_out_array(&out, "steps");
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	if (!yf_failed(yf_json_out_end(&out, &text)))
		(void)printf("%.*s\n", YF_ARG(text));
	return YF_EXIT_FAILED;
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
		if (buf.len + (size_t)got > YUFU_INPUT_LEN_MAX)
			return YF_FAIL(TOO_LARGE);
		yf_buf_put(&buf, (yf_bytes){ chunk, (size_t)got });
	}
}

static yf_err load(struct yf_arena *arena, const char *path, size_t len_max,
		   yf_bytes *out)
{
	if (!strcmp(path, "-"))
		return read_stdin(arena, out);
	return yf_file_load(arena, path, len_max, out);
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

static struct trouble load_trust(struct yf_arena *arena, const char *path,
				 struct yufu_verifier *verifier, int64_t now_s)
{
	yf_bytes bytes = { 0 };
	const yf_err err = load(arena, path, YUFU_TRUST_LEN_MAX, &bytes);

	return trouble_of(path, err,
			  yf_failed(err)
				  ? 0
				  : yufu_verifier_trust(verifier, bytes.ptr,
							bytes.len, now_s));
}

static struct trouble load_bundle(struct yf_arena *arena, const char *path,
				  struct yufu_verifier *verifier, int64_t now_s)
{
	yf_bytes bytes = { 0 };
	const yf_err err = load(arena, path, YUFU_BUNDLE_LEN_MAX, &bytes);

	return trouble_of(path, err,
			  yf_failed(err)
				  ? 0
				  : yufu_verifier_bundle(verifier, bytes.ptr,
							 bytes.len, now_s));
}

/* A CWT is a file of its own: tag 18 is no text. */
static bool is_cwt(yf_bytes bytes)
{
	enum { TAG_18 = 0xd2 };

	return bytes.len && bytes.ptr[0] == TAG_18;
}

static struct trouble load_status(struct yf_arena *arena, const char *path,
				  struct yufu_verifier *verifier)
{
	yf_bytes bytes = { 0 };
	yf_str line = { 0 };
	int error = 0;

	const yf_err err = load(arena, path, YUFU_STATUS_LEN_MAX, &bytes);
	if (yf_failed(err))
		return trouble_of(path, err, 0);
	if (is_cwt(bytes))
		return trouble_of(
			path, YF_OK,
			yufu_verifier_status(verifier, bytes.ptr, bytes.len));
	yf_str text = yf_str_from(bytes);
	while (!error && yf_str_next(&text, '\n', &line)) {
		line = yf_str_trim(line);
		if (line.len)
			error = yufu_verifier_status(verifier, line.ptr,
						     line.len);
	}
	return trouble_of(path, YF_OK, error);
}

static struct trouble load_ask(struct yf_arena *arena,
			       const struct options *options,
			       struct yufu_ask *ask)
{
	yf_bytes transcript = { 0 };
	yf_err err = YF_OK;

	*ask = (struct yufu_ask){
		.size = sizeof(*ask),
		.type = options->type,
		.nonce = options->nonce,
		.audience = options->audience,
		.response_uri = options->response_uri,
		.thumbprint = options->thumbprint,
		.purpose = options->purpose,
	};
	if (options->at)
		err = parse_time(yf_str_of(options->at), &ask->now_s);
	if (yf_failed(err))
		return trouble_of(options->at, err, 0);
	if (options->transcript)
		err = load(arena, options->transcript, YUFU_TRANSCRIPT_LEN_MAX,
			   &transcript);
	ask->transcript = transcript.ptr;
	ask->transcript_len = transcript.len;
	return trouble_of(options->transcript, err, 0);
}

static struct trouble load_all(struct yf_arena *arena,
			       const struct options *options,
			       struct yufu_verifier *verifier,
			       struct yufu_ask *ask, yf_bytes *shown)
{
	struct trouble trouble = load_ask(arena, options, ask);

	if (!is_trouble(&trouble) && options->trust)
		trouble =
			load_trust(arena, options->trust, verifier, ask->now_s);
	if (!is_trouble(&trouble) && options->bundle)
		trouble = load_bundle(arena, options->bundle, verifier,
				      ask->now_s);
	if (!is_trouble(&trouble) && options->status)
		trouble = load_status(arena, options->status, verifier);
	if (!is_trouble(&trouble))
		trouble = trouble_of(
			options->file,
			load(arena, options->file, YUFU_INPUT_LEN_MAX, shown),
			0);
	return trouble;
}

/* --- what it asks --- */

static bool is_jws(yf_str text)
{
	return yf_str_starts(text, YF_STR("eyJ")) &&
	       yf_str_count(text, '.') == 2 && !yf_str_count(text, '~');
}

static int ask_for(struct yufu_verifier *verifier, yf_bytes shown,
		   const struct yufu_ask *ask, struct yufu_result **out)
{
	const yf_str text = yf_str_trim(yf_str_from(shown));

	if (yf_str_starts(text, YF_STR("YF1:")))
		return yufu_verify_tally(verifier, text.ptr, text.len, ask,
					 out);
	if (!is_cwt(shown) && !is_jws(text))
		return yufu_verify_presentation(verifier, shown.ptr, shown.len,
						ask, out);
	const int error = yufu_verifier_status(verifier, shown.ptr, shown.len);
	return error ? error : yufu_verify_status(verifier, NULL, -1, ask, out);
}

/* --- what it says --- */

static const char *member(struct yufu_result *result, const char *path)
{
	const char *text = yufu_result_text(result, path);

	return text ? text : "";
}

/* On a terminal: what strangers wrote must not move its cursor. */
static void put_clean(const char *text)
{
	for (const uint8_t *at = (const uint8_t *)text; *at; at++) {
		const bool c1 = at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0;

		(void)putchar(*at < ' ' || *at == 0x7f || c1 ? '?' : *at);
		at += c1;
	}
}

static void print_line(const char *label, const char *text)
{
	(void)printf("%s", label);
	put_clean(text);
	(void)printf("\n");
}

static void print_steps(struct yufu_result *result)
{
	for (unsigned i = 0; i < 16; i++) {
		char path[32];
		char at[48];

		(void)snprintf(path, sizeof(path), "steps.%u", i);
		if (!yufu_result_text(result, path))
			return;
		(void)snprintf(at, sizeof(at), "%s.step", path);
		(void)printf("  %-12s", member(result, at));
		(void)snprintf(at, sizeof(at), "%s.result", path);
		(void)printf("%-12s", member(result, at));
		(void)snprintf(at, sizeof(at), "%s.detail", path);
		print_line("", member(result, at));
	}
}

static void print_claims(struct yf_arena *arena, struct yufu_result *result)
{
	const struct yf_json *claims = NULL;

	if (yf_failed(yf_json_parse(arena, yf_str_of(member(result, "claims")),
				    &claims)))
		return;
	(void)printf("claims:\n");
	for (size_t i = 0; i < claims->count; i++) {
		const struct yf_json *item = &claims->items[i];
		struct yf_json_out out = yf_json_out_new(arena, 64);
		char name[128];
		char value[256];
		yf_str text = { 0 };

		yf_json_out_tree(&out, NULL, item);
		if (yf_failed(yf_json_out_end(&out, &text)))
			return;
		(void)printf("  ");
		(void)snprintf(name, sizeof(name), "%.*s", YF_ARG(item->name));
		put_clean(name);
		(void)snprintf(value, sizeof(value), "%.*s", YF_ARG(text));
		print_line(": ", value);
	}
}

static void print_text(struct yf_arena *arena, struct yufu_result *result)
{
	(void)printf("%s", member(result, "verdict"));
	if (yufu_result_text(result, "reason")) {
		(void)printf(" (%s)\n", member(result, "reason"));
		(void)printf("what to do: ");
		put_clean(member(result, "advice"));
	}
	(void)printf("\n");
	print_steps(result);
	if (yufu_result_text(result, "type"))
		print_line("type: ", member(result, "type"));
	if (yufu_result_text(result, "issuer"))
		print_line("issuer: ", member(result, "issuer"));
	if (yufu_result_text(result, "claims"))
		print_claims(arena, result);
}

static int print(struct yf_arena *arena, bool json, struct yufu_result *result)
{
	static const int exits[] = {
		[YUFU_ACCEPTED] = YF_EXIT_OK,
		[YUFU_REFUSED] = YF_EXIT_REFUSED,
		[YUFU_UNDETERMINED] = YF_EXIT_FAILED,
	};

	if (json)
		(void)printf("%s\n", member(result, NULL));
	else
		print_text(arena, result);
	return exits[yufu_result_verdict(result)];
}

static int verify(struct yf_arena *arena, const struct options *options,
		  struct yufu_verifier *verifier)
{
	struct yufu_result *result = NULL;
	struct yufu_ask ask;
	yf_bytes shown = { 0 };

	struct trouble trouble =
		load_all(arena, options, verifier, &ask, &shown);
	if (!is_trouble(&trouble) && !shown.len)
		trouble = trouble_of(options->file, YF_FAIL(MISSING), 0);
	if (!is_trouble(&trouble))
		trouble = trouble_of(options->file, YF_OK,
				     ask_for(verifier, shown, &ask, &result));
	if (is_trouble(&trouble))
		return print_trouble(arena, options->json, &trouble);
	const int code = print(arena, options->json, result);
	yufu_result_free(result);
	return code;
}

int yf_cli_verify(int argc, char **argv)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	struct yufu_verifier *verifier = NULL;
	struct options options = { 0 };

	if (!parse_options(argc, argv, &options))
		return YF_EXIT_FAILED;
	if (!arena || yufu_verifier_new(&verifier))
		return YF_EXIT_FAILED;
	const int code = verify(arena, &options, verifier);
	yufu_verifier_free(verifier);
	return code;
}
