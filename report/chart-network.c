// SPDX-License-Identifier: Apache-2.0
// The picture of a network: its model is common/picture.c's, where things stand common/picture-layout.c's. Shape and dash tell what colour tells.
#include "chart-shape.h"
#include "common/picture-layout.h"

#include <math.h>

/* Most boxes, unless the block says how many; most bundles of lines. */
enum { BOXES_TOP = 8, BOXES_LEAST = 2, LINES_TOP = 32 };

struct drawing {
	const struct canvas *c;
	struct picture *p;
	const struct picture_layout *l;
	float x, y; /* of the layout's corner */
};

static const enum tint inks[PICTURE_STATES] = {TINT_HIGH, TINT_MEDIUM, TINT_MEDIUM, TINT_GOOD, TINT_CRITICAL};
static const struct line_look {
	enum tint tint;
	float width, dash;
} looks[PICTURE_LINE_STATES] = {
	[PICTURE_BLOCKED] = {TINT_GOOD, 0.9f, 1},	 [PICTURE_ALLOWED] = {TINT_MUTED, 0.7f, 2.5f}, [PICTURE_DROPPED] = {TINT_MEDIUM, 1.1f, 1},
	[PICTURE_SEEN] = {TINT_ACCENT, 1.2f, 0}, [PICTURE_UNEXPECTED] = {TINT_CRITICAL, 1.7f, 6},
};

static void dashed(const struct drawing *d, float x0, float y0, float x1, float y1, int32_t colour, float width, float dash)
{
	struct pdf_point p[] = {{.step = PDF_MOVE, .x = d->x + x0, .y = d->y + y0}, {.step = PDF_LINE, .x = d->x + x1, .y = d->y + y1}};

	draw_path(d->c, p, 2, (struct pdf_paint){.fill = -1, .stroke = colour, .width = width, .dash = dash});
}

static void line(const struct drawing *d, float x0, float y0, float x1, float y1, enum picture_line_state s)
{
	dashed(d, x0, y0, x1, y1, tint(d->c, looks[s].tint), looks[s].width, looks[s].dash);
}

/* An arrowhead with its tip at x, y, pointing dx, dy. */
static void head(const struct drawing *d, float x, float y, float dx, float dy, int32_t colour)
{
	float n = d->c->em * 0.5f, h = d->c->em * 0.26f;
	struct pdf_point p[] = {
		{.step = PDF_MOVE, .x = d->x + x, .y = d->y + y},
		{.step = PDF_LINE, .x = d->x + x - dx * n - dy * h, .y = d->y + y - dy * n - dx * h},
		{.step = PDF_LINE, .x = d->x + x - dx * n + dy * h, .y = d->y + y - dy * n + dx * h},
		{.step = PDF_CLOSE},
	};

	draw_path(d->c, p, 4, paint_fill(colour));
}

static void rect(const struct drawing *d, struct picture_rect r, struct pdf_paint paint)
{
	draw_rect(d->c, d->x + r.x, d->y + r.y, r.w, r.h, paint);
}

static void text(const struct drawing *d, float x, float base, float w, struct style s, enum align align, struct span words)
{
	if (w > 0 && words.n)
		text_line(d->c, d->x + x, d->y + base, w, s, align, words);
}

/* The half that policies hold for is filled: left what comes in, right what goes out. A diamond is the network of its node. */
static void sign(const struct drawing *d, float x, float y, enum picture_state s)
{
	float n = d->c->em * 0.75f;
	int32_t ink = tint(d->c, inks[s]);
	struct picture_rect at = {x, y, n, n};
	struct pdf_point diamond[] = {
		{.step = PDF_MOVE, .x = d->x + x + n / 2, .y = d->y + y - n * 0.1f},	 {.step = PDF_LINE, .x = d->x + x + n * 1.1f, .y = d->y + y + n / 2},
		{.step = PDF_LINE, .x = d->x + x + n / 2, .y = d->y + y + n * 1.1f}, {.step = PDF_LINE, .x = d->x + x - n * 0.1f, .y = d->y + y + n / 2},
		{.step = PDF_CLOSE},
	};

	if (s == PICTURE_HOST) {
		draw_path(d->c, diamond, 5, paint_line(ink, 1));
		return;
	}
	if (s == PICTURE_CLOSED)
		rect(d, at, paint_fill(ink));
	else if (s != PICTURE_OPEN)
		rect(d, (struct picture_rect){s == PICTURE_IN ? x : x + n / 2, y, n / 2, n}, paint_fill(ink));
	rect(d, at, paint_line(ink, 0.9f));
}

