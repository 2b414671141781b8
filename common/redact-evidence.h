/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_EVIDENCE_H
#define REDACT_EVIDENCE_H
/* Redaction by the kind of evidence, for whoever stores it whole. The loaders, which keep only what checks ask, call the same rules themselves. */
#include "redact.h"

/* Names of the lists that a document of this kind is split at, as items_open() takes them; NULL: only "items". */
const char *const *redact_evidence_lists(const char *kind);
/* One item of a member of that kind, in place. `list`: the kind of the enclosing Kubernetes list, may be absent. */
void redact_evidence(struct redact *r, struct arena *a, const char *kind, struct span list, struct json *item);
/* Every string by its form and its member's name, also those that redact_evidence() takes for names (labels). */
void redact_evidence_deeply(struct redact *r, struct arena *a, struct json *item);
/* A credential report of AWS as CSV, out of the JSON around it where there is one. Absent: it is none. In the arena. */
struct span redact_report(struct redact *r, struct arena *a, struct span text);
/* The leak gate for the stored text of that kind. */
bool redact_evidence_leaks(const char *kind, struct span text);
#endif
