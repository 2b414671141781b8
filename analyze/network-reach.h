/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETWORK_REACH_H
#define NETWORK_REACH_H
/* Everything that may speak with a class of endpoints, at once. Sets of ports are kept once and known by number. */
#include "network-verdict.h"

enum { REACH_NONE, REACH_ALL }; /* numbers of the empty and the full set */

struct net_reach;
/* Works on the model until it is gone; its memory is the model's. */
struct net_reach *net_reach_new(struct net *net);
struct set net_reach_set(const struct net_reach *r, uint32_t id);
uint32_t net_reach_union(struct net_reach *r, uint32_t x, uint32_t y);

/* Steps done so far, for those who must end in bounded time: some hundred millions a second. */
uint64_t net_reach_work(const struct net_reach *r);

/* Whether every pod reaches every other on all ports: nothing holds policies in, or there is none. */
bool net_reach_all(const struct net_reach *r);

/* For every class the ports that its endpoints reach on those of class `to`: `out` has net->n_classes numbers. Finished pods reach
 * nothing. Between a pod and the network of a node the answer is for pods that share a node where any do. */
void net_reach_row(struct net_reach *r, uint32_t to, uint32_t *out);
/* The same as far as the receiver's ingress goes: what senders may send is not asked. */
void net_reach_in(struct net_reach *r, uint32_t to, uint32_t *out);
/* Ports on which class `to` lets in a pod that carries no label, of a namespace that carries none but those the API server sets. */
uint32_t net_reach_stranger(struct net_reach *r, uint32_t to);

/* Addresses outside and the ports they reach on a class (NET_INGRESS), or that it reaches there (NET_EGRESS): one entry for each
 * different set of ports, only those that reach anything. */
struct net_outside {
	uint32_t ports;
	struct set addresses;
};
size_t net_reach_outside(struct net_reach *r, uint32_t class, int direction, const struct net_outside **out);

/* Rules that let `from` reach `to` on any of these ports: calls `each` for both directions. Parties may be addresses. */
typedef void net_each_rule(void *ctx, const struct net_policy *p, struct net_rule *rule, int direction);
void net_reach_by(struct net_reach *r, const struct net_party *from, const struct net_party *to, struct set ports, net_each_rule *each, void *ctx);
#endif
