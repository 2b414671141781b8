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
  thing INTEGER REFERENCES thing(id), -- the service account, or the principal 'cluster/-/User/name'; NULL: a service account that was not collected
  counts INTEGER NOT NULL DEFAULT 1, -- 0: nobody, or named before in the same binding
  builtin INTEGER NOT NULL DEFAULT 0 -- 1: Kubernetes itself made the binding, for its own components
) STRICT;
CREATE INDEX binding_subject_binding ON binding_subject(binding);
CREATE INDEX binding_subject_name ON binding_subject(name, namespace);
CREATE INDEX binding_subject_thing ON binding_subject(thing);

-- Rights that a rule holds and that matter most, one row per rule and right; filled by derive-rbac, the table of them is in rbac-right.c.
CREATE TABLE rule_right (
  rule INTEGER NOT NULL REFERENCES role_rule(id),
  right TEXT NOT NULL,       -- 'all', 'secrets-read', 'secrets-write', 'configmaps-write', 'pods-create', 'workloads-write', 'pods-exec', 'ephemeral-containers', 'port-forward', 'logs-read', 'nodes-proxy', 'tokens-create', 'escalate', 'bind', 'impersonate', 'rbac-write', 'csr-approve', 'webhooks-write', 'crds-write', 'namespaces-write', 'pv-create', 'nodes-write', 'pods-proxy', 'service-accounts-write', 'endpoints-write', 'network-policies-write', 'impersonate-extra', 'apiservices-write', 'csr-sign', 'wildcard-verbs', 'wildcard-resources'; with '-named' behind it when only for objects that the rule names
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

-- Which sensitive rights the role of a binding holds; filled by derive-rbac. Subjects are joined on demand: a million of them hold a dozen rights
-- in as many rows.
CREATE TABLE bound_right (
  right TEXT NOT NULL,       -- as in rule_right
  binding INTEGER NOT NULL REFERENCES binding(thing),
  PRIMARY KEY (right, binding)
) STRICT, WITHOUT ROWID;
CREATE INDEX bound_right_binding ON bound_right(binding, right);

-- Who holds which sensitive right: a row per binding, subject and right. who: as sentences name it, 'service account ci/runner', 'group developers'.
CREATE VIEW v_right AS
  SELECT h.binding AS subject, h.right, b.cluster, b.namespace, b.name AS binding, b.bootstrap, s.kind AS subject_kind, s.namespace AS subject_namespace,
    s.name AS subject_name, s.thing AS subject_thing, b.role_kind, b.role_name,
    CASE s.kind WHEN 'ServiceAccount' THEN 'service account ' || s.namespace || '/' || s.name ELSE lower(s.kind) || ' ' || s.name END AS who, s.builtin
  FROM bound_right h JOIN binding b ON b.thing = h.binding JOIN binding_subject s ON s.binding = h.binding WHERE s.counts;

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
-- account is in or that logs or people tell of (`told`: see principal_group). namespace NULL: holds everywhere. `via`: the group; NULL: bound itself.
CREATE VIEW v_principal_right AS
  SELECT r.subject_thing AS subject, r.right, r.cluster, r.namespace, r.binding, r.role_name, NULL AS via, r.builtin, NULL AS told FROM v_right r WHERE r.subject_thing IS NOT NULL
  UNION
  SELECT g.principal, r.right, r.cluster, r.namespace, r.binding, r.role_name, r.subject_name, r.builtin, g.told FROM v_right r JOIN principal_group g ON g.member_of = r.subject_thing
  WHERE r.subject_kind = 'Group';

-- What each sensitive right means, in words; weight orders them (5: as good as the whole cluster or namespace).
CREATE VIEW v_right_word AS
  WITH w(right, words, weight) AS (VALUES
    ('all', 'everything', 5), ('escalate', 'raise roles above the own rights', 5), ('bind', 'bind any role', 5), ('impersonate', 'act as others', 5),
    ('rbac-write', 'write roles and bindings', 5), ('nodes-proxy', 'reach kubelets through the API server', 5), ('csr-approve', 'approve certificates', 5),
    ('webhooks-write', 'change admission control', 4), ('crds-write', 'change custom resource definitions', 4), ('tokens-create', 'make tokens of service accounts', 4),
    ('pods-create', 'create pods', 4), ('workloads-write', 'change workloads', 4), ('ephemeral-containers', 'put containers into running pods', 4),
    ('pods-exec', 'run commands in pods', 4), ('pv-create', 'create persistent volumes', 4), ('secrets-read', 'read secrets', 4),
    ('secrets-write', 'change secrets', 4), ('namespaces-write', 'change namespaces', 3), ('configmaps-write', 'change config maps', 2),
    ('port-forward', 'forward ports of pods', 2), ('logs-read', 'read logs', 1), ('wildcard-verbs', 'every verb on something', 3),
    ('wildcard-resources', 'every resource of a group', 3), ('nodes-write', 'change nodes', 3), ('pods-proxy', 'reach pods and services through the API server', 3),
    ('service-accounts-write', 'change service accounts', 3), ('endpoints-write', 'change where services lead', 3), ('network-policies-write', 'change network policies', 3),
    ('impersonate-extra', 'act with uids and extra fields of others', 3), ('apiservices-write', 'change aggregated APIs', 4), ('csr-sign', 'sign certificates', 5))
  SELECT right, words, weight FROM w
  UNION ALL SELECT right || '-named', words || ' (named objects only)', max(weight - 2, 1) FROM w;

-- Accounts of clusters: people, parts of Kubernetes, applications, groups. used: the last request that audit logs tell of; logs: there are some.
CREATE VIEW v_account AS
  SELECT p.thing AS subject, p.account AS cluster, p.kind, p.name,
    CASE WHEN p.kind = 'group' THEN 'group' WHEN p.kind = 'service-account' AND p.name GLOB 'kube-system/*' THEN 'system' WHEN p.kind = 'service-account' THEN 'application'
      WHEN p.name GLOB 'system:*' THEN 'system' WHEN p.human = 0 THEN 'application' ELSE 'person' END AS class,
    p.kind = 'group' AND p.name GLOB 'system:*' AS builtin_group, p.created,
    EXISTS (SELECT 1 FROM audit_span a WHERE a.cluster = p.account) AS logs,
    CASE p.kind WHEN 'group' THEN (SELECT max(u.last) FROM audit_group g JOIN audit_use u ON u.cluster = g.cluster AND u.user = g.user WHERE g.cluster = p.account AND g.member_of = p.name)
      WHEN 'service-account' THEN (SELECT max(u.last) FROM audit_use u WHERE u.cluster = p.account
        AND u.user = 'system:serviceaccount:' || substr(p.name, 1, instr(p.name, '/') - 1) || ':' || substr(p.name, instr(p.name, '/') + 1))
      ELSE (SELECT max(u.last) FROM audit_use u WHERE u.cluster = p.account AND u.user = p.name) END AS used
  FROM principal p WHERE p.system = 'kubernetes' AND p.account IS NOT NULL;

-- Accounts with the sensitive rights they hold, in words: a row per account and place. place NULL: everywhere. bindings: that they come from;
-- via: the groups they come through, with how the membership is known where the API server does not say it; NULL: bound itself only.
CREATE VIEW v_account_right AS
  WITH held AS (SELECT DISTINCT subject, namespace, right, binding, via || CASE told WHEN 'audit' THEN ' (by audit logs)' WHEN 'engagement' THEN ' (by the engagement file)' ELSE '' END AS via, builtin FROM v_principal_right),
    worded AS (SELECT subject, namespace, group_concat(words, ', ') AS rights, max(weight) AS weight FROM
      (SELECT DISTINCT h.subject, h.namespace, w.words, w.weight FROM held h JOIN v_right_word w ON w.right = h.right
        WHERE h.right = 'all' OR NOT EXISTS (SELECT 1 FROM held o WHERE o.subject = h.subject AND o.namespace IS h.namespace AND o.right = 'all')
        ORDER BY 1, 2, w.weight DESC, w.words) GROUP BY subject, namespace),
    bound AS (SELECT subject, namespace, group_concat(binding, ', ') AS bindings FROM (SELECT DISTINCT subject, namespace, binding FROM held ORDER BY 1, 2, 3) GROUP BY subject, namespace),
    grouped AS (SELECT subject, namespace, group_concat(via, ', ') AS via FROM (SELECT DISTINCT subject, namespace, via FROM held WHERE via IS NOT NULL ORDER BY 1, 2, 3) GROUP BY subject, namespace),
    made AS (SELECT subject, namespace, min(builtin) AS builtin FROM held GROUP BY subject, namespace)
  SELECT a.subject, a.cluster, a.kind, a.name, a.class, a.logs, a.used, w.namespace AS place, w.weight, m.builtin, w.rights, b.bindings, g.via
  FROM worded w JOIN v_account a ON a.subject = w.subject JOIN bound b ON b.subject = w.subject AND b.namespace IS w.namespace
  JOIN made m ON m.subject = w.subject AND m.namespace IS w.namespace LEFT JOIN grouped g ON g.subject = w.subject AND g.namespace IS w.namespace;

-- Bindings that another makes needless: the same role, place and subjects.
CREATE VIEW v_binding_duplicate AS
  WITH k AS MATERIALIZED (SELECT b.thing, b.cluster, b.namespace, b.role_kind, b.role_name, b.name, min(x.name) AS low, max(x.name) AS high
      FROM binding b CROSS JOIN binding_subject x ON x.binding = b.thing GROUP BY b.thing),
    alike AS MATERIALIZED (SELECT k.*, count(*) OVER (PARTITION BY cluster, namespace, role_kind, role_name, low, high) AS n FROM k),
    s AS MATERIALIZED (SELECT a.*, (SELECT group_concat(k, char(10)) FROM (SELECT DISTINCT x.kind || ' ' || coalesce(x.namespace, '') || ' ' || x.name AS k FROM binding_subject x WHERE x.binding = a.thing ORDER BY 1)) AS subjects
      FROM alike a WHERE n > 1)
  SELECT thing AS subject, cluster, namespace, name AS binding, role_kind, role_name, first AS same_as
  FROM (SELECT s.*, min(name) OVER (PARTITION BY cluster, namespace, role_kind, role_name, subjects) AS first FROM s WHERE subjects IS NOT NULL) WHERE first < name;