/* Dashed, plain, double. */
static void frame(const struct drawing *d, struct picture_rect r, enum picture_state s)
{
	int32_t ink = tint(d->c, inks[s]);
	float in = d->c->em * 0.2f;

	rect(d, r, (struct pdf_paint){.fill = -1, .stroke = ink, .width = s == PICTURE_OPEN ? 0.9f : 1.1f, .dash = s == PICTURE_OPEN ? 3.5f : 0});
	if (s == PICTURE_CLOSED)
		rect(d, (struct picture_rect){r.x + in, r.y + in, r.w - 2 * in, r.h - 2 * in}, paint_line(ink, 0.6f));
}

static struct span counted(const struct drawing *d, int64_t n)
{
	return n > 1 ? number_text(d->c, (double)n, SPAN_NONE) : SPAN_NONE;
}

static void row(const struct drawing *d, size_t i)
{
	const struct picture_row *r = &d->p->rows[i];
	struct picture_rect at = d->l->rows[i];
	struct style small = style_in(style_small(d->c), tint(d->c, TINT_INK)), muted = style_small(d->c);
	float em = d->c->em, base = at.y + d->l->line * 0.75f, left = at.x + 1.7f * em;
	struct span count = counted(d, r->workloads);
	float count_w = count.n ? text_span_width(d->c, muted, count) + 0.5f * em : 0;

	sign(d, at.x + 0.6f * em, base - em * 0.68f, r->state);
	text(d, left, base, at.w - 2.2f * em - count_w, small, ALIGN_LEFT, r->name.n ? r->name : SPAN("unknown"));
	text(d, at.x + at.w - 0.5f * em - count_w, base, count_w, muted, ALIGN_RIGHT, count);
	if (r->way_state)
		text(d, left, base + d->l->line * 0.85f, at.w - 2.2f * em, style_in(style_sized(muted, muted.size * 0.92f), tint(d->c, looks[r->way_state].tint)), ALIGN_LEFT, r->way);
}

static void box(const struct drawing *d, size_t i)
{
	const struct picture_box *b = &d->p->boxes[i];
	struct picture_rect at = d->l->boxes[i];
	struct style bold = style_sized(style_bold(d->c), d->c->em * 0.94f), muted = style_small(d->c);
	struct span count = span_of(arena_printf(d->c->arena, "%.*s workload%s", SPAN_ARG(number_text(d->c, (double)b->workloads, SPAN_NONE)), b->workloads == 1 ? "" : "s"));
	struct span name = picture_box_name(b, d->c->arena);
	float em = d->c->em, base = at.y + d->l->line * 0.82f, count_w = text_span_width(d->c, muted, count) + 0.1f;

	if (text_span_width(d->c, bold, name) + count_w + 1.8f * em > at.w) { /* the name matters more */
		count = number_text(d->c, (double)b->workloads, SPAN_NONE);
		count_w = text_span_width(d->c, muted, count) + 0.1f;
	}
	frame(d, at, b->state);
	text(d, at.x + 0.6f * em, base, at.w - count_w - 1.8f * em, bold, ALIGN_LEFT, name);
	text(d, at.x + at.w - 0.6f * em - count_w, base, count_w, muted, ALIGN_RIGHT, count);
	for (size_t r = b->first; r < b->first + b->n; r++)
		row(d, r);
}

