#define _XOPEN_SOURCE 700
#include "server/home.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/expect.h"
#include "base/file.h"
#include "register/register.h"

struct bed {
	struct yf_arena *arena;
	char folder[64]; /* in one of its own, and not there yet */
	char around[32];
};

static int open_bed(void **state)
{
	struct bed *bed = calloc(1, sizeof(*bed));

	assert_non_null(bed);
	bed->arena = yf_arena_new(16 * 1024 * 1024);
	assert_non_null(mkdtemp(strcpy(bed->around, "/tmp/yufu-home-XXXXXX")));
	(void)snprintf(bed->folder, sizeof(bed->folder), "%s/city",
		       bed->around);
	*state = bed;
	return 0;
}

static int remove_one(const char *path, const struct stat *info, int kind,
		      struct FTW *at)
{
	(void)info;
	(void)kind;
	(void)at;
	return remove(path);
}

static int close_bed(void **state)
{
	struct bed *bed = *state;

	assert_int_equal(nftw(bed->around, remove_one, 8, FTW_DEPTH | FTW_PHYS),
			 0);
	yf_arena_free(bed->arena);
	free(bed);
	return 0;
}

#define BED_TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_bed, close_bed)

static struct yf_home_ask good(const struct bed *bed)
{
	return (struct yf_home_ask){
		.folder = bed->folder,
		.url = YF_STR("https://id.example/city"),
		.name = YF_STR("จังหวัด ทดสอบ"),
		.country = YF_STR("TH"),
		.number_rule = YF_STR("TH"),
		.clients = YF_STR("kiosk|http://127.0.0.1/cb"),
	};
}

static void path_of(const struct bed *bed, const char *name,
		    char out[static 128])
{
	(void)snprintf(out, 128, "%s/%s", bed->folder, name);
}

static bool is_there(const struct bed *bed, const char *name)
{
	char path[128];

	path_of(bed, name, path);
	return yf_file_exists(path);
}

static unsigned mode_of(const struct bed *bed, const char *name)
{
	char path[128];
	struct stat info;

	path_of(bed, name, path);
	assert_int_equal(stat(path, &info), 0);
	return info.st_mode & 07777;
}

static void made_and_opened(void **state)
{
	const struct bed *bed = *state;
	const struct yf_home_ask ask = good(bed);
	YF_AUTO(home) home = NULL;
	int64_t people;

	OK(yf_home_make(bed->arena, &ask));
	OK(yf_home_open(bed->folder, false, &home));
	const struct yf_settings *settings = &home->env.settings;
	assert_true(yf_str_eq(settings->url, ask.url));
	assert_true(yf_str_is(settings->origin, "https://id.example"));
	assert_true(yf_str_is(settings->path, "/city"));
	assert_true(yf_str_eq(settings->name, ask.name));
	assert_true(yf_str_is(settings->country, "TH"));
	assert_true(yf_str_is(settings->number_rule, "TH"));
	assert_false(settings->demo);
	assert_int_equal(settings->client_count, 1);
	assert_true(yf_str_is(settings->clients[0].id, "kiosk"));
	assert_true(yf_str_is(settings->clients[0].redirect_uri,
			      "http://127.0.0.1/cb"));
	/* A new deployment gives no card by face. */
	assert_false(home->serving.face_limits.demo);
	assert_true(home->serving.face_limits.fmr_max == 1e-4);
	assert_true(home->serving.face_limits.group_fmr_max == 1e-3);
	assert_string_equal(home->serving.face_certificate, "");
	assert_string_equal(home->serving.face_certifiers, "");
	assert_true(home->serving.https);
	assert_string_equal(home->serving.operator_listen, "127.0.0.1:8081");
	OK(yf_register_count(&home->env, &people));
	assert_int_equal(people, 0);
}

