/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_OUT_H
#define REPORT_OUT_H
/* Where text output goes: standard output, or a file that appears when it is whole. */
#include "common/buf.h"
#include "common/outfile.h"

#include <stdio.h>

struct hash;
struct out {
	struct buf text;      /* what is to be written; writers only add to it */
	struct outfile file;
	FILE *f;
	bool gone;	      /* the reader of standard output went away: the rest is dropped */
	struct hash *sum;     /* when set, all bytes written are added to it */
};
#define OUT_INIT {.file = OUTFILE_INIT}

/* `path` NULL or "-": standard output. */
int out_open(struct out *o, const char *path, struct err *e);
/* Writes the buffer out when it is large; called after each row. ERR_ENV when the disk is full. */
int out_flow(struct out *o, struct err *e);
/* Writes the rest and gives the file its name. */
int out_commit(struct out *o, struct err *e);
void out_fini(struct out *o);
#define auto_out __attribute__((cleanup(out_fini))) struct out
#endif
