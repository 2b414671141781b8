// SPDX-License-Identifier: Apache-2.0
// Places boxes, tracks and stubs of a picture. What they look like is the renderers'.
#include "picture-layout.h"

#include <math.h>

/* In em. */
#define LINE 1.3f	/* height of a line of text */
#define GUTTER 2.2f	/* beside the columns, for ways in */
#define LABEL 7.2f	/* between a column and the tracks, for ports; */
#define LABEL_WIDE 9.0f	/* in a picture of this width: */
#define WIDE 64.0f
#define TRACK 0.8f	/* from track to track */
#define NETWORK 0.9f	/* width of the open network */
#define BOX_LEAST 12.0f
#define BOX_MOST 22.0f
/* In lines. */
#define BAND 1.5f	/* height of the outside */
#define BAND_GAP 1.0f
#define STUB_LEFT 0.9f	/* where in its line a stub lies: columns differ, so that no two stubs lie upon one another */
#define STUB_RIGHT 0.62f
#define APART 0.7f	/* between the ends of two lines on one track */

enum { SIDE_TRACKS = 9 };

struct work {
	const struct picture *p;
	struct picture_layout *l;
	size_t most;	    /* tracks on a side */
	bool attached;	    /* rows have a stub to the open network */
};

static float label_width(const struct picture_layout *l)
{
	return (l->width < WIDE * l->em ? LABEL : LABEL_WIDE) * l->em;
}

static bool row_sends(const struct picture_row *r)
{
	return r->state != PICTURE_OUT && r->state != PICTURE_CLOSED;
}

static bool row_receives(const struct picture_row *r)
{
	return r->state != PICTURE_IN && r->state != PICTURE_CLOSED;
}

/* On the open network by itself: all that no policy holds for in this direction. */
static bool row_open(const struct work *w, size_t row)
{
	return w->attached && (row_sends(&w->p->rows[row]) || row_receives(&w->p->rows[row]));
}

static size_t stubs_of(const struct work *w, size_t row)
{
	size_t n = row_open(w, row);

	for (size_t i = 0; i < w->l->n_nets; i++)
		n += ((w->l->nets[i].sources | w->l->nets[i].targets) & picture_bit(row)) != 0;
	return n;
}

/* Lines of text: names, and the way in below them. */
static size_t text_lines(const struct picture_row *r)
{
	return r->way_state ? 2 : 1;
}

/* Boxes go down in their order, each into the column that is shorter so far. */
static void place_boxes(struct work *w, float top)
{
	struct picture_layout *l = w->l;
	float at[2] = {top, top};

	for (size_t b = 0; b < w->p->n_boxes; b++) {
		const struct picture_box *box = &w->p->boxes[b];
		bool right = at[1] < at[0];
		float y = at[right] + l->line;

		l->right[b] = right;
		for (size_t i = box->first; i < box->first + box->n; i++) {
			size_t stubs = stubs_of(w, i), lines = text_lines(&w->p->rows[i]);

			l->rows[i] = (struct picture_rect){0, y, 0, l->line * (float)(stubs > lines ? stubs : lines)};
			y += l->rows[i].h;
		}
		l->boxes[b] = (struct picture_rect){0, at[right], 0, y + 0.5f * l->line - at[right]};
		at[right] = y + 1.0f * l->line;
	}
	l->height = fmaxf(at[0], at[1]) - 0.5f * l->line;
}

static bool is_right(const struct work *w, size_t row)
{
	return w->l->right[w->p->rows[row].box];
}

static float stub_y(const struct work *w, size_t row, size_t slot)
{
	return w->l->rows[row].y + ((float)slot + (is_right(w, row) ? STUB_RIGHT : STUB_LEFT)) * w->l->line;
}

/* Its stubs end at the open network: it needs no track. */
static bool on_network(const struct picture_net *n)
{
	return ((n->sources | n->targets) & picture_bit(PICTURE_NETWORK)) != 0;
}

/* How far up and down a net's track has to go. */
static void span_net(struct work *w, size_t net)
{
	struct picture_layout *l = w->l;
	struct picture_track *t = &l->tracks[net];

	if (on_network(&l->nets[net])) {
		*t = (struct picture_track){0};
		return;
	}
	*t = (struct picture_track){.y0 = INFINITY, .y1 = -INFINITY, .up = (l->nets[net].targets & picture_bit(PICTURE_OUTSIDE)) != 0};
	for (size_t i = 0; i < l->n_stubs; i++) {
		if (l->stubs[i].net != net)
			continue;
		t->y0 = fminf(t->y0, l->stubs[i].y);
		t->y1 = fmaxf(t->y1, l->stubs[i].y);
	}
	if (t->up)
		t->y0 = l->outside.y + l->outside.h;
}

