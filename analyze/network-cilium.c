// SPDX-License-Identifier: Apache-2.0
// CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy as rules of the model (Cilium documentation, "Layer 3", "Layer 4", "Deny Policies";
// pkg/policy/api). Deny rules come before all that allows. What a proxy looks at in the traffic (HTTP, DNS, Kafka) is noted, not judged.
#include "network-load.h"
#include "network-policy.h"

#include <math.h>

static const struct {
	const char *name;
	unsigned bits;
} entities[] = {
	{"all", NET_EVERYTHING},   {"world", NET_WORLD},	     {"world-ipv4", NET_WORLD4}, {"world-ipv6", NET_WORLD6}, {"cluster", NET_CLUSTER},
	{"host", NET_HOST},	   {"remote-node", NET_REMOTE_NODE}, {"kube-apiserver", NET_API_SERVER}, {"init", 0},	     {"health", 0},
	{"unmanaged", 0},	   {"ingress", 0},		     {"none", 0},
};

static bool entity_bits(struct span name, unsigned *bits)
{
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (span_eq(name, entities[i].name)) {
			*bits |= entities[i].bits;
			return true;
		}
	return false;
}

/* The members of one direction, as Cilium names them. */
static const struct direction {
	const char *endpoints, *entities, *cidr, *cidr_set, *nodes, *groups;
} directions[2] = {
	{"fromEndpoints", "fromEntities", "fromCIDR", "fromCIDRSet", "fromNodes", "fromGroups"},
	{"toEndpoints", "toEntities", "toCIDR", "toCIDRSet", "toNodes", "toGroups"},
};

struct reading {
	struct net *net;
	struct net_policy *policy;
	const struct direction *d;
	bool egress;
	struct net_peer *peers;
	size_t n, cap;
	struct gather ports;
};

static struct net_peer *add_peer(struct reading *c)
{
	struct net_peer *p = NET_GROW(c->net, c->peers, c->n, c->cap);

	*p = (struct net_peer){0};
	return p;
}

static bool names_namespace(struct span key)
{
	return span_eq(key, "io.kubernetes.pod.namespace") || span_starts(key, "io.cilium.k8s.namespace.labels.");
}

/* A selector that says nothing of namespaces stays in the policy's own. */
static bool asks_namespace(const struct json *selector)
{
	JSON_MEMBERS(m, json_get(selector, "matchLabels"))
	{
		if (names_namespace(json_str(&m->key)))
			return true;
	}
	JSON_EACH(x, json_get(selector, "matchExpressions"))
	{
		if (names_namespace(json_text_at(x, "key")))
			return true;
	}
	return false;
}

/* "reserved:host" among the labels stands for an entity. */
static unsigned reserved_bits(const struct json *selector)
{
	static const char prefix[] = "reserved:";
	unsigned bits = 0;

	JSON_MEMBERS(m, json_get(selector, "matchLabels"))
	{
		struct span key = json_str(&m->key);

		if (span_starts(key, prefix))
			entity_bits((struct span){key.p + sizeof(prefix) - 1, key.n - sizeof(prefix) + 1}, &bits);
	}
	return bits;
}

static const struct net_selector *pods(struct reading *c, const struct json *selector, bool own)
{
	struct json *plain = arena_alloc(&c->net->arena, sizeof(*plain));
	const char *namespace = c->policy->namespace[0] ? c->policy->namespace : NULL;

	*plain = selector_cilium_plain(&c->net->arena, selector);
	net_check_selector(c->net, c->policy, "/spec", plain);
	return net_selector(c->net, &(struct net_selector){.language = NET_CILIUM, .namespace = own || !asks_namespace(plain) ? namespace : NULL, .pods = plain});
}

static void read_endpoints(struct reading *c, const struct json *list)
{
	JSON_EACH(selector, list)
	{
		unsigned bits = reserved_bits(selector);

		if (bits)
			add_peer(c)->entities = bits;
		else
			add_peer(c)->selector = pods(c, selector, false);
	}
}

static void read_entities(struct reading *c, const char *pointer, const struct json *list)
{
	JSON_EACH(name, list)
	{
		unsigned bits = 0;

		if (!entity_bits(json_str(name), &bits))
			net_problem(c->net, c->policy, pointer, "entity '%.*s' is not known: it takes in nothing", SPAN_ARG(json_str(name)));
		add_peer(c)->entities = bits;
	}
}

