-- SPDX-License-Identifier: Apache-2.0
-- Scores and grades of the six domains and of the whole (docs/scores.md), after checks, settling and paths.

CREATE TEMP TABLE domain(domain TEXT PRIMARY KEY, ordinal INTEGER, title TEXT);
INSERT INTO domain VALUES ('iam', 1, 'Identity and access'), ('registry', 2, 'Registries and content trust'), ('scanning', 3, 'Vulnerability scanning'),
  ('content', 4, 'Content practices'), ('runtime', 5, 'Runtime and orchestration'), ('data', 6, 'Access to data');

-- Verdicts of a check in a scope, its namespaces together, in one pass in the order of the table's key.
CREATE TEMP TABLE told AS
  SELECT check_id, scope, sum(iif(verdict = 'pass', count, 0)) AS pass, sum(iif(verdict = 'fail', count, 0)) AS fail, sum(iif(verdict = 'not-assessed', count, 0)) AS unassessed,
    sum(iif(verdict = 'error', count, 0)) AS error, sum(iif(verdict = 'manual', count, 0)) AS manual, sum(iif(verdict = 'not-applicable', count, 0)) AS inapplicable
  FROM tally GROUP BY check_id, scope;
INSERT INTO verdict_count
  SELECT check_id, verdict, sum(count) FROM (
    SELECT check_id, 'pass' AS verdict, pass AS count FROM told UNION ALL SELECT check_id, 'fail', fail FROM told UNION ALL SELECT check_id, 'not-assessed', unassessed FROM told
    UNION ALL SELECT check_id, 'error', error FROM told UNION ALL SELECT check_id, 'manual', manual FROM told UNION ALL SELECT check_id, 'not-applicable', inapplicable FROM told)
  WHERE count > 0 GROUP BY check_id, verdict;

-- What is weighed: a check in a scope (and, where the engagement file changes its severity for some namespaces, these by themselves), so that a
-- check of ten thousand containers counts as much as one of a single setting, and a small cluster as much as a large one.
-- Where some namespaces only were collected, the others are taken to hold as much, which is unknown.
CREATE TEMP TABLE beyond AS
  SELECT c.id AS check_id, x.scope, max(1.0 * x.unseen / x.seen) AS share FROM "check" c, json_tree(c.needs) n JOIN expected x ON x.kind = n.atom WHERE x.seen > 0 GROUP BY c.id, x.scope;
CREATE TEMP TABLE unit AS
  SELECT c.domain, w.weight, total(t.pass) AS pass, total(t.fail) AS fail, total(t.unknown) + total((t.pass + t.fail) * b.share) AS unknown
  FROM (SELECT check_id, scope, NULL AS severity, pass, fail, unassessed + error AS unknown FROM told WHERE check_id NOT IN (SELECT check_id FROM severity_change)
      UNION ALL
      SELECT t.check_id, t.scope, x.severity, iif(t.verdict = 'pass', t.count, 0), iif(t.verdict = 'fail', t.count, 0), iif(t.verdict IN ('not-assessed', 'error'), t.count, 0)
      FROM tally t LEFT JOIN scope s ON s.id = t.scope
        LEFT JOIN severity_change x ON x.check_id = t.check_id AND x.cluster = coalesce(CASE s.kind WHEN 'cluster' THEN s.name END, '') AND x.namespace = t.namespace
      WHERE t.check_id IN (SELECT check_id FROM severity_change)) t
    LEFT JOIN beyond b ON b.check_id = t.check_id AND b.scope = t.scope
    JOIN "check" c ON c.id = t.check_id JOIN severity_weight w ON w.severity = coalesce(t.severity, c.severity)
  GROUP BY t.check_id, t.scope, coalesce(t.severity, c.severity);

CREATE TEMP TABLE weighed AS
  SELECT domain, 100 * total(CASE WHEN pass + fail > 0 THEN weight * pass / (pass + fail) END) / nullif(total(CASE WHEN pass + fail > 0 THEN weight END), 0) AS score,
    coalesce(total(CASE WHEN pass + fail > 0 THEN weight * (pass + fail) / (pass + fail + unknown) END) / nullif(total(CASE WHEN pass + fail + unknown > 0 THEN weight END), 0), 0) AS coverage
  FROM unit GROUP BY domain;

-- Open critical findings on what the outside reaches or on a path of attack: the reason for a cap.
CREATE TEMP TABLE reached AS SELECT workload AS thing FROM exposure WHERE outside
  UNION SELECT c.thing FROM container c JOIN exposure e ON e.workload = c.workload WHERE e.outside
  UNION SELECT e.source FROM path_hop h JOIN edge e ON e.id = h.edge UNION SELECT e.target FROM path_hop h JOIN edge e ON e.id = h.edge UNION SELECT e.proof FROM path_hop h JOIN edge e ON e.id = h.edge;
