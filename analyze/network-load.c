// SPDX-License-Identifier: Apache-2.0
// Fills the network's model from the database: policies first, then of the pods what the policies ask for.
#include "network-load.h"
#include "network-policy.h"
#include "common/object.h"
#include "common/text.h"

#include <stdlib.h>

/* Label keys that any selector names. */
struct net_keys {
	struct span *at;
	size_t n, cap;
};

struct net_load_run {
	struct net *net;
	const struct net_wish *wishes;
	size_t n_wishes;
	struct net_more *more; /* further policies; NULL: none */
	size_t cap_endpoints, cap_spaces;
	const struct net_ports *last_ports; /* endpoints come by namespace and workload */
	struct net_space *last_space;
};

static struct span keep(struct net *net, struct span s)
{
	return s.p ? (struct span){arena_strndup(&net->arena, s.p, s.n), s.n} : SPAN_NONE;
}

static const char *keep_text(struct net *net, sqlite3_stmt *s, int column)
{
	struct span text = db_text(s, column);

	return text.p ? keep(net, text).p : NULL;
}

static const struct {
	const char *api, *kind;
	net_read *read;
} readers[] = {
	{"networking.k8s.io", "NetworkPolicy", net_read_kubernetes},
	{"extensions", "NetworkPolicy", net_read_kubernetes},
	{"policy.networking.k8s.io", "AdminNetworkPolicy", net_read_admin},
	{"policy.networking.k8s.io", "BaselineAdminNetworkPolicy", net_read_admin},
	{"policy.networking.k8s.io", "ClusterNetworkPolicy", net_read_admin},
	{"cilium.io", "CiliumNetworkPolicy", net_read_cilium},
	{"cilium.io", "CiliumClusterwideNetworkPolicy", net_read_cilium},
	{"projectcalico.org", "NetworkPolicy", net_read_calico},
	{"projectcalico.org", "GlobalNetworkPolicy", net_read_calico},
	{"crd.projectcalico.org", "NetworkPolicy", net_read_calico},
	{"crd.projectcalico.org", "GlobalNetworkPolicy", net_read_calico},
};

static net_read *reader_of(const struct net_policy *p, struct span api)
{
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (span_eq(api, readers[i].api) && strcmp(p->kind, readers[i].kind) == 0)
			return readers[i].read;
	return NULL;
}

/* "apps/v1" gives "apps". */
static struct span group_of(struct span api_version)
{
	struct span rest = api_version, group = span_cut(&rest, '/');

	return rest.p ? group : SPAN("");
}

/* Policies of an engine that another plug-in has taken the place of are objects that nobody reads. */
static bool nobody_reads(const struct net_plugin *p, net_read *read)
{
	return p->name && p->enforces >= 0 && ((read == net_read_cilium && !p->cilium) || (read == net_read_calico && !p->calico));
}

static void one_policy(struct net *net, sqlite3_stmt *s)
{
	struct net_policy p = {.thing = sqlite3_column_int64(s, 0), .namespace = keep_text(net, s, 1), .name = keep_text(net, s, 2),
			       .kind = keep_text(net, s, 3), .ref = keep_text(net, s, 5)};
	net_read *read = reader_of(&p, group_of(db_text(s, 4)));
	struct json *object;
	auto_buf raw = BUF_INIT;
	struct err e = {0};

	if (!read)
		return;
	if (nobody_reads(&net->plugin, read)) {
		net_problem(net, &p, "", "the cluster's plug-in is %s (%s): policies of this kind hold for nothing there", net->plugin.name, net->plugin.evidence);
		net->problems[net->n_problems - 1].unread = true;
		return;
	}
	if (object_json(net->db, p.thing, &raw, &e) || json_parse(&net->arena, buf_span(&raw), &object, &e)) {
		net_problem(net, &p, "", "%s", e.msg);
		return;
	}
	net->has_cilium |= read == net_read_cilium;
	net->has_calico |= read == net_read_calico;
	read(net, &p, object);
}

