-- SPDX-License-Identifier: Apache-2.0
-- Vulnerabilities joined to the site: which run, are exposed or lie on an attack path; what one change removes; since when it could have been made.
-- analyze/plan.sql fills the tables once the paths are known, so that the views and reports over them stay cheap.

-- Public exploits of vulnerabilities that were matched, one row per list.
CREATE TABLE known_exploit (
  vulnerability INTEGER NOT NULL REFERENCES vulnerability(id),
  source TEXT NOT NULL,      -- exploit-db, metasploit, nuclei
  name TEXT,                 -- as the list names it
  since INTEGER,             -- when it was published; NULL: not told
  verified INTEGER NOT NULL, -- 1: the list's keepers tried it
  PRIMARY KEY (vulnerability, source)
) STRICT, WITHOUT ROWID;

-- Since when the fix of a match is there: date of the advisory or changelog entry that brought it, as the feed that decided tells. No row: it does not tell.
CREATE TABLE fix_date (
  vulnerability INTEGER NOT NULL REFERENCES vulnerability(id),
  feed INTEGER NOT NULL REFERENCES feed(id),
  fixed TEXT NOT NULL,       -- the fixed version
  since INTEGER NOT NULL,
  PRIMARY KEY (vulnerability, feed, fixed)
) STRICT, WITHOUT ROWID;

-- Where workloads stand.
CREATE TABLE workload_site (
  workload INTEGER PRIMARY KEY REFERENCES workload(thing),
  running INTEGER NOT NULL,  -- 1: it has pods, or is to have some; 0: scaled to none
  exposed INTEGER NOT NULL,  -- 1: reachable from outside
  paths INTEGER NOT NULL     -- attack paths that lead over it (of those whose hops are kept)
) STRICT;

-- Where images are in use: counts over the workloads that use them. An image without a row, or whose workloads are all scaled to none, is on the shelf.
CREATE TABLE image_site (
  image INTEGER PRIMARY KEY REFERENCES image(thing),
  workloads INTEGER NOT NULL, running INTEGER NOT NULL, clusters INTEGER NOT NULL,
  exposed INTEGER NOT NULL, on_path INTEGER NOT NULL, -- workloads of it that are running and exposed, that are running and that paths lead over
  owners TEXT                -- of its workloads, sorted, comma-separated; NULL: none is told
) STRICT;

-- Another base that could be taken: all images that stand on `base` (itself too) rebuilt on `target`.
CREATE TABLE rebase (
  base INTEGER NOT NULL REFERENCES image(thing), target INTEGER NOT NULL REFERENCES image(thing),
  reason TEXT NOT NULL,      -- newer: same repository, built later; approved: the engagement file names it as a base, it is of the same distribution, and it has the middleware that the base has
  images INTEGER NOT NULL,   -- that stand on it
  removes INTEGER NOT NULL,  -- different vulnerabilities that go
  adds INTEGER NOT NULL,     -- that come
  findings INTEGER NOT NULL, -- vulnerabilities that go, counted in each image
  workloads INTEGER NOT NULL, clusters INTEGER NOT NULL, exposed INTEGER NOT NULL, -- that run images from which any goes
  on_path INTEGER NOT NULL,  -- findings that go in images of workloads that paths lead over
  PRIMARY KEY (base, target)
) STRICT, WITHOUT ROWID;

-- The upgrade of one package in one place, and what it removes: a layer that several images share is one place. The 2,000 that remove most.
CREATE TABLE fix_step (
  ordinal INTEGER PRIMARY KEY, -- by effect: known exploited ones first, then what runs, by severity
  diff_id TEXT,              -- of the layer; NULL: not in an image's layer
  image INTEGER NOT NULL REFERENCES thing(id), -- that the layer comes from: the one with the fewest layers; or the node
  type TEXT NOT NULL, package TEXT NOT NULL, -- source package where there is one
  version TEXT NOT NULL, fixed TEXT NOT NULL, -- installed; the version that fixes all of it
  vulnerabilities INTEGER NOT NULL, critical INTEGER NOT NULL, high INTEGER NOT NULL, kev INTEGER NOT NULL, exploits INTEGER NOT NULL, -- different ones
  images INTEGER NOT NULL, findings INTEGER NOT NULL, -- images and nodes that have them; vulnerabilities counted in each
  workloads INTEGER NOT NULL, clusters INTEGER NOT NULL, exposed INTEGER NOT NULL, on_path INTEGER NOT NULL, -- sums over the images
  since INTEGER,             -- since when the first of the fixes is there; NULL: no feed tells
  owner TEXT                 -- who answers for that content of that image (image_owner); NULL: a node
) STRICT;

CREATE VIEW v_known_exploit AS SELECT k.vulnerability, v.name, v.severity, k.source, k.name AS exploit, k.since, k.verified FROM known_exploit k JOIN vulnerability v ON v.id = k.vulnerability;

-- One row per image or node and open vulnerability. place: on-path, exposed, running, shelf (an image that nothing runs); exploits: lists that have a public exploit.
CREATE VIEW v_site_vulnerability AS
  SELECT o.subject, t.kind AS subject_kind, t.ref, o.name, o.vulnerability, o.status, o.severity, o.severity_rank, o.fixable, o.packages, o.kev, o.epss, o.published,
    (SELECT count(*) FROM known_exploit k WHERE k.vulnerability = o.vulnerability) AS exploits,
    CASE WHEN p.on_path > 0 THEN 'on-path' WHEN p.exposed > 0 THEN 'exposed' WHEN p.running > 0 OR t.kind = 'node' THEN 'running' ELSE 'shelf' END AS place,
    coalesce(p.workloads, 0) AS workloads, coalesce(p.running, 0) AS running, coalesce(p.clusters, 0) AS clusters, coalesce(p.exposed, 0) AS exposed, coalesce(p.on_path, 0) AS on_path, p.owners, o.origin, o.class
  FROM v_open_vulnerability o JOIN thing t ON t.id = o.subject LEFT JOIN image_site p ON p.image = o.subject;

CREATE VIEW v_rebase AS
  SELECT r.base AS subject, r.*, b.image AS base_name, y.image AS target_name, b.created AS base_created, y.created AS target_created
  FROM rebase r JOIN v_image b ON b.subject = r.base JOIN v_image y ON y.subject = r.target;

CREATE VIEW v_fix_step AS
  SELECT f.ordinal, f.image AS subject, coalesce(v.image, t.name) AS place, f.diff_id, f.type, f.package, f.version, f.fixed, f.vulnerabilities, f.critical, f.high, f.kev, f.exploits, f.images,
    f.findings, f.workloads, f.clusters, f.exposed, f.on_path, f.owner, f.since, ((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'as-of') - f.since) / 86400 AS days
  FROM fix_step f JOIN thing t ON t.id = f.image LEFT JOIN v_image v ON v.subject = f.image;

-- Since when each open finding could have been fixed. days: NULL where the feed that decided does not tell.
CREATE VIEW v_fix_age AS
  SELECT x.subject, x.ref, x.name, x.severity, x.severity_rank, x.component, x.version, x.fixed, x.feed, x.origin, x.class, d.since,
    ((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'as-of') - d.since) / 86400 AS days
  FROM v_vulnerability x LEFT JOIN feed f ON f.name = x.feed LEFT JOIN fix_date d ON d.vulnerability = x.vulnerability AND d.feed = f.id AND d.fixed = x.fixed
  WHERE x.fixable;
