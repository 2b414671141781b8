#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Registries' exports: what each says, what it does not say, and which repository an image of ECR is of. Expectations are read off the inputs by hand.
. "$(dirname "$0")/lib.sh"
cd "$TMPDIR" || exit 2
q() { sqlite3 x.db "$1"; }
mkdir -p in/harbor.example.com in/eu in/registry.example.com:5000 in/nowhere
H1=$(printf 1 | sha256sum | cut -c1-64) H2=$(printf 2 | sha256sum | cut -c1-64)

cat > in/harbor.example.com/projects.json << 'X'
[{"project_id":1,"name":"shop","repo_count":2,"metadata":{"public":"false","auto_scan":"true","prevent_vul":"true","enable_content_trust_cosign":"true","retention_id":"4"}},
 {"project_id":2,"name":"open","repo_count":1,"metadata":{"public":"true"}}]
X
printf '[{"id":1,"name":"shop/web","artifact_count":2,"creation_time":"2026-01-02T00:00:00Z"},{"id":2,"name":"open/tool","artifact_count":1}]' > in/harbor.example.com/repositories.json
cat > in/harbor.example.com/artifacts.json << X
[{"repository_name":"shop/web","digest":"sha256:$H1","size":10,"push_time":"2026-01-03T00:00:00.000Z","pull_time":"0001-01-01T00:00:00.000Z","tags":[{"name":"1"},{"name":"stable"}],
  "accessories":[{"type":"signature.cosign"}],"scan_overview":{"application/vnd.security.vulnerability.report; version=1.1":{"scan_status":"Success","end_time":"2026-01-04T00:00:00Z","summary":{"summary":{"Critical":2,"Low":1}}}}},
 {"repository_name":"shop/web","digest":"sha256:$H2","push_time":"2026-01-05T00:00:00Z","tags":null,"accessories":[]},
 {"repository_name":"open/tool","digest":"sha256:$H2","push_time":"2026-01-05T00:00:00Z","tags":[{"name":"x"}],
  "scan_overview":{"a":{"scan_status":"Error","end_time":"2026-01-04T00:00:00Z"}}},
 {"digest":"sha256:$H2","push_time":"2026-01-05T00:00:00Z"}]
