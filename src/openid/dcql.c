#include "openid/dcql.h"

#include "codec/base64url.h"

/* --- reading --- */

/*
 * Section 6: an array that is there must not be empty.  Absent is NULL, or
 * MISSING when it is required.
 */
static yf_err take_array(const struct yf_json *object, const char *name,
			 bool required, size_t count_max,
			 const struct yf_json **out)
{
	const struct yf_json *found = yf_json_get(object, name);

	if (!found && required)
		return YF_FAIL(MISSING);
	if (found && (found->kind != YF_JSON_ARRAY || !found->count))
		return YF_FAIL(SYNTAX);
	if (found && found->count > count_max)
		return YF_FAIL(TOO_LARGE);
	*out = found;
	return YF_OK;
}

static yf_err take_bool(const struct yf_json *object, const char *name,
			bool *out)
{
	const struct yf_json *found = yf_json_get(object, name);

	if (!found)
		return YF_OK;
	if (found->kind != YF_JSON_BOOL)
		return YF_FAIL(SYNTAX);
	*out = found->boolean;
	return YF_OK;
}

static yf_err take_text(const struct yf_json *object, const char *name,
			yf_str *out)
{
	const struct yf_json *found = yf_json_get(object, name);

	if (!found)
		return YF_FAIL(MISSING);
	if (found->kind != YF_JSON_STRING || !found->string.len)
		return YF_FAIL(SYNTAX);
	*out = found->string;
	return YF_OK;
}

static bool is_id_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/*
 * 6.1: "The value MUST be a non-empty string consisting of alphanumeric,
 * underscore (_), or hyphen (-) characters."
 */
static yf_err check_id(yf_str id)
{
	if (id.len > YF_DCQL_ID_MAX)
		return YF_FAIL(TOO_LARGE);
	for (size_t i = 0; i < id.len; i++)
		if (!is_id_char(id.ptr[i]))
			return YF_FAIL(SYNTAX);
	return YF_OK;
}

static yf_err take_texts(struct yf_arena *arena, const struct yf_json *array,
			 const yf_str **out, size_t *count)
{
	yf_str *texts = YF_NEW(arena, yf_str, array->count);

	if (!texts)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < array->count; i++) {
		const struct yf_json *item = &array->items[i];

		if (item->kind != YF_JSON_STRING || !item->string.len)
			return YF_FAIL(SYNTAX);
		texts[i] = item->string;
	}
	*out = texts;
	*count = array->count;
	return YF_OK;
}

static bool step_eq(const struct yf_claim_step *a,
		    const struct yf_claim_step *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind == YF_CLAIM_ALL ||
	       (a->kind == YF_CLAIM_ELEMENT ? a->index == b->index
					    : yf_str_eq(a->name, b->name));
}

static bool path_eq(const struct yf_claim_path *a,
		    const struct yf_claim_path *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!step_eq(&a->steps[i], &b->steps[i]))
			return false;
	return true;
}

/* 6.3: values are "strings, integers or boolean values". */
static yf_err check_values(const struct yf_json *values)
{
	for (size_t i = 0; values && i < values->count; i++) {
		const yf_json_kind kind = values->items[i].kind;

		if (kind != YF_JSON_STRING && kind != YF_JSON_INT &&
		    kind != YF_JSON_BOOL)
			return YF_FAIL(SYNTAX);
	}
	return YF_OK;
}

/* 7.2: an mdoc path is [namespace, data element identifier]. */
static yf_err check_mdoc_claim(const struct yf_json *item,
			       const struct yf_claim_path *path)
{
	bool intent_to_retain = false;

	YF_TRY(take_bool(item, "intent_to_retain", &intent_to_retain));
	if (path->count != 2 || path->steps[0].kind != YF_CLAIM_MEMBER ||
	    path->steps[1].kind != YF_CLAIM_MEMBER)
		return YF_FAIL(SYNTAX);
	return YF_OK;
}

