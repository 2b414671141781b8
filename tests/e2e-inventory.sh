#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is found in files that tell of packages, made by tests/make-inventory.py: every family, damaged twins, archives in archives.
# Expectations are worked out by hand from the samples.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/inventory
mkdir -p "$D"
here=$(dirname "$0")
scan() { "$PLIMSOLL" image "$@" --format json 2> "$D/err"; }
# list ROOT FILTER: "name version" of its components
list() { scan --rootfs "$D/$1" | jq -r "select(.kind == \"component\" and ($2)) | .name + \" \" + .version" | tr '\n' ',' | sed 's/,$//'; }

python3 "$here/make-inventory.py" "$D" || exit 1

rpms="bash 5.1.8-6.el9,filler 1-1,nodejs 1:10.21.0-3.module+el8,perl-libs 4:5.26.3-420.el8,python3-six 1.15.0-9.el9"
for i in bdb-little bdb-big bdb-btree ndb; do
	ok "rpm: $i" "$(list $i true)" "$rpms"
	ok "rpm: $i is read whole" "$(cat "$D/err")" ""
done
ok "rpm: SQLite" "$(list sqlite '.type == "rpm"')" "bash 5.1.8-6.el9,nodejs 1:10.21.0-3.module+el8,perl-libs 4:5.26.3-420.el8,python3-six 1.15.0-9.el9"
ok "rpm: rows in the write-ahead log, one deleted there" "$(list wal true)" "late 2.0-1,nodejs 1:10.21.0-3.module+el8,perl-libs 4:5.26.3-420.el8,python3-six 1.15.0-9.el9"
ok "rpm: all rows in the log" "$(list wal-first true)" "bash 5.1.8-6.el9,perl-libs 4:5.26.3-420.el8"
ok "rpm: all pages in the log" "$(list wal-empty true)" "bash 5.1.8-6.el9,perl-libs 4:5.26.3-420.el8"
ok "rpm: manifest of distroless Mariner" "$(list mariner true)" "filesystem 1.1-9.cm2,openssl-libs 1:1.1.1k-17.cm2"
ok "rpm: URL of a package with epoch and module" "$(scan --rootfs "$D/bdb-big" | jq -r 'select(.name == "nodejs") | .purl')" \
	"pkg:rpm/centos/nodejs@10.21.0-3.module%2Bel8?arch=x86_64&distro=centos-8&epoch=1&rpmmod=nodejs:10:8020020200707141642:6a468ee4"
ok "rpm: source package" "$(scan --rootfs "$D/bdb-big" | jq -r 'select(.name == "perl-libs") | .source')" perl
ok "rpm: owner of a Python package" "$(scan --rootfs "$D/sqlite" | jq -r 'select(.type == "pypi") | .owner')" python3-six
ok "rpm: log in another layer than its database" "$(scan "$D/img/wal.tar" | jq -r 'select(.kind == "component") | .name + " " + (.layer | tostring) + " " + (.removed_in | tostring)' | tr '\n' ',')" \
	"bash 0 1,bash 2 null,late 1 2,nodejs 0 null,perl-libs 0 null,python3-six 0 null,"
ok "rpm: a damaged database is told so" "$(scan --rootfs "$D/damaged-cut/bdb-big" | jq -r 'select(.kind == "image") | .package_database')" unreadable
ok "rpm: and is no success" "$(scan --rootfs "$D/damaged-cut/ndb" > /dev/null; echo $?)" 4

