/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETWORK_VERDICT_H
#define NETWORK_VERDICT_H
/*
 * What the policies say of one connection. Traffic passes when the sender's egress and the receiver's ingress both let it.
 *
 * Where the specification leaves room, this is what holds here (docs/network.md):
 * - a pod always reaches itself, and a pod and its own node always reach each other;
 * - pods in the network of their node are that node: no policy of pods holds for them, selectors do not take them in, networks do by the
 *   node's address;
 * - networks (ipBlock) take in pods by their address, as the conformance tests of Kubernetes have it; with Cilium only what is outside.
 *   Of a pod whose address is not known only a rule for every IPv4 address is known to take it in, and of IPv6 where an end of both
 *   families asks in that one.
 */
#include "network-class.h"

/* One end of a connection: a pod (or workload), a node, or any other address. */
struct net_party {
	const struct net_endpoint *pod;
	const struct net_node *node; /* also of a pod in its network */
	wide address;		     /* counts when neither is set; else what the pod or node was called by, 0: not by an address */
	unsigned family;	     /* only addresses of this family count; 0: all */
};

/* A connection is of one family. Where an end has addresses of both, traffic passes when policies let it pass in a family that both ends
 * have: what they deny in one family alone still passes in the other. */
enum { NET_IPV4 = 1, NET_IPV6 = 2, NET_BOTH = NET_IPV4 | NET_IPV6 };
/* The families in which to ask; 0: ask once, whatever the family (no end has both, no policy names a network, or nothing is in common). */
unsigned net_families(const struct net *net, const struct net_party *a, const struct net_party *b);

/* What a step of the evaluation came to, for those who ask why. */
struct net_step {
	const struct net_policy *policy; /* NULL: no policy spoke (`text` says why) */
	const struct net_rule *rule;	 /* NULL: the end of the stage of an isolating policy */
	int direction;
	bool allows;
	const char *text;
};
struct net_answer {
	bool allowed;
	bool direction[2];
	struct net_step step[2]; /* what decided in each direction */
	unsigned family;	 /* in which it decided; 0: in any */
};

struct net_party net_party_pod(const struct net_endpoint *p);
/* `port` counts for TCP, UDP and SCTP. */
void net_ask(struct net *net, const struct net_party *from, const struct net_party *to, int protocol, uint32_t port, struct net_answer *out);

/* Whether a rule speaks of the other end, whatever the port; and of this port when the connection goes to `to`. */
bool net_rule_takes_peer(struct net *net, const struct net_rule *r, const struct net_party *self, const struct net_party *other);
bool net_rule_takes_port(const struct net_rule *r, const struct net_party *to, int protocol, uint32_t port);
/* Ports of a rule as they are at the receiving end: numbers, and names resolved there. */
struct set net_rule_ports(struct arena *a, const struct net_rule *r, const struct net_endpoint *to);
/* Why policies have no say: the same pod, a pod and its node, a pod in its node's network; NULL: they have. */
const char *net_beyond_policy(const struct net_party *self, const struct net_party *other);
#endif
