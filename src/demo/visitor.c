#include "demo/visitor.h"

#include <time.h>

#include "codec/url.h"
#include "crypto/hash.h"
#include "demo/camera.h"
#include "demo/raster.h"

enum {
	FRAME_ARENA = 8 * 1024 * 1024,
	FRAME_GAP_MS = 90, /* at most 12 frames a second */
	FRAMES_MAX = 600,
	ATTEMPTS_MAX = 4,
	GREY = 24,
	NOISE = 6,
	QUALITY = 80,
};

/* The part of the state object that is looked at. */
struct state {
	yf_str state;
	yf_str prompt; /* empty when there is none */
	yf_str hint;
	yf_str reason;
	yf_str service_point;
	yf_str redirect;
	int64_t tries_left;
	int64_t notice_version;
};

static const struct {
	const char *kind;
	enum yufu_face_step step;
	const char *says;
} prompts[] = {
	{ "neutral", YUFU_STEP_NEUTRAL, "look at the camera" },
	{ "turn_left", YUFU_STEP_TURN_LEFT, "turn your head to the left" },
	{ "turn_right", YUFU_STEP_TURN_RIGHT, "turn your head to the right" },
	{ "open_mouth", YUFU_STEP_OPEN_MOUTH, "open your mouth" },
	{ "come_closer", YUFU_STEP_COME_CLOSER, "come closer" },
};

static const char notice[] =
	"Your face will be compared with the picture in the register, once, to "
	"give you your card. The pictures of the camera are deleted as soon as "
	"they were looked at. You can go to a service point instead.";

static yf_err read_state(struct yf_arena *arena, const struct yf_fetched *reply,
			 struct state *out)
{
	struct state got = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR("state", &got.state),
		YF_JSON_STR_OPT("prompt.kind", &got.prompt),
		YF_JSON_STR_OPT("hint", &got.hint),
		YF_JSON_STR_OPT("reason", &got.reason),
		YF_JSON_STR_OPT("service_point.number", &got.service_point),
		YF_JSON_STR_OPT("redirect", &got.redirect),
		YF_JSON_NUM_OPT("tries_left", &got.tries_left),
		YF_JSON_NUM_OPT("notice.version", &got.notice_version),
		YF_JSON_END,
	};

	if (reply->status != 200)
		return yf_wire_refusal(arena, reply);
	YF_TRY(yf_json_decode(arena, reply->body, fields));
	*out = got;
	return YF_OK;
}

struct body {
	const char *type; /* NULL: there is none */
	yf_str text;
};

static yf_err call(const struct yf_visitor *visitor, struct yf_arena *arena,
		   const struct yf_wire *wire, const char *verb,
		   struct body body, struct state *out)
{
	const struct yf_fetch_header header = { YF_STR("Content-Type"),
						yf_str_of(body.type) };
	struct yf_fetch_ask ask = {
		.headers = &header,
		.header_count = body.type ? 1 : 0,
		.body = body.text,
	};
	struct yf_fetched reply;

	YF_TRY(yf_str_format(arena, &ask.url, "%.*s/oauth/proof/%s",
			     YF_ARG(visitor->url), verb));
	YF_TRY(yf_wire_send(wire, arena, &ask, &reply));
	return read_state(arena, &reply, out);
}

static yf_err identify(const struct yf_visitor *visitor, struct yf_arena *arena,
		       const struct yf_wire *wire, struct state *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 256);
	yf_str body;

	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "number", visitor->number);
	yf_json_out_str(&json, "name", visitor->name);
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &body));
	return call(visitor, arena, wire, "identify",
		    (struct body){ "application/json", body }, out);
}

static yf_err consent(const struct yf_visitor *visitor, struct yf_arena *arena,
		      const struct yf_wire *wire, struct state *io)
{
	struct yf_json_out json = yf_json_out_new(arena, 256);
	char digest[YF_SHA256_TEXT_LEN];
	yf_str body;

	yf_sha256_text(yf_str_of(notice), digest);
	yf_story_say(visitor->story, "the visitor reads and agrees: \"%s\"",
		     notice);
	yf_json_out_object(&json, NULL);
	yf_json_out_int(&json, "version", io->notice_version);
	yf_json_out_text(&json, "locale", "en");
	yf_json_out_str(&json, "text_sha256",
			(yf_str){ digest, sizeof(digest) });
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &body));
	return call(visitor, arena, wire, "consent",
		    (struct body){ "application/json", body }, io);
}

