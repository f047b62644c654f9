#include "crypto/cose.h"

#include "crypto/hash.h"

/* --- COSE_Key --- */

/* RFC 9052 section 7.1 and RFC 9053 section 7.1.1. */
enum {
	KEY_KTY = 1,
	KEY_ALG = 3,
	KEY_CRV = -1,
	KEY_X = -2,
	KEY_Y = -3,
	KEY_D = -4,
	KTY_EC2 = 2,
	CRV_P256 = 1,
	ALG_ECDH_ES_HKDF_256 = -25,
};

static bool is_int(const struct yf_cbor *item, int64_t wanted)
{
	int64_t value;

	return !yf_failed(yf_cbor_take_int(item, &value)) && value == wanted;
}

static bool take_coordinate(const struct yf_cbor *item, uint8_t out[static 32])
{
	if (!yf_cbor_is(item, YF_CBOR_BYTES) || item->string.len != 32)
		return false;
	memcpy(out, item->string.ptr, 32);
	return true;
}

yf_err yf_cose_key_parse(const struct yf_cbor *map, struct yf_public_key *out)
{
	const struct yf_cbor *alg = yf_cbor_get_int(map, KEY_ALG);
	struct yf_public_key key;

	if (!is_int(yf_cbor_get_int(map, KEY_KTY), KTY_EC2) ||
	    !is_int(yf_cbor_get_int(map, KEY_CRV), CRV_P256) ||
	    yf_cbor_get_int(map, KEY_D))
		return YF_FAIL(KEY);
	if (alg && !is_int(alg, YF_COSE_ALG_ES256) &&
	    !is_int(alg, YF_COSE_ALG_ESP256) &&
	    !is_int(alg, ALG_ECDH_ES_HKDF_256))
		return YF_FAIL(KEY);
	if (!take_coordinate(yf_cbor_get_int(map, KEY_X), key.x) ||
	    !take_coordinate(yf_cbor_get_int(map, KEY_Y), key.y))
		return YF_FAIL(KEY);
	YF_TRY(yf_public_key_check(&key));
	*out = key;
	return YF_OK;
}

void yf_cose_key_put(struct yf_buf *buf, const struct yf_public_key *key)
{
	yf_cbor_put_map(buf, 4);
	yf_cbor_put_int(buf, KEY_KTY);
	yf_cbor_put_int(buf, KTY_EC2);
	yf_cbor_put_int(buf, KEY_CRV);
	yf_cbor_put_int(buf, CRV_P256);
	yf_cbor_put_int(buf, KEY_X);
	yf_cbor_put_bytes(buf, (yf_bytes){ key->x, 32 });
	yf_cbor_put_int(buf, KEY_Y);
	yf_cbor_put_bytes(buf, (yf_bytes){ key->y, 32 });
}

/* --- what Sign1 and Mac0 have in common: four items --- */

struct parts {
	yf_bytes protected_bytes;
	const struct yf_cbor *protected_map;
	const struct yf_cbor *unprotected;
	bool detached;
	yf_bytes payload;
	yf_bytes proof; /* signature or tag */
};

/* RFC 9052 section 3: "Labels in each of the maps MUST be unique [...]
 * Applications SHOULD verify that the same label does not occur in both." */
static yf_err check_headers(const struct parts *parts)
{
	const struct yf_cbor *key = parts->unprotected->first;

	if (yf_cbor_get_int(parts->protected_map, YF_COSE_CRIT) ||
	    yf_cbor_get_int(parts->unprotected, YF_COSE_CRIT))
		return YF_FAIL(UNSUPPORTED);
	for (; key; key = key->next->next)
		for (const struct yf_cbor *other = parts->protected_map->first;
		     other; other = other->next->next)
			if (yf_cbor_eq(key, other))
				return YF_FAIL(DUPLICATE);
	return YF_OK;
}

enum { LABELS_MAX = 32 };

