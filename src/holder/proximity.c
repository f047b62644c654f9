#include "holder/proximity.h"

#include "codec/base64url.h"
#include "openid/handover.h"

/* --- the device --- */

yf_err yf_proximity_open(struct yf_arena *arena,
			 const struct yf_retrieval *methods, size_t count,
			 struct yf_proximity *out, yf_str *qr)
{
	YF_AUTO(key) key = NULL;
	struct yf_proximity device = { 0 };

	YF_TRY(yf_key_new(&key));
	YF_TRY(yf_engagement_encode(arena, yf_key_public(key), methods, count,
				    &device.engagement));
	YF_TRY(yf_engagement_to_qr(arena, device.engagement, qr));
	device.key = YF_MOVE(key);
	*out = device;
	return YF_OK;
}

void yf_proximity_close(struct yf_proximity *device)
{
	yf_key_free(device->key);
	yf_session_wipe(&device->session);
	*device = (struct yf_proximity){ 0 };
}

/* Element by element: a registration of an mdoc names each. */
static bool is_granted(const struct yf_registration *registration,
		       yf_str doc_type, const struct yf_mdoc_wish *wish)
{
	for (size_t i = 0; i < registration->grant_count; i++) {
		const struct yf_dcql_grant *grant = &registration->grants[i];

		if (!yf_str_eq(grant->doctype, doc_type))
			continue;
		for (size_t k = 0; k < grant->path_count; k++) {
			const struct yf_claim_path *path = &grant->paths[k];

			if (path->count == 2 &&
			    yf_str_eq(path->steps[0].name, wish->name_space) &&
			    yf_str_eq(path->steps[1].name, wish->name))
				return true;
		}
	}
	return false;
}

/* OpenID4VP 1.0 section 5.9.3: how a registration names its party. */
static yf_err client_id_of(struct yf_arena *arena,
			   const struct yf_trusted_leaf *leaf, yf_str *out)
{
	yf_str hash;

	YF_TRY(yf_base64url_encode(
		arena, (yf_bytes){ leaf->hash, sizeof(leaf->hash) }, &hash));
	return yf_str_format(arena, out, "x509_hash:%.*s", YF_ARG(hash));
}

static yf_err check_one(struct yf_arena *arena, yf_bytes transcript,
			const struct yf_doc_request *request,
			const struct yf_proximity_rule *rule,
			struct yf_registration *out)
{
	struct yf_registration_rule registered = {
		.registrars = rule->registrars,
		.now_s = rule->now_s,
		.skew_s = rule->skew_s,
	};
	struct yf_trusted_leaf leaf;

	YF_TRY(yf_reader_auth_verify(arena, request, transcript,
				     rule->registrars, rule->now_s, &leaf));
	if (!request->registration.len)
		return YF_FAIL(MISSING);
	YF_TRY(client_id_of(arena, &leaf, &registered.client_id));
	YF_TRY(yf_registration_check(arena, request->registration, &registered,
				     out));
	for (size_t i = 0; i < request->wish_count; i++)
		if (!is_granted(out, request->doc_type, &request->wishes[i]))
			return YF_FAIL(OVER_ASKED);
	return YF_OK;
}

static yf_err start(struct yf_arena *arena, struct yf_proximity *device,
		    yf_bytes message, yf_bytes *plain)
{
	struct yf_session_establishment first;

	YF_TRY(yf_session_establishment_parse(arena, message, &first));
	YF_TRY(yf_handover_qr(arena, device->engagement, first.reader_key_raw,
			      &device->transcript));
	YF_TRY(yf_session_start(YF_SESSION_DEVICE, device->key,
				&first.reader_key, device->transcript,
				&device->session));
	return yf_session_open(arena, &device->session, first.data, plain);
}

yf_err yf_proximity_read(struct yf_arena *arena, struct yf_proximity *device,
			 yf_bytes message, const struct yf_proximity_rule *rule,
			 struct yf_proximity_ask *out)
{
	struct yf_proximity_ask ask = { 0 };
	struct yf_registration registration;
	yf_bytes plain;

	if (device->started)
		return YF_FAIL(CONFLICT);
	YF_TRY(start(arena, device, message, &plain));
	device->started = true;
	YF_TRY(yf_device_request_parse(arena, plain, &ask.request));
	for (size_t i = 0; i < ask.request.count; i++) {
		YF_TRY(check_one(arena, device->transcript,
				 &ask.request.requests[i], rule,
				 &registration));
		if (!i)
			ask.registration = registration;
	}
	*out = ask;
	return YF_OK;
}

