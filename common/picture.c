// SPDX-License-Identifier: Apache-2.0
// The model of a network's picture: reading its records, adding up what has no place, bundling lines that say the same. Where things
// stand is picture-layout.c's.
#include "picture.h"

#define COUNT_MAX 1000000000000

const char *const picture_row_states[PICTURE_STATES] = {"open", "in", "out", "closed", "host"};
static const char *const box_states[PICTURE_STATES] = {"open", "partly", "", "closed", ""};
const char *const picture_line_states[PICTURE_LINE_STATES] = {"", "blocked", "dropped", "allowed", "seen", "unexpected"};
static const char *const grades[] = {"hint", "warning", "missing"};

static int named(struct span word, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (*names[i] && span_eq(word, names[i]))
			return i;
	return -1;
}

/* Bounded, so that sums cannot overflow. */
static int64_t number(struct span s, int64_t otherwise)
{
	int64_t n;

	if (!span_int(s, &n))
		return otherwise;
	return n > COUNT_MAX ? COUNT_MAX : n < -2 ? -2 : n;
}

static int64_t count(struct span s, int64_t otherwise)
{
	int64_t n = number(s, otherwise);

	return n < 0 ? 0 : n;
}

static void add_note(struct picture *p, const struct span *c)
{
	int grade = named(c[4], grades, 3);

	p->left_out += count(c[6], 0);
	if (p->n_notes < PICTURE_NOTES && c[3].n)
		p->notes[p->n_notes++] = (struct picture_note){c[3], grade < 0 ? PICTURE_HINT : (enum picture_grade)grade};
}

static void add_box(struct picture *p, const struct span *c)
{
	int state = named(c[4], box_states, PICTURE_STATES);

	if (p->n_boxes == PICTURE_BOXES || state < 0)
		return;
	p->boxes[p->n_boxes++] = (struct picture_box){.name = c[3], .state = (enum picture_state)state, .workloads = count(c[5], 0), .namespaces = count(c[6], 1), .first = p->n_rows};
}

static void add_row(struct picture *p, const struct span *c)
{
	int state = named(c[4], picture_row_states, PICTURE_STATES);
	struct picture_box *last;
	int64_t box = number(c[2], 0);

	/* Rows lie by box, in their order. */
	if (p->n_rows == PICTURE_ROWS || state < 0 || box < 1 || (uint64_t)box > p->n_boxes || (p->n_rows && p->rows[p->n_rows - 1].box > (size_t)box - 1))
		return;
	last = &p->boxes[box - 1];
	if (!last->n)
		last->first = p->n_rows;
	last->n++;
	p->rows[p->n_rows++] = (struct picture_row){.box = (size_t)box - 1, .name = c[3], .state = (enum picture_state)state, .workloads = count(c[5], 1)};
}

/* PICTURE_ENDS: no such end. */
static size_t end_of(const struct picture *p, struct span text)
{
	int64_t n = number(text, -2);

	if (n == 0)
		return PICTURE_NETWORK;
	if (n == -1)
		return PICTURE_OUTSIDE;
	return n > 0 && (uint64_t)n <= p->n_rows ? (size_t)n - 1 : PICTURE_ENDS;
}

static void add_line(struct picture *p, const struct span *c)
{
	int state = named(c[4], picture_line_states, PICTURE_LINE_STATES);
	struct picture_line l = {end_of(p, c[1]), end_of(p, c[2]), c[3], (enum picture_line_state)(state < 0 ? 0 : state), count(c[5], 0)};

	if (state < 0 || l.source == PICTURE_ENDS || l.target == PICTURE_ENDS || l.source == l.target)
		return;
	p->observed |= l.state != PICTURE_BLOCKED && l.state != PICTURE_ALLOWED;
	if (l.source != PICTURE_OUTSIDE) {
		if (p->n_lines < PICTURE_LINES)
			p->lines[p->n_lines++] = l;
		else
			p->left_out++;
		return;
	}
	if (l.target < PICTURE_ROWS && l.state > p->rows[l.target].way_state) {
		p->rows[l.target].way_state = l.state;
		p->rows[l.target].way = l.ports;
	}
}

