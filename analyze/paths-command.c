// SPDX-License-Identifier: Apache-2.0
// `plimsoll paths`: the paths that the analysis kept, or those between any two places, as text, JSON or a graph for dot.
#include "commands.h"
#include "path-search.h"
#include "common/assessment.h"
#include "common/json.h"
#include "common/opts.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdlib.h>

/* Ways that one answer holds at most, and places that one word may stand for. */
enum { SHOWN_MAX = 1000, PLACES_MAX = 2000 };

struct wish {
	const char *from, *to, *format;
	int64_t k, limit;
	bool blocked;
};

struct shown {
	int64_t from, to;
	const int64_t *edges;
	uint32_t n;
	uint32_t cost; /* tenths */
};

struct answer {
	struct arena arena;
	struct db *db;
	struct shown at[SHOWN_MAX];
	size_t n;
};

static const char *text_of(struct answer *a, const char *sql, int64_t id)
{
	auto_stmt *s = NULL;

	if (db_prepare(a->db, sql, &s, NULL))
		return "";
	db_bind(s, "i", id);
	return sqlite3_step(s) == SQLITE_ROW ? arena_strndup(&a->arena, db_text(s, 0).p ? db_text(s, 0).p : "", db_text(s, 0).n) : "";
}

static const char *title(struct answer *a, int64_t thing)
{
	return text_of(a, "SELECT coalesce((SELECT title FROM path_end WHERE thing = t.id ORDER BY side LIMIT 1), CASE t.kind WHEN 'virtual' THEN t.name ELSE t.ref END) FROM thing t WHERE t.id = ?",
		       thing);
}

/* What the analysis kept, worst first. */
static int stored(struct answer *a, const struct wish *w, struct err *e)
{
	sqlite3_stmt *s = db_stmt(a->db, "SELECT id, entry, jewel, CAST(round(cost * 10) AS INTEGER) FROM path WHERE id IN (SELECT path FROM path_hop) ORDER BY id LIMIT ?");
	sqlite3_stmt *h = db_stmt(a->db, "SELECT edge FROM path_hop WHERE path = ? ORDER BY ordinal");
	int rc;

	db_bind(s, "i", w->limit < SHOWN_MAX ? w->limit : (int64_t)SHOWN_MAX);
	while ((rc = db_step(a->db, s, e)) == 1) {
		struct shown *p = &a->at[a->n++];
		int64_t id = sqlite3_column_int64(s, 0), *edges;

		*p = (struct shown){.from = sqlite3_column_int64(s, 1), .to = sqlite3_column_int64(s, 2), .cost = (uint32_t)sqlite3_column_int64(s, 3)};
		edges = arena_array(&a->arena, (size_t)db_int(a->db, 0, "SELECT count(*) FROM path_hop WHERE path = ?", "i", id), sizeof(*edges));
		db_bind(h, "i", id);
		while (sqlite3_step(h) == SQLITE_ROW)
			edges[p->n++] = sqlite3_column_int64(h, 0);
		sqlite3_reset(h);
		p->edges = edges;
	}
	sqlite3_reset(s);
	return rc;
}

/* A class of ends ("internet", "cluster-admin"), a ref, or what refs end with ("payments/Deployment/api", "payments/api"). */
static int places(struct answer *a, const char *word, const char *side, int64_t *out, size_t *n, struct err *e)
{
	static const char sql[] =
		"SELECT thing FROM path_end WHERE side = ?2 AND (class = ?1 OR ?1 IS NULL) UNION SELECT id FROM thing WHERE ref = ?1 "
		"UNION SELECT thing FROM graph_node WHERE role = ?1 AND NOT EXISTS (SELECT 1 FROM path_end WHERE side = ?2 AND class = ?1) "
		"UNION SELECT id FROM thing WHERE instr(?1, '/') AND kind IN ('object', 'principal', 'node') AND (namespace || '/' || name = ?1 OR namespace || '/' || type || '/' || name = ?1 OR type || '/' || name = ?1) "
		"ORDER BY 1 LIMIT ?3";
	sqlite3_stmt *s = db_stmt(a->db, sql);
	int rc;

	*n = 0;
	db_bind(s, "ssi", word, side, (int64_t)PLACES_MAX);
	while ((rc = db_step(a->db, s, e)) == 1)
		out[(*n)++] = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	if (rc == 0 && !*n && word)
		return err_set(e, ERR_USAGE, "paths: nothing in this assessment is called '%s' (a ref, NAMESPACE/NAME, or a class such as internet, user, pod, account, cluster-admin)", word);
	return rc;
}

