#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes what tests/e2e-products.sh reads: make-products.py DIRECTORY. Red Hat images with small rpm databases, whose layers tell their repositories in each way
that builds have, and Red Hat's documents about products beside Enterprise Linux, as it writes them."""
import importlib, json, os, sys

here, out = os.path.dirname(os.path.abspath(__file__)), sys.argv[1]
sys.path.insert(0, here)
os.makedirs(out + "/scratch", exist_ok=True)
sys.argv = ["x", out + "/scratch"]
inventory = importlib.import_module("make-inventory")
images = inventory.images
images.out = out + "/img"
os.makedirs(images.out, exist_ok=True)

# ---- images


def rpm(evr, name, module=None):
    """'2:1.0-3.el8' of a package whose source has the same name"""
    epoch, vr = evr.split(":") if ":" in evr else (None, evr)
    version, release = vr.rsplit("-", 1)
    return inventory.header(name, version, release, epoch=int(epoch) if epoch else None, source="%s-%s.src.rpm" % (name, vr), module=module)


def rpms(**packages):
    """The database: name=evr or name=(evr, module)"""
    headers = [rpm(v if isinstance(v, str) else v[0], n.replace("_", "-"), None if isinstance(v, str) else v[1]) for n, v in packages.items()]
    return ("var/lib/rpm/rpmdb.sqlite", inventory.sqlite(headers, [])[0])


def release(version):
    return ("etc/os-release", 'ID="rhel"\nVERSION_ID="%s"\n' % version)


def sets(*names, path="root/buildinfo/content_manifests/x.json"):
    return (path, json.dumps({"metadata": {"icm_version": 1}, "content_sets": list(names), "image_contents": []}))


def one(name, *layers, labels=None):
    made = [images.layer(entries) for entries in layers]
    images.docker(name + ".tar", made, [name + ":1"], cfg=images.config(made, **({"Labels": labels} if labels else {})))


BASE, OCP, CUSTOM = "rhel-8-for-x86_64-baseos-rpms", "rhocp-4.12-for-rhel-8-x86_64-rpms", "our-own-rpms"
RHEL = release("8.8")
# podman is in no statement about Enterprise Linux.
one("ocp", [RHEL, rpms(podman="3:4.4.1-3.rhaos4.12.el8"), sets(BASE, OCP)])
one("ocp-fixed", [RHEL, rpms(podman="3:4.4.1-5.rhaos4.12.el8"), sets(BASE, OCP)])
one("suffix", [RHEL, rpms(podman="3:4.4.1-3.rhaos4.12.el8"), sets(BASE + "__8", OCP + "__8")])
one("rhcos", [RHEL, rpms(podman="3:4.4.1-3.rhaos4.12.el8"), sets(BASE, OCP, path="usr/share/buildinfo/content-sets.json")])
one("base", [RHEL, rpms(podman="3:4.4.1-3.el8"), sets(BASE)])
one("silent", [RHEL, rpms(podman="3:4.4.1-3.el8")])
one("custom", [RHEL, rpms(podman="3:4.4.1-3.el8"), sets(BASE, CUSTOM)])
one("sbom", [RHEL, rpms(podman="3:4.4.1-3.el8"), ("root/buildinfo/content_manifests/sbom.json", '{"image_contents":{"dependencies":[{"purl":"pkg:rpm/redhat/x@1"}]}}')])
one("broken", [RHEL, rpms(podman="3:4.4.1-3.el8"), ("root/buildinfo/content_manifests/x.json", '{"content_sets":["' + OCP)])
one("other-el", [release("9.2"), rpms(podman="3:4.4.1-3.rhaos4.12.el9"), sets("rhel-9-for-x86_64-baseos-rpms", "rhocp-4.12-for-rhel-9-x86_64-rpms")])
# builds without content sets
LABELS = {"com.redhat.component": "ose-cli-container", "version": "v4.12.0", "release": "7", "architecture": "x86_64"}
DOCKERFILE = ('FROM x\nENV name=ose-cli arch x86_64\n# a comment \\\nLABEL com.redhat.component="${name}-container" \\\n      version="v9" \\\n# in between\n'
              '      Release=1\nRUN echo LABEL architecture=none\nENV arch x86_64\nLABEL "architecture"=$arch\n')
