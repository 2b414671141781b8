/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETWORK_H
#define NETWORK_H
/* What the subcommands of `plimsoll network` share; each is one file network-<name>.c. */
#include "network-load.h"
#include "network-verdict.h"
#include "common/opts.h"

struct network_options {
	const char *cluster, *from, *to, *batch, *format, *namespace, *output, *by;
	const char *protocol;
	bool replace;	 /* whatif: policies that stand in the namespaces of the files' are gone */
	bool all;	 /* no bounds on what is listed */
	bool unused, unexpected, summary; /* flows: what to list in place of them */
	const struct opt_list *rest; /* operands behind the subcommand's name */
	struct db *db;
};

/* 0 done (or 1: differences or a refusal that the exit code tells), -1 with `e`. */
typedef int network_command(const struct network_options *o, struct err *e);
network_command network_reach, network_can, network_explain, network_exposures, network_isolation, network_lint, network_generate, network_whatif,
	network_diff, network_flows;
/* Also for reach --format dot|svg. */
network_command network_picture;

/* The one cluster that is asked about: --cluster, else the only one that has pods. In `room`. */
int network_cluster(const struct network_options *o, char room[static 512], struct err *e);

/* One end of a question: "ns/pod" or an address. ERR_INPUT names what there is not, and says when several have the address. */
int network_party(const struct net *net, struct span text, struct net_party *out, struct err *e);
/* One end of a flow whose place is not ambiguous: as above, and where that is no pod that is there, or now another workload's, any pod of the workload that
 * it is known to be of (0: none). -1: not known. */
int network_flow_party(const struct net *net, struct span text, int64_t workload, struct net_party *out);
/* "ns/name" split; false for an address. */
bool network_split(struct span text, struct net_wish *out);
/* "TCP", "80"; "http" is a name of a port of the target. ERR_USAGE or ERR_INPUT. */
int network_port(const struct net_party *to, struct span protocol, struct span port, int *out_protocol, uint32_t *out_port, struct err *e);
/* Writes {"namespace":…,"kind":…,"name":…} of an endpoint's workload or pod. */
void network_json_endpoint(struct buf *b, const struct net_endpoint *p, bool as_workload);
/* The policy and rule of a step as one text: "shop/NetworkPolicy/web /spec/ingress/0". */
void network_rule_text(struct buf *b, const struct net_policy *p, const struct net_rule *r, int direction);
/* What a reader must know first: that policies are not enforced. To stderr, once. */
void network_warn_plugin(const struct net *net);
#endif
