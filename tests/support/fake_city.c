#include "fake_city.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/base64url.h"
#include "codec/url.h"
#include "credential/sdjwt_vc.h"
#include "crypto/jwe.h"
#include "openid/dpop.h"
#include "openid/pkce.h"
#include "openid/proof.h"
#include "openid/registration.h"
#include "openid/request_object.h"

#define CLAIMS                                             \
	"{\"family_name\":\"Tang\",\"given_name\":\"Yu\"," \
	"\"age_equal_or_over\":{\"18\":true,\"21\":false}}"
#define QUERY(vct, claim)                                            \
	"{\"credentials\":[{\"id\":\"id\",\"format\":\"dc+sd-jwt\"," \
	"\"meta\":{\"vct_values\":[\"" vct "\"]},"                   \
	"\"claims\":[{\"path\":[\"" claim "\"]}]}]}"

static void ok(yf_err err)
{
	if (yf_failed(err))
		print_message("%s at %s\n", yf_err_name(err), err.where);
	assert_int_equal(err.code, YF_CODE_OK);
}

/* --- keys and chains --- */

static void make_root(struct fake_city *city, const char *name,
		      struct yf_key **key, yf_bytes *der)
{
	const struct yf_cert_ask ask = {
		.common_name = yf_str_of(name),
		.not_before_s = FAKE_NOW - 1000,
		.not_after_s = FAKE_NOW + 100000000,
		.ca = true,
		.path_len = 0,
	};
	ok(yf_key_new(key));
	ok(yf_cert_make_root(city->arena, *key, &ask, der));
}

static void make_leaf(struct fake_city *city, const struct yf_key *root_key,
		      yf_bytes root, const char *eku, struct yf_key **key,
		      struct yf_chain *chain)
{
	const struct yf_cert_ask ask = {
		.common_name = YF_STR("leaf"),
		.eku = eku,
		.not_before_s = FAKE_NOW - 1000,
		.not_after_s = FAKE_NOW + 10000000,
	};
	if (!*key)
		ok(yf_key_new(key));
	chain->count = 1;
	ok(yf_cert_issue(city->arena, root_key, root, &ask, yf_key_public(*key),
			 &chain->certs[0]));
}

void fake_city_open(struct fake_city *city, struct yf_arena *arena)
{
	*city = (struct fake_city){ .arena = arena };
	make_root(city, "issuers", &city->issuer_root_key, &city->issuer_root);
	make_root(city, "strangers", &city->stranger_root_key,
		  &city->stranger_root);
	make_root(city, "registrars", &city->registrar_root_key,
		  &city->registrar_root);
	make_leaf(city, city->issuer_root_key, city->issuer_root,
		  YF_EKU_DOCUMENT_SIGNER, &city->issuer_key, &city->issuer);
	make_leaf(city, city->stranger_root_key, city->stranger_root,
		  YF_EKU_DOCUMENT_SIGNER, &city->stranger_key, &city->stranger);
	make_leaf(city, city->registrar_root_key, city->registrar_root, NULL,
		  &city->registrar_key, &city->registrar);
	make_leaf(city, city->registrar_root_key, city->registrar_root,
		  YF_EKU_READER, &city->party_key, &city->party);
	ok(yf_key_new(&city->answer_key));
	ok(yf_client_id_of(arena, city->party.certs[0], &city->client_id));
}

void fake_city_close(struct fake_city *city)
{
	struct yf_key *keys[] = {
		city->issuer_root_key,    city->issuer_key,
		city->stranger_root_key,  city->stranger_key,
		city->registrar_root_key, city->registrar_key,
		city->party_key,          city->answer_key,
	};
	for (size_t i = 0; i < YF_COUNT(keys); i++)
		yf_key_free(keys[i]);
}

static int64_t now_s(void *self)
{
	(void)self;
	return FAKE_NOW;
}

struct yf_clock fake_city_clock(void)
{
	return (struct yf_clock){ now_s, now_s, NULL };
}

/* --- replies --- */

static void reply(struct yf_fetched *out, int status, const char *type,
		  yf_str body)
{
	*out = (struct yf_fetched){
		.status = status,
		.content_type = yf_str_of(type),
		.body = body,
	};
}

static void refuse(struct fake_city *city, struct yf_fetched *out, int status,
		   const char *error)
{
	yf_str body;
	ok(yf_str_format(city->arena, &body, "{\"error\":\"%s\"}", error));
	reply(out, status, "application/json", body);
}

