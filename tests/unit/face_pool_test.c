#define _GNU_SOURCE
#include "face/pool.h"

#include <dirent.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../support/picture.h"
#include "base/file.h"
#include "base/log.h"
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
	yf_bytes ann, mia, nobody;
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
	uint8_t *grey = YF_NEW(bed.arena, uint8_t, 200 * 200 * 3);
	memset(grey, 127, 200 * 200 * 3);
	const struct yf_pixels nobody = { grey, 200, 200 };
	bed.nobody = picture_jpeg(bed.arena, &nobody, 0);
	*state = &bed;
	return 0;
}

static int close_bed(void **state)
{
	struct bed *bed = *state;

	yf_arena_free(bed->arena);
	return 0;
}

static struct yf_face_pool_config config_of(const char *program,
					    const char *model_path,
					    unsigned workers,
					    int64_t deadline_ms)
{
	return (struct yf_face_pool_config){ .program = program,
					     .model_path = model_path,
					     .workers = workers,
					     .deadline_ms = deadline_ms };
}

/* Defined in a build with the thread sanitizer only. */
extern void __tsan_init(void) __attribute__((weak));

/* A worker has one thread: watching it for races costs a minute a picture and
 * finds none, so then it is the program as it is installed. */
static const char *worker_program(void)
{
	return __tsan_init && yf_file_exists("build/yufu") ? "build/yufu"
							   : "/proc/self/exe";
}

static struct yf_face_pool *open_pool(unsigned workers, int64_t deadline_ms)
{
	struct yf_face_pool *pool;
	const struct yf_face_pool_config config =
		config_of(worker_program(), model, workers, deadline_ms);

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

/* The template of one picture, and what was seen. */
static struct yf_face_template enrol(struct yf_face_pool *pool, yf_bytes jpeg,
				     struct yf_face_sight *sight)
{
	struct yf_face_template made;

