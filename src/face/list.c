#include "face/list.h"

#include <stdlib.h>

#include "base/secret.h"

/* People times rate, in the form that has no rounding at the edge. */
enum { STRANGERS_PER_PASS = 1000 };

struct entry {
	char consent_id[YF_FACE_LIST_CONSENT_MAX + 1];
	size_t consent_len;
	uint8_t *template; /* heap */
	size_t len;
};

struct yf_face_list {
	struct yf_face_list_rule rule;
	size_t room;
	size_t count;
	struct entry entries[];
};

static bool is_rate(double fmr)
{
	return fmr > 0 && fmr <= 1;
}

size_t yf_face_list_room(const struct yf_face_list_rule *rule)
{
	size_t room = 0;

	if (!is_rate(rule->fmr))
		return 0;
	/* 1000 * people * rate <= 1, a little over for 0.0001 and its like,
	 * which are no binary numbers. */
	while (room < YF_FACE_LIST_MAX &&
	       (double)((room + 1) * STRANGERS_PER_PASS) * rule->fmr <=
		       1 + 1e-9)
		room++;
	return room;
}

yf_err yf_face_list_new(const struct yf_face_list_rule *rule,
			struct yf_face_list **out)
{
	if (!is_rate(rule->fmr))
		return YF_FAIL(FACE_UNCERTIFIED);
	const size_t room = yf_face_list_room(rule);
	struct yf_face_list *list =
		calloc(1, sizeof(*list) + room * sizeof(list->entries[0]));
	if (!list)
		return YF_FAIL(MEMORY);
	list->rule = *rule;
	list->room = room;
	*out = list;
	return YF_OK;
}

static void drop(struct entry *entry)
{
	if (entry->template)
		yf_wipe(entry->template, entry->len);
	free(entry->template);
	yf_wipe(entry, sizeof(*entry));
}

void yf_face_list_free(struct yf_face_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->count; i++)
		drop(&list->entries[i]);
	free(list);
}

void yf_face_list_cleanup(struct yf_face_list **list)
{
	yf_face_list_free(*list);
}

size_t yf_face_list_count(const struct yf_face_list *list)
{
	return list->count;
}

static yf_str consent_of(const struct entry *entry)
{
	return (yf_str){ entry->consent_id, entry->consent_len };
}

static bool find(const struct yf_face_list *list, yf_str consent_id, size_t *at)
{
	for (*at = 0; *at < list->count; ++*at)
		if (yf_str_eq(consent_of(&list->entries[*at]), consent_id))
			return true;
	return false;
}

yf_err yf_face_list_add(struct yf_face_list *list, yf_str consent_id,
			yf_bytes template)
{
	struct entry entry = { .consent_len = consent_id.len,
			       .len = template.len };
	size_t at;

	if (!consent_id.len || !template.len)
		return YF_FAIL(MISSING);
	if (consent_id.len > YF_FACE_LIST_CONSENT_MAX ||
	    template.len > YF_FACE_LIST_TEMPLATE_MAX)
		return YF_FAIL(TOO_LARGE);
	if (find(list, consent_id, &at))
		return YF_FAIL(DUPLICATE);
	if (list->count == list->room)
		return YF_FAIL(FACE_LIST_FULL);
	entry.template = malloc(template.len);
	if (!entry.template)
		return YF_FAIL(MEMORY);
	memcpy(entry.template, template.ptr, template.len);
	memcpy(entry.consent_id, consent_id.ptr, consent_id.len);
	list->entries[list->count++] = entry;
	return YF_OK;
}

yf_err yf_face_list_remove(struct yf_face_list *list, yf_str consent_id)
{
	size_t at;

	if (!find(list, consent_id, &at))
		return YF_FAIL(NOT_FOUND);
	drop(&list->entries[at]);
	list->count--;
	if (at < list->count) {
		list->entries[at] = list->entries[list->count];
		yf_wipe(&list->entries[list->count], sizeof(struct entry));
	}
	return YF_OK;
}

yf_err yf_face_list_find(const struct yf_face_list *list,
			 const struct yf_face_list_matcher *matcher,
			 yf_bytes probe, struct yf_face_list_found *out)
{
	struct yf_face_list_found found = { .answer = YF_FACE_LIST_NONE };
	yf_err first = YF_OK;
	size_t hits = 0;
	size_t at = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct entry *entry = &list->entries[i];
		double score = 0;
		const yf_err err = matcher->match(
			matcher->self, probe,
			(yf_bytes){ entry->template, entry->len }, &score);
		/* No branch on the outcome: a hit takes as long as a miss. */
		const size_t hit = (size_t)(score >= list->rule.score_min);

		hits += hit;
		at += hit * (i - at);
		if (yf_failed(err) && !yf_failed(first))
			first = err;
	}
	YF_TRY(first);
	if (hits == 1) {
		found.answer = YF_FACE_LIST_ONE;
		found.consent_id = consent_of(&list->entries[at]);
	} else if (hits) {
		found.answer = YF_FACE_LIST_AMBIGUOUS;
	}
	*out = found;
	return YF_OK;
}