static yf_str header(const struct yf_fetch_ask *ask, const char *name)
{
	for (size_t i = 0; i < ask->header_count; i++)
		if (yf_str_is(ask->headers[i].name, name))
			return ask->headers[i].value;
	return (yf_str){ 0 };
}

static yf_str field(struct fake_city *city, const struct yf_fetch_ask *ask,
		    const char *name)
{
	struct yf_form form;
	yf_str value;
	ok(yf_form_parse(city->arena, ask->body, &form));
	ok(yf_form_get(&form, name, &value));
	return value;
}

/* False when the reply asks for a nonce first. */
static bool check_dpop(struct fake_city *city, const struct yf_fetch_ask *ask,
		       yf_str token, struct yf_fetched *out)
{
	const struct yf_dpop_rule rule = {
		.method = YF_STR("POST"),
		.url = ask->url,
		.access_token = token,
		.now_s = FAKE_NOW,
		.age_s = 300,
		.skew_s = 60,
	};
	struct yf_fetch_header *nonce =
		YF_NEW(city->arena, struct yf_fetch_header, 1);
	struct yf_dpop dpop;

	ok(yf_dpop_check(city->arena, header(ask, "DPoP"), &rule, &dpop));
	if (city->jkt.len)
		assert_true(yf_str_eq(dpop.jkt, city->jkt));
	city->jkt = dpop.jkt;
	const bool wants = city->fault == FAULT_DPOP_NONCE_AGAIN ||
			   (city->fault == FAULT_DPOP_NONCE &&
			    !yf_str_is(dpop.nonce, "n0nce"));
	if (!wants)
		return true;
	city->asked_nonce++;
	refuse(city, out, token.len ? 401 : 400, "use_dpop_nonce");
	*nonce = (struct yf_fetch_header){ YF_STR("DPoP-Nonce"), { 0 } };
	if (city->fault == FAULT_DPOP_NONCE)
		nonce->value = YF_STR("n0nce");
	else
		ok(yf_str_format(city->arena, &nonce->value, "n%u",
				 city->asked_nonce));
	out->headers = nonce;
	out->header_count = 1;
	return false;
}

/* --- issuing --- */

static const char issuer_metadata[] =
	"{\"credential_issuer\":\"" FAKE_URL "\","
	"\"credential_endpoint\":\"" FAKE_URL "/vci/credential\","
	"\"nonce_endpoint\":\"" FAKE_URL "/vci/nonce\","
	"\"batch_credential_issuance\":{\"batch_size\":4},"
	"\"credential_configurations_supported\":{\"id\":{"
	"\"format\":\"dc+sd-jwt\",\"vct\":\"urn:yufu:id:1\",\"scope\":\"id\","
	"\"cryptographic_binding_methods_supported\":[\"jwk\"],"
	"\"proof_types_supported\":{\"jwt\":{"
	"\"proof_signing_alg_values_supported\":[\"ES256\"]}}}}}";

static const char server_metadata[] =
	"{\"issuer\":\"" FAKE_URL "\","
	"\"authorization_endpoint\":\"" FAKE_URL "/oauth/authorize\","
	"\"token_endpoint\":\"" FAKE_URL "/oauth/token\","
	"\"pushed_authorization_request_endpoint\":\"" FAKE_URL "/oauth/par\","
	"\"code_challenge_methods_supported\":[\"S256\"],"
	"\"dpop_signing_alg_values_supported\":[\"ES256\"],"
	"\"authorization_response_iss_parameter_supported\":true,"
	"\"pre-authorized_grant_anonymous_access_supported\":true}";

static void serve_issuer_metadata(struct fake_city *city,
				  const struct yf_fetch_ask *ask,
				  struct yf_fetched *out)
{
	(void)ask;
	reply(out, 200, "application/json", yf_str_of(issuer_metadata));
	if (city->fault == FAULT_OTHER_ISSUER)
		out->body = YF_STR(
			"{\"credential_issuer\":\"https://city.example/\","
			"\"credential_endpoint\":\"x\","
			"\"credential_configurations_supported\":{}}");
}

static void serve_server_metadata(struct fake_city *city,
				  const struct yf_fetch_ask *ask,
				  struct yf_fetched *out)
{
	(void)city;
	(void)ask;
	reply(out, 200, "application/json; charset=utf-8",
	      yf_str_of(server_metadata));
}

