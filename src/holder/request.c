#include "holder/request.h"

#include "codec/url.h"

static yf_err check_address(yf_str text)
{
	struct yf_url url;

	YF_TRY(yf_url_parse(text, &url));
	if (!yf_str_eq_nocase(url.scheme, YF_STR("https")) &&
	    !yf_url_is_loopback(&url))
		return YF_FAIL(UNSUPPORTED);
	return YF_OK;
}

yf_err yf_request_verify(struct yf_arena *arena, yf_str jws,
			 const struct yf_request_from *from,
			 struct yf_request *out)
{
	const struct yf_request_rule object_rule = {
		.parties = from->registrars,
		.eku = YF_EKU_READER,
		.client_id = from->client_id,
		.now_s = from->now_s,
		.skew_s = from->skew_s,
	};
	const struct yf_registration_rule registration_rule = {
		.registrars = from->registrars,
		.client_id = from->client_id,
		.now_s = from->now_s,
		.skew_s = from->skew_s,
	};
	struct yf_request got = { 0 };

	YF_TRY(yf_request_object_check(arena, jws, &object_rule, &got.object));
	YF_TRY(check_address(got.object.response_uri));
	YF_TRY(yf_dcql_parse(arena, got.object.query, &got.query));
	if (!got.object.registration.len)
		return YF_FAIL(MISSING);
	YF_TRY(yf_registration_check(arena, got.object.registration,
				     &registration_rule, &got.registration));
	YF_TRY(yf_dcql_within(&got.query, got.registration.grants,
			      got.registration.grant_count));
	*out = got;
	return YF_OK;
}
