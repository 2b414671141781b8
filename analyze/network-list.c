// SPDX-License-Identifier: Apache-2.0
// `plimsoll network reach`: who reaches whom, workload by workload, as text, JSON Lines or CSV. Pictures are network-picture.c's.
#include "network-list.h"
#include "common/text.h"

#include <stdio.h>
#include <stdlib.h>

/* Beyond this many pairs of workloads that reach one another the list is by class, unless --from, --to or --all ask for them. */
enum { PAIRS_MAX = 1000000 };

static int by_workload(const void *x, const void *y)
{
	const struct net_endpoint *a = *(const struct net_endpoint *const *)x, *b = *(const struct net_endpoint *const *)y;
	int c = strcmp(a->space->name, b->space->name);

	if (c == 0)
		c = strcmp(a->workload_kind, b->workload_kind);
	if (c == 0)
		c = strcmp(a->workload_name, b->workload_name);
	return c ? c : (a->class > b->class) - (a->class < b->class);
}

static bool same_workload(const struct net_endpoint *a, const struct net_endpoint *b)
{
	return a->space == b->space && strcmp(a->workload_kind, b->workload_kind) == 0 && strcmp(a->workload_name, b->workload_name) == 0;
}

void net_units_find(struct net *net, struct net_units *out)
{
	const struct net_endpoint **all = arena_array(&net->arena, net->n_endpoints, sizeof(*all));
	size_t n = 0;

	*out = (struct net_units){.at = arena_array(&net->arena, net->n_endpoints, sizeof(*out->at))};
	for (size_t i = 0; i < net->n_endpoints; i++)
		if (!net->endpoints[i].finished)
			all[n++] = &net->endpoints[i];
	if (n)
		qsort(all, n, sizeof(*all), by_workload);
	for (size_t i = 0; i < n;) {
		struct net_unit *u = &out->at[out->n++];

		*u = (struct net_unit){.first = all[i], .classes = arena_array(&net->arena, 1, sizeof(uint32_t))};
		for (; i < n && same_workload(all[i], u->first); i++) {
			u->pods++;
			if (u->n && u->classes[u->n - 1] == all[i]->class)
				continue;
			if (u->n) {
				uint32_t *more = arena_array(&net->arena, u->n + 1, sizeof(*more));

				memcpy(more, u->classes, u->n * sizeof(*more));
				u->classes = more;
			}
			u->classes[u->n++] = all[i]->class;
		}
	}
}

struct listing {
	const struct network_options *o;
	struct net *net;
	struct net_reach *reach;
	struct net_units units;
	struct buf out;
	struct buf line;
	enum { AS_TEXT, AS_JSON, AS_CSV } format;
	const struct net_rule *seen[256]; /* rules named in the row at hand */
	size_t n_seen;
	char **names; /* of units, as JSON; made when first shown */
	int rc;
};

static void flush(struct listing *l, bool all)
{
	if (!all && l->out.n < 1 << 16)
		return;
	if (fwrite(buf_str(&l->out), 1, l->out.n, stdout) != l->out.n)
		l->rc = -1;
	buf_reset(&l->out);
}

/* Whether an option's words name this unit: "ns", "ns/name" of a workload or of one of its pods. */
static bool named(struct listing *l, const char *want, const struct net_unit *u)
{
	struct span rest = span_of(want), namespace = span_cut(&rest, '/');
	const struct net_endpoint *pod;

	if (!want)
		return true;
	if (!span_eq(namespace, u->first->space->name))
		return false;
	if (!rest.p || span_eq(rest, u->first->workload_name))
		return true;
	pod = net_find(l->net, namespace, rest);
	return pod && same_workload(pod, u->first);
}

static const char *unit_json(struct listing *l, size_t i)
{
	if (!l->names)
		l->names = arena_array(&l->net->arena, l->units.n, sizeof(*l->names));
	if (!l->names[i]) {
		auto_buf b = BUF_INIT;

		network_json_endpoint(&b, l->units.at[i].first, true);
		l->names[i] = arena_strndup(&l->net->arena, b.p, b.n);
	}
	return l->names[i];
}

