// SPDX-License-Identifier: Apache-2.0
// Walks what was given, tells formats by their first bytes, and hands each file to its importer. The database is
// written beside its final name and renamed when whole.
#include "import.h"

#include "common/archive.h"
#include "common/buf.h"
#include "common/embed.h"
#include "common/limits.h"
#include "common/outfile.h"
#include "common/peek.h"
#include "common/tar.h"
#include "common/unpack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct feed_format *const formats[] = {
	&feed_debian_changelogs, &feed_debian_gaps, &feed_debian_advisories, &feed_debian_tracker, &feed_alpine_secdb, &feed_wolfi,
	&feed_ubuntu_text, &feed_ubuntu_json, &feed_oval, &feed_updateinfo, &feed_csaf, &feed_photon, &feed_rustsec, &feed_kev, &feed_epss, &feed_nvd,
	&feed_cve5, &feed_lifecycle, &feed_openvex, &feed_cyclonedx, &feed_osv, &feed_exploitdb, &feed_metasploit, &feed_nuclei, &feed_repository_cpe,
};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]), DEPTH_MAX = 16 };

static struct span without_bom(struct span s)
{
	return span_starts(s, "\xef\xbb\xbf") ? (struct span){s.p + 3, s.n - 3} : s;
}

static const struct feed_format *format_of(struct span name, struct span head)
{
	head = without_bom(head);
	while (head.n > 0 && strchr(" \t\r\n", head.p[0]))
		head = (struct span){head.p + 1, head.n - 1};
	for (int i = 0; i < FORMATS; i++)
		if (formats[i]->is(name, head))
			return formats[i];
	return NULL;
}

static bool is_packed(struct span head)
{
	return span_starts(head, "\x1f\x8b\x08") || span_starts(head, "\x28\xb5\x2f\xfd");
}

static bool is_tar(struct span head)
{
	return head.n >= 512 && memcmp(head.p + 257, "ustar", 5) == 0;
}

static int import_file(struct store *s, struct span name, struct source *in, int depth, struct err *e);

/* Every file of an archive; its time stamp dates feeds that state no date themselves. */
static int import_tar(struct store *s, struct source *in, int depth, struct err *e)
{
	struct tar *tar = tar_open(in);
	struct tar_entry t;
	int r;

	while ((r = tar_next(tar, &t, e)) > 0) {
		struct source content;

		if (t.type != 'f')
			continue;
		tar_content(tar, &content);
		s->file_date = t.mtime > 0 ? t.mtime : 0;
		s->many = true;
		if (import_file(s, span_of(t.name), &content, depth + 1, e)) {
			r = -1;
			break;
		}
	}
	tar_close(tar);
	s->file_date = 0;
	return r;
}

/* zip, and what is packed with xz or bzip2. */
static int import_archive(struct store *s, struct span name, struct source *in, int depth, struct err *e)
{
	struct archive_reader *reader = archive_reader_new(in);
	struct archive_entry_info entry;
	int r;

	while ((r = archive_reader_next(reader, &entry, e)) > 0) {
		struct span inner = *entry.name ? span_of(entry.name) : name;
		struct source content;

		if (!entry.regular)
			continue;
		archive_reader_content(reader, &content, *entry.name ? entry.name : in->name);
		s->file_date = *entry.name && entry.mtime > 0 ? entry.mtime : 0;
		s->many |= *entry.name != 0;
		if (import_file(s, inner, &content, depth + 1, e)) {
			r = -1;
			break;
		}
	}
	archive_reader_free(reader);
	s->file_date = 0;
	return r;
}

static int import_packed(struct store *s, struct span name, struct source *in, int depth, struct err *e)
{
	struct source plain;
	int r;

	source_unpack(&plain, in);
	r = import_file(s, name, &plain, depth + 1, e);
	source_close(&plain);
	return r;
}

