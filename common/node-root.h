/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_ROOT_H
#define NODE_ROOT_H
/*
 * Facts of a host from its root directory ("/", or a copy of one): what the CIS benchmarks of Kubernetes and Docker ask about and what its
 * packages are (docs/evidence.md, "Nodes"). Gives documents as they are found: redaction is the caller's.
 */
#include "json.h"

struct node_fact {
	const char *kind; /* "node/files" */
	const char *host; /* the node's name, else the host's */
	struct json *doc; /* with schema, node, hostname; in an arena that is reset behind the call */
	struct arena *arena;
	int64_t time;	  /* modification time of the newest file that was looked at */
};
typedef int node_each(void *ctx, struct node_fact *f, struct err *e);
/* True when a folder looks like the root directory of a cluster's host: os-release, and something of a kubelet, a control plane or /proc. */
bool node_root_is(const char *folder);
/* `name`: what the host is called (NULL: its own kubelet, /etc/hostname or the kernel tell). What cannot be read is added to `*missing`, one
 * line each ("node/processes: Permission denied"). -1: `folder` cannot be opened (ERR_INPUT), or `each` stopped. */
int node_root_read(const char *folder, const char *name, node_each *each, void *ctx, struct buf *missing, struct err *e);
#endif
