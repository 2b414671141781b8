// SPDX-License-Identifier: Apache-2.0
// All connections of a cluster, class by class. The same rules for one connection are network-verdict.c's; how they are shown is
// network-list.c's.
#include "network-reach.h"

#include <stdlib.h>

enum operation { OP_UNION, OP_COMMON, OP_MINUS };

struct memo {
	uint64_t key; /* operation, x, y; plus 1 */
	uint32_t id;
};

/* What is known of each sender while the rules of a receiver are gone through. */
struct state {
	uint32_t allowed, left, passed;
};

struct net_reach {
	struct net *net;
	struct set *sets;
	uint32_t n_sets;
	size_t cap_sets, used_sets;
	size_t *set_slots, n_set_slots;
	struct memo *memo;
	size_t n_memo, cap_memo;
	struct state *states; /* by class */
	uint64_t *bits;	      /* classes that the rule at hand takes in */
	uint32_t *egress;     /* by profile, for the receiver and family at hand: number + 1; 0: not yet */
	size_t cap_egress;
	bool dual;	      /* some class has addresses of both families, and networks are named: net_families() must be asked */
	unsigned family;      /* of the other end, in which it is asked now; 0: any */
	uint32_t *row;	      /* by class: the answer in one family */
	unsigned char *wants; /* by class: bit 1 << family */
	uint64_t **class_nodes; /* by class: the nodes it runs on */
	size_t n_names;		/* of nodes */
	struct outside_cache *outside;
	size_t cap_outside;
	uint64_t work;
};

struct outside_cache {
	bool known;
	const struct net_outside *at;
	size_t n;
};

static uint64_t mix(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdull;
	return h ^ h >> 29;
}

static uint64_t set_hash(struct set s)
{
	uint64_t h = s.n;

	for (size_t i = 0; i < s.n; i++)
		h = mix(h ^ (uint64_t)s.at[i].from ^ (uint64_t)s.at[i].to << 32);
	return h;
}

static size_t *set_slot(struct net_reach *r, struct set s)
{
	size_t i = set_hash(s) & (r->n_set_slots - 1);

	while (r->set_slots[i] && !set_equal(r->sets[r->set_slots[i] - 1], s))
		i = (i + 1) & (r->n_set_slots - 1);
	return &r->set_slots[i];
}

static uint32_t intern(struct net_reach *r, struct set s)
{
	size_t *slot;

	if (r->used_sets * 2 >= r->n_set_slots) {
		r->n_set_slots = r->n_set_slots ? r->n_set_slots * 4 : 1024;
		r->set_slots = arena_array(&r->net->arena, r->n_set_slots, sizeof(*r->set_slots));
		for (size_t i = 0; i < r->used_sets; i++)
			*set_slot(r, r->sets[i]) = i + 1;
	}
	slot = set_slot(r, s);
	if (!*slot) {
		*NET_GROW(r->net, r->sets, r->used_sets, r->cap_sets) = s;
		*slot = r->used_sets;
	}
	return (uint32_t)*slot - 1;
}

uint64_t net_reach_work(const struct net_reach *r)
{
	return r->work;
}

struct set net_reach_set(const struct net_reach *r, uint32_t id)
{
	return r->sets[id];
}

static struct memo *memo_slot(struct net_reach *r, uint64_t key)
{
	size_t i = mix(key) & (r->cap_memo - 1);

	while (r->memo[i].key && r->memo[i].key != key)
		i = (i + 1) & (r->cap_memo - 1);
	return &r->memo[i];
}

static void grow_memo(struct net_reach *r)
{
	struct memo *old = r->memo;
	size_t n = r->cap_memo;

	r->cap_memo = n ? n * 4 : 4096;
	r->memo = arena_array(&r->net->arena, r->cap_memo, sizeof(*r->memo));
	for (size_t i = 0; i < n; i++)
		if (old[i].key)
			*memo_slot(r, old[i].key) = old[i];
}

static uint32_t combine(struct net_reach *r, enum operation op, uint32_t x, uint32_t y)
{
	struct arena *a = &r->net->arena;
	struct memo *m;
	uint64_t key = ((uint64_t)op << 62 | (uint64_t)x << 31 | y) + 1;
	struct set s;

	if (r->n_memo * 2 >= r->cap_memo)
		grow_memo(r);
	m = memo_slot(r, key);
	if (m->key)
		return m->id;
	s = op == OP_UNION ? set_union(a, r->sets[x], r->sets[y]) : op == OP_COMMON ? set_common(a, r->sets[x], r->sets[y]) : set_minus(a, r->sets[x], r->sets[y]);
	*m = (struct memo){key, intern(r, s)};
	r->n_memo++;
	return m->id;
}

