#define _DEFAULT_SOURCE
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/secret.h"
#include "face/cage.h"
#include "face/image.h"
#include "face/pool.h"
#include "face/wire.h"

struct worker {
	int socket;
	struct yf_wire *wire; /* shared with the pool */
	struct yf_host *host;
	/* Made when they are first needed: enrolling several is rare. */
	struct yf_decoder *decoders[YUFU_FACE_IMAGES_MAX];
	float scale[YUFU_FACE_IMAGES_MAX];
	uint32_t width[YUFU_FACE_IMAGES_MAX], height[YUFU_FACE_IMAGES_MAX];
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

/* An empty word stands for none. */
static const char *or_none(const char *word)
{
	return word[0] ? word : NULL;
}

static yf_err prepare(struct worker *worker, char *const words[static 4])
{
	const uint64_t memory = strtoull(words[3], NULL, 10);
	void *at = mmap(NULL, sizeof(struct yf_wire), PROT_READ | PROT_WRITE,
			MAP_SHARED, YF_WIRE_MEMORY, 0);

	if (at == MAP_FAILED)
		return YF_FAIL(IO);
	worker->wire = at;
	close(YF_WIRE_MEMORY);
	YF_TRY(yf_cage_approach(memory));
	YF_TRY(yf_host_load(or_none(words[0]), &worker->host));
	YF_TRY(yf_host_open(worker->host, or_none(words[1]), or_none(words[2]),
			    memory));
	return yf_cage_enter();
}

/* --- pictures --- */

static yf_err decode(struct worker *worker, uint32_t at, uint64_t now_us,
		     struct yufu_face_image *out)
{
	const uint32_t len = worker->wire->request.jpeg_len[at];
	struct yf_image image;

