-- SPDX-License-Identifier: Apache-2.0
-- Nodes: arguments, effective settings, files, services, engines, packages.

-- Effective settings of control-plane components, kubelets and engines: flags, else configuration file, else the version's default.
CREATE TABLE node_setting (
  id INTEGER PRIMARY KEY,
  thing INTEGER NOT NULL REFERENCES thing(id), -- 'node:cluster/name#kubelet' or the static pod's component
  node INTEGER REFERENCES thing(id), -- the node, when known
  component TEXT NOT NULL,   -- kube-apiserver, kube-controller-manager, kube-scheduler, etcd, kubelet, kube-proxy, containerd, cri-o, docker, kernel
  name TEXT NOT NULL,        -- flag without dashes, or dotted path of the configuration field; sysctl name
  value TEXT,                -- as text; lists comma-separated
  source TEXT NOT NULL,      -- flag, file, default
  evidence INTEGER REFERENCES evidence(id),
  UNIQUE (thing, name)
) STRICT;
CREATE INDEX node_setting_name ON node_setting(component, name);

-- A component seen running or configured: the row that settings hang on. One per node (or per static pod seen through the API).
CREATE TABLE component_instance (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT,
  node TEXT,
  component TEXT NOT NULL,
  version TEXT,
  seen TEXT,                 -- where its command line was seen: process, manifest, unit, pod (through the API); NULL: it was not
  arguments INTEGER NOT NULL, -- 1: its command line was seen
  configuration INTEGER NOT NULL -- 1: its configuration file was seen
) STRICT;

CREATE TABLE node_file (
  id INTEGER PRIMARY KEY,
  thing INTEGER NOT NULL REFERENCES thing(id), -- the node
  path TEXT NOT NULL,
  role TEXT,                 -- what it is to the benchmarks: 'kube-apiserver manifest', 'kubelet config', 'etcd data', 'pki key', ... (docs/evidence.md)
  present INTEGER,           -- 0: looked for and not there; NULL: could not be looked at
  type TEXT,                 -- file, directory, socket, link, other
  mode INTEGER,              -- permission bits, for example 384 = 0600
  owner TEXT, owner_group TEXT, -- names, else numbers
  UNIQUE (thing, path)
) STRICT;
CREATE INDEX node_file_role ON node_file(role);

CREATE TABLE node_os (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  distribution TEXT, version TEXT, pretty TEXT, kernel TEXT,
  engine TEXT, engine_version TEXT,
  package_database TEXT      -- deb, apk, rpm, none
) STRICT;

CREATE TABLE node_certificate (
  id INTEGER PRIMARY KEY,
  thing INTEGER NOT NULL REFERENCES thing(id),
  path TEXT NOT NULL, subject TEXT, issuer TEXT, not_before INTEGER, not_after INTEGER, key_type TEXT, key_bits INTEGER, is_ca INTEGER,
  UNIQUE (thing, path, subject, not_after)
) STRICT;

CREATE INDEX component_instance_node ON component_instance(cluster, node, component);

CREATE VIEW v_component AS SELECT c.thing AS subject, c.* FROM component_instance c;

-- One row per setting of each instance. An instance whose arguments were not seen has no rows and is judged through v_component: a check
-- left-joins the setting it asks for, so that a setting that is not known is NULL and the verdict not-assessed.
CREATE VIEW v_node_setting AS
  SELECT s.thing AS subject, i.cluster, i.node, s.component, s.name, s.value, s.source FROM node_setting s JOIN component_instance i ON i.thing = s.thing;
