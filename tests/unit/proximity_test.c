#include "holder/proximity.h"

#include "../support/expect.h"
#include "../support/house.h"

#define DOC_TYPE "org.iso.18013.5.1.mDL"
#define SPACE "org.iso.18013.5.1"

enum { NOW_S = HOUSE_NOW_S };

static const char *const elements[] = { "family_name", "age_over_18",
					"portrait" };

static const struct yf_mdoc_wish wishes[] = {
	{ YF_STR(SPACE), YF_STR("family_name"), false },
	{ YF_STR(SPACE), YF_STR("age_over_18"), false },
	{ YF_STR(SPACE), YF_STR("portrait"), false },
};

static const struct yf_claim_step steps[][2] = {
	{ { .name = YF_STR(SPACE) }, { .name = YF_STR("family_name") } },
	{ { .name = YF_STR(SPACE) }, { .name = YF_STR("age_over_18") } },
};

static const struct yf_claim_path paths[] = { { steps[0], 2 },
					      { steps[1], 2 } };

static const struct yf_mdoc_choice choices[] = {
	{ YF_STR(SPACE), YF_STR("family_name") },
	{ YF_STR(SPACE), YF_STR("age_over_18") },
};

/* A device with a licence, a gate with a registration for two elements. */
struct room {
	struct house house; /* its issuer is the registrar too */
	struct yf_keyring *ring;
	struct yf_signer gate;
	yf_str client_id;
	yf_bytes issued;
	yf_str registration;
	struct yf_doc_ask ask;
	struct yf_proximity device;
	struct yf_proximity_rule rule;
	yf_str qr;
};

static void issue(struct room *room)
{
	struct yf_mdoc_element list[YF_COUNT(elements)];

	for (size_t i = 0; i < YF_COUNT(elements); i++) {
		struct yf_buf value = yf_buf_new(room->house.arena, 32);
		yf_cbor_put_text(&value, yf_str_of(elements[i]));
		list[i].name_space = YF_STR(SPACE);
		list[i].name = yf_str_of(elements[i]);
		OK(yf_buf_bytes(&value, &list[i].value));
	}
	const struct yf_mdoc_ask ask = {
		.doc_type = YF_STR(DOC_TYPE),
		.holder = yf_key_public(room->house.holder_key),
		.signed_at_s = NOW_S,
		.valid_from_s = NOW_S,
		.valid_until_s = NOW_S + 3600,
		.elements = list,
		.element_count = YF_COUNT(list),
	};
	OK(yf_mdoc_issue(room->house.arena, &room->house.issuer, &ask,
			 &room->issued));
}

static void register_gate(struct room *room, yf_str client_id)
{
	const struct yf_registration_text purpose = { YF_STR("en"),
						      YF_STR("Entry") };
	const struct yf_dcql_grant grant = {
		.doctype = YF_STR(DOC_TYPE),
		.paths = paths,
		.path_count = YF_COUNT(paths),
	};
	const struct yf_registration registration = {
		.issuer = YF_STR("https://city.example"),
		.client_id = client_id,
		.name = YF_STR("Gate"),
		.purpose = &purpose,
		.purpose_count = 1,
		.retention_s = 300,
		.issued_at_s = NOW_S,
		.expires_s = NOW_S + 3600,
		.grants = &grant,
		.grant_count = 1,
	};

	OK(yf_registration_make(room->house.arena, &room->house.issuer,
				&registration, &room->registration));
	room->ask.registration = room->registration;
}

