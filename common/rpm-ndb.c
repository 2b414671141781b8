// SPDX-License-Identifier: Apache-2.0
// rpm's NDB (SUSE): slots of 16 bytes that lead to blobs; little-endian (rpm lib/backend/ndb/rpmpkg.c).
#include "rpm.h"

enum { SLOT = 16, SLOTS_PER_PAGE = 4096 / SLOT, HEADER_SLOTS = 2, BLOCK = 16, BLOB_HEAD = 16, BLOB_TAIL = 12, SLOT_PAGES_MAX = 65536 };

static uint32_t le32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[3] << 24 | (uint32_t)u[2] << 16 | (uint32_t)u[1] << 8 | u[0];
}

/* The header blob of a slot; absent when the slot's block does not say so. */
static struct span blob_of(struct span file, const char *slot)
{
	uint64_t at = (uint64_t)le32(slot + 8) * BLOCK, room = (uint64_t)le32(slot + 12) * BLOCK;
	uint32_t length;

	if (at > file.n || room > file.n - at || room < BLOB_HEAD + BLOB_TAIL || memcmp(file.p + at, "BlbS", 4) != 0 || le32(file.p + at + 4) != le32(slot + 4))
		return SPAN_NONE;
	length = le32(file.p + at + 12);
	return length <= room - BLOB_HEAD - BLOB_TAIL ? (struct span){file.p + at + BLOB_HEAD, length} : SPAN_NONE;
}

int rpm_ndb(struct rpm_read *r, struct span file, struct err *e)
{
	uint64_t slots, budget = file.n;
	uint32_t pages;

	if (file.n < HEADER_SLOTS * SLOT || !span_starts(file, "RpmP"))
		return err_set(e, ERR_INPUT, "not an rpm NDB");
	pages = le32(file.p + 12);
	slots = (uint64_t)pages * SLOTS_PER_PAGE;
	if (le32(file.p + 4) != 0 || pages == 0 || pages > SLOT_PAGES_MAX || slots * SLOT > file.n)
		return err_set(e, ERR_INPUT, "rpm NDB of version %u with %u pages of slots in %zu bytes", le32(file.p + 4), pages, file.n);
	for (uint64_t i = HEADER_SLOTS; i < slots; i++) {
		const char *slot = file.p + i * SLOT;
		struct span blob;

		if (memcmp(slot, "Slot", 4) != 0)
			return err_set(e, ERR_INPUT, "rpm NDB: slot %llu is damaged", (unsigned long long)i);
		if (le32(slot + 8) == 0) /* free: blobs never lie at the start */
			continue;
		blob = blob_of(file, slot);
		/* Slots that share a blob would make it count again and again. */
		if (!blob.p || blob.n > budget) {
			r->broken++;
			continue;
		}
		budget -= blob.n;
		rpm_header(r, blob);
	}
	return 0;
}
