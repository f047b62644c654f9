#include <assert.h>

#include "codec/base64url.h"
#include "credential/sdjwt.h"
#include "crypto/hash.h"

/*
 * RFC 9901 7.1: walks the payload, puts the disclosed values in the place of
 * their digests, and takes the digests out.
 */

typedef struct {
	char text[YF_SHA256_TEXT_LEN];
} digest_text;

/* One digest, of a disclosure or from a payload. */
struct entry {
	yf_str digest;
	int disclosure; /* -1: a decoy, or not presented */
	bool seen;      /* in the payload or a disclosed value */
};

/* Open addressing; holds the index of an entry + 1. */
struct table {
	uint16_t *places;
	size_t place_count; /* a power of two */
	struct entry *entries;
	size_t count;
	size_t room;
};

struct process {
	struct yf_arena *arena;
	const struct yf_sdjwt *sdjwt;
	struct table table;
	struct yf_sdjwt_disclosed *disclosed;
	int depth;
};

/* --- digests --- */

static yf_err table_new(struct yf_arena *arena, size_t room, struct table *out)
{
	if (room > YF_SDJWT_DIGEST_MAX + YF_SDJWT_DISCLOSURE_MAX)
		room = YF_SDJWT_DIGEST_MAX + YF_SDJWT_DISCLOSURE_MAX;
	out->room = room;
	out->place_count = 16;
	while (out->place_count < room * 2)
		out->place_count *= 2;
	out->places = YF_NEW(arena, uint16_t, out->place_count);
	out->entries = YF_NEW(arena, struct entry, room);
	return out->places && out->entries ? YF_OK : YF_FAIL(MEMORY);
}

static size_t place_of(const struct table *table, yf_str digest)
{
	uint32_t hash = 2166136261u; /* FNV-1a; digests are random already */

	for (size_t i = 0; i < digest.len && i < 12; i++)
		hash = (hash ^ (unsigned char)digest.ptr[i]) * 16777619u;
	return hash & (table->place_count - 1);
}

/* The entry of a digest, made when it is new. */
static yf_err find_or_add(struct table *table, yf_str digest,
			  struct entry **out)
{
	size_t at = place_of(table, digest);

	for (; table->places[at]; at = (at + 1) & (table->place_count - 1)) {
		struct entry *entry = &table->entries[table->places[at] - 1];
		if (yf_str_eq(entry->digest, digest)) {
			*out = entry;
			return YF_OK;
		}
	}
	if (table->count == table->room)
		return YF_FAIL(TOO_LARGE);
	struct entry *entry = &table->entries[table->count++];
	*entry = (struct entry){ .digest = digest, .disclosure = -1 };
	table->places[at] = (uint16_t)table->count;
	*out = entry;
	return YF_OK;
}

/* "The digest [is] calculated over the base64url-encoded" text as received. */
static yf_err add_disclosures(struct process *process)
{
	const struct yf_sdjwt *sdjwt = process->sdjwt;
	digest_text *texts =
		YF_NEW(process->arena, digest_text, sdjwt->disclosure_count);

	if (!texts)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < sdjwt->disclosure_count; i++) {
		struct entry *entry;
		yf_sha256_text(sdjwt->disclosures[i], texts[i].text);
		const yf_str digest = { texts[i].text, sizeof(texts[i].text) };
		YF_TRY(find_or_add(&process->table, digest, &entry));
		if (entry->disclosure >= 0)
			return YF_FAIL(DUPLICATE);
		entry->disclosure = (int)i;
	}
	return YF_OK;
}

/* The disclosure that a digest names, -1 for none. */
static yf_err meet(struct process *process, const struct yf_json *digest,
		   int *disclosure)
{
	struct entry *entry;

	if (digest->kind != YF_JSON_STRING ||
	    digest->string.len != YF_SHA256_TEXT_LEN)
		return YF_FAIL(SYNTAX);
	YF_TRY(find_or_add(&process->table, digest->string, &entry));
	/* "If any digest value is encountered more than once [...] the SD-JWT
	 * MUST be rejected." */
	if (entry->seen)
		return YF_FAIL(DUPLICATE);
	entry->seen = true;
	*disclosure = entry->disclosure;
	return YF_OK;
}

