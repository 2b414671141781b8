-- SPDX-License-Identifier: Apache-2.0
-- Checks, their verdicts, and the frameworks that ask for them.

CREATE TABLE "check" (
  id TEXT PRIMARY KEY,       -- 'runtime.privileged-container'
  title TEXT NOT NULL,
  severity TEXT NOT NULL,    -- critical high medium low info (after the engagement file's changes)
  domain TEXT NOT NULL,      -- iam registry scanning content runtime data
  scope_kind TEXT NOT NULL,  -- which scopes it is judged in
  needs TEXT NOT NULL,       -- JSON array of evidence kinds
  why TEXT NOT NULL, fix TEXT NOT NULL, patch TEXT, effort TEXT NOT NULL, owner TEXT NOT NULL, false_positives TEXT,
  content TEXT,              -- of checks of images: the class of content that it is about (base-os, middleware, application); NULL: its facts tell, or the image as a whole
  refs TEXT NOT NULL         -- JSON array of addresses
) STRICT, WITHOUT ROWID;

-- All verdicts but pass and not-applicable. Its indexes, by check and by thing, are made when it is full (analyze/finding.sql).
CREATE TABLE finding (
  id TEXT PRIMARY KEY,       -- first 16 hex digits of SHA-256 over check, ref and key
  check_id TEXT NOT NULL REFERENCES "check"(id),
  thing INTEGER REFERENCES thing(id), -- NULL: the scope as a whole
  scope INTEGER REFERENCES scope(id),
  subject TEXT NOT NULL,     -- the thing's ref, or the scope's
  cluster TEXT, namespace TEXT,
  verdict TEXT NOT NULL,     -- fail manual not-assessed error
  severity TEXT NOT NULL,
  domain TEXT NOT NULL,
  detail TEXT NOT NULL,      -- one sentence on this thing
  facts TEXT NOT NULL,       -- JSON object
  missing TEXT NOT NULL,     -- JSON array of evidence kinds (not-assessed)
  accepted INTEGER REFERENCES exception(id), -- a valid exception covers it
  owner TEXT,                -- of an image's content who answers for it (finding_content), else the team, else the check's owner
  owner_why TEXT             -- why that one: one sentence; NULL: see owner
) STRICT; -- with a row number: rows lie in the order of the checks, which is how they are read

-- Counts of every verdict, passes too.
CREATE TABLE tally (
  check_id TEXT NOT NULL,
  scope INTEGER NOT NULL,    -- 0: no scope of that kind
  namespace TEXT NOT NULL,   -- '' for what has none
  verdict TEXT NOT NULL,     -- pass fail manual not-applicable not-assessed error
  count INTEGER NOT NULL,
  PRIMARY KEY (check_id, scope, namespace, verdict)
) STRICT, WITHOUT ROWID;

CREATE TABLE framework (id TEXT PRIMARY KEY, title TEXT NOT NULL, version TEXT NOT NULL, url TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE control (
  framework TEXT NOT NULL REFERENCES framework(id), id TEXT NOT NULL, ordinal INTEGER NOT NULL, section TEXT, title TEXT NOT NULL, level TEXT,
  mode TEXT NOT NULL,        -- checks, manual, not-applicable
  note TEXT,                 -- the auditor's question, or why it does not apply
  PRIMARY KEY (framework, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE control_check (framework TEXT NOT NULL, control TEXT NOT NULL, check_id TEXT NOT NULL, PRIMARY KEY (framework, control, check_id)) STRICT, WITHOUT ROWID;

-- Open findings: failing and not accepted.
CREATE VIEW v_finding AS
  SELECT f.*, c.title, c.why, c.fix, c.effort, t.type AS kind, t.name, t.evidence, t.pointer,
    CASE f.severity WHEN 'critical' THEN 5 WHEN 'high' THEN 4 WHEN 'medium' THEN 3 WHEN 'low' THEN 2 ELSE 1 END AS rank
  FROM finding f JOIN "check" c ON c.id = f.check_id LEFT JOIN thing t ON t.id = f.thing;
CREATE VIEW v_gap AS SELECT * FROM v_finding WHERE verdict = 'fail' AND accepted IS NULL;

-- State of each control: gap (a check fails), not-assessed (none fails, one lacks evidence), met (all that apply pass), manual, not-applicable.
CREATE VIEW v_control AS
  SELECT k.framework, k.id, k.ordinal, k.section, k.title, k.level, k.mode, k.note,
    CASE WHEN k.mode != 'checks' THEN k.mode
      WHEN sum(t.verdict = 'fail') > 0 THEN 'gap'
      WHEN sum(t.verdict IN ('not-assessed', 'error')) > 0 THEN 'not-assessed'
      WHEN sum(t.verdict = 'manual') > 0 THEN 'manual'
      WHEN sum(t.verdict = 'pass') > 0 THEN 'met'
      WHEN sum(t.verdict = 'not-applicable') > 0 THEN 'not-applicable'
      ELSE 'not-assessed' END AS state,
    total(CASE WHEN t.verdict = 'fail' THEN t.count END) AS failing
  FROM control k LEFT JOIN control_check c ON c.framework = k.framework AND c.control = k.id LEFT JOIN verdict_count t ON t.check_id = c.check_id
  GROUP BY k.framework, k.id;
