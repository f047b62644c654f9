#include "cli/bench_credential.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "credential/sdjwt_vc.h"
#include "crypto/raw_speed.h"

enum {
	CLAIMS = 10,  /* each a disclosure */
	HOLDERS = 64, /* so that no holder key is in a cache */
	ARENA_MAX = 1024 * 1024,
	TURN_MS = 40,
	NOW_S = 1800000000,
};

struct bench {
	struct yf_arena *arena;
	struct yf_raw_speed *raw;
	struct yf_keyring *ring;
	struct yf_trust *trust;
	struct yf_signer issuer;
	struct yf_vc_ask ask;
	struct yf_claim_path paths[CLAIMS];
	struct yf_key *holders[HOLDERS];
	yf_str presentations[HOLDERS];
	unsigned turn;
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

/* --- a house to measure in --- */

static void bench_close(struct bench *bench)
{
	for (size_t i = 0; i < HOLDERS; i++)
		yf_key_free(bench->holders[i]);
	yf_raw_speed_free(bench->raw);
	yf_keyring_free(bench->ring);
	yf_trust_free(bench->trust);
	yf_arena_free(bench->arena);
}

static yf_err make_issuer(struct bench *bench)
{
	const struct yf_cert_ask root_ask = {
		.common_name = YF_STR("Bench root"),
		.not_before_s = NOW_S - 86400,
		.not_after_s = NOW_S + 86400,
	};
	struct yf_cert_ask leaf_ask = root_ask;
	struct yf_chain chain = { .count = 1 };
	struct yf_key *made;
	yf_bytes root;

	YF_TRY(yf_key_new(&made));
	YF_AUTO(key) root_key = made;
	YF_TRY(yf_key_new(&made));
	YF_AUTO(key) key = made;
	YF_TRY(yf_cert_make_root(bench->arena, root_key, &root_ask, &root));
	leaf_ask.common_name = YF_STR("Bench issuer");
	leaf_ask.eku = YF_EKU_DOCUMENT_SIGNER;
	YF_TRY(yf_cert_issue(bench->arena, root_key, root, &leaf_ask,
			     yf_key_public(key), &chain.certs[0]));
	YF_TRY(yf_trust_new(&bench->trust));
	YF_TRY(yf_trust_add(bench->trust, root));
	YF_TRY(yf_keyring_new(&bench->ring));
	YF_TRY(yf_keyring_add(bench->ring, YF_STR("issuer"), key, &chain));
	(void)YF_MOVE(key);
	return yf_keyring_find(bench->ring, YF_STR("issuer"), &bench->issuer);
}

static yf_err make_ask(struct bench *bench)
{
	bench->ask = (struct yf_vc_ask){
		.vct = YF_STR("urn:yufu:id:1"),
		.issuer = YF_STR("https://issuer.example"),
		.issued_at_s = NOW_S,
		.expires_s = NOW_S + 3600,
		.status = { YF_STR("https://issuer.example/status/1"), 4711 },
		.disclosable = bench->paths,
		.disclosable_count = CLAIMS,
	};
	for (size_t i = 0; i < CLAIMS; i++)
		YF_TRY(yf_claim_path_of(bench->arena, claim_names[i],
					&bench->paths[i]));
	return yf_json_parse(bench->arena, YF_STR(claims_text),
			     &bench->ask.claims);
}

static yf_err make_presentation(struct bench *bench, size_t at)
{
	const struct yf_kb_ask kb = {
		.audience = YF_STR("x509_hash:verifier"),
		.nonce = YF_STR("n-0S6_WzA2Mj"),
		.now_s = NOW_S,
	};
	yf_str text;

	YF_TRY(yf_key_new(&bench->holders[at]));
	const struct yf_signer holder = yf_signer_of_key(bench->holders[at]);
	bench->ask.holder = yf_key_public(bench->holders[at]);
	YF_TRY(yf_vc_issue(bench->arena, &bench->issuer, &bench->ask, &text));
	return yf_sdjwt_bind(bench->arena, &holder, text, &kb,
			     &bench->presentations[at]);
}

static yf_err bench_open(struct bench *bench)
{
	bench->arena = yf_arena_new((size_t)HOLDERS * ARENA_MAX);
	if (!bench->arena)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_raw_speed_new(&bench->raw));
	YF_TRY(make_issuer(bench));
	YF_TRY(make_ask(bench));
	for (size_t i = 0; i < HOLDERS; i++)
		YF_TRY(make_presentation(bench, i));
	return YF_OK;
}

/* --- the work --- */

