#define _GNU_SOURCE
#include "fetch/fetch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/file.h"
#include "http/listen.h"
#include "http/reply.h"

/* Goal: our client and our listener understand each other, by TLS too, and
 * each limit of the client holds. */

static yf_err on_echo(const struct yf_env *env, struct yf_exchange *x,
		      struct yf_reply *reply)
{
	yf_str text;

	(void)env;
	YF_TRY(yf_str_format(
		x->arena, &text, "%s %.*s %.*s", x->https ? "https" : "http",
		YF_ARG(yf_exchange_header(x, "X-Test")), YF_ARG(x->body)));
	yf_reply_text(reply, 201, "text/plain", text);
	return yf_reply_header(x, reply, "X-Back", YF_STR("there"));
}

static yf_err on_redirect(const struct yf_env *env, struct yf_exchange *x,
			  struct yf_reply *reply)
{
	(void)env;
	return yf_reply_redirect(x, reply, 302, YF_STR("/echo"));
}

static yf_err on_big(const struct yf_env *env, struct yf_exchange *x,
		     struct yf_reply *reply)
{
	enum { LEN = 100 * 1024 };

	(void)env;
	char *text = YF_NEW(x->arena, char, LEN);
	if (!text)
		return YF_FAIL(MEMORY);
	memset(text, 'a', LEN);
	yf_reply_text(reply, 200, "text/plain", (yf_str){ text, LEN });
	return YF_OK;
}

static yf_err on_slow(const struct yf_env *env, struct yf_exchange *x,
		      struct yf_reply *reply)
{
	const struct timespec pause = { 1, 0 };

	(void)env;
	(void)x;
	nanosleep(&pause, NULL);
	reply->status = 204;
	return YF_OK;
}

static yf_err on_cookie(const struct yf_env *env, struct yf_exchange *x,
			struct yf_reply *reply)
{
	const struct yf_cookie cookie = { "s", YF_STR("seen"), "/", -1, true };
	const yf_str value = yf_exchange_cookie(x, "s");

	(void)env;
	YF_TRY(yf_reply_cookie(x, reply, &cookie));
	yf_reply_text(reply, 200, "text/plain",
		      value.ptr ? value : YF_STR("new"));
	return YF_OK;
}

static const struct yf_route routes[] = {
	{ YF_GET, "/echo", on_echo, 0, NULL, 0 },
	{ YF_POST, "/echo", on_echo, 1024, NULL, 0 },
	{ YF_GET, "/redirect", on_redirect, 0, NULL, 0 },
	{ YF_GET, "/big", on_big, 0, NULL, 0 },
	{ YF_GET, "/slow", on_slow, 0, NULL, 0 },
	{ YF_GET, "/cookie", on_cookie, 0, NULL, 0 },
};
static const struct yf_routes tables[] = { YF_ROUTES(routes) };

struct pair {
	struct yf_listener *listener;
	struct yf_fetch *fetch;
	struct yf_arena *arena;
	const char *scheme;
};

static void open_pair(struct pair *pair, struct yf_listen_options listen,
		      struct yf_fetch_options fetch)
{
	listen.address = "127.0.0.1:0";
	listen.tables = tables;
	listen.table_count = 1;
	*pair = (struct pair){ .scheme = listen.tls_cert ? "https" : "http" };
	pair->arena = yf_arena_new(1024 * 1024);
	assert_non_null(pair->arena);
	assert_false(yf_failed(yf_listen_start(&listen, &pair->listener)));
	assert_false(yf_failed(yf_fetch_new(&fetch, &pair->fetch)));
}

static void close_pair(struct pair *pair)
{
	yf_fetch_free(pair->fetch);
	yf_listen_stop(pair->listener, 2000);
	yf_arena_free(pair->arena);
}

static yf_err get(struct pair *pair, const char *path, struct yf_fetched *out)
{
	struct yf_fetch_ask ask = { 0 };

	YF_TRY(yf_str_format(pair->arena, &ask.url, "%s://127.0.0.1:%u%s",
			     pair->scheme,
			     (unsigned)yf_listen_port(pair->listener), path));
	return yf_fetch(pair->fetch, pair->arena, &ask, out);
}