# Hosts with the same databases: the same packages, matched by their distribution. A kubelet's folder makes a root directory a host's.
printf '{"id":"ALSA-1","modified":"2024-05-01T00:00:00Z","affected":[{"package":{"ecosystem":"AlmaLinux:9","name":"bash"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"5.1.8-9.el9"}]}]},{"package":{"ecosystem":"AlmaLinux:9","name":"perl-libs"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"4:5.26.3-419.el9"}]}]}]}' > "$D/alma.json"
"$PLIMSOLL" feeds import -o "$D/alma.db" "$D/alma.json" > /dev/null 2>&1
# host ROOT: its packages; the database of its kind
host() {
	rm -rf "$D/host" && mkdir -p "$D/host" && cp -a "$D/$1/." "$D/host" && rm -f "$D/host/etc/os-release" "$D/host/usr/lib/os-release"
	mkdir -p "$D/host/var/lib/kubelet" "$D/host/etc" && printf 'ID="almalinux"\nVERSION_ID="9.3"\n' > "$D/host/etc/os-release"
	"$PLIMSOLL" analyze -o "$D/host.db" --cluster-name c --feeds "$D/alma.db" "$D/host" > "$D/out" 2>&1
	sqlite3 "$D/host.db" "SELECT name || ' ' || version FROM package WHERE type = 'rpm' ORDER BY 1" | tr '\n' ',' | sed 's/,$//'
}
hq() { sqlite3 "$D/host.db" "$1"; }
for i in bdb-little bdb-big bdb-btree ndb; do
	ok "host: $i" "$(host $i)" "$rpms"
	ok "host: $i is told" "$(hq "SELECT distro, database, packages FROM inventory JOIN thing ON thing.id = thing AND kind = 'node'")" "almalinux|rpm|5"
done
ok "host: SQLite" "$(host sqlite)" "bash 5.1.8-6.el9,nodejs 1:10.21.0-3.module+el8,perl-libs 4:5.26.3-420.el8,python3-six 1.15.0-9.el9"
ok "host: matched as images are" "$(hq "SELECT component, name, fixed FROM v_vulnerability")" "bash|ALSA-1|5.1.8-9.el9"
ok "host: assessed" "$(hq "SELECT DISTINCT ecosystem, state FROM feed_coverage")" "AlmaLinux|assessed"
ok "host: source, module" "$(hq "SELECT source FROM package WHERE name = 'perl-libs'; SELECT module FROM package WHERE name = 'nodejs'")" "perl
nodejs:10:8020020200707141642:6a468ee4"
ok "host: write-ahead log" "$(host wal)" "late 2.0-1,nodejs 1:10.21.0-3.module+el8,perl-libs 4:5.26.3-420.el8,python3-six 1.15.0-9.el9"
ok "host: manifest of distroless Mariner, a line broken" "$(host mariner) $(hq 'SELECT database FROM inventory')" "filesystem 1.1-9.cm2,openssl-libs 1:1.1.1k-17.cm2 unreadable"
host damaged-cut/bdb-big > /dev/null
ok "host: a damaged database is told so" "$(hq 'SELECT database FROM inventory')" unreadable
ok "host: and not assessed in whole" "$(hq "SELECT count(*) FROM feed_coverage WHERE state = 'not-assessed' AND package IS NULL")" 1
host bdb-big > /dev/null
"$PLIMSOLL" collect -o "$D/host.plim" --cluster-name c --node "$D/host" > /dev/null 2>&1
"$PLIMSOLL" analyze -o "$D/host.db" "$D/host.plim" > /dev/null 2>&1
ok "host: collected" "$(hq "SELECT group_concat(x) FROM (SELECT name || ' ' || version AS x FROM package ORDER BY 1)")" "$rpms"

ok "python: installed" "$(list python '.declared | not')" "Jinja2 3.1.2,PyYAML 6.0,old 1,six 1.16.0"
ok "python: declared, but not what is installed" "$(list python .declared)" \
	"Django 3.2.5,anyio 4.4.0,certifi 2023.7.22,click 8.1.7,flask 2.0.1,idna 3.4,pytest 7.4.0,urllib3 1.26.18"
ok "python: licences" "$(scan --rootfs "$D/python" | jq -r 'select(.declared == false) | .licenses[0] // "-"' | tr '\n' ' ')" "BSD-3-Clause MIT - MIT "
ok "python: metadata without a name" "$(grep -c nameless "$D/err")" 1
ok "node: installed" "$(list node '.declared | not')" "@scope/pkg 1.0.0,app 1.0.0,lodash 4.17.21"
ok "node: declared" "$(list node .declared)" \
	"@babel/core 7.21.0,@s/b3 3.1.0,@s/hop 2.0.0,@s/q5 2.0.0,@s/q9 2.0.0,a1 1.0.0,a3 3.0.0,ansi 1.0.3,b1 2.0.0,bunny 1.2.3,chalk 4.1.2,p5 1.0.0,p9 1.0.0,real3 3.2.0"
