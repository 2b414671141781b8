// SPDX-License-Identifier: Apache-2.0
// Any bytes as what tar-split keeps of a layer, over a folder with one file: looked through, and made an archive.
#include "common/store-layer.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
static char folder[] = "/tmp/fuzz-store-XXXXXX";

static void remove_folder(void)
{
	char file[sizeof(folder) + 2];

	snprintf(file, sizeof(file), "%s/a", folder);
	unlink(file);
	rmdir(folder);
}

static void make_folder(void)
{
	char file[sizeof(folder) + 2];
	int fd;

	if (!mkdtemp(folder))
		die("no folder");
	atexit(remove_folder);
	snprintf(file, sizeof(file), "%s/a", folder);
	fd = open(file, O_WRONLY | O_CREAT, 0600);
	if (fd < 0 || write(fd, "abc", 3) != 3)
		die("no file");
	close(fd);
}

static int split_of(const uint8_t *data, size_t n)
{
	int fd = memfd_create("split", 0);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET))
		die("no memory file");
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct source s;
	struct root r;
	struct err e = {0};
	char waste[4096];

	if (folder[sizeof(folder) - 2] == 'X')
		make_folder();
	if (root_init(&r, folder, &e))
		die("%s", e.msg);
	store_split_check(&r, split_of(data, n), "split", &e);
	store_split_source(&s, &r, split_of(data, n), "split");
	while (source_read(&s, waste, sizeof(waste), &e) > 0)
		;
	source_close(&s);
	root_fini(&r);
	return 0;
}
