#pragma once

#include "http/exchange.h"

/* The calls of the proofing page, doc/api.md: all under /oauth/proof/. */
#define YF_PROOF_COOKIE "yufu_proof"

yf_handle yf_proof_state_get;
yf_handle yf_proof_identify_post;
yf_handle yf_proof_consent_post;
yf_handle yf_proof_attempt_post;
yf_handle yf_proof_frame_post;
yf_handle yf_proof_trouble_post;
yf_handle yf_proof_cancel_post;
