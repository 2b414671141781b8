-- SPDX-License-Identifier: Apache-2.0
-- Fills the tables of schema/plan.sql. Runs once, behind the paths; temporary tables go at the end.

CREATE TEMP TABLE plan_path AS
  SELECT workload, count(DISTINCT path) AS paths FROM (
    SELECT h.path, coalesce(g.about, c.workload, p.workload, s.id) AS workload
    FROM path_hop h JOIN edge e ON e.id = h.edge JOIN thing s ON s.id IN (e.source, e.target) LEFT JOIN graph_node g ON g.thing = s.id LEFT JOIN container c ON c.thing = s.id
      LEFT JOIN pod p ON p.thing = s.id)
  GROUP BY workload;
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
-- Same repository and built later, or a base that the engagement file approves, of the same distribution. Both assessed: of what is not, nothing can be said.
CREATE TEMP TABLE plan_target AS
  SELECT base, target, min(reason) AS reason FROM (
    SELECT x.image AS base, y.image AS target, 'newer' AS reason
    FROM (SELECT DISTINCT image, registry, repository FROM image_name WHERE repository IS NOT NULL) x
      JOIN (SELECT DISTINCT image, registry, repository FROM image_name WHERE repository IS NOT NULL) y ON y.registry IS x.registry AND y.repository = x.repository AND y.image <> x.image
      JOIN image i ON i.thing = x.image JOIN image j ON j.thing = y.image AND j.created > i.created AND j.architecture IS i.architecture
    UNION
    SELECT v.thing, n.image, 'approved' FROM approved_image a JOIN image_name n ON a.kind = 'base' AND (n.name GLOB a.pattern OR n.registry || '/' || n.repository || ':' || n.tag GLOB a.pattern)
      JOIN inventory y ON y.thing = n.image JOIN inventory v ON v.distro = y.distro AND v.thing <> y.thing JOIN image i ON i.thing = v.thing JOIN image j ON j.thing = n.image AND j.architecture IS i.architecture
    WHERE EXISTS (SELECT 1 FROM plan_base b WHERE b.base = v.thing AND b.image <> v.thing))
  WHERE base IN (SELECT thing FROM plan_assessed) AND target IN (SELECT thing FROM plan_assessed)
  GROUP BY base, target;
-- What an image's own layers bring stays, whatever its base.
CREATE TEMP TABLE plan_own AS
  SELECT DISTINCT b.base, x.subject AS image, x.name FROM plan_base b JOIN v_vulnerability x ON x.subject = b.image AND x.layer >= b.base_layers
  WHERE b.base_layers IS NOT NULL AND b.base IN (SELECT base FROM plan_target);
