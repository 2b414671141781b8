// SPDX-License-Identifier: Apache-2.0
// Policies that do something else than their author can have meant. `plimsoll network lint` lists what is found.
#include "network-lint.h"
#include "network.h"
#include "common/text.h"

#include <stdio.h>
#include <stdlib.h>

static int note(struct net *net, int64_t thing, const char *code, const char *pointer, const char *detail, struct err *e)
{
	return db_run(net->db, e, "INSERT INTO network_lint(policy, code, pointer, detail) VALUES (?, ?, ?, ?)", "isss", thing, code, pointer, detail);
}

static bool selects_any(struct net *net, const struct net_selector *s)
{
	const uint64_t *bits = net_selector_classes(net, s);

	for (size_t w = 0; w <= net->n_classes / 64; w++)
		if (bits[w])
			return true;
	return false;
}

static bool everything(const struct net *net, const struct net_rule *r)
{
	return r->action == NET_ALLOW && r->any_peer && set_equal(r->ports, net->all_ports);
}

/* An empty selector with a rule for everyone: the whole namespace is open, whatever stands beside it. */
static int lint_open(struct net *net, const struct net_policy *p, int direction, const struct net_rule *r, struct err *e)
{
	if (!everything(net, r) || p->subject->language != NET_KUBERNETES || json_count(json_get(p->subject->pods, "matchLabels")) ||
	    json_count(json_get(p->subject->pods, "matchExpressions")))
		return 0;
	return note(net, p->thing, "allows-everything", r->pointer,
		    direction == NET_INGRESS ? "every pod of the namespace accepts everything from everywhere" : "every pod of the namespace may send anything everywhere", e);
}

static int lint_peers(struct net *net, const struct net_policy *p, const struct net_rule *r, struct err *e)
{
	for (size_t i = 0; i < r->n_peers; i++)
		if (r->peers[i].selector && r->peers[i].selector->language != NET_NODE_SELECTOR && !r->peers[i].has_nets && !selects_any(net, r->peers[i].selector))
			return note(net, p->thing, "peer-selects-nothing", r->pointer, "a selector among its peers takes in no pod of the evidence", e);
	return 0;
}

/* Whether any pod at the receiving end gives a port this name. */
static bool name_known(struct net *net, const struct net_policy *p, int direction, const struct net_rule *r, const struct net_named *name)
{
	for (uint32_t c = 0; c < net->n_classes; c++) {
		const struct net_endpoint *to = net->classes[c].first;
		struct net_party self = {0}, other = net_party_pod(to);

		if (direction == NET_INGRESS ? !net_selects(net, p->subject, to) : !net_rule_takes_peer(net, r, &self, &other))
			continue;
		for (size_t i = 0; i < to->ports->n; i++)
			if (span_is(to->ports->at[i].name, name->name) && (name->protocol < 0 || name->protocol == to->ports->at[i].protocol))
				return true;
	}
	return false;
}

enum { NAMES_MAX = 64 }; /* of one rule that are looked up */
static int lint_names(struct net *net, const struct net_policy *p, int direction, const struct net_rule *r, struct err *e)
{
	for (size_t i = 0; i < r->n_named && i < NAMES_MAX; i++)
		if (!name_known(net, p, direction, r, &r->named[i]) &&
		    note(net, p->thing, "port-name-unknown", r->pointer,
			 arena_printf(&net->arena, "no container that it is about calls a port '%.*s'%s%s", SPAN_ARG(r->named[i].name),
				      r->named[i].protocol < 0 ? "" : " of ", r->named[i].protocol < 0 ? "" : protocol_name(r->named[i].protocol)),
			 e))
			return -1;
	return 0;
}

/* From the first to the last address of a network, its exceptions included. */
static struct range hull(struct set s)
{
	return (struct range){s.at[0].from, s.at[s.n - 1].to};
}

static bool overlap(const struct net_peer *a, const struct net_peer *b)
{
	struct range x, y;

	if (a->selector || b->selector || !a->nets.n || !b->nets.n)
		return false;
	x = hull(a->nets);
	y = hull(b->nets);
	return x.from <= y.to && y.from <= x.to;
}

/* Networks of one rule that lie in one another say the same twice. */
static int lint_networks(struct net *net, const struct net_policy *p, const struct net_rule *r, struct err *e)
{
	enum { PEERS_MAX = 256 }; /* pairs are compared */
	size_t n = r->n_peers < PEERS_MAX ? r->n_peers : PEERS_MAX;

	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			if (overlap(&r->peers[i], &r->peers[k]))
				return note(net, p->thing, "networks-overlap", r->pointer, "two networks among its peers have addresses in common: an exception of one may be filled by the other", e);
	return 0;
}

/* A rule that an earlier one of the same policy takes everything from. Only where rules have an order. */
enum { RULES_MAX = 256 }; /* earlier ones that a rule is compared with */
static int lint_order(struct net *net, const struct net_policy *p, const struct net_rules *rules, size_t at, struct err *e)
{
	const struct net_rule *r = &rules->at[at];

	if (p->subject->language == NET_KUBERNETES && p->stage == NET_STAGE_DEFAULT)
		return 0;
	for (size_t i = 0; i < at && i < RULES_MAX; i++) {
		const struct net_rule *before = &rules->at[i];
		bool same = before->any_peer || (before->n_peers == 1 && r->n_peers == 1 && before->peers[0].selector && before->peers[0].selector == r->peers[0].selector &&
						 !before->peers[0].has_nets);

		if (same && before->action != NET_LOG && !before->self && !r->n_named && set_within(r->ports, before->ports))
			return note(net, p->thing, "rule-without-effect", r->pointer,
				    arena_printf(&net->arena, "the rule at %s decides on all that it is about", before->pointer), e);
	}
	return 0;
}

