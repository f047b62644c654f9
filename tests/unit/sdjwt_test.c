#include "credential/sdjwt.h"

#include "../support/expect.h"
#include "../support/house.h"
#include "base/file.h"
#include "codec/base64url.h"
#include "crypto/hash.h"

/* Goal: every shape RFC 9901 4 allows parses; every near miss is refused. */
static const struct {
	const char *name;
	yf_str text;
	const char *want;
	size_t disclosures;
	yf_str hashed;
	yf_str key_binding;
} shapes[] = {
	{ "jwt alone", YF_STR("a.b.c~"), "OK", 0, YF_STR("a.b.c~"),
	  YF_STR("") },
	{ "two, bound", YF_STR("a.b.c~x~y~k.b.j"), "OK", 2,
	  YF_STR("a.b.c~x~y~"), YF_STR("k.b.j") },
	{ "no separator", YF_STR("a.b.c"), "SYNTAX", 0, YF_STR(""),
	  YF_STR("") },
	{ "empty part", YF_STR("a.b.c~~x~"), "SYNTAX", 0, YF_STR(""),
	  YF_STR("") },
	{ "empty jwt", YF_STR("~x~"), "SYNTAX", 0, YF_STR(""), YF_STR("") },
	{ "empty", YF_STR(""), "SYNTAX", 0, YF_STR(""), YF_STR("") },
};

static void shape_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(shapes); i++) {
		YF_AUTO(arena) arena = yf_arena_new(4096);
		struct yf_sdjwt got = { 0 };

		print_message("  %s\n", shapes[i].name);
		assert_string_equal(yf_err_name(yf_sdjwt_parse(
					    arena, shapes[i].text, &got)),
				    shapes[i].want);
		assert_int_equal(got.disclosure_count, shapes[i].disclosures);
		assert_true(yf_str_eq(got.hashed, shapes[i].hashed));
		assert_true(yf_str_eq(got.key_binding, shapes[i].key_binding));
	}
}

static void shape_limits(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(4 * 1024 * 1024);
	char *text = YF_NEW(arena, char, YF_SDJWT_LEN_MAX + 1);
	struct yf_sdjwt got;

	(void)state;
	memset(text, 'a', YF_SDJWT_LEN_MAX + 1);
	text[1] = '~';
	OK(yf_sdjwt_parse(arena, (yf_str){ text, YF_SDJWT_LEN_MAX }, &got));
	FAILS(yf_sdjwt_parse(arena, (yf_str){ text, YF_SDJWT_LEN_MAX + 1 },
			     &got),
	      TOO_LARGE);
	for (size_t i = 0; i < 2 * YF_SDJWT_DISCLOSURE_MAX + 4; i++)
		text[i] = i % 2 ? '~' : 'a';
	OK(yf_sdjwt_parse(arena,
			  (yf_str){ text, 2 * YF_SDJWT_DISCLOSURE_MAX + 2 },
			  &got));
	FAILS(yf_sdjwt_parse(arena,
			     (yf_str){ text, 2 * YF_SDJWT_DISCLOSURE_MAX + 4 },
			     &got),
	      TOO_LARGE);
}

/* --- processing: what RFC 9901 7.1 refuses --- */

/* The base64url of a disclosure, and its digest. */
static yf_str hide(struct yf_arena *arena, const char *json, yf_str *digest)
{
	char text[YF_SHA256_TEXT_LEN];
	yf_str disclosure;

	OK(yf_base64url_encode(arena, yf_bytes_of(yf_str_of(json)),
			       &disclosure));
	yf_sha256_text(disclosure, text);
	OK(yf_str_copy(arena, (yf_str){ text, sizeof(text) }, digest));
	return disclosure;
}

/*
 * `payload` with %1 and %2 for the digests of the disclosures; a third
 * disclosure, when there is one, is given but not referenced.
 */
