#include "cli/bench_house.h"

static yf_err make_issuer(struct yf_bench_house *house)
{
	const struct yf_cert_ask root_ask = {
		.common_name = YF_STR("Bench root"),
		.not_before_s = YF_BENCH_NOW_S - 86400,
		.not_after_s = YF_BENCH_NOW_S + 86400,
	};
	struct yf_cert_ask leaf_ask = root_ask;
	struct yf_chain chain = { .count = 1 };
	struct yf_key *made;
	yf_bytes root;

	YF_TRY(yf_key_new(&made));
	YF_AUTO(key) root_key = made;
	YF_TRY(yf_key_new(&made));
	YF_AUTO(key) key = made;
	YF_TRY(yf_cert_make_root(house->arena, root_key, &root_ask, &root));
	leaf_ask.common_name = YF_STR("Bench issuer");
	leaf_ask.eku = YF_EKU_DOCUMENT_SIGNER;
	YF_TRY(yf_cert_issue(house->arena, root_key, root, &leaf_ask,
			     yf_key_public(key), &chain.certs[0]));
	YF_TRY(yf_trust_new(&house->trust));
	YF_TRY(yf_trust_add(house->trust, root));
	YF_TRY(yf_keyring_new(&house->ring));
	YF_TRY(yf_keyring_add(house->ring, YF_STR("issuer"), key, &chain));
	(void)YF_MOVE(key);
	return yf_keyring_find(house->ring, YF_STR("issuer"), &house->issuer);
}

yf_err yf_bench_house_open(struct yf_bench_house *house)
{
	house->arena =
		yf_arena_new((size_t)YF_BENCH_HOLDERS * YF_BENCH_ARENA_MAX);
	if (!house->arena)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_raw_speed_new(&house->raw));
	for (size_t i = 0; i < YF_BENCH_HOLDERS; i++)
		YF_TRY(yf_key_new(&house->holders[i]));
	return make_issuer(house);
}

void yf_bench_house_close(struct yf_bench_house *house)
{
	for (size_t i = 0; i < YF_BENCH_HOLDERS; i++)
		yf_key_free(house->holders[i]);
	yf_raw_speed_free(house->raw);
	yf_keyring_free(house->ring);
	yf_trust_free(house->trust);
	yf_arena_free(house->arena);
}

const struct yf_key *yf_bench_house_next(struct yf_bench_house *house)
{
	return house->holders[house->turn++ % YF_BENCH_HOLDERS];
}

yf_err yf_bench_raw_sign(void *house, unsigned count)
{
	const struct yf_bench_house *self = house;

	return yf_raw_speed_run(self->raw, YF_RAW_SIGN, count);
}

yf_err yf_bench_raw_verify(void *house, unsigned count)
{
	const struct yf_bench_house *self = house;

	return yf_raw_speed_run(self->raw, YF_RAW_VERIFY, count);
}