static void only_the_owner_reads_keys(void **state)
{
	static const char *const secrets[] = {
		"keys/master.key",    "keys/issuer-root.key",
		"keys/issuer.key",    "keys/registrar-root.key",
		"keys/registrar.key", "yufu.db",
		"yufu.ini",
	};
	const struct bed *bed = *state;
	const struct yf_home_ask ask = good(bed);
	const mode_t before = umask(0);

	OK(yf_home_make(bed->arena, &ask));
	umask(before);
	for (size_t i = 0; i < YF_COUNT(secrets); i++) {
		print_message("  %s\n", secrets[i]);
		assert_int_equal(mode_of(bed, secrets[i]), 0600);
	}
	assert_int_equal(mode_of(bed, "keys"), 0700);
	assert_int_equal(mode_of(bed, "."), 0700);
}

static void made_once(void **state)
{
	const struct bed *bed = *state;
	const struct yf_home_ask ask = good(bed);
	char path[128];
	yf_bytes before;
	yf_bytes after;

	OK(yf_home_make(bed->arena, &ask));
	path_of(bed, "keys/master.key", path);
	OK(yf_file_load(bed->arena, path, 1024, &before));
	FAILS(yf_home_make(bed->arena, &ask), CONFLICT);
	OK(yf_file_load(bed->arena, path, 1024, &after));
	assert_true(yf_bytes_eq(before, after));
}

/* What is refused leaves no keys behind, and may be asked again. */
static void refused(void **state)
{
	static const struct {
		size_t member;
		const char *value;
		const char *want;
	} rows[] = {
#define ROW(member, value, want) \
	{ offsetof(struct yf_home_ask, member), value, want }
		ROW(url, "", "SYNTAX"),
		ROW(url, "id.example", "SYNTAX"),
		ROW(url, "https://id.example/", "SYNTAX"),
		ROW(url, "https://id.example/?a", "SYNTAX"),
		ROW(url, "https://id.example/#a", "SYNTAX"),
		ROW(url, "ftp://id.example", "UNSUPPORTED"),
		ROW(number_rule, "XX", "UNSUPPORTED"),
		ROW(number_rule, "", "UNSUPPORTED"),
		ROW(country, "", "CONFIG"),
		ROW(country, "T", "CONFIG"),
		ROW(country, "th", "CONFIG"),
		ROW(country, "THA", "CONFIG"),
		ROW(country, "T1", "CONFIG"),
		ROW(name, "", "CONFIG"),
		ROW(name, "City ; of comments", "CONFIG"),
		ROW(name, "City\n[oauth]\nclients = evil|https://evil.example",
		    "CONFIG"),
		ROW(name,
		    "0123456789012345678901234567890123456789"
		    "0123456789012345678901234",
		    "CONFIG"),
		ROW(clients, "kiosk", "CONFIG"),
		ROW(clients, "kiosk|", "CONFIG"),
		ROW(clients, "|http://127.0.0.1/", "CONFIG"),
#undef ROW
	};
	const struct bed *bed = *state;

	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		struct yf_home_ask ask = good(bed);
		const yf_str value = yf_str_of(rows[i].value);
		memcpy((char *)&ask + rows[i].member, &value, sizeof(value));
		const yf_err err = yf_home_make(bed->arena, &ask);
		if (!yf_str_is(yf_str_of(yf_err_name(err)), rows[i].want))
			fail_msg("'%s': %s", rows[i].value, yf_err_name(err));
		assert_false(is_there(bed, "keys/master.key"));
		assert_false(is_there(bed, "yufu.ini"));
	}
	const struct yf_home_ask ask = good(bed);
	OK(yf_home_make(bed->arena, &ask));
}

static void longest_name(void **state)
{
	const struct bed *bed = *state;
	struct yf_home_ask ask = good(bed);
	struct yf_buf buf = yf_buf_new(bed->arena, 256);
	YF_AUTO(home) home = NULL;

	for (int i = 0; i < 60; i++)
		yf_buf_text(&buf, YF_STR("城"));
	OK(yf_buf_str(&buf, &ask.name));
	OK(yf_home_make(bed->arena, &ask));
	OK(yf_home_open(bed->folder, false, &home));
	assert_true(yf_str_eq(home->env.settings.name, ask.name));
}

