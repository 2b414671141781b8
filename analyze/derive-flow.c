// SPDX-License-Identifier: Apache-2.0
// Observed flows against the model of the network: who their ends are, and whether the policies permit them. What they left unused is
// derive-unused.c's.
#include "derive-flow.h"
#include "network.h"

#include <stdlib.h>

/* Rules looked at for all flows of a cluster: some ten seconds. What comes later is not judged. */
#define FLOW_WORK_MAX 2000000000ull

/* A port of an address that a service has, and the workload behind. */
struct service_port {
	wide address;
	int protocol; /* -1: the address only */
	int64_t port;
	int64_t workload; /* 0: none that is known */
	struct span target; /* the port there: a number or name */
};
struct judging {
	struct net *net;
	struct net_reach *reach;
	struct set internet, local, metadata;
	struct service_port *services; /* by address, protocol, port, workload, target */
	size_t n_services;
	bool *watched; /* of each endpoint: something was seen at its end */
	bool *doubtful[2]; /* of each endpoint: it may be what an ambiguous address received (NET_INGRESS) or sent */
	uint32_t *row; /* what reaches class `row_of` */
	uint32_t row_of;
	uint64_t work;
};

/* One end of a flow. */
struct far {
	struct net_party party;
	const struct net_endpoint *pod; /* a pod of its workload */
	const char *place;
	bool service;
	bool known; /* policies can be asked */
	bool itself; /* `pod` is the very one that was seen */
};

static int compare_service(const struct service_port *a, wide address, int protocol, int64_t port)
{
	if (a->address != address)
		return a->address < address ? -1 : 1;
	if (a->protocol != protocol)
		return a->protocol < protocol ? -1 : 1;
	return a->port < port ? -1 : a->port > port;
}

static int by_service(const void *x, const void *y)
{
	const struct service_port *a = x, *b = y;
	int c = compare_service(a, b->address, b->protocol, b->port);

	if (c == 0)
		c = a->workload < b->workload ? -1 : a->workload > b->workload;
	return c ? c : span_cmp(a->target, b->target);
}

static int load_services(struct judging *j, struct err *e)
{
	sqlite3_stmt *s = db_stmt(j->net->db, "WITH a AS (SELECT s.thing, s.cluster_ip AS ip FROM service s WHERE s.cluster = ?1 UNION SELECT s.thing, x.value FROM service s, json_each(s.external_ips) x WHERE s.cluster = ?1 "
					      "UNION SELECT s.thing, x.value FROM service s, json_each(s.load_balancer) x WHERE s.cluster = ?1) "
					      "SELECT a.ip, NULL, 0, NULL, NULL FROM a UNION ALL "
					      "SELECT a.ip, p.protocol, p.port, w.workload, coalesce(p.target, p.port) FROM a JOIN service_port p ON p.service = a.thing LEFT JOIN service_workload w ON w.service = a.thing");
	size_t cap = 0;
	int rc;

	db_bind(s, "s", j->net->cluster);
	while ((rc = db_step(j->net->db, s, e)) == 1) {
		struct span target = db_text(s, 4);
		wide address;

		if (address_parse(db_text(s, 0), &address))
			*NET_GROW(j->net, j->services, j->n_services, cap) = (struct service_port){address, sqlite3_column_type(s, 1) == SQLITE_NULL ? -1 : protocol_named(db_text(s, 1)),
												   sqlite3_column_int64(s, 2), sqlite3_column_int64(s, 3), {arena_strndup(&j->net->arena, target.p ? target.p : "", target.n), target.n}};
	}
	sqlite3_reset(s);
	if (j->n_services)
		qsort(j->services, j->n_services, sizeof(*j->services), by_service);
	return rc;
}

