// SPDX-License-Identifier: Apache-2.0
// First line: kind (a, b, ...), width, height, options as letters; then rows with cells between | (~ is NULL). Nothing may be drawn outside.
#include "report/chart.h"
#include "common/err.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { COLUMNS_MAX = 8, CELLS_MAX = 4000 };

static struct fonts fonts;
static const struct theme theme = {.tint = {[TINT_INK] = 0x1a1f24, [TINT_ACCENT] = 0x1f4e79, [TINT_CRITICAL] = 0x8b1a1a}};

struct bounds {
	float x0, y0, x1, y1; /* of all that was drawn */
	const struct chart_place *at;
};

static void see(void *user, const struct chart_mark *m)
{
	struct bounds *b = user;

	if (!isfinite(m->x) || !isfinite(m->y) || !isfinite(m->w) || !isfinite(m->h) || m->w < 0 || m->h < 0)
		die("a mark that is nowhere");
	if (m->text.p && (m->x < m->box_x - 0.1f || m->x + m->w > m->box_x + m->box_w + 0.1f))
		die("text wider than its box: '%.*s' %f+%f in %f+%f", SPAN_ARG(m->text), (double)m->x, (double)m->w, (double)m->box_x, (double)m->box_w);
	b->x0 = fminf(b->x0, m->x);
	b->y0 = fminf(b->y0, m->y);
	b->x1 = fmaxf(b->x1, m->x + m->w);
	b->y1 = fmaxf(b->y1, m->y + m->h);
}

static void rows_read(struct chart *d, struct span rest, struct span *cells)
{
	d->cells = cells;
	while (rest.n && (d->rows + 1) * d->columns <= CELLS_MAX) {
		struct span row = span_cut(&rest, '\n');

		for (size_t i = 0; i < d->columns; i++) {
			struct span *s = &cells[d->rows * d->columns + i];

			*s = span_cut(&row, '|');
			if (span_eq(*s, "~"))
				*s = SPAN_NONE;
		}
		d->rows++;
	}
}

static unsigned letter(struct span head, size_t i)
{
	return i < head.n ? (unsigned char)head.p[i] : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct span cells[CELLS_MAX];
	struct span rest = {(const char *)data, n}, head = span_cut(&rest, '\n'), heads[COLUMNS_MAX];
	struct chart d = {.kind = (letter(head, 0) + 256 - 'a') % CHARTS, .columns = 1 + letter(head, 3) % COLUMNS_MAX, .heads = heads};
	struct chart_place at = {.fonts = &fonts, .theme = &theme, .x = 10, .y = 10, .mark = see};
	struct bounds b = {.x0 = 1e6f, .y0 = 1e6f, .at = &at};
	float h;

	if (!fonts.at[0].advance && fonts_load(&fonts, NULL) != 0)
		die("no fonts");
	at.user = &b;
	at.em = 6 + (float)(letter(head, 4) % 12);
	at.width = 6 * at.em + (float)letter(head, 1) * 4;
	at.max_height = (float)letter(head, 2) * 3;
	d.stacked = letter(head, 5) & 1;
	d.max = letter(head, 5) & 2 ? 100 : 0;
	d.size = (float)(letter(head, 5) >> 2) * 8;
	d.top = letter(head, 6) % 40;
	d.days = (int)letter(head, 7) * 3;
	d.label = d.unit = d.centre = letter(head, 6) & 64 ? head : SPAN_NONE;
	for (size_t i = 0; i < COLUMNS_MAX; i++)
		heads[i] = head;
	rows_read(&d, rest, cells);
	h = chart_draw(&d, &at);
	if (!isfinite(h) || h < 0 || h != chart_height(&d, &at))
		die("height %f", (double)h);
	if (b.x0 < 1e6f && (b.x0 < at.x - 0.7f || b.y0 < at.y - 0.7f || b.x1 > at.x + at.width + 0.7f || b.y1 > at.y + h + 0.7f))
		die("kind %d: drawn at %f,%f to %f,%f, which is outside %f x %f", (int)d.kind, (double)b.x0 - 10, (double)b.y0 - 10, (double)b.x1 - 10,
		    (double)b.y1 - 10, (double)at.width, (double)h);
	return 0;
}