uint32_t net_reach_union(struct net_reach *r, uint32_t x, uint32_t y)
{
	if (x == y || y == REACH_NONE || x == REACH_ALL)
		return x;
	return x == REACH_NONE || y == REACH_ALL ? y : combine(r, OP_UNION, x, y);
}

static uint32_t common(struct net_reach *r, uint32_t x, uint32_t y)
{
	if (x == y || x == REACH_NONE || y == REACH_ALL)
		return x;
	return y == REACH_NONE || x == REACH_ALL ? y : combine(r, OP_COMMON, x, y);
}

static uint32_t minus(struct net_reach *r, uint32_t x, uint32_t y)
{
	if (x == y || y == REACH_ALL)
		return REACH_NONE;
	return x == REACH_NONE || y == REACH_NONE ? x : combine(r, OP_MINUS, x, y);
}

/* Index of a node's name in the sorted list. */
static size_t name_at(const char *const *names, size_t n, const char *name)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(names[mid], name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void find_nodes(struct net_reach *r)
{
	struct net *net = r->net;
	const char **names = arena_array(&net->arena, net->n_endpoints, sizeof(*names));
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < net->n_endpoints; i++)
		if (net->endpoints[i].node_name)
			names[n++] = net->endpoints[i].node_name;
	if (n)
		qsort(names, n, sizeof(*names), by_text);
	for (size_t i = 0; i < n; i++)
		if (!kept || strcmp(names[kept - 1], names[i]) != 0)
			names[kept++] = names[i];
	r->n_names = kept;
	r->class_nodes = arena_array(&net->arena, net->n_classes, sizeof(*r->class_nodes));
	for (size_t i = 0; i < net->n_endpoints; i++) {
		const struct net_endpoint *p = &net->endpoints[i];
		size_t at;

		if (!r->class_nodes[p->class])
			r->class_nodes[p->class] = arena_array(&net->arena, kept / 64 + 1, sizeof(uint64_t));
		if (!p->node_name)
			continue;
		at = name_at(names, kept, p->node_name);
		r->class_nodes[p->class][at / 64] |= (uint64_t)1 << (at % 64);
	}
}

struct net_reach *net_reach_new(struct net *net)
{
	struct net_reach *r = arena_alloc(&net->arena, sizeof(*r));

	*r = (struct net_reach){.net = net};
	intern(r, (struct set){0});
	intern(r, net->all_ports);
	r->states = arena_array(&net->arena, net->n_classes, sizeof(*r->states));
	r->bits = arena_array(&net->arena, net->n_classes / 64 + 1, sizeof(*r->bits));
	find_nodes(r);
	for (size_t c = 0; c < net->n_classes && !r->dual; c++) {
		struct net_party one = net_party_pod(net->classes[c].first);

		r->dual = net_families(net, &one, &one) == NET_BOTH;
	}
	if (r->dual) {
		r->row = arena_array(&net->arena, net->n_classes, sizeof(*r->row));
		r->wants = arena_array(&net->arena, net->n_classes, sizeof(*r->wants));
	}
	return r;
}

static uint32_t rule_ports(struct net_reach *r, struct net_rule *rule, const struct net_endpoint *to)
{
	if (rule->n_named && to)
		return intern(r, net_rule_ports(&r->net->arena, rule, to));
	if (!rule->set_id)
		rule->set_id = intern(r, rule->ports) + 1;
	return rule->set_id - 1;
}

/* A peer that is no more than a selector of pods. */
static bool plain(const struct net_peer *p)
{
	return p->selector && !p->entities && !p->not_selector && !p->has_nets;
}

