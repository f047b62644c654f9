#include "check/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "../support/party.h"
#include "codec/url.h"
#include "http/reply.h"

/*
 * Goal: the addresses, statuses and bodies of doc/api.md, through the route
 * tables and the one place that turns errors into replies.
 */

static int setup(void **state)
{
	*state = yf_test_env_new();
	return 0;
}

static int teardown(void **state)
{
	yf_test_env_free(*state);
	return 0;
}

struct call {
	yf_method method;
	const char *path;
	yf_str bearer;
	yf_str body;
	yf_str content_type;
};

/* As http does it: find the route, run the handler, turn the error. */
static struct yf_reply request_in(struct yf_test_env *test,
				  struct yf_arena *arena,
				  const struct call *call)
{
	const struct yf_routes tables[] = { yf_check_routes(), yf_vp_routes(),
					    yf_trust_routes() };
	struct yf_exchange x = { .arena = arena,
				 .method = call->method,
				 .path = yf_str_of(call->path),
				 .bearer = call->bearer,
				 .body = call->body,
				 .content_type = call->content_type };
	struct yf_route_match match = { 0 };
	struct yf_reply reply = { 0 };

	yf_test_ok(yf_route_find(arena, tables, YF_COUNT(tables), call->method,
				 x.path, &match));
	assert_int_equal(match.outcome, YF_ROUTE_FOUND);
	memcpy(x.params, match.params, sizeof(x.params));
	x.param_count = match.param_count;
	assert_true(call->body.len <= match.route->body_len_max);
	const yf_err err = match.route->handler(&test->env, &x, &reply);
	if (yf_failed(err))
		yf_reply_error(arena, &reply, err, match.route->flags);
	return reply;
}

static struct yf_reply request(struct yf_test_env *test,
			       const struct call *call)
{
	return request_in(test, test->arena, call);
}

static const struct yf_json *json_of(struct yf_test_env *test,
				     const struct yf_reply *reply)
{
	const struct yf_json *tree = NULL;

	yf_test_ok(yf_json_parse(test->arena, reply->body, &tree));
	return tree;
}

static yf_str header_of(const struct yf_reply *reply, const char *name)
{
	for (size_t i = 0; i < reply->header_count; i++)
		if (yf_str_is(reply->headers[i].name, name))
			return reply->headers[i].value;
	return (yf_str){ 0 };
}

static const char *path_of(struct yf_test_env *test, const char *format,
			   yf_str id)
{
	yf_str path = { 0 };

	yf_test_ok(yf_str_format(test->arena, &path, format, YF_ARG(id)));
	return path.ptr;
}

static const char *const cafe[] = { "cafe", NULL };

static void me_says_what_may_be_asked(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party party = { 0 };

	yf_test_party_add(test, "Cafe Example", cafe, &party);
	const struct call call = { YF_GET, "/check/me", party.api_key,
				   .body = { 0 } };
	const struct yf_reply reply = request(test, &call);
	yf_str claim = { 0 };
	yf_str purpose = { 0 };
	int64_t retention_s = -1;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("policies.0.claims.0.1", &claim),
		YF_JSON_STR("policies.0.purpose.zh", &purpose),
		YF_JSON_NUM("policies.0.retention_s", &retention_s),
		YF_JSON_END,
	};

	assert_int_equal(reply.status, 200);
	assert_true(yf_str_is(yf_json_text(json_of(test, &reply), "name"),
			      "Cafe Example"));
	yf_test_ok(yf_json_take_fields(json_of(test, &reply), fields));
	assert_true(yf_str_is(claim, "18"));
	assert_true(purpose.len > 0);
	assert_int_equal(retention_s, 0);
}

/* Every call of a party, without its key and with a wrong one. */
static void without_a_key_there_is_nothing(void **state)
{
	static const struct {
		yf_method method;
		const char *path;
	} calls[] = {
		{ YF_GET, "/check/me" },
		{ YF_POST, "/check/requests" },
		{ YF_GET, "/check/requests/abc" },
		{ YF_GET, "/check/requests/abc/events" },
	};
	struct yf_test_env *test = *state;

	for (size_t i = 0; i < 2 * YF_COUNT(calls); i++) {
		const struct call call = {
			.method = calls[i / 2].method,
			.path = calls[i / 2].path,
			.bearer = i % 2 ? YF_STR("yufu_rp_no") : YF_STR(""),
			.body = YF_STR(""),
		};
		const struct yf_reply reply = request(test, &call);

		print_message("  %s\n", call.path);
		assert_int_equal(reply.status, 401);
		assert_true(yf_str_starts(header_of(&reply, "WWW-Authenticate"),
					  YF_STR("Bearer")));
		assert_null(reply.stream);
	}
}

