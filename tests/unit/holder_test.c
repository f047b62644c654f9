#include "holder/present.h"
#include "holder/receive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "../support/fake_city.h"
#include "credential/sdjwt_vc.h"
#include "openid/vp_response.h"

enum { ARENA = 64 * 1024 * 1024 };

#define OFFER(code)                                                           \
	"openid-credential-offer://?credential_offer=%7B%22credential_issuer" \
	"%22%3A%22https%3A%2F%2Fcity.example%2Fp%22%2C%22credential_"         \
	"configuration_ids%22%3A%5B%22id%22%5D%2C%22grants%22%3A%7B%22urn%3A" \
	"ietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code%22%3A%7B%2" \
	"2pre-authorized_code%22%3A%22" code                                  \
	"%22%2C%22tx_code%22%3A%7B%7D%7D%7D%7D"

struct home {
	struct yf_arena *arena;
	struct fake_city city;
	struct yf_holder *holder;
};

static void ok(yf_err err)
{
	if (yf_failed(err))
		print_message("%s at %s\n", yf_err_name(err), err.where);
	assert_int_equal(err.code, YF_CODE_OK);
}

static void open_holder(struct home *home, const char *folder)
{
	const struct yf_holder_options options = {
		.clock = fake_city_clock(),
		.wire = fake_city_wire(&home->city),
		.home = YF_STR(FAKE_URL),
		.client_id = YF_STR(FAKE_URL "/wallet/"),
		.redirect_uri = YF_STR(FAKE_URL "/wallet/"),
		.folder = folder,
	};
	ok(yf_holder_open(&options, &home->holder));
}

static void open_home(struct home *home)
{
	home->arena = yf_arena_new(ARENA);
	assert_non_null(home->arena);
	fake_city_open(&home->city, home->arena);
	open_holder(home, NULL);
}

static void close_home(struct home *home)
{
	yf_holder_close(home->holder);
	fake_city_close(&home->city);
	yf_arena_free(home->arena);
}

static yf_err receive(struct home *home, struct yf_received *out)
{
	const struct yf_login login = fake_city_login(&home->city);
	const struct yf_receive_ask ask = {
		.issuer = YF_STR(FAKE_URL),
		.login = &login,
		.copies = 3,
	};
	return yf_holder_receive(home->holder, home->arena, &ask, out);
}

static const struct {
	const char *name;
	fake_fault fault;
	yf_code want;
	size_t count;
} receiving[] = {
	{ "a batch", FAULT_NONE, YF_CODE_OK, 3 },
	{ "a server that wants DPoP nonces", FAULT_DPOP_NONCE, YF_CODE_OK, 3 },
	{ "a c_nonce that became too old", FAULT_STALE_NONCE, YF_CODE_OK, 3 },
	{ "fewer copies than asked", FAULT_FEWER, YF_CODE_OK, 2 },
	{ "a DPoP nonce wanted again and again", FAULT_DPOP_NONCE_AGAIN,
	  YF_CODE_USE_DPOP_NONCE, 0 },
	{ "no c_nonce is ever good", FAULT_STALE_NONCE_AGAIN, YF_CODE_NONCE,
	  0 },
	{ "metadata of another issuer", FAULT_OTHER_ISSUER, YF_CODE_CONFLICT,
	  0 },
	{ "no iss in the answer", FAULT_NO_ISS, YF_CODE_CONFLICT, 0 },
	{ "a bearer token", FAULT_BEARER, YF_CODE_TYP, 0 },
	{ "bound to another key", FAULT_OTHER_HOLDER, YF_CODE_HOLDER, 0 },
	{ "the same copy twice", FAULT_SAME_TWICE, YF_CODE_HOLDER, 0 },
	{ "signed under another root", FAULT_OTHER_ROOT, YF_CODE_UNTRUSTED, 0 },
	{ "expired", FAULT_EXPIRED, YF_CODE_EXPIRED, 0 },
	{ "another type", FAULT_OTHER_TYPE, YF_CODE_NOT_ASKED, 0 },
	{ "with a key binding in it", FAULT_BOUND, YF_CODE_HOLDER, 0 },
	{ "more copies than keys", FAULT_TOO_MANY, YF_CODE_TOO_LARGE, 0 },
	{ "issued later", FAULT_LATER, YF_CODE_UNSUPPORTED, 0 },
	{ "a trust list of another type", FAULT_TRUST_TYP, YF_CODE_TYP, 0 },
	{ "an old trust list", FAULT_TRUST_OLD, YF_CODE_EXPIRED, 0 },
	{ "a trust list signed by a stranger", FAULT_TRUST_STRANGER,
	  YF_CODE_UNTRUSTED, 0 },
	{ "the person was not recognized", FAULT_LOGIN, YF_CODE_DENIED, 0 },
};

