-- SPDX-License-Identifier: Apache-2.0
-- Fills the tables of schema/plan.sql. Runs once, behind the paths; temporary tables go at the end.

CREATE TEMP TABLE plan_path(workload INTEGER PRIMARY KEY, paths INTEGER);
INSERT INTO plan_path SELECT workload, count(DISTINCT path) FROM (
    SELECT h.path, coalesce(g.about, c.workload, p.workload, s.id) AS workload
    FROM path_hop h JOIN edge e ON e.id = h.edge JOIN thing s ON s.id IN (e.source, e.target) LEFT JOIN graph_node g ON g.thing = s.id LEFT JOIN container c ON c.thing = s.id
      LEFT JOIN pod p ON p.thing = s.id)
  WHERE workload IS NOT NULL GROUP BY workload;
INSERT INTO workload_site(workload, running, exposed, paths)
  SELECT w.thing, w.running > 0 OR (w.pods = 0 AND coalesce(w.replicas, 1) > 0), EXISTS (SELECT 1 FROM exposure e WHERE e.workload = w.thing AND e.outside),
    coalesce((SELECT p.paths FROM plan_path p WHERE p.workload = w.thing), 0)
  FROM workload w ORDER BY w.thing;
INSERT INTO image_site(image, workloads, running, clusters, exposed, on_path, owners)
  SELECT image, count(*), sum(running), count(DISTINCT cluster), sum(running AND exposed), sum(running AND paths > 0), (SELECT group_concat(owner, ', ') FROM (SELECT DISTINCT w.owner FROM image_use u JOIN container c ON c.thing = u.container JOIN workload w ON w.thing = c.workload
      WHERE u.image = x.image AND w.owner IS NOT NULL ORDER BY w.owner))
  FROM (SELECT DISTINCT u.image, c.workload, w.cluster, p.running, p.exposed, p.paths FROM image_use u JOIN container c ON c.thing = u.container JOIN workload w ON w.thing = c.workload
    JOIN workload_site p ON p.workload = w.thing) x
  GROUP BY image ORDER BY image;

-- Which images stand on which: v_image_base alone says it, so that a better answer there is one here. An image that is in use is its own base too, and one that nothing stands on.
CREATE TEMP TABLE plan_base AS
  SELECT b.subject AS image, b.base, b.base_layers FROM v_image_base b WHERE b.nearest
  UNION ALL SELECT i.thing, i.thing, NULL FROM image i WHERE i.thing IN (SELECT image FROM image_site) OR i.thing NOT IN (SELECT b.base FROM v_image_base b WHERE b.nearest);
CREATE INDEX temp.plan_base_base ON plan_base(base);
CREATE TEMP TABLE plan_assessed AS
  SELECT thing FROM feed_coverage WHERE package IS NULL GROUP BY thing HAVING min(state = 'assessed');
-- The three newest images of each repository: nobody moves to older ones.
CREATE TEMP TABLE plan_newest AS
  SELECT image, registry, repository, architecture, created FROM (SELECT n.image, n.registry, n.repository, i.architecture, i.created,
      row_number() OVER (PARTITION BY n.registry, n.repository, i.architecture ORDER BY i.created DESC, n.image) AS nth
    FROM (SELECT DISTINCT image, registry, repository FROM image_name WHERE repository IS NOT NULL) n JOIN image i ON i.thing = n.image WHERE i.created IS NOT NULL)
  WHERE nth <= 3;