ok "node: URL of a scoped package" "$(scan --rootfs "$D/node" | jq -r 'select(.name == "@scope/pkg") | .purl')" "pkg:npm/%40scope/pkg@1.0.0"
ok "java" "$(list java '.declared | not')" \
	"com.google.guava:guava 31.1-jre,com.script:launch 2.0,com.shaded:all 1.0,com.shop:shop 1.0.0,junit:junit 4.13.2,net.agent:agent 1.0,org.apache.commons:commons-lang3 3.12.0,org.apache.logging.log4j:log4j-core 2.14.1,org.glassfish.hk2:hk2-api 2.2.0,org.slf4j:slf4j-api 1.7.36,plain 4.5"
ok "java: place in nested archives" "$(scan --rootfs "$D/java" | jq -r 'select(.name == "org.slf4j:slf4j-api") | .path')" \
	"app/site.war!/WEB-INF/lib/inner.war!/WEB-INF/lib/slf4j-api-1.7.36.jar"
ok "java: URL" "$(scan --rootfs "$D/java" | jq -r 'select(.name == "org.apache.logging.log4j:log4j-core") | .purl')" "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"
ok "java: declared" "$(list java .declared)" "org.slf4j:slf4j-simple 1.7.36"
ok "java: nesting and bombs end" "$(scan --rootfs "$D/bombs" > /dev/null; echo $? && grep -cE 'nested more than|taken for a bomb' "$D/err")" "4
2"
for p in shop stripped old old-big; do
	v=1.21.0
	case $p in old*) v=1.16.5 ;; esac
	ok "go: $p" "$(list programs ".path == \"usr/bin/$p\"")" "github.com/new/fork v1.0.1,golang.org/x/net v0.7.0,k8s.io/api (devel),shop v2.3.4,stdlib $v"
done
ok "go: built without modules, as go version -m has it" "$(list programs '.path == "usr/bin/gopath"')" "github.com/nats-io/nats-server (devel),stdlib 1.21.0"
ok "rust: build-time packages left out" "$(list programs '.type == "cargo"')" "rusty 0.1.0,serde 1.0.160"
ok "programs by rules, none that a package owns" "$(list programs '.type == "generic"')" "nginx 1.25.3,python 3.11.7"
ok "owner under a merged /usr" "$(scan --rootfs "$D/programs" | jq -r 'select(.name == "owned") | .owner')" nginx-custom
ok "other ecosystems: installed" "$(list others '.declared | not')" \
	"redis 7.0.11-1,symfony/console 5.4.1,ggplot2 3.4.0,rack 2.2.6,glibc 2.37,Microsoft.NETCore.App.Runtime.linux-x64 8.0.1,Newtonsoft.Json 13.0.1"
ok "other ecosystems: declared" "$(list others .declared)" \
	"libc 0.2.140,Alamofire 5.6.4,Firebase/Core 10.0.0,monolog/monolog 2.8.0,phpunit/phpunit 9.5.1,bzip2 1.0.8,zlib 1.2.11,forked 0.1,nokogiri 1.15.0,racc 1.6.2,github.com/z/z v1.0.0,aeson 2.1.0.0,base 4.16.3.0,fuzzyset 0.2.4,jason 1.4.0,real_name 2.0.0,org.y:y 2.0,@s/x 1.0.0,Serilog 3.1.1,async 2.10.0,github.com/apple/swift-nio 2.41.0,github.com/vapor/vapor 4.70.0"