	assert_false(yf_failed(yf_face_pool_enrol(
		pool, &jpeg, 1, YUFU_FACE_PORTRAIT, &made, sight)));
	return made;
}

static void enrols_and_matches(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = open_pool(1, 20000);
	struct yf_face_sight sight, again;
	struct yf_face_score same, other;
	struct yf_face_identity identity;

	assert_int_equal(worker_pid(), 0); /* nothing before it is needed */
	const struct yf_face_template ann = enrol(pool, bed->ann, &sight);
	const struct yf_face_template mia = enrol(pool, bed->mia, &again);
	const struct yf_face_template ann2 = enrol(pool, bed->ann, &again);
	assert_int_equal(sight.answer, YF_FACE_USABLE);
	assert_int_equal(sight.width, 528);
	assert_memory_equal(&sight, &again, sizeof(sight));
	assert_int_equal(ann.len, 128);
	assert_memory_equal(ann.bytes, ann2.bytes, ann.len);
	assert_false(yf_failed(yf_face_pool_identity(pool, &identity)));
	assert_string_equal(identity.engine, "org.yufu.ref");
	assert_string_equal(identity.version, "2+turbojpeg2");
	assert_true(identity.has_challenge);
	assert_true(yf_face_identity_eq(&ann.of, &identity));
	assert_false(yf_failed(yf_face_pool_match(pool, &ann, &ann2, &same)));
	assert_false(yf_failed(yf_face_pool_match(pool, &ann, &mia, &other)));
	assert_true(same.score == 2 && same.log10_fmr == -5);
	assert_true(other.log10_fmr > -3 && other.score < same.score);
}

/* Of several pictures, those without a face are left out. */
static void enrols_several(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = open_pool(1, 20000);
	struct yf_face_sight sights[3];
	struct yf_face_template both, one, none;
	const yf_bytes jpegs[] = { bed->nobody, bed->ann, bed->ann };

	assert_false(yf_failed(yf_face_pool_enrol(
		pool, jpegs, 3, YUFU_FACE_PROBE, &both, sights)));
	assert_int_equal(sights[0].answer, YF_FACE_NONE);
	assert_int_equal(sights[1].answer, YF_FACE_USABLE);
	one = enrol(pool, bed->ann, sights);
	assert_memory_equal(both.bytes, one.bytes, one.len);
	none = enrol(pool, bed->nobody, sights);
	assert_int_equal(none.len, 0);
	assert_int_equal(yf_face_pool_enrol(pool, jpegs, 0, YUFU_FACE_PROBE,
					    &both, sights)
				 .code,
			 YF_CODE_RANGE);
	assert_int_equal(yf_face_pool_enrol(pool, jpegs, 9, YUFU_FACE_PROBE,
					    &both, sights)
				 .code,
			 YF_CODE_RANGE);
}

/* What is of another engine, version or model is never compared. */
static void others_are_not_compared(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = open_pool(1, 20000);
	struct yf_face_score score;
	struct yf_face_sight sight;
	const struct yf_face_template ann = enrol(pool, bed->ann, &sight);
	struct yf_face_template other = ann;

	other.of.model_hash[31] ^= 1;
	assert_int_equal(yf_face_pool_match(pool, &ann, &other, &score).code,
			 YF_CODE_ENGINE_OTHER);
	other = ann;
	other.of.version[0] = '1';
	assert_int_equal(yf_face_pool_match(pool, &other, &ann, &score).code,
			 YF_CODE_ENGINE_OTHER);
	other = ann;
	other.of.engine[0] = 'x';
	assert_int_equal(yf_face_pool_match(pool, &other, &ann, &score).code,
			 YF_CODE_ENGINE_OTHER);
	other = ann;
	other.len = 0;
	assert_int_equal(yf_face_pool_match(pool, &ann, &other, &score).code,
			 YF_CODE_MISSING);
	other.len = 127;
	assert_int_equal(yf_face_pool_match(pool, &ann, &other, &score).code,
			 YF_CODE_TEMPLATE);
	other.len = 128;
	memset(other.bytes, 0, sizeof(other.bytes));
	assert_int_equal(yf_face_pool_match(pool, &ann, &other, &score).code,
			 YF_CODE_TEMPLATE);
	const pid_t pid = worker_pid();
	assert_false(yf_failed(yf_face_pool_match(pool, &ann, &ann, &score)));
	assert_int_equal(worker_pid(), pid); /* none of it was its fault */
}

/* More pairs than one turn takes, each with its own answer. */
static void matches_many_pairs(void **state)
{
	enum { PAIRS = YF_WIRE_PAIRS_MAX + 3 };
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = open_pool(1, 20000);
	struct yf_face_pair pairs[PAIRS];
	struct yf_face_score scores[PAIRS];
	struct yf_face_sight sight;
	const struct yf_face_template ann = enrol(pool, bed->ann, &sight);
	const struct yf_face_template mia = enrol(pool, bed->mia, &sight);

	for (size_t i = 0; i < PAIRS; i++)
		pairs[i] = (struct yf_face_pair){ &ann, i % 3 ? &mia : &ann };
	assert_false(yf_failed(
		yf_face_pool_match_pairs(pool, pairs, PAIRS, scores)));
	for (size_t i = 0; i < PAIRS; i++)
		assert_true((scores[i].log10_fmr == -5) == (i % 3 == 0));
}

/* --- a session --- */

static const struct yufu_face_challenge drawn = {
	.size = sizeof(drawn),
	.step_count = 3,
	.steps = { YUFU_STEP_TURN_LEFT, YUFU_STEP_OPEN_MOUTH,
		   YUFU_STEP_COME_CLOSER },
	.begun_us = 1000000,
};

static const yf_bytes no_picture = { NULL, 0 };

static void holds_sessions(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = open_pool(1, 20000);
	struct yf_face_session session = { .challenge = drawn };
	struct yufu_face_progress progress;
	struct yf_face_template probe = { .len = 0 };
	int64_t now_us = 1000000;

	assert_false(yf_failed(yf_face_pool_challenge(
		pool, &session, no_picture, now_us, &progress, NULL)));
	assert_true(session.len > 0);
	assert_int_equal(progress.state, YUFU_STATE_GO_ON);
	assert_int_equal(progress.shown, YUFU_STEP_NEUTRAL);
	assert_int_equal(progress.image_result, YUFU_FACE_NO_FACE);
	/* One picture, again and again, ends without a probe. */
	for (int i = 0; i < 200 && progress.state == YUFU_STATE_GO_ON; i++) {
		now_us += 200000;
		assert_false(yf_failed(yf_face_pool_challenge(
			pool, &session, bed->ann, now_us, &progress, &probe)));
		assert_int_equal(progress.image_result, YUFU_FACE_OK);
		assert_int_equal(session.width, 528);
	}
	assert_int_equal(progress.state, YUFU_STATE_FAILED);
	assert_int_not_equal(progress.reason, YUFU_REASON_NONE);
	assert_int_equal(probe.len, 0);
}

/* Bytes that are not the engine's are refused and change nothing. */
static void refuses_spoilt_sessions(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = open_pool(1, 20000);
	struct yf_face_session session = { .challenge = drawn };
	struct yufu_face_progress progress;
	struct yf_face_template probe;

	assert_false(yf_failed(yf_face_pool_challenge(
		pool, &session, no_picture, 1000000, &progress, NULL)));
	for (size_t at = 0; at < session.len; at += session.len / 7) {
		struct yf_face_session spoilt = session;
		spoilt.bytes[at] ^= 1;
		const struct yf_face_session before = spoilt;
		assert_int_equal(yf_face_pool_challenge(pool, &spoilt, bed->ann,
							1200000, &progress,
							&probe)
					 .code,
				 YF_CODE_SYNTAX);
		assert_memory_equal(&spoilt, &before, sizeof(spoilt));
	}
	struct yf_face_session other = session;
	other.challenge.steps[0] = YUFU_STEP_TURN_RIGHT;
	assert_int_equal(yf_face_pool_challenge(pool, &other, bed->ann, 1200000,
						&progress, &probe)
				 .code,
			 YF_CODE_SYNTAX);
	other = session;
	other.len--;
	assert_int_equal(yf_face_pool_challenge(pool, &other, bed->ann, 1200000,
						&progress, &probe)
				 .code,
			 YF_CODE_SYNTAX);
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
	struct yf_face_sight look;

	assert_false(yf_failed(yf_face_pool_quality(pool, bed->ann, &look)));
	const pid_t pid = worker_pid();
	assert_true(pid > 0);
	for (size_t i = 0; i < YF_COUNT(bad); i++) {
		print_message("  %s\n", bad[i].name);
		assert_int_equal(yf_face_pool_quality(
					 pool, yf_bytes_of(bad[i].bytes), &look)
					 .code,
				 YF_CODE_IMAGE);
	}
	for (size_t len = 1; len < bed->ann.len; len += bed->ann.len / 9)
		assert_int_equal(
			yf_face_pool_quality(
				pool, (yf_bytes){ bed->ann.ptr, len }, &look)
				.code,
			YF_CODE_IMAGE);
	const yf_bytes huge = { bed->ann.ptr, YF_FACE_JPEG_LEN_MAX + 1 };
	assert_int_equal(yf_face_pool_quality(pool, huge, &look).code,
			 YF_CODE_TOO_LARGE);
	assert_false(yf_failed(yf_face_pool_quality(pool, bed->ann, &look)));
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
	struct yf_face_sight look;

	assert_false(yf_failed(yf_face_pool_quality(pool, bed->ann, &look)));
	const pid_t pid = worker_pid();
	assert_int_equal(kill(pid, SIGKILL), 0);
	while (worker_pid() == pid)
		usleep(1000);
	assert_false(yf_failed(yf_face_pool_quality(pool, bed->ann, &look)));
	assert_int_equal(look.answer, YF_FACE_USABLE);
	assert_int_not_equal(worker_pid(), pid);
}

/*
 * A worker that stops in the middle: the call ends at its deadline, and with
 * kill -9 at once; the next call is served by a new worker.
 */
static void stopped_at_work(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = open_pool(1, 5000);
	struct yf_face_sight look;
	pthread_t thread;

	assert_false(yf_failed(yf_face_pool_quality(pool, bed->ann, &look)));
	struct killer killer = { worker_pid(), SIGKILL, 50000 };
	assert_int_equal(kill(killer.pid, SIGSTOP), 0);
	assert_int_equal(yf_face_pool_quality(pool, bed->ann, &look).code,
			 YF_CODE_TIMEOUT);
	assert_int_equal(worker_pid(), 0);

	YF_AUTO(face_pool) patient = open_pool(1, 20000);
	assert_false(yf_failed(yf_face_pool_quality(patient, bed->ann, &look)));
	killer.pid = worker_pid();
	assert_int_equal(kill(killer.pid, SIGSTOP), 0);
	pthread_create(&thread, NULL, kill_later, &killer);
	assert_int_equal(yf_face_pool_quality(patient, bed->ann, &look).code,
			 YF_CODE_FACE_WORKER);
	pthread_join(thread, NULL);
	assert_false(yf_failed(yf_face_pool_quality(patient, bed->ann, &look)));
}

struct client {
	struct yf_face_pool *pool;
	const struct bed *bed;
	struct yf_face_template ann, mia;
	bool failed;
};

static void *look_often(void *arg)
{
	struct client *client = arg;
	struct yf_face_sight sight;
	struct yf_face_score score;

	for (int i = 0; i < 3 && !client->failed; i++)
		client->failed =
			yf_failed(yf_face_pool_enrol(
				client->pool, &client->bed->ann, 1,
				YUFU_FACE_PORTRAIT, &client->ann, &sight)) ||
			yf_failed(yf_face_pool_enrol(
				client->pool, &client->bed->mia, 1,
				YUFU_FACE_PROBE, &client->mia, &sight)) ||
			yf_failed(yf_face_pool_match(client->pool, &client->ann,
						     &client->mia, &score));
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
		assert_memory_equal(clients[i].ann.bytes, clients[0].ann.bytes,
				    clients[0].ann.len);
		assert_memory_equal(clients[i].mia.bytes, clients[0].mia.bytes,
				    clients[0].mia.len);
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
	const struct yf_face_pool_config config =
		config_of("/proc/self/exe", hanging_model, 1, 300);
	struct yf_face_sight look;
	pthread_t thread;

	assert_false(yf_failed(yf_face_pool_open(&config, &pool)));
	struct client other = { .pool = pool, .bed = bed };
	pthread_create(&thread, NULL, look_often, &other);
	while (worker_pid() == 0)
		usleep(1000);
	assert_int_equal(yf_face_pool_quality(pool, bed->ann, &look).code,
			 YF_CODE_BUSY);
	pthread_join(thread, NULL);
	assert_true(other.failed);
	assert_int_equal(worker_pid(), 0);
}

static void bad_models(void **state)
{
	YF_AUTO(face_pool) pool = NULL;
	struct yf_face_pool_config config =
		config_of("/proc/self/exe", "build/absent.model", 1, 1000);

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
		const struct yf_face_pool_config config =
			config_of(programs[i], model, 1, 2000);
		struct yf_face_sight look;

		assert_false(yf_failed(yf_face_pool_open(&config, &pool)));
		assert_int_equal(
			yf_face_pool_quality(pool, bed->ann, &look).code,
			YF_CODE_FACE_WORKER);
	}
}

