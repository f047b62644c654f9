#include "env/act.h"

#include "codec/uuid.h"

yf_err yf_act_put(struct yf_tx *tx, const struct yf_act *act, int64_t now_s)
{
	const yf_uuid id = yf_uuid_new(now_s);

	return yf_tx_exec(
		tx,
		"INSERT INTO act (shard, id, at_s, kind, actor, subject, "
		"detail)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)",
		YF_BIND(YF_INT(act->shard), YF_TEXT(yf_uuid_str(&id)),
			YF_INT(now_s), YF_TEXT(yf_str_of(act->kind)),
			YF_TEXT(act->actor), YF_TEXT(act->subject),
			YF_TEXT(act->detail.len ? act->detail : YF_STR("{}"))),
		NULL);
}
