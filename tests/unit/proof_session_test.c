#include "card/proof_table.h"

#include <stdatomic.h>
#include <stdio.h>

#include "../support/citizen.h"
#include "../support/expect.h"

static struct yf_proof_session ready(void)
{
	return (struct yf_proof_session){
		.phase = YF_PROOF_READY,
		.identify_tries = YF_PROOF_IDENTIFY_TRIES,
		.face_tries = YF_PROOF_FACE_TRIES,
	};
}

static yf_err start(struct yf_proof_session *session)
{
	static const struct yufu_face_progress progress;
	static const struct yf_face_session face = {
		.challenge = {
			.size = sizeof(face.challenge),
			.step_count = 3,
			.steps = { YUFU_STEP_TURN_LEFT, YUFU_STEP_OPEN_MOUTH,
				   YUFU_STEP_COME_CLOSER },
		},
	};

	return yf_proof_start(session, &face, &progress, 0);
}

/* --- the rules --- */

static const struct {
	const char *name;
	yf_proof_reason reason;
	enum yufu_face_reason liveness;
	bool counts;
	yf_proof_phase phase; /* after one such failure */
} failures[] = {
	{ "not_matched", YF_PROOF_NOT_MATCHED, YUFU_REASON_NONE, true,
	  YF_PROOF_READY },
	{ "network", YF_PROOF_NETWORK, YUFU_REASON_NONE, false,
	  YF_PROOF_READY },
	{ "no_camera", YF_PROOF_NO_CAMERA, YUFU_REASON_NONE, false,
	  YF_PROOF_READY },
	{ "camera_refused", YF_PROOF_CAMERA_REFUSED, YUFU_REASON_NONE, false,
	  YF_PROOF_READY },
	{ "no_portrait", YF_PROOF_NO_PORTRAIT, YUFU_REASON_NONE, false,
	  YF_PROOF_REFUSED },
	{ "declined", YF_PROOF_DECLINED, YUFU_REASON_NONE, false,
	  YF_PROOF_ELSEWHERE },
	{ "too_often", YF_PROOF_TOO_OFTEN, YUFU_REASON_NONE, false,
	  YF_PROOF_REFUSED },
	{ "no_certificate", YF_PROOF_NO_CERTIFICATE, YUFU_REASON_NONE, false,
	  YF_PROOF_REFUSED },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_NO_FACE, false,
	  YF_PROOF_READY },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_MANY_FACES, false,
	  YF_PROOF_READY },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_TOO_SMALL, false,
	  YF_PROOF_READY },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_TOO_DARK, false,
	  YF_PROOF_READY },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_TOO_BRIGHT, false,
	  YF_PROOF_READY },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_BLURRED, false,
	  YF_PROOF_READY },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_CUT_OFF, false,
	  YF_PROOF_READY },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_TOO_FEW, false,
	  YF_PROOF_READY },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_TOO_SLOW, false,
	  YF_PROOF_READY },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_WRONG_MOVE, false,
	  YF_PROOF_READY },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_FLAT, true, YF_PROOF_READY },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_NO_PERSPECTIVE, true,
	  YF_PROOF_READY },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_FROZEN, true, YF_PROOF_READY },
	{ NULL, YF_PROOF_CHALLENGE, YUFU_REASON_ANOTHER_PERSON, true,
	  YF_PROOF_READY },
};

static void reasons(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(failures); i++) {
		struct yf_proof_session s = ready();
		assert_null(yf_proof_reason_name(&s));
		OK(start(&s));
		yf_proof_fail(&s, failures[i].reason, failures[i].liveness);
		const char *name = yf_proof_reason_name(&s);
		assert_non_null(name);
		assert_true(name[0]);
		if (failures[i].name)
			assert_string_equal(name, failures[i].name);
		assert_int_equal(yf_proof_counts(failures[i].reason,
						 failures[i].liveness),
				 failures[i].counts);
		assert_int_equal(s.phase, failures[i].phase);
		assert_int_equal(s.face_tries,
				 YF_PROOF_FACE_TRIES - failures[i].counts);
	}
}

