// SPDX-License-Identifier: Apache-2.0
// The engagement file's sections, each into its table. What they mean for namespaces, images and people is derive-engagement.c's.
#include "load-engagement.h"
#include "engagement-section.h"
#include "load-engagement-images.h"
#include "load-engagement-people.h"
#include "network-set.h"
#include "common/embed.h"
#include "common/limits.h"
#include "common/opts.h"
#include "common/text.h"
#include "common/yaml-read.h"

/* One key of the file: `each` for a list of mappings with `keys`, `whole` for all else. */
struct section {
	const char *key;
	const char *lone; /* the key that a plain text in the list stands for */
	int (*each)(void *ctx, const struct entry *n, struct err *e);
	int (*whole)(struct engagement_reader *r, const struct entry *n, struct err *e);
	const char *keys[10];
};

static const char *const domains[] = {"iam", "registry", "scanning", "content", "runtime", "data", NULL};
static const char *const grades[] = {"A", "B", "C", "D", "E", NULL};
static const char *const severities[] = {"critical", "high", "medium", "low", "info", NULL};

static int to_meta(struct engagement_reader *r, const struct entry *n, struct err *e)
{
	const char *key = n->section;
	struct entry plain = {n->file, "", n->v, n->line};
	struct span text;

	if (entry_text(&plain, key, false, &text, e))
		return -1;
	return text.p ? db_run(r->db, e, "INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", "st", key, text) : 0;
}

static int distribution(struct engagement_reader *r, const struct entry *n, struct err *e)
{
	struct entry plain = {n->file, "", n->v, n->line};
	auto_buf list = BUF_INIT;

	if (entry_list(&plain, n->section, &list, e))
		return -1;
	return db_run(r->db, e, "INSERT OR REPLACE INTO meta(key, value) VALUES ('distribution', ?)", "t", buf_span(&list));
}

static int system_entry(struct engagement_reader *r, const struct entry *n, bool in, struct err *e)
{
	static const char *const kinds[] = {"cluster", "aws", "azure", "gcp", "registry", "images", "ldap", "ci", NULL};
	static const char *const keys[] = {"system", "name", "reason", NULL};
	struct span kind, name, reason;

	if (entry_keys(n, keys, e) || entry_word(n, "system", true, kinds, &kind, e) || entry_text(n, "name", false, &name, e) ||
	    entry_text(n, "reason", false, &reason, e))
		return -1;
	if (!name.p)
		name = SPAN("*");
	if (db_run(r->db, e, "INSERT OR IGNORE INTO system_in_scope(kind, name, in_scope, reason) VALUES (?, ?, ?, ?)", "ttit", kind, name,
		   (int64_t)in, reason))
		return -1;
	return engagement_once(r, n, kind, e);
}

static int system_in(void *ctx, const struct entry *n, struct err *e)
{
	return system_entry(ctx, n, true, e);
}

static int system_out(void *ctx, const struct entry *n, struct err *e)
{
	return system_entry(ctx, n, false, e);
}

static int systems(struct engagement_reader *r, const struct entry *n, struct err *e)
{
	static const char *const keys[] = {"in", "out", NULL};
	struct entry s;

	if (engagement_mapping(n, keys, &s, e))
		return -1;
	return entry_each(&s, json_get(s.v, "in"), "system", system_in, r, e) || entry_each(&s, json_get(s.v, "out"), "system", system_out, r, e) ? -1 : 0;
}

static int cluster(void *ctx, const struct entry *n, struct err *e)
{
	struct engagement_reader *r = ctx;
	struct span was, name, environment;

	if (entry_text(n, "was", false, &was, e) || entry_text(n, "name", true, &name, e) || entry_text(n, "environment", false, &environment, e))
		return -1;
	if (memchr(name.p, '/', name.n))
		return entry_error(n, NULL, e, "a cluster's name holds no slash");
	if (!was.p)
		was = name;
	if (db_run(r->db, e, "INSERT OR IGNORE INTO cluster_name(was, name, environment) VALUES (?, ?, ?)", "ttt", was, name, environment))
		return -1;
	return engagement_once(r, n, was, e);
}

