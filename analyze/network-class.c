// SPDX-License-Identifier: Apache-2.0
// Classes of endpoints, what a selector takes in of them, and which policies hold for each.
#include "network-class.h"
#include "network-load.h"

#include <stdlib.h>

static int by_from(const void *x, const void *y)
{
	const struct range *a = x, *b = y;

	return (a->from > b->from) - (a->from < b->from);
}

/* The borders of every network that a policy names: addresses between two of them are alike. */
static void gather_marks(struct net *net)
{
	size_t cap = 0;

	for (size_t i = 0; i < net->n_policies; i++)
		for (int d = 0; d < 2; d++)
			for (size_t k = 0; k < net->policies[i]->rules[d].n; k++) {
				const struct net_rule *r = &net->policies[i]->rules[d].at[k];

				for (size_t j = 0; j < r->n_peers; j++)
					for (size_t m = 0; m < r->peers[j].nets.n; m++) {
						NET_GROW(net, net->marks, net->n_marks, cap)->from = r->peers[j].nets.at[m].from;
						NET_GROW(net, net->marks, net->n_marks, cap)->from = r->peers[j].nets.at[m].to + 1;
					}
			}
	if (net->n_marks)
		qsort(net->marks, net->n_marks, sizeof(*net->marks), by_from);
}