static void add_ways(struct answer *a, struct path_graph *g, int64_t from, int64_t to, size_t k)
{
	uint32_t source = path_node(g, from), goal = path_node(g, to);
	auto_arena memory = ARENA_INIT;
	struct path_way *ways = arena_array(&memory, k, sizeof(*ways));
	size_t n = source == PATH_NONE || goal == PATH_NONE ? 0 : path_k_ways(&memory, g, source, goal, k, ways);

	for (size_t i = 0; i < n && a->n < SHOWN_MAX; i++) {
		int64_t *edges = arena_array(&a->arena, ways[i].n, sizeof(*edges));

		for (uint32_t j = 0; j < ways[i].n; j++)
			edges[j] = g->ids[ways[i].edges[j]];
		a->at[a->n++] = (struct shown){from, to, edges, ways[i].n, ways[i].cost};
	}
}

static int by_cost(const void *x, const void *y)
{
	const struct shown *a = x, *b = y;

	if (a->cost != b->cost)
		return (a->cost > b->cost) - (a->cost < b->cost);
	if (a->n != b->n)
		return (a->n > b->n) - (a->n < b->n);
	return a->from != b->from ? (a->from > b->from) - (a->from < b->from) : (a->to > b->to) - (a->to < b->to);
}

/* The cheapest way of each pair by one search per goal; further ways of a pair by Yen's algorithm. */
static int searched(struct answer *a, const struct wish *w, struct err *e)
{
	static int64_t from[PLACES_MAX], to[PLACES_MAX];
	struct path_graph g;
	struct path_tree t;
	size_t nf, nt;

	if (places(a, w->from, "entry", from, &nf, e) || places(a, w->to, "jewel", to, &nt, e) || path_graph_load(&g, a->db, PATH_LOGINS | (w->blocked ? PATH_BLOCKED : 0), e))
		return -1;
	path_tree_init(&t, &g);
	for (size_t j = 0; j < nt; j++) {
		uint32_t goal = path_node(&g, to[j]);

		if (goal != PATH_NONE)
			path_tree_grow(&t, goal);
		for (size_t i = 0; goal != PATH_NONE && i < nf && a->n < SHOWN_MAX; i++) {
			uint32_t source = path_node(&g, from[i]);

			if (source != PATH_NONE && source != goal && t.key[source] != PATH_UNREACHED)
				add_ways(a, &g, from[i], to[j], (size_t)w->k);
		}
	}
	qsort(a->at, a->n, sizeof(a->at[0]), by_cost);
	if ((int64_t)a->n > w->limit)
		a->n = (size_t)w->limit;
	path_graph_fini(&g);
	return 0;
}

static sqlite3_stmt *edge_row(struct answer *a, int64_t edge)
{
	sqlite3_stmt *s = db_stmt(a->db, "SELECT e.title, e.technique, e.detail, e.blocked, e.confidence, e.cost, e.source_ref, e.target_ref, e.proof, e.member, e.pointer, e.edge_id, "
					 "e.change_text FROM v_edge e WHERE e.edge = ?");

	sqlite3_reset(s);
	db_bind(s, "i", edge);
	return sqlite3_step(s) == SQLITE_ROW ? s : NULL;
}

