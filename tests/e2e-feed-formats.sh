#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every format of feeds: a small sample as its publisher writes it, and a damaged one; what it counts to is worked out by hand from
# the format's description. Archives, hostile ones too. Packs: signed, rolled back, mixed, expired.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/feed-formats
rm -rf "$D"
mkdir -p "$D"
# Imports twice: feeds, records, broken records, what is affected; then the exit code.
table() { # table FILE...
	rm -f "$D/x.db"
	"$PLIMSOLL" feeds import -o "$D/x.db" "$@" > "$D/out" 2> "$D/err"
	code=$?
	if [ -f "$D/x.db" ]; then
		sqlite3 "$D/x.db" "SELECT f.name, f.records, f.broken, group_concat(r, ' ') FROM feed f LEFT JOIN (SELECT v.feed AS feed, v.name || ':' || s.release || ':' ||
			a.package || ':' || coalesce(nullif(a.fixed, ''), '-') || ':' || a.status || coalesce(':' || a.module, '') AS r FROM affected a JOIN vuln v ON v.id = a.vuln
			JOIN scope s ON s.id = a.scope ORDER BY v.name, a.n) x ON x.feed = f.id GROUP BY f.id ORDER BY f.name" | tr '\n' ';'
		cp "$D/x.db" "$D/x1.db"
		"$PLIMSOLL" feeds import -o "$D/x.db" "$@" > "$D/out" 2> "$D/err2"
		cmp -s "$D/x.db" "$D/x1.db" || echo "CHANGED BY A SECOND IMPORT"
	fi
	echo "exit $code"
}
q() { sqlite3 "$D/x.db" "$1" | tr '\n' ' '; }

cat > "$D/oval.xml" <<'EOF'
<?xml version="1.0"?><oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5"><definitions>
<definition class="patch" id="oval:com.redhat.rhsa:def:20200001"><metadata><title>RHSA-2020:0001: nodejs:12 security update (Important)</title>
<affected family="unix"><platform>Red Hat Enterprise Linux 8</platform></affected><reference ref_id="CVE-2020-1" source="CVE"/><reference ref_id="CVE-2020-2" source="CVE"/>
<advisory><severity>Important</severity><issued date="2020-01-02"/></advisory></metadata>
<criteria operator="AND"><criterion comment="Red Hat Enterprise Linux 8 is installed"/><criterion comment="Module nodejs:12 is enabled"/>
<criteria operator="OR"><criteria operator="AND"><criterion comment="nodejs is earlier than 1:12.1-1.module+el8"/><criterion comment="nodejs is signed with Red Hat key"/></criteria></criteria></criteria></definition>
<definition class="vulnerability" id="oval:com.redhat.unaffected:def:2"><metadata><title>CVE-2020-3</title></metadata></definition>
<definition class="patch" id="x"><metadata><title>XYZ-1: of nobody</title><affected><platform>TempleOS 5</platform></affected></metadata></definition>
</definitions></oval_definitions>
EOF
ok "oval" "$(table "$D/oval.xml")" "oval Red Hat 8|1|1|RHSA-2020:0001:8:nodejs:1:12.1-1.module+el8:affected:nodejs:12;exit 4"
cat > "$D/two.xml" <<'EOF'
<oval_definitions><definitions><definition class="patch" id="a:1"><metadata><title>ELSA-2018-0007: kernel (IMPORTANT)</title>
<affected><platform>Oracle Linux 6</platform><platform>Oracle Linux 7</platform></affected></metadata>
<criteria operator="OR"><criteria operator="AND"><criterion comment="Oracle Linux 6 is installed"/><criterion comment="foo is earlier than 0:1-1.el6"/></criteria>
<criteria operator="AND"><criterion comment="Oracle Linux 7 is installed"/><criterion comment="foo is earlier than 0:1-2.el7"/>
<criterion comment="foo is earlier than 2:1-2.ksplice1.el7"/></criteria></criteria></definition></definitions></oval_definitions>
EOF
ok "oval for two releases" "$(table "$D/two.xml")" "oval Oracle Linux 6|1|0|ELSA-2018-0007:6:foo:0:1-1.el6:affected ELSA-2018-0007:7:foo:0:1-2.el7:affected ELSA-2018-0007:7:foo:2:1-2.ksplice1.el7:affected:ksplice;exit 0"
cat > "$D/usn.xml" <<'EOF'
<oval_definitions><definitions><definition class="vulnerability" id="a:1"><metadata><title>CVE-2024-1 on Ubuntu 22.04 LTS (jammy) - medium</title>
<affected><platform>Ubuntu 22.04 LTS</platform></affected><reference source="CVE" ref_id="CVE-2024-1"/></metadata>
<criteria><criterion comment="(openssl package in jammy was vulnerable but has been fixed (note: '3.0.2-0ubuntu1.2'))."/>
<criterion comment="(bash package in jammy is affected and needs fixing)."/></criteria></definition></definitions></oval_definitions>
EOF
ok "oval of Ubuntu" "$(table "$D/usn.xml")" "oval Ubuntu 22.04 vulnerabilities|1|0|CVE-2024-1:22.04:openssl:3.0.2-0ubuntu1.2:affected CVE-2024-1:22.04:bash:-:unfixed;exit 0"
printf '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><oval_definitions>&b;</oval_definitions>' > "$D/bomb.xml"
ok "an entity bomb is refused" "$(table "$D/bomb.xml")" "exit 3"
ok "and told" "$(grep -c 'declares an entity' "$D/err")" 1
head -c 900 "$D/oval.xml" > "$D/cut.xml"
ok "oval cut short" "$(table "$D/cut.xml")" "exit 3"

