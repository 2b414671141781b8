-- SPDX-License-Identifier: Apache-2.0
-- What stands between a request and the cluster: webhooks, admission policies, policy engines.

CREATE TABLE webhook (
  id INTEGER PRIMARY KEY,
  thing INTEGER NOT NULL REFERENCES thing(id), -- the configuration object
  cluster TEXT NOT NULL,
  type TEXT NOT NULL,        -- validating, mutating
  name TEXT NOT NULL,
  failure_policy TEXT NOT NULL, -- default Fail applied
  url TEXT, service_namespace TEXT, service_name TEXT,
  all_namespaces INTEGER NOT NULL, -- no namespace selector
  rules TEXT NOT NULL,       -- JSON
  timeout_s INTEGER
) STRICT;

-- Objects of policy engines: ValidatingAdmissionPolicy, Gatekeeper constraints, Kyverno policies, ...
CREATE TABLE admission_policy (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL,
  engine TEXT NOT NULL,      -- kubernetes, gatekeeper, kyverno, kubewarden, ...
  name TEXT NOT NULL,
  enforces INTEGER,          -- 1 denies, 0 audits or warns; NULL: cannot be told
  bound INTEGER              -- a ValidatingAdmissionPolicy has a binding; NULL for other engines
) STRICT;

CREATE VIEW v_webhook AS SELECT w.thing AS subject, w.* FROM webhook w;
CREATE VIEW v_admission_policy AS SELECT a.thing AS subject, a.* FROM admission_policy a;
