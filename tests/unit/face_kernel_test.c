#include "face/kernel.h"

#include "../support/kernel_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Each kernel against the definition and against the portable one. */
static void each_kernel(void **state)
{
	unsigned ran = 0;

	(void)state;
	for (size_t i = 0; yf_kernels[i]; i++) {
		if (!yf_kernel_runs(yf_kernels[i])) {
			print_message("SKIPPED %s: not in this processor\n",
				      yf_kernels[i]->name);
			continue;
		}
		print_message("  %s\n", yf_kernels[i]->name);
		assert_int_equal(kernel_check(yf_kernels[i]), 0);
		ran++;
	}
	assert_true(ran > 0);
}

static void best_runs(void **state)
{
	(void)state;
	assert_true(yf_kernel_runs(yf_kernel_best()));
	assert_non_null(yf_kernel_find("portable"));
	assert_null(yf_kernel_find("abacus"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kernel),
		cmocka_unit_test(best_runs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
