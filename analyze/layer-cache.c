// SPDX-License-Identifier: Apache-2.0
// Files of the layer cache: layers/DIGEST and archives/IDENTITY below the folder, written beside and renamed, so that runs at the same time
// do not meet; and `key`, with which paths are hashed.
#include "layer-cache.h"
#include "layer-pack.h"

#include "common/file-identity.h"
#include "common/fold.h"
#include "common/outfile.h"
#include "common/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { SUM = 16 }; /* hexadecimal digits of an entry's sum */
enum { ENTRY_MAX = 256 << 20, ARCHIVE_LAYERS_MAX = 100000, SETTLED_MS = 100 };
/* A layer with more notes and links is read anew each time: an entry is held in memory whole. */
enum { KEPT_MAX = 200000 };

struct layer_cache {
	char folder[4096 - 256];
	char tag[HASH_HEX]; /* of the program and the key: what entries must begin with */
};

static void identity(const struct stat *st, char out[HASH_HEX])
{
	int64_t changed = 0;
	struct hash sum;

	hash_init(&sum);
	file_identity_add(&sum, st, &changed);
	hash_hex(&sum, out);
}

/* ---- entries: tag, sum of the content, content. The sum tells damage; the folder is the user's alone, and who can write there has the key too. */

static void sum_of(struct span content, char out[SUM + 1])
{
	struct fold f;

	fold_init(&f);
	fold_add(&f, content.p, content.n);
	snprintf(out, SUM + 1, "%016llx", (unsigned long long)fold_end(&f));
}

static void entry_path(const struct layer_cache *c, const char *kind, const char *name, char *out, size_t n)
{
	snprintf(out, n, "%s/%s/%s", c->folder, kind, name);
}

static bool read_entry(const struct layer_cache *c, const char *kind, const char *name, struct buf *b, struct span *content)
{
	char path[4096], sum[SUM + 1];
	struct source s;
	struct span all;
	bool good;

	entry_path(c, kind, name, path, sizeof(path));
	if (source_from_file(&s, path, NULL))
		return false;
	good = source_slurp(&s, b, ENTRY_MAX, NULL) == 0;
	source_close(&s);
	all = buf_span(b);
	if (!good || all.n < HASH_HEX - 1 + SUM || memcmp(all.p, c->tag, HASH_HEX - 1) != 0)
		return false;
	*content = (struct span){all.p + HASH_HEX - 1 + SUM, all.n - (HASH_HEX - 1 + SUM)};
	sum_of(*content, sum);
	return memcmp(all.p + HASH_HEX - 1, sum, SUM) == 0;
}

/* A name of its own for each process, then renamed: readers see a whole entry or none. Failing to write is no fault. */
static void write_entry(const struct layer_cache *c, const char *kind, const char *name, struct span content)
{
	char path[4096], part[4096 + 32], sum[SUM + 1];
	bool good;
	FILE *f;
	int fd;

	if (content.n > ENTRY_MAX - 4096)
		return;
	entry_path(c, kind, name, path, sizeof(path));
	snprintf(part, sizeof(part), "%s.%ld.part", path, (long)getpid());
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f) {
		if (fd >= 0)
			close(fd);
		return;
	}
	sum_of(content, sum);
	good = fwrite(c->tag, 1, HASH_HEX - 1, f) == HASH_HEX - 1 && fwrite(sum, 1, SUM, f) == SUM &&
	       fwrite(content.p, 1, content.n, f) == content.n;
	good = fclose(f) == 0 && good;
	if (!good || rename(part, path))
		unlink(part);
}

/* ---- opening */

/* The key of this cache, made by the first run; link() lets one of several win. */
static bool read_key(const char *folder, uint64_t *key)
{
	char path[4096], part[4096 + 32];
	bool good;
	int fd;

	snprintf(path, sizeof(path), "%s/key", folder);
	for (int try = 0; try < 2; try++) {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		if (fd >= 0) {
			good = read(fd, key, sizeof(*key)) == (ssize_t)sizeof(*key) && *key;
			close(fd);
			return good;
		}
		if (getrandom(key, sizeof(*key), 0) != (ssize_t)sizeof(*key))
			return false;
		snprintf(part, sizeof(part), "%s.%ld.part", path, (long)getpid());
		fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0)
			return false;
		good = write(fd, key, sizeof(*key)) == (ssize_t)sizeof(*key);
		good = close(fd) == 0 && good && (link(part, path) == 0 || errno == EEXIST);
		unlink(part);
		if (!good)
			return false;
	}
	return false;
}

static bool make_folders(const char *folder)
{
	static const char *const below[] = {"layers", "archives"};
	char path[4096];

	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, below[i]);
		if (outfile_mkdir(path, NULL))
			return false;
	}
	return chmod(folder, 0700) == 0 && access(folder, R_OK | W_OK | X_OK) == 0;
}

