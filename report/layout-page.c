// SPDX-License-Identifier: Apache-2.0
// Cuts a flow into pages, and keeps the page contract by showing less or more. Drawing is draw.c's.
#include "layout.h"

#include <math.h>

#define CHAPTER_LOWEST 0.84f /* of a page: lower, a chapter begins on the next */
#define CHAPTER_LEAST 0.18f  /* of a page: what must stand below a chapter's heading */

size_t group_shown(const struct group *g)
{
	return g->keep < g->rows ? g->keep : g->rows;
}

bool group_note(struct arena *a, const struct fonts *fonts, const struct group *g, struct text *out)
{
	struct words w = {.fonts = fonts, .arena = a};
	size_t n = group_shown(g);
	auto_buf b = BUF_INIT;

	if (n >= g->total || g->quiet)
		return false;
	buf_add_str(&b, "top ");
	value_print(&b, &(struct value){.type = VALUE_INT, .i = (int64_t)n});
	buf_add_str(&b, " of ");
	value_print(&b, &(struct value){.type = VALUE_INT, .i = (int64_t)g->total});
	if (g->more.n) {
		buf_add_str(&b, "; ");
		buf_add_span(&b, g->more);
	}
	words_data(&w, buf_span(&b), (struct look){.tint = TINT_MUTED});
	*out = words_end(&w);
	return true;
}

static bool in_shown_rows(const struct block *b)
{
	if (b->rows && !b->rows->keep)
		return false;
	const struct group *g = b->in;

	for (size_t row = b->row; g; row = g->up_row, g = g->up)
		if (row >= group_shown(g))
			return false;
	return true;
}

static bool is_content(const struct block *b)
{
	return b->kind == BLOCK_TEXT || b->kind == BLOCK_CODE || b->kind == BLOCK_TABLE || b->kind == BLOCK_CHART || b->kind == BLOCK_TOC;
}

/* A heading without content before the next of its level is not printed. */
static void headings_hide(struct layout *l)
{
	bool content[8] = {false};

	for (size_t i = l->d->n; i-- > 0;) {
		const struct block *b = &l->d->blocks[i];

		if (b->kind != BLOCK_HEADING) {
			if (l->shown[i] && is_content(b))
				memset(content, true, sizeof(content));
			continue;
		}
		l->shown[i] = l->shown[i] && (content[b->level] || l->d->slides);
		/* What was seen belongs to this heading; those above it have it too. */
		for (int k = b->level; k < 8; k++)
			content[k] = false;
	}
}

/* "2.1" before chapters and sections that are shown. */
static void headings_number(struct layout *l)
{
	int chapter = 0, section = 0;

	for (size_t i = 0; i < l->d->n; i++) {
		struct block *b = &l->d->blocks[i];
		struct words w = {.fonts = l->d->fonts, .arena = &l->arena};
		struct glyph *all;

		if (b->kind != BLOCK_HEADING || !l->shown[i] || b->notoc || b->level > 2)
			continue;
		b->bare = b->bare.at ? b->bare : b->text;
		chapter += b->level == 1;
		section = b->level == 1 ? 0 : section + 1;
		words_add(&w, span_of(b->level == 1 ? arena_printf(&l->arena, "%d\u2002", chapter) : arena_printf(&l->arena, "%d.%d\u2002", chapter, section)),
			  (struct look){.face = FACE_BOLD, .tint = TINT_INK});
		all = arena_array(&l->arena, w.n + b->bare.n, sizeof(*all));
		memcpy(all, w.at, w.n * sizeof(*all));
		memcpy(all + w.n, b->bare.at, b->bare.n * sizeof(*all));
		b->text = (struct text){all, w.n + b->bare.n};
	}
}

void layout_shown(struct layout *l)
{
	const struct document *d = l->d;

	for (size_t i = 0; i < d->n; i++) {
		const struct block *b = &d->blocks[i];

		l->shown[i] = in_shown_rows(b) && (!b->detail || !d->details[b->detail - 1].hidden) && (!b->fill || l->fill_on[b->fill]);
	}
	headings_hide(l);
	if (d->numbered && !d->slides)
		headings_number(l);
}

static void anchor_add(struct layout *l, struct span name, size_t page, float y)
{
	if (!name.n)
		return;
	l->anchors = arena_room(&l->arena, l->anchors, l->anchor_count, &l->anchor_cap, sizeof(*l->anchors));
	l->anchors[l->anchor_count++] = (struct anchor){name, page, y};
}

