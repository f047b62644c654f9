#define _DEFAULT_SOURCE
#include "cli/bench_start.h"

#include "base/clock.h"
#include "base/share.h"
#include "fetch/fetch.h"
#include "server/home.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PORT = 18431,
	WAIT_MS = 5000,
	REST_US = 1500 * 1000,
	ROUNDS_MAX = 33,
};

#define URL "http://localhost:18431"
#define PUBLIC "http://127.0.0.1:18431/.well-known/openid-credential-issuer"
#define OPERATOR "http://127.0.0.1:18432/readyz"

static yf_err make_home(struct yf_arena *arena, const char *folder, yf_str *out)
{
	YF_TRY(yf_str_format(arena, out, "%s/yufu-bench-%d", folder, getpid()));
	const struct yf_home_ask ask = {
		.folder = out->ptr,
		.url = YF_STR(URL),
		.listen = YF_STR("127.0.0.1:18431"),
		.operator_listen = YF_STR("127.0.0.1:18432"),
		.name = YF_STR("Bench"),
		.country = YF_STR("XX"),
		.number_rule = YF_STR("none"),
	};
	return yf_home_make(arena, &ask);
}

static pid_t start_server(const char *program, const char *home)
{
	const pid_t pid = fork();

	if (pid)
		return pid;
	const int null = open("/dev/null", O_WRONLY);
	if (null >= 0)
		dup2(null, STDERR_FILENO);
	execl(program, program, "serve", home, (char *)NULL);
	_exit(127);
}

static bool answers(struct yf_fetch *fetch, struct yf_arena *arena,
		    const char *url)
{
	const struct yf_fetch_ask ask = { .url = yf_str_of(url) };
	struct yf_fetched reply;

	return !yf_failed(yf_fetch(fetch, arena, &ask, &reply)) &&
	       reply.status == 200;
}

static yf_err wait_until_up(const struct yf_clock *clock, int64_t since_ms)
{
	YF_AUTO(arena) arena = yf_arena_new(64u << 20);
	YF_AUTO(fetch) fetch = NULL;
	const struct yf_fetch_options options = { 0 };

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_fetch_new(&options, &fetch));
	while (!answers(fetch, arena, PUBLIC) ||
	       !answers(fetch, arena, OPERATOR)) {
		if (yf_clock_mono_ms(clock) - since_ms > WAIT_MS)
			return YF_FAIL(TIMEOUT);
		usleep(1000);
	}
	return YF_OK;
}

static yf_err resident_kib(pid_t pid, int64_t *out)
{
	char line[256];
	char path[64];
	long long value = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	FILE *file = fopen(path, "r");
	if (!file)
		return YF_FAIL(IO);
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, "VmRSS:", 6) == 0)
			value = strtoll(line + 6, NULL, 10);
	fclose(file);
	*out = value;
	return value ? YF_OK : YF_FAIL(IO);
}

struct round {
	int64_t start_ms;
	int64_t resident_kib;
};

static yf_err run_round(const char *program, const char *home,
			bool measure_rest, struct round *out)
{
	const struct yf_clock clock = yf_clock_system();
	const int64_t since_ms = yf_clock_mono_ms(&clock);
	const pid_t pid = start_server(program, home);
	int status;

	if (pid < 0)
		return YF_FAIL(IO);
	yf_err err = wait_until_up(&clock, since_ms);
	out->start_ms = yf_clock_mono_ms(&clock) - since_ms;
	if (!yf_failed(err) && measure_rest) {
		usleep(REST_US);
		err = resident_kib(pid, &out->resident_kib);
	}
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	return err;
}

static int compare(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a;
	const int64_t right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static void put_row(struct yf_json_out *out, const char *what, double value,
		    const char *unit, double limit)
{
	yf_json_out_object(out, NULL);
	yf_json_out_text(out, "what", what);
	yf_json_out_real(out, "value", value);
	yf_json_out_text(out, "unit", unit);
	yf_json_out_real(out, "limit", limit);
	yf_json_out_real(out, "ratio", value / limit);
	yf_json_out_close(out);
}

static void remove_home(struct yf_arena *arena, yf_str home)
{
	static const char *const names[] = {
		"keys/issuer-root.key",
		"keys/issuer-root.pem",
		"keys/issuer.key",
		"keys/issuer.pem",
		"keys/registrar-root.key",
		"keys/registrar-root.pem",
		"keys/registrar.key",
		"keys/registrar.pem",
		"keys/master.key",
		"yufu.ini",
		"yufu.db",
		"yufu.db-wal",
		"yufu.db-shm",
	};
	yf_str path;

	for (size_t i = 0; i < YF_COUNT(names); i++)
		if (!yf_failed(yf_str_format(arena, &path, "%.*s/%s",
					     YF_ARG(home), names[i])))
			unlink(path.ptr);
	if (!yf_failed(yf_str_format(arena, &path, "%.*s/keys", YF_ARG(home))))
		rmdir(path.ptr);
	rmdir(home.ptr);
}

yf_err yf_bench_start(struct yf_arena *arena, const char *folder,
		      unsigned rounds, struct yf_json_out *out)
{
	int64_t starts[ROUNDS_MAX];
	struct round round = { 0 };
	struct stat info;
	yf_str program;
	yf_str home;
	yf_err err = YF_OK;

	YF_TRY(yf_share_program(arena, &program));
	YF_TRY(make_home(arena, folder, &home));
	if (rounds > ROUNDS_MAX)
		rounds = ROUNDS_MAX;
	for (unsigned i = 0; i < rounds && !yf_failed(err); i++) {
		err = run_round(program.ptr, home.ptr, i + 1 == rounds, &round);
		starts[i] = round.start_ms;
	}
	remove_home(arena, home);
	YF_TRY(err);
	qsort(starts, rounds, sizeof(starts[0]), compare);
	const int64_t median_ms = starts[rounds / 2];
	put_row(out, "start.first_answer", (double)median_ms, "ms", 100);
	put_row(out, "start.memory", (double)round.resident_kib / 1024, "MB",
		30);
	if (stat(program.ptr, &info))
		return YF_FAIL(IO);
	put_row(out, "start.binary", (double)info.st_size / 1024 / 1024, "MB",
		8);
	return YF_OK;
}