/* The program is told by its file: rules and parsers change without a change of version. */
static bool make_tag(struct layer_cache *c, uint64_t key)
{
	char text[256], id[HASH_HEX];
	struct stat st;

	if (stat("/proc/self/exe", &st))
		return false;
	identity(&st, id);
	snprintf(text, sizeof(text), "layer cache 2 %s %s %llx", PLIMSOLL_VERSION, id, (unsigned long long)key);
	hash_span(span_of(text), c->tag);
	return true;
}

static bool default_folder(char *out, size_t n)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	/* The base directory specification: relative ones are ignored. */
	if (cache && cache[0] == '/')
		return (size_t)snprintf(out, n, "%s/plimsoll", cache) < n;
	return home && home[0] == '/' && (size_t)snprintf(out, n, "%s/.cache/plimsoll", home) < n;
}

struct layer_cache *layer_cache_open(const char *folder)
{
	struct layer_cache *c = calloc(1, sizeof(*c));
	uint64_t key;
	bool good;

	if (!c)
		die("out of memory");
	good = folder ? (size_t)snprintf(c->folder, sizeof(c->folder), "%s", folder) < sizeof(c->folder) : default_folder(c->folder, sizeof(c->folder));
	if (good && make_folders(c->folder) && read_key(c->folder, &key) && make_tag(c, key) && path_hash_key(key))
		return c;
	free(c);
	return NULL;
}

void layer_cache_close(struct layer_cache *c)
{
	free(c);
}

/* ---- layers */

bool layer_cache_has(const struct layer_cache *c, const char *digest)
{
	char path[4096];

	entry_path(c, "layers", digest, path, sizeof(path));
	return access(path, R_OK) == 0;
}

struct layer *layer_cache_load(struct layer_cache *c, const char *digest)
{
	auto_buf b = BUF_INIT;
	struct span content;
	struct layer *l = read_entry(c, "layers", digest, &b, &content) ? layer_unpack(content) : NULL;

	if (l && strcmp(l->digest, digest) != 0) {
		layer_free(l);
		return NULL;
	}
	return l;
}

void layer_cache_store(struct layer_cache *c, const struct layer *l)
{
	auto_buf b = BUF_INIT;

	if (l->problem[0] || l->kept > KEPT_MAX || paths_spilled(&l->paths))
		return;
	layer_pack(l, &b);
	write_entry(c, "layers", l->digest, buf_span(&b));
}

/* ---- archives */

bool layer_cache_archive(struct layer_cache *c, const struct stat *st, struct archive_known *out)
{
	auto_buf b = BUF_INIT;
	char name[HASH_HEX];
	struct span content;
	size_t each = sizeof(struct archive_layer);

	identity(st, name);
	*out = (struct archive_known){0};
	if (!read_entry(c, "archives", name, &b, &content) || content.n < HASH_HEX || (content.n - HASH_HEX) % each || content.p[HASH_HEX - 1])
		return false;
	memcpy(out->sha256, content.p, HASH_HEX);
	for (size_t at = HASH_HEX; at < content.n; at += each) {
		struct archive_layer l;

		memcpy(&l, content.p + at, each);
		l.digest[HASH_HEX - 1] = 0;
		archive_known_add(out, l.offset, l.digest);
	}
	return true;
}

static bool settled(int64_t changed)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return time_ns(now) - changed >= (int64_t)SETTLED_MS * 1000000;
}

void layer_cache_keep_archive(struct layer_cache *c, const struct stat *st, const struct archive_known *k)
{
	auto_buf b = BUF_INIT;
	char name[HASH_HEX];

	if (k->n > ARCHIVE_LAYERS_MAX || !settled(time_ns(st->st_ctim)))
		return;
	identity(st, name);
	buf_add(&b, k->sha256, HASH_HEX);
	if (k->n)
		buf_add(&b, k->layers, k->n * sizeof(*k->layers));
	write_entry(c, "archives", name, buf_span(&b));
}

bool layer_cache_named(struct layer_cache *c, const char *identity, char digest[static HASH_HEX])
{
	auto_buf b = BUF_INIT;
	struct span content;

	if (!read_entry(c, "archives", identity, &b, &content) || content.n != HASH_HEX || content.p[HASH_HEX - 1])
		return false;
	memcpy(digest, content.p, HASH_HEX);
	return true;
}

void layer_cache_keep_named(struct layer_cache *c, const char *identity, int64_t changed, const char *digest)
{
	if (settled(changed))
		write_entry(c, "archives", identity, (struct span){digest, HASH_HEX});
}

void archive_known_add(struct archive_known *k, uint64_t offset, const char *digest)
{
	if (k->n == k->cap) {
		k->cap = k->cap ? 2 * k->cap : 16;
		k->layers = reallocarray(k->layers, k->cap, sizeof(*k->layers));
		if (!k->layers)
			die("out of memory");
	}
	memset(&k->layers[k->n], 0, sizeof(*k->layers));
	k->layers[k->n].offset = offset;
	snprintf(k->layers[k->n].digest, HASH_HEX, "%s", digest);
	k->n++;
}

void archive_known_fini(struct archive_known *k)
{
	free(k->layers);
	*k = (struct archive_known){0};
}
