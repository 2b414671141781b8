// SPDX-License-Identifier: Apache-2.0
// NetworkPolicy (networking.k8s.io/v1) and the administrator's policies (policy.networking.k8s.io) as rules of the model. What a list that
// is absent or empty means stands in the API's field comments: k8s.io/api networking/v1 types.go, network-policy-api apis/v1alpha1.
#include "network-policy.h"

#include <stdio.h>

const char *net_pointer(struct net *net, const char *base, const char *member, size_t i)
{
	return arena_printf(&net->arena, "%s/%s/%zu", base, member, i);
}

bool net_cidr(struct net *net, const struct net_policy *p, const char *pointer, const struct json *cidr, const struct json *except, struct set *out)
{
	struct err e = {0};
	struct set holes = {0}, hole;
	struct range *all = arena_array(&net->arena, 2 * (size_t)json_count(except), sizeof(*all));
	size_t n = 0;

	if (cidr_parse(&net->arena, json_str(cidr), out, &e)) {
		net_problem(net, p, pointer, "%s", e.msg);
		return false;
	}
	JSON_EACH(x, except)
	{
		if (cidr_parse(&net->arena, json_str(x), &hole, &e)) {
			net_problem(net, p, pointer, "except: %s", e.msg);
			return false;
		}
		if (set_minus(&net->arena, hole, *out).n)
			net_problem(net, p, pointer, "except '%.*s' does not lie in '%.*s'", SPAN_ARG(json_str(x)), SPAN_ARG(json_str(cidr)));
		for (size_t i = 0; i < hole.n; i++)
			all[n++] = hole.at[i];
	}
	holes = set_of(all, n);
	*out = set_minus(&net->arena, *out, holes);
	return true;
}

bool net_port_number(struct net *net, const struct net_policy *p, const char *pointer, const struct json *v, uint32_t *out)
{
	int64_t n;

	if (!json_int(v, &n) || n < 1 || n > 65535) {
		net_problem(net, p, pointer, "port %.*s: a port is 1 to 65535", SPAN_ARG(json_scalar(v)));
		return false;
	}
	*out = (uint32_t)n;
	return true;
}

void net_add_named(struct net *net, struct net_rule *r, struct span name, int protocol)
{
	size_t n = r->n_named;

	if ((n & (n - 1)) == 0) { /* 0 and powers of two: it doubles */
		struct net_named *all = arena_array(&net->arena, n ? 2 * n : 1, sizeof(*all));

		if (n)
			memcpy(all, r->named, n * sizeof(*all));
		r->named = all;
	}
	r->named[r->n_named++] = (struct net_named){name, protocol};
}

void net_check_selector(struct net *net, const struct net_policy *p, const char *pointer, const struct json *selector)
{
	static const char *const operators[] = {"In", "NotIn", "Exists", "DoesNotExist"};

	JSON_EACH(x, json_get(selector, "matchExpressions"))
	{
		struct span operator = json_text_at(x, "operator");
		bool known = false, set;

		for (size_t i = 0; i < 4; i++)
			known |= span_eq(operator, operators[i]);
		set = span_eq(operator, "In") || span_eq(operator, "NotIn");
		if (!known)
			net_problem(net, p, pointer, "operator '%.*s' is none of In, NotIn, Exists, DoesNotExist: it selects nothing", SPAN_ARG(operator));
		else if (set != (json_count(json_get(x, "values")) > 0))
			net_problem(net, p, pointer, "operator %.*s %s", SPAN_ARG(operator), set ? "without values" : "takes no values");
		if (!json_text_at(x, "key").n)
			net_problem(net, p, pointer, "an expression without a key selects nothing");
	}
}

/* One of spec.ingress[].ports. Several are gathered and joined once. */
static void policy_port(struct net *net, const struct net_policy *p, struct net_rule *r, const struct json *port, struct range *out, size_t *n)
{
	const struct json *number = json_get(port, "port"), *end = json_get(port, "endPort");
	struct span protocol = json_text_at(port, "protocol");
	int proto = protocol.n ? protocol_named(protocol) : PROTOCOL_TCP;
	uint32_t from = 1, to = 65535;

	if (proto < 0 || proto > PROTOCOL_SCTP) {
		net_problem(net, p, r->pointer, "protocol '%.*s' is none of TCP, UDP, SCTP", SPAN_ARG(protocol));
		return;
	}
	if (json_is(end, JSON_NULL))
		end = NULL;
	if (json_is(number, JSON_STRING)) {
		if (end)
			net_problem(net, p, r->pointer, "endPort beside a named port");
		else
			net_add_named(net, r, json_str(number), proto);
		return;
	}
	if ((!number || number->type == JSON_NULL) && end) {
		net_problem(net, p, r->pointer, "endPort without port");
		return;
	}
	if (number && number->type != JSON_NULL) {
		if (!net_port_number(net, p, r->pointer, number, &from) || (end && !net_port_number(net, p, r->pointer, end, &to)))
			return;
		if (end && to < from) {
			net_problem(net, p, r->pointer, "endPort %u is below port %u", to, from);
			return;
		}
		to = end ? to : from;
	}
	out[(*n)++] = (struct range){port_at(proto, from), port_at(proto, to)};
}

