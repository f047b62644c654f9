#define _DEFAULT_SOURCE
#include "cli/args.h"
#include "cli/print.h"
#include "cli/verbs.h"

#include "base/file.h"
#include "base/share.h"
#include "demo/city.h"
#include "demo/tour.h"
#include "http/reply.h"
#include "server/serve.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char usage[] =
	"usage: yufu demo [--listen ADDRESS] [--data DIR] [--tour] [--json]";

/*
 * As YF_CSP_PAGE, but the page of the virtual camera may frame the others:
 * they come from this same server.
 */
static const char demo_csp[] =
	"default-src 'none'; script-src 'self'; style-src 'self';"
	" img-src 'self' data: blob:; media-src 'self' blob:;"
	" connect-src 'self' https:; font-src 'self'; manifest-src 'self';"
	" worker-src 'self'; frame-src 'self'; base-uri 'none';"
	" form-action 'self'; frame-ancestors 'self'";

struct demo {
	const char *folder;
	const char *listen;
	bool tour;
	bool json;
	int exit_code;
	struct yf_home *home;
};

/* --- addresses --- */

/* A port that is free now; somebody else could take it before we do. */
static yf_err free_port(uint16_t *out)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return YF_FAIL(IO);
	const bool ok =
		!bind(fd, (struct sockaddr *)&address, sizeof(address)) &&
		!getsockname(fd, (struct sockaddr *)&address, &len);
	close(fd);
	if (!ok)
		return YF_FAIL(IO);
	*out = ntohs(address.sin_port);
	return YF_OK;
}

/* "127.0.0.1:0" names a port, so that the city knows its own address. */
static yf_err settle_listen(struct yf_arena *arena, const char *listen,
			    yf_str *address, yf_str *url)
{
	yf_str text = yf_str_of(listen);
	uint16_t port = 0;
	size_t colon = text.len;

	while (colon && text.ptr[colon - 1] != ':')
		colon--;
	if (!colon)
		return YF_FAIL(SYNTAX);
	const yf_str host = { text.ptr, colon - 1 };
	const yf_str digits = yf_str_skip(text, colon);
	if (yf_str_is(digits, "0")) {
		YF_TRY(free_port(&port));
		YF_TRY(yf_str_format(arena, address, "%.*s:%u", YF_ARG(host),
				     port));
		return yf_str_format(arena, url, "http://localhost:%u", port);
	}
	*address = text;
	return yf_str_format(arena, url, "http://localhost:%.*s",
			     YF_ARG(digits));
}

/* --- making the deployment, or telling it its new address --- */

static yf_err make_home(struct yf_arena *arena, const struct demo *demo,
			bool is_new, yf_str address, yf_str url)
{
	struct yf_home_ask ask = {
		.folder = demo->folder,
		.url = url,
		.listen = address,
		.name = YF_STR("Demo City"),
		.country = YF_STR("XX"),
		.number_rule = YF_STR("none"),
		/* Wallets of others, for trying them against the demo. */
		.clients = YF_STR("demo-wallet|http://127.0.0.1/callback "
				  "yufu-wallet|http://127.0.0.1/callback"),
	};
	uint16_t port;

	YF_TRY(free_port(&port));
	if (yf_str_is(address, "127.0.0.1:8080"))
		port = 8081;
	YF_TRY(yf_str_format(arena, &ask.operator_listen, "127.0.0.1:%u",
			     port));
	return is_new ? yf_home_make(arena, &ask)
		      : yf_home_configure(arena, &ask);
}

static yf_err open_home(struct yf_arena *arena, struct demo *demo)
{
	yf_str address;
	yf_str url;
	yf_str conf;

	YF_TRY(yf_str_format(arena, &conf, "%s/yufu.ini", demo->folder));
	const bool is_new = !yf_file_exists(conf.ptr);
	if (is_new || demo->listen) {
		YF_TRY(settle_listen(
			arena, demo->listen ? demo->listen : "127.0.0.1:8080",
			&address, &url));
		YF_TRY(make_home(arena, demo, is_new, address, url));
	}
	return yf_home_open(demo->folder, true, &demo->home);
}

/* --- what there is to open --- */

