#define _DEFAULT_SOURCE
#include "server/sweep.h"

#include "base/civil.h"
#include "base/log.h"
#include "card/proof_table.h"
#include "check/check.h"
#include "check/party.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { PERIOD_S = 60, KEEP_S = 86400, ROWS_MAX = 10000 };

struct yf_sweep {
	const struct yf_env *env;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
};

/* A used code is kept for a day, so that its second use is noticed; nothing
 * else is kept past its time. */
static yf_err erase(struct yf_tx *tx, void *ctx)
{
	static const struct {
		const char *sql;
		int64_t keep_s;
	} erasures[] = {
		{ "DELETE FROM spent WHERE expires_s < $1", 0 },
		{ "DELETE FROM par_request WHERE expires_s < $1", 0 },
		{ "DELETE FROM grant_code WHERE expires_s < $1", KEEP_S },
		{ "DELETE FROM access_token WHERE expires_s < $1", 0 },
		{ "DELETE FROM refresh_token WHERE expires_s < $1", 0 },
		{ "DELETE FROM deferred WHERE expires_s < $1", 0 },
		{ "DELETE FROM offer WHERE expires_s < $1", 0 },
		{ "DELETE FROM api_key WHERE until_s < $1", 0 },
		{ "DELETE FROM service_point_ticket WHERE expires_s < $1", 0 },
	};
	const struct yf_env *env = ctx;
	const int64_t now_s = yf_env_now_s(env);

	for (size_t i = 0; i < YF_COUNT(erasures); i++)
		YF_TRY(yf_tx_exec(tx, erasures[i].sql,
				  YF_BIND(YF_INT(now_s - erasures[i].keep_s)),
				  NULL));
	/* What the operator sets; a limit, so that the first sweep of an old
	 * table holds nobody up. */
	YF_TRY(yf_tx_exec(
		tx,
		"DELETE FROM proof_attempt WHERE (shard, id) IN"
		" (SELECT shard, id FROM proof_attempt"
		" WHERE made_s < $1 LIMIT $2)",
		YF_BIND(YF_INT(now_s - env->settings.attempt_days * YF_DAY_S),
			YF_INT(ROWS_MAX)),
		NULL));
	return yf_tx_exec(
		tx,
		"DELETE FROM act WHERE (shard, id) IN"
		" (SELECT shard, id FROM act WHERE at_s < $1 LIMIT $2)",
		YF_BIND(YF_INT(now_s - env->settings.act_days * YF_DAY_S),
			YF_INT(ROWS_MAX)),
		NULL);
}

static void sweep_once(const struct yf_env *env)
{
	union {
		const struct yf_env *env;
		void *ctx; /* the closure only reads it */
	} view = { .env = env };
	yf_err err = yf_db_write(env->db, erase, view.ctx);

	yf_proofing_sweep(env->proofing, yf_env_now_s(env));
	if (!yf_failed(err))
		err = yf_check_sweep(env);
	if (!yf_failed(err))
		err = yf_party_renew(env);
	if (yf_failed(err))
		yf_log_err(YF_LOG_WARN, err, "sweeping failed, tried again");
}

static void *loop(void *ctx)
{
	struct yf_sweep *sweep = ctx;
	struct timespec next;

	pthread_mutex_lock(&sweep->lock);
	while (!sweep->stop) {
		pthread_mutex_unlock(&sweep->lock);
		sweep_once(sweep->env);
		pthread_mutex_lock(&sweep->lock);
		clock_gettime(CLOCK_REALTIME, &next);
		next.tv_sec += PERIOD_S;
		if (!sweep->stop)
			pthread_cond_timedwait(&sweep->wake, &sweep->lock,
					       &next);
	}
	pthread_mutex_unlock(&sweep->lock);
	return NULL;
}

yf_err yf_sweep_start(const struct yf_env *env, struct yf_sweep **out)
{
	struct yf_sweep *sweep = calloc(1, sizeof(*sweep));

	if (!sweep)
		return YF_FAIL(MEMORY);
	sweep->env = env;
	pthread_mutex_init(&sweep->lock, NULL);
	pthread_cond_init(&sweep->wake, NULL);
	if (pthread_create(&sweep->thread, NULL, loop, sweep)) {
		free(sweep);
		return YF_FAIL(MEMORY);
	}
	*out = sweep;
	return YF_OK;
}

void yf_sweep_stop(struct yf_sweep *sweep)
{
	if (!sweep)
		return;
	pthread_mutex_lock(&sweep->lock);
	sweep->stop = true;
	pthread_cond_signal(&sweep->wake);
	pthread_mutex_unlock(&sweep->lock);
	pthread_join(sweep->thread, NULL);
	pthread_cond_destroy(&sweep->wake);
	pthread_mutex_destroy(&sweep->lock);
	free(sweep);
}
