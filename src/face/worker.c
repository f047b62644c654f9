#define _DEFAULT_SOURCE
#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/secret.h"
#include "face/cage.h"
#include "face/engine.h"
#include "face/pool.h"
#include "face/wire.h"

struct worker {
	int socket;
	uint8_t *jpeg; /* YF_FACE_JPEG_LEN_MAX, shared with the pool */
	struct yf_model *model;
	struct yf_engine *engine;
};

static bool take(int fd, void *mem, size_t len)
{
	ssize_t got;

	do
		got = recv(fd, mem, len, MSG_WAITALL);
	while (got < 0 && errno == EINTR);
	return got == (ssize_t)len;
}

static bool give(int fd, const void *mem, size_t len)
{
	ssize_t put;

	do
		put = send(fd, mem, len, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	return put == (ssize_t)len;
}

static yf_err prepare(struct worker *worker, const char *model_path)
{
	void *at = mmap(NULL, YF_FACE_JPEG_LEN_MAX, PROT_READ | PROT_WRITE,
			MAP_SHARED, YF_WIRE_MEMORY, 0);
	if (at == MAP_FAILED)
		return YF_FAIL(IO);
	worker->jpeg = at;
	close(YF_WIRE_MEMORY);
	YF_TRY(yf_model_open(model_path, &worker->model));
	YF_TRY(yf_engine_new(&worker->model->view, yf_kernel_best(),
			     &worker->engine));
	return yf_cage_enter();
}

static yf_err answer(struct worker *worker,
		     const struct yf_wire_request *request, struct yf_look *out)
{
	if (request->jpeg_len > YF_FACE_JPEG_LEN_MAX ||
	    request->depth > YF_FACE_MEASUREMENT)
		return YF_FAIL(BUG);
	return yf_engine_look(worker->engine,
			      (yf_bytes){ worker->jpeg, request->jpeg_len },
			      (yf_face_depth)request->depth, out);
}

/* One picture; what is left of it is gone before the next one is read. */
static bool serve(struct worker *worker)
{
	struct yf_wire_request request;
	struct yf_wire_reply reply = { 0 };

	if (!take(worker->socket, &request, sizeof(request)))
		return false;
	reply.code = (uint32_t)answer(worker, &request, &reply.look).code;
	const bool sent = give(worker->socket, &reply, sizeof(reply));
	yf_engine_wipe(worker->engine);
	yf_wipe(&reply, sizeof(reply));
	return sent;
}

int yf_face_worker_main(int socket_fd, const char *model_path)
{
	struct worker worker = { .socket = socket_fd };
	struct yf_wire_reply hello = { 0 };
	const yf_err err = prepare(&worker, model_path);

	hello.code = (uint32_t)err.code;
	if (!give(socket_fd, &hello, sizeof(hello)) || yf_failed(err))
		_exit(1);
	while (serve(&worker))
		continue;
	/* No exit handlers: they would make calls that the cage forbids. */
	_exit(0);
}
