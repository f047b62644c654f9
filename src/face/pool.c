#define _GNU_SOURCE
#include "face/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "face/plan.h"
#include "face/wire.h"

enum { WORKERS_MAX = 64, START_MS = 5000, FD_FLOOR = 10 };

_Static_assert((int)YF_FACE_JPEG_LEN_MAX == (int)YF_WIRE_JPEG_LEN_MAX,
	       "a picture fits its place");

/* A place for one worker; the process is started when it is first needed. */
struct seat {
	bool taken; /* under the mutex; the rest belongs to who took it */
	bool ready;
	pid_t pid; /* 0: none */
	int socket;
	int memory_fd;
	struct yf_wire *wire; /* or NULL */
};

struct yf_face_pool {
	char *program, *engine_path, *folder, *model_path;
	char memory[24]; /* of one worker, decimal */
	int64_t deadline_ms;
	struct yf_clock clock;
	pthread_mutex_t mutex;
	pthread_cond_t given_back;
	bool known; /* under the mutex, as is what follows */
	struct yf_host_facts facts;
	unsigned count;
	struct seat seats[];
};

/* Ours is looked at; a vendor's is read in the worker only. */
static yf_err check_files(const struct yf_face_pool_config *config)
{
	YF_AUTO(plan) plan = NULL;

	if (config->engine_path && access(config->engine_path, R_OK))
		return YF_FAIL(IO);
	if (config->model_path && access(config->model_path, R_OK))
		return YF_FAIL(IO);
	if (config->engine_path || !config->model_path)
		return YF_OK;
	const yf_err err = yf_plan_open(config->model_path, &plan);
	return err.code == YF_CODE_NOT_FOUND ? YF_FAIL(IO) : err;
}

/* "" for none: it goes to the worker as a word. */
static bool keep(const char *text, char **out)
{
	*out = strdup(text ? text : "");
	return *out != NULL;
}

yf_err yf_face_pool_open(const struct yf_face_pool_config *config,
			 struct yf_face_pool **out)
{
	if (config->workers < 1 || config->workers > WORKERS_MAX ||
	    config->deadline_ms < 1)
		return YF_FAIL(CONFIG);
	YF_TRY(check_files(config));

	struct yf_face_pool *pool = calloc(
		1, sizeof(*pool) + config->workers * sizeof(pool->seats[0]));
	if (!pool)
		return YF_FAIL(MEMORY);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&pool->given_back, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&pool->mutex, NULL);
	pool->clock = yf_clock_system();
	pool->deadline_ms = config->deadline_ms;
	pool->count = config->workers;
	for (unsigned i = 0; i < pool->count; i++)
		pool->seats[i].socket = pool->seats[i].memory_fd = -1;
	snprintf(pool->memory, sizeof(pool->memory), "%zu",
		 config->memory_len_max ? config->memory_len_max
					: (size_t)YF_FACE_MEMORY_LEN);
	if (!keep(config->program, &pool->program) ||
	    !keep(config->engine_path, &pool->engine_path) ||
	    !keep(config->folder, &pool->folder) ||
	    !keep(config->model_path, &pool->model_path)) {
		yf_face_pool_close(pool);
		return YF_FAIL(MEMORY);
	}
	*out = pool;
	return YF_OK;
}

