-- SPDX-License-Identifier: Apache-2.0
-- Evidence: what was collected, from where, what is missing; and the things it speaks of.
-- The contract: tables hold what was seen; views named v_* are the stable face for checks, templates and users.
-- Times are Unix seconds UTC, sizes bytes, CPU millicores; booleans 0 or 1, NULL where the evidence does not say.

-- Facts of this assessment, one row each.
CREATE TABLE meta (
  key TEXT PRIMARY KEY,      -- 'plimsoll.version', 'trust', 'bundle.id', 'collected.start', 'collected.end', 'as-of', 'customer', ...
  value TEXT
) STRICT, WITHOUT ROWID;

-- A cluster or a system: what the need for evidence is judged by.
CREATE TABLE scope (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,        -- 'cluster', 'aws', 'azure', 'gcp', 'registry', 'images', 'site'
  name TEXT NOT NULL,        -- cluster name, account id (subscription, project), registry host; the kind where no name is known
  state TEXT NOT NULL DEFAULT 'in-scope', -- 'in-scope', 'out-of-scope' (engagement file), 'assumed-absent' (nothing hints at it; a public registry)
  hint TEXT,                 -- why it is thought to exist when nothing of it was collected, or not to
  UNIQUE (kind, name)
) STRICT;

-- Every member of every bundle, directory or file given.
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY,
  input TEXT NOT NULL,       -- base name of the bundle, directory or file it came in
  path TEXT NOT NULL,        -- logical path in it
  kind TEXT,                 -- 'kubernetes/pods', 'node/files', ...; NULL: not recognised
  scope INTEGER REFERENCES scope(id),
  source TEXT,               -- command, API path or file that it was read from, when known
  bytes INTEGER,             -- plain size
  sha256 TEXT,               -- of the stored plain bytes
  collected INTEGER,         -- when
  items INTEGER NOT NULL DEFAULT 0, -- objects read from it
  state TEXT NOT NULL,       -- 'ok', 'partial' (problems in it), 'failed'
  error TEXT
) STRICT;

-- Kinds of evidence that each scope has: an empty PodList is evidence of pods too.
CREATE TABLE evidence_kind (
  scope INTEGER NOT NULL REFERENCES scope(id),
  kind TEXT NOT NULL,
  items INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (scope, kind)
) STRICT, WITHOUT ROWID;

-- What the collection plan asked for and did not get, and what was given and could not be read.
CREATE TABLE expected (
  id INTEGER PRIMARY KEY,
  scope INTEGER REFERENCES scope(id),
  kind TEXT NOT NULL,        -- 'kubernetes/*' where it is not known which kind
  reason TEXT NOT NULL,      -- the error, or why it was left out
  lost INTEGER NOT NULL DEFAULT 0, -- 1: some objects of the kind are known and others are not (they could not be read, or lie in other namespaces): what depends on other objects passes no check
  seen INTEGER, unseen INTEGER -- number of namespaces that it was collected of, and of others that the cluster is known to have; NULL: it is not about namespaces
) STRICT;

-- What could not be read, where and why. The rest of the member still counts.
CREATE TABLE problem (
  id INTEGER PRIMARY KEY,
  evidence INTEGER REFERENCES evidence(id),
  pointer TEXT,              -- JSON pointer, line or byte
  message TEXT NOT NULL
) STRICT;

-- Every addressable thing. Findings, edges, search, exceptions, owners and decisions point here.
CREATE TABLE thing (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,        -- 'object', 'container', 'image', 'node', 'principal', 'credential', 'registry', 'repository', 'setting', ...
  ref TEXT NOT NULL,         -- stable, unique in the site: 'cluster/namespace/Kind[.group]/name[#part]', 'aws:ACCOUNT/role/NAME', 'image:repo@digest'
  scope INTEGER REFERENCES scope(id),
  cluster TEXT,              -- name of the cluster, NULL outside clusters
  namespace TEXT,            -- NULL for cluster-scoped and others
  type TEXT NOT NULL,        -- Kubernetes kind ('Deployment') or what it is ('IAM role')
  name TEXT NOT NULL,
  parent INTEGER REFERENCES thing(id), -- a container's workload, a layer's image
  evidence INTEGER REFERENCES evidence(id), -- where it was seen first
  pointer TEXT               -- JSON pointer in that member
) STRICT;
CREATE UNIQUE INDEX thing_ref ON thing(ref);

CREATE VIEW v_problem AS
  SELECT p.id, e.input, e.path, e.kind, p.pointer, p.message FROM problem p LEFT JOIN evidence e ON e.id = p.evidence;

-- Kinds of evidence of which some objects are known and others are not.
CREATE VIEW v_partly AS
  SELECT s.name AS cluster, x.kind, x.reason, x.seen, x.unseen FROM expected x JOIN scope s ON s.id = x.scope WHERE s.kind = 'cluster' AND x.lost;

-- Which kinds of evidence each scope has.
CREATE VIEW v_evidence AS
  SELECT s.kind AS scope_kind, s.name AS scope, k.kind, k.items FROM evidence_kind k JOIN scope s ON s.id = k.scope;
