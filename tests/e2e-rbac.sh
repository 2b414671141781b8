#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who holds which right where, from roles and bindings.
. "$(dirname "$0")/lib.sh"
DB=${TMPDIR:-/tmp}/rbac.db
q() { sqlite3 "$DB" "$1"; }
"$PLIMSOLL" analyze -o "$DB" tests/fixtures/kubernetes/rbac.yaml > /dev/null
ok "exit code" "$?" 0

ok "roles of bindings" "$(q "SELECT b.name, coalesce(r.name || iif(r.namespace IS NULL, '', ' in ' || r.namespace), 'none') FROM binding b LEFT JOIN role r ON r.thing = b.role
	ORDER BY 1")" "cluster-admin|cluster-admin
dangling|none
everybody|whole
near|reader in shop
people|reader
sneaky|cluster-admin"
ok "aggregated rules" "$(q "SELECT r.name, x.ordinal, x.resources FROM role_rule x JOIN role r ON r.thing = x.role WHERE r.aggregates IS NOT NULL ORDER BY 1, 2")" \
	'filled|0|["pods/log"]
part|0|["pods"]
whole|0|["pods"]'
ok "subjects" "$(q "SELECT s.kind, coalesce(s.namespace, '-'), s.name, coalesce(t.ref, 'none') FROM binding_subject s LEFT JOIN thing t ON t.id = s.thing ORDER BY 1, 2, 3, 4")" \
	"Group|-|system:authenticated|cluster/-/Group/system:authenticated
Group|-|system:masters|cluster/-/Group/system:masters
Group|-|system:serviceaccounts:shop|cluster/-/Group/system:serviceaccounts:shop
ServiceAccount|-|nowhere|none
ServiceAccount|build|ci|cluster/build/ServiceAccount/ci
ServiceAccount|build|ci|cluster/build/ServiceAccount/ci
ServiceAccount|kube-system|gone|none
ServiceAccount|shop|web|cluster/shop/ServiceAccount/web
User|-|jane@example.com|cluster/-/User/jane@example.com
User|-|system:mallory|cluster/-/User/system:mallory"
ok "rights" "$(q "SELECT right, who, coalesce(namespace, 'everywhere'), builtin FROM v_right WHERE right IN ('all', 'secrets-read', 'configmaps-write', 'pods-create')
	AND role_name != 'cluster-admin' OR right = 'all' ORDER BY 1, 2")" "all|group system:masters|everywhere|1
all|service account kube-system/gone|everywhere|0
all|user system:mallory|everywhere|0
configmaps-write|service account shop/web|shop|0
pods-create|group system:authenticated|everywhere|0
pods-create|group system:serviceaccounts:shop|everywhere|0
secrets-read|service account build/ci|everywhere|0
secrets-read|user jane@example.com|everywhere|0"
ok "principals" "$(q "SELECT kind, name, coalesce(human, '-') FROM principal WHERE system = 'kubernetes' AND account = 'cluster' ORDER BY 1, 2")" \
	"group|system:authenticated|-
group|system:masters|-
group|system:serviceaccounts:shop|-
service-account|build/ci|0
service-account|shop/web|0
user|jane@example.com|1
user|system:mallory|0"
ok "rights in the end" "$(q "SELECT p.name, r.right, coalesce(r.via, 'itself') FROM v_principal_right r JOIN principal p ON p.thing = r.subject
	WHERE p.kind = 'service-account' ORDER BY 1, 2, 3")" "build/ci|pods-create|system:authenticated
build/ci|secrets-read|itself
shop/web|configmaps-write|itself
shop/web|pods-create|system:authenticated
shop/web|pods-create|system:serviceaccounts:shop"
finish
