-- SPDX-License-Identifier: Apache-2.0
-- Images: configuration, layers, files of note; packages of images and nodes, with the layer that brought them.
-- Source unless said otherwise: the image's own manifest, configuration and layers (OCI image-spec 1.1, docker save).

-- One row per image, told by the digest of its configuration, so that docker save and OCI archives of one image meet.
CREATE TABLE image (
  thing INTEGER PRIMARY KEY REFERENCES thing(id), -- 'image:sha256:<configuration>'
  config_digest TEXT NOT NULL, -- 'sha256:…' of the configuration: docker's image id
  digest TEXT,               -- 'sha256:…' of the manifest: what registries and pods name; NULL: docker save does not tell it
  os TEXT, architecture TEXT, variant TEXT,
  created INTEGER,           -- NULL: not told, or set to 1970 for reproducibility
  user TEXT,                 -- as written; NULL or '' or '0' or 'root': runs as root
  runs_as_root INTEGER NOT NULL, -- 1: the configured user is root or none
  entrypoint TEXT, cmd TEXT, -- JSON arrays, values redacted
  working_dir TEXT,
  healthcheck INTEGER NOT NULL, -- 1: one is configured
  onbuild INTEGER NOT NULL,  -- number of ONBUILD triggers
  layers INTEGER NOT NULL,
  bytes INTEGER NOT NULL,    -- plain size of all layers' archives
  stored_bytes INTEGER NOT NULL, -- as stored in the archive
  verified INTEGER NOT NULL, -- 1: every digest and diff id is what manifest and configuration say
  readable INTEGER NOT NULL  -- 1: every layer was read to its end
) STRICT;

