#include "check/dc_api.h"

static yf_err put_signed(const struct yf_env *env, struct yf_arena *arena,
			 const struct yf_party *party,
			 const struct yf_request_object *object,
			 struct yf_json_out *json)
{
	yf_str jwt = { 0 };

	YF_TRY(yf_request_sign(env, arena, party, object, &jwt));
	yf_json_out_object(json, NULL);
	yf_json_out_text(json, "protocol", YF_DC_API_SIGNED);
	yf_json_out_object(json, "data");
	yf_json_out_str(json, "request", jwt);
	yf_json_out_close(json);
	yf_json_out_close(json);
	return YF_OK;
}

static yf_err put_unsigned(struct yf_arena *arena,
			   const struct yf_request_object *object,
			   struct yf_json_out *json)
{
	yf_str plain = { 0 };

	YF_TRY(yf_request_object_plain(arena, object, &plain));
	yf_json_out_object(json, NULL);
	yf_json_out_text(json, "protocol", YF_DC_API_UNSIGNED);
	yf_json_out_raw(json, "data", plain);
	yf_json_out_close(json);
	return YF_OK;
}

yf_err yf_dc_api_requests(const struct yf_env *env, struct yf_arena *arena,
			  const struct yf_party *party,
			  const struct yf_request *request, yf_str *json)
{
	const yf_response_mode mode =
		request->how.plain ? YF_MODE_DC_API : YF_MODE_DC_API_JWT;
	struct yf_json_out out = yf_json_out_new(arena, 16384);
	struct yf_request_object object = { 0 };

	YF_TRY(yf_request_fill(env, arena, request, party, mode, &object));
	yf_json_out_object(&out, NULL);
	yf_json_out_array(&out, "requests");
	YF_TRY(put_signed(env, arena, party, &object, &out));
	YF_TRY(put_unsigned(arena, &object, &out));
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	return yf_json_out_end(&out, json);
}

yf_err yf_dc_api_answer(struct yf_arena *arena, yf_str json,
			struct yf_answer *out)
{
	struct yf_answer answer = { 0 };
	yf_str protocol = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR("protocol", &protocol),
		YF_JSON_STR_OPT("data.response", &answer.response),
		YF_JSON_ANY_OPT("data.vp_token", &answer.vp_token),
		YF_JSON_STR_OPT("data.error", &answer.error),
		YF_JSON_END,
	};

	YF_TRY(yf_json_decode(arena, json, fields));
	if (!yf_str_is(protocol, YF_DC_API_SIGNED) &&
	    !yf_str_is(protocol, YF_DC_API_UNSIGNED))
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(yf_answer_check(&answer));
	*out = answer;
	return YF_OK;
}