static void put(const char *head, struct span text)
{
	auto_buf b = BUF_INIT;

	text_add_clean(&b, text, false);
	printf("%s%s", head, buf_str(&b));
}

static void text_path(struct answer *a, const struct shown *p, size_t number)
{
	printf("%zu. ", number);
	put("From ", span_of(title(a, p->from)));
	put(" to ", span_of(title(a, p->to)));
	printf(" (%u steps, effort %.1f)\n", p->n, p->cost / 10.0);
	for (uint32_t i = 0; i < p->n; i++) {
		sqlite3_stmt *s = edge_row(a, p->edges[i]);

		if (!s)
			continue;
		put("   -> ", db_text(s, 7));
		put("\n      ", db_text(s, 2));
		if (db_text(s, 3).p)
			put("\n      BLOCKED: ", db_text(s, 3));
		put("\n      ", db_text(s, 11));
		put(", ATT&CK ", db_text(s, 1));
		put(", ", db_text(s, 4));
		if (db_text(s, 9).p) {
			put("; seen in ", db_text(s, 9));
			put(" ", db_text(s, 10));
		}
		putchar('\n');
		sqlite3_reset(s);
	}
}

/* A word for the shell; in single quotes where it holds more than plain characters. */
static void add_word(struct buf *b, struct span word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./:=@_-";
	size_t n = 0;

	while (n < word.n && strchr(plain, word.p[n]) && word.p[n])
		n++;
	if (n == word.n) {
		buf_add_span(b, word);
		return;
	}
	buf_add_char(b, '\'');
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '\'')
			buf_add_str(b, "'\\'");
		buf_add_char(b, word.p[i]);
	}
	buf_add_char(b, '\'');
}

static void put_command(struct span arguments)
{
	auto_arena a = ARENA_INIT;
	auto_buf line = BUF_INIT;
	struct json *words;

	if (!arguments.p || json_parse(&a, arguments, &words, NULL))
		return;
	JSON_EACH(word, words) {
		buf_add_char(&line, ' ');
		add_word(&line, (struct span){word->text, word->n});
	}
	put("     kubectl", buf_span(&line));
	putchar('\n');
}

static int text_cuts(struct answer *a, struct err *e)
{
	sqlite3_stmt *s = db_stmt(a->db, "SELECT ordinal, effort, pairs, remaining, ref, text, kubectl FROM v_cut ORDER BY ordinal LIMIT 10");
	int64_t pairs = db_int(a->db, 0, "SELECT count(*) FROM path", "");
	int rc;

	printf("\n%" PRId64 " pairs of entry and goal have a path. Changes that cut most of them for their effort:\n", pairs);
	while ((rc = db_step(a->db, s, e)) == 1) {
		printf("%3d. (%s, cuts %" PRId64 ", leaves %" PRId64 ") ", sqlite3_column_int(s, 0), db_text(s, 1).p, (int64_t)sqlite3_column_int64(s, 2),
		       (int64_t)sqlite3_column_int64(s, 3));
		put("", db_text(s, 4));
		put(": ", db_text(s, 5));
		putchar('\n');
		put_command(db_text(s, 6));
	}
	sqlite3_reset(s);
	return rc;
}

static void json_pair(struct buf *b, const char *key, struct span v, bool first)
{
	buf_printf(b, "%s\"%s\":", first ? "" : ",", key);
	if (v.p)
		text_add_json(b, v);
	else
		buf_add_str(b, "null");
}

/* The pairs that a change ends, worst first. */
static int json_ends(struct answer *a, struct buf *b, int64_t ordinal, struct err *e)
{
	sqlite3_stmt *s = db_stmt(a->db, "SELECT n.ref, j.ref FROM path p JOIN thing n ON n.id = p.entry JOIN thing j ON j.id = p.jewel WHERE p.cut = ? ORDER BY p.id");
	bool first = true;
	int rc;

	buf_add_str(b, ",\"ends\":[");
	db_bind(s, "i", ordinal);
	while ((rc = db_step(a->db, s, e)) == 1) {
		buf_add_str(b, first ? "{" : ",{");
		json_pair(b, "from", db_text(s, 0), true);
		json_pair(b, "to", db_text(s, 1), false);
		buf_add_char(b, '}');
		first = false;
	}
	sqlite3_reset(s);
	buf_add_char(b, ']');
	return rc;
}

