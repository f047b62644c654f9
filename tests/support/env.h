#pragma once

#include "card/type.h"
#include "env/env.h"

/*
 * A yf_env for tests: a real database in a folder of its own, keys and roots
 * made now, and a clock that stands still until a test moves it.  Whatever
 * fails in here fails the test.
 */
enum { YF_TEST_NOW_S = 1790000000 };

struct yf_test_env {
	struct yf_env env;
	int64_t now_s; /* the clock: tests move it */
	struct yf_arena *arena;
	char folder[32];
	struct yf_key *issuer_root_key;
	struct yf_keyring *keyring;
};

struct yf_test_env *yf_test_env_new(void);
void yf_test_env_free(struct yf_test_env *test);

/* As setup and teardown of cmocka; *state is the environment. */
int yf_test_env_open(void **state);
int yf_test_env_close(void **state);

#define ENV_TEST(name)                                          \
	cmocka_unit_test_setup_teardown(name, yf_test_env_open, \
					yf_test_env_close)

/* The types that come with the program, at https://city.example. */
const struct yf_card_types *yf_test_types(struct yf_arena *arena);

/* Runs one statement, for what no interface of ours does. */
void yf_test_sql(struct yf_test_env *test, const char *sql,
		 struct yf_values values);
/* The number that a query gives; -1 when it gives no row. */
int64_t yf_test_sql_int(struct yf_test_env *test, const char *sql,
			struct yf_values values);

/* A leaf of `ca` as a signer with its chain, kept in the keyring. */
struct yf_signer yf_test_signer(struct yf_test_env *test, const char *id,
				const struct yf_key *ca, yf_bytes ca_der,
				const char *eku);

/* A self-signed root of a fresh key, which the caller frees. */
yf_bytes yf_test_root(struct yf_test_env *test, const char *name,
		      struct yf_key **key);

/* Asserts success and says where it failed. */
void yf_test_ok(yf_err err);
