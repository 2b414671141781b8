// SPDX-License-Identifier: Apache-2.0
// The network of each cluster into tables: who makes it, which pods are alike to policies, what reaches what. The evaluation is
// network-reach.c's, findings about policies are network-lint.c's.
#include "derive-network.h"
#include "derive-picture.h"
#include "derive-flow.h"
#include "network-lint.h"
#include "network-list.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdlib.h>

/* Rows of one cluster: a graph over more is read by nobody, and the command lists them all. */
enum { REACH_ROWS_MAX = 50000, OUTSIDE_ROWS_MAX = 100000, POLICY_ROWS_MAX = 1000000 };
/* Steps of one cluster: 20,000 pods with 2,000 policies take 100 million; policies that take more are made to. */
#define REACH_WORK_MAX 3000000000ull

struct writing {
	struct db *db;
	struct net *net;
	struct net_reach *reach;
	int64_t base; /* id of the first class */
	int64_t rows, outside;
	bool full;     /* no more rows of reach */
	bool lost;     /* something that paths are made of is not known or not listed */
	bool *matters; /* of each class: it has a workload with a known flaw, so that paths lead over what reaches it */
	bool *sends;   /* of each class: it reaches another */
	int64_t senders; /* namespaces with pods, where all reaches all; else 0 */
	bool *held[2]; /* of each class: policies hold back some of what comes in, or goes out */
	uint64_t by_work; /* rules looked at for the column `rules` */
	uint32_t *ids; /* room for a number of each class */
	struct picture_making *picture;
	uint32_t targets; /* asked what reaches them */
	struct set internet; /* public addresses */
};

static int write_problems(struct writing *w, struct err *e)
{
	for (size_t i = 0; i < w->net->n_problems; i++) {
		const struct net_problem *p = &w->net->problems[i];

		if (!p->unread && db_run(w->db, e, "INSERT INTO problem(evidence, pointer, message) SELECT t.evidence, coalesce(t.pointer, '') || ?, ? FROM thing t WHERE t.id = ?",
					 "ssi", p->pointer, p->message, p->thing))
			return -1;
		if (db_run(w->db, e, "INSERT INTO network_lint(policy, code, pointer, detail) VALUES (?, ?, ?, ?)", "isss", p->thing, p->unread ? "not-read" : "invalid",
			   p->pointer, p->message))
			return -1;
	}
	return 0;
}

static int write_plugin(struct writing *w, struct err *e)
{
	const struct net_plugin *p = &w->net->plugin;

	return db_run(w->db, e, "INSERT INTO network_plugin(cluster, scope, name, evidence, enforces) VALUES (?1, (SELECT id FROM scope WHERE kind = 'cluster' AND name = ?1), ?2, ?3, ?4)",
		      "sssb", w->net->cluster, p->name, p->evidence, p->enforces);
}

/* Policies that allow everything hold back as little as none. */
static void find_held(struct writing *w)
{
	for (int d = 0; d < 2; d++) {
		w->held[d] = arena_array(&w->net->arena, w->net->n_classes, sizeof(bool));
		for (uint32_t c = 0; c < w->net->n_classes; c++)
			w->held[d][c] = net_isolated(w->net, c, d) && !net_holds_nothing(w->net, c, d);
	}
}

/* Addresses that are not of the Internet: private, shared, local, documentation, multicast and reserved ones
 * (IANA special-purpose registries of IPv4 and IPv6). */
static struct set public_addresses(struct arena *a)
{
	static const char *const special[] = {"0.0.0.0/8",     "10.0.0.0/8",	 "100.64.0.0/10",  "127.0.0.0/8",	 "169.254.0.0/16", "172.16.0.0/12",
					      "192.0.0.0/24",  "192.0.2.0/24",	 "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
					      "224.0.0.0/3",   "::/3",		 "2001:db8::/32",  "4000::/2",	    "8000::/1"};
	struct set all = addresses_all(a), one;

	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (cidr_parse(a, span_of(special[i]), &one, NULL) == 0)
			all = set_minus(a, all, one);
	return all;
}

/* How much of the public addresses: part of IPv4 and all of one family. */
struct internet {
	bool some, all;
};

static struct internet internet(struct writing *w, uint32_t class, int direction)
{
	struct set left[2], seen = {0};
	const struct net_outside *all;
	size_t n;

	if (net_reach_work(w->reach) > REACH_WORK_MAX) /* not known: taken for open */
		w->full = w->lost = true;
	if (w->full || !net_isolated(w->net, class, direction))
		return (struct internet){true, true};
	n = net_reach_outside(w->reach, class, direction, &all);
	for (size_t i = 0; i < n; i++)
		seen = set_union(&w->net->arena, seen, all[i].addresses);
	cidr_families(&w->net->arena, w->internet, &left[0], &left[1]);
	return (struct internet){set_meets(seen, w->internet), set_within(left[0], seen) || set_within(left[1], seen)};
}

