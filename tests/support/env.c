#define _DEFAULT_SOURCE
#include "env.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/random.h"
#include "card/documents.h"
#include "db/migrate.h"

enum { ARENA_LEN = 64 * 1024 * 1024, YEAR_S = 365 * 86400 };

void yf_test_ok(yf_err err)
{
	if (yf_failed(err))
		fail_msg("%s at %s", yf_err_name(err), err.where);
}

static int64_t now_s(void *self)
{
	const struct yf_test_env *test = self;

	return test->now_s;
}

static int64_t mono_ms(void *self)
{
	const struct yf_test_env *test = self;

	return (test->now_s - YF_TEST_NOW_S) * 1000;
}

static void open_database(struct yf_test_env *test)
{
	char path[sizeof(test->folder) + 16];
	const struct yf_db_options options = { .path = path };
	unsigned applied = 0;

	assert_non_null(mkdtemp(strcpy(test->folder, "/tmp/yufu-test-XXXXXX")));
	(void)snprintf(path, sizeof(path), "%s/yufu.db", test->folder);
	yf_test_ok(yf_db_open(&options, &test->env.db));
	yf_test_ok(yf_migrate(test->env.db, yf_migrations(), test->now_s,
			      &applied));
	assert_true(applied > 0);
}

static void remove_folder(const char *folder)
{
	DIR *dir = opendir(folder);

	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
		if (entry->d_name[0] != '.')
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	(void)closedir(dir);
	(void)rmdir(folder);
}

yf_bytes yf_test_root(struct yf_test_env *test, const char *name,
		      struct yf_key **key)
{
	const struct yf_cert_ask ask = {
		.common_name = yf_str_of(name),
		.country = YF_STR("ZZ"),
		.not_before_s = test->now_s - YEAR_S,
		.not_after_s = test->now_s + (int64_t)10 * YEAR_S,
		.ca = true,
		.path_len = 0,
	};
	yf_bytes der = { 0 };

	yf_test_ok(yf_key_new(key));
	yf_test_ok(yf_cert_make_root(test->arena, *key, &ask, &der));
	return der;
}

struct yf_signer yf_test_signer(struct yf_test_env *test, const char *id,
				const struct yf_key *ca, yf_bytes ca_der,
				const char *eku)
{
	const struct yf_cert_ask ask = {
		.common_name = yf_str_of(id),
		.organization = YF_STR("Test City"),
		.country = YF_STR("ZZ"),
		.eku = eku,
		.not_before_s = test->now_s - 86400,
		.not_after_s = test->now_s + YEAR_S,
	};
	struct yf_key *key = NULL;
	struct yf_chain chain = { .count = 1 };
	struct yf_signer signer = { 0 };

	yf_test_ok(yf_key_new(&key));
	yf_test_ok(yf_cert_issue(test->arena, ca, ca_der, &ask,
				 yf_key_public(key), &chain.certs[0]));
	yf_test_ok(yf_keyring_add(test->keyring, yf_str_of(id), key, &chain));
	yf_test_ok(yf_keyring_find(test->keyring, yf_str_of(id), &signer));
	return signer;
}

static void make_keys(struct yf_test_env *test)
{
	struct yf_env *env = &test->env;
	struct yf_key *registrar_key = NULL;

	yf_random_fill(&env->keys, sizeof(env->keys));
	yf_test_ok(yf_keyring_new(&test->keyring));
	yf_test_ok(yf_trust_new(&env->issuers));
	yf_test_ok(yf_trust_new(&env->registrars));
	env->issuer_root =
		yf_test_root(test, "Test City root", &test->issuer_root_key);
	env->registrar_root =
		yf_test_root(test, "Test registrar root", &registrar_key);
	env->registrar_ca_key = registrar_key;
	env->issuer = yf_test_signer(test, "issuer", test->issuer_root_key,
				     env->issuer_root, YF_EKU_DOCUMENT_SIGNER);
	struct yf_chain leaf = { 0 };
	yf_bytes *leaves = YF_NEW(test->arena, yf_bytes, 1);
	assert_non_null(leaves);
	yf_test_ok(yf_signer_chain(&env->issuer, &leaf));
	leaves[0] = leaf.certs[0];
	env->issuer_leaves = leaves;
	env->issuer_leaf_count = 1;
	env->registrar = yf_test_signer(test, "registrar", registrar_key,
					env->registrar_root, NULL);
	yf_test_ok(yf_trust_add(env->issuers, env->issuer_root));
	yf_test_ok(yf_trust_add(env->registrars, env->registrar_root));
}

