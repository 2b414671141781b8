// SPDX-License-Identifier: Apache-2.0
// Blocks become items of a flow: what stands together, how high it is. Pages are layout-page.c's.
#include "layout.h"

#include <math.h>

#define BOX_PAD 8.0f
#define INDENT 1.4f /* of the text's size */
#define TOC_KEEP 24 /* lines */
#define BOX_KEEP 125.0f /* a callout up to this height stays on one page */
#define SIDES_GAP 18.0f

struct item *flow_item(struct layout *l, struct flow *f, enum item_kind kind)
{
	struct item *i;

	f->at = arena_room(&l->arena, f->at, f->n, &f->cap, sizeof(*f->at));
	i = &f->at[f->n++];
	*i = (struct item){.kind = kind};
	return i;
}

float flow_height(const struct flow *f)
{
	float h = 0;

	for (size_t i = 0; i < f->n; i++)
		h += f->at[i].height + (i ? f->at[i].before : 0);
	return h;
}

struct frame {
	struct layout *l;
	struct flow *f;
	float x, width;
	enum ground ground;
};

static struct item *add(struct frame *r, enum item_kind kind, float before, float height)
{
	struct item *i = flow_item(r->l, r->f, kind);

	i->x = r->x;
	i->width = r->width;
	i->before = before;
	i->height = height;
	i->ground = r->ground;
	return i;
}

static void gap(struct frame *r, float before, float height, bool glue)
{
	add(r, ITEM_GAP, before, height)->glue = glue;
}

/* Lines of a text: never a single one alone at the end or the beginning of a page. Returns how many. */
static size_t lines(struct frame *r, const struct text *t, float size, float leading, float before, float indent, const struct block *block)
{
	struct line *at;
	size_t n = text_break(t, size, r->width - indent, 0, &r->l->arena, &at, NULL);

	for (size_t i = 0; i < n; i++) {
		struct item *it = add(r, ITEM_LINE, i ? 0 : before, leading);

		it->x += indent;
		it->width -= indent;
		it->text = t;
		it->line = at[i];
		it->size = size;
		it->block = block;
		it->glue = n < 4 ? i + 1 < n : i == 0 || i + 2 == n;
	}
	return n;
}

static void last_glue(struct frame *r, bool glue)
{
	if (r->f->n)
		r->f->at[r->f->n - 1].glue = glue;
}

static float space(const struct frame *r, float points)
{
	return points * r->l->sizes.air;
}

static void set_heading(struct frame *r, const struct block *b)
{
	int level = b->level > 3 ? 3 : b->level;
	float size = r->l->sizes.heading[level - 1];
	size_t start = r->f->n;
	float before = level == 1 ? 22 : level == 2 ? 14 : 10;

	lines(r, &b->text, size, size * 1.24f, space(r, before), 0, b);
	if (r->f->n == start)
		return;
	for (size_t i = start; i < r->f->n; i++)
		r->f->at[i].glue = true;
	r->f->at[start].page = b->page || (b->level == 1 && (r->l->fresh_chapters || r->l->d->slides));
	r->f->at[r->f->n - 1].rule = level == 1;
	gap(r, 0, space(r, level == 1 ? 9 : level == 2 ? 4 : 2.5f), true);
}

/* Space above a block: less of it right below a heading, which brings its own. */
static float space_above(const struct frame *r, float points)
{
	const struct flow *f = r->f;
	bool below = f->n > 1 && f->at[f->n - 1].kind == ITEM_GAP && f->at[f->n - 2].block && f->at[f->n - 2].block->kind == BLOCK_HEADING;

	return space(r, below ? points * 0.45f : points);
}

static void set_title(struct frame *r, const struct block *b, float before)
{
	size_t start = r->f->n;

	if (!b->title.n)
		return;
	lines(r, &b->title, r->l->sizes.table * 1.08f, r->l->sizes.table * 1.4f, before, 0, NULL);
	gap(r, 0, 2, true);
	for (size_t i = start; i < r->f->n; i++)
		r->f->at[i].glue = true;
}

static void set_note(struct frame *r, const struct text *note)
{
	if (!note->n)
		return;
	last_glue(r, true);
	lines(r, note, r->l->sizes.small, r->l->sizes.small * 1.35f, 3, 0, NULL);
}

static void set_more(struct frame *r, const struct group *g)
{
	struct text *t = arena_alloc(&r->l->arena, sizeof(*t));

	if (group_note(&r->l->arena, r->l->d->fonts, g, t))
		set_note(r, t);
}

