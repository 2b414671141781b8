// SPDX-License-Identifier: Apache-2.0
// The credential report (CSV, or the JSON around it), password policy and account summary of an AWS account. Users' rights
// are load-aws.c's.
#include "common/limits.h"
#include "common/redact-evidence.h"
#include "common/redact-walk.h"
#include "load-aws.h"

#include <ctype.h>

enum { COLUMNS_MAX = 64 };

struct table {
	struct load *l;
	struct span head[COLUMNS_MAX], cell[COLUMNS_MAX];
	size_t columns;
	char pointer[32]; /* "line 3" */
};

/* One field of RFC 4180 from the start of `*rest`; quotes are resolved into the arena. `*end`: it was the line's last. */
static struct span field(struct arena *a, struct span *rest, bool *end)
{
	auto_buf b = BUF_INIT;
	bool quoted = rest->n && rest->p[0] == '"';
	size_t i = quoted;

	for (; i < rest->n; i++) {
		char c = rest->p[i];

		if (quoted && c == '"' && i + 1 < rest->n && rest->p[i + 1] == '"')
			i++;
		else if (quoted && c == '"') {
			quoted = false;
			continue;
		} else if (!quoted && (c == ',' || c == '\n' || c == '\r'))
			break;
		buf_add_char(&b, c);
	}
	*end = i == rest->n || rest->p[i] != ',';
	if (i < rest->n && rest->p[i] == '\r')
		i++;
	if (i < rest->n)
		i++;
	rest->p += i;
	rest->n -= i;
	return (struct span){arena_strndup(a, buf_str(&b), b.n), b.n};
}

static size_t line(struct arena *a, struct span *rest, struct span *cells)
{
	bool end = false;
	size_t n = 0;

	while (!end) {
		struct span s = field(a, rest, &end);

		if (n < COLUMNS_MAX)
			cells[n++] = s;
	}
	return n;
}

static struct span at(const struct table *t, const char *column)
{
	for (size_t i = 0; i < t->columns; i++)
		if (span_eq(t->head[i], column))
			return t->cell[i];
	return SPAN_NONE;
}

/* 1, 0, or -1 for N/A, not_supported and columns that the report has not. */
static int flag(const struct table *t, const char *column)
{
	struct span s = at(t, column);

	return span_ieq(s, "true") ? 1 : span_ieq(s, "false") ? 0 : -1;
}

struct credential {
	const char *kind, *label;
	int active;
	int64_t rotated, used;
	bool used_known;
};

static int insert(struct table *t, int64_t principal, const struct credential *c, struct err *e)
{
	return db_run(t->l->db, e, "INSERT INTO credential(principal, kind, label, active, last_rotated, last_used, last_used_known) VALUES (?, ?, ?, ?, ?, ?, ?)",
		      "issbrrb", principal, c->kind, c->label, c->active, c->rotated, c->used, c->used_known);
}

static int64_t newer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Keys and certificates stand in numbered slots; one that was never filled is inactive and has no date. */
static int slots(struct table *t, int64_t principal, int64_t *used, struct err *e)
{
	static const struct {
		const char *kind, *label, *active, *rotated, *used;
	} all[] = {
		{"access-key", "access key 1", "access_key_1_active", "access_key_1_last_rotated", "access_key_1_last_used_date"},
		{"access-key", "access key 2", "access_key_2_active", "access_key_2_last_rotated", "access_key_2_last_used_date"},
		{"certificate", "signing certificate 1", "cert_1_active", "cert_1_last_rotated", NULL},
		{"certificate", "signing certificate 2", "cert_2_active", "cert_2_last_rotated", NULL},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct credential c = {.kind = all[i].kind, .label = all[i].label, .active = flag(t, all[i].active), .rotated = load_time(at(t, all[i].rotated)),
				       .used = all[i].used ? load_time(at(t, all[i].used)) : 0, .used_known = all[i].used && at(t, all[i].used).n};

		if (c.active != 1 && !c.rotated)
			continue;
		*used = newer(*used, c.used);
		if (insert(t, principal, &c, e))
			return -1;
	}
	return 0;
}

