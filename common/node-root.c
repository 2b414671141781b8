// SPDX-License-Identifier: Apache-2.0
// Facts of a host from its root directory. Which files' modes are of interest is node-files.c's.
#include "node-root.h"
#include "component.h"
#include "limits.h"
#include "node-files.h"
#include "node-packages.h"
#include "redact-walk.h"
#include "yaml-read.h"

#include <sys/utsname.h>

enum { PROCESSES_MAX = 400000, MANIFESTS_MAX = 200, LIST_MAX = 2000, CMDLINE_MAX = 1024 * 1024, WORDS_MAX = 4096, PEM_MAX = 1024 * 1024 };

bool node_root_is(const char *folder)
{
	static const char *const releases[] = {"etc/os-release", "usr/lib/os-release"};
	static const char *const marks[] = {"proc/sys", "etc/kubernetes", "var/lib/kubelet"};
	struct root r;
	struct stat st;
	bool release = false, mark = false;

	if (root_init(&r, folder, NULL))
		return false;
	for (size_t i = 0; i < 2; i++)
		release |= root_stat(&r, releases[i], &st) == 1 && S_ISREG(st.st_mode);
	for (size_t i = 0; i < 3; i++)
		mark |= root_stat(&r, marks[i], &st) == 1 && S_ISDIR(st.st_mode);
	root_fini(&r);
	return release && mark;
}

static struct json text(struct arena *a, struct span s)
{
	return json_make_str(a, s);
}

static void set_text(struct arena *a, struct json *object, const char *key, struct span s)
{
	if (s.p)
		json_set(a, object, key, text(a, s));
}

/* A small text file without the white space around it; absent span. In the arena. */
static struct span small(struct node *n, const char *path)
{
	return root_line(&n->root, n->a, LIMIT_LINE_BYTES, path);
}

/* ---- processes */

struct process {
	const char *component;
	struct span *args;
	size_t n;
};

/* The words of /proc/PID/cmdline; false when no component runs there. */
static bool read_process(struct node *n, const char *pid, struct process *p)
{
	auto_buf b = BUF_INIT;
	struct span rest, word;
	size_t words = 1;

	if (root_read(&n->root, arena_printf(n->a, "proc/%s/cmdline", pid), CMDLINE_MAX, &b) != 1 || !b.n)
		return false;
	rest = (struct span){arena_strndup(n->a, b.p, b.n), b.n};
	for (size_t i = 0; i < b.n; i++)
		words += b.p[i] == 0;
	p->args = arena_array(n->a, words, sizeof(*p->args));
	p->n = 0;
	while (rest.p && p->n < words && p->n < WORDS_MAX) {
		word = span_cut(&rest, 0);
		if (word.n || rest.p)
			p->args[p->n++] = word;
	}
	p->component = component_of(p->args, p->n);
	return p->component != NULL;
}

static bool is_number(const char *s)
{
	return *s && !s[strspn(s, "0123456789")];
}

static void add_process(struct node *n, const struct process *p)
{
	struct json v = {.type = JSON_OBJECT}, args = {.type = JSON_ARRAY};

	args.items = arena_array(n->a, p->n, sizeof(*args.items));
	args.n = (uint32_t)p->n;
	for (size_t i = 0; i < p->n; i++)
		args.items[i] = text(n->a, p->args[i]);
	set_text(n->a, &v, "component", span_of(p->component));
	set_text(n->a, &v, "source", SPAN("process"));
	json_set(n->a, &v, "args", args);
	json_push(n->a, &n->processes, v);
}

/* An etcd beside a kubelet is the cluster's only where its manifest or an API server is too: applications bring their own. */
static bool foreign_etcd(struct node *n, const char *component, bool kubelet, bool apiserver)
{
	struct stat st;

	return strcmp(component, "etcd") == 0 && kubelet && !apiserver && root_stat(&n->root, "etc/kubernetes/manifests/etcd.yaml", &st) != 1;
}

static void find_processes(struct node *n)
{
	char **names;
	size_t count = root_list(&n->root, n->a, "proc", PROCESSES_MAX, &names), found = 0;
	struct process *all = arena_array(n->a, 256, sizeof(*all));
	bool kubelet = false, apiserver = false;

	n->processes = (struct json){.type = JSON_ARRAY};
	for (size_t i = 0; i < count; i++)
		n->proc |= is_number(names[i]);
	for (size_t i = 0; i < count && found < 256; i++)
		if (is_number(names[i]) && read_process(n, names[i], &all[found])) {
			kubelet |= strcmp(all[found].component, "kubelet") == 0;
			apiserver |= strcmp(all[found].component, "kube-apiserver") == 0;
			found++;
		}
	for (size_t i = 0; i < found; i++)
		if (!foreign_etcd(n, all[i].component, kubelet, apiserver))
			add_process(n, &all[i]);
}

