-- SPDX-License-Identifier: Apache-2.0
-- After the checks: what the engagement file says of verdicts. Switches and severities first, then owners, then accepted risks.
-- Patterns as people write them become operands of GLOB: only * is special.

CREATE TEMP TABLE change AS
  SELECT ordinal, severity, replace(replace(check_id, '[', '[[]'), '?', '[?]') AS checks, replace(replace(environment, '[', '[[]'), '?', '[?]') AS environments,
    replace(replace(cluster, '[', '[[]'), '?', '[?]') AS clusters, replace(replace(namespace, '[', '[[]'), '?', '[?]') AS namespaces
  FROM check_change;

DELETE FROM finding WHERE check_id IN (SELECT c.id FROM "check" c JOIN change x ON x.severity IS NULL AND c.id GLOB x.checks);
DELETE FROM tally WHERE check_id IN (SELECT c.id FROM "check" c JOIN change x ON x.severity IS NULL AND c.id GLOB x.checks);

-- The last line that names a check counts. What holds everywhere changes the check itself.
UPDATE "check" SET severity = x.severity FROM (SELECT c.id, x.severity, max(x.ordinal) FROM "check" c JOIN change x ON c.id GLOB x.checks
  WHERE x.severity IS NOT NULL AND coalesce(x.environments, x.clusters, x.namespaces) IS NULL GROUP BY c.id) x WHERE x.id = "check".id;
INSERT INTO severity_change(check_id, cluster, namespace, severity)
  SELECT check_id, cluster, namespace, severity FROM (
    SELECT p.check_id, p.cluster, p.namespace, x.severity, max(x.ordinal)
    FROM (SELECT DISTINCT t.check_id, coalesce(CASE s.kind WHEN 'cluster' THEN s.name END, '') AS cluster, t.namespace FROM tally t LEFT JOIN scope s ON s.id = t.scope
        WHERE t.check_id IN (SELECT c.id FROM "check" c JOIN change y ON y.severity IS NOT NULL AND c.id GLOB y.checks)) p
      JOIN change x ON p.check_id GLOB x.checks AND x.severity IS NOT NULL
      LEFT JOIN namespace n ON n.cluster = p.cluster AND n.name = p.namespace
    WHERE (x.environments IS NULL OR n.environment GLOB x.environments) AND (x.clusters IS NULL OR p.cluster GLOB x.clusters)
      AND (x.namespaces IS NULL OR p.namespace GLOB x.namespaces)
    GROUP BY p.check_id, p.cluster, p.namespace);
UPDATE finding SET severity = x.severity FROM severity_change x
  WHERE x.check_id = finding.check_id AND x.cluster = coalesce(finding.cluster, '') AND x.namespace = coalesce(finding.namespace, '');

-- A finding belongs to the team that owns the thing, else to the role that the check names.
CREATE TEMP TABLE owned(thing INTEGER PRIMARY KEY, owner TEXT NOT NULL);
INSERT INTO owned SELECT thing, owner FROM workload WHERE owner IS NOT NULL
  UNION ALL SELECT c.thing, w.owner FROM container c JOIN workload w ON w.thing = c.workload WHERE w.owner IS NOT NULL
  UNION ALL SELECT thing, owner FROM namespace WHERE owner IS NOT NULL;
INSERT OR IGNORE INTO owned SELECT i.image, min(t.name) FROM image_name i, team t, json_each(t.selector, '$.images') j
  WHERE i.name GLOB replace(replace(j.value, '[', '[[]'), '?', '[?]') OR i.registry || '/' || i.repository GLOB replace(replace(j.value, '[', '[[]'), '?', '[?]') GROUP BY i.image;
UPDATE finding SET owner = o.owner FROM owned o WHERE o.thing = finding.thing;
UPDATE finding SET owner = n.owner FROM namespace n WHERE n.owner IS NOT NULL AND n.cluster = finding.cluster AND n.name = finding.namespace
  AND finding.thing NOT IN (SELECT thing FROM owned);

-- Exceptions that have not expired at the assessment's date.
CREATE TEMP TABLE valid AS
  SELECT id, replace(replace(check_id, '[', '[[]'), '?', '[?]') AS checks, replace(replace(subject, '[', '[[]'), '?', '[?]') AS subjects FROM exception
  WHERE expires IS NULL OR expires >= (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'as-of');
UPDATE finding SET accepted = (SELECT min(v.id) FROM valid v WHERE finding.check_id GLOB v.checks AND finding.subject GLOB v.subjects)
  WHERE verdict = 'fail' AND EXISTS (SELECT 1 FROM valid) AND check_id IN (SELECT c.id FROM "check" c JOIN valid v ON c.id GLOB v.checks);
