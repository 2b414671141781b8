// SPDX-License-Identifier: Apache-2.0
// Hosts and the nodes of clusters brought together; defaults. Reading facts of nodes is load-node.c's, flags are node-settings.c's.
#include "derive-node.h"
#include "node-settings.h"
#include "common/embed.h"
#include "common/version.h"
#include "common/yaml-read.h"

/* ---- what the API shows: pods of the cluster's own components */

/* Words of a JSON list kept as text. */
static size_t add_words(struct arena *a, struct span list, struct span *at, size_t n, size_t cap)
{
	struct json *v;

	if (!list.n || json_parse(a, list, &v, NULL))
		return n;
	JSON_EACH(w, v)
		if (json_scalar(w).p && n < cap)
			at[n++] = json_scalar(w);
	return n;
}

static struct span keep(struct arena *a, struct span s)
{
	return s.p ? (struct span){arena_strndup(a, s.p, s.n), s.n} : s;
}

static int64_t host_thing(struct load *l, struct span node)
{
	return load_find(l, span_of(arena_printf(&l->item, "node:%s/%.*s", l->cluster, SPAN_ARG(node))));
}

/* ETCD_* variables as the list that a manifest has. */
static int environment(struct db *db, struct arena *a, int64_t container, struct json *out, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT name, value FROM container_env WHERE container = ? AND value IS NOT NULL AND name GLOB 'ETCD_*' ORDER BY rowid");
	int rc;

	*out = (struct json){.type = JSON_ARRAY};
	db_bind(s, "i", container);
	while ((rc = db_step(db, s, e)) == 1) {
		struct json v = {.type = JSON_OBJECT};

		json_set(a, &v, "name", json_make_str(a, db_text(s, 0)));
		json_set(a, &v, "value", json_make_str(a, db_text(s, 1)));
		json_push(a, out, v);
	}
	sqlite3_reset(s);
	return rc;
}

enum { WORDS_MAX = 4096 };

/* The control plane runs in static pods, which only who owns a node can start; kube-proxy may come from a DaemonSet. Anybody who may write pods in
 * kube-system can start what calls itself kube-apiserver: that says nothing of the cluster's own. */
static bool is_own(const char *component, sqlite3_stmt *s)
{
	return sqlite3_column_int(s, 10) == 1 || (strcmp(component, "kube-proxy") == 0 && span_eq(db_text(s, 11), "DaemonSet"));
}

/* One container of a pod: columns as `from_pods` has them. */
static int one_container(struct load *l, sqlite3_stmt *s, struct err *e)
{
	struct arena *a = &l->item;
	struct span *args = arena_array(a, WORDS_MAX, sizeof(*args)), node = keep(a, db_text(s, 1)), pod = keep(a, db_text(s, 2));
	size_t n = add_words(a, keep(a, db_text(s, 4)), args, add_words(a, keep(a, db_text(s, 3)), args, 0, WORDS_MAX), WORDS_MAX);
	const char *name = component_of(args, n);
	struct component c = {.component = name, .node_name = node, .seen = "pod", .version = node_image_version(keep(a, db_text(s, 5)))};
	struct thing_spec spec = {.kind = "component", .type = name, .name = name ? span_of(name) : SPAN_NONE};
	struct json env;

	if (!name || !is_own(name, s))
		return 0;
	if (sqlite3_column_int(s, 10) == 1 && db_run(l->db, e, "UPDATE workload SET component = ? WHERE thing = ? AND component IS NULL", "si", name, sqlite3_column_int64(s, 12)))
		return -1;
	l->cluster = keep(a, db_text(s, 0)).p;
	l->scope = sqlite3_column_int64(s, 7);
	l->evidence = sqlite3_column_int64(s, 8);
	spec.pointer = keep(a, db_text(s, 9)).p;
	c.node = node.n ? host_thing(l, node) : 0;
	spec.parent = c.node;
	spec.ref = span_of(arena_printf(a, "node:%s/%.*s#%s", l->cluster, SPAN_ARG(node.n ? node : pod), name));
	if (load_thing(l, &spec, &c.thing, NULL, e) || environment(l->db, a, sqlite3_column_int64(s, 6), &env, e))
		return -1;
	return node_settings_from_arguments(l, &c, args, n, e) || node_settings_from_environment(l, &c, &env, e) ? -1 : 0;
}