/* Ends the worker, whatever it is doing; the memory stays. */
static void dismiss(struct seat *seat)
{
	if (seat->socket >= 0)
		close(seat->socket);
	seat->socket = -1;
	seat->ready = false;
	if (seat->pid <= 0)
		return;
	kill(seat->pid, SIGKILL);
	while (waitpid(seat->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	seat->pid = 0;
}

void yf_face_pool_close(struct yf_face_pool *pool)
{
	if (!pool)
		return;
	for (unsigned i = 0; i < pool->count; i++) {
		struct seat *seat = &pool->seats[i];
		dismiss(seat);
		if (seat->wire)
			munmap(seat->wire, sizeof(*seat->wire));
		if (seat->memory_fd >= 0)
			close(seat->memory_fd);
	}
	pthread_cond_destroy(&pool->given_back);
	pthread_mutex_destroy(&pool->mutex);
	free(pool->program);
	free(pool->engine_path);
	free(pool->folder);
	free(pool->model_path);
	free(pool);
}

void yf_face_pool_cleanup(struct yf_face_pool **pool)
{
	yf_face_pool_close(*pool);
}

/* Above the numbers that the worker will use, so that moving one descriptor
 * into place cannot overwrite another. */
static int lift(int fd)
{
	if (fd < 0)
		return -1;
	const int high = fcntl(fd, F_DUPFD_CLOEXEC, FD_FLOOR);
	close(fd);
	return high;
}

static yf_err furnish(struct seat *seat)
{
	if (seat->wire)
		return YF_OK;
	seat->memory_fd = lift(
		memfd_create("yufu-face", MFD_CLOEXEC | MFD_ALLOW_SEALING));
	if (seat->memory_fd < 0 ||
	    ftruncate(seat->memory_fd, sizeof(struct yf_wire)) ||
	    fcntl(seat->memory_fd, F_ADD_SEALS,
		  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return YF_FAIL(IO);
	void *at = mmap(NULL, sizeof(struct yf_wire), PROT_READ | PROT_WRITE,
			MAP_SHARED, seat->memory_fd, 0);
	if (at == MAP_FAILED)
		return YF_FAIL(IO);
	madvise(at, sizeof(struct yf_wire), MADV_DONTDUMP);
	seat->wire = at;
	return YF_OK;
}

/*
 * A process group of its own, so that Ctrl-C reaches the server only, which
 * closes the socket when it is done; no signal is blocked or ignored.
 */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, usual;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGTERM);
	return posix_spawnattr_setsigmask(attributes, &none) ||
	       posix_spawnattr_setsigdefault(attributes, &usual) ||
	       posix_spawnattr_setpgroup(attributes, 0) ||
	       posix_spawnattr_setflags(attributes,
					POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF |
						POSIX_SPAWN_SETPGROUP);
}

/* Standard error stays, for what the worker says before it is locked in. */
static int set_files(posix_spawn_file_actions_t *files, int socket, int memory)
{
	return posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY,
						0) ||
	       posix_spawn_file_actions_addopen(files, 1, "/dev/null", O_WRONLY,
						0) ||
	       posix_spawn_file_actions_adddup2(files, socket,
						YF_WIRE_SOCKET) ||
	       posix_spawn_file_actions_adddup2(files, memory,
						YF_WIRE_MEMORY) ||
	       posix_spawn_file_actions_addclosefrom_np(files,
							YF_WIRE_MEMORY + 1);
}

static yf_err spawn(const struct yf_face_pool *pool, struct seat *seat,
		    int socket)
{
	char name[] = "face-worker";
	char memory[sizeof(pool->memory)];
	char *const argv[] = { pool->program,
			       name,
			       pool->engine_path,
			       pool->folder,
			       pool->model_path,
			       memory,
			       NULL };
	char *const environment[] = { NULL };
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_t files;

	memcpy(memory, pool->memory, sizeof(memory));
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_init(&files);
	const bool failed = set_attributes(&attributes) ||
			    set_files(&files, socket, seat->memory_fd) ||
			    posix_spawn(&seat->pid, pool->program, &files,
					&attributes, argv, environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	if (failed)
		seat->pid = 0;
	return failed ? YF_FAIL(FACE_WORKER) : YF_OK;
}

/*
 * TIMEOUT, FACE_WORKER when the other end is gone.  The reply is one small
 * message: it comes whole or from a worker that cannot be trusted.
 */
static yf_err receive(const struct yf_face_pool *pool, const struct seat *seat,
		      int64_t until_ms, void *out, size_t len)
{
	struct pollfd wanted = { .fd = seat->socket, .events = POLLIN };

	for (;;) {
		const int64_t left = until_ms - yf_clock_mono_ms(&pool->clock);
		const int found = poll(&wanted, 1, left > 0 ? (int)left : 0);
		if (found < 0 && errno == EINTR)
			continue;
		if (found == 0)
			return YF_FAIL(TIMEOUT);
		break;
	}
	const ssize_t got =
		recv(seat->socket, out, len, MSG_DONTWAIT | MSG_TRUNC);
	return got == (ssize_t)len ? YF_OK : YF_FAIL(FACE_WORKER);
}

static yf_err code_to_err(uint32_t code)
{
	switch (code) {
	case YF_CODE_OK:
		return YF_OK;
	case YF_CODE_IMAGE:
		return YF_FAIL(IMAGE);
	case YF_CODE_MODEL:
		return YF_FAIL(MODEL);
	case YF_CODE_NOT_FOUND:
	case YF_CODE_IO:
		return YF_FAIL(IO);
	case YF_CODE_SANDBOX:
		return YF_FAIL(SANDBOX);
	case YF_CODE_ENGINE:
		return YF_FAIL(ENGINE);
	case YF_CODE_TEMPLATE:
		return YF_FAIL(TEMPLATE);
	case YF_CODE_SYNTAX:
		return YF_FAIL(SYNTAX);
	case YF_CODE_UNSUPPORTED:
		return YF_FAIL(UNSUPPORTED);
	case YF_CODE_MEMORY:
		return YF_FAIL(MEMORY);
	default:
		return YF_FAIL(FACE_WORKER);
	}
}

/* Text ends within its array. */
static bool is_ended(const char *text, size_t room)
{
	return memchr(text, 0, room) != NULL;
}

static bool are_facts(const struct yf_host_facts *facts)
{
	const struct yf_face_identity *of = &facts->of;

	return is_ended(of->engine, sizeof(of->engine)) &&
	       is_ended(of->version, sizeof(of->version)) &&
	       yf_face_is_id(yf_str_of(of->engine)) &&
	       yf_face_is_version(yf_str_of(of->version)) &&
	       facts->template_len >= 1 &&
	       facts->template_len <= YUFU_FACE_TEMPLATE_LEN_MAX &&
	       facts->session_len <= YUFU_FACE_SESSION_LEN_MAX;
}

/*
 * The first worker says which engine it is, all others are the same one: a
 * file that was replaced under a running server is another engine.
 */
static yf_err meet(struct yf_face_pool *pool, const struct yf_wire_hello *hello)
{
	struct yf_host_facts facts = hello->facts;

	facts.of.has_challenge = hello->has_challenge != 0;
	if (!are_facts(&facts))
		return YF_FAIL(FACE_WORKER);
	pthread_mutex_lock(&pool->mutex);
	if (!pool->known)
		pool->facts = facts;
	pool->known = true;
	const bool same =
		yf_face_identity_eq(&pool->facts.of, &facts.of) &&
		pool->facts.of.has_challenge == facts.of.has_challenge &&
		pool->facts.template_len == facts.template_len &&
		pool->facts.session_len == facts.session_len;
	pthread_mutex_unlock(&pool->mutex);
	return same ? YF_OK : YF_FAIL(FACE_WORKER);
}

static yf_err start(struct yf_face_pool *pool, struct seat *seat)
{
	int pair[2];
	struct yf_wire_hello hello;

	YF_TRY(furnish(seat));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return YF_FAIL(IO);
	seat->socket = lift(pair[0]);
	const int other = lift(pair[1]);
	const yf_err err = seat->socket >= 0 && other >= 0
				   ? spawn(pool, seat, other)
				   : YF_FAIL(IO);
	if (other >= 0)
		close(other);
	YF_TRY(err);
	YF_TRY(receive(pool, seat, yf_clock_mono_ms(&pool->clock) + START_MS,
		       &hello, sizeof(hello)));
	YF_TRY(code_to_err(hello.code));
	YF_TRY(meet(pool, &hello));
	seat->ready = true;
	return YF_OK;
}

static struct seat *free_seat(struct yf_face_pool *pool)
{
	struct seat *cold = NULL;

	for (unsigned i = 0; i < pool->count; i++) {
		struct seat *seat = &pool->seats[i];
		if (!seat->taken && seat->ready)
			return seat;
		if (!seat->taken && !cold)
			cold = seat;
	}
	return cold;
}

static yf_err take_seat(struct yf_face_pool *pool, int64_t until_ms,
			struct seat **out)
{
	const struct timespec until = { .tv_sec = until_ms / 1000,
					.tv_nsec = until_ms % 1000 * 1000000 };
	struct seat *seat;
	int waited = 0;

	pthread_mutex_lock(&pool->mutex);
	while (!(seat = free_seat(pool)) && waited == 0)
		waited = pthread_cond_timedwait(&pool->given_back, &pool->mutex,
						&until);
	if (seat)
		seat->taken = true;
	pthread_mutex_unlock(&pool->mutex);
	if (!seat)
		return YF_FAIL(BUSY);
	*out = seat;
	return YF_OK;
}

static void give_seat(struct yf_face_pool *pool, struct seat *seat)
{
	pthread_mutex_lock(&pool->mutex);
	seat->taken = false;
	pthread_cond_signal(&pool->given_back);
	pthread_mutex_unlock(&pool->mutex);
}

/* Whether the worker can be kept after this result: it is about the input. */
static bool is_healthy(yf_err err)
{
	return !yf_failed(err) || err.code == YF_CODE_IMAGE ||
	       err.code == YF_CODE_TEMPLATE || err.code == YF_CODE_SYNTAX ||
	       err.code == YF_CODE_UNSUPPORTED;
}

/* An idle worker has nothing to say: whatever shows on its socket is its end.
 * Nothing was asked of it yet, so its replacement costs nobody an answer. */
static bool is_gone(const struct seat *seat)
{
	struct pollfd end = { .fd = seat->socket, .events = POLLIN };

	return poll(&end, 1, 0) != 0;
}

static yf_err wake(struct yf_face_pool *pool, struct seat *seat)
{
	if (seat->ready && is_gone(seat))
		dismiss(seat);
	return seat->ready ? YF_OK : start(pool, seat);
}

/* Gives the seat back; a worker that failed goes. */
static yf_err leave(struct yf_face_pool *pool, struct seat *seat, yf_err err)
{
	if (!is_healthy(err)) {
		yf_log_err(YF_LOG_WARN, err, "face worker replaced");
		dismiss(seat);
	}
	give_seat(pool, seat);
	return err;
}

/* A seat with a worker that waits for its turn. */
static yf_err enter(struct yf_face_pool *pool, struct seat **out)
{
	YF_TRY(take_seat(
		pool, yf_clock_mono_ms(&pool->clock) + pool->deadline_ms, out));
	const yf_err err = wake(pool, *out);
	return yf_failed(err) ? leave(pool, *out, err) : YF_OK;
}

static yf_err ask(const struct yf_face_pool *pool, struct seat *seat,
		  yf_wire_call call)
{
	struct yf_wire_turn turn = { .call = call };

	if (send(seat->socket, &turn, sizeof(turn), MSG_NOSIGNAL) !=
	    (ssize_t)sizeof(turn))
		return YF_FAIL(FACE_WORKER);
	YF_TRY(receive(pool, seat,
		       yf_clock_mono_ms(&pool->clock) + pool->deadline_ms,
		       &turn, sizeof(turn)));
	return turn.call == call ? code_to_err(turn.code)
				 : YF_FAIL(FACE_WORKER);
}

yf_err yf_face_pool_identity(struct yf_face_pool *pool,
			     struct yf_face_identity *out)
{
	struct seat *seat;

	pthread_mutex_lock(&pool->mutex);
	const bool known = pool->known;
	if (known)
		*out = pool->facts.of;
	pthread_mutex_unlock(&pool->mutex);
	if (known)
		return YF_OK;
	YF_TRY(enter(pool, &seat));
	YF_TRY(leave(pool, seat, YF_OK));
	pthread_mutex_lock(&pool->mutex);
	*out = pool->facts.of;
	pthread_mutex_unlock(&pool->mutex);
	return YF_OK;
}

/* --- pictures in, sights out --- */

static yf_err check_jpegs(const yf_bytes *jpegs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (jpegs[i].len > YF_FACE_JPEG_LEN_MAX)
			return YF_FAIL(TOO_LARGE);
		if (!jpegs[i].len)
			return YF_FAIL(IMAGE);
	}
	return YF_OK;
}

static void put_jpegs(struct seat *seat, const yf_bytes *jpegs, size_t count)
{
	seat->wire->request.count = (uint32_t)count;
	for (size_t i = 0; i < count; i++) {
		seat->wire->request.jpeg_len[i] = (uint32_t)jpegs[i].len;
		memcpy(seat->wire->jpegs[i], jpegs[i].ptr, jpegs[i].len);
	}
}

/* The memory outlives the worker: nothing of a person stays in it. */
static void wipe(struct seat *seat, const yf_bytes *jpegs, size_t count,
		 size_t session_len)
{
	struct yf_wire_reply *reply = &seat->wire->reply;

	for (size_t i = 0; i < count; i++)
		yf_wipe(seat->wire->jpegs[i], jpegs[i].len);
	yf_wipe(seat->wire->request.session, session_len);
	yf_wipe(reply->session, sizeof(reply->session));
	yf_wipe(reply, offsetof(struct yf_wire_reply, session));
}

/* A worker that was taken over could answer anything. */
static bool is_sight(const struct yf_face_sight *sight)
{
	struct yufu_face_quality quality = sight->quality;

	return (unsigned)sight->answer <= YF_FACE_UNUSABLE &&
	       sight->width <= YUFU_FACE_SIDE_MAX &&
	       sight->height <= YUFU_FACE_SIDE_MAX &&
	       quality.size == sizeof(quality) &&
	       yf_host_is_quality(&quality, sight->answer);
}

yf_err yf_face_pool_quality(struct yf_face_pool *pool, yf_bytes jpeg,
			    struct yf_face_sight *out)
{
	struct seat *seat;

	YF_TRY(check_jpegs(&jpeg, 1));
	YF_TRY(enter(pool, &seat));
	put_jpegs(seat, &jpeg, 1);
	yf_err err = ask(pool, seat, YF_WIRE_QUALITY);
	const struct yf_face_sight sight = seat->wire->reply.sights[0];
	wipe(seat, &jpeg, 1, 0);
	if (!yf_failed(err) && !is_sight(&sight))
		err = YF_FAIL(FACE_WORKER);
	if (!yf_failed(err))
		*out = sight;
	return leave(pool, seat, err);
}

/* What the worker may be changing at this moment is read once. */
static uint32_t once(const uint32_t *at)
{
	return *(const volatile uint32_t *)at;
}

/* Takes the bytes out of the reply; 0 of them is an answer too. */
static yf_err take_template(const struct yf_face_pool *pool,
			    const struct yf_wire_reply *reply,
			    struct yf_face_template *out)
{
	const uint32_t len = once(&reply->template_len);

	if (len > pool->facts.template_len)
		return YF_FAIL(FACE_WORKER);
	out->of = pool->facts.of;
	out->len = len;
	memcpy(out->bytes, reply->bytes, len);
	return YF_OK;
}

static yf_err take_enrolled(const struct yf_face_pool *pool,
			    const struct seat *seat, size_t count,
			    struct yf_face_template *out,
			    struct yf_face_sight *sights)
{
	bool seen = false;

	memcpy(sights, seat->wire->reply.sights, count * sizeof(*sights));
	for (size_t i = 0; i < count; i++) {
		if (!is_sight(&sights[i]))
			return YF_FAIL(FACE_WORKER);
		seen |= sights[i].answer != YF_FACE_NONE;
	}
	YF_TRY(take_template(pool, &seat->wire->reply, out));
	return seen || !out->len ? YF_OK : YF_FAIL(FACE_WORKER);
}

yf_err yf_face_pool_enrol(struct yf_face_pool *pool, const yf_bytes *jpegs,
			  size_t count, enum yufu_face_role role,
			  struct yf_face_template *out,
			  struct yf_face_sight *sights)
{
	struct seat *seat;

	if (count < 1 || count > YUFU_FACE_IMAGES_MAX)
		return YF_FAIL(RANGE);
	YF_TRY(check_jpegs(jpegs, count));
	YF_TRY(enter(pool, &seat));
	put_jpegs(seat, jpegs, count);
	seat->wire->request.role = role;
	yf_err err = ask(pool, seat, YF_WIRE_ENROL);
	if (!yf_failed(err))
		err = take_enrolled(pool, seat, count, out, sights);
	wipe(seat, jpegs, count, 0);
	return leave(pool, seat, err);
}

/* --- match --- */

static yf_err check_pair(struct yf_face_pool *pool,
			 const struct yf_face_pair *pair)
{
	struct yf_face_identity of;

	YF_TRY(yf_face_pool_identity(pool, &of));
	if (!pair->probe->len || !pair->reference->len)
		return YF_FAIL(MISSING);
	if (!yf_face_identity_eq(&pair->probe->of, &of) ||
	    !yf_face_identity_eq(&pair->reference->of, &of))
		return YF_FAIL(ENGINE_OTHER);
	return pair->probe->len > sizeof(pair->probe->bytes) ||
			       pair->reference->len >
				       sizeof(pair->reference->bytes)
		       ? YF_FAIL(TEMPLATE)
		       : YF_OK;
}

static void put_pair(const struct yf_face_pair *from, struct yf_wire_pair *to)
{
	to->probe_len = from->probe->len;
	to->reference_len = from->reference->len;
	memcpy(to->probe, from->probe->bytes, from->probe->len);
	memcpy(to->reference, from->reference->bytes, from->reference->len);
}

static yf_err take_scores(const struct seat *seat, size_t count,
			  struct yf_face_score *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct yf_wire_score score = seat->wire->reply.scores[i];
		if (!isfinite(score.score) ||
		    !(score.log10_fmr >= -12 && score.log10_fmr <= 0))
			return YF_FAIL(FACE_WORKER);
		out[i] = (struct yf_face_score){ score.score, score.log10_fmr };
	}
	return YF_OK;
}

