#include "holder/grant.h"
#include "holder/link.h"
#include "holder/metadata.h"
#include "holder/offer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

enum { ARENA = 256 * 1024 };

#define PRE "\"urn:ietf:params:oauth:grant-type:pre-authorized_code\""

static const struct {
	const char *name;
	const char *text;
	yf_code want;
	const char *offer;
	const char *reference;
	const char *client_id;
} links[] = {
	{ "offer by value",
	  "openid-credential-offer://?credential_offer=%7B%7D", YF_CODE_OK,
	  "{}", "", "" },
	{ "offer by reference",
	  "openid-credential-offer://?credential_offer_uri="
	  "https%3A%2F%2Fi.example%2Fo%2F1",
	  YF_CODE_OK, "", "https://i.example/o/1", "" },
	{ "haip name, white space",
	  " HAIP-VCI://?credential_offer_uri=https%3A%2F%2Fi\n", YF_CODE_OK, "",
	  "https://i", "" },
	{ "request",
	  "openid4vp://?client_id=x509_hash%3Aab&request_uri=https%3A%2F%2Fv",
	  YF_CODE_OK, "", "https://v", "x509_hash:ab" },
	{ "request with an authority",
	  "haip-vp://authorize?client_id=a&request_uri=https%3A%2F%2Fv",
	  YF_CODE_OK, "", "https://v", "a" },
	{ "both offers",
	  "openid-credential-offer://?credential_offer=a&"
	  "credential_offer_uri=b",
	  YF_CODE_CONFLICT, NULL, NULL, NULL },
	{ "no offer", "openid-credential-offer://?x=y", YF_CODE_MISSING, NULL,
	  NULL, NULL },
	{ "offer twice",
	  "openid-credential-offer://?credential_offer=a&credential_offer=b",
	  YF_CODE_DUPLICATE, NULL, NULL, NULL },
	{ "request by value",
	  "openid4vp://?client_id=a&request=eyJ&request_uri=https%3A%2F%2Fv",
	  YF_CODE_UNSUPPORTED, NULL, NULL, NULL },
	{ "request without a client",
	  "openid4vp://?request_uri=https%3A%2F%2Fv", YF_CODE_MISSING, NULL,
	  NULL, NULL },
	{ "request without an address", "openid4vp://?client_id=a",
	  YF_CODE_MISSING, NULL, NULL, NULL },
	{ "a web address", "https://v.example/?client_id=a&request_uri=b",
	  YF_CODE_UNSUPPORTED, NULL, NULL, NULL },
	{ "no query", "openid4vp://", YF_CODE_SYNTAX, NULL, NULL, NULL },
	{ "no scheme", "hello", YF_CODE_SYNTAX, NULL, NULL, NULL },
	{ "broken escape", "openid4vp://?client_id=%G1&request_uri=b",
	  YF_CODE_SYNTAX, NULL, NULL, NULL },
	{ "empty", "", YF_CODE_SYNTAX, NULL, NULL, NULL },
};

static void link_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(links); i++) {
		YF_AUTO(arena) arena = yf_arena_new(ARENA);
		struct yf_link got = { 0 };

		print_message("  %s\n", links[i].name);
		assert_int_equal(
			yf_link_parse(arena, yf_str_of(links[i].text), &got)
				.code,
			links[i].want);
		if (links[i].want)
			continue;
		assert_true(yf_str_is(got.offer, links[i].offer));
		assert_true(yf_str_is(got.reference, links[i].reference));
		assert_true(yf_str_is(got.client_id, links[i].client_id));
	}
}