static void policy_ports(struct net *net, const struct net_policy *p, struct net_rule *r, const struct json *ports)
{
	struct range *all = arena_array(&net->arena, json_count(ports), sizeof(*all));
	size_t n = 0;

	if (!json_count(ports)) {
		r->ports = net->all_ports;
		return;
	}
	JSON_EACH(port, ports)
	{
		policy_port(net, p, r, port, all, &n);
	}
	r->ports = set_of(all, n);
}

static const struct json *given(const struct json *v)
{
	return v && v->type != JSON_NULL ? v : NULL;
}

/* One of spec.ingress[].from: pods of the policy's namespace, pods of selected namespaces, or addresses. */
static bool policy_peer(struct net *net, const struct net_policy *p, const char *pointer, const struct json *v, struct net_peer *out)
{
	const struct json *block = given(json_get(v, "ipBlock")), *pods = given(json_get(v, "podSelector")), *spaces = given(json_get(v, "namespaceSelector"));

	if (block) {
		if (pods || spaces)
			net_problem(net, p, pointer, "ipBlock stands beside a selector: only one of them may be given");
		out->has_nets = !pods && !spaces && net_cidr(net, p, pointer, json_get(block, "cidr"), json_get(block, "except"), &out->nets);
		out->nets_outside_only = net->plugin.name && strcmp(net->plugin.name, "cilium") == 0;
		return out->has_nets;
	}
	if (!pods && !spaces) {
		net_problem(net, p, pointer, "a peer that names neither pods, namespaces nor addresses lets nothing pass");
		return false;
	}
	net_check_selector(net, p, pointer, pods);
	net_check_selector(net, p, pointer, spaces);
	out->selector = net_selector(net, &(struct net_selector){.namespace = spaces ? NULL : p->namespace, .spaces = spaces, .pods = pods});
	return true;
}

static void policy_rule(struct net *net, const struct net_policy *p, struct net_rule *r, const struct json *v, const char *member)
{
	const struct json *peers = json_get(v, member);
	struct net_peer *all = arena_array(&net->arena, json_count(peers), sizeof(*all));
	size_t n = 0;

	r->any_peer = !json_count(peers);
	JSON_EACH(peer, peers)
	{
		n += policy_peer(net, p, r->pointer, peer, &all[n]);
	}
	r->peers = all;
	r->n_peers = n;
	policy_ports(net, p, r, json_get(v, "ports"));
}

void net_read_kubernetes(struct net *net, struct net_policy *like, const struct json *object)
{
	static const char *const members[2] = {"from", "to"};
	const struct json *spec = json_get(object, "spec"), *types = json_get(spec, "policyTypes"), *selector = given(json_get(spec, "podSelector"));
	struct net_policy *p;
	size_t i;

	like->stage = NET_STAGE_DEFAULT;
	like->order = 1000; /* where Calico places them among its own */
	net_check_selector(net, like, "/spec/podSelector", selector);
	like->subject = net_selector(net, &(struct net_selector){.namespace = like->namespace, .pods = selector});
	p = net_policy_add(net, like);
	p->rules[NET_INGRESS].applies = !json_count(types);
	p->rules[NET_EGRESS].applies = !json_count(types) && json_count(json_get(spec, "egress"));
	JSON_EACH(type, types)
	{
		p->rules[NET_INGRESS].applies |= span_eq(json_str(type), "Ingress");
		p->rules[NET_EGRESS].applies |= span_eq(json_str(type), "Egress");
		if (!span_eq(json_str(type), "Ingress") && !span_eq(json_str(type), "Egress"))
			net_problem(net, p, "/spec/policyTypes", "'%.*s' is neither Ingress nor Egress", SPAN_ARG(json_str(type)));
	}
	for (int d = 0; d < 2; d++) {
		p->rules[d].isolates = p->rules[d].applies;
		i = 0;
		if (!p->rules[d].applies)
			continue;
		JSON_EACH(v, json_get(spec, net_direction[d]))
		{
			policy_rule(net, p, net_rule_add(net, &p->rules[d], net_pointer(net, "/spec", net_direction[d], i++)), v, members[d]);
		}
	}
}