static void add_stub(struct work *w, size_t row, size_t slot, size_t net, bool in, bool out)
{
	struct picture_layout *l = w->l;

	if (l->n_stubs < PICTURE_STUBS)
		l->stubs[l->n_stubs++] = (struct picture_stub){.row = row, .net = net, .y = stub_y(w, row, slot), .in = in, .out = out};
}

static void place_stubs(struct work *w)
{
	struct picture_layout *l = w->l;

	l->n_stubs = 0;
	for (size_t r = 0; r < w->p->n_rows; r++) {
		size_t slot = 0;

		if (row_open(w, r))
			add_stub(w, r, slot++, PICTURE_NO_NET, row_receives(&w->p->rows[r]), row_sends(&w->p->rows[r]));
		for (size_t i = 0; i < l->n_nets; i++)
			if ((l->nets[i].sources | l->nets[i].targets) & picture_bit(r))
				add_stub(w, r, slot++, i, (l->nets[i].targets & picture_bit(r)) != 0, (l->nets[i].targets & picture_bit(PICTURE_NETWORK)) != 0);
	}
	for (size_t i = 0; i < l->n_nets; i++)
		span_net(w, i);
}

/* How many of a net's stubs come from the left, minus those from the right. */
static int leaning(const struct work *w, size_t net)
{
	int n = 0;

	for (size_t i = 0; i < w->l->n_stubs; i++)
		if (w->l->stubs[i].net == net)
			n += is_right(w, w->l->stubs[i].row) ? -1 : 1;
	return n;
}

static bool track_free(const struct work *w, const int *side, const size_t *number, size_t net, int s, size_t k)
{
	const struct picture_track *t = w->l->tracks;

	for (size_t i = 0; i < net; i++)
		if (!on_network(&w->l->nets[i]) && side[i] == s && number[i] == k && t[net].y0 < t[i].y1 + APART * w->l->line && t[i].y0 < t[net].y1 + APART * w->l->line)
			return false;
	return true;
}

/* Gives each net a track, those that weigh most first. The first that finds none is told; n_nets: all have one. */
static size_t choose_tracks(const struct work *w, int *side, size_t *number, size_t used[2])
{
	used[0] = used[1] = 0;
	for (size_t i = 0; i < w->l->n_nets; i++) {
		int first = leaning(w, i) < 0;
		bool found = on_network(&w->l->nets[i]);

		side[i] = first;
		number[i] = 0;
		for (int turn = 0; turn < 2 && !found; turn++)
			for (size_t k = 0; k < w->most && !found; k++) {
				int s = turn ? !first : first;

				if (!track_free(w, side, number, i, s, k))
					continue;
				side[i] = s;
				number[i] = k;
				used[s] = k + 1 > used[s] ? k + 1 : used[s];
				found = true;
			}
		if (!found)
			return i;
	}
	return w->l->n_nets;
}

static int64_t net_lines(const struct picture_net *n)
{
	int64_t sources = 0, targets = 0;

	for (size_t i = 0; i < PICTURE_ENDS; i++) {
		sources += (n->sources & picture_bit(i)) != 0;
		targets += (n->targets & picture_bit(i)) != 0;
	}
	return sources * targets;
}

static void drop_net(struct picture_layout *l, size_t net)
{
	l->left_out += net_lines(&l->nets[net]);
	memmove(&l->nets[net], &l->nets[net + 1], (--l->n_nets - net) * sizeof(*l->nets));
}

/* Across: columns as wide as the tracks leave them. */
static void place_across(struct work *w, const int *side, const size_t *number, const size_t used[2])
{
	struct picture_layout *l = w->l;
	float em = l->em, tracks = ((float)(used[0] + used[1]) * TRACK + NETWORK) * em;
	float box = fminf((l->width - 2 * GUTTER * em - 2 * label_width(l) - tracks) / 2, BOX_MOST * em);
	float middle = l->width - 2 * GUTTER * em - 2 * box, left = GUTTER * em + box, right = left + middle;
	float x = left + (middle - tracks) / 2 + (float)used[0] * TRACK * em + NETWORK * em / 2;

	for (size_t b = 0; b < w->p->n_boxes; b++) {
		l->boxes[b].x = l->right[b] ? right : GUTTER * em;
		l->boxes[b].w = box;
		for (size_t i = w->p->boxes[b].first; i < w->p->boxes[b].first + w->p->boxes[b].n; i++) {
			l->rows[i].x = l->boxes[b].x;
			l->rows[i].w = box;
		}
	}
	l->network.x = x;
	l->network_w = NETWORK * em * 0.6f;
	for (size_t i = 0; i < l->n_nets; i++)
		l->tracks[i].x = on_network(&l->nets[i]) ? x : x + (side[i] ? 1.0f : -1.0f) * (NETWORK / 2 + ((float)number[i] + 0.5f) * TRACK) * em;
	for (size_t i = 0; i < l->n_stubs; i++) {
		struct picture_stub *s = &l->stubs[i];

		s->x0 = is_right(w, s->row) ? right : left;
		s->x1 = s->net == PICTURE_NO_NET || on_network(&l->nets[s->net]) ? x + (is_right(w, s->row) ? 0.5f : -0.5f) * l->network_w : l->tracks[s->net].x;
	}
}