static void set_text(struct frame *r, const struct block *b)
{
	float size = r->l->sizes.text, indent = (float)b->indent * INDENT * size;
	float before = space(r, b->tight ? 2 : b->bullet.n ? 4 : 7);
	size_t start;

	set_title(r, b, space(r, 11));
	start = r->f->n;
	lines(r, &b->text, size, size * r->l->sizes.leading, b->title.n ? 1 : before, indent, NULL);
	if (r->f->n > start && b->bullet.n) {
		r->f->at[start].bullet = &b->bullet;
	}
	if (b->bullet.n && b->title.n)
		last_glue(r, true);
}

static void set_code(struct frame *r, const struct block *b)
{
	float size = r->l->sizes.code, leading = size * 1.36f, hang = size * 1.2f;
	struct frame in = *r;
	struct line *at;
	size_t n;

	in.ground = r->ground ? r->ground : GROUND_CODE;
	n = text_break(&b->text, size, r->width - 2 * BOX_PAD - hang, 0, &r->l->arena, &at, NULL);
	gap(&in, r->ground ? 0 : space(r, 8), r->ground ? space(r, 6) : 5, true);
	for (size_t i = 0; i < n; i++) {
		struct item *it = add(&in, ITEM_LINE, 0, leading);

		it->text = &b->text;
		it->line = at[i];
		it->size = size;
		it->glue = n <= 25 || i == 0 || i + 2 >= n;
		/* What goes on from the line above hangs. */
		it->hang = at[i].start && b->text.at[at[i].start - 1].kind != GLYPH_BREAK ? hang : 0;
		it->x += BOX_PAD + it->hang;
		it->width -= 2 * BOX_PAD;
	}
	gap(&in, 0, 5, false);
}

static void set_table(struct frame *r, const struct block *b)
{
	size_t n = b->rows ? group_shown(b->rows) : b->table->rows, first;
	struct grid *g = grid_measure(r->l, b->table, n, r->width);
	float before = space_above(r, 11);

	set_title(r, b, before);
	first = r->f->n;
	if (b->table->heads) {
		struct item *head = add(r, ITEM_HEAD, b->title.n ? 0 : before, g->head.height);

		head->grid = g;
		head->glue = true;
	}
	for (size_t i = 0; i < n; i++) {
		struct item *row = add(r, ITEM_ROW, 0, g->rows[i].height);

		row->grid = g;
		row->block = b;
		row->row = i;
		row->glue = i == 0 ? n > 1 : i + 2 == n;
	}
	/* Head items move when the flow grows, so that they are pointed to last. */
	for (size_t i = first + 1; b->table->heads && i < r->f->n; i++) {
		struct item *head = arena_alloc(&r->l->arena, sizeof(*head));

		*head = r->f->at[first];
		head->before = 0;
		r->f->at[i].repeat = i > first + 1 ? head : NULL;
	}
	set_note(r, &b->note);
	if (b->rows)
		set_more(r, b->rows);
	gap(r, 0, space(r, 3), false);
}

static void set_chart(struct frame *r, const struct block *b)
{
	struct layout *l = r->l;
	struct chart_place at = {.fonts = l->d->fonts, .theme = l->d->theme, .width = r->width, .em = l->sizes.chart,
				 .max_height = (l->bottom - l->top) * (l->d->slides ? 0.9f : 0.6f)};
	float h = chart_height(b->chart, &at), before = space_above(r, 11);
	struct item *i;

	if (h <= 0)
		return;
	set_title(r, b, before);
	i = add(r, ITEM_CHART, b->title.n ? 2 : before, h);
	i->chart = b->chart;
	i->chart_height = at.max_height;
	i->size = at.em;
	set_note(r, &b->note);
	gap(r, 0, space(r, 3), false);
}

static void set_toc(struct frame *r)
{
	struct layout *l = r->l;
	size_t start = r->f->n;
	bool first = true;

	for (size_t i = 0; i < l->d->n; i++) {
		const struct block *b = &l->d->blocks[i];
		float size = l->sizes.text;
		struct item *it;
		struct line *at;

		if (b->kind != BLOCK_HEADING || !l->shown[i] || b->notoc || b->level > 2)
			continue;
		it = add(r, ITEM_TOC, first ? space(r, 6) : b->level == 1 ? space(r, 3) : 0, size * (b->level == 1 ? 1.45f : 1.32f));
		it->x += b->level == 1 ? 0 : INDENT * size;
		it->width -= b->level == 1 ? 0 : INDENT * size;
		it->size = b->level == 1 ? size : size * 0.94f;
		it->block = b;
		it->text = &b->text;
		if (text_break(&b->text, it->size, it->width - 40, 1, &l->arena, &at, NULL))
			it->line = at[0];
		first = false;
	}
	/* Short contents stay on one page, long ones break away from their ends. */
	for (size_t i = start, n = r->f->n; i + 1 < n; i++)
		r->f->at[i].glue = n - start <= TOC_KEEP || i < start + 3 || i + 3 >= n;
}

