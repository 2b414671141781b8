// SPDX-License-Identifier: Apache-2.0
// `plimsoll network explain`: what decided on one connection, and what else spoke of it.
#include "network.h"
#include "common/object.h"
#include "common/text.h"

#include <stdio.h>

struct telling {
	struct net *net;
	const struct net_party *from, *to;
	int protocol;
	uint32_t port;
	bool json, first;
	struct buf out;
};

static void put_rule(struct telling *t, const char *verdict, const struct net_policy *p, const struct net_rule *r, int direction, const char *why)
{
	auto_buf b = BUF_INIT;

	network_rule_text(&b, p, r, direction);
	if (t->json) {
		buf_printf(&t->out, "%s{\"verdict\":\"%s\",\"rule\":", t->first ? "" : ",", verdict);
		text_add_json(&t->out, buf_span(&b));
		if (why) {
			buf_add_str(&t->out, ",\"why\":");
			text_add_json(&t->out, span_of(why));
		}
		buf_add_char(&t->out, '}');
	} else {
		buf_printf(&t->out, "    %-10s ", verdict);
		text_add_clean(&t->out, buf_span(&b), false);
		buf_printf(&t->out, "%s%s\n", why ? ": " : "", why ? why : "");
	}
	t->first = false;
}

/* Why a rule did not take the connection in; NULL when it does. */
static const char *missing(struct telling *t, const struct net_rule *r, const struct net_party *self, const struct net_party *other)
{
	bool peer = net_rule_takes_peer(t->net, r, self, other), port = net_rule_takes_port(r, t->to, t->protocol, t->port);
	bool domain = false;

	for (size_t i = 0; i < r->n_peers; i++)
		domain |= r->peers[i].domain.p != NULL;
	if (!peer && domain)
		return "the other end is not among its peers; names of domains stand there, which only the site's DNS knows";
	if (!peer)
		return port ? "the other end is not among its peers" : "neither the other end nor the port is in it";
	return port ? NULL : "the port is not in it";
}

static void tell_direction(struct telling *t, int direction, const struct net_step *step)
{
	const struct net_party *self = direction == NET_INGRESS ? t->to : t->from, *other = direction == NET_INGRESS ? t->from : t->to;
	const struct net_applied *applied;

	t->first = true;
	if (t->json) {
		buf_printf(&t->out, ",\"%s\":{\"allowed\":%s", net_direction[direction], step->allows ? "true" : "false");
		if (step->text) {
			buf_add_str(&t->out, ",\"why\":");
			text_add_json(&t->out, span_of(step->text));
		}
		buf_add_str(&t->out, ",\"rules\":[");
	} else {
		buf_printf(&t->out, "  %s: %s%s%s\n", net_direction[direction], step->allows ? "allowed" : "denied", step->text ? ", " : "", step->text ? step->text : "");
	}
	if (step->policy)
		put_rule(t, step->allows ? "allows" : "denies", step->policy, step->rule, direction,
			 step->rule ? step->rule->layer7 ? "a proxy looks at the traffic too" : NULL : "it selects the pod, and no rule of its kind lets this pass");
	if (!net_beyond_policy(self, other)) {
		applied = net_applied(t->net, self->pod->class, direction);
		for (size_t i = 0; i < applied->n; i++)
			for (size_t k = 0; k < applied->at[i]->rules[direction].n; k++) {
				const struct net_rule *r = &applied->at[i]->rules[direction].at[k];
				const char *why = missing(t, r, self, other);

				if (r != step->rule && (why || !step->rule))
					put_rule(t, "misses", applied->at[i], r, direction, why);
			}
	}
	if (t->json)
		buf_add_str(&t->out, "]}");
}

static bool mesh_selects(struct telling *t, const struct json *selector)
{
	sqlite3_stmt *s = db_stmt(t->net->db, "SELECT 1 FROM label WHERE thing = ?1 AND key = ?2 AND value = ?3 UNION ALL "
					      "SELECT 1 FROM template_label WHERE workload = ?1 AND key = ?2 AND value = ?3");

	JSON_MEMBERS(m, json_get(selector, "matchLabels"))
	{
		bool found;

		db_bind(s, "itt", t->to->pod->thing, json_str(&m->key), json_str(&m->value));
		found = sqlite3_step(s) == SQLITE_ROW;
		sqlite3_reset(s);
		if (!found)
			return false;
	}
	return true;
}

