// SPDX-License-Identifier: Apache-2.0
// Selects findings and hands them to a writer one by one. How they look is the writers' business.
#include "findings.h"
#include "common/hash.h"
#include "common/json-fast.h"
#include "common/text.h"

static const struct findings_form *const forms[] = {&findings_table, &findings_json, &findings_csv, &findings_sarif, &findings_junit};

/* Findings of one group that are held while they are sorted: 700 bytes each. */
enum { HELD_MAX = 20000 };

static const char severities[] = "critical high medium low info", verdicts[] = "fail manual not-assessed error",
		  domains[] = "iam registry scanning content runtime data";

const struct findings_form *findings_form_find(const char *name, struct err *e)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(name, forms[i]->name) == 0)
			return forms[i];
	err_set(e, ERR_USAGE, "findings: --format is table, json, csv, sarif or junit, not '%s'", name);
	return NULL;
}

void findings_filter_fini(struct findings_filter *f)
{
	struct opt_list *const lists[] = {&f->severities, &f->verdicts, &f->domains, &f->checks, &f->clusters, &f->namespaces};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		opts_fini(lists[i]);
}

static bool is_one_of(struct span word, const char *words)
{
	struct span rest = span_of(words);

	while (rest.p)
		if (span_is(span_cut(&rest, ' '), word))
			return true;
	return false;
}

/* A filter's words as a JSON array for a bound parameter; "" when there are none. `known`: the words there are; NULL: patterns. */
static int list_bind(struct buf *b, const struct opt_list *l, const char *option, const char *known, struct err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct span rest = span_of(l->at[i]);

		while (rest.p) {
			struct span word = span_cut(&rest, ',');
			auto_buf pattern = BUF_INIT;

			if (known && !is_one_of(word, known))
				return err_set(e, ERR_USAGE, "findings: --%s is one of: %s; not '%.*s'", option, known, SPAN_ARG(word));
			for (size_t k = 0; k < word.n; k++) /* only * is special */
				buf_printf(&pattern, word.p[k] == '[' || word.p[k] == '?' ? "[%c]" : "%c", word.p[k]);
			buf_add_char(b, b->n ? ',' : '[');
			text_add_json(b, buf_span(&pattern));
		}
	}
	if (b->n)
		buf_add_char(b, ']');
	return 0;
}

enum { LISTS = 6 };
struct bound {
	struct buf at[LISTS];
};

static void bound_fini(struct bound *b)
{
	for (int i = 0; i < LISTS; i++)
		buf_fini(&b->at[i]);
}

static int bound_make(struct bound *b, const struct findings_filter *f, struct err *e)
{
	return list_bind(&b->at[0], &f->severities, "severity", severities, e) || list_bind(&b->at[1], &f->verdicts, "verdict", verdicts, e) ||
			       list_bind(&b->at[2], &f->domains, "domain", domains, e) || list_bind(&b->at[3], &f->checks, "check", NULL, e) ||
			       list_bind(&b->at[4], &f->clusters, "cluster", NULL, e) || list_bind(&b->at[5], &f->namespaces, "namespace", NULL, e)
		       ? -1
		       : 0;
}

static void bound_set(sqlite3_stmt *s, const struct bound *b, bool open)
{
	sqlite3_clear_bindings(s);
	for (int i = 0; i < LISTS; i++)
		if (b->at[i].n)
			sqlite3_bind_text(s, i + 1, b->at[i].p, (int)b->at[i].n, SQLITE_STATIC);
	sqlite3_bind_int(s, LISTS + 1, open);
}

#define PLACE \
	"(?3 IS NULL OR f.domain IN (SELECT value FROM json_each(?3))) AND " \
	"(?4 IS NULL OR EXISTS (SELECT 1 FROM json_each(?4) WHERE f.check_id GLOB value)) AND " \
	"(?5 IS NULL OR EXISTS (SELECT 1 FROM json_each(?5) WHERE f.cluster GLOB value)) AND " \
	"(?6 IS NULL OR EXISTS (SELECT 1 FROM json_each(?6) WHERE f.namespace GLOB value)) "
