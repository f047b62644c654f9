#include "card/metadata_api.h"

#include "card/documents.h"
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

/* RFC 9110 13.1.2: compared weakly. */
static bool has_it(const struct yf_exchange *x, yf_str etag)
{
	yf_str rest = yf_exchange_header(x, "If-None-Match");
	yf_str piece;

	while (yf_str_next(&rest, ',', &piece)) {
		piece = yf_str_trim(piece);
		if (yf_str_starts(piece, YF_STR("W/")))
			piece = yf_str_skip(piece, 2);
		if (yf_str_eq(piece, etag) || yf_str_is(piece, "*"))
			return true;
	}
	return false;
}

static yf_err serve(const struct yf_exchange *x, struct yf_reply *reply,
		    const char *type, const struct yf_card_document *document)
{
	YF_TRY(yf_reply_header(x, reply, "ETag", document->etag));
	reply->cache_control = YF_STR("public, max-age=300");
	if (has_it(x, document->etag))
		reply->status = 304;
	else
		yf_reply_text(reply, 200, type, document->json);
	return YF_OK;
}

/* RFC 9110 12.4.2: "q=0.3" in thousandths; 1000 when there is none. */
static int weight_of(yf_str params)
{
	yf_str piece;
	int weight = 1000;

	while (yf_str_next(&params, ';', &piece)) {
		piece = yf_str_trim(piece);
		if (piece.len < 3 || (piece.ptr[0] | 32) != 'q' ||
		    piece.ptr[1] != '=')
			continue;
		weight = piece.ptr[2] == '1' ? 1000 : 0;
		for (size_t i = 4, unit = 100; i < piece.len && unit;
		     i++, unit /= 10)
			if (piece.ptr[i] >= '0' && piece.ptr[i] <= '9')
				weight += (piece.ptr[i] - '0') * (int)unit;
	}
	return weight;
}

/* The weight of that media type in Accept; 0 when it is not named. */
static int wanted(const struct yf_exchange *x, const char *type)
{
	yf_str rest = yf_exchange_header(x, "Accept");
	yf_str piece;
	yf_str name;

	while (yf_str_next(&rest, ',', &piece)) {
		if (!yf_str_cut(&piece, ';', &name)) {
			name = piece;
			piece = YF_STR("");
		}
		if (yf_str_eq_nocase(yf_str_trim(name), yf_str_of(type)))
			return weight_of(piece);
	}
	return 0;
}

yf_err yf_issuer_metadata_get(const struct yf_env *env, struct yf_exchange *x,
			      struct yf_reply *reply)
{
	YF_TRY(check_path(env, x));
	YF_TRY(yf_reply_header(x, reply, "Vary", YF_STR("Accept")));
	/* Plain JSON is what everybody takes: signed for who prefers it. */
	return wanted(x, JWT) > wanted(x, JSON)
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
