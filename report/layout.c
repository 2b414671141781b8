// SPDX-License-Identifier: Apache-2.0
// Sets a document under its page contract: what is given up when it is too long, what is added when it is too short.
#include "layout.h"

#include <math.h>

#define TAIL_LEAST 0.3f /* of a page */
enum { ROWS_LEAST = 3, BACK_ROWS_MAX = 8, BACK_TRIES = 40, TAIL_GROUPS_MAX = 12, TAIL_ROWS_MAX = 8 };
#define MARGIN 51.0f
#define SPREAD_MAX 22.0f

static void sizes_set(struct layout *l, float scale)
{
	const struct theme_sizes *t = &l->d->theme->size;

	if (l->d->slides)
		l->sizes = (struct sizes){t->slide_text * scale, t->slide_table * scale, fmaxf(7, t->slide_small * scale), t->slide_table * 0.85f * scale,
					  fminf(12 * scale, 15),		 {t->slide_title, t->slide_text * 1.2f * scale, t->slide_text * scale}, t->leading, 1};
	else
		l->sizes = (struct sizes){t->text, t->table, t->small, t->code, 8.5f, {t->chapter, t->section, t->part}, t->leading, scale};
}

static void page_set(struct layout *l)
{
	bool slides = l->d->slides;
	float margin = slides ? 42 : MARGIN;

	l->left = margin;
	l->width = l->d->width - 2 * margin;
	l->top = slides ? 34 : 58;
	l->bottom = l->d->height - (slides ? 34 : 52);
}

static void set_again(struct layout *l)
{
	arena_reset(&l->arena);
	l->flow = (struct flow){0};
	l->places = NULL;
	l->anchors = NULL;
	l->place_cap = l->anchor_cap = 0;
	memset(l->targets, 0, l->d->n * sizeof(*l->targets));
	layout_shown(l);
	for (size_t i = 0; i < l->segment_count; i++) {
		float air = l->sizes.air;

		l->sizes.air = l->segments[i].air > 0 ? l->segments[i].air : air;
		flow_blocks(l, &l->flow, l->segments[i].from, l->segments[i].to, l->width);
		l->sizes.air = air;
	}
	layout_pages(l);
}

static bool too_long(const struct layout *l)
{
	return l->d->pages_max && l->pages > (size_t)l->d->pages_max;
}

/*
 * Steps in which rows are given up: first from priority 5 down to 2, in each the tenths of its rows that are left. Step 0 keeps all.
 */
enum { PARTS = 8, STEPS = 4 * PARTS };

static void rows_keep(struct layout *l, int step)
{
	for (size_t i = 0; i < l->d->group_count; i++) {
		struct group *g = l->d->groups[i];
		int begin = (5 - g->priority) * PARTS, done = step - begin;
		float part = done <= 0 || g->priority < 2 ? 1 : done >= PARTS ? 0 : 1 - (float)done / PARTS;
		size_t keep = (size_t)ceilf((float)g->most * part);

		g->keep = keep > ROWS_LEAST ? keep : ROWS_LEAST;
		g->keep = g->keep < g->most ? g->keep : g->most;
	}
	set_again(l);
}

/* The first step that is short enough, found by halving; the last when none is. */
static int rows_give_up(struct layout *l)
{
	int low = 0, high = STEPS;

	rows_keep(l, high);
	if (too_long(l))
		return STEPS;
	while (high - low > 1) {
		int middle = (low + high) / 2;

		rows_keep(l, middle);
		*(too_long(l) ? &low : &high) = middle;
	}
	rows_keep(l, high);
	return high;
}

/* `more` rows beyond `base` for each group of this priority. */
static void rows_add(struct layout *l, const size_t *base, int priority, size_t more)
{
	for (size_t i = 0; i < l->d->group_count; i++) {
		struct group *g = l->d->groups[i];

		if (g->priority == priority)
			g->keep = base[i] + more < g->most ? base[i] + more : g->most;
	}
	set_again(l);
}

/* As many rows more for all groups of this priority as the pages hold, found by halving. */
static void rows_spread(struct layout *l, size_t *base, int priority)
{
	size_t low = 0, high = BACK_ROWS_MAX + 1;

	for (size_t i = 0; i < l->d->group_count; i++)
		base[i] = l->d->groups[i]->keep;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		rows_add(l, base, priority, middle);
		*(too_long(l) ? &high : &low) = middle;
	}
	rows_add(l, base, priority, low);
}

