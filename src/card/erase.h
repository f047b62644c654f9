#pragma once

#include "register/register.h"

/*
 * Erasing a person: the cards are revoked, then the person's key, fields and
 * portrait, evidence, consents, tickets, codes and tokens go in one
 * transaction with the act.  What stays names nobody: that an attempt took
 * place, that a card was issued and is revoked, and the acts, which carry an
 * id that leads to no row any more.
 *
 * Called again after an interruption it goes on where it stopped.
 *
 * NOT_FOUND  no such person
 * CONFLICT   a card was issued meanwhile, again and again
 * STORE, BUSY, MEMORY
 */
YF_CHECKED yf_err yf_card_erase(const struct yf_env *env,
				const struct yf_person_ref *person,
				yf_str actor);