/* Whether every pod is let in: one that carries no label is, or all that there are in other namespaces. */
static bool every_pod(struct writing *w, uint32_t to)
{
	const struct net_space *own = w->net->classes[to].first->space;
	bool others = false;

	if (!net_isolated(w->net, to, NET_INGRESS) || net_reach_work(w->reach) > REACH_WORK_MAX || net_reach_stranger(w->reach, to) != REACH_NONE)
		return true;
	net_reach_in(w->reach, to, w->ids);
	for (uint32_t c = 0; c < w->net->n_classes; c++) {
		const struct net_endpoint *p = w->net->classes[c].first;

		if (p->space == own || p->finished || p->host_network)
			continue;
		if (w->ids[c] == REACH_NONE)
			return false;
		others = true;
	}
	return others;
}

static bool metadata_open(struct net *net, uint32_t class)
{
	struct net_party from = net_party_pod(net->classes[class].first), to = {0};
	struct net_answer answer;

	if (!net_isolated(net, class, NET_EGRESS))
		return true;
	address_parse(SPAN("169.254.169.254"), &to.address);
	net_ask(net, &from, &to, PROTOCOL_TCP, 80, &answer);
	return answer.allowed;
}

static int write_class(struct writing *w, uint32_t c, struct err *e)
{
	struct net *net = w->net;
	const struct net_endpoint *p = net->classes[c].first;
	struct internet in = internet(w, c, NET_INGRESS), out = internet(w, c, NET_EGRESS);

	return db_run(w->db, e, "INSERT INTO reach_class(id, cluster, namespace, workload, pods, host_network, ingress_isolated, egress_isolated, ingress_open, egress_open, "
				"metadata_open, internet_egress, internet_ingress, ingress_held, egress_held) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "issribbbbbbbbbb", w->base + c, net->cluster, p->space->name, p->workload, (int64_t)net->classes[c].n, p->host_network, net_isolated(net, c, NET_INGRESS),
		      net_isolated(net, c, NET_EGRESS), in.all || every_pod(w, c), out.all, metadata_open(net, c), out.some, in.some, w->held[NET_INGRESS][c],
		      w->held[NET_EGRESS][c]);
}

static int write_classes(struct writing *w, struct err *e)
{
	struct net *net = w->net;

	w->base = db_int(w->db, 0, "SELECT max(id) FROM reach_class", "") + 1;
	for (uint32_t c = 0; c < net->n_classes; c++)
		if (!net->classes[c].first->finished && write_class(w, c, e))
			return -1;
	for (size_t i = 0; i < net->n_endpoints; i++) {
		const struct net_endpoint *p = &net->endpoints[i];

		/* Endpoints lie by name, so that pods of one workload mostly follow one another. */
		if (p->finished || !p->workload || (i && p[-1].workload == p->workload && p[-1].class == p->class && !p[-1].finished))
			continue;
		if (db_run(w->db, e, "INSERT OR IGNORE INTO reach_member(class, workload) VALUES (?, ?)", "ii", w->base + p->class, p->workload))
			return -1;
	}
	return 0;
}

/* Which workloads each policy holds for. */
static int write_subjects(struct writing *w, struct err *e)
{
	struct net *net = w->net;
	int64_t rows = 0;

	for (size_t i = 0; i < net->n_policies; i++) {
		const struct net_policy *p = net->policies[i];
		const uint64_t *bits = net_selector_classes(net, p->subject);
		bool any = false;

		for (uint32_t c = 0; c < net->n_classes; c++) {
			if (!net_bit(bits, c) || (*p->namespace && strcmp(p->namespace, net->classes[c].first->space->name) != 0) || (any && rows >= POLICY_ROWS_MAX))
				continue;
			if (db_run(w->db, e, "INSERT OR IGNORE INTO network_policy_workload(policy, workload) SELECT n.thing, m.workload FROM network_policy n JOIN reach_member m "
					     "ON m.class = ? WHERE n.thing = ?", "ii", w->base + c, p->thing))
				return -1;
			any = true;
			rows++;
		}
	}
	return 0;
}

/* The open network, and that of it which is not the network of nodes, as sources (schema/network.sql). */
enum { OPEN_NETWORK = 0, OPEN_PODS = -1 };

