// SPDX-License-Identifier: Apache-2.0
// One connection against the policies. All connections at once are network-reach.c's.
#include "network-verdict.h"

#include <string.h>

struct net_party net_party_pod(const struct net_endpoint *p)
{
	return (struct net_party){.pod = p, .node = p->host_network ? p->node : NULL};
}

/* An end that is a node: itself, or a pod in its network. */
static bool is_node(const struct net_party *p)
{
	return p->node || (p->pod && p->pod->host_network);
}

static bool on_its_node(const struct net_endpoint *pod, const struct net_party *node)
{
	if (!pod || pod->host_network || !pod->node_name || !is_node(node))
		return false;
	if (node->pod && node->pod->node_name)
		return strcmp(pod->node_name, node->pod->node_name) == 0;
	return node->node && strcmp(pod->node_name, node->node->name) == 0;
}

const char *net_beyond_policy(const struct net_party *self, const struct net_party *other)
{
	if (self->pod && self->pod == other->pod && self->pod->is_pod)
		return "a pod always reaches itself";
	if (!self->pod || self->pod->host_network)
		return is_node(self) ? "no policy of pods holds for what is in the network of a node" : "no policy holds for addresses outside the cluster";
	if (on_its_node(self->pod, other))
		return "a pod and its own node always reach each other";
	return NULL;
}

static const wide *addresses_of(const struct net_party *p, size_t *n)
{
	if (p->pod) {
		*n = p->pod->n_addresses;
		return p->pod->addresses;
	}
	if (p->node) {
		*n = p->node->n_addresses;
		return p->node->addresses;
	}
	*n = 1;
	return &p->address;
}

static unsigned family_of(wide address)
{
	return address_is_v4(address) ? NET_IPV4 : NET_IPV6;
}

static unsigned families_of(const struct net_party *p)
{
	unsigned all = 0;
	size_t n;
	const wide *at = addresses_of(p, &n);

	for (size_t i = 0; i < n; i++)
		all |= family_of(at[i]);
	return all;
}

unsigned net_families(const struct net *net, const struct net_party *a, const struct net_party *b)
{
	const struct net_party *const ends[2] = {a, b};
	unsigned common = NET_BOTH;
	bool both = false;

	for (int i = 0; i < 2 && net->n_marks; i++) {
		unsigned has = families_of(ends[i]);

		both |= has == NET_BOTH;
		if (has && ends[i]->address)
			has = family_of(ends[i]->address);
		common &= has ? has : NET_BOTH; /* not known: it may have either */
	}
	return both ? common : 0;
}

/* Of addresses that are not known, only a network that takes in all of the family (IPv4 unless asked) is known to take them in. */
static bool nets_take(const struct net_peer *p, const struct net_party *other)
{
	size_t n;
	const wide *at = addresses_of(other, &n);

	if ((other->pod || other->node) && p->nets_outside_only)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((!other->family || family_of(at[i]) == other->family) && set_has(p->nets, at[i]))
			return true;
	return n == 0 && (other->family == NET_IPV6 ? addresses_every_v6(p->nets) : addresses_every_v4(p->nets));
}

static unsigned entities_of(const struct net_party *self, const struct net_party *other)
{
	unsigned all;

	if (is_node(other)) {
		all = on_its_node(self->pod, other) ? NET_HOST : NET_REMOTE_NODE;
		return all | (other->node && other->node->control_plane ? NET_API_SERVER : 0u);
	}
	if (other->pod)
		return NET_PODS;
	return address_is_v4(other->address) ? NET_WORLD4 : NET_WORLD6;
}

static bool selector_takes(struct net *net, const struct net_selector *s, const struct net_party *other)
{
	if (s->language == NET_NODE_SELECTOR)
		return other->node && selector_matches(s->pods, other->node->labels);
	return other->pod && net_selects(net, s, other->pod);
}

static bool peer_takes(struct net *net, const struct net_peer *p, const struct net_party *self, const struct net_party *other)
{
	if (p->entities & entities_of(self, other))
		return true;
	if (!p->selector && !p->not_selector && !p->has_nets)
		return false;
	if (p->selector && !selector_takes(net, p->selector, other))
		return false;
	if (p->not_selector && selector_takes(net, p->not_selector, other))
		return false;
	return !p->has_nets || nets_take(p, other);
}

bool net_rule_takes_peer(struct net *net, const struct net_rule *r, const struct net_party *self, const struct net_party *other)
{
	if (r->self && !(self->pod && net_selects(net, r->self, self->pod)))
		return false;
	for (size_t i = 0; i < r->n_peers; i++)
		if (peer_takes(net, &r->peers[i], self, other))
			return true;
	return r->any_peer;
}