static int import_file(struct store *s, struct span name, struct source *in, int depth, struct err *e)
{
	const struct feed_format *format;
	struct peeked k;
	int r;

	if (depth > DEPTH_MAX)
		return err_set(e, ERR_INPUT, "%s: archives nested more than %d deep", in->name, DEPTH_MAX);
	if (source_peek(&k, in, e))
		return -1;
	if (is_packed(k.head))
		return import_packed(s, name, &k.source, depth, e);
	if (is_tar(k.head))
		return import_tar(s, &k.source, depth, e);
	if (archive_is_zip(k.head) || archive_looks_like(k.head))
		return import_archive(s, name, &k.source, depth, e);
	format = format_of(name, k.head);
	if (!format) {
		s->skipped++;
		return 0;
	}
	s->file = in->name;
	s->feed = 0;
	s->files++;
	r = format->import(s, name, &k.source, e);
	if (r && e->kind == ERR_INPUT && s->many)
		r = store_problem(s, s->file, e);
	arena_reset(&s->arena);
	return r;
}

static int import_path(struct store *s, const char *path, const char *shown, int depth, struct err *e);

static int name_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list_names(DIR *dir, struct arena *a, char ***out)
{
	size_t n = 0, cap = 64;
	char **names = arena_array(a, cap, sizeof(*names));

	for (struct dirent *d; (d = readdir(dir));) {
		if (d->d_name[0] == '.')
			continue;
		if (n == cap) {
			char **grown = arena_array(a, cap * 2, sizeof(*grown));

			memcpy(grown, names, n * sizeof(*names));
			names = grown;
			cap *= 2;
		}
		names[n++] = arena_strdup(a, d->d_name);
	}
	qsort(names, n, sizeof(*names), name_cmp);
	*out = names;
	return n;
}

static int import_directory(struct store *s, const char *path, const char *shown, int depth, struct err *e)
{
	auto_arena a = ARENA_INIT;
	DIR *dir = opendir(path);
	char **names;
	int r = 0;

	if (!dir)
		return err_errno(e, "%s: cannot open", path);
	if (depth > DEPTH_MAX) {
		closedir(dir);
		return err_set(e, ERR_INPUT, "%s: more than %d directories deep", path, DEPTH_MAX);
	}

	size_t n = list_names(dir, &a, &names);

	closedir(dir);
	s->many = true;
	for (size_t i = 0; i < n && r == 0; i++)
		r = import_path(s, arena_printf(&a, "%s/%s", path, names[i]), arena_printf(&a, "%s/%s", shown, names[i]), depth + 1,
				e);
	return r;
}