static const struct {
	const char *name;
	const char *json;
	yf_code want;
	const char *pre_code;
	bool tx_code;
	bool auth_code;
} offers[] = {
	{ "pre-authorized with a transaction code",
	  "{\"credential_issuer\":\"https://i\","
	  "\"credential_configuration_ids\":[\"id\"],\"grants\":{" PRE
	  ":{\"pre-authorized_code\":\"c\",\"tx_code\":{\"length\":6}}}}",
	  YF_CODE_OK, "c", true, false },
	{ "an empty tx_code object asks for one too",
	  "{\"credential_issuer\":\"https://i\","
	  "\"credential_configuration_ids\":[\"id\"],\"grants\":{" PRE
	  ":{\"pre-authorized_code\":\"c\",\"tx_code\":{}}}}",
	  YF_CODE_OK, "c", true, false },
	{ "pre-authorized without",
	  "{\"credential_issuer\":\"https://i\","
	  "\"credential_configuration_ids\":[\"id\"],\"grants\":{" PRE
	  ":{\"pre-authorized_code\":\"c\"}}}",
	  YF_CODE_OK, "c", false, false },
	{ "no grants",
	  "{\"credential_issuer\":\"https://i\","
	  "\"credential_configuration_ids\":[\"id\"]}",
	  YF_CODE_OK, "", false, true },
	{ "authorization code",
	  "{\"credential_issuer\":\"https://i\","
	  "\"credential_configuration_ids\":[\"id\"],"
	  "\"grants\":{\"authorization_code\":{\"issuer_state\":\"s\"}}}",
	  YF_CODE_OK, "", false, true },
	{ "a grant we do not know",
	  "{\"credential_issuer\":\"https://i\","
	  "\"credential_configuration_ids\":[\"id\"],\"grants\":{\"x\":{}}}",
	  YF_CODE_OK, "", false, false },
	{ "no code in the grant",
	  "{\"credential_issuer\":\"https://i\","
	  "\"credential_configuration_ids\":[\"id\"],\"grants\":{" PRE ":{}}}",
	  YF_CODE_MISSING, NULL, false, false },
	{ "no issuer", "{\"credential_configuration_ids\":[\"id\"]}",
	  YF_CODE_MISSING, NULL, false, false },
	{ "no configuration",
	  "{\"credential_issuer\":\"https://i\","
	  "\"credential_configuration_ids\":[]}",
	  YF_CODE_SYNTAX, NULL, false, false },
	{ "a configuration that is no text",
	  "{\"credential_issuer\":\"https://i\","
	  "\"credential_configuration_ids\":[1]}",
	  YF_CODE_SYNTAX, NULL, false, false },
	{ "tx_code is a text",
	  "{\"credential_issuer\":\"https://i\","
	  "\"credential_configuration_ids\":[\"id\"],\"grants\":{" PRE
	  ":{\"pre-authorized_code\":\"c\",\"tx_code\":\"1\"}}}",
	  YF_CODE_SYNTAX, NULL, false, false },
	{ "issuer twice",
	  "{\"credential_issuer\":\"https://i\",\"credential_issuer\":\"b\"}",
	  YF_CODE_DUPLICATE, NULL, false, false },
	{ "not JSON", "{", YF_CODE_SYNTAX, NULL, false, false },
};

static void offer_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(offers); i++) {
		YF_AUTO(arena) arena = yf_arena_new(ARENA);
		struct yf_credential_offer got = { 0 };

		print_message("  %s\n", offers[i].name);
		assert_int_equal(
			yf_offer_parse(arena, yf_str_of(offers[i].json), &got)
				.code,
			offers[i].want);
		if (offers[i].want)
			continue;
		assert_true(
			yf_str_is(got.pre_authorized_code, offers[i].pre_code));
		assert_true(got.wants_tx_code == offers[i].tx_code);
		assert_true(got.has_authorization_code == offers[i].auth_code);
	}
}

static const struct {
	const char *identifier;
	const char *want; /* NULL: refused */
} addresses[] = {
	{ "https://h", "https://h/.well-known/x" },
	{ "https://h/", "https://h/.well-known/x" },
	{ "https://h/p", "https://h/.well-known/x/p" },
	{ "https://h:8443/p/q/", "https://h:8443/.well-known/x/p/q" },
	{ "http://127.0.0.1:1", "http://127.0.0.1:1/.well-known/x" },
	{ "ftp://h", NULL },
	{ "h", NULL },
};

