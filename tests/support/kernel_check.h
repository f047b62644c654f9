#pragma once

#include "face/kernel.h"

/*
 * Every operation of a kernel against its definition, written as plainly as
 * possible in double, and against the portable kernel.  Needs nothing but the
 * kernels themselves, so that it can run on a foreign processor too.  Prints
 * each operation that is wrong; how many are.
 */
unsigned kernel_check(const struct yf_kernel *kernel);
