// SPDX-License-Identifier: Apache-2.0
// Facts of nodes as `plimsoll collect --node` writes them (docs/evidence.md, "Nodes"). Which of a host's names its cluster knows, and what holds
// by default, is derive-node.c's; flags and configuration are node-settings.c's.
#include "load-node.h"
#include "inventory.h"
#include "load-engagement.h"
#include "node-settings.h"
#include "site.h"
#include "common/redact.h"

enum { HOST_NAME_MAX_BYTES = 253, ARGS_MAX = 4096 };

struct host {
	struct load *l;
	const struct json *doc;
	struct span name; /* the node's name where known, else the host's */
	int64_t thing;
};

static struct span text_or(const struct json *v, const char *key, const char *other)
{
	return json_str(json_get(v, key)).n ? json_str(json_get(v, key)) : json_str(json_get(v, other));
}

/* Settings of one component hang on this. */
static int component_thing(struct host *h, const char *name, struct component *c, struct err *e)
{
	struct arena *a = &h->l->item;
	struct thing_spec spec = {.kind = "component", .type = name, .name = span_of(name), .parent = h->thing};

	spec.ref = span_of(arena_printf(a, "node:%s/%.*s#%s", h->l->cluster, SPAN_ARG(h->name), name));
	*c = (struct component){.node = h->thing, .component = name, .node_name = h->name};
	return load_thing(h->l, &spec, &c->thing, NULL, e);
}

static int load_sysctls(struct host *h, struct err *e)
{
	struct component c;

	if (!json_count(json_get(h->doc, "sysctl")))
		return 0;
	return component_thing(h, "kernel", &c, e) || node_settings_from_document(h->l, &c, json_get(h->doc, "sysctl"), e) ? -1 : 0;
}

static int load_os(struct host *h, struct err *e)
{
	struct os_release os = {0};
	const struct json *d = h->doc;

	if (json_text_at(d, "osRelease").p)
		packages_os_release(json_text_at(d, "osRelease"), &os);
	h->l->items++;
	if (db_run(h->l->db, e,
		   "INSERT INTO node_os(thing, distribution, version, pretty, kernel) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
		   "distribution = excluded.distribution, version = excluded.version, pretty = excluded.pretty, kernel = excluded.kernel",
		   "itttt", h->thing, os.id, os.version, os.name, json_text_at(d, "kernel")))
		return -1;
	return load_sysctls(h, e);
}

/* Permission bits as people write them: "0600", "600" or the number 600 are all octal. -1: none, or not octal. */
static int64_t octal(struct span s)
{
	int64_t v = 0;

	if (!s.n || s.n > 7)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '7')
			return -1;
		v = v * 8 + (s.p[i] - '0');
	}
	return v & 07777;
}

static int load_file(struct host *h, const struct json *f, uint32_t i, struct err *e)
{
	struct span path = json_text_at(f, "path"), mode = json_scalar(json_get(f, "mode"));
	int present = json_bool_at(f, "present");

	if (!path.n || (present == -1 && !json_is(json_get(f, "present"), JSON_NULL)))
		return load_problem(h->l, arena_printf(&h->l->item, "/files/%u", i), e, "a file needs a path and present: true, false or null");
	if (mode.p && octal(mode) < 0)
		return load_problem(h->l, arena_printf(&h->l->item, "/files/%u/mode", i), e, "'%.*s' is no octal mode", SPAN_ARG(mode));
	h->l->items++;
	return db_run(h->l->db, e,
		      "INSERT INTO node_file(thing, path, role, present, type, mode, owner, owner_group) VALUES (?, ?, ?, ?, ?, nullif(?, -1), ?, ?) "
		      "ON CONFLICT DO UPDATE SET role = excluded.role, present = excluded.present, type = excluded.type, mode = excluded.mode, "
		      "owner = excluded.owner, owner_group = excluded.owner_group",
		      "ittbtitt", h->thing, path, json_text_at(f, "role"), present, json_text_at(f, "type"), octal(mode), json_scalar(json_get(f, "owner")),
		      json_scalar(json_get(f, "group")));
}