static const char *rule_json(struct listing *l, const struct net_policy *p, struct net_rule *rule, int direction)
{
	if (!rule->text) {
		auto_buf b = BUF_INIT, json = BUF_INIT;

		network_rule_text(&b, p, rule, direction);
		text_add_json(&json, buf_span(&b));
		rule->text = arena_strndup(&l->net->arena, json.p, json.n);
	}
	return rule->text;
}

static void add_rule(void *ctx, const struct net_policy *p, struct net_rule *rule, int direction)
{
	struct listing *l = ctx;

	for (size_t i = 0; i < l->n_seen; i++)
		if (l->seen[i] == rule)
			return;
	if (l->n_seen == sizeof(l->seen) / sizeof(l->seen[0]))
		return;
	if (l->format == AS_CSV) {
		buf_add_str(&l->line, l->n_seen ? "; " : "");
		network_rule_text(&l->line, p, rule, direction);
	} else {
		buf_add_str(&l->line, l->n_seen ? "," : "");
		buf_add_str(&l->line, rule_json(l, p, rule, direction));
	}
	l->seen[l->n_seen++] = rule;
}

struct end {
	const struct net_unit *unit; /* NULL: addresses */
	size_t index;
	struct net_party party;
	const char *cidr;
};

static void put_end(struct listing *l, const struct end *x)
{
	if (x->unit) {
		buf_add_str(&l->out, unit_json(l, x->index));
		return;
	}
	buf_printf(&l->out, "{\"cidr\":\"%s\"}", x->cidr);
}

static void put_plain(struct listing *l, const struct end *x)
{
	auto_buf b = BUF_INIT;

	if (x->unit)
		buf_printf(&b, "%s/%s/%s", x->unit->first->space->name, x->unit->first->workload_kind, x->unit->first->workload_name);
	else
		buf_add_str(&b, x->cidr);
	if (l->format == AS_CSV)
		text_add_csv(&l->out, buf_span(&b));
	else
		text_add_clean(&l->out, buf_span(&b), false);
}

/* Rules for every pair of classes of the two ends. */
static void gather_rules(struct listing *l, const struct end *from, const struct end *to, struct set ports)
{
	buf_reset(&l->line);
	l->n_seen = 0;
	for (size_t i = 0; i < (from->unit ? from->unit->n : 1); i++)
		for (size_t k = 0; k < (to->unit ? to->unit->n : 1); k++) {
			struct net_party a = from->unit ? net_party_pod(l->net->classes[from->unit->classes[i]].first) : from->party;
			struct net_party b = to->unit ? net_party_pod(l->net->classes[to->unit->classes[k]].first) : to->party;

			net_reach_by(l->reach, &a, &b, ports, add_rule, l);
		}
}

static void row(struct listing *l, const struct end *from, const struct end *to, uint32_t id)
{
	struct set ports = net_reach_set(l->reach, id);

	for (int i = PROTOCOL_TCP; i <= PROTOCOL_SCTP; i++) {
		struct range whole = {port_at(i, 1), port_at(i, 65535)};
		auto_buf text = BUF_INIT;

		if (!ports_text(ports, i, &text))
			continue;
		if (l->format != AS_TEXT)
			gather_rules(l, from, to, (struct set){&whole, 1});
		if (l->format == AS_JSON) {
			buf_add_str(&l->out, "{\"source\":");
			put_end(l, from);
			buf_add_str(&l->out, ",\"target\":");
			put_end(l, to);
			buf_printf(&l->out, ",\"protocol\":\"%s\",\"ports\":\"%s\",\"by\":[", protocol_name(i), buf_str(&text));
			buf_add_span(&l->out, buf_span(&l->line));
			buf_add_str(&l->out, "]}\n");
		} else {
			put_plain(l, from);
			buf_add_str(&l->out, l->format == AS_CSV ? "," : " -> ");
			put_plain(l, to);
			buf_printf(&l->out, l->format == AS_CSV ? ",\"%s\",\"%s\"," : " %s %s", protocol_name(i), buf_str(&text));
			if (l->format == AS_CSV)
				text_add_csv(&l->out, buf_span(&l->line));
			buf_add_char(&l->out, '\n');
		}
	}
	flush(l, false);
}

