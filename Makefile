# SPDX-License-Identifier: Apache-2.0
# make demo: set up, build, assess the demo site. make test: set up, build with sanitizers, run every test.
# V=1 shows full commands; B=DIR builds elsewhere; CC=clang works; SAN=1 adds sanitizers.

B ?= build$(if $(SAN),-san)
VERSION := 0.1.0
CC ?= cc
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1790000000)
export SOURCE_DATE_EPOCH

PKGS := sqlite3 expat libsodium zlib libarchive yaml-0.1 jansson yajl ncursesw libzstd libcrypto libisal
# Expanded when linking: `make deps all` installs the packages first.
LIBS = $(shell pkg-config --libs $(PKGS)) -lhpdf -lcmark-gfm -lcmark-gfm-extensions -lfribidi -lpanelw -lm -lpthread
WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Wpointer-arith \
	-Wwrite-strings -Wundef -Wno-format-nonliteral
HARD := -fstack-protector-strong -fPIE -fno-common
comma := ,
SANFLAGS := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer,-D_FORTIFY_SOURCE=3)
OPT := $(if $(SAN),-O1 -g,-O2 -g)
ALL_CFLAGS := -std=gnu11 $(OPT) $(WARN) $(HARD) $(SANFLAGS) -D_GNU_SOURCE -DPLIMSOLL_VERSION='"$(VERSION)"' \
	-I. -include common/banned.h -ffile-prefix-map=$(CURDIR)=. $(CFLAGS)
ALL_LDFLAGS := -pie -Wl,-z,relro,-z,now -Wl,-rpath,'$$ORIGIN/lib' $(SANFLAGS) $(LDFLAGS)

