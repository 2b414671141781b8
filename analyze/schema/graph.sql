-- SPDX-License-Identifier: Apache-2.0
-- Steps an attacker can take and the paths over them: whoever controls `source` gets `target` (docs/paths.md).

-- What stands in the graph beside objects: hubs that keep it small and goals that no object is. Their things are of kind 'virtual'.
CREATE TABLE graph_node (
  thing INTEGER PRIMARY KEY REFERENCES thing(id), -- ref 'graph:CLUSTER[/NAMESPACE]/ROLE'
  cluster TEXT,              -- NULL: outside clusters
  namespace TEXT,            -- NULL: of the whole cluster
  role TEXT NOT NULL,        -- internet; of a cluster: cluster-admin, node-root, control-plane, nodes, workers (nodes that take any pod), users, groups, pod-network, open-network (pods that no network policy holds back), open-pods (those of them that are not in the network of their node), sender (pods that policies let through); of a cluster and of a namespace:
                             -- pods, new-pod (a pod of the attacker's making), accounts, secrets; of a namespace: data; of a workload: network (its ports can be reached); of a node: kubelet (its credentials);
                             -- of a cluster: argocd, kustomize-controller, helm-controller, ingress-nginx (what of these runs there), deployments, daemonsets, ... (templates that are there), cloud-identity (an identity of a cloud whose rights were not collected); of a cluster and of a namespace: ports (those with a known flaw behind them); of an account: cloud-admin; of a binding: crowd (any of its subjects, where they are more than 100)
  about INTEGER REFERENCES thing(id), -- of network the workload, of kubelet the node, of crowd the binding
  class INTEGER              -- of sender: pods that no policy can tell apart (reach_class)
) STRICT;
CREATE INDEX graph_node_place ON graph_node(role, cluster, namespace);
CREATE INDEX graph_node_about ON graph_node(about);

-- Edge files (analyze/edges) as they were used.
CREATE TABLE edge_kind (
  id TEXT PRIMARY KEY,       -- the file's stem
  title TEXT NOT NULL,
  why TEXT NOT NULL,
  technique TEXT NOT NULL,   -- MITRE ATT&CK id
  confidence TEXT NOT NULL,  -- observed, inferred, assumed: of its rows unless they say otherwise
  effort REAL NOT NULL,      -- of a step, 0 (none: a part of the whole) to 5
  needs TEXT NOT NULL,       -- JSON array of evidence kinds
  blocks TEXT,               -- what blocks such a step
  fix TEXT NOT NULL, fix_effort TEXT NOT NULL, -- the change that ends it; hours, days, weeks, never
  apply TEXT,                -- how it is made: see change
  partial INTEGER NOT NULL DEFAULT 0 -- 1: not all of its steps are there (a problem says why), so that no path means nothing
) STRICT, WITHOUT ROWID;

-- Which rules hold the right that an edge file asks for; names: the objects that the rule is limited to, JSON array; NULL: all.
CREATE TABLE edge_rule (
  edge_id TEXT NOT NULL,     -- with ':NAME' behind it for a further right of the same file
  rule INTEGER NOT NULL REFERENCES role_rule(id), names TEXT, PRIMARY KEY (edge_id, rule)
) STRICT, WITHOUT ROWID;

-- Who stands in the graph for whom a binding names: each subject that is a thing, or for more than 100 subjects the one crowd of them.
CREATE TABLE binding_holder (
  binding INTEGER NOT NULL REFERENCES binding(thing), thing INTEGER NOT NULL REFERENCES thing(id),
  who TEXT NOT NULL,         -- as sentences begin with it: 'Service account ci/runner'
  crowd INTEGER NOT NULL,    -- 1: the crowd
  PRIMARY KEY (binding, thing)
) STRICT, WITHOUT ROWID;
CREATE INDEX binding_holder_thing ON binding_holder(thing);

-- A change that ends steps: all edges that it removes point to it.
CREATE TABLE change (
  id INTEGER PRIMARY KEY,
  thing INTEGER NOT NULL REFERENCES thing(id), -- what is changed
  text TEXT NOT NULL,
  effort TEXT NOT NULL,      -- hours, days, weeks; never: it cannot be changed
  apply TEXT,                -- how it is made with kubectl (analyze/cut.sql): delete, automount-off, harden, host-network-off, host-ports-off, cluster-ip, external-ips-off, pod-security; NULL: by hand
  UNIQUE (thing, text)
) STRICT;

-- Steps. Indexes by source and by target are made when it is full (analyze/edge.sql).
CREATE TABLE edge (
  id INTEGER PRIMARY KEY,
  edge_id TEXT NOT NULL REFERENCES edge_kind(id),
  source INTEGER NOT NULL REFERENCES thing(id),
  target INTEGER NOT NULL REFERENCES thing(id),
  detail TEXT NOT NULL,      -- one sentence
  blocked TEXT,              -- what blocks it; NULL: open
  confidence TEXT NOT NULL,  -- observed, inferred, assumed
  cost REAL NOT NULL,        -- effort, plus 0.5 where inferred and 2 where assumed
  proof INTEGER NOT NULL REFERENCES thing(id), -- what shows it: binding, container, service, ...
  change INTEGER NOT NULL REFERENCES change(id)
) STRICT;
-- Further changes that end a step: of the other bindings that it needs.
CREATE TABLE edge_also (edge INTEGER NOT NULL REFERENCES edge(id), change INTEGER NOT NULL REFERENCES change(id), PRIMARY KEY (edge, change)) STRICT, WITHOUT ROWID;

-- Where attackers start and what they want (analyze/targets and the engagement file).
CREATE TABLE path_end (
  thing INTEGER NOT NULL REFERENCES thing(id),
  side TEXT NOT NULL,        -- entry, jewel
  class TEXT NOT NULL,       -- the file's stem: internet, anonymous, user, pod, account, said-entry; cluster-admin, node-root, cloud-admin, data, secrets, said-jewel
  rank INTEGER NOT NULL,     -- 1 matters most
  title TEXT NOT NULL,       -- in a sentence: 'the Internet', 'pod payments/api', 'every right on cluster c1'
  PRIMARY KEY (side, thing)
) STRICT, WITHOUT ROWID;

-- The cheapest open path from each entry to each jewel, the worst first. Hops are kept for the first LIMIT_PATHS.
CREATE TABLE path (
  id INTEGER PRIMARY KEY,    -- 1 is the worst
  entry INTEGER NOT NULL REFERENCES thing(id),
  jewel INTEGER NOT NULL REFERENCES thing(id),
  hops INTEGER NOT NULL,     -- steps that take effort
  cost REAL NOT NULL,
  confidence TEXT NOT NULL,  -- of its least certain step
  severity TEXT NOT NULL,    -- critical: from outside; high: from inside, or from outside over an assumed step; medium: from inside over one
  cut INTEGER                -- the first change of table cut after which this pair has no path; NULL: none ends it
) STRICT;
CREATE INDEX path_entry ON path(entry);
CREATE INDEX path_jewel ON path(jewel);
CREATE TABLE path_hop (
  path INTEGER NOT NULL REFERENCES path(id), ordinal INTEGER NOT NULL, edge INTEGER NOT NULL REFERENCES edge(id), PRIMARY KEY (path, ordinal)
) STRICT, WITHOUT ROWID;

-- Things that many paths lead over, and how many pairs of entry and jewel do.
CREATE TABLE choke_point (thing INTEGER PRIMARY KEY REFERENCES thing(id), pairs INTEGER NOT NULL) STRICT;
-- The changes that cut most pairs of entry and jewel for their effort, in the order to make them. Each was tried: the search ran again without its edges.
CREATE TABLE cut (
  ordinal INTEGER PRIMARY KEY,
  change INTEGER NOT NULL REFERENCES change(id),
  pairs INTEGER NOT NULL,    -- pairs without any path after it that had one before
  remaining INTEGER NOT NULL, -- pairs that still have one
  kubectl TEXT               -- how it is made: arguments of kubectl, JSON array; NULL: by hand, since it is outside the cluster, needs a decision, or the object cannot be changed in place
) STRICT;
-- Figures: 'pairs', 'exposed', 'exposed-to-jewel', 'entries:CLASS', 'entries-to-admin:CLASS', 'hops-to-admin:CLASS' (mean), 'edges', 'edges-blocked';
-- 'cut-stopped' (1) where the table cut ends at a limit: further changes would end more.
CREATE TABLE path_metric (name TEXT PRIMARY KEY, value REAL NOT NULL) STRICT, WITHOUT ROWID;

CREATE VIEW v_graph_node AS SELECT g.thing AS subject, t.ref, t.name AS title, g.cluster, g.namespace, g.role, g.about FROM graph_node g JOIN thing t ON t.id = g.thing;

-- Minor version of each cluster's API server; where it was not seen, the oldest kubelet's (none is newer than its API server).
CREATE VIEW v_cluster_minor AS
  SELECT s.name AS cluster, coalesce((SELECT CAST(substr(c.version, instr(c.version, '.') + 1) AS INTEGER) FROM component_instance c
      WHERE c.cluster = s.name AND c.component = 'kube-apiserver' AND c.version GLOB '*[0-9].[0-9]*' ORDER BY c.version LIMIT 1),
    (SELECT min(CAST(substr(n.kubelet_version, instr(n.kubelet_version, '.') + 1) AS INTEGER)) FROM node n WHERE n.cluster = s.name)) AS minor
  FROM scope s WHERE s.kind = 'cluster';

-- Installed components with a vulnerability that is worth an attacker's while over the network: a row per workload, the worst one. level: known-exploited (CISA KEV),
-- likely (EPSS 0.1 and more), critical (severity; no login needed).
CREATE VIEW v_exploitable AS
  SELECT c.workload, c.thing AS container, u.image, v.name AS vulnerability, p.name AS component, p.version, m.fixed,
    CASE WHEN v.kev THEN 'known-exploited' WHEN v.epss >= 0.1 THEN 'likely' ELSE 'critical' END AS level,
    max(CASE WHEN v.kev THEN 1e6 ELSE 0 END + coalesce(v.epss, 0) * 1e3 + coalesce(v.score, 0) - v.id * 1e-9) AS weight
  FROM vulnerability v JOIN component_match m ON m.vulnerability = v.id JOIN package p ON p.component = m.component JOIN image_use u ON u.image = p.thing JOIN container c ON c.thing = u.container
  WHERE c.type IN ('container', 'sidecar')
    AND (v.vector IS NULL OR v.vector GLOB '*AV:N*') AND (v.kev OR v.epss >= 0.1 OR (v.severity = 'critical' AND v.vector GLOB '*AV:N*PR:N*'))
  GROUP BY c.workload;

-- Who holds the right of an edge file: a row per binding, subject (or crowd) and rule. namespace NULL: everywhere. `place`: in words.
CREATE VIEW v_edge_grant AS
  SELECT x.edge_id AS edge, x.rule, x.names, b.thing AS binding, b.cluster, b.namespace, h.thing AS holder, h.who,
    CASE WHEN b.namespace IS NULL THEN 'in every namespace' ELSE 'in namespace ' || b.namespace END AS place,
    '(' || CASE WHEN b.namespace IS NULL THEN 'ClusterRoleBinding ' ELSE 'RoleBinding ' END || b.name || ' to ' || b.role_kind || ' ' || b.role_name || ')' AS through
  FROM edge_rule x JOIN role_rule rr ON rr.id = x.rule JOIN binding b ON b.role = rr.role JOIN binding_holder h ON h.binding = b.thing;

-- The same of edges that ask for several rights, with what each holder has through groups that are known: the holder is then `via`. Rights that must come together may come by several ways.
CREATE TABLE edge_held (
  edge TEXT NOT NULL, names TEXT, binding INTEGER NOT NULL, cluster TEXT NOT NULL, namespace TEXT, holder INTEGER NOT NULL, who TEXT NOT NULL, place TEXT NOT NULL, through TEXT NOT NULL,
  via INTEGER NOT NULL
) STRICT;
CREATE INDEX edge_held_holder ON edge_held(edge, holder);
CREATE VIEW v_edge_held AS SELECT edge, names, binding, cluster, namespace, holder, who, place, through, via FROM edge_held;

CREATE VIEW v_edge AS
  SELECT e.id AS edge, e.edge_id, k.title, k.technique, e.source, s.ref AS source_ref, e.target, t.ref AS target_ref, e.detail, e.blocked, e.confidence, e.cost,
    p.id AS subject, p.ref AS proof, p.cluster, p.namespace, v.input, v.path AS member, p.pointer, c.id AS change, c.text AS change_text, c.effort AS change_effort
  FROM edge e JOIN edge_kind k ON k.id = e.edge_id JOIN thing s ON s.id = e.source JOIN thing t ON t.id = e.target JOIN thing p ON p.id = e.proof
    LEFT JOIN evidence v ON v.id = p.evidence JOIN change c ON c.id = e.change;

CREATE VIEW v_path_end AS SELECT e.thing AS subject, e.side, e.class, e.rank, e.title, t.ref, t.cluster, t.namespace FROM path_end e JOIN thing t ON t.id = e.thing;

CREATE VIEW v_path AS
  SELECT p.id AS path, p.entry, n.class AS entry_class, n.title AS entry_title, nt.ref AS entry_ref, p.jewel, j.class AS jewel_class, j.title AS jewel_title, jt.ref AS jewel_ref,
    p.hops, p.cost, p.confidence, p.severity, coalesce(nt.cluster, jt.cluster) AS cluster
  FROM path p JOIN path_end n ON n.side = 'entry' AND n.thing = p.entry JOIN path_end j ON j.side = 'jewel' AND j.thing = p.jewel JOIN thing nt ON nt.id = p.entry
    JOIN thing jt ON jt.id = p.jewel;

-- Hop by hop: where the attacker is then, how, and what proves it. Colours are those of the theme.
CREATE VIEW v_path_hop AS
  SELECT h.path, h.ordinal, e.id AS edge, e.edge_id, k.title AS how, k.technique, k.why, e.detail, e.confidence, e.cost, s.ref AS source_ref, t.id AS thing, t.ref AS target_ref,
    CASE t.kind WHEN 'virtual' THEN t.name WHEN 'object' THEN t.type || ' ' || coalesce(t.namespace || '/', '') || t.name ELSE t.type || ' ' || t.name END AS title,
    CASE e.confidence WHEN 'observed' THEN 'critical' WHEN 'inferred' THEN 'high' ELSE 'medium' END AS colour,
    p.ref AS proof, v.input, v.path AS member, p.pointer, v.sha256, e.change
  FROM path_hop h JOIN edge e ON e.id = h.edge JOIN edge_kind k ON k.id = e.edge_id JOIN thing s ON s.id = e.source JOIN thing t ON t.id = e.target
    JOIN thing p ON p.id = e.proof LEFT JOIN evidence v ON v.id = p.evidence;

CREATE VIEW v_cut AS
  SELECT c.ordinal, c.change, c.pairs, c.remaining, h.text, h.effort, c.kubectl, t.id AS subject, t.ref, t.cluster, t.namespace, (SELECT count(*) FROM edge e WHERE e.change = h.id) AS edges
  FROM cut c JOIN change h ON h.id = c.change JOIN thing t ON t.id = h.thing;

-- What policies leave of the network, from the point of view of an attacker: open_out, open_in: some pods of the workload are held by no policy in that direction, or policies do
-- not hold in this cluster. nothing_out: no pod of it reaches anything. known: policies were collected, so that what is not there is not there.
CREATE VIEW v_workload_network AS
  SELECT w.thing AS workload, w.cluster, coalesce(p.enforces IS 0 OR max(NOT c.egress_held), 1) AS open_out, coalesce(max(NOT c.egress_held AND NOT c.host_network), 1) AS open_pod, coalesce(p.enforces IS 0 OR max(NOT c.ingress_held), 1) AS open_in,
    p.enforces IS NOT 0 AND min(c.egress_isolated AND NOT c.sends
      AND NOT EXISTS (SELECT 1 FROM reach_outside o WHERE o.class = c.id AND o.direction = 'egress')) IS 1 AS nothing_out,
    EXISTS (SELECT 1 FROM evidence_kind k JOIN scope s ON s.id = k.scope WHERE s.kind = 'cluster' AND s.name = w.cluster AND k.kind = 'kubernetes/networkpolicies') AS known
  FROM workload w LEFT JOIN reach_member m ON m.workload = w.thing LEFT JOIN reach_class c ON c.id = m.class LEFT JOIN network_plugin p ON p.cluster = w.cluster GROUP BY w.thing;

-- Who reaches whose ports inside a cluster. A flow that was let pass makes observed what would be assumed or inferred. Pods that no policy holds back meet in the open network; what policies let through leads from a class of pods that
-- they cannot tell apart (v_reach) to the ports that a known flaw is behind. Where no policies were collected, the second half of such a way is assumed. pod-network is the traffic of the cluster itself: its nodes and its control plane.
CREATE VIEW v_pod_reach AS
  SELECT w.thing AS source, n.thing AS target, w.thing AS proof,
    iif(o.known OR EXISTS (SELECT 1 FROM flow f WHERE f.source_workload = w.thing AND f.allowed AND NOT f.reply AND f.target_place IN ('pod', 'service', 'gone')), 'observed', 'assumed') AS confidence, w.kind || ' ' || w.namespace || '/' || w.name || ' takes part in the pod network.' AS detail,
    iif(o.nothing_out, 'network policies let nothing out', NULL) AS blocked, 0.5 AS effort
  FROM workload w JOIN v_workload_network o ON o.workload = w.thing JOIN graph_node n ON n.cluster = w.cluster AND n.namespace IS NULL AND n.role = 'pod-network'
  UNION ALL
  SELECT w.thing, n.thing, w.thing, 'observed', 'No network policy holds back what ' || w.kind || ' ' || w.namespace || '/' || w.name || ' sends.', NULL, 0
  FROM workload w JOIN v_workload_network o ON o.workload = w.thing AND o.open_out JOIN graph_node n ON n.cluster = w.cluster AND n.namespace IS NULL AND n.role = 'open-network'
  UNION ALL
  SELECT w.thing, n.thing, w.thing, 'observed', 'No network policy holds back what pods of ' || w.kind || ' ' || w.namespace || '/' || w.name || ' send.', NULL, 0
  FROM workload w JOIN v_workload_network o ON o.workload = w.thing AND o.open_pod JOIN graph_node n ON n.cluster = w.cluster AND n.namespace IS NULL AND n.role = 'open-pods'
  UNION ALL
  SELECT h.thing, n.thing, n.about, iif(o.known OR EXISTS (SELECT 1 FROM flow f WHERE f.target_workload = n.about AND f.allowed AND NOT f.reply AND f.source_place IN ('pod', 'gone')), 'observed', 'assumed'), 'No network policy holds back what comes to ' || t.name || '.', iif(o.open_in, NULL, 'network policies choose what reaches it'), 0.5
  FROM (SELECT DISTINCT workload FROM v_exploitable) x JOIN graph_node n ON n.role = 'network' AND n.about = x.workload JOIN thing t ON t.id = n.thing JOIN v_workload_network o ON o.workload = n.about
    JOIN graph_node h ON h.cluster = n.cluster AND h.namespace IS NULL AND h.role = 'open-network'
  UNION ALL
  SELECT m.workload, n.thing, m.workload, 'observed', 'Network policies let ' || t.type || ' ' || t.namespace || '/' || t.name || ' through to some ports.', NULL, 0
  FROM graph_node n JOIN reach_member m ON m.class = n.class JOIN thing t ON t.id = m.workload WHERE n.role = 'sender'
  UNION ALL
  SELECT DISTINCT h.thing, n.thing, n.about, iif(EXISTS (SELECT 1 FROM container c JOIN container_port k ON k.container = c.thing WHERE c.workload = n.about)
      OR EXISTS (SELECT 1 FROM flow f WHERE f.target_workload = n.about AND f.allowed AND NOT f.reply AND f.protocol = r.protocol AND f.source_place IN ('pod', 'gone')), 'observed', 'inferred'),
    'Network policies let it through to ' || t.name || '.', NULL, 0.5
  FROM reach r JOIN reach_member m ON m.class = r.target JOIN graph_node n ON n.role = 'network' AND n.about = m.workload JOIN thing t ON t.id = n.thing
    JOIN graph_node h ON (h.role = 'sender' AND h.class = r.source) OR (h.role = CASE r.source WHEN 0 THEN 'open-network' WHEN -1 THEN 'open-pods' END AND h.cluster = n.cluster AND h.namespace IS NULL)
  WHERE m.workload IN (SELECT workload FROM v_exploitable) AND r.protocol != 'UDP' AND (r.ports = 'all'
    OR NOT EXISTS (SELECT 1 FROM container c JOIN container_port k ON k.container = c.thing WHERE c.workload = n.about)
    OR EXISTS (SELECT 1 FROM json_each('["' || replace(r.ports, ',', '","') || '"]') x JOIN container c ON c.workload = n.about JOIN container_port k ON k.container = c.thing
      WHERE k.protocol = r.protocol AND k.port BETWEEN CAST(x.value AS INTEGER) AND CAST(substr(x.value, instr(x.value, '-') + 1) AS INTEGER)));

-- Whom a container runs as: root, other, unknown (neither the pod nor a collected image says it).
CREATE VIEW v_container_user AS
  SELECT c.thing AS container, CASE WHEN c.run_as_user = 0 THEN 'root' WHEN c.run_as_user > 0 OR c.run_as_non_root = 1 THEN 'other'
    ELSE coalesce((SELECT iif(max(i.runs_as_root), 'root', 'other') FROM image_use u JOIN image i ON i.thing = u.image WHERE u.container = c.thing HAVING count(*) > 0), 'unknown') END AS user
  FROM container c;

-- Sensitive paths of nodes in pods: a row per workload and path, of mounted hostPath volumes.
CREATE VIEW v_host_mount AS
  SELECT c.workload, c.thing AS container, c.name AS container_name, rtrim(v.host_path, '/') || CASE v.host_path WHEN '/' THEN '/' ELSE '' END AS path, min(m.read_only) AS read_only,
    c.privileged, u.user, u.user != 'other' AS root, w.host_users IS 0 AS user_namespace, w.cluster, w.namespace, w.name AS workload_name
  FROM volume v JOIN workload w ON w.thing = v.workload JOIN container c ON c.workload = v.workload JOIN container_mount m ON m.container = c.thing AND m.volume = v.name
    JOIN v_container_user u ON u.container = c.thing
  WHERE v.type = 'hostPath' AND v.host_path IS NOT NULL GROUP BY c.thing, v.host_path;

-- Which nodes run a workload's pods; a workload without pods may run on any, so it has the hub of all that take it.
CREATE VIEW v_workload_node AS
  SELECT DISTINCT p.workload, n.thing AS node, n.control_plane, g.thing AS kubelet
  FROM pod p JOIN node n ON n.cluster = p.cluster AND n.name = p.node LEFT JOIN graph_node g ON g.about = n.thing AND g.role = 'kubelet' WHERE p.workload IS NOT NULL
  UNION ALL
  SELECT w.thing, g.thing, NULL, NULL FROM workload w JOIN graph_node g ON g.cluster = w.cluster AND g.namespace IS NULL AND g.role = iif(w.tolerates_control_plane, 'nodes', 'workers')
  WHERE NOT EXISTS (SELECT 1 FROM pod p JOIN node n ON n.cluster = p.cluster AND n.name = p.node WHERE p.workload = w.thing);
