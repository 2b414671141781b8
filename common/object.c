// SPDX-License-Identifier: Apache-2.0
// Packing and unpacking the raw objects of an assessment database.
#include "object.h"
#include "limits.h"

#include <zstd.h>

struct object_packer {
	ZSTD_CCtx *ctx;
	ZSTD_CDict *dictionary;
};

struct object_packer *object_packer_new(struct span dictionary)
{
	struct object_packer *p = calloc(1, sizeof(*p));

	if (!p || !(p->ctx = ZSTD_createCCtx()))
		die("out of memory");
	if (dictionary.n && !(p->dictionary = ZSTD_createCDict(dictionary.p, dictionary.n, 1)))
		die("out of memory");
	return p;
}

void object_pack(struct object_packer *p, struct span json, struct buf *out)
{
	size_t cap = ZSTD_compressBound(json.n), n;

	buf_reset(out);
	if (p->dictionary)
		n = ZSTD_compress_usingCDict(p->ctx, buf_room(out, cap), cap, json.p, json.n, p->dictionary);
	else
		n = ZSTD_compressCCtx(p->ctx, buf_room(out, cap), cap, json.p, json.n, 1);
	if (ZSTD_isError(n))
		die("zstd: %s", ZSTD_getErrorName(n));
	out->n = n;
}

void object_packer_free(struct object_packer *p)
{
	if (!p)
		return;
	ZSTD_freeCDict(p->dictionary);
	ZSTD_freeCCtx(p->ctx);
	free(p);
}

/* Unpacks with the dictionary of this database, which is kept with the connection. */
struct unpacker {
	ZSTD_DCtx *ctx;
	ZSTD_DDict *dictionary;
};

static void unpacker_free(void *ptr)
{
	struct unpacker *u = ptr;

	ZSTD_freeDDict(u->dictionary);
	ZSTD_freeDCtx(u->ctx);
	free(u);
}

static struct unpacker *unpacker_new(struct db *db)
{
	struct unpacker *u = calloc(1, sizeof(*u));
	sqlite3_stmt *s = db_stmt(db, "SELECT bytes FROM object_dictionary WHERE id = 1");

	if (!u || !(u->ctx = ZSTD_createDCtx()))
		die("out of memory");
	if (sqlite3_step(s) == SQLITE_ROW)
		u->dictionary = ZSTD_createDDict(sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0));
	sqlite3_reset(s);
	return u;
}

static int unpack(struct unpacker *u, const void *p, size_t n, struct buf *out, struct err *e)
{
	unsigned long long size = ZSTD_getFrameContentSize(p, n);
	size_t got;

	buf_reset(out);
	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > LIMIT_ITEM_BYTES)
		return err_set(e, ERR_INPUT, "a stored object is damaged");
	if (u->dictionary)
		got = ZSTD_decompress_usingDDict(u->ctx, buf_room(out, size), size, p, n, u->dictionary);
	else
		got = ZSTD_decompressDCtx(u->ctx, buf_room(out, size), size, p, n);
	if (ZSTD_isError(got))
		return err_set(e, ERR_INPUT, "a stored object is damaged: %s", ZSTD_getErrorName(got));
	out->n = got;
	out->p[got] = 0;
	return 0;
}

static int unpack_row(struct unpacker *u, sqlite3_stmt *s, int64_t thing, struct buf *out, struct err *e)
{
	int rc;

	sqlite3_reset(s);
	sqlite3_bind_int64(s, 1, thing);
	if (sqlite3_step(s) != SQLITE_ROW || sqlite3_column_type(s, 0) != SQLITE_BLOB)
		rc = err_set(e, ERR_INPUT, "no raw object");
	else
		rc = unpack(u, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), out, e);
	sqlite3_reset(s);
	return rc;
}

static const char select_raw[] = "SELECT raw FROM object WHERE thing = ?";

int object_json(struct db *db, int64_t thing, struct buf *out, struct err *e)
{
	struct unpacker *u = unpacker_new(db);
	int rc = unpack_row(u, db_stmt(db, select_raw), thing, out, e);

	unpacker_free(u);
	return rc;
}

/* What the SQL function keeps. */
struct function {
	struct unpacker *unpacker;
	struct db *db;
};

static void function_free(void *ptr)
{
	struct function *f = ptr;

	if (f->unpacker)
		unpacker_free(f->unpacker);
	free(f);
}

static void sql_object(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct function *f = sqlite3_user_data(ctx);
	auto_buf out = BUF_INIT;
	struct err e = {0};

	(void)argc;
	if (!f->unpacker)
		f->unpacker = unpacker_new(f->db);
	if (unpack_row(f->unpacker, db_stmt(f->db, select_raw), sqlite3_value_int64(argv[0]), &out, &e))
		sqlite3_result_null(ctx);
	else
		sqlite3_result_text64(ctx, out.p, out.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

int object_register(struct db *db, struct err *e)
{
	struct function *f = calloc(1, sizeof(*f));

	if (!f)
		die("out of memory");
	f->db = db;
	/* The statement is compiled now, while no authorizer is set. */
	db_stmt(db, select_raw);
	if (sqlite3_create_function_v2(db->h, "object", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, f, sql_object, NULL, NULL,
				       function_free) != SQLITE_OK)
		return err_set(e, ERR_ENV, "cannot register object(): %s", sqlite3_errmsg(db->h));
	return 0;
}