static yf_err raw_sign(struct bench *bench, unsigned count)
{
	return yf_raw_speed_run(bench->raw, YF_RAW_SIGN, count);
}

static yf_err raw_verify(struct bench *bench, unsigned count)
{
	return yf_raw_speed_run(bench->raw, YF_RAW_VERIFY, count);
}

/* Each with an arena of its own, as a request has. */
static yf_err issue(struct bench *bench, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		YF_AUTO(arena) arena = yf_arena_new(ARENA_MAX);
		yf_str text;
		if (!arena)
			return YF_FAIL(MEMORY);
		bench->ask.holder =
			yf_key_public(bench->holders[bench->turn++ % HOLDERS]);
		YF_TRY(yf_vc_issue(arena, &bench->issuer, &bench->ask, &text));
	}
	return YF_OK;
}

static yf_err verify(struct bench *bench, unsigned count)
{
	const struct yf_vc_rule rule = {
		.trust = bench->trust,
		.eku = YF_EKU_DOCUMENT_SIGNER,
		.now_s = NOW_S,
		.skew_s = 60,
		.binding = YF_BINDING_REQUIRED,
		.audience = YF_STR("x509_hash:verifier"),
		.nonce = YF_STR("n-0S6_WzA2Mj"),
		.binding_age_s = 300,
	};

	for (unsigned i = 0; i < count; i++) {
		YF_AUTO(arena) arena = yf_arena_new(ARENA_MAX);
		struct yf_vc vc;
		if (!arena)
			return YF_FAIL(MEMORY);
		YF_TRY(yf_vc_verify(
			arena, bench->presentations[bench->turn++ % HOLDERS],
			&rule, &vc));
	}
	return YF_OK;
}

/* --- the clock --- */

typedef yf_err (*work_call)(struct bench *bench, unsigned count);

static double cpu_s(void)
{
	struct timespec at;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
	return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static yf_err per_second(struct bench *bench, work_call work, double *out)
{
	enum { STEP = 50 };
	const double start = cpu_s();
	double spent = 0;
	unsigned done = 0;

	while (spent < TURN_MS * 1e-3) {
		YF_TRY(work(bench, STEP));
		done += STEP;
		spent = cpu_s() - start;
	}
	*out = done / spent;
	return YF_OK;
}

static int compare(const void *a, const void *b)
{
	const double left = *(const double *)a;
	const double right = *(const double *)b;

	return (left > right) - (left < right);
}

static double middle(double *values, unsigned count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

static const struct {
	const char *what;
	work_call work;
	const char *limit;
	work_call limit_work;
	double target;
} figures[] = {
	{ "sdjwt_vc_issue_10_disclosures", issue, "p256_sign", raw_sign, 0.6 },
	{ "sdjwt_vc_verify_with_key_binding", verify, "p256_verify", raw_verify,
	  0.4 },
};

static yf_err measure(struct bench *bench, size_t at, unsigned rounds,
		      struct yf_json_out *rows)
{
	double speed[YF_BENCH_ROUNDS_MAX], limit[YF_BENCH_ROUNDS_MAX];
	double ratio[YF_BENCH_ROUNDS_MAX];
	double warm;

	YF_TRY(per_second(bench, figures[at].work, &warm));
	for (unsigned i = 0; i < rounds; i++) {
		YF_TRY(per_second(bench, figures[at].limit_work, &limit[i]));
		YF_TRY(per_second(bench, figures[at].work, &speed[i]));
		ratio[i] = speed[i] / limit[i];
	}
	yf_json_out_object(rows, NULL);
	yf_json_out_text(rows, "what", figures[at].what);
	yf_json_out_int(rows, "per_second", (int64_t)middle(speed, rounds));
	yf_json_out_text(rows, "limit", figures[at].limit);
	yf_json_out_int(rows, "limit_per_second",
			(int64_t)middle(limit, rounds));
	yf_json_out_real(rows, "ratio", middle(ratio, rounds));
	yf_json_out_real(rows, "target", figures[at].target);
	yf_json_out_close(rows);
	return YF_OK;
}

yf_err yf_bench_credential(unsigned rounds, struct yf_json_out *rows)
{
	__attribute__((cleanup(bench_close))) struct bench bench = { 0 };

	assert(rounds && rounds <= YF_BENCH_ROUNDS_MAX);
	YF_TRY(bench_open(&bench));
	for (size_t i = 0; i < YF_COUNT(figures); i++)
		YF_TRY(measure(&bench, i, rounds, rows));
	return YF_OK;
}
