// SPDX-License-Identifier: Apache-2.0
// rpm's SQLite database. What a transaction left in the write-ahead log is copied into the image of the database first (SQLite file
// format 2, section 4), as SQLite itself does at the next opening.
#include "rpm.h"

#include "buf.h"

#include <sqlite3.h>

enum { WAL_HEAD = 32, FRAME_HEAD = 24, BLOB_MAX = 64 << 20, STEPS = 100000, STEPS_MAX = 20000 };

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t word(const unsigned char *p, bool big)
{
	return big ? be32(p) : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void checksum(uint32_t s[2], const unsigned char *p, size_t n, bool big)
{
	for (size_t i = 0; i + 8 <= n; i += 8) {
		s[0] += word(p + i, big) + s[1];
		s[1] += word(p + i + 4, big) + s[0];
	}
}

static uint32_t page_size_of(const unsigned char *header)
{
	uint32_t n = (uint32_t)header[16] << 8 | header[17];

	return n == 1 ? 65536 : n;
}

/* The last frame that ends a transaction: number of frames up to it, and the pages that the database then has. Frames count while salt
 * and running checksum agree. */
static size_t committed_frames(struct span wal, uint32_t page_size, uint32_t *pages)
{
	const unsigned char *p = (const unsigned char *)wal.p;
	bool big = p[3] & 1;
	uint32_t sum[2] = {0, 0};
	size_t good = 0, frame = FRAME_HEAD + (size_t)page_size;

	checksum(sum, p, 24, big);
	if (sum[0] != be32(p + 24) || sum[1] != be32(p + 28))
		return 0;
	for (size_t i = 0; WAL_HEAD + (i + 1) * frame <= wal.n; i++) {
		const unsigned char *f = p + WAL_HEAD + i * frame;

		if (memcmp(f + 8, p + 16, 8) != 0)
			break;
		checksum(sum, f, 8, big);
		checksum(sum, f + FRAME_HEAD, page_size, big);
		if (sum[0] != be32(f + 16) || sum[1] != be32(f + 20))
			break;
		if (be32(f + 4)) {
			good = i + 1;
			*pages = be32(f + 4);
		}
	}
	return good;
}

/* The database with its log applied, in `out`; untouched when the log holds nothing that counts. */
static void apply_wal(struct span file, struct span wal, struct buf *out)
{
	uint32_t page_size, pages = 0;
	const unsigned char *w = (const unsigned char *)wal.p;
	size_t frames, frame, size;

	if (wal.n < WAL_HEAD || (be32(w) & ~1u) != 0x377f0682u)
		return;
	page_size = be32(w + 8);
	if ((file.n >= 100 && page_size != page_size_of((const unsigned char *)file.p)) || page_size < 512 || page_size > 65536)
		return;
	frames = committed_frames(wal, page_size, &pages);
	frame = FRAME_HEAD + (size_t)page_size;
	/* Pages that neither file holds would be empty: a lie about their number stops here. */
	if (frames == 0 || pages > file.n / page_size + frames)
		return;
	size = (size_t)pages * page_size;
	buf_room(out, size > file.n ? size : file.n);
	buf_add_span(out, file);
	if (size > out->n) {
		memset(out->p + out->n, 0, size - out->n);
		out->n = size;
	}
	for (size_t i = 0; i < frames; i++) {
		const unsigned char *f = w + WAL_HEAD + i * frame;
		uint32_t page = be32(f);

		if (page >= 1 && (size_t)page * page_size <= out->n)
			memcpy(out->p + (size_t)(page - 1) * page_size, f + FRAME_HEAD, page_size);
	}
	out->n = size;
}

/* Ends statements that a damaged tree keeps busy. */
static int too_long(void *ctx)
{
	return ++*(unsigned *)ctx > STEPS_MAX;
}

static int read_rows(struct rpm_read *r, sqlite3 *db, struct err *e)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(db, "SELECT blob FROM main.Packages ORDER BY hnum", -1, &q, NULL);

	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(q);
		if (rc == SQLITE_ROW) {
			struct span blob = {sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0)};

			if (blob.p)
				rpm_header(r, (struct span){arena_strndup(r->arena, blob.p, blob.n), blob.n});
			else
				r->broken++;
		}
	}
	if (rc != SQLITE_DONE)
		err_set(e, ERR_INPUT, "rpm database (SQLite): %s", sqlite3_errmsg(db));
	sqlite3_finalize(q);
	return rc == SQLITE_DONE ? 0 : -1;
}

static void harden(sqlite3 *db, unsigned *steps)
{
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, BLOB_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_progress_handler(db, STEPS, too_long, steps);
	sqlite3_exec(db, "PRAGMA cell_size_check = 1; PRAGMA query_only = 1", NULL, NULL, NULL);
}

int rpm_sqlite(struct rpm_read *r, struct span file, struct span wal, struct err *e)
{
	auto_buf image = BUF_INIT;
	sqlite3 *db = NULL;
	unsigned steps = 0;
	int rc;

	if (wal.n > 0)
		apply_wal(file, wal, &image);
	if (image.n == 0)
		buf_add_span(&image, file);
	if (image.n < 100)
		return err_set(e, ERR_INPUT, "rpm database (SQLite) of %zu bytes", image.n);
	/* Memory has no write-ahead log: the header must not ask for one. */
	image.p[18] = image.p[19] = 1;
	rc = sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_deserialize(db, "main", (unsigned char *)image.p, (sqlite3_int64)image.n, (sqlite3_int64)image.n, SQLITE_DESERIALIZE_READONLY);
	if (rc == SQLITE_OK) {
		harden(db, &steps);
		rc = read_rows(r, db, e);
	} else {
		rc = err_set(e, ERR_INPUT, "rpm database (SQLite) cannot be opened: %s", sqlite3_errstr(rc));
	}
	sqlite3_close(db);
	return rc;
}
