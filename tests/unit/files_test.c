#define _GNU_SOURCE
#include "http/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "http/answer.h"

/* Goal: exactly the files of the folder, however they are asked for. */

struct folder {
	char root[64];
};

static const struct {
	const char *name;
	const char *content;
} content[] = {
	{ "index.html", "<p>root" },
	{ "wallet/index.html", "<p>wallet" },
	{ "wallet/app-5YJZ3KQA.js", "let a = 1" },
	{ "wallet/app-5YJZ3KQA.js.gz", "(compressed)" },
	{ "wallet/with space.txt", "x" },
	{ ".secret", "no" },
};

static void path_of(const struct folder *folder, const char *name, char *out,
		    size_t len)
{
	snprintf(out, len, "%s/%s", folder->root, name);
}

static void open_folder(struct folder *folder)
{
	char path[256];

	strcpy(folder->root, "/tmp/yufu-files-XXXXXX");
	assert_non_null(mkdtemp(folder->root));
	path_of(folder, "wallet", path, sizeof(path));
	assert_int_equal(mkdir(path, 0700), 0);
	for (size_t i = 0; i < YF_COUNT(content); i++) {
		path_of(folder, content[i].name, path, sizeof(path));
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		fputs(content[i].content, file);
		fclose(file);
	}
	path_of(folder, "outside.txt", path, sizeof(path));
	assert_int_equal(symlink("/etc/hostname", path), 0);
}

static void close_folder(struct folder *folder)
{
	char path[256];

	for (size_t i = 0; i < YF_COUNT(content); i++) {
		path_of(folder, content[i].name, path, sizeof(path));
		unlink(path);
	}
	path_of(folder, "outside.txt", path, sizeof(path));
	unlink(path);
	path_of(folder, "wallet", path, sizeof(path));
	rmdir(path);
	rmdir(folder->root);
}

static const struct {
	const char *name;
	yf_method method;
	const char *target;
	const char *accept_encoding;
	int status;
	const char *header; /* one that must be there, or NULL */
	const char *value;
	const char *body; /* or NULL */
} cases[] = {
	{ "the root", YF_GET, "/", "", 200, "Content-Security-Policy", "csp",
	  "<p>root" },
	{ "a folder", YF_GET, "/wallet/", "", 200, "Cache-Control", "no-cache",
	  "<p>wallet" },
	{ "a folder without its slash", YF_GET, "/wallet", "", 308, "Location",
	  "/wallet/", "" },
	{ "its page by name", YF_GET, "/wallet/index.html", "", 200, NULL, NULL,
	  "<p>wallet" },
	{ "a hashed name is kept", YF_GET, "/wallet/app-5YJZ3KQA.js", "", 200,
	  "Cache-Control", "public, max-age=31536000, immutable", "let a = 1" },
	{ "a worker's script has a policy", YF_GET, "/wallet/app-5YJZ3KQA.js",
	  "", 200, "Content-Security-Policy", "csp", "let a = 1" },
	{ "compressed for who takes it", YF_GET, "/wallet/app-5YJZ3KQA.js",
	  "br, gzip", 200, "Content-Encoding", "gzip", "(compressed)" },
	{ "not for who refuses it", YF_GET, "/wallet/app-5YJZ3KQA.js",
	  "gzip;q=0", 200, "Vary", "Accept-Encoding", "let a = 1" },
	{ "an escaped space", YF_GET, "/wallet/with%20space.txt", "", 200,
	  "X-Content-Type-Options", "nosniff", "x" },
	{ "posted to", YF_POST, "/wallet/", "", 405, "Allow",
	  "GET, HEAD, OPTIONS", NULL },
	{ "unknown", YF_GET, "/wallet/none", "", 404, NULL, NULL, NULL },
	{ "up and out", YF_GET, "/wallet/../../../../etc/hostname", "", 404,
	  NULL, NULL, NULL },
	{ "up, escaped", YF_GET, "/wallet/%2e%2e/index.html", "", 404, NULL,
	  NULL, NULL },
	{ "a dot file", YF_GET, "/.secret", "", 404, NULL, NULL, NULL },
	{ "a link", YF_GET, "/outside.txt", "", 404, NULL, NULL, NULL },
	{ "two slashes", YF_GET, "//wallet", "", 404, NULL, NULL, NULL },
	{ "a NUL", YF_GET, "/wallet/%00", "", 404, NULL, NULL, NULL },
};

static yf_str header_of(const struct yf_answer *answer, const char *name)
{
	for (size_t i = 0; i < answer->extra_count; i++)
		if (yf_str_is(answer->extra[i].name, name))
			return answer->extra[i].value;
	for (size_t i = 0; i < answer->reply.header_count; i++)
		if (yf_str_is(answer->reply.headers[i].name, name))
			return answer->reply.headers[i].value;
	return YF_STR("(absent)");
}

