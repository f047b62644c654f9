#include "openid/dpop.h"

#include "base/random.h"
#include "codec/base64url.h"
#include "codec/hex.h"
#include "codec/url.h"
#include "crypto/hash.h"

/* --- addresses --- */

static yf_str without_fragment(yf_str url)
{
	yf_str rest = url;
	yf_str head;

	return yf_str_cut(&rest, '#', &head) ? head : url;
}

static yf_str without_query(yf_str url)
{
	yf_str rest = without_fragment(url);
	yf_str head;

	return yf_str_cut(&rest, '?', &head) ? head : rest;
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

static char upper(char c)
{
	const char shift = c >= 'a' && c <= 'f' ? 'a' - 'A' : 0;

	return (char)(c - shift);
}

static void put_lower(struct yf_buf *buf, yf_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		const char shift = c >= 'A' && c <= 'Z' ? 'a' - 'A' : 0;
		yf_buf_char(buf, (char)(c + shift));
	}
}

/* RFC 3986 6.2.2.1 and 6.2.2.2: escapes in upper case, needless ones undone. */
static void put_path(struct yf_buf *buf, yf_str path)
{
	if (!path.len)
		yf_buf_char(buf, '/');
	for (size_t i = 0; i < path.len; i++) {
		const char *at = path.ptr + i;
		if (*at != '%' || path.len - i < 3 || yf_hex_digit(at[1]) < 0 ||
		    yf_hex_digit(at[2]) < 0) {
			yf_buf_char(buf, *at);
			continue;
		}
		const int value =
			yf_hex_digit(at[1]) * 16 + yf_hex_digit(at[2]);
		if (is_unreserved((unsigned char)value)) {
			yf_buf_char(buf, (char)value);
		} else {
			yf_buf_char(buf, '%');
			yf_buf_char(buf, upper(at[1]));
			yf_buf_char(buf, upper(at[2]));
		}
		i += 2;
	}
}

static bool is_default_port(const struct yf_url *url)
{
	return yf_str_is(url->port,
			 yf_str_eq_nocase(url->scheme, YF_STR("https")) ? "443"
									: "80");
}

static yf_err normalize(struct yf_arena *arena, yf_str text, yf_str *out)
{
	struct yf_url url;

	YF_TRY(yf_url_parse(without_query(text), &url));
	struct yf_buf buf = yf_buf_new(arena, text.len + 1);
	put_lower(&buf, url.scheme);
	yf_buf_text(&buf, YF_STR("://"));
	put_lower(&buf, url.host);
	if (url.port.len && !is_default_port(&url)) {
		yf_buf_char(&buf, ':');
		yf_buf_text(&buf, url.port);
	}
	put_path(&buf, url.path);
	return yf_buf_str(&buf, out);
}

/* INVALID_DPOP_PROOF when they differ or one is no address; MEMORY */
static yf_err check_url(struct yf_arena *arena, yf_str a, yf_str b)
{
	yf_str left, right;

	YF_TRY(normalize(arena, a, &left));
	YF_TRY(normalize(arena, b, &right));
	return yf_str_eq(left, right) ? YF_OK : YF_FAIL(INVALID_DPOP_PROOF);
}

bool yf_dpop_same_url(struct yf_arena *arena, yf_str a, yf_str b)
{
	return !yf_failed(check_url(arena, a, b));
}

/* --- checking, RFC 9449 section 4.3 --- */

struct claims {
	yf_str method;
	yf_str url;
	yf_str access_token_hash;
};

static yf_err check_claims(struct yf_arena *arena, const struct claims *claims,
			   const struct yf_dpop_rule *rule,
			   const struct yf_dpop *dpop)
{
	char hash[YF_SHA256_TEXT_LEN];
	const int64_t now_s = rule->now_s;

	if (!yf_str_eq(claims->method, rule->method) || !dpop->jti.len ||
	    dpop->jti.len > YF_DPOP_JTI_MAX)
		return YF_FAIL(INVALID_DPOP_PROOF);
	YF_TRY(check_url(arena, claims->url, rule->url));
	if (dpop->issued_at_s < now_s - rule->age_s - rule->skew_s ||
	    dpop->issued_at_s > now_s + rule->skew_s)
		return YF_FAIL(INVALID_DPOP_PROOF);
	if (!rule->access_token.len)
		return YF_OK;
	yf_sha256_text(rule->access_token, hash);
	return yf_str_eq(claims->access_token_hash,
			 (yf_str){ hash, sizeof(hash) })
		       ? YF_OK
		       : YF_FAIL(INVALID_DPOP_PROOF);
}

static yf_err check(struct yf_arena *arena, yf_str proof,
		    const struct yf_dpop_rule *rule, struct yf_dpop *out)
{
	struct yf_jws jws;
	struct claims claims = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR("jti", &out->jti),
		YF_JSON_STR("htm", &claims.method),
		YF_JSON_STR("htu", &claims.url),
		YF_JSON_NUM("iat", &out->issued_at_s),
		YF_JSON_STR_OPT("ath", &claims.access_token_hash),
		YF_JSON_STR_OPT("nonce", &out->nonce),
		YF_JSON_END,
	};

	if (proof.len > YF_DPOP_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_jws_parse(arena, proof, &jws));
	if (!yf_str_is(jws.typ, "dpop+jwt") || !jws.has_jwk)
		return YF_FAIL(INVALID_DPOP_PROOF);
	YF_TRY(yf_jws_verify(&jws, &jws.jwk));
	YF_TRY(yf_json_decode(arena, jws.payload, fields));
	YF_TRY(check_claims(arena, &claims, rule, out));
	out->key = jws.jwk;
	return yf_jwk_thumbprint_text(arena, &jws.jwk, &out->jkt);
}

yf_err yf_dpop_check(struct yf_arena *arena, yf_str proof,
		     const struct yf_dpop_rule *rule, struct yf_dpop *out)
{
	struct yf_dpop dpop = { 0 };
	yf_err err = check(arena, proof, rule, &dpop);

	if (yf_failed(err)) {
		/* One error for the wire; where it was found goes to the log.
		 */
		if (yf_err_kind(err) != YF_KIND_INTERNAL)
			err.code = YF_CODE_INVALID_DPOP_PROOF;
		return err;
	}
	*out = dpop;
	return YF_OK;
}

/* --- making --- */

yf_err yf_dpop_make(struct yf_arena *arena, const struct yf_signer *signer,
		    const struct yf_dpop_ask *ask, yf_str *out)
{
	struct yf_public_key key;
	uint8_t jti[16];
	char hash[YF_SHA256_TEXT_LEN];
	yf_str payload;

	YF_TRY(yf_signer_public_key(signer, &key));
	yf_random_fill(jti, sizeof(jti));
	const struct yf_jws_header header = { .typ = YF_STR("dpop+jwt"),
					      .jwk = &key };
	struct yf_json_out json = yf_json_out_new(arena, 384);
	yf_json_out_object(&json, NULL);
	yf_json_out_base64url(&json, "jti", (yf_bytes){ jti, sizeof(jti) });
	yf_json_out_str(&json, "htm", ask->method);
	yf_json_out_str(&json, "htu", without_query(ask->url));
	yf_json_out_int(&json, "iat", ask->now_s);
	if (ask->access_token.len) {
		yf_sha256_text(ask->access_token, hash);
		yf_json_out_str(&json, "ath", (yf_str){ hash, sizeof(hash) });
	}
	if (ask->nonce.len)
		yf_json_out_str(&json, "nonce", ask->nonce);
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &payload));
	return yf_jws_sign(arena, signer, &header, payload, out);
}
