#include "cli/bench_credential.h"

#include <stdio.h>

#include "cli/bench_house.h"
#include "cli/bench_measure.h"
#include "credential/mdoc_present.h"

enum { ELEMENTS = 20, NAME_MAX = 16 };

#define DOC_TYPE YF_STR("org.example.bench.1")

struct bench {
	struct yf_bench_house house; /* first: limits take it */
	char names[ELEMENTS][NAME_MAX];
	struct yf_mdoc_element elements[ELEMENTS];
	struct yf_mdoc_choice choices[ELEMENTS];
	struct yf_mdoc_ask ask;
	yf_bytes transcript;
	yf_bytes responses[YF_BENCH_HOLDERS];
};

static void bench_close(struct bench *bench)
{
	yf_bench_house_close(&bench->house);
}

/* Texts of the length that names and numbers of a card have. */
static yf_err make_ask(struct bench *bench)
{
	struct yf_buf value = yf_buf_new(bench->house.arena, 32);
	yf_bytes bytes;

	yf_cbor_put_text(&value, YF_STR("Katharina Muster"));
	YF_TRY(yf_buf_bytes(&value, &bytes));
	for (size_t i = 0; i < ELEMENTS; i++) {
		snprintf(bench->names[i], NAME_MAX, "element_%zu", i);
		const yf_str name = yf_str_of(bench->names[i]);
		bench->elements[i] =
			(struct yf_mdoc_element){ DOC_TYPE, name, bytes };
		bench->choices[i] = (struct yf_mdoc_choice){ DOC_TYPE, name };
	}
	bench->ask = (struct yf_mdoc_ask){
		.doc_type = DOC_TYPE,
		.signed_at_s = YF_BENCH_NOW_S,
		.valid_from_s = YF_BENCH_NOW_S,
		.valid_until_s = YF_BENCH_NOW_S + 3600,
		.status = { YF_STR("https://issuer.example/status/1"), 4711 },
		.elements = bench->elements,
		.element_count = ELEMENTS,
	};
	return YF_OK;
}

/* As long as the transcript of an answer to OpenID4VP. */
static yf_err make_transcript(struct bench *bench)
{
	static const uint8_t digest[32] = { 1 };
	struct yf_buf buf = yf_buf_new(bench->house.arena, 64);

	yf_cbor_put_array(&buf, 3);
	yf_cbor_put_null(&buf);
	yf_cbor_put_null(&buf);
	yf_cbor_put_array(&buf, 2);
	yf_cbor_put_text(&buf, YF_STR("OpenID4VPHandover"));
	yf_cbor_put_bytes(&buf, (yf_bytes){ digest, sizeof(digest) });
	return yf_buf_bytes(&buf, &bench->transcript);
}

static yf_err make_response(struct bench *bench, size_t at)
{
	const struct yf_key *key = bench->house.holders[at];
	const struct yf_signer holder = yf_signer_of_key(key);
	struct yf_mdoc_show show = {
		.choices = bench->choices,
		.choice_count = ELEMENTS,
		.transcript = bench->transcript,
		.device = &holder,
	};
	struct yf_arena *arena = bench->house.arena;

	bench->ask.holder = yf_key_public(key);
	YF_TRY(yf_mdoc_issue(arena, &bench->house.issuer, &bench->ask,
			     &show.issuer_signed));
	return yf_device_response_make(arena, &show, 1, &bench->responses[at]);
}

static yf_err bench_open(struct bench *bench)
{
	YF_TRY(yf_bench_house_open(&bench->house));
	YF_TRY(make_ask(bench));
	YF_TRY(make_transcript(bench));
	for (size_t i = 0; i < YF_BENCH_HOLDERS; i++)
		YF_TRY(make_response(bench, i));
	return YF_OK;
}

/* --- the work, each with an arena of its own, as a request has --- */

static yf_err issue(void *self, unsigned count)
{
	struct bench *bench = self;

	for (unsigned i = 0; i < count; i++) {
		YF_AUTO(arena) arena = yf_arena_new(YF_BENCH_ARENA_MAX);
		yf_bytes bytes;
		if (!arena)
			return YF_FAIL(MEMORY);
		bench->ask.holder =
			yf_key_public(yf_bench_house_next(&bench->house));
		YF_TRY(yf_mdoc_issue(arena, &bench->house.issuer, &bench->ask,
				     &bytes));
	}
	return YF_OK;
}

static yf_err verify_one(struct yf_arena *arena, yf_bytes bytes,
			 const struct yf_mdoc_rule *rule)
{
	struct yf_device_response response;
	struct yf_mdoc mdoc;

	YF_TRY(yf_device_response_parse(arena, bytes, &response));
	YF_TRY(yf_mdoc_verify(arena, response.documents, rule, NULL, &mdoc));
	return mdoc.item_count == ELEMENTS ? YF_OK : YF_FAIL(BUG);
}

static yf_err verify(void *self, unsigned count)
{
	struct bench *bench = self;
	const struct yf_mdoc_rule rule = {
		.trust = bench->house.trust,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.now_s = YF_BENCH_NOW_S,
		.skew_s = 60,
		.transcript = bench->transcript,
	};

	for (unsigned i = 0; i < count; i++) {
		YF_AUTO(arena) arena = yf_arena_new(YF_BENCH_ARENA_MAX);
		const size_t at = bench->house.turn++ % YF_BENCH_HOLDERS;
		if (!arena)
			return YF_FAIL(MEMORY);
		YF_TRY(verify_one(arena, bench->responses[at], &rule));
	}
	return YF_OK;
}

static const struct yf_bench_figure figures[] = {
	{ "mdoc_issue_20_elements", issue, "p256_sign", yf_bench_raw_sign,
	  0.6 },
	{ "mdoc_verify_device_signed", verify, "p256_verify",
	  yf_bench_raw_verify, 0.4 },
};

yf_err yf_bench_mdoc(unsigned rounds, struct yf_json_out *rows)
{
	__attribute__((cleanup(bench_close))) struct bench bench = { 0 };

	YF_TRY(bench_open(&bench));
	for (size_t i = 0; i < YF_COUNT(figures); i++)
		YF_TRY(yf_bench_measure(&figures[i], &bench, rounds, rows));
	return YF_OK;
}
