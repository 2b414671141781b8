// SPDX-License-Identifier: Apache-2.0
// Which namespaces and workloads a picture of the cluster's network shows: few enough to be drawn, those that matter most. Lines are picture-lines.c's.
#include "picture-making.h"

#include <stdlib.h>

/* One box less than the picture holds: the last is for all other namespaces. Rows of a box: so many by themselves, or fewer and the rest by state. */
enum { BOXES_MAX = PICTURE_BOXES - 1, ROWS_MAX = 6, ROWS_KEPT = 4 };

const struct picture_way_type picture_way_types[WAY_TYPES] = {{"ingress", "ingress"},	   {"route", "route"},	       {"load-balancer", "load balancer"}, {"external-ip", "external address"},
							      {"node-port", "node port"}, {"host-port", "host port"}, {"host-network", "host network"}};

static enum picture_state state_of(struct net *net, uint32_t class)
{
	bool in = net_isolated(net, class, NET_INGRESS), out = net_isolated(net, class, NET_EGRESS);

	if (net->classes[class].first->host_network)
		return PICTURE_HOST;
	return in && out ? PICTURE_CLOSED : in ? PICTURE_IN : out ? PICTURE_OUT : PICTURE_OPEN;
}

static int by_workload(const void *x, const void *y)
{
	const struct member *a = x, *b = y;

	if (a->workload != b->workload)
		return a->workload < b->workload ? -1 : 1;
	return (a->class > b->class) - (a->class < b->class);
}

static void find_members(struct picture_making *m)
{
	struct net *net = m->net;
	size_t kept = 0;

	m->members = arena_array(&net->arena, net->n_endpoints, sizeof(*m->members));
	for (size_t i = 0; i < net->n_endpoints; i++)
		if (!net->endpoints[i].finished)
			m->members[m->n_members++] = (struct member){net->endpoints[i].workload ? net->endpoints[i].workload : -net->endpoints[i].thing, net->endpoints[i].class};
	if (m->n_members)
		qsort(m->members, m->n_members, sizeof(*m->members), by_workload);
	for (size_t i = 0; i < m->n_members; i++)
		if (!i || by_workload(&m->members[i - 1], &m->members[i]) != 0)
			m->members[kept++] = m->members[i];
	m->n_members = kept;
	for (size_t i = 0; i < kept; i++)
		m->classes[m->members[i].class].workloads++;
}

uint32_t picture_class(const struct picture_making *m, int64_t workload)
{
	size_t low = 0, high = m->n_members;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (m->members[mid].workload < workload)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->n_members && m->members[low].workload == workload ? m->members[low].class : UINT32_MAX;
}

/* Which classes are exposed, were seen in flows, or in flows that policies deny. */
enum mark { MARK_EXPOSED, MARK_SEEN, MARK_DENIED };
static int mark(struct picture_making *m, const char *sql, enum mark what, struct err *e)
{
	sqlite3_stmt *s = db_stmt(m->net->db, sql);
	int rc;

	db_bind(s, "s", m->net->cluster);
	while ((rc = db_step(m->net->db, s, e)) == 1) {
		uint32_t c = picture_class(m, sqlite3_column_int64(s, 0));

		if (c != UINT32_MAX)
			*(what == MARK_EXPOSED ? &m->classes[c].exposed : what == MARK_SEEN ? &m->classes[c].seen : &m->classes[c].denied) = true;
	}
	sqlite3_reset(s);
	return rc;
}

static int mark_internet(struct picture_making *m, int64_t base, struct err *e)
{
	sqlite3_stmt *s = db_stmt(m->net->db, "SELECT id FROM reach_class WHERE cluster = ? AND internet_ingress");
	int rc;

	db_bind(s, "s", m->net->cluster);
	while ((rc = db_step(m->net->db, s, e)) == 1)
		m->classes[sqlite3_column_int64(s, 0) - base].from_internet = true;
	sqlite3_reset(s);
	return rc;
}

struct space_rank {
	const struct net_space *space;
	size_t weight, workloads;
	unsigned kinds; /* of its rows: one bit each */
	bool again;	/* one before has the same rows and as many workloads */
};

static int by_weight(const void *x, const void *y)
{
	const struct space_rank *a = x, *b = y;

	if (a->again != b->again)
		return a->again ? 1 : -1;
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	if (a->workloads != b->workloads)
		return a->workloads > b->workloads ? -1 : 1;
	if (a->kinds != b->kinds)
		return a->kinds < b->kinds ? -1 : 1;
	return strcmp(a->space->name, b->space->name);
}

