-- SPDX-License-Identifier: Apache-2.0
-- Counts made once after all checks and ranks (analyze/summary.sql fills them), so that documents of a huge site need no pass over its findings.

-- How often each check gave each verdict, all scopes and namespaces together.
CREATE TABLE verdict_count (
  check_id TEXT NOT NULL, verdict TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (check_id, verdict)
) STRICT, WITHOUT ROWID;

-- A check that fails somewhere without being accepted there: what the documents call a gap.
CREATE TABLE gap (
  check_id TEXT PRIMARY KEY REFERENCES "check"(id),
  number INTEGER NOT NULL,   -- 1 is the worst: by severity, then the riskiest thing that has it, then how often
  severity TEXT NOT NULL,    -- the highest of its open findings
  domain TEXT NOT NULL,
  open INTEGER NOT NULL,     -- findings
  accepted INTEGER NOT NULL, -- findings that an exception covers
  things INTEGER NOT NULL,   -- different things among the open ones
  clusters INTEGER NOT NULL, namespaces INTEGER NOT NULL,
  likelihood REAL, impact REAL, -- of the riskiest thing that has it, 1-5; NULL: none of them is ranked
  score REAL,                -- their product
  owner TEXT NOT NULL        -- of checks of images' content who answers for most of the open findings, else the check's
) STRICT, WITHOUT ROWID;

-- The findings that stand for a gap: the riskiest first, one per namespace while there are several.
CREATE TABLE gap_example (
  check_id TEXT NOT NULL, ordinal INTEGER NOT NULL, finding TEXT NOT NULL REFERENCES finding(id), PRIMARY KEY (check_id, ordinal)
) STRICT, WITHOUT ROWID;

-- Open findings by namespace and domain; weight: critical 10, high 5, medium 2, low 1.
CREATE TABLE heat (
  cluster TEXT NOT NULL, namespace TEXT NOT NULL, domain TEXT NOT NULL, findings INTEGER NOT NULL, weight INTEGER NOT NULL,
  PRIMARY KEY (cluster, namespace, domain)
) STRICT, WITHOUT ROWID;

-- What workloads of a namespace ask for and use; the columns of v_consumption added up.
CREATE TABLE namespace_consumption (
  cluster TEXT NOT NULL, namespace TEXT NOT NULL,
  workloads INTEGER NOT NULL, pods INTEGER NOT NULL,
  without_requests INTEGER NOT NULL, -- workloads of which no container asks for anything
  without_limits INTEGER NOT NULL,   -- workloads without any memory limit
  cpu_request_mcpu INTEGER, memory_request_bytes INTEGER, cpu_limit_mcpu INTEGER, memory_limit_bytes INTEGER,
  cpu_used_mcpu INTEGER, memory_used_bytes INTEGER, -- NULL: usage was not collected
  PRIMARY KEY (cluster, namespace)
) STRICT, WITHOUT ROWID;

-- Rights on a whole cluster that lead far, and who was given them (of a crowd, the first 50,000 subjects); those that Kubernetes gives its own components are left out.
CREATE TABLE far_right (
  cluster TEXT NOT NULL,
  kind TEXT NOT NULL,        -- User, Group, ServiceAccount
  namespace TEXT,            -- of a ServiceAccount
  name TEXT NOT NULL,
  who TEXT NOT NULL,         -- as sentences name it: 'service account ci/runner'
  right TEXT NOT NULL,       -- as in rule_right
  binding TEXT NOT NULL, role TEXT NOT NULL
) STRICT;
CREATE INDEX far_right_name ON far_right(name, namespace);

-- Ways of an attacker, at most three, the worst first: paths where the search found some, else inferred from what is set.
CREATE TABLE inferred_way (
  number INTEGER NOT NULL, step INTEGER NOT NULL, -- both from 1
  thing TEXT NOT NULL,       -- where the attacker is after this step
  how TEXT,                  -- how he gets there; NULL: the start
  colour TEXT,               -- of the theme: critical, high, medium; NULL: none
  outside INTEGER NOT NULL,  -- 1: the way starts outside the cluster
  workload TEXT NOT NULL, cut TEXT NOT NULL, -- the workload it leads over, the change that ends it
  object TEXT, field TEXT, member TEXT, -- what proves the step: the object, the pointer in the member, the member; NULL: follows from what is known of such clusters
  PRIMARY KEY (number, step)
) STRICT, WITHOUT ROWID;

-- What a gap says, with its check's words.
CREATE VIEW v_gap_summary AS
  SELECT g.number, 'G' || g.number AS label, g.check_id, c.title, g.severity, g.domain, g.open, g.accepted, g.things, g.clusters, g.namespaces, g.likelihood, g.impact, g.score,
    c.why, c.fix, c.effort, g.owner, c.owner AS role, c.patch,
    CASE g.severity WHEN 'critical' THEN 5 WHEN 'high' THEN 4 WHEN 'medium' THEN 3 WHEN 'low' THEN 2 ELSE 1 END AS rank
  FROM gap g JOIN "check" c ON c.id = g.check_id;

-- The findings that stand for a gap, with their evidence.
CREATE VIEW v_gap_example AS
  SELECT x.check_id, x.ordinal, f.id, f.subject, f.cluster, f.namespace, f.severity, f.detail, f.facts, f.owner, t.id AS thing, t.type AS kind, t.name, t.pointer, e.path AS member, e.input,
    e.sha256
  FROM gap_example x JOIN finding f ON f.id = x.finding LEFT JOIN thing t ON t.id = f.thing LEFT JOIN evidence e ON e.id = t.evidence;
