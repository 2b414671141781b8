// SPDX-License-Identifier: Apache-2.0
// Telling image archives from other archives without walking them. Reading them is analyze/load-image.c's.
#include "image-head.h"

#include "tar.h"
#include "unpack.h"

/* 64 hex digits: docker save names folders and files so. */
static bool starts_with_digest(struct span name)
{
	size_t n = 0;

	while (n < name.n && strchr("0123456789abcdef", name.p[n]))
		n++;
	return n == 64 && (n == name.n || name.p[n] == '/' || name.p[n] == '.');
}

/* 1 an image's, 0 not, -1 does not tell ("./", "blobs/"). */
static int told_by(const struct tar_entry *t)
{
	struct span name = span_of(t->name);

	while (span_starts(name, "./"))
		name = (struct span){name.p + 2, name.n - 2};
	if (starts_with_digest(name) || span_starts(name, "blobs/sha256"))
		return 1;
	if (t->type == 'd')
		return name.n == 0 || span_eq(name, "blobs/") || span_eq(name, "blobs") ? -1 : 0;
	return span_eq(name, "oci-layout") || span_eq(name, "manifest.json") || span_eq(name, "index.json") || span_eq(name, "repositories");
}

bool image_head(struct span head)
{
	struct source bytes, plain;
	struct tar_entry t;
	struct tar *tar;
	int told = -1;

	source_from_span(&bytes, head, "head");
	source_unpack(&plain, &bytes);
	tar = tar_open(&plain);
	while (told < 0 && tar_next(tar, &t, NULL) == 1)
		told = told_by(&t);
	tar_close(tar);
	source_close(&plain);
	source_close(&bytes);
	return told == 1;
}