static void outside(const struct drawing *d)
{
	const struct picture_layout *l = d->l;
	float half = d->c->em * 0.3f;

	if (l->outside.h <= 0)
		return;
	rect(d, l->outside, (struct pdf_paint){.fill = colour_lighter(tint(d->c, TINT_MUTED), 0.88f), .stroke = tint(d->c, TINT_MUTED), .width = 0.7f});
	text(d, l->outside.x, l->outside.h * 0.7f, l->outside.w, style_bold(d->c), ALIGN_CENTRE, SPAN("Outside the cluster"));
	for (int side = 0; side < 2; side++)
		if (l->trunks[side].y1 > 0)
			dashed(d, l->trunks[side].x, l->trunks[side].y0, l->trunks[side].x, l->trunks[side].y1, tint(d->c, TINT_MUTED), 0.9f, 0);
	for (size_t i = 0; i < d->p->n_rows; i++) {
		enum picture_line_state s = d->p->rows[i].way_state;
		bool right = l->right[d->p->rows[i].box];
		float x1 = right ? l->rows[i].x + l->rows[i].w : l->rows[i].x, way = right ? -1 : 1, y = l->ways[i];

		if (!s)
			continue;
		line(d, l->trunks[right].x, y, x1 - way * d->c->em * (s == PICTURE_BLOCKED ? 0.2f : 0.45f), y, s);
		if (s == PICTURE_BLOCKED)
			dashed(d, x1 - way * half, y - half, x1 - way * half, y + half, tint(d->c, looks[s].tint), 1.4f, 0);
		else
			head(d, x1, y, way, 0, tint(d->c, looks[s].tint));
	}
}

static struct pdf_paint network_paint(const struct drawing *d)
{
	return (struct pdf_paint){.fill = colour_lighter(tint(d->c, TINT_HIGH), 0.82f), .stroke = tint(d->c, TINT_HIGH), .width = 0.7f};
}

static void network(const struct drawing *d)
{
	const struct picture_layout *l = d->l;
	float up = l->network.up ? d->c->em * 0.45f : 0;

	if (l->network.y1 <= 0)
		return;
	if (l->network.up)
		head(d, l->network.x, l->network.y0, 0, -1, tint(d->c, TINT_HIGH));
	rect(d, (struct picture_rect){l->network.x - l->network_w / 2, l->network.y0 + up, l->network_w, l->network.y1 - l->network.y0 - up}, network_paint(d));
	text(d, l->network_label.x, l->network_label.y + l->line * 0.75f, l->network_label.w, style_in(style_small(d->c), tint(d->c, TINT_HIGH)), ALIGN_CENTRE, SPAN("open network"));
}

static void stub(const struct drawing *d, const struct picture_stub *t)
{
	bool open = t->net == PICTURE_NO_NET;
	enum picture_line_state s = open ? PICTURE_SEEN : d->l->nets[t->net].state;
	int32_t ink = tint(d->c, open ? TINT_HIGH : looks[s].tint);
	float way = t->x0 > t->x1 ? 1 : -1, n = d->c->em * 0.45f, x0 = t->x0 - (t->in ? way * n : 0), x1 = t->x1 + (t->out ? way * n : 0);
	struct style small = style_sized(style_small(d->c), d->c->em * 0.78f);

	if (open)
		dashed(d, x0, t->y, x1, t->y, ink, 0.7f, 0);
	else
		line(d, x0, t->y, x1, t->y, s);
	if (t->in)
		head(d, t->x0, t->y, way, 0, ink);
	if (t->out)
		head(d, t->x1, t->y, -way, 0, ink);
	if (!open && d->l->tracks[t->net].y1 > 0)
		draw_circle(d->c, d->x + t->x1, d->y + t->y, d->c->em * 0.14f, paint_fill(ink));
	if (t->label.w > 0)
		text(d, t->label.x, t->label.y + t->label.h - d->c->em * 0.22f, t->label.w, style_in(small, ink), d->l->right[d->p->rows[t->row].box] ? ALIGN_RIGHT : ALIGN_LEFT,
		     d->l->nets[t->net].ports);
}

static void nets(const struct drawing *d)
{
	for (size_t i = 0; i < d->l->n_nets; i++) {
		const struct picture_track *t = &d->l->tracks[i];
		enum picture_line_state s = d->l->nets[i].state;

		if (t->y1 <= 0)
			continue;
		line(d, t->x, t->y1, t->x, t->y0 + (t->up ? d->c->em * 0.45f : 0), s);
		if (t->up)
			head(d, t->x, t->y0, 0, -1, tint(d->c, looks[s].tint));
	}
	for (size_t i = 0; i < d->l->n_stubs; i++)
		stub(d, &d->l->stubs[i]);
}

