/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KUBERNETES_H
#define KUBERNETES_H
/*
 * One Kubernetes object on its way into the database, and what the loaders of its kinds share. The walk over a member and
 * the table of kinds are in load-kubernetes.c; load-<subject>.c fill the typed tables, one function per kind.
 */
#include "load.h"
#include "common/redact.h"

struct kube {
	struct load *l;
	const struct json *object, *meta, *spec, *status;
	struct span api_version; /* "apps/v1" */
	struct span kind;	 /* as refs name it: "Deployment", "Rollout.argoproj.io" */
	struct span type;	 /* "Deployment", "Rollout" */
	struct span group;	 /* "apps"; empty for core */
	struct span name, namespace; /* namespace absent: cluster-scoped */
	struct span owner_kind, owner_name; /* of the controlling owner, kind as refs name it; absent: none */
	const char *ref;
	const char *pointer;
	int64_t thing;
};

/* Typed rows of one object: 0, or -1 when the environment failed. Wrong types in the object read as absent. */
typedef int kube_rows(struct kube *k, struct err *e);

/* The cluster's name, "cluster" when nothing told it. */
const char *kube_cluster(const struct load *l);
/* A kind as refs name it: the group behind a dot, but for core, apps, batch, RBAC and networking. In the arena. */
struct span kube_kind(struct arena *a, struct span api_version, struct span kind);
/* "cluster/namespace/kind/name", "-" for no namespace. `kind` as kube_kind gives it. In the arena. */
const char *kube_ref(struct arena *a, const char *cluster, struct span namespace, struct span kind, struct span name);
/* Evidence kind of a Kubernetes kind: "kubernetes/networkpolicies", "kubernetes/constraints.templates.gatekeeper.sh". In the arena. */
const char *kube_evidence_kind(struct arena *a, struct span kind);
/* True for kinds of evidence that the loader knows and whose objects lie in namespaces. The arena is scratch. */
bool kube_namespaced(struct arena *a, const char *evidence_kind);
/* Minified JSON of a value, in the arena; absent span when there is none. */
struct span kube_json(struct arena *a, const struct json *v);
/* As kube_json, "[]" when it is not an array. */
struct span kube_array(struct arena *a, const struct json *v);
/* A switch that gives rights when it is on: 1 on, 0 off, -1 not written. YAML 1.1 words count, which kubectl takes for booleans (`privileged: yes`); what
 * is no boolean at all counts as on, so that it is never passed over. */
int kube_switch(const struct json *v);
/* The same for a switch that protects: what is no boolean counts as not written. */
int kube_guard(const struct json *v);
/* A number as written, also as a text in quotes or in octal or hexadecimal, as YAML has them. False: none. */
bool kube_number(const struct json *v, int64_t *out);
/* Binds it as kube_number reads it, NULL when there is none. */
void kube_bind_int(sqlite3_stmt *s, int at, const struct json *v);
/* The owner reference with controller: true, NULL when there is none. */
const struct json *kube_controller(const struct json *meta);

/* Names of seccomp and AppArmor profiles in old annotations ("runtime/default") as the fields have them now. */
struct span kube_profile(struct span s);

/* load-workload.c: kinds with and without spec.replicas */
kube_rows load_pod, load_replicated, load_unreplicated;
/* load-service.c, load-ingress.c, load-policy.c */
kube_rows load_service, load_ingress, load_route, load_gateway_route, load_network_policy, load_cilium_policy, load_calico_policy,
	load_network_object;
/* load-rbac.c */
kube_rows load_role, load_binding;
/* load-storage.c */
kube_rows load_persistent_volume, load_persistent_volume_claim, load_storage_class;
/* load-admission.c */
kube_rows load_webhooks, load_admission_policy, load_gatekeeper_constraint, load_kyverno_policy, load_kyverno_validating, load_kubewarden_policy,
	load_sigstore_policy;
/* load-scanner-cluster.c */
kube_rows load_vulnerability_report;
/* load-secret.c */
kube_rows load_secret, load_config_map;
/* Class and number of a value that redaction may have replaced, wholly or in part. */
void kube_secret_class(struct span value, struct redact_token *out);
/* load-cluster.c */
kube_rows load_namespace, load_node, load_service_account, load_resource_quota, load_limit_range, load_disruption_budget, load_pod_metrics;
/* `kubectl version -o json`: not an object. */
int load_cluster_version(struct load *l, const struct json *document, struct err *e);
#endif
