// SPDX-License-Identifier: Apache-2.0
// Chapters with a number of pages of their own: what fits them is shown. The contract of the whole document is layout.c's.
#include "layout.h"

enum { GROUPS_MAX = 200 };
#define JOIN_LOW 0.35f	/* of a page: what is lower, with its fill sections, shares one */
#define JOIN_HIGH 0.55f /* of a page: what two that share one may take */

static bool segment_begins(const struct block *b)
{
	return b->kind == BLOCK_HEADING && b->level == 1 && b->budget;
}

void segments_find(struct layout *l)
{
	const struct document *d = l->d;
	size_t n = 1;

	for (size_t i = 0; i < d->n; i++)
		n += segment_begins(&d->blocks[i]);
	l->segments = arena_array(d->arena, n, sizeof(*l->segments));
	l->segments[0] = (struct segment){.to = d->n};
	l->segment_count = 1;
	for (size_t i = 0; i < d->n && !d->slides; i++) {
		struct segment *last = &l->segments[l->segment_count - 1];

		if (!segment_begins(&d->blocks[i]))
			continue;
		if (i > last->from) {
			last->to = i;
			last = &l->segments[l->segment_count++];
		}
		*last = (struct segment){.from = i, .to = d->n, .budget = d->blocks[i].budget};
	}
}

/* Pages that the segment takes by itself. */
static size_t segment_pages(struct layout *l, const struct segment *s)
{
	arena_reset(&l->arena);
	l->flow = (struct flow){0};
	l->places = NULL;
	l->anchors = NULL;
	layout_shown(l);
	l->sizes.air = s->air;
	flow_blocks(l, &l->flow, s->from, s->to, l->width);
	layout_pages(l);
	return l->pages - (l->d->cover.any ? 1 : 0);
}

static bool segment_fits(struct layout *l, const struct segment *s)
{
	return segment_pages(l, s) <= (size_t)s->budget;
}

/* The groups of rows in a segment; those of fill sections only when `fill` names one. */
static size_t segment_groups(const struct layout *l, const struct segment *s, int fill, struct group **out)
{
	size_t n = 0;

	for (size_t i = s->from; i < s->to; i++) {
		const struct block *b = &l->d->blocks[i];

		for (struct group *g = b->rows ? b->rows : b->in; g && n < GROUPS_MAX; g = g->up) {
			bool known = b->fill != fill;

			for (size_t k = 0; k < n && !known; k++)
				known = out[k] == g;
			if (!known)
				out[n++] = g;
		}
	}
	return n;
}

static void details_give_up(struct layout *l, const struct segment *s)
{
	int last = 0;

	for (size_t i = s->to; i-- > s->from;) {
		int detail = l->d->blocks[i].detail;

		if (!detail || detail == last || segment_fits(l, s))
			continue;
		l->d->details[detail - 1].hidden = true;
		last = detail;
	}
}

/* One row more, or two: whether the pages hold it. */
static bool row_add(struct layout *l, const struct segment *s, struct group *g)
{
	size_t keep = g->keep, lack = g->rows - keep, step = g->priority < 3 || lack == 2 ? 2 : 1;

	for (step = step < lack ? step : lack; step > 0; step--) {
		g->keep = keep + step;
		if (segment_fits(l, s))
			return true;
	}
	g->keep = keep;
	return false;
}

/* Row by row, those of the highest priority first and faster, until none fits any more. */
static void rows_add(struct layout *l, const struct segment *s, struct group **groups, size_t n)
{
	bool closed[GROUPS_MAX] = {false}, any = true;

	while (any) {
		any = false;
		for (int priority = 1; priority <= 5; priority++)
			for (size_t i = 0; i < n; i++) {
				if (closed[i] || groups[i]->priority != priority || !groups[i]->keep || groups[i]->keep == groups[i]->rows)
					continue;
				closed[i] = !row_add(l, s, groups[i]);
				any |= !closed[i];
			}
	}
}

/* Whole blocks go, those of the least priority first, until the rest fits; then those come back that do fit. */
static void groups_drop(struct layout *l, const struct segment *s, struct group **groups, size_t n)
{
	for (int priority = 5; priority > 2; priority--)
		for (size_t i = n; i-- > 0;)
			if (groups[i]->priority == priority && !segment_fits(l, s))
				groups[i]->keep = 0;
	for (int priority = 3; priority <= 5; priority++)
		for (size_t i = 0; i < n; i++) {
			if (groups[i]->keep || groups[i]->priority != priority)
				continue;
			groups[i]->keep = groups[i]->rows < groups[i]->least ? groups[i]->rows : groups[i]->least;
			groups[i]->keep = segment_fits(l, s) ? groups[i]->keep : 0;
		}
}