static void fill_bits(struct net_reach *r, const struct net_rule *rule, const struct net_party *self)
{
	struct net *net = r->net;
	size_t words = net->n_classes / 64 + 1;
	bool simple = true;

	r->work += words * (rule->n_peers + 1) + 16;
	memset(r->bits, rule->any_peer ? 0xff : 0, words * sizeof(*r->bits));
	for (size_t i = 0; i < rule->n_peers && !rule->any_peer; i++) {
		const uint64_t *more;

		if (!plain(&rule->peers[i])) {
			simple = false;
			continue;
		}
		more = net_selector_classes(net, rule->peers[i].selector);
		for (size_t w = 0; w < words; w++)
			r->bits[w] |= more[w];
	}
	for (uint32_t c = 0; c < net->n_classes && !simple; c++) {
		struct net_party other = net_party_pod(net->classes[c].first);

		other.family = r->family;
		if (!net_bit(r->bits, c) && net_rule_takes_peer(net, rule, self, &other))
			r->bits[c / 64] |= (uint64_t)1 << (c % 64);
	}
}

static void apply(struct net_reach *r, struct state *s, enum net_action action, uint32_t ports)
{
	uint32_t taken = common(r, s->left, ports);

	r->work += 4;
	if (taken == REACH_NONE)
		return;
	if (action == NET_ALLOW)
		s->allowed = net_reach_union(r, s->allowed, taken);
	else if (action == NET_PASS)
		s->passed = net_reach_union(r, s->passed, taken);
	s->left = minus(r, s->left, taken);
}

/* What a stage leaves for the next: all that it did not decide, but for what an isolating policy keeps. */
static void end_stage(struct net_reach *r, struct state *s, bool denies)
{
	s->left = denies ? s->passed : net_reach_union(r, s->left, s->passed);
	s->passed = REACH_NONE;
}

/* Walks policies stage by stage: `stage_end` tells what to do behind each policy. */
static bool stage_ends(const struct net_applied *a, size_t i)
{
	return i + 1 == a->n || a->at[i + 1]->stage != a->at[i]->stage;
}

/* All senders at once against the receiver's ingress. */
static void ingress_rules(struct net_reach *r, const struct net_applied *applied, const struct net_endpoint *to)
{
	struct net_party self = net_party_pod(to);
	struct net *net = r->net;
	bool denies = false;

	for (size_t i = 0; i < applied->n; i++) {
		const struct net_policy *p = applied->at[i];

		for (size_t k = 0; k < p->rules[NET_INGRESS].n; k++) {
			struct net_rule *rule = &p->rules[NET_INGRESS].at[k];
			uint32_t ports = rule_ports(r, rule, to);

			if (rule->action == NET_LOG || ports == REACH_NONE || (rule->self && !net_selects(net, rule->self, to)))
				continue;
			fill_bits(r, rule, &self);
			for (size_t w = 0; w <= net->n_classes / 64; w++)
				for (uint64_t bits = r->bits[w]; bits; bits &= bits - 1) {
					size_t c = w * 64 + (size_t)__builtin_ctzll(bits);

					if (c < net->n_classes)
						apply(r, &r->states[c], rule->action, ports);
				}
		}
		denies |= p->rules[NET_INGRESS].isolates && !p->stage_passes;
		if (!stage_ends(applied, i))
			continue;
		for (size_t c = 0; c < net->n_classes; c++)
			end_stage(r, &r->states[c], denies);
		denies = false;
	}
}

/* One end's policies of a direction against one other end, for all ports. */
static uint32_t one_pair(struct net_reach *r, const struct net_applied *applied, int direction, const struct net_party *self, const struct net_party *other)
{
	struct state s = {REACH_NONE, REACH_ALL, REACH_NONE};
	bool denies = false;

	for (size_t i = 0; i < applied->n; i++) {
		const struct net_policy *p = applied->at[i];

		for (size_t k = 0; k < p->rules[direction].n; k++) {
			struct net_rule *rule = &p->rules[direction].at[k];

			r->work += rule->n_peers + 1;
			if (rule->action != NET_LOG && net_rule_takes_peer(r->net, rule, self, other))
				apply(r, &s, rule->action, rule_ports(r, rule, direction == NET_INGRESS ? self->pod : other->pod));
		}
		denies |= p->rules[direction].isolates && !p->stage_passes;
		if (stage_ends(applied, i)) {
			end_stage(r, &s, denies);
			denies = false;
		}
	}
	return net_reach_union(r, s.allowed, s.left);
}

static bool share_node(const struct net_reach *r, uint32_t a, uint32_t b)
{
	for (size_t w = 0; w <= r->n_names / 64; w++)
		if (r->class_nodes[a][w] & r->class_nodes[b][w])
			return true;
	return false;
}

static bool looks_at_self(const struct net_applied *a)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < a->at[i]->rules[NET_EGRESS].n; k++)
			if (a->at[i]->rules[NET_EGRESS].at[k].self)
				return true;
	return false;
}

