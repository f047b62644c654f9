#include "credential/session.h"

#include "credential/device_auth.h"
#include "crypto/gcm.h"

yf_err yf_session_start(yf_session_side side, const struct yf_key *own,
			const struct yf_public_key *peer, yf_bytes transcript,
			struct yf_session *out)
{
	__attribute__((cleanup(
		yf_session_wipe))) struct yf_session session = { .side = side };

	YF_TRY(yf_transcript_key(own, peer, transcript, YF_STR("SKReader"),
				 &session.reader_key));
	YF_TRY(yf_transcript_key(own, peer, transcript, YF_STR("SKDevice"),
				 &session.device_key));
	*out = session;
	return YF_OK;
}

void yf_session_wipe(struct yf_session *session)
{
	yf_wipe(session, sizeof(*session));
}

/*
 * "The IV [...] shall be the concatenation of the identifier and the message
 * counter": 00..00 for the mdoc reader, 00..01 for the mdoc; the counter has
 * four bytes and starts at 1.
 */
static void make_nonce(yf_session_side from, uint32_t counter,
		       uint8_t out[static YF_GCM_NONCE_LEN])
{
	memset(out, 0, YF_GCM_NONCE_LEN);
	out[7] = from == YF_SESSION_DEVICE;
	for (size_t i = 0; i < 4; i++)
		out[8 + i] = (uint8_t)(counter >> (24 - 8 * i));
}

static yf_bytes key_from(const struct yf_session *session, yf_session_side from)
{
	const struct yf_secret *key = from == YF_SESSION_READER
					      ? &session->reader_key
					      : &session->device_key;

	return (yf_bytes){ key->bytes, sizeof(key->bytes) };
}

yf_err yf_session_seal(struct yf_arena *arena, struct yf_session *session,
		       yf_bytes plain, yf_bytes *data)
{
	static const yf_bytes no_aad = { NULL, 0 };
	uint8_t nonce[YF_GCM_NONCE_LEN];

	if (plain.len > YF_SESSION_MESSAGE_MAX)
		return YF_FAIL(TOO_LARGE);
	if (session->sent == UINT32_MAX)
		return YF_FAIL(RANGE);
	uint8_t *sealed = YF_NEW(arena, uint8_t, plain.len + YF_GCM_TAG_LEN);
	if (!sealed)
		return YF_FAIL(MEMORY);
	make_nonce(session->side, ++session->sent, nonce);
	YF_TRY(yf_gcm_encrypt(key_from(session, session->side), nonce, no_aad,
			      plain, sealed, sealed + plain.len));
	*data = (yf_bytes){ sealed, plain.len + YF_GCM_TAG_LEN };
	return YF_OK;
}

yf_err yf_session_open(struct yf_arena *arena, struct yf_session *session,
		       yf_bytes data, yf_bytes *plain)
{
	static const yf_bytes no_aad = { NULL, 0 };
	const yf_session_side from = session->side == YF_SESSION_READER
					     ? YF_SESSION_DEVICE
					     : YF_SESSION_READER;
	uint8_t nonce[YF_GCM_NONCE_LEN];

	if (data.len < YF_GCM_TAG_LEN || session->received == UINT32_MAX)
		return YF_FAIL(DECRYPT);
	const yf_bytes sealed = { data.ptr, data.len - YF_GCM_TAG_LEN };
	uint8_t *opened = YF_NEW(arena, uint8_t, sealed.len + 1);
	if (!opened)
		return YF_FAIL(MEMORY);
	make_nonce(from, session->received + 1, nonce);
	YF_TRY(yf_gcm_decrypt(key_from(session, from), nonce, no_aad, sealed,
			      data.ptr + sealed.len, opened));
	session->received++;
	*plain = (yf_bytes){ opened, sealed.len };
	return YF_OK;
}

/* --- messages --- */

static yf_err parse_message(struct yf_arena *arena, yf_bytes bytes,
			    const struct yf_cbor **out)
{
	/* The message around what may be in it. */
	enum { AROUND = 1024 };

	if (bytes.len > YF_SESSION_MESSAGE_MAX + AROUND)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_cbor_parse(arena, bytes, YF_CBOR_LENIENT, out));
	return yf_cbor_is(*out, YF_CBOR_MAP) ? YF_OK : YF_FAIL(SYNTAX);
}

yf_err yf_session_establishment_parse(struct yf_arena *arena, yf_bytes bytes,
				      struct yf_session_establishment *out)
{
	struct yf_session_establishment message = { 0 };
	const struct yf_cbor *map, *key;

	YF_TRY(parse_message(arena, bytes, &map));
	YF_TRY(yf_cbor_open(arena, yf_cbor_get(map, "eReaderKey"),
			    YF_CBOR_LENIENT, &key));
	YF_TRY(yf_cose_key_parse(key, &message.reader_key));
	message.reader_key_raw = key->raw;
	YF_TRY(yf_cbor_take_bytes(yf_cbor_get(map, "data"), &message.data));
	*out = message;
	return YF_OK;
}

yf_err yf_session_establishment_encode(struct yf_arena *arena,
				       yf_bytes reader_key_raw, yf_bytes data,
				       yf_bytes *out)
{
	struct yf_buf buf =
		yf_buf_new(arena, 64 + reader_key_raw.len + data.len);

	yf_cbor_put_map(&buf, 2);
	yf_cbor_put_text(&buf, YF_STR("eReaderKey"));
	yf_cbor_put_embedded(&buf, reader_key_raw);
	yf_cbor_put_text(&buf, YF_STR("data"));
	yf_cbor_put_bytes(&buf, data);
	return yf_buf_bytes(&buf, out);
}

yf_err yf_session_data_parse(struct yf_arena *arena, yf_bytes bytes,
			     struct yf_session_data *out)
{
	struct yf_session_data message = { .data = { NULL, 0 } };
	const struct yf_cbor *map;

	YF_TRY(parse_message(arena, bytes, &map));
	const struct yf_cbor *data = yf_cbor_get(map, "data");
	const struct yf_cbor *status = yf_cbor_get(map, "status");
	if (!data && !status)
		return YF_FAIL(SYNTAX);
	if (data)
		YF_TRY(yf_cbor_take_bytes(data, &message.data));
	if (status)
		YF_TRY(yf_cbor_take_int(status, &message.status));
	*out = message;
	return YF_OK;
}

yf_err yf_session_data_encode(struct yf_arena *arena,
			      const struct yf_session_data *message,
			      yf_bytes *out)
{
	struct yf_buf buf = yf_buf_new(arena, 32 + message->data.len);

	yf_cbor_put_map(&buf, (message->data.ptr ? 1u : 0u) +
				      (message->status ? 1u : 0u));
	if (message->data.ptr) {
		yf_cbor_put_text(&buf, YF_STR("data"));
		yf_cbor_put_bytes(&buf, message->data);
	}
	if (message->status) {
		yf_cbor_put_text(&buf, YF_STR("status"));
		yf_cbor_put_int(&buf, message->status);
	}
	return yf_buf_bytes(&buf, out);
}
