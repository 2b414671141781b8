// SPDX-License-Identifier: Apache-2.0
// Telling evidence apart by its first bytes, then by its name. Reading it is the loaders' business.
#include "recognise.h"
#include "refused.h"

#include <ctype.h>
#include <stdio.h>

/* Kinds whose plural is not "lower case + s", and the groups that stand without a suffix. */
static const struct {
	const char *kind, *plural;
} plurals[] = {
	{"NetworkPolicy", "networkpolicies"}, {"Ingress", "ingresses"}, {"IngressClass", "ingressclasses"}, {"StorageClass", "storageclasses"},
	{"PriorityClass", "priorityclasses"}, {"RuntimeClass", "runtimeclasses"}, {"Endpoints", "endpoints"}, {"PodSecurityPolicy", "podsecuritypolicies"},
	{"ValidatingAdmissionPolicy", "validatingadmissionpolicies"}, {"MutatingAdmissionPolicy", "mutatingadmissionpolicies"},
	{"ComponentStatus", "componentstatuses"}, {"GatewayClass", "gatewayclasses"}, {"AdminNetworkPolicy", "adminnetworkpolicies"},
	{"BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies"}, {"IPAddress", "ipaddresses"}, {"VolumeAttributesClass", "volumeattributesclasses"},
	{"DeviceClass", "deviceclasses"}, {"CSIStorageCapacity", "csistoragecapacities"}, {"PodMetrics", "pods.metrics.k8s.io"}, {"NodeMetrics", "nodes.metrics.k8s.io"},
};

static bool built_in(struct span group)
{
	static const char *const groups[] = {"apps", "batch", "autoscaling", "policy", "extensions", "events.k8s.io", NULL};

	for (size_t i = 0; groups[i]; i++)
		if (span_eq(group, groups[i]))
			return true;
	/* Kubernetes' own groups end in .k8s.io with one label before; metrics.k8s.io is an aggregated API of its own. */
	return span_ends(group, ".k8s.io") && !span_eq(group, "metrics.k8s.io") && !span_has(group, "gateway.") && !span_has(group, "policy.networking") &&
	       !span_has(group, "snapshot.") && !span_has(group, ".x-k8s");
}

static void plural_of(struct span kind, char *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(plurals) / sizeof(plurals[0]); i++)
		if (span_eq(kind, plurals[i].kind)) {
			snprintf(out, cap, "%s", plurals[i].plural);
			return;
		}
	for (; n < kind.n && n + 4 < cap; n++)
		out[n] = (char)tolower((unsigned char)kind.p[n]);
	if (n > 1 && out[n - 1] == 'y' && !strchr("aeiou", out[n - 2]))
		snprintf(out + n - 1, cap - n + 1, "ies");
	else if (n > 1 && (out[n - 1] == 's' || out[n - 1] == 'x'))
		snprintf(out + n, cap - n, "es");
	else
		snprintf(out + n, cap - n, "s");
}

void recognise_kubernetes(struct span api_version, struct span object_kind, char *kind, size_t cap)
{
	struct span group = api_version, rest = api_version;
	char plural[160];

	if (span_ends(object_kind, "List") && object_kind.n > 4)
		object_kind.n -= 4;
	group = span_cut(&rest, '/');
	if (!rest.p)
		group = SPAN_NONE;
	plural_of(object_kind, plural, sizeof(plural));
	if (!group.n || built_in(group) || strchr(plural, '.'))
		snprintf(kind, cap, "kubernetes/%s", plural);
	else
		snprintf(kind, cap, "kubernetes/%s.%.*s", plural, SPAN_ARG(group));
}

/* The text value of a key near the beginning of a JSON or YAML text; absent span when it is not seen. Enough to tell kinds. */
static struct span early(struct span head, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i + n + 2 < head.n; i++) {
		size_t j = i + n, from;
		bool quoted = i && head.p[i - 1] == '"';

		if (memcmp(head.p + i, key, n) != 0 || (i && !quoted && head.p[i - 1] != '\n'))
			continue;
		if (quoted && head.p[j++] != '"')
			continue;
		while (j < head.n && head.p[j] == ' ')
			j++;
		if (j >= head.n || head.p[j++] != ':')
			continue;
		while (j < head.n && (head.p[j] == ' ' || head.p[j] == '"'))
			j++;
		for (from = j; j < head.n && !strchr("\"\n\r,} ", head.p[j]);)
			j++;
		return (struct span){head.p + from, j - from};
	}
	return SPAN_NONE;
}