/* Of spec.subject and of peers: { namespaces: SELECTOR } or { pods: { namespaceSelector, podSelector } }. Before release 0.1.2 the selector of
 * namespaces stood one deeper, beside sameLabels and notSameLabels, which are gone: those are not known. */
static const struct net_selector *admin_pods(struct net *net, const struct net_policy *p, const char *pointer, const struct json *v)
{
	const struct json *spaces = given(json_get(v, "namespaces")), *pods = given(json_get(v, "pods"));

	if (!spaces && !pods)
		return NULL;
	if (pods)
		spaces = given(json_get(pods, "namespaces")) ? json_get(pods, "namespaces") : json_get(pods, "namespaceSelector");
	if (json_get(spaces, "sameLabels") || json_get(spaces, "notSameLabels"))
		return NULL;
	if (given(json_get(spaces, "namespaceSelector")))
		spaces = json_get(spaces, "namespaceSelector");
	net_check_selector(net, p, pointer, spaces);
	net_check_selector(net, p, pointer, json_get(pods, "podSelector"));
	return net_selector(net, &(struct net_selector){.spaces = spaces, .pods = json_get(pods, "podSelector")});
}

/* A peer of each address in its list of networks; of each name in its list of domains. */
static size_t admin_lists(struct net *net, const struct net_policy *p, const char *pointer, const struct json *v, struct net_peer *out)
{
	size_t n = 0;

	JSON_EACH(cidr, json_get(v, "networks"))
	{
		out[n].has_nets = net_cidr(net, p, pointer, cidr, NULL, &out[n].nets);
		n += out[n].has_nets;
	}
	JSON_EACH(name, json_get(v, "domainNames"))
	{
		out[n++].domain = json_str(name);
	}
	return n;
}

/* False when there is a peer of a kind that is not known. */
static bool admin_peers(struct net *net, const struct net_policy *p, struct net_rule *r, const struct json *peers)
{
	size_t most = 0, n = 0;
	struct net_peer *all;
	bool known = true;

	JSON_EACH(v, peers)
	{
		most += 1 + json_count(json_get(v, "networks")) + json_count(json_get(v, "domainNames"));
	}
	all = arena_array(&net->arena, most, sizeof(*all));
	JSON_EACH(v, peers)
	{
		const struct json *nodes = given(json_get(v, "nodes"));
		size_t more = admin_lists(net, p, r->pointer, v, all + n);

		n += more;
		all[n].selector = admin_pods(net, p, r->pointer, v);
		if (nodes)
			all[n].selector = net_selector(net, &(struct net_selector){.language = NET_NODE_SELECTOR, .pods = nodes});
		if (!all[n].selector && !more && !json_count(json_get(v, "networks"))) {
			net_problem(net, p, r->pointer, "a peer of a kind that is not known: %s", r->action == NET_ALLOW ? "the rule takes in nothing" : "the rule denies all");
			known = false;
		}
		n += all[n].selector != NULL;
	}
	if (!json_count(peers))
		net_problem(net, p, r->pointer, "a rule without peers takes in nothing");
	r->peers = all;
	r->n_peers = n;
	return known;
}

/* What an implementation is to do with a rule that it does not understand (network-policy-api, comments of peers): allow nothing, deny all. */
static void fail_closed(struct net *net, struct net_rule *r)
{
	r->n_peers = 0;
	r->n_named = 0;
	if (r->action == NET_ALLOW || r->action == NET_LOG)
		return;
	r->action = NET_DENY;
	r->any_peer = true;
	r->ports = net->all_ports;
}

static void admin_number(struct net *net, const struct net_policy *p, struct net_rule *r, const struct json *v, const char *first, const char *last, struct gather *out)
{
	struct span protocol = json_text_at(v, "protocol");
	int proto = protocol.n ? protocol_named(protocol) : PROTOCOL_TCP;
	uint32_t from, to;

	if (proto < 0 || proto > PROTOCOL_SCTP) {
		net_problem(net, p, r->pointer, "protocol '%.*s' is none of TCP, UDP, SCTP", SPAN_ARG(protocol));
		return;
	}
	if (!net_port_number(net, p, r->pointer, json_get(v, first), &from) || !net_port_number(net, p, r->pointer, json_get(v, last), &to))
		return;
	if (to < from)
		net_problem(net, p, r->pointer, "ports %u to %u are none", from, to);
	else
		gather_add(&net->arena, out, ports_range(&net->arena, proto, from, to));
}