static void read_cidrs(struct reading *c, const char *pointer, const struct json *list, const struct json *sets)
{
	struct net_peer p = {.has_nets = true, .nets_outside_only = true};

	JSON_EACH(cidr, list)
	{
		if (net_cidr(c->net, c->policy, pointer, cidr, NULL, &p.nets))
			*add_peer(c) = p;
	}
	JSON_EACH(v, sets)
	{
		struct span group = json_text_at(v, "cidrGroupRef");

		if (group.n && !net_cidr_group(c->net, group, &p.nets))
			net_problem(c->net, c->policy, pointer, "CiliumCIDRGroup '%.*s' is not in the evidence", SPAN_ARG(group));
		else if (group.n || net_cidr(c->net, c->policy, pointer, json_get(v, "cidr"), json_get(v, "except"), &p.nets))
			*add_peer(c) = p;
	}
}

/* toServices: the pods behind a Service that is named. */
static void read_services(struct reading *c, const char *pointer, const struct json *list)
{
	sqlite3_stmt *s = db_stmt(c->net->db, "SELECT selector FROM service WHERE cluster = ? AND namespace = ? AND name = ? AND selector IS NOT NULL");

	JSON_EACH(v, list)
	{
		struct span name = json_text_at(v, "k8sService.serviceName"), namespace = json_text_at(v, "k8sService.namespace");
		const char *space = namespace.n ? arena_strndup(&c->net->arena, namespace.p, namespace.n) : c->policy->namespace;
		struct json *labels, *selector = arena_alloc(&c->net->arena, sizeof(*selector));

		db_bind(s, "sst", c->net->cluster, space, name);
		if (sqlite3_step(s) == SQLITE_ROW && json_parse(&c->net->arena, db_text(s, 0), &labels, NULL) == 0) {
			*selector = (struct json){.type = JSON_OBJECT};
			json_set(&c->net->arena, selector, "matchLabels", *labels);
			add_peer(c)->selector = net_selector(c->net, &(struct net_selector){.language = NET_CILIUM, .namespace = space, .pods = selector});
		} else {
			net_problem(c->net, c->policy, pointer, "service '%s/%.*s' has no selector in the evidence: it takes in nothing", space, SPAN_ARG(name));
		}
		sqlite3_reset(s);
	}
}

static void read_names(struct reading *c, const struct json *list)
{
	JSON_EACH(v, list)
	{
		struct span name = json_text_at(v, "matchName");

		add_peer(c)->domain = name.n ? name : json_text_at(v, "matchPattern");
	}
}

static bool present(const struct json *rule, const char *member)
{
	const struct json *v = json_get(rule, member);

	return v && v->type != JSON_NULL;
}

/* Fields that say who; without any of them a rule with ports is for everyone, and one with nothing at all for nobody. */
static bool says_who(const struct json *rule, const struct direction *d, bool egress)
{
	const char *const members[] = {d->endpoints, d->entities, d->cidr, d->cidr_set, d->nodes, d->groups, egress ? "toServices" : "fromRequires",
				       egress ? "toFQDNs" : "fromRequires", egress ? "toRequires" : "fromRequires"};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (present(rule, members[i]))
			return true;
	return false;
}

static void read_peers(struct reading *c, struct net_rule *r, const struct json *rule)
{
	c->peers = NULL;
	c->n = c->cap = 0;
	read_endpoints(c, json_get(rule, c->d->endpoints));
	read_entities(c, r->pointer, json_get(rule, c->d->entities));
	read_cidrs(c, r->pointer, json_get(rule, c->d->cidr), json_get(rule, c->d->cidr_set));
	JSON_EACH(selector, json_get(rule, c->d->nodes))
	{
		add_peer(c)->selector = net_selector(c->net, &(struct net_selector){.language = NET_NODE_SELECTOR, .pods = selector});
	}
	if (c->egress) {
		read_services(c, r->pointer, json_get(rule, "toServices"));
		read_names(c, json_get(rule, "toFQDNs"));
	}
	if (present(rule, c->d->groups) || present(rule, "fromRequires") || present(rule, "toRequires"))
		net_problem(c->net, c->policy, r->pointer, "groups of a cloud and requirements take in nothing here");
	r->any_peer = !says_who(rule, c->d, c->egress) && (json_count(json_get(rule, "toPorts")) || json_count(json_get(rule, "icmps")));
	r->peers = c->peers;
	r->n_peers = c->n;
}

