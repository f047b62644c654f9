#include "card/erase.h"

#include "card/status.h"
#include "env/act.h"

enum {
	CARDS_MAX = 256, /* revoked at once; more take another round */
	ROUNDS = 16,
	ARENA_MAX = 1024 * 1024,
};

struct erase {
	const struct yf_person_ref *person;
	struct yf_arena *arena;
	yf_str actor;
	int64_t now_s;
	yf_str cards[CARDS_MAX];
	size_t count;
};

static yf_err find_cards(struct yf_tx *tx, void *ctx)
{
	struct erase *erase = ctx;
	YF_AUTO(rows) rows = NULL;
	bool more;

	erase->count = 0;
	YF_TRY(yf_tx_query(tx,
			   "SELECT id FROM credential WHERE shard = $1"
			   " AND person_id = $2 AND status <> $3",
			   YF_BIND(YF_INT(erase->person->shard),
				   YF_TEXT(erase->person->id),
				   YF_INT(YF_STATUS_INVALID)),
			   &rows));
	for (;;) {
		YF_TRY(yf_rows_next(rows, &more));
		if (!more || erase->count == CARDS_MAX)
			return YF_OK;
		YF_TRY(yf_row_text_copy(rows, 0, erase->arena,
					&erase->cards[erase->count++]));
	}
}

static yf_err revoke_cards(const struct yf_env *env, const struct erase *erase)
{
	for (size_t i = 0; i < erase->count; i++) {
		const yf_err err = yf_status_set(
			env, erase->cards[i], YF_STATUS_INVALID, erase->actor);
		/* Revoked by somebody else meanwhile is revoked. */
		if (err.code != YF_CODE_CONFLICT)
			YF_TRY(err);
	}
	return YF_OK;
}

static yf_err delete_rows(struct yf_tx *tx, const struct yf_person_ref *person)
{
	static const char *const statements[] = {
		"UPDATE proof_attempt SET person_id = NULL"
		" WHERE shard = $1 AND person_id = $2",
		"DELETE FROM evidence WHERE shard = $1 AND person_id = $2",
		"DELETE FROM consent WHERE shard = $1 AND person_id = $2",
		"DELETE FROM service_point_ticket"
		" WHERE person_shard = $1 AND person_id = $2",
		"DELETE FROM grant_code"
		" WHERE person_shard = $1 AND person_id = $2",
		"DELETE FROM refresh_token"
		" WHERE person_shard = $1 AND person_id = $2",
		"DELETE FROM deferred WHERE shard = $1 AND person_id = $2",
		"DELETE FROM access_token"
		" WHERE person_shard = $1 AND person_id = $2",
		"UPDATE credential SET person_id = '', document_number = ''"
		" WHERE shard = $1 AND person_id = $2",
	};

	for (size_t i = 0; i < YF_COUNT(statements); i++)
		YF_TRY(yf_tx_exec(
			tx, statements[i],
			YF_BIND(YF_INT(person->shard), YF_TEXT(person->id)),
			NULL));
	return YF_OK;
}

static yf_err erase_person(struct yf_tx *tx, void *ctx)
{
	struct erase *erase = ctx;
	const struct yf_act act = { erase->person->shard,
				    "person_erased",
				    erase->actor,
				    erase->person->id,
				    { NULL, 0 } };

	YF_TRY(find_cards(tx, erase));
	if (erase->count)
		return YF_FAIL(CONFLICT);
	YF_TRY(delete_rows(tx, erase->person));
	YF_TRY(yf_register_erase(tx, erase->person));
	return yf_act_put(tx, &act, erase->now_s);
}

yf_err yf_card_erase(const struct yf_env *env,
		     const struct yf_person_ref *person, yf_str actor)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_MAX);
	struct erase *erase = arena ? YF_NEW(arena, struct erase, 1) : NULL;
	yf_err err = YF_OK;

	if (!erase)
		return YF_FAIL(MEMORY);
	*erase = (struct erase){ .person = person,
				 .arena = arena,
				 .actor = actor,
				 .now_s = yf_env_now_s(env) };
	/* A card that is issued between the two steps takes another round. */
	for (int i = 0; i < ROUNDS; i++) {
		YF_TRY(yf_db_read(env->db, find_cards, erase));
		YF_TRY(revoke_cards(env, erase));
		err = yf_db_write(env->db, erase_person, erase);
		if (err.code != YF_CODE_CONFLICT)
			break;
	}
	return err;
}
