// SPDX-License-Identifier: Apache-2.0
// `plimsoll search`: what bears all the words, by kind. The index is the analyzer's (analyze/schema/search.sql).
#include "commands.h"
#include "common/assessment.h"
#include "common/opts.h"
#include "common/text.h"
#include "tabular.h"

#include <inttypes.h>

/* The kinds in the order that they are shown; those of things come from thing.kind, but for what is told apart here. */
#define KINDS "cluster system namespace object container node component principal policy registry repository image package vulnerability label setting check finding"
#define THING_KIND "CASE WHEN t.type = 'Namespace' THEN 'namespace' ELSE t.kind END"
#define HITS \
	"WITH hit AS (SELECT h.rowid / 2 AS id, h.rowid % 2 AS entry FROM search h WHERE search MATCH ?1), " \
	"found AS (SELECT " THING_KIND " AS kind, t.ref AS name, t.name AS short, t.id AS thing, NULL AS entry, 0 AS rank FROM hit h CROSS JOIN thing t ON t.id = h.id WHERE NOT h.entry " \
	"UNION ALL SELECT s.kind, s.name, s.name, NULL, s.id, CASE WHEN s.kind = 'finding' THEN (SELECT CASE f.severity WHEN 'critical' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 " \
	"WHEN 'low' THEN 4 ELSE 5 END + 10 * (f.verdict != 'fail') FROM finding f WHERE f.id = s.name) ELSE 0 END " \
	"FROM hit h CROSS JOIN search_entry s ON s.id = h.id WHERE h.entry) "

static const struct column columns[] = {
	{.name = "kind"}, {.name = "name", .weight = 5, .fit = TTY_TAIL}, {.name = "type", .weight = 2}, {.name = "cluster"}, {.name = "namespace"},
	{.name = "count"}, {.name = "detail", .weight = 4},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]), COUNT = 5 };

/* In each kind: what is named just so, then the gravest, then the shortest. ?2: the words as typed, ?3: kinds, ?4: how many of each. */
static const char select_rows[] = HITS
	", ranked AS (SELECT *, row_number() OVER (PARTITION BY kind ORDER BY lower(?2) NOT IN (lower(short), lower(name)), rank, length(name), name) AS n FROM found "
	"WHERE ?3 IS NULL OR instr(' ' || ?3 || ' ', ' ' || kind || ' ')) "
	"SELECT r.kind, r.name, CASE r.kind WHEN 'vulnerability' THEN v.severity WHEN 'finding' THEN CASE f.verdict WHEN 'fail' THEN f.severity ELSE f.verdict END "
	"WHEN 'check' THEN c.severity ELSE coalesce(s.type, t.type) END, "
	"coalesce(t.cluster, f.cluster), coalesce(t.namespace, f.namespace), "
	"CASE r.kind WHEN 'vulnerability' THEN (SELECT count(DISTINCT p.thing) FROM component_match m JOIN package p ON p.component = m.component WHERE m.vulnerability = v.id) "
	"WHEN 'check' THEN (SELECT count(*) FROM finding x WHERE x.check_id = r.name AND x.verdict = 'fail' AND x.accepted IS NULL) "
	"WHEN 'finding' THEN NULL ELSE coalesce(s.count, (SELECT count(*) FROM finding x WHERE x.thing = r.thing AND x.verdict = 'fail' AND x.accepted IS NULL)) END, "
	"coalesce(c.title, f.check_id || ': ' || f.detail, v.summary) "
	"FROM ranked r LEFT JOIN thing t ON t.id = r.thing LEFT JOIN search_entry s ON s.id = r.entry LEFT JOIN vulnerability v ON r.kind = 'vulnerability' AND v.name = r.name "
	"LEFT JOIN \"check\" c ON r.kind = 'check' AND c.id = r.name LEFT JOIN finding f ON r.kind = 'finding' AND f.id = r.name "
	"WHERE r.n <= ?4 ORDER BY instr(' " KINDS " ', ' ' || r.kind || ' '), r.kind, r.n";
static const char select_totals[] = HITS "SELECT kind, count(*) FROM found WHERE ?3 IS NULL OR instr(' ' || ?3 || ' ', ' ' || kind || ' ') "
					 "GROUP BY kind ORDER BY instr(' " KINDS " ', ' ' || kind || ' '), kind";

struct wish {
	struct tabular_wish form;
	const char *kinds;
	int64_t limit;
	struct buf words, match, kind_list;
};

/* Each word becomes a phrase whose last part may go on: "kube-sys" finds kube-system. Quotes are doubled, so that nothing in a word is
 * query syntax (SQLite FTS5, 3.1). A word of signs alone finds nothing and is left out. */
static void add_word(struct buf *match, struct span word)
{
	bool speaks = false;

	for (size_t i = 0; i < word.n; i++) {
		unsigned char c = (unsigned char)word.p[i];

		speaks |= c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
	}
	if (!speaks)
		return;
	buf_add_str(match, match->n ? " AND \"" : "\"");
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] == '"')
			buf_add_str(match, "\"\"");
		else if (word.p[i])
			buf_add_char(match, word.p[i]);
	buf_add_str(match, "\" *");
}

static void add_words(struct wish *w, const char *text)
{
	struct span rest = span_of(text);

	while (rest.p) {
		struct span word = span_trim(span_cut(&rest, ' '));

		if (word.n)
			add_word(&w->match, word);
	}
	buf_add_str(&w->words, w->words.n ? " " : "");
	buf_add_str(&w->words, text);
}