static const struct {
	const char *name;
	const char *payload;
	const char *disclosures[3];
	const char *want;
	const char *claims;
} processes[] = {
	{ "nothing hidden", "{\"a\":1}", { NULL }, "OK", "{\"a\":1}" },
	{ "one member",
	  "{\"_sd\":[\"%1\"],\"_sd_alg\":\"sha-256\"}",
	  { "[\"s\",\"a\",1]" },
	  "OK",
	  "{\"a\":1}" },
	{ "received form counts, not a rewritten one",
	  "{\"_sd\":[\"%1\"]}",
	  { "[ \"s\" , \"a\",\n 1.50 ]" },
	  "OK",
	  "{\"a\":1.5}" },
	{ "one element",
	  "{\"a\":[{\"...\":\"%1\"},2]}",
	  { "[\"s\",1]" },
	  "OK",
	  "{\"a\":[1,2]}" },
	{ "not disclosed",
	  "{\"_sd\":[\"%1\",\"jMmGyr8TyQ1p2Qp2cGAAE2fRmZHCF2m5eDmiyBnz8aA\"],"
	  "\"a\":[{\"...\":\"jMmGyr8TyQ1p2Qp2cGAAE2fRmZHCF2m5eDmiyBnz8aB\"},1]"
	  "}",
	  { "[\"s\",\"b\",[]]" },
	  "OK",
	  "{\"a\":[1],\"b\":[]}" },
	{ "recursive",
	  "{\"_sd\":[\"%2\"]}",
	  { "[\"s\",\"x\",1]", "[\"s\",\"o\",{\"_sd\":[\"%1\"],\"y\":2}]" },
	  "OK",
	  "{\"o\":{\"x\":1,\"y\":2}}" },
	{ "inner _sd_alg is a claim",
	  "{\"a\":{\"_sd_alg\":\"x\"}}",
	  { NULL },
	  "OK",
	  "{\"a\":{\"_sd_alg\":\"x\"}}" },
	{ "not referenced", "{\"a\":1}", { "[\"s\",\"b\",1]" }, "DIGEST", "" },
	{ "referenced only by one not disclosed",
	  "{\"_sd\":[]}",
	  { "[\"s\",\"x\",1]" },
	  "DIGEST",
	  "" },
	{ "given twice",
	  "{\"_sd\":[\"%1\"]}",
	  { "[\"s\",\"a\",1]", "[\"s\",\"a\",1]" },
	  "DUPLICATE",
	  "" },
	{ "digest twice",
	  "{\"_sd\":[\"%1\",\"%1\"]}",
	  { "[\"s\",\"a\",1]" },
	  "DUPLICATE",
	  "" },
	{ "decoy twice",
	  "{\"_sd\":[\"jMmGyr8TyQ1p2Qp2cGAAE2fRmZHCF2m5eDmiyBnz8aA\"],\"a\":["
	  "{\"...\":\"jMmGyr8TyQ1p2Qp2cGAAE2fRmZHCF2m5eDmiyBnz8aA\"}]}",
	  { NULL },
	  "DUPLICATE",
	  "" },
	{ "name taken by the payload",
	  "{\"_sd\":[\"%1\"],\"a\":2}",
	  { "[\"s\",\"a\",1]" },
	  "DUPLICATE",
	  "" },
	{ "name taken by another",
	  "{\"_sd\":[\"%1\",\"%2\"]}",
	  { "[\"s\",\"a\",1]", "[\"t\",\"a\",2]" },
	  "DUPLICATE",
	  "" },
	{ "name _sd",
	  "{\"_sd\":[\"%1\"]}",
	  { "[\"s\",\"_sd\",[]]" },
	  "SYNTAX",
	  "" },
	{ "name ...",
	  "{\"_sd\":[\"%1\"]}",
	  { "[\"s\",\"...\",1]" },
	  "SYNTAX",
	  "" },
	{ "element in the place of a member",
	  "{\"_sd\":[\"%1\"]}",
	  { "[\"s\",1]" },
	  "SYNTAX",
	  "" },
	{ "member in the place of an element",
	  "{\"a\":[{\"...\":\"%1\"}]}",
	  { "[\"s\",\"a\",1]" },
	  "SYNTAX",
	  "" },
	{ "four pieces",
	  "{\"_sd\":[\"%1\"]}",
	  { "[\"s\",\"a\",1,2]" },
	  "SYNTAX",
	  "" },
	{ "salt no text",
	  "{\"_sd\":[\"%1\"]}",
	  { "[1,\"a\",1]" },
	  "SYNTAX",
	  "" },
	{ "name no text",
	  "{\"_sd\":[\"%1\"]}",
	  { "[\"s\",1,1]" },
	  "SYNTAX",
	  "" },
	{ "an object", "{\"_sd\":[\"%1\"]}", { "{}" }, "SYNTAX", "" },
	{ "no JSON", "{\"_sd\":[\"%1\"]}", { "[\"s\"" }, "SYNTAX", "" },
	{ "not UTF-8",
	  "{\"_sd\":[\"%1\"]}",
	  { "[\"s\",\"a\",\"\xff\"]" },
	  "SYNTAX",
	  "" },
	{ "_sd no array", "{\"_sd\":\"x\"}", { NULL }, "SYNTAX", "" },
	{ "_sd of numbers", "{\"_sd\":[1]}", { NULL }, "SYNTAX", "" },
	{ "_sd of short text", "{\"_sd\":[\"x\"]}", { NULL }, "SYNTAX", "" },
	{ "... beside others",
	  "{\"a\":[{\"...\":\"x\",\"b\":1}]}",
	  { NULL },
	  "SYNTAX",
	  "" },
	{ "... outside of an array",
	  "{\"a\":{\"...\":\"x\"}}",
	  { NULL },
	  "SYNTAX",
	  "" },
	{ "another algorithm",
	  "{\"_sd_alg\":\"sha-512\"}",
	  { NULL },
	  "UNSUPPORTED",
	  "" },
	{ "algorithm no text", "{\"_sd_alg\":1}", { NULL }, "SYNTAX", "" },
	{ "payload no object", "[]", { NULL }, "SYNTAX", "" },
};

