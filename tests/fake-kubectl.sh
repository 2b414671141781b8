#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Stands for kubectl: answers from the folder FAKE_CLUSTER, notes its arguments in FAKE_LOG. What a file NAME.forbidden names is refused as the
# API server refuses it: an empty list, a message, exit code 1 (seen with kubectl 1.35).
set -u
echo "$*" >> "$FAKE_LOG"
while [ $# -gt 0 ]; do
	case $1 in
	--kubeconfig | --context) shift 2 ;;
	*) break ;;
	esac
done
case "$1" in
config) echo "fake-context" ;;
version) cat "$FAKE_CLUSTER/version.json" ;;
api-resources)
	cat "$FAKE_CLUSTER/api-resources.txt"
	if [ -e "$FAKE_CLUSTER/api-resources.broken" ]; then
		echo "error: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: the server is currently unable to handle the request" >&2
		exit 1
	fi
	;;
get)
	what=$2
	if [ "$what" = --raw ]; then
		echo 'I1129 18:00:00.000000 1 round_trippers.go:632] "Response" status="200 OK" headers=<
	Date: Sun, 29 Nov 2026 18:00:00 GMT
 >' >&2
		echo '{"gitVersion":"v1.33.4"}'
		exit 0
	fi
	name=${what%%.*} namespace=
	while [ $# -gt 0 ]; do [ "$1" = -n ] && namespace=$2; shift; done
	if [ -e "$FAKE_CLUSTER/$name.forbidden" ]; then
		echo '{"apiVersion":"v1","items":[],"kind":"List","metadata":{"resourceVersion":""}}'
		echo "Error from server (Forbidden): $what is forbidden: User \"auditor\" cannot list resource \"$name\" in API group \"\" at the cluster scope" >&2
		exit 1
	fi
	if [ -e "$FAKE_CLUSTER/$name.broken" ]; then
		cat "$FAKE_CLUSTER/$name.broken"
		echo "error: unexpected EOF" >&2
		exit 1
	fi
	if [ -e "$FAKE_CLUSTER/$name.slow" ]; then
		cat "$FAKE_CLUSTER/$name.slow"
		exec sleep 60
	fi
	if [ -n "$namespace" ]; then
		jq --arg n "$namespace" '.items |= map(select(.metadata.namespace == $n))' "$FAKE_CLUSTER/$name.json"
	else
		cat "$FAKE_CLUSTER/$name.json"
	fi
	;;
*)
	echo "a verb that changes something: $*" >&2
	exit 9
	;;
esac
