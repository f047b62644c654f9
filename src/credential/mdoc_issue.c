#include "credential/mdoc_issue.h"

#include <stdlib.h>

#include "base/random.h"
#include "codec/tdate.h"
#include "crypto/hash.h"

/* What is drawn for one element. */
struct draw {
	uint8_t random[YF_MDOC_RANDOM_MIN];
	uint64_t order; /* elements are numbered by it */
};

/* One element on its way into the mdoc. */
struct part {
	const struct yf_mdoc_element *element;
	uint64_t digest_id;
	const struct draw *draw;
	uint8_t digest[YF_SHA256_LEN];
};

struct issuing {
	const struct yf_mdoc_ask *ask;
	struct part *parts; /* by name space, then by digest id */
	size_t count;
	size_t name_space_count;
};

/* Name spaces in the order of RFC 8949 4.2.1: the head tells the length. */
static int compare_names(yf_str a, yf_str b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return memcmp(a.ptr, b.ptr, a.len);
}

static int compare_parts(const void *a, const void *b)
{
	const struct part *left = a;
	const struct part *right = b;
	const int order = compare_names(left->element->name_space,
					right->element->name_space);

	if (order)
		return order;
	return (left->draw->order > right->draw->order) -
	       (left->draw->order < right->draw->order);
}

static bool same_space(const struct part *a, const struct part *b)
{
	return yf_str_eq(a->element->name_space, b->element->name_space);
}

/* --- before anything is signed --- */

static yf_err check_element(struct yf_arena *arena,
			    const struct yf_mdoc_ask *ask, size_t at)
{
	const struct yf_mdoc_element *element = &ask->elements[at];
	const struct yf_cbor *item;

	if (!element->name_space.len || !element->name.len)
		return YF_FAIL(RANGE);
	for (size_t i = 0; i < at; i++)
		if (yf_str_eq(ask->elements[i].name, element->name) &&
		    yf_str_eq(ask->elements[i].name_space, element->name_space))
			return YF_FAIL(DUPLICATE);
	return yf_cbor_parse(arena, element->value, YF_CBOR_PREFERRED, &item);
}

static yf_err check_ask(struct yf_arena *arena, const struct yf_mdoc_ask *ask)
{
	if (!ask->doc_type.len || !ask->element_count ||
	    (ask->status.uri.len && ask->status.index < 0) ||
	    ask->valid_from_s < ask->signed_at_s ||
	    ask->valid_until_s <= ask->valid_from_s)
		return YF_FAIL(RANGE);
	if (ask->element_count > YF_MDOC_ITEMS_MAX)
		return YF_FAIL(TOO_LARGE);
	for (size_t i = 0; i < ask->element_count; i++)
		YF_TRY(check_element(arena, ask, i));
	return YF_OK;
}

/* Elements in random order within their name space, numbered from 0. */
static yf_err number_parts(struct yf_arena *arena, struct issuing *issuing)
{
	const size_t count = issuing->count;
	struct draw *draws = YF_NEW(arena, struct draw, count);

	issuing->parts = YF_NEW(arena, struct part, count);
	if (!draws || !issuing->parts)
		return YF_FAIL(MEMORY);
	yf_random_fill(draws, count * sizeof(*draws));
	for (size_t i = 0; i < count; i++) {
		issuing->parts[i].element = &issuing->ask->elements[i];
		issuing->parts[i].draw = &draws[i];
	}
	qsort(issuing->parts, count, sizeof(*issuing->parts), compare_parts);
	for (size_t i = 0; i < count; i++) {
		struct part *part = &issuing->parts[i];
		const bool first = i == 0 || !same_space(part - 1, part);
		part->digest_id = first ? 0 : part[-1].digest_id + 1;
		issuing->name_space_count += first;
	}
	return YF_OK;
}

/* --- IssuerSignedItem --- */

