#include "card/proofing.h"

#include "../support/citizen.h"
#include "../support/expect.h"
#include "../support/picture.h"
#include "base/file.h"
#include "base/log.h"
#include "card/face_rule.h"
#include "card/proof_store.h"
#include "face/liveness.h"
#include "face/pool.h"
#include "face/wire.h"

#include <stdio.h>

/* This test is also the program that the pool starts as its worker. */
static const char model[] = "build/face.model";

#define NOTICE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

struct bed {
	struct yf_test_env *test;
	struct yf_face_pool *pool;
	struct yf_proofing *table;
	struct yf_proof_step step;
	struct yf_face_rule rule;
};

static void open_session(struct bed *bed, const char *cookie)
{
	const struct yf_handle handle = yf_handle_of(yf_str_of(cookie));
	const struct yf_par par = {
		.handle = yf_handle_of(YF_STR("par")),
		.client_id = YF_STR(CITIZEN_WALLET),
		.redirect_uri = YF_STR(CITIZEN_WALLET),
		.state = YF_STR("a&b"),
		.code_challenge = YF_STR(NOTICE),
	};

	OK(yf_proof_open(bed->table, &handle, &par, bed->test->now_s,
			 &bed->step.session));
}

static int open_bed(void **state)
{
	static struct bed bed;
	const struct yf_face_pool_config config = {
		.program = "/proc/self/exe",
		.model_path = model,
		.workers = 1,
		.deadline_ms = 60000,
	};

	bed = (struct bed){ .test = yf_test_env_new() };
	if (picture_available() && yf_file_exists(model))
		OK(yf_face_pool_open(&config, &bed.pool));
	bed.test->env.face = bed.pool;
	bed.rule =
		yf_face_rule_make(&(struct yf_face_limits){ 1e-4, 1e-3, true },
				  NULL, 0, 0, YF_OK);
	bed.test->env.face_rule = &bed.rule;
	OK(yf_proofing_new(&bed.table));
	bed.step.env = &bed.test->env;
	bed.step.arena = bed.test->arena;
	open_session(&bed, "first");
	*state = &bed;
	return 0;
}

static int close_bed(void **state)
{
	struct bed *bed = *state;

	yf_proofing_free(bed->table);
	yf_face_pool_close(bed->pool);
	yf_test_env_free(bed->test);
	return 0;
}

#define BED_TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_bed, close_bed)

static bool without_engine(const struct bed *bed)
{
	if (!bed->pool)
		print_message("SKIPPED no pictures or no build/face.model\n");
	return !bed->pool;
}

static struct yf_person_ref enrol(struct bed *bed, const char *number,
				  yf_bytes portrait)
{
	struct yf_person_ref ref = { 0 };
	struct yf_person person;
	yf_str json;

	OK(yf_str_format(bed->test->arena, &json,
			 "{\"family_name\":\"Sample\",\"given_name\":\"Ann\","
			 "\"birth_date\":\"1990\","
			 "\"personal_administrative_number\":\"%s\"}",
			 number));
	OK(yf_person_decode(bed->test->arena, "none", json, &person));
	OK(yf_register_add(&bed->test->env, bed->test->arena, &person, portrait,
			   YF_STR("test"), &ref));
	return ref;
}

static const yf_bytes none = { NULL, 0 };

static void agree(struct bed *bed, const char *number)
{
	OK(yf_proof_identify(&bed->step, yf_str_of(number),
			     YF_STR("ann sample")));
	OK(yf_proof_consent(&bed->step, YF_PROOF_NOTICE_VERSION, YF_STR("th"),
			    YF_STR(NOTICE)));
}

static int64_t attempts(struct bed *bed, const char *outcome)
{
	return yf_test_sql_int(
		bed->test,
		"SELECT count(*) FROM proof_attempt WHERE outcome = $1",
		YF_BIND(YF_TEXT(yf_str_of(outcome))));
}

static int64_t tickets(struct bed *bed)
{
	return yf_test_sql_int(bed->test,
			       "SELECT count(*) FROM service_point_ticket",
			       YF_BIND_NONE);
}

