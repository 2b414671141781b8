-- SPDX-License-Identifier: Apache-2.0
-- Layers and owners: which layers of an image are its base's, who answers for what is in them, and on what it could be built instead.
-- Source: the layers' diff ids, compared between the images of the site and with what the engagement file says of bases.

-- A layer together with all that lie below it (OCI image-spec 1.1, config.md: ChainID): images that share a chain are the same up to there.
CREATE TABLE layer_chain (
  id INTEGER PRIMARY KEY,
  chain_id TEXT NOT NULL UNIQUE, -- 'sha256:…'; made from the digest as stored where a layer was not there to be read
  listed INTEGER NOT NULL DEFAULT 0 -- 1: its changes stand in layer_file
) STRICT;

-- Where each image's base ends: derived from the chains. One row per image.
CREATE TABLE image_lineage (
  image INTEGER PRIMARY KEY REFERENCES image(thing),
  base TEXT,                 -- what the base is called; NULL: it has no name that is known
  base_image INTEGER REFERENCES image(thing), -- where the base is an image of the site
  base_layers INTEGER,       -- the lowest layers that are the base's; all of them where the image is a base itself; NULL: not known
  told_by TEXT NOT NULL,     -- engagement (layers that the file lists), image (all layers of another image), shared (layers that images of another
                             -- repository have too), label (the image's own word: its layers are not known), none
  approved INTEGER,          -- 1: the base, or what that was built on, is approved; NULL: not known, or the engagement file approves no bases
  approved_base TEXT,        -- which
  sharing INTEGER NOT NULL   -- other images of the site that have the same base layers
) STRICT;

-- Layers of bases as the engagement file lists them, lowest first.
CREATE TABLE known_base (
  name TEXT NOT NULL,        -- as written
  ordinal INTEGER NOT NULL,
  digest TEXT NOT NULL,      -- 'sha256:…', a diff id or the digest of the layer as stored
  approved INTEGER NOT NULL, -- 1: from approved_images, 0: from known_bases
  PRIMARY KEY (name, ordinal)
) STRICT, WITHOUT ROWID;

-- Who answers for which content: the engagement file's lines, then the default of each class.
CREATE TABLE content_owner (
  class TEXT NOT NULL,       -- base-os, middleware, application
  owner TEXT NOT NULL,
  what TEXT NOT NULL,        -- package: packages that the pattern matches count as this class, owner ''; owner: pattern is of images, '*' all
  pattern TEXT NOT NULL,     -- * matches any run of characters
  said INTEGER NOT NULL,     -- 1: by the engagement file; 0: the default
  PRIMARY KEY (class, what, pattern, owner)
) STRICT, WITHOUT ROWID;
INSERT INTO content_owner(class, owner, what, pattern, said) VALUES
  ('base-os', 'systems group', 'owner', '*', 0), ('middleware', 'architects', 'owner', '*', 0), ('application', 'developers', 'owner', '*', 0);

-- Who answers for which content of each image. told_by: engagement (a line of content_owners), team (of base-os and middleware the team whose images the base is one of
-- (where no base is known, the image itself), of
-- application the team whose image it is), workloads (of application: all workloads that run the image are this owner's), default.
CREATE TABLE image_owner (
  image INTEGER NOT NULL REFERENCES image(thing),
  class TEXT NOT NULL,       -- base-os, middleware, application
  owner TEXT NOT NULL, told_by TEXT NOT NULL,
  PRIMARY KEY (image, class)
) STRICT, WITHOUT ROWID;

-- Interpreters, servers and their versions that the engagement file approves (approved_middleware).
CREATE TABLE approved_middleware (
  name TEXT NOT NULL,        -- pattern of package names
  version TEXT NOT NULL,     -- pattern of versions
  PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;

-- What each package name counts as: middleware by analyze/middleware.yaml or a pattern of the engagement file, else by its type.
CREATE TABLE package_class (
  type TEXT NOT NULL, name TEXT NOT NULL,
  class TEXT NOT NULL,       -- base-os, middleware, application
  PRIMARY KEY (type, name)
) STRICT, WITHOUT ROWID;

-- Findings on images whose facts count what came with the base and what with own layers. Filled after the checks.
CREATE TABLE finding_origin (
  finding TEXT PRIMARY KEY REFERENCES finding(id),
  in_base INTEGER NOT NULL, in_own INTEGER NOT NULL -- a vulnerability that both have counts in both
) STRICT, WITHOUT ROWID;

-- Which content the fails on images are about, of checks that are for developers: the classes of what they count; where they count files, those of the base as base-os and
-- those of own layers as application; where they count nothing, what the check says (its key content), else the image as a whole, which is base-os for an image that is a
-- base itself, and application. The finding's owner is the one with most, of equals the lowest class. Filled after the checks (analyze/owner.sql).
CREATE TABLE finding_content (
  finding TEXT NOT NULL REFERENCES finding(id),
  class TEXT NOT NULL,
  things INTEGER,            -- how many of what the finding counts; NULL: it counts nothing
  owner TEXT NOT NULL,
  basis TEXT NOT NULL,       -- packages, layers, check, image: how the class was told
  PRIMARY KEY (finding, class)
) STRICT, WITHOUT ROWID;

-- The sheet of each owner over the whole site: what is installed in images, what is open in it. Filled after the checks.
CREATE TABLE owner_content (
  class TEXT NOT NULL, owner TEXT NOT NULL,
  images INTEGER NOT NULL, components INTEGER NOT NULL, -- images with such content; installed packages, counted in each image
  judged INTEGER NOT NULL,   -- of those images: the ones of which feeds cover all packages. In the others there may be more than the next columns count
  vulnerabilities INTEGER NOT NULL, critical INTEGER NOT NULL, high INTEGER NOT NULL, kev INTEGER NOT NULL, fixable INTEGER NOT NULL, -- open ones, each once an image
  findings INTEGER NOT NULL, -- open findings on images that are this owner's, told by this class
  PRIMARY KEY (class, owner)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_image_lineage AS
  SELECT l.image AS subject, v.image, v.layers, l.base, l.base_image, l.base_layers, v.layers - l.base_layers AS own_layers, l.told_by, l.approved, l.approved_base, l.sharing,
    v.containers, v.created, v.readable, v.verified
  FROM image_lineage l JOIN v_image v ON v.subject = l.image;

-- Which images of the site others were built on: all layers of `base` are the lowest ones of `subject`. `nearest`: the one with the most layers.
CREATE VIEW v_image_base AS
  SELECT y.image AS subject, b.thing AS base, b.layers AS base_layers, i.layers - b.layers AS own_layers,
    b.layers = max(b.layers) OVER (PARTITION BY y.image) AS nearest
  FROM image b JOIN image_layer x ON x.image = b.thing AND x.ordinal = b.layers - 1 JOIN image_layer y ON y.chain = x.chain AND y.image <> b.thing
    JOIN image i ON i.thing = y.image AND i.layers > b.layers;

-- Packages of images with who answers for them. origin: base or own, by the layer that brought it; NULL where no base is known.
-- class of a language package that an operating system package owns: that of the system.
CREATE VIEW v_image_component AS
  SELECT p.thing AS subject, p.id AS package, p.type, p.name, p.version, p.license, p.path, p.layer, p.removed_in, p.declared, p.owned, p.owner,
    CASE WHEN p.layer < l.base_layers THEN 'base' WHEN l.base_layers IS NOT NULL THEN 'own' END AS origin, l.base,
    CASE WHEN p.owned THEN 'base-os' ELSE c.class END AS class
  FROM package p JOIN image_lineage l ON l.image = p.thing JOIN package_class c ON c.type = p.type AND c.name = p.name;

-- Counts of installed components and of open vulnerabilities by image, origin and class, with who answers: the sheet for each owner.
CREATE VIEW v_image_content AS
  SELECT c.subject, v.image, coalesce(c.origin, 'unknown') AS origin, c.class,
    (SELECT o.owner FROM image_owner o WHERE o.image = c.subject AND o.class = c.class) AS content_owner,
    count(*) AS components,
    sum((SELECT count(*) FROM match m WHERE m.package = c.package AND (m.vex IS NULL OR m.vex NOT IN ('not-affected', 'fixed')))) AS vulnerabilities
  FROM v_image_component c JOIN v_image v ON v.subject = c.subject WHERE c.removed_in IS NULL AND NOT c.declared GROUP BY c.subject, c.origin, c.class;

-- Installed packages by layer, with the build command that brought it and whether the layer belongs to the base.
CREATE VIEW v_layer_package AS
  SELECT p.thing AS subject, p.id AS package, p.type, p.name, p.version, p.layer, y.created_by, y.diff_id, p.layer < l.base_layers AS from_base, l.base_image AS base
  FROM package p JOIN image_layer y ON y.image = p.thing AND y.ordinal = p.layer LEFT JOIN image_lineage l ON l.image = p.thing
  WHERE p.removed_in IS NULL AND NOT p.declared;

-- Newer builds of the base that an image of the site stands on: what `subject` could be rebuilt on. `to_image` is the newest image of the repository that
-- `from_image` belongs to (same operating system, architecture and variant), built after it. Counts are of open vulnerabilities; NULL: feeds did not cover it.
CREATE VIEW v_newer_base AS
  SELECT l.image AS subject, v.image, l.base_image AS from_image, l.base AS from_name, t.thing AS to_image, (SELECT n.name FROM image_name n WHERE n.image = t.thing ORDER BY n.registry IS NULL, n.name LIMIT 1) AS to_name,
    f.created AS from_created, t.created AS to_created, v.layers - l.base_layers AS own_layers, v.containers,
    CASE WHEN (SELECT min(c.state = 'assessed') FROM feed_coverage c WHERE c.thing = f.thing AND c.package IS NULL) THEN
      (SELECT count(*) FROM open_vulnerability o WHERE o.thing = f.thing) END AS from_vulnerabilities,
    CASE WHEN (SELECT min(c.state = 'assessed') FROM feed_coverage c WHERE c.thing = t.thing AND c.package IS NULL) THEN
      (SELECT count(*) FROM open_vulnerability o WHERE o.thing = t.thing) END AS to_vulnerabilities
  FROM image_lineage l JOIN v_image v ON v.subject = l.image JOIN image f ON f.thing = l.base_image
    JOIN image t ON t.thing = (SELECT x.thing FROM image_name a JOIN image_name b ON b.registry = a.registry AND b.repository = a.repository JOIN image x ON x.thing = b.image
      WHERE a.image = f.thing AND x.created > f.created AND x.os IS f.os AND x.architecture IS f.architecture AND x.variant IS f.variant AND x.readable
      ORDER BY x.created DESC, x.thing LIMIT 1);

-- Which layers of an image are whose.
CREATE VIEW v_image_layer AS
  SELECT y.image AS subject, v.image, y.ordinal, y.digest, y.diff_id, y.packing, y.bytes, y.stored_bytes, y.entries, y.created_by, y.chain,
    CASE WHEN y.ordinal < l.base_layers THEN 'base' WHEN l.base_layers IS NOT NULL THEN 'own' END AS origin, l.base,
    y.files, y.file_bytes, y.added, y.changed, y.removed, y.hidden_bytes, y.hides_bytes, y.copied_bytes
  FROM image_layer y JOIN v_image v ON v.subject = y.image LEFT JOIN image_lineage l ON l.image = y.image;

-- Findings on images with their base. in_base, in_own: how many of the things found came with the base and with own layers; NULL where no base is known, or the check
-- judges the image as a whole.
CREATE VIEW v_image_finding AS
  SELECT f.id AS finding, f.thing AS subject, f.check_id, f.severity, f.verdict, f.accepted, l.base, l.base_layers, o.in_base, o.in_own,
    CASE WHEN o.in_base > 0 AND o.in_own > 0 THEN 'both' WHEN o.in_base > 0 THEN 'base' WHEN o.in_own > 0 THEN 'own' END AS origin
  FROM finding f JOIN image_lineage l ON l.image = f.thing LEFT JOIN finding_origin o ON o.finding = f.id;

-- As owner_content, by what comes first from below. told_by: of the owner, where it is the same for all images; 'mixed' otherwise.
CREATE VIEW v_owner_content AS
  SELECT o.*, CASE o.class WHEN 'base-os' THEN 1 WHEN 'middleware' THEN 2 ELSE 3 END AS ordinal,
    (SELECT CASE WHEN min(i.told_by) = max(i.told_by) THEN min(i.told_by) ELSE 'mixed' END FROM image_owner i WHERE i.class = o.class AND i.owner = o.owner) AS told_by
  FROM owner_content o;

-- Findings on images with each class of content that they are about.
CREATE VIEW v_finding_content AS
  SELECT f.thing AS subject, f.id AS finding, f.check_id, f.severity, f.accepted, f.owner AS finding_owner, c.class, c.things, c.owner, c.basis, x.in_base, x.in_own
  FROM finding_content c JOIN finding f ON f.id = c.finding LEFT JOIN finding_origin x ON x.finding = f.id;
