/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KUBECTL_H
#define KUBECTL_H
/* Runs the site's own kubectl: no shell, standard input closed, what it prints read as a stream, what it complains of kept in memory. */
#include "common/buf.h"
#include "common/source.h"

struct kubectl {
	const char *program, *context, *kubeconfig; /* the latter two may be NULL */
};

struct kubectl_run;
/* Starts `kubectl ARGS` (NULL-terminated; --context and --kubeconfig are put before them). -1: it could not be started (ERR_ENV). */
int kubectl_start(struct kubectl_run **out, const struct kubectl *k, const char *const *args, struct err *e);
/* What it prints; belongs to the run. Reading its end fails (ERR_INPUT, as kubectl_end) when it did not end well: an empty list may mean "forbidden". */
struct source *kubectl_output(struct kubectl_run *r);
/* Waits, frees. 0: it ended well. -1: `why` is one clean line of what it said ("forbidden: …"). `said` (may be NULL) gets all of standard error. */
int kubectl_end(struct kubectl_run *r, struct buf *said, struct err *why);
/* Runs to the end and gathers what it prints, at most `limit` bytes. */
int kubectl_text(const struct kubectl *k, const char *const *args, size_t limit, struct buf *out, struct buf *said, struct err *why);
/* The command line for the manifest, without paths of the workstation. */
void kubectl_line(const char *const *args, struct buf *out);
#endif
