// SPDX-License-Identifier: Apache-2.0
// What workloads amount to together: pods counted, service accounts resolved, secrets' and claims' use. Owners are derive-owner.c's.
#include "derive-workload.h"

/* Containers that mount a secret or config map, and those that read it as environment. */
#define MOUNTED(table, part)                                                                                                  \
	"UPDATE " table " SET mounted = n.containers FROM "                                                                   \
	"(SELECT w.cluster, w.namespace, p.name, count(DISTINCT c.thing) AS containers "                                      \
	"FROM volume_part p JOIN volume v ON v.id = p.volume JOIN workload w ON w.thing = v.workload "                        \
	"JOIN container c ON c.workload = v.workload JOIN container_mount m ON m.container = c.thing AND m.volume = v.name "  \
	"WHERE p.type = '" part "' GROUP BY 1, 2, 3) n "                                                                      \
	"WHERE n.cluster = " table ".cluster AND n.namespace = " table ".namespace AND n.name = " table ".name"
#define AS_ENV(table, sources)                                                                                                \
	"UPDATE " table " SET as_env = n.containers FROM "                                                                    \
	"(SELECT w.cluster, w.namespace, v.source_name AS name, count(DISTINCT c.thing) AS containers "                       \
	"FROM container_env v JOIN container c ON c.thing = v.container JOIN workload w ON w.thing = c.workload "             \
	"WHERE v.source IN (" sources ") AND v.source_name IS NOT NULL GROUP BY 1, 2, 3) n "                                  \
	"WHERE n.cluster = " table ".cluster AND n.namespace = " table ".namespace AND n.name = " table ".name"

static const char *const steps[] = {
	"UPDATE workload SET pods = n.pods, running = n.running FROM "
	"(SELECT workload, count(*) AS pods, sum(phase IS 'Running') AS running FROM pod WHERE workload IS NOT NULL GROUP BY workload) n "
	"WHERE n.workload = workload.thing",

	"UPDATE workload SET automount = coalesce(automount_pod, (SELECT coalesce(a.automount, 1) FROM service_account a "
	"WHERE a.cluster = workload.cluster AND a.namespace = workload.namespace AND a.name = workload.service_account))",

	"UPDATE service_account SET workloads = n.workloads FROM "
	"(SELECT cluster, namespace, service_account AS name, count(*) AS workloads FROM workload GROUP BY 1, 2, 3) n "
	"WHERE n.cluster = service_account.cluster AND n.namespace = service_account.namespace AND n.name = service_account.name",

	MOUNTED("secret", "secret"),
	MOUNTED("config_map", "configMap"),
	AS_ENV("secret", "'secretKeyRef', 'secretRef'"),
	AS_ENV("config_map", "'configMapKeyRef', 'configMapRef'"),

	"UPDATE persistent_volume_claim SET workloads = n.workloads FROM "
	"(SELECT w.cluster, w.namespace, v.source AS name, count(DISTINCT w.thing) AS workloads "
	"FROM volume v JOIN workload w ON w.thing = v.workload WHERE v.type = 'persistentVolumeClaim' AND v.source IS NOT NULL GROUP BY 1, 2, 3) n "
	"WHERE n.cluster = persistent_volume_claim.cluster AND n.namespace = persistent_volume_claim.namespace AND n.name = persistent_volume_claim.name",

	/* Claims made from a StatefulSet's template are named TEMPLATE-SET-ORDINAL. */
	"UPDATE persistent_volume_claim AS c SET workloads = workloads + 1 FROM "
	"(SELECT w.cluster, w.namespace, v.name || '-' || w.name AS stem FROM volume v JOIN workload w ON w.thing = v.workload "
	"WHERE v.type = 'persistentVolumeClaim' AND v.source IS NULL AND w.kind = 'StatefulSet') n "
	"WHERE n.cluster = c.cluster AND n.namespace = c.namespace AND n.stem = rtrim(rtrim(c.name, '0123456789'), '-')",
	NULL,
};

int derive_workloads(struct db *db, struct err *e)
{
	return db_exec_all(db, steps, e);
}
