-- SPDX-License-Identifier: Apache-2.0
-- Fills graph_node: hubs and goals, before the edges. Only what evidence speaks of gets one.

CREATE TEMP TABLE wanted(ref TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, scope INTEGER, cluster TEXT, namespace TEXT, role TEXT NOT NULL, about INTEGER, evidence INTEGER, pointer TEXT, class INTEGER);

INSERT INTO wanted(ref, name, type, scope, cluster, namespace, role, about, evidence, pointer) SELECT 'graph:internet', 'the Internet', 'Internet', NULL, NULL, NULL, 'internet', NULL, NULL, NULL
  WHERE EXISTS (SELECT 1 FROM scope WHERE state = 'in-scope');

WITH place(role, name, type) AS (VALUES
  ('cluster-admin', 'every right on cluster ', 'Cluster administrator'), ('node-root', 'root on a node of cluster ', 'Node root'),
  ('control-plane', 'the control plane of cluster ', 'Control plane'), ('nodes', 'every node of cluster ', 'All nodes'), ('workers', 'every node that takes any pod of cluster ', 'All workers'), ('users', 'every user of cluster ', 'All users'),
  ('groups', 'every group of cluster ', 'All groups'), ('pod-network', 'the pod network of cluster ', 'Pod network'), ('open-network', 'what no network policy holds back in cluster ', 'Open network'), ('pods', 'every pod of cluster ', 'All pods'),
  ('new-pod', 'a new pod anywhere in cluster ', 'New pod'), ('accounts', 'every service account of cluster ', 'All service accounts'), ('secrets', 'every secret of cluster ', 'All secrets'),
  ('ports', 'every port with a known flaw of cluster ', 'All ports'))
INSERT INTO wanted(ref, name, type, scope, cluster, namespace, role, about, evidence, pointer) SELECT 'graph:' || s.name || '/' || p.role, p.name || s.name, p.type, s.id, s.name, NULL, p.role, NULL, NULL, NULL
  FROM scope s, place p WHERE s.kind = 'cluster' AND s.state = 'in-scope' AND EXISTS (SELECT 1 FROM evidence_kind k WHERE k.scope = s.id AND k.kind GLOB 'kubernetes/*');

WITH place(role, name, type) AS (VALUES
  ('pods', 'every pod of namespace ', 'All pods'), ('new-pod', 'a new pod in namespace ', 'New pod'), ('accounts', 'every service account of namespace ', 'All service accounts'),
  ('secrets', 'every secret of namespace ', 'All secrets'), ('ports', 'every port with a known flaw of namespace ', 'All ports')),
namespaces AS (SELECT thing, cluster, name, data_class FROM namespace UNION ALL
  SELECT NULL, x.cluster, x.namespace, NULL FROM (SELECT cluster, namespace FROM workload UNION SELECT cluster, namespace FROM service_account UNION SELECT cluster, namespace FROM secret) x
    WHERE NOT EXISTS (SELECT 1 FROM namespace n WHERE n.cluster = x.cluster AND n.name = x.namespace))
INSERT INTO wanted(ref, name, type, scope, cluster, namespace, role, about, evidence, pointer) SELECT 'graph:' || n.cluster || '/' || n.name || '/' || p.role, p.name || n.name, p.type, s.id, n.cluster, n.name, p.role, NULL, t.evidence, t.pointer
  FROM namespaces n JOIN scope s ON s.kind = 'cluster' AND s.name = n.cluster AND s.state = 'in-scope' LEFT JOIN thing t ON t.id = n.thing, place p;

INSERT INTO wanted(ref, name, type, scope, cluster, namespace, role, about, evidence, pointer) SELECT 'graph:' || n.cluster || '/' || n.name || '/data', n.data_class || ' data in namespace ' || n.name, 'Data', t.scope, n.cluster, n.name, 'data', NULL, t.evidence, t.pointer
  FROM namespace n JOIN thing t ON t.id = n.thing JOIN scope s ON s.id = t.scope AND s.state = 'in-scope' WHERE n.data_class IS NOT NULL;

