#include "check/check.h"

#include "check/trust_list.h"
#include "http/reply.h"

/* GET /trust: public, cacheable, the same for everybody. */

static yf_err trust(const struct yf_env *env, struct yf_exchange *x,
		    struct yf_reply *reply)
{
	yf_str jwt = { 0 };

	YF_TRY(yf_trust_list_make(env, x->arena, &jwt));
	yf_reply_text(reply, 200, "application/jwt", jwt);
	reply->cache_control = YF_STR("public, max-age=3600");
	return YF_OK;
}

static const struct yf_route routes[] = {
	{ YF_GET, "/trust", trust, 0, NULL, YF_ROUTE_CORS },
};

struct yf_routes yf_trust_routes(void)
{
	return YF_ROUTES(routes);
}