static yf_err parse_claim(struct yf_arena *arena, const struct yf_json *item,
			  yf_dcql_format format, struct yf_dcql_claim *out)
{
	const struct yf_json *path = NULL;

	if (item->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	if (yf_json_get(item, "id")) {
		YF_TRY(take_text(item, "id", &out->id));
		YF_TRY(check_id(out->id));
	}
	YF_TRY(take_array(item, "path", true, YF_DCQL_ITEMS_MAX, &path));
	YF_TRY(yf_claim_path_parse(arena, path, &out->path));
	YF_TRY(take_array(item, "values", false, YF_DCQL_ITEMS_MAX,
			  &out->values));
	YF_TRY(check_values(out->values));
	if (format == YF_DCQL_MDOC)
		return check_mdoc_claim(item, &out->path);
	return YF_OK;
}

/*
 * 6.3: ids are unique; 7.4: "Verifiers MUST NOT point to the same claim more
 * than once in a single query."
 */
static yf_err check_distinct(const struct yf_dcql_claim *claims, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if ((claims[i].id.len &&
			     yf_str_eq(claims[i].id, claims[k].id)) ||
			    path_eq(&claims[i].path, &claims[k].path))
				return YF_FAIL(DUPLICATE);
	return YF_OK;
}

static yf_err parse_claims(struct yf_arena *arena, const struct yf_json *item,
			   struct yf_dcql_credential *out)
{
	const struct yf_json *array = NULL;

	YF_TRY(take_array(item, "claims", false, YF_DCQL_CLAIMS_MAX, &array));
	if (!array)
		return YF_OK;

	struct yf_dcql_claim *claims =
		YF_NEW(arena, struct yf_dcql_claim, array->count);
	if (!claims)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < array->count; i++)
		YF_TRY(parse_claim(arena, &array->items[i], out->format,
				   &claims[i]));
	YF_TRY(check_distinct(claims, array->count));
	out->claims = claims;
	out->claim_count = array->count;
	return YF_OK;
}

/* What an option names: the index of an id, or SYNTAX. */
typedef yf_err (*index_of)(const void *ctx, yf_str id, size_t *out);

static yf_err claim_index(const void *ctx, yf_str id, size_t *out)
{
	const struct yf_dcql_credential *credential = ctx;

	for (size_t i = 0; i < credential->claim_count; i++)
		if (yf_str_eq(credential->claims[i].id, id)) {
			*out = i;
			return YF_OK;
		}
	return YF_FAIL(SYNTAX);
}

static yf_err credential_index(const void *ctx, yf_str id, size_t *out)
{
	const struct yf_dcql *query = ctx;

	for (size_t i = 0; i < query->credential_count; i++)
		if (yf_str_eq(query->credentials[i].id, id)) {
			*out = i;
			return YF_OK;
		}
	return YF_FAIL(SYNTAX);
}

static yf_err parse_option(struct yf_arena *arena, const struct yf_json *array,
			   index_of find, const void *ctx,
			   struct yf_dcql_option *out)
{
	if (array->kind != YF_JSON_ARRAY || !array->count)
		return YF_FAIL(SYNTAX);
	if (array->count > YF_DCQL_CLAIMS_MAX)
		return YF_FAIL(TOO_LARGE);

	size_t *at = YF_NEW(arena, size_t, array->count);
	if (!at)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < array->count; i++) {
		const struct yf_json *id = &array->items[i];

		if (id->kind != YF_JSON_STRING || !id->string.len)
			return YF_FAIL(SYNTAX);
		YF_TRY(find(ctx, id->string, &at[i]));
	}
	out->at = at;
	out->count = array->count;
	return YF_OK;
}

static yf_err parse_options(struct yf_arena *arena, const struct yf_json *array,
			    index_of find, const void *ctx,
			    const struct yf_dcql_option **out)
{
	struct yf_dcql_option *options =
		YF_NEW(arena, struct yf_dcql_option, array->count);

	if (!options)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < array->count; i++)
		YF_TRY(parse_option(arena, &array->items[i], find, ctx,
				    &options[i]));
	*out = options;
	return YF_OK;
}