/* Ports stand above the stub that leads to the first target; of a net that ends outside, above that of its first source; of the open
 * network's, above each. */
static void place_labels(struct work *w, const size_t used[2])
{
	struct picture_layout *l = w->l;
	float tracks = ((float)(used[0] + used[1]) * TRACK + NETWORK) * l->em, labels = (l->width - 2 * GUTTER * l->em - 2 * l->boxes[0].w - tracks) / 2;

	for (size_t i = 0; i < l->n_nets; i++) {
		bool rows = (l->nets[i].targets & (picture_bit(PICTURE_NETWORK) - 1)) != 0;

		for (size_t k = 0; k < l->n_stubs; k++) {
			struct picture_stub *s = &l->stubs[k];
			float room = labels - 0.9f * l->em, slot;

			if (s->net != i || (s->in != rows && !on_network(&l->nets[i])))
				continue;
			slot = s->y - (is_right(w, s->row) ? STUB_RIGHT : STUB_LEFT) * l->line;
			s->label = (struct picture_rect){is_right(w, s->row) ? s->x0 - 0.8f * l->em - room : s->x0 + 0.8f * l->em, slot, room, s->y - slot};
			if (!on_network(&l->nets[i]))
				break;
		}
	}
}

static void place_outside(struct work *w)
{
	struct picture_layout *l = w->l;
	float band = l->outside.y + l->outside.h, mid = GUTTER * l->em * 0.45f;

	for (size_t i = 0; i < w->p->n_rows; i++) {
		struct picture_track *t = &l->trunks[is_right(w, i)];

		if (!w->p->rows[i].way_state)
			continue;
		l->ways[i] = l->rows[i].y + 0.75f * l->line;
		t->x = is_right(w, i) ? l->width - mid : mid;
		t->y0 = band;
		t->y1 = fmaxf(t->y1, l->ways[i]);
	}
}

/* What hangs on the open network: rows, and lines of which it is an end. */
static void place_network(struct work *w)
{
	struct picture_layout *l = w->l;
	float y0 = INFINITY, y1 = -INFINITY;
	bool sends = false;

	for (size_t i = 0; i < l->n_stubs; i++) {
		const struct picture_stub *s = &l->stubs[i];

		if (s->net != PICTURE_NO_NET && !on_network(&l->nets[s->net]))
			continue;
		y0 = fminf(y0, s->y);
		y1 = fmaxf(y1, s->y);
		sends |= s->net == PICTURE_NO_NET && s->out;
	}
	if (y0 > y1)
		return;
	l->network.up = sends && l->outside.h > 0;
	l->network.y0 = l->network.up ? l->outside.y + l->outside.h : y0 - 0.5f * l->line;
	l->network.y1 = y1 + 0.5f * l->line;
	l->network_label = (struct picture_rect){l->network.x - 8 * l->em, l->height + 0.1f * l->line, 16 * l->em, l->line};
	l->network.y1 = fmaxf(l->network.y1, l->height);
	l->height += 1.2f * l->line;
}

static bool any_state(const struct picture *p, enum picture_state s)
{
	for (size_t i = 0; i < p->n_rows; i++)
		if (p->rows[i].state == s)
			return true;
	return false;
}

static bool any_box(const struct picture *p, enum picture_state s)
{
	for (size_t i = 0; i < p->n_boxes; i++)
		if (p->boxes[i].state == s)
			return true;
	return false;
}

static bool any_line(const struct work *w, enum picture_line_state s)
{
	for (size_t i = 0; i < w->l->n_nets; i++)
		if (w->l->nets[i].state == s)
			return true;
	for (size_t i = 0; i < w->p->n_rows; i++)
		if (w->p->rows[i].way_state == s)
			return true;
	return false;
}

