#include "cli/verbs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>

#include "../support/holder.h"
#include "base/file.h"
#include "credential/status_list.h"

/* Files in the folder of a test environment, and what the verb says. */
struct desk {
	struct yf_test_env *test;
	struct yf_test_card card;
};

static const char *path_of(const struct desk *desk, const char *name)
{
	yf_str path = { 0 };

	yf_test_ok(yf_str_format(desk->test->arena, &path, "%s/%s",
				 desk->test->folder, name));
	return path.ptr;
}

static void save(const struct desk *desk, const char *name, yf_str text)
{
	yf_test_ok(yf_file_save(path_of(desk, name), yf_bytes_of(text), 0600));
}

static void save_roots(const struct desk *desk)
{
	const struct yf_chain root = { { desk->test->env.issuer_root }, 1 };
	const struct yf_chain other = { { desk->test->env.registrar_root }, 1 };
	yf_str pem = { 0 };

	yf_test_ok(yf_chain_to_pem(desk->test->arena, &root, &pem));
	save(desk, "root.pem", pem);
	yf_test_ok(yf_chain_to_pem(desk->test->arena, &other, &pem));
	save(desk, "other.pem", pem);
}

/* The list with entry 1 revoked and entry 2 suspended; and among older ones,
 * which say that all is well. */
static void save_status(const struct desk *desk)
{
	struct yf_test_env *test = desk->test;
	struct yf_status_token token = {
		.uri = YF_STR("https://city.example/status/1"),
		.issued_at_s = test->now_s,
		.expires_s = test->now_s + 3600,
	};
	yf_str jwt = { 0 };
	yf_str before = { 0 };
	yf_str both = { 0 };

	yf_test_ok(yf_status_list_new(test->arena, 2, 8, &token.list));
	token.issued_at_s -= 600;
	yf_test_ok(yf_status_token_make(test->arena, &test->env.issuer, &token,
					&before));
	token.issued_at_s = test->now_s;
	yf_test_ok(yf_status_list_set(&token.list, 1, YF_STATUS_INVALID));
	yf_test_ok(yf_status_list_set(&token.list, 2, YF_STATUS_SUSPENDED));
	yf_test_ok(yf_status_token_make(test->arena, &test->env.issuer, &token,
					&jwt));
	save(desk, "status.jwt", jwt);
	yf_test_ok(yf_str_format(test->arena, &both, "%.*s\n%.*s\n%.*s\n",
				 YF_ARG(before), YF_ARG(jwt), YF_ARG(before)));
	save(desk, "statuses.jwt", both);
}

static void issue(struct desk *desk, const char *name, bool status,
		  int64_t index, int64_t expires_s)
{
	const struct yf_test_card_ask ask = {
		.expires_s = expires_s,
		.status_uri = status ? YF_STR("https://city.example/status/1")
				     : YF_STR(""),
		.status_index = index,
	};

	yf_key_free(desk->card.key);
	yf_test_card_issue(desk->test, &ask, &desk->card);
	save(desk, name, desk->card.sdjwt);
}

static void present(struct desk *desk)
{
	const struct yf_request_object request = {
		.client_id = YF_STR("https://gate.example"),
		.nonce = YF_STR("n-0123456789"),
	};
	static const char *const paths[] = { "family_name", NULL };
	const struct yf_test_show show = { .card = &desk->card,
					   .request = &request,
					   .paths = paths };

	save(desk, "shown", yf_test_present(desk->test, &show));
}

static int setup(void **state)
{
	static struct desk desk;

	desk = (struct desk){ .test = yf_test_env_new() };
	save_roots(&desk);
	save_status(&desk);
	issue(&desk, "valid", true, 0, 0);
	issue(&desk, "revoked", true, 1, 0);
	issue(&desk, "suspended", true, 2, 0);
	issue(&desk, "plain", false, 0, 0);
	present(&desk);
	save(&desk, "garbage", YF_STR("this is no credential"));
	*state = &desk;
	return 0;
}

static int teardown(void **state)
{
	struct desk *desk = *state;

	yf_key_free(desk->card.key);
	yf_test_env_free(desk->test);
	return 0;
}

