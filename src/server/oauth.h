#pragma once

#include "server/home.h"

/*
 * The parts of a deployment that decide who may get a card and how it travels:
 * [oauth] and [card] of yufu.ini, the roots of wallet providers, and the keys
 * that credential requests are encrypted to.
 */

/* Fills env->settings from what was read.  CONFIG: home->problem says what */
YF_CHECKED yf_err yf_oauth_read(struct yf_home *home);

/*
 * Opens roots and keys, which the home owns.  After the keys and the types.
 *
 * CONFIG  a file of roots that cannot be read; a type that wants attested
 *         keys, or a profile that wants attested wallets, without roots
 */
YF_CHECKED yf_err yf_oauth_open(struct yf_home *home, const char *folder);
void yf_oauth_close(struct yf_home *home);
