/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_FLOW_H
#define LOAD_FLOW_H
#include "load.h"
/* Observed connections, one a line: kinds flow/<format>, of the formats in flow.c. A line that cannot be read is a problem and costs only itself.
 * Which workloads the ends are derive-flow.c tells. */
int load_flows(struct load *l, struct source *content, struct err *e);
#endif