/* Control-plane pods and kube-proxy live in the platform's namespaces; an application's own etcd is none of the cluster. */
static const char from_pods[] =
	"SELECT p.cluster, p.node, p.name, c.command, c.args, c.image, c.thing, t.scope, t.evidence, t.pointer, w.static, w.kind, w.thing "
	"FROM pod p JOIN workload w ON w.thing = p.workload JOIN container c ON c.workload = p.workload JOIN thing t ON t.id = p.thing "
	"WHERE (p.namespace = 'kube-system' OR p.namespace GLOB 'openshift-*') AND c.type = 'container' AND coalesce(p.phase, '') NOT IN ('Succeeded', 'Failed') "
	"ORDER BY p.cluster, p.node, p.name, c.ordinal";

static int components_of_pods(struct load *l, struct err *e)
{
	auto_stmt *s = NULL;
	int rc;

	if (db_prepare(l->db, from_pods, &s, e))
		return -1;
	while ((rc = db_step(l->db, s, e)) == 1) {
		if (one_container(l, s, e))
			return -1;
		arena_reset(&l->item);
	}
	return rc;
}

/* ---- what holds by default */

/* A default that changed: {"1.0": …, "1.20": …}, by the version from which it holds. Absent when the version is not known. */
static struct span of_version(const struct json *v, struct span version)
{
	struct span best = SPAN_NONE, from = SPAN_NONE;

	if (!json_is(v, JSON_OBJECT))
		return json_scalar(v).p ? json_scalar(v) : SPAN("");
	if (!version.n)
		return SPAN_NONE;
	JSON_MEMBERS(m, v)
	{
		struct span since = json_str(&m->key);

		if (version_compare(VERSION_SEMVER, since, version) > 0 || (from.p && version_compare(VERSION_SEMVER, since, from) <= 0))
			continue;
		from = since;
		best = json_scalar(&m->value);
	}
	return best;
}

struct instance {
	int64_t thing, node;
	struct span component, version;
	bool arguments, configuration, told_file;
};

/* Which list of defaults holds. A kubelet without a configuration file has older ones than one with it; and where a file was named but
 * not seen, nothing is known of what it leaves out. */
static const char *defaults_name(struct arena *a, const struct instance *i)
{
	if (span_eq(i->component, "kubelet"))
		return i->configuration ? "kubelet" : i->arguments && !i->told_file ? "kubelet-without-file" : NULL;
	if (span_eq(i->component, "kube-proxy") || span_eq(i->component, "etcd"))
		return i->arguments && (i->configuration || !i->told_file) ? arena_strndup(a, i->component.p, i->component.n) : NULL;
	if (span_eq(i->component, "docker"))
		return i->arguments || i->configuration ? "docker" : NULL;
	return i->arguments ? arena_strndup(a, i->component.p, i->component.n) : NULL;
}

static int write_defaults(struct db *db, const struct json *all, const struct instance *i, struct err *e)
{
	auto_arena a = ARENA_INIT;
	const char *name = defaults_name(&a, i);

	JSON_MEMBERS(m, name ? json_get(all, name) : NULL)
	{
		struct span value = of_version(&m->value, i->version);

		if (value.p && db_run(db, e, "INSERT OR IGNORE INTO node_setting(thing, node, component, name, value, source) VALUES (?, ?, ?, ?, ?, 'default')", "irttt",
				      i->thing, i->node, i->component, json_str(&m->key), value))
			return -1;
	}
	return 0;
}

static int defaults(struct db *db, struct err *e)
{
	auto_arena a = ARENA_INIT;
	auto_stmt *s = NULL;
	struct json *all;
	int rc;

	if (yaml_parse(&a, embed_find("analyze/component-defaults.yaml"), &all, e))
		return err_wrap(e, "analyze/component-defaults.yaml");
	if (db_prepare(db,
		       "SELECT i.thing, t.parent, i.component, i.version, i.arguments, i.configuration, EXISTS (SELECT 1 FROM node_setting s WHERE s.thing = i.thing "
		       "AND s.source = 'flag' AND s.name IN ('config', 'config-file')) FROM component_instance i JOIN thing t ON t.id = i.thing ORDER BY i.thing",
		       &s, e))
		return -1;
	while ((rc = db_step(db, s, e)) == 1) {
		struct instance i = {sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1), db_text(s, 2), db_text(s, 3), sqlite3_column_int(s, 4) == 1,
				     sqlite3_column_int(s, 5) == 1, sqlite3_column_int(s, 6) == 1};

		if (write_defaults(db, all, &i, e))
			return -1;
	}
	return rc;
}

