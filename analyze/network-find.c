// SPDX-License-Identifier: Apache-2.0
// Finds namespaces, nodes, pods and workloads in the model of a network: by name, and by the addresses that they have.
#include "network-load.h"

#include <stdlib.h>

struct net_space *net_find_space(const struct net *net, struct span name)
{
	size_t low = 0, high = net->n_spaces;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int c = span_cmp(span_of(net->spaces[mid].name), name);

		if (c == 0)
			return &net->spaces[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct net_node *net_find_node(const struct net *net, struct span name)
{
	size_t low = 0, high = net->n_nodes;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int c = span_cmp(span_of(net->nodes[mid].name), name);

		if (c == 0)
			return &net->nodes[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct net_endpoint *net_find(const struct net *net, struct span namespace, struct span name)
{
	const struct net_space *sp = net_find_space(net, namespace);
	size_t low, high;

	if (!sp || !sp->n)
		return NULL;
	low = sp->first;
	high = sp->first + sp->n;
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (span_cmp(span_of(net->endpoints[mid].name), name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < sp->first + sp->n && span_eq(name, net->endpoints[low].name) ? &net->endpoints[low] : NULL;
}

static int by_address(const void *x, const void *y)
{
	const struct net_holder *a = x, *b = y;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return a->pod < b->pod ? -1 : a->pod > b->pod;
}

/* Of a workload, pods that run come before those that are done. */
static int by_workload(const void *x, const void *y)
{
	const struct net_endpoint *a = *(const struct net_endpoint *const *)x, *b = *(const struct net_endpoint *const *)y;

	if (a->workload != b->workload)
		return a->workload < b->workload ? -1 : 1;
	if (a->finished != b->finished)
		return a->finished - b->finished;
	return a < b ? -1 : a > b;
}

void net_index(struct net *net)
{
	size_t n = 0;

	for (size_t i = 0; i < net->n_nodes; i++)
		n += net->nodes[i].n_addresses;
	for (size_t i = 0; i < net->n_endpoints; i++)
		n += net->endpoints[i].n_addresses;
	net->holders = arena_array(&net->arena, n, sizeof(*net->holders));
	net->by_workload = arena_array(&net->arena, net->n_endpoints, sizeof(*net->by_workload));
	for (size_t i = 0; i < net->n_nodes; i++)
		for (size_t k = 0; k < net->nodes[i].n_addresses; k++)
			net->holders[net->n_holders++] = (struct net_holder){net->nodes[i].addresses[k], &net->nodes[i], NULL};
	for (size_t i = 0; i < net->n_endpoints; i++) {
		const struct net_endpoint *p = &net->endpoints[i];

		net->by_workload[i] = p;
		for (size_t k = 0; k < p->n_addresses; k++)
			net->holders[net->n_holders++] = (struct net_holder){p->addresses[k], NULL, p};
	}
	if (net->n_holders)
		qsort(net->holders, net->n_holders, sizeof(*net->holders), by_address);
	if (net->n_endpoints)
		qsort(net->by_workload, net->n_endpoints, sizeof(*net->by_workload), by_workload);
}

const struct net_endpoint *net_find_workload(const struct net *net, int64_t workload)
{
	size_t low = 0, high = net->n_endpoints;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (net->by_workload[mid]->workload < workload)
			low = mid + 1;
		else
			high = mid;
	}
	return workload && low < net->n_endpoints && net->by_workload[low]->workload == workload && !net->by_workload[low]->finished ? net->by_workload[low] : NULL;
}

/* What one holder adds to what is known of an address. `host`: a pod in the network of its node that has it; `hosts`: pods of several nodes. */
static void add_holder(struct net_owner *o, const struct net_holder *h, const struct net_endpoint **host, bool *hosts)
{
	const struct net_endpoint *p = h->pod;

	if (h->node) {
		o->shared |= o->node && o->node != h->node;
		o->node = h->node;
	} else if (p->host_network) {
		*hosts |= *host && p->node_name && (*host)->node_name && strcmp(p->node_name, (*host)->node_name) != 0;
		if (!*host || !(*host)->node_name)
			*host = p;
	} else if (p->finished) {
		o->was = true;
	} else {
		o->shared |= o->pod && o->pod != p;
		o->pod = p;
	}
}

struct net_owner net_find_address(const struct net *net, wide address)
{
	struct net_owner o = {0};
	const struct net_endpoint *host = NULL;
	bool hosts = false;
	size_t low = 0, high = net->n_holders;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (net->holders[mid].address < address)
			low = mid + 1;
		else
			high = mid;
	}
	o.at = net->holders + low;
	while (low + o.n < net->n_holders && o.at[o.n].address == address)
		add_holder(&o, &o.at[o.n++], &host, &hosts);
	if (!o.node)
		o.shared |= hosts;
	o.shared |= o.pod && (o.node || host);
	o.host = host && !o.node && !o.shared;
	if (o.shared)
		o.pod = NULL, o.node = NULL;
	return o;
}
