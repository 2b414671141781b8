// SPDX-License-Identifier: Apache-2.0
// What the outside can reach: workloads behind load balancers, node ports, external addresses, ingresses and routes, and those
// on ports of their node. Which workloads a service leads to is derive-service.c's.
#include "derive-workload.h"

/* "Outside" is what the object says: an internal load balancer or one that admits private addresses only is not. */
#define PRIVATE(address)                                                                                                      \
	"(" address " GLOB '10.*' OR " address " GLOB '192.168.*' OR " address " GLOB '172.1[6-9].*' OR " address              \
	" GLOB '172.2[0-9].*' OR " address " GLOB '172.3[01].*' OR " address " GLOB '127.*' OR " address                       \
	" GLOB '[fF][cCdD][0-9a-fA-F]*:*' OR " address " GLOB '169.254.*')"
#define BALANCER_OUTSIDE                                                                                                      \
	"NOT s.internal AND (s.source_ranges IS NULL OR EXISTS (SELECT 1 FROM json_each(s.source_ranges) x WHERE NOT " PRIVATE("x.value") "))"
/* https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/ (scheme),
 * https://cloud.google.com/kubernetes-engine/docs/concepts/ingress-ilb (class) */
#define INGRESS_OUTSIDE                                                                                                       \
	"NOT EXISTS (SELECT 1 FROM annotation a WHERE a.thing = i.thing AND ((a.key = 'alb.ingress.kubernetes.io/scheme' AND a.value = 'internal') "  \
	"OR (a.key = 'appgw.ingress.kubernetes.io/use-private-ip' AND a.value = 'true'))) AND i.class IS NOT 'gce-internal'"

static const char *const steps[] = {
	"INSERT INTO exposure(workload, through, type, outside, host, port) "
	"SELECT sw.workload, s.thing, 'load-balancer', " BALANCER_OUTSIDE ", json_extract(s.load_balancer, '$[0]'), p.port "
	"FROM service s JOIN service_workload sw ON sw.service = s.thing LEFT JOIN service_port p ON p.service = s.thing "
	"WHERE s.type = 'LoadBalancer' GROUP BY s.thing, sw.workload, p.port ORDER BY s.thing, sw.workload, min(p.rowid)",

	/* A load balancer's node ports are meant for it: as far outside as the balancer. */
	"INSERT INTO exposure(workload, through, type, outside, port) "
	"SELECT sw.workload, s.thing, 'node-port', s.type = 'NodePort' OR (" BALANCER_OUTSIDE "), p.node_port "
	"FROM service s JOIN service_workload sw ON sw.service = s.thing JOIN service_port p ON p.service = s.thing "
	"WHERE s.type IN ('NodePort', 'LoadBalancer') AND p.node_port IS NOT NULL "
	"GROUP BY s.thing, sw.workload, p.node_port ORDER BY s.thing, sw.workload, min(p.rowid)",

	"INSERT INTO exposure(workload, through, type, outside, host, port) "
	"SELECT sw.workload, s.thing, 'external-ip', 1, x.value, p.port "
	"FROM service s JOIN service_workload sw ON sw.service = s.thing JOIN json_each(s.external_ips) x LEFT JOIN service_port p ON p.service = s.thing "
	"WHERE s.external_ips != '[]' GROUP BY s.thing, sw.workload, x.key, p.port ORDER BY s.thing, sw.workload, x.key, min(p.rowid)",

	"INSERT INTO exposure(workload, through, type, outside, host, port, tls) "
	"SELECT sw.workload, i.thing, iif(t.type = 'Ingress', 'ingress', 'route'), " INGRESS_OUTSIDE ", r.host, r.port, r.tls "
	"FROM ingress i JOIN thing t ON t.id = i.thing JOIN ingress_rule r ON r.ingress = i.thing "
	"JOIN service s ON s.cluster = i.cluster AND s.namespace = coalesce(r.service_namespace, i.namespace) AND s.name = r.service "
	"JOIN service_workload sw ON sw.service = s.thing "
	"GROUP BY i.thing, sw.workload, r.host, r.port, r.tls ORDER BY i.thing, min(r.rowid), sw.workload",

	"INSERT INTO exposure(workload, through, type, outside, tls) "
	"SELECT sw.workload, i.thing, 'ingress', " INGRESS_OUTSIDE ", i.tls > 0 FROM ingress i "
	"JOIN service s ON s.cluster = i.cluster AND s.namespace = i.namespace AND s.name = i.default_service "
	"JOIN service_workload sw ON sw.service = s.thing ORDER BY i.thing, sw.workload",

	"INSERT INTO exposure(workload, through, type, outside, host, port) "
	"SELECT w.thing, w.thing, 'host-port', p.host_ip IS NULL OR NOT (" PRIVATE("p.host_ip") " OR p.host_ip = '::1'), p.host_ip, p.host_port "
	"FROM workload w JOIN container c ON c.workload = w.thing JOIN container_port p ON p.container = c.thing "
	"WHERE NOT w.host_network AND p.host_port IS NOT NULL "
	"GROUP BY w.thing, p.host_ip, p.host_port ORDER BY w.thing, min(p.rowid)",

	/* One row per port, whatever the protocols. Without a declared port the object does not say that anything listens. */
	"INSERT INTO exposure(workload, through, type, outside, port) "
	"SELECT w.thing, w.thing, 'host-network', p.port IS NOT NULL, p.port "
	"FROM workload w LEFT JOIN container c ON c.workload = w.thing AND EXISTS (SELECT 1 FROM container_port x WHERE x.container = c.thing) "
	"LEFT JOIN container_port p ON p.container = c.thing WHERE w.host_network "
	"GROUP BY w.thing, p.port ORDER BY w.thing, min(p.rowid)",
	NULL,
};

int derive_exposures(struct db *db, struct err *e)
{
	return db_exec_all(db, steps, e);
}
