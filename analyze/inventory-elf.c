// SPDX-License-Identifier: Apache-2.0
// Programs that say what they were built from: Go's build information (debug/buildinfo) and cargo-auditable's section. Programs
// that only say their own version are inventory-binary.c's.
#include "inventory-parse.h"
#include "elf.h"
#include "inventory-binary.h"

#include "common/json.h"

#include <zlib.h>

enum { GO_HEADER = 32, GO_SEARCH = 1 << 20, GO_TEXT_MAX = 16 << 20, RUST_MAX = 8 << 20 };

/* ---- Go */

static struct span varint_text(struct span *rest)
{
	uint64_t n = 0;
	struct span text;

	for (int shift = 0;; shift += 7) {
		unsigned char c;

		if (rest->n == 0 || shift > 35)
			return SPAN_NONE;
		c = (unsigned char)rest->p[0];
		*rest = span_from(*rest, 1);
		n |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			break;
	}
	if (n > rest->n || n > GO_TEXT_MAX)
		return SPAN_NONE;
	text = (struct span){rest->p, (size_t)n};
	*rest = span_from(*rest, (size_t)n);
	return text;
}

/* A Go string header at an address: pointer and length (Go before 1.18). */
static struct span pointed_text(const struct elf *f, uint64_t address, int pointer)
{
	struct span header = elf_at(f, address, 2 * (uint64_t)pointer);
	uint64_t n;

	if (!header.p)
		return SPAN_NONE;
	n = elf_number(f, header.p + pointer, pointer);
	return n <= GO_TEXT_MAX ? elf_at(f, elf_number(f, header.p, pointer), n) : SPAN_NONE;
}

/* Where "\xff Go buildinf:" stands: its own section, else at a multiple of 16 early in the data segment. */
static struct span find_build_info(const struct elf *f)
{
	static const char magic[] = "\xff Go buildinf:";
	struct span s = elf_section(f, ".go.buildinfo");
	uint64_t address;
	bool writable;

	if (s.n >= GO_HEADER && memcmp(s.p, magic, 14) == 0)
		return s;
	for (unsigned i = 0; i < f->ph_count; i++) {
		s = elf_segment(f, i, &address, &writable);
		if (!s.p || !writable)
			continue;
		for (size_t at = -address & 15; at + GO_HEADER <= s.n && at < GO_SEARCH; at += 16)
			if (memcmp(s.p + at, magic, 14) == 0)
				return span_from(s, at);
	}
	return SPAN_NONE;
}

/* Go's version and the module list; absent when there are none. */
static void read_build_info(const struct elf *f, struct span *version, struct span *modules)
{
	struct span info = find_build_info(f), rest;
	int pointer;

	*version = *modules = SPAN_NONE;
	if (info.n < GO_HEADER)
		return;
	pointer = (unsigned char)info.p[14];
	if (info.p[15] & 2) {
		rest = span_from(info, GO_HEADER);
		*version = varint_text(&rest);
		*modules = varint_text(&rest);
	} else if (pointer == 4 || pointer == 8) {
		struct elf order = *f;

		order.big = info.p[15] & 1;
		*version = pointed_text(&order, elf_number(&order, info.p + 16, pointer), pointer);
		*modules = pointed_text(&order, elf_number(&order, info.p + 16 + pointer, pointer), pointer);
	}
	/* Sixteen bytes of marks stand around the list. */
	if (modules->n >= 33 && modules->p[modules->n - 17] == '\n')
		*modules = (struct span){modules->p + 16, modules->n - 32};
	else
		*modules = SPAN_NONE;
}

/* The version that "-X main.version=v1.2.3" stamped in; absent when none was. */
static struct span stamped_version(struct span flags)
{
	for (size_t i = 0; i + 8 < flags.n; i++) {
		size_t n = 0, from;

		if ((flags.p[i] | 0x20) != 'v' || !span_starts(span_from(flags, i + 1), "ersion="))
			continue;
		from = i + strlen("version=");
		if (from < flags.n && flags.p[from] == 'v')
			n++;
		if (from + n >= flags.n || flags.p[from + n] < '0' || flags.p[from + n] > '9')
			continue;
		while (from + n < flags.n && !strchr(" '\"\t\\", flags.p[from + n]))
			n++;
		if (memchr(flags.p + from, '.', n))
			return (struct span){flags.p + from, n};
	}
	return SPAN_NONE;
}

struct go_module {
	struct span path, version;
	struct span mark; /* "main": the program itself, built of no release; absent otherwise */
};

static struct go_module read_module(struct span line)
{
	struct go_module m = {.mark = SPAN_NONE};

