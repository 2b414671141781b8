// SPDX-License-Identifier: Apache-2.0
// Modes and owners of a host's files. Which: CIS Kubernetes benchmark sections 1.1, 4.1 and CIS Docker benchmark section 3 (numbers in the
// frameworks), with the paths of kubeadm, systemd and Debian's and Red Hat's packages.
#include "node-files.h"

enum { FILES_MAX = 2000, NAMES_MAX = 2000, IDS_BYTES = 4 * 1024 * 1024, DEPTH = 4 };

struct files {
	struct node *n;
	struct json *list;
	struct buf passwd, group;
};

/* "name:x:ID:..." → name; the number itself when nobody has it. */
static struct span name_of(struct files *f, const struct buf *table, unsigned id)
{
	struct span rest = buf_span(table);

	while (rest.p && rest.n) {
		struct span line = span_cut(&rest, '\n'), name = span_cut(&line, ':');
		int64_t n;

		span_cut(&line, ':');
		if (name.n && span_int(span_cut(&line, ':'), &n) && n == (int64_t)id)
			return name;
	}
	return span_of(arena_printf(f->n->a, "%u", id));
}

static const char *type_of(mode_t m)
{
	return S_ISREG(m) ? "file" : S_ISDIR(m) ? "directory" : S_ISSOCK(m) ? "socket" : S_ISLNK(m) ? "link" : "other";
}

static bool listed(struct files *f, const char *path)
{
	JSON_EACH(v, f->list)
		if (span_eq(json_text_at(v, "path"), path))
			return true;
	return false;
}

/* One file by its path without the leading "/". `always`: also when it is not there. */
static void add(struct files *f, const char *path, const char *role, bool always)
{
	struct arena *a = f->n->a;
	struct json v = {.type = JSON_OBJECT};
	const char *full = arena_printf(a, "/%s", path);
	struct stat st;
	int there = root_stat(&f->n->root, path, &st);

	if ((there == 0 && !always) || f->list->n >= FILES_MAX || listed(f, full))
		return;
	json_set(a, &v, "path", json_make_str(a, span_of(full)));
	if (role)
		json_set(a, &v, "role", json_make_str(a, span_of(role)));
	json_set(a, &v, "present", there < 0 ? (struct json){.type = JSON_NULL} : json_make_bool(there == 1));
	if (there == 1) {
		json_set(a, &v, "type", json_make_str(a, span_of(type_of(st.st_mode))));
		json_set(a, &v, "mode", json_make_str(a, span_of(arena_printf(a, "%04o", (unsigned)st.st_mode & 07777))));
		json_set(a, &v, "owner", json_make_str(a, name_of(f, &f->passwd, st.st_uid)));
		json_set(a, &v, "group", json_make_str(a, name_of(f, &f->group, st.st_gid)));
	}
	json_push(a, f->list, v);
}

/* A path that a flag or a configuration names. */
static void add_told(struct files *f, struct span path, const char *role)
{
	if (path.n > 1 && path.p[0] == '/')
		add(f, arena_strndup(f->n->a, path.p + 1, path.n - 1), role, true);
}

static void add_below(struct files *f, const char *folder, bool folders, int depth)
{
	char **names;
	size_t n = depth > DEPTH ? 0 : root_list(&f->n->root, f->n->a, folder, NAMES_MAX, &names);

	for (size_t i = 0; i < n; i++) {
		const char *path = arena_printf(f->n->a, "%s/%s", folder, names[i]);
		struct stat st;
		bool inner = root_lstat(&f->n->root, path, &st) == 1 && S_ISDIR(st.st_mode);

		if (!inner || folders)
			add(f, path, NULL, false);
		if (inner)
			add_below(f, path, folders, depth + 1);
	}
}

static void add_units(struct files *f)
{
	static const char *const names[] = {"kubelet.service", "docker.service", "docker.socket"};
	static const char *const folders[] = {"etc/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"};
	struct stat st;
	/* On merged file systems /lib is /usr/lib once more. */
	size_t n = root_lstat(&f->n->root, "lib", &st) == 1 && S_ISLNK(st.st_mode) ? 2 : 3;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			add(f, arena_printf(f->n->a, "%s/%s", folders[i], names[k]), NULL, false);
			add_below(f, arena_printf(f->n->a, "%s/%s.d", folders[i], names[k]), false, 0);
		}
}

static void add_of_flags(struct files *f)
{
	static const struct {
		const char *component, *flag, *role;
	} flags[] = {
		{"kubelet", "kubeconfig", "kubelet kubeconfig"}, {"kubelet", "client-ca-file", "kubelet client ca"}, {"kube-proxy", "kubeconfig", "kube-proxy kubeconfig"},
		{"kube-controller-manager", "kubeconfig", "kube-controller-manager kubeconfig"}, {"kube-scheduler", "kubeconfig", "kube-scheduler kubeconfig"},
		{"etcd", "data-dir", "etcd data"}, {"docker", "tlscacert", "docker tls ca"}, {"docker", "tlscert", "docker tls certificate"}, {"docker", "tlskey", "docker tls key"},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		add_told(f, node_flag(f->n, flags[i].component, flags[i].flag), flags[i].role);
	add_told(f, json_text_at(f->n->kubelet, "authentication.x509.clientCAFile"), "kubelet client ca");
	add_told(f, json_text_at(f->n->docker, "tlscacert"), "docker tls ca");
	add_told(f, json_text_at(f->n->docker, "tlscert"), "docker tls certificate");
	add_told(f, json_text_at(f->n->docker, "tlskey"), "docker tls key");
	add_told(f, f->n->kubelet_config, "kubelet config");
}

void node_files(struct node *n, struct json *list)
{
	static const char *const usual[] = {
		"etc/kubernetes/manifests/kube-apiserver.yaml", "etc/kubernetes/manifests/kube-controller-manager.yaml", "etc/kubernetes/manifests/kube-scheduler.yaml",
		"etc/kubernetes/manifests/etcd.yaml", "etc/kubernetes/admin.conf", "etc/kubernetes/super-admin.conf", "etc/kubernetes/controller-manager.conf",
		"etc/kubernetes/scheduler.conf", "etc/kubernetes/kubelet.conf", "etc/kubernetes/kube-proxy.conf", "var/lib/kube-proxy/kubeconfig",
		"var/lib/kube-proxy/kubeconfig.conf", "var/lib/kubelet/config.yaml", "var/lib/etcd", "etc/kubernetes/pki", "etc/docker", "etc/docker/daemon.json",
		"etc/default/docker", "etc/sysconfig/docker", "run/docker.sock", "run/containerd/containerd.sock"};
	struct files f = {.n = n, .list = list};

	*list = (struct json){.type = JSON_ARRAY};
	root_read(&n->root, "etc/passwd", IDS_BYTES, &f.passwd);
	root_read(&n->root, "etc/group", IDS_BYTES, &f.group);
	/* Flags first: they know a role where the path is unusual. */
	add_of_flags(&f);
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		add(&f, usual[i], NULL, true);
	add_units(&f);
	add_below(&f, "etc/kubernetes/pki", true, 0);
	add_below(&f, "etc/cni/net.d", false, 0);
	add_below(&f, "etc/docker/certs.d", false, 0);
	buf_fini(&f.passwd);
	buf_fini(&f.group);
}
