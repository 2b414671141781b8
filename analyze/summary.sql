-- SPDX-License-Identifier: Apache-2.0
-- Fills the tables of analyze/schema/summary.sql, after checks and ranks, in the analysis' own transaction.

-- A container bears the risk of its workload. Of two findings the one with the lesser `standing` stands for both: the graver, then the riskier, then the one with the lower id,
-- so that a second run chooses the same. Scores have two decimals; 900001 is no score.
CREATE TEMP VIEW open_fail AS
  SELECT f.check_id, f.id, f.thing, f.scope, f.cluster, f.namespace, f.severity,
    CASE f.severity WHEN 'critical' THEN '1' WHEN 'high' THEN '2' WHEN 'medium' THEN '3' WHEN 'low' THEN '4' ELSE '5' END
      || coalesce(900000 - CAST(round(100 * r.score) AS INTEGER), 900001) || f.id AS standing
  FROM finding f LEFT JOIN container c ON c.thing = f.thing LEFT JOIN risk r ON r.thing = coalesce(c.workload, f.thing)
  WHERE f.verdict = 'fail' AND f.accepted IS NULL;
-- All passes over findings but this one are over few of them.
CREATE TEMP TABLE place AS
  SELECT check_id, scope, namespace, max(cluster) AS cluster, count(*) AS open, min(standing) AS best,
    sum(CASE severity WHEN 'critical' THEN 10 WHEN 'high' THEN 5 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END) AS weight
  FROM open_fail GROUP BY check_id, scope, namespace;
CREATE INDEX temp.place_check ON place(check_id);

-- The best of three places; where there are fewer, the best of each, then their second ones.
CREATE TEMP TABLE narrow AS SELECT check_id FROM place GROUP BY check_id HAVING count(*) < 3;
INSERT INTO gap_example
  SELECT check_id, row_number() OVER (PARTITION BY check_id ORDER BY best), substr(best, 8)
  FROM (SELECT p.check_id, p.best FROM (SELECT DISTINCT check_id FROM place) k CROSS JOIN place p ON p.rowid IN (SELECT x.rowid FROM place x WHERE x.check_id = k.check_id ORDER BY x.best LIMIT 3)
    WHERE k.check_id NOT IN (SELECT check_id FROM narrow));
INSERT INTO gap_example
  SELECT check_id, ordinal, id
  FROM (SELECT check_id, id, row_number() OVER (PARTITION BY check_id ORDER BY in_place, standing) AS ordinal
    FROM (SELECT f.check_id, f.id, f.standing, row_number() OVER (PARTITION BY f.check_id, f.scope, f.namespace ORDER BY f.standing) AS in_place
      FROM open_fail f WHERE f.check_id IN (SELECT check_id FROM narrow)) WHERE in_place <= 3)
  WHERE ordinal <= 3;

CREATE TEMP TABLE worst_finding AS
  SELECT x.check_id, r.likelihood, r.impact, r.score
  FROM gap_example x JOIN finding f ON f.id = x.finding LEFT JOIN container c ON c.thing = f.thing LEFT JOIN risk r ON r.thing = coalesce(c.workload, f.thing)
  WHERE x.ordinal = 1;

INSERT INTO gap
  SELECT g.check_id, row_number() OVER (ORDER BY g.grade, w.score DESC NULLS LAST, g.open DESC, g.check_id),
    CASE g.grade WHEN '1' THEN 'critical' WHEN '2' THEN 'high' WHEN '3' THEN 'medium' WHEN '4' THEN 'low' ELSE 'info' END,
    (SELECT domain FROM "check" WHERE id = g.check_id), g.open,
    (SELECT count(*) FROM finding f WHERE f.check_id = g.check_id AND f.verdict = 'fail') - g.open, t.things, g.clusters, g.namespaces, w.likelihood, w.impact, w.score,
    coalesce((SELECT f.owner FROM finding f WHERE f.check_id = g.check_id AND f.owner_why IS NOT NULL AND f.accepted IS NULL GROUP BY f.owner ORDER BY count(*) DESC, f.owner LIMIT 1),
      (SELECT owner FROM "check" WHERE id = g.check_id))
  FROM (SELECT check_id, substr(min(best), 1, 1) AS grade, sum(open) AS open, count(DISTINCT scope) AS clusters, sum(namespace IS NOT NULL) AS namespaces FROM place GROUP BY check_id) g
    JOIN (SELECT check_id, count(DISTINCT thing) AS things FROM finding WHERE verdict = 'fail' AND accepted IS NULL GROUP BY check_id) t ON t.check_id = g.check_id
    JOIN worst_finding w ON w.check_id = g.check_id;