static void serve_par(struct fake_city *city, const struct yf_fetch_ask *ask,
		      struct yf_fetched *out)
{
	assert_true(yf_str_is(field(city, ask, "response_type"), "code"));
	assert_true(yf_str_is(field(city, ask, "scope"), "id"));
	assert_true(
		yf_str_is(field(city, ask, "code_challenge_method"), "S256"));
	if (!check_dpop(city, ask, (yf_str){ 0 }, out))
		return;
	city->challenge = field(city, ask, "code_challenge");
	ok(yf_pkce_challenge_check(city->challenge));
	yf_str body;
	ok(yf_str_format(city->arena, &body,
			 "{\"request_uri\":\"urn:x:%.*s\",\"expires_in\":60}",
			 YF_ARG(field(city, ask, "state"))));
	reply(out, 201, "application/json", body);
}

static yf_err login(void *self, struct yf_arena *arena,
		    const struct yf_wire *wire, yf_str url, yf_str *redirect)
{
	struct fake_city *city = self;
	yf_str rest = url;
	yf_str path = { NULL, 0 };
	struct yf_form query;
	yf_str request_uri;

	(void)wire;
	if (city->fault == FAULT_LOGIN)
		return YF_FAIL(DENIED);
	assert_true(yf_str_cut(&rest, '?', &path));
	assert_true(yf_str_is(path, FAKE_URL "/oauth/authorize"));
	ok(yf_form_parse(arena, rest, &query));
	ok(yf_form_get(&query, "request_uri", &request_uri));
	return yf_str_format(arena, redirect, "%s?code=c0de&state=%.*s%s",
			     FAKE_URL "/wallet/",
			     YF_ARG(yf_str_skip(request_uri, 6)),
			     city->fault == FAULT_NO_ISS
				     ? ""
				     : "&iss=https%3A%2F%2Fcity.example%2Fp");
}

struct yf_login fake_city_login(struct fake_city *city)
{
	return (struct yf_login){ login, city };
}

static void serve_token(struct fake_city *city, const struct yf_fetch_ask *ask,
			struct yf_fetched *out)
{
	const yf_str pre = field(city, ask, "pre-authorized_code");

	if (!check_dpop(city, ask, (yf_str){ 0 }, out))
		return;
	if (pre.len) {
		if (!yf_str_is(field(city, ask, "tx_code"), "123456")) {
			refuse(city, out, 400, "invalid_grant");
			return;
		}
	} else {
		ok(yf_pkce_check(field(city, ask, "code_verifier"),
				 city->challenge));
		assert_true(yf_str_is(field(city, ask, "code"), "c0de"));
	}
	reply(out, 200, "application/json",
	      city->fault == FAULT_BEARER
		      ? YF_STR("{\"access_token\":\"t\","
			       "\"token_type\":\"Bearer\"}")
		      : YF_STR("{\"access_token\":\"t\","
			       "\"token_type\":\"DPoP\",\"expires_in\":60}"));
}

static void serve_nonce(struct fake_city *city, const struct yf_fetch_ask *ask,
			struct yf_fetched *out)
{
	yf_str body;
	assert_int_equal(ask->body.len, 0);
	ok(yf_str_format(city->arena, &body, "{\"c_nonce\":\"c%u\"}",
			 ++city->c_nonces));
	reply(out, 200, "application/json", body);
}

static yf_str issue(struct fake_city *city, const struct yf_public_key *holder)
{
	const bool strange = city->fault == FAULT_OTHER_ROOT;
	struct yf_keyring *ring = NULL;
	struct yf_signer signer;
	struct yf_claim_path paths[3];
	const struct yf_json *claims;
	struct yf_key *copy = NULL;
	yf_str text, pem;

	ok(yf_json_parse(city->arena, YF_STR(CLAIMS), &claims));
	ok(yf_claim_path_of(city->arena, "family_name", &paths[0]));
	ok(yf_claim_path_of(city->arena, "given_name", &paths[1]));
	ok(yf_claim_path_of(city->arena, "age_equal_or_over.18", &paths[2]));
	const struct yf_vc_ask ask = {
		.vct = city->fault == FAULT_OTHER_TYPE
			       ? YF_STR("urn:other")
			       : YF_STR("urn:yufu:id:1"),
		.issued_at_s = FAKE_NOW - 5000,
		.expires_s = city->fault == FAULT_EXPIRED ? FAKE_NOW - 100
							  : FAKE_NOW + 1000,
		.holder = holder,
		.claims = claims,
		.disclosable = paths,
		.disclosable_count = YF_COUNT(paths),
	};
	ok(yf_key_save(strange ? city->stranger_key : city->issuer_key,
		       city->arena, &pem));
	ok(yf_key_load(pem, &copy));
	ok(yf_keyring_new(&ring));
	ok(yf_keyring_add(ring, YF_STR("i"), copy,
			  strange ? &city->stranger : &city->issuer));
	ok(yf_keyring_find(ring, YF_STR("i"), &signer));
	ok(yf_vc_issue(city->arena, &signer, &ask, &text));
	yf_keyring_free(ring);
	return text;
}

