#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the figures of the documents' text against the database: figures.py SITE.db FOLDER. Queries of its own, not those of the templates."""
import re, sqlite3, subprocess, sys

db = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True)
folder = sys.argv[2]
passed = failed = 0


def text(name, layout=True):
    return subprocess.run(["pdftotext"] + (["-layout"] if layout else []) + [folder + "/" + name + ".pdf", "-"], capture_output=True, check=True).stdout.decode().replace("\u00a0", " ").replace("\u202f", " ")


def one(sql, *args):
    return db.execute(sql, args).fetchone()[0]


def check(name, got, want):
    global passed, failed
    if got == want:
        passed += 1
    else:
        failed += 1
        print("not ok - %s\n  printed: %r\n  database: %r" % (name, got, want))


def found(name, document, pattern, *wants):
    """Every place that the pattern finds says what the database says; there is at least one."""
    places = re.findall(pattern, document)
    if not places:
        check(name, "not printed", wants)
    for p in places:
        check(name, tuple(int(x.replace(",", "")) for x in (p if isinstance(p, tuple) else (p,))), wants)


cgar, csb, deck = text("cgar"), text("csb"), text("deck")
flow = re.sub(r"\s+", " ", text("cgar", False))
flow_csb = re.sub(r"\s+", " ", text("csb", False))

# Open findings, counted from the findings themselves; gaps are the checks that have any.
OPEN = "FROM finding WHERE verdict = 'fail' AND accepted IS NULL"
gaps = one("SELECT count(DISTINCT check_id) " + OPEN)
worst = "SELECT count(*) FROM (SELECT check_id, max(CASE severity WHEN 'critical' THEN 5 WHEN 'high' THEN 4 ELSE 0 END) AS s %s GROUP BY check_id) WHERE s = ?" % OPEN
critical, high = one(worst, 5), one(worst, 4)
places = one("SELECT count(*) " + OPEN)
checks = one('SELECT count(*) FROM "check"')
exposed = one("SELECT count(DISTINCT workload) FROM exposure WHERE outside = 1")
workloads = one("SELECT count(*) FROM workload")
found("gaps and places", flow, r"of ([\d,]+) gaps in ([\d,]+) places", gaps, places)
found("critical and high", flow, r"Open: (\d+) gaps? of critical severity, (\d+) of high", critical, high)
found("gaps to close", flow_csb, r"(\d+) gaps to close", gaps)
found("critical and high, blueprint", flow_csb, r"(\d+), of which (\d+) critical and (\d+) high", gaps, critical, high)
found("the deck's verdict", deck, r"Grade \w: (\d+) critical gaps", critical)
found("gaps on the slide", deck, r"(?:One|Two|Three|Four|Five) of (\d+) gaps", gaps)
blind = one("""SELECT count(*) FROM (SELECT check_id FROM tally GROUP BY check_id HAVING sum(verdict IN ('pass', 'fail')) = 0 AND sum(verdict IN ('not-assessed', 'error')) > 0)""")
judged = one("SELECT count(DISTINCT check_id) FROM tally WHERE verdict IN ('pass', 'fail')")
found("checks without evidence", flow, r"(\d+) of (\d+) checks could not be judged", blind, checks)
found("checks judged", deck, r"(\d+) of (\d+) checks judged; (\d+) lack evidence", judged, checks, blind)
check("share of checks judged", "%d %%" % int(100 * judged / checks + 0.5) in cgar, True)
found("frameworks", flow, r"held against (\d+) frameworks", one("SELECT count(*) FROM framework"))
found("objects", flow, r"Evidence read: \d+ files with ([\d,]+) objects", one("SELECT sum(items) FROM evidence"))
found("files", flow, r"Evidence read: (\d+) files", one("SELECT count(*) FROM evidence WHERE kind IS NOT NULL"))
found("service accounts", flow, r"Workloads use (\d+) of (\d+) service accounts", one("SELECT count(*) FROM service_account WHERE workloads > 0"), one("SELECT count(*) FROM service_account"))
found("run as default", flow, r"service accounts; (\d+) of (\d+) workloads run as the default", one("SELECT count(*) FROM workload WHERE service_account = 'default' AND static = 0"), workloads)
found("questions", flow, r"(\d+) questions to people stand open", one("SELECT count(*) FROM question WHERE answer IS NULL"))
found("network policies", flow, r"limit what may reach (\d+) of (\d+) workloads",
      one("SELECT count(DISTINCT workload) FROM reach_member WHERE workload NOT IN (SELECT m.workload FROM reach_member m JOIN reach_class r ON r.id = m.class WHERE r.ingress_open)"), workloads)
found("by digest", flow, r"(\d+) of (\d+) containers name their image by digest", one("SELECT count(*) FROM container WHERE image_digest IS NOT NULL"), one("SELECT count(*) FROM container"))
found("clear text", flow_csb, r"Secrets stand in clear text in (\d+) places", one("SELECT count(*) %s AND check_id IN ('data.secret-in-env-value', 'data.secret-in-config-map', 'data.secret-in-annotation')" % OPEN))