/*
 * 6.1: claim_sets "MUST NOT be present if claims is absent"; 6.3: id is
 * "REQUIRED if claim_sets is present in the Credential Query".
 */
static yf_err parse_claim_sets(struct yf_arena *arena,
			       const struct yf_json *item,
			       struct yf_dcql_credential *out)
{
	const struct yf_json *array = NULL;

	YF_TRY(take_array(item, "claim_sets", false, YF_DCQL_ITEMS_MAX,
			  &array));
	if (!array)
		return YF_OK;
	if (!out->claim_count)
		return YF_FAIL(SYNTAX);
	for (size_t i = 0; i < out->claim_count; i++)
		if (!out->claims[i].id.len)
			return YF_FAIL(MISSING);
	YF_TRY(parse_options(arena, array, claim_index, out, &out->claim_sets));
	out->claim_set_count = array->count;
	return YF_OK;
}

static yf_err parse_authorities(struct yf_arena *arena,
				const struct yf_json *item,
				struct yf_dcql_credential *out)
{
	const struct yf_json *array = NULL;
	const struct yf_json *values = NULL;

	YF_TRY(take_array(item, "trusted_authorities", false, YF_DCQL_ITEMS_MAX,
			  &array));
	if (!array)
		return YF_OK;

	struct yf_dcql_authority *list =
		YF_NEW(arena, struct yf_dcql_authority, array->count);
	if (!list)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < array->count; i++) {
		const struct yf_json *entry = &array->items[i];

		if (entry->kind != YF_JSON_OBJECT)
			return YF_FAIL(SYNTAX);
		YF_TRY(take_text(entry, "type", &list[i].type));
		YF_TRY(take_array(entry, "values", true, YF_DCQL_ITEMS_MAX,
				  &values));
		YF_TRY(take_texts(arena, values, &list[i].values,
				  &list[i].value_count));
	}
	out->authorities = list;
	out->authority_count = array->count;
	return YF_OK;
}

/* B.3.5 and B.2.3: what `meta` must say depends on the format. */
static yf_err parse_meta(struct yf_arena *arena, const struct yf_json *item,
			 struct yf_dcql_credential *out)
{
	const struct yf_json *meta = yf_json_get(item, "meta");
	const struct yf_json *vcts = NULL;
	yf_str format = { 0 };

	YF_TRY(take_text(item, "format", &format));
	if (!meta)
		return YF_FAIL(MISSING);
	if (meta->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	if (yf_str_is(format, "mso_mdoc")) {
		out->format = YF_DCQL_MDOC;
		return take_text(meta, "doctype_value", &out->doctype);
	}
	if (!yf_str_is(format, "dc+sd-jwt"))
		return YF_FAIL(UNSUPPORTED);
	out->format = YF_DCQL_SD_JWT;
	YF_TRY(take_array(meta, "vct_values", true, YF_DCQL_ITEMS_MAX, &vcts));
	return take_texts(arena, vcts, &out->vcts, &out->vct_count);
}

static yf_err parse_credential(struct yf_arena *arena,
			       const struct yf_json *item,
			       struct yf_dcql_credential *out)
{
	if (item->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	out->holder_binding = true;
	YF_TRY(take_text(item, "id", &out->id));
	YF_TRY(check_id(out->id));
	YF_TRY(parse_meta(arena, item, out));
	YF_TRY(take_bool(item, "multiple", &out->multiple));
	YF_TRY(take_bool(item, "require_cryptographic_holder_binding",
			 &out->holder_binding));
	YF_TRY(parse_authorities(arena, item, out));
	YF_TRY(parse_claims(arena, item, out));
	return parse_claim_sets(arena, item, out);
}

static yf_err parse_credentials(struct yf_arena *arena,
				const struct yf_json *query,
				struct yf_dcql *out)
{
	const struct yf_json *array = NULL;