/* --- a worker that was taken over --- */

static void nothing(struct yf_wire_reply *reply)
{
	(void)reply;
}

static void long_template(struct yf_wire_reply *reply)
{
	reply->template_len = 129;
}

static void huge_template(struct yf_wire_reply *reply)
{
	reply->template_len = UINT32_MAX;
}

/* A template of nobody. */
static void ghost(struct yf_wire_reply *reply)
{
	reply->sights[0].answer = YF_FACE_NONE;
	reply->sights[0].quality = yf_face_quality_none();
}

static void unknown_answer(struct yf_wire_reply *reply)
{
	const uint32_t unknown = 77;

	memcpy(&reply->sights[0].answer, &unknown, sizeof(unknown));
}

static void nan_box(struct yf_wire_reply *reply)
{
	reply->sights[0].quality.box[1] = NAN;
}

static void nan_point(struct yf_wire_reply *reply)
{
	reply->sights[0].quality.point_count = YUFU_FACE_POINTS;
}

static void far_box(struct yf_wire_reply *reply)
{
	reply->sights[0].quality.box[2] = 3e38f;
}

static void infinite_yaw(struct yf_wire_reply *reply)
{
	reply->sights[0].quality.yaw = INFINITY;
}

static void unified_101(struct yf_wire_reply *reply)
{
	reply->sights[0].quality.unified = 101;
}

