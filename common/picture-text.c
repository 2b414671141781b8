// SPDX-License-Identifier: Apache-2.0
// The picture of a network in characters, for terminals.
#include "picture-text.h"
#include "text.h"
#include "tty.h"

enum { WIDTH_LEAST = 40, FRAME = 4 }; /* FRAME: both sides with a blank each */

struct signs {
	const char *rows[PICTURE_STATES];
	const char *in[PICTURE_LINE_STATES], *out[PICTURE_LINE_STATES], *both, *network_in, *network_out;
	struct frame {
		const char *corners[4], *level, *upright; /* corners: upper left, upper right, lower left, lower right */
	} frames[PICTURE_STATES]; /* by the state of a box */
};

static const struct signs drawn = {
	.rows = {"□", "◧", "◨", "■", "◇"},
	.in = {"", "▌──", "┄x┄", "◀╌╌", "◀──", "◀━!"},
	.out = {"", "──▌", "┄x┄", "╌╌▶", "──▶", "!━▶"},
	.both = "◀─▶", .network_in = "◀──", .network_out = "──▶",
	.frames = {[PICTURE_OPEN] = {{"┌", "┐", "└", "┘"}, "╌", "╎"}, [PICTURE_IN] = {{"┌", "┐", "└", "┘"}, "─", "│"}, [PICTURE_CLOSED] = {{"╔", "╗", "╚", "╝"}, "═", "║"}},
};
static const struct signs plain = {
	.rows = {"[  ]", "[# ]", "[ #]", "[##]", "<>"},
	.in = {"", "|--", "-x-", "<--", "<==", "<=!"},
	.out = {"", "--|", "-x-", "-->", "==>", "!=>"},
	.both = "<->", .network_in = "<--", .network_out = "-->",
	.frames = {[PICTURE_OPEN] = {{"+", "+", "+", "+"}, ".", ":"}, [PICTURE_IN] = {{"+", "+", "+", "+"}, "-", "|"}, [PICTURE_CLOSED] = {{"#", "#", "#", "#"}, "=", "#"}},
};

struct writing {
	const struct picture *p;
	const struct signs *signs;
	size_t width;
	picture_each *each;
	void *user;
	struct arena *a;
	struct picture_net nets[PICTURE_LINES];
	size_t n_nets;
};

static enum picture_ink box_ink(enum picture_state s)
{
	return s == PICTURE_CLOSED ? PICTURE_GOOD : s == PICTURE_OPEN || s == PICTURE_HOST ? PICTURE_BAD : PICTURE_HALF;
}

/* The ellipsis of cut text where the terminal has none. */
static void plain_dots(struct buf *line)
{
	char *at;

	while (line->n && (at = memmem(line->p, line->n, "\xe2\x80\xa6", 3))) {
		*at = '~';
		memmove(at + 1, at + 3, line->n - (size_t)(at + 3 - line->p));
		line->n -= 2;
	}
}

static void put(const struct writing *w, enum picture_ink ink, struct buf *line)
{
	while (line->n && line->p[line->n - 1] == ' ')
		line->n--;
	if (w->signs == &plain)
		plain_dots(line);
	w->each(w->user, ink, buf_span(line));
}

/* A line inside the frame: `from` blanks, text in what is left. */
static void put_in(const struct writing *w, const struct frame *f, enum picture_ink ink, size_t from, struct span text)
{
	auto_buf b = BUF_INIT;

	buf_printf(&b, "%s %*s", f->upright, (int)from, "");
	tty_add(&b, text, w->width - FRAME - from, TTY_LEFT, true);
	buf_printf(&b, " %s", f->upright);
	put(w, ink, &b);
}