	YF_TRY(take_array(query, "credentials", true, YF_DCQL_CREDENTIALS_MAX,
			  &array));
	struct yf_dcql_credential *list =
		YF_NEW(arena, struct yf_dcql_credential, array->count);
	if (!list)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < array->count; i++) {
		YF_TRY(parse_credential(arena, &array->items[i], &list[i]));
		for (size_t k = 0; k < i; k++)
			if (yf_str_eq(list[i].id, list[k].id))
				return YF_FAIL(DUPLICATE);
	}
	out->credentials = list;
	out->credential_count = array->count;
	return YF_OK;
}

static yf_err parse_sets(struct yf_arena *arena, const struct yf_json *query,
			 struct yf_dcql *out)
{
	const struct yf_json *array = NULL;
	const struct yf_json *options = NULL;

	YF_TRY(take_array(query, "credential_sets", false, YF_DCQL_ITEMS_MAX,
			  &array));
	if (!array)
		return YF_OK;

	struct yf_dcql_set *sets =
		YF_NEW(arena, struct yf_dcql_set, array->count);
	if (!sets)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < array->count; i++) {
		const struct yf_json *item = &array->items[i];

		if (item->kind != YF_JSON_OBJECT)
			return YF_FAIL(SYNTAX);
		sets[i].required = true;
		YF_TRY(take_bool(item, "required", &sets[i].required));
		YF_TRY(take_array(item, "options", true, YF_DCQL_ITEMS_MAX,
				  &options));
		YF_TRY(parse_options(arena, options, credential_index, out,
				     &sets[i].options));
		sets[i].option_count = options->count;
	}
	out->sets = sets;
	out->set_count = array->count;
	return YF_OK;
}

yf_err yf_dcql_parse(struct yf_arena *arena, const struct yf_json *query,
		     struct yf_dcql *out)
{
	struct yf_dcql parsed = { 0 };

	if (query->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	YF_TRY(parse_credentials(arena, query, &parsed));
	YF_TRY(parse_sets(arena, query, &parsed));
	*out = parsed;
	return YF_OK;
}

/* --- what may be asked --- */

/* "All elements" covers each one of them. */
static bool step_covers(const struct yf_claim_step *granted,
			const struct yf_claim_step *asked)
{
	return step_eq(granted, asked) || (granted->kind == YF_CLAIM_ALL &&
					   asked->kind == YF_CLAIM_ELEMENT);
}

static bool path_covers(const struct yf_claim_path *granted,
			const struct yf_claim_path *asked)
{
	if (granted->count > asked->count)
		return false;
	for (size_t i = 0; i < granted->count; i++)
		if (!step_covers(&granted->steps[i], &asked->steps[i]))
			return false;
	return true;
}

/* A grant names one type, and so never fits the other format's. */
static bool is_grant_of(const struct yf_dcql_grant *grant,
			yf_dcql_format format, yf_str type)
{
	const yf_str own = format == YF_DCQL_MDOC ? grant->doctype : grant->vct;

	return own.len && yf_str_eq(own, type);
}

static bool path_granted(yf_dcql_format format, yf_str type,
			 const struct yf_claim_path *asked,
			 const struct yf_dcql_grant *grants, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_grant_of(&grants[i], format, type))
			continue;
		for (size_t k = 0; k < grants[i].path_count; k++)
			if (path_covers(&grants[i].paths[k], asked))
				return true;
	}
	return false;
}

static bool type_granted(yf_dcql_format format, yf_str type,
			 const struct yf_dcql_grant *grants, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_grant_of(&grants[i], format, type))
			return true;
	return false;
}

static bool type_within(const struct yf_dcql_credential *credential,
			yf_str type, const struct yf_dcql_grant *grants,
			size_t count)
{
	if (!type_granted(credential->format, type, grants, count))
		return false;
	for (size_t i = 0; i < credential->claim_count; i++)
		if (!path_granted(credential->format, type,
				  &credential->claims[i].path, grants, count))
			return false;
	return true;
}

