-- SPDX-License-Identifier: Apache-2.0
-- What the outside can reach. Reach between pods is derived later from policies.

CREATE TABLE exposure (
  id INTEGER PRIMARY KEY,
  workload INTEGER NOT NULL REFERENCES workload(thing),
  through INTEGER NOT NULL REFERENCES thing(id), -- the service, ingress or the workload itself
  type TEXT NOT NULL,        -- load-balancer, node-port, external-ip, ingress, route, host-port, host-network
  outside INTEGER NOT NULL,  -- 1 reachable from outside the cluster's network as far as the object says; 0 internal load balancer
  host TEXT, port TEXT, tls INTEGER
) STRICT;
CREATE INDEX exposure_workload ON exposure(workload);
CREATE VIEW v_exposure AS
  SELECT e.workload AS subject, e.through, tt.ref AS through_ref, e.type, e.outside, e.host, e.port, e.tls, w.cluster, w.namespace, w.kind AS workload_kind, w.name AS workload_name
  FROM exposure e JOIN workload w ON w.thing = e.workload JOIN thing tt ON tt.id = e.through;
