# SPDX-License-Identifier: Apache-2.0
# make demo: set up, build, assess the demo site. make test: set up, build with sanitizers, run every test.
# V=1 shows full commands; B=DIR builds elsewhere; CC=clang works; SAN=1 adds sanitizers.

B ?= build$(if $(SAN),-san)
VERSION := 0.1.0
CC ?= cc
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1790000000)
export SOURCE_DATE_EPOCH

PKGS := sqlite3 zlib libarchive yaml-0.1 jansson yajl ncursesw libzstd libcrypto
LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lhpdf -lcmark-gfm -lcmark-gfm-extensions -lfribidi -lpanelw -lm -lpthread
WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Wpointer-arith \
	-Wwrite-strings -Wundef -Wno-format-nonliteral
HARD := -fstack-protector-strong -fPIE -fno-common
comma := ,
SANFLAGS := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer,-D_FORTIFY_SOURCE=3)
OPT := $(if $(SAN),-O1 -g,-O2 -g)
ALL_CFLAGS := -std=gnu11 $(OPT) $(WARN) $(HARD) $(SANFLAGS) -D_GNU_SOURCE -DPLIMSOLL_VERSION='"$(VERSION)"' \
	-I. -include common/banned.h -ffile-prefix-map=$(CURDIR)=. $(CFLAGS)
ALL_LDFLAGS := -pie -Wl,-z,relro,-z,now $(SANFLAGS) $(LDFLAGS)

Q := $(if $(V),,@)
SRC := $(sort plimsoll.c $(wildcard common/*.c collect/*.c vulnfeeds/*.c analyze/*.c report/*.c report/browse/*.c))
OBJ := $(SRC:%.c=$(B)/%.o)
LIBOBJ := $(filter-out $(B)/plimsoll.o,$(OBJ)) $(B)/embedded.o

FONTS := /usr/share/fonts/truetype/noto
DATA := $(sort $(shell find analyze/schema analyze/checks analyze/edges analyze/frameworks analyze/*.yaml vulnfeeds templates \
	-type f \( -name '*.sql' -o -name '*.yaml' -o -name '*.md' \) 2>/dev/null))
FONTFILES := $(addprefix $(FONTS)/,NotoSans-Regular.ttf NotoSans-Bold.ttf NotoSans-Italic.ttf NotoSans-BoldItalic.ttf \
	NotoSansMono-Regular.ttf NotoSansMono-Bold.ttf)

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

$(B)/embedded.c: $(DATA) common/embed.sh Makefile
	@mkdir -p $(@D)
	@echo "  EMBED $@"
	$(Q)sh common/embed.sh $(foreach f,$(DATA),$(f)=$(f)) $(foreach f,$(FONTFILES),fonts/$(notdir $(f))=$(f)) > $@.tmp && mv $@.tmp $@

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

-include $(OBJ:.o=.d) $(UNITS:=.d)

# Tests run under AddressSanitizer and UBSan, in their own build folder.
test: deps
	$(Q)$(MAKE) --no-print-directory SAN=1 test-run

E2E := $(sort $(wildcard tests/e2e-*.sh))
test-run: $(B)/plimsoll $(UNITS)
	$(Q)sh tests/run.sh $(CURDIR)/$(B)/plimsoll tests/lint.sh $(UNITS) $(E2E)

lint:
	$(Q)sh tests/lint.sh

# What the build and the tests need from Debian 12.
DEPS := gcc pkg-config libc6-dev libsqlite3-dev libarchive-dev zlib1g-dev libyaml-dev libjansson-dev libyajl-dev libncurses-dev libhpdf-dev \
	libcmark-gfm-dev libcmark-gfm-extensions-dev libfribidi-dev libzstd-dev libssl-dev fonts-noto-core fonts-noto-mono \
	poppler-utils sqlite3 jq zstd python3 tmux
deps:
	@missing=$$(for p in $(DEPS); do dpkg-query -W -f='$${Status}\n' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ]; then su=; else su=sudo; fi; \
		echo "  DEPS  $$missing" | tr '\n' ' '; echo; \
		$$su apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$su apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

clean:
	rm -rf build build-san build-fuzz build-cov demo-out

.PHONY: all deps test test-run lint clean FORCE
.SECONDARY:
