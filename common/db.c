// SPDX-License-Identifier: Apache-2.0
// SQLite: opening safely, cached statements, binding by format. Knows no table of ours.
#include "db.h"

#include <inttypes.h>
#include <stdarg.h>
#include <unistd.h>

struct db_cache {
	struct db_cache *next;
	const char *sql;
	sqlite3_stmt *stmt;
};

enum { BUCKETS = 256 };

static int fail(struct db *d, struct err *e, const char *what)
{
	int code = sqlite3_extended_errcode(d->h) & 0xff;
	enum err_kind kind = code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? ERR_INPUT : ERR_ENV;

	/* Where in our work the disk was full is no help. */
	if (code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_READONLY) {
		err_set(e, kind, "%s: cannot be written: %s", d->path, sqlite3_errmsg(d->h));
		if (e)
			e->alone = true;
		return -1;
	}
	return err_set(e, kind, "%s: %s: %s", d->path, what, sqlite3_errmsg(d->h));
}

/* For messages: an unfinished output by the name that it is to have (outfile.h). */
static void name_path(struct db *d, const char *path)
{
	struct span name = span_of(path ? path : "temporary database");

	if (span_ends(name, ".part"))
		name.n -= strlen(".part");
	snprintf(d->path, sizeof(d->path), "%.*s", (int)name.n, name.p);
}

/* One thread uses SQLite, and nobody asks how much memory it has: its locks and counters cost a twentieth of an analysis. */
static void configure(void)
{
	static bool done;

	if (done)
		return;
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	done = true;
}

