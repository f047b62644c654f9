#include "openid/handover.h"

#include "codec/cbor.h"
#include "crypto/hash.h"

static void put_thumbprint(struct yf_buf *buf, const uint8_t *thumbprint)
{
	if (thumbprint)
		yf_cbor_put_bytes(
			buf,
			(yf_bytes){ thumbprint, YF_HANDOVER_THUMBPRINT_LEN });
	else
		yf_cbor_put_null(buf);
}

/* [null, null, [name, SHA-256(info)]] */
static yf_err openid_transcript(struct yf_arena *arena, yf_str name,
				const struct yf_buf *info, yf_bytes *out)
{
	struct yf_buf buf = yf_buf_new(arena, 80);
	uint8_t digest[YF_SHA256_LEN];
	yf_bytes bytes;

	YF_TRY(yf_buf_bytes(info, &bytes));
	yf_sha256(bytes, digest);
	yf_cbor_put_array(&buf, 3);
	yf_cbor_put_null(&buf);
	yf_cbor_put_null(&buf);
	yf_cbor_put_array(&buf, 2);
	yf_cbor_put_text(&buf, name);
	yf_cbor_put_bytes(&buf, (yf_bytes){ digest, sizeof(digest) });
	return yf_buf_bytes(&buf, out);
}

yf_err yf_handover_redirect(struct yf_arena *arena, yf_str client_id,
			    yf_str nonce, const uint8_t *thumbprint,
			    yf_str response_uri, yf_bytes *transcript)
{
	struct yf_buf info = yf_buf_new(arena, 256);

	yf_cbor_put_array(&info, 4);
	yf_cbor_put_text(&info, client_id);
	yf_cbor_put_text(&info, nonce);
	put_thumbprint(&info, thumbprint);
	yf_cbor_put_text(&info, response_uri);
	return openid_transcript(arena, YF_STR("OpenID4VPHandover"), &info,
				 transcript);
}

yf_err yf_handover_dc_api(struct yf_arena *arena, yf_str origin, yf_str nonce,
			  const uint8_t *thumbprint, yf_bytes *transcript)
{
	struct yf_buf info = yf_buf_new(arena, 256);

	yf_cbor_put_array(&info, 3);
	yf_cbor_put_text(&info, origin);
	yf_cbor_put_text(&info, nonce);
	put_thumbprint(&info, thumbprint);
	return openid_transcript(arena, YF_STR("OpenID4VPDCAPIHandover"), &info,
				 transcript);
}

static void put_iso(struct yf_buf *buf, yf_bytes engagement,
		    yf_bytes reader_key)
{
	yf_cbor_put_array(buf, 3);
	yf_cbor_put_embedded(buf, engagement);
	yf_cbor_put_embedded(buf, reader_key);
}

yf_err yf_handover_qr(struct yf_arena *arena, yf_bytes engagement,
		      yf_bytes reader_key, yf_bytes *transcript)
{
	struct yf_buf buf =
		yf_buf_new(arena, 32 + engagement.len + reader_key.len);

	put_iso(&buf, engagement, reader_key);
	yf_cbor_put_null(&buf);
	return yf_buf_bytes(&buf, transcript);
}

yf_err yf_handover_nfc(struct yf_arena *arena, yf_bytes engagement,
		       yf_bytes reader_key, yf_bytes select, yf_bytes request,
		       yf_bytes *transcript)
{
	struct yf_buf buf =
		yf_buf_new(arena, 64 + engagement.len + reader_key.len +
					  select.len + request.len);

	put_iso(&buf, engagement, reader_key);
	yf_cbor_put_array(&buf, 2);
	yf_cbor_put_bytes(&buf, select);
	if (request.len)
		yf_cbor_put_bytes(&buf, request);
	else
		yf_cbor_put_null(&buf);
	return yf_buf_bytes(&buf, transcript);
}