/* Rules of one row as a JSON array of "policy pointer". */
enum { RULES_MAX = 16 };
/* Rules looked at for all rows of a cluster: a second or two. Rows behind that do not tell theirs. */
#define BY_WORK_MAX 500000000ull

struct rules {
	const struct net_rule *seen[RULES_MAX];
	size_t n, more;
	struct buf text;
};

static void add_rule(void *ctx, const struct net_policy *p, struct net_rule *rule, int direction)
{
	struct rules *r = ctx;
	auto_buf one = BUF_INIT;

	for (size_t i = 0; i < r->n; i++)
		if (r->seen[i] == rule)
			return;
	if (r->n == RULES_MAX) {
		r->more++;
		return;
	}
	r->seen[r->n++] = rule;
	network_rule_text(&one, p, rule, direction);
	buf_add_str(&r->text, r->n > 1 ? "," : "[");
	text_add_json(&r->text, buf_span(&one));
}

static uint64_t rules_of(struct net *net, uint32_t class, int direction)
{
	const struct net_applied *a = net_applied(net, class, direction);
	uint64_t n = 1;

	for (size_t i = 0; i < a->n; i++)
		n += a->at[i]->rules[direction].n;
	return n;
}

/* The rules that let class `from` reach class `to` on these ports of a protocol; absent: too many to look at. */
static void rules_text(struct writing *w, uint32_t from, uint32_t to, uint32_t ports, int protocol, struct buf *out)
{
	struct range whole = {port_at(protocol, 1), port_at(protocol, 65535)};
	struct set all = set_common(&w->net->arena, net_reach_set(w->reach, ports), (struct set){&whole, 1});
	struct net_party a = net_party_pod(w->net->classes[from].first), b = net_party_pod(w->net->classes[to].first);
	struct rules r = {.text = BUF_INIT};

	w->by_work += rules_of(w->net, from, NET_EGRESS) + rules_of(w->net, to, NET_INGRESS);
	if (w->by_work > BY_WORK_MAX)
		return;
	if (w->net->plugin.enforces != 0)
		net_reach_by(w->reach, &a, &b, all, add_rule, &r);
	if (r.more)
		buf_printf(&r.text, ",\"and %zu more\"", r.more);
	buf_add_str(out, r.n ? buf_str(&r.text) : "[");
	buf_add_char(out, ']');
	buf_fini(&r.text);
}

/* `from` and `to` are ids of reach_class, or one of these; `sender` is a class that stands for `from`. */
static int write_ports(struct writing *w, int64_t from, uint32_t sender, uint32_t to, uint32_t id, struct err *e)
{
	for (int i = PROTOCOL_TCP; i <= PROTOCOL_SCTP; i++) {
		auto_buf text = BUF_INIT, rules = BUF_INIT;

		if (!ports_text(net_reach_set(w->reach, id), i, &text))
			continue;
		if (w->rows++ >= REACH_ROWS_MAX) {
			w->full = true;
			return 0;
		}
		rules_text(w, sender, to, id, i, &rules);
		if (db_run(w->db, e, "INSERT INTO reach(source, target, protocol, ports, rules) VALUES (?, ?, ?, ?, ?)", "iistt", from, w->base + to, protocol_name(i), buf_span(&text),
			   rules.n ? buf_span(&rules) : SPAN_NONE))
			return -1;
	}
	return 0;
}

/* Other namespaces with a pod that reaches this class; classes lie by namespace. */
static int64_t namespaces_of(const struct net *net, const uint32_t *ids, uint32_t to)
{
	const struct net_space *last = net->classes[to].first->space;
	int64_t n = 0;

	for (uint32_t from = 0; from < net->n_classes; from++) {
		const struct net_space *sp = net->classes[from].first->space;

		if (ids[from] == REACH_NONE || sp == last || sp == net->classes[to].first->space)
			continue;
		n++;
		last = sp;
	}
	return n;
}

static void row(struct writing *w, uint32_t to)
{
	struct net *net = w->net;

	if (net->plugin.enforces) {
		net_reach_row(w->reach, to, w->ids);
		return;
	}
	for (uint32_t c = 0; c < net->n_classes; c++)
		w->ids[c] = net->classes[c].first->finished || net->classes[to].first->finished ? REACH_NONE : REACH_ALL;
}

static bool is_pair(const struct net *net, uint32_t from, uint32_t to)
{
	return from != to || net->classes[to].n > 1;
}

/* A sender of the open network, with those in the network of their node or without. */
static bool is_open(const struct writing *w, uint32_t from, uint32_t to, bool hosts)
{
	const struct net_endpoint *p = w->net->classes[from].first;

	return !p->finished && is_pair(w->net, from, to) && !w->held[NET_EGRESS][from] && (hosts || !p->host_network);
}

