/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTFILE_H
#define OUTFILE_H
/*
 * Output files appear under their final name only when they are whole: they are written beside it
 * ("NAME.part") and renamed. What is unfinished when the program exits or is ended by a signal is removed.
 */
#include "err.h"

#include <stdbool.h>
#include <stddef.h>

struct outfile {
	char path[4096]; /* final name */
	char part[4104]; /* where it is written */
	int slot;	 /* in the list of unfinished files; -1: none */
};
#define OUTFILE_INIT {.slot = -1}

/* Decides the names and makes sure that the folder can be written; creates nothing. An older .part is removed.
 * `keep`: the unfinished file stays when the run is ended (a bundle's good members still count). */
int outfile_begin(struct outfile *o, const char *path, bool keep, struct err *e);
/* fsyncs the part and renames it over the final name. */
int outfile_commit(struct outfile *o, struct err *e);
/* Removes the part when it was not committed. */
void outfile_abandon(struct outfile *o);
#define auto_outfile __attribute__((cleanup(outfile_abandon))) struct outfile
/* Writes a whole small file this way. */
int outfile_write(const char *path, const void *p, size_t n, struct err *e);
/* Makes a folder and its missing parents, mode 0777 less umask. */
int outfile_mkdir(const char *path, struct err *e);
/* How much of a folder's path is there already, in bytes; and, after a run that failed, the removal of what outfile_mkdir() made beyond that, as
 * far as it is empty. */
size_t outfile_existing(const char *path);
void outfile_unmkdir(const char *path, size_t existed);
#endif
