// SPDX-License-Identifier: Apache-2.0
// Any bytes as a bundle: everything in it is read, compared and loaded as the analyzer would walk it.
#include "common/bundle.h"
#include "common/input.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int each(void *ctx, struct member *m, struct err *e)
{
	char chunk[4096];

	(void)ctx, (void)e;
	while (m->content && source_read(m->content, chunk, sizeof(chunk), NULL) > 0)
		;
	return 0;
}

static void bad(void *ctx, const char *line)
{
	*(size_t *)ctx += strlen(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char path[64];
	struct bundle *b;
	struct err e = {0};
	size_t told = 0;
	int fd = memfd_create("fuzz.plim", 0);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		die("no memory file");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (bundle_open(&b, path, &e) == 0) {
		bundle_verify(b, bad, &told);
		bundle_close(b);
	}
	input_walk(path, each, NULL, &e);
	close(fd);
	return 0;
}
