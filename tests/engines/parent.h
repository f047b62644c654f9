#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Who asks, by what the first lock allows: it has no getppid(). */
static inline int parent_of_this(void)
{
	char text[512] = "";
	const int fd = open("/proc/self/stat", O_RDONLY);
	const long len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	/* "pid (name) state parent ..." */
	const char *at = len > 0 ? strrchr(text, ')') : NULL;

	if (fd >= 0)
		close(fd);
	return at && strlen(at) > 4 ? atoi(at + 4) : 0;
}