X
cat > in/eu/describe-repositories.json << 'X'
{"repositories":[{"repositoryArn":"arn:aws:ecr:eu-west-1:111122223333:repository/app","registryId":"111122223333","repositoryName":"app","repositoryUri":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/app",
 "createdAt":1700000000.5,"imageTagMutability":"IMMUTABLE_WITH_EXCLUSION","imageScanningConfiguration":{"scanOnPush":true},"encryptionConfiguration":{"encryptionType":"KMS"}},
 {"repositoryArn":"arn:aws:ecr:eu-west-1:111122223333:repository/old","registryId":"111122223333","repositoryName":"old","repositoryUri":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/old","imageTagMutability":"MUTABLE"}]}
X
cat > in/eu/describe-images.json << X
{"imageDetails":[{"registryId":"111122223333","repositoryName":"app","imageDigest":"sha256:$H1","imageTags":["v1"],"imagePushedAt":"2026-01-03T00:00:00+00:00","imageScanStatus":{"status":"COMPLETE"},
  "imageScanFindingsSummary":{"imageScanCompletedAt":"2026-01-04T00:00:00+00:00","findingSeverityCounts":{"HIGH":3}}},
 {"registryId":"111122223333","repositoryName":"app","imageDigest":"sha256:$H2","imageTags":["v2"],"imagePushedAt":1767398400},
 {"registryId":"111122223333","repositoryName":"app","imageDigest":"sha256:$H2","imageTags":["sha256-$H1.sig"]},
 {"registryId":"111122223333","repositoryName":"old","imageDigest":"sha256:$H2","imageTags":["v3"],"imageScanStatus":{"status":"ACTIVE"}},
 {"registryId":"999988887777","repositoryName":"elsewhere","imageDigest":"sha256:$H2","imageTags":["v4"]}],"nextToken":"abcdef"}
X
printf '{"repositories":["a/b","c"]}' > in/registry.example.com:5000/_catalog.json
printf '{"name":"a/b","tags":["1","2"]}' > in/registry.example.com:5000/tags.json
printf '{"name":"c","tags":null}' > in/nowhere/tags.json

"$PLIMSOLL" analyze -o x.db in > out.txt 2>&1
ok "exit code" "$?" 4
ok "registries" "$(q "SELECT host, product, collected FROM registry ORDER BY host")" "111122223333.dkr.ecr.eu-west-1.amazonaws.com|ecr|1
distribution|distribution|1
harbor.example.com|harbor|1
registry.example.com:5000|distribution|1"
ok "repositories" "$(q "SELECT r.name, coalesce(p.public, '-'), coalesce(p.scan_on_push, '-'), coalesce(p.immutable_tags, '-'), coalesce(p.signing_required, '-'), coalesce(p.blocks_vulnerable, '-'),
	coalesce(p.encryption, '-'), coalesce(p.lifecycle, '-'), coalesce(p.tags, '-'), coalesce(p.created, '-') FROM repository p JOIN thing r ON r.id = p.thing ORDER BY 1")" \
	"a/b|-|-|-|-|-|-|-|2|-
app|-|1|-|-|-|KMS|-|-|1700000000
c|-|-|-|-|-|-|-|0|-
c|-|-|-|-|-|-|-|-|-
old|-|-|0|-|-|-|-|-|-
open/tool|1|-|-|-|-|-|0|-|-
shop/web|0|1|-|1|1|-|1|-|1767312000"
ok "images" "$(q "SELECT p.name, coalesce(i.tag, '-'), coalesce(i.pushed, '-'), coalesce(i.pulled, '-'), coalesce(i.signed, '-'), coalesce(i.scanned, '-'), i.scan_known, coalesce(i.critical, '-'), coalesce(i.high, '-')
	FROM repository_image i JOIN repository p ON p.thing = i.repository ORDER BY 1, 2")" "a/b|1|-|-|-|-|0|-|-
a/b|2|-|-|-|-|0|-|-
app|v1|1767398400|-|1|1767484800|1|0|3
app|v2|1767398400|-|-|-|1|-|-
old|v3|-|-|-|-|0|-|-
open/tool|x|1767571200|-|-|-|1|-|-
shop/web|-|1767571200|-|0|-|1|-|-
shop/web|1|1767398400|-|1|1767484800|1|2|0
shop/web|stable|1767398400|-|1|1767484800|1|2|0"
ok "problems" "$(q "SELECT message FROM problem ORDER BY 1")" "an artifact without repository_name and digest
one page of several (nextToken): what the others hold is missing
the registry of 1 repositories, such as elsewhere, is not told: describe-repositories of the same region tells it"
ok "each registry has its evidence" "$(q "SELECT s.name, k.kind, k.items FROM evidence_kind k JOIN scope s ON s.id = k.scope WHERE s.kind = 'registry' ORDER BY 1, 2")" \
	"111122223333.dkr.ecr.eu-west-1.amazonaws.com|registry/ecr-images|3
111122223333.dkr.ecr.eu-west-1.amazonaws.com|registry/ecr-repositories|2
distribution|registry/tags|1
harbor.example.com|registry/harbor-artifacts|3
harbor.example.com|registry/harbor-projects|2
harbor.example.com|registry/harbor-repositories|2
registry.example.com:5000|registry/catalog|2
registry.example.com:5000|registry/tags|1"
ok "verdicts" "$(q "SELECT f.subject, f.verdict FROM finding f WHERE check_id = 'registry.public-repository' AND subject LIKE '%harbor%' ORDER BY 1")" "repository:harbor.example.com/open/tool|fail"
mkdir -p twice/harbor.example.com && cp in/harbor.example.com/artifacts.json twice/harbor.example.com/
"$PLIMSOLL" analyze -o x.db in twice > out.txt 2>&1
ok "an export given twice counts once" "$(q "SELECT count(*) FROM repository_image")" 9

finish
