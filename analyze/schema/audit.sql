-- SPDX-License-Identifier: Apache-2.0
-- What audit logs of an API server tell about the use of rights: counted, never kept line by line.

-- One row per account, what it asked for and where. The account is the impersonated one where there is one.
CREATE TABLE audit_use (
  id INTEGER PRIMARY KEY,
  cluster TEXT NOT NULL,
  user TEXT NOT NULL,
  verb TEXT NOT NULL,
  api_group TEXT NOT NULL, resource TEXT NOT NULL, subresource TEXT NOT NULL, -- '' where there is none
  namespace TEXT NOT NULL,   -- '' for the whole cluster
  path TEXT NOT NULL,        -- of a non-resource URL, without its query; '' for resources
  allowed INTEGER NOT NULL,  -- requests that were let through
  denied INTEGER NOT NULL,   -- requests that the authorizer turned down
  first INTEGER NOT NULL, last INTEGER NOT NULL,
  UNIQUE (cluster, user, verb, api_group, resource, subresource, namespace, path)
) STRICT;
-- Groups that requests of an account came with.
CREATE TABLE audit_group (
  cluster TEXT NOT NULL, user TEXT NOT NULL, member_of TEXT NOT NULL, PRIMARY KEY (cluster, user, member_of)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_group_member_of ON audit_group(cluster, member_of);
-- The time that the logs of a cluster cover.
CREATE TABLE audit_span (
  cluster TEXT PRIMARY KEY, events INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which rules of which bindings allowed what was done; filled by derive-usage.
CREATE TABLE rule_use (
  binding INTEGER NOT NULL REFERENCES binding(thing),
  rule INTEGER NOT NULL REFERENCES role_rule(id),
  use INTEGER NOT NULL REFERENCES audit_use(id),
  PRIMARY KEY (binding, rule, use)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_use_rule ON rule_use(rule);

CREATE VIEW v_audit_use AS SELECT u.* FROM audit_use u;
-- Bindings with what the logs tell: uses NULL where there are no logs of the cluster.
CREATE VIEW v_binding_use AS
  SELECT b.thing AS subject, b.cluster, b.namespace, b.name AS binding, b.role_kind, b.role_name, b.bootstrap, a.first AS logs_from, a.last AS logs_to,
    CASE WHEN a.cluster IS NOT NULL THEN coalesce(u.uses, 0) END AS uses, u.last
  FROM binding b LEFT JOIN audit_span a ON a.cluster = b.cluster
  LEFT JOIN (SELECT r.binding, sum(x.allowed) AS uses, max(x.last) AS last FROM rule_use r JOIN audit_use x ON x.id = r.use GROUP BY r.binding) u ON u.binding = b.thing;
-- Rules of roles that are bound, with their use; as v_binding_use.
CREATE VIEW v_rule_use AS
  SELECT r.thing AS subject, x.id AS rule, r.cluster, r.namespace, r.name AS role, r.bootstrap, x.ordinal, x.groups, x.resources, x.verbs, x.names, x.urls,
    a.first AS logs_from, a.last AS logs_to, CASE WHEN a.cluster IS NOT NULL THEN coalesce(u.uses, 0) END AS uses, u.last
  FROM role_rule x JOIN role r ON r.thing = x.role LEFT JOIN audit_span a ON a.cluster = r.cluster
  LEFT JOIN (SELECT y.rule, sum(z.allowed) AS uses, max(z.last) AS last FROM rule_use y JOIN audit_use z ON z.id = y.use GROUP BY y.rule) u ON u.rule = x.id
  WHERE EXISTS (SELECT 1 FROM binding b WHERE b.role = r.thing);
