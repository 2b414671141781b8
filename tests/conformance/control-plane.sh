#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Starts etcd, kube-apiserver and kube-controller-manager on 127.0.0.1, for conformance tests.
# usage: control-plane.sh start BINDIR STATEDIR | stop STATEDIR      PORT (default 18443): the API server's; PORT+1 and PORT+2 are etcd's.
# CONTROLLERS: which ones of kube-controller-manager run, as its --controllers takes it.
set -eu
action=$1
port=${PORT:-18443}

certificate() { # NAME SUBJECT USAGE [NAMES]
	openssl req -new -newkey rsa:2048 -nodes -keyout "$pki/$1.key" -out "$pki/$1.csr" -subj "$2" 2> /dev/null
	printf 'extendedKeyUsage=%s\n%s' "$3" "${4:+subjectAltName=$4}" > "$pki/$1.ext"
	openssl x509 -req -in "$pki/$1.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 30 -extfile "$pki/$1.ext" -out "$pki/$1.crt" 2> /dev/null
}

certificates() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout "$pki/ca.key" -out "$pki/ca.crt" -subj /CN=conformance 2> /dev/null
	openssl genrsa -out "$pki/sa.key" 2048 2> /dev/null
	certificate server /CN=kube-apiserver serverAuth,clientAuth DNS:localhost,IP:127.0.0.1,IP:10.96.0.1
	certificate admin /O=system:masters/CN=admin clientAuth
	certificate controllers /CN=system:kube-controller-manager clientAuth
	cat > "$state/controllers.kubeconfig" <<-X
		apiVersion: v1
		kind: Config
		clusters: [{name: c, cluster: {server: "https://127.0.0.1:$port", certificate-authority: $pki/ca.crt}}]
		users: [{name: u, user: {client-certificate: $pki/controllers.crt, client-key: $pki/controllers.key}}]
		contexts: [{name: x, context: {cluster: c, user: u}}]
		current-context: x
	X
}

run() { # NAME COMMAND...
	local name=$1
	shift
	setsid nohup "$@" > "$state/$name.log" 2>&1 < /dev/null &
	echo $! > "$state/$name.pid"
}

start() {
	bin=$(cd "$1" && pwd) state=$2
	mkdir -p "$state/pki"
	state=$(cd "$state" && pwd) pki=$state/pki
	umask 077
	certificates
	run etcd "$bin/etcd" --data-dir "$state/etcd" --unsafe-no-fsync --listen-client-urls "http://127.0.0.1:$((port + 1))" \
		--advertise-client-urls "http://127.0.0.1:$((port + 1))" --listen-peer-urls "http://127.0.0.1:$((port + 2))" \
		--initial-advertise-peer-urls "http://127.0.0.1:$((port + 2))" --initial-cluster "default=http://127.0.0.1:$((port + 2))"
	run kube-apiserver "$bin/kube-apiserver" --bind-address 127.0.0.1 --secure-port "$port" --advertise-address 192.0.2.10 \
		--endpoint-reconciler-type none --allow-privileged=true --etcd-servers "http://127.0.0.1:$((port + 1))" --authorization-mode Node,RBAC \
		--tls-cert-file "$pki/server.crt" --tls-private-key-file "$pki/server.key" --client-ca-file "$pki/ca.crt" \
		--service-account-issuer https://conformance --service-account-key-file "$pki/sa.key" --service-account-signing-key-file "$pki/sa.key" \
		--service-cluster-ip-range 10.96.0.0/16
	for _ in $(seq 120); do
		curl -sf --cacert "$pki/ca.crt" --cert "$pki/admin.crt" --key "$pki/admin.key" "https://127.0.0.1:$port/readyz" > /dev/null && break
		sleep 1
	done
	run kube-controller-manager "$bin/kube-controller-manager" ${CONTROLLERS:+--controllers="$CONTROLLERS"} --kubeconfig "$state/controllers.kubeconfig" --bind-address 127.0.0.1 \
		--secure-port "$((port + 3))" --use-service-account-credentials=true --service-account-private-key-file "$pki/sa.key" --root-ca-file "$pki/ca.crt"
}

stop() {
	local f pid
	for f in "$1"/*.pid; do
		[ -s "$f" ] || continue
		pid=$(cat "$f")
		kill "$pid" 2> /dev/null || true
		for _ in $(seq 50); do
			kill -0 "$pid" 2> /dev/null || break
			sleep 0.2
		done
		kill -9 "$pid" 2> /dev/null || true
		rm -f "$f"
	done
}

case $action in
start) start "$2" "$3" ;;
stop) stop "$2" ;;
esac
