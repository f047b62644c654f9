#include "card/proofing_api.h"

#include "card/face_rule.h"
#include "card/proofing.h"
#include "codec/json.h"
#include "http/reply.h"

/* --- the state object --- */

static void put_text(struct yf_json_out *out, const char *name,
		     const char *value)
{
	if (value)
		yf_json_out_text(out, name, value);
	else
		yf_json_out_null(out, name);
}

/* What is left of the time shown with the last picture. */
static int64_t left_ms(const struct yf_env *env,
		       const struct yf_proof_session *session)
{
	const int64_t left = session->progress_ms + session->progress.left_ms -
			     yf_clock_mono_ms(&env->clock);

	return left < 0 ? 0 : left;
}

static void put_prompt(struct yf_json_out *out, const struct yf_env *env,
		       const struct yf_proof_session *session)
{
	const struct yufu_face_progress *progress = &session->progress;

	if (session->phase != YF_PROOF_FACE) {
		yf_json_out_null(out, "prompt");
		yf_json_out_null(out, "hint");
		return;
	}
	yf_json_out_object(out, "prompt");
	yf_json_out_text(out, "kind", yf_face_step_name(progress->shown));
	yf_json_out_int(out, "index", progress->step_index);
	yf_json_out_int(out, "count", session->face->challenge.step_count);
	yf_json_out_int(out, "left_ms", left_ms(env, session));
	yf_json_out_bool(out, "accessible",
			 session->face->challenge.accessible);
	yf_json_out_close(out);
	yf_json_out_text(out, "hint", yf_face_hint_name(progress->hint));
}

static void put_ticket(struct yf_json_out *out, const struct yf_ticket *ticket)
{
	if (!ticket->number[0]) {
		yf_json_out_null(out, "service_point");
		return;
	}
	yf_json_out_object(out, "service_point");
	yf_json_out_text(out, "number", ticket->number);
	yf_json_out_int(out, "expires_at", ticket->expires_s);
	yf_json_out_close(out);
}

static void put_box(struct yf_json_out *out,
		    const struct yf_proof_session *session)
{
	if (!session->has_box || session->phase != YF_PROOF_FACE) {
		yf_json_out_null(out, "box");
		return;
	}
	yf_json_out_array(out, "box");
	for (int i = 0; i < 4; i++)
		yf_json_out_real(out, NULL, (double)session->box[i]);
	yf_json_out_close(out);
}

static yf_err encode(const struct yf_proof_step *step, yf_str redirect,
		     struct yf_reply *reply)
{
	const struct yf_settings *settings = &step->env->settings;
	const struct yf_proof_session *session = step->session;
	const yf_face_standing standing = yf_face_rule_standing(
		step->env->face_rule, yf_env_now_s(step->env));
	struct yf_json_out out = yf_json_out_new(step->arena, 1024);
	yf_str text;

	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "state", yf_proof_phase_name(session->phase));
	yf_json_out_text(&out, "client", session->client_id);
	yf_json_out_str(&out, "controller", settings->name);
	yf_json_out_bool(&out, "demo", standing == YF_FACE_DEMO);
	yf_json_out_text(&out, "face", yf_face_standing_name(standing));
	yf_json_out_object(&out, "notice");
	yf_json_out_int(&out, "version", YF_PROOF_NOTICE_VERSION);
	yf_json_out_object(&out, "retention");
	yf_json_out_int(&out, "frames_s", 0);
	yf_json_out_int(&out, "evidence_days", settings->evidence_days);
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	yf_json_out_int(&out, "tries_left", session->face_tries);
	put_prompt(&out, step->env, session);
	put_text(&out, "reason", yf_proof_reason_name(session));
	put_ticket(&out, &session->ticket);
	put_box(&out, session);
	if (!redirect.ptr && session->phase == YF_PROOF_PASSED)
		redirect = yf_str_of(session->redirect);
	if (redirect.ptr)
		yf_json_out_str(&out, "redirect", redirect);
	else
		yf_json_out_null(&out, "redirect");
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	yf_reply_json(reply, 200, text);
	return YF_OK;
}

/* --- the session of a call --- */

typedef yf_err (*action)(const struct yf_proof_step *step,
			 const struct yf_exchange *x, yf_str *redirect);

/*
 * The cookie is SameSite=Strict; a browser that tells where a call comes from
 * must say from us.
 */
static yf_err check_origin(const struct yf_exchange *x)
{
	const yf_str site = yf_exchange_header(x, "Sec-Fetch-Site");

	return !site.ptr || yf_str_is(site, "same-origin") ? YF_OK
							   : YF_FAIL(DENIED);
}