# Every ecosystem meets its feed: a record that hits what is installed, and one whose fixed version it has; names as the feeds write them.
mkdir -p "$D/osv"
osv() { # osv ID ECOSYSTEM NAME INTRODUCED FIXED [RANGE TYPE]
	printf '{"id":"%s","modified":"2024-05-01T00:00:00Z","summary":"s","affected":[{"package":{"ecosystem":"%s","name":"%s"},"ranges":[{"type":"%s","events":[{"introduced":"%s"},{"fixed":"%s"}]}]}]}\n' \
		"$1" "$2" "$3" "${6:-ECOSYSTEM}" "$4" "$5" > "$D/osv/$1.json"
}
osv PYSEC-1 PyPI pyyaml 0 6.0.1
osv PYSEC-2 PyPI jinja2 0 3.1.2
osv GHSA-maven-1 Maven org.apache.logging.log4j:log4j-core 2.13.0 2.15.0
osv GHSA-maven-2 Maven com.google.guava:guava 0 31.1-jre
osv GO-1 Go golang.org/x/net 0 0.8.0 SEMVER
osv GO-2 Go github.com/new/fork 0 1.0.1 SEMVER
osv GO-3 Go stdlib 1.21.0-0 1.21.4 SEMVER
osv GO-4 Go github.com/old/fork 0 9.0.0 SEMVER
osv GHSA-gem-1 RubyGems rack 2.0.0 2.2.6.1
osv GHSA-gem-2 RubyGems rack 0 2.2.6
osv RUSTSEC-1 crates.io serde 0 1.0.161 SEMVER
osv RUSTSEC-2 crates.io cc 0 9.0.0 SEMVER
osv GHSA-composer-1 Packagist symfony/console 5.0.0 5.4.2
osv GHSA-composer-2 Packagist symfony/console 0 5.4.1
osv GHSA-nuget-1 NuGet newtonsoft.json 0 13.0.2
osv GHSA-nuget-2 NuGet Newtonsoft.Json 0 13.0.1
osv GHSA-npm-1 npm @scope/pkg 0 1.0.1 SEMVER
osv GHSA-npm-2 npm a1 0 9.0.0 SEMVER
"$PLIMSOLL" feeds import -o "$D/osv.db" "$D/osv" 2> "$D/err"
# found ROOT: component, advisory and fixed version
found() { "$PLIMSOLL" image --rootfs "$D/$1" --feeds "$D/osv.db" --format json 2> "$D/err" | jq -r 'select(.kind == "vulnerability") | "\(.component) \(.vulnerability) \(.fixed)"' | sort -u | tr '\n' ',' | sed 's/,$//'; }
ok "matched: PyPI, names normalised" "$(found python)" "PyYAML PYSEC-1 6.0.1"
ok "matched: Maven, in a nested jar" "$(found java)" "org.apache.logging.log4j:log4j-core GHSA-maven-1 2.15.0"
ok "matched: Go and its library, Rust without what only the build needed" "$(found programs)" "golang.org/x/net GO-1 0.8.0,serde RUSTSEC-1 1.0.161,stdlib GO-3 1.21.4"
ok "matched: Ruby, PHP, .NET" "$(found others)" "Newtonsoft.Json GHSA-nuget-1 13.0.2,rack GHSA-gem-1 2.2.6.1,symfony/console GHSA-composer-1 5.4.2"
ok "matched: npm, not what a lock file alone names" "$(found node)" "@scope/pkg GHSA-npm-1 1.0.1"

# What people leave in images.
"$PLIMSOLL" analyze -o "$D/content.db" "$D/img/content.tar" 2> "$D/err"
q() { sqlite3 "$D/content.db" "$1" | tr '\n' ' ' | sed 's/ $//'; }
ok "files of note" "$(q "SELECT kind || ' ' || path || ifnull(' -' || removed_in, '') FROM image_file ORDER BY 1")" \
	"backup srv/a.conf.bak compiler usr/bin/gcc dump srv/dump.sql empty-password etc/passwd empty-password etc/shadow history root/.bash_history keystore srv/server.jks package-cache var/lib/apt/lists/x remote-access usr/sbin/sshd secret app/settings.properties setuid usr/bin/sudo sudo usr/bin/sudo tool usr/bin/gcc tool usr/sbin/sshd tool-state infra/terraform.tfstate -1 version-control app/.git/config"