static int import_path(struct store *s, const char *path, const char *shown, int depth, struct err *e)
{
	struct source in;
	struct stat st;
	int r;

	if (depth > 0 && lstat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return 0; /* links and devices below a directory are not followed */
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return import_directory(s, path, shown, depth, e);
	if (source_from_file(&in, path, e))
		return -1;
	in.name = shown;
	s->file_date = 0;
	r = import_file(s, span_of(shown), &in, 0, e);
	source_close(&in);
	return r;
}

static int import_operand(struct store *s, const char *path, struct err *e)
{
	uint64_t before = s->files;
	struct span base = span_of(path);

	while (base.n > 1 && base.p[base.n - 1] == '/')
		base.n--;
	base = span_after_last(base, '/');

	auto_arena a = ARENA_INIT;

	s->many = false;
	if (import_path(s, path, arena_strndup(&a, base.p, base.n), 0, e))
		return -1;
	if (s->files == before)
		return err_set(e, ERR_INPUT, "%s: no vulnerability feed of a known format in it", path);
	return 0;
}

int import_copy(const char *from, const char *to, struct err *e)
{
	char chunk[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC), out = -1, r = -1;
	ssize_t n = -1;

	if (in < 0) {
		err_errno(e, "%s: cannot open", from);
		goto end;
	}
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (out < 0) {
		err_errno(e, "%s: cannot make", to);
		goto end;
	}
	while ((n = read(in, chunk, sizeof(chunk))) > 0)
		if (write(out, chunk, (size_t)n) != n) {
			err_errno(e, "%s: cannot write", to);
			goto end;
		}
	r = n < 0 ? err_errno(e, "%s: cannot read", from) : 0;
end:
	if (in >= 0)
		close(in);
	if (out >= 0 && close(out) && r == 0)
		r = err_errno(e, "%s: cannot write", to);
	return r;
}

static int open_work(struct store *s, const char *out, const char *work, struct err *e)
{
	struct span schema = embed_find("vulnfeeds/schema.sql");
	struct db check = {0};

	if (access(out, F_OK) != 0)
		return db_create(&s->db, work, DB_FEEDS_APPLICATION_ID, e) || db_exec(&s->db, schema.p, e) ? -1 : 0;
	if (db_open(&check, out, DB_FEEDS_APPLICATION_ID, e))
		return -1;
	db_close(&check);
	if (import_copy(out, work, e) || db_open_rw(&s->db, work, DB_FEEDS_APPLICATION_ID, e))
		return -1;
	return db_exec(&s->db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536; PRAGMA foreign_keys=OFF", e);
}

/* What the database says, in short: it changes when any feed's records do, or what could not be read. */
static int summarise(struct store *s, struct buf *out, struct err *e)
{
	sqlite3_stmt *q = db_stmt(&s->db, "SELECT name || ' ' || sha256 || ' ' || coalesce(date, '') || ' ' || records || ' ' || broken || ' ' ||"
					  " (SELECT count(*) FROM problem) FROM feed ORDER BY name");
	int r;

	while ((r = db_step(&s->db, q, e)) == 1) {
		buf_add_span(out, db_text(q, 0));
		buf_add_char(out, '\n');
	}
	sqlite3_reset(q);
	return r;
}

/* No feed is there, and what was given brought none: why, instead of a database of problems. */
static int nothing_read(struct store *s, struct err *e)
{
	sqlite3_stmt *q = db_stmt(&s->db, "SELECT place, message FROM problem ORDER BY id LIMIT 1");
	int r = db_step(&s->db, q, e);

	if (r == 1)
		r = err_set(e, ERR_INPUT, "nothing in it could be read: %.*s: %.*s", SPAN_ARG(db_text(q, 0)), SPAN_ARG(db_text(q, 1)));
	sqlite3_reset(q);
	return r;
}

static int fill(struct store *s, const char *const *inputs, size_t n, struct err *e)
{
	auto_buf before = BUF_INIT, after = BUF_INIT;

	if (summarise(s, &before, e) || db_begin(&s->db, e))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (import_operand(s, inputs[i], e))
			return -1;
	if (!s->changed)
		return 0;
	if (store_finish(s, e) || summarise(s, &after, e))
		return -1;
	/* A record may have been replaced and come back, where one file holds another state of it. */
	s->changed = !span_is(buf_span(&before), buf_span(&after));
	if (after.n == 0)
		return nothing_read(s, e);
	return !s->changed ? 0 : db_commit(&s->db, e) || db_exec(&s->db, "ANALYZE; VACUUM", e) ? -1 : 0;
}

int import_feeds(struct store *s, const char *out, const char *const *inputs, size_t n, struct err *e)
{
	auto_outfile o = OUTFILE_INIT;
	int r;

	if (outfile_begin(&o, out, false, e))
		return -1;
	r = open_work(s, out, o.part, e) || fill(s, inputs, n, e) ? -1 : 0;
	if (s->db.h)
		db_close(&s->db);
	arena_fini(&s->arena);
	return r == 0 && s->changed ? outfile_commit(&o, e) : r;
}

int import_formats(void)
{
	return FORMATS;
}

int import_stream(struct store *s, int format, struct span name, struct span content, struct err *e)
{
	struct err bad = {0};
	struct source in;
	int r;

	if (!s->db.h && (db_create(&s->db, NULL, DB_FEEDS_APPLICATION_ID, e) || db_exec(&s->db, embed_find("vulnfeeds/schema.sql").p, e) || db_undoable(&s->db, e)))
		return -1;
	if (db_begin(&s->db, e))
		return -1;
	source_from_span(&in, content, name.p);
	s->file = name.p;
	s->feed = 0;
	r = format < 0 ? import_file(s, name, &in, 0, &bad) : formats[format % FORMATS]->import(s, name, &in, &bad);
	source_close(&in);
	if (r && bad.kind != ERR_INPUT)
		r = err_set(e, bad.kind, "%s", bad.msg);
	else
		r = store_finish(s, e);
	db_rollback(&s->db);
	s->undated = false;
	arena_reset(&s->arena);
	return r;
}
