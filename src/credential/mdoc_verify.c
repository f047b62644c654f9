#include "credential/mdoc.h"

#include "credential/device_auth.h"
#include "credential/issuer_key.h"
#include "credential/mdoc_present.h"
#include "credential/numeric_date.h"
#include "crypto/hash.h"

static const char *const step_names[] = {
	[YF_MDOC_CHAIN] = "chain",
	[YF_MDOC_ISSUER_AUTH] = "issuer_auth",
	[YF_MDOC_DOC_TYPE] = "doc_type",
	[YF_MDOC_COUNTRY] = "country",
	[YF_MDOC_DIGEST] = "digest",
	[YF_MDOC_VALIDITY] = "validity",
	[YF_MDOC_DEVICE_AUTH] = "device_auth",
	[YF_MDOC_DEVICE_ITEM] = "device_item",
};

const char *yf_mdoc_step_name(yf_mdoc_step step)
{
	return step_names[step];
}

/* --- who issued --- */

static yf_err check_issuer(const struct yf_issuer_signed *mdoc,
			   const struct yf_mdoc_rule *rule,
			   struct yf_mdoc_finding *finding,
			   struct yf_issuer *out)
{
	const struct yf_issuer_rule issuer_rule = {
		.trust = rule->trust,
		.eku = rule->eku,
		.keys = rule->keys,
		.key_count = rule->key_count,
		.now_s = rule->now_s,
	};
	const yf_err err =
		yf_issuer_verify_cose(&mdoc->issuer_auth, &issuer_rule, out);

	finding->step = err.code == YF_CODE_SIGNATURE ? YF_MDOC_ISSUER_AUTH
						      : YF_MDOC_CHAIN;
	return err;
}

/* --- what was issued --- */

static yf_err check_digest(const struct yf_mso *mso,
			   const struct yf_mdoc_item *item)
{
	const struct yf_cbor *digests =
		yf_cbor_get_str(mso->value_digests, item->name_space);
	uint8_t digest[YF_SHA256_LEN];
	yf_bytes wanted;

	if (item->digest_id > INT64_MAX ||
	    yf_failed(yf_cbor_take_bytes(
		    yf_cbor_get_int(digests, (int64_t)item->digest_id),
		    &wanted)))
		return YF_FAIL(DIGEST);
	yf_sha256(item->raw, digest);
	return yf_bytes_eq(wanted, (yf_bytes){ digest, sizeof(digest) })
		       ? YF_OK
		       : YF_FAIL(DIGEST);
}

static void name_item(struct yf_mdoc_finding *finding, yf_mdoc_step step,
		      const struct yf_mdoc_item *item)
{
	*finding =
		(struct yf_mdoc_finding){ step, item->name_space, item->name };
}

static yf_err check_digests(const struct yf_issuer_signed *mdoc,
			    struct yf_mdoc_finding *finding)
{
	for (size_t i = 0; i < mdoc->item_count; i++) {
		const yf_err err = check_digest(&mdoc->mso, &mdoc->items[i]);
		if (!yf_failed(err))
			continue;
		name_item(finding, YF_MDOC_DIGEST, &mdoc->items[i]);
		return err;
	}
	return YF_OK;
}

/*
 * Section 9.3.1: issuing_country, where it is shown, "matches the countryName
 * element within the subject field within the DS certificate".
 */
static yf_err check_country(const struct yf_issuer_signed *mdoc,
			    const struct yf_issuer *issuer,
			    struct yf_mdoc_finding *finding)
{
	const struct yf_mdoc_item *item = yf_mdoc_find(
		mdoc->items, mdoc->item_count, YF_STR("org.iso.18013.5.1"),
		YF_STR("issuing_country"));
	yf_str country;

	if (!item || !issuer->has_leaf || !issuer->leaf.country[0])
		return YF_OK;
	if (!yf_failed(yf_cbor_take_text(item->value, &country)) &&
	    yf_str_is(country, issuer->leaf.country))
		return YF_OK;
	name_item(finding, YF_MDOC_COUNTRY, item);
	return YF_FAIL(UNTRUSTED);
}

static yf_err check_times(const struct yf_mso *mso,
			  const struct yf_issuer *issuer,
			  const struct yf_mdoc_rule *rule)
{
	/* "validate that the 'signed' date is within the validity period of
	 * the certificate" */
	if (issuer->has_leaf && (mso->signed_at_s < issuer->leaf.valid_from_s ||
				 mso->signed_at_s > issuer->leaf.valid_until_s))
		return YF_FAIL(UNTRUSTED);
	if (!yf_numeric_date_after(mso->valid_until_s, rule->now_s,
				   -rule->skew_s))
		return YF_FAIL(EXPIRED);
	if (yf_numeric_date_after(mso->valid_from_s, rule->now_s, rule->skew_s))
		return YF_FAIL(NOT_YET);
	return YF_OK;
}

static bool is_asked(const struct yf_mdoc_rule *rule, yf_str doc_type)
{
	for (size_t i = 0; i < rule->doc_type_count; i++)
		if (yf_str_eq(rule->doc_types[i], doc_type))
			return true;
	return !rule->doc_type_count;
}