static int json_cuts(struct answer *a, struct err *e)
{
	sqlite3_stmt *s = db_stmt(a->db, "SELECT ordinal, pairs, remaining, ref, text, effort, kubectl FROM v_cut ORDER BY ordinal");
	bool first = true;
	int rc;

	printf(",\"cut\":[");
	while ((rc = db_step(a->db, s, e)) == 1) {
		auto_buf b = BUF_INIT;

		buf_printf(&b, "%s{\"pairs\":%" PRId64 ",\"remaining\":%" PRId64, first ? "\n" : ",\n", (int64_t)sqlite3_column_int64(s, 1), (int64_t)sqlite3_column_int64(s, 2));
		json_pair(&b, "at", db_text(s, 3), false);
		json_pair(&b, "change", db_text(s, 4), false);
		json_pair(&b, "effort", db_text(s, 5), false);
		buf_printf(&b, ",\"kubectl\":%s", db_text(s, 6).p ? db_text(s, 6).p : "null");
		if ((rc = json_ends(a, &b, sqlite3_column_int64(s, 0), e)) < 0)
			break;
		buf_add_char(&b, '}');
		fwrite(b.p, 1, b.n, stdout);
		first = false;
	}
	sqlite3_reset(s);
	printf("\n]");
	return rc;
}

static void json_path_out(struct answer *a, const struct shown *p, bool first)
{
	static const struct {
		const char *key;
		int column;
	} keys[] = {{"edge", 11}, {"technique", 1}, {"source", 6}, {"target", 7}, {"detail", 2}, {"blocked", 3}, {"confidence", 4}, {"proof", 8}, {"member", 9}, {"pointer", 10}, {"change", 12}};
	auto_buf b = BUF_INIT;

	buf_printf(&b, "%s{", first ? "" : ",\n");
	json_pair(&b, "from", span_of(text_of(a, "SELECT ref FROM thing WHERE id = ?", p->from)), true);
	json_pair(&b, "to", span_of(text_of(a, "SELECT ref FROM thing WHERE id = ?", p->to)), false);
	buf_printf(&b, ",\"cost\":%.1f,\"hops\":[", p->cost / 10.0);
	for (uint32_t i = 0; i < p->n; i++) {
		sqlite3_stmt *s = edge_row(a, p->edges[i]);

		if (!s)
			continue;
		buf_add_str(&b, i ? ",{" : "{");
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			json_pair(&b, keys[k].key, db_text(s, keys[k].column), k == 0);
		buf_add_str(&b, "}");
		sqlite3_reset(s);
	}
	buf_add_str(&b, "]}");
	fwrite(b.p, 1, b.n, stdout);
}

static void dot_path(struct answer *a, const struct shown *p)
{
	for (uint32_t i = 0; i < p->n; i++) {
		sqlite3_stmt *s = edge_row(a, p->edges[i]);
		auto_buf b = BUF_INIT;

		if (!s)
			continue;
		buf_add_str(&b, "  ");
		text_add_json(&b, db_text(s, 6));
		buf_add_str(&b, " -> ");
		text_add_json(&b, db_text(s, 7));
		buf_add_str(&b, " [label=");
		text_add_json(&b, db_text(s, 11));
		buf_printf(&b, "%s];\n", db_text(s, 3).p ? ", style=dashed" : "");
		fwrite(b.p, 1, b.n, stdout);
		sqlite3_reset(s);
	}
}