struct span node_flag(const struct node *n, const char *component, const char *flag)
{
	JSON_EACH(p, &n->processes)
	{
		const struct json *args = json_get(p, "args");
		struct span words[WORDS_MAX], value;
		size_t k = 0;

		if (!span_eq(json_text_at(p, "component"), component))
			continue;
		JSON_EACH(w, args)
			if (k < WORDS_MAX)
				words[k++] = json_str(w);
		value = component_flag(words, k, flag);
		if (value.p)
			return value;
	}
	return SPAN_NONE;
}

/* ---- documents */

static int give(struct node *n, const char *kind, struct json *doc, struct err *e)
{
	struct json head = {.type = JSON_OBJECT};
	struct node_fact f = {.kind = kind, .host = n->name, .doc = &head, .arena = n->a, .time = n->root.newest};

	set_text(n->a, &head, "schema", span_of(arena_printf(n->a, "plimsoll.%s", kind)));
	set_text(n->a, &head, "node", span_of(n->name));
	if (n->hostname.n)
		set_text(n->a, &head, "hostname", n->hostname);
	JSON_MEMBERS(m, doc)
		json_set(n->a, &head, m->key.text, m->value);
	return n->each(n->ctx, &f, e);
}

void node_missing(struct node *n, const char *kind, const char *what)
{
	buf_printf(n->missing, "%s: %s\n", kind, what);
}

static struct span os_release(struct node *n)
{
	struct span s = small(n, "etc/os-release");

	return s.n ? s : small(n, "usr/lib/os-release");
}

static int give_os(struct node *n, struct err *e)
{
	static const char *const sysctls[] = {"kernel.dmesg_restrict", "kernel.kptr_restrict", "kernel.unprivileged_bpf_disabled", "kernel.yama.ptrace_scope",
					      "kernel.keys.root_maxbytes", "kernel.keys.root_maxkeys", "kernel.panic", "kernel.panic_on_oops", "kernel.randomize_va_space",
					      "net.ipv4.ip_forward", "user.max_user_namespaces", "vm.overcommit_memory", "vm.panic_on_oom"};
	struct json doc = {.type = JSON_OBJECT}, values = {.type = JSON_OBJECT};

	if (!os_release(n).n)
		node_missing(n, "node/os", "there is no os-release");
	set_text(n->a, &doc, "osRelease", os_release(n));
	set_text(n->a, &doc, "kernel", small(n, "proc/sys/kernel/osrelease"));
	for (size_t i = 0; i < sizeof(sysctls) / sizeof(sysctls[0]); i++) {
		char *path = arena_printf(n->a, "proc/sys/%s", sysctls[i]);

		for (char *p = path + 9; *p; p++)
			*p = *p == '.' ? '/' : *p;
		set_text(n->a, &values, sysctls[i], small(n, path));
	}
	if (values.n)
		json_set(n->a, &doc, "sysctl", values);
	return give(n, "node/os", &doc, e);
}

static int give_processes(struct node *n, struct err *e)
{
	struct json doc = {.type = JSON_OBJECT};

	if (!n->proc) {
		node_missing(n, "node/processes", "there are no processes in proc");
		return 0;
	}
	json_set(n->a, &doc, "processes", n->processes);
	return give(n, "node/processes", &doc, e);
}

/* A YAML or JSON document; NULL when there is none. What cannot be read or parsed is missing. */
static struct json *document(struct node *n, const char *kind, const char *path)
{
	auto_buf b = BUF_INIT;
	struct json *v;
	struct err why = {0};
	int rc = root_read(&n->root, path, LIMIT_ITEM_BYTES, &b);

	if (rc == 0)
		return NULL;
	if (rc < 0)
		err_set(&why, ERR_INPUT, "cannot be read");
	else if (yaml_parse(n->a, buf_span(&b), &v, &why) == 0)
		return v;
	node_missing(n, kind, arena_printf(n->a, "%s: %s", path, why.msg));
	return NULL;
}

static int give_manifests(struct node *n, struct err *e)
{
	struct json doc = {.type = JSON_OBJECT}, list = {.type = JSON_ARRAY};
	char **names;
	struct stat st;
	size_t count;

	if (root_stat(&n->root, "etc/kubernetes/manifests", &st) == 0)
		return 0;
	count = root_list(&n->root, n->a, "etc/kubernetes/manifests", MANIFESTS_MAX, &names);
	for (size_t i = 0; i < count; i++) {
		struct json v = {.type = JSON_OBJECT}, *pod;
		char *path = arena_printf(n->a, "etc/kubernetes/manifests/%s", names[i]);

		if (names[i][0] == '.' || !(pod = document(n, "node/manifests", path)))
			continue;
		set_text(n->a, &v, "path", span_of(arena_printf(n->a, "/%s", path)));
		json_set(n->a, &v, "pod", *pod);
		json_push(n->a, &list, v);
	}
	json_set(n->a, &doc, "manifests", list);
	return give(n, "node/manifests", &doc, e);
}