static int environment(void *ctx, const struct entry *n, struct err *e)
{
	struct engagement_reader *r = ctx;
	auto_buf selector = BUF_INIT;
	struct span name;
	bool production;

	if (entry_text(n, "name", true, &name, e))
		return -1;
	if (entry_bool(n, "production", span_ieq(name, "prod") || span_ieq(name, "production"), &production, e))
		return -1;
	buf_add_str(&selector, "{\"namespaces\":");
	if (entry_list(n, "namespaces", &selector, e))
		return -1;
	buf_add_str(&selector, ",\"clusters\":");
	if (entry_list(n, "clusters", &selector, e))
		return -1;
	buf_add_str(&selector, ",\"labels\":");
	if (entry_map(n, "labels", &selector, e))
		return -1;
	buf_add_char(&selector, '}');
	if (db_run(r->db, e, "INSERT OR IGNORE INTO environment(name, ordinal, production, selector) VALUES (?, ?, ?, ?)", "tiit", name, ++r->ordinal,
		   (int64_t)production, buf_span(&selector)))
		return -1;
	return engagement_once(r, n, name, e);
}

static int regulation(void *ctx, const struct entry *n, struct err *e)
{
	struct engagement_reader *r = ctx;
	struct span name;

	if (entry_text(n, "name", true, &name, e) || db_run(r->db, e, "INSERT OR IGNORE INTO regulation(name) VALUES (?)", "t", name))
		return -1;
	return engagement_once(r, n, name, e);
}

static int trusted_registry(void *ctx, const struct entry *n, struct err *e)
{
	struct engagement_reader *r = ctx;
	struct span pattern, purpose, host, rest;

	if (entry_text(n, "host", true, &pattern, e) || entry_text(n, "purpose", false, &purpose, e))
		return -1;
	rest = pattern;
	host = span_cut(&rest, '/');
	if (span_starts(pattern, "http://") || span_starts(pattern, "https://") || !host.n || span_eq(host, "*"))
		return entry_error(n, NULL, e, "'%.*s' is not a registry's host, or host/path", (int)(pattern.n > 128 ? 128 : pattern.n), pattern.p);
	while (pattern.n && pattern.p[pattern.n - 1] == '/')
		pattern.n--;
	if (db_run(r->db, e, "INSERT OR IGNORE INTO trusted_registry(pattern, purpose) VALUES (?, ?)", "tt", pattern, purpose))
		return -1;
	return engagement_once(r, n, pattern, e);
}

static int data_class(void *ctx, const struct entry *n, struct err *e)
{
	struct engagement_reader *r = ctx;
	auto_buf places = BUF_INIT;
	struct span name;
	int64_t rank = 3;

	if (entry_text(n, "name", true, &name, e) || entry_int(n, "rank", 1, 5, &rank, e) || entry_list(n, "places", &places, e))
		return -1;
	if (db_run(r->db, e, "INSERT OR IGNORE INTO data_class(name, rank, places) VALUES (?, ?, ?)", "tit", name, rank, buf_span(&places)))
		return -1;
	return engagement_once(r, n, name, e);
}

/* Where attackers start and what they must not get. */
static int path_place(struct engagement_reader *r, const struct entry *n, const char *side, struct err *e)
{
	struct span thing, title = SPAN_NONE;

	if (entry_text(n, "thing", true, &thing, e) || entry_text(n, "title", false, &title, e))
		return -1;
	return db_run(r->db, e, "INSERT OR IGNORE INTO path_place(side, pattern, title) VALUES (?, ?, ?)", "stt", side, thing, title);
}

static int entry_place(void *ctx, const struct entry *n, struct err *e)
{
	return path_place(ctx, n, "entry", e);
}

static int jewel_place(void *ctx, const struct entry *n, struct err *e)
{
	return path_place(ctx, n, "jewel", e);
}

