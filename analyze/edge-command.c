// SPDX-License-Identifier: Apache-2.0
// `plimsoll edges`: lists the edges, explains one (with its steps in an assessment), runs their cases.
#include "edge.h"
#include "commands.h"
#include "common/assessment.h"
#include "common/opts.h"
#include "common/text.h"

static void print_pair(struct buf *b, const char *key, const char *value, bool first)
{
	buf_printf(b, "%s\"%s\":", first ? "{" : ",", key);
	if (value)
		text_add_json(b, span_of(value));
	else
		buf_add_str(b, "null");
}

static int list(const struct edge_set *set, const char *format, struct err *e)
{
	bool json = strcmp(format, "json") == 0;

	if (!json && strcmp(format, "table") != 0)
		return err_set(e, ERR_USAGE, "edges: --format is table or json");
	if (json)
		printf("{\"schema\":\"plimsoll.edges/1\",\"edges\":[\n");
	for (size_t i = 0; i < set->n; i++) {
		const struct edge *x = &set->at[i];
		auto_buf b = BUF_INIT;

		if (!json) {
			printf("%-10s %-8s %-32s %s\n", x->technique, x->confidence, x->id, x->title);
			continue;
		}
		print_pair(&b, "id", x->id, true);
		print_pair(&b, "title", x->title, false);
		print_pair(&b, "technique", x->technique, false);
		print_pair(&b, "confidence", x->confidence, false);
		print_pair(&b, "effort", x->effort, false);
		print_pair(&b, "blocks", x->blocks, false);
		printf("%s%s}", i ? ",\n" : "", buf_str(&b));
	}
	if (json)
		printf("\n]}\n");
	return 0;
}

static int print_steps(const char *site, const char *id, struct err *e)
{
	auto_db db = {0};
	sqlite3_stmt *s;
	int rc;

	if (assessment_open(&db, site, e))
		return -1;
	printf("\nSteps in %s\n", site);
	s = db_stmt(&db, "SELECT iif(blocked IS NULL, 'open', 'blocked'), detail || coalesce(' Blocked: ' || blocked, '') FROM v_edge WHERE edge_id = ? ORDER BY edge");
	db_bind(s, "s", id);
	while ((rc = db_step(&db, s, e)) == 1) {
		auto_buf b = BUF_INIT;

		text_add_clean(&b, db_text(s, 1), false);
		printf("  %-8s %s\n", db_text(s, 0).p, buf_str(&b));
	}
	sqlite3_reset(s);
	return rc;
}

static int show(const struct edge_set *set, const struct opt_list *rest, struct err *e)
{
	const struct edge *x = rest->n > 1 ? edge_find(set, rest->at[1]) : NULL;
	auto_arena a = ARENA_INIT;

	if (rest->n < 2)
		return err_set(e, ERR_USAGE, "edges show takes the id of an edge, and SITE.db for its steps there");
	if (!x)
		return err_set(e, ERR_USAGE, "no edge has the id '%s' (plimsoll edges list)", rest->at[1]);
	printf("%s\n%s\nATT&CK %s, %s, effort %s\n\nWhy\n  %s\n\nWhat blocks it\n  %s\n\nFix (%s)\n  %s\n\nQuery\n%s\n", x->id, x->title, x->technique, x->confidence,
	       x->effort, x->why, x->blocks ? x->blocks : "nothing short of the fix", x->fix_effort, x->fix, edge_query(&a, x));
	return rest->n == 3 ? print_steps(rest->at[2], x->id, e) : 0;
}

/* 1 when cases failed. */
struct wish {
	const char *format, *dir;
};

static int dispatch(void *ctx, const struct opt_list *rest, struct err *e)
{
	const struct wish *w = ctx;
	auto_edges set = {0};
	int64_t failed;

	if (edge_set_load(&set, NULL, w->dir, e))
		return -1;
	if (strcmp(rest->at[0], "list") == 0)
		return list(&set, w->format, e);
	if (strcmp(rest->at[0], "show") == 0)
		return show(&set, rest, e);
	if (strcmp(rest->at[0], "test") != 0)
		return err_set(e, ERR_USAGE, "edges: list, show or test, not '%s'", rest->at[0]);
	failed = edge_test(&set, rest->n > 1 ? rest->at[1] : NULL, e);
	return failed > 0 ? 1 : (int)failed;
}

static const char more[] = "list               every kind of step: ATT&CK technique, confidence, id, title (--format json)\n"
			   "show ID [SITE.db]  why it is one, what blocks it; with SITE.db all such steps there\n"
			   "test [PREFIX]      the cases beside each edge file (docs/paths.md)\n\n"
			   "Exit codes: 0 done, 1 a case failed, 2 usage, 3 an edge file is wrong.\n";

int cmd_edges(int argc, char **argv)
{
	struct wish w = {.format = "table"};
	const struct opt table[] = {
		{"edges", 0, OPT_TEXT, &w.dir, "DIR", "Further edges of your own, to check them."},
		{"format", 0, OPT_TEXT, &w.format, "FORMAT", "table (default) or json."},
		{0},
	};
	const struct opts opts = {.command = "edges", .synopsis = "list | show ID [SITE.db] | test [PREFIX]",
				  .summary = "Lists the steps that an attacker can take, explains one, runs their cases.", .table = table, .more = more, .min = 1, .max = 3};

	return opts_run(&opts, argc, argv, dispatch, &w);
}
