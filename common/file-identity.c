// SPDX-License-Identifier: Apache-2.0
// Files by what stat() says of them.
#include "file-identity.h"

void file_identity_add(struct hash *sum, const struct stat *st, int64_t *changed)
{
	const int64_t parts[] = {(int64_t)st->st_dev, (int64_t)st->st_ino, (int64_t)st->st_mode, (int64_t)st->st_uid, (int64_t)st->st_gid, (int64_t)st->st_rdev,
				 (int64_t)st->st_size, time_ns(st->st_mtim), time_ns(st->st_ctim)};

	hash_add(sum, parts, sizeof(parts));
	*changed = time_ns(st->st_ctim) > *changed ? time_ns(st->st_ctim) : *changed;
}