/* How many borders lie at or before an address. */
static size_t mark_of(const struct net *net, wide address)
{
	size_t low = 0, high = net->n_marks;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (net->marks[mid].from <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int by_label(const void *x, const void *y)
{
	return span_cmp(((const struct label *)x)->key, ((const struct label *)y)->key);
}

static void add_key(struct buf *b, struct span s)
{
	uint32_t n = (uint32_t)s.n;

	buf_add(b, &n, sizeof(n));
	buf_add_span(b, s);
}

/* All that a policy can ask of an endpoint, as bytes. */
static void class_key(const struct net *net, const struct net_endpoint *p, struct buf *b)
{
	struct label sorted[64];
	struct labels l = p->labels;

	buf_reset(b);
	buf_add(b, &p->space, sizeof(p->space));
	buf_add_char(b, (char)(p->host_network | p->finished << 1));
	if (net->has_calico)
		add_key(b, span_of(p->account));
	if (l.n && l.n <= 64) {
		memcpy(sorted, l.at, l.n * sizeof(*sorted));
		qsort(sorted, l.n, sizeof(*sorted), by_label);
		l.at = sorted;
	}
	for (size_t i = 0; i < l.n; i++) {
		add_key(b, l.at[i].key);
		add_key(b, l.at[i].value);
	}
	buf_add_char(b, (char)p->n_addresses);
	for (size_t i = 0; i < p->n_addresses; i++) {
		size_t mark = mark_of(net, p->addresses[i]);

		buf_add(b, &mark, sizeof(mark));
		if (net->n_marks)
			buf_add_char(b, address_is_v4(p->addresses[i]));
	}
	for (size_t i = 0; i < p->ports->n; i++) {
		const struct net_port *port = &p->ports->at[i];
		uint32_t number = port->port << 2 | (uint32_t)port->protocol;

		add_key(b, port->name);
		buf_add(b, &number, sizeof(number));
	}
}

struct class_slot {
	struct span key;
	uint32_t class;
};

static uint64_t hash_of(struct span s)
{
	uint64_t h = 14695981039346656037ull; /* FNV-1a */

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211ull;
	return h ^ h >> 29;
}

void net_make_classes(struct net *net)
{
	size_t slots = 1024, cap = 0;
	struct class_slot *table;
	auto_buf key = BUF_INIT;

	gather_marks(net);
	while (slots < net->n_endpoints * 2)
		slots *= 2;
	table = arena_array(&net->arena, slots, sizeof(*table));
	for (size_t i = 0; i < net->n_endpoints; i++) {
		struct net_endpoint *p = &net->endpoints[i];
		struct class_slot *slot;
		size_t at;

		class_key(net, p, &key);
		at = hash_of(buf_span(&key)) & (slots - 1);
		while (table[at].key.p && !span_is(table[at].key, buf_span(&key)))
			at = (at + 1) & (slots - 1);
		slot = &table[at];
		if (!slot->key.p) {
			*slot = (struct class_slot){{arena_strndup(&net->arena, key.p, key.n), key.n}, (uint32_t)net->n_classes};
			*NET_GROW(net, net->classes, net->n_classes, cap) = (struct net_class){.first = p};
			if (!p->space->n_classes++)
				p->space->first_class = slot->class;
		}
		p->class = slot->class;
		net->classes[slot->class].n++;
	}
}

static struct labels account_labels(struct net *net, const struct net_endpoint *p, struct label room[static 17])
{
	sqlite3_stmt *s = db_stmt(net->db, "SELECT l.key, l.value FROM service_account a JOIN label l ON l.thing = a.thing "
					   "WHERE a.cluster = ? AND a.namespace = ? AND a.name = ? LIMIT 16");
	size_t n = 0;

	db_bind(s, "sss", net->cluster, p->space->name, p->account);
	while (sqlite3_step(s) == SQLITE_ROW) {
		struct span key = db_text(s, 0), value = db_text(s, 1);

		room[n++] = (struct label){{arena_strndup(&net->arena, key.p, key.n), key.n}, {arena_strndup(&net->arena, value.p, value.n), value.n}};
	}
	sqlite3_reset(s);
	room[n++] = (struct label){SPAN("projectcalico.org/name"), span_of(p->account)};
	return (struct labels){room, n};
}

static bool among(const struct json *names, const char *name)
{
	JSON_EACH(v, names)
	{
		if (span_eq(json_str(v), name))
			return true;
	}
	return false;
}

static bool account_selected(struct net *net, const struct net_selector *s, const struct net_endpoint *p)
{
	struct label room[17];

	if (s->accounts && !among(s->accounts, p->account))
		return false;
	return !s->calico_accounts.p || selector_calico_matches(s->calico_accounts, account_labels(net, p, room));
}

static bool space_selected(const struct net_selector *s, const struct net_space *sp)
{
	if (s->namespace && strcmp(s->namespace, sp->name) != 0)
		return false;
	if (s->calico_spaces.p && !selector_calico_matches(s->calico_spaces, sp->labels))
		return false;
	return selector_matches(s->spaces, sp->labels);
}

/* Pods in the network of their node are that node to every policy. */
static bool pod_selected(struct net *net, const struct net_selector *s, const struct net_endpoint *p)
{
	if (p->host_network || s->language == NET_NODE_SELECTOR)
		return false;
	if (s->language == NET_CALICO)
		return (!s->calico.p || selector_calico_matches(s->calico, p->labels)) && account_selected(net, s, p);
	return selector_matches(s->pods, p->labels);
}

const uint64_t *net_selector_classes(struct net *net, const struct net_selector *s)
{
	uint64_t *bits;

	if (net->n_selector_classes < net->n_selectors) {
		const uint64_t **more = arena_array(&net->arena, net->n_selectors, sizeof(*more));

		if (net->n_selector_classes)
			memcpy(more, net->selector_classes, net->n_selector_classes * sizeof(*more));
		net->selector_classes = more;
		net->n_selector_classes = net->n_selectors;
	}
	if (net->selector_classes[s->index])
		return net->selector_classes[s->index];
	bits = arena_array(&net->arena, net->n_classes / 64 + 1, sizeof(*bits));
	for (size_t i = 0; i < net->n_spaces; i++) {
		const struct net_space *sp = &net->spaces[i];

		if (!sp->n_classes || !space_selected(s, sp))
			continue;
		for (uint32_t c = sp->first_class; c < sp->first_class + sp->n_classes; c++)
			if (pod_selected(net, s, net->classes[c].first))
				bits[c / 64] |= (uint64_t)1 << (c % 64);
	}
	return net->selector_classes[s->index] = bits;
}

bool net_selects(struct net *net, const struct net_selector *s, const struct net_endpoint *p)
{
	if (p->class == NET_NO_CLASS)
		return space_selected(s, p->space) && pod_selected(net, s, p);
	return net_bit(net_selector_classes(net, s), p->class);
}

static int by_space(const void *x, const void *y)
{
	const struct net_policy *a = *(struct net_policy *const *)x, *b = *(struct net_policy *const *)y;
	int c = strcmp(a->namespace, b->namespace);

	return c ? c : (a->index > b->index) - (a->index < b->index);
}

/* The run of policies of one namespace. */
static size_t policies_of(struct net *net, const char *namespace, size_t *first)
{
	size_t low = 0, high = net->n_policies, n = 0;

	if (!net->by_space) {
		net->by_space = arena_array(&net->arena, net->n_policies, sizeof(*net->by_space));
		if (net->n_policies) {
			memcpy(net->by_space, net->policies, net->n_policies * sizeof(*net->by_space));
			qsort(net->by_space, net->n_policies, sizeof(*net->by_space), by_space);
		}
	}
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(net->by_space[mid]->namespace, namespace) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*first = low;
	while (low + n < net->n_policies && strcmp(net->by_space[low + n]->namespace, namespace) == 0)
		n++;
	return n;
}

static int by_index(const void *x, const void *y)
{
	const struct net_policy *a = *(struct net_policy *const *)x, *b = *(struct net_policy *const *)y;

	return (a->index > b->index) - (a->index < b->index);
}

struct net_profiles {
	struct net_applied *at;
	size_t n, cap;
	size_t *slots, n_slots; /* index + 1 */
};

static size_t *profile_slot(struct net_profiles *f, const struct net_policy *const *list, size_t n)
{
	size_t i = hash_of((struct span){(const char *)list, n * sizeof(*list)}) & (f->n_slots - 1);

	for (; f->slots[i]; i = (i + 1) & (f->n_slots - 1)) {
		const struct net_applied *p = &f->at[f->slots[i] - 1];

		if (p->n == n && (n == 0 || memcmp(p->at, list, n * sizeof(*list)) == 0))
			break;
	}
	return &f->slots[i];
}

/* The same list of policies is kept once. */
static struct net_applied profile(struct net *net, const struct net_policy **list, size_t n)
{
	struct net_profiles *f = net->profiles;
	size_t *slot;

	if (!f)
		f = net->profiles = arena_alloc(&net->arena, sizeof(*f));
	if (f->n * 2 >= f->n_slots) {
		f->n_slots = f->n_slots ? f->n_slots * 4 : 256;
		f->slots = arena_array(&net->arena, f->n_slots, sizeof(*f->slots));
		for (size_t i = 0; i < f->n; i++)
			*profile_slot(f, f->at[i].at, f->at[i].n) = i + 1;
	}
	slot = profile_slot(f, list, n);
	if (!*slot) {
		struct net_applied *fresh = NET_GROW(net, f->at, f->n, f->cap);

		*fresh = (struct net_applied){list, n, (uint32_t)f->n - 1};
		*slot = f->n;
		net->n_profiles = (uint32_t)f->n;
	}
	return f->at[*slot - 1];
}

const struct net_applied *net_applied(struct net *net, uint32_t class, int direction)
{
	struct net_class *c = &net->classes[class];
	const struct net_policy **list;
	const char *const places[2] = {"", c->first->space->name};
	size_t n = 0, first, count[2];

	if (c->known[direction])
		return &c->applied[direction];
	for (int i = 0; i < 2; i++)
		count[i] = policies_of(net, places[i], &first);
	list = arena_array(&net->arena, count[0] + count[1], sizeof(*list));
	for (int i = 0; i < 2; i++) {
		policies_of(net, places[i], &first);
		for (size_t k = first; k < first + count[i]; k++) {
			const struct net_policy *p = net->by_space[k];

			if (p->rules[direction].applies && net_selects(net, p->subject, c->first))
				list[n++] = p;
		}
	}
	if (n)
		qsort(list, n, sizeof(*list), by_index);
	c->applied[direction] = profile(net, list, n);
	c->known[direction] = true;
	return &c->applied[direction];
}

bool net_isolated(struct net *net, uint32_t class, int direction)
{
	return net->plugin.enforces != 0 && !net->classes[class].first->host_network && net_applied(net, class, direction)->n > 0;
}

/* The first rule that takes in everything decides for everything, unless one before it denies or passes on. */
bool net_holds_nothing(struct net *net, uint32_t class, int direction)
{
	const struct net_applied *a = net_applied(net, class, direction);
	bool denies = false;

	for (size_t i = 0; i < a->n; i++) {
		const struct net_rules *rules = &a->at[i]->rules[direction];

		for (size_t k = 0; k < rules->n; k++) {
			const struct net_rule *r = &rules->at[k];

			if (r->action == NET_DENY || r->action == NET_PASS)
				return false;
			if (r->action == NET_ALLOW && r->any_peer && !r->self && set_equal(r->ports, net->all_ports))
				return true;
		}
		denies |= rules->isolates && !a->at[i]->stage_passes;
		if (denies && (i + 1 == a->n || a->at[i + 1]->stage != a->at[i]->stage))
			return false;
	}
	return true;
}