static void the_well_known_segment_is_inserted(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(addresses); i++) {
		YF_AUTO(arena) arena = yf_arena_new(ARENA);
		yf_str got = { 0 };
		const yf_err err = yf_well_known(
			arena, yf_str_of(addresses[i].identifier), "x", &got);

		print_message("  %s\n", addresses[i].identifier);
		assert_true(yf_failed(err) == (addresses[i].want == NULL));
		if (addresses[i].want)
			assert_true(yf_str_is(got, addresses[i].want));
	}
}

#define CONFIGURATION(format, more)                                         \
	"{\"credential_issuer\":\"https://i\",\"credential_endpoint\":"     \
	"\"https://i/c\",\"credential_configurations_supported\":{\"id\":{" \
	"\"format\":\"" format "\",\"vct\":\"urn:x\",\"scope\":\"id\","     \
	"\"cryptographic_binding_methods_supported\":[\"jwk\"],"            \
	"\"proof_types_supported\":{\"jwt\":{"                              \
	"\"proof_signing_alg_values_supported\":[\"ES256\"]" more "}}}}}"

static const struct {
	const char *name;
	const char *json;
	yf_code want;
} issuers[] = {
	{ "good", CONFIGURATION("dc+sd-jwt", ""), YF_CODE_OK },
	{ "the format of drafts", CONFIGURATION("vc+sd-jwt", ""),
	  YF_CODE_UNSUPPORTED },
	{ "it wants a key attestation",
	  CONFIGURATION("dc+sd-jwt", ",\"key_attestations_required\":{}"),
	  YF_CODE_UNSUPPORTED },
	{ "another issuer's",
	  "{\"credential_issuer\":\"https://i/\",\"credential_endpoint\":\"\","
	  "\"credential_configurations_supported\":{}}",
	  YF_CODE_CONFLICT },
	{ "no such configuration",
	  "{\"credential_issuer\":\"https://i\",\"credential_endpoint\":\"\","
	  "\"credential_configurations_supported\":{}}",
	  YF_CODE_UNKNOWN_CONFIGURATION },
	{ "a batch of one",
	  "{\"credential_issuer\":\"https://i\",\"credential_endpoint\":\"\","
	  "\"batch_credential_issuance\":{\"batch_size\":1},"
	  "\"credential_configurations_supported\":{}}",
	  YF_CODE_RANGE },
	{ "no endpoint", "{\"credential_issuer\":\"https://i\"}",
	  YF_CODE_MISSING },
};

static yf_err read_issuer(struct yf_arena *arena, const char *json,
			  struct yf_configuration *out)
{
	const struct yf_json *tree;
	struct yf_issuer_metadata issuer;

	YF_TRY(yf_json_parse(arena, yf_str_of(json), &tree));
	YF_TRY(yf_issuer_metadata_take(tree, YF_STR("https://i"), &issuer));
	return yf_configuration_find(&issuer, YF_STR("id"), out);
}

static void issuer_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(issuers); i++) {
		YF_AUTO(arena) arena = yf_arena_new(ARENA);
		struct yf_configuration got = { 0 };

		print_message("  %s\n", issuers[i].name);
		assert_int_equal(read_issuer(arena, issuers[i].json, &got).code,
				 issuers[i].want);
		assert_true(
			yf_str_is(got.type, issuers[i].want ? "" : "urn:x"));
	}
}

