#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Red Hat's products beside Enterprise Linux: which repositories an image's rpms come from, and what is said of the products behind these. Images and documents are made by
# tests/make-products.py; expectations are worked out by hand from Red Hat's security data guidelines (cpe.md, scanning-vendors.md) and docs/feeds.md.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/products
rm -rf "$D"
mkdir -p "$D"
here=$(cd "$(dirname "$0")" && pwd)
python3 "$here/make-products.py" "$D" || exit 1
"$PLIMSOLL" feeds import -o "$D/vulns.db" "$D/feeds" "$D/map" 2> "$D/err" || bad "import" "$(cat "$D/err")"
"$PLIMSOLL" feeds import -o "$D/nomap.db" "$D/feeds" 2> "$D/err" || bad "import" "$(cat "$D/err")"
# found IMAGE [FEEDS]: "CVE fixed status product,…"
found() {
	"$PLIMSOLL" image "$D/img/$1.tar" --no-cache --feeds "$D/${2:-vulns}.db" --format json > "$D/out" 2> "$D/err"
	jq -r 'select(.kind == "vulnerability") | "\(.vulnerability) \(.fixed // "-") \(.status) \(.product // "-")"' "$D/out" | sort | tr '\n' ',' | sed 's/,$//'
}
told() { jq -r 'select(.kind == "image") | .repositories' "$D/out"; }
reason() { jq -r 'select(.kind == "coverage") | "\(.release) \(.state): \(.reason)"' "$D/out" | tr '\n' ';'; }
podman="CVE-2024-4001 3:4.4.1-5.rhaos4.12.el8 affected openshift:4.12::el8"
maybe="CVE-2024-4001 - under-investigation openshift:4.12::el8"

ok "a product of the image's repositories: its fix" "$(found ocp)" "$podman"
ok "told by content sets, nothing is assumed" "$(told) $(reason)" "content-sets 8 assessed: null;"
ok "and fixed" "$(found ocp-fixed)" ""
ok "names of repositories with the release behind them" "$(found suffix)" "$podman"
ok "manifests in usr/share/buildinfo" "$(found rhcos)" "$podman"
ok "a product of other repositories says nothing" "$(found base)" ""
ok "nor without the list of repositories: their names tell that they are Enterprise Linux's" "$(found base nomap)" ""
ok "another release of Enterprise Linux: its own fix" "$(found other-el)" ""
ok "which no feed covers" "$(reason)" "9 not-assessed: no imported feed covers Red Hat 9;"
ok "each layer by its own repositories" "$(found layers)" "$podman"
ok "a layer without manifest by those above it" "$(found above)" "CVE-2024-4002 - unfixed openshift:4"

# not known where packages come from
ok "no manifest: under investigation" "$(found silent)" "$maybe"
ok "and why" "$(told) $(reason)" \
	"null 8 assessed: it does not tell its repositories: judged by the main stream of its release; what Red Hat says of 1 of its packages in other products is under investigation;"
ok "the reason stands with it" "$(jq -r 'select(.kind == "vulnerability") | .reason' "$D/out")" "Red Hat says it of openshift:4.12::el8; whether the package comes from there is not known"
ok "it is no fix" "$("$PLIMSOLL" image "$D/img/silent.tar" --no-cache --feeds "$D/vulns.db" --format json --only-fixed 2> "$D/err" | grep -c '"vulnerability"')" 0
ok "the table tells it too" "$("$PLIMSOLL" image "$D/img/silent.tar" --no-cache --feeds "$D/vulns.db" 2> "$D/err" | grep -c 'does not tell its repositories')" 1
ok "manifests without content sets" "$(found sbom)" "$maybe"
ok "are told" "$(told) $(reason | cut -d';' -f1)" "none 8 assessed: its manifests name no content sets: judged by the default repositories of its release"
ok "a manifest that cannot be read" "$(found broken)" "$maybe"
ok "a repository that nobody knows" "$(found custom)" "$maybe"
ok "is named" "$(reason | cut -d';' -f1)" "8 assessed: no imported feed knows our-own-rpms"
ok "a product's repository without the list of repositories" "$(found ocp nomap)" "$maybe"
ok "what Enterprise Linux says of a package it may have built counts" "$(found cleared)" ""
ok "of one that it has not built its word is none" "$(found built-elsewhere)" "CVE-2024-4004 - under-investigation openshift:4"

