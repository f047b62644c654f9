#include "cli/args.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "cli/wallet_login.h"
#include "cli/wallet_say.h"
#include "credential/mdoc_claims.h"
#include "codec/base64url.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "holder/receive.h"
#include "holder/standing.h"

static const char usage[] =
	"usage: yufu wallet receive [URI] [--issuer URL] [--configuration ID]\n"
	"                   [--tx-code C] [--login print|browser|none]\n"
	"                   [--client-id ID] [--copies N]\n"
	"       yufu wallet present URI [--yes] [--only ID] [--follow] "
	"[--reuse]\n"
	"                   [--unregistered] [--over-asking]\n"
	"       yufu wallet list | show ID [--status] | remove ID\n"
	"       yufu wallet refresh [--early] [--ahead SECONDS]\n"
	"       each with [--dir DIR] [--home URL | --trust FILE] [--json]";

enum {
	WALLET_ARENA = 128 * 1024 * 1024,
	HOME_LEN_MAX = 4096,
	TRUST_LEN_MAX = 1024 * 1024,
	REPLY_LEN_MAX = 16 * 1024 * 1024, /* a batch with portraits */
	COPIES = 10,
	AHEAD_S = 86400,
};

struct ask {
	const char *dir;
	const char *home;
	const char *trust;
	const char *issuer;
	const char *configuration;
	const char *tx_code;
	const char *login;
	const char *client_id;
	const char *copies;
	const char *only;
	const char *ahead;
	bool yes;
	bool follow;
	bool reuse;
	bool unregistered;
	bool over_asking;
	bool early;
	bool status;
	bool json;
};

struct wallet {
	const struct ask *ask;
	const char *word; /* URI or ID; NULL for none */
	struct yf_arena *arena;
	const char *folder;
	struct yf_fetch *fetch;
	struct yf_holder *holder;
	struct yf_wallet_login *login;
	yf_str problem; /* beside an error */
	bool refused;   /* a person said no */
};

/* --- opening --- */

/* ~/.local/share/yufu/wallet with the folders above it. */
static yf_err default_folder(struct wallet *wallet)
{
	static const char *const below[] = { "/.local", "/share", "/yufu",
					     "/wallet" };
	const char *home = getenv("HOME");
	yf_str path = yf_str_of(home);

	if (!path.len) {
		wallet->problem = YF_STR("HOME is not set; give --dir");
		return YF_FAIL(CONFIG);
	}
	for (size_t i = 0; i < YF_COUNT(below); i++) {
		YF_TRY(yf_str_format(wallet->arena, &path, "%.*s%s",
				     YF_ARG(path), below[i]));
		YF_TRY(yf_file_folder(path.ptr, 0700));
	}
	wallet->folder = path.ptr;
	return YF_OK;
}

/* FOLDER/home remembers the city that was named first, until another is. */
static yf_err find_home(struct wallet *wallet, yf_str *out)
{
	yf_str path;
	yf_bytes text;

	YF_TRY(yf_str_format(wallet->arena, &path, "%s/home", wallet->folder));
	*out = yf_str_of(wallet->ask->home);
	if (out->len) {
		if (out->ptr[out->len - 1] == '/')
			out->len--;
		YF_TRY(yf_file_folder(wallet->folder, 0700));
		return yf_file_save(path.ptr, yf_bytes_of(*out), 0600);
	}
	if (!yf_file_exists(path.ptr))
		return YF_OK;
	YF_TRY(yf_file_load(wallet->arena, path.ptr, HOME_LEN_MAX, &text));
	*out = yf_str_trim(yf_str_from(text));
	return YF_OK;
}

static yf_err start_login(struct wallet *wallet,
			  struct yf_holder_options *options)
{
	const yf_str how = wallet->ask->login ? yf_str_of(wallet->ask->login)
					      : YF_STR("print");