cat > "$D/updateinfo.xml" <<'EOF'
<?xml version="1.0"?><updates><update type="security"><id>ALAS2-2021-1</id><title>t</title><issued date="2021-01-02 10:00"/><severity>important</severity>
<references><reference id="CVE-2021-1" type="cve"/></references><pkglist><collection short="amazon-linux-2"><package arch="x86_64" epoch="1" name="foo" version="1.2" release="3.amzn2"/>
<package arch="i686" epoch="1" name="foo" version="1.2" release="3.amzn2"/></collection></pkglist></update>
<update type="bugfix"><id>ALAS2-2021-2</id></update><update type="security"><title>no id</title></update></updates>
EOF
ok "updateinfo" "$(table "$D/updateinfo.xml")" "updateinfo Amazon Linux|1|1|ALAS2-2021-1:2:foo:1:1.2-3.amzn2:affected;exit 4"

cat > "$D/csaf.json" <<'EOF'
{"document":{"category":"csaf_vex","csaf_version":"2.0","publisher":{"category":"vendor","name":"Red Hat"},"tracking":{"id":"CVE-2024-1","current_release_date":"2024-01-02T00:00:00Z"}},
"product_tree":{"branches":[{"branches":[{"category":"product_name","name":"RHEL","product":{"name":"RHEL 8","product_id":"BaseOS-8","product_identification_helper":{"cpe":"cpe:/o:redhat:enterprise_linux:8::baseos"}}},
{"category":"product_name","name":"EUS","product":{"name":"EUS","product_id":"EUS","product_identification_helper":{"cpe":"cpe:/a:redhat:rhel_eus:8.4::baseos"}}},
{"category":"product_version","name":"p","product":{"name":"p","product_id":"foo-1:2-3.el8.x86_64","product_identification_helper":{"purl":"pkg:rpm/redhat/foo@2-3.el8?arch=x86_64&epoch=1"}}},
{"category":"product_version","name":"q","product":{"name":"q","product_id":"bar","product_identification_helper":{"purl":"pkg:rpm/redhat/bar?arch=src"}}}]}],
"relationships":[{"category":"default_component_of","full_product_name":{"name":"x","product_id":"BaseOS-8:foo"},"product_reference":"foo-1:2-3.el8.x86_64","relates_to_product_reference":"BaseOS-8"},
{"category":"default_component_of","full_product_name":{"name":"x","product_id":"EUS:foo"},"product_reference":"foo-1:2-3.el8.x86_64","relates_to_product_reference":"EUS"},
{"category":"default_component_of","full_product_name":{"name":"y","product_id":"BaseOS-8:bar"},"product_reference":"bar","relates_to_product_reference":"BaseOS-8"}]},
"vulnerabilities":[{"cve":"CVE-2024-1","product_status":{"fixed":["BaseOS-8:foo","EUS:foo"],"known_affected":["BaseOS-8:bar"]},"remediations":[{"category":"no_fix_planned","details":"Will not fix","product_ids":["BaseOS-8:bar"]}],
"threats":[{"category":"impact","details":"Moderate"}]}]}
EOF
ok "csaf vex" "$(table "$D/csaf.json")" "csaf-vex Red Hat|1|0|CVE-2024-1:8:foo:1:2-3.el8:affected CVE-2024-1:rhel_eus:8.4:foo:1:2-3.el8:affected CVE-2024-1:8:bar:-:will-not-fix;exit 0"
ok "the vendor's word" "$(q "SELECT severity FROM vuln")" "medium "
sed 's/"csaf_vex"/"csaf_security_advisory"/; s/"id":"CVE-2024-1"/"id":"RHSA-1"/' "$D/csaf.json" > "$D/advisory.json"
ok "csaf advisory" "$(table "$D/advisory.json" | cut -c-68)" "csaf Red Hat|1|0|RHSA-1:8:foo:1:2-3.el8:affected RHSA-1:rhel_eus:8.4"
printf '{"document":{"csaf_version":"2.0"}}' > "$D/empty-csaf.json"
ok "csaf without an id" "$(table "$D/empty-csaf.json")" "exit 3"

