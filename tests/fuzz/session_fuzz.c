#include "credential/session.h"

#include <stdlib.h>

#include "credential/device_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool held)
{
	if (!held)
		abort();
}

static const struct yf_key *a_key(void)
{
	static struct yf_key *key;

	if (!key)
		expect(!yf_failed(yf_key_new(&key)));
	return key;
}

static void as_establishment(struct yf_arena *arena, yf_bytes bytes)
{
	static const uint8_t transcript[] = { 0x80 };
	struct yf_session_establishment got, again;
	struct yf_session session;
	yf_bytes written, plain;

	if (yf_failed(yf_session_establishment_parse(arena, bytes, &got)))
		return;
	expect(!yf_failed(yf_session_establishment_encode(
		arena, got.reader_key_raw, got.data, &written)));
	expect(!yf_failed(
		yf_session_establishment_parse(arena, written, &again)));
	expect(yf_bytes_eq(again.data, got.data));
	expect(yf_bytes_eq(again.reader_key_raw, got.reader_key_raw));
	/* Nobody has the key that this was encrypted with. */
	expect(!yf_failed(yf_session_start(
		YF_SESSION_DEVICE, a_key(), &got.reader_key,
		(yf_bytes){ transcript, sizeof(transcript) }, &session)));
	const yf_err err = yf_session_open(arena, &session, got.data, &plain);
	expect(err.code == YF_CODE_DECRYPT);
	expect(session.received == 0);
}

static void as_data(struct yf_arena *arena, yf_bytes bytes)
{
	struct yf_session_data got, again;
	yf_bytes written;

	if (yf_failed(yf_session_data_parse(arena, bytes, &got)) ||
	    (!got.data.ptr && !got.status))
		return;
	expect(!yf_failed(yf_session_data_encode(arena, &got, &written)));
	expect(!yf_failed(yf_session_data_parse(arena, written, &again)));
	expect(again.status == got.status);
	expect(yf_bytes_eq(again.data, got.data));
}

static void as_request(struct yf_arena *arena, yf_bytes bytes)
{
	struct yf_device_request got;

	if (yf_failed(yf_device_request_parse(arena, bytes, &got)))
		return;
	expect(got.count && got.count <= YF_MDOC_DOCUMENTS_MAX);
	for (size_t i = 0; i < got.count; i++) {
		const struct yf_doc_request *one = &got.requests[i];
		const yf_err err =
			yf_reader_auth_check(arena, one, (yf_bytes){ NULL, 0 },
					     yf_key_public(a_key()));
		expect(one->wish_count && one->items_request.len);
		expect(err.code == (one->has_reader_auth ? YF_CODE_SIGNATURE
							 : YF_CODE_HOLDER));
	}
}

/*
 * The messages of a session and the request in one.  Properties: messages
 * read back as written, nothing opens without its key, no reader is believed.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(32 * 1024 * 1024);
	const yf_bytes bytes = { data, len };

	if (!arena)
		return 0;
	as_establishment(arena, bytes);
	as_data(arena, bytes);
	as_request(arena, bytes);
	return 0;
}
