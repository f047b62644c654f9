#include "credential/bundle.h"

#include "credential/issuer_key.h"
#include "credential/numeric_date.h"
#include "crypto/cose.h"
#include "crypto/hash.h"

/* CWT claims, RFC 8392 section 4; ours are texts. */
enum { CLAIM_ISS = 1, CLAIM_EXP = 4, CLAIM_NBF = 5, CLAIM_IAT = 6 };

static const int64_t YEAR_10000_S = 253402300800;

static const char bundle_typ[] = "application/yufu-bundle+cwt";

/* --- making --- */

static yf_err check(const struct yf_bundle *bundle)
{
	if (bundle->issuer_count > YF_BUNDLE_CERTS_MAX ||
	    bundle->signer_count > YF_BUNDLE_CERTS_MAX ||
	    bundle->registrar_count > YF_BUNDLE_CERTS_MAX ||
	    bundle->list_count > YF_BUNDLE_LISTS_MAX)
		return YF_FAIL(TOO_LARGE);
	if (!bundle->issuer.len || !bundle->issuer_count ||
	    bundle->sequence < 0 || bundle->not_before_s < 0 ||
	    bundle->made_s < bundle->not_before_s ||
	    bundle->expires_s <= bundle->made_s ||
	    bundle->expires_s >= YEAR_10000_S)
		return YF_FAIL(RANGE);
	return YF_OK;
}

static void put_time(struct yf_buf *buf, int64_t claim, int64_t time_s)
{
	yf_cbor_put_int(buf, claim);
	yf_cbor_put_int(buf, time_s);
}

static void put_certs(struct yf_buf *buf, const char *name,
		      const yf_bytes *certs, size_t count)
{
	yf_cbor_put_text(buf, yf_str_of(name));
	yf_cbor_put_array(buf, count);
	for (size_t i = 0; i < count; i++)
		yf_cbor_put_bytes(buf, certs[i]);
}

static void put_list(struct yf_buf *buf, const struct yf_bundle_list *list)
{
	yf_cbor_put_array(buf, 3);
	yf_cbor_put_text(buf, list->uri);
	yf_cbor_put_uint(buf, list->bits);
	yf_cbor_put_bytes(buf, list->lst);
}

/* Keys in the order of RFC 8949 section 4.2.1. */
static void put_claims(struct yf_buf *buf, const struct yf_bundle *bundle)
{
	yf_cbor_put_map(buf, 9);
	yf_cbor_put_int(buf, CLAIM_ISS);
	yf_cbor_put_text(buf, bundle->issuer);
	put_time(buf, CLAIM_EXP, bundle->expires_s);
	put_time(buf, CLAIM_NBF, bundle->not_before_s);
	put_time(buf, CLAIM_IAT, bundle->made_s);
	yf_cbor_put_text(buf, YF_STR("lists"));
	yf_cbor_put_array(buf, bundle->list_count);
	for (size_t i = 0; i < bundle->list_count; i++)
		put_list(buf, &bundle->lists[i]);
	put_certs(buf, "issuers", bundle->issuers, bundle->issuer_count);
	put_certs(buf, "signers", bundle->signers, bundle->signer_count);
	yf_cbor_put_text(buf, YF_STR("sequence"));
	yf_cbor_put_int(buf, bundle->sequence);
	put_certs(buf, "registrars", bundle->registrars,
		  bundle->registrar_count);
}

