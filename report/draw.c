// SPDX-License-Identifier: Apache-2.0
// Draws a document that is set: items at their places, headers and footers, cover, contents, bookmarks and links.
#include "layout.h"
#include "chart-shape.h"

#include <math.h>

#define PAD_X 4.0f
#define GROUND_PAD 8.0f
#define GROUND_LOW 0.35f /* below the rule of the row above */
#define GROUND_GREY 0xf3f5f7
#define COVER_FACTS 210.0f /* points that the facts of a cover may need */

struct painter {
	const struct layout *l;
	struct pdf *pdf;
	struct pen pen;
};

static int32_t colour(const struct painter *p, enum tint t)
{
	return p->l->d->theme->tint[t];
}

static void link_to(struct painter *p, struct span name, float x, float y, float w, float h)
{
	for (size_t i = 0; i < p->l->anchor_count; i++) {
		const struct anchor *a = &p->l->anchors[i];

		if (!span_is(a->name, name))
			continue;
		pdf_link_page(p->pdf, x, y, w, h, a->page, fmaxf(0, a->y - 8));
		return;
	}
}

static void on_link(void *user, uint16_t link, float x, float y, float w, float h)
{
	struct painter *p = user;
	const struct link *to = &p->l->d->links[link - 1];
	char uri[2001];

	if (!to->outside) {
		link_to(p, to->target, x, y, w, h);
		return;
	}
	if (to->target.n >= sizeof(uri))
		return;
	memcpy(uri, to->target.p, to->target.n);
	uri[to->target.n] = '\0';
	pdf_link_uri(p->pdf, x, y, w, h, uri);
}

static void on_chart_link(void *user, struct span anchor, float x, float y, float w, float h)
{
	link_to(user, anchor, x, y, w, h);
}

static float baseline(float y, float height, float size)
{
	return y + height / 2 + size * 0.35f;
}

static void rule(const struct painter *p, float x, float y, float w, int32_t c, float width)
{
	pdf_rect(p->pdf, x, y - width / 2, w, width, (struct pdf_paint){.fill = c, .stroke = -1});
}

static void draw_ground(struct painter *p, const struct item *i, float x, float y, float drop)
{
	float left = x - (i->kind == ITEM_GAP ? 0 : i->ground == GROUND_CODE ? GROUND_PAD + i->hang : 0);
	float w = i->kind == ITEM_GAP ? i->width : i->width + 2 * GROUND_PAD, h = i->height;

	/* Space between two paragraphs of a box belongs to it; that above the box does not. */
	if (i->kind != ITEM_GAP) {
		y -= drop;
		h += drop;
	}
	if (i->ground == GROUND_CALLOUT) {
		left = p->l->left;
		w = p->l->width;
	}
	pdf_rect(p->pdf, left, y + GROUND_LOW, w, h, (struct pdf_paint){.fill = GROUND_GREY, .stroke = -1});
	if (i->ground == GROUND_CALLOUT)
		pdf_rect(p->pdf, left, y + GROUND_LOW, 2.4f, h, (struct pdf_paint){.fill = colour(p, TINT_ACCENT), .stroke = -1});
}

static void draw_line_item(struct painter *p, const struct item *i, float x, float y)
{
	float at = baseline(y, i->height, i->size);

	words_draw(&p->pen, i->text, &i->line, i->size, x, at);
	if (i->bullet) {
		struct line all = {0, (uint32_t)i->bullet->n, text_whole(i->bullet, i->size)};

		words_draw(&p->pen, i->bullet, &all, i->size, x - all.width - i->size * 0.45f, at);
	}
	if (i->rule)
		rule(p, x, y + i->height + 3.5f, i->width, colour(p, TINT_ACCENT), 0.9f);
}

static void draw_bar(struct painter *p, const struct grid *g, size_t row, float x, float y, float w)
{
	float v = g->table->bars[row], h = g->size * 0.62f;
	float track = w * 0.62f;

	if (v < 0 || !isfinite(v))
		return;
	pdf_rect(p->pdf, x, y, track, h, (struct pdf_paint){.fill = 0xe6eaee, .stroke = -1});
	pdf_rect(p->pdf, x, y, track * fminf(v, 100) / 100, h, (struct pdf_paint){.fill = colour(p, TINT_ACCENT), .stroke = -1});
}

