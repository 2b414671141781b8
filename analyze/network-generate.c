// SPDX-License-Identifier: Apache-2.0
// `plimsoll network generate`: the least NetworkPolicies that keep what was observed, or, where nothing was, what services and containers
// declare. Each namespace gets a default deny, DNS, and one policy for each workload. The result is evaluated before it is written.
#include "network-convert.h"
#include "network-list.h"
#include "common/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* One thing that a workload must be able to do. */
struct need {
	const struct net_unit *unit;
	int direction;
	struct span peer; /* JSON of the peer; empty: anybody */
	int protocol;
	uint32_t port;
};

struct generating {
	const struct network_options *o;
	struct net net;
	struct net_units units;
	struct need *needs;
	size_t n, cap;
	bool observed; /* there are flows */
	size_t ambiguous; /* of which so many have an end that several pods may be */
	net_convert *convert; /* NULL: NetworkPolicies as they are */
	const struct json **objects;
	size_t n_objects, cap_objects;
};

static struct json text(struct generating *g, const char *s)
{
	return json_make_str(&g->net.arena, span_of(s));
}

static void set(struct generating *g, struct json *o, const char *key, struct json v)
{
	json_set(&g->net.arena, o, key, v);
}

static struct json object_of(struct generating *g, const char *key, struct json v)
{
	struct json o = {.type = JSON_OBJECT};

	set(g, &o, key, v);
	return o;
}

