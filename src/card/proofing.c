#define _DEFAULT_SOURCE
#include "card/proofing.h"

#include "base/random.h"
#include "card/face_rule.h"
#include "card/grant.h"
#include "card/proof_store.h"
#include "codec/base64url.h"
#include "codec/url.h"
#include "face/liveness.h"
#include "face/pool.h"

#include <stdio.h>
#include <stdlib.h>

static struct yf_person_ref person_of(const struct yf_proof_session *session)
{
	return (struct yf_person_ref){ session->person_shard,
				       yf_str_of(session->person_id) };
}

/* --- failing: the other way is always offered --- */

static yf_err fail(const struct yf_proof_step *step, yf_proof_reason reason,
		   enum yufu_face_reason liveness)
{
	struct yf_proof_session *session = step->session;

	yf_proof_fail(session, reason, liveness);
	return yf_proof_store_failure(step, yf_proof_reason_name(session));
}

/*
 * Where no match counts nobody is asked for their face: the service point is
 * offered instead, to whoever it is by then.
 */
static bool is_closed(const struct yf_proof_step *step)
{
	return yf_face_rule_standing(step->env->face_rule,
				     yf_env_now_s(step->env)) == YF_FACE_CLOSED;
}

static yf_err close_face(const struct yf_proof_step *step)
{
	return fail(step, YF_PROOF_NO_CERTIFICATE, YUFU_REASON_NONE);
}

/* --- number and name --- */

static yf_err match_person(const struct yf_proof_step *step, yf_str number,
			   yf_str name, struct yf_person_ref *out)
{
	const struct yf_settings *settings = &step->env->settings;
	struct yf_person person;
	yf_id_number parsed;
	const char *rule;
	bool named;

	YF_TRY(yf_str_to_c(step->arena, settings->number_rule, &rule));
	YF_TRY(yf_id_number_parse(rule, number, &parsed));
	YF_TRY(yf_register_find(step->env, step->arena, &parsed, out));
	/* Not known to be the holder: that is what the face is asked for. */
	YF_TRY(yf_register_read(step->env, step->arena, out,
				YF_STR("applicant"), "proofing", &person));
	YF_TRY(yf_person_is_named(step->arena, &person, name, &named));
	return named ? YF_OK : YF_FAIL(NOT_MATCHED);
}

/* Number unknown, number malformed, name different: one answer for all. */
static bool is_mismatch(yf_err err)
{
	return err.code == YF_CODE_NUMBER || err.code == YF_CODE_NOT_FOUND ||
	       err.code == YF_CODE_NAME || err.code == YF_CODE_NOT_MATCHED;
}

yf_err yf_proof_identify(const struct yf_proof_step *step, yf_str number,
			 yf_str name)
{
	struct yf_proof_session *session = step->session;
	struct yf_person_ref person;

	YF_TRY(yf_proof_may(session, YF_PROOF_IDENTIFY));
	if (session->identify_tries <= 0)
		return YF_FAIL(TOO_MANY);
	session->identify_tries--;
	const yf_err err = match_person(step, number, name, &person);
	if (is_mismatch(err)) {
		if (session->identify_tries)
			return YF_FAIL(NOT_MATCHED);
		/* The count against the face is not touched by this. */
		session->phase = YF_PROOF_REFUSED;
		session->reason = YF_PROOF_NOT_MATCHED;
		YF_TRY(yf_proof_store_failure(step, "not_identified"));
		return YF_FAIL(TOO_MANY);
	}
	YF_TRY(err);
	session->has_person = true;
	session->person_shard = person.shard;
	snprintf(session->person_id, sizeof(session->person_id), "%.*s",
		 YF_ARG(person.id));
	if (is_closed(step))
		return close_face(step);
	session->phase = YF_PROOF_CONSENT;
	return YF_OK;
}

/* --- consent --- */

/* base64url of 32 bytes, in its one spelling. */
static bool is_sha256(yf_str text)
{
	uint8_t hash[YF_SHA256_LEN];

	return text.len == YF_SHA256_TEXT_LEN &&
	       !yf_failed(yf_base64url_decode_into(text, hash, sizeof(hash)));
}

yf_err yf_proof_consent(const struct yf_proof_step *step, int64_t version,
			yf_str locale, yf_str text_sha256)
{
	struct yf_proof_session *session = step->session;

	YF_TRY(yf_proof_may(session, YF_PROOF_CONSENT));
	if (version != YF_PROOF_NOTICE_VERSION || !locale.len ||
	    locale.len >= sizeof(session->consent_locale) ||
	    !is_sha256(text_sha256))
		return YF_FAIL(RANGE);
	session->consent_version = version;
	session->consent_s = yf_env_now_s(step->env);
	snprintf(session->consent_locale, sizeof(session->consent_locale),
		 "%.*s", YF_ARG(locale));
	snprintf(session->consent_text, sizeof(session->consent_text), "%.*s",
		 YF_ARG(text_sha256));
	session->phase = YF_PROOF_READY;
	return YF_OK;
}

