// SPDX-License-Identifier: Apache-2.0
// A library to preload: makes the N-th call of one kind fail, so that tests reach the errors of disks and permissions that root never sees.
// FAULT=CALL:N:ERRNO, CALL one of create (open for writing), write, rename, sync; ERRNO a number, or "kill". FAULT_COUNT=FILE: how often each was called.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum call { CREATE, WRITE, RENAME, SYNC, CALLS };
static const char *const names[CALLS] = {"create", "write", "rename", "sync"};
static atomic_int counts[CALLS];

/* True when this call is the one to fail; errno is set then. */
static int fails(enum call c)
{
	const char *f = getenv("FAULT"), *rest;
	int n = atomic_fetch_add(&counts[c], 1) + 1;
	size_t len = strlen(names[c]);

	if (!f || strncmp(f, names[c], len) != 0 || f[len] != ':' || atoi(f + len + 1) != n)
		return 0;
	rest = strchr(f + len + 1, ':');
	if (rest && strcmp(rest, ":kill") == 0)
		raise(SIGKILL);
	errno = rest ? atoi(rest + 1) : EIO;
	return 1;
}

__attribute__((destructor)) static void tell(void)
{
	const char *path = getenv("FAULT_COUNT");
	int before[CALLS];
	FILE *f;

	for (int i = 0; i < CALLS; i++)
		before[i] = counts[i];
	if (!path || !(f = fopen(path, "w")))
		return;
	for (int i = 0; i < CALLS; i++)
		fprintf(f, "%s %d\n", names[i], before[i]);
	fclose(f);
}

/* The terminal and pipes are not what is tested. */
static int is_file(int fd)
{
	return fd > 2;
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)

static int mode_of(int flags, va_list ap)
{
	return flags & O_CREAT ? va_arg(ap, int) : 0;
}

#define OPEN(symbol)                                                                    \
	int symbol(const char *path, int flags, ...)                                    \
	{                                                                               \
		va_list ap;                                                             \
		int mode;                                                               \
		REAL(int, #symbol, const char *, int, ...);                             \
		va_start(ap, flags);                                                    \
		mode = mode_of(flags, ap);                                              \
		va_end(ap);                                                             \
		return (flags & O_ACCMODE) != O_RDONLY && fails(CREATE) ? -1 : real(path, flags, mode); \
	}
int open(const char *path, int flags, ...);
int open64(const char *path, int flags, ...);
OPEN(open)
OPEN(open64)

#define OPENAT(symbol)                                                                  \
	int symbol(int dir, const char *path, int flags, ...)                           \
	{                                                                               \
		va_list ap;                                                             \
		int mode;                                                               \
		REAL(int, #symbol, int, const char *, int, ...);                        \
		va_start(ap, flags);                                                    \
		mode = mode_of(flags, ap);                                              \
		va_end(ap);                                                             \
		return (flags & O_ACCMODE) != O_RDONLY && fails(CREATE) ? -1 : real(dir, path, flags, mode); \
	}
int openat(int dir, const char *path, int flags, ...);
int openat64(int dir, const char *path, int flags, ...);
OPENAT(openat)
OPENAT(openat64)

#define FOPEN(symbol)                                                                   \
	FILE *symbol(const char *path, const char *mode)                                \
	{                                                                               \
		REAL(FILE *, #symbol, const char *, const char *);                      \
		return *mode != 'r' && fails(CREATE) ? NULL : real(path, mode);         \
	}
FOPEN(fopen)
FOPEN(fopen64)

ssize_t write(int fd, const void *p, size_t n)
{
	REAL(ssize_t, "write", int, const void *, size_t);
	return is_file(fd) && fails(WRITE) ? -1 : real(fd, p, n);
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
	REAL(ssize_t, "writev", int, const struct iovec *, int);
	return is_file(fd) && fails(WRITE) ? -1 : real(fd, v, n);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
	return is_file(fd) && fails(WRITE) ? -1 : real(fd, p, n, at);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
	return is_file(fd) && fails(WRITE) ? -1 : real(fd, p, n, at);
}

int rename(const char *a, const char *b)
{
	REAL(int, "rename", const char *, const char *);
	return fails(RENAME) ? -1 : real(a, b);
}

int fsync(int fd)
{
	REAL(int, "fsync", int);
	return fails(SYNC) ? -1 : real(fd);
}

int fdatasync(int fd)
{
	REAL(int, "fdatasync", int);
	return fails(SYNC) ? -1 : real(fd);
}