/* Only what is in the picture is explained. */
static void place_legend(struct work *w)
{
	struct picture_layout *l = w->l;
	size_t columns = l->width >= 48 * l->em ? 3 : 2;
	const struct {
		enum picture_legend what;
		bool there;
	} all[] = {
		{LEGEND_OPEN, any_state(w->p, PICTURE_OPEN)},
		{LEGEND_IN, any_state(w->p, PICTURE_IN)},
		{LEGEND_OUT, any_state(w->p, PICTURE_OUT)},
		{LEGEND_CLOSED, any_state(w->p, PICTURE_CLOSED)},
		{LEGEND_HOST, any_state(w->p, PICTURE_HOST)},
		{LEGEND_BOX_OPEN, any_box(w->p, PICTURE_OPEN)},
		{LEGEND_BOX_PARTLY, any_box(w->p, PICTURE_IN)},
		{LEGEND_BOX_CLOSED, any_box(w->p, PICTURE_CLOSED)},
		{LEGEND_NETWORK, l->network.y1 > 0},
		{LEGEND_ALLOWED, any_line(w, PICTURE_ALLOWED)},
		{LEGEND_SEEN, any_line(w, PICTURE_SEEN)},
		{LEGEND_DROPPED, any_line(w, PICTURE_DROPPED)},
		{LEGEND_UNEXPECTED, any_line(w, PICTURE_UNEXPECTED)},
		{LEGEND_BLOCKED, any_line(w, PICTURE_BLOCKED)},
	};

	l->height += 0.6f * l->line;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		size_t n = l->n_legends;

		if (!all[i].there)
			continue;
		l->legends[n].what = all[i].what;
		l->legends[n].at = (struct picture_rect){(float)(n % columns) * l->width / (float)columns, l->height + (float)(n / columns) * l->line, l->width / (float)columns, l->line};
		l->n_legends++;
	}
	l->height += (float)((l->n_legends + columns - 1) / columns) * l->line;
}

static bool outside_used(const struct work *w)
{
	for (size_t i = 0; i < w->p->n_rows; i++)
		if (w->p->rows[i].way_state || row_sends(&w->p->rows[i]))
			return true;
	for (size_t i = 0; i < w->l->n_nets; i++)
		if (w->l->nets[i].targets & picture_bit(PICTURE_OUTSIDE))
			return true;
	return false;
}

static size_t count_open(const struct work *w, bool (*open)(const struct picture_row *))
{
	size_t n = 0;

	for (size_t i = 0; i < w->p->n_rows; i++)
		n += open(&w->p->rows[i]);
	return n;
}

void picture_place(const struct picture *p, float width, float em, size_t nets, struct picture_layout *l)
{
	struct work w = {.p = p, .l = l};
	float room = width - (2 * GUTTER + 2 * BOX_LEAST + NETWORK) * em - 2 * (width < WIDE * em ? LABEL : LABEL_WIDE) * em, top = 0;
	int side[PICTURE_LINES];
	size_t number[PICTURE_LINES], used[2] = {0, 0}, lost;

	*l = (struct picture_layout){.width = width, .em = em, .line = LINE * em, .left_out = p->left_out};
	l->n_nets = picture_bundle(p, l->nets);
	while (l->n_nets > nets)
		drop_net(l, l->n_nets - 1);
	w.most = room < 2 * TRACK * em ? 1 : (size_t)(room / (2 * TRACK * em));
	w.most = w.most < SIDE_TRACKS ? w.most : SIDE_TRACKS;
	w.attached = count_open(&w, row_receives) > 0 || count_open(&w, row_sends) > 0;
	if (outside_used(&w)) {
		l->outside = (struct picture_rect){0, 0, width, BAND * l->line};
		top = (BAND + BAND_GAP) * l->line;
	}
	for (;;) { /* a net that finds no track goes, and with it the room that its stubs took */
		place_boxes(&w, top);
		place_stubs(&w);
		lost = choose_tracks(&w, side, number, used);
		if (lost == l->n_nets)
			break;
		drop_net(l, lost);
	}
	place_across(&w, side, number, used);
	place_labels(&w, used);
	place_outside(&w);
	place_network(&w);
	place_legend(&w);
}

const char *picture_legend_words(const struct picture *p, enum picture_legend what)
{
	switch (what) {
	case LEGEND_BOX_OPEN: return "namespace: none isolated";
	case LEGEND_BOX_PARTLY: return "namespace: some isolated";
	case LEGEND_BOX_CLOSED: return "namespace: all isolated";
	case LEGEND_NETWORK: return "open network: all on it reach all";
	case LEGEND_ALLOWED: return p->observed ? "allowed, not observed" : "allowed (no flows collected)";
	case LEGEND_SEEN: return "allowed and observed";
	case LEGEND_DROPPED: return "tried and dropped";
	case LEGEND_UNEXPECTED: return "observed, policies deny it";
	case LEGEND_BLOCKED: return "way in that policies close";
	default: return picture_state_words((enum picture_state)what);
	}
}