#define SELECTED \
	"(?1 IS NULL OR f.severity IN (SELECT value FROM json_each(?1))) AND (?2 IS NULL OR f.verdict IN (SELECT value FROM json_each(?2))) AND " PLACE \
	"AND (NOT ?7 OR f.accepted IS NULL) "
#define RANK(column) "CASE " column " WHEN 'critical' THEN 5 WHEN 'high' THEN 4 WHEN 'medium' THEN 3 WHEN 'low' THEN 2 ELSE 1 END"
#define CLASS(column) "CASE " column " WHEN 'fail' THEN 1 WHEN 'error' THEN 2 WHEN 'manual' THEN 3 ELSE 4 END"
/* Of one check, or of one verdict and severity of it. */
#define READ(from) \
	"SELECT f.check_id, f.id, f.verdict, f.severity, f.domain, f.subject, f.cluster, f.namespace, coalesce(t.type, s.kind), coalesce(t.name, s.name, f.subject), " \
	"f.detail, f.owner, f.owner_why, f.facts, f.missing, e.path, t.pointer, e.sha256, x.reason, x.approver, x.expires FROM " from \
	"LEFT JOIN thing t ON t.id = f.thing LEFT JOIN evidence e ON e.id = t.evidence LEFT JOIN scope s ON s.id = f.scope AND f.thing IS NULL " \
	"LEFT JOIN exception x ON x.id = f.accepted "
#define WHERE_GROUP "WHERE f.check_id = ?9 AND (?10 IS NULL OR f.verdict = ?10) AND (?11 IS NULL OR f.severity = ?11) AND " SELECTED
/* In their order, keys are sorted alone, then each row is looked up: rows are wide. LIMIT keeps SQLite from joining the two. */
static const char read_as_stored[] = READ("finding f ") WHERE_GROUP,
		  read_in_order[] = READ("(SELECT f.rowid AS row FROM finding f " WHERE_GROUP "ORDER BY f.cluster, f.namespace, f.subject, f.id LIMIT ?8) o CROSS JOIN finding f ON f.rowid = o.row ");

static const char *copy(struct arena *a, sqlite3_stmt *s, int i)
{
	struct span t = db_text(s, i);

	return arena_strndup(a, t.p ? t.p : "", t.n);
}