/* --- number and name --- */

static void identified(void **state)
{
	struct bed *bed = *state;
	const struct yf_person_ref ref = enrol(bed, "N-1", none);

	OK(yf_proof_identify(&bed->step, YF_STR(" n-1 "),
			     YF_STR("SAMPLE, ann")));
	assert_int_equal(bed->step.session->phase, YF_PROOF_CONSENT);
	assert_true(bed->step.session->has_person);
	assert_true(yf_str_is(ref.id, bed->step.session->person_id));
	FAILS(yf_proof_identify(&bed->step, YF_STR("N-1"), YF_STR("x")),
	      CONFLICT);
}

/* Which part was wrong is nobody's business: one answer for all. */
static void not_identified(void **state)
{
	static const char *const pairs[YF_PROOF_IDENTIFY_TRIES][2] = {
		{ "N-1", "Ann Other" }, { "N-2", "Ann Sample" },
		{ "//", "Ann Sample" }, { "N-1", "\xff" },
		{ "N-1", "" },
	};
	struct bed *bed = *state;

	enrol(bed, "N-1", none);
	for (size_t i = 0; i < YF_COUNT(pairs) - 1; i++) {
		FAILS(yf_proof_identify(&bed->step, yf_str_of(pairs[i][0]),
					yf_str_of(pairs[i][1])),
		      NOT_MATCHED);
		assert_int_equal(bed->step.session->phase, YF_PROOF_IDENTIFY);
	}
	FAILS(yf_proof_identify(&bed->step, YF_STR("N-1"), YF_STR("")),
	      TOO_MANY);
	assert_int_equal(bed->step.session->phase, YF_PROOF_REFUSED);
	assert_false(bed->step.session->has_person);
	/* The other way stays open: a number for a service point. */
	assert_int_equal(strlen(bed->step.session->ticket.number), 9);
	assert_int_equal(tickets(bed), 1);
	assert_int_equal(attempts(bed, "not_identified"), 1);
	FAILS(yf_proof_identify(&bed->step, YF_STR("N-1"),
				YF_STR("Ann Sample")),
	      CONFLICT);
}

/* --- consent --- */

static void consent(void **state)
{
	static const struct {
		int64_t version;
		const char *locale;
		const char *hash;
	} rows[] = {
		{ YF_PROOF_NOTICE_VERSION + 1, "en", NOTICE },
		{ 0, "en", NOTICE },
		{ YF_PROOF_NOTICE_VERSION, "", NOTICE },
		{ YF_PROOF_NOTICE_VERSION, "a-locale-too-long", NOTICE },
		{ YF_PROOF_NOTICE_VERSION, "en", "" },
		{ YF_PROOF_NOTICE_VERSION, "en", NOTICE "A" },
		{ YF_PROOF_NOTICE_VERSION, "en",
		  "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM" },
		{ YF_PROOF_NOTICE_VERSION, "en",
		  "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!" },
	};
	struct bed *bed = *state;

	enrol(bed, "N-1", none);
	FAILS(yf_proof_consent(&bed->step, YF_PROOF_NOTICE_VERSION,
			       YF_STR("en"), YF_STR(NOTICE)),
	      CONFLICT);
	OK(yf_proof_identify(&bed->step, YF_STR("N-1"), YF_STR("Ann Sample")));
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		FAILS(yf_proof_consent(&bed->step, rows[i].version,
				       yf_str_of(rows[i].locale),
				       yf_str_of(rows[i].hash)),
		      RANGE);
		assert_int_equal(bed->step.session->phase, YF_PROOF_CONSENT);
	}
	OK(yf_proof_consent(&bed->step, YF_PROOF_NOTICE_VERSION, YF_STR("vi"),
			    YF_STR(NOTICE)));
	assert_int_equal(bed->step.session->phase, YF_PROOF_READY);
	assert_string_equal(bed->step.session->consent_locale, "vi");
	/* Given, but not yet used: nothing is stored of it. */
	assert_int_equal(yf_test_sql_int(bed->test,
					 "SELECT count(*) FROM consent",
					 YF_BIND_NONE),
			 0);
}

