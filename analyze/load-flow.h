/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_FLOW_H
#define LOAD_FLOW_H
#include "load.h"
/* Observed connections, one a line: flow/hubble and flow/calico (JSON Lines), flow/conntrack (`conntrack -L`), flow/vpc (AWS VPC flow logs).
 * Ends that are addresses become pods in derive-network.c. */
int load_flows(struct load *l, struct source *content, struct err *e);

/* One connection as a line tells it. */
struct flow {
	struct span source, target; /* "namespace/pod" or an address */
	struct span protocol;
	int64_t port, count;
	int allowed; /* 1, 0, -1 not told */
	bool reply;
};
/* Parses one line of a format ("hubble", ...): 1 a flow, 0 nothing of interest, -1 with `e`. Texts live in `a` or in the line. */
int flow_parse(struct arena *a, const char *format, struct span line, struct flow *out, struct err *e);
#endif
