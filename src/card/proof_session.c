#include "card/proof_session.h"

#include "base/secret.h"

#include <stdlib.h>

const char *yf_proof_phase_name(yf_proof_phase phase)
{
	static const char *const names[] = {
		[YF_PROOF_IDENTIFY] = "identify",
		[YF_PROOF_CONSENT] = "consent",
		[YF_PROOF_READY] = "ready",
		[YF_PROOF_FACE] = "face",
		[YF_PROOF_PASSED] = "passed",
		[YF_PROOF_REFUSED] = "refused",
		[YF_PROOF_ELSEWHERE] = "elsewhere",
	};
	return names[phase];
}

const char *yf_proof_reason_name(const struct yf_proof_session *session)
{
	static const char *const names[] = {
		[YF_PROOF_NOT_MATCHED] = "not_matched",
		[YF_PROOF_NETWORK] = "network",
		[YF_PROOF_NO_CAMERA] = "no_camera",
		[YF_PROOF_CAMERA_REFUSED] = "camera_refused",
		[YF_PROOF_NO_PORTRAIT] = "no_portrait",
		[YF_PROOF_DECLINED] = "declined",
		[YF_PROOF_TOO_OFTEN] = "too_often",
		[YF_PROOF_NO_CERTIFICATE] = "no_certificate",
	};

	if (session->reason == YF_PROOF_OK)
		return NULL;
	if (session->reason == YF_PROOF_CHALLENGE)
		return yf_face_reason_name(session->liveness_reason);
	return names[session->reason];
}

bool yf_proof_counts(yf_proof_reason reason, enum yufu_face_reason liveness)
{
	if (reason == YF_PROOF_NOT_MATCHED)
		return true;
	/* Being slow is not being somebody else. */
	return reason == YF_PROOF_CHALLENGE && !yf_face_saw_no_face(liveness) &&
	       liveness != YUFU_REASON_TOO_SLOW &&
	       liveness != YUFU_REASON_WRONG_MOVE;
}

yf_err yf_proof_may(const struct yf_proof_session *session,
		    yf_proof_phase phase)
{
	return session->phase == phase ? YF_OK : YF_FAIL(CONFLICT);
}

void yf_proof_forget(struct yf_proof_session *session)
{
	if (session->face)
		yf_wipe(session->face, sizeof(*session->face));
	free(YF_MOVE(session->face));
	yf_wipe(&session->progress, sizeof(session->progress));
	if (session->phase == YF_PROOF_READY)
		return;
	yf_face_template_wipe(&session->portrait);
	session->has_portrait = false;
}

void yf_proof_fail(struct yf_proof_session *session, yf_proof_reason reason,
		   enum yufu_face_reason liveness)
{
	session->reason = reason;
	session->liveness_reason = liveness;
	session->has_box = false;
	if (yf_proof_counts(reason, liveness))
		session->face_tries--;
	session->phase =
		session->face_tries > 0 &&
				session->attempts < YF_PROOF_ATTEMPTS_MAX
			? YF_PROOF_READY
			: YF_PROOF_REFUSED;
	if (reason == YF_PROOF_NO_PORTRAIT || reason == YF_PROOF_TOO_OFTEN ||
	    reason == YF_PROOF_NO_CERTIFICATE)
		session->phase = YF_PROOF_REFUSED;
	if (reason == YF_PROOF_DECLINED)
		session->phase = YF_PROOF_ELSEWHERE;
	yf_proof_forget(session);
}

yf_err yf_proof_start(struct yf_proof_session *session,
		      const struct yf_face_session *face,
		      const struct yufu_face_progress *progress,
		      int64_t mono_ms)
{
	YF_TRY(yf_proof_may(session, YF_PROOF_READY));
	if (session->attempts >= YF_PROOF_ATTEMPTS_MAX)
		return YF_FAIL(TOO_MANY);
	session->face = malloc(sizeof(*session->face));
	if (!session->face)
		return YF_FAIL(MEMORY);
	*session->face = *face;
	session->progress = *progress;
	session->progress_ms = mono_ms;
	session->frame_ms = mono_ms;
	session->attempts++;
	session->attempt_id[0] = 0;
	session->phase = YF_PROOF_FACE;
	session->reason = YF_PROOF_OK;
	session->has_box = false;
	return YF_OK;
}
