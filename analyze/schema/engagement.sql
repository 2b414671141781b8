-- SPDX-License-Identifier: Apache-2.0
-- What people say (engagement.yaml): all optional; what is absent is a question still to be asked.

-- In patterns * stands for any run of characters. A namespace pattern with a slash is 'cluster/namespace'.
CREATE TABLE environment (
  name TEXT PRIMARY KEY, ordinal INTEGER NOT NULL, production INTEGER NOT NULL,
  selector TEXT NOT NULL     -- JSON {namespaces: [patterns], clusters: [patterns], labels: {key: value}}; any one of the three suffices; of labels all must match
) STRICT, WITHOUT ROWID;
-- What clusters are called: the engagement file's names for what the evidence calls them.
CREATE TABLE cluster_name (
  was TEXT PRIMARY KEY,      -- uid of kube-system (or its first 8 hex digits), or the name that the evidence gives
  name TEXT NOT NULL,
  environment TEXT           -- of all in it that no environment names closer
) STRICT, WITHOUT ROWID;
CREATE TABLE trusted_registry (pattern TEXT PRIMARY KEY, purpose TEXT) STRICT, WITHOUT ROWID; -- host or host/path prefix
CREATE TABLE approved_image (environment TEXT NOT NULL, pattern TEXT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (environment, pattern, kind)) STRICT, WITHOUT ROWID; -- kind: base, image
CREATE TABLE team (name TEXT PRIMARY KEY, contact TEXT, selector TEXT NOT NULL) STRICT, WITHOUT ROWID; -- selector: JSON {namespaces, labels, images}
CREATE TABLE data_class (name TEXT PRIMARY KEY, rank INTEGER NOT NULL, places TEXT NOT NULL) STRICT, WITHOUT ROWID; -- places: JSON array of namespace patterns and stores
-- Where attackers start (entry) and what they must not get (jewel), beside what analyze/targets names. pattern: of refs, * matches any run of characters.
CREATE TABLE path_place (side TEXT NOT NULL, pattern TEXT NOT NULL, title TEXT, PRIMARY KEY (side, pattern)) STRICT, WITHOUT ROWID;
-- Where traffic from outside is looked at, in the order of the file. covers: JSON {addresses, networks, load_balancers, ingress_classes, namespaces}, lists of texts; any of them suffices.
CREATE TABLE inspection_point (
  name TEXT PRIMARY KEY, ordinal INTEGER NOT NULL, kind TEXT NOT NULL, -- firewall, ids, ips, waf
  decrypts INTEGER,          -- it sees what TLS hides; NULL: not told
  covers TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE job_role (name TEXT PRIMARY KEY, purpose TEXT, access TEXT NOT NULL) STRICT, WITHOUT ROWID; -- access: JSON array of {system, principal, needs}
CREATE TABLE person (name TEXT PRIMARY KEY, job_role TEXT, email TEXT, accounts TEXT NOT NULL, groups TEXT NOT NULL) STRICT, WITHOUT ROWID; -- accounts: JSON array of principal refs; groups: JSON array of names of groups of clusters
CREATE TABLE regulation (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE system_in_scope (kind TEXT NOT NULL, name TEXT NOT NULL, in_scope INTEGER NOT NULL, reason TEXT, PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID;
CREATE TABLE price (item TEXT PRIMARY KEY, amount REAL NOT NULL, currency TEXT NOT NULL) STRICT, WITHOUT ROWID; -- cpu-core-month, memory-gib-month, storage-gib-month
CREATE TABLE target (domain TEXT PRIMARY KEY, grade TEXT, score INTEGER) STRICT, WITHOUT ROWID;
-- Checks that the site switches off or weighs differently. The last line that matches counts.
CREATE TABLE check_change (
  ordinal INTEGER PRIMARY KEY,
  check_id TEXT NOT NULL,    -- pattern
  severity TEXT,             -- NULL: switched off
  environment TEXT, cluster TEXT, namespace TEXT, -- patterns; NULL: everywhere
  reason TEXT
) STRICT;
-- Where these lines change a severity, after the checks: by cluster ('' outside clusters) and namespace ('' for what has none).
CREATE TABLE severity_change (
  check_id TEXT NOT NULL, cluster TEXT NOT NULL, namespace TEXT NOT NULL, severity TEXT NOT NULL, PRIMARY KEY (check_id, cluster, namespace)
) STRICT, WITHOUT ROWID;
-- answer NULL: to be asked; ordinal: the order to ask them in
CREATE TABLE question (id TEXT PRIMARY KEY, section TEXT NOT NULL, text TEXT NOT NULL, answer TEXT, ordinal INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- Accepted risks. A finding that matches one that has not expired at the assessment's date counts as accepted.
CREATE TABLE exception (
  id INTEGER PRIMARY KEY,
  check_id TEXT NOT NULL,    -- may end in *
  subject TEXT NOT NULL,     -- ref pattern, * matches any run of characters
  reason TEXT NOT NULL, approver TEXT, expires INTEGER
) STRICT;
-- Triage in the browser, kept apart and carried over to a new analysis.
CREATE TABLE decision (
  finding TEXT NOT NULL, decided INTEGER NOT NULL, kind TEXT NOT NULL, -- accept, owner, false-positive, note
  value TEXT, reason TEXT, expires INTEGER, PRIMARY KEY (finding, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE custody (ordinal INTEGER PRIMARY KEY, at INTEGER NOT NULL, event TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
