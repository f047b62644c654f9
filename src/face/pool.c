#define _GNU_SOURCE
#include "face/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "face/image.h"
#include "face/model.h"
#include "face/wire.h"

enum { WORKERS_MAX = 64, START_MS = 5000, FD_FLOOR = 10 };

/* A place for one worker; the process is started when it is first needed. */
struct seat {
	bool taken; /* under the mutex; the rest belongs to who took it */
	bool ready;
	pid_t pid; /* 0: none */
	int socket;
	int memory_fd;
	uint8_t *memory; /* YF_FACE_JPEG_LEN_MAX, or NULL */
};

struct yf_face_pool {
	char *program, *model_path;
	int64_t deadline_ms;
	struct yf_clock clock;
	pthread_mutex_t mutex;
	pthread_cond_t given_back;
	unsigned count;
	struct seat seats[];
};

const char *yf_face_engine_id(void)
{
	return "org.yufu.ref/1+turbojpeg2";
}

static yf_err check_model(const char *path)
{
	YF_AUTO(model) model = NULL;
	const yf_err err = yf_model_open(path, &model);

	return err.code == YF_CODE_NOT_FOUND ? YF_FAIL(IO) : err;
}

yf_err yf_face_pool_open(const struct yf_face_pool_config *config,
			 struct yf_face_pool **out)
{
	if (config->workers < 1 || config->workers > WORKERS_MAX ||
	    config->deadline_ms < 1)
		return YF_FAIL(CONFIG);
	YF_TRY(check_model(config->model_path));

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
	pool->program = strdup(config->program);
	pool->model_path = strdup(config->model_path);
	if (!pool->program || !pool->model_path) {
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
		if (seat->memory)
			munmap(seat->memory, YF_FACE_JPEG_LEN_MAX);
		if (seat->memory_fd >= 0)
			close(seat->memory_fd);
	}
	pthread_cond_destroy(&pool->given_back);
	pthread_mutex_destroy(&pool->mutex);
	free(pool->program);
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
	if (seat->memory)
		return YF_OK;
	seat->memory_fd = lift(
		memfd_create("yufu-face", MFD_CLOEXEC | MFD_ALLOW_SEALING));
	if (seat->memory_fd < 0 ||
	    ftruncate(seat->memory_fd, YF_FACE_JPEG_LEN_MAX) ||
	    fcntl(seat->memory_fd, F_ADD_SEALS,
		  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return YF_FAIL(IO);
	void *at = mmap(NULL, YF_FACE_JPEG_LEN_MAX, PROT_READ | PROT_WRITE,
			MAP_SHARED, seat->memory_fd, 0);
	if (at == MAP_FAILED)
		return YF_FAIL(IO);
	madvise(at, YF_FACE_JPEG_LEN_MAX, MADV_DONTDUMP);
	seat->memory = at;
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
	char *const argv[] = { pool->program, name, pool->model_path, NULL };
	char *const environment[] = { NULL };
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_t files;

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
		      int64_t until_ms, struct yf_wire_reply *out)
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
		recv(seat->socket, out, sizeof(*out), MSG_DONTWAIT | MSG_TRUNC);
	return got == (ssize_t)sizeof(*out) ? YF_OK : YF_FAIL(FACE_WORKER);
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
	case YF_CODE_MEMORY:
		return YF_FAIL(MEMORY);
	default:
		return YF_FAIL(FACE_WORKER);
	}
}

static yf_err start(const struct yf_face_pool *pool, struct seat *seat)
{
	int pair[2];
	struct yf_wire_reply hello;

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
		       &hello));
	YF_TRY(code_to_err(hello.code));
	seat->ready = true;
	return YF_OK;
}

/* Far beyond what a picture gives, and far from overflow in a float. */
static bool all_sound(const float *at, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!(fabsf(at[i]) < 1e7f))
			return false;
	return true;
}

