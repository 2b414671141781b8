// SPDX-License-Identifier: Apache-2.0
// Generated NetworkPolicies in the language of Cilium or Calico.
#include "network-convert.h"
#include "common/text.h"

static const char name_label[] = "kubernetes.io/metadata.name";

static struct json text(struct net *net, const char *s)
{
	return json_make_str(&net->arena, span_of(s));
}

static struct json with(struct net *net, const char *key, struct json v)
{
	struct json o = {.type = JSON_OBJECT};

	json_set(&net->arena, &o, key, v);
	return o;
}

static void push(struct net *net, struct json *list, struct json v)
{
	list->type = JSON_ARRAY;
	json_push(&net->arena, list, v);
}

/* The same name and namespace under another kind. */
static struct json object_of(struct net *net, const struct json *policy, const char *api, const char *kind, struct json spec)
{
	struct json o = with(net, "apiVersion", text(net, api));

	json_set(&net->arena, &o, "kind", text(net, kind));
	json_set(&net->arena, &o, "metadata", *json_get(policy, "metadata"));
	json_set(&net->arena, &o, "spec", spec);
	return o;
}

static bool speaks(const struct json *spec, const char *type)
{
	JSON_EACH(t, json_get(spec, "policyTypes"))
	{
		if (span_eq(json_str(t), type))
			return true;
	}
	return false;
}

/* Labels, and the namespace where the peer names one: an absent one is the policy's own. */
static struct json cilium_selector(struct net *net, const struct json *pods, const struct json *spaces)
{
	struct json labels = {.type = JSON_OBJECT}, every = with(net, "key", text(net, "k8s:io.kubernetes.pod.namespace")), list = {0}, out = {.type = JSON_OBJECT};
	const struct json *space = json_get(json_get(spaces, "matchLabels"), name_label);

	JSON_MEMBERS(m, json_get(pods, "matchLabels"))
	{
		struct span key = json_str(&m->key);

		json_set(&net->arena, &labels, arena_printf(&net->arena, "k8s:%.*s", SPAN_ARG(key)), m->value);
	}
	if (space) {
		json_set(&net->arena, &labels, "k8s:io.kubernetes.pod.namespace", *space);
	} else if (spaces) {
		json_set(&net->arena, &every, "operator", text(net, "Exists"));
		push(net, &list, every);
		json_set(&net->arena, &out, "matchExpressions", list);
	}
	if (labels.n)
		json_set(&net->arena, &out, "matchLabels", labels);
	return out;
}

static bool of_node(const struct net *net, struct span cidr)
{
	struct net_owner o;
	struct span rest = cidr, address = span_cut(&rest, '/');
	wide a;

	if (!address_parse(address, &a))
		return false;
	o = net_find_address(net, a);
	return o.node || o.host;
}

static void cilium_peer(struct net *net, struct json *rule, const char *way, const struct json *peer)
{
	const struct json *cidr = json_path(peer, "ipBlock.cidr");
	struct json list = {0};

	if (cidr && of_node(net, json_str(cidr))) {
		push(net, &list, text(net, "host"));
		push(net, &list, text(net, "remote-node"));
		json_set(&net->arena, rule, arena_printf(&net->arena, "%sEntities", way), list);
	} else if (cidr) {
		push(net, &list, *cidr);
		json_set(&net->arena, rule, arena_printf(&net->arena, "%sCIDR", way), list);
	} else {
		push(net, &list, cilium_selector(net, json_get(peer, "podSelector"), json_get(peer, "namespaceSelector")));
		json_set(&net->arena, rule, arena_printf(&net->arena, "%sEndpoints", way), list);
	}
}

static struct json cilium_ports(struct net *net, const struct json *ports)
{
	struct json list = {.type = JSON_ARRAY}, out = {0};

	JSON_EACH(p, ports)
	{
		struct json port = with(net, "port", json_make_str(&net->arena, json_scalar(json_get(p, "port"))));

		json_set(&net->arena, &port, "protocol", *json_get(p, "protocol"));
		push(net, &list, port);
	}
	push(net, &out, with(net, "ports", list));
	return out;
}

/* A rule for each peer. Without any rule an empty one: it switches default deny on. */
static struct json cilium_rules(struct net *net, const struct json *rules, const char *member, const char *way)
{
	struct json out = {.type = JSON_ARRAY}, empty = {.type = JSON_OBJECT};

