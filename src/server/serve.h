#pragma once

#include "http/route.h"
#include "server/home.h"

/*
 * Runs a deployment until SIGTERM or SIGINT: the public listener, the
 * operator's, the face workers, the sweeper.  Once a minute, and on SIGHUP at
 * once, it looks whether other keys sign or are announced, and goes on with
 * those; requests under way keep theirs.
 */
struct yf_serve_ask {
	struct yf_home *home;
	/* More addresses (the demo's), in front of the others. */
	struct yf_routes more;
	const char *csp; /* of pages; NULL for YF_CSP_PAGE */
	/*
	 * Called when both listeners answer; an error stops the server, and so
	 * does a return of YF_OK with *stop set (the tour).
	 */
	yf_err (*ready)(void *ctx, const struct yf_env *env, uint16_t port,
			uint16_t operator_port, bool *stop);
	void *ctx;
};

/*
 * The codes of yf_listen_start(), yf_files_load() and yf_face_pool_open();
 * home->problem says what for.
 */
YF_CHECKED yf_err yf_serve(const struct yf_serve_ask *ask);
