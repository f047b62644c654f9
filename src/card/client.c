#include "card/client.h"

#include "codec/url.h"

static bool is_same_but_port(yf_str registered, yf_str given)
{
	struct yf_url a;
	struct yf_url b;

	if (yf_failed(yf_url_parse(registered, &a)) ||
	    yf_failed(yf_url_parse(given, &b)) || !yf_url_is_loopback(&a))
		return false;
	return yf_str_eq(a.scheme, b.scheme) && yf_str_eq(a.host, b.host) &&
	       yf_str_eq(a.path, b.path) && yf_str_eq(a.query, b.query);
}

static yf_err check_redirect(yf_str registered, yf_str given)
{
	return yf_str_eq(registered, given) ||
			       is_same_but_port(registered, given)
		       ? YF_OK
		       : YF_FAIL(INVALID_REQUEST);
}

yf_err yf_client_check(const struct yf_settings *settings,
		       struct yf_arena *arena, yf_str client_id,
		       yf_str redirect_uri)
{
	yf_str own;

	YF_TRY(yf_str_format(arena, &own, "%.*s/wallet/",
			     YF_ARG(settings->url)));
	if (yf_str_eq(client_id, own))
		return check_redirect(own, redirect_uri);
	for (size_t i = 0; i < settings->client_count; i++)
		if (yf_str_eq(settings->clients[i].id, client_id))
			return check_redirect(settings->clients[i].redirect_uri,
					      redirect_uri);
	return YF_FAIL(INVALID_CLIENT);
}
