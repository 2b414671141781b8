// SPDX-License-Identifier: Apache-2.0
// Files that are whole or not there, and their removal when a run is ended.
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOTS = 16 };
/* Read by the signal handler: a name is set before its file exists and cleared after it is gone. */
static char unfinished[SLOTS][4104];
static volatile sig_atomic_t in_use[SLOTS];

static void remove_all(void)
{
	for (int i = 0; i < SLOTS; i++)
		if (in_use[i])
			unlink(unfinished[i]);
}

static void on_signal(int number)
{
	remove_all();
	signal(number, SIG_DFL);
	raise(number);
}

static void watch(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	static bool done;

	if (done)
		return;
	done = true;
	atexit(remove_all);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], on_signal);
}

int outfile_begin(struct outfile *o, const char *path, bool keep, struct err *e)
{
	char folder[4096];
	char *slash;

	*o = (struct outfile)OUTFILE_INIT;
	if (strlen(path) >= sizeof(o->path))
		return err_set(e, ERR_USAGE, "output name of %zu bytes", strlen(path));
	snprintf(o->path, sizeof(o->path), "%s", path);
	snprintf(o->part, sizeof(o->part), "%s.part", path);
	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = 0;
	if (access(slash ? folder : ".", W_OK | X_OK))
		return err_errno(e, "%s: cannot write in its folder", path);
	if (unlink(o->part) && errno != ENOENT)
		return err_errno(e, "%s: what an earlier run left of it cannot be removed", path);
	watch();
	for (int i = 0; i < SLOTS && !keep && o->slot < 0; i++)
		if (!in_use[i]) {
			memcpy(unfinished[i], o->part, sizeof(o->part));
			in_use[i] = 1;
			o->slot = i;
		}
	if (!keep && o->slot < 0)
		die("more than %d output files at once", SLOTS);
	return 0;
}

static int sync_file(const char *part, const char *path, struct err *e)
{
	int fd = open(part, O_RDONLY | O_CLOEXEC), rc = 0;

	if (fd < 0)
		return err_errno(e, "%s: cannot open", path);
	if (fsync(fd) && errno != EINVAL && errno != EROFS)
		rc = err_errno(e, "%s: cannot be brought to the disk", path);
	close(fd);
	return rc;
}

int outfile_commit(struct outfile *o, struct err *e)
{
	if (sync_file(o->part, o->path, e))
		return -1;
	if (rename(o->part, o->path))
		return err_errno(e, "%s: cannot be put in its place", o->path);
	if (o->slot >= 0)
		in_use[o->slot] = 0;
	o->slot = -1;
	o->part[0] = 0;
	return 0;
}

void outfile_abandon(struct outfile *o)
{
	if (o->slot < 0)
		return;
	unlink(o->part);
	in_use[o->slot] = 0;
	o->slot = -1;
}

int outfile_write(const char *path, const void *p, size_t n, struct err *e)
{
	auto_outfile o = OUTFILE_INIT;
	const char *at = p;
	int fd;

	if (outfile_begin(&o, path, false, e))
		return -1;
	fd = open(o.part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_errno(e, "%s: cannot be made", path);
	while (n) {
		ssize_t wrote = write(fd, at, n);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0) {
			err_errno(e, "%s: cannot be written", path);
			close(fd);
			return -1;
		}
		at += wrote;
		n -= (size_t)wrote;
	}
	if (close(fd))
		return err_errno(e, "%s: cannot be written", path);
	return outfile_commit(&o, e);
}

int outfile_mkdir(const char *path, struct err *e)
{
	char part[4096];
	struct stat st;

	if (strlen(path) >= sizeof(part))
		return err_set(e, ERR_USAGE, "folder name of %zu bytes", strlen(path));
	snprintf(part, sizeof(part), "%s", path);
	for (char *p = part + 1; *p; p++)
		if (*p == '/') {
			*p = 0;
			mkdir(part, 0777);
			*p = '/';
		}
	if (mkdir(part, 0777) && errno != EEXIST)
		return err_errno(e, "%s: cannot be made", path);
	if (stat(part, &st) || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_ENV, "%s: not a folder", path);
	return 0;
}

size_t outfile_existing(const char *path)
{
	char part[4096];
	struct stat st;
	size_t n = strlen(path);

	if (n >= sizeof(part))
		return n;
	snprintf(part, sizeof(part), "%s", path);
	while (n && stat(part, &st)) {
		while (n && part[n - 1] == '/')
			part[--n] = 0;
		while (n && part[n - 1] != '/')
			part[--n] = 0;
	}
	return n;
}

void outfile_unmkdir(const char *path, size_t existed)
{
	char part[4096];
	size_t n = strlen(path);

	if (n >= sizeof(part))
		return;
	snprintf(part, sizeof(part), "%s", path);
	while (n > existed && rmdir(part) == 0) {
		while (n > existed && part[n - 1] == '/')
			part[--n] = 0;
		while (n > existed && part[n - 1] != '/')
			part[--n] = 0;
	}
}