one("dockerfile", [RHEL, rpms(podman="3:4.4.1-3.rhaos4.12.el8"), ("root/buildinfo/Dockerfile-openshift-ose-cli-v4.12.0-7", DOCKERFILE)])
one("labels", [RHEL, rpms(podman="3:4.4.1-3.rhaos4.12.el8")], labels=LABELS)
one("labels-json", [RHEL, rpms(podman="3:4.4.1-3.rhaos4.12.el8"), ("root/buildinfo/labels.json", json.dumps(LABELS))])
one("label-cpe", [RHEL, rpms(podman="3:4.4.1-3.rhaos4.12.el8")], labels={"cpe": "cpe:/a:redhat:openshift:4.12::el8"})
one("unknown-build", [RHEL, rpms(podman="3:4.4.1-3.el8")], labels={**LABELS, "release": "8"})
# what Enterprise Linux says of it too
one("pattern", [RHEL, rpms(bar="1-1.el8"), sets(BASE, OCP)])
one("pattern-base", [RHEL, rpms(bar="1-1.el8"), sets(BASE)])
one("stream-fixed", [RHEL, rpms(baz="2-1.rhaos4.12.el8"), sets(BASE, OCP)])
one("stream-old", [RHEL, rpms(baz="1-1.rhaos4.12.el8"), sets(BASE, OCP)])
one("not-cleared", [RHEL, rpms(qux="1-1.el8"), sets(BASE, OCP)])
one("built-elsewhere", [RHEL, rpms(qux="1-1.rhaos4.12.el8")])
one("cleared", [RHEL, rpms(qux="1-1.el8")])
one("own-fixed", [RHEL, rpms(quux="4-9.rhaos4.12.el8"), sets(BASE, OCP)])
one("own-old", [RHEL, rpms(quux="4-8.rhaos4.12.el8"), sets(BASE, OCP)])
one("base-old", [RHEL, rpms(quux="4-7.el8"), sets(BASE, OCP)])
one("base-fixed", [RHEL, rpms(quux="5-1.el8"), sets(BASE, OCP)])
one("layers", [RHEL, rpms(bar="1-1.el8"), sets(BASE)], [rpms(bar="1-1.el8", podman="3:4.4.1-3.rhaos4.12.el8"), sets(OCP, path="root/buildinfo/content_manifests/y.json")])
one("above", [RHEL, rpms(bar="1-1.el8")], [sets(BASE, OCP)])
one("not-covered", [RHEL, rpms(podman="3:4.4.1-3.el8"), sets(BASE, "strange-4-for-rhel-8-x86_64-rpms")])
# modules
for stream, version in ((12, "12.20-1.module+el8.10.0+1+aaaaaaaa"), (15, "15.7-1.module+el8.10.0+1+aaaaaaaa")):
    one("module-%d" % stream, [RHEL, rpms(postgresql=(version, "postgresql:%d:8100020240814101911:489197e6" % stream)), sets(BASE)])
one("module-none", [RHEL, rpms(postgresql="9.6-1.el8"), sets(BASE)])
for stream in (16, 18):
    one("unfixed-module-%d" % stream, [RHEL, rpms(npm=("1:8-1.module+el8", "nodejs:%d:8100020240814101911:489197e6" % stream)), sets(BASE)])
# streams that cost extra
one("els", [release("7.9"), rpms(old="1:1-1.el7_9"), sets("rhel-7-server-rpms")])
one("els-build", [release("7.9"), rpms(old="1:1-1.el7_9.1"), sets("rhel-7-server-rpms")])
one("eus", [RHEL, rpms(left="1-1.el8_8"), sets(BASE)])
one("eus-other", [RHEL, rpms(left="1-1.el8_10"), sets(BASE)])

# ---- feeds

PRODUCTS = {"B7": "cpe:/o:redhat:enterprise_linux:7::server", "E7": "cpe:/o:redhat:rhel_els:7", "B8": "cpe:/o:redhat:enterprise_linux:8::baseos", "U8": "cpe:/o:redhat:rhel_eus:8.8::baseos",
            "rhel_7": "cpe:/o:redhat:enterprise_linux:7", "rhel_8": "cpe:/o:redhat:enterprise_linux:8", "O": "cpe:/a:redhat:openshift:4", "O11": "cpe:/a:redhat:openshift:4.11::el8",
            "O12": "cpe:/a:redhat:openshift:4.12::el8", "O129": "cpe:/a:redhat:openshift:4.12::el9", "G": "cpe:/a:redhat:openshift_gitops:1"}