void picture_add(struct picture *p, const struct span c[PICTURE_COLUMNS])
{
	if (span_eq(c[0], "note"))
		add_note(p, c);
	else if (span_eq(c[0], "box"))
		add_box(p, c);
	else if (span_eq(c[0], "row"))
		add_row(p, c);
	else if (span_eq(c[0], "line"))
		add_line(p, c);
	else if (span_eq(c[0], "observed"))
		p->observed = true;
}

int picture_load(struct picture *p, struct arena *a, struct db *db, const char *cluster, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT what, a, b, name, state, count, more FROM network_picture WHERE cluster = ? ORDER BY ordinal");
	int rc;

	*p = (struct picture){0};
	db_bind(s, "s", cluster);
	while ((rc = db_step(db, s, e)) == 1) {
		struct span cells[PICTURE_COLUMNS];

		for (int i = 0; i < PICTURE_COLUMNS; i++) {
			struct span t = db_text(s, i);

			cells[i] = t.p ? (struct span){arena_strndup(a, t.p, t.n), t.n} : SPAN_NONE;
		}
		picture_add(p, cells);
	}
	sqlite3_reset(s);
	return rc;
}

/* One row for each state of the rows that are added up. `to` tells where each went. */
static void fold_rows(struct picture *p, const struct picture *old, size_t top, size_t *to)
{
	struct picture_box *rest = &p->boxes[top];
	size_t at[PICTURE_STATES];

	*rest = (struct picture_box){.first = p->n_rows};
	for (int s = 0; s < PICTURE_STATES; s++)
		at[s] = PICTURE_ENDS;
	for (size_t i = p->n_rows; i < old->n_rows; i++) {
		const struct picture_row *r = &old->rows[i];
		struct picture_row *sum;

		if (at[r->state] == PICTURE_ENDS) {
			at[r->state] = p->n_rows;
			p->rows[p->n_rows++] = (struct picture_row){.box = top, .state = r->state, .name = span_of(picture_state_words(r->state))};
			rest->n++;
		}
		sum = &p->rows[at[r->state]];
		sum->workloads += r->workloads;
		if (r->way_state > sum->way_state)
			sum->way_state = r->way_state;
		if (r->way_state)
			sum->way = sum->way.p ? SPAN("several ways in") : r->way;
		to[i] = at[r->state];
	}
}

static void fold_boxes(struct picture *p, const struct picture *old, size_t top)
{
	struct picture_box *rest = &p->boxes[top];
	bool open = false, closed = false;

	for (size_t i = top; i < old->n_boxes; i++) {
		const struct picture_box *b = &old->boxes[i];

		rest->workloads += b->workloads;
		rest->namespaces += b->namespaces;
		open |= b->state != PICTURE_CLOSED;
		closed |= b->state != PICTURE_OPEN;
	}
	rest->state = !closed ? PICTURE_OPEN : open ? PICTURE_IN : PICTURE_CLOSED;
}

static bool denied(enum picture_line_state s)
{
	return s == PICTURE_DROPPED || s == PICTURE_UNEXPECTED;
}

/* What policies let through and what they do not stay two lines. */
static bool same_line(const struct picture_line *x, const struct picture_line *y)
{
	return x->source == y->source && x->target == y->target && denied(x->state) == denied(y->state);
}

static void fold_line(struct picture *p, struct picture_line l)
{
	for (size_t i = 0; i < p->n_lines; i++) {
		struct picture_line *o = &p->lines[i];

		if (!same_line(o, &l))
			continue;
		if (!span_is(o->ports, l.ports))
			o->ports = SPAN("several ports");
		o->state = l.state > o->state ? l.state : o->state;
		o->seen += l.seen;
		return;
	}
	if (l.source != l.target)
		p->lines[p->n_lines++] = l;
}

