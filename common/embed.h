/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMBED_H
#define EMBED_H
/*
 * Data files (schema, checks, frameworks, templates, fonts) carried inside the program. The table is made by
 * the build (common/embed.sh) from the files in the tree, sorted by path.
 */
#include "span.h"

struct embed {
	const char *path; /* as in the tree, for example "analyze/checks/runtime/privileged-container.yaml" */
	const char *start, *end;
};

/* The file at `path`, absent span when there is none. The text is followed by a NUL byte. */
struct span embed_find(const char *path);
/* The i-th file whose path starts with `prefix`, in path order; NULL behind the last. */
const struct embed *embed_at(const char *prefix, size_t i);
static inline struct span embed_span(const struct embed *f)
{
	return (struct span){f->start, (size_t)(f->end - f->start)};
}
#endif