static void seven_points(struct yf_wire_reply *reply)
{
	reply->sights[0].quality.point_count = 7;
}

static void unusable_without_defect(struct yf_wire_reply *reply)
{
	reply->sights[0].answer = YF_FACE_UNUSABLE;
}

static void usable_with_defect(struct yf_wire_reply *reply)
{
	reply->sights[0].quality.defects = YUFU_DEFECT_SHARPNESS;
}

static void huge_picture(struct yf_wire_reply *reply)
{
	reply->sights[0].width = UINT32_MAX;
}

static void other_size(struct yf_wire_reply *reply)
{
	reply->sights[0].quality.size = 8;
}

static void nan_score(struct yf_wire_reply *reply)
{
	reply->scores[0].score = NAN;
}

static void sure_of_it(struct yf_wire_reply *reply)
{
	reply->scores[0].log10_fmr = -99;
}

static void positive_rate(struct yf_wire_reply *reply)
{
	reply->scores[0].log10_fmr = 0.5f;
}

static void passed_at_once(struct yf_wire_reply *reply)
{
	reply->progress.state = YUFU_STATE_PASSED;
	reply->template_len = 128;
}

static void passed_without_probe(struct yf_wire_reply *reply)
{
	reply->progress.state = YUFU_STATE_PASSED;
	reply->progress.step_index = 3;
}

