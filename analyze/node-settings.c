// SPDX-License-Identifier: Apache-2.0
// Flags and configuration of cluster components as settings. Which value is safe is for the checks to say, what holds by default derive-node.c.
#include "node-settings.h"

#include <ctype.h>

enum { SETTINGS_MAX = 20000, SETTING_NAME_MAX = 512 };

/* Flags whose configuration file has the same thing under another name. Sources: KubeletConfiguration v1beta1 and `kubelet --help` of
 * Kubernetes 1.33, KubeProxyConfiguration v1alpha1, dockerd(8). */
static const struct {
	const char *component, *flag, *field;
} fields[] = {
	{"kubelet", "address", "address"},
	{"kubelet", "anonymous-auth", "authentication.anonymous.enabled"},
	{"kubelet", "authentication-token-webhook", "authentication.webhook.enabled"},
	{"kubelet", "authorization-mode", "authorization.mode"},
	{"kubelet", "client-ca-file", "authentication.x509.clientCAFile"},
	{"kubelet", "read-only-port", "readOnlyPort"},
	{"kubelet", "streaming-connection-idle-timeout", "streamingConnectionIdleTimeout"},
	{"kubelet", "protect-kernel-defaults", "protectKernelDefaults"},
	{"kubelet", "make-iptables-util-chains", "makeIPTablesUtilChains"},
	{"kubelet", "event-qps", "eventRecordQPS"},
	{"kubelet", "event-burst", "eventBurst"},
	{"kubelet", "tls-cert-file", "tlsCertFile"},
	{"kubelet", "tls-private-key-file", "tlsPrivateKeyFile"},
	{"kubelet", "tls-cipher-suites", "tlsCipherSuites"},
	{"kubelet", "tls-min-version", "tlsMinVersion"},
	{"kubelet", "rotate-certificates", "rotateCertificates"},
	{"kubelet", "rotate-server-certificates", "serverTLSBootstrap"},
	{"kubelet", "pod-max-pids", "podPidsLimit"},
	{"kubelet", "seccomp-default", "seccompDefault"},
	{"kubelet", "cluster-dns", "clusterDNS"},
	{"kubelet", "pod-manifest-path", "staticPodPath"},
	{"kubelet", "port", "port"},
	{"kubelet", "healthz-bind-address", "healthzBindAddress"},
	{"kubelet", "cgroup-driver", "cgroupDriver"},
	{"kubelet", "enable-debugging-handlers", "enableDebuggingHandlers"},
	{"kubelet", "fail-swap-on", "failSwapOn"},
	{"kubelet", "allowed-unsafe-sysctls", "allowedUnsafeSysctls"},
	{"kubelet", "max-pods", "maxPods"},
	{"kubelet", "container-runtime-endpoint", "containerRuntimeEndpoint"},
	{"kubelet", "contention-profiling", "enableContentionProfiling"},
	{"kube-proxy", "metrics-bind-address", "metricsBindAddress"},
	{"kube-proxy", "healthz-bind-address", "healthzBindAddress"},
	{"kube-proxy", "bind-address", "bindAddress"},
	{"kube-proxy", "proxy-mode", "mode"},
	{"kube-proxy", "kubeconfig", "clientConnection.kubeconfig"},
	{"docker", "insecure-registry", "insecure-registries"},
	{"docker", "registry-mirror", "registry-mirrors"},
	{"docker", "host", "hosts"},
	{"docker", "H", "hosts"},
	{"docker", "label", "labels"},
	{"docker", "default-ulimit", "default-ulimits"},
	{"docker", "authorization-plugin", "authorization-plugins"},
	{"docker", "storage-opt", "storage-opts"},
	{"docker", "exec-opt", "exec-opts"},
	{"docker", "log-opt", "log-opts"},
	{"docker", "D", "debug"},
	{"docker", "l", "log-level"},
	{"docker", "s", "storage-driver"},
	{"docker", "g", "data-root"},
	{"docker", "graph", "data-root"},
	{"docker", "G", "group"},
};

