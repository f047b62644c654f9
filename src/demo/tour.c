#include "demo/tour.h"

#include "codec/base64url.h"
#include "demo/visitor.h"
#include "holder/present.h"
#include "holder/receive.h"

enum {
	TOUR_ARENA = 128 * 1024 * 1024,
	COPIES = 5,
	PICTURE_LEN_MAX = 4 * 1024 * 1024,
};

struct tour {
	const struct yf_tour_ask *ask;
	struct yf_clock clock;
	struct yf_arena *arena;
	struct yf_story story;
	struct yf_fetch *fetch;
	struct yf_wire wire; /* tells what goes over it */
	struct yf_holder *holder;
	yf_str picture[2]; /* of the visitor, and of somebody else */
	yf_str number;
	yf_str name;
	/* the hotel's request and what was answered to it */
	struct yf_request request;
	yf_str request_id;
	yf_str answer;
};

/* --- the wire --- */

static bool is_frame(yf_str url)
{
	return yf_str_ends(url, YF_STR("/oauth/proof/frame"));
}

static bool is_camera(yf_str url)
{
	static const yf_str camera = { "/demo/head.jpg?", 15 };

	for (size_t at = 0; at + camera.len < url.len; at++)
		if (yf_str_starts(yf_str_skip(url, at), camera))
			return true;
	return false;
}

/* Without the query: it is long and may hold codes. */
static yf_str told_url(const struct tour *tour, yf_str url)
{
	yf_str rest = url;
	yf_str path = url;

	(void)yf_str_cut(&rest, '?', &path);
	return yf_str_starts(path, tour->ask->url)
		       ? yf_str_skip(path, tour->ask->url.len)
		       : path;
}

/* Every request is told, but for the many frames of a camera. */
static yf_err telling_send(void *self, struct yf_arena *arena,
			   const struct yf_fetch_ask *ask,
			   struct yf_fetched *out)
{
	struct tour *tour = self;
	const char *method = ask->method     ? ask->method
			     : ask->body.ptr ? "POST"
					     : "GET";
	const yf_err err = yf_fetch(tour->fetch, arena, ask, out);
	const yf_str url = told_url(tour, ask->url);

	if (yf_failed(err))
		yf_story_say(&tour->story, "%s %.*s -> %s", method, YF_ARG(url),
			     yf_err_name(err));
	else if (out->status >= 400 ||
		 !(is_frame(ask->url) || is_camera(ask->url)))
		yf_story_say(&tour->story, "%s %.*s -> %d", method, YF_ARG(url),
			     out->status);
	return err;
}

/* POST of JSON; with an API key as a relying party's server. */
static yf_err post_json(struct tour *tour, const char *path, yf_str api_key,
			yf_str body, struct yf_fetched *reply)
{
	struct yf_fetch_header headers[2] = {
		{ YF_STR("Content-Type"), YF_STR("application/json") },
		{ YF_STR("Authorization"), { 0 } },
	};
	struct yf_fetch_ask ask = {
		.headers = headers,
		.header_count = api_key.len ? 2 : 1,
		.body = body,
	};

	YF_TRY(yf_str_format(tour->arena, &headers[1].value, "Bearer %.*s",
			     YF_ARG(api_key)));
	YF_TRY(yf_str_format(tour->arena, &ask.url, "%.*s%s",
			     YF_ARG(tour->ask->url), path));
	return yf_wire_send(&tour->wire, tour->arena, &ask, reply);
}

/* --- the city and its people --- */

static yf_err meet_the_city(struct tour *tour)
{
	const struct yf_trust_list *trust;
	const struct yf_json *pictures;
	yf_str url;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("pictures.0.id", &tour->picture[0]),
		YF_JSON_STR("pictures.1.id", &tour->picture[1]),
		YF_JSON_END,
	};

	YF_TRY(yf_holder_trust(tour->holder, tour->arena, &trust));
	yf_story_expect(
		&tour->story,
		yf_trust_count(yf_trust_list_issuers(trust)) > 0 &&
			yf_trust_count(yf_trust_list_registrars(trust)) > 0,
		"the trust list is signed: %zu issuer root, %zu registrar root",
		yf_trust_count(yf_trust_list_issuers(trust)),
		yf_trust_count(yf_trust_list_registrars(trust)));
	YF_TRY(yf_str_format(tour->arena, &url, "%.*s/demo/pictures",
			     YF_ARG(tour->ask->url)));
	YF_TRY(yf_wire_get_json(&tour->wire, tour->arena, url, &pictures));
	return yf_json_take_fields(pictures, fields);
}