static void put_edge(const struct writing *w, const struct frame *f, enum picture_ink ink, bool top, struct span left, struct span right)
{
	size_t used = 2, l = tty_columns(left), r = tty_columns(right), room = w->width - 4;
	auto_buf b = BUF_INIT;

	r = r + 12 <= room ? r : 0;
	l = l + 4 + r <= room ? l : room - r - 4;
	buf_add_str(&b, f->corners[top ? 0 : 2]);
	if (left.n) {
		buf_add_char(&b, ' ');
		tty_add(&b, left, l, TTY_LEFT, false);
		buf_add_char(&b, ' ');
		used += l + 2;
	}
	for (used += r ? r + 2 : 0; used < w->width; used++)
		buf_add_str(&b, f->level);
	if (r) {
		buf_add_char(&b, ' ');
		tty_add(&b, right, r, TTY_LEFT, false);
		buf_add_char(&b, ' ');
	}
	buf_add_str(&b, f->corners[top ? 1 : 3]);
	put(w, ink, &b);
}

/* "shop/frontend, payments/api", all ends of a mask but one row. */
static struct span ends(const struct writing *w, picture_mask mask, size_t but)
{
	auto_buf b = BUF_INIT;

	for (size_t i = 0; i < PICTURE_ENDS; i++) {
		if (!(mask & picture_bit(i)) || i == but)
			continue;
		buf_add_str(&b, b.n ? ", " : "");
		if (i == PICTURE_NETWORK) {
			buf_add_str(&b, "open network");
		} else if (i == PICTURE_OUTSIDE) {
			buf_add_str(&b, "outside");
		} else {
			const struct picture_box *box = &w->p->boxes[w->p->rows[i].box];

			buf_add_span(&b, picture_box_name(box, w->a));
			buf_add_str(&b, box->name.p ? "/" : ": ");
			buf_add_span(&b, w->p->rows[i].name);
		}
	}
	return (struct span){arena_strndup(w->a, buf_str(&b), b.n), b.n};
}

static enum picture_ink line_ink(enum picture_line_state s)
{
	return s == PICTURE_UNEXPECTED ? PICTURE_BAD : s == PICTURE_DROPPED ? PICTURE_HALF : s == PICTURE_BLOCKED ? PICTURE_GOOD : PICTURE_PLAIN;
}

/* What passes comes first: it must not be what a narrow screen cuts. */
static void put_net(const struct writing *w, const struct frame *f, const struct picture_net *n, bool in, size_t row)
{
	struct span others = ends(w, in ? n->sources : n->targets, row);
	const char *seen = n->seen ? arena_printf(w->a, ", %lld seen", (long long)n->seen) : "";

	if (others.n)
		put_in(w, f, line_ink(n->state), 4, span_of(arena_printf(w->a, "%s %.*s%s  %.*s", in ? w->signs->in[n->state] : w->signs->out[n->state], SPAN_ARG(n->ports), seen, SPAN_ARG(others))));
}

static void put_row(const struct writing *w, const struct frame *f, size_t i)
{
	const struct picture_row *r = &w->p->rows[i];
	bool in = r->state == PICTURE_IN || r->state == PICTURE_CLOSED, out = r->state == PICTURE_OUT || r->state == PICTURE_CLOSED;
	const char *count = r->workloads > 1 ? arena_printf(w->a, "  (%lld)", (long long)r->workloads) : "";

	put_in(w, f, box_ink(r->state), 0, span_of(arena_printf(w->a, "%s %.*s%s", w->signs->rows[r->state], SPAN_ARG(r->name), count)));
	if (r->way_state)
		put_in(w, f, line_ink(r->way_state), 4, span_of(arena_printf(w->a, "%s outside: %.*s%s", w->signs->in[r->way_state], SPAN_ARG(r->way),
									       r->way_state == PICTURE_BLOCKED ? " (policies close it)" : "")));
	if (!in || !out)
		put_in(w, f, PICTURE_PLAIN, 4, span_of(arena_printf(w->a, "%s open network", in ? w->signs->network_out : out ? w->signs->network_in : w->signs->both)));
	for (size_t k = 0; k < w->n_nets; k++)
		if (w->nets[k].targets & picture_bit(i))
			put_net(w, f, &w->nets[k], true, i);
	for (size_t k = 0; k < w->n_nets; k++)
		if (w->nets[k].sources & picture_bit(i))
			put_net(w, f, &w->nets[k], false, i);
}

