#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes what tests/e2e-traces.sh reads: make-traces.py DIRECTORY. Samples follow what the tools write: PEAR's registry (PHP serialize()),
a JDK's release file, LuaRocks, WordPress, pacman and Portage; programs hold only the texts that their rules look for, as real ones have them."""
import json, pathlib, sys

out = sys.argv[1]


def put(root, path, data):
    p = pathlib.Path(out, root, path)
    p.parent.mkdir(parents=True, exist_ok=True)
    p.write_bytes(data if isinstance(data, bytes) else data.encode())


def serialize(v):
    if isinstance(v, dict):
        return "a:%d:{%s}" % (len(v), "".join(serialize(k) + serialize(x) for k, x in v.items()))
    if isinstance(v, str):
        return 's:%d:"%s";' % (len(v.encode()), v)
    return "N;" if v is None else "b:%d;" % v if isinstance(v, bool) else "i:%d;" % v


# ---- what installers leave
pecl = {"attribs": {"version": "2.0"}, "name": "redis", "channel": "pecl.php.net", "summary": 'A "quoted"; text', "lead": {0: {"name": "X", "active": "yes"}, 1: None},
        "version": {"release": "6.0.2", "api": "6.0.2"}, "license": {"attribs": {"uri": "http://x"}, "_content": "PHP"}, "filelist": {"a.c": {"name": "no", "size": 3}}, "old": True}
put("traces", "usr/local/lib/php/.registry/.channel.pecl.php.net/redis.reg", serialize(pecl))
put("traces", "usr/local/lib/php/.registry/archive_tar.reg", serialize({"name": "Archive_Tar", "version": {"release": "1.4.14"}, "license": "New BSD License"}))
put("damaged", "usr/local/lib/php/.registry/cut.reg", serialize(pecl)[:60])
put("damaged", "usr/local/lib/php/.registry/lying.reg", 'a:99999999:{s:9999999999999999999999:"name";s:4:"x";')
put("damaged", "usr/local/lib/php/.registry/deep.reg", "a:1:{i:0;" * 100000)
put("traces", "opt/java/openjdk/release", 'IMPLEMENTOR="Eclipse Adoptium"\nIMAGE_TYPE="JRE"\nJAVA_RUNTIME_VERSION="17.0.9+9"\nJAVA_VERSION="17.0.9"\n')
put("traces", "opt/zulu/release", 'IMPLEMENTOR="Azul Systems, Inc."\nJAVA_VERSION="11.0.20"\n')
put("traces", "opt/oracle/release", 'JAVA_VERSION="1.8.0_411"\nJAVA_RUNTIME_VERSION="1.8.0_411-b25"\nBUILD_TYPE="commercial"\n')
put("traces", "opt/app/release", "1.2.3\n")
put("traces", "usr/local/lib/luarocks/rocks-5.1/lpeg/1.0.2-1/lpeg-1.0.2-1.rockspec",
    'package = "LPeg"\nversion = "1.0.2-1"\nsource = {\n   url = "http://x/lpeg-1.0.2.tar.gz",\n}\ndescription = {\n   license = "MIT/X11"\n}\n')
put("traces", "usr/src/wordpress/wp-includes/version.php", "<?php\n/**\n * @global string $wp_version\n */\n$wp_version = '6.4.2';\n\n$required_php_version = '7.0.0';\n")
put("traces", "usr/src/wordpress/wp-content/plugins/akismet/akismet.php", "<?php\n/**\n * @package Akismet\n */\n/*\nPlugin Name: Akismet Anti-spam\nVersion: 5.3\nLicense: GPLv2 or later\n*/\n")
put("traces", "usr/src/wordpress/wp-content/plugins/akismet/class.php", "<?php\n// Version: 9\n")
put("traces", "opt/yarn-v1.22.22/package.json", json.dumps({"name": "yarn", "version": "1.22.22", "license": "BSD-2-Clause"}))
put("traces", "srv/app/package.json", json.dumps({"name": "shop", "version": "1.0.0", "private": True}))
put("traces", "srv/app/node_modules/lib/dist/package.json", json.dumps({"name": "part", "version": "1.0.0"}))
put("traces", "srv/esm/package.json", json.dumps({"type": "module"}))

put("traces", "usr/lib/R/library/translations/DESCRIPTION", "Package: translations\nVersion: 4.2.2\nPriority: base\nLicense: Part of R 4.2.2\n")
put("traces", "usr/lib/R/library/pkg/tests/DESCRIPTION", "Package: no\nVersion: 1\n")

