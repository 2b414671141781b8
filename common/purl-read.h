/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PURL_READ_H
#define PURL_READ_H
/* Package URLs as feeds write them (purl-spec 1.0): "pkg:rpm/redhat/foo@1.0-1?arch=src&epoch=1". */
#include "arena.h"
#include "span.h"

struct purl_parts {
	struct span type, namespace, name, version; /* decoded; absent: not there */
	struct span qualifiers;			     /* as written */
};

/* False when it is none. What had to be decoded lives in `a`. */
bool purl_read(struct arena *a, struct span text, struct purl_parts *out);
/* The decoded value of a qualifier; absent when there is none. */
struct span purl_qualifier(struct arena *a, const struct purl_parts *p, const char *name);
#endif
