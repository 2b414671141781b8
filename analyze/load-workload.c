// SPDX-License-Identifier: Apache-2.0
// Pods and what makes them: one workload row per pod template. Containers are load-container.c's, owners and pods are
// brought together by derive-workload.c.
#include "workload.h"
#include "common/hash.h"
#include "kubernetes.h"

static const struct {
	const char *kind, *path; /* of the pod template in the object */
} templates[] = {
	{"CronJob", "spec.jobTemplate.spec.template"},
	{"DaemonSet", "spec.template"},
	{"Deployment", "spec.template"},
	{"Job", "spec.template"},
	{"ReplicaSet", "spec.template"},
	{"ReplicationController", "spec.template"},
	{"StatefulSet", "spec.template"},
	{"DeploymentConfig.apps.openshift.io", "spec.template"},
	{"Rollout.argoproj.io", "spec.template"},
	{"CloneSet.apps.kruise.io", "spec.template"},
	{"StatefulSet.apps.kruise.io", "spec.template"},
	{"DaemonSet.apps.kruise.io", "spec.template"},
};

static const char *template_path(struct span kind)
{
	for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]); i++)
		if (span_eq(kind, templates[i].kind))
			return templates[i].path;
	return NULL;
}

const struct json *workload_template(struct span kind, const struct json *object, const struct json **meta)
{
	const char *path = template_path(kind);
	const struct json *template = path ? json_path(object, path) : object;

	if (!path && !span_eq(kind, "Pod"))
		return NULL;
	*meta = json_get(template, "metadata");
	template = json_get(template, "spec");
	return json_is(template, JSON_OBJECT) ? template : NULL;
}

bool workload_injected_volume(const struct json *volume)
{
	return span_starts(json_text_at(volume, "name"), "kube-api-access-") && json_get(volume, "projected");
}

/* Volumes and variables that controllers and well-known webhooks put into pods: cloud identities of service accounts, job indexes. */
static bool injected_name(struct span name)
{
	static const char *const names[] = {
		"aws-iam-token",       "azure-identity-token",	      "AWS_ROLE_ARN",	     "AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_DEFAULT_REGION",  "AWS_REGION",		      "AZURE_CLIENT_ID",     "AWS_STS_REGIONAL_ENDPOINTS",
		"AZURE_TENANT_ID",     "AZURE_FEDERATED_TOKEN_FILE",  "AZURE_AUTHORITY_HOST", "JOB_COMPLETION_INDEX"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_eq(name, names[i]))
			return true;
	return span_starts(name, "kube-api-access-");
}

/* Appends the value unless it is absent or empty, so that a written-out default {} or [] compares as nothing. */
static void add_part(struct buf *b, const char *name, const struct json *v)
{
	if (!v || v->type == JSON_NULL || v->type == JSON_FALSE || ((v->type == JSON_OBJECT || v->type == JSON_ARRAY) && v->n == 0))
		return;
	buf_add_str(b, name);
	buf_add_char(b, '=');
	json_write_sorted(b, v);
	buf_add_char(b, '\n');
}

static void add_named(struct buf *b, const char *name, const struct json *list)
{
	JSON_EACH(item, list)
	{
		/* A StatefulSet's pods name claims that their template does not. */
		if (!injected_name(json_text_at(item, "name")) && !json_get(item, "persistentVolumeClaim"))
			add_part(b, name, item);
	}
}

static void add_container(struct buf *b, const char *type, const struct json *c, bool host_network)
{
	static const char *const parts[] = {"name", "image", "command", "args", "securityContext", "envFrom", "volumeDevices", "lifecycle", "restartPolicy", "tty"};

	buf_add_str(b, type);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		add_part(b, parts[i], json_get(c, parts[i]));
	add_named(b, "env", json_get(c, "env"));
	add_named(b, "mount", json_get(c, "volumeMounts"));
	JSON_EACH(port, json_get(c, "ports"))
	{
		struct span protocol = json_scalar(json_get(port, "protocol")), number = json_scalar(json_get(port, "containerPort"));
		struct span name = json_text_at(port, "name");

		/* In the network of the node every port is one of the node; the API server writes it into pods, not into templates. */
		if (!host_network)
			add_part(b, "hostPort", json_get(port, "hostPort"));
		/* Policies may name a port: what it stands for is part of the template. */
		if (name.n)
			buf_printf(b, "port=%.*s %.*s %.*s\n", SPAN_ARG(name), SPAN_ARG(number), SPAN_ARG(protocol.n ? protocol : SPAN("TCP")));
	}
}

