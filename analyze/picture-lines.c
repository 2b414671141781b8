// SPDX-License-Identifier: Apache-2.0
// Lines of a picture: what reaches what between its rows, while all reach is in memory, and what was observed.
#include "picture-making.h"
#include "network.h"

/* Ports of all lines between two rows together. A row of thousands of classes has thousands of different ones: after some, it is everything. */
static void pair_add(struct picture_making *m, struct pair *p, uint32_t ports)
{
	if (p->last == ports)
		return;
	p->last = ports;
	p->ports = p->unions++ < UNIONS_MAX ? net_reach_union(m->reach, p->ports, ports) : p->ports;
}

void picture_target(struct picture_making *m, uint32_t to, const uint32_t *ids)
{
	size_t target = m->classes[to].row;
	bool open = !shelters(m->classes[to].state, NET_INGRESS);

	if (target == NO_ROW)
		return;
	for (uint32_t from = 0; from < m->net->n_classes; from++) {
		const struct class_info *k = &m->classes[from];

		/* What is open at both ends hangs on the open network. A node and the pods that run on it reach each other whatever policies say:
		 * that is not drawn. */
		if (ids[from] == REACH_NONE || k->row == NO_ROW || k->row == target || (open && !shelters(k->state, NET_EGRESS)) || 
		    (ids[from] == REACH_ALL && (k->state == PICTURE_HOST || m->classes[to].state == PICTURE_HOST)))
			continue;
		pair_add(m, &m->pairs[k->row][target], ids[from]);
	}
}

void picture_outside(struct picture_making *m, uint32_t from, uint32_t ports)
{
	size_t row = m->classes[from].row;

	if (row != NO_ROW && shelters(m->rows[row].state, NET_EGRESS))
		pair_add(m, &m->pairs[row][PICTURE_OUTSIDE], ports);
}

static void alike(struct pair *p, uint32_t ports)
{
	if (p->ports == ports)
		p->ports = REACH_NONE;
}

static bool within(const struct picture_making *m, uint32_t x, uint32_t y)
{
	return x == y || set_within(net_reach_set(m->reach, x), net_reach_set(m->reach, y));
}

/* Who sees a row joined to the open network takes it to reach what that reaches: false when on these ports it does. */
static bool misleads(const struct picture_making *m, size_t row, uint32_t ports)
{
	if (ports == REACH_ALL && m->pairs[row][PICTURE_OUTSIDE].ports != REACH_ALL)
		return true;
	for (size_t t = 0; t < m->n_rows; t++) {
		uint32_t there = m->pairs[PICTURE_NETWORK][t].ports;
		struct set both = set_common(&m->net->arena, net_reach_set(m->reach, ports), net_reach_set(m->reach, there));

		if (t != row && there != REACH_NONE && !set_within(both, net_reach_set(m->reach, m->pairs[row][t].ports)))
			return true;
	}
	return false;
}

/* What all rows of pods on the open network reach on a row, or a row on all of them, is one line; where some reach more, theirs stay. */
static void join_network(struct picture_making *m, size_t row, int direction)
{
	uint32_t ports = REACH_NONE;
	size_t n = 0;

	if (!shelters(m->rows[row].state, direction))
		return;
	for (size_t i = 0; i < m->n_rows; i++) {
		const struct pair *p = direction == NET_INGRESS ? &m->pairs[i][row] : &m->pairs[row][i];

		if (i == row || m->rows[i].state == PICTURE_HOST || shelters(m->rows[i].state, !direction))
			continue;
		if (!n++ || within(m, p->ports, ports))
			ports = p->ports;
		else if (!within(m, ports, p->ports))
			return;
	}
	if (n < 2 || ports == REACH_NONE || (direction == NET_EGRESS && misleads(m, row, ports)))
		return;
	(direction == NET_INGRESS ? &m->pairs[PICTURE_NETWORK][row] : &m->pairs[row][PICTURE_NETWORK])->ports = ports;
	for (size_t i = 0; i < m->n_rows; i++)
		if (i != row && !shelters(m->rows[i].state, !direction))
			alike(direction == NET_INGRESS ? &m->pairs[i][row] : &m->pairs[row][i], ports);
}