/* Senders under the same policies get the same answer. */
static uint32_t egress_of(struct net_reach *r, uint32_t from, const struct net_party *to)
{
	const struct net_applied *applied = net_applied(r->net, from, NET_EGRESS);
	struct net_party self = net_party_pod(r->net->classes[from].first);
	uint32_t id;

	if (!applied->n)
		return REACH_ALL;
	if (r->egress[applied->profile])
		return r->egress[applied->profile] - 1;
	id = one_pair(r, applied, NET_EGRESS, &self, to);
	if (!looks_at_self(applied))
		r->egress[applied->profile] = id + 1;
	return id;
}

static void row_in(struct net_reach *r, uint32_t to, uint32_t *out)
{
	struct net *net = r->net;
	const struct net_endpoint *target = net->classes[to].first;

	for (size_t c = 0; c < net->n_classes; c++)
		r->states[c] = (struct state){REACH_NONE, REACH_ALL, REACH_NONE};
	if (!target->host_network)
		ingress_rules(r, net_applied(net, to, NET_INGRESS), target);
	for (uint32_t c = 0; c < net->n_classes; c++) {
		const struct net_endpoint *from = net->classes[c].first;

		if (from->finished || target->finished)
			out[c] = REACH_NONE;
		else if (from->host_network != target->host_network && share_node(r, c, to))
			out[c] = REACH_ALL;
		else
			out[c] = net_reach_union(r, r->states[c].allowed, r->states[c].left);
	}
}

static void row_both(struct net_reach *r, uint32_t to, uint32_t *out)
{
	struct net *net = r->net;
	const struct net_endpoint *target = net->classes[to].first;
	struct net_party party = net_party_pod(target);

	party.family = r->family;
	row_in(r, to, out);
	for (uint32_t c = 0; c < net->n_classes; c++)
		net_applied(net, c, NET_EGRESS);
	if (r->cap_egress < net->n_profiles) {
		r->cap_egress = net->n_profiles;
		r->egress = arena_array(&net->arena, r->cap_egress, sizeof(*r->egress));
	}
	if (r->cap_egress)
		memset(r->egress, 0, r->cap_egress * sizeof(*r->egress));
	for (uint32_t c = 0; c < net->n_classes; c++)
		if (out[c] != REACH_NONE && !net->classes[c].first->host_network && !(target->host_network && share_node(r, c, to)))
			out[c] = common(r, out[c], egress_of(r, c, &party));
}

/* Asks in every family that the receiver has in common with any sender, and gathers what passes in those of each sender. */
static void by_family(struct net_reach *r, uint32_t to, uint32_t *out, void (*ask)(struct net_reach *, uint32_t, uint32_t *))
{
	struct net *net = r->net;
	struct net_party target = net_party_pod(net->classes[to].first);
	unsigned wanted = 0;

	if (!r->dual) {
		ask(r, to, out);
		return;
	}
	r->work += net->n_classes * 4;
	for (size_t c = 0; c < net->n_classes; c++) {
		struct net_party from = net_party_pod(net->classes[c].first);
		unsigned families = net_families(net, &from, &target);

		r->wants[c] = families == NET_BOTH ? 1 << NET_IPV4 | 1 << NET_IPV6 : (unsigned char)(1 << families);
		wanted |= r->wants[c];
		out[c] = REACH_NONE;
	}
	for (r->family = 0; r->family < NET_BOTH; r->family++) {
		if (!(wanted >> r->family & 1))
			continue;
		ask(r, to, r->row);
		for (size_t c = 0; c < net->n_classes; c++)
			if (r->wants[c] >> r->family & 1)
				out[c] = net_reach_union(r, out[c], r->row[c]);
	}
	r->family = 0;
}

void net_reach_in(struct net_reach *r, uint32_t to, uint32_t *out)
{
	by_family(r, to, out, row_in);
}

void net_reach_row(struct net_reach *r, uint32_t to, uint32_t *out)
{
	by_family(r, to, out, row_both);
}

bool net_reach_all(const struct net_reach *r)
{
	return r->net->plugin.enforces == 0 || (!r->net->n_policies && !r->dual);
}