/* An entry of `protocols` of a ClusterNetworkPolicy: { tcp: { destinationPort: { number or range } } }. */
static bool admin_protocol(struct net *net, const struct net_policy *p, struct net_rule *r, const struct json *v, struct gather *out)
{
	static const char *const names[] = {"tcp", "udp", "sctp"};
	struct json one = {.type = JSON_OBJECT};

	for (int i = PROTOCOL_TCP; i <= PROTOCOL_SCTP; i++) {
		const struct json *of = given(json_get(v, names[i])), *port = given(json_get(of, "destinationPort")), *range = given(json_get(port, "range"));

		if (!of)
			continue;
		if (!port) {
			gather_add(&net->arena, out, ports_range(&net->arena, i, 1, 65535));
			return true;
		}
		one = range ? *range : *port;
		json_set(&net->arena, &one, "protocol", json_make_str(&net->arena, span_of(protocol_name(i))));
		admin_number(net, p, r, &one, range ? "start" : "number", range ? "end" : "number", out);
		return true;
	}
	return false;
}

static void admin_ports(struct net *net, const struct net_policy *p, struct net_rule *r, const struct json *ports)
{
	struct gather all = {0};

	JSON_EACH(port, ports)
	{
		const struct json *number = given(json_get(port, "portNumber")), *range = given(json_get(port, "portRange"));

		if (number)
			admin_number(net, p, r, number, "port", "port", &all);
		else if (range)
			admin_number(net, p, r, range, "start", "end", &all);
		else if (json_text_at(port, "namedPort").n)
			net_add_named(net, r, json_text_at(port, "namedPort"), -1);
		else if (json_text_at(port, "destinationNamedPort").n)
			net_add_named(net, r, json_text_at(port, "destinationNamedPort"), -1);
		else if (!admin_protocol(net, p, r, port, &all))
			net_problem(net, p, r->pointer, "a port of a kind that is not known");
	}
	r->ports = json_count(ports) ? gather_set(&all) : net->all_ports;
}

static void admin_direction(struct net *net, struct net_policy *p, int d, const struct json *rules)
{
	static const char *const members[2] = {"from", "to"};
	size_t i = 0;

	p->rules[d].applies = json_count(rules) > 0;
	JSON_EACH(v, rules)
	{
		struct net_rule *r = net_rule_add(net, &p->rules[d], net_pointer(net, "/spec", net_direction[d], i++));
		struct span action = json_text_at(v, "action");

		if (span_eq(action, "Allow") || span_eq(action, "Accept")) {
			r->action = NET_ALLOW;
		} else if (span_eq(action, "Deny")) {
			r->action = NET_DENY;
		} else if (span_eq(action, "Pass")) {
			r->action = NET_PASS;
		} else {
			net_problem(net, p, r->pointer, "action '%.*s' is none of Allow, Deny, Pass", SPAN_ARG(action));
			r->action = NET_LOG;
		}
		admin_ports(net, p, r, json_get(v, json_get(v, "protocols") ? "protocols" : "ports"));
		if (!admin_peers(net, p, r, json_get(v, members[d])))
			fail_closed(net, r);
	}
}

void net_read_admin(struct net *net, struct net_policy *like, const struct json *object)
{
	const struct json *spec = json_get(object, "spec");
	struct span tier = json_text_at(spec, "tier");
	bool baseline = span_starts(span_of(like->kind), "Baseline") || span_eq(tier, "Baseline");
	int64_t priority = 0;
	struct net_policy *p;

	if (!baseline && (!json_int(json_get(spec, "priority"), &priority) || priority < 0 || priority > 1000))
		net_problem(net, like, "/spec/priority", "priority %.*s: it is 0 to 1000", SPAN_ARG(json_scalar(json_get(spec, "priority"))));
	if (baseline)
		json_int(json_get(spec, "priority"), &priority);
	like->stage = baseline ? NET_STAGE_BASELINE : NET_STAGE_ADMIN;
	like->order = (double)priority;
	like->subject = admin_pods(net, like, "/spec/subject", json_get(spec, "subject"));
	if (!like->subject) {
		net_problem(net, like, "/spec/subject", "a subject that names neither namespaces nor pods: the policy holds for nothing");
		return;
	}
	p = net_policy_add(net, like);
	for (int d = 0; d < 2; d++)
		admin_direction(net, p, d, json_get(spec, net_direction[d]));
}
