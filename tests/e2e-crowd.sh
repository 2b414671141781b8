#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bindings of very many subjects and objects too large to read: time and memory stay bounded, every cap says so, and nothing that was capped passes a check.
. "$(dirname "$0")/lib.sh"
cd "$TMPDIR" || exit 2
RBAC=rbac.authorization.k8s.io
q() { sqlite3 "$1" "$2"; }
list() { # the fixed part: a role, a namespace, a pod whose account reads nothing
	printf '{"apiVersion":"v1","kind":"List","items":['
	printf '{"apiVersion":"%s/v1","kind":"ClusterRole","metadata":{"name":"reader"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}]},' $RBAC
	printf '{"apiVersion":"%s/v1","kind":"ClusterRole","metadata":{"name":"writer"},"rules":[{"apiGroups":["%s"],"resources":["clusterrolebindings"],"verbs":["create"]}]},' $RBAC $RBAC
	printf '{"apiVersion":"%s/v1","kind":"ClusterRole","metadata":{"name":"binder"},"rules":[{"apiGroups":["%s"],"resources":["clusterroles"],"verbs":["bind"]}]},' $RBAC $RBAC
	printf '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}},{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"web","namespace":"shop"}},'
	printf '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop"},"spec":{"serviceAccountName":"web","containers":[{"name":"c","image":"r/i:1"}]}},'
}
crowd() { # NAME ROLE COUNT
	printf '{"apiVersion":"%s/v1","kind":"ClusterRoleBinding","metadata":{"name":"%s"},"roleRef":{"kind":"ClusterRole","name":"%s"},"subjects":[' $RBAC "$1" "$2"
	awk -v n="$3" 'BEGIN { for (i = 0; i < n; i++) printf "%s{\"kind\":\"User\",\"name\":\"u%d\"}", i ? "," : "", i }'
	printf ']}'
}

# All three caps at once: 100,001 subjects of one binding.
{ list && crowd staff reader 100001 && printf ']}'; } > many.json
timeout 300 "$PLIMSOLL" analyze --no-cache -o many.db many.json > out 2> err
ok "capped: exit code" "$?" 4
ok "capped: problems" "$(q many.db "SELECT message FROM problem ORDER BY 1")" "edge subject-of-crowd: more than 100000 steps of this kind, or 800000 of all; the first count
more than 50000 identities hold rights: those 50000 of 100001 that hold most are ranked by risk
more than 50000 subjects hold rights that lead far: documents list the first 50000 of 100001"
ok "capped: the crowd is one entry" "$(q many.db "SELECT title FROM path_end WHERE class = 'user'")" "any of the 100001 subjects of ClusterRoleBinding staff of cluster cluster"
ok "capped: its path" "$(q many.db "SELECT entry_title || ': ' || jewel_title FROM v_path")" "any of the 100001 subjects of ClusterRoleBinding staff of cluster cluster: every secret of cluster cluster"
ok "capped: no pass of checks of paths" "$(q many.db "SELECT check_id, verdict, sum(count) FROM tally WHERE check_id LIKE '%.attack-path-%' AND verdict IN ('pass', 'not-assessed') GROUP BY 1, 2")" "iam.attack-path-account|not-assessed|1
iam.attack-path-user|not-assessed|1
runtime.attack-path-outside|not-assessed|1
runtime.attack-path-pod|not-assessed|1"
ok "capped: the last subject's answer" "$("$PLIMSOLL" access can-i many.db --as u100000 get secrets 2>/dev/null | head -1)" yes
ok "capped: nobody else's" "$("$PLIMSOLL" access can-i many.db --as u100001 get secrets 2>/dev/null | head -1)" no
ok "capped: all are ranked or told" "$(q many.db "SELECT count(*) FROM risk r JOIN thing t ON t.id = r.thing WHERE t.type = 'User'")" 50000

# Who is in two crowds, or in one and alone elsewhere, has what both halves give together; who is in one has it not.
{ list && crowd writes writer 150 && printf ',' && crowd binds binder 101 && printf ',{"apiVersion":"%s/v1","kind":"ClusterRoleBinding","metadata":{"name":"alone"},"roleRef":{"kind":"ClusterRole","name":"binder"},"subjects":[{"kind":"User","name":"u140"}]}]}' $RBAC; } > both.json
"$PLIMSOLL" analyze --no-cache -o both.db both.json > out 2> err
ok "two halves: exit code" "$?" 0
to_admin() { q both.db "SELECT count(*) || ' ' || coalesce(min(e.blocked), 'open') FROM edge e JOIN thing s ON s.id = e.source WHERE e.edge_id = 'cluster-bindings-write' AND s.name = '$1'"; }
ok "two halves: in two crowds" "$(to_admin u7)" "1 open"
ok "two halves: in one and alone" "$(to_admin u140)" "1 open"
ok "two halves: in one" "$(to_admin u130)" "0 open"
has "two halves: one crowd alone is blocked" "$(q both.db "SELECT e.blocked FROM edge e JOIN graph_node g ON g.thing = e.source AND g.role = 'crowd' WHERE e.edge_id = 'cluster-bindings-write'")" "bind"

# A group that is bound over and over: what its members hold with another right is not written once for each pair of member and binding.
{
	printf '{"kind":"List","apiVersion":"v1","items":[{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"reader"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}]}'
	i=0
	while [ $i -lt 100 ]; do
		printf ',{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"all-%d"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"reader"},"subjects":[{"kind":"Group","name":"system:authenticated"}]}' $i
		printf ',{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"a%d","namespace":"n"}}' $i
		i=$((i + 1))
	done
	printf ']}'
} > group.json
"$PLIMSOLL" analyze --no-cache -o group.db group.json > out 2> err
ok "a group bound a hundred times: rows of its hundred members" "$(q group.db "SELECT count(*) BETWEEN 100 AND 1000 FROM edge_held WHERE edge = 'secrets-token:read'")" 1

# An object above the limit: a problem, and no check that looks across objects passes.
{ list && crowd staff reader 2400000 && printf ']}'; } > large.json
timeout 300 "$PLIMSOLL" analyze --no-cache -o large.db large.json > out 2> err
ok "too large: exit code" "$?" 4
ok "too large: problem" "$(q large.db "SELECT message FROM problem")" "/items/6: larger than 67108864 bytes"
ok "too large: told as missing" "$(q large.db "SELECT kind, reason FROM expected WHERE lost")" "kubernetes/*|objects of large.json could not be read"
ok "too large: nothing of several kinds passes" "$(q large.db "SELECT t.check_id FROM tally t JOIN \"check\" c ON c.id = t.check_id WHERE t.verdict = 'pass' AND json_array_length(c.needs) > 1")" ""
ok "too large: not assessed" "$(q large.db "SELECT verdict FROM finding WHERE check_id = 'iam.token-automounted-with-rights'")" "not-assessed"
has "too large: can-i warns" "$("$PLIMSOLL" access can-i large.db --as u1 get secrets 2>&1)" "objects of large.json could not be read: what they allow is not among the answers"
finish