uint32_t net_reach_stranger(struct net_reach *r, uint32_t to)
{
	static const struct net_ports no_ports;
	/* What the engines give every pod. */
	const struct label engines[] = {{SPAN("projectcalico.org/orchestrator"), SPAN("k8s")}, {SPAN("io.cilium.k8s.policy.cluster"), SPAN("default")}};
	struct net_space nowhere = {.name = ""};
	struct net_endpoint stranger = {.name = "", .account = "", .space = &nowhere, .labels = {engines, 2}, .ports = &no_ports, .class = NET_NO_CLASS};
	const struct net_endpoint *target = r->net->classes[to].first;
	struct net_party self = net_party_pod(target), other = net_party_pod(&stranger);
	unsigned families = net_families(r->net, &self, &other);
	uint32_t open;

	if (target->host_network)
		return REACH_ALL;
	other.family = families == NET_BOTH ? NET_IPV4 : families;
	open = one_pair(r, net_applied(r->net, to, NET_INGRESS), NET_INGRESS, &self, &other);
	if (families != NET_BOTH)
		return open;
	other.family = NET_IPV6;
	return net_reach_union(r, open, one_pair(r, net_applied(r->net, to, NET_INGRESS), NET_INGRESS, &self, &other));
}

static int by_from(const void *x, const void *y)
{
	const struct range *a = x, *b = y;

	return (a->from > b->from) - (a->from < b->from);
}

/* Addresses at which the answer can change: where a network of these policies begins, or ends. */
static size_t borders(struct net_reach *r, const struct net_applied *applied, int direction, struct range **out)
{
	struct range *at = NULL;
	size_t n = 0, cap = 0, kept = 0;
	wide v4 = addresses_v4(&r->net->arena).at[0].from, behind = addresses_v4(&r->net->arena).at[0].to + 1;

	NET_GROW(r->net, at, n, cap)->from = 0;
	NET_GROW(r->net, at, n, cap)->from = v4;
	NET_GROW(r->net, at, n, cap)->from = behind;
	for (size_t i = 0; i < applied->n; i++)
		for (size_t k = 0; k < applied->at[i]->rules[direction].n; k++) {
			const struct net_rule *rule = &applied->at[i]->rules[direction].at[k];

			for (size_t j = 0; j < rule->n_peers; j++)
				for (size_t m = 0; m < rule->peers[j].nets.n; m++) {
					NET_GROW(r->net, at, n, cap)->from = rule->peers[j].nets.at[m].from;
					if (rule->peers[j].nets.at[m].to != ~(wide)0)
						NET_GROW(r->net, at, n, cap)->from = rule->peers[j].nets.at[m].to + 1;
				}
		}
	qsort(at, n, sizeof(*at), by_from);
	for (size_t i = 0; i < n; i++)
		if (!kept || at[kept - 1].from != at[i].from)
			at[kept++] = at[i];
	for (size_t i = 0; i < kept; i++)
		at[i].to = i + 1 < kept ? at[i + 1].from - 1 : ~(wide)0;
	*out = at;
	return kept;
}

static bool has_named(const struct net_applied *a, int direction)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < a->at[i]->rules[direction].n; k++)
			if (a->at[i]->rules[direction].at[k].n_named || a->at[i]->rules[direction].at[k].self)
				return true;
	return false;
}

/* Ranges with the same answer are gathered. */
static size_t gather(struct net_reach *r, struct range *at, const uint32_t *ids, size_t n, const struct net_outside **out)
{
	struct net_outside *all = NULL;
	size_t n_all = 0, cap = 0;

	for (size_t i = 0; i < n; i++) {
		struct range *ranges;
		size_t m = 0, k;

		for (k = 0; k < n_all && all[k].ports != ids[i]; k++)
			;
		if (ids[i] == REACH_NONE || k < n_all)
			continue;
		ranges = arena_array(&r->net->arena, n - i, sizeof(*ranges));
		for (size_t j = i; j < n; j++)
			if (ids[j] == ids[i])
				ranges[m++] = at[j];
		*NET_GROW(r->net, all, n_all, cap) = (struct net_outside){ids[i], set_of(ranges, m)};
	}
	*out = all;
	return n_all;
}

static bool takes_addresses(const struct net_rule *rule)
{
	for (size_t i = 0; i < rule->n_peers; i++)
		if (rule->peers[i].has_nets || rule->peers[i].entities)
			return true;
	return rule->any_peer;
}

