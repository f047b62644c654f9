/* Writes a file in open(). */
#include <fcntl.h>

#include "null.h"

static int32_t write_open(const struct yufu_face_config *config,
			  struct yufu_face **state,
			  struct yufu_face_opened *opened)
{
	open("/tmp/yufu-hostile-engine", O_CREAT | O_WRONLY, 0600);
	return null_open(config, state, opened);
}

NULL_ENGINE(.open = write_open)
