// SPDX-License-Identifier: Apache-2.0
// Rights of single rules, worked out by hand from rbac/v1's matching rules.
#include "test.h"
#include "analyze/rbac-right.h"

static const struct {
	const char *rule;   /* [groups, resources, verbs, names] */
	const char *rights; /* in the order of the table */
} cases[] = {
	{"[[\"\"],[\"secrets\"],[\"list\"],[]]", "secrets-read"},
	{"[[\"\"],[\"secrets\"],[\"get\"],[\"tls\"]]", "secrets-read-named"},
	{"[[\"\"],[\"secrets\"],[\"delete\"],[]]", ""},
	{"[[\"apps\"],[\"secrets\"],[\"get\"],[]]", ""},
	{"[[\"\"],[\"Secrets\"],[\"get\"],[]]", ""},
	{"[[\"\"],[\"pods\"],[\"create\"],[]]", "pods-create"},
	{"[[\"\"],[\"pods\"],[\"create\"],[\"web\"]]", ""}, /* creating knows no name */
	{"[[\"\"],[\"pods\"],[\"get\",\"list\"],[]]", ""},
	{"[[\"\"],[\"pods/exec\"],[\"create\"],[]]", "pods-exec"},
	{"[[\"\"],[\"pods/exec\"],[\"get\"],[]]", "pods-exec"},
	{"[[\"\"],[\"pods/exec\"],[\"create\"],[\"web\"]]", "pods-exec-named"},
	{"[[\"\"],[\"*/exec\"],[\"create\"],[]]", "pods-exec"},
	{"[[\"\"],[\"pods/*\"],[\"create\"],[]]", ""}, /* only "*" and "*" before a subresource are patterns */
	{"[[\"\"],[\"pods/log\"],[\"get\"],[]]", "logs-read"},
	{"[[\"\"],[\"serviceaccounts/token\"],[\"create\"],[]]", "tokens-create"},
	{"[[\"\"],[\"serviceaccounts\"],[\"create\"],[]]", "service-accounts-write"},
	{"[[\"\"],[\"nodes/proxy\"],[\"get\"],[]]", "nodes-proxy"},
	{"[[\"apps\"],[\"deployments\",\"statefulsets\"],[\"patch\"],[]]", "workloads-write"},
	{"[[\"batch\"],[\"jobs\"],[\"update\"],[]]", ""},
	{"[[\"rbac.authorization.k8s.io\"],[\"clusterroles\"],[\"bind\"],[\"view\"]]", "bind-named"},
	{"[[\"rbac.authorization.k8s.io\"],[\"clusterroles\"],[\"bind\"],[\"cluster-admin\"]]", "bind"},
	{"[[\"rbac.authorization.k8s.io\"],[\"clusterroles\"],[\"escalate\"],[\"x\"]]", "escalate"},
	{"[[\"rbac.authorization.k8s.io\"],[\"rolebindings\"],[\"create\"],[]]", "rbac-write"},
	{"[[\"\"],[\"groups\"],[\"impersonate\"],[\"system:masters\"]]", "impersonate"},
	{"[[\"\"],[\"users\"],[\"impersonate\"],[\"jane\"]]", "impersonate-named"},
	{"[[\"authentication.k8s.io\"],[\"userextras/scopes\"],[\"impersonate\"],[]]", ""},
	{"[[\"certificates.k8s.io\"],[\"certificatesigningrequests/approval\"],[\"update\"],[]]", "csr-approve"},
	{"[[\"*\"],[\"*\"],[\"get\",\"list\",\"watch\"],[]]", "wildcard-resources secrets-read pods-exec port-forward logs-read nodes-proxy pods-proxy"},
	{"[[\"\"],[\"secrets\"],[\"*\"],[]]", "wildcard-verbs secrets-read secrets-write"},
	{"[[\"\"],[\"nodes/status\"],[\"patch\"],[]]", "nodes-write"},
	{"[[\"\"],[\"nodes\"],[\"get\"],[]]", ""},
	{"[[\"\"],[\"services/proxy\"],[\"get\"],[]]", "pods-proxy"},
	{"[[\"\"],[\"serviceaccounts\"],[\"patch\"],[]]", "service-accounts-write"},
	{"[[\"discovery.k8s.io\"],[\"endpointslices\"],[\"update\"],[]]", "endpoints-write"},
	{"[[\"networking.k8s.io\"],[\"networkpolicies\"],[\"delete\"],[\"deny\"]]", "network-policies-write-named"},
	{"[[\"authentication.k8s.io\"],[\"uids\"],[\"impersonate\"],[]]", "impersonate-extra"},
	{"[[\"apiregistration.k8s.io\"],[\"apiservices\"],[\"create\"],[]]", "apiservices-write"},
	{"[[\"certificates.k8s.io\"],[\"signers\"],[\"sign\"],[\"example.com/*\"]]", "csr-sign-named"},
	{"[[\"apps\"],[\"*\"],[\"*\"],[]]", "wildcard-verbs wildcard-resources workloads-write"},
	{"[[],[],[\"get\"],[]]", ""},
};

static void rules(void)
{
	auto_arena a = ARENA_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rbac_rights got;
		struct json *v;
		char text[512] = "";

		CHECK(json_parse(&a, span_of(cases[i].rule), &v, NULL) == 0 && v->n == 4);
		rbac_rights_of(&(struct rbac_rule){&v->items[0], &v->items[1], &v->items[2], &v->items[3]}, &got);
		for (size_t j = 0; j < got.n; j++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", j ? " " : "", got.names[j]);
		CHECK_STR(text, cases[i].rights);
	}
}

static void everything(void)
{
	static const char rule[] = "[[\"*\"],[\"*\"],[\"*\"],[]]";
	auto_arena a = ARENA_INIT;
	struct rbac_rights got;
	struct json *v;

	CHECK(json_parse(&a, span_of(rule), &v, NULL) == 0);
	rbac_rights_of(&(struct rbac_rule){&v->items[0], &v->items[1], &v->items[2], &v->items[3]}, &got);
	CHECK_INT(got.n, 31); /* all that the schema lists, without the named forms */
	CHECK_STR(got.names[2], "all");
}

int main(void)
{
	TEST(rules);
	TEST(everything);
	return test_end();
}
