#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Images end to end, made by tests/make-images.py: packages by layer, twins, links, hostile archives; feeds and matching.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/image
mkdir -p "$D/img" "$D/feeds"
here=$(dirname "$0")
q() { sqlite3 "$D/site.db" "$1" | tr '\n' ' ' | sed 's/ $//'; }
of() { echo "(SELECT image FROM image_name WHERE name = '$1')"; }

python3 "$here/make-images.py" "$D/img" || exit 1
printf '#source\tcve\tfixed_version\tchangelog_date\tbase_suite_version\tsecurity_version\n' > "$D/feeds/bookworm.tsv"
fix() { printf '%s\t%s\t%s\tSun, 04 Aug 2024 11:53:25 +0200\t%s\t%s\n' "$1" "$2" "$3" "$4" "$5" >> "$D/feeds/bookworm.tsv"; }
fix foo CVE-2024-0001 1.0-2 1.0-2 1.0-2     # fixed by the version that layer 1 brings; distroless has an older one
fix foo CVE-2024-0002 1.0-3 1.0-3 1.0-3     # not fixed
fix bar CVE-2024-0003 1:2.0-3 1:2.0-3 1:2.0-3 # fixed: the epoch counts
fix bar CVE-2024-0004 1:2.0-4 1:2.0-4 1:2.0-4
fix bar CVE-2024-0005 1:2.1-1 1:2.0-3 1:2.0-3 # named first in a later version than the release has: its changelog is the release's
fix ghost CVE-2024-0006 9 9 9               # not installed
fix linux CVE-2024-0007 9 9 9               # kernel headers: the node decides
fix libfoo1 CVE-2024-0008 9 9 9             # a binary's name is not a source's
echo gapped > "$D/feeds/bookworm.missing"
cat > "$D/feeds/DSA" <<'EOF'
[29 Mar 2023] DSA-5380-1 bar - security update
	{CVE-2024-0004 CVE-2024-0010}
	[bookworm] - bar 1:2.0-5
[28 Mar 2023] DSA-5379-2 bar - regression update
	[bookworm] - bar 1:2.0-6
[27 Mar 2023] DSA-5378-1 bar - security update
	{CVE-2024-0011}
	[bookworm] - bar <not-affected> (Vulnerable code not present)
	[sid] - bar 9
EOF
cat > "$D/feeds/main.yaml" <<'EOF'
---
distroversion: v3.11
reponame: main
packages:
  - pkg:
      name: busybox
      secfixes:
        1.31.1-r10:
          - CVE-2024-0020 (+ regression fix)
          - CVE_2024-0021 CVE-2024-0022
        1.31.1-r9:
          - CVE-2024-0023
        "0":
          - CVE-2024-0024
EOF
osv() { # osv ID ALIASES EVENTS [MORE]
	cat > "$D/feeds/$1.json" <<EOF
{"id":"$1","modified":"2024-05-01T00:00:00Z","aliases":[$2],"summary":"about $1",${4:-}"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
"affected":[{"package":{"ecosystem":"npm","name":"lodash"},"ranges":[{"type":"SEMVER","events":[$3]}]}]}
EOF
}
osv GHSA-aaaa-0001 '"CVE-2024-0030"' '{"introduced":"0"},{"fixed":"4.17.21"}'
osv GHSA-aaaa-0002 '"CVE-2024-0030"' '{"introduced":"0"},{"fixed":"4.17.5"}'
osv GHSA-aaaa-0003 '' '{"fixed":"4.17.0"},{"introduced":"4.17.3"},{"introduced":"0"},{"last_affected":"4.17.4"}'
osv GHSA-aaaa-0004 '' '{"introduced":"4.17.5"}'
osv GHSA-aaaa-0005 '' '{"introduced":"0"}' '"withdrawn":"2024-06-01T00:00:00Z",'
osv GHSA-aaaa-0006 '' '{"introduced":"4.17.4"}' '"database_specific":{"severity":"MODERATE"},'
printf '{"id":"GHSA-bbbb-0001","modified":"2024-05-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"lodash"},"versions":["4.17.4"]}]}' > "$D/feeds/v.json"
printf '{"catalogVersion":"1","dateReleased":"2024-05-02T00:00:00Z","vulnerabilities":[{"cveID":"CVE-2024-0030","dateAdded":"2024-05-01","dueDate":"2024-05-21","knownRansomwareCampaignUse":"Known","vulnerabilityName":"lodash"}]}' > "$D/feeds/kev.json"