static int load_files(struct host *h, struct err *e)
{
	uint32_t i = 0;

	JSON_EACH(f, json_get(h->doc, "files"))
		if (load_file(h, f, i++, e))
			return -1;
	return 0;
}

static int load_certificates(struct host *h, struct err *e)
{
	uint32_t i = 0;

	JSON_EACH(c, json_get(h->doc, "certificates"))
	{
		struct span path = json_text_at(c, "path");
		int64_t bits = 0;

		if (!path.n) {
			if (load_problem(h->l, arena_printf(&h->l->item, "/certificates/%u", i++), e, "a certificate without a path"))
				return -1;
			continue;
		}
		i++;
		json_int(json_get(c, "keyBits"), &bits);
		h->l->items++;
		if (db_run(h->l->db, e,
			   "INSERT OR IGNORE INTO node_certificate(thing, path, subject, issuer, not_before, not_after, key_type, key_bits, is_ca) "
			   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			   "itttrrtrb", h->thing, path, json_text_at(c, "subject"), json_text_at(c, "issuer"), load_time(json_text_at(c, "notBefore")),
			   load_time(json_text_at(c, "notAfter")), json_text_at(c, "keyType"), bits, json_bool_at(c, "isCA")))
			return -1;
	}
	return 0;
}

/* The words of a JSON list of texts, in the arena; others are passed over. */
static struct span *words_of(struct arena *a, const struct json *list, size_t *n)
{
	struct span *at = arena_array(a, json_count(list) + 1, sizeof(*at));

	JSON_EACH(v, list)
		if (json_scalar(v).p && *n < ARGS_MAX)
			at[(*n)++] = json_scalar(v);
	return at;
}

static int load_process(struct host *h, const struct json *p, uint32_t i, struct err *e)
{
	struct component c;
	size_t n = 0;
	struct span *args = words_of(&h->l->item, json_get(p, "args"), &n);
	const char *name = json_text_at(p, "component").n ? component_named(json_text_at(p, "component")) : component_of(args, n);

	if (!name)
		return load_problem(h->l, arena_printf(&h->l->item, "/processes/%u", i), e, "no component that is known");
	if (component_thing(h, name, &c, e))
		return -1;
	c.seen = span_eq(json_text_at(p, "source"), "unit") ? "unit" : "process";
	c.version = json_text_at(p, "version");
	h->l->items++;
	return node_settings_from_arguments(h->l, &c, args, n, e);
}

static int load_processes(struct host *h, struct err *e)
{
	uint32_t i = 0;

	JSON_EACH(p, json_get(h->doc, "processes"))
		if (load_process(h, p, i++, e))
			return -1;
	return 0;
}

static int load_container(struct host *h, const struct json *container, struct err *e)
{
	struct component c;
	size_t n = 0, more = 0;
	struct span *command = words_of(&h->l->item, json_get(container, "command"), &n), *rest = words_of(&h->l->item, json_get(container, "args"), &more);
	struct span *all = arena_array(&h->l->item, n + more + 1, sizeof(*all));
	const char *name;

	memcpy(all, command, n * sizeof(*all));
	memcpy(all + n, rest, more * sizeof(*all));
	name = component_of(all, n + more);
	if (!name)
		return 0;
	if (component_thing(h, name, &c, e))
		return -1;
	c.seen = "manifest";
	c.version = node_image_version(json_text_at(container, "image"));
	h->l->items++;
	return node_settings_from_arguments(h->l, &c, all, n + more, e) || node_settings_from_environment(h->l, &c, json_get(container, "env"), e) ? -1 : 0;
}

static int load_manifests(struct host *h, struct err *e)
{
	JSON_EACH(m, json_get(h->doc, "manifests"))
		JSON_EACH(container, json_path(m, "pod.spec.containers"))
			if (load_container(h, container, e))
				return -1;
	return 0;
}

static int load_configs(struct host *h, struct err *e)
{
	uint32_t i = 0;

	JSON_EACH(f, json_get(h->doc, "configs"))
	{
		struct component c;
		const char *name = component_named(json_text_at(f, "component"));
		const struct json *content = json_get(f, "content");

		if (!name || !json_is(content, JSON_OBJECT)) {
			if (load_problem(h->l, arena_printf(&h->l->item, "/configs/%u", i++), e, "a configuration needs a known component and its content"))
				return -1;
			continue;
		}
		i++;
		h->l->items++;
		/* What the kubelet itself answers under /configz. */
		if (json_get(content, "kubeletconfig"))
			content = json_get(content, "kubeletconfig");
		if (component_thing(h, name, &c, e) || node_settings_from_document(h->l, &c, content, e))
			return -1;
	}
	return 0;
}

