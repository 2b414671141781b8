// SPDX-License-Identifier: Apache-2.0
// NetworkPolicy and GlobalNetworkPolicy of Calico as rules of the model (Calico documentation, reference of both resources; tiers; profiles
// let everything pass where no policy holds). Policies for hosts alone (preDNAT, doNotTrack) hold for no pod.
#include "network-load.h"
#include "network-policy.h"

#include <math.h>

struct reading {
	struct net *net;
	struct net_policy *policy;
	struct net_rule *rule;
	int direction;
};

/* "80", 80, "8000:8100" or the name of a port. */
static void read_port(struct reading *c, const struct json *v, int protocol, struct gather *out, bool named)
{
	struct span last = json_scalar(v), first = span_cut(&last, ':');
	int64_t from, to;

	if (!span_int(first, &from)) {
		if (named && first.n)
			net_add_named(c->net, c->rule, first, protocol);
		return;
	}
	to = from;
	if ((last.p && !span_int(last, &to)) || from < 0 || to > 65535 || from > to) {
		net_problem(c->net, c->policy, c->rule->pointer, "port '%.*s': ports are 0 to 65535", SPAN_ARG(json_scalar(v)));
		return;
	}
	gather_add(&c->net->arena, out, ports_range(&c->net->arena, protocol, (uint32_t)from, (uint32_t)to));
}

static int rule_protocol(struct reading *c, const struct json *v)
{
	struct span name = json_scalar(v);
	int protocol = protocol_named(name);

	(void)c;
	return protocol < 0 ? PROTOCOL_OTHER : protocol;
}

/* Destination ports narrow a rule that names a protocol; notPorts and notProtocol are taken away. */
static void read_ports(struct reading *c, const struct json *rule)
{
	const struct json *protocol = json_get(rule, "protocol"), *not = json_get(rule, "notProtocol"), *to = json_get(rule, "destination");
	int proto = protocol ? rule_protocol(c, protocol) : -1;
	struct arena *a = &c->net->arena;
	struct gather with = {0}, without = {0};

	c->rule->ports = proto < 0 ? c->net->all_ports : ports_of(a, proto);
	if (not)
		c->rule->ports = set_minus(a, c->rule->ports, ports_of(a, rule_protocol(c, not)));
	if (json_count(json_get(to, "ports"))) {
		c->rule->ports = (struct set){0};
		if (proto < 0 || proto > PROTOCOL_SCTP)
			net_problem(c->net, c->policy, c->rule->pointer, "ports without a protocol that has them");
		else
			JSON_EACH(port, json_get(to, "ports"))
			{
				read_port(c, port, proto, &with, true);
			}
	}
	JSON_EACH(port, json_get(to, "notPorts"))
	{
		if (proto >= 0 && proto <= PROTOCOL_SCTP)
			read_port(c, port, proto, &without, false);
	}
	c->rule->ports = set_minus(a, set_union(a, c->rule->ports, gather_set(&with)), gather_set(&without));
	if (json_count(json_get(rule, "http")))
		c->rule->layer7 = true;
	if (json_count(json_get(json_get(rule, "source"), "ports")))
		net_problem(c->net, c->policy, c->rule->pointer, "ports of the source are not judged: the rule counts for all of them");
}

static bool asks_pods(const struct json *entity)
{
	return json_text_at(entity, "selector").n || json_text_at(entity, "namespaceSelector").n || json_get(entity, "serviceAccounts");
}

/* Pods as one end of a rule names them: without a namespaceSelector those of the policy's namespace, where it has one. */
static struct net_selector entity_selector(const struct reading *c, const struct json *entity, const char *selector)
{
	const struct json *accounts = json_get(entity, "serviceAccounts");
	struct net_selector s = {.language = NET_CALICO, .calico = json_text_at(entity, selector), .calico_spaces = json_text_at(entity, "namespaceSelector"),
				 .calico_accounts = json_text_at(accounts, "selector"), .accounts = json_get(accounts, "names")};

	if (!s.calico_spaces.n) {
		s.calico_spaces = SPAN_NONE;
		s.namespace = c->policy->namespace[0] ? c->policy->namespace : NULL;
	}
	if (!s.calico_accounts.n)
		s.calico_accounts = SPAN_NONE;
	if (!json_count(s.accounts))
		s.accounts = NULL;
	return s;
}

static struct set entity_networks(struct reading *c, const struct json *list)
{
	struct gather all = {0};
	struct set one;

	JSON_EACH(cidr, list)
	{
		if (net_cidr(c->net, c->policy, c->rule->pointer, cidr, NULL, &one))
			gather_add(&c->net->arena, &all, one);
	}
	return gather_set(&all);
}

