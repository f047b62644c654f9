#include "credential/device_request.h"

/* ReaderAuthenticationBytes, section 9.1.4.4. */
static yf_err reader_auth_bytes(struct yf_arena *arena, yf_bytes transcript,
				yf_bytes items_request, yf_bytes *out)
{
	struct yf_buf buf =
		yf_buf_new(arena, 64 + transcript.len + items_request.len);

	const size_t at = yf_cbor_open_embedded(&buf);
	yf_cbor_put_array(&buf, 3);
	yf_cbor_put_text(&buf, YF_STR("ReaderAuthentication"));
	yf_cbor_put_raw(&buf, transcript);
	yf_cbor_put_raw(&buf, items_request);
	yf_cbor_close_embedded(&buf, at);
	return yf_buf_bytes(&buf, out);
}

/* --- reading --- */

static yf_err count_wishes(const struct yf_cbor *name_spaces, size_t *out)
{
	size_t count = 0;

	if (!yf_cbor_is(name_spaces, YF_CBOR_MAP) || !name_spaces->count)
		return YF_FAIL(SYNTAX);
	for (const struct yf_cbor *key = name_spaces->first; key;
	     key = key->next->next) {
		if (key->kind != YF_CBOR_TEXT ||
		    key->next->kind != YF_CBOR_MAP || !key->next->count)
			return YF_FAIL(SYNTAX);
		count += key->next->count;
	}
	*out = count;
	return count > YF_MDOC_ITEMS_MAX ? YF_FAIL(TOO_LARGE) : YF_OK;
}

static yf_err read_wishes(struct yf_arena *arena,
			  const struct yf_cbor *name_spaces,
			  struct yf_doc_request *out)
{
	size_t count = 0, done = 0;

	YF_TRY(count_wishes(name_spaces, &count));
	struct yf_mdoc_wish *wishes = YF_NEW(arena, struct yf_mdoc_wish, count);
	if (!wishes)
		return YF_FAIL(MEMORY);
	for (const struct yf_cbor *key = name_spaces->first; key;
	     key = key->next->next)
		for (const struct yf_cbor *at = key->next->first; at;
		     at = at->next->next) {
			struct yf_mdoc_wish *wish = &wishes[done++];
			wish->name_space = yf_str_from(key->string);
			YF_TRY(yf_cbor_take_text(at, &wish->name));
			if (at->next->kind != YF_CBOR_BOOL)
				return YF_FAIL(SYNTAX);
			wish->retain = at->next->boolean;
		}
	out->wishes = wishes;
	out->wish_count = count;
	return YF_OK;
}

static yf_err read_request(struct yf_arena *arena, const struct yf_cbor *map,
			   struct yf_doc_request *out)
{
	const struct yf_cbor *embedded = yf_cbor_get(map, "itemsRequest");
	const struct yf_cbor *auth = yf_cbor_get(map, "readerAuth");
	const struct yf_cbor *items;

	YF_TRY(yf_cbor_open(arena, embedded, YF_CBOR_LENIENT, &items));
	out->items_request = embedded->raw;
	YF_TRY(yf_cbor_take_text(yf_cbor_get(items, "docType"),
				 &out->doc_type));
	YF_TRY(read_wishes(arena, yf_cbor_get(items, "nameSpaces"), out));
	const struct yf_cbor *registration = yf_cbor_get(
		yf_cbor_get(items, "requestInfo"), YF_REQUEST_REGISTRATION);
	if (registration)
		YF_TRY(yf_cbor_take_text(registration, &out->registration));
	if (!auth)
		return YF_OK;
	YF_TRY(yf_cose_sign1_read(arena, auth, YF_COSE_UNTAGGED,
				  &out->reader_auth));
	if (!out->reader_auth.detached)
		return YF_FAIL(SYNTAX);
	if (!out->reader_auth.x5chain.count ||
	    out->reader_auth.x5chain_protected)
		return YF_FAIL(MISSING);
	out->has_reader_auth = true;
	return YF_OK;
}

yf_err yf_device_request_parse(struct yf_arena *arena, yf_bytes bytes,
			       struct yf_device_request *out)
{
	struct yf_device_request request = { 0 };
	const struct yf_cbor *map;
	yf_str version;

	if (bytes.len > YF_MDOC_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_cbor_parse(arena, bytes, YF_CBOR_LENIENT, &map));
	YF_TRY(yf_cbor_take_text(yf_cbor_get(map, "version"), &version));
	if (!yf_str_starts(version, YF_STR("1.")))
		return YF_FAIL(UNSUPPORTED);
	const struct yf_cbor *array = yf_cbor_get(map, "docRequests");
	if (!yf_cbor_is(array, YF_CBOR_ARRAY) || !array->count)
		return YF_FAIL(SYNTAX);
	if (array->count > YF_MDOC_DOCUMENTS_MAX)
		return YF_FAIL(TOO_LARGE);
	request.requests = YF_NEW(arena, struct yf_doc_request, array->count);
	if (!request.requests)
		return YF_FAIL(MEMORY);
	for (const struct yf_cbor *at = array->first; at; at = at->next)
		YF_TRY(read_request(arena, at,
				    &request.requests[request.count++]));
	*out = request;
	return YF_OK;
}

yf_err yf_reader_auth_check(struct yf_arena *arena,
			    const struct yf_doc_request *request,
			    yf_bytes transcript,
			    const struct yf_public_key *key)
{
	yf_bytes payload;

	if (!request->has_reader_auth)
		return YF_FAIL(HOLDER);
	YF_TRY(reader_auth_bytes(arena, transcript, request->items_request,
				 &payload));
	return yf_cose_sign1_verify(&request->reader_auth, payload, key);
}