def vex(cve, fixed=(), affected=(), unaffected=(), investigated=(), remedies=(), date="2024-01-02"):
    """fixed: (product, name, evr) or (product, name, evr, module); others: (product, source) or (product, source, module:stream)"""
    tree, relations, status, seen = [], [], {}, set()

    def named(kind, n, **helper):
        if n not in seen:
            seen.add(n)
            tree.append({"category": kind, "name": n, "product": {"name": n, "product_id": n, "product_identification_helper": helper}})

    def join(whole, part):
        n = whole + ":" + part
        if n not in seen:
            seen.add(n)
            relations.append({"category": "default_component_of", "full_product_name": {"name": n, "product_id": n}, "product_reference": part, "relates_to_product_reference": whole})
        return n

    for p, c in PRODUCTS.items():
        named("product_name", p, cpe=c)
    for p, name, evr, *module in fixed:
        epoch, vr = evr.split(":") if ":" in evr else ("", evr)
        part = "%s-%s.x86_64" % (name, evr)
        named("product_version", part, purl="pkg:rpm/redhat/%s@%s?arch=x86_64" % (name, vr.replace("+", "%2B")) + ("&epoch=" + epoch if epoch else ""))
        if module:
            whole = module[0] + ":8100020240814101911:489197e6"
            named("product_version", whole, purl="pkg:rpmmod/redhat/" + whole.replace(":", "@", 1))
            status.setdefault("fixed", []).append(join(p, whole))
            p = join(p, whole)
        status.setdefault("fixed", []).append(join(p, part))
    for key, list_ in (("known_affected", affected), ("known_not_affected", unaffected), ("under_investigation", investigated)):
        for p, name, *module in list_:
            part = module[0] + "/" + name if module else name
            named("product_version", part, purl="pkg:rpmmod/redhat/" + part if module else "pkg:rpm/redhat/%s?arch=src" % name)
            status.setdefault(key, []).append(join(p, part))
    with open(os.path.join(out, "feeds", cve + ".json"), "w") as f:
        json.dump({"document": {"category": "csaf_vex", "csaf_version": "2.0", "publisher": {"category": "vendor", "name": "Red Hat"}, "tracking": {"id": cve, "current_release_date": date + "T00:00:00Z"}},
                   "product_tree": {"branches": [{"branches": tree}], "relationships": relations},
                   "vulnerabilities": [{"cve": cve, "product_status": status, "threats": [{"category": "impact", "details": "Important"}],
                                        "remediations": [{"category": c, "details": d, "product_ids": ids} for c, d, ids in remedies]}]}, f)


os.makedirs(out + "/feeds", exist_ok=True)
vex("CVE-2024-4001", fixed=[("O11", "podman", "3:4.2.0-9.rhaos4.11.el8"), ("O12", "podman", "3:4.4.1-5.rhaos4.12.el8"), ("O129", "podman", "3:4.4.1-2.rhaos4.12.el9")])
vex("CVE-2024-4002", affected=[("O", "bar"), ("G", "bar")], unaffected=[("rhel_7", "bar")])
vex("CVE-2024-4003", affected=[("O", "baz")], fixed=[("O12", "baz", "2-1.rhaos4.12.el8")])
vex("CVE-2024-4004", affected=[("O", "qux")], unaffected=[("rhel_8", "qux")])
vex("CVE-2024-4005", fixed=[("B8", "quux", "5-1.el8"), ("O12", "quux", "4-9.rhaos4.12.el8")])
vex("CVE-2024-4006", fixed=[("B8", "postgresql", "12.20-1.module+el8.10.0+1+aaaaaaaa", "postgresql:12"), ("B8", "postgresql", "15.8-1.module+el8.10.0+1+aaaaaaaa", "postgresql:15")])
vex("CVE-2024-4007", affected=[("rhel_8", "npm", "nodejs:16")], unaffected=[("rhel_8", "npm", "nodejs:18")])
vex("CVE-2024-4008", affected=[("rhel_7", "old")], fixed=[("E7", "old", "1:1-1.el7_9.1")], remedies=[("no_fix_planned", "Out of support scope", ["rhel_7:old"])])
vex("CVE-2024-4009", affected=[("rhel_8", "left")], fixed=[("U8", "left", "1-1.el8_8.2")], remedies=[("no_fix_planned", "Will not fix", ["rhel_8:left"])])
MAP = {"data": {BASE: {"cpes": [PRODUCTS["B8"]], "repo_relative_urls": ["content/dist/rhel8/8/x86_64/baseos/os"]}, OCP: {"cpes": [PRODUCTS["O12"]]},
                "rhocp-4.12-for-rhel-9-x86_64-rpms": {"cpes": [PRODUCTS["O129"]]}, "strange-4-for-rhel-8-x86_64-rpms": {"cpes": ["cpe:/a:redhat:strange:4::el8"]}}}
os.makedirs(out + "/map", exist_ok=True)
json.dump(MAP, open(out + "/map/repository-to-cpe.json", "w"))
json.dump({"ose-cli-container-v4.12.0-7-x86_64": [PRODUCTS["O12"]]}, open(out + "/map/nvr-to-cpe.json", "w"))