# builds without content sets
for name in dockerfile labels labels-json; do
	ok "the build's name: $name" "$(found $name)" "$podman"
	ok "is what it rests on" "$(told) $(reason)" "build 8 assessed: its repositories are told by its build alone;"
done
ok "the product's CPE in a label" "$(found label-cpe)" "$podman"
ok "a build that no list knows" "$(found unknown-build)" "$maybe"

# patterns, and products beside Enterprise Linux
ok "a statement about all of a product's versions" "$(found pattern)" "CVE-2024-4002 - unfixed openshift:4"
ok "is none about other images" "$(found pattern-base)" ""
ok "a version that has its fix is no longer open" "$(found stream-fixed)" ""
ok "one that has not" "$(found stream-old)" "CVE-2024-4003 0:2-1.rhaos4.12.el8 affected openshift:4.12::el8"
ok "Enterprise Linux clears its own packages only" "$(found not-cleared)" "CVE-2024-4004 - unfixed openshift:4"
ok "a product's build has the product's fix" "$(found own-fixed)" ""
ok "or lacks it" "$(found own-old)" "CVE-2024-4005 0:4-9.rhaos4.12.el8 affected openshift:4.12::el8"
ok "Enterprise Linux's build beside a product's fix" "$(found base-old)" "CVE-2024-4005 0:5-1.el8 affected -"
ok "and fixed" "$(found base-fixed)" ""
ok "a product that no feed covers is told" "$(found not-covered) $(reason)" " 8 assessed: null;strange:4::el8 not-assessed: no imported feed covers Red Hat strange:4::el8;"

# modules: the product of a package is the module, which is one of Enterprise Linux's
ok "a stream's fix" "$(found module-12)" ""
ok "is not that of another stream" "$(found module-15)" "CVE-2024-4006 0:15.8-1.module+el8.10.0+1+aaaaaaaa affected -"
ok "nor that of a package outside" "$(found module-none)" ""
ok "a stream without fix" "$(found unfixed-module-16)" "CVE-2024-4007 - unfixed -"
ok "another one is not affected" "$(found unfixed-module-18)" ""

# streams that cost extra
paid() { found "$1" > "$D/found"; jq -r 'select(.kind == "vulnerability") | "\(.vulnerability) \(.status) \(.fixed // "-") \(.subscription_fixed // "-")"' "$D/out"; }
ok "extended life has a fix" "$(paid els)" "CVE-2024-4008 end-of-life - 1:1-1.el7_9.1"
ok "its build has it" "$(paid els-build)" ""
ok "an extended stream of the package's own point release" "$(paid eus)" "CVE-2024-4009 will-not-fix - 0:1-1.el8_8.2"
ok "not of another one" "$(paid eus-other)" "CVE-2024-4009 will-not-fix - -"
as() { "$PLIMSOLL" image "$D/img/els.tar" --no-cache --feeds "$D/vulns.db" --format "$1" 2> "$D/err"; }
ok "in the table" "$(as table | grep -c '1:1-1.el7_9.1 (subscribers)')" 1
ok "in CycloneDX" "$(as cyclonedx | jq -r '.vulnerabilities[].recommendation')" "Only subscribers get the version that fixes it: 1:1-1.el7_9.1"
ok "in SARIF" "$(as sarif | jq -r '.runs[].results[] | .message.text + " " + .properties.subscription_fixed')" "old 1:1-1.el7_9 in els:1 has CVE-2024-4008, fixed for subscribers only, in 1:1-1.el7_9.1. 1:1-1.el7_9.1"
ok "in OpenVEX" "$(as openvex | jq -r '.statements[].action_statement')" "Only a subscription brings the version that fixes it: 1:1-1.el7_9.1."
ok "CycloneDX says what is under investigation" "$("$PLIMSOLL" image "$D/img/silent.tar" --no-cache --feeds "$D/vulns.db" --format cyclonedx 2> "$D/err" | jq -r '.vulnerabilities[].analysis.state')" in_triage

