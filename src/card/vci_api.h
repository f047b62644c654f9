#pragma once

#include "http/exchange.h"

/* OpenID4VCI 1.0 sections 7, 8, 9, 4.1.3, 11, and the status list. */
yf_handle yf_nonce_post;
yf_handle yf_credential_post;
yf_handle yf_deferred_post;
yf_handle yf_offer_get;
yf_handle yf_notification_post;
yf_handle yf_status_get;