	if (yf_str_is(how, "none"))
		return YF_OK;
	if (!yf_str_is(how, "print") && !yf_str_is(how, "browser")) {
		wallet->problem = YF_STR("--login takes print, browser, none");
		return YF_FAIL(RANGE);
	}
	YF_TRY(yf_wallet_login_start(yf_str_is(how, "browser"),
				     &wallet->login));
	options->redirect_uri = yf_wallet_login_redirect(wallet->login);
	return YF_OK;
}

static yf_err open_wallet(struct wallet *wallet, bool may_login)
{
	const struct ask *ask = wallet->ask;
	const struct yf_fetch_options fetch_options = {
		.cookies = true,
		.body_len_max = REPLY_LEN_MAX,
	};
	struct yf_holder_options options = {
		.clock = yf_clock_system(),
		.client_id = ask->client_id ? yf_str_of(ask->client_id)
					    : YF_STR("yufu-wallet"),
		.reuse = ask->reuse,
		.unregistered_too = ask->unregistered,
		.over_asking_too = ask->over_asking,
	};
	yf_bytes pem;

	wallet->folder = ask->dir;
	if (!wallet->folder)
		YF_TRY(default_folder(wallet));
	options.folder = wallet->folder;
	if (ask->trust) {
		wallet->problem = yf_str_of(ask->trust);
		YF_TRY(yf_file_load(wallet->arena, ask->trust, TRUST_LEN_MAX,
				    &pem));
		options.trust_pem = yf_str_from(pem);
	} else {
		YF_TRY(find_home(wallet, &options.home));
	}
	YF_TRY(yf_fetch_new(&fetch_options, &wallet->fetch));
	options.wire = yf_wire_of_fetch(wallet->fetch);
	if (may_login)
		YF_TRY(start_login(wallet, &options));
	wallet->problem = yf_str_of(wallet->folder);
	YF_TRY(yf_holder_open(&options, &wallet->holder));
	wallet->problem = (yf_str){ 0 };
	return YF_OK;
}

static void close_wallet(struct wallet *wallet)
{
	yf_wallet_login_stop(wallet->login);
	yf_holder_close(wallet->holder);
	yf_fetch_free(wallet->fetch);
	yf_arena_free(wallet->arena);
}

/* --- what is held --- */

static const char *format_name(yf_dcql_format format)
{
	return format == YF_DCQL_MDOC ? "mso_mdoc" : "dc+sd-jwt";
}

static void put_held(struct yf_json_out *out, const struct yf_held *held)
{
	yf_json_out_object(out, NULL);
	yf_json_out_str(out, "id", held->id);
	yf_json_out_str(out, "card", held->card);
	yf_json_out_str(out, "type", held->type);
	yf_json_out_text(out, "format", format_name(held->format));
	yf_json_out_str(out, "issuer", held->issuer);
	yf_json_out_str(out, "credential_configuration_id",
			held->configuration_id);
	yf_json_out_int(out, "expires_at", held->expires_s);
	yf_json_out_bool(out, "shown", held->shown);
	yf_json_out_close(out);
}

static void say_held(const struct yf_held *held)
{
	printf("%.*s  %s  ", YF_ARG(held->id), format_name(held->format));
	yf_wallet_say(stdout, held->type);
	printf("  %s\n", held->shown ? "shown" : "fresh");
}

static yf_err list(struct wallet *wallet)
{
	const struct yf_purse *purse = wallet->holder->purse;
	struct yf_json_out out = yf_json_out_new(wallet->arena, 4096);

	yf_json_out_object(&out, NULL);
	yf_json_out_array(&out, "credentials");
	for (size_t i = 0; i < yf_purse_count(purse); i++) {
		put_held(&out, yf_purse_at(purse, i));
		if (!wallet->ask->json)
			say_held(yf_purse_at(purse, i));
	}
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	return wallet->ask->json ? yf_print_json(&out) : YF_OK;
}

