// SPDX-License-Identifier: Apache-2.0
// Resources as people write them ("secret", "deploy", "deployments") into group and resource as roles name them. The names are those that an API server
// lists (`kubectl api-resources`), and those that exist for authorization only (users, groups, signers).
#include "access.h"

#include <strings.h>

static const struct known {
	const char *plural, *singular, *shorter, *group;
} resources[] = {
	{"bindings", "binding", NULL, ""},
	{"componentstatuses", "componentstatus", "cs", ""},
	{"configmaps", "configmap", "cm", ""},
	{"endpoints", "endpoint", "ep", ""},
	{"events", "event", "ev", ""},
	{"groups", "group", NULL, ""},
	{"limitranges", "limitrange", "limits", ""},
	{"namespaces", "namespace", "ns", ""},
	{"nodes", "node", "no", ""},
	{"persistentvolumeclaims", "persistentvolumeclaim", "pvc", ""},
	{"persistentvolumes", "persistentvolume", "pv", ""},
	{"pods", "pod", "po", ""},
	{"podtemplates", "podtemplate", NULL, ""},
	{"replicationcontrollers", "replicationcontroller", "rc", ""},
	{"resourcequotas", "resourcequota", "quota", ""},
	{"secrets", "secret", NULL, ""},
	{"serviceaccounts", "serviceaccount", "sa", ""},
	{"services", "service", "svc", ""},
	{"users", "user", NULL, ""},
	{"mutatingadmissionpolicies", "mutatingadmissionpolicy", NULL, "admissionregistration.k8s.io"},
	{"mutatingadmissionpolicybindings", "mutatingadmissionpolicybinding", NULL, "admissionregistration.k8s.io"},
	{"mutatingwebhookconfigurations", "mutatingwebhookconfiguration", NULL, "admissionregistration.k8s.io"},
	{"validatingadmissionpolicies", "validatingadmissionpolicy", NULL, "admissionregistration.k8s.io"},
	{"validatingadmissionpolicybindings", "validatingadmissionpolicybinding", NULL, "admissionregistration.k8s.io"},
	{"validatingwebhookconfigurations", "validatingwebhookconfiguration", NULL, "admissionregistration.k8s.io"},
	{"customresourcedefinitions", "customresourcedefinition", "crd", "apiextensions.k8s.io"},
	{"customresourcedefinitions", "customresourcedefinition", "crds", "apiextensions.k8s.io"},
	{"apiservices", "apiservice", NULL, "apiregistration.k8s.io"},
	{"controllerrevisions", "controllerrevision", NULL, "apps"},
	{"daemonsets", "daemonset", "ds", "apps"},
	{"deployments", "deployment", "deploy", "apps"},
	{"replicasets", "replicaset", "rs", "apps"},
	{"statefulsets", "statefulset", "sts", "apps"},
	{"selfsubjectreviews", "selfsubjectreview", NULL, "authentication.k8s.io"},
	{"tokenreviews", "tokenreview", NULL, "authentication.k8s.io"},
	{"uids", "uid", NULL, "authentication.k8s.io"},
	{"userextras", "userextra", NULL, "authentication.k8s.io"},
	{"localsubjectaccessreviews", "localsubjectaccessreview", NULL, "authorization.k8s.io"},
	{"selfsubjectaccessreviews", "selfsubjectaccessreview", NULL, "authorization.k8s.io"},
	{"selfsubjectrulesreviews", "selfsubjectrulesreview", NULL, "authorization.k8s.io"},
	{"subjectaccessreviews", "subjectaccessreview", NULL, "authorization.k8s.io"},
	{"horizontalpodautoscalers", "horizontalpodautoscaler", "hpa", "autoscaling"},
	{"cronjobs", "cronjob", "cj", "batch"},
	{"jobs", "job", NULL, "batch"},
	{"certificatesigningrequests", "certificatesigningrequest", "csr", "certificates.k8s.io"},
	{"clustertrustbundles", "clustertrustbundle", NULL, "certificates.k8s.io"},
	{"signers", "signer", NULL, "certificates.k8s.io"},
	{"leases", "lease", NULL, "coordination.k8s.io"},
	{"endpointslices", "endpointslice", NULL, "discovery.k8s.io"},
	{"flowschemas", "flowschema", NULL, "flowcontrol.apiserver.k8s.io"},
	{"prioritylevelconfigurations", "prioritylevelconfiguration", NULL, "flowcontrol.apiserver.k8s.io"},
	{"ingressclasses", "ingressclass", NULL, "networking.k8s.io"},
	{"ingresses", "ingress", "ing", "networking.k8s.io"},
	{"ipaddresses", "ipaddress", "ip", "networking.k8s.io"},
	{"networkpolicies", "networkpolicy", "netpol", "networking.k8s.io"},
	{"servicecidrs", "servicecidr", NULL, "networking.k8s.io"},
	{"runtimeclasses", "runtimeclass", NULL, "node.k8s.io"},
	{"poddisruptionbudgets", "poddisruptionbudget", "pdb", "policy"},
	{"podsecuritypolicies", "podsecuritypolicy", "psp", "policy"},
	{"clusterrolebindings", "clusterrolebinding", NULL, "rbac.authorization.k8s.io"},
	{"clusterroles", "clusterrole", NULL, "rbac.authorization.k8s.io"},
	{"rolebindings", "rolebinding", NULL, "rbac.authorization.k8s.io"},
	{"roles", "role", NULL, "rbac.authorization.k8s.io"},
	{"deviceclasses", "deviceclass", NULL, "resource.k8s.io"},
	{"resourceclaims", "resourceclaim", NULL, "resource.k8s.io"},
	{"resourceclaimtemplates", "resourceclaimtemplate", NULL, "resource.k8s.io"},
	{"resourceslices", "resourceslice", NULL, "resource.k8s.io"},
	{"priorityclasses", "priorityclass", "pc", "scheduling.k8s.io"},
	{"csidrivers", "csidriver", NULL, "storage.k8s.io"},
	{"csinodes", "csinode", NULL, "storage.k8s.io"},
	{"csistoragecapacities", "csistoragecapacity", NULL, "storage.k8s.io"},
	{"storageclasses", "storageclass", "sc", "storage.k8s.io"},
	{"volumeattachments", "volumeattachment", NULL, "storage.k8s.io"},
	{"volumeattributesclasses", "volumeattributesclass", "vac", "storage.k8s.io"},
};

static bool same(struct span text, const char *name)
{
	return name && strlen(name) == text.n && strncasecmp(text.p, name, text.n) == 0;
}

bool access_resource(struct rbac_question *q, struct span text)
{
	struct span sub = text, resource = span_cut(&sub, '/'), group = resource;

	q->resource = span_cut(&group, '.');
	q->group = group.p ? group : SPAN("");
	q->subresource = sub.p ? sub : SPAN("");
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		const struct known *k = &resources[i];

		if ((group.p && !same(group, k->group)) || !(same(q->resource, k->plural) || same(q->resource, k->singular) || same(q->resource, k->shorter)))
			continue;
		q->resource = span_of(k->plural);
		q->group = span_of(k->group);
		return true;
	}
	return group.n > 0 || span_eq(q->resource, "*");
}

void access_resource_asked(struct rbac_question *q, struct span text)
{
	if (!access_resource(q, text))
		warn("%.*s is no resource of Kubernetes itself: asked for by just this name in the core group; write RESOURCE.GROUP for another", SPAN_ARG(q->resource));
}