/* Flags that take no value from the next word, as Go's flag and pflag packages have it: `--anonymous-auth false` turns it on. */
static bool is_boolean(struct span flag)
{
	static const char *const names[] = {
		"allocate-node-cidrs", "allow-privileged", "anonymous-auth", "authentication-token-webhook", "auto-tls", "client-cert-auth",
		"contention-profiling", "enable-aggregator-routing", "enable-bootstrap-token-auth", "enable-debugging-handlers", "fail-swap-on",
		"kubelet-https", "leader-elect", "make-iptables-util-chains", "peer-auto-tls", "peer-client-cert-auth", "profiling",
		"protect-kernel-defaults", "rotate-certificates", "rotate-server-certificates", "seccomp-default",
		"service-account-extend-token-expiration", "service-account-lookup", "use-service-account-credentials", "D", "debug", "experimental",
		"icc", "ip-forward", "ip-masq", "iptables", "ip6tables", "ipv6", "init", "live-restore", "no-new-privileges", "selinux-enabled", "tls",
		"tlsverify", "userland-proxy", "bridge-accept-fwmark", "strict-reconfig-check", "enable-v2", "pre-vote", "experimental-initial-corrupt-check"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_eq(flag, names[i]))
			return true;
	return false;
}

/* As strconv.ParseBool reads it; what it refuses stays as it is. */
static struct span boolean(struct span v)
{
	static const char *const yes[] = {"1", "t", "T", "TRUE", "true", "True"}, *const no[] = {"0", "f", "F", "FALSE", "false", "False"};

	for (int i = 0; i < 6; i++) {
		if (span_eq(v, yes[i]))
			return SPAN("true");
		if (span_eq(v, no[i]))
			return SPAN("false");
	}
	return v;
}

/* Flags of type StringSlice, StringArray or a map: every occurrence counts. */
static bool is_list(struct span name)
{
	static const char *const lists[] = {
		"admission-control", "api-audiences", "authorization-mode", "controllers", "disable-admission-plugins",
		"enable-admission-plugins", "etcd-servers", "etcd-servers-overrides", "eviction-hard", "feature-gates", "node-labels", "runtime-config",
		"service-account-issuer", "service-account-key-file", "tls-cipher-suites", "cipher-suites", "requestheader-allowed-names",
		"requestheader-group-headers", "requestheader-username-headers", "requestheader-extra-headers-prefix", "cors-allowed-origins",
		"register-with-taints", "enforce-node-allocatable", "kube-reserved", "system-reserved", "clusterDNS", "tlsCipherSuites",
		"allowedUnsafeSysctls", "insecure-registries", "registry-mirrors", "hosts", "labels", "default-ulimits", "authorization-plugins",
		"storage-opts", "exec-opts", "log-opts"};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (span_eq(name, lists[i]))
			return true;
	return false;
}

static int rank(struct span source)
{
	return span_eq(source, "flag") ? 2 : span_eq(source, "file") ? 1 : 0;
}

int node_setting_add(struct load *l, const struct component *c, struct span name, struct span value, const char *source, struct err *e)
{
	sqlite3_stmt *s = db_stmt(l->db, "SELECT source, value FROM node_setting WHERE thing = ? AND name = ?");
	int rc;

	db_bind(s, "it", c->thing, name);
	rc = db_step(l->db, s, e);
	if (rc < 0)
		return -1;
	if (rc == 1 && rank(db_text(s, 0)) > rank(span_of(source))) {
		sqlite3_reset(s);
		return 0;
	}
	if (rc == 1 && rank(span_of(source)) == 2 && rank(db_text(s, 0)) == 2 && is_list(name) && db_text(s, 1).n) {
		struct span old = db_text(s, 1);

		value = span_of(arena_printf(&l->item, "%.*s,%.*s", SPAN_ARG(old), SPAN_ARG(value)));
	}
	sqlite3_reset(s);
	return db_run(l->db, e, "INSERT OR REPLACE INTO node_setting(thing, node, component, name, value, source, evidence) VALUES (?, ?, ?, ?, ?, ?, ?)",
		      "irsttsr", c->thing, c->node, c->component, name, value, source, l->evidence);
}

/* How good the place is where a command line was seen. */
static int seen_rank(struct span seen)
{
	static const char *const order[] = {"pod", "unit", "manifest", "process"};

	for (int i = 0; i < 4; i++)
		if (span_eq(seen, order[i]))
			return i + 1;
	return 0;
}

