// SPDX-License-Identifier: Apache-2.0
// Records as they gather, and streams of them. Leaves formats to feed-*.c, writing rows to store.c.
#include "advisory.h"

#include "common/csv.h"

#include "common/hash.h"
#include "common/limits.h"

struct span feed_keep(struct store *s, struct span text)
{
	return text.p ? (struct span){arena_strndup(&s->arena, text.p, text.n), text.n} : text;
}

void advisory_add(struct store *s, struct advisory *a, const struct place *p, const struct affected_row *row)
{
	size_t cap = a->cap;

	a->rows = arena_room(&s->arena, a->rows, a->n, &cap, sizeof(*a->rows));
	a->places = arena_room(&s->arena, a->places, a->n, &a->cap, sizeof(*a->places));
	a->rows[a->n] = *row;
	a->places[a->n++] = *p;
}

void advisory_add_lowest(struct store *s, struct advisory *a, const struct place *p, const struct affected_row *row)
{
	/* Of late rows only: those of one package stand together, and the whole list may be long. */
	for (size_t i = a->n, seen = 0; i-- > 0 && seen < 512; seen++) {
		struct affected_row *r = &a->rows[i];

		if (!span_is(r->package, row->package) || strcmp(r->status, row->status) != 0 || r->binary != row->binary ||
		    !span_is(r->module, row->module) || !span_is(a->places[i].ecosystem, p->ecosystem) || !span_is(a->places[i].release, p->release))
			continue;
		if (r->fixed.p && row->fixed.p && p->scheme != VERSION_NONE && version_compare(p->scheme, row->fixed, r->fixed) < 0)
			r->fixed = row->fixed;
		return;
	}
	advisory_add(s, a, p, row);
}

void advisory_alias(struct store *s, struct advisory *a, struct span other, const char *kind)
{
	struct advisory_alias *n;

	if (other.n == 0 || other.n > LIMIT_VERSION_BYTES || a->alias_count > LIMIT_ALIASES || span_is(other, a->v.name))
		return;
	for (n = a->aliases; n; n = n->next)
		if (span_is(n->other, other))
			return;
	if (++a->alias_count > LIMIT_ALIASES)
		return;
	n = arena_alloc(&s->arena, sizeof(*n));
	*n = (struct advisory_alias){a->aliases, feed_keep(s, other), kind};
	a->aliases = n;
}

static void add_field(struct hash *h, struct span s)
{
	hash_add(h, s.p ? s.p : "-", s.p ? s.n : 1);
	hash_add(h, "\x1f", 1);
}

static void hash_of(const struct advisory *a, char *hex)
{
	struct hash h;

	hash_init(&h);
	add_field(&h, a->v.name);
	add_field(&h, a->v.summary);
	add_field(&h, a->v.severity);
	add_field(&h, a->v.vector);
	hash_add(&h, &a->v.modified, sizeof(a->v.modified));
	hash_add(&h, &a->v.published, sizeof(a->v.published));
	hash_add(&h, &a->v.withdrawn, sizeof(a->v.withdrawn));
	for (size_t i = 0; i < a->n; i++) {
		const struct affected_row *r = &a->rows[i];
		const struct span fields[] = {a->places[i].ecosystem, a->places[i].release, r->package, r->introduced, r->fixed, r->last_affected,
					      r->versions, r->advisory, r->module, span_of(r->status), span_of(r->binary ? "b" : "s")};

		for (size_t k = 0; k < sizeof(fields) / sizeof(fields[0]); k++)
			add_field(&h, fields[k]);
	}
	for (const struct advisory_alias *n = a->aliases; n; n = n->next) {
		add_field(&h, n->other);
		add_field(&h, span_of(n->kind));
	}
	hash_hex(&h, hex);
	hex[32] = 0;
}

/* Notices that come out with the fix: their date is since when it is there. Records of a CVE are older or newer than that. */
static bool is_fix_notice(struct span name)
{
	static const char *const starts[] = {"ALSA-", "ALBA-", "RLSA-", "RHSA-", "RHBA-", "ELSA-", "ALAS", "SUSE-", "openSUSE-", "USN-", "DSA-", "DLA-", "MGASA-", "PHSA-", "OESA-"};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (span_starts(name, starts[i]))
			return true;
	return false;
}

int advisory_store(struct store *s, struct advisory *a, struct err *e)
{
	char hash[HASH_HEX];
	int64_t vuln;
	int fresh;

	if (a->alias_count > LIMIT_ALIASES)
		return err_set(e, ERR_INPUT, "%.*s: more than %u other names", SPAN_ARG(a->v.name), LIMIT_ALIASES);
	hash_of(a, hash);
	fresh = store_record(s, &a->v, hash, &vuln, e);
	if (fresh <= 0)
		return fresh;
	for (const struct advisory_alias *n = a->aliases; n; n = n->next)
		if (store_alias(s, vuln, n->other, n->kind, e))
			return -1;
	for (size_t i = 0; i < a->n; i++) {
		if (is_fix_notice(a->v.name))
			a->rows[i].since = a->v.published ? a->v.published : a->v.modified;
		a->rows[i].scope = store_covered(s, a->places[i].ecosystem, a->places[i].release, e);
		if (a->rows[i].scope < 0 || store_affected(s, vuln, &a->rows[i], e))
			return -1;
	}
	return 0;
}

int feed_problem(struct store *s, const char *place, struct err *e)
{
	if (e->kind != ERR_INPUT)
		return -1;
	return store_problem(s, *place ? arena_printf(&s->arena, "%s: %s", s->file, place) : s->file, e);
}

int feed_items(struct store *s, struct source *in, const char *const *split, feed_item *each, void *ctx, struct err *e)
{
	struct items *items = items_open(in, split);
	struct item item;
	uint64_t count = 0;
	int r;

	while ((r = items_next(items, &s->arena, &item, e)) > 0) {
		count++;
		if ((r == 2 || each(s, item.value, ctx, e)) && feed_problem(s, r == 2 ? "" : item.pointer, e))
			break;
		arena_reset(&s->arena);
	}
	items_close(items);
	/* A file of one record that is cut short costs that record; a long list that ends too early is not the feed it was. */
	if (r < 0 && count == 0)
		return feed_problem(s, "", e);
	return r != 0 ? err_wrap(e, "%s", s->file) : 0;
}

int feed_records(struct store *s, struct span text, size_t max, feed_record *record, struct err *e)
{
	struct source in;
	struct csv *csv;
	struct span f[64];
	size_t n;
	int r;

	source_from_span(&in, text, s->file);
	csv = csv_open(&in);
	while ((r = csv_next(csv, f, max, &n, e)) == 1 || r == 2) {
		if (r == 1 && (n == 0 || record(s, f, n, e) == 0))
			continue;
		if (feed_problem(s, arena_printf(&s->arena, "line %llu", (unsigned long long)csv_line(csv)), e)) {
			r = -1;
			break;
		}
	}
	csv_close(csv);
	source_close(&in);
	return r != 0 ? err_wrap(e, "%s", s->file) : 0;
}
