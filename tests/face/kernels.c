/*
 * Checks every kernel of this build, for processors on which the test library
 * is not there: see neon.test.mjs.  Prints the names; exit 1 when one is wrong.
 */
#include <stdio.h>

#include "../support/kernel_check.h"
#include "face/compare.h"

/* Templates by the instructions of this processor and without them. */
static unsigned check_templates(void)
{
	int8_t at[2][160];
	uint32_t seed = 1;
	unsigned wrong = 0;

	for (size_t len = 1; len <= sizeof(at[0]); len++) {
		for (size_t i = 0; i < 2 * len; i++) {
			seed = seed * 1664525u + 1013904223u;
			at[i % 2][i / 2] =
				(int8_t)((int)(seed >> 16) % 255 - 127);
		}
		wrong += yf_template_distance(at[0], at[1], len) !=
			 yf_template_distance_plain(at[0], at[1], len);
	}
	if (wrong)
		printf("templates: %u distances are wrong\n", wrong);
	return wrong;
}

int main(void)
{
	unsigned wrong = check_templates();

	for (size_t i = 0; yf_kernels[i]; i++) {
		if (!yf_kernel_runs(yf_kernels[i]))
			continue;
		puts(yf_kernels[i]->name);
		wrong += kernel_check(yf_kernels[i]);
	}
	return wrong ? 1 : 0;
}
