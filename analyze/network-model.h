/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETWORK_MODEL_H
#define NETWORK_MODEL_H
/*
 * The network of one cluster in memory: who can speak (endpoints), and every policy as ordered rules over peers and ports.
 * network-load.c fills it from the database, network-kubernetes.c, network-cilium.c and network-calico.c read policies into it,
 * network-verdict.c answers questions. Everything lives in the model's arena.
 */
#include "common/db.h"
#include "common/json.h"
#include "network-set.h"
#include "selector.h"

struct net_space { /* a namespace */
	const char *name;
	int64_t thing; /* 0: known by its pods only */
	struct labels labels; /* kubernetes.io/metadata.name included, as the API server sets it */
	size_t first, n;      /* its endpoints */
	uint32_t first_class, n_classes;
};

struct net_node {
	const char *name;
	struct labels labels;
	bool control_plane;
	wide addresses[4];
	size_t n_addresses;
};

/* A name that a container gives a port. */
struct net_port {
	struct span name;
	int protocol;
	uint32_t port;
};
struct net_ports {
	int64_t workload;
	const struct net_port *at;
	size_t n;
};

/* A pod, or the pods that a workload without any would have. */
struct net_endpoint {
	int64_t thing, workload;
	const char *name, *kind, *workload_name, *workload_kind;
	struct net_space *space;
	struct labels labels; /* those that any policy asks for, with what the engines add */
	const char *account;
	const struct net_node *node; /* NULL: not told */
	const char *node_name;
	bool is_pod, host_network, finished;
	wide addresses[4];
	size_t n_addresses;
	int64_t started; /* Unix seconds; 0: not told */
	const struct net_ports *ports;
	uint32_t class; /* endpoints of one class are the same to every policy; NET_NO_CLASS: of none, a pod that is thought up */
};

/* Somebody who has an address, or had it: a node or a pod. */
struct net_holder {
	wide address;
	const struct net_node *node;
	const struct net_endpoint *pod;
};

#define NET_NO_CLASS UINT32_MAX

enum net_action { NET_ALLOW, NET_DENY, NET_PASS, NET_LOG };

/* Peers that have no labels: entities of Cilium. */
enum {
	NET_WORLD4 = 1, NET_WORLD6 = 2, NET_HOST = 4, NET_REMOTE_NODE = 8, NET_PODS = 16, NET_API_SERVER = 32,
	NET_NODES = NET_HOST | NET_REMOTE_NODE,
	NET_CLUSTER = NET_PODS | NET_NODES | NET_API_SERVER,
	NET_WORLD = NET_WORLD4 | NET_WORLD6,
	NET_EVERYTHING = NET_CLUSTER | NET_WORLD
};

enum net_language { NET_KUBERNETES, NET_CILIUM, NET_CALICO, NET_NODE_SELECTOR };

/* A selector of pods as one engine writes it; the same one is kept once. */
struct net_selector {
	enum net_language language;
	const char *namespace;		 /* only pods in this namespace; NULL: in any that the next selects */
	const struct json *spaces, *pods; /* NULL: all (Kubernetes, Cilium) */
	struct span calico_spaces, calico, calico_accounts; /* expressions; absent: all */
	const struct json *accounts;	 /* names of service accounts (Calico); NULL: all */
	struct span key;		 /* its canonical text */
	uint32_t index;			 /* of this selector among all */
};

struct net_peer {
	unsigned entities;
	const struct net_selector *selector; /* NULL: none */
	const struct net_selector *not_selector;
	bool has_nets;			     /* `nets` counts; with a selector both must hold (Calico) */
	bool nets_outside_only;		     /* networks take in no pods and nodes (Cilium) */
	struct set nets;
	struct span domain;		     /* a name that only the site's DNS knows: shown, takes in nothing */
};

struct net_named {
	struct span name;
	int protocol; /* -1: whichever the port has */
};

struct net_rule {
	enum net_action action;
	bool any_peer;
	const struct net_peer *peers;
	size_t n_peers;
	struct set ports; /* by number */
	struct net_named *named;
	size_t n_named;
	const struct net_selector *self; /* further condition on the pod the policy holds for (Calico); NULL: none */
	bool layer7;	  /* what passes is looked at by a proxy too */
	const char *pointer; /* in the policy's object: "/spec/ingress/0" */
	const char *text;    /* policy and rule as JSON text, kept by who lists rules; NULL: not yet */
	uint32_t set_id;     /* of `ports` among network-reach.c's sets, plus 1; 0: not yet */
};

