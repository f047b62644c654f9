#pragma once

#include "card/type.h"
#include "codec/json.h"

/*
 * A type as wallets read it.  Pure.
 */

/*
 * The member `credential_metadata` of a credential configuration, OpenID4VCI
 * 1.0 section 12.2.4: display and claims in five languages, with the colours
 * of a basic card.  Beside them `levels`, ours: which colours the card has by
 * the value of its claim assurance_level.
 */
void yf_type_put_metadata(struct yf_json_out *out,
			  const struct yf_card_type *type,
			  yf_card_format format);

/* SD-JWT VC type metadata (draft 19).  MEMORY */
YF_CHECKED yf_err yf_type_document(struct yf_arena *arena,
				   const struct yf_card_type *type,
				   yf_str *out);
