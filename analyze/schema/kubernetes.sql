-- SPDX-License-Identifier: Apache-2.0
-- Kubernetes objects: raw, and typed for what checks ask often.

-- Every object seen. Raw JSON after redaction, reached by object(thing) in SQL.
CREATE TABLE object (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  uid TEXT,
  api_version TEXT,          -- 'apps/v1'
  created INTEGER,           -- metadata.creationTimestamp
  owner_kind TEXT,           -- of the controlling owner reference, as refs name it ('ReplicaSet', 'Rollout.argoproj.io')
  owner_name TEXT,
  raw BLOB,                  -- zstd of the minified JSON
  dictionary INTEGER REFERENCES object_dictionary(id) -- that it was packed with; NULL: none
) STRICT;
-- The beginning of each list, packed: what the rest of the list is packed with.
CREATE TABLE object_dictionary (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;

CREATE TABLE label (
  thing INTEGER NOT NULL REFERENCES thing(id),
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (thing, key)
) STRICT, WITHOUT ROWID;

-- Annotations of namespaces, workloads, services, ingresses, service accounts and nodes; values over 256 bytes cut.
CREATE TABLE annotation (
  thing INTEGER NOT NULL REFERENCES thing(id),
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (thing, key)
) STRICT, WITHOUT ROWID;

-- Namespaces that are the platform's own by their names (GLOB patterns), whether their objects were collected or not.
CREATE TABLE platform_namespace (pattern TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO platform_namespace VALUES ('kube-system'), ('kube-public'), ('kube-node-lease'), ('openshift'), ('openshift-*');

CREATE TABLE namespace (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL,
  name TEXT NOT NULL,
  phase TEXT,
  pss_enforce TEXT,          -- label pod-security.kubernetes.io/enforce: privileged, baseline, restricted; NULL: no label
  pss_enforce_version TEXT,
  pss_audit TEXT,
  pss_warn TEXT,
  system INTEGER NOT NULL,   -- 1: the platform's own (platform_namespace)
  environment TEXT,          -- from the engagement file: 'prod', 'qa', 'dev', ...; NULL: not told
  data_class TEXT,           -- highest data class the engagement file places here
  owner TEXT                 -- team, from the engagement file or labels
) STRICT;
CREATE UNIQUE INDEX namespace_name ON namespace(cluster, name);

CREATE TABLE node (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT,              -- NULL for a host that no cluster lists
  name TEXT NOT NULL,
  control_plane INTEGER,     -- has a control-plane role label
  kubelet_version TEXT,
  runtime TEXT,              -- 'containerd://1.7.13'
  os_image TEXT,
  kernel TEXT,
  architecture TEXT,
  provider TEXT,             -- scheme of spec.providerID: 'aws', 'gce', 'azure', 'kind', ...
  internal_ip TEXT,
  external_ip TEXT,
  unschedulable INTEGER,
  ready INTEGER,
  cpu_mcpu INTEGER,          -- allocatable
  memory_bytes INTEGER,
  pods_limit INTEGER,
  taints TEXT,               -- JSON array of 'key=value:effect'
  more_ips TEXT              -- JSON array: further internal and external addresses, of nodes of both families
) STRICT;
CREATE INDEX node_name ON node(cluster, name);

-- A pod template judged once: the top controller's, a bare pod's, or (differs = 1) a pod's that is unlike its controller's.
CREATE TABLE workload (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL,
  namespace TEXT NOT NULL,
  kind TEXT NOT NULL,        -- Deployment, StatefulSet, DaemonSet, Job, CronJob, ReplicaSet, ReplicationController, Pod, or a custom kind
  name TEXT NOT NULL,
  collected INTEGER NOT NULL, -- 0: known by its pods only
  static INTEGER NOT NULL,   -- static (mirror) pod
  differs INTEGER NOT NULL,  -- a pod whose specification is not its controller's
  replicas INTEGER,          -- desired; NULL where the kind has none
  pods INTEGER NOT NULL DEFAULT 0, -- pods seen
  running INTEGER NOT NULL DEFAULT 0, -- of these, phase Running
  service_account TEXT NOT NULL, -- 'default' applied
  automount INTEGER,         -- effective: pod template, else service account, else 1; NULL: service account not collected
  automount_pod INTEGER,     -- as the pod template says; NULL: it does not
  token_mounted INTEGER,     -- a token volume is mounted or projected by hand into a container
  host_network INTEGER NOT NULL,
  host_pid INTEGER NOT NULL,
  host_ipc INTEGER NOT NULL,
  host_users INTEGER,        -- 0: own user namespace; NULL: default (1)
  share_process_namespace INTEGER NOT NULL,
  run_as_user INTEGER,       -- pod level
  run_as_non_root INTEGER,
  fs_group INTEGER,
  seccomp TEXT,              -- pod level: RuntimeDefault, Localhost, Unconfined; NULL: not set
  sysctls TEXT,              -- JSON array of names
  host_aliases INTEGER NOT NULL DEFAULT 0,
  runtime_class TEXT,
  priority_class TEXT,
  node_selector TEXT,        -- JSON object
  tolerates_control_plane INTEGER NOT NULL,
  spread INTEGER NOT NULL,   -- topologySpreadConstraints or pod anti-affinity
  pull_secrets INTEGER NOT NULL, -- number of imagePullSecrets
  termination_grace_s INTEGER,
  windows INTEGER NOT NULL,  -- spec.os.name or node selector says windows
  spec_hash TEXT NOT NULL,   -- SHA-256 prefix over what security checks look at
  component TEXT,            -- the part of Kubernetes itself that a static pod of kube-system or openshift-* runs (kube-apiserver, etcd, ...); NULL: none
  environment TEXT, owner TEXT -- from the engagement file
) STRICT;
CREATE INDEX workload_place ON workload(cluster, namespace);

CREATE TABLE pod (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  workload INTEGER REFERENCES workload(thing), -- whose template it runs
  cluster TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  owner_kind TEXT,           -- controlling owner as its reference says
  owner_name TEXT,
  node TEXT,                 -- name
  phase TEXT,
  ip TEXT,
  ips TEXT,                  -- JSON array, where there is more than one
  qos TEXT,
  started INTEGER,
  restarts INTEGER NOT NULL DEFAULT 0,
  spec_hash TEXT NOT NULL
) STRICT;
CREATE INDEX pod_workload ON pod(workload);

-- Containers of workloads (not of each pod). Settings are effective: the pod's applied where the container says nothing.
CREATE TABLE container (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  workload INTEGER NOT NULL REFERENCES workload(thing),
  name TEXT NOT NULL,
  type TEXT NOT NULL,        -- container, init, sidecar (restartable init), ephemeral
  ordinal INTEGER NOT NULL,
  image TEXT NOT NULL,       -- as written
  image_registry TEXT,       -- 'docker.io' applied; NULL: the reference is not valid
  image_repository TEXT,     -- 'library/nginx'
  image_tag TEXT,            -- 'latest' applied when neither tag nor digest is given
  image_tag_given INTEGER NOT NULL, -- 0: no tag written
  image_digest TEXT,         -- 'sha256:...'
  image_trusted INTEGER,     -- the engagement file trusts its registry, or the path in it; NULL: the file names none, or the reference is not valid
  pull_policy TEXT,          -- default applied (Always for :latest or no tag, else IfNotPresent)
  privileged INTEGER NOT NULL,
  allow_escalation INTEGER NOT NULL, -- default 1 applied; 1 too when privileged or CAP_SYS_ADMIN
  run_as_user INTEGER,       -- NULL: the image decides
  run_as_group INTEGER,
  run_as_non_root INTEGER,   -- NULL: not set on either level
  read_only_root INTEGER NOT NULL,
  seccomp TEXT,              -- NULL: not set (Unconfined unless the kubelet defaults it)
  apparmor TEXT,             -- field or annotation; NULL: not set (runtime default)
  selinux_type TEXT, selinux_user TEXT, selinux_role TEXT,
  proc_mount TEXT,           -- 'Default' applied
  caps_add TEXT NOT NULL,    -- JSON array, upper case without CAP_
  caps_drop TEXT NOT NULL,
  cpu_request_mcpu INTEGER, cpu_limit_mcpu INTEGER,
  memory_request_bytes INTEGER, memory_limit_bytes INTEGER,
  ephemeral_limit_bytes INTEGER,
  devices INTEGER NOT NULL,  -- extended resources or volumeDevices asked for
  liveness INTEGER NOT NULL, readiness INTEGER NOT NULL, startup INTEGER NOT NULL,
  host_ports INTEGER NOT NULL, -- number of hostPorts
  probe_hosts INTEGER NOT NULL, -- probes or hooks with a host field
  tty INTEGER NOT NULL,
  command TEXT,              -- JSON array, redacted
  args TEXT,
  env_from_secret INTEGER NOT NULL, -- envFrom secretRefs
  windows_host_process INTEGER NOT NULL
) STRICT;
CREATE INDEX container_workload ON container(workload);
CREATE INDEX container_image ON container(image_repository, image_tag);

CREATE TABLE container_env (
  container INTEGER NOT NULL REFERENCES container(thing),
  name TEXT NOT NULL,
  value TEXT,                -- redacted; NULL with a source
  class TEXT,                -- what redaction thought of the value: empty, plain, placeholder, known-weak, low, mid, high, jwt, cloud-key, pem-key, url-with-password
  token TEXT,                -- the same for the same secret value
  source TEXT,               -- secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef, secretRef, configMapRef (envFrom)
  source_name TEXT,
  source_key TEXT
) STRICT;
CREATE INDEX container_env_container ON container_env(container);

CREATE TABLE container_port (
  container INTEGER NOT NULL REFERENCES container(thing),
  name TEXT, port INTEGER NOT NULL, protocol TEXT NOT NULL, host_port INTEGER, host_ip TEXT
) STRICT;
CREATE INDEX container_port_container ON container_port(container);

CREATE TABLE volume (
  id INTEGER PRIMARY KEY,
  workload INTEGER NOT NULL REFERENCES workload(thing),
  name TEXT NOT NULL,
  type TEXT NOT NULL,        -- field name: hostPath, secret, configMap, emptyDir, persistentVolumeClaim, projected, csi, nfs, ...
  source TEXT,               -- name of the secret (of a projected volume: its first), config map or claim; driver; server
  host_path TEXT,
  host_path_type TEXT,
  token INTEGER NOT NULL,    -- projects a service-account token
  audience TEXT              -- of that token; NULL: the API server
) STRICT;
CREATE INDEX volume_workload ON volume(workload);
-- The secrets and config maps behind a volume: its own, each part of a projected one, the login of a storage driver.
CREATE TABLE volume_part (
  volume INTEGER NOT NULL REFERENCES volume(id),
  type TEXT NOT NULL,        -- secret, configMap
  name TEXT NOT NULL,
  PRIMARY KEY (volume, type, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE container_mount (
  container INTEGER NOT NULL REFERENCES container(thing),
  volume TEXT NOT NULL,      -- name of the volume
  path TEXT NOT NULL,
  read_only INTEGER NOT NULL,
  sub_path TEXT,
  propagation TEXT
) STRICT;
CREATE INDEX container_mount_container ON container_mount(container);

CREATE TABLE service (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  type TEXT NOT NULL,        -- ClusterIP, NodePort, LoadBalancer, ExternalName
  cluster_ip TEXT,
  external_ips TEXT NOT NULL, -- JSON array
  load_balancer TEXT,        -- JSON array of addresses in status
  source_ranges TEXT,        -- JSON array of loadBalancerSourceRanges; NULL: none
  internal INTEGER NOT NULL, -- an annotation of a cloud makes the load balancer internal
  external_name TEXT,
  selector TEXT,             -- JSON object; NULL: none
  external_traffic_policy TEXT
) STRICT;
CREATE INDEX service_name ON service(cluster, namespace, name);
CREATE TABLE service_port (
  service INTEGER NOT NULL REFERENCES service(thing),
  name TEXT, port INTEGER NOT NULL, target TEXT, node_port INTEGER, protocol TEXT NOT NULL
) STRICT;
CREATE INDEX service_port_service ON service_port(service);
-- Which workloads a service's selector takes in (by template labels).
CREATE TABLE service_workload (
  service INTEGER NOT NULL REFERENCES service(thing),
  workload INTEGER NOT NULL REFERENCES workload(thing),
  PRIMARY KEY (service, workload)
) STRICT, WITHOUT ROWID;
CREATE INDEX service_workload_workload ON service_workload(workload);
-- Labels of the pod template (a workload's own labels are in label).
CREATE TABLE template_label (
  workload INTEGER NOT NULL REFERENCES workload(thing),
  key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (workload, key)
) STRICT, WITHOUT ROWID;

-- One row per rule path of an Ingress, Route or HTTPRoute.
CREATE TABLE ingress (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  class TEXT,
  tls INTEGER NOT NULL,      -- number of TLS entries
  default_service TEXT
) STRICT;
CREATE TABLE ingress_rule (
  ingress INTEGER NOT NULL REFERENCES ingress(thing),
  host TEXT, path TEXT, service TEXT, port TEXT,
  tls INTEGER,               -- the host stands in a TLS entry; NULL: a Gateway decides that was not collected
  service_namespace TEXT     -- NULL: the ingress's own
) STRICT;
CREATE INDEX ingress_rule_ingress ON ingress_rule(ingress);

CREATE TABLE network_policy (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL, namespace TEXT NOT NULL, -- namespace '': a policy of the whole cluster
  name TEXT NOT NULL,
  api TEXT NOT NULL,         -- networking.k8s.io, cilium.io, crd.projectcalico.org, ...
  ingress INTEGER NOT NULL,  -- policy type Ingress holds
  egress INTEGER NOT NULL,
  selects_all INTEGER NOT NULL, -- empty pod selector
  selector TEXT NOT NULL,    -- JSON
  ingress_rules INTEGER NOT NULL, egress_rules INTEGER NOT NULL,
  ingress_open INTEGER NOT NULL, -- a rule without `from`, or from 0.0.0.0/0: everything may come in
  egress_open INTEGER NOT NULL
) STRICT;
CREATE INDEX network_policy_place ON network_policy(cluster, namespace);
-- Which workloads a policy holds for: those it selects, but not those in the network of their node, which policies do not reach.
CREATE TABLE network_policy_workload (
  policy INTEGER NOT NULL REFERENCES network_policy(thing),
  workload INTEGER NOT NULL REFERENCES workload(thing),
  PRIMARY KEY (policy, workload)
) STRICT, WITHOUT ROWID;
CREATE INDEX network_policy_workload_workload ON network_policy_workload(workload);

CREATE TABLE service_account (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  automount INTEGER,         -- NULL: not set (1)
  secrets INTEGER NOT NULL,  -- token secrets listed
  pull_secrets INTEGER NOT NULL,
  cloud_role TEXT,           -- role of a cloud that an annotation binds it to
  workloads INTEGER NOT NULL DEFAULT 0 -- that use it
) STRICT;
CREATE UNIQUE INDEX service_account_name ON service_account(cluster, namespace, name);

CREATE TABLE secret (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  type TEXT NOT NULL,
  keys INTEGER NOT NULL,
  immutable INTEGER NOT NULL,
  in_annotation INTEGER NOT NULL, -- last-applied-configuration held values
  service_account TEXT,      -- of a long-lived token
  cert_subject TEXT, cert_issuer TEXT, cert_not_after INTEGER, key_type TEXT, key_bits INTEGER,
  mounted INTEGER NOT NULL DEFAULT 0, -- containers that mount it, also as a part of a projected volume
  as_env INTEGER NOT NULL DEFAULT 0   -- containers that take it as environment
) STRICT;
CREATE INDEX secret_name ON secret(cluster, namespace, name);
CREATE TABLE secret_key (
  owner INTEGER NOT NULL REFERENCES thing(id), -- a Secret or a ConfigMap
  key TEXT NOT NULL,
  length TEXT,               -- bucket of bytes: 0, 1-7, 8-11, 12-15, 16-23, 24-31, 32-63, 64+
  class TEXT,                -- as container_env.class
  token TEXT,                -- the same for the same value wherever it stands
  PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE config_map (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  keys INTEGER NOT NULL,
  secrets INTEGER NOT NULL,  -- keys whose value looks like a secret
  mounted INTEGER NOT NULL DEFAULT 0, -- containers that mount it
  as_env INTEGER NOT NULL DEFAULT 0   -- containers that take it as environment
) STRICT;
CREATE INDEX config_map_name ON config_map(cluster, namespace, name);

CREATE TABLE persistent_volume (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL, name TEXT NOT NULL,
  class TEXT, capacity_bytes INTEGER, phase TEXT, reclaim TEXT,
  claim_namespace TEXT, claim_name TEXT,
  type TEXT,                 -- csi, hostPath, local, nfs, awsElasticBlockStore, ...
  driver TEXT, host_path TEXT
) STRICT;
CREATE TABLE persistent_volume_claim (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  class TEXT, request_bytes INTEGER, phase TEXT, volume TEXT, modes TEXT, -- JSON array
  workloads INTEGER NOT NULL DEFAULT 0 -- that mount it
) STRICT;
CREATE INDEX persistent_volume_claim_name ON persistent_volume_claim(cluster, namespace, name);
CREATE TABLE storage_class (
  thing INTEGER PRIMARY KEY REFERENCES thing(id),
  cluster TEXT NOT NULL, name TEXT NOT NULL,
  provisioner TEXT, reclaim TEXT, encrypted INTEGER, -- parameter encrypted=true; NULL: no such parameter
  is_default INTEGER NOT NULL
) STRICT;

CREATE TABLE resource_quota (
  thing INTEGER PRIMARY KEY REFERENCES thing(id), cluster TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, hard TEXT NOT NULL
) STRICT;
CREATE TABLE limit_range (
  thing INTEGER PRIMARY KEY REFERENCES thing(id), cluster TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, limits TEXT NOT NULL
) STRICT;
CREATE TABLE disruption_budget (
  thing INTEGER PRIMARY KEY REFERENCES thing(id), cluster TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, selector TEXT
) STRICT;

-- Usage from metrics.k8s.io (kubectl get pods.metrics.k8s.io -o json), when collected.
CREATE TABLE pod_usage (
  cluster TEXT NOT NULL, namespace TEXT NOT NULL, pod TEXT NOT NULL,
  cpu_mcpu INTEGER, memory_bytes INTEGER,
  PRIMARY KEY (cluster, namespace, pod)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_object AS
  SELECT t.id AS subject, t.ref, t.cluster, t.namespace, t.type AS kind, t.name, o.api_version, o.uid, o.created, o.owner_kind, o.owner_name
  FROM object o JOIN thing t ON t.id = o.thing;

CREATE VIEW v_namespace AS
  SELECT n.thing AS subject, n.*,
    (SELECT count(*) FROM workload w WHERE w.cluster = n.cluster AND w.namespace = n.name) AS workloads,
    (SELECT count(*) FROM network_policy p WHERE p.cluster = n.cluster AND p.namespace = n.name) AS policies,
    (SELECT count(*) FROM resource_quota q WHERE q.cluster = n.cluster AND q.namespace = n.name) AS quotas,
    (SELECT count(*) FROM limit_range l WHERE l.cluster = n.cluster AND l.namespace = n.name) AS limit_ranges,
    EXISTS (SELECT 1 FROM network_policy p WHERE p.cluster = n.cluster AND p.namespace = n.name AND p.selects_all AND p.ingress AND p.ingress_rules = 0) AS denies_ingress,
    EXISTS (SELECT 1 FROM network_policy p WHERE p.cluster = n.cluster AND p.namespace = n.name AND p.selects_all AND p.egress AND p.egress_rules = 0) AS denies_egress
  FROM namespace n;

-- One row per pod template. `exposed`: an Ingress, NodePort, LoadBalancer, external IP, host port or host network leads to it.
CREATE VIEW v_workload AS
  SELECT w.thing AS subject, w.*, ns.system AS system, ns.pss_enforce, ns.data_class
  FROM workload w LEFT JOIN namespace ns ON ns.cluster = w.cluster AND ns.name = w.namespace;

CREATE VIEW v_container AS
  SELECT c.thing AS subject, c.thing, c.workload, c.name AS container, c.type, c.image, c.image_registry, c.image_repository, c.image_tag, c.image_tag_given,
    c.image_digest, c.image_trusted, c.pull_policy, c.privileged, c.allow_escalation, c.run_as_user, c.run_as_group, c.run_as_non_root, c.read_only_root, c.seccomp,
    c.apparmor, c.selinux_type, c.selinux_user, c.selinux_role, c.proc_mount, c.caps_add, c.caps_drop, c.cpu_request_mcpu, c.cpu_limit_mcpu,
    c.memory_request_bytes, c.memory_limit_bytes, c.ephemeral_limit_bytes, c.devices, c.liveness, c.readiness, c.startup, c.host_ports, c.probe_hosts,
    c.tty, c.command, c.args, c.env_from_secret, c.windows_host_process,
    w.cluster, w.namespace, w.kind AS workload_kind, w.name AS workload_name, w.service_account, w.host_network, w.host_pid, w.host_ipc, w.static, w.component, w.windows,
    w.environment, w.owner, ns.system
  FROM container c JOIN workload w ON w.thing = c.workload
  LEFT JOIN namespace ns ON ns.cluster = w.cluster AND ns.name = w.namespace;

CREATE VIEW v_env AS
  SELECT e.container AS subject, e.name AS env, e.value, e.class, e.token, e.source, e.source_name, e.source_key, c.name AS container, w.cluster, w.namespace,
    w.kind AS workload_kind, w.name AS workload_name
  FROM container_env e JOIN container c ON c.thing = e.container JOIN workload w ON w.thing = c.workload;

-- One row per volume and workload; read_only = 1 when every mount of it is read-only, mounts = 0 when nothing mounts it.
CREATE VIEW v_volume AS
  SELECT v.workload AS subject, v.name AS volume, v.type, v.source, v.host_path, v.host_path_type, v.token, v.audience, w.cluster, w.namespace, w.kind AS workload_kind,
    w.name AS workload_name,
    (SELECT count(*) FROM container c JOIN container_mount m ON m.container = c.thing WHERE c.workload = v.workload AND m.volume = v.name) AS mounts,
    NOT EXISTS (SELECT 1 FROM container c JOIN container_mount m ON m.container = c.thing WHERE c.workload = v.workload AND m.volume = v.name AND NOT m.read_only) AS read_only
  FROM volume v JOIN workload w ON w.thing = v.workload;

-- One row per mount of a container, with the volume behind it.
CREATE VIEW v_mount AS
  SELECT m.container AS subject, m.volume, m.path, m.read_only, m.sub_path, m.propagation, v.type, v.source, v.host_path, c.name AS container, w.cluster, w.namespace,
    w.kind AS workload_kind, w.name AS workload_name
  FROM container_mount m JOIN container c ON c.thing = m.container JOIN workload w ON w.thing = c.workload LEFT JOIN volume v ON v.workload = c.workload AND v.name = m.volume;

CREATE VIEW v_service AS SELECT s.thing AS subject, s.*, ns.system FROM service s LEFT JOIN namespace ns ON ns.cluster = s.cluster AND ns.name = s.namespace;
CREATE VIEW v_ingress AS SELECT i.thing AS subject, i.* FROM ingress i;
CREATE VIEW v_ingress_rule AS SELECT r.ingress AS subject, r.host, r.path, r.service, r.port, r.tls, i.cluster, i.namespace, i.name AS ingress, i.class FROM ingress_rule r JOIN ingress i ON i.thing = r.ingress;
CREATE VIEW v_network_policy AS SELECT p.thing AS subject, p.* FROM network_policy p;
CREATE VIEW v_service_account AS
  SELECT a.thing AS subject, a.*, ns.system FROM service_account a LEFT JOIN namespace ns ON ns.cluster = a.cluster AND ns.name = a.namespace;
CREATE VIEW v_secret AS SELECT s.thing AS subject, s.*, ns.system FROM secret s LEFT JOIN namespace ns ON ns.cluster = s.cluster AND ns.name = s.namespace;
CREATE VIEW v_config_map AS SELECT c.thing AS subject, c.*, ns.system FROM config_map c LEFT JOIN namespace ns ON ns.cluster = c.cluster AND ns.name = c.namespace;
CREATE VIEW v_persistent_volume AS SELECT v.thing AS subject, v.* FROM persistent_volume v;
CREATE VIEW v_persistent_volume_claim AS SELECT v.thing AS subject, v.* FROM persistent_volume_claim v;
CREATE VIEW v_storage_class AS SELECT s.thing AS subject, s.* FROM storage_class s;
CREATE VIEW v_node AS SELECT n.thing AS subject, n.* FROM node n;
CREATE VIEW v_pod AS SELECT p.thing AS subject, p.* FROM pod p;

-- What workloads ask for against what their pods use and nodes have.
CREATE VIEW v_consumption AS
  SELECT w.thing AS subject, w.cluster, w.namespace, w.kind, w.name, w.pods, w.running,
    sum(c.cpu_request_mcpu) * w.pods AS cpu_request_mcpu, sum(c.memory_request_bytes) * w.pods AS memory_request_bytes,
    sum(c.cpu_limit_mcpu) * w.pods AS cpu_limit_mcpu, sum(c.memory_limit_bytes) * w.pods AS memory_limit_bytes,
    (SELECT sum(u.cpu_mcpu) FROM pod p JOIN pod_usage u ON u.cluster = p.cluster AND u.namespace = p.namespace AND u.pod = p.name WHERE p.workload = w.thing) AS cpu_used_mcpu,
    (SELECT sum(u.memory_bytes) FROM pod p JOIN pod_usage u ON u.cluster = p.cluster AND u.namespace = p.namespace AND u.pod = p.name WHERE p.workload = w.thing) AS memory_used_bytes
  FROM workload w JOIN container c ON c.workload = w.thing AND c.type IN ('container', 'sidecar') GROUP BY w.thing;