# Cards: a row of large figures, a row of their names below.
for name, want in (("Clusters", one("SELECT count(*) FROM scope WHERE kind = 'cluster' AND state = 'in-scope'")), ("Nodes", one("SELECT count(*) FROM node"))):
    m = re.search(r"^ *(\d+) +(\d+) +(\d+)\n+ *Clusters? +Nodes? +Namespaces", cgar, re.M)
    check(name, m and int(m.group({"Clusters": 1, "Nodes": 2}[name])), want)
m = re.search(r"^ *([\d,]+) +([\d,]+) +([\d,]+)\n+ *Workloads +Containers +Exposed", cgar, re.M)
check("workloads, containers, exposed", m and tuple(int(x.replace(",", "")) for x in m.groups()), (workloads, one("SELECT count(*) FROM container"), exposed))

# Every gap that a table of a domain prints: its severity and its places.
rows = re.findall(r"^ *G(\d+) +(\S.*?) +(?:\S+ )?(critical|high|medium|low|info) +([\d,]+) +([\d,]+|–) +\w", cgar, re.M)
check("gaps are in the tables", len(rows) > 20, True)
for number, title, severity, open_, _ in rows:
    r = db.execute("SELECT g.check_id, g.severity FROM gap g WHERE number = ?", (int(number),)).fetchone()
    n = one("SELECT count(*) %s AND check_id = ?" % OPEN, r[0])
    check("G%s %s" % (number, title), (severity, int(open_.replace(",", ""))), (r[1], n))

# Identifiers of findings and hashes of files are those of the database.
ids = set(re.findall(r"finding ([0-9a-f]{16})\b", flow))
check("findings are named", len(ids) >= 6, True)
for i in sorted(ids):
    check("finding " + i, one("SELECT count(*) FROM finding WHERE id = ?", i), 1)
hashes = re.findall(r"(\S+) +([\d,]+) +([0-9a-f]{64})\b", cgar)
check("hashes are printed", len(hashes) >= 3, True)
for path, items, h in hashes:
    r = db.execute("SELECT items FROM evidence WHERE sha256 = ?", (h,)).fetchone()
    check("hash of " + path, r and r[0], int(items.replace(",", "")))

# Scores of the domains, as far as they are graded; grades and targets of the blueprint.
for title, grade, score in db.execute("SELECT title, grade, points FROM domain_score WHERE length(grade) = 1"):
    m = re.search(re.escape(title) + r" \((\w)\) +(\d+)\b", cgar)
    check("points of " + title, m and (m.group(1), int(m.group(2))), (grade, int(score + 0.5)))

# Compliance: the rows of the frameworks' table.
for title, version, met, gap, none, manual, na in re.findall(r"^ *(CIS \w+ Benchmark|NSA and CISA Kubernetes Hardening Guidance) +([\d.]+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$", cgar, re.M):
    want = tuple(one("SELECT count(*) FROM v_control c JOIN framework f ON f.id = c.framework WHERE f.title = ? AND c.state = ?", title, s) for s in ("met", "gap", "not-assessed", "manual", "not-applicable"))
    check(title, tuple(int(x) for x in (met, gap, none, manual, na)), want)

# Risk that remains after each phase of the plan: computed anew from the findings.
weight = {"critical": 10, "high": 5, "medium": 2, "low": 1, "info": 0}
left = {30: 0.0, 90: 0.0, 180: 0.0}
total = 0.0
for severity, effort, n in db.execute('SELECT g.severity, c.effort, g.open FROM gap g JOIN "check" c ON c.id = g.check_id'):
    w = weight[severity] * n
    phase = 30 if severity in ("critical", "high") and effort != "weeks" else 90 if severity in ("critical", "high") or (severity == "medium" and effort != "weeks") else 180
    total += w
    for day in left:
        left[day] += w if phase > day else 0
for day, rest in left.items():
    m = re.search(r"After day %d\s+(\d+) ?%%" % day, csb)
    check("risk after day %d" % day, m and int(m.group(1)), int(100 * rest / total + 0.5))

# One of a kind is no plural.
for name, t in (("cgar", flow), ("csb", flow_csb), ("deck", re.sub(r"\s+", " ", deck))):
    wrong = re.findall(r"(?<![\d.,/:-])\b1 (?:gaps|files|objects|workloads|containers|images|nodes|namespaces|places|clusters|questions|checks|flaws|vulnerabilities|hosts|repositories|volumes|people|machines)\b", t)
    check(name + ": one and many", wrong, [])
    check(name + ": no (s)", re.findall(r"\w\(s\)", t), [])

print("%d passed, %d failed" % (passed, failed))
sys.exit(failed > 0)
