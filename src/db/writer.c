#define _DEFAULT_SOURCE
#include "db/writer.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"

enum { TRIES_MAX = 8 };

/* Lies on the stack of the thread that waits for it. */
struct job {
	yf_tx_fn fn;
	void *ctx;
	struct job *next;
	yf_err err;
	bool kept;
	bool done;
	pthread_cond_t wake;
};

struct yf_writer {
	struct yf_conn *conn;
	unsigned queue_max;
	unsigned group_max;
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t work;
	struct job *first;
	struct job **last;
	unsigned waiting;
	bool stopping;
	struct yf_db_counts counts;
};

static void fail_all(struct job *jobs, yf_err err)
{
	for (struct job *job = jobs; job; job = job->next) {
		job->err = err;
		job->kept = false;
	}
}

/* One try at a whole group.  True when every job has its answer. */
static bool try_group(struct yf_conn *conn, struct job *jobs)
{
	yf_err err = yf_conn_begin(conn);
	if (yf_failed(err)) {
		/* The engine has waited already; once is enough. */
		fail_all(jobs, err);
		return true;
	}
	for (struct job *job = jobs; job; job = job->next) {
		const yf_ran ran =
			yf_conn_run(conn, job->fn, job->ctx, &job->err);
		job->kept = ran == YF_RAN_KEPT;
		if (ran == YF_RAN_KEPT || ran == YF_RAN_UNDONE)
			continue;
		/* What the others were told so far is void with it. */
		yf_conn_rollback(conn);
		fail_all(jobs,
			 ran == YF_RAN_RERUN ? YF_FAIL(BUSY) : YF_FAIL(STORE));
		return ran != YF_RAN_RERUN;
	}
	err = yf_conn_commit(conn);
	if (!yf_failed(err))
		return true;
	yf_conn_rollback(conn);
	fail_all(jobs, err.code == YF_CODE_BUSY ? err : YF_FAIL(STORE));
	return err.code != YF_CODE_BUSY;
}

static unsigned run_group(struct yf_conn *conn, struct job *jobs)
{
	unsigned tries = 1;

	while (!try_group(conn, jobs) && tries < TRIES_MAX)
		tries++;
	return tries;
}

/* Cuts the next group off the queue. */
static struct job *take_group(struct yf_writer *writer)
{
	struct job *jobs = writer->first;
	struct job *last = jobs;
	unsigned count = 1;

	while (last->next && count < writer->group_max) {
		last = last->next;
		count++;
	}
	writer->first = last->next;
	if (!writer->first)
		writer->last = &writer->first;
	last->next = NULL;
	writer->waiting -= count;
	return jobs;
}

static void answer(struct yf_writer *writer, struct job *jobs)
{
	for (struct job *job = jobs, *next; job; job = next) {
		next = job->next;
		if (job->kept)
			writer->counts.written++;
		else
			writer->counts.failed++;
		job->done = true;
		/* Under the lock: the job is gone as soon as its owner wakes.
		 */
		pthread_cond_signal(&job->wake);
	}
}

static void *write_loop(void *ctx)
{
	struct yf_writer *writer = ctx;

	pthread_mutex_lock(&writer->lock);
	for (;;) {
		while (!writer->first && !writer->stopping)
			pthread_cond_wait(&writer->work, &writer->lock);
		if (!writer->first)
			break;
		struct job *jobs = take_group(writer);
		pthread_mutex_unlock(&writer->lock);
		const unsigned tries = run_group(writer->conn, jobs);
		pthread_mutex_lock(&writer->lock);
		writer->counts.commits++;
		writer->counts.rerun += tries - 1;
		answer(writer, jobs);
	}
	pthread_mutex_unlock(&writer->lock);
	return NULL;
}

yf_err yf_writer_new(const struct yf_writer_options *options,
		     struct yf_writer **out)
{
	struct yf_writer *writer = calloc(1, sizeof(*writer));

	if (!writer)
		return YF_FAIL(MEMORY);
	writer->conn = options->conn;
	writer->queue_max = options->queue_max;
	writer->group_max = options->group_max;
	writer->last = &writer->first;
	pthread_mutex_init(&writer->lock, NULL);
	pthread_cond_init(&writer->work, NULL);
	if (pthread_create(&writer->thread, NULL, write_loop, writer) != 0) {
		free(writer);
		return YF_FAIL(MEMORY);
	}
	*out = writer;
	return YF_OK;
}

void yf_writer_free(struct yf_writer *writer)
{
	if (!writer)
		return;
	pthread_mutex_lock(&writer->lock);
	writer->stopping = true;
	pthread_cond_signal(&writer->work);
	pthread_mutex_unlock(&writer->lock);
	pthread_join(writer->thread, NULL);
	pthread_cond_destroy(&writer->work);
	pthread_mutex_destroy(&writer->lock);
	free(writer);
}

yf_err yf_writer_run(struct yf_writer *writer, yf_tx_fn fn, void *ctx)
{
	struct job job = { .fn = fn,
			   .ctx = ctx,
			   .wake = PTHREAD_COND_INITIALIZER };

	/* A closure that writes would wait for itself. */
	assert(!pthread_equal(pthread_self(), writer->thread));
	pthread_mutex_lock(&writer->lock);
	assert(!writer->stopping);
	if (writer->waiting >= writer->queue_max) {
		writer->counts.refused++;
		pthread_mutex_unlock(&writer->lock);
		return YF_FAIL(BUSY);
	}
	*writer->last = &job;
	writer->last = &job.next;
	writer->waiting++;
	pthread_cond_signal(&writer->work);
	while (!job.done)
		pthread_cond_wait(&job.wake, &writer->lock);
	pthread_mutex_unlock(&writer->lock);
	pthread_cond_destroy(&job.wake);
	return job.err;
}

void yf_writer_counts(struct yf_writer *writer, struct yf_db_counts *out)
{
	pthread_mutex_lock(&writer->lock);
	*out = writer->counts;
	out->waiting = writer->waiting;
	pthread_mutex_unlock(&writer->lock);
}