/* `text` with %1 and %2 replaced. */
static const char *fill(struct yf_arena *arena, const char *text,
			const yf_str digests[3])
{
	struct yf_buf buf = yf_buf_new(arena, 256);
	yf_str out;

	for (; *text; text++) {
		if (text[0] == '%' && (text[1] == '1' || text[1] == '2'))
			yf_buf_text(&buf, digests[*++text - '1']);
		else
			yf_buf_char(&buf, *text);
	}
	yf_buf_char(&buf, '\0');
	OK(yf_buf_str(&buf, &out));
	return out.ptr;
}

static void process_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(processes); i++) {
		YF_AUTO(arena) arena = yf_arena_new(256 * 1024);
		yf_str digests[3], texts[3];
		struct yf_sdjwt sdjwt = { .disclosures = texts };
		struct yf_sdjwt_claims got;
		const struct yf_json *want;

		print_message("  %s\n", processes[i].name);
		for (size_t j = 0; j < 3 && processes[i].disclosures[j]; j++)
			texts[sdjwt.disclosure_count++] =
				hide(arena,
				     fill(arena, processes[i].disclosures[j],
					  digests),
				     &digests[j]);
		const char *payload =
			fill(arena, processes[i].payload, digests);
		assert_string_equal(
			yf_err_name(yf_sdjwt_process(arena, &sdjwt,
						     yf_str_of(payload), &got)),
			processes[i].want);
		if (!*processes[i].claims)
			continue;
		OK(yf_json_parse(arena, yf_str_of(processes[i].claims), &want));
		assert_true(yf_json_eq(got.claims, want));
	}
}

