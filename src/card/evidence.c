#include "card/evidence.h"

#include "codec/uuid.h"

enum { EVIDENCE_MAX = 256 };

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

yf_err yf_evidence_put(struct yf_tx *tx, const struct yf_person_ref *person,
		       const struct yf_evidence_ask *ask)
{
	const yf_uuid id = yf_uuid_new(ask->made_s);

	return yf_tx_exec(
		tx,
		"INSERT INTO evidence (shard, id, person_id, kind, engine,"
		" detail, consent_id, made_s, expires_s)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		YF_BIND(YF_INT(person->shard), YF_TEXT(yf_uuid_str(&id)),
			YF_TEXT(person->id),
			YF_TEXT(yf_str_of(kinds[ask->kind])),
			YF_TEXT(ask->engine), YF_TEXT(ask->detail),
			ask->consent_id.len ? YF_TEXT(ask->consent_id)
					    : YF_NULL,
			YF_INT(ask->made_s), YF_INT(ask->expires_s)),
		NULL);
}

struct load {
	const struct yf_person_ref *person;
	struct yf_evidence items[EVIDENCE_MAX];
	size_t count;
};

/* A kind that this program does not know supports nothing. */
static bool take(const struct yf_rows *row, struct yf_evidence *out)
{
	for (size_t kind = 0; kind < YF_COUNT(kinds); kind++) {
		if (!yf_str_is(yf_row_text(row, 0), kinds[kind]))
			continue;
		*out = (struct yf_evidence){
			.kind = (yf_evidence_kind)kind,
			.made_s = yf_row_int(row, 1),
			.expires_s = yf_row_int(row, 2),
			.withdrawn = !yf_row_is_null(row, 3),
		};
		return true;
	}
	return false;
}

static yf_err load_rows(struct yf_tx *tx, void *ctx)
{
	struct load *load = ctx;
	YF_AUTO(rows) rows = NULL;
	bool more;

	load->count = 0;
	YF_TRY(yf_tx_query(
		tx,
		"SELECT kind, made_s, expires_s, withdrawn_s"
		" FROM evidence WHERE shard = $1 AND person_id = $2"
		" ORDER BY made_s DESC",
		YF_BIND(YF_INT(load->person->shard), YF_TEXT(load->person->id)),
		&rows));
	for (;;) {
		YF_TRY(yf_rows_next(rows, &more));
		if (!more || load->count == EVIDENCE_MAX)
			return YF_OK;
		load->count += take(rows, &load->items[load->count]);
	}
}

yf_err yf_evidence_level(const struct yf_env *env,
			 const struct yf_person_ref *person, yf_level *out)
{
	struct load load = { .person = person };

	YF_TRY(yf_db_read(env->db, load_rows, &load));
	*out = yf_level_of(load.items, load.count, yf_env_now_s(env));
	return YF_OK;
}
