#include "credential/device_auth.h"

#include "codec/cbor.h"
#include "crypto/hash.h"

/*
 * DeviceAuthentication = ["DeviceAuthentication", SessionTranscript, DocType,
 * DeviceNameSpacesBytes], and of it #6.24(bstr .cbor).
 */
yf_err yf_device_auth_bytes(struct yf_arena *arena, yf_bytes transcript,
			    yf_str doc_type, yf_bytes name_spaces,
			    yf_bytes *out)
{
	struct yf_buf buf = yf_buf_new(
		arena, 64 + transcript.len + doc_type.len + name_spaces.len);

	const size_t at = yf_cbor_open_embedded(&buf);
	yf_cbor_put_array(&buf, 4);
	yf_cbor_put_text(&buf, YF_STR("DeviceAuthentication"));
	yf_cbor_put_raw(&buf, transcript);
	yf_cbor_put_text(&buf, doc_type);
	yf_cbor_put_raw(&buf, name_spaces);
	yf_cbor_close_embedded(&buf, at);
	return yf_buf_bytes(&buf, out);
}

/* "salt: SHA-256 (SessionTranscriptBytes)", #6.24(bstr) and all. */
static void hash_transcript(yf_bytes transcript,
			    uint8_t out[static YF_SHA256_LEN])
{
	uint8_t head[2 + YF_CBOR_HEAD_MAX] = { 0xd8, YF_TAG_EMBEDDED };
	const size_t len = 2 + yf_cbor_bytes_head(transcript.len, head + 2);
	const yf_bytes parts[] = { { head, len }, transcript };

	yf_sha256_parts(parts, YF_COUNT(parts), out);
}

yf_err yf_transcript_key(const struct yf_key *own,
			 const struct yf_public_key *peer, yf_bytes transcript,
			 yf_str info, struct yf_secret *out)
{
	uint8_t salt[YF_SHA256_LEN];
	YF_AUTO_SECRET shared = { 0 };

	YF_TRY(yf_key_agree(own, peer, &shared));
	hash_transcript(transcript, salt);
	return yf_hkdf_sha256((yf_bytes){ shared.bytes, YF_SECRET_LEN },
			      (yf_bytes){ salt, sizeof(salt) },
			      yf_bytes_of(info), out->bytes,
			      sizeof(out->bytes));
}