static float within(float value, float least, float most)
{
	return value < least ? least : value > most ? most : value;
}

/* A frame of the head, drawn by the city's own page of a virtual camera. */
static yf_err shoot(const struct yf_visitor *visitor, struct yf_arena *arena,
		    const struct yf_wire *wire, const struct yf_head_pose *pose,
		    yf_str *out)
{
	struct yf_buf query = yf_buf_new(arena, 256);
	struct yf_fetch_ask ask = { 0 };
	struct yf_fetched reply;
	yf_str text;

	yf_form_put(&query, "picture", visitor->picture);
	yf_buf_format(&query, "&yaw=%.2f&pitch=%.2f&roll=%.2f",
		      (double)pose->yaw, (double)pose->pitch,
		      (double)pose->roll);
	yf_buf_format(&query, "&mouth=%.3f&near=%.3f",
		      (double)within(pose->mouth, 0, 1),
		      (double)within(pose->growth, 1, 2));
	YF_TRY(yf_buf_str(&query, &text));
	YF_TRY(yf_str_format(arena, &ask.url, "%.*s/demo/head.jpg?%.*s",
			     YF_ARG(visitor->url), YF_ARG(text)));
	YF_TRY(yf_wire_send(wire, arena, &ask, &reply));
	if (reply.status != 200)
		return yf_wire_refusal(arena, &reply);
	*out = reply.body;
	return YF_OK;
}

/* A camera with a cloth over it: dark grey with the sensor's noise. */
static yf_err covered(struct yf_arena *arena, uint64_t seed, yf_str *out)
{
	struct yf_picture picture = { YF_HEAD_WIDTH, YF_HEAD_HEIGHT, NULL };
	const size_t len = (size_t)YF_HEAD_WIDTH * YF_HEAD_HEIGHT * 3;
	yf_bytes jpeg;

	picture.rgb = YF_NEW(arena, uint8_t, len);
	if (!picture.rgb)
		return YF_FAIL(MEMORY);
	memset(picture.rgb, GREY, len);
	yf_picture_noise(&picture, NOISE, seed);
	YF_TRY(yf_picture_encode(arena, &picture, QUALITY, &jpeg));
	*out = yf_str_from(jpeg);
	return YF_OK;
}

static enum yufu_face_step step_of(yf_str kind, const char **says)
{
	for (size_t i = 0; i < YF_COUNT(prompts); i++)
		if (yf_str_is(kind, prompts[i].kind)) {
			*says = prompts[i].says;
			return prompts[i].step;
		}
	return YUFU_STEP_NEUTRAL;
}

static void wait_until(const struct yf_clock *clock, int64_t until_ms)
{
	const int64_t left_ms = until_ms - yf_clock_mono_ms(clock);
	const struct timespec gap = { 0, (long)left_ms * 1000000L };

	if (left_ms > 0 && left_ms < 1000)
		nanosleep(&gap, NULL);
}

static yf_err one_frame(struct yf_visitor *visitor, struct yf_arena *arena,
			const struct yf_wire *wire,
			const struct yf_camera *camera, struct state *out)
{
	const struct yf_head_pose pose =
		yf_camera_pose(camera, yf_clock_mono_ms(&visitor->clock));
	yf_str jpeg;

	if (visitor->picture.len)
		YF_TRY(shoot(visitor, arena, wire, &pose, &jpeg));
	else
		YF_TRY(covered(arena, visitor->frames, &jpeg));
	visitor->frames++;
	return call(visitor, arena, wire, "frame",
		    (struct body){ "image/jpeg", jpeg }, out);
}

static yf_err remember(struct yf_visitor *visitor, const struct state *state)
{
	YF_TRY(yf_str_copy(visitor->arena, state->state, &visitor->state));
	YF_TRY(yf_str_copy(visitor->arena, state->reason, &visitor->reason));
	YF_TRY(yf_str_copy(visitor->arena, state->service_point,
			   &visitor->service_point));
	visitor->tries_left = state->tries_left;
	return YF_OK;
}