/* A row that reaches all of the open network looks as if it were on it: its lines that are the same as the open network's go. */
static void hide_same(struct picture_making *m)
{
	bool leads_out = false; /* the open network is drawn as leading outside */

	for (size_t i = 0; i < m->n_rows; i++)
		leads_out |= !shelters(m->rows[i].state, NET_EGRESS);
	for (size_t s = 0; s < m->n_rows && leads_out; s++)
		if (m->pairs[s][PICTURE_NETWORK].ports == REACH_ALL)
			alike(&m->pairs[s][PICTURE_OUTSIDE], REACH_ALL);
	for (size_t s = 0; s < m->n_rows; s++)
		for (size_t t = 0; t < m->n_rows && m->pairs[s][PICTURE_NETWORK].ports == REACH_ALL; t++)
			alike(&m->pairs[s][t], m->pairs[PICTURE_NETWORK][t].ports);
}

/* The end of an observed connection: a row, outside, or PICTURE_ENDS: a node, or nothing that is known. */
static size_t end_of(const struct picture_making *m, int64_t workload, struct span place)
{
	uint32_t c = workload ? picture_class(m, workload) : UINT32_MAX;

	if (c != UINT32_MAX)
		return m->classes[c].row;
	if (workload || !(span_eq(place, "internet") || span_eq(place, "private") || span_eq(place, "metadata") || span_eq(place, "local")))
		return PICTURE_ENDS;
	return PICTURE_OUTSIDE;
}

/* What passed drives out what was dropped: a line tells one of both. */
static void observe(struct observed *o, int protocol, uint32_t port, int64_t count, bool passed)
{
	if (o->n && o->passed && !passed)
		return;
	if (passed && !o->passed)
		*o = (struct observed){.passed = true};
	o->count += count;
	for (size_t i = 0; i < o->n; i++)
		if (o->ports[i].port == port && o->ports[i].protocol == protocol)
			return;
	if (o->n == sizeof(o->ports) / sizeof(o->ports[0])) {
		o->more = true;
		return;
	}
	o->ports[o->n].port = port;
	o->ports[o->n++].protocol = protocol;
}

int picture_flows(struct picture_making *m, struct err *e)
{
	sqlite3_stmt *s = db_stmt(m->net->db, "SELECT source_workload, target_workload, source_place, target_place, protocol, port, allowed, permitted, count FROM flow "
					      "WHERE cluster = ? AND NOT reply ORDER BY protocol, port, id");
	int rc;

	db_bind(s, "s", m->net->cluster);
	while ((rc = db_step(m->net->db, s, e)) == 1) {
		size_t from = end_of(m, sqlite3_column_int64(s, 0), db_text(s, 2)), to = end_of(m, sqlite3_column_int64(s, 1), db_text(s, 3));
		bool dropped = sqlite3_column_type(s, 6) != SQLITE_NULL && !sqlite3_column_int(s, 6);
		bool denied = sqlite3_column_type(s, 7) != SQLITE_NULL && !sqlite3_column_int(s, 7);
		struct pair *p;

		m->observed = true;
		if (from >= PICTURE_ENDS || to >= PICTURE_ENDS || from == to)
			continue;
		p = &m->pairs[from][to];
		observe(dropped || denied ? &p->denied : &p->seen, protocol_named(db_text(s, 4)), (uint32_t)sqlite3_column_int(s, 5), sqlite3_column_int64(s, 8), !dropped);
	}
	sqlite3_reset(s);
	return rc;
}

void picture_join(struct picture_making *m)
{
	for (int d = NET_INGRESS; d <= NET_EGRESS; d++)
		for (size_t i = 0; i < m->n_rows; i++)
			join_network(m, i, d);
	hide_same(m);
}