-- Same repository and built later, or a base that the engagement file approves, of the same distribution, and with the runtimes and servers that the old one has. Both assessed: of what is not, nothing can be said.
CREATE TEMP TABLE plan_target AS
  SELECT base, target, min(reason) AS reason FROM (
    SELECT x.image AS base, y.image AS target, 'newer' AS reason FROM plan_newest y JOIN image_name x ON x.registry IS y.registry AND x.repository = y.repository AND x.image <> y.image
      JOIN image i ON i.thing = x.image AND i.created < y.created AND i.architecture IS y.architecture
    WHERE x.image IN (SELECT base FROM plan_base)
    UNION
    SELECT v.thing, n.image, 'approved' FROM approved_image a JOIN image_name n ON a.kind = 'base' AND (n.name GLOB a.pattern OR n.registry || '/' || n.repository || ':' || n.tag GLOB a.pattern)
      JOIN inventory y ON y.thing = n.image JOIN inventory v ON v.distro = y.distro AND v.thing <> y.thing JOIN image i ON i.thing = v.thing JOIN image j ON j.thing = n.image AND j.architecture IS i.architecture
    WHERE EXISTS (SELECT 1 FROM plan_base b WHERE b.base = v.thing AND b.image <> v.thing)
      AND NOT EXISTS (SELECT 1 FROM package p JOIN package_class k ON k.type = p.type AND k.name = p.name AND k.class = 'middleware' WHERE p.thing = v.thing AND p.removed_in IS NULL AND NOT p.declared AND NOT p.owned
        AND NOT EXISTS (SELECT 1 FROM package q WHERE q.thing = n.image AND q.type = p.type AND q.name = p.name AND q.removed_in IS NULL AND NOT q.declared)))
  WHERE base IN (SELECT thing FROM plan_assessed) AND target IN (SELECT thing FROM plan_assessed)
  GROUP BY base, target;
-- What an image's own layers bring stays, whatever its base.
CREATE TEMP TABLE plan_own AS
  SELECT DISTINCT b.base, x.subject AS image, x.name FROM (SELECT * FROM plan_base WHERE base_layers IS NOT NULL AND base IN (SELECT base FROM plan_target)) b
    CROSS JOIN v_vulnerability x ON x.subject = b.image AND x.layer >= b.base_layers;
CREATE INDEX temp.plan_own_image ON plan_own(image, name);
CREATE TEMP TABLE plan_name AS SELECT DISTINCT subject AS thing, name FROM v_open_vulnerability WHERE subject IN (SELECT base FROM plan_target UNION SELECT target FROM plan_target UNION
  SELECT image FROM plan_base WHERE base IN (SELECT base FROM plan_target)) ORDER BY thing, name;
CREATE UNIQUE INDEX temp.plan_name_place ON plan_name(thing, name);
CREATE TEMP TABLE plan_gone AS
  SELECT t.base, t.target, b.image, o.name FROM plan_target t JOIN plan_base b ON b.base = t.base JOIN plan_name o ON o.thing = t.base
    JOIN plan_name mine ON mine.thing = b.image AND mine.name = o.name
  WHERE NOT EXISTS (SELECT 1 FROM plan_name n WHERE n.thing = t.target AND n.name = o.name) AND NOT EXISTS (SELECT 1 FROM plan_own w WHERE w.image = b.image AND w.name = o.name);
CREATE INDEX temp.plan_gone_base ON plan_gone(base, target);
CREATE TEMP TABLE plan_gain AS
  SELECT g.base, g.target, count(DISTINCT w.workload) AS workloads, count(DISTINCT w.cluster) AS clusters, count(DISTINCT iif(w.exposed, w.workload, NULL)) AS exposed
  FROM (SELECT DISTINCT base, target, image FROM plan_gone) g JOIN (SELECT DISTINCT u.image, c.workload, x.cluster, p.exposed AND p.running AS exposed FROM image_use u JOIN container c ON c.thing = u.container
    JOIN workload x ON x.thing = c.workload JOIN workload_site p ON p.workload = c.workload) w ON w.image = g.image
  GROUP BY g.base, g.target;
