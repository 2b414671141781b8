-- SPDX-License-Identifier: Apache-2.0
-- Fills search and search_entry after all else. Events are left out: they say nothing of their own and are a fifth of a cluster;
-- and so are the attack graph's own places, which stand for others.

INSERT INTO search_entry(kind, name) SELECT CASE kind WHEN 'cluster' THEN 'cluster' ELSE 'system' END, name FROM scope WHERE kind NOT IN ('images', 'site') ORDER BY kind, name;
INSERT INTO search_entry(kind, name, count) SELECT 'image', image, count(*) FROM container GROUP BY image;
INSERT INTO search_entry(kind, name, count) SELECT DISTINCT 'image', name, 0 FROM image_name WHERE name NOT IN (SELECT image FROM container) ORDER BY name;
INSERT INTO search_entry(kind, name, type, count) SELECT 'package', name || ' ' || version, type, count(DISTINCT thing) FROM package WHERE removed_in IS NULL
  GROUP BY type, name, version;
INSERT INTO search_entry(kind, name) SELECT 'vulnerability', name FROM vulnerability ORDER BY name;
INSERT INTO search_entry(kind, name, count) SELECT 'label', key || '=' || value, count(*) FROM label GROUP BY key, value;
INSERT INTO search_entry(kind, name, type, count) SELECT 'setting', name || coalesce('=' || value, ''), component, count(*) FROM node_setting GROUP BY component, name, value;
INSERT INTO search_entry(kind, name, type, count) SELECT 'setting', name || coalesce('=' || value, ''), 'account', count(*) FROM account_setting GROUP BY name, value;
INSERT INTO search_entry(kind, name, type, count) SELECT 'setting', name, 'environment', count(*) FROM container_env WHERE name != '' GROUP BY name;
INSERT INTO search_entry(kind, name) SELECT 'check', id FROM "check" ORDER BY id;
-- Findings lie in the order of their rows, which is how they are read here: by their ids each would lie elsewhere.
CREATE TEMP TABLE search_base AS SELECT coalesce(max(id), 0) AS id FROM search_entry;
INSERT INTO search_entry(id, kind, name) SELECT b.id + f.rowid, 'finding', f.id FROM search_base b CROSS JOIN finding f NOT INDEXED;

-- The index is written once: segments that are merged on the way are written several times.
INSERT INTO search(search, rank) VALUES ('automerge', 0), ('crisismerge', 1000);
INSERT INTO search(rowid, text) SELECT 2 * id, ref FROM thing WHERE type != 'Event' AND kind NOT IN ('image', 'virtual');
INSERT INTO search(rowid, text) SELECT 2 * t.id, t.ref || ' ' || coalesce(i.digest, '') || ' ' || coalesce((SELECT group_concat(n.name, ' ') FROM image_name n WHERE n.image = t.id), '')
  || ' ' || coalesce((SELECT group_concat(l.digest || ' ' || l.diff_id, ' ') FROM image_layer l WHERE l.image = t.id), '')
  FROM thing t LEFT JOIN image i ON i.thing = t.id WHERE t.kind = 'image';
INSERT INTO search(rowid, text) SELECT 2 * id + 1, coalesce(type || ' ', '') || name FROM search_entry WHERE kind NOT IN ('vulnerability', 'check', 'finding');
INSERT INTO search(rowid, text) SELECT 2 * s.id + 1, v.name || ' ' || v.aliases || ' ' || coalesce(v.summary, '')
  FROM search_entry s CROSS JOIN vulnerability v ON v.name = s.name WHERE s.kind = 'vulnerability';
INSERT INTO search(rowid, text) SELECT 2 * s.id + 1, c.id || ' ' || c.title FROM search_entry s CROSS JOIN "check" c ON c.id = s.name WHERE s.kind = 'check';
INSERT INTO search(rowid, text) SELECT 2 * (b.id + f.rowid) + 1, f.id || ' ' || f.check_id || ' ' || f.detail FROM search_base b CROSS JOIN finding f NOT INDEXED;
DROP TABLE temp.search_base;
