#pragma once

#include "holder/grant.h"

/*
 * The login step in a browser of this machine (RFC 8252): the address is
 * printed, and the browser comes back to a listener on 127.0.0.1 that lives
 * for this one login.
 */
struct yf_wallet_login;

/*
 * Listens on a free port.  `open` also starts the desktop's browser.
 * The codes of yf_listen_start()
 */
YF_CHECKED yf_err yf_wallet_login_start(bool open,
					struct yf_wallet_login **out);
void yf_wallet_login_stop(struct yf_wallet_login *login);
void yf_wallet_login_cleanup(struct yf_wallet_login **login);

/* http://127.0.0.1:PORT/callback; a view. */
yf_str yf_wallet_login_redirect(const struct yf_wallet_login *login);

/* As yf_grant_ask wants it; TIMEOUT after ten minutes. */
struct yf_login yf_wallet_login_of(struct yf_wallet_login *login);
