// SPDX-License-Identifier: Apache-2.0
// Runs edge files and keeps their rows: the graph that paths are searched in. Searching is path-search.c's.
#include "edge.h"
#include "common/buf.h"
#include "common/embed.h"
#include "common/limits.h"
#include "common/map.h"
#include "common/progress.h"
#include "common/sandbox.h"

#include <time.h>

/* Where the columns of an edge's query are; -1: it does not give it. */
struct columns {
	int source, target, detail, blocked, confidence, effort, proof, change, change_effort, at, also, apply, also_change, also_effort, also_apply;
};

struct writer {
	struct db *db;
	const struct edge *edge;
	int64_t rows, all; /* of this kind, of all */
	struct known *known;
};

/* Changes that were found, over all kinds: the ids of their texts, which are few, and their own by thing and text. */
struct known {
	struct map texts, changes;
	struct arena arena; /* of the keys */
};

static int find_columns(sqlite3_stmt *s, struct columns *c, struct err *e)
{
	const struct {
		const char *name;
		int *at;
	} known[] = {{"source", &c->source}, {"target", &c->target}, {"detail", &c->detail}, {"blocked", &c->blocked}, {"confidence", &c->confidence},
		     {"effort", &c->effort}, {"proof", &c->proof}, {"change", &c->change}, {"change_effort", &c->change_effort}, {"at", &c->at}, {"also", &c->also}, {"apply", &c->apply},
		     {"also_change", &c->also_change}, {"also_effort", &c->also_effort}, {"also_apply", &c->also_apply}};
	enum { KNOWN = sizeof(known) / sizeof(known[0]) };

	for (size_t k = 0; k < KNOWN; k++)
		*known[k].at = -1;
	for (int i = 0; i < sqlite3_column_count(s); i++) {
		size_t k = 0;

		while (k < KNOWN && strcmp(known[k].name, sqlite3_column_name(s, i)) != 0)
			k++;
		if (k == KNOWN)
			return err_set(e, ERR_INPUT, "the query gives an unknown column '%s'", sqlite3_column_name(s, i));
		*known[k].at = i;
	}
	if (c->source < 0 || c->target < 0 || c->detail < 0)
		return err_set(e, ERR_INPUT, "the query must give source, target and detail");
	return 0;
}

static struct span text_or(sqlite3_stmt *s, int column, const char *fallback)
{
	struct span t = column < 0 ? SPAN_NONE : db_text(s, column);

	return t.p || !fallback ? t : span_of(fallback);
}

static int64_t id_or(sqlite3_stmt *s, int column, int64_t fallback)
{
	int64_t id = column < 0 ? 0 : sqlite3_column_int64(s, column);

	return id ? id : fallback;
}

static double cost_of(double effort, struct span confidence)
{
	return effort + (span_eq(confidence, "assumed") ? 2 : span_eq(confidence, "inferred") ? 0.5 : 0);
}

/* The change that a row asks for: what it says of it, else what its file says. */
struct wanted_change {
	struct span text, effort, apply;
};

static struct wanted_change wanted_change(const struct edge *x, sqlite3_stmt *s, const struct columns *c)
{
	bool own = c->change >= 0 && db_text(s, c->change).p;

	return (struct wanted_change){text_or(s, c->change, x->fix), text_or(s, c->change_effort, x->fix_effort), own ? text_or(s, c->apply, NULL) : text_or(s, c->apply, x->apply)};
}

static struct span kept_key(struct arena *a, struct span key)
{
	return (struct span){arena_strndup(a, key.p, key.n), key.n};
}

static void known_fini(struct known *k)
{
	map_fini(&k->texts);
	map_fini(&k->changes);
	arena_fini(&k->arena);
}

/* The place of a change among those that were found; its value is the id, NULL until it is set. */
static struct map_slot *known_at(struct known *k, int64_t thing, struct span text)
{
	struct map_slot *slot;
	int64_t key[2] = {thing};

