-- SPDX-License-Identifier: Apache-2.0
-- Findings on images go to who answers for the content that they are about: tables finding_content and owner_content of analyze/schema/lineage.sql, owners of findings.

-- Fails of checks that are for developers; of others the role that they name stays. Facts with the names of classes count what is in packages of that class.
CREATE TEMP TABLE image_fail AS
  SELECT f.id, f.thing AS image, k.content, l.base, l.base_layers IS NOT NULL AND l.base_layers = i.layers AS is_base, o.in_base, o.in_own,
    CASE WHEN json_type(f.facts, '$.base_os') = 'integer' THEN json_extract(f.facts, '$.base_os') END AS base_os,
    CASE WHEN json_type(f.facts, '$.middleware') = 'integer' THEN json_extract(f.facts, '$.middleware') END AS middleware,
    CASE WHEN json_type(f.facts, '$.application') = 'integer' THEN json_extract(f.facts, '$.application') END AS application
  FROM finding f JOIN "check" k ON k.id = f.check_id JOIN image_lineage l ON l.image = f.thing JOIN image i ON i.thing = f.thing LEFT JOIN finding_origin o ON o.finding = f.id
  WHERE f.verdict = 'fail' AND k.owner = 'developers';
CREATE TEMP TABLE part AS
  SELECT id, image, 'base-os' AS class, base_os AS things, 'packages' AS basis FROM image_fail WHERE base_os > 0
  UNION ALL SELECT id, image, 'middleware', middleware, 'packages' FROM image_fail WHERE middleware > 0
  UNION ALL SELECT id, image, 'application', application, 'packages' FROM image_fail WHERE application > 0;
CREATE INDEX temp.part_id ON part(id);
INSERT INTO part SELECT id, image, content, NULL, 'check' FROM image_fail WHERE content IS NOT NULL AND id NOT IN (SELECT id FROM part);
INSERT INTO part
  SELECT id, image, class, things, 'layers' FROM (SELECT id, image, 'base-os' AS class, in_base AS things FROM image_fail UNION ALL SELECT id, image, 'application', in_own FROM image_fail)
  WHERE things > 0 AND id NOT IN (SELECT id FROM part);
INSERT INTO part SELECT id, image, CASE WHEN is_base THEN 'base-os' ELSE 'application' END, NULL, 'image' FROM image_fail WHERE id NOT IN (SELECT id FROM part);
INSERT INTO finding_content(finding, class, things, owner, basis) SELECT p.id, p.class, p.things, o.owner, p.basis FROM part p JOIN image_owner o ON o.image = p.image AND o.class = p.class;

CREATE TEMP TABLE class_word(class TEXT PRIMARY KEY, ordinal INTEGER NOT NULL, words TEXT NOT NULL);
INSERT INTO class_word VALUES ('base-os', 1, 'base OS content'), ('middleware', 2, 'middleware'), ('application', 3, 'application content');
CREATE TEMP TABLE told AS
  SELECT c.finding, c.class, c.things, c.owner, c.basis, w.ordinal, w.words, c.owner || CASE o.told_by WHEN 'engagement' THEN ' (engagement file)' WHEN 'team' THEN CASE c.class WHEN 'application' THEN ' (team of the image)' ELSE ' (team of the base)' END
      WHEN 'workloads' THEN ' (owner of all that runs it)' ELSE ' (default)' END AS whose, x.base, x.is_base, x.in_base, x.in_own, count(*) OVER (PARTITION BY c.finding) AS parts,
    row_number() OVER (PARTITION BY c.finding ORDER BY c.things DESC, w.ordinal) AS nth,
    lead(c.things, 1, 0) OVER (PARTITION BY c.finding ORDER BY c.things DESC, w.ordinal) AS next
  FROM finding_content c JOIN image_fail x ON x.id = c.finding JOIN image_owner o ON o.image = x.image AND o.class = c.class JOIN class_word w ON w.class = c.class;