static yf_err portrait(struct tour *tour, yf_str *base64)
{
	struct yf_fetch_ask ask = { 0 };
	struct yf_fetched reply;

	YF_TRY(yf_str_format(tour->arena, &ask.url,
			     "%.*s/demo/head.jpg?picture=%.*s",
			     YF_ARG(tour->ask->url), YF_ARG(tour->picture[0])));
	YF_TRY(yf_wire_send(&tour->wire, tour->arena, &ask, &reply));
	if (reply.status != 200)
		return yf_wire_refusal(tour->arena, &reply);
	return yf_base64_encode(tour->arena, yf_bytes_of(reply.body), base64);
}

static yf_err enrol(struct tour *tour)
{
	struct yf_json_out json = yf_json_out_new(tour->arena, 64u << 10);
	const struct yf_json_field fields[] = {
		YF_JSON_STR("number", &tour->number),
		YF_JSON_STR("name", &tour->name),
		YF_JSON_END,
	};
	struct yf_fetched reply;
	yf_str picture = { 0 };
	yf_str body;

	YF_TRY(portrait(tour, &picture));
	yf_json_out_object(&json, NULL);
	yf_json_out_text(&json, "family_name", "鱼");
	yf_json_out_text(&json, "given_name", "小符");
	yf_json_out_text(&json, "family_name_latin", "Yu");
	yf_json_out_text(&json, "given_name_latin", "Xiaofu");
	yf_json_out_text(&json, "birth_date", "1990-05-17");
	yf_json_out_int(&json, "sex", 2);
	yf_json_out_str(&json, "portrait", picture);
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &body));
	YF_TRY(post_json(tour, "/desk/enrol", (yf_str){ 0 }, body, &reply));
	if (reply.status != 201)
		return yf_wire_refusal(tour->arena, &reply);
	YF_TRY(yf_json_decode(tour->arena, reply.body, fields));
	yf_story_expect(&tour->story, tour->number.len > 0,
			"%.*s is in the register with number %.*s",
			YF_ARG(tour->name), YF_ARG(tour->number));
	return YF_OK;
}

/* --- getting the card --- */

static struct yf_visitor visitor_of(struct tour *tour, yf_str picture)
{
	return (struct yf_visitor){
		.url = tour->ask->url,
		.number = tour->number,
		.name = tour->name,
		.picture = picture,
		.clock = tour->clock,
		.story = &tour->story,
		.arena = tour->arena,
	};
}

static yf_err receive(struct tour *tour, struct yf_visitor *visitor,
		      struct yf_received *out)
{
	const struct yf_login login = yf_visitor_login(visitor);
	const struct yf_receive_ask ask = {
		.issuer = tour->ask->url,
		.login = &login,
		.copies = COPIES,
	};

	return yf_holder_receive(tour->holder, tour->arena, &ask, out);
}

static yf_err get_the_card(struct tour *tour)
{
	struct yf_visitor visitor = visitor_of(tour, tour->picture[0]);
	struct yf_received received;

	YF_TRY(receive(tour, &visitor, &received));
	yf_story_expect(&tour->story, received.count > 1,
			"%zu copies of %.*s, each with a key of its own, each "
			"verified up to the issuer's root",
			received.count, YF_ARG(received.held[0]->type));
	return YF_OK;
}

/* --- showing it --- */

static const struct yf_tour_party *party_of(const struct tour *tour,
					    const char *policy)
{
	for (size_t i = 0; i < tour->ask->party_count; i++)
		if (yf_str_is(tour->ask->parties[i].policy, policy))
			return &tour->ask->parties[i];
	return NULL;
}

static yf_err create(struct tour *tour, const char *policy, yf_str *id,
		     yf_str *uri)
{
	const struct yf_tour_party *party = party_of(tour, policy);
	const struct yf_json_field fields[] = {
		YF_JSON_STR("id", id),
		YF_JSON_STR("uri", uri),
		YF_JSON_END,
	};
	struct yf_fetched reply;
	yf_str body;

	if (!party)
		return YF_FAIL(NOT_FOUND);
	YF_TRY(yf_str_format(tour->arena, &body, "{\"policy\":\"%s\"}",
			     policy));
	YF_TRY(post_json(tour, "/check/requests", party->api_key, body,
			 &reply));
	if (reply.status != 201)
		return yf_wire_refusal(tour->arena, &reply);
	return yf_json_decode(tour->arena, reply.body, fields);
}

