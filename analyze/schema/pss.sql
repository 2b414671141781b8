-- SPDX-License-Identifier: Apache-2.0
-- The level of the Pod Security Standards that each workload meets (kubernetes.io/docs/concepts/security/pod-security-standards, v1.35),
-- from its pod template as it is, whatever the namespace enforces.

-- What breaks a level: one row per workload, level and control. level: the lowest one that forbids it.
CREATE VIEW v_pss_breach AS
  WITH sysctl_ok(name) AS (VALUES ('kernel.shm_rmid_forced'), ('net.ipv4.ip_local_port_range'), ('net.ipv4.ip_unprivileged_port_start'), ('net.ipv4.tcp_syncookies'),
    ('net.ipv4.ping_group_range'), ('net.ipv4.ip_local_reserved_ports'), ('net.ipv4.tcp_keepalive_time'), ('net.ipv4.tcp_fin_timeout'),
    ('net.ipv4.tcp_keepalive_intvl'), ('net.ipv4.tcp_keepalive_probes'), ('net.ipv4.tcp_rmem'), ('net.ipv4.tcp_wmem'))
  SELECT thing AS subject, 'baseline' AS level, 'host namespaces' AS control FROM workload WHERE host_network OR host_pid OR host_ipc
  UNION SELECT workload, 'baseline', 'host process' FROM container WHERE windows_host_process
  UNION SELECT workload, 'baseline', 'privileged' FROM container WHERE privileged
  UNION SELECT workload, 'baseline', 'capabilities' FROM container WHERE EXISTS (SELECT 1 FROM json_each(caps_add) WHERE value NOT IN ('AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE',
    'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'))
  UNION SELECT workload, 'baseline', 'hostPath volumes' FROM volume WHERE type = 'hostPath'
  UNION SELECT workload, 'baseline', 'host ports' FROM container WHERE host_ports > 0
  UNION SELECT workload, 'baseline', 'hosts of probes' FROM container WHERE probe_hosts > 0
  UNION SELECT workload, 'baseline', 'AppArmor' FROM container WHERE lower(apparmor) = 'unconfined'
  UNION SELECT workload, 'baseline', 'SELinux' FROM container WHERE selinux_type NOT IN ('', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t')
    OR selinux_user <> '' OR selinux_role <> ''
  UNION SELECT workload, 'baseline', '/proc mount type' FROM container WHERE proc_mount <> 'Default'
  UNION SELECT workload, 'baseline', 'seccomp' FROM container WHERE seccomp = 'Unconfined'
  UNION SELECT thing, 'baseline', 'seccomp' FROM workload WHERE seccomp = 'Unconfined'
  UNION SELECT thing, 'baseline', 'sysctls' FROM workload WHERE EXISTS (SELECT 1 FROM json_each(coalesce(sysctls, '[]')) WHERE value NOT IN (SELECT name FROM sysctl_ok))
  UNION SELECT workload, 'restricted', 'volume types' FROM volume WHERE type NOT IN ('configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret', 'hostPath')
  UNION SELECT c.workload, 'restricted', 'privilege escalation' FROM container c JOIN workload w ON w.thing = c.workload WHERE c.allow_escalation AND NOT w.windows
  UNION SELECT workload, 'restricted', 'running as non-root' FROM container WHERE run_as_non_root IS NOT 1
  UNION SELECT workload, 'restricted', 'running as user 0' FROM container WHERE run_as_user = 0
  UNION SELECT c.workload, 'restricted', 'seccomp' FROM container c JOIN workload w ON w.thing = c.workload WHERE c.seccomp IS NULL AND NOT w.windows
  UNION SELECT c.workload, 'restricted', 'capabilities' FROM container c JOIN workload w ON w.thing = c.workload
    WHERE NOT w.windows AND (NOT EXISTS (SELECT 1 FROM json_each(c.caps_drop) WHERE value = 'ALL')
      OR EXISTS (SELECT 1 FROM json_each(c.caps_add) WHERE value NOT IN ('NET_BIND_SERVICE')));

-- A row per workload: level is the strictest it meets; breaches: the controls that keep it from the next one.
CREATE VIEW v_pss AS
  WITH least AS (SELECT subject, min(level) AS level FROM v_pss_breach GROUP BY subject),
    broken AS (SELECT subject, group_concat(control, ', ') AS breaches FROM (SELECT b.subject, b.control FROM v_pss_breach b JOIN least l ON l.subject = b.subject AND l.level = b.level ORDER BY 1, 2) GROUP BY subject)
  SELECT w.thing AS subject, w.cluster, w.namespace, w.kind, w.name, w.static, CASE l.level WHEN 'baseline' THEN 'privileged' WHEN 'restricted' THEN 'baseline' ELSE 'restricted' END AS level,
    b.breaches, coalesce(n.pss_enforce, 'privileged') AS enforced, n.pss_enforce IS NOT NULL AS labelled
  FROM workload w LEFT JOIN least l ON l.subject = w.thing LEFT JOIN broken b ON b.subject = w.thing LEFT JOIN namespace n ON n.cluster = w.cluster AND n.name = w.namespace;
