#include "holder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/url.h"
#include "credential/sdjwt_vc.h"
#include "openid/vp_response.h"

/* Nobody: a name that says so, and a picture of one pixel's worth of bytes. */
static const char adult[] =
	"{\"family_name\":\"\xe6\xa0\xb7\",\"given_name\":\"\xe6\x9c\xac\","
	"\"family_name_latin\":\"Sample\",\"given_name_latin\":\"Person\","
	"\"birthdate\":\"1990-01-02\",\"sex\":0,"
	"\"document_number\":\"T00000001\","
	"\"personal_administrative_number\":\"TEST-1\","
	"\"picture\":\"data:image/jpeg;base64,/9j/2Q==\","
	"\"nationalities\":[\"ZZ\",\"XX\"],"
	"\"assurance_level\":\"basic\","
	"\"age_equal_or_over\":{\"14\":true,\"18\":true,\"65\":false}}";

static const struct yf_claim_path *disclosable(struct yf_arena *arena,
					       size_t *count)
{
	static const char *const texts[] = {
		"family_name",
		"given_name",
		"family_name_latin",
		"given_name_latin",
		"birthdate",
		"sex",
		"document_number",
		"personal_administrative_number",
		"picture",
		"nationalities",
		"nationalities.*",
		"assurance_level",
		"age_equal_or_over",
		"age_equal_or_over.14",
		"age_equal_or_over.18",
		"age_equal_or_over.65",
	};
	struct yf_claim_path *paths =
		YF_NEW(arena, struct yf_claim_path, YF_COUNT(texts));

	assert_non_null(paths);
	for (size_t i = 0; i < YF_COUNT(texts); i++)
		yf_test_ok(yf_claim_path_of(arena, texts[i], &paths[i]));
	*count = YF_COUNT(texts);
	return paths;
}

void yf_test_card_issue(struct yf_test_env *test,
			const struct yf_test_card_ask *ask,
			struct yf_test_card *out)
{
	struct yf_arena *arena = test->arena;
	const char *claims = ask->claims ? ask->claims : adult;
	struct yf_vc_ask vc = {
		.vct = yf_str_of(ask->vct ? ask->vct : "urn:yufu:id:1"),
		.issuer = test->env.settings.url,
		.issued_at_s = test->now_s,
		.expires_s =
			ask->expires_s ? ask->expires_s : test->now_s + 3600,
		.status = { ask->status_uri, ask->status_index },
	};

	yf_test_ok(yf_key_new(&out->key));
	vc.holder = yf_key_public(out->key);
	yf_test_ok(yf_json_parse(arena, yf_str_of(claims), &vc.claims));
	vc.disclosable = disclosable(arena, &vc.disclosable_count);
	yf_test_ok(yf_vc_issue(arena,
			       ask->issuer ? ask->issuer : &test->env.issuer,
			       &vc, &out->sdjwt));
}

void yf_test_read_request(struct yf_test_env *test, yf_str uri, yf_str jwt,
			  struct yf_request_object *out)
{
	const yf_str scheme = YF_STR("openid4vp://?");
	struct yf_request_rule rule = {
		.parties = test->env.registrars,
		.now_s = test->now_s,
		.skew_s = 60,
	};
	struct yf_form link = { 0 };

	assert_true(yf_str_starts(uri, scheme));
	yf_test_ok(yf_form_parse(test->arena, yf_str_skip(uri, scheme.len),
				 &link));
	yf_test_ok(yf_form_get(&link, "client_id", &rule.client_id));
	yf_test_ok(yf_request_object_check(test->arena, jwt, &rule, out));
}

/* What the query asks for, as a wallet would disclose it. */
static size_t asked_paths(struct yf_test_env *test,
			  const struct yf_test_show *show,
			  struct yf_claim_path *paths, size_t count_max)
{
	struct yf_dcql query = { 0 };
	size_t count = 0;

	if (show->paths) {
		for (; show->paths[count]; count++)
			yf_test_ok(yf_claim_path_of(test->arena,
						    show->paths[count],
						    &paths[count]));
		return count;
	}
	yf_test_ok(yf_dcql_parse(test->arena, show->request->query, &query));
	for (; count < query.credentials[0].claim_count; count++) {
		assert_true(count < count_max);
		paths[count] = query.credentials[0].claims[count].path;
	}
	return count;
}

static yf_str or_else(const char *text, yf_str right)
{
	return text ? yf_str_of(text) : right;
}

yf_str yf_test_present(struct yf_test_env *test,
		       const struct yf_test_show *show)
{
	const struct yf_signer holder =
		yf_signer_of_key(show->key ? show->key : show->card->key);
	const struct yf_kb_ask binding = {
		.audience = or_else(show->audience, show->request->client_id),
		.nonce = or_else(show->nonce, show->request->nonce),
		.now_s = show->bound_at_s ? show->bound_at_s : test->now_s,
	};
	struct yf_claim_path paths[32];
	const size_t count = asked_paths(test, show, paths, 32);
	yf_str selected = { 0 };
	yf_str bound = { 0 };

	yf_test_ok(yf_sdjwt_select(test->arena, show->card->sdjwt, paths, count,
				   &selected));
	if (show->without_binding)
		return selected;
	yf_test_ok(yf_sdjwt_bind(test->arena, &holder, selected, &binding,
				 &bound));
	return bound;
}

yf_str yf_test_answer(struct yf_test_env *test, const struct yf_test_show *show)
{
	const struct yf_vp_answer answer = {
		or_else(show->query_id, YF_STR("id")),
		yf_test_present(test, show),
	};
	const struct yf_vp_ask ask = {
		.key = show->encrypt_to ? show->encrypt_to
					: &show->request->key,
		.key_id = or_else(show->kid, show->request->key_id),
		.enc = YF_JWE_A128GCM,
		.state = or_else(show->state, show->request->state),
		.answers = &answer,
		.count = 1,
	};
	yf_str jwe = { 0 };

	yf_test_ok(yf_vp_response_make(test->arena, &ask, &jwe));
	return jwe;
}
