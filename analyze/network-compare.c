// SPDX-License-Identifier: Apache-2.0
// `plimsoll network whatif` and `diff`: what reaches what before and after. Which policies are given is a file's business; flows that were
// observed and would break are named.
#include "network-list.h"
#include "common/assessment.h"
#include "common/source.h"
#include "common/text.h"

#include <stdio.h>
#include <stdlib.h>

struct side {
	struct net net;
	struct net_reach *reach;
	struct net_units units;
	uint32_t **rows; /* by class: its row, once asked for */
};

struct comparing {
	struct side old, new;
	bool json;
	struct buf out;
	size_t added, removed;
};

static void prepare(struct side *s)
{
	s->reach = net_reach_new(&s->net);
	net_units_find(&s->net, &s->units);
	s->rows = arena_array(&s->net.arena, s->net.n_classes, sizeof(*s->rows));
}

static int compare_units(const struct net_unit *a, const struct net_unit *b)
{
	int c = strcmp(a->first->space->name, b->first->space->name);

	if (c == 0)
		c = strcmp(a->first->workload_kind, b->first->workload_kind);
	return c ? c : strcmp(a->first->workload_name, b->first->workload_name);
}

static const struct net_unit *same_unit(const struct side *s, const struct net_unit *u)
{
	size_t low = 0, high = s->units.n;

	while (u && low < high) {
		size_t mid = (low + high) / 2;
		int c = compare_units(&s->units.at[mid], u);

		if (c == 0)
			return &s->units.at[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* What every class reaches on a workload. */
static uint32_t *unit_row(struct side *s, const struct net_unit *to)
{
	uint32_t *ids = arena_array(&s->net.arena, 2 * s->net.n_classes + 1, sizeof(*ids)), *more = ids + s->net.n_classes;

	for (size_t k = 0; k < to->n; k++) {
		net_reach_row(s->reach, to->classes[k], more);
		for (size_t c = 0; c < s->net.n_classes; c++)
			ids[c] = net_reach_union(s->reach, ids[c], more[c]);
	}
	return ids;
}

static struct set pair(struct side *s, const uint32_t *row, const struct net_unit *from)
{
	uint32_t id = REACH_NONE;

	for (size_t k = 0; row && from && k < from->n; k++)
		id = net_reach_union(s->reach, id, row[from->classes[k]]);
	return net_reach_set(s->reach, id);
}

static void put_unit(struct comparing *c, const struct net_unit *u, const char *cidr)
{
	if (c->json && u) {
		network_json_endpoint(&c->out, u->first, true);
	} else if (c->json) {
		buf_printf(&c->out, "{\"cidr\":\"%s\"}", cidr);
	} else {
		auto_buf b = BUF_INIT;

		if (u)
			buf_printf(&b, "%s/%s/%s", u->first->space->name, u->first->workload_kind, u->first->workload_name);
		text_add_clean(&c->out, u ? buf_span(&b) : span_of(cidr), false);
	}
}

static void put_change(struct comparing *c, bool added, const struct net_unit *from, const struct net_unit *to, const char *cidr, struct set ports)
{
	for (int i = PROTOCOL_TCP; i <= PROTOCOL_SCTP; i++) {
		auto_buf text = BUF_INIT;

		if (!ports_text(ports, i, &text))
			continue;
		*(added ? &c->added : &c->removed) += 1;
		buf_printf(&c->out, c->json ? "{\"change\":\"%s\",\"source\":" : "%s ", c->json ? added ? "added" : "removed" : added ? "+" : "-");
		put_unit(c, from, cidr);
		buf_add_str(&c->out, c->json ? ",\"target\":" : " -> ");
		put_unit(c, to, cidr);
		buf_printf(&c->out, c->json ? ",\"protocol\":\"%s\",\"ports\":\"%s\"}\n" : " %s %s\n", protocol_name(i), buf_str(&text));
	}
	if (c->out.n > 65536) {
		fwrite(c->out.p, 1, c->out.n, stdout);
		buf_reset(&c->out);
	}
}

static void one_way(struct comparing *c, bool added, const struct net_unit *from, const struct net_unit *to, const char *cidr, struct set more, struct set less)
{
	struct set gone = set_minus(&c->old.net.arena, more, less);

	if (gone.n)
		put_change(c, added, from, to, cidr, gone);
}

static void outside_change(struct comparing *c, bool added, const struct net_unit *u, int direction, struct set addresses, struct set ports)
{
	struct set family[2];

	if (!addresses.n || !ports.n)
		return;
	cidr_families(&c->old.net.arena, addresses, &family[0], &family[1]);
	for (int f = 0; f < 2; f++) {
		struct cidr_walk w = {0};
		auto_buf cidr = BUF_INIT;

		while (buf_reset(&cidr), cidr_next(family[f], &w, &cidr))
			put_change(c, added, direction == NET_EGRESS ? u : NULL, direction == NET_EGRESS ? NULL : u, buf_str(&cidr), ports);
	}
}

/* Addresses outside and what they reach on any pod of a workload, or are reached on: no address is in two of them. */
struct region {
	struct set addresses, ports;
};
struct regions {
	struct region *at;
	size_t n, cap;
};

static void add_region(struct comparing *c, struct regions *r, struct set addresses, struct set ports)
{
	struct arena *mem = &c->old.net.arena;
	size_t n = r->n;

	for (size_t i = 0; i < n && addresses.n; i++) {
		struct set common = set_common(mem, addresses, r->at[i].addresses);

		if (!common.n)
			continue;
		addresses = set_minus(mem, addresses, common);
		if (set_within(ports, r->at[i].ports))
			continue;
		if (!set_equal(common, r->at[i].addresses)) {
			struct region rest = {set_minus(mem, r->at[i].addresses, common), r->at[i].ports};

			*NET_GROW(&c->old.net, r->at, r->n, r->cap) = rest;
			r->at[i].addresses = common;
		}
		r->at[i].ports = set_union(mem, r->at[i].ports, ports);
	}
	if (addresses.n)
		*NET_GROW(&c->old.net, r->at, r->n, r->cap) = (struct region){addresses, ports};
}

/* A workload's pods may be of several classes, and of other ones on each side. */
static struct regions regions_of(struct comparing *c, struct side *s, const struct net_unit *u, int direction)
{
	const struct net_outside *x, *last = NULL;
	struct regions r = {0};

	for (size_t i = 0; u && i < u->n; i++) {
		size_t n = net_reach_outside(s->reach, u->classes[i], direction, &x);

		for (size_t k = 0; k < n && x != last; k++)
			add_region(c, &r, x[k].addresses, net_reach_set(s->reach, x[k].ports));
		last = n ? x : last;
	}
	return r;
}

/* What is in `a` and not in `b`. */
static void outside_less(struct comparing *c, bool added, const struct net_unit *u, struct regions a, struct regions b, int direction)
{
	struct arena *mem = &c->old.net.arena;

	for (size_t k = 0; k < a.n; k++) {
		struct set left = a.at[k].addresses;

		for (size_t j = 0; j < b.n; j++) {
			outside_change(c, added, u, direction, set_common(mem, a.at[k].addresses, b.at[j].addresses), set_minus(mem, a.at[k].ports, b.at[j].ports));
			left = set_minus(mem, left, b.at[j].addresses);
		}
		outside_change(c, added, u, direction, left, a.at[k].ports);
	}
}

/* One receiver, in whichever side it stands. */
static void compare_target(struct comparing *c, const struct net_unit *before, const struct net_unit *after)
{
	uint32_t *old = before ? unit_row(&c->old, before) : NULL, *new = after ? unit_row(&c->new, after) : NULL;

	for (size_t i = 0; i < c->old.units.n; i++) {
		const struct net_unit *from = &c->old.units.at[i], *same = same_unit(&c->new, from);
		struct set x = pair(&c->old, old, from), y = pair(&c->new, new, same);

		if (from == before && from->pods == 1 && from->first->is_pod) /* itself it reaches anyway */
			continue;
		one_way(c, false, from, before ? before : after, NULL, x, y);
		one_way(c, true, from, before ? before : after, NULL, y, x);
	}
	for (size_t i = 0; i < c->new.units.n; i++)
		if (!same_unit(&c->old, &c->new.units.at[i]))
			one_way(c, true, &c->new.units.at[i], after ? after : before, NULL, pair(&c->new, new, &c->new.units.at[i]), (struct set){0});
	for (int d = 0; d < 2; d++) {
		struct regions old_side = regions_of(c, &c->old, before, d), new_side = regions_of(c, &c->new, after, d);

		outside_less(c, false, before, old_side, new_side, d);
		outside_less(c, true, after, new_side, old_side, d);
	}
}

static int compare(struct comparing *c, struct err *e)
{
	prepare(&c->old);
	prepare(&c->new);
	for (size_t i = 0; i < c->old.units.n; i++)
		compare_target(c, &c->old.units.at[i], same_unit(&c->new, &c->old.units.at[i]));
	for (size_t i = 0; i < c->new.units.n; i++)
		if (!same_unit(&c->old, &c->new.units.at[i]))
			compare_target(c, NULL, &c->new.units.at[i]);
	if (!c->json)
		buf_printf(&c->out, "%zu more, %zu less\n", c->added, c->removed);
	if (fwrite(buf_str(&c->out), 1, c->out.n, stdout) != c->out.n)
		return err_errno(e, "standard output");
	return 0;
}

static void comparing_fini(struct comparing *c)
{
	net_fini(&c->old.net);
	net_fini(&c->new.net);
	buf_fini(&c->out);
}

/* Flows that were let pass (or that are not known to have been dropped) and whose policies would let them pass no more. */
static int broken_flows(struct comparing *c, struct db *db, size_t *n, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT source, target, protocol, port, sum(count), max(source_workload), max(target_workload), max(coalesce(pod_port, port)) FROM flow WHERE cluster = ? AND NOT reply "
				     "AND source_place != 'ambiguous' AND target_place != 'ambiguous' AND (allowed OR (allowed IS NULL AND permitted)) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4");
	int rc;

	db_bind(s, "s", c->old.net.cluster);
	while ((rc = db_step(db, s, e)) == 1) {
		struct net_party from, to;
		struct net_answer answer;
		int protocol = protocol_named(db_text(s, 2));

		if (protocol < 0 || (protocol <= PROTOCOL_SCTP && sqlite3_column_int(s, 7) == 0) || network_flow_party(&c->new.net, db_text(s, 0), sqlite3_column_int64(s, 5), &from) ||
		    network_flow_party(&c->new.net, db_text(s, 1), sqlite3_column_int64(s, 6), &to))
			continue;
		net_ask(&c->new.net, &from, &to, protocol, (uint32_t)sqlite3_column_int(s, 7), &answer);
		if (answer.allowed)
			continue;
		++*n;
		buf_add_str(&c->out, c->json ? "{\"change\":\"breaks\",\"source\":" : "! ");
		c->json ? text_add_json(&c->out, db_text(s, 0)) : text_add_clean(&c->out, db_text(s, 0), false);
		buf_add_str(&c->out, c->json ? ",\"target\":" : " -> ");
		c->json ? text_add_json(&c->out, db_text(s, 1)) : text_add_clean(&c->out, db_text(s, 1), false);
		buf_printf(&c->out, c->json ? ",\"protocol\":\"%s\",\"port\":%d,\"flows\":%lld}\n" : " %s %d: observed %lld times, would break\n", protocol_name(protocol),
			   sqlite3_column_int(s, 3), (long long)sqlite3_column_int64(s, 4));
	}
	sqlite3_reset(s);
	return rc;
}

/* Every object of the files, in an arena that outlives them. */
static int read_objects(struct arena *a, const struct opt_list *files, const struct json ***out, size_t *n, struct err *e)
{
	const struct json **all = NULL;
	size_t cap = 0;

	for (size_t i = 0; i < files->n; i++) {
		struct source s;
		struct items *items;
		struct item it;
		int rc;

		if (source_from_file(&s, files->at[i], e))
			return -1;
		items = items_open(&s, NULL);
		while ((rc = items_next(items, a, &it, e)) == 1) {
			struct json *copy = arena_alloc(a, sizeof(*copy));

			*copy = *it.value;
			if (*n == cap)
				all = arena_room(a, all, *n, &cap, sizeof(*all));
			all[(*n)++] = copy;
		}
		items_close(items);
		source_close(&s);
		if (rc)
			return err_wrap(e, "%s", files->at[i]);
	}
	*out = all;
	return 0;
}

int network_whatif(const struct network_options *o, struct err *e)
{
	struct comparing c = {.json = o->format && strcmp(o->format, "json") == 0};
	struct arena a = ARENA_INIT;
	const struct json **objects = NULL;
	struct net_more more = {.replace = o->replace};
	char cluster[512];
	size_t broken = 0;
	int rc;

	if (!o->rest->n)
		return err_set(e, ERR_USAGE, "network whatif takes SITE.db and files with policies");
	rc = network_cluster(o, cluster, e) || read_objects(&a, o->rest, &objects, &more.n, e) || net_load(&c.old.net, o->db, cluster, NULL, 0, e);
	more.objects = objects;
	rc = rc || net_load_with(&c.new.net, o->db, cluster, &more, e);
	if (rc == 0 && more.unknown)
		warn("%zu objects are no policies: they change nothing here", more.unknown);
	for (size_t i = 0; rc == 0 && i < c.new.net.n_problems; i++)
		warn("%s", c.new.net.problems[i].message);
	rc = rc || broken_flows(&c, o->db, &broken, e) || compare(&c, e) ? -1 : broken ? 1 : 0;
	comparing_fini(&c);
	arena_fini(&a);
	return rc;
}

int network_diff(const struct network_options *o, struct err *e)
{
	struct comparing c = {.json = o->format && strcmp(o->format, "json") == 0};
	struct network_options other = *o;
	auto_db db = {0};
	char cluster[512], cluster2[512];
	int rc;

	if (o->rest->n != 1)
		return err_set(e, ERR_USAGE, "network diff takes OLD.db and NEW.db");
	if (assessment_open(&db, o->rest->at[0], e))
		return -1;
	other.db = &db;
	rc = network_cluster(o, cluster, e) || network_cluster(&other, cluster2, e) || net_load(&c.old.net, o->db, cluster, NULL, 0, e) ||
			     net_load(&c.new.net, &db, cluster2, NULL, 0, e) || compare(&c, e)
		     ? -1
		     : 0;
	comparing_fini(&c);
	return rc;
}