static void legend(const struct drawing *d)
{
	static const enum picture_state frames[] = {PICTURE_OPEN, PICTURE_IN, PICTURE_CLOSED};
	static const enum picture_line_state lines[] = {PICTURE_ALLOWED, PICTURE_SEEN, PICTURE_DROPPED, PICTURE_UNEXPECTED, PICTURE_BLOCKED};
	float em = d->c->em;

	for (size_t i = 0; i < d->l->n_legends; i++) {
		struct picture_rect at = d->l->legends[i].at;
		enum picture_legend what = d->l->legends[i].what;
		float mid = at.y + at.h / 2;

		if (what <= LEGEND_HOST)
			sign(d, at.x + 0.9f * em, mid - em * 0.38f, (enum picture_state)what);
		else if (what <= LEGEND_BOX_CLOSED)
			frame(d, (struct picture_rect){at.x + 0.2f * em, mid - em * 0.42f, 2.2f * em, em * 0.84f}, frames[what - LEGEND_BOX_OPEN]);
		else if (what == LEGEND_NETWORK)
			rect(d, (struct picture_rect){at.x + 0.2f * em, mid - em * 0.3f, 2.2f * em, em * 0.6f}, network_paint(d));
		else
			line(d, at.x + 0.2f * em, mid, at.x + 2.4f * em, mid, lines[what - LEGEND_ALLOWED]);
		text(d, at.x + 2.9f * em, mid + em * 0.3f, at.w - 3.2f * em, style_in(style_small(d->c), tint(d->c, TINT_INK)), ALIGN_LEFT, span_of(picture_legend_words(d->p, what)));
	}
}

/* What must be known first. Returns the height. */
static float notes(const struct canvas *c, const struct picture *p)
{
	float y = c->y;

	for (size_t i = 0; i < p->n_notes; i++) {
		bool hint = p->notes[i].grade == PICTURE_HINT;
		struct style s = hint ? style_small(c) : style_in(style_bold(c), tint(c, p->notes[i].grade == PICTURE_MISSING ? TINT_MUTED : TINT_CRITICAL));

		y += text_block(c, c->x, y, c->w, 3, s, ALIGN_LEFT, p->notes[i].text);
	}
	return y - c->y + (p->n_notes ? c->em * 0.4f : 0);
}

static void draw(const struct drawing *d)
{
	outside(d);
	network(d);
	nets(d);
	for (size_t i = 0; i < d->p->n_boxes; i++)
		box(d, i);
	legend(d);
}

/* Fewer boxes, and then fewer lines, where there is no room for more. */
static void fit(const struct canvas *c, struct picture *p, struct picture_layout *l, float used)
{
	size_t top = c->d->top ? c->d->top : BOXES_TOP, lines = LINES_TOP;

	for (;;) {
		picture_fold(p, c->arena, top);
		picture_place(p, c->w, c->em, lines, l);
		if (c->at->max_height <= 0 || used + l->height + 1.5f * c->em <= c->at->max_height || !lines)
			return;
		if (top > BOXES_LEAST)
			top--;
		else
			lines /= 2;
	}
}

float chart_network(struct canvas *c)
{
	struct picture *p = arena_alloc(c->arena, sizeof(*p));
	struct picture_layout *l = arena_alloc(c->arena, sizeof(*l));
	struct drawing d = {c, p, l, c->x, c->y};
	float h;

	for (size_t i = 0; i < c->d->rows; i++) {
		struct span cells[PICTURE_COLUMNS];

		for (size_t k = 0; k < PICTURE_COLUMNS; k++)
			cells[k] = cell(c->d, i, k);
		picture_add(p, cells);
	}
	if (!p->n_rows && !p->n_notes)
		picture_add(p, (struct span[PICTURE_COLUMNS]){SPAN("note"), [3] = SPAN("Not assessed: nothing was collected of the network."), [4] = SPAN("missing")});
	h = notes(c, p);
	if (!p->n_rows)
		return h;
	fit(c, p, l, h);
	d.y += h;
	draw(&d);
	h += l->height;
	if (l->left_out) {
		struct style s = style_small(c);

		text_line(c, c->x, c->y + h + line_ascent(s), c->w, s, ALIGN_LEFT,
			  span_of(arena_printf(c->arena, "%lld more lines have no room here; plimsoll network reach lists all.", (long long)l->left_out)));
		h += line_height(s);
	}
	return h;
}