/* With wishes, policies of other namespaces cannot hold for what is asked. */
static bool policy_matters(const struct net_load_run *r, struct span namespace)
{
	if (!r->wishes || !namespace.n)
		return true;
	for (size_t i = 0; i < r->n_wishes; i++)
		if (span_is(r->wishes[i].namespace, namespace))
			return true;
	return false;
}

static bool is_policy(const struct json *object, struct span kind, struct span namespace, struct span name)
{
	struct span own = json_text_at(object, "metadata.namespace");

	return span_is(json_text_at(object, "kind"), kind) && span_is(json_text_at(object, "metadata.name"), name) &&
	       (span_is(own, namespace) || (!own.n && span_eq(namespace, "default")));
}

bool net_replaced(const struct net_more *more, struct span kind, struct span namespace, struct span name)
{
	for (size_t i = 0; i < more->n; i++)
		if (is_policy(more->objects[i], kind, namespace, name) ||
		    (more->replace && namespace.n && span_is(json_text_at(more->objects[i], "metadata.namespace"), namespace)))
			return true;
	return false;
}

static void add_object(struct net_load_run *r, const struct json *object)
{
	struct net *net = r->net;
	struct span namespace = json_text_at(object, "metadata.namespace"), name = json_text_at(object, "metadata.name"), kind = json_text_at(object, "kind");
	struct net_policy p = {.name = keep(net, name.p ? name : SPAN("")).p, .kind = keep(net, kind.p ? kind : SPAN("")).p};
	net_read *read = reader_of(&p, group_of(json_text_at(object, "apiVersion")));
	bool global = span_starts(kind, "Global") || span_starts(kind, "Cluster") || span_has(kind, "Clusterwide") || span_has(kind, "Admin");

	if (!read) {
		r->more->unknown++;
		return;
	}
	p.namespace = global ? "" : namespace.n ? keep(net, namespace).p : "default";
	p.ref = arena_printf(&net->arena, "%s/%s/%s/%s", net->cluster, p.namespace[0] ? p.namespace : "-", p.kind, p.name);
	net->has_cilium |= read == net_read_cilium;
	net->has_calico |= read == net_read_calico;
	read(net, &p, object);
}

static int by_order(const void *x, const void *y)
{
	const struct net_policy *a = *(struct net_policy *const *)x, *b = *(struct net_policy *const *)y;
	int c;

	if (a->stage != b->stage)
		return a->stage < b->stage ? -1 : 1;
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	c = strcmp(a->name, b->name);
	if (c == 0)
		c = strcmp(a->namespace, b->namespace);
	return c ? c : (a->index > b->index) - (a->index < b->index);
}

static int load_policies(struct net_load_run *r, struct err *e)
{
	struct net *net = r->net;
	sqlite3_stmt *s = db_stmt(net->db, "SELECT p.thing, p.namespace, p.name, t.type, o.api_version, t.ref FROM "
					   "(SELECT thing, namespace, name FROM network_policy WHERE cluster = ?1 "
					   "UNION ALL SELECT thing, namespace, name FROM network_object WHERE cluster = ?1) p "
					   "JOIN thing t ON t.id = p.thing JOIN object o ON o.thing = p.thing ORDER BY t.ref");
	int rc;

	db_bind(s, "s", net->cluster);
	while ((rc = db_step(net->db, s, e)) == 1)
		if (policy_matters(r, db_text(s, 1)) && !(r->more && net_replaced(r->more, db_text(s, 3), db_text(s, 1), db_text(s, 2))))
			one_policy(net, s);
	sqlite3_reset(s);
	for (size_t i = 0; r->more && i < r->more->n; i++)
		add_object(r, r->more->objects[i]);
	for (size_t i = 0; i < net->n_policies; i++)
		net->policies[i]->index = i;
	if (net->n_policies)
		qsort(net->policies, net->n_policies, sizeof(*net->policies), by_order);
	for (size_t i = 0; i < net->n_policies; i++)
		net->policies[i]->index = i;
	return rc;
}

static void add_key(struct net *net, struct span key)
{
	struct net_keys *k = net->keys;

	if (key.n)
		*NET_GROW(net, k->at, k->n, k->cap) = key;
}

