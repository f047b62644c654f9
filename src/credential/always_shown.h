#pragma once

#include "base/str.h"

/*
 * SD-JWT VC (draft 19) section 2.2.2.2: iss, nbf, exp, cnf, vct,
 * vct#integrity, aka_vcts and status must not be selectively disclosed.
 * Private to credential/.
 */
bool yf_is_always_shown(yf_str name);
