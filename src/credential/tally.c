#include "credential/tally.h"

#include <zlib.h>

#include "codec/base45.h"
#include "crypto/hash.h"

enum { VERSION = 1, MEMBERS = 5 };

#define PROTOCOL YF_STR("yufu-tally-1")

bool yf_tally_is(yf_str text)
{
	return yf_str_starts(text, YF_TALLY_PREFIX);
}

static bool is_purpose(yf_str purpose)
{
	for (size_t i = 0; i < purpose.len; i++) {
		const char c = purpose.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '_'))
			return false;
	}
	return purpose.len > 0 && purpose.len <= YF_TALLY_PURPOSE_MAX;
}

yf_err yf_tally_transcript(struct yf_arena *arena, int64_t window_s,
			   yf_str purpose, yf_bytes *out)
{
	struct yf_buf buf = yf_buf_new(arena, 64);

	yf_cbor_put_array(&buf, 3);
	yf_cbor_put_null(&buf);
	yf_cbor_put_null(&buf);
	yf_cbor_put_array(&buf, 3);
	yf_cbor_put_text(&buf, PROTOCOL);
	yf_cbor_put_int(&buf, window_s);
	yf_cbor_put_text(&buf, purpose);
	return yf_buf_bytes(&buf, out);
}

/*
 * What the issuer signed, with other unprotected headers, which it did not
 * sign: with this chain, or with none.
 *
 * issuer_signed  the map {"issuerAuth", ? "nameSpaces"}
 */
static yf_err put_issuer_signed(struct yf_buf *buf,
				const struct yf_cbor *issuer_signed,
				const struct yf_chain *chain)
{
	const struct yf_cbor *auth = yf_cbor_get(issuer_signed, "issuerAuth");
	const struct yf_cbor *spaces = yf_cbor_get(issuer_signed, "nameSpaces");

	if (!yf_cbor_is(auth, YF_CBOR_ARRAY) || auth->count != 4)
		return YF_FAIL(SYNTAX);
	yf_cbor_put_map(buf, spaces ? 2 : 1);
	yf_cbor_put_text(buf, YF_STR("issuerAuth"));
	yf_cbor_put_array(buf, 4);
	yf_cbor_put_raw(buf, yf_cbor_at(auth, 0)->raw);
	yf_cbor_put_map(buf, chain ? 1 : 0);
	if (chain) {
		yf_cbor_put_uint(buf, YF_COSE_X5CHAIN);
		if (chain->count > 1)
			yf_cbor_put_array(buf, chain->count);
		for (size_t i = 0; i < chain->count; i++)
			yf_cbor_put_bytes(buf, chain->certs[i]);
	}
	yf_cbor_put_raw(buf, yf_cbor_at(auth, 2)->raw);
	yf_cbor_put_raw(buf, yf_cbor_at(auth, 3)->raw);
	if (!spaces)
		return YF_OK;
	yf_cbor_put_text(buf, YF_STR("nameSpaces"));
	yf_cbor_put_raw(buf, spaces->raw);
	return YF_OK;
}

/* What is written anew below has to be what was there. */
static bool is_whole(const struct yf_cbor *response)
{
	yf_str version;
	int64_t status;

	return !yf_failed(yf_cbor_take_text(yf_cbor_get(response, "version"),
					    &version)) &&
	       yf_str_is(version, "1.0") &&
	       !yf_failed(yf_cbor_take_int(yf_cbor_get(response, "status"),
					   &status)) &&
	       status == YF_MDOC_STATUS_OK;
}

/*
 * A DeviceResponse of one document with the chain of its issuer put in or
 * taken out; the other bytes stay as they are.
 */
static yf_err put_response(struct yf_buf *buf, const struct yf_cbor *response,
			   const struct yf_chain *chain)
{
	const struct yf_cbor *documents = yf_cbor_get(response, "documents");
	const struct yf_cbor *document = yf_cbor_at(documents, 0);
	const struct yf_cbor *type = yf_cbor_get(document, "docType");
	const struct yf_cbor *device = yf_cbor_get(document, "deviceSigned");

	if (!document || documents->count != 1 || !type || !device ||
	    !is_whole(response))
		return YF_FAIL(SYNTAX);
	yf_cbor_put_map(buf, 3);
	yf_cbor_put_text(buf, YF_STR("status"));
	yf_cbor_put_uint(buf, YF_MDOC_STATUS_OK);
	yf_cbor_put_text(buf, YF_STR("version"));
	yf_cbor_put_text(buf, YF_STR("1.0"));
	yf_cbor_put_text(buf, YF_STR("documents"));
	yf_cbor_put_array(buf, 1);
	yf_cbor_put_map(buf, 3);
	yf_cbor_put_text(buf, YF_STR("docType"));
	yf_cbor_put_raw(buf, type->raw);
	yf_cbor_put_text(buf, YF_STR("deviceSigned"));
	yf_cbor_put_raw(buf, device->raw);
	yf_cbor_put_text(buf, YF_STR("issuerSigned"));
	return put_issuer_signed(buf, yf_cbor_get(document, "issuerSigned"),
				 chain);
}