static void put_item(struct yf_buf *buf, struct part *part)
{
	const size_t start = buf->len;
	const size_t at = yf_cbor_open_embedded(buf);

	yf_cbor_put_map(buf, 4);
	yf_cbor_put_text(buf, YF_STR("digestID"));
	yf_cbor_put_uint(buf, part->digest_id);
	yf_cbor_put_text(buf, YF_STR("random"));
	yf_cbor_put_bytes(buf, (yf_bytes){ part->draw->random,
					   sizeof(part->draw->random) });
	yf_cbor_put_text(buf, YF_STR("elementIdentifier"));
	yf_cbor_put_text(buf, part->element->name);
	yf_cbor_put_text(buf, YF_STR("elementValue"));
	yf_cbor_put_raw(buf, part->element->value);
	yf_cbor_close_embedded(buf, at);
	if (!yf_failed(buf->err))
		yf_sha256((yf_bytes){ buf->ptr + start, buf->len - start },
			  part->digest);
}

/* How many parts from `at` on are in its name space. */
static size_t run_of(const struct issuing *issuing, size_t at)
{
	size_t count = 1;

	while (at + count < issuing->count &&
	       same_space(&issuing->parts[at], &issuing->parts[at + count]))
		count++;
	return count;
}

static void put_name_spaces(struct yf_buf *buf, struct issuing *issuing)
{
	size_t run = 0;

	yf_cbor_put_map(buf, issuing->name_space_count);
	for (size_t at = 0; at < issuing->count; at += run) {
		run = run_of(issuing, at);
		yf_cbor_put_text(buf, issuing->parts[at].element->name_space);
		yf_cbor_put_array(buf, run);
		for (size_t i = at; i < at + run; i++)
			put_item(buf, &issuing->parts[i]);
	}
}

/* --- MobileSecurityObject --- */

static void put_digests(struct yf_buf *buf, const struct issuing *issuing)
{
	size_t run = 0;

	yf_cbor_put_text(buf, YF_STR("valueDigests"));
	yf_cbor_put_map(buf, issuing->name_space_count);
	for (size_t at = 0; at < issuing->count; at += run) {
		run = run_of(issuing, at);
		yf_cbor_put_text(buf, issuing->parts[at].element->name_space);
		yf_cbor_put_map(buf, run);
		for (size_t i = at; i < at + run; i++) {
			const struct part *part = &issuing->parts[i];
			yf_cbor_put_uint(buf, part->digest_id);
			yf_cbor_put_bytes(
				buf, (yf_bytes){ part->digest, YF_SHA256_LEN });
		}
	}
}

static void put_status(struct yf_buf *buf, const struct yf_status_ref *status)
{
	yf_cbor_put_text(buf, YF_STR("status"));
	yf_cbor_put_map(buf, 1);
	yf_cbor_put_text(buf, YF_STR("status_list"));
	yf_cbor_put_map(buf, 2);
	yf_cbor_put_text(buf, YF_STR("idx"));
	yf_cbor_put_int(buf, status->index);
	yf_cbor_put_text(buf, YF_STR("uri"));
	yf_cbor_put_text(buf, status->uri);
}

static void put_validity(struct yf_buf *buf, const struct yf_mdoc_ask *ask)
{
	yf_cbor_put_text(buf, YF_STR("validityInfo"));
	yf_cbor_put_map(buf, ask->expected_update_s ? 4 : 3);
	yf_cbor_put_text(buf, YF_STR("signed"));
	yf_tdate_put(buf, ask->signed_at_s);
	yf_cbor_put_text(buf, YF_STR("validFrom"));
	yf_tdate_put(buf, ask->valid_from_s);
	yf_cbor_put_text(buf, YF_STR("validUntil"));
	yf_tdate_put(buf, ask->valid_until_s);
	if (!ask->expected_update_s)
		return;
	yf_cbor_put_text(buf, YF_STR("expectedUpdate"));
	yf_tdate_put(buf, ask->expected_update_s);
}