static void receive_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(receiving); i++) {
		struct home home = { 0 };
		struct yf_received got = { 0 };

		print_message("  %s\n", receiving[i].name);
		open_home(&home);
		home.city.fault = receiving[i].fault;
		const yf_err err = receive(&home, &got);
		if (err.code != receiving[i].want)
			print_message("    %s at %s\n", yf_err_name(err),
				      err.where);
		assert_int_equal(err.code, receiving[i].want);
		assert_int_equal(got.count, receiving[i].count);
		/* All of a batch or nothing. */
		assert_int_equal(yf_purse_count(home.holder->purse),
				 receiving[i].count);
		close_home(&home);
	}
}

static const struct {
	const char *name;
	const char *tx_code;
	yf_code want;
} offers[] = {
	{ "the right transaction code", "123456", YF_CODE_OK },
	{ "a wrong one", "654321", YF_CODE_INVALID_GRANT },
	{ "none", NULL, YF_CODE_MISSING },
};

static void offer_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(offers); i++) {
		const struct yf_receive_ask ask = {
			.link = YF_STR(OFFER("c0de")),
			.tx_code = yf_str_of(offers[i].tx_code),
		};
		struct home home = { 0 };
		struct yf_received got = { 0 };

		print_message("  %s\n", offers[i].name);
		open_home(&home);
		assert_int_equal(
			yf_holder_receive(home.holder, home.arena, &ask, &got)
				.code,
			offers[i].want);
		assert_int_equal(got.count,
				 offers[i].want == YF_CODE_OK ? 1 : 0);
		close_home(&home);
	}
}

static yf_err present(struct home *home, struct yf_choices *choices)
{
	struct yf_vp_refusal refusal;
	struct yf_request request;
	yf_str form, next;

	const yf_err err = yf_holder_read(
		home->holder, home->arena,
		fake_city_link(&home->city, home->arena), &refusal, &request);
	yf_holder_refuse(home->holder, home->arena, &refusal);
	YF_TRY(err);
	YF_TRY(yf_holder_choose(home->holder, home->arena, &request,
				(yf_str){ 0 }, choices));
	YF_TRY(yf_holder_answer(home->holder, home->arena, &request, choices,
				&form));
	return yf_holder_post(home->holder, home->arena, &request, form, &next);
}