INSERT INTO heat
  SELECT coalesce(p.cluster, '-'), p.namespace, c.domain, sum(p.open), sum(p.weight)
  FROM place p JOIN "check" c ON c.id = p.check_id WHERE p.namespace IS NOT NULL
  GROUP BY coalesce(p.cluster, '-'), p.namespace, c.domain;

INSERT INTO namespace_consumption
  SELECT cluster, namespace, count(*), sum(pods), sum(cpu_request_mcpu IS NULL AND memory_request_bytes IS NULL), sum(memory_limit_bytes IS NULL),
    sum(cpu_request_mcpu), sum(memory_request_bytes), sum(cpu_limit_mcpu), sum(memory_limit_bytes), sum(cpu_used_mcpu), sum(memory_used_bytes)
  FROM v_consumption GROUP BY cluster, namespace;

-- Of a crowd the first 50,000 subjects, those with every right before others.
CREATE TEMP TABLE far_bound AS SELECT h.binding, h.right FROM bound_right h JOIN binding b ON b.thing = h.binding
  WHERE b.namespace IS NULL AND h.right IN ('all', 'secrets-read', 'secrets-write', 'pods-create', 'pods-exec', 'escalate', 'bind', 'impersonate', 'nodes-proxy', 'tokens-create',
    'csr-approve', 'webhooks-write', 'rbac-write', 'workloads-write');
CREATE INDEX temp.far_bound_binding ON far_bound(binding);
INSERT INTO far_right
  WITH far AS MATERIALIZED (SELECT binding, max(right = 'all') AS everything FROM far_bound GROUP BY binding),
    held AS MATERIALIZED (SELECT s.id FROM far f CROSS JOIN binding_subject s ON s.binding = f.binding WHERE s.counts AND NOT s.builtin ORDER BY f.everything DESC, s.id LIMIT 50000)
  SELECT b.cluster, s.kind, s.namespace, s.name, CASE s.kind WHEN 'ServiceAccount' THEN 'service account ' || s.namespace || '/' || s.name ELSE lower(s.kind) || ' ' || s.name END AS who,
    f.right, min(b.name), min(b.role_name)
  FROM held h CROSS JOIN binding_subject s ON s.id = h.id CROSS JOIN binding b ON b.thing = s.binding CROSS JOIN far_bound f ON f.binding = s.binding
  GROUP BY b.cluster, s.kind, s.namespace, s.name, f.right ORDER BY f.right != 'all', b.cluster, who, f.right;
INSERT INTO problem(message) SELECT 'more than 50000 subjects hold rights that lead far: documents list the first 50000 of ' || n
  FROM (SELECT count(*) AS n FROM binding_subject s WHERE s.counts AND NOT s.builtin AND s.binding IN (SELECT binding FROM far_bound)) WHERE n > 50000;
DROP TABLE far_bound;