int node_component_add(struct load *l, const struct component *c, struct err *e)
{
	return db_run(l->db, e,
		      "INSERT INTO component_instance(thing, cluster, node, component, version, seen, arguments, configuration) VALUES (?, ?, ?, ?, ?, NULL, 0, 0) "
		      "ON CONFLICT DO UPDATE SET version = coalesce(version, excluded.version)",
		      "istst", c->thing, l->cluster, c->node_name, c->component, c->version);
}

/* 1 when the flags seen here are those that count; those of a lesser place go. */
static int take_over(struct load *l, const struct component *c, struct err *e)
{
	sqlite3_stmt *s = db_stmt(l->db, "SELECT seen FROM component_instance WHERE thing = ?");
	int rc, rank_now;

	db_bind(s, "i", c->thing);
	rc = db_step(l->db, s, e);
	rank_now = rc == 1 ? seen_rank(db_text(s, 0)) : 0;
	sqlite3_reset(s);
	if (rc < 0)
		return -1;
	if (rank_now >= seen_rank(span_of(c->seen)))
		return 0;
	if (db_run(l->db, e, "DELETE FROM node_setting WHERE thing = ? AND source = 'flag'", "i", c->thing) ||
	    db_run(l->db, e, "UPDATE component_instance SET seen = ?2, arguments = 1, version = coalesce(?3, version) WHERE thing = ?1", "ist", c->thing, c->seen,
		   c->version))
		return -1;
	return 1;
}

static struct span field_of(const char *component, struct span flag)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(fields[i].component, component) == 0 && span_eq(flag, fields[i].flag))
			return span_of(fields[i].field);
	return flag;
}

/* Kubernetes reads `--anonymous_auth` as `--anonymous-auth`; the others have no flag with an underscore. */
static struct span with_dashes(struct arena *a, struct span flag)
{
	char *name = arena_strndup(a, flag.p, flag.n);

	for (size_t i = 0; i < flag.n; i++)
		if (name[i] == '_')
			name[i] = '-';
	return (struct span){name, flag.n};
}

/* "A=true,B=false" as featureGates.A and featureGates.B, where the file has them so. */
static int add_gates(struct load *l, const struct component *c, struct span value, struct err *e)
{
	while (value.p) {
		struct span state = span_cut(&value, ','), gate = span_cut(&state, '=');

		if (gate.n && state.p &&
		    node_setting_add(l, c, span_of(arena_printf(&l->item, "featureGates.%.*s", SPAN_ARG(gate))), boolean(span_trim(state)), "flag", e))
			return -1;
	}
	return 0;
}

static int add_flag(struct load *l, const struct component *c, struct span flag, struct span value, struct err *e)
{
	struct span name = field_of(c->component, flag);

	if (is_boolean(flag))
		value = boolean(value);
	if (span_eq(flag, "feature-gates") && (strcmp(c->component, "kubelet") == 0 || strcmp(c->component, "kube-proxy") == 0))
		return add_gates(l, c, value, e);
	return node_setting_add(l, c, name, value, "flag", e);
}

int node_settings_from_arguments(struct load *l, const struct component *c, const struct span *args, size_t n, struct err *e)
{
	struct words w = component_words(&l->item, args, n);
	int rc = node_component_add(l, c, e) ? -1 : take_over(l, c, e);

	for (size_t i = 0, added = 0; i < w.n && rc == 1; i++) {
		struct span value = w.at[i], flag;

		if (!span_starts(value, "-") || value.n < 2)
			continue;
		if (span_eq(value, "--") || ++added > SETTINGS_MAX)
			break;
		while (value.n && value.p[0] == '-')
			value.p++, value.n--;
		flag = span_cut(&value, '=');
		if (!flag.n || flag.n > SETTING_NAME_MAX)
			continue;
		flag = with_dashes(&l->item, flag);
		if (!value.p && !is_boolean(flag) && i + 1 < w.n && !span_starts(w.at[i + 1], "-"))
			value = w.at[++i];
		if (add_flag(l, c, flag, value.p ? value : SPAN("true"), e))
			rc = -1;
	}
	return rc < 0 ? -1 : 0;
}