/* Disclosures in disclosures nest no deeper than a text may. */
static void depth_bomb(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(4 * 1024 * 1024);
	yf_str texts[YF_JSON_DEPTH_MAX + 1], digest;
	struct yf_sdjwt sdjwt = { .disclosures = texts };
	struct yf_sdjwt_claims got;
	yf_str json;

	(void)state;
	texts[0] = hide(arena, "[\"s\",\"a\",{}]", &digest);
	for (size_t i = 1; i < YF_COUNT(texts); i++) {
		OK(yf_str_format(arena, &json,
				 "[\"s\",\"a\",{\"_sd\":[\"%.*s\"]}]",
				 YF_ARG(digest)));
		texts[i] = hide(arena, json.ptr, &digest);
	}
	sdjwt.disclosure_count = YF_COUNT(texts);
	OK(yf_str_format(arena, &json, "{\"_sd\":[\"%.*s\"]}", YF_ARG(digest)));
	FAILS(yf_sdjwt_process(arena, &sdjwt, json, &got), TOO_DEEP);
}

/* --- issuing and presenting --- */

static const char person[] =
	"{\"given_name\":\"An\",\"address\":{\"locality\":\"Ur\","
	"\"country\":\"XX\"},\"nationalities\":[\"XX\",\"YY\"],"
	"\"age\":{\"18\":true,\"21\":false},\"quote\":\"\\\"\\u0001\"}";

static const char *const hidden[] = {
	"given_name",      "address", "address.locality",
	"nationalities.*", "age.18",  "absent.member",
};

static yf_str issue_person(struct house *house, size_t decoys)
{
	struct yf_claim_path paths[YF_COUNT(hidden)];
	const struct yf_json *claims;
	yf_str text;

	OK(yf_json_parse(house->arena, yf_str_of(person), &claims));
	for (size_t i = 0; i < YF_COUNT(hidden); i++)
		OK(yf_claim_path_of(house->arena, hidden[i], &paths[i]));
	const struct yf_sdjwt_ask ask = {
		.typ = YF_STR("dc+sd-jwt"),
		.claims = claims,
		.disclosable = paths,
		.disclosable_count = YF_COUNT(paths),
		.decoys = decoys,
	};
	OK(yf_sdjwt_issue(house->arena, &house->holder, &ask, &text));
	return text;
}

static const struct yf_json *open_text(struct yf_arena *arena, yf_str text,
				       struct yf_sdjwt_claims *claims)
{
	struct yf_sdjwt sdjwt;
	struct yf_jws jws;

	OK(yf_sdjwt_parse(arena, text, &sdjwt));
	OK(yf_jws_parse(arena, sdjwt.issuer_jwt, &jws));
	OK(yf_sdjwt_process(arena, &sdjwt, jws.payload, claims));
	return claims->claims;
}

static void issue_round_trip(void **state)
{
	struct house house;
	struct yf_sdjwt sdjwt;
	struct yf_sdjwt_claims claims;
	const struct yf_json *want;

	(void)state;
	house_open(&house);
	for (size_t decoys = 0; decoys <= 64; decoys += 32) {
		const yf_str text = issue_person(&house, decoys);
		OK(yf_json_parse(house.arena, yf_str_of(person), &want));
		assert_true(yf_json_eq(open_text(house.arena, text, &claims),
				       want));
		OK(yf_sdjwt_parse(house.arena, text, &sdjwt));
		assert_int_equal(sdjwt.disclosure_count, 6);
		/* given_name and address; the others are nested. */
		assert_int_equal(yf_json_get(claims.payload, "_sd")->count,
				 2 + decoys);
		assert_null(yf_json_get(claims.payload, "given_name"));
		assert_null(yf_json_get(claims.payload, "address"));
		assert_true(yf_str_is(yf_json_text(claims.payload, "_sd_alg"),
				      "sha-256"));
	}
	house_close(&house);
}