void picture_fold(struct picture *p, struct arena *a, size_t top)
{
	struct picture *old = arena_alloc(a, sizeof(*old));
	size_t *to = arena_array(a, PICTURE_ENDS, sizeof(*to));

	if (top < 1 || p->n_boxes <= top + 1)
		return;
	*old = *p;
	for (size_t i = 0; i < PICTURE_ENDS; i++)
		to[i] = i;
	while (p->n_rows && p->rows[p->n_rows - 1].box >= top)
		p->n_rows--;
	p->n_boxes = top + 1;
	p->n_lines = 0;
	fold_rows(p, old, top, to);
	fold_boxes(p, old, top);
	for (size_t i = 0; i < old->n_lines; i++) {
		struct picture_line l = old->lines[i];

		l.source = to[l.source];
		l.target = to[l.target];
		fold_line(p, l);
	}
}

struct span picture_box_name(const struct picture_box *b, struct arena *a)
{
	if (b->name.p)
		return b->name;
	if (b->namespaces >= 1000)
		return span_of(arena_printf(a, "%lld,%03lld more namespaces", (long long)b->namespaces / 1000, (long long)b->namespaces % 1000));
	return span_of(arena_printf(a, "%lld more namespace%s", (long long)b->namespaces, b->namespaces == 1 ? "" : "s"));
}

const char *picture_state_words(enum picture_state s)
{
	static const char *const words[PICTURE_STATES] = {"no policy holds", "isolated for what comes in", "isolated for what goes out", "isolated both ways", "network of its node"};

	return words[s];
}

const char *picture_box_words(enum picture_state s)
{
	return s == PICTURE_OPEN ? "none isolated" : s == PICTURE_CLOSED ? "all isolated" : "partly isolated";
}

static bool same_kind(const struct picture_line *x, const struct picture_line *y)
{
	return x->state == y->state && (x->source == PICTURE_NETWORK) == (y->source == PICTURE_NETWORK) && (x->target == PICTURE_NETWORK) == (y->target == PICTURE_NETWORK) &&
	       span_is(x->ports, y->ports);
}

/* Bundles lines of one kind by their targets (or sources), then those bundles that have the same other ends. */
static size_t bundle_by(const struct picture *p, const struct picture_line *kind, bool by_target, struct picture_net *out)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < p->n_lines; i++) {
		const struct picture_line *l = &p->lines[i];
		picture_mask source = picture_bit(l->source), target = picture_bit(l->target);
		size_t k;

		if (!same_kind(l, kind))
			continue;
		for (k = 0; k < n && (by_target ? out[k].targets != target : out[k].sources != source); k++)
			;
		if (k == n)
			out[n++] = (struct picture_net){0, 0, l->ports, l->state, 0};
		out[k].sources |= source;
		out[k].targets |= target;
		out[k].seen += l->seen;
	}
	for (size_t i = 0; i < n; i++) {
		size_t k;

		for (k = 0; k < kept && (by_target ? out[k].sources != out[i].sources : out[k].targets != out[i].targets); k++)
			;
		if (k == kept) {
			out[kept++] = out[i];
			continue;
		}
		out[k].sources |= out[i].sources;
		out[k].targets |= out[i].targets;
		out[k].seen += out[i].seen;
	}
	return kept;
}

static bool kind_done(const struct picture *p, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same_kind(&p->lines[k], &p->lines[i]))
			return true;
	return false;
}

size_t picture_bundle(const struct picture *p, struct picture_net *out)
{
	struct picture_net other[PICTURE_LINES];
	size_t n = 0;

	for (size_t i = 0; i < p->n_lines; i++) {
		size_t by_target, by_source;

		if (kind_done(p, i))
			continue;
		by_target = bundle_by(p, &p->lines[i], true, &out[n]);
		by_source = bundle_by(p, &p->lines[i], false, other);
		if (by_source < by_target)
			memcpy(&out[n], other, by_source * sizeof(*other));
		n += by_source < by_target ? by_source : by_target;
	}
	for (size_t i = 1; i < n; i++) { /* stable: what weighs more goes up */
		struct picture_net x = out[i];
		size_t k = i;

		for (; k && out[k - 1].state < x.state; k--)
			out[k] = out[k - 1];
		out[k] = x;
	}
	return n;
}