-- The worst paths, one per entry, first step that can be changed, change of the cut that ends it and sequence of steps, as documents draw them: steps that take effort, in few words.
INSERT INTO inferred_way(number, step, thing, how, colour, outside, workload, cut, object, field, member)
WITH clusters(n) AS (SELECT count(*) FROM scope WHERE kind = 'cluster' AND state = 'in-scope'),
  first_change(path, change) AS (SELECT h.path, e.change FROM path_hop h JOIN edge e ON e.id = h.edge JOIN change c ON c.id = e.change
      WHERE c.effort != 'never' AND e.edge_id NOT GLOB 'entry-*' AND e.edge_id NOT IN ('program-flaw', 'pod-token') AND e.edge_id NOT GLOB 'exploit-*' GROUP BY h.path HAVING h.ordinal = min(h.ordinal)),
  worst AS (SELECT min(p.id) AS path FROM path p LEFT JOIN first_change f ON f.path = p.id WHERE p.id IN (SELECT path FROM path_hop) GROUP BY coalesce(f.change, -p.id)),
  one_entry AS (SELECT min(w.path) AS path FROM worst w JOIN path p ON p.id = w.path GROUP BY p.entry),
  one_cut AS (SELECT min(o.path) AS path FROM one_entry o JOIN path p ON p.id = o.path GROUP BY coalesce(p.cut, -p.id)),
  one_shape AS (SELECT min(path) AS path FROM (SELECT o.path, group_concat(e.edge_id) AS shape FROM one_cut o CROSS JOIN path_hop h ON h.path = o.path JOIN edge e ON e.id = h.edge GROUP BY o.path) GROUP BY shape),
  chosen AS (SELECT o.path, row_number() OVER (ORDER BY o.path) AS n, p.entry, n.class, n.title,
      coalesce((SELECT rtrim(x.text, '.') || ': ' || replace(substr(x.ref, 1 + iif((SELECT n FROM clusters) = 1, instr(x.ref, '/'), 0)), '-/', '') FROM v_cut x WHERE x.ordinal = p.cut),
        (SELECT rtrim(k.text, '.') || ': ' || replace(substr(t.ref, 1 + iif((SELECT n FROM clusters) = 1, instr(t.ref, '/'), 0)), '-/', '') || iif(p.cut IS NULL, '; alike ways stay', '')
          FROM path_hop h JOIN edge e ON e.id = h.edge JOIN change k ON k.id = e.change JOIN thing t ON t.id = k.thing LEFT JOIN cut c ON c.change = k.id
          WHERE h.path = o.path AND k.effort != 'never' ORDER BY c.ordinal IS NULL, c.ordinal, h.ordinal DESC LIMIT 1)) AS cut,
      (SELECT w.namespace || '/' || w.name FROM path_hop h JOIN edge e ON e.id = h.edge JOIN workload w ON w.thing IN (e.source, e.target) WHERE h.path = o.path ORDER BY h.ordinal LIMIT 1) AS workload
    FROM one_shape o JOIN path p ON p.id = o.path JOIN path_end n ON n.side = 'entry' AND n.thing = p.entry ORDER BY o.path LIMIT 5),
  step AS (SELECT c.n, row_number() OVER (PARTITION BY c.n ORDER BY h.ordinal) AS k, h.ordinal, max(h.ordinal) OVER (PARTITION BY c.n) AS last, e.confidence, e.edge_id,
      CASE WHEN t.kind = 'virtual' THEN replace(replace(t.name, ' of cluster ' || coalesce(t.cluster, ''), ''), ' on cluster ' || coalesce(t.cluster, ''), '') ELSE coalesce(t.namespace || '/', '') || t.name END AS thing,
      lower(substr(k.title, 1, 1)) || substr(k.title, 2) AS how, CASE WHEN p.kind != 'virtual' THEN coalesce(p.namespace || '/', '') || p.name END AS object, iif(p.kind = 'virtual', NULL, p.pointer) AS field,
      iif(p.kind = 'virtual', NULL, replace(v.path, rtrim(v.path, replace(v.path, '/', '')), '')) AS member
    FROM chosen c JOIN path_hop h ON h.path = c.path JOIN edge e ON e.id = h.edge JOIN edge_kind k ON k.id = e.edge_id JOIN thing t ON t.id = e.target JOIN thing p ON p.id = e.proof LEFT JOIN evidence v ON v.id = p.evidence
    WHERE (e.cost > 0 OR h.ordinal = (SELECT max(x.ordinal) FROM path_hop x WHERE x.path = c.path)) AND e.edge_id NOT GLOB 'entry-*')
SELECT n, 1, CASE WHEN class = 'internet' THEN 'Anybody outside' ELSE upper(substr(title, 1, 1)) || substr(replace(title, ' of cluster ' || coalesce((SELECT cluster FROM thing WHERE id = entry), ''), ''), 2) END, NULL, NULL,
  class IN ('internet', 'anonymous'), coalesce(workload, title), replace(coalesce(cut, 'None is known.'), '`', ''), NULL, NULL, NULL FROM chosen
UNION ALL
SELECT s.n, s.k + 1, s.thing, s.how, CASE WHEN s.ordinal = s.last THEN 'critical' WHEN s.confidence = 'assumed' THEN 'medium' ELSE 'high' END, c.class IN ('internet', 'anonymous'), coalesce(c.workload, c.title),
  replace(coalesce(c.cut, 'None is known.'), '`', ''), s.object, s.field, s.member FROM step s JOIN chosen c ON c.n = s.n ORDER BY 1, 2;

