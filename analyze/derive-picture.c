// SPDX-License-Identifier: Apache-2.0
// The picture of a cluster's network while all that reaches what is in memory: boxes, rows and lines, few enough to be drawn. Where they
// stand is the renderers' (common/picture-layout.c).
#include "derive-picture.h"
#include "network.h"
#include "common/picture.h"
#include "common/text.h"

#include <stdlib.h>

/* One box less than the picture holds: the last is for all other namespaces. Rows of a box: so many by themselves, or fewer and the rest by state. */
enum { BOXES_MAX = PICTURE_BOXES - 1, ROWS_MAX = 6, ROWS_KEPT = 4, WAY_TYPES = 7, WAY_PORTS = 3, UNIONS_MAX = 64 };
enum { NO_ROW = PICTURE_ENDS, PORTS_BYTES_MAX = 80, NAME_BYTES_MAX = 120 };

static const char *const row_words[] = {"open", "in", "out", "closed", "host"};
static const char *const line_words[] = {"", "blocked", "allowed", "dropped", "seen", "unexpected"};
static const struct {
	const char *type, *words;
} ways[WAY_TYPES] = {{"ingress", "ingress"},	   {"route", "route"},	       {"load-balancer", "load balancer"}, {"external-ip", "external address"},
		     {"node-port", "node port"}, {"host-port", "host port"}, {"host-network", "host network"}};

struct member {
	int64_t workload;
	uint32_t class;
};
struct class_info {
	enum picture_state state;
	bool exposed, from_internet, seen, denied;
	size_t workloads, row;
};
/* Ports of one way in. */
struct way {
	int64_t ports[WAY_PORTS];
	size_t n;
	bool any, more;
};
struct row {
	size_t box;
	enum picture_state state;
	bool exposed, from_internet, seen;
	size_t workloads;
	uint32_t first; /* class */
	struct way ways[WAY_TYPES];
};
struct pair {
	uint32_t ports, last; /* sets of network-reach.c */
	size_t unions;
	int64_t seen;
	enum picture_line_state state;
	uint32_t seen_ports[3];
	int seen_protocols[3];
	size_t n_seen_ports;
	bool more_ports;
};
struct box {
	const struct net_space *space; /* NULL: all others */
	size_t workloads, namespaces, isolated, first, n;
};
struct picture_making {
	struct net *net;
	struct net_reach *reach;
	struct class_info *classes;
	struct member *members; /* by workload */
	size_t n_members;
	struct box boxes[PICTURE_BOXES];
	struct row rows[PICTURE_ROWS];
	size_t n_boxes, n_rows;
	struct pair pairs[PICTURE_ENDS][PICTURE_ENDS]; /* source, target */
	bool observed;
	int64_t ordinal;
};

static bool shelters(enum picture_state s, int direction)
{
	return s == PICTURE_CLOSED || s == (direction == NET_INGRESS ? PICTURE_IN : PICTURE_OUT);
}

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

/* The first class of a workload; UINT32_MAX: none. */
static uint32_t class_of(const struct picture_making *m, int64_t workload)
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
		uint32_t c = class_of(m, sqlite3_column_int64(s, 0));

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
		uint32_t c = class_of(m, sqlite3_column_int64(s, 0));
		int64_t port;
		bool known = span_int(db_text(s, 2), &port);

		if (c == UINT32_MAX || m->classes[c].row == NO_ROW)
			continue;
		for (int i = 0; i < WAY_TYPES; i++)
			if (span_eq(db_text(s, 1), ways[i].type))
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
	    mark(m, "SELECT source_workload FROM flow WHERE cluster = ?1 UNION SELECT target_workload FROM flow WHERE cluster = ?1", MARK_SEEN, e) ||
	    mark(m, "SELECT source_workload FROM flow WHERE cluster = ?1 AND permitted = 0 AND allowed IS NOT 0 UNION SELECT target_workload FROM flow WHERE cluster = ?1 AND permitted = 0 AND allowed IS NOT 0",
		 MARK_DENIED, e) ||
	    mark_internet(m, base, e))
		return NULL;
	fill_boxes(m);
	return find_ways(m, e) ? NULL : m;
}

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

