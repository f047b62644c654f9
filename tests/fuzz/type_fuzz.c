#include "card/type.h"

#include <assert.h>

#include "card/type_document.h"

/*
 * Any bytes as a type file: it is a type within its limits, or CONFIG with a
 * message that names the file; what is a type can be described to wallets.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_type(const struct yf_card_type *type)
{
	assert(type->name.len && type->vct.len && type->scope.len);
	assert(type->days > 0 && type->batch_size > 0);
	assert(type->batch_size <= YF_TYPE_BATCH_MAX);
	assert(type->claim_count && type->claim_count <= YF_TYPE_CLAIMS_MAX);
	for (size_t i = 0; i < type->claim_count; i++) {
		const struct yf_type_claim *claim = &type->claims[i];
		assert(claim->path.count > 0);
		assert(!claim->element.name.len || type->doctype.len);
		for (int k = 0; k < YF_LOCALES; k++)
			assert(claim->names.at[k].len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	YF_AUTO(arena) arena = yf_arena_new(4 * 1024 * 1024);
	const struct yf_settings settings = {
		.url = YF_STR("https://i.example"),
		.card_days = 14,
		.batch_size = 8,
	};
	const yf_str file = YF_STR("types/pass.json");
	struct yf_card_type type;
	yf_str problem = { 0 };
	yf_str text;

	assert(arena);
	const yf_err err = yf_card_type_parse(
		arena, file, (yf_str){ (const char *)data, size }, &settings,
		&type, &problem);
	if (err.code == YF_CODE_MEMORY)
		return 0;
	if (yf_failed(err)) {
		assert(err.code == YF_CODE_CONFIG);
		assert(yf_str_starts(problem, file));
		return 0;
	}
	check_type(&type);
	const yf_err described = yf_type_document(arena, &type, &text);
	assert(!yf_failed(described) || described.code == YF_CODE_MEMORY);
	return 0;
}