static void draw_cell(struct painter *p, const struct grid *g, const struct grid_row *row, const struct text *t, size_t c, float x, float y)
{
	float left = x + g->x[c] + PAD_X, w = g->x[c + 1] - g->x[c] - 2 * PAD_X;
	char align = g->table->align[c];

	for (size_t i = 0; i < row->counts[c]; i++) {
		const struct line *line = &row->lines[c][i];
		float at = align == 'r' ? left + w - line->width : align == 'c' ? left + (w - line->width) / 2 : left;
		float base = baseline(y + (float)i * g->leading, g->leading, g->size);

		words_draw(&p->pen, t, line, g->size, at, base);
		if (row->cut[c] && i + 1 == row->counts[c])
			pdf_text(p->pdf, fminf(at + line->width, left + w - g->size), base, FACE_REGULAR, g->size, colour(p, TINT_MUTED), SPAN("…"));
	}
}

static void draw_row(struct painter *p, const struct item *i, float x, float y)
{
	const struct grid *g = i->grid;
	const struct table *t = g->table;
	bool head = i->kind == ITEM_HEAD;
	const struct grid_row *row = head ? &g->head : &g->rows[i->row];
	float pad = g->pad;

	for (size_t c = 0; c < t->columns; c++) {
		const struct text *cell = head ? &t->heads[c] : &t->cells[i->row * t->columns + c];
		size_t most = 1;

		for (size_t k = 0; head && k < t->columns; k++)
			most = row->counts[k] > most ? row->counts[k] : most;
		draw_cell(p, g, row, cell, c, x, y + pad + (head ? (float)(most - row->counts[c]) * g->leading : 0));
		if (!head && t->bars && c == t->bar_column)
			draw_bar(p, g, i->row, x + g->x[c] + PAD_X, y + pad + g->leading * 0.25f, g->x[c + 1] - g->x[c] - 2 * PAD_X);
	}
	rule(p, x, y + i->height, i->width, head ? colour(p, TINT_INK) : colour(p, TINT_LINE), head ? 0.8f : 0.5f);
}

static void draw_chart_item(struct painter *p, const struct item *i, float x, float y)
{
	struct chart_place at = {.pdf = p->pdf, .fonts = p->l->d->fonts, .theme = p->l->d->theme, .x = x, .y = y, .width = i->width, .em = i->size,
				 .max_height = i->chart_height, .link = on_chart_link, .user = p};

	chart_draw(i->chart, &at);
}

/* A line of the contents: words, dots, number; all of it a link. */
static void draw_toc(struct painter *p, const struct item *i, float x, float y)
{
	const struct target *t = &p->l->targets[i->block - p->l->d->blocks];
	float at = baseline(y, i->height, i->size), right = x + i->width;
	char number[16];
	struct words w = {.fonts = p->l->d->fonts};
	auto_arena arena = ARENA_INIT;
	struct text text;
	struct line line;

	words_draw(&p->pen, i->text, &i->line, i->size, x, at);
	if (!t->placed)
		return;
	w.arena = &arena;
	snprintf(number, sizeof(number), "%zu", t->page + 1);
	words_add(&w, span_of(number), (struct look){.tint = i->block->level == 1 ? TINT_INK : TINT_MUTED, .face = i->block->level == 1 ? FACE_BOLD : FACE_REGULAR});
	text = words_end(&w);
	line = (struct line){0, (uint32_t)text.n, text_whole(&text, i->size)};
	words_draw(&p->pen, &text, &line, i->size, right - line.width, at);
	for (float dot = x + i->line.width + 6; dot < right - line.width - 5; dot += 4)
		pdf_rect(p->pdf, dot, at - 0.6f, 0.6f, 0.6f, (struct pdf_paint){.fill = colour(p, TINT_MUTED), .stroke = -1});
	pdf_link_page(p->pdf, x, y, i->width, i->height, t->page, fmaxf(0, t->y - 8));
}

static void draw_item(struct painter *p, const struct item *i, float x, float y, float drop)
{
	if (i->ground)
		draw_ground(p, i, x, y, drop);
	switch (i->kind) {
	case ITEM_LINE:
		draw_line_item(p, i, x, y);
		break;
	case ITEM_ROW:
	case ITEM_HEAD:
		draw_row(p, i, x, y);
		break;
	case ITEM_CHART:
		draw_chart_item(p, i, x, y);
		break;
	case ITEM_TOC:
		draw_toc(p, i, x, y);
		break;
	case ITEM_SIDES:
		for (size_t s = 0; s < i->side_count; s++) {
			float at = y;

			for (size_t k = 0; k < i->sides[s].n; k++) {
				const struct item *in = &i->sides[s].at[k];

				at += k ? in->before : 0;
				draw_item(p, in, x + i->side_x[s] + in->x, at, k ? in->before : 0);
				at += in->height;
			}
		}
		break;
	case ITEM_GAP:
		break;
	}
}