/* --- the walk --- */

static yf_err put_value(struct process *process, const struct yf_json *from,
			int inside, struct yf_json *to);

/* Parses disclosure `index` into its array of `arity` pieces. */
static yf_err open_disclosure(struct process *process, int index, size_t arity,
			      const struct yf_json **out)
{
	const yf_str text = process->sdjwt->disclosures[index];
	const struct yf_json *array;
	yf_bytes json;

	YF_TRY(yf_base64url_decode(process->arena, text, &json));
	YF_TRY(yf_json_parse(process->arena, yf_str_from(json), &array));
	if (array->kind != YF_JSON_ARRAY || array->count != arity ||
	    array->items[0].kind != YF_JSON_STRING)
		return YF_FAIL(SYNTAX);
	*out = array;
	return YF_OK;
}

static yf_err place(struct process *process, int index, int inside,
		    const struct yf_json *value, yf_str name,
		    struct yf_json *to)
{
	process->disclosed[index] = (struct yf_sdjwt_disclosed){
		.text = process->sdjwt->disclosures[index],
		.name = name,
		.value = to,
		.parent = inside,
	};
	YF_TRY(put_value(process, value, index, to));
	to->name = name;
	return YF_OK;
}

static bool is_digest_name(yf_str name)
{
	return yf_str_is(name, "_sd") || yf_str_is(name, "...");
}

static yf_err put_hidden_member(struct process *process, int index, int inside,
				struct yf_json *items, size_t *count)
{
	const struct yf_json *array;

	YF_TRY(open_disclosure(process, index, 3, &array));
	if (array->items[1].kind != YF_JSON_STRING ||
	    is_digest_name(array->items[1].string))
		return YF_FAIL(SYNTAX);
	const yf_str name = array->items[1].string;
	for (size_t i = 0; i < *count; i++)
		if (yf_str_eq(items[i].name, name))
			return YF_FAIL(DUPLICATE);
	YF_TRY(place(process, index, inside, &array->items[2], name,
		     &items[*count]));
	++*count;
	return YF_OK;
}

static yf_err put_hidden_members(struct process *process,
				 const struct yf_json *digests, int inside,
				 struct yf_json *items, size_t *count)
{
	for (size_t i = 0; i < digests->count; i++) {
		int index;
		YF_TRY(meet(process, &digests->items[i], &index));
		if (index >= 0)
			YF_TRY(put_hidden_member(process, index, inside, items,
						 count));
	}
	return YF_OK;
}

static yf_err put_object(struct process *process, const struct yf_json *from,
			 int inside, struct yf_json *to)
{
	const struct yf_json *digests = yf_json_get(from, "_sd");
	size_t count = 0;

	if (digests && digests->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	struct yf_json *items =
		YF_NEW(process->arena, struct yf_json,
		       from->count + (digests ? digests->count : 0));
	if (!items)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < from->count; i++) {
		const struct yf_json *member = &from->items[i];
		if (member == digests)
			continue;
		if (yf_str_is(member->name, "..."))
			return YF_FAIL(SYNTAX);
		/* "Remove the claim _sd_alg from the SD-JWT payload." */
		if (process->depth == 1 && yf_str_is(member->name, "_sd_alg"))
			continue;
		YF_TRY(put_value(process, member, inside, &items[count]));
		items[count++].name = member->name;
	}
	if (digests)
		YF_TRY(put_hidden_members(process, digests, inside, items,
					  &count));
	to->kind = YF_JSON_OBJECT;
	to->items = items;
	to->count = count;
	return YF_OK;
}

/* {"...": digest}: NULL for an ordinary element. */
static const struct yf_json *element_digest(const struct yf_json *element)
{
	return element->kind == YF_JSON_OBJECT && element->count == 1
		       ? yf_json_get(element, "...")
		       : NULL;
}