static int read_wish(struct wish *w, const struct opt_list *rest, struct err *e)
{
	struct span kinds = span_of(w->kinds);

	for (size_t i = 1; i < rest->n; i++)
		add_words(w, rest->at[i]);
	if (!w->match.n)
		return err_set(e, ERR_USAGE, "search: '%s' holds no letter and no digit to search for", buf_str(&w->words));
	if (w->limit < 1)
		return err_set(e, ERR_USAGE, "search: --limit is at least 1");
	while (kinds.p) {
		struct span kind = span_cut(&kinds, ',');
		auto_buf known = BUF_INIT;

		buf_printf(&known, " %.*s ", SPAN_ARG(kind));
		if (!kind.n || !strstr(" " KINDS " ", buf_str(&known)))
			return err_set(e, ERR_USAGE, "search: --kind is one of: " KINDS "; not '%.*s'", SPAN_ARG(kind));
		buf_printf(&w->kind_list, "%s%.*s", w->kind_list.n ? " " : "", SPAN_ARG(kind));
	}
	return 0;
}

static void bind(sqlite3_stmt *s, struct wish *w)
{
	sqlite3_bind_text(s, 1, buf_str(&w->match), -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 2, buf_str(&w->words), -1, SQLITE_STATIC);
	if (w->kind_list.n)
		sqlite3_bind_text(s, 3, buf_str(&w->kind_list), -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 4, w->limit);
}

/* How much there is of each kind: a member "totals" for JSON, a line for people. */
static int read_totals(struct db *db, struct wish *w, struct buf *json, struct buf *line, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, select_totals);
	int64_t n;
	int rc;

	bind(s, w);
	buf_add_str(json, "\"query\":");
	text_add_json(json, buf_span(&w->words));
	buf_add_str(json, ",\"totals\":{");
	for (bool first = true; (rc = db_step(db, s, e)) == 1; first = false) {
		n = sqlite3_column_int64(s, 1);
		buf_add_str(json, first ? "" : ",");
		text_add_json(json, db_text(s, 0));
		buf_printf(json, ":%" PRId64, n);
		if (n > w->limit)
			buf_printf(line, "%s%" PRId64 " more of kind %.*s", line->n ? ", " : "", n - w->limit, SPAN_ARG(db_text(s, 0)));
	}
	buf_add_str(json, "},");
	sqlite3_reset(s);
	return rc;
}

static void shape(const struct tabular *r, sqlite3_stmt *s, struct cell *cells)
{
	(void)r, (void)s;
	cells[COUNT].type = cells[COUNT].text.p ? CELL_NUMBER : CELL_NULL;
}

static int write_hits(struct db *db, struct wish *w, struct tabular *r, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, select_rows);

	bind(s, w);
	return tabular_query(r, db, s, shape, e);
}

static int tell(void *ctx, const struct opt_list *rest, struct err *e)
{
	struct wish *w = ctx;
	auto_buf head = BUF_INIT, line = BUF_INIT;
	auto_out out = OUT_INIT;
	auto_tabular rows = {.out = &out, .columns = columns, .n = COLUMNS, .schema = "plimsoll.search/1", .list = "results"};
	auto_db db = {0};

	rows.form = tabular_form_find(w->form.format, e);
	if (!rows.form || read_wish(w, rest, e) || assessment_open(&db, rest->at[0], e) || read_totals(&db, w, &head, &line, e) || out_open(&out, w->form.output, e) ||
	    tabular_style(&rows, w->form.colour, e))
		return -1;
	rows.head = buf_str(&head);
	if (write_hits(&db, w, &rows, e))
		return -1;
	if (rows.form == &tabular_table && !rows.count) {
		buf_reset(&out.text);
		buf_add_str(&out.text, "Nothing bears all of these words.\n");
	}
	if (rows.form == &tabular_table && line.n)
		buf_printf(&out.text, "\nAnd %s (--limit).\n", buf_str(&line));
	return out_commit(&out, e) ? -1 : assessment_exit(&db);
}

static const char more[] =
	"Finds clusters, systems, namespaces, objects, containers, nodes, identities, registries, images, packages, vulnerabilities, labels, settings,\n"
	"checks and findings that bear all WORDS, each from its beginning: kube-sys finds kube-system, sha256:ab every digest that starts so. Ids of\n"
	"findings, digests, CVE numbers and names of images are words too. The count is of open findings for things and checks, else of things.\n\n"
	"Example: plimsoll search site.db CVE-2021-44228\n"
	"Exit codes: 0 done, 2 usage, 3 not an assessment.\n";

int cmd_search(int argc, char **argv)
{
	struct wish w = {.form = {.format = "table"}, .limit = 10};
	const struct opt table[] = {
		{"kind", 'k', OPT_TEXT, &w.kinds, "LIST", "Only these kinds, separated by commas."},
		{"limit", 0, OPT_INT, &w.limit, "N", "At most N of each kind (10)."},
		TABULAR_OPTS(w.form),
		{0},
	};
	const struct opts opts = {.command = "search", .synopsis = "SITE.db WORDS...", .summary = "Finds by name, label, image, package, identifier, setting or finding.",
				  .table = table, .more = more, .min = 2, .max = -1};
	int rc = opts_run(&opts, argc, argv, tell, &w);

	buf_fini(&w.words);
	buf_fini(&w.match);
	buf_fini(&w.kind_list);
	return rc;
}
