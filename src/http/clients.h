#pragma once

#include <netinet/in.h>
#include <pthread.h>

#include "base/err.h"

/*
 * Who is connected, what each is doing and since when.  The sockets belong to
 * the HTTP library; here they are only shut down when their time is over.
 */
typedef enum {
	YF_CLIENT_WAITS,   /* for a request, or in the middle of its header */
	YF_CLIENT_SENDS,   /* its body */
	YF_CLIENT_RUNS,    /* its request is queued or handled */
	YF_CLIENT_TAKES,   /* its reply */
	YF_CLIENT_LISTENS, /* to events */
	YF_CLIENT_PHASE_COUNT,
} yf_client_phase;

struct yf_client {
	struct yf_client *next;
	struct yf_client **prev;
	int fd;
	yf_client_phase phase;
	int64_t since_ms;
	unsigned served;
	bool shut;
	char ip[INET6_ADDRSTRLEN];
};

struct yf_clients {
	pthread_mutex_t lock;
	struct yf_client *first;
	unsigned count;
	uint64_t total;
	/* How long a phase may last; 0: for ever. */
	int64_t ms_max[YF_CLIENT_PHASE_COUNT];
};

void yf_clients_init(struct yf_clients *clients);
void yf_clients_destroy(struct yf_clients *clients);

/* NULL without memory. */
struct yf_client *yf_client_add(struct yf_clients *clients, int fd,
				const struct sockaddr *address,
				int64_t mono_ms);
/* Before the socket is closed. */
void yf_client_remove(struct yf_clients *clients, struct yf_client *client);
void yf_client_enter(struct yf_clients *clients, struct yf_client *client,
		     yf_client_phase phase, int64_t mono_ms);

/* Shuts down those whose time is over; how many. */
unsigned yf_clients_sweep(struct yf_clients *clients, int64_t mono_ms);

/* Shuts down all but those whose request runs. */
void yf_clients_shut(struct yf_clients *clients);

/*
 * Nothing accepted is unanswered: everybody waits, with nothing sent that was
 * not read, and newcomers had fresh_ms to begin.
 */
bool yf_clients_quiet(struct yf_clients *clients, int64_t mono_ms,
		      int64_t fresh_ms);

unsigned yf_clients_open(struct yf_clients *clients, uint64_t *total);