	m.path = span_cut(&line, '\t');
	m.version = span_cut(&line, '\t');
	return m;
}

static void emit_go(struct parse *p, struct go_module m)
{
	struct package pkg = {.type = "golang", .name = m.path, .version = m.version.n > 0 ? m.version : SPAN("(devel)"), .found_by = "go-buildinfo", .module = m.mark};

	if (m.path.n > 0)
		parse_emit(p, &pkg);
}

/* "go1.21.0 X:boringcrypto": what follows a blank are experiments. */
static void emit_stdlib(struct parse *p, struct span version)
{
	struct package pkg = {.type = "golang", .name = SPAN("stdlib"), .found_by = "go-buildinfo"};

	if (span_starts(version, "devel "))
		version = span_from(version, strlen("devel "));
	version = span_cut(&version, ' ');
	if (!span_starts(version, "go"))
		return;
	pkg.version = span_from(version, 2);
	parse_emit(p, &pkg);
}

static void parse_go(struct parse *p, const struct elf *f)
{
	struct span version, rest, line, path = SPAN_NONE;
	struct go_module main = {.mark = SPAN_NONE}, held = {.mark = SPAN_NONE};

	read_build_info(f, &version, &rest);
	if (version.n > 0)
		emit_stdlib(p, version);
	while (rest.n > 0) {
		line = parse_line(&rest);
		if (span_starts(line, "=>\t")) {
			struct go_module instead = read_module(span_from(line, 3));

			/* What was built in instead; a folder keeps the module's name. */
			held = (struct go_module){span_starts(instead.path, ".") || span_starts(instead.path, "/") ? held.path : instead.path, instead.version, SPAN_NONE};
			continue;
		}
		emit_go(p, held);
		held.path = SPAN_NONE;
		if (span_starts(line, "path\t"))
			path = span_from(line, strlen("path\t"));
		else if (span_starts(line, "mod\t"))
			main = read_module(span_from(line, 4));
		else if (span_starts(line, "dep\t"))
			held = read_module(span_from(line, 4));
		else if (span_starts(line, "build\t-ldflags=") && (main.version.n == 0 || span_eq(main.version, "(devel)") || span_starts(main.version, "v0.0.0-"))) {
			struct span stamped = stamped_version(line);

			main.version = stamped.n > 0 ? stamped : main.version;
		}
	}
	emit_go(p, held);
	/* Built without modules: the program's own package is all that is told. The tool chain's are Go itself. */
	if (main.path.n == 0 && memchr(path.p ? path.p : "", '.', path.n) && memchr(path.p, '/', path.n))
		main.path = path;
	if (span_starts(main.version, "v0.0.0-"))
		main.mark = SPAN("main");
	emit_go(p, main);
}

/* ---- Rust */

/* zlib-packed JSON: {"packages": [{"name", "version", "source", "kind"}]}. */
static void parse_rust(struct parse *p, struct span section)
{
	auto_buf plain = BUF_INIT;
	uLongf n = RUST_MAX;
	struct json *doc;

	if (section.n == 0 || uncompress((Bytef *)buf_room(&plain, RUST_MAX), &n, (const Bytef *)section.p, section.n) != Z_OK) {
		p->skipped += section.p != NULL;
		return;
	}
	plain.n = n;
	if (json_parse(&p->arena, buf_span(&plain), &doc, NULL)) {
		p->skipped++;
		return;
	}
	JSON_EACH(v, json_get(doc, "packages"))
	{
		struct package pkg = {.type = "cargo", .name = json_text_at(v, "name"), .version = json_text_at(v, "version"), .found_by = "cargo-auditable"};

		/* What only the build needed is not in the program. */
		if (!span_eq(json_text_at(v, "kind"), "build"))
			parse_emit(p, &pkg);
	}
}

int parse_elf(struct parse *p, struct err *e)
{
	struct elf f;
	unsigned before = p->emitted;

	if (!elf_open(&f, p->text))
		return 0;
	if (elf_packed(&f)) {
		p->packed = true;
		return err_set(e, ERR_INPUT, "a program packed with UPX: what it was built from cannot be read");
	}
	parse_go(p, &f);
	parse_rust(p, elf_section(&f, ".dep-v0"));
	/* A program that says what it is made of says its own name there. */
	if (p->emitted == before)
		binary_match(p);
	/* Files of debug information keep the headers of what they describe, without its content. */
	if (f.damage && p->emitted == before && !span_starts(span_of(p->path), "usr/lib/debug/") && !span_ends(span_of(p->path), ".debug"))
		return err_set(e, ERR_INPUT, "damaged ELF program: %s", f.damage);
	return 0;
}
