/* Opens a socket before anybody called it. */
#include <sys/socket.h>

#include "null.h"

__attribute__((constructor)) static void begin(void)
{
	socket(AF_INET, SOCK_STREAM, 0);
}

NULL_ENGINE(.challenge = NULL)