void workload_hash(const struct json *meta, const struct json *spec, char out[static WORKLOAD_HASH])
{
	static const char *const parts[] = {"hostNetwork", "hostPID", "hostIPC", "hostUsers", "shareProcessNamespace", "securityContext", "runtimeClassName", "os"};
	struct span account = json_text_at(spec, "serviceAccountName");
	bool host_network = kube_switch(json_get(spec, "hostNetwork")) == 1;
	char hex[HASH_HEX];
	auto_buf b = BUF_INIT;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		add_part(&b, parts[i], json_get(spec, parts[i]));
	if (json_bool_at(spec, "hostUsers") == 0)
		buf_add_str(&b, "hostUsers=false\n");
	if (!account.n)
		account = json_text_at(spec, "serviceAccount");
	buf_add_span(&b, account.n ? account : SPAN("default"));
	buf_add_char(&b, '\n');
	add_named(&b, "volume", json_get(spec, "volumes"));
	JSON_EACH(c, json_get(spec, "initContainers"))
	{
		add_container(&b, "init\n", c, host_network);
	}
	JSON_EACH(c, json_get(spec, "containers"))
	{
		add_container(&b, "container\n", c, host_network);
	}
	JSON_EACH(c, json_get(spec, "ephemeralContainers"))
	{
		add_container(&b, "ephemeral\n", c, host_network);
	}
	JSON_MEMBERS(m, json_get(meta, "annotations"))
	{
		if (span_starts(json_str(&m->key), "container.apparmor.security.beta.kubernetes.io/") ||
		    span_has(json_str(&m->key), "seccomp.security.alpha.kubernetes.io/"))
			add_part(&b, m->key.text, &m->value);
	}
	hash_span(buf_span(&b), hex);
	memcpy(out, hex, WORKLOAD_HASH - 1);
	out[WORKLOAD_HASH - 1] = 0;
}

static bool tolerates_control_plane(const struct json *spec)
{
	JSON_EACH(t, json_get(spec, "tolerations"))
	{
		struct span key = json_text_at(t, "key"), effect = json_text_at(t, "effect");

		if (effect.n && !span_eq(effect, "NoSchedule"))
			continue;
		if (span_eq(key, "node-role.kubernetes.io/control-plane") || span_eq(key, "node-role.kubernetes.io/master") ||
		    (!key.n && span_eq(json_text_at(t, "operator"), "Exists")))
			return true;
	}
	return false;
}

static bool is_windows(const struct json *spec)
{
	return span_ieq(json_text_at(spec, "os.name"), "windows") ||
	       span_ieq(json_str(json_get(json_get(spec, "nodeSelector"), "kubernetes.io/os")), "windows");
}

static struct span sysctl_names(struct arena *a, const struct json *context)
{
	struct json list = {.type = JSON_ARRAY};

	JSON_EACH(s, json_get(context, "sysctls"))
	{
		if (json_text_at(s, "name").n)
			json_push(a, &list, json_make_str(a, json_text_at(s, "name")));
	}
	return list.n ? kube_json(a, &list) : SPAN_NONE;
}

/* How a projected token is meant: whether there is one, and for whom. */
static bool projects_token(const struct json *volume, struct span *audience)
{
	JSON_EACH(source, json_path(volume, "projected.sources"))
	{
		const struct json *token = json_get(source, "serviceAccountToken");

		if (json_is(token, JSON_OBJECT)) {
			*audience = json_text_at(token, "audience");
			return true;
		}
	}
	return false;
}

static bool is_mounted(const struct json *spec, struct span volume)
{
	static const char *const lists[] = {"containers", "initContainers", "ephemeralContainers"};

	for (int i = 0; i < 3; i++)
		JSON_EACH(c, json_get(spec, lists[i]))
		{
			JSON_EACH(m, json_get(c, "volumeMounts"))
			{
				if (span_is(json_text_at(m, "name"), volume))
					return true;
			}
		}
	return false;
}

static bool token_mounted(const struct json *spec)
{
	struct span audience;

	JSON_EACH(v, json_get(spec, "volumes"))
	{
		if (projects_token(v, &audience) && is_mounted(spec, json_text_at(v, "name")))
			return true;
	}
	return false;
}

/* The member of a volume that says what it is: the one beside its name. */
static const struct json_member *volume_type(const struct json *volume)
{
	JSON_MEMBERS(m, volume)
	{
		if (!span_eq(json_str(&m->key), "name") && json_is(&m->value, JSON_OBJECT))
			return m;
	}
	return NULL;
}