static bool credential_within(const struct yf_dcql_credential *credential,
			      const struct yf_dcql_grant *grants, size_t count)
{
	if (credential->format == YF_DCQL_MDOC)
		return type_within(credential, credential->doctype, grants,
				   count);
	for (size_t v = 0; v < credential->vct_count; v++)
		if (!type_within(credential, credential->vcts[v], grants,
				 count))
			return false;
	return true;
}

yf_err yf_dcql_within(const struct yf_dcql *query,
		      const struct yf_dcql_grant *grants, size_t grant_count)
{
	for (size_t i = 0; i < query->credential_count; i++)
		if (!credential_within(&query->credentials[i], grants,
				       grant_count))
			return YF_FAIL(OVER_ASKED);
	return YF_OK;
}

/* --- what was answered --- */

const struct yf_dcql_credential *yf_dcql_find(const struct yf_dcql *query,
					      yf_str id)
{
	size_t at = 0;

	if (yf_failed(credential_index(query, id, &at)))
		return NULL;
	return &query->credentials[at];
}

static bool value_fits(const struct yf_dcql_claim *claim,
		       const struct yf_json *value)
{
	if (!claim->values)
		return true;
	for (size_t i = 0; i < claim->values->count; i++)
		if (yf_json_eq(&claim->values->items[i], value))
			return true;
	return false;
}

static yf_err claim_fits(struct yf_arena *arena,
			 const struct yf_dcql_claim *claim,
			 const struct yf_json *claims, bool *out)
{
	const struct yf_json *const *values = NULL;
	size_t count = 0;
	const yf_err err = yf_claim_path_select(arena, claims, &claim->path,
						&values, &count);

	*out = false;
	if (err.code == YF_CODE_NOT_FOUND || err.code == YF_CODE_SYNTAX)
		return YF_OK;
	YF_TRY(err);
	for (size_t i = 0; i < count && !*out; i++)
		*out = value_fits(claim, values[i]);
	return YF_OK;
}

static uint64_t option_bits(const struct yf_dcql_option *option)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < option->count; i++)
		bits |= UINT64_C(1) << option->at[i];
	return bits;
}

yf_err yf_dcql_match(struct yf_arena *arena,
		     const struct yf_dcql_credential *query,
		     const struct yf_json *claims, uint64_t *out)
{
	uint64_t all = 0;
	uint64_t found = 0;

	for (size_t i = 0; i < query->claim_count; i++) {
		bool fits = false;

		YF_TRY(claim_fits(arena, &query->claims[i], claims, &fits));
		all |= UINT64_C(1) << i;
		found |= (uint64_t)fits << i;
	}
	if (!query->claim_set_count && found == all) {
		*out = all;
		return YF_OK;
	}
	for (size_t i = 0; i < query->claim_set_count; i++) {
		const uint64_t set = option_bits(&query->claim_sets[i]);

		if ((found & set) == set) {
			*out = set;
			return YF_OK;
		}
	}
	return YF_FAIL(NOT_ASKED);
}

/* --- cutting --- */

struct pick {
	struct yf_arena *arena;
	const struct yf_dcql_claim *claims;
};

/* Which of the paths in `active` go on through this child of a node. */
static uint64_t paths_into(const struct pick *pick, uint64_t active,
			   size_t depth, const struct yf_json *parent, size_t i)
{
	uint64_t into = 0;

	for (size_t bit = 0; bit < YF_DCQL_CLAIMS_MAX; bit++) {
		if (!(active >> bit & 1))
			continue;
		const struct yf_claim_step *step =
			&pick->claims[bit].path.steps[depth];
		const bool fits =
			parent->kind == YF_JSON_OBJECT
				? step->kind == YF_CLAIM_MEMBER &&
					  yf_str_eq(step->name,
						    parent->items[i].name)
				: step->kind == YF_CLAIM_ALL ||
					  (step->kind == YF_CLAIM_ELEMENT &&
					   step->index == i);
		into |= (uint64_t)fits << bit;
	}
	return into;
}

static bool ends_here(const struct pick *pick, uint64_t active, size_t depth)
{
	for (size_t bit = 0; bit < YF_DCQL_CLAIMS_MAX; bit++)
		if ((active >> bit & 1) &&
		    pick->claims[bit].path.count == depth)
			return true;
	return false;
}