static int read_checks(struct findings *f, struct err *e)
{
	sqlite3_stmt *s = db_stmt(f->db, "SELECT c.id, c.title, c.severity, c.domain, c.why, c.fix, c.effort, c.refs, coalesce(k.controls, '[]') FROM \"check\" c "
					 "LEFT JOIN (SELECT check_id, json_group_array(framework || ':' || control) AS controls FROM "
					 "(SELECT k.check_id, k.framework, k.control FROM control_check k JOIN control c ON c.framework = k.framework AND c.id = k.control "
					 "ORDER BY k.framework, c.ordinal LIMIT -1) GROUP BY check_id) k ON k.check_id = c.id ORDER BY c.id");
	size_t most = (size_t)db_int(f->db, 0, "SELECT count(*) FROM \"check\"", "");
	int rc = 0;

	f->checks = arena_array(&f->arena, most + 1, sizeof(*f->checks));
	while (f->checks_n < most && (rc = db_step(f->db, s, e)) == 1) {
		struct findings_check *c = &f->checks[f->checks_n++];

		*c = (struct findings_check){.id = copy(&f->arena, s, 0), .title = copy(&f->arena, s, 1), .severity = copy(&f->arena, s, 2),
					     .domain = copy(&f->arena, s, 3), .why = copy(&f->arena, s, 4), .fix = copy(&f->arena, s, 5),
					     .effort = copy(&f->arena, s, 6), .refs = copy(&f->arena, s, 7), .controls = span_of(copy(&f->arena, s, 8))};
	}
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

static int by_id(const void *key, const void *row)
{
	return span_cmp(*(const struct span *)key, span_of(((const struct findings_check *)row)->id));
}

struct findings_check *findings_check_find(const struct findings *f, struct span id)
{
	return bsearch(&id, f->checks, f->checks_n, sizeof(*f->checks), by_id);
}

/* How many findings of each check are selected: what JUnit says before it lists them, and what a limit leaves out. The groups in which they are read are kept. */
static int count_selected(struct findings *f, const struct bound *b, uint64_t *all, struct err *e)
{
	sqlite3_stmt *s = db_stmt(f->db, "SELECT f.check_id, f.verdict, f.severity, count(*), sum(f.accepted IS NULL), " CLASS("f.verdict") ", " RANK("f.severity") " FROM finding f "
					 "WHERE " SELECTED "GROUP BY f.check_id, f.verdict, f.severity");
	size_t cap = 0;
	int rc;

	*all = 0;
	bound_set(s, b, f->filter->open);
	while ((rc = db_step(f->db, s, e)) == 1) {
		struct findings_group *g = f->groups = arena_room(&f->arena, f->groups, f->groups_n, &cap, sizeof(*g));
		struct findings_check *c = findings_check_find(f, db_text(s, 0));
		int64_t n = sqlite3_column_int64(s, 3);

		g += f->groups_n++;
		*g = (struct findings_group){copy(&f->arena, s, 0), copy(&f->arena, s, 1), copy(&f->arena, s, 2), sqlite3_column_int(s, 5), sqlite3_column_int(s, 6), n};
		*all += (uint64_t)n;
		if (!c)
			continue;
		if (strcmp(g->verdict, "error") == 0)
			c->errors += n;
		else if (strcmp(g->verdict, "fail") == 0)
			c->failed += sqlite3_column_int64(s, 4);
		c->skipped += n;
	}
	sqlite3_reset(s);
	for (size_t i = 0; i < f->checks_n; i++)
		f->checks[i].skipped -= f->checks[i].failed + f->checks[i].errors;
	return rc;
}

static int by_worst(const void *x, const void *y)
{
	const struct findings_group *a = x, *b = y;
	int check = strcmp(a->check, b->check);

	if (a->class != b->class)
		return a->class - b->class;
	return a->rank != b->rank ? b->rank - a->rank : check;
}

static int by_check(const void *x, const void *y)
{
	return strcmp(((const struct findings_group *)x)->check, ((const struct findings_group *)y)->check);
}

/* Verdicts of all kinds in the places that are selected: passes are counted, not listed. */
static int count_passes(struct findings *f, const struct bound *b, struct err *e)
{
	sqlite3_stmt *s = db_stmt(f->db, "SELECT f.check_id, sum(f.count) FROM (SELECT t.check_id, c.domain, CASE s.kind WHEN 'cluster' THEN s.name END AS cluster, t.namespace, t.count "
					 "FROM tally t JOIN \"check\" c ON c.id = t.check_id LEFT JOIN scope s ON s.id = t.scope WHERE t.verdict = 'pass') f WHERE " PLACE
					 "GROUP BY f.check_id");
	int rc;

	bound_set(s, b, f->filter->open);
	while ((rc = db_step(f->db, s, e)) == 1) {
		struct findings_check *c = findings_check_find(f, db_text(s, 0));

		if (c)
			c->passed = sqlite3_column_int64(s, 1);
	}
	sqlite3_reset(s);
	return rc;
}

/* What stands in a database that somebody else wrote need not be JSON. */
static struct span json_or(struct findings *f, struct span text, struct span fallback)
{
	if (span_is(text, fallback))
		return text;
	arena_reset(&f->parsed);
	if (text.n && json_fast(&f->tree, &f->parsed, text) == text.n)
		return text;
	return db_int(f->db, 0, "SELECT json_valid(?)", "t", text) ? text : fallback;
}

enum { TEXTS = 19 };
/* Where they are, in the order of the columns. */
static void texts_of(struct finding *r, struct span *at[TEXTS])
{
	struct span *const all[TEXTS] = {&r->id, &r->verdict, &r->severity, &r->domain, &r->subject, &r->cluster, &r->namespace, &r->kind, &r->name, &r->detail, &r->owner, &r->owner_why,
					 &r->facts, &r->missing, &r->member, &r->pointer, &r->sha256, &r->accepted, &r->approver};

	memcpy(at, all, sizeof(all));
}

static int read_row(struct findings *f, sqlite3_stmt *s, struct finding *r, struct err *e)
{
	struct span *at[TEXTS];

	r->check = findings_check_find(f, db_text(s, 0));
	if (!r->check)
		return err_set(e, ERR_INPUT, "%s: a finding of a check that is not there: %.*s", f->db->path, SPAN_ARG(db_text(s, 0)));
	texts_of(r, at);
	for (size_t i = 0; i < TEXTS; i++)
		*at[i] = db_text(s, (int)i + 1);
	r->expires = sqlite3_column_int64(s, 20);
	return 0;
}

static int write_row(struct findings *f, struct finding *r, struct err *e)
{
	r->facts = json_or(f, r->facts, SPAN("{}"));
	r->missing = json_or(f, r->missing, SPAN("[]"));
	f->form->row(f, r);
	f->count++;
	return out_flow(f->out, e);
}

static struct finding *hold(struct findings *f, const struct finding *r)
{
	struct finding *held = arena_alloc(&f->held, sizeof(*held));
	struct span *at[TEXTS];

	*held = *r;
	texts_of(held, at);
	for (size_t i = 0; i < TEXTS; i++)
		if (at[i]->p)
			at[i]->p = arena_strndup(&f->held, at[i]->p, at[i]->n);
	return held;
}

/* Absent comes first, as in SQL. */
static int text_cmp(struct span a, struct span b)
{
	return a.p && b.p ? span_cmp(a, b) : (a.p != NULL) - (b.p != NULL);
}

static int by_place(const void *x, const void *y)
{
	const struct finding *a = *(struct finding *const *)x, *b = *(struct finding *const *)y;
	int rc = text_cmp(a->cluster, b->cluster);

	rc = rc ? rc : text_cmp(a->namespace, b->namespace);
	rc = rc ? rc : text_cmp(a->subject, b->subject);
	return rc ? rc : text_cmp(a->id, b->id);
}

static bool is_full(const struct findings *f)
{
	return f->filter->limit > 0 && f->count >= (uint64_t)f->filter->limit;
}

static int step_row(struct findings *f, sqlite3_stmt *s, struct finding *r, struct err *e)
{
	int rc = db_step(f->db, s, e);

	return rc == 1 && read_row(f, s, r, e) ? -1 : rc;
}

/* A group that memory holds is sorted there, which costs half. */
static int write_sorted(struct findings *f, sqlite3_stmt *s, size_t n, struct err *e)
{
	struct finding row, **rows;
	size_t got = 0;
	int rc;

	arena_reset(&f->held);
	rows = arena_array(&f->held, n, sizeof(struct finding *));
	while (got < n && (rc = step_row(f, s, &row, e)) == 1)
		rows[got++] = hold(f, &row);
	if (got < n)
		return rc < 0 ? -1 : err_set(e, ERR_INPUT, "%s: changed while it was read", f->db->path);
	qsort(rows, got, sizeof(*rows), by_place);
	for (size_t i = 0; i < got && !is_full(f); i++)
		if (write_row(f, rows[i], e))
			return -1;
	return 0;
}

static int write_group(struct findings *f, const struct findings_group *g, const struct bound *b, struct err *e)
{
	bool held = !f->form->by_check && g->n <= HELD_MAX;
	sqlite3_stmt *s = db_stmt(f->db, held ? read_as_stored : read_in_order);
	struct finding row;
	int rc;

	bound_set(s, b, f->filter->open);
	if (!held)
		sqlite3_bind_int64(s, 8, f->filter->limit > 0 ? f->filter->limit - (int64_t)f->count : -1);
	sqlite3_bind_text(s, 9, g->check, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 10, f->form->by_check ? NULL : g->verdict, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 11, f->form->by_check ? NULL : g->severity, -1, SQLITE_STATIC);
	if (held) {
		rc = write_sorted(f, s, (size_t)g->n, e);
	} else {
		while ((rc = step_row(f, s, &row, e)) == 1)
			if ((rc = write_row(f, &row, e)))
				break;
	}
	sqlite3_reset(s);
	return rc;
}

/* Group by group, so that no more than one of them is sorted. */
static int write_rows(struct findings *f, const struct bound *b, struct err *e)
{
	if (f->groups_n)
		qsort(f->groups, f->groups_n, sizeof(*f->groups), f->form->by_check ? by_check : by_worst);
	for (size_t i = 0; i < f->groups_n && !is_full(f); i++) {
		if (f->form->by_check && i && by_check(&f->groups[i - 1], &f->groups[i]) == 0)
			continue;
		if (write_group(f, &f->groups[i], b, e))
			return -1;
	}
	return 0;
}

int findings_write(struct db *db, const struct findings_form *form, const struct findings_filter *filter, const char *colour, struct out *out, uint64_t *left,
		   struct err *e)
{
	struct findings f = {.db = db, .out = out, .form = form, .filter = filter, .colour = colour};
	struct bound b = {0};
	uint64_t all = 0;
	int rc = bound_make(&b, filter, e) || read_checks(&f, e) || count_selected(&f, &b, &all, e) || (form->by_check && count_passes(&f, &b, e)) ? -1 : 0;

	if (filter->limit > 0 && all > (uint64_t)filter->limit)
		f.left = all - (uint64_t)filter->limit;
	if (left)
		*left = f.left;
	if (rc == 0)
		rc = form->begin(&f, e) || write_rows(&f, &b, e) || form->end(&f, e) ? -1 : 0;
	bound_fini(&b);
	tabular_fini(&f.rows);
	tree_fini(&f.tree);
	arena_fini(&f.parsed);
	arena_fini(&f.held);
	arena_fini(&f.arena);
	return rc;
}

int findings_file(struct db *db, const struct findings_form *form, const char *path, char hex[HASH_HEX], struct err *e)
{
	static const struct findings_filter all;
	auto_out out = OUT_INIT;
	struct hash sum;
	int rc;

	if (out_open(&out, path, e))
		return -1;
	hash_init(&sum);
	out.sum = &sum;
	rc = findings_write(db, form, &all, "never", &out, NULL, e) || out_commit(&out, e) ? -1 : 0;
	if (rc == 0 && hex)
		hash_hex(&sum, hex);
	else
		hash_fini(&sum);
	return rc;
}

int findings_severity(const char *severity, struct err *e)
{
	if (is_one_of(span_of(severity), severities))
		return 0;
	return err_set(e, ERR_USAGE, "--fail-on is one of: %s; not '%s'", severities, severity);
}

int64_t findings_open(struct db *db, const char *severity, const struct findings_filter *filter, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT count(*) FROM finding f WHERE f.verdict = 'fail' AND f.accepted IS NULL AND " RANK("f.severity") " >= " RANK("?9") " AND " PLACE);
	struct bound b = {0};
	int64_t n = -1;

	if (findings_severity(severity, e) == 0 && bound_make(&b, filter, e) == 0) {
		bound_set(s, &b, false);
		sqlite3_bind_text(s, 9, severity, -1, SQLITE_STATIC);
		n = db_step(db, s, e) == 1 ? sqlite3_column_int64(s, 0) : -1;
	}
	sqlite3_reset(s);
	bound_fini(&b);
	return n;
}