/* The exit code; what it printed goes to the file `out`. */
static int run(const struct desk *desk, const char *const *args, size_t count)
{
	char *argv[16];
	char copies[16][256];
	const int kept = dup(STDOUT_FILENO);
	const int file =
		open(path_of(desk, "out"), O_CREAT | O_TRUNC | O_WRONLY, 0600);

	assert_true(kept >= 0 && file >= 0 && count <= 16);
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(copies[i], sizeof(copies[i]), "%s", args[i]);
		argv[i] = copies[i];
	}
	(void)fflush(stdout);
	(void)dup2(file, STDOUT_FILENO);
	const int code = yf_cli_verify((int)count, argv);
	(void)fflush(stdout);
	(void)dup2(kept, STDOUT_FILENO);
	(void)close(file);
	(void)close(kept);
	return code;
}

static const struct yf_json *printed(const struct desk *desk)
{
	yf_bytes bytes = { 0 };
	const struct yf_json *tree = NULL;

	yf_test_ok(yf_file_load(desk->test->arena, path_of(desk, "out"), 65536,
				&bytes));
	yf_test_ok(yf_json_parse(desk->test->arena,
				 yf_str_trim(yf_str_from(bytes)), &tree));
	return tree;
}

static const struct {
	const char *name;
	const char *file;
	const char *trust;  /* NULL: none */
	const char *status; /* NULL: none */
	const char *at;
	const char *nonce;
	const char *audience;
	int want;
	const char *reason;
	const char *status_said;
} cases[] = {
	{ "no status, trusted", "plain", "root.pem", NULL, "1790000000", NULL,
	  NULL, 0, NULL, "none" },
	{ "nobody trusted", "plain", NULL, NULL, "1790000000", NULL, NULL, 2,
	  "untrusted", "undetermined" },
	{ "somebody else trusted", "plain", "other.pem", NULL, "1790000000",
	  NULL, NULL, 1, "untrusted", "undetermined" },
	{ "status not at hand", "valid", "root.pem", NULL, "1790000000", NULL,
	  NULL, 2, "unreachable", "undetermined" },
	{ "status at hand", "valid", "root.pem", "status.jwt", "1790000000",
	  NULL, NULL, 0, NULL, "valid" },
	{ "revoked", "revoked", "root.pem", "status.jwt", "1790000000", NULL,
	  NULL, 1, "revoked", "revoked" },
	{ "revoked since an older list", "revoked", "root.pem", "statuses.jwt",
	  "1790000000", NULL, NULL, 1, "revoked", "revoked" },
	{ "suspended", "suspended", "root.pem", "status.jwt", "1790000000",
	  NULL, NULL, 1, "suspended", "suspended" },
	{ "expired", "plain", "root.pem", NULL, "1790007200", NULL, NULL, 1,
	  "expired", "undetermined" },
	{ "before its time", "plain", "root.pem", NULL, "2026-01-01", NULL,
	  NULL, 1, "not_yet", "undetermined" },
	{ "a date with time", "plain", "root.pem", NULL, "2026-09-21T14:13:20Z",
	  NULL, NULL, 0, NULL, "none" },
	{ "shown", "shown", "root.pem", NULL, "1790000000", "n-0123456789",
	  "https://gate.example", 0, NULL, "none" },
	{ "another nonce", "shown", "root.pem", NULL, "1790000000",
	  "n-0123456788", "https://gate.example", 1, "nonce", "undetermined" },
	{ "another audience", "shown", "root.pem", NULL, "1790000000",
	  "n-0123456789", "https://door.example", 1, "audience",
	  "undetermined" },
	{ "not bound", "plain", "root.pem", NULL, "1790000000", "n-0123456789",
	  "https://gate.example", 1, "holder", "undetermined" },
	{ "garbage", "garbage", "root.pem", NULL, "1790000000", NULL, NULL, 1,
	  "syntax", "undetermined" },
	{ "no such file", "nothing", "root.pem", NULL, "1790000000", NULL, NULL,
	  2, "not_found", "undetermined" },
	{ "no such trust", "plain", "nothing", NULL, "1790000000", NULL, NULL,
	  2, "not_found", "undetermined" },
	{ "no such day", "plain", "root.pem", NULL, "2026-02-30", NULL, NULL, 2,
	  "syntax", "undetermined" },
};

