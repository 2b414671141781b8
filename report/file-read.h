/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_READ_H
#define FILE_READ_H
/* Small files of the user's: templates, themes, logos. */
#include "common/arena.h"
#include "common/err.h"
#include "common/span.h"

/* The whole file, in `a`. ERR_INPUT when it is larger than `most_mib` MiB or cannot be read, ERR_ENV when it cannot be opened. */
int file_read(struct arena *a, const char *path, size_t most_mib, struct span *out, struct err *e);
#endif
