#include <stdint.h>
#include <stdlib.h>

#include "openid/vp_request.h"

/*
 * The payload of a request object, signed as it comes by a party that is
 * trusted: what is accepted has everything that an answer needs, and a refusal
 * is told to nobody before its address is known.
 */
enum { ARENA = 8 * 1024 * 1024, NOW = 1790000000 };

struct party {
	struct yf_arena *arena; /* of the chain; for ever */
	struct yf_key *key;
	struct yf_trust *trust;
	struct yf_chain chain;
	yf_str client_id;
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void ok(yf_err err)
{
	must(!yf_failed(err));
}

static void party_open(struct party *party)
{
	YF_AUTO(key) root_key = NULL;
	struct yf_cert_ask ask = {
		.common_name = YF_STR("root"),
		.not_before_s = NOW - 1000,
		.not_after_s = NOW + 1000,
		.ca = true,
	};
	yf_bytes root;

	party->arena = yf_arena_new(ARENA);
	must(party->arena != NULL);
	ok(yf_key_new(&root_key));
	ok(yf_cert_make_root(party->arena, root_key, &ask, &root));
	ok(yf_trust_new(&party->trust));
	ok(yf_trust_add(party->trust, root));
	ok(yf_key_new(&party->key));
	ask.ca = false;
	ask.common_name = YF_STR("party");
	ask.eku = YF_EKU_READER;
	ok(yf_cert_issue(party->arena, root_key, root, &ask,
			 yf_key_public(party->key), &party->chain.certs[0]));
	party->chain.count = 1;
	/* A name of its own that a fuzzer can write. */
	ok(yf_client_id_of(party->arena, party->chain.certs[0],
			   &party->client_id));
}

/* "@" stands for the client identifier, which differs in each run. */
static void put_client(struct yf_buf *buf, yf_str text, yf_str client_id)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '@')
			yf_buf_text(buf, client_id);
		else
			yf_buf_char(buf, text.ptr[i]);
}

static void check(const struct yf_vp_request *request,
		  const struct yf_vp_refusal *refusal)
{
	must(request->response_uri.len > 0);
	must(request->nonce.len >= YF_NONCE_LEN_MIN);
	must(request->query != NULL);
	must(!request->encrypted || request->key_id.len > 0);
	must(!request->encrypted ||
	     !yf_failed(yf_public_key_check(&request->key)));
	must(!request->expires_s || request->expires_s > NOW);
	must(yf_str_eq(refusal->response_uri, request->response_uri));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct party party;
	struct yf_vp_refusal refusal;
	struct yf_vp_request request;
	yf_str payload;
	yf_str jws;

	if (!party.key)
		party_open(&party);
	YF_AUTO(arena) arena = yf_arena_new(ARENA);
	if (!arena || size > 64 * 1024)
		return 0;
	struct yf_buf buf = yf_buf_new(arena, size + 64);
	put_client(&buf, (yf_str){ (const char *)data, size }, party.client_id);
	if (yf_failed(yf_buf_str(&buf, &payload)))
		return 0;
	const struct yf_signer signer = yf_signer_of_key(party.key);
	const struct yf_jws_header header = {
		.typ = YF_STR("oauth-authz-req+jwt"),
		.x5c = &party.chain,
	};
	const struct yf_vp_request_rule rule = {
		.parties = party.trust,
		.eku = YF_EKU_READER,
		.client_id = party.client_id,
		.now_s = NOW,
	};
	ok(yf_jws_sign(arena, &signer, &header, payload, &jws));
	const yf_err err =
		yf_vp_request_read(arena, jws, &rule, &refusal, &request);
	if (!yf_failed(err))
		check(&request, &refusal);
	else
		must(!refusal.error == !refusal.response_uri.len);
	return 0;
}
