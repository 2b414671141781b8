#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# plimsoll vulns: what runs, is exposed, lies on a path or on the shelf; upgrades and other bases by effect; since when fixes are there; exploit lists. A site of four images
# (tests/make-stack.py) and two workloads, small enough to count by hand.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
cd "$TMPDIR" || exit 2
mkdir -p in feeds
python3 "$here/make-stack.py" in || exit 1
V() { "$PLIMSOLL" vulns "$@" 2> err; }
printf '#source\tcve\tfixed_version\tchangelog_date\tbase_suite_version\tsecurity_version\n' > feeds/bookworm.tsv
fix() { printf '%s\t%s\t%s\tSun, %s 11:53:25 +0200\t%s\t%s\n' "$1" "$2" "$3" "$4" "$3" "$3" >> feeds/bookworm.tsv; }
fix foo CVE-2024-0001 1.0-2 '04 Aug 2024'
fix foo CVE-2024-0002 1.0-3 '06 Oct 2024'
fix fresh CVE-2024-0003 2 '06 Oct 2024'
fix libq CVE-2024-0004 2 '03 Nov 2024'
printf '{"catalogVersion":"1","dateReleased":"2025-05-02T00:00:00Z","vulnerabilities":[{"cveID":"CVE-2024-0002","dateAdded":"2024-11-01","dueDate":"2024-11-21","knownRansomwareCampaignUse":"Unknown","vulnerabilityName":"foo"}]}' > feeds/kev.json
cat > feeds/files_exploits.csv <<'EOF'
id,file,description,date_published,author,type,platform,port,date_added,date_updated,verified,codes,tags,aliases,screenshot_url,application_url,source_url
1,exploits/x,"foo 1.0 - ""remote"", code",2024-12-24,a,remote,linux,,2024-12-25,2024-12-25,0,CVE-2024-0001;OSVDB-1;CVE-2024-0002,,,,,
2,exploits/y,foo again,2024-12-20,a,remote,linux,,2024-12-26,2024-12-26,1,CVE-2024-0001,,,,,
3,exploits/z
EOF
cat > feeds/modules_metadata_base.json <<'EOF'
{"exploit_linux/foo":{"name":"Foo","fullname":"exploit/linux/foo","type":"exploit","disclosure_date":"2024-12-01","references":["URL-https://x","CVE-2024-0001"],"mod_time":"2025-01-02 10:00:00 +0000"},
"post_x":{"name":"X","fullname":"post/x","type":"post","disclosure_date":null,"references":["CVE-2024-0004"]},"bad":7}
EOF
printf '{"ID":"CVE-2024-0001","Info":{"Name":"Foo","Severity":"high"},"file_path":"http/cves/2024/CVE-2024-0001.yaml"}\nno json\n' > feeds/cves.json
"$PLIMSOLL" feeds import -o vulns.db feeds > out.txt 2>&1
ok "feeds: broken lines cost themselves" "$? $(sqlite3 vulns.db "SELECT name, records, broken FROM feed WHERE name IN ('exploit-db', 'metasploit', 'nuclei') ORDER BY 1" | tr '\n' ' ')" "4 exploit-db|2|1 metasploit|1|1 nuclei|1|1 "
cp vulns.db again.db
"$PLIMSOLL" feeds import -o again.db feeds > out.txt 2>&1
ok "a second import changes nothing" "$(cmp vulns.db again.db && echo same)" same
ok "exploits" "$(sqlite3 vulns.db "SELECT cve, source, name, date(since, 'unixepoch'), verified FROM exploit ORDER BY 1, 2")" 'CVE-2024-0001|exploit-db|foo again|2024-12-20|1
CVE-2024-0001|metasploit|exploit/linux/foo|2024-12-01|1
CVE-2024-0001|nuclei|Foo||0
CVE-2024-0002|exploit-db|foo 1.0 - "remote", code|2024-12-24|0'
has "feeds show" "$("$PLIMSOLL" feeds show vulns.db CVE-2024-0001)" metasploit