	if (len > YF_FACE_JPEG_LEN_MAX)
		return YF_FAIL(BUG);
	if (!worker->decoders[at])
		YF_TRY(yf_decoder_new(&worker->decoders[at]));
	YF_TRY(yf_decode(worker->decoders[at],
			 (yf_bytes){ worker->wire->jpegs[at], len }, &image));
	worker->scale[at] = image.scale;
	worker->width[at] = image.width;
	worker->height[at] = image.height;
	*out = (struct yufu_face_image){
		.size = sizeof(*out),
		.width = image.pixels.w,
		.height = image.pixels.h,
		.stride = image.pixels.w * 3,
		.format = YUFU_FACE_RGB8,
		.time_us = now_us,
		.pixels = image.pixels.rgb,
	};
	return YF_OK;
}

/* What was measured on the decoded pixels, in those of the file. */
static void rescale(float scale, struct yufu_face_quality *quality)
{
	quality->inter_eye_distance *= scale;
	for (int i = 0; i < 4; i++)
		quality->box[i] *= scale;
	for (int i = 0; i < YUFU_FACE_POINTS; i++) {
		quality->points[i][0] *= scale;
		quality->points[i][1] *= scale;
	}
}

static void rescale_sight(const struct worker *worker, uint32_t at,
			  struct yf_face_sight *sight)
{
	rescale(worker->scale[at], &sight->quality);
	sight->width = worker->width[at];
	sight->height = worker->height[at];
}

/* --- calls --- */

static yf_err measure(struct worker *worker)
{
	struct yufu_face_image image;
	struct yf_face_sight sight;

	YF_TRY(decode(worker, 0, 0, &image));
	YF_TRY(yf_host_quality(worker->host, &image, &sight));
	rescale_sight(worker, 0, &sight);
	worker->wire->reply.sights[0] = sight;
	return YF_OK;
}

static yf_err enrol(struct worker *worker)
{
	const struct yf_wire_request *request = &worker->wire->request;
	struct yf_wire_reply *reply = &worker->wire->reply;
	struct yufu_face_image images[YUFU_FACE_IMAGES_MAX];
	struct yf_face_sight sights[YUFU_FACE_IMAGES_MAX];

	if (request->count < 1 || request->count > YUFU_FACE_IMAGES_MAX)
		return YF_FAIL(BUG);
	for (uint32_t i = 0; i < request->count; i++)
		YF_TRY(decode(worker, i, 0, &images[i]));
	const struct yf_host_pictures of = { images, request->count,
					     request->role };
	YF_TRY(yf_host_enrol(worker->host, &of, sights, reply->bytes,
			     &reply->template_len));
	for (uint32_t i = 0; i < request->count; i++) {
		rescale_sight(worker, i, &sights[i]);
		reply->sights[i] = sights[i];
	}
	return YF_OK;
}

static yf_err match(struct worker *worker)
{
	struct yf_wire *wire = worker->wire;

	if (wire->request.count > YF_WIRE_PAIRS_MAX)
		return YF_FAIL(BUG);
	for (uint32_t i = 0; i < wire->request.count; i++) {
		const struct yf_wire_pair *pair = &wire->pairs[i];
		struct yufu_face_match match;

		YF_TRY(yf_host_match(
			worker->host,
			(yf_bytes){ pair->probe, pair->probe_len },
			(yf_bytes){ pair->reference, pair->reference_len },
			&match));
		wire->reply.scores[i] =
			(struct yf_wire_score){ match.score, match.log10_fmr };
	}
	return YF_OK;
}

static yf_err challenge(struct worker *worker)
{
	const struct yf_wire_request *request = &worker->wire->request;
	struct yf_wire_reply *reply = &worker->wire->reply;
	const uint32_t len = yf_host_facts(worker->host)->session_len;
	struct yufu_face_image image;

	if (request->session_len && request->session_len != len)
		return YF_FAIL(SYNTAX);
	if (request->session_len)
		memcpy(reply->session, request->session, len);
	else
		memset(reply->session, 0, len);
	if (request->count)
		YF_TRY(decode(worker, 0, request->now_us, &image));
	const struct yf_host_turn turn = { &request->challenge,
					   request->count ? &image : NULL,
					   request->now_us };
	YF_TRY(yf_host_challenge(worker->host, reply->session, &turn,
				 &reply->progress, reply->bytes,
				 &reply->template_len));
	reply->sights[0].width = request->count ? worker->width[0] : 0;
	reply->sights[0].height = request->count ? worker->height[0] : 0;
	if (request->count)
		rescale(worker->scale[0], &reply->progress.quality);
	reply->session_len = len;
	return YF_OK;
}

static yf_err answer(struct worker *worker, uint32_t call)
{
	static yf_err (*const calls[])(struct worker *) = {
		[YF_WIRE_QUALITY] = measure,
		[YF_WIRE_ENROL] = enrol,
		[YF_WIRE_MATCH] = match,
		[YF_WIRE_CHALLENGE] = challenge,
	};

	return call < YF_WIRE_CALLS ? calls[call](worker) : YF_FAIL(BUG);
}

/* One call; what is left of it is gone before the next one is read. */
static bool serve(struct worker *worker)
{
	struct yf_wire_turn turn;

	if (!take(worker->socket, &turn, sizeof(turn)))
		return false;
	turn.code = (uint32_t)answer(worker, turn.call).code;
	for (size_t i = 0; i < YF_COUNT(worker->decoders); i++)
		if (worker->decoders[i])
			yf_decoder_wipe(worker->decoders[i]);
	return give(worker->socket, &turn, sizeof(turn));
}

int yf_face_worker_main(int socket_fd, char *const words[static 4])
{
	struct worker worker = { .socket = socket_fd };
	struct yf_wire_hello hello = { 0 };
	const yf_err err = prepare(&worker, words);

	hello.code = (uint32_t)err.code;
	if (!yf_failed(err)) {
		hello.facts = *yf_host_facts(worker.host);
		hello.has_challenge = hello.facts.of.has_challenge;
	}
	if (!give(socket_fd, &hello, sizeof(hello)) || yf_failed(err))
		_exit(1);
	while (serve(&worker))
		continue;
	/* No exit handlers: they would make calls that the cage forbids. */
	_exit(0);
}
