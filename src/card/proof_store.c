#include "card/proof_store.h"

#include "base/civil.h"
#include "card/evidence.h"
#include "card/face_rule.h"
#include "codec/uuid.h"
#include "env/act.h"
#include "face/pool.h"

#include <stdio.h>

struct save {
	const struct yf_proof_step *step;
	const char *outcome;
	const struct yf_grant *grant;
	const struct yf_handle *code;
	struct yf_ticket ticket;
	int64_t now_s;
	yf_uuid id; /* of a row that is to be found again */
};

static int64_t shard_of(const struct yf_proof_session *session)
{
	return session->has_person ? session->person_shard : session->par.shard;
}

static const char broken_off[] = "broken_off";

/* What a person or their client says, which ends no attempt that began. */
static bool is_word(const char *outcome)
{
	static const char *const words[] = { "network", "no_camera",
					     "camera_refused", "declined" };

	for (size_t i = 0; i < YF_COUNT(words); i++)
		if (strcmp(outcome, words[i]) == 0)
			return true;
	return false;
}

/* The row of a move that was shown gets its outcome. */
static yf_err end_attempt(struct yf_tx *tx, const struct save *save)
{
	const struct yf_proof_session *session = save->step->session;
	const char *outcome =
		is_word(save->outcome) ? broken_off : save->outcome;

	return yf_tx_exec(tx,
			  "UPDATE proof_attempt SET outcome = $3, made_s = $4"
			  " WHERE shard = $1 AND id = $2",
			  YF_BIND(YF_INT(shard_of(session)),
				  YF_TEXT(yf_str_of(session->attempt_id)),
				  YF_TEXT(yf_str_of(outcome)),
				  YF_INT(save->now_s)),
			  NULL);
}

static yf_err put_attempt(struct yf_tx *tx, const struct save *save, yf_uuid id)
{
	const struct yf_proof_session *session = save->step->session;

	return yf_tx_exec(
		tx,
		"INSERT INTO proof_attempt (shard, id, session_id, person_id,"
		" outcome, made_s, accessible)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)",
		YF_BIND(YF_INT(shard_of(session)), YF_TEXT(yf_uuid_str(&id)),
			YF_TEXT(yf_str_of(session->id)),
			session->has_person
				? YF_TEXT(yf_str_of(session->person_id))
				: YF_NULL,
			YF_TEXT(yf_str_of(save->outcome)), YF_INT(save->now_s),
			YF_INT(session->accessible)),
		NULL);
}

static yf_err write_shown(struct yf_tx *tx, void *ctx)
{
	const struct save *save = ctx;

	return put_attempt(tx, save, save->id);
}

yf_err yf_proof_store_shown(const struct yf_proof_step *step)
{
	struct save save = { .step = step,
			     .outcome = broken_off,
			     .now_s = yf_env_now_s(step->env) };

	save.id = yf_uuid_new(save.now_s);
	YF_TRY(yf_db_write(step->env->db, write_shown, &save));
	snprintf(step->session->attempt_id, sizeof(step->session->attempt_id),
		 "%.*s", YF_ARG(yf_uuid_str(&save.id)));
	return YF_OK;
}

static yf_err write_attempt(struct yf_tx *tx, const struct save *save)
{
	return save->step->session->attempt_id[0]
		       ? end_attempt(tx, save)
		       : put_attempt(tx, save, yf_uuid_new(save->now_s));
}

static yf_err put_ticket(struct yf_tx *tx, const struct save *save)
{
	const struct yf_proof_session *session = save->step->session;
	const yf_str number = yf_str_of(save->ticket.number);
	const struct yf_handle handle = yf_handle_of(number);

	return yf_tx_exec(
		tx,
		"INSERT INTO service_point_ticket (shard, number,"
		" person_shard, person_id, reason, made_s, expires_s)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)",
		YF_BIND(YF_INT(handle.shard), YF_TEXT(number),
			session->has_person ? YF_INT(session->person_shard)
					    : YF_NULL,
			session->has_person
				? YF_TEXT(yf_str_of(session->person_id))
				: YF_NULL,
			YF_TEXT(yf_str_of(save->outcome)), YF_INT(save->now_s),
			YF_INT(save->ticket.expires_s)),
		NULL);
}