	if (k->changes.n >= LIMIT_CHANGES_HELD)
		known_fini(k);
	slot = map_at(&k->texts, text);
	if (!slot->value) {
		slot->key = kept_key(&k->arena, text);
		slot->value = (void *)(uintptr_t)k->texts.n;
	}
	key[1] = (intptr_t)slot->value;
	slot = map_at(&k->changes, (struct span){(const char *)key, sizeof(key)});
	if (!slot->value)
		slot->key = kept_key(&k->arena, slot->key);
	return slot;
}

/* The id of a change, made when new: the same text at the same thing is one change. */
static int find_change(struct writer *w, int64_t thing, const struct wanted_change *c, int64_t *id, struct err *e)
{
	struct map_slot *slot = known_at(w->known, thing, c->text);

	if (!slot->value) {
		if (db_run(w->db, e, "INSERT OR IGNORE INTO change(thing, text, effort, apply) VALUES (?, ?, ?, ?)", "ittt", thing, c->text, c->effort, c->apply))
			return -1;
		*id = sqlite3_changes(w->db->h) ? sqlite3_last_insert_rowid(w->db->h) : db_int(w->db, 0, "SELECT id FROM change WHERE thing = ? AND text = ?", "it", thing, c->text);
		slot->value = (void *)(intptr_t)*id;
	}
	*id = (int64_t)(intptr_t)slot->value;
	return 0;
}

/* A step that needs several bindings ends with each of them: the same change at the other ones, unless the row says another. */
static int keep_also(struct writer *w, int64_t edge, struct span things, const struct wanted_change *c, struct err *e)
{
	if (!things.p)
		return 0;
	if (db_run(w->db, e, "INSERT OR IGNORE INTO change(thing, text, effort, apply) SELECT j.value, ?, ?, ? FROM json_each(?) j WHERE j.value IS NOT NULL", "tttt", c->text, c->effort,
		   c->apply, things))
		return -1;
	return db_run(w->db, e, "INSERT OR IGNORE INTO edge_also(edge, change) SELECT ?, c.id FROM json_each(?) j JOIN change c ON c.thing = j.value AND c.text = ?", "itt", edge, things, c->text);
}

static int keep_row(struct writer *w, sqlite3_stmt *s, const struct columns *c, struct err *why, struct err *e)
{
	const struct edge *x = w->edge;
	int64_t source = sqlite3_column_int64(s, c->source), target = sqlite3_column_int64(s, c->target), proof = id_or(s, c->proof, source), change;
	struct span confidence = text_or(s, c->confidence, x->confidence);
	struct wanted_change wanted;
	double effort = c->effort < 0 || sqlite3_column_type(s, c->effort) == SQLITE_NULL ? strtod(x->effort, NULL) : sqlite3_column_double(s, c->effort);

	if (!source || !target || source == target)
		return 0;
	if (!db_text(s, c->detail).p)
		return err_set(why, ERR_INPUT, "gives a row without detail");
	if (w->rows == LIMIT_EDGES_OF_A_KIND || w->all == LIMIT_EDGES)
		return err_set(why, ERR_INPUT, "more than %d steps of this kind, or %d of all; the first count", LIMIT_EDGES_OF_A_KIND, LIMIT_EDGES);
	w->rows++;
	w->all++;
	wanted = wanted_change(x, s, c);
	if (find_change(w, id_or(s, c->at, proof), &wanted, &change, e))
		return -1;
	if (db_run(w->db, e, "INSERT INTO edge(edge_id, source, target, detail, blocked, confidence, cost, proof, change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", "siitttdii", x->id,
		   source, target, db_text(s, c->detail), c->blocked < 0 ? SPAN_NONE : db_text(s, c->blocked), confidence, cost_of(effort, confidence), proof, change))
		return -1;
	if (c->also_change >= 0)
		wanted = (struct wanted_change){db_text(s, c->also_change), text_or(s, c->also_effort, x->fix_effort), text_or(s, c->also_apply, NULL)};
	return keep_also(w, sqlite3_last_insert_rowid(w->db->h), c->also < 0 ? SPAN_NONE : db_text(s, c->also), &wanted, e);
}