static bool looks_textual(struct span head)
{
	struct span t = span_trim(head);

	return t.n && (t.p[0] == '{' || t.p[0] == '[' || isalpha((unsigned char)t.p[0]) || t.p[0] == '-' || t.p[0] == '#' || t.p[0] == '"');
}

void recognise_resource(struct span resource, char *kind, size_t cap)
{
	struct span group = resource, plural = span_cut(&group, '.');

	if (!group.p || built_in(group))
		snprintf(kind, cap, "kubernetes/%.*s", SPAN_ARG(plural));
	else
		snprintf(kind, cap, "kubernetes/%.*s.%.*s", SPAN_ARG(plural), SPAN_ARG(group));
}

/* File names that tell the kind: "pods.json", "deployments.apps.yaml", "networkpolicies.networking.k8s.io.json". */
static bool by_file_name(struct span name, char *kind, size_t cap)
{
	struct span base = span_after_last(name, '/'), rest, plural;

	if (span_ends(base, ".json") || span_ends(base, ".yaml"))
		base.n -= 5;
	else if (span_ends(base, ".yml"))
		base.n -= 4;
	else
		return false;
	rest = base;
	plural = span_cut(&rest, '.');
	if (plural.n < 3 || plural.p[plural.n - 1] != 's')
		return false;
	for (size_t i = 0; i < plural.n; i++)
		if (plural.p[i] != '-' && !islower((unsigned char)plural.p[i]))
			return false;
	recognise_resource(span_eq(plural, "replication-controllers") ? SPAN("replicationcontrollers") : base, kind, cap);
	return true;
}

static bool kubernetes(struct span name, struct span head, char *kind, size_t cap)
{
	struct span api = early(head, "apiVersion"), object = early(head, "kind");

	if (span_has(head, "\"gitVersion\"") && (span_has(head, "serverVersion") || span_has(head, "clientVersion") || span_has(head, "\"major\""))) {
		snprintf(kind, cap, "kubernetes/version");
		return true;
	}
	if (!api.n && !object.n && !span_has(head, "\"items\""))
		return false;
	/* kubectl's own "List" mixes kinds, and in a list with sorted keys the first kind may be one inside an item: the file's name may know
	 * better, else each item tells. */
	if (span_eq(object, "List") || !object.n || span_eq(api, "v1") || (!span_ends(object, "List") && span_has(head, "\"items\""))) {
		if (by_file_name(name, kind, cap))
			return true;
	}
	if (span_ends(object, "List") && !span_eq(object, "List"))
		recognise_kubernetes(api, object, kind, cap);
	else
		snprintf(kind, cap, "kubernetes/list");
	return true;
}

/* Marks in the first bytes. Both must be there; NULL: none. */
static const struct {
	const char *kind, *mark, *second;
} marks[] = {
	{"aws/account-authorization-details", "\"UserDetailList\"", NULL},
	{"aws/account-authorization-details", "\"RoleDetailList\"", NULL},
	{"aws/account-authorization-details", "\"GroupDetailList\"", NULL},
	{"aws/credential-report", "user,arn,user_creation_time", NULL},
	{"aws/credential-report", "\"ReportFormat\"", "\"Content\""},
	{"aws/password-policy", "\"PasswordPolicy\"", NULL},
	{"aws/account-summary", "\"SummaryMap\"", NULL},
	{"aws/eks-access-entries", "\"accessEntry\"", "\"principalArn\""},
	{"aws/eks-access-policies", "\"associatedAccessPolicies\"", NULL},
	{"aws/eks-clusters", "\"arn:aws", "\"resourcesVpcConfig\""},
	{"aws/eks-clusters", "\"accessConfig\"", "\"authenticationMode\""},
	{"registry/ecr-repositories", "\"repositories\"", "\"repositoryArn\""},
	{"registry/ecr-images", "\"imageDetails\"", NULL},
	{"registry/harbor-projects", "\"project_id\"", "\"repo_count\""},
	{"registry/harbor-repositories", "\"artifact_count\"", NULL},
	{"registry/harbor-artifacts", "\"push_time\"", "\"digest\""},
	{"registry/catalog", "\"repositories\"", NULL},
	{"registry/tags", "\"tags\"", "\"name\""},
};

static bool marked(struct span head, char *kind, size_t cap)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (span_has(head, marks[i].mark) && (!marks[i].second || span_has(head, marks[i].second))) {
			snprintf(kind, cap, "%s", marks[i].kind);
			return true;
		}
	return false;
}

/* Reports of other scanners, JSON. Kubernetes objects that hold such words are objects. */
static bool scanner(struct span head, char *kind, size_t cap)
{
	static const struct {
		const char *kind, *mark, *second;
	} reports[] = {
		{"cyclonedx", "\"bomFormat\"", "\"CycloneDX\""}, {"spdx", "\"spdxVersion\"", "\"SPDX"}, {"trivy", "\"ArtifactName\"", "\"ArtifactType\""},
		{"sarif", "\"runs\"", "sarif"}, {"sarif", "\"runs\"", "\"driver\""}, {"clair", "\"manifest_hash\"", "\"packages\""}, {"trivy", "\"ClusterName\"", "\"Results\""}, {"harbor-report", "application/vnd.security.vulnerability.report", "\"vulnerabilities\""},
		{"twistcli", "\"results\"", "\"complianceDistribution\""}, {"twistcli", "\"results\"", "\"vulnerabilityDistribution\""}, {"clair-scanner", "\"unapproved\"", "\"vulnerabilities\""},
		{"grype", "\"matches\"", "\"vulnerability\""}, {"grype", "\"matches\"", "\"descriptor\""}, {"grype", "\"descriptor\"", "\"grype\""},
		{"snyk", "\"vulnerabilities\"", "\"packageManager\""}, {"snyk", "\"vulnerabilities\"", "\"CVSSv3\""}, {"snyk", "\"vulnerabilities\"", "\"SNYK-"},
	};
	struct span t = span_trim(head);

	if (!t.n || (t.p[0] != '{' && t.p[0] != '[') || early(head, "apiVersion").n)
		return false;
	for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++)
		if (span_has(head, reports[i].mark) && span_has(head, reports[i].second)) {
			snprintf(kind, cap, "scanner/%s", reports[i].kind);
			return true;
		}
	return false;
}

/* The same as tables, told by the names in their first line. */
static bool scanner_table(struct span head, char *kind, size_t cap)
{
	struct span rest = head, line = span_cut(&rest, '\n');
	const char *format = span_has(line, "Artifact Digest") && span_has(line, "Repository") && span_has(line, "CVE")	     ? "harbor" :
			     span_has(line, "Repository") && span_has(line, "CVE ID") && span_has(line, "Compliance ID") ? "prisma" :
															     NULL;

	if (format)
		snprintf(kind, cap, "scanner/%s", format);
	return format != NULL;
}

/* Vulnerability feeds that lie beside evidence: OSV records, CISA's catalogue, Alpine's and Debian's lists. */
static bool feed(struct span head)
{
	static const char *const sets[][3] = {
		{"\"id\"", "\"affected\"", "\"modified\""},
		{"\"id\"", "\"affected\"", "\"ranges\""},
		{"\"catalogVersion\"", "\"vulnerabilities\"", "{"},
		{"distroversion", "packages", "secfixes"},
		{"#source\tcve\tfixed_version", "\t", "\n"},
	};

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if (span_has(head, sets[i][0]) && span_has(head, sets[i][1]) && span_has(head, sets[i][2]))
			return true;
	return false;
}

/* Members that `plimsoll collect --node` writes say so themselves: "schema": "plimsoll.node/files". */
static bool ours(struct span head, char *kind, size_t cap)
{
	struct span schema = early(head, "schema");

	if (!span_starts(schema, "plimsoll.") || !memchr(schema.p, '/', schema.n))
		return false;
	snprintf(kind, cap, "%.*s", (int)(schema.n - 9), schema.p + 9);
	return true;
}

