// SPDX-License-Identifier: Apache-2.0
// What policies allow and no flow used, workload by workload. Only where the flows cover an end: silence of others says nothing.
#include "derive-flow.h"
#include "network-list.h"

#include <stdlib.h>

/* Rows of a cluster: a page of them is read, the number of all is told. */
enum { UNUSED_ROWS_MAX = 20000 };
/* As for the table of reach. */
#define UNUSED_WORK_MAX 3000000000ull

struct unused {
	struct net *net;
	struct net_reach *reach;
	struct net_units units;
	bool *in, *out; /* of each unit: covered */
	bool *free_in, *free_out; /* of each unit: no policy holds anything back */
	uint32_t *ids, *room;
	int64_t rows;
};

static bool free_unit(struct net *net, const struct net_unit *u, int direction)
{
	for (size_t i = 0; i < u->n; i++)
		if (net->plugin.enforces != 0 && !net_holds_nothing(net, u->classes[i], direction))
			return false;
	return true;
}

static bool any_cover(struct unused *u)
{
	bool any = false;

	for (size_t i = 0; i < u->units.n; i++) {
		int64_t workload = u->units.at[i].first->workload;
		int64_t both = db_int(u->net->db, 0, "SELECT inbound + 2 * outbound FROM flow_cover WHERE workload = ?", "i", workload);

		u->in[i] = both & 1;
		u->out[i] = both & 2;
		any |= both > 0;
	}
	return any;
}

/* Ports that flows used between two workloads, or (source 0) from any workload: false when the port of one is not told. */
static bool used_ports(struct unused *u, int64_t source, int64_t target, struct set *out)
{
	sqlite3_stmt *s = db_stmt(u->net->db, source ? "SELECT DISTINCT protocol, coalesce(pod_port, port) FROM flow WHERE target_workload = ?1 AND source_workload = ?2 AND NOT reply AND allowed IS NOT 0"
						     : "SELECT DISTINCT protocol, coalesce(pod_port, port) FROM flow WHERE target_workload = ?1 AND source_workload IS NOT NULL AND ?2 = 0 AND NOT reply AND allowed IS NOT 0");
	struct range *at = NULL;
	size_t n = 0, cap = 0;
	bool told = true;

	db_bind(s, "ii", target, source);
	while (db_step(u->net->db, s, NULL) == 1) {
		int protocol = protocol_named(db_text(s, 0));
		uint32_t port = (uint32_t)sqlite3_column_int(s, 1);
		struct range *r;

		if (protocol < 0 || protocol > PROTOCOL_SCTP)
			continue;
		told &= port > 0;
		r = NET_GROW(u->net, at, n, cap);
		r->from = r->to = port_at(protocol, port);
	}
	sqlite3_reset(s);
	*out = n ? set_of(at, n) : (struct set){0};
	return told;
}

static int write_row(struct unused *u, int64_t source, int64_t target, const char *protocol, struct span allowed, struct span used, struct span left, struct err *e)
{
	u->rows++;
	return db_run(u->net->db, e, "INSERT INTO flow_unused(cluster, source, target, protocol, allowed, used, unused) VALUES (?, ?, ?, ?, ?, ?, ?)", "sristtt", u->net->cluster, source, target, protocol,
		      allowed, used, left);
}

static int write_all(struct unused *u, int64_t source, int64_t target, struct set used, struct err *e)
{
	auto_buf text = BUF_INIT;

	for (int i = PROTOCOL_TCP; i <= PROTOCOL_SCTP; i++) {
		auto_buf one = BUF_INIT;

		if (ports_text(used, i, &one))
			buf_printf(&text, "%s%s %s", text.n ? ", " : "", protocol_name(i), buf_str(&one));
	}
	return write_row(u, source, target, "any", SPAN("all"), span_of(buf_str(&text)), text.n ? SPAN("all others") : SPAN("all"), e);
}