static int lint_policy(struct net *net, const struct net_policy *p, struct err *e)
{
	if (!selects_any(net, p->subject) && note(net, p->thing, "selects-nothing", "/spec", "it selects no pod of the evidence", e))
		return -1;
	for (int d = 0; d < 2; d++)
		for (size_t i = 0; i < p->rules[d].n; i++) {
			const struct net_rule *r = &p->rules[d].at[i];

			if (lint_open(net, p, d, r, e) || lint_peers(net, p, r, e) || lint_names(net, p, d, r, e) || lint_networks(net, p, r, e) ||
			    lint_order(net, p, &p->rules[d], i, e))
				return -1;
		}
	return 0;
}

/* Administrators' policies of one priority: which comes first is not defined. */
static int lint_priorities(struct net *net, struct err *e)
{
	for (size_t i = 1; i < net->n_policies; i++) {
		const struct net_policy *p = net->policies[i], *before = net->policies[i - 1];

		if (p->stage == NET_STAGE_ADMIN && before->stage == p->stage && before->order == p->order &&
		    note(net, p->thing, "same-priority", "/spec/priority", arena_printf(&net->arena, "%s has the same: which holds first is not defined", before->ref), e))
			return -1;
	}
	return 0;
}

/* Pods whose egress policies let no name be resolved: neither port 53 nor what DNS servers on nodes or pods listen on. */
static int lint_dns(struct net *net, struct net_reach *r, struct err *e)
{
	bool *told = arena_array(&net->arena, net->n_policies + 1, sizeof(*told));

	for (uint32_t c = 0; c < net->n_classes; c++) {
		const struct net_applied *a = net_applied(net, c, NET_EGRESS);
		struct range dns[] = {{port_at(PROTOCOL_TCP, 53), port_at(PROTOCOL_TCP, 53)},	{port_at(PROTOCOL_TCP, 5353), port_at(PROTOCOL_TCP, 5353)},
				      {port_at(PROTOCOL_UDP, 53), port_at(PROTOCOL_UDP, 53)},	{port_at(PROTOCOL_UDP, 5353), port_at(PROTOCOL_UDP, 5353)}};
		bool passes = !a->n || net->classes[c].first->host_network || net->classes[c].first->finished;

		(void)r;
		for (size_t i = 0; i < a->n && !passes; i++)
			for (size_t k = 0; k < a->at[i]->rules[NET_EGRESS].n && !passes; k++) {
				const struct net_rule *rule = &a->at[i]->rules[NET_EGRESS].at[k];

				passes = rule->action != NET_DENY && (set_meets(rule->ports, (struct set){dns, 4}) || rule->n_named);
			}
		passes |= a->n && !a->at[0]->rules[NET_EGRESS].isolates;
		if (passes || told[a->at[0]->index])
			continue;
		told[a->at[0]->index] = true;
		if (note(net, a->at[0]->thing, "dns-cut-off", "/spec/egress",
			 arena_printf(&net->arena, "pods such as %s/%s can resolve no name: no egress rule lets port 53 pass", net->classes[c].first->space->name,
				      net->classes[c].first->name),
			 e))
			return -1;
	}
	return 0;
}

int network_lint_write(struct net *net, struct net_reach *r, struct err *e)
{
	for (size_t i = 0; i < net->n_policies; i++) {
		/* What Cilium's one policy denies and allows are two here. */
		if (i && net->policies[i - 1]->thing == net->policies[i]->thing)
			continue;
		if (lint_policy(net, net->policies[i], e))
			return -1;
	}
	return lint_priorities(net, e) || lint_dns(net, r, e) ? -1 : 0;
}

int network_lint(const struct network_options *o, struct err *e)
{
	sqlite3_stmt *s = db_stmt(o->db, "SELECT t.ref, l.code, coalesce(l.pointer, ''), l.detail FROM network_lint l JOIN thing t ON t.id = l.policy "
					 "WHERE ?1 IS NULL OR t.cluster = ?1 ORDER BY t.ref, l.code, l.pointer, l.detail");
	bool json = o->format && strcmp(o->format, "json") == 0;
	static const char *const names[] = {"policy", "code", "pointer", "detail"};
	int rc;

	db_bind(s, "s", o->cluster);
	while ((rc = db_step(o->db, s, e)) == 1) {
		auto_buf b = BUF_INIT;

		for (int i = 0; i < 4; i++) {
			if (json) {
				buf_printf(&b, "%s\"%s\":", i ? "," : "{", names[i]);
				text_add_json(&b, db_text(s, i));
			} else {
				buf_add_str(&b, i == 0 ? "" : i == 3 ? ": " : "  ");
				text_add_clean(&b, db_text(s, i), false);
			}
		}
		buf_add_str(&b, json ? "}" : "");
		puts(buf_str(&b));
	}
	sqlite3_reset(s);
	return rc;
}