static const struct {
	const char *name;
	fake_fault fault;
	yf_code want;
} asking[] = {
	{ "a good request", FAULT_NONE, YF_CODE_OK },
	{ "another content type", FAULT_REQUEST_TYPE, YF_CODE_MEDIA_TYPE },
	{ "another client than in the link", FAULT_REQUEST_CLIENT,
	  YF_CODE_INVALID_CLIENT },
	{ "not a reader's certificate", FAULT_REQUEST_EKU, YF_CODE_UNTRUSTED },
	{ "expired", FAULT_REQUEST_EXPIRED, YF_CODE_EXPIRED },
	{ "more than the registration allows", FAULT_REQUEST_OVER_ASKED,
	  YF_CODE_OVER_ASKED },
	{ "the registration of somebody else", FAULT_REQUEST_OTHER_PARTY,
	  YF_CODE_AUDIENCE },
	{ "a registration by the one who asks", FAULT_REQUEST_OWN_WORD,
	  YF_CODE_UNTRUSTED },
	{ "no registration", FAULT_REQUEST_NO_REGISTRATION, YF_CODE_MISSING },
	{ "an answer in the clear", FAULT_REQUEST_PLAIN_HTTP,
	  YF_CODE_UNSUPPORTED },
	{ "something we do not have", FAULT_REQUEST_HELD_BY_NONE,
	  YF_CODE_NOT_ASKED },
};

static void ask_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(asking); i++) {
		struct home home = { 0 };
		struct yf_received got;
		struct yf_choices choices;

		print_message("  %s\n", asking[i].name);
		open_home(&home);
		ok(receive(&home, &got));
		home.city.fault = asking[i].fault;
		const yf_err err = present(&home, &choices);
		if (err.code != asking[i].want)
			print_message("    %s at %s\n", yf_err_name(err),
				      err.where);
		assert_int_equal(err.code, asking[i].want);
		/* Nothing leaves when anything is wrong, no copy is spent. */
		assert_true((home.city.answer.len > 0) ==
			    (asking[i].want == YF_CODE_OK));
		assert_true(got.held[0]->shown ==
			    (asking[i].want == YF_CODE_OK));
		close_home(&home);
	}
}

/* The verifier's side of what the city got, by the rules of credential/. */
static void verify_answer(struct home *home, struct yf_vc *out)
{
	struct yf_trust *trust = NULL;
	const struct yf_json *answer;
	const struct yf_json *list;

	ok(yf_json_parse(home->arena, home->city.answer, &answer));
	assert_true(yf_str_is(yf_json_text(answer, "state"), "s"));
	list = yf_json_get(yf_json_get(answer, "vp_token"), "id");
	assert_non_null(list);
	assert_int_equal(list->count, 1);
	ok(yf_trust_new(&trust));
	ok(yf_trust_add(trust, home->city.issuer_root));
	const struct yf_vc_rule rule = {
		.trust = trust,
		.now_s = FAKE_NOW,
		.binding = YF_BINDING_REQUIRED,
		.audience = home->city.client_id,
		.nonce = YF_STR("0123456789abcdefghijkl"),
		.binding_age_s = 60,
	};
	ok(yf_vc_verify(home->arena, list->items[0].string, &rule, out));
	yf_trust_free(trust);
}

static void shows_what_was_asked_and_each_copy_once(void **state)
{
	struct home home = { 0 };
	struct yf_received got;
	struct yf_choices choices;
	struct yf_vc seen[3];

	(void)state;
	open_home(&home);
	ok(receive(&home, &got));
	for (size_t i = 0; i < 3; i++) {
		ok(present(&home, &choices));
		assert_int_equal(choices.count, 1);
		verify_answer(&home, &seen[i]);
		assert_true(yf_str_is(
			yf_json_text(seen[i].claims, "family_name"), "Tang"));
		assert_null(yf_json_get(seen[i].claims, "given_name"));
		for (size_t j = 0; j < i; j++)
			assert_false(yf_public_key_eq(&seen[i].holder,
						      &seen[j].holder));
	}
	/* With no fresh copy left the first serves again only where that was
	 * asked for. */
	assert_int_equal(present(&home, &choices).code, YF_CODE_REPLAYED);
	home.holder->options.reuse = true;
	ok(present(&home, &choices));
	assert_ptr_equal(choices.at[0].held, got.held[0]);
	close_home(&home);
}