/* Namespaces with traffic that policies deny come first, then those that are exposed, observed or have policies, the larger before the smaller; of hundreds that are alike, one before all others. */
static struct space_rank rank(const struct picture_making *m, const struct net_space *sp)
{
	bool exposed = false, seen = false, isolated = false, denied = false;
	struct space_rank out = {.space = sp};

	for (uint32_t c = sp->first_class; c < sp->first_class + sp->n_classes; c++) {
		const struct class_info *k = &m->classes[c];

		exposed |= k->exposed && k->state != PICTURE_HOST;
		seen |= k->seen;
		denied |= k->denied;
		isolated |= k->state != PICTURE_OPEN && k->state != PICTURE_HOST;
		out.workloads += k->workloads;
		if (k->workloads)
			out.kinds |= 1u << (2 * k->state + k->exposed);
	}
	out.weight = (size_t)exposed + seen + isolated + 3 * (size_t)denied;
	return out;
}

static int row_rank(const void *x, const void *y)
{
	const struct row *a = x, *b = y;

	if (a->exposed != b->exposed)
		return a->exposed ? -1 : 1;
	if (a->seen != b->seen)
		return a->seen ? -1 : 1;
	if ((a->state == PICTURE_CLOSED) != (b->state == PICTURE_CLOSED))
		return a->state == PICTURE_CLOSED ? -1 : 1;
	if (a->workloads != b->workloads)
		return a->workloads > b->workloads ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

static void row_take(struct row *r, const struct class_info *k)
{
	r->exposed |= k->exposed;
	r->seen |= k->seen;
	r->from_internet |= k->exposed && k->from_internet;
	r->workloads += k->workloads;
}

/* Rows of a namespace as fine as they get: what no policy holds for is one row (exposed and not), other classes one each. */
static size_t fine_rows(struct picture_making *m, const struct net_space *sp, struct row *rows)
{
	size_t shared[PICTURE_STATES][2], n = 0;

	for (int s = 0; s < PICTURE_STATES; s++)
		shared[s][0] = shared[s][1] = NO_ROW;
	for (uint32_t c = sp->first_class; c < sp->first_class + sp->n_classes; c++) {
		const struct class_info *k = &m->classes[c];
		bool alone = k->state != PICTURE_OPEN && k->state != PICTURE_HOST;
		size_t *at = &shared[k->state][k->exposed];

		if (!k->workloads)
			continue;
		if (alone || *at == NO_ROW) {
			*at = n;
			rows[n++] = (struct row){.state = k->state, .first = c};
		}
		row_take(&rows[*at], k);
	}
	qsort(rows, n, sizeof(*rows), row_rank);
	return n;
}

/* The row of a class among those of its box; NO_ROW: none takes it. */
static size_t find_row(const struct picture_making *m, const struct box *b, uint32_t c, bool fine)
{
	const struct class_info *k = &m->classes[c];
	bool alone = k->state != PICTURE_OPEN && k->state != PICTURE_HOST;

	for (size_t i = b->first; i < b->first + b->n; i++) {
		const struct row *r = &m->rows[i];

		if (r->state == k->state && (fine ? alone ? r->first == c : r->exposed == k->exposed : true))
			return i;
	}
	return NO_ROW;
}

static size_t add_row(struct picture_making *m, size_t box, struct row r)
{
	r.box = box;
	m->rows[m->n_rows] = r;
	m->boxes[box].n++;
	return m->n_rows++;
}

/* Classes of `sp` into the rows from `first` on that hold their state, new ones where there is none. */
static void rows_by_state(struct picture_making *m, size_t box, size_t first, const struct net_space *sp)
{
	for (uint32_t c = sp->first_class; c < sp->first_class + sp->n_classes; c++) {
		struct class_info *k = &m->classes[c];
		size_t i;

		if (!k->workloads || k->row != NO_ROW)
			continue;
		for (i = first; i < m->n_rows && m->rows[i].state != k->state; i++)
			;
		if (i == m->n_rows)
			add_row(m, box, (struct row){.state = k->state, .first = c});
		row_take(&m->rows[i], k);
		k->row = i;
	}
}

static void fill_box(struct picture_making *m, const struct net_space *sp)
{
	size_t box = m->n_boxes++;
	struct row *fine = arena_array(&m->net->arena, sp->n_classes + 1, sizeof(*fine));
	size_t n = fine_rows(m, sp, fine), keep = n > ROWS_MAX ? ROWS_KEPT : n;

	m->boxes[box] = (struct box){.space = sp, .namespaces = 1, .first = m->n_rows};
	for (size_t i = 0; i < keep; i++)
		add_row(m, box, fine[i]);
	for (uint32_t c = sp->first_class; c < sp->first_class + sp->n_classes; c++)
		if (m->classes[c].workloads)
			m->classes[c].row = find_row(m, &m->boxes[box], c, true);
	rows_by_state(m, box, m->n_rows, sp);
}

static void count_box(struct picture_making *m, size_t box)
{
	struct box *b = &m->boxes[box];

	for (size_t i = b->first; i < b->first + b->n; i++) {
		b->workloads += m->rows[i].workloads;
		b->isolated += shelters(m->rows[i].state, NET_INGRESS) ? m->rows[i].workloads : 0;
	}
}

static void fill_boxes(struct picture_making *m)
{
	struct net *net = m->net;
	struct space_rank *order = arena_array(&net->arena, net->n_spaces + 1, sizeof(*order));
	size_t n = 0, own, rest;

	for (size_t i = 0; i < net->n_spaces; i++) {
		order[n] = rank(m, &net->spaces[i]);
		n += order[n].workloads > 0;
	}
	qsort(order, n, sizeof(*order), by_weight);
	for (size_t i = 1; i < n; i++)
		order[i].again = order[i].weight == order[i - 1].weight && order[i].workloads == order[i - 1].workloads && order[i].kinds == order[i - 1].kinds;
	qsort(order, n, sizeof(*order), by_weight);
	own = n > BOXES_MAX + 1 ? BOXES_MAX : n;
	for (size_t i = 0; i < own; i++)
		fill_box(m, order[i].space);
	if (own < n) {
		rest = m->n_boxes++;
		m->boxes[rest] = (struct box){.namespaces = n - own, .first = m->n_rows};
		for (size_t i = own; i < n; i++)
			rows_by_state(m, rest, m->boxes[rest].first, order[i].space);
	}
	for (size_t i = 0; i < m->n_boxes; i++)
		count_box(m, i);
}

static void way_add(struct way *w, int64_t port, bool known)
{
	w->any = true;
	for (size_t i = 0; i < w->n; i++)
		if (w->ports[i] == port)
			return;
	if (!known)
		return;
	if (w->n < WAY_PORTS)
		w->ports[w->n++] = port;
	else
		w->more = true;
}

static int find_ways(struct picture_making *m, struct err *e)
{
	sqlite3_stmt *s = db_stmt(m->net->db, "SELECT e.workload, e.type, e.port FROM exposure e JOIN workload w ON w.thing = e.workload WHERE w.cluster = ? AND e.outside "
					      "ORDER BY e.workload, e.type, CAST(e.port AS INTEGER), e.id");
	int rc;

	db_bind(s, "s", m->net->cluster);
	while ((rc = db_step(m->net->db, s, e)) == 1) {
		uint32_t c = picture_class(m, sqlite3_column_int64(s, 0));
		int64_t port;
		bool known = span_int(db_text(s, 2), &port);

		if (c == UINT32_MAX || m->classes[c].row == NO_ROW)
			continue;
		for (int i = 0; i < WAY_TYPES; i++)
			if (span_eq(db_text(s, 1), picture_way_types[i].type))
				way_add(&m->rows[m->classes[c].row].ways[i], port, known);
	}
	sqlite3_reset(s);
	return rc;
}

struct picture_making *picture_start(struct net *net, struct net_reach *r, int64_t base, struct err *e)
{
	struct picture_making *m = arena_alloc(&net->arena, sizeof(*m));

	m->net = net;
	m->reach = r;
	m->classes = arena_array(&net->arena, net->n_classes + 1, sizeof(*m->classes));
	for (uint32_t c = 0; c < net->n_classes; c++) {
		m->classes[c].row = NO_ROW;
		m->classes[c].state = state_of(net, c);
	}
	find_members(m);
	if (mark(m, "SELECT DISTINCT e.workload FROM exposure e JOIN workload w ON w.thing = e.workload WHERE w.cluster = ? AND e.outside", MARK_EXPOSED, e) ||
	    mark(m, "SELECT w.thing FROM workload w WHERE w.cluster = ? AND (EXISTS (SELECT 1 FROM flow f WHERE f.source_workload = w.thing) OR EXISTS (SELECT 1 FROM flow f WHERE f.target_workload = w.thing))", MARK_SEEN, e) ||
	    mark(m, "SELECT w.thing FROM workload w WHERE w.cluster = ? AND (EXISTS (SELECT 1 FROM flow f WHERE f.source_workload = w.thing AND f.permitted = 0 AND f.allowed IS NOT 0) "
		    "OR EXISTS (SELECT 1 FROM flow f WHERE f.target_workload = w.thing AND f.permitted = 0 AND f.allowed IS NOT 0))",
		 MARK_DENIED, e) ||
	    mark_internet(m, base, e))
		return NULL;
	fill_boxes(m);
	return find_ways(m, e) ? NULL : m;
}
