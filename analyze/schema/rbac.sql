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
  kind TEXT NOT NULL,        -- User, Group, ServiceAccount (also when written as the user system:serviceaccount:NAMESPACE:NAME)
  namespace TEXT,            -- of a ServiceAccount, the binding's own applied; NULL: a ClusterRoleBinding that names none and so nobody
  name TEXT NOT NULL,
  thing INTEGER REFERENCES thing(id) -- the service account, or the principal 'cluster/-/User/name'; NULL: a service account that was not collected
) STRICT;
CREATE INDEX binding_subject_binding ON binding_subject(binding);
CREATE INDEX binding_subject_name ON binding_subject(name);
CREATE INDEX binding_subject_thing ON binding_subject(thing);

-- Rights that a rule holds and that matter most, one row per rule and right; filled by derive-rbac, the table of them is in rbac-right.c.
CREATE TABLE rule_right (
  rule INTEGER NOT NULL REFERENCES role_rule(id),
  right TEXT NOT NULL,       -- 'all', 'secrets-read', 'secrets-write', 'configmaps-write', 'pods-create', 'workloads-write', 'pods-exec', 'ephemeral-containers', 'port-forward', 'logs-read', 'nodes-proxy', 'tokens-create', 'escalate', 'bind', 'impersonate', 'rbac-write', 'csr-approve', 'webhooks-write', 'crds-write', 'namespaces-write', 'pv-create', 'wildcard-verbs', 'wildcard-resources'; with '-named' behind it when only for objects that the rule names
  PRIMARY KEY (rule, right)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_right_right ON rule_right(right);

CREATE VIEW v_role AS SELECT r.thing AS subject, r.*, (SELECT count(*) FROM binding b WHERE b.role = r.thing) AS bindings FROM role r;
CREATE VIEW v_rule AS
  SELECT r.thing AS subject, rr.id AS rule, r.cluster, r.namespace, r.name AS role, r.bootstrap, rr.ordinal, rr.groups, rr.resources, rr.verbs, rr.names, rr.urls
  FROM role_rule rr JOIN role r ON r.thing = rr.role;
CREATE VIEW v_binding AS SELECT b.thing AS subject, b.* FROM binding b;

-- Who holds which rule: a row per subject, binding and rule. namespace NULL: holds everywhere. Accounts need not exist.
CREATE VIEW v_grant AS
  SELECT b.thing AS subject, b.cluster, b.namespace, b.name AS binding, b.bootstrap, s.kind AS subject_kind, s.namespace AS subject_namespace, s.name AS subject_name,
    s.thing AS subject_thing, r.thing AS role, r.name AS role_name, rr.id AS rule, rr.groups, rr.resources, rr.verbs, rr.names, rr.urls
  FROM binding b JOIN binding_subject s ON s.binding = b.thing JOIN role r ON r.thing = b.role JOIN role_rule rr ON rr.role = r.thing
  WHERE s.kind != 'ServiceAccount' OR s.namespace IS NOT NULL;

-- Who holds which sensitive right, a row per binding, subject and right; filled by derive-rbac from the tables above, since dozens of checks ask it.
CREATE TABLE held_right (
  binding INTEGER NOT NULL REFERENCES binding(thing),
  right TEXT NOT NULL,       -- as in rule_right
  subject INTEGER NOT NULL REFERENCES binding_subject(id),
  who TEXT NOT NULL,         -- as sentences name it: 'service account ci/runner', 'group developers'
  builtin INTEGER NOT NULL,  -- 1: Kubernetes itself made the binding, for its own components
  PRIMARY KEY (right, binding, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_right_binding ON held_right(binding, right);

CREATE VIEW v_right AS
  SELECT h.binding AS subject, h.right, b.cluster, b.namespace, b.name AS binding, b.bootstrap, s.kind AS subject_kind, s.namespace AS subject_namespace,
    s.name AS subject_name, s.thing AS subject_thing, b.role_kind, b.role_name, h.who, h.builtin
  FROM held_right h JOIN binding b ON b.thing = h.binding JOIN binding_subject s ON s.id = h.subject;

-- Whom a binding gives which sensitive right, in words: what checks of bindings ask. Kubernetes' own components are left out, and so are
-- the single rights of who has 'all'. Two further rights: 'workloads' (pods-create or workloads-write), 'containers' (pods-exec or ephemeral-containers).
CREATE TABLE binding_right (
  binding INTEGER NOT NULL REFERENCES binding(thing),
  right TEXT NOT NULL,
  holders INTEGER NOT NULL,
  who TEXT NOT NULL,         -- 'group developers, user ann': at most eight, then 'and 3 more'
  PRIMARY KEY (binding, right)
) STRICT, WITHOUT ROWID;
CREATE VIEW v_binding_right AS SELECT r.binding AS subject, r.right, r.holders, r.who FROM binding_right r;

-- Who holds which sensitive right in the end, a row per principal, right and place: its own bindings and those of groups that every such
-- account is in. namespace NULL: holds everywhere. `via`: the group; NULL: bound itself.
CREATE VIEW v_principal_right AS
  SELECT r.subject_thing AS subject, r.right, r.cluster, r.namespace, r.binding, r.role_name, NULL AS via, r.builtin FROM v_right r WHERE r.subject_thing IS NOT NULL
  UNION
  SELECT g.principal, r.right, r.cluster, r.namespace, r.binding, r.role_name, r.subject_name, r.builtin FROM v_right r JOIN principal_group g ON g.member_of = r.subject_thing
  WHERE r.subject_kind = 'Group';