static struct text words_one(struct arena *a, const struct layout *l, struct span s, struct look look)
{
	struct words w = {.fonts = l->d->fonts, .arena = a};

	words_add(&w, s, look);
	return words_end(&w);
}

/* One line at the left, middle or right; what does not fit is left out. */
static void margin_text(struct painter *p, const struct text *t, float y, int where, float most, struct arena *a)
{
	const struct layout *l = p->l;
	float size = l->d->theme->size.small, x = l->left;
	struct line *line;

	if (!t->n || !text_break(t, size, most, 1, a, &line, NULL))
		return;
	if (where)
		x += (l->width - line[0].width) / (where == 1 ? 2 : 1);
	words_draw(&p->pen, t, &line[0], size, x, y);
}

static void draw_margins(struct painter *p, size_t page)
{
	const struct layout *l = p->l;
	struct look muted = {.tint = TINT_MUTED};
	float head = 34, foot = l->d->height - 26, third = l->width * 0.32f;
	auto_arena a = ARENA_INIT;
	struct text number = words_one(&a, l, span_of(arena_printf(&a, "page %zu of %zu", page + 1, l->pages)), muted);
	struct text middle = l->d->header[1].n ? l->d->header[1] : words_one(&a, l, l->d->short_title, muted);
	struct text right = l->d->header[2].n ? l->d->header[2] : words_one(&a, l, l->d->theme->classification, muted);

	if (!l->d->slides) {
		margin_text(p, &l->d->header[0], head, 0, third, &a);
		margin_text(p, &middle, head, 1, third, &a);
		margin_text(p, &right, head, 2, third, &a);
		rule(p, l->left, head + 7, l->width, colour(p, TINT_LINE), 0.5f);
		rule(p, l->left, foot - 12, l->width, colour(p, TINT_LINE), 0.5f);
	} else {
		foot = l->d->height - 14;
	}
	if (l->d->slides && l->d->header[0].n) {
		margin_text(p, &l->d->header[0], foot, 0, third, &a);
		margin_text(p, &right, foot, 1, third, &a);
	} else {
		margin_text(p, &l->d->footer[0], foot, 0, l->width * 0.42f, &a);
		margin_text(p, &l->d->footer[1], foot, 1, third, &a);
	}
	margin_text(p, &number, foot, 2, third, &a);
}

/* A text in lines below y; returns where it ends. */
static float cover_text(struct painter *p, const struct text *t, float size, float leading, float x, float width, float y, size_t most)
{
	auto_arena a = ARENA_INIT;
	struct line *lines;
	size_t n = t->n ? text_break(t, size, width, most, &a, &lines, NULL) : 0;

	for (size_t i = 0; i < n; i++, y += leading)
		words_draw(&p->pen, t, &lines[i], size, x, baseline(y, leading, size));
	return y;
}

static float cover_facts(struct painter *p, float y, float low)
{
	const struct layout *l = p->l;
	const struct cover *c = &l->d->cover;
	float size = l->d->theme->size.text * 0.96f, leading = size * 1.4f, label = l->width * 0.25f;

	for (size_t i = 0; i < c->fact_count; i++) {
		float left, right;

		rule(p, l->left, y, l->width, colour(p, TINT_LINE), 0.5f);
		left = cover_text(p, &c->facts[2 * i], size, leading, l->left, label - 8, y + 3.5f, 2);
		right = cover_text(p, &c->facts[2 * i + 1], size, leading, l->left + label, l->width - label, y + 3.5f, 3);
		y = fmaxf(left, right) + 3.5f;
		if (y > low)
			break;
	}
	if (c->fact_count)
		rule(p, l->left, y, l->width, colour(p, TINT_LINE), 0.5f);
	return y;
}

