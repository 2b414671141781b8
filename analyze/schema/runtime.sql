-- SPDX-License-Identifier: Apache-2.0
-- What was seen running on nodes, beside what the cluster says.
CREATE TABLE process (
  id INTEGER PRIMARY KEY,
  node INTEGER NOT NULL REFERENCES thing(id),
  name TEXT NOT NULL, command TEXT -- redacted JSON array
) STRICT;
