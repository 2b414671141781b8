/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_FONT_H
#define REPORT_FONT_H
/*
 * What the embedded TrueType fonts hold: which code points of the Basic Multilingual Plane, and how wide they are.
 * Tables as in OpenType 1.9: head, hhea, hmtx, maxp, cmap (format 4).
 */
#include "common/err.h"
#include "common/span.h"

enum face { FACE_REGULAR, FACE_BOLD, FACE_ITALIC, FACE_BOLD_ITALIC, FACE_MONO, FACE_MONO_BOLD, FACE_HEBREW, FACES };

struct font {
	struct span file;     /* the whole TrueType file, owned by the program */
	uint16_t *advance;    /* 65536 widths in 1/1000 em, FONT_ABSENT where there is no glyph */
};
#define FONT_ABSENT 0xffff

struct fonts {
	struct font at[FACES];
};

/* Reads the faces from the embedded files; a file that is not a sound TrueType font is an error. */
int fonts_load(struct fonts *f, struct err *e);
void fonts_fini(struct fonts *f);
#define auto_fonts __attribute__((cleanup(fonts_fini))) struct fonts
/* Reads one font; for tests and fuzzing. */
int font_read(struct font *f, struct span file, const char *name, struct err *e);
/* The face that can show `cp`: `wanted`, else one of the others; FACES when none can. */
enum face font_pick(const struct fonts *f, enum face wanted, uint32_t cp);
/* Width in points at `size`; the glyph must be there. */
static inline float font_width(const struct fonts *f, enum face face, uint32_t cp, float size)
{
	return (float)f->at[face].advance[cp] * size / 1000.0f;
}
#endif