/*
 * A worker that was taken over could answer anything.  A face that was to be
 * described has a descriptor of length 1: two without any are no distance
 * apart.
 */
static bool is_sane(const struct yf_look *look, yf_face_depth depth)
{
	const bool described =
		look->outcome == YF_LOOK_FACE && depth != YF_FACE_LANDMARKS;
	const float numbers[] = { look->score,      look->yaw,
				  look->mouth,      look->eye_distance,
				  look->brightness, look->sharpness };
	float squares = 0;

	if ((unsigned)look->outcome > YF_LOOK_CUT_OFF ||
	    look->width > YF_IMAGE_SIDE_MAX ||
	    look->height > YF_IMAGE_SIDE_MAX ||
	    !all_sound(numbers, YF_COUNT(numbers)) ||
	    !all_sound(look->box, 4) ||
	    !all_sound(look->points[0], (size_t)2 * YF_FACE_POINTS) ||
	    !all_sound(look->descriptor, YF_FACE_DESCRIPTOR))
		return false;
	for (int i = 0; i < YF_FACE_DESCRIPTOR; i++)
		squares += look->descriptor[i] * look->descriptor[i];
	return fabsf(squares - 1) < 1e-3f || (squares == 0 && !described);
}

static yf_err ask(const struct yf_face_pool *pool, struct seat *seat,
		  size_t jpeg_len, yf_face_depth depth, int64_t until_ms,
		  struct yf_look *out)
{
	const struct yf_wire_request request = { (uint32_t)jpeg_len,
						 (uint32_t)depth };
	struct yf_wire_reply reply;

	if (send(seat->socket, &request, sizeof(request), MSG_NOSIGNAL) !=
	    (ssize_t)sizeof(request))
		return YF_FAIL(FACE_WORKER);
	YF_TRY(receive(pool, seat, until_ms, &reply));
	YF_TRY(code_to_err(reply.code));
	const bool sane = is_sane(&reply.look, depth);
	if (sane)
		*out = reply.look;
	yf_wipe(&reply, sizeof(reply));
	return sane ? YF_OK : YF_FAIL(FACE_WORKER);
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

/* Whether the worker can be kept after this result. */
static bool is_healthy(yf_err err)
{
	return !yf_failed(err) || err.code == YF_CODE_IMAGE;
}

/* An idle worker has nothing to say: whatever shows on its socket is its end.
 * Nothing was asked of it yet, so its replacement costs nobody an answer. */
static bool is_gone(const struct seat *seat)
{
	struct pollfd end = { .fd = seat->socket, .events = POLLIN };

	return poll(&end, 1, 0) != 0;
}

static yf_err look(const struct yf_face_pool *pool, struct seat *seat,
		   yf_bytes jpeg, yf_face_depth depth, struct yf_look *out)
{
	if (seat->ready && is_gone(seat))
		dismiss(seat);
	if (!seat->ready)
		YF_TRY(start(pool, seat));
	memcpy(seat->memory, jpeg.ptr, jpeg.len);
	const yf_err err =
		ask(pool, seat, jpeg.len, depth,
		    yf_clock_mono_ms(&pool->clock) + pool->deadline_ms, out);
	yf_wipe(seat->memory, jpeg.len);
	return err;
}

yf_err yf_face_pool_look(struct yf_face_pool *pool, yf_bytes jpeg,
			 yf_face_depth depth, struct yf_look *out)
{
	struct seat *seat;

	if (jpeg.len > YF_FACE_JPEG_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	if (jpeg.len == 0)
		return YF_FAIL(IMAGE);
	YF_TRY(take_seat(pool,
			 yf_clock_mono_ms(&pool->clock) + pool->deadline_ms,
			 &seat));
	const yf_err err = look(pool, seat, jpeg, depth, out);
	if (!is_healthy(err)) {
		yf_log_err(YF_LOG_WARN, err, "face worker replaced");
		dismiss(seat);
	}
	give_seat(pool, seat);
	return err;
}
