// SPDX-License-Identifier: Apache-2.0
// Which ValidatingAdmissionPolicy has a binding, and whether one of its bindings denies. Kubernetes API, admissionregistration.k8s.io/v1.
#include "derive-admission.h"

int derive_admission(struct db *db, struct err *e)
{
	/* Without the list of bindings nothing can be told. */
	static const char known[] =
		"UPDATE admission_policy AS p SET bound = 0 WHERE engine = 'kubernetes' AND EXISTS (SELECT 1 FROM thing t JOIN evidence_kind k ON k.scope = t.scope "
		"WHERE t.id = p.thing AND k.kind = 'kubernetes/validatingadmissionpolicybindings')";
	static const char bound[] =
		"UPDATE admission_policy AS p SET bound = 1, enforces = b.denies FROM "
		"(SELECT t.cluster, json_extract(object(t.id), '$.spec.policyName') AS policy, "
		"max(instr(json_extract(object(t.id), '$.spec.validationActions'), '\"Deny\"') > 0) AS denies "
		"FROM thing t WHERE t.kind = 'object' AND t.type = 'ValidatingAdmissionPolicyBinding' GROUP BY 1, 2) b "
		"WHERE p.engine = 'kubernetes' AND b.cluster = p.cluster AND b.policy = p.name";

	return db_run(db, e, known, "") || db_run(db, e, bound, "") ? -1 : 0;
}