/* --- a configuration that is wrong says so --- */

#define START "[server]\nurl = https://id.example\n"
#define CITY "[city]\nname = A\ncountry = TH\n"

static const struct {
	const char *name;
	const char *text;
	const char *told; /* in the problem */
} wrong[] = {
	{ "nothing", "", "url" },
	{ "no city", START, "name" },
	{ "an unknown key", START "liste = 1\n" CITY, "liste" },
	{ "an unknown section", START CITY "[cards]\na = 1\n", "cards" },
	{ "url with a slash", "[server]\nurl = https://id.example/\n" CITY,
	  "url" },
	{ "url that is none", "[server]\nurl = here\n" CITY, "url" },
	{ "country", START "[city]\nname = A\ncountry = th\n", "country" },
	{ "rule", START CITY "number_rule = XX\n", "number_rule" },
	{ "days 0", START CITY "[card]\ndays = 0\n", "days" },
	{ "days 367", START CITY "[card]\ndays = 367\n", "days" },
	{ "batch of 1", START CITY "[card]\nbatch_size = 1\n", "batch_size" },
	{ "batch of 33", START CITY "[card]\nbatch_size = 33\n", "batch_size" },
	{ "rate of 0", START CITY "[face]\nfmr_max_millionths = 0\n",
	  "fmr_max_millionths" },
	{ "rate over one in ten",
	  START CITY "[face]\nfmr_max_group_millionths = 100001\n",
	  "fmr_max_group_millionths" },
	{ "demo", START CITY "[face]\ndemo = perhaps\n", "demo" },
	{ "memory", START CITY "[face]\nmemory_mb = 64\n", "memory_mb" },
	{ "the key of before",
	  START CITY "[face]\ndistance_max_thousandths = 338\n",
	  "write fmr_max_millionths" },
	{ "workers", START "workers = many\n" CITY, "workers" },
	{ "behind_proxy", START "behind_proxy = perhaps\n" CITY,
	  "behind_proxy" },
	{ "clients", START CITY "[oauth]\nclients = kiosk\n", "clients" },
	{ "no ini", "hello\n", "" },
};

static void wrong_configurations(void **state)
{
	const struct bed *bed = *state;
	const struct yf_home_ask ask = good(bed);
	char path[128];

	OK(yf_home_make(bed->arena, &ask));
	path_of(bed, "yufu.ini", path);
	for (size_t i = 0; i < YF_COUNT(wrong); i++) {
		YF_AUTO(home) home = NULL;
		yf_str problem;
		OK(yf_file_save(path, yf_bytes_of(yf_str_of(wrong[i].text)),
				0600));
		print_message("  %s\n", wrong[i].name);
		FAILS(yf_home_open(bed->folder, false, &home), CONFIG);
		assert_non_null(home);
		assert_true(home->problem.len);
		OK(yf_str_copy(bed->arena, home->problem, &problem));
		if (!strstr(problem.ptr, wrong[i].told))
			fail_msg("%s", problem.ptr);
	}
}

static void what_is_not_there(void **state)
{
	const struct bed *bed = *state;
	static const char *const files[] = {
		"yufu.ini",
		"keys/master.key",
		"keys/issuer.key",
		"keys/issuer.pem",
		"keys/registrar.key",
		"keys/registrar.pem",
		"keys/issuer-root.pem",
		"keys/registrar-root.key",
		"keys/registrar-root.pem",
	};
	const struct yf_home_ask ask = good(bed);
	char path[128];
	char aside[160];

	OK(yf_home_make(bed->arena, &ask));
	for (size_t i = 0; i < YF_COUNT(files); i++) {
		YF_AUTO(home) home = NULL;
		path_of(bed, files[i], path);
		(void)snprintf(aside, sizeof(aside), "%s.aside", path);
		assert_int_equal(rename(path, aside), 0);
		FAILS(yf_home_open(bed->folder, false, &home), NOT_FOUND);
		yf_str problem;
		OK(yf_str_copy(bed->arena, home->problem, &problem));
		assert_non_null(strstr(problem.ptr, files[i]));
		assert_int_equal(rename(aside, path), 0);
	}
	YF_AUTO(home) home = NULL;
	OK(yf_home_open(bed->folder, true, &home));
	assert_true(home->env.settings.demo);
	assert_int_equal(home->problem.len, 0);
}