int node_settings_from_environment(struct load *l, const struct component *c, const struct json *env, struct err *e)
{
	if (strcmp(c->component, "etcd") != 0)
		return 0;
	JSON_EACH(v, env)
	{
		struct span name = json_text_at(v, "name");
		char *flag;

		if (!span_starts(name, "ETCD_") || name.n > SETTING_NAME_MAX || !json_scalar(json_get(v, "value")).p)
			continue;
		flag = arena_strndup(&l->item, name.p + 5, name.n - 5);
		for (char *p = flag; *p; p++)
			*p = *p == '_' ? '-' : (char)tolower((unsigned char)*p);
		if (db_int(l->db, 0, "SELECT count(*) FROM node_setting WHERE thing = ? AND name = ? AND source = 'flag'", "is", c->thing, flag))
			continue;
		if (add_flag(l, c, span_of(flag), json_scalar(json_get(v, "value")), e))
			return -1;
	}
	return 0;
}

struct span node_image_version(struct span image)
{
	struct span base = span_after_last(image, '/'), version = base, rest;

	rest = span_cut(&version, '@');
	if (!memchr(rest.p ? rest.p : "", ':', rest.n))
		return SPAN_NONE;
	span_cut(&rest, ':');
	version = span_cut(&rest, '-');
	if (!version.n || !((version.p[0] == 'v' && version.n > 1) || (version.p[0] >= '0' && version.p[0] <= '9')))
		return SPAN_NONE;
	return version;
}

struct flatten {
	struct load *l;
	const struct component *c;
	struct buf name; /* dotted path so far */
	size_t added;
};

static bool all_scalars(const struct json *array)
{
	JSON_EACH(v, array)
		if (v->type == JSON_ARRAY || v->type == JSON_OBJECT)
			return false;
	return true;
}

static struct span scalar(const struct json *v)
{
	return v->type == JSON_TRUE ? SPAN("true") : v->type == JSON_FALSE ? SPAN("false") : json_scalar(v);
}

static int add_value(struct flatten *f, struct span value, struct err *e)
{
	if (++f->added > SETTINGS_MAX || !f->name.n || f->name.n > SETTING_NAME_MAX)
		return 0;
	return node_setting_add(f->l, f->c, buf_span(&f->name), value, "file", e);
}

static int add_list(struct flatten *f, const struct json *array, struct err *e)
{
	auto_buf b = BUF_INIT;
	bool first = true;

	JSON_EACH(v, array)
	{
		buf_add_str(&b, first ? "" : ",");
		buf_add_span(&b, scalar(v).p ? scalar(v) : SPAN(""));
		first = false;
	}
	return add_value(f, buf_span(&b), e);
}

/* The depth is bounded by the parser. */
static int flatten(struct flatten *f, const struct json *v, struct err *e)
{
	size_t n = f->name.n, i = 0;
	int rc = 0;

	if (v->type == JSON_ARRAY && all_scalars(v))
		return add_list(f, v, e);
	if (v->type != JSON_ARRAY && v->type != JSON_OBJECT)
		return v->type == JSON_NULL ? 0 : add_value(f, scalar(v), e);
	JSON_EACH(item, v)
	{
		buf_printf(&f->name, "%s%zu", n ? "." : "", i++);
		rc = rc || f->added > SETTINGS_MAX ? rc : flatten(f, item, e);
		f->name.n = n;
	}
	JSON_MEMBERS(m, v)
	{
		buf_add_str(&f->name, n ? "." : "");
		buf_add_span(&f->name, json_str(&m->key));
		rc = rc || f->added > SETTINGS_MAX ? rc : flatten(f, &m->value, e);
		f->name.n = n;
	}
	return rc;
}

int node_settings_from_document(struct load *l, const struct component *c, const struct json *document, struct err *e)
{
	struct flatten f = {.l = l, .c = c};
	int rc;

	if (node_component_add(l, c, e) || db_run(l->db, e, "UPDATE component_instance SET configuration = 1 WHERE thing = ?", "i", c->thing))
		return -1;
	rc = flatten(&f, document, e);
	buf_fini(&f.name);
	if (rc == 0 && f.added > SETTINGS_MAX)
		rc = load_problem(l, NULL, e, "more than %d settings of %s; the rest was left out", SETTINGS_MAX, c->component);
	return rc;
}