static int prices(struct engagement_reader *r, const struct entry *n, struct err *e)
{
	static const char *const keys[] = {"currency", "cpu-core-month", "memory-gib-month", "storage-gib-month", NULL};
	struct span currency;
	struct entry p;

	if (engagement_mapping(n, keys, &p, e))
		return -1;
	if (!p.v)
		return 0;
	if (entry_text(&p, "currency", true, &currency, e))
		return -1;
	for (size_t i = 1; keys[i]; i++) {
		const struct json *v = json_get(p.v, keys[i]);
		double amount = json_is(v, JSON_NUMBER) ? strtod(v->text, NULL) : -1;

		if (!v)
			continue;
		if (!(amount >= 0 && amount < 1e9))
			return entry_error(&p, v, e, "'%s' must be an amount of money", keys[i]);
		if (db_run(r->db, e, "INSERT INTO price(item, amount, currency) VALUES (?, ?, ?)", "sdt", keys[i], amount, currency))
			return -1;
	}
	return 0;
}

/* A domain's target: a grade alone, or {grade, score}. */
static int target(struct engagement_reader *r, const struct entry *n, const struct json_member *m, struct err *e)
{
	static const char *const keys[] = {"grade", "score", NULL};
	struct json_member only = {.value = m->value};
	struct json wrapped = {.type = JSON_OBJECT, .line = m->key.line, .n = 1, .members = &only};
	struct entry t = {n->file, n->section, &m->value, m->key.line};
	struct span grade;
	int64_t score = -1;

	if (json_scalar(&m->value).p) {
		only.key = (struct json){.type = JSON_STRING, .n = 5, .text = "grade"};
		t.v = &wrapped;
	} else if (m->value.type != JSON_OBJECT) {
		return entry_error(&t, &m->key, e, "a grade from A to E was expected");
	}
	if (entry_keys(&t, keys, e) || entry_word(&t, "grade", false, grades, &grade, e) || entry_int(&t, "score", 0, 100, &score, e))
		return -1;
	return db_run(r->db, e, "INSERT INTO target(domain, grade, score) VALUES (?, ?, nullif(?, -1))", "tti", json_str(&m->key), grade, score);
}

static int targets(struct engagement_reader *r, const struct entry *n, struct err *e)
{
	struct entry t;

	if (engagement_mapping(n, domains, &t, e))
		return -1;
	JSON_MEMBERS(m, t.v)
	{
		if (target(r, &t, m, e))
			return -1;
	}
	return 0;
}

static int exception(void *ctx, const struct entry *n, struct err *e)
{
	struct engagement_reader *r = ctx;
	struct span check, subject, reason, approver;
	int64_t expires;

	if (entry_text(n, "check", true, &check, e) || entry_text(n, "subject", true, &subject, e) || entry_text(n, "reason", true, &reason, e) ||
	    entry_text(n, "approver", false, &approver, e) || entry_time(n, "expires", &expires, e))
		return -1;
	return db_run(r->db, e, "INSERT INTO exception(check_id, subject, reason, approver, expires) VALUES (?, ?, ?, ?, ?)", "ttttr", check, subject, reason,
		      approver, expires);
}

/* The identifier of a question that is close to `word`, in `near`; "" when none is. */
static void nearest_question(struct engagement_reader *r, struct span word, char *near, size_t cap)
{
	sqlite3_stmt *q = db_stmt(r->db, "SELECT id FROM question ORDER BY id");
	size_t least = 6;
	char text[65];

	near[0] = 0;
	if (word.n >= sizeof(text))
		return;
	memcpy(text, word.p, word.n);
	text[word.n] = 0;
	while (db_step(r->db, q, NULL) == 1) {
		const char *id = (const char *)sqlite3_column_text(q, 0);
		size_t d = opts_distance(text, id, 5);

		if (d < least) {
			least = d;
			snprintf(near, cap, "%s", id);
		}
	}
	sqlite3_reset(q);
}

