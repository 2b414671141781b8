-- SPDX-License-Identifier: Apache-2.0
-- Registries, their repositories and what they say of the images in them.

CREATE TABLE registry (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  host TEXT NOT NULL,
  product TEXT,              -- distribution, harbor, ecr, quay, ...
  trusted INTEGER,           -- named in the engagement file; NULL: the file names none, or only a path in this one
  collected INTEGER NOT NULL -- 0: known from image references only
) STRICT;

CREATE TABLE repository (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  registry INTEGER NOT NULL REFERENCES registry(thing),
  name TEXT NOT NULL,
  public INTEGER,            -- readable without login; NULL: not told
  scan_on_push INTEGER, immutable_tags INTEGER, signing_required INTEGER,
  blocks_vulnerable INTEGER, -- pulls of vulnerable images are refused
  encryption TEXT, lifecycle INTEGER,
  tags INTEGER,              -- number of tags; NULL: not told
  created INTEGER, updated INTEGER
) STRICT;

CREATE TABLE repository_image (
  id INTEGER PRIMARY KEY,
  repository INTEGER NOT NULL REFERENCES repository(thing),
  digest TEXT, tag TEXT,
  pushed INTEGER, pulled INTEGER, bytes INTEGER,
  signed INTEGER,            -- NULL: not told
  scanned INTEGER,           -- when; NULL: never or not told
  scan_known INTEGER NOT NULL DEFAULT 0, -- 1: the export covers scans, so NULL means never
  critical INTEGER, high INTEGER
) STRICT;
CREATE INDEX repository_image_repository ON repository_image(repository);

CREATE VIEW v_registry AS SELECT r.thing AS subject, r.* FROM registry r;
CREATE VIEW v_repository AS
  SELECT p.thing AS subject, p.*, r.host, r.product, r.trusted FROM repository p JOIN registry r ON r.thing = p.registry;
CREATE VIEW v_repository_image AS
  SELECT i.repository AS subject, p.name AS repository, r.host, i.digest, i.tag, i.pushed, i.pulled, i.bytes, i.signed, i.scanned, i.scan_known, i.critical, i.high
  FROM repository_image i JOIN repository p ON p.thing = i.repository JOIN registry r ON r.thing = p.registry;
