#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# plimsoll diff: what appeared and vanished between two assessments, and why. Expectations are worked out by hand.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
cd "$TMPDIR" || exit 1
analyze() { "$PLIMSOLL" analyze "$@" > out.txt 2> err.txt; }
changes() { "$PLIMSOLL" diff --format csv "$@" 2> err.txt | tail -n +2 | tr -d '"\r'; }

pod() { # pod NAME PRIVILEGED
	printf '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","namespace":"shop"},"spec":{"containers":[{"name":"c","image":"x:1","securityContext":{"privileged":%s}}]}}' "$1" "$2"
}
pods() { printf '{"apiVersion":"v1","kind":"PodList","items":['; first=1; for p in "$@"; do [ "$first" ] || printf ','; first=; pod "${p%:*}" "${p#*:}"; done; printf ']}'; }
pods a:true b:false > old.json
pods a:false b:false c:true > new.json
printf 'exceptions:\n- {check: runtime.privileged-container, subject: "*", approver: Someone, reason: needed, expires: 2099-01-01}\n' > except.yaml
analyze -o old.db --cluster-name k old.json
analyze -o new.db --cluster-name k new.json
analyze -o except.db --cluster-name k --engagement except.yaml old.json
ok "an exception closes it" "$(changes old.db except.db | grep privileged-container | cut -d, -f1,2,6)" "vanished,exception,k/shop/Pod/a#c"
ok "and its end opens it" "$(changes except.db old.db | grep privileged-container | cut -d, -f1,2,6)" "appeared,exception,k/shop/Pod/a#c"
ok "nothing against itself" "$(changes old.db old.db)" ""
ok "one is closed, a new object has one" "$(changes old.db new.db | grep privileged-container | cut -d, -f1-6 | tr '\n' ' ')" \
	"appeared,object,high,finding,runtime.privileged-container,k/shop/Pod/c#c vanished,object,high,finding,runtime.privileged-container,k/shop/Pod/a#c "
analyze -o other.db --cluster-name z new.json
ok "a cluster that only one side has is not collected on the other" "$(changes --change vanished old.db other.db | cut -d, -f2 | sort -u)" "not collected"
ok "and two names for what may be one are told" "$(cat err.txt)" \
	"plimsoll: warning: k is in the old assessment alone, z in the new one: if that is one cluster, analyze both with one --cluster-name"
changes old.db new.db > /dev/null
ok "not where the names agree" "$(cat err.txt)" ""
"$PLIMSOLL" diff old.db new.db --cause weather > out.txt 2> err.txt
ok "an unknown cause" "$?" 2
"$PLIMSOLL" diff old.db > out.txt 2> err.txt
ok "one side only" "$?" 2

# The feed time machine: the same image, feeds of two days.
osv() { printf '{"id":"CVE-2024-%s","modified":"2024-0%s-01T00:00:00Z","affected":[{"package":{"ecosystem":"Debian:12","name":"%s"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"%s"}]}]}]}' "$1" "$2" "$3" "$4"; }
mkdir -p root/etc root/var/lib/dpkg
printf 'ID=debian\nVERSION_ID="12"\n' > root/etc/os-release
printf 'Package: foo\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n\n' > root/var/lib/dpkg/status
tar -C root -cf layer.tar etc var
printf '[{"Config":"c.json","RepoTags":["app:1"],"Layers":["layer.tar"]}]' > manifest.json
printf '{"os":"linux","architecture":"amd64","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$(sha256sum < layer.tar | cut -c1-64)" > c.json
tar -cf image.tar manifest.json c.json layer.tar
osv 1 1 foo 1.0-2 > f1.json
osv 1 2 foo 1.0-1 > f1-corrected.json
osv 2 2 foo 1.0-3 > f2.json
"$PLIMSOLL" feeds import -o march.db f1.json 2> err.txt
"$PLIMSOLL" feeds import -o june.db f1-corrected.json f2.json 2> err.txt
analyze -o image-march.db --feeds march.db image.tar
analyze -o image-june.db --feeds june.db image.tar
ok "feeds of another day" "$(changes --kind vulnerability image-march.db image-june.db | cut -d, -f1,2,5 | tr '\n' ' ')" "appeared,feed,CVE-2024-2 vanished,feed,CVE-2024-1 "
analyze -o image-none.db image.tar
ok "without feeds nothing was collected" "$(changes --kind vulnerability image-none.db image-june.db | cut -d, -f1,2,5)" "appeared,not collected,CVE-2024-2"

# A check that only one side has.
mkdir -p own
cat > own/named-a.yaml <<'EOF'
id: runtime.named-a
title: Pod is called a
severity: low
domain: runtime
needs: [kubernetes/pods]
over: v_container
fails: workload_name = 'a'
detail: "'the container of pod a'"
why: A name of its own.
fix: Rename it.
effort: hours
owner: developers
references: [https://example.com/]
EOF
analyze -o own.db --cluster-name k --checks own old.json
ok "a check that only the new side has" "$(changes --cause check old.db own.db | cut -d, -f1-6)" "appeared,check,low,finding,runtime.named-a,k/shop/Pod/a#c"
ok "and only the old one" "$(changes --cause check own.db old.db | cut -d, -f1-6)" "vanished,check,low,finding,runtime.named-a,k/shop/Pod/a#c"

# The customer's statement that a flaw is no matter.
printf '{"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"Team","timestamp":"2024-07-01T00:00:00Z","statements":[{"vulnerability":{"name":"CVE-2024-2"},"products":[{"@id":"pkg:deb/debian/foo@1.0-1"}],"status":"not_affected","justification":"component_not_present"}]}' > vex.json
"$PLIMSOLL" feeds import -o ruled-out.db f1-corrected.json f2.json vex.json 2> err.txt
analyze -o image-ruled-out.db --feeds ruled-out.db image.tar
ok "a VEX statement closes it" "$(changes --kind vulnerability image-june.db image-ruled-out.db | cut -d, -f1,2,5)" "vanished,vex,CVE-2024-2"
ok "without it it is open again" "$(changes --kind vulnerability image-ruled-out.db image-june.db | cut -d, -f1,2,5)" "appeared,vex,CVE-2024-2"

fails() { "$PLIMSOLL" diff "$@" > out.txt 2> err.txt; echo $?; }
ok "fails on what appeared" "$(fails old.db new.db --fail-on high)" 1
ok "and says so" "$(grep -c "1 appeared at or above 'high'" err.txt)" 1
ok "not on what is milder" "$(fails old.db new.db --fail-on critical)" 0
ok "nor on what vanished" "$(fails old.db except.db --fail-on any)" 0
ok "nor on what is not shown" "$(fails old.db new.db --fail-on high --cause feed)" 0
ok "a severity that no feed tells" "$(fails image-none.db image-june.db --kind vulnerability --fail-on low)$(fails image-none.db image-june.db --kind vulnerability --fail-on any)" 01
ok "an unknown severity" "$(fails old.db new.db --fail-on grave)" 2

finish