INSERT INTO rebase(base, target, reason, images, removes, adds, findings, workloads, clusters, exposed, on_path)
  SELECT t.base, t.target, t.reason, count(DISTINCT g.image), count(DISTINCT g.name),
    (SELECT count(*) FROM plan_name n WHERE n.thing = t.target AND NOT EXISTS (SELECT 1 FROM plan_name o WHERE o.thing = t.base AND o.name = n.name)) AS adds, count(*),
    coalesce(max(w.workloads), 0), coalesce(max(w.clusters), 0), coalesce(max(w.exposed), 0),
    coalesce(sum(p.on_path > 0), 0)
  FROM plan_target t JOIN plan_gone g ON g.base = t.base AND g.target = t.target LEFT JOIN image_site p ON p.image = g.image
    LEFT JOIN plan_gain w ON w.base = t.base AND w.target = t.target
  GROUP BY t.base, t.target HAVING count(DISTINCT g.name) > adds ORDER BY t.base, t.target;

-- Upgrades: what has a fix, by component. Binary packages of one source have the same vulnerabilities (but for rpm, whose feeds name binary packages): one component, `key`,
-- stands for all. Where a VEX statement takes something out of a package, it is counted by itself, under its negative id.
CREATE TEMP TABLE plan_scheme(type TEXT PRIMARY KEY, scheme TEXT);
INSERT INTO plan_scheme VALUES ('deb', 'deb'), ('apk', 'apk'), ('rpm', 'rpm'), ('npm', 'semver'), ('pypi', 'pep440'), ('maven', 'maven'), ('gem', 'rubygems'), ('golang', 'go'), ('nuget', 'nuget'),
  ('composer', 'composer'), ('cargo', 'semver');
CREATE TEMP TABLE plan_vex AS SELECT DISTINCT package FROM package_vex WHERE vex IN ('not-affected', 'fixed');
CREATE UNIQUE INDEX temp.plan_vex_package ON plan_vex(package);
CREATE TEMP TABLE plan_component(component INTEGER PRIMARY KEY, key INTEGER, fixed TEXT, vulnerabilities INTEGER, critical INTEGER, high INTEGER, kev INTEGER, exploits INTEGER, since INTEGER);
INSERT INTO plan_component(component, fixed, vulnerabilities, critical, high, kev, exploits, since)
  SELECT m.component, coalesce(plim_version_max(c.scheme, m.fixed), max(m.fixed)), count(*), sum(v.severity = 'critical'), sum(v.severity = 'high'), sum(v.kev), count(k.vulnerability), min(d.since)
  FROM component_match m JOIN component p ON p.id = m.component JOIN vulnerability v ON v.id = m.vulnerability LEFT JOIN plan_scheme c ON c.type = p.type
    LEFT JOIN (SELECT DISTINCT vulnerability FROM known_exploit) k ON k.vulnerability = m.vulnerability
    LEFT JOIN fix_date d ON d.vulnerability = m.vulnerability AND d.feed = m.feed AND d.fixed = m.fixed
  WHERE m.fixed IS NOT NULL GROUP BY m.component;
UPDATE plan_component SET key = k.key FROM (SELECT c.id, iif(c.type IN ('deb', 'apk'),
    min(c.id) OVER (PARTITION BY c.type, c.ecosystem, c.release, coalesce(c.source, c.name), coalesce(c.source_version, c.version)), c.id) AS key
  FROM component c WHERE c.id IN (SELECT component FROM plan_component)) k WHERE k.id = plan_component.component;
INSERT INTO plan_component(component, key, fixed, vulnerabilities, critical, high, kev, exploits, since)
  SELECT -x.package, -x.package, coalesce(plim_version_max(c.scheme, x.fixed), max(x.fixed)), count(*), sum(x.severity_rank = 4), sum(x.severity_rank = 3), sum(x.kev), count(k.vulnerability), min(d.since)
  FROM plan_vex o JOIN v_vulnerability x ON x.package = o.package LEFT JOIN plan_scheme c ON c.type = x.type LEFT JOIN (SELECT DISTINCT vulnerability FROM known_exploit) k ON k.vulnerability = x.vulnerability
    LEFT JOIN feed f ON f.name = x.feed LEFT JOIN fix_date d ON d.vulnerability = x.vulnerability AND d.feed = f.id AND d.fixed = x.fixed
  WHERE x.fixed IS NOT NULL GROUP BY x.package;
