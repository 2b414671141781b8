// SPDX-License-Identifier: Apache-2.0
// The kinds of charts, and what all of them share. Each kind is drawn in its family's chart-*.c.
#include "chart-shape.h"
#include "common/picture-layout.h"

#include <math.h>

/* Every kind measures and draws in one function, so that its height is always that of what is drawn. */
static const struct kind {
	const char *name;
	size_t columns;	   /* the least that it needs */
	float narrowest;   /* in em; below, it is left out rather than illegible */
	float (*draw)(struct canvas *c);
} kinds[CHARTS] = {
	[CHART_DONUT] = {"donut", 2, 12, chart_donut},
	[CHART_BARS] = {"bars", 2, 12, chart_bars},
	[CHART_RADAR] = {"radar", 2, 14, chart_radar},
	[CHART_HEATMAP] = {"heatmap", 3, 12, chart_heatmap},
	[CHART_MATRIX] = {"matrix", 3, 14, chart_matrix},
	[CHART_ROADMAP] = {"roadmap", 5, 12, chart_roadmap},
	[CHART_PATH] = {"path", 2, 12, chart_path},
	[CHART_MAP] = {"map", 2, 8, chart_map},
	[CHART_CARDS] = {"cards", 2, 8, chart_cards},
	[CHART_NETWORK] = {"network", 5, PICTURE_LEAST_EMS, chart_network},
};

bool chart_find(struct span name, enum chart_kind *kind)
{
	for (size_t i = 0; i < CHARTS; i++) {
		if (!span_eq(name, kinds[i].name))
			continue;
		*kind = (enum chart_kind)i;
		return true;
	}
	return false;
}

float chart_draw(const struct chart *d, const struct chart_place *at)
{
	const struct kind *k = &kinds[d->kind];
	auto_arena arena = ARENA_INIT;
	struct canvas c = {at, &arena, d, 0, 0, at->width, at->em};

	if (!d->rows || d->columns < k->columns || !(at->em > 0) || at->width < k->narrowest * at->em)
		return 0;
	return k->draw(&c);
}

float chart_height(const struct chart *d, const struct chart_place *at)
{
	struct chart_place silent = *at;

	silent.pdf = NULL;
	silent.mark = NULL;
	silent.link = NULL;
	return chart_draw(d, &silent);
}

struct style style_text(const struct canvas *c)
{
	return (struct style){FACE_REGULAR, c->em, tint(c, TINT_INK)};
}

struct style style_bold(const struct canvas *c)
{
	return (struct style){FACE_BOLD, c->em, tint(c, TINT_INK)};
}

struct style style_small(const struct canvas *c)
{
	return (struct style){FACE_REGULAR, c->em * 0.86f, tint(c, TINT_MUTED)};
}

struct style style_in(struct style s, int32_t colour)
{
	s.colour = colour;
	return s;
}

struct style style_sized(struct style s, float size)
{
	s.size = size;
	return s;
}

size_t rows_fit(const struct canvas *c, size_t n, float row_height, float used)
{
	float room = c->at->max_height - used;
	size_t fit;

	if (c->at->max_height <= 0 || (float)n * row_height <= room)
		return n;
	room -= line_height(style_small(c));
	fit = room < row_height ? 1 : (size_t)(room / row_height);
	return fit < n ? fit : n;
}

float rows_note(const struct canvas *c, float y, size_t shown, size_t n)
{
	struct style s = style_small(c);

	if (shown >= n)
		return 0;
	text_line(c, c->x, y + line_ascent(s), c->w, s, ALIGN_LEFT, span_of(arena_printf(c->arena, "and %zu more", n - shown)));
	return line_height(s);
}
