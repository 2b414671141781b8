/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_H
#define LOAD_H
/*
 * What every loader gets: the database, where the member that it reads came from, and how to name things.
 * A loader reads one member into tables that mirror what was seen; a bad item becomes a problem row and
 * costs only itself. Loaders derive nothing that needs other members: that is derive-*.c's.
 */
#include "common/db.h"
#include "common/source.h"

struct distinct;
struct layer_cache;
struct object_packer;
struct redact;

struct load {
	struct db *db;
	struct redact *redact;	/* hides secrets in raw input; NULL when the member was redacted at collection */
	struct arena item;	/* memory of the item at hand; reset between items by the loader */
	struct object_packer *packer; /* packs raw objects; made by the first member of them, freed by load_fini() */
	struct layer_cache *cache; /* of image layers; NULL: none */
	bool packages_only;	/* nobody will ask for the sums of whole files, nor for what images show of their layers' files */
	struct distinct *components; /* distinct packages; made by the first one, freed by load_fini() */
	/* The member at hand. */
	bool done;		/* set by a loader that read the file itself, with its size and sum: the stream need not be read */
	char sha256[65];	/* "" with packages_only */
	int64_t bytes;
	int64_t evidence;	/* its row */
	const char *kind;	/* 'kubernetes/pods', 'node/files', ... */
	const char *path;	/* logical path */
	const char *file;	/* where it lies on disk; NULL inside an archive */
	int64_t scope;		/* scope row that it belongs to; 0: none */
	const char *cluster;	/* cluster name; NULL outside clusters */
	int64_t collected;	/* when; 0: not told */
	int64_t items;		/* objects read from it */
	int64_t problems;	/* problem rows written for it */
};

struct thing_spec {
	const char *kind;	/* thing.kind */
	const char *type;	/* thing.type: Kubernetes kind or what it is */
	struct span ref, name, namespace; /* namespace absent: none */
	int64_t parent;		/* 0: none */
	const char *pointer;	/* in the member; NULL: none */
	bool outside;		/* not part of the cluster at hand (thing.cluster stays NULL) */
};

/* Adds a thing, or finds the one with the same ref: its id in `*id`, whether it is new in `*fresh` (may be NULL).
 * Cluster, scope and evidence are those of the member at hand. */
int load_thing(struct load *l, const struct thing_spec *s, int64_t *id, bool *fresh, struct err *e);
/* The id of the thing with this ref, 0 when there is none. */
int64_t load_find(struct load *l, struct span ref);
/* A problem row for the member at hand. After LOAD_PROBLEMS_MAX of one member only the count grows. */
int load_problem(struct load *l, const char *pointer, struct err *e, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
#define LOAD_PROBLEMS_MAX 100
/* Notes that the scope at hand has evidence of this kind, with `items` more objects. */
int load_kind(struct load *l, const char *kind, int64_t items, struct err *e);
/* The id of a scope, made when new. */
int load_scope(struct db *db, const char *kind, struct span name, int64_t *id, struct err *e);

/* Seconds since 1970 of an RFC 3339 time ("2026-11-22T11:37:06Z"), 0 when it is not one. */
int64_t load_time(struct span s);

/* One loader: kind is a prefix of evidence kinds. */
struct loader {
	const char *kind;
	int (*load)(struct load *l, struct source *content, struct err *e);
};
/* Reads one member with the loader of its kind. 0, or -1 when the environment failed; what is wrong with the
 * member itself becomes problem rows and the evidence row's state. */
int load_member(struct load *l, struct source *content, struct err *e);
/* Frees what a run's `struct load` gathered; the same one serves all members of a run. */
void load_fini(struct load *l);
#endif
