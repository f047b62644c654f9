#pragma once

#include "card/type.h"

/*
 * The public documents that say what is issued here and how: made once at
 * start, then the same bytes for everybody until the process ends.
 */
struct yf_card_document {
	yf_str json;
	yf_str etag; /* with its quotes */
};

struct yf_card_documents {
	/* OpenID4VCI 1.0 section 12.2.4 */
	struct yf_card_document issuer;
	/* the same, signed: 12.2.3, `openidvci-issuer-metadata+jwt` */
	struct yf_card_document signed_issuer;
	struct yf_card_document server;   /* RFC 8414 */
	struct yf_card_document resource; /* RFC 9728 */
	struct yf_card_document keys;     /* SD-JWT VC, jwt-vc-issuer */
	/* SD-JWT VC type metadata, in the order of env->types */
	struct yf_card_document types[YF_TYPES_MAX];
};

/*
 * From settings, types and the issuer's signer of `env`; the arena outlives
 * what is made.  MEMORY, and what the signer says
 */
YF_CHECKED yf_err yf_card_documents_make(struct yf_arena *arena,
					 const struct yf_env *env,
					 struct yf_card_documents *out);
