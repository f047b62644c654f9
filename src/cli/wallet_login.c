#include "cli/wallet_login.h"

#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "http/listen.h"
#include "http/reply.h"

enum { WAIT_S = 600, GRACE_MS = 500, ANSWER_LEN_MAX = 4096 };

extern char **environ;

struct yf_wallet_login {
	struct yf_listener *listener;
	pthread_mutex_t mutex;
	pthread_cond_t arrived;
	bool open;
	char redirect[64];
	char answer[ANSWER_LEN_MAX]; /* the query of the browser's return */
	size_t answer_len;
};

static const char page[] =
	"<!doctype html><title>yufu wallet</title>"
	"<p>Done. You can close this page and go back to the terminal.";

/* http hands its `env` through and never looks: here it is the login. */
static struct yf_wallet_login *login_of(const struct yf_env *env)
{
	union {
		const struct yf_env *env;
		struct yf_wallet_login *login;
	} handed = { .env = env };

	return handed.login;
}

/* The first return counts; whether it is ours, its `state` says. */
static yf_err take_return(const struct yf_env *env, struct yf_exchange *x,
			  struct yf_reply *reply)
{
	struct yf_wallet_login *login = login_of(env);
	yf_str rest = x->target;
	yf_str path;

	if (!yf_str_cut(&rest, '?', &path) || rest.len > ANSWER_LEN_MAX)
		return YF_FAIL(INVALID_REQUEST);
	pthread_mutex_lock(&login->mutex);
	if (!login->answer_len) {
		memcpy(login->answer, rest.ptr, rest.len);
		login->answer_len = rest.len;
		pthread_cond_signal(&login->arrived);
	}
	pthread_mutex_unlock(&login->mutex);
	yf_reply_text(reply, 200, "text/html; charset=utf-8", YF_STR(page));
	return YF_OK;
}

static const struct yf_route routes[] = {
	{ YF_GET, "/callback", take_return, 0, NULL, YF_ROUTE_PLAIN },
};
static const struct yf_routes tables[] = { YF_ROUTES(routes) };

void yf_wallet_login_stop(struct yf_wallet_login *login)
{
	if (!login)
		return;
	if (login->listener)
		yf_listen_stop(login->listener, GRACE_MS);
	pthread_cond_destroy(&login->arrived);
	pthread_mutex_destroy(&login->mutex);
	free(login);
}

void yf_wallet_login_cleanup(struct yf_wallet_login **login)
{
	yf_wallet_login_stop(*login);
}

yf_err yf_wallet_login_start(bool open, struct yf_wallet_login **out)
{
	YF_AUTO(wallet_login) login = calloc(1, sizeof(*login));

	if (!login)
		return YF_FAIL(MEMORY);
	pthread_mutex_init(&login->mutex, NULL);
	pthread_cond_init(&login->arrived, NULL);
	login->open = open;
	const union {
		struct yf_wallet_login *login;
		const struct yf_env *env;
	} handed = { .login = login };
	const struct yf_listen_options options = {
		.address = "127.0.0.1:0",
		.env = handed.env,
		.tables = tables,
		.table_count = YF_COUNT(tables),
		.workers = 1,
	};
	YF_TRY(yf_listen_start(&options, &login->listener));
	(void)snprintf(login->redirect, sizeof(login->redirect),
		       "http://127.0.0.1:%u/callback",
		       yf_listen_port(login->listener));
	*out = YF_MOVE(login);
	return YF_OK;
}

yf_str yf_wallet_login_redirect(const struct yf_wallet_login *login)
{
	return yf_str_of(login->redirect);
}

/* Whether a browser could be started is of no account: the address is there. */
static void open_browser(struct yf_arena *arena, yf_str url)
{
	char program[] = "xdg-open";
	pid_t child;
	yf_str copy;

	if (yf_failed(yf_str_copy(arena, url, &copy)))
		return;
	char *text = YF_NEW(arena, char, copy.len + 1);
	if (!text)
		return;
	memcpy(text, copy.ptr, copy.len);
	char *argv[] = { program, text, NULL };
	if (posix_spawnp(&child, program, NULL, NULL, argv, environ))
		fprintf(stderr, "No browser could be started.\n");
}

static yf_err wait_for_return(struct yf_wallet_login *login)
{
	struct timespec until;
	int failed = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_S;
	pthread_mutex_lock(&login->mutex);
	while (!login->answer_len && !failed)
		failed = pthread_cond_timedwait(&login->arrived, &login->mutex,
						&until);
	pthread_mutex_unlock(&login->mutex);
	return failed ? YF_FAIL(TIMEOUT) : YF_OK;
}

static yf_err run(void *self, struct yf_arena *arena,
		  const struct yf_wire *wire, yf_str url, yf_str *redirect)
{
	struct yf_wallet_login *login = self;

	(void)wire;
	fprintf(stderr,
		"Open this address in a browser of this machine:\n\n"
		"  %.*s\n\n",
		YF_ARG(url));
	if (login->open)
		open_browser(arena, url);
	YF_TRY(wait_for_return(login));
	return yf_str_format(arena, redirect, "%s?%.*s", login->redirect,
			     (int)login->answer_len, login->answer);
}

struct yf_login yf_wallet_login_of(struct yf_wallet_login *login)
{
	return (struct yf_login){ run, login };
}
