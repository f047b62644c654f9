#include "face/host.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "../engines/null.h"
#include "face/fence.h"

#include <cmocka.h>

/*
 * Engines of one file, each with one thing wrong: the host sees it.  Those
 * that crash or attack are in tests/engines and run in processes of their
 * own (tests/face/conform.test.mjs).
 */
enum { SIDE = 128 };

static uint8_t pixels[SIDE * SIDE * 3];

static const struct yufu_face_image image = {
	.size = sizeof(image),
	.width = SIDE,
	.height = SIDE,
	.stride = SIDE * 3,
	.pixels = pixels,
};

/* What the engine below answers; set before each call. */
static struct play {
	int32_t result;
	uint32_t len;
	struct yufu_face_quality quality;
	struct yufu_face_match match;
	struct yufu_face_progress progress;
	struct yufu_face_opened opened;
	size_t stray; /* writes so far past the template; 0 does not */
} play;

static int32_t play_open(const struct yufu_face_config *config,
			 struct yufu_face **state,
			 struct yufu_face_opened *opened)
{
	static struct yufu_face only;

	(void)config;
	*state = &only;
	*opened = play.opened;
	return play.result;
}

static void play_close(struct yufu_face *state)
{
	(void)state;
}

static int32_t play_quality(const struct yufu_face *state, void *scratch,
			    const struct yufu_face_image *of,
			    struct yufu_face_quality *out)
{
	(void)state;
	(void)scratch;
	(void)of;
	*out = play.quality;
	return play.result;
}

static int32_t play_enrol(const struct yufu_face *state, void *scratch,
			  const struct yufu_face_image *images, uint32_t count,
			  uint32_t role, uint8_t *out, uint32_t *out_len,
			  struct yufu_face_quality *measured)
{
	(void)state;
	(void)scratch;
	(void)images;
	(void)role;
	for (uint32_t i = 0; i < count; i++)
		measured[i] = play.quality;
	if (play.stray)
		out[NULL_TEMPLATE_LEN - 1 + play.stray] = 1;
	*out_len = play.len;
	return play.result;
}

static int32_t play_match(const struct yufu_face *state, const uint8_t *probe,
			  uint32_t probe_len, const uint8_t *reference,
			  uint32_t reference_len, struct yufu_face_match *out)
{
	(void)state;
	(void)probe;
	(void)probe_len;
	(void)reference;
	(void)reference_len;
	*out = play.match;
	return play.result;
}

static int32_t play_challenge(const struct yufu_face *state, void *scratch,
			      uint8_t *session,
			      const struct yufu_face_challenge *asked,
			      const struct yufu_face_image *of, uint64_t now_us,
			      struct yufu_face_progress *out, uint8_t *probe,
			      uint32_t *probe_len)
{
	(void)state;
	(void)scratch;
	(void)asked;
	(void)of;
	(void)now_us;
	(void)probe;
	session[0]++;
	*out = play.progress;
	*probe_len = play.len;
	return play.result;
}

static const struct yufu_face_engine sound = {
	.size = sizeof(sound),
	.abi = YUFU_FACE_ABI,
	.id = "org.example.play",
	.version = "1.2-a+b",
	.open = play_open,
	.close = play_close,
	.quality = play_quality,
	.enrol = play_enrol,
	.match = play_match,
	.challenge = play_challenge,
};

static void honest(void)
{
	play = (struct play){
		.quality = yf_face_quality_none(),
		.match = { .size = sizeof(play.match), .log10_fmr = -3 },
		.progress = { .size = sizeof(play.progress),
			      .shown = YUFU_STEP_TURN_LEFT,
			      .image_result = YUFU_FACE_NO_FACE },
		.opened = { .size = sizeof(play.opened),
			    .template_len = NULL_TEMPLATE_LEN,
			    .session_len = 8,
			    .scratch_len = 100 },
	};
	play.progress.quality = play.quality;
}

static void with_face(void)
{
	for (int i = 0; i < 4; i++)
		play.quality.box[i] = 5;
}

static struct yf_host *opened(void)
{
	struct yf_host *host;

	honest();
	assert_false(yf_failed(yf_host_adopt(&sound, &host)));
	assert_false(yf_failed(yf_host_open(host, NULL, NULL, 1 << 20)));
	return host;
}

/* --- tables --- */