static yf_str create(struct yf_test_env *test,
		     const struct yf_test_party *party, const char *body,
		     int want_status)
{
	const struct call call = { YF_POST, "/check/requests", party->api_key,
				   yf_str_of(body),
				   YF_STR("application/json") };
	const struct yf_reply reply = request(test, &call);

	assert_int_equal(reply.status, want_status);
	return yf_json_text(json_of(test, &reply),
			    want_status == 201 ? "id" : "type");
}

static void asking_and_over_asking(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party party = { 0 };

	yf_test_party_add(test, "Cafe Example", cafe, &party);
	assert_true(create(test, &party, "{\"policy\":\"cafe\"}", 201).len >=
		    22);
	assert_true(
		yf_str_is(create(test, &party, "{\"policy\":\"hotel\"}", 403),
			  "urn:yufu:problem:over_asked"));
	create(test, &party, "{\"policy\":\"casino\"}", 400);
	create(test, &party, "{\"policy\":1}", 400);
	create(test, &party, "{\"policy\":\"cafe\",\"policy\":\"cafe\"}", 400);
	create(test, &party, "{", 400);
	create(test, &party, "", 400);
}

static void another_partys_request_is_404(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party mine = { 0 };
	struct yf_test_party other = { 0 };

	yf_test_party_add(test, "Cafe Example", cafe, &mine);
	yf_test_party_add(test, "Cafe Other", cafe, &other);
	const yf_str id = create(test, &mine, "{\"policy\":\"cafe\"}", 201);
	struct call call = {
		.method = YF_GET,
		.path = path_of(test, "/check/requests/%.*s", id),
		.bearer = mine.api_key,
	};
	struct yf_reply reply = request(test, &call);

	assert_int_equal(reply.status, 200);
	assert_true(yf_str_is(yf_json_text(json_of(test, &reply), "state"),
			      "waiting"));
	call.bearer = other.api_key;
	reply = request(test, &call);
	assert_int_equal(reply.status, 404);
	call.path = path_of(test, "/check/requests/%.*s/events", id);
	reply = request(test, &call);
	assert_int_equal(reply.status, 404);
	assert_null(reply.stream);
}

static void events_begin_with_the_state(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party party = { 0 };
	char text[1024] = "";
	bool ended = false;

	yf_test_party_add(test, "Cafe Example", cafe, &party);
	const yf_str id = create(test, &party, "{\"policy\":\"cafe\"}", 201);
	const struct call call = {
		.method = YF_GET,
		.path = path_of(test, "/check/requests/%.*s/events", id),
		.bearer = party.api_key,
	};
	struct yf_reply reply = request(test, &call);

	assert_non_null(reply.stream);
	assert_true(yf_stream_take(reply.stream, text, sizeof(text) - 1,
				   &ended) > 0);
	assert_non_null(strstr(text, "event: state\n"));
	assert_non_null(strstr(text, "\"state\":\"waiting\""));
	assert_false(ended);
	yf_stream_free(reply.stream);

	/* past its time there is one event, and the end */
	test->now_s += 300;
	reply = request(test, &call);
	memset(text, 0, sizeof(text));
	assert_true(yf_stream_take(reply.stream, text, sizeof(text) - 1,
				   &ended) > 0);
	assert_non_null(strstr(text, "\"state\":\"expired\""));
	while (!ended)
		(void)yf_stream_take(reply.stream, text, sizeof(text) - 1,
				     &ended);
	yf_stream_free(reply.stream);
}

static yf_str form_of(struct yf_test_env *test, const char *name, yf_str value)
{
	struct yf_buf buf = yf_buf_new(test->arena, 1024);
	yf_str text = { 0 };

	yf_form_put(&buf, name, value);
	yf_test_ok(yf_buf_str(&buf, &text));
	return text;
}

