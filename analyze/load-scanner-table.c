// SPDX-License-Identifier: Apache-2.0
// Harbor's export of scan data and Prisma Cloud's export of images: CSV with a line of names, a row per vulnerability and package, many images in one file.
#include "load-scanner.h"
#include "common/csv.h"
#include "common/map.h"
#include "common/redact-walk.h"

#include <ctype.h>

enum { COLUMNS = 64 };

struct table {
	struct load *l;
	struct csv *csv;
	struct map column;	 /* name: number + 1 */
	struct map scans;	 /* image: its scan */
	struct arena names;	 /* keys of both */
	struct span at[COLUMNS]; /* the record at hand */
	size_t n;
	char pointer[48];	 /* "line 12" */
};

/* The first of several names that the table has; versions of the products name columns differently. */
static struct span cell(struct table *t, const char *const *names)
{
	for (; *names; names++) {
		const struct map_slot *slot = map_at(&t->column, span_of(*names));
		size_t i = (size_t)(uintptr_t)slot->value;

		if (i && i <= t->n)
			return span_trim(t->at[i - 1]);
	}
	return SPAN_NONE;
}
#define CELL(t, ...) cell(t, (const char *const[]){__VA_ARGS__, NULL})

static struct span kept(struct table *t, struct span s)
{
	return (struct span){arena_strndup(&t->names, s.p ? s.p : "", s.n), s.n};
}

/* The scan of the image that the record is of. */
static int scan_of(struct table *t, const struct scan_about *a, struct span key, int64_t *scan, struct err *e)
{
	struct map_slot *slot = map_at(&t->scans, key);

	if (!slot->value) {
		slot->key = kept(t, key);
		if (scan_add(t->l, a, scan, e))
			return -1;
		slot->value = (void *)(intptr_t)*scan;
	}
	*scan = (intptr_t)slot->value;
	return 0;
}

static int harbor_row(struct table *t, struct err *e)
{
	struct arena *a = &t->l->item;
	struct span repository = CELL(t, "Repository"), digest = CELL(t, "Artifact Digest");
	struct scan_row r = {.vulnerability = CELL(t, "CVE"), .component = CELL(t, "Package"), .version = CELL(t, "Current Version", "Version"), .severity = CELL(t, "Severity"),
			     .fixed = CELL(t, "Fixed in version", "Fixed Version", "Fix Version"), .pointer = t->pointer};
	struct scan_about about = {.scanner = SPAN("harbor"), .version = SPAN_NONE, .digest = digest, .vulnerabilities = true, .pointer = t->pointer};
	int64_t scan;

	if (!repository.n || !span_starts(digest, "sha256:"))
		return load_problem(t->l, t->pointer, e, "a row without Repository and Artifact Digest");
	about.target = span_of(arena_printf(a, "%.*s@%.*s", SPAN_ARG(repository), SPAN_ARG(digest)));
	about.no_registry = true; /* Harbor does not say where it stands */
	if (scan_of(t, &about, about.target, &scan, e))
		return -1;
	return scan_result_add(t->l, scan, &r, e);
}

static int prisma_row(struct table *t, struct err *e)
{
	struct arena *a = &t->l->item;
	struct span registry = CELL(t, "Registry"), repository = CELL(t, "Repository"), tag = CELL(t, "Tag"), digest = CELL(t, "Digest"), id = CELL(t, "Id");
	struct scan_row r = {.vulnerability = CELL(t, "CVE ID"), .component = CELL(t, "Packages"), .version = CELL(t, "Package Version"), .severity = CELL(t, "Severity"),
			     .fixed = scan_prisma_fix(CELL(t, "Fix Status")), .path = CELL(t, "Package Path"), .pointer = t->pointer};
	struct scan_about about = {.scanner = SPAN("prisma"), .digest = span_after_last(digest, '@'), .config_digest = id, .vulnerabilities = true, .pointer = t->pointer};
	int64_t scan;

	if (!r.vulnerability.n) /* a compliance issue */
		return 0;
	if (!repository.n)
		return load_problem(t->l, t->pointer, e, "a row without Repository");
	about.target = span_of(arena_printf(a, "%.*s%s%.*s%s%.*s", SPAN_ARG(registry), registry.n ? "/" : "", SPAN_ARG(repository), tag.n ? ":" : "", SPAN_ARG(tag)));
	if (scan_of(t, &about, span_of(arena_printf(a, "%.*s %.*s", SPAN_ARG(about.target), SPAN_ARG(id))), &scan, e))
		return -1;
	return scan_result_add(t->l, scan, &r, e);
}

static int read_names(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct span name = kept(t, span_trim(t->at[i]));
		struct map_slot *slot = map_at(&t->column, name);

		if (!slot->value)
			slot->value = (void *)(uintptr_t)(i + 1);
	}
	return t->n > 0;
}

/* Text of the export that is kept; what looks secret in it is hidden as in all else. */
static void hide(struct table *t)
{
	for (size_t i = 0; t->l->redact && i < t->n; i++) {
		struct span changed = redact_text(t->l->redact, &t->l->item, t->at[i]);

		if (changed.p)
			t->at[i] = changed;
	}
}

static int rows(struct table *t, int (*row)(struct table *t, struct err *e), struct err *e)
{
	struct err bad = {0};
	bool named = false;
	int rc, failed = 0;

	while (!failed && (rc = csv_next(t->csv, t->at, COLUMNS, &t->n, &bad)) != 0) {
		snprintf(t->pointer, sizeof(t->pointer), "line %llu", (unsigned long long)csv_line(t->csv));
		if (rc < 0 && bad.kind == ERR_ENV)
			return err_set(e, ERR_ENV, "%s", bad.msg);
		if (rc != 1) {
			failed = load_problem(t->l, t->pointer, e, "%s", bad.msg);
			if (rc < 0)
				break;
		} else if (!named) {
			named = read_names(t);
		} else if (t->n) {
			hide(t);
			failed = row(t, e);
		}
		bad = (struct err){0};
		arena_reset(&t->l->item);
	}
	return failed;
}

int scan_table(struct load *l, struct source *content, struct err *e)
{
	struct table t = {.l = l, .csv = csv_open(content)};
	int rc = rows(&t, strcmp(l->kind, "scanner/harbor") == 0 ? harbor_row : prisma_row, e);

	csv_close(t.csv);
	map_fini(&t.column);
	map_fini(&t.scans);
	arena_fini(&t.names);
	return rc;
}