static int open_handle(struct db *d, const char *path, int flags, struct err *e)
{
	*d = (struct db){0};
	configure();
	name_path(d, path);
	if (sqlite3_open_v2(path ? path : "", &d->h, flags | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, NULL)) {
		int kind = access(path ? path : "/", F_OK) == 0 || (flags & SQLITE_OPEN_CREATE) ? ERR_ENV : ERR_INPUT;

		err_set(e, (enum err_kind)kind, "%s: cannot open: %s", d->path, d->h ? sqlite3_errmsg(d->h) : "out of memory");
		sqlite3_close_v2(d->h);
		d->h = NULL;
		return -1;
	}
	d->cache = calloc(BUCKETS, sizeof(*d->cache));
	if (!d->cache)
		die("out of memory");
	sqlite3_db_config(d->h, SQLITE_DBCONFIG_DEFENSIVE, !(flags & SQLITE_OPEN_CREATE), NULL);
	sqlite3_db_config(d->h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return 0;
}

int db_exec(struct db *d, const char *sql, struct err *e)
{
	if (sqlite3_exec(d->h, sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail(d, e, "statement failed");
	return 0;
}

int db_exec_all(struct db *d, const char *const *sql, struct err *e)
{
	for (; *sql; sql++)
		if (db_exec(d, *sql, e))
			return -1;
	return 0;
}

int db_create(struct db *d, const char *path, int application_id, struct err *e)
{
	char sql[512];

	if (path && access(path, F_OK) == 0)
		return err_set(e, ERR_ENV, "%s: exists already", path);
	if (open_handle(d, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, e))
		return -1;
	/* The file is written beside its final name and renamed when whole, so that no journal is needed. */
	snprintf(sql, sizeof(sql),
		 "PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
		 "PRAGMA cache_size=-65536; PRAGMA temp_store=FILE; PRAGMA encoding='UTF-8'; PRAGMA auto_vacuum=NONE;"
		 "PRAGMA application_id=%d; PRAGMA user_version=%d; PRAGMA foreign_keys=OFF;",
		 application_id, DB_SCHEMA_VERSION);
	if (db_exec(d, sql, e)) {
		db_close(d);
		return -1;
	}
	sqlite3_db_config(d->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL); /* not before: it ignores journal_mode=OFF */
	return 0;
}

/* Page by page, so that a file, a temporary database and one in memory are filled alike. */
static bool copy_pages(sqlite3 *to, sqlite3 *from)
{
	sqlite3_backup *copy = sqlite3_backup_init(to, "main", from, "main");

	if (!copy)
		return false;
	sqlite3_backup_step(copy, -1); /* its failure is finish()'s */
	return sqlite3_backup_finish(copy) == SQLITE_OK;
}

int db_fill(struct db *d, struct span image, struct err *e)
{
	auto_db from = {0};
	int64_t id = db_int(d, 0, "PRAGMA application_id", ""), version = db_int(d, 0, "PRAGMA user_version", "");
	char sql[128];

	if (open_handle(&from, ":memory:", SQLITE_OPEN_READWRITE, e))
		return -1;
	if (sqlite3_deserialize(from.h, "main", (unsigned char *)(uintptr_t)image.p, (sqlite3_int64)image.n, (sqlite3_int64)image.n, SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
		return fail(&from, e, "cannot be read");
	if (!copy_pages(d->h, from.h))
		return fail(d, e, "cannot be filled");
	snprintf(sql, sizeof(sql), "PRAGMA application_id=%" PRId64 "; PRAGMA user_version=%" PRId64, id, version);
	return db_exec(d, sql, e);
}

static int check_ours(struct db *d, int application_id, struct err *e)
{
	auto_stmt *s = NULL;

	if (sqlite3_prepare_v2(d->h, "SELECT application_id, user_version FROM pragma_application_id, pragma_user_version", -1, &s,
			       NULL) != SQLITE_OK ||
	    sqlite3_step(s) != SQLITE_ROW)
		return err_set(e, ERR_INPUT, "%s: not a database that plimsoll made (%s)", d->path, sqlite3_errmsg(d->h));
	if (sqlite3_column_int(s, 0) != application_id)
		return err_set(e, ERR_INPUT, "%s: an SQLite file, but not %s", d->path,
			       application_id == DB_APPLICATION_ID ? "an assessment database" : "a feeds database");
	if (sqlite3_column_int(s, 1) != DB_SCHEMA_VERSION)
		return err_set(e, ERR_INPUT, "%s: schema version %d, this program reads %d: %s again", d->path, sqlite3_column_int(s, 1), DB_SCHEMA_VERSION,
			       application_id == DB_APPLICATION_ID ? "analyze the evidence" : "import the feeds");
	return 0;
}

static int open_existing(struct db *d, const char *path, int application_id, int flags, struct err *e)
{
	if (access(path, F_OK) != 0)
		return err_set(e, ERR_INPUT, "%s: no such file", path);
	if (open_handle(d, path, flags, e))
		return -1;
	if (db_exec(d, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;", e) ||
	    check_ours(d, application_id, e)) {
		db_close(d);
		return -1;
	}
	return 0;
}

int db_open(struct db *d, const char *path, int application_id, struct err *e)
{
	return open_existing(d, path, application_id, SQLITE_OPEN_READONLY, e);
}

int db_open_rw(struct db *d, const char *path, int application_id, struct err *e)
{
	return open_existing(d, path, application_id, SQLITE_OPEN_READWRITE, e);
}

void db_close(struct db *d)
{
	struct db_cache *next;

	for (int i = 0; d->cache && i < BUCKETS; i++) {
		sqlite3_finalize(d->cache[i].stmt);
		for (struct db_cache *c = d->cache[i].next; c; c = next) {
			next = c->next;
			sqlite3_finalize(c->stmt);
			free(c);
		}
	}
	free(d->cache);
	d->cache = NULL;
	sqlite3_close_v2(d->h);
	d->h = NULL;
}

sqlite3_stmt *db_stmt(struct db *d, const char *sql)
{
	struct db_cache *c = &d->cache[((uintptr_t)sql >> 3) % BUCKETS];

	while (c->sql && c->sql != sql && c->next)
		c = c->next;
	if (c->sql && c->sql != sql) {
		c->next = calloc(1, sizeof(*c));
		if (!c->next)
			die("out of memory");
		c = c->next;
	}
	if (!c->sql) {
		if (sqlite3_prepare_v3(d->h, sql, -1, SQLITE_PREPARE_PERSISTENT, &c->stmt, NULL) != SQLITE_OK)
			die("%s in: %s", sqlite3_errmsg(d->h), sql);
		c->sql = sql;
	}
	sqlite3_reset(c->stmt);
	return c->stmt;
}

int db_prepare(struct db *d, const char *sql, sqlite3_stmt **out, struct err *e)
{
	const char *tail = NULL;

	if (sqlite3_prepare_v2(d->h, sql, -1, out, &tail) != SQLITE_OK)
		return err_set(e, ERR_INPUT, "%s", sqlite3_errmsg(d->h));
	if (!*out)
		return err_set(e, ERR_INPUT, "no SQL statement");
	if (tail && span_trim(span_of(tail)).n)
		return err_set(e, ERR_INPUT, "more than one SQL statement");
	return 0;
}

void db_stmt_fini(sqlite3_stmt **s)
{
	sqlite3_finalize(*s);
	*s = NULL;
}

static void bind_all(sqlite3_stmt *s, const char *format, va_list ap)
{
	int at = 1;

	for (const char *f = format; *f; f++, at++) {
		struct span t;
		const void *p;
		int64_t i;
		int b;

		switch (*f) {
		case 'i':
			sqlite3_bind_int64(s, at, va_arg(ap, int64_t));
			break;
		case 'r':
			i = va_arg(ap, int64_t);
			i ? sqlite3_bind_int64(s, at, i) : sqlite3_bind_null(s, at);
			break;
		case 'b':
			b = va_arg(ap, int);
			b >= 0 ? sqlite3_bind_int(s, at, b) : sqlite3_bind_null(s, at);
			break;
		case 'd':
			sqlite3_bind_double(s, at, va_arg(ap, double));
			break;
		case 's':
			sqlite3_bind_text(s, at, va_arg(ap, const char *), -1, SQLITE_STATIC);
			break;
		case 't':
			t = va_arg(ap, struct span);
			sqlite3_bind_text64(s, at, t.p, t.n, SQLITE_STATIC, SQLITE_UTF8);
			break;
		case 'z':
			p = va_arg(ap, const void *);
			sqlite3_bind_blob64(s, at, p, va_arg(ap, size_t), SQLITE_STATIC);
			break;
		case 'n':
			sqlite3_bind_null(s, at);
			break;
		default:
			die("db_bind: unknown format %c", *f);
		}
	}
	if (at - 1 != sqlite3_bind_parameter_count(s))
		die("db_bind: %d values for %d parameters in: %s", at - 1, sqlite3_bind_parameter_count(s), sqlite3_sql(s));
}

void db_bind(sqlite3_stmt *s, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	bind_all(s, format, ap);
	va_end(ap);
}

int db_step(struct db *d, sqlite3_stmt *s, struct err *e)
{
	int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	return fail(d, e, "query failed");
}

int db_run(struct db *d, struct err *e, const char *sql, const char *format, ...)
{
	sqlite3_stmt *s = db_stmt(d, sql);
	va_list ap;
	int rc;

	va_start(ap, format);
	bind_all(s, format, ap);
	va_end(ap);
	while ((rc = db_step(d, s, e)) == 1)
		;
	sqlite3_reset(s);
	return rc;
}

int64_t db_int(struct db *d, int64_t fallback, const char *sql, const char *format, ...)
{
	sqlite3_stmt *s = db_stmt(d, sql);
	int64_t value = fallback;
	va_list ap;

	va_start(ap, format);
	bind_all(s, format, ap);
	va_end(ap);
	if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL)
		value = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return value;
}

struct span db_text(sqlite3_stmt *s, int i)
{
	const char *p = (const char *)sqlite3_column_text(s, i);

	return (struct span){p, p ? (size_t)sqlite3_column_bytes(s, i) : 0};
}

int db_undoable(struct db *d, struct err *e)
{
	return db_exec(d, "PRAGMA journal_mode=MEMORY", e);
}

int db_begin(struct db *d, struct err *e)
{
	return db_exec(d, "BEGIN", e);
}

int db_commit(struct db *d, struct err *e)
{
	return db_exec(d, "COMMIT", e);
}

void db_rollback(struct db *d)
{
	if (!sqlite3_get_autocommit(d->h))
		sqlite3_exec(d->h, "ROLLBACK", NULL, NULL, NULL);
}