-- Ports matter where the outside reaches them or where something behind them is known to be exploitable.
INSERT INTO wanted(ref, name, type, scope, cluster, namespace, role, about, evidence, pointer) SELECT 'graph:' || t.ref || '/network', 'the ports of ' || t.type || ' ' || w.namespace || '/' || w.name, 'Reachable ports', t.scope, w.cluster, w.namespace, 'network', w.thing, t.evidence, t.pointer
  FROM workload w JOIN thing t ON t.id = w.thing
  WHERE w.thing IN (SELECT workload FROM exposure WHERE outside) OR w.thing IN (SELECT workload FROM v_exploitable);

-- Classes of pods that policies let through to a port with a known flaw; named by the first of them.
INSERT INTO wanted(ref, name, type, scope, cluster, namespace, role, about, evidence, pointer, class)
  SELECT 'graph:' || t.ref || '/sender' || coalesce('-' || nullif(row_number() OVER (PARTITION BY t.id ORDER BY c.id), 1), ''), 'what network policies let through from ' || t.type || ' ' || t.namespace || '/' || t.name, 'Senders', t.scope, c.cluster, c.namespace, 'sender', NULL, t.evidence, t.pointer, c.id
  FROM (SELECT DISTINCT r.source FROM reach r JOIN reach_member m ON m.class = r.target WHERE m.workload IN (SELECT workload FROM v_exploitable)) x
    JOIN reach_class c ON c.id = x.source JOIN thing t ON t.id = (SELECT min(m.workload) FROM reach_member m WHERE m.class = c.id);

-- Where policies let in every pod, but nothing from the network of the nodes.
INSERT INTO wanted(ref, name, type, scope, cluster, namespace, role, about, evidence, pointer) SELECT 'graph:' || x.cluster || '/open-pods', 'what no network policy holds back of the pods in cluster ' || x.cluster, 'Open network', s.id, x.cluster, NULL, 'open-pods', NULL, NULL, NULL
  FROM (SELECT DISTINCT c.cluster FROM reach r JOIN reach_class c ON c.id = r.target JOIN reach_member m ON m.class = r.target WHERE r.source = -1 AND m.workload IN (SELECT workload FROM v_exploitable)) x
    JOIN scope s ON s.kind = 'cluster' AND s.name = x.cluster;