static struct span volume_source(struct span type, const struct json *v)
{
	static const struct {
		const char *type, *field;
	} fields[] = {{"secret", "secretName"}, {"configMap", "name"}, {"persistentVolumeClaim", "claimName"}, {"csi", "driver"},
		      {"nfs", "server"},	{"flexVolume", "driver"}, {"glusterfs", "endpoints"},		 {"iscsi", "targetPortal"},
		      {"image", "reference"},	{"gitRepo", "repository"}};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (span_eq(type, fields[i].type))
			return json_text_at(v, fields[i].field);
	JSON_EACH(part, span_eq(type, "projected") ? json_get(v, "sources") : NULL)
	{
		if (json_text_at(part, "secret.name").n)
			return json_text_at(part, "secret.name");
	}
	return SPAN_NONE;
}

static int insert_part(const struct workload *w, int64_t volume, const char *type, struct span name, struct err *e)
{
	if (!name.n)
		return 0;
	return db_run(w->l->db, e, "INSERT OR IGNORE INTO volume_part(volume, type, name) VALUES (?, ?, ?)", "ist", volume, type, name);
}

/* Where drivers name the secret that they log in with (core/v1, VolumeSource). */
static int insert_driver_secrets(const struct workload *w, int64_t volume, const struct json *value, struct err *e)
{
	static const char *const fields[] = {"nodePublishSecretRef.name", "secretRef.name", "secretName"};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (insert_part(w, volume, "secret", json_text_at(value, fields[i]), e))
			return -1;
	return 0;
}

static int insert_parts(const struct workload *w, int64_t volume, struct span type, const struct json *value, struct err *e)
{
	if (span_eq(type, "configMap"))
		return insert_part(w, volume, "configMap", json_text_at(value, "name"), e);
	if (!span_eq(type, "projected"))
		return insert_driver_secrets(w, volume, value, e);
	JSON_EACH(part, json_get(value, "sources"))
	{
		if (insert_part(w, volume, "secret", json_text_at(part, "secret.name"), e) ||
		    insert_part(w, volume, "configMap", json_text_at(part, "configMap.name"), e))
			return -1;
	}
	return 0;
}

/* A path as the kernel takes it: "//run/./docker.sock/" is "/run/docker.sock". ".." stays: what it leads to is not known here. */
static struct span plain_path(struct arena *a, struct span path)
{
	struct span rest = path;
	char *out;
	size_t n = 0;

	if (!path.n || path.p[0] != '/')
		return path;
	out = arena_alloc(a, path.n + 1);
	while (rest.p) {
		struct span part = span_cut(&rest, '/');

		if (!part.n || span_eq(part, "."))
			continue;
		out[n++] = '/';
		memcpy(out + n, part.p, part.n);
		n += part.n;
	}
	if (!n)
		out[n++] = '/';
	return (struct span){out, n};
}

static int insert_volumes(const struct workload *w, struct err *e)
{
	JSON_EACH(v, json_get(w->spec, "volumes"))
	{
		const struct json_member *m = volume_type(v);
		struct span audience = SPAN_NONE, type = m ? json_str(&m->key) : SPAN("emptyDir");
		const struct json *value = m ? &m->value : NULL, *host = json_get(v, "hostPath");
		int token = projects_token(v, &audience);

		if (!json_text_at(v, "name").n || workload_injected_volume(v))
			continue;
		if (db_run(w->l->db, e,
			   "INSERT INTO volume(workload, name, type, source, host_path, host_path_type, token, audience) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			   "itttttbt", w->thing, json_text_at(v, "name"), type, volume_source(type, value), plain_path(&w->l->item, json_text_at(host, "path")),
			   json_text_at(host, "type"), token, audience) ||
		    insert_parts(w, sqlite3_last_insert_rowid(w->l->db->h), type, value, e))
			return -1;
	}
	JSON_EACH(v, w->claims)
	{
		if (json_text_at(v, "metadata.name").n &&
		    db_run(w->l->db, e, "INSERT INTO volume(workload, name, type, token) VALUES (?, ?, 'persistentVolumeClaim', 0)", "it", w->thing,
			   json_text_at(v, "metadata.name")))
			return -1;
	}
	return 0;
}

static int insert_template_labels(const struct workload *w, struct err *e)
{
	JSON_MEMBERS(m, json_get(w->meta, "labels"))
	{
		if (json_is(&m->value, JSON_STRING) &&
		    db_run(w->l->db, e, "INSERT OR IGNORE INTO template_label(workload, key, value) VALUES (?, ?, ?)", "itt", w->thing,
			   json_str(&m->key), json_str(&m->value)))
			return -1;
	}
	return 0;
}

