// SPDX-License-Identifier: Apache-2.0
// Tables: widths of columns and heights of rows. Breaking them over pages is layout-page.c's.
#include "layout.h"

#include <math.h>

enum { CELL_LINES_MAX = 14, HEAD_LINES_MAX = 4 };
#define PAD_X 4.0f
#define PAD_Y 2.6f
#define LEND_KEEP 3.0f

struct measure {
	float least[TABLE_COLUMNS_MAX], whole[TABLE_COLUMNS_MAX];
};

static void measure_columns(const struct table *t, size_t n, float size, struct measure *m)
{
	for (size_t c = 0; c < t->columns; c++) {
		m->least[c] = t->heads ? text_least(&t->heads[c], size) : 0;
		m->whole[c] = t->heads ? text_whole(&t->heads[c], size) : 0;
		for (size_t r = 0; r < n; r++) {
			m->least[c] = fmaxf(m->least[c], text_least(&t->cells[r * t->columns + c], size));
			m->whole[c] = fmaxf(m->whole[c], text_whole(&t->cells[r * t->columns + c], size));
		}
		m->least[c] += 2 * PAD_X + 0.3f;
		m->whole[c] += 2 * PAD_X + 0.3f;
	}
}

/* Columns narrower than their least take from those that have more than theirs. */
static void widths_mend(float *w, size_t n, const float *least)
{
	float lack = 0, spare = 0;

	for (size_t c = 0; c < n; c++) {
		lack += fmaxf(0, least[c] - w[c]);
		spare += fmaxf(0, w[c] - least[c]);
	}
	if (lack <= 0 || spare <= 0)
		return;
	for (size_t c = 0; c < n; c++) {
		if (w[c] < least[c])
			w[c] += (least[c] - w[c]) * fminf(1, spare / lack);
		else
			w[c] -= (w[c] - least[c]) * fminf(1, lack / spare);
	}
}

/* Columns whose text leaves room in one line give it to those that wrap. */
static void widths_lend(float *w, size_t n, const float *whole)
{
	float spare = 0, need = 0, part;

	for (size_t c = 0; c < n; c++) {
		spare += fmaxf(0, w[c] - whole[c] - LEND_KEEP);
		need += fmaxf(0, whole[c] - w[c]);
	}
	if (spare <= 0 || need <= 0)
		return;
	part = fminf(1, need / spare);
	for (size_t c = 0; c < n; c++) {
		if (w[c] < whole[c])
			w[c] += (whole[c] - w[c]) * fminf(1, spare / need);
		else
			w[c] -= fmaxf(0, w[c] - whole[c] - LEND_KEEP) * part;
	}
}

static void widths_fit(const struct table *t, struct measure *m, float width, float *w)
{
	float sum = 0;

	for (size_t c = 0; c < t->columns; c++) {
		float most = width * (t->columns > 2 ? 0.45f : 0.7f);

		w[c] = t->widths[c] > 0 ? t->widths[c] : fmaxf(24, fminf(m->whole[c], most));
		sum += w[c];
		m->least[c] = fminf(m->least[c], fmaxf(width * 0.34f, width / (float)t->columns));
	}
	for (size_t c = 0; c < t->columns; c++)
		w[c] *= width / sum;
	widths_mend(w, t->columns, m->least);
	widths_lend(w, t->columns, m->whole);
}

static void row_measure(struct layout *l, struct grid *g, struct grid_row *row, const struct text *cells, bool head)
{
	const struct table *t = g->table;
	size_t most = 1;

	row->lines = arena_array(&l->arena, t->columns, sizeof(*row->lines));
	row->counts = arena_array(&l->arena, t->columns, sizeof(*row->counts));
	row->cut = arena_array(&l->arena, t->columns, sizeof(*row->cut));
	for (size_t c = 0; c < t->columns; c++) {
		float w = g->x[c + 1] - g->x[c] - 2 * PAD_X;

		row->counts[c] = text_break(&cells[c], g->size, fmaxf(w, g->size), head ? HEAD_LINES_MAX : CELL_LINES_MAX, &l->arena, &row->lines[c],
					    &row->cut[c]);
		most = row->counts[c] > most ? row->counts[c] : most;
	}
	row->height = (float)most * g->leading + 2 * g->pad;
}

struct grid *grid_measure(struct layout *l, const struct table *t, size_t n, float width)
{
	struct grid *g = arena_alloc(&l->arena, sizeof(*g));
	float w[TABLE_COLUMNS_MAX];
	struct measure m;

	g->table = t;
	g->size = l->sizes.table;
	g->leading = g->size * (l->sizes.leading - 0.14f);
	g->pad = PAD_Y * l->sizes.air;
	measure_columns(t, n, g->size, &m);
	widths_fit(t, &m, width, w);
	for (size_t c = 0; c < t->columns; c++)
		g->x[c + 1] = g->x[c] + w[c];
	if (t->heads)
		row_measure(l, g, &g->head, t->heads, true);
	g->rows = arena_array(&l->arena, n, sizeof(*g->rows));
	for (size_t r = 0; r < n; r++)
		row_measure(l, g, &g->rows[r], t->cells + r * t->columns, false);
	return g;
}
