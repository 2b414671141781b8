#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Images whose packages come from a stream of updates with versions of its own: Red Hat's EUS by the content manifests of each layer, Ubuntu Pro by apt's
# sources and by what is installed. Expectations follow from the two made feeds.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/streams
rm -rf "$D"
mkdir -p "$D/img" "$D/feeds"
here=$(cd "$(dirname "$0")" && pwd)
cat > "$D/make.py" <<'EOF'
import importlib, json, os, sys
here, out, feeds = sys.argv[1:4]
sys.path.insert(0, here)
sys.argv = ["x", out]
m = importlib.import_module("make-images")
rhel = lambda version: ("etc/os-release", 'ID="rhel"\nVERSION_ID="%s"\n' % version)
rpms = lambda *packages: ("var/lib/rpmmanifest/container-manifest-2", "".join("%s\t%s\t1\t1\tRed Hat\t1\t1\tx86_64\t0\t%s-%s.src.rpm\n" % (n, v, n, v) for n, v in packages))
sets = lambda name, *names: ("root/buildinfo/content_manifests/%s.json" % name, json.dumps({"metadata": {"icm_version": 1}, "content_sets": list(names), "image_contents": []}))
EUS, MAIN = "rhel-9-for-x86_64-baseos-eus-rpms", "rhel-9-for-x86_64-baseos-rpms"
one = lambda name, *layers: m.docker(name + ".tar", [m.layer(l) for l in layers], [name + ":1"])
old, new = ("foo", "2-3.el9_2"), ("foo", "2-3.el9_2.1")
one("eus-old", [rhel("9.2"), rpms(old), sets("a", EUS)])
one("eus-new", [rhel("9.2"), rpms(new), sets("a", EUS)])
one("main", [rhel("9.2"), rpms(new), sets("a", MAIN)])
one("main-fixed", [rhel("9.4"), rpms(("foo", "2-6.el9_4")), sets("a", MAIN)])
one("silent", [rhel("9.2"), rpms(new)])
one("pinned", [rhel("9.4"), rpms(new), sets("a", EUS + "__9_DOT_2")])
one("layers", [rhel("9.2"), rpms(("bar", "1-1.el9_2")), sets("a", MAIN)], [rpms(("bar", "1-1.el9_2"), new), sets("b", EUS)])
one("inherits", [rhel("9.2"), sets("a", EUS)], [rpms(new)])
one("both-eus", [rhel("9.2"), rpms(new), sets("a", EUS, MAIN)])
one("both-main", [rhel("9.2"), rpms(("foo", "2-4.el9_4")), sets("a", EUS, MAIN)])
one("no-minor", [rhel("9"), rpms(new), sets("a", EUS)])
one("broken", [rhel("9.2"), rpms(new), ("root/buildinfo/content_manifests/a.json", "{")])
one("not-covered", [rhel("9.0"), rpms(new), sets("a", EUS)])
ubuntu = ("etc/os-release", 'ID=ubuntu\nVERSION_ID="16.04"\n')
status = lambda *packages: ("var/lib/dpkg/status", "".join(m.paragraph(n, v) for n, v in packages))
curl, line = ("curl", "7.47.0-1ubuntu2.19"), "deb https://esm.ubuntu.com/infra/ubuntu xenial-infra-security main\n"
one("plain", [ubuntu, status(curl)])
one("commented", [ubuntu, status(curl), ("etc/apt/sources.list.d/ubuntu-esm-infra.list", "# " + line)])
one("sources", [ubuntu, status(curl), ("etc/apt/sources.list.d/ubuntu-esm-infra.list", line)])
one("deb822", [ubuntu, status(curl), ("etc/apt/sources.list.d/ubuntu-esm-infra.sources", "Types: deb\nURIs: https://esm.ubuntu.com/infra/ubuntu\n")])
one("removed", [ubuntu, status(curl), ("etc/apt/sources.list.d/a.list", line)], [("etc/apt/sources.list.d/.wh.a.list", "")])
one("beside", [ubuntu, status(curl, ("openssl", "1.0.2g-1ubuntu4.20+esm1"))])
one("installed", [ubuntu, status(("curl", "7.47.0-1ubuntu2.19+esm1"))])


