#pragma once

#include "check/request.h"

/* The rows of table presentation; only request.c and sweep.c use this. */

const char *yf_request_state_name(yf_request_state state);
YF_CHECKED yf_err yf_request_state_parse(yf_str name, yf_request_state *out);
int64_t yf_request_shard(yf_str id);

/* TOO_LARGE when the query is over YF_REQUEST_DCQL_MAX. */
YF_CHECKED yf_err yf_request_insert(const struct yf_env *env,
				    struct yf_arena *arena,
				    const struct yf_request *request);

/* From waiting to fetched; `changed` is false when it was not waiting. */
YF_CHECKED yf_err yf_request_mark_fetched(const struct yf_env *env,
					  const struct yf_request *request,
					  bool *changed);

/* From open to answered, with its result.  REPLAYED when it is not open. */
YF_CHECKED yf_err yf_request_close(const struct yf_env *env,
				   const struct yf_request *answered,
				   int64_t now_s);
