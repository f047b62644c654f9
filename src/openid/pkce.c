#include "openid/pkce.h"

#include "base/random.h"
#include "base/secret.h"
#include "codec/base64url.h"
#include "crypto/hash.h"

void yf_pkce_verifier_new(char out[static YF_PKCE_VERIFIER_LEN])
{
	uint8_t random[32];

	yf_random_fill(random, sizeof(random));
	yf_base64url_write((yf_bytes){ random, sizeof(random) }, out);
	yf_wipe(random, sizeof(random));
}

void yf_pkce_challenge(yf_str verifier, char out[static YF_PKCE_CHALLENGE_LEN])
{
	yf_sha256_text(verifier, out);
}

yf_err yf_pkce_challenge_check(yf_str challenge)
{
	uint8_t digest[YF_SHA256_LEN];

	return yf_base64url_decode_into(challenge, digest, sizeof(digest));
}

/* RFC 7636 4.1: ALPHA / DIGIT / "-" / "." / "_" / "~" */
static bool is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

yf_err yf_pkce_check(yf_str verifier, yf_str challenge)
{
	char expected[YF_PKCE_CHALLENGE_LEN];

	if (verifier.len < 43 || verifier.len > 128)
		return YF_FAIL(SYNTAX);
	for (size_t i = 0; i < verifier.len; i++)
		if (!is_unreserved(verifier.ptr[i]))
			return YF_FAIL(SYNTAX);
	yf_pkce_challenge(verifier, expected);
	return yf_bytes_eq_secret(yf_bytes_of(challenge),
				  (yf_bytes){ (const uint8_t *)expected,
					      sizeof(expected) })
		       ? YF_OK
		       : YF_FAIL(INVALID_GRANT);
}