"$PLIMSOLL" feeds import -o "$D/vulns.db" "$D/feeds" 2> "$D/err"
ok "one line of the list has an unknown release" "$?" 4
"$PLIMSOLL" analyze -o "$D/site.db" --feeds "$D/vulns.db" "$D/img" 2> "$D/err"
ok "analyze: some layers cannot be read" "$?" 4

app=$(of app:latest)
ok "packages" "$(q "SELECT name || ' ' || version || ' ' || layer || ifnull(' -' || removed_in, '') FROM package WHERE thing = $app AND type = 'deb'")" \
	"bar 1:2.0-3 0 extra 3 1 gapped 1.0 0 libfoo1 1.0-1+b1 0 -1 libfoo1 1.0-2 1 linux-libc-dev 6.1.1-1 0"
ok "source of a binary-only rebuild" "$(q "SELECT source, source_version FROM package WHERE thing = $app AND version = '1.0-1+b1'")" "foo|1.0-1"
ok "node modules" "$(q "SELECT name || ' ' || layer || ifnull(' -' || removed_in, '') FROM package WHERE thing = $app AND type = 'npm'")" \
	"@scope/pkg 1 gone 1 -2 hidden 1 -2 lodash 1 new 2"
ok "twins are one image" "$(q "SELECT count(*), sum(layers) FROM image i WHERE thing = $app")" "1|3"
ok "its manifest's digest comes from the OCI twin" "$(q "SELECT digest IS NOT NULL FROM image WHERE thing = $app")" 1
ok "names" "$(q "SELECT name, registry, repository, tag FROM image_name WHERE image = $app")" \
	"1.2||| app:latest|docker.io|library/app|latest registry.example.com:5000/team/app:1.2|registry.example.com:5000|team/app|1.2"
ok "configuration" "$(q "SELECT runs_as_root, healthcheck, verified, readable, created FROM image WHERE thing = $app")" "1|1|1|1|1767323045"
ok "ports" "$(q "SELECT port, protocol FROM image_port WHERE image = $app")" "53|udp 8080|tcp"
ok "a secret in the environment is noted" "$(q "SELECT name, secret FROM image_env WHERE image = $app")" "DB_PASSWORD|1 PATH|0"
ok "and kept nowhere" "$(strings "$D/site.db" | grep -c hunter2)" 0
ok "files of note" "$(q "SELECT kind || ' ' || path || ifnull(' -' || removed_in, '') FROM image_file WHERE image = $app")" \
	"package-manager usr/bin/apt-get private-key srv/key.pem setuid usr/bin/su shell bin/sh tool usr/bin/curl -2 world-writable srv/key.pem"
ok "vulnerabilities" "$(q "SELECT component || ' ' || name || ' ' || ifnull(fixed, '-') || ' ' || layer FROM v_vulnerability WHERE subject = $app ORDER BY component, name")" \
	"bar CVE-2024-0004 1:2.0-5 0 bar CVE-2024-0010 1:2.0-5 0 bar DSA-5379-2 1:2.0-6 0 libfoo1 CVE-2024-0002 1.0-3 1 lodash CVE-2024-0030 4.17.21 1 lodash GHSA-aaaa-0003 - 1 lodash GHSA-aaaa-0006 - 1 lodash GHSA-bbbb-0001 - 1"
ok "both feeds are named" "$(q "SELECT feeds FROM v_vulnerability WHERE subject = $app AND name = 'CVE-2024-0004'")" "debian-changelogs bookworm, debian-dsa"
ok "aliases, severity, exploitation" "$(q "SELECT aliases, severity, score, kev, kev_ransomware FROM vulnerability WHERE name = 'CVE-2024-0030'")" \
	'["GHSA-aaaa-0001","GHSA-aaaa-0002"]|critical|9.8|1|1'