/* The ports that most senders of the open network reach, and all others of it too: one row then stands for thousands. REACH_NONE: there are none such. */
static uint32_t open_alike(const struct writing *w, uint32_t to, bool hosts)
{
	uint32_t most = REACH_NONE, votes = 0;

	for (uint32_t from = 0; from < w->net->n_classes; from++) { /* Boyer and Moore's majority vote */
		if (!is_open(w, from, to, hosts))
			continue;
		if (!votes)
			most = w->ids[from];
		votes += w->ids[from] == most ? 1 : -1u;
	}
	for (uint32_t from = 0; from < w->net->n_classes && most != REACH_NONE; from++)
		if (is_open(w, from, to, hosts) && w->ids[from] != most && !set_within(net_reach_set(w->reach, most), net_reach_set(w->reach, w->ids[from])))
			most = REACH_NONE;
	return most;
}

/* One row for all open senders; a sender that reaches just these ports stands for them. */
static int write_hub(struct writing *w, int64_t hub, uint32_t to, uint32_t id, struct err *e)
{
	for (uint32_t from = 0; id != REACH_NONE && from < w->net->n_classes; from++)
		if (w->ids[from] == id && is_open(w, from, to, hub == OPEN_NETWORK))
			return write_ports(w, hub, from, to, id, e);
	return 0;
}

/* What reaches one class that policies protect, or what egress policies let through to one that none does. */
static int write_senders(struct writing *w, uint32_t to, struct err *e)
{
	struct net *net = w->net;
	bool open = !w->held[NET_INGRESS][to];
	uint32_t all = open ? REACH_NONE : open_alike(w, to, true), pods = open || all != REACH_NONE ? REACH_NONE : open_alike(w, to, false);

	if (write_hub(w, OPEN_NETWORK, to, all, e) || write_hub(w, OPEN_PODS, to, pods, e))
		return -1;
	for (uint32_t from = 0; from < net->n_classes && !w->full; from++) {
		uint32_t told = net->classes[from].first->host_network || pods == REACH_NONE ? all : pods;
		bool held = w->held[NET_EGRESS][from];

		if (w->ids[from] != REACH_NONE && is_pair(net, from, to) && (held || (!open && w->ids[from] != told)) && write_ports(w, w->base + from, from, to, w->ids[from], e))
			return -1;
	}
	return 0;
}

/* Where all reaches all, each target differs in its own namespace alone: ten thousand classes need not be looked at ten thousand times. */
static void count_senders(struct writing *w)
{
	const struct net *net = w->net;
	const struct net_class *last = NULL;
	size_t n = 0;

	for (uint32_t c = 0; c < net->n_classes; c++) {
		const struct net_class *k = &net->classes[c];

		if (k->first->finished)
			continue;
		n += k->n > 1 ? 2 : 1;
		w->senders += !last || last->first->space != k->first->space;
		last = k;
	}
	for (uint32_t c = 0; c < net->n_classes; c++)
		w->sends[c] = !net->classes[c].first->finished && (n > 1);
}

static int write_open_target(struct writing *w, uint32_t to, struct err *e)
{
	w->targets++;
	return db_run(w->db, e, "UPDATE reach_class SET from_namespaces = ?, listed = ? WHERE id = ?", "ibi", w->senders - 1, !w->full, w->base + to);
}

static int write_target(struct writing *w, uint32_t to, struct err *e)
{
	if (w->senders)
		return write_open_target(w, to, e);
	row(w, to);
	w->targets++;
	picture_target(w->picture, to, w->ids);
	for (uint32_t from = 0; from < w->net->n_classes; from++)
		w->sends[from] |= w->ids[from] != REACH_NONE && is_pair(w->net, from, to);
	if (write_senders(w, to, e))
		return -1;
	return db_run(w->db, e, "UPDATE reach_class SET from_namespaces = ?, listed = ? WHERE id = ?", "ibi", namespaces_of(w->net, w->ids, to), !w->full, w->base + to);
}

static int find_matters(struct writing *w, struct err *e)
{
	sqlite3_stmt *s = db_stmt(w->db, "SELECT DISTINCT m.class FROM reach_member m WHERE m.class >= ? AND m.workload IN (SELECT workload FROM v_exploitable)");
	int rc;

	db_bind(s, "i", w->base);
	while ((rc = db_step(w->db, s, e)) == 1)
		w->matters[sqlite3_column_int64(s, 0) - w->base] = true;
	sqlite3_reset(s);
	return rc;
}

