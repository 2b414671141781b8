// SPDX-License-Identifier: Apache-2.0
// Reads widths and coverage of TrueType fonts. Embedding and subsetting are the PDF library's.
#include "font.h"
#include "common/embed.h"

static const char *const files[FACES] = {
	"fonts/NotoSans-Regular.ttf",	 "fonts/NotoSans-Bold.ttf",	   "fonts/NotoSans-Italic.ttf",	   "fonts/NotoSans-BoldItalic.ttf",
	"fonts/NotoSansMono-Regular.ttf", "fonts/NotoSansMono-Bold.ttf", "fonts/NotoSansHebrew-Regular.ttf",
};

/* Big-endian numbers at a checked offset; outside the file they are 0. */
static uint32_t u16(struct span s, size_t at)
{
	const unsigned char *p = (const unsigned char *)s.p;

	return at + 2 <= s.n ? (uint32_t)(p[at] << 8 | p[at + 1]) : 0;
}

static uint32_t u32(struct span s, size_t at)
{
	return u16(s, at) << 16 | u16(s, at + 2);
}

static struct span table_find(struct span file, const char *tag)
{
	size_t n = u16(file, 4);

	for (size_t i = 0; i < n; i++) {
		size_t row = 12 + 16 * i;
		size_t start, length;

		if (row + 16 > file.n || memcmp(file.p + row, tag, 4) != 0)
			continue;
		start = u32(file, row + 8);
		length = u32(file, row + 12);
		if (start > file.n || length > file.n - start)
			return SPAN_NONE;
		return (struct span){file.p + start, length};
	}
	return SPAN_NONE;
}

/* The Unicode BMP subtable in format 4, absent when there is none. */
static struct span cmap_find(struct span cmap)
{
	size_t n = u16(cmap, 2);

	for (size_t i = 0; i < n; i++) {
		size_t row = 4 + 8 * i, at = u32(cmap, row + 4);
		uint32_t platform = u16(cmap, row), encoding = u16(cmap, row + 2);

		if (((platform == 3 && encoding == 1) || (platform == 0 && encoding <= 4)) && at < cmap.n && u16(cmap, at) == 4)
			return (struct span){cmap.p + at, cmap.n - at};
	}
	return SPAN_NONE;
}

struct metrics {
	struct span hmtx;
	uint32_t wide, glyphs, units;
};

static void advance_set(struct font *f, const struct metrics *m, uint32_t cp, uint32_t glyph)
{
	uint32_t width;

	if (!glyph || glyph >= m->glyphs || cp > 0xfffd)
		return;
	width = u16(m->hmtx, 4 * (size_t)(glyph < m->wide ? glyph : m->wide - 1)) * 1000 / m->units;
	f->advance[cp] = (uint16_t)(width < FONT_ABSENT ? width : FONT_ABSENT - 1);
}

static void cmap_read(struct font *f, const struct metrics *m, struct span map)
{
	size_t segments = u16(map, 6) / 2;
	size_t ends = 14, starts = 16 + 2 * segments, deltas = starts + 2 * segments, offsets = deltas + 2 * segments;

	for (size_t i = 0; i < segments; i++) {
		uint32_t end = u16(map, ends + 2 * i), start = u16(map, starts + 2 * i);
		uint32_t delta = u16(map, deltas + 2 * i), offset = u16(map, offsets + 2 * i);

		for (uint32_t cp = start; cp <= end && cp < 0xffff; cp++) {
			uint32_t glyph = cp;

			if (offset)
				glyph = u16(map, offsets + 2 * i + offset + 2 * (size_t)(cp - start));
			if (!offset || glyph)
				glyph = (glyph + delta) & 0xffff;
			advance_set(f, m, cp, glyph);
		}
	}
}

int font_read(struct font *f, struct span file, const char *name, struct err *e)
{
	struct span head = table_find(file, "head"), hhea = table_find(file, "hhea"), map = cmap_find(table_find(file, "cmap"));
	struct metrics m = {.hmtx = table_find(file, "hmtx"), .units = u16(head, 18), .wide = u16(hhea, 34)};

	m.glyphs = u16(table_find(file, "maxp"), 4);
	if (m.units < 16 || !m.wide || !m.glyphs || m.hmtx.n < 4 * (size_t)m.wide || !map.p)
		return err_set(e, ERR_ENV, "%s: not a TrueType font with a Unicode character map", name);
	f->file = file;
	f->advance = malloc(65536 * sizeof(*f->advance));
	if (!f->advance)
		die("out of memory");
	memset(f->advance, 0xff, 65536 * sizeof(*f->advance));
	cmap_read(f, &m, map);
	return 0;
}

int fonts_load(struct fonts *f, struct err *e)
{
	for (int i = 0; i < FACES; i++) {
		struct span file = embed_find(files[i]);

		if (!file.p)
			return err_set(e, ERR_ENV, "%s is not in this program", files[i]);
		if (font_read(&f->at[i], file, files[i], e))
			return -1;
	}
	return 0;
}

void fonts_fini(struct fonts *f)
{
	for (int i = 0; i < FACES; i++)
		free(f->at[i].advance);
	memset(f, 0, sizeof(*f));
}

enum face font_pick(const struct fonts *f, enum face wanted, uint32_t cp)
{
	if (cp > 0xfffd)
		return FACES;
	if (f->at[wanted].advance[cp] != FONT_ABSENT)
		return wanted;
	for (int i = 0; i < FACES; i++)
		if (f->at[i].advance[cp] != FONT_ABSENT)
			return (enum face)i;
	return FACES;
}
