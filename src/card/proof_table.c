#define _DEFAULT_SOURCE
#include "card/proof_table.h"

#include "base/secret.h"
#include "codec/uuid.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct slot {
	struct slot *next;
	uint8_t cookie[YF_SHA256_LEN];
	bool held;
	struct yf_proof_session session;
};

enum { BUCKETS = 1024 };

struct yf_proofing {
	pthread_mutex_t lock;
	struct slot *buckets[BUCKETS];
	size_t count;
};

yf_err yf_proofing_new(struct yf_proofing **out)
{
	struct yf_proofing *proofing = calloc(1, sizeof(*proofing));

	if (!proofing)
		return YF_FAIL(MEMORY);
	pthread_mutex_init(&proofing->lock, NULL);
	*out = proofing;
	return YF_OK;
}

static void free_slot(struct slot *slot)
{
	free(slot->session.client_id);
	free(slot->session.redirect_uri);
	free(slot->session.state);
	free(slot->session.type);
	free(slot->session.details);
	if (slot->session.redirect)
		yf_wipe(slot->session.redirect, strlen(slot->session.redirect));
	free(slot->session.redirect);
	yf_proof_forget(&slot->session);
	yf_wipe(slot, sizeof(*slot));
	free(slot);
}

void yf_proofing_free(struct yf_proofing *proofing)
{
	if (!proofing)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct slot *slot = proofing->buckets[i], *next; slot;
		     slot = next) {
			next = slot->next;
			free_slot(slot);
		}
	}
	pthread_mutex_destroy(&proofing->lock);
	free(proofing);
}

void yf_proofing_cleanup(struct yf_proofing **proofing)
{
	yf_proofing_free(*proofing);
}

static struct slot **bucket_of(struct yf_proofing *proofing,
			       const struct yf_handle *cookie)
{
	return &proofing->buckets[cookie->shard % BUCKETS];
}

/* Takes the expired ones out of one chain. */
static void sweep(struct yf_proofing *proofing, struct slot **at, int64_t now_s)
{
	while (*at) {
		struct slot *slot = *at;
		if (slot->held ||
		    now_s < slot->session.made_s + YF_PROOF_LIFE_S) {
			at = &slot->next;
			continue;
		}
		*at = slot->next;
		free_slot(slot);
		proofing->count--;
	}
}

static char *duplicate(yf_str text)
{
	return strndup(text.ptr ? text.ptr : "", text.len);
}

static yf_err make_slot(const struct yf_handle *cookie,
			const struct yf_par *par, int64_t now_s,
			struct slot **out)
{
	struct slot *slot = calloc(1, sizeof(*slot));
	const yf_uuid id = yf_uuid_new(now_s);

	if (!slot)
		return YF_FAIL(MEMORY);
	struct yf_proof_session *session = &slot->session;
	memcpy(slot->cookie, cookie->hash, sizeof(slot->cookie));
	session->client_id = duplicate(par->client_id);
	session->redirect_uri = duplicate(par->redirect_uri);
	session->state = duplicate(par->state);
	session->type = duplicate(par->type);
	session->details = duplicate(par->details);
	if (!session->client_id || !session->redirect_uri || !session->state ||
	    !session->type || !session->details) {
		free_slot(slot);
		return YF_FAIL(MEMORY);
	}
	snprintf(session->code_challenge, sizeof(session->code_challenge),
		 "%.*s", YF_ARG(par->code_challenge));
	snprintf(session->dpop_jkt, sizeof(session->dpop_jkt), "%.*s",
		 YF_ARG(par->dpop_jkt));
	snprintf(session->id, sizeof(session->id), "%s", id.text);
	session->par = par->handle;
	session->made_s = now_s;
	session->identify_tries = YF_PROOF_IDENTIFY_TRIES;
	session->face_tries = YF_PROOF_FACE_TRIES;
	slot->held = true;
	*out = slot;
	return YF_OK;
}

yf_err yf_proof_open(struct yf_proofing *proofing,
		     const struct yf_handle *cookie, const struct yf_par *par,
		     int64_t now_s, struct yf_proof_session **out)
{
	struct slot *slot;
	yf_err err = YF_OK;

	YF_TRY(make_slot(cookie, par, now_s, &slot));
	pthread_mutex_lock(&proofing->lock);
	if (proofing->count >= YF_PROOF_SESSIONS_MAX)
		for (size_t i = 0; i < BUCKETS; i++)
			sweep(proofing, &proofing->buckets[i], now_s);
	if (proofing->count >= YF_PROOF_SESSIONS_MAX) {
		err = YF_FAIL(BUSY);
	} else {
		struct slot **bucket = bucket_of(proofing, cookie);
		sweep(proofing, bucket, now_s);
		slot->next = *bucket;
		*bucket = slot;
		proofing->count++;
	}
	pthread_mutex_unlock(&proofing->lock);
	if (yf_failed(err)) {
		free_slot(slot);
		return err;
	}
	*out = &slot->session;
	return YF_OK;
}

static yf_err take(struct yf_proofing *proofing, const struct yf_handle *cookie,
		   int64_t now_s, struct yf_proof_session **out)
{
	struct slot **bucket = bucket_of(proofing, cookie);

	sweep(proofing, bucket, now_s);
	for (struct slot *slot = *bucket; slot; slot = slot->next) {
		if (memcmp(slot->cookie, cookie->hash, sizeof(slot->cookie)) !=
		    0)
			continue;
		if (slot->held)
			return YF_FAIL(CONFLICT);
		slot->held = true;
		*out = &slot->session;
		return YF_OK;
	}
	return YF_FAIL(NOT_FOUND);
}

yf_err yf_proof_take(struct yf_proofing *proofing,
		     const struct yf_handle *cookie, int64_t now_s,
		     struct yf_proof_session **out)
{
	pthread_mutex_lock(&proofing->lock);
	const yf_err err = take(proofing, cookie, now_s, out);
	pthread_mutex_unlock(&proofing->lock);
	return err;
}

void yf_proof_release(struct yf_proofing *proofing,
		      struct yf_proof_session *session)
{
	struct slot *slot =
		(struct slot *)(void *)((char *)session -
					offsetof(struct slot, session));

	pthread_mutex_lock(&proofing->lock);
	slot->held = false;
	pthread_mutex_unlock(&proofing->lock);
}

void yf_proofing_sweep(struct yf_proofing *proofing, int64_t now_s)
{
	pthread_mutex_lock(&proofing->lock);
	for (size_t i = 0; i < BUCKETS; i++)
		sweep(proofing, &proofing->buckets[i], now_s);
	pthread_mutex_unlock(&proofing->lock);
}

size_t yf_proof_open_count(struct yf_proofing *proofing)
{
	pthread_mutex_lock(&proofing->lock);
	const size_t count = proofing->count;
	pthread_mutex_unlock(&proofing->lock);
	return count;
}
