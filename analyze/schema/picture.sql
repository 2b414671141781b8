-- SPDX-License-Identifier: Apache-2.0
-- The picture of each cluster's network, small enough to be drawn however large the cluster is (analyze/derive-picture.c fills it while all reach is
-- in memory). docs/templates.md, block `network`, and docs/network.md say how it is read.

CREATE TABLE network_picture (
  cluster TEXT NOT NULL,
  ordinal INTEGER NOT NULL,  -- notes, boxes, rows of boxes, lines; what matters most first
  what TEXT NOT NULL,        -- note, observed (connections were observed), box (a namespace), row (workloads in it that are isolated alike), line
  a INTEGER,                 -- number of a box or row, from 1; of a line: the row it comes from, 0 the open network, -1 outside the cluster
  b INTEGER,                 -- of a row: its box; of a line: the row it leads to, as for a
  name TEXT,                 -- of a note: its text; of a box: the namespace, NULL: all that have no box of their own; of a row: its first workloads; of a line: ports, or the way in
  state TEXT NOT NULL,       -- note: missing (nothing can be drawn), warning, hint · box: open, partly, closed (none, some, all of its workloads are isolated for what comes in) · row: open, in, out (isolated for what comes in, goes out), closed (both), host (network of the node) ·
                             -- line: allowed, seen (and allowed), dropped (tried, and dropped), unexpected (seen though policies deny it), blocked (a way in that policies close)
  count INTEGER,             -- workloads of a box or row, observed connections of a line
  more INTEGER,              -- box without a name: namespaces in it; note: lines that have no room
  PRIMARY KEY (cluster, ordinal)
) STRICT, WITHOUT ROWID;
CREATE VIEW v_network_picture AS SELECT cluster, ordinal, what, a, b, name, state, count, more FROM network_picture;
