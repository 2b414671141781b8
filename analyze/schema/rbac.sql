-- SPDX-License-Identifier: Apache-2.0
-- Kubernetes RBAC: rules stored once, bindings beside them, joined on demand.

CREATE TABLE role (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL,
  namespace TEXT,            -- NULL: ClusterRole
  name TEXT NOT NULL,
  aggregates TEXT,           -- JSON of aggregationRule; NULL: none
  bootstrap INTEGER NOT NULL -- comes with Kubernetes (label kubernetes.io/bootstrapping)
) STRICT;
CREATE UNIQUE INDEX role_name ON role(cluster, namespace, name);

CREATE TABLE role_rule (
  id INTEGER PRIMARY KEY,
  role INTEGER NOT NULL REFERENCES role(thing),
  ordinal INTEGER NOT NULL,
  groups TEXT NOT NULL,      -- JSON array of apiGroups
  resources TEXT NOT NULL,   -- JSON array, with subresources as 'pods/exec'
  verbs TEXT NOT NULL,
  names TEXT NOT NULL,       -- JSON array of resourceNames, [] for all
  urls TEXT NOT NULL         -- JSON array of nonResourceURLs
) STRICT;
CREATE INDEX role_rule_role ON role_rule(role);

CREATE TABLE binding (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL,
  namespace TEXT,            -- NULL: ClusterRoleBinding
  name TEXT NOT NULL,
  role_kind TEXT NOT NULL,
  role_name TEXT NOT NULL,
  role INTEGER REFERENCES role(thing), -- NULL: no such role was collected
  bootstrap INTEGER NOT NULL
) STRICT;
CREATE INDEX binding_role ON binding(role);

CREATE TABLE binding_subject (
  id INTEGER PRIMARY KEY,
  binding INTEGER NOT NULL REFERENCES binding(thing),
  kind TEXT NOT NULL,        -- User, Group, ServiceAccount
  namespace TEXT,            -- of a ServiceAccount
  name TEXT NOT NULL,
  thing INTEGER REFERENCES thing(id) -- the service account, or the principal 'cluster/-/User/name'; NULL: a service account that was not collected
) STRICT;
CREATE INDEX binding_subject_binding ON binding_subject(binding);
CREATE INDEX binding_subject_name ON binding_subject(name);

-- Rights that a rule holds and that matter most, one row per rule and right; filled by derive-rbac.
CREATE TABLE rule_right (
  rule INTEGER NOT NULL REFERENCES role_rule(id),
  right TEXT NOT NULL,       -- 'all', 'secrets-read', 'pods-create', 'pods-exec', 'escalate', 'bind', 'impersonate', 'nodes-proxy', 'tokens-create', 'csr-approve', 'webhooks-write', 'rbac-write', 'pv-create', 'wildcard-verbs', 'wildcard-resources', 'secrets-write', 'workloads-write', 'namespaces-write', 'crds-write', 'ephemeral-containers', 'port-forward', 'logs-read', 'configmaps-write'
  PRIMARY KEY (rule, right)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_right_right ON rule_right(right);

CREATE VIEW v_role AS SELECT r.thing AS subject, r.*, (SELECT count(*) FROM binding b WHERE b.role = r.thing) AS bindings FROM role r;
CREATE VIEW v_rule AS
  SELECT r.thing AS subject, rr.id AS rule, r.cluster, r.namespace, r.name AS role, r.bootstrap, rr.ordinal, rr.groups, rr.resources, rr.verbs, rr.names, rr.urls
  FROM role_rule rr JOIN role r ON r.thing = rr.role;
CREATE VIEW v_binding AS SELECT b.thing AS subject, b.* FROM binding b;

-- Who holds which rule: a row per subject, binding and rule. namespace NULL: holds everywhere.
CREATE VIEW v_grant AS
  SELECT b.thing AS subject, b.cluster, b.namespace, b.name AS binding, b.bootstrap, s.kind AS subject_kind, s.namespace AS subject_namespace, s.name AS subject_name,
    s.thing AS subject_thing, r.thing AS role, r.name AS role_name, rr.id AS rule, rr.groups, rr.resources, rr.verbs, rr.names, rr.urls
  FROM binding b JOIN binding_subject s ON s.binding = b.thing JOIN role r ON r.thing = b.role JOIN role_rule rr ON rr.role = r.thing;

-- Who holds which sensitive right, a row per binding, subject and right. `builtin`: Kubernetes itself made the binding, for its own components.
CREATE VIEW v_right AS
  SELECT DISTINCT b.thing AS subject, rt.right, b.cluster, b.namespace, b.name AS binding, b.bootstrap, s.kind AS subject_kind, s.namespace AS subject_namespace,
    s.name AS subject_name, s.thing AS subject_thing, b.role_kind, b.role_name,
    CASE s.kind WHEN 'ServiceAccount' THEN 'service account ' || coalesce(s.namespace, '-') || '/' || s.name ELSE lower(s.kind) || ' ' || s.name END AS who,
    b.bootstrap AND ((s.kind IN ('User', 'Group') AND s.name LIKE 'system:%'
        AND s.name NOT IN ('system:anonymous', 'system:unauthenticated', 'system:authenticated') AND s.name NOT LIKE 'system:serviceaccounts%')
      OR (s.kind = 'ServiceAccount' AND s.namespace = 'kube-system')) AS builtin
  FROM binding b JOIN binding_subject s ON s.binding = b.thing JOIN role_rule rr ON rr.role = b.role JOIN rule_right rt ON rt.rule = rr.id;