static const struct {
	const char *name;
	const char *redirect;
	yf_code want;
} answers[] = {
	{ "good", "https://w/?code=c&state=s&iss=https%3A%2F%2Fi", YF_CODE_OK },
	{ "another state", "https://w/?code=c&state=t&iss=https%3A%2F%2Fi",
	  YF_CODE_CONFLICT },
	{ "no state", "https://w/?code=c&iss=https%3A%2F%2Fi",
	  YF_CODE_CONFLICT },
	{ "another issuer", "https://w/?code=c&state=s&iss=https%3A%2F%2Fj",
	  YF_CODE_CONFLICT },
	{ "no issuer", "https://w/?code=c&state=s", YF_CODE_CONFLICT },
	{ "another address", "https://x/?code=c&state=s&iss=https%3A%2F%2Fi",
	  YF_CODE_CONFLICT },
	{ "code twice", "https://w/?code=c&code=d&state=s&iss=https%3A%2F%2Fi",
	  YF_CODE_DUPLICATE },
	{ "no code", "https://w/?state=s&iss=https%3A%2F%2Fi",
	  YF_CODE_MISSING },
	{ "the person said no",
	  "https://w/?error=access_denied&state=s&iss=https%3A%2F%2Fi",
	  YF_CODE_DENIED },
	{ "a named error",
	  "https://w/?error=invalid_scope&state=s&iss=https%3A%2F%2Fi",
	  YF_CODE_INVALID_SCOPE },
	{ "an error of somebody else", "https://w/?error=access_denied&state=s",
	  YF_CODE_CONFLICT },
	{ "no query", "https://w/", YF_CODE_SYNTAX },
};

static void answer_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(answers); i++) {
		YF_AUTO(arena) arena = yf_arena_new(ARENA);
		yf_str code = { 0 };

		print_message("  %s\n", answers[i].name);
		assert_int_equal(
			yf_grant_answer(arena, yf_str_of(answers[i].redirect),
					YF_STR("https://w/"), YF_STR("s"),
					YF_STR("https://i"), &code)
				.code,
			answers[i].want);
		if (answers[i].want == YF_CODE_OK)
			assert_true(yf_str_is(code, "c"));
	}
}

static const struct {
	const char *name;
	int status;
	const char *body;
	const char *challenge;
	yf_code want;
} refusals[] = {
	{ "an OAuth error", 400, "{\"error\":\"invalid_grant\"}", NULL,
	  YF_CODE_INVALID_GRANT },
	{ "a name of OpenID4VCI", 400, "{\"error\":\"invalid_nonce\"}", NULL,
	  YF_CODE_NONCE },
	{ "problem details", 403, "{\"type\":\"urn:yufu:problem:over_asked\"}",
	  NULL, YF_CODE_OVER_ASKED },
	{ "a challenge", 401, "",
	  "DPoP error=\"use_dpop_nonce\", algs=\"ES256\"",
	  YF_CODE_USE_DPOP_NONCE },
	{ "a challenge without an error", 401, "", "DPoP algs=\"ES256\"",
	  YF_CODE_DENIED },
	{ "a name that nobody knows", 400, "{\"error\":\"teapot\"}", NULL,
	  YF_CODE_DENIED },
	{ "nothing, 404", 404, "", NULL, YF_CODE_NOT_FOUND },
	{ "nothing, 503", 503, "<html>", NULL, YF_CODE_BUSY },
	{ "nothing, 500", 500, "", NULL, YF_CODE_UNREACHABLE },
	{ "a name is no way to look like success", 400, "{\"error\":\"OK\"}",
	  NULL, YF_CODE_DENIED },
};

static void refusal_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(refusals); i++) {
		YF_AUTO(arena) arena = yf_arena_new(ARENA);
		const struct yf_fetch_header header = {
			YF_STR("www-authenticate"),
			yf_str_of(refusals[i].challenge),
		};
		const struct yf_fetched reply = {
			.status = refusals[i].status,
			.headers = &header,
			.header_count = refusals[i].challenge ? 1 : 0,
			.body = yf_str_of(refusals[i].body),
		};

		print_message("  %s\n", refusals[i].name);
		assert_int_equal(yf_wire_refusal(arena, &reply).code,
				 refusals[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(link_table),
		cmocka_unit_test(offer_table),
		cmocka_unit_test(the_well_known_segment_is_inserted),
		cmocka_unit_test(issuer_table),
		cmocka_unit_test(answer_table),
		cmocka_unit_test(refusal_table),
	};
	return cmocka_run_group_tests_name("holder/read", tests, NULL, NULL);
}