static int answers(struct engagement_reader *r, const struct entry *n, struct err *e)
{
	struct entry a;

	if (engagement_mapping(n, NULL, &a, e))
		return -1;
	JSON_MEMBERS(m, a.v)
	{
		struct span id = json_str(&m->key), text = json_scalar(&m->value);
		char near[96];

		if (m->value.type == JSON_NULL)
			continue;
		if (json_bool(&m->value) >= 0)
			text = m->value.type == JSON_TRUE ? SPAN("yes") : SPAN("no");
		if (!text.p)
			return entry_error(&a, &m->key, e, "the answer to '%.*s' must be text", (int)(id.n > 64 ? 64 : id.n), id.p);
		if (db_run(r->db, e, "UPDATE question SET answer = ? WHERE id = ?", "tt", text, id))
			return -1;
		if (sqlite3_changes(r->db->h))
			continue;
		nearest_question(r, id, near, sizeof(near));
		return entry_error(&a, &m->key, e, "no question '%.*s'%s%s%s", (int)(id.n > 64 ? 64 : id.n), id.p, near[0] ? " (did you mean '" : "", near,
				   near[0] ? "'?)" : "");
	}
	return 0;
}

/* Where traffic from outside is looked at. What a point covers: any of its lists suffices. */
static int inspection_point(void *ctx, const struct entry *n, struct err *e)
{
	static const char *const kinds[] = {"firewall", "ids", "ips", "waf", NULL}, *const keys[] = {"name", "kind", "decrypts", "covers", NULL};
	static const char *const lists[] = {"addresses", "networks", "load_balancers", "ingress_classes", "namespaces", NULL};
	struct engagement_reader *r = ctx;
	struct entry inner = {n->file, "covers", n->v, n->line}, covers;
	auto_buf json = BUF_INIT;
	struct span name, kind;
	bool decrypts;

	if (entry_keys(n, keys, e) || entry_text(n, "name", true, &name, e) || entry_word(n, "kind", true, kinds, &kind, e) || entry_bool(n, "decrypts", false, &decrypts, e) ||
	    engagement_mapping(&inner, lists, &covers, e))
		return -1;
	if (!json_count(covers.v))
		return entry_error(n, NULL, e, "'covers' is needed, with any of addresses, networks, load_balancers, ingress_classes, namespaces");
	for (size_t i = 0; lists[i]; i++) {
		buf_printf(&json, "%s\"%s\":", i ? "," : "{", lists[i]);
		if (entry_list(&covers, lists[i], &json, e))
			return -1;
	}
	buf_add_char(&json, '}');
	JSON_EACH(network, json_get(covers.v, "networks"))
	{
		auto_arena a = ARENA_INIT;
		struct err why = {0};
		struct set unused;

		if (cidr_parse(&a, json_str(network), &unused, &why))
			return entry_error(&covers, network, e, "networks: %s", why.msg);
	}
	if (db_run(r->db, e, "INSERT OR IGNORE INTO inspection_point(name, ordinal, kind, decrypts, covers) VALUES (?, ?, ?, ?, ?)", "titbt", name, ++r->ordinal, kind,
		   json_get(n->v, "decrypts") ? decrypts : -1, buf_span(&json)))
		return -1;
	return engagement_once(r, n, name, e);
}

/* An empty list is an answer too: there is none. */
static int inspection_points(struct engagement_reader *r, const struct entry *n, struct err *e)
{
	const struct json *v = json_get(r->root, n->section);

	if (json_is(v, JSON_ARRAY) && db_run(r->db, e, "INSERT OR REPLACE INTO meta(key, value) VALUES ('inspection-points', '1')", ""))
		return -1;
	return entry_each(n, v, NULL, inspection_point, r, e);
}

static int check_off(void *ctx, const struct entry *n, struct err *e)
{
	static const char *const keys[] = {"check", "reason", NULL};
	struct engagement_reader *r = ctx;
	struct span check, reason;

	if (entry_keys(n, keys, e) || entry_text(n, "check", true, &check, e) || entry_text(n, "reason", false, &reason, e))
		return -1;
	return db_run(r->db, e, "INSERT INTO check_change(check_id, reason) VALUES (?, ?)", "tt", check, reason);
}

