/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_H
#define DB_H
/*
 * SQLite, the one way to do each thing. Values are always bound; text from outside never becomes SQL.
 * Statements made by db_stmt() are cached by the address of their (literal) SQL text and belong to the db.
 */
#include "err.h"
#include "span.h"

#include <sqlite3.h>

struct db {
	sqlite3 *h;
	struct db_cache *cache;
	char path[512];
};

#define DB_APPLICATION_ID 0x506c696d /* "Plim": an assessment database */
#define DB_FEEDS_APPLICATION_ID 0x506c6966 /* "Plif": a feeds database (vulns.db) */
#define DB_SCHEMA_VERSION 2

/* Makes a new database at `path` (must not exist; NULL: a private temporary one), tuned for one bulk writer. */
int db_create(struct db *d, const char *path, int application_id, struct err *e);
/* Makes what db_create() made, still empty, the copy of the database whose file is `image` (its bytes need not outlive the call); application_id and user_version stay. */
int db_fill(struct db *d, struct span image, struct err *e);
/* Opens an existing one read-only; refuses (ERR_INPUT) what is not ours by application_id and version. */
int db_open(struct db *d, const char *path, int application_id, struct err *e);
/* As db_open, writable: for decisions and custody. */
int db_open_rw(struct db *d, const char *path, int application_id, struct err *e);
void db_close(struct db *d);
#define auto_db __attribute__((cleanup(db_close))) struct db

/* Runs one or more statements without parameters. */
int db_exec(struct db *d, const char *sql, struct err *e);
/* The same for a list that NULL ends, until one fails. */
int db_exec_all(struct db *d, const char *const *sql, struct err *e);
/* A cached, reset statement for a string literal; never NULL: a statement of ours that does not compile is
 * an internal error and ends the program. */
sqlite3_stmt *db_stmt(struct db *d, const char *sql);
/* A fresh statement for SQL that comes from a file (check, template, user): the error names what SQLite says.
 * The caller finalizes it (auto_stmt). */
int db_prepare(struct db *d, const char *sql, sqlite3_stmt **out, struct err *e);
void db_stmt_fini(sqlite3_stmt **s);
#define auto_stmt __attribute__((cleanup(db_stmt_fini))) sqlite3_stmt

/*
 * Binds all parameters in order by a format: i int64_t · b int (bool, -1 = NULL) · d double ·
 * s const char * (NULL = NULL) · t struct span (absent = NULL) · z const void *, size_t (blob) ·
 * r int64_t where 0 = NULL (a row id) · n (NULL, takes no argument).
 * Text must stay valid until the statement is reset (SQLITE_STATIC).
 */
void db_bind(sqlite3_stmt *s, const char *format, ...);
/* 1 a row, 0 done, -1 error (with the statement's text in the message). */
int db_step(struct db *d, sqlite3_stmt *s, struct err *e);
/* Binds as db_bind, runs to the end and resets. For INSERT, UPDATE, DELETE. */
int db_run(struct db *d, struct err *e, const char *sql, const char *format, ...);
/* The single integer of a query, `fallback` when there is no row or it is NULL; binds as db_bind. */
int64_t db_int(struct db *d, int64_t fallback, const char *sql, const char *format, ...);

/* Column `i` of the current row as text; absent span for NULL. Valid until the next step. */
struct span db_text(sqlite3_stmt *s, int i);

/* A database that db_create() made has no journal: it is whole or thrown away. With this one in memory db_rollback() works; call it outside transactions. */
int db_undoable(struct db *d, struct err *e);
int db_begin(struct db *d, struct err *e);
int db_commit(struct db *d, struct err *e);
void db_rollback(struct db *d);
#endif
