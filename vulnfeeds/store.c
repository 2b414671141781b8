// SPDX-License-Identifier: Apache-2.0
// Writing vulns.db: feeds, vulnerabilities, what they affect. Leaves reading of formats to feed-*.c.
#include "store.h"

#include "common/hash.h"
#include "common/limits.h"

static int use_feed(struct store *s, const char *kind, const char *name, bool merged, bool fixes_only, struct err *e)
{
	s->feed = db_int(&s->db, 0, "SELECT id FROM feed WHERE name = ?", "s", name);
	if (s->feed)
		return 0;
	s->changed = true;
	if (db_run(&s->db, e,
		   "INSERT INTO feed (name, kind, sha256, records, broken, merged, fixes_only) VALUES (?, ?, '', 0, 0, ?, ?)", "ssbb",
		   name, kind, merged, fixes_only))
		return -1;
	s->feed = sqlite3_last_insert_rowid(s->db.h);
	return 0;
}

int store_records(struct store *s, const char *kind, const char *name, bool fixes_only, struct err *e)
{
	return use_feed(s, kind, name, true, fixes_only, e);
}

static int clear_feed(struct store *s, struct err *e)
{
	static const char *const sql[] = {
		"DELETE FROM affected WHERE vuln IN (SELECT id FROM vuln WHERE feed = ?)",
		"DELETE FROM alias WHERE vuln IN (SELECT id FROM vuln WHERE feed = ?)",
		"DELETE FROM vuln WHERE feed = ?",
		"DELETE FROM feed_scope WHERE feed = ?",
		"DELETE FROM gap WHERE feed = ?",
		"DELETE FROM kev WHERE feed = ?",
		"DELETE FROM epss WHERE feed = ?",
		"DELETE FROM exploit WHERE feed = ?",
		"DELETE FROM lifecycle WHERE feed = ?",
		"DELETE FROM vex WHERE feed = ?",
		"DELETE FROM repository_cpe WHERE feed = ?",
		"DELETE FROM problem WHERE feed = ?",
	};

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++)
		if (db_run(&s->db, e, sql[i], "i", s->feed))
			return -1;
	return 0;
}

int store_snapshot(struct store *s, const char *kind, const char *name, bool fixes_only, struct span file, int64_t date,
		   struct err *e)
{
	char sha[HASH_HEX];
	const char *from = date ? "content" : s->file_date ? "archive" : NULL;
	int64_t when = date ? date : s->file_date;

	hash_span(file, sha);
	if (use_feed(s, kind, name, false, fixes_only, e))
		return -1;
	if (db_int(&s->db, 0, "SELECT sha256 = ? FROM feed WHERE id = ?", "si", sha, s->feed)) {
		s->same++;
		return 0;
	}
	if (when && db_int(&s->db, 0, "SELECT date > ? FROM feed WHERE id = ?", "ii", when, s->feed)) {
		s->older++;
		warn("%s: older than the '%s' that is there; kept the newer one", s->file, name);
		return 0;
	}
	s->changed = true;
	s->n = 0;
	if (clear_feed(s, e) || db_run(&s->db, e, "UPDATE feed SET sha256 = ?, date = ?, date_from = ? WHERE id = ?", "srsi", sha,
				       when, from, s->feed))
		return -1;
	return 1;
}

/* Not longer than LIMIT_SUMMARY_BYTES, cut between characters. */
static struct span short_summary(struct span text)
{
	if (text.n <= LIMIT_SUMMARY_BYTES)
		return text;
	text.n = LIMIT_SUMMARY_BYTES;
	while (text.n > 0 && (text.p[text.n] & 0xc0) == 0x80)
		text.n--;
	return text;
}

/* `id`: the row of the record that it replaces; 0: a new one. */
static int insert_vuln(struct store *s, int64_t id, const struct vuln_row *v, const char *hash, struct err *e)
{
	static const char sql[] = "INSERT INTO vuln (id, feed, name, hash, modified, published, withdrawn, severity, vector, summary,"
				  " score) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

	s->changed = true;
	s->records++;
	/* 'n' takes no argument: the score that stands behind it is not looked at. */
	return db_run(&s->db, e, sql, v->score >= 0 ? "ritsrrrtttd" : "ritsrrrtttn", id, s->feed, v->name, hash, v->modified,
		      v->published, v->withdrawn, v->severity, v->vector, short_summary(v->summary), v->score);
}

int64_t store_vuln(struct store *s, const struct vuln_row *v, struct err *e)
{
	int64_t id = db_int(&s->db, 0, "SELECT id FROM vuln WHERE feed = ? AND name = ?", "it", s->feed, v->name);

	if (id)
		return id;
	return insert_vuln(s, 0, v, NULL, e) ? -1 : sqlite3_last_insert_rowid(s->db.h);
}