yf_err yf_reader_auth_verify(struct yf_arena *arena,
			     const struct yf_doc_request *request,
			     yf_bytes transcript, struct yf_trust *trust,
			     int64_t now_s, struct yf_trusted_leaf *out)
{
	struct yf_trusted_leaf leaf;

	if (!request->has_reader_auth)
		return YF_FAIL(HOLDER);
	YF_TRY(yf_trust_verify(trust, &request->reader_auth.x5chain,
			       YF_EKU_READER, now_s, &leaf));
	YF_TRY(yf_reader_auth_check(arena, request, transcript, &leaf.key));
	*out = leaf;
	return YF_OK;
}

/* --- writing --- */

static bool is_same_space(const struct yf_doc_ask *ask, size_t a, size_t b)
{
	return yf_str_eq(ask->wishes[a].name_space, ask->wishes[b].name_space);
}

static bool is_first_of_space(const struct yf_doc_ask *ask, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_same_space(ask, i, at))
			return false;
	return true;
}

static yf_err check_wishes(const struct yf_doc_ask *ask)
{
	if (!ask->wish_count || !ask->doc_type.len)
		return YF_FAIL(RANGE);
	if (ask->wish_count > YF_MDOC_ITEMS_MAX)
		return YF_FAIL(TOO_LARGE);
	for (size_t i = 0; i < ask->wish_count; i++)
		for (size_t j = 0; j < i; j++)
			if (is_same_space(ask, i, j) &&
			    yf_str_eq(ask->wishes[i].name, ask->wishes[j].name))
				return YF_FAIL(DUPLICATE);
	return YF_OK;
}

static void put_space(struct yf_buf *buf, const struct yf_doc_ask *ask,
		      size_t first)
{
	size_t count = 0;

	for (size_t i = first; i < ask->wish_count; i++)
		count += is_same_space(ask, first, i);
	yf_cbor_put_text(buf, ask->wishes[first].name_space);
	yf_cbor_put_map(buf, count);
	for (size_t i = first; i < ask->wish_count; i++) {
		if (!is_same_space(ask, first, i))
			continue;
		yf_cbor_put_text(buf, ask->wishes[i].name);
		yf_cbor_put_bool(buf, ask->wishes[i].retain);
	}
}

/* ItemsRequestBytes. */
static yf_err make_items(struct yf_arena *arena, const struct yf_doc_ask *ask,
			 yf_bytes *out)
{
	struct yf_buf buf = yf_buf_new(arena, 256);
	size_t spaces = 0;

	for (size_t i = 0; i < ask->wish_count; i++)
		spaces += is_first_of_space(ask, i);
	const size_t at = yf_cbor_open_embedded(&buf);
	yf_cbor_put_map(&buf, ask->registration.len ? 3 : 2);
	yf_cbor_put_text(&buf, YF_STR("docType"));
	yf_cbor_put_text(&buf, ask->doc_type);
	yf_cbor_put_text(&buf, YF_STR("nameSpaces"));
	yf_cbor_put_map(&buf, spaces);
	for (size_t i = 0; i < ask->wish_count; i++)
		if (is_first_of_space(ask, i))
			put_space(&buf, ask, i);
	if (ask->registration.len) {
		yf_cbor_put_text(&buf, YF_STR("requestInfo"));
		yf_cbor_put_map(&buf, 1);
		yf_cbor_put_text(&buf, YF_STR(YF_REQUEST_REGISTRATION));
		yf_cbor_put_text(&buf, ask->registration);
	}
	yf_cbor_close_embedded(&buf, at);
	return yf_buf_bytes(&buf, out);
}

static yf_err put_reader_auth(struct yf_buf *buf, struct yf_arena *arena,
			      const struct yf_doc_ask *ask, yf_bytes items)
{
	struct yf_chain chain = { .count = 0 };
	const struct yf_cose_ask cose = { .x5chain = &chain, .detached = true };
	yf_bytes payload;

	YF_TRY(yf_signer_chain(ask->reader, &chain));
	if (!chain.count)
		return YF_FAIL(MISSING);
	YF_TRY(reader_auth_bytes(arena, ask->transcript, items, &payload));
	yf_cbor_put_text(buf, YF_STR("readerAuth"));
	return yf_cose_sign1_put(buf, ask->reader, &cose, payload);
}

yf_err yf_device_request_make(struct yf_arena *arena,
			      const struct yf_doc_ask *asks, size_t count,
			      yf_bytes *out)
{
	struct yf_buf buf = yf_buf_new(arena, 1024);
	yf_bytes items;

	if (!count)
		return YF_FAIL(RANGE);
	if (count > YF_MDOC_DOCUMENTS_MAX)
		return YF_FAIL(TOO_LARGE);
	yf_cbor_put_map(&buf, 2);
	yf_cbor_put_text(&buf, YF_STR("version"));
	yf_cbor_put_text(&buf, YF_STR("1.0"));
	yf_cbor_put_text(&buf, YF_STR("docRequests"));
	yf_cbor_put_array(&buf, count);
	for (size_t i = 0; i < count; i++) {
		YF_TRY(check_wishes(&asks[i]));
		YF_TRY(make_items(arena, &asks[i], &items));
		yf_cbor_put_map(&buf, asks[i].reader ? 2 : 1);
		yf_cbor_put_text(&buf, YF_STR("itemsRequest"));
		yf_cbor_put_raw(&buf, items);
		if (asks[i].reader)
			YF_TRY(put_reader_auth(&buf, arena, &asks[i], items));
	}
	return yf_buf_bytes(&buf, out);
}