# ---- package databases of Arch and Gentoo
put("arch", "etc/os-release", 'ID=arch\nPRETTY_NAME="Arch Linux"\n')
put("arch", "var/lib/pacman/local/python-six-1.16.0-8/desc", "%NAME%\npython-six\n\n%VERSION%\n1.16.0-8\n\n%BASE%\npython-six\n\n%DESC%\nx\n\n%ARCH%\nany\n\n%LICENSE%\nMIT\n\n%DEPENDS%\npython\n")
put("arch", "var/lib/pacman/local/python-six-1.16.0-8/files", "%FILES%\nusr/\nusr/lib/\nusr/lib/python3.11/site-packages/six-1.16.0.dist-info/\nusr/lib/python3.11/site-packages/six-1.16.0.dist-info/METADATA\n\n%BACKUP%\n")
put("arch", "usr/lib/python3.11/site-packages/six-1.16.0.dist-info/METADATA", "Name: six\nVersion: 1.16.0\n")
put("arch", "usr/local/share/local/desc", "%NAME%\nno\n\n%VERSION%\n1\n")
put("gentoo", "etc/os-release", "ID=gentoo\n")
put("gentoo", "var/db/pkg/app-arch/bzip2-1.0.8-r4/CONTENTS", "dir /bin\nobj /bin/bzip2 1c9a 1680000000\nsym /bin/bunzip2 -> bzip2 1680000000\n")
put("gentoo", "var/db/pkg/dev-python/python-six-2-1.16.0/CONTENTS", "obj /usr/lib/python3.11/site-packages/six-1.16.0.dist-info/METADATA aa 1\n")
put("gentoo", "usr/lib/python3.11/site-packages/six-1.16.0.dist-info/METADATA", "Name: six\nVersion: 1.16.0\n")

# ---- programs: path, texts with a NUL between them
ELF = b"\x7fELF\2\1\1" + b"\0" * 9 + b"\2\0\x3e\0\1\0\0\0" + b"\0" * 40
PROGRAMS = [
    ("redis4/redis-server", "x|4.0.11841ce7054bd9-1542359302000000000|y"), ("redis7/redis-server", ")7.2.3buildkitsandbox-1702957734000000000"),
    ("redis6/redis-server", "6.0.16964cbe20d4f7-1700000000000000000"), ("redisd/redis-server", "7.0.15debian-build-1-1700000000"),
    ("java/bin/java", "openjdk|java|0.0|11.0.22+7|-J-ms8m"), ("java-arm/bin/java", "up %s: %s|0.0||11.0.22+7|||openjdk|java|-J-ms8m"), ("java8/bin/java", "openjdk|java|1.8|1.8.0_352-b08|x"), ("mysql/mysql", "KNOWN_USER|shutdown|8.0.37|||mysql_real_escape_string"),
    ("mysql5/mysql", "/var/lib/pb2/sb_1-1538601/release/mysql-5.6.51/vio/viosocket.c"), ("maria/mysql", "10.6.15-MariaDB"), ("pg/postgres", "PostgreSQL 15beta4 on x|postgres (PostgreSQL) 15beta4"),
    ("haproxy/haproxy", "x| version 2.0.0, released 2019/06/16"), ("haproxy3/haproxy", "2024/05/29|3.1-dev0-1eb0f22|HAProxy version follows"), ("node0/node", "v0.12.18"), ("node4/node", "|v4.9.1|"),
    ("resty/nginx", "nginx version: openresty/1.21.4.3"), ("ruby/ruby", "ruby 3.4.0preview1 (2024-05-16 master 9d69619623) [x86_64-linux]"), ("ruby2/ruby", "ruby 2.7.7p221 (2022-11-24 revision 168ec2b1e5)"),
    ("fluent/fluent-bit", "s() at|2.2.1|||Fluent Bit v%s"), ("fluentdev/fluent-bit", "1.7.0|\x1b[1m|%sFluent Bit"), ("zstd/zstd", "Yann|v1.5.6|Zstandard"), ("gzip/gzip", "a|1.12|b"),
    ("dart/dart", "MathAtan|2.12.4 (stable) (Thu Apr 15)"), ("ghc/ghc-9.6.5", "|GHC 9.6.5|"), ("otp/beam.smp", "||26.1.2||||Erlang/OTP"), ("rust/libstd-86aefecbddda356d.so", "|clang LLVM (rustc version 1.67.1 (d5a82bbd2 2023-02-07))"),
    ("lib/php/extensions/no-debug-non-zts-20230831/redis.so", "redis|6.0.2|API20230831,NTS"), ("usr/local/bin/chrome", "127.0.6533.119|Default"), ("gcc/gcc", "GCC: (GNU) 12.3.0"),
    ("julia/libjulia-internal.so.1", "__init__|1.9.3|verify"), ("up/getopt", "util-linux 2.37.4"), ("lib/python3.12/cryptography/_rust.abi3.so", "OpenSSL|3.0.16|x"), ("py/libpython3.12.so.1.0", "3.0.16|3.12.10|"), ("owned-name/other", "PostgreSQL 15.1"),
]
for path, texts in PROGRAMS:
    put("programs", path, ELF + b"\0" + b"\0".join(t.encode() for t in texts.split("|")) + b"\0")
put("programs", "usr/local/go/VERSION", "go1.21.3\ntime 2023-10-09T17:04:35Z\n")
put("programs", "usr/lib/go-1.19/VERSION", "go1.19.8")
put("programs", "srv/VERSION", "go1.21.3\n")
put("programs", "usr/bin/composer", "#!/usr/bin/env php\n<?php 'root' => array('name' => 'composer/composer', 'pretty_version' => '2.6.5',\n")
put("programs", "usr/local/bin/elixir", "#!/bin/sh\nset -e\nELIXIR_VERSION=1.15.7\n")
put("programs", "usr/local/lib/elixir/lib/elixir/ebin/elixir.app", '{application,elixir,\n             [{description,"elixir"},\n              {vsn,"1.15.7"}]}.\n')
