// SPDX-License-Identifier: Apache-2.0
// Lines of kubectl's standard error. Their forms are those of kubectl's StandardErrorMessage and apimachinery's NewForbidden and
// NewGenericServerResponse, written here by hand.
#include "test.h"
#include "common/recognise.h"
#include "common/refused.h"

static const char *judged(const char *path, const char *line)
{
	static char out[512];
	auto_arena a = ARENA_INIT;
	struct refused r;

	if (!refused_line(&a, span_of(path), span_of(line), &r))
		return "-";
	snprintf(out, sizeof(out), "%s|%s", r.kind, r.reason);
	return out;
}

static void lines(void)
{
	static const struct {
		const char *path, *line, *want;
	} rows[] = {
		{"errors.txt", "Error from server (Forbidden): secrets is forbidden: User \"auditor\" cannot list resource \"secrets\" in API group \"\" at the cluster scope",
		 "kubernetes/secrets|forbidden: User \"auditor\" cannot list resource \"secrets\" in API group \"\" at the cluster scope"},
		{"errors.txt", "Error from server (Forbidden): clusterroles.rbac.authorization.k8s.io is forbidden: User \"a\" cannot list resource\r",
		 "kubernetes/clusterroles|forbidden: User \"a\" cannot list resource"},
		{"x.err", "Error from server (Forbidden): ciliumnetworkpolicies.cilium.io is forbidden: no", "kubernetes/ciliumnetworkpolicies.cilium.io|forbidden: no"},
		{"errors.txt", "Error from server (InternalError): an error on the server (\"\") has prevented the request from succeeding (get deployments.apps)",
		 "kubernetes/deployments|Error from server (InternalError): an error on the server (\"\") has prevented the request from succeeding (get deployments.apps)"},
		/* Nothing is lost: one object of many, a kind that is not there, a warning. */
		{"errors.txt", "Error from server (Forbidden): secrets \"db\" is forbidden: User \"a\" cannot get resource \"secrets\"", "-"},
		{"errors.txt", "Error from server (InternalError): an error on the server has prevented the request from succeeding (get pods web)", "-"},
		{"errors.txt", "Error from server (NotFound): namespaces \"x\" not found", "-"},
		{"errors.txt", "Error from server (MethodNotAllowed): the server does not allow this method on the requested resource", "-"},
		{"foos.err", "error: the server doesn't have a resource type \"foos\"", "-"},
		{"errors.txt", "Warning: v1 ComponentStatus is deprecated in v1.19+", "-"},
		{"errors.txt", "No resources found", "-"},
		{"errors.txt", "", "-"},
		/* Of what, the line does not say: the file's name may. */
		{"d/secrets.json.err", "Unable to connect to the server: EOF", "kubernetes/secrets|Unable to connect to the server: EOF"},
		{"d/deployments.apps.stderr", "error: something", "kubernetes/deployments|error: something"},
		{"d/errors.txt", "Unable to connect to the server: EOF", "kubernetes/*|Unable to connect to the server: EOF"},
		{"d/errors.txt", "error: You must be logged in to the server (Unauthorized)", "kubernetes/*|error: You must be logged in to the server (Unauthorized)"},
		{"d/errors.txt", "error: unknown flag: --foo", "-"},
		{"d/kubectl-dump.err", "Error from server (Timeout): the request timed out", "kubernetes/*|Error from server (Timeout): the request timed out"},
		/* Troubleshoot's files are named after what is in them, in words of its own. */
		{"b/cluster-resources/pods-errors.json", "Error from server: pods is forbidden: User \"a\" cannot list resource \"pods\" in API group \"\" in the namespace \"x\"",
		 "kubernetes/pods|forbidden: User \"a\" cannot list resource \"pods\" in API group \"\" in the namespace \"x\""},
		{"b/cluster-resources/network-policy-errors.json", "Error from server: Unauthorized", "kubernetes/networkpolicies|Error from server: Unauthorized"},
		{"b/cluster-resources/pvcs-errors.json", "Error from server: context deadline exceeded", "kubernetes/persistentvolumeclaims|Error from server: context deadline exceeded"},
		{"b/cluster-resources/auth-cani-list-errors.json", "Error from server: webhook authorizer does not support user rule resolution", "-"},
		{"b/cluster-resources/events-errors.json", "Error from server: Unauthorized", "-"},
		{"d/errors.txt", "Error from server (Forbidden): ../../x is forbidden: y", "kubernetes/*|forbidden: y"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(judged(rows[i].path, rows[i].line), rows[i].want);
}

static const char *seen_as(const char *path, const char *text)
{
	static char kind[200];

	switch (recognise(span_of(path), span_of(text), kind, sizeof(kind))) {
	case RECOGNISED:
		return kind;
	case RECOGNISED_IGNORED:
		return "ignored";
	default:
		return "-";
	}
}

static void files(void)
{
	static const char refusal[] = "Warning: x\nError from server (Forbidden): secrets is forbidden: y\n";

	CHECK_STR(seen_as("a/errors.txt", refusal), "kubernetes/refused");
	CHECK_STR(seen_as("a/stderr", refusal), "kubernetes/refused");
	CHECK_STR(seen_as("secrets.json", refusal), "kubernetes/refused");
	CHECK_STR(seen_as("a/errors.txt", "Warning: x\n"), "ignored");
	CHECK_STR(seen_as("a/kubectl.log", refusal), "kubernetes/refused");
	/* What a pod printed is no word on this dump. */
	CHECK_STR(seen_as("shop/web/logs.txt", refusal), "ignored");
	CHECK_STR(seen_as("shop/web/current.log", refusal), "ignored");
	CHECK_STR(seen_as("secrets.json", "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[]}\nError from server (Forbidden): secrets is forbidden: y\n"), "kubernetes/secrets");
}

static int gather(void *ctx, const struct refused *r, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%s ", r->kind);
	return 0;
}

static const char *read_as(const char *path, const char *text)
{
	static struct buf out;
	struct err why = {0}, e = {0};
	struct source s;

	buf_reset(&out);
	source_from_span(&s, span_of(text), path);
	if (refused_read(&s, span_of(path), gather, &out, &why, &e))
		buf_printf(&out, "failed");
	source_close(&s);
	return out.n ? buf_str(&out) : "";
}

/* Forms of pkg/collect/cluster_resources.go: map[string]string by namespace, []string for what lies in none. */
static void bundles(void)
{
	static const char file[] = "b/cluster-resources/deployments-errors.json";

	CHECK_STR(seen_as(file, "{\"x\": \"deployments.apps is forbidden: y\"}"), "kubernetes/refused");
	CHECK_STR(seen_as(file, "[\"no\"]"), "kubernetes/refused");
	CHECK_STR(seen_as(file, "{}\n"), "ignored");
	CHECK_STR(seen_as(file, "null"), "ignored");
	CHECK_STR(seen_as(file, ""), "ignored");
	CHECK_STR(seen_as("pods-errors.json", "{\"x\": \"y\"}"), "-");
	CHECK_STR(read_as(file, "{\"x\": \"deployments.apps is forbidden: y\", \"z\": \"timed out\\nagain\", \"n\": 1}"), "kubernetes/deployments kubernetes/deployments ");
	CHECK_STR(read_as("cluster-resources/nodes-errors.json", " [\"nodes is forbidden: y\"]"), "kubernetes/nodes ");
	CHECK_STR(read_as(file, "{\"x\": "), "failed");
	CHECK_STR(read_as(file, " \n"), "");
}

int main(void)
{
	lines();
	bundles();
	files();
	return test_end();
}
