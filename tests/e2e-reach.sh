#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From objects to what stands behind what: service selectors, network policies, exposures, use of secrets.
. "$(dirname "$0")/lib.sh"
DB=${TMPDIR:-/tmp}/reach.db
q() { sqlite3 "$DB" "$1"; }
"$PLIMSOLL" analyze -o "$DB" tests/fixtures/kubernetes/reach.yaml > /dev/null
ok "exit code" "$?" 0

ok "services" "$(q "SELECT s.namespace || '/' || s.name || ' ' || w.name FROM service_workload x JOIN service s ON s.thing = x.service
	JOIN workload w ON w.thing = x.workload ORDER BY 1")" "other/mixed web
shop/node db
shop/private db
shop/public web
shop/web web"
# agent is in the network of its node: no policy holds for it.
ok "policies" "$(q "SELECT p.name || ' ' || w.namespace || '/' || w.name FROM network_policy_workload x JOIN network_policy p ON p.thing = x.policy
	JOIN workload w ON w.thing = x.workload ORDER BY 1")" "all shop/db
all shop/web
calico other/web
everywhere other/web
everywhere shop/web
front shop/web
not-web shop/db
place other/web"
ok "exposures" "$(q "SELECT e.namespace || '/' || e.workload_name, t.name, e.type, e.outside, coalesce(e.host, '-'), coalesce(e.port, '-'), coalesce(e.tls, '-')
	FROM v_exposure e JOIN thing t ON t.id = e.through ORDER BY 1, 2, 3, 5")" "other/web|mixed|load-balancer|1|-|80|-
shop/agent|agent|host-network|1|-|9100|-
shop/db|db|host-port|1|-|15432|-
shop/db|db|host-port|0|127.0.0.1|9999|-
shop/db|node|node-port|1|-|31000|-
shop/db|private|load-balancer|0|-|5432|-
shop/db|private|node-port|0|-|30432|-
shop/web|front|ingress|1|-|-|1
shop/web|front|ingress|1|shop.example.com|80|1
shop/web|inner|ingress|0|in.example.com|80|0
shop/web|public|external-ip|1|203.0.113.5|443|-
shop/web|public|load-balancer|1|lb.example.com|443|-
shop/web|public|node-port|1|-|30443|-"
ok "use of secrets" "$(q "SELECT name, mounted, as_env FROM secret ORDER BY 1")" "first|2|0
idle|0|0
login|1|0
second|2|0"
ok "use of config maps" "$(q "SELECT name, mounted, as_env FROM config_map ORDER BY 1")" "settings|2|1"
finish