static yf_err put_array(struct process *process, const struct yf_json *from,
			int inside, struct yf_json *to)
{
	size_t count = 0;

	struct yf_json *items =
		YF_NEW(process->arena, struct yf_json, from->count);
	if (!items)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < from->count; i++) {
		const struct yf_json *digest = element_digest(&from->items[i]);
		const struct yf_json *array;
		int index;

		if (!digest) {
			YF_TRY(put_value(process, &from->items[i], inside,
					 &items[count++]));
			continue;
		}
		YF_TRY(meet(process, digest, &index));
		/* "Remove all array elements for which the digest was not
		 * found." */
		if (index < 0)
			continue;
		YF_TRY(open_disclosure(process, index, 2, &array));
		YF_TRY(place(process, index, inside, &array->items[1],
			     (yf_str){ NULL, 0 }, &items[count++]));
	}
	to->kind = YF_JSON_ARRAY;
	to->items = items;
	to->count = count;
	return YF_OK;
}

static yf_err put_value(struct process *process, const struct yf_json *from,
			int inside, struct yf_json *to)
{
	if (from->kind != YF_JSON_OBJECT && from->kind != YF_JSON_ARRAY) {
		*to = *from;
		return YF_OK;
	}
	/* Disclosures in disclosures could nest deeper than a text may. */
	if (++process->depth > YF_JSON_DEPTH_MAX)
		return YF_FAIL(TOO_DEEP);
	YF_TRY(from->kind == YF_JSON_OBJECT
		       ? put_object(process, from, inside, to)
		       : put_array(process, from, inside, to));
	process->depth--;
	return YF_OK;
}

static yf_err check_algorithm(const struct yf_json *payload)
{
	const struct yf_json *alg = yf_json_get(payload, "_sd_alg");

	/* RFC 9901 4.1.1: sha-256 when it is absent. */
	if (!alg)
		return YF_OK;
	if (alg->kind != YF_JSON_STRING)
		return YF_FAIL(SYNTAX);
	return yf_str_is(alg->string, "sha-256") ? YF_OK : YF_FAIL(UNSUPPORTED);
}

/* "If any Disclosure was not referenced [...] reject the SD-JWT." */
static yf_err check_all_seen(const struct table *table, size_t disclosures)
{
	for (size_t i = 0; i < disclosures; i++)
		if (!table->entries[i].seen)
			return YF_FAIL(DIGEST);
	return YF_OK;
}

/* A digest takes its characters and quotes: a bound for the table. */
static size_t digests_max(const struct yf_sdjwt *sdjwt, yf_str payload)
{
	size_t len = payload.len;

	for (size_t i = 0; i < sdjwt->disclosure_count; i++)
		len += sdjwt->disclosures[i].len;
	return sdjwt->disclosure_count + len / (YF_SHA256_TEXT_LEN + 2) + 1;
}

yf_err yf_sdjwt_process(struct yf_arena *arena, const struct yf_sdjwt *sdjwt,
			yf_str payload, struct yf_sdjwt_claims *out)
{
	struct process process = { .arena = arena, .sdjwt = sdjwt };
	const struct yf_json *tree;
	struct yf_json *claims = YF_NEW(arena, struct yf_json, 1);

	process.disclosed = YF_NEW(arena, struct yf_sdjwt_disclosed,
				   sdjwt->disclosure_count);
	if (!claims || !process.disclosed)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_json_parse(arena, payload, &tree));
	if (tree->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	YF_TRY(check_algorithm(tree));
	YF_TRY(table_new(arena, digests_max(sdjwt, payload), &process.table));
	YF_TRY(add_disclosures(&process));
	YF_TRY(put_value(&process, tree, -1, claims));
	assert(process.depth == 0);
	YF_TRY(check_all_seen(&process.table, sdjwt->disclosure_count));
	*out = (struct yf_sdjwt_claims){
		.payload = tree,
		.claims = claims,
		.disclosed = process.disclosed,
	};
	return YF_OK;
}
