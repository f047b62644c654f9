#include <assert.h>
#include <stdlib.h>

#include "base/random.h"
#include "codec/base64url.h"
#include "credential/sdjwt.h"
#include "crypto/hash.h"

enum { SALT_LEN = 16, DECOYS_MAX = 64 };

typedef struct {
	char text[YF_SHA256_TEXT_LEN];
} digest_text;

struct digests {
	digest_text *at;
	size_t count;
};

struct issue {
	struct yf_arena *arena;
	const struct yf_json **marked; /* values to be disclosures */
	size_t marked_count;
	const uint8_t *salts; /* one for each, then the decoys' digests */
	size_t salts_used;
	yf_str *disclosures;
	size_t disclosure_count;
	size_t disclosure_len; /* sum of their lengths */
};

static bool is_marked(const struct issue *issue, const struct yf_json *value)
{
	for (size_t i = 0; i < issue->marked_count; i++)
		if (issue->marked[i] == value)
			return true;
	return false;
}

/* RFC 9901 4: the names that carry digests are not claims. */
static yf_err check_claims(const struct yf_json *value, int depth)
{
	if (depth > YF_JSON_DEPTH_MAX)
		return YF_FAIL(TOO_DEEP);
	if (value->kind != YF_JSON_OBJECT && value->kind != YF_JSON_ARRAY)
		return YF_OK;
	for (size_t i = 0; i < value->count; i++) {
		const yf_str name = value->items[i].name;
		if (value->kind == YF_JSON_OBJECT &&
		    (yf_str_is(name, "_sd") || yf_str_is(name, "_sd_alg") ||
		     yf_str_is(name, "...")))
			return YF_FAIL(SYNTAX);
		YF_TRY(check_claims(&value->items[i], depth + 1));
	}
	return YF_OK;
}

/* --- what is disclosable --- */

static yf_err mark_path(struct issue *issue, const struct yf_json *claims,
			const struct yf_claim_path *path)
{
	const struct yf_json *const *values;
	size_t count = 0;
	const yf_err err = yf_claim_path_select(issue->arena, claims, path,
						&values, &count);

	if (err.code == YF_CODE_NOT_FOUND || err.code == YF_CODE_SYNTAX)
		return YF_OK;
	YF_TRY(err);
	for (size_t i = 0; i < count; i++) {
		if (is_marked(issue, values[i]))
			continue;
		if (issue->marked_count == YF_SDJWT_DISCLOSURE_MAX)
			return YF_FAIL(TOO_LARGE);
		issue->marked[issue->marked_count++] = values[i];
	}
	return YF_OK;
}

static yf_err mark(struct issue *issue, const struct yf_sdjwt_ask *ask)
{
	issue->marked = YF_NEW(issue->arena, const struct yf_json *,
			       YF_SDJWT_DISCLOSURE_MAX);
	if (!issue->marked)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < ask->disclosable_count; i++)
		YF_TRY(mark_path(issue, ask->claims, &ask->disclosable[i]));
	issue->disclosures = YF_NEW(issue->arena, yf_str, issue->marked_count);
	return issue->disclosures ? YF_OK : YF_FAIL(MEMORY);
}

/* All the randomness of one credential in one draw. */
static yf_err draw(struct issue *issue, size_t decoys)
{
	const size_t len =
		issue->marked_count * SALT_LEN + decoys * YF_SHA256_LEN;
	uint8_t *salts = YF_NEW(issue->arena, uint8_t, len);

	if (!salts)
		return YF_FAIL(MEMORY);
	yf_random_fill(salts, len);
	issue->salts = salts;
	return YF_OK;
}

/* --- writing --- */

static yf_err put_value(struct issue *issue, struct yf_json_out *out,
			const struct yf_json *value);

/* RFC 9901 4.2.1 and 4.2.2: base64url of [salt, name, value]. */
static yf_err disclose(struct issue *issue, const struct yf_json *value,
		       bool named, digest_text *digest)
{
	struct yf_json_out json = yf_json_out_new(
		issue->arena, value->name.len + value->string.len + 64);
	const uint8_t *salt = issue->salts + issue->salts_used++ * SALT_LEN;
	yf_str text;

	/* Fails when one value stands in two places of the claims. */
	assert(issue->disclosure_count < issue->marked_count);
	yf_json_out_array(&json, NULL);
	yf_json_out_base64url(&json, NULL, (yf_bytes){ salt, SALT_LEN });
	if (named)
		yf_json_out_str(&json, NULL, value->name);
	YF_TRY(put_value(issue, &json, value));
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &text));
	YF_TRY(yf_base64url_encode(issue->arena, yf_bytes_of(text), &text));
	yf_sha256_text(text, digest->text);
	issue->disclosures[issue->disclosure_count++] = text;
	issue->disclosure_len += text.len;
	return YF_OK;
}

static yf_str digest_str(const digest_text *digest)
{
	return (yf_str){ digest->text, sizeof(digest->text) };
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(digest_text));
}