/* Up to YF_WIRE_PAIRS_MAX of them. */
static yf_err match_some(struct yf_face_pool *pool,
			 const struct yf_face_pair *pairs, size_t count,
			 struct yf_face_score *out)
{
	struct seat *seat;

	for (size_t i = 0; i < count; i++)
		YF_TRY(check_pair(pool, &pairs[i]));
	YF_TRY(enter(pool, &seat));
	seat->wire->request.count = (uint32_t)count;
	for (size_t i = 0; i < count; i++)
		put_pair(&pairs[i], &seat->wire->pairs[i]);
	yf_err err = ask(pool, seat, YF_WIRE_MATCH);
	if (!yf_failed(err))
		err = take_scores(seat, count, out);
	for (size_t i = 0; i < count; i++) {
		struct yf_wire_pair *pair = &seat->wire->pairs[i];
		yf_wipe(pair->probe, pairs[i].probe->len);
		yf_wipe(pair->reference, pairs[i].reference->len);
	}
	yf_wipe(seat->wire->reply.scores,
		count * sizeof(seat->wire->reply.scores[0]));
	return leave(pool, seat, err);
}

yf_err yf_face_pool_match_pairs(struct yf_face_pool *pool,
				const struct yf_face_pair *pairs, size_t count,
				struct yf_face_score *out)
{
	for (size_t i = 0; i < count; i += YF_WIRE_PAIRS_MAX) {
		const size_t left = count - i;
		YF_TRY(match_some(pool, pairs + i,
				  left < YF_WIRE_PAIRS_MAX ? left
							   : YF_WIRE_PAIRS_MAX,
				  out + i));
	}
	return YF_OK;
}