static int load_packages(struct host *h, struct err *e)
{
	const struct json *d = h->doc;
	struct inventory_texts t = {json_text_at(d, "osRelease"), json_text_at(d, "dpkg"), json_text_at(d, "apk"), json_get(d, "rpm")};

	if (db_int(h->l->db, 0, "SELECT count(*) FROM inventory WHERE thing = ?", "i", h->thing))
		return load_problem(h->l, NULL, e, "the packages of this host were loaded before; this list was left out");
	if (inventory_node(h->l, h->thing, &t, e))
		return -1;
	h->l->items += db_int(h->l->db, 0, "SELECT packages FROM inventory WHERE thing = ?", "i", h->thing);
	return 0;
}

static const struct {
	const char *kind;
	int (*load)(struct host *h, struct err *e);
} kinds[] = {
	{"node/os", load_os},
	{"node/files", load_files},
	{"node/certificates", load_certificates},
	{"node/processes", load_processes},
	{"node/manifests", load_manifests},
	{"node/config", load_configs},
	{"node/packages", load_packages},
};

static int load_kind_of(struct host *h, struct err *e)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(h->l->kind, kinds[i].kind) == 0)
			return kinds[i].load(h, e);
	return load_problem(h->l, NULL, e, "facts of nodes of an unknown kind: %s", h->l->kind);
}

static int put_cluster(struct load *l, struct span name, struct err *e)
{
	enum { NAME = 512 };
	char *out = arena_alloc(&l->item, NAME);

	engagement_cluster(l->db, arena_strndup(&l->item, name.p, name.n), out, NAME);
	l->cluster = out;
	return load_scope(l->db, "cluster", span_of(out), &l->scope, e);
}

static int load_host(struct load *l, const struct json *doc, struct span name, struct err *e)
{
	struct host h = {.l = l, .doc = doc, .name = name};
	struct thing_spec spec = {.kind = "node", .type = "node", .name = name};
	int64_t before = l->items;

	spec.ref = span_of(arena_printf(&l->item, "node:%s/%.*s", l->cluster, SPAN_ARG(name)));
	if (load_thing(l, &spec, &h.thing, NULL, e) || load_kind_of(&h, e))
		return -1;
	return load_kind(l, l->kind, l->items - before, e);
}

/* A host whose cluster nothing told waits until all nodes of clusters are known. */
static int wait_for_nodes(struct load *l, const struct json *doc, struct err *e)
{
	auto_buf b = BUF_INIT;

	if (db_exec(l->db, "CREATE TEMP TABLE IF NOT EXISTS node_waiting(id INTEGER PRIMARY KEY, evidence INTEGER, scope INTEGER, kind TEXT, doc TEXT)", e))
		return -1;
	json_write(&b, doc);
	l->items++;
	return db_run(l->db, e, "INSERT INTO node_waiting(evidence, scope, kind, doc) VALUES (?, ?, ?, ?)", "iist", l->evidence, l->scope, l->kind, buf_span(&b));
}

static int load_document(struct load *l, struct json *doc, struct err *e)
{
	struct span name = text_or(doc, "node", "hostname"), own = json_text_at(doc, "cluster");

	if (!name.n || name.n > HOST_NAME_MAX_BYTES)
		return load_problem(l, NULL, e, "facts of a node need its name: \"node\" or \"hostname\", of at most %d bytes", HOST_NAME_MAX_BYTES);
	if (l->redact)
		redact_document(l->redact, &l->item, doc);
	if (own.n && put_cluster(l, own, e))
		return -1;
	return own.n || strcmp(l->cluster, SITE_CLUSTER_UNKNOWN) != 0 ? load_host(l, doc, name, e) : wait_for_nodes(l, doc, e);
}