/* Where links and bookmarks to an item lead. */
static void item_anchors(struct layout *l, const struct item *i, size_t page, float y)
{
	if (i->kind == ITEM_LINE && i->block && i->block->kind == BLOCK_HEADING) {
		struct target *t = &l->targets[i->block - l->d->blocks];

		if (!t->placed) {
			*t = (struct target){true, page, y};
			anchor_add(l, i->block->anchor, page, y);
		}
	}
	if (i->kind == ITEM_ROW && i->grid->table->anchors)
		anchor_add(l, i->grid->table->anchors[i->row], page, y);
	for (size_t s = 0; i->kind == ITEM_SIDES && s < i->side_count; s++) {
		float at = y;

		for (size_t k = 0; k < i->sides[s].n; k++) {
			at += k ? i->sides[s].at[k].before : 0;
			item_anchors(l, &i->sides[s].at[k], page, at);
			at += i->sides[s].at[k].height;
		}
	}
}

struct cutter {
	struct layout *l;
	size_t page;
	float y;
	bool top; /* nothing stands on the page yet */
};

/* Space that may vanish at the end of a page. */
static bool is_air(const struct item *i)
{
	return i->kind == ITEM_GAP && i->ground == GROUND_NONE && !i->glue;
}

static void place(struct cutter *c, const struct item *i)
{
	struct layout *l = c->l;
	float drop = c->top ? 0 : i->before;

	l->places = arena_room(&l->arena, l->places, l->place_count, &l->place_cap, sizeof(*l->places));
	c->y += drop;
	/* Air at the top of a page is none. */
	if (c->top && is_air(i))
		return;
	l->places[l->place_count++] = (struct place){i, c->page, l->left + i->x, c->y, drop};
	item_anchors(l, i, c->page, c->y);
	c->y += i->height;
	c->top = false;
}

static void page_next(struct cutter *c)
{
	c->page++;
	c->y = c->l->top;
	c->top = true;
}

/* The items that hang together from `i` on: the end and the height. */
static size_t chain(const struct flow *f, size_t i, bool top, float *height)
{
	size_t end = i;

	*height = 0;
	do
		*height += f->at[end].height + (end == i && top ? 0 : f->at[end].before);
	while (f->at[end++].glue && end < f->n && !f->at[end].page);
	return end;
}

static bool is_chapter(const struct item *i)
{
	return i->kind == ITEM_LINE && i->block && i->block->kind == BLOCK_HEADING && i->block->level == 1;
}

/* What must stand together where a chapter begins: its heading and the first things below it. */
static float chapter_least(const struct flow *f, size_t i, float room)
{
	float sum = 0, h;

	for (size_t end; i < f->n && sum < room * CHAPTER_LEAST; i = end) {
		end = chain(f, i, false, &h);
		if (sum > 0 && (f->at[i].page || is_chapter(&f->at[i])))
			break;
		sum += h;
	}
	return sum;
}

void layout_pages(struct layout *l)
{
	struct cutter c = {l, l->d->cover.any ? 1 : 0, l->top, true};
	float room = l->bottom - l->top;

	l->place_count = l->place_cap = l->anchor_count = l->anchor_cap = 0;
	for (size_t i = 0, end; i < l->flow.n; i = end) {
		float h;

		if (l->flow.at[i].page && !c.top)
			page_next(&c);
		end = chain(&l->flow, i, c.top, &h);
		if (!c.top && is_chapter(&l->flow.at[i]) && (c.y > l->top + room * CHAPTER_LOWEST || c.y + fminf(chapter_least(&l->flow, i, room), room) > l->bottom))
			page_next(&c);
		if (c.y + h > l->bottom && !c.top && (h <= room || c.y > l->top + room * 0.6f) && !is_air(&l->flow.at[i])) {
			page_next(&c);
			if (l->flow.at[i].repeat)
				place(&c, l->flow.at[i].repeat);
		}
		for (size_t k = i; k < end; k++) {
			if (k > i && c.y + l->flow.at[k].before + l->flow.at[k].height > l->bottom && !c.top && !is_air(&l->flow.at[k])) {
				page_next(&c);
				if (l->flow.at[k].repeat)
					place(&c, l->flow.at[k].repeat);
			}
			place(&c, &l->flow.at[k]);
		}
	}
	l->pages = c.page + (c.top && c.page > 0 ? 0 : 1);
}