/* --- the attempt --- */

static void no_portrait(void **state)
{
	struct bed *bed = *state;

	enrol(bed, "N-1", none);
	FAILS(yf_proof_attempt(&bed->step, false), CONFLICT);
	agree(bed, "N-1");
	OK(yf_proof_attempt(&bed->step, false));
	assert_int_equal(bed->step.session->phase, YF_PROOF_REFUSED);
	assert_string_equal(yf_proof_reason_name(bed->step.session),
			    "no_portrait");
	assert_int_equal(tickets(bed), 1);
	assert_int_equal(attempts(bed, "no_portrait"), 1);
}

static void portrait_without_a_face(void **state)
{
	static const uint8_t rubbish[] = "this is no picture";
	struct bed *bed = *state;

	if (without_engine(bed))
		skip();
	enrol(bed, "N-1", (yf_bytes){ rubbish, sizeof(rubbish) });
	agree(bed, "N-1");
	OK(yf_proof_attempt(&bed->step, false));
	assert_string_equal(yf_proof_reason_name(bed->step.session),
			    "no_portrait");
}

static yf_bytes portrait_of(struct bed *bed, const struct picture_crop *crop)
{
	const struct yf_pixels pixels = picture_pixels(bed->test->arena, crop);

	return picture_jpeg(bed->test->arena, &pixels, 0);
}

static void started(void **state)
{
	static const uint8_t rubbish[] = "this is no picture";
	struct bed *bed = *state;
	yf_str redirect = { NULL, 0 };

	if (without_engine(bed))
		skip();
	const yf_bytes portrait = portrait_of(bed, &picture_ann);
	enrol(bed, "N-1", portrait);
	agree(bed, "N-1");
	FAILS(yf_proof_frame(&bed->step, portrait, &redirect), CONFLICT);
	OK(yf_proof_attempt(&bed->step, false));
	assert_int_equal(bed->step.session->phase, YF_PROOF_FACE);
	assert_int_equal(bed->step.session->attempts, 1);
	assert_int_equal(bed->step.session->face->challenge.step_count,
			 YF_LIVENESS_DRAWN);
	FAILS(yf_proof_attempt(&bed->step, false), CONFLICT);
	/* Too soon: not even looked at. */
	OK(yf_proof_frame(&bed->step, (yf_bytes){ rubbish, sizeof(rubbish) },
			  &redirect));
	assert_false(bed->step.session->has_box);
	bed->test->now_s++;
	/* A picture that is none: send another one. */
	FAILS(yf_proof_frame(&bed->step, (yf_bytes){ rubbish, sizeof(rubbish) },
			     &redirect),
	      IMAGE);
	assert_int_equal(bed->step.session->phase, YF_PROOF_FACE);
	bed->test->now_s++;
	OK(yf_proof_frame(&bed->step, portrait, &redirect));
	assert_true(bed->step.session->has_box);
	assert_null(redirect.ptr);
	/* A picture held still ends without a card. */
	for (int i = 0; i < 60 && bed->step.session->phase == YF_PROOF_FACE;
	     i++) {
		bed->test->now_s++;
		OK(yf_proof_frame(&bed->step, portrait, &redirect));
	}
	assert_int_equal(bed->step.session->phase, YF_PROOF_READY);
	assert_non_null(yf_proof_reason_name(bed->step.session));
	assert_null(redirect.ptr);
	assert_int_equal(tickets(bed), 1);
	assert_int_equal(yf_test_sql_int(bed->test,
					 "SELECT (SELECT count(*) FROM"
					 " evidence) + (SELECT count(*) FROM"
					 " grant_code)",
					 YF_BIND_NONE),
			 0);
}