static void add_json_keys(struct net *net, const struct json *selector)
{
	JSON_MEMBERS(m, json_get(selector, "matchLabels"))
	{
		add_key(net, json_str(&m->key));
	}
	JSON_EACH(x, json_get(selector, "matchExpressions"))
	{
		add_key(net, json_text_at(x, "key"));
	}
}

/* Every word outside quotes may be a key. */
static void add_calico_keys(struct net *net, struct span s)
{
	for (size_t i = 0; i < s.n;) {
		size_t from = i;

		if (s.p[i] == '\'' || s.p[i] == '"') {
			const char *end = memchr(s.p + i + 1, s.p[i], s.n - i - 1);

			i = end ? (size_t)(end - s.p) + 1 : s.n;
			continue;
		}
		while (i < s.n && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-", s.p[i]) && s.p[i])
			i++;
		add_key(net, (struct span){s.p + from, i - from});
		i += i == from;
	}
}

static int by_key(const void *x, const void *y)
{
	return span_cmp(*(const struct span *)x, *(const struct span *)y);
}

static void gather_keys(struct net *net)
{
	net->keys = arena_alloc(&net->arena, sizeof(*net->keys));
	for (size_t i = 0; i < net->n_selectors; i++) {
		add_json_keys(net, net->selectors[i]->pods);
		add_calico_keys(net, net->selectors[i]->calico);
	}
	net->keys->n = span_sort_once(net->keys->at, net->keys->n);
}

static bool wanted_key(const struct net *net, struct span key)
{
	return net->keys->n && bsearch(&key, net->keys->at, net->keys->n, sizeof(key), by_key);
}

/* Labels of a thing by a statement with one parameter. */
static struct labels read_labels(struct net *net, sqlite3_stmt *s, int64_t thing, bool all, size_t room)
{
	struct label *l = NULL;
	size_t n = 0, cap = 0;

	db_bind(s, "i", thing);
	while (sqlite3_step(s) == SQLITE_ROW)
		if (all || wanted_key(net, db_text(s, 0)))
			*NET_GROW(net, l, n, cap) = (struct label){keep(net, db_text(s, 0)), keep(net, db_text(s, 1))};
	sqlite3_reset(s);
	for (size_t i = 0; i < room; i++)
		*NET_GROW(net, l, n, cap) = (struct label){0};
	return (struct labels){l, n - room};
}

static sqlite3_stmt *label_stmt(struct net *net)
{
	return db_stmt(net->db, "SELECT key, value FROM label WHERE thing = ?");
}

static void add_label(struct labels *l, struct span key, struct span value)
{
	((struct label *)l->at)[l->n++] = (struct label){key, value};
}

/* Namespaces that stand in the evidence, and those that only pods name. The API server gives each its name as a label
 * (kubernetes.io/metadata.name), also where the evidence was written by hand. */
static int load_spaces(struct net_load_run *r, struct err *e)
{
	static const char *const own[] = {"kubernetes.io/metadata.name", "projectcalico.org/name"};
	struct net *net = r->net;
	static const char every[] = "SELECT name, max(thing) FROM (SELECT name, thing FROM namespace WHERE cluster = ?1 "
				    "UNION ALL SELECT namespace, 0 FROM pod WHERE cluster = ?1 UNION ALL SELECT namespace, 0 FROM workload WHERE cluster = ?1) "
				    "GROUP BY name ORDER BY name";
	static const char asked[] = "SELECT name, max(thing) FROM (SELECT name, thing FROM namespace WHERE cluster = ?1 "
				    "UNION ALL SELECT value, 0 FROM json_each(?2)) GROUP BY name ORDER BY name";
	sqlite3_stmt *s = db_stmt(net->db, r->wishes ? asked : every);
	auto_buf names = BUF_INIT;
	int rc;

	for (size_t i = 0; i < r->n_wishes; i++) {
		buf_add_char(&names, i ? ',' : '[');
		text_add_json(&names, r->wishes[i].namespace);
	}
	buf_add_char(&names, ']');
	if (r->wishes)
		db_bind(s, "ss", net->cluster, buf_str(&names));
	else
		db_bind(s, "s", net->cluster);
	while ((rc = db_step(net->db, s, e)) == 1) {
		struct net_space *sp = NET_GROW(net, net->spaces, net->n_spaces, r->cap_spaces);

		*sp = (struct net_space){.name = keep_text(net, s, 0), .thing = sqlite3_column_int64(s, 1)};
	}
	sqlite3_reset(s);
	for (size_t i = 0; i < net->n_spaces; i++) {
		struct net_space *sp = &net->spaces[i];

		sp->labels = read_labels(net, label_stmt(net), sp->thing, true, 2);
		for (size_t k = 0; k < 2; k++)
			if (!labels_get(sp->labels, span_of(own[k])).p)
				add_label(&sp->labels, span_of(own[k]), span_of(sp->name));
	}
	return rc;
}

static void add_address(wide *at, size_t *n, struct span text)
{
	wide address;

	if (*n < 4 && text.n && address_parse(text, &address))
		at[(*n)++] = address;
}

static void add_more(struct net_node *n, struct span list)
{
	auto_arena a = ARENA_INIT;
	struct json *all;

	if (list.n < 3 || json_parse(&a, list, &all, NULL))
		return;
	JSON_EACH(one, all)
	{
		add_address(n->addresses, &n->n_addresses, json_str(one));
	}
}

static int load_nodes(struct net *net, struct err *e)
{
	sqlite3_stmt *s = db_stmt(net->db, "SELECT thing, name, control_plane, internal_ip, external_ip, more_ips FROM node WHERE cluster = ? ORDER BY name");
	size_t cap = 0;
	int rc;

	db_bind(s, "s", net->cluster);
	while ((rc = db_step(net->db, s, e)) == 1) {
		struct net_node *n = NET_GROW(net, net->nodes, net->n_nodes, cap);

		*n = (struct net_node){.name = keep_text(net, s, 1), .control_plane = sqlite3_column_int(s, 2)};
		add_address(n->addresses, &n->n_addresses, db_text(s, 3));
		add_address(n->addresses, &n->n_addresses, db_text(s, 4));
		add_more(n, db_text(s, 5));
		n->labels = read_labels(net, label_stmt(net), sqlite3_column_int64(s, 0), true, 0);
	}
	sqlite3_reset(s);
	return rc;
}

/* Names that containers give their ports: those that run beside the application too, not those that end before it starts. */
static const struct net_ports *ports_of_workload(struct net_load_run *r, int64_t workload)
{
	struct net *net = r->net;
	sqlite3_stmt *s = db_stmt(net->db, "SELECT p.name, p.protocol, p.port FROM container c JOIN container_port p ON p.container = c.thing "
					   "WHERE c.workload = ? AND c.type IN ('container', 'sidecar') AND p.name IS NOT NULL ORDER BY p.name, p.protocol, p.port");
	struct net_port *ports = NULL;
	struct net_ports *all;
	size_t n = 0, cap = 0;

	if (r->last_ports && r->last_ports->workload == workload)
		return r->last_ports;
	db_bind(s, "i", workload);
	while (sqlite3_step(s) == SQLITE_ROW) {
		int protocol = protocol_named(db_text(s, 1)), port = sqlite3_column_int(s, 2);

		if (protocol >= 0 && protocol <= PROTOCOL_SCTP && port > 0 && port < 65536)
			*NET_GROW(net, ports, n, cap) = (struct net_port){keep(net, db_text(s, 0)), protocol, (uint32_t)port};
	}
	sqlite3_reset(s);
	all = arena_alloc(&net->arena, sizeof(*all));
	*all = (struct net_ports){workload, ports, n};
	r->last_ports = all;
	return all;
}

/* What the engines add to a pod's own labels. */
static void engine_labels(struct net *net, struct net_endpoint *p)
{
	static const char prefix[] = "io.cilium.k8s.namespace.labels.";
	const struct {
		const char *key, *value;
	} more[] = {
		{"io.kubernetes.pod.namespace", p->space->name},   {"io.cilium.k8s.policy.serviceaccount", p->account},
		{"io.cilium.k8s.policy.cluster", "default"},	   {"projectcalico.org/namespace", p->space->name},
		{"projectcalico.org/serviceaccount", p->account},  {"projectcalico.org/orchestrator", "k8s"},
	};
	size_t n = sizeof(more) / sizeof(more[0]);
	struct label *l = arena_array(&net->arena, p->labels.n + n + p->space->labels.n, sizeof(*l));
	struct labels all = {l, p->labels.n};

	if (p->labels.n)
		memcpy(l, p->labels.at, p->labels.n * sizeof(*l));
	for (size_t i = 0; i < n; i++)
		if (wanted_key(net, span_of(more[i].key)))
			add_label(&all, span_of(more[i].key), span_of(more[i].value));
	for (size_t i = 0; i < p->space->labels.n; i++) {
		const struct label *of = &p->space->labels.at[i];
		struct span key = span_of(arena_printf(&net->arena, "%s%.*s", prefix, SPAN_ARG(of->key)));

		if (wanted_key(net, key))
			add_label(&all, key, of->value);
	}
	p->labels = all;
}

static struct net_space *space_of(struct net_load_run *r, struct span name)
{
	if (!r->last_space || !span_eq(name, r->last_space->name))
		r->last_space = net_find_space(r->net, name);
	return r->last_space;
}

static void endpoint_addresses(struct net *net, struct net_endpoint *p, struct span one, struct span more)
{
	struct json *list = NULL;

	add_address(p->addresses, &p->n_addresses, one);
	if (more.n && json_parse(&net->arena, more, &list, NULL) == 0) {
		p->n_addresses = 0;
		JSON_EACH(ip, list)
		{
			add_address(p->addresses, &p->n_addresses, json_str(ip));
		}
	}
	for (size_t i = 0; p->host_network && p->node && !p->n_addresses && i < p->node->n_addresses; i++)
		p->addresses[p->n_addresses++] = p->node->addresses[i];
}

/* Columns: thing, workload, namespace, name, kind of workload, name of it, account, host network, node, phase, ip, ips, start. */
static void add_endpoint(struct net_load_run *r, sqlite3_stmt *s, bool is_pod)
{
	struct net *net = r->net;
	struct net_endpoint *p = NET_GROW(net, net->endpoints, net->n_endpoints, r->cap_endpoints);
	struct span phase = db_text(s, 9);
	static const char template_labels[] = "SELECT key, value FROM template_label WHERE workload = ?";

	*p = (struct net_endpoint){.thing = sqlite3_column_int64(s, 0), .workload = sqlite3_column_int64(s, 1), .is_pod = is_pod,
				   .name = keep_text(net, s, 3), .workload_kind = keep_text(net, s, 4), .workload_name = keep_text(net, s, 5),
				   .account = keep_text(net, s, 6), .host_network = sqlite3_column_int(s, 7), .node_name = keep_text(net, s, 8)};
	p->kind = is_pod ? "Pod" : p->workload_kind;
	if (!p->workload_kind)
		p->workload_kind = "Pod", p->workload_name = p->name;
	if (!p->account)
		p->account = "default";
	p->space = space_of(r, db_text(s, 2));
	p->finished = span_eq(phase, "Succeeded") || span_eq(phase, "Failed");
	p->started = sqlite3_column_int64(s, 12);
	p->node = p->node_name ? net_find_node(net, span_of(p->node_name)) : NULL;
	endpoint_addresses(net, p, db_text(s, 10), db_text(s, 11));
	p->labels = read_labels(net, is_pod ? label_stmt(net) : db_stmt(net->db, template_labels), p->thing, false, 0);
	if (net->has_cilium || net->has_calico)
		engine_labels(net, p);
	p->ports = ports_of_workload(r, p->workload);
}

static int by_name(const void *x, const void *y)
{
	const struct net_endpoint *a = x, *b = y;
	int c = strcmp(a->space->name, b->space->name);

	if (c == 0)
		c = strcmp(a->name, b->name);
	if (c == 0)
		c = b->is_pod - a->is_pod;
	return c ? c : strcmp(a->kind, b->kind);
}

#define ENDPOINT_POD                                                                                                                          \
	"SELECT p.thing, p.workload, p.namespace, p.name, w.kind, w.name, w.service_account, w.host_network, p.node, p.phase, p.ip, p.ips, p.started " \
	"FROM pod p LEFT JOIN workload w ON w.thing = p.workload WHERE "
#define ENDPOINT_TEMPLATE                                                                                                                     \
	"SELECT w.thing, w.thing, w.namespace, w.name, w.kind, w.name, w.service_account, w.host_network, NULL, NULL, NULL, NULL, NULL "      \
	"FROM workload w WHERE w.cluster = ?1 AND (w.pods = 0 OR (w.kind NOT IN ('Pod', 'Job') AND NOT EXISTS "                                   \
	"(SELECT 1 FROM pod p WHERE p.workload = w.thing AND coalesce(p.phase, '') NOT IN ('Succeeded', 'Failed')))) "

static int load_rows(struct net_load_run *r, sqlite3_stmt *s, bool are_pods, struct err *e)
{
	int rc;

	while ((rc = db_step(r->net->db, s, e)) == 1)
		add_endpoint(r, s, are_pods);
	sqlite3_reset(s);
	return rc;
}

static int load_every_endpoint(struct net_load_run *r, struct err *e)
{
	sqlite3_stmt *s = db_stmt(r->net->db, ENDPOINT_POD "p.cluster = ?1 ORDER BY p.namespace, p.workload, p.thing");

	db_bind(s, "s", r->net->cluster);
	if (load_rows(r, s, true, e))
		return -1;
	s = db_stmt(r->net->db, ENDPOINT_TEMPLATE "ORDER BY w.namespace, w.thing");
	db_bind(s, "s", r->net->cluster);
	return load_rows(r, s, false, e);
}

static int load_asked_endpoints(struct net_load_run *r, struct err *e)
{
	for (size_t i = 0; i < r->n_wishes; i++) {
		sqlite3_stmt *s = db_stmt(r->net->db, ENDPOINT_POD "p.thing = (SELECT id FROM thing WHERE ref = ?1 || '/' || ?2 || '/Pod/' || ?3)");
		size_t before = r->net->n_endpoints;

		db_bind(s, "stt", r->net->cluster, r->wishes[i].namespace, r->wishes[i].name);
		if (load_rows(r, s, true, e))
			return -1;
		if (r->net->n_endpoints > before)
			continue;
		s = db_stmt(r->net->db, ENDPOINT_TEMPLATE "AND w.namespace = ?2 AND w.name = ?3 ORDER BY w.thing");
		db_bind(s, "stt", r->net->cluster, r->wishes[i].namespace, r->wishes[i].name);
		if (load_rows(r, s, false, e))
			return -1;
	}
	return 0;
}

static int load_endpoints(struct net_load_run *r, struct err *e)
{
	struct net *net = r->net;

	if (r->wishes ? load_asked_endpoints(r, e) : load_every_endpoint(r, e))
		return -1;
	if (net->n_endpoints)
		qsort(net->endpoints, net->n_endpoints, sizeof(*net->endpoints), by_name);
	for (size_t i = 0; i < net->n_endpoints; i++) {
		struct net_space *sp = net->endpoints[i].space;

		if (!sp->n++)
			sp->first = i;
	}
	return 0;
}

static int load(struct net_load_run *r, struct db *db, const char *cluster, struct err *e)
{
	struct net *net = r->net;

	*net = (struct net){.db = db, .cluster = cluster};
	net->all_ports = ports_all(&net->arena);
	if (net_load_tables(net, e) || net_find_plugin(net, e) || load_spaces(r, e) || load_nodes(net, e) || load_policies(r, e))
		return -1;
	gather_keys(net);
	if (load_endpoints(r, e))
		return -1;
	net_index(net);
	net_make_classes(net);
	return 0;
}

int net_load(struct net *net, struct db *db, const char *cluster, const struct net_wish *wishes, size_t n_wishes, struct err *e)
{
	struct net_load_run r = {.net = net, .wishes = wishes, .n_wishes = n_wishes};

	return load(&r, db, cluster, e);
}

int net_load_with(struct net *net, struct db *db, const char *cluster, struct net_more *more, struct err *e)
{
	struct net_load_run r = {.net = net, .more = more};

	return load(&r, db, cluster, e);
}

void net_fini(struct net *net)
{
	arena_fini(&net->arena);
}
