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

CREATE VIEW v_component AS SELECT c.thing AS subject, c.* FROM component_instance c;

-- One row per setting of each instance. An instance whose arguments were not seen has no rows and is judged through v_component: a check
-- left-joins the setting it asks for, so that a setting that is not known is NULL and the verdict not-assessed.
CREATE VIEW v_node_setting AS
  SELECT s.thing AS subject, i.cluster, i.node, s.component, s.name, s.value, s.source FROM node_setting s JOIN component_instance i ON i.thing = s.thing;
-- Hosts that something was collected on; `control_plane` as the cluster's node object says, else by what runs there.
CREATE VIEW v_node_host AS
  SELECT t.id AS subject, t.cluster, t.name AS node,
    coalesce(n.control_plane, EXISTS (SELECT 1 FROM component_instance i WHERE i.cluster = t.cluster AND i.node = t.name
      AND i.component IN ('kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'))) AS control_plane,
    EXISTS (SELECT 1 FROM component_instance i WHERE i.cluster = t.cluster AND i.node = t.name AND i.component = 'kubelet') AS kubelet,
    o.distribution, o.version, o.pretty, o.kernel, o.engine, o.engine_version, o.package_database
  FROM thing t LEFT JOIN node n ON n.cluster = t.cluster AND n.name = t.name LEFT JOIN node_os o ON o.thing = t.id
  WHERE t.kind = 'node' AND t.type = 'node';
CREATE VIEW v_node_file AS
  SELECT f.thing AS subject, f.path, f.role, f.present, f.type, f.mode, CASE WHEN f.mode IS NOT NULL THEN printf('%04o', f.mode) END AS mode_text, f.owner, f.owner_group, h.cluster, h.node, h.control_plane
  FROM node_file f JOIN v_node_host h ON h.subject = f.thing;
CREATE VIEW v_node_certificate AS
  SELECT c.thing AS subject, c.path, c.subject AS cert_subject, c.issuer, c.not_before, c.not_after, c.key_type, c.key_bits, c.is_ca, h.cluster, h.node
  FROM node_certificate c JOIN v_node_host h ON h.subject = c.thing;
