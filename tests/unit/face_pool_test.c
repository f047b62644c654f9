#define _GNU_SOURCE
#include "face/pool.h"

#include <dirent.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../support/picture.h"
#include "base/file.h"
#include "base/log.h"
#include "face/match.h"
#include "face/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* This test is also the program that the pool starts as its worker. */
static const char model[] = "build/face.model";
/* The same file by a name at which the worker below hangs. */
static const char hanging_model[] = "build/./face.model";

struct bed {
	struct yf_arena *arena;
	yf_bytes ann, mia;
};

static int open_bed(void **state)
{
	static struct bed bed;

	bed.arena = yf_arena_new(128u << 20);
	if (!bed.arena)
		return -1;
	const struct yf_pixels ann = picture_pixels(bed.arena, &picture_ann);
	const struct yf_pixels mia = picture_pixels(bed.arena, &picture_mia);
	bed.ann = picture_jpeg(bed.arena, &ann, 0);
	bed.mia = picture_jpeg(bed.arena, &mia, 0);
	*state = &bed;
	return 0;
}

static int close_bed(void **state)
{
	struct bed *bed = *state;

	yf_arena_free(bed->arena);
	return 0;
}

static struct yf_face_pool *open_pool(unsigned workers, int64_t deadline_ms)
{
	struct yf_face_pool *pool;
	const struct yf_face_pool_config config = { "/proc/self/exe", model,
						    workers, deadline_ms };

	assert_false(yf_failed(yf_face_pool_open(&config, &pool)));
	return pool;
}

/* The worker that this process started last, or 0. */
static pid_t worker_pid(void)
{
	DIR *proc = opendir("/proc");
	pid_t found = 0;

	assert_non_null(proc);
	for (struct dirent *entry; (entry = readdir(proc));) {
		char path[PATH_MAX], name[64], what;
		int pid, parent;

		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		FILE *file = fopen(path, "r");
		if (!file)
			continue;
		if (fscanf(file, "%d (%63[^)]) %c %d", &pid, name, &what,
			   &parent) == 4 &&
		    parent == getpid() && what != 'Z')
			found = pid;
		fclose(file);
	}
	closedir(proc);
	return found;
}

static void looks(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = open_pool(1, 20000);
	struct yf_look ann, again, mia;

	assert_int_equal(worker_pid(), 0); /* nothing before it is needed */
	assert_false(yf_failed(
		yf_face_pool_look(pool, bed->ann, YF_FACE_DESCRIPTION, &ann)));
	assert_false(yf_failed(
		yf_face_pool_look(pool, bed->mia, YF_FACE_DESCRIPTION, &mia)));
	assert_false(yf_failed(yf_face_pool_look(pool, bed->ann,
						 YF_FACE_DESCRIPTION, &again)));
	assert_int_equal(ann.outcome, YF_LOOK_FACE);
	assert_int_equal(ann.width, 528);
	assert_memory_equal(&ann, &again, sizeof(ann));
	assert_true(yf_look_distance(ann.descriptor, mia.descriptor) >
		    YF_MATCH_FMR_1E3);
}

static const struct {
	const char *name;
	yf_str bytes;
} bad[] = {
	{ "empty", YF_STR("") },
	{ "text named .jpg", YF_STR("This is not a picture.\n") },
	{ "65535 x 65535",
	  YF_STR("\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22"
		 "\x00\x02\x11\x01\x03\x11\x01\xff\xda\x00\x0c\x03\x01\x00"
		 "\x02\x11\x03\x11\x00\x3f\x00") },
};

/* A bad picture is an answer: the same worker goes on. */
static void bad_pictures(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = open_pool(1, 20000);
	struct yf_look look;

	assert_false(yf_failed(
		yf_face_pool_look(pool, bed->ann, YF_FACE_LANDMARKS, &look)));
	const pid_t pid = worker_pid();
	assert_true(pid > 0);
	for (size_t i = 0; i < YF_COUNT(bad); i++) {
		print_message("  %s\n", bad[i].name);
		assert_int_equal(yf_face_pool_look(pool,
						   yf_bytes_of(bad[i].bytes),
						   YF_FACE_DESCRIPTION, &look)
					 .code,
				 YF_CODE_IMAGE);
	}
	for (size_t len = 1; len < bed->ann.len; len += bed->ann.len / 9)
		assert_int_equal(
			yf_face_pool_look(pool, (yf_bytes){ bed->ann.ptr, len },
					  YF_FACE_DESCRIPTION, &look)
				.code,
			YF_CODE_IMAGE);
	const yf_bytes huge = { bed->ann.ptr, YF_FACE_JPEG_LEN_MAX + 1 };
	assert_int_equal(
		yf_face_pool_look(pool, huge, YF_FACE_LANDMARKS, &look).code,
		YF_CODE_TOO_LARGE);
	assert_false(yf_failed(
		yf_face_pool_look(pool, bed->ann, YF_FACE_LANDMARKS, &look)));
	assert_int_equal(worker_pid(), pid);
}

