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
	size_t index; /* of it in the DCQL query */
	const struct yf_held *held;
	const struct yf_claim_path *paths; /* that will be disclosed */
	size_t path_count;
	/* What the verifier will see of them; of an mdoc by name space. */
	const struct yf_json *claims;
};

enum { YF_CHOICES_MAX = 32 };

struct yf_choices {
	struct yf_choice at[YF_CHOICES_MAX];
	size_t count;
};

/*
 * From a link (holder/link.h), by GET or POST (OpenID4VP 1.0 section 5.10);
 * a request_uri that leads elsewhere is not followed.  The codes of
 * yf_link_parse(), the trust list, the wire and yf_request_verify();
 * MEDIA_TYPE, UNSUPPORTED for an offer.
 *
 * refusal  whom to tell what, on an error: yf_holder_refuse()
 */
YF_CHECKED yf_err yf_holder_read(struct yf_holder *holder,
				 struct yf_arena *arena, yf_str link,
				 struct yf_vp_refusal *refusal,
				 struct yf_request *out);

/*
 * What would answer it: of each credential asked a copy that is valid now and
 * was not shown to anybody before (see yf_holder_options.reuse), of `multiple`
 * ones a copy of each card that fits; of credential sets the first option that
 * we have.  Sets that are not required get nothing, unless there are no
 * others.
 *
 * only       a copy or card that must be used; empty for any
 *
 * NOT_ASKED  we hold nothing that satisfies the query
 * EXPIRED    what would fit has expired
 * REPLAYED   all copies of what would fit were shown before
 */
YF_CHECKED yf_err yf_holder_choose(struct yf_holder *holder,
				   struct yf_arena *arena,
				   const struct yf_request *request,
				   yf_str only, struct yf_choices *out);

/*
 * The form to post: in mode direct_post.jwt response=JWE over
 * {"vp_token":{id:[presentation]},"state"}, else both in the clear.  It marks
 * the copies as shown before it gives anything out.
 *
 * NOT_ASKED  no SD-JWT that was chosen can sign a transaction of the request
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

/*
 * Tells a verifier why its request was refused, when it may be told.  What it
 * says to that is of no account.
 */
void yf_holder_refuse(struct yf_holder *holder, struct yf_arena *arena,
		      const struct yf_vp_refusal *refusal);
