#include "lib/verifier.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/version.h"
#include "credential/trust_list.h"
#include "crypto/cose.h"

enum {
	KEPT_LEN_MAX = 64 * 1024 * 1024, /* all status lists together */
	SCRATCH_LEN_MAX = 16 * 1024 * 1024,
	BUNDLE_ROOM = 2 * YUFU_BUNDLE_LEN_MAX + 1024 * 1024,
};

/* --- errors --- */

int yufu_error_of(yf_err err)
{
	static const struct {
		yf_code code;
		int error;
	} table[] = {
		{ YF_CODE_OK, YUFU_OK },
		{ YF_CODE_MEMORY, YUFU_NO_MEMORY },
		{ YF_CODE_TOO_LARGE, YUFU_TOO_LARGE },
		{ YF_CODE_KEY, YUFU_BAD_KEY },
		{ YF_CODE_SIGNATURE, YUFU_BAD_SIGNATURE },
		{ YF_CODE_UNTRUSTED, YUFU_UNTRUSTED },
		{ YF_CODE_EXPIRED, YUFU_EXPIRED },
		{ YF_CODE_NOT_YET, YUFU_NOT_YET },
		{ YF_CODE_REPLAYED, YUFU_OLDER },
		{ YF_CODE_UNSUPPORTED, YUFU_UNSUPPORTED },
		{ YF_CODE_ALGORITHM, YUFU_UNSUPPORTED },
	};

	for (size_t i = 0; i < YF_COUNT(table); i++)
		if (table[i].code == err.code)
			return table[i].error;
	return yf_err_kind(err) == YF_KIND_INTERNAL ? YUFU_INTERNAL
						    : YUFU_BAD_FORMAT;
}

const char *yufu_error_text(int error)
{
	static const char *const texts[] = {
		[-YUFU_OK] = "ok",
		[-YUFU_BAD_ARGUMENT] =
			"an argument is missing or out of range: see the "
			"comment of the function in yufu/verify.h",
		[-YUFU_NO_MEMORY] = "out of memory: give the process more, or "
				    "the verifier fewer lists",
		[-YUFU_BAD_FORMAT] = "the input is not of a form that is read "
				     "here, or damaged: fetch it again",
		[-YUFU_TOO_LARGE] = "the input exceeds a limit of "
				    "yufu/verify.h: give less",
		[-YUFU_BAD_KEY] =
			"not a public P-256 key: give the public JWK, "
			"without private members",
		[-YUFU_BAD_SIGNATURE] = "the signature does not verify: the "
					"file was altered, fetch it again",
		[-YUFU_UNTRUSTED] = "signed by nobody who is trusted: give the "
				    "root certificate first",
		[-YUFU_EXPIRED] = "its time is over: fetch a new one",
		[-YUFU_NOT_YET] =
			"its time has not come: set the clock of this machine",
		[-YUFU_OLDER] = "older than the one at hand: fetch a new one",
		[-YUFU_UNSUPPORTED] =
			"of a kind that is not supported: give certificates of "
			"authorities with P-256 keys, and ES256 signatures",
		[-YUFU_INTERNAL] = "the crypto library or this one failed: try "
				   "again, and report it",
	};

	if (error > 0 || error < -(int)YF_COUNT(texts) + 1)
		return "no error code of this library";
	return texts[-error];
}

const char *yufu_version(void)
{
	return YF_VERSION;
}

int64_t yufu_now_s(int64_t now_s)
{
	const struct yf_clock clock = yf_clock_system();

	return now_s ? now_s : yf_clock_now_s(&clock);
}

/* --- the handle --- */

int yufu_verifier_new(struct yufu_verifier **out)
{
	if (!out)
		return YUFU_BAD_ARGUMENT;
	struct yufu_verifier *verifier = calloc(1, sizeof(*verifier));
	if (!verifier)
		return YUFU_NO_MEMORY;
	verifier->arena = yf_arena_new(KEPT_LEN_MAX);
	if (!verifier->arena || yf_failed(yf_trust_new(&verifier->trust))) {
		yufu_verifier_free(verifier);
		return YUFU_NO_MEMORY;
	}
	*out = verifier;
	return YUFU_OK;
}

