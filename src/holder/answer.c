#include "codec/base64url.h"
#include "codec/url.h"
#include "credential/mdoc_present.h"
#include "holder/present.h"
#include "openid/handover.h"

struct answer {
	struct yf_holder *holder;
	struct yf_arena *arena;
	const struct yf_request *request;
	const struct yf_choices *choices;
	uint64_t signed_transactions; /* a bit each */
};

/*
 * Section 8.4: each transaction is signed with one of the credentials that it
 * names: the first of them that is shown.
 */
static yf_err take_transactions(struct answer *answer, size_t index,
				yf_str hashes[static YF_TRANSACTIONS_MAX],
				struct yf_kb_ask *ask)
{
	const struct yf_transactions *all = &answer->request->transactions;

	for (size_t i = 0; i < all->count; i++) {
		if (!(all->at[i].credentials >> index & 1) ||
		    answer->signed_transactions >> i & 1)
			continue;
		YF_TRY(yf_transaction_hash(
			answer->arena, all->at[i].encoded,
			&hashes[ask->transaction_hash_count++]));
		answer->signed_transactions |= UINT64_C(1) << i;
	}
	ask->transaction_hashes = hashes;
	return YF_OK;
}

static yf_err present_sd_jwt(struct answer *answer,
			     const struct yf_choice *choice, yf_str *out)
{
	const struct yf_signer signer = yf_signer_of_key(choice->held->key);
	yf_str hashes[YF_TRANSACTIONS_MAX];
	struct yf_kb_ask ask = {
		/* 14.1.2: the client identifier with its prefix. */
		.audience = answer->request->object.client_id,
		.nonce = answer->request->object.nonce,
		.now_s = yf_holder_now_s(answer->holder),
	};
	yf_str selected;

	YF_TRY(take_transactions(answer, choice->index, hashes, &ask));
	YF_TRY(yf_sdjwt_select(answer->arena, choice->held->text, choice->paths,
			       choice->path_count, &selected));
	/* Section 6.1: it may say that no binding is needed. */
	if (!choice->query->holder_binding) {
		*out = selected;
		return YF_OK;
	}
	return yf_sdjwt_bind(answer->arena, &signer, selected, &ask, out);
}

static yf_err transcript_of(const struct answer *answer, yf_bytes *out)
{
	const struct yf_vp_request *object = &answer->request->object;
	uint8_t thumbprint[YF_HANDOVER_THUMBPRINT_LEN];

	if (object->encrypted)
		yf_jwk_thumbprint(&object->key, thumbprint);
	return yf_handover_redirect(answer->arena, object->client_id,
				    object->nonce,
				    object->encrypted ? thumbprint : NULL,
				    object->response_uri, out);
}

static yf_err present_mdoc(struct answer *answer,
			   const struct yf_choice *choice, yf_str *out)
{
	const struct yf_signer signer = yf_signer_of_key(choice->held->key);
	struct yf_mdoc_choice *elements = YF_NEW(
		answer->arena, struct yf_mdoc_choice, choice->path_count + 1);
	struct yf_mdoc_show show = {
		.choices = elements,
		.choice_count = choice->path_count,
		.device = &signer,
	};
	yf_bytes response;

	if (!elements)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < choice->path_count; i++) {
		elements[i].name_space = choice->paths[i].steps[0].name;
		elements[i].name = choice->paths[i].steps[1].name;
	}
	YF_TRY(yf_base64url_decode(answer->arena, choice->held->text,
				   &show.issuer_signed));
	YF_TRY(transcript_of(answer, &show.transcript));
	YF_TRY(yf_device_response_make(answer->arena, &show, 1, &response));
	return yf_base64url_encode(answer->arena, response, out);
}

/* {id:[presentation, ...], ...}: those of one query stand together. */
static yf_err put_token(struct answer *answer, struct yf_json_out *json,
			const char *name)
{
	const struct yf_dcql_credential *open = NULL;
	yf_str text;

	yf_json_out_object(json, name);
	for (size_t i = 0; i < answer->choices->count; i++) {
		const struct yf_choice *choice = &answer->choices->at[i];
		YF_TRY((choice->held->format == YF_DCQL_MDOC
				? present_mdoc
				: present_sd_jwt)(answer, choice, &text));
		YF_TRY(yf_purse_show(answer->holder->purse, choice->held));
		if (open && open != choice->query)
			yf_json_out_close(json);
		if (open != choice->query) {
			yf_json_out_key(json, choice->query->id);
			yf_json_out_array(json, NULL);
		}
		yf_json_out_str(json, NULL, text);
		open = choice->query;
	}
	if (open)
		yf_json_out_close(json);
	yf_json_out_close(json);
	return YF_OK;
}

static bool signs_all(const struct answer *answer)
{
	const size_t count = answer->request->transactions.count;
	uint64_t can_sign = 0;

	for (size_t i = 0; i < answer->choices->count; i++)
		for (size_t k = 0; k < count; k++)
			if (answer->request->transactions.at[k].credentials >>
				    answer->choices->at[i].index &
			    1)
				can_sign |= UINT64_C(1) << k;
	return can_sign == (UINT64_C(1) << count) - 1;
}

static yf_err in_the_clear(struct answer *answer, struct yf_buf *form)
{
	struct yf_json_out json = yf_json_out_new(answer->arena, 4096);
	yf_str token;

	YF_TRY(put_token(answer, &json, NULL));
	YF_TRY(yf_json_out_end(&json, &token));
	yf_form_put(form, "vp_token", token);
	if (answer->request->object.state.len)
		yf_form_put(form, "state", answer->request->object.state);
	return YF_OK;
}

static yf_err sealed(struct answer *answer, struct yf_buf *form)
{
	const struct yf_vp_request *object = &answer->request->object;
	const struct yf_jwe_ask header = { .enc = object->enc,
					   .kid = object->key_id };
	struct yf_json_out json = yf_json_out_new(answer->arena, 4096);
	yf_str plain;
	yf_str jwe;

	yf_json_out_object(&json, NULL);
	YF_TRY(put_token(answer, &json, "vp_token"));
	if (object->state.len)
		yf_json_out_str(&json, "state", object->state);
	yf_json_out_close(&json);
	YF_TRY(yf_json_out_end(&json, &plain));
	YF_TRY(yf_jwe_encrypt(answer->arena, &object->key, &header,
			      yf_bytes_of(plain), &jwe));
	yf_form_put(form, "response", jwe);
	return YF_OK;
}

yf_err yf_holder_answer(struct yf_holder *holder, struct yf_arena *arena,
			const struct yf_request *request,
			const struct yf_choices *choices, yf_str *form)
{
	struct yf_buf buf = yf_buf_new(arena, 4096);
	struct answer answer = {
		.holder = holder,
		.arena = arena,
		.request = request,
		.choices = choices,
	};

	if (!signs_all(&answer))
		return YF_FAIL(NOT_ASKED);
	YF_TRY((request->object.encrypted ? sealed : in_the_clear)(&answer,
								   &buf));
	return yf_buf_str(&buf, form);
}
