#pragma once

#include "base/err.h"

/*
 * Locks this process in for good: no new privileges, no dumps, no files, no
 * further processes, a bound on memory, and of the system calls only those
 * that move bytes over descriptors that are open already, anonymous memory
 * without execution, futex, clock and exit.  Any other call kills it.
 *
 * Under the address sanitizer the list is wider (what its runtime calls to
 * work and to print a report) and memory is not bounded, because its shadow
 * takes terabytes of address space.
 *
 * SANDBOX  the system refuses; the caller must not go on
 */
YF_CHECKED yf_err yf_cage_enter(void);