enum { NET_INGRESS, NET_EGRESS };
extern const char *const net_direction[2]; /* "ingress", "egress" */

struct net_rules {
	bool applies;  /* the policy speaks of this direction */
	bool isolates; /* and what its stage does not allow is denied */
	struct net_rule *at;
	size_t n, cap;
};

/*
 * Policies are asked in the order of stage, order, name. A rule that takes in the traffic decides: allow or deny end the search, pass
 * goes on to the next stage. At the end of a stage where an isolating policy holds for the pod, traffic is denied (or, with
 * `passes` of the stage, goes on). After the last stage it is allowed.
 */
#define NET_STAGE_ADMIN 1000.0		/* AdminNetworkPolicy, and Calico's tier of that name */
#define NET_STAGE_DEFAULT 1000000.0	/* NetworkPolicy, Cilium's, Calico's tier "default" */
#define NET_STAGE_BASELINE 10000000.0	/* BaselineAdminNetworkPolicy */

struct net_policy {
	int64_t thing;
	const char *namespace, *name, *kind, *ref; /* kind as refs name it; namespace "" for a policy of the cluster */
	double stage, order;
	bool stage_passes; /* its tier's default action is Pass */
	const struct net_selector *subject;
	struct net_rules rules[2];
	size_t index; /* in net.policies, once sorted */
};

struct net_problem {
	int64_t thing;
	const char *pointer, *message;
	bool unread; /* nothing is wrong with it, but no plug-in reads it */
};

/* The policies that hold for an endpoint in one direction, in their order. */
struct net_applied {
	const struct net_policy *const *at;
	size_t n;
	uint32_t profile; /* the same number for the same list */
};

struct net_class {
	const struct net_endpoint *first; /* stands for all */
	size_t n;
	bool known[2];
	struct net_applied applied[2];
};

/* The plug-in that makes the network, as its pods tell it. */
struct net_plugin {
	const char *name;     /* "calico", "cilium", "flannel", ...; NULL: nothing tells */
	const char *evidence; /* ref of the workload that tells */
	int enforces;	      /* 1 policies hold, 0 they are ignored, -1 not known */
	bool cilium, calico;  /* their agents run, whichever of them makes the network */
};

struct net {
	struct db *db;
	const char *cluster;
	struct arena arena;
	struct net_space *spaces;	/* by name */
	struct net_node *nodes;		/* by name */
	struct net_endpoint *endpoints; /* by namespace, name, kind */
	struct net_holder *holders;	/* by address */
	const struct net_endpoint **by_workload; /* the endpoints once more */
	size_t n_holders;
	struct net_policy **policies;	/* in the order that they are asked */
	struct net_selector **selectors;
	struct net_class *classes;
	struct net_problem *problems;
	size_t n_spaces, n_nodes, n_endpoints, n_policies, n_selectors, n_classes, n_problems;
	size_t cap_policies, cap_selectors, cap_problems;
	size_t *selector_slots, n_slots; /* hash of selectors by key */
	struct set all_ports;
	struct net_plugin plugin;
	bool has_cilium, has_calico;
	struct net_keys *keys; /* label keys that policies ask for; NULL: all */
	struct net_tables *tables; /* named objects that policies point at */
	uint32_t n_profiles;
	const uint64_t **selector_classes; /* by selector; NULL: not asked for yet */
	size_t n_selector_classes;
	struct net_profiles *profiles;
	struct range *marks; /* where networks of policies begin and end, sorted; only `from` counts */
	size_t n_marks;
	struct net_policy **by_space; /* policies by the namespace they hold in, "" first, each in order */
};

/* Grows an array of the model by one: the new item, zeroed. */
#define NET_GROW(net, array, n, cap) ((n) == (cap) ? (void)((array) = arena_room(&(net)->arena, (array), (n), &(cap), sizeof(*(array)))) : (void)0, &(array)[(n)++])

/* A new policy; the loader has set what the object says of itself. */
struct net_policy *net_policy_add(struct net *net, const struct net_policy *like);
struct net_rule *net_rule_add(struct net *net, struct net_rules *rules, const char *pointer);
/* The one selector of its kind (`like` is compared by its texts). */
const struct net_selector *net_selector(struct net *net, const struct net_selector *like);
/* Notes what is wrong in a policy. The rest of it counts. */
void net_problem(struct net *net, const struct net_policy *p, const char *pointer, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
#define NET_PROBLEMS_MAX 100 /* of one policy */
#endif
