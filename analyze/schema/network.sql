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
  SELECT e.workload AS subject, e.through, tt.ref AS through_ref, e.type, e.outside, e.host, e.port, e.tls, w.cluster, w.namespace, w.kind AS workload_kind, w.name AS workload_name
  FROM exposure e JOIN workload w ON w.thing = e.workload JOIN thing tt ON tt.id = e.through;

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
-- What one class may reach on another. Pairs of a sender without egress policies and a receiver without ingress policies are not listed:
-- there everything passes (v_reach has them as one step to and one from the open network). The first 50,000 of a cluster, those to workloads with a
-- known flaw before all others; `plimsoll network reach` lists all.
CREATE TABLE reach (
  source INTEGER NOT NULL,   -- a reach_class; 0: every class without egress policies, -1: every such class but those in the network of their node, where all of them reach the target alike
  target INTEGER NOT NULL REFERENCES reach_class(id),
  protocol TEXT NOT NULL,    -- TCP, UDP, SCTP
  ports TEXT NOT NULL        -- '80,443-445' or 'all'
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
-- Classes as nodes of a graph: `source` and `target` are ids of reach_class, 0 the open network, in which every sender without egress policies
-- reaches every receiver without ingress policies, -1 what of these senders is not in the network of its node. Workloads of a class: reach_member.
CREATE VIEW v_workload_reach AS
  SELECT w.*, max(c.metadata_open) AS metadata_open, max(c.internet_egress) AS internet_egress, max(c.internet_ingress) AS internet_ingress,
    max(c.ingress_open) AS ingress_open, max(c.egress_open) AS egress_open, min(c.ingress_isolated) AS ingress_isolated, min(c.egress_isolated) AS egress_isolated, max(c.from_namespaces) AS from_namespaces, min(c.listed) AS reach_listed
  FROM v_workload w LEFT JOIN reach_member m ON m.workload = w.subject LEFT JOIN reach_class c ON c.id = m.class GROUP BY w.subject;
CREATE VIEW v_reach AS
  SELECT source, target, protocol, ports FROM reach
  UNION ALL SELECT id, 0, 'any', 'all' FROM reach_class WHERE NOT egress_isolated
  UNION ALL SELECT id, -1, 'any', 'all' FROM reach_class WHERE NOT egress_isolated AND NOT host_network
  UNION ALL SELECT 0, id, 'any', 'all' FROM reach_class WHERE NOT ingress_isolated;
CREATE VIEW v_reach_outside AS
  SELECT o.class, m.workload AS subject, o.direction, o.cidr, o.protocol, o.ports FROM reach_outside o JOIN reach_member m ON m.class = o.class;
-- Whatever decides on traffic between pods: policies of namespaces, of administrators, of Cilium and Calico.
CREATE VIEW v_traffic_policy AS
  SELECT p.thing AS subject, p.cluster, p.namespace, p.name, t.type AS kind FROM network_policy p JOIN thing t ON t.id = p.thing
  UNION ALL SELECT o.thing, o.cluster, o.namespace, o.name, o.kind FROM network_object o WHERE o.kind IN ('AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy');

-- Connections that were observed, added up by who, whom and port. From exports of Hubble, Calico, conntrack and AWS VPC flow logs.
CREATE TABLE flow (
  id INTEGER PRIMARY KEY,
  cluster TEXT NOT NULL,
  source TEXT NOT NULL, target TEXT NOT NULL, -- 'namespace/pod' where it is known, else the address
  source_workload INTEGER REFERENCES workload(thing), target_workload INTEGER REFERENCES workload(thing),
  protocol TEXT NOT NULL, port INTEGER NOT NULL, -- of the target; 0 where the protocol has none
  allowed INTEGER,           -- 1: let pass; 0: dropped; NULL: not told
  reply INTEGER NOT NULL,    -- an answer that was logged by itself
  permitted INTEGER,         -- what the policies say of it; NULL: an end is not known any more
  origin TEXT NOT NULL,      -- hubble, calico, conntrack, vpc
  count INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX flow_key ON flow(cluster, source, target, protocol, port, coalesce(allowed, -1), reply, origin);
CREATE VIEW v_flow AS
  SELECT f.source_workload AS subject, f.cluster, f.source, f.target, s.namespace AS source_namespace, s.kind AS source_kind, s.name AS source_name,
    t.namespace AS target_namespace, t.kind AS target_kind, t.name AS target_name, f.target_workload, f.protocol, f.port, f.allowed, f.permitted, f.origin, f.count,
    CASE WHEN s.thing IS NOT NULL AND t.thing IS NOT NULL THEN 'east-west' WHEN s.thing IS NULL THEN 'inbound' ELSE 'outbound' END AS way
  FROM flow f LEFT JOIN workload s ON s.thing = f.source_workload LEFT JOIN workload t ON t.thing = f.target_workload WHERE NOT f.reply;
