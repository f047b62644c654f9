#define _DEFAULT_SOURCE
#include "face/host.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "face/fence.h"
#include "face/reference.h"

struct yf_host {
	void *library;                  /* NULL: part of this program */
	struct yufu_face_engine engine; /* a copy: it cannot change its mind */
	struct yufu_face *state;
	struct yf_host_facts facts;
	bool wipes; /* the engine wipes its scratch by itself */
	struct yf_fence scratch, session, out;
};

/* Far beyond what a picture gives, and far from overflow in a float. */
static const float number_max = 1e7f;

enum { DEFECTS = 0x7fff, WORDS_MAX = 64, LEFT_MS_MAX = 600000 };

/* --- loading --- */

static bool is_text(const char *text, size_t len_max, char *out)
{
	const size_t len = text ? strnlen(text, len_max + 1) : 0;

	if (len < 1 || len > len_max)
		return false;
	memcpy(out, text, len);
	out[len] = 0;
	return true;
}

/* The members that a table of any size must have; challenge is the last. */
static bool is_table(const struct yufu_face_engine *table)
{
	return table &&
	       table->size >= offsetof(struct yufu_face_engine, challenge) &&
	       table->abi == YUFU_FACE_ABI;
}

static bool is_whole(const struct yufu_face_engine *engine)
{
	return engine->open && engine->close && engine->quality &&
	       engine->enrol && engine->match;
}

yf_err yf_host_adopt(const struct yufu_face_engine *table, struct yf_host **out)
{
	char version[YUFU_FACE_VERSION_LEN_MAX + 1];

	if (!is_table(table))
		return YF_FAIL(ENGINE);
	YF_AUTO(host) host = calloc(1, sizeof(*host));
	if (!host)
		return YF_FAIL(MEMORY);
	memcpy(&host->engine, table,
	       table->size < sizeof(host->engine) ? table->size
						  : sizeof(host->engine));
	struct yf_face_identity *of = &host->facts.of;
	if (!is_whole(&host->engine) ||
	    !is_text(table->id, YUFU_FACE_ID_LEN_MAX, of->engine) ||
	    !is_text(table->version, YUFU_FACE_VERSION_LEN_MAX, version) ||
	    !yf_face_is_id(yf_str_of(of->engine)) ||
	    !yf_face_is_version(yf_str_of(version)))
		return YF_FAIL(ENGINE);
	snprintf(of->version, sizeof(of->version), "%s+" YF_HOST_DECODER,
		 version);
	of->has_challenge = host->engine.challenge != NULL;
	host->wipes = table == &yf_reference_engine;
	*out = YF_MOVE(host);
	return YF_OK;
}

/* A name without a folder is a file here too, not one of the system's. */
static void *open_library(const char *path)
{
	char here[PATH_MAX];

	if (strchr(path, '/'))
		return dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const int len = snprintf(here, sizeof(here), "./%s", path);
	return len > 0 && (size_t)len < sizeof(here)
		       ? dlopen(here, RTLD_NOW | RTLD_LOCAL)
		       : NULL;
}

yf_err yf_host_load(const char *path, struct yf_host **out)
{
	const struct yufu_face_engine *(*entry)(void);

	if (!path)
		return yf_host_adopt(&yf_reference_engine, out);
	if (access(path, R_OK))
		return errno == ENOENT ? YF_FAIL(NOT_FOUND) : YF_FAIL(IO);
	void *library = open_library(path);
	if (!library)
		return YF_FAIL(ENGINE);
	void *symbol = dlsym(library, "yufu_face_engine_v1");
	/* ISO C has no cast from an object to a function; POSIX does. */
	memcpy(&entry, &symbol, sizeof(entry));
	const yf_err err =
		symbol ? yf_host_adopt(entry(), out) : YF_FAIL(ENGINE);
	if (yf_failed(err))
		dlclose(library);
	else
		(*out)->library = library;
	return err;
}

void yf_host_close(struct yf_host *host)
{
	if (!host)
		return;
	if (host->state)
		host->engine.close(host->state);
	yf_fence_take_down(&host->scratch);
	yf_fence_take_down(&host->session);
	yf_fence_take_down(&host->out);
	if (host->library)
		dlclose(host->library);
	free(host);
}

void yf_host_cleanup(struct yf_host **host)
{
	yf_host_close(*host);
}