static void put_credential(struct fake_city *city, struct yf_json_out *json,
			   yf_str text)
{
	if (city->fault == FAULT_BOUND) {
		const struct yf_signer signer =
			yf_signer_of_key(city->party_key);
		const struct yf_kb_ask ask = { .audience = YF_STR("a"),
					       .nonce = YF_STR("n"),
					       .now_s = FAKE_NOW };
		ok(yf_sdjwt_bind(city->arena, &signer, text, &ask, &text));
	}
	yf_json_out_object(json, NULL);
	yf_json_out_str(json, "credential", text);
	yf_json_out_close(json);
}

static struct yf_proof check_proof(struct fake_city *city, yf_str jwt)
{
	const struct yf_proof_rule rule = {
		.issuer = YF_STR(FAKE_URL),
		.client_id = YF_STR(FAKE_URL "/wallet/"),
		.now_s = FAKE_NOW,
		.age_s = 300,
		.skew_s = 60,
	};
	struct yf_proof proof;

	ok(yf_proof_check(city->arena, jwt, &rule, &proof));
	return proof;
}

static void put_credentials(struct fake_city *city, const struct yf_json *jwts,
			    struct yf_json_out *json)
{
	const size_t count =
		city->fault == FAULT_FEWER ? jwts->count - 1 : jwts->count;
	yf_str text = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct yf_proof proof =
			check_proof(city, jwts->items[i].string);
		const bool last = i + 1 == count;
		if (!(last && city->fault == FAULT_SAME_TWICE))
			text = issue(city,
				     last && city->fault == FAULT_OTHER_HOLDER
					     ? yf_key_public(city->party_key)
					     : &proof.key);
		put_credential(city, json, text);
		if (last && city->fault == FAULT_TOO_MANY)
			put_credential(city, json, text);
	}
}

static void serve_credential(struct fake_city *city,
			     const struct yf_fetch_ask *ask,
			     struct yf_fetched *out)
{
	const struct yf_json *body;
	struct yf_json_out json = yf_json_out_new(city->arena, 4096);
	yf_str text, want;

	assert_true(yf_str_is(header(ask, "Authorization"), "DPoP t"));
	if (!check_dpop(city, ask, YF_STR("t"), out))
		return;
	ok(yf_json_parse(city->arena, ask->body, &body));
	assert_true(yf_str_is(yf_json_text(body, "credential_configuration_id"),
			      "id"));
	const struct yf_json *jwts =
		yf_json_get(yf_json_get(body, "proofs"), "jwt");
	assert_non_null(jwts);
	if (city->fault == FAULT_STALE_NONCE_AGAIN ||
	    (city->fault == FAULT_STALE_NONCE && city->c_nonces < 2)) {
		refuse(city, out, 400, "invalid_nonce");
		return;
	}
	if (city->fault == FAULT_LATER) {
		reply(out, 202, "application/json",
		      YF_STR("{\"transaction_id\":\"t\",\"interval\":5}"));
		return;
	}
	ok(yf_str_format(city->arena, &want, "c%u", city->c_nonces));
	assert_true(yf_str_eq(check_proof(city, jwts->items[0].string).nonce,
			      want));
	yf_json_out_object(&json, NULL);
	yf_json_out_array(&json, "credentials");
	put_credentials(city, jwts, &json);
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	ok(yf_json_out_end(&json, &text));
	reply(out, 200, "application/json", text);
}

/* --- trust --- */