void yufu_verifier_free(struct yufu_verifier *verifier)
{
	if (!verifier)
		return;
	yf_trust_free(verifier->trust);
	yf_arena_free(verifier->bundle_arena);
	yf_arena_free(verifier->arena);
	free(verifier);
}

/* --- who is believed --- */

static yf_err add_key(struct yufu_verifier *verifier, const struct yf_json *jwk,
		      size_t at)
{
	if (at == YUFU_KEYS_MAX)
		return YF_FAIL(TOO_LARGE);
	verifier->keys[at].kid = yf_json_text(jwk, "kid");
	return yf_jwk_parse(jwk, &verifier->keys[at].key);
}

/* A JWK, or a set: other keys of a set than P-256 are passed over. */
static yf_err add_keys(struct yufu_verifier *verifier, yf_str text)
{
	const struct yf_json *tree = NULL;
	size_t count = verifier->key_count;

	YF_TRY(yf_json_parse(verifier->arena, text, &tree));
	const struct yf_json *set = yf_json_get(tree, "keys");
	if (!set) {
		YF_TRY(add_key(verifier, tree, count));
		verifier->key_count++;
		return YF_OK;
	}
	if (set->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	for (size_t i = 0; i < set->count; i++) {
		const yf_err err = add_key(verifier, &set->items[i], count);
		if (err.code == YF_CODE_TOO_LARGE)
			return err;
		count += !yf_failed(err);
	}
	if (count == verifier->key_count)
		return YF_FAIL(KEY);
	verifier->key_count = count;
	return YF_OK;
}

static yf_err add_list(struct yufu_verifier *verifier, yf_str text,
		       int64_t now_s)
{
	const struct yf_trust_list_rule rule = {
		.known = yufu_roots(verifier),
		.now_s = now_s,
		.skew_s = YUFU_SKEW_S,
	};
	YF_AUTO(arena) scratch = yf_arena_new(SCRATCH_LEN_MAX);
	YF_AUTO(trust_list) list = NULL;

	if (!scratch)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_trust_list_open(scratch, text, &rule, &list));
	return yf_trust_add_all(verifier->trust, yf_trust_list_issuers(list));
}

static bool is_jws(yf_str text)
{
	return yf_str_starts(text, YF_STR("eyJ")) &&
	       yf_str_count(text, '.') == 2;
}

int yufu_verifier_trust(struct yufu_verifier *verifier, const void *data,
			size_t len, int64_t now_s)
{
	if (!verifier || !data || now_s < 0)
		return YUFU_BAD_ARGUMENT;
	if (len > YUFU_TRUST_LEN_MAX)
		return YUFU_TOO_LARGE;
	const yf_bytes bytes = { data, len };
	const yf_str text = yf_str_trim(yf_str_from(bytes));
	yf_err err;

	if (yf_str_starts(text, YF_STR("{")))
		err = add_keys(verifier, text);
	else if (is_jws(text))
		err = add_list(verifier, text, yufu_now_s(now_s));
	else if (len > 2 && bytes.ptr[0] == 0x30)
		err = yf_trust_add(verifier->trust, bytes);
	else
		err = yf_trust_add_pem(verifier->trust, text);
	return yufu_error_of(err);
}

/* --- the bundle --- */

static yf_err open_bundle(const struct yufu_verifier *verifier, yf_bytes bytes,
			  int64_t now_s, struct yf_arena *arena,
			  struct yf_bundle *out)
{
	const struct yf_bundle_rule rule = {
		.trust = yufu_roots(verifier),
		.keys = verifier->keys,
		.key_count = verifier->key_count,
		.now_s = now_s,
		.skew_s = YUFU_SKEW_S,
		.sequence_min =
			verifier->bundle_arena ? verifier->bundle.sequence : 0,
	};
	yf_bytes copy = { 0 };

