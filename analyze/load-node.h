/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_NODE_H
#define LOAD_NODE_H
#include "load.h"
/* Reads facts of nodes ("node/..."), as `plimsoll collect --node` writes them (docs/evidence.md). JSON or YAML, one document a host. */
int load_node_facts(struct load *l, struct source *content, struct err *e);
/* Loads the hosts whose cluster was not told and that load_node_facts() kept back, now that the nodes of all clusters are known: into the one cluster
 * that lists a node of the host's name; else, when no nodes were collected, into the only cluster; else they stay under "cluster". */
int load_node_waiting(struct db *db, struct err *e);
#endif