/* The first copy that is called so, by its own id or its card's. */
static yf_err find_held(struct wallet *wallet, const struct yf_held **out)
{
	const struct yf_purse *purse = wallet->holder->purse;
	const yf_str id = yf_str_of(wallet->word);

	for (size_t i = 0; i < yf_purse_count(purse); i++) {
		*out = yf_purse_at(purse, i);
		if (yf_str_eq((*out)->id, id) || yf_str_eq((*out)->card, id))
			return YF_OK;
	}
	return YF_FAIL(NOT_FOUND);
}

static yf_err read_held(struct wallet *wallet, const struct yf_held *held,
			const struct yf_json **claims,
			struct yf_status_ref *status)
{
	struct yf_issuer_signed issued;
	struct yf_vc vc;
	yf_bytes bytes;

	if (held->format == YF_DCQL_SD_JWT) {
		YF_TRY(yf_vc_peek(wallet->arena, held->text, &vc));
		*claims = vc.claims;
		*status = vc.status;
		return YF_OK;
	}
	YF_TRY(yf_base64url_decode(wallet->arena, held->text, &bytes));
	YF_TRY(yf_issuer_signed_parse(wallet->arena, bytes, &issued));
	*status = issued.mso.status;
	return yf_mdoc_claims(wallet->arena, issued.items, issued.item_count,
			      claims);
}