/* The digests are sorted, and no salt comes twice. */
static void issue_hides_order(void **state)
{
	struct house house;
	struct yf_sdjwt_claims claims;

	(void)state;
	house_open(&house);
	open_text(house.arena, issue_person(&house, 10), &claims);
	const struct yf_json *sd = yf_json_get(claims.payload, "_sd");
	for (size_t i = 1; i < sd->count; i++)
		assert_true(memcmp(sd->items[i - 1].string.ptr,
				   sd->items[i].string.ptr,
				   YF_SHA256_TEXT_LEN) < 0);
	const yf_str one = issue_person(&house, 0);
	const yf_str two = issue_person(&house, 0);
	struct yf_sdjwt a, b;
	OK(yf_sdjwt_parse(house.arena, one, &a));
	OK(yf_sdjwt_parse(house.arena, two, &b));
	for (size_t i = 0; i < a.disclosure_count; i++)
		for (size_t j = 0; j < b.disclosure_count; j++)
			assert_false(
				yf_str_eq(a.disclosures[i], b.disclosures[j]));
	house_close(&house);
}

static void issue_refusals(void **state)
{
	static const char *const bad[] = {
		"[]",
		"{\"_sd\":[]}",
		"{\"a\":{\"_sd_alg\":1}}",
		"{\"a\":[{\"...\":\"x\"}]}",
	};
	struct house house;
	yf_str text;

	(void)state;
	house_open(&house);
	for (size_t i = 0; i < YF_COUNT(bad); i++) {
		struct yf_sdjwt_ask ask = { 0 };
		OK(yf_json_parse(house.arena, yf_str_of(bad[i]), &ask.claims));
		FAILS(yf_sdjwt_issue(house.arena, &house.holder, &ask, &text),
		      SYNTAX);
	}
	struct yf_sdjwt_ask ask = { .decoys = 65 };
	OK(yf_json_parse(house.arena, YF_STR("{}"), &ask.claims));
	FAILS(yf_sdjwt_issue(house.arena, &house.holder, &ask, &text),
	      TOO_LARGE);
	house_close(&house);
}

static const struct {
	const char *paths[3];
	size_t disclosures;
	const char *claims;
} choices[] = {
	{ { NULL },
	  0,
	  "{\"nationalities\":[],\"age\":{\"21\":false},"
	  "\"quote\":\"\\\"\\u0001\"}" },
	{ { "given_name" },
	  1,
	  "{\"given_name\":\"An\",\"nationalities\":[],\"age\":{\"21\":false},"
	  "\"quote\":\"\\\"\\u0001\"}" },
	{ { "address.locality", "age.18" },
	  3,
	  "{\"address\":{\"locality\":\"Ur\",\"country\":\"XX\"},"
	  "\"nationalities\":[],\"age\":{\"18\":true,\"21\":false},"
	  "\"quote\":\"\\\"\\u0001\"}" },
	{ { "address.country" },
	  1,
	  "{\"address\":{\"country\":\"XX\"},\"nationalities\":[],"
	  "\"age\":{\"21\":false},\"quote\":\"\\\"\\u0001\"}" },
	{ { "nationalities.#1", "address" },
	  3,
	  "{\"address\":{\"locality\":\"Ur\",\"country\":\"XX\"},"
	  "\"nationalities\":[\"YY\"],\"age\":{\"21\":false},"
	  "\"quote\":\"\\\"\\u0001\"}" },
	{ { "nationalities.*" },
	  2,
	  "{\"nationalities\":[\"XX\",\"YY\"],\"age\":{\"21\":false},"
	  "\"quote\":\"\\\"\\u0001\"}" },
};

