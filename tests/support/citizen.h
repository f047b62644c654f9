#pragma once

#include "card/evidence.h"
#include "card/grant.h"
#include "env.h"

/*
 * A citizen for tests of the card: an invented person in the register, their
 * evidence, and what their wallet sends.  Whatever fails in here fails the
 * test.
 */
#define CITIZEN_WALLET "https://city.example/wallet/"

/* Adds a person of that number, with a portrait, a residence permit and a
 * driving licence. */
struct yf_person_ref citizen_new(struct yf_test_env *test, const char *number);

/* Evidence from `made_s` on for as long as the settings say. */
void citizen_prove(struct yf_test_env *test, const struct yf_person_ref *person,
		   yf_evidence_kind kind, int64_t made_s);

/* A DPoP proof as the gate delivers it, with a `jti` of its own. */
struct yf_dpop citizen_dpop(struct yf_test_env *test, const char *jkt);

/* A code for `grant`, stored. */
yf_str citizen_code(struct yf_test_env *test, const struct yf_grant *grant);

/* An access token for the card, bound to `jkt`. */
yf_str citizen_token(struct yf_test_env *test,
		     const struct yf_person_ref *person, const char *jkt);

/* The same for a card of another type. */
yf_str citizen_token_of(struct yf_test_env *test,
			const struct yf_person_ref *person, const char *type,
			const char *jkt);

/* `fn` on `count` threads at once, each with its number. */
void citizen_race(size_t count, void (*fn)(void *ctx, size_t number),
		  void *ctx);
