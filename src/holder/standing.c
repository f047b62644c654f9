#include "holder/standing.h"

enum { LIST_LEN_MAX = 4 * 1024 * 1024 };

static yf_err fetch(struct yf_holder *holder, struct yf_arena *arena,
		    yf_str uri, struct yf_status_token *out)
{
	const struct yf_fetch_header accept = {
		YF_STR("Accept"), YF_STR("application/statuslist+jwt, "
					 "application/statuslist+cwt")
	};
	const struct yf_fetch_ask ask = {
		.url = uri,
		.headers = &accept,
		.header_count = 1,
	};
	const struct yf_trust_list *trust;
	struct yf_fetched reply;

	YF_TRY(yf_holder_trust(holder, arena, &trust));
	const struct yf_status_rule rule = {
		.trust = yf_trust_list_issuers(trust),
		.uri = uri,
		.now_s = yf_holder_now_s(holder),
		.skew_s = YF_HOLDER_SKEW_S,
		.len_max = LIST_LEN_MAX,
	};
	YF_TRY(yf_wire_send(&holder->options.wire, arena, &ask, &reply));
	if (reply.status != 200)
		return yf_wire_refusal(arena, &reply);
	if (yf_wire_is_type(&reply, "application/statuslist+cwt"))
		return yf_status_cwt_verify(arena, yf_bytes_of(reply.body),
					    &rule, out);
	return yf_status_token_verify(arena, yf_str_trim(reply.body), &rule,
				      out);
}

static yf_err fill(struct yf_holder *holder, struct yf_arena *arena, yf_str uri,
		   struct yf_standing_list *cache)
{
	struct yf_status_token token;
	const yf_err err = fetch(holder, arena, uri, &token);

	if (err.code == YF_CODE_MEMORY)
		return err;
	cache->uri = uri;
	cache->usable = !yf_failed(err);
	if (cache->usable)
		cache->list = token.list;
	return YF_OK;
}

yf_err yf_holder_standing(struct yf_holder *holder, struct yf_arena *arena,
			  const struct yf_status_ref *ref,
			  struct yf_standing_list *cache, yf_standing *out)
{
	uint8_t value;

	*out = YF_STANDING_NONE;
	if (!ref->uri.len)
		return YF_OK;
	if (!yf_str_eq(cache->uri, ref->uri))
		YF_TRY(fill(holder, arena, ref->uri, cache));
	*out = YF_STANDING_UNKNOWN;
	/* Section 8.3: an index outside of the list "MUST" be refused. */
	if (!cache->usable ||
	    yf_failed(yf_status_list_get(&cache->list, ref->index, &value)))
		return YF_OK;
	if (value == YF_STATUS_VALID)
		*out = YF_STANDING_VALID;
	else if (value == YF_STATUS_INVALID)
		*out = YF_STANDING_REVOKED;
	else if (value == YF_STATUS_SUSPENDED)
		*out = YF_STANDING_SUSPENDED;
	return YF_OK;
}

const char *yf_standing_name(yf_standing standing)
{
	static const char *const names[] = {
		[YF_STANDING_NONE] = "none",
		[YF_STANDING_VALID] = "valid",
		[YF_STANDING_SUSPENDED] = "suspended",
		[YF_STANDING_REVOKED] = "revoked",
		[YF_STANDING_UNKNOWN] = "unknown",
	};
	return names[standing];
}