/* -1 with `why`: the file is wrong. -1 with `e`: the environment. */
static int run_query(struct writer *w, const char *sql, struct err *why, struct err *e)
{
	auto_stmt *s = NULL;
	struct columns c;
	struct sandbox box;
	int rc = 0, step = 0;

	if (sandbox_prepare(w->db, sql, &s, why) || find_columns(s, &c, why))
		return -1;
	sandbox_start(w->db, &box);
	while (rc == 0 && (step = sqlite3_step(s)) == SQLITE_ROW)
		rc = keep_row(w, s, &c, why, e);
	if (rc == 0 && step != SQLITE_DONE)
		rc = err_set(why, ERR_INPUT, "%s", box.stopped ? "stopped: it took too many steps" : sqlite3_errmsg(w->db->h));
	sandbox_stop(w->db, &box);
	return rc;
}

static int describe(struct db *db, const struct edge *x, struct err *e)
{
	auto_buf needs = BUF_INIT;

	for (size_t i = 0; i < x->needs_n; i++)
		buf_printf(&needs, "%s\"%s\"", i ? "," : "[", x->needs[i].any[0]);
	buf_add_char(&needs, ']');
	return db_run(db, e,
		      "INSERT INTO edge_kind(id, title, why, technique, confidence, effort, needs, blocks, fix, fix_effort, apply) VALUES (?, ?, ?, ?, ?, CAST(? AS REAL), ?, ?, ?, ?, ?)",
		      "sssssssssss", x->id, x->title, x->why, x->technique, x->confidence, x->effort, buf_str(&needs), x->blocks, x->fix, x->fix_effort, x->apply);
}

/* What a wrong query gave before it failed does not count; of too many steps the first do. */
static int store(struct db *db, const struct edge *x, struct known *known, int64_t *all, struct err *e)
{
	struct writer w = {.db = db, .edge = x, .all = *all, .known = known};
	struct err why = {0};
	int rc;
	auto_arena a = ARENA_INIT;

	if (describe(db, x, e))
		return -1;
	rc = run_query(&w, edge_query(&a, x), &why, e);
	*all = w.all;
	if (rc == 0)
		return 0;
	if (!why.kind)
		return -1;
	return (w.rows < LIMIT_EDGES_OF_A_KIND && w.all < LIMIT_EDGES && (db_run(db, e, "DELETE FROM edge_also WHERE edge IN (SELECT id FROM edge WHERE edge_id = ?)", "s", x->id) ||
									    db_run(db, e, "DELETE FROM edge WHERE edge_id = ?", "s", x->id))) ||
			       db_run(db, e, "UPDATE edge_kind SET partial = 1 WHERE id = ?", "s", x->id) ||
			       db_run(db, e, "INSERT INTO problem(message) VALUES ('edge ' || ? || ': ' || ?)", "ss", x->id, why.msg)
		       ? -1
		       : 0;
}

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int edge_store_all(struct db *db, const struct edge_set *set, bool verbose, struct err *e)
{
	struct known known = {0};
	int64_t all = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < set->n; i++) {
		double before = cpu_ms();

		rc = store(db, &set->at[i], &known, &all, e);
		if (rc == 0 && set->pairs_partial && edge_asks_pairs(&set->at[i]))
			rc = db_run(db, e, "UPDATE edge_kind SET partial = 1 WHERE id = ?", "s", set->at[i].id);
		if (rc == 0 && verbose) {
			progress_clear();
			fprintf(stderr, "  edge %-35s %6.0f ms\n", set->at[i].id, cpu_ms() - before);
		}
	}
	known_fini(&known);
	return rc;
}

int derive_edges(struct db *db, const char *only, bool verbose, struct err *e)
{
	struct span nodes = embed_find("analyze/graph.sql"), indexes = embed_find("analyze/edge.sql");
	auto_edges set = {0};

	if (!nodes.p || !indexes.p)
		die("analyze/graph.sql or analyze/edge.sql is not in the program");
	if (db_exec(db, nodes.p, e))
		return err_wrap(e, "analyze/graph.sql");
	return edge_set_load(&set, only, NULL, e) || edge_grants_fill(db, &set, e) || edge_store_all(db, &set, verbose, e) || db_exec(db, indexes.p, e) ? -1 : 0;
}