static void put_roots(struct yf_json_out *json, const char *name, yf_bytes root)
{
	const struct yf_chain chain = { .certs = { root }, .count = 1 };

	yf_json_out_array(json, name);
	yf_json_out_object(json, NULL);
	yf_json_out_text(json, "name", "The city");
	yf_x5c_put(json, "x5c", &chain);
	yf_json_out_close(json);
	yf_json_out_close(json);
}

static void serve_trust(struct fake_city *city, const struct yf_fetch_ask *ask,
			struct yf_fetched *out)
{
	const bool strange = city->fault == FAULT_TRUST_STRANGER ||
			     city->fault == FAULT_TRUST_REPLACED;
	const struct yf_signer signer = yf_signer_of_key(
		strange ? city->stranger_key : city->issuer_key);
	const struct yf_jws_header head = {
		.typ = city->fault == FAULT_TRUST_TYP
			       ? YF_STR("JWT")
			       : YF_STR("trust-list+jwt"),
		.x5c = strange ? &city->stranger : &city->issuer,
	};
	struct yf_json_out json = yf_json_out_new(city->arena, 4096);
	yf_str payload, text;

	(void)ask;
	yf_json_out_object(&json, NULL);
	yf_json_out_text(&json, "iss", FAKE_URL);
	yf_json_out_int(&json, "iat", FAKE_NOW - 7200);
	yf_json_out_int(&json, "exp",
			city->fault == FAULT_TRUST_OLD ? FAKE_NOW - 3600
						       : FAKE_NOW + 3600);
	put_roots(&json, "issuers",
		  city->fault == FAULT_TRUST_REPLACED ? city->stranger_root
						      : city->issuer_root);
	put_roots(&json, "registrars", city->registrar_root);
	yf_json_out_close(&json);
	ok(yf_json_out_end(&json, &payload));
	ok(yf_jws_sign(city->arena, &signer, &head, payload, &text));
	reply(out, 200, "application/jose", text);
}

/* --- asking --- */

static yf_str registration(struct fake_city *city)
{
	const struct yf_registration_text purpose = { YF_STR("en"),
						      YF_STR("to check in") };
	const bool own = city->fault == FAULT_REQUEST_OWN_WORD;
	struct yf_keyring *ring = NULL;
	struct yf_key *copy = NULL;
	struct yf_signer signer;
	struct yf_claim_path path;
	yf_str pem, jwt;

	ok(yf_claim_path_of(city->arena, "family_name", &path));
	const struct yf_dcql_grant grant = { .vct = YF_STR("urn:yufu:id:1"),
					     .paths = &path,
					     .path_count = 1 };
	const struct yf_dcql_grant other = { .vct = YF_STR("urn:yufu:visa:1"),
					     .paths = &path,
					     .path_count = 1 };
	const struct yf_registration ask = {
		.issuer = YF_STR(FAKE_URL),
		.client_id = city->fault == FAULT_REQUEST_OTHER_PARTY
				     ? YF_STR("x509_hash:somebody-else")
				     : city->client_id,
		.name = YF_STR("A hotel"),
		.purpose = &purpose,
		.purpose_count = 1,
		.retention_s = 60,
		.issued_at_s = FAKE_NOW - 10,
		.expires_s = FAKE_NOW + 1000,
		.grants = city->fault == FAULT_REQUEST_HELD_BY_NONE ? &other
								    : &grant,
		.grant_count = 1,
	};
	ok(yf_key_save(own ? city->party_key : city->registrar_key, city->arena,
		       &pem));
	ok(yf_key_load(pem, &copy));
	ok(yf_keyring_new(&ring));
	ok(yf_keyring_add(ring, YF_STR("r"), copy,
			  own ? &city->party : &city->registrar));
	ok(yf_keyring_find(ring, YF_STR("r"), &signer));
	ok(yf_registration_make(city->arena, &signer, &ask, &jwt));
	yf_keyring_free(ring);
	return jwt;
}

static const char *query_of(fake_fault fault)
{
	if (fault == FAULT_REQUEST_OVER_ASKED)
		return QUERY("urn:yufu:id:1", "given_name");
	if (fault == FAULT_REQUEST_HELD_BY_NONE)
		return QUERY("urn:yufu:visa:1", "family_name");
	return QUERY("urn:yufu:id:1", "family_name");
}