static yf_err run(const struct yf_env *env, struct yf_exchange *x,
		  struct yf_reply *reply, action act)
{
	const struct yf_handle cookie =
		yf_handle_of(yf_exchange_cookie(x, YF_PROOF_COOKIE));
	struct yf_proof_step step = { .env = env, .arena = x->arena };
	yf_str redirect = { NULL, 0 };

	YF_TRY(check_origin(x));
	YF_TRY(yf_proof_take(env->proofing, &cookie, yf_env_now_s(env),
			     &step.session));
	yf_err err = act(&step, x, &redirect);
	if (!yf_failed(err))
		err = encode(&step, redirect, reply);
	yf_proof_release(env->proofing, step.session);
	return err;
}

static yf_err look(const struct yf_proof_step *step,
		   const struct yf_exchange *x, yf_str *redirect)
{
	(void)step;
	(void)x;
	(void)redirect;
	return YF_OK;
}

yf_err yf_proof_state_get(const struct yf_env *env, struct yf_exchange *x,
			  struct yf_reply *reply)
{
	return run(env, x, reply, look);
}

static yf_err identify(const struct yf_proof_step *step,
		       const struct yf_exchange *x, yf_str *redirect)
{
	yf_str number;
	yf_str name;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("number", &number),
		YF_JSON_STR("name", &name),
		YF_JSON_END,
	};

	(void)redirect;
	YF_TRY(yf_json_decode(x->arena, x->body, fields));
	return yf_proof_identify(step, number, name);
}

yf_err yf_proof_identify_post(const struct yf_env *env, struct yf_exchange *x,
			      struct yf_reply *reply)
{
	return run(env, x, reply, identify);
}

static yf_err consent(const struct yf_proof_step *step,
		      const struct yf_exchange *x, yf_str *redirect)
{
	int64_t version;
	yf_str locale;
	yf_str text_sha256;
	const struct yf_json_field fields[] = {
		YF_JSON_NUM("version", &version),
		YF_JSON_STR("locale", &locale),
		YF_JSON_STR("text_sha256", &text_sha256),
		YF_JSON_END,
	};

	(void)redirect;
	YF_TRY(yf_json_decode(x->arena, x->body, fields));
	return yf_proof_consent(step, version, locale, text_sha256);
}

yf_err yf_proof_consent_post(const struct yf_env *env, struct yf_exchange *x,
			     struct yf_reply *reply)
{
	return run(env, x, reply, consent);
}

static yf_err attempt(const struct yf_proof_step *step,
		      const struct yf_exchange *x, yf_str *redirect)
{
	bool accessible = false;
	const struct yf_json_field fields[] = {
		YF_JSON_FLAG_OPT("accessible", &accessible),
		YF_JSON_END,
	};

	(void)redirect;
	YF_TRY(yf_json_decode(x->arena, x->body, fields));
	return yf_proof_attempt(step, accessible);
}

yf_err yf_proof_attempt_post(const struct yf_env *env, struct yf_exchange *x,
			     struct yf_reply *reply)
{
	return run(env, x, reply, attempt);
}

static yf_err frame(const struct yf_proof_step *step,
		    const struct yf_exchange *x, yf_str *redirect)
{
	return yf_proof_frame(step, yf_bytes_of(x->body), redirect);
}

yf_err yf_proof_frame_post(const struct yf_env *env, struct yf_exchange *x,
			   struct yf_reply *reply)
{
	return run(env, x, reply, frame);
}

static yf_err trouble(const struct yf_proof_step *step,
		      const struct yf_exchange *x, yf_str *redirect)
{
	static const struct {
		const char *name;
		yf_proof_reason reason;
	} reasons[] = {
		{ "network", YF_PROOF_NETWORK },
		{ "no_camera", YF_PROOF_NO_CAMERA },
		{ "camera_refused", YF_PROOF_CAMERA_REFUSED },
		{ "declined", YF_PROOF_DECLINED },
	};
	yf_str name;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("reason", &name),
		YF_JSON_END,
	};

	(void)redirect;
	YF_TRY(yf_json_decode(x->arena, x->body, fields));
	for (size_t i = 0; i < YF_COUNT(reasons); i++)
		if (yf_str_is(name, reasons[i].name))
			return yf_proof_trouble(step, reasons[i].reason);
	return YF_FAIL(UNSUPPORTED);
}

yf_err yf_proof_trouble_post(const struct yf_env *env, struct yf_exchange *x,
			     struct yf_reply *reply)
{
	return run(env, x, reply, trouble);
}

static yf_err cancel(const struct yf_proof_step *step,
		     const struct yf_exchange *x, yf_str *redirect)
{
	(void)x;
	return yf_proof_cancel(step, redirect);
}

yf_err yf_proof_cancel_post(const struct yf_env *env, struct yf_exchange *x,
			    struct yf_reply *reply)
{
	return run(env, x, reply, cancel);
}