static void a_person_may_say_no(void **state)
{
	struct home home = { 0 };
	struct yf_vp_refusal refusal;
	struct yf_request request;
	yf_str form, next;

	(void)state;
	open_home(&home);
	ok(yf_holder_read(home.holder, home.arena,
			  fake_city_link(&home.city, home.arena), &refusal,
			  &request));
	assert_true(yf_str_is(request.registration.name, "A hotel"));
	ok(yf_holder_decline(home.arena, &request, &form));
	ok(yf_holder_post(home.holder, home.arena, &request, form, &next));
	assert_true(home.city.declined);
	assert_int_equal(home.city.answer.len, 0);
	close_home(&home);
}

static void remove_folder(struct home *home, const char *folder)
{
	yf_str command;
	ok(yf_str_format(home->arena, &command, "rm -r '%s'", folder));
	assert_int_equal(system(command.ptr), 0);
}

static void a_folder_keeps_what_was_received(void **state)
{
	char folder[] = "/tmp/yufu-holder-XXXXXX";
	struct home home = { 0 };
	struct yf_received got;
	struct yf_choices choices;
	struct stat info;
	yf_str path;

	(void)state;
	assert_non_null(mkdtemp(folder));
	open_home(&home);
	yf_holder_close(home.holder);
	open_holder(&home, folder);
	ok(receive(&home, &got));
	ok(present(&home, &choices));
	ok(yf_str_format(home.arena, &path, "%s/%.*s.pem", folder,
			 YF_ARG(got.held[0]->id)));
	assert_int_equal(stat(path.ptr, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);

	yf_holder_close(home.holder);
	open_holder(&home, folder);
	assert_int_equal(yf_purse_count(home.holder->purse), 3);
	size_t shown = 0;
	for (size_t i = 0; i < 3; i++)
		shown += yf_purse_at(home.holder->purse, i)->shown;
	assert_int_equal(shown, 1);
	ok(present(&home, &choices));
	struct yf_vc vc;
	verify_answer(&home, &vc);

	assert_non_null(home.holder->trust);
	remove_folder(&home, folder);
	close_home(&home);
}

/* A list that a stranger signed for themselves: fine the first time, when
 * only the address speaks for it, and never after another one. */
static void a_known_root_must_sign_the_next_list(void **state)
{
	struct home home = { 0 };
	const struct yf_wire wire = fake_city_wire(&home.city);
	const struct yf_fetch_ask ask = { .url = YF_STR(FAKE_URL "/trust") };
	struct yf_trust_list_rule rule = { .now_s = FAKE_NOW };
	struct yf_fetched first, second;
	struct yf_trust_list *list = NULL;
	struct yf_trust_list *next = NULL;

	(void)state;
	open_home(&home);
	ok(yf_wire_send(&wire, home.arena, &ask, &first));
	home.city.fault = FAULT_TRUST_REPLACED;
	ok(yf_wire_send(&wire, home.arena, &ask, &second));
	ok(yf_trust_list_open(home.arena, first.body, &rule, &list));
	ok(yf_trust_list_open(home.arena, second.body, &rule, &next));
	yf_trust_list_free(YF_MOVE(next));
	rule.known = yf_trust_list_issuers(list);
	ok(yf_trust_list_open(home.arena, first.body, &rule, &next));
	yf_trust_list_free(YF_MOVE(next));
	assert_int_equal(
		yf_trust_list_open(home.arena, second.body, &rule, &next).code,
		YF_CODE_UNTRUSTED);
	assert_null(next);
	yf_trust_list_free(list);
	close_home(&home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(receive_table),
		cmocka_unit_test(offer_table),
		cmocka_unit_test(ask_table),
		cmocka_unit_test(shows_what_was_asked_and_each_copy_once),
		cmocka_unit_test(a_person_may_say_no),
		cmocka_unit_test(a_folder_keeps_what_was_received),
		cmocka_unit_test(a_known_root_must_sign_the_next_list),
	};
	return cmocka_run_group_tests_name("holder", tests, NULL, NULL);
}