/* The far end of a rule. All that it says must hold; a selector takes in sets of addresses too. */
static void read_peer(struct reading *c, const struct json *entity, const struct json *version)
{
	struct arena *a = &c->net->arena;
	const struct json *nets = json_get(entity, "nets"), *not_nets = json_get(entity, "notNets");
	struct net_peer *p = arena_array(a, 2, sizeof(*p));
	int64_t family = 0;
	bool any;

	json_int(version, &family);
	p->has_nets = nets || not_nets || family;
	p->nets = nets ? entity_networks(c, nets) : addresses_all(a);
	p->nets = set_minus(a, p->nets, entity_networks(c, not_nets));
	if (family)
		p->nets = family == 4 ? set_common(a, p->nets, addresses_v4(a)) : set_minus(a, p->nets, addresses_v4(a));
	if (json_text_at(entity, "notSelector").n) {
		struct net_selector not = entity_selector(c, entity, "notSelector");

		p->not_selector = net_selector(c->net, &not);
	}
	c->rule->n_peers = 1;
	c->rule->peers = p;
	if (asks_pods(entity)) {
		struct net_selector s = entity_selector(c, entity, "selector");
		struct set more;

		p->selector = net_selector(c->net, &s);
		more = net_set_networks(c->net, p->selector, &any);
		if (any) {
			p[1].has_nets = true;
			p[1].nets = p->has_nets ? set_common(a, p->nets, more) : more;
			c->rule->n_peers = 2;
		}
	} else if (!p->has_nets && !p->not_selector) {
		c->rule->any_peer = true;
		c->rule->n_peers = 0;
	} else if (p->not_selector && !p->has_nets) {
		p->has_nets = true; /* everything but what the selector takes in */
		p->nets = addresses_all(a);
	}
	if (json_get(entity, "services"))
		net_problem(c->net, c->policy, c->rule->pointer, "destination.services is not judged: it takes in nothing");
	if (json_get(entity, "services") || json_count(json_get(entity, "domains"))) {
		c->rule->any_peer = false;
		c->rule->n_peers = 0;
	}
}

static void read_rule(struct reading *c, const struct json *v)
{
	static const char *const ends[2] = {"source", "destination"};
	static const struct {
		const char *name;
		enum net_action action;
	} actions[] = {{"Allow", NET_ALLOW}, {"Deny", NET_DENY}, {"Pass", NET_PASS}, {"Log", NET_LOG}};
	const struct json *near = json_get(v, ends[!c->direction]);
	struct span action = json_text_at(v, "action");
	bool known = false;

	c->rule->action = NET_LOG;
	for (size_t i = 0; i < 4; i++)
		if (span_ieq(action, actions[i].name)) {
			c->rule->action = actions[i].action;
			known = true;
		}
	if (!known)
		net_problem(c->net, c->policy, c->rule->pointer, "action '%.*s' is none of Allow, Deny, Pass, Log", SPAN_ARG(action));
	read_ports(c, v);
	read_peer(c, json_get(v, ends[c->direction]), json_get(v, "ipVersion"));
	if (asks_pods(near)) {
		struct net_selector s = entity_selector(c, near, "selector");

		c->rule->self = net_selector(c->net, &s);
	}
}

static void read_subject(struct net_policy *p, const struct json *spec, struct net *net)
{
	struct net_selector s = {.language = NET_CALICO, .calico = json_text_at(spec, "selector"), .calico_accounts = json_text_at(spec, "serviceAccountSelector"),
				 .namespace = p->namespace[0] ? p->namespace : NULL};

	if (!p->namespace[0])
		s.calico_spaces = json_text_at(spec, "namespaceSelector");
	if (!s.calico_spaces.n)
		s.calico_spaces = SPAN_NONE;
	if (!s.calico_accounts.n)
		s.calico_accounts = SPAN_NONE;
	p->subject = net_selector(net, &s);
}

/* Types, where absent: those that have rules; Ingress when neither has. */
static void read_types(struct net_policy *p, const struct json *spec)
{
	const struct json *types = json_get(spec, "types"), *in = json_get(spec, "ingress"), *out = json_get(spec, "egress");

	p->rules[NET_INGRESS].applies = !json_count(types) && (json_count(in) || !json_count(out));
	p->rules[NET_EGRESS].applies = !json_count(types) && json_count(out);
	JSON_EACH(type, types)
	{
		p->rules[NET_INGRESS].applies |= span_ieq(json_str(type), "Ingress");
		p->rules[NET_EGRESS].applies |= span_ieq(json_str(type), "Egress");
	}
}

void net_read_calico(struct net *net, struct net_policy *like, const struct json *object)
{
	const struct json *spec = json_get(object, "spec"), *order = json_get(spec, "order");
	struct reading c = {.net = net};
	size_t i;

	if (json_bool_at(spec, "preDNAT") == 1 || json_bool_at(spec, "doNotTrack") == 1)
		return;
	like->stage = net_tier(net, json_text_at(spec, "tier"), &like->stage_passes);
	like->order = json_is(order, JSON_NUMBER) ? strtod(order->text, NULL) : INFINITY;
	read_subject(like, spec, net);
	c.policy = net_policy_add(net, like);
	read_types(c.policy, spec);
	for (c.direction = 0; c.direction < 2; c.direction++) {
		struct net_rules *rules = &c.policy->rules[c.direction];

		rules->isolates = rules->applies;
		i = 0;
		if (!rules->applies)
			continue;
		JSON_EACH(v, json_get(spec, net_direction[c.direction]))
		{
			c.rule = net_rule_add(net, rules, net_pointer(net, "/spec", net_direction[c.direction], i++));
			read_rule(&c, v);
		}
	}
}
