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
  merged    INTEGER NOT NULL,      -- 1: records are merged one by one; 0: a newer file replaces all of it
  fixes_only INTEGER NOT NULL      -- 1: lists what was fixed; a vulnerability without a fix is not in it
) STRICT;

-- An ecosystem and, for distributions, a release.
CREATE TABLE scope (
  id        INTEGER PRIMARY KEY,
  ecosystem TEXT NOT NULL,         -- as OSV names it: 'Debian' 'Alpine' 'npm' 'Go' …
  release   TEXT NOT NULL,         -- '12', '3.10', '8'; 'rhel_eus:8.4', 'openshift:4.12::el8' (Red Hat's streams and other products); '' where there are no releases
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
  package    TEXT NOT NULL,        -- as the ecosystem names it, normalised
  binary     INTEGER NOT NULL,     -- 1: the built package of that name and its version; 0: the source package (distributions), or all there is
  module     TEXT,                 -- rpm: only packages of this module and stream ('nodejs:12'), or of one of several ('virt:rhel virt-devel:rhel'); '*': of any module; 'ksplice': only live patches; NULL: of none
  introduced TEXT,                 -- NULL: from the first version on
  fixed      TEXT,                 -- NULL: no fix known (or last_affected is given); of 'unfixed': what lies below is affected, and nothing above is to be had
  last_affected TEXT,
  versions   TEXT,                 -- further single versions, one per line
  status     TEXT NOT NULL CHECK (status IN ('affected', 'not-affected', 'unfixed', 'will-not-fix', 'deferred',
    'end-of-life', 'under-investigation', 'undetermined')),
  advisory   TEXT,                 -- 'DSA-5380-1'
  since      INTEGER,              -- when the fix appeared: date of the advisory or changelog entry that brought it; NULL: the feed does not tell
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

-- Probability of exploitation within 30 days (FIRST).
CREATE TABLE epss (
  cve        TEXT PRIMARY KEY,
  feed       INTEGER NOT NULL REFERENCES feed,
  score      REAL NOT NULL,        -- 0 to 1
  percentile REAL NOT NULL         -- 0 to 1
) STRICT, WITHOUT ROWID;

-- Public exploits, the first of each list.
CREATE TABLE exploit (
  cve        TEXT NOT NULL,
  source     TEXT NOT NULL CHECK (source IN ('exploit-db', 'metasploit', 'nuclei')),
  feed       INTEGER NOT NULL REFERENCES feed,
  name       TEXT,
  since      INTEGER,              -- when it was published; NULL: not told
  verified   INTEGER NOT NULL,     -- 1: the list's keepers tried it
  PRIMARY KEY (cve, source)
) STRICT, WITHOUT ROWID;

-- Life cycles of products: until when a release is supported. One row per product and cycle.
CREATE TABLE lifecycle (
  feed       INTEGER NOT NULL REFERENCES feed,
  product    TEXT NOT NULL,        -- 'debian', 'kubernetes', 'nodejs'
  cycle      TEXT NOT NULL,        -- '12', '1.29'
  released   INTEGER,
  support    INTEGER,              -- end of active support; NULL: not told
  eol        INTEGER,              -- end of life; NULL: not told
  ended      INTEGER,              -- 1: has ended, without a date; 0: has not; NULL: see eol
  extended   INTEGER,              -- end of paid support; NULL: none or not told
  lts        INTEGER NOT NULL,
  latest     TEXT,                 -- newest version in the cycle
  latest_date INTEGER,
  PRIMARY KEY (product, cycle)
) STRICT, WITHOUT ROWID;

-- What somebody (a vendor, the customer) says about a vulnerability in a product: VEX statements.
CREATE TABLE vex (
  id         INTEGER PRIMARY KEY,
  feed       INTEGER NOT NULL REFERENCES feed,
  name       TEXT NOT NULL,        -- vulnerability
  product    TEXT NOT NULL,        -- package URL, image reference or other identifier of the product
  component  TEXT,                 -- package URL of the part of it that it is about; NULL: the product itself
  status     TEXT NOT NULL CHECK (status IN ('not-affected', 'affected', 'fixed', 'under-investigation')),
  justification TEXT,              -- 'vulnerable_code_not_in_execute_path', …
  note       TEXT,                 -- impact or action statement
  author     TEXT,
  stated     INTEGER               -- when
) STRICT;
CREATE INDEX vex_name ON vex (name);

-- Products that a repository of rpms, or a build of an image, belongs to: Red Hat's repository-to-cpe.json and lists like it.
CREATE TABLE repository_cpe (
  name TEXT NOT NULL,              -- 'rhel-8-for-x86_64-baseos-rpms'; of a build 'ubi8-container-8.3-227-x86_64'
  cpe  TEXT NOT NULL,              -- 'cpe:/o:redhat:enterprise_linux:8::baseos'
  feed INTEGER NOT NULL REFERENCES feed,
  PRIMARY KEY (name, cpe, feed)
) STRICT, WITHOUT ROWID;

-- Records that could not be read.
CREATE TABLE problem (
  id      INTEGER PRIMARY KEY,
  feed    INTEGER REFERENCES feed, -- NULL: a file that could not be read far enough to tell
  place   TEXT NOT NULL,           -- file and place in it
  message TEXT NOT NULL
) STRICT;
