-- SPDX-License-Identifier: Apache-2.0
-- What the outside can reach, and what may speak with what.

-- Objects that decide on traffic beside network_policy: policies of administrators, tiers, sets of addresses, rules of a mesh.
CREATE TABLE network_object (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL, namespace TEXT NOT NULL, -- namespace '': of the whole cluster
  name TEXT NOT NULL,
  kind TEXT NOT NULL         -- AdminNetworkPolicy, BaselineAdminNetworkPolicy, Tier, NetworkSet, GlobalNetworkSet, CiliumCIDRGroup, AuthorizationPolicy, PeerAuthentication
) STRICT;

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