/* --- opening --- */

static yf_err err_of(int32_t result)
{
	switch (result) {
	case YUFU_FACE_BAD_TEMPLATE:
		return YF_FAIL(TEMPLATE);
	case YUFU_FACE_BAD_MODEL:
		return YF_FAIL(MODEL);
	case YUFU_FACE_BAD_SESSION:
	case YUFU_FACE_BAD_ARGUMENT:
		return YF_FAIL(SYNTAX);
	case YUFU_FACE_NO_MEMORY:
		return YF_FAIL(MEMORY);
	case YUFU_FACE_NOT_SUPPORTED:
		return YF_FAIL(UNSUPPORTED);
	default:
		return YF_FAIL(ENGINE);
	}
}

yf_err yf_host_open(struct yf_host *host, const char *folder, const char *model,
		    uint64_t memory_len_max)
{
	const struct yufu_face_config config = {
		.size = sizeof(config),
		.memory_len_max = memory_len_max,
		.folder = folder,
		.model = model,
	};
	struct yufu_face_opened opened = { .size = sizeof(opened) };
	struct yf_host_facts *facts = &host->facts;

	if (host->state)
		return YF_FAIL(BUG);
	const int32_t result =
		host->engine.open(&config, &host->state, &opened);
	if (result != YUFU_FACE_OK) {
		host->state = NULL;
		return result == YUFU_FACE_BAD_ARGUMENT ? YF_FAIL(MODEL)
							: err_of(result);
	}
	if (!host->state || opened.template_len < 1 ||
	    opened.template_len > YUFU_FACE_TEMPLATE_LEN_MAX ||
	    opened.session_len > YUFU_FACE_SESSION_LEN_MAX ||
	    (host->engine.challenge && !opened.session_len) ||
	    opened.scratch_len > YUFU_FACE_SCRATCH_LEN_MAX)
		return YF_FAIL(ENGINE);
	facts->template_len = opened.template_len;
	facts->session_len = opened.session_len;
	facts->scratch_len = opened.scratch_len;
	memcpy(facts->of.model_hash, opened.model_hash,
	       sizeof(facts->of.model_hash));
	return yf_fence_put_up(opened.scratch_len, &host->scratch) &&
			       yf_fence_put_up(opened.session_len,
					       &host->session) &&
			       yf_fence_put_up(opened.template_len, &host->out)
		       ? YF_OK
		       : YF_FAIL(MEMORY);
}

const struct yf_host_facts *yf_host_facts(const struct yf_host *host)
{
	return &host->facts;
}

const struct yufu_face_engine *yf_host_table(const struct yf_host *host)
{
	return &host->engine;
}

struct yufu_face *yf_host_state(const struct yf_host *host)
{
	return host->state;
}

/* --- what came back --- */

/* After every call: nothing stays, and nothing was written beside it. */
static yf_err tidy(struct yf_host *host)
{
	const bool held = yf_fence_holds(&host->scratch) &&
			  yf_fence_holds(&host->session) &&
			  yf_fence_holds(&host->out);

	if (!host->wipes)
		yf_fence_wipe(&host->scratch);
	yf_fence_wipe(&host->session);
	yf_fence_wipe(&host->out);
	return held ? YF_OK : YF_FAIL(ENGINE);
}

static bool is_number(float value)
{
	return fabsf(value) < number_max;
}

static bool are_numbers(const float *at, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_number(at[i]))
			return false;
	return true;
}

static bool are_numbers_or_nan(const float *at, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!isnan(at[i]) && !is_number(at[i]))
			return false;
	return true;
}

static bool is_within(float value, float low, float high)
{
	return isnan(value) || (value >= low && value <= high);
}

