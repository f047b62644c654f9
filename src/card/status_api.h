#pragma once

#include "http/exchange.h"

/* Token Status List sections 8 and 9: a list, and where all lists are. */
yf_handle yf_status_get;
yf_handle yf_status_lists_get;
