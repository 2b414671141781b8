// SPDX-License-Identifier: Apache-2.0
// Network policies of Kubernetes, Cilium and Calico as written. Which workloads they select is derive-workload.c's.
#include "kubernetes.h"

struct policy {
	bool ingress, egress, selects_all, ingress_open, egress_open;
	int64_t ingress_rules, egress_rules;
	struct span selector;
};

static int insert(struct kube *k, const struct policy *p, struct err *e)
{
	/* A policy for all namespaces stands in none. */
	struct span namespace = k->namespace.p ? k->namespace : SPAN("");
	struct span api = k->group.n ? k->group : SPAN("networking.k8s.io");

	return db_run(k->l->db, e,
		      "INSERT INTO network_policy(thing, cluster, namespace, name, api, ingress, egress, selects_all, selector, ingress_rules, egress_rules, "
		      "ingress_open, egress_open) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "istttbbbtiibb", k->thing, kube_cluster(k->l), namespace, k->name, api, p->ingress, p->egress, p->selects_all,
		      p->selector.p ? p->selector : SPAN("{}"), p->ingress_rules, p->egress_rules, p->ingress_open, p->egress_open);
}

static bool empty_selector(const struct json *s)
{
	return !json_count(json_get(s, "matchLabels")) && !json_count(json_get(s, "matchExpressions"));
}

/* Rules without peers, or with every address as a peer. */
static bool any_open(const struct json *rules, const char *peers)
{
	JSON_EACH(rule, rules)
	{
		if (!json_count(json_get(rule, peers)))
			return true;
		JSON_EACH(peer, json_get(rule, peers))
		{
			struct span cidr = json_text_at(peer, "ipBlock.cidr");

			if ((span_eq(cidr, "0.0.0.0/0") || span_eq(cidr, "::/0")) && !json_count(json_path(peer, "ipBlock.except")))
				return true;
		}
	}
	return false;
}

/* policyTypes, where absent: Ingress always, Egress when there are egress rules (NetworkPolicySpec, networking/v1). */
int load_network_policy(struct kube *k, struct err *e)
{
	const struct json *types = json_get(k->spec, "policyTypes"), *in = json_get(k->spec, "ingress"), *out = json_get(k->spec, "egress");
	struct policy p = {.ingress = !json_count(types), .egress = !json_count(types) && json_count(out)};

	JSON_EACH(type, types)
	{
		p.ingress |= span_eq(json_str(type), "Ingress");
		p.egress |= span_eq(json_str(type), "Egress");
	}
	p.selects_all = empty_selector(json_get(k->spec, "podSelector"));
	p.selector = kube_json(&k->l->item, json_get(k->spec, "podSelector"));
	p.ingress_rules = p.ingress ? json_count(in) : 0;
	p.egress_rules = p.egress ? json_count(out) : 0;
	p.ingress_open = p.ingress && any_open(in, "from");
	p.egress_open = p.egress && any_open(out, "to");
	return insert(k, &p, e);
}

static bool has_entity(const struct json *rule, const char *member)
{
	JSON_EACH(entity, json_get(rule, member))
	{
		if (span_eq(json_str(entity), "all"))
			return true;
	}
	return false;
}

/* Rules that let something through, an empty rule only switches default deny on (Cilium, policy language). */
static int64_t cilium_rules(const struct json *rules, const char *entities, bool *open)
{
	int64_t n = 0;

	JSON_EACH(rule, rules)
	{
		n += json_count(rule) > 0;
		*open |= has_entity(rule, entities);
	}
	return n;
}

static void cilium_spec(struct kube *k, const struct json *spec, struct policy *p)
{
	const struct json *selector = json_get(spec, "endpointSelector");

	if (!json_is(spec, JSON_OBJECT) || json_get(spec, "nodeSelector"))
		return;
	p->ingress |= (json_count(json_get(spec, "ingress")) || json_count(json_get(spec, "ingressDeny"))) && json_bool_at(spec, "enableDefaultDeny.ingress") != 0;
	p->egress |= (json_count(json_get(spec, "egress")) || json_count(json_get(spec, "egressDeny"))) && json_bool_at(spec, "enableDefaultDeny.egress") != 0;
	p->selects_all |= empty_selector(selector);
	p->selector = kube_json(&k->l->item, selector);
	p->ingress_rules += cilium_rules(json_get(spec, "ingress"), "fromEntities", &p->ingress_open);
	p->egress_rules += cilium_rules(json_get(spec, "egress"), "toEntities", &p->egress_open);
}

int load_cilium_policy(struct kube *k, struct err *e)
{
	struct policy p = {0};

	cilium_spec(k, k->spec, &p);
	JSON_EACH(spec, json_get(k->object, "specs"))
	{
		cilium_spec(k, spec, &p);
	}
	return insert(k, &p, e);
}

static int64_t calico_rules(const struct json *rules, const char *peer, bool *open)
{
	int64_t n = 0;

	JSON_EACH(rule, rules)
	{
		if (!span_ieq(json_text_at(rule, "action"), "Allow"))
			continue;
		n++;
		*open |= !json_count(json_get(rule, peer));
	}
	return n;
}

int load_network_object(struct kube *k, struct err *e)
{
	return db_run(k->l->db, e, "INSERT INTO network_object(thing, cluster, namespace, name, kind) VALUES (?, ?, ?, ?, ?)", "isttt", k->thing, kube_cluster(k->l),
		      k->namespace.p ? k->namespace : SPAN(""), k->name, k->type);
}

int load_calico_policy(struct kube *k, struct err *e)
{
	const struct json *types = json_get(k->spec, "types"), *in = json_get(k->spec, "ingress"), *out = json_get(k->spec, "egress");
	struct span selector = json_text_at(k->spec, "selector");
	struct policy p = {.ingress = !json_count(types) && (json_count(in) || !json_count(out)), .egress = !json_count(types) && json_count(out)};
	struct json text = json_make_str(&k->l->item, selector.p ? selector : SPAN(""));

	JSON_EACH(type, types)
	{
		p.ingress |= span_ieq(json_str(type), "Ingress");
		p.egress |= span_ieq(json_str(type), "Egress");
	}
	p.selects_all = !selector.n || span_eq(selector, "all()");
	p.selector = kube_json(&k->l->item, &text);
	p.ingress_rules = calico_rules(in, "source", &p.ingress_open);
	p.egress_rules = calico_rules(out, "destination", &p.egress_open);
	return insert(k, &p, e);
}