/* Fewer moves, told to the page, and written down with the attempt. */
static void accessible(void **state)
{
	struct bed *bed = *state;

	if (without_engine(bed))
		skip();
	enrol(bed, "N-1", portrait_of(bed, &picture_ann));
	agree(bed, "N-1");
	OK(yf_proof_attempt(&bed->step, true));
	assert_int_equal(bed->step.session->face->challenge.step_count,
			 YF_LIVENESS_EASY);
	assert_int_equal(bed->step.session->face->challenge.accessible, 1);
	OK(yf_proof_trouble(&bed->step, YF_PROOF_NETWORK));
	OK(yf_proof_attempt(&bed->step, false));
	assert_int_equal(bed->step.session->face->challenge.accessible, 0);
	OK(yf_proof_trouble(&bed->step, YF_PROOF_NETWORK));
	assert_int_equal(attempts(bed, "network"), 2);
	assert_int_equal(yf_test_sql_int(bed->test,
					 "SELECT sum(accessible) FROM"
					 " proof_attempt",
					 YF_BIND_NONE),
			 1);
}

static void too_often(void **state)
{
	struct bed *bed = *state;

	enrol(bed, "N-1", none);
	agree(bed, "N-1");
	for (int i = 0; i < YF_PROOF_PERSON_DAY_MAX; i++)
		OK(yf_proof_store_failure(&bed->step, "not_matched"));
	OK(yf_proof_attempt(&bed->step, false));
	assert_int_equal(bed->step.session->phase, YF_PROOF_REFUSED);
	assert_string_equal(yf_proof_reason_name(bed->step.session),
			    "too_often");
	/* A day later they may try again. */
	bed->test->now_s += 86400 + 1;
	open_session(bed, "second");
	agree(bed, "N-1");
	OK(yf_proof_attempt(&bed->step, false));
	assert_string_equal(yf_proof_reason_name(bed->step.session),
			    "no_portrait");
}

/* Whoever knows number and name must not be able to shut somebody out. */
static void nobody_is_shut_out_by_words(void **state)
{
	struct bed *bed = *state;

	enrol(bed, "N-1", none);
	for (int i = 0; i < 2 * YF_PROOF_PERSON_DAY_MAX; i++) {
		char cookie[32];
		(void)snprintf(cookie, sizeof(cookie), "stranger %d", i);
		open_session(bed, cookie);
		agree(bed, "N-1");
		OK(yf_proof_trouble(&bed->step, i % 2 ? YF_PROOF_DECLINED
						      : YF_PROOF_NETWORK));
	}
	open_session(bed, "own");
	agree(bed, "N-1");
	OK(yf_proof_attempt(&bed->step, false));
	assert_string_equal(yf_proof_reason_name(bed->step.session),
			    "no_portrait");
}

/* Whoever redraws until the moves are those of a recording is counted. */
static void a_challenge_seen_is_an_attempt(void **state)
{
	struct bed *bed = *state;

	enrol(bed, "N-1", none);
	for (int i = 0; i < YF_PROOF_PERSON_DAY_MAX; i++) {
		char cookie[32];
		(void)snprintf(cookie, sizeof(cookie), "drawer %d", i);
		open_session(bed, cookie);
		agree(bed, "N-1");
		OK(yf_proof_store_shown(&bed->step));
		/* Some say that the network failed, others just go. */
		if (i % 2)
			OK(yf_proof_trouble(&bed->step, YF_PROOF_NETWORK));
	}
	assert_int_equal(attempts(bed, "broken_off"), YF_PROOF_PERSON_DAY_MAX);
	assert_int_equal(attempts(bed, "network"), 0);
	open_session(bed, "once more");
	agree(bed, "N-1");
	OK(yf_proof_attempt(&bed->step, false));
	assert_string_equal(yf_proof_reason_name(bed->step.session),
			    "too_often");
}

/* One row an attempt, and the next one has its own. */
static void its_row_ends_with_it(void **state)
{
	struct bed *bed = *state;

	enrol(bed, "N-1", none);
	agree(bed, "N-1");
	OK(yf_proof_store_shown(&bed->step));
	assert_int_equal(attempts(bed, "broken_off"), 1);
	OK(yf_proof_store_failure(&bed->step, "wrong_move"));
	assert_int_equal(attempts(bed, "broken_off"), 0);
	assert_int_equal(attempts(bed, "wrong_move"), 1);
	OK(yf_proof_store_failure(&bed->step, "network"));
	assert_int_equal(attempts(bed, "wrong_move"), 1);
	assert_int_equal(attempts(bed, "network"), 1);
}