/* "80", "http", with endPort; "0" is any port; protocol ANY is TCP, UDP and SCTP. */
static void read_port(struct reading *c, struct net_rule *r, const struct json *v)
{
	struct span text = json_scalar(json_get(v, "port")), protocol = json_text_at(v, "protocol");
	bool any = !protocol.n || span_ieq(protocol, "ANY");
	int only = any ? -1 : protocol_named(protocol);
	int64_t port, end = 0;

	if (!any && (only < 0 || only > PROTOCOL_ICMP)) {
		net_problem(c->net, c->policy, r->pointer, "protocol '%.*s' is not known", SPAN_ARG(protocol));
		return;
	}
	if (!span_int(text, &port)) {
		net_add_named(c->net, r, text, only);
		return;
	}
	json_int(json_get(v, "endPort"), &end);
	if (port < 0 || port > 65535 || end > 65535 || (end && end < port)) {
		net_problem(c->net, c->policy, r->pointer, "port '%.*s': a port is 0 to 65535", SPAN_ARG(text));
		return;
	}
	for (int i = 0; i <= PROTOCOL_SCTP; i++)
		if (any || only == i)
			gather_add(&c->net->arena, &c->ports,
				   port == 0 ? ports_of(&c->net->arena, i) : ports_range(&c->net->arena, i, (uint32_t)port, (uint32_t)(end ? end : port)));
	if (only == PROTOCOL_ICMP)
		gather_add(&c->net->arena, &c->ports, ports_of(&c->net->arena, PROTOCOL_ICMP));
}

static void read_ports(struct reading *c, struct net_rule *r, const struct json *rule)
{
	c->ports = (struct gather){0};
	if (!json_count(json_get(rule, "toPorts")) && !json_count(json_get(rule, "icmps")))
		gather_add(&c->net->arena, &c->ports, c->net->all_ports);
	if (json_count(json_get(rule, "icmps")))
		gather_add(&c->net->arena, &c->ports, ports_of(&c->net->arena, PROTOCOL_ICMP));
	JSON_EACH(to, json_get(rule, "toPorts"))
	{
		r->layer7 |= json_count(json_get(to, "rules")) > 0;
		if (!json_count(json_get(to, "ports")))
			gather_add(&c->net->arena, &c->ports, c->net->all_ports);
		JSON_EACH(port, json_get(to, "ports"))
		{
			read_port(c, r, port);
		}
	}
	r->ports = gather_set(&c->ports);
}

static void read_rules(struct reading *c, int direction, const char *base, const struct json *spec, const char *member, enum net_action action)
{
	size_t i = 0;

	c->d = &directions[direction];
	c->egress = direction == NET_EGRESS;
	JSON_EACH(v, json_get(spec, member))
	{
		struct net_rule *r = net_rule_add(c->net, &c->policy->rules[direction], net_pointer(c->net, base, member, i++));

		r->action = action;
		read_peers(c, r, v);
		read_ports(c, r, v);
	}
}

/* What denies and what allows are two policies of the model: the first comes before everything of its stage. */
static void read_spec(struct net *net, const struct net_policy *like, const char *base, const struct json *spec)
{
	static const char *const deny[2] = {"ingressDeny", "egressDeny"}, *const defaults[2] = {"enableDefaultDeny.ingress", "enableDefaultDeny.egress"};
	const struct json *selector = json_get(spec, "endpointSelector");
	struct net_policy p = *like;
	struct reading c = {.net = net, .policy = &p};
	struct net_policy *twice[2];

	if (json_get(spec, "nodeSelector"))
		return; /* for nodes: no pod is held by it */
	if (!json_is(selector, JSON_OBJECT)) {
		net_problem(net, like, base, "no endpointSelector: the policy holds for nothing");
		return;
	}
	p.subject = pods(&c, selector, true);
	p.stage = NET_STAGE_DEFAULT;
	p.order = -INFINITY;
	twice[0] = net_policy_add(net, &p);
	p.order = 1000;
	twice[1] = net_policy_add(net, &p);
	for (int d = 0; d < 2; d++) {
		bool there = json_count(json_get(spec, net_direction[d])) || json_count(json_get(spec, deny[d]));
		int asked = json_bool_at(spec, defaults[d]);

		c.policy = twice[0];
		read_rules(&c, d, base, spec, deny[d], NET_DENY);
		c.policy = twice[1];
		read_rules(&c, d, base, spec, net_direction[d], NET_ALLOW);
		twice[0]->rules[d].applies = twice[0]->rules[d].n > 0;
		twice[1]->rules[d].isolates = asked < 0 ? there : asked;
		twice[1]->rules[d].applies = there || asked == 1;
	}
}

void net_read_cilium(struct net *net, struct net_policy *like, const struct json *object)
{
	const struct json *spec = json_get(object, "spec"), *specs = json_get(object, "specs");
	size_t i = 0;

	if (json_is(spec, JSON_OBJECT))
		read_spec(net, like, "/spec", spec);
	JSON_EACH(s, specs)
	{
		read_spec(net, like, net_pointer(net, "", "specs", i++), s);
	}
	if (!json_is(spec, JSON_OBJECT) && !json_count(specs))
		net_problem(net, like, "", "neither spec nor specs");
}