static void select_table(void **state)
{
	struct house house;

	(void)state;
	house_open(&house);
	const yf_str issued = issue_person(&house, 3);
	for (size_t i = 0; i < YF_COUNT(choices); i++) {
		struct yf_claim_path paths[3];
		struct yf_sdjwt_claims claims;
		struct yf_sdjwt sdjwt;
		const struct yf_json *want;
		size_t count = 0;
		yf_str text;

		for (; choices[i].paths[count]; count++)
			OK(yf_claim_path_of(house.arena,
					    choices[i].paths[count],
					    &paths[count]));
		OK(yf_sdjwt_select(house.arena, issued, paths, count, &text));
		OK(yf_sdjwt_parse(house.arena, text, &sdjwt));
		assert_int_equal(sdjwt.disclosure_count,
				 choices[i].disclosures);
		OK(yf_json_parse(house.arena, yf_str_of(choices[i].claims),
				 &want));
		assert_true(yf_json_eq(open_text(house.arena, text, &claims),
				       want));
	}
	struct yf_claim_path absent;
	yf_str text;
	OK(yf_claim_path_of(house.arena, "family_name", &absent));
	FAILS(yf_sdjwt_select(house.arena, issued, &absent, 1, &text),
	      NOT_FOUND);
	const struct yf_kb_ask ask = { .audience = YF_STR("a"),
				       .nonce = YF_STR("n"),
				       .now_s = 1 };
	OK(yf_sdjwt_bind(house.arena, &house.holder, issued, &ask, &text));
	FAILS(yf_sdjwt_select(house.arena, text, &absent, 1, &text), HOLDER);
	FAILS(yf_sdjwt_bind(house.arena, &house.holder, text, &ask, &text),
	      SYNTAX);
	house_close(&house);
}

static void survives_every_allocation_failure(void **state)
{
	struct house house;
	bool done = false;

	(void)state;
	house_open(&house);
	const yf_str issued = issue_person(&house, 2);
	struct yf_arena *kept = house.arena;
	for (size_t limit = 0; !done; limit += 256) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		struct yf_claim_path path;
		yf_str text;
		yf_err err = yf_claim_path_of(arena, "address", &path);
		if (!yf_failed(err))
			err = yf_sdjwt_select(arena, issued, &path, 1, &text);
		done = !yf_failed(err);
		if (!done)
			assert_int_equal(err.code, YF_CODE_MEMORY);
	}
	done = false;
	for (size_t limit = 0; !done; limit += 256) {
		YF_AUTO(arena) arena = yf_arena_new(limit);
		const struct yf_json *claims;
		struct yf_claim_path path;
		yf_str text;
		yf_err err = yf_json_parse(arena, yf_str_of(person), &claims);
		if (!yf_failed(err))
			err = yf_claim_path_of(arena, "nationalities.*", &path);
		const struct yf_sdjwt_ask ask = {
			.claims = yf_failed(err) ? NULL : claims,
			.disclosable = &path,
			.disclosable_count = 1,
			.decoys = 4,
		};
		if (!yf_failed(err))
			err = yf_sdjwt_issue(arena, &house.holder, &ask, &text);
		done = !yf_failed(err);
		if (!done)
			assert_int_equal(err.code, YF_CODE_MEMORY);
	}
	house.arena = kept;
	house_close(&house);
}

/* --- what others made --- */

#define VECTORS "../shared/vectors/rfc9901/"

static bool is_skipped(void)
{
	if (yf_file_exists(VECTORS "third-party.json"))
		return false;
	print_message("SKIPPED: no " VECTORS "\n");
	return true;
}

static const struct yf_json *load_json(struct yf_arena *arena, const char *path)
{
	const struct yf_json *tree;
	yf_bytes bytes;

	OK(yf_file_load(arena, path, 1024 * 1024, &bytes));
	OK(yf_json_parse(arena, yf_str_from(bytes), &tree));
	return tree;
}