static int print(struct answer *a, const struct wish *w, bool from_store, struct err *e)
{
	int rc = 0;

	if (strcmp(w->format, "json") == 0) {
		printf("{\"schema\":\"plimsoll.paths/1\",\"paths\":[\n");
		for (size_t i = 0; i < a->n; i++)
			json_path_out(a, &a->at[i], i == 0);
		printf("\n]");
		rc = from_store ? json_cuts(a, e) : 0;
		printf("}\n");
	} else if (strcmp(w->format, "dot") == 0) {
		printf("strict digraph paths {\n  rankdir=LR;\n  node [shape=box];\n");
		for (size_t i = 0; i < a->n; i++)
			dot_path(a, &a->at[i]);
		printf("}\n");
	} else {
		for (size_t i = 0; i < a->n; i++)
			text_path(a, &a->at[i], i + 1);
		if (!a->n)
			printf("No path.\n");
		rc = from_store ? text_cuts(a, e) : 0;
	}
	return rc;
}

static int answer_wish(const char *site, const struct wish *w, struct err *e)
{
	static const char *const kinds[] = {"pods", "services", "ingresses", "roles", "clusterroles", "rolebindings", "clusterrolebindings", NULL};
	bool from_store = !w->from && !w->to && !w->blocked && w->k == 1;
	struct answer *a = calloc(1, sizeof(*a));
	auto_db db = {0};
	int rc;

	if (!a)
		die("out of memory");
	a->db = &db;
	rc = assessment_open(&db, site, e);
	if (rc == 0)
		assessment_warn_missing(&db, NULL, kinds, "paths that lead over them are not known");
	if (rc == 0)
		rc = from_store ? stored(a, w, e) : searched(a, w, e);
	if (rc == 0)
		rc = print(a, w, from_store, e);
	arena_fini(&a->arena);
	free(a);
	return rc;
}

static int run(void *ctx, const struct opt_list *rest, struct err *e)
{
	const struct wish *w = ctx;

	if (strcmp(w->format, "text") != 0 && strcmp(w->format, "json") != 0 && strcmp(w->format, "dot") != 0)
		return err_set(e, ERR_USAGE, "paths: --format is text, json or dot");
	if (w->k < 1 || w->k > 50 || w->limit < 1)
		return err_set(e, ERR_USAGE, "paths: --k is 1 to 50, --limit at least 1");
	return answer_wish(rest->at[0], w, e) < 0 ? -1 : 0;
}

static const char more[] = "X and Y are a ref (cluster/payments/Deployment/api), NAMESPACE/NAME, or a class: internet, anonymous, user, pod, account;\n"
			   "cluster-admin, node-root, cloud-admin, data. Without them: what the analysis found, the worst first, and what cuts it (docs/paths.md).\n\n"
			   "Example: plimsoll paths site.db --from payments/api --to cluster-admin --k 3\n"
			   "Exit codes: 0 done, 2 usage, 3 not an assessment.\n";

int cmd_paths(int argc, char **argv)
{
	struct wish w = {.format = "text", .k = 1, .limit = 20};
	const struct opt table[] = {
		{"from", 0, OPT_TEXT, &w.from, "X", "Only paths from there."},
		{"to", 0, OPT_TEXT, &w.to, "Y", "Only paths to there."},
		{"k", 0, OPT_INT, &w.k, "N", "The N cheapest ways of each pair, without loops (at most 50)."},
		{"limit", 0, OPT_INT, &w.limit, "N", "At most N paths (default 20)."},
		{"blocked", 0, OPT_FLAG, &w.blocked, NULL, "Also over steps that something blocks."},
		{"format", 0, OPT_TEXT, &w.format, "FORMAT", "text (default), json or dot."},
		{0},
	};
	const struct opts opts = {.command = "paths", .synopsis = "SITE.db [--from X] [--to Y] [--k N]", .summary = "Shows how an attacker gets from one place to another.",
				  .table = table, .more = more, .min = 1, .max = 1};

	return opts_run(&opts, argc, argv, run, &w);
}
