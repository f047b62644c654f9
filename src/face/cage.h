#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * Two locks for this process, the second narrower than the first; neither can
 * be opened again.
 *
 * yf_cage_approach(), before code of others is loaded: no new privileges, no
 * dumps, no network, no processes or threads, no writing: files may be opened
 * for reading, and mapped, code too; signals and limits reach this process
 * only.  Memory is bounded to memory_len_max.
 *
 * yf_cage_enter(), before the first byte of a stranger is read: no files, and
 * of the system calls only those that move bytes over descriptors that are
 * open already, anonymous memory without execution, futex, clock and exit.
 *
 * Any other call kills the process.
 *
 * What the first stage means for an engine of others: code that was loaded
 * can change what this process does next, the second stage included, so only
 * the first one holds an engine that was malicious from the start.  It can
 * read what the user of the server can read; it cannot send it anywhere but
 * in the bytes of templates.  The second one holds an engine that a picture
 * took over.
 *
 * Under a sanitizer the lists are wider (what its runtime calls to work and
 * to print a report) and memory is not bounded, because its shadow takes
 * terabytes of address space.
 *
 * SANDBOX  the system refuses; the caller must not go on
 */
YF_CHECKED yf_err yf_cage_approach(uint64_t memory_len_max);
YF_CHECKED yf_err yf_cage_enter(void);

/*
 * Narrower still, to measure an engine in: writing, futex, clock, memory and
 * exit; after yf_cage_hold_memory() no memory either.  Between the two the
 * caller can take what its allocator has in stock.
 */
YF_CHECKED yf_err yf_cage_seal(void);
YF_CHECKED yf_err yf_cage_hold_memory(void);

/* Is this a build with a sanitizer? */
bool yf_cage_is_wide(void);