/* The same policies with only those rules that can take in an address outside: it is asked for each border. */
static struct net_applied without_pods(struct net_reach *r, const struct net_applied *applied, int direction)
{
	struct arena *a = &r->net->arena;
	const struct net_policy **list = arena_array(a, applied->n, sizeof(*list));

	for (size_t i = 0; i < applied->n; i++) {
		struct net_policy *copy = arena_alloc(a, sizeof(*copy));
		const struct net_rules *rules = &applied->at[i]->rules[direction];
		size_t n = 0;

		for (size_t k = 0; k < rules->n; k++)
			n += takes_addresses(&rules->at[k]);
		*copy = *applied->at[i];
		copy->rules[direction].at = arena_array(a, n, sizeof(struct net_rule));
		copy->rules[direction].n = 0;
		for (size_t k = 0; k < rules->n; k++)
			if (takes_addresses(&rules->at[k]))
				copy->rules[direction].at[copy->rules[direction].n++] = rules->at[k];
		list[i] = copy;
	}
	return (struct net_applied){list, applied->n, applied->profile};
}

size_t net_reach_outside(struct net_reach *r, uint32_t class, int direction, const struct net_outside **out)
{
	static const struct net_applied none;
	struct net *net = r->net;
	const struct net_endpoint *p = net->classes[class].first;
	const struct net_applied *applied = p->host_network ? &none : net_applied(net, class, direction);
	struct net_party self = net_party_pod(p);
	struct outside_cache *cache = NULL;
	struct net_applied fewer;
	struct range *at;
	uint32_t *ids;
	size_t n, n_out;

	if (p->finished)
		return 0;
	if (applied != &none && !has_named(applied, direction)) {
		if (applied->profile >= r->cap_outside) {
			size_t more = net->n_profiles * 2;
			struct outside_cache *grown = arena_array(&net->arena, more, sizeof(*grown));

			if (r->cap_outside)
				memcpy(grown, r->outside, r->cap_outside * sizeof(*grown));
			r->outside = grown;
			r->cap_outside = more;
		}
		cache = &r->outside[applied->profile];
	}
	if (cache && cache[0].known && direction == NET_INGRESS) {
		*out = cache->at;
		return cache->n;
	}
	fewer = without_pods(r, applied, direction);
	n = borders(r, &fewer, direction, &at);
	ids = arena_array(&net->arena, n, sizeof(*ids));
	for (size_t i = 0; i < n; i++) {
		struct net_party other = {.address = at[i].from};

		ids[i] = one_pair(r, &fewer, direction, &self, &other);
	}
	n_out = gather(r, at, ids, n, out);
	if (cache && direction == NET_INGRESS)
		*cache = (struct outside_cache){true, *out, n_out};
	return n_out;
}

/* Whether a rule takes in the other end in any family of the connection. */
static bool takes_in_any(struct net *net, const struct net_rule *rule, const struct net_party *self, struct net_party other, unsigned families)
{
	other.family = families == NET_BOTH ? NET_IPV4 : families;
	if (net_rule_takes_peer(net, rule, self, &other))
		return true;
	other.family = NET_IPV6;
	return families == NET_BOTH && net_rule_takes_peer(net, rule, self, &other);
}

/* The rules of one end that let any of the ports pass. */
static void by_end(struct net_reach *r, const struct net_party *self, const struct net_party *other, int direction, struct set ports, net_each_rule *each, void *ctx)
{
	const struct net_applied *applied;
	unsigned families = net_families(r->net, self, other);

	if (net_beyond_policy(self, other))
		return;
	applied = net_applied(r->net, self->pod->class, direction);
	for (size_t i = 0; i < applied->n; i++)
		for (size_t k = 0; k < applied->at[i]->rules[direction].n; k++) {
			struct net_rule *rule = &applied->at[i]->rules[direction].at[k];
			const struct net_endpoint *to = direction == NET_INGRESS ? self->pod : other->pod;
			uint32_t id;

			if (rule->action != NET_ALLOW || !takes_in_any(r->net, rule, self, *other, families))
				continue;
			id = rule_ports(r, rule, to);
			if (id == REACH_ALL || set_meets(r->sets[id], ports))
				each(ctx, applied->at[i], rule, direction);
		}
}

void net_reach_by(struct net_reach *r, const struct net_party *from, const struct net_party *to, struct set ports, net_each_rule *each, void *ctx)
{
	by_end(r, from, to, NET_EGRESS, ports, each, ctx);
	by_end(r, to, from, NET_INGRESS, ports, each, ctx);
}
