-- SPDX-License-Identifier: Apache-2.0
-- What the outside can reach, and what may speak with what.

-- Objects that decide on traffic beside network_policy: policies of administrators, tiers, sets of addresses, rules of a mesh.
CREATE TABLE network_object (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL, namespace TEXT NOT NULL, -- namespace '': of the whole cluster
  name TEXT NOT NULL,
  kind TEXT NOT NULL         -- AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy, Tier, NetworkSet, GlobalNetworkSet, CiliumCIDRGroup, AuthorizationPolicy, PeerAuthentication
) STRICT;

CREATE TABLE exposure (
  id INTEGER PRIMARY KEY,
  workload INTEGER NOT NULL REFERENCES workload(thing),
  through INTEGER NOT NULL REFERENCES thing(id), -- the service, ingress or the workload itself
  type TEXT NOT NULL,        -- load-balancer, node-port, external-ip, ingress, route, host-port, host-network
  outside INTEGER NOT NULL,  -- 1 reachable from outside the cluster's network as far as the object says; 0 internal load balancer
  host TEXT, port TEXT, tls INTEGER
) STRICT;
CREATE INDEX exposure_workload ON exposure(workload);
CREATE VIEW v_exposure AS
  SELECT e.workload AS subject, e.id, e.through, tt.ref AS through_ref, e.type, e.outside, e.host, e.port, e.tls, w.cluster, w.namespace, w.kind AS workload_kind, w.name AS workload_name
  FROM exposure e JOIN workload w ON w.thing = e.workload JOIN thing tt ON tt.id = e.through;

-- Ways in from outside against the engagement file's inspection points (derive-inspection.c). Empty without the key inspection_points.
CREATE TABLE inspection (
  exposure INTEGER PRIMARY KEY REFERENCES exposure(id),
  state TEXT NOT NULL,       -- covered; partly (some of its addresses); gap; unknown (its addresses are not in the evidence, and points are told by address)
  points TEXT NOT NULL,      -- JSON array of names
  addresses TEXT NOT NULL    -- JSON array: addresses and host names of the way in that are known
) STRICT;
CREATE VIEW v_inspection AS
  SELECT e.*, i.state, i.points, i.addresses, EXISTS (SELECT 1 FROM json_each(i.points) x JOIN inspection_point p ON p.name = x.value AND p.kind IN ('ids', 'ips')) AS detects,
    (SELECT max(p.decrypts) FROM json_each(i.points) x JOIN inspection_point p ON p.name = x.value WHERE p.kind != 'firewall') AS decrypts
  FROM inspection i JOIN v_exposure e ON e.id = i.exposure;

-- The plug-in that makes a cluster's network, as its agents tell it; and what policies come to (derive-network.c, docs/network.md).
CREATE TABLE network_plugin (
  cluster TEXT PRIMARY KEY,
  scope INTEGER REFERENCES scope(id),
  name TEXT,                 -- 'calico', 'cilium', 'flannel', ...; NULL: nothing tells
  evidence TEXT,             -- ref of the workload that tells
  enforces INTEGER           -- 1: policies hold; 0: they are ignored; NULL: not known
) STRICT, WITHOUT ROWID;

