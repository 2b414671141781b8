/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_IMAGE_ARCHIVE_H
#define LOAD_IMAGE_ARCHIVE_H
/* What an image archive holds: its layers, read, and its JSON documents. */
#include "load-image.h"

struct opened;
/* A name that a registry's folder gives a manifest. */
struct tag {
	struct tag *next;
	struct span name;   /* "team/app:1.2" */
	struct span digest; /* "sha256:…" */
};
struct archive_state {
	struct load *load;
	struct arena arena;
	struct blob *blobs, **end;
	struct blob *last; /* of the archive's files */
	struct tag *tags;	/* of a registry's folder */
	int tags_read, depth;	/* while they are read */
	bool store;		/* a folder of blobs without a list of its images */
	int images;
	struct opened *file;	/* on disk, with a cache of layers; NULL: a stream, or no cache */
	int mismatched;		/* manifests and indexes above the one at hand that are not what their digests say */
};

/* Reads the archive, or with `content` NULL the OCI layout that is the folder load->file. -1: it cannot be read to its end; what was read counts. */
int image_archive_read(struct archive_state *st, struct source *content, struct err *e);
/* Problem rows for single files of a layer that could not be read. */
int image_tell_notes(struct load *load, const struct layer *l, struct err *e);
#endif
