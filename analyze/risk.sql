-- SPDX-License-Identifier: Apache-2.0
-- Risk of workloads, identities, images, nodes and namespaces (docs/scores.md), after checks and settling. Each factor is put on a level with
-- its evidence; analyze/risk.yaml gives the level's value and words. Whole tables at a time: a site of 100,000 objects takes under a second.

CREATE TEMP TABLE subject(thing INTEGER PRIMARY KEY, kind TEXT NOT NULL, system TEXT);
INSERT INTO subject SELECT thing, 'workload', 'kubernetes' FROM workload
  UNION ALL SELECT thing, 'namespace', 'kubernetes' FROM namespace UNION ALL SELECT thing, 'image', NULL FROM image;
INSERT OR IGNORE INTO subject SELECT thing, 'node', 'kubernetes' FROM node UNION ALL SELECT thing, 'node', NULL FROM node_os;

-- Sensitive rights by holder; what Kubernetes gives its own components is left out. rank: 5 all, 4 beyond itself, 3 some.
CREATE TEMP TABLE bound(binding INTEGER PRIMARY KEY, cluster TEXT, everywhere INTEGER, best INTEGER);
INSERT INTO bound SELECT b.thing, b.cluster, b.namespace IS NULL,
    max(CASE WHEN h.right IN ('all', 'escalate', 'bind', 'impersonate', 'rbac-write', 'wildcard-resources') THEN iif(b.namespace IS NULL, 5, 4)
      WHEN h.right IN ('secrets-read', 'pods-create', 'pods-exec', 'nodes-proxy', 'tokens-create', 'csr-approve', 'webhooks-write', 'pv-create', 'workloads-write', 'secrets-write',
        'ephemeral-containers', 'wildcard-verbs') THEN iif(b.namespace IS NULL, 4, 3) ELSE 3 END) * 1000000000 + b.thing
  FROM bound_right h JOIN binding b ON b.thing = h.binding GROUP BY b.thing;
CREATE TEMP TABLE holder(cluster TEXT, kind TEXT, namespace TEXT, name TEXT, thing INTEGER, everywhere INTEGER, best INTEGER);
INSERT INTO holder
  SELECT b.cluster, s.kind, coalesce(s.namespace, '') AS namespace, s.name, max(s.thing) AS thing, max(b.everywhere) AS everywhere, max(b.best) AS best
  FROM bound b JOIN binding_subject s ON s.binding = b.binding WHERE s.counts AND NOT s.builtin GROUP BY b.cluster, s.kind, coalesce(s.namespace, ''), s.name;
CREATE INDEX temp.holder_name ON holder(cluster, kind, namespace, name);
CREATE INDEX temp.holder_thing ON holder(thing);
-- Of a crowd, those who hold most are ranked.
INSERT OR IGNORE INTO subject SELECT thing, 'identity', 'kubernetes' FROM (SELECT thing, max(best) AS best FROM holder WHERE thing IS NOT NULL GROUP BY thing ORDER BY best / 1000000000 DESC, thing LIMIT 50000);
INSERT OR IGNORE INTO subject SELECT thing, 'identity', system FROM principal WHERE system != 'kubernetes' AND kind IN ('user', 'role', 'root', 'robot');

-- Which workloads a thing's risk comes from.
CREATE TEMP TABLE heir AS
  SELECT n.thing, w.thing AS workload FROM namespace n JOIN workload w ON w.cluster = n.cluster AND w.namespace = n.name
  UNION SELECT u.image, c.workload FROM image_use u JOIN container c ON c.thing = u.container
  UNION SELECT n.thing, p.workload FROM pod p JOIN node n ON n.cluster = p.cluster AND n.name = p.node WHERE p.workload IS NOT NULL
  UNION SELECT a.thing, w.thing FROM subject s JOIN service_account a ON a.thing = s.thing
    JOIN workload w ON w.cluster = a.cluster AND w.namespace = a.namespace AND w.service_account = a.name;
CREATE INDEX temp.heir_thing ON heir(thing);