static yf_err write_failure(struct yf_tx *tx, void *ctx)
{
	const struct save *save = ctx;

	YF_TRY(write_attempt(tx, save));
	return save->ticket.number[0] ? put_ticket(tx, save) : YF_OK;
}

static yf_err new_ticket(const struct save *save, struct yf_ticket *out)
{
	yf_str number;

	YF_TRY(yf_spoken_code(save->step->arena, 2, &number));
	snprintf(out->number, sizeof(out->number), "%.*s", YF_ARG(number));
	out->expires_s = save->now_s + YF_TICKET_LIFE_S;
	return YF_OK;
}

yf_err yf_proof_store_failure(const struct yf_proof_step *step,
			      const char *outcome)
{
	struct yf_proof_session *session = step->session;
	struct save save = { .step = step,
			     .outcome = outcome,
			     .now_s = yf_env_now_s(step->env) };

	if (session->ticket.number[0]) {
		YF_TRY(yf_db_write(step->env->db, write_failure, &save));
		session->attempt_id[0] = 0;
		return YF_OK;
	}
	/* 30^8 numbers: a second draw is enough should one be taken. */
	yf_err err = YF_OK;
	for (int i = 0; i < 2; i++) {
		YF_TRY(new_ticket(&save, &save.ticket));
		err = yf_db_write(step->env->db, write_failure, &save);
		if (err.code != YF_CODE_CONFLICT)
			break;
	}
	YF_TRY(err);
	session->attempt_id[0] = 0;
	session->ticket = save.ticket;
	return YF_OK;
}

static const char method[] =
	"live face compared 1:1 with the portrait of the register; challenge"
	" of three moves";
static const char method_accessible[] =
	"live face compared 1:1 with the portrait of the register; challenge"
	" of two moves, with more time (chosen by the person)";

static yf_err put_consent(struct yf_tx *tx, const struct save *save, yf_str id)
{
	const struct yf_proof_session *session = save->step->session;
	const struct yf_consent consent = {
		.controller = save->step->env->settings.name,
		.purpose = "identity card, basic level",
		.method = session->accessible ? method_accessible : method,
		.retention = "pictures: none; that it took place: as long as"
			     " the evidence",
		.notice_version = session->consent_version,
		.locale = yf_str_of(session->consent_locale),
		.text_sha256 = yf_str_of(session->consent_text),
	};

	return yf_consent_put(tx, &save->grant->person, id, &consent,
			      session->consent_s);
}

struct failures {
	const struct yf_proof_session *session;
	int64_t since_s;
	int64_t count;
};

/*
 * Only what came to pictures counts: whoever knows a number and a name could
 * otherwise shut its bearer out for a day with a few calls.
 */
static yf_err count_failures(struct yf_tx *tx, void *ctx)
{
	struct failures *failures = ctx;
	YF_AUTO(rows) row = NULL;

	YF_TRY(yf_tx_find(
		tx,
		"SELECT count(*) FROM proof_attempt WHERE shard = $1"
		" AND person_id = $2 AND made_s > $3 AND outcome NOT IN"
		" ('passed', 'declined', 'no_camera', 'camera_refused',"
		" 'network', 'no_portrait', 'too_often', 'no_certificate')",
		YF_BIND(YF_INT(failures->session->person_shard),
			YF_TEXT(yf_str_of(failures->session->person_id)),
			YF_INT(failures->since_s)),
		&row));
	failures->count = yf_row_int(row, 0);
	return YF_OK;
}