static struct json *add_config(struct node *n, struct json *list, const char *component, struct span path)
{
	struct json v = {.type = JSON_OBJECT}, *content = path.n ? document(n, "node/config", arena_strndup(n->a, path.p, path.n)) : NULL;

	if (!json_is(content, JSON_OBJECT))
		return NULL;
	set_text(n->a, &v, "component", span_of(component));
	set_text(n->a, &v, "path", path);
	json_set(n->a, &v, "content", *content);
	json_push(n->a, list, v);
	return content;
}

static int give_configs(struct node *n, struct err *e)
{
	struct json doc = {.type = JSON_OBJECT}, list = {.type = JSON_ARRAY};
	struct span told = node_flag(n, "docker", "config-file"), docker = told.n ? told : SPAN("/etc/docker/daemon.json");

	n->kubelet_config = node_flag(n, "kubelet", "config");
	if (!n->kubelet_config.n)
		n->kubelet_config = SPAN("/var/lib/kubelet/config.yaml");
	n->kubelet = add_config(n, &list, "kubelet", n->kubelet_config);
	n->docker = add_config(n, &list, "docker", docker);
	if (!list.n)
		return 0;
	json_set(n->a, &doc, "configs", list);
	return give(n, "node/config", &doc, e);
}

/* ---- certificates: public parts */

static void add_certificate(struct node *n, struct json *list, const char *path)
{
	auto_buf b = BUF_INIT;
	struct json facts;

	if (root_read(&n->root, path, PEM_MAX, &b) != 1 || !memmem(b.p, b.n, "-----BEGIN CERTIFICATE", 22) || !redact_certificate(n->a, buf_span(&b), &facts))
		return;
	json_set(n->a, &facts, "path", text(n->a, span_of(arena_printf(n->a, "/%s", path))));
	json_push(n->a, list, facts);
}

static void certificates_in(struct node *n, struct json *list, const char *folder, int depth)
{
	char **names;
	size_t count = depth > 4 ? 0 : root_list(&n->root, n->a, folder, LIST_MAX, &names);

	for (size_t i = 0; i < count; i++) {
		const char *path = arena_printf(n->a, "%s/%s", folder, names[i]);
		struct span s = span_of(names[i]);
		struct stat st;

		if (root_lstat(&n->root, path, &st) == 1 && S_ISDIR(st.st_mode))
			certificates_in(n, list, path, depth + 1);
		else if (span_ends(s, ".crt") || span_ends(s, ".pem") || span_ends(s, ".cert"))
			add_certificate(n, list, path);
	}
}

static int give_certificates(struct node *n, struct err *e)
{
	static const char *const folders[] = {"etc/kubernetes/pki", "etc/kubernetes/ssl", "var/lib/kubelet/pki", "etc/etcd", "etc/docker/certs.d"};
	struct json doc = {.type = JSON_OBJECT}, list = {.type = JSON_ARRAY};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		certificates_in(n, &list, folders[i], 0);
	if (!list.n)
		return 0;
	json_set(n->a, &doc, "certificates", list);
	return give(n, "node/certificates", &doc, e);
}

/* ---- packages */

static int give_packages(struct node *n, struct err *e)
{
	struct json doc = {.type = JSON_OBJECT};

	set_text(n->a, &doc, "osRelease", os_release(n));
	node_packages(n, &doc);
	return give(n, "node/packages", &doc, e);
}

static int give_files(struct node *n, struct err *e)
{
	struct json doc = {.type = JSON_OBJECT}, list;

	node_files(n, &list);
	json_set(n->a, &doc, "files", list);
	return give(n, "node/files", &doc, e);
}

/* ---- the host */

static void find_name(struct node *n, const char *folder, const char *given)
{
	struct span told = node_flag(n, "kubelet", "hostname-override");
	struct utsname u;

	n->hostname = small(n, "etc/hostname");
	if (!n->hostname.n)
		n->hostname = small(n, "proc/sys/kernel/hostname");
	if (!n->hostname.n && strcmp(folder, "/") == 0 && uname(&u) == 0)
		n->hostname = span_of(arena_strdup(n->a, u.nodename));
	if (given)
		n->name = given;
	else if (told.n)
		n->name = arena_strndup(n->a, told.p, told.n);
	else
		n->name = n->hostname.n ? n->hostname.p : "host";
}

int node_root_read(const char *folder, const char *name, node_each *each, void *ctx, struct buf *missing, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct node n = {.a = &a, .each = each, .ctx = ctx, .missing = missing};
	int rc;

	if (root_init(&n.root, folder, e))
		return -1;
	find_processes(&n);
	find_name(&n, folder, name);
	rc = give_os(&n, e) || give_processes(&n, e) || give_manifests(&n, e) || give_configs(&n, e) || give_files(&n, e) || give_certificates(&n, e) ||
	     give_packages(&n, e);
	root_fini(&n.root);
	return rc ? -1 : 0;
}