static void a_wallet_reads_and_answers(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party party = { 0 };
	struct yf_test_card card = { 0 };
	const struct yf_test_card_ask card_ask = { 0 };
	struct yf_request_object object = { 0 };
	yf_str link = { 0 };

	yf_test_party_add(test, "Cafe Example", cafe, &party);
	yf_test_card_issue(test, &card_ask, &card);
	const yf_str id = create(test, &party, "{\"policy\":\"cafe\"}", 201);
	yf_test_ok(yf_str_format(test->arena, &link,
				 "openid4vp://?client_id=%.*s",
				 YF_ARG(party.party.client_id)));
	struct call call = { .method = YF_GET,
			     .path = path_of(test, "/vp/%.*s", id) };
	struct yf_reply reply = request(test, &call);

	assert_int_equal(reply.status, 200);
	assert_true(yf_str_is(reply.content_type,
			      "application/oauth-authz-req+jwt"));
	yf_test_read_request(test, link, reply.body, &object);

	call.method = YF_POST;
	call.path = path_of(test, "/vp/%.*s/response", id);
	call.content_type = YF_STR("application/x-www-form-urlencoded");
	call.body = YF_STR("response=garbage");
	reply = request(test, &call);
	assert_int_equal(reply.status, 400);
	assert_true(yf_str_is(yf_json_text(json_of(test, &reply), "error"),
			      "invalid_request"));
	assert_true(yf_str_is(yf_json_text(json_of(test, &reply), "reason"),
			      "syntax"));

	const struct yf_test_show show = { .card = &card, .request = &object };
	call.body = form_of(test, "response", yf_test_answer(test, &show));
	reply = request(test, &call);
	assert_int_equal(reply.status, 200);
	assert_true(yf_str_is(reply.body, "{\"verdict\":\"accepted\"}"));
	reply = request(test, &call);
	assert_int_equal(reply.status, 400);
	assert_true(yf_str_is(yf_json_text(json_of(test, &reply), "reason"),
			      "replayed"));

	/* scanned again: gone, not a failing server */
	call = (struct call){ .method = YF_GET,
			      .path = path_of(test, "/vp/%.*s", id) };
	reply = request(test, &call);
	assert_int_equal(reply.status, 410);
	assert_true(yf_str_is(yf_json_text(json_of(test, &reply), "type"),
			      "urn:yufu:problem:replayed"));
	yf_key_free(card.key);
}

/* Traps 16: the wallet hears the reason that the party sees. */
static void a_wallet_hears_why(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party party = { 0 };
	struct yf_test_card card = { 0 };
	const struct yf_test_card_ask card_ask = {
		.expires_s = test->now_s - 3600,
	};
	struct yf_request_made made = { 0 };
	struct yf_request_object object = { 0 };

	yf_test_party_add(test, "Cafe Example", cafe, &party);
	yf_test_card_issue(test, &card_ask, &card);
	yf_test_ask(test, &party, "cafe", &made, &object);
	const struct yf_test_show show = { .card = &card, .request = &object };
	const struct call call = {
		.method = YF_POST,
		.path = path_of(test, "/vp/%.*s/response", made.id),
		.content_type = YF_STR("application/x-www-form-urlencoded"),
		.body = form_of(test, "response", yf_test_answer(test, &show)),
	};
	const struct yf_reply reply = request(test, &call);

	assert_int_equal(reply.status, 400);
	assert_true(yf_str_is(yf_json_text(json_of(test, &reply), "reason"),
			      "expired"));
	assert_true(yf_str_is(
		yf_json_text(yf_json_get(yf_test_view(test, &party, made.id),
					 "result"),
			     "reason"),
		"expired"));
	yf_key_free(card.key);
}

enum { PICTURE_LEN = 380000, REQUEST_ARENA_LEN = 8 * 1024 * 1024 };

/*
 * The largest card that an SD-JWT may be, through one request's arena as
 * http/listen.h gives it, and out again as an event.
 */
