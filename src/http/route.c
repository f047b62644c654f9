#include "http/route.h"

#include "base/buf.h"

static bool is_param(yf_str piece)
{
	return piece.len > 2 && piece.ptr[0] == '{' &&
	       piece.ptr[piece.len - 1] == '}';
}

/* The text of a parameter; one that could be read as two is no parameter. */
static yf_err take_param(struct yf_arena *arena, yf_str piece, yf_str raw,
			 bool rest, struct yf_route_match *match, bool *fits)
{
	struct yf_param *param = &match->params[match->param_count];

	*fits = false;
	if (!raw.len || match->param_count == YF_PARAMS_MAX)
		return YF_OK;
	const yf_err err = yf_url_unescape(arena, raw, false, &param->value);
	if (err.code == YF_CODE_SYNTAX)
		return YF_OK;
	YF_TRY(err);
	if (memchr(param->value.ptr, '\0', param->value.len) ||
	    (yf_str_count(param->value, '/') != yf_str_count(raw, '/')) ||
	    (!rest && yf_str_count(raw, '/')))
		return YF_OK;
	param->name = (yf_str){ piece.ptr + 1, piece.len - (rest ? 5 : 2) };
	match->param_count++;
	*fits = true;
	return YF_OK;
}

static yf_err fits_pattern(struct yf_arena *arena, yf_str pattern, yf_str path,
			   struct yf_route_match *match, bool *fits)
{
	yf_str piece, segment;

	match->param_count = 0;
	*fits = false;
	while (yf_str_next(&pattern, '/', &piece)) {
		if (is_param(piece) && yf_str_ends(piece, YF_STR("...}")))
			return path.ptr ? take_param(arena, piece, path, true,
						     match, fits)
					: YF_OK;
		if (!yf_str_next(&path, '/', &segment))
			return YF_OK;
		if (!is_param(piece)) {
			if (!yf_str_eq(piece, segment))
				return YF_OK;
			continue;
		}
		YF_TRY(take_param(arena, piece, segment, false, match, fits));
		if (!*fits)
			return YF_OK;
		*fits = false;
	}
	*fits = path.ptr == NULL;
	return YF_OK;
}

static yf_err look_at(struct yf_arena *arena, const struct yf_route *route,
		      yf_method method, yf_str path, struct yf_route_match *out)
{
	struct yf_route_match here = *out;
	bool fits;

	YF_TRY(fits_pattern(arena, yf_str_of(route->pattern), path, &here,
			    &fits));
	if (!fits)
		return YF_OK;
	out->allowed |= route->method;
	out->flags |= route->flags;
	if (out->outcome == YF_ROUTE_UNKNOWN)
		out->outcome = YF_ROUTE_METHOD;
	if (route->method != method || out->outcome == YF_ROUTE_FOUND)
		return YF_OK;
	memcpy(out->params, here.params, sizeof(out->params));
	out->param_count = here.param_count;
	out->route = route;
	out->outcome = YF_ROUTE_FOUND;
	return YF_OK;
}

yf_err yf_route_find(struct yf_arena *arena, const struct yf_routes *tables,
		     size_t table_count, yf_method method, yf_str path,
		     struct yf_route_match *out)
{
	struct yf_route_match match = { .outcome = YF_ROUTE_UNKNOWN };
	const yf_method wanted = method == YF_HEAD ? YF_GET : method;

	for (size_t i = 0; i < table_count; i++)
		for (size_t j = 0; j < tables[i].count; j++)
			YF_TRY(look_at(arena, &tables[i].at[j], wanted, path,
				       &match));
	if (match.outcome != YF_ROUTE_UNKNOWN)
		match.allowed |= YF_OPTIONS;
	if (match.allowed & YF_GET)
		match.allowed |= YF_HEAD;
	if (match.outcome == YF_ROUTE_FOUND)
		match.flags = match.route->flags;
	*out = match;
	return YF_OK;
}

yf_err yf_route_allow(struct yf_arena *arena, unsigned allowed, yf_str *out)
{
	static const yf_method all[] = { YF_GET, YF_HEAD,   YF_POST,
					 YF_PUT, YF_DELETE, YF_OPTIONS };
	struct yf_buf buf = yf_buf_new(arena, 48);

	for (size_t i = 0; i < YF_COUNT(all); i++)
		if (allowed & all[i])
			yf_buf_format(&buf, "%s%s", buf.len ? ", " : "",
				      yf_method_name(all[i]));
	return yf_buf_str(&buf, out);
}
