#pragma once

#include "http/exchange.h"

/* OpenID4VCI 1.0 sections 7, 8, 9, 4.1.3 and 11. */
yf_handle yf_nonce_post;
yf_handle yf_credential_post;
yf_handle yf_deferred_post;
yf_handle yf_offer_get;
yf_handle yf_notification_post;