static yf_err read_protected(struct yf_arena *arena, struct parts *out)
{
	static const struct yf_cbor none = { .kind = YF_CBOR_MAP };

	if (!out->protected_bytes.len) {
		out->protected_map = &none;
		return YF_OK;
	}
	YF_TRY(yf_cbor_parse(arena, out->protected_bytes, YF_CBOR_LENIENT,
			     &out->protected_map));
	return yf_cbor_is(out->protected_map, YF_CBOR_MAP) ? YF_OK
							   : YF_FAIL(SYNTAX);
}

static yf_err read_parts(struct yf_arena *arena, const struct yf_cbor *array,
			 struct parts *out)
{
	if (!yf_cbor_is(array, YF_CBOR_ARRAY) || array->count != 4)
		return YF_FAIL(SYNTAX);
	const struct yf_cbor *payload = yf_cbor_at(array, 2);
	out->unprotected = yf_cbor_at(array, 1);
	if (!yf_cbor_is(out->unprotected, YF_CBOR_MAP))
		return YF_FAIL(SYNTAX);
	YF_TRY(yf_cbor_take_bytes(array->first, &out->protected_bytes));
	YF_TRY(yf_cbor_take_bytes(yf_cbor_at(array, 3), &out->proof));
	out->detached = payload->kind == YF_CBOR_NULL;
	if (!out->detached)
		YF_TRY(yf_cbor_take_bytes(payload, &out->payload));
	YF_TRY(read_protected(arena, out));
	if (out->unprotected->count > LABELS_MAX ||
	    out->protected_map->count > LABELS_MAX)
		return YF_FAIL(TOO_LARGE);
	return check_headers(out);
}

/*
 * RFC 9052 sections 4.4 and 6.3: [context, protected, external_aad, payload],
 * hashed or copied in parts.
 */
enum { STRUCTURE_PARTS = 5 };

struct structure {
	uint8_t protected_head[YF_CBOR_HEAD_MAX];
	uint8_t payload_head[1 + YF_CBOR_HEAD_MAX];
	yf_bytes parts[STRUCTURE_PARTS];
};

static void make_structure(yf_str context, yf_bytes protected_bytes,
			   yf_bytes payload, struct structure *out)
{
	enum { EMPTY_BYTES = 0x40 }; /* external_aad */
	const size_t head_len =
		yf_cbor_bytes_head(protected_bytes.len, out->protected_head);

	out->payload_head[0] = EMPTY_BYTES;
	const size_t payload_len =
		1 + yf_cbor_bytes_head(payload.len, out->payload_head + 1);
	out->parts[0] = yf_bytes_of(context);
	out->parts[1] = (yf_bytes){ out->protected_head, head_len };
	out->parts[2] = protected_bytes;
	out->parts[3] = (yf_bytes){ out->payload_head, payload_len };
	out->parts[4] = payload;
}

/* An array of four whose first item is the text "Signature1" or "MAC0". */
#define SIGN1_CONTEXT YF_STR("\x84\x6aSignature1")
#define MAC0_CONTEXT YF_STR("\x84\x64MAC0")

static void sign1_digest(yf_bytes protected_bytes, yf_bytes payload,
			 uint8_t out[static YF_SHA256_LEN])
{
	struct structure structure;

	make_structure(SIGN1_CONTEXT, protected_bytes, payload, &structure);
	yf_sha256_parts(structure.parts, STRUCTURE_PARTS, out);
}

/* --- COSE_Sign1 --- */

static yf_err add_cert(const struct yf_cbor *item, struct yf_chain *out)
{
	if (out->count == YF_CHAIN_MAX)
		return YF_FAIL(TOO_LARGE);
	return yf_cbor_take_bytes(item, &out->certs[out->count++]);
}

/* RFC 9360 section 2: COSE_X509 = bstr / [ 2*certs: bstr ], leaf first. */
static yf_err read_x5chain(const struct yf_cbor *item, struct yf_chain *out)
{
	if (item->kind != YF_CBOR_ARRAY)
		return add_cert(item, out);
	if (!item->count)
		return YF_FAIL(SYNTAX);
	for (const struct yf_cbor *cert = item->first; cert; cert = cert->next)
		YF_TRY(add_cert(cert, out));
	return YF_OK;
}

