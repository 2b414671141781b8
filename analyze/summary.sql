-- SPDX-License-Identifier: Apache-2.0
-- Fills the tables of analyze/schema/summary.sql, after checks and ranks, in the analysis' own transaction.

INSERT INTO verdict_count SELECT check_id, verdict, sum(count) FROM tally GROUP BY check_id, verdict;

-- A container bears the risk of its workload. Ties go to the lowest id, so that a second run chooses the same.
CREATE TEMP TABLE ranked_finding AS
  SELECT f.check_id, f.id, f.thing, f.scope, f.cluster, f.namespace, r.likelihood, r.impact, r.score,
    CASE f.severity WHEN 'critical' THEN 5 WHEN 'high' THEN 4 WHEN 'medium' THEN 3 WHEN 'low' THEN 2 ELSE 1 END AS rank,
    row_number() OVER (PARTITION BY f.check_id, f.scope, f.namespace ORDER BY
      CASE f.severity WHEN 'critical' THEN 5 WHEN 'high' THEN 4 WHEN 'medium' THEN 3 WHEN 'low' THEN 2 ELSE 1 END DESC, r.score DESC NULLS LAST, f.id) AS in_place
  FROM finding f LEFT JOIN container c ON c.thing = f.thing LEFT JOIN risk r ON r.thing = coalesce(c.workload, f.thing)
  WHERE f.verdict = 'fail' AND f.accepted IS NULL;

INSERT INTO gap_example
  SELECT check_id, ordinal, id
  FROM (SELECT check_id, id, row_number() OVER (PARTITION BY check_id ORDER BY in_place, rank DESC, score DESC NULLS LAST, id) AS ordinal
    FROM ranked_finding WHERE in_place <= 3)
  WHERE ordinal <= 3;

CREATE TEMP TABLE worst_finding AS
  SELECT x.check_id, r.likelihood, r.impact, r.score
  FROM gap_example x JOIN finding f ON f.id = x.finding LEFT JOIN container c ON c.thing = f.thing LEFT JOIN risk r ON r.thing = coalesce(c.workload, f.thing)
  WHERE x.ordinal = 1;

INSERT INTO gap
  SELECT g.check_id, row_number() OVER (ORDER BY g.rank DESC, w.score DESC NULLS LAST, g.open DESC, g.check_id),
    CASE g.rank WHEN 5 THEN 'critical' WHEN 4 THEN 'high' WHEN 3 THEN 'medium' WHEN 2 THEN 'low' ELSE 'info' END,
    (SELECT domain FROM "check" WHERE id = g.check_id), g.open,
    (SELECT count(*) FROM finding f WHERE f.check_id = g.check_id AND f.verdict = 'fail') - g.open, g.things, g.clusters, g.namespaces, w.likelihood, w.impact, w.score
  FROM (SELECT check_id, max(rank) AS rank, count(*) AS open, count(DISTINCT thing) AS things, count(DISTINCT scope) AS clusters, sum(in_place = 1 AND namespace IS NOT NULL) AS namespaces
    FROM ranked_finding GROUP BY check_id) g JOIN worst_finding w ON w.check_id = g.check_id;

INSERT INTO heat
  SELECT coalesce(f.cluster, '-'), f.namespace, c.domain, count(*), sum(CASE f.rank WHEN 5 THEN 10 WHEN 4 THEN 5 WHEN 3 THEN 2 WHEN 2 THEN 1 ELSE 0 END)
  FROM ranked_finding f JOIN "check" c ON c.id = f.check_id WHERE f.namespace IS NOT NULL
  GROUP BY coalesce(f.cluster, '-'), f.namespace, c.domain;

INSERT INTO namespace_consumption
  SELECT cluster, namespace, count(*), sum(pods), sum(cpu_request_mcpu IS NULL AND memory_request_bytes IS NULL), sum(memory_limit_bytes IS NULL),
    sum(cpu_request_mcpu), sum(memory_request_bytes), sum(cpu_limit_mcpu), sum(memory_limit_bytes), sum(cpu_used_mcpu), sum(memory_used_bytes)
  FROM v_consumption GROUP BY cluster, namespace;

INSERT INTO far_right
  SELECT cluster, subject_kind, subject_namespace, subject_name, who, right, min(binding), min(role_name) FROM v_right
  WHERE namespace IS NULL AND NOT builtin AND right IN ('all', 'secrets-read', 'secrets-write', 'pods-create', 'pods-exec', 'escalate', 'bind', 'impersonate', 'nodes-proxy', 'tokens-create',
    'csr-approve', 'webhooks-write', 'rbac-write', 'workloads-write')
  GROUP BY cluster, subject_kind, subject_namespace, subject_name, who, right ORDER BY right != 'all', cluster, who, right;

DROP TABLE ranked_finding;
DROP TABLE worst_finding;