static void three_against_the_person(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(failures); i++) {
		struct yf_proof_session s = ready();
		if (!failures[i].counts)
			continue;
		for (int n = 1; n <= YF_PROOF_FACE_TRIES; n++) {
			OK(start(&s));
			assert_int_equal(s.phase, YF_PROOF_FACE);
			yf_proof_fail(&s, failures[i].reason,
				      failures[i].liveness);
			assert_int_equal(s.phase, n < YF_PROOF_FACE_TRIES
							  ? YF_PROOF_READY
							  : YF_PROOF_REFUSED);
		}
		FAILS(start(&s), CONFLICT);
	}
}

static void darkness_costs_no_try(void **state)
{
	struct yf_proof_session s = ready();

	(void)state;
	for (int n = 1; n <= YF_PROOF_ATTEMPTS_MAX; n++) {
		assert_int_equal(s.phase, YF_PROOF_READY);
		OK(start(&s));
		yf_proof_fail(&s, YF_PROOF_CHALLENGE, YUFU_REASON_TOO_DARK);
		assert_int_equal(s.face_tries, YF_PROOF_FACE_TRIES);
	}
	/* Yet not without end. */
	assert_int_equal(s.phase, YF_PROOF_REFUSED);
	FAILS(start(&s), CONFLICT);
	s.phase = YF_PROOF_READY;
	FAILS(start(&s), TOO_MANY);
}

static void phases(void **state)
{
	(void)state;
	for (int p = YF_PROOF_IDENTIFY; p <= YF_PROOF_ELSEWHERE; p++) {
		struct yf_proof_session s = ready();
		s.phase = (yf_proof_phase)p;
		assert_true(yf_proof_phase_name(s.phase)[0]);
		for (int q = YF_PROOF_IDENTIFY; q <= YF_PROOF_ELSEWHERE; q++)
			assert_int_equal(
				yf_failed(yf_proof_may(&s, (yf_proof_phase)q)),
				p != q);
		if (p != YF_PROOF_READY)
			FAILS(start(&s), CONFLICT);
		assert_int_equal(s.attempts, 0);
	}
}

static void a_start_forgets_the_last_failure(void **state)
{
	struct yf_proof_session s = ready();

	(void)state;
	OK(start(&s));
	yf_proof_fail(&s, YF_PROOF_NETWORK, YUFU_REASON_NONE);
	OK(start(&s));
	assert_null(yf_proof_reason_name(&s));
	assert_int_equal(s.attempts, 2);
	yf_proof_forget(&s);
	assert_null(s.face);
}

/* --- the table of sessions --- */

static struct yf_handle cookie_of(size_t number)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "cookie %zu", number);
	return yf_handle_of(yf_str_of(text));
}

static const struct yf_par par = {
	.client_id = YF_STR("client"),
	.redirect_uri = YF_STR("https://wallet.example/cb"),
	.state = YF_STR("state"),
	.code_challenge = YF_STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
	.dpop_jkt = YF_STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
};

static void held_by_one(void **state)
{
	YF_AUTO(proofing) table = NULL;
	const struct yf_handle a = cookie_of(1);
	const struct yf_handle b = cookie_of(2);
	struct yf_proof_session *s;
	struct yf_proof_session *again;

	(void)state;
	OK(yf_proofing_new(&table));
	FAILS(yf_proof_take(table, &a, 100, &again), NOT_FOUND);
	OK(yf_proof_open(table, &a, &par, 100, &s));
	assert_int_equal(s->phase, YF_PROOF_IDENTIFY);
	assert_string_equal(s->client_id, "client");
	assert_string_equal(s->redirect_uri, "https://wallet.example/cb");
	assert_string_equal(s->state, "state");
	assert_true(yf_str_is(par.code_challenge, s->code_challenge));
	assert_true(yf_str_is(par.dpop_jkt, s->dpop_jkt));
	FAILS(yf_proof_take(table, &a, 100, &again), CONFLICT);
	FAILS(yf_proof_take(table, &b, 100, &again), NOT_FOUND);
	yf_proof_release(table, s);
	OK(yf_proof_take(table, &a, 100, &again));
	assert_ptr_equal(s, again);
	assert_int_equal(yf_proof_open_count(table), 1);
	yf_proof_release(table, s);
}

