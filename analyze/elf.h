/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ELF_READER_H
#define ELF_READER_H
/* ELF files in memory (gABI 4.1): sections and loaded segments, 32 and 64 bit, both byte orders. All offsets are checked. */
#include "common/span.h"

struct elf {
	struct span bytes;
	bool wide, big;		/* 64 bit, big-endian */
	uint64_t ph, sh;	/* offsets of the tables */
	unsigned ph_size, ph_count, sh_size, sh_count, names;
	const char *damage;	/* what of its tables or segments lies outside of the file; NULL: nothing */
};

/* False: not ELF, or shorter than its header. Tables that lie outside count as absent. */
bool elf_open(struct elf *f, struct span bytes);
/* True when it was packed by UPX: its header stands behind the program headers. What it was built from is not to be seen then. */
bool elf_packed(const struct elf *f);
/* The bytes of a section; absent when there is none. */
struct span elf_section(const struct elf *f, const char *name);
/* The bytes of loaded segment `i` (PT_LOAD) and where they lie in memory; absent behind the last one or for other segments.
 * `*writable`: it is data. */
struct span elf_segment(const struct elf *f, unsigned i, uint64_t *address, bool *writable);
/* `n` bytes at a memory address; absent when they are not in the file. */
struct span elf_at(const struct elf *f, uint64_t address, uint64_t n);
/* An unsigned number of 2, 4 or 8 bytes at `p` in the file's byte order. */
uint64_t elf_number(const struct elf *f, const char *p, int bytes);
#endif
