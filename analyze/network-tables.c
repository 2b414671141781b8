// SPDX-License-Identifier: Apache-2.0
// What policies point at by name or label beside pods: Calico's tiers and sets of addresses, Cilium's groups of networks.
#include "network-load.h"
#include "common/object.h"

#include <math.h>

struct tier {
	struct span name;
	double order;
	bool passes;
};
struct address_set {
	struct span namespace; /* empty: of the cluster */
	struct labels labels;
	struct set nets;
};
struct group {
	struct span name;
	struct set nets;
};

struct net_tables {
	struct tier *tiers;
	struct address_set *sets;
	struct group *groups;
	size_t n_tiers, n_sets, n_groups, cap_tiers, cap_sets, cap_groups;
};

/* Every network of a list; what is none is left out. */
static struct set networks(struct net *net, const struct json *list, const char *member)
{
	struct range *all = arena_array(&net->arena, 2 * (size_t)json_count(list), sizeof(*all));
	struct set one;
	size_t n = 0;

	JSON_EACH(v, list)
	{
		if (cidr_parse(&net->arena, json_str(member ? json_get(v, member) : v), &one, NULL))
			continue;
		for (size_t i = 0; i < one.n; i++)
			all[n++] = one.at[i];
	}
	return set_of(all, n);
}

static struct labels labels_of(struct net *net, const struct json *meta)
{
	const struct json *map = json_get(meta, "labels");
	struct label *l = arena_array(&net->arena, json_count(map) + 1, sizeof(*l));
	size_t n = 0;

	JSON_MEMBERS(m, map)
	{
		l[n++] = (struct label){json_str(&m->key), json_str(&m->value)};
	}
	l[n++] = (struct label){SPAN("projectcalico.org/name"), json_text_at(meta, "name")};
	return (struct labels){l, n};
}

static void add_tier(struct net *net, struct net_tables *t, const struct json *object)
{
	const struct json *order = json_path(object, "spec.order");
	struct tier *tier = NET_GROW(net, t->tiers, t->n_tiers, t->cap_tiers);

	*tier = (struct tier){.name = json_text_at(object, "metadata.name"), .order = json_is(order, JSON_NUMBER) ? strtod(order->text, NULL) : INFINITY,
			      .passes = span_eq(json_text_at(object, "spec.defaultAction"), "Pass")};
}

static void add_object(struct net *net, struct net_tables *t, struct span kind, const struct json *object)
{
	const struct json *spec = json_get(object, "spec");

	if (span_eq(kind, "Tier"))
		add_tier(net, t, object);
	else if (span_eq(kind, "CiliumCIDRGroup"))
		*NET_GROW(net, t->groups, t->n_groups, t->cap_groups) =
			(struct group){json_text_at(object, "metadata.name"), networks(net, json_get(spec, "externalCIDRs"), NULL)};
	else
		*NET_GROW(net, t->sets, t->n_sets, t->cap_sets) =
			(struct address_set){span_eq(kind, "NetworkSet") ? json_text_at(object, "metadata.namespace") : SPAN_NONE,
					     labels_of(net, json_get(object, "metadata")), networks(net, json_get(spec, "nets"), NULL)};
}

int net_load_tables(struct net *net, struct err *e)
{
	sqlite3_stmt *s = db_stmt(net->db, "SELECT thing, kind FROM network_object WHERE cluster = ? AND kind IN "
					   "('Tier', 'NetworkSet', 'GlobalNetworkSet', 'CiliumCIDRGroup') ORDER BY namespace, kind, name");
	int rc;

	net->tables = arena_alloc(&net->arena, sizeof(*net->tables));
	db_bind(s, "s", net->cluster);
	while ((rc = db_step(net->db, s, e)) == 1) {
		auto_buf raw = BUF_INIT;
		struct json *object;

		if (object_json(net->db, sqlite3_column_int64(s, 0), &raw, NULL) == 0 && json_parse(&net->arena, buf_span(&raw), &object, NULL) == 0)
			add_object(net, net->tables, db_text(s, 1), object);
	}
	sqlite3_reset(s);
	return rc;
}

/* Tiers that Calico makes by itself (projectcalico/calico, libcalico-go, names and orders of default tiers). */
double net_tier(const struct net *net, struct span name, bool *passes)
{
	*passes = false;
	for (size_t i = 0; i < net->tables->n_tiers; i++)
		if (span_is(net->tables->tiers[i].name, name)) {
			*passes = net->tables->tiers[i].passes;
			return net->tables->tiers[i].order;
		}
	if (!name.n || span_eq(name, "default"))
		return NET_STAGE_DEFAULT;
	if (span_eq(name, "adminnetworkpolicy") || span_eq(name, "kube-admin")) {
		*passes = true;
		return NET_STAGE_ADMIN;
	}
	if (span_eq(name, "baselineadminnetworkpolicy") || span_eq(name, "kube-baseline")) {
		*passes = true;
		return NET_STAGE_BASELINE;
	}
	return INFINITY;
}

static bool set_selected(const struct net *net, const struct net_selector *s, const struct address_set *a)
{
	const struct net_space *sp = a->namespace.n ? net_find_space(net, a->namespace) : NULL;

	if (s->calico_accounts.p || s->accounts)
		return false;
	if (s->namespace)
		return span_eq(a->namespace, s->namespace) && selector_calico_matches(s->calico, a->labels);
	if (s->calico_spaces.p && span_eq(span_trim(s->calico_spaces), "global()"))
		return !a->namespace.n && selector_calico_matches(s->calico, a->labels);
	if (s->calico_spaces.p && !(sp && selector_calico_matches(s->calico_spaces, sp->labels)))
		return false;
	return selector_calico_matches(s->calico, a->labels);
}

struct set net_set_networks(struct net *net, const struct net_selector *s, bool *any)
{
	struct gather all = {0};

	*any = false;
	for (size_t i = 0; i < net->tables->n_sets; i++)
		if (set_selected(net, s, &net->tables->sets[i])) {
			gather_add(&net->arena, &all, net->tables->sets[i].nets);
			*any = true;
		}
	return gather_set(&all);
}

bool net_cidr_group(const struct net *net, struct span name, struct set *out)
{
	for (size_t i = 0; i < net->tables->n_groups; i++)
		if (span_is(net->tables->groups[i].name, name)) {
			*out = net->tables->groups[i].nets;
			return true;
		}
	return false;
}