static void reads_tables(void **state)
{
	struct yufu_face_engine table = sound;
	YF_AUTO(host) host = opened();

	(void)state;
	assert_string_equal(yf_host_facts(host)->of.engine, "org.example.play");
	assert_string_equal(yf_host_facts(host)->of.version,
			    "1.2-a+b+" YF_HOST_DECODER);
	/* An older engine: the table ends before challenge. */
	YF_AUTO(host) older = NULL;
	table.size = offsetof(struct yufu_face_engine, challenge);
	assert_false(yf_failed(yf_host_adopt(&table, &older)));
	assert_false(yf_host_facts(older)->of.has_challenge);
	/* A newer one has more than we know. */
	YF_AUTO(host) newer = NULL;
	table.size = sizeof(table) + 64;
	assert_false(yf_failed(yf_host_adopt(&table, &newer)));
}

static void refuses_tables(void **state)
{
	char long_id[YUFU_FACE_ID_LEN_MAX + 2];
	struct yf_host *host = NULL;

	(void)state;
	memset(long_id, 'a', sizeof(long_id));
	long_id[sizeof(long_id) - 1] = 0;
	for (int i = 0; i < 12; i++) {
		struct yufu_face_engine t = sound;
		switch (i) {
		case 0:
			t.size = 8;
			break;
		case 1:
			t.abi = 2;
			break;
		case 2:
			t.id = NULL;
			break;
		case 3:
			t.id = "";
			break;
		case 4:
			t.id = "Org.Example";
			break;
		case 5:
			t.id = long_id;
			break;
		case 6:
			t.version = "1 ";
			break;
		case 7:
			t.version = NULL;
			break;
		case 8:
			t.open = NULL;
			break;
		case 9:
			t.match = NULL;
			break;
		case 10:
			t.enrol = NULL;
			break;
		default:
			t.quality = NULL;
			break;
		}
		assert_int_equal(yf_host_adopt(&t, &host).code, YF_CODE_ENGINE);
	}
	assert_int_equal(yf_host_adopt(NULL, &host).code, YF_CODE_ENGINE);
	assert_int_equal(yf_host_load("Makefile", &host).code, YF_CODE_ENGINE);
	assert_int_equal(yf_host_load("absent.so", &host).code,
			 YF_CODE_NOT_FOUND);
	assert_null(host);
}

static void refuses_limits(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) {
		YF_AUTO(host) host = NULL;
		yf_code want = YF_CODE_ENGINE;

		honest();
		assert_false(yf_failed(yf_host_adopt(&sound, &host)));
		switch (i) {
		case 0:
			play.opened.template_len = 0;
			break;
		case 1:
			play.opened.template_len = 4097;
			break;
		case 2:
			play.opened.session_len = 65537;
			break;
		case 3:
			play.opened.session_len = 0;
			break;
		case 4:
			play.opened.scratch_len = UINT64_MAX;
			break;
		default:
			play.result = YUFU_FACE_BAD_MODEL;
			want = YF_CODE_MODEL;
			break;
		}
		assert_int_equal(yf_host_open(host, NULL, NULL, 1).code, want);
	}
}

/* --- answers --- */

static void checks_quality(void **state)
{
	YF_AUTO(host) host = opened();
	struct yf_face_sight sight;

	(void)state;
	play.result = YUFU_FACE_NO_FACE;
	play.quality.yaw = 12; /* nobody has a yaw */
	assert_false(yf_failed(yf_host_quality(host, &image, &sight)));
	assert_int_equal(sight.answer, YF_FACE_NONE);
	assert_true(isnan(sight.quality.yaw));
	for (int i = 0; i < 9; i++) {
		honest();
		with_face();
		switch (i) {
		case 0:
			play.result = 4;
			break;
		case 1:
			play.result = -99;
			break;
		case 2:
			play.quality.box[3] = NAN;
			break;
		case 3:
			play.quality.box[0] = INFINITY;
			break;
		case 4:
			play.quality.sharpness = -INFINITY;
			break;
		case 5:
			play.quality.unified = 100.5f;
			break;
		case 6:
			play.quality.point_count = 67;
			break;
		case 7:
			play.result = YUFU_FACE_QUALITY;
			break;
		default:
			play.quality.defects = YUFU_DEFECT_CROP;
			break;
		}
		assert_int_equal(yf_host_quality(host, &image, &sight).code,
				 YF_CODE_ENGINE);
	}
	honest();
	with_face();
	assert_false(yf_failed(yf_host_quality(host, &image, &sight)));
	assert_int_equal(sight.answer, YF_FACE_USABLE);
}

