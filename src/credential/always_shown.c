#include "credential/always_shown.h"

bool yf_is_always_shown(yf_str name)
{
	static const char *const names[] = {
		"iss", "nbf",           "exp",      "cnf",
		"vct", "vct#integrity", "aka_vcts", "status",
	};

	for (size_t i = 0; i < YF_COUNT(names); i++)
		if (yf_str_is(name, names[i]))
			return true;
	return false;
}
