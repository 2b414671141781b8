-- SPDX-License-Identifier: Apache-2.0
-- Indexes of the findings, made when all are there: sorting them once costs less than finding the place of each.
CREATE INDEX finding_check ON finding(check_id, verdict, severity, accepted);
CREATE INDEX finding_thing ON finding(thing);
