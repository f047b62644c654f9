#include "card/client.h"

#include "../support/expect.h"

static const struct yf_client clients[] = {
	{ YF_STR("kiosk"), YF_STR("http://127.0.0.1/cb?x=1"), false },
	{ YF_STR("six"), YF_STR("http://[::1]:1/cb"), false },
	{ YF_STR("web"), YF_STR("https://wallet.example/cb"), false },
	{ YF_STR("app"), YF_STR("org.example.app:/cb"), false },
};

static const struct {
	const char *name;
	const char *client;
	const char *redirect;
	const char *want;
} cases[] = {
	{ "own wallet", "https://city.example/wallet/",
	  "https://city.example/wallet/", "OK" },
	{ "own wallet, more path", "https://city.example/wallet/",
	  "https://city.example/wallet/x", "INVALID_REQUEST" },
	{ "own wallet, a query", "https://city.example/wallet/",
	  "https://city.example/wallet/?x", "INVALID_REQUEST" },
	{ "own wallet, another port", "https://city.example/wallet/",
	  "https://city.example:444/wallet/", "INVALID_REQUEST" },
	{ "own wallet by another name", "https://city.example/wallet",
	  "https://city.example/wallet/", "INVALID_CLIENT" },
	{ "nobody", "", "https://city.example/wallet/", "INVALID_CLIENT" },
	{ "unknown", "other", "https://wallet.example/cb", "INVALID_CLIENT" },
	{ "loopback, no port", "kiosk", "http://127.0.0.1/cb?x=1", "OK" },
	{ "loopback, a port", "kiosk", "http://127.0.0.1:51004/cb?x=1", "OK" },
	{ "loopback, another path", "kiosk", "http://127.0.0.1:51004/c?x=1",
	  "INVALID_REQUEST" },
	{ "loopback, another query", "kiosk", "http://127.0.0.1:51004/cb?x=2",
	  "INVALID_REQUEST" },
	{ "loopback, no query", "kiosk", "http://127.0.0.1:51004/cb",
	  "INVALID_REQUEST" },
	{ "loopback, an empty query more", "kiosk",
	  "http://127.0.0.1:5/cb?x=1?", "INVALID_REQUEST" },
	{ "loopback, another host", "kiosk", "http://127.0.0.2:51004/cb?x=1",
	  "INVALID_REQUEST" },
	{ "loopback by name", "kiosk", "http://localhost:51004/cb?x=1",
	  "INVALID_REQUEST" },
	{ "loopback, another scheme", "kiosk", "https://127.0.0.1:1/cb?x=1",
	  "INVALID_REQUEST" },
	{ "loopback, user info", "kiosk", "http://a@127.0.0.1:1/cb?x=1",
	  "INVALID_REQUEST" },
	{ "loopback, a host that starts so", "kiosk",
	  "http://127.0.0.1.example/cb?x=1", "INVALID_REQUEST" },
	{ "loopback, port too large", "kiosk", "http://127.0.0.1:65536/cb?x=1",
	  "INVALID_REQUEST" },
	{ "loopback, port no number", "kiosk", "http://127.0.0.1:a/cb?x=1",
	  "INVALID_REQUEST" },
	{ "loopback, fragment", "kiosk", "http://127.0.0.1:1/cb?x=1#a",
	  "INVALID_REQUEST" },
	{ "IPv6 loopback", "six", "http://[::1]:50000/cb", "OK" },
	{ "IPv6 loopback, no port", "six", "http://[::1]/cb", "OK" },
	{ "another client's", "six", "http://127.0.0.1/cb?x=1",
	  "INVALID_REQUEST" },
	{ "web", "web", "https://wallet.example/cb", "OK" },
	{ "web, a port", "web", "https://wallet.example:8443/cb",
	  "INVALID_REQUEST" },
	{ "web, host in capitals", "web", "https://WALLET.example/cb",
	  "INVALID_REQUEST" },
	{ "web, slash", "web", "https://wallet.example/cb/",
	  "INVALID_REQUEST" },
	{ "own scheme", "app", "org.example.app:/cb", "OK" },
	{ "own scheme, more", "app", "org.example.app:/cb2",
	  "INVALID_REQUEST" },
	{ "no address", "web", "", "INVALID_REQUEST" },
	{ "script", "web", "javascript:alert(1)", "INVALID_REQUEST" },
};

static void table(void **state)
{
	const struct yf_settings settings = {
		.url = YF_STR("https://city.example"),
		.clients = clients,
		.client_count = YF_COUNT(clients),
	};

	(void)state;
	for (size_t i = 0; i < YF_COUNT(cases); i++) {
		struct yf_arena *arena = yf_arena_new(64 * 1024);
		const yf_err err = yf_client_check(
			&settings, arena, yf_str_of(cases[i].client),
			yf_str_of(cases[i].redirect));
		if (!yf_str_is(yf_str_of(yf_err_name(err)), cases[i].want))
			fail_msg("%s: %s", cases[i].name, yf_err_name(err));
		yf_arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(table) };
	return cmocka_run_group_tests_name("card/client", tests, NULL, NULL);
}