-- What was collected of each cluster. Bindings say something only when their rules' rights were told.
CREATE TEMP TABLE seen AS
  SELECT s.name AS cluster, max(k.kind = 'kubernetes/services') AS services, max(k.kind = 'kubernetes/networkpolicies') AS policies,
    max(k.kind = 'kubernetes/clusterrolebindings') AND max(k.kind = 'kubernetes/rolebindings')
      AND (EXISTS (SELECT 1 FROM rule_right) OR NOT EXISTS (SELECT 1 FROM role_rule)) AS bindings
  FROM scope s JOIN evidence_kind k ON k.scope = s.id WHERE s.kind = 'cluster' GROUP BY s.name;

-- A factor's level: several may be given for one thing, the worst counts.
CREATE TEMP TABLE level(thing INTEGER NOT NULL, factor TEXT NOT NULL, level TEXT NOT NULL, evidence TEXT, via TEXT);

-- Exposure of workloads. rank * 1e9 + id of what leads there: the worst, and among equals always the same one.
INSERT INTO level
  SELECT w.thing, 'exposure', CASE WHEN x.best IS NULL THEN iif(z.services, iif(v.service IS NULL, 'none', 'cluster'), 'unknown') WHEN x.best >= 5000000000 THEN 'outside'
      WHEN x.best >= 4000000000 THEN 'node' ELSE 'internal' END,
    CASE WHEN x.best IS NULL THEN 'Service ' || v.name WHEN t.id = w.thing THEN x.type ELSE t.type || ' ' || t.name END, NULL
  FROM workload w LEFT JOIN seen z ON z.cluster = w.cluster
    LEFT JOIN (SELECT workload, type, max(CASE WHEN NOT outside THEN 3 WHEN type IN ('node-port', 'host-port', 'host-network') THEN 4 ELSE 5 END * 1000000000 + through) AS best
      FROM exposure GROUP BY workload) x ON x.workload = w.thing
    LEFT JOIN thing t ON t.id = x.best % 1000000000
    LEFT JOIN (SELECT sw.workload, min(s.thing) AS service, s.name FROM service_workload sw JOIN service s ON s.thing = sw.service GROUP BY sw.workload) v ON v.workload = w.thing;

INSERT INTO level
  SELECT w.thing, 'reachability', CASE WHEN NOT coalesce(z.policies, 0) THEN 'unknown' WHEN coalesce(r.open, 1) THEN 'open' ELSE 'limited' END, iif(r.open = 0, 'NetworkPolicy ' || p.name, NULL), NULL
  FROM workload w LEFT JOIN seen z ON z.cluster = w.cluster
    LEFT JOIN (SELECT m.workload, max(c.ingress_open) AS open FROM reach_member m JOIN reach_class c ON c.id = m.class GROUP BY m.workload) r ON r.workload = w.thing
    LEFT JOIN (SELECT pw.workload, min(n.thing) AS policy, n.name FROM network_policy_workload pw JOIN network_policy n ON n.thing = pw.policy
      WHERE n.ingress GROUP BY pw.workload) p ON p.workload = w.thing;