static int check_severity(void *ctx, const struct entry *n, struct err *e)
{
	static const char *const keys[] = {"check", "severity", "environment", "cluster", "namespace", "reason", NULL};
	struct engagement_reader *r = ctx;
	struct span check, severity, env, where, namespace, reason;

	if (entry_keys(n, keys, e) || entry_text(n, "check", true, &check, e) || entry_word(n, "severity", true, severities, &severity, e) ||
	    entry_text(n, "environment", false, &env, e) || entry_text(n, "cluster", false, &where, e) ||
	    entry_text(n, "namespace", false, &namespace, e) || entry_text(n, "reason", false, &reason, e))
		return -1;
	return db_run(r->db, e, "INSERT INTO check_change(check_id, severity, environment, cluster, namespace, reason) VALUES (?, ?, ?, ?, ?, ?)", "tttttt",
		      check, severity, env, where, namespace, reason);
}

static int checks(struct engagement_reader *r, const struct entry *n, struct err *e)
{
	static const char *const keys[] = {"off", "severity", NULL};
	struct entry c;

	if (engagement_mapping(n, keys, &c, e))
		return -1;
	return entry_each(&c, json_get(c.v, "off"), "check", check_off, r, e) || entry_each(&c, json_get(c.v, "severity"), NULL, check_severity, r, e) ? -1 : 0;
}

static const struct section sections[] = {
	{.key = "customer", .whole = to_meta},
	{.key = "period", .whole = to_meta},
	{.key = "classification", .whole = to_meta},
	{.key = "distribution", .whole = distribution},
	{.key = "systems", .whole = systems},
	{.key = "clusters", .each = cluster, .keys = {"was", "name", "environment"}},
	{.key = "environments", .lone = "name", .each = environment, .keys = {"name", "production", "namespaces", "clusters", "labels"}},
	{.key = "regulations", .lone = "name", .each = regulation, .keys = {"name"}},
	{.key = "trusted_registries", .lone = "host", .each = trusted_registry, .keys = {"host", "purpose"}},
	{.key = "approved_images", .lone = "image", .each = engagement_approved_image, .keys = {"image", "environment", "kind", "layers"}},
	{.key = "known_bases", .each = engagement_known_base, .keys = {"image", "layers"}},
	{.key = "approved_middleware", .lone = "name", .each = engagement_approved_middleware, .keys = {"name", "versions"}},
	{.key = "content_owners", .each = engagement_content_owner, .keys = {"class", "owner", "packages", "images"}},
	{.key = "licences", .whole = engagement_licences},
	{.key = "teams", .each = engagement_team, .keys = {"name", "contact", "namespaces", "labels", "images"}},
	{.key = "data_classes", .each = data_class, .keys = {"name", "rank", "places"}},
	{.key = "entries", .lone = "thing", .each = entry_place, .keys = {"thing", "title"}},
	{.key = "jewels", .lone = "thing", .each = jewel_place, .keys = {"thing", "title"}},
	{.key = "job_roles", .each = engagement_job_role, .keys = {"name", "purpose", "access"}},
	{.key = "people", .each = engagement_person, .keys = {"name", "job_role", "email", "accounts", "groups"}},
	{.key = "separation_of_duties", .each = engagement_duty, .keys = {"name", "one", "other", "except", "reason"}},
	{.key = "inspection_points", .whole = inspection_points},
	{.key = "prices", .whole = prices},
	{.key = "targets", .whole = targets},
	{.key = "exceptions", .each = exception, .keys = {"check", "subject", "reason", "approver", "expires"}},
	{.key = "answers", .whole = answers},
	{.key = "checks", .whole = checks},
};
enum { SECTIONS = sizeof(sections) / sizeof(sections[0]) };

struct listed {
	struct engagement_reader *reader;
	const struct section *section;
};

static int listed_entry(void *ctx, const struct entry *n, struct err *e)
{
	struct listed *l = ctx;

	return entry_keys(n, l->section->keys, e) || l->section->each(l->reader, n, e) ? -1 : 0;
}

static int read_section(struct engagement_reader *r, const struct section *s, const char *file, struct err *e)
{
	const struct json *v = json_get(r->root, s->key);
	struct entry n = {file, s->key, r->root, v ? v->line : 1};
	struct listed l = {r, s};

	r->ordinal = 0;
	return s->whole ? s->whole(r, &n, e) : entry_each(&n, v, s->lone, listed_entry, &l, e);
}