/* What a relying party reads in the end. */
struct result {
	yf_str state;
	yf_str verdict;
	yf_str reason;
	const struct yf_json *claims;
};

static yf_err read_result(struct tour *tour, const char *policy, yf_str id,
			  struct result *out)
{
	const struct yf_tour_party *party = party_of(tour, policy);
	struct yf_fetch_header header = { YF_STR("Authorization"), { 0 } };
	struct yf_fetch_ask ask = { .headers = &header, .header_count = 1 };
	struct result got = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR("state", &got.state),
		YF_JSON_STR_OPT("result.verdict", &got.verdict),
		YF_JSON_STR_OPT("result.reason", &got.reason),
		YF_JSON_ANY_OPT("result.claims", &got.claims),
		YF_JSON_END,
	};
	struct yf_fetched reply;

	if (!party)
		return YF_FAIL(NOT_FOUND);
	YF_TRY(yf_str_format(tour->arena, &header.value, "Bearer %.*s",
			     YF_ARG(party->api_key)));
	YF_TRY(yf_str_format(tour->arena, &ask.url, "%.*s/check/requests/%.*s",
			     YF_ARG(tour->ask->url), YF_ARG(id)));
	YF_TRY(yf_wire_send(&tour->wire, tour->arena, &ask, &reply));
	if (reply.status != 200)
		return yf_wire_refusal(tour->arena, &reply);
	YF_TRY(yf_json_decode(tour->arena, reply.body, fields));
	*out = got;
	return YF_OK;
}

static yf_str purpose_of(const struct yf_registration *registration)
{
	for (size_t i = 0; i < registration->purpose_count; i++)
		if (yf_str_is(registration->purpose[i].locale, "en"))
			return registration->purpose[i].text;
	return registration->purpose_count ? registration->purpose[0].text
					   : (yf_str){ 0 };
}

static void tell_claims(struct tour *tour, const struct yf_json *claims)
{
	for (size_t i = 0; i < claims->count; i++) {
		const struct yf_json *claim = &claims->items[i];
		if (claim->kind == YF_JSON_STRING && claim->string.len < 100)
			yf_story_say(&tour->story, "  %.*s: %.*s",
				     YF_ARG(claim->name),
				     YF_ARG(claim->string));
		else
			yf_story_say(&tour->story, "  %.*s",
				     YF_ARG(claim->name));
	}
}

/* The wallet reads a request and tells the person who asks for what. */
static yf_err read_request(struct tour *tour, yf_str uri,
			   struct yf_request *request,
			   struct yf_choices *choices)
{
	struct yf_vp_refusal refusal;

	YF_TRY(yf_holder_read(tour->holder, tour->arena, uri, &refusal,
			      request));
	yf_story_expect(&tour->story, true,
			"the request is signed by a registered party: "
			"\"%.*s\"",
			YF_ARG(request->registration.name));
	yf_story_say(&tour->story, "why: %.*s",
		     YF_ARG(purpose_of(&request->registration)));
	yf_story_say(&tour->story, "kept for: %lld s",
		     (long long)request->registration.retention_s);
	YF_TRY(yf_holder_choose(tour->holder, tour->arena, request,
				(yf_str){ 0 }, choices));
	yf_story_say(&tour->story, "would be shown:");
	for (size_t i = 0; i < choices->count; i++)
		tell_claims(tour, choices->at[i].claims);
	return YF_OK;
}

static void expect_accepted(struct tour *tour, const struct result *result,
			    const struct yf_choices *choices)
{
	yf_story_expect(&tour->story, yf_str_is(result->verdict, "accepted"),
			"it reads: %.*s %.*s", YF_ARG(result->verdict),
			YF_ARG(result->reason));
	yf_story_expect(
		&tour->story,
		choices->count == 1 && result->claims &&
			yf_json_eq(result->claims, choices->at[0].claims),
		"it got what the person saw before, no more and no "
		"less");
}

