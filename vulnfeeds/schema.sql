-- SPDX-License-Identifier: Apache-2.0
-- vulns.db: what vulnerability feeds say, ready to be matched without Internet. `plimsoll feeds import` writes it.
-- Times are Unix seconds (UTC). Text is kept as the feed wrote it; it is cleaned on the way out.

-- One source of statements: a file that is replaced as a whole, or a database of records that are merged one by one.
CREATE TABLE feed (
  id        INTEGER PRIMARY KEY,
  name      TEXT NOT NULL UNIQUE,  -- 'debian-changelogs bookworm', 'debian-dla', 'alpine-secdb 3.10 main', 'osv GHSA', 'cisa-kev'
  kind      TEXT NOT NULL,         -- the importer: debian-changelogs debian-advisories alpine-secdb osv cisa-kev
  sha256    TEXT NOT NULL,         -- of the file; for merged records, of their sorted ids and hashes
  date      INTEGER,               -- newest date that the feed itself states; NULL: it states none
  date_from TEXT CHECK (date_from IN ('content', 'archive')), -- archive: time stamp of the archive's member
  records   INTEGER NOT NULL,      -- vulnerabilities
  broken    INTEGER NOT NULL,      -- records that could not be read: rows of problem
  fixes_only INTEGER NOT NULL      -- 1: lists what was fixed; a vulnerability without a fix is not in it
) STRICT;

-- An ecosystem and, for distributions, a release.
CREATE TABLE scope (
  id        INTEGER PRIMARY KEY,
  ecosystem TEXT NOT NULL,         -- as OSV names it: 'Debian' 'Alpine' 'npm' 'Go' …
  release   TEXT NOT NULL,         -- '12', '3.10', '8'; '' where there are no releases
  UNIQUE (ecosystem, release)
) STRICT;

-- What a feed covers. A release that stands nowhere here is not assessed, never clean.
CREATE TABLE feed_scope (
  feed    INTEGER NOT NULL REFERENCES feed,
  scope   INTEGER NOT NULL REFERENCES scope,
  PRIMARY KEY (feed, scope)
) STRICT, WITHOUT ROWID;

-- Packages that a feed says it does not cover, though it covers their release.
CREATE TABLE gap (
  feed    INTEGER NOT NULL REFERENCES feed,
  scope   INTEGER NOT NULL REFERENCES scope,
  package TEXT NOT NULL,           -- source package
  PRIMARY KEY (feed, scope, package)
) STRICT, WITHOUT ROWID;

CREATE TABLE vuln (
  id        INTEGER PRIMARY KEY,
  feed      INTEGER NOT NULL REFERENCES feed,
  name      TEXT NOT NULL,         -- 'CVE-2021-44228', 'GHSA-…', 'DLA-3051-1'
  hash      TEXT,                  -- of a merged record, to see whether it changed: 32 hex digits
  modified  INTEGER,
  published INTEGER,
  withdrawn INTEGER,               -- kept to explain what vanished; never matches
  severity  TEXT,                  -- critical high medium low, in the feed's own judgement or from the vector; NULL: not stated
  score     REAL,                  -- CVSS base score computed from the vector
  vector    TEXT,
  summary   TEXT,
  UNIQUE (feed, name)
) STRICT;
CREATE INDEX vuln_name ON vuln (name);

CREATE TABLE alias (
  vuln  INTEGER NOT NULL REFERENCES vuln,
  other TEXT NOT NULL,
  kind  TEXT NOT NULL CHECK (kind IN ('alias', 'upstream', 'related')),
  PRIMARY KEY (vuln, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_other ON alias (other);

-- One interval of versions of one package: introduced <= v < fixed, or introduced <= v <= last_affected, or v in versions.
CREATE TABLE affected (
  vuln       INTEGER NOT NULL REFERENCES vuln,
  n          INTEGER NOT NULL,     -- tells the rows of one vulnerability apart
  scope      INTEGER NOT NULL REFERENCES scope,
  package    TEXT NOT NULL,        -- the source package for Debian, Ubuntu and Alpine; else as the ecosystem names it, normalised
  introduced TEXT,                 -- NULL: from the first version on
  fixed      TEXT,                 -- NULL: no fix known (or last_affected is given)
  last_affected TEXT,
  versions   TEXT,                 -- further single versions, one per line
  status     TEXT NOT NULL CHECK (status IN ('affected', 'not-affected', 'unfixed', 'will-not-fix', 'end-of-life', 'undetermined')),
  advisory   TEXT,                 -- 'DSA-5380-1'
  PRIMARY KEY (vuln, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX affected_package ON affected (package, scope);

-- CISA's known exploited vulnerabilities.
CREATE TABLE kev (
  cve        TEXT PRIMARY KEY,
  feed       INTEGER NOT NULL REFERENCES feed,
  added      INTEGER,
  due        INTEGER,
  ransomware INTEGER NOT NULL,     -- 1: known use in ransomware campaigns
  name       TEXT
) STRICT, WITHOUT ROWID;

-- Records that could not be read.
CREATE TABLE problem (
  id      INTEGER PRIMARY KEY,
  feed    INTEGER REFERENCES feed, -- NULL: a file that could not be read far enough to tell
  place   TEXT NOT NULL,           -- file and place in it
  message TEXT NOT NULL
) STRICT;