/* Observed connections that come as JSON, one a line. */
static const char *flows_json(struct span head)
{
	static const char *const signs[][4] = {
		{"hubble", "\"verdict\"", "\"traffic_direction\"", "\"IP\""},
		{"hubble", "\"verdict\"", "\"IP\"", "\"l4\""},
		{"calico", "\"dest_port\"", "\"reporter\"", "\"action\""},
		{"cilium", "\"traceSummary\"", "\"observationPoint\"", "\"srcLabel\""},
		{"cilium", "\"type\":\"drop\"", "\"reason\"", "\"srcLabel\""},
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (span_has(head, signs[i][1]) && span_has(head, signs[i][2]) && span_has(head, signs[i][3]))
			return signs[i][0];
	return NULL;
}

/* Observed connections: each line tells one. */
static bool flows(struct span head, char *kind, size_t cap)
{
	const char *format = NULL;
	struct span rest = head, first = span_cut(&rest, '\n');

	if (head.n && head.p[0] == '{')
		format = flows_json(head);
	else if ((span_has(first, "srcaddr") && span_has(first, "dstaddr") && span_has(first, " ")) || ((span_starts(first, "2 ") || span_has(first, "Z 2 ")) && span_has(first, " eni-")))
		format = "vpc";
	else if ((span_has(head, " src=") && span_has(head, " dst=") && (span_has(head, " dport=") || span_has(head, "icmp"))) || (span_has(head, "<conntrack>") && span_has(head, "<flow>")))
		format = "conntrack";
	else if (span_has(head, " flow 0x") && span_has(head, " -> ") && (span_has(head, "identity ") || span_has(head, "Policy verdict log:")))
		format = "cilium";
	else if (span_has(head, "istio_requests_total{") || span_has(head, "istio_tcp_connections_opened_total{") || (span_has(head, "request_total{") && span_has(head, "direction=\"")) ||
		 (span_has(head, "tcp_open_total{") && span_has(head, "direction=\"")))
		format = "mesh";
	if (format)
		snprintf(kind, cap, "flow/%s", format);
	return format != NULL;
}

/* kubectl's standard error, by its name (`kind` empty: nothing in it counts) or by its lines. */
static bool kubectl_said(struct span name, struct span head, char *kind, size_t cap)
{
	struct span t = span_trim(head);
	bool named = refused_named(name), log = span_ends(name, ".log");

	if (!t.n || t.p[0] == '{' || t.p[0] == '[' || (log && !named))
		return false;
	/* Of a longer file the head says too little. */
	if (refused_in(name, head) || (named && head.n >= RECOGNISE_HEAD))
		snprintf(kind, cap, "kubernetes/refused");
	return named || *kind;
}

enum recognised recognise(struct span name, struct span head, char *kind, size_t cap)
{
	struct span base = span_after_last(name, '/');

	kind[0] = 0;
	/* An API server calls its log audit.log: told by its first line. */
	if (span_starts(early(head, "apiVersion"), "audit.k8s.io/") && span_starts(early(head, "kind"), "Event")) {
		snprintf(kind, cap, "kubernetes/audit");
		return RECOGNISED;
	}
	if (span_eq(base, "logs.txt") || span_eq(base, "README.md"))
		return RECOGNISED_IGNORED;
	if (refused_of_bundle(name)) {
		struct span t = span_trim(head);

		if (t.n < 3 || span_eq(t, "null"))
			return RECOGNISED_IGNORED;
		snprintf(kind, cap, "kubernetes/refused");
		return RECOGNISED;
	}
	if (kubectl_said(name, head, kind, cap))
		return *kind ? RECOGNISED : RECOGNISED_IGNORED;
	/* Flow logs are called so too: told by what is in them. */
	if (span_ends(base, ".log") && flows(head, kind, cap))
		return RECOGNISED;
	if (span_ends(base, ".log"))
		return RECOGNISED_IGNORED;
	/* `kubectl api-resources` tells what could be listed; what was listed tells itself. */
	if (span_starts(head, "NAME ") && span_has(head, "APIVERSION") && span_has(head, "NAMESPACED"))
		return RECOGNISED_IGNORED;
	if (flows(head, kind, cap))
		return RECOGNISED;
	if (head.n && !looks_textual(head))
		return RECOGNISED_NOT;
	if (ours(head, kind, cap) || scanner(head, kind, cap) || scanner_table(head, kind, cap) || kubernetes(name, head, kind, cap) || marked(head, kind, cap))
		return RECOGNISED;
	return feed(head) ? RECOGNISED_FEED : RECOGNISED_NOT;
}
