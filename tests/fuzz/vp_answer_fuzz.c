#include "check/dc_api.h"
#include "check/wallet_metadata.h"
#include "openid/transaction_data.h"
#include "openid/vp_response.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static const char query_text[] =
	"{\"credentials\":[{\"id\":\"a\",\"format\":\"dc+sd-jwt\","
	"\"meta\":{\"vct_values\":[\"v\"]}},{\"id\":\"b\","
	"\"format\":\"mso_mdoc\",\"meta\":{\"doctype_value\":\"d\"}}],"
	"\"credential_sets\":[{\"options\":[[\"a\"],[\"b\"]]}]}";

/* What was read can be signed, and by the credential it is for only. */
static void check_transactions(struct yf_arena *arena,
			       const struct yf_transactions *all)
{
	struct yf_json_out out = yf_json_out_new(arena, 256);
	const struct yf_json *binding = NULL;
	uint64_t signed_bits = 0;
	yf_str text = { 0 };

	yf_json_out_object(&out, NULL);
	yf_json_out_array(&out, "transaction_data_hashes");
	for (size_t i = 0; i < all->count; i++) {
		yf_str hash = { 0 };

		must(all->at[i].credentials == 1);
		if (yf_failed(yf_transaction_hash(arena, all->at[i].encoded,
						  &hash)))
			return;
		yf_json_out_str(&out, NULL, hash);
	}
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	if (yf_failed(yf_json_out_end(&out, &text)) ||
	    yf_failed(yf_json_parse(arena, text, &binding)))
		return;
	const yf_err err =
		yf_transactions_signed(arena, all, 0, binding, &signed_bits);
	must(err.code == YF_CODE_MEMORY ||
	     (!yf_failed(err) &&
	      signed_bits == (UINT64_C(1) << all->count) - 1));
	must(yf_failed(yf_transactions_signed(arena, all, 1, binding,
					      &signed_bits)) ==
	     (all->count > 0));
}

/* What a stranger sends beside a presentation: transaction data, metadata of
 * a wallet, an answer of the browser, a vp_token; each reader gets it all. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(8 * 1024 * 1024);
	const yf_str text = { (const char *)data, len };
	struct yf_transactions transactions = { NULL, 0 };
	struct yf_vp_response response = { 0 };
	struct yf_request request = { 0 };
	struct yf_answer answer = { 0 };
	const struct yf_json *tree = NULL;

	if (!arena ||
	    yf_failed(yf_json_parse(arena, yf_str_of(query_text), &tree)) ||
	    yf_failed(yf_dcql_parse(arena, tree, &request.query)))
		return 0;
	const yf_err metadata = yf_wallet_metadata_check(arena, text, &request);
	must(yf_err_kind(metadata) != YF_KIND_UNAVAILABLE);
	if (!yf_failed(yf_dc_api_answer(arena, text, &answer)))
		must((answer.response.len > 0) + (answer.vp_token != NULL) +
			     (answer.error.len > 0) ==
		     1);
	if (yf_failed(yf_json_parse(arena, text, &tree)))
		return 0;
	if (!yf_failed(yf_transactions_parse(arena, tree, &request.query,
					     &transactions)) &&
	    transactions.count)
		check_transactions(arena, &transactions);
	if (!yf_failed(
		    yf_vp_token_parse(arena, &request.query, tree, &response)))
		for (size_t i = 0; i < response.count; i++)
			must(response.entries[i].index < 2 &&
			     response.entries[i].count == 1);
	return 0;
}
