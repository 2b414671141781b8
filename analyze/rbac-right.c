// SPDX-License-Identifier: Apache-2.0
// Which sensitive rights a rule holds: a table of group, resource and verbs for each. Who holds the rule is derive-rbac.c's.
#include "rbac-right.h"

static const struct right {
	const char *name, *named; /* `named`: what it is called when the rule is limited to objects by name; NULL: nothing then */
	const char *group, *resource, *verbs; /* verbs separated by spaces, any of them */
} rights[] = {
	{"secrets-read", "secrets-read-named", "", "secrets", "get list watch"},
	{"secrets-write", "secrets-write-named", "", "secrets", "create update patch"},
	{"configmaps-write", "configmaps-write-named", "", "configmaps", "create update patch delete deletecollection"},
	{"pods-create", NULL, "", "pods", "create"},
	/* The image of a running pod can be changed. */
	{"workloads-write", "workloads-write-named", "", "pods", "update patch"},
	{"workloads-write", "workloads-write-named", "", "replicationcontrollers", "create update patch"},
	{"workloads-write", "workloads-write-named", "apps", "deployments", "create update patch"},
	{"workloads-write", "workloads-write-named", "apps", "daemonsets", "create update patch"},
	{"workloads-write", "workloads-write-named", "apps", "statefulsets", "create update patch"},
	{"workloads-write", "workloads-write-named", "apps", "replicasets", "create update patch"},
	{"workloads-write", "workloads-write-named", "batch", "jobs", "create"}, /* a Job's template cannot be changed */
	{"workloads-write", "workloads-write-named", "batch", "cronjobs", "create update patch"},
	/* A websocket asks with the verb get. */
	{"pods-exec", "pods-exec-named", "", "pods/exec", "create get"},
	{"pods-exec", "pods-exec-named", "", "pods/attach", "create get"},
	{"ephemeral-containers", "ephemeral-containers-named", "", "pods/ephemeralcontainers", "update patch"},
	{"port-forward", "port-forward-named", "", "pods/portforward", "create get"},
	{"logs-read", "logs-read-named", "", "pods/log", "get"},
	{"nodes-proxy", "nodes-proxy-named", "", "nodes/proxy", "get create update patch delete"},
	{"nodes-write", "nodes-write-named", "", "nodes", "update patch delete deletecollection"},
	{"nodes-write", "nodes-write-named", "", "nodes/status", "update patch"},
	{"pods-proxy", "pods-proxy-named", "", "pods/proxy", "get create update patch delete"},
	{"pods-proxy", "pods-proxy-named", "", "services/proxy", "get create update patch delete"},
	{"service-accounts-write", "service-accounts-write-named", "", "serviceaccounts", "create update patch"},
	{"endpoints-write", "endpoints-write-named", "", "endpoints", "create update patch"},
	{"endpoints-write", "endpoints-write-named", "discovery.k8s.io", "endpointslices", "create update patch"},
	{"network-policies-write", "network-policies-write-named", "networking.k8s.io", "networkpolicies", "update patch delete deletecollection"},
	{"tokens-create", "tokens-create-named", "", "serviceaccounts/token", "create"},
	{"namespaces-write", "namespaces-write-named", "", "namespaces", "create update patch delete deletecollection"},
	{"pv-create", NULL, "", "persistentvolumes", "create"},
	{"rbac-write", "rbac-write-named", "rbac.authorization.k8s.io", "roles", "create update patch"},
	{"rbac-write", "rbac-write-named", "rbac.authorization.k8s.io", "clusterroles", "create update patch"},
	{"rbac-write", "rbac-write-named", "rbac.authorization.k8s.io", "rolebindings", "create update patch"},
	{"rbac-write", "rbac-write-named", "rbac.authorization.k8s.io", "clusterrolebindings", "create update patch"},
	/* A role that may be escalated by name may be escalated to everything. */
	{"escalate", "escalate", "rbac.authorization.k8s.io", "roles", "escalate"},
	{"escalate", "escalate", "rbac.authorization.k8s.io", "clusterroles", "escalate"},
	{"bind", "bind-named", "rbac.authorization.k8s.io", "roles", "bind"},
	{"bind", "bind-named", "rbac.authorization.k8s.io", "clusterroles", "bind"},
	{"impersonate", "impersonate-named", "", "users", "impersonate"},
	{"impersonate", "impersonate-named", "", "groups", "impersonate"},
	{"impersonate", "impersonate-named", "", "serviceaccounts", "impersonate"},
	{"impersonate-extra", "impersonate-extra-named", "authentication.k8s.io", "uids", "impersonate"},
	{"impersonate-extra", "impersonate-extra-named", "authentication.k8s.io", "userextras", "impersonate"},
	{"apiservices-write", "apiservices-write-named", "apiregistration.k8s.io", "apiservices", "create update patch"},
	{"csr-sign", "csr-sign-named", "certificates.k8s.io", "signers", "sign approve"},
	{"csr-approve", "csr-approve-named", "certificates.k8s.io", "certificatesigningrequests/approval", "update patch"},
	{"webhooks-write", "webhooks-write-named", "admissionregistration.k8s.io", "mutatingwebhookconfigurations", "create update patch delete deletecollection"},
	{"webhooks-write", "webhooks-write-named", "admissionregistration.k8s.io", "validatingwebhookconfigurations", "create update patch delete deletecollection"},
	{"webhooks-write", "webhooks-write-named", "admissionregistration.k8s.io", "mutatingadmissionpolicies", "create update patch delete deletecollection"},
	{"webhooks-write", "webhooks-write-named", "admissionregistration.k8s.io", "validatingadmissionpolicies", "create update patch delete deletecollection"},
	{"crds-write", "crds-write-named", "apiextensions.k8s.io", "customresourcedefinitions", "create update patch delete deletecollection"},
};