static void alike(struct pair *p, uint32_t ports)
{
	if (p->ports == ports)
		p->ports = REACH_NONE;
}

static bool within(const struct picture_making *m, uint32_t x, uint32_t y)
{
	return x == y || set_within(net_reach_set(m->reach, x), net_reach_set(m->reach, y));
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
	if (n < 2 || ports == REACH_NONE)
		return;
	(direction == NET_INGRESS ? &m->pairs[PICTURE_NETWORK][row] : &m->pairs[row][PICTURE_NETWORK])->ports = ports;
	for (size_t i = 0; i < m->n_rows; i++)
		if (i != row && !shelters(m->rows[i].state, !direction))
			alike(direction == NET_INGRESS ? &m->pairs[i][row] : &m->pairs[row][i], ports);
}

/* A row that reaches all of the open network looks as if it were on it: its lines that are the same as the open network's go. */
static void hide_same(struct picture_making *m)
{
	for (size_t s = 0; s < m->n_rows; s++)
		for (size_t t = 0; t < m->n_rows && m->pairs[s][PICTURE_NETWORK].ports == REACH_ALL; t++)
			alike(&m->pairs[s][t], m->pairs[PICTURE_NETWORK][t].ports);
}

/* The end of an observed connection: a row, outside, or PICTURE_ENDS: a node, or nothing that is known. */
static size_t end_of(const struct picture_making *m, int64_t workload, struct span text)
{
	uint32_t c = workload ? class_of(m, workload) : UINT32_MAX;
	struct net_party party;

	if (c != UINT32_MAX)
		return m->classes[c].row;
	if (workload || memchr(text.p ? text.p : "", '/', text.n) || network_party(m->net, text, &party, NULL) || party.node || party.pod)
		return PICTURE_ENDS;
	return PICTURE_OUTSIDE;
}

static void seen_port(struct pair *p, int protocol, uint32_t port)
{
	for (size_t i = 0; i < p->n_seen_ports; i++)
		if (p->seen_ports[i] == port && p->seen_protocols[i] == protocol)
			return;
	if (p->n_seen_ports == 3) {
		p->more_ports = true;
		return;
	}
	p->seen_ports[p->n_seen_ports] = port;
	p->seen_protocols[p->n_seen_ports++] = protocol;
}

/* Observed connections, on the lines of their rows. */
static int take_flows(struct picture_making *m, struct err *e)
{
	sqlite3_stmt *s = db_stmt(m->net->db, "SELECT source_workload, target_workload, source, target, protocol, port, allowed, permitted, count FROM flow "
					      "WHERE cluster = ? AND NOT reply ORDER BY protocol, port, id");
	int rc;

	db_bind(s, "s", m->net->cluster);
	while ((rc = db_step(m->net->db, s, e)) == 1) {
		size_t from = end_of(m, sqlite3_column_int64(s, 0), db_text(s, 2)), to = end_of(m, sqlite3_column_int64(s, 1), db_text(s, 3));
		bool dropped = sqlite3_column_type(s, 6) != SQLITE_NULL && !sqlite3_column_int(s, 6);
		bool denied = sqlite3_column_type(s, 7) != SQLITE_NULL && !sqlite3_column_int(s, 7);
		enum picture_line_state state = dropped ? PICTURE_DROPPED : denied ? PICTURE_UNEXPECTED : PICTURE_SEEN;
		struct pair *p;

		m->observed = true;
		if (from >= PICTURE_ENDS || to >= PICTURE_ENDS || from == to)
			continue;
		p = &m->pairs[from][to];
		p->state = state > p->state ? state : p->state;
		p->seen += sqlite3_column_int64(s, 8);
		seen_port(p, protocol_named(db_text(s, 4)), (uint32_t)sqlite3_column_int(s, 5));
	}
	sqlite3_reset(s);
	return rc;
}

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
	    write_note(m, "warning", m->net->n_policies ? arena_printf(a, "The network plug-in %s does not enforce policies: everything reaches everything, whatever the %zu policies say.", p->name, m->net->n_policies)
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
		if (write_record(m, "row", (int64_t)i + 1, (int64_t)m->rows[i].box + 1, buf_span(&name), row_words[m->rows[i].state], (int64_t)m->rows[i].workloads, 0, e))
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
			buf_printf(out, "%s%s", n > 1 ? "; " : "", ways[i].words);
			for (size_t k = 0; k < w->n; k++)
				buf_printf(out, "%s %lld", k ? "," : "", (long long)w->ports[k]);
			buf_add_str(out, w->more ? ", ..." : "");
		}
	}
	if (n > 2)
		buf_printf(out, "; %zu more", n - 2);
}

