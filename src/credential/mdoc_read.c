#include "credential/mdoc.h"

#include "codec/tdate.h"

/* Counted before memory is taken.  SYNTAX when a name space is no array. */
static yf_err count_items(const struct yf_cbor *name_spaces, yf_cbor_kind kind,
			  size_t *out)
{
	size_t count = 0;

	for (const struct yf_cbor *key = name_spaces->first; key;
	     key = key->next->next) {
		if (key->kind != YF_CBOR_TEXT || key->next->kind != kind ||
		    !key->next->count)
			return YF_FAIL(SYNTAX);
		count += key->next->count;
	}
	if (count > YF_MDOC_ITEMS_MAX)
		return YF_FAIL(TOO_LARGE);
	*out = count;
	return YF_OK;
}

/* --- IssuerSigned --- */

static yf_err read_item(struct yf_arena *arena, const struct yf_cbor *embedded,
			struct yf_mdoc_item *out)
{
	const struct yf_cbor *item;
	yf_bytes random;

	YF_TRY(yf_cbor_open(arena, embedded, YF_CBOR_LENIENT, &item));
	const struct yf_cbor *digest_id = yf_cbor_get(item, "digestID");
	if (!yf_cbor_is(digest_id, YF_CBOR_UINT))
		return YF_FAIL(SYNTAX);
	YF_TRY(yf_cbor_take_bytes(yf_cbor_get(item, "random"), &random));
	YF_TRY(yf_cbor_take_text(yf_cbor_get(item, "elementIdentifier"),
				 &out->name));
	out->value = yf_cbor_get(item, "elementValue");
	if (!out->value)
		return YF_FAIL(SYNTAX);
	if (random.len < YF_MDOC_RANDOM_MIN)
		return YF_FAIL(RANGE);
	out->digest_id = digest_id->number;
	out->raw = embedded->raw;
	return YF_OK;
}

const struct yf_mdoc_item *yf_mdoc_find(const struct yf_mdoc_item *items,
					size_t count, yf_str name_space,
					yf_str name)
{
	for (size_t i = 0; i < count; i++)
		if (yf_str_eq(items[i].name, name) &&
		    yf_str_eq(items[i].name_space, name_space))
			return &items[i];
	return NULL;
}

static yf_err read_items(struct yf_arena *arena,
			 const struct yf_cbor *name_spaces,
			 struct yf_issuer_signed *out)
{
	size_t count = 0, done = 0;

	YF_TRY(count_items(name_spaces, YF_CBOR_ARRAY, &count));
	struct yf_mdoc_item *items = YF_NEW(arena, struct yf_mdoc_item, count);
	if (!items)
		return YF_FAIL(MEMORY);
	for (const struct yf_cbor *key = name_spaces->first; key;
	     key = key->next->next) {
		const yf_str name_space = yf_str_from(key->string);
		for (const struct yf_cbor *at = key->next->first; at;
		     at = at->next) {
			struct yf_mdoc_item *item = &items[done];
			item->name_space = name_space;
			YF_TRY(read_item(arena, at, item));
			if (yf_mdoc_find(items, done, name_space, item->name))
				return YF_FAIL(DUPLICATE);
			done++;
		}
	}
	out->items = items;
	out->item_count = count;
	return YF_OK;
}

/* --- MobileSecurityObject --- */

static yf_err read_validity(const struct yf_cbor *info, struct yf_mso *out)
{
	const struct yf_cbor *update = yf_cbor_get(info, "expectedUpdate");

	YF_TRY(yf_tdate_read(yf_cbor_get(info, "signed"), &out->signed_at_s));
	YF_TRY(yf_tdate_read(yf_cbor_get(info, "validFrom"),
			     &out->valid_from_s));
	YF_TRY(yf_tdate_read(yf_cbor_get(info, "validUntil"),
			     &out->valid_until_s));
	if (update)
		YF_TRY(yf_tdate_read(update, &out->expected_update_s));
	/* Section 9.1.2.4: "validFrom shall be equal or later than the signed
	 * element", "validUntil shall be later than validFrom". */
	return out->valid_from_s < out->signed_at_s ||
			       out->valid_until_s <= out->valid_from_s
		       ? YF_FAIL(RANGE)
		       : YF_OK;
}

