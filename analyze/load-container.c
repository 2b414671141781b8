// SPDX-License-Identifier: Apache-2.0
// Containers of a pod template with their effective settings: the pod's where the container says nothing, else the API's
// defaults (k8s.io/api/core/v1, pkg/apis/core/v1/defaults.go, pkg/securitycontext/util.go).
#include "common/image-ref.h"
#include "common/quantity.h"
#include "kubernetes.h"
#include "workload.h"

/* One container being written. */
struct container {
	const struct workload *w;
	const struct json *c, *context, *pod_context;
	const char *type;
	int64_t thing, ordinal;
};

struct span kube_profile(struct span s)
{
	if (span_eq(s, "runtime/default") || span_eq(s, "docker/default"))
		return SPAN("RuntimeDefault");
	if (span_eq(s, "unconfined"))
		return SPAN("Unconfined");
	if (span_starts(s, "localhost/"))
		return SPAN("Localhost");
	return s;
}

/* A field of the container's security context, else of the pod's. */
static const struct json *effective(const struct container *c, const char *dotted)
{
	const struct json *v = json_path(c->context, dotted);

	return v && v->type != JSON_NULL ? v : json_path(c->pod_context, dotted);
}

static struct span annotation(const struct container *c, const char *prefix)
{
	struct span name = json_text_at(c->c, "name");
	const char *key = arena_printf(&c->w->l->item, "%s%.*s", prefix, SPAN_ARG(name));

	return json_str(json_get(json_get(c->w->meta, "annotations"), key));
}

static struct span seccomp(const struct container *c)
{
	const struct json *notes = json_get(c->w->meta, "annotations");
	struct span type = json_str(effective(c, "seccompProfile.type"));

	if (type.n)
		return type;
	/* Since 1.27 the annotations do nothing: what they promise is not believed, only what they give away. */
	type = kube_profile(annotation(c, "container.seccomp.security.alpha.kubernetes.io/"));
	if (!type.n)
		type = kube_profile(json_str(json_get(notes, "seccomp.security.alpha.kubernetes.io/pod")));
	return span_eq(type, "Unconfined") ? type : SPAN_NONE;
}

static struct span apparmor(const struct container *c)
{
	struct span type = json_str(effective(c, "appArmorProfile.type"));

	if (!type.n)
		type = kube_profile(annotation(c, "container.apparmor.security.beta.kubernetes.io/"));
	return type.n ? type : SPAN_NONE;
}

/* Capability names as the kernel's headers have them, upper case, without CAP_. */
static struct span capabilities(struct arena *a, const struct json *list, bool *has_admin)
{
	struct json out = {.type = JSON_ARRAY};

	JSON_EACH(item, list)
	{
		char *text;
		struct span s = json_str(item);

		if (!s.n)
			continue;
		text = arena_strndup(a, s.p, s.n);
		for (char *p = text; *p; p++)
			if (*p >= 'a' && *p <= 'z')
				*p += 'A' - 'a';
		s.p = text;
		if (span_starts(s, "CAP_"))
			s.p += 4, s.n -= 4;
		*has_admin |= span_eq(s, "SYS_ADMIN");
		json_push(a, &out, json_make_str(a, s));
	}
	return kube_json(a, &out);
}

/* A request that is not written is the limit. */
static const struct json *request(const struct json *c, const char *name)
{
	const struct json *v = json_get(json_path(c, "resources.requests"), name);

	return v ? v : json_get(json_path(c, "resources.limits"), name);
}

static void bind_quantity(sqlite3_stmt *s, int at, const struct json *v, bool milli)
{
	struct span text = json_scalar(v);
	int64_t value;

	if (text.n && (milli ? quantity_milli(text, &value) : quantity_units(text, &value)))
		sqlite3_bind_int64(s, at, value);
	else
		sqlite3_bind_null(s, at);
}

/* Extended resources (example.com/gpu), claims of devices and raw block devices. */
static int64_t devices(const struct json *c)
{
	int64_t n = json_count(json_get(c, "volumeDevices")) + json_count(json_path(c, "resources.claims"));

	JSON_MEMBERS(m, json_path(c, "resources.limits"))
	{
		n += memchr(m->key.text, '/', m->key.n) != NULL;
	}
	return n;
}

static int64_t host_ports(const struct json *c)
{
	int64_t n = 0, port;

	JSON_EACH(p, json_get(c, "ports"))
	{
		n += kube_number(json_get(p, "hostPort"), &port) && port != 0;
	}
	return n;
}

static int64_t probe_hosts(const struct json *c)
{
	static const char *const places[] = {"livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"};
	int64_t n = 0;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct json *place = json_path(c, places[i]);

		n += json_text_at(place, "httpGet.host").n > 0;
		n += json_text_at(place, "tcpSocket.host").n > 0;
	}
	return n;
}

static int64_t secret_sources(const struct json *c)
{
	int64_t n = 0;

	JSON_EACH(from, json_get(c, "envFrom"))
	{
		n += json_is(json_get(from, "secretRef"), JSON_OBJECT);
	}
	return n;
}