CREATE TEMP TABLE cap AS
  SELECT domain, count(*) AS findings, min(subject) AS subject FROM finding
  WHERE verdict = 'fail' AND severity = 'critical' AND accepted IS NULL AND thing IN (SELECT thing FROM reached) GROUP BY domain;

CREATE TEMP TABLE aim AS
  SELECT d.domain, coalesce(t.grade, (SELECT max(g.grade) FROM grade g WHERE g.score <= t.score AND NOT EXISTS (SELECT 1 FROM grade h WHERE h.score <= t.score AND h.score > g.score)),
      r.grade, o.grade) AS grade, t.score,
    CASE WHEN t.domain IS NOT NULL THEN 'engagement' WHEN r.grade IS NOT NULL THEN r.regulation ELSE 'default' END AS source
  FROM domain d LEFT JOIN target t ON t.domain = d.domain
    LEFT JOIN (SELECT a.domain, min(a.grade) AS grade, a.regulation FROM regulation_target a JOIN regulation n ON lower(n.name) = lower(a.regulation) GROUP BY a.domain) r ON r.domain = d.domain
    LEFT JOIN regulation_target o ON o.regulation = 'default' AND o.domain = d.domain;

INSERT INTO domain_score(domain, ordinal, title, score, coverage, grade, target_grade, target_score, target_from, capped, pass, fail, not_assessed, manual, accepted, points)
  SELECT d.domain, d.ordinal, d.title, round(w.score, 1), round(coalesce(w.coverage, 0), 4),
    CASE WHEN w.score IS NULL OR w.coverage < (SELECT CAST(value AS REAL) FROM score_setting WHERE name = 'least-coverage') THEN 'not assessed'
      ELSE max((SELECT grade FROM grade g WHERE g.score <= round(w.score, 1) ORDER BY g.score DESC LIMIT 1), iif(c.domain IS NULL, 'A', (SELECT value FROM score_setting WHERE name = 'cap'))) END,
    a.grade, coalesce(a.score, (SELECT score FROM grade g WHERE g.grade = a.grade)), a.source,
    CASE WHEN (SELECT grade FROM grade g WHERE g.score <= round(w.score, 1) ORDER BY g.score DESC LIMIT 1) < (SELECT value FROM score_setting WHERE name = 'cap')
      AND w.coverage >= (SELECT CAST(value AS REAL) FROM score_setting WHERE name = 'least-coverage')
      THEN c.findings || iif(c.findings = 1, ' open critical finding', ' open critical findings') || ' on what can be reached from outside, among them ' || c.subject END,
    coalesce(n.pass, 0), coalesce(n.fail, 0), coalesce(n.unknown, 0), coalesce(n.manual, 0),
    coalesce(x.accepted, 0),
    CASE WHEN c.domain IS NULL THEN round(w.score, 1)
      ELSE min(round(w.score, 1), (SELECT min(g.score) - 1 FROM grade g WHERE g.grade < (SELECT value FROM score_setting WHERE name = 'cap'))) END
  FROM domain d LEFT JOIN weighed w ON w.domain = d.domain LEFT JOIN cap c ON c.domain = d.domain LEFT JOIN aim a ON a.domain = d.domain
    LEFT JOIN (SELECT c.domain, sum(t.pass) AS pass, sum(t.fail) AS fail, sum(t.unassessed + t.error) AS unknown, sum(t.manual) AS manual
      FROM told t JOIN "check" c ON c.id = t.check_id GROUP BY c.domain) n ON n.domain = d.domain
    LEFT JOIN (SELECT domain, count(*) AS accepted FROM finding WHERE verdict = 'fail' AND accepted IS NOT NULL AND EXISTS (SELECT 1 FROM exception) GROUP BY domain) x ON x.domain = d.domain
  ORDER BY d.ordinal;

-- The worst graded domain; among equal grades the lowest score.
INSERT INTO overall(grade, domain, ungraded)
  SELECT coalesce((SELECT grade FROM domain_score WHERE grade != 'not assessed' ORDER BY grade DESC, score, ordinal LIMIT 1), 'not assessed'),
    (SELECT domain FROM domain_score WHERE grade != 'not assessed' ORDER BY grade DESC, score, ordinal LIMIT 1),
    coalesce((SELECT group_concat(title, ', ') FROM (SELECT title FROM domain_score WHERE grade = 'not assessed' ORDER BY ordinal)), '');

