/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETWORK_LIST_H
#define NETWORK_LIST_H
/* Workloads as units of what is listed and drawn: endpoints of one controller, whatever classes they are of. */
#include "network-reach.h"
#include "network.h"

struct net_unit {
	const struct net_endpoint *first;
	uint32_t *classes;
	size_t n;	/* classes */
	size_t pods;	/* endpoints; finished pods left out */
};
struct net_units {
	struct net_unit *at; /* by namespace, kind, name */
	size_t n;
};
void net_units_find(struct net *net, struct net_units *out);
#endif
