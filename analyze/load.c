// SPDX-License-Identifier: Apache-2.0
// The table of loaders and what they share. What a kind of evidence means is each load-*.c's.
#include "load.h"
#include "distinct.h"
#include "common/object.h"

#include "derive-refused.h"
#include "load-audit.h"
#include "load-aws.h"
#include "load-flow.h"
#include "load-image.h"
#include "load-kubernetes.h"
#include "load-node.h"
#include "load-registry.h"
#include "load-scanner.h"

#include <stdarg.h>

static const struct loader loaders[] = {
	{"aws/", load_aws},
	{"image/rootfs", load_rootfs},
	{"flow/", load_flows},
	{"image", load_image},
	{"kubernetes/audit", load_audit}, /* before all other kinds of its prefix */
	{"kubernetes/refused", load_refused},
	{"kubernetes/", load_kubernetes},
	{"node/", load_node_facts},
	{"registry/", load_registry},
	{"scanner/", load_scanner},
	{NULL, NULL},
};

int load_scope(struct db *db, const char *kind, struct span name, int64_t *id, struct err *e)
{
	if (db_run(db, e, "INSERT OR IGNORE INTO scope(kind, name) VALUES (?, ?)", "st", kind, name))
		return -1;
	*id = db_int(db, 0, "SELECT id FROM scope WHERE kind = ? AND name = ?", "st", kind, name);
	return 0;
}

int64_t load_find(struct load *l, struct span ref)
{
	return db_int(l->db, 0, "SELECT id FROM thing WHERE ref = ?", "t", ref);
}

int load_thing(struct load *l, const struct thing_spec *s, int64_t *id, bool *fresh, struct err *e)
{
	if (db_run(l->db, e,
		   "INSERT OR IGNORE INTO thing(kind, ref, scope, cluster, namespace, type, name, parent, evidence, pointer) "
		   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		   "strststrrs", s->kind, s->ref, l->scope, s->outside ? NULL : l->cluster, s->namespace, s->type, s->name, s->parent,
		   l->evidence, s->pointer))
		return -1;
	if (sqlite3_changes(l->db->h)) {
		*id = sqlite3_last_insert_rowid(l->db->h);
		if (fresh)
			*fresh = true;
		return 0;
	}
	*id = load_find(l, s->ref);
	if (fresh)
		*fresh = false;
	return 0;
}

int load_problem(struct load *l, const char *pointer, struct err *e, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (l->problems++ >= LOAD_PROBLEMS_MAX)
		return 0;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return db_run(l->db, e, "INSERT INTO problem(evidence, pointer, message) VALUES (?, ?, ?)", "rss", l->evidence, pointer, text);
}

int load_kind(struct load *l, const char *kind, int64_t items, struct err *e)
{
	return db_run(l->db, e,
		      "INSERT INTO evidence_kind(scope, kind, items) VALUES (?, ?, ?) "
		      "ON CONFLICT DO UPDATE SET items = items + excluded.items",
		      "isi", l->scope, kind, items);
}

static int digits(struct span s, size_t at, size_t n)
{
	int value = 0;

	for (size_t i = at; i < at + n; i++) {
		if (i >= s.n || s.p[i] < '0' || s.p[i] > '9')
			return -1;
		value = value * 10 + (s.p[i] - '0');
	}
	return value;
}

/* Days since 1970-01-01 of a civil date, by the usual era arithmetic (proleptic Gregorian). */
static int64_t days(int64_t y, int m, int d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int64_t load_time(struct span s)
{
	int y = digits(s, 0, 4), mo = digits(s, 5, 2), d = digits(s, 8, 2), h = 0, mi = 0, sec = 0;
	int64_t shift = 0;
	size_t at = 19;

	if (y < 0 || mo < 1 || mo > 12 || d < 1 || d > 31 || s.p[4] != '-' || s.p[7] != '-')
		return 0;
	if (s.n > 10) {
		h = digits(s, 11, 2), mi = digits(s, 14, 2), sec = digits(s, 17, 2);
		if (h < 0 || h > 23 || mi < 0 || mi > 59 || sec < 0 || sec > 60)
			return 0;
		if (at < s.n && s.p[at] == '.')
			for (at++; at < s.n && s.p[at] >= '0' && s.p[at] <= '9';)
				at++;
		if (at < s.n && (s.p[at] == '+' || s.p[at] == '-')) {
			int zh = digits(s, at + 1, 2), zm = digits(s, at + 4, 2);

			if (zh < 0 || zm < 0)
				return 0;
			shift = (zh * 3600 + zm * 60) * (s.p[at] == '+' ? 1 : -1);
		}
	}
	return days(y, mo, d) * 86400 + h * 3600 + mi * 60 + sec - shift;
}

int load_member(struct load *l, struct source *content, struct err *e)
{
	for (const struct loader *t = loaders; t->kind; t++)
		if (strncmp(l->kind, t->kind, strlen(t->kind)) == 0)
			return t->load(l, content, e);
	return load_problem(l, NULL, e, "no loader for evidence of kind %s", l->kind);
}

void load_fini(struct load *l)
{
	arena_fini(&l->item);
	object_packer_free(l->packer);
	l->packer = NULL;
	distinct_free(l->components);
	l->components = NULL;
}
