#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# plimsoll findings: every form, filters, the gate, hostile names. Ids are computed here with sha256sum, counts asked of the database.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/findings
rm -rf "$D"
mkdir -p "$D/in"
F() { "$PLIMSOLL" findings "$@"; }
q() { sqlite3 "$DB" "$1"; }
DB=$D/site.db
cp tests/fixtures/kubernetes/findings.yaml "$D/in/all of it.yaml"
"$PLIMSOLL" analyze -o "$DB" --cluster-name c1 "$D/in" > /dev/null 2>&1
ok "analyze" "$?" 0

# JSON: the documented keys, the stable id, the evidence.
F "$DB" --format json > "$D/a.json"
ok "json: exit code" "$?" 0
ok "json: schema" "$(jq -r .schema "$D/a.json")" plimsoll.findings/1
ok "json: keys" "$(jq -c '[.findings[] | keys_unsorted] | unique[]' "$D/a.json")" \
	'["id","check","title","domain","severity","verdict","subject","cluster","namespace","kind","name","detail","why","fix","facts","missing","evidence","controls","owner","owner_why","effort","accepted"]'
ok "json: types" "$(jq -c '[.findings[] | [(.facts | type), (.missing | type), (.evidence | type), (.controls | type), (.why | type), (.fix | type)]] | unique[]' "$D/a.json")" \
	'["object","array","array","array","string","string"]'
ok "json: as many as in the database" "$(jq '.findings | length' "$D/a.json")" "$(q 'SELECT count(*) FROM finding')"
id=$(printf 'runtime.privileged-container\000c1/ops/DaemonSet/agent#main\000' | sha256sum | cut -c 1-16)
ok "json: a finding" "$(jq -c ".findings[] | select(.id == \"$id\") | [.check, .severity, .verdict, .subject, .cluster, .namespace, .kind, .name, .facts, .missing, .accepted]" "$D/a.json")" \
	'["runtime.privileged-container","high","fail","c1/ops/DaemonSet/agent#main","c1","ops","container","main",{"privileged":1},[],null]'
# The second document of a YAML file is #2.
ok "json: its evidence" "$(jq -c ".findings[] | select(.id == \"$id\") | .evidence[0] | [.member, .pointer, .sha256]" "$D/a.json")" \
	"[\"all of it.yaml\",\"#2/spec/template/spec/containers/0\",\"$(sha256sum < tests/fixtures/kubernetes/findings.yaml | cut -c 1-64)\"]"
ok "json: its controls" "$(jq -r ".findings[] | select(.id == \"$id\") | .controls[]" "$D/a.json" | grep -c '^cis-kubernetes:5\.2\.2$')" 1
ok "json: only agent is privileged" "$(jq -r '.findings[] | select(.check == "runtime.privileged-container" and .verdict == "fail") | .subject' "$D/a.json")" "c1/ops/DaemonSet/agent#main"
ok "json: tally" "$(jq -c '.tally[] | select(.check == "runtime.privileged-container")' "$D/a.json" | tr '\n' ' ')" \
	'{"check":"runtime.privileged-container","verdict":"fail","count":1} {"check":"runtime.privileged-container","verdict":"pass","count":1} '
ok "json: not-assessed names what is missing" "$(jq -c '[.findings[] | select(.check == "iam.wildcard-rights" or .check == "iam.cluster-admin") | .verdict] | unique' "$D/a.json")" '["not-assessed"]'
ok "json: a cluster or system that is not assessed says what is missing" "$(jq '[.findings[] | select(.verdict == "not-assessed" and .evidence == [] and .missing == []) | .check]' -c "$D/a.json")" '[]'
ok "json: no raw control characters" "$(LC_ALL=C grep -c "$(printf '[\001-\011\013-\037\177]')" "$D/a.json")" 0
ok "json: no bidirectional mark" "$(grep -c "$(printf '\342\200\256')" "$D/a.json")" 0

# The worst first, and the same twice.
ok "order" "$(jq -r '[.findings[] | select(.verdict == "fail") | {critical: 5, high: 4, medium: 3, low: 2, info: 1}[.severity]] | . == (sort | reverse)' "$D/a.json")" true
"$PLIMSOLL" analyze -o "$D/again.db" --cluster-name c1 "$D/in" > /dev/null 2>&1
for f in json csv sarif junit table; do
	F "$DB" --format $f > "$D/a.$f" && F "$D/again.db" --format $f -o "$D/b.$f"
	cmp -s "$D/a.$f" "$D/b.$f"
	ok "$f: the same twice" "$?" 0
done

# CSV: what a spreadsheet would run is text.
"$PLIMSOLL" analyze -o "$D/hostile.db" --cluster-name '=cmd|calc' "$D/in" > /dev/null 2>&1
F "$D/hostile.db" --format csv > "$D/h.csv"
ok "csv" "$(python3 - "$D/h.csv" <<'P'
import csv, sys
data = open(sys.argv[1], newline="").read()
rows = list(csv.reader(data.splitlines(keepends=True)))
runs = [c for r in rows for c in r if c[:1] in "=+-@\t\r" and c]
print(len(rows), {len(r) for r in rows}, rows[0][:4], runs, data.count("\r\n") == len(rows), "'=cmd|calc" in rows[1])
P
)" "$(($(q 'SELECT count(*) FROM finding') + 1)) {24} ['id', 'check', 'title', 'domain'] [] True True"

