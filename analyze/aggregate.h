/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AGGREGATE_H
#define AGGREGATE_H
#include "common/db.h"
/* Gives cluster roles with an aggregationRule and no rules of their own (manifests, or a cluster whose controller has not run) the rules
 * that Kubernetes would gather into them: matchLabels, matchExpressions, also through roles that gather in turn, circles included. What a
 * cluster has filled in is left as it is. (pkg/controller/clusterroleaggregation) Beyond LIMIT_GATHERED_RULES a problem row says so. */
int aggregate_roles(struct db *db, struct err *e);
#endif
