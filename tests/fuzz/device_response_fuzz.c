#include "credential/mdoc_claims.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool held)
{
	if (!held)
		abort();
}

/* `trusted` is the key in the document's own certificate: so that what the
 * issuer signed is checked too, and the device's part is reached. */
static void check(struct yf_arena *arena,
		  const struct yf_mdoc_document *document)
{
	static const uint8_t transcript[] = { 0x80 };
	struct yf_trusted_key trusted = { .kid = { NULL, 0 } };
	struct yf_mdoc_finding finding;
	struct yf_cert cert;
	struct yf_mdoc got;

	if (yf_failed(yf_cert_parse(
		    arena, document->issuer_signed.issuer_auth.x5chain.certs[0],
		    &cert)))
		return;
	trusted.key = cert.key;
	const struct yf_mdoc_rule rule = {
		.keys = &trusted,
		.key_count = 1,
		.now_s = document->issuer_signed.mso.valid_from_s,
		.transcript = { transcript, sizeof(transcript) },
	};
	/* Nobody signed that transcript. */
	const yf_err err =
		yf_mdoc_verify(arena, document, &rule, &finding, &got);
	expect(yf_failed(err));
	expect(yf_err_kind(err) != YF_KIND_INTERNAL);
	expect(yf_mdoc_step_name(finding.step) != NULL);
}

/* As claims, every element is where its name space and name say. */
static void check_claims(struct yf_arena *arena,
			 const struct yf_issuer_signed *issued)
{
	const struct yf_json *claims = NULL;

	if (yf_failed(yf_mdoc_claims(arena, issued->items, issued->item_count,
				     &claims)))
		return;
	for (size_t i = 0; i < issued->item_count; i++)
		expect(yf_json_get_str(
			       yf_json_get_str(claims,
					       issued->items[i].name_space),
			       issued->items[i].name) != NULL);
}

/*
 * Properties of what parses as DeviceResponse: each document has one proof
 * of the device, its bytes are runs of the input, and nothing of it verifies
 * for another session.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(32 * 1024 * 1024);
	struct yf_device_response response;

	if (!arena || yf_failed(yf_device_response_parse(
			      arena, (yf_bytes){ data, len }, &response)))
		return 0;
	expect(response.document_count <= YF_MDOC_DOCUMENTS_MAX);
	for (size_t i = 0; i < response.document_count; i++) {
		const struct yf_mdoc_document *document =
			&response.documents[i];
		const yf_bytes spaces = document->device_name_spaces;

		check_claims(arena, &document->issuer_signed);
		expect(spaces.ptr > data &&
		       spaces.ptr + spaces.len <= data + len);
		expect(document->auth == YF_DEVICE_MAC
			       ? document->mac.detached
			       : document->signature.detached);
		check(arena, document);
	}
	return 0;
}