cat > in/deployments.json <<'EOF'
{"apiVersion":"apps/v1","kind":"DeploymentList","items":[
{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},
 "spec":{"containers":[{"name":"c","image":"registry.example.com/shop/web:1","ports":[{"containerPort":80}],"securityContext":{"privileged":true}}]}}}},
{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"job","namespace":"shop"},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"job"}},"template":{"metadata":{"labels":{"app":"job"}},
 "spec":{"containers":[{"name":"c","image":"registry.example.com/shop/job:1"}]}}}}]}
EOF
printf '{"apiVersion":"v1","kind":"ServiceList","items":[{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop"},"spec":{"type":"LoadBalancer","selector":{"app":"web"},"ports":[{"port":80}]}}]}' > in/services.json
printf '{"apiVersion":"v1","kind":"NodeList","items":[{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"},"spec":{},"status":{"nodeInfo":{"kubeletVersion":"v1.31.0"}}}]}' > in/nodes.json
for k in pods ingresses networkpolicies serviceaccounts; do printf '{"apiVersion":"v1","kind":"List","items":[]}' > in/$k.json; done
SOURCE_DATE_EPOCH=1751328000 "$PLIMSOLL" analyze -o x.db --feeds vulns.db in > out.txt 2>&1 || bad "analyze" "$(cat out.txt)"
short() { sed 's|registry.example.com/||g; s/"//g' | tr -d '\r' | tr '\n' '/'; }
ok "what matters first" "$(V x.db --format csv | cut -d, -f1,3-12 | short)" "vulnerability,place,exploited,fix,published,image,images,workloads,clusters,exposed,on-path/CVE-2024-0002,on-path,known,yes,,base/debian:12.1,3,2,1,1,1/CVE-2024-0001,on-path,public exploit,yes,,base/debian:12.1,2,1,1,1,1/CVE-2024-0004,on-path,,yes,,shop/web:1,1,1,1,1,1/CVE-2024-0003,shelf,,yes,,base/debian:12.2,1,0,0,0,0/"
ok "on the shelf" "$(V x.db --shelf --format csv | cut -d, -f1,7 | short)" "vulnerability,image/CVE-2024-0002,base/debian:12.1/CVE-2024-0001,base/debian:12.1/CVE-2024-0003,base/debian:12.2/"
ok "exposed of one image" "$(V x.db --exposed --exploited --image '*web*' --format csv | cut -d, -f1,8 | short)" "vulnerability,images/CVE-2024-0002,1/CVE-2024-0001,1/"
# foo of the base's layer: in base 12.1 and web (2 images, 4 findings, the workload web); libq of web's own layer; foo of job's own.
ok "plan" "$(V plan x.db --format csv | cut -d, -f1-4,6,7,10-16 | short)" "package,installed,upgrade-to,in,fix-since,removes,exploited,findings,images,workloads,clusters,exposed,on-path/foo,1.0-1,1.0-3,base/debian:12.1,2024-08-04,2,1,4,2,1,1,1,1/foo,1.0-2,1.0-3,shop/job:1,2024-10-06,1,1,1,1,1,1,0,0/libq,1,2,shop/web:1,2024-11-03,1,0,1,1,1,1,1,1/fresh,1,2,base/debian:12.2,2024-10-06,1,0,1,1,0,0,0,0/"
# web gets rid of 0001 and 0002, job's own layer has 0002 still; fresh comes.
ok "rebase" "$(V rebase x.db --format csv | short)" "base,to,reason,removes,adds,findings,images,workloads,clusters,exposed,on-path/base/debian:12.1,base/debian:12.2,newer,2,1,2,1,1,1,1,2/"
ok "bases" "$(V bases x.db --format csv | short)" "base,vulnerabilities,critical,high,exploited,fixable,images,workloads,exposed,on-path/base/debian:12.1,2,0,0,1,2,2,2,1,1/"
ok "owners" "$(V owners x.db --running --format csv | short)" "owner,images,vulnerabilities,critical,high,exploited,fixable,exposed,on-path/not told,1,3,0,0,1,3,3,3/"
ok "ages" "$(V ages x.db --on-path --format csv | cut -d, -f1,3,5,9,10 | short)" "vulnerability,component,fixed,fix-since,days/CVE-2024-0001,foo,1.0-2,2024-08-04,331/CVE-2024-0002,foo,1.0-3,2024-10-06,268/CVE-2024-0004,libq,2,2024-11-03,240/"
ok "of no scanner" "$(V scans x.db --format csv | short)" "image,scanner,version,scanned,its-feeds,results,both,only-they,only-we,explained/"
ok "json" "$(V rebase x.db --format json | jq -c '[.schema, .rebases[0].removes, (.rebases | length)]')" '["plimsoll.vulns.rebase/1",2,1]'
V x.db --severity bad > out.txt
ok "a word that is none" "$? $(cat err)" "2 plimsoll: vulns: --severity is critical, high, medium, low or unknown, not 'bad'"
"$PLIMSOLL" report -q -o paper x.db cgar > out.txt 2>&1
text=$(pdftotext -layout paper/cgar.pdf - 2> /dev/null | tr -s ' \n' ' ')
said() { ok "$1" "$(printf '%s' "$text" | grep -cF -- "$2")" 1; }
said "the report says what another base removes" "Rebase registry.example.com/base/debian:12.1 to registry.example.com/base/debian:12.2: removes 2 findings in 1 workload on 1 cluster, 2 of them on attack paths. It brings 1 that were not there."
# foo, libq and fresh: bases and web are covered as a whole.
said "the report says who answers" "Base OS systems group (default) 4 10 all 7 0 3"
# Who makes the change: the team of the base for what is the base's class, who owns all that runs the image for its application. foo is in the base; libq counts as application.
printf 'teams: [{name: Platform, images: ["registry.example.com/base/*"]}]\ncontent_owners: [{class: application, packages: [libq]}]\n' > owners.yaml
cp -r in owned && sed -i 's/"name":"web","namespace":"shop"/"name":"web","namespace":"shop","labels":{"team":"checkout"}/' owned/deployments.json
SOURCE_DATE_EPOCH=1751328000 "$PLIMSOLL" analyze -o w.db --feeds vulns.db --engagement owners.yaml owned > out.txt 2>&1 || bad "analyze" "$(cat out.txt)"
ok "plan, by who makes the change" "$(V plan w.db --format csv | cut -d, -f1,4,18 | short)" "package,in,owner/foo,base/debian:12.1,Platform/foo,shop/job:1,Platform/libq,shop/web:1,checkout/fresh,base/debian:12.2,Platform/"
ok "exploited flaws go there too" "$(sqlite3 w.db "SELECT DISTINCT owner FROM finding WHERE check_id = 'scanning.known-exploited' AND verdict = 'fail'")" Platform
# web: 0001 and 0002 in foo of the base, 0004 in libq of its own layer; those of foo have exploits.
ok "a class for each vulnerability" "$(sqlite3 w.db "SELECT x.name, x.origin, x.class FROM v_open_vulnerability x JOIN v_image v ON v.subject = x.subject WHERE v.image GLOB '*/web:1' ORDER BY 1" | tr '\n' ' ')" "CVE-2024-0001|base|base-os CVE-2024-0002|base|base-os CVE-2024-0004|own|application "
ok "counted by class" "$(sqlite3 w.db "SELECT sum(g.vulnerabilities), sum(g.base_os), sum(g.middleware), sum(g.application) FROM v_open_group g JOIN v_image v ON v.subject = g.subject WHERE v.image GLOB '*/web:1'")" "3|2|0|1"
# Approved bases: of the same distribution, whatever the repository.
printf 'approved_images:\n  - {image: "registry.example.com/base/*:12.2", kind: base}\n' > engagement.yaml
sed 's|base/debian:12.1|old/debian:9|' "$here/make-stack.py" > other.py
mkdir other && python3 other.py other && cp in/*.json other/
SOURCE_DATE_EPOCH=1751328000 "$PLIMSOLL" analyze -o y.db --feeds vulns.db --engagement engagement.yaml other > out.txt 2>&1 || bad "analyze" "$(cat out.txt)"
ok "an approved base" "$(V rebase y.db --format csv | cut -d, -f1-5 | short)" "base,to,reason,removes,adds/old/debian:9,base/debian:12.2,approved,2,1/"
finish
