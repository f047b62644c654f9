#include "cli/bench_credential.h"

#include "cli/bench_house.h"
#include "cli/bench_measure.h"
#include "credential/tally.h"

#define DOC_TYPE YF_STR("org.example.bench.tally.1")

/* What a tally of an id card has; the first five are shown. */
static const char *const names[] = {
	"family_name", "given_name",  "assurance_level", "age_over_18",
	"document",    "age_over_14", "age_over_16",     "age_over_21",
	"age_over_60", "age_over_65",
};

enum { ELEMENTS = YF_COUNT(names), SHOWN = 5 };

struct bench {
	struct yf_bench_house house; /* first: limits take it */
	struct yf_mdoc_element elements[ELEMENTS];
	struct yf_mdoc_choice choices[SHOWN];
	struct yf_chain chain;
	yf_str tallies[YF_BENCH_HOLDERS];
};

static void bench_close(struct bench *bench)
{
	yf_bench_house_close(&bench->house);
}

static yf_err make_elements(struct bench *bench)
{
	struct yf_buf value = yf_buf_new(bench->house.arena, 32);
	yf_bytes bytes;

	yf_cbor_put_text(&value, YF_STR("Katharina Muster"));
	YF_TRY(yf_buf_bytes(&value, &bytes));
	for (size_t i = 0; i < ELEMENTS; i++) {
		const yf_str name = yf_str_of(names[i]);
		bench->elements[i] =
			(struct yf_mdoc_element){ DOC_TYPE, name, bytes };
		if (i < SHOWN)
			bench->choices[i] =
				(struct yf_mdoc_choice){ DOC_TYPE, name };
	}
	return YF_OK;
}

static yf_err make_tally(struct bench *bench, size_t at)
{
	const struct yf_key *key = bench->house.holders[at];
	const struct yf_signer holder = yf_signer_of_key(key);
	const struct yf_mdoc_ask issue = {
		.doc_type = DOC_TYPE,
		.holder = yf_key_public(key),
		.signed_at_s = YF_BENCH_NOW_S,
		.valid_from_s = YF_BENCH_NOW_S,
		.valid_until_s = YF_BENCH_NOW_S + 3600,
		.status = { YF_STR("https://issuer.example/status/1"), 4711 },
		.elements = bench->elements,
		.element_count = ELEMENTS,
	};
	struct yf_tally_ask ask = {
		.choices = bench->choices,
		.choice_count = SHOWN,
		.device = &holder,
		.now_s = YF_BENCH_NOW_S,
		.purpose = YF_STR("hotel"),
	};
	struct yf_arena *arena = bench->house.arena;

	YF_TRY(yf_mdoc_issue(arena, &bench->house.issuer, &issue,
			     &ask.issuer_signed));
	return yf_tally_make(arena, &ask, &bench->tallies[at]);
}

static yf_err bench_open(struct bench *bench)
{
	YF_TRY(yf_bench_house_open(&bench->house));
	YF_TRY(make_elements(bench));
	YF_TRY(yf_signer_chain(&bench->house.issuer, &bench->chain));
	for (size_t i = 0; i < YF_BENCH_HOLDERS; i++)
		YF_TRY(make_tally(bench, i));
	return YF_OK;
}

/* From the text of the QR code to what was proved, in an arena of its own. */
static yf_err verify(void *self, unsigned count)
{
	struct bench *bench = self;
	const struct yf_tally_rule rule = {
		.trust = bench->house.trust,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.signers = bench->chain.certs,
		.signer_count = 1,
		.now_s = YF_BENCH_NOW_S,
		.skew_s = YF_TALLY_SKEW_S,
	};

	for (unsigned i = 0; i < count; i++) {
		YF_AUTO(arena) arena = yf_arena_new(YF_BENCH_ARENA_MAX);
		const size_t at = bench->house.turn++ % YF_BENCH_HOLDERS;
		struct yf_tally tally;
		if (!arena)
			return YF_FAIL(MEMORY);
		YF_TRY(yf_tally_verify(arena, bench->tallies[at], &rule, NULL,
				       &tally));
		if (tally.mdoc.item_count != SHOWN)
			return YF_FAIL(BUG);
	}
	return YF_OK;
}

static const struct yf_bench_figure figures[] = {
	{ "tally_verify", verify, "p256_verify", yf_bench_raw_verify, 0.4 },
};

yf_err yf_bench_tally(unsigned rounds, struct yf_json_out *rows)
{
	__attribute__((cleanup(bench_close))) struct bench bench = { 0 };

	YF_TRY(bench_open(&bench));
	for (size_t i = 0; i < YF_COUNT(figures); i++)
		YF_TRY(yf_bench_measure(&figures[i], &bench, rounds, rows));
	return YF_OK;
}