Q := $(if $(V),,@)
SRC := $(sort plimsoll.c assess.c $(wildcard common/*.c collect/*.c vulnfeeds/*.c analyze/*.c report/*.c report/browse/*.c))
OBJ := $(SRC:%.c=$(B)/%.o)
LIBOBJ := $(filter-out $(B)/plimsoll.o,$(OBJ)) $(B)/embedded.o

FONTS := /usr/share/fonts/truetype/noto
DATA := $(sort $(shell find analyze/binaries analyze/files analyze/checks analyze/edges analyze/targets analyze/frameworks analyze/*.yaml analyze/*.sql vulnfeeds templates \
	-type f \( -name '*.sql' -o -name '*.yaml' -o -name '*.md' \) 2>/dev/null))
FONTFILES := $(addprefix $(FONTS)/,NotoSans-Regular.ttf NotoSans-Bold.ttf NotoSans-Italic.ttf NotoSans-BoldItalic.ttf \
	NotoSansMono-Regular.ttf NotoSansMono-Bold.ttf NotoSansHebrew-Regular.ttf)

UNIT_SRC := $(sort $(wildcard tests/unit-*.c))
UNITS := $(UNIT_SRC:tests/%.c=$(B)/tests/%)

all: $(B)/plimsoll

$(B)/plimsoll: $(B)/plimsoll.o $(LIBOBJ)
	@echo "  LINK  $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# An assessment without content, as every new one begins. Views name tables of several subjects, SQLite resolves them when they are used: any order works.
SCHEMA := $(sort $(wildcard analyze/schema/*.sql))
$(B)/schema.db: $(SCHEMA) Makefile
	@mkdir -p $(@D)
	@echo "  SQL   $@"
	$(Q)rm -f $@.tmp && (echo "PRAGMA page_size=8192; BEGIN;" && cat $(SCHEMA) && echo "COMMIT;") | sqlite3 -init /dev/null -bail $@.tmp && mv $@.tmp $@

$(B)/embedded.c: $(DATA) $(B)/schema.db common/embed.sh Makefile
	@mkdir -p $(@D)
	@echo "  EMBED $@"
	$(Q)sh common/embed.sh $(foreach f,$(DATA),$(f)=$(f)) analyze/schema.db=$(B)/schema.db $(foreach f,$(FONTFILES),fonts/$(notdir $(f))=$(f)) > $@.tmp && mv $@.tmp $@

# A data file that was added or removed changes the list, and so the embedded table.
$(B)/embedded.list: FORCE
	@mkdir -p $(@D)
	@echo "$(DATA)" | cmp -s - $@ || echo "$(DATA)" > $@
$(B)/embedded.c: $(B)/embedded.list
FORCE:

$(B)/embedded.o: $(B)/embedded.c
	@echo "  CC    $<"
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(B)/tests/%: tests/%.c tests/test.h $(LIBOBJ)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CC) $(ALL_CFLAGS) -Itests $(ALL_LDFLAGS) -MMD -MP -o $@ $< $(LIBOBJ) $(LIBS)

# Preloaded by tests/e2e-faults.sh; without sanitizers and fortified calls, since it stands before them.
$(B)/tests/fault.so: tests/fault.c
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CC) -std=gnu11 -O1 -Wall -Wextra -Werror -D_GNU_SOURCE -fPIC -shared -o $@ $<

-include $(OBJ:.o=.d) $(UNITS:=.d)

# The demo site: evidence, database and documents in demo-out/.
demo: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)sh tests/fixtures/demo/demo.sh ./$(B)/plimsoll demo-out

# Tests run under AddressSanitizer and UBSan, in their own build folder.
test: deps
	$(Q)$(MAKE) --no-print-directory SAN=1 test-run

E2E := $(sort $(wildcard tests/e2e-*.sh))
FUZZED := $(sort $(wildcard tests/fuzz/fuzz-*.c))
FUZZERS := $(FUZZED:tests/fuzz/%.c=$(B)/fuzz/%)
test-run: $(B)/plimsoll $(UNITS) $(FUZZERS) $(B)/tests/fault.so
	$(Q)sh tests/run.sh $(CURDIR)/$(B)/plimsoll tests/lint.sh $(UNITS) $(FUZZERS:%="corpus:tests/fuzz/replay.sh %") $(E2E)

lint:
	$(Q)sh tests/lint.sh
# What another compiler makes of all sources, with the same warnings (CC=clang): nothing is built. tests/fault.c speaks of poisoned names.
syntax:
	$(Q)printf '%s\n' $(SRC) $(filter-out tests/fault.c,$(wildcard tests/*.c tests/fuzz/*.c)) | \
		xargs -P2 -n16 $(CC) -fsyntax-only $(filter-out -ffile-prefix-map% -DPLIMSOLL_VERSION%,$(ALL_CFLAGS)) -DPLIMSOLL_VERSION=\"$(VERSION)\"

# The reference of the database, from the comments in the schema files; a test sees that it is up to date.
docs/schema.md: FORCE
	$(Q)python3 docs/schema.py > $@.tmp && mv $@.tmp $@

# Fuzz targets (clang's libFuzzer): FUZZ_SECONDS each. They also run their corpus as a test in `make test`.
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz-*.c))
FUZZ_SECONDS ?= 60
fuzz: deps-fuzz
	$(Q)$(MAKE) --no-print-directory CC=clang B=build-fuzz SAN=1 CFLAGS=-fsanitize=fuzzer-no-link fuzz-run
fuzz-run: $(FUZZ_SRC:tests/fuzz/%.c=$(B)/fuzz/%)
	$(Q)for f in $^; do n=$${f##*/fuzz-}; mkdir -p $(B)/corpus/$$n; echo "  FUZZ  $$n"; \
		$$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -artifact_prefix=$(B)/$$n- $(B)/corpus/$$n tests/fuzz/corpus/$$n || exit 1; done
$(B)/fuzz/%: tests/fuzz/%.c tests/fuzz/loader.h $(LIBOBJ)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(if $(filter clang,$(CC)),-fsanitize=fuzzer) -o $@ $(filter-out %.h,$^) $(if $(filter clang,$(CC)),,tests/fuzz/main.c) $(LIBS)

# Speed as ratios against a baseline in the same run; BENCH="SUBJECT..." measures some alone (tests/bench/SUBJECT.sh), BENCH_DUMP=DIR takes another dump
# than the demo site's.
BENCH ?=
BENCH_DUMP ?=
bench: all
	$(Q)BENCH="$(BENCH)" bash tests/bench/bench.sh $(CURDIR)/$(B)/plimsoll $(BENCH_DUMP)

# Against real servers, never part of `make test`: CONTROL_PLANE=BINDIR holds etcd, kube-apiserver and kube-controller-manager.
conformance: all
	$(Q)test -n "$(CONTROL_PLANE)" || { echo "make conformance CONTROL_PLANE=BINDIR (etcd, kube-apiserver, kube-controller-manager)"; exit 2; }
	$(Q)for t in tests/conformance/*.sh; do case $$t in */control-plane.sh) ;; *) bash $$t $(CURDIR)/$(B)/plimsoll $(abspath $(CONTROL_PLANE)) || exit 1;; esac; done

