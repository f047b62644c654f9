#define _DEFAULT_SOURCE
#include "http/clients.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

void yf_clients_init(struct yf_clients *clients)
{
	memset(clients, 0, sizeof(*clients));
	pthread_mutex_init(&clients->lock, NULL);
}

void yf_clients_destroy(struct yf_clients *clients)
{
	pthread_mutex_destroy(&clients->lock);
}

static void write_ip(const struct sockaddr *address, char *out, size_t len)
{
	const void *ip = NULL;
	int family = address ? address->sa_family : AF_UNSPEC;

	if (family == AF_INET) {
		ip = &((const struct sockaddr_in *)(const void *)address)
			      ->sin_addr;
	} else if (family == AF_INET6) {
		const struct in6_addr *six =
			&((const struct sockaddr_in6 *)(const void *)address)
				 ->sin6_addr;
		ip = six;
		/* One who came by IPv4 to a dual socket is the same client. */
		if (IN6_IS_ADDR_V4MAPPED(six)) {
			family = AF_INET;
			ip = &six->s6_addr[12];
		}
	}
	if (!ip || !inet_ntop(family, ip, out, (socklen_t)len))
		snprintf(out, len, "unknown");
}

struct yf_client *yf_client_add(struct yf_clients *clients, int fd,
				const struct sockaddr *address, int64_t mono_ms)
{
	struct yf_client *client = calloc(1, sizeof(*client));

	if (!client)
		return NULL;
	client->fd = fd;
	client->since_ms = mono_ms;
	write_ip(address, client->ip, sizeof(client->ip));
	pthread_mutex_lock(&clients->lock);
	client->next = clients->first;
	client->prev = &clients->first;
	if (client->next)
		client->next->prev = &client->next;
	clients->first = client;
	clients->count++;
	clients->total++;
	pthread_mutex_unlock(&clients->lock);
	return client;
}

void yf_client_remove(struct yf_clients *clients, struct yf_client *client)
{
	pthread_mutex_lock(&clients->lock);
	*client->prev = client->next;
	if (client->next)
		client->next->prev = client->prev;
	clients->count--;
	pthread_mutex_unlock(&clients->lock);
	free(client);
}

void yf_client_enter(struct yf_clients *clients, struct yf_client *client,
		     yf_client_phase phase, int64_t mono_ms)
{
	pthread_mutex_lock(&clients->lock);
	client->phase = phase;
	client->since_ms = mono_ms;
	client->served += phase == YF_CLIENT_WAITS;
	pthread_mutex_unlock(&clients->lock);
}

static void shut(struct yf_client *client)
{
	client->shut = true;
	shutdown(client->fd, SHUT_RDWR);
}

unsigned yf_clients_sweep(struct yf_clients *clients, int64_t mono_ms)
{
	unsigned count = 0;

	pthread_mutex_lock(&clients->lock);
	for (struct yf_client *at = clients->first; at; at = at->next) {
		const int64_t ms_max = clients->ms_max[at->phase];
		if (!ms_max || at->shut || mono_ms - at->since_ms < ms_max)
			continue;
		shut(at);
		count++;
	}
	pthread_mutex_unlock(&clients->lock);
	return count;
}

void yf_clients_shut(struct yf_clients *clients)
{
	pthread_mutex_lock(&clients->lock);
	for (struct yf_client *at = clients->first; at; at = at->next)
		if (at->phase != YF_CLIENT_RUNS && !at->shut)
			shut(at);
	pthread_mutex_unlock(&clients->lock);
}

static bool is_quiet(const struct yf_client *client, int64_t mono_ms,
		     int64_t fresh_ms)
{
	int unread = 0;

	if (client->phase != YF_CLIENT_WAITS)
		return false;
	if (!client->served && mono_ms - client->since_ms < fresh_ms)
		return false;
	return client->shut || ioctl(client->fd, FIONREAD, &unread) != 0 ||
	       unread == 0;
}

bool yf_clients_quiet(struct yf_clients *clients, int64_t mono_ms,
		      int64_t fresh_ms)
{
	bool quiet = true;

	pthread_mutex_lock(&clients->lock);
	for (struct yf_client *at = clients->first; at && quiet; at = at->next)
		quiet = is_quiet(at, mono_ms, fresh_ms);
	pthread_mutex_unlock(&clients->lock);
	return quiet;
}

unsigned yf_clients_open(struct yf_clients *clients, uint64_t *total)
{
	pthread_mutex_lock(&clients->lock);
	const unsigned count = clients->count;
	*total = clients->total;
	pthread_mutex_unlock(&clients->lock);
	return count;
}