-- Open findings, those of parts (containers, a node's components) with the whole, those of bindings with whom they bind. Which check stands
-- for a severity: the first by name.
CREATE TEMP TABLE open_finding AS
  SELECT iif(f.thing IN (SELECT thing FROM subject), f.thing, coalesce(t.parent, f.thing)) AS thing, f.severity, count(*) AS findings, count(DISTINCT f.check_id) AS checks,
    min(f.check_id) AS first
  FROM finding f JOIN thing t ON t.id = f.thing WHERE f.verdict = 'fail' AND f.accepted IS NULL GROUP BY 1, 2;
CREATE TEMP TABLE binding_finding(binding INTEGER, severity TEXT, check_id TEXT);
INSERT INTO binding_finding SELECT f.thing AS binding, f.severity, f.check_id FROM binding b CROSS JOIN finding f ON f.thing = b.thing WHERE f.verdict = 'fail' AND f.accepted IS NULL;
CREATE INDEX temp.binding_finding_binding ON binding_finding(binding);
INSERT INTO open_finding
  SELECT s.thing, f.severity, count(*), count(DISTINCT f.check_id), min(f.check_id)
  FROM subject s CROSS JOIN binding_subject b ON b.thing = s.thing CROSS JOIN binding_finding f ON f.binding = b.binding GROUP BY 1, 2;
INSERT INTO open_finding
  SELECT n.thing, f.severity, count(*), count(DISTINCT f.check_id), min(f.check_id) FROM finding f JOIN namespace n ON n.cluster = f.cluster AND n.name = f.namespace
  WHERE f.verdict = 'fail' AND f.accepted IS NULL AND f.thing IS NOT n.thing GROUP BY 1, 2;
CREATE INDEX temp.open_finding_thing ON open_finding(thing);
CREATE TEMP TABLE worst_open(thing INTEGER PRIMARY KEY, severity TEXT, checks INTEGER, first TEXT, rank INTEGER);
INSERT INTO worst_open SELECT thing, severity, checks, first, max(CASE severity WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END)
  FROM open_finding WHERE severity != 'info' GROUP BY thing;
INSERT INTO level
  SELECT s.thing, 'weaknesses', coalesce(o.severity, 'none'), (SELECT title FROM "check" WHERE id = o.first) || iif(o.checks > 1, ' and ' || (o.checks - 1) || ' more', ''), NULL
  FROM subject s LEFT JOIN worst_open o ON o.thing = s.thing;

-- Vulnerabilities of images and nodes: the worst one, those that are exploited, and whether feeds could judge.
CREATE TEMP TABLE vulnerable(thing INTEGER PRIMARY KEY, worst REAL, severity TEXT, name TEXT, vulnerability INTEGER);
INSERT INTO vulnerable
  SELECT g.thing, max((CASE v.severity WHEN 'critical' THEN 5 WHEN 'high' THEN 4 WHEN 'medium' THEN 3 WHEN 'unknown' THEN 2 ELSE 1 END * 1000 + coalesce(v.score, 0) * 10) * 1e9 - v.id), v.severity, v.name, v.id
  FROM open_group g JOIN vulnerability v ON v.id = g.worst GROUP BY g.thing;
CREATE TEMP TABLE exploited AS
  SELECT o.thing, max((v.kev * 2 + coalesce(v.epss, 0)) * 1e9 - v.id), v.kev, v.name FROM open_vulnerability o JOIN vulnerability v ON v.id = o.vulnerability
  WHERE v.kev OR v.epss >= 0.5 GROUP BY o.thing;
CREATE TEMP TABLE judged AS SELECT thing, min(state = 'assessed') AS whole FROM feed_coverage WHERE package IS NULL GROUP BY thing;
INSERT INTO level
  SELECT s.thing, 'exploitability', CASE WHEN v.severity = 'unknown' THEN 'unrated' WHEN v.severity IN ('critical', 'high', 'medium') THEN v.severity WHEN coalesce(j.whole, 0) = 0 THEN 'unknown'
    ELSE coalesce(v.severity, 'none') END, v.name || ' in ' || (SELECT p.name FROM component_match m CROSS JOIN package p ON p.component = m.component AND p.thing = v.thing
    WHERE m.vulnerability = v.vulnerability ORDER BY p.id LIMIT 1), NULL
  FROM subject s LEFT JOIN vulnerable v ON v.thing = s.thing LEFT JOIN judged j ON j.thing = s.thing WHERE s.kind IN ('image', 'node');
INSERT INTO level
  SELECT s.thing, 'known-exploited', CASE WHEN x.kev THEN 'yes' WHEN x.thing IS NOT NULL THEN 'likely' ELSE 'no' END, x.name, NULL
  FROM subject s LEFT JOIN exploited x ON x.thing = s.thing LEFT JOIN judged j ON j.thing = s.thing WHERE s.kind IN ('image', 'node') AND (x.thing IS NOT NULL OR j.whole);

-- A workload has the vulnerabilities of its images; one image that is not known makes the rest a guess unless it is bad already.
INSERT INTO level
  SELECT c.workload, l.factor, l.level, l.evidence, 'image ' || coalesce((SELECT min(name) FROM image_name n WHERE n.image = u.image), t.name)
  FROM container c JOIN image_use u ON u.container = c.thing JOIN level l ON l.thing = u.image AND l.factor IN ('exploitability', 'known-exploited') JOIN thing t ON t.id = u.image;
INSERT INTO level
  SELECT DISTINCT c.workload, 'exploitability', 'unknown', NULL, NULL FROM container c WHERE NOT EXISTS (SELECT 1 FROM image_use u WHERE u.container = c.thing);

-- What code in a container must still overcome.
INSERT INTO level
  SELECT workload, 'privileges', CASE worst / 1000000000 WHEN 4 THEN 'root' WHEN 3 THEN 'undecided' WHEN 2 THEN 'escalation' ELSE 'restricted' END, name, NULL
  FROM (SELECT c.workload, c.name, max(CASE WHEN c.privileged OR (coalesce(c.run_as_user, iif(c.run_as_non_root, 1, iif(i.runs_as_root, 0, NULL))) = 0 AND c.allow_escalation) THEN 4
      WHEN c.run_as_user IS NULL AND c.run_as_non_root IS NOT 1 AND i.runs_as_root IS NOT 0 THEN 3 WHEN c.run_as_user = 0 THEN 3 WHEN c.allow_escalation THEN 2 ELSE 1 END * 1000000000 + c.thing) AS worst
    FROM container c LEFT JOIN image_use u ON u.container = c.thing LEFT JOIN image i ON i.thing = u.image GROUP BY c.workload);

-- Rights: a service account holds its own and those of its groups.
CREATE TEMP TABLE account AS
  SELECT a.cluster, a.namespace, a.name, max(a.best) AS best FROM (
    SELECT cluster, namespace, name, best FROM holder WHERE kind = 'ServiceAccount'
    UNION ALL SELECT w.cluster, w.namespace, w.service_account, h.best FROM (SELECT DISTINCT cluster, namespace, service_account FROM workload) w
      JOIN holder h ON h.cluster = w.cluster AND h.kind = 'Group' AND h.name IN ('system:authenticated', 'system:serviceaccounts', 'system:serviceaccounts:' || w.namespace)) a
  GROUP BY a.cluster, a.namespace, a.name;
CREATE INDEX temp.account_name ON account(cluster, namespace, name);
INSERT INTO level
  SELECT w.thing, 'rights', CASE WHEN w.automount = 0 AND w.token_mounted IS NOT 1 THEN 'none' WHEN a.best IS NULL THEN iif(z.bindings, 'few', 'unknown')
    WHEN a.best >= 5000000000 THEN 'admin' WHEN a.best >= 4000000000 THEN 'high' ELSE 'some' END, b.type || ' ' || b.name, NULL
  FROM workload w LEFT JOIN seen z ON z.cluster = w.cluster LEFT JOIN account a ON a.cluster = w.cluster AND a.namespace = w.namespace AND a.name = w.service_account
    LEFT JOIN thing b ON b.id = a.best % 1000000000;

INSERT INTO level
  SELECT w.thing, 'blast-radius', CASE coalesce(h.rank, 0) WHEN 5 THEN 'node' WHEN 4 THEN 'host' ELSE 'own' END, h.what, NULL
  FROM workload w LEFT JOIN (SELECT workload, what, max(rank) AS rank FROM (
      SELECT workload, 'container ' || name || ' is privileged' AS what, 5 AS rank FROM container WHERE privileged
      UNION ALL SELECT workload, 'it mounts ' || host_path || ' of the node', iif(rtrim(host_path, '/') IN ('', '/etc', '/var', '/var/lib', '/var/run', '/run', '/root', '/proc', '/var/lib/kubelet')
        OR host_path GLOB '*docker.sock' OR host_path GLOB '*containerd.sock' OR host_path GLOB '*crio.sock', 5, 4) FROM volume WHERE type = 'hostPath' AND host_path IS NOT NULL
      UNION ALL SELECT thing, 'it shares the node''s processes', 4 FROM workload WHERE host_pid
      UNION ALL SELECT thing, 'it shares the node''s network', 4 FROM workload WHERE host_network
      UNION ALL SELECT thing, 'it shares the node''s inter-process memory', 4 FROM workload WHERE host_ipc
      ORDER BY workload, what) GROUP BY workload) h ON h.workload = w.thing;

INSERT INTO level
  SELECT w.thing, 'environment', CASE WHEN w.environment IS NULL THEN 'unknown' WHEN e.production THEN 'production' ELSE 'other' END, w.environment, NULL
  FROM workload w LEFT JOIN environment e ON e.name = w.environment;
CREATE TEMP TABLE uses_secret AS SELECT workload FROM volume WHERE type = 'secret'
  UNION SELECT c.workload FROM container_env e JOIN container c ON c.thing = e.container WHERE e.source IN ('secretKeyRef', 'secretRef');
CREATE UNIQUE INDEX temp.uses_secret_workload ON uses_secret(workload);
INSERT INTO level
  SELECT w.thing, 'data-class', CASE WHEN d.name IS NOT NULL THEN 'rank-' || d.rank WHEN u.workload IS NOT NULL THEN 'secrets' ELSE 'untold' END, d.name, NULL
  FROM workload w LEFT JOIN namespace n ON n.cluster = w.cluster AND n.name = w.namespace LEFT JOIN data_class d ON d.name = n.data_class LEFT JOIN uses_secret u ON u.workload = w.thing;

-- Identities of Kubernetes and of clouds.
INSERT INTO level
  SELECT h.thing, 'rights', CASE h.best / 1000000000 WHEN 5 THEN 'admin' WHEN 4 THEN 'high' ELSE 'some' END, b.type || ' ' || b.name, NULL
  FROM (SELECT h.thing, max(h.best) AS best FROM subject s CROSS JOIN holder h ON h.thing = s.thing WHERE s.kind = 'identity' GROUP BY h.thing) h CROSS JOIN thing b ON b.id = h.best % 1000000000;
INSERT INTO level
  SELECT s.thing, 'blast-radius', iif(max(h.everywhere), 'cluster', 'own'), NULL, NULL FROM subject s CROSS JOIN holder h ON h.thing = s.thing WHERE s.kind = 'identity' GROUP BY s.thing;
INSERT INTO level
  SELECT s.thing, 'exposure', CASE WHEN h.name IN ('system:anonymous', 'system:unauthenticated') THEN 'anonymous' WHEN h.name IN ('system:authenticated', 'system:serviceaccounts') THEN 'everyone' ELSE 'account' END,
    h.name, NULL
  FROM subject s CROSS JOIN holder h ON h.thing = s.thing AND h.kind IN ('User', 'Group') WHERE s.kind = 'identity' GROUP BY s.thing;
INSERT INTO level
  SELECT s.thing, 'exposure', 'unused', NULL, NULL FROM subject s JOIN service_account a ON a.thing = s.thing WHERE s.kind = 'identity' AND NOT EXISTS (SELECT 1 FROM heir h WHERE h.thing = s.thing);

CREATE TEMP TABLE cloud_right AS
  SELECT subject AS thing, max(CASE WHEN conditions IS NULL AND resources LIKE '%"*"%' AND (actions LIKE '%"*"%' OR actions LIKE '%"*:*"%') THEN 5
      WHEN resources LIKE '%"*"%' AND (actions LIKE '%"iam:*"%' OR actions LIKE '%:*"%' OR not_actions != '[]') THEN 4 ELSE 3 END) AS rank, policy
  FROM v_principal_statement WHERE effect = 'Allow' GROUP BY subject;
INSERT INTO level
  SELECT p.thing, 'rights', CASE WHEN p.kind = 'root' THEN 'admin' WHEN r.rank IS NULL THEN 'few' WHEN r.rank = 5 THEN 'admin' WHEN r.rank = 4 THEN 'high' ELSE 'some' END,
    CASE WHEN p.kind = 'root' THEN 'the account ' || coalesce(p.account, '') ELSE 'policy ' || r.policy END, NULL
  FROM subject s JOIN principal p ON p.thing = s.thing LEFT JOIN cloud_right r ON r.thing = p.thing WHERE s.kind = 'identity' AND p.system != 'kubernetes';
INSERT INTO level
  SELECT s.thing, 'blast-radius', 'account', NULL, NULL FROM subject s JOIN principal p ON p.thing = s.thing WHERE s.kind = 'identity' AND p.system != 'kubernetes';
INSERT INTO level
  SELECT p.thing, 'exposure', CASE WHEN p.kind = 'root' THEN 'root' WHEN t.outsiders IS NOT NULL THEN 'outsiders' WHEN p.kind = 'role' AND t.services IS NOT NULL THEN 'services'
      WHEN p.password AND p.mfa = 0 THEN 'no-mfa' WHEN k.days > 365 THEN 'old-key' WHEN k.label IS NOT NULL THEN 'key' WHEN p.password AND p.mfa THEN 'login' WHEN p.password = 0 THEN 'no-credential'
      ELSE 'login-unknown' END,
    CASE WHEN p.kind = 'root' THEN p.account WHEN p.kind = 'role' THEN coalesce(t.outsiders, t.services) ELSE k.label || iif(k.days > 365, ', not changed for ' || k.days || ' days', '') END, NULL
  FROM subject s JOIN principal p ON p.thing = s.thing
    LEFT JOIN (SELECT principal, label, max(((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'as-of') - coalesce(last_rotated, created)) / 86400) AS days FROM credential
      WHERE kind = 'access-key' AND active GROUP BY principal) k ON k.principal = p.thing
    LEFT JOIN (SELECT r.role, min(CASE WHEN r.kind != 'Service' AND (r.principal = '*' OR instr(r.principal, coalesce(q.account, '-')) = 0) THEN r.principal END) AS outsiders,
        min(r.principal) AS services FROM role_trust r JOIN principal q ON q.thing = r.role WHERE r.effect = 'Allow' GROUP BY r.role) t ON t.role = p.thing
  WHERE s.kind = 'identity' AND p.system != 'kubernetes';

-- Nodes, images and namespaces: how much hangs on them.
INSERT INTO level SELECT thing, 'exposure', iif(external_ip IS NULL, 'private', 'address'), external_ip, NULL FROM node;
INSERT INTO level SELECT thing, 'blast-radius', 'control-plane', NULL, NULL FROM node WHERE control_plane;
INSERT INTO level
  SELECT s.thing, 'blast-radius', CASE WHEN n >= 10 THEN 'many' WHEN n >= 2 THEN 'several' WHEN n = 1 THEN 'one' ELSE 'own' END, n || iif(n = 1, ' workload', ' workloads'), NULL
  FROM (SELECT s.thing, count(h.workload) AS n FROM subject s LEFT JOIN heir h ON h.thing = s.thing WHERE s.kind IN ('node', 'image', 'namespace') GROUP BY s.thing) s;
INSERT INTO level SELECT s.thing, 'exposure', 'unused', NULL, NULL FROM subject s WHERE s.kind IN ('image', 'namespace') AND NOT EXISTS (SELECT 1 FROM heir h WHERE h.thing = s.thing);
INSERT INTO level
  SELECT n.thing, 'environment', CASE WHEN n.environment IS NULL THEN 'unknown' WHEN e.production THEN 'production' ELSE 'other' END, n.environment, NULL
  FROM namespace n LEFT JOIN environment e ON e.name = n.environment;
INSERT INTO level SELECT n.thing, 'data-class', 'rank-' || d.rank, d.name, NULL FROM namespace n JOIN data_class d ON d.name = n.data_class;

-- What a thing takes from the workloads that stand behind it: the worst of each factor, with the workload's name.
CREATE TEMP TABLE heritage(kind TEXT NOT NULL, factor TEXT NOT NULL, PRIMARY KEY (kind, factor)) WITHOUT ROWID;
INSERT INTO heritage VALUES ('namespace', 'exposure'), ('namespace', 'reachability'), ('namespace', 'exploitability'), ('namespace', 'known-exploited'), ('namespace', 'privileges'),
  ('namespace', 'rights'), ('namespace', 'data-class'), ('image', 'exposure'), ('image', 'rights'), ('image', 'data-class'), ('image', 'environment'), ('node', 'exposure'), ('node', 'privileges'),
  ('node', 'rights'), ('node', 'data-class'), ('node', 'environment'), ('identity', 'exposure'), ('identity', 'environment'), ('identity', 'data-class');
CREATE TEMP TABLE worst AS
  SELECT l.thing, l.factor, l.level, l.evidence, l.via, r.value, max(r.value * 1000000000 - l.rowid) FROM level l JOIN risk_level r ON r.factor = l.factor AND r.level = l.level
  WHERE l.thing IN (SELECT thing FROM workload) GROUP BY l.thing, l.factor;
CREATE UNIQUE INDEX temp.worst_thing ON worst(thing, factor);
INSERT INTO level
  SELECT g.thing, g.factor, w.level, w.evidence, t.type || ' ' || t.name || coalesce(', ' || w.via, '')
  FROM (SELECT s.thing, m.factor, h.workload, max(w.value * 1000000000 - h.workload) FROM subject s JOIN heritage m ON m.kind = s.kind JOIN heir h ON h.thing = s.thing
      JOIN worst w ON w.thing = h.workload AND w.factor = m.factor GROUP BY s.thing, m.factor) g
    JOIN worst w ON w.thing = g.workload AND w.factor = g.factor JOIN thing t ON t.id = g.workload;

CREATE TEMP TABLE complete(missing INTEGER NOT NULL, CONSTRAINT a_level_is_not_in_risk_yaml CHECK (missing = 0));
INSERT INTO complete SELECT count(*) FROM (SELECT DISTINCT factor, level FROM level) l WHERE NOT EXISTS (SELECT 1 FROM risk_level r WHERE r.factor = l.factor AND r.level = l.level);
INSERT INTO risk_factor(thing, side, name, level, value, reason)
  SELECT l.thing, f.side, l.factor, l.level, r.value, coalesce(l.via || ': ', '') || replace(r.reason, '{}', coalesce(l.evidence, 'something')) FROM
    (SELECT l.thing, l.factor, l.level, l.evidence, l.via, max(r.value * 1000000000 - l.rowid) FROM level l JOIN risk_level r ON r.factor = l.factor AND r.level = l.level GROUP BY l.thing, l.factor) l
    JOIN risk_level r ON r.factor = l.factor AND r.level = l.level JOIN risk_weight f ON f.factor = l.factor;

-- Half the highest factor, half the weighted mean of all: one bad factor shows, and so do the others.
CREATE TEMP TABLE side AS
  SELECT x.thing, x.side, round((max(x.value) + sum(x.value * w.weight) / sum(w.weight)) / 2, 2) AS value FROM risk_factor x JOIN risk_weight w ON w.factor = x.name GROUP BY x.thing, x.side;
CREATE TEMP TABLE counted(thing INTEGER PRIMARY KEY, findings INTEGER, critical INTEGER, high INTEGER);
INSERT INTO counted SELECT thing, sum(findings), sum(iif(severity = 'critical', findings, 0)), sum(iif(severity = 'high', findings, 0)) FROM open_finding GROUP BY thing;
INSERT INTO risk(thing, kind, likelihood, impact, score, findings, critical, high)
  SELECT s.thing, s.kind, p.likelihood, p.impact, round(p.likelihood * p.impact, 2), coalesce(c.findings, 0), coalesce(c.critical, 0), coalesce(c.high, 0)
  FROM (SELECT thing, max(CASE side WHEN 'likelihood' THEN value END) AS likelihood, max(CASE side WHEN 'impact' THEN value END) AS impact FROM side GROUP BY thing) p
    CROSS JOIN subject s ON s.thing = p.thing LEFT JOIN counted c ON c.thing = s.thing
  WHERE p.likelihood IS NOT NULL AND p.impact IS NOT NULL;