static int password(struct table *t, int64_t principal, int64_t *used, struct err *e)
{
	struct credential c = {.kind = "password", .label = "password", .active = flag(t, "password_enabled"),
			       .rotated = load_time(at(t, "password_last_changed")), .used = load_time(at(t, "password_last_used")),
			       .used_known = at(t, "password_last_used").n};
	int human = c.active == 1 ? 1 : flag(t, "access_key_1_active") == 1 || flag(t, "access_key_2_active") == 1 ? 0 : -1;

	*used = newer(*used, c.used);
	if (db_run(t->l->db, e, "UPDATE principal SET password = ?, mfa = ?, password_last_used = ?, password_last_changed = ?, human = coalesce(human, ?) WHERE thing = ?",
		   "bbrrbi", c.active, flag(t, "mfa_active"), c.used, c.rotated, human, principal))
		return -1;
	return c.active == 1 ? insert(t, principal, &c, e) : 0;
}

static int one_line(struct table *t, char account[static AWS_ACCOUNT], struct err *e)
{
	struct span user = at(t, "user");
	bool root = span_eq(user, "<root_account>");
	int64_t thing, used = 0;

	if (!user.n || !aws_account_of(at(t, "arn"), account))
		return load_problem(t->l, t->pointer, e, "a line without user and ARN");
	if (aws_scope(t->l, account, e) || aws_principal(t->l, account, root ? "root" : "user", root ? SPAN("root") : user, t->pointer, &thing, e))
		return -1;
	t->l->items++;
	if (load_kind(t->l, t->l->kind, 1, e))
		return -1;
	if (db_int(t->l->db, 0, "SELECT last_used_known FROM principal WHERE thing = ?", "i", thing)) /* the report was given twice */
		return 0;
	if (password(t, thing, &used, e) || slots(t, thing, &used, e))
		return -1;
	return db_run(t->l->db, e, "UPDATE principal SET created = coalesce(created, ?), last_used = ?, last_used_known = 1 WHERE thing = ?", "rri",
		      load_time(at(t, "user_creation_time")), used, thing);
}

static int read_lines(struct load *l, struct span text, struct err *e)
{
	struct table t = {.l = l};
	auto_arena head = ARENA_INIT;
	char account[AWS_ACCOUNT] = "";
	size_t n = 1;

	t.columns = line(&head, &text, t.head);
	while (text.n) {
		size_t cells;

		arena_reset(&l->item);
		cells = line(&l->item, &text, t.cell);
		snprintf(t.pointer, sizeof(t.pointer), "line %zu", ++n);
		if (cells == 1 && !t.cell[0].n)
			continue;
		if (cells < t.columns ? load_problem(l, t.pointer, e, "%zu fields instead of %zu", cells, t.columns) : one_line(&t, account, e))
			return -1;
	}
	return 0;
}

int load_aws_credential_report(struct load *l, struct source *content, struct err *e)
{
	auto_buf b = BUF_INIT;
	auto_arena a = ARENA_INIT;
	struct err bad = {0};
	struct json *wrapped;
	struct span text;

	if (source_slurp(content, &b, LIMIT_DOCUMENT_BYTES, &bad))
		return bad.kind == ERR_ENV ? err_set(e, ERR_ENV, "%s", bad.msg) : load_problem(l, NULL, e, "%s", bad.msg);
	text = span_trim(buf_span(&b));
	if (!text.n || text.p[0] != '{')
		return read_lines(l, text, e);
	if (json_parse(&a, text, &wrapped, &bad))
		return load_problem(l, NULL, e, "%s", bad.msg);
	text = redact_base64(&a, json_text_at(wrapped, "Content"));
	return text.p ? read_lines(l, text, e) : load_problem(l, "/Content", e, "base64 was expected");
}