static yf_err strip_tag(const struct yf_cbor *item, yf_cose_form form,
			const struct yf_cbor **out)
{
	const struct yf_cbor *inner = yf_cbor_tagged(item, YF_TAG_COSE_SIGN1);

	if (!item || (form == YF_COSE_UNTAGGED && inner) ||
	    (form == YF_COSE_TAGGED && !inner))
		return YF_FAIL(SYNTAX);
	*out = inner ? inner : item;
	return YF_OK;
}

yf_err yf_cose_sign1_read(struct yf_arena *arena, const struct yf_cbor *item,
			  yf_cose_form form, struct yf_cose_sign1 *out)
{
	struct yf_cose_sign1 sign1 = { 0 };
	struct parts parts = { 0 };
	const struct yf_cbor *array;

	YF_TRY(strip_tag(item, form, &array));
	YF_TRY(read_parts(arena, array, &parts));
	const struct yf_cbor *alg =
		yf_cbor_get_int(parts.protected_map, YF_COSE_ALG);
	if (!is_int(alg, YF_COSE_ALG_ES256) && !is_int(alg, YF_COSE_ALG_ESP256))
		return YF_FAIL(ALGORITHM);
	if (parts.proof.len != YF_SIGNATURE_LEN)
		return YF_FAIL(SYNTAX);
	const struct yf_cbor *inside =
		yf_cbor_get_int(parts.protected_map, YF_COSE_X5CHAIN);
	const struct yf_cbor *beside =
		yf_cbor_get_int(parts.unprotected, YF_COSE_X5CHAIN);
	if (inside || beside)
		YF_TRY(read_x5chain(inside ? inside : beside, &sign1.x5chain));
	sign1.x5chain_protected = inside != NULL;
	sign1.protected_bytes = parts.protected_bytes;
	sign1.protected_map = parts.protected_map;
	sign1.unprotected = parts.unprotected;
	sign1.detached = parts.detached;
	sign1.payload = parts.payload;
	memcpy(sign1.signature, parts.proof.ptr, YF_SIGNATURE_LEN);
	*out = sign1;
	return YF_OK;
}

yf_err yf_cose_sign1_verify(const struct yf_cose_sign1 *sign1, yf_bytes payload,
			    const struct yf_public_key *key)
{
	uint8_t digest[YF_SHA256_LEN];

	sign1_digest(sign1->protected_bytes, payload, digest);
	return yf_verify_digest(key, digest, sign1->signature);
}

static void put_protected(struct yf_buf *buf, const struct yf_cose_ask *ask)
{
	yf_cbor_put_map(buf, ask->typ.len ? 2 : 1);
	yf_cbor_put_int(buf, YF_COSE_ALG);
	yf_cbor_put_int(buf, YF_COSE_ALG_ES256);
	if (ask->typ.len) {
		yf_cbor_put_int(buf, YF_COSE_TYP);
		yf_cbor_put_text(buf, ask->typ);
	}
}

static void put_unprotected(struct yf_buf *buf, const struct yf_cose_ask *ask)
{
	const struct yf_chain *chain =
		ask->x5chain && ask->x5chain->count ? ask->x5chain : NULL;

	yf_cbor_put_map(buf, (ask->kid.len ? 1u : 0u) + (chain ? 1u : 0u));
	if (ask->kid.len) {
		yf_cbor_put_int(buf, YF_COSE_KID);
		yf_cbor_put_bytes(buf, ask->kid);
	}
	if (!chain)
		return;
	yf_cbor_put_int(buf, YF_COSE_X5CHAIN);
	if (chain->count > 1)
		yf_cbor_put_array(buf, chain->count);
	for (size_t i = 0; i < chain->count; i++)
		yf_cbor_put_bytes(buf, chain->certs[i]);
}