static yf_err hotel(struct tour *tour)
{
	struct yf_choices choices;
	struct result result = { 0 };
	yf_str next;
	yf_str uri = { 0 };

	YF_TRY(create(tour, "hotel", &tour->request_id, &uri));
	YF_TRY(read_request(tour, uri, &tour->request, &choices));
	YF_TRY(read_result(tour, "hotel", tour->request_id, &result));
	yf_story_expect(&tour->story, yf_str_is(result.state, "fetched"),
			"the hotel sees that a wallet has read it");
	YF_TRY(yf_holder_answer(tour->holder, tour->arena, &tour->request,
				&choices, &tour->answer));
	YF_TRY(yf_holder_post(tour->holder, tour->arena, &tour->request,
			      tour->answer, &next));
	YF_TRY(read_result(tour, "hotel", tour->request_id, &result));
	expect_accepted(tour, &result, &choices);
	return YF_OK;
}

static yf_err replay(struct tour *tour)
{
	struct result result = { 0 };
	yf_str next;

	if (!tour->answer.len)
		return YF_FAIL(MISSING);
	const yf_err err = yf_holder_post(tour->holder, tour->arena,
					  &tour->request, tour->answer, &next);
	yf_story_expect(&tour->story, yf_failed(err),
			"the same answer a second time: %s", yf_err_name(err));
	YF_TRY(read_result(tour, "hotel", tour->request_id, &result));
	yf_story_expect(&tour->story, yf_str_is(result.verdict, "accepted"),
			"what the hotel has is unchanged");
	return YF_OK;
}

static yf_err cafe(struct tour *tour)
{
	const struct yf_json *only;
	struct yf_choices choices;
	struct yf_request request;
	struct result result = { 0 };
	yf_str answer;
	yf_str next;
	yf_str id = { 0 };
	yf_str uri = { 0 };

	YF_TRY(create(tour, "cafe", &id, &uri));
	YF_TRY(read_request(tour, uri, &request, &choices));
	YF_TRY(yf_holder_answer(tour->holder, tour->arena, &request, &choices,
				&answer));
	YF_TRY(yf_holder_post(tour->holder, tour->arena, &request, answer,
			      &next));
	YF_TRY(read_result(tour, "cafe", id, &result));
	expect_accepted(tour, &result, &choices);
	YF_TRY(yf_json_parse(tour->arena,
			     YF_STR("{\"age_equal_or_over\":{\"18\":true}}"),
			     &only));
	yf_story_expect(&tour->story,
			result.claims && yf_json_eq(result.claims, only),
			"\"over 18: yes\" is all that the café learned");
	return YF_OK;
}

static yf_err over_asking(struct tour *tour)
{
	const struct yf_tour_party *party = party_of(tour, "cafe");
	const yf_str body = YF_STR(
		"{\"purpose\":\"a guest list\",\"dcql_query\":{\"credentials\":"
		"[{\"id\":\"id\",\"format\":\"dc+sd-jwt\",\"meta\":"
		"{\"vct_values\":[\"urn:yufu:id:1\"]},"
		"\"claims\":[{\"path\":[\"family_name\"]}]}]}}");
	struct yf_fetched reply;

	if (!party)
		return YF_FAIL(NOT_FOUND);
	YF_TRY(post_json(tour, "/check/requests", party->api_key, body,
			 &reply));
	yf_story_expect(&tour->story,
			reply.status == 403 &&
				yf_wire_refusal(tour->arena, &reply).code ==
					YF_CODE_OVER_ASKED,
			"a café that asks for a name is refused before anybody "
			"sees it: %s",
			yf_err_name(yf_wire_refusal(tour->arena, &reply)));
	return YF_OK;
}

static yf_err decline(struct tour *tour)
{
	struct yf_choices choices;
	struct yf_request request;
	struct result result = { 0 };
	yf_str form;
	yf_str next;
	yf_str id = { 0 };
	yf_str uri = { 0 };

	YF_TRY(create(tour, "hotel", &id, &uri));
	YF_TRY(read_request(tour, uri, &request, &choices));
	YF_TRY(yf_holder_decline(tour->arena, &request, &form));
	YF_TRY(yf_holder_post(tour->holder, tour->arena, &request, form,
			      &next));
	YF_TRY(read_result(tour, "hotel", id, &result));
	yf_story_expect(&tour->story,
			yf_str_is(result.verdict, "refused") &&
				yf_str_is(result.reason, "declined") &&
				(!result.claims || result.claims->count == 0),
			"the hotel reads: %.*s, %.*s, and no claim",
			YF_ARG(result.verdict), YF_ARG(result.reason));
	return YF_OK;
}