static void room_open(struct room *room)
{
	const struct yf_retrieval method = {
		.type = YF_RETRIEVAL_HTTP,
		.version = 1,
		.uri = YF_STR("http://192.0.2.7:8000/"),
	};
	struct yf_key *key;
	yf_str hash;

	*room = (struct room){ 0 };
	house_open(&room->house);
	OK(yf_key_new(&key));
	const struct yf_chain chain = house_chain(
		&room->house, "Gate", YF_EKU_READER, yf_key_public(key));
	OK(yf_keyring_new(&room->ring));
	OK(yf_keyring_add(room->ring, YF_STR("gate"), key, &chain));
	OK(yf_keyring_find(room->ring, YF_STR("gate"), &room->gate));
	OK(yf_x509_hash(room->house.arena, chain.certs[0], &hash));
	OK(yf_str_format(room->house.arena, &room->client_id, "x509_hash:%.*s",
			 YF_ARG(hash)));
	room->ask = (struct yf_doc_ask){
		.doc_type = YF_STR(DOC_TYPE),
		.wishes = wishes,
		.wish_count = 2,
		.reader = &room->gate,
	};
	room->rule = (struct yf_proximity_rule){
		.registrars = room->house.trust,
		.now_s = NOW_S,
		.skew_s = 60,
	};
	issue(room);
	register_gate(room, room->client_id);
	OK(yf_proximity_open(room->house.arena, &method, 1, &room->device,
			     &room->qr));
}

static void room_close(struct room *room)
{
	yf_proximity_close(&room->device);
	yf_keyring_free(room->ring);
	house_close(&room->house);
}

static struct yf_mdoc_rule rule_of(const struct room *room)
{
	return (struct yf_mdoc_rule){
		.trust = room->house.trust,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.now_s = NOW_S,
		.skew_s = 60,
	};
}

static yf_bytes answer_of(struct room *room)
{
	const struct yf_mdoc_show show = {
		.issuer_signed = room->issued,
		.choices = choices,
		.choice_count = YF_COUNT(choices),
		.device = &room->house.holder,
	};
	yf_bytes message;

	OK(yf_proximity_answer(room->house.arena, &room->device, &show, 1,
			       &message));
	return message;
}

/* Engagement, establishment, request, answer, end. */
static void whole(void **state)
{
	struct room room;
	struct yf_proximity_reader reader;
	struct yf_proximity_ask asked;
	struct yf_mdoc docs[YF_MDOC_DOCUMENTS_MAX];
	size_t count = 0;
	yf_bytes message;

	(void)state;
	room_open(&room);
	struct yf_arena *arena = room.house.arena;
	const struct yf_mdoc_rule rule = rule_of(&room);
	OK(yf_proximity_reader_open(arena, room.qr, &room.ask, 1, &reader,
				    &message));
	assert_true(yf_str_is(reader.engagement.methods[0].uri,
			      "http://192.0.2.7:8000/"));
	OK(yf_proximity_read(arena, &room.device, message, &room.rule, &asked));
	assert_true(yf_str_is(asked.registration.name, "Gate"));
	assert_int_equal(asked.request.requests[0].wish_count, 2);
	/* The device talks to one reader. */
	struct yf_proximity_ask again;
	FAILS(yf_proximity_read(arena, &room.device, message, &room.rule,
				&again),
	      CONFLICT);
	message = answer_of(&room);
	OK(yf_proximity_take(arena, &reader, message, &rule, docs, &count));
	assert_int_equal(count, 1);
	assert_int_equal(docs[0].item_count, 2);
	/* A second time it is not the next message. */
	FAILS(yf_proximity_take(arena, &reader, message, &rule, docs, &count),
	      DECRYPT);
	yf_proximity_reader_close(&reader);
	room_close(&room);
}

/* What one reader opened no other can read, and each changed bit is seen. */
static void altered(void **state)
{
	struct room room;
	struct yf_proximity_reader reader;
	struct yf_proximity_ask asked;
	struct yf_mdoc docs[YF_MDOC_DOCUMENTS_MAX];
	size_t count = 0;
	yf_bytes message;

	(void)state;
	room_open(&room);
	struct yf_arena *arena = room.house.arena;
	const struct yf_mdoc_rule rule = rule_of(&room);
	OK(yf_proximity_reader_open(arena, room.qr, &room.ask, 1, &reader,
				    &message));
	uint8_t *copy = YF_NEW(arena, uint8_t, message.len);
	for (size_t i = 0; i < message.len; i += 13) {
		memcpy(copy, message.ptr, message.len);
		copy[i] ^= 1;
		assert_true(yf_failed(yf_proximity_read(
			arena, &room.device, (yf_bytes){ copy, message.len },
			&room.rule, &asked)));
		assert_false(room.device.started);
	}
	OK(yf_proximity_read(arena, &room.device, message, &room.rule, &asked));
	message = answer_of(&room);
	uint8_t *bad = YF_NEW(arena, uint8_t, message.len);
	memcpy(bad, message.ptr, message.len);
	bad[message.len / 2] ^= 1;
	FAILS(yf_proximity_take(arena, &reader, (yf_bytes){ bad, message.len },
				&rule, docs, &count),
	      DECRYPT);
	yf_proximity_reader_close(&reader);
	room_close(&room);
}