static void ask_and_answer(void **state)
{
	const struct yf_fetch_header header = { YF_STR("X-Test"),
						YF_STR("yes") };
	struct yf_fetch_ask ask = { .headers = &header,
				    .header_count = 1,
				    .body = YF_STR("body") };
	struct yf_fetched reply;
	struct pair pair;

	(void)state;
	open_pair(&pair, (struct yf_listen_options){ 0 },
		  (struct yf_fetch_options){ 0 });
	assert_false(yf_failed(
		yf_str_format(pair.arena, &ask.url, "http://127.0.0.1:%u/echo",
			      (unsigned)yf_listen_port(pair.listener))));
	assert_false(yf_failed(yf_fetch(pair.fetch, pair.arena, &ask, &reply)));
	assert_int_equal(reply.status, 201);
	assert_true(yf_str_is(reply.body, "http yes body"));
	assert_true(yf_str_is(reply.content_type, "text/plain"));
	assert_true(yf_str_is(yf_fetched_header(&reply, "x-back"), "there"));
	/* Nothing of one request is left in the next. */
	assert_false(yf_failed(get(&pair, "/echo", &reply)));
	assert_true(yf_str_is(reply.body, "http  "));
	ask.method = "HEAD";
	ask.body = (yf_str){ NULL, 0 };
	assert_false(yf_failed(yf_fetch(pair.fetch, pair.arena, &ask, &reply)));
	assert_int_equal(reply.status, 201);
	assert_int_equal(reply.body.len, 0);
	ask.method = "DELETE";
	assert_false(yf_failed(yf_fetch(pair.fetch, pair.arena, &ask, &reply)));
	assert_int_equal(reply.status, 405);
	assert_false(yf_failed(get(&pair, "/nowhere", &reply)));
	assert_int_equal(reply.status, 404);
	assert_true(yf_str_is(reply.content_type, "application/problem+json"));
	close_pair(&pair);
}

static void limits_hold(void **state)
{
	struct yf_fetched reply = { 0 };
	struct pair pair;

	(void)state;
	open_pair(&pair, (struct yf_listen_options){ 0 },
		  (struct yf_fetch_options){ .body_len_max = 64 * 1024,
					     .total_ms_max = 300 });
	assert_int_equal(get(&pair, "/big", &reply).code, YF_CODE_TOO_LARGE);
	assert_int_equal(get(&pair, "/slow", &reply).code, YF_CODE_TIMEOUT);
	assert_int_equal(reply.status, 0);
	assert_false(yf_failed(get(&pair, "/redirect", &reply)));
	assert_int_equal(reply.status, 302);
	assert_true(yf_str_is(yf_fetched_header(&reply, "Location"), "/echo"));
	close_pair(&pair);

	open_pair(&pair, (struct yf_listen_options){ 0 },
		  (struct yf_fetch_options){ .redirects_max = 1 });
	assert_false(yf_failed(get(&pair, "/redirect", &reply)));
	assert_int_equal(reply.status, 201);
	assert_null(yf_fetched_header(&reply, "Location").ptr);
	close_pair(&pair);
}

static void cookies_only_when_wanted(void **state)
{
	struct yf_fetched reply;
	struct pair pair;

	(void)state;
	for (int wanted = 0; wanted < 2; wanted++) {
		open_pair(&pair, (struct yf_listen_options){ 0 },
			  (struct yf_fetch_options){ .cookies = wanted });
		assert_false(yf_failed(get(&pair, "/cookie", &reply)));
		assert_true(yf_str_is(reply.body, "new"));
		assert_false(yf_failed(get(&pair, "/cookie", &reply)));
		assert_true(yf_str_is(reply.body, wanted ? "seen" : "new"));
		close_pair(&pair);
	}
}

