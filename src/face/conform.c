#define _GNU_SOURCE
#include "face/conform.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "face/cage.h"
#include "face/conform_lab.h"

enum {
	CALLS_OF_A_CHECK = 8, /* deadlines that a whole check may take */
	OWN_MEMORY = 512 * 1024 * 1024, /* pictures, and what we hold */
};

const char *yf_conform_state_name(yf_conform_state state)
{
	static const char *const names[] = {
		[YF_CONFORM_FAIL] = "fail",
		[YF_CONFORM_PASS] = "pass",
		[YF_CONFORM_SKIP] = "skip",
	};

	return names[state];
}

bool yf_conform_passed(const struct yf_conform_row *rows, size_t count)
{
	bool passed = count > 0;

	for (size_t i = 0; i < count; i++)
		passed &= rows[i].state != YF_CONFORM_FAIL;
	return passed;
}

/* --- in the process of a check --- */

static void say(struct yf_lab *lab, const struct yf_lab_verdict *verdict)
{
	const uint8_t *at = (const uint8_t *)verdict;

	for (size_t left = sizeof(*verdict); left;) {
		const ssize_t put =
			write(lab->report, at + sizeof(*verdict) - left, left);
		if (put <= 0)
			_exit(1);
		left -= (size_t)put;
	}
}

noreturn static void end(struct yf_lab *lab, yf_conform_state state,
			 const char *why, uint64_t digest)
{
	struct yf_lab_verdict verdict = { .stage = YF_LAB_SAID,
					  .state = state,
					  .digest = digest };

	snprintf(verdict.why, sizeof(verdict.why), "%s", why);
	say(lab, &verdict);
	_exit(0);
}

void yf_lab_pass(struct yf_lab *lab, uint64_t digest)
{
	end(lab, YF_CONFORM_PASS, "", digest);
}

void yf_lab_skip(struct yf_lab *lab, const char *why)
{
	end(lab, YF_CONFORM_SKIP, why, 0);
}

void yf_lab_fail(struct yf_lab *lab, const char *format, ...)
{
	char why[YF_CONFORM_WHY_LEN];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	end(lab, YF_CONFORM_FAIL, why, 0);
}

uint64_t yf_lab_digest(uint64_t digest, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	digest ^= 0xcbf29ce484222325u;
	for (size_t i = 0; i < len; i++)
		digest = (digest ^ at[i]) * 0x100000001b3u;
	return digest;
}

/*
 * Takes all memory that the allocator has in stock, so that the next
 * allocation needs the kernel, which the seal does not allow.
 */
static void drain_allocator(void)
{
	static const size_t sizes[] = { 65536, 4096, 1024, 256, 64, 24 };

	mallopt(M_TOP_PAD, 0);
	mallopt(M_MMAP_MAX, 0);
	for (size_t size = 24; size <= 1032; size += 16)
		for (int i = 0; i < 16; i++)
			(void)*(void *volatile[]){ malloc(size) };
	/* Until a piece of that size comes from the kernel instead. */
	for (size_t i = 0; i < YF_COUNT(sizes); i++) {
		size_t before;

		do {
			before = mallinfo2().fordblks;
			if (!*(void *volatile[]){ malloc(sizes[i]) })
				break;
		} while (mallinfo2().fordblks < before);
	}
	/* The smallest fits everywhere: nothing is left that anything fits in.
	 */
	for (int i = 0; i < 1 << 20 && mallinfo2().fordblks >= 88; i++)
		(void)*(void *volatile[]){ malloc(24) };
}

void yf_lab_open(struct yf_lab *lab)
{
	const struct yf_conform_config *config = lab->config;
	yf_err err = yf_host_load(config->engine_path, &lab->host);

	if (yf_failed(err))
		yf_lab_fail(lab, "not loaded: %s", yf_err_text(err));
	err = yf_host_open(lab->host, config->folder, config->model_path,
			   config->memory_len_max);
	if (yf_failed(err))
		yf_lab_fail(lab, "open() failed: %s", yf_err_text(err));
	lab->engine = yf_host_table(lab->host);
	lab->state = yf_host_state(lab->host);
	lab->facts = yf_host_facts(lab->host);
}

void yf_lab_furnish(struct yf_lab *lab)
{
	if (!yf_fence_put_up(lab->facts->scratch_len, &lab->scratch) ||
	    !yf_fence_put_up(lab->facts->session_len, &lab->session) ||
	    !yf_fence_put_up(lab->facts->template_len, &lab->out) ||
	    !yf_fence_put_up(YF_LAB_SHORT_QUALITY, &lab->small))
		yf_lab_fail(lab, "there is no memory for its scratch");
}

void yf_lab_lock_in(struct yf_lab *lab, bool sealed)
{
	const struct yf_lab_verdict opened = { .stage = YF_LAB_OPENED };
	yf_err err = sealed ? yf_cage_seal() : yf_cage_enter();

	if (!yf_failed(err) && sealed) {
		if (!yf_cage_is_wide())
			drain_allocator();
		err = yf_cage_hold_memory();
	}
	if (yf_failed(err))
		yf_lab_fail(lab, "%s", yf_err_text(err));
	say(lab, &opened);
}

noreturn static void run_check(struct yf_lab *lab,
			       const struct yf_lab_check *check)
{
	const struct yf_lab_verdict started = { .stage = YF_LAB_STARTED };

	say(lab, &started);
	/* What an engine prints is not our output. */
	if (!freopen("/dev/null", "r", stdin) ||
	    dup2(STDIN_FILENO, STDOUT_FILENO) < 0 ||
	    dup2(STDIN_FILENO, STDERR_FILENO) < 0)
		_exit(1);
	if (check->lock == YF_LAB_UNOPENED) {
		check->run(lab);
	} else {
		const yf_err err = yf_cage_approach(
			lab->config->memory_len_max + OWN_MEMORY);
		if (yf_failed(err))
			yf_lab_fail(lab, "%s", yf_err_text(err));
		yf_lab_open(lab);
		yf_lab_furnish(lab);
		yf_lab_lock_in(lab, check->lock == YF_LAB_SEALED);
		check->run(lab);
	}
	yf_lab_fail(lab, "the check came to no end");
}