static void put_key_info(struct yf_buf *buf, const struct yf_mdoc_ask *ask)
{
	yf_cbor_put_text(buf, YF_STR("deviceKeyInfo"));
	yf_cbor_put_map(buf, ask->device_name_space_count ? 2 : 1);
	yf_cbor_put_text(buf, YF_STR("deviceKey"));
	yf_cose_key_put(buf, ask->holder);
	if (!ask->device_name_space_count)
		return;
	yf_cbor_put_text(buf, YF_STR("keyAuthorizations"));
	yf_cbor_put_map(buf, 1);
	yf_cbor_put_text(buf, YF_STR("nameSpaces"));
	yf_cbor_put_array(buf, ask->device_name_space_count);
	for (size_t i = 0; i < ask->device_name_space_count; i++)
		yf_cbor_put_text(buf, ask->device_name_spaces[i]);
}

static void put_mso(struct yf_buf *buf, const struct issuing *issuing)
{
	const struct yf_mdoc_ask *ask = issuing->ask;
	const bool has_status = ask->status.uri.len > 0;
	const size_t at = yf_cbor_open_embedded(buf);

	yf_cbor_put_map(buf, has_status ? 7 : 6);
	if (has_status)
		put_status(buf, &ask->status);
	yf_cbor_put_text(buf, YF_STR("docType"));
	yf_cbor_put_text(buf, ask->doc_type);
	yf_cbor_put_text(buf, YF_STR("version"));
	yf_cbor_put_text(buf, YF_STR("1.0"));
	put_validity(buf, ask);
	put_digests(buf, issuing);
	put_key_info(buf, ask);
	yf_cbor_put_text(buf, YF_STR("digestAlgorithm"));
	yf_cbor_put_text(buf, YF_STR("SHA-256"));
	yf_cbor_close_embedded(buf, at);
}

/* --- all of it --- */

/* A guess of the encoded length, so that buffers rarely grow. */
static size_t guess_len(const struct yf_mdoc_ask *ask)
{
	enum { PER_ELEMENT = 112, REST = 1024 };
	size_t len = REST;

	for (size_t i = 0; i < ask->element_count; i++)
		len += PER_ELEMENT + ask->elements[i].name.len +
		       ask->elements[i].value.len;
	return len;
}

static yf_err sign_mso(struct yf_arena *arena, const struct yf_signer *signer,
		       const struct issuing *issuing, struct yf_buf *out)
{
	enum { PER_DIGEST = 40, REST = 640 };
	struct yf_buf buf =
		yf_buf_new(arena, REST + PER_DIGEST * issuing->count);
	struct yf_chain chain = { .count = 0 };
	const struct yf_cose_ask cose = { .x5chain = &chain };
	yf_bytes mso;

	YF_TRY(yf_signer_chain(signer, &chain));
	if (!chain.count)
		return YF_FAIL(MISSING);
	put_mso(&buf, issuing);
	YF_TRY(yf_buf_bytes(&buf, &mso));
	return yf_cose_sign1_put(out, signer, &cose, mso);
}

yf_err yf_mdoc_issue(struct yf_arena *arena, const struct yf_signer *signer,
		     const struct yf_mdoc_ask *ask, yf_bytes *out)
{
	struct issuing issuing = { .ask = ask, .count = ask->element_count };
	yf_bytes name_spaces;

	YF_TRY(check_ask(arena, ask));
	YF_TRY(number_parts(arena, &issuing));
	struct yf_buf items = yf_buf_new(arena, guess_len(ask));
	put_name_spaces(&items, &issuing);
	YF_TRY(yf_buf_bytes(&items, &name_spaces));

	struct yf_buf buf = yf_buf_new(arena, name_spaces.len + guess_len(ask));
	yf_cbor_put_map(&buf, 2);
	yf_cbor_put_text(&buf, YF_STR("issuerAuth"));
	YF_TRY(sign_mso(arena, signer, &issuing, &buf));
	yf_cbor_put_text(&buf, YF_STR("nameSpaces"));
	yf_cbor_put_raw(&buf, name_spaces);
	return yf_buf_bytes(&buf, out);
}