/* Whatever a reader has no right to is refused before a person sees it. */
static yf_err ask_for(struct room *room)
{
	struct yf_proximity_reader reader;
	struct yf_proximity_ask asked;
	yf_bytes message;
	yf_err err;

	OK(yf_proximity_reader_open(room->house.arena, room->qr, &room->ask, 1,
				    &reader, &message));
	room->device.started = false;
	err = yf_proximity_read(room->house.arena, &room->device, message,
				&room->rule, &asked);
	yf_proximity_reader_close(&reader);
	return err;
}

static void rights(void **state)
{
	struct house stranger;
	struct room room;

	(void)state;
	room_open(&room);
	house_open(&stranger);
	OK(ask_for(&room));
	room.ask.wish_count = 3;
	FAILS(ask_for(&room), OVER_ASKED);
	room.ask.wish_count = 2;
	room.ask.doc_type = YF_STR("org.example.other");
	FAILS(ask_for(&room), OVER_ASKED);
	room.ask.doc_type = YF_STR(DOC_TYPE);
	room.ask.registration = YF_STR("");
	FAILS(ask_for(&room), MISSING);
	register_gate(&room, YF_STR("x509_hash:another"));
	FAILS(ask_for(&room), AUDIENCE);
	register_gate(&room, room.client_id);
	room.ask.reader = NULL;
	FAILS(ask_for(&room), HOLDER);
	room.ask.reader = &room.house.issuer;
	FAILS(ask_for(&room), UNTRUSTED);
	room.ask.reader = &room.gate;
	room.rule.registrars = stranger.trust;
	FAILS(ask_for(&room), UNTRUSTED);
	room.rule.registrars = room.house.trust;
	room.rule.now_s = NOW_S + 2 * 3600;
	FAILS(ask_for(&room), EXPIRED);
	house_close(&stranger);
	room_close(&room);
}

/* Section 9.1.1.4, table 20. */
static void refusals(void **state)
{
	static const struct {
		yf_code code;
		int64_t status;
	} rows[] = { { YF_CODE_DECRYPT, YF_SESSION_ENCRYPTION_ERROR },
		     { YF_CODE_SYNTAX, YF_SESSION_CBOR_ERROR },
		     { YF_CODE_OVER_ASKED, YF_SESSION_TERMINATION } };
	struct room room;
	struct yf_proximity_reader reader;
	struct yf_session_data data;
	struct yf_mdoc docs[YF_MDOC_DOCUMENTS_MAX];
	size_t count;
	yf_bytes message;

	(void)state;
	room_open(&room);
	struct yf_arena *arena = room.house.arena;
	const struct yf_mdoc_rule rule = rule_of(&room);
	OK(yf_proximity_reader_open(arena, room.qr, &room.ask, 1, &reader,
				    &message));
	for (size_t i = 0; i < YF_COUNT(rows); i++) {
		OK(yf_proximity_refuse(arena, (yf_err){ rows[i].code, "" },
				       &message));
		OK(yf_session_data_parse(arena, message, &data));
		assert_int_equal(data.status, rows[i].status);
		FAILS(yf_proximity_take(arena, &reader, message, &rule, docs,
					&count),
		      DENIED);
	}
	yf_proximity_reader_close(&reader);
	room_close(&room);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(altered),
		cmocka_unit_test(rights),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
