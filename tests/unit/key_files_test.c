#define _DEFAULT_SOURCE
#include "server/key_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../support/env.h"
#include "../support/expect.h"
#include "base/civil.h"
#include "base/file.h"
#include "credential/status_list.h"
#include "server/keys.h"

/* A rotation from the first announcement to the end of the old certificate. */

struct bed {
	struct yf_test_env *test;
	char folder[40];
};

static void open_bed(struct bed *bed, struct yf_test_env *test)
{
	bed->test = test;
	assert_non_null(mkdtemp(strcpy(bed->folder, "/tmp/yufu-keys-XXXXXX")));
	OK(yf_keys_make(test->arena, bed->folder, YF_STR("Test City"),
			YF_STR("ZZ"), test->now_s));
}

static void close_bed(struct bed *bed)
{
	static const char *const names[] = {
		"issuer",      "issuer-2",    "issuer-3",       "registrar",
		"registrar-2", "issuer-root", "registrar-root", "master",
	};
	static const char *const suffixes[] = { "key", "pem" };
	char path[96];

	for (size_t i = 0; i < YF_COUNT(names); i++) {
		for (size_t j = 0; j < YF_COUNT(suffixes); j++) {
			(void)snprintf(path, sizeof(path), "%s/%s.%s",
				       bed->folder, names[i], suffixes[j]);
			(void)unlink(path);
		}
	}
	assert_int_equal(rmdir(bed->folder), 0);
}

static struct yf_keys *load(struct bed *bed)
{
	struct yf_keys *keys = NULL;
	yf_str problem;

	OK(yf_keys_load(bed->test->arena, bed->folder, bed->test->now_s,
			&problem, &keys));
	return keys;
}

static yf_err rotate(struct bed *bed, const char *role, int64_t delay_s)
{
	struct yf_key_file file;
	yf_str problem;

	const struct yf_key_place place = { bed->folder, &problem };
	return yf_key_rotate(&bed->test->env, bed->test->arena, &place,
			     yf_str_of(role), delay_s, &file);
}

/* "name:state name:state ..." */
static void assert_files(struct bed *bed, const char *want)
{
	struct yf_arena *arena = bed->test->arena;
	struct yf_buf buf = yf_buf_new(arena, 128);
	struct yf_key_file *files;
	size_t count;
	yf_str problem, got;

	const struct yf_key_place place = { bed->folder, &problem };
	OK(yf_key_files_scan(arena, &place, "issuer", bed->test->now_s, &files,
			     &count));
	for (size_t i = 0; i < count; i++)
		yf_buf_format(&buf, "%s%.*s:%s%s", i ? " " : "",
			      YF_ARG(files[i].name),
			      yf_key_state_name(files[i].state),
			      files[i].has_key ? "" : "-");
	OK(yf_buf_str(&buf, &got));
	if (!yf_str_is(got, want))
		fail_msg("%.*s instead of %s", YF_ARG(got), want);
}

/* A list signed with the keys of now, as a stand-in for all that is signed. */
static yf_str sign(struct bed *bed, struct yf_keys *keys, struct yf_env *env)
{
	struct yf_status_token token = { .uri = YF_STR("https://a.example/1"),
					 .issued_at_s = bed->test->now_s,
					 .expires_s = INT32_MAX };
	yf_str jwt;

	*env = bed->test->env;
	OK(yf_keys_into(keys, env));
	OK(yf_status_list_new(bed->test->arena, 2, 8, &token.list));
	OK(yf_status_token_make(bed->test->arena, &env->issuer, &token, &jwt));
	return jwt;
}

static yf_err verify(struct bed *bed, yf_str jwt, const struct yf_env *env)
{
	const struct yf_status_rule rule = {
		.trust = env->issuers,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.uri = YF_STR("https://a.example/1"),
		.now_s = bed->test->now_s,
		.skew_s = 60,
		.len_max = 4096,
	};
	struct yf_status_token token;

	return yf_status_token_verify(bed->test->arena, jwt, &rule, &token);
}

static void a_rotation(void **state)
{
	struct bed bed;
	struct yf_env env;
	struct yf_keys *before, *during, *after;

	open_bed(&bed, *state);
	assert_files(&bed, "issuer:signs");
	before = load(&bed);
	const yf_str old_token = sign(&bed, before, &env);
	assert_int_equal(env.issuer_leaf_count, 1);

	OK(rotate(&bed, "issuer", 7200));
	assert_files(&bed, "issuer:signs issuer-2:next");
	during = load(&bed);
	assert_false(yf_keys_same(before, during));
	const yf_str mid_token = sign(&bed, during, &env);
	/* Announced, and the old one signs. */
	assert_int_equal(env.issuer_leaf_count, 2);
	struct yf_chain chain;
	OK(yf_signer_chain(&env.issuer, &chain));
	assert_true(yf_bytes_eq(chain.certs[0], env.issuer_leaves[0]));
	FAILS(rotate(&bed, "issuer", 7200), CONFLICT);
	assert_files(&bed, "issuer:signs issuer-2:next");

	bed.test->now_s += 7199;
	assert_files(&bed, "issuer:signs issuer-2:next");
	bed.test->now_s += 1;
	assert_files(&bed, "issuer:retired issuer-2:signs");
	after = load(&bed);
	assert_false(yf_keys_same(during, after));
	const yf_str new_token = sign(&bed, after, &env);
	assert_int_equal(env.issuer_leaf_count, 2);
	OK(yf_signer_chain(&env.issuer, &chain));
	assert_true(yf_bytes_eq(chain.certs[0], env.issuer_leaves[1]));
	/* A verifier whose clock is behind takes it too. */
	bed.test->now_s -= YF_KEY_BACKDATE_S;
	OK(verify(&bed, mid_token, &env));
	bed.test->now_s += YF_KEY_BACKDATE_S;
	const yf_str tokens[] = { old_token, mid_token, new_token };
	struct yf_keys *const all[] = { before, during, after };
	for (size_t i = 0; i < YF_COUNT(tokens); i++) {
		for (size_t j = 0; j < YF_COUNT(all); j++) {
			struct yf_env with = bed.test->env;
			OK(yf_keys_into(all[j], &with));
			OK(verify(&bed, tokens[i], &with));
		}
	}
	yf_keys_free(before);
	yf_keys_free(during);
	yf_keys_free(after);
	close_bed(&bed);
}