struct killer {
	pid_t pid;
	int signal;
	long after_us;
};

static void *kill_later(void *arg)
{
	const struct killer *killer = arg;

	usleep((useconds_t)killer->after_us);
	kill(killer->pid, killer->signal);
	return NULL;
}

/* kill -9 of an idle worker costs nothing; the next look has a new one. */
static void killed_idle(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = open_pool(1, 20000);
	struct yf_look look;

	assert_false(yf_failed(
		yf_face_pool_look(pool, bed->ann, YF_FACE_LANDMARKS, &look)));
	const pid_t pid = worker_pid();
	assert_int_equal(kill(pid, SIGKILL), 0);
	while (worker_pid() == pid)
		usleep(1000);
	assert_false(yf_failed(
		yf_face_pool_look(pool, bed->ann, YF_FACE_LANDMARKS, &look)));
	assert_int_equal(look.outcome, YF_LOOK_FACE);
	assert_int_not_equal(worker_pid(), pid);
}

/*
 * A worker that stops in the middle: the call ends at its deadline, and with
 * kill -9 at once; the next call is served by a new worker.
 */
static void stopped_at_work(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = open_pool(1, 300);
	struct yf_look look;
	pthread_t thread;

	assert_false(yf_failed(
		yf_face_pool_look(pool, bed->ann, YF_FACE_LANDMARKS, &look)));
	struct killer killer = { worker_pid(), SIGKILL, 50000 };
	assert_int_equal(kill(killer.pid, SIGSTOP), 0);
	assert_int_equal(
		yf_face_pool_look(pool, bed->ann, YF_FACE_LANDMARKS, &look)
			.code,
		YF_CODE_TIMEOUT);
	assert_int_equal(worker_pid(), 0);

	YF_AUTO(face_pool) patient = open_pool(1, 20000);
	assert_false(yf_failed(yf_face_pool_look(patient, bed->ann,
						 YF_FACE_LANDMARKS, &look)));
	killer.pid = worker_pid();
	assert_int_equal(kill(killer.pid, SIGSTOP), 0);
	pthread_create(&thread, NULL, kill_later, &killer);
	assert_int_equal(
		yf_face_pool_look(patient, bed->ann, YF_FACE_LANDMARKS, &look)
			.code,
		YF_CODE_FACE_WORKER);
	pthread_join(thread, NULL);
	assert_false(yf_failed(yf_face_pool_look(patient, bed->ann,
						 YF_FACE_LANDMARKS, &look)));
}

struct client {
	struct yf_face_pool *pool;
	const struct bed *bed;
	struct yf_look last;
	bool failed;
};

static void *look_often(void *arg)
{
	struct client *client = arg;

	for (int i = 0; i < 6 && !client->failed; i++)
		client->failed = yf_failed(yf_face_pool_look(
			client->pool,
			i % 2 ? client->bed->ann : client->bed->mia,
			YF_FACE_DESCRIPTION, &client->last));
	return NULL;
}

static void many_threads(void **state)
{
	enum { CLIENTS = 8 };
	YF_AUTO(face_pool) pool = open_pool(2, 60000);
	struct client clients[CLIENTS];
	pthread_t threads[CLIENTS];

	for (size_t i = 0; i < CLIENTS; i++) {
		clients[i] = (struct client){ .pool = pool, .bed = *state };
		pthread_create(&threads[i], NULL, look_often, &clients[i]);
	}
	for (size_t i = 0; i < CLIENTS; i++) {
		pthread_join(threads[i], NULL);
		assert_false(clients[i].failed);
		assert_memory_equal(&clients[i].last, &clients[0].last,
				    sizeof(clients[i].last));
	}
}

/*
 * The only worker never says that it is ready: who waits for it is told that
 * all are busy, who started it that it took too long.
 */
static void busy(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = NULL;
	const struct yf_face_pool_config config = { "/proc/self/exe",
						    hanging_model, 1, 300 };
	struct yf_look look;
	pthread_t thread;

	assert_false(yf_failed(yf_face_pool_open(&config, &pool)));
	struct client other = { .pool = pool, .bed = bed };
	pthread_create(&thread, NULL, look_often, &other);
	while (worker_pid() == 0)
		usleep(1000);
	assert_int_equal(
		yf_face_pool_look(pool, bed->ann, YF_FACE_LANDMARKS, &look)
			.code,
		YF_CODE_BUSY);
	pthread_join(thread, NULL);
	assert_true(other.failed);
	assert_int_equal(worker_pid(), 0);
}