-- Pods that no policy can tell apart.
CREATE TABLE reach_class (
  id INTEGER PRIMARY KEY,
  cluster TEXT NOT NULL, namespace TEXT NOT NULL,
  workload INTEGER REFERENCES workload(thing), -- one of them
  pods INTEGER NOT NULL,
  host_network INTEGER NOT NULL, -- in the network of their node: policies do not hold
  ingress_isolated INTEGER NOT NULL, -- some policy holds for what comes in
  egress_isolated INTEGER NOT NULL,
  ingress_open INTEGER NOT NULL, -- it lets in every pod, or every public address, on some port; where the plug-in ignores policies, all are open
  egress_open INTEGER NOT NULL, -- it may connect to every public address on some port
  metadata_open INTEGER NOT NULL, -- policies let it reach the cloud's metadata service (169.254.169.254, TCP 80)
  internet_egress INTEGER NOT NULL, -- it reaches some public address on some port
  internet_ingress INTEGER NOT NULL, -- some public address may reach it, as far as policies go
  ingress_held INTEGER NOT NULL, -- policies hold back something of what comes in; 0: none holds for it, or they allow everything
  egress_held INTEGER NOT NULL, -- and of what goes out
  sends INTEGER NOT NULL DEFAULT 0, -- it reaches some other pod on some port
  listed INTEGER NOT NULL DEFAULT 0, -- all that reaches it is in the table reach
  from_namespaces INTEGER    -- other namespaces that have a pod which reaches it on some port
) STRICT;
CREATE TABLE reach_member (
  class INTEGER NOT NULL REFERENCES reach_class(id),
  workload INTEGER NOT NULL REFERENCES workload(thing),
  PRIMARY KEY (class, workload)
) STRICT, WITHOUT ROWID;
CREATE INDEX reach_member_workload ON reach_member(workload);
-- What one class may reach on another. Pairs of a sender whose egress and a receiver whose ingress no policy holds back are not listed:
-- there everything passes (v_reach has them as one step to and one from the open network). The first 50,000 of a cluster, those to workloads with a
-- known flaw before all others; `plimsoll network reach` lists all.
CREATE TABLE reach (
  source INTEGER NOT NULL,   -- a reach_class; 0: every class whose egress no policy holds back, -1: every such class but those in the network of their node, where all of them reach the target alike
  target INTEGER NOT NULL REFERENCES reach_class(id),
  protocol TEXT NOT NULL,    -- TCP, UDP, SCTP
  ports TEXT NOT NULL,       -- '80,443-445' or 'all'
  rules TEXT                 -- the rules that let it pass, at both ends: JSON array of '<policy> <pointer>', the first 16; [] where none was needed; NULL: too many to look through
) STRICT;
CREATE INDEX reach_source ON reach(source);
CREATE INDEX reach_target ON reach(target);
-- Addresses outside that reach a class, or that it reaches: the smallest list of networks.
CREATE TABLE reach_outside (
  class INTEGER NOT NULL REFERENCES reach_class(id),
  direction TEXT NOT NULL,   -- ingress, egress
  cidr TEXT NOT NULL,
  protocol TEXT NOT NULL,
  ports TEXT NOT NULL
) STRICT;
CREATE INDEX reach_outside_class ON reach_outside(class);

