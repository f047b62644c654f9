#pragma once

#include "base/err.h"

#include <stdint.h>

/*
 * A listening socket of "127.0.0.1:8080", "[::]:8080" or "localhost:0".
 * "[::]" takes IPv4 too.  CONFIG, IO
 */
YF_CHECKED yf_err yf_socket_listen(const char *address, int *fd,
				   uint16_t *port);