yf_err yf_face_pool_match(struct yf_face_pool *pool,
			  const struct yf_face_template *probe,
			  const struct yf_face_template *reference,
			  struct yf_face_score *out)
{
	const struct yf_face_pair pair = { probe, reference };
	struct yf_face_score score;

	YF_TRY(yf_face_pool_match_pairs(pool, &pair, 1, &score));
	*out = score;
	return YF_OK;
}

/* --- challenge --- */

static yf_err take_progress(const struct yf_face_pool *pool,
			    const struct seat *seat, bool has_image,
			    struct yf_face_session *session,
			    struct yufu_face_progress *out,
			    struct yf_face_template *probe)
{
	const struct yf_wire_reply *reply = &seat->wire->reply;
	const uint32_t len = pool->facts.session_len;
	const struct yufu_face_progress progress = reply->progress;
	const uint32_t width = once(&reply->sights[0].width);
	const uint32_t height = once(&reply->sights[0].height);
	struct yf_face_template made = { .len = 0 };

	YF_TRY(take_template(pool, reply, &made));
	if (progress.size != sizeof(progress) || width > YUFU_FACE_SIDE_MAX ||
	    height > YUFU_FACE_SIDE_MAX ||
	    !yf_host_is_progress(&session->challenge, &progress, has_image,
				 made.len, pool->facts.template_len) ||
	    once(&reply->session_len) != len)
		return YF_FAIL(FACE_WORKER);
	if (made.len && probe)
		*probe = made;
	yf_face_template_wipe(&made);
	memcpy(session->bytes, reply->session, len);
	session->len = len;
	session->width = width;
	session->height = height;
	*out = progress;
	return YF_OK;
}

yf_err yf_face_pool_challenge(struct yf_face_pool *pool,
			      struct yf_face_session *session, yf_bytes jpeg,
			      int64_t now_us, struct yufu_face_progress *out,
			      struct yf_face_template *probe)
{
	const size_t pictures = jpeg.len > 0;
	struct seat *seat;

	if (session->len > sizeof(session->bytes) || now_us < 0)
		return YF_FAIL(SYNTAX);
	YF_TRY(check_jpegs(&jpeg, pictures));
	YF_TRY(enter(pool, &seat));
	struct yf_wire_request *request = &seat->wire->request;
	put_jpegs(seat, &jpeg, pictures);
	request->challenge = session->challenge;
	request->now_us = (uint64_t)now_us;
	request->session_len = session->len;
	memcpy(request->session, session->bytes, session->len);
	yf_err err = ask(pool, seat, YF_WIRE_CHALLENGE);
	if (!yf_failed(err))
		err = take_progress(pool, seat, pictures > 0, session, out,
				    probe);
	wipe(seat, &jpeg, pictures, sizeof(request->session));
	return leave(pool, seat, err);
}