/* --- showing --- */

static yf_err make_response(struct yf_arena *arena,
			    const struct yf_tally_ask *ask, yf_bytes *out)
{
	struct yf_mdoc_show show = {
		.issuer_signed = ask->issuer_signed,
		.choices = ask->choices,
		.choice_count = ask->choice_count,
		.device = ask->device,
	};

	YF_TRY(yf_tally_transcript(arena, ask->now_s, ask->purpose,
				   &show.transcript));
	return yf_device_response_make(arena, &show, 1, out);
}

static yf_err put_tally(struct yf_arena *arena, const struct yf_tally_ask *ask,
			struct yf_buf *buf)
{
	struct yf_issuer_signed mdoc;
	uint8_t signer[YF_SHA256_LEN];
	const struct yf_cbor *tree;
	yf_bytes response;

	YF_TRY(yf_issuer_signed_parse(arena, ask->issuer_signed, &mdoc));
	YF_TRY(make_response(arena, ask, &response));
	yf_sha256(mdoc.issuer_auth.x5chain.certs[0], signer);
	yf_cbor_put_array(buf, MEMBERS);
	yf_cbor_put_uint(buf, VERSION);
	yf_cbor_put_int(buf, ask->now_s);
	yf_cbor_put_text(buf, ask->purpose);
	yf_cbor_put_bytes(
		buf, (yf_bytes){ signer,
				 ask->with_chain ? 0 : YF_TALLY_SIGNER_LEN });
	if (ask->with_chain) {
		yf_cbor_put_raw(buf, response);
		return YF_OK;
	}
	YF_TRY(yf_cbor_parse(arena, response, YF_CBOR_LENIENT, &tree));
	return put_response(buf, tree, NULL);
}

static yf_err pack(struct yf_arena *arena, yf_bytes bytes, yf_bytes *out)
{
	uLongf len = compressBound(bytes.len);
	uint8_t *packed = YF_NEW(arena, uint8_t, len);

	if (!packed || compress2(packed, &len, bytes.ptr, bytes.len,
				 Z_BEST_COMPRESSION) != Z_OK)
		return YF_FAIL(MEMORY);
	*out = (yf_bytes){ packed, len };
	return YF_OK;
}