/* "top 3 of 5" reads badly where the pages have room: rows go back to all alike, what is left to those that lack least. */
static void rows_give_back(struct layout *l)
{
	size_t *base = arena_array(l->d->arena, l->d->group_count, sizeof(*base)), tries = 0;

	for (int priority = 1; priority <= 5; priority++)
		rows_spread(l, base, priority);
	for (size_t lack = 1; lack <= BACK_ROWS_MAX; lack++)
		for (size_t i = 0; i < l->d->group_count && tries < BACK_TRIES; i++) {
			struct group *g = l->d->groups[i];
			size_t keep = g->keep;

			if (g->most - keep != lack)
				continue;
			g->keep = g->most;
			set_again(l);
			tries++;
			if (too_long(l))
				g->keep = keep;
		}
	set_again(l);
}

static void details_give_up(struct layout *l)
{
	for (int priority = 5; priority > 0; priority--)
		for (size_t i = l->d->detail_count; i-- > 0;) {
			if (l->d->details[i].priority != priority || !too_long(l))
				continue;
			l->d->details[i].hidden = true;
			set_again(l);
		}
}

static void make_shorter(struct layout *l)
{
	static const float airs[] = {0.85f, 0.7f, 0.55f};

	sizes_set(l, airs[0]);
	set_again(l);
	if (!too_long(l))
		return;
	/* Rather a little narrower than three rows everywhere. */
	if (rows_give_up(l) > STEPS / 2) {
		sizes_set(l, airs[1]);
		rows_give_up(l);
	}
	details_give_up(l);
	for (size_t i = 2; i < sizeof(airs) / sizeof(airs[0]) && too_long(l); i++) {
		sizes_set(l, airs[i]);
		set_again(l);
	}
	if (!too_long(l))
		rows_give_back(l);
}

/* A page that holds little and is not followed by its own text; l->pages when there is none from `from` on. */
static size_t tail_find(const struct layout *l, size_t from)
{
	float low = l->top + (l->bottom - l->top) * TAIL_LEAST, bottom = 0;

	for (size_t i = 0; i < l->place_count; i++) {
		const struct place *at = &l->places[i];
		bool last = i + 1 == l->place_count || l->places[i + 1].page != at->page;

		bottom = fmaxf(bottom, at->y + at->item->height);
		if (!last)
			continue;
		if (at->page >= from && bottom < low && (i + 1 == l->place_count || l->places[i + 1].item->page))
			return at->page;
		bottom = 0;
	}
	return l->pages;
}

/* The tables and lists with rows on this page and the one before that may show fewer. */
static size_t tail_groups(const struct layout *l, size_t page, struct group **out)
{
	size_t n = 0;

	for (size_t i = 0; i < l->place_count && n < TAIL_GROUPS_MAX; i++) {
		const struct item *it = l->places[i].item;
		struct group *g = it->kind == ITEM_ROW && it->block ? it->block->rows : NULL;
		bool known = !g || g->priority < 2 || (l->places[i].page != page && l->places[i].page + 1 != page);

		for (size_t k = 0; k < n && !known; k++)
			known = out[k] == g;
		if (!known)
			out[n++] = g;
	}
	return n;
}

/* Fewer rows, one by one, until the tail is gone; else all as it was. */
static bool tail_pull(struct layout *l, size_t page)
{
	struct group *groups[TAIL_GROUPS_MAX];
	size_t keeps[TAIL_GROUPS_MAX], n = tail_groups(l, page, groups), before = l->pages;

	for (size_t i = 0; i < n; i++)
		keeps[i] = groups[i]->keep;
	for (int k = 0; k < TAIL_ROWS_MAX && n; k++) {
		for (size_t i = 0; i < n; i++)
			groups[i]->keep -= groups[i]->keep > ROWS_LEAST;
		set_again(l);
		if (l->pages < before)
			return true;
	}
	for (size_t i = 0; i < n; i++)
		groups[i]->keep = keeps[i];
	set_again(l);
	return false;
}

/* A page with a line or two before a new chapter is no page: a few rows less bring them back. */
static void tails_pull(struct layout *l)
{
	size_t page = 1;

	while (l->pages > (size_t)l->d->pages_min && (page = tail_find(l, page)) < l->pages)
		page += !tail_pull(l, page);
}

static bool too_short(const struct layout *l)
{
	return l->pages < (size_t)l->d->pages_min;
}