/* What paths lead over comes first, so that it is there where the table is full. */
static int write_reach(struct writing *w, struct err *e)
{
	uint32_t n = w->net->n_classes;

	if (find_matters(w, e))
		return -1;
	if (net_reach_all(w->reach))
		count_senders(w);
	for (int first = 1; first >= 0; first--) {
		for (uint32_t to = 0; to < n; to++) {
			if (w->matters[to] != first)
				continue;
			if (net_reach_work(w->reach) > REACH_WORK_MAX) {
				w->full = w->lost = true;
				break;
			}
			if (write_target(w, to, e))
				return -1;
		}
		w->lost |= first && w->full;
	}
	for (uint32_t c = 0; c < n; c++)
		if ((w->sends[c] || w->lost) && db_run(w->db, e, "UPDATE reach_class SET sends = 1 WHERE id = ?", "i", w->base + c))
			return -1;
	return 0;
}

static int write_networks(struct writing *w, uint32_t class, int direction, const struct net_outside *o, struct err *e)
{
	struct set family[2];

	cidr_families(&w->net->arena, o->addresses, &family[0], &family[1]);
	for (int f = 0; f < 2; f++) {
		struct cidr_walk walk = {0};
		auto_buf cidr = BUF_INIT;

		while (buf_reset(&cidr), cidr_next(family[f], &walk, &cidr))
			for (int i = PROTOCOL_TCP; i <= PROTOCOL_SCTP; i++) {
				auto_buf text = BUF_INIT;

				if (!ports_text(net_reach_set(w->reach, o->ports), i, &text) || w->outside++ >= OUTSIDE_ROWS_MAX)
					continue;
				if (db_run(w->db, e, "INSERT INTO reach_outside(class, direction, cidr, protocol, ports) VALUES (?, ?, ?, ?, ?)", "issst",
					   w->base + class, net_direction[direction], buf_str(&cidr), protocol_name(i), buf_span(&text)))
					return -1;
			}
	}
	return 0;
}

static int write_outside(struct writing *w, struct err *e)
{
	for (uint32_t c = 0; c < w->net->n_classes && net_reach_work(w->reach) <= REACH_WORK_MAX; c++)
		for (int d = 0; d < 2; d++) {
			const struct net_outside *all;
			size_t n = net_isolated(w->net, c, d) ? net_reach_outside(w->reach, c, d, &all) : 0;

			for (size_t i = 0; i < n && d == NET_EGRESS; i++)
				picture_outside(w->picture, c, all[i].ports);
			for (size_t i = 0; i < n; i++)
				if (write_networks(w, c, d, &all[i], e))
					return -1;
		}
	return 0;
}

static int one_cluster(struct db *db, const char *cluster, struct err *e)
{
	auto_net net = {0};
	struct writing w = {.db = db, .net = &net};

	if (net_load(&net, db, cluster, NULL, 0, e))
		return -1;
	w.reach = net_reach_new(&net);
	w.internet = public_addresses(&net.arena);
	w.ids = arena_array(&net.arena, net.n_classes, sizeof(*w.ids));
	w.matters = arena_array(&net.arena, net.n_classes, sizeof(*w.matters));
	w.sends = arena_array(&net.arena, net.n_classes, sizeof(*w.sends));
	find_held(&w);
	if (write_plugin(&w, e) || write_problems(&w, e) || write_classes(&w, e) || write_subjects(&w, e) || derive_flows(&net, w.reach, w.internet, e))
		return -1;
	w.picture = picture_start(&net, w.reach, w.base, e);
	if (!w.picture || write_reach(&w, e) || write_outside(&w, e) || picture_write(w.picture, w.targets == net.n_classes, e))
		return -1;
	if (w.lost && db_run(db, e, "INSERT INTO problem(message) VALUES (?)", "s",
			     arena_printf(&net.arena, "%s: more than %d pairs of pods reach one another, or its policies take too long to evaluate for all pods: the table reach has the "
					  "first, `plimsoll network reach` lists all",
					  cluster, REACH_ROWS_MAX)))
		return -1;
	return network_lint_write(&net, w.reach, e);
}

int derive_network(struct db *db, struct err *e)
{
	auto_stmt *s = NULL;
	int rc;

	if (db_prepare(db, "SELECT cluster FROM workload UNION SELECT cluster FROM namespace UNION SELECT cluster FROM network_policy "
			   "UNION SELECT cluster FROM network_object ORDER BY 1", &s, e))
		return -1;
	while ((rc = db_step(db, s, e)) == 1) {
		auto_buf name = BUF_INIT;

		buf_add_span(&name, db_text(s, 0));
		if (one_cluster(db, buf_str(&name), e))
			return -1;
	}
	return rc;
}
