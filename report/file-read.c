// SPDX-License-Identifier: Apache-2.0
#include "file-read.h"

#include <stdio.h>

int file_read(struct arena *a, const char *path, size_t most_mib, struct span *out, struct err *e)
{
	FILE *f = fopen(path, "rbe");
	size_t most = most_mib << 20, n;
	char *p;
	bool bad;

	if (!f)
		return err_errno(e, "%s", path);
	p = arena_alloc(a, most + 1);
	n = fread(p, 1, most + 1, f);
	bad = ferror(f) || n > most;
	fclose(f);
	if (bad)
		return err_set(e, ERR_INPUT, "%s: cannot be read, or is larger than %zu MiB", path, most_mib);
	*out = (struct span){p, n};
	return 0;
}