static void serve_request(struct fake_city *city,
			  const struct yf_fetch_ask *ask,
			  struct yf_fetched *out)
{
	const struct yf_signer signer = yf_signer_of_key(city->party_key);
	struct yf_request_object object = {
		.client_id = city->client_id,
		.response_uri = YF_STR(FAKE_URL "/vp/1/response"),
		.nonce = YF_STR("0123456789abcdefghijkl"),
		.state = YF_STR("s"),
		.key = *yf_key_public(city->answer_key),
		.key_id = YF_STR("k"),
		.issued_at_s = FAKE_NOW - 500,
		.expires_s = city->fault == FAULT_REQUEST_EXPIRED
				     ? FAKE_NOW - 100
				     : FAKE_NOW + 100,
	};
	yf_str jwt;

	(void)ask;
	if (city->fault == FAULT_REQUEST_EKU)
		make_leaf(city, city->registrar_root_key, city->registrar_root,
			  NULL, &city->party_key, &city->party);
	ok(yf_client_id_of(city->arena, city->party.certs[0],
			   &object.client_id));
	if (city->fault == FAULT_REQUEST_PLAIN_HTTP)
		object.response_uri = YF_STR("http://city.example/vp/1");
	if (city->fault != FAULT_REQUEST_NO_REGISTRATION)
		object.registration = registration(city);
	ok(yf_json_parse(city->arena, yf_str_of(query_of(city->fault)),
			 &object.query));
	ok(yf_request_object_make(city->arena, &signer, &city->party, &object,
				  &jwt));
	reply(out, 200,
	      city->fault == FAULT_REQUEST_TYPE
		      ? "application/jwt"
		      : "application/oauth-authz-req+jwt",
	      jwt);
}

yf_str fake_city_link(struct fake_city *city, struct yf_arena *arena)
{
	struct yf_buf query = yf_buf_new(arena, 256);
	yf_str text, link;

	yf_form_put(&query, "client_id",
		    city->fault == FAULT_REQUEST_CLIENT
			    ? YF_STR("x509_hash:another")
			    : city->client_id);
	yf_form_put(&query, "request_uri", YF_STR(FAKE_URL "/vp/1"));
	ok(yf_buf_str(&query, &text));
	ok(yf_str_format(arena, &link, "openid4vp://?%.*s", YF_ARG(text)));
	return link;
}

static void serve_response(struct fake_city *city,
			   const struct yf_fetch_ask *ask,
			   struct yf_fetched *out)
{
	const yf_str response = field(city, ask, "response");
	struct yf_jwe jwe;
	yf_bytes plain;

	reply(out, 200, "application/json", YF_STR("{}"));
	if (!response.len) {
		city->told = field(city, ask, "error");
		assert_true(yf_str_is(field(city, ask, "state"), "s"));
		city->declined = yf_str_is(city->told, "access_denied");
		return;
	}
	ok(yf_jwe_parse(city->arena, response, &jwe));
	assert_true(yf_str_is(jwe.kid, "k"));
	ok(yf_jwe_decrypt(city->arena, &jwe, city->answer_key, &plain));
	city->answer = yf_str_from(plain);
}

/* --- the wire --- */

static const struct {
	const char *url;
	void (*serve)(struct fake_city *city, const struct yf_fetch_ask *ask,
		      struct yf_fetched *out);
} addresses[] = {
	{ "https://city.example/.well-known/openid-credential-issuer/p",
	  serve_issuer_metadata },
	{ "https://city.example/.well-known/oauth-authorization-server/p",
	  serve_server_metadata },
	{ FAKE_URL "/oauth/par", serve_par },
	{ FAKE_URL "/oauth/token", serve_token },
	{ FAKE_URL "/vci/nonce", serve_nonce },
	{ FAKE_URL "/vci/credential", serve_credential },
	{ FAKE_URL "/trust", serve_trust },
	{ FAKE_URL "/vp/1", serve_request },
	{ FAKE_URL "/vp/1/response", serve_response },
};

static yf_err send(void *self, struct yf_arena *arena,
		   const struct yf_fetch_ask *ask, struct yf_fetched *out)
{
	(void)arena;
	for (size_t i = 0; i < YF_COUNT(addresses); i++)
		if (yf_str_is(ask->url, addresses[i].url)) {
			addresses[i].serve(self, ask, out);
			return YF_OK;
		}
	reply(out, 404, "text/plain", YF_STR("not here"));
	return YF_OK;
}

struct yf_wire fake_city_wire(struct fake_city *city)
{
	return (struct yf_wire){ send, city };
}