-- Where no path was found: the worst ways from outside (else from a flaw in a program) over a workload to its node or to far-reaching rights.
INSERT INTO inferred_way(number, step, thing, how, colour, outside, workload, cut)
WITH node_way(workload, rank, how, fix) AS (
    SELECT coalesce(c.workload, f.thing), 
        min(CASE f.check_id WHEN 'runtime.engine-socket' THEN 1 WHEN 'runtime.privileged-container' THEN 2 WHEN 'runtime.capabilities-node-takeover' THEN 3 ELSE 4 END),
      CASE f.check_id WHEN 'runtime.engine-socket' THEN 'opens the socket of the container engine' WHEN 'runtime.privileged-container' THEN 'runs privileged'
        WHEN 'runtime.capabilities-node-takeover' THEN 'holds a capability that leads out' ELSE 'writes to a directory of the node' END,
        k.fix
    FROM finding f JOIN "check" k ON k.id = f.check_id LEFT JOIN container c ON c.thing = f.thing
    WHERE f.check_id IN ('runtime.engine-socket', 'runtime.privileged-container', 'runtime.capabilities-node-takeover', 'runtime.host-path-writable') 
      AND f.verdict = 'fail' AND f.accepted IS NULL AND f.thing IS NOT NULL GROUP BY 1),
  right_way(cluster, ns, name, rank, how, what, fix) AS (
    SELECT cluster, namespace, name, min(CASE right WHEN 'all' THEN 1 WHEN 'secrets-read' THEN 2 ELSE 3 END), 'bound by ' || binding,
      CASE right WHEN 'all' THEN 'whole cluster' WHEN 'secrets-read' THEN 'all secrets' ELSE replace(right, '-', ' ') || ' everywhere' END,
      'Bind a role with the rights that the program uses in place of ' || role || '.'
    FROM far_right WHERE kind = 'ServiceAccount' GROUP BY cluster, namespace, name),
  way_in(workload, how, through) AS (
    SELECT e.workload, CASE e.type WHEN 'load-balancer' THEN 'load balancer' WHEN 'node-port' THEN 'node port' WHEN 'external-ip' THEN 'external address' WHEN 'host-port' THEN 'port of the node' WHEN 'host-network' THEN 'the node''s network' ELSE e.type END
        || coalesce(', port ' || e.port, ''), min(e.id) FROM exposure e WHERE e.outside GROUP BY e.workload),
  candidate AS (
    SELECT w.thing, w.cluster, CASE WHEN (SELECT count(*) FROM scope WHERE kind = 'cluster' AND state = 'in-scope') > 1 THEN w.cluster || '/' ELSE '' END || w.namespace || '/' || w.name AS workload,
      w.namespace || '/' || w.service_account AS account, i.how AS entry, n.how AS node_how, r.how AS right_how, r.what AS right_what,
      CASE WHEN r.rank = 1 OR n.how IS NULL THEN 1 ELSE 0 END AS by_right, replace(CASE WHEN r.rank = 1 OR n.how IS NULL THEN r.fix ELSE n.fix END, '`', '') AS cut,
      (i.how IS NOT NULL) * 100 + coalesce(20 - 5 * n.rank, 0) + coalesce(24 - 8 * r.rank, 0) AS strength
    FROM workload w LEFT JOIN node_way n ON n.workload = w.thing LEFT JOIN right_way r ON r.cluster = w.cluster AND r.ns = w.namespace AND r.name = w.service_account AND (w.automount IS NOT 0 OR w.token_mounted)
      LEFT JOIN way_in i ON i.workload = w.thing
    WHERE (n.workload IS NOT NULL OR r.name IS NOT NULL) AND NOT w.static AND NOT EXISTS (SELECT 1 FROM path)),
  chosen AS (SELECT *, row_number() OVER (ORDER BY strength DESC, cluster, workload) AS n FROM candidate ORDER BY strength DESC, cluster, workload LIMIT 3),
  hop(n, step, thing, how, colour, outside, workload, cut) AS (
    SELECT n, 1, CASE WHEN entry IS NULL THEN 'A flaw in the program' ELSE 'Anybody outside' END, NULL, NULL, entry IS NOT NULL, workload, cut FROM chosen
    UNION ALL SELECT n, 2, workload, coalesce(entry, 'code runs in'), 'high', entry IS NOT NULL, workload, cut FROM chosen
    UNION ALL SELECT n, 3, account, 'runs as', 'medium', entry IS NOT NULL, workload, cut FROM chosen WHERE by_right
    UNION ALL SELECT n, 4, right_what, right_how, 'critical', entry IS NOT NULL, workload, cut FROM chosen WHERE by_right
    UNION ALL SELECT n, 3, 'its node, as root', node_how, 'critical', entry IS NOT NULL, workload, cut FROM chosen WHERE NOT by_right
    UNION ALL SELECT n, 4, 'all pods and tokens on it', 'reads', 'critical', entry IS NOT NULL, workload, cut FROM chosen WHERE NOT by_right)
SELECT n, step, thing, how, colour, outside, workload, cut FROM hop ORDER BY n, step;

DROP VIEW open_fail;
DROP TABLE place;
DROP TABLE narrow;
DROP TABLE worst_finding;