yf_err yf_cose_sign1_put(struct yf_buf *buf, const struct yf_signer *signer,
			 const struct yf_cose_ask *ask, yf_bytes payload)
{
	uint8_t digest[YF_SHA256_LEN];
	uint8_t signature[YF_SIGNATURE_LEN];

	if (ask->tagged)
		yf_cbor_put_tag(buf, YF_TAG_COSE_SIGN1);
	yf_cbor_put_array(buf, 4);
	const size_t at = yf_cbor_open_bytes(buf);
	put_protected(buf, ask);
	const size_t len = buf->len - at;
	yf_cbor_close_bytes(buf, at);
	YF_TRY(buf->err);
	/* Its content stands at the end now, behind a head made to fit. */
	sign1_digest((yf_bytes){ buf->ptr + buf->len - len, len }, payload,
		     digest);
	YF_TRY(yf_signer_sign(signer, digest, signature));
	put_unprotected(buf, ask);
	if (ask->detached)
		yf_cbor_put_null(buf);
	else
		yf_cbor_put_bytes(buf, payload);
	yf_cbor_put_bytes(buf, (yf_bytes){ signature, sizeof(signature) });
	return YF_OK;
}

/* --- COSE_Mac0 --- */

/* { 1: 5 }: HMAC 256/256, the only thing a protected header says here. */
static const uint8_t mac0_protected[] = { 0xa1, 0x01, YF_COSE_ALG_HMAC_256 };

static void mac0_tag(const struct yf_secret *key, yf_bytes protected_bytes,
		     yf_bytes payload, uint8_t out[static YF_COSE_MAC_LEN])
{
	struct structure structure;

	make_structure(MAC0_CONTEXT, protected_bytes, payload, &structure);
	yf_hmac_sha256_parts((yf_bytes){ key->bytes, sizeof(key->bytes) },
			     structure.parts, STRUCTURE_PARTS, out);
}

yf_err yf_cose_mac0_read(struct yf_arena *arena, const struct yf_cbor *item,
			 struct yf_cose_mac0 *out)
{
	struct yf_cose_mac0 mac0 = { 0 };
	struct parts parts = { 0 };

	YF_TRY(read_parts(arena, item, &parts));
	if (!is_int(yf_cbor_get_int(parts.protected_map, YF_COSE_ALG),
		    YF_COSE_ALG_HMAC_256))
		return YF_FAIL(ALGORITHM);
	if (parts.proof.len != YF_COSE_MAC_LEN)
		return YF_FAIL(SYNTAX);
	mac0.protected_bytes = parts.protected_bytes;
	mac0.detached = parts.detached;
	mac0.payload = parts.payload;
	memcpy(mac0.tag, parts.proof.ptr, YF_COSE_MAC_LEN);
	*out = mac0;
	return YF_OK;
}

yf_err yf_cose_mac0_verify(const struct yf_cose_mac0 *mac0, yf_bytes payload,
			   const struct yf_secret *key)
{
	uint8_t tag[YF_COSE_MAC_LEN];

	mac0_tag(key, mac0->protected_bytes, payload, tag);
	return yf_bytes_eq_secret((yf_bytes){ tag, sizeof(tag) },
				  (yf_bytes){ mac0->tag, sizeof(mac0->tag) })
		       ? YF_OK
		       : YF_FAIL(SIGNATURE);
}

void yf_cose_mac0_put_detached(struct yf_buf *buf, const struct yf_secret *key,
			       yf_bytes payload)
{
	const yf_bytes protected_bytes = { mac0_protected,
					   sizeof(mac0_protected) };
	uint8_t tag[YF_COSE_MAC_LEN];

	mac0_tag(key, protected_bytes, payload, tag);
	yf_cbor_put_array(buf, 4);
	yf_cbor_put_bytes(buf, protected_bytes);
	yf_cbor_put_map(buf, 0);
	yf_cbor_put_null(buf);
	yf_cbor_put_bytes(buf, (yf_bytes){ tag, sizeof(tag) });
}