yf_err yf_mdoc_verify_issued(const struct yf_issuer_signed *mdoc,
			     const struct yf_mdoc_rule *rule,
			     struct yf_mdoc_finding *finding,
			     struct yf_mdoc *out)
{
	struct yf_mdoc_finding unasked;
	struct yf_issuer issuer = { 0 };

	if (!finding)
		finding = &unasked;
	*finding = (struct yf_mdoc_finding){ .step = YF_MDOC_CHAIN };
	YF_TRY(check_issuer(mdoc, rule, finding, &issuer));
	finding->step = YF_MDOC_DOC_TYPE;
	if (!is_asked(rule, mdoc->mso.doc_type))
		return YF_FAIL(NOT_ASKED);
	YF_TRY(check_digests(mdoc, finding));
	YF_TRY(check_country(mdoc, &issuer, finding));
	finding->step = YF_MDOC_VALIDITY;
	YF_TRY(check_times(&mdoc->mso, &issuer, rule));
	*out = (struct yf_mdoc){
		.doc_type = mdoc->mso.doc_type,
		.items = mdoc->items,
		.item_count = mdoc->item_count,
		.mso = &mdoc->mso,
		.chain = mdoc->issuer_auth.x5chain,
		.issuer_key = issuer.key,
	};
	return YF_OK;
}

/* --- who presented --- */

static yf_err check_mac(const struct yf_mdoc_document *document,
			const struct yf_mdoc_rule *rule, yf_bytes payload)
{
	YF_AUTO_SECRET key = { 0 };

	if (!rule->reader_key)
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(yf_mdoc_mac_key(rule->reader_key,
			       &document->issuer_signed.mso.device_key,
			       rule->transcript, &key));
	return yf_cose_mac0_verify(&document->mac, payload, &key);
}

static yf_err check_device_auth(struct yf_arena *arena,
				const struct yf_mdoc_document *document,
				const struct yf_mdoc_rule *rule)
{
	yf_bytes payload;

	YF_TRY(yf_device_auth_bytes(arena, rule->transcript, document->doc_type,
				    document->device_name_spaces, &payload));
	const yf_err err =
		document->auth == YF_DEVICE_MAC
			? check_mac(document, rule, payload)
			: yf_cose_sign1_verify(
				  &document->signature, payload,
				  &document->issuer_signed.mso.device_key);
	return err.code == YF_CODE_SIGNATURE ? YF_FAIL(HOLDER) : err;
}

static bool has_text(const struct yf_cbor *array, yf_str text)
{
	if (!yf_cbor_is(array, YF_CBOR_ARRAY))
		return false;
	for (const struct yf_cbor *at = array->first; at; at = at->next)
		if (at->kind == YF_CBOR_TEXT &&
		    yf_str_eq(yf_str_from(at->string), text))
			return true;
	return false;
}

/* Section 9.1.2.4: a name space as a whole, or elements by name. */
static bool is_authorized(const struct yf_cbor *authorizations,
			  const struct yf_mdoc_item *item)
{
	const struct yf_cbor *elements =
		yf_cbor_get(authorizations, "dataElements");

	return has_text(yf_cbor_get(authorizations, "nameSpaces"),
			item->name_space) ||
	       has_text(yf_cbor_get_str(elements, item->name_space),
			item->name);
}

static yf_err check_device_items(const struct yf_mdoc_document *document,
				 struct yf_mdoc_finding *finding)
{
	const struct yf_mso *mso = &document->issuer_signed.mso;

	for (size_t i = 0; i < document->device_item_count; i++) {
		const struct yf_mdoc_item *item = &document->device_items[i];
		if (is_authorized(mso->key_authorizations, item))
			continue;
		name_item(finding, YF_MDOC_DEVICE_ITEM, item);
		return YF_FAIL(HOLDER);
	}
	return YF_OK;
}

yf_err yf_mdoc_verify(struct yf_arena *arena,
		      const struct yf_mdoc_document *document,
		      const struct yf_mdoc_rule *rule,
		      struct yf_mdoc_finding *finding, struct yf_mdoc *out)
{
	struct yf_mdoc_finding unasked;
	struct yf_mdoc mdoc;

	if (!finding)
		finding = &unasked;
	*finding = (struct yf_mdoc_finding){ .step = YF_MDOC_DOC_TYPE };
	/* "the docType in the MSO matches the relevant docType" */
	if (!yf_str_eq(document->doc_type,
		       document->issuer_signed.mso.doc_type))
		return YF_FAIL(TYP);
	YF_TRY(yf_mdoc_verify_issued(&document->issuer_signed, rule, finding,
				     &mdoc));
	finding->step = YF_MDOC_DEVICE_AUTH;
	YF_TRY(check_device_auth(arena, document, rule));
	YF_TRY(check_device_items(document, finding));
	mdoc.device_items = document->device_items;
	mdoc.device_item_count = document->device_item_count;
	*out = mdoc;
	return YF_OK;
}
