#include "cli/bench_credential.h"

#include "cli/bench_house.h"
#include "cli/bench_measure.h"
#include "credential/sdjwt_vc.h"

enum { CLAIMS = 10 }; /* each a disclosure */

struct bench {
	struct yf_bench_house house; /* first: limits take it */
	struct yf_vc_ask ask;
	struct yf_claim_path paths[CLAIMS];
	yf_str presentations[YF_BENCH_HOLDERS];
};

static const char claims_text[] =
	"{\"family_name\":\"Mustermann\",\"given_name\":\"Katharina\","
	"\"birthdate\":\"1990-02-28\",\"sex\":2,\"nationality\":\"XX\","
	"\"place_of_birth\":\"Musterstadt\",\"issuing_country\":\"XX\","
	"\"personal_administrative_number\":\"110105199002280028\","
	"\"document_number\":\"T22000129\",\"assurance_level\":\"basic\"}";

static const char *const claim_names[CLAIMS] = {
	"family_name",
	"given_name",
	"birthdate",
	"sex",
	"nationality",
	"place_of_birth",
	"issuing_country",
	"document_number",
	"personal_administrative_number",
	"assurance_level",
};

static void bench_close(struct bench *bench)
{
	yf_bench_house_close(&bench->house);
}

static yf_err make_ask(struct bench *bench)
{
	bench->ask = (struct yf_vc_ask){
		.vct = YF_STR("urn:yufu:id:1"),
		.issuer = YF_STR("https://issuer.example"),
		.issued_at_s = YF_BENCH_NOW_S,
		.expires_s = YF_BENCH_NOW_S + 3600,
		.status = { YF_STR("https://issuer.example/status/1"), 4711 },
		.disclosable = bench->paths,
		.disclosable_count = CLAIMS,
	};
	for (size_t i = 0; i < CLAIMS; i++)
		YF_TRY(yf_claim_path_of(bench->house.arena, claim_names[i],
					&bench->paths[i]));
	return yf_json_parse(bench->house.arena, YF_STR(claims_text),
			     &bench->ask.claims);
}

static yf_err make_presentation(struct bench *bench, size_t at)
{
	const struct yf_kb_ask kb = {
		.audience = YF_STR("x509_hash:verifier"),
		.nonce = YF_STR("n-0S6_WzA2Mj"),
		.now_s = YF_BENCH_NOW_S,
	};
	const struct yf_key *key = bench->house.holders[at];
	const struct yf_signer holder = yf_signer_of_key(key);
	struct yf_arena *arena = bench->house.arena;
	yf_str text;

	bench->ask.holder = yf_key_public(key);
	YF_TRY(yf_vc_issue(arena, &bench->house.issuer, &bench->ask, &text));
	return yf_sdjwt_bind(arena, &holder, text, &kb,
			     &bench->presentations[at]);
}

static yf_err bench_open(struct bench *bench)
{
	YF_TRY(yf_bench_house_open(&bench->house));
	YF_TRY(make_ask(bench));
	for (size_t i = 0; i < YF_BENCH_HOLDERS; i++)
		YF_TRY(make_presentation(bench, i));
	return YF_OK;
}

/* --- the work, each with an arena of its own, as a request has --- */

static yf_err issue(void *self, unsigned count)
{
	struct bench *bench = self;

	for (unsigned i = 0; i < count; i++) {
		YF_AUTO(arena) arena = yf_arena_new(YF_BENCH_ARENA_MAX);
		yf_str text;
		if (!arena)
			return YF_FAIL(MEMORY);
		bench->ask.holder =
			yf_key_public(yf_bench_house_next(&bench->house));
		YF_TRY(yf_vc_issue(arena, &bench->house.issuer, &bench->ask,
				   &text));
	}
	return YF_OK;
}

static yf_err verify(void *self, unsigned count)
{
	struct bench *bench = self;
	const struct yf_vc_rule rule = {
		.trust = bench->house.trust,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.now_s = YF_BENCH_NOW_S,
		.skew_s = 60,
		.binding = YF_BINDING_REQUIRED,
		.audience = YF_STR("x509_hash:verifier"),
		.nonce = YF_STR("n-0S6_WzA2Mj"),
		.binding_age_s = 300,
	};

	for (unsigned i = 0; i < count; i++) {
		YF_AUTO(arena) arena = yf_arena_new(YF_BENCH_ARENA_MAX);
		const size_t at = bench->house.turn++ % YF_BENCH_HOLDERS;
		struct yf_vc vc;
		if (!arena)
			return YF_FAIL(MEMORY);
		YF_TRY(yf_vc_verify(arena, bench->presentations[at], &rule,
				    &vc));
	}
	return YF_OK;
}

static const struct yf_bench_figure figures[] = {
	{ "sdjwt_vc_issue_10_disclosures", issue, "p256_sign",
	  yf_bench_raw_sign, 0.6 },
	{ "sdjwt_vc_verify_with_key_binding", verify, "p256_verify",
	  yf_bench_raw_verify, 0.4 },
};

yf_err yf_bench_credential(unsigned rounds, struct yf_json_out *rows)
{
	__attribute__((cleanup(bench_close))) struct bench bench = { 0 };

	YF_TRY(bench_open(&bench));
	for (size_t i = 0; i < YF_COUNT(figures); i++)
		YF_TRY(yf_bench_measure(&figures[i], &bench, rounds, rows));
	return YF_OK;
}
