/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_FILES_H
#define NODE_FILES_H
/* What node-root.c and node-files.c share; callers elsewhere use node-root.h. */
#include "node-root.h"
#include "root.h"

struct node {
	struct root root;
	struct arena *a;
	node_each *each;
	void *ctx;
	struct buf *missing;
	const char *name;
	struct span hostname, kubelet_config;
	struct json processes; /* array */
	bool proc;	       /* there are processes in /proc */
	struct json *kubelet, *docker; /* configurations; NULL: none */
};
/* A flag of a running component; absent span when it was not given. */
struct span node_flag(const struct node *n, const char *component, const char *flag);
void node_missing(struct node *n, const char *kind, const char *what);
/* {path, role, present, type, mode, owner, group} of the files that the benchmarks ask about. */
void node_files(struct node *n, struct json *list);
#endif