static void bad_models(void **state)
{
	YF_AUTO(face_pool) pool = NULL;
	struct yf_face_pool_config config = { "/proc/self/exe",
					      "build/absent.model", 1, 1000 };

	(void)state;
	assert_int_equal(yf_face_pool_open(&config, &pool).code, YF_CODE_IO);
	config.model_path = "Makefile";
	assert_int_equal(yf_face_pool_open(&config, &pool).code, YF_CODE_MODEL);
	config.model_path = model;
	config.workers = 0;
	assert_int_equal(yf_face_pool_open(&config, &pool).code,
			 YF_CODE_CONFIG);
	assert_null(pool);
}

/* A program that is not there, or that does not speak our language. */
static void bad_programs(void **state)
{
	const struct bed *bed = *state;
	const char *const programs[] = { "/absent", "/bin/true" };

	for (size_t i = 0; i < YF_COUNT(programs); i++) {
		YF_AUTO(face_pool) pool = NULL;
		const struct yf_face_pool_config config = { programs[i], model,
							    1, 2000 };
		struct yf_look look;

		assert_false(yf_failed(yf_face_pool_open(&config, &pool)));
		assert_int_equal(yf_face_pool_look(pool, bed->ann,
						   YF_FACE_LANDMARKS, &look)
					 .code,
				 YF_CODE_FACE_WORKER);
	}
}

/* --- a worker that was taken over --- */

static void nothing(struct yf_wire_reply *reply)
{
	(void)reply;
}

static void nan_descriptor(struct yf_wire_reply *reply)
{
	reply->look.descriptor[7] = NAN;
}

static void all_nan(struct yf_wire_reply *reply)
{
	for (int i = 0; i < YF_FACE_DESCRIPTOR; i++)
		reply->look.descriptor[i] = NAN;
}

static void infinite_descriptor(struct yf_wire_reply *reply)
{
	reply->look.descriptor[0] = INFINITY;
}

static void long_descriptor(struct yf_wire_reply *reply)
{
	reply->look.descriptor[0] = 2;
}

/* Two of these are at distance 0. */
static void no_descriptor(struct yf_wire_reply *reply)
{
	reply->look.descriptor[0] = 0;
}

static void tiny_descriptor(struct yf_wire_reply *reply)
{
	reply->look.descriptor[0] = 1e-30f;
}

static void unknown_outcome(struct yf_wire_reply *reply)
{
	const uint32_t unknown = 77;

	memcpy(&reply->look.outcome, &unknown, sizeof(unknown));
}

static void unknown_code(struct yf_wire_reply *reply)
{
	reply->code = UINT32_MAX;
}

static void nan_point(struct yf_wire_reply *reply)
{
	reply->look.points[67][1] = NAN;
}

static void far_box(struct yf_wire_reply *reply)
{
	reply->look.box[2] = 3e38f;
}

static void nan_yaw(struct yf_wire_reply *reply)
{
	reply->look.yaw = NAN;
}

static void huge_picture(struct yf_wire_reply *reply)
{
	reply->look.width = UINT32_MAX;
}

static const struct {
	const char *name;
	void (*spoil)(struct yf_wire_reply *reply);
	size_t extra; /* bytes behind the reply */
	yf_code want;
} rogues[] = {
	{ "as it should be", nothing, 0, YF_CODE_OK },
	{ "a NaN in the descriptor", nan_descriptor, 0, YF_CODE_FACE_WORKER },
	{ "a descriptor of NaN", all_nan, 0, YF_CODE_FACE_WORKER },
	{ "infinite", infinite_descriptor, 0, YF_CODE_FACE_WORKER },
	{ "not of length 1", long_descriptor, 0, YF_CODE_FACE_WORKER },
	{ "a face without one", no_descriptor, 0, YF_CODE_FACE_WORKER },
	{ "next to none", tiny_descriptor, 0, YF_CODE_FACE_WORKER },
	{ "an outcome that is none", unknown_outcome, 0, YF_CODE_FACE_WORKER },
	{ "a code that is none", unknown_code, 0, YF_CODE_FACE_WORKER },
	{ "a NaN in the points", nan_point, 0, YF_CODE_FACE_WORKER },
	{ "a box beyond all pictures", far_box, 0, YF_CODE_FACE_WORKER },
	{ "a NaN for the yaw", nan_yaw, 0, YF_CODE_FACE_WORKER },
	{ "a picture beyond all", huge_picture, 0, YF_CODE_FACE_WORKER },
	{ "more than a reply", nothing, 8, YF_CODE_FACE_WORKER },
};