static void outside_rows(struct listing *l, const struct end *inside, int direction)
{
	for (size_t i = 0; i < inside->unit->n; i++) {
		const struct net_outside *all;
		size_t n = net_reach_outside(l->reach, inside->unit->classes[i], direction, &all);

		for (size_t k = 0; k < n; k++) {
			struct set family[2];

			cidr_families(&l->net->arena, all[k].addresses, &family[0], &family[1]);
			for (int f = 0; f < 2; f++) {
				struct cidr_walk w = {0};
				auto_buf cidr = BUF_INIT;

				while (buf_reset(&cidr), cidr_next(family[f], &w, &cidr)) {
					struct end other = {.cidr = buf_str(&cidr)};
					struct span rest = buf_span(&cidr);

					address_parse(span_cut(&rest, '/'), &other.party.address);
					row(l, direction == NET_INGRESS ? &other : inside, direction == NET_INGRESS ? inside : &other, all[k].ports);
				}
			}
		}
	}
}

/* The answer for each sender's class, for a workload whose pods may be of several. */
static void unit_row(struct listing *l, const struct net_unit *to, uint32_t *ids, uint32_t *room)
{
	net_reach_row(l->reach, to->classes[0], ids);
	for (size_t i = 1; i < to->n; i++) {
		net_reach_row(l->reach, to->classes[i], room);
		for (size_t c = 0; c < l->net->n_classes; c++)
			ids[c] = net_reach_union(l->reach, ids[c], room[c]);
	}
}

/* An end that is one address. */
static bool one_address(const char *want, struct end *out)
{
	wide address;

	if (!want || !address_parse(span_of(want), &address))
		return false;
	*out = (struct end){.party = {.address = address}, .cidr = want};
	return true;
}

static void address_rows(struct listing *l, const struct end *far, int direction)
{
	for (size_t i = 0; i < l->units.n; i++) {
		struct end near = {.unit = &l->units.at[i], .index = i};

		if (!named(l, direction == NET_INGRESS ? l->o->to : l->o->from, near.unit))
			continue;
		for (size_t k = 0; k < near.unit->n; k++) {
			const struct net_outside *all;
			size_t n = net_reach_outside(l->reach, near.unit->classes[k], direction, &all);

			for (size_t m = 0; m < n; m++)
				if (set_has(all[m].addresses, far->party.address))
					row(l, direction == NET_INGRESS ? far : &near, direction == NET_INGRESS ? &near : far, all[m].ports);
		}
	}
}

static void inside_rows(struct listing *l, const struct end *to, uint32_t *ids, uint32_t *room)
{
	unit_row(l, to->unit, ids, room);
	for (size_t i = 0; i < l->units.n; i++) {
		struct end from = {.unit = &l->units.at[i], .index = i};
		uint32_t id = REACH_NONE;

		if (!named(l, l->o->from, from.unit) || (from.unit == to->unit && from.unit->pods == 1 && from.unit->first->is_pod))
			continue;
		for (size_t k = 0; k < from.unit->n; k++)
			id = net_reach_union(l->reach, id, ids[from.unit->classes[k]]);
		if (id != REACH_NONE)
			row(l, &from, to, id);
	}
}

static void all_rows(struct listing *l)
{
	uint32_t *ids = arena_array(&l->net->arena, 2 * l->net->n_classes, sizeof(*ids));

	if (l->format == AS_CSV)
		buf_add_str(&l->out, "\"source\",\"target\",\"protocol\",\"ports\",\"by\"\n");
	for (size_t i = 0; i < l->units.n && l->rc == 0; i++) {
		struct end to = {.unit = &l->units.at[i], .index = i};

		if (named(l, l->o->to, to.unit)) {
			inside_rows(l, &to, ids, ids + l->net->n_classes);
			if (!l->o->from)
				outside_rows(l, &to, NET_INGRESS);
		}
		if (!l->o->to && named(l, l->o->from, to.unit))
			outside_rows(l, &to, NET_EGRESS);
	}
}

/* "0-4,7": the classes whose number this is. */
static void put_classes(struct buf *b, const uint32_t *ids, size_t n, uint32_t id)
{
	bool first = true;

	for (size_t c = 0; c < n; c++) {
		size_t from = c;

		if (ids[c] != id)
			continue;
		while (c + 1 < n && ids[c + 1] == id)
			c++;
		buf_printf(b, c > from ? "%s%zu-%zu" : "%s%zu", first ? "" : ",", from, c);
		first = false;
	}
}

