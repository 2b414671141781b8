// SPDX-License-Identifier: Apache-2.0
// Building blocks of the network's model. Filling it is network-load.c's.
#include "network-model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *const net_direction[2] = {"ingress", "egress"};

struct net_policy *net_policy_add(struct net *net, const struct net_policy *like)
{
	struct net_policy *p = arena_alloc(&net->arena, sizeof(*p));

	*p = *like;
	*NET_GROW(net, net->policies, net->n_policies, net->cap_policies) = p;
	return p;
}

struct net_rule *net_rule_add(struct net *net, struct net_rules *rules, const char *pointer)
{
	struct net_rule *r = NET_GROW(net, rules->at, rules->n, rules->cap);

	*r = (struct net_rule){.pointer = pointer};
	return r;
}

void net_problem(struct net *net, const struct net_policy *p, const char *pointer, const char *fmt, ...)
{
	struct err e = {0};
	va_list ap;
	char text[512];
	size_t same = 0;

	for (size_t i = net->n_problems; i-- && net->problems[i].thing == p->thing;)
		same++;
	if (same >= NET_PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (same == NET_PROBLEMS_MAX - 1)
		snprintf(text, sizeof(text), "and more problems of this policy");
	err_set(&e, ERR_INPUT, "%s: %s", p->ref, text);
	*NET_GROW(net, net->problems, net->n_problems, net->cap_problems) =
		(struct net_problem){.thing = p->thing, .pointer = pointer, .message = arena_strdup(&net->arena, e.msg)};
}

static void add_part(struct buf *b, char mark, struct span s)
{
	buf_printf(b, "%c%zu:", mark, s.p ? s.n + 1 : 0);
	buf_add_span(b, s);
}

static void add_json(struct buf *b, char mark, const struct json *v)
{
	buf_printf(b, "%c", mark);
	if (v)
		json_write_sorted(b, v);
}

static struct span selector_key(struct net *net, const struct net_selector *s)
{
	auto_buf b = BUF_INIT;

	buf_printf(&b, "%d", s->language);
	add_part(&b, 'n', span_of(s->namespace));
	add_json(&b, 's', s->spaces);
	add_json(&b, 'p', s->pods);
	add_part(&b, 'x', s->calico_spaces);
	add_part(&b, 'c', s->calico);
	add_part(&b, 'a', s->calico_accounts);
	add_json(&b, 'j', s->accounts);
	return (struct span){arena_strndup(&net->arena, b.p, b.n), b.n};
}

static size_t hash_of(struct span s)
{
	uint64_t h = 14695981039346656037ull; /* FNV-1a */

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211ull;
	return (size_t)(h ^ h >> 29);
}

/* Slots hold an index + 1. */
static size_t *slot_of(struct net *net, struct span key)
{
	size_t i = hash_of(key) & (net->n_slots - 1);

	while (net->selector_slots[i] && !span_is(net->selectors[net->selector_slots[i] - 1]->key, key))
		i = (i + 1) & (net->n_slots - 1);
	return &net->selector_slots[i];
}

static void make_slots(struct net *net)
{
	net->n_slots = net->n_slots ? net->n_slots * 4 : 1024;
	net->selector_slots = arena_array(&net->arena, net->n_slots, sizeof(*net->selector_slots));
	for (size_t i = 0; i < net->n_selectors; i++)
		*slot_of(net, net->selectors[i]->key) = i + 1;
}

const struct net_selector *net_selector(struct net *net, const struct net_selector *like)
{
	struct span key = selector_key(net, like);
	struct net_selector *s;
	size_t *slot;

	if (net->n_selectors * 2 >= net->n_slots)
		make_slots(net);
	slot = slot_of(net, key);
	if (*slot)
		return net->selectors[*slot - 1];
	s = arena_alloc(&net->arena, sizeof(*s));
	*s = *like;
	s->key = key;
	s->index = (uint32_t)net->n_selectors;
	*NET_GROW(net, net->selectors, net->n_selectors, net->cap_selectors) = s;
	*slot = net->n_selectors;
	return s;
}