/* --- faces that must not do --- */

static yf_err refused_face(struct tour *tour, yf_str picture,
			   const char *reason)
{
	struct yf_visitor visitor = visitor_of(tour, picture);
	const size_t before = yf_purse_count(tour->holder->purse);
	struct yf_received received;
	const yf_err err = receive(tour, &visitor, &received);

	if (yf_failed(err) && err.code != YF_CODE_DENIED)
		return err;
	yf_story_expect(&tour->story,
			yf_failed(err) &&
				yf_purse_count(tour->holder->purse) == before,
			"no card");
	yf_story_expect(&tour->story, yf_str_is(visitor.reason, reason),
			"the reason given is \"%.*s\"", YF_ARG(visitor.reason));
	yf_story_expect(&tour->story, visitor.service_point.len > 0,
			"another way at once: service point, number %.*s; %lld "
			"tries left",
			YF_ARG(visitor.service_point),
			(long long)visitor.tries_left);
	return YF_OK;
}

static yf_err another_face(struct tour *tour)
{
	return refused_face(tour, tour->picture[1], "not_matched");
}

static yf_err covered_camera(struct tour *tour)
{
	return refused_face(tour, (yf_str){ 0 }, "no_face");
}

static const struct {
	const char *title;
	yf_err (*walk)(struct tour *tour);
} steps[] = {
	{ "Whom to believe: the city's trust list", meet_the_city },
	{ "A person is entered in the register", enrol },
	{ "The card, by a face scan", get_the_card },
	{ "A hotel checks the guest", hotel },
	{ "Somebody sends the same answer again", replay },
	{ "An internet café asks for the age", cafe },
	{ "The café would like to know more", over_asking },
	{ "The guest says no", decline },
	{ "Another person tries to get this card", another_face },
	{ "The camera is covered", covered_camera },
};

static yf_err open_holder(struct tour *tour)
{
	const struct yf_fetch_options fetch_options = {
		.cookies = true,
		.body_len_max = PICTURE_LEN_MAX,
	};
	struct yf_holder_options options = {
		.clock = tour->clock,
		.wire = tour->wire,
		.home = tour->ask->url,
	};
	yf_str wallet;

	YF_TRY(yf_fetch_new(&fetch_options, &tour->fetch));
	YF_TRY(yf_str_format(tour->arena, &wallet, "%.*s/wallet/",
			     YF_ARG(tour->ask->url)));
	options.client_id = wallet;
	options.redirect_uri = wallet;
	return yf_holder_open(&options, &tour->holder);
}

static yf_err finish(struct tour *tour, bool *good)
{
	FILE *prose = tour->story.prose;
	yf_str json;

	*good = yf_story_is_good(&tour->story);
	fprintf(prose, "\n%s\n",
		*good ? "Every step came out as it should."
		      : "Some steps did not come out as they should.");
	if (!tour->ask->json)
		return YF_OK;
	YF_TRY(yf_story_json(&tour->story, &json));
	fprintf(tour->ask->out, "%.*s\n", YF_ARG(json));
	return YF_OK;
}

static yf_err walk(struct tour *tour, bool *good)
{
	YF_TRY(open_holder(tour));
	for (size_t i = 0; i < YF_COUNT(steps); i++) {
		yf_story_begin(&tour->story, steps[i].title);
		yf_story_end(&tour->story, steps[i].walk(tour));
	}
	return finish(tour, good);
}

int yf_tour(const struct yf_tour_ask *ask)
{
	YF_AUTO(arena) arena = yf_arena_new(TOUR_ARENA);
	struct tour tour = {
		.ask = ask,
		.clock = yf_clock_system(),
		.arena = arena,
	};
	bool good = false;

	if (!arena)
		return 1;
	tour.wire = (struct yf_wire){ telling_send, &tour };
	tour.story = (struct yf_story){
		.prose = ask->json ? ask->err : ask->out,
		.colour = ask->colour,
		.clock = tour.clock,
		.arena = arena,
	};
	const yf_err err = walk(&tour, &good);
	if (yf_failed(err))
		fprintf(ask->err, "tour: %s; %s (%s)\n", yf_err_text(err),
			yf_err_advice(err), err.where);
	yf_holder_close(tour.holder);
	yf_fetch_free(tour.fetch);
	return good && !yf_failed(err) ? 0 : 1;
}
