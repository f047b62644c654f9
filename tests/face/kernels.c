/*
 * Checks every kernel of this build, for processors on which the test library
 * is not there: see neon.test.mjs.  Prints the names; exit 1 when one is wrong.
 */
#include <stdio.h>

#include "../support/kernel_check.h"

int main(void)
{
	unsigned wrong = 0;

	for (size_t i = 0; yf_kernels[i]; i++) {
		if (!yf_kernel_runs(yf_kernels[i]))
			continue;
		puts(yf_kernels[i]->name);
		wrong += kernel_check(yf_kernels[i]);
	}
	return wrong ? 1 : 0;
}
