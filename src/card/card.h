#pragma once

#include "http/route.h"

/*
 * The card wing as others see it: its addresses.  Other wings take levels
 * from card/evidence.h and statuses from card/status.h.
 */
struct yf_routes yf_card_routes(void);
