#define _GNU_SOURCE
#include "face/cage.h"

#include <seccomp.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { MEMORY_MAX = 512 * 1024 * 1024 };

/* Defined in a build with the address sanitizer only. */
extern void __asan_init(void) __attribute__((weak));

static bool is_sanitized(void)
{
	return __asan_init != NULL;
}

static const int calls[] = {
	SCMP_SYS(read),       SCMP_SYS(write),         SCMP_SYS(recvmsg),
	SCMP_SYS(recvfrom),   SCMP_SYS(sendmsg),       SCMP_SYS(sendto),
	SCMP_SYS(futex),      SCMP_SYS(munmap),        SCMP_SYS(madvise),
	SCMP_SYS(brk),        SCMP_SYS(clock_gettime), SCMP_SYS(exit),
	SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),
};

static const int sanitizer_calls[] = {
	SCMP_SYS(mmap),           SCMP_SYS(mprotect),    SCMP_SYS(mremap),
	SCMP_SYS(sched_yield),    SCMP_SYS(getpid),      SCMP_SYS(gettid),
	SCMP_SYS(tgkill),         SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(openat),      SCMP_SYS(open),
	SCMP_SYS(close),          SCMP_SYS(fstat),       SCMP_SYS(newfstatat),
	SCMP_SYS(readlink),       SCMP_SYS(lseek),       SCMP_SYS(getrlimit),
	SCMP_SYS(prlimit64),      SCMP_SYS(prctl),       SCMP_SYS(ioctl),
};

static int allow(scmp_filter_ctx filter, const int *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, list[i], 0))
			return -1;
	return 0;
}

/* New memory holds nothing and is not code. */
static int allow_memory(scmp_filter_ctx filter)
{
	return seccomp_rule_add(
		filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
		SCMP_A2(SCMP_CMP_MASKED_EQ, (scmp_datum_t)PROT_EXEC, 0),
		SCMP_A3(SCMP_CMP_MASKED_EQ, (scmp_datum_t)MAP_ANONYMOUS,
			(scmp_datum_t)MAP_ANONYMOUS));
}

static yf_err load(scmp_filter_ctx filter)
{
	if (allow(filter, calls, YF_COUNT(calls)))
		return YF_FAIL(SANDBOX);
	if (is_sanitized()
		    ? allow(filter, sanitizer_calls, YF_COUNT(sanitizer_calls))
		    : allow_memory(filter))
		return YF_FAIL(SANDBOX);
	return seccomp_load(filter) ? YF_FAIL(SANDBOX) : YF_OK;
}

static int limit(__rlimit_resource_t what, rlim_t most)
{
	const struct rlimit value = { most, most };

	return setrlimit(what, &value);
}

yf_err yf_cage_enter(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || limit(RLIMIT_CORE, 0) ||
	    limit(RLIMIT_FSIZE, 0) || limit(RLIMIT_NPROC, 0))
		return YF_FAIL(SANDBOX);
	if (!is_sanitized() &&
	    (limit(RLIMIT_NOFILE, 0) || limit(RLIMIT_AS, MEMORY_MAX)))
		return YF_FAIL(SANDBOX);

	const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return YF_FAIL(SANDBOX);
	const yf_err err = load(filter);
	seccomp_release(filter);
	return err;
}
