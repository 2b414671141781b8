/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVIDENCE_H
#define EVIDENCE_H
/* Evidence on its way into a bundle: parsed, redacted, written again as JSON with every item where it was, so that JSON pointers stay true. */
#include "bundle-write.h"
#include "common/source.h"

struct evidence {
	struct bundle_writer *w;
	struct redact *redact;
	struct arena item;
	/* Namespaces of what an API server gave, since the caller cleared it. A whole dump shows something of kube-system. */
	struct evidence_seen {
		char first[64]; /* the first of them, "" where there is none; as long as the API allows */
		bool several, kube_system;
	} seen;
};
/*
 * Copies one stream into a member. What does not parse is left out and noted. `*items`: how many came through. 0 also when the stream
 * broke off: `*broken` then says why, and what came before is in the member. -1: the environment failed. A member with nothing good in it
 * is dropped, with `*broken` set.
 */
int evidence_copy(struct evidence *ev, const struct member_spec *spec, struct source *content, uint64_t *items, struct err *broken, struct err *e);
/* One document that is at hand, as the only one of its member. */
int evidence_document(struct evidence *ev, const struct member_spec *spec, struct json *doc, struct err *e);
void evidence_fini(struct evidence *ev);
#endif