static void a_large_portrait_fits(void **state)
{
	static const char *const hotel[] = { "hotel", NULL };
	struct yf_test_env *test = *state;
	struct yf_test_party party = { 0 };
	struct yf_test_card card = { 0 };
	struct yf_request_made made = { 0 };
	struct yf_request_object object = { 0 };
	struct yf_stream *stream = NULL;
	YF_AUTO(arena) arena = yf_arena_new(REQUEST_ARENA_LEN);
	char *picture = YF_NEW(test->arena, char, PICTURE_LEN + 1);
	static char text[1024 * 1024];
	bool ended = false;
	yf_str claims = { 0 };

	memset(picture, 'A', PICTURE_LEN);
	yf_test_ok(yf_str_format(test->arena, &claims,
				 "{\"family_name\":\"A\",\"given_name\":\"B\","
				 "\"document_number\":\"C\",\"picture\":"
				 "\"data:image/jpeg;base64,%s\"}",
				 picture));
	const struct yf_test_card_ask card_ask = { .claims = claims.ptr };
	yf_test_party_add(test, "Hotel Example", hotel, &party);
	yf_test_card_issue(test, &card_ask, &card);
	assert_true(card.sdjwt.len > 500000);
	yf_test_ask(test, &party, "hotel", &made, &object);
	yf_test_ok(yf_events_subscribe(test->env.events, made.id, &stream));
	const struct yf_test_show show = { .card = &card, .request = &object };
	const struct call call = {
		.method = YF_POST,
		.path = path_of(test, "/vp/%.*s/response", made.id),
		.content_type = YF_STR("application/x-www-form-urlencoded"),
		.body = form_of(test, "response", yf_test_answer(test, &show)),
	};
	const struct yf_reply reply = request_in(test, arena, &call);

	assert_int_equal(reply.status, 200);
	assert_true(yf_stream_take(stream, text, sizeof(text) - 1, &ended) >
		    PICTURE_LEN);
	assert_non_null(strstr(text, "\"verdict\":\"accepted\""));
	yf_stream_free(stream);
	yf_key_free(card.key);
}

/* request_uri_method=post */
static void the_wallet_nonce_is_echoed(void **state)
{
	struct yf_test_env *test = *state;
	struct yf_test_party party = { 0 };
	struct yf_request_object object = { 0 };

	yf_test_party_add(test, "Cafe Example", cafe, &party);
	const yf_str id = create(test, &party, "{\"policy\":\"cafe\"}", 201);
	const struct call call = {
		.method = YF_POST,
		.path = path_of(test, "/vp/%.*s", id),
		.content_type = YF_STR("application/x-www-form-urlencoded"),
		.body = YF_STR("wallet_metadata=%7B%7D&wallet_nonce=qPmxiNFCR3"
			       "QTm19POc8u"),
	};
	const struct yf_reply reply = request(test, &call);
	const struct yf_request_rule rule = {
		.parties = test->env.registrars,
		.client_id = party.party.client_id,
		.wallet_nonce = YF_STR("qPmxiNFCR3QTm19POc8u"),
		.now_s = test->now_s,
	};

	assert_int_equal(reply.status, 200);
	yf_test_ok(yf_request_object_check(test->arena, reply.body, &rule,
					   &object));
}

static void the_trust_list_names_both_roots(void **state)
{
	struct yf_test_env *test = *state;
	const struct call call = { .method = YF_GET, .path = "/trust" };
	const struct yf_reply reply = request(test, &call);
	struct yf_jws jws = { 0 };
	struct yf_trusted_leaf leaf = { 0 };
	const struct yf_json *payload = NULL;
	const struct yf_json *x5c = NULL;
	struct yf_chain roots = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_ANY("registrars.0.x5c", &x5c),
		YF_JSON_END,
	};

	assert_int_equal(reply.status, 200);
	assert_true(yf_str_starts(reply.cache_control, YF_STR("public")));
	yf_test_ok(yf_jws_parse(test->arena, reply.body, &jws));
	assert_true(yf_str_is(jws.typ, "trust-list+jwt"));
	yf_test_ok(yf_trust_verify(test->env.issuers, &jws.x5c, NULL,
				   test->now_s, &leaf));
	yf_test_ok(yf_jws_verify(&jws, &leaf.key));
	yf_test_ok(yf_json_parse(test->arena, jws.payload, &payload));
	assert_true(yf_str_is(yf_json_text(payload, "iss"),
			      "https://city.example"));
	yf_test_ok(yf_json_take_fields(payload, fields));
	yf_test_ok(yf_x5c_parse(test->arena, x5c, &roots));
	assert_true(yf_bytes_eq(roots.certs[0], test->env.registrar_root));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(me_says_what_may_be_asked),
		TEST(without_a_key_there_is_nothing),
		TEST(asking_and_over_asking),
		TEST(another_partys_request_is_404),
		TEST(events_begin_with_the_state),
		TEST(a_wallet_reads_and_answers),
		TEST(a_wallet_hears_why),
		TEST(a_large_portrait_fits),
		TEST(the_wallet_nonce_is_echoed),
		TEST(the_trust_list_names_both_roots),
	};
	return cmocka_run_group_tests_name("check/api", tests, NULL, NULL);
}
