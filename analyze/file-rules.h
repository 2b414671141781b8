/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_RULES_H
#define FILE_RULES_H
/*
 * Files of note by their path: the rules of analyze/files/KIND.yaml. `programs`: names in the usual folders of programs; `names`: names anywhere; `ends`: ends of names,
 * outside of what packages brought (usr/, lib/, node_modules/, …); `path-ends`: ends of paths; `under`: folders.
 */
#include <stddef.h>

struct file_kind {
	unsigned bit;	  /* enum note_kind of image.h */
	const char *name; /* as image_file.kind says */
};
/* The i-th kind of file of note, NULL behind the last. */
const struct file_kind *file_kind_at(size_t i);

/* The bits of all kinds that a canonical path fits. */
unsigned file_rules_kinds(const char *path);
#endif