/* What is shown on the screen, told when it changes. */
static void show(struct yf_visitor *visitor, struct yf_camera *camera,
		 yf_str prompt)
{
	const char *says = NULL;
	const enum yufu_face_step step = step_of(prompt, &says);

	if (says && (step != camera->step || visitor->frames == 0))
		yf_story_say(visitor->story, "the page says: %s", says);
	yf_camera_show(camera, step, yf_clock_mono_ms(&visitor->clock));
}

/* Frames until the city has decided; `redirect` when it said yes. */
static yf_err face(struct yf_visitor *visitor, struct yf_arena *arena,
		   const struct yf_wire *wire, yf_str prompt, yf_str *redirect)
{
	struct yf_camera camera;

	yf_camera_begin(&camera, yf_clock_mono_ms(&visitor->clock));
	show(visitor, &camera, prompt);
	while (visitor->frames < FRAMES_MAX) {
		YF_AUTO(arena) scratch = yf_arena_new(FRAME_ARENA);
		const int64_t next_ms =
			yf_clock_mono_ms(&visitor->clock) + FRAME_GAP_MS;
		struct state state;

		if (!scratch)
			return YF_FAIL(MEMORY);
		const yf_err err =
			one_frame(visitor, scratch, wire, &camera, &state);
		/* The city is busy with others: the next picture, then. */
		if (yf_err_kind(err) == YF_KIND_UNAVAILABLE)
			continue;
		YF_TRY(err);
		if (!yf_str_is(state.state, "face")) {
			YF_TRY(remember(visitor, &state));
			return yf_str_copy(arena, state.redirect, redirect);
		}
		show(visitor, &camera, state.prompt);
		wait_until(&visitor->clock, next_ms);
	}
	return YF_FAIL(TIMEOUT);
}

/* The machine was too slow for pictures enough: nobody's fault. */
static bool may_try_again(const struct yf_visitor *visitor)
{
	return yf_str_is(visitor->state, "ready") &&
	       (yf_str_is(visitor->reason, "too_few") ||
		yf_str_is(visitor->reason, "too_slow"));
}

static yf_err attempt(struct yf_visitor *visitor, struct yf_arena *arena,
		      const struct yf_wire *wire, yf_str *redirect)
{
	const int64_t began_ms = yf_clock_mono_ms(&visitor->clock);
	struct state state = { 0 };

	visitor->frames = 0;
	YF_TRY(call(visitor, arena, wire, "attempt",
		    (struct body){ "application/json", YF_STR("{}") }, &state));
	YF_TRY(face(visitor, arena, wire, state.prompt, redirect));
	yf_story_say(visitor->story,
		     "%u frames in %lld ms; the city says: %.*s %.*s",
		     visitor->frames,
		     (long long)(yf_clock_mono_ms(&visitor->clock) - began_ms),
		     YF_ARG(visitor->state), YF_ARG(visitor->reason));
	return YF_OK;
}

static yf_err run(void *self, struct yf_arena *arena,
		  const struct yf_wire *wire, yf_str url, yf_str *redirect)
{
	struct yf_visitor *visitor = self;
	const struct yf_fetch_ask page = { .url = url };
	struct yf_fetched reply;
	struct state state = { 0 };

	YF_TRY(yf_wire_send(wire, arena, &page, &reply));
	if (reply.status >= 400)
		return yf_wire_refusal(arena, &reply);
	YF_TRY(call(visitor, arena, wire, "state",
		    (struct body){ NULL, (yf_str){ 0 } }, &state));
	YF_TRY(identify(visitor, arena, wire, &state));
	YF_TRY(consent(visitor, arena, wire, &state));
	YF_TRY(attempt(visitor, arena, wire, redirect));
	for (int i = 1; i < ATTEMPTS_MAX && may_try_again(visitor); i++)
		YF_TRY(attempt(visitor, arena, wire, redirect));
	return yf_str_is(visitor->state, "passed") ? YF_OK : YF_FAIL(DENIED);
}

struct yf_login yf_visitor_login(struct yf_visitor *visitor)
{
	return (struct yf_login){ run, visitor };
}
