// SPDX-License-Identifier: Apache-2.0
// What stands between a request and the cluster, as written: webhooks and the objects of policy engines. Whether a
// ValidatingAdmissionPolicy is bound is derive-admission.c's.
#include "kubernetes.h"

int load_webhooks(struct kube *k, struct err *e)
{
	const char *type = span_starts(k->type, "Mutating") ? "mutating" : "validating";

	JSON_EACH(hook, json_get(k->object, "webhooks"))
	{
		const struct json *selector = json_get(hook, "namespaceSelector"), *client = json_get(hook, "clientConfig");
		struct span policy = json_text_at(hook, "failurePolicy"), name = json_text_at(hook, "name");
		bool all = !json_count(json_get(selector, "matchLabels")) && !json_count(json_get(selector, "matchExpressions"));
		int64_t timeout = 10;

		json_int(json_get(hook, "timeoutSeconds"), &timeout);
		if (db_run(k->l->db, e,
			   "INSERT INTO webhook(thing, cluster, type, name, failure_policy, url, service_namespace, service_name, all_namespaces, rules, timeout_s) "
			   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			   "isstttttbti", k->thing, kube_cluster(k->l), type, name.p ? name : SPAN(""), policy.n ? policy : SPAN("Fail"),
			   json_text_at(client, "url"), json_text_at(client, "service.namespace"), json_text_at(client, "service.name"), all,
			   kube_array(&k->l->item, json_get(hook, "rules")), timeout))
			return -1;
	}
	return 0;
}

static int insert_policy(struct kube *k, const char *engine, int enforces, struct err *e)
{
	return db_run(k->l->db, e, "INSERT INTO admission_policy(thing, cluster, engine, name, enforces) VALUES (?, ?, ?, ?, ?)", "isstb", k->thing,
		      kube_cluster(k->l), engine, k->name, enforces);
}

/* What it does stands in its bindings: derive-admission.c. */
int load_admission_policy(struct kube *k, struct err *e)
{
	return insert_policy(k, "kubernetes", -1, e);
}

/* spec.enforcementAction, default deny; "scoped" names its actions below scopedEnforcementActions. */
int load_gatekeeper_constraint(struct kube *k, struct err *e)
{
	struct span action = json_text_at(k->spec, "enforcementAction");
	int enforces = !action.n || span_eq(action, "deny");

	if (span_eq(action, "scoped"))
		JSON_EACH(scoped, json_get(k->spec, "scopedEnforcementActions"))
		{
			enforces |= span_eq(json_text_at(scoped, "action"), "deny");
		}
	return insert_policy(k, "gatekeeper", enforces, e);
}

/* spec.validationFailureAction (default Audit), or since 1.13 validate.failureAction of each rule. Policies that only mutate,
 * generate or clean up enforce nothing that could be told. */
int load_kyverno_policy(struct kube *k, struct err *e)
{
	bool denies = span_ieq(json_text_at(k->spec, "validationFailureAction"), "enforce"), validates = false, enforces = false;

	JSON_EACH(rule, json_get(k->spec, "rules"))
	{
		const struct json *validate = json_get(rule, "validate"), *verify = json_get(rule, "verifyImages");
		struct span action = json_text_at(validate, "failureAction");

		validates |= validate || verify;
		JSON_EACH(image, verify)
		{
			if (!action.n)
				action = json_text_at(image, "failureAction");
		}
		enforces |= (validate || verify) && (action.n ? span_ieq(action, "enforce") : denies);
	}
	return insert_policy(k, "kyverno", validates ? enforces : -1, e);
}

/* policies.kyverno.io: validationActions, default Deny. */
int load_kyverno_validating(struct kube *k, struct err *e)
{
	const struct json *actions = json_get(k->spec, "validationActions");
	bool enforces = !json_count(actions);

	JSON_EACH(action, actions)
	{
		enforces |= span_ieq(json_str(action), "deny");
	}
	return insert_policy(k, "kyverno", enforces, e);
}

int load_kubewarden_policy(struct kube *k, struct err *e)
{
	struct span mode = json_text_at(k->spec, "mode");

	return insert_policy(k, "kubewarden", !mode.n || span_eq(mode, "protect"), e);
}

/* Sigstore's policy-controller: spec.mode, default enforce. */
int load_sigstore_policy(struct kube *k, struct err *e)
{
	struct span mode = json_text_at(k->spec, "mode");

	return insert_policy(k, "sigstore", !mode.n || span_eq(mode, "enforce"), e);
}