static const struct yf_settings settings = {
	.url = YF_STR("https://city.example"),
	.origin = YF_STR("https://city.example"),
	.path = YF_STR(""),
	.name = YF_STR("Test City"),
	.country = YF_STR("ZZ"),
	.number_rule = YF_STR("none"),
	.card_days = 90,
	.evidence_days = 3650,
	.batch_size = 10,
};

const struct yf_card_types *yf_test_types(struct yf_arena *arena)
{
	/* Tests run in the folder of the sources. */
	static const yf_str folder = YF_STR("types");
	struct yf_card_types *types = YF_NEW(arena, struct yf_card_types, 1);
	yf_str problem = { 0 };

	assert_non_null(types);
	if (yf_failed(yf_card_types_load(arena, &folder, 1, &settings, types,
					 &problem)))
		fail_msg("%.*s", YF_ARG(problem));
	return types;
}

static void make_documents(struct yf_test_env *test)
{
	struct yf_card_documents *documents =
		YF_NEW(test->arena, struct yf_card_documents, 1);

	assert_non_null(documents);
	yf_test_ok(yf_card_documents_make(test->arena, &test->env, documents));
	test->env.documents = documents;
}

struct yf_test_env *yf_test_env_new(void)
{
	struct yf_test_env *test = calloc(1, sizeof(*test));

	assert_non_null(test);
	test->now_s = YF_TEST_NOW_S;
	test->arena = yf_arena_new(ARENA_LEN);
	assert_non_null(test->arena);
	test->env.clock = (struct yf_clock){ now_s, mono_ms, test };
	test->env.settings = settings;
	open_database(test);
	yf_test_ok(yf_events_new(64, &test->env.events));
	make_keys(test);
	test->env.types = yf_test_types(test->arena);
	make_documents(test);
	return test;
}

void yf_test_env_free(struct yf_test_env *test)
{
	struct yf_key *registrar_key = NULL;
	const struct yf_key *const borrowed = test->env.registrar_ca_key;

	/* The environment borrows it; this is who made it. */
	memcpy(&registrar_key, &borrowed, sizeof(registrar_key));
	yf_key_free(registrar_key);
	yf_key_free(test->issuer_root_key);
	yf_keyring_free(test->keyring);
	yf_trust_free(test->env.issuers);
	yf_trust_free(test->env.registrars);
	yf_db_close(test->env.db);
	yf_events_free(test->env.events);
	remove_folder(test->folder);
	yf_arena_free(test->arena);
	free(test);
}

int yf_test_env_open(void **state)
{
	*state = yf_test_env_new();
	return 0;
}

int yf_test_env_close(void **state)
{
	yf_test_env_free(*state);
	return 0;
}

/* --- statements --- */

struct statement {
	const char *sql;
	struct yf_values values;
	int64_t result;
};

static yf_err run_statement(struct yf_tx *tx, void *ctx)
{
	const struct statement *statement = ctx;

	return yf_tx_exec(tx, statement->sql, statement->values, NULL);
}

void yf_test_sql(struct yf_test_env *test, const char *sql,
		 struct yf_values values)
{
	struct statement statement = { sql, values, 0 };

	yf_test_ok(yf_db_write(test->env.db, run_statement, &statement));
}

static yf_err run_query(struct yf_tx *tx, void *ctx)
{
	struct statement *statement = ctx;
	YF_AUTO(rows) row = NULL;
	const yf_err err =
		yf_tx_find(tx, statement->sql, statement->values, &row);

	statement->result = -1;
	if (err.code == YF_CODE_NOT_FOUND)
		return YF_OK;
	YF_TRY(err);
	statement->result = yf_row_int(row, 0);
	return YF_OK;
}

int64_t yf_test_sql_int(struct yf_test_env *test, const char *sql,
			struct yf_values values)
{
	struct statement statement = { sql, values, 0 };

	yf_test_ok(yf_db_read(test->env.db, run_query, &statement));
	return statement.result;
}