ok "users without a password, classes of secrets" "$(q "SELECT path, detail FROM image_file WHERE detail IS NOT NULL ORDER BY path")" "app/settings.properties|high etc/passwd|guest etc/shadow|old"
ok "no secret is kept" "$(strings "$D/content.db" | grep -c Xk29vQ8mZr4)" 0

ok "hard links into a store, and to another copy" "$(scan "$D/img/links.tar" | jq -r 'select(.kind == "component") | .path' | tr '\n' ' ')" \
	"opt/conda/conda-meta/zstd-1.5.2-h0.json a/node_modules/first/package.json b/node_modules/first/package.json app/node_modules/stored/package.json "
"$PLIMSOLL" analyze -o "$D/base.db" "$D/img/links.tar" "$D/img/links2.tar" 2> "$D/err"
ok "base images by their layers" "$(sqlite3 "$D/base.db" "SELECT v.image, w.image, b.own_layers, (SELECT group_concat(name) FROM v_layer_package p WHERE p.subject = b.subject AND NOT from_base) FROM v_image_base b JOIN v_image v ON v.subject = b.subject JOIN v_image w ON w.subject = b.base")" "links:2|links:1|1|own"

ok "licences by class" "$(sqlite3 "$D/base.db" "SELECT class, licence, packages FROM v_image_licence WHERE subject = (SELECT image FROM image_name WHERE name = 'links:1') ORDER BY 1")" "permissive|BSD-3-Clause|1
unknown||3"

# Archives that do not hold what they say.
state() { scan "$D/img/$1" | jq -r 'select(.kind == "image") | "\(.verified) \(.readable) \(.packages)"'; }
ok "a layer is missing: the rest counts" "$(state absent.tar)" "false false 1"
ok "a layer packed otherwise" "$(state xz.tar)" "false false 1"
ok "a list that stands twice is refused" "$(scan "$D/img/twice.tar" > /dev/null; echo $?)" 3
ok "a manifest that is not what its name says" "$(state other.tar)" "false true 1"

# Damage costs what is damaged: no crash, an end in time, exit 0 (less was found) or 4 (and told).
for d in "$D"/damaged-*/*; do
	timeout 60 "$PLIMSOLL" image --rootfs "$d" --format json > "$D/out" 2> "$D/err"
	code=$?
	ok "damaged: ${d#"$D"/}" "$([ $code = 0 ] || [ $code = 4 ] && [ "$(jq -r 'select(.kind == "image") | 1' "$D/out")" = 1 ] && echo told)" told
done

# The command itself.
ok "no input" "$("$PLIMSOLL" image 2> /dev/null; echo $?)" 2
ok "no image in it" "$(echo x > "$D/x"; "$PLIMSOLL" image "$D/x" 2> /dev/null; echo $?)" 3
ok "--fail-on without feeds" "$("$PLIMSOLL" image "$D/img/wal.tar" --fail-on high 2> /dev/null; echo $?)" 2
ok "unknown format" "$("$PLIMSOLL" image "$D/img/wal.tar" --format xml 2> /dev/null; echo $?)" 2
ok "CycloneDX" "$("$PLIMSOLL" image "$D/img/wal.tar" --format cyclonedx 2> /dev/null | jq -r '.specVersion + " " + (.components | length | tostring) + " " + .metadata.component.name')" "1.6 4 wal:1"
ok "SPDX" "$("$PLIMSOLL" image "$D/img/wal.tar" --format spdx 2> /dev/null | jq -r '.spdxVersion + " " + (.packages | length | tostring) + " " + (.relationships | length | tostring)')" "SPDX-2.3 5 5"
"$PLIMSOLL" image --rootfs "$D/others" --format cyclonedx > "$D/a" 2> /dev/null
"$PLIMSOLL" image --rootfs "$D/others" --format cyclonedx > "$D/b" 2> /dev/null
ok "the same twice" "$(cmp "$D/a" "$D/b" && echo same)" same
finish
