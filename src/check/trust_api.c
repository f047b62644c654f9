#include "check/check.h"

#include "check/bundle.h"
#include "check/trust_list.h"

/* GET /trust and /bundle: public, cacheable, the same for everybody. */

static yf_err trust(const struct yf_env *env, struct yf_exchange *x,
		    struct yf_reply *reply)
{
	struct yf_kept kept;

	YF_TRY(yf_trust_list_get(env, x->arena, &kept));
	return yf_kept_reply(env, x, reply, "application/jwt", &kept);
}

static yf_err bundle(const struct yf_env *env, struct yf_exchange *x,
		     struct yf_reply *reply)
{
	struct yf_kept kept;

	YF_TRY(yf_city_bundle(env, x->arena, &kept));
	return yf_kept_reply(env, x, reply, "application/yufu-bundle+cwt",
			     &kept);
}

static const struct yf_route routes[] = {
	{ YF_GET, "/trust", trust, 0, NULL, YF_ROUTE_CORS },
	{ YF_GET, "/bundle", bundle, 0, NULL, YF_ROUTE_CORS },
};

struct yf_routes yf_trust_routes(void)
{
	return YF_ROUTES(routes);
}