/* Token Status List section 6.3: the same members as in JSON. */
static yf_err read_status(const struct yf_cbor *status,
			  struct yf_status_ref *out)
{
	if (!status)
		return YF_OK;
	if (status->kind != YF_CBOR_MAP)
		return YF_FAIL(SYNTAX);
	const struct yf_cbor *list = yf_cbor_get(status, "status_list");
	if (!list)
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(yf_cbor_take_int(yf_cbor_get(list, "idx"), &out->index));
	YF_TRY(yf_cbor_take_text(yf_cbor_get(list, "uri"), &out->uri));
	return out->index < 0 || !out->uri.len ? YF_FAIL(SYNTAX) : YF_OK;
}

static yf_err check_version(const struct yf_cbor *version)
{
	yf_str text;

	YF_TRY(yf_cbor_take_text(version, &text));
	/* "1.0"; a later minor version only adds members. */
	return yf_str_starts(text, YF_STR("1.")) ? YF_OK : YF_FAIL(UNSUPPORTED);
}

static yf_err read_mso(struct yf_arena *arena, yf_bytes payload,
		       struct yf_mso *out)
{
	const struct yf_cbor *outer, *mso;
	yf_str algorithm;

	YF_TRY(yf_cbor_parse(arena, payload, YF_CBOR_LENIENT, &outer));
	YF_TRY(yf_cbor_open(arena, outer, YF_CBOR_LENIENT, &mso));
	YF_TRY(check_version(yf_cbor_get(mso, "version")));
	YF_TRY(yf_cbor_take_text(yf_cbor_get(mso, "digestAlgorithm"),
				 &algorithm));
	if (!yf_str_is(algorithm, "SHA-256"))
		return YF_FAIL(ALGORITHM);
	YF_TRY(yf_cbor_take_text(yf_cbor_get(mso, "docType"), &out->doc_type));
	out->value_digests = yf_cbor_get(mso, "valueDigests");
	if (!yf_cbor_is(out->value_digests, YF_CBOR_MAP))
		return YF_FAIL(SYNTAX);
	const struct yf_cbor *key_info = yf_cbor_get(mso, "deviceKeyInfo");
	if (!yf_cbor_is(key_info, YF_CBOR_MAP))
		return YF_FAIL(SYNTAX);
	YF_TRY(yf_cose_key_parse(yf_cbor_get(key_info, "deviceKey"),
				 &out->device_key));
	out->key_authorizations = yf_cbor_get(key_info, "keyAuthorizations");
	YF_TRY(read_validity(yf_cbor_get(mso, "validityInfo"), out));
	return read_status(yf_cbor_get(mso, "status"), &out->status);
}

static yf_err read_issuer_signed(struct yf_arena *arena,
				 const struct yf_cbor *map,
				 struct yf_issuer_signed *out)
{
	const struct yf_cbor *name_spaces = yf_cbor_get(map, "nameSpaces");
	const struct yf_cbor *auth = yf_cbor_get(map, "issuerAuth");

	YF_TRY(yf_cose_sign1_read(arena, auth, YF_COSE_UNTAGGED,
				  &out->issuer_auth));
	if (out->issuer_auth.detached)
		return YF_FAIL(SYNTAX);
	if (!out->issuer_auth.x5chain.count ||
	    out->issuer_auth.x5chain_protected)
		return YF_FAIL(MISSING);
	out->issuer_auth_raw = auth->raw;
	YF_TRY(read_mso(arena, out->issuer_auth.payload, &out->mso));
	if (!name_spaces)
		return YF_OK;
	if (name_spaces->kind != YF_CBOR_MAP)
		return YF_FAIL(SYNTAX);
	return read_items(arena, name_spaces, out);
}

yf_err yf_issuer_signed_parse(struct yf_arena *arena, yf_bytes bytes,
			      struct yf_issuer_signed *out)
{
	struct yf_issuer_signed issuer_signed = { 0 };
	const struct yf_cbor *map;

	if (bytes.len > YF_MDOC_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_cbor_parse(arena, bytes, YF_CBOR_LENIENT, &map));
	YF_TRY(read_issuer_signed(arena, map, &issuer_signed));
	*out = issuer_signed;
	return YF_OK;
}

/* --- DeviceResponse --- */

static yf_err read_device_items(struct yf_arena *arena,
				const struct yf_cbor *name_spaces,
				struct yf_mdoc_document *out)
{
	size_t count = 0, done = 0;

