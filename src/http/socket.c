#define _GNU_SOURCE
#include "http/socket.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

enum { BACKLOG = 1024 };

/* Host without brackets, port as digits. */
static bool split(const char *address, char *host, size_t host_len,
		  yf_str *port)
{
	const char *colon = strrchr(address, ':');
	yf_str name;
	int64_t number;

	if (!colon)
		return false;
	name = (yf_str){ address, (size_t)(colon - address) };
	*port = yf_str_of(colon + 1);
	if (yf_str_starts(name, YF_STR("[")) && yf_str_ends(name, YF_STR("]")))
		name = (yf_str){ name.ptr + 1, name.len - 2 };
	else if (yf_str_count(name, ':'))
		return false;
	if (!name.len || name.len >= host_len ||
	    !yf_str_to_int(*port, &number) || number < 0 || number > 65535)
		return false;
	snprintf(host, host_len, "%.*s", YF_ARG(name));
	return true;
}

static yf_err open_one(const struct addrinfo *info, int *out)
{
	const int on = 1, off = 0;
	const int fd = socket(info->ai_family,
			      SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return YF_FAIL(IO);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (info->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, info->ai_addr, info->ai_addrlen) != 0 ||
	    listen(fd, BACKLOG) != 0) {
		close(fd);
		return YF_FAIL(IO);
	}
	*out = fd;
	return YF_OK;
}

static uint16_t port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} bound = { .six = { 0 } };
	socklen_t len = sizeof(bound);

	if (getsockname(fd, &bound.any, &len) != 0)
		return 0;
	return ntohs(bound.any.sa_family == AF_INET6 ? bound.six.sin6_port
						     : bound.four.sin_port);
}

yf_err yf_socket_listen(const char *address, int *fd, uint16_t *port)
{
	const struct addrinfo hints = { .ai_flags = AI_PASSIVE,
					.ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	char host[256];
	yf_str service;

	if (!split(address, host, sizeof(host), &service) ||
	    getaddrinfo(host, service.ptr, &hints, &found) != 0) {
		yf_log(YF_LOG_ERROR, "cannot read listen address %s", address);
		return YF_FAIL(CONFIG);
	}
	int opened = -1;
	const yf_err err = open_one(found, &opened);
	if (yf_failed(err))
		yf_log(YF_LOG_ERROR, "cannot listen on %s: %s", address,
		       strerror(errno));
	freeaddrinfo(found);
	YF_TRY(err);
	*port = port_of(opened);
	*fd = opened;
	return YF_OK;
}
