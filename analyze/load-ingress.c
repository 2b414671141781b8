// SPDX-License-Identifier: Apache-2.0
// What leads HTTP from outside to services: Ingresses, OpenShift Routes, Gateway API routes. Which workloads stand behind is
// derive-workload.c's.
#include "kubernetes.h"

struct rule {
	struct span host, path, namespace, service, port;
	int tls; /* -1: a Gateway decides */
};

static int insert_rule(struct kube *k, const struct rule *r, struct err *e)
{
	return db_run(k->l->db, e, "INSERT INTO ingress_rule(ingress, host, path, service, port, tls, service_namespace) VALUES (?, ?, ?, ?, ?, ?, ?)", "ittttbt",
		      k->thing, r->host, r->path, r->service, r->port, r->tls, span_is(r->namespace, k->namespace) ? SPAN_NONE : r->namespace);
}

static int insert(struct kube *k, struct span class, int64_t tls, struct span fallback, struct err *e)
{
	return db_run(k->l->db, e, "INSERT INTO ingress(thing, cluster, namespace, name, class, tls, default_service) VALUES (?, ?, ?, ?, ?, ?, ?)", "istttit",
		      k->thing, kube_cluster(k->l), k->namespace, k->name, class, tls, fallback);
}

/* "*.example.org" covers one label. */
static bool host_covers(struct span pattern, struct span host)
{
	const char *dot;

	if (span_is(pattern, host))
		return true;
	if (!span_starts(pattern, "*.") || !(dot = memchr(host.p ? host.p : "", '.', host.n)))
		return false;
	return span_is((struct span){pattern.p + 1, pattern.n - 1}, (struct span){dot, host.n - (size_t)(dot - host.p)});
}

/* A TLS entry without hosts stands for all. */
static bool host_has_tls(const struct json *tls, struct span host)
{
	JSON_EACH(entry, tls)
	{
		const struct json *hosts = json_get(entry, "hosts");

		if (!json_count(hosts))
			return true;
		JSON_EACH(h, hosts)
		{
			if (host_covers(json_str(h), host))
				return true;
		}
	}
	return false;
}

/* Of a backend, in the spelling of networking.k8s.io/v1 or of the older versions. */
static void backend(const struct json *b, struct rule *r)
{
	const struct json *service = json_get(b, "service");

	r->service = json_text_at(service ? service : b, service ? "name" : "serviceName");
	r->port = json_scalar(service ? json_path(service, "port.number") : json_get(b, "servicePort"));
	if (!r->port.p)
		r->port = json_text_at(service, "port.name");
}

int load_ingress(struct kube *k, struct err *e)
{
	const struct json *tls = json_get(k->spec, "tls"), *fallback = json_get(k->spec, "defaultBackend");
	struct span class = json_text_at(k->spec, "ingressClassName");
	struct rule r = {.namespace = k->namespace};

	if (!class.n)
		class = json_str(json_get(json_get(k->meta, "annotations"), "kubernetes.io/ingress.class"));
	backend(fallback ? fallback : json_get(k->spec, "backend"), &r);
	if (insert(k, class, json_count(tls), r.service, e))
		return -1;
	JSON_EACH(rule, json_get(k->spec, "rules"))
	{
		r.host = json_text_at(rule, "host");
		r.tls = host_has_tls(tls, r.host);
		if (!json_count(json_path(rule, "http.paths"))) { /* the default backend serves the host */
			r.path = SPAN_NONE;
			backend(fallback ? fallback : json_get(k->spec, "backend"), &r);
			if (insert_rule(k, &r, e))
				return -1;
		}
		JSON_EACH(path, json_path(rule, "http.paths"))
		{
			r.path = json_text_at(path, "path");
			backend(json_get(path, "backend"), &r);
			if (insert_rule(k, &r, e))
				return -1;
		}
	}
	return 0;
}

static int route_target(struct kube *k, struct rule *r, const struct json *to, struct err *e)
{
	r->service = json_text_at(to, "name");
	return r->service.n ? insert_rule(k, r, e) : 0;
}

int load_route(struct kube *k, struct err *e)
{
	bool tls = json_is(json_get(k->spec, "tls"), JSON_OBJECT);
	struct rule r = {.host = json_text_at(k->spec, "host"), .path = json_text_at(k->spec, "path"), .namespace = k->namespace,
			 .port = json_scalar(json_path(k->spec, "port.targetPort")), .tls = tls};

	if (insert(k, SPAN_NONE, tls, SPAN_NONE, e) || route_target(k, &r, json_get(k->spec, "to"), e))
		return -1;
	JSON_EACH(to, json_get(k->spec, "alternateBackends"))
	{
		if (route_target(k, &r, to, e))
			return -1;
	}
	return 0;
}

static int route_rule(struct kube *k, struct rule *r, const struct json *rule, struct err *e)
{
	JSON_EACH(to, json_get(rule, "backendRefs"))
	{
		struct span kind = json_text_at(to, "kind"), namespace = json_text_at(to, "namespace");

		if (kind.n && !span_eq(kind, "Service"))
			continue;
		r->namespace = namespace.n ? namespace : k->namespace;
		r->port = json_scalar(json_get(to, "port"));
		if (route_target(k, r, to, e))
			return -1;
	}
	return 0;
}

/* HTTPRoute, GRPCRoute and TLSRoute: one row per host, rule and backend; the path is the rule's first match. */
int load_gateway_route(struct kube *k, struct err *e)
{
	const struct json *hosts = json_get(k->spec, "hostnames");
	struct span gateway = SPAN_NONE;
	struct rule r = {.tls = span_eq(k->type, "TLSRoute") ? 1 : -1};

	JSON_EACH(parent, json_get(k->spec, "parentRefs"))
	{
		if (!gateway.p)
			gateway = json_text_at(parent, "name");
	}
	if (insert(k, gateway, r.tls == 1, SPAN_NONE, e))
		return -1;
	JSON_EACH(rule, json_get(k->spec, "rules"))
	{
		const struct json *matches = json_get(rule, "matches");

		r.path = json_is(matches, JSON_ARRAY) && matches->n ? json_text_at(matches->items, "path.value") : SPAN_NONE;
		r.host = SPAN_NONE;
		if (!json_count(hosts) && route_rule(k, &r, rule, e))
			return -1;
		JSON_EACH(host, hosts)
		{
			r.host = json_str(host);
			if (route_rule(k, &r, rule, e))
				return -1;
		}
	}
	return 0;
}