yf_err yf_bundle_make(struct yf_arena *arena, const struct yf_signer *signer,
		      const struct yf_bundle *bundle, yf_bytes *out)
{
	struct yf_chain chain = { .count = 0 };
	yf_bytes payload = { NULL, 0 };
	yf_bytes made = { NULL, 0 };

	YF_TRY(check(bundle));
	YF_TRY(yf_signer_chain(signer, &chain));
	struct yf_buf claims = yf_buf_new(arena, 4096);
	put_claims(&claims, bundle);
	YF_TRY(yf_buf_bytes(&claims, &payload));

	const struct yf_cose_ask ask = {
		.tagged = true,
		.typ = YF_STR(bundle_typ),
		.x5chain = &chain,
	};
	struct yf_buf buf = yf_buf_new(arena, payload.len + 2048);
	YF_TRY(yf_cose_sign1_put(&buf, signer, &ask, payload));
	YF_TRY(yf_buf_bytes(&buf, &made));
	if (made.len > YF_BUNDLE_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	*out = made;
	return YF_OK;
}

/* --- opening --- */

static yf_err take_int(const struct yf_cbor *item, int64_t *out)
{
	if (!item)
		return YF_FAIL(MISSING);
	YF_TRY(yf_cbor_take_int(item, out));
	return *out < 0 ? YF_FAIL(RANGE) : YF_OK;
}

/* An array of `most` items at most; it must be there. */
static yf_err take_array(const struct yf_cbor *claims, const char *name,
			 size_t most, const struct yf_cbor **out)
{
	*out = yf_cbor_get(claims, name);
	if (!*out)
		return YF_FAIL(MISSING);
	if (!yf_cbor_is(*out, YF_CBOR_ARRAY))
		return YF_FAIL(SYNTAX);
	return (*out)->count > most ? YF_FAIL(TOO_LARGE) : YF_OK;
}

static yf_err take_certs(struct yf_arena *arena, const struct yf_cbor *claims,
			 const char *name, const yf_bytes **out, size_t *count)
{
	const struct yf_cbor *array = NULL;

	YF_TRY(take_array(claims, name, YF_BUNDLE_CERTS_MAX, &array));
	yf_bytes *certs = YF_NEW(arena, yf_bytes, array->count + 1);
	if (!certs)
		return YF_FAIL(MEMORY);
	size_t i = 0;
	for (const struct yf_cbor *at = array->first; at; at = at->next, i++) {
		YF_TRY(yf_cbor_take_bytes(at, &certs[i]));
		if (!certs[i].len || certs[i].len > YF_CERT_LEN_MAX)
			return YF_FAIL(RANGE);
	}
	*out = certs;
	*count = array->count;
	return YF_OK;
}

static yf_err take_list(const struct yf_cbor *item, struct yf_bundle_list *out)
{
	int64_t bits = 0;

	if (!yf_cbor_is(item, YF_CBOR_ARRAY) || item->count != 3)
		return YF_FAIL(SYNTAX);
	YF_TRY(yf_cbor_take_text(yf_cbor_at(item, 0), &out->uri));
	YF_TRY(yf_cbor_take_int(yf_cbor_at(item, 1), &bits));
	YF_TRY(yf_cbor_take_bytes(yf_cbor_at(item, 2), &out->lst));
	if (!out->uri.len || bits < 1 || bits > 8)
		return YF_FAIL(RANGE);
	out->bits = (unsigned)bits;
	return YF_OK;
}

/* In rising order of their addresses: one that is there twice could say two
 * things. */
static bool is_behind(yf_str a, yf_str b)
{
	const size_t len = a.len < b.len ? a.len : b.len;
	const int order = memcmp(a.ptr, b.ptr, len);

	return order < 0 || (order == 0 && a.len < b.len);
}

static yf_err take_lists(struct yf_arena *arena, const struct yf_cbor *claims,
			 struct yf_bundle *out)
{
	const struct yf_cbor *array = NULL;

	YF_TRY(take_array(claims, "lists", YF_BUNDLE_LISTS_MAX, &array));
	struct yf_bundle_list *lists =
		YF_NEW(arena, struct yf_bundle_list, array->count + 1);
	if (!lists)
		return YF_FAIL(MEMORY);
	size_t i = 0;
	for (const struct yf_cbor *at = array->first; at; at = at->next, i++) {
		YF_TRY(take_list(at, &lists[i]));
		if (i && !is_behind(lists[i - 1].uri, lists[i].uri))
			return YF_FAIL(DUPLICATE);
	}
	out->lists = lists;
	out->list_count = array->count;
	return YF_OK;
}

static yf_err take_claims(struct yf_arena *arena, yf_bytes payload,
			  struct yf_bundle *out)
{
	const struct yf_cbor *claims = NULL;
	const struct yf_cbor *iss;

	YF_TRY(yf_cbor_parse(arena, payload, YF_CBOR_DETERMINISTIC, &claims));
	iss = yf_cbor_get_int(claims, CLAIM_ISS);
	if (!iss)
		return YF_FAIL(MISSING);
	YF_TRY(yf_cbor_take_text(iss, &out->issuer));
	YF_TRY(take_int(yf_cbor_get_int(claims, CLAIM_EXP), &out->expires_s));
	YF_TRY(take_int(yf_cbor_get_int(claims, CLAIM_NBF),
			&out->not_before_s));
	YF_TRY(take_int(yf_cbor_get_int(claims, CLAIM_IAT), &out->made_s));
	YF_TRY(take_int(yf_cbor_get(claims, "sequence"), &out->sequence));
	YF_TRY(take_certs(arena, claims, "issuers", &out->issuers,
			  &out->issuer_count));
	YF_TRY(take_certs(arena, claims, "signers", &out->signers,
			  &out->signer_count));
	YF_TRY(take_certs(arena, claims, "registrars", &out->registrars,
			  &out->registrar_count));
	YF_TRY(take_lists(arena, claims, out));
	return check(out);
}

static yf_err check_times(const struct yf_bundle *bundle,
			  const struct yf_bundle_rule *rule)
{
	int64_t until_s = bundle->expires_s;

	if (rule->age_max_s && until_s - bundle->made_s > rule->age_max_s)
		until_s = bundle->made_s + rule->age_max_s;
	if (yf_numeric_date_after(bundle->not_before_s, rule->now_s,
				  rule->skew_s) ||
	    yf_numeric_date_after(bundle->made_s, rule->now_s, rule->skew_s))
		return YF_FAIL(NOT_YET);
	if (!yf_numeric_date_after(until_s, rule->now_s, -rule->skew_s))
		return YF_FAIL(EXPIRED);
	return bundle->sequence < rule->sequence_min ? YF_FAIL(REPLAYED)
						     : YF_OK;
}

static yf_err check_typ(const struct yf_cose_sign1 *sign1)
{
	yf_str typ = { NULL, 0 };

	if (yf_failed(yf_cbor_take_text(
		    yf_cbor_get_int(sign1->protected_map, YF_COSE_TYP),
		    &typ)) ||
	    !yf_str_is(typ, bundle_typ))
		return YF_FAIL(TYP);
	return YF_OK;
}

yf_err yf_bundle_open(struct yf_arena *arena, yf_bytes bytes,
		      const struct yf_bundle_rule *rule, struct yf_bundle *out)
{
	/* Who signs cards may say how they stand; a registrar may not. */
	const struct yf_issuer_rule issuer_rule = {
		.trust = rule->trust,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.keys = rule->keys,
		.key_count = rule->key_count,
		.now_s = rule->now_s,
	};
	struct yf_cose_sign1 sign1 = { 0 };
	const struct yf_cbor *item = NULL;
	struct yf_bundle bundle = { 0 };
	struct yf_issuer issuer;

	YF_TRY(yf_cbor_parse(arena, bytes, YF_CBOR_PREFERRED, &item));
	YF_TRY(yf_cose_sign1_read(arena, item, YF_COSE_TAGGED, &sign1));
	YF_TRY(check_typ(&sign1));
	if (sign1.detached)
		return YF_FAIL(MISSING);
	YF_TRY(yf_issuer_verify_cose(&sign1, &issuer_rule, &issuer));
	YF_TRY(take_claims(arena, sign1.payload, &bundle));
	YF_TRY(check_times(&bundle, rule));
	*out = bundle;
	return YF_OK;
}

/* --- looking into it --- */

yf_err yf_bundle_list(struct yf_arena *arena, const struct yf_bundle *bundle,
		      yf_str uri, size_t len_max, struct yf_status_list *out)
{
	for (size_t i = 0; i < bundle->list_count; i++) {
		const struct yf_bundle_list *list = &bundle->lists[i];
		if (yf_str_eq(list->uri, uri))
			return yf_status_list_unpack(arena, list->bits,
						     list->lst, len_max, out);
	}
	return YF_FAIL(UNREACHABLE);
}

yf_err yf_bundle_status(struct yf_arena *arena, const struct yf_bundle *bundle,
			yf_str uri, int64_t index, uint8_t *status)
{
	struct yf_status_list list = { 0 };

	YF_TRY(yf_bundle_list(arena, bundle, uri, YF_STATUS_BYTES_MAX, &list));
	return yf_status_list_get(&list, index, status);
}

yf_err yf_bundle_signer(const struct yf_bundle *bundle,
			const uint8_t hash[static 32], yf_bytes *leaf)
{
	uint8_t digest[YF_SHA256_LEN];

	for (size_t i = 0; i < bundle->signer_count; i++) {
		yf_sha256(bundle->signers[i], digest);
		if (memcmp(digest, hash, sizeof(digest)) == 0) {
			*leaf = bundle->signers[i];
			return YF_OK;
		}
	}
	return YF_FAIL(NOT_FOUND);
}

static yf_err add_all(struct yf_trust *trust, const yf_bytes *certs,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		YF_TRY(yf_trust_add(trust, certs[i]));
	return YF_OK;
}

yf_err yf_bundle_issuers(const struct yf_bundle *bundle, struct yf_trust *trust)
{
	return add_all(trust, bundle->issuers, bundle->issuer_count);
}

yf_err yf_bundle_registrars(const struct yf_bundle *bundle,
			    struct yf_trust *trust)
{
	return add_all(trust, bundle->registrars, bundle->registrar_count);
}