INSERT INTO wanted(ref, name, type, scope, cluster, namespace, role, about, evidence, pointer) SELECT 'graph:' || x.cluster || '/' || x.role, 'the ' || x.role || ' of cluster ' || x.cluster, 'All templates', s.id, x.cluster, NULL, x.role, NULL, NULL, NULL
  FROM (SELECT DISTINCT cluster, lower(kind) || 's' AS role FROM workload WHERE collected AND kind IN ('Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'CronJob')) x
    JOIN scope s ON s.kind = 'cluster' AND s.name = x.cluster;

-- Programs that act on objects which others write.
INSERT INTO wanted(ref, name, type, scope, cluster, namespace, role, about, evidence, pointer) SELECT 'graph:' || x.cluster || '/' || x.role, x.title || ' of cluster ' || x.cluster, 'Controllers', s.id, x.cluster, NULL, x.role, NULL, NULL, NULL
  FROM (SELECT DISTINCT w.cluster, CASE w.name WHEN 'argocd-application-controller' THEN 'argocd' ELSE w.name END AS role,
      CASE w.name WHEN 'argocd-application-controller' THEN 'Argo CD' WHEN 'kustomize-controller' THEN 'Flux' ELSE 'the chart controller' END AS title
    FROM workload w WHERE w.name IN ('argocd-application-controller', 'kustomize-controller', 'helm-controller') AND NOT w.differs
    UNION SELECT w.cluster, 'ingress-nginx', 'the ingress controller' FROM container c JOIN workload w ON w.thing = c.workload WHERE c.image_repository = 'ingress-nginx/controller' AND w.kind IN ('Deployment', 'DaemonSet')) x
    JOIN scope s ON s.kind = 'cluster' AND s.name = x.cluster;

INSERT INTO wanted(ref, name, type, scope, cluster, namespace, role, about, evidence, pointer) SELECT 'graph:' || t.ref || '/kubelet', 'the credentials of the kubelet of ' || n.name, 'Kubelet credentials', t.scope, n.cluster, NULL, 'kubelet', n.thing, t.evidence, t.pointer
  FROM node n JOIN thing t ON t.id = n.thing WHERE n.cluster IS NOT NULL;

INSERT INTO wanted(ref, name, type, scope, cluster, namespace, role, about, evidence, pointer) SELECT 'graph:aws/' || p.account || '/cloud-admin', 'every right in AWS account ' || p.account, 'Cloud administrator', s.id, NULL, NULL, 'cloud-admin', NULL, NULL, NULL
  FROM (SELECT DISTINCT account FROM principal WHERE system = 'aws' AND account IS NOT NULL) p LEFT JOIN scope s ON s.kind = 'aws' AND s.name = p.account;

-- Identities of clouds that accounts take or that the cluster maps, and that no evidence of the cloud tells of.
INSERT INTO wanted(ref, name, type, scope, cluster, namespace, role, about, evidence, pointer)
  SELECT 'graph:' || x.cluster || '/cloud/' || x.identity, 'cloud identity ' || x.identity, 'Cloud identity', s.id, x.cluster, NULL, 'cloud-identity', NULL, NULL, NULL
  FROM (SELECT cluster, cloud_role AS identity FROM service_account WHERE cloud_role != '' UNION SELECT cluster, arn FROM cloud_mapping) x JOIN scope s ON s.kind = 'cluster' AND s.name = x.cluster
  WHERE NOT EXISTS (SELECT 1 FROM principal p WHERE p.system = 'aws' AND p.name = substr(x.identity, -length(p.name)) AND (x.identity = 'arn:aws:iam::' || p.account || ':' || p.kind || '/' || p.name
    OR x.identity = 'arn:aws:iam::' || p.account || ':' || p.kind || coalesce(p.path, '/') || p.name));

-- One for all whom a binding names, where they are many: they hold the same.
CREATE TEMP TABLE crowd AS SELECT x.binding, x.n FROM (SELECT binding, count(*) AS n FROM binding_subject WHERE thing IS NOT NULL AND counts GROUP BY binding) x WHERE x.n > 100;
INSERT INTO wanted(ref, name, type, scope, cluster, namespace, role, about, evidence, pointer) SELECT 'graph:' || t.ref || '/crowd', 'any of the ' || c.n || ' subjects of ' || t.type || ' ' || coalesce(t.namespace || '/', '') || t.name, 'Subjects', t.scope, t.cluster, t.namespace, 'crowd', t.id, t.evidence, t.pointer
  FROM crowd c JOIN thing t ON t.id = c.binding JOIN scope s ON s.id = t.scope AND s.state = 'in-scope';

INSERT INTO thing(kind, ref, scope, cluster, namespace, type, name, evidence, pointer) SELECT 'virtual', ref, scope, cluster, namespace, type, name, evidence, pointer FROM wanted ORDER BY ref;
INSERT INTO graph_node(thing, cluster, namespace, role, about, class) SELECT t.id, w.cluster, w.namespace, w.role, w.about, w.class FROM wanted w JOIN thing t ON t.ref = w.ref ORDER BY t.id;
DROP TABLE wanted;

INSERT OR IGNORE INTO binding_holder(binding, thing, who, crowd)
  SELECT s.binding, s.thing, CASE s.kind WHEN 'ServiceAccount' THEN 'Service account ' || s.namespace || '/' || s.name WHEN 'User' THEN 'User ' || s.name ELSE 'Group ' || s.name END, 0
  FROM binding_subject s WHERE s.thing IS NOT NULL AND s.binding NOT IN (SELECT binding FROM crowd) ORDER BY s.binding, s.thing;
INSERT INTO binding_holder(binding, thing, who, crowd) SELECT g.about, g.thing, upper(substr(t.name, 1, 1)) || substr(t.name, 2), 1 FROM graph_node g JOIN thing t ON t.id = g.thing WHERE g.role = 'crowd';
DROP TABLE crowd;
