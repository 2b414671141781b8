-- SPDX-License-Identifier: Apache-2.0
-- Licences of packages: what they oblige to, and what the engagement file allows.

-- Every licence that a package states, once.
CREATE TABLE licence (
  text TEXT PRIMARY KEY,     -- as in package.license
  expression TEXT,           -- as an SPDX expression (SPDX 2.3, annex D) in canonical form; NULL: it is none, or names what is not known
  class TEXT NOT NULL,       -- permissive, weak-copyleft, strong-copyleft, network-copyleft, proprietary (limits use, or the holder's terms), unknown
                             -- AND and lists: the strictest; OR: the mildest; WITH: as the exception says (analyze/licences.yaml)
  ruling TEXT                -- allow, deny; NULL: the policy says nothing of it, or there is none
) STRICT, WITHOUT ROWID;

-- The engagement file's words: classes, or identifiers as they stand in expressions.
CREATE TABLE licence_policy (
  word TEXT NOT NULL, ruling TEXT NOT NULL, -- allow, deny
  PRIMARY KEY (word, ruling)
) STRICT, WITHOUT ROWID;
CREATE TABLE licence_exception (
  id INTEGER PRIMARY KEY,
  package TEXT NOT NULL, licence TEXT NOT NULL, image TEXT NOT NULL, -- patterns, * matches any run of characters
  reason TEXT NOT NULL, expires INTEGER
) STRICT;

-- Installed packages of images with the class of their licence. excepted: a line of the engagement file that has not expired covers it.
CREATE VIEW v_package_licence AS
  SELECT p.thing AS subject, p.id AS package, p.type, p.name, p.version, p.layer, p.owned, p.license AS licence, l.expression, coalesce(l.class, 'unknown') AS class,
    CASE WHEN p.license IS NULL THEN (SELECT ruling FROM licence_policy WHERE word = 'unknown') ELSE l.ruling END AS ruling,
    EXISTS (SELECT 1 FROM licence_exception x WHERE p.name GLOB replace(replace(x.package, '[', '[[]'), '?', '[?]')
      AND coalesce(p.license, '') GLOB replace(replace(x.licence, '[', '[[]'), '?', '[?]')
      AND (x.image = '*' OR EXISTS (SELECT 1 FROM image_name n WHERE n.image = p.thing AND n.name GLOB replace(replace(x.image, '[', '[[]'), '?', '[?]')))
      AND (x.expires IS NULL OR x.expires >= (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'as-of'))) AS excepted
  FROM package p LEFT JOIN licence l ON l.text = p.license WHERE p.removed_in IS NULL AND NOT p.declared;

-- Licences of installed packages of each image by class.
CREATE VIEW v_image_licence AS
  SELECT p.thing AS subject, coalesce(p.license, '') AS licence, coalesce(l.class, 'unknown') AS class, l.ruling, count(*) AS packages
  FROM package p LEFT JOIN licence l ON l.text = p.license WHERE p.removed_in IS NULL AND NOT p.declared GROUP BY p.thing, p.license;

-- The report over the whole site: packages and images for each class. denied, allowed: packages that the policy names so, exceptions not taken out.
CREATE VIEW v_licence_class AS
  SELECT coalesce(l.class, 'unknown') AS class, count(DISTINCT p.type || ' ' || p.name) AS packages, count(DISTINCT p.thing) AS images, count(DISTINCT p.license) AS licences,
    count(DISTINCT CASE WHEN l.ruling = 'deny' THEN p.type || ' ' || p.name END) AS denied,
    count(DISTINCT CASE WHEN l.ruling = 'allow' THEN p.type || ' ' || p.name END) AS allowed
  FROM package p JOIN image i ON i.thing = p.thing LEFT JOIN licence l ON l.text = p.license WHERE p.removed_in IS NULL AND NOT p.declared GROUP BY 1;