	YF_TRY(yf_bytes_copy(arena, bytes, &copy));
	return yf_bundle_open(arena, copy, &rule, out);
}

int yufu_verifier_bundle(struct yufu_verifier *verifier, const void *data,
			 size_t len, int64_t now_s)
{
	struct yf_bundle bundle = { 0 };

	if (!verifier || !data || now_s < 0)
		return YUFU_BAD_ARGUMENT;
	if (len > YUFU_BUNDLE_LEN_MAX)
		return YUFU_TOO_LARGE;
	YF_AUTO(arena) arena = yf_arena_new(BUNDLE_ROOM);
	if (!arena)
		return YUFU_NO_MEMORY;
	yf_err err = open_bundle(verifier, (yf_bytes){ data, len },
				 yufu_now_s(now_s), arena, &bundle);
	if (!yf_failed(err))
		err = yf_bundle_issuers(&bundle, verifier->trust);
	if (yf_failed(err))
		return yufu_error_of(err);
	yf_arena_free(verifier->bundle_arena);
	verifier->bundle_arena = YF_MOVE(arena);
	verifier->bundle = bundle;
	return YUFU_OK;
}

/* --- status lists --- */

static yf_err jwt_uri(struct yf_arena *arena, yf_str text, yf_str *uri)
{
	const struct yf_json *claims = NULL;
	struct yf_jws jws;

	YF_TRY(yf_jws_parse(arena, text, &jws));
	YF_TRY(yf_json_parse(arena, jws.payload, &claims));
	*uri = yf_json_text(claims, "sub");
	return YF_OK;
}

static yf_err cwt_uri(struct yf_arena *arena, yf_bytes cwt, yf_str *uri)
{
	enum { CLAIM_SUB = 2 };

	const struct yf_cbor *item = NULL;
	const struct yf_cbor *claims = NULL;
	struct yf_cose_sign1 sign1;

	YF_TRY(yf_cbor_parse(arena, cwt, YF_CBOR_LENIENT, &item));
	YF_TRY(yf_cose_sign1_read(arena, item, YF_COSE_TAGGED, &sign1));
	YF_TRY(yf_cbor_parse(arena, sign1.payload, YF_CBOR_LENIENT, &claims));
	return yf_cbor_take_text(yf_cbor_get_int(claims, CLAIM_SUB), uri);
}

static yf_err keep_status(struct yufu_verifier *verifier, yf_bytes bytes)
{
	struct yf_kept_list *list = &verifier->lists[verifier->list_count];
	YF_AUTO(arena) scratch = yf_arena_new((size_t)2 * SCRATCH_LEN_MAX);
	const yf_str text = yf_str_trim(yf_str_from(bytes));
	yf_str uri = { 0 };

	if (!scratch)
		return YF_FAIL(MEMORY);
	list->cwt = !is_jws(text);
	if (list->cwt)
		YF_TRY(cwt_uri(scratch, bytes, &uri));
	else
		YF_TRY(jwt_uri(scratch, text, &uri));
	if (!uri.len)
		return YF_FAIL(MISSING);
	YF_TRY(yf_str_copy(verifier->arena, uri, &list->uri));
	YF_TRY(yf_bytes_copy(verifier->arena,
			     list->cwt ? bytes : yf_bytes_of(text),
			     &list->token));
	verifier->list_count++;
	return YF_OK;
}

int yufu_verifier_status(struct yufu_verifier *verifier, const void *data,
			 size_t len)
{
	if (!verifier || !data)
		return YUFU_BAD_ARGUMENT;
	if (len > YUFU_STATUS_LEN_MAX ||
	    verifier->list_count == YUFU_STATUS_LISTS_MAX)
		return YUFU_TOO_LARGE;
	return yufu_error_of(keep_status(verifier, (yf_bytes){ data, len }));
}