static void put_digests(struct yf_json_out *out, struct digests *digests)
{
	if (!digests->count)
		return;
	/* RFC 9901 4.2.4.1: hide the original order. */
	qsort(digests->at, digests->count, sizeof(*digests->at), compare);
	yf_json_out_array(out, "_sd");
	for (size_t i = 0; i < digests->count; i++)
		yf_json_out_str(out, NULL, digest_str(&digests->at[i]));
	yf_json_out_close(out);
}

/* The members, with `extra` places in the digests for the caller. */
static yf_err put_members(struct issue *issue, struct yf_json_out *out,
			  const struct yf_json *object, size_t extra,
			  struct digests *digests)
{
	size_t hidden = 0;

	for (size_t i = 0; i < object->count; i++)
		hidden += is_marked(issue, &object->items[i]);
	digests->count = 0;
	digests->at = YF_NEW(issue->arena, digest_text, hidden + extra);
	if (!digests->at)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < object->count; i++) {
		const struct yf_json *member = &object->items[i];
		if (is_marked(issue, member)) {
			YF_TRY(disclose(issue, member, true,
					&digests->at[digests->count++]));
			continue;
		}
		yf_json_out_key(out, member->name);
		YF_TRY(put_value(issue, out, member));
	}
	return YF_OK;
}

static yf_err put_object(struct issue *issue, struct yf_json_out *out,
			 const struct yf_json *object)
{
	struct digests digests;

	yf_json_out_object(out, NULL);
	YF_TRY(put_members(issue, out, object, 0, &digests));
	put_digests(out, &digests);
	yf_json_out_close(out);
	return YF_OK;
}

static yf_err put_array(struct issue *issue, struct yf_json_out *out,
			const struct yf_json *array)
{
	yf_json_out_array(out, NULL);
	for (size_t i = 0; i < array->count; i++) {
		digest_text digest;
		if (!is_marked(issue, &array->items[i])) {
			YF_TRY(put_value(issue, out, &array->items[i]));
			continue;
		}
		/* RFC 9901 4.2.4.2. */
		YF_TRY(disclose(issue, &array->items[i], false, &digest));
		yf_json_out_object(out, NULL);
		yf_json_out_str(out, "...", digest_str(&digest));
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
	return YF_OK;
}

static yf_err put_value(struct issue *issue, struct yf_json_out *out,
			const struct yf_json *value)
{
	if (value->kind == YF_JSON_OBJECT)
		return put_object(issue, out, value);
	if (value->kind == YF_JSON_ARRAY)
		return put_array(issue, out, value);
	yf_json_out_tree(out, NULL, value);
	return YF_OK;
}

static yf_err put_payload(struct issue *issue, const struct yf_sdjwt_ask *ask,
			  yf_str *payload)
{
	struct yf_json_out out = yf_json_out_new(issue->arena, 2048);
	struct digests digests;

	yf_json_out_object(&out, NULL);
	YF_TRY(put_members(issue, &out, ask->claims, ask->decoys, &digests));
	assert(issue->disclosure_count == issue->marked_count);
	const uint8_t *decoy = issue->salts + issue->marked_count * SALT_LEN;
	for (size_t i = 0; i < ask->decoys; i++, decoy += YF_SHA256_LEN)
		yf_base64url_write((yf_bytes){ decoy, YF_SHA256_LEN },
				   digests.at[digests.count++].text);
	put_digests(&out, &digests);
	if (issue->marked_count || ask->decoys)
		yf_json_out_text(&out, "_sd_alg", "sha-256");
	yf_json_out_close(&out);
	return yf_json_out_end(&out, payload);
}

static yf_err join(const struct issue *issue, yf_str jwt, yf_str *out)
{
	const size_t len =
		jwt.len + 1 + issue->disclosure_len + issue->disclosure_count;

	if (len > YF_SDJWT_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	struct yf_buf buf = yf_buf_new(issue->arena, len);
	yf_buf_text(&buf, jwt);
	yf_buf_char(&buf, '~');
	for (size_t i = 0; i < issue->disclosure_count; i++) {
		yf_buf_text(&buf, issue->disclosures[i]);
		yf_buf_char(&buf, '~');
	}
	return yf_buf_str(&buf, out);
}

yf_err yf_sdjwt_issue(struct yf_arena *arena, const struct yf_signer *signer,
		      const struct yf_sdjwt_ask *ask, yf_str *out)
{
	struct issue issue = { .arena = arena };
	struct yf_chain chain = { .count = 0 };
	yf_str payload, jwt;

	if (ask->claims->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	if (ask->decoys > DECOYS_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(check_claims(ask->claims, 1));
	YF_TRY(mark(&issue, ask));
	YF_TRY(draw(&issue, ask->decoys));
	YF_TRY(put_payload(&issue, ask, &payload));
	if (ask->with_x5c)
		YF_TRY(yf_signer_chain(signer, &chain));

	const struct yf_jws_header header = {
		.typ = ask->typ,
		.kid = ask->kid,
		.x5c = &chain,
	};
	YF_TRY(yf_jws_sign(arena, signer, &header, payload, &jwt));
	return join(&issue, jwt, out);
}
