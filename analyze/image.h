/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_H
#define IMAGE_H
/*
 * What is kept of image layers while an archive is read in one pass: a hash per path, links, and the entries that
 * matter. Sources: OCI image-spec 1.1 (layer.md: whiteouts), Docker image spec 1.2.
 */
#include "common/arena.h"
#include "common/err.h"
#include "common/hash.h"
#include "common/source.h"
#include "common/packages.h"
#include "path-table.h"

/* What makes an entry worth keeping; several may hold. */
enum note_kind {
	NOTE_DPKG = 1 << 0,	  /* text of a dpkg database (status, or one file of status.d) */
	NOTE_APK = 1 << 1,	  /* text of an apk database */
	NOTE_RPM = 1 << 2,	  /* an rpm database: its items, or text when it is SQLite */
	NOTE_OS_RELEASE = 1 << 3,
	NOTE_COPYRIGHT = 1 << 4,  /* usr/share/doc/…/copyright: text holds the licences that it names */
	NOTE_SETUID = 1 << 5,
	NOTE_SETGID = 1 << 6,
	NOTE_WRITABLE = 1 << 7,	  /* writable by everybody (directories: without the sticky bit) */
	NOTE_MANAGER = 1 << 8,	  /* package manager */
	NOTE_SHELL = 1 << 9,
	NOTE_TOOL = 1 << 10,	  /* compiler, debugger, network tool */
	NOTE_KEY = 1 << 11,	  /* private key */
	NOTE_SECRET = 1 << 12,	  /* a file that holds credentials by its name */
	NOTE_OWNED = 1 << 13,	  /* list of files that an OS package owns */
	NOTE_CACHE = 1 << 14,	  /* what a package manager downloaded and left */
	NOTE_HISTORY = 1 << 15,	  /* what people typed */
	NOTE_VCS = 1 << 16,	  /* a version control system's own files */
	NOTE_BACKUP = 1 << 17,	  /* copies that editors and people leave */
	NOTE_DUMP = 1 << 18,	  /* memory and database dumps */
	NOTE_KEYSTORE = 1 << 19,  /* packed keys: Java, PKCS #12 */
	NOTE_PASSWORDLESS = 1 << 20, /* user database with empty passwords; detail names them */
	NOTE_CONTENT = 1 << 21,	  /* secrets in its text; detail names their classes */
	NOTE_REMOTE = 1 << 22,	  /* servers for remote access */
	NOTE_COMPILER = 1 << 23,
	NOTE_STATE = 1 << 24,	  /* state of infrastructure tools, which holds their secrets */
	NOTE_SUDO = 1 << 25,	  /* programs that give other users' rights by rule */
	NOTE_STORE = 1 << 27,	  /* lies in a package manager's store under a name that tells nothing: counts where hard links lead to it */
	NOTE_CRON = 1 << 26,	  /* jobs that a second process would run */
	NOTE_PACKED = 1 << 28,	  /* a program whose content is packed away */
	NOTE_REPOSITORY = 1 << 29 /* where packages come from: apt's sources, Red Hat's content manifests */
};
#define NOTE_FILES                                                                                                            \
	(NOTE_SETUID | NOTE_SETGID | NOTE_WRITABLE | NOTE_MANAGER | NOTE_SHELL | NOTE_TOOL | NOTE_KEY | NOTE_SECRET | NOTE_CACHE | NOTE_HISTORY | \
	 NOTE_VCS | NOTE_BACKUP | NOTE_DUMP | NOTE_KEYSTORE | NOTE_PASSWORDLESS | NOTE_CONTENT | NOTE_REMOTE | NOTE_COMPILER | NOTE_STATE | NOTE_SUDO | NOTE_CRON | NOTE_PACKED)

/* A package that a file tells of. */
struct noted {
	struct noted *next;
	struct package p;
};

/* Files of an operating system package: path_hash() of each. */
struct owned {
	struct owned *next;
	struct span owner;
	uint64_t *paths;
	size_t n;
};

struct note {
	struct note *next;  /* in archive order */
	const char *path;   /* canonical: no leading "/", no ".", "..", or empty parts */
	const char *link;   /* of a hard link: canonical path in the same layer; else NULL */
	struct span text;   /* content, where the kind asks for it */
	struct noted *items; /* packages that the file tells of, in its order */
	struct owned *owned;
	const char *detail;  /* of files of note, for people; never a secret's value; NULL: none */
	const char *problem; /* why not all of it could be read; NULL: it was */
	unsigned kinds;	    /* enum note_kind */
	char type;	    /* as tar_entry.type */
	uint32_t order;	    /* among the layer's notes and links, in archive order */
	uint32_t mode;
	int64_t uid, gid;
	uint64_t size;
};

