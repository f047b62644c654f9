#include "face/compare.h"

#include <math.h>
#include <string.h>

#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { LEN = 128, LEN_MAX = 517 };

static float next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (float)(*seed >> 8) / (1 << 23) - 1;
}

static void unit(uint32_t *seed, size_t len, float *out)
{
	double squares = 0;

	for (size_t i = 0; i < len; i++) {
		out[i] = next(seed);
		squares += (double)out[i] * (double)out[i];
	}
	for (size_t i = 0; i < len; i++)
		out[i] /= (float)sqrt(squares);
}

static double apart(const float *a, const float *b, size_t len)
{
	double sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += ((double)a[i] - (double)b[i]) *
		       ((double)a[i] - (double)b[i]);
	return sqrt(sum);
}

/* Two directions at every distance: as the floats say, with and without the
 * instructions of this processor, and the same from both sides. */
static void as_floats(void **state)
{
	uint32_t seed = 3;

	(void)state;
	for (size_t len = 1; len <= LEN_MAX; len += len < 40 ? 1 : 24)
		for (int step = 0; step <= 20; step++) {
			float a[LEN_MAX], b[LEN_MAX];
			int8_t ta[LEN_MAX], tb[LEN_MAX];

			unit(&seed, len, a);
			unit(&seed, len, b);
			for (size_t i = 0; i < len; i++)
				b[i] = a[i] +
				       (float)step * 0.05f * (b[i] - a[i]);
			if (!yf_template_make(b, len, tb))
				continue;
			assert_true(yf_template_make(a, len, ta));
			double norm = 0;
			for (size_t i = 0; i < len; i++)
				norm += (double)b[i] * (double)b[i];
			for (size_t i = 0; i < len; i++)
				b[i] /= (float)sqrt(norm);
			const float got = yf_template_distance(ta, tb, len);
			assert_true(fabs((double)got - apart(a, b, len)) <
				    0.02);
			assert_true(got ==
				    yf_template_distance_plain(ta, tb, len));
			assert_true(got == yf_template_distance(tb, ta, len));
		}
}

static void ends(void **state)
{
	int8_t most[LEN], least[LEN], none[LEN] = { 0 };

	(void)state;
	memset(most, 127, sizeof(most));
	memset(least, -127, sizeof(least));
	assert_true(yf_template_distance(most, most, LEN) == 0);
	assert_true(yf_template_distance(most, least, LEN) == 2);
	assert_true(yf_template_distance(most, none, LEN) == 2);
	assert_true(yf_template_distance(none, none, LEN) == 2);
	/* what no template of ours holds must not overflow either */
	memset(least, -128, sizeof(least));
	assert_true(yf_template_distance(least, least, LEN) == 0);
}

static void no_direction(void **state)
{
	float at[LEN] = { 0 };
	int8_t out[LEN];

	(void)state;
	assert_false(yf_template_make(at, LEN, out));
	at[5] = 1e-9f;
	assert_false(yf_template_make(at, LEN, out));
	at[5] = -3;
	assert_true(yf_template_make(at, LEN, out));
	assert_int_equal(out[5], -127);
	at[7] = NAN;
	assert_false(yf_template_make(at, LEN, out));
	at[7] = INFINITY;
	assert_false(yf_template_make(at, LEN, out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_floats),
		cmocka_unit_test(ends),
		cmocka_unit_test(no_direction),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