/* Roles that people name must be there, and so must environments that clusters and changes name. NULL is not in an empty list, so it is asked for. */
static int names_are_known(struct engagement_reader *r, const char *file, struct err *e)
{
	static const char *const lookups[] = {
		"SELECT 'people', 'job role', job_role FROM person WHERE job_role IS NOT NULL AND job_role NOT IN (SELECT name FROM job_role)",
		"SELECT 'clusters', 'environment', environment FROM cluster_name WHERE environment IS NOT NULL AND environment NOT IN (SELECT name FROM environment)",
		"SELECT 'approved_images', 'environment', environment FROM approved_image WHERE environment IS NOT NULL AND environment != '*' AND environment NOT IN (SELECT name FROM environment)",
	};

	for (size_t i = 0; i < sizeof(lookups) / sizeof(lookups[0]); i++) {
		auto_stmt *q = NULL;

		if (db_prepare(r->db, lookups[i], &q, e))
			return -1;
		if (db_step(r->db, q, e) == 1)
			return err_set(e, ERR_USAGE, "%s: %s: no %s is called '%s'", file, (const char *)sqlite3_column_text(q, 0),
				       (const char *)sqlite3_column_text(q, 1), (const char *)sqlite3_column_text(q, 2));
	}
	return 0;
}

int engagement_load_text(struct db *db, const char *name, struct span text, struct err *e)
{
	auto_arena a = ARENA_INIT;
	const char *keys[SECTIONS + 1] = {NULL};
	struct engagement_reader r = {.db = db};
	struct entry top = {name, "", NULL, 1};
	struct json *root;
	struct err why = {0};

	if (yaml_parse(&a, text, &root, &why))
		return err_set(e, ERR_USAGE, "%s: %s", top.file, why.msg);
	if (root->type == JSON_NULL)
		return 0;
	if (root->type != JSON_OBJECT)
		return entry_error(&top, root, e, "an engagement file is a mapping of keys such as customer and environments");
	r.root = top.v = root;
	for (size_t i = 0; i < SECTIONS; i++)
		keys[i] = sections[i].key;
	if (entry_keys(&top, keys, e))
		return -1;
	for (size_t i = 0; i < SECTIONS; i++)
		if (read_section(&r, &sections[i], top.file, e))
			return -1;
	return names_are_known(&r, top.file, e);
}

/* analyze/questions.yaml: {section: {id: text}}. */
static int load_questions(struct db *db, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct json *all;
	int64_t ordinal = 0;

	if (yaml_parse(&a, embed_find("analyze/questions.yaml"), &all, e))
		return err_wrap(e, "analyze/questions.yaml");
	JSON_MEMBERS(section, all)
	{
		JSON_MEMBERS(q, &section->value)
		{
			if (db_run(db, e, "INSERT INTO question(id, section, text, ordinal) VALUES (? || '.' || ?, ?, ?, ?)", "tttti", json_str(&section->key),
				   json_str(&q->key), json_str(&section->key), json_str(&q->value), ordinal++))
				return -1;
		}
	}
	return 0;
}

int engagement_load(struct db *db, const char *path, struct err *e)
{
	auto_buf text = BUF_INIT;
	struct source s;
	int rc;

	if (load_questions(db, e))
		return -1;
	if (!path)
		return 0;
	if (source_from_file(&s, path, e))
		return -1;
	rc = source_slurp(&s, &text, LIMIT_ENGAGEMENT_BYTES, e);
	source_close(&s);
	return rc ? -1 : engagement_load_text(db, path, buf_span(&text), e);
}

void engagement_cluster(struct db *db, const char *was, char *out, size_t cap)
{
	sqlite3_stmt *q = db_stmt(db, "SELECT name FROM cluster_name WHERE was = ?1 OR (length(?1) = 8 AND substr(was, 1, 8) = ?1) ORDER BY was = ?1 DESC, was LIMIT 1");

	db_bind(q, "s", was);
	if (db_step(db, q, NULL) == 1)
		was = (const char *)sqlite3_column_text(q, 0);
	snprintf(out, cap, "%s", was);
	sqlite3_reset(q);
}