/* ---- what one kind of evidence says for another */

static const char *const before_defaults[] = {
	/* OpenShift starts them from a script. */
	"UPDATE workload SET component = substr(namespace, length('openshift-') + 1) WHERE static AND component IS NULL "
	"AND namespace IN ('openshift-kube-apiserver', 'openshift-kube-controller-manager', 'openshift-kube-scheduler', 'openshift-etcd')",
	/* The kubelet's version: of the node object, else of its package ("1.29.3-1.1"). */
	"UPDATE component_instance SET version = (SELECT n.kubelet_version FROM node n WHERE n.cluster = component_instance.cluster AND n.name = component_instance.node) "
	"WHERE component = 'kubelet' AND version IS NULL",
	"UPDATE component_instance SET version = (SELECT substr(p.version, 1, instr(p.version || '-', '-') - 1) FROM package p JOIN thing t ON t.parent = p.thing "
	"WHERE t.id = component_instance.thing AND p.name = 'kubelet' ORDER BY p.version DESC LIMIT 1) WHERE component = 'kubelet' AND version IS NULL",
	NULL,
};

static const char *const after_defaults[] = {
	/* What files are, by their usual paths. */
	"UPDATE node_file SET role = coalesce(CASE "
	"WHEN path GLOB '/etc/kubernetes/manifests/[ke]*.yaml' THEN substr(path, 27, length(path) - 31) || ' manifest' "
	"WHEN path IN ('/etc/kubernetes/admin.conf', '/etc/kubernetes/super-admin.conf') THEN 'admin kubeconfig' "
	"WHEN path IN ('/etc/kubernetes/controller-manager.conf', '/etc/kubernetes/scheduler.conf') THEN 'kube-' || "
	"substr(path, 17, length(path) - 21) || ' kubeconfig' "
	"WHEN path = '/etc/kubernetes/kubelet.conf' THEN 'kubelet kubeconfig' "
	"WHEN path IN ('/etc/kubernetes/kube-proxy.conf', '/var/lib/kube-proxy/kubeconfig', "
	"'/var/lib/kube-proxy/kubeconfig.conf') THEN 'kube-proxy kubeconfig' "
	"WHEN path GLOB '/*/systemd/system/kubelet.service*' THEN 'kubelet unit' "
	"WHEN path = '/var/lib/kubelet/config.yaml' THEN 'kubelet config' "
	"WHEN path = '/var/lib/etcd' THEN 'etcd data' "
	"WHEN path = '/etc/kubernetes/pki' OR (path GLOB '/etc/kubernetes/pki/*' AND type = 'directory') THEN 'pki directory' "
	"WHEN path GLOB '/etc/kubernetes/pki/*.key' THEN 'pki key' WHEN path GLOB '/etc/kubernetes/pki/*' THEN 'pki "
	"certificate' "
	"WHEN path GLOB '/etc/cni/net.d/*' THEN 'cni config' "
	"WHEN path GLOB '/*/systemd/system/docker.service*' THEN 'docker unit' WHEN path GLOB "
	"'/*/systemd/system/docker.socket' THEN 'docker socket unit' "
	"WHEN path = '/etc/docker' THEN 'docker directory' WHEN path = '/etc/docker/daemon.json' THEN 'docker config' "
	"WHEN path GLOB '/etc/docker/certs.d/*' THEN 'docker registry certificate' WHEN path IN ('/etc/default/docker', "
	"'/etc/sysconfig/docker') THEN 'docker defaults' "
	"WHEN path IN ('/run/docker.sock', '/var/run/docker.sock') THEN 'docker socket' "
	"WHEN path IN ('/run/containerd/containerd.sock', '/var/run/containerd/containerd.sock') THEN 'containerd socket' END, "
	"role)",
	"INSERT INTO node_os(thing) SELECT id FROM thing WHERE kind = 'node' AND type = 'node' AND id NOT IN (SELECT thing FROM node_os)",
	"UPDATE node_os SET package_database = (SELECT v.database FROM inventory v WHERE v.thing = node_os.thing)",
	"UPDATE node_os SET engine = substr(r.runtime, 1, instr(r.runtime, '://') - 1), engine_version = substr(r.runtime, instr(r.runtime, '://') + 3) FROM "
	"(SELECT t.id, n.runtime FROM thing t JOIN node n ON n.cluster = t.cluster AND n.name = t.name WHERE t.kind = 'node' AND t.type = 'node' "
	"AND instr(n.runtime, '://') > 1) r WHERE r.id = node_os.thing",
	"UPDATE node_os SET engine = (SELECT i.component FROM component_instance i JOIN thing t ON t.id = i.thing WHERE t.parent = node_os.thing "
	"AND i.component IN ('docker', 'cri-o', 'containerd') ORDER BY i.component = 'containerd', i.component LIMIT 1) WHERE engine IS NULL",
	"UPDATE node_os SET engine_version = (SELECT p.version FROM package p WHERE p.thing = node_os.thing AND p.removed_in IS NULL AND p.name IN "
	"(CASE engine WHEN 'docker' THEN 'docker-ce' ELSE engine END, CASE engine WHEN 'docker' THEN 'docker.io' WHEN 'containerd' THEN 'containerd.io' END) "
	"ORDER BY p.name LIMIT 1) WHERE engine_version IS NULL",
	/* A check of the kubelet needs evidence of a kubelet, of whichever kind it was. */
	"INSERT INTO evidence_kind(scope, kind, items) SELECT t.scope, 'node/' || i.component, count(*) FROM component_instance i JOIN thing t ON t.id = i.thing "
	"WHERE t.scope IS NOT NULL AND (i.arguments OR i.configuration) GROUP BY 1, 2 ON CONFLICT DO UPDATE SET items = items + excluded.items",
	/* Where a cloud's nodes were listed and none is of the control plane, that is the provider's: nothing of it is missing here. */
	"INSERT OR IGNORE INTO evidence_kind(scope, kind, items) SELECT s.id, 'node/control-plane-of-provider', 0 FROM scope s WHERE s.kind = 'cluster' "
	"AND EXISTS (SELECT 1 FROM node n WHERE n.cluster = s.name) "
	"AND NOT EXISTS (SELECT 1 FROM node n WHERE n.cluster = s.name AND (n.control_plane OR coalesce(n.provider, '') NOT IN ('aws', 'gce', 'azure'))) "
	"AND NOT EXISTS (SELECT 1 FROM component_instance i WHERE i.cluster = s.name AND i.component IN ('kube-apiserver', 'kube-controller-manager', "
	"'kube-scheduler', 'etcd'))",
	/* Nor of Docker where every node tells that it runs something else. */
	"INSERT OR IGNORE INTO evidence_kind(scope, kind, items) SELECT s.id, 'node/without-docker', 0 FROM scope s WHERE s.kind = 'cluster' "
	"AND EXISTS (SELECT 1 FROM node n WHERE n.cluster = s.name) "
	"AND NOT EXISTS (SELECT 1 FROM node n WHERE n.cluster = s.name AND coalesce(n.runtime, 'docker:') GLOB 'docker:*') "
	"AND NOT EXISTS (SELECT 1 FROM component_instance i WHERE i.cluster = s.name AND i.component = 'docker')",
	NULL,
};

static int all_of(struct db *db, const char *const *steps, struct err *e)
{
	for (; *steps; steps++)
		if (db_run(db, e, *steps, ""))
			return -1;
	return 0;
}

int derive_nodes(struct db *db, struct err *e)
{
	struct load l = {.db = db, .path = "", .kind = ""};
	int rc = components_of_pods(&l, e);

	load_fini(&l);
	return rc || all_of(db, before_defaults, e) || defaults(db, e) || all_of(db, after_defaults, e) ? -1 : 0;
}
