// SPDX-License-Identifier: Apache-2.0
// Table network_picture: the picture in records, with what a reader must know first.
#include "picture-making.h"

enum { PORTS_BYTES_MAX = 80, NAME_BYTES_MAX = 120 };

static int write_record(struct picture_making *m, const char *what, int64_t a, int64_t b, struct span name, const char *state, int64_t count, int64_t more, struct err *e)
{
	return db_run(m->net->db, e, "INSERT INTO network_picture(cluster, ordinal, what, a, b, name, state, count, more) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", "sisiitsii", m->net->cluster,
		      ++m->ordinal, what, a, b, name, state, count, more);
}

static int write_note(struct picture_making *m, const char *state, const char *text, struct err *e)
{
	return write_record(m, "note", 0, 0, span_of(text), state, 0, 0, e);
}

static bool collected(struct picture_making *m, const char *kind)
{
	return db_int(m->net->db, 0, "SELECT EXISTS (SELECT 1 FROM evidence_kind k JOIN scope s ON s.id = k.scope WHERE s.kind = 'cluster' AND s.name = ? AND k.kind = ?)", "ss",
		      m->net->cluster, kind);
}

/* What a reader must know first. 1: nothing can be drawn. */
static int write_notes(struct picture_making *m, bool complete, struct err *e)
{
	const struct net_plugin *p = &m->net->plugin;
	bool policies = collected(m, "kubernetes/networkpolicies") || m->net->n_policies;
	struct arena *a = &m->net->arena;

	if (!m->n_rows)
		return write_note(m, "missing", "Not assessed: no workload was collected.", e) ? -1 : 1;
	if (!policies && p->enforces != 0)
		return write_note(m, "missing", "Not assessed: NetworkPolicies were not collected, so that nothing can be said about what reaches what.", e) ? -1 : 1;
	if (p->enforces == 0 &&
	    write_note(m, "warning", m->net->n_policies ? arena_printf(a, "The network plug-in %s does not enforce policies: everything reaches everything, whatever the %zu polic%s.", p->name, m->net->n_policies, m->net->n_policies == 1 ? "y says" : "ies say")
							: arena_printf(a, "The network plug-in %s does not enforce policies: everything reaches everything.", p->name), e))
		return -1;
	if (p->enforces < 0 && m->net->n_policies &&
	    write_note(m, "hint", p->name ? arena_printf(a, "Whether %s enforces policies here is not known: drawn is what they say.", p->name)
					  : "No network plug-in was found in the evidence: drawn is what the policies say, if something enforces them.", e))
		return -1;
	if (!collected(m, "kubernetes/services") && write_note(m, "hint", "Services were not collected: ways in from outside cannot be told.", e))
		return -1;
	if (!complete && write_note(m, "warning", "The policies take too long to evaluate for all pods: lines are missing.", e))
		return -1;
	return m->observed && write_record(m, "observed", 0, 0, SPAN_NONE, "", 0, 0, e) ? -1 : 0;
}

static int write_boxes(struct picture_making *m, struct err *e)
{
	for (size_t i = 0; i < m->n_boxes; i++) {
		const struct box *b = &m->boxes[i];
		const char *state = !b->isolated ? "open" : b->isolated == b->workloads ? "closed" : "partly";

		if (write_record(m, "box", (int64_t)i + 1, 0, span_of(b->space ? b->space->name : NULL), state, (int64_t)b->workloads, (int64_t)b->namespaces, e))
			return -1;
	}
	return 0;
}

/* The first names of a row; of all other namespaces what they have in common. */
static void row_name(const struct picture_making *m, size_t row, struct buf *out)
{
	const struct row *r = &m->rows[row];
	const struct net_space *sp = m->boxes[r->box].space;
	const char *last = "";
	size_t n = 0;

	for (size_t i = 0; sp && i < sp->n && n < 3; i++) {
		const struct net_endpoint *p = &m->net->endpoints[sp->first + i];

		if (m->classes[p->class].row != row || p->finished || strcmp(p->workload_name, last) == 0)
			continue;
		last = p->workload_name;
		if (n && out->n + strlen(last) > NAME_BYTES_MAX)
			break;
		buf_add_str(out, n++ ? ", " : "");
		buf_add_str(out, last);
	}
	if (!sp)
		buf_add_str(out, picture_state_words(r->state));
}

static int write_rows(struct picture_making *m, struct err *e)
{
	for (size_t i = 0; i < m->n_rows; i++) {
		auto_buf name = BUF_INIT;

		row_name(m, i, &name);
		if (write_record(m, "row", (int64_t)i + 1, (int64_t)m->rows[i].box + 1, buf_span(&name), picture_row_states[m->rows[i].state], (int64_t)m->rows[i].workloads, 0, e))
			return -1;
	}
	return 0;
}

/* "load balancer 80, 443; ingress 443": the first two. */
static void way_text(const struct row *r, struct buf *out)
{
	size_t n = 0;

	for (int i = 0; i < WAY_TYPES; i++) {
		const struct way *w = &r->ways[i];

		if (!w->any)
			continue;
		if (n++ < 2) {
			buf_printf(out, "%s%s", n > 1 ? "; " : "", picture_way_types[i].words);
			for (size_t k = 0; k < w->n; k++)
				buf_printf(out, "%s %lld", k ? "," : "", (long long)w->ports[k]);
			buf_add_str(out, w->more ? ", ..." : "");
		}
	}
	if (n > 2)
		buf_printf(out, "; %zu more", n - 2);
}

