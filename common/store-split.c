// SPDX-License-Identifier: Apache-2.0
// From tar-split's list and the files of a folder to the archive that they were. Layers without such a list are store-folder.c's.
#include "store-layer.h"
#include "map.h"
#include "redact-walk.h"
#include "unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { FILE_ENTRY = 1, SEGMENT_ENTRY = 2, ENTRIES_MAX = 10000000 };

struct split {
	struct root *folder;
	struct source packed, plain;
	struct items *items;
	struct arena arena;  /* the entry's */
	struct span segment; /* bytes that are due as they stand */
	size_t at;
	int fd;		     /* of the file that is due; -1: none */
	uint64_t left;
	uint64_t entries;
	struct map *names;   /* of all entries, to be gathered; NULL: not wanted */
	struct arena *kept;  /* where they live */
	bool broken;	     /* behind an error nothing more is given */
	const char *name;
};

static struct split *split_open(struct root *folder, int fd, const char *name)
{
	struct split *s = calloc(1, sizeof(*s));

	if (!s)
		die("out of memory");
	s->folder = folder;
	s->fd = -1;
	s->name = name;
	source_from_fd(&s->packed, fd, name);
	source_unpack(&s->plain, &s->packed);
	s->items = items_open(&s->plain, NULL);
	return s;
}

static void close_file(struct split *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static void split_free(struct split *s)
{
	close_file(s);
	items_close(s->items);
	source_close(&s->plain);
	source_close(&s->packed);
	arena_fini(&s->arena);
	free(s);
}

/* Names that are no UTF-8 stand in name_raw. */
static const char *entry_name(struct split *s, const struct json *v)
{
	struct span raw = json_text_at(v, "name_raw"), name = raw.n ? redact_base64(&s->arena, raw) : json_text_at(v, "name");

	return name.n && !memchr(name.p, 0, name.n) ? arena_strndup(&s->arena, name.p, name.n) : NULL;
}

/* "./a//b/" as "a/b". */
static struct span canonical(struct arena *a, const char *name)
{
	struct span rest = span_of(name), part;
	auto_buf b = BUF_INIT;

	while (part = span_cut(&rest, '/'), part.p) {
		if (part.n == 0 || span_eq(part, "."))
			continue;
		buf_add_str(&b, b.n ? "/" : "");
		buf_add_span(&b, part);
	}
	return (struct span){arena_strndup(a, buf_str(&b), b.n), b.n};
}

static int open_file(struct split *s, const struct json *v, struct err *e)
{
	const char *name = entry_name(s, v);
	int64_t size = 0;
	struct stat st;

	if (json_get(v, "size") && (!json_int(json_get(v, "size"), &size) || size < 0))
		return err_set(e, ERR_INPUT, "%s: an entry of the list has no usable size", s->name);
	if (s->names && name)
		map_at(s->names, canonical(s->kept, name))->value = s;
	if (size == 0)
		return 0;
	if (!name)
		return err_set(e, ERR_INPUT, "%s: an entry of the list has no usable name", s->name);
	s->fd = root_open(s->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	if (s->fd < 0)
		return err_set(e, ERR_INPUT, "%s: %s: %s", s->name, name, strerror(errno));
	if (fstat(s->fd, &st) || !S_ISREG(st.st_mode) || st.st_size != size)
		return err_set(e, ERR_INPUT, "%s: %s is not the file that the list tells of", s->name, name);
	s->left = (uint64_t)size;
	return 0;
}

static int take_segment(struct split *s, const struct json *v, struct err *e)
{
	struct span text = json_text_at(v, "payload");

	s->at = 0;
	s->segment = text.n ? redact_base64(&s->arena, text) : SPAN_NONE;
	return text.n && !s->segment.p ? err_set(e, ERR_INPUT, "%s: a segment is no base64", s->name) : 0;
}

/* The next entry: 1, 0 at the end, -1. */
static int next_entry(struct split *s, struct err *e)
{
	struct item item;
	int64_t type = 0;
	int rc;

	close_file(s);
	s->segment = SPAN_NONE;
	s->at = 0;
	arena_reset(&s->arena);
	rc = items_next(s->items, &s->arena, &item, e);
	if (rc == 0)
		return s->entries ? 0 : err_set(e, ERR_INPUT, "%s: an empty list", s->name);
	if (rc != 1)
		return -1;
	s->entries++;
	json_int(json_get(item.value, "type"), &type);
	if (type == SEGMENT_ENTRY)
		return take_segment(s, item.value, e) ? -1 : 1;
	if (type == FILE_ENTRY)
		return open_file(s, item.value, e) ? -1 : 1;
	return err_set(e, ERR_INPUT, "%s: an entry of an unknown type", s->name);
}

static ssize_t read_file(struct split *s, void *p, size_t n, struct err *e)
{
	ssize_t got = read(s->fd, p, n < s->left ? n : (size_t)s->left);

	if (got <= 0)
		return err_set(e, ERR_INPUT, "%s: a file of the layer became shorter, or cannot be read", s->name);
	s->left -= (uint64_t)got;
	return got;
}

static ssize_t split_read(struct source *source, void *p, size_t n, struct err *e)
{
	struct split *s = source->ctx;
	ssize_t got = 0;
	int rc = 1;

	while (!s->broken && !s->left && s->at == s->segment.n && rc == 1)
		rc = next_entry(s, e);
	if (s->broken || rc < 0) {
		s->broken = true;
		return rc < 0 ? -1 : err_set(e, ERR_INPUT, "%s: cut short", s->name);
	}
	if (rc == 0)
		return 0;
	if (s->left) {
		got = read_file(s, p, n, e);
		s->broken = got < 0;
		return got;
	}
	n = n < s->segment.n - s->at ? n : s->segment.n - s->at;
	memcpy(p, s->segment.p + s->at, n);
	s->at += n;
	return (ssize_t)n;
}

static void split_close(struct source *source)
{
	split_free(source->ctx);
}

void store_split_source(struct source *out, struct root *folder, int fd, const char *name)
{
	*out = (struct source){.read = split_read, .close = split_close, .ctx = split_open(folder, fd, name), .name = name};
}

int store_split_check(struct root *folder, int fd, const char *name, struct err *e)
{
	auto_arena kept = ARENA_INIT;
	struct map names = {0};
	struct split *s = split_open(folder, fd, name);
	int rc;

	s->names = &names;
	s->kept = &kept;
	while ((rc = next_entry(s, e)) == 1)
		if (s->entries > ENTRIES_MAX) {
			rc = err_set(e, ERR_INPUT, "%s: more than %d entries", name, ENTRIES_MAX);
			break;
		}
	split_free(s);
	if (rc == 0)
		rc = store_folder_stray(folder, &names, name, e);
	map_fini(&names);
	return rc;
}
