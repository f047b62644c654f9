#include "server/metrics_api.h"

#include "card/proofing.h"
#include "env/env.h"
#include "http/reply.h"
#include "register/register.h"

static yf_err healthz(const struct yf_env *env, struct yf_exchange *x,
		      struct yf_reply *reply)
{
	(void)env;
	(void)x;
	yf_reply_json(reply, 200, YF_STR("{\"status\":\"ok\"}"));
	return YF_OK;
}

/* Ready when the database answers: a read through a reader's connection. */
static yf_err readyz(const struct yf_env *env, struct yf_exchange *x,
		     struct yf_reply *reply)
{
	int64_t people;

	(void)x;
	YF_TRY(yf_register_count(env, &people));
	yf_reply_json(reply, 200, YF_STR("{\"status\":\"ready\"}"));
	return YF_OK;
}

static void put_number(struct yf_buf *out, const char *name, const char *type,
		       const char *help, uint64_t value)
{
	yf_buf_format(out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, help,
		      name, type, name, (unsigned long long)value);
}

static void put_http(struct yf_buf *out, const struct yf_env *env)
{
	const struct yf_listen_counts counts = yf_listen_counts(env->listener);

	put_number(out, "yufu_http_requests_total", "counter",
		   "Requests taken.", counts.requests);
	yf_buf_format(out, "# HELP yufu_http_replies_total Replies by class.\n"
			   "# TYPE yufu_http_replies_total counter\n");
	for (int i = 1; i < 6; i++)
		yf_buf_format(out,
			      "yufu_http_replies_total{class=\"%dxx\"} %llu\n",
			      i, (unsigned long long)counts.replies[i]);
	put_number(out, "yufu_http_refused_total", "counter",
		   "Requests answered 503 because a queue was full.",
		   counts.refused);
	put_number(out, "yufu_http_connections", "gauge", "Open connections.",
		   counts.open);
	put_number(out, "yufu_http_waiting", "gauge",
		   "Requests waiting for a worker.", counts.waiting);
}

static void put_db(struct yf_buf *out, const struct yf_env *env)
{
	const struct yf_db_counts counts = yf_db_counts(env->db);

	put_number(out, "yufu_db_commits_total", "counter", "Commits.",
		   counts.commits);
	put_number(out, "yufu_db_transactions_total", "counter",
		   "Transactions; over commits it is the size of a group.",
		   counts.written);
	put_number(out, "yufu_db_refused_total", "counter",
		   "Transactions refused because the queue was full.",
		   counts.refused);
}

static void put_counts(struct yf_buf *out, const char *what, const char *help,
		       const struct yf_proof_count *counts, size_t count,
		       size_t offset)
{
	yf_buf_format(out,
		      "# HELP yufu_proofing_%s_total %s\n"
		      "# TYPE yufu_proofing_%s_total counter\n",
		      what, help, what);
	for (size_t i = 0; i < count; i++) {
		int64_t value;
		memcpy(&value, (const char *)&counts[i] + offset,
		       sizeof(value));
		yf_buf_format(out,
			      "yufu_proofing_%s_total{outcome=\"%s\"} %lld\n",
			      what, counts[i].outcome, (long long)value);
	}
}

static yf_err put_proofing(struct yf_buf *out, const struct yf_env *env)
{
	struct yf_proof_count counts[YF_PROOF_OUTCOMES_MAX];
	size_t count;

	YF_TRY(yf_proof_counted(env, counts, &count));
	put_counts(out, "attempts", "Face attempts by outcome.", counts, count,
		   offsetof(struct yf_proof_count, attempts));
	put_counts(out, "sessions", "Sessions with at least one such attempt.",
		   counts, count, offsetof(struct yf_proof_count, sessions));
	put_counts(out, "people", "People with at least one such attempt.",
		   counts, count, offsetof(struct yf_proof_count, people));
	put_number(out, "yufu_proofing_open", "gauge",
		   "Proofing sessions under way.",
		   yf_proof_open_count(env->proofing));
	return YF_OK;
}

static yf_err metrics(const struct yf_env *env, struct yf_exchange *x,
		      struct yf_reply *reply)
{
	struct yf_buf out = yf_buf_new(x->arena, 8192);
	int64_t people;
	yf_str text;

	put_http(&out, env);
	put_db(&out, env);
	YF_TRY(put_proofing(&out, env));
	YF_TRY(yf_register_count(env, &people));
	put_number(&out, "yufu_register_people", "gauge",
		   "Entries of the register.", (uint64_t)people);
	YF_TRY(yf_buf_str(&out, &text));
	yf_reply_text(reply, 200, "text/plain; version=0.0.4", text);
	return YF_OK;
}

struct yf_routes yf_metrics_routes(void)
{
	static const struct yf_route routes[] = {
		{ YF_GET, "/healthz", healthz, 0, NULL, 0 },
		{ YF_GET, "/readyz", readyz, 0, NULL, 0 },
		{ YF_GET, "/metrics", metrics, 0, NULL, 0 },
	};

	return YF_ROUTES(routes);
}