static void damaged_keys(void **state)
{
	static const struct {
		const char *file;
		const char *text;
	} rows[] = {
		{ "keys/master.key", "" },
		{ "keys/master.key", "00" },
		{ "keys/master.key", "zz" },
		{ "keys/issuer.key", "no key\n" },
		{ "keys/issuer.pem", "no certificate\n" },
		{ "keys/registrar-root.key", "" },
	};
	const struct bed *bed = *state;
	const struct yf_home_ask ask = good(bed);
	char path[128];

	OK(yf_home_make(bed->arena, &ask));
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		YF_AUTO(home) home = NULL;
		yf_bytes before;
		yf_str problem;
		path_of(bed, rows[i].file, path);
		OK(yf_file_load(bed->arena, path, 65536, &before));
		OK(yf_file_save(path, yf_bytes_of(yf_str_of(rows[i].text)),
				0600));
		const yf_err err = yf_home_open(bed->folder, false, &home);
		assert_true(yf_failed(err));
		assert_int_not_equal(err.code, YF_CODE_NOT_FOUND);
		OK(yf_str_copy(bed->arena, home->problem, &problem));
		assert_non_null(strstr(problem.ptr, rows[i].file));
		OK(yf_file_save(path, before, 0600));
	}
}

/* A key of another deployment does not fit the certificate beside it. */
static void a_key_that_does_not_fit(void **state)
{
	const struct bed *bed = *state;
	const struct yf_home_ask ask = good(bed);
	YF_AUTO(home) home = NULL;
	char path[128];
	yf_bytes key;

	OK(yf_home_make(bed->arena, &ask));
	path_of(bed, "keys/registrar.key", path);
	OK(yf_file_load(bed->arena, path, 65536, &key));
	path_of(bed, "keys/issuer.key", path);
	OK(yf_file_save(path, key, 0600));
	assert_true(yf_failed(yf_home_open(bed->folder, false, &home)));
}

/* --- keys --- */

static void keys_of_a_deployment(void **state)
{
	const struct bed *bed = *state;
	const struct yf_home_ask ask = good(bed);
	YF_AUTO(home) home = NULL;
	YF_AUTO(home) again = NULL;

	OK(yf_home_make(bed->arena, &ask));
	OK(yf_home_open(bed->folder, false, &home));
	OK(yf_home_open(bed->folder, false, &again));
	/* The same each time, and one for each use. */
	assert_true(yf_secret_eq(&home->env.keys.seal, &again->env.keys.seal));
	assert_true(
		yf_secret_eq(&home->env.keys.index, &again->env.keys.index));
	assert_false(yf_secret_eq(&home->env.keys.seal, &home->env.keys.index));
	assert_false(yf_secret_eq(&home->env.keys.seal, &home->env.keys.nonce));
	assert_false(
		yf_secret_eq(&home->env.keys.index, &home->env.keys.nonce));
	/* Two authorities: neither is the other's root. */
	assert_false(
		yf_bytes_eq(home->env.issuer_root, home->env.registrar_root));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BED_TEST(made_and_opened),
		BED_TEST(only_the_owner_reads_keys),
		BED_TEST(made_once),
		BED_TEST(refused),
		BED_TEST(longest_name),
		BED_TEST(wrong_configurations),
		BED_TEST(what_is_not_there),
		BED_TEST(damaged_keys),
		BED_TEST(a_key_that_does_not_fit),
		BED_TEST(keys_of_a_deployment),
	};
	return cmocka_run_group_tests_name("server/home", tests, NULL, NULL);
}