/* What the engine measured, for a picture of which it says `answer`. */
bool yf_host_is_quality(const struct yufu_face_quality *q,
			yf_face_answer answer)
{
	const float numbers[] = {
		q->yaw,
		q->pitch,
		q->roll,
		q->eyes_open,
		q->mouth_open,
		q->inter_eye_distance,
		q->head_size,
		q->luminance_mean,
		q->luminance_sd,
		q->under_exposure,
		q->over_exposure,
		q->dynamic_range,
		q->sharpness,
		q->natural_colour,
		q->illumination_uniformity,
		q->background_uniformity,
		q->compression_artifacts,
	};
	const bool seen =
		answer == YF_FACE_USABLE || answer == YF_FACE_UNUSABLE;

	return (q->point_count == 0 || q->point_count == YUFU_FACE_POINTS) &&
	       is_within(q->unified, 0, 100) && is_within(q->score, 0, 1) &&
	       are_numbers_or_nan(numbers, YF_COUNT(numbers)) &&
	       are_numbers_or_nan(q->box, 4) &&
	       (!seen || are_numbers(q->box, 4)) &&
	       (!q->point_count ||
		are_numbers(q->points[0], (size_t)2 * YUFU_FACE_POINTS)) &&
	       (answer == YF_FACE_UNUSABLE) ==
		       (seen && (q->defects & DEFECTS) != 0);
}

static bool is_answer(int32_t result)
{
	return result >= YUFU_FACE_OK && result <= YUFU_FACE_QUALITY;
}

/* Says nothing of a picture without a face, whatever stands there. */
static void read_quality(const struct yufu_face_quality *from,
			 yf_face_answer answer, struct yf_face_sight *out)
{
	out->answer = answer;
	out->quality = answer == YF_FACE_NONE ? yf_face_quality_none() : *from;
	out->quality.size = sizeof(out->quality);
	out->quality.defects &= DEFECTS;
	out->quality.warnings &= DEFECTS;
	if (answer == YF_FACE_MANY)
		out->quality.defects |= YUFU_DEFECT_SINGLE_FACE_PRESENT;
}

/* --- calls --- */

yf_err yf_host_quality(struct yf_host *host,
		       const struct yufu_face_image *image,
		       struct yf_face_sight *out)
{
	struct yufu_face_quality quality = yf_face_quality_none();
	const int32_t result = host->engine.quality(
		host->state, host->scratch.at, image, &quality);

	YF_TRY(tidy(host));
	if (result < 0)
		return err_of(result);
	if (!is_answer(result) ||
	    !yf_host_is_quality(&quality, (yf_face_answer)result))
		return YF_FAIL(ENGINE);
	read_quality(&quality, (yf_face_answer)result, out);
	out->width = image->width;
	out->height = image->height;
	return YF_OK;
}

/* To measure, a face with defects is taken too. */
static bool is_enrolled(int32_t result, uint32_t len, uint32_t len_max)
{
	return is_answer(result) &&
	       (result == YUFU_FACE_OK ? len >= 1 && len <= len_max : len == 0);
}

yf_err yf_host_enrol(struct yf_host *host, const struct yf_host_pictures *of,
		     struct yf_face_sight *sights,
		     uint8_t out[static YUFU_FACE_TEMPLATE_LEN_MAX],
		     uint32_t *out_len)
{
	struct yufu_face_quality measured[YUFU_FACE_IMAGES_MAX];
	uint32_t len = 0;

	if (of->count < 1 || of->count > YUFU_FACE_IMAGES_MAX)
		return YF_FAIL(RANGE);
	for (uint32_t i = 0; i < of->count; i++)
		measured[i] = yf_face_quality_none();
	const int32_t result = host->engine.enrol(
		host->state, host->scratch.at, of->images, of->count, of->role,
		host->out.at, &len, measured);
	if (len <= host->facts.template_len)
		memcpy(out, host->out.at, len);
	YF_TRY(tidy(host));
	if (result < 0)
		return err_of(result);
	if (!is_enrolled(result, len, host->facts.template_len))
		return YF_FAIL(ENGINE);
	for (uint32_t i = 0; i < of->count; i++) {
		const yf_face_answer answer = yf_face_answer_of(&measured[i]);
		if (!yf_host_is_quality(&measured[i], answer))
			return YF_FAIL(ENGINE);
		read_quality(&measured[i], answer, &sights[i]);
		sights[i].width = of->images[i].width;
		sights[i].height = of->images[i].height;
	}
	/* Nobody has a template of pictures in which nobody was seen. */
	if (sights[0].answer != (yf_face_answer)result && len == 0)
		return YF_FAIL(ENGINE);
	*out_len = len;
	return YF_OK;
}

yf_err yf_host_match(struct yf_host *host, yf_bytes probe, yf_bytes reference,
		     struct yufu_face_match *out)
{
	struct yufu_face_match match = { .size = sizeof(match),
					 .score = NAN,
					 .log10_fmr = NAN };