static void probe_too_early(struct yf_wire_reply *reply)
{
	reply->template_len = 128;
}

static void unknown_state(struct yf_wire_reply *reply)
{
	reply->progress.state = 3;
}

static void other_step(struct yf_wire_reply *reply)
{
	reply->progress.shown = YUFU_STEP_LOOK_UP;
}

static void failed_for_nothing(struct yf_wire_reply *reply)
{
	reply->progress.state = YUFU_STATE_FAILED;
}

static void other_session(struct yf_wire_reply *reply)
{
	reply->session_len = 7;
}

static const struct rogue {
	const char *name;
	yf_wire_call call;
	void (*spoil)(struct yf_wire_reply *reply);
	size_t extra;  /* bytes behind the turn */
	uint32_t code; /* that it answers */
	yf_code want;
} rogues[] = {
	{ "as it should be", YF_WIRE_ENROL, nothing, 0, 0, YF_CODE_OK },
	{ "a match too", YF_WIRE_MATCH, nothing, 0, 0, YF_CODE_OK },
	{ "a session too", YF_WIRE_CHALLENGE, nothing, 0, 0, YF_CODE_OK },
	{ "a longer template", YF_WIRE_ENROL, long_template, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a huge template", YF_WIRE_ENROL, huge_template, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a template of nobody", YF_WIRE_ENROL, ghost, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "an answer that is none", YF_WIRE_ENROL, unknown_answer, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a face without a box", YF_WIRE_QUALITY, nan_box, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a NaN in the points", YF_WIRE_QUALITY, nan_point, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a box beyond all pictures", YF_WIRE_QUALITY, far_box, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "an infinite yaw", YF_WIRE_QUALITY, infinite_yaw, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a quality of 101", YF_WIRE_QUALITY, unified_101, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "seven points", YF_WIRE_QUALITY, seven_points, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "unusable for nothing", YF_WIRE_QUALITY, unusable_without_defect, 0,
	  0, YF_CODE_FACE_WORKER },
	{ "usable and blurred", YF_WIRE_QUALITY, usable_with_defect, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a picture beyond all", YF_WIRE_QUALITY, huge_picture, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a struct of another size", YF_WIRE_QUALITY, other_size, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a score of NaN", YF_WIRE_MATCH, nan_score, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a rate of 1e-99", YF_WIRE_MATCH, sure_of_it, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a rate above 1", YF_WIRE_MATCH, positive_rate, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "passed without a step", YF_WIRE_CHALLENGE, passed_at_once, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "passed without a probe", YF_WIRE_CHALLENGE, passed_without_probe, 0,
	  0, YF_CODE_FACE_WORKER },
	{ "a probe before that", YF_WIRE_CHALLENGE, probe_too_early, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a state that is none", YF_WIRE_CHALLENGE, unknown_state, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a step not asked for", YF_WIRE_CHALLENGE, other_step, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "failed for nothing", YF_WIRE_CHALLENGE, failed_for_nothing, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a session cut short", YF_WIRE_CHALLENGE, other_session, 0, 0,
	  YF_CODE_FACE_WORKER },
	{ "a code that is none", YF_WIRE_QUALITY, nothing, 0, UINT32_MAX,
	  YF_CODE_FACE_WORKER },
	{ "a code of ours", YF_WIRE_QUALITY, nothing, 0, YF_CODE_STORE,
	  YF_CODE_FACE_WORKER },
	{ "an engine that broke its rules", YF_WIRE_QUALITY, nothing, 0,
	  YF_CODE_ENGINE, YF_CODE_ENGINE },
	{ "more than a turn", YF_WIRE_QUALITY, nothing, 8, 0,
	  YF_CODE_FACE_WORKER },
};