/* Twelve digits in the member's path, that stand alone. */
static bool account_in_path(const char *path, char account[static AWS_ACCOUNT])
{
	for (const char *p = path; *p; p++) {
		size_t n = 0;

		while (isdigit((unsigned char)p[n]))
			n++;
		if (n == AWS_ACCOUNT - 1) {
			snprintf(account, AWS_ACCOUNT, "%.12s", p);
			return true;
		}
		p += n ? n - 1 : 0;
	}
	return false;
}

/* These files do not say whose they are: their path may, else the AWS evidence beside them, else there is one account only. */
static void account_of_member(struct load *l, char account[static AWS_ACCOUNT])
{
	const char *slash = strrchr(l->path, '/');
	size_t folder = slash ? (size_t)(slash - l->path) + 1 : 0;
	sqlite3_stmt *s;

	if (account_in_path(l->path, account))
		return;
	s = db_stmt(l->db, "SELECT s.name FROM evidence v JOIN scope s ON s.id = v.scope AND s.kind = 'aws' AND s.name != 'aws' "
			   "JOIN evidence me ON me.id = ?1 AND me.input = v.input "
			   "ORDER BY substr(v.path, 1, ?2) = substr(me.path, 1, ?2) AND instr(substr(v.path, ?2 + 1), '/') = 0 DESC, v.id LIMIT 1");
	db_bind(s, "ii", l->evidence, (int64_t)folder);
	snprintf(account, AWS_ACCOUNT, "aws");
	if (sqlite3_step(s) == SQLITE_ROW)
		snprintf(account, AWS_ACCOUNT, "%.*s", SPAN_ARG(db_text(s, 0)));
	sqlite3_reset(s);
}

static int insert_settings(struct load *l, int64_t thing, const char *prefix, const struct json *settings, struct err *e)
{
	JSON_MEMBERS(m, settings)
	{
		struct span value = json_scalar(&m->value);

		if (m->value.type == JSON_TRUE || m->value.type == JSON_FALSE)
			value = m->value.type == JSON_TRUE ? SPAN("true") : SPAN("false");
		if (value.p && db_run(l->db, e, "INSERT OR IGNORE INTO account_setting(scope, thing, name, value) VALUES (?, ?, ?, ?)", "iist", l->scope, thing,
				      arena_printf(&l->item, "%s.%.*s", prefix, SPAN_ARG(json_str(&m->key))), value))
			return -1;
	}
	return 0;
}

int load_aws_settings(struct load *l, struct source *content, struct err *e)
{
	bool policy = strcmp(l->kind, "aws/password-policy") == 0;
	const char *member = policy ? "PasswordPolicy" : "SummaryMap";
	char account[AWS_ACCOUNT];
	struct thing_spec spec = {.kind = "account", .type = "AWS account"};
	auto_buf b = BUF_INIT;
	struct err bad = {0};
	struct json *v;
	int64_t thing;

	if (source_slurp(content, &b, LIMIT_DOCUMENT_BYTES, &bad))
		return bad.kind == ERR_ENV ? err_set(e, ERR_ENV, "%s", bad.msg) : load_problem(l, NULL, e, "%s", bad.msg);
	arena_reset(&l->item);
	if (json_parse(&l->item, buf_span(&b), &v, &bad))
		return load_problem(l, NULL, e, "%s", bad.msg);
	if (l->redact)
		redact_evidence(l->redact, &l->item, l->kind, SPAN_NONE, v);
	if (!json_is(json_get(v, member), JSON_OBJECT))
		return load_problem(l, NULL, e, "%s was expected", member);
	account_of_member(l, account);
	spec.name = span_of(account);
	spec.ref = span_of(arena_printf(&l->item, "aws:%s/account", account));
	if (aws_scope(l, account, e) || load_thing(l, &spec, &thing, NULL, e))
		return -1;
	l->items++;
	if (insert_settings(l, thing, policy ? "password-policy" : "summary", json_get(v, member), e))
		return -1;
	return load_kind(l, l->kind, 1, e);
}
