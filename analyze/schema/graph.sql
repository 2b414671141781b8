-- SPDX-License-Identifier: Apache-2.0
-- Steps an attacker can take and the paths over them: whoever controls `source` gets `target`.

CREATE TABLE edge (
  id INTEGER PRIMARY KEY,
  edge_id TEXT NOT NULL,     -- the edge file's stem
  source INTEGER NOT NULL REFERENCES thing(id),
  target INTEGER NOT NULL REFERENCES thing(id),
  detail TEXT NOT NULL,
  blocked TEXT               -- what blocks it; NULL: open
) STRICT;
CREATE INDEX edge_source ON edge(source);
CREATE TABLE path (
  id INTEGER PRIMARY KEY,
  entry INTEGER NOT NULL REFERENCES thing(id),
  jewel INTEGER NOT NULL REFERENCES thing(id),
  hops INTEGER NOT NULL,
  cost REAL NOT NULL
) STRICT;
CREATE TABLE path_hop (
  path INTEGER NOT NULL REFERENCES path(id), ordinal INTEGER NOT NULL, edge INTEGER NOT NULL REFERENCES edge(id), PRIMARY KEY (path, ordinal)
) STRICT, WITHOUT ROWID;