static void class_rows(struct listing *l)
{
	uint32_t *ids = arena_array(&l->net->arena, l->net->n_classes, sizeof(*ids));

	for (uint32_t c = 0; c < l->net->n_classes; c++) {
		buf_printf(&l->out, "{\"class\":%u,\"pods\":%zu,\"like\":", c, l->net->classes[c].n);
		network_json_endpoint(&l->out, l->net->classes[c].first, true);
		buf_add_str(&l->out, "}\n");
		flush(l, false);
	}
	for (uint32_t c = 0; c < l->net->n_classes && l->rc == 0; c++) {
		uint32_t *done = NULL;
		size_t n_done = 0, cap = 0;

		net_reach_row(l->reach, c, ids);
		for (size_t s = 0; s < l->net->n_classes; s++) {
			bool again = ids[s] == REACH_NONE || (s && ids[s] == ids[s - 1]);

			for (size_t k = 0; !again && k < n_done; k++)
				again = done[k] == ids[s];
			if (again)
				continue;
			*NET_GROW(l->net, done, n_done, cap) = ids[s];
			for (int i = PROTOCOL_TCP; i <= PROTOCOL_SCTP; i++) {
				auto_buf text = BUF_INIT;

				if (!ports_text(net_reach_set(l->reach, ids[s]), i, &text))
					continue;
				buf_add_str(&l->out, "{\"source\":{\"classes\":\"");
				put_classes(&l->out, ids, l->net->n_classes, ids[s]);
				buf_printf(&l->out, "\"},\"target\":{\"class\":%u},\"protocol\":\"%s\",\"ports\":\"%s\"}\n", c, protocol_name(i), buf_str(&text));
			}
		}
		flush(l, false);
	}
}

/* Whether more pairs of workloads reach one another than anyone reads. */
static bool too_many(struct listing *l)
{
	size_t pairs = 0, *weight = arena_array(&l->net->arena, l->net->n_classes, sizeof(*weight));
	uint32_t *ids = arena_array(&l->net->arena, l->net->n_classes, sizeof(*ids));

	if (l->o->all || l->o->from || l->o->to || l->units.n * l->units.n <= PAIRS_MAX)
		return false;
	for (size_t i = 0; i < l->units.n; i++)
		for (size_t k = 0; k < l->units.at[i].n; k++)
			weight[l->units.at[i].classes[k]]++;
	for (uint32_t c = 0; c < l->net->n_classes && pairs <= PAIRS_MAX; c++) {
		net_reach_row(l->reach, c, ids);
		for (size_t s = 0; s < l->net->n_classes; s++)
			pairs += ids[s] == REACH_NONE ? 0 : weight[s] * weight[c];
	}
	return pairs > PAIRS_MAX;
}

int network_reach(const struct network_options *o, struct err *e)
{
	struct listing l = {.o = o};
	auto_net net = {0};
	char cluster[512];
	struct end far;
	bool bounded;

	if (o->rest->n)
		return err_set(e, ERR_USAGE, "network reach takes SITE.db, with --from and --to");
	if (o->format && strcmp(o->format, "text") != 0 && strcmp(o->format, "json") != 0 && strcmp(o->format, "csv") != 0)
		return network_picture(o, e);
	l.format = !o->format || strcmp(o->format, "text") == 0 ? AS_TEXT : strcmp(o->format, "csv") == 0 ? AS_CSV : AS_JSON;
	if (network_cluster(o, cluster, e) || net_load(&net, o->db, cluster, NULL, 0, e))
		return -1;
	network_warn_plugin(&net);
	l.net = &net;
	l.reach = net_reach_new(&net);
	net_units_find(&net, &l.units);
	bounded = too_many(&l);
	if (bounded || (o->by && strcmp(o->by, "class") == 0)) {
		if (bounded)
			warn("%zu workloads: listed by class of pods that policies cannot tell apart (JSON Lines); --from, --to or --all list workloads", l.units.n);
		class_rows(&l);
	} else if (one_address(o->from, &far)) {
		address_rows(&l, &far, NET_INGRESS);
	} else if (one_address(o->to, &far)) {
		address_rows(&l, &far, NET_EGRESS);
	} else {
		all_rows(&l);
	}
	flush(&l, true);
	buf_fini(&l.out);
	buf_fini(&l.line);
	return l.rc ? err_errno(e, "standard output") : 0;
}