	if (name_spaces->kind != YF_CBOR_MAP)
		return YF_FAIL(SYNTAX);
	YF_TRY(count_items(name_spaces, YF_CBOR_MAP, &count));
	struct yf_mdoc_item *items = YF_NEW(arena, struct yf_mdoc_item, count);
	if (!items)
		return YF_FAIL(MEMORY);
	for (const struct yf_cbor *key = name_spaces->first; key;
	     key = key->next->next)
		for (const struct yf_cbor *at = key->next->first; at;
		     at = at->next->next) {
			struct yf_mdoc_item *item = &items[done++];
			item->name_space = yf_str_from(key->string);
			YF_TRY(yf_cbor_take_text(at, &item->name));
			item->value = at->next;
		}
	out->device_items = items;
	out->device_item_count = count;
	return YF_OK;
}

static yf_err read_device_auth(struct yf_arena *arena,
			       const struct yf_cbor *auth,
			       struct yf_mdoc_document *out)
{
	const struct yf_cbor *signature = yf_cbor_get(auth, "deviceSignature");
	const struct yf_cbor *mac = yf_cbor_get(auth, "deviceMac");

	/* Section 8.3.2.1.2.2: one or the other. */
	if ((signature != NULL) == (mac != NULL))
		return YF_FAIL(HOLDER);
	out->auth = signature ? YF_DEVICE_SIGNATURE : YF_DEVICE_MAC;
	if (signature) {
		YF_TRY(yf_cose_sign1_read(arena, signature, YF_COSE_UNTAGGED,
					  &out->signature));
		return out->signature.detached ? YF_OK : YF_FAIL(SYNTAX);
	}
	YF_TRY(yf_cose_mac0_read(arena, mac, &out->mac));
	return out->mac.detached ? YF_OK : YF_FAIL(SYNTAX);
}

static yf_err read_document(struct yf_arena *arena, const struct yf_cbor *map,
			    struct yf_mdoc_document *out)
{
	const struct yf_cbor *device = yf_cbor_get(map, "deviceSigned");
	const struct yf_cbor *embedded = yf_cbor_get(device, "nameSpaces");
	const struct yf_cbor *name_spaces;

	YF_TRY(yf_cbor_take_text(yf_cbor_get(map, "docType"), &out->doc_type));
	YF_TRY(read_issuer_signed(arena, yf_cbor_get(map, "issuerSigned"),
				  &out->issuer_signed));
	YF_TRY(yf_cbor_open(arena, embedded, YF_CBOR_LENIENT, &name_spaces));
	out->device_name_spaces = embedded->raw;
	YF_TRY(read_device_items(arena, name_spaces, out));
	YF_TRY(read_device_auth(arena, yf_cbor_get(device, "deviceAuth"), out));
	out->errors = yf_cbor_get(map, "errors");
	return YF_OK;
}

static yf_err read_documents(struct yf_arena *arena,
			     const struct yf_cbor *array,
			     struct yf_device_response *out)
{
	if (array->kind != YF_CBOR_ARRAY || !array->count)
		return YF_FAIL(SYNTAX);
	if (array->count > YF_MDOC_DOCUMENTS_MAX)
		return YF_FAIL(TOO_LARGE);
	out->documents = YF_NEW(arena, struct yf_mdoc_document, array->count);
	if (!out->documents)
		return YF_FAIL(MEMORY);
	for (const struct yf_cbor *at = array->first; at; at = at->next)
		YF_TRY(read_document(arena, at,
				     &out->documents[out->document_count++]));
	return YF_OK;
}

yf_err yf_device_response_parse(struct yf_arena *arena, yf_bytes bytes,
				struct yf_device_response *out)
{
	struct yf_device_response response = { 0 };
	const struct yf_cbor *map;

	if (bytes.len > YF_MDOC_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_cbor_parse(arena, bytes, YF_CBOR_LENIENT, &map));
	YF_TRY(check_version(yf_cbor_get(map, "version")));
	YF_TRY(yf_cbor_take_int(yf_cbor_get(map, "status"), &response.status));
	response.document_errors = yf_cbor_get(map, "documentErrors");
	const struct yf_cbor *documents = yf_cbor_get(map, "documents");
	if (documents)
		YF_TRY(read_documents(arena, documents, &response));
	*out = response;
	return YF_OK;
}