/* A symbolic link, its target as written; or a hard link of which nothing is told but where it leads: a canonical path in the same layer. */
struct link {
	struct link *next;
	uint32_t order; /* as note.order */
	uint16_t path_n;
	char path[];	/* then, behind its NUL, the target */
};

static inline const char *link_target(const struct link *k)
{
	return k->path + k->path_n + 1;
}

/* Notes or links by path, made when first asked for; the last entry of a path counts. */
struct index {
	const void **at;
	size_t cap; /* a power of two; 0: not made */
};

/* The largest files of a layer, by name. */
struct top_file {
	uint64_t hash; /* path_hash() */
	uint64_t bytes;
	uint32_t mode;
	int64_t uid, gid;
	char *path;	/* on the heap */
};
/* The content of a file from LAYER_CONTENT_MIN bytes. */
struct file_content {
	uint64_t hash, bytes, fold; /* of path and content */
};
/* What a layer's files are, for telling what of them is seen in the end (layer-files.c). */
struct layer_files {
	struct layer_dir {
		uint64_t hash;	 /* path_hash() */
		uint32_t parent; /* its place in the list; the root is at 0 and its own */
	} *dirs;
	uint32_t n_dirs, cap_dirs;
	uint32_t *dir_index; /* by hash; 0: empty */
	uint32_t last;	     /* the folder of the entry before */
	char *last_path;
	size_t last_n;
	struct top_file *top; /* a heap, the smallest first */
	size_t n_top;
	struct file_content *contents;
	size_t n_contents, cap_contents;
	uint64_t files; /* regular ones */
	bool partial;	/* too many folders or contents: some are not known */
};

struct layer {
	struct layer *next;
	struct arena arena;
	char digest[HASH_HEX];	/* of the bytes as stored */
	char diff_id[HASH_HEX]; /* of the plain tar */
	const char *packing;	/* "gzip", "zstd", "none" */
	uint64_t stored_bytes, bytes, entries, files_bytes;
	struct paths paths; /* the fact of a regular file is file_fact() */
	struct layer_files content;
	struct note *notes, **notes_end;
	struct link *links, **links_end;
	struct link *hard_links, **hard_links_end; /* those that are not notes */
	struct index note_index, link_index, hard_index;
	uint64_t kept_bytes;	/* text held by notes */
	uint64_t kept;		/* notes and links */
	uint64_t odd_names;	/* entries left out because of their names */
	char odd_name[128];	/* the first of them, cleaned */
	char problem[1024];	/* why reading stopped early; "" when it did not */
};

/* Walks one layer: `in` gives the bytes as stored. What is wrong with it is noted in the layer; -1 only when the
 * source itself failed. */
int layer_read(struct layer *l, struct source *in, struct err *e);
void layer_free(struct layer *l);
struct tar_entry;
/* Takes one entry, for layers that do not come as a tar. The layer starts zeroed, with layer_start(). */
int layer_entry(struct layer *l, const struct tar_entry *t, struct source *in, struct arena *scratch, struct err *e);
void layer_start(struct layer *l);
/* A link in one piece: hostile layers hold half a million. A longer path than LIMIT_NAME_BYTES is cut. */
struct link *layer_link(struct arena *a, struct span path, struct span target);
/* The canonical form of a path in an archive or of a link's target; NULL for a path that leaves the root or is
 * too long. `base`: directory that a relative path starts from ("" the root). */
char *path_canonical(struct arena *a, const char *base, const char *path);

/* The layers of one image, lowest first. */
struct image_layers {
	struct layer **at;
	int n;
};
/* The first layer above `from` and not above `top` that removes or replaces what layer `from` has at `path`; -1: none. */
int view_hidden(const struct image_layers *im, int from, int top, const char *path);
/* The note of a path in one layer, through hard links; NULL when there is none. */
const struct note *layer_note(struct layer *l, const char *path);
/* True when the note is what the layer has at its path in the end: archives can hold a path twice, and the last entry counts. */
bool layer_note_counts(struct layer *l, const struct note *n);
bool layer_hard_link_counts(struct layer *l, const struct link *k);
/* The note that `path` leads to in layers 0..top, through symbolic and hard links; NULL when there is none. `*layer`
 * is the layer that has it. */
const struct note *view_find(const struct image_layers *im, int top, const char *path, int *layer);
#endif
