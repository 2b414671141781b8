-- SPDX-License-Identifier: Apache-2.0
-- Identities of all systems in one model: Kubernetes users, AWS (Azure, Google Cloud, LDAP, registries, hosts later).

CREATE TABLE principal (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  system TEXT NOT NULL,      -- 'aws', 'kubernetes', 'registry', 'host', ...
  account TEXT,              -- AWS account id, cluster name
  kind TEXT NOT NULL,        -- user, group, role, root, robot, service-account (named 'namespace/name')
  name TEXT NOT NULL,
  path TEXT,                 -- AWS path
  human INTEGER,             -- 1 a person, 0 a machine; NULL: cannot be told
  created INTEGER,
  last_used INTEGER,         -- of a role, or the newest use of any credential; NULL: never or not told
  last_used_known INTEGER NOT NULL DEFAULT 0, -- 1: the evidence covers use, so NULL means never
  mfa INTEGER,               -- NULL: not told
  password INTEGER,          -- has a console password
  password_last_used INTEGER,
  password_last_changed INTEGER,
  service_linked INTEGER NOT NULL DEFAULT 0,
  boundary TEXT,             -- permissions boundary ARN
  trust TEXT,                -- JSON of the trust policy (roles)
  job_role TEXT,             -- from the engagement file
  person TEXT                -- from the engagement file
) STRICT;

