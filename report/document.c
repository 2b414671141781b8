// SPDX-License-Identifier: Apache-2.0
// Grows the lists of a document. What goes into them is expand.c's.
#include "document.h"

struct block *document_block(struct document *d, enum block_kind kind, int line)
{
	const struct section *s = &d->section[d->level];
	struct block *b;

	d->blocks = arena_room(d->arena, d->blocks, d->n, &d->cap, sizeof(*d->blocks));
	b = &d->blocks[d->n++];
	*b = (struct block){.kind = kind, .line = line, .priority = s->priority, .detail = s->detail, .fill = s->fill};
	return b;
}

struct group *document_group(struct document *d)
{
	struct group *g = arena_alloc(d->arena, sizeof(*g));

	d->groups = arena_room(d->arena, d->groups, d->group_count, &d->group_cap, sizeof(*d->groups));
	d->groups[d->group_count++] = g;
	g->priority = d->section[d->level].priority;
	return g;
}

uint16_t document_link(struct document *d, struct span target, bool outside)
{
	if (d->link_count >= UINT16_MAX - 1)
		return 0;
	d->links = arena_room(d->arena, d->links, d->link_count, &d->link_cap, sizeof(*d->links));
	d->links[d->link_count] = (struct link){target, outside};
	return (uint16_t)++d->link_count;
}

void document_speech(struct document *d, struct span text)
{
	size_t heading = d->n;

	while (heading > 0 && !(d->blocks[heading - 1].kind == BLOCK_HEADING && d->blocks[heading - 1].level == 1))
		heading--;
	if (!heading)
		return;
	d->speeches = arena_room(d->arena, d->speeches, d->speech_count, &d->speech_cap, sizeof(*d->speeches));
	d->speeches[d->speech_count++] = (struct speech){heading - 1, text};
}

void document_section(struct document *d, int level, int priority, bool detail, bool fill)
{
	struct section s = d->section[level - 1];

	if (priority)
		s.priority = priority;
	if (detail) {
		d->details = arena_room(d->arena, d->details, d->detail_count, &d->detail_cap, sizeof(*d->details));
		d->details[d->detail_count++] = (struct detail){s.priority, false};
		s.detail = (int)d->detail_count;
	}
	if (fill)
		s.fill = ++d->fills;
	for (int i = level; i < 7; i++)
		d->section[i] = s;
	d->level = level;
}