static void checks_enrolment(void **state)
{
	YF_AUTO(host) host = opened();
	const struct yf_host_pictures none = { &image, 0, 0 };
	const struct yf_host_pictures one = { &image, 1, 0 };
	const struct yf_host_pictures nine = { &image, 9, 0 };
	uint8_t bytes[YUFU_FACE_TEMPLATE_LEN_MAX];
	struct yf_face_sight sight;
	uint32_t len;

	(void)state;
	with_face();
	play.len = NULL_TEMPLATE_LEN;
	assert_false(yf_failed(yf_host_enrol(host, &one, &sight, bytes, &len)));
	assert_int_equal(len, NULL_TEMPLATE_LEN);
	for (int i = 0; i < 5; i++) {
		honest();
		with_face();
		play.len = NULL_TEMPLATE_LEN;
		switch (i) {
		case 0:
			play.len = NULL_TEMPLATE_LEN + 1;
			break;
		case 1:
			play.len = UINT32_MAX;
			break;
		case 2:
			play.len = 0;
			break;
		case 3:
			play.result = YUFU_FACE_NO_FACE;
			break;
		/* Within the bytes of alignment, where no page ends. */
		default:
			play.stray = 1;
			break;
		}
		assert_int_equal(
			yf_host_enrol(host, &one, &sight, bytes, &len).code,
			YF_CODE_ENGINE);
	}
	assert_int_equal(yf_host_enrol(host, &none, &sight, bytes, &len).code,
			 YF_CODE_RANGE);
	assert_int_equal(yf_host_enrol(host, &nine, &sight, bytes, &len).code,
			 YF_CODE_RANGE);
}

static void checks_matches(void **state)
{
	YF_AUTO(host) host = opened();
	const uint8_t bytes[NULL_TEMPLATE_LEN + 1] = { 0 };
	const yf_bytes whole = { bytes, NULL_TEMPLATE_LEN };
	const yf_bytes longer = { bytes, NULL_TEMPLATE_LEN + 1 };
	const yf_bytes none = { bytes, 0 };
	struct yufu_face_match out;

	(void)state;
	assert_false(yf_failed(yf_host_match(host, whole, whole, &out)));
	assert_int_equal(yf_host_match(host, none, whole, &out).code,
			 YF_CODE_TEMPLATE);
	assert_int_equal(yf_host_match(host, whole, longer, &out).code,
			 YF_CODE_TEMPLATE);
	play.result = YUFU_FACE_BAD_TEMPLATE;
	assert_int_equal(yf_host_match(host, whole, whole, &out).code,
			 YF_CODE_TEMPLATE);
	const struct {
		int32_t result;
		float score, rate;
	} bad[] = {
		{ 0, NAN, -3 },  { 0, INFINITY, -3 }, { 0, 1, NAN },
		{ 0, 1, 0.01f }, { 0, 1, -12.5f },    { 1, 1, -3 },
	};
	for (size_t i = 0; i < YF_COUNT(bad); i++) {
		play.result = bad[i].result;
		play.match.score = bad[i].score;
		play.match.log10_fmr = bad[i].rate;
		assert_int_equal(yf_host_match(host, whole, whole, &out).code,
				 YF_CODE_ENGINE);
	}
}

static void checks_sessions(void **state)
{
	YF_AUTO(host) host = opened();
	struct yufu_face_challenge asked = {
		.step_count = 1,
		.steps = { YUFU_STEP_TURN_LEFT },
	};
	const struct yf_host_turn seen = { &asked, &image, 1 };
	const struct yf_host_turn unseen = { &asked, NULL, 1 };
	uint8_t session[8] = { 0 }, probe[YUFU_FACE_TEMPLATE_LEN_MAX];
	struct yufu_face_progress progress;
	uint32_t len;

	(void)state;
	assert_false(yf_failed(yf_host_challenge(host, session, &seen,
						 &progress, probe, &len)));
	assert_int_equal(session[0], 1);
	/* What fails leaves the session as it was. */
	play.result = YUFU_FACE_BAD_SESSION;
	assert_int_equal(
		yf_host_challenge(host, session, &seen, &progress, probe, &len)
			.code,
		YF_CODE_SYNTAX);
	assert_int_equal(session[0], 1);
	/* Time alone does not pass. */
	honest();
	play.len = 1;
	play.progress.state = YUFU_STATE_PASSED;
	play.progress.step_index = 1;
	assert_int_equal(yf_host_challenge(host, session, &unseen, &progress,
					   probe, &len)
				 .code,
			 YF_CODE_ENGINE);
	honest();
	asked.steps[0] = YUFU_STEP_NEUTRAL;
	assert_int_equal(
		yf_host_challenge(host, session, &seen, &progress, probe, &len)
			.code,
		YF_CODE_SYNTAX);
	asked.step_count = 7;
	assert_int_equal(
		yf_host_challenge(host, session, &seen, &progress, probe, &len)
			.code,
		YF_CODE_SYNTAX);
}

