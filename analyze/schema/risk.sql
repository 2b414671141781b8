-- SPDX-License-Identifier: Apache-2.0
-- Risk of workloads, identities, images, nodes and namespaces; scores and grades of domains. Formulas: docs/scores.md, weights: analyze/risk.yaml.

-- Weights and thresholds, as analyze/risk.yaml holds them.
CREATE TABLE severity_weight (severity TEXT PRIMARY KEY, weight REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE grade (grade TEXT PRIMARY KEY, score REAL NOT NULL) STRICT, WITHOUT ROWID; -- the least score that earns it
CREATE TABLE score_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID; -- least-coverage (0-1), cap (grade)
CREATE TABLE regulation_target (regulation TEXT NOT NULL, domain TEXT NOT NULL, grade TEXT NOT NULL, PRIMARY KEY (regulation, domain)) STRICT, WITHOUT ROWID; -- regulation 'default': ours
CREATE TABLE risk_weight (factor TEXT PRIMARY KEY, side TEXT NOT NULL, weight REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE risk_level (
  factor TEXT NOT NULL REFERENCES risk_weight(factor), level TEXT NOT NULL, value REAL NOT NULL,
  reason TEXT NOT NULL,      -- {} stands for the evidence
  PRIMARY KEY (factor, level)
) STRICT, WITHOUT ROWID;

CREATE TABLE risk (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  kind TEXT NOT NULL,        -- workload, identity, image, node, namespace
  likelihood REAL NOT NULL,  -- 1-5
  impact REAL NOT NULL,      -- 1-5
  score REAL NOT NULL,       -- likelihood × impact
  findings INTEGER NOT NULL, critical INTEGER NOT NULL, high INTEGER NOT NULL
) STRICT;
CREATE INDEX risk_score ON risk(kind, score);
CREATE TABLE risk_factor (
  thing INTEGER NOT NULL REFERENCES thing(id),
  side TEXT NOT NULL,        -- likelihood, impact
  name TEXT NOT NULL,        -- exposure, reachability, weaknesses, exploitability, known-exploited, privileges; rights, blast-radius, data-class, environment
  level TEXT NOT NULL,       -- as analyze/risk.yaml names it
  value REAL NOT NULL,       -- 1-5
  reason TEXT NOT NULL,      -- one clause with its evidence
  PRIMARY KEY (thing, side, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE domain_score (
  domain TEXT PRIMARY KEY, ordinal INTEGER NOT NULL, title TEXT NOT NULL,
  score REAL,                -- 0-100 weighted share of passes; NULL: nothing assessed
  coverage REAL NOT NULL,    -- 0-1 weighted share of what applies that was assessed
  grade TEXT NOT NULL,       -- A-E, or 'not assessed'
  target_grade TEXT, target_score REAL,
  target_from TEXT,          -- engagement, the regulation's name, or default (ours)
  capped TEXT,               -- why the grade is lower than the score says
  points REAL,               -- what charts draw: the score, where capped no more than the best that goes with the grade
  pass INTEGER NOT NULL, fail INTEGER NOT NULL, not_assessed INTEGER NOT NULL, manual INTEGER NOT NULL, accepted INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- One row: the worst graded domain (NULL: none is graded). ungraded: the titles of the others that have no grade, comma-separated.
CREATE TABLE overall (grade TEXT NOT NULL, domain TEXT, ungraded TEXT NOT NULL) STRICT;

CREATE VIEW v_risk AS
  SELECT r.thing AS subject, t.ref, t.cluster, t.namespace, t.type, t.name, r.kind, r.likelihood, r.impact, r.score, r.findings, r.critical, r.high
  FROM risk r JOIN thing t ON t.id = r.thing;
-- Namespaces against domains: open findings weighted by severity.
CREATE VIEW v_heat AS
  SELECT cluster, namespace, domain, count(*) AS findings, sum(CASE severity WHEN 'critical' THEN 10 WHEN 'high' THEN 5 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END) AS weight
  FROM finding WHERE verdict = 'fail' AND accepted IS NULL AND namespace IS NOT NULL GROUP BY cluster, namespace, domain;