static void rows_fit(struct layout *l, const struct segment *s)
{
	struct group *groups[GROUPS_MAX];
	size_t n = segment_groups(l, s, 0, groups);

	for (size_t i = 0; i < n; i++)
		groups[i]->keep = groups[i]->rows < groups[i]->least || groups[i]->priority < 2 ? groups[i]->rows : groups[i]->least;
	details_give_up(l, s);
	groups_drop(l, s, groups, n);
	rows_add(l, s, groups, n);
}

/* A fill section goes where its chapter leaves room, with fewer rows if need be. */
static void fill_try(struct layout *l, const struct segment *s, int fill, size_t pages)
{
	struct group *groups[GROUPS_MAX];
	size_t n = segment_groups(l, s, fill, groups);

	l->fill_on[fill] = true;
	if (segment_pages(l, s) <= pages)
		return;
	for (size_t i = 0; i < n; i++)
		groups[i]->keep = groups[i]->rows < groups[i]->least ? groups[i]->rows : groups[i]->least;
	l->fill_on[fill] = segment_pages(l, s) <= pages;
	if (l->fill_on[fill])
		rows_add(l, &(struct segment){.from = s->from, .to = s->to, .budget = (int)pages, .air = s->air}, groups, n);
}

/* All rows and details, no fill section. */
static void segment_reset(struct layout *l, const struct segment *s)
{
	for (size_t i = s->from; i < s->to; i++) {
		const struct block *b = &l->d->blocks[i];

		l->fill_on[b->fill] = false;
		if (b->detail)
			l->d->details[b->detail - 1].hidden = false;
		for (struct group *g = b->rows ? b->rows : b->in; g; g = g->up)
			g->keep = g->rows;
	}
}

static void segment_fill(struct layout *l, const struct segment *s)
{
	int last = 0;

	for (size_t i = s->from; i < s->to && s->pages <= (size_t)s->budget; i++) {
		int fill = l->d->blocks[i].fill;

		if (fill && fill != last)
			fill_try(l, s, fill, s->pages);
		last = fill;
	}
}

static void segment_fit(struct layout *l, struct segment *s)
{
	static const float airs[] = {1, 0.85f, 0.7f, 0.6f};

	segment_reset(l, s);
	for (size_t i = 0; i < sizeof(airs) / sizeof(airs[0]); i++) {
		s->air = airs[i];
		if (segment_fits(l, s))
			break;
	}
	if (!segment_fits(l, s))
		rows_fit(l, s);
	s->pages = segment_pages(l, s);
	s->height = flow_height(&l->flow);
	segment_fill(l, s);
	segment_pages(l, s);
	s->filled = flow_height(&l->flow);
}

static bool short_page(const struct segment *s)
{
	return s->budget == 1 && s->pages == 1;
}

/* The lowest chapter that can share a page with the next; the number of segments when there is none. */
static size_t join_find(const struct layout *l)
{
	float room = l->bottom - l->top, least = room * JOIN_LOW;
	size_t found = l->segment_count;

	for (size_t i = 0; i + 1 < l->segment_count; i++) {
		const struct segment *s = &l->segments[i];

		if (!short_page(s) || !short_page(s + 1) || s->filled >= least || s->height + s[1].height > room * JOIN_HIGH)
			continue;
		least = s->filled;
		found = i;
	}
	return found;
}

/* Chapters with a few lines share a page, as long as the pages are enough. */
static void segments_join(struct layout *l)
{
	size_t total = l->d->cover.any ? 1 : 0, at;

	for (size_t i = 0; i < l->segment_count; i++)
		total += l->segments[i].pages ? l->segments[i].pages : 1;
	while (total > (size_t)l->d->pages_min && (at = join_find(l)) < l->segment_count) {
		struct segment *s = &l->segments[at];

		l->d->blocks[s[1].from].page = false;
		s->to = s[1].to;
		memmove(s + 1, s + 2, (l->segment_count - at - 2) * sizeof(*s));
		l->segment_count--;
		total--;
		segment_fit(l, s);
	}
}

void segments_fit(struct layout *l)
{
	float air = l->sizes.air;

	for (size_t i = 0; i < l->segment_count; i++)
		if (l->segments[i].budget)
			segment_fit(l, &l->segments[i]);
	segments_join(l);
	for (size_t i = 0; i < l->d->group_count; i++)
		l->d->groups[i]->most = l->d->groups[i]->keep;
	l->sizes.air = air;
}
