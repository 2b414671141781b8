/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_FLOW_H
#define DERIVE_FLOW_H
#include "network-reach.h"
/* What the flows of a cluster mean: which workloads and places their ends are, whether policies permit them, what they cover, and what policies
 * allow that none used (tables flow, flow_cover, flow_unused). `internet`: the public addresses. */
int derive_flows(struct net *net, struct net_reach *reach, struct set internet, struct err *e);

/* derive-unused.c: fills flow_unused, once the ends are known and the cover is. */
int derive_unused(struct net *net, struct net_reach *reach, struct err *e);
#endif
