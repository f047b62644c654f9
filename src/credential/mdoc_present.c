#include "credential/mdoc_present.h"

#include "credential/device_auth.h"

/* --- choosing --- */

static bool is_chosen(const struct yf_mdoc_show *show,
		      const struct yf_mdoc_item *item)
{
	for (size_t i = 0; i < show->choice_count; i++)
		if (yf_str_eq(show->choices[i].name, item->name) &&
		    yf_str_eq(show->choices[i].name_space, item->name_space))
			return true;
	return false;
}

static yf_err check_choices(const struct yf_mdoc_show *show,
			    const struct yf_issuer_signed *mdoc)
{
	for (size_t i = 0; i < show->choice_count; i++)
		if (!yf_mdoc_find(mdoc->items, mdoc->item_count,
				  show->choices[i].name_space,
				  show->choices[i].name))
			return YF_FAIL(NOT_FOUND);
	return YF_OK;
}

/* The items of one name space stand together, as they were received. */
static size_t run_of(const struct yf_issuer_signed *mdoc, size_t at)
{
	size_t count = 1;

	while (at + count < mdoc->item_count &&
	       yf_str_eq(mdoc->items[at].name_space,
			 mdoc->items[at + count].name_space))
		count++;
	return count;
}

static size_t chosen_in(const struct yf_mdoc_show *show,
			const struct yf_issuer_signed *mdoc, size_t at,
			size_t run)
{
	size_t count = 0;

	for (size_t i = at; i < at + run; i++)
		count += is_chosen(show, &mdoc->items[i]);
	return count;
}

static void put_chosen(struct yf_buf *buf, const struct yf_mdoc_show *show,
		       const struct yf_issuer_signed *mdoc)
{
	size_t spaces = 0, run = 0;

	for (size_t at = 0; at < mdoc->item_count; at += run) {
		run = run_of(mdoc, at);
		spaces += chosen_in(show, mdoc, at, run) > 0;
	}
	yf_cbor_put_map(buf, spaces);
	for (size_t at = 0; at < mdoc->item_count; at += run) {
		run = run_of(mdoc, at);
		const size_t chosen = chosen_in(show, mdoc, at, run);
		if (!chosen)
			continue;
		yf_cbor_put_text(buf, mdoc->items[at].name_space);
		yf_cbor_put_array(buf, chosen);
		for (size_t i = at; i < at + run; i++)
			if (is_chosen(show, &mdoc->items[i]))
				yf_cbor_put_raw(buf, mdoc->items[i].raw);
	}
}

static void put_issuer_signed(struct yf_buf *buf,
			      const struct yf_mdoc_show *show,
			      const struct yf_issuer_signed *mdoc)
{
	/* `nameSpaces` is left out rather than empty: the CDDL has one or
	 * more name spaces in it. */
	yf_cbor_put_map(buf, show->choice_count ? 2 : 1);
	yf_cbor_put_text(buf, YF_STR("issuerAuth"));
	yf_cbor_put_raw(buf, mdoc->issuer_auth_raw);
	if (!show->choice_count)
		return;
	yf_cbor_put_text(buf, YF_STR("nameSpaces"));
	put_chosen(buf, show, mdoc);
}

/* --- what the device says itself --- */

static bool is_same_space(const struct yf_mdoc_show *show, size_t a, size_t b)
{
	return yf_str_eq(show->device_elements[a].name_space,
			 show->device_elements[b].name_space);
}

static bool is_first_of_space(const struct yf_mdoc_show *show, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_same_space(show, i, at))
			return false;
	return true;
}

static yf_err check_device_elements(struct yf_arena *arena,
				    const struct yf_mdoc_show *show)
{
	const struct yf_cbor *item;

	if (show->device_element_count > YF_MDOC_ITEMS_MAX)
		return YF_FAIL(TOO_LARGE);
	for (size_t i = 0; i < show->device_element_count; i++) {
		YF_TRY(yf_cbor_parse(arena, show->device_elements[i].value,
				     YF_CBOR_PREFERRED, &item));
		for (size_t j = 0; j < i; j++)
			if (is_same_space(show, i, j) &&
			    yf_str_eq(show->device_elements[i].name,
				      show->device_elements[j].name))
				return YF_FAIL(DUPLICATE);
	}
	return YF_OK;
}

