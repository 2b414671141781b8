// SPDX-License-Identifier: Apache-2.0
// `plimsoll whatif`: the findings and paths that appear and vanish when objects are applied or deleted. Which objects is whatif.c's.
#include "commands.h"
#include "whatif.h"
#include "common/assessment.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdlib.h>

struct wish {
	const char *cluster, *engagement, *format;
	struct opt_list deletes;
};

/* Rows of a query (key, text), ordered by key. */
struct rows {
	struct arena arena;
	struct row {
		const char *key, *text;
	} *at;
	size_t n;
};

static const char finding_rows[] = "SELECT id, severity || ' ' || check_id || ' ' || subject || ': ' || detail FROM finding WHERE verdict = 'fail' AND accepted IS NULL ORDER BY 1";
static const char path_rows[] = "SELECT entry_ref || ' -> ' || jewel_ref, entry_title || ' to ' || jewel_title || ' (' || hops || ' steps)' FROM v_path ORDER BY 1";

static int read_rows(struct rows *r, struct db *db, const char *sql, struct err *e)
{
	auto_stmt *s = NULL;
	size_t cap = 0;
	int rc;

	if (db_prepare(db, sql, &s, e))
		return -1;
	while ((rc = db_step(db, s, e)) == 1) {
		if (r->n == cap) {
			cap = cap ? cap * 2 : 256;
			r->at = reallocarray(r->at, cap, sizeof(*r->at));
			if (!r->at)
				die("out of memory");
		}
		r->at[r->n++] = (struct row){arena_strndup(&r->arena, db_text(s, 0).p, db_text(s, 0).n), arena_strndup(&r->arena, db_text(s, 1).p, db_text(s, 1).n)};
	}
	return rc;
}

static void rows_fini(struct rows *r)
{
	free(r->at);
	arena_fini(&r->arena);
}

static bool has(const struct rows *r, const char *key)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int c = strcmp(r->at[middle].key, key);

		if (c == 0)
			return true;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Those of `a` that `b` has not. */
static void print_only(const char *head, const struct rows *a, const struct rows *b, bool json)
{
	size_t n = 0;

	if (json)
		printf("\"%s\":[", head);
	for (size_t i = 0; i < a->n; i++) {
		auto_buf text = BUF_INIT;

		if (has(b, a->at[i].key))
			continue;
		n++;
		if (json) {
			text_add_json(&text, span_of(a->at[i].text));
			printf("%s%s", n > 1 ? "," : "", buf_str(&text));
			continue;
		}
		text_add_clean(&text, span_of(a->at[i].text), false);
		printf("%s %s\n", head, buf_str(&text));
	}
	if (json)
		printf("]");
}

/* What the assessment knows and neither side of the comparison does. */
static int print_left_out(struct db *site, bool json, struct err *e)
{
	sqlite3_stmt *s = db_stmt(site, "SELECT DISTINCT kind FROM evidence_kind WHERE kind NOT GLOB 'kubernetes/*' ORDER BY 1");
	size_t n = 0;
	int rc;

	if (json)
		printf(",\"left_out\":[");
	while ((rc = db_step(site, s, e)) == 1) {
		auto_buf text = BUF_INIT;

		if (json)
			text_add_json(&text, db_text(s, 0));
		else
			text_add_clean(&text, db_text(s, 0), false);
		printf("%s%s", n++ ? (json ? "," : ", ") : json ? "" : "Left out of both sides, with what follows from it: ", buf_str(&text));
	}
	sqlite3_reset(s);
	printf("%s", json ? "]" : n ? "\n" : "");
	return rc;
}

static int compare(struct db *site, struct db *before, struct db *after, bool json, struct err *e)
{
	struct rows r[4] = {0};
	int rc = read_rows(&r[0], before, path_rows, e) || read_rows(&r[1], after, path_rows, e) || read_rows(&r[2], before, finding_rows, e) ||
		 read_rows(&r[3], after, finding_rows, e);

	if (rc == 0 && json) {
		printf("{\"schema\":\"plimsoll.whatif/1\",");
		print_only("paths_gone", &r[0], &r[1], true);
		putchar(',');
		print_only("paths_new", &r[1], &r[0], true);
		putchar(',');
		print_only("findings_gone", &r[2], &r[3], true);
		putchar(',');
		print_only("findings_new", &r[3], &r[2], true);
		rc = print_left_out(site, true, e);
		printf("}\n");
	} else if (rc == 0) {
		print_only("- path", &r[0], &r[1], false);
		print_only("+ path", &r[1], &r[0], false);
		print_only("- finding", &r[2], &r[3], false);
		print_only("+ finding", &r[3], &r[2], false);
		printf("%zu paths before, %zu after; %zu findings before, %zu after\n", r[0].n, r[1].n, r[2].n, r[3].n);
		rc = print_left_out(site, false, e);
	}
	for (int i = 0; i < 4; i++)
		rows_fini(&r[i]);
	return rc ? -1 : 0;
}