/* --- in ours --- */

static void explain_death(int status, uint32_t stage,
			  struct yf_conform_row *row)
{
	const char *when = stage >= YF_LAB_OPENED
				   ? "after open()"
				   : "in its constructor or open()";
	const char *what = "the process ended";

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		what = stage >= YF_LAB_OPENED
			       ? "a system call that is not allowed (memory,"
				 " a file, a thread, the network)"
			       : "a system call that is not allowed (writing,"
				 " the network, a process or a thread)";
	else if (WIFSIGNALED(status) &&
		 (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS))
		what = "it touched memory that is not its own, and crashed";
	else if (WIFSIGNALED(status))
		what = strsignal(WTERMSIG(status));
	row->state = YF_CONFORM_FAIL;
	snprintf(row->why, sizeof(row->why), "%s, %s", what, when);
}

/* Reads one message; false at the end, or when the time is over. */
static bool hear(int fd, int64_t until_ms, struct yf_lab_verdict *out,
		 bool *late)
{
	const struct yf_clock clock = yf_clock_system();
	uint8_t *at = (uint8_t *)out;

	for (size_t have = 0; have < sizeof(*out);) {
		const int64_t left = until_ms - yf_clock_mono_ms(&clock);
		struct pollfd wanted = { .fd = fd, .events = POLLIN };
		const int found = poll(&wanted, 1, left > 0 ? (int)left : 0);
		if (found < 0 && errno == EINTR)
			continue;
		*late = found == 0;
		if (found <= 0)
			return false;
		const ssize_t got = read(fd, at + have, sizeof(*out) - have);
		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

static void judge(const struct yf_lab_verdict *verdict, bool late, int status,
		  int64_t allowed_ms, struct yf_conform_row *row)
{
	if (verdict->stage == YF_LAB_SAID &&
	    verdict->state <= YF_CONFORM_SKIP) {
		row->state = (yf_conform_state)verdict->state;
		memcpy(row->why, verdict->why, sizeof(row->why));
		row->why[sizeof(row->why) - 1] = 0;
	} else if (late) {
		row->state = YF_CONFORM_FAIL;
		snprintf(row->why, sizeof(row->why),
			 "it did not come back within %lld ms",
			 (long long)allowed_ms);
	} else {
		explain_death(status, verdict->stage, row);
	}
}

static yf_err run_once(struct yf_lab *lab, const struct yf_lab_check *check,
		       struct yf_conform_row *row, uint64_t *digest)
{
	const struct yf_clock clock = yf_clock_system();
	const int64_t allowed_ms = lab->config->deadline_ms * CALLS_OF_A_CHECK;
	struct yf_lab_verdict verdict = { 0 };
	bool late = false;
	int ends[2], status;

	if (pipe(ends))
		return YF_FAIL(IO);
	const pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		lab->report = ends[1];
		run_check(lab, check);
	}
	close(ends[1]);
	const int64_t until_ms = yf_clock_mono_ms(&clock) + allowed_ms;
	while (pid > 0 && verdict.stage < YF_LAB_SAID &&
	       hear(ends[0], until_ms, &verdict, &late))
		continue;
	close(ends[0]);
	if (pid < 0)
		return YF_FAIL(IO);
	if (late)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	judge(&verdict, late, status, allowed_ms, row);
	*digest = verdict.digest;
	return YF_OK;
}

static yf_err run_row(struct yf_lab *lab, const struct yf_lab_check *check,
		      struct yf_conform_row *row)
{
	uint64_t first, again;

	*row = (struct yf_conform_row){ .name = check->name,
					.means = check->means };
	YF_TRY(run_once(lab, check, row, &first));
	for (unsigned i = 1; i < check->runs && row->state == YF_CONFORM_PASS;
	     i++) {
		YF_TRY(run_once(lab, check, row, &again));
		if (row->state == YF_CONFORM_PASS && first != again) {
			row->state = YF_CONFORM_FAIL;
			snprintf(row->why, sizeof(row->why),
				 "two processes gave different bytes");
		}
	}
	return YF_OK;
}

static void skip_row(const struct yf_lab_check *check,
		     struct yf_conform_row *row)
{
	*row = (struct yf_conform_row){ .name = check->name,
					.means = check->means,
					.state = YF_CONFORM_SKIP,
					.why = "it could not be loaded" };
}

yf_err yf_conform_run(const struct yf_conform_config *config,
		      struct yf_conform_row rows[static YF_CONFORM_ROWS_MAX],
		      size_t *count)
{
	struct yf_lab *lab = calloc(1, sizeof(*lab));
	yf_err err = lab ? YF_OK : YF_FAIL(MEMORY);

	*count = 0;
	if (lab)
		lab->config = config;
	if (!yf_failed(err))
		err = yf_lab_make_pictures(lab);
	if (!yf_failed(err))
		err = yf_lab_load_photographs(lab);
	for (size_t i = 0; !yf_failed(err) && i < yf_lab_check_count; i++) {
		/* The first one loads it; without that there is nothing. */
		if (i > 0 && rows[0].state == YF_CONFORM_FAIL)
			skip_row(&yf_lab_checks[i], &rows[i]);
		else
			err = run_row(lab, &yf_lab_checks[i], &rows[i]);
		*count = i + 1;
	}
	if (lab)
		yf_lab_free_pictures(lab);
	free(lab);
	return err;
}