/* --- the attempt --- */

/* The register's picture through the same engine as the camera's. */
static yf_err describe_portrait(const struct yf_proof_step *step, bool *found)
{
	struct yf_proof_session *session = step->session;
	const struct yf_person_ref person = person_of(session);
	struct yf_face_sight sight;
	yf_bytes portrait;

	*found = session->has_portrait;
	if (*found)
		return YF_OK;
	YF_TRY(yf_register_portrait(step->env, step->arena, &person,
				    YF_STR("applicant"), "face match",
				    &portrait));
	if (!portrait.len)
		return YF_OK;
	const yf_err err = yf_face_pool_enrol(step->env->face, &portrait, 1,
					      YUFU_FACE_PORTRAIT,
					      &session->portrait, &sight);
	if (err.code == YF_CODE_IMAGE || err.code == YF_CODE_TOO_LARGE)
		return YF_OK;
	YF_TRY(err);
	session->has_portrait = *found = session->portrait.len > 0;
	return YF_OK;
}

static int64_t now_us(const struct yf_proof_step *step)
{
	return yf_clock_mono_ms(&step->env->clock) * 1000;
}

/* No picture yet: the engine says what is to be shown first. */
static yf_err start(const struct yf_proof_step *step,
		    const struct yufu_face_challenge *challenge)
{
	struct yf_face_session *face =
		YF_NEW(step->arena, struct yf_face_session, 1);
	struct yufu_face_progress progress;

	if (!face)
		return YF_FAIL(MEMORY);
	face->challenge = *challenge;
	YF_TRY(yf_face_pool_challenge(step->env->face, face,
				      (yf_bytes){ NULL, 0 }, now_us(step),
				      &progress, NULL));
	return yf_proof_start(step->session, face, &progress,
			      yf_clock_mono_ms(&step->env->clock));
}

yf_err yf_proof_attempt(const struct yf_proof_step *step, bool accessible)
{
	struct yf_proof_session *session = step->session;
	int64_t failures;
	bool found;

	YF_TRY(yf_proof_may(session, YF_PROOF_READY));
	session->accessible = accessible;
	if (is_closed(step))
		return close_face(step);
	YF_TRY(yf_proof_store_failures_today(step, &failures));
	if (failures >= YF_PROOF_PERSON_DAY_MAX)
		return fail(step, YF_PROOF_TOO_OFTEN, YUFU_REASON_NONE);
	YF_TRY(describe_portrait(step, &found));
	if (!found)
		return fail(step, YF_PROOF_NO_PORTRAIT, YUFU_REASON_NONE);
	const struct yufu_face_challenge challenge =
		yf_liveness_draw(yf_random_below(YF_LIVENESS_DRAWS), accessible,
				 (uint64_t)now_us(step));
	return start(step, &challenge);
}

static yf_err write_redirect(const struct yf_proof_step *step, const char *name,
			     yf_str value, yf_str *out)
{
	const struct yf_proof_session *session = step->session;
	const yf_str base = yf_str_of(session->redirect_uri);
	struct yf_buf query = yf_buf_new(step->arena, 256);
	yf_str text;

	yf_form_put(&query, name, value);
	if (session->state[0])
		yf_form_put(&query, "state", yf_str_of(session->state));
	/* RFC 9207: against mix-up, the issuer says who it is. */
	yf_form_put(&query, "iss", step->env->settings.url);
	YF_TRY(yf_buf_str(&query, &text));
	return yf_str_format(step->arena, out, "%.*s%c%.*s", YF_ARG(base),
			     yf_str_count(base, '?') ? '&' : '?', YF_ARG(text));
}

/* The reply may be lost on its way: who asks again is told again. */
static yf_err keep_redirect(struct yf_proof_session *session, yf_str address)
{
	free(session->redirect);
	session->redirect = strndup(address.ptr, address.len);
	return session->redirect ? YF_OK : YF_FAIL(MEMORY);
}

static yf_err pass(const struct yf_proof_step *step, yf_str *redirect)
{
	struct yf_proof_session *session = step->session;
	const struct yf_grant grant = {
		.kind = YF_GRANT_CODE,
		.person = person_of(session),
		.type = yf_str_of(session->type),
		.details = yf_str_of(session->details),
		.client_id = yf_str_of(session->client_id),
		.redirect_uri = yf_str_of(session->redirect_uri),
		.code_challenge = yf_str_of(session->code_challenge),
		.dpop_jkt = yf_str_of(session->dpop_jkt),
		.life_s = YF_CODE_LIFE_S,
	};
	struct yf_handle handle;
	yf_str address;
	yf_str code;

	YF_TRY(yf_handle_new(step->arena, &code, &handle));
	YF_TRY(write_redirect(step, "code", code, &address));
	YF_TRY(keep_redirect(session, address));
	const yf_err err = yf_proof_store_success(step, &grant, &handle);
	if (err.code == YF_CODE_TOO_MANY)
		return fail(step, YF_PROOF_TOO_OFTEN, YUFU_REASON_NONE);
	YF_TRY(err);
	session->phase = YF_PROOF_PASSED;
	yf_proof_forget(session);
	*redirect = address;
	return YF_OK;
}