yf_err yf_proximity_answer(struct yf_arena *arena, struct yf_proximity *device,
			   const struct yf_mdoc_show *shows, size_t count,
			   yf_bytes *message)
{
	struct yf_session_data data = { .status = YF_SESSION_TERMINATION };
	struct yf_mdoc_show own[YF_MDOC_DOCUMENTS_MAX];
	yf_bytes plain;

	if (!device->started || count > YF_COUNT(own))
		return YF_FAIL(RANGE);
	for (size_t i = 0; i < count; i++) {
		own[i] = shows[i];
		own[i].transcript = device->transcript;
	}
	YF_TRY(yf_device_response_make(arena, own, count, &plain));
	YF_TRY(yf_session_seal(arena, &device->session, plain, &data.data));
	return yf_session_data_encode(arena, &data, message);
}

yf_err yf_proximity_refuse(struct yf_arena *arena, yf_err err,
			   yf_bytes *message)
{
	struct yf_session_data data = { .status = YF_SESSION_TERMINATION };

	if (err.code == YF_CODE_DECRYPT)
		data.status = YF_SESSION_ENCRYPTION_ERROR;
	else if (err.code == YF_CODE_SYNTAX)
		data.status = YF_SESSION_CBOR_ERROR;
	return yf_session_data_encode(arena, &data, message);
}

/* --- the reader --- */

static yf_err put_key(struct yf_arena *arena, const struct yf_key *key,
		      yf_bytes *out)
{
	struct yf_buf buf = yf_buf_new(arena, 96);

	yf_cose_key_put(&buf, yf_key_public(key));
	return yf_buf_bytes(&buf, out);
}

static yf_err make_request(struct yf_arena *arena,
			   struct yf_proximity_reader *reader,
			   const struct yf_doc_ask *asks, size_t count,
			   yf_bytes *data)
{
	struct yf_doc_ask own[YF_MDOC_DOCUMENTS_MAX];
	yf_bytes plain;

	if (count > YF_COUNT(own))
		return YF_FAIL(TOO_LARGE);
	for (size_t i = 0; i < count; i++) {
		own[i] = asks[i];
		own[i].transcript = reader->transcript;
	}
	YF_TRY(yf_device_request_make(arena, own, count, &plain));
	return yf_session_seal(arena, &reader->session, plain, data);
}

static yf_err open_reader(struct yf_arena *arena, yf_str qr,
			  const struct yf_doc_ask *asks, size_t count,
			  struct yf_proximity_reader *reader, yf_bytes *message)
{
	yf_bytes key, data;

	YF_TRY(yf_engagement_from_qr(arena, qr, &reader->engagement));
	YF_TRY(yf_key_new(&reader->key));
	YF_TRY(put_key(arena, reader->key, &key));
	YF_TRY(yf_handover_qr(arena, reader->engagement.raw, key,
			      &reader->transcript));
	YF_TRY(yf_session_start(YF_SESSION_READER, reader->key,
				&reader->engagement.device_key,
				reader->transcript, &reader->session));
	YF_TRY(make_request(arena, reader, asks, count, &data));
	return yf_session_establishment_encode(arena, key, data, message);
}

yf_err yf_proximity_reader_open(struct yf_arena *arena, yf_str qr,
				const struct yf_doc_ask *asks, size_t count,
				struct yf_proximity_reader *out,
				yf_bytes *message)
{
	struct yf_proximity_reader reader = { 0 };
	const yf_err err =
		open_reader(arena, qr, asks, count, &reader, message);

	if (yf_failed(err)) {
		yf_proximity_reader_close(&reader);
		return err;
	}
	*out = reader;
	yf_session_wipe(&reader.session);
	return YF_OK;
}

void yf_proximity_reader_close(struct yf_proximity_reader *reader)
{
	yf_key_free(reader->key);
	yf_session_wipe(&reader->session);
	*reader = (struct yf_proximity_reader){ 0 };
}

yf_err yf_proximity_take(struct yf_arena *arena,
			 struct yf_proximity_reader *reader, yf_bytes message,
			 const struct yf_mdoc_rule *rule, struct yf_mdoc *docs,
			 size_t *count)
{
	struct yf_mdoc_rule own = *rule;
	struct yf_device_response response;
	struct yf_session_data data;
	yf_bytes plain;

	YF_TRY(yf_session_data_parse(arena, message, &data));
	if (!data.data.ptr)
		return YF_FAIL(DENIED);
	YF_TRY(yf_session_open(arena, &reader->session, data.data, &plain));
	YF_TRY(yf_device_response_parse(arena, plain, &response));
	own.transcript = reader->transcript;
	own.reader_key = reader->key;
	for (size_t i = 0; i < response.document_count; i++)
		YF_TRY(yf_mdoc_verify(arena, &response.documents[i], &own, NULL,
				      &docs[i]));
	*count = response.document_count;
	return YF_OK;
}
