#pragma once

#include "holder/holder.h"
#include "holder/request.h"

/*
 * Answering a verifier, OpenID4VP 1.0: read the request and prove who asks,
 * choose what fits, and, when the person agrees, bind it to this verifier and
 * this request, encrypt it and post it.
 */

/* One presentation of an answer. */
struct yf_choice {
	const struct yf_dcql_credential *query;
	const struct yf_held *held;
	const struct yf_claim_path *paths; /* that will be disclosed */
	size_t path_count;
	const struct yf_json *claims; /* what the verifier will see of them */
};

struct yf_choices {
	struct yf_choice at[YF_DCQL_CREDENTIALS_MAX];
	size_t count;
};

/*
 * From a link (holder/link.h).  The codes of yf_link_parse(), the trust list,
 * the wire and yf_request_verify(); MEDIA_TYPE, UNSUPPORTED for an offer.
 */
YF_CHECKED yf_err yf_holder_read(struct yf_holder *holder,
				 struct yf_arena *arena, yf_str link,
				 struct yf_request *out);

/*
 * What would answer it: of each type asked a copy that is valid now and, when
 * there is one, was not shown to anybody before; of credential sets the first
 * option that we have, and nothing for a set that is not required.
 *
 * NOT_ASKED  we hold nothing that satisfies the query
 */
YF_CHECKED yf_err yf_holder_choose(struct yf_holder *holder,
				   struct yf_arena *arena,
				   const struct yf_request *request,
				   struct yf_choices *out);

/*
 * The form to post: response=JWE over {"vp_token":{id:[presentation]}}.  It
 * marks the copies as shown before it gives anything out.
 */
YF_CHECKED yf_err yf_holder_answer(struct yf_holder *holder,
				   struct yf_arena *arena,
				   const struct yf_request *request,
				   const struct yf_choices *choices,
				   yf_str *form);

/* The form that says no: error=access_denied (section 8.5). */
YF_CHECKED yf_err yf_holder_decline(struct yf_arena *arena,
				    const struct yf_request *request,
				    yf_str *form);

/*
 * Posts either form.  `redirect_uri` is where to send the person next, ptr
 * NULL for nowhere.  The codes of yf_wire_send() and yf_wire_refusal().
 */
YF_CHECKED yf_err yf_holder_post(struct yf_holder *holder,
				 struct yf_arena *arena,
				 const struct yf_request *request, yf_str form,
				 yf_str *redirect_uri);