CREATE TABLE credential (
  id INTEGER PRIMARY KEY,
  principal INTEGER NOT NULL REFERENCES principal(thing),
  kind TEXT NOT NULL,        -- access-key, password, certificate, token
  label TEXT NOT NULL,       -- 'access key 1': never the key itself
  active INTEGER,
  created INTEGER, last_rotated INTEGER, last_used INTEGER,
  last_used_known INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX credential_principal ON credential(principal);

CREATE TABLE policy (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  system TEXT NOT NULL, account TEXT,
  name TEXT NOT NULL, arn TEXT,
  kind TEXT NOT NULL,        -- managed-aws, managed-customer, inline
  attached INTEGER NOT NULL DEFAULT 0 -- principals it is attached to
) STRICT;

CREATE TABLE policy_statement (
  id INTEGER PRIMARY KEY,
  policy INTEGER NOT NULL REFERENCES policy(thing),
  ordinal INTEGER NOT NULL,
  effect TEXT NOT NULL,      -- Allow, Deny
  actions TEXT NOT NULL,     -- JSON array, as written; [] with not_actions
  not_actions TEXT NOT NULL,
  resources TEXT NOT NULL,
  not_resources TEXT NOT NULL,
  conditions TEXT            -- JSON; NULL: none
) STRICT;
CREATE INDEX policy_statement_policy ON policy_statement(policy);

-- Which policies a principal holds, directly or through a group.
CREATE TABLE principal_policy (
  principal INTEGER NOT NULL REFERENCES principal(thing),
  policy INTEGER NOT NULL REFERENCES policy(thing),
  via INTEGER REFERENCES principal(thing), -- the group; NULL: direct
  boundary INTEGER NOT NULL DEFAULT 0, -- 1: it limits instead of granting
  UNIQUE (principal, policy, via, boundary)
) STRICT;
CREATE TABLE principal_group (
  principal INTEGER NOT NULL REFERENCES principal(thing),
  member_of INTEGER NOT NULL REFERENCES principal(thing),
  told TEXT NOT NULL DEFAULT 'system', -- how it is known: system (the system itself says so), audit (requests came with it), engagement (people say so)
  PRIMARY KEY (principal, member_of)
) STRICT, WITHOUT ROWID;

-- Identities of a cloud that a cluster takes for its own users and groups: what config map kube-system/aws-auth of EKS says, and its access entries.
CREATE TABLE cloud_mapping (
  id INTEGER PRIMARY KEY,
  cluster TEXT NOT NULL,
  proof INTEGER NOT NULL REFERENCES thing(id), -- the config map or the access entry
  arn TEXT NOT NULL,         -- of a role (without its path, in aws-auth) or a user of AWS
  user TEXT,                 -- name in the cluster, may hold place-holders ('system:node:{{EC2PrivateDNSName}}'); NULL: the ARN
  groups TEXT NOT NULL,      -- JSON array
  blocked TEXT               -- why it does not count; NULL: it does
) STRICT;

-- EKS clusters as AWS describes them.
CREATE TABLE eks_cluster (
  thing INTEGER PRIMARY KEY REFERENCES thing(id), account TEXT NOT NULL, name TEXT NOT NULL, arn TEXT NOT NULL,
  cluster TEXT,              -- the cluster of this assessment; NULL: none of its name was collected
  authentication_mode TEXT   -- API, API_AND_CONFIG_MAP, CONFIG_MAP; NULL: not told
) STRICT;

-- Access entries of EKS clusters: which principal of AWS enters as whom.
CREATE TABLE access_entry (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  account TEXT NOT NULL,     -- of the principal
  eks_cluster TEXT NOT NULL, -- its name in AWS
  cluster TEXT,              -- the cluster of this assessment; NULL: none of its name was collected
  arn TEXT NOT NULL,         -- of the principal
  user TEXT, groups TEXT,    -- name and JSON array of groups in the cluster; NULL: describe-access-entry was not given
  type TEXT,                 -- STANDARD, EC2_LINUX, ...
  policies_known INTEGER NOT NULL DEFAULT 0 -- 1: list-associated-access-policies was given
) STRICT;
CREATE TABLE access_policy (
  entry INTEGER NOT NULL REFERENCES access_entry(thing),
  policy TEXT NOT NULL,      -- AmazonEKSClusterAdminPolicy, ...
  namespaces TEXT,           -- JSON array of the namespaces (patterns with *) that it is limited to; NULL: the whole cluster
  UNIQUE (entry, policy, namespaces)
) STRICT;
CREATE VIEW v_access_entry AS
  SELECT a.thing AS subject, a.account, a.eks_cluster, a.cluster, a.arn, a.user, a.groups, a.type, a.policies_known, c.authentication_mode
  FROM access_entry a LEFT JOIN eks_cluster c ON c.name = a.eks_cluster AND NOT EXISTS (SELECT 1 FROM eks_cluster o WHERE o.name = a.eks_cluster AND o.thing != c.thing);
CREATE VIEW v_access_policy AS SELECT p.entry AS subject, p.policy, p.namespaces, a.eks_cluster, a.cluster, a.arn, a.account FROM access_policy p JOIN access_entry a ON a.thing = p.entry;

-- Who a role's trust policy lets in.
CREATE TABLE role_trust (
  id INTEGER PRIMARY KEY,
  role INTEGER NOT NULL REFERENCES principal(thing),
  effect TEXT NOT NULL,
  kind TEXT NOT NULL,        -- AWS, Service, Federated, CanonicalUser
  principal TEXT NOT NULL,   -- ARN, account, '*', service, provider
  actions TEXT NOT NULL,     -- JSON array
  conditions TEXT            -- JSON; NULL: none
) STRICT;

-- Settings of the account as a whole: 'password-policy.MinimumPasswordLength', 'summary.AccountMFAEnabled', ... as AWS names them; booleans 'true' and 'false'.
CREATE TABLE account_setting (
  scope INTEGER NOT NULL REFERENCES scope(id),
  thing INTEGER NOT NULL REFERENCES thing(id),
  name TEXT NOT NULL, value TEXT,
  PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_principal AS SELECT p.thing AS subject, p.* FROM principal p;
CREATE VIEW v_credential AS
  SELECT c.principal AS subject, c.kind AS credential_kind, c.label, c.active, c.created, c.last_rotated, c.last_used, c.last_used_known, p.system, p.account,
    p.kind AS principal_kind, p.name AS principal
  FROM credential c JOIN principal p ON p.thing = c.principal;
CREATE VIEW v_policy AS SELECT p.thing AS subject, p.* FROM policy p;
CREATE VIEW v_policy_statement AS
  SELECT s.policy AS subject, s.ordinal, s.effect, s.actions, s.not_actions, s.resources, s.not_resources, s.conditions, p.system, p.account, p.name AS policy, p.kind, p.attached
  FROM policy_statement s JOIN policy p ON p.thing = s.policy;
-- Rights of AWS principals, a row per principal and statement.
CREATE VIEW v_principal_statement AS
  SELECT pp.principal AS subject, p.name AS principal, p.kind AS principal_kind, p.system, p.account, po.name AS policy, po.kind AS policy_kind, g.name AS via_group,
    s.effect, s.actions, s.not_actions, s.resources, s.not_resources, s.conditions
  FROM principal_policy pp JOIN principal p ON p.thing = pp.principal JOIN policy po ON po.thing = pp.policy JOIN policy_statement s ON s.policy = po.thing
  LEFT JOIN principal g ON g.thing = pp.via WHERE NOT pp.boundary;
-- What each principal is allowed, a row per action pattern in lower case (an Allow with NotAction: '*' with its exceptions as JSON).
-- everywhere: on all resources, or all of a kind of the account. Denies and boundaries may take it back.
CREATE VIEW v_principal_allow AS
  SELECT s.subject, s.principal, s.principal_kind, s.system, s.account, s.policy, s.policy_kind, s.via_group, s.conditions,
    lower(coalesce(a.value, '*')) AS action, CASE WHEN s.actions = '[]' THEN lower(s.not_actions) END AS exceptions,
    s.resources, s.not_resources != '[]' OR EXISTS (SELECT 1 FROM json_each(s.resources) r
      WHERE r.value IN ('*', 'arn:aws:s3:::*/*') OR r.value GLOB 'arn:*:*:*:*:[*]'
        OR (r.value GLOB 'arn:*[*]' AND length(r.value) - length(replace(r.value, ':', '')) < 5) -- a star spans colons: arn:aws:iam::* is all of IAM
        OR (r.value GLOB 'arn:*:*:*:*:*/[*]' AND r.value NOT GLOB 'arn:*:*:*:*:*/*/*' AND r.value NOT GLOB 'arn:*:*:*:*:*:*/*' AND r.value NOT GLOB 'arn:*:s3:*')) AS everywhere
  FROM v_principal_statement s LEFT JOIN json_each(CASE WHEN s.actions = '[]' THEN NULL ELSE s.actions END) a WHERE s.effect = 'Allow';
-- Users and roles of AWS that hold rights. administrator: everything on everything without a condition (1, 0); administrator_if: the condition (JSON)
-- under which one that is not holds it, the first by its text; rights_known: what all of
-- their policies allow was seen.
CREATE VIEW v_aws_identity AS
  SELECT p.thing AS subject, p.kind, p.name, p.account, p.created, p.last_used, p.last_used_known, p.service_linked, p.boundary,
    CASE p.kind WHEN 'user' THEN 'User ' ELSE 'Role ' END || p.name || ' of account ' || p.account AS label,
    EXISTS (SELECT 1 FROM v_principal_allow a WHERE a.subject = p.thing AND a.action IN ('*', '*:*') AND a.exceptions IS NULL AND a.conditions IS NULL
        AND EXISTS (SELECT 1 FROM json_each(a.resources) r WHERE r.value = '*'))
      OR EXISTS (SELECT 1 FROM principal_policy h JOIN policy o ON o.thing = h.policy WHERE h.principal = p.thing AND NOT h.boundary
        AND o.kind = 'managed-aws' AND o.name = 'AdministratorAccess') AS administrator,
    (SELECT min(a.conditions) FROM v_principal_allow a WHERE a.subject = p.thing AND a.action IN ('*', '*:*') AND a.exceptions IS NULL
        AND EXISTS (SELECT 1 FROM json_each(a.resources) r WHERE r.value = '*')) AS administrator_if,
    p.path IS NOT NULL AND NOT EXISTS (SELECT 1 FROM principal_policy h WHERE h.principal = p.thing AND NOT h.boundary
        AND NOT EXISTS (SELECT 1 FROM policy_statement x WHERE x.policy = h.policy)) AS rights_known
  FROM principal p WHERE p.system = 'aws' AND p.kind IN ('user', 'role');
CREATE VIEW v_role_trust AS
  SELECT t.role AS subject, p.name AS role, p.account, t.effect, t.kind, t.principal, t.actions, t.conditions FROM role_trust t JOIN principal p ON p.thing = t.role;
CREATE VIEW v_account_setting AS SELECT s.thing AS subject, t.name AS account, s.name AS setting, s.value FROM account_setting s JOIN thing t ON t.id = s.thing;