# SARIF: results are fails; every rule that is named is there at its index; members are encoded.
ok "sarif: version" "$(jq -r '.version, .runs[0].tool.driver.name' "$D/a.sarif" | tr '\n' ' ')" "2.1.0 Plimsoll "
ok "sarif: one result per fail" "$(jq '.runs[0].results | length' "$D/a.sarif")" "$(q "SELECT count(*) FROM finding WHERE verdict = 'fail'")"
ok "sarif: rules" "$(jq '.runs[0] as $r | [.runs[0].results[] | $r.tool.driver.rules[.ruleIndex].id == .ruleId] | all' "$D/a.sarif")" true
ok "sarif: notifications name rules too" "$(jq '.runs[0] as $r | [.runs[0].invocations[0].toolExecutionNotifications[] | $r.tool.driver.rules[.associatedRule.index].id == .associatedRule.id] | length > 0 and all' "$D/a.sarif")" true
ok "sarif: a result" "$(jq -c ".runs[0].results[] | select(.partialFingerprints[\"plimsollFinding/v1\"] == \"$id\") | [.level, .kind, .locations[0].physicalLocation.artifactLocation.uri, .locations[0].logicalLocations[0].fullyQualifiedName, .partialFingerprints.primaryLocationLineHash]" "$D/a.sarif")" \
	"[\"error\",\"fail\",\"all%20of%20it.yaml\",\"c1/ops/DaemonSet/agent#main\",\"$id:1\"]"
ok "sarif: severity for code scanning" "$(jq -r '.runs[0].tool.driver.rules[] | select(.id == "runtime.privileged-container") | .properties["security-severity"]' "$D/a.sarif")" 8.0
ok "sarif: what is not assessed, on request" "$(F "$DB" --format sarif --verdict not-assessed | jq -c '[.runs[0].results[] | [.kind, .level]] | unique')" '[["open","none"]]'

# JUnit: well-formed, and the counts are those of the elements.
ok "junit" "$(python3 - "$D/a.junit" <<'P'
import sys, xml.etree.ElementTree as E
root = E.parse(sys.argv[1]).getroot()
n = lambda e, tag: len(e.findall(".//" + tag))
print(all(int(s.get("tests")) == n(s, "testcase") and int(s.get("failures")) == n(s, "failure") and int(s.get("skipped")) == n(s, "skipped") for s in [root] + list(root)), n(root, "failure"))
P
)" "True $(q "SELECT count(*) FROM finding WHERE verdict = 'fail'")"

# Table: no escape reaches the terminal; on one, lines fit; colours only there or on request.
ok "table: no escape of a name" "$(LC_ALL=C grep -c "$(printf '\033')" "$D/a.table")" 0
ok "table: the name is shown" "$(grep -c 'w\\u{1b}\[31m\\u{202e}b' "$D/a.table" | sed 's/^[1-9][0-9]*/some/')" some
ok "table: colours on request" "$(F "$DB" --color always | LC_ALL=C grep -c "$(printf '\033')" | sed 's/^[1-9][0-9]*/some/')" some
cat > "$D/terminal.py" <<'P'
import os, pty, re, sys, unicodedata
out = []
def read(fd):
    data = os.read(fd, 65536)
    out.append(data)
    return data
os.environ["COLUMNS"] = sys.argv[1]
pty.spawn(sys.argv[2:], read)
text = b"".join(out).decode()
lines = [re.sub("\033\\[[0-9;]*m", "", l) for l in text.replace("\r", "").split("\n")]
width = max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in l) for l in lines)
sys.stdout.write("%s %s %d\n" % (width <= int(sys.argv[1]), "\033[" in text, len(lines) > 10))
P
for w in 80 132 200; do
	ok "table: $w columns" "$(python3 "$D/terminal.py" $w "$PLIMSOLL" findings "$DB" < /dev/null | tail -n 1)" "True True 1"
done
ok "table: NO_COLOR" "$(NO_COLOR=1 python3 "$D/terminal.py" 80 "$PLIMSOLL" findings "$DB" < /dev/null | tail -n 1)" "True False 1"