/* --- the other way --- */

static void declined(void **state)
{
	struct bed *bed = *state;
	char number[16];

	OK(yf_proof_trouble(&bed->step, YF_PROOF_DECLINED));
	assert_int_equal(bed->step.session->phase, YF_PROOF_ELSEWHERE);
	strcpy(number, bed->step.session->ticket.number);
	assert_int_equal(strlen(number), 9);
	/* Again: the same number, and no second row. */
	OK(yf_proof_trouble(&bed->step, YF_PROOF_DECLINED));
	assert_string_equal(number, bed->step.session->ticket.number);
	assert_int_equal(attempts(bed, "declined"), 1);
	assert_int_equal(tickets(bed), 1);
	FAILS(yf_proof_trouble(&bed->step, YF_PROOF_NETWORK), CONFLICT);
	FAILS(yf_proof_attempt(&bed->step, false), CONFLICT);
}

static void trouble(void **state)
{
	struct bed *bed = *state;

	enrol(bed, "N-1", none);
	FAILS(yf_proof_trouble(&bed->step, YF_PROOF_NO_CAMERA), CONFLICT);
	agree(bed, "N-1");
	OK(yf_proof_trouble(&bed->step, YF_PROOF_NO_CAMERA));
	assert_int_equal(bed->step.session->phase, YF_PROOF_READY);
	assert_string_equal(yf_proof_reason_name(bed->step.session),
			    "no_camera");
	const struct yf_ticket first = bed->step.session->ticket;
	assert_int_equal(first.expires_s, bed->test->now_s + YF_TICKET_LIFE_S);
	/* Not without end: each leaves a row. */
	for (int i = 0; i < 100; i++)
		if (yf_failed(yf_proof_trouble(&bed->step, YF_PROOF_NETWORK)))
			break;
	assert_int_equal(bed->step.session->phase, YF_PROOF_REFUSED);
	assert_true(attempts(bed, "network") < YF_PROOF_ATTEMPTS_MAX);
	assert_string_equal(first.number, bed->step.session->ticket.number);
	assert_int_equal(tickets(bed), 1);
}

static void cancelled(void **state)
{
	struct bed *bed = *state;
	yf_str redirect;

	OK(yf_proof_cancel(&bed->step, &redirect));
	assert_true(yf_str_is(redirect, CITIZEN_WALLET
			      "?error=access_denied&state=a%26b&iss="
			      "https%3A%2F%2Fcity.example"));
	assert_int_equal(bed->step.session->phase, YF_PROOF_REFUSED);
	FAILS(yf_proof_identify(&bed->step, YF_STR("1"), YF_STR("x")),
	      CONFLICT);
}

/* --- what is kept --- */

static void success_is_one_transaction(void **state)
{
	struct bed *bed = *state;
	const struct yf_person_ref ref = enrol(bed, "N-1", none);
	struct yf_handle handle;
	struct yf_carried carried;
	yf_str code;

	agree(bed, "N-1");
	const struct yf_grant grant = {
		.kind = YF_GRANT_CODE,
		.person = ref,
		.type = YF_STR("id"),
		.life_s = YF_CODE_LIFE_S,
	};
	OK(yf_handle_new(bed->test->arena, &code, &handle));
	OK(yf_proof_store_success(&bed->step, &grant, &handle));
	assert_int_equal(
		yf_test_sql_int(
			bed->test,
			"SELECT count(*) FROM evidence e, consent c, grant_code"
			" g, act a, proof_attempt p WHERE e.consent_id = c.id"
			" AND e.person_id = $1 AND c.person_id = $1 AND"
			" g.person_id = $1 AND a.subject = $1 AND a.kind ="
			" 'face_matched' AND p.outcome = 'passed' AND"
			" c.text_sha256 = $2 AND c.locale = 'th'",
			YF_BIND(YF_TEXT(ref.id), YF_TEXT(YF_STR(NOTICE)))),
		1);
	OK(yf_evidence_level(&bed->test->env, &ref, &carried));
	assert_int_equal(carried.level, YF_LEVEL_BASIC);
	assert_true(carried.demo && carried.face_demo);
	/* The code is taken: nothing of the second is there. */
	FAILS(yf_proof_store_success(&bed->step, &grant, &handle), CONFLICT);
	assert_int_equal(yf_test_sql_int(bed->test,
					 "SELECT (SELECT count(*) FROM"
					 " evidence) + (SELECT count(*) FROM"
					 " consent)",
					 YF_BIND_NONE),
			 2);
}

