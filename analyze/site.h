/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SITE_H
#define SITE_H
/*
 * Which cluster a file of a raw dump belongs to. Each folder that lists namespaces is a cluster of its own, named by the first 8 hex digits
 * of kube-system's uid (unless a name is given); files in or below it belong to it. A bundle names its clusters itself.
 */
#include "common/input.h"

/* What a cluster is called that nothing names. */
#define SITE_CLUSTER_UNKNOWN "cluster"

struct site;
struct site *site_new(const char *cluster_name);
/* Looks through one input for folders that are clusters. */
int site_scan(struct site *s, const char *input, struct err *e);
/* The cluster's name for a member of that input; SITE_CLUSTER_UNKNOWN when nothing tells. Valid as long as the site. */
const char *site_cluster(struct site *s, const char *input, const char *path);
/* The name of the only cluster of all inputs, for what belongs to one and does not say to which; NULL when there are none or several. */
const char *site_only_cluster(const struct site *s);
void site_free(struct site *s);
#endif
