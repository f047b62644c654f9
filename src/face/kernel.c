#include "face/kernel.h"

#include "base/err.h"

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
	return kernel == &yf_kernel_portable;
}

const struct yf_kernel *yf_kernel_best(void)
{
	static const struct yf_kernel *const by_speed[] = {
		&yf_kernel_avx512,
		&yf_kernel_avx2,
		&yf_kernel_portable,
	};

	for (size_t i = 0; i < YF_COUNT(by_speed); i++)
		if (yf_kernel_runs(by_speed[i]))
			return by_speed[i];
	return &yf_kernel_portable;
}
