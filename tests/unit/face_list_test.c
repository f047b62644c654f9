#include "face/list.h"

#include "../support/expect.h"

#include <math.h>
#include <stdio.h>

/* Templates are one byte here; the score is 1 - the difference / 255. */
struct counter {
	size_t calls;
	yf_err fails_at_7;
};

static yf_err compare(void *self, yf_bytes probe, yf_bytes reference,
		      double *score)
{
	struct counter *counter = self;

	counter->calls++;
	if (reference.ptr[0] == 7)
		return counter->fails_at_7;
	*score = reference.ptr[0] == 9
			 ? (double)NAN
			 : 1 - fabs(probe.ptr[0] - (double)reference.ptr[0]) /
					   255;
	return YF_OK;
}

static yf_bytes template_of(const uint8_t *value)
{
	return (yf_bytes){ value, 1 };
}

static yf_err add(struct yf_face_list *list, const char *consent, uint8_t value)
{
	return yf_face_list_add(list, yf_str_of(consent), template_of(&value));
}

static const struct {
	const char *name;
	double fmr;
	size_t room;
} bounds[] = {
	{ "a rate of one", 1, 0 },
	{ "not even one person", 2e-3, 0 },
	{ "a little over", 1.000001e-3, 0 },
	{ "exactly one", 1e-3, 1 },
	{ "two, not three", 4e-4, 2 },
	{ "ten at 1e-4", 1e-4, 10 },
	{ "thirty", 1e-3 / 30, 30 },
	{ "a hundred at 1e-5", 1e-5, 100 },
	{ "however good it is", 1e-9, YF_FACE_LIST_MAX },
};

static void the_bound_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < YF_COUNT(bounds); i++) {
		const struct yf_face_list_rule rule = { bounds[i].fmr, 0.5 };
		YF_AUTO(face_list) list = NULL;
		char consent[32];

		print_message("  %s\n", bounds[i].name);
		assert_int_equal(yf_face_list_room(&rule), bounds[i].room);
		OK(yf_face_list_new(&rule, &list));
		for (size_t n = 0; n < bounds[i].room; n++) {
			snprintf(consent, sizeof(consent), "c%zu", n);
			OK(add(list, consent, 1));
			assert_true((double)yf_face_list_count(list) *
					    rule.fmr <=
				    1e-3 * (1 + 1e-6));
		}
		FAILS(add(list, "one more", 1), FACE_LIST_FULL);
		assert_int_equal(yf_face_list_count(list), bounds[i].room);
	}
}

static void no_certificate_no_list(void **state)
{
	static const double rates[] = { 0, -1e-4, 1.1, (double)INFINITY,
					(double)NAN };

	(void)state;
	for (size_t i = 0; i < YF_COUNT(rates); i++) {
		const struct yf_face_list_rule rule = { rates[i], 0.5 };
		YF_AUTO(face_list) list = NULL;

		assert_int_equal(yf_face_list_room(&rule), 0);
		FAILS(yf_face_list_new(&rule, &list), FACE_UNCERTIFIED);
	}
}

static void only_who_agreed(void **state)
{
	const struct yf_face_list_rule rule = { 1e-5, 0.5 };
	static uint8_t large[YF_FACE_LIST_TEMPLATE_MAX + 1];
	YF_AUTO(face_list) list = NULL;

	(void)state;
	OK(yf_face_list_new(&rule, &list));
	FAILS(add(list, "", 1), MISSING);
	FAILS(yf_face_list_add(list, YF_STR("a"), (yf_bytes){ NULL, 0 }),
	      MISSING);
	FAILS(yf_face_list_add(list, YF_STR("a"),
			       (yf_bytes){ large, sizeof(large) }),
	      TOO_LARGE);
	FAILS(add(list,
		  "012345678901234567890123456789012345678901234567890123456789"
		  "0"
		  "123",
		  1),
	      TOO_LARGE);
	OK(add(list, "a", 1));
	FAILS(add(list, "a", 2), DUPLICATE);
	FAILS(yf_face_list_remove(list, YF_STR("b")), NOT_FOUND);
	OK(yf_face_list_remove(list, YF_STR("a")));
	assert_int_equal(yf_face_list_count(list), 0);
}

static struct yf_face_list_found look(const struct yf_face_list *list,
				      uint8_t probe)
{
	struct counter counter = { 0, YF_OK };
	const struct yf_face_list_matcher matcher = { compare, &counter };
	struct yf_face_list_found found = { .answer = 99 };

	OK(yf_face_list_find(list, &matcher, template_of(&probe), &found));
	/* Everybody was compared, whoever it was. */
	assert_int_equal(counter.calls, yf_face_list_count(list));
	assert_int_equal(found.answer == YF_FACE_LIST_ONE,
			 found.consent_id.len > 0);
	return found;
}

static void one_none_or_several(void **state)
{
	const struct yf_face_list_rule rule = { 1e-5, 0.9 };
	YF_AUTO(face_list) list = NULL;

	(void)state;
	OK(yf_face_list_new(&rule, &list));
	assert_int_equal(look(list, 100).answer, YF_FACE_LIST_NONE);
	OK(add(list, "ann", 20));
	OK(add(list, "bo", 100));
	OK(add(list, "cy", 200));
	OK(add(list, "nan", 9));
	assert_true(yf_str_is(look(list, 22).consent_id, "ann"));
	assert_true(yf_str_is(look(list, 100).consent_id, "bo"));
	assert_true(yf_str_is(look(list, 199).consent_id, "cy"));
	assert_int_equal(look(list, 150).answer, YF_FACE_LIST_NONE);
	OK(add(list, "di", 110));
	assert_int_equal(look(list, 105).answer, YF_FACE_LIST_AMBIGUOUS);
	/* Who withdraws is found no more, and the others still are. */
	OK(yf_face_list_remove(list, YF_STR("bo")));
	assert_true(yf_str_is(look(list, 105).consent_id, "di"));
	assert_true(yf_str_is(look(list, 200).consent_id, "cy"));
}

static void a_comparison_that_fails(void **state)
{
	const struct yf_face_list_rule rule = { 1e-5, 0.9 };
	struct counter counter = { 0, YF_FAIL(TIMEOUT) };
	const struct yf_face_list_matcher matcher = { compare, &counter };
	struct yf_face_list_found found = { .answer = 99 };
	const uint8_t probe = 20;
	YF_AUTO(face_list) list = NULL;

	(void)state;
	OK(yf_face_list_new(&rule, &list));
	OK(add(list, "ann", 20));
	OK(add(list, "bad", 7));
	OK(add(list, "cy", 200));
	FAILS(yf_face_list_find(list, &matcher, template_of(&probe), &found),
	      TIMEOUT);
	assert_int_equal(counter.calls, 3);
	assert_int_equal(found.answer, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bound_holds),
		cmocka_unit_test(no_certificate_no_list),
		cmocka_unit_test(only_who_agreed),
		cmocka_unit_test(one_none_or_several),
		cmocka_unit_test(a_comparison_that_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