static bool holds(const struct json *list, struct span text)
{
	JSON_EACH(v, list)
	{
		if (json_str(v).p && span_is(json_str(v), text))
			return true;
	}
	return false;
}

static bool holds_or_all(const struct json *list, struct span text)
{
	return holds(list, SPAN("*")) || holds(list, text);
}

/* "*" and the resource itself; a subresource also as "*" "/sub". */
static bool resource_matches(const struct json *resources, struct span resource)
{
	struct span rest = resource;

	if (holds_or_all(resources, resource))
		return true;
	span_cut(&rest, '/');
	JSON_EACH(v, rest.p ? resources : NULL)
	{
		struct span r = json_str(v);

		if (span_starts(r, "*/") && span_is((struct span){r.p + 2, r.n - 2}, rest))
			return true;
	}
	return false;
}

/* Creating has no name yet, so a rule with names never allows it, but for subresources. */
bool rbac_rule_covers(const struct rbac_rule *rule, struct span group, struct span resource, struct span verb)
{
	bool nameless = (span_eq(verb, "create") || span_eq(verb, "deletecollection")) && !memchr(resource.p, '/', resource.n);

	return holds_or_all(rule->groups, group) && resource_matches(rule->resources, resource) && holds_or_all(rule->verbs, verb) &&
	       !(nameless && json_count(rule->names));
}

static bool right_matches(const struct rbac_rule *rule, const struct right *r)
{
	struct span rest = span_of(r->verbs);

	while (rest.p)
		if (rbac_rule_covers(rule, span_of(r->group), span_of(r->resource), span_cut(&rest, ' ')))
			return true;
	return false;
}

/* Names that are as good as all: roles that hold everything, the group that no authorizer asks. */
static bool names_power(const struct json *names, const char *right)
{
	if (strcmp(right, "bind") == 0)
		return holds(names, SPAN("cluster-admin")) || holds(names, SPAN("admin"));
	return strcmp(right, "impersonate") == 0 && holds(names, SPAN("system:masters"));
}

static void add(struct rbac_rights *out, const char *name)
{
	for (size_t i = 0; i < out->n; i++)
		if (strcmp(out->names[i], name) == 0)
			return;
	if (out->n < sizeof(out->names) / sizeof(out->names[0]))
		out->names[out->n++] = name;
}

void rbac_rights_of(const struct rbac_rule *rule, struct rbac_rights *out)
{
	bool groups = holds(rule->groups, SPAN("*")), resources = holds(rule->resources, SPAN("*")), verbs = holds(rule->verbs, SPAN("*"));
	bool named = json_count(rule->names);

	out->n = 0;
	if (verbs)
		add(out, "wildcard-verbs");
	if (resources)
		add(out, "wildcard-resources");
	if (groups && resources && verbs && !named)
		add(out, "all");
	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
		const struct right *r = &rights[i];
		const char *name = named && !names_power(rule->names, r->name) ? r->named : r->name;

		if (name && right_matches(rule, r))
			add(out, name);
	}
}