	if (probe.len < 1 || probe.len > host->facts.template_len ||
	    reference.len < 1 || reference.len > host->facts.template_len)
		return YF_FAIL(TEMPLATE);
	const int32_t result = host->engine.match(
		host->state, probe.ptr, (uint32_t)probe.len, reference.ptr,
		(uint32_t)reference.len, &match);
	if (result < 0)
		return err_of(result);
	if (result != YUFU_FACE_OK || !isfinite(match.score) ||
	    !(match.log10_fmr >= -12 && match.log10_fmr <= 0))
		return YF_FAIL(ENGINE);
	*out = match;
	return YF_OK;
}

static bool is_challenge(const struct yufu_face_challenge *challenge)
{
	if (challenge->step_count > YUFU_FACE_STEPS_MAX)
		return false;
	for (uint32_t i = 0; i < challenge->step_count; i++)
		if (challenge->steps[i] < YUFU_STEP_TURN_LEFT ||
		    challenge->steps[i] > YUFU_STEP_LOOK_UP)
			return false;
	return true;
}

static bool is_shown(const struct yufu_face_challenge *challenge,
		     uint32_t shown)
{
	bool found = shown == YUFU_STEP_NEUTRAL;

	for (uint32_t i = 0; i < challenge->step_count; i++)
		found |= challenge->steps[i] == shown;
	return found;
}

/* PASSED comes with a picture, with a probe, and with all steps done. */
bool yf_host_is_progress(const struct yufu_face_challenge *challenge,
			 const struct yufu_face_progress *p, bool has_image,
			 uint32_t probe_len, uint32_t len_max)
{
	const bool passed = p->state == YUFU_STATE_PASSED;

	return p->state <= YUFU_STATE_FAILED && p->reason < WORDS_MAX &&
	       p->hint < WORDS_MAX && is_shown(challenge, p->shown) &&
	       p->step_index <= challenge->step_count &&
	       p->left_ms <= LEFT_MS_MAX &&
	       p->image_result <= YUFU_FACE_QUALITY &&
	       (p->state == YUFU_STATE_FAILED) ==
		       (p->reason != YUFU_REASON_NONE) &&
	       (passed ? has_image && probe_len >= 1 && probe_len <= len_max &&
				 p->step_index == challenge->step_count
		       : probe_len == 0) &&
	       (!has_image ||
		yf_host_is_quality(&p->quality,
				   (yf_face_answer)p->image_result));
}

yf_err yf_host_challenge(struct yf_host *host, uint8_t *session,
			 const struct yf_host_turn *turn,
			 struct yufu_face_progress *out,
			 uint8_t probe[static YUFU_FACE_TEMPLATE_LEN_MAX],
			 uint32_t *probe_len)
{
	struct yufu_face_challenge asked = *turn->asked;
	struct yufu_face_progress progress = {
		.size = sizeof(progress),
		.quality = yf_face_quality_none(),
	};
	struct yf_face_sight sight;
	uint32_t len = 0;

	if (!host->engine.challenge)
		return YF_FAIL(UNSUPPORTED);
	if (!is_challenge(turn->asked))
		return YF_FAIL(SYNTAX);
	asked.size = sizeof(asked);
	asked.reserved = 0;
	memcpy(host->session.at, session, host->facts.session_len);
	const int32_t result = host->engine.challenge(
		host->state, host->scratch.at, host->session.at, &asked,
		turn->image, turn->now_us, &progress, host->out.at, &len);
	if (result == YUFU_FACE_OK)
		memcpy(session, host->session.at, host->facts.session_len);
	if (len <= host->facts.template_len)
		memcpy(probe, host->out.at, len);
	YF_TRY(tidy(host));
	if (result < 0)
		return err_of(result);
	if (result != YUFU_FACE_OK ||
	    !yf_host_is_progress(&asked, &progress, turn->image != NULL, len,
				 host->facts.template_len))
		return YF_FAIL(ENGINE);
	read_quality(&progress.quality,
		     turn->image ? (yf_face_answer)progress.image_result
				 : YF_FACE_NONE,
		     &sight);
	progress.quality = sight.quality;
	progress.size = sizeof(progress);
	*out = progress;
	*probe_len = len;
	return YF_OK;
}
