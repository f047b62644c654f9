#include "check/bundle.h"

#include <stdlib.h>

#include "card/status.h"
#include "credential/bundle.h"
#include "crypto/hash.h"

/* One list unpacked, and what deflate needs beside. */
enum { LIST_ARENA = 1024 * 1024 };

static yf_err add_list(const struct yf_env *env, struct yf_arena *arena,
		       int64_t number, struct yf_bundle_list *out)
{
	YF_AUTO(arena) scratch = yf_arena_new(LIST_ARENA);
	struct yf_status_list list = { 0 };
	yf_bytes packed = { NULL, 0 };

	if (!scratch)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_status_uri(env, arena, number, &out->uri));
	YF_TRY(yf_status_entries(env, scratch, number, &list));
	YF_TRY(yf_status_list_pack(scratch, &list, &packed));
	out->bits = list.bits;
	return yf_bytes_copy(arena, packed, &out->lst);
}

/* As their addresses are ordered, which is not how their numbers are. */
static int by_address(const void *a, const void *b)
{
	const struct yf_bundle_list *left = a;
	const struct yf_bundle_list *right = b;
	const size_t len =
		left->uri.len < right->uri.len ? left->uri.len : right->uri.len;
	const int order = memcmp(left->uri.ptr, right->uri.ptr, len);

	if (order)
		return order;
	return left->uri.len < right->uri.len ? -1 : 1;
}

static yf_err add_lists(const struct yf_env *env, struct yf_arena *arena,
			struct yf_bundle *bundle)
{
	const int64_t *numbers = NULL;
	size_t count = 0;

	YF_TRY(yf_status_lists(env, arena, &numbers, &count));
	struct yf_bundle_list *lists =
		YF_NEW(arena, struct yf_bundle_list, count + 1);
	if (!lists)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < count; i++)
		YF_TRY(add_list(env, arena, numbers[i], &lists[i]));
	qsort(lists, count, sizeof(*lists), by_address);
	bundle->lists = lists;
	bundle->list_count = count;
	return YF_OK;
}

static yf_err make(const struct yf_env *env, struct yf_arena *arena, void *ctx,
		   struct yf_kept *doc)
{
	struct yf_bundle bundle = {
		.issuer = env->settings.url,
		.sequence = doc->sequence,
		.made_s = doc->made_s,
		.not_before_s = doc->made_s,
		.expires_s = doc->made_s + YF_BUNDLE_LIFE_S,
		.issuers = &env->issuer_root,
		.issuer_count = 1,
		.signers = env->issuer_leaves,
		.signer_count = env->issuer_leaf_count,
		.registrars = &env->registrar_root,
		.registrar_count = 1,
	};

	(void)ctx;
	YF_TRY(add_lists(env, arena, &bundle));
	return yf_bundle_make(arena, &env->issuer, &bundle, &doc->body);
}

static yf_err state(struct yf_tx *tx, void *ctx,
		    uint8_t out[static YF_KEPT_STATE])
{
	const struct yf_env *env = ctx;
	uint8_t lists[YF_KEPT_STATE];
	uint8_t anchors[YF_KEPT_STATE];

	YF_TRY(yf_status_state(tx, lists));
	yf_env_anchors_hash(env, anchors);
	const yf_bytes parts[] = { { lists, sizeof(lists) },
				   { anchors, sizeof(anchors) } };
	yf_sha256_parts(parts, YF_COUNT(parts), out);
	return YF_OK;
}

yf_err yf_city_bundle(const struct yf_env *env, struct yf_arena *arena,
		      struct yf_kept *out)
{
	/* The rule's functions only read it. */
	union {
		const struct yf_env *env;
		void *ctx;
	} view = { .env = env };
	const struct yf_kept_rule rule = {
		.name = YF_STR("bundle"),
		.step_s = YF_BUNDLE_STEP_S,
		.rest_s = YF_BUNDLE_REST_S,
		.state = state,
		.make = make,
		.ctx = view.ctx,
	};

	return yf_kept_get(env, arena, &rule, out);
}