static yf_err show(struct wallet *wallet)
{
	struct yf_json_out out = yf_json_out_new(wallet->arena, 8192);
	struct yf_standing_list lists = { 0 };
	yf_standing standing = YF_STANDING_UNKNOWN;
	struct yf_status_ref status = { 0 };
	const struct yf_json *claims;
	const struct yf_held *held;

	YF_TRY(find_held(wallet, &held));
	YF_TRY(read_held(wallet, held, &claims, &status));
	if (wallet->ask->status)
		YF_TRY(yf_holder_standing(wallet->holder, wallet->arena,
					  &status, &lists, &standing));
	if (!wallet->ask->json) {
		say_held(held);
		yf_wallet_say_claims(stdout, claims);
		if (wallet->ask->status)
			printf("    status: %s\n", yf_standing_name(standing));
		return YF_OK;
	}
	yf_json_out_object(&out, NULL);
	yf_json_out_key(&out, YF_STR("credential"));
	put_held(&out, held);
	yf_json_out_tree(&out, "claims", claims);
	yf_json_out_str(&out, "text", held->text);
	if (wallet->ask->status)
		yf_json_out_text(&out, "status", yf_standing_name(standing));
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static yf_err remove_held(struct wallet *wallet)
{
	struct yf_purse *purse = wallet->holder->purse;
	struct yf_json_out out = yf_json_out_new(wallet->arena, 64);
	const struct yf_held *held;
	int64_t count = 0;

	YF_TRY(find_held(wallet, &held));
	do {
		YF_TRY(yf_purse_remove(purse, held));
		count++;
	} while (!yf_failed(find_held(wallet, &held)));
	fprintf(stderr, "removed: %lld\n", (long long)count);
	yf_json_out_object(&out, NULL);
	yf_json_out_int(&out, "removed", count);
	yf_json_out_close(&out);
	return wallet->ask->json ? yf_print_json(&out) : YF_OK;
}

/* --- getting --- */

static void put_received(struct yf_json_out *out,
			 const struct yf_received *received)
{
	yf_json_out_array(out, "received");
	for (size_t i = 0; i < received->count; i++)
		put_held(out, received->held[i]);
	yf_json_out_close(out);
	yf_json_out_int(out, "waiting", (int64_t)received->waiting);
	if (received->waiting)
		yf_json_out_int(out, "interval", received->interval_s);
	yf_json_out_int(out, "skipped", (int64_t)received->skipped);
}

static void say_received(const struct yf_received *received)
{
	for (size_t i = 0; i < received->count; i++)
		say_held(received->held[i]);
	if (received->skipped)
		fprintf(stderr, "%zu offered that this wallet cannot hold\n",
			received->skipped);
	if (received->waiting)
		fprintf(stderr,
			"%zu will be issued later: `yufu wallet refresh` in "
			"%lld s or any time after\n",
			received->waiting, (long long)received->interval_s);
}

static bool take_number(const char *text, int64_t standard, int64_t max,
			int64_t *out)
{
	*out = standard;
	return !text || (yf_str_to_int(yf_str_of(text), out) && *out >= 0 &&
			 *out <= max);
}

static yf_err receive(struct wallet *wallet)
{
	const struct ask *ask = wallet->ask;
	struct yf_json_out out = yf_json_out_new(wallet->arena, 8192);
	struct yf_login login = { 0 };
	struct yf_received received;
	int64_t copies;

	if (!take_number(ask->copies, COPIES, YF_RECEIVE_BATCH_MAX, &copies)) {
		wallet->problem = YF_STR("--copies takes 1 to 64");
		return YF_FAIL(RANGE);
	}
	if (wallet->login)
		login = yf_wallet_login_of(wallet->login);
	const struct yf_receive_ask receive_ask = {
		.link = yf_str_of(wallet->word),
		.issuer = ask->issuer ? yf_str_of(ask->issuer)
				      : wallet->holder->options.home,
		.configuration_id = yf_str_of(ask->configuration),
		.all = wallet->word != NULL,
		.tx_code = yf_str_of(ask->tx_code),
		.login = wallet->login ? &login : NULL,
		.copies = (size_t)copies,
	};
	const yf_err err = yf_holder_receive(wallet->holder, wallet->arena,
					     &receive_ask, &received);
	if (err.code == YF_CODE_MISSING && !ask->tx_code)
		wallet->problem = YF_STR("if the offer came with a transaction "
					 "code, give it with --tx-code");
	YF_TRY(err);
	if (!ask->json) {
		say_received(&received);
		return YF_OK;
	}
	yf_json_out_object(&out, NULL);
	put_received(&out, &received);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static yf_err refresh(struct wallet *wallet)
{
	struct yf_json_out out = yf_json_out_new(wallet->arena, 8192);
	struct yf_refresh_ask ask = { .early = wallet->ask->early };
	struct yf_refreshed done;

	if (!take_number(wallet->ask->ahead, AHEAD_S, INT32_MAX,
			 &ask.ahead_s)) {
		wallet->problem = YF_STR("--ahead takes seconds");
		return YF_FAIL(RANGE);
	}
	YF_TRY(yf_holder_refresh(wallet->holder, wallet->arena, &ask, &done));
	if (!wallet->ask->json)
		say_received(&done.received);
	fprintf(stderr, "renewed: %zu, failed: %zu\n", done.renewed,
		done.failed);
	yf_json_out_object(&out, NULL);
	put_received(&out, &done.received);
	yf_json_out_int(&out, "renewed", (int64_t)done.renewed);
	yf_json_out_int(&out, "failed", (int64_t)done.failed);
	if (done.failed)
		yf_json_out_text(&out, "error", yf_err_name(done.why));
	yf_json_out_close(&out);
	if (wallet->ask->json)
		YF_TRY(yf_print_json(&out));
	if (done.failed)
		(void)yf_cli_fail("wallet", done.why, wallet->problem);
	wallet->refused = done.failed > 0;
	return YF_OK;
}

/* --- showing --- */

static bool agrees(const struct wallet *wallet)
{
	char line[16];

	if (wallet->ask->yes)
		return true;
	fprintf(stderr, "Show this? [y/N] ");
	return fgets(line, sizeof(line), stdin) &&
	       (line[0] == 'y' || line[0] == 'Y') &&
	       (line[1] == '\n' || line[1] == '\0');
}

static yf_err print_presented(struct wallet *wallet,
			      const struct yf_request *request,
			      const struct yf_choices *choices, bool sent,
			      yf_str redirect_uri)
{
	struct yf_json_out out = yf_json_out_new(wallet->arena, 8192);

	if (!wallet->ask->json) {
		if (redirect_uri.len) {
			yf_wallet_say(stdout, redirect_uri);
			putchar('\n');
		}
		return YF_OK;
	}
	yf_json_out_object(&out, NULL);
	yf_json_out_object(&out, "verifier");
	yf_json_out_str(&out, "client_id", request->object.client_id);
	yf_json_out_str(&out, "name",
			request->registered ? request->registration.name
					    : request->object.name);
	yf_json_out_bool(&out, "registered", request->registered);
	yf_json_out_bool(&out, "over_asking", request->over_asked);
	if (request->registered) {
		yf_json_out_str(&out, "purpose",
				yf_wallet_purpose(&request->registration));
		yf_json_out_int(&out, "retention_s",
				request->registration.retention_s);
	}
	yf_json_out_close(&out);
	yf_json_out_array(&out, "presentations");
	for (size_t i = 0; i < choices->count; i++) {
		yf_json_out_object(&out, NULL);
		yf_json_out_str(&out, "query", choices->at[i].query->id);
		yf_json_out_str(&out, "id", choices->at[i].held->id);
		yf_json_out_str(&out, "type", choices->at[i].held->type);
		yf_json_out_tree(&out, "claims", choices->at[i].claims);
		yf_json_out_close(&out);
	}
	yf_json_out_close(&out);
	yf_json_out_bool(&out, "sent", sent);
	if (redirect_uri.len)
		yf_json_out_str(&out, "redirect_uri", redirect_uri);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

/* The redirect is the person's way on: what it answers is of no account. */
static yf_err follow(struct wallet *wallet, yf_str redirect_uri)
{
	const struct yf_fetch_ask ask = { .url = redirect_uri };
	struct yf_fetched reply;

	return yf_wire_send(&wallet->holder->options.wire, wallet->arena, &ask,
			    &reply);
}

static yf_err answer(struct wallet *wallet, const struct yf_request *request,
		     const struct yf_choices *choices)
{
	yf_str redirect_uri = { 0 };
	yf_str form;

	yf_wallet_say_request(stderr, request, choices);
	wallet->refused = !agrees(wallet);
	if (wallet->refused)
		YF_TRY(yf_holder_decline(wallet->arena, request, &form));
	else
		YF_TRY(yf_holder_answer(wallet->holder, wallet->arena, request,
					choices, &form));
	YF_TRY(yf_holder_post(wallet->holder, wallet->arena, request, form,
			      &redirect_uri));
	if (wallet->refused)
		fprintf(stderr, "Nothing was shown; the verifier was told.\n");
	if (redirect_uri.len && wallet->ask->follow)
		YF_TRY(follow(wallet, redirect_uri));
	return print_presented(wallet, request, choices, !wallet->refused,
			       redirect_uri);
}

static yf_err present(struct wallet *wallet)
{
	struct yf_vp_refusal refusal = { 0 };
	struct yf_request request;
	struct yf_choices choices;
	yf_err err =
		yf_holder_read(wallet->holder, wallet->arena,
			       yf_str_of(wallet->word), &refusal, &request);

	if (!yf_failed(err)) {
		refusal.error = "access_denied";
		err = yf_holder_choose(wallet->holder, wallet->arena, &request,
				       yf_str_of(wallet->ask->only), &choices);
	}
	if (yf_failed(err)) {
		yf_holder_refuse(wallet->holder, wallet->arena, &refusal);
		return err;
	}
	return answer(wallet, &request, &choices);
}

/* --- the verb --- */

static const struct act {
	const char *name;
	yf_err (*run)(struct wallet *wallet);
	size_t min; /* words behind it */
	size_t max;
	bool may_login;
	bool asks; /* others: whom to believe must be known */
} acts[] = {
	{ "receive", receive, 0, 1, true, true },
	{ "present", present, 1, 1, false, true },
	{ "list", list, 0, 0, false, false },
	{ "show", show, 1, 1, false, false },
	{ "refresh", refresh, 0, 0, false, true },
	{ "remove", remove_held, 1, 1, false, false },
};

/* No answer at all is 2, as for verify: nothing was decided. */
static int exit_code(yf_err err)
{
	const yf_kind kind = yf_err_kind(err);

	return kind == YF_KIND_UNAVAILABLE || kind == YF_KIND_INTERNAL ||
			       err.code == YF_CODE_CONFIG
		       ? YF_EXIT_FAILED
		       : YF_EXIT_REFUSED;
}

static int fail(const struct wallet *wallet, yf_err err)
{
	struct yf_json_out out = yf_json_out_new(wallet->arena, 512);
	const yf_str name = yf_str_of(yf_err_name(err));
	yf_str lower = name;

	(void)yf_cli_fail("wallet", err, wallet->problem);
	if (wallet->ask->json &&
	    !yf_failed(yf_str_lower(wallet->arena, name, &lower))) {
		yf_json_out_object(&out, NULL);
		yf_json_out_str(&out, "error", lower);
		yf_json_out_text(&out, "text", yf_err_text(err));
		yf_json_out_text(&out, "advice", yf_err_advice(err));
		yf_json_out_close(&out);
		if (yf_failed(yf_print_json(&out)))
			return YF_EXIT_FAILED;
	}
	return exit_code(err);
}

static const struct act *find_act(int argc, char **argv)
{
	for (size_t i = 0; argc > 0 && i < YF_COUNT(acts); i++)
		if (strcmp(argv[0], acts[i].name) == 0)
			return &acts[i];
	fprintf(stderr, "%s\n", usage);
	return NULL;
}

static yf_err check_trust(struct wallet *wallet)
{
	if (wallet->ask->trust || wallet->holder->options.home.len)
		return YF_OK;
	wallet->problem = YF_STR("say whom to believe, once: --home URL of "
				 "your city, or --trust FILE");
	return YF_FAIL(UNTRUSTED);
}

static int run(const struct act *act, const struct ask *ask, const char *word)
{
	struct wallet wallet = { .ask = ask, .word = word };
	int code = YF_EXIT_OK;

	wallet.arena = yf_arena_new(WALLET_ARENA);
	if (!wallet.arena)
		return YF_EXIT_FAILED;
	yf_err err = open_wallet(&wallet, act->may_login);
	if (!yf_failed(err) && act->asks)
		err = check_trust(&wallet);
	if (!yf_failed(err))
		err = act->run(&wallet);
	if (yf_failed(err))
		code = fail(&wallet, err);
	else if (wallet.refused)
		code = YF_EXIT_REFUSED;
	close_wallet(&wallet);
	return code;
}

int yf_cli_wallet(int argc, char **argv)
{
	const struct act *act = find_act(argc, argv);
	struct ask ask = { 0 };
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "dir", .value = &ask.dir },
		{ .name = "home", .value = &ask.home },
		{ .name = "trust", .value = &ask.trust },
		{ .name = "issuer", .value = &ask.issuer },
		{ .name = "configuration", .value = &ask.configuration },
		{ .name = "tx-code", .value = &ask.tx_code },
		{ .name = "login", .value = &ask.login },
		{ .name = "client-id", .value = &ask.client_id },
		{ .name = "copies", .value = &ask.copies },
		{ .name = "only", .value = &ask.only },
		{ .name = "ahead", .value = &ask.ahead },
		{ .name = "yes", .flag = &ask.yes },
		{ .name = "follow", .flag = &ask.follow },
		{ .name = "reuse", .flag = &ask.reuse },
		{ .name = "unregistered", .flag = &ask.unregistered },
		{ .name = "over-asking", .flag = &ask.over_asking },
		{ .name = "early", .flag = &ask.early },
		{ .name = "status", .flag = &ask.status },
		{ .name = "json", .flag = &ask.json },
		{ .name = NULL },
	};

	if (!act || !yf_args_parse(argc - 1, argv + 1, options, usage, act->min,
				   act->max, &words))
		return YF_EXIT_FAILED;
	return run(act, &ask, words.count ? words.at[0] : NULL);
}