static void ports_words(const struct picture_making *m, const struct pair *p, struct buf *out)
{
	if (p->unions > UNIONS_MAX) {
		buf_add_str(out, "many ports");
		return;
	}
	if (p->ports == REACH_ALL) {
		buf_add_str(out, "all ports");
		return;
	}
	for (int i = PROTOCOL_TCP; p->ports != REACH_NONE && i <= PROTOCOL_SCTP; i++) {
		auto_buf text = BUF_INIT;

		if (!ports_text(net_reach_set(m->reach, p->ports), i, &text))
			continue;
		buf_printf(out, "%s%s %s", out->n ? "; " : "", protocol_name(i), buf_str(&text));
	}
	for (size_t i = 0; p->ports == REACH_NONE && i < p->n_seen_ports; i++)
		buf_printf(out, p->seen_ports[i] ? "%s%s %u" : "%s%s", i ? ", " : "", p->seen_protocols[i] < 0 ? "other" : protocol_name(p->seen_protocols[i]), p->seen_ports[i]);
	buf_add_str(out, p->ports == REACH_NONE && p->more_ports ? ", ..." : "");
	if (out->n > PORTS_BYTES_MAX) {
		out->n = PORTS_BYTES_MAX;
		buf_add_str(out, "...");
	}
}

static int64_t number_of(size_t end)
{
	return end == PICTURE_NETWORK ? 0 : end == PICTURE_OUTSIDE ? -1 : (int64_t)end + 1;
}

/* The state of a line: how it was seen, else that it may be. PICTURE_NO_LINE: there is none. */
static enum picture_line_state line_state(const struct pair *p)
{
	return p->state ? p->state : p->ports != REACH_NONE ? PICTURE_ALLOWED : PICTURE_NO_LINE;
}

static int write_ways(struct picture_making *m, struct err *e)
{
	for (size_t i = 0; i < m->n_rows; i++) {
		const struct row *r = &m->rows[i];
		const struct pair *seen = &m->pairs[PICTURE_OUTSIDE][i];
		enum picture_line_state state = seen->state ? seen->state : !r->exposed ? PICTURE_NO_LINE : r->from_internet ? PICTURE_ALLOWED : PICTURE_BLOCKED;
		auto_buf text = BUF_INIT;

		if (!state)
			continue;
		if (r->exposed)
			way_text(r, &text);
		else
			ports_words(m, seen, &text);
		if (write_record(m, "line", -1, (int64_t)i + 1, buf_span(&text), line_words[state], seen->seen, 0, e))
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
				auto_buf ports = BUF_INIT;

				if ((int)line_state(p) != state)
					continue;
				if (n++ >= PICTURE_LINES) {
					left_out++;
					continue;
				}
				ports_words(m, p, &ports);
				if (write_record(m, "line", number_of(s), number_of(t), buf_span(&ports), line_words[state], p->seen, 0, e))
					return -1;
			}
	return left_out && write_record(m, "note", 0, 0, SPAN_NONE, "hint", 0, left_out, e) ? -1 : 0;
}

int picture_write(struct picture_making *m, bool complete, struct err *e)
{
	int rc = write_notes(m, complete, e);

	if (rc)
		return rc < 0 ? -1 : 0;
	for (size_t i = 0; i < m->n_rows; i++)
		for (int d = NET_INGRESS; d <= NET_EGRESS; d++)
			join_network(m, i, d);
	hide_same(m);
	return take_flows(m, e) || write_boxes(m, e) || write_rows(m, e) || write_ways(m, e) || write_lines(m, e) ? -1 : 0;
}