# Goldens: three checks whose verdicts on the fixture were worked out by hand.
few="--check runtime.privileged-container,runtime.host-pid,content.no-digest --verdict fail"
for f in table junit; do
	F "$DB" $few --format $f > "$D/few.$f"
	ok "golden: $f" "$(diff "tests/golden/findings.$f" "$D/few.$f")" ""
done
F "$DB" $few --format json | jq -S '[.findings[] | {id, check, domain, severity, verdict, subject, cluster, namespace, kind, name, detail, facts, missing, evidence, owner, effort, accepted}]' > "$D/few.json"
ok "golden: json" "$(diff tests/golden/findings.json "$D/few.json")" ""

# Filters and limits.
n() { F "$DB" --format json "$@" | jq '.findings | length'; }
ok "filter: severity and verdict" "$(n --severity high,critical --verdict fail)" "$(q "SELECT count(*) FROM finding WHERE severity IN ('high', 'critical') AND verdict = 'fail'")"
ok "filter: domain" "$(n --domain data)" "$(q "SELECT count(*) FROM finding WHERE domain = 'data'")"
ok "filter: pattern of checks" "$(n --check 'runtime.host-*')" "$(q "SELECT count(*) FROM finding WHERE check_id GLOB 'runtime.host-*'")"
ok "filter: namespace" "$(n --namespace o?s)" 0
ok "filter: namespace again" "$(n --namespace 'x,o*')" "$(q "SELECT count(*) FROM finding WHERE namespace = 'ops'")"
ok "filter: cluster" "$(n --cluster nosuch)" 0
ok "limit" "$(n --limit 3 2> "$D/err")" 3
ok "limit: the rest is told" "$(cat "$D/err")" "plimsoll: warning: $(($(q 'SELECT count(*) FROM finding') - 3)) more findings were left out (--limit)"

# The gate.
code() { F "$@" > /dev/null 2> "$D/err"; echo $?; }
ok "gate: high" "$(code "$DB" --fail-on high)" 1
ok "gate: critical" "$(code "$DB" --fail-on critical)" "$(q "SELECT count(*) > 0 FROM finding WHERE verdict = 'fail' AND severity = 'critical'")"
ok "gate: what is shown does not matter" "$(code "$DB" --fail-on high --severity low)" 1
ok "gate: where does" "$(code "$DB" --fail-on high --namespace other)" 0
printf 'exceptions:\n- {check: "*", subject: "*", reason: "a test", approver: A B, expires: 2099-01-01}\n' > "$D/e.yaml"
"$PLIMSOLL" analyze -o "$D/accepted.db" --cluster-name c1 --engagement "$D/e.yaml" "$D/in" > /dev/null 2>&1
ok "gate: accepted ones do not count" "$(code "$D/accepted.db" --fail-on low)" 0
ok "accepted: told" "$(F "$D/accepted.db" --format json | jq -c "[.findings[] | select(.id == \"$id\") | .accepted]")" '[{"reason":"a test","approver":"A B","expires":4070995199}]'
ok "accepted: suppressed in SARIF" "$(F "$D/accepted.db" --format sarif | jq -c '[.runs[0].results[] | .suppressions[0].status] | unique')" '["accepted"]'
ok "accepted: left out" "$(F "$D/accepted.db" --open --format json | jq '[.findings[] | select(.verdict == "fail")] | length')" 0

# Evidence in the database's place; errors.
F "$D/in" --format json 2> /dev/null | jq '.findings | length' > "$D/n"
ok "evidence may stand for the database" "$(cat "$D/n")" "$(q 'SELECT count(*) FROM finding')"
cp -r "$D/in" "$D/broken" && printf '{"apiVersion":"v1","kind":"List","items":[{]}' > "$D/broken/x.json"
ok "some of it could not be read" "$(code "$D/broken")" 4
ok "no such form" "$(code "$DB" --format pdf) $(cat "$D/err")" "2 plimsoll: findings: --format is table, json, csv, sarif or junit, not 'pdf'"
ok "no such severity" "$(code "$DB" --fail-on hgih)" 2
ok "no such verdict" "$(code "$DB" --verdict pass)" 2
ok "not a database" "$(code /dev/null)" 3
ok "a folder that is not there" "$(code "$DB" -o "$D/no/such")" 5
F "$DB" > /dev/full 2> "$D/err"
ok "a full disk" "$? $(cat "$D/err")" "5 plimsoll: standard output: cannot be written: No space left on device"
F "$DB" --format json | head -c 10 > /dev/null
ok "a reader that goes away is no error" "$(F "$DB" --format json 2>&1 > /dev/null | wc -c)" 0
finish