static void bad_addresses(void **state)
{
	static const struct {
		const char *url;
		yf_code want;
	} cases[] = {
		{ "file:///etc/hostname", YF_CODE_UNSUPPORTED },
		{ "gopher://127.0.0.1/", YF_CODE_UNSUPPORTED },
		{ "http://", YF_CODE_SYNTAX },
		{ "http://127.0.0.1/a\r\nb", YF_CODE_SYNTAX },
		{ "http://127.0.0.1:1/", YF_CODE_UNREACHABLE },
	};
	struct yf_fetched reply;
	struct pair pair;

	(void)state;
	open_pair(&pair, (struct yf_listen_options){ 0 },
		  (struct yf_fetch_options){ 0 });
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		const struct yf_fetch_ask ask = { .url = yf_str_of(
							  cases[i].url) };
		print_message("  %s\n", cases[i].url);
		assert_int_equal(
			yf_fetch(pair.fetch, pair.arena, &ask, &reply).code,
			cases[i].want);
	}
	const struct yf_fetch_header split = { YF_STR("X"),
					       YF_STR("a\r\nY: b") };
	const struct yf_fetch_ask ask = { .url = YF_STR("http://127.0.0.1/"),
					  .headers = &split,
					  .header_count = 1 };
	assert_int_equal(yf_fetch(pair.fetch, pair.arena, &ask, &reply).code,
			 YF_CODE_SYNTAX);
	close_pair(&pair);
}

/* A key and a certificate for 127.0.0.1 that signs itself, as PEM. */
static void make_certificate(char *cert, char *key, size_t room)
{
	EVP_PKEY *pair = EVP_EC_gen("P-256");
	X509 *x509 = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());

	X509_set_version(x509, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
	X509_gmtime_adj(X509_getm_notBefore(x509), -60);
	X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
	X509_set_pubkey(x509, pair);
	X509_NAME_add_entry_by_txt(
		X509_get_subject_name(x509), "CN", MBSTRING_ASC,
		(const unsigned char *)"yufu test", -1, -1, 0);
	X509_set_issuer_name(x509, X509_get_subject_name(x509));
	X509_EXTENSION *name = X509V3_EXT_conf_nid(
		NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
	X509_add_ext(x509, name, -1);
	assert_true(X509_sign(x509, pair, EVP_sha256()) > 0);
	PEM_write_bio_X509(bio, x509);
	int len = BIO_read(bio, cert, (int)room - 1);
	assert_true(len > 0);
	cert[len] = '\0';
	PEM_write_bio_PrivateKey(bio, pair, NULL, NULL, 0, NULL, NULL);
	len = BIO_read(bio, key, (int)room - 1);
	assert_true(len > 0);
	key[len] = '\0';
	X509_EXTENSION_free(name);
	BIO_free(bio);
	X509_free(x509);
	EVP_PKEY_free(pair);
}

static void tls(void **state)
{
	char cert[4096], key[4096], path[] = "/tmp/yufu-ca-XXXXXX";
	struct yf_fetched reply;
	struct pair pair;

	(void)state;
	make_certificate(cert, key, sizeof(cert));
	close(mkstemp(path));
	assert_false(yf_failed(
		yf_file_save(path, yf_bytes_of(yf_str_of(cert)), 0600)));
	const struct yf_listen_options secure = { .tls_cert = cert,
						  .tls_key = key };
	open_pair(&pair, secure, (struct yf_fetch_options){ .ca_file = path });
	assert_false(yf_failed(get(&pair, "/echo", &reply)));
	assert_int_equal(reply.status, 201);
	assert_true(yf_str_starts(reply.body, YF_STR("https ")));
	assert_non_null(
		yf_fetched_header(&reply, "Strict-Transport-Security").ptr);
	close_pair(&pair);
	/* Nobody vouches for it. */
	open_pair(&pair, secure, (struct yf_fetch_options){ 0 });
	assert_int_equal(get(&pair, "/echo", &reply).code, YF_CODE_UNREACHABLE);
	close_pair(&pair);
	unlink(path);

	const struct yf_listen_options broken = { .address = "127.0.0.1:0",
						  .tls_cert = "not PEM",
						  .tls_key = "neither" };
	struct yf_listener *listener = NULL;
	assert_int_equal(yf_listen_start(&broken, &listener).code,
			 YF_CODE_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ask_and_answer),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(cookies_only_when_wanted),
		cmocka_unit_test(bad_addresses),
		cmocka_unit_test(tls),
	};
	return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
