/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_WORKLOAD_H
#define DERIVE_WORKLOAD_H
#include "common/db.h"
/* Pods to workloads: pod.workload, workloads of controllers that were not collected and of pods that differ. */
int derive_owners(struct db *db, struct err *e);
/* Counts and effective values: pods, automount, what mounts which secret and claim. After derive_owners. */
int derive_workloads(struct db *db, struct err *e);
/* service_workload. After derive_owners. */
int derive_services(struct db *db, struct err *e);
/* exposure. After derive_services. */
int derive_exposures(struct db *db, struct err *e);
#endif
