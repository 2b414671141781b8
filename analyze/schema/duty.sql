-- SPDX-License-Identifier: Apache-2.0
-- What differs from Kubernetes' own roles and bindings, and which duties one account must not unite.

-- Differences from what kube-apiserver makes itself (analyze/rbac-defaults.yaml); filled by derive-defaults.
CREATE TABLE default_change (
  id INTEGER PRIMARY KEY,
  cluster TEXT NOT NULL,
  thing INTEGER REFERENCES thing(id), -- the role or binding; NULL: it is missing
  kind TEXT NOT NULL,        -- role, binding
  namespace TEXT, name TEXT NOT NULL,
  change TEXT NOT NULL,      -- added (a right or subject that the default has not), removed, missing (the whole), role (bound to another role)
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX default_change_thing ON default_change(thing);
-- Which roles and bindings of a cluster were compared.
CREATE TABLE default_compared (thing INTEGER PRIMARY KEY REFERENCES thing(id), kind TEXT NOT NULL) STRICT;

-- Separation of duties (engagement file): nobody may hold a right of one side and one of the other in the same place.
CREATE TABLE duty (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  one TEXT NOT NULL, other TEXT NOT NULL, -- JSON arrays of rights: names as in rule_right, or 'VERB RESOURCE[.GROUP][/SUB]'
  except_for TEXT NOT NULL,  -- JSON array of patterns of account names
  reason TEXT
) STRICT;
-- Roles that hold a right of a side (1, 2); filled by derive-duty.
CREATE TABLE duty_role (
  duty INTEGER NOT NULL REFERENCES duty(id), side INTEGER NOT NULL, role INTEGER NOT NULL REFERENCES role(thing), PRIMARY KEY (duty, side, role)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_default_change AS
  SELECT d.thing AS subject, d.cluster, d.kind, d.namespace, d.name, d.change, d.detail FROM default_change d;
CREATE VIEW v_default_compared AS
  SELECT c.thing AS subject, c.kind, t.cluster, t.namespace, t.name FROM default_compared c JOIN thing t ON t.id = c.thing;

-- Who holds which side of a duty, directly or through a group; Kubernetes' own bindings of its own parts left out.
CREATE VIEW v_duty_held AS
  WITH direct AS (SELECT DISTINCT s.thing AS subject, b.namespace, d.duty, d.side, b.name AS binding
      FROM duty_role d JOIN binding b ON b.role = d.role JOIN binding_subject s ON s.binding = b.thing
      WHERE s.thing IS NOT NULL AND NOT b.bootstrap)
  SELECT subject, namespace, duty, side, binding FROM direct
  UNION SELECT g.principal, x.namespace, x.duty, x.side, x.binding FROM direct x JOIN principal_group g ON g.member_of = x.subject;
-- A row per account and duty that it holds a side of; place: where it holds both, NULL: nowhere; '*': everywhere.
CREATE VIEW v_duty AS
  SELECT h.subject, d.name AS duty, d.reason, p.account AS cluster, p.kind, p.name, EXISTS (SELECT 1 FROM json_each(d.except_for) x WHERE p.name GLOB x.value) AS excepted,
    (SELECT min(coalesce(a.namespace, b.namespace, '*')) FROM v_duty_held a JOIN v_duty_held b ON b.subject = a.subject AND b.duty = a.duty AND b.side = 2
      AND (a.namespace IS NULL OR b.namespace IS NULL OR a.namespace = b.namespace) WHERE a.subject = h.subject AND a.duty = h.duty AND a.side = 1) AS place,
    (SELECT group_concat(binding, ', ') FROM (SELECT DISTINCT binding FROM v_duty_held y WHERE y.subject = h.subject AND y.duty = h.duty ORDER BY 1)) AS bindings
  FROM (SELECT DISTINCT subject, duty FROM v_duty_held) h JOIN duty d ON d.id = h.duty JOIN principal p ON p.thing = h.subject;
