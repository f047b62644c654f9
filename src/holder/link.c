#include "holder/link.h"

#include "codec/url.h"

static const struct {
	const char *scheme;
	yf_link_kind kind;
} schemes[] = {
	{ "openid-credential-offer", YF_LINK_OFFER },
	{ "haip-vci", YF_LINK_OFFER },
	{ "openid4vp", YF_LINK_REQUEST },
	{ "haip-vp", YF_LINK_REQUEST },
};

static yf_err kind_of(yf_str scheme, yf_link_kind *out)
{
	for (size_t i = 0; i < YF_COUNT(schemes); i++)
		if (yf_str_eq_nocase(scheme, yf_str_of(schemes[i].scheme))) {
			*out = schemes[i].kind;
			return YF_OK;
		}
	return YF_FAIL(UNSUPPORTED);
}

static yf_err offer_of(const struct yf_form *query, struct yf_link *out)
{
	YF_TRY(yf_form_get(query, "credential_offer", &out->offer));
	YF_TRY(yf_form_get(query, "credential_offer_uri", &out->reference));
	if (out->offer.len && out->reference.len)
		return YF_FAIL(CONFLICT);
	if (!out->offer.len && !out->reference.len)
		return YF_FAIL(MISSING);
	return YF_OK;
}

static yf_err request_of(const struct yf_form *query, struct yf_link *out)
{
	yf_str by_value = { 0 };
	yf_str method = { 0 };

	YF_TRY(yf_form_get(query, "client_id", &out->client_id));
	YF_TRY(yf_form_get(query, "request_uri", &out->reference));
	YF_TRY(yf_form_get(query, "request", &by_value));
	YF_TRY(yf_form_get(query, "request_uri_method", &method));
	if (by_value.ptr)
		return YF_FAIL(UNSUPPORTED);
	if (!out->client_id.len || !out->reference.len)
		return YF_FAIL(MISSING);
	/* OpenID4VP 5.1: "get" and "post", "case-sensitive" */
	out->post = yf_str_is(method, "post");
	return !method.ptr || out->post || yf_str_is(method, "get")
		       ? YF_OK
		       : YF_FAIL(INVALID_REQUEST);
}

yf_err yf_link_parse(struct yf_arena *arena, yf_str text, struct yf_link *out)
{
	yf_str rest = yf_str_trim(text);
	yf_str scheme;
	yf_str before;
	struct yf_form query;
	struct yf_link link = { 0 };

	if (rest.len > YF_LINK_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	if (!yf_str_cut(&rest, ':', &scheme))
		return YF_FAIL(SYNTAX);
	YF_TRY(kind_of(scheme, &link.kind));
	if (!yf_str_starts(rest, YF_STR("//")) ||
	    !yf_str_cut(&rest, '?', &before))
		return YF_FAIL(SYNTAX);
	YF_TRY(yf_form_parse(arena, rest, &query));
	YF_TRY(link.kind == YF_LINK_OFFER ? offer_of(&query, &link)
					  : request_of(&query, &link));
	*out = link;
	return YF_OK;
}