ok "the vendor's word goes before the vector" "$(q "SELECT severity FROM vulnerability WHERE name = 'GHSA-aaaa-0006'")" medium
ok "unfixed" "$(q "SELECT status FROM v_vulnerability WHERE subject = $app AND name = 'GHSA-aaaa-0006'")" unfixed
ok "coverage" "$(q "SELECT ecosystem || ' ' || state || ifnull(' ' || package, '') FROM feed_coverage WHERE thing = $app")" \
	"Debian assessed npm assessed Debian not-assessed gapped Debian not-assessed linux"
ok "distroless: md5sums are no packages" "$(q "SELECT name || layer FROM package WHERE thing = $(of distroless:1)")" "bar0 libfoo11"
ok "distroless: matched" "$(q "SELECT name FROM v_vulnerability WHERE subject = $(of distroless:1) AND component = 'libfoo1' ORDER BY name")" "CVE-2024-0001 CVE-2024-0002"
ok "linked database" "$(q "SELECT name, version FROM package WHERE thing = $(of linked:1)")" "bar|1:2.0-3"
ok "alpine by origin" "$(q "SELECT component || ' ' || name FROM v_vulnerability WHERE subject = $(of alpine:3.11) ORDER BY 1")" \
	"busybox CVE-2024-0020 busybox CVE-2024-0021 busybox CVE-2024-0022 ssl_client CVE-2024-0020 ssl_client CVE-2024-0021 ssl_client CVE-2024-0022"
ok "what the package system owns it judges" "$(q "SELECT owned FROM package WHERE thing = $(of alpine:3.11) AND type = 'npm'")" 1
ok "a release that no feed covers" "$(q "SELECT state, reason FROM feed_coverage WHERE thing = $(of alpine:3.99)")" "not-assessed|no imported feed covers Alpine 3.99"
for i in scratch:1 stripped:1 rpm:1 hostile:1; do
	ok "$i is not assessed" "$(q "SELECT DISTINCT state FROM feed_coverage WHERE thing = $(of $i)")" not-assessed
done
ok "not what the configuration says" "$(q "SELECT verified, readable FROM image WHERE thing = $(of swapped:1)")" "0|1"
ok "bomb" "$(q "SELECT verified, readable, (SELECT count(*) FROM package WHERE thing = i.thing) FROM image i WHERE thing = $(of bomb:1)")" "0|0|4"
ok "bomb is not assessed" "$(q "SELECT count(*) FROM feed_coverage WHERE thing = $(of bomb:1) AND reason LIKE 'not all layers%'")" 1
ok "a layer cut short" "$(q "SELECT verified, readable FROM image WHERE thing NOT IN (SELECT image FROM image_name)")" "0|0"
ok "problems" "$(q "SELECT path, count(*) FROM v_problem GROUP BY path")" "bomb.tar|1 cut.tar|2 hostile.tar|1 rpm.tar|1 swapped.tar|1"
ok "nothing escaped" "$(find "$D" -name escape -o -name abs | wc -l)" 0

"$PLIMSOLL" analyze -o "$D/again.db" --feeds "$D/vulns.db" "$D/img" 2> "$D/err"
sqlite3 "$D/site.db" .dump > "$D/a" && sqlite3 "$D/again.db" .dump > "$D/b"
cmp -s "$D/a" "$D/b"
ok "the same input gives the same database" "$?" 0
for twin in app.docker.tar app.docker.tar.gz app.oci.tar app-zstd.oci.tar app-layout; do
	"$PLIMSOLL" analyze -o "$D/one.db" --feeds "$D/vulns.db" "$D/img/$twin" 2> "$D/err"
	sqlite3 "$D/one.db" "SELECT type, name, version, layer, removed_in FROM package; SELECT component, name, fixed, layer FROM v_vulnerability; SELECT path, kind, layer, removed_in FROM image_file; SELECT ordinal, diff_id FROM image_layer" | sort > "$D/$twin.txt"
	cmp -s "$D/app.docker.tar.txt" "$D/$twin.txt"
	ok "twin $twin" "$?" 0
done
"$PLIMSOLL" analyze -o "$D/one.db" "$D/img/app.oci.tar" 2> "$D/err"
ok "without feeds nothing is assessed" "$(sqlite3 "$D/one.db" "SELECT DISTINCT state || ': ' || reason FROM feed_coverage")" "not-assessed: no feeds were given (--feeds vulns.db)"
finish