yf_err yf_tally_make(struct yf_arena *arena, const struct yf_tally_ask *ask,
		     yf_str *text)
{
	struct yf_buf buf = yf_buf_new(arena, 2048);
	yf_bytes tally, packed;
	yf_str base45;

	if (ask->now_s < 0 || !is_purpose(ask->purpose))
		return YF_FAIL(RANGE);
	YF_TRY(put_tally(arena, ask, &buf));
	YF_TRY(yf_buf_bytes(&buf, &tally));
	if (tally.len > YF_TALLY_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(pack(arena, tally, &packed));
	if (YF_TALLY_PREFIX.len + YF_BASE45_LEN(packed.len) > YF_TALLY_TEXT_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_base45_encode(arena, packed, &base45));
	return yf_str_format(arena, text, "%.*s%.*s", YF_ARG(YF_TALLY_PREFIX),
			     YF_ARG(base45));
}

/* --- verifying --- */

/* Never more than there is room for, whatever the stream says. */
static yf_err unpack(struct yf_arena *arena, yf_bytes packed, yf_bytes *out)
{
	uint8_t *bytes = YF_NEW(arena, uint8_t, YF_TALLY_LEN_MAX);
	uLongf len = YF_TALLY_LEN_MAX;
	uLong taken = packed.len;

	if (!bytes)
		return YF_FAIL(MEMORY);
	switch (uncompress2(bytes, &len, packed.ptr, &taken)) {
	case Z_OK:
		break;
	case Z_MEM_ERROR:
		return YF_FAIL(MEMORY);
	case Z_BUF_ERROR:
		return YF_FAIL(TOO_LARGE);
	default:
		return YF_FAIL(SYNTAX);
	}
	if (taken != packed.len)
		return YF_FAIL(SYNTAX);
	*out = (yf_bytes){ bytes, len };
	return YF_OK;
}

/* The five members, none of them believed. */
struct wire {
	int64_t window_s;
	yf_str purpose;
	yf_bytes signer;
	const struct yf_cbor *response;
};

static yf_err read_wire(struct yf_arena *arena, yf_str text, struct wire *out)
{
	const struct yf_cbor *tally;
	yf_bytes packed, bytes;
	int64_t version;

	if (!yf_tally_is(text))
		return YF_FAIL(SYNTAX);
	if (text.len > YF_TALLY_TEXT_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_base45_decode(arena, yf_str_skip(text, YF_TALLY_PREFIX.len),
				&packed));
	YF_TRY(unpack(arena, packed, &bytes));
	YF_TRY(yf_cbor_parse(arena, bytes, YF_CBOR_LENIENT, &tally));
	YF_TRY(yf_cbor_take_int(yf_cbor_at(tally, 0), &version));
	if (version != VERSION)
		return YF_FAIL(UNSUPPORTED);
	if (tally->count != MEMBERS)
		return YF_FAIL(SYNTAX);
	YF_TRY(yf_cbor_take_int(yf_cbor_at(tally, 1), &out->window_s));
	YF_TRY(yf_cbor_take_text(yf_cbor_at(tally, 2), &out->purpose));
	YF_TRY(yf_cbor_take_bytes(yf_cbor_at(tally, 3), &out->signer));
	out->response = yf_cbor_at(tally, 4);
	/* Far from where adding seconds to it could overflow. */
	if (out->window_s < 0 || out->window_s > INT64_MAX / 2 ||
	    !is_purpose(out->purpose))
		return YF_FAIL(SYNTAX);
	if (out->signer.len && out->signer.len != YF_TALLY_SIGNER_LEN)
		return YF_FAIL(SYNTAX);
	return YF_OK;
}

static yf_err check_wire(const struct wire *wire,
			 const struct yf_tally_rule *rule)
{
	bool accepted = rule->purpose_count == 0;

	for (size_t i = 0; i < rule->purpose_count; i++)
		accepted |= yf_str_eq(rule->purposes[i], wire->purpose);
	if (!accepted)
		return YF_FAIL(AUDIENCE);
	if (rule->now_s < wire->window_s - rule->skew_s)
		return YF_FAIL(NOT_YET);
	if (rule->now_s >= wire->window_s + YF_TALLY_WINDOW_S + rule->skew_s)
		return YF_FAIL(EXPIRED);
	return YF_OK;
}

static bool find_signer(const struct yf_tally_rule *rule, yf_bytes name,
			struct yf_chain *out)
{
	uint8_t hash[YF_SHA256_LEN];

	for (size_t i = 0; i < rule->signer_count; i++) {
		yf_sha256(rule->signers[i], hash);
		if (memcmp(hash, name.ptr, YF_TALLY_SIGNER_LEN) != 0)
			continue;
		*out = (struct yf_chain){ .certs = { rule->signers[i] },
					  .count = 1 };
		return true;
	}
	return false;
}

/* The DeviceResponse as ISO 18013-5 has it: with a chain. */
static yf_err whole_response(struct yf_arena *arena, const struct wire *wire,
			     const struct yf_tally_rule *rule, yf_bytes *out)
{
	struct yf_buf buf = yf_buf_new(arena, 4096);
	struct yf_chain chain;

	*out = wire->response->raw;
	if (!wire->signer.len)
		return YF_OK;
	if (!find_signer(rule, wire->signer, &chain))
		return YF_FAIL(SIGNER);
	YF_TRY(put_response(&buf, wire->response, &chain));
	return yf_buf_bytes(&buf, out);
}

static void put_id(const struct yf_tally *tally, yf_bytes transcript,
		   uint8_t out[static 32])
{
	const struct yf_public_key *key = &tally->mdoc.mso->device_key;
	const yf_bytes parts[] = { { key->x, sizeof(key->x) },
				   { key->y, sizeof(key->y) },
				   transcript };

	yf_sha256_parts(parts, YF_COUNT(parts), out);
}

yf_err yf_tally_verify(struct yf_arena *arena, yf_str text,
		       const struct yf_tally_rule *rule,
		       struct yf_mdoc_finding *finding, struct yf_tally *out)
{
	struct yf_mdoc_rule mdoc = {
		.trust = rule->trust,
		.eku = rule->eku,
		.keys = rule->keys,
		.key_count = rule->key_count,
		.doc_types = rule->doc_types,
		.doc_type_count = rule->doc_type_count,
		.now_s = rule->now_s,
		.skew_s = rule->skew_s,
	};
	struct yf_device_response response;
	struct yf_tally tally;
	struct wire wire;
	yf_bytes bytes;

	if (rule->now_s < rule->clock_from_s ||
	    (rule->clock_until_s && rule->now_s > rule->clock_until_s))
		return YF_FAIL(CLOCK);
	YF_TRY(read_wire(arena, text, &wire));
	YF_TRY(check_wire(&wire, rule));
	YF_TRY(whole_response(arena, &wire, rule, &bytes));
	YF_TRY(yf_device_response_parse(arena, bytes, &response));
	if (response.document_count != 1 ||
	    response.status != YF_MDOC_STATUS_OK)
		return YF_FAIL(SYNTAX);
	YF_TRY(yf_tally_transcript(arena, wire.window_s, wire.purpose,
				   &mdoc.transcript));
	tally.purpose = wire.purpose;
	tally.window_s = wire.window_s;
	YF_TRY(yf_mdoc_verify(arena, response.documents, &mdoc, finding,
			      &tally.mdoc));
	/* Whoever passes it on can leave out elements, down to nothing. */
	if (!tally.mdoc.item_count)
		return YF_FAIL(MISSING);
	put_id(&tally, mdoc.transcript, tally.id);
	*out = tally;
	return YF_OK;
}