/* What stands for an element that was not selected: nothing of its content. */
static struct yf_json hollow(const struct yf_json *element)
{
	const bool container = element->kind == YF_JSON_OBJECT ||
			       element->kind == YF_JSON_ARRAY;

	return (struct yf_json){
		.kind = container ? element->kind : YF_JSON_NULL,
	};
}

/* Depth is bounded by YF_CLAIM_PATH_MAX. */
static yf_err cut(const struct pick *pick, uint64_t active, size_t depth,
		  const struct yf_json *node, struct yf_json *out)
{
	if (ends_here(pick, active, depth)) {
		*out = *node;
		return YF_OK;
	}
	*out = hollow(node);
	out->name = node->name;
	if (!node->count ||
	    (node->kind != YF_JSON_OBJECT && node->kind != YF_JSON_ARRAY))
		return YF_OK;

	struct yf_json *items =
		YF_NEW(pick->arena, struct yf_json, node->count);
	if (!items)
		return YF_FAIL(MEMORY);
	size_t count = 0;
	size_t last = 0; /* behind the last one that was selected */
	for (size_t i = 0; i < node->count; i++) {
		const uint64_t into = paths_into(pick, active, depth, node, i);

		if (into)
			YF_TRY(cut(pick, into, depth + 1, &node->items[i],
				   &items[count++]));
		else if (node->kind == YF_JSON_ARRAY)
			items[count++] = hollow(&node->items[i]);
		last = into ? count : last;
	}
	out->items = items;
	out->count = last;
	return YF_OK;
}

yf_err yf_dcql_pick(struct yf_arena *arena,
		    const struct yf_dcql_credential *query, uint64_t match,
		    const struct yf_json *claims, const struct yf_json **out)
{
	const struct pick pick = { arena, query->claims };
	struct yf_json *picked = YF_NEW(arena, struct yf_json, 1);

	if (!picked)
		return YF_FAIL(MEMORY);
	YF_TRY(cut(&pick, match, 0, claims, picked));
	*out = picked;
	return YF_OK;
}

/* --- who issued it --- */

static yf_err aki_fits(struct yf_arena *arena,
		       const struct yf_dcql_authority *authority,
		       yf_bytes key_id, bool *out)
{
	yf_str text = { 0 };

	*out = false;
	if (!key_id.len || !yf_str_is(authority->type, "aki"))
		return YF_OK;
	YF_TRY(yf_base64url_encode(arena, key_id, &text));
	for (size_t i = 0; i < authority->value_count && !*out; i++)
		*out = yf_str_eq(authority->values[i], text);
	return YF_OK;
}

yf_err yf_dcql_authority(struct yf_arena *arena,
			 const struct yf_dcql_credential *query,
			 const struct yf_chain *chain)
{
	if (!query->authority_count)
		return YF_OK;
	for (size_t c = 0; c < chain->count; c++) {
		struct yf_cert cert = { 0 };

		YF_TRY(yf_cert_parse(arena, chain->certs[c], &cert));
		for (size_t i = 0; i < query->authority_count; i++) {
			bool fits = false;

			YF_TRY(aki_fits(arena, &query->authorities[i],
					cert.authority_key_id, &fits));
			if (fits)
				return YF_OK;
		}
	}
	return YF_FAIL(NOT_ASKED);
}

bool yf_dcql_satisfied(const struct yf_dcql *query, uint64_t answered)
{
	if (!query->set_count)
		return answered == (UINT64_C(1) << query->credential_count) - 1;
	for (size_t s = 0; s < query->set_count; s++) {
		const struct yf_dcql_set *set = &query->sets[s];
		bool met = !set->required;

		for (size_t i = 0; i < set->option_count && !met; i++) {
			const uint64_t bits = option_bits(&set->options[i]);

			met = (answered & bits) == bits;
		}
		if (!met)
			return false;
	}
	return true;
}