CREATE INDEX temp.plan_own_image ON plan_own(image, name);
CREATE TEMP TABLE plan_name AS SELECT DISTINCT thing, name FROM open_vulnerability WHERE thing IN (SELECT base FROM plan_target UNION SELECT target FROM plan_target UNION
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

-- Upgrades: what has a fix, by package and the layer that brings it.
CREATE TEMP TABLE plan_fix AS
  SELECT x.subject, coalesce(l.diff_id, 'thing ' || x.subject) AS place, l.diff_id, x.type, coalesce(x.source, x.component) AS package, x.version, x.fixed, x.vulnerability, x.severity_rank, x.kev, d.since
  FROM v_vulnerability x LEFT JOIN image_layer l ON l.image = x.subject AND l.ordinal = x.layer LEFT JOIN feed f ON f.name = x.feed
    LEFT JOIN fix_date d ON d.vulnerability = x.vulnerability AND d.feed = f.id AND d.fixed = x.fixed
  WHERE x.fixable;
CREATE TEMP TABLE plan_step AS
  SELECT place, type, package, min(version) AS version, min(diff_id) AS diff_id, count(DISTINCT vulnerability) AS vulnerabilities,
    count(DISTINCT iif(severity_rank = 4, vulnerability, NULL)) AS critical, count(DISTINCT iif(severity_rank = 3, vulnerability, NULL)) AS high, count(DISTINCT iif(kev, vulnerability, NULL)) AS kev,
    count(DISTINCT subject) AS images, count(DISTINCT subject || ' ' || vulnerability) AS findings, min(since) AS since
  FROM plan_fix GROUP BY place, type, package;
CREATE TEMP TABLE plan_where AS
  SELECT x.place, x.type, x.package, coalesce(sum(p.workloads), 0) AS workloads, coalesce(max(p.clusters), 0) AS clusters, coalesce(sum(p.exposed), 0) AS exposed, coalesce(sum(p.on_path), 0) AS on_path
  FROM (SELECT DISTINCT place, type, package, subject FROM plan_fix) x LEFT JOIN image_site p ON p.image = x.subject GROUP BY x.place, x.type, x.package;
CREATE INDEX temp.plan_where_place ON plan_where(place, type, package);
CREATE TEMP TABLE plan_first AS
  SELECT place, subject FROM (SELECT x.place, x.subject, row_number() OVER (PARTITION BY x.place ORDER BY i.layers, x.subject) AS nth FROM (SELECT DISTINCT place, subject FROM plan_fix) x
    LEFT JOIN image i ON i.thing = x.subject) WHERE nth = 1;
CREATE INDEX temp.plan_first_place ON plan_first(place);
-- The highest of the fixes, in the order of the ecosystem's versions.
CREATE TEMP TABLE plan_scheme(type TEXT PRIMARY KEY, scheme TEXT);
INSERT INTO plan_scheme VALUES ('deb', 'deb'), ('apk', 'apk'), ('rpm', 'rpm'), ('npm', 'semver'), ('pypi', 'pep440'), ('maven', 'maven'), ('gem', 'rubygems'), ('golang', 'go'), ('nuget', 'nuget'),
  ('composer', 'composer'), ('cargo', 'semver');
CREATE TEMP TABLE plan_version AS
  SELECT x.place, x.type, x.package, coalesce(plim_version_max(c.scheme, x.fixed), max(x.fixed)) AS fixed FROM plan_fix x LEFT JOIN plan_scheme c ON c.type = x.type GROUP BY x.place, x.type, x.package;
CREATE INDEX temp.plan_version_place ON plan_version(place, type, package);
CREATE TEMP TABLE plan_known AS
  SELECT x.place, x.type, x.package, count(DISTINCT x.vulnerability) AS exploits FROM plan_fix x JOIN known_exploit k ON k.vulnerability = x.vulnerability GROUP BY x.place, x.type, x.package;
CREATE INDEX temp.plan_known_place ON plan_known(place, type, package);
INSERT INTO fix_step(diff_id, image, type, package, version, fixed, vulnerabilities, critical, high, kev, exploits, images, findings, workloads, clusters, exposed, on_path, since)
  SELECT s.diff_id, f.subject, s.type, s.package, s.version,
    v.fixed,
    s.vulnerabilities, s.critical, s.high, s.kev, coalesce(k.exploits, 0), s.images, s.findings, w.workloads, w.clusters, w.exposed, w.on_path, s.since
  FROM plan_step s JOIN plan_first f ON f.place = s.place JOIN plan_where w ON w.place = s.place AND w.type = s.type AND w.package = s.package
    JOIN plan_version v ON v.place = s.place AND v.type = s.type AND v.package = s.package LEFT JOIN plan_known k ON k.place = s.place AND k.type = s.type AND k.package = s.package
  ORDER BY s.kev * (w.workloads > 0) DESC, s.kev DESC, (s.critical * 10 + s.high * 5 + s.vulnerabilities) * (1 + w.workloads + 2 * w.exposed + 3 * w.on_path) DESC, s.findings DESC, s.package, s.place;

DROP TABLE temp.plan_path;
DROP TABLE temp.plan_base;
DROP TABLE temp.plan_assessed;
DROP TABLE temp.plan_target;
DROP TABLE temp.plan_own;
DROP TABLE temp.plan_name;
DROP TABLE temp.plan_gone;
DROP TABLE temp.plan_gain;
DROP TABLE temp.plan_fix;
DROP TABLE temp.plan_step;
DROP TABLE temp.plan_where;
DROP TABLE temp.plan_first;
DROP TABLE temp.plan_scheme;
DROP TABLE temp.plan_version;
DROP TABLE temp.plan_known;
