#define _DEFAULT_SOURCE
#include "citizen.h"

#include <pthread.h>
#include <stdlib.h>

#include "expect.h"
#include "openid/pkce.h"

enum { THREADS_MAX = 32 };

struct yf_person_ref citizen_new(struct yf_test_env *test, const char *number)
{
	static const uint8_t portrait[] = { 0xff, 0xd8, 0xff, 0xd9 };
	struct yf_person_ref ref = { 0 };
	struct yf_person person;
	yf_str json;

	OK(yf_str_format(
		test->arena, &json,
		"{\"family_name\":\"\xe6\xa0\xb7\",\"given_name\":"
		"\"\xe6\x9c\xac\",\"family_name_latin\":\"Sample\","
		"\"given_name_latin\":\"Person\",\"birth_date\":\"1990-01-02\","
		"\"sex\":2,\"place_of_birth\":{\"country\":\"ZZ\","
		"\"locality\":\"Nowhere\"},\"nationality\":[\"ZZ\",\"XX\"],"
		"\"personal_administrative_number\":\"%s\",\"attributes\":"
		"{\"residence_permit\":{\"number\":\"RP-1\",\"category\":"
		"\"work\",\"issue_date\":\"2025-01-02\",\"expiry_date\":"
		"\"2030-01-01\"},\"driving_licence\":{\"number\":\"L-1\","
		"\"issue_date\":\"2020-02-03\",\"expiry_date\":"
		"\"2030-02-02\",\"privileges\":[{\"vehicle_category_code\":"
		"\"B\",\"issue_date\":\"2020-02-03\",\"expiry_date\":"
		"\"2030-02-02\"}]},\"pass\":\"gold\"}}",
		number));
	OK(yf_person_decode(test->arena, "none", json, &person));
	OK(yf_register_add(&test->env, test->arena, &person,
			   (yf_bytes){ portrait, sizeof(portrait) },
			   YF_STR("operator"), &ref));
	return ref;
}

struct prove {
	const struct yf_person_ref *person;
	struct yf_evidence_ask ask;
};

static yf_err put_evidence(struct yf_tx *tx, void *ctx)
{
	const struct prove *prove = ctx;

	return yf_evidence_put(tx, prove->person, &prove->ask);
}

void citizen_prove(struct yf_test_env *test, const struct yf_person_ref *person,
		   yf_evidence_kind kind, int64_t made_s)
{
	struct prove prove = {
		.person = person,
		.ask = { .kind = kind,
			 .engine = YF_STR("test/1"),
			 .detail = YF_STR("test"),
			 .made_s = made_s,
			 .expires_s =
				 made_s +
				 test->env.settings.evidence_days * 86400 },
	};

	OK(yf_db_write(test->env.db, put_evidence, &prove));
}

struct yf_dpop citizen_dpop(struct yf_test_env *test, const char *jkt)
{
	struct yf_dpop dpop = { .jkt = yf_str_of(jkt),
				.issued_at_s = test->now_s };
	struct yf_handle unused;

	OK(yf_handle_new(test->arena, &dpop.jti, &unused));
	return dpop;
}

struct put_code {
	struct yf_test_env *test;
	const struct yf_grant *grant;
	struct yf_handle handle;
};

static yf_err put_code(struct yf_tx *tx, void *ctx)
{
	const struct put_code *put = ctx;

	return yf_grant_put(&put->test->env, tx, put->grant, &put->handle,
			    put->test->now_s);
}

yf_str citizen_code(struct yf_test_env *test, const struct yf_grant *grant)
{
	struct put_code put = { .test = test, .grant = grant };
	yf_str code = { NULL, 0 };

	OK(yf_handle_new(test->arena, &code, &put.handle));
	OK(yf_db_write(test->env.db, put_code, &put));
	return code;
}

yf_str citizen_token(struct yf_test_env *test,
		     const struct yf_person_ref *person, const char *jkt)
{
	return citizen_token_of(test, person, "id", jkt);
}

yf_str citizen_token_of(struct yf_test_env *test,
			const struct yf_person_ref *person, const char *type,
			const char *jkt)
{
	char verifier[YF_PKCE_VERIFIER_LEN];
	char challenge[YF_PKCE_CHALLENGE_LEN];
	const yf_str verifier_text = { verifier, sizeof(verifier) };
	const struct yf_dpop dpop = citizen_dpop(test, jkt);
	struct yf_token_made made = { 0 };

	yf_pkce_verifier_new(verifier);
	yf_pkce_challenge(verifier_text, challenge);
	const struct yf_grant grant = {
		.kind = YF_GRANT_CODE,
		.person = *person,
		.type = yf_str_of(type),
		.client_id = YF_STR(CITIZEN_WALLET),
		.redirect_uri = YF_STR(CITIZEN_WALLET),
		.code_challenge = { challenge, sizeof(challenge) },
		.life_s = YF_CODE_LIFE_S,
	};
	const struct yf_token_ask ask = {
		.grant_type = YF_STR(YF_GRANT_CODE),
		.code = citizen_code(test, &grant),
		.client_id = grant.client_id,
		.redirect_uri = grant.redirect_uri,
		.code_verifier = verifier_text,
	};
	OK(yf_token_exchange(&test->env, test->arena, &ask, &dpop, &made));
	return made.token;
}

/* --- many at once --- */

struct runner {
	pthread_t thread;
	pthread_barrier_t *start;
	void (*fn)(void *ctx, size_t number);
	void *ctx;
	size_t number;
};

static void *run(void *ctx)
{
	const struct runner *runner = ctx;

	pthread_barrier_wait(runner->start);
	runner->fn(runner->ctx, runner->number);
	return NULL;
}

void citizen_race(size_t count, void (*fn)(void *ctx, size_t number), void *ctx)
{
	struct runner runners[THREADS_MAX];
	pthread_barrier_t start;

	assert_true(count <= THREADS_MAX);
	pthread_barrier_init(&start, NULL, (unsigned)count);
	for (size_t i = 0; i < count; i++) {
		runners[i] = (struct runner){
			.start = &start, .fn = fn, .ctx = ctx, .number = i
		};
		assert_int_equal(pthread_create(&runners[i].thread, NULL, run,
						&runners[i]),
				 0);
	}
	for (size_t i = 0; i < count; i++)
		pthread_join(runners[i].thread, NULL);
	pthread_barrier_destroy(&start);
}