static void put_device_space(struct yf_buf *buf,
			     const struct yf_mdoc_show *show, size_t first)
{
	size_t count = 0;

	for (size_t i = first; i < show->device_element_count; i++)
		count += is_same_space(show, first, i);
	yf_cbor_put_text(buf, show->device_elements[first].name_space);
	yf_cbor_put_map(buf, count);
	for (size_t i = first; i < show->device_element_count; i++) {
		if (!is_same_space(show, first, i))
			continue;
		yf_cbor_put_text(buf, show->device_elements[i].name);
		yf_cbor_put_raw(buf, show->device_elements[i].value);
	}
}

/* DeviceNameSpacesBytes. */
static yf_err make_device_spaces(struct yf_arena *arena,
				 const struct yf_mdoc_show *show, yf_bytes *out)
{
	struct yf_buf buf = yf_buf_new(arena, 64);
	size_t spaces = 0;

	YF_TRY(check_device_elements(arena, show));
	for (size_t i = 0; i < show->device_element_count; i++)
		spaces += is_first_of_space(show, i);
	const size_t at = yf_cbor_open_embedded(&buf);
	yf_cbor_put_map(&buf, spaces);
	for (size_t i = 0; i < show->device_element_count; i++)
		if (is_first_of_space(show, i))
			put_device_space(&buf, show, i);
	yf_cbor_close_embedded(&buf, at);
	return yf_buf_bytes(&buf, out);
}

static yf_err put_device_signed(struct yf_buf *buf, struct yf_arena *arena,
				const struct yf_mdoc_show *show,
				yf_str doc_type)
{
	static const struct yf_cose_ask detached = { .detached = true };
	yf_bytes name_spaces, payload;

	YF_TRY(make_device_spaces(arena, show, &name_spaces));
	YF_TRY(yf_device_auth_bytes(arena, show->transcript, doc_type,
				    name_spaces, &payload));
	yf_cbor_put_map(buf, 2);
	yf_cbor_put_text(buf, YF_STR("deviceAuth"));
	yf_cbor_put_map(buf, 1);
	if (show->device) {
		yf_cbor_put_text(buf, YF_STR("deviceSignature"));
		YF_TRY(yf_cose_sign1_put(buf, show->device, &detached,
					 payload));
	} else {
		yf_cbor_put_text(buf, YF_STR("deviceMac"));
		yf_cose_mac0_put_detached(buf, show->mac_key, payload);
	}
	yf_cbor_put_text(buf, YF_STR("nameSpaces"));
	yf_cbor_put_raw(buf, name_spaces);
	return YF_OK;
}

/* --- all of it --- */

static yf_err put_document(struct yf_buf *buf, struct yf_arena *arena,
			   const struct yf_mdoc_show *show)
{
	struct yf_issuer_signed mdoc;

	YF_TRY(yf_issuer_signed_parse(arena, show->issuer_signed, &mdoc));
	YF_TRY(check_choices(show, &mdoc));
	yf_cbor_put_map(buf, 3);
	yf_cbor_put_text(buf, YF_STR("docType"));
	yf_cbor_put_text(buf, mdoc.mso.doc_type);
	yf_cbor_put_text(buf, YF_STR("deviceSigned"));
	YF_TRY(put_device_signed(buf, arena, show, mdoc.mso.doc_type));
	yf_cbor_put_text(buf, YF_STR("issuerSigned"));
	put_issuer_signed(buf, show, &mdoc);
	return YF_OK;
}

yf_err yf_device_response_make(struct yf_arena *arena,
			       const struct yf_mdoc_show *shows, size_t count,
			       yf_bytes *out)
{
	struct yf_buf buf = yf_buf_new(arena, 4096);

	if (count > YF_MDOC_DOCUMENTS_MAX)
		return YF_FAIL(TOO_LARGE);
	yf_cbor_put_map(&buf, count ? 3 : 2);
	yf_cbor_put_text(&buf, YF_STR("status"));
	yf_cbor_put_uint(&buf, YF_MDOC_STATUS_OK);
	yf_cbor_put_text(&buf, YF_STR("version"));
	yf_cbor_put_text(&buf, YF_STR("1.0"));
	if (count) {
		yf_cbor_put_text(&buf, YF_STR("documents"));
		yf_cbor_put_array(&buf, count);
	}
	for (size_t i = 0; i < count; i++)
		YF_TRY(put_document(&buf, arena, &shows[i]));
	return yf_buf_bytes(&buf, out);
}

yf_err yf_mdoc_mac_key(const struct yf_key *own,
		       const struct yf_public_key *peer, yf_bytes transcript,
		       struct yf_secret *out)
{
	return yf_transcript_key(own, peer, transcript, YF_STR("EMacKey"), out);
}
