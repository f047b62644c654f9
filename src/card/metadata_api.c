#include "card/metadata_api.h"

#include "card/documents.h"
#include "http/negotiate.h"
#include "http/reply.h"

#define JSON "application/json"
#define JWT "application/jwt"

/*
 * https://h/p is described at /.well-known/NAME/p and nowhere else, https://h
 * at /.well-known/NAME.
 */
static yf_err check_path(const struct yf_env *env, const struct yf_exchange *x)
{
	const yf_str rest = yf_exchange_param(x, "rest");
	const yf_str wanted = env->settings.path;

	if (!wanted.len)
		return rest.len ? YF_FAIL(NOT_FOUND) : YF_OK;
	return rest.len && yf_str_eq(rest, yf_str_skip(wanted, 1))
		       ? YF_OK
		       : YF_FAIL(NOT_FOUND);
}

static yf_err serve(const struct yf_exchange *x, struct yf_reply *reply,
		    const char *type, const struct yf_card_document *document)
{
	YF_TRY(yf_reply_header(x, reply, "ETag", document->etag));
	reply->cache_control = YF_STR("public, max-age=300");
	if (yf_client_has(x, document->etag, (yf_str){ NULL, 0 }))
		reply->status = 304;
	else
		yf_reply_text(reply, 200, type, document->json);
	return YF_OK;
}

yf_err yf_issuer_metadata_get(const struct yf_env *env, struct yf_exchange *x,
			      struct yf_reply *reply)
{
	YF_TRY(check_path(env, x));
	YF_TRY(yf_reply_header(x, reply, "Vary", YF_STR("Accept")));
	/* Plain JSON is what everybody takes: signed for who prefers it. */
	return yf_weight_of(x, "Accept", JWT) > yf_weight_of(x, "Accept", JSON)
		       ? serve(x, reply, JWT, &env->documents->signed_issuer)
		       : serve(x, reply, JSON, &env->documents->issuer);
}

yf_err yf_server_metadata_get(const struct yf_env *env, struct yf_exchange *x,
			      struct yf_reply *reply)
{
	YF_TRY(check_path(env, x));
	return serve(x, reply, JSON, &env->documents->server);
}

yf_err yf_resource_metadata_get(const struct yf_env *env, struct yf_exchange *x,
				struct yf_reply *reply)
{
	YF_TRY(check_path(env, x));
	return serve(x, reply, JSON, &env->documents->resource);
}

yf_err yf_vc_issuer_metadata_get(const struct yf_env *env,
				 struct yf_exchange *x, struct yf_reply *reply)
{
	YF_TRY(check_path(env, x));
	return serve(x, reply, JSON, &env->documents->keys);
}

yf_err yf_type_metadata_get(const struct yf_env *env, struct yf_exchange *x,
			    struct yf_reply *reply)
{
	const struct yf_card_type *type =
		yf_card_type_find(env->types, yf_exchange_param(x, "name"));

	if (!type)
		return YF_FAIL(NOT_FOUND);
	return serve(x, reply, JSON,
		     &env->documents->types[type - env->types->at]);
}
