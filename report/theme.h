/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_THEME_H
#define REPORT_THEME_H
/* How the documents of a firm look: templates/theme.yaml tells every key. */
#include "common/arena.h"
#include "common/err.h"
#include "common/span.h"

enum tint {
	TINT_CRITICAL,
	TINT_HIGH,
	TINT_MEDIUM,
	TINT_LOW,
	TINT_INFO,
	TINT_GOOD,
	TINT_ACCENT,
	TINT_MUTED,
	TINT_ASSESSED,
	TINT_MISSING,
	TINT_INK,
	TINT_LINE,
	TINTS
};
struct theme {
	int32_t tint[TINTS];
	struct span firm, classification; /* absent when not told */
	struct span logo;		  /* a PNG, absent: none */
	struct theme_sizes {
		float text, table, small, code, chapter, section, part, cover;
		float slide_text, slide_table, slide_small, slide_title;
		float leading; /* distance of lines, in parts of the size */
	} size;
};

/* The theme in the program. */
int theme_default(struct theme *t, struct arena *a, struct err *e);
/* What a file tells, over the theme in the program. Its logo stands beside it. */
int theme_load(struct theme *t, struct arena *a, const char *path, struct err *e);
/* Reads the keys of one theme over `t`; for tests and fuzzing. `folder`: where its logo is, NULL: it may have none. */
int theme_read(struct theme *t, struct arena *a, const char *name, struct span text, const char *folder, struct err *e);
#endif