static void make_longer(struct layout *l)
{
	l->fresh_chapters = true;
	set_again(l);
	if (too_long(l)) {
		l->fresh_chapters = false;
		set_again(l);
	}
	for (int i = 1; i <= l->d->fills && too_short(l); i++) {
		if (l->fill_on[i])
			continue;
		l->fill_on[i] = true;
		set_again(l);
		if (!too_long(l))
			continue;
		l->fill_on[i] = false;
		set_again(l);
	}
}

/* A slide and all that belongs to it become a section that is never on. */
static void slide_drop(struct document *d, size_t heading)
{
	for (size_t k = heading; k < d->n && (k == heading || d->blocks[k].kind != BLOCK_HEADING || d->blocks[k].level > 1); k++)
		d->blocks[k].fill = d->fills + 1;
}

/* Room that is left goes between the things on a slide. */
static void slide_spread(struct flow *f, float left)
{
	size_t gaps = 0;
	float each;

	for (size_t i = 1; i < f->n; i++)
		gaps += f->at[i].before > 0;
	each = left > 0 && gaps ? fminf(left * 0.6f / (float)gaps, SPREAD_MAX) : 0;
	for (size_t i = 1; i < f->n; i++)
		f->at[i].before += f->at[i].before > 0 ? each : 0;
}

/* The slide [from, to) as large as it fits on its page, between limits. Text that is a little larger is better than an empty half. */
static void slide_fit(struct layout *l, size_t from, size_t to)
{
	static const float scales[] = {1.5f, 1.35f, 1.2f, 1.1f, 1, 0.93f, 0.86f, 0.8f, 0.74f, 0.68f, 0.6f};
	size_t n = l->flow.n;
	float room = l->bottom - l->top;

	for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
		struct flow one = {0};

		sizes_set(l, scales[i]);
		flow_blocks(l, &one, from, to, l->width);
		if (flow_height(&one) > room && i + 1 < sizeof(scales) / sizeof(scales[0]))
			continue;
		slide_spread(&one, room - flow_height(&one));
		for (size_t k = 0; k < one.n; k++)
			*flow_item(l, &l->flow, ITEM_GAP) = one.at[k];
		break;
	}
	if (l->flow.n > n)
		l->flow.at[n].page = true;
}

static void slides_fit(struct layout *l)
{
	struct document *d = l->d;
	size_t from = 0;

	layout_shown(l);
	arena_reset(&l->arena);
	l->flow = (struct flow){0};
	l->places = NULL;
	l->anchors = NULL;
	l->place_cap = l->anchor_cap = 0;
	memset(l->targets, 0, d->n * sizeof(*l->targets));
	for (size_t i = 1; i <= d->n; i++) {
		if (i < d->n && !(d->blocks[i].kind == BLOCK_HEADING && d->blocks[i].level == 1))
			continue;
		slide_fit(l, from, i);
		from = i;
	}
	layout_pages(l);
}

/* Slides of the least priority go, the last first, until there are few enough. */
static void slides_set(struct layout *l)
{
	slides_fit(l);
	for (int priority = 5; priority > 3 && too_long(l); priority--)
		for (size_t i = l->d->n; i-- > 0 && too_long(l);)
			if (l->d->blocks[i].kind == BLOCK_HEADING && l->d->blocks[i].level == 1 && l->d->blocks[i].priority == priority) {
				slide_drop(l->d, i);
				slides_fit(l);
			}
}

void layout_set(struct layout *l, struct document *d)
{
	*l = (struct layout){.d = d, .arena = ARENA_INIT};
	l->shown = arena_array(d->arena, d->n + 1, sizeof(*l->shown));
	l->targets = arena_array(d->arena, d->n + 1, sizeof(*l->targets));
	l->fill_on = arena_array(d->arena, (size_t)d->fills + 2, sizeof(*l->fill_on));
	sizes_set(l, 1);
	page_set(l);
	segments_find(l);
	segments_fit(l);
	set_again(l);
	if (d->slides) {
		slides_set(l);
	} else {
		if (too_long(l))
			make_shorter(l);
		if (too_short(l))
			make_longer(l);
		tails_pull(l);
	}
	if (too_long(l) || too_short(l))
		err_set(&l->warning, ERR_INPUT, "%s: %zu %s, %d to %d were agreed", d->name, l->pages, d->slides ? "slides" : "pages", d->pages_min, d->pages_max);
}

void layout_fini(struct layout *l)
{
	arena_fini(&l->arena);
}
