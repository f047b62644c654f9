#include "card/evidence.h"

#include "card/face_rule.h"
#include "codec/uuid.h"

enum { EVIDENCE_MAX = 16, DEMO_OR_NOT = 2 }; /* of a kind */

static const char *const kinds[] = {
	[YF_EVIDENCE_FACE_MATCH] = "face_match",
	[YF_EVIDENCE_OFFICER_VETTED] = "officer_vetted",
};

const char *yf_level_name(yf_level level)
{
	static const char *const names[] = {
		[YF_LEVEL_NONE] = "none",
		[YF_LEVEL_BASIC] = "basic",
		[YF_LEVEL_UPGRADED] = "upgraded",
	};
	return names[level];
}

yf_err yf_consent_put(struct yf_tx *tx, const struct yf_person_ref *person,
		      yf_str id, const struct yf_consent *consent,
		      int64_t now_s)
{
	return yf_tx_exec(
		tx,
		"INSERT INTO consent (shard, id, person_id, controller,"
		" purpose, method, retention, notice_version, locale,"
		" text_sha256, given_s)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		YF_BIND(YF_INT(person->shard), YF_TEXT(id), YF_TEXT(person->id),
			YF_TEXT(consent->controller),
			YF_TEXT(yf_str_of(consent->purpose)),
			YF_TEXT(yf_str_of(consent->method)),
			YF_TEXT(yf_str_of(consent->retention)),
			YF_INT(consent->notice_version),
			YF_TEXT(consent->locale), YF_TEXT(consent->text_sha256),
			YF_INT(now_s)),
		NULL);
}

static yf_err check_there(struct yf_tx *tx, const struct yf_person_ref *person)
{
	YF_AUTO(rows) rows = NULL;

	return yf_tx_find(
		tx, "SELECT 1 FROM person WHERE shard = $1 AND id = $2",
		YF_BIND(YF_INT(person->shard), YF_TEXT(person->id)), &rows);
}

yf_err yf_evidence_put(struct yf_tx *tx, const struct yf_person_ref *person,
		       const struct yf_evidence_ask *ask)
{
	const yf_uuid id = yf_uuid_new(ask->made_s);

	YF_TRY(check_there(tx, person));
	return yf_tx_exec(
		tx,
		"INSERT INTO evidence (shard, id, person_id, kind, engine,"
		" detail, consent_id, made_s, expires_s, demo)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		YF_BIND(YF_INT(person->shard), YF_TEXT(yf_uuid_str(&id)),
			YF_TEXT(person->id),
			YF_TEXT(yf_str_of(kinds[ask->kind])),
			YF_TEXT(ask->engine), YF_TEXT(ask->detail),
			ask->consent_id.len ? YF_TEXT(ask->consent_id)
					    : YF_NULL,
			YF_INT(ask->made_s), YF_INT(ask->expires_s),
			YF_INT(ask->demo)),
		NULL);
}

struct load {
	const struct yf_person_ref *person;
	int64_t now_s;
	struct yf_evidence items[YF_COUNT(kinds) * DEMO_OR_NOT * EVIDENCE_MAX];
	size_t count;
};

/* Each kind has places of its own: many of one cannot hide another, nor many
 * of a demonstration what counts. */
static yf_err load_kind(struct yf_tx *tx, struct load *load, size_t kind,
			bool demo)
{
	const size_t end = load->count + EVIDENCE_MAX;
	YF_AUTO(rows) rows = NULL;
	bool more;

	YF_TRY(yf_tx_query(
		tx,
		"SELECT made_s, expires_s FROM evidence WHERE shard = $1"
		" AND person_id = $2 AND kind = $3 AND withdrawn_s IS NULL"
		" AND made_s <= $4 AND expires_s > $4 AND demo = $5"
		" ORDER BY expires_s DESC",
		YF_BIND(YF_INT(load->person->shard), YF_TEXT(load->person->id),
			YF_TEXT(yf_str_of(kinds[kind])), YF_INT(load->now_s),
			YF_INT(demo)),
		&rows));
	while (load->count < end) {
		YF_TRY(yf_rows_next(rows, &more));
		if (!more)
			break;
		load->items[load->count++] = (struct yf_evidence){
			.kind = (yf_evidence_kind)kind,
			.made_s = yf_row_int(rows, 0),
			.expires_s = yf_row_int(rows, 1),
			.demo = demo,
		};
	}
	return YF_OK;
}

/* A kind that this program does not know supports nothing. */
static yf_err load_all(struct yf_tx *tx, void *ctx)
{
	struct load *load = ctx;

	load->count = 0;
	for (size_t kind = 0; kind < YF_COUNT(kinds); kind++) {
		YF_TRY(load_kind(tx, load, kind, false));
		YF_TRY(load_kind(tx, load, kind, true));
	}
	return YF_OK;
}

yf_err yf_evidence_level(const struct yf_env *env,
			 const struct yf_person_ref *person,
			 struct yf_carried *out)
{
	const struct yf_face_rule *rule = env->face_rule;
	struct load load = { .person = person, .now_s = yf_env_now_s(env) };

	YF_TRY(yf_db_read(env->db, load_all, &load));
	*out = yf_level_of(load.items, load.count, load.now_s,
			   rule && rule->limits.demo);
	return YF_OK;
}
