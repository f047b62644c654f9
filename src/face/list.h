#pragma once

#include "base/str.h"

/*
 * One to few: a door or a shop that knows a handful of people who asked for
 * it.  It is a loop over the comparison of two templates and cannot become a
 * search among many: a list takes another person only while
 *
 *	people * certified false match rate <= 1e-3
 *
 * so that a stranger before the camera passes at most once in a thousand.
 * Nothing in this program serves a list to anybody; doc/rights.md says what
 * it may be used for.
 *
 * Pure but for memory.  Not for several threads at once.
 */
struct yf_face_list;

enum {
	YF_FACE_LIST_MAX = 256, /* people, however good the engine is */
	YF_FACE_LIST_TEMPLATE_MAX = 8192,
	YF_FACE_LIST_CONSENT_MAX = 63,
};

/*
 * What a certificate says of the engine (yf_face_rule_list() in card/ gives
 * it): the false match rate, of the worst group, of pairs that score at least
 * `score_min`.
 */
struct yf_face_list_rule {
	double fmr; /* over 0, at most 1 */
	double score_min;
};

/* How alike two templates are; whatever it returns on an error is taken. */
struct yf_face_list_matcher {
	yf_err (*match)(void *self, yf_bytes probe, yf_bytes reference,
			double *score);
	void *self;
};

/* FACE_UNCERTIFIED (the rate is not within (0, 1]: no certificate, no list),
 * MEMORY */
YF_CHECKED yf_err yf_face_list_new(const struct yf_face_list_rule *rule,
				   struct yf_face_list **out);

/* Wipes what it held. */
void yf_face_list_free(struct yf_face_list *list);
void yf_face_list_cleanup(struct yf_face_list **list);

/* How many people the bound allows; 0 when not even one. */
size_t yf_face_list_room(const struct yf_face_list_rule *rule);

size_t yf_face_list_count(const struct yf_face_list *list);

/*
 * Copies the template of a person who agreed.
 *
 * consent_id   of that consent; 1 to YF_FACE_LIST_CONSENT_MAX bytes
 *
 * FACE_LIST_FULL  this person would break the bound: nothing was added
 * MISSING    no consent, or no template
 * DUPLICATE  the consent is in the list
 * TOO_LARGE  over the limits above
 * MEMORY
 */
YF_CHECKED yf_err yf_face_list_add(struct yf_face_list *list, yf_str consent_id,
				   yf_bytes template);

/* Who withdraws is gone at once.  NOT_FOUND */
YF_CHECKED yf_err yf_face_list_remove(struct yf_face_list *list,
				      yf_str consent_id);

typedef enum {
	YF_FACE_LIST_NONE,      /* nobody of the list */
	YF_FACE_LIST_ONE,       /* exactly one */
	YF_FACE_LIST_AMBIGUOUS, /* several: as good as none */
} yf_face_list_answer;

struct yf_face_list_found {
	yf_face_list_answer answer;
	/* Of ONE, empty otherwise; a view, until the list is changed. */
	yf_str consent_id;
};

/*
 * Compares with everybody, always: the time tells neither whether nor where
 * somebody was found.  A comparison that fails fails the call, after all were
 * made.  Codes of the matcher; a score that is NaN matches nobody.
 */
YF_CHECKED yf_err yf_face_list_find(const struct yf_face_list *list,
				    const struct yf_face_list_matcher *matcher,
				    yf_bytes probe,
				    struct yf_face_list_found *out);