/* The cluster that is meant: as told, else the only one. */
static int choose(struct db *site, struct arena *a, struct wish *w, struct err *e)
{
	sqlite3_stmt *s = db_stmt(site, "SELECT DISTINCT t.cluster FROM object o JOIN thing t ON t.id = o.thing WHERE ?1 IS NULL OR t.cluster = ?1");
	size_t n = 0;
	int rc;

	db_bind(s, "s", w->cluster);
	while ((rc = db_step(site, s, e)) == 1) {
		w->cluster = arena_strndup(a, db_text(s, 0).p, db_text(s, 0).n);
		n++;
	}
	sqlite3_reset(s);
	if (rc == 0 && n != 1)
		rc = err_set(e, ERR_USAGE, n ? "whatif: there are several clusters; --cluster says which" : "whatif: no such cluster, or nothing of it was collected");
	return rc;
}

static int analyze(struct whatif *w, struct db *site, const struct wish *wish, bool changed, struct db *out, int64_t *unread, struct err *e)
{
	struct analyze_options o = {.walk = whatif_walk, .walk_ctx = w, .cluster_name = wish->cluster, .engagement = wish->engagement,
				    .as_of = db_int(site, 0, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'as-of'", "")};

	whatif_changed(w, changed);
	whatif_into(w, out);
	return analyze_run(&o, NULL, out, unread, e);
}

static int run(void *ctx, const struct opt_list *rest, struct err *e)
{
	struct wish *wish = ctx;
	auto_db site = {0}, before = {0}, after = {0};
	auto_arena a = ARENA_INIT;
	struct whatif *w;
	int64_t unread = 0, unread_before = 0;
	int rc;

	if (rest->n == 1 && !wish->deletes.n)
		return err_set(e, ERR_USAGE, "whatif: a manifest or --delete is needed");
	if (strcmp(wish->format, "text") != 0 && strcmp(wish->format, "json") != 0)
		return err_set(e, ERR_USAGE, "whatif: --format is text or json");
	if (assessment_open(&site, rest->at[0], e) || choose(&site, &a, wish, e))
		return -1;
	w = whatif_new(&site, wish->cluster);
	rc = 0;
	for (size_t i = 1; i < rest->n && rc == 0; i++)
		rc = whatif_apply(w, rest->at[i], e);
	for (size_t i = 0; i < wish->deletes.n && rc == 0; i++)
		rc = whatif_delete(w, wish->deletes.at[i], e);
	if (rc == 0)
		rc = analyze(w, &site, wish, false, &before, &unread_before, e) || analyze(w, &site, wish, true, &after, &unread, e) ? -1 : 0;
	if (rc == 0)
		rc = compare(&site, &before, &after, strcmp(wish->format, "json") == 0, e);
	whatif_free(w);
	if (rc)
		return -1;
	if (unread > unread_before)
		warn("problems in the change: %" PRId64 "; the rest of it counts", unread - unread_before);
	return unread > unread_before ? 4 : 0;
}

static const char more[] = "Both sides are analyzed from the Kubernetes objects of the assessment; what nodes, images and clouds told is left out of both,\n"
			   "and the last line says which evidence that was.\n\n"
			   "Example: plimsoll whatif site.db fixed.yaml --delete ClusterRoleBinding/ci-admin\n"
			   "Exit codes: 0 done, 2 usage, 3 a file cannot be read, 4 some objects of the change could not be read (the rest counts).\n";

int cmd_whatif(int argc, char **argv)
{
	struct wish w = {.format = "text"};
	const struct opt table[] = {
		{"delete", 0, OPT_LIST, &w.deletes, "REF", "Take an object away: a ref, NAMESPACE/KIND/NAME or KIND/NAME. May be given again."},
		{"cluster", 0, OPT_TEXT, &w.cluster, "NAME", "Which cluster, where the assessment has several."},
		{"engagement", 0, OPT_TEXT, &w.engagement, "FILE", "The engagement file of the assessment."},
		{"format", 0, OPT_TEXT, &w.format, "FORMAT", "text (default) or json."},
		{0},
	};
	const struct opts opts = {.command = "whatif", .synopsis = "SITE.db [FILE...] [--delete REF]", .summary = "Tells which findings and paths appear and vanish with a change.",
				  .table = table, .more = more, .min = 1, .max = -1};
	int rc = opts_run(&opts, argc, argv, run, &w);

	opts_fini(&w.deletes);
	return rc;
}
