#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What installers leave beside what they installed, and programs unpacked by hand; made by tests/make-traces.py. Versions are what the tools
# themselves say ("java -version", "redis-server --version", "pacman -Q", "pecl list"), written down by hand.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/traces
mkdir -p "$D"
python3 "$(dirname "$0")/make-traces.py" "$D" || exit 1
# list ROOT: "type name version" of its components
list() { "$PLIMSOLL" image --rootfs "$D/$1" --format json 2> "$D/err" | jq -r 'select(.kind == "component") | "\(.type) \(.name) \(.version)"' | tr '\n' ',' | sed 's/,$//'; }
field() { "$PLIMSOLL" image --rootfs "$D/$1" --format json 2> "$D/err" | jq -r "select($2) | $3"; }

ok "traces" "$(list traces)" \
	"cran translations 4.2.2,generic jdk 1.8.0_411-b25,generic openjdk 17.0.9+9,generic wordpress 6.4.2,generic zulu 11.0.20,luarocks LPeg 1.0.2-1,npm shop 1.0.0,npm yarn 1.22.22,pear Archive_Tar 1.4.14,pear redis 6.0.2,wordpress-plugin akismet 5.3"
ok "traces: URLs" "$(field traces '.name == "redis" or .name == "LPeg"' .purl)" "pkg:luarocks/lpeg@1.0.2-1
pkg:pear/redis@6.0.2?repository_url=pecl.php.net"
ok "PEAR: damaged entries are told" "$(list damaged) $(grep -c 'without a name or a version' "$D/err")" " 3"
ok "pacman" "$(list arch)" "alpm python-six 1.16.0-8,pypi six 1.16.0"
ok "pacman: owner, URL, database" "$(field arch '.name == "six"' .owner) $(field arch '.type == "alpm"' .purl) $(field arch '.kind == "image"' .package_database)" \
	"python-six pkg:alpm/arch/python-six@1.16.0-8?arch=any alpm"
ok "Portage" "$(list gentoo)" "ebuild app-arch/bzip2 1.0.8-r4,ebuild dev-python/python-six-2 1.16.0,pypi six 1.16.0"
ok "Portage: owner, database" "$(field gentoo '.name == "six"' .owner) $(field gentoo '.kind == "image"' .package_database)" "python-six-2 ebuild"
ok "programs" "$(field programs '.kind == "component"' '"\(.path | split("/")[0:2] | join("/")) \(.name) \(.version)"' | LC_ALL=C sort | tr '\n' ',')" \
	"dart/dart dart 2.12.4,fluent/fluent-bit fluent-bit 2.2.1,fluentdev/fluent-bit fluent-bit 1.7.0,gcc/gcc gcc 12.3.0,ghc/ghc-9.6.5 haskell/ghc 9.6.5,gzip/gzip gzip 1.12,haproxy/haproxy haproxy 2.0.0,haproxy3/haproxy haproxy 3.1-dev0,java-arm/bin openjdk 11.0.22+7,java/bin openjdk 11.0.22+7,java8/bin openjdk 1.8.0_352-b08,julia/libjulia-internal.so.1 julia 1.9.3,lib/php php-redis 6.0.2,maria/mysql mariadb 10.6.15,mysql/mysql mysql 8.0.37,mysql5/mysql mysql 5.6.51,node0/node node 0.12.18,node4/node node 4.9.1,otp/beam.smp erlang 26.1.2,pg/postgres postgresql 15beta4,py/libpython3.12.so.1.0 python 3.12.10,redis4/redis-server redis 4.0.11,redis6/redis-server redis 6.0.16,redis7/redis-server redis 7.2.3,redisd/redis-server redis 7.0.15,resty/nginx nginx 1.21.4,ruby/ruby ruby 3.4.0preview1,ruby2/ruby ruby 2.7.7,rust/libstd-86aefecbddda356d.so rust 1.67.1,up/getopt util-linux 2.37.4,usr/bin composer 2.6.5,usr/lib go 1.19.8,usr/local chrome 127.0.6533.119,usr/local elixir 1.15.7,usr/local elixir 1.15.7,usr/local go 1.21.3,zstd/zstd zstd 1.5.6,"
finish
