/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETWORK_LOAD_H
#define NETWORK_LOAD_H
#include "network-model.h"

/* A pod or workload that a question names. */
struct net_wish {
	struct span namespace, name;
};
/*
 * Reads the network of one cluster. With `wishes` only endpoints of these names and the policies that can hold for them are read: one
 * question over a large cluster is then cheap. `cluster` must outlive the model. 0, or -1 when the environment failed.
 */
int net_load(struct net *net, struct db *db, const char *cluster, const struct net_wish *wishes, size_t n_wishes, struct err *e);
/* Policies beside those of the database. Objects must outlive the model. */
struct net_more {
	const struct json *const *objects; /* each takes the place of the one of its kind, namespace and name */
	size_t n;
	bool replace;	/* and of every other policy that stands in a namespace of one of them */
	size_t unknown; /* out: how many are no policies */
};
int net_load_with(struct net *net, struct db *db, const char *cluster, struct net_more *more, struct err *e);
/* Whether `more` takes the place of the policy that is called so. */
bool net_replaced(const struct net_more *more, struct span kind, struct span namespace, struct span name);
void net_fini(struct net *net);
#define auto_net __attribute__((cleanup(net_fini))) struct net

/* The endpoint called "namespace/name": a pod, else a workload. NULL when there is none. */
const struct net_endpoint *net_find(const struct net *net, struct span namespace, struct span name);
/* A pod of this workload that is not done. NULL when there is none. */
const struct net_endpoint *net_find_workload(const struct net *net, int64_t workload);
/*
 * Whose an address is. At any time it is one pod's, or a node's and that of the pods in its network; evidence that was not collected in one moment,
 * or was written by hand, may have it of several.
 */
struct net_owner {
	const struct net_endpoint *pod; /* has it for itself, and is not done */
	const struct net_node *node;
	bool shared; /* of several: neither is set */
	bool host;   /* of pods in the network of a node that the evidence does not have by this address */
	bool was;    /* pods that are done had it, too */
	const struct net_holder *at; /* all of them */
	size_t n;
};
struct net_owner net_find_address(const struct net *net, wide address);
const struct net_node *net_find_node(const struct net *net, struct span name);
struct net_space *net_find_space(const struct net *net, struct span name);

/* network-find.c: makes endpoints findable by address and workload. */
void net_index(struct net *net);
/* network-plugin.c: who makes the network. */
int net_find_plugin(struct net *net, struct err *e);
/* network-tables.c: tiers, sets of addresses and whatever else policies name. */
int net_load_tables(struct net *net, struct err *e);
/* The stage of a Calico tier, and whether its end passes on. */
double net_tier(const struct net *net, struct span name, bool *passes);
/* Networks of the sets that a Calico selector takes in (NetworkSet, GlobalNetworkSet). `namespace` as for pods. */
struct set net_set_networks(struct net *net, const struct net_selector *s, bool *any);
/* Networks of a CiliumCIDRGroup; false when it is not there. */
bool net_cidr_group(const struct net *net, struct span name, struct set *out);
/* network-class.c: puts endpoints into classes. */
void net_make_classes(struct net *net);
#endif