-- Every component that is to be judged: those seen, and one row for all nodes that must have it and where it was not seen (its settings are
-- NULL), so that one node collected does not speak for the others. `unknown` says why a setting is not known.
CREATE VIEW v_component_due AS
  SELECT i.thing AS subject, i.cluster, i.node, i.component, i.version, i.component || coalesce(' of node ' || i.node, '') AS label,
    'Not assessed: what was collected does not tell how ' || i.component || coalesce(' of node ' || i.node, '') || ' is set.' AS unknown
  FROM component_instance i
  UNION ALL
  SELECT min(n.thing), n.cluster, NULL, c.component, NULL, c.component,
    'Not assessed: nothing was collected of ' || c.component || ' on ' || count(*) || ' node(s), such as ' || min(n.name) || '.'
  FROM node n JOIN (SELECT DISTINCT cluster, component FROM component_instance
      WHERE component IN ('kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet')) c ON c.cluster = n.cluster
  WHERE (c.component = 'kubelet' OR n.control_plane)
    AND NOT EXISTS (SELECT 1 FROM component_instance i WHERE i.cluster = n.cluster AND i.node = n.name AND i.component = c.component)
  GROUP BY n.cluster, c.component;
-- Hosts that something was collected on; `control_plane` as the cluster's node object says, else by what runs there.
CREATE VIEW v_node_host AS
  SELECT t.id AS subject, t.cluster, t.name AS node,
    coalesce(n.control_plane, EXISTS (SELECT 1 FROM component_instance i WHERE i.cluster = t.cluster AND i.node = t.name
      AND i.component IN ('kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'))) AS control_plane,
    EXISTS (SELECT 1 FROM component_instance i WHERE i.cluster = t.cluster AND i.node = t.name AND i.component = 'kubelet') AS kubelet,
    o.distribution, o.version, o.pretty, o.kernel, o.engine, o.engine_version, o.package_database
  FROM thing t LEFT JOIN node n ON n.cluster = t.cluster AND n.name = t.name LEFT JOIN node_os o ON o.thing = t.id
  WHERE t.kind = 'node' AND t.type = 'node';
-- Roles: 'COMPONENT manifest' and 'COMPONENT kubeconfig' (kube-apiserver, kube-controller-manager, kube-scheduler, etcd, kubelet, kube-proxy),
-- 'admin kubeconfig', 'kubelet unit', 'kubelet config', 'kubelet client ca', 'cni config', 'etcd data', 'pki directory', 'pki certificate',
-- 'pki key', 'docker unit', 'docker socket unit', 'docker config', 'docker directory', 'docker registry certificate', 'docker socket',
-- 'docker defaults', 'docker tls ca', 'docker tls certificate', 'docker tls key', 'containerd socket'. The usual path tells it, else the collector.
CREATE VIEW v_node_file AS
  SELECT f.thing AS subject, f.path, f.role,
    f.present, f.type, f.mode, CASE WHEN f.mode IS NOT NULL THEN printf('%04o', f.mode) END AS mode_text, f.owner, f.owner_group, h.cluster, h.node, h.control_plane
  FROM node_file f JOIN v_node_host h ON h.subject = f.thing;
-- Files that are to be judged: those that are there or could not be looked at, and a row without role for the nodes (of the control plane, and
-- the others) on which no files were looked at though they were elsewhere.
CREATE VIEW v_node_file_due AS
  SELECT subject, cluster, node, control_plane, role, path, type, mode, mode_text, owner, owner_group,
    'Not assessed: what was collected does not tell mode and owner of ' || path || ' of node ' || node || '.' AS unknown
  FROM v_node_file WHERE present IS NOT 0
  UNION ALL
  SELECT min(n.thing), n.cluster, NULL, n.control_plane, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    'Not assessed: no files were looked at on ' || count(*) || ' node(s), such as ' || min(n.name) || '.'
  FROM node n WHERE EXISTS (SELECT 1 FROM evidence_kind k JOIN scope s ON s.id = k.scope WHERE s.kind = 'cluster' AND s.name = n.cluster AND k.kind = 'node/files')
    AND NOT EXISTS (SELECT 1 FROM thing t JOIN node_file f ON f.thing = t.id WHERE t.ref = 'node:' || n.cluster || '/' || n.name)
  GROUP BY n.cluster, n.control_plane;
CREATE VIEW v_node_certificate AS
  SELECT c.thing AS subject, c.path, c.subject AS cert_subject, c.issuer, c.not_before, c.not_after, c.key_type, c.key_bits, c.is_ca, h.cluster, h.node
  FROM node_certificate c JOIN v_node_host h ON h.subject = c.thing;