/* The template of the session's best pictures against the register's. */
static yf_err decide(const struct yf_proof_step *step,
		     const struct yf_face_template *probe, bool *same)
{
	struct yf_face_score score;

	YF_TRY(yf_face_pool_match(step->env->face, probe,
				  &step->session->portrait, &score));
	*same = yf_face_decide(step->env->face_rule, (double)score.score,
			       (double)score.log10_fmr,
			       yf_env_now_s(step->env));
	return YF_OK;
}

static void keep_box(struct yf_proof_session *session)
{
	const struct yufu_face_progress *progress = &session->progress;
	const float width = (float)session->face->width;
	const float height = (float)session->face->height;

	session->has_box = progress->image_result == YUFU_FACE_OK &&
			   width > 0 && height > 0;
	if (!session->has_box)
		return;
	for (int i = 0; i < 4; i++)
		session->box[i] =
			progress->quality.box[i] / (i % 2 ? height : width);
}

static yf_err judge(const struct yf_proof_step *step,
		    const struct yf_face_template *probe, yf_str *redirect)
{
	const struct yufu_face_progress *progress = &step->session->progress;
	bool same = false;

	if (progress->state == YUFU_STATE_GO_ON)
		return YF_OK;
	if (progress->state == YUFU_STATE_FAILED)
		return fail(step, YF_PROOF_CHALLENGE,
			    (enum yufu_face_reason)progress->reason);
	/* A certificate may end while somebody is before the camera. */
	if (is_closed(step))
		return close_face(step);
	YF_TRY(decide(step, probe, &same));
	return same ? pass(step, redirect)
		    : fail(step, YF_PROOF_NOT_MATCHED, YUFU_REASON_NONE);
}

yf_err yf_proof_frame(const struct yf_proof_step *step, yf_bytes jpeg,
		      yf_str *redirect)
{
	struct yf_proof_session *session = step->session;
	struct yf_face_template probe = { .len = 0 };

	YF_TRY(yf_proof_may(session, YF_PROOF_FACE));
	const int64_t came_ms = yf_clock_mono_ms(&step->env->clock);
	if (came_ms - session->frame_ms < YF_PROOF_FRAME_GAP_MS)
		return YF_OK;
	session->frame_ms = came_ms;
	YF_TRY(yf_face_pool_challenge(step->env->face, session->face, jpeg,
				      now_us(step), &session->progress,
				      &probe));
	session->progress_ms = yf_clock_mono_ms(&step->env->clock);
	keep_box(session);
	if (session->progress.shown != YUFU_STEP_NEUTRAL &&
	    !session->attempt_id[0])
		YF_TRY(yf_proof_store_shown(step));
	const yf_err err = judge(step, &probe, redirect);
	yf_face_template_wipe(&probe);
	return err;
}

yf_err yf_proof_trouble(const struct yf_proof_step *step,
			yf_proof_reason reason)
{
	struct yf_proof_session *session = step->session;

	/* The other way is open at any time but after the end. */
	if (session->phase == YF_PROOF_PASSED ||
	    session->phase == YF_PROOF_REFUSED)
		return YF_FAIL(CONFLICT);
	if (session->phase == YF_PROOF_ELSEWHERE)
		return reason == YF_PROOF_DECLINED ? YF_OK : YF_FAIL(CONFLICT);
	if (reason != YF_PROOF_DECLINED && session->phase != YF_PROOF_READY &&
	    session->phase != YF_PROOF_FACE)
		return YF_FAIL(CONFLICT);
	/* A start that came to nothing is an attempt: they have an end. */
	if (session->phase == YF_PROOF_READY)
		session->attempts++;
	return fail(step, reason, YUFU_REASON_NONE);
}

yf_err yf_proof_cancel(const struct yf_proof_step *step, yf_str *redirect)
{
	/* The code is out: there is nothing left to cancel. */
	if (step->session->phase == YF_PROOF_PASSED)
		return YF_FAIL(CONFLICT);
	YF_TRY(write_redirect(step, "error", YF_STR("access_denied"),
			      redirect));
	step->session->phase = YF_PROOF_REFUSED;
	yf_proof_forget(step->session);
	return YF_OK;
}
