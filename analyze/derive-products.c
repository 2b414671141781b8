// SPDX-License-Identifier: Apache-2.0
// Repositories to products, by the feeds' repository_cpe. Judging packages by what is said of the products is derive-match.c's.
#include "derive-products.h"

#include "common/json.h"
#include "common/red-hat.h"
#include "common/text.h"
#include "common/version.h"

struct gathered {
	struct products *p;
	struct span *products, *unknown;
	size_t n, cap, unknown_n, unknown_cap;
	bool build_known;
};

static void add_product(struct gathered *g, struct span cpe)
{
	struct span release = red_hat_release(&g->p->arena, cpe);

	if (!red_hat_is_layered(release))
		return;
	g->products = arena_room(&g->p->arena, g->products, g->n, &g->cap, sizeof(*g->products));
	g->products[g->n++] = release;
}

/* Whether the feeds have it. */
static int look_up(struct gathered *g, struct span name, struct err *e)
{
	sqlite3_stmt *q = db_stmt(g->p->feeds, "SELECT DISTINCT cpe FROM repository_cpe WHERE name = ? ORDER BY cpe");
	bool any = false;
	int r;

	db_bind(q, "t", name);
	while ((r = db_step(g->p->feeds, q, e)) == 1) {
		add_product(g, db_text(q, 0));
		any = true;
	}
	sqlite3_reset(q);
	return r < 0 ? -1 : any;
}

/* Builds write "__8" behind the names of repositories that are not bound to a point release. */
static struct span without_major(struct span name)
{
	size_t n = name.n;

	while (n > 0 && version_is_digit(name.p[n - 1]))
		n--;
	return n < name.n && n > 2 && name.p[n - 1] == '_' && name.p[n - 2] == '_' ? (struct span){name.p, n - 2} : name;
}

static int take_name(struct gathered *g, struct span name, bool build, struct err *e)
{
	/* Of "ubi8-container-8.3-227-x86_64" lists of builds leave the architecture out at times. */
	struct span shorter = build ? span_before_last(name, '-') : without_major(name);
	int known;

	if (span_starts(name, "cpe:")) {
		add_product(g, name);
		return 0;
	}
	known = look_up(g, name, e);
	if (known == 0 && shorter.n < name.n)
		known = look_up(g, shorter, e);
	if (known < 0)
		return -1;
	g->build_known = g->build_known || (build && known);
	if (known || (!build && red_hat_is_base_set(name)))
		return 0;
	g->unknown = arena_room(&g->p->arena, g->unknown, g->unknown_n, &g->unknown_cap, sizeof(*g->unknown));
	g->unknown[g->unknown_n++] = name;
	return 0;
}

static int write_list(struct gathered *g, int64_t id, struct err *e)
{
	auto_buf products = BUF_INIT, unknown = BUF_INIT;

	text_add_json_list(&products, g->products, g->n);
	text_add_json_list(&unknown, g->unknown, g->unknown_n);
	return db_run(g->p->site, e, "UPDATE repository_list SET products = ?, unknown = ? WHERE id = ?", "tti", buf_span(&products), buf_span(&unknown), id);
}

static int gather(struct products *p, int64_t id, struct product_list *out, struct err *e)
{
	auto_arena a = ARENA_INIT;
	sqlite3_stmt *q = db_stmt(p->site, "SELECT told_by = 'build', names FROM repository_list WHERE id = ?");
	struct gathered g = {.p = p};
	struct json *names = NULL;
	bool build = false;
	int r;

	db_bind(q, "i", id);
	r = db_step(p->site, q, e);
	if (r == 1) {
		build = sqlite3_column_int(q, 0);
		r = json_parse(&a, db_text(q, 1), &names, e);
	}
	sqlite3_reset(q);
	if (r < 0)
		return -1;
	JSON_EACH(name, names)
	{
		if (take_name(&g, json_str(name), build, e))
			return -1;
	}
	g.n = span_sort_once(g.products, g.n);
	g.unknown_n = span_sort_once(g.unknown, g.unknown_n);
	*out = (struct product_list){g.products, g.n, build ? g.build_known : g.unknown_n == 0};
	return write_list(&g, id, e);
}