static void observed_words(const struct observed *o, struct buf *out)
{
	for (size_t i = 0; i < o->n; i++)
		buf_printf(out, o->ports[i].port ? "%s%s %u" : "%s%s", i ? ", " : "", o->ports[i].protocol < 0 ? "other" : protocol_name(o->ports[i].protocol), o->ports[i].port);
	buf_add_str(out, o->more ? ", ..." : "");
}

static void ports_words(const struct picture_making *m, const struct pair *p, struct buf *out)
{
	if (p->unions > UNIONS_MAX || p->ports == REACH_ALL) {
		buf_add_str(out, p->ports == REACH_ALL ? "all ports" : "many ports");
		return;
	}
	for (int i = PROTOCOL_TCP; p->ports != REACH_NONE && i <= PROTOCOL_SCTP; i++) {
		auto_buf text = BUF_INIT;

		if (ports_text(net_reach_set(m->reach, p->ports), i, &text))
			buf_printf(out, "%s%s %s", out->n ? "; " : "", protocol_name(i), buf_str(&text));
	}
	if (p->ports == REACH_NONE) /* both on the open network */
		observed_words(&p->seen, out);
	if (out->n > PORTS_BYTES_MAX) {
		out->n = PORTS_BYTES_MAX;
		buf_add_str(out, "...");
	}
}

static int64_t number_of(size_t end)
{
	return end == PICTURE_NETWORK ? 0 : end == PICTURE_OUTSIDE ? -1 : (int64_t)end + 1;
}

/* What policies let through. PICTURE_NO_LINE: nothing that is not on the open network anyway. */
static enum picture_line_state open_state(const struct pair *p)
{
	return p->seen.n ? PICTURE_SEEN : p->ports != REACH_NONE ? PICTURE_ALLOWED : PICTURE_NO_LINE;
}

/* What they do not. */
static enum picture_line_state denied_state(const struct pair *p)
{
	return !p->denied.n ? PICTURE_NO_LINE : p->denied.passed ? PICTURE_UNEXPECTED : PICTURE_DROPPED;
}

static int write_line(struct picture_making *m, int64_t from, int64_t to, const struct buf *ports, enum picture_line_state state, int64_t seen, struct err *e)
{
	return write_record(m, "line", from, to, buf_span(ports), picture_line_states[state], seen, 0, e);
}

static int write_denied(struct picture_making *m, int64_t from, int64_t to, const struct pair *p, struct err *e)
{
	auto_buf ports = BUF_INIT;

	observed_words(&p->denied, &ports);
	return write_line(m, from, to, &ports, denied_state(p), p->denied.count, e);
}

static int write_ways(struct picture_making *m, struct err *e)
{
	for (size_t i = 0; i < m->n_rows; i++) {
		const struct row *r = &m->rows[i];
		const struct pair *p = &m->pairs[PICTURE_OUTSIDE][i];
		enum picture_line_state state = p->seen.n ? PICTURE_SEEN : !r->exposed ? PICTURE_NO_LINE : r->from_internet ? PICTURE_ALLOWED : PICTURE_BLOCKED;
		auto_buf text = BUF_INIT;

		if (r->exposed)
			way_text(r, &text);
		else
			observed_words(&p->seen, &text);
		if ((state && write_line(m, -1, (int64_t)i + 1, &text, state, p->seen.count, e)) || (p->denied.n && write_denied(m, -1, (int64_t)i + 1, p, e)))
			return -1;
	}
	return 0;
}

/* What weighs most first, so that what has no room is what weighs least. */
static int write_lines(struct picture_making *m, struct err *e)
{
	int64_t n = 0, left_out = 0;

	for (int state = PICTURE_UNEXPECTED; state > PICTURE_NO_LINE; state--)
		for (size_t s = 0; s <= PICTURE_NETWORK; s++)
			for (size_t t = 0; t < PICTURE_ENDS; t++) {
				const struct pair *p = &m->pairs[s][t];
				bool denied = (int)denied_state(p) == state;
				auto_buf ports = BUF_INIT;

				if (!denied && (int)open_state(p) != state)
					continue;
				if (n++ >= PICTURE_LINES) {
					left_out++;
					continue;
				}
				ports_words(m, p, &ports);
				if (denied ? write_denied(m, number_of(s), number_of(t), p, e) : write_line(m, number_of(s), number_of(t), &ports, (enum picture_line_state)state, p->seen.count, e))
					return -1;
			}
	return left_out && write_record(m, "note", 0, 0, SPAN_NONE, "hint", 0, left_out, e) ? -1 : 0;
}

int picture_write(struct picture_making *m, bool complete, struct err *e)
{
	int rc = write_notes(m, complete, e);

	if (rc)
		return rc < 0 ? -1 : 0;
	picture_join(m);
	return picture_flows(m, e) || write_boxes(m, e) || write_rows(m, e) || write_ways(m, e) || write_lines(m, e) ? -1 : 0;
}
