/* Takes the files of the program that started it, in open(). */
#define _GNU_SOURCE
#include <sys/resource.h>

#include "null.h"
#include "parent.h"

static int32_t starve_open(const struct yufu_face_config *config,
			   struct yufu_face **state,
			   struct yufu_face_opened *opened)
{
	const struct rlimit none = { 0, 0 };
	const int parent = parent_of_this();

	if (parent > 1)
		prlimit(parent, RLIMIT_NOFILE, &none, NULL);
	return null_open(config, state, opened);
}

NULL_ENGINE(.open = starve_open)