printf '#model_version:v1,score_date:2024-01-02T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1,0.5,0.9\nCVE-2024-2,7,0.9\nnonsense,0.1,0.1\n' > "$D/epss.csv"
ok "epss" "$(table "$D/epss.csv")" "epss|1|2|;exit 4"
printf '{"format":"NVD_CVE","vulnerabilities":[{"cve":{"id":"CVE-2024-1","sourceIdentifier":"x","published":"2024-01-01T00:00:00","lastModified":"2024-01-02T00:00:00","vulnStatus":"Analyzed","descriptions":[{"lang":"en","value":"d"}],"metrics":{"cvssMetricV2":[{"type":"Primary","cvssData":{"vectorString":"AV:N/AC:L/Au:N/C:P/I:P/A:P"}}]}}},{"cve":{"id":"bad","sourceIdentifier":"x"}}]}' > "$D/nvd.json"
ok "nvd" "$(table "$D/nvd.json")" "nvd|1|1|;exit 4"
ok "its score" "$(q "SELECT score, severity FROM vuln")" "7.5|high "
printf '{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"CVE-2024-1","state":"PUBLISHED","dateUpdated":"2024-01-02T00:00:00Z"},"containers":{"cna":{"title":"t","metrics":[{"cvssV4_0":{"vectorString":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H"}}]}}}' > "$D/cve.json"
ok "cve 5" "$(table "$D/cve.json")" "cve|1|0|;exit 0"
ok "its score" "$(q "SELECT score, severity FROM vuln")" "10.0|critical "
printf -- '---\ntitle: X\npermalink: /x\nreleasePolicyLink: y\nreleases:\n  - releaseCycle: "1"\n    releaseDate: 2020-01-01\n    eol: 2022-01-01\n  - releaseCycle: "2"\n    eol: false\n  - nothing: true\n---\ntext\n' > "$D/x.md"
ok "life cycles" "$(table "$D/x.md")" "endoflife|2|1|;exit 4"
ok "their ends" "$(q "SELECT cycle, date(eol, 'unixepoch'), ended FROM lifecycle ORDER BY 1")" "1|2022-01-01| 2||0 "
printf '```toml\n[advisory]\nid = "RUSTSEC-2024-1"\npackage = "x"\ndate = "2024-01-01"\n[versions]\npatched = [\n  "^1.2.3",\n  ">= 2.0.1", # two\n]\n```\n# Title\n' > "$D/RUSTSEC-2024-1.md"
ok "rustsec" "$(table "$D/RUSTSEC-2024-1.md")" "rustsec|1|0|RUSTSEC-2024-1::x:1.2.3:affected RUSTSEC-2024-1::x:2.0.1:affected;exit 0"
sed 's/\^1.2.3/hello/' "$D/RUSTSEC-2024-1.md" > "$D/bad.md"
ok "rustsec with a requirement that is none" "$(table "$D/bad.md")" "exit 3"
printf '{"foo":{"CVE-2024-1":{"releases":{"bookworm":{"status":"resolved","repositories":{},"fixed_version":"1-2","urgency":"low"},"sid":{"status":"open","repositories":{},"urgency":"low"}}}},"bar":{"CVE-2024-2":{"releases":{"bookworm":{"status":"open","repositories":{},"urgency":"end-of-life"}}}}}' > "$D/tracker.json"
ok "debian tracker" "$(table "$D/tracker.json")" "debian-tracker|2|0|CVE-2024-1:12:foo:1-2:affected CVE-2024-2:12:bar:-:end-of-life;exit 0"
head -c 200 "$D/tracker.json" > "$D/cut-tracker.json"
ok "debian tracker cut short" "$(table "$D/cut-tracker.json")" "exit 3"
printf '{"Candidate":"CVE-2024-1","PublicDate":"2024-01-01T00:00:00Z","Priority":"negligible","Patches":{"foo":{"jammy":{"Status":"released","Note":"1.2"},"esm-infra/xenial":{"Status":"needed","Note":""},"upstream":{"Status":"released","Note":"9"},"focal":{"Status":"ignored","Note":"end of life"}}}}' > "$D/ubuntu.json"
ok "ubuntu tracker" "$(table "$D/ubuntu.json")" "ubuntu-tracker|1|0|CVE-2024-1:22.04:foo:1.2:affected CVE-2024-1:16.04:foo:-:unfixed CVE-2024-1:20.04:foo:-:end-of-life;exit 0"
printf 'schema-version: 2\npackage:\n  name: foo\nadvisories:\n  - id: CVE-2024-1\n    events:\n      - {timestamp: 2024-01-02T00:00:00Z, type: fixed, data: {fixed-version: 1.2-r3}}\n      - {timestamp: 2024-01-01T00:00:00Z, type: detection}\n  - id: CVE-2024-2\n    events: [{timestamp: 2024-01-01T00:00:00Z, type: nonsense}]\n' > "$D/foo.advisories.yaml"
ok "wolfi" "$(table "$D/foo.advisories.yaml")" "wolfi-advisories|1|1|CVE-2024-1/foo::foo:1.2-r3:affected;exit 4"
printf '{"apkurl":"x","urlprefix":"https://packages.wolfi.dev","reponame":"os","packages":[{"pkg":{"name":"foo","secfixes":{"1-r1":["CVE-2024-1"],"0":["CVE-2024-2"]}}}]}' > "$D/security.json"
ok "wolfi secdb" "$(table "$D/security.json")" "secdb Wolfi os|2|0|CVE-2024-1::foo:1-r1:affected CVE-2024-2::foo:-:not-affected;exit 0"
printf '[{"cve_id":"CVE-2024-1","pkg":"foo","res_ver":"1.2-3.ph4"},{"cve_id":"x","pkg":"y"}]' > "$D/cve_data_photon4.0.json"
ok "photon" "$(table "$D/cve_data_photon4.0.json")" "photon 4.0|1|1|CVE-2024-1/foo:4.0:foo:1.2-3.ph4:affected;exit 4"
printf '{"@context":"https://openvex.dev/ns/v0.2.0","author":"A","timestamp":"2024-01-01T00:00:00Z","statements":[{"vulnerability":{"name":"CVE-2024-1"},"products":[{"@id":"pkg:npm/x@1"},{"@id":"pkg:npm/y"}],"status":"fixed"},{"vulnerability":{"name":"CVE-2024-2"},"products":[{"@id":"z"}],"status":"perhaps"}]}' > "$D/openvex.json"
ok "openvex" "$(table "$D/openvex.json")" "openvex A|2|1|;exit 4"
printf '{"bomFormat":"CycloneDX","metadata":{"timestamp":"2024-01-01T00:00:00Z"},"components":[{"bom-ref":"r","purl":"pkg:npm/x@1"}],"vulnerabilities":[{"id":"CVE-2024-1","analysis":{"state":"not_affected","justification":"code_not_reachable"},"affects":[{"ref":"r"}]}]}' > "$D/bom.json"
ok "cyclonedx vex" "$(table "$D/bom.json")" "cyclonedx-vex unknown|1|0|;exit 0"
ok "its statement" "$(q "SELECT product, status, justification FROM vex")" "pkg:npm/x@1|not-affected|code_not_reachable "
printf '{"id":"SUSE-SU-2024:1-1","modified":"2024-01-01T00:00:00Z","upstream":["CVE-2024-1"],"affected":[{"package":{"ecosystem":"SUSE:Linux Enterprise Module for Basesystem 15 SP3","name":"foo"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2-3.1"}]}]}]}' > "$D/suse.json"
ok "osv of SUSE" "$(table "$D/suse.json")" "osv SUSE|1|0|SUSE-SU-2024:1-1:15.3:foo:1.2-3.1:affected;exit 0"

