// SPDX-License-Identifier: Apache-2.0
// Packing and unpacking the raw objects of an assessment database.
#include "object.h"
#include "limits.h"

#include <zstd.h>

static const char select_raw[] = "SELECT raw, dictionary FROM object WHERE thing = ?";
static const char select_dictionary[] = "SELECT bytes FROM object_dictionary WHERE id = ?";

/* Enough for a dozen objects; what more there is in it is seldom new. */
enum { DICTIONARY_BYTES = 64 * 1024 };

struct object_packer {
	struct db *db;
	ZSTD_CCtx *ctx;
	ZSTD_CDict *dictionary;
	struct buf sample; /* the first objects of the list, while there is no dictionary */
	int64_t id;
};

struct object_packer *object_packer_new(struct db *db)
{
	struct object_packer *p = calloc(1, sizeof(*p));

	if (!p || !(p->ctx = ZSTD_createCCtx()))
		die("out of memory");
	p->db = db;
	return p;
}

void object_packer_begin(struct object_packer *p)
{
	ZSTD_freeCDict(p->dictionary);
	p->dictionary = NULL;
	p->id = 0;
	buf_reset(&p->sample);
}

static void pack(ZSTD_CCtx *ctx, const ZSTD_CDict *dictionary, struct span text, struct buf *out)
{
	size_t cap = ZSTD_compressBound(text.n), n;

	buf_reset(out);
	if (dictionary)
		n = ZSTD_compress_usingCDict(ctx, buf_room(out, cap), cap, text.p, text.n, dictionary);
	else
		n = ZSTD_compressCCtx(ctx, buf_room(out, cap), cap, text.p, text.n, 1);
	if (ZSTD_isError(n))
		die("zstd: %s", ZSTD_getErrorName(n));
	out->n = n;
}

/* Of a large object its beginning. */
static int gather(struct object_packer *p, struct span json, struct err *e)
{
	size_t room = DICTIONARY_BYTES - p->sample.n;
	auto_buf packed = BUF_INIT;

	buf_add(&p->sample, json.p, json.n < room ? json.n : room);
	if (p->sample.n < DICTIONARY_BYTES)
		return 0;
	p->dictionary = ZSTD_createCDict(p->sample.p, p->sample.n, 1);
	if (!p->dictionary)
		die("out of memory");
	pack(p->ctx, NULL, buf_span(&p->sample), &packed);
	if (db_run(p->db, e, "INSERT INTO object_dictionary(bytes) VALUES (?)", "z", packed.p, packed.n))
		return -1;
	p->id = sqlite3_last_insert_rowid(p->db->h);
	return 0;
}

int object_pack(struct object_packer *p, struct span json, struct buf *out, int64_t *dictionary, struct err *e)
{
	*dictionary = p->id;
	pack(p->ctx, p->dictionary, json, out);
	return p->dictionary ? 0 : gather(p, json, e);
}

void object_packer_free(struct object_packer *p)
{
	if (!p)
		return;
	ZSTD_freeCDict(p->dictionary);
	ZSTD_freeCCtx(p->ctx);
	buf_fini(&p->sample);
	free(p);
}

/* Keeps the last dictionary: neighbours have the same. */
struct unpacker {
	ZSTD_DCtx *ctx;
	struct buf dictionary;
	int64_t id;
};

static void unpacker_free(void *ptr)
{
	struct unpacker *u = ptr;

	ZSTD_freeDCtx(u->ctx);
	buf_fini(&u->dictionary);
	free(u);
}

static struct unpacker *unpacker_new(void)
{
	struct unpacker *u = calloc(1, sizeof(*u));

	if (!u || !(u->ctx = ZSTD_createDCtx()))
		die("out of memory");
	return u;
}

static int unpack(ZSTD_DCtx *ctx, const struct buf *dictionary, const void *p, size_t n, struct buf *out, struct err *e)
{
	unsigned long long size = ZSTD_getFrameContentSize(p, n);
	size_t got;

	buf_reset(out);
	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > LIMIT_ITEM_BYTES)
		return err_set(e, ERR_INPUT, "a stored object is damaged");
	got = ZSTD_decompress_usingDict(ctx, buf_room(out, size), size, p, n, dictionary->p, dictionary->n);
	if (ZSTD_isError(got))
		return err_set(e, ERR_INPUT, "a stored object is damaged: %s", ZSTD_getErrorName(got));
	out->n = got;
	out->p[got] = 0;
	return 0;
}

/* What comes before the text; a row that is not there, or is damaged, damages the object. */
static void take_dictionary(struct unpacker *u, struct db *db, int64_t id)
{
	struct buf none = BUF_INIT, bytes = BUF_INIT;
	sqlite3_stmt *s;

	if (id == u->id)
		return;
	buf_fini(&u->dictionary);
	u->id = id;
	if (!id)
		return;
	s = db_stmt(db, select_dictionary);
	sqlite3_bind_int64(s, 1, id);
	if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_type(s, 0) == SQLITE_BLOB &&
	    unpack(u->ctx, &none, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), &bytes, NULL))
		buf_reset(&bytes);
	u->dictionary = bytes;
	sqlite3_reset(s);
}

static int unpack_row(struct unpacker *u, struct db *db, int64_t thing, struct buf *out, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, select_raw);
	int rc;

	sqlite3_bind_int64(s, 1, thing);
	if (sqlite3_step(s) != SQLITE_ROW || sqlite3_column_type(s, 0) != SQLITE_BLOB) {
		rc = err_set(e, ERR_INPUT, "no raw object");
	} else {
		take_dictionary(u, db, sqlite3_column_int64(s, 1));
		rc = unpack(u->ctx, &u->dictionary, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), out, e);
	}
	sqlite3_reset(s);
	return rc;
}

int object_json(struct db *db, int64_t thing, struct buf *out, struct err *e)
{
	struct unpacker *u = unpacker_new();
	int rc = unpack_row(u, db, thing, out, e);

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
		f->unpacker = unpacker_new();
	if (unpack_row(f->unpacker, f->db, sqlite3_value_int64(argv[0]), &out, &e))
		sqlite3_result_null(ctx);
	else
		sqlite3_result_text64(ctx, out.p, out.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

int object_register(struct db *db, struct err *e)
{
	struct function *f;
	auto_stmt *known = NULL;

	if (db_prepare(db, select_raw, &known, NULL))
		return err_set(e, ERR_INPUT, "%s: made by an earlier plimsoll: analyze the evidence again", db->path);
	f = calloc(1, sizeof(*f));
	if (!f)
		die("out of memory");
	f->db = db;
	/* The statements are compiled now, while no authorizer is set. */
	db_stmt(db, select_raw);
	db_stmt(db, select_dictionary);
	if (sqlite3_create_function_v2(db->h, "object", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, f, sql_object, NULL, NULL,
				       function_free) != SQLITE_OK)
		return err_set(e, ERR_ENV, "cannot register object(): %s", sqlite3_errmsg(db->h));
	return 0;
}