# in one database
"$PLIMSOLL" analyze -o "$D/x.db" --feeds "$D/vulns.db" "$D"/img/ocp.tar "$D"/img/custom.tar "$D"/img/labels.tar > "$D/out" 2>&1
q() { sqlite3 "$D/x.db" "$1" | tr '\n' ';'; }
ok "lists of repositories, and what they are" "$(q "SELECT told_by, names, products, unknown FROM repository_list ORDER BY names")" \
	'build|["ose-cli-container-v4.12.0-7-x86_64"]|["openshift:4.12::el8"]|[];content-sets|["our-own-rpms","rhel-8-for-x86_64-baseos-rpms"]|[]|["our-own-rpms"];content-sets|["rhel-8-for-x86_64-baseos-rpms","rhocp-4.12-for-rhel-8-x86_64-rpms"]|["openshift:4.12::el8"]|[];'
ok "one package of three places is three components" "$(q "SELECT count(*), count(DISTINCT repositories) FROM component WHERE name = 'podman'")" "3|3;"

# the list of repositories as a feed
ok "it is a feed with its records" "$("$PLIMSOLL" feeds status "$D/vulns.db" --format json | jq -r 'select(.kind | startswith("red-hat")) | "\(.name) \(.records) \(.broken)"' | tr '\n' ';')" "red-hat-builds 1 0;red-hat-repositories 4 0;"
cp "$D/vulns.db" "$D/again.db"
"$PLIMSOLL" feeds import -o "$D/again.db" "$D/map" 2> "$D/err"
ok "a second import changes nothing" "$(cmp "$D/vulns.db" "$D/again.db" && echo same)" same
printf '{"data":{"a-rpms":{"cpes":["cpe:/a:redhat:a:1","nonsense",7]},"b-rpms":{"cpes":"x"},"c-rpms":{"cpes":[]},"d-rpms":{"cpes":["cpe:2.3:a:redhat:d:4.1:*:el8:*:*:*:*:*"]}}}' > "$D/damaged.json"
"$PLIMSOLL" feeds import -o "$D/damaged.db" "$D/damaged.json" 2> "$D/err"
ok "a broken entry costs itself" "$? $(sqlite3 "$D/damaged.db" "SELECT name || ' ' || cpe FROM repository_cpe ORDER BY 1" | tr '\n' ';')" "4 a-rpms cpe:/a:redhat:a:1;d-rpms cpe:2.3:a:redhat:d:4.1:*:el8:*:*:*:*:*;"
ok "and is told" "$(sqlite3 "$D/damaged.db" "SELECT message FROM problem ORDER BY place" | tr '\n' ';')" "expected a CPE of Red Hat's, found 'nonsense';expected a list of CPEs;"
head -c 100 "$D/map/repository-to-cpe.json" > "$D/cut.json"
"$PLIMSOLL" feeds import -o "$D/cut.db" "$D/cut.json" 2> "$D/err"
ok "cut short" "$? $(test -e "$D/cut.db" || echo none)" "3 none"
printf '{"rhocp-4.12-for-rhel-8-x86_64-rpms":["cpe:/a:redhat:openshift:4.12::el8"]}' > "$D/plain.json"
"$PLIMSOLL" feeds import -o "$D/nomap.db" "$D/plain.json" 2> "$D/err"
ok "the plain form, into feeds that were there" "$(found ocp nomap)" "$podman"
sqlite3 "$D/nomap.db" "DROP TABLE repository_cpe"
ok "feeds of an earlier version" "$(found ocp nomap)" "$maybe"
ok "where it is published" "$("$PLIMSOLL" feeds sources --json | jq -r 'select(.name == "red-hat-repositories") | .file')" repository-to-cpe.json
finish