/* A small table with a title at the foot of the cover, its cells high enough for a pen. Returns its height; draws from y on when y is 0 or more. */
static float cover_table(struct painter *p, const struct table *t, struct span title, float row, float y, struct arena *a)
{
	const struct layout *l = p->l;
	float size = l->d->theme->size.small, sum = 0, x = l->left, top = size * 2.1f;
	struct text name = words_one(a, l, title, (struct look){.face = FACE_BOLD, .tint = TINT_ACCENT});

	if (!t || y < 0)
		return t ? 2 * top + row * (float)t->rows : 0;
	cover_text(p, &name, size * 1.1f, top, l->left, l->width, y, 1);
	for (size_t c = 0; c < t->columns; c++)
		sum += t->widths[c];
	for (size_t c = 0; c < t->columns; c++) {
		float w = l->width * t->widths[c] / sum;

		cover_text(p, &t->heads[c], size, top, x, w - 6, y + top, 1);
		for (size_t r = 0; r < t->rows; r++)
			cover_text(p, &t->cells[r * t->columns + c], size * 1.06f, row, x, w - 6, y + 2 * top + row * (float)r, 1);
		x += w;
	}
	for (size_t r = 0; r <= t->rows; r++)
		rule(p, l->left, y + 2 * top + row * (float)r, l->width, colour(p, r ? TINT_LINE : TINT_INK), r ? 0.5f : 0.8f);
	return 2 * top + row * (float)t->rows;
}

static void draw_cover(struct painter *p)
{
	const struct layout *l = p->l;
	const struct cover *c = &l->d->cover;
	float size = l->d->theme->size.cover, text = l->d->theme->size.text, y = l->d->height * (c->versions || c->signoff ? 0.13f : 0.2f);
	float versions, signoff, foot, tables;
	auto_arena a = ARENA_INIT;
	struct text firm = words_one(&a, l, l->d->theme->firm, (struct look){.face = FACE_BOLD, .tint = TINT_MUTED});

	pdf_page(p->pdf, 0);
	pdf_rect(p->pdf, 0, 0, 9, l->d->height, (struct pdf_paint){.fill = colour(p, TINT_ACCENT), .stroke = -1});
	if (l->d->theme->logo.n)
		pdf_png(p->pdf, l->left, 48, 160, 48, l->d->theme->logo);
	else
		cover_text(p, &firm, text * 1.2f, text * 1.6f, l->left, l->width, 52, 1);
	y = cover_text(p, &c->label, text, text * 2.2f, l->left, l->width, y, 1);
	y = cover_text(p, &c->title, size, size * 1.18f, l->left, l->width, y, 3) + 6;
	y = cover_text(p, &c->subtitle, size * 0.56f, size * 0.75f, l->left, l->width, y, 2) + 16;
	y = cover_text(p, &c->text, text * 1.14f, text * 1.75f, l->left, l->width * 0.78f, y, 8) + 26;
	versions = cover_table(p, c->versions, SPAN("Versions"), 16, -1, &a);
	signoff = cover_table(p, c->signoff, SPAN("Sign-off"), 24, -1, &a);
	foot = l->d->height - 84;
	tables = foot - 14 - signoff - (versions > 0 && signoff > 0 ? 16 : 0) - versions;
	cover_facts(p, fmaxf(y, fminf(l->d->height * 0.46f, tables - COVER_FACTS)), tables - 24);
	cover_table(p, c->versions, SPAN("Versions"), 16, tables, &a);
	cover_table(p, c->signoff, SPAN("Sign-off"), 24, foot - 14 - signoff, &a);
	cover_text(p, &c->note, l->d->theme->size.small * 1.06f, l->d->theme->size.small * 1.55f, l->left, l->width, foot, 4);
}

static void draw_outline(struct painter *p)
{
	const struct layout *l = p->l;

	for (size_t i = 0; i < l->d->n; i++) {
		const struct block *b = &l->d->blocks[i];
		auto_arena a = ARENA_INIT;

		if (b->kind == BLOCK_HEADING && l->targets[i].placed && !b->notoc)
			pdf_outline(p->pdf, b->level, arena_strndup(&a, b->plain.p, b->plain.n), l->targets[i].page, fmaxf(0, l->targets[i].y - 8));
	}
}

void layout_draw(const struct layout *l, struct pdf *pdf)
{
	struct painter p = {.l = l, .pdf = pdf};

	p.pen = (struct pen){pdf, l->d->fonts, l->d->theme, on_link, &p};
	pdf_pages(pdf, l->pages, l->d->width, l->d->height);
	if (l->d->cover.any)
		draw_cover(&p);
	for (size_t i = l->d->cover.any ? 1 : 0; i < l->pages; i++) {
		pdf_page(pdf, i);
		draw_margins(&p, i);
	}
	for (size_t i = 0; i < l->place_count; i++) {
		const struct place *at = &l->places[i];

		pdf_page(pdf, at->page);
		draw_item(&p, at->item, at->x, at->y, at->drop);
	}
	draw_outline(&p);
}
