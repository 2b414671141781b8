// SPDX-License-Identifier: Apache-2.0
// Finds sections and segments of ELF files. What is in them is inventory-elf.c's.
#include "elf.h"

enum { PT_LOAD_TYPE = 1, WRITABLE = 2 };

uint64_t elf_number(const struct elf *f, const char *p, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v |= (uint64_t)(unsigned char)p[f->big ? bytes - 1 - i : i] << (8 * i);
	return v;
}

static const char *in_range(const struct elf *f, uint64_t offset, uint64_t n)
{
	return offset <= f->bytes.n && n <= f->bytes.n - offset ? f->bytes.p + offset : NULL;
}

static bool cut_short(const struct elf *f, unsigned i)
{
	const char *s = f->bytes.p + f->ph + (uint64_t)i * f->ph_size;

	return elf_number(f, s, 4) == PT_LOAD_TYPE &&
	       !in_range(f, f->wide ? elf_number(f, s + 8, 8) : elf_number(f, s + 4, 4), f->wide ? elf_number(f, s + 32, 8) : elf_number(f, s + 16, 4));
}

bool elf_open(struct elf *f, struct span bytes)
{
	const char *h = bytes.p;

	*f = (struct elf){.bytes = bytes};
	if (bytes.n < 52 || memcmp(h, "\x7f" "ELF", 4) != 0 || (h[4] != 1 && h[4] != 2) || (h[5] != 1 && h[5] != 2))
		return false;
	f->wide = h[4] == 2;
	f->big = h[5] == 2;
	if (f->wide && bytes.n < 64)
		return false;
	f->ph = f->wide ? elf_number(f, h + 32, 8) : elf_number(f, h + 28, 4);
	f->sh = f->wide ? elf_number(f, h + 40, 8) : elf_number(f, h + 32, 4);
	h += f->wide ? 54 : 42;
	f->ph_size = (unsigned)elf_number(f, h, 2);
	f->ph_count = (unsigned)elf_number(f, h + 2, 2);
	f->sh_size = (unsigned)elf_number(f, h + 4, 2);
	f->sh_count = (unsigned)elf_number(f, h + 6, 2);
	f->names = (unsigned)elf_number(f, h + 8, 2);
	if (f->ph_size < (f->wide ? 56u : 32u) || !in_range(f, f->ph, (uint64_t)f->ph_size * f->ph_count))
		f->damage = f->ph_count ? "its table of segments lies beyond the file" : NULL, f->ph_count = 0;
	if (f->sh_size < (f->wide ? 64u : 40u) || !in_range(f, f->sh, (uint64_t)f->sh_size * f->sh_count))
		f->damage = f->sh_count ? "its table of sections lies beyond the file" : f->damage, f->sh_count = 0;
	for (unsigned i = 0; i < f->ph_count && !f->damage; i++)
		if (cut_short(f, i))
			f->damage = "it is cut short: a segment lies beyond the file";
	return true;
}

/* UPX writes its l_info ("UPX!" in it) right behind the headers, and packed programs have no sections. */
bool elf_packed(const struct elf *f)
{
	size_t at = (size_t)(f->ph + (uint64_t)f->ph_size * f->ph_count), n = 512;

	if (f->ph_count == 0 || f->sh_count || at >= f->bytes.n)
		return false;
	n = n < f->bytes.n - at ? n : f->bytes.n - at;
	return memmem(f->bytes.p + at, n, "UPX!", 4) != NULL;
}

static struct span section_bytes(const struct elf *f, unsigned i)
{
	const char *s = f->bytes.p + f->sh + (uint64_t)i * f->sh_size;
	uint64_t offset = f->wide ? elf_number(f, s + 24, 8) : elf_number(f, s + 16, 4);
	uint64_t size = f->wide ? elf_number(f, s + 32, 8) : elf_number(f, s + 20, 4);
	const char *p = in_range(f, offset, size);

	return p ? (struct span){p, (size_t)size} : SPAN_NONE;
}

struct span elf_section(const struct elf *f, const char *name)
{
	struct span names = f->names < f->sh_count ? section_bytes(f, f->names) : SPAN_NONE;
	size_t n = strlen(name) + 1;

	for (unsigned i = 0; i < f->sh_count && names.p; i++) {
		uint64_t at = elf_number(f, f->bytes.p + f->sh + (uint64_t)i * f->sh_size, 4);

		if (at < names.n && n <= names.n - at && memcmp(names.p + at, name, n) == 0)
			return section_bytes(f, i);
	}
	return SPAN_NONE;
}

struct span elf_segment(const struct elf *f, unsigned i, uint64_t *address, bool *writable)
{
	const char *s, *p;
	uint64_t offset, size;

	if (i >= f->ph_count)
		return SPAN_NONE;
	s = f->bytes.p + f->ph + (uint64_t)i * f->ph_size;
	if (elf_number(f, s, 4) != PT_LOAD_TYPE)
		return SPAN_NONE;
	offset = f->wide ? elf_number(f, s + 8, 8) : elf_number(f, s + 4, 4);
	*address = f->wide ? elf_number(f, s + 16, 8) : elf_number(f, s + 8, 4);
	size = f->wide ? elf_number(f, s + 32, 8) : elf_number(f, s + 16, 4);
	*writable = elf_number(f, s + (f->wide ? 4 : 24), 4) & WRITABLE;
	p = in_range(f, offset, size);
	return p ? (struct span){p, (size_t)size} : SPAN_NONE;
}

struct span elf_at(const struct elf *f, uint64_t address, uint64_t n)
{
	for (unsigned i = 0; i < f->ph_count; i++) {
		uint64_t start;
		bool writable;
		struct span s = elf_segment(f, i, &start, &writable);

		if (s.p && address >= start && address - start <= s.n && n <= s.n - (address - start))
			return (struct span){s.p + (address - start), (size_t)n};
	}
	return SPAN_NONE;
}
