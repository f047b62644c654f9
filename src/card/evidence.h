#pragma once

#include "card/level.h"
#include "env/env.h"
#include "register/register.h"

/*
 * What supports a level, and the consents that face matches rest on.
 */

struct yf_consent {
	yf_str controller;
	const char *purpose;
	const char *method;
	const char *retention;
	int64_t notice_version;
	yf_str locale;
	yf_str text_sha256; /* base64url */
};

struct yf_evidence_ask {
	yf_evidence_kind kind;
	yf_str engine;     /* engine id and version, or who vetted */
	yf_str detail;     /* what was done; no score, no frame */
	yf_str consent_id; /* of a face match; empty otherwise */
	bool demo;         /* a face match that no certificate carries */
	int64_t made_s;
	int64_t expires_s;
};

/*
 * Both inside the transaction of the act.  NOT_FOUND of an evidence: the
 * person was erased while they proved who they are.
 */
YF_CHECKED yf_err yf_consent_put(struct yf_tx *tx,
				 const struct yf_person_ref *person, yf_str id,
				 const struct yf_consent *consent,
				 int64_t now_s);
YF_CHECKED yf_err yf_evidence_put(struct yf_tx *tx,
				  const struct yf_person_ref *person,
				  const struct yf_evidence_ask *ask);

/* What the stored evidence carries now, in this deployment.  STORE */
YF_CHECKED yf_err yf_evidence_level(const struct yf_env *env,
				    const struct yf_person_ref *person,
				    struct yf_carried *out);

/* "none", "basic", "upgraded": the claim assurance_level. */
const char *yf_level_name(yf_level level);