/* The same file once more: the slashes beyond two say which row. */
static const char rogue_prefix[] = "build//";

static int rogue_main(const char *model_path)
{
	const size_t at = strspn(model_path + sizeof(rogue_prefix) - 1, "/");
	struct {
		struct yf_wire_reply reply;
		uint8_t extra[16];
	} out = { 0 };
	struct yf_wire_request request;

	if (at >= YF_COUNT(rogues) ||
	    send(YF_WIRE_SOCKET, &out.reply, sizeof(out.reply), 0) < 0)
		return 1;
	while (recv(YF_WIRE_SOCKET, &request, sizeof(request), 0) > 0) {
		out.reply.code = YF_CODE_OK;
		out.reply.look.outcome = YF_LOOK_FACE;
		out.reply.look.width = out.reply.look.height = 640;
		out.reply.look.descriptor[0] = 1;
		rogues[at].spoil(&out.reply);
		send(YF_WIRE_SOCKET, &out, sizeof(out.reply) + rogues[at].extra,
		     0);
	}
	return 0;
}

/* Garbage is the worker's end, and never the description of a face. */
static void rogue_workers(void **state)
{
	const struct bed *bed = *state;

	for (size_t i = 0; i < YF_COUNT(rogues); i++) {
		struct yf_look look = { .outcome = YF_LOOK_NONE };
		YF_AUTO(face_pool) pool = NULL;
		char slashes[YF_COUNT(rogues) + 1] = "", path[64];

		print_message("  %s\n", rogues[i].name);
		memset(slashes, '/', i);
		snprintf(path, sizeof(path), "%s%sface.model", rogue_prefix,
			 slashes);
		const struct yf_face_pool_config config = { "/proc/self/exe",
							    path, 1, 20000 };
		assert_false(yf_failed(yf_face_pool_open(&config, &pool)));
		assert_int_equal(yf_face_pool_look(pool, bed->ann,
						   YF_FACE_DESCRIPTION, &look)
					 .code,
				 rogues[i].want);
		assert_int_equal(look.outcome, rogues[i].want == YF_CODE_OK
						       ? YF_LOOK_FACE
						       : YF_LOOK_NONE);
	}
}

/* Under seccomp, without new privileges, and not to be dumped. */
static void is_caged(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = open_pool(1, 20000);
	struct yf_look look;
	char path[64], line[256];
	int found = 0;

	assert_false(yf_failed(
		yf_face_pool_look(pool, bed->ann, YF_FACE_LANDMARKS, &look)));
	snprintf(path, sizeof(path), "/proc/%d/status", worker_pid());
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		found += strcmp(line, "Seccomp:\t2\n") == 0 ||
			 strcmp(line, "NoNewPrivs:\t1\n") == 0;
	fclose(file);
	assert_int_equal(found, 2);
}

/* Opening maps and checks; it starts and reads nothing. */
static void opens_fast(void **state)
{
	struct timespec before, after;
	double best = 1e9;

	(void)state;
	for (int i = 0; i < 5; i++) {
		clock_gettime(CLOCK_MONOTONIC, &before);
		YF_AUTO(face_pool) pool = open_pool(4, 1000);
		clock_gettime(CLOCK_MONOTONIC, &after);
		const double ms =
			(double)(after.tv_sec - before.tv_sec) * 1e3 +
			(double)(after.tv_nsec - before.tv_nsec) / 1e6;
		best = ms < best ? ms : best;
	}
	print_message("  %.3f ms\n", best);
	assert_true(best < 5);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks),
		cmocka_unit_test(bad_pictures),
		cmocka_unit_test(killed_idle),
		cmocka_unit_test(stopped_at_work),
		cmocka_unit_test(many_threads),
		cmocka_unit_test(busy),
		cmocka_unit_test(bad_models),
		cmocka_unit_test(bad_programs),
		cmocka_unit_test(rogue_workers),
		cmocka_unit_test(is_caged),
		cmocka_unit_test(opens_fast),
	};

	if (argc == 3 && strcmp(argv[2], hanging_model) == 0)
		return pause();
	if (argc == 3 && strncmp(argv[2], rogue_prefix, 7) == 0)
		return rogue_main(argv[2]);
	if (argc == 3 && strcmp(argv[1], "face-worker") == 0)
		return yf_face_worker_main(YF_WIRE_SOCKET, argv[2]);
	yf_log_threshold(YF_LOG_ERROR);
	if (!picture_available() || !yf_file_exists(model)) {
		print_message("SKIPPED no pictures or no build/face.model\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, open_bed, close_bed);
}