/* Feeds of an earlier version know nothing of repositories. */
static int ready(struct products *p, struct err *e)
{
	if (p->lists.n || db_int(p->feeds, 0, "SELECT 1 FROM sqlite_schema WHERE name = 'repository_cpe'", ""))
		return 0;
	return db_exec(p->feeds, "CREATE TEMP TABLE IF NOT EXISTS repository_cpe(name TEXT, cpe TEXT)", e);
}

const struct product_list *products_of(struct products *p, int64_t repositories, struct err *e)
{
	static const struct product_list nothing;
	struct map_slot *slot;
	int64_t *key;

	if (!repositories)
		return &nothing;
	if (ready(p, e))
		return NULL;
	slot = map_at(&p->lists, (struct span){(const char *)&repositories, sizeof(repositories)});
	if (!slot->value) {
		key = arena_alloc(&p->arena, sizeof(*key));
		*key = repositories;
		slot->key.p = (const char *)key;
		slot->value = arena_alloc(&p->arena, sizeof(struct product_list));
		if (gather(p, repositories, slot->value, e))
			return NULL;
	}
	return slot->value;
}

enum product_fit products_fit(const struct product_list *list, struct span said, struct span major)
{
	struct span rest = said, product = span_cut(&rest, ':');
	bool same = false;

	if (!red_hat_for_major(said, major))
		return PRODUCT_NO;
	for (size_t i = 0; i < list->n; i++) {
		if (red_hat_fits(said, list->at[i]))
			return PRODUCT_YES;
		rest = list->at[i];
		same = same || span_is(span_cut(&rest, ':'), product);
	}
	return list->complete || same ? PRODUCT_NO : PRODUCT_MAYBE;
}

/* ---- what no feed covers */

static int covered(struct db *feeds, struct span product, struct err *e)
{
	sqlite3_stmt *q = db_stmt(feeds, "SELECT s.release FROM scope s WHERE s.ecosystem = 'Red Hat' AND s.release GLOB '*:*' AND EXISTS (SELECT 1 FROM feed_scope x WHERE x.scope = s.id)");
	int r = 0, found = 0;

	while (!found && (r = db_step(feeds, q, e)) == 1)
		found = red_hat_fits(db_text(q, 0), product);
	sqlite3_reset(q);
	return found ? 1 : r < 0 ? -1 : 0;
}

int products_coverage(struct db *site, struct db *feeds, struct err *e)
{
	auto_stmt *q = NULL;
	int r;

	if (!feeds)
		return 0;
	if (db_exec(site, "CREATE TEMP TABLE product_used AS SELECT p.thing, j.value AS product, count(*) AS packages FROM repository_list l, json_each(l.products) j JOIN component c ON c.repositories = l.id"
			  " JOIN package p ON p.component = c.id GROUP BY 1, 2", e) ||
	    db_prepare(site, "SELECT DISTINCT product FROM temp.product_used ORDER BY 1", &q, e))
		return -1;
	while ((r = db_step(site, q, e)) == 1) {
		int known = covered(feeds, db_text(q, 0), e);

		if (known < 0 || (!known && db_run(site, e,
						   "INSERT INTO feed_coverage(thing, ecosystem, release, state, packages, reason) SELECT thing, 'Red Hat', product, 'not-assessed', packages,"
						   " 'no imported feed covers Red Hat ' || product FROM temp.product_used WHERE product = ? ORDER BY thing",
						   "t", db_text(q, 0)))) {
			r = -1;
			break;
		}
	}
	sqlite3_finalize(q);
	q = NULL;
	return r < 0 || db_exec(site, "DROP TABLE temp.product_used", e) ? -1 : 0;
}

void products_fini(struct products *p)
{
	map_fini(&p->lists);
	arena_fini(&p->arena);
}
