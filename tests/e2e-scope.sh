#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Systems that were not collected: what hints at them, what is assumed absent, what the engagement file says of it.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}
DB=$D/scope.db
q() { sqlite3 "$DB" "$1"; }
"$PLIMSOLL" analyze -o "$DB" tests/fixtures/kubernetes/scopes.yaml > /dev/null
ok "exit code" "$?" 0
ok "hinted" "$(q "SELECT kind, name, state, hint FROM scope ORDER BY kind, name")" \
	"aws|111122223333|in-scope|service accounts of the cluster take roles of it
aws|444455556666|in-scope|images come from its registry
azure|0b1f6471-1bf0-4dda-aec3-cb9272f09590|in-scope|nodes of the cluster run on it
cluster|cluster|in-scope|
gcp|shop-nodes|in-scope|nodes of the cluster run on it
gcp|shop-prod|in-scope|service accounts of the cluster act as accounts of it
images|images|in-scope|workloads run them
registry|444455556666.dkr.ecr.eu-west-1.amazonaws.com|in-scope|images of it run
registry|602401143452.dkr.ecr.eu-west-1.amazonaws.com|assumed-absent|a public registry: images of it run
registry|docker.io|assumed-absent|a public registry: images of it run
registry|registry.example.com|in-scope|images of it run"
ok "registries and repositories" "$(q "SELECT t.ref, r.collected FROM repository p JOIN thing t ON t.id = p.thing JOIN registry r ON r.thing = p.registry ORDER BY 1")" \
	"repository:444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/web|0
repository:602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/pause|0
repository:docker.io/library/nginx|0
repository:registry.example.com/team/app|0"

printf '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}' > "$D/bare.json"
"$PLIMSOLL" analyze -o "$DB" "$D/bare.json" > /dev/null
ok "nothing hints" "$(q "SELECT kind, name, state FROM scope ORDER BY kind")" "aws|aws|assumed-absent
azure|azure|assumed-absent
cluster|cluster|in-scope
gcp|gcp|assumed-absent
images|images|assumed-absent
registry|registry|assumed-absent"

cat > "$D/engagement.yaml" << 'EOF'
systems:
  in: [{system: aws}, {system: registry, name: docker.io}]
  out: [{system: gcp, reason: another team's}]
EOF
"$PLIMSOLL" analyze -o "$DB" --engagement "$D/engagement.yaml" tests/fixtures/kubernetes/scopes.yaml > /dev/null
ok "engagement file read" "$?" 0
ok "the engagement file decides" "$(q "SELECT kind, name, state, hint FROM scope WHERE kind = 'gcp' OR name = 'docker.io' ORDER BY 1, 2")" \
	"gcp|shop-nodes|out-of-scope|another team's
gcp|shop-prod|out-of-scope|another team's
registry|docker.io|in-scope|the engagement file names it"
"$PLIMSOLL" analyze -o "$DB" --engagement "$D/engagement.yaml" "$D/bare.json" > /dev/null
ok "a system said to be there" "$(q "SELECT kind, name, state FROM scope WHERE kind IN ('aws', 'registry') ORDER BY kind")" "aws|aws|in-scope
registry|docker.io|in-scope"
finish