-- What policies say that cannot have been meant.
CREATE TABLE network_lint (
  policy INTEGER NOT NULL REFERENCES thing(id), -- the policy, or the namespace or workload where it is about none
  code TEXT NOT NULL,        -- selects-nothing, allows-everything, peer-selects-nothing, rule-without-effect, dns-cut-off, port-unknown, port-name-unknown, networks-overlap, same-priority, invalid, not-read
  pointer TEXT,              -- in the policy's object
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX network_lint_policy ON network_lint(policy, code);

CREATE VIEW v_network_plugin AS SELECT coalesce(s.name, p.cluster) AS cluster, p.scope, p.name, p.evidence, p.enforces,
    (SELECT count(*) FROM network_policy n WHERE n.cluster = p.cluster) AS policies, (SELECT t.id FROM thing t WHERE t.ref = p.evidence) AS subject
  FROM network_plugin p LEFT JOIN scope s ON s.id = p.scope;
CREATE VIEW v_network_lint AS
  SELECT l.policy AS subject, l.code, l.pointer, l.detail, t.cluster, t.namespace, t.type AS kind, t.name FROM network_lint l JOIN thing t ON t.id = l.policy;
-- Classes as nodes of a graph: `source` and `target` are ids of reach_class, 0 the open network, in which every sender whose egress no policy holds back
-- reaches every receiver whose ingress none does, -1 what of these senders is not in the network of its node. Workloads of a class: reach_member.
CREATE VIEW v_workload_reach AS
  SELECT w.*, max(c.metadata_open) AS metadata_open, max(c.internet_egress) AS internet_egress, max(c.internet_ingress) AS internet_ingress,
    max(c.ingress_open) AS ingress_open, max(c.egress_open) AS egress_open, min(c.ingress_isolated) AS ingress_isolated, min(c.egress_isolated) AS egress_isolated, min(c.ingress_held) AS ingress_held, max(c.from_namespaces) AS from_namespaces, min(c.listed) AS reach_listed
  FROM v_workload w LEFT JOIN reach_member m ON m.workload = w.subject LEFT JOIN reach_class c ON c.id = m.class GROUP BY w.subject;
CREATE VIEW v_reach AS
  SELECT source, target, protocol, ports, rules FROM reach
  UNION ALL SELECT id, 0, 'any', 'all', '[]' FROM reach_class WHERE NOT egress_held
  UNION ALL SELECT id, -1, 'any', 'all', '[]' FROM reach_class WHERE NOT egress_held AND NOT host_network
  UNION ALL SELECT 0, id, 'any', 'all', '[]' FROM reach_class WHERE NOT ingress_held;
CREATE VIEW v_reach_outside AS
  SELECT o.class, m.workload AS subject, o.direction, o.cidr, o.protocol, o.ports FROM reach_outside o JOIN reach_member m ON m.class = o.class;
-- Whatever decides on traffic between pods: policies of namespaces, of administrators, of Cilium and Calico.
CREATE VIEW v_traffic_policy AS
  SELECT p.thing AS subject, p.cluster, p.namespace, p.name, t.type AS kind FROM network_policy p JOIN thing t ON t.id = p.thing
  UNION ALL SELECT o.thing, o.cluster, o.namespace, o.name, o.kind FROM network_object o WHERE o.kind IN ('AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy');

-- Connections that were observed, added up by who, whom and port (docs/network.md names the formats).
CREATE TABLE flow (
  id INTEGER PRIMARY KEY,
  cluster TEXT NOT NULL,
  source TEXT NOT NULL, target TEXT NOT NULL, -- 'namespace/pod' (or what a mesh calls the workload) where it is known, else the address; 'unknown': the observer does not tell
  source_workload INTEGER REFERENCES workload(thing), target_workload INTEGER REFERENCES workload(thing), -- of a pod that is gone by the form of its name; of a service's address where one workload is behind it
  source_place TEXT, target_place TEXT, -- pod, node, service (an address of one), gone (a pod that is not in the evidence), metadata (of a cloud), internet, private (any other address that is not public), local, ambiguous (several pods or nodes have or had the address), unknown
  name TEXT,                 -- what the observer calls the outside end: a host name, a service of the cloud
  protocol TEXT NOT NULL, port INTEGER NOT NULL, -- of the target; 0 where the protocol has none, or the observer does not tell
  pod_port INTEGER,          -- where the target is a service's address: the port of the pod behind
  allowed INTEGER,           -- 1: let pass; 0: dropped; NULL: not told
  reply INTEGER NOT NULL,    -- an answer that was logged by itself
  permitted INTEGER,         -- what the policies say of it; NULL: an end or its port is not known
  tls INTEGER,               -- as a mesh tells it: 1 always mutual TLS; 0 in clear at least at times; NULL not told
  origin TEXT NOT NULL,      -- hubble, cilium, calico, conntrack, vpc, mesh
  first INTEGER, last INTEGER, -- Unix seconds, of the observer's clock; NULL: not told
  at_source INTEGER NOT NULL, at_target INTEGER NOT NULL, -- seen by one who watches all traffic of that end's node
  count INTEGER NOT NULL     -- connections, packets or requests, as the observer counts
) STRICT;
CREATE UNIQUE INDEX flow_key ON flow(cluster, source, target, protocol, port, coalesce(allowed, -1), reply, origin);
CREATE INDEX flow_source ON flow(source_workload, target_workload);
CREATE INDEX flow_target ON flow(target_workload);
CREATE VIEW v_flow AS
  SELECT f.source_workload AS subject, f.id, f.cluster, f.source, f.target, f.source_place, f.target_place, f.name, s.namespace AS source_namespace, s.kind AS source_kind, s.name AS source_name,
    t.namespace AS target_namespace, t.kind AS target_kind, t.name AS target_name, f.target_workload, f.protocol, f.port, f.pod_port, f.allowed, f.permitted, f.tls, f.origin, f.first, f.last, f.count,
    CASE WHEN f.source_place IN ('pod', 'node', 'gone') AND f.target_place IN ('pod', 'node', 'service', 'gone') THEN 'east-west'
      WHEN f.source_place IN ('unknown', 'ambiguous') OR f.target_place IN ('unknown', 'ambiguous') THEN 'unknown'
      WHEN f.target_place IN ('pod', 'node', 'service', 'gone') THEN 'inbound' WHEN f.source_place IN ('pod', 'node', 'service', 'gone') THEN 'outbound' ELSE 'outside' END AS way
  FROM flow f LEFT JOIN workload s ON s.thing = f.source_workload LEFT JOIN workload t ON t.thing = f.target_workload WHERE NOT f.reply;
-- Which workloads the flows cover: whether who reached it, and whom it reached, is known for the time of the capture. Only Hubble, Cilium and Calico see every connection of a node's pods while they look:
-- a workload is covered where something was seen on each node that its pods run on. Where an end of one of its connections is not known, flows were left out, or all flows have one namespace or workload
-- in common, as if the export had been filtered, and it is another, nothing is claimed.
CREATE TABLE flow_cover (
  workload INTEGER PRIMARY KEY REFERENCES workload(thing),
  inbound INTEGER NOT NULL, outbound INTEGER NOT NULL, -- 1: covered in this direction
  flows INTEGER NOT NULL, first INTEGER, last INTEGER
) STRICT;
-- What policies allow between workloads and no flow used, where the flows cover one of the two ends. The first 20,000 of a cluster.
CREATE TABLE flow_unused (
  id INTEGER PRIMARY KEY,
  cluster TEXT NOT NULL,
  source INTEGER REFERENCES workload(thing), -- NULL: every workload whose egress no policy holds back, to one whose ingress none does
  target INTEGER NOT NULL REFERENCES workload(thing),
  protocol TEXT NOT NULL,    -- TCP, UDP, SCTP; any: of all three
  allowed TEXT NOT NULL,     -- ports: '80,443-445' or 'all'
  used TEXT NOT NULL,        -- ports; '' none. With protocol any: 'TCP 80, UDP 53'
  unused TEXT NOT NULL       -- ports; with protocol any: 'all' or 'all others'
) STRICT;
CREATE INDEX flow_unused_target ON flow_unused(target);
CREATE VIEW v_flow_unused AS
  SELECT u.target AS subject, u.cluster, u.source, s.namespace AS source_namespace, s.kind AS source_kind, s.name AS source_name, t.namespace AS target_namespace, t.kind AS target_kind, t.name AS target_name,
    u.protocol, u.allowed, u.used, u.unused FROM flow_unused u JOIN workload t ON t.thing = u.target LEFT JOIN workload s ON s.thing = u.source;
-- Flows that are worth a look, one row for each reason.
CREATE VIEW v_flow_unexpected AS
  SELECT f.*, 'denied-but-seen' AS code, 'passed, and no policy permits it: policies are not enforced there, or younger than the flow' AS reason FROM v_flow f WHERE f.allowed = 1 AND f.permitted = 0
  UNION ALL SELECT f.*, 'not-exposed', 'came from the Internet to a workload that nothing exposes' FROM v_flow f WHERE f.source_place = 'internet' AND f.target_workload IS NOT NULL AND f.allowed IS NOT 0
    AND NOT EXISTS (SELECT 1 FROM exposure x WHERE x.workload = f.target_workload AND x.outside)
  UNION ALL SELECT f.*, 'not-known', 'came from a private address that no pod and no node has, to a workload that nothing exposes' FROM v_flow f WHERE f.source_place = 'private' AND f.target_workload IS NOT NULL AND f.allowed IS NOT 0
    AND NOT EXISTS (SELECT 1 FROM exposure x WHERE x.workload = f.target_workload)
  UNION ALL SELECT f.*, 'port-not-declared', 'reached a port that no container of the workload declares' FROM v_flow f WHERE f.target_workload IS NOT NULL AND f.port > 0 AND f.protocol IN ('TCP', 'UDP', 'SCTP') AND f.allowed IS NOT 0 AND f.target_place != 'service'
    AND EXISTS (SELECT 1 FROM container c JOIN container_port p ON p.container = c.thing WHERE c.workload = f.target_workload AND p.protocol = f.protocol)
    AND NOT EXISTS (SELECT 1 FROM container c JOIN container_port p ON p.container = c.thing WHERE c.workload = f.target_workload AND p.protocol = f.protocol AND p.port = f.port)
  UNION ALL SELECT f.*, 'test-to-production', 'went from ' || a.environment || ' to ' || b.environment FROM v_flow f JOIN workload a ON a.thing = f.subject JOIN workload b ON b.thing = f.target_workload
    JOIN environment p ON p.name = b.environment AND p.production JOIN environment q ON q.name = a.environment AND NOT q.production WHERE f.allowed IS NOT 0
  UNION ALL SELECT f.*, 'metadata', 'asked the metadata service of the cloud' FROM v_flow f WHERE f.target_place = 'metadata' AND f.allowed IS NOT 0
  UNION ALL SELECT f.*, 'node-control', 'asked a control port of a node' FROM v_flow f WHERE f.source_place = 'pod' AND f.target_place = 'node' AND f.protocol = 'TCP' AND f.port IN (2379, 2380, 10250, 10255, 10257, 10259) AND f.allowed IS NOT 0
  UNION ALL SELECT f.*, 'gone', 'came from a pod that the evidence does not have' FROM v_flow f WHERE f.source_place = 'gone' AND f.subject IS NULL AND f.allowed IS NOT 0;
-- Flows in a few lines: section evidence (who observed, and when), direction, outcome, egress, policies.
CREATE VIEW v_flow_summary AS
  WITH f AS (SELECT *, CASE WHEN allowed = 1 THEN 'passed' WHEN allowed = 0 THEN 'dropped' ELSE 'not told' END AS outcome FROM v_flow),
  part(cluster, ordinal, section, what, count, subject, first, last) AS (
    SELECT cluster, 1, 'evidence', 'observed by ' || origin, count, subject, first, last FROM f
    UNION ALL SELECT cluster, 2, 'direction', CASE way WHEN 'east-west' THEN CASE WHEN source_place = 'node' OR target_place = 'node' THEN 'east-west, pods and nodes'
        WHEN coalesce(source_namespace, substr(source, 1, instr(source, '/') - 1)) = coalesce(target_namespace, substr(target, 1, instr(target, '/') - 1)) THEN 'east-west, inside a namespace'
        WHEN target_namespace IS NULL AND target_place = 'service' THEN 'east-west, to services' ELSE 'east-west, between namespaces' END
      WHEN 'inbound' THEN 'north-south, inbound from ' || CASE source_place WHEN 'internet' THEN 'the Internet' ELSE 'other addresses' END
      WHEN 'outbound' THEN 'north-south, outbound to ' || CASE target_place WHEN 'internet' THEN 'the Internet' WHEN 'metadata' THEN 'the metadata service' ELSE 'other addresses' END
      WHEN 'unknown' THEN 'an end is not known' ELSE 'between addresses outside' END, count, subject, NULL, NULL FROM f
    UNION ALL SELECT cluster, 3, 'outcome', outcome, count, subject, NULL, NULL FROM f
    UNION ALL SELECT cluster, 4, 'egress', CASE WHEN target_place = 'internet' THEN 'to the Internet' WHEN target_place = 'metadata' THEN 'to the metadata service' WHEN target_place = 'node' THEN 'to nodes' ELSE 'to other namespaces' END, count, subject, NULL, NULL
      FROM f WHERE subject IS NOT NULL AND allowed IS NOT 0 AND (target_place IN ('internet', 'metadata', 'node') OR (target_workload IS NOT NULL AND target_namespace != source_namespace))
    UNION ALL SELECT cluster, 5, 'policies', CASE WHEN permitted IS NULL THEN 'cannot be asked' ELSE outcome || iif(permitted, ' and permitted', ' and not permitted') END, count, subject, NULL, NULL FROM f)
  SELECT cluster, ordinal, section, what, count(*) AS connections, sum(count) AS count, count(DISTINCT subject) AS workloads, min(first) AS first, max(last) AS last FROM part GROUP BY cluster, ordinal, section, what
  UNION ALL SELECT w.cluster, 6, 'cover', 'workloads whose flows are known in both directions', sum(c.inbound AND c.outbound), NULL, count(*), NULL, NULL FROM flow_cover c JOIN workload w ON w.thing = c.workload GROUP BY w.cluster;
-- Workloads that flows tell of, with what is worth a look in them. covered_in, covered_out: that there is no more of it is known.
CREATE VIEW v_workload_flow AS
  SELECT w.*, c.inbound AS covered_in, c.outbound AS covered_out, c.flows, c.first, c.last,
    (SELECT count(*) FROM v_flow_unexpected u WHERE u.target_workload = w.subject AND u.code = 'not-exposed') AS from_outside,
    (SELECT min(u.source) FROM v_flow_unexpected u WHERE u.target_workload = w.subject AND u.code = 'not-exposed') AS from_outside_first,
    (SELECT group_concat(DISTINCT u.port) FROM v_flow_unexpected u WHERE u.target_workload = w.subject AND u.code = 'port-not-declared') AS undeclared_ports,
    (SELECT min(u.source_namespace || '/' || u.source_name) FROM v_flow_unexpected u WHERE u.target_workload = w.subject AND u.code = 'test-to-production') AS from_test,
    (SELECT count(*) FROM flow f WHERE f.source_workload = w.subject AND NOT f.reply AND f.allowed IS NOT 0 AND f.target_place = 'metadata') AS to_metadata,
    (SELECT group_concat(DISTINCT u.port) FROM v_flow_unexpected u WHERE u.subject = w.subject AND u.code = 'node-control') AS to_node_control,
    (SELECT count(*) FROM flow f WHERE f.source_workload = w.subject AND NOT f.reply AND f.allowed IS NOT 0 AND f.target_place = 'internet') AS to_internet,
    (SELECT min(coalesce(f.name, f.target)) FROM flow f WHERE f.source_workload = w.subject AND NOT f.reply AND f.allowed IS NOT 0 AND f.target_place = 'internet') AS to_internet_first,
    (SELECT count(DISTINCT f.target || ' ' || f.port) FROM flow f WHERE f.source_workload = w.subject AND NOT f.reply AND f.allowed = 0 AND f.target_place IN ('pod', 'node', 'service')) AS dropped_inside,
    (SELECT min(c.egress_held) FROM reach_member m JOIN reach_class c ON c.id = m.class WHERE m.workload = w.subject) AS egress_held,
    (SELECT min(c.ingress_held) FROM reach_member m JOIN reach_class c ON c.id = m.class WHERE m.workload = w.subject) AS ingress_held,
    (SELECT min(f.tls) FROM flow f WHERE f.target_workload = w.subject AND NOT f.reply AND f.origin = 'mesh') AS mesh_tls,
    (SELECT count(*) FROM flow_unused u WHERE u.target = w.subject AND u.source IS NOT NULL AND u.used = '') AS unused_senders
  FROM v_workload w JOIN flow_cover c ON c.workload = w.subject;