static size_t columns_end(const struct document *d, size_t from, size_t to)
{
	for (size_t i = from + 1; i < to; i++)
		if (d->blocks[i].kind == BLOCK_END || d->blocks[i].kind == BLOCK_COLUMNS)
			return i;
	return to;
}

/* Empty sides fall away, the others get their room. */
static size_t sides_find(struct layout *l, size_t from, size_t end, size_t begins[], size_t ends[], float weights[])
{
	const struct block *c = &l->d->blocks[from];
	size_t n = 0, start = from + 1;

	for (size_t i = from + 1, side = 0; i <= end; i++) {
		bool any = false;

		if (i < end && l->d->blocks[i].kind != BLOCK_NEXT)
			continue;
		for (size_t k = start; k < i; k++)
			any |= l->shown[k];
		if (any && n < SIDE_BY_SIDE_MAX) {
			begins[n] = start;
			ends[n] = i;
			weights[n++] = side < c->side_count ? c->sides[side] : 1;
		}
		side++;
		start = i + 1;
	}
	return n;
}

static void set_columns(struct frame *r, size_t from, size_t end)
{
	struct layout *l = r->l;
	size_t begins[SIDE_BY_SIDE_MAX], ends[SIDE_BY_SIDE_MAX], n;
	float weights[SIDE_BY_SIDE_MAX], sum = 0, x = 0, height = 0, room;
	struct flow *sides = arena_array(&l->arena, SIDE_BY_SIDE_MAX, sizeof(*sides));
	struct item *it;

	n = sides_find(l, from, end, begins, ends, weights);
	if (n < 2) {
		if (n)
			flow_blocks(l, r->f, begins[0], ends[0], r->width);
		return;
	}
	for (size_t i = 0; i < n; i++)
		sum += weights[i];
	room = r->width - SIDES_GAP * (float)(n - 1);
	for (size_t i = 0; i < n; i++) {
		flow_blocks(l, &sides[i], begins[i], ends[i], room * weights[i] / sum);
		height = fmaxf(height, flow_height(&sides[i]));
	}
	if (height > l->bottom - l->top) {
		flow_blocks(l, r->f, from + 1, end, r->width);
		return;
	}
	it = add(r, ITEM_SIDES, space(r, 11), height);
	it->sides = sides;
	it->side_count = n;
	for (size_t i = 0; i < n; i++) {
		it->side_x[i] = x;
		x += room * weights[i] / sum + SIDES_GAP;
	}
	gap(r, 0, space(r, 3), false);
}

static void set_block(struct frame *r, const struct block *b)
{
	switch (b->kind) {
	case BLOCK_HEADING:
		set_heading(r, b);
		break;
	case BLOCK_TEXT:
		set_text(r, b);
		break;
	case BLOCK_CODE:
		set_code(r, b);
		break;
	case BLOCK_TABLE:
		set_table(r, b);
		break;
	case BLOCK_CHART:
		set_chart(r, b);
		break;
	case BLOCK_MORE:
		set_note(r, &b->note);
		set_more(r, b->rows);
		break;
	case BLOCK_TOC:
		set_toc(r);
		break;
	case BLOCK_PAGE:
		add(r, ITEM_GAP, 0, 0)->page = true;
		break;
	case BLOCK_SPACE:
		gap(r, 0, space(r, 10), false);
		break;
	default:
		break;
	}
}

static void box_close(struct frame *box, size_t opened)
{
	float height = 0;

	last_glue(box, true);
	gap(box, 0, 6, false);
	for (size_t i = opened; i < box->f->n; i++)
		height += box->f->at[i].height + box->f->at[i].before;
	for (size_t i = opened; i + 1 < box->f->n && height < BOX_KEEP; i++)
		box->f->at[i].glue = true;
}

void flow_blocks(struct layout *l, struct flow *f, size_t from, size_t to, float width)
{
	struct frame plain = {l, f, 0, width, GROUND_NONE}, box = {l, f, BOX_PAD + 3, width - 2 * BOX_PAD - 3, GROUND_CALLOUT};
	size_t opened = 0;
	int open = 0;

	for (size_t i = from; i <= to; i++) {
		const struct block *b = i < to ? &l->d->blocks[i] : NULL;
		size_t end;

		if (b && !l->shown[i])
			continue;
		if (open && (!b || b->box != open)) {
			box_close(&box, opened);
			open = 0;
		}
		if (!b)
			return;
		if (b->box && !open) {
			opened = f->n;
			gap(&box, space(&plain, 9), 4, true);
			open = b->box;
		}
		if (b->kind != BLOCK_COLUMNS) {
			set_block(open ? &box : &plain, b);
			continue;
		}
		end = columns_end(l->d, i, to);
		set_columns(&plain, i, end);
		i = end < to && l->d->blocks[end].kind == BLOCK_COLUMNS ? end - 1 : end;
		if (i >= to)
			return;
	}
}