static void put_mesh(struct telling *t, struct span kind, struct span ref, const struct json *spec)
{
	struct span word = span_eq(kind, "PeerAuthentication") ? json_text_at(spec, "mtls.mode") : json_text_at(spec, "action");
	struct span rest = ref;

	span_cut(&rest, '/');
	if (!word.n)
		word = span_eq(kind, "PeerAuthentication") ? SPAN("UNSET") : SPAN("ALLOW");
	if (t->json) {
		buf_add_str(&t->out, t->first ? "{\"rule\":" : ",{\"rule\":");
		text_add_json(&t->out, rest);
		buf_add_str(&t->out, ",\"says\":");
		text_add_json(&t->out, word);
		buf_add_char(&t->out, '}');
	} else {
		buf_add_str(&t->out, t->first ? "  mesh: its proxies judge too\n    " : "    ");
		text_add_clean(&t->out, rest, false);
		buf_add_str(&t->out, ": ");
		text_add_clean(&t->out, word, false);
		buf_add_char(&t->out, '\n');
	}
	t->first = false;
}

/* Istio's rules for the receiver: of its namespace, or of the mesh's root. They are shown, not judged: what they ask for is known to the
 * proxies only (identities, paths, tokens). */
static void tell_mesh(struct telling *t)
{
	sqlite3_stmt *s = db_stmt(t->net->db, "SELECT o.thing, o.kind, r.ref FROM network_object o JOIN thing r ON r.id = o.thing WHERE o.cluster = ? AND "
					      "o.namespace IN (?, 'istio-system') AND o.kind IN ('AuthorizationPolicy', 'PeerAuthentication') ORDER BY r.ref");

	t->first = true;
	buf_add_str(&t->out, t->json ? ",\"mesh\":[" : "");
	if (t->to->pod) {
		db_bind(s, "ss", t->net->cluster, t->to->pod->space->name);
		while (sqlite3_step(s) == SQLITE_ROW) {
			auto_buf raw = BUF_INIT;
			struct json *object;

			if (object_json(t->net->db, sqlite3_column_int64(s, 0), &raw, NULL) || json_parse(&t->net->arena, buf_span(&raw), &object, NULL))
				continue;
			if (mesh_selects(t, json_path(object, "spec.selector")))
				put_mesh(t, db_text(s, 1), db_text(s, 2), json_get(object, "spec"));
		}
		sqlite3_reset(s);
	}
	buf_add_str(&t->out, t->json ? "]" : "");
}

static void tell(struct telling *t, const char *source, const char *target)
{
	struct net_party from = *t->from, to = *t->to;
	struct net_answer a;

	net_ask(t->net, t->from, t->to, t->protocol, t->port, &a);
	from.family = to.family = a.family;
	t->from = &from;
	t->to = &to;
	if (t->json) {
		buf_add_str(&t->out, "{\"source\":");
		text_add_json(&t->out, span_of(source));
		buf_add_str(&t->out, ",\"target\":");
		text_add_json(&t->out, span_of(target));
		buf_printf(&t->out, ",\"protocol\":\"%s\",\"port\":%u,\"allowed\":%s", protocol_name(t->protocol), t->port, a.allowed ? "true" : "false");
		if (a.family)
			buf_printf(&t->out, ",\"family\":%d", a.family == NET_IPV4 ? 4 : 6);
	} else {
		text_add_clean(&t->out, span_of(source), false);
		buf_add_str(&t->out, " -> ");
		text_add_clean(&t->out, span_of(target), false);
		buf_printf(&t->out, " %s %u: %s%s\n", protocol_name(t->protocol), t->port, a.allowed ? "allowed" : "denied",
			   a.family == NET_IPV4 ? " over IPv4" : a.family == NET_IPV6 ? " over IPv6" : "");
	}
	tell_direction(t, NET_EGRESS, &a.step[NET_EGRESS]);
	tell_direction(t, NET_INGRESS, &a.step[NET_INGRESS]);
	tell_mesh(t);
	buf_add_str(&t->out, t->json ? "}\n" : "");
	fwrite(buf_str(&t->out), 1, t->out.n, stdout);
	buf_fini(&t->out);
}

int network_explain(const struct network_options *o, struct err *e)
{
	struct telling t = {.json = o->format && strcmp(o->format, "json") == 0};
	struct net_wish wishes[2];
	auto_net net = {0};
	struct net_party from, to;
	char cluster[512];
	size_t n = 0;

	if (o->rest->n < 2 || o->rest->n > 3)
		return err_set(e, ERR_USAGE, "network explain takes SITE.db SOURCE TARGET PORT");
	for (int i = 0; i < 2; i++)
		n += network_split(span_of(o->rest->at[i]), &wishes[n]);
	if (network_cluster(o, cluster, e) || net_load(&net, o->db, cluster, n == 2 ? wishes : NULL, n == 2 ? 2 : 0, e) ||
	    network_party(&net, span_of(o->rest->at[0]), &from, e) || network_party(&net, span_of(o->rest->at[1]), &to, e) ||
	    network_port(&to, span_of(o->protocol), span_of(o->rest->n > 2 ? o->rest->at[2] : NULL), &t.protocol, &t.port, e))
		return -1;
	network_warn_plugin(&net);
	t.net = &net;
	t.from = &from;
	t.to = &to;
	tell(&t, o->rest->at[0], o->rest->at[1]);
	return 0;
}