static void put_box(const struct writing *w, size_t i)
{
	const struct picture_box *b = &w->p->boxes[i];
	const struct frame *f = &w->signs->frames[b->state];
	enum picture_ink ink = box_ink(b->state);

	put_edge(w, f, ink, true, picture_box_name(b, w->a), span_of(arena_printf(w->a, "%lld workload%s, %s", (long long)b->workloads, b->workloads == 1 ? "" : "s", picture_box_words(b->state))));
	for (size_t r = b->first; r < b->first + b->n; r++)
		put_row(w, f, r);
	put_edge(w, f, ink, false, SPAN(""), SPAN(""));
}

/* Behind the last blank before `width`; a word that is longer is cut by who writes it. */
static size_t line_end(struct span s, size_t width)
{
	size_t n = 0;

	for (size_t at = 0; at <= s.n; at++) {
		if (at < s.n && s.p[at] != ' ')
			continue;
		if (n && tty_columns((struct span){s.p, at}) > width)
			return n;
		n = at < s.n ? at + 1 : at;
	}
	return n;
}

static void put_words(const struct writing *w, enum picture_ink ink, const char *words)
{
	struct span rest = span_of(words);

	while (rest.n) {
		size_t n = line_end(rest, w->width);
		auto_buf b = BUF_INIT;

		tty_add(&b, span_trim((struct span){rest.p, n}), w->width, TTY_LEFT, false);
		put(w, ink, &b);
		rest.p += n;
		rest.n -= n;
	}
}

static void put_legend(const struct writing *w)
{
	const struct signs *s = w->signs;

	put_words(w, PICTURE_DIM, arena_printf(w->a, "Rows: %s %s, %s %s, %s %s, %s %s, %s %s", s->rows[0], picture_state_words(0), s->rows[1], picture_state_words(1), s->rows[2],
					       picture_state_words(2), s->rows[3], picture_state_words(3), s->rows[4], picture_state_words(4)));
	put_words(w, PICTURE_DIM, arena_printf(w->a, "Lines: %s %s, %s allowed and observed, %s tried and dropped, %s observed though policies deny it, %s policies close it. On the open network all reach all.",
					       s->out[PICTURE_ALLOWED], w->p->observed ? "allowed, not observed" : "allowed (no flows collected)", s->out[PICTURE_SEEN], s->out[PICTURE_DROPPED],
					       s->out[PICTURE_UNEXPECTED], s->in[PICTURE_BLOCKED]));
	if (w->p->left_out)
		put_words(w, PICTURE_DIM, arena_printf(w->a, "%lld more lines: plimsoll network reach lists all.", (long long)w->p->left_out));
}

void picture_text(const struct picture *p, size_t width, bool utf8, picture_each *each, void *user)
{
	auto_arena a = ARENA_INIT;
	struct writing *w = arena_alloc(&a, sizeof(*w));

	*w = (struct writing){.p = p, .signs = utf8 ? &drawn : &plain, .width = width < WIDTH_LEAST ? WIDTH_LEAST : width, .each = each, .user = user, .a = &a};
	w->n_nets = picture_bundle(p, w->nets);
	for (size_t i = 0; i < p->n_notes; i++) {
		char *text = arena_strndup(&a, p->notes[i].text.p, p->notes[i].text.n);

		put_words(w, p->notes[i].grade == PICTURE_HINT ? PICTURE_DIM : PICTURE_BAD, text);
	}
	for (size_t i = 0; i < p->n_boxes; i++)
		put_box(w, i);
	if (p->n_rows)
		put_legend(w);
}