static void pruned(void **state)
{
	struct bed bed;
	yf_str problem;
	size_t removed = 9;

	open_bed(&bed, *state);
	struct yf_test_env *test = bed.test;
	const struct yf_key_place place = { bed.folder, &problem };
	OK(rotate(&bed, "issuer", 0));
	assert_files(&bed, "issuer:retired issuer-2:signs");
	/* A process may not have looked yet. */
	OK(yf_key_prune(&test->env, test->arena, &place, YF_STR("issuer"),
			&removed));
	assert_int_equal(removed, 0);
	test->now_s += YF_KEY_DELAY_S;
	OK(yf_key_prune(&test->env, test->arena, &place, YF_STR("issuer"),
			&removed));
	assert_int_equal(removed, 1);
	assert_files(&bed, "issuer:retired- issuer-2:signs");
	OK(rotate(&bed, "issuer", 0));
	test->now_s += (int64_t)YF_KEY_LEAF_DAYS * YF_DAY_S - YF_KEY_DELAY_S;
	assert_files(&bed, "issuer:ended- issuer-2:ended issuer-3:signs");
	OK(yf_key_prune(&test->env, test->arena, &place, YF_STR("issuer"),
			&removed));
	assert_int_equal(removed, 3);
	assert_files(&bed, "issuer-3:signs");
	assert_int_equal(yf_test_sql_int(test,
					 "SELECT count(*) FROM act"
					 " WHERE kind = 'key_rotated'"
					 " OR kind = 'key_removed'",
					 YF_BIND_NONE),
			 6);
	close_bed(&bed);
}

/* A key without its certificate was never announced: made anew. */
static void interrupted(void **state)
{
	struct bed bed;
	char path[96];

	open_bed(&bed, *state);
	(void)snprintf(path, sizeof(path), "%s/issuer-2.key", bed.folder);
	OK(yf_file_save(path, yf_bytes_of(YF_STR("half")), 0600));
	assert_files(&bed, "issuer:signs");
	OK(rotate(&bed, "issuer", 60));
	assert_files(&bed, "issuer:signs issuer-2:next");
	bed.test->now_s += 60;
	yf_keys_free(load(&bed));
	close_bed(&bed);
}

static void refusals(void **state)
{
	struct bed bed;
	struct yf_keys *keys = NULL;
	char path[96];
	yf_str problem;

	open_bed(&bed, *state);
	FAILS(rotate(&bed, "master", 0), UNSUPPORTED);
	FAILS(rotate(&bed, "../issuer", 0), UNSUPPORTED);
	FAILS(rotate(&bed, "issuer", -1), RANGE);
	FAILS(rotate(&bed, "issuer", 31 * YF_DAY_S), RANGE);
	OK(rotate(&bed, "registrar", 0));
	assert_files(&bed, "issuer:signs");
	/* Another folder's key behind our certificate is noticed. */
	(void)snprintf(path, sizeof(path), "%s/issuer.key", bed.folder);
	YF_AUTO(key) other = NULL;
	yf_str pem;
	OK(yf_key_new(&other));
	OK(yf_key_save(other, bed.test->arena, &pem));
	OK(yf_file_save(path, yf_bytes_of(pem), 0600));
	FAILS(yf_keys_load(bed.test->arena, bed.folder, bed.test->now_s,
			   &problem, &keys),
	      KEY);
	OK(yf_file_save(path, yf_bytes_of(YF_STR("no key")), 0600));
	const yf_err err = yf_keys_load(bed.test->arena, bed.folder,
					bed.test->now_s, &problem, &keys);
	assert_true(yf_failed(err));
	assert_true(yf_str_ends(problem, YF_STR("issuer.key")));
	(void)unlink(path);
	FAILS(yf_keys_load(bed.test->arena, bed.folder, bed.test->now_s,
			   &problem, &keys),
	      NOT_FOUND);
	close_bed(&bed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENV_TEST(a_rotation),
		ENV_TEST(pruned),
		ENV_TEST(interrupted),
		ENV_TEST(refusals),
	};
	return cmocka_run_group_tests_name("server/key_files", tests, NULL,
					   NULL);
}