static size_t put(const char **args, size_t count, const char *name,
		  const char *value)
{
	if (!value)
		return count;
	args[count++] = name;
	args[count++] = value;
	return count;
}

static void verify_table(void **state)
{
	const struct desk *desk = *state;

	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		const char *args[16] = { "--json",
					 path_of(desk, cases[i].file) };
		size_t count = 2;

		print_message("  %s\n", cases[i].name);
		if (cases[i].trust)
			count = put(args, count, "--trust",
				    path_of(desk, cases[i].trust));
		if (cases[i].status)
			count = put(args, count, "--status",
				    path_of(desk, cases[i].status));
		count = put(args, count, "--at", cases[i].at);
		count = put(args, count, "--nonce", cases[i].nonce);
		count = put(args, count, "--audience", cases[i].audience);
		assert_int_equal(run(desk, args, count), cases[i].want);

		const struct yf_json *said = printed(desk);
		static const char *const verdicts[] = { "accepted", "refused",
							"undetermined" };
		assert_true(yf_str_is(yf_json_text(said, "verdict"),
				      verdicts[cases[i].want]));
		assert_true(yf_str_is(yf_json_text(said, "status"),
				      cases[i].status_said));
		if (cases[i].reason)
			assert_true(yf_str_is(yf_json_text(said, "reason"),
					      cases[i].reason));
		else
			assert_int_equal(yf_json_get(said, "reason")->kind,
					 YF_JSON_NULL);
		assert_int_equal(
			yf_json_get(said, "claims")->kind == YF_JSON_OBJECT,
			cases[i].want == 0 ||
				(cases[i].reason &&
				 (!strcmp(cases[i].reason, "unreachable") ||
				  !strcmp(cases[i].reason, "revoked") ||
				  !strcmp(cases[i].reason, "suspended"))));
	}
}

static void wrong_usage_is_not_an_answer(void **state)
{
	static const char *const lines[][3] = {
		{ NULL },
		{ "--trust", NULL },
		{ "--nonce", "n", NULL },
		{ "--nothing", "file", NULL },
		{ "one", "two", NULL },
	};
	const struct desk *desk = *state;

	for (size_t i = 0; i < YF_COUNT(lines); i++) {
		size_t count = 0;

		while (count < 3 && lines[i][count])
			count++;
		assert_int_equal(run(desk, lines[i], count), 2);
	}
}

/* A JWK set trusts keys, and a credential without x5c is held to them. */
static void a_key_set_is_trusted_too(void **state)
{
	struct desk *desk = *state;
	struct yf_test_env *test = desk->test;
	YF_AUTO(key) key = NULL;
	yf_str jwk = { 0 };
	yf_str set = { 0 };

	yf_test_ok(yf_key_new(&key));
	const struct yf_signer bare = yf_signer_of_key(key);
	const struct yf_test_card_ask ask = { .issuer = &bare };

	yf_key_free(desk->card.key);
	yf_test_card_issue(test, &ask, &desk->card);
	save(desk, "bare", desk->card.sdjwt);
	yf_test_ok(yf_jwk_encode(test->arena, yf_key_public(key), &jwk));
	yf_test_ok(yf_str_format(test->arena, &set,
				 "{\"keys\":[{\"kty\":\"OKP\"},%.*s]}",
				 YF_ARG(jwk)));
	save(desk, "key.json", jwk);
	save(desk, "keys.json", set);

	const char *args[] = { path_of(desk, "bare"), "--at", "1790000000",
			       "--trust", path_of(desk, "key.json") };
	assert_int_equal(run(desk, args, 5), 0);
	args[4] = path_of(desk, "keys.json");
	assert_int_equal(run(desk, args, 5), 0);
	args[0] = path_of(desk, "plain");
	assert_int_equal(run(desk, args, 5), 1);
	args[0] = path_of(desk, "bare");
	args[4] = path_of(desk, "root.pem");
	assert_int_equal(run(desk, args, 5), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verify_table),
		cmocka_unit_test(wrong_usage_is_not_an_answer),
		cmocka_unit_test(a_key_set_is_trusted_too),
	};
	return cmocka_run_group_tests_name("cli/verify", tests, setup,
					   teardown);
}