# Line coverage of the tests.
cover: deps
	$(Q)$(MAKE) --no-print-directory B=build-cov CFLAGS=--coverage LDFLAGS=--coverage test-run
	$(Q)gcov -o build-cov $$(find build-cov -name '*.gcno') 2>/dev/null | awk '/^File/ { f = $$2 } /^Lines/ { print $$0, f }' | grep -v /usr/ | sort -u; rm -f *.gcov

PREFIX ?= /usr/local
install: all
	install -D -m 755 $(B)/plimsoll $(DESTDIR)$(PREFIX)/bin/plimsoll
	install -D -m 644 docs/plimsoll.1 $(DESTDIR)$(PREFIX)/share/man/man1/plimsoll.1
	install -D -m 644 docs/completion/plimsoll.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/plimsoll
	install -D -m 644 docs/completion/_plimsoll $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_plimsoll

# A folder to carry: the program and the shared libraries that Debian 12 does not have by itself, found beside it.
dist: all
	$(Q)rm -rf $(B)/plimsoll-$(VERSION) && mkdir -p $(B)/plimsoll-$(VERSION)/lib
	$(Q)cp $(B)/plimsoll README.md LICENSE docs/plimsoll.1 $(B)/plimsoll-$(VERSION)/
	$(Q)ldd $(B)/plimsoll | awk '$$3 ~ /^\// && $$1 !~ /^(libc|libm|libpthread|ld-linux)/ { print $$3 }' | xargs -I{} cp -L {} $(B)/plimsoll-$(VERSION)/lib/
	$(Q)tar -C $(B) --sort=name --owner=0 --group=0 --numeric-owner --mtime=@$(SOURCE_DATE_EPOCH) -czf $(B)/plimsoll-$(VERSION).tar.gz plimsoll-$(VERSION)
	@echo "  DIST  $(B)/plimsoll-$(VERSION).tar.gz"

# What the build and the tests need from Debian 12.
DEPS := gcc pkg-config libc6-dev libsqlite3-dev libarchive-dev zlib1g-dev libyaml-dev libjansson-dev libyajl-dev libncurses-dev libhpdf-dev \
	libcmark-gfm-dev libcmark-gfm-extensions-dev libfribidi-dev libzstd-dev libisal-dev libssl-dev libexpat1-dev libsodium-dev fonts-noto-core fonts-noto-mono \
	poppler-utils qpdf sqlite3 jq zstd python3 tmux
deps:
	@missing=$$(for p in $(DEPS); do dpkg-query -W -f='$${Status}\n' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ]; then su=; else su=sudo; fi; \
		echo "  DEPS  $$missing" | tr '\n' ' '; echo; \
		$$su apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$su apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

deps-fuzz: DEPS += clang libclang-rt-14-dev
deps-fuzz: deps

clean:
	rm -rf build build-san build-fuzz build-cov demo-out

.PHONY: all demo deps deps-fuzz test test-run lint syntax fuzz fuzz-run bench conformance cover install dist clean FORCE
.SECONDARY:
