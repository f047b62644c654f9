#define _GNU_SOURCE
#include "face/cage.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Defined in builds with the sanitizer of that name only. */
extern void __asan_init(void) __attribute__((weak));
extern void __tsan_init(void) __attribute__((weak));

bool yf_cage_is_wide(void)
{
	return __asan_init != NULL || __tsan_init != NULL;
}

struct list {
	const int *calls;
	size_t count;
};

#define LIST(name) ((struct list){ name, YF_COUNT(name) })

static const int sealed_calls[] = {
	SCMP_SYS(write),      SCMP_SYS(futex),        SCMP_SYS(clock_gettime),
	SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(exit),
};

static const int memory_calls[] = {
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(prctl), /* to hold it */
};

static const int calls[] = {
	SCMP_SYS(read),    SCMP_SYS(recvmsg), SCMP_SYS(recvfrom),
	SCMP_SYS(sendmsg), SCMP_SYS(sendto),  SCMP_SYS(munmap),
	SCMP_SYS(madvise), SCMP_SYS(brk),
};

static const int sanitizer_calls[] = {
	SCMP_SYS(mmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(mremap),
	SCMP_SYS(sched_yield),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(tgkill),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(openat),
	SCMP_SYS(open),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(readlink),
	SCMP_SYS(lseek),
	SCMP_SYS(getrlimit),
	SCMP_SYS(prlimit64),
	SCMP_SYS(prctl),
	SCMP_SYS(ioctl),
	SCMP_SYS(nanosleep),
	SCMP_SYS(clock_nanosleep),
};

/* To load and open an engine, and to build the second lock. */
static const int approach_calls[] = {
	SCMP_SYS(pread64),
	SCMP_SYS(readv),
	SCMP_SYS(lseek),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(stat),
	SCMP_SYS(lstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(statx),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getdents64),
	SCMP_SYS(getcwd),
	SCMP_SYS(mmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(mremap),
	SCMP_SYS(flock),
	SCMP_SYS(fadvise64),
	SCMP_SYS(uname),
	SCMP_SYS(sysinfo),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getegid),
	SCMP_SYS(getcpu),
	SCMP_SYS(getrandom),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(clock_getres),
	SCMP_SYS(getrlimit),
	SCMP_SYS(setrlimit),
	SCMP_SYS(getrusage),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(sched_yield),
	SCMP_SYS(arch_prctl),
	SCMP_SYS(rseq),
	SCMP_SYS(prctl),
	SCMP_SYS(seccomp),
	SCMP_SYS(poll),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(sched_getaffinity),
};

static int allow(scmp_filter_ctx filter, struct list list)
{
	for (size_t i = 0; i < list.count; i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, list.calls[i], 0))
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

/* Opening a file for reading, which neither makes nor empties it. */
static int allow_reading(scmp_filter_ctx filter)
{
	const scmp_datum_t writes =
		O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | __O_TMPFILE;

	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ,
					writes & ~(scmp_datum_t)O_DIRECTORY,
					0)) ||
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
				SCMP_A1(SCMP_CMP_MASKED_EQ,
					writes & ~(scmp_datum_t)O_DIRECTORY,
					0));
}

/* Who runs as the same user could otherwise be ended, or be left without files
 * or memory, by number: the server that started this process first of all. */
static int allow_itself(scmp_filter_ctx filter)
{
	return seccomp_rule_add(
		       filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
		       SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)) ||
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
				SCMP_A0(SCMP_CMP_EQ, 0, 0));
}

static int limit(__rlimit_resource_t what, rlim_t most)
{
	const struct rlimit value = { most, most };

	return setrlimit(what, &value);
}

/* Loads what was built; `all` for the threads that there are already. */
static yf_err finish(scmp_filter_ctx filter, int failed, bool all)
{
	if (!failed && all)
		failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!failed)
		failed = seccomp_load(filter);
	seccomp_release(filter);
	return failed ? YF_FAIL(SANDBOX) : YF_OK;
}

yf_err yf_cage_approach(uint64_t memory_len_max)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || limit(RLIMIT_CORE, 0) ||
	    limit(RLIMIT_FSIZE, 0) || limit(RLIMIT_NPROC, 0))
		return YF_FAIL(SANDBOX);
	if (!yf_cage_is_wide() && limit(RLIMIT_AS, memory_len_max))
		return YF_FAIL(SANDBOX);

	const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return YF_FAIL(SANDBOX);
	int failed = allow(filter, LIST(sealed_calls)) ||
		     allow(filter, LIST(calls)) ||
		     allow(filter, LIST(approach_calls));
	if (!failed)
		failed =
			yf_cage_is_wide()
				? allow(filter, LIST(sanitizer_calls))
				: allow_reading(filter) || allow_itself(filter);
	return finish(filter, failed, true);
}

yf_err yf_cage_enter(void)
{
	if (!yf_cage_is_wide() && limit(RLIMIT_NOFILE, 0))
		return YF_FAIL(SANDBOX);

	const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return YF_FAIL(SANDBOX);
	int failed =
		allow(filter, LIST(sealed_calls)) || allow(filter, LIST(calls));
	if (!failed)
		failed = yf_cage_is_wide()
				 ? allow(filter, LIST(sanitizer_calls))
				 : allow_memory(filter);
	return finish(filter, failed, true);
}

yf_err yf_cage_seal(void)
{
	const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);

	if (!filter)
		return YF_FAIL(SANDBOX);
	int failed = allow(filter, LIST(sealed_calls)) ||
		     allow(filter, LIST(memory_calls));
	if (!failed)
		failed = yf_cage_is_wide()
				 ? allow(filter, LIST(sanitizer_calls))
				 : allow_memory(filter);
	return finish(filter, failed, true);
}

/* Written by hand, because the library would need memory to do it. */
yf_err yf_cage_hold_memory(void)
{
	struct sock_filter steps[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_brk, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_mmap, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_munmap, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_prctl, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	const struct sock_fprog program = { YF_COUNT(steps), steps };

	if (yf_cage_is_wide())
		return YF_OK;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0)
		       ? YF_FAIL(SANDBOX)
		       : YF_OK;
}
