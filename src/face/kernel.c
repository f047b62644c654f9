#include "face/kernel.h"

#include <string.h>

#include "face/kernel_tables.h"

const struct yf_kernel *const yf_kernels[] = {
#if defined(__x86_64__)
	&yf_kernel_avx512,
	&yf_kernel_avx2,
#elif defined(__aarch64__)
	&yf_kernel_neon,
#endif
	&yf_kernel_portable,
	NULL,
};

bool yf_kernel_runs(const struct yf_kernel *kernel)
{
#if defined(__x86_64__)
	if (kernel == &yf_kernel_avx512)
		return __builtin_cpu_supports("avx512f") &&
		       __builtin_cpu_supports("avx512dq") &&
		       __builtin_cpu_supports("avx512vl") &&
		       __builtin_cpu_supports("fma");
	if (kernel == &yf_kernel_avx2)
		return __builtin_cpu_supports("avx2") &&
		       __builtin_cpu_supports("fma");
#endif
	/* every AArch64 has NEON */
	return kernel != NULL;
}

const struct yf_kernel *yf_kernel_best(void)
{
	const struct yf_kernel *const *at = yf_kernels;

	while (!yf_kernel_runs(*at))
		at++;
	return *at;
}

const struct yf_kernel *yf_kernel_find(const char *name)
{
	for (const struct yf_kernel *const *at = yf_kernels; *at; at++)
		if (strcmp((*at)->name, name) == 0)
			return yf_kernel_runs(*at) ? *at : NULL;
	return NULL;
}