/* Labels that controllers give to single pods or revisions, and the API server for the node that a pod runs on (PodTopologyLabels). */
static bool passing(struct span key)
{
	static const char *const keys[] = {"pod-template-hash", "controller-revision-hash", "statefulset.kubernetes.io/pod-name", "pod-template-generation",
					   "apps.kubernetes.io/pod-index", "controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name",
					   "batch.kubernetes.io/job-completion-index", "rollouts-pod-template-hash", "topology.kubernetes.io/zone",
					   "topology.kubernetes.io/region"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (span_eq(key, keys[i]))
			return true;
	return false;
}

/* The labels by which a workload's pods are known: those of its template. Without any, every pod of the namespace. */
static struct json selector_of(struct generating *g, const struct net_unit *u)
{
	sqlite3_stmt *s = db_stmt(g->net.db, "SELECT key, value FROM template_label WHERE workload = ? ORDER BY key");
	struct json labels = {.type = JSON_OBJECT}, none = {.type = JSON_OBJECT};

	db_bind(s, "i", u->first->workload);
	while (sqlite3_step(s) == SQLITE_ROW)
		if (!passing(db_text(s, 0))) {
			const char *key = arena_strndup(&g->net.arena, db_text(s, 0).p, db_text(s, 0).n);

			set(g, &labels, key, json_make_str(&g->net.arena, db_text(s, 1)));
		}
	sqlite3_reset(s);
	return labels.n ? object_of(g, "matchLabels", labels) : none;
}

static struct json namespace_selector(struct generating *g, const char *name)
{
	return object_of(g, "matchLabels", object_of(g, "kubernetes.io/metadata.name", text(g, name)));
}

static struct span keep_json(struct generating *g, const struct json *v)
{
	auto_buf b = BUF_INIT;

	json_write(&b, v);
	return (struct span){arena_strndup(&g->net.arena, b.p, b.n), b.n};
}

static const struct net_unit *unit_of(const struct generating *g, const struct net_endpoint *p)
{
	for (size_t i = 0; p && i < g->units.n; i++) {
		const struct net_endpoint *x = g->units.at[i].first;

		if (x->space == p->space && strcmp(x->workload_kind, p->workload_kind) == 0 && strcmp(x->workload_name, p->workload_name) == 0)
			return &g->units.at[i];
	}
	return NULL;
}

/* A peer for the other end: its pods, or its address. Absent when neither is known. */
static struct span peer_of(struct generating *g, const struct net_party *other)
{
	const struct net_unit *u = other->pod && !other->pod->host_network ? unit_of(g, other->pod) : NULL;
	wide address = other->pod && other->pod->n_addresses ? other->pod->addresses[0] : other->node && other->node->n_addresses ? other->node->addresses[0] : other->address;
	struct json peer = {.type = JSON_OBJECT};
	auto_buf b = BUF_INIT;

	if (u) {
		set(g, &peer, "namespaceSelector", namespace_selector(g, u->first->space->name));
		set(g, &peer, "podSelector", selector_of(g, u));
		return keep_json(g, &peer);
	}
	if (!address && (other->pod || other->node))
		return SPAN_NONE;
	address_text(address, &b);
	buf_add_str(&b, address_is_v4(address) ? "/32" : "/128");
	set(g, &peer, "ipBlock", object_of(g, "cidr", text(g, buf_str(&b))));
	return keep_json(g, &peer);
}

static void add_need(struct generating *g, const struct net_unit *u, int direction, struct span peer, int protocol, uint32_t port)
{
	if (u && !u->first->host_network && peer.p && protocol <= PROTOCOL_SCTP && port)
		*NET_GROW(&g->net, g->needs, g->n, g->cap) = (struct need){u, direction, peer, protocol, port};
}

/* Whoever counts requests may not tell the port: those that the target's containers declare. */
static void add_declared(struct generating *g, const struct net_party *from, const struct net_party *to, int protocol)
{
	sqlite3_stmt *s = db_stmt(g->net.db, "SELECT DISTINCT p.port FROM container c JOIN container_port p ON p.container = c.thing WHERE c.workload = ? AND p.protocol = ? ORDER BY 1");

	db_bind(s, "is", to->pod->workload, protocol_name(protocol));
	while (sqlite3_step(s) == SQLITE_ROW) {
		add_need(g, unit_of(g, from->pod), NET_EGRESS, peer_of(g, to), protocol, (uint32_t)sqlite3_column_int(s, 0));
		add_need(g, unit_of(g, to->pod), NET_INGRESS, peer_of(g, from), protocol, (uint32_t)sqlite3_column_int(s, 0));
	}
	sqlite3_reset(s);
}

static int needs_of_flows(struct generating *g, struct err *e)
{
	sqlite3_stmt *s = db_stmt(g->net.db, "SELECT source, target, protocol, coalesce(pod_port, port), source_workload, target_workload, "
					     "source_place = 'ambiguous' OR target_place = 'ambiguous' FROM flow WHERE cluster = ? AND NOT reply AND allowed IS NOT 0 ORDER BY id");
	int rc;

	db_bind(s, "s", g->net.cluster);
	while ((rc = db_step(g->net.db, s, e)) == 1) {
		struct net_party from, to;
		int protocol = protocol_named(db_text(s, 2));
		uint32_t port = (uint32_t)sqlite3_column_int(s, 3);

		g->observed = true;
		if (sqlite3_column_int(s, 6)) {
			g->ambiguous++;
			continue;
		}
		if (network_flow_party(&g->net, db_text(s, 0), sqlite3_column_int64(s, 4), &from) || network_flow_party(&g->net, db_text(s, 1), sqlite3_column_int64(s, 5), &to) || protocol < 0)
			continue;
		if (!port && protocol <= PROTOCOL_SCTP && to.pod)
			add_declared(g, &from, &to, protocol);
		add_need(g, unit_of(g, from.pod), NET_EGRESS, peer_of(g, &to), protocol, port);
		add_need(g, unit_of(g, to.pod), NET_INGRESS, peer_of(g, &from), protocol, port);
	}
	sqlite3_reset(s);
	return rc;
}

/* Without flows: ports that containers declare, open to the namespace, and to everybody where the outside is led to them. */
static int needs_of_ports(struct generating *g, struct err *e)
{
	sqlite3_stmt *s = db_stmt(g->net.db, "SELECT DISTINCT p.protocol, p.port, EXISTS (SELECT 1 FROM exposure x WHERE x.workload = c.workload) FROM container c "
					     "JOIN container_port p ON p.container = c.thing WHERE c.workload = ? AND c.type IN ('container', 'sidecar') ORDER BY 1, 2");
	struct json own = object_of(g, "podSelector", (struct json){.type = JSON_OBJECT});
	int rc = 0;

	for (size_t i = 0; i < g->units.n && rc >= 0; i++) {
		db_bind(s, "i", g->units.at[i].first->workload);
		while ((rc = db_step(g->net.db, s, e)) == 1)
			add_need(g, &g->units.at[i], NET_INGRESS, sqlite3_column_int(s, 2) ? SPAN("") : keep_json(g, &own), protocol_named(db_text(s, 0)),
				 (uint32_t)sqlite3_column_int(s, 1));
		sqlite3_reset(s);
	}
	return rc;
}

/* Where the API server is: nodes of the control plane, and its service. Pods that carry a token mostly speak to it. */
static int needs_of_api(struct generating *g, struct err *e)
{
	sqlite3_stmt *s = db_stmt(g->net.db, "SELECT internal_ip || '/32', 6443 FROM node WHERE cluster = ?1 AND control_plane AND internal_ip GLOB '*.*' UNION "
					     "SELECT cluster_ip || '/32', 443 FROM service WHERE cluster = ?1 AND namespace = 'default' AND name = 'kubernetes' AND cluster_ip GLOB '*.*' "
					     "ORDER BY 1");
	int rc;

	db_bind(s, "s", g->net.cluster);
	while ((rc = db_step(g->net.db, s, e)) == 1) {
		struct json peer = object_of(g, "ipBlock", object_of(g, "cidr", json_make_str(&g->net.arena, db_text(s, 0))));
		struct span kept = keep_json(g, &peer);

		for (size_t i = 0; i < g->units.n; i++)
			if (db_int(g->net.db, 1, "SELECT automount IS NOT 0 OR token_mounted FROM workload WHERE thing = ?", "i", g->units.at[i].first->workload))
				add_need(g, &g->units.at[i], NET_EGRESS, kept, PROTOCOL_TCP, (uint32_t)sqlite3_column_int(s, 1));
	}
	sqlite3_reset(s);
	return rc;
}

static int by_need(const void *x, const void *y)
{
	const struct need *a = x, *b = y;
	int c = a->unit < b->unit ? -1 : a->unit > b->unit;

	if (c == 0)
		c = a->direction - b->direction;
	if (c == 0)
		c = span_cmp(a->peer, b->peer);
	if (c == 0)
		c = a->protocol - b->protocol;
	return c ? c : (a->port > b->port) - (a->port < b->port);
}

static struct json policy(struct generating *g, const char *namespace, const char *name, struct json spec)
{
	struct json o = {.type = JSON_OBJECT}, meta = {.type = JSON_OBJECT};

	set(g, &o, "apiVersion", text(g, "networking.k8s.io/v1"));
	set(g, &o, "kind", text(g, "NetworkPolicy"));
	set(g, &meta, "name", text(g, name));
	set(g, &meta, "namespace", text(g, namespace));
	set(g, &o, "metadata", meta);
	set(g, &o, "spec", spec);
	return o;
}

static struct json types(struct generating *g, bool ingress, bool egress)
{
	struct json list = {.type = JSON_ARRAY};

	if (ingress)
		json_push(&g->net.arena, &list, text(g, "Ingress"));
	if (egress)
		json_push(&g->net.arena, &list, text(g, "Egress"));
	return list;
}

static struct json port_of(struct generating *g, int protocol, uint32_t port)
{
	struct json p = object_of(g, "protocol", text(g, protocol_name(protocol)));

	set(g, &p, "port", json_make_int(&g->net.arena, port));
	return p;
}

static void keep_object(struct generating *g, struct json o)
{
	struct json *copy = arena_alloc(&g->net.arena, sizeof(*copy));

	*copy = g->convert ? g->convert(&g->net, &o) : o;
	*NET_GROW(&g->net, g->objects, g->n_objects, g->cap_objects) = copy;
}

/* Rules of one direction: one for each peer, with all of its ports. */
static struct json rules_of(struct generating *g, const struct need *at, size_t n)
{
	struct json rules = {.type = JSON_ARRAY};

	for (size_t i = 0; i < n;) {
		struct json rule = {.type = JSON_OBJECT}, ports = {.type = JSON_ARRAY}, peers = {.type = JSON_ARRAY};
		size_t k = i;
		struct json *peer;

		for (; k < n && span_is(at[k].peer, at[i].peer); k++)
			if (k == i || at[k].protocol != at[k - 1].protocol || at[k].port != at[k - 1].port)
				json_push(&g->net.arena, &ports, port_of(g, at[k].protocol, at[k].port));
		if (at[i].peer.n && json_parse(&g->net.arena, at[i].peer, &peer, NULL) == 0) {
			json_push(&g->net.arena, &peers, *peer);
			set(g, &rule, at[i].direction == NET_INGRESS ? "from" : "to", peers);
		}
		set(g, &rule, "ports", ports);
		json_push(&g->net.arena, &rules, rule);
		i = k;
	}
	return rules;
}

/* A Deployment and a StatefulSet of one name stand beside one another: units lie by namespace, kind, name. */
static bool name_is_shared(const struct generating *g, const struct net_unit *u)
{
	for (size_t i = 0; i < g->units.n; i++)
		if (&g->units.at[i] != u && g->units.at[i].first->space == u->first->space && strcmp(g->units.at[i].first->workload_name, u->first->workload_name) == 0)
			return true;
	return false;
}

static void unit_policy(struct generating *g, const struct need *at, size_t n)
{
	const struct net_unit *u = at->unit;
	struct json spec = {.type = JSON_OBJECT};
	size_t ingress = 0;
	char name[254];

	while (ingress < n && at[ingress].direction == NET_INGRESS)
		ingress++;
	snprintf(name, sizeof(name), "allow-%.200s%s%.40s", u->first->workload_name, name_is_shared(g, u) ? "." : "",
		 name_is_shared(g, u) ? u->first->workload_kind : "");
	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	set(g, &spec, "podSelector", selector_of(g, u));
	set(g, &spec, "policyTypes", types(g, ingress > 0, ingress < n));
	if (ingress)
		set(g, &spec, "ingress", rules_of(g, at, ingress));
	if (ingress < n)
		set(g, &spec, "egress", rules_of(g, at + ingress, n - ingress));
	keep_object(g, policy(g, u->first->space->name, name, spec));
}

/* DNS servers are pods behind k8s-app=kube-dns by convention; where no such pod is seen, port 53 stays open to the cluster. */
static void dns_policy(struct generating *g, const char *namespace)
{
	sqlite3_stmt *s = db_stmt(g->net.db, "SELECT w.namespace FROM template_label l JOIN workload w ON w.thing = l.workload WHERE w.cluster = ? AND l.key = 'k8s-app' "
					     "AND l.value = 'kube-dns' AND NOT w.host_network ORDER BY 1 LIMIT 1");
	struct json spec = {.type = JSON_OBJECT}, rule = {.type = JSON_OBJECT}, peer = {.type = JSON_OBJECT}, list = {.type = JSON_ARRAY}, ports = {.type = JSON_ARRAY},
		    egress = {.type = JSON_ARRAY};

	db_bind(s, "s", g->net.cluster);
	if (sqlite3_step(s) == SQLITE_ROW) {
		set(g, &peer, "namespaceSelector", namespace_selector(g, arena_strndup(&g->net.arena, db_text(s, 0).p, db_text(s, 0).n)));
		set(g, &peer, "podSelector", object_of(g, "matchLabels", object_of(g, "k8s-app", text(g, "kube-dns"))));
	} else {
		set(g, &peer, "namespaceSelector", (struct json){.type = JSON_OBJECT});
	}
	sqlite3_reset(s);
	json_push(&g->net.arena, &list, peer);
	json_push(&g->net.arena, &ports, port_of(g, PROTOCOL_UDP, 53));
	json_push(&g->net.arena, &ports, port_of(g, PROTOCOL_TCP, 53));
	set(g, &rule, "to", list);
	set(g, &rule, "ports", ports);
	json_push(&g->net.arena, &egress, rule);
	set(g, &spec, "podSelector", (struct json){.type = JSON_OBJECT});
	set(g, &spec, "policyTypes", types(g, false, true));
	set(g, &spec, "egress", egress);
	keep_object(g, policy(g, namespace, "allow-dns", spec));
}

static bool wanted(const struct generating *g, const struct net_space *sp)
{
	if (g->o->namespace)
		return strcmp(g->o->namespace, sp->name) == 0;
	return sp->n && !db_int(g->net.db, 0, "SELECT system FROM namespace WHERE cluster = ? AND name = ?", "ss", g->net.cluster, sp->name);
}

/* In the order of roll-out: what allows first, the default deny behind it. */
static void namespace_policies(struct generating *g, const struct net_space *sp)
{
	struct json spec = {.type = JSON_OBJECT};

	for (size_t i = 0; i < g->n;) {
		size_t k = i;

		while (k < g->n && g->needs[k].unit == g->needs[i].unit)
			k++;
		if (g->needs[i].unit->first->space == sp)
			unit_policy(g, g->needs + i, k - i);
		i = k;
	}
	if (g->observed)
		dns_policy(g, sp->name);
	set(g, &spec, "podSelector", (struct json){.type = JSON_OBJECT});
	set(g, &spec, "policyTypes", types(g, true, g->observed));
	keep_object(g, policy(g, sp->name, "default-deny", spec));
}

/* Observed flows that pass today and would not with what was generated. */
static int64_t broken(struct generating *g, size_t *asked, struct err *e)
{
	auto_net net = {0};
	struct net_more more = {.objects = g->objects, .n = g->n_objects, .replace = true};
	sqlite3_stmt *s = db_stmt(g->net.db, "SELECT source, target, protocol, coalesce(pod_port, port), source_workload, target_workload FROM flow WHERE cluster = ? AND NOT reply AND allowed IS NOT 0 AND permitted "
					     "AND source_place != 'ambiguous' AND target_place != 'ambiguous' ORDER BY id");
	int64_t bad = 0;
	int rc;

	if (net_load_with(&net, g->net.db, g->net.cluster, &more, e))
		return -1;
	db_bind(s, "s", g->net.cluster);
	while ((rc = db_step(g->net.db, s, e)) == 1) {
		struct net_party from, to;
		struct net_answer answer;
		int protocol = protocol_named(db_text(s, 2));

		if (protocol < 0 || protocol > PROTOCOL_SCTP || sqlite3_column_int(s, 3) == 0 || network_flow_party(&net, db_text(s, 0), sqlite3_column_int64(s, 4), &from) ||
		    network_flow_party(&net, db_text(s, 1), sqlite3_column_int64(s, 5), &to))
			continue;
		net_ask(&net, &from, &to, protocol, (uint32_t)sqlite3_column_int(s, 3), &answer);
		++*asked;
		bad += !answer.allowed;
	}
	sqlite3_reset(s);
	return rc < 0 ? -1 : bad;
}

static void delete_line(struct span namespace, struct span kind, struct span name)
{
	auto_buf b = BUF_INIT;

	buf_add_str(&b, "# Then: kubectl delete -n ");
	text_add_clean(&b, namespace, false);
	buf_add_char(&b, ' ');
	text_add_clean(&b, kind, false);
	buf_add_char(&b, '/');
	text_add_clean(&b, name, false);
	puts(buf_str(&b));
}

/* Policies add up: what stands in these namespaces must go, or it keeps open what nobody used. */
static int write_deletions(const struct generating *g, struct err *e)
{
	struct net_more more = {.objects = g->objects, .n = g->n_objects};
	sqlite3_stmt *s = db_stmt(g->net.db, "SELECT t.type, p.namespace, p.name FROM network_policy p JOIN thing t ON t.id = p.thing WHERE p.cluster = ? AND p.namespace != '' "
					     "ORDER BY p.namespace, t.type, p.name");
	int rc;

	db_bind(s, "s", g->net.cluster);
	while ((rc = db_step(g->net.db, s, e)) == 1) {
		struct span kind = db_text(s, 0), namespace = db_text(s, 1), name = db_text(s, 2);

		more.replace = true;
		if (!net_replaced(&more, kind, namespace, name))
			continue;
		more.replace = false;
		if (!net_replaced(&more, kind, namespace, name))
			delete_line(namespace, kind, name);
	}
	sqlite3_reset(s);
	return rc;
}

static int write_objects(struct generating *g, struct err *e)
{
	size_t asked = 0;
	int64_t bad = broken(g, &asked, e);
	auto_buf b = BUF_INIT;

	if (bad < 0)
		return -1;
	if (!g->observed)
		printf("# No flows were observed: ingress from declared ports and exposures, egress left open.\n");
	else
		printf("# %zu observed flows evaluated with these policies: %lld would break.\n", asked, (long long)bad);
	if (g->ambiguous)
		printf("# %zu observed flows are not kept: several pods have or had the address of an end, and which of them it was is not known.\n", g->ambiguous);
	printf("# Roll-out: apply each namespace's allow-* policies, watch for a working day, then its default-deny.\n");
	if (write_deletions(g, e))
		return -1;
	for (size_t i = 0; i < g->n_objects; i++) {
		buf_reset(&b);
		json_write(&b, g->objects[i]);
		buf_add_char(&b, '\n');
		printf("---\n");
		fwrite(b.p, 1, b.n, stdout);
	}
	if (fflush(stdout))
		return err_errno(e, "standard output");
	return bad ? 1 : 0;
}

static const struct {
	const char *format;
	net_convert *convert;
} formats[] = {{"kubernetes", NULL}, {"cilium", net_to_cilium}, {"calico", net_to_calico}};

static int find_format(struct generating *g, struct err *e)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(g->o->format ? g->o->format : "kubernetes", formats[i].format) == 0) {
			g->convert = formats[i].convert;
			return 0;
		}
	return err_set(e, ERR_USAGE, "network generate writes kubernetes, cilium or calico, not '%s'", g->o->format);
}

int network_generate(const struct network_options *o, struct err *e)
{
	struct generating g = {.o = o};
	char cluster[512];
	int rc = 0;

	if (o->rest->n)
		return err_set(e, ERR_USAGE, "network generate takes SITE.db");
	if (find_format(&g, e))
		return -1;
	if (network_cluster(o, cluster, e) || net_load(&g.net, o->db, cluster, NULL, 0, e)) {
		net_fini(&g.net);
		return -1;
	}
	if (o->namespace && !net_find_space(&g.net, span_of(o->namespace)))
		rc = err_set(e, ERR_INPUT, "no namespace is called '%s'", o->namespace);
	net_units_find(&g.net, &g.units);
	if (rc == 0)
		rc = needs_of_flows(&g, e) || (g.observed ? needs_of_api(&g, e) : needs_of_ports(&g, e)) ? -1 : 0;
	if (g.n)
		qsort(g.needs, g.n, sizeof(*g.needs), by_need);
	for (size_t i = 0; i < g.net.n_spaces && rc == 0; i++)
		if (wanted(&g, &g.net.spaces[i]))
			namespace_policies(&g, &g.net.spaces[i]);
	if (rc == 0)
		rc = write_objects(&g, e);
	net_fini(&g.net);
	return rc;
}