/* The first of its rows; NULL: no service has this port of the address (protocol -1: the address at all). */
static const struct service_port *service_at(const struct judging *j, wide address, int protocol, int64_t port)
{
	size_t low = 0, high = j->n_services;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (compare_service(&j->services[mid], address, protocol, port) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < j->n_services && compare_service(&j->services[low], address, protocol, port) == 0 ? &j->services[low] : NULL;
}

static bool one_of(const char *kind, const char *const *kinds)
{
	for (; *kinds; kinds++)
		if (strcmp(kind, *kinds) == 0)
			return true;
	return false;
}

/* Pods of a namespace that belong to the workload of this name and any of these kinds; NULL kinds: of any, but of one workload only. */
static const struct net_endpoint *of_workload(struct judging *j, const struct net_space *sp, struct span name, const char *const *kinds)
{
	const struct net_endpoint *found = NULL;

	j->work += sp->n;
	for (size_t i = sp->first; name.n && i < sp->first + sp->n; i++) {
		const struct net_endpoint *p = &j->net->endpoints[i];

		if (!span_eq(name, p->workload_name) || (kinds && !one_of(p->workload_kind, kinds)))
			continue;
		if (found && found->workload != p->workload)
			return NULL;
		found = p;
	}
	return found;
}

/* Pods whose names begin so, where all of them are of one workload. */
static const struct net_endpoint *of_prefix(struct judging *j, const struct net_space *sp, struct span prefix)
{
	const struct net_endpoint *found = NULL;

	j->work += sp->n;
	for (size_t i = sp->first; i < sp->first + sp->n; i++) {
		const struct net_endpoint *p = &j->net->endpoints[i];

		if (strncmp(p->name, prefix.p, prefix.n) != 0)
			continue;
		if (found && found->workload != p->workload)
			return NULL;
		found = p;
	}
	return found;
}

static struct span without_last(struct span name)
{
	while (name.n && name.p[name.n - 1] != '-')
		name.n--;
	return name.n ? (struct span){name.p, name.n - 1} : SPAN_NONE;
}

/*
 * Pods come and go while flows are watched. What is gone is told by its name as controllers make it: Deployment "web" has pods
 * web-<hash of the template>-<5 characters>, CronJobs web-<minute>-<5>, others web-<5 characters> or web-<ordinal>.
 */
static const struct net_endpoint *gone_pod(struct judging *j, const struct net_space *sp, struct span name)
{
	static const char *const two[] = {"Deployment", "CronJob", NULL}, *const one[] = {"ReplicaSet", "DaemonSet", "StatefulSet", "Job", "ReplicationController", NULL};
	struct span first = without_last(name), second = without_last(first);
	const struct net_endpoint *p = of_workload(j, sp, name, NULL);
	size_t suffix = name.n - first.n - 1;

	if (p || !first.n || suffix == 0 || suffix > 10)
		return p;
	p = of_workload(j, sp, first, one);
	return p || suffix != 5 ? p : of_workload(j, sp, second, two);
}

static bool named_end(struct judging *j, struct span text, struct far *out)
{
	struct net_wish w;
	const struct net_space *sp;

	if (!network_split(text, &w) || !w.namespace.n || !w.name.n)
		return false;
	*out = (struct far){.place = "pod", .pod = net_find(j->net, w.namespace, w.name)};
	out->itself = out->pod != NULL;
	sp = net_find_space(j->net, w.namespace);
	if (!out->pod && sp) {
		if (span_ends(w.name, "*"))
			out->pod = of_prefix(j, sp, (struct span){w.name.p, w.name.n - 1});
		if (!out->pod)
			out->pod = gone_pod(j, sp, span_ends(w.name, "-*") ? (struct span){w.name.p, w.name.n - 2} : w.name);
		if (!out->pod && span_ends(w.name, "-*")) /* the ReplicaSet's name */
			out->pod = of_workload(j, sp, without_last((struct span){w.name.p, w.name.n - 2}), (const char *const[]){"Deployment", NULL});
	}
	out->known = out->pod != NULL;
	if (out->pod)
		out->party = net_party_pod(out->pod);
	else
		out->place = "gone";
	return true;
}

/*
 * Who was behind an address when the flow was seen. Nobody is taken where several had it: an address is given away again once a pod is done. What is
 * certain is that the pod that runs had it from its start on.
 */
static struct far address_end(struct judging *j, wide address, int64_t first, bool hides, int direction)
{
	struct net_owner o = net_find_address(j->net, address);
	struct far f = {.place = "ambiguous", .party = {.address = address}};

	if (o.shared || (o.was && !(o.pod && o.pod->started && first >= o.pod->started))) {
		for (size_t i = 0; hides && i < o.n; i++)
			if (o.at[i].pod)
				j->doubtful[direction][o.at[i].pod - j->net->endpoints] = true;
		return f;
	}
	f.party = (struct net_party){.pod = o.pod, .node = o.node, .address = address};
	f.pod = o.pod;
	f.itself = o.pod != NULL;
	f.known = !o.host || !j->net->has_cilium; /* which asks whether it is a node */
	if (o.pod || o.node || o.host)
		f.place = o.pod ? "pod" : "node";
	else if (set_has(j->metadata, address))
		f.place = "metadata";
	else if (service_at(j, address, -1, 0))
		f.place = "service", f.service = true;
	else
		f.place = set_has(j->internet, address) ? "internet" : set_has(j->local, address) ? "local" : "private";
	return f;
}

static struct far end_of(struct judging *j, struct span text, int64_t first, bool hides, int direction)
{
	struct far f = {.place = "unknown"};
	wide address;

	if (address_parse(text, &address))
		return address_end(j, address, first, hides, direction);
	if (named_end(j, text, &f))
		return f;
	if (span_eq(text, "pub"))
		f.place = "internet";
	else if (span_eq(text, "pvt"))
		f.place = "private";
	else if ((f.party.node = net_find_node(j->net, text)))
		f.place = "node", f.known = true;
	return f;
}

/* Plug-ins judge the pod behind a service's address: known where one workload is; where several are, each may have been asked. `port` becomes that
 * of the pod, or 0. */
static void behind_service(struct judging *j, struct far *to, int protocol, int64_t *port, bool hides)
{
	const struct service_port *p = service_at(j, to->party.address, protocol, *port), *last = p;
	int number = protocol;
	uint32_t at = 0;

	*port = 0;
	to->known = false;
	while (p && last + 1 < j->services + j->n_services && compare_service(last + 1, p->address, p->protocol, p->port) == 0)
		last++;
	to->pod = p && p->workload == last->workload ? net_find_workload(j->net, p->workload) : NULL;
	for (const struct service_port *x = p; hides && x && !to->pod && x <= last; x++) {
		const struct net_endpoint *behind = net_find_workload(j->net, x->workload);

		if (behind)
			j->doubtful[NET_INGRESS][behind - j->net->endpoints] = true;
	}
	if (!to->pod)
		return;
	to->party = net_party_pod(to->pod);
	to->known = span_is(p->target, last->target) && network_port(&to->party, span_of(protocol_name(protocol)), p->target, &number, &at, NULL) == 0;
	*port = to->known ? (int64_t)at : 0;
}

static uint64_t rules_of(struct net *net, const struct net_endpoint *p, int direction)
{
	const struct net_applied *a = p && p->class != NET_NO_CLASS ? net_applied(net, p->class, direction) : NULL;
	uint64_t n = 1;

	for (size_t i = 0; a && i < a->n; i++)
		n += a->at[i]->rules[direction].n;
	return n;
}

/* Where the port is not told: denied when none passes, permitted when all do. */
static int any_port(struct judging *j, const struct far *from, const struct far *to, int protocol)
{
	struct range whole = {port_at(protocol, 1), port_at(protocol, 65535)};
	struct set all = {&whole, 1}, open;

	if (!from->pod || !to->pod)
		return -1;
	if (j->row_of != to->pod->class) {
		uint64_t before = net_reach_work(j->reach);

		net_reach_row(j->reach, to->pod->class, j->row);
		j->row_of = to->pod->class;
		j->work += net_reach_work(j->reach) - before;
	}
	open = net_reach_set(j->reach, j->row[from->pod->class]);
	return !set_meets(open, all) ? 0 : set_within(all, open) ? 1 : -1;
}

static int permitted(struct judging *j, const struct far *from, const struct far *to, int protocol, int64_t port)
{
	struct net_answer answer;

	if (!from->known || !to->known || protocol < 0 || j->work > FLOW_WORK_MAX)
		return -1;
	if (protocol <= PROTOCOL_SCTP && port == 0)
		return any_port(j, from, to, protocol);
	j->work += rules_of(j->net, from->pod, NET_EGRESS) + rules_of(j->net, to->pod, NET_INGRESS);
	net_ask(j->net, &from->party, &to->party, protocol, (uint32_t)port, &answer);
	return answer.allowed;
}

static int one_flow(struct judging *j, sqlite3_stmt *s, struct err *e)
{
	int protocol = protocol_named(db_text(s, 3));
	int64_t port = sqlite3_column_int64(s, 4), pod_port = 0, first = sqlite3_column_int64(s, 7);
	bool hides = sqlite3_column_int(s, 8); /* a flow that counts as used, if its ends were known */
	struct far from = end_of(j, db_text(s, 1), first, hides, NET_EGRESS), to = end_of(j, db_text(s, 2), first, hides, NET_INGRESS);

	if (from.itself && sqlite3_column_int(s, 5))
		j->watched[from.pod - j->net->endpoints] = true;
	if (to.itself && sqlite3_column_int(s, 6))
		j->watched[to.pod - j->net->endpoints] = true;
	if (from.service)
		from.known = false;
	if (to.service) {
		behind_service(j, &to, protocol, &port, hides);
		pod_port = port;
	}
	return db_run(j->net->db, e, "UPDATE flow SET source_workload = ?, target_workload = ?, source_place = ?, target_place = ?, permitted = ?, pod_port = ? WHERE id = ?", "rrssbri",
		      from.pod ? from.pod->workload : 0, to.pod ? to.pod->workload : 0, from.place, to.place, permitted(j, &from, &to, protocol, port), pod_port, sqlite3_column_int64(s, 0));
}

static int judge(struct judging *j, struct err *e)
{
	sqlite3_stmt *s = db_stmt(j->net->db, "SELECT id, source, target, protocol, port, at_source, at_target, first, NOT reply AND allowed IS NOT 0 FROM flow WHERE cluster = ? "
					      "ORDER BY iif(port = 0, target, NULL), id"); /* rows in their order are written fastest; any_port() keeps what it knows of one target */
	int rc;

	db_bind(s, "s", j->net->cluster);
	while ((rc = db_step(j->net->db, s, e)) == 1)
		if (one_flow(j, s, e)) {
			rc = -1;
			break;
		}
	sqlite3_reset(s);
	return rc;
}

/* Rows of one connection whose outcome ?1 is told better by another row's, ?2: these become one. Both ends may have told of the same connection, so that
 * the larger number counts. */
#define SAME "o.cluster = flow.cluster AND o.source = flow.source AND o.target = flow.target AND o.protocol = flow.protocol AND o.port = flow.port AND o.reply = flow.reply AND o.origin = flow.origin"
static bool any_told(struct judging *j, int outcome)
{
	return db_int(j->net->db, 0, "SELECT EXISTS (SELECT 1 FROM flow WHERE cluster = ? AND coalesce(allowed, -1) = coalesce(?, -1))", "sb", j->net->cluster, outcome);
}

static int join(struct judging *j, int worse, int better, struct err *e)
{
	if (!any_told(j, worse) || !any_told(j, better))
		return 0;
	return db_run(j->net->db, e,
		      "UPDATE flow SET count = max(flow.count, o.count), at_source = max(flow.at_source, o.at_source), at_target = max(flow.at_target, o.at_target), name = coalesce(flow.name, o.name), tls = min(coalesce(flow.tls, o.tls), coalesce(o.tls, flow.tls)), "
		      "first = min(coalesce(flow.first, o.first), coalesce(o.first, flow.first)), last = max(coalesce(flow.last, o.last), coalesce(o.last, flow.last)) "
		      "FROM flow o WHERE flow.cluster = ?3 AND " SAME " AND coalesce(o.allowed, -1) = coalesce(?1, -1) AND coalesce(flow.allowed, -1) = coalesce(?2, -1)",
		      "bbs", worse, better, j->net->cluster) ||
			       db_run(j->net->db, e, "DELETE FROM flow AS o WHERE o.cluster = ?3 AND coalesce(o.allowed, -1) = coalesce(?1, -1) AND EXISTS (SELECT 1 FROM flow WHERE " SAME
						     " AND coalesce(flow.allowed, -1) = coalesce(?2, -1))", "bbs", worse, better, j->net->cluster)
		       ? -1
		       : 0;
}

/* What left the sender came to its end where nobody inside could stop it; else the receiver's end tells, if anyone does. */
static int settle(struct judging *j, struct err *e)
{
	enum { NOT_TOLD = -1, DROPPED, PASSED, SENT }; /* as load-flow.c writes them */

	if (join(j, SENT, PASSED, e) ||
	    db_run(j->net->db, e, "UPDATE flow SET allowed = 1 WHERE cluster = ? AND allowed = 2 AND target_place IN ('internet', 'private', 'metadata', 'local')", "s", j->net->cluster) ||
	    join(j, NOT_TOLD, SENT, e) || db_run(j->net->db, e, "UPDATE flow SET allowed = NULL WHERE cluster = ? AND allowed = 2", "s", j->net->cluster))
		return -1;
	return join(j, NOT_TOLD, PASSED, e) || join(j, NOT_TOLD, DROPPED, e) ? -1 : 0;
}

/* Nodes on which somebody watched, and workloads that may be the end of a flow whose address is ambiguous. A pod that is gone does not tell where it ran. */
static int write_watched(struct judging *j, struct err *e)
{
	if (db_exec(j->net->db, "CREATE TEMP TABLE IF NOT EXISTS watched(node TEXT PRIMARY KEY) WITHOUT ROWID", e) || db_exec(j->net->db, "DELETE FROM temp.watched", e) ||
	    db_exec(j->net->db, "CREATE TEMP TABLE IF NOT EXISTS doubtful(workload INTEGER, role TEXT, PRIMARY KEY (workload, role)) WITHOUT ROWID", e) ||
	    db_exec(j->net->db, "DELETE FROM temp.doubtful", e))
		return -1;
	for (size_t i = 0; i < j->net->n_endpoints; i++)
		if (j->watched[i] && j->net->endpoints[i].node_name && db_run(j->net->db, e, "INSERT OR IGNORE INTO temp.watched(node) VALUES (?)", "s", j->net->endpoints[i].node_name))
			return -1;
	for (size_t i = 0; i < j->net->n_endpoints; i++)
		for (int d = 0; d < 2; d++)
			if (j->doubtful[d][i] && j->net->endpoints[i].workload &&
			    db_run(j->net->db, e, "INSERT OR IGNORE INTO temp.doubtful(workload, role) VALUES (?, ?)", "is", j->net->endpoints[i].workload, d == NET_EGRESS ? "out" : "in"))
				return -1;
	return 0;
}

/* Flows that are alike in what coverage asks for: few, however many flows there are. cilium monitor tells addresses only, so that a private one may be a
 * pod's that is gone. */
#define FLOW_KINDS                                                                                                                                                  \
	"CREATE TEMP TABLE flow_kind AS SELECT source_workload AS a, target_workload AS b, "                                                                   \
	"source_workload IS NULL AND (source_place IN ('gone', 'unknown', 'ambiguous', 'service') OR (source_place = 'private' AND origin = 'cilium')) AS blind_in, "       \
	"target_workload IS NULL AND (target_place IN ('gone', 'unknown', 'ambiguous', 'service') OR (target_place = 'private' AND origin = 'cilium')) AS blind_out, "      \
	"at_source OR at_target AS watched, allowed IS NOT 0 AS passed, count(*) AS n, sum(count) AS count, min(first) AS first, max(last) AS last "                         \
	"FROM flow WHERE cluster = ? AND NOT reply GROUP BY 1, 2, 3, 4, 5, 6"

/* What all flows have in common is what an export was filtered by, as far as anyone can tell: of all else it holds a part only. */
static int cover(struct judging *j, struct err *e)
{
	if (db_exec(j->net->db, "DROP TABLE IF EXISTS temp.flow_kind", e) || db_run(j->net->db, e, FLOW_KINDS, "s", j->net->cluster))
		return -1;
	return db_run(j->net->db, e,
		      "WITH seen AS (SELECT a AS workload, count, first, last, 'out' AS role, blind_out AS blind FROM temp.flow_kind WHERE passed "
		      "  UNION ALL SELECT b, count, first, last, 'in', blind_in FROM temp.flow_kind WHERE passed), "
		      "whole AS MATERIALIZED (SELECT f.rowid AS id, f.n, f.a, f.b, v.namespace AS x, w.namespace AS y FROM temp.flow_kind f LEFT JOIN workload v ON v.thing = f.a "
		      "  LEFT JOIN workload w ON w.thing = f.b WHERE f.watched), "
		      "total AS (SELECT sum(n) AS n FROM whole), "
		      "place AS MATERIALIZED (SELECT x AS namespace FROM (SELECT id, n, x FROM whole UNION SELECT id, n, y FROM whole) k WHERE x IS NOT NULL GROUP BY x HAVING sum(k.n) = (SELECT n FROM total)), "
		      "one AS MATERIALIZED (SELECT a AS workload FROM (SELECT id, n, a FROM whole UNION SELECT id, n, b FROM whole) k WHERE a IS NOT NULL GROUP BY a HAVING sum(k.n) = (SELECT n FROM total)), "
		      "known AS (SELECT w.thing, NOT EXISTS (SELECT 1 FROM meta WHERE key = 'flows-cut') "
		      "  AND (NOT EXISTS (SELECT 1 FROM place) OR w.namespace IN (SELECT namespace FROM place)) AND (NOT EXISTS (SELECT 1 FROM one) OR w.thing IN (SELECT workload FROM one)) "
		      "  AND EXISTS (SELECT 1 FROM pod p WHERE p.workload = w.thing) AND NOT EXISTS (SELECT 1 FROM pod p WHERE p.workload = w.thing AND coalesce(p.phase, '') NOT IN ('Succeeded', 'Failed') "
		      "  AND coalesce(p.node, '') NOT IN (SELECT node FROM temp.watched)) AS yes FROM workload w WHERE w.cluster = ?1) "
		      "INSERT INTO flow_cover(workload, inbound, outbound, flows, first, last) SELECT s.workload, "
		      "k.yes AND NOT max(s.role = 'in' AND blind) AND NOT EXISTS (SELECT 1 FROM temp.doubtful d WHERE d.workload = s.workload AND d.role = 'in'), "
		      "k.yes AND NOT max(s.role = 'out' AND blind) AND NOT EXISTS (SELECT 1 FROM temp.doubtful d WHERE d.workload = s.workload AND d.role = 'out'), "
		      "sum(count), min(first), max(last) FROM seen s JOIN known k ON k.thing = s.workload GROUP BY s.workload ORDER BY s.workload",
		      "s", j->net->cluster);
}

static struct set networks(struct arena *a, const char *const *cidrs)
{
	struct set all = {0}, one;

	for (; *cidrs; cidrs++)
		if (cidr_parse(a, span_of(*cidrs), &one, NULL) == 0)
			all = set_union(a, all, one);
	return all;
}

int derive_flows(struct net *net, struct net_reach *reach, struct set internet, struct err *e)
{
	/* AWS, Azure, Google and others at the first; AWS over IPv6, ECS's for tasks, Alibaba's. */
	static const char *const metadata[] = {"169.254.169.254/32", "fd00:ec2::254/128", "169.254.170.2/32", "169.254.170.23/32", "fd00:ec2::23/128", "100.100.100.200/32", NULL};
	static const char *const local[] = {"127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32", "::1/128", "fe80::/10", "ff00::/8", "0.0.0.0/8", NULL};
	struct judging j = {.net = net, .reach = reach, .internet = internet, .row_of = NET_NO_CLASS};

	if (!db_int(net->db, 0, "SELECT EXISTS (SELECT 1 FROM flow WHERE cluster = ?)", "s", net->cluster))
		return 0;
	j.local = networks(&net->arena, local);
	j.metadata = networks(&net->arena, metadata);
	j.watched = arena_array(&net->arena, net->n_endpoints, sizeof(*j.watched));
	for (int d = 0; d < 2; d++)
		j.doubtful[d] = arena_array(&net->arena, net->n_endpoints, sizeof(bool));
	j.row = arena_array(&net->arena, net->n_classes, sizeof(*j.row));
	if (load_services(&j, e) || judge(&j, e) || settle(&j, e) || write_watched(&j, e) || cover(&j, e))
		return -1;
	if (j.work > FLOW_WORK_MAX && db_run(net->db, e, "INSERT INTO problem(message) VALUES (?)", "s",
					     arena_printf(&net->arena, "%s: its flows and policies are too many to judge every flow: of some it is not told whether policies permit them", net->cluster)))
		return -1;
	return derive_unused(net, reach, e);
}
