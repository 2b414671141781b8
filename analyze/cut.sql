-- SPDX-License-Identifier: Apache-2.0
-- How each change of the cut is made with kubectl. Names that could be read as anything but a name give no command.

UPDATE cut SET kubectl = x.kubectl FROM (
  WITH c AS (
    SELECT c.workload, c.thing, c.type, c.ordinal, json_object('name', c.name, 'securityContext', json(
      CASE c.seccomp WHEN 'Unconfined' THEN '{"privileged":null,"procMount":null,"capabilities":{"add":null},"windowsOptions":null,"seccompProfile":{"type":"RuntimeDefault"}}'
        ELSE '{"privileged":null,"procMount":null,"capabilities":{"add":null},"windowsOptions":null}' END),
      'volumeMounts', json((SELECT json_group_array(json_object('$patch', 'delete', 'mountPath', m.path)) FROM container_mount m JOIN volume v ON v.workload = c.workload AND v.name = m.volume
        WHERE m.container = c.thing AND v.type = 'hostPath'))) AS hardened,
      json_object('name', c.name, 'ports', json((SELECT json_group_array(json_object('containerPort', p.port, 'hostPort', NULL, 'hostIP', NULL)) FROM container_port p
        WHERE p.container = c.thing AND p.host_port IS NOT NULL))) AS closed
    FROM cut k JOIN change h ON h.id = k.change JOIN container c ON c.workload = h.thing WHERE c.type != 'ephemeral'),
  -- The pod's part of a strategic merge patch that takes away what the change speaks of.
  spec AS (
    SELECT h.id AS change, CASE h.apply
      WHEN 'automount-off' THEN json_object('automountServiceAccountToken', json('false'))
      WHEN 'host-network-off' THEN json_object('hostNetwork', NULL)
      WHEN 'host-ports-off' THEN json_object('containers', json((SELECT json_group_array(json(c.closed)) FROM c WHERE c.workload = w.thing AND c.type = 'container')))
      ELSE json_object('hostPID', NULL, 'securityContext', json(CASE w.seccomp WHEN 'Unconfined' THEN '{"windowsOptions":null,"seccompProfile":{"type":"RuntimeDefault"}}' ELSE '{"windowsOptions":null}' END),
        'containers', json((SELECT json_group_array(json(c.hardened)) FROM c WHERE c.workload = w.thing AND c.type = 'container')),
        'initContainers', json((SELECT json_group_array(json(c.hardened)) FROM c WHERE c.workload = w.thing AND c.type IN ('init', 'sidecar'))),
        'volumes', json((SELECT json_group_array(json_object('$patch', 'delete', 'name', v.name)) FROM volume v WHERE v.workload = w.thing AND v.type = 'hostPath'))) END AS spec, w.kind, CASE WHEN w.kind IN ('Deployment', 'StatefulSet', 'DaemonSet') THEN object(w.thing) END AS raw
    FROM cut k JOIN change h ON h.id = k.change JOIN workload w ON w.thing = h.thing WHERE h.apply IN ('automount-off', 'harden', 'host-network-off', 'host-ports-off'))
  SELECT p.change, json_group_array(a.value) AS kubectl FROM (
    SELECT h.id AS change, CASE
      WHEN h.apply = 'delete' THEN json_array('delete', t.type || '/' || t.name)
      WHEN h.apply = 'pod-security' THEN json_array('label', '--overwrite', t.type || '/' || t.name, 'pod-security.kubernetes.io/enforce=baseline')
      WHEN h.apply = 'cluster-ip' THEN json_array('patch', t.type || '/' || t.name, '--type=strategic', '-p', '{"spec":{"type":"ClusterIP"}}')
      WHEN h.apply = 'external-ips-off' THEN json_array('patch', t.type || '/' || t.name, '--type=strategic', '-p', '{"spec":{"externalIPs":null}}')
      -- Pods that run stay as they are where the template alone is changed.
      WHEN x.kind IN ('ReplicaSet', 'ReplicationController') OR json_extract(x.raw, '$.spec.paused') OR json_extract(x.raw, '$.spec.updateStrategy.type') = 'OnDelete'
        OR json_extract(x.raw, '$.spec.updateStrategy.rollingUpdate.partition') > 0 THEN NULL
      WHEN x.kind IN ('Deployment', 'StatefulSet', 'DaemonSet') THEN json_array('patch', t.type || '/' || t.name, '--type=strategic', '-p',
        json_object('spec', json_object('template', json_object('spec', json(x.spec)))) || '')
      WHEN x.kind = 'CronJob' THEN json_array('patch', t.type || '/' || t.name, '--type=strategic', '-p',
        json_object('spec', json_object('jobTemplate', json_object('spec', json_object('template', json_object('spec', json(x.spec)))))) || '') END AS words, t.namespace
    FROM cut k JOIN change h ON h.id = k.change JOIN thing t ON t.id = h.thing LEFT JOIN spec x ON x.change = h.id
    WHERE h.apply IS NOT NULL AND t.kind = 'object' AND t.name NOT GLOB '*[^A-Za-z0-9.:_@-]*' AND coalesce(t.namespace, '') NOT GLOB '*[^a-z0-9-]*') p,
    json_each(CASE WHEN p.namespace IS NULL THEN p.words ELSE json_insert(p.words, '$[#]', '-n', '$[#]', p.namespace) END) a
  WHERE p.words IS NOT NULL GROUP BY p.change
) x WHERE x.change = cut.change;