static yf_err print_json(const struct demo *demo, const struct yf_env *env,
			 uint16_t operator_port)
{
	struct yf_arena *arena = demo->home->arena;
	struct yf_json_out out = yf_json_out_new(arena, 2048);
	const struct yf_city_person *person;
	size_t count;
	const struct yf_city_party *parties =
		yf_city_parties(env->city, &count);
	yf_str text;

	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "url", env->settings.url);
	YF_TRY(yf_str_format(arena, &text, "http://127.0.0.1:%u",
			     operator_port));
	yf_json_out_str(&out, "operator_url", text);
	yf_json_out_text(&out, "dir", demo->folder);
	yf_json_out_array(&out, "people");
	for (size_t i = 0; (person = yf_city_person(i)); i++) {
		yf_json_out_object(&out, NULL);
		yf_json_out_text(&out, "name", person->name);
		yf_json_out_text(&out, "number", person->number);
		yf_json_out_text(&out, "picture", person->picture);
		yf_json_out_close(&out);
	}
	yf_json_out_close(&out);
	yf_json_out_array(&out, "parties");
	for (size_t i = 0; i < count; i++) {
		yf_json_out_object(&out, NULL);
		yf_json_out_text(&out, "name", parties[i].name);
		yf_json_out_text(&out, "policy", parties[i].policy);
		yf_json_out_str(&out, "api_key", parties[i].api_key);
		yf_json_out_close(&out);
	}
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static void print_addresses(const struct yf_env *env)
{
	size_t count;
	const struct yf_city_party *parties =
		yf_city_parties(env->city, &count);
	const yf_str url = env->settings.url;

	fprintf(stderr,
		"\nThe demo city is open.\n\n"
		"  start here               %.*s/\n"
		"  enrol yourself           %.*s/desk/enrol\n"
		"  the wallet               %.*s/wallet/\n"
		"  no camera? a virtual one %.*s/demo/camera\n",
		YF_ARG(url), YF_ARG(url), YF_ARG(url), YF_ARG(url));
	for (size_t i = 0; i < count; i++)
		fprintf(stderr, "  %-24s %.*s/check/#key=%.*s&policy=%s\n",
			parties[i].policy, YF_ARG(url),
			YF_ARG(parties[i].api_key), parties[i].policy);
	fprintf(stderr,
		"\nA face match here is evidence for the demo only. Stop with"
		" Ctrl-C.\n\n");
}

static int run_tour(const struct demo *demo, const struct yf_env *env)
{
	size_t count;
	const struct yf_city_party *parties =
		yf_city_parties(env->city, &count);
	struct yf_tour_ask ask = {
		.url = env->settings.url,
		.json = demo->json,
		.colour =
			isatty(demo->json ? STDERR_FILENO : STDOUT_FILENO) != 0,
		.out = stdout,
		.err = stderr,
	};

	for (size_t i = 0; i < count && i < YF_TOUR_PARTIES_MAX; i++)
		ask.parties[ask.party_count++] =
			(struct yf_tour_party){ yf_str_of(parties[i].name),
						yf_str_of(parties[i].policy),
						parties[i].api_key };
	return yf_tour(&ask);
}

/* Pictures are analysed by the face workers, so this runs once they are up. */
static yf_err ready(void *ctx, const struct yf_env *env, uint16_t port,
		    uint16_t operator_port, bool *stop)
{
	struct demo *demo = ctx;

	(void)port;
	if (demo->tour) {
		demo->exit_code = run_tour(demo, env);
		*stop = true;
		return YF_OK;
	}
	print_addresses(env);
	return demo->json ? print_json(demo, env, operator_port) : YF_OK;
}

static yf_err run(struct demo *demo)
{
	YF_AUTO(arena) arena = yf_arena_new(4u << 20);
	YF_AUTO(city) city = NULL;
	yf_str pictures;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(open_home(arena, demo));
	demo->home->problem = YF_STR("the demo's pictures (demo/) beside the"
				     " program");
	YF_TRY(yf_share_find(arena, "demo", &pictures));
	YF_TRY(yf_city_open(&demo->home->env, demo->folder, pictures.ptr,
			    &city));
	demo->home->problem = (yf_str){ NULL, 0 };
	demo->home->env.city = city;
	const struct yf_serve_ask ask = { .home = demo->home,
					  .more = yf_city_routes(),
					  .csp = demo_csp,
					  .ready = ready,
					  .ctx = demo };
	return yf_serve(&ask);
}

int yf_cli_demo(int argc, char **argv)
{
	struct demo demo = { .folder = "yufu-demo" };
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "listen", .value = &demo.listen },
		{ .name = "data", .value = &demo.folder },
		{ .name = "tour", .flag = &demo.tour },
		{ .name = "json", .flag = &demo.json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc, argv, options, usage, 0, 0, &words))
		return YF_EXIT_FAILED;
	yf_err err = run(&demo);
	if (yf_failed(err))
		demo.exit_code = yf_cli_fail("demo", err,
					     demo.home ? demo.home->problem
						       : (yf_str){ NULL, 0 });
	yf_home_close(demo.home);
	return demo.exit_code;
}