CREATE INDEX temp.told_finding ON told(finding);
CREATE TEMP TABLE owner_of_finding AS
  SELECT finding, owner, CASE
      WHEN parts > 1 THEN (SELECT group_concat(p, ', ') FROM (SELECT t.things || CASE WHEN t.basis = 'packages' THEN ' in ' || t.words WHEN t.class = 'base-os' THEN ' came with the base' || coalesce(' ' || t.base, '')
          ELSE ' with own layers' END || ' (' || t.owner || ')' AS p FROM told t WHERE t.finding = x.finding ORDER BY t.ordinal)) || ': for ' || whose || CASE WHEN things > next THEN ', with the largest part.' ELSE ', of equal parts the lowest.' END
      WHEN basis = 'packages' THEN 'All of it is ' || words || ': for ' || whose || '.'
      WHEN basis = 'layers' THEN 'All of it ' || CASE class WHEN 'base-os' THEN 'came with the base' || coalesce(' ' || base, '') ELSE 'is in own layers' END || ': for ' || whose || '.'
      WHEN basis = 'check' THEN 'It is about ' || words || ': for ' || whose || '.'
      ELSE CASE WHEN is_base THEN 'It is about a base that others are built on' ELSE 'It is about the image as it was built' END || ': for ' || whose || '.' END
    || CASE WHEN basis IN ('packages', 'check') AND in_base IS NOT NULL AND in_own IS NOT NULL THEN ' ' || in_base || ' came with the base' || coalesce(' ' || base, '') || ', ' || in_own || ' with own layers.' ELSE '' END AS why
  FROM told x WHERE nth = 1;
CREATE UNIQUE INDEX temp.owner_of_finding_id ON owner_of_finding(finding);
UPDATE finding SET owner = o.owner, owner_why = o.why FROM owner_of_finding o WHERE o.finding = finding.id;

-- The sheet of each owner.
CREATE TEMP TABLE installed AS
  SELECT p.thing AS image, CASE WHEN p.owned THEN 'base-os' ELSE c.class END AS class, count(*) AS n
  FROM package p JOIN package_class c ON c.type = p.type AND c.name = p.name JOIN image i ON i.thing = p.thing WHERE p.removed_in IS NULL AND NOT p.declared GROUP BY 1, 2;
CREATE TEMP TABLE open_content AS
  SELECT g.thing AS image, w.class, sum(n) AS n, sum(n * (severity = 'critical')) AS critical, sum(n * (severity = 'high')) AS high, sum(n * kev) AS kev, sum(n * affected) AS fixable
  FROM (SELECT *, base_os AS n, 'base-os' AS class FROM open_group UNION ALL SELECT *, middleware, 'middleware' FROM open_group UNION ALL SELECT *, application, 'application' FROM open_group) g
    JOIN class_word w ON w.class = g.class WHERE n > 0 GROUP BY 1, 2;
CREATE TEMP TABLE judged(thing INTEGER PRIMARY KEY);
INSERT INTO judged SELECT thing FROM feed_coverage WHERE package IS NULL GROUP BY thing HAVING min(state = 'assessed');
CREATE UNIQUE INDEX temp.installed_image ON installed(image, class);
CREATE UNIQUE INDEX temp.open_content_image ON open_content(image, class);
INSERT INTO owner_content(class, owner, images, components, judged, vulnerabilities, critical, high, kev, fixable, findings)
  SELECT o.class, o.owner, count(n.n), total(n.n), count(CASE WHEN n.n > 0 THEN a.thing END), total(v.n), total(v.critical), total(v.high), total(v.kev), total(v.fixable),
    (SELECT count(*) FROM told t JOIN finding f ON f.id = t.finding AND f.accepted IS NULL WHERE t.nth = 1 AND t.class = o.class AND t.owner = o.owner)
  FROM image_owner o LEFT JOIN installed n ON n.image = o.image AND n.class = o.class LEFT JOIN open_content v ON v.image = o.image AND v.class = o.class
    LEFT JOIN judged a ON a.thing = o.image
  GROUP BY o.class, o.owner HAVING count(n.n) > 0 OR EXISTS (SELECT 1 FROM told t WHERE t.nth = 1 AND t.class = o.class AND t.owner = o.owner);