static void counted_apart(void **state)
{
	struct bed *bed = *state;
	struct yf_proof_count counts[YF_PROOF_OUTCOMES_MAX];
	size_t count;

	enrol(bed, "N-1", none);
	for (int session = 0; session < 2; session++) {
		char cookie[32];
		(void)snprintf(cookie, sizeof(cookie), "session %d", session);
		open_session(bed, cookie);
		agree(bed, "N-1");
		for (int i = 0; i < 3; i++)
			OK(yf_proof_trouble(&bed->step, YF_PROOF_NETWORK));
	}
	OK(yf_proof_counted(&bed->test->env, counts, &count));
	assert_int_equal(count, 1);
	assert_string_equal(counts[0].outcome, "network");
	assert_int_equal(counts[0].attempts, 6);
	assert_int_equal(counts[0].sessions, 2);
	assert_int_equal(counts[0].people, 1);
}

/* Without a certificate and outside a demonstration: the other way, at once,
 * and no consent that would be for nothing. */
static void closed_without_a_certificate(void **state)
{
	struct bed *bed = *state;

	enrol(bed, "N-1", none);
	bed->rule.limits.demo = false;
	OK(yf_proof_identify(&bed->step, YF_STR("N-1"), YF_STR("Ann Sample")));
	assert_int_equal(bed->step.session->phase, YF_PROOF_REFUSED);
	assert_string_equal(yf_proof_reason_name(bed->step.session),
			    "no_certificate");
	assert_int_equal(tickets(bed), 1);
	assert_int_equal(attempts(bed, "no_certificate"), 1);
	FAILS(yf_proof_consent(&bed->step, YF_PROOF_NOTICE_VERSION,
			       YF_STR("th"), YF_STR(NOTICE)),
	      CONFLICT);
	FAILS(yf_proof_attempt(&bed->step, false), CONFLICT);
}

/* A certificate may end between consent and camera. */
static void closed_meanwhile(void **state)
{
	struct bed *bed = *state;

	enrol(bed, "N-1", none);
	agree(bed, "N-1");
	bed->test->env.face_rule = NULL;
	OK(yf_proof_attempt(&bed->step, false));
	assert_string_equal(yf_proof_reason_name(bed->step.session),
			    "no_certificate");
	assert_int_equal(bed->step.session->phase, YF_PROOF_REFUSED);
	assert_int_equal(tickets(bed), 1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		BED_TEST(identified),
		BED_TEST(not_identified),
		BED_TEST(consent),
		BED_TEST(no_portrait),
		BED_TEST(portrait_without_a_face),
		BED_TEST(started),
		BED_TEST(accessible),
		BED_TEST(too_often),
		BED_TEST(nobody_is_shut_out_by_words),
		BED_TEST(a_challenge_seen_is_an_attempt),
		BED_TEST(its_row_ends_with_it),
		BED_TEST(declined),
		BED_TEST(trouble),
		BED_TEST(cancelled),
		BED_TEST(success_is_one_transaction),
		BED_TEST(counted_apart),
		BED_TEST(closed_without_a_certificate),
		BED_TEST(closed_meanwhile),
	};

	if (argc == 6 && strcmp(argv[1], "face-worker") == 0)
		return yf_face_worker_main(YF_WIRE_SOCKET, argv + 2);
	yf_log_threshold(YF_LOG_ERROR);
	return cmocka_run_group_tests_name("card/proofing", tests, NULL, NULL);
}
