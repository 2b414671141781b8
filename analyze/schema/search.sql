-- SPDX-License-Identifier: Apache-2.0
-- Full-text search (analyze/search.sql fills it last): what `plimsoll search` finds. Words are runs of letters and digits.

-- Row 2×N is the thing N, row 2×N+1 the search_entry N; the text itself is not kept twice.
CREATE VIRTUAL TABLE search USING fts5(text, content='', columnsize=0);

-- What can be found and is no thing.
CREATE TABLE search_entry (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,        -- cluster, system, image, package, vulnerability, label, setting, check, finding
  name TEXT NOT NULL,        -- as it is shown; the id of a check, finding or vulnerability
  type TEXT,                 -- of a package: deb, apk, …; of a setting: the component
  count INTEGER              -- things that have it; NULL: counted when it is found
) STRICT;
