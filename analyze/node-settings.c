// SPDX-License-Identifier: Apache-2.0
// Flags of cluster components as settings. Which value is safe is for the checks to say.
#include "node-settings.h"
#include "common/embed.h"
#include "common/yaml-read.h"

static const char *const components[] = {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "kubelet", "kube-proxy",
					 "containerd",	   "crio",		      "dockerd",	"hyperkube", NULL};

static const char *component_name(struct span program)
{
	program = span_after_last(program, '/');
	for (const char *const *c = components; *c; c++)
		if (span_eq(program, *c))
			return span_eq(program, "crio") ? "cri-o" : span_eq(program, "dockerd") ? "docker" : *c;
	return NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct span next_word(struct span *rest)
{
	struct span word;

	while (rest->n && is_blank(rest->p[0]))
		rest->p++, rest->n--;
	word = (struct span){rest->p, 0};
	while (rest->n && !is_blank(rest->p[0]))
		rest->p++, rest->n--, word.n++;
	return word;
}

/* The command line as words: an argument with blanks that holds a flag is a shell line and is cut up. */
struct words {
	struct span *at;
	size_t n;
};

static bool is_shell_line(struct span arg)
{
	return memmem(arg.p, arg.n, " --", 3) != NULL && !span_starts(arg, "--");
}

static struct words split(struct arena *a, const struct span *args, size_t n)
{
	size_t cap = 0;
	struct words w = {0};

	for (size_t i = 0; i < n; i++)
		cap += args[i].n / 2 + 2;
	w.at = arena_array(a, cap, sizeof(*w.at));
	for (size_t i = 0; i < n; i++) {
		struct span rest = args[i], word;

		if (!args[i].n)
			continue;
		if (!is_shell_line(args[i]))
			w.at[w.n++] = args[i];
		else
			while ((word = next_word(&rest)).n)
				w.at[w.n++] = word;
	}
	return w;
}

const char *node_component(const struct span *args, size_t n)
{
	auto_arena a = ARENA_INIT;
	struct words w = split(&a, args, n);
	const char *name = NULL;

	for (size_t i = 0; i < w.n && !name && !span_starts(w.at[i], "--"); i++)
		name = component_name(w.at[i]);
	return name;
}

/* Flags of type StringSlice, StringArray or a map: every occurrence counts. */
static bool is_list(struct span name)
{
	static const char *const lists[] = {
		"admission-control", "allowed-unsafe-sysctls", "api-audiences", "authorization-mode", "controllers", "disable-admission-plugins",
		"enable-admission-plugins", "etcd-servers", "etcd-servers-overrides", "eviction-hard", "feature-gates", "node-labels", "runtime-config",
		"service-account-issuer", "service-account-key-file", "tls-cipher-suites", "cipher-suites", "requestheader-allowed-names",
		"requestheader-group-headers", "requestheader-username-headers", "requestheader-extra-headers-prefix", "cors-allowed-origins",
		"register-with-taints", "enforce-node-allocatable", "kube-reserved", "system-reserved", "cluster-dns", "insecure-registry"};

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
	if (rc == 1 && rank(db_text(s, 0)) == rank(span_of(source)) && is_list(name) && db_text(s, 1).n) {
		struct span old = db_text(s, 1);

		value = span_of(arena_printf(&l->item, "%.*s,%.*s", SPAN_ARG(old), SPAN_ARG(value)));
	}
	sqlite3_reset(s);
	return db_run(l->db, e, "INSERT OR REPLACE INTO node_setting(thing, node, component, name, value, source, evidence) VALUES (?, ?, ?, ?, ?, ?, ?)",
		      "irsttsr", c->thing, c->node, c->component, name, value, source, l->evidence);
}

int node_settings_from_arguments(struct load *l, const struct component *c, const struct span *args, size_t n, struct err *e)
{
	struct words w = split(&l->item, args, n);

	if (db_run(l->db, e,
		   "INSERT INTO component_instance(thing, cluster, node, component, version, arguments, configuration) VALUES (?, ?, ?, ?, ?, 1, ?) "
		   "ON CONFLICT DO UPDATE SET arguments = 1",
		   "iststb", c->thing, l->cluster, c->node_name, c->component, c->version, c->configuration))
		return -1;
	for (size_t i = 0; i < w.n; i++) {
		struct span value = w.at[i], name;

		if (!span_starts(value, "-") || value.n < 2)
			continue;
		while (value.n && value.p[0] == '-')
			value.p++, value.n--;
		name = span_cut(&value, '=');
		if (!name.n)
			continue;
		if (!value.p && i + 1 < w.n && !span_starts(w.at[i + 1], "-"))
			value = w.at[++i];
		if (node_setting_add(l, c, name, value.p ? value : SPAN("true"), "flag", e))
			return -1;
	}
	return 0;
}

int node_settings_defaults(struct load *l, const struct component *c, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct json *all;

	if (yaml_parse(&a, embed_find("analyze/component-defaults.yaml"), &all, e))
		return err_wrap(e, "analyze/component-defaults.yaml");
	JSON_MEMBERS(m, json_get(all, c->component))
	{
		if (db_run(l->db, e, "INSERT OR IGNORE INTO node_setting(thing, node, component, name, value, source) VALUES (?, ?, ?, ?, ?, 'default')",
			   "irstt", c->thing, c->node, c->component, json_str(&m->key), json_scalar(&m->value).p ? json_scalar(&m->value) : SPAN("")))
			return -1;
	}
	return 0;
}
