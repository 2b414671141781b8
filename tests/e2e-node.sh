#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A host's root directory, read as a copy by analyze and by collect --node: the same facts. Expectations are read off the files made here.
. "$(dirname "$0")/lib.sh"
cd "$TMPDIR" || exit 2
q() { sqlite3 x.db "$1"; }
SECRET=Node-Secret-4711
put() { mkdir -p "$(dirname "host/$1")" && cat > "host/$1" && chmod "$2" "host/$1"; }
printf 'cp-1\n' | put etc/hostname 644
mkdir -p host/usr/lib && printf 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n' > host/usr/lib/os-release && ln -s ../usr/lib/os-release host/etc/os-release
printf 'root:x:0:0::/root:/bin/sh\nops:x:1234:1234::/home/ops:/bin/sh\n' | put etc/passwd 644
printf 'root:x:0:\nops:x:1234:\n' | put etc/group 644
printf 'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9\nDescription: C library\n password: %s\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n' "$SECRET" | put var/lib/dpkg/status 644
printf '6.1.0-27-amd64\n' | put proc/sys/kernel/osrelease 444
printf '1\n' | put proc/sys/kernel/dmesg_restrict 444
printf '/usr/bin/kubelet\0--config=/etc/kubelet.yaml\0--kubeconfig\0/etc/kubernetes/kubelet.conf\0--bootstrap-token\0%s\0' "$SECRET" | put proc/77/cmdline 444
printf 'etcd\0--data-dir=/srv/app-etcd\0' | put proc/78/cmdline 444
printf 'bash\0-c\0sleep 1\0' | put proc/79/cmdline 444
printf 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {anonymous: {enabled: false}, x509: {clientCAFile: /etc/ca/kubelet-ca.crt}}\nreadOnlyPort: 10255\n' | put etc/kubelet.yaml 640
printf 'users: [{user: {token: %s}}]\n' "$SECRET" | put etc/kubernetes/kubelet.conf 600
printf 'users: [{user: {token: %s}}]\n' "$SECRET" | put etc/kubernetes/admin.conf 644
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver}\nspec:\n  containers:\n  - name: kube-apiserver\n    image: registry.k8s.io/kube-apiserver:v1.33.4\n    command: [kube-apiserver, --profiling=false, "--etcd-servers=https://127.0.0.1:2379"]\n    env: [{name: DB_PASSWORD, value: %s}]\n' "$SECRET" |
	put etc/kubernetes/manifests/kube-apiserver.yaml 600
printf 'a: [b\n' | put etc/kubernetes/manifests/broken.yaml 600
printf '%s\n' '-----BEGIN EC PRIVATE KEY-----' "$SECRET" '-----END EC PRIVATE KEY-----' | put etc/kubernetes/pki/ca.key 644
printf 'x\n' | put etc/ca/kubelet-ca.crt 664
printf '{"icc": false, "insecure-registries": ["r.example:5000"]}' | put etc/docker/daemon.json 644
ln -s /nowhere/outside host/etc/kubernetes/scheduler.conf
ln -s / host/etc/kubernetes/pki/loop
printf 'x' > target && ln -s "$PWD/target" host/etc/kubernetes/controller-manager.conf
[ "$(id -u)" = 0 ] && chown 1234:1234 host/etc/kubernetes/admin.conf
find host -exec touch -hd 2026-11-24T17:00:00Z {} +

"$PLIMSOLL" analyze -o x.db --cluster-name c host > out.txt 2>&1
ok "exit code: a manifest is broken" "$?" 4
ok "it is told" "$(q "SELECT replace(message, substr(message, instr(message, 'line')), '') FROM problem")" "node/manifests: etc/kubernetes/manifests/broken.yaml: "
ok "host" "$(q "SELECT node, distribution, version, kernel, engine, package_database, kubelet FROM v_node_host")" "cp-1|debian|12|6.1.0-27-amd64|docker|deb|1"
ok "packages" "$(q "SELECT name, version FROM package")" "libc6|2.36-9"
ok "components: an application's etcd is none" "$(q "SELECT component, seen, version, arguments, configuration FROM component_instance ORDER BY 1")" "docker|||0|1
kernel|||0|1
kube-apiserver|manifest|v1.33.4|1|0
kubelet|process||1|1"
ok "settings" "$(q "SELECT component || ' ' || name || ' ' || value FROM node_setting WHERE source != 'default' AND name IN ('readOnlyPort', 'profiling', 'authentication.anonymous.enabled', 'icc', 'kernel.dmesg_restrict') ORDER BY 1")" \
	"docker icc false