static struct span pod_seccomp(const struct workload *w, const struct json *context)
{
	struct span type = json_text_at(context, "seccompProfile.type");
	struct span old = json_str(json_get(json_get(w->meta, "annotations"), "seccomp.security.alpha.kubernetes.io/pod"));

	return type.n || !old.n ? type : kube_profile(old);
}

static int insert_row(const struct workload *w, struct err *e)
{
	const struct json *spec = w->spec, *context = json_get(spec, "securityContext"), *affinity = json_get(spec, "affinity");
	struct span account = json_text_at(spec, "serviceAccountName");
	struct arena *a = &w->l->item;
	char hash[WORKLOAD_HASH];
	sqlite3_stmt *s;
	int rc;

	if (!account.n)
		account = json_text_at(spec, "serviceAccount");
	workload_hash(w->meta, spec, hash);
	s = db_stmt(w->l->db, "INSERT INTO workload(run_as_user, fs_group, termination_grace_s, replicas, thing, cluster, namespace, kind, name, collected, static, "
			      "differs, service_account, automount_pod, token_mounted, host_network, host_pid, host_ipc, host_users, share_process_namespace, "
			      "run_as_non_root, seccomp, sysctls, host_aliases, runtime_class, priority_class, node_selector, tolerates_control_plane, spread, "
			      "pull_secrets, windows, spec_hash) "
			      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	db_bind(s, "nnnnistttbbbtbbbbbbbbttitttbbibs", w->thing, kube_cluster(w->l), w->namespace, w->kind, w->name, w->collected, w->is_static, w->differs,
		account.n ? account : SPAN("default"), json_bool_at(spec, "automountServiceAccountToken"), token_mounted(spec),
		kube_switch(json_get(spec, "hostNetwork")) == 1, kube_switch(json_get(spec, "hostPID")) == 1, kube_switch(json_get(spec, "hostIPC")) == 1,
		json_bool_at(spec, "hostUsers"), kube_switch(json_get(spec, "shareProcessNamespace")) == 1, kube_guard(json_get(context, "runAsNonRoot")),
		pod_seccomp(w, context), sysctl_names(a, context), (int64_t)json_count(json_get(spec, "hostAliases")),
		json_text_at(spec, "runtimeClassName"), json_text_at(spec, "priorityClassName"),
		json_count(json_get(spec, "nodeSelector")) ? kube_json(a, json_get(spec, "nodeSelector")) : SPAN_NONE,
		tolerates_control_plane(spec),
		json_count(json_get(spec, "topologySpreadConstraints")) || json_count(json_get(affinity, "podAntiAffinity")),
		(int64_t)json_count(json_get(spec, "imagePullSecrets")), is_windows(spec), hash);
	kube_bind_int(s, 1, json_get(context, "runAsUser"));
	kube_bind_int(s, 2, json_get(context, "fsGroup"));
	kube_bind_int(s, 3, json_get(spec, "terminationGracePeriodSeconds"));
	if (w->replicas >= 0)
		sqlite3_bind_int64(s, 4, w->replicas);
	rc = db_step(w->l->db, s, e);
	sqlite3_reset(s);
	return rc;
}

int workload_insert(const struct workload *w, struct err *e)
{
	return insert_row(w, e) || insert_volumes(w, e) || insert_template_labels(w, e) || container_insert_all(w, e) ? -1 : 0;
}

/* Top controllers and bare pods become workloads at once; the rest waits for derive-workload.c. */
static int controller(struct kube *k, int64_t replicas, struct err *e)
{
	struct workload w = {.l = k->l, .thing = k->thing, .ref = k->ref, .namespace = k->namespace, .kind = k->kind, .name = k->name,
			     .replicas = replicas, .collected = true, .claims = json_get(k->spec, "volumeClaimTemplates")};
	const char *path = template_path(k->kind);
	auto_buf pointer = BUF_INIT;

	w.spec = workload_template(k->kind, k->object, &w.meta);
	if (!w.spec)
		return load_problem(k->l, k->pointer, e, "%s has no pod template", k->ref);
	buf_add_str(&pointer, k->pointer);
	for (struct span rest = span_of(path); rest.p;)
		json_pointer_add(&pointer, span_cut(&rest, '.'));
	buf_add_str(&pointer, "/spec");
	w.pointer = buf_str(&pointer);
	return workload_insert(&w, e);
}

int load_replicated(struct kube *k, struct err *e)
{
	int64_t replicas = 1;

	json_int(json_get(k->spec, "replicas"), &replicas);
	if (k->owner_name.n && (span_eq(k->kind, "ReplicaSet") || span_eq(k->kind, "ReplicationController")))
		return 0;
	return controller(k, replicas, e);
}

int load_unreplicated(struct kube *k, struct err *e)
{
	if (k->owner_name.n && span_eq(k->kind, "Job"))
		return 0;
	return controller(k, -1, e);
}

static int64_t restarts(const struct json *status)
{
	int64_t sum = 0, n;

	JSON_EACH(c, json_get(status, "containerStatuses"))
	{
		if (json_int(json_get(c, "restartCount"), &n) && n > 0 && n < INT32_MAX)
			sum += n;
	}
	return sum;
}

/* Addresses of both families, as a JSON array of texts; absent when one is all. */
static struct span pod_addresses(struct arena *a, const struct json *status)
{
	struct json list = {.type = JSON_ARRAY};

	JSON_EACH(ip, json_get(status, "podIPs"))
	{
		if (json_text_at(ip, "ip").n)
			json_push(a, &list, json_make_str(a, json_text_at(ip, "ip")));
	}
	return list.n > 1 ? kube_json(a, &list) : SPAN_NONE;
}

/* kubeadm's labels of the control plane, on the node's network. */
static bool looks_like_kubeadm(const struct kube *k)
{
	const struct json *labels = json_get(k->meta, "labels");
	struct span component = json_text_at(labels, "component");

	return span_eq(json_text_at(labels, "tier"), "control-plane") && component.n && span_starts(k->name, component.p) &&
	       json_bool(json_get(k->spec, "hostNetwork")) == 1;
}

/* A pod from a file on its node. The kubelet does not run what only claims to be a mirror; without that annotation the pod must look like one in every way, as
 * anybody may write the others: named after its node, and without the service account that the API server gives to all pods but mirrors. In kube-system the
 * account is no sign, and kubeadm's labels do: who may write pods there has the platform anyway, and in dumps that were restored elsewhere the pods have lost
 * their annotations and won an account. */
static bool is_static(const struct kube *k)
{
	const struct json *notes = json_get(k->meta, "annotations");
	struct span source = json_str(json_get(notes, "kubernetes.io/config.source")), node = json_text_at(k->spec, "nodeName");
	bool platform = span_eq(k->namespace, "kube-system"), from_file = source.n && !span_eq(source, "api");
	size_t n = k->name.n;

	if (json_get(notes, "kubernetes.io/config.mirror"))
		return true;
	if (!node.n || n <= node.n + 1 || !span_is((struct span){k->name.p + n - node.n, node.n}, node) || k->name.p[n - node.n - 1] != '-')
		return false;
	if (json_text_at(k->spec, "serviceAccountName").n && !platform)
		return false;
	return span_eq(k->owner_kind, "Node") || from_file || (platform && looks_like_kubeadm(k));
}

int load_pod(struct kube *k, struct err *e)
{
	struct workload w = {.l = k->l, .thing = k->thing, .ref = k->ref, .namespace = k->namespace, .kind = k->kind, .name = k->name,
			     .meta = k->meta, .spec = k->spec, .replicas = -1, .collected = true};
	bool bare = !k->owner_name.n || span_eq(k->owner_kind, "Node");
	char hash[WORKLOAD_HASH];

	if (!json_is(k->spec, JSON_OBJECT))
		return load_problem(k->l, k->pointer, e, "%s has no spec", k->ref);
	workload_hash(k->meta, k->spec, hash);
	if (db_run(k->l->db, e,
		   "INSERT INTO pod(thing, workload, cluster, namespace, name, owner_kind, owner_name, node, phase, ip, ips, qos, started, restarts, spec_hash) "
		   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		   "irstttttttttris", k->thing, bare ? k->thing : 0, kube_cluster(k->l), k->namespace, k->name, k->owner_kind, k->owner_name,
		   json_text_at(k->spec, "nodeName"), json_text_at(k->status, "phase"), json_text_at(k->status, "podIP"),
		   pod_addresses(&k->l->item, k->status), json_text_at(k->status, "qosClass"), load_time(json_text_at(k->status, "startTime")), restarts(k->status), hash))
		return -1;
	if (!bare)
		return 0;
	w.is_static = is_static(k);
	w.pointer = arena_printf(&k->l->item, "%s/spec", k->pointer);
	return workload_insert(&w, e);
}