static int write_pair(struct unused *u, int64_t source, int64_t target, uint32_t id, struct set used, struct err *e)
{
	struct arena *a = &u->net->arena;

	if (id == REACH_ALL)
		return write_all(u, source, target, used, e);
	for (int i = PROTOCOL_TCP; i <= PROTOCOL_SCTP; i++) {
		struct set allowed = net_reach_set(u->reach, id), left = set_minus(a, allowed, used);
		auto_buf may = BUF_INIT, did = BUF_INIT, rest = BUF_INIT;

		if (!ports_text(allowed, i, &may) || !ports_text(left, i, &rest))
			continue;
		ports_text(set_common(a, allowed, used), i, &did);
		if (write_row(u, source, target, protocol_name(i), span_of(buf_str(&may)), span_of(buf_str(&did)), span_of(buf_str(&rest)), e))
			return -1;
	}
	return 0;
}

static void unit_row(struct unused *u, const struct net_unit *to)
{
	net_reach_row(u->reach, to->classes[0], u->ids);
	for (size_t i = 1; i < to->n; i++) {
		net_reach_row(u->reach, to->classes[i], u->room);
		for (size_t c = 0; c < u->net->n_classes; c++)
			u->ids[c] = net_reach_union(u->reach, u->ids[c], u->room[c]);
	}
}

/* A pair of its own: some policy holds for one of its ends. */
static int one_pair(struct unused *u, size_t from, size_t to, struct err *e)
{
	const struct net_unit *source = &u->units.at[from], *target = &u->units.at[to];
	uint32_t id = REACH_NONE;
	struct set used;

	if (from == to || source->first->host_network || !source->first->workload || (!u->in[to] && !u->out[from]) || (u->free_in[to] && u->free_out[from]))
		return 0;
	for (size_t k = 0; k < source->n; k++)
		id = net_reach_union(u->reach, id, u->ids[source->classes[k]]);
	if (id == REACH_NONE || !used_ports(u, source->first->workload, target->first->workload, &used))
		return 0;
	return write_pair(u, source->first->workload, target->first->workload, id, used, e);
}

static int one_target(struct unused *u, size_t to, struct err *e)
{
	const struct net_unit *target = &u->units.at[to];
	struct set used;

	if (target->first->host_network || !target->first->workload)
		return 0;
	if (u->free_in[to] && u->in[to] && used_ports(u, 0, target->first->workload, &used) && write_all(u, 0, target->first->workload, used, e))
		return -1;
	unit_row(u, target);
	for (size_t from = 0; from < u->units.n && u->rows < UNUSED_ROWS_MAX; from++)
		if (one_pair(u, from, to, e))
			return -1;
	return 0;
}

int derive_unused(struct net *net, struct net_reach *reach, struct err *e)
{
	struct unused u = {.net = net, .reach = reach};
	size_t n;

	/* Where policies are not enforced, less of them opens nothing and closes nothing. */
	if (net->plugin.enforces == 0)
		return 0;
	net_units_find(net, &u.units);
	n = u.units.n;
	u.in = arena_array(&net->arena, 4 * n, sizeof(bool));
	u.out = u.in + n;
	u.free_in = u.out + n;
	u.free_out = u.free_in + n;
	u.ids = arena_array(&net->arena, 2 * net->n_classes, sizeof(*u.ids));
	u.room = u.ids + net->n_classes;
	if (!any_cover(&u))
		return 0;
	for (size_t i = 0; i < n; i++) {
		u.free_in[i] = free_unit(net, &u.units.at[i], NET_INGRESS);
		u.free_out[i] = free_unit(net, &u.units.at[i], NET_EGRESS);
	}
	for (size_t i = 0; i < n && u.rows < UNUSED_ROWS_MAX && net_reach_work(reach) <= UNUSED_WORK_MAX; i++)
		if (one_target(&u, i, e))
			return -1;
	return 0;
}