kernel kernel.dmesg_restrict 1
kube-apiserver profiling false
kubelet authentication.anonymous.enabled false
kubelet readOnlyPort 10255"
owner=root
[ "$(id -u)" = 0 ] && owner=ops
ok "files" "$(q "SELECT path, role, present, coalesce(mode_text, '-') FROM v_node_file WHERE present IS NOT 0 OR path LIKE '%scheduler.conf' OR path LIKE '%controller-manager.conf' ORDER BY 1")" \
	"/etc/ca/kubelet-ca.crt|kubelet client ca|1|0664
/etc/docker|docker directory|1|0755
/etc/docker/daemon.json|docker config|1|0644
/etc/kubelet.yaml|kubelet config|1|0640
/etc/kubernetes/admin.conf|admin kubeconfig|1|0644
/etc/kubernetes/controller-manager.conf|kube-controller-manager kubeconfig|0|-
/etc/kubernetes/kubelet.conf|kubelet kubeconfig|1|0600
/etc/kubernetes/manifests/kube-apiserver.yaml|kube-apiserver manifest|1|0600
/etc/kubernetes/pki|pki directory|1|0755
/etc/kubernetes/pki/ca.key|pki key|1|0644
/etc/kubernetes/pki/loop|pki directory|1|0755
/etc/kubernetes/scheduler.conf|kube-scheduler kubeconfig|0|-"
[ "$(id -u)" = 0 ] && ok "owners by the host's own names" "$(q "SELECT owner FROM v_node_file WHERE path = '/etc/kubernetes/admin.conf'")" "$owner"
ok "no secret in the database" "$(sqlite3 x.db .dump | grep -c "$SECRET")" 0
ok "the token of a flag is hidden" "$(q "SELECT value LIKE '@plim:%' FROM node_setting WHERE name = 'bootstrap-token'")" 1
rows() { q "SELECT component, name, value, source FROM node_setting ORDER BY 1, 2"; q "SELECT path, role, present, mode, owner, owner_group FROM node_file ORDER BY 1"; q "SELECT check_id, subject, verdict FROM finding WHERE subject LIKE 'node:%' ORDER BY 1, 2, 3"; }
raw=$(rows)
ok "which says something" "$(echo "$raw" | grep -c 'kubelet-read-only-port')" 1

"$PLIMSOLL" collect -o site.plim --cluster-name c --node host > out.txt 2>&1
ok "collect: exit code" "$?" 4
ok "members" "$("$PLIMSOLL" inspect --format json site.plim | jq -r '.members[].path' | tr '\n' ' ')" "node/cp-1/os.json node/cp-1/processes.json node/cp-1/manifests.json node/cp-1/config.json node/cp-1/files.json node/cp-1/packages.json "
ok "no secret in the bundle" "$(mkdir -p plain && tar xf site.plim -C plain && zstd -dcq plain/m/*.zst | grep -c "$SECRET")" 0
ok "what is missing" "$("$PLIMSOLL" inspect --format json site.plim | jq -r '.expected[] | .cluster + " " + .kind')" "c node/manifests"
"$PLIMSOLL" analyze -o x.db site.plim > out.txt 2>&1
ok "analyze: exit code" "$?" 0
ok "the same rows" "$(rows)" "$raw"
"$PLIMSOLL" collect -o none.plim --node no-such-root > out.txt 2>&1
ok "no such host: exit code" "$?" 3
ok "one line" "$(wc -l < out.txt)" 1
"$PLIMSOLL" collect -o here.plim --node / > out.txt 2>&1
ok "this host can be read" "$(case $? in 0 | 4) echo yes ;; esac)" yes

finish