/* The same file once more: the slashes beyond two say which row. */
static const char rogue_prefix[] = "build//";

static struct yf_host_facts rogue_facts(void)
{
	return (struct yf_host_facts){
		.of = { .engine = "org.rogue", .version = "1" },
		.template_len = 128,
		.session_len = 16,
	};
}

static void honest_reply(struct yf_wire_reply *reply, yf_wire_call call)
{
	*reply = (struct yf_wire_reply){
		.template_len = call == YF_WIRE_ENROL ? 128 : 0,
		.session_len = 16,
		.scores = { { 1, -3 } },
		.progress = { .size = sizeof(reply->progress),
			      .shown = YUFU_STEP_TURN_LEFT },
	};
	reply->sights[0] = (struct yf_face_sight){
		.width = 640, .height = 480, .quality = yf_face_quality_none()
	};
	for (int i = 0; i < 4; i++)
		reply->sights[0].quality.box[i] = 10;
	reply->progress.quality = reply->sights[0].quality;
}

static int rogue_main(const char *model_path)
{
	const size_t at = strspn(model_path + sizeof(rogue_prefix) - 1, "/");
	const struct yf_wire_hello hello = { .facts = rogue_facts(),
					     .has_challenge = 1 };
	struct yf_wire *wire = mmap(NULL, sizeof(*wire), PROT_READ | PROT_WRITE,
				    MAP_SHARED, YF_WIRE_MEMORY, 0);
	struct {
		struct yf_wire_turn turn;
		uint8_t extra[16];
	} out = { 0 };

	if (wire == MAP_FAILED || at >= YF_COUNT(rogues) ||
	    send(YF_WIRE_SOCKET, &hello, sizeof(hello), 0) < 0)
		return 1;
	while (recv(YF_WIRE_SOCKET, &out.turn, sizeof(out.turn), 0) > 0) {
		honest_reply(&wire->reply, rogues[at].call);
		rogues[at].spoil(&wire->reply);
		out.turn.code = rogues[at].code;
		send(YF_WIRE_SOCKET, &out, sizeof(out.turn) + rogues[at].extra,
		     0);
	}
	return 0;
}