/* --- fences --- */

static void fences_hold(void **state)
{
	static const size_t lens[] = { 0,    1,    63,   64,    65,
				       4095, 4096, 4097, 70000, 200000 };

	(void)state;
	for (size_t i = 0; i < YF_COUNT(lens); i++) {
		struct yf_fence fence;

		assert_true(yf_fence_put_up(lens[i], &fence));
		assert_int_equal((uintptr_t)fence.at % 64, 0);
		memset(fence.at, 0xaa, fence.len);
		assert_true(yf_fence_holds(&fence));
		yf_fence_wipe(&fence);
		for (size_t k = 0; k < fence.len; k++)
			assert_int_equal(fence.at[k], 0);
		assert_true(yf_fence_holds(&fence));
		if (lens[i] % 64) {
			fence.at[fence.len] ^= 1;
			assert_false(yf_fence_holds(&fence));
		}
		yf_fence_take_down(&fence);
	}
}

/* --- templates --- */

static struct yf_face_template sample(void)
{
	struct yf_face_template t = { .of = { .engine = "org.example.play",
					      .version = "1+turbojpeg2" },
				      .len = 3,
				      .bytes = { 1, 2, 3 } };

	memset(t.of.model_hash, 9, sizeof(t.of.model_hash));
	return t;
}

static void templates_come_back(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1 << 16);
	struct yf_face_template from = sample(), to;
	yf_bytes bytes;

	(void)state;
	assert_false(yf_failed(yf_face_template_encode(&from, arena, &bytes)));
	assert_false(yf_failed(yf_face_template_decode(bytes, &to)));
	assert_memory_equal(&from, &to, sizeof(from));
	for (size_t len = 0; len < bytes.len; len++)
		assert_int_equal(yf_face_template_decode(
					 (yf_bytes){ bytes.ptr, len }, &to)
					 .code,
				 YF_CODE_SYNTAX);
	from.len = 0;
	assert_int_equal(yf_face_template_encode(&from, arena, &bytes).code,
			 YF_CODE_MISSING);
	/* The arena is swept from nothing. */
	from = sample();
	for (size_t room = 0; room < 64; room += 8) {
		YF_AUTO(arena) small = yf_arena_new(room);
		if (small)
			assert_int_equal(
				yf_face_template_encode(&from, small, &bytes)
					.code,
				YF_CODE_MEMORY);
	}
}

static void bad_templates(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(1 << 16);
	static const uint8_t huge[YF_FACE_TEMPLATE_ENCODED_MAX + 1];
	const struct yf_face_template from = sample();
	struct yf_face_template to;
	yf_bytes bytes;

	(void)state;
	assert_false(yf_failed(yf_face_template_encode(&from, arena, &bytes)));
	uint8_t *copy = YF_NEW(arena, uint8_t, bytes.len + 1);
	static const struct {
		size_t at;
		uint8_t value;
	} bad[] = {
		{ 0, 2 },  { 1, 0 },   { 1, 64 }, { 1, 255 },  { 2, 'O' },
		{ 2, 0 },  { 2, ' ' }, { 18, 0 }, { 18, 200 }, { 19, 'A' },
		{ 63, 1 }, { 64, 0 },  { 64, 4 },
	};
	for (size_t i = 0; i < YF_COUNT(bad); i++) {
		memcpy(copy, bytes.ptr, bytes.len);
		copy[bad[i].at] = bad[i].value;
		assert_int_equal(yf_face_template_decode(
					 (yf_bytes){ copy, bytes.len }, &to)
					 .code,
				 YF_CODE_SYNTAX);
	}
	memcpy(copy, bytes.ptr, bytes.len);
	copy[bytes.len] = 0;
	assert_int_equal(
		yf_face_template_decode((yf_bytes){ copy, bytes.len + 1 }, &to)
			.code,
		YF_CODE_SYNTAX);
	assert_int_equal(
		yf_face_template_decode((yf_bytes){ huge, sizeof(huge) }, &to)
			.code,
		YF_CODE_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_tables),
		cmocka_unit_test(refuses_tables),
		cmocka_unit_test(refuses_limits),
		cmocka_unit_test(checks_quality),
		cmocka_unit_test(checks_enrolment),
		cmocka_unit_test(checks_matches),
		cmocka_unit_test(checks_sessions),
		cmocka_unit_test(fences_hold),
		cmocka_unit_test(templates_come_back),
		cmocka_unit_test(bad_templates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