def vex(cve, fixed, affected):
    products = [("BaseOS-9", "cpe:/o:redhat:enterprise_linux:9::baseos"), ("EUS-9.2", "cpe:/o:redhat:rhel_eus:9.2::baseos")]
    named = lambda kind, n, **helper: {"category": kind, "name": n, "product": {"name": n, "product_id": n, "product_identification_helper": helper}}
    joined = lambda p, v, n: {"category": "default_component_of", "full_product_name": {"name": n, "product_id": p + ":" + n}, "product_reference": v, "relates_to_product_reference": p}
    json.dump({"document": {"category": "csaf_vex", "csaf_version": "2.0", "publisher": {"category": "vendor", "name": "Red Hat"}, "tracking": {"id": cve, "current_release_date": "2024-01-02T00:00:00Z"}},
               "product_tree": {"branches": [{"branches": [named("product_name", n, cpe=c) for n, c in products] + [named("product_version", "foo-" + v, purl="pkg:rpm/redhat/foo@%s?arch=x86_64&epoch=1" % v)
                                                          for _, v in fixed] + [named("product_version", "foo-src", purl="pkg:rpm/redhat/foo?arch=src")]}],
                                "relationships": [joined(p, "foo-" + v, v) for p, v in fixed] + [joined(p, "foo-src", "foo") for p in affected]},
               "vulnerabilities": [{"cve": cve, "product_status": {"fixed": [p + ":" + v for p, v in fixed], "known_affected": [p + ":foo" for p in affected]}, "threats": [{"category": "impact", "details": "Important"}]}]},
              open(os.path.join(feeds, cve + ".json"), "w"))


vex("CVE-2024-3001", [("BaseOS-9", "2-5.el9_4"), ("EUS-9.2", "2-3.el9_2.1")], [])
vex("CVE-2024-3002", [("BaseOS-9", "2-6.el9_4")], [])
open(os.path.join(feeds, "CVE-2024-2010"), "w").write("Candidate: CVE-2024-2010\nPublicDate: 2024-01-01\nDescription:\n A flaw\nPriority: high\nxenial_curl: ignored (end of standard support)\n"
                                                      "esm-infra/xenial_curl: released (7.47.0-1ubuntu2.19+esm1)\n")
EOF
python3 "$D/make.py" "$here" "$D/img" "$D/feeds" || exit 1
"$PLIMSOLL" feeds import -o "$D/vulns.db" "$D/feeds" 2> "$D/err" || bad "import" "$(cat "$D/err")"
# found IMAGE: "CVE fixed status,…"
found() {
	"$PLIMSOLL" image "$D/img/$1.tar" --no-cache --feeds "$D/vulns.db" --format json > "$D/out" 2> "$D/err"
	jq -r 'select(.kind == "vulnerability") | "\(.vulnerability) \(.fixed // "-") \(.status)"' "$D/out" | sort | tr '\n' ',' | sed 's/,$//'
}
both="CVE-2024-3001 1:2-5.el9_4 affected,CVE-2024-3002 1:2-6.el9_4 affected"
ok "EUS: its own fix" "$(found eus-old)" "CVE-2024-3001 1:2-3.el9_2.1 affected"
ok "EUS: fixed by it" "$(found eus-new)" ""
ok "the main stream: EUS' fix is none" "$(found main)" "$both"
ok "the main stream: fixed" "$(found main-fixed)" ""
ok "no manifest: the main stream" "$(found silent)" "$both"
ok "a set that is bound to a point release" "$(found pinned)" ""
ok "each layer by its own manifest" "$(found layers)" ""
ok "a layer without one goes by the others'" "$(found inherits)" ""
ok "both streams: a build of EUS" "$(found both-eus)" ""
ok "both streams: a build of the main one" "$(found both-main)" "$both"
ok "EUS of no point release: the main stream" "$(found no-minor)" "$both"
ok "a manifest that cannot be read: the main stream" "$(found broken)" "$both"
ok "EUS that no feed covers: nothing is found" "$(found not-covered)" ""
"$PLIMSOLL" analyze -o "$D/x.db" --feeds "$D/vulns.db" "$D/img/not-covered.tar" "$D/img/silent.tar" "$D/img/eus-new.tar" > "$D/out" 2>&1
ok "and each is told" "$(sqlite3 "$D/x.db" "SELECT release || ' ' || state || ': ' || coalesce(reason, '-') FROM feed_coverage ORDER BY release" | tr '\n' ';')" \
	"9 assessed: it does not tell its repositories: judged by the main stream of its release;rhel_eus:9.0 not-assessed: no imported feed covers Red Hat rhel_eus:9.0;rhel_eus:9.2 assessed: -;"

pro="CVE-2024-2010 - fix-in-ubuntu-pro" fix="CVE-2024-2010 7.47.0-1ubuntu2.19+esm1 affected"
ok "Ubuntu without Pro: no fix can be had" "$(found plain)" "$pro"
"$PLIMSOLL" image "$D/img/plain.tar" --no-cache --feeds "$D/vulns.db" --fail-on high > "$D/out" 2>&1
ok "it counts" $? 1
"$PLIMSOLL" image "$D/img/plain.tar" --no-cache --feeds "$D/vulns.db" --fail-on high --only-fixed > "$D/out" 2>&1
ok "but not among those that can be fixed" $? 0
for name in sources deb822 beside; do ok "Ubuntu Pro by $name" "$(found $name)" "$fix"; done
for name in commented removed; do ok "no Ubuntu Pro: $name" "$(found $name)" "$pro"; done
ok "its build is installed" "$(found installed)" ""
finish