# Archives as they come: zip, bzip2, xz; and one that grows without end.
(cd "$D" && python3 -c "
import bz2, lzma, zipfile
z = zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED)
z.write('tracker.json')
z.write('ubuntu.json')
z.close()
d = open('epss.csv', 'rb').read()
open('e.bz2', 'wb').write(bz2.compress(d))
open('e.xz', 'wb').write(lzma.compress(d))
z = zipfile.ZipFile('bomb.zip', 'w', zipfile.ZIP_DEFLATED)
z.writestr('a.json', b'{\"id\":\"' + b'a' * 300000000)
z.close()")
ok "zip" "$(table "$D/a.zip" | cut -d'|' -f1-3)" "debian-tracker|2|0"
ok "bzip2" "$(table "$D/e.bz2")" "epss|1|2|;exit 4"
ok "xz" "$(table "$D/e.xz")" "epss|1|2|;exit 4"
ok "a zip bomb ends the import, nothing of it is there" "$(table "$D/bomb.zip")" "exit 3"

# Packs.
"$PLIMSOLL" feeds import -o "$D/one.db" "$D/tracker.json" 2> "$D/err"
"$PLIMSOLL" feeds import -o "$D/two.db" "$D/ubuntu.json" 2> "$D/err"
"$PLIMSOLL" feeds pack -o "$D/p1.plf" --new-key "$D/key" --pack-version 1 "$D/one.db" 2> "$D/err"
ok "pack" "$?" 0
ok "the secret key is for its owner only" "$(stat -c %a "$D/key")" 600
"$PLIMSOLL" feeds pack -o "$D/p2.plf" --key "$D/key" --pack-version 2 "$D/two.db" 2> "$D/err"
verify() { "$PLIMSOLL" feeds verify --key "$D/key.pub" "$@" > "$D/out" 2> "$D/err"; echo $?; }
ok "verify" "$(verify "$D/p1.plf")" 0
ok "a newer one" "$(verify --newer-than "$D/p1.plf" "$D/p2.plf")" 0
ok "roll-back" "$(verify --newer-than "$D/p2.plf" "$D/p1.plf")" 3
ok "below the version asked for" "$(verify --at-least 2 "$D/p1.plf")" 3
cp "$D/p2.plf" "$D/mixed.plf" && cp "$D/p1.plf.minisig" "$D/mixed.plf.minisig"
ok "mixed files" "$(verify "$D/mixed.plf")" 3
cp "$D/p2.plf" "$D/c.plf" && sed 's/version=2/version=3/' "$D/p2.plf.minisig" > "$D/c.plf.minisig"
ok "a changed comment" "$(verify "$D/c.plf")" 3
SOURCE_DATE_EPOCH=4000000000 "$PLIMSOLL" feeds verify --key "$D/key.pub" "$D/p2.plf" > "$D/out" 2> "$D/err"
ok "expired" "$?" 3
"$PLIMSOLL" feeds pack -o "$D/p3.plf" --new-key "$D/other" "$D/two.db" 2> "$D/err"
ok "another key" "$(verify "$D/p3.plf")" 3
"$PLIMSOLL" feeds pack -o "$D/p4.plf" --key "$D/key.pub" "$D/two.db" 2> "$D/err"
ok "a public key signs nothing" "$?" 3
ok "a pack is feeds" "$("$PLIMSOLL" feeds status "$D/p2.plf" | grep -c ubuntu-tracker)" 1
"$PLIMSOLL" feeds show CVE-2024-1 "$D/one.db" > "$D/out"
ok "show" "$?:$(jq -r .kind "$D/out" | tr '\n' ' ')" "0:vulnerability affected "
"$PLIMSOLL" feeds show CVE-1-1 "$D/one.db" > "$D/out" 2> "$D/err"
ok "nothing known" "$?" 3
"$PLIMSOLL" feeds sources --script > "$D/get.sh" && sh -n "$D/get.sh"
ok "a script for downloads" "$?:$(grep -c "^get '" "$D/get.sh")" "0:$("$PLIMSOLL" feeds sources --json | wc -l)"
ok "status as JSON" "$("$PLIMSOLL" feeds status --format json "$D/one.db" | jq -r .name)" debian-tracker
finish