static void begin(const struct yf_files *files, struct yf_arena *arena,
		  size_t at, const struct yf_header *header,
		  struct yf_answer *answer)
{
	const struct yf_site site = { .files = files };
	struct yf_exchange x = { .arena = arena,
				 .method = cases[at].method,
				 .target = yf_str_of(cases[at].target),
				 .headers = header,
				 .header_count = 1 };

	*answer = (struct yf_answer){ 0 };
	yf_answer_begin(&site, &x, (struct yf_body_head){ 0 }, answer);
	assert_true(answer->decided);
}

static void request_table(void **state)
{
	YF_AUTO(files) files = NULL;
	struct folder folder;

	(void)state;
	open_folder(&folder);
	assert_false(yf_failed(yf_files_load(folder.root, "csp", &files)));
	assert_int_equal(yf_files_count(files), 5);
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		const struct yf_header header = {
			YF_STR("Accept-Encoding"),
			yf_str_of(cases[i].accept_encoding)
		};
		struct yf_answer answer;

		print_message("  %s\n", cases[i].name);
		begin(files, arena, i, &header, &answer);
		assert_int_equal(answer.reply.status, cases[i].status);
		if (cases[i].header)
			assert_true(
				yf_str_is(header_of(&answer, cases[i].header),
					  cases[i].value));
		if (cases[i].body)
			assert_true(yf_str_is(yf_str_from(answer.body),
					      cases[i].body));
	}
	close_folder(&folder);
}

static yf_err no_such(const struct yf_env *env, struct yf_exchange *x,
		      struct yf_reply *reply)
{
	(void)env;
	(void)x;
	(void)reply;
	return YF_FAIL(NOT_FOUND);
}

/* A folder that a route closes stays closed, however it is written. */
static void a_closed_folder_is_closed(void **state)
{
	static const struct yf_route closed[] = {
		{ YF_GET, "/wallet/", no_such, 0, NULL, 0 },
		{ YF_GET, "/wallet/{rest...}", no_such, 0, NULL, 0 },
	};
	static const char *const targets[] = { "/%77allet/", "/wallet%2F",
					       "/w%61llet/index.html",
					       "/wallet%2findex.html" };
	const struct yf_routes tables[] = { YF_ROUTES(closed) };
	YF_AUTO(files) files = NULL;
	struct folder folder;

	(void)state;
	open_folder(&folder);
	assert_false(yf_failed(yf_files_load(folder.root, "csp", &files)));
	const struct yf_site site = { .tables = tables,
				      .table_count = 1,
				      .files = files };
	for (size_t i = 0; i < YF_COUNT(targets); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		struct yf_exchange x = { .arena = arena,
					 .method = YF_GET,
					 .target = yf_str_of(targets[i]) };
		struct yf_answer answer = { 0 };

		print_message("  %s\n", targets[i]);
		yf_answer_begin(&site, &x, (struct yf_body_head){ 0 }, &answer);
		assert_true(answer.decided);
		assert_int_equal(answer.reply.status, 404);
	}
	close_folder(&folder);
}

static void the_same_is_not_sent_again(void **state)
{
	YF_AUTO(files) files = NULL;
	struct folder folder;

	(void)state;
	open_folder(&folder);
	assert_false(yf_failed(yf_files_load(folder.root, "csp", &files)));
	const struct yf_file *root = yf_files_find(files, YF_STR("/"));
	const struct yf_file *wallet = yf_files_find(files, YF_STR("/wallet/"));
	assert_non_null(root);
	assert_non_null(wallet);
	assert_string_not_equal(root->etag, wallet->etag);
	const struct {
		const char *text;
		int status;
	} etags[] = {
		{ root->etag, 304 }, { root->etag + 2, 304 },
		{ "\"a\", *", 304 }, { wallet->etag, 200 },
		{ "", 200 },
	};
	for (size_t i = 0; i < YF_COUNT(etags); i++) {
		YF_AUTO(arena) arena = yf_arena_new(64 * 1024);
		const struct yf_header header = { YF_STR("If-None-Match"),
						  yf_str_of(etags[i].text) };
		struct yf_answer answer;
		begin(files, arena, 0, &header, &answer);
		assert_int_equal(answer.reply.status, etags[i].status);
		assert_true((answer.body.len == 0) == (etags[i].status == 304));
	}
	close_folder(&folder);
}

static void no_folder(void **state)
{
	struct yf_files *files = NULL;

	(void)state;
	assert_int_equal(yf_files_load("/nowhere", "", &files).code,
			 YF_CODE_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_table),
		cmocka_unit_test(a_closed_folder_is_closed),
		cmocka_unit_test(the_same_is_not_sent_again),
		cmocka_unit_test(no_folder),
	};
	return cmocka_run_group_tests_name("http/files", tests, NULL, NULL);
}