/* Nine SD-JWTs of an independent implementation come out as it says. */
static void third_party(void **state)
{
	YF_AUTO(arena) arena = yf_arena_new(16 * 1024 * 1024);
	struct yf_public_key issuer;

	(void)state;
	if (is_skipped())
		skip();
	const struct yf_json *file =
		load_json(arena, VECTORS "third-party.json");
	const struct yf_json *cases = yf_json_get(file, "cases");
	OK(yf_jwk_parse(yf_json_get(file, "issuer_jwk"), &issuer));
	assert_int_equal(cases->count, 9);
	for (size_t i = 0; i < cases->count; i++) {
		const struct yf_json *one = &cases->items[i];
		struct yf_sdjwt sdjwt;
		struct yf_jws jws;
		struct yf_sdjwt_claims got;

		print_message("  %.*s\n", YF_ARG(yf_json_text(one, "name")));
		OK(yf_sdjwt_parse(arena, yf_json_text(one, "presentation"),
				  &sdjwt));
		OK(yf_jws_parse(arena, sdjwt.issuer_jwt, &jws));
		OK(yf_jws_verify(&jws, &issuer));
		OK(yf_sdjwt_process(arena, &sdjwt, jws.payload, &got));

		/* The file leaves cnf and iat out of what must come out. */
		const struct yf_json *want =
			yf_json_get(one, "verified_payload");
		size_t extra = 0;
		for (size_t j = 0; j < got.claims->count; j++) {
			const struct yf_json *claim = &got.claims->items[j];
			const struct yf_json *other =
				yf_json_get_str(want, claim->name);
			if (yf_str_is(claim->name, "cnf") && !other)
				extra++;
			else
				assert_true(other && yf_json_eq(claim, other));
		}
		assert_int_equal(got.claims->count - extra, want->count);

		OK(yf_sdjwt_parse(arena, yf_json_text(one, "issuance"),
				  &sdjwt));
		OK(yf_sdjwt_process(arena, &sdjwt, jws.payload, &got));
	}
}

/*
 * The public issuance example is signed with RS256, which is refused; its
 * payload and disclosures are processed all the same.
 */
static void public_example(void **state)
{
	static const char want_text[] =
		"{\"street_address\":\"Schulstr. 12\","
		"\"locality\":\"Schulpforta\",\"region\":\"Sachsen-Anhalt\","
		"\"country\":\"DE\"}";
	YF_AUTO(arena) arena = yf_arena_new(4 * 1024 * 1024);
	struct yf_sdjwt sdjwt;
	struct yf_jws jws;
	struct yf_sdjwt_claims got;
	const struct yf_json *want;
	yf_bytes file, payload;
	yf_str rest, header, body;

	(void)state;
	if (is_skipped())
		skip();
	OK(yf_file_load(arena, VECTORS "exampleIssuanceSdJwt.txt", 65536,
			&file));
	OK(yf_sdjwt_parse(arena, yf_str_trim(yf_str_from(file)), &sdjwt));
	FAILS(yf_jws_parse(arena, sdjwt.issuer_jwt, &jws), ALGORITHM);
	rest = sdjwt.issuer_jwt;
	assert_true(yf_str_cut(&rest, '.', &header));
	assert_true(yf_str_cut(&rest, '.', &body));
	OK(yf_base64url_decode(arena, body, &payload));
	OK(yf_sdjwt_process(arena, &sdjwt, yf_str_from(payload), &got));
	OK(yf_json_parse(arena, yf_str_of(want_text), &want));
	assert_true(yf_json_eq(yf_json_get(got.claims, "address"), want));

	OK(yf_file_load(arena, VECTORS "examplePresentationSdJwt.txt", 65536,
			&file));
	OK(yf_sdjwt_parse(arena, yf_str_trim(yf_str_from(file)), &sdjwt));
	OK(yf_sdjwt_process(arena, &sdjwt, yf_str_from(payload), &got));
	assert_int_equal(yf_json_get(got.claims, "address")->count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shape_table),
		cmocka_unit_test(shape_limits),
		cmocka_unit_test(process_table),
		cmocka_unit_test(depth_bomb),
		cmocka_unit_test(issue_round_trip),
		cmocka_unit_test(issue_hides_order),
		cmocka_unit_test(issue_refusals),
		cmocka_unit_test(select_table),
		cmocka_unit_test(survives_every_allocation_failure),
		cmocka_unit_test(third_party),
		cmocka_unit_test(public_example),
	};
	return cmocka_run_group_tests_name("credential/sdjwt", tests, NULL,
					   NULL);
}