static bool named_here(const struct net_named *n, const struct net_port *p)
{
	return (n->protocol < 0 || n->protocol == p->protocol) && span_is(n->name, p->name);
}

bool net_rule_takes_port(const struct net_rule *r, const struct net_party *to, int protocol, uint32_t port)
{
	if (set_has(r->ports, port_at(protocol, port)))
		return true;
	for (size_t i = 0; to->pod && !to->pod->host_network && i < r->n_named; i++)
		for (size_t k = 0; k < to->pod->ports->n; k++) {
			const struct net_port *p = &to->pod->ports->at[k];

			if (named_here(&r->named[i], p) && p->protocol == protocol && p->port == port)
				return true;
		}
	return false;
}

struct set net_rule_ports(struct arena *a, const struct net_rule *r, const struct net_endpoint *to)
{
	struct set all = r->ports;

	for (size_t i = 0; to && !to->host_network && i < r->n_named; i++)
		for (size_t k = 0; k < to->ports->n; k++) {
			const struct net_port *p = &to->ports->at[k];

			if (named_here(&r->named[i], p))
				all = set_union(a, all, ports_range(a, p->protocol, p->port, p->port));
		}
	return all;
}

/* What one policy says: 1 decided, 0 not, 2 go on to the next stage. */
static int ask_policy(struct net *net, const struct net_policy *p, const struct net_party *self, const struct net_party *other,
		      int protocol, uint32_t port, struct net_step *out)
{
	const struct net_rules *rules = &p->rules[out->direction];
	const struct net_party *to = out->direction == NET_INGRESS ? self : other;

	for (size_t i = 0; i < rules->n; i++) {
		const struct net_rule *r = &rules->at[i];

		if (r->action == NET_LOG || !net_rule_takes_port(r, to, protocol, port) || !net_rule_takes_peer(net, r, self, other))
			continue;
		if (r->action == NET_PASS)
			return 2;
		out->policy = p;
		out->rule = r;
		out->allows = r->action == NET_ALLOW;
		return 1;
	}
	return 0;
}

/* One direction, from the end whose policies are asked. */
static void ask(struct net *net, const struct net_party *self, const struct net_party *other, int protocol, uint32_t port, struct net_step *out)
{
	const struct net_applied *applied;
	const struct net_policy *isolating = NULL;
	int rc = 0;

	out->text = net_beyond_policy(self, other);
	out->allows = true;
	if (out->text)
		return;
	applied = net_applied(net, self->pod->class, out->direction);
	for (size_t i = 0; i < applied->n; i++) {
		const struct net_policy *p = applied->at[i], *next = i + 1 < applied->n ? applied->at[i + 1] : NULL;

		if (rc != 2)
			rc = ask_policy(net, p, self, other, protocol, port, out);
		if (rc == 1)
			return;
		if (p->rules[out->direction].isolates && !isolating && rc != 2)
			isolating = p;
		if (next && next->stage == p->stage)
			continue;
		if (rc != 2 && isolating && !isolating->stage_passes) {
			out->policy = isolating;
			out->allows = false;
			return;
		}
		rc = 0;
		isolating = NULL;
	}
	out->text = applied->n ? "no rule decides, which lets it pass" : "no policy holds for the pod in this direction";
}

static void ask_in(struct net *net, struct net_party from, struct net_party to, unsigned family, int protocol, uint32_t port, struct net_answer *out)
{
	*out = (struct net_answer){.step = {{.direction = NET_INGRESS}, {.direction = NET_EGRESS}}, .family = family};
	from.family = to.family = family;
	ask(net, &from, &to, protocol, port, &out->step[NET_EGRESS]);
	ask(net, &to, &from, protocol, port, &out->step[NET_INGRESS]);
	out->direction[NET_EGRESS] = out->step[NET_EGRESS].allows;
	out->direction[NET_INGRESS] = out->step[NET_INGRESS].allows;
	out->allowed = out->direction[0] && out->direction[1];
}

void net_ask(struct net *net, const struct net_party *from, const struct net_party *to, int protocol, uint32_t port, struct net_answer *out)
{
	unsigned families = net_families(net, from, to);

	ask_in(net, *from, *to, families == NET_BOTH ? NET_IPV4 : families, protocol, port, out);
	if (families == NET_BOTH && !out->allowed)
		ask_in(net, *from, *to, NET_IPV6, protocol, port, out);
}