static int remove_vuln(struct store *s, int64_t id, struct err *e)
{
	return db_run(&s->db, e, "DELETE FROM affected WHERE vuln = ?", "i", id) ||
			       db_run(&s->db, e, "DELETE FROM alias WHERE vuln = ?", "i", id) ||
			       db_run(&s->db, e, "DELETE FROM vuln WHERE id = ?", "i", id)
		       ? -1
		       : 0;
}

/* Records without a date: a later import replaces those of an earlier one, and of several in one import one is taken, whichever comes first. */
static int note_undated(struct store *s, int64_t id, struct err *e)
{
	if (!s->undated && db_exec(&s->db, "CREATE TEMP TABLE undated(id INTEGER PRIMARY KEY)", e))
		return -1;
	s->undated = true;
	return db_run(&s->db, e, "INSERT OR IGNORE INTO temp.undated VALUES (?)", "i", id);
}

static bool seen_undated(struct store *s, int64_t id)
{
	return s->undated && db_int(&s->db, 0, "SELECT 1 FROM temp.undated WHERE id = ?", "i", id);
}

int store_record(struct store *s, const struct vuln_row *v, const char *hash, int64_t *id, struct err *e)
{
	sqlite3_stmt *q = db_stmt(&s->db, "SELECT id, hash = ?1, coalesce(modified, 0) > ?2, coalesce(modified, 0) = ?2 AND hash > ?1"
					  " FROM vuln WHERE feed = ?3 AND name = ?4");

	/* Of two that differ and state the same time one is taken, whichever comes first. */
	db_bind(q, "siit", hash, v->modified, s->feed, v->name);

	int r = db_step(&s->db, q, e);
	int64_t old = r == 1 ? sqlite3_column_int64(q, 0) : 0;
	bool same = r == 1 && sqlite3_column_int(q, 1), newer = r == 1 && sqlite3_column_int(q, 2), preferred = r == 1 && sqlite3_column_int(q, 3);

	sqlite3_reset(q);
	if (r < 0)
		return -1;
	newer |= preferred && (v->modified > 0 || seen_undated(s, old));
	s->same += same;
	s->older += !same && newer;
	if ((same || newer) && v->modified == 0 && note_undated(s, old, e))
		return -1;
	if (same || newer)
		return 0;
	if ((old && remove_vuln(s, old, e)) || insert_vuln(s, old, v, hash, e))
		return -1;
	*id = sqlite3_last_insert_rowid(s->db.h);
	s->n = 0;
	return v->modified == 0 && note_undated(s, *id, e) ? -1 : 1;
}

int store_alias(struct store *s, int64_t vuln, struct span other, const char *kind, struct err *e)
{
	return db_run(&s->db, e, "INSERT OR IGNORE INTO alias (vuln, other, kind) VALUES (?, ?, ?)", "its", vuln, other, kind);
}

int64_t store_scope(struct store *s, struct span ecosystem, struct span release, struct err *e)
{
	static const char find[] = "SELECT id FROM scope WHERE ecosystem = ? AND release = ?";
	struct span rel = release.p ? release : SPAN("");
	int64_t id = db_int(&s->db, 0, find, "tt", ecosystem, rel);

	if (!id) {
		if (db_run(&s->db, e, "INSERT INTO scope (ecosystem, release) VALUES (?, ?)", "tt", ecosystem, rel))
			return -1;
		id = sqlite3_last_insert_rowid(s->db.h);
	}
	return id;
}

int64_t store_covered(struct store *s, struct span ecosystem, struct span release, struct err *e)
{
	int64_t id = store_scope(s, ecosystem, release, e);

	if (id < 0 || db_run(&s->db, e, "INSERT OR IGNORE INTO feed_scope (feed, scope) VALUES (?, ?)", "ii", s->feed, id))
		return -1;
	return id;
}

int store_affected(struct store *s, int64_t vuln, const struct affected_row *a, struct err *e)
{
	return db_run(&s->db, e,
		      "INSERT INTO affected (vuln, n, scope, package, introduced, fixed, last_affected, versions, status, advisory,"
		      " binary, module, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "iiitttttstbtr", vuln, s->n++, a->scope, a->package, a->introduced, a->fixed, a->last_affected, a->versions,
		      a->status, a->advisory, a->binary, a->module, a->fixed.n ? a->since : 0);
}

int store_gap(struct store *s, int64_t scope, struct span package, struct err *e)
{
	return db_run(&s->db, e, "INSERT OR IGNORE INTO gap (feed, scope, package) VALUES (?, ?, ?)", "iit", s->feed, scope,
		      package);
}