static yf_err call_rogue(struct yf_face_pool *pool, const struct bed *bed,
			 yf_wire_call call)
{
	struct yf_face_session session = { .challenge = drawn };
	struct yf_face_template made = { .of = rogue_facts().of, .len = 128 };
	struct yufu_face_progress progress;
	struct yf_face_sight sight;
	struct yf_face_score score;

	switch (call) {
	case YF_WIRE_QUALITY:
		return yf_face_pool_quality(pool, bed->ann, &sight);
	case YF_WIRE_ENROL:
		return yf_face_pool_enrol(pool, &bed->ann, 1,
					  YUFU_FACE_PORTRAIT, &made, &sight);
	case YF_WIRE_MATCH:
		return yf_face_pool_match(pool, &made, &made, &score);
	case YF_WIRE_CHALLENGE:
		return yf_face_pool_challenge(pool, &session, bed->ann, 1000000,
					      &progress, &made);
	case YF_WIRE_CALLS:
		break;
	}
	return YF_FAIL(BUG);
}

/* Garbage is the worker's end, and never somebody's face. */
static void rogue_workers(void **state)
{
	for (size_t i = 0; i < YF_COUNT(rogues); i++) {
		YF_AUTO(face_pool) pool = NULL;
		char slashes[YF_COUNT(rogues) + 1] = "", path[64];

		print_message("  %s\n", rogues[i].name);
		memset(slashes, '/', i);
		snprintf(path, sizeof(path), "%s%sface.model", rogue_prefix,
			 slashes);
		const struct yf_face_pool_config config =
			config_of("/proc/self/exe", path, 1, 20000);
		assert_false(yf_failed(yf_face_pool_open(&config, &pool)));
		assert_int_equal(call_rogue(pool, *state, rogues[i].call).code,
				 rogues[i].want);
		assert_int_equal(worker_pid() != 0,
				 rogues[i].want == YF_CODE_OK);
	}
}

/* Under seccomp, without new privileges, and not to be dumped. */
static void is_caged(void **state)
{
	const struct bed *bed = *state;
	YF_AUTO(face_pool) pool = open_pool(1, 20000);
	struct yf_face_sight look;
	char path[64], line[256];
	int found = 0;

	assert_false(yf_failed(yf_face_pool_quality(pool, bed->ann, &look)));
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
		cmocka_unit_test(enrols_and_matches),
		cmocka_unit_test(enrols_several),
		cmocka_unit_test(others_are_not_compared),
		cmocka_unit_test(matches_many_pairs),
		cmocka_unit_test(holds_sessions),
		cmocka_unit_test(refuses_spoilt_sessions),
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

	if (argc == 6 && strcmp(argv[4], hanging_model) == 0)
		return pause();
	if (argc == 6 && strncmp(argv[4], rogue_prefix, 7) == 0)
		return rogue_main(argv[4]);
	if (argc == 6 && strcmp(argv[1], "face-worker") == 0)
		return yf_face_worker_main(YF_WIRE_SOCKET, argv + 2);
	yf_log_threshold(YF_LOG_ERROR);
	if (!picture_available() || !yf_file_exists(model)) {
		print_message("SKIPPED no pictures or no build/face.model\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, open_bed, close_bed);
}