-- A layer is one place, however many images stand on it.
CREATE TEMP TABLE plan_layer(image INTEGER, ordinal INTEGER, place INTEGER NOT NULL, first INTEGER NOT NULL, diff_id TEXT NOT NULL, PRIMARY KEY (image, ordinal)) WITHOUT ROWID;
INSERT INTO plan_layer SELECT l.image, l.ordinal, dense_rank() OVER (ORDER BY l.diff_id), first_value(l.image) OVER (PARTITION BY l.diff_id ORDER BY i.layers, i.thing), l.diff_id
  FROM image_layer l JOIN image i ON i.thing = l.image;
CREATE TEMP TABLE plan_use(place INTEGER, key INTEGER, image INTEGER, package INTEGER, PRIMARY KEY (place, key, image)) WITHOUT ROWID;
INSERT OR IGNORE INTO plan_use SELECT coalesce(y.place, -p.thing), x.key, p.thing, p.id FROM package p LEFT JOIN plan_vex o ON o.package = p.id
    JOIN plan_component x ON x.component = iif(o.package IS NULL, p.component, -p.id) LEFT JOIN plan_layer y ON y.image = p.thing AND y.ordinal = p.layer
  WHERE p.component IS NOT NULL;
CREATE TEMP TABLE plan_step AS
  SELECT u.place, u.key, min(u.package) AS package, count(*) AS images, coalesce(sum(p.workloads), 0) AS workloads, coalesce(max(p.clusters), 0) AS clusters, coalesce(sum(p.exposed), 0) AS exposed,
    coalesce(sum(p.on_path), 0) AS on_path
  FROM plan_use u LEFT JOIN image_site p ON p.image = u.image GROUP BY u.place, u.key;
INSERT INTO fix_step(diff_id, image, type, package, version, fixed, vulnerabilities, critical, high, kev, exploits, images, findings, workloads, clusters, exposed, on_path, since, owner)
  SELECT y.diff_id, coalesce(y.first, p.thing), p.type, iif(p.type = 'rpm', p.name, coalesce(p.source, p.name)), p.version, x.fixed, x.vulnerabilities, x.critical, x.high, x.kev, x.exploits, s.images,
    s.images * x.vulnerabilities, s.workloads, s.clusters, s.exposed, s.on_path, x.since,
    (SELECT o.owner FROM package_class c JOIN image_owner o ON o.image = coalesce(y.first, p.thing) AND o.class = iif(p.owned, 'base-os', c.class) WHERE c.type = p.type AND c.name = p.name)
  FROM (SELECT s.*, row_number() OVER (ORDER BY x.kev * (s.workloads > 0) DESC, x.kev DESC, (x.critical * 10 + x.high * 5 + x.vulnerabilities) * (1 + s.workloads + 2 * s.exposed + 3 * s.on_path) DESC,
      s.images * x.vulnerabilities DESC, s.place, s.key) AS nth FROM plan_step s JOIN plan_component x ON x.component = s.key) s
    JOIN plan_component x ON x.component = s.key JOIN package p ON p.id = s.package LEFT JOIN plan_layer y ON y.image = p.thing AND y.ordinal = p.layer
  WHERE s.nth <= 2000 ORDER BY s.nth;

DROP TABLE temp.plan_path;
DROP TABLE temp.plan_base;
DROP TABLE temp.plan_assessed;
DROP TABLE temp.plan_newest;
DROP TABLE temp.plan_target;
DROP TABLE temp.plan_own;
DROP TABLE temp.plan_name;
DROP TABLE temp.plan_gone;
DROP TABLE temp.plan_gain;
DROP TABLE temp.plan_scheme;
DROP TABLE temp.plan_vex;
DROP TABLE temp.plan_component;
DROP TABLE temp.plan_layer;
DROP TABLE temp.plan_use;
DROP TABLE temp.plan_step;
