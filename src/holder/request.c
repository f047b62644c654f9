#include "holder/request.h"

/*
 * The first registration certificate that holds; other formats are passed
 * over.  The error is that of the first that does not.
 */
static yf_err find_registration(struct yf_arena *arena,
				const struct yf_json *infos,
				const struct yf_registration_rule *rule,
				struct yf_registration *out)
{
	yf_err first = YF_FAIL(MISSING);
	bool tried = false;

	for (size_t i = 0; infos && i < infos->count; i++) {
		if (!yf_str_is(yf_json_text(&infos->items[i], "format"), "jwt"))
			continue;
		const yf_err err = yf_registration_check(
			arena, yf_json_text(&infos->items[i], "data"), rule,
			out);
		if (!yf_failed(err))
			return YF_OK;
		if (!tried)
			first = err;
		tried = true;
	}
	return first;
}

static yf_err check_registration(struct yf_arena *arena,
				 const struct yf_request_from *from,
				 struct yf_request *request)
{
	const struct yf_registration_rule rule = {
		.registrars = from->registrars,
		.client_id = from->client_id,
		.now_s = from->now_s,
		.skew_s = from->skew_s,
	};
	yf_err err = find_registration(arena, request->object.verifier_info,
				       &rule, &request->registration);

	if (yf_failed(err))
		return from->unregistered_too && err.code != YF_CODE_MEMORY
			       ? YF_OK
			       : err;
	request->registered = true;
	err = yf_dcql_within(&request->query, request->registration.grants,
			     request->registration.grant_count);
	request->over_asked = err.code == YF_CODE_OVER_ASKED;
	return request->over_asked && from->over_asking_too ? YF_OK : err;
}

static yf_err read_query(struct yf_arena *arena, struct yf_request *request,
			 const char **error)
{
	yf_err err =
		yf_dcql_parse(arena, request->object.query, &request->query);

	if (err.code == YF_CODE_UNSUPPORTED)
		*error = "vp_formats_not_supported";
	YF_TRY(err);
	err = yf_vp_request_formats(&request->object, &request->query);
	if (yf_failed(err))
		*error = "vp_formats_not_supported";
	YF_TRY(err);
	err = yf_transactions_parse(arena, request->object.transaction_data,
				    &request->query, &request->transactions);
	if (yf_failed(err))
		*error = "invalid_transaction_data";
	return err;
}

yf_err yf_request_verify(struct yf_arena *arena, yf_str jws,
			 const struct yf_request_from *from,
			 struct yf_vp_refusal *refusal, struct yf_request *out)
{
	const struct yf_vp_request_rule rule = {
		.parties = from->registrars,
		.eku = YF_EKU_READER,
		.client_id = from->client_id,
		.wallet_nonce = from->wallet_nonce,
		.now_s = from->now_s,
		.skew_s = from->skew_s,
	};
	struct yf_request got = { 0 };
	const char *error = NULL;
	yf_err err;

	YF_TRY(yf_vp_request_read(arena, jws, &rule, refusal, &got.object));
	err = read_query(arena, &got, &error);
	if (!yf_failed(err)) {
		error = "access_denied";
		err = check_registration(arena, from, &got);
	}
	if (yf_failed(err)) {
		refusal->error = error ? error : yf_vp_error_name(err);
		return err;
	}
	*out = got;
	return YF_OK;
}
