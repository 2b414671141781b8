/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_IDENTITY_H
#define FILE_IDENTITY_H
/* What tells whether a file is the one that was read before: changing its content or its times changes ctime, which only the kernel sets (stat(2)). */
#include "hash.h"

#include <sys/stat.h>
#include <time.h>

/* Nanoseconds; of a clock's time or of a file's. */
static inline int64_t time_ns(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
/* Adds all that stat() says of it to `sum`. `*changed`: its time of change in nanoseconds since 1970, when that is later than what stands there. */
void file_identity_add(struct hash *sum, const struct stat *st, int64_t *changed);
#endif