static yf_err write_success(struct yf_tx *tx, void *ctx)
{
	const struct save *save = ctx;
	const struct yf_env *env = save->step->env;
	const struct yf_person_ref *person = &save->grant->person;
	const yf_uuid consent_id = yf_uuid_new(save->now_s);
	char engine[YF_FACE_IDENTITY_TEXT_LEN];
	yf_face_identity_text(&save->step->session->portrait.of, engine);
	const struct yf_evidence_ask evidence = {
		.kind = YF_EVIDENCE_FACE_MATCH,
		.engine = yf_str_of(engine),
		.detail = save->step->session->accessible
				  ? YF_STR("accessible challenge passed,"
					   " matched 1:1")
				  : YF_STR("challenge passed, matched 1:1"),
		.consent_id = yf_uuid_str(&consent_id),
		.demo = yf_face_rule_standing(env->face_rule, save->now_s) !=
			YF_FACE_CERTIFIED,
		.made_s = save->now_s,
		.expires_s =
			save->now_s + env->settings.evidence_days * YF_DAY_S,
	};
	struct failures failures = { .session = save->step->session,
				     .since_s = save->now_s - YF_DAY_S };
	const struct yf_act act = { person->shard,
				    "face_matched",
				    YF_STR("holder"),
				    person->id,
				    { NULL, 0 } };

	/* Its own row does not count against it. */
	YF_TRY(write_attempt(tx, save));
	/* In the transaction: of many sessions at once none slips through. */
	YF_TRY(count_failures(tx, &failures));
	if (failures.count >= YF_PROOF_PERSON_DAY_MAX)
		return YF_FAIL(TOO_MANY);
	YF_TRY(put_consent(tx, save, yf_uuid_str(&consent_id)));
	YF_TRY(yf_evidence_put(tx, person, &evidence));
	YF_TRY(yf_grant_put(env, tx, save->grant, save->code, save->now_s));
	return yf_act_put(tx, &act, save->now_s);
}

yf_err yf_proof_store_success(const struct yf_proof_step *step,
			      const struct yf_grant *grant,
			      const struct yf_handle *code)
{
	struct save save = { .step = step,
			     .outcome = "passed",
			     .grant = grant,
			     .code = code,
			     .now_s = yf_env_now_s(step->env) };

	YF_TRY(yf_db_write(step->env->db, write_success, &save));
	step->session->attempt_id[0] = 0;
	return YF_OK;
}

yf_err yf_proof_store_failures_today(const struct yf_proof_step *step,
				     int64_t *out)
{
	struct failures failures = {
		.session = step->session,
		.since_s = yf_env_now_s(step->env) - YF_DAY_S,
	};

	YF_TRY(yf_db_read(step->env->db, count_failures, &failures));
	*out = failures.count;
	return YF_OK;
}

struct counted {
	struct yf_proof_count *at;
	size_t count;
};

static yf_err count_outcomes(struct yf_tx *tx, void *ctx)
{
	struct counted *counted = ctx;
	YF_AUTO(rows) rows = NULL;
	bool more;

	counted->count = 0;
	YF_TRY(yf_tx_query(tx,
			   "SELECT outcome, count(*),"
			   " count(DISTINCT session_id),"
			   " count(DISTINCT person_id)"
			   " FROM proof_attempt GROUP BY outcome"
			   " ORDER BY outcome",
			   YF_BIND_NONE, &rows));
	for (;;) {
		YF_TRY(yf_rows_next(rows, &more));
		if (!more || counted->count == YF_PROOF_OUTCOMES_MAX)
			return YF_OK;
		struct yf_proof_count *item = &counted->at[counted->count++];
		snprintf(item->outcome, sizeof(item->outcome), "%.*s",
			 YF_ARG(yf_row_text(rows, 0)));
		item->attempts = yf_row_int(rows, 1);
		item->sessions = yf_row_int(rows, 2);
		item->people = yf_row_int(rows, 3);
	}
}

yf_err yf_proof_counted(const struct yf_env *env,
			struct yf_proof_count out[static YF_PROOF_OUTCOMES_MAX],
			size_t *count)
{
	struct counted counted = { out, 0 };

	YF_TRY(yf_db_read(env->db, count_outcomes, &counted));
	*count = counted.count;
	return YF_OK;
}
