#include "cli/args.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "server/home.h"
#include "server/key_files.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "codec/hex.h"
#include "crypto/hash.h"

static const char usage[] =
	"usage: yufu key list DIR [--json]\n"
	"       yufu key rotate DIR issuer|registrar [--delay SECONDS]"
	" [--json]\n"
	"       yufu key prune DIR [--json]";

static const char *const roles[] = { "issuer", "registrar" };

static yf_err put_file(struct yf_arena *arena, struct yf_json_out *out,
		       const struct yf_key_file *file)
{
	uint8_t hash[YF_SHA256_LEN];
	yf_str hex;

	yf_sha256(file->certificate, hash);
	YF_TRY(yf_hex_encode(arena, (yf_bytes){ hash, sizeof(hash) }, &hex));
	yf_json_out_object(out, NULL);
	yf_json_out_str(out, "name", file->name);
	yf_json_out_text(out, "state", yf_key_state_name(file->state));
	yf_json_out_bool(out, "private_key", file->has_key);
	yf_json_out_int(out, "signs_from", file->from_s);
	yf_json_out_int(out, "ends", file->until_s);
	yf_json_out_str(out, "certificate_sha256", hex);
	yf_json_out_close(out);
	return YF_OK;
}

static yf_err print_file(struct yf_arena *arena, const struct yf_key_file *file)
{
	yf_str from, until;

	YF_TRY(yf_civil_format(arena, yf_civil_of(file->from_s), &from));
	YF_TRY(yf_civil_format(arena, yf_civil_of(file->until_s), &until));
	printf("%-14.*s %-8s from %.*s, ends %.*s%s\n", YF_ARG(file->name),
	       yf_key_state_name(file->state), YF_ARG(from), YF_ARG(until),
	       file->has_key ? "" : ", certificate only");
	return YF_OK;
}

/* What it signs must not end before the card that it is on. */
static void advise(const struct yf_env *env, const struct yf_key_file *file)
{
	const int64_t latest_s =
		file->until_s - (env->settings.card_days + 30) * YF_DAY_S;

	if (file->state == YF_KEY_SIGNS && latest_s < yf_env_now_s(env))
		fprintf(stderr,
			"%.*s ends soon, and with it what it signs: yufu key"
			" rotate DIR %.*s\n",
			YF_ARG(file->name), (int)strcspn(file->name.ptr, "-"),
			file->name.ptr);
}

static struct yf_key_place place_of(struct yf_home *home)
{
	return (struct yf_key_place){ home->key_folder, &home->problem };
}

static yf_err list(struct yf_home *home, bool json)
{
	const struct yf_key_place place = place_of(home);
	struct yf_json_out out = yf_json_out_new(home->arena, 1024);

	yf_json_out_object(&out, NULL);
	yf_json_out_array(&out, "keys");
	for (size_t r = 0; r < YF_COUNT(roles); r++) {
		struct yf_key_file *files = NULL;
		size_t count = 0;

		YF_TRY(yf_key_files_scan(home->arena, &place, roles[r],
					 yf_env_now_s(&home->env), &files,
					 &count));
		for (size_t i = 0; i < count; i++) {
			advise(&home->env, &files[i]);
			YF_TRY(put_file(home->arena, &out, &files[i]));
			if (!json)
				YF_TRY(print_file(home->arena, &files[i]));
		}
	}
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	return json ? yf_print_json(&out) : YF_OK;
}

static yf_err rotate(struct yf_home *home, const char *role, const char *delay,
		     bool json)
{
	struct yf_json_out out = yf_json_out_new(home->arena, 512);
	struct yf_key_file next = { .from_s = 0 };
	int64_t delay_s = YF_KEY_DELAY_S;

	if (delay && !yf_str_to_int(yf_str_of(delay), &delay_s))
		return YF_FAIL(RANGE);
	const struct yf_key_place place = place_of(home);
	const yf_err err = yf_key_rotate(&home->env, home->arena, &place,
					 yf_str_of(role), delay_s, &next);
	if (err.code == YF_CODE_CONFLICT)
		YF_TRY(yf_str_format(
			home->arena, &home->problem,
			"%.*s is announced already and signs in"
			" %lld s: wait for it",
			YF_ARG(next.name),
			(long long)(next.from_s - yf_env_now_s(&home->env))));
	YF_TRY(err);
	fprintf(stderr,
		"%.*s is announced and signs in %lld s.  A server that runs"
		" sees it within a minute, or at once on SIGHUP.\n",
		YF_ARG(next.name), (long long)delay_s);
	if (!json)
		return print_file(home->arena, &next);
	YF_TRY(put_file(home->arena, &out, &next));
	return yf_print_json(&out);
}

static yf_err prune(struct yf_home *home, bool json)
{
	const struct yf_key_place place = place_of(home);
	struct yf_json_out out = yf_json_out_new(home->arena, 128);
	size_t total = 0;

	for (size_t r = 0; r < YF_COUNT(roles); r++) {
		size_t removed = 0;

		YF_TRY(yf_key_prune(&home->env, home->arena, &place,
				    yf_str_of(roles[r]), &removed));
		total += removed;
	}
	fprintf(stderr, "%zu files removed\n", total);
	if (!json)
		return YF_OK;
	yf_json_out_object(&out, NULL);
	yf_json_out_int(&out, "removed", (int64_t)total);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static yf_err run(struct yf_home *home, const struct yf_words *words,
		  const char *delay, bool json)
{
	if (strcmp(words->at[0], "list") == 0)
		return list(home, json);
	if (strcmp(words->at[0], "rotate") == 0)
		return rotate(home, words->at[2], delay, json);
	return prune(home, json);
}

static bool is_understood(const struct yf_words *words, const char *delay)
{
	const char *what = words->at[0];

	if (strcmp(what, "rotate") == 0)
		return words->count == 3;
	return words->count == 2 && !delay &&
	       (strcmp(what, "list") == 0 || strcmp(what, "prune") == 0);
}

int yf_cli_key(int argc, char **argv)
{
	const char *delay = NULL;
	bool json = false;
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "delay", .value = &delay },
		{ .name = "json", .flag = &json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc, argv, options, usage, 2, 3, &words))
		return YF_EXIT_FAILED;
	if (!is_understood(&words, delay)) {
		fprintf(stderr, "%s\n", usage);
		return YF_EXIT_FAILED;
	}
	YF_AUTO(home) home = NULL;
	yf_err err = yf_home_open(words.at[1], false, &home);
	if (!yf_failed(err))
		err = run(home, &words, delay, json);
	return yf_failed(err)
		       ? yf_cli_fail("key", err,
				     home ? home->problem : (yf_str){ NULL, 0 })
		       : YF_EXIT_OK;
}
