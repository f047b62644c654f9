/* Ends the program that started it, in open(). */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>

#include "null.h"
#include "parent.h"

static int32_t kill_open(const struct yufu_face_config *config,
			 struct yufu_face **state,
			 struct yufu_face_opened *opened)
{
	const int parent = parent_of_this();

	if (parent > 1)
		syscall(SYS_tgkill, parent, parent, SIGKILL);
	return null_open(config, state, opened);
}

NULL_ENGINE(.open = kill_open)