int store_problem(struct store *s, const char *place, struct err *e)
{
	struct err bad = *e;

	*e = (struct err){0};
	s->broken++;
	/* The same file read again says the same; it is noted once. */
	if (db_int(&s->db, 0, "SELECT 1 FROM problem WHERE feed IS ? AND place = ? AND message = ?", "rss", s->feed, place, bad.msg))
		return 0;
	s->changed = true;
	return db_run(&s->db, e, "INSERT INTO problem (feed, place, message) VALUES (?, ?, ?)", "rss", s->feed, place, bad.msg);
}

/* The query's first two columns of every row, into a hash. */
static int hash_rows(struct store *s, struct hash *h, const char *sql, int64_t feed, struct err *e)
{
	sqlite3_stmt *q = db_stmt(&s->db, sql);
	int r;

	db_bind(q, "i", feed);
	while ((r = db_step(&s->db, q, e)) == 1) {
		for (int i = 0; i < 2; i++) {
			struct span text = db_text(q, i);

			hash_add(h, text.p ? text.p : "", text.n);
			hash_add(h, "\n", 1);
		}
	}
	sqlite3_reset(q);
	return r;
}

/* A records feed is the set of its records: its hash is over their sorted names and hashes, its date the newest of them. */
static int finish_records(struct store *s, int64_t feed, struct err *e)
{
	static const char date[] =
		"UPDATE feed SET sha256 = ?1, date_from = 'content', date = (SELECT nullif(max(d), 0) FROM (SELECT max(coalesce(modified, 0),"
		" coalesce(published, 0)) AS d FROM vuln WHERE feed = ?2 UNION ALL SELECT stated FROM vex WHERE feed = ?2 UNION ALL"
		" SELECT coalesce(latest_date, released) FROM lifecycle WHERE feed = ?2)) WHERE id = ?2";
	struct hash h;
	char sha[HASH_HEX];

	hash_init(&h);
	if (hash_rows(s, &h, "SELECT name, hash FROM vuln WHERE feed = ? ORDER BY name", feed, e) ||
	    hash_rows(s, &h, "SELECT name || ' ' || product || ' ' || coalesce(component, ''), status || coalesce(justification, '') FROM vex WHERE feed = ?"
			     " ORDER BY 1, 2", feed, e) ||
	    hash_rows(s, &h, "SELECT product || ' ' || cycle, coalesce(eol, '') || ' ' || coalesce(latest, '') FROM lifecycle WHERE feed = ? ORDER BY 1", feed,
		      e))
		return -1;
	hash_hex(&h, sha);
	if (db_run(&s->db, e, date, "si", sha, feed))
		return -1;
	return db_run(&s->db, e, "UPDATE feed SET date_from = NULL WHERE id = ? AND date IS NULL", "i", feed);
}

int store_finish(struct store *s, struct err *e)
{
	int64_t feed = 0;

	while ((feed = db_int(&s->db, 0, "SELECT min(id) FROM feed WHERE id > ? AND merged", "i", feed)) > 0)
		if (finish_records(s, feed, e))
			return -1;
	return db_exec(&s->db,
		       "UPDATE feed SET records = (SELECT count(*) FROM vuln WHERE feed = feed.id)"
		       " + (SELECT count(*) FROM kev WHERE feed = feed.id) + (SELECT count(*) FROM epss WHERE feed = feed.id) + (SELECT count(*) FROM exploit WHERE feed = feed.id)"
		       " + (SELECT count(*) FROM lifecycle WHERE feed = feed.id) + (SELECT count(*) FROM vex WHERE feed = feed.id"
		       " AND NOT EXISTS (SELECT 1 FROM vuln WHERE feed = vex.feed)) + (SELECT count(DISTINCT name) FROM repository_cpe WHERE feed = feed.id),"
		       " broken = (SELECT count(*) FROM problem WHERE feed = feed.id);"
		       "DELETE FROM feed_scope WHERE (feed, scope) NOT IN (SELECT v.feed, a.scope FROM vuln v JOIN affected a ON a.vuln = v.id)"
		       " AND (SELECT merged FROM feed WHERE id = feed_scope.feed);"
		       "DELETE FROM scope WHERE id NOT IN (SELECT scope FROM feed_scope UNION SELECT scope FROM gap)",
		       e);
}

struct word {
	const char *word, *severity;
};

static const struct word words[] = {
	{"critical", "critical"}, {"important", "high"}, {"high", "high"}, {"moderate", "medium"}, {"medium", "medium"},
	{"low", "low"},		  {"negligible", "low"}, {"unimportant", "low"},
};

const char *store_severity(struct span word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_ieq(word, words[i].word))
			return words[i].severity;
	return NULL;
}

const char *store_severity_of_score(double score)
{
	if (score >= 9.0)
		return "critical";
	if (score >= 7.0)
		return "high";
	if (score >= 4.0)
		return "medium";
	return score >= 0.1 ? "low" : NULL;
}
