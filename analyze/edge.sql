-- SPDX-License-Identifier: Apache-2.0
-- Indexes of the steps, made when all are there: sorting them once costs less than finding the place of each.
CREATE INDEX IF NOT EXISTS edge_source ON edge(source);
CREATE INDEX IF NOT EXISTS edge_target ON edge(target);