	JSON_EACH(r, rules)
	{
		struct json rule = {.type = JSON_OBJECT};

		JSON_EACH(peer, json_get(r, member))
		{
			cilium_peer(net, &rule, way, peer); /* generated rules have one */
		}
		json_set(&net->arena, &rule, "toPorts", cilium_ports(net, json_get(r, "ports")));
		push(net, &out, rule);
	}
	if (!out.n)
		push(net, &out, empty);
	return out;
}

struct json net_to_cilium(struct net *net, const struct json *policy)
{
	const struct json *spec = json_get(policy, "spec");
	struct json out = with(net, "endpointSelector", cilium_selector(net, json_get(spec, "podSelector"), NULL));

	if (speaks(spec, "Ingress"))
		json_set(&net->arena, &out, "ingress", cilium_rules(net, json_get(spec, "ingress"), "from", "from"));
	if (speaks(spec, "Egress"))
		json_set(&net->arena, &out, "egress", cilium_rules(net, json_get(spec, "egress"), "to", "to"));
	return object_of(net, policy, "cilium.io/v2", "CiliumNetworkPolicy", out);
}

/* A quote cannot stand in a label that an API server took: it becomes what selects nothing. */
static void add_value(struct buf *b, struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		buf_add_char(b, value.p[i] == '\'' || value.p[i] == '"' || (unsigned char)value.p[i] < ' ' ? '_' : value.p[i]);
}

static struct json calico_selector(struct net *net, const struct json *selector)
{
	auto_buf b = BUF_INIT;

	JSON_MEMBERS(m, json_get(selector, "matchLabels"))
	{
		struct span key = json_str(&m->key);

		buf_add_str(&b, b.n ? " && " : "");
		add_value(&b, span_eq(key, name_label) ? SPAN("projectcalico.org/name") : key);
		buf_add_str(&b, " == '");
		add_value(&b, json_str(&m->value));
		buf_add_char(&b, '\'');
	}
	return text(net, b.n ? buf_str(&b) : "all()");
}

static struct json calico_peer(struct net *net, const struct json *peer)
{
	const struct json *cidr = json_path(peer, "ipBlock.cidr"), *spaces = json_get(peer, "namespaceSelector");
	struct json nets = {0}, out = {.type = JSON_OBJECT};

	if (cidr) {
		push(net, &nets, *cidr);
		return with(net, "nets", nets);
	}
	out = with(net, "selector", calico_selector(net, json_get(peer, "podSelector")));
	if (spaces)
		json_set(&net->arena, &out, "namespaceSelector", calico_selector(net, spaces));
	return out;
}

/* Calico's rules are about one protocol each. */
static void calico_rule(struct net *net, struct json *out, const struct json *r, bool ingress)
{
	const struct json *peers = json_get(r, ingress ? "from" : "to");

	for (int protocol = PROTOCOL_TCP; protocol <= PROTOCOL_SCTP; protocol++) {
		struct json rule = with(net, "action", text(net, "Allow")), ports = {.type = JSON_ARRAY}, far = {.type = JSON_OBJECT}, near = {.type = JSON_OBJECT};

		JSON_EACH(p, json_get(r, "ports"))
		{
			if (span_eq(json_text_at(p, "protocol"), protocol_name(protocol)))
				push(net, &ports, *json_get(p, "port"));
		}
		if (!ports.n)
			continue;
		JSON_EACH(peer, peers)
		{
			far = calico_peer(net, peer); /* generated rules have one */
		}
		json_set(&net->arena, ingress ? &near : &far, "ports", ports);
		json_set(&net->arena, &rule, "protocol", text(net, protocol_name(protocol)));
		if (far.n)
			json_set(&net->arena, &rule, ingress ? "source" : "destination", far);
		if (near.n)
			json_set(&net->arena, &rule, "destination", near);
		push(net, out, rule);
	}
}

struct json net_to_calico(struct net *net, const struct json *policy)
{
	static const char *const members[2] = {"ingress", "egress"};
	const struct json *spec = json_get(policy, "spec");
	struct json out = with(net, "selector", calico_selector(net, json_get(spec, "podSelector")));

	json_set(&net->arena, &out, "types", *json_get(spec, "policyTypes"));
	for (int d = 0; d < 2; d++) {
		struct json rules = {.type = JSON_ARRAY};

		JSON_EACH(r, json_get(spec, members[d]))
		{
			calico_rule(net, &rules, r, d == 0);
		}
		if (rules.n)
			json_set(&net->arena, &out, members[d], rules);
	}
	return object_of(net, policy, "projectcalico.org/v3", "NetworkPolicy", out);
}
