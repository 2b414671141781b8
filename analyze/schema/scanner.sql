-- SPDX-License-Identifier: Apache-2.0
-- What other scanners reported of images, and where they and this assessment agree. Source: the reports themselves (evidence kinds scanner/...).

-- One row per report and image: a Harbor or Prisma export holds many.
CREATE TABLE scan (
  thing INTEGER PRIMARY KEY REFERENCES thing(id), -- 'scan:trivy/registry.local/app:1.2'
  scanner TEXT NOT NULL,     -- trivy, grype, clair, harbor, snyk, prisma; of bills of materials and SARIF the tool that they name
  format TEXT NOT NULL,      -- trivy, grype, clair, clair-scanner, harbor, harbor-report, snyk, prisma, twistcli, cyclonedx, spdx, sarif
  version TEXT,              -- of the scanner; NULL: not told
  target TEXT NOT NULL,      -- what it says it looked at
  digest TEXT,               -- 'sha256:…' of the image's manifest; NULL: not told
  config_digest TEXT,        -- 'sha256:…' of its configuration; NULL: not told
  registry TEXT, repository TEXT, tag TEXT, -- of the target where that is an image reference
  scanned INTEGER,           -- when; NULL: not told
  feeds INTEGER,             -- date of the scanner's own database; NULL: not told
  lists_components INTEGER NOT NULL, -- 1: scan_component holds what it saw, also what has no vulnerability
  lists_vulnerabilities INTEGER NOT NULL, -- 0: a bill of materials without any
  image INTEGER REFERENCES image(thing) -- the same image in this assessment; NULL: it was not collected
) STRICT;
CREATE INDEX scan_image ON scan(image);
CREATE INDEX scan_target ON scan(target, scanner);
CREATE INDEX scan_digest ON scan(digest);

-- What it found: a row per vulnerability, component and place.
CREATE TABLE scan_result (
  id INTEGER PRIMARY KEY,
  scan INTEGER NOT NULL REFERENCES scan(thing),
  vulnerability TEXT NOT NULL, -- as it names it
  aliases TEXT,              -- other names that it gives, JSON array; NULL: none
  component TEXT NOT NULL, version TEXT NOT NULL, -- '': not told
  type TEXT,                 -- PURL type; NULL: not told
  path TEXT NOT NULL,        -- '': not told
  severity TEXT NOT NULL,    -- critical, high, medium, low, unknown
  fixed TEXT,                -- version that fixes it, as written; NULL: none told
  state TEXT NOT NULL,       -- open; ignored (left out by its user); not-affected, fixed (a VEX statement in it)
  UNIQUE (scan, vulnerability, component, version, path)
) STRICT;

CREATE TABLE scan_component (
  scan INTEGER NOT NULL REFERENCES scan(thing),
  name TEXT NOT NULL, version TEXT NOT NULL,
  type TEXT NOT NULL,        -- PURL type; '': not told
  PRIMARY KEY (scan, name, version, type)
) STRICT, WITHOUT ROWID;

-- Result by result: what both found, and what only one did, with why as far as feeds and evidence tell.
CREATE TABLE agreement (
  id INTEGER PRIMARY KEY,
  scan INTEGER NOT NULL REFERENCES scan(thing),
  image INTEGER NOT NULL REFERENCES image(thing),
  name TEXT NOT NULL,        -- primary id where this assessment knows the vulnerability, else as the scanner names it
  component TEXT NOT NULL, version TEXT NOT NULL,
  side TEXT NOT NULL,        -- both, only-they, only-we
  reason TEXT,               -- NULL: both found it. only-they: vex, no-feeds, component-not-seen, removed, declared-only, owned-by-os, kernel-headers, other-version, not-covered,
                             -- unknown-id, withdrawn, vendor-not-affected, fixed-by-version, not-listed, not-decided, other-component. only-we: ignored-by-them, other-component,
                             -- component-not-seen-by-them, newer-than-scan, they-list-fixed-only, not-in-their-data
  detail TEXT,               -- one sentence
  severity TEXT, fixed TEXT, -- ours; NULL: we did not find it
  their_severity TEXT, their_fixed TEXT
) STRICT;
CREATE INDEX agreement_scan ON agreement(scan, side);

CREATE VIEW v_scan AS
  SELECT s.thing AS subject, s.*, t.ref, v.image AS image_name, ((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'as-of') - s.scanned) / 86400 AS age_days,
    ((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'as-of') - s.feeds) / 86400 AS feeds_age_days,
    (SELECT count(*) FROM scan_result r WHERE r.scan = s.thing AND r.state = 'open') AS results
  FROM scan s JOIN thing t ON t.id = s.thing LEFT JOIN v_image v ON v.subject = s.image;
CREATE VIEW v_scan_result AS SELECT r.scan AS subject, r.*, s.scanner, s.target, s.image FROM scan_result r JOIN scan s ON s.thing = r.scan;
CREATE VIEW v_agreement AS
  SELECT a.image AS subject, a.*, s.scanner, s.target, v.image AS image_name FROM agreement a JOIN scan s ON s.thing = a.scan LEFT JOIN v_image v ON v.subject = a.image;

-- Containers and the reports on the image that they run: by digest, by the image that was collected, else by name and tag.
CREATE VIEW v_container_scan AS
  SELECT c.thing AS subject, s.thing AS scan, s.scanner, s.scanned FROM container c JOIN scan s ON s.digest = c.image_digest
  UNION
  SELECT u.container, s.thing, s.scanner, s.scanned FROM image_use u JOIN scan s ON s.image = u.image
  UNION
  SELECT c.thing, s.thing, s.scanner, s.scanned FROM container c JOIN scan s ON s.registry = c.image_registry AND s.repository = c.image_repository AND s.tag = c.image_tag
    WHERE s.digest IS NULL OR c.image_digest IS NULL;
