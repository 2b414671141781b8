/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_NODE_H
#define LOAD_NODE_H
#include "load.h"
/* Reads facts of nodes ("node/..."), as `plimsoll collect --node` writes them (docs/evidence.md). JSON or YAML, one document a host. */
int load_node_facts(struct load *l, struct source *content, struct err *e);
#endif