/* Image, tag and pull policy as the API server defaults them. */
static void bind_image(sqlite3_stmt *s, int at, struct container *c)
{
	struct span image = json_text_at(c->c, "image"), policy = json_text_at(c->c, "imagePullPolicy"), tag;
	struct image_ref r = {0};
	bool valid = image_ref_parse(&c->w->l->item, image, &r);

	tag = valid && !r.tag.n && !r.digest.n ? SPAN("latest") : r.tag;
	if (!policy.n)
		policy = span_eq(tag, "latest") ? SPAN("Always") : SPAN("IfNotPresent");
	const struct span values[] = {image.p ? image : SPAN(""), r.registry, r.repository, tag, r.digest, policy};

	for (int i = 0; i < 6; i++)
		sqlite3_bind_text64(s, at + i, values[i].p, values[i].n, SQLITE_STATIC, SQLITE_UTF8);
	sqlite3_bind_int(s, at + 6, r.tag.n > 0);
}

static int insert_row(struct container *c, struct err *e)
{
	const struct json *v = c->c, *limits = json_path(v, "resources.limits");
	const struct json *selinux = effective(c, "seLinuxOptions");
	struct span proc = json_text_at(c->context, "procMount");
	struct arena *a = &c->w->l->item;
	bool admin = false, unused = false, privileged = kube_switch(json_get(c->context, "privileged")) == 1;
	struct span add = capabilities(a, json_path(c->context, "capabilities.add"), &admin);
	struct span drop = capabilities(a, json_path(c->context, "capabilities.drop"), &unused);
	sqlite3_stmt *s = db_stmt(
		c->w->l->db,
		"INSERT INTO container(image, image_registry, image_repository, image_tag, image_digest, pull_policy, image_tag_given, run_as_user, "
		"run_as_group, cpu_request_mcpu, cpu_limit_mcpu, memory_request_bytes, memory_limit_bytes, ephemeral_limit_bytes, thing, workload, name, "
		"type, ordinal, privileged, allow_escalation, run_as_non_root, read_only_root, seccomp, apparmor, selinux_type, selinux_user, "
		"selinux_role, proc_mount, caps_add, caps_drop, devices, liveness, readiness, startup, host_ports, probe_hosts, tty, command, args, "
		"env_from_secret, windows_host_process) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	int rc;

	db_bind(s, "nnnnnnnnnnnnnniitsibbbbttttttttibbbiibttib", c->thing, c->w->thing, json_text_at(v, "name"), c->type, c->ordinal, privileged,
		privileged || admin || kube_switch(json_get(c->context, "allowPrivilegeEscalation")) != 0, kube_guard(effective(c, "runAsNonRoot")),
		kube_guard(json_get(c->context, "readOnlyRootFilesystem")) == 1, seccomp(c), apparmor(c), json_text_at(selinux, "type"),
		json_text_at(selinux, "user"), json_text_at(selinux, "role"), proc.n ? proc : SPAN("Default"), add, drop, devices(v),
		json_is(json_get(v, "livenessProbe"), JSON_OBJECT), json_is(json_get(v, "readinessProbe"), JSON_OBJECT),
		json_is(json_get(v, "startupProbe"), JSON_OBJECT), host_ports(v), probe_hosts(v), json_bool_at(v, "tty") == 1,
		kube_json(a, json_get(v, "command")), kube_json(a, json_get(v, "args")), secret_sources(v),
		kube_switch(effective(c, "windowsOptions.hostProcess")) == 1);
	bind_image(s, 1, c);
	kube_bind_int(s, 8, effective(c, "runAsUser"));
	kube_bind_int(s, 9, effective(c, "runAsGroup"));
	bind_quantity(s, 10, request(v, "cpu"), true);
	bind_quantity(s, 11, json_get(limits, "cpu"), true);
	bind_quantity(s, 12, request(v, "memory"), false);
	bind_quantity(s, 13, json_get(limits, "memory"), false);
	bind_quantity(s, 14, json_get(limits, "ephemeral-storage"), false);
	rc = db_step(c->w->l->db, s, e);
	sqlite3_reset(s);
	return rc;
}

static int insert_env(struct container *c, struct span name, struct span value, const char *source, struct span from, struct span key, struct err *e)
{
	struct redact_token t = {SPAN_NONE, SPAN_NONE, SPAN_NONE};

	if (value.p)
		kube_secret_class(value, &t);
	return db_run(c->w->l->db, e, "INSERT INTO container_env(container, name, value, class, token, source, source_name, source_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		      "ittttstt", c->thing, name, value, t.class, t.number, source, from, key);
}

/* The first of the known sources that `from` holds. */
static const char *known_source(const struct json *from, const char *const *names)
{
	for (; *names; names++)
		if (json_is(json_get(from, *names), JSON_OBJECT))
			return *names;
	return NULL;
}

static int insert_envs(struct container *c, struct err *e)
{
	static const char *const refs[] = {"secretKeyRef", "configMapKeyRef", "fieldRef", "resourceFieldRef", "fileKeyRef", NULL};
	static const char *const wholes[] = {"secretRef", "configMapRef", NULL};

	JSON_EACH(env, json_get(c->c, "env"))
	{
		const struct json *from = json_get(env, "valueFrom");
		const char *source = known_source(from, refs);
		const struct json *ref = source ? json_get(from, source) : NULL;
		struct span name = json_text_at(env, "name"), key = json_text_at(ref, "key"), value = json_text_at(env, "value");

		if (!key.n)
			key = json_text_at(ref, "fieldPath");
		if (!key.n)
			key = json_text_at(ref, "resource");
		if (!source && !value.p)
			value = SPAN("");
		if (name.n && insert_env(c, name, source ? SPAN_NONE : value, source, json_text_at(ref, "name"), key, e))
			return -1;
	}
	JSON_EACH(from, json_get(c->c, "envFrom"))
	{
		const char *source = known_source(from, wholes);
		struct span prefix = json_text_at(from, "prefix");

		if (source && insert_env(c, prefix.p ? prefix : SPAN(""), SPAN_NONE, source, json_text_at(json_get(from, source), "name"), SPAN_NONE, e))
			return -1;
	}
	return 0;
}

static int insert_ports(struct container *c, struct err *e)
{
	JSON_EACH(p, json_get(c->c, "ports"))
	{
		struct span protocol = json_text_at(p, "protocol");
		int64_t port, host = 0;

		if (!kube_number(json_get(p, "containerPort"), &port))
			continue;
		kube_number(json_get(p, "hostPort"), &host);
		if (db_run(c->w->l->db, e, "INSERT INTO container_port(container, name, port, protocol, host_port, host_ip) VALUES (?, ?, ?, ?, ?, ?)",
			   "ititrt", c->thing, json_text_at(p, "name"), port, protocol.n ? protocol : SPAN("TCP"), host, json_text_at(p, "hostIP")))
			return -1;
	}
	return 0;
}

static bool is_injected(const struct workload *w, struct span name)
{
	if (!span_starts(name, "kube-api-access-"))
		return false;
	JSON_EACH(v, json_get(w->spec, "volumes"))
	{
		if (span_is(json_text_at(v, "name"), name))
			return workload_injected_volume(v);
	}
	return false;
}

static int insert_mounts(struct container *c, struct err *e)
{
	JSON_EACH(m, json_get(c->c, "volumeMounts"))
	{
		struct span name = json_text_at(m, "name"), path = json_text_at(m, "mountPath"), sub = json_text_at(m, "subPath");

		if (!name.n || is_injected(c->w, name))
			continue;
		if (!sub.n)
			sub = json_text_at(m, "subPathExpr");
		if (db_run(c->w->l->db, e, "INSERT INTO container_mount(container, volume, path, read_only, sub_path, propagation) VALUES (?, ?, ?, ?, ?, ?)",
			   "ittbtt", c->thing, name, path.p ? path : SPAN(""), kube_guard(json_get(m, "readOnly")) == 1, sub, json_text_at(m, "mountPropagation")))
			return -1;
	}
	return 0;
}

static int insert_one(const struct workload *w, const struct json *v, const char *type, const char *list, int64_t ordinal, struct err *e)
{
	struct container c = {.w = w, .c = v, .context = json_get(v, "securityContext"), .pod_context = json_get(w->spec, "securityContext"), .type = type,
			      .ordinal = ordinal};
	struct span name = json_text_at(v, "name");
	struct arena *a = &w->l->item;
	struct thing_spec spec = {.kind = "container", .type = "container", .name = name, .namespace = w->namespace, .parent = w->thing};
	bool fresh;

	if (!name.n)
		return load_problem(w->l, w->pointer, e, "a container without a name in %s", w->ref);
	spec.ref = span_of(arena_printf(a, "%s#%.*s", w->ref, SPAN_ARG(name)));
	spec.pointer = arena_printf(a, "%s/%s/%lld", w->pointer, list, (long long)ordinal);
	if (load_thing(w->l, &spec, &c.thing, &fresh, e))
		return -1;
	if (!fresh)
		return load_problem(w->l, spec.pointer, e, "two containers named '%.*s' in %s", SPAN_ARG(name), w->ref);
	return insert_row(&c, e) || insert_envs(&c, e) || insert_ports(&c, e) || insert_mounts(&c, e) ? -1 : 0;
}

int container_insert_all(const struct workload *w, struct err *e)
{
	static const char *const lists[] = {"initContainers", "containers", "ephemeralContainers"};
	static const char *const types[] = {"init", "container", "ephemeral"};

	for (int i = 0; i < 3; i++) {
		const struct json *list = json_get(w->spec, lists[i]);
		int64_t ordinal = 0;

		if (list && list->type != JSON_NULL && list->type != JSON_ARRAY && load_problem(w->l, w->pointer, e, "%s of %s is no list: its containers are not judged", lists[i], w->ref))
			return -1;
		JSON_EACH(c, list)
		{
			bool sidecar = i == 0 && span_eq(json_text_at(c, "restartPolicy"), "Always");

			if (insert_one(w, c, sidecar ? "sidecar" : types[i], lists[i], ordinal++, e))
				return -1;
		}
	}
	return 0;
}