int load_node_facts(struct load *l, struct source *content, struct err *e)
{
	struct items *items = items_open(content, NULL);
	const char *cluster = l->cluster;
	struct item item;
	struct err why = {0};
	int rc, bad = 0;

	while (!bad && (rc = items_next(items, &l->item, &item, &why)) > 0) {
		if (rc == 2)
			bad = load_problem(l, item.pointer, e, "%s", why.msg);
		else
			bad = load_document(l, item.value, e);
		arena_reset(&l->item);
		l->cluster = cluster;
	}
	items_close(items);
	if (!bad && rc < 0)
		bad = load_problem(l, NULL, e, "%s", why.msg);
	return bad ? -1 : 0;
}

/* The cluster that lists a node of that name, when there is just one; else the site's only cluster, when its nodes were not collected. */
static const char whose[] =
	"SELECT cluster, name FROM (SELECT cluster, name FROM node WHERE lower(name) IN (lower(?1), lower(?2)) AND cluster IS NOT NULL) GROUP BY 1 = 1 HAVING count(*) = 1 "
	"UNION ALL SELECT name, NULL FROM (SELECT s.name FROM scope s WHERE s.kind = 'cluster' AND EXISTS (SELECT 1 FROM evidence_kind k WHERE k.scope = s.id "
	"AND k.kind GLOB 'kubernetes/*')) WHERE NOT EXISTS (SELECT 1 FROM node) GROUP BY 1 = 1 HAVING count(*) = 1 LIMIT 1";

static int place(struct load *l, const struct json *doc, struct err *e)
{
	struct span name = text_or(doc, "node", "hostname");
	sqlite3_stmt *s = db_stmt(l->db, whose);
	int rc;

	l->cluster = SITE_CLUSTER_UNKNOWN;
	db_bind(s, "tt", name, json_text_at(doc, "hostname"));
	rc = db_step(l->db, s, e);
	if (rc == 1) {
		l->cluster = arena_strndup(&l->item, db_text(s, 0).p, db_text(s, 0).n);
		if (db_text(s, 1).n)
			name = span_of(arena_strndup(&l->item, db_text(s, 1).p, db_text(s, 1).n));
	}
	sqlite3_reset(s);
	if (rc < 0 || load_scope(l->db, "cluster", span_of(l->cluster), &l->scope, e) || load_host(l, doc, name, e))
		return -1;
	return db_run(l->db, e,
		      "UPDATE evidence SET scope = ?2, items = items - 1 + ?3, state = CASE WHEN ?4 = 0 THEN state WHEN ?3 > 0 THEN 'partial' ELSE 'failed' END WHERE id = ?1",
		      "iiii", l->evidence, l->scope, l->items, l->problems);
}

int load_node_waiting(struct db *db, struct err *e)
{
	struct load l = {.db = db, .path = ""};
	auto_stmt *s = NULL;
	int rc;

	if (!db_int(db, 0, "SELECT count(*) FROM sqlite_temp_master WHERE name = 'node_waiting'", ""))
		return 0;
	if (db_prepare(db, "SELECT evidence, kind, doc FROM node_waiting ORDER BY id", &s, e))
		return -1;
	while ((rc = db_step(db, s, e)) == 1) {
		struct json *doc;

		l.evidence = sqlite3_column_int64(s, 0);
		l.kind = db_text(s, 1).p;
		l.items = l.problems = 0;
		rc = json_parse(&l.item, db_text(s, 2), &doc, e) || place(&l, doc, e) ? -1 : 0;
		arena_reset(&l.item);
		if (rc)
			break;
	}
	load_fini(&l);
	db_stmt_fini(&s);
	if (rc)
		return -1;
	/* The name that stood for "not told" goes with the last host that had it. */
	return db_exec(db,
		       "DROP TABLE temp.node_waiting; DELETE FROM scope WHERE kind = 'cluster' AND name = 'cluster' AND id NOT IN (SELECT scope FROM evidence_kind) "
		       "AND NOT EXISTS (SELECT 1 FROM thing t WHERE t.scope = scope.id) AND NOT EXISTS (SELECT 1 FROM evidence v WHERE v.scope = scope.id) "
		       "AND NOT EXISTS (SELECT 1 FROM expected x WHERE x.scope = scope.id)",
		       e);
}