static void its_time(void **state)
{
	YF_AUTO(proofing) table = NULL;
	const struct yf_handle a = cookie_of(1);
	struct yf_proof_session *s;

	(void)state;
	OK(yf_proofing_new(&table));
	OK(yf_proof_open(table, &a, &par, 100, &s));
	yf_proof_release(table, s);
	OK(yf_proof_take(table, &a, 100 + YF_PROOF_LIFE_S - 1, &s));
	/* Its time ends while it is held: it is not taken from its holder. */
	FAILS(yf_proof_take(table, &a, 100 + YF_PROOF_LIFE_S, &s), CONFLICT);
	yf_proof_release(table, s);
	FAILS(yf_proof_take(table, &a, 100 + YF_PROOF_LIFE_S, &s), NOT_FOUND);
	assert_int_equal(yf_proof_open_count(table), 0);
}

static void full_and_room_again(void **state)
{
	YF_AUTO(proofing) table = NULL;
	struct yf_proof_session *s;

	(void)state;
	OK(yf_proofing_new(&table));
	for (size_t i = 0; i < YF_PROOF_SESSIONS_MAX; i++) {
		const struct yf_handle cookie = cookie_of(i);
		OK(yf_proof_open(table, &cookie, &par, 100, &s));
		yf_proof_release(table, s);
	}
	const struct yf_handle more = cookie_of(YF_PROOF_SESSIONS_MAX);
	FAILS(yf_proof_open(table, &more, &par, 101, &s), BUSY);
	assert_int_equal(yf_proof_open_count(table), YF_PROOF_SESSIONS_MAX);
	OK(yf_proof_open(table, &more, &par, 100 + YF_PROOF_LIFE_S, &s));
	assert_int_equal(yf_proof_open_count(table), 1);
	yf_proof_release(table, s);
}

struct racing {
	struct yf_proofing *table;
	atomic_int inside;
	atomic_int most;
	atomic_int taken;
};

static void take_and_release(void *ctx, size_t number)
{
	struct racing *r = ctx;
	const struct yf_handle shared = cookie_of(0);

	for (size_t i = 0; i < 500; i++) {
		const struct yf_handle own = cookie_of(1000 * number + i + 1);
		struct yf_proof_session *s;
		if (!yf_failed(yf_proof_take(r->table, &shared, 100, &s))) {
			const int inside = atomic_fetch_add(&r->inside, 1) + 1;
			if (inside > atomic_load(&r->most))
				atomic_store(&r->most, inside);
			s->attempts++;
			atomic_fetch_add(&r->taken, 1);
			atomic_fetch_sub(&r->inside, 1);
			yf_proof_release(r->table, s);
		}
		if (i % 50 == 0 &&
		    !yf_failed(yf_proof_open(r->table, &own, &par, 100, &s)))
			yf_proof_release(r->table, s);
	}
}

static void one_at_a_time(void **state)
{
	enum { THREADS = 8 };
	YF_AUTO(proofing) table = NULL;
	const struct yf_handle shared = cookie_of(0);
	struct yf_proof_session *s;

	(void)state;
	OK(yf_proofing_new(&table));
	OK(yf_proof_open(table, &shared, &par, 100, &s));
	yf_proof_release(table, s);
	struct racing r = { .table = table };
	citizen_race(THREADS, take_and_release, &r);
	assert_int_equal(atomic_load(&r.most), 1);
	OK(yf_proof_take(table, &shared, 100, &s));
	assert_int_equal(s->attempts, atomic_load(&r.taken));
	yf_proof_release(table, s);
	assert_int_equal(yf_proof_open_count(table), 1 + THREADS * 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons),
		cmocka_unit_test(three_against_the_person),
		cmocka_unit_test(darkness_costs_no_try),
		cmocka_unit_test(phases),
		cmocka_unit_test(a_start_forgets_the_last_failure),
		cmocka_unit_test(held_by_one),
		cmocka_unit_test(its_time),
		cmocka_unit_test(full_and_room_again),
		cmocka_unit_test(one_at_a_time),
	};
	return cmocka_run_group_tests_name("card/proof_session", tests, NULL,
					   NULL);
}