-- Names that archives give the image: 'registry.local/app:1.2'.
CREATE TABLE image_name (
  image INTEGER NOT NULL REFERENCES image(thing),
  name TEXT NOT NULL,        -- as written
  registry TEXT, repository TEXT, tag TEXT, -- 'docker.io', 'library/nginx', 'latest' applied; NULL: not a full reference
  PRIMARY KEY (image, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE image_layer (
  image INTEGER NOT NULL REFERENCES image(thing),
  ordinal INTEGER NOT NULL,  -- 0 is the lowest
  digest TEXT NOT NULL,      -- 'sha256:…' of the bytes as stored
  diff_id TEXT NOT NULL,     -- 'sha256:…' of the plain archive, computed
  packing TEXT NOT NULL,     -- gzip, zstd, none; folder: read where it lies unpacked in a store, so that digest says nothing and diff_id is the configuration's word
  bytes INTEGER NOT NULL, stored_bytes INTEGER NOT NULL, -- plain, as stored
  entries INTEGER NOT NULL,
  created_by TEXT,           -- history's command, redacted
  chain INTEGER REFERENCES layer_chain(id), -- of this layer and all below it
  -- Files of this layer (not folders or links) and their bytes; NULL in these and the next ones: the layer could not be read to its end.
  files INTEGER, file_bytes INTEGER,
  -- Against what the layers below it show: files that it brings, that it writes again, that it takes away (by name or with their folder).
  added INTEGER, changed INTEGER, removed INTEGER,
  hidden_bytes INTEGER,      -- of its files that later layers write again or take away: carried and never seen
  hides_bytes INTEGER,       -- of files in lower layers that it writes again or takes away
  copied_bytes INTEGER,      -- of hides_bytes what it writes again with the same content: another owner, mode or time (files from 4 KiB)
  PRIMARY KEY (image, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX image_layer_diff ON image_layer(diff_id);
CREATE INDEX image_layer_chain ON image_layer(chain);

-- Sizes of what an image shows, and of what it carries without showing it. No row: not all layers could be read.
CREATE TABLE image_content (
  image INTEGER PRIMARY KEY REFERENCES image(thing),
  files INTEGER NOT NULL, bytes INTEGER NOT NULL, -- that a container of it sees
  hidden_bytes INTEGER NOT NULL, -- of files that a later layer writes again or takes away: sum of the layers' own
  copied_bytes INTEGER NOT NULL, -- of those, what was written again unchanged
  duplicate_files INTEGER NOT NULL, duplicate_bytes INTEGER NOT NULL -- visible files from 4 KiB whose content another visible file has too, without the first of each
) STRICT;

-- The largest changes that a layer makes: at most 200 for each chain, whatever its size; what they leave out stands in image_layer's sums. Shared by all images that
-- have the chain.
CREATE TABLE layer_file (
  chain INTEGER NOT NULL REFERENCES layer_chain(id),
  path TEXT NOT NULL,        -- from the root, without leading '/'; files whose path has more than 300 bytes are not listed
  state TEXT NOT NULL,       -- added, changed, removed
  bytes INTEGER,             -- NULL: removed
  bytes_below INTEGER,       -- of the file that it hides; NULL: added
  mode INTEGER, uid INTEGER, gid INTEGER, -- NULL: removed, or a small file in place of a large one
  copied INTEGER NOT NULL,   -- 1: changed, with the same content
  PRIMARY KEY (chain, path)
) STRICT, WITHOUT ROWID;

-- The largest groups of visible files with the same content in one image: at most 50.
CREATE TABLE duplicate_file (
  image INTEGER NOT NULL REFERENCES image(thing),
  content INTEGER NOT NULL,  -- number of the group, 0 wastes most
  path TEXT NOT NULL,
  layer INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (image, content, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE image_env (
  image INTEGER NOT NULL REFERENCES image(thing),
  name TEXT NOT NULL,
  value TEXT,                -- redacted; NULL: no value
  secret INTEGER NOT NULL,   -- 1: redaction took something out
  PRIMARY KEY (image, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE image_port (
  image INTEGER NOT NULL REFERENCES image(thing),
  port INTEGER NOT NULL, protocol TEXT NOT NULL, -- tcp, udp, sctp
  PRIMARY KEY (image, port, protocol)
) STRICT, WITHOUT ROWID;

CREATE TABLE image_label (
  image INTEGER NOT NULL REFERENCES image(thing),
  name TEXT NOT NULL, value TEXT NOT NULL, -- redacted
  PRIMARY KEY (image, name)
) STRICT, WITHOUT ROWID;

-- Files of note in any layer; one row per path, kind and the layer that has it.
CREATE TABLE image_file (
  image INTEGER NOT NULL REFERENCES image(thing),
  layer INTEGER NOT NULL,
  path TEXT NOT NULL,        -- from the root, without leading '/'
  kind TEXT NOT NULL,        -- setuid, setgid, world-writable, package-manager, shell, tool, private-key, credentials, package-cache, history,
                             -- version-control, backup, dump, keystore, empty-password, secret, remote-access, compiler, tool-state, sudo, cron, packed-program
  type TEXT NOT NULL,        -- file, directory, link
  mode INTEGER NOT NULL,     -- permission bits
  uid INTEGER NOT NULL, gid INTEGER NOT NULL, bytes INTEGER NOT NULL,
  removed_in INTEGER,        -- layer that removes or replaces it; still to be found in its own layer
  detail TEXT,               -- secret: classes of what was found ('api-token, jwt'), never a value; empty-password: the users
  PRIMARY KEY (image, kind, path, layer)
) STRICT, WITHOUT ROWID;

-- What was read to list the packages of an image or a node.
CREATE TABLE inventory (
  thing INTEGER PRIMARY KEY REFERENCES thing(id), -- image or node
  distro TEXT,               -- ID of os-release: debian, alpine, …; NULL: no os-release
  distro_version TEXT,       -- VERSION_ID as written
  distro_name TEXT,          -- PRETTY_NAME
  ecosystem TEXT,            -- as feeds name it: Debian, Alpine, …; NULL: unknown distribution
  release TEXT,              -- as feeds name it: '12', '3.14'; NULL: not told
  streams TEXT,              -- extended streams of updates that it takes packages from: 'esm' (Ubuntu Pro), 'rhel_eus:9.2'; '': none; NULL: it does not tell
  repositories TEXT,         -- Red Hat: what tells where its rpms come from: content-sets, build (its name), none (its manifests name no content sets); NULL: nothing
  database TEXT NOT NULL,    -- deb, apk, rpm, alpm, ebuild, unreadable (one is there, it could not be read), removed (a layer had one, a later one took it away), none
  packages INTEGER NOT NULL  -- installed ones
) STRICT;

-- Repositories that rpms of Red Hat images come from: the content sets of a layer's manifest, or the name of the build.
CREATE TABLE repository_list (
  id INTEGER PRIMARY KEY,
  told_by TEXT NOT NULL,     -- content-sets, build
  names TEXT NOT NULL,       -- JSON array, sorted: 'rhel-8-for-x86_64-baseos-rpms'; of a build 'ubi8-container-8.3-227-x86_64' and the CPE that its label states
  products TEXT,             -- JSON array, sorted: products beside Enterprise Linux that these belong to, as the feeds map them ('openshift:4.12::el8'); NULL: not matched
  unknown TEXT,              -- JSON array, sorted: names that no imported feed maps, and that do not tell it themselves; NULL: not matched
  UNIQUE (told_by, names)
) STRICT;

-- What feeds judge: packages that are the same to them are one component, however many images have it.
CREATE TABLE component (
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL,        -- as package.type
  ecosystem TEXT,            -- as feeds name it: 'Debian', 'npm', …; NULL: an unknown distribution
  release TEXT,              -- of a distribution, as feeds name it: '12', 'rhel_eus:9.2'; '' where there are none; NULL: not told
  name TEXT NOT NULL, version TEXT NOT NULL, source TEXT, source_version TEXT, module TEXT, -- as in package
  kernel INTEGER NOT NULL,   -- 1: a kernel in an image, which is not judged: the node's is
  pro INTEGER NOT NULL,      -- 1: in an Ubuntu that uses Ubuntu Pro, whose fixes it gets
  repositories INTEGER REFERENCES repository_list(id) -- Red Hat: where it comes from; NULL: not told
) STRICT;
CREATE INDEX component_name ON component(name, version);

-- Packages of images and nodes. Removed ones stay, with the layer that took them away.
CREATE TABLE package (
  id INTEGER PRIMARY KEY,
  thing INTEGER NOT NULL REFERENCES thing(id), -- image or node
  component INTEGER REFERENCES component(id), -- NULL: not judged (removed, declared only, or owned by another package)
  type TEXT NOT NULL,        -- PURL type: deb apk rpm npm pypi gem golang cargo maven composer nuget hex pub swift cocoapods conan cran hackage nix conda bitnami generic
  name TEXT NOT NULL,        -- as the ecosystem names it: 'group:artifact' for maven, '@scope/name' for npm, the module path for golang
  version TEXT NOT NULL,     -- rpm: '[epoch:]version-release'; golang: 'v1.2.3', '(devel)', without 'go' for stdlib
  arch TEXT,
  license TEXT,              -- as stated, SPDX where that is clear
  source TEXT, source_version TEXT, -- source package, for deb, apk and rpm (which has no epoch there)
  module TEXT,               -- rpm: modularity label 'name:stream:version:context'; 'main': a program or an application built of no release of itself
  purl TEXT NOT NULL,
  path TEXT,                 -- database or file that tells of it; 'app.jar!/lib/x.jar' for what lies in an archive
  layer INTEGER,             -- that brought it; NULL for nodes
  removed_in INTEGER,        -- layer that took it away; NULL: installed
  declared INTEGER NOT NULL, -- 1: named in a lock file or bill of materials only, not installed
  owned INTEGER NOT NULL,    -- 1: a language package that an operating system package owns: judged by that one
  owner TEXT,                -- name of that package
  found_by TEXT,             -- what told of it: dpkg, apk, rpm, npm, python-metadata, go-buildinfo, binary …
  UNIQUE (thing, type, name, version, arch, path, layer)
) STRICT; -- its indexes are made at once, when all packages are there: distinct_index()

-- Containers and the images they run, joined by digest, else by repository and tag.
CREATE TABLE image_use (
  container INTEGER NOT NULL REFERENCES thing(id),
  image INTEGER NOT NULL REFERENCES image(thing),
  matched_by TEXT NOT NULL,  -- digest, tag
  PRIMARY KEY (container, image)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_image AS
  SELECT i.thing AS subject, coalesce((SELECT n.name FROM image_name n WHERE n.image = i.thing ORDER BY n.registry IS NULL, n.name LIMIT 1), t.name) AS image, i.config_digest, i.digest, i.os,
    i.architecture, i.created, i.user, i.runs_as_root, i.entrypoint, i.cmd, i.healthcheck, i.onbuild, i.layers, i.bytes, i.stored_bytes, i.verified, i.readable,
    v.distro, v.distro_version, v.distro_name, v.ecosystem, v.release, v.database AS package_database, v.packages,
    (SELECT count(*) FROM image_use u WHERE u.image = i.thing) AS containers,
    (SELECT count(*) FROM image_env e WHERE e.image = i.thing AND e.secret) AS env_secrets
  FROM image i JOIN thing t ON t.id = i.thing LEFT JOIN inventory v ON v.thing = i.thing;

CREATE VIEW v_image_file AS
  SELECT f.image AS subject, v.image, f.layer, f.path, f.kind, f.type, f.mode, printf('%04o', f.mode) AS mode_text, f.uid, f.gid, f.bytes, f.removed_in, f.detail,
    CASE WHEN f.layer < l.base_layers THEN 'base' WHEN l.base_layers IS NOT NULL THEN 'own' END AS origin -- NULL: no base is known
  FROM image_file f JOIN v_image v ON v.subject = f.image LEFT JOIN image_lineage l ON l.image = f.image;

-- Packages, installed and removed, of images and nodes.
CREATE VIEW v_package AS
  SELECT p.thing AS subject, t.kind AS subject_kind, t.ref, p.id AS package, p.type, p.name, p.version, p.arch, p.license, p.source, p.source_version, p.module, p.purl,
    p.path, p.layer, p.removed_in, p.declared, p.owned, p.owner, p.found_by,
    CASE WHEN p.layer < l.base_layers THEN 'base' WHEN l.base_layers IS NOT NULL THEN 'own' END AS origin -- NULL: no base is known, or a node
  FROM package p JOIN thing t ON t.id = p.thing LEFT JOIN image_lineage l ON l.image = p.thing;

CREATE VIEW v_image_use AS
  SELECT u.container AS subject, u.container, u.image, v.image AS image_name, u.matched_by FROM image_use u JOIN v_image v ON v.subject = u.image;
