// SPDX-License-Identifier: Apache-2.0
// Which plug-in makes the cluster's network, told by the agents it runs on each node, and whether it enforces policies.
#include "network-load.h"

/* Agents run in the network of their node. The first that is found in this order tells: those that enforce policies stand before those
 * that only carry packets, since sites run both (Flannel with Calico's agent is "Canal"). */
static const struct {
	const char *image; /* end of the image's repository */
	const char *name;
	int enforces;
} agents[] = {
	{"cilium/cilium", "cilium", 1},
	{"cilium", "cilium", 1},
	{"calico/node", "calico", 1},
	{"calico-node", "calico", 1},
	{"antrea/antrea-agent-ubuntu", "antrea", 1},
	{"antrea/antrea-ubuntu", "antrea", 1},
	{"antrea-agent", "antrea", 1},
	{"ovn-kubernetes", "ovn-kubernetes", 1},
	{"ovn-kube", "ovn-kubernetes", 1},
	{"kube-ovn", "kube-ovn", 1},
	{"kube-router", "kube-router", 1},
	{"weave-npc", "weave", 1},
	{"azure-npm", "azure-npm", 1},
	{"aws-network-policy-agent", "aws-vpc-cni", -1}, /* only with --enable-network-policy */
	{"kindnetd", "kindnet", -1},			 /* only newer ones */
	{"amazon-k8s-cni", "aws-vpc-cni", 0},
	{"flannel", "flannel", 0},
	{"flanneld", "flannel", 0},
	{"weave-kube", "weave", 0},
	{"multus-cni", "multus", -1},
};

/* By the workload's name, where the image is mirrored under another. */
static const struct {
	const char *name, *plugin;
	int enforces;
} names[] = {
	{"cilium", "cilium", 1},	   {"anetd", "cilium", 1},		{"calico-node", "calico", 1},
	{"canal", "calico", 1},		   {"antrea-agent", "antrea", 1},	{"ovnkube-node", "ovn-kubernetes", 1},
	{"sdn", "openshift-sdn", 1},	   {"kube-router", "kube-router", 1},	{"weave-net", "weave", 1},
	{"aws-node", "aws-vpc-cni", -1},   {"kindnet", "kindnet", -1},		{"kube-flannel-ds", "flannel", 0},
	{"kube-flannel", "flannel", 0},
};

static size_t rank_of(struct span repository, struct span workload, struct net_plugin *out)
{
	size_t n = sizeof(agents) / sizeof(agents[0]);
	struct span last = span_after_last(repository, '/');

	for (size_t i = 0; i < n; i++)
		if (span_eq(repository, agents[i].image) || span_eq(last, agents[i].image) ||
		    (strchr(agents[i].image, '/') && span_ends(repository, agents[i].image))) {
			*out = (struct net_plugin){.name = agents[i].name, .enforces = agents[i].enforces};
			return i;
		}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_eq(workload, names[i].name)) {
			*out = (struct net_plugin){.name = names[i].plugin, .enforces = names[i].enforces};
			return n + i;
		}
	return SIZE_MAX;
}

int net_find_plugin(struct net *net, struct err *e)
{
	sqlite3_stmt *s = db_stmt(net->db, "SELECT c.image_repository, w.name, t.ref, c.args FROM workload w JOIN container c ON c.workload = w.thing "
					   "JOIN thing t ON t.id = w.thing WHERE w.cluster = ? AND w.host_network AND w.kind IN ('DaemonSet', 'Pod') ORDER BY t.ref, c.ordinal");
	size_t best = SIZE_MAX;
	int rc;

	net->plugin = (struct net_plugin){.enforces = -1};
	db_bind(s, "s", net->cluster);
	while ((rc = db_step(net->db, s, e)) == 1) {
		struct net_plugin found;
		size_t rank = rank_of(db_text(s, 0), db_text(s, 1), &found);

		if (rank == SIZE_MAX)
			continue;
		net->plugin.cilium |= strcmp(found.name, "cilium") == 0;
		net->plugin.calico |= strcmp(found.name, "calico") == 0;
		if (rank >= best)
			continue;
		found.cilium = net->plugin.cilium;
		found.calico = net->plugin.calico;
		best = rank;
		if (strcmp(found.name, "aws-vpc-cni") == 0 && db_text(s, 3).p)
			found.enforces = span_has(db_text(s, 3), "--enable-network-policy=true");
		found.evidence = arena_strndup(&net->arena, db_text(s, 2).p, db_text(s, 2).n);
		net->plugin = found;
	}
	sqlite3_reset(s);
	return rc;
}
