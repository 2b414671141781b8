#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reports of other scanners beside our own results: read from each format, redacted, joined to the image, and why they differ. The reports are written here after each
# scanner's own documentation; what must come out is worked out by hand from them, the image (tests/make-images.py) and the feeds below.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
cd "$TMPDIR" || exit 2
mkdir -p img feeds in/reports bad
python3 "$here/make-images.py" img || exit 1
cp img/app.docker.tar in/
q() { sqlite3 -readonly "${DB:-x.db}" "$1"; }
ID=$(tar xOf img/app.docker.tar "$(tar xOf img/app.docker.tar manifest.json | sed 's/.*"Config": *"\([^"]*\)".*/\1/')" | sha256sum | cut -c1-64)
H=$(printf 1 | sha256sum | cut -c1-64)

printf '#source\tcve\tfixed_version\tchangelog_date\tbase_suite_version\tsecurity_version\n' > feeds/bookworm.tsv
fix() { printf '%s\t%s\t%s\tSun, 04 Aug 2024 11:53:25 +0200\t%s\t%s\n' "$1" "$2" "$3" "$3" "$3" >> feeds/bookworm.tsv; }
fix foo CVE-2024-0001 1.0-2     # fixed by what is installed
fix foo CVE-2024-0002 1.0-3     # open
fix foo CVE-2024-0009 1.0-4     # open, a VEX statement rules it out
fix bar CVE-2024-0004 1:2.0-4   # open
fix bar CVE-2024-0005 1:2.0-5   # open
fix ghost CVE-2024-0006 9       # of a package that is not here
fix linux CVE-2024-0007 9       # kernel headers
echo gapped > feeds/bookworm.missing
osv() { # osv ID ALIASES EVENTS [MORE]
	cat > "feeds/$1.json" <<EOF
{"id":"$1","modified":"2024-05-01T00:00:00Z","published":"2024-05-01T00:00:00Z","aliases":[$2],"summary":"about $1",${4:-}
"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"affected":[{"package":{"ecosystem":"npm","name":"lodash"},"ranges":[{"type":"SEMVER","events":[$3]}]}]}
EOF
}
osv GHSA-aaaa-0001-xxxx '"CVE-2024-0030"' '{"introduced":"0"},{"fixed":"4.17.21"}'
osv GHSA-aaaa-0004-xxxx '"CVE-2024-0034"' '{"introduced":"4.17.5"}'
osv GHSA-aaaa-0005-xxxx '"CVE-2024-0035"' '{"introduced":"0"}' '"withdrawn":"2024-06-01T00:00:00Z",'
osv GHSA-aaaa-0006-xxxx '"CVE-2024-0036"' '{"introduced":"0"}'
cat > feeds/vex.json <<'EOF'
{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/vex/1","author":"Example Ltd","timestamp":"2026-01-02T00:00:00Z","version":1,
"statements":[{"vulnerability":{"name":"CVE-2024-0009"},"products":[{"@id":"pkg:deb/debian/libfoo1"}],"status":"not_affected","justification":"vulnerable_code_not_present"}]}
EOF
"$PLIMSOLL" feeds import -o vulns.db feeds 2> err || bad "feeds" "$(cat err)"

# Trivy's report of the archive: every reason that there is once.
cat > in/reports/trivy.json <<EOF
{"SchemaVersion":2,"CreatedAt":"2026-01-10T10:00:00.5+01:00","Trivy":{"Version":"0.69.0"},"ArtifactName":"app.tar","ArtifactType":"container_image",
"Metadata":{"OS":{"Family":"debian","Name":"12"},"ImageID":"sha256:$ID","RepoTags":["registry.example.com:5000/team/app:1.2"],"ImageConfig":{"config":{"Env":["DB_PASSWORD=hunter2hunter2"]}}},
"Results":[
{"Target":"app.tar (debian 12)","Class":"os-pkgs","Type":"debian","Packages":[
 {"Name":"libfoo1","Version":"1.0-2","Identifier":{"PURL":"pkg:deb/debian/libfoo1@1.0-2"}},{"Name":"extra","Version":"3"}],
"Vulnerabilities":[
 {"VulnerabilityID":"CVE-2024-0001","PkgName":"libfoo1","InstalledVersion":"1.0-2","Severity":"HIGH"},
 {"VulnerabilityID":"CVE-2024-0002","VendorIDs":["DSA-1-1"],"PkgName":"libfoo1","InstalledVersion":"1.0-2","FixedVersion":"1.0-3","Severity":"CRITICAL"},
 {"VulnerabilityID":"CVE-2024-0009","PkgName":"libfoo1","InstalledVersion":"1.0-2","Severity":"LOW"},
 {"VulnerabilityID":"CVE-2024-0004","PkgName":"foo-doc","InstalledVersion":"1","Severity":"LOW"},
 {"VulnerabilityID":"CVE-2024-0006","PkgName":"ghost","InstalledVersion":"1","Severity":"LOW"},
 {"VulnerabilityID":"CVE-2024-0006","PkgName":"extra","InstalledVersion":"3","Severity":"LOW"},
 {"VulnerabilityID":"CVE-2024-0007","PkgName":"linux-libc-dev","InstalledVersion":"6.1.1-1","Severity":"LOW"},
 {"VulnerabilityID":"CVE-2024-0050","PkgName":"gapped","InstalledVersion":"1.0","Severity":"MEDIUM"},
 {"VulnerabilityID":"CVE-2024-0051","PkgName":"libfoo1","InstalledVersion":"0.9","Severity":"MEDIUM"},
 {"VulnerabilityID":"CVE-2024-9999","PkgName":"extra","InstalledVersion":"3","Severity":"UNKNOWN"},
 {"VulnerabilityID":"","PkgName":"extra","InstalledVersion":"3"}]},
{"Target":"Node.js","Class":"lang-pkgs","Type":"node-pkg","Vulnerabilities":[
 {"VulnerabilityID":"CVE-2024-0030","PkgName":"lodash","PkgPath":"app/node_modules/lodash/package.json","InstalledVersion":"4.17.4","FixedVersion":"4.17.21","Severity":"CRITICAL"},
 {"VulnerabilityID":"CVE-2024-0034","PkgName":"lodash","InstalledVersion":"4.17.4","Severity":"HIGH"},
 {"VulnerabilityID":"CVE-2024-0035","PkgName":"lodash","InstalledVersion":"4.17.4","Severity":"HIGH"},
 {"VulnerabilityID":"CVE-2024-0052","PkgName":"gone","InstalledVersion":"1.0.0","Severity":"HIGH"}],
"ExperimentalModifiedFindings":[{"Type":"vulnerability","Status":"ignored","Source":".trivyignore","Finding":{"VulnerabilityID":"CVE-2024-0005","PkgName":"bar","InstalledVersion":"1:2.0-3"}}]}]}
EOF
"$PLIMSOLL" analyze -o x.db --feeds vulns.db in > out.txt 2>&1
ok "a result without a name costs itself" "$?" 4
ok "its problem" "$(q "SELECT pointer, message FROM problem")" "/Results/0/Vulnerabilities/10|a result without the name of a vulnerability"
ok "the scan" "$(q "SELECT scanner, format, version, target, config_digest = 'sha256:$ID', registry, repository, tag, scanned, lists_components, image IS NOT NULL, results FROM v_scan")" \
	"trivy|trivy|0.69.0|registry.example.com:5000/team/app:1.2|1|registry.example.com:5000|team/app|1.2|1768035600|1|1|14"
ok "nothing secret is kept" "$(strings x.db | grep -c hunter2)" 0
ok "what both found" "$(q "SELECT name, component, severity, their_severity, fixed, their_fixed FROM v_agreement WHERE side = 'both' ORDER BY 1")" \
	"CVE-2024-0002|libfoo1|unknown|critical|1.0-3|1.0-3
CVE-2024-0030|lodash|critical|critical|4.17.21|4.17.21"
ok "what only they found, and why" "$(q "SELECT name, component, reason, detail FROM v_agreement WHERE side = 'only-they' ORDER BY 1, 2")" \
	"CVE-2024-0001|libfoo1|fixed-by-version|Feed debian-changelogs bookworm has it fixed in foo 1.0-2; installed is 1.0-2.
CVE-2024-0004|foo-doc|other-component|It was found here in bar.
CVE-2024-0006|extra|not-listed|The imported feeds know it, not for extra in Debian 12.
CVE-2024-0006|ghost|component-not-seen|No ghost was seen in the image.
CVE-2024-0007|linux-libc-dev|kernel-headers|Kernel sources in an image are not run: the kernel of the node decides.
CVE-2024-0009|libfoo1|vex|Example Ltd says not-affected.
CVE-2024-0034|lodash|not-decided|Feed osv GHSA lists it, for other versions than 4.17.4.
CVE-2024-0035|lodash|withdrawn|Its records in the imported feeds are withdrawn.
CVE-2024-0050|gapped|not-covered|debian-changelogs-missing bookworm: the feed could not read this package's history
CVE-2024-0051|libfoo1|other-version|The image has version 1.0-2.
CVE-2024-0052|gone|removed|Layer 2 takes it away.
CVE-2024-9999|extra|unknown-id|No imported feed knows a vulnerability of this name."
ok "what only we found, and why" "$(q "SELECT name, component, reason FROM v_agreement WHERE side = 'only-we' ORDER BY 1, 2")" \
	"CVE-2024-0004|bar|other-component
CVE-2024-0005|bar|ignored-by-them
CVE-2024-0036|lodash|not-in-their-data"
"$PLIMSOLL" analyze -o y.db in > out.txt 2>&1
ok "without feeds" "$(DB=y.db q "SELECT side, reason, count(*) FROM agreement GROUP BY 1, 2")" "only-they|no-feeds|14"

# The other formats, each with what it alone has.
rm in/reports/*
cat > in/reports/grype.json <<EOF
{"matches":[{"vulnerability":{"id":"GHSA-aaaa-0001-xxxx","severity":"Critical","fix":{"versions":["4.17.21"],"state":"fixed"}},"relatedVulnerabilities":[{"id":"CVE-2024-0030"}],
 "artifact":{"name":"lodash","version":"4.17.4","type":"npm","locations":[{"path":"/app/node_modules/lodash/package.json"}],"purl":"pkg:npm/lodash@4.17.4"}}],
"ignoredMatches":[{"vulnerability":{"id":"CVE-2024-0002","severity":"Negligible"},"artifact":{"name":"libfoo1","version":"1.0-2","type":"deb"},"appliedIgnoreRules":[{"vex-status":"not_affected"}]}],
"source":{"type":"image","target":{"userInput":"app.tar","imageID":"sha256:$ID","tags":["app:latest"],"repoDigests":[]}},
"descriptor":{"name":"grype","version":"0.90.0","timestamp":"2023-01-01T00:00:00Z","db":{"status":{"built":"2022-12-31T00:00:00Z"}}}}
EOF
cat > in/reports/clair.json <<EOF
{"manifest_hash":"sha256:$H","packages":{"7":{"id":"7","name":"libfoo1","version":"1.0-2","kind":"binary","source":{"name":"foo"}}},
"vulnerabilities":{"a":{"name":"CVE-2024-0002 on Debian 12","normalized_severity":"Medium","fixed_in_version":"0"}},"package_vulnerabilities":{"7":["a"]}}
EOF
cat > in/reports/snyk.json <<EOF
[{"path":"app:latest","packageManager":"deb","projectName":"docker-image|app","docker":{"image":{"id":"sha256:$ID"}},"vulnerabilities":[
 {"id":"SNYK-DEBIAN12-FOO-1","packageName":"foo/libfoo1","version":"1.0-2","severity":"high","identifiers":{"CVE":["CVE-2024-0002"]},"nearestFixedInVersion":"1.0-3"}],
 "applications":[{"packageManager":"npm","targetFile":"/app/package.json","vulnerabilities":[{"id":"SNYK-JS-LODASH-1","packageName":"lodash","version":"4.17.4","severity":"critical","identifiers":{"CVE":[],"GHSA":["GHSA-aaaa-0001-xxxx"]}}]}]}]
EOF
cat > in/reports/bom.cdx.json <<EOF
{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"timestamp":"2026-01-10T00:00:00Z","tools":{"components":[{"name":"tool","version":"3"}]},"component":{"type":"container","name":"app:latest"}},
"components":[{"type":"library","bom-ref":"r1","name":"lodash","version":"4.17.4","purl":"pkg:npm/lodash@4.17.4","components":[{"type":"library","bom-ref":"r2","group":"org.x","name":"y","version":"1","purl":"pkg:maven/org.x/y@1"}]}],
"vulnerabilities":[{"id":"CVE-2024-0030","ratings":[{"severity":"medium"},{"severity":"high"}],"affects":[{"ref":"r1"},{"ref":"pkg:npm/%40a/b@2"}]},
 {"id":"CVE-2024-0099","analysis":{"state":"not_affected"},"affects":[{"ref":"r2"}]},{"id":"CVE-2024-0098"}]}
EOF
cat > in/reports/sbom.spdx.json <<EOF
{"spdxVersion":"SPDX-2.3","name":"x","creationInfo":{"created":"2026-01-09T00:00:00Z","creators":["Organization: E","Tool: syft-1.2.3"]},"packages":[
 {"SPDXID":"SPDXRef-i","name":"registry.example.com:5000/team/app","versionInfo":"1.2","primaryPackagePurpose":"CONTAINER"},
 {"SPDXID":"SPDXRef-p","name":"lodash","versionInfo":"4.17.4","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/lodash@4.17.4"}]}]}
EOF
cat > in/reports/t.sarif <<EOF
{"version":"2.1.0","\$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":[{"tool":{"driver":{"name":"Trivy","version":"0.69.0","rules":[{"id":"CVE-2024-0002","properties":{"security-severity":"9.1"}},
 {"id":"CVE-2024-0030-lodash","properties":{"purls":["pkg:npm/lodash@4.17.4"]}}]}},"properties":{"imageName":"app:latest","imageID":"sha256:$ID"},"results":[
 {"ruleId":"CVE-2024-0002","ruleIndex":0,"level":"error","message":{"text":"Package: libfoo1\nInstalled Version: 1.0-2\nFixed Version: 1.0-3"}},
 {"ruleId":"CVE-2024-0030-lodash","ruleIndex":1,"level":"warning","message":{"text":"lodash"}},{"ruleId":"DS001","message":{"text":"a misconfiguration"}}]}]}
EOF
cat > in/reports/harbor.csv <<EOF
Repository,Artifact Digest,CVE,Package,Current Version,Fixed in version,Severity,CWE Ids
team/app,sha256:$H,CVE-2024-0002,libfoo1,1.0-2,1.0-3,High,"CWE-1,CWE-2"
team/app,sha256:$H,CVE-2024-0004,bar,1:2.0-3,,Low,
team/other,none,CVE-2024-0004,bar,1:2.0-3,,Low,
EOF
cat > in/reports/prisma.csv <<EOF
Registry,Repository,Tag,Id,Distro,Hosts,Layer,CVE ID,Compliance ID,Type,Severity,Packages,Source Package,Package Version,Package License,CVSS,Fix Status,Description,Digest,Package Path
registry.example.com:5000,team/app,1.2,sha256:$ID,Debian 12,h1,,CVE-2024-0002,46,image,important,libfoo1,foo,1.0-2,,9.8,"fixed in 1.0-3, 1.1","a ""quoted"" text",,
registry.example.com:5000,team/app,1.2,sha256:$ID,Debian 12,h1,,,41,image,high,,,,,,,,,
EOF
"$PLIMSOLL" analyze -o x.db --feeds vulns.db in > out.txt 2>&1
ok "scans" "$(q "SELECT scanner, format, coalesce(version, '-'), replace(replace(target, '$ID', 'ID'), '$H', 'H'), coalesce(registry, '-'), coalesce(repository, '-'), coalesce(tag, '-'), coalesce(scanned, '-'), coalesce(feeds, '-'),
	lists_components, lists_vulnerabilities, image IS NOT NULL FROM scan ORDER BY format, scanner, target")" "clair|clair|-|sha256:H|-|-|-|-|-|1|1|0
tool|cyclonedx|3|app:latest|docker.io|library/app|latest|1768003200|-|1|1|1
grype|grype|0.90.0|app:latest|docker.io|library/app|latest|1672531200|1672444800|0|1|1
harbor|harbor|-|team/app@sha256:H|-|team/app|-|-|-|0|1|0
prisma|prisma|-|registry.example.com:5000/team/app:1.2|registry.example.com:5000|team/app|1.2|-|-|0|1|1
Trivy|sarif|0.69.0|app:latest|docker.io|library/app|latest|-|-|0|1|1
snyk|snyk|-|app:latest|docker.io|library/app|latest|-|-|0|1|1
syft|spdx|1.2.3|registry.example.com:5000/team/app:1.2|registry.example.com:5000|team/app|1.2|1767916800|-|1|0|1"
ok "results" "$(q "SELECT s.format, r.vulnerability, coalesce(r.aliases, '-'), r.component, r.version, coalesce(r.type, '-'), r.severity, coalesce(r.fixed, '-'), r.state FROM scan_result r JOIN scan s ON s.thing = r.scan ORDER BY 1, 2, 4")" \
'clair|CVE-2024-0002|-|libfoo1|1.0-2|-|medium|-|open
cyclonedx|CVE-2024-0030|-|@a/b|2|npm|high|-|open
cyclonedx|CVE-2024-0030|-|lodash|4.17.4|npm|high|-|open
cyclonedx|CVE-2024-0099|-|org.x:y|1|maven|unknown|-|not-affected
grype|CVE-2024-0002|-|libfoo1|1.0-2|deb|low|-|not-affected
grype|GHSA-aaaa-0001-xxxx|["CVE-2024-0030"]|lodash|4.17.4|npm|critical|4.17.21|open
harbor|CVE-2024-0002|-|libfoo1|1.0-2|-|high|1.0-3|open
harbor|CVE-2024-0004|-|bar|1:2.0-3|-|low|-|open
prisma|CVE-2024-0002|-|libfoo1|1.0-2|-|high|1.0-3|open
sarif|CVE-2024-0002|-|libfoo1|1.0-2|-|critical|1.0-3|open
sarif|CVE-2024-0030|-|lodash|4.17.4|npm|medium|-|open
snyk|CVE-2024-0002|["SNYK-DEBIAN12-FOO-1"]|libfoo1|1.0-2|deb|high|1.0-3|open
snyk|GHSA-aaaa-0001-xxxx|["SNYK-JS-LODASH-1"]|lodash|4.17.4|npm|critical|-|open'
ok "components" "$(q "SELECT s.format, c.name, c.version, c.type FROM scan_component c JOIN scan s ON s.thing = c.scan ORDER BY 1, 2")" "clair|libfoo1|1.0-2|
cyclonedx|lodash|4.17.4|npm
cyclonedx|org.x:y|1|maven
spdx|lodash|4.17.4|npm"
ok "problems" "$(q "SELECT e.path, p.pointer, p.message FROM problem p JOIN evidence e ON e.id = p.evidence ORDER BY 1")" "reports/bom.cdx.json|/vulnerabilities/2|a vulnerability that affects nothing
reports/harbor.csv|line 4|a row without Repository and Artifact Digest"
ok "agreement by scanner" "$(q "SELECT scanner, side, coalesce(reason, '-'), count(*) FROM v_agreement GROUP BY 1, 2, 3")" "Trivy|both|-|2
Trivy|only-we|not-in-their-data|3
grype|both|-|1
grype|only-we|ignored-by-them|1
grype|only-we|newer-than-scan|1
grype|only-we|not-in-their-data|2
prisma|both|-|1
prisma|only-we|not-in-their-data|3
prisma|only-we|they-list-fixed-only|1
snyk|both|-|2
snyk|only-we|not-in-their-data|3
tool|both|-|1
tool|only-they|other-component|1
tool|only-we|component-not-seen-by-them|3
tool|only-we|not-in-their-data|1"
"$PLIMSOLL" collect -o b.plim --import in/reports > out.txt 2>&1
"$PLIMSOLL" analyze -o b.db --feeds vulns.db b.plim in/app.docker.tar > out.txt 2>&1
dump() { q "SELECT s.scanner, s.target, r.vulnerability, r.component, r.version, r.severity, r.fixed, r.state FROM scan_result r JOIN scan s ON s.thing = r.scan ORDER BY 1, 2, 3, 4"; }
ok "the same through a bundle" "$(DB=b.db dump)" "$(dump)"

# What plimsoll image says in these formats itself: its own readers read it back, and each reference in it leads somewhere.
I() { "$PLIMSOLL" image in/app.docker.tar --feeds vulns.db --no-cache --format "$1" > "own.$1" 2> err || bad "image --format $1" "$(cat err)"; }
I sarif && I openvex && I csaf && I cyclonedx
ok "sarif: results and their rules" "$(jq -r '.runs[0] | .tool.driver.rules as $r | .results | [length, (map(select($r[.ruleIndex].id == .ruleId)) | length), (map(.partialFingerprints[]) | unique | length)] | join(" ")' own.sarif)" "5 5 5"
ok "sarif: severity" "$(jq -r '.runs[0] | (.tool.driver.rules[] | select(.id == "CVE-2024-0030").properties."security-severity"), (.results[] | select(.ruleId == "CVE-2024-0030").level)' own.sarif | tr '\n' ' ')" "9.8 error "
ok "openvex: statements" "$(jq -r '.statements[] | [.vulnerability.name, .status, .justification // .action_statement] | join("|")' own.openvex)" "CVE-2024-0002|affected|Update libfoo1 1.0-2 to 1.0-3 or later.
CVE-2024-0004|affected|Update bar 1:2.0-3 to 1:2.0-4 or later.
CVE-2024-0005|affected|Update bar 1:2.0-3 to 1:2.0-5 or later.
CVE-2024-0009|not_affected|vulnerable_code_not_present
CVE-2024-0030|affected|Update lodash 4.17.4 to 4.17.21 or later.
CVE-2024-0036|affected|No fix is known yet."
ok "csaf: states, remedies, and products that are told" "$(jq -r '([.product_tree.full_product_names[].product_id] + [.product_tree.relationships[].full_product_name.product_id]) as $known | [(.vulnerabilities | length), (.vulnerabilities | map(.product_status.known_affected // [] | length) | add),
	(.vulnerabilities | map(.product_status.known_not_affected // [] | length) | add), (.vulnerabilities | map(.remediations // [] | length) | add), (.vulnerabilities | map(.threats // [] | length) | add),
	([.vulnerabilities[].product_status[][], .product_tree.relationships[].product_reference, .product_tree.relationships[].relates_to_product_reference] | map(select(. as $x | $known | index($x) | not)) | length)] | join(" ")' own.csaf)" "6 5 1 5 1 0"
cp own.openvex own-openvex.json
"$PLIMSOLL" feeds import -o own.db own-openvex.json > out.txt 2>&1
ok "openvex is read back" "$(sqlite3 own.db "SELECT name, status, component FROM vex WHERE status = 'not-affected'")" "CVE-2024-0009|not-affected|pkg:deb/debian/libfoo1@1.0-2?arch=amd64&distro=debian-12"
mkdir own && cp own.sarif own.cyclonedx own/
"$PLIMSOLL" analyze -o own-site.db --feeds vulns.db in/app.docker.tar own > out.txt 2>&1
ok "our own reports agree with us" "$(DB=own-site.db q "SELECT format, side, reason, count(*) FROM agreement JOIN scan ON scan.thing = scan GROUP BY 1, 2, 3")" "cyclonedx|both||5
sarif|both||5"
"$PLIMSOLL" image in/app.docker.tar --no-cache --format sarif > out.txt 2> err
ok "without feeds there is nothing to say" "$? $(cat err)" "2 plimsoll: image: --format sarif needs --feeds: without feeds nothing is known of vulnerabilities"

# Older and other forms of the same scanners.
mkdir forms
cat > forms/harbor.json <<EOF
{"application/vnd.security.vulnerability.report; version=1.1":{"generated_at":"2026-01-10T00:00:00Z","scanner":{"name":"Trivy","vendor":"Aqua","version":"v0.44.0"},"severity":"High",
"vulnerabilities":[{"id":"CVE-2024-0002","package":"libfoo1","version":"1.0-2","fix_version":"1.0-3","severity":"High","artifact_digests":["sha256:$H"]},{"id":"CVE-2024-0004","package":"bar","version":"2","fix_version":"","severity":"None"}]}}
EOF
cat > forms/twistcli.json <<EOF
{"results":[{"id":"sha256:$ID","name":"registry.example.com/a:1","distro":"Debian","scanTime":"2026-01-10T00:00:00Z","packages":[{"type":"os","name":"libfoo1","version":"1.0-2"}],
"vulnerabilities":[{"id":"CVE-2024-0002","status":"fixed in 1.0-3","severity":"important","packageName":"libfoo1","packageVersion":"1.0-2"}],"vulnerabilityDistribution":{"total":1}}],"consoleURL":"https://x"}
EOF
printf '{"image":"a/b:2","unapproved":["CVE-2024-0002"],"vulnerabilities":[{"featurename":"libfoo1","featureversion":"1.0-2","vulnerability":"CVE-2024-0002","namespace":"debian:12","severity":"Negligible","fixedby":""}]}' > forms/clair-scanner.json
printf '{"ClusterName":"c","Resources":[{"Namespace":"n","Kind":"Service","Name":"s"},{"Namespace":"n","Kind":"Deployment","Name":"d","Metadata":[{"RepoTags":["a/c:3"]}],"Results":[{"Target":"a/c:3 (debian 12)","Class":"os-pkgs","Type":"debian","Vulnerabilities":[{"VulnerabilityID":"CVE-2024-0002","PkgName":"libfoo1","InstalledVersion":"1.0-2","Severity":"HIGH"},{"VulnerabilityID":"CVE-2024-0004","PkgName":"bar","Status":"not_affected","Severity":"HIGH"}]}]},
 {"Namespace":"n","Kind":"Pod","Name":"p","Results":[{"Target":"a/d:4 (debian 12)","Class":"os-pkgs","Type":"debian"}]}]}' > forms/k8s.json
printf '{"runs":[{"tool":{"driver":{"name":"semgrep","rules":[{"id":"r"}]}},"results":[{"ruleId":"r","message":{"text":"x"}}]}]}' > forms/other.sarif
"$PLIMSOLL" analyze -o forms.db forms > out.txt 2>&1
ok "other forms" "$(DB=forms.db q "SELECT s.format, s.scanner, replace(s.target, '$H', 'H'), coalesce(r.vulnerability, '-'), coalesce(r.component, '-'), coalesce(r.severity, '-'), coalesce(r.fixed, '-'), coalesce(r.state, '-') FROM scan s LEFT JOIN scan_result r ON r.scan = s.thing ORDER BY 1, 3, 4")" \
	"clair-scanner|clair|a/b:2|CVE-2024-0002|libfoo1|low|-|open
harbor-report|Trivy|sha256:H|CVE-2024-0002|libfoo1|high|1.0-3|open
harbor-report|Trivy|sha256:H|CVE-2024-0004|bar|unknown|-|open
trivy|trivy|a/c:3|CVE-2024-0002|libfoo1|high|-|open
trivy|trivy|a/c:3|CVE-2024-0004|bar|high|-|not-affected
trivy|trivy|a/d:4|-|-|-|-|-
twistcli|prisma|registry.example.com/a:1|CVE-2024-0002|libfoo1|high|1.0-3|open"
ok "a report of another kind is no scan" "$(DB=forms.db q "SELECT pointer, message FROM problem")" "/runs/0|a run without results that name vulnerabilities"

# Reports that an operator keeps in the cluster: the same image of two workloads counts once.
mkdir op
vr() { printf '{"apiVersion":"aquasecurity.github.io/v1alpha1","kind":"VulnerabilityReport","metadata":{"name":"%s","namespace":"shop"},"report":{"artifact":{"digest":"sha256:%s","repository":"team/app","tag":"1.2"},"registry":{"server":"registry.example.com:5000"},"scanner":{"name":"Trivy","version":"0.60.0"},"updateTimestamp":"2026-01-10T00:00:00Z","vulnerabilities":[{"vulnerabilityID":"CVE-2024-0002","resource":"libfoo1","installedVersion":"1.0-2","fixedVersion":"1.0-3","severity":"HIGH","packageType":"debian"},{"resource":"x"}]}}' "$1" "$H"; }
printf '{"apiVersion":"v1","kind":"List","items":[%s,%s,{"apiVersion":"aquasecurity.github.io/v1alpha1","kind":"VulnerabilityReport","metadata":{"name":"c","namespace":"shop"},"report":{}}]}' "$(vr a)" "$(vr b)" > op/vulnerabilityreports.aquasecurity.github.io.json
"$PLIMSOLL" analyze -o op.db op > out.txt 2>&1
ok "reports in the cluster" "$(DB=op.db q "SELECT s.scanner, s.format, s.version, s.target, s.repository, s.scanned, r.vulnerability, r.component, r.type, r.severity, r.fixed FROM scan s JOIN scan_result r ON r.scan = s.thing")" \
	"trivy|trivy|0.60.0|registry.example.com:5000/team/app:1.2|team/app|1768003200|CVE-2024-0002|libfoo1|deb|high|1.0-3"
ok "reports in the cluster: problems" "$(DB=op.db q "SELECT pointer, message FROM problem")" "/items/0/report/vulnerabilities/1|a result without the name of a vulnerability
/items/2|a VulnerabilityReport without report.artifact.repository"

# Damaged: a document that is none, one that is cut short, a quote that is not closed, a thing that says it is a report.
printf '{"ArtifactName":"a","ArtifactType":"container_image","Results":7}' > bad/trivy.json
printf '{"matches":[{"vulnerability":{"id":"CVE-2024-0001"},"artifact":{"na' > bad/grype.json
printf 'Repository,Artifact Digest,CVE,Package\na/b,sha256:%s,CVE-2024-1,x\n"open,sha256\n' "$H" > bad/harbor.csv
printf '{"bomFormat":"CycloneDX","components":[1,null,{"purl":5}],"vulnerabilities":[[],{"id":"CVE-2024-1","affects":[{"ref":"x"},7]}]}' > bad/bom.json
"$PLIMSOLL" analyze -o x.db bad > out.txt 2>&1
ok "damaged ones: exit code" "$?" 4
ok "damaged ones: what is good counts" "$(q "SELECT s.format, r.vulnerability FROM scan_result r JOIN scan s ON s.thing = r.scan ORDER BY 1")" "cyclonedx|CVE-2024-1
harbor|CVE-2024-1"
ok "damaged ones: problems" "$(q "SELECT e.path, count(*) FROM problem p JOIN evidence e ON e.id = p.evidence GROUP BY 1")" "bom.json|1
grype.json|1
harbor.csv|1
trivy.json|1"
finish
